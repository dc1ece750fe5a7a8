"""Mean and deviation under errors: exact of what they are exact of, and how fast the rest falls."""

from collections.abc import Callable
from itertools import combinations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers.phaseshifters.scatter import Pairs, rule, scattered

SLOPE = np.array([1.5, -2.0, 0.3])
BEND = np.array([[0.7, 0.4, -0.9], [0.4, -1.1, 0.2], [-0.9, 0.2, 0.5]])
SIGMA = np.array([0.3, 0.2, 0.5])
ALL = tuple(combinations(range(3), 2))


def of(f: Callable[[np.ndarray], float | jax.Array], sigma: np.ndarray, pairs: Pairs = ()) -> np.ndarray:
    """Nominal value, mean and deviation of one figure."""
    rows = jnp.stack([jnp.atleast_1d(f(z)) for z in rule(len(sigma), pairs) * sigma])
    return np.asarray(scattered(rows, pairs))[:, 0]


def quadratic(z: np.ndarray) -> float:
    return float(3.0 + SLOPE @ z + z @ BEND @ z / 2)


@pytest.mark.parametrize("pairs", [(), ((2, 0),), ALL])
def test_all_of_second_order_is_there(pairs: Pairs) -> None:
    """Var f = Σ (g_i σ_i)² + Σ_ij (H_ij σ_i σ_j)²/2, of products those that are named."""
    bend = BEND * np.outer(SIGMA, SIGMA)
    seen = np.diag(np.diag(bend))
    for i, j in pairs:
        seen[i, j] = seen[j, i] = bend[i, j]
    none, mean, deviation = of(quadratic, SIGMA, pairs)
    assert_allclose([none, mean], [3.0, 3.0 + np.trace(bend) / 2], rtol=1e-14)
    assert_allclose(deviation, np.sqrt(np.sum((SLOPE * SIGMA) ** 2) + np.sum(seen**2) / 2), rtol=1e-13)


def test_the_same_by_samples_drawn_at_random() -> None:
    """A second route to the quadratic: a million samples know a mean to 0.1 % of a deviation, a deviation to 0.2 %."""
    z = SIGMA * np.random.default_rng(0).standard_normal((1_000_000, 3))
    drawn = 3.0 + z @ SLOPE + np.einsum("sa,ab,sb->s", z, BEND, z) / 2
    _, mean, deviation = of(quadratic, SIGMA, ALL)
    assert_allclose(mean, drawn.mean(), atol=4e-3 * deviation)
    assert_allclose(deviation, drawn.std(), rtol=6e-3)


def test_a_pair_has_all_products_up_to_squares() -> None:
    """Beside seven points of Gauss and Hermite each way, which are exact of the square of such a polynomial."""
    share = np.random.default_rng(2).standard_normal((3, 3))

    def f(z: np.ndarray) -> float:
        return float(np.polynomial.polynomial.polyval2d(z[0], z[1], share))

    at, weight = np.polynomial.hermite_e.hermegauss(7)
    x, y = np.meshgrid(SIGMA[0] * at, SIGMA[1] * at, indexing="ij")
    shares = np.outer(weight, weight) / (2 * np.pi)
    values = np.polynomial.polynomial.polyval2d(x, y, share)
    mean = np.sum(shares * values)
    found = of(f, SIGMA[:2], ((0, 1),))
    assert_allclose(found[1:], [mean, np.sqrt(np.sum(shares * (values - mean) ** 2))], rtol=1e-12)


def test_what_is_left_out_falls_with_the_fourth_power() -> None:
    """exp(a z), a lognormal: of the mean a⁶/120 is missing and of the deviation 31 a⁴/120 of itself (by hand)."""
    sizes = np.array([0.4, 0.2, 0.1])
    found = np.array([of(lambda z: jnp.exp(z[0]), np.array([a]))[1:] for a in sizes])
    exact = np.stack([np.exp(sizes**2 / 2), np.exp(sizes**2 / 2) * np.sqrt(np.expm1(sizes**2))], axis=1)
    left = 1 - found / exact
    assert_allclose(np.log2(left[:-1] / left[1:]), [[6.0, 4.0]] * 2, atol=0.2)
    assert_allclose(left[-1], [0.1**6 / 120, 31 * 0.1**4 / 120], rtol=0.02)


def test_slopes_are_those_of_differences() -> None:
    """By what is drawn, of all three."""

    def f(p: float | jax.Array) -> jax.Array:
        rows = jnp.stack([jnp.sin(p + z[0]) * jnp.exp(z[1] * p) for z in rule(2, ((0, 1),)) * SIGMA[:2]])
        return scattered(rows[:, None], ((0, 1),))[:, 0]

    assert_allclose(jax.jacfwd(f)(0.7), (f(0.7 + 1e-5) - f(0.7 - 1e-5)) / 2e-5, rtol=1e-8)


def test_without_scatter_there_is_a_slope() -> None:
    """A root has none at nothing."""
    slope = jax.grad(lambda x: jnp.sum(scattered(jnp.stack([x, x, x])[:, None])))(2.0)
    assert_allclose(slope, 2.0)
    assert_allclose(scattered(jnp.array([[2.0]]))[:, 0], [2.0, 2.0, 0.0])
