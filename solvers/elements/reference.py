"""Curl-conforming elements of order p on the reference square [-1, 1]².

The field along ξ is a polynomial of degree p-1 in ξ and p in η, the field along η the other way round, and the axial
field of degree p in both: so the gradient of an axial field is a transverse field of the same space, exactly, which is
what keeps spurious modes away. Nodes: Gauss points where the field may jump, Gauss-Lobatto points where it is
continuous. J.-C. Nédélec, Numer. Math. 35, 315 (1980), doi:10.1007/BF01396415, §2.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

Float = NDArray[np.float64]


def gauss(count: int) -> tuple[Float, Float]:
    """Points and weights of Gauss's rule on [-1, 1]."""
    points, weights = legendre.leggauss(count)
    return np.asarray(points), np.asarray(weights)


def lobatto(order: int) -> Float:
    """The order + 1 Gauss-Lobatto points on [-1, 1]: the ends and the roots of P'_order."""
    inner = legendre.Legendre.basis(order).deriv().roots() if order > 1 else np.empty(0)
    return np.concatenate([[-1.0], np.sort(np.real(inner)), [1.0]])


def lagrange(nodes: Float, x: Float) -> tuple[Float, Float]:
    """Values and slopes at `x` of the polynomials that are 1 at one node and 0 at the others: (len(x), len(nodes))."""
    vander = legendre.legvander(nodes, len(nodes) - 1)
    coefficients = np.linalg.inv(vander)
    slopes = np.stack([legendre.legval(x, legendre.legder(c)) for c in np.eye(len(nodes))], axis=-1)
    return legendre.legvander(x, len(nodes) - 1) @ coefficients, slopes @ coefficients


@dataclass(frozen=True, eq=False)
class EdgeElement:
    """Tables of one element of order p; rows are points of the square, columns its unknowns (see `linalg.layout`)."""

    order: int
    xi: Float  #: (Q,) quadrature points along ξ, and
    eta: Float  #: (Q,) along η
    weights: Float  #: (Q,)
    fields: Float  #: (6, Q, n): e_ξ, e_η, curl e, ∂_ξ ψ - e_ξ, ∂_η ψ - e_η, ψ

    @property
    def unknowns(self) -> int:
        """Unknowns of one element."""
        return self.fields.shape[-1]


def tables(order: int, xi: Float, eta: Float) -> Float:
    """The six fields of `EdgeElement` at the points (xi, eta) of the square, each (len(xi), n)."""
    p = order
    sharp, smooth = gauss(p)[0], lobatto(p)
    gx, _ = lagrange(sharp, xi)
    gy, _ = lagrange(sharp, eta)
    nx, dx = lagrange(smooth, xi)
    ny, dy = lagrange(smooth, eta)
    rows = len(xi)

    def outer(a: Float, b: Float) -> Float:
        return (a[:, :, None] * b[:, None, :]).reshape(rows, -1)

    # In the natural order: e_ξ (a, b), e_η (a, b), ψ (a, b), with b, along η, running fastest.
    n_e, n_psi = p * (p + 1), (p + 1) ** 2
    zero_e, zero_psi = np.zeros((rows, n_e)), np.zeros((rows, n_psi))
    e_xi = np.hstack([outer(gx, ny), zero_e, zero_psi])
    e_eta = np.hstack([zero_e, outer(nx, gy), zero_psi])
    curl = np.hstack([-outer(gx, dy), outer(dx, gy), zero_psi])
    grad_xi = np.hstack([zero_e, zero_e, outer(dx, ny)]) - e_xi
    grad_eta = np.hstack([zero_e, zero_e, outer(nx, dy)]) - e_eta
    psi = np.hstack([zero_e, zero_e, outer(nx, ny)])
    return np.stack([e_xi, e_eta, curl, grad_xi, grad_eta, psi])[..., places(p)]


def places(order: int) -> NDArray[np.intp]:
    """For each unknown of an element, in the order of `linalg.layout`, its place in the natural order."""
    p = order
    e_xi = np.arange(p * (p + 1)).reshape(p, p + 1)
    e_eta = e_xi.size + np.arange(p * (p + 1)).reshape(p + 1, p)
    psi = 2 * e_xi.size + np.arange((p + 1) ** 2).reshape(p + 1, p + 1)
    inner = slice(1, p)
    left = [psi[0, :1], e_eta[0], psi[0, inner], psi[0, p:]]
    right = [psi[p, :1], e_eta[p], psi[p, inner], psi[p, p:]]
    bottom = [e_xi[:, 0], psi[inner, 0]]
    top = [e_xi[:, p], psi[inner, p]]
    inside = [e_xi[:, inner].ravel(), e_eta[inner].ravel(), psi[inner, inner].ravel()]
    return np.concatenate([*left, *right, *bottom, *top, *inside])


@lru_cache
def edge_element(order: int) -> EdgeElement:
    """The element of order p with a quadrature that is exact on rectangles."""
    points, weights = gauss(order + 1)
    xi, eta = (a.ravel() for a in np.meshgrid(points, points, indexing="ij"))
    return EdgeElement(order, xi, eta, np.outer(weights, weights).ravel(), tables(order, xi, eta))
