"""Poisson's and both continuity equations of a cell, as sums over its corners.

Lengths in µm, so areas are 1e-8 cm² each; sums are charges and currents per cm of the third dimension. Written once for
a cell: the matrix of Newton's method is its derivative.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.layout import Grid, Layout
from lingnan.solvers.semiconductors.device import CORNERS, UNKNOWNS, Device
from lingnan.solvers.semiconductors.flux import electron_current, filled_current, hole_current
from lingnan.solvers.semiconductors.silicon import ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY, Silicon, saturation
from lingnan.solvers.semiconductors.statistics import bend, slope

AREA = 1e-8  #: cm² of a µm²
LEAST = 1e-25  #: conductance of a place without carriers, over the most that there is
#: edges of a cell by their ends: up on the left and on the right, across at the bottom and at the top
START, END = (0, 2, 0, 1), (1, 3, 2, 3)
INCIDENCE = np.zeros((4, CORNERS))  #: 1 where an edge starts, -1 where it ends
INCIDENCE[range(4), START], INCIDENCE[range(4), END] = 1.0, -1.0


class Cell(NamedTuple):
    """One cell."""

    area: Array  #: [µm²]
    length: Array  #: (4,) of the edges [µm]
    aspect: Array  #: (4,) what faces each edge over its length
    permittivity: Array
    doping: Array  #: (4,) donors less acceptors [cm^-3]
    generation: Array  #: [cm^-3 s^-1]
    silicon: Array  #: 1 or 0
    electron_mobility: Array  #: (4,) along the edges, in a low field [cm²/(V s)]
    hole_mobility: Array
    nearer: Array  #: (4,) of both bands to the middle of the gap [kT], see `Silicon.nearer`


class Currents(NamedTuple):
    """Between the ends of each edge of a cell, from the first to the second, per cm of depth: (4,) each."""

    electrons: Array  #: [A/cm]
    holes: Array  #: [A/cm]
    flux: Array  #: of the electric displacement [C/cm]


def cells_of(device: Device) -> Cell:
    """All cells, each number (nx, ny, …)."""
    width, height = jnp.broadcast_arrays(jnp.diff(device.x)[:, None], jnp.diff(device.y)[None])
    doping = device.donors + device.acceptors
    low, high = _ends(doping)
    laws = device.silicon.mobilities((low + high) / 2)
    electrons, holes = (law / (sum(_ends(slow)) / 2) for law, slow in zip(laws, device.slowness, strict=True))
    return Cell(
        width * height,
        jnp.stack([height, height, width, width], axis=-1),
        jnp.stack([width / height, width / height, height / width, height / width], axis=-1) / 2,
        device.permittivity,
        device.donors - device.acceptors,
        device.generation,
        device.inside,
        electrons,
        holes,
        device.nearer,
    )


def _at(corners: Array, which: tuple[int, ...]) -> Array:
    """Values at one end of all edges, from those at corners (…, 4)."""
    return jnp.stack([corners[..., k] for k in which], axis=-1)


def _ends(corners: Array) -> tuple[Array, Array]:
    """Values at both ends of all edges, from those at corners (…, 4)."""
    return _at(corners, START), _at(corners, END)


def densities(device: Device, unknowns: Array) -> tuple[Array, Array]:
    """Electrons and holes [cm^-3] at the nodes from unknowns there, (nx + 1, ny + 1, 3); intrinsic outside of silicon,
    whatever the potential: beside a contact at 20 V its exponential would have no number.

    Where dopants narrow the gap, densities jump with it from cell to cell at an abrupt edge, as at a heterojunction: a
    node has the mean of the silicon around it, which keeps the charge.
    """
    silicon = device.silicon
    psi, phi_n, phi_p = jnp.moveaxis(unknowns * device.solid[..., None], -1, 0)
    if silicon.narrowing == "none":
        return silicon.carriers(psi, 0.0, phi_n, phi_p)
    each = silicon.carriers(device.to_cells(psi), device.nearer, device.to_cells(phi_n), device.to_cells(phi_p))
    n, p = (jnp.where(device.solid > 0, device.mean(one), silicon.n_i) for one in each)
    return n, p


def _of_carriers(cell: Cell, unknowns: Array) -> Array:
    """Potential and both quasi-Fermi potentials at the corners, (3, 4), of silicon; 0 elsewhere, see `densities`."""
    return unknowns.T * cell.silicon


def currents(silicon: Silicon, cell: Cell, unknowns: Array) -> Currents:
    """Between the corners of a cell with unknowns (4, 3)."""
    v_t = silicon.thermal_voltage
    at_corners = _of_carriers(cell, unknowns)
    psi, phi_n, phi_p = map(_ends, at_corners)
    above = below = psi  # potentials of the bands' edges
    if silicon.narrowing != "none":
        near = _ends(cell.nearer)
        above, below = (psi[0] + near[0], psi[1] + near[1]), (psi[0] - near[0], psi[1] - near[1])
    electron, hole = cell.electron_mobility, cell.hole_mobility
    if silicon.saturated:
        over = v_t / (cell.length * 1e-4)
        field_n, field_p = (above[0] - above[1]) * over, (below[0] - below[1]) * over
        electron = _limited(electron, field_n, *saturation("electron", silicon.temperature))
        hole = _limited(hole, field_p, *saturation("hole", silicon.temperature))
    if silicon.fermi:
        levels = silicon.levels(at_corners[0], cell.nearer, at_corners[1], at_corners[2])
        (bend_n, slope_n), (bend_p, slope_p) = ([_ends(of(level)) for of in (bend, slope)] for level in levels)
        flow_n = filled_current(above, phi_n, bend_n, slope_n)
        flow_p = -filled_current((-below[0], -below[1]), (-phi_p[0], -phi_p[1]), bend_p, slope_p)
    else:
        flow_n, flow_p = electron_current(above, phi_n), hole_current(below, phi_p)
    scale = cell.silicon * ELEMENTARY_CHARGE * v_t * silicon.n_i * cell.aspect
    first, last = _ends(unknowns[:, 0])
    return Currents(
        scale * electron * flow_n,
        scale * hole * flow_p,
        VACUUM_PERMITTIVITY * cell.permittivity * v_t * (first - last) * cell.aspect,
    )


def _limited(mobility: Array, field: Array, velocity: Array, beta: Array) -> Array:
    """Mobility along an edge in a field [V/cm] along it.

    The field, and not the slope of a quasi-Fermi potential: that has no meaning where carriers are few, and a matrix
    that holds its derivative leads nowhere.
    """
    drift = mobility * jnp.abs(field) / velocity
    some = drift > 1e-9  # its power has no derivative at 0
    return jnp.where(some, mobility / (1 + jnp.where(some, drift, 1.0) ** beta) ** (1 / beta), mobility)


def residual(silicon: Silicon, cell: Cell, unknowns: Array) -> Array:
    """What a cell adds to the equations of its corners, (4, 3): charge less the displacement that leaves [C/cm], and
    what of electrons and holes is made and does not flow off [A/cm]."""
    flow = currents(silicon, cell, unknowns)
    psi, phi_n, phi_p = _of_carriers(cell, unknowns)
    n, p = silicon.carriers(psi, cell.nearer, phi_n, phi_p)
    at_trap = silicon.at_trap(psi, cell.nearer, phi_n, phi_p)
    share = cell.silicon * cell.area * AREA / CORNERS * ELEMENTARY_CHARGE
    excess = at_trap[0] * at_trap[1] * jnp.expm1(phi_p - phi_n)
    made = share * (cell.generation - silicon.recombination(n, p, excess, at_trap))
    charge = share * (p - n + cell.doping)
    return jnp.stack([charge - away(flow.flux), made + away(flow.electrons), made - away(flow.holes)], axis=-1)


def stored(silicon: Silicon, cell: Cell, unknowns: Array) -> Array:
    """Charge of electrons and holes at the corners in the place of their equations, (4, 3) [C/cm]: what changes with
    time is taken from `residual`."""
    psi, phi_n, phi_p = _of_carriers(cell, unknowns)
    n, p = silicon.carriers(psi, cell.nearer, phi_n, phi_p)
    share = cell.silicon * cell.area * AREA / CORNERS * ELEMENTARY_CHARGE
    return jnp.stack([jnp.zeros(CORNERS), share * n, share * p], axis=-1)


def away(edges: Array) -> Array:
    """What leaves each corner along the edges, (4,)."""
    return edges @ INCIDENCE


def total(device: Device, unknowns: Array) -> Array:
    """`residual` of all cells at the nodes, (nx + 1, ny + 1, 3)."""
    each = jax.vmap(jax.vmap(residual, (None, 0, 0)), (None, 0, 0))
    return device.to_nodes(each(device.silicon, cells_of(device), device.to_cells(unknowns)))


def jacobian(device: Device, unknowns: Array) -> Array:
    """Derivatives of `residual` by the unknowns of each cell, (nx, ny, 12, 12)."""
    return _derivative(residual, device, unknowns)


def capacities(device: Device, unknowns: Array) -> Array:
    """Derivatives of `stored` by the unknowns of each cell, (nx, ny, 12, 12)."""
    return _derivative(stored, device, unknowns)


def _derivative(function: Callable[[Silicon, Cell, Array], Array], device: Device, unknowns: Array) -> Array:
    each = jax.vmap(jax.vmap(jax.jacfwd(function, argnums=2), (None, 0, 0)), (None, 0, 0))
    found = each(device.silicon, cells_of(device), device.to_cells(unknowns))
    return found.reshape(*found.shape[:2], CORNERS * UNKNOWNS, CORNERS * UNKNOWNS)


def shares(device: Device, unknowns: Array) -> Array:
    """For each contact, a potential that is 1 there and 0 at the others, (K, nx + 1, ny + 1): that of the carriers as a
    resistor, so it falls where there are few of them."""
    n, p = densities(device, unknowns)
    mobile = device.to_cells((n + p) / jnp.max(n + p))
    cell = cells_of(device)
    conductance = cell.silicon[..., None] * (_at(mobile, START) + _at(mobile, END)) + LEAST
    found = jnp.einsum("xye,ei,ej->xyij", conductance * cell.aspect, INCIDENCE, INCIDENCE)
    keep = device.to_cells(1 - jnp.max(device.contacts, axis=0))
    layout = Layout(device.layout.nx, device.layout.ny, 1, 0, 0, 0)
    none = [jnp.zeros(shape) for shape in layout.shapes()[1:]]
    rows = device.to_nodes(jnp.einsum("xyii->xyi", found))
    scaled = found * device.to_cells(1 / rows)[..., None] * keep[..., :, None]
    scaled = scaled + (1 - keep)[..., None] * jnp.eye(CORNERS)
    factors = columns.factorise(layout, scaled)
    around = device.to_nodes(jnp.ones((*device.inside.shape, CORNERS)))
    rhs = (device.contacts * around)[..., None]  # held nodes have a 1 from each cell around them
    return jax.vmap(lambda b: columns.solve(layout, factors, Grid(b, *none)).corner[..., 0])(rhs)
