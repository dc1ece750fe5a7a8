"""Smooth functions of one or two numbers as Chebyshev polynomials: nodes, fit, value, slope.

What is traced goes through JAX, known numbers through NumPy: JAX would compile a sum anew for each shape of them, in
more time than all its values take.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from lingnan.solvers.tracing import is_traced

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
        if not is_traced(x, y):
            return _known_value(self, x, y)
        return _value(jnp.asarray(self.coefficients), jnp.asarray(x, float), jnp.asarray(y, float), self.x, self.y)

    def slope(self) -> "Surface":
        """df/dy."""
        along = np.polynomial.chebyshev.chebder(np.array(self.coefficients), axis=1) * 2 / (self.y[1] - self.y[0])
        return replace(self, coefficients=tuple(map(tuple, along.tolist())))


@dataclass(frozen=True)
class Surfaces:
    """Many of them on one rectangle, evaluated at once."""

    x: tuple[float, float]
    y: tuple[float, float]
    coefficients: Floats  #: [surface][order in x][order in y]

    @staticmethod
    def of(many: Sequence[Surface]) -> "Surfaces":
        """Surfaces that share a rectangle; orders that one has not are zero."""
        shapes = np.array([np.shape(one.coefficients) for one in many])
        made = np.zeros((len(many), *shapes.max(axis=0)))
        for row, one, (high, wide) in zip(made, many, shapes, strict=True):
            row[:high, :wide] = one.coefficients
        return Surfaces(many[0].x, many[0].y, made)

    def __call__(self, x: Any, y: Any) -> Any:
        """All of them along a new last axis, at x and y of one shape."""
        if not is_traced(x, y):
            at_x, at_y = (
                _basis(np, _scaled(np.asarray(value, float), limits), count)
                for value, limits, count in zip((x, y), (self.x, self.y), self.coefficients.shape[1:], strict=True)
            )
            return np.einsum("...i,sij,...j->...s", at_x, self.coefficients, at_y, optimize=True)
        return _values(jnp.asarray(self.coefficients), x, y, self.x, self.y)


def _known_value(f: Surface, x: ArrayLike, y: ArrayLike) -> Any:
    c = np.array(f.coefficients)
    at_x = _basis(np, _scaled(np.asarray(x, float), f.x), c.shape[0]) @ c
    at_y = _basis(np, _scaled(np.asarray(y, float), f.y), c.shape[1])
    return np.einsum("...j,...j->...", at_x, at_y)


@partial(jax.jit, static_argnums=(3, 4))  # op by op, a first call would compile each of its steps by itself
def _value(c: Array, x: Array, y: Array, x_limits: tuple[float, float], y_limits: tuple[float, float]) -> Array:
    at_x = _basis(jnp, _scaled(x, x_limits), c.shape[0])
    at_y = _basis(jnp, _scaled(y, y_limits), c.shape[1])
    return jnp.einsum("...i,ij,...j->...", at_x, c, at_y)


@partial(jax.jit, static_argnums=(3, 4))
def _values(c: Array, x: Array, y: Array, x_limits: tuple[float, float], y_limits: tuple[float, float]) -> Array:
    at_x = _basis(jnp, _scaled(x, x_limits), c.shape[1])
    at_y = _basis(jnp, _scaled(y, y_limits), c.shape[2])
    return jnp.einsum("...i,sij,...j->...s", at_x, c, at_y)


def _scaled(value: Any, limits: tuple[float, float]) -> Any:
    low, high = limits
    return (2 * value - low - high) / (high - low)


def _basis(xp: Any, t: Any, count: int) -> Any:
    """Chebyshev polynomials at t along a new last axis."""
    terms = [t * 0 + 1, t]
    for _ in range(2, count):
        terms.append(2 * t * terms[-1] - terms[-2])
    return xp.stack(terms[:count], axis=-1)
