"""Potentials between conductors: ∇·(ε ∇u) = 0 with the permittivity tensor of crystals, complex where media lose.

C_jk is the charge per length on conductor j when conductor k is at 1 V and all else, the walls of the window included,
at zero: C_jk = ε0 ∫ ∇u_j·ε ∇u_k, stationary in both fields. In the time convention exp(-iωt) a loss tangent and a
conductivity make ε = ε' (1 + i tan δ) + i σ/(ω ε0), and the shunt admittance of a line is -iω C = G - iω C'.

Where a medium conducts, ε follows the frequency. Fields at a few frequencies then span those at all others: C(ω) is
the stationary value over their span, with an error that is the square of the fields'.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.elements import helmholtz, scalar
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.reference import places
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.modulators.section import Section
from lingnan.solvers.waveguides.probe import tables_at

#: Permittivity of vacuum [F/m].
EPS0 = constants.epsilon_0
#: frequencies at which fields are solved where media conduct
SAMPLES = 6
#: a point so near an interface lies on it [µm]: what moves with a mesh line, as the middle of a rib does, must not be
#: left of it or right of it as rounding has it, for fields jump there by the error of the mesh
TIE = 1e-9


class Plan(NamedTuple):
    """What is static: where the unknowns are, which of them each conductor holds, and which are free."""

    layout: Layout
    order: int
    lifts: Any  #: (N, conductors) 1 on a conductor
    free: Any  #: (N,)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Potentials:
    """u of each conductor at 1 V and the others at zero."""

    values: Array  #: (N, conductors) at the nodes
    mesh: Mesh
    capacitance: Array  #: (conductors, conductors) [F/m]
    section: Section

    @property
    def terminals(self) -> tuple[str, ...]:
        """Names of the conductors, in the order of the axes."""
        return self.section.terminals


def plan_of(section: Section, regions: np.ndarray) -> Plan:
    """The static part of a problem."""
    order = section.fineness.order
    layout = helmholtz.layout(regions.shape[0], regions.shape[1], order)
    owner = np.asarray(section.conductors)[regions]
    lifts = np.stack([scalar.covered(layout, owner == name) for name in section.terminals], axis=-1)
    walls = scalar.on_walls(layout, section.grounded)
    # a conductor that runs into a wall has the wall's potential: it must be a ground
    free = ~(walls | lifts.any(axis=-1))
    return Plan(layout, order, lifts.astype(float), free.astype(float))


def tensors(section: Section, regions: np.ndarray) -> tuple[Array, Array | None]:
    """ε' (1 + i tan δ) of the elements across the line, (nx, ny, 2, 2), and their conductivities [S/m]."""

    def lossy(k: int) -> Array:
        m = section.media[k]
        eps = m.tensor[:2, :2]
        return eps if m.loss_tangent is None else eps * (1 + 1j * jnp.asarray(m.loss_tangent))

    eps = jnp.stack([lossy(k) for k in range(len(section.media))])
    outside = [
        not name and m.conductivity is not None for name, m in zip(section.conductors, section.media, strict=True)
    ]
    if not any(outside):
        return eps[regions], None
    sigma = jnp.stack([
        jnp.asarray(m.conductivity if out else 0.0, float) for m, out in zip(section.media, outside, strict=True)
    ])  # fmt: skip
    return eps[regions], sigma[regions]


@jax.jit
def potentials(section: Section, span: Array | None = None) -> Potentials:
    """Potentials and capacitance matrix without loss; differentiable by every number of the section.

    Args:
        section: conductors and media.
        span: potentials of sections of the same kind, as `fields` gives them, (N, S): nothing is solved, and u is what
            has the least energy among them.
    """
    mesh, regions = section.mesh()
    plan = plan_of(section, regions)
    eps = tensors(section, regions)[0].real
    elements = scalar.stiffness(helmholtz.nodal_element(plan.order), mesh, eps)
    u = _raised(plan, elements) if span is None else _among(plan, elements, span)
    matrix = EPS0 * u.T @ scalar.product(plan.layout, elements, u)
    return Potentials(u, mesh, matrix, section)


def _raised(plan: Plan, elements: Array) -> Array:
    """Potentials (N, conductors), with derivatives."""
    held = scalar.hold(plan.layout, elements, plan.free)
    lifts = plan.lifts
    rhs = -plan.free[:, None] * scalar.product_known(plan.layout, elements, lifts)
    guess = scalar.solved(plan.layout, lax.stop_gradient(held)[None], lax.stop_gradient(rhs)[None])[0]
    return lifts + scalar.solution(plan.layout, held, rhs, guess)


def _among(plan: Plan, elements: Array, span: Array) -> Array:
    """Potentials (N, conductors) of least energy over a span (N, S) that is zero on conductors and walls."""
    inner = span.T @ scalar.product(plan.layout, elements, span)
    outer = span.T @ scalar.product_known(plan.layout, elements, plan.lifts)
    return plan.lifts - span @ jnp.linalg.solve(inner, outer)


@jax.jit
def fields(section: Section) -> Array:
    """What potentials without loss are where no conductor is: (N, conductors)."""
    _, regions = section.mesh()
    return plan_of(section, regions).free[:, None] * potentials(section).values


@jax.jit
def capacitance(section: Section, frequency: ArrayLike | None = None) -> Array:
    """Capacitance matrix [F/m] between `section.terminals`; its imaginary part is loss.

    Args:
        section: the line.
        frequency: (F,) [Hz]; may be left out where no medium but the conductors conducts.

    Returns:
        (conductors, conductors), or (F, conductors, conductors) where frequencies are given.

    First derivatives are exact and cost no solve; a second one raises `NotImplementedError`.
    """
    mesh, regions = section.mesh()
    plan = plan_of(section, regions)
    element, layout = helmholtz.nodal_element(plan.order), plan.layout
    eps, sigma = tensors(section, regions)
    still = scalar.stiffness(element, mesh, eps)
    if sigma is None:
        shifts, samples, flow = jnp.zeros(1), jnp.zeros(1), jnp.zeros_like(still.real)
    elif frequency is None:
        raise ValueError("capacitance: a medium of this section conducts: give the frequency [Hz].")
    else:
        f = jnp.atleast_1d(jnp.asarray(frequency, float))
        shifts = 1j / (2 * jnp.pi * f * EPS0)
        low, high = lax.stop_gradient((jnp.min(f), jnp.max(f)))
        samples = 1j / (2 * jnp.pi * EPS0 * jnp.geomspace(low, high * (1 + 1e-3), SAMPLES))
        flow = scalar.stiffness(element, mesh, sigma)
    lifts = plan.lifts

    def fields(data: tuple[Array, ...]) -> tuple[Array, Array]:
        still, flow, shifts, samples = data
        many = still + samples[:, None, None, None, None] * flow if sigma is not None else still[None]
        rhs = -plan.free[:, None] * jax.vmap(lambda k: scalar.product_known(layout, k, lifts))(many)
        held = jax.vmap(lambda k: scalar.hold(layout, k, plan.free))(many)
        found = scalar.solved(layout, held, rhs)
        span = jnp.linalg.qr(jnp.moveaxis(found, 0, 1).reshape(layout.size, -1))[0]
        whole = jnp.concatenate([lifts.astype(span.dtype), span], axis=1)
        one, two = (whole.T @ scalar.product(layout, k, whole) for k in (still, flow))
        n = lifts.shape[1]

        def weights(shift: Array) -> Array:
            a = one + shift * two
            return jnp.concatenate([jnp.eye(n), -jnp.linalg.solve(a[n:, n:], a[n:, :n])])

        return whole, jax.vmap(weights)(shifts)

    def value(data: tuple[Array, ...], found: tuple[Array, Array]) -> Array:
        still, flow, shifts, _ = data
        whole, weights = found
        one = whole.T @ scalar.product(layout, still, whole)
        energy = jnp.einsum("fij,ik,fkl->fjl", weights, one, weights)
        if sigma is not None:
            two = whole.T @ scalar.product(layout, flow, whole)
            energy = energy + shifts[:, None, None] * jnp.einsum("fij,ik,fkl->fjl", weights, two, weights)
        return EPS0 * energy

    found = scalar.stationary(value, fields)((still, flow, shifts, samples))
    if frequency is None:
        return found[0]
    count = jnp.atleast_1d(jnp.asarray(frequency)).shape[0]
    return found if sigma is not None else jnp.broadcast_to(found, (count, *found.shape[1:]))


@partial(jax.jit, static_argnames="conductor")
def field_at(electrodes: Potentials, x: Array, y: Array, conductor: str = "signal") -> Array:
    """Electric field across the line with one conductor at 1 V and all else at zero: (2, *x.shape) [V/µm].

    Args:
        electrodes: from `potentials`.
        x: points inside the window [µm].
        y: the same.
        conductor: the one at 1 V.

    On an interface it is the field of the element above or right of it.
    """
    mesh, order = electrodes.mesh, electrodes.section.fineness.order
    shape = jnp.shape(x)
    px, py = jnp.ravel(x), jnp.ravel(y)
    j = jnp.clip(jnp.searchsorted(mesh.y, py + TIE, side="right") - 1, 0, mesh.ny - 1)
    up = (py - mesh.y[j]) / (mesh.y[j + 1] - mesh.y[j])
    lines = mesh.x[:, j] * (1 - up) + mesh.x[:, j + 1] * up
    i = jnp.clip(jnp.sum(px + TIE >= lines, axis=0) - 1, 0, mesh.nx - 1)
    place = jnp.arange(len(px))
    right = (px - lines[i, place]) / (lines[i + 1, place] - lines[i, place])
    layout = helmholtz.layout(mesh.nx, mesh.ny, order)
    values = electrodes.values[:, electrodes.terminals.index(conductor)]
    local = layout.to_elements(layout.unflatten(values))[i, j]
    u_xi, u_eta = (jnp.sum(t * local, axis=-1) for t in _slopes(order, 2 * right - 1, 2 * up - 1))
    a, b, c, d = mesh.x[i, j], mesh.x[i + 1, j], mesh.x[i, j + 1], mesh.x[i + 1, j + 1]
    x_xi = ((b - a) * (1 - up) + (d - c) * up) / 2
    x_eta = ((c - a) * (1 - right) + (d - b) * right) / 2
    y_eta = (mesh.y[j + 1] - mesh.y[j]) / 2
    u_x = u_xi / x_xi
    return -jnp.stack([u_x, (u_eta - x_eta * u_x) / y_eta]).reshape(2, *shape)


def _slopes(order: int, xi: Array, eta: Array) -> tuple[Array, Array]:
    """∂_ξ and ∂_η of the unknowns of an element at points, each (points, n), from the tables of edge elements."""
    table = tables_at(order, xi, eta)
    # columns of the edge element by their natural order, of which the axial field is the end: those of a nodal one
    column = np.argsort(places(order))[2 * order * (order + 1) + helmholtz.places(order)]
    return table[3][:, column], table[4][:, column]
