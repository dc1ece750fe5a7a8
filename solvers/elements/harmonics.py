"""Maxwell's equations in a cell that repeats along z: edge elements across, harmonics along.

With E = Σ_m (e_m + i w_m ẑ) exp(i β_m z), β_m = β + m G and G = 2π/Λ, testing ∇×∇×E = k² ε E with harmonics of the
same kind (f_m, i χ_m ẑ) gives, for all of them,

    Σ_m [(curl f_m, curl e_m) + (β_m f_m - ∇χ_m, β_m e_m - ∇w_m)]
        - k² Σ_mn [(f_m, ε_mn e_n) + (χ_m, ζ_mn w_n)] = 0,      that is P(β) (e, w) = 0, symmetric, quadratic in β.

ε_mn = ε̂(m - n) are the Fourier coefficients of the permittivity along z. Across the faces of a tooth, which stand
upright on z, e is continuous and so is D_z: ζ is the inverse of the matrix of coefficients of 1/ε, which is what makes
few harmonics enough (L. Li, J. Opt. Soc. Am. A 13, 1870 (1996), doi:10.1364/JOSAA.13.001870).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.elements.reference import EdgeElement, edge_element
from lingnan.solvers.linalg.layout import Layout


class Tables(NamedTuple):
    """Element matrices (nx, ny, n, n) of one harmonic."""

    still: Any  #: (curl f, curl e) + (∇χ, ∇w)
    mixed: Any  #: (f, ∇w) + (∇χ, e)
    across: Any  #: (f, e)
    masses: tuple[Any, Any, Any]  #: (f_x, e_x), (f_y, e_y), (χ, w)


class Data(NamedTuple):
    """The numbers of a cell."""

    tables: Tables
    epsilon: Any  #: (3, nx, ny, H, H): k² ε_mn twice and k² ζ_mn
    step: Any  #: G [1/µm]
    free: Any  #: `Grid`, 1 where an unknown is free, 0 where a wall holds it at zero


def tables(element: EdgeElement, mesh: Mesh, xp: Any = jnp) -> Tables:
    """Element matrices that depend on nothing but the mesh, in numpy's arrays or in JAX's."""
    m = metric(mesh, element.xi, element.eta)
    e_xi, e_eta, curl, g_xi, g_eta, psi = element.fields
    x_xi, x_eta, y_eta = (part[..., None] for part in (m.x_xi, m.x_eta, m.y_eta))

    def push(v_xi: Any, v_eta: Any) -> tuple[Any, Any]:
        v_x = v_xi / x_xi
        return v_x, (v_eta - x_eta * v_x) / y_eta

    e_x, e_y = push(e_xi, e_eta)
    d_x, d_y = push(g_xi + e_xi, g_eta + e_eta)  # ∇w alone
    turn, axial = curl / (x_xi * y_eta), psi + 0 * x_xi
    weight = element.weights * m.area

    def paired(a: Any, b: Any) -> Any:
        return xp.swapaxes(a * weight[..., None], -1, -2) @ b

    mixed = paired(e_x, d_x) + paired(e_y, d_y)
    masses = paired(e_x, e_x), paired(e_y, e_y), paired(axial, axial)
    still = paired(turn, turn) + paired(d_x, d_x) + paired(d_y, d_y)
    return Tables(still, mixed + xp.swapaxes(mixed, -1, -2), masses[0] + masses[1], masses)


def coupled(one: Any, two: Any, share: Any, order: int, xp: Any = jnp) -> Any:
    """ε_mn, ε_mn, ζ_mn of a tooth of `one`, centred on z = 0, and `two` beside it: (3, M, 2 order + 1, 2 order + 1).

    Args:
        one: relative permittivities (M, 3) of the tooth along x, y, z.
        two: of what is between teeth.
        share: of the tooth in a period.
        order: harmonics from -order to order.
        xp: numpy or jax.numpy.
    """
    m = xp.arange(-order, order + 1)
    apart = m[:, None] - m[None, :]
    shape, same = share * xp.sinc(apart * share), 1.0 * (apart == 0)

    def toeplitz(a: Any, b: Any) -> Any:
        return (a - b)[:, None, None] * shape + b[:, None, None] * same

    last = xp.linalg.inv(toeplitz(1 / one[:, 2], 1 / two[:, 2]))
    return xp.stack([toeplitz(one[:, 0], two[:, 0]), toeplitz(one[:, 1], two[:, 1]), last])


class Powers(NamedTuple):
    """Coefficients of P or of its derivative: of what has no β in it, and of each harmonic's `mixed` and `across`."""

    still: float
    mixed: Any  #: (H,)
    across: Any  #: (H,)


def elements(data: Data, beta: Any, order: int, xp: Any = jnp) -> Any:
    """Element matrices of P(β), (nx, ny, n H, n H): the harmonics of an unknown stand together."""
    t, here = data.tables, beta + data.step * xp.arange(-order, order + 1)
    count, same = len(here), xp.eye(len(here))
    alone = [xp.broadcast_to(c, data.epsilon[0].shape) for c in (same, -here * same, here**2 * same)]
    shares = xp.stack([*alone, *(-e for e in data.epsilon)], axis=2)  # (nx, ny, 6, H, H)
    parts = xp.stack([t.still, t.mixed, t.across, *t.masses], axis=-1)  # (nx, ny, n, n, 6)
    nx, ny, n = parts.shape[:3]
    full = parts.reshape(nx, ny, n * n, 6) @ shares.reshape(nx, ny, 6, count**2)
    return xp.moveaxis(full.reshape(nx, ny, n, n, count, count), 4, 3).reshape(nx, ny, n * count, n * count)


def times(data: Data, powers: Powers, local: Any) -> Any:
    """What `powers` says of P times what elements see, (nx, ny, n, H), without forming a matrix."""
    t = data.tables
    found = (t.mixed @ local) * powers.mixed + (t.across @ local) * powers.across
    if powers.still:
        found = found + t.still @ local
        for mass, epsilon in zip(t.masses, data.epsilon, strict=True):
            found = found - mass @ local @ epsilon.swapaxes(-1, -2)
    return found


@dataclass(frozen=True)
class PeriodicPencil:
    """P(β) of harmonics from -harmonics to harmonics on nx by ny edge elements of order p, for `linalg.eigenpair`."""

    order: int
    nx: int
    ny: int
    harmonics: int
    symmetric: bool = True

    @property
    def count(self) -> int:
        """Harmonics kept, H."""
        return 2 * self.harmonics + 1

    @property
    def element(self) -> EdgeElement:
        """Tables of the element."""
        return edge_element(self.order)

    @property
    def layout(self) -> Layout:
        """Where the unknowns are: each of `maxwell.layout`, H times."""
        p, h = self.order, self.count
        return Layout(self.nx, self.ny, h, h * (2 * p - 1), h * (2 * p - 1), h * (2 * p * (p - 1) + (p - 1) ** 2))

    def product(self, data: Data, powers: Powers, vector: Any) -> Any:
        """`times` of a vector (N,), walls included."""
        lay = self.layout
        free = lay.flatten(data.free)
        local = lay.to_elements(lay.unflatten(vector * free))
        shaped = local.reshape(*local.shape[:2], -1, self.count)
        return free * lay.flatten(lay.to_grid(times(data, powers, shaped).reshape(local.shape)))

    def apply(self, data: Data, beta: Array, vector: Array) -> Array:
        """P(β) times a vector (N,)."""
        here = beta + data.step * jnp.arange(-self.harmonics, self.harmonics + 1)
        return self.product(data, Powers(1.0, -here, here**2), vector)

    def slope(self, data: Data, beta: Array, vector: Array) -> Array:
        """dP/dβ times a vector (N,)."""
        here = beta + data.step * jnp.arange(-self.harmonics, self.harmonics + 1)
        return self.product(data, Powers(0.0, -jnp.ones_like(here), 2 * here), vector)

    def elements(self, data: Data, beta: Array) -> Array:
        """Element matrices of P(β), regular where unknowns are held at zero."""
        return self.held(elements(data, beta, self.harmonics), self.layout.to_elements(data.free))

    def in_numbers(self, data: Data, values: Sequence[Any]) -> list[Any]:
        """`elements` at some values, of numpy's arrays."""
        free = self.layout.to_elements(data.free)
        return [self.held(elements(data, value, self.harmonics, np), free) for value in values]

    def folded(self, data: Data) -> list[Any]:
        """No halves of mirror images: this pencil stays whole."""
        del data
        return []

    @staticmethod
    def held(full: Any, free: Any) -> Any:
        """Element matrices with a one on the diagonal of unknowns that are held, and zeros beside them."""
        alone = (1 - free)[..., None] * np.eye(free.shape[-1])
        return full * free[..., :, None] * free[..., None, :] + alone

    def transposed(self, data: Data) -> "tuple[PeriodicPencil, Data, int]":
        """Its own."""
        return self, data, 1
