"""What is measured on modes: derivatives against central differences, and definitions in their exact limits."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import Modes, Resolution

WINDOW = (-1.2, 1.2, -0.9, 1.1)
COARSE = Resolution(2, 3, 2)  # derivatives are those of the discrete problem, at any resolution
#: name, value, step of the central difference
PARAMETERS = (
    ("width", 0.45, 1e-3),
    ("thickness", 0.22, 1e-3),
    ("wall angle [deg]", 80.0, 0.1),
    ("core n_x", 3.4757, 1e-3),
    ("core n_y", 3.46, 1e-3),
    ("core n_z", 3.49, 1e-3),
    ("cladding", 1.444, 1e-3),
    ("wavelength", 1.55, 1e-3),
    ("temperature", 310.0, 10.0),
    ("bend radius", 12.0, 0.1),
)
AT = jnp.array([value for _, value, _ in PARAMETERS])
NAMES = ("loss", "power", "electric", "sensing", "overlap", "area", "n_g", "E_x", "H_y")


def modes_at(p: Array) -> Modes:
    guide = waveguides.strip(p[0], p[1], p[3:6], p[6] + 1e-4j, substrate="SiO2", sidewall_angle_deg=p[2], window=WINDOW)
    return waveguides.solve(guide.bend(p[9]), p[7], 1, resolution=COARSE, temperature=p[8])


@pytest.fixture(scope="module")
def reference() -> Modes:
    # no level of its core lies on one that moves: to either side of that an overlap has a derivative of its own
    return modes_at(AT.at[0].set(0.55).at[1].set(0.25))


def measured(p: Array, reference: Modes) -> Array:
    """All of `NAMES` by all of `PARAMETERS`."""
    modes = modes_at(p)
    field = waveguides.field_at(modes, jnp.array([0.05]), jnp.array([0.3]))
    found = [
        modes.loss_dB_cm[0],
        *(waveguides.confinement(modes, "core", kind)[0] for kind in ("power", "electric", "sensing")),  # type: ignore[arg-type]
        jnp.abs(waveguides.overlap(reference, modes)[0, 0]) ** 2,
        waveguides.effective_area(modes)[0],
        modes.n_g[0],
        field.E[0, 0, 0].real,
        field.H[0, 1, 0].real,
    ]
    return jnp.stack(found)


@pytest.fixture(scope="module")
def backward(reference: Modes) -> np.ndarray:
    """Derivatives in reverse mode, (parameters, measures)."""
    return np.asarray(jax.jit(jax.jacrev(lambda p: measured(p, reference)))(AT)).T


@pytest.fixture(scope="module")
def values(reference: Modes) -> Callable[[Array], Array]:
    """Of as many points as there are parameters: one batch size, one compilation."""
    return jax.jit(jax.vmap(lambda p: measured(p, reference)))


def test_derivatives_of_measures(values: Callable[[Array], Array], backward: np.ndarray) -> None:
    steps = np.array([step for *_, step in PARAMETERS])

    def slope(share: float) -> np.ndarray:
        ahead, behind = (np.asarray(values(AT + s * share * jnp.diag(steps))) for s in (1, -1))
        return (ahead - behind) / (2 * share * steps[:, None])

    # Richardson: h⁴ is left, 1e-11 of these functions
    difference = (4 * slope(1.0) - slope(2.0)) / 3
    # the search leaves 1e-9 in the vectors (Plan.residual), which a difference divides by its step
    noise = 1e-9 * np.abs(np.asarray(values(jnp.tile(AT, (len(AT), 1))))) / steps[:, None]
    for (name, *_), got, want, floor in zip(PARAMETERS, backward, difference, noise, strict=True):
        for measure, one, two, least in zip(NAMES, got, want, floor, strict=True):
            assert_allclose(one, two, rtol=1e-5, atol=least, err_msg=f"{measure} by {name}")


@pytest.mark.parametrize(("name", "step"), [("width", 0.02), ("wall angle [deg]", 4.0)])
def test_an_overlap_is_smooth_in_the_moved_guide(
    name: str, step: float, values: Callable[[Array], Array], backward: np.ndarray
) -> None:
    """Steps in which an interface passes several points of the other guide's mesh: on those points alone it jumps."""
    which = [n for n, *_ in PARAMETERS].index(name)
    shares = np.array([-1.0, -0.5, -0.25, 0.25, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0])  # as many as there are parameters
    moved = AT + step * shares[:, None] * jnp.zeros(len(AT)).at[which].set(1.0)
    f = np.asarray(values(moved))[:, NAMES.index("overlap")]
    one, half, quarter = ((f[5 - k] - f[k]) / (2 * step * shares[5 - k]) for k in range(3))
    slope = (16 * (4 * quarter - half) / 3 - (4 * half - one) / 3) / 15
    assert_allclose(backward[which, NAMES.index("overlap")], slope, rtol=1e-5)


@pytest.mark.validate
def test_forward_is_reverse_transposed(reference: Modes, backward: np.ndarray) -> None:
    forward = np.asarray(jax.jit(jax.jacfwd(lambda p: measured(p, reference)))(AT)).T
    # the same linear solves, in another order
    scale = np.abs(np.asarray(measured(AT, reference))) / np.asarray(AT)[:, None]
    assert_allclose(forward / scale, backward / scale, rtol=1e-8, atol=1e-11)


def test_effective_area_of_a_cosine() -> None:
    # E_y = cos(πx/a) in a metal box of a by b: (∫|E|²)² / ∫|E|⁴ = (ab/2)² / (3ab/8) = 2ab/3
    a, b = 1.2, 0.5
    empty = waveguides.cross_section([], background=1.5, window=(-a / 2, a / 2, 0.0, b)).resolved((4,), (2,))
    modes = waveguides.solve(empty, 1.0, 1, resolution=Resolution(4), target=1.46)
    assert_allclose(modes.n_eff[0].real, np.sqrt(1.5**2 - (1 / (2 * a)) ** 2), rtol=1e-9)  # order 8 in 0.3 µm cells
    assert_allclose(waveguides.effective_area(modes)[0], 2 * a * b / 3, rtol=1e-5)  # quadrature of cos⁴
    assert_allclose(np.asarray(modes.n_g[0]) * np.asarray(modes.n_eff[0].real), 1.5**2, rtol=1e-8)  # n n_g = ε, exactly


def test_overlap_with_the_other_half_of_itself(reference: Modes) -> None:
    # a joint of a guide with itself passes all but what absorption's skewness holds back, k² = 1e-8
    assert_allclose(np.abs(waveguides.overlap(reference, reference)[0, 0]) ** 2, 1.0, rtol=1e-7)


def test_rytov_limits() -> None:
    line, space = 3.4757, 1.444
    assert_allclose(waveguides.swg(line, space, 1.0), line, rtol=1e-14)
    assert_allclose(waveguides.swg(line, space, 0.0), space, rtol=1e-14)
    x, y, z = waveguides.swg(line, space, 0.5)
    assert_allclose([x, y], np.sqrt((line**2 + space**2) / 2), rtol=1e-14)  # along the layers: mean of ε
    assert_allclose(1 / z**2, (1 / line**2 + 1 / space**2) / 2, rtol=1e-14)  # across them: mean of 1/ε


def test_compilations_are_kept(tmp_path) -> None:
    before = {key: getattr(jax.config, key) for key in _CACHE}
    try:
        place = waveguides.keep_compilations(tmp_path / "jax")
        assert place == tmp_path / "jax"
        assert place.is_dir()
        assert jax.config.jax_compilation_cache_dir == str(place)
    finally:
        for key, value in before.items():
            jax.config.update(key, value)


_CACHE = ("jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs")


def test_plasmon_on_one_interface() -> None:
    # n = √(ε_m ε_d / (ε_m + ε_d)): H. Raether, Surface Plasmons (1988), eq. 2.4. E stands upright: magnetic side walls
    metal, glass, wavelength = 0.2 + 5.0j, 1.444, 0.8
    plane = waveguides.cross_section(
        [waveguides.Trapezoid(metal, top=0.0, name="metal")], background=glass, window=(0.0, 0.4, -0.8, 5.0)
    ).resolved((1,), (4, 5))
    modes = waveguides.solve(plane, wavelength, 1, resolution=Resolution(6), target=1.5, magnetic=("left", "right"))
    exact = np.sqrt(metal**2 * glass**2 / (metal**2 + glass**2))
    # the walls see exp(-15) of the field, and n its square
    assert_allclose(modes.n_eff[0], exact, rtol=1e-7)
