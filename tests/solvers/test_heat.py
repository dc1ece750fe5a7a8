"""Heat in cross-sections: exact fields, crystals, two routes to P_pi and rise times, published heaters, gradients."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingnan.solvers import heat, materials, waveguides
from lingnan.solvers.heat import Fineness, Heater, ThermalMedium
from lingnan.solvers.modulators import optical
from lingnan.solvers.waveguides import Trapezoid

#: M. Jacques et al., Opt. Express 27, 10456 (2019), doi:10.1364/OE.27.010456: titanium nitride of 2 x 0.14 µm, 2 µm
#: above a core of 500 x 220 nm; oxides of 2.8 and 2 µm. The handle is guessed.
JACQUES = Heater(
    width=2.0, thickness=0.14, height=2.0, core_width=0.5, cladding=2.8, buried_oxide=2.0, handle=500.0, reach=1000.0
)
#: the representative SOI line
SOI = Heater(width=0.9, thickness=0.15, height=1.0, film_conductivity=90.0, sheet_resistance=13.0)


@pytest.fixture(scope="module")
def mode():
    """Of Jacques's core."""
    return optical.guided(JACQUES, temperature=293.15)


def slab(order=3, conductivity=1.4):
    """Oxide of 3 µm on a cold plane, heated in its topmost tenth."""
    medium = ThermalMedium(conductivity, 1.6e6)
    return heat.section(
        [Trapezoid(medium, 2.9, 3.0, name="heater")], background=medium, window=(0.0, 1.0, 0.0, 3.0),
        sources=("heater",), fineness=Fineness(order=order),
    )  # fmt: skip


def test_slab():
    """All of P' through k: linear below the heater, a parabola in it, both of which the elements hold."""
    found = heat.temperature(slab())
    y = jnp.array([1.0, 2.9, 3.0])
    exact = np.array([1.0, 2.9, 2.9 + 0.1 / 2]) / 1.4
    np.testing.assert_allclose(found.at(jnp.full(3, 0.5), y), exact, rtol=1e-9)  # round-off of cells 1 : 1000
    assert float(heat.flux(found, "bottom")) == pytest.approx(1.0, rel=1e-9)


def line_source(x, y, height, thickness):
    """K m/W of a line at `height` in a slab with cold floor and insulated top, k = 1: images in closed form.

    Derived here: lines of period 4 `thickness` up and down, +1 at ±h about the top, -1 about the floor.
    """

    def row(at):
        return np.log(np.cosh(np.pi * x / (2 * thickness)) - np.cos(np.pi * (y - at) / (2 * thickness)))

    return (row(-height) + row(2 * thickness + height) - row(height) - row(2 * thickness - height)) / (4 * np.pi)


def line_section(fineness, kx=1.0, ky=1.0, scale=1.0, side=0.1):
    medium = ThermalMedium(np.diag([kx, ky, 1.0]))
    half = side / 2
    return heat.section(
        [Trapezoid(medium, 4.0 - half, 4.0 + half, -half * scale, half * scale, name="heater")],
        background=medium, window=(-60.0 * scale, 60.0 * scale, 0.0, 10.0), sources=("heater",),
        fineness=fineness,
    )  # fmt: skip


POINTS = np.array([[0.5, 4.0], [0.0, 3.0], [3.0, 7.0], [-6.0, 2.0], [0.0, 10.0]]).T


@pytest.mark.validate
def test_line_source_converges_to_its_images():
    """By order of the elements, and on a finer mesh. A square of side s at r is a line but for (s/r)⁴/1500: 1e-6."""
    exact = line_source(*POINTS, 4.0, 10.0)

    def error(fineness):
        found = heat.temperature(line_section(fineness)).at(*jnp.asarray(POINTS))
        return np.abs(np.asarray(found) - exact).max()

    errors = [error(Fineness(order=p)) for p in (2, 3, 4)]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 1e-3  # of 0.46 K: five cells over 60 µm
    assert error(Fineness(order=5, outer=8, outer_growth=2.5)) < 2e-5


def test_crystal_is_a_stretched_glass():
    """k_x = 4 k_y: x/2 and a conductivity √(k_x k_y) = 2 make it isotropic."""
    wide = jnp.asarray(POINTS * np.array([[2.0], [1.0]]))
    crystal = heat.temperature(line_section(Fineness(4), 4.0, 1.0, scale=2.0)).at(*wide)
    glass = heat.temperature(line_section(Fineness(4))).at(*jnp.asarray(POINTS))
    np.testing.assert_allclose(np.asarray(crystal) * 2.0, glass, rtol=1e-8)  # the same mesh, stretched
    turned = heat.thermal_medium(materials.oriented("LiNbO3", materials.cut("LiNbO3", "x").rotation))
    assert turned.tensor.shape == (2, 2)


def test_published_heater_by_two_routes(mode):
    """14.64 K and 22.4 mW by another FEM with a coefficient of 1.86e-4/K where the tables of silicon have 1.82e-4."""
    heated = heat.temperature(JACQUES.section())
    found = heat.shift_of(JACQUES, heated, mode)
    assert float(found.rise(27.2e-3, 320.0)) == pytest.approx(14.64, rel=0.01)  # its mesh and its small window
    assert 1e3 * float(found.p_pi) * 1.819 / 1.86 == pytest.approx(22.4, rel=0.03)  # the other's own limit
    # dn/dT rises by 1 % in these 15 K; at a hundredth of the power the rest is the mean over elements
    hot = float(heat.resolved(JACQUES, 27.2e-3 / 320)) * 320 / 27.2e-3
    assert float(found.per_power) == pytest.approx(hot, rel=0.02)
    cool = float(heat.resolved(JACQUES, 27.2e-5 / 320)) * 320 / 27.2e-5
    assert float(found.per_power) == pytest.approx(cool, rel=3e-3)


def test_oven_warms_all_alike():
    """The observer's sum is the slope of n_eff by temperature, of the mode solver itself.

    At 320 K: the tables of silicon's expansion have a kink at 293 K.
    """
    warm = optical.guided(JACQUES, temperature=320.0)
    up, down = (
        waveguides.solve(JACQUES.waveguide(), 1.55, 2, resolution=optical.FINE, temperature=320.0 + s).n_eff[0].real
        for s in (1.0, -1.0)
    )
    # h² of the third derivative is below 1e-6; n_eff itself is known to 1e-11
    assert float(jnp.sum(heat.observer(warm, 320.0))) == pytest.approx(float(up - down) / 2, rel=1e-5)


@pytest.mark.validate
def test_trench_and_undercut_save_power(mode):
    plain = replace(JACQUES, pitch=15.0)
    trench = replace(plain, trench_distance=3.0)
    undercut = replace(trench, undercut_half_width=8.0, bridges=0.2)
    p = [heat.shift_of(s, heat.temperature(s.section()), mode) for s in (plain, trench, undercut)]
    powers = [1e3 * float(one.p_pi) for one in p]
    assert powers[0] > 1.15 * powers[1] > 3 * powers[2]
    assert powers[2] < 5.0  # "a few mW": review of Liu et al., Front. Optoelectron. 15, 9 (2022)
    crosstalk = [float(one.crosstalk) for one in p]
    assert 0 < crosstalk[2] < crosstalk[1] < crosstalk[0] < 0.1
    assert float(p[0].p_pi_apart) == pytest.approx(float(p[0].p_pi) / (1 - crosstalk[0]))


def test_resistor():
    found = heat.Shift(*map(jnp.asarray, (30.0, 0.0, 1.0, 2.4, 4.2, 1.55, 1 / 0.9, 13.0)))
    power, length = float(found.p_pi), 320.0
    ohm = 13.0 * length / 0.9
    assert float(found.resistance(length)) == pytest.approx(ohm)
    assert float(found.v_pi(length)) == pytest.approx(np.sqrt(power * ohm))
    assert float(found.v_pi(length) * found.i_pi(length)) == pytest.approx(power)
    assert float(found.tuning_pm_mw(100.0)) == pytest.approx(1e3 * 1.55 * 30.0 / (4.2 * 100.0))


#: one number of each kind, and by how much to move it
NUMBERS = {
    "width": 1e-3, "thickness": 1e-3, "height": 1e-3, "offset": 1e-3, "core_width": 1e-4, "film": 1e-4,
    "buried_oxide": 1e-3, "cladding": 1e-3, "handle": 0.1, "reach": 1.0, "trench_distance": 1e-3,
    "trench_width": 1e-3, "trench_depth": 1e-3, "undercut_half_width": 1e-3, "undercut_depth": 1e-3, "bridges": 1e-3,
    "film_conductivity": 0.1,
}  # fmt: skip
FULL = Heater(
    width=1.2, offset=0.2, film_conductivity=90.0, trench_distance=3.0, trench_depth=4.0, bridges=0.3,
    undercut_half_width=9.0,
)  # fmt: skip


def test_gradient_by_every_number():
    """Heat alone: every number moves the temperature of the core, as its differences say; coarse meshes say so too."""
    like = FULL.section(fineness=Fineness(2, 2.0, 3))

    def warmth(p):
        spec = replace(FULL, **dict(zip(NUMBERS, p, strict=True)))
        return heat.temperature(spec.section(like)).at(jnp.zeros(1), spec.film[None] / 2)[0]

    at = jnp.array([float(getattr(FULL, name)) for name in NUMBERS])
    compiled = jax.jit(jax.value_and_grad(warmth))
    value, slope = compiled(at)
    for k, (name, step) in enumerate(NUMBERS.items()):
        move = jnp.zeros(len(at)).at[k].set(step)
        difference = float(compiled(at + move)[0] - compiled(at - move)[0])
        # 1e-10 of the value is the solver's round-off; h² of the third derivative is below 1e-4
        assert float(slope[k]) == pytest.approx(difference / (2 * step), rel=1e-3, abs=1e-9 * float(value) / step), name
        assert abs(float(slope[k])) > 1e-9 * float(value), name


@pytest.mark.validate
def test_slab_in_time_by_two_routes():
    """Modes of a slab: λ = ((n + 1/2) π/H)² k/ρc. Steps in time close in on them with the square of their size."""
    point, one = jnp.array([0.5]), jnp.array([1.0])
    found = heat.observed(slab(), point, one, one)
    exact = (np.pi / 2) ** 2 * 1.4 / 1.6e6 / 9e-12
    assert float(found.slowest()) == pytest.approx(1 / exact, rel=1e-4)  # of the span, not of the elements
    assert float(jnp.sum(found.gains)) == pytest.approx(1e6 / 1.4, rel=1e-9)
    errors = []
    for count in (40, 80):
        times = jnp.geomspace(1e-9, 1e-4, count)
        seen = heat.stepped(slab(), point, one, one, times) / jnp.sum(found.gains)
        errors.append(float(jnp.max(jnp.abs(seen - found.at(times)))))
    assert errors[1] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)
    # (1 - 8/π² Σ exp(-λ t)/(2n + 1)²) heated at its face, at its first mode's time; the layer is 1/30 of it
    series = 1 - 8 / np.pi**2 * sum(np.exp(-((2 * n + 1) ** 2)) / (2 * n + 1) ** 2 for n in range(5))
    faces = heat.observed(slab(), point, jnp.array([2.95]), one)
    assert float(faces.at(1 / exact)) == pytest.approx(series, abs=0.01)


def test_modulation_and_rise_agree():
    """One pole: 10-90 % in ln 9 τ, 3 dB (optical amplitude 1/√2) at 1/2πτ."""
    pole = heat.Step(jnp.array([1e5]), jnp.array([3.0]))
    assert float(pole.rise_time) == pytest.approx(np.log(9) * 1e-5, rel=1e-12)
    assert float(pole.time_constant) == pytest.approx(1e-5, rel=1e-12)
    assert float(jnp.abs(pole.modulation(1e5 / (2 * np.pi)))) == pytest.approx(1 / np.sqrt(2), rel=1e-12)


def test_rise_time_of_a_heater(mode):
    like = SOI.section()
    step = heat.response_of(SOI.section(like), mode)
    assert 3e-6 < float(step.rise_time) < 5e-5  # published heaters in oxide: 5 to 30 µs
    assert float(jnp.sum(step.gains)) == pytest.approx(
        float(heat.shift_of(SOI, heat.temperature(SOI.section(like)), mode).per_power), rel=1e-8
    )

    with pytest.raises(ValueError, match=r"no mode has 0\.5 of the gain"):
        step.slowest()


@pytest.mark.validate
def test_gradient_of_a_rise_time(mode):
    like = SOI.section()

    @jax.jit
    @jax.value_and_grad
    def rise(oxide):
        return heat.response_of(replace(SOI, buried_oxide=oxide).section(like), mode).rise_time

    h = 1e-3
    # the span is frozen: its error is squared in the value and in the derivative
    assert float(rise(2.0)[1]) == pytest.approx(float(rise(2.0 + h)[0] - rise(2.0 - h)[0]) / (2 * h), rel=1e-3)
    assert float(rise(3.0)[0]) > 1.3 * float(rise(2.0)[0])


@settings(max_examples=3)
@given(width=st.floats(0.5, 4.0), height=st.floats(0.3, 1.5))
def test_nothing_is_colder_than_ambient_nor_hotter_than_the_heater(width, height):
    like = SOI.section()
    found = heat.temperature(replace(SOI, width=width, height=height).section(like))
    middle = float(found.at(jnp.zeros(()), jnp.asarray(0.22 + height + 0.075)))
    x = jnp.linspace(-20.0, 20.0, 9)
    for y in (-2.0, 0.1, 2.0):
        rise = np.asarray(found.at(x, jnp.full(9, y)))
        assert rise.min() > 0
        assert rise.max() < middle


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"width": 0.0}, r"width = 0 µm: it must be finite and more than 0 µm"),
        ({"trench_distance": 0.4}, r"the heater reaches 0\.45 µm"),
        ({"slab": 0.3}, r"not below the film of 0\.22"),
        ({"wall_angle_deg": 10.0}, r"outside 20 to 90"),
        ({"bridges": 1.5}, r"a share of the length"),
        ({"handle": -1.0}, r"handle = -1 µm"),
        ({"height": 2.5}, r"height = 2\.5 µm is above the oxide of 2 µm"),
        ({"pitch": 0.4}, r"pitch = 0\.4 µm: cores of 0\.45 µm"),
    ],
)
def test_bad_numbers(numbers, message):
    with pytest.raises(ValueError, match=message):
        replace(SOI, **numbers)


def test_bad_sections():
    medium = ThermalMedium(1.0)
    shapes = [Trapezoid(medium, 2.9, 3.0, name="heater")]
    window = (0.0, 1.0, 0.0, 3.0)
    with pytest.raises(ValueError, match="heat up for ever"):
        heat.section(shapes, background=medium, window=window, sources=("heater",), cold=())
    with pytest.raises(ValueError, match="name one or more of the shapes heater"):
        heat.section(shapes, background=medium, window=window, sources=("wire",))
    with pytest.raises(ValueError, match=r"two edges at x = -8 µm"):
        replace(FULL, undercut_half_width=8.000005).section()
    with pytest.raises(ValueError, match="above 0 W"):
        heat.thermal_medium(-1.0)
    section = heat.section(shapes, background=medium, window=window, sources=("heater",))
    with pytest.raises(ValueError, match=r"no heat capacity is known of background, heater"):
        heat.observed(section, jnp.array([0.5]), jnp.array([1.0]), jnp.array([1.0]))
    with pytest.raises(ValueError, match="no thermo-optic coefficient of the core"):
        heat.shift(replace(SOI, film_conductivity=90.0, core=materials.constant(3.48, "plain")))


def test_pictures(tmp_path, mode):
    import matplotlib as mpl

    mpl.use("Agg")
    axes = heat.plot_temperature(JACQUES, mode, 27.2e-3 / 320)
    axes.figure.savefig(tmp_path / "temperature.png")
    heat.plot_step(heat.response_of(SOI.section(), mode)).figure.savefig(tmp_path / "step.png")
    assert (tmp_path / "temperature.png").stat().st_size > 10_000
    assert (tmp_path / "step.png").stat().st_size > 5_000
