"""∇·(a ∇u) + b u = -f for one scalar field on columns of elements: waves in the plane, heat, potentials.

Weak form, for every v:  ∫ a ∇u·∇v - b u v = ∫ f v. Polynomials of degree p in both directions, nodes at Gauss-Lobatto
points; where nothing else is said, a ∂u/∂n = 0 at the walls.
"""

from dataclasses import dataclass
from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.elements.reference import Float, gauss, lagrange, lobatto
from lingnan.solvers.linalg.layout import Grid, Layout


@dataclass(frozen=True, eq=False)
class NodalElement:
    """Tables of one element; rows are points of the square, columns its unknowns in the order of `linalg.layout`."""

    order: int
    xi: Float
    eta: Float
    weights: Float
    fields: Float  #: (3, Q, n): ∂_ξ u, ∂_η u, u


def layout(nx: int, ny: int, order: int) -> Layout:
    """Unknowns of nx by ny elements of order p."""
    inner = order - 1
    return Layout(nx, ny, 1, inner, inner, inner**2)


def tables(order: int, xi: Float, eta: Float) -> Float:
    """The three fields of `NodalElement` at points (xi, eta), each (len(xi), n)."""
    nodes = lobatto(order)
    vx, dx = lagrange(nodes, xi)
    vy, dy = lagrange(nodes, eta)

    def outer(a: Float, b: Float) -> Float:
        return (a[:, :, None] * b[:, None, :]).reshape(len(xi), -1)

    return np.stack([outer(dx, vy), outer(vx, dy), outer(vx, vy)])[..., places(order)]


def places(order: int) -> np.ndarray:
    """For each unknown of an element, in the order of `linalg.layout`, its place in the natural order."""
    p, inner = order, slice(1, order)
    natural = np.arange((p + 1) ** 2).reshape(p + 1, p + 1)  # (along ξ, along η)
    parts = [natural[0], natural[p], natural[inner, 0], natural[inner, p], natural[inner, inner].ravel()]
    return np.concatenate(parts)


@lru_cache
def nodal_element(order: int) -> NodalElement:
    """The element of order p with a quadrature that is exact on rectangles."""
    points, weights = gauss(order + 1)
    xi, eta = (a.ravel() for a in np.meshgrid(points, points, indexing="ij"))
    return NodalElement(order, xi, eta, np.outer(weights, weights).ravel(), tables(order, xi, eta))


def matrices(element: NodalElement, mesh: Mesh, a: Array, b: Array) -> Array:
    """Element matrices (nx, ny, n, n) of ∫ a ∇u·∇v - b u v, for a and b constant in each element, (nx, ny)."""
    m = metric(mesh, element.xi, element.eta)
    w = element.weights
    g_xi, g_eta, u = element.fields
    # ∇u = J⁻ᵀ (u_ξ, u_η) with J = [[x_ξ, x_η], [0, y_η]]
    xx = a[..., None] * w * m.y_eta / m.x_xi
    xy = -a[..., None] * w * m.x_eta / m.x_xi
    yy = a[..., None] * w * (m.x_eta**2 / m.x_xi + m.x_xi) / m.y_eta
    mass = -b[..., None] * w * m.area
    cross = jnp.einsum("xyq,qi,qj->xyij", xy, g_xi, g_eta)
    return (
        jnp.einsum("xyq,qi,qj->xyij", xx, g_xi, g_xi)
        + jnp.einsum("xyq,qi,qj->xyij", yy, g_eta, g_eta)
        + jnp.einsum("xyq,qi,qj->xyij", mass, u, u)
        + cross
        + jnp.swapaxes(cross, -1, -2)
    )


def walls_held(layout: Layout) -> Grid:
    """1 where an unknown is free, 0 on all four walls."""
    corner, vertical, horizontal, inside = (jnp.ones(s) for s in layout.shapes())
    corner = corner.at[0].set(0).at[-1].set(0).at[:, 0].set(0).at[:, -1].set(0)
    vertical = vertical.at[0].set(0).at[-1].set(0)
    horizontal = horizontal.at[:, 0].set(0).at[:, -1].set(0)
    return Grid(corner, vertical, horizontal, inside)


def hold(layout: Layout, elements: Array, free: Grid) -> Array:
    """Element matrices with ones on the diagonal of unknowns that are held at zero, and zeros beside them."""
    keep = layout.to_elements(free)
    held = (1 - keep)[..., None] * jnp.eye(keep.shape[-1])
    return elements * keep[..., :, None] * keep[..., None, :] + held
