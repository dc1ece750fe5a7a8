"""Meshes of columns: vertical lines that may lean and bend, cut by level lines.

Each element is a trapezoid with level bottom and top. Lines lie on material interfaces and move with them, so that
whatever is computed is a smooth function of every width, height and wall angle. Complex coordinates are welcome: they
are how absorbing layers are made (`waveguides.pml`).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.elements.reference import Float


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Mesh:
    """Corners of nx by ny elements, in µm."""

    x: Array  #: (nx + 1, ny + 1) of line i on level j
    y: Array  #: (ny + 1,) of the levels

    @property
    def nx(self) -> int:
        """Number of columns."""
        return self.x.shape[0] - 1

    @property
    def ny(self) -> int:
        """Elements in a column."""
        return self.y.shape[0] - 1


class Metric(NamedTuple):
    """The map from the square to each element at its points, each (nx, ny, Q); y does not depend on ξ."""

    x: Array
    y: Array
    x_xi: Array
    x_eta: Array
    y_eta: Array

    @property
    def area(self) -> Array:
        """Jacobian determinant."""
        return self.x_xi * self.y_eta


def metric(mesh: Mesh, xi: Float, eta: Float) -> Metric:
    """The map and its derivatives at the points (xi, eta) of the square, in every element."""
    west, east, south, north = (1 - xi) / 2, (1 + xi) / 2, (1 - eta) / 2, (1 + eta) / 2
    a, b = mesh.x[..., :-1, :-1, None], mesh.x[..., 1:, :-1, None]
    c, d = mesh.x[..., :-1, 1:, None], mesh.x[..., 1:, 1:, None]
    x = (a * west + b * east) * south + (c * west + d * east) * north
    x_xi = ((b - a) * south + (d - c) * north) / 2
    x_eta = ((c - a) * west + (d - b) * east) / 2
    low, high = mesh.y[..., None, :-1, None], mesh.y[..., None, 1:, None]
    y = (low * south + high * north) + 0 * x
    y_eta = (high - low) / 2 + 0 * x
    return Metric(x, y, x_xi, x_eta, y_eta)


def subdivide(lines: Any, fractions: list[Float]) -> Any:
    """Cut each interval k along axis 0 of `lines` at `fractions[k]`, numbers that rise from 0 to 1."""
    parts = [
        lines[k] + np.asarray(f[:-1]).reshape(-1, *[1] * (lines.ndim - 1)) * (lines[k + 1] - lines[k])
        for k, f in enumerate(fractions)
    ]
    return (np if isinstance(lines, np.ndarray) else jnp).concatenate([*parts, lines[-1:]])


def graded(count: int, toward: str, growth: float) -> Float:
    """Cut points of [0, 1] into `count` cells, each `growth` times its neighbour on the side of the interface.

    `toward`: "start", "end" or "both": where the small cells lie.
    """
    if toward == "both":
        sizes = growth ** np.minimum(np.arange(count), np.arange(count)[::-1]).astype(float)
    else:
        sizes = growth ** np.arange(count, dtype=float)
    if toward == "end":
        sizes = sizes[::-1]
    return np.concatenate([[0.0], np.cumsum(sizes) / sizes.sum()])


def centres(mesh: Mesh) -> tuple[Array, Array]:
    """x (nx, ny) and y (ny,) of the middle of each element."""
    x = (mesh.x[:-1, :-1] + mesh.x[1:, :-1] + mesh.x[:-1, 1:] + mesh.x[1:, 1:]) / 4
    return x, (mesh.y[:-1] + mesh.y[1:]) / 2


def as_mesh(x: ArrayLike, y: ArrayLike) -> Mesh:
    """A mesh from lines x, (nx + 1,) or (nx + 1, ny + 1), and levels y, (ny + 1,)."""
    y = jnp.asarray(y)
    x = jnp.asarray(x)
    return Mesh(jnp.broadcast_to(x[:, None], (*x.shape, y.shape[0])) if x.ndim == 1 else x, y)
