"""Maxwell's equations for E = (e + i β ψ ẑ) exp(i β z - i ω t), as matrices of elements.

Testing ∇×μ⁻¹∇×E = k² ε E with (f - i β χ ẑ) gives, for every (f, χ),

    (curl f, curl e) - k² (f, ε_tt e) - i k² β [(f, ε_tz ψ) - (χ, ε_zt e)]
        + β² [(∇χ - f, ∇ψ - e) - k² (χ, ε_zz ψ)] = 0,      that is P(β) (e, ψ) = 0, P = A + β C + β² B.

A and B are symmetric when ε is, C is antisymmetric: P(β)ᵀ = P(-β). With ε_tz = ε_zt = 0 only β² appears.

A waveguide bent with radius R about x = -R, walked along the arc through x = 0, is a straight one with z stretched by
h = 1 + x/R: ε_tt and μ_t⁻¹ become h ε_tt and 1/h, ε_zz and μ_z⁻¹ become ε_zz/h and h, and ε_tz stays. That is exact
(covariant fields, A. J. Ward and J. B. Pendry, J. Mod. Opt. 43, 773 (1996), doi:10.1080/09500349608232782).
Complex coordinates stretch x and y in the same way: the map of the elements takes care of it.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.elements.reference import EdgeElement
from lingnan.solvers.linalg.layout import Layout


class Weights(NamedTuple):
    """What multiplies the six fields of `EdgeElement` at its points, each (nx, ny, Q)."""

    curl: Array
    gradient: tuple[Array, Array, Array]  #: ξξ, ξη, ηη of μ_t⁻¹
    transverse: tuple[Array, Array, Array, Array]  #: ξξ, ξη, ηξ, ηη of k² ε_tt
    axial: Array  #: k² ε_zz
    to_transverse: tuple[Array, Array] | None  #: k² (ε_ξz, ε_ηz), None for a medium without them
    to_axial: tuple[Array, Array] | None  #: k² (ε_zξ, ε_zη)


def layout(nx: int, ny: int, order: int) -> Layout:
    """Unknowns of nx by ny edge elements of order p."""
    p = order
    return Layout(nx, ny, 1, 2 * p - 1, 2 * p - 1, 2 * p * (p - 1) + (p - 1) ** 2)


def weights(element: EdgeElement, mesh: Mesh, epsilon: Array, k0: Array, curvature: Array | float = 0.0) -> Weights:
    """Weights of P(β), by nothing but sums and products: of numpy's arrays as of JAX's, also of many meshes at a time.

    Args:
        element: tables of the element.
        mesh: corners [µm], complex inside absorbing layers.
        epsilon: relative permittivity of each element in (x, y, z): (nx, ny, 3) diagonal or (nx, ny, 3, 3).
        k0: vacuum wavenumber [1/µm].
        curvature: 1/R of a bend [1/µm]; positive when the centre of the bend lies at negative x.
    """
    m = metric(mesh, element.xi, element.eta)
    area, w = m.area, element.weights
    h = 1 + curvature * m.x
    k2 = k0**2

    def pull(xx: Array, xy: Array, yx: Array, yy: Array) -> tuple[Array, Array, Array, Array]:
        """det J · J⁻¹ ε J⁻ᵀ with J = [[x_ξ, x_η], [0, y_η]]."""
        a, b = m.y_eta, -m.x_eta  # rows of adj J: (a, b), (0, x_ξ)
        top_x, top_y = a * xx + b * yx, a * xy + b * yy
        return (
            (top_x * a + top_y * b) * w / area,
            top_y * m.x_xi * w / area,
            m.x_xi * (yx * a + yy * b) * w / area,
            m.x_xi**2 * yy * w / area,
        )

    one = 0 * area + 1
    xi_xi, xi_eta, _, eta_eta = pull(one / h, 0 * one, 0 * one, one / h)
    if epsilon.ndim == mesh.x.ndim + 1:
        xx, yy, zz = (epsilon[..., k, None] + 0 * one for k in range(3))
        transverse = pull(xx * h, 0 * xx, 0 * xx, yy * h)
        to_transverse = to_axial = None
    else:
        e = epsilon[..., None]
        zz = e[..., 2, 2, :] + 0 * one
        transverse = pull(*(e[..., i, j, :] * h for i in range(2) for j in range(2)))
        # area · J⁻¹ (ε_xz, ε_yz): contravariant, like the flux it is
        to_transverse, to_axial = (
            (k2 * w * (m.y_eta * a - m.x_eta * b), k2 * w * m.x_xi * b)
            for a, b in ((e[..., 0, 2, :] + 0 * one, e[..., 1, 2, :] + 0 * one), (e[..., 2, 0, :], e[..., 2, 1, :]))
        )
    xx, xy, yx, yy = transverse
    return Weights(
        curl=h / area * w,
        gradient=(xi_xi, xi_eta, eta_eta),
        transverse=(k2 * xx, k2 * xy, k2 * yx, k2 * yy),
        axial=k2 * zz / h * area * w,
        to_transverse=to_transverse,
        to_axial=to_axial,
    )


class Powers(NamedTuple):
    """Coefficients of A, C and B: (1, β, β²) gives P(β), (0, 1, 2β) its derivative by β."""

    zero: Array | float
    one: Array | float
    two: Array | float


def _stress(w: Weights, powers: Powers, values: Array) -> Array:
    """Multiply the six fields by their weights: values (6, nx, ny, Q, …) or (6, Q, …) broadcast against (nx, ny, Q)."""
    lift = values.ndim - 4 if values.ndim >= 4 else 0
    e_xi, e_eta, curl, g_xi, g_eta, psi = values

    def c(weight: Array) -> Array:
        return weight.reshape(*weight.shape, *[1] * lift)

    a, one, two = powers
    xx, xy, yx, yy = w.transverse
    gxx, gxy, gyy = w.gradient
    s_xi = -a * (c(xx) * e_xi + c(xy) * e_eta)
    s_eta = -a * (c(yx) * e_xi + c(yy) * e_eta)
    s_psi = -two * c(w.axial) * psi
    if w.to_transverse is not None and w.to_axial is not None:
        s_xi = s_xi - 1j * one * c(w.to_transverse[0]) * psi
        s_eta = s_eta - 1j * one * c(w.to_transverse[1]) * psi
        s_psi = s_psi + 1j * one * (c(w.to_axial[0]) * e_xi + c(w.to_axial[1]) * e_eta)
    t_xi = two * (c(gxx) * g_xi + c(gxy) * g_eta)
    t_eta = two * (c(gxy) * g_xi + c(gyy) * g_eta)
    return jnp.stack([s_xi, s_eta, a * c(w.curl) * curl, t_xi, t_eta, s_psi])


def apply(element: EdgeElement, w: Weights, powers: Powers, local: Array) -> Array:
    """Element matrices times element vectors (nx, ny, n), without forming a matrix."""
    values = jnp.einsum("fqn,xyn->fxyq", element.fields, local)
    return jnp.einsum("fqn,fxyq->xyn", element.fields, _stress(w, powers, values))


def matrices(element: EdgeElement, w: Weights, powers: Powers) -> Array:
    """Element matrices (nx, ny, n, n)."""
    values = jnp.broadcast_to(element.fields[:, None, None], (6, *w.curl.shape, element.unknowns))
    return jnp.einsum("fqm,fxyqn->xymn", element.fields, _stress(w, powers, values))
