"""Fields of modes anywhere in the window: the polynomials of the element that a point lies in."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.polynomial import legendre

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.reference import Float, gauss, lobatto, places
from lingnan.solvers.waveguides.fields import Fields, physical


def probe(
    mesh: Mesh, order: int, vectors: Array, beta: Array, wavelength: ArrayLike, curvature: ArrayLike, x: Array, y: Array
) -> Fields:
    """E and H of (modes, N) vectors at points x, y of one shape [µm]: (modes, 3, *x.shape).

    On an interface the field of the element above or right of it; outside the window 0.
    """
    shape = jnp.shape(x)
    px, py = jnp.ravel(jnp.asarray(x, float)), jnp.ravel(jnp.asarray(y, float))
    real_x, levels = mesh.x.real, mesh.y.real
    j = jnp.clip(jnp.searchsorted(levels, py, side="right") - 1, 0, mesh.ny - 1)
    up = (py - levels[j]) / (levels[j + 1] - levels[j])
    lines = real_x[:, j] * (1 - up) + real_x[:, j + 1] * up  # (nx + 1, points)
    i = jnp.clip(jnp.sum(px >= lines, axis=0) - 1, 0, mesh.nx - 1)
    place = jnp.arange(len(px))
    right = (px - lines[i, place]) / (lines[i + 1, place] - lines[i, place])
    inside = (up >= 0) & (up <= 1) & (right >= 0) & (right <= 1)
    xi, eta = 2 * right - 1, 2 * up - 1

    layout = maxwell.layout(mesh.nx, mesh.ny, order)
    local = jax.vmap(lambda v: layout.to_elements(layout.unflatten(v))[i, j])(vectors)  # (modes, points, n)
    values = jnp.einsum("fpn,mpn->fmp", tables_at(order, xi, eta), local)
    west, east, south, north = 1 - right, right, 1 - up, up
    a, b, c, d = mesh.x[i, j], mesh.x[i + 1, j], mesh.x[i, j + 1], mesh.x[i + 1, j + 1]
    at = (a * west + b * east) * south + (c * west + d * east) * north
    x_xi = ((b - a) * south + (d - c) * north) / 2
    x_eta = ((c - a) * west + (d - b) * east) / 2
    y_eta = (mesh.y[j + 1] - mesh.y[j]) / 2
    e, h = physical(values, at, x_xi, x_eta, y_eta, beta[:, None], wavelength, curvature)

    def shaped(field: Array) -> Array:
        return jnp.moveaxis(jnp.where(inside, field, 0.0), 0, 1).reshape(len(vectors), 3, *shape)

    return Fields(shaped(e), shaped(h))


def tables_at(order: int, xi: Array, eta: Array) -> Array:
    """`elements.reference.tables` at points that may be traced: (6, points, n)."""
    sharp, smooth = gauss(order)[0], lobatto(order)
    gx, _ = _lagrange(sharp, xi)
    gy, _ = _lagrange(sharp, eta)
    nx, dx = _lagrange(smooth, xi)
    ny, dy = _lagrange(smooth, eta)

    def outer(a: Array, b: Array) -> Array:
        return (a[:, :, None] * b[:, None, :]).reshape(len(xi), -1)

    e_xi, e_eta, psi = outer(gx, ny), outer(nx, gy), outer(nx, ny)
    none, nothing = jnp.zeros_like(e_xi), jnp.zeros_like(psi)
    rows = [
        [e_xi, none, nothing],
        [none, e_eta, nothing],
        [-outer(gx, dy), outer(dx, gy), nothing],
        [-e_xi, none, outer(dx, ny)],
        [none, -e_eta, outer(nx, dy)],
        [none, none, psi],
    ]
    return jnp.stack([jnp.concatenate(row, axis=-1) for row in rows])[..., places(order)]


def _lagrange(nodes: Float, x: Array) -> tuple[Array, Array]:
    """Values and slopes of the polynomials that are 1 at one node and 0 at the others: (len(x), len(nodes))."""
    count = len(nodes)
    coefficients = np.linalg.inv(legendre.legvander(nodes, count - 1))
    p, slope = [jnp.ones_like(x), x], [jnp.zeros_like(x), jnp.ones_like(x)]
    for n in range(1, count - 1):  # Bonnet's recursion, and P'_{n+1} = P'_{n-1} + (2n + 1) P_n
        p.append(((2 * n + 1) * x * p[n] - n * p[n - 1]) / (n + 1))
        slope.append(slope[n - 1] + (2 * n + 1) * p[n])
    return jnp.stack(p[:count], -1) @ coefficients, jnp.stack(slope[:count], -1) @ coefficients
