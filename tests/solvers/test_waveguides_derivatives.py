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
