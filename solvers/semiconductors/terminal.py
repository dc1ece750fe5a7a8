"""What flows through contacts: currents at rest, and the answer to a small signal.

With a weight w that is 1 at a contact and 0 at the others, the current through it is the sum over all edges of what
flows there times how much w falls (summation by parts of ∇·J = 0). Where w falls only where carriers are few, no
current of 1e-9 A is taken as the difference of two of 1e9.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.semiconductors.device import CORNERS, UNKNOWNS, Device
from lingnan.solvers.semiconductors.equations import (
    END,
    START,
    Cell,
    capacities,
    cells_of,
    currents,
    densities,
    jacobian,
    shares,
)
from lingnan.solvers.semiconductors.newton import State, implicit
from lingnan.solvers.semiconductors.silicon import Silicon
from lingnan.solvers.tracing import is_traced

PER_METRE = 100.0  #: cm


def terminal_currents(device: Device, state: State) -> Array:
    """Current into the device through each contact, (K,) [A/m of the third dimension]. Their sum is zero to round-off.

    Differentiable as the state is.
    """
    return _terminal(device, state.unknowns)


@jax.jit
def _terminal(device: Device, unknowns: Array) -> Array:
    flow = _flow(device, unknowns)
    weights = lax.stop_gradient(shares(device, unknowns))
    return PER_METRE * _weighed(device, weights, flow[..., 0] + flow[..., 1])


def edge_currents(device: Device, state: State) -> Array:
    """Current of electrons and holes along the edges of all cells, (nx, ny, 4, 2) [A/m]; `equations.START` and `END`
    name their ends."""
    return PER_METRE * _flow(device, state.unknowns)[..., :2]


def admittance(device: Device, state: State, frequency: ArrayLike) -> Array:
    """Small-signal admittance between contacts, (*frequency.shape, K, K) [S/m], time convention exp(-iωt).

    Entry (i, j) is the current into contact i for a voltage at contact j. A capacitance is -Im Y / ω.

    Args:
        device: what was solved.
        state: its solution.
        frequency: [Hz], more than 0.

    Raises:
        ValueError: a frequency is 0 or less: ask `terminal_currents` for their derivative.
    """
    return movements(device, state, frequency).admittance


class Movements(NamedTuple):
    """What a volt at each contact moves: arrays begin with the frequencies."""

    admittance: Array  #: (K, K) current into contact i for a volt at contact j [S/m]
    electrons: Array  #: (K, nx + 1, ny + 1) [cm^-3/V]
    holes: Array  #: the same


def movements(device: Device, state: State, frequency: ArrayLike) -> Movements:
    """`admittance`, and how densities follow; arguments and errors as there."""
    f = jnp.asarray(frequency, float)
    check_between("admittance", "frequency", f, 0.0, float("inf"), "Hz", "At rest currents have derivatives.")
    omega = 2 * np.pi * f.ravel()
    if is_traced(device, state, f):
        found = lax.map(partial(_movements, device, state), omega)
    else:  # one program for any number of frequencies
        each = [_movements(device, state, one) for one in omega]
        found = Movements(*(jnp.stack(parts) for parts in zip(*each, strict=True)))
    return Movements(*(jnp.reshape(a, (*f.shape, *a.shape[1:])) for a in found))


@jax.jit
def _movements(device: Device, state: State, omega: Array) -> Movements:
    static, mobile = jacobian(device, state.unknowns), capacities(device, state.unknowns)
    v_t = device.silicon.thermal_voltage
    weights = shares(device, state.unknowns)
    _, flows = jax.linearize(partial(_flow, device), state.unknowns)
    _, follow = jax.linearize(partial(densities, device), state.unknowns)

    # d/dt is -iω, and what is stored stands with a minus
    elements = static + 1j * omega * mobile

    def by(contact: Array) -> tuple[Array, Array, Array]:
        pushed = contact[..., None] * jnp.ones(UNKNOWNS) / v_t
        local = device.to_cells(pushed).reshape(*elements.shape[:3])
        given = jnp.einsum("xyij,xyj->xyi", elements, local).reshape(*local.shape[:2], CORNERS, UNKNOWNS)
        moved = pushed - implicit(device, elements, device.to_nodes(given))
        flow = flows(moved.real) + 1j * flows(moved.imag)
        into = _weighed(device, weights, flow[..., 0] + flow[..., 1] - 1j * omega * flow[..., 2])
        electrons, holes = (a + 1j * b for a, b in zip(follow(moved.real), follow(moved.imag), strict=True))
        return into, electrons, holes

    into, electrons, holes = jax.vmap(by)(device.contacts)
    return Movements(PER_METRE * into.T, electrons, holes)


def _flow(device: Device, unknowns: Array) -> Array:
    """Electrons, holes [A/cm] and displacement [C/cm] along all edges, (nx, ny, 4, 3)."""

    def one(silicon: Silicon, cell: Cell, local: Array) -> Array:
        return jnp.stack(currents(silicon, cell, local), axis=-1)

    each = jax.vmap(jax.vmap(one, (None, 0, 0)), (None, 0, 0))
    return each(device.silicon, cells_of(device), device.to_cells(unknowns))


def _weighed(device: Device, weights: Array, flow: Array) -> Array:
    """Sums over edges (nx, ny, 4) times how much each weight (K, nx + 1, ny + 1) falls along them."""

    def fall(weight: Array) -> Array:
        corners = device.to_cells(weight)
        return jnp.stack([corners[..., a] - corners[..., b] for a, b in zip(START, END, strict=True)], axis=-1)

    return jnp.einsum("kxye,xye->k", jax.vmap(fall)(weights), flow)
