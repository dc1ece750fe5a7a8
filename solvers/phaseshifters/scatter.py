"""Mean and deviation of figures under independent errors, from few solves: a rule of points, and what follows of them.

Errors are normal, z_i in deviations σ_i. A figure is expanded in Hermite polynomials of them, which are orthonormal, so
the first coefficient is its mean and the squares of all others add up to its variance (derived here):

    f = f_0 + Σ a_i z_i + b_i (z_i² - 1)/√2 + terms of pairs,     var f = Σ a_i² + b_i² + ...

Coefficients are expectations, taken at the three points of Gauss and Hermite, 0 and ±√3 with weights 2/3 and 1/6, of
one error at a time:

    a_i = (f(√3 σ_i) - f(-√3 σ_i))/(2√3),     b_i = (f(√3 σ_i) + f(-√3 σ_i) - 2 f(0))/(3√2)

so a_i has what the third order adds to a slope, and the mean is right to the fifth order of each error. Of pairs that
are named, (i, j), four corners (±√3 σ_i, ±√3 σ_j) more give all products of both up to squares; of other pairs the
products are left out, and so is what three errors do together. That is 1 + 2K + 4M solves for K errors and M pairs;
mean and variance are exact of a polynomial of second degree whose products are named.
"""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array

Pairs = Sequence[tuple[int, int]]
FAR = np.sqrt(3.0)  #: of the outer points, in deviations
_SIGNS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])  #: of both errors of a pair at its corners


def rule(count: int, pairs: Pairs = ()) -> np.ndarray:
    """Errors at which a figure is wanted, in deviations: (1 + 2K + 4M, K), the first row without any."""
    each = FAR * np.eye(count)
    corners = [a * each[i] + b * each[j] for i, j in pairs for a, b in _SIGNS]
    return np.concatenate([np.zeros((1, count)), each, -each, np.reshape(corners, (-1, count))])


def scattered(rows: Array, pairs: Pairs = ()) -> Array:
    """Nominal value, mean and deviation of figures, (3, F), from those at the points of `rule`, (1 + 2K + 4M, F)."""
    count = (rows.shape[0] - 1 - 4 * len(pairs)) // 2
    none, up, down = rows[0], rows[1 : count + 1], rows[count + 1 : 2 * count + 1]
    first, bend = (up - down) / (2 * FAR), (up + down - 2 * none) / 6
    second, mean = np.sqrt(2.0) * bend, none + jnp.sum(bend, axis=0)
    mixed = jnp.zeros((1, rows.shape[1]))
    if pairs:
        i, j = np.transpose(pairs)
        ways = jnp.stack([up, down])[(1 - _SIGNS) // 2]  # (corner, error of the pair, K, F)
        alone = ways[:, 0, i] + ways[:, 1, j] - none
        apart = (jnp.swapaxes(rows[2 * count + 1 :].reshape(len(pairs), 4, -1), 0, 1) - alone) / 36  # (corner, M, F)
        even = jnp.sum(apart, axis=0)
        one, other = (jnp.einsum("c,cmf->mf", _SIGNS[:, k], apart) for k in (0, 1))
        both = jnp.einsum("c,cmf->mf", _SIGNS[:, 0] * _SIGNS[:, 1], apart)
        mean = mean + jnp.sum(even, axis=0)
        first = first.at[i].add(FAR * one).at[j].add(FAR * other)
        second = second.at[i].add(np.sqrt(2.0) * even).at[j].add(np.sqrt(2.0) * even)
        mixed = jnp.concatenate([3 * both, np.sqrt(6.0) * one, np.sqrt(6.0) * other, 2 * even])
    variance = jnp.sum(jnp.concatenate([first, second, mixed]) ** 2, axis=0)
    some = variance > 0  # a root has no slope at none
    return jnp.stack([none, mean, jnp.where(some, jnp.sqrt(jnp.where(some, variance, 1.0)), 0.0)])
