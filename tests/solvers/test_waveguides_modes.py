"""The mode solver against exact limits, published numbers and conservation laws."""

import math
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import i0, i1, k0, k1

from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import LADDER, Absorber, Modes, Resolution, Trapezoid
from lingnan.solvers.waveguides.media import medium
from lingnan.solvers.waveguides.slab import _plasmon, _wire, slab_index

SILICON, OXIDE = 3.4757, 1.4440  # the constants of the reference cases
WINDOW = (-1.5, 1.5, -1.19, 1.41)  # 3.0 x 2.6 µm about the core's centre


def wire(**options: object) -> waveguides.Geometry:
    return waveguides.strip(0.45, 0.22, SILICON, OXIDE, **{"window": WINDOW, **options})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def strip() -> Modes:
    return waveguides.solve(wire(), 1.55, 2)


# --- exact limits


def slab_root(n_core: float, n_clad: float, thickness: float, wavelength: float, tm: bool) -> float:
    """n_eff of the fundamental mode of a symmetric slab from its own equation, tan(κ d/2) = r γ/κ."""
    k = 2 * math.pi / wavelength
    ratio = (n_core / n_clad) ** 2 if tm else 1.0

    def miss(n: float) -> float:
        kappa, gamma = k * math.sqrt(n_core**2 - n**2), k * math.sqrt(n**2 - n_clad**2)
        return kappa * math.sin(kappa * thickness / 2) - ratio * gamma * math.cos(kappa * thickness / 2)

    low = max(n_clad, math.sqrt(max(n_core**2 - (wavelength / 2 / thickness) ** 2, n_clad**2)))
    return brentq(miss, low + 1e-9, n_core - 1e-9, xtol=1e-14)


@pytest.mark.parametrize("tm", [False, True])
def test_one_dimensional_slab_is_its_own_equation(tm: bool) -> None:
    exact = slab_root(SILICON, OXIDE, 0.22, 1.55, tm)
    levels, eps = np.array([-3.0, 0.0, 0.22, 3.22]), np.array([OXIDE, SILICON, OXIDE]) ** 2
    # walls 3 µm away: exp(-2 γ 3 µm) < 1e-12 for both, and three elements of order 20 resolve the tails
    assert_allclose(slab_index(levels, eps, eps, 1.55, "tm" if tm else "te", 20), exact, atol=1e-10)


def test_wide_strip_between_walls_is_a_slab() -> None:
    # electric walls at the sides of a film that fills the window: E_x of the slab's TE mode stands upright on them
    film = waveguides.cross_section(
        [Trapezoid(SILICON, 0.0, 0.22, name="film")], background=OXIDE, window=(-0.5, 0.5, -1.2, 1.42)
    )
    modes = waveguides.solve(film, 1.55, 1, resolution=Resolution(6, 3, 3, 3.0, 3.0))
    assert_allclose(modes.n_eff[0].real, slab_root(SILICON, OXIDE, 0.22, 1.55, tm=False), atol=2e-7)


# --- published and independently computed numbers


@pytest.mark.validate
def test_strip_by_refinement() -> None:  # three independent vector FEMs agree on 2.352833
    modes = waveguides.solve(wire(), 1.55, 1, tolerance=1e-6)
    assert modes.error is not None
    assert modes.error[0] <= 1e-6
    assert_allclose(modes.n_eff[0].real, 2.352833, atol=1.5e-6)  # 1e-6, and half of the last digit in print


def test_strip_at_the_coarsest_mesh(strip: Modes) -> None:
    assert_allclose(strip.n_eff[0].real, 2.352833, atol=5e-5)  # what `solve` promises without a tolerance
    assert np.all(np.asarray(strip.report.residual) < 1e-7)
    assert np.all(np.asarray(strip.report.wall) < 0.02)


# --- symmetry, conservation, definitions


def test_modes_are_orthogonal_and_carry_a_watt(strip: Modes) -> None:
    # reciprocity: the discrete modes of a symmetric pencil are orthogonal to round-off
    assert_allclose(np.abs(waveguides.overlap(strip, strip)), np.eye(2), atol=1e-7)


def test_labels(strip: Modes) -> None:
    te, tm = waveguides.classify(strip)
    assert (str(te), te.parity, str(tm), tm.parity) == ("TE0", "even", "TM0", "even")
    assert not te.hybrid
    assert te.te_fraction > 0.97


def test_energy_velocity_is_group_velocity(strip: Modes) -> None:
    # another way to n_g, without derivatives: energy density over power, exact for media without dispersion
    e, h, area = strip.E, strip.H, strip.grid.area
    eps = jnp.repeat(jnp.repeat(strip.epsilon[..., 0], 4, axis=0), 4, axis=1)
    c, z0 = 1.0, 376.730313412
    energy = jnp.sum((eps * jnp.abs(e) ** 2 / z0 + z0 * jnp.abs(h) ** 2).sum(axis=1) * area, axis=(-2, -1)) / 4 / c
    assert_allclose(strip.n_g, energy, rtol=1e-9)


def test_half_of_the_energy_is_magnetic(strip: Modes) -> None:
    e, h, area = strip.E, strip.H, strip.grid.area
    eps = jnp.repeat(jnp.repeat(strip.epsilon[..., 0], 4, axis=0), 4, axis=1)
    electric = jnp.sum((eps * jnp.abs(e) ** 2).sum(axis=1) * area, axis=(-2, -1))
    magnetic = jnp.sum((376.730313412**2 * jnp.abs(h) ** 2).sum(axis=1) * area, axis=(-2, -1))
    assert_allclose(electric, magnetic, rtol=1e-9)


def test_confinement_adds_up(strip: Modes) -> None:
    for kind in ("power", "electric"):
        parts = [waveguides.confinement(strip, region, kind) for region in ("core", "cladding")]  # type: ignore[arg-type]
        assert_allclose(sum(parts), 1.0, rtol=1e-12)
    box = waveguides.confinement(strip, lambda x, y: (abs(x) < 0.225) & (y > 0) & (y < 0.22))
    assert_allclose(box, waveguides.confinement(strip, "core"), rtol=1e-12)
    with pytest.raises(ValueError, match="Did you mean core"):
        waveguides.confinement(strip, "cor")


def test_sensing_confinement_is_the_derivative_by_the_index(strip: Modes) -> None:
    # first-order perturbation theory is exact for the derivative: same mesh, same mode, so to round-off
    def n_eff(core: jax.Array, clad: jax.Array) -> jax.Array:
        return waveguides.solve(waveguides.strip(0.45, 0.22, core, clad, window=WINDOW), 1.55, 2).n_eff.real

    core, clad = jax.jacrev(n_eff, argnums=(0, 1))(jnp.asarray(SILICON), jnp.asarray(OXIDE))
    assert_allclose(waveguides.confinement(strip, "core", "sensing"), core, rtol=1e-8)
    assert_allclose(waveguides.confinement(strip, "cladding", "sensing"), clad, rtol=1e-8)


def test_probe_is_the_field_at_the_points(strip: Modes) -> None:
    there = waveguides.field_at(strip, strip.grid.x, strip.grid.y)
    assert_allclose(there.E, strip.E, atol=1e-9 * float(jnp.abs(strip.E).max()))
    assert_allclose(there.H, strip.H, atol=1e-9 * float(jnp.abs(strip.H).max()))
    assert np.all(np.asarray(waveguides.field_at(strip, jnp.array([99.0]), jnp.array([0.0])).E) == 0)


def test_mirror_image_has_the_same_modes(strip: Modes) -> None:
    # upside down and left to right: the same matrix in another order
    turned = waveguides.cross_section(
        [Trapezoid(SILICON, -0.22, 0.0, -0.225, 0.225, name="core")], background=OXIDE, window=(-1.5, 1.5, -1.41, 1.19)
    )
    assert_allclose(waveguides.solve(turned, 1.55, 2).n_eff, strip.n_eff, rtol=1e-10)


def test_only_lengths_over_wavelength_matter(strip: Modes) -> None:
    bigger = waveguides.strip(0.9, 0.44, SILICON, OXIDE, window=tuple(2 * w for w in WINDOW))
    assert_allclose(waveguides.solve(bigger, 3.1, 2).n_eff, strip.n_eff, rtol=1e-10)


# --- lossy media, full tensors


def test_loss_is_confinement_times_absorption(strip: Modes) -> None:
    # k = 1e-5 in the cladding: first order is right to k², 1e-10, and the solver to its residual
    k = 1e-5
    lossy = waveguides.solve(waveguides.strip(0.45, 0.22, SILICON, OXIDE + 1j * k, window=WINDOW), 1.55, 2)
    expected = k * waveguides.confinement(strip, "cladding", "sensing")
    assert_allclose(lossy.n_eff.imag, expected, rtol=1e-6)
    assert np.all(np.asarray(lossy.loss_dB_cm) > 0)
    assert_allclose(lossy.loss_dB_cm[0], 20 / math.log(10) * 2 * math.pi / 1.55e-4 * lossy.n_eff[0].imag, rtol=1e-12)


def test_a_diagonal_tensor_is_the_same_as_principal_indices() -> None:
    crystal = jnp.array([3.3, 3.4757, 3.5])
    fast = waveguides.solve(waveguides.strip(0.45, 0.22, crystal, OXIDE, window=WINDOW), 1.55, 2)
    # inside jit nobody can see that it is diagonal: the quadratic pencil is used
    slow = jax.jit(
        lambda e: waveguides.solve(waveguides.strip(0.45, 0.22, e, OXIDE, window=WINDOW), 1.55, 2).n_eff.real
    )(jnp.diag(crystal**2))
    assert_allclose(slow, fast.n_eff.real, rtol=1e-9)


def test_walking_a_crystal_back_and_forth_is_the_same() -> None:
    # ε_xz -> -ε_xz is a look from behind: same β in a lossless guide
    def n_eff(angle: float) -> jax.Array:
        core = materials.cut("LN", "x", angle)
        rib = waveguides.rib(1.0, 0.6, 0.3, core, 1.44, sidewall_angle_deg=60.0)
        return waveguides.solve(rib, 1.55, 2).n_eff.real

    assert_allclose(n_eff(25.0), n_eff(-25.0), rtol=1e-9)


# --- bad input


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: waveguides.strip(-0.45, 0.22, 3.5, 1.4), r"width = -0.45 µm: it must be positive"),
        (lambda: waveguides.strip(0.45, 0.0, 3.5, 1.4), r"thickness = 0.0 µm"),
        (lambda: waveguides.strip(float("nan"), 0.22, 3.5, 1.4), "positive and finite"),
        (lambda: waveguides.strip(0.45, 0.22, float("nan"), 1.4), "must be finite"),
        (lambda: waveguides.strip(0.45, 0.22, "Sillicon", 1.4), "Did you mean"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, window=(-0.2, 0.2, -1, 1)), "outside the window"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, sidewall_angle_deg=5), "outside 20 to 160"),
        (lambda: waveguides.strip(0.1, 0.4, 3.5, 1.4, sidewall_angle_deg=60), "closes at the top"),
        (lambda: waveguides.rib(0.5, 0.22, 0.3, 3.5, 1.4), "thickness that the etch leaves"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4).bend(0.0), "no bend"),
        (lambda: wire().bend(1.0), "axis of the bend inside the window"),
        (
            lambda: waveguides.cross_section(
                [Trapezoid(3.5, 0, 1, -1, 1, 0.2, 1.4), Trapezoid(2.0, 0, 1, 0, 2)], background=1, window=(-3, 3, -1, 2)
            ),
            "cross",
        ),
        (lambda: waveguides.solve(wire(), -1.55), "positive and finite"),
        (lambda: waveguides.solve(wire(), 1550.0), "in nm"),
        (lambda: waveguides.solve(wire(), 1.55, 0), "at least one mode"),
        (lambda: waveguides.solve(wire(), 1.55, tolerance=0.5), "outside 1e-10 to 0.1"),
        (lambda: waveguides.solve(wire(), 1.55, resolution=Resolution(8, 60, 60)), r"GB, above the limit of 8.0 GB"),
        (lambda: waveguides.solve(waveguides.strip(0.45, 0.22, "Si", "SiO2"), 1.0), r"lies outside 1.2 to 14 µm"),
        (lambda: waveguides.solve(wire(), 1.55, magnetic=("west",)), "do not exist"),
        (lambda: waveguides.strip("0.45", 0.22, 3.5, 1.4), "width = '0.45' is no real number"),
        (lambda: waveguides.strip(0.45 + 0j, 0.22, 3.5, 1.4), "is no real number"),
        (lambda: waveguides.strip([0.4, 0.5], 0.22, 3.5, 1.4), r"shape \(2,\): give one number"),
        (lambda: waveguides.strip(450, 220, 3.5, 1.4), "Was it given in nm"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, sidewall_angle_deg="upright"), "Give it in degrees"),
        (lambda: waveguides.strip(0.45, 0.22, np.zeros((3, 3)), 1.4), "has no inverse"),
        (lambda: wire().bend("5"), "radius = '5' is no real number"),
        (lambda: waveguides.cross_section(Trapezoid(3.5, 0, 1, -1, 1), background=1, window=(-2, 2, -1, 2)), "a list"),
        (lambda: waveguides.cross_section([(3.5, 0, 1)], background=1, window=(-2, 2, -1, 2)), "is no Trapezoid"),
        (
            lambda: waveguides.cross_section([Trapezoid(3.5, 0, "1", -1, 1)], background=1, window=(-2, 2, -1, 2)),
            "shape 0: top = '1' is no real number",
        ),
        (lambda: waveguides.strip(0.45, 0.22, -3.5, 1.4), "is not negative"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, [1.4, 0.0, 1.4]), "no index is 0"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, window=(-1, 1, -1)), "four numbers"),
        (lambda: wire().bend(float("nan")), "no bend"),
        (lambda: waveguides.solve("strip"), "geometry = 'strip' is no Geometry"),
        (lambda: waveguides.solve(wire(), "1.55"), "is no real number"),
        (lambda: waveguides.solve(wire(), None), "wavelength = None"),
        (lambda: waveguides.solve(wire(), 1.55, "two"), "num_modes = 'two'"),
        (lambda: waveguides.solve(wire(), 1.55, float("nan")), "whole numbers"),
        (lambda: waveguides.solve(wire(), 1.55, tolerance="1e-4"), "tolerance = '1e-4'"),
        (lambda: waveguides.solve(wire(), 1.55, target="2.4"), "target = '2.4'"),
        (lambda: waveguides.solve(wire(), 1.55, temperature="300"), "Give it in K"),
        (lambda: waveguides.solve(wire(), 1.55, resolution=10), "is no Resolution"),
        (lambda: waveguides.solve(wire(), 1.55, absorber=1.0), "is no Absorber"),
        (lambda: waveguides.sweep(lambda w: waveguides.strip(w, 0.22, 3.5, 1.4), []), "at least one step"),
        (lambda: waveguides.solve(wire(), 1.55, 2.5), "whole numbers"),
        (lambda: waveguides.solve(wire(), 1.55, 5000), "resolves at most"),
        (lambda: Resolution(3, 0, 2), "begin at 1"),
        (lambda: waveguides.swg(3.4, 1.4, 1.5), "outside 0 to 1"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, width_at="centre"), "Known: bottom, middle, top"),
        (lambda: Resolution(3, 2, 2, growth=float("nan")), "positive and finite"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(("west",))), "absorber.walls"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(thickness=0.0)), "thickness"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(thickness=3.0)), "fill the window"),
    ],
)  # fmt: skip
def test_bad_input_is_named(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_nothing_guided_says_n_eff_and_cutoff() -> None:
    thin = waveguides.strip(0.1, 0.22, SILICON, 1.0, substrate=OXIDE, window=WINDOW)
    with pytest.raises(waveguides.NoGuidedModeError, match=r"carries light up to 1\.4440") as caught:
        waveguides.solve(thin, 1.55, 2)
    assert caught.value.n_eff < caught.value.cutoff + 1e-9


def test_what_comes_out_of_jit_can_be_judged(strip: Modes) -> None:
    waveguides.judge(strip)
    with pytest.raises(ValueError, match="not finite"):
        waveguides.judge(replace(strip, n_eff=strip.n_eff * jnp.nan))
    batch = jax.tree.map(lambda *a: jnp.stack(a), strip, replace(strip, n_eff=strip.n_eff * jnp.nan))
    with pytest.raises(ValueError, match="not finite"):
        waveguides.judge(batch)
    geometry = replace(strip.problem.geometry, media=(medium("SiO2"), medium("Si")))
    problem = replace(strip.problem, geometry=geometry, wavelength=jnp.asarray(1.0))
    with pytest.raises(materials.MaterialRangeError, match=r"lies outside 1\.2"):
        waveguides.judge(replace(strip, problem=problem))


def test_bad_numbers_inside_jit_spoil_nothing_but_themselves() -> None:
    def found(width: Array) -> Modes:
        return waveguides.solve(
            waveguides.strip(width, 0.22, SILICON, OXIDE, window=WINDOW), 1.55, 1, resolution=Resolution(2, 2, 2)
        )

    widths = jnp.array([0.45, -0.45, 0.0, jnp.nan, 0.5])
    batch = jax.jit(jax.vmap(found))
    with pytest.warns(UserWarning, match="3 of 5 cross-sections"):
        modes = jax.block_until_ready(batch(widths))
    n = np.asarray(modes.n_eff[:, 0])
    assert np.isnan(n).tolist() == [False, True, True, True, False]
    # each by itself, outside
    assert_allclose(n[[0, 4]], [found(w).n_eff[0] for w in (0.45, 0.5)], rtol=1e-12)
    # the message names the first of them, and what sets it apart: its left and right side, at the bottom and the top
    with pytest.raises(ValueError, match=r"member 1 of 5 \(.*lines\[1, 0\] = 0\.225.* more\).*thickness below 0"):
        waveguides.judge(modes)


def test_a_half_section_is_judged_by_the_walls_that_do_not_cut_it(strip: Modes) -> None:
    def half(width: float) -> waveguides.Geometry:
        core = waveguides.Trapezoid(SILICON, 0.0, 0.22, 0.0, width / 2, name="core")
        return waveguides.cross_section([core], background=OXIDE, window=(0.0, 1.5, -1.2, 1.4))

    # TE0 of the whole: E stands on the middle, which is an electric wall to it
    cut = waveguides.solve(half(0.45), 1.55, 1, mirrors=("left",))
    assert_allclose(cut.n_eff[0], strip.n_eff[0], atol=5e-5)  # what `solve` promises without a tolerance
    waveguides.judge(cut)  # as it does what comes out of jit
    with pytest.raises(waveguides.NoGuidedModeError, match=r"up to 1\.4440.*mirrors="):
        waveguides.solve(half(0.1), 1.55, 1, mirrors=("left",), resolution=Resolution(2, 2, 2))
    with pytest.raises(waveguides.NoGuidedModeError, match="mirrors="):
        waveguides.solve(half(0.45), 1.55, 1)
    with pytest.raises(ValueError, match="mirrors walls"):
        waveguides.solve(half(0.45), 1.55, 1, mirrors=("west",))
    near = waveguides.cross_section(
        [waveguides.Trapezoid(SILICON, 0.0, 0.22, 0.0, 0.225, name="core")],
        background=OXIDE,
        window=(0.0, 0.4, -0.25, 0.45),
    )
    with pytest.warns(waveguides.WindowWarning, match="% of its largest field"):
        waveguides.solve(near, 1.55, 1, mirrors=("left",), resolution=Resolution(2, 2, 2))


def test_small_windows_warn_with_the_number() -> None:
    with pytest.warns(waveguides.WindowWarning, match="% of its largest field"):
        waveguides.solve(waveguides.strip(0.45, 0.22, SILICON, OXIDE, window=(-0.4, 0.4, -0.25, 0.45)), 1.55, 2)


# --- slow: a compilation for each


@pytest.mark.validate
@pytest.mark.parametrize(
    ("slab", "n_eff"), [(0.0, 3.412022), (0.7, 3.414100)]
)  # Hadley 2002, doi:10.1109/jlt.2002.800371
def test_hadley_rib(slab: float, n_eff: float) -> None:
    layers = [Trapezoid(3.40, top=0.0), *([Trapezoid(3.44, 0.0, slab)] if slab else [])]
    rib = waveguides.cross_section(
        [*layers, Trapezoid(3.44, slab, 1.0, -1.5, 1.5)], background=1.0, window=(-7.5, 7.5, -4.0, 2.0)
    )
    assert_allclose(waveguides.solve(rib, 1.15, 1, resolution=LADDER[1]).n_eff[0].real, n_eff, atol=3e-6)


@pytest.mark.validate
def test_nitride() -> None:
    guide = waveguides.strip(1.0, 0.4, 1.9963, OXIDE, window=(-3, 3, -2, 2.4))
    assert_allclose(waveguides.solve(guide, 1.55, 1, resolution=LADDER[1]).n_eff[0].real, 1.637952, atol=1.5e-6)


@pytest.mark.validate
def test_tight_bend_and_its_radiation() -> None:
    bent = waveguides.strip(0.45, 0.22, SILICON, OXIDE).bend(5.0)
    straight = waveguides.strip(0.45, 0.22, SILICON, OXIDE)
    resolution = LADDER[2]
    n = [waveguides.solve(g, 1.55, 1, resolution=resolution).n_eff[0].real for g in (bent, straight)]
    assert_allclose(n[0], 2.353953, atol=2e-6)
    assert_allclose(n[0] - n[1], 1.120e-3, atol=1e-6)


def test_light_in_a_gap_between_metals_is_found_from_the_top() -> None:
    """Its index is above that of all dielectrics, and no slab says so."""
    gold = [Trapezoid("Au", 0.0, 0.2, left, left + 0.55) for left in (-0.6, 0.05)]
    geometry = waveguides.cross_section(gold, background="SiO2", window=(-1.2, 1.2, -1.0, 1.2))
    found = waveguides.solve(geometry, 1.55, 1)
    assert_allclose(found.n_eff[0], waveguides.solve(geometry, 1.55, 1, target=1.9).n_eff[0], atol=1e-9)
    assert found.n_eff[0].real > 1.7
    assert found.n_eff[0].imag > 0.01


def film_root(metal: complex, outside: float, thickness: float, wavelength: float) -> complex:
    """n_eff of the short-ranged plasmon on both sides of a metal film, by Newton's method.

    H is even about the middle of the film; its continuity and that of H'/ε are tanh(κ t/2) = -ε_d κ / ε_m γ.
    """
    k = 2 * math.pi / wavelength

    def miss(n: complex) -> complex:
        kappa, gamma = k * np.sqrt(n**2 - metal), k * np.sqrt(n**2 - outside)
        return np.tanh(kappa * thickness / 2) * metal * gamma + outside * kappa

    n, step = complex(np.sqrt(outside + (outside * wavelength / (math.pi * metal * thickness)) ** 2)), 1e-7
    for _ in range(50):
        n -= miss(n) * 2 * step / (miss(n + step) - miss(n - step))
    return n


@pytest.mark.parametrize("thickness", [0.01, 0.02, 0.05])
def test_the_plasmon_of_a_metal_film_is_its_own_equation(thickness: float) -> None:
    gold, oxide = -115.0 + 11.3j, 2.0851
    exact = film_root(gold, oxide, thickness, 1.55)
    reach = 12 / (2 * math.pi / 1.55 * math.sqrt(exact.real**2 - oxide))  # exp(-12) of the field at the walls
    film = waveguides.cross_section(
        [Trapezoid(np.sqrt(gold), 0.0, thickness, name="film")], background=math.sqrt(oxide),
        window=(-0.2, 0.2, -reach, thickness + reach),
    ).resolved((2,), (6, 2, 6))  # fmt: skip
    # TM between magnetic side walls does not know about x; the search has only the index of the thin film to start from
    with pytest.warns(waveguides.WindowWarning):  # a film reaches its side walls
        found = waveguides.solve(film, 1.55, 1, magnetic=("left", "right"), resolution=Resolution(7, growth=1.0))
    assert_allclose(found.n_eff[0], exact, atol=2e-6)
    # what the search starts from is a wire's: κ r is up to 7 times that of the film, 0.13 to 0.018
    columns = np.array([oxide, gold.real, oxide]), np.array([-reach, 0.0, thickness, thickness + reach])
    assert 1 < (_plasmon(*columns, 1.55) - oxide) / (exact.real**2 - oxide) < 8**2
    with pytest.raises(waveguides.NoGuidedModeError, match=r"a plasmon that it holds loosely needs a wider window="):
        waveguides.solve(film, 1.55, 1, resolution=Resolution(2, growth=1.0))  # electric side walls admit no TM
    with pytest.raises(ValueError, match=r"one column of elements between electric walls"):
        waveguides.solve(film.resolved((1,), (6, 2, 6)), 1.55, 1)


@pytest.mark.parametrize("share", [1e-3, 0.018, 0.05])
def test_the_plasmon_of_a_thin_wire_is_its_own_equation(share: float) -> None:
    x = brentq(lambda x: k1(x) * i0(x) / (k0(x) * i1(x)) - 1 / share, 1e-4, 2.0)
    # the logarithm stands for K0, and a constant is given to five digits: of the order of x² above
    assert x * (1 - 1e-4) < _wire(share) < x * (1 + 2 * x**2)


def test_a_thin_strip_of_gold_guides() -> None:
    """Of the default window; the search began below the mode, and the window was 20 µm for a mode of 0.2 µm."""
    wire = waveguides.strip(0.2, 0.1, "Au", "SiO2")
    found = waveguides.solve(wire, 1.55, 1)
    all_of = waveguides.solve(wire, 1.55, 2, target=1.9)
    assert_allclose(found.n_eff[0], all_of.n_eff[0], atol=1e-8)
    assert found.n_eff[0].real > 1.6
    # the two lie 0.19 apart: each is found as well as when it is looked for alone
    both = waveguides.solve(wire, 1.55, 2)
    assert_allclose(both.n_eff, all_of.n_eff, atol=1e-8)
    assert np.max(both.report.residual) < 1e-9


BENT = waveguides.strip(0.45, 0.22, SILICON, OXIDE, window=(-1.5, 2.5, -1.2, 1.4)).bend(2.0)


def test_a_bend_that_gains_light_is_not_silent() -> None:
    with pytest.warns(waveguides.MeshWarning, match="gains light"):  # -41 dB/cm on this mesh
        waveguides.solve(BENT, 1.55, 1, absorber=Absorber())


@pytest.mark.validate
def test_a_bend_that_gains_light_loses_it_on_a_finer_mesh() -> None:
    found = waveguides.solve(BENT, 1.55, 1, absorber=Absorber(("right",)), resolution=Resolution(6))
    assert_allclose(found.loss_dB_cm, 2.5, rtol=0.05)  # 2.498 with more slowly growing cells


@pytest.mark.validate
def test_radiation_of_a_bend_grows_as_it_tightens() -> None:
    loss = []
    for radius in (1.0, 1.5, 2.0):
        bent = waveguides.strip(0.45, 0.22, SILICON, OXIDE, window=(-0.9, 3.0, -1.2, 1.4)).bend(radius)
        modes = waveguides.solve(
            bent.resolved((3, 4, 8), (3, 4, 3)), 1.55, 1, target=2.36, absorber=Absorber(("right",), 1.0, 3.0)
        )
        loss.append(float(modes.loss_dB_cm[0]))
    # E. A. J. Marcatili: exponential in R; the second step falls by the same factor within what the prefactor moves
    assert loss[0] > loss[1] > loss[2] > 0
    assert_allclose(math.log(loss[0] / loss[1]), math.log(loss[1] / loss[2]), rtol=0.35)
