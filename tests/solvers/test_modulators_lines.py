"""Potentials, eddy currents and lines against what is known exactly, against one another, and their gradients."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators import (
    Coplanar,
    Fineness,
    RfMedium,
    Search,
    Section,
    admittance,
    capacitance,
    conformal,
    distributed,
    full_wave,
    potentials,
    rlgc,
    section,
)
from lingnan.solvers.modulators.electrostatics import EPS0, field_at
from lingnan.solvers.modulators.line import C0
from lingnan.solvers.modulators.magnetics import MU0
from lingnan.solvers.modulators.rlgc import loop
from lingnan.solvers.waveguides import Trapezoid

GOLD = RfMedium(1.0, None, 4.1e7)
CRYSTAL = np.diag([27.9, 44.3, 44.3])


def plates(medium: object, thickness: float = 0.9, apart: float = 2.0, fineness: Fineness | None = None) -> Section:
    """Two plates, 4 µm wide between walls that no flux crosses; the upper wall is far and holds the potential."""
    top = 2 * thickness + apart
    return section(
        [
            Trapezoid(medium, thickness, thickness + apart, name="inside"),
            Trapezoid(GOLD, 0.0, thickness, name="lower"),
            Trapezoid(GOLD, thickness + apart, top, name="upper"),
        ],
        background=1.0,
        window=(0.0, 4.0, 0.0, top + 5.0),
        conductors={"lower": "ground", "upper": "signal"},
        magnetic=("left", "right", "bottom"),
        fineness=fineness,
    )


def test_plates_are_a_capacitor_with_loss():
    """C = ε0 ε S/d per length, and the loss tangent is that of the medium: both are exact in this space."""
    lossy = plates(RfMedium(np.diag([3.0, 7.0, 5.0]), 0.02))
    matrix = capacitance(lossy)
    k, g = lossy.terminals.index("signal"), lossy.terminals.index("ground")
    between = -matrix[k, g]
    assert complex(between) == pytest.approx(EPS0 * 7.0 * 4.0 / 2.0 * (1 + 0.02j), rel=1e-9)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-9)


def test_a_medium_that_conducts_is_a_resistor_beside_a_capacitor():
    """ε' + i σ/(ω ε0), over four decades from fields at six frequencies."""
    sigma = 0.3
    leaky = plates(RfMedium(4.0, None, sigma))
    f = jnp.geomspace(1e7, 1e11, 9)
    k, g = leaky.terminals.index("signal"), leaky.terminals.index("ground")
    expected = 4.0 / 2.0 * (4.0 * EPS0 + 1j * sigma / (2 * np.pi * f))
    np.testing.assert_allclose(-capacitance(leaky, f)[:, k, g], expected, rtol=1e-8)
    with pytest.raises(ValueError, match="give the frequency"):
        capacitance(leaky)


@pytest.mark.parametrize(("thickness", "order", "error"), [(0.9, 4, 1e-5), (3.0, 4, 5e-5), (3.0, 6, 1e-6)])
def test_plates_with_eddy_currents_exactly(thickness: float, order: int, error: float):
    """Z' = (2 (k/σ) coth kt - iωµ0 d)/w with k = (1 - i)/δ, from direct current to skin effect."""
    f = jnp.geomspace(1e5, 2e11, 9)
    line = distributed(plates(1.0, thickness, fineness=Fineness(order)), f)
    omega, sigma, w, d, t = 2 * np.pi * np.asarray(f), 4.1e7, 4e-6, 2e-6, thickness * 1e-6
    k = (1 - 1j) * np.sqrt(omega * MU0 * sigma / 2)
    exact = (2 * k / sigma / np.tanh(k * t) - 1j * omega * MU0 * d) / w
    # the highest frequency sets the error: cells of a skin depth and of two, in order four 2.4e-5, in order six 3e-7
    np.testing.assert_allclose(line.resistance, exact.real, rtol=error)
    np.testing.assert_allclose(line.inductance, -exact.imag / omega, rtol=error)
    # ρ/A of both, and the first term of x coth x beside it: the next one is below 1e-16 of it
    eddies = 4 / 45 * (t * np.sqrt(omega[0] * MU0 * sigma / 2)) ** 4
    assert float(line.resistance[0]) == pytest.approx(2 / (sigma * w * t) * (1 + eddies), rel=1e-12)
    thick = np.sqrt(omega[-1] * MU0 / 2 / sigma) * 2 / w
    assert float(line.resistance[-1]) == pytest.approx(thick, rel=2e-4)  # 2 Rs/w, for t of five skin depths and more


def test_few_fields_span_all_frequencies():
    """Y from fields at eight frequencies, against fields at each frequency itself."""
    spec = Coplanar(ground_width=60.0)
    wires = spec.section(fineness=Fineness(3, 0.2, 4.0))
    f = jnp.geomspace(1e7, 2e11, 12)
    few, all_of_them = admittance(wires, f), admittance(wires, f, samples=12)
    assert float(jnp.max(jnp.abs(few - all_of_them)) / jnp.max(jnp.abs(all_of_them))) < 1e-7


def thin(t: float, below: object, above: object = 1.0, ground: float = 389.0) -> float:
    """Capacitance of a coplanar line of thickness t, S 10, G 6, the walls 400 µm away."""
    lines = section(
        [
            Trapezoid(below, top=0.0, name="below"),
            Trapezoid(GOLD, 0.0, t, 0.0, 5.0, name="signal"),
            Trapezoid(GOLD, 0.0, t, 11.0, 11.0 + ground, name="ground"),
        ],
        background=above,
        window=(0.0, 400.0, -400.0, 400.0),
        conductors={"signal": "signal", "ground": "ground"},
        mirror=True,
        returns="box" if ground == 389.0 else "grounds",
        fineness=Fineness(4, 0.05, 3.5),
    )
    return 2 * float(loop(lines, capacitance(lines)[None], lines.terminals.index("signal"))[0])


def test_coplanar_line_by_conformal_mapping():
    """Metal without thickness is the limit of thin metal: S 10, G 6 on ε 11.7 has 166.78 pF/m, n 2.519921, 50.399 Ω."""
    exact = float(conformal.coplanar_capacitance(10.0, 6.0, 11.7))
    assert exact == pytest.approx(166.78e-12, rel=1e-4)
    assert float(conformal.coplanar_impedance(10.0, 6.0, 11.7)) == pytest.approx(50.399, rel=1e-4)
    assert float(conformal.coplanar_index(11.7)) == pytest.approx(2.519921, abs=1e-6)
    # what thickness adds goes as t (1 + log 1/t); two thicknesses leave a few 1e-4 of it, walls at 400 µm 1e-3
    one, two = thin(0.02, 11.7), thin(0.01, 11.7)
    assert one > two > exact * (1 - 1e-3)
    assert 2 * two - one == pytest.approx(exact, rel=1.5e-3)


def test_grounds_of_finite_width_by_conformal_mapping():
    """Grounds 20 µm wide hold back all of the charge, 2.8 % less than half planes would; the walls hold none."""
    exact = float(conformal.coplanar_capacitance(10.0, 6.0, 11.7, ground=20.0))
    wide = float(conformal.coplanar_capacitance(10.0, 6.0, 11.7, ground=1e6))
    assert wide == pytest.approx(float(conformal.coplanar_capacitance(10.0, 6.0, 11.7)), rel=1e-6)
    one, two = thin(0.02, 11.7, ground=20.0), thin(0.01, 11.7, ground=20.0)
    # as of half planes: a few 1e-4 of thickness are left
    assert 2 * two - one == pytest.approx(exact, rel=1.5e-3)


def of_one_medium(eps: float, push_pull: bool) -> Coplanar:
    filled = tuple((name, RfMedium(eps)) for name in ("substrate", "buried oxide", "cladding", "top"))
    crystal = tuple((name, RfMedium(eps * np.eye(3))) for name in ("slab", "core"))
    return Coplanar(ground_width=20.0, overrides=(*filled, *crystal), push_pull=push_pull)


@pytest.mark.parametrize("push_pull", [True, False])
def test_charge_and_current_come_back_alike(push_pull: bool):
    """One medium: L C = ε µ0 of the flux outside of metal, however near the walls are.

    What is inside of metal is R/ω where its skin is thin; flux that goes round the skin's corners leaves 4e-4 at
    1 THz, where the skin depth is 0.08 µm. With charge on walls 30 µm away L C would be 8 and 38 % too high.
    """
    f, fine = jnp.array([1e12]), Fineness(3, 0.2, 4.5)
    spec = of_one_medium(2.0, push_pull)
    like = spec.section(fineness=fine)
    found = [distributed(replace(spec, reach=reach).section(like), f) for reach in (30.0, 300.0, 1000.0)]
    for line in found:
        outside = line.inductance - line.resistance / (2 * jnp.pi * f)
        assert float(outside[0] * line.capacitance[0]) == pytest.approx(2.0 / C0**2, rel=6e-4)
    # a quadrupole's or a dipole's field at the walls: as the square of their distance or faster, beside the mesh's own
    near, far = (float(line.capacitance[0]) for line in found[1:])
    assert near == pytest.approx(far, rel=3e-3)


def test_an_anisotropic_half_space_is_an_isotropic_one():
    """Heights below stretch by sqrt(ε_x/ε_y): metal of no height does not mind."""
    same, _ = conformal.isotropic(27.9, 44.3)
    # the ground plane 400 µm below stands elsewhere in the stretched half space: 1e-3
    assert thin(0.02, CRYSTAL) == pytest.approx(thin(0.02, float(same)), rel=1e-3)


def test_strip_between_planes():
    """A stripline, exact for metal without thickness; height 8, width 4."""

    def line(t: float) -> float:
        strip = section(
            [Trapezoid(GOLD, -t / 2, t / 2, 0.0, 2.0, name="signal")],
            background=2.2,
            window=(0.0, 40.0, -4.0, 4.0),
            conductors={"signal": "signal"},
            mirror=True,
            fineness=Fineness(4, 0.03, 3.5),
        )
        return 2 * float(capacitance(strip)[0, 0])

    exact = float(conformal.stripline_capacitance(4.0, 8.0, 2.2))
    assert 2 * line(0.02) - line(0.04) == pytest.approx(exact, rel=1e-3)


def test_square_coaxial_line():
    """Inner square of half the outer side: C = 10.2341 ε0, from the conformal map."""
    coax = section(
        [Trapezoid(GOLD, -1.0, 1.0, -1.0, 1.0, name="signal")],
        background=1.0,
        window=(-2.0, 2.0, -2.0, 2.0),
        conductors={"signal": "signal"},
        fineness=Fineness(5, 0.02, 3.5),
    )
    assert float(capacitance(coax)[0, 0]) / EPS0 == pytest.approx(10.2341, abs=2e-3)


def test_field_is_the_slope_of_the_potential():
    """Between plates V/d, everywhere, and the energy of the field is C/2."""
    electrodes = potentials(plates(3.0))
    x, y = jnp.meshgrid(jnp.linspace(0.1, 3.9, 5), jnp.linspace(1.0, 2.8, 7))
    e = field_at(electrodes, x, y)
    np.testing.assert_allclose(e[0], 0.0, atol=1e-9)
    np.testing.assert_allclose(e[1], -0.5, rtol=1e-9)  # 1 V on the upper plate, 2 µm above the other


def layered_plates(f: float, heights: tuple[float, float], eps: tuple[float, float], sigma: float) -> complex:
    """Index of the TM mode between thick metal plates with two layers: exact, by H'/(εH) handed from layer to layer.

    Heights in µm. Secant steps from the quasi-static index.
    """
    k0 = 2 * np.pi * f / C0
    metal = 1 + 1j * sigma / (2 * np.pi * f * EPS0)

    def missing(n: complex) -> complex:
        def q(e: complex) -> complex:
            return k0 * np.sqrt(n**2 - e + 0j)

        slope = q(metal) / metal
        for height, e in zip(heights, eps, strict=True):
            own, t = q(e) / e, np.tanh(q(e) * height * 1e-6)
            slope = own * (slope + own * t) / (own + slope * t)
        return (slope + q(metal) / metal) / k0

    low = np.sqrt(sum(heights) / sum(h / e for h, e in zip(heights, eps, strict=True)))
    a, b = low + 0j, low * (1.01 + 0.01j)
    for _ in range(60):
        fa, fb = missing(a), missing(b)
        if abs(fb - fa) == 0:
            break
        a, b = b, b - fb * (b - a) / (fb - fa)
    return b


@pytest.mark.validate
def test_what_a_quasi_static_line_leaves_out():
    """Between plates all is known: vector modes follow the exact index, and scalar fields are low by a share ∝ f²."""
    heights, eps = (30.0, 40.0), (4.0, 12.0)
    top = 3.0 + sum(heights)
    line = section(
        [
            Trapezoid(eps[0], 3.0, 3.0 + heights[0], name="low"),
            Trapezoid(eps[1], 3.0 + heights[0], top, name="high"),
            Trapezoid(GOLD, 0.0, 3.0, name="lower"),
            Trapezoid(GOLD, top, top + 3.0, name="upper"),
        ],
        background=1.0,
        window=(0.0, 20.0, 0.0, top + 10.0),
        conductors={"lower": "ground", "upper": "signal"},
        magnetic=("left", "right", "bottom"),
    )
    f = jnp.array([1e11, 2e11])
    exact = np.array([layered_plates(float(x), heights, eps, 4.1e7) for x in f])
    vector, parts = full_wave(line, f), distributed(line, f)
    # elements of order three, cells of half a skin depth: some 1e-5 of n, and of what metal adds to it
    np.testing.assert_allclose(vector.n_rf, exact.real, rtol=1e-4)
    np.testing.assert_allclose(vector.alpha, 2 * np.pi * np.asarray(f) / C0 * exact.imag, rtol=5e-3)
    # charge between the plates alone: the upper one has some towards the wall above it too
    between = -capacitance(line)[line.terminals.index("signal"), line.terminals.index("ground")]
    scalar = replace(parts, capacitance=between * jnp.ones_like(f)).line()
    low = exact.real / np.asarray(scalar.n_rf) - 1
    assert low[0] > 1e-3
    assert low[1] / low[0] == pytest.approx(4.0, rel=0.1)  # the next term is f⁴, and metal's own index falls


BOXED = Coplanar(reach=60.0, buried_oxide=4.0)


def test_scalar_fields_and_vector_modes_agree():
    """1 % in index and 5 % in loss from 1 to 100 GHz; impedance of power and current too."""
    f = jnp.array([1e9, 1e10, 1e11])
    coarse = BOXED.section(fineness=Fineness(3, 0.15, 4.5))
    one, two = rlgc(coarse, f), full_wave(coarse, f)
    np.testing.assert_allclose(one.n_rf, two.n_rf, rtol=0.01)
    np.testing.assert_allclose(one.loss_db_cm, two.loss_db_cm, rtol=0.05)
    np.testing.assert_allclose(one.z0, two.z0, rtol=0.01)
    # at 1 and 10 GHz nothing is left out of the scalar fields: only the meshes' own errors
    np.testing.assert_allclose(one.n_rf[:2], two.n_rf[:2], rtol=1e-3)
    np.testing.assert_allclose(one.loss_db_cm[:2], two.loss_db_cm[:2], rtol=2e-3)


def test_trends_of_a_line():
    """Slow and damped at low frequency, then flat in index, its loss rising by the root of frequency."""
    spec = Coplanar(ground_width=150.0)
    line = rlgc(spec.section(), jnp.array([1e8, 1e9, 1e10, 1e11]))
    assert np.all(np.diff(np.asarray(line.n_rf)) < 0)
    assert np.all(np.diff(np.asarray(line.loss_db_cm)) > 0)
    assert np.all(np.asarray(line.z0.imag) > 0)  # exp(-iωt): a lossy line's z0 lies in the first quadrant
    gamma, z0 = line.engineering
    assert np.all(np.asarray(gamma.imag) > 0)
    assert np.all(np.asarray(z0.imag) < 0)
    ratio = float(line.loss_db_cm[3] / line.loss_db_cm[2])
    assert 10**0.5 * 0.75 < ratio < 10**0.5  # metal of 0.9 µm is not thick at 10 GHz


@pytest.mark.validate
def test_gradients_of_a_line():
    """By gap, thickness and width of the rib, against central differences; a second derivative is refused."""
    spec = Coplanar(ground_width=60.0)
    like = spec.section(fineness=Fineness(3, 0.2, 4.5))
    f = jnp.array([1e9, 5e10])

    def numbers(p: jax.Array) -> jax.Array:
        line = rlgc(replace(spec, gap=p[0], metal_thickness=p[1], rib_width=p[2]).section(like), f)
        return jnp.concatenate([line.n_rf, line.loss_db_cm, line.z0.real])

    at, h = jnp.array([5.0, 0.9, 1.5]), 1e-3
    value = jax.jit(numbers)
    differences = jnp.stack([(value(at + h * d) - value(at - h * d)) / (2 * h) for d in jnp.eye(3)], axis=1)
    # central differences of 1 nm are right to h² and to round-off over h
    np.testing.assert_allclose(jax.jit(jax.jacfwd(numbers))(at), differences, rtol=1e-4, atol=1e-5)
    with pytest.raises(NotImplementedError, match="central differences of the gradient"):
        jax.jacfwd(jax.jacfwd(numbers))(at)


def test_return_through_the_grounds_or_the_box():
    """Narrow grounds carry the current back with a resistance of their own: ρ/A of both sides at direct current."""
    spec = Coplanar(ground_width=20.0)
    coarse = spec.section(fineness=Fineness(3, 0.2, 4.5))
    lossless = spec.section(fineness=Fineness(3, 0.2, 4.5), returns="box")
    f = jnp.array([1e4])
    strip = 1 / (4.1e7 * 16e-6 * 0.9e-6)
    ground = 1 / (4.1e7 * 2 * 20e-6 * 0.9e-6)
    assert float(distributed(coarse, f).resistance[0]) == pytest.approx(strip + ground, rel=1e-6)
    assert float(distributed(lossless, f).resistance[0]) == pytest.approx(strip, rel=1e-6)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"gap": 1.8}, "the electrode touches the waveguide"),
        ({"gap": -1.0}, "gap = -1 µm: it must be finite and more than 0 µm"),
        ({"etch": 0.6}, "a slab must be left"),
        ({"rib_wall_angle_deg": 100.0}, "outside 20 to 90"),
        ({"metal_thickness": 0.0}, "metal_thickness = 0 µm"),
    ],
)
def test_numbers_that_are_no_electrode(numbers: dict[str, float], message: str):
    with pytest.raises(ValueError, match=message):
        Coplanar(**numbers)


def test_a_traced_frequency_below_the_elements_of_vector_modes_is_nan():
    """And no mode is searched there, which would break off in other people's words."""
    lines = plates(1.0)
    with pytest.warns(UserWarning, match=r"2e\+08 Hz is below 1e\+09 Hz, where elements of order 3 .* or rlgc\."):
        found = jax.block_until_ready(jax.jit(lambda f: full_wave(lines, f).gamma)(2e8))
    assert np.all(np.isnan(found))


def test_frequencies_and_conductors_that_are_not_there():
    lines = plates(1.0)
    with pytest.raises(ValueError, match=r"1 conductor, 'signal', and nothing for its current to come back on"):
        distributed(replace(lines, conductors=tuple("signal" if name else "" for name in lines.conductors)), 1e9)
    with pytest.raises(ValueError, match="must be positive"):
        distributed(lines, 0.0)
    with pytest.raises(ValueError, match="no conductor 'centre'"):
        distributed(lines, 1e9, "centre")
    with pytest.raises(ValueError, match="below 1e"):
        full_wave(lines, 1e6)
    with pytest.raises(ValueError, match=r"order = 3 at 2e\+08 Hz: below 1e\+09 Hz"):
        full_wave(lines, 2e8, search=Search(order=3))
    with pytest.raises(ValueError, match=r"4e\+12 Hz is above 1e\+12 Hz"):
        distributed(lines, 4e12)
    with pytest.raises(ValueError, match=r"4e\+12 Hz is above 1e\+12 Hz"):
        full_wave(lines, 4e12)
    with pytest.raises(ValueError, match=r"5e-05 µm thin: the mesh holds metal of 0.002 µm"):
        plates(1.0, 5e-5)
    with pytest.raises(ValueError, match="no conductivity"):
        section([Trapezoid(3.9, 0.0, 1.0, name="a")], background=1.0, window=(0, 1, 0, 2), conductors={"a": "signal"})
