"""Shapes of clamped plates: polynomials that leave the rim flat, orthonormal, and their integrals.

(1-x²)² times Legendre's polynomials on a side from -1 to 1, and (1-ρ²)² ρ^m times those of 2ρ²-1 on a unit circle.
"""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.polynomial import Polynomial
from numpy.polynomial.legendre import Legendre, leggauss

#: shapes along a radius and along a side
RADIAL, ACROSS = 14, 14


def series(table: np.ndarray, at: Array) -> Array:
    """Polynomials with coefficients (n, degree + 1), lowest power first, by Horner's rule: (n,)."""

    def next_power(total: Array, column: Array) -> tuple[Array, None]:
        return total * at + column, None

    return jax.lax.scan(next_power, jnp.zeros(table.shape[0]), jnp.asarray(table.T[::-1]))[0]


def _orthonormal(functions: list[Polynomial], gram: np.ndarray) -> np.ndarray:
    """Coefficients (n, degree + 1) of combinations that are orthonormal."""
    degree = max(len(f.coef) for f in functions)
    table = np.zeros((len(functions), degree))
    for row, f in zip(table, functions, strict=True):
        row[: len(f.coef)] = np.real(f.coef)
    return np.linalg.solve(np.linalg.cholesky(gram), table)


@lru_cache
def side() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """∫f''f'', ∫f'f', ∫f and coefficients of orthonormal shapes on -1 … 1."""
    x, weights = leggauss(ACROSS + 6)
    clamped = Polynomial([1, 0, -2, 0, 1])
    functions = [clamped * Legendre.basis(k).convert(kind=Polynomial) for k in range(ACROSS)]
    values = np.array([f(x) for f in functions])
    table = _orthonormal(functions, (values * weights) @ values.T)
    tables = [[Polynomial(row).deriv(k)(x) if k else Polynomial(row)(x) for row in table] for k in (2, 1, 0)]
    second, first, value = (np.array(rows) for rows in tables)
    return (second * weights) @ second.T, (first * weights) @ first.T, value @ weights, table


@lru_cache
def radial(order: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The same on a unit circle, for cos(order θ); coefficients are of powers of ρ², ρ^order left out."""
    nodes, weights = leggauss(RADIAL + order + 8)
    rho = (nodes + 1) / 2
    around = 2 * np.pi if order == 0 else np.pi  # ∫cos²
    weights = around * weights / 2 * rho
    inside = Polynomial([-1, 2])  # of ρ², -1 … 1
    clamped = Polynomial([1, -2, 1])
    functions = [clamped * Legendre.basis(k)(inside) for k in range(RADIAL)]
    values = np.array([f(rho**2) * rho**order for f in functions])
    table = _orthonormal(functions, (values * weights) @ values.T)
    powers = order + 2 * np.arange(table.shape[1])
    # ρ^k cos mθ: Laplacian (k² - m²) ρ^(k-2), slopes k ρ^(k-1) along and m ρ^(k-1) across the radius
    safe = np.maximum(powers - 2, 0)
    laplace = (table * (powers**2 - order**2)) @ rho ** safe[:, None]
    along = (table * powers) @ rho ** np.maximum(powers - 1, 0)[:, None]
    across = order * table @ rho ** np.maximum(powers - 1, 0)[:, None]
    load = table @ rho ** powers[:, None] @ weights if order == 0 else np.zeros(RADIAL)
    slope = (along * weights) @ along.T + (across * weights) @ across.T
    return (laplace * weights) @ laplace.T, slope, load, table
