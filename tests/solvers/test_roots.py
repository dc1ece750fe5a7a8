"""Roots that follow what their equation depends on: closed forms, and whoever uses them, twice differentiated."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.testing import assert_allclose

from lingnan.solvers import detectors, links
from lingnan.solvers.roots import followed


def test_a_root_has_the_derivatives_of_the_implicit_function() -> None:
    """x³ = p, found from beside it."""

    def cube(p: jax.Array) -> jax.Array:
        return followed(lambda x: x**3 - p, jnp.asarray(2.0 + 1e-8))

    once, twice = jax.grad(cube), jax.grad(jax.grad(cube))
    assert_allclose(float(cube(jnp.asarray(8.0))), 2.0, rtol=1e-14)
    assert_allclose(float(once(8.0)), 1 / 12, rtol=1e-12)
    assert_allclose(float(twice(8.0)), -2 / 9 * 8.0 ** (-5 / 3), rtol=1e-12)
    assert_allclose(float(jax.grad(twice)(8.0)), 10 / 27 * 8.0 ** (-8 / 3), rtol=1e-12)
    assert_allclose(float(jax.jacfwd(jax.jacrev(cube))(8.0)), float(twice(8.0)), rtol=1e-14)


def test_a_bandwidth_has_a_second_derivative() -> None:
    """f = 1/(2πRC) of a diode into its load, f'' = 2 f/C²; a step of Newton's whose slope is held has 0."""

    def pole(farads: jax.Array) -> jax.Array:
        return detectors.bandwidth(detectors.Circuit(farads, series=20.0))

    c = 6e-15
    assert_allclose(float(jax.jit(jax.grad(jax.grad(pole)))(c)), 2 / (2 * np.pi * 70 * c) / c**2, rtol=1e-8)


def test_a_sensitivity_has_a_second_derivative() -> None:
    """2 q i √B/R where only thermal noise counts, twice that over R²."""

    def least(responsivity: jax.Array) -> jax.Array:
        return links.sensitivity(links.Receiver(responsivity=responsivity, thermal=1e-11, shot=False), 20e9)

    whole = 2 * float(links.needed_q(1e-12)) * 1e-11 * np.sqrt(20e9)
    assert_allclose(float(jax.jit(jax.grad(jax.grad(least)))(0.9)), 2 * whole / 0.9**3, rtol=1e-9)


def test_a_field_of_breakdown_has_a_second_derivative() -> None:
    first = jax.jit(jax.grad(detectors.breakdown_field))
    step = 1e-4
    by_differences = (float(first(0.35 + step)) - float(first(0.35 - step))) / (2 * step)
    assert_allclose(float(jax.jit(jax.grad(first))(0.35)), by_differences, rtol=1e-6)


def test_the_best_gain_where_holes_ionise_more() -> None:
    """Three roots of the cubic, or none above 1; beside a search."""
    gains = np.linspace(1.0, 20.0, 190_001)
    for k, thermal in ((2.0, 0.0), (3.0, 1e-26), (2.0, 1e-24), (10.0, 4e-25), (30.0, 8e-25)):
        noise = detectors.excess_noise(gains, k) + thermal / (2 * 1.602176634e-19 * 1e-6 * gains**2)
        best = gains[int(jnp.argmin(noise))]
        assert_allclose(float(detectors.best_gain(thermal, 1e-6, k)), best, atol=2e-4)
    assert np.isfinite(float(jax.grad(detectors.best_gain, 2)(4e-25, 1e-6, 10.0)))
