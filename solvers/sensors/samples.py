"""Many chips from few solves: a guide as a polynomial of the process, fitted to exact solves and judged on others.

Ten thousand mode solves take minutes; a guide is so smooth in widths and films that a polynomial through a tensor grid
of Chebyshev's points carries all of it, derivatives too. `misfit` says how well, on points that were not fitted.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.flatten_util import ravel_pytree
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.sensors.ranges import check_alike, check_count, check_finite, check_shape
from lingnan.solvers.sensors.sensitivity import Guide


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class GuideMap:
    """A guide by P parameters of the process."""

    middle: Array  #: (P,)
    reach: Array  #: (P,) half of the box that was fitted
    coefficients: Array  #: (terms, numbers of a guide)
    degree: int = field(metadata={"static": True})

    def __call__(self, at: ArrayLike) -> Guide:
        """The guide at parameters (P,); beyond the box the polynomial runs on."""
        u = (jnp.asarray(at, float) - self.middle) / self.reach
        return _unpacked(_terms(u, self.degree) @ self.coefficients)


def _terms(u: Array, degree: int) -> Array:
    """Products of Chebyshev's polynomials of all parameters, (terms,)."""
    powers = [jnp.ones_like(u), u]
    for _ in range(degree - 1):
        powers.append(2 * u * powers[-1] - powers[-2])
    table = jnp.stack(powers[: degree + 1])  # (degree + 1, P)
    product = jnp.ones(1)
    for k in range(u.shape[0]):
        product = (product[:, None] * table[:, k]).ravel()
    return product


def _packed(guide: Guide) -> Array:
    return ravel_pytree(jax.tree.map(lambda a: jnp.asarray(a, float), guide))[0]


def _unpacked(numbers: Array) -> Guide:
    return Guide(*numbers)


def grid(middle: ArrayLike, reach: ArrayLike, degree: int) -> np.ndarray:
    """Points to solve at, ((degree + 1)^P, P)."""
    c, r = np.asarray(middle, float), np.asarray(reach, float)
    node = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    return c + r * np.asarray(list(itertools.product(node, repeat=c.size)))


def mapped(solve: Callable[[Any], Guide], middle: Sequence[float], reach: Sequence[float], degree: int = 3) -> GuideMap:
    """Solve on a grid, and interpolate.

    Args:
        solve: a guide of parameters (P,), from numbers.
        middle: of the box (P,).
        reach: half of the box (P,): four σ of the process, say.
        degree: of the polynomial in each parameter.
    """
    check_alike("mapped", middle=middle, reach=reach)
    check_count("mapped", "degree", degree, 1, "")
    check_finite("mapped", "middle", np.asarray(middle, float))
    check_between("mapped", "reach", np.asarray(reach, float), 0.0, np.inf, "", "It is half of the box.")
    points = grid(np.asarray(middle, float), np.asarray(reach, float), degree)
    values = np.stack([np.asarray(_packed(solve(p))) for p in points])
    u = (points - np.asarray(middle)) / np.asarray(reach)
    basis = np.stack([np.asarray(_terms(jnp.asarray(row), degree)) for row in u])
    coefficients = np.linalg.solve(basis, values)
    box = jnp.asarray(middle, float), jnp.asarray(reach, float)
    return GuideMap(*box, jnp.asarray(coefficients), degree)


def misfit(found: GuideMap, solve: Callable[[Any], Guide], points: ArrayLike) -> Guide:
    """Largest error of each number of a guide over points that were not fitted, (M, P)."""
    check_shape("misfit", "points", points, (None, found.middle.size), "A row for each point.")
    pairs = [jax.tree.map(lambda a, b: abs(a - b), found(p), solve(p)) for p in np.asarray(points, float)]
    return jax.tree.map(lambda *errors: jnp.max(jnp.stack(errors)), *pairs)
