"""Curves through points."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.curves import cubic


def test_parabolas_pass_unchanged_and_points_are_met():
    """Uneven points, real and complex; at a point, its value; between two points, a straight line."""
    x = jnp.array([0.0, 0.5, 1.7, 2.0, 4.0])
    at = jnp.linspace(0.0, 4.0, 33)
    np.testing.assert_allclose(cubic(at, x, (2 - 1j) * x**2 + 3j * x), (2 - 1j) * at**2 + 3j * at, atol=1e-12)
    np.testing.assert_allclose(cubic(x, x, jnp.sin(x)), jnp.sin(x), atol=1e-14)
    np.testing.assert_allclose(cubic(at[:5], x[:2], x[:2] * 3), at[:5] * 3, atol=1e-14)


def test_order_and_derivatives():
    """Error of the third power of the step; slopes by value and by place against differences."""

    def error(count: int) -> float:
        x, at = jnp.linspace(0.0, 2.0, count), jnp.linspace(0.0, 2.0, 301)
        return float(jnp.max(jnp.abs(cubic(at, x, jnp.exp(x)) - jnp.exp(at))))

    assert error(21) / error(41) == pytest.approx(8.0, rel=0.15)
    x, y, h = jnp.linspace(0.0, 2.0, 7), jnp.cos(jnp.linspace(0.0, 2.0, 7)), 1e-5
    for of in (lambda q: cubic(0.7 + q, x, y), lambda q: cubic(jnp.array(0.7), x, y.at[2].add(q))):
        assert float(jax.grad(of)(0.0)) == pytest.approx(float(of(h) - of(-h)) / (2 * h), rel=1e-7)
