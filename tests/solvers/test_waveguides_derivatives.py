"""Derivatives of n_eff by everything it depends on, forward, reverse, second, and over a batch.

One cross-section carries every parameter, so that a few compilations serve all tests. Central differences of a function
known to 1e-13 with steps of 1e-4 are right to 1e-8 of the function over the step: 1e-5 of the derivative is asked.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import Absorber, Geometry, Resolution, engine

#: name, value, step of the central difference
PARAMETERS = [
    ("width", 0.45, 1e-4),
    ("thickness", 0.22, 1e-4),
    ("slab", 0.09, 1e-4),
    ("wall angle [deg]", 82.0, 1e-2),
    ("core n_x", 3.47, 1e-4),
    ("core n_y", 3.46, 1e-4),
    ("core n_z", 3.48, 1e-4),
    ("cladding", 1.44, 1e-4),
    ("curvature", 0.05, 1e-3),
    ("wavelength", 1.55, 1e-4),
    ("temperature", 310.0, 1.0),
]
VALUES = jnp.array([value for _, value, _ in PARAMETERS])
STEPS = np.array([step for *_, step in PARAMETERS])


def n_eff(p: Array) -> Array:
    """n_eff of a bent rib on a named substrate, by all its parameters."""
    rib = waveguides.rib(
        p[0], p[1], p[2], p[4:7], p[7], substrate="SiO2", sidewall_angle_deg=p[3], window=(-1.4, 1.4, -0.9, 1.1)
    )
    return waveguides.solve(rib.bend(1 / p[8]), p[9], 1, temperature=p[10]).n_eff[0].real


@pytest.fixture(scope="module")
def function() -> Callable[[Array], Array]:
    return jax.jit(n_eff)


@pytest.fixture(scope="module")
def gradient() -> Callable[[Array], Array]:
    return jax.jit(jax.grad(n_eff))


@pytest.fixture(scope="module")
def differences(function: Callable[[Array], Array]) -> np.ndarray:
    found = []
    for k, step in enumerate(STEPS):
        move = jnp.zeros(len(VALUES)).at[k].set(step)
        # Richardson: the error of the plain central difference, h² f'''/6, would show in the curvature and the wall
        wide = (function(VALUES + move) - function(VALUES - move)) / (2 * step)
        narrow = (function(VALUES + move / 2) - function(VALUES - move / 2)) / step
        found.append(float((4 * narrow - wide) / 3))
    return np.array(found)


def test_reverse_mode(gradient: Callable[[Array], Array], differences: np.ndarray) -> None:
    # temperature moves n_eff by 1e-6 in a kelvin: its difference is known to 1e-12 over 1e-6
    assert_allclose(gradient(VALUES), differences, rtol=1e-5, atol=1e-10)


def test_forward_mode(gradient: Callable[[Array], Array]) -> None:
    tangent = jnp.linspace(1.0, 2.0, len(VALUES))
    pushed = jax.jit(lambda p: jax.jvp(n_eff, (p,), (tangent,))[1])(VALUES)
    assert_allclose(pushed, jnp.dot(gradient(VALUES), tangent), rtol=1e-11)


def test_second_derivatives(gradient: Callable[[Array], Array]) -> None:
    # along the width: the vectors move, which the first derivative need not know
    direction = jnp.zeros(len(VALUES)).at[0].set(1.0)
    exact = jax.jit(lambda p: jax.jvp(jax.grad(n_eff), (p,), (direction,))[1])(VALUES)
    step = 1e-4
    difference = (gradient(VALUES + step * direction) - gradient(VALUES - step * direction)) / (2 * step)
    assert_allclose(exact, difference, rtol=2e-5, atol=1e-8)


def test_batches_are_the_same_as_one_by_one(function: Callable[[Array], Array]) -> None:
    widths = jnp.array([0.40, 0.45, 0.50])
    batch = jnp.tile(VALUES, (3, 1)).at[:, 0].set(widths)
    together = jax.jit(jax.vmap(n_eff))(batch)
    assert_allclose(together, [function(p) for p in batch], rtol=1e-11)


def test_group_index_by_two_routes(function: Callable[[Array], Array], gradient: Callable[[Array], Array]) -> None:
    # n - λ dn/dλ from the gradient, and the property of the modes
    rib = waveguides.rib(
        VALUES[0], VALUES[1], VALUES[2], VALUES[4:7], VALUES[7], substrate="SiO2", sidewall_angle_deg=VALUES[3],
        window=(-1.4, 1.4, -0.9, 1.1),
    )  # fmt: skip
    modes = waveguides.solve(rib.bend(1 / VALUES[8]), VALUES[9], 1, temperature=VALUES[10])
    assert_allclose(modes.n_g[0], function(VALUES) - VALUES[9] * gradient(VALUES)[9], rtol=1e-10)


CRYSTAL = np.array([[4.5, 0.0, 0.05], [0.0, 4.9, 0.0], [0.05, 0.0, 4.6]])
COARSE = Resolution(2, 2, 2)
GUIDES: dict[str, tuple[Geometry, Absorber | None]] = {
    "window that follows the wavelength": (waveguides.strip(0.45, 0.22, "Si", "SiO2"), None),
    "bend, leaning walls": (waveguides.strip(0.45, 0.22, "Si", "SiO2", sidewall_angle_deg=80.0).bend(5.0), None),
    "full tensor": (waveguides.strip(1.0, 0.6, CRYSTAL, "SiO2"), None),
    "metal": (waveguides.strip(0.2, 0.1, "Au", "SiO2"), None),
    "absorber": (waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.2, 1.4)), Absorber(thickness=0.5)),
}


def found(name: str, wavelength: float) -> waveguides.Modes:
    guide, absorber = GUIDES[name]
    return waveguides.solve(guide, wavelength, 1, resolution=COARSE, absorber=absorber)


@pytest.mark.parametrize("name", GUIDES)
def test_series_in_the_wavelength_are_differences(name: str) -> None:
    """Group index and dispersion of known numbers, which compile nothing but media: beside differences of solves."""
    # of order 4; steps as wide as gold's table is smooth over, in which n_eff bends more
    step = 1e-3 if name == "metal" else 5e-3
    four = [found(name, 1.55 + k * step) for k in (-2, -1, 1, 2)]

    def slope(values: list[Array]) -> Array:
        a, b, c, d = (v[0].real for v in values)
        return (a - 8 * b + 8 * c - d) / (12 * step)

    here = found(name, 1.55)
    group = here.n_eff.real - 1.55 * slope([m.n_eff for m in four])
    assert_allclose(here.n_g, group, rtol=1e-7)
    # dn_g/dλ = -λ d²n_eff/dλ², and D = -λ/c d²n_eff/dλ² in ps/µm², of which one is 1e6 ps/(nm km)
    assert_allclose(here.d_ps_nm_km, slope([m.n_g for m in four]) / 299.792458 * 1e6, rtol=1e-5)


@pytest.mark.parametrize("figure", ["n_g", "d_ps_nm_km"])
def test_figures_of_known_numbers_are_had_inside_the_program_of_something_else(figure: str) -> None:
    modes = found("window that follows the wavelength", 1.55)
    inside = jax.jit(lambda by: by * getattr(modes, figure))(1.0)
    assert_allclose(inside, getattr(modes, figure), rtol=1e-12)


@pytest.mark.validate  # compiles two derivatives of five cross-sections
@pytest.mark.parametrize("name", GUIDES)
def test_series_in_the_wavelength_are_the_compiled_derivatives(name: str) -> None:
    modes = found(name, 1.55)
    assert_allclose(modes.n_g, engine.group(modes.problem, modes.found), rtol=1e-12)
    curvature = engine.dispersion(modes.problem, modes.found)
    assert_allclose(modes.d_ps_nm_km, -1.55 / 299.792458 * 1e6 * curvature, rtol=1e-10)
