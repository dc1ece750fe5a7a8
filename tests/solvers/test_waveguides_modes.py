"""The mode solver against exact limits, published numbers and conservation laws."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import i0, i1, k0, k1

from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import LADDER, Absorber, Modes, Resolution, Trapezoid
from lingnan.solvers.waveguides.measures import field_or_zero
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


@pytest.mark.validate  # compiles the search
def test_a_plasmon_beside_a_lossy_tensor_is_found_first() -> None:
    """A search in JAX, as its tensor is full and absorbs; by principal indices it is one in LAPACK."""
    gold = np.sqrt(-115 + 11j)

    def top(film: np.ndarray) -> np.ndarray:
        shapes = [
            Trapezoid(film, -0.6, 0.0, name="film"),
            Trapezoid(gold, 0.0, 0.02, -0.15, 0.15, name="gold"),
        ]
        guide = waveguides.cross_section(shapes, background=1.444, window=(-1.0, 1.0, -1.2, 1.0))
        return np.asarray(waveguides.solve(guide, 1.55, 1, resolution=Resolution(3)).n_eff)

    principal = np.array([4.57, 4.89, 4.7], complex)
    turned = np.diag(principal)
    turned[0, 2] = turned[2, 0] = 1e-6  # moves n_eff by its square
    found = top(np.sqrt(principal))
    assert found[0].real > 2.4  # far above the film
    assert_allclose(top(turned), found, rtol=1e-8)


def test_fields_outside_the_window_are_refused(strip: Modes) -> None:
    with pytest.raises(ValueError, match=r"\(99, 0\) µm lies outside the window"):
        waveguides.field_at(strip, jnp.array([0.0, 99.0]), jnp.array([0.0]))
    assert np.all(np.asarray(field_or_zero(strip, jnp.array([99.0]), jnp.array([0.0])).E) == 0)


@pytest.mark.validate  # compiles fields
def test_fields_outside_the_window_are_refused_inside_checked(strip: Modes) -> None:
    with pytest.raises(waveguides.CheckError, match=r"\(99, 0\) µm lies outside the window"):
        waveguides.checked(lambda x: waveguides.field_at(strip, x, 0.0 * x).E)(jnp.array([0.0, 99.0]))


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
