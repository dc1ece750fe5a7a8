"""Temperature: -∇·(k ∇T) = q in a cross-section with a cold wall, and what an observer sees of it.

Solved on the columns of elements of every other 2-D physics here (`elements.helmholtz`), with the conductivity tensor
of crystals. A source of P W/m spreads evenly over its shape; T is the rise above ambient, per W/m of one source and
linear in it, for conductivities do not follow temperature. An observer is a weight over points, wᵀT, such as the change
of a mode's index: what it sees of a source is wᵀ K⁻¹ f.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.elements import helmholtz, scalar
from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.elements.reference import Float, lobatto
from lingnan.solvers.heat.section import Section
from lingnan.solvers.linalg.layout import Layout

#: coordinates are in µm, conductivities in W/(m K): ∫ ∇u·k∇v has no length in it, ∫ c u v has m²
SQUARE_METRE = 1e-12
#: W/m in a W/µm
PER_MICRON = 1e6


class Plan(NamedTuple):
    """What is static: where the unknowns are and which of them are free."""

    layout: Layout
    order: int
    free: Any  #: (N,)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Temperature:
    """Rise of temperature above ambient for 1 W/m in each source alone."""

    values: Array  #: (N, sources) at the nodes [K m/W]
    mesh: Mesh
    section: Section

    def at(self, x: Array, y: Array, source: str | None = None) -> Array:
        """At points inside the window [µm], (*x.shape) [K m/W]; of one source, or of the first."""
        k = 0 if source is None else self.section.terminals.index(source)
        return at_points(self.mesh, self.section.fineness.order, self.values[:, k], x, y)


def plan_of(section: Section, regions: np.ndarray) -> Plan:
    """The static part of a problem."""
    order = section.fineness.order
    layout = helmholtz.layout(regions.shape[0], regions.shape[1], order)
    return Plan(layout, order, (~scalar.on_walls(layout, section.cold)).astype(float))


def stiffness(section: Section, mesh: Mesh, regions: np.ndarray, order: int) -> Array:
    """Element matrices (nx, ny, n, n) of ∫ ∇u·k ∇v [W/(m K)]."""
    k = jnp.stack([m.tensor for m in section.media])[regions]
    return scalar.stiffness(helmholtz.nodal_element(order), mesh, k)


def capacity(section: Section, mesh: Mesh, regions: np.ndarray, order: int) -> Array:
    """Element matrices (nx, ny, n, n) of ∫ ρc u v [J/(m K)]."""
    missing = sorted({n for n, m in zip(section.geometry.names, section.media, strict=True) if m.capacity is None})
    if missing:
        raise ValueError(
            f"heat: no heat capacity is known of {', '.join(missing)}. Give heat.ThermalMedium(conductivity, capacity) "
            "with the capacity in J/(m³ K); SiO2 has 1.63e6."
        )
    c = jnp.stack([jnp.asarray(m.capacity, float) for m in section.media])[regions]
    return SQUARE_METRE * scalar.mass(helmholtz.nodal_element(order), mesh, c)


def sources(section: Section, mesh: Mesh, regions: np.ndarray, plan: Plan) -> Array:
    """Load vectors (N, sources) of 1 W/m in each source."""
    element = helmholtz.nodal_element(plan.order)
    owner = np.asarray(section.sources)[regions]
    area = jnp.sum(metric(mesh, element.xi, element.eta).area * element.weights, axis=-1)
    found: list[Array] = []
    for name in section.terminals:
        inside = jnp.asarray((owner == name).astype(float))
        density = inside / jnp.sum(inside * area)
        found.append(plan.free * scalar.gathered(plan.layout, scalar.load(element, mesh, density)))
    return jnp.stack(found, axis=-1)


@jax.jit
def temperature(section: Section) -> Temperature:
    """Temperature of each source alone, steady; differentiable by every number of the section."""
    mesh, regions = section.mesh()
    plan = plan_of(section, regions)
    held = scalar.hold(plan.layout, stiffness(section, mesh, regions, plan.order), plan.free)
    rhs = sources(section, mesh, regions, plan)
    return Temperature(solved(plan, held, rhs), mesh, section)


def solved(plan: Plan, held: Array, rhs: Array) -> Array:
    """Solutions (N, S), with derivatives."""
    guess = scalar.solved(plan.layout, lax.stop_gradient(held)[None], lax.stop_gradient(rhs)[None])[0]
    return scalar.solution(plan.layout, held, rhs, guess)


def flux(found: Temperature, wall: str, source: str | None = None) -> Array:
    """Heat that leaves through a cold wall, of 1 W/m: what the nodes on it take up [1]."""
    mesh, regions = found.section.mesh()
    plan = plan_of(found.section, regions)
    k = 0 if source is None else found.section.terminals.index(source)
    elements = stiffness(found.section, mesh, regions, plan.order)
    forces = scalar.product(plan.layout, elements, found.values[:, k : k + 1])[:, 0]
    return -jnp.sum(forces * scalar.on_walls(plan.layout, (wall,)))


def at_points(mesh: Mesh, order: int, values: Array, x: Array, y: Array) -> Array:
    """The polynomials of a vector (N,) at points x, y of one shape [µm]; linear in the vector."""
    shape = jnp.shape(x)
    px, py = jnp.ravel(jnp.asarray(x, float)), jnp.ravel(jnp.asarray(y, float))
    j = jnp.clip(jnp.searchsorted(mesh.y, py, side="right") - 1, 0, mesh.ny - 1)
    up = (py - mesh.y[j]) / (mesh.y[j + 1] - mesh.y[j])
    lines = mesh.x[:, j] * (1 - up) + mesh.x[:, j + 1] * up
    i = jnp.clip(jnp.sum(px >= lines, axis=0) - 1, 0, mesh.nx - 1)
    place = jnp.arange(len(px))
    right = (px - lines[i, place]) / (lines[i + 1, place] - lines[i, place])
    layout = helmholtz.layout(mesh.nx, mesh.ny, order)
    local = layout.to_elements(layout.unflatten(values))[i, j]
    nodes = lobatto(order)
    across, above = _polynomials(nodes, 2 * right - 1), _polynomials(nodes, 2 * up - 1)
    natural = (across[:, :, None] * above[:, None, :]).reshape(len(px), -1)[:, helmholtz.places(order)]
    return jnp.sum(natural * local, axis=-1).reshape(shape)


def _polynomials(nodes: Float, x: Array) -> Array:
    """Lagrange's polynomials of the nodes at x, (len(x), nodes), as products, at points that may be traced."""
    count = len(nodes)
    rows: list[Array] = []
    for k in range(count):
        others = np.delete(nodes, k)
        rows.append(jnp.prod((x[:, None] - others) / (nodes[k] - others), axis=-1))
    return jnp.stack(rows, axis=-1)
