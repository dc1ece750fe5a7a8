"""Fields of modes at points: the quadrature points of the elements, or anywhere in the window."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.elements.reference import edge_element

#: Impedance of vacuum [Ω], CODATA 2022.
Z0 = 376.730313412


class Points(NamedTuple):
    """Points on a grid that follows the interfaces: none lies on one, so every field has one value."""

    x: Array  #: (X, Y) [µm]
    y: Array  #: (X, Y) [µm]
    area: Array  #: (X, Y): sums of a field times `area` are its integral [µm²]


class Fields(NamedTuple):
    """Vector fields, (modes, 3, …) in x, y, z."""

    E: Array  #: [V/µm]
    H: Array  #: [A/µm]


def points(mesh: Mesh, order: int) -> Points:
    """The quadrature points of all elements, as one grid; real also inside absorbing layers."""
    element = edge_element(order)
    real = Mesh(mesh.x.real, mesh.y.real)
    m = metric(real, element.xi, element.eta)
    return Points(_join(m.x, order), _join(m.y, order), area(real, order))


def area(mesh: Mesh, order: int) -> Array:
    """The area that each of `points` stands for, complex inside absorbing layers: for integrals without conjugation."""
    element = edge_element(order)
    return _join(metric(mesh, element.xi, element.eta).area * element.weights, order)


def evaluate(
    mesh: Mesh, order: int, vectors: Array, beta: Array, wavelength: ArrayLike, curvature: ArrayLike
) -> Fields:
    """E and H of (modes, N) vectors at `points`: (modes, 3, X, Y)."""
    element = edge_element(order)
    layout = maxwell.layout(mesh.nx, mesh.ny, order)

    def in_elements(vector: Array) -> Array:
        return layout.to_elements(layout.unflatten(vector))

    local = jax.vmap(in_elements)(vectors)
    values = jnp.einsum("fqn,mxyn->fmxyq", element.fields, local)
    m = metric(mesh, element.xi, element.eta)
    e, h = physical(values, m.x, m.x_xi, m.x_eta, m.y_eta, beta[:, None, None, None], wavelength, curvature)
    return Fields(_join(jnp.moveaxis(e, 0, 1), order), _join(jnp.moveaxis(h, 0, 1), order))


def physical(
    values: Array,
    x: Array,
    x_xi: Array,
    x_eta: Array,
    y_eta: Array,
    beta: Array,
    wavelength: ArrayLike,
    curvature: ArrayLike,
) -> tuple[Array, Array]:
    """E and H, (3, …), from the six fields of the reference square, (6, …)."""
    e_xi, e_eta, curl, g_xi, g_eta, psi = values
    k0 = 2 * jnp.pi / jnp.asarray(wavelength)
    h = 1 + curvature * x

    def push(v_xi: Array, v_eta: Array) -> tuple[Array, Array]:
        v_x = v_xi / x_xi
        return v_x, (v_eta - x_eta * v_x) / y_eta

    e_x, e_y = push(e_xi, e_eta)
    g_x, g_y = push(g_xi, g_eta)
    speed = beta / (k0 * Z0)
    electric = jnp.stack([e_x + 0j, e_y + 0j, 1j * beta * psi / h])
    magnetic = jnp.stack([speed * g_y / h, -speed * g_x / h, -1j * curl / (x_xi * y_eta) / (k0 * Z0)])
    return electric, magnetic


def power(f: Fields, area: Array) -> Array:
    """½ ∫ E × H* · ẑ dA of each mode [W]."""
    flux = f.E[:, 0] * f.H[:, 1].conj() - f.E[:, 1] * f.H[:, 0].conj()
    return jnp.sum(flux * area, axis=(-2, -1)) / 2


def _join(a: Array, order: int) -> Array:
    """(…, nx, ny, Q) to (…, nx q, ny q)."""
    q = order + 1
    *lead, nx, ny, _ = a.shape
    a = a.reshape(*lead, nx, ny, q, q)
    return jnp.moveaxis(a, -2, -3).reshape(*lead, nx * q, ny * q)
