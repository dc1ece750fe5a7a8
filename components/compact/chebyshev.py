"""Smooth functions of one or two numbers as Chebyshev polynomials: nodes, fit, value. Pure JAX after the fit."""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def nodes(low: float, high: float, count: int) -> Floats:
    """Roots of the Chebyshev polynomial of that order, moved to low … high, rising."""
    t = -np.cos(np.pi * (np.arange(count) + 0.5) / count)
    return (low + high) / 2 + (high - low) / 2 * t


@dataclass(frozen=True)
class Surface:
    """f(x, y) on a rectangle."""

    x: tuple[float, float]
    y: tuple[float, float]
    coefficients: tuple[tuple[float, ...], ...]  #: [order in x][order in y]

    @staticmethod
    def through(x: tuple[float, float], y: tuple[float, float], values: Floats) -> "Surface":
        """The polynomial through values at the products of `nodes`, (len x, len y)."""
        fit_x, fit_y = (np.linalg.inv(_basis(np, nodes(-1.0, 1.0, n), n)) for n in values.shape)
        return Surface(x, y, tuple(map(tuple, (fit_x @ values @ fit_y.T).tolist())))

    def __call__(self, x: ArrayLike, y: ArrayLike) -> Array:
        """f at x and y, which are broadcast; the range is the caller's to check."""
        return _value(jnp.asarray(self.coefficients), jnp.asarray(x, float), jnp.asarray(y, float), self.x, self.y)


@partial(jax.jit, static_argnums=(3, 4))  # op by op, a first call would compile each of its steps by itself
def _value(c: Array, x: Array, y: Array, x_limits: tuple[float, float], y_limits: tuple[float, float]) -> Array:
    at_x = _basis(jnp, _scaled(x, x_limits), c.shape[0])
    at_y = _basis(jnp, _scaled(y, y_limits), c.shape[1])
    return jnp.einsum("...i,ij,...j->...", at_x, c, at_y)


def _scaled(value: ArrayLike, limits: tuple[float, float]) -> Array:
    low, high = limits
    return (2 * jnp.asarray(value) - low - high) / (high - low)


def _basis(xp: object, t: ArrayLike, count: int) -> Array:
    """Chebyshev polynomials at t along a new last axis."""
    terms = [t * 0 + 1, t]
    for _ in range(2, count):
        terms.append(2 * t * terms[-1] - terms[-2])
    return xp.stack(terms[:count], axis=-1)  # type: ignore[attr-defined]
