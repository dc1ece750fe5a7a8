"""Derivatives of n_eff by every component of a permittivity, and second derivatives by everything.

A core of a full (3, 3) permittivity has a quadratic eigenproblem and left vectors of its own. The mesh is the coarsest
that has a mode: derivatives are those of the discrete problem, at any resolution. One cross-section for all tests.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import Modes, Resolution, engine

COARSE = Resolution(2, 2, 2)
WINDOW = (-1.2, 1.2, -0.9, 1.1)
#: name, value, step of the central difference
PARAMETERS = (
    ("width", 0.45, 1e-3),
    ("thickness", 0.22, 1e-3),
    ("wavelength", 1.55, 1e-3),
    ("temperature", 310.0, 10.0),
    ("bend radius", 12.0, 0.1),
    ("cladding", 1.44, 1e-3),
    ("core ε_xx", 12.0, 1e-2),
    ("core ε_yy", 11.9, 1e-2),
    ("core ε_zz", 12.1, 1e-2),
    ("core ε_xy", 0.3, 1e-2),
    ("core ε_xz", 0.2, 1e-2),
    ("core ε_yz", 0.25, 1e-2),
)
AT = jnp.array([value for _, value, _ in PARAMETERS])
STEPS = np.array([step for *_, step in PARAMETERS])
PLACES = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])  #: in the last six


def n_eff(p: Array) -> Array:
    guide = waveguides.strip(p[0], p[1], p[6:][PLACES], p[5], substrate="SiO2", window=WINDOW).bend(p[4])
    return waveguides.solve(guide, p[2], 1, resolution=COARSE, temperature=p[3]).n_eff[0].real


def differences(function: Callable[[Array], Array], at: Array, steps: np.ndarray) -> np.ndarray:
    """Central differences by each parameter, (parameters, …); by Richardson, so that h⁴ is left."""

    def slope(share: float) -> np.ndarray:
        ahead, behind = (np.asarray(function(at + s * share * jnp.diag(steps))) for s in (1, -1))
        return (ahead - behind) / (2 * share * steps.reshape(-1, *[1] * (ahead.ndim - 1)))

    return (4 * slope(1.0) - slope(2.0)) / 3


@pytest.fixture(scope="module")
def values() -> Callable[[Array], Array]:
    return jax.jit(jax.vmap(n_eff))


@pytest.fixture(scope="module")
def gradients() -> Callable[[Array], Array]:
    return jax.jit(jax.vmap(jax.grad(n_eff)))


@pytest.fixture(scope="module")
def gradient(gradients: Callable[[Array], Array]) -> np.ndarray:
    # as large a batch as the differences have: one compilation
    return np.asarray(gradients(jnp.tile(AT, (len(AT), 1))))[0]


def test_by_every_component(values: Callable[[Array], Array], gradient: np.ndarray) -> None:
    # n_eff is known to 1e-15, and what h⁴ leaves is largest in the radius, whose step is 1e-2 of it
    assert_allclose(gradient, differences(values, AT, STEPS), rtol=1e-5, atol=1e-12)


def test_forward_is_reverse(gradient: np.ndarray) -> None:
    tangent = jnp.linspace(1.0, 2.0, len(AT))
    pushed = jax.jit(lambda p: jax.jvp(n_eff, (p,), (tangent,))[1])(AT)
    assert_allclose(pushed, gradient @ tangent, rtol=1e-11)


def test_batches_over_all_at_once_are_single_solves(values: Callable[[Array], Array]) -> None:
    spread = np.random.default_rng(0).uniform(-1, 1, (len(AT), len(AT)))
    batch = AT + 5 * spread * STEPS
    assert_allclose(values(batch), [n_eff(p) for p in batch], rtol=1e-12)


@pytest.mark.validate
def test_second_derivatives(gradients: Callable[[Array], Array]) -> None:
    # by geometry, wavelength and a component on the diagonal and off it, forward over reverse
    chosen = np.array([0, 1, 2, 6, 10])

    def of_few(few: Array) -> Array:
        return n_eff(AT.at[chosen].set(few))

    hessian = np.asarray(jax.jit(jax.hessian(of_few))(AT[chosen]))
    expected = differences(gradients, AT, STEPS)[np.ix_(chosen, chosen)]
    # gradients are known to the residual of the vectors, 1e-10, over the step; seconds by ε_xz are 1e-4
    floor = 1e-10 / STEPS[chosen]
    assert np.all(np.abs(hessian - expected) <= 1e-5 * np.abs(expected) + floor[:, None] + floor)
    assert_allclose(hessian, hessian.T, rtol=1e-9, atol=1e-10)


# --- an absorbing, gyrotropic core, for which the search runs in JAX

COMPONENTS = jnp.array([12.0, 11.9, 12.1, 0.3, 0.2, 0.25, 0.1, 0.15, 0.12])
HANDED = np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]])


def gyrotropic(p: Array) -> Modes:
    epsilon = p[PLACES] + 1j * HANDED * p[PLACES + 3] + 0.01j * np.eye(3)
    return waveguides.solve(waveguides.strip(0.45, 0.22, epsilon, 1.444, window=WINDOW), 1.55, 1, resolution=COARSE)


@pytest.mark.validate
def test_an_absorbing_gyrotropic_core() -> None:
    def complex_index(p: Array) -> Array:
        n = gyrotropic(p).n_eff[0]
        return jnp.stack([n.real, n.imag])

    jacobian = np.asarray(jax.jacrev(complex_index)(COMPONENTS)).T
    expected = differences(lambda batch: jnp.stack([complex_index(p) for p in batch]), COMPONENTS, np.full(9, 1e-2))
    assert_allclose(jacobian, expected, rtol=1e-5, atol=1e-11)


@pytest.mark.validate
def test_left_vectors_are_those_of_the_pencil() -> None:
    modes = gyrotropic(COMPONENTS)
    pencil, numbers = engine.assemble(modes.problem)
    pair = jax.tree.map(lambda a: a[0], modes.found.pairs)
    other, turned, sign = pencil.transposed(numbers.data)
    for left, moved in (
        (pencil.apply(numbers.data, pair.beta, pair.right), pencil.slope(numbers.data, pair.beta, pair.right)),
        (other.apply(turned, sign * pair.beta, pair.left), other.slope(turned, sign * pair.beta, pair.left)),
    ):
        # the search stops at 1e-9 of the distance to the shift, a hundredth of β
        assert np.linalg.norm(left) < 1e-10 * np.linalg.norm(pair.beta * moved)
