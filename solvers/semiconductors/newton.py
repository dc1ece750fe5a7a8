"""Solutions of a device: Newton's method along a path of voltages, and their derivative by the implicit function.

From equilibrium, where quasi-Fermi potentials are zero and stay so to the last bit, voltages rise in strides; each
solution begins the next. Newton's method is that of potential and densities, which takes five or six steps for two
volts, while what is kept are quasi-Fermi potentials, for the digits of small currents: where a density n changes by a
share r of itself, its potential moves by log(1 + r).
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import known
from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.layout import Grid, Layout
from lingnan.solvers.semiconductors.breakdown import check_breakdown, intact
from lingnan.solvers.semiconductors.device import CORNERS, UNKNOWNS, Device
from lingnan.solvers.semiconductors.equations import densities, jacobian, shares, total
from lingnan.solvers.tracing import insist

MOST = 80  #: steps of Newton's from one voltage to the next; 5 to 12 are usual
LEVEL = 1e-9  #: of the last change of a potential over kT/q: the next step squares it
LEAST = -0.99  #: share by which a density changes in one step, no less
HIGHEST = 100.0  #: volts
STRIDE = 0.5  #: volts to the first solution; twice as far to each next one, a quarter where none was found
SHORTEST = 1e-3  #: share of the way below which strides are given up
UNBALANCED = (
    "Newton's method found no equilibrium. Where a junction cuts doped silicon off from contacts its level is open: "
    "give it one. Else take a finer mesh where the doping changes."
)


class ConvergenceError(ValueError):
    """No solution at a voltage."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class State:
    """A device at some voltages. Nodes are (nx + 1, ny + 1)."""

    volts: Array  #: (K,) of the contacts [V]
    unknowns: Array  #: (nx + 1, ny + 1, 3): potential and quasi-Fermi potentials of electrons and holes over kT/q
    electrons: Array  #: at the nodes [cm^-3]; n_i where there is no silicon
    holes: Array
    potential: Array  #: at the nodes, 0 in intrinsic silicon at 0 V [V]


class _Path(NamedTuple):
    unknowns: Array
    reached: Array  #: share of the voltages; -1: not even equilibrium
    stride: Array  #: the next one


class _Walk(NamedTuple):
    unknowns: Array
    change: Array
    taken: Array  #: steps


def solve(device: Device, volts: ArrayLike) -> State:
    """The device at voltages of its contacts.

    Differentiable in all numbers of the device and in the voltages, twice too; `jit` and `vmap` work.

    Args:
        device: what is solved.
        volts: (K,) of the contacts, in their order [V].

    Raises:
        ValueError: voltages are not those of the contacts.
        ConvergenceError: no solution was found; says which voltage was reached.
        BreakdownError: a junction breaks down.

    Under `jit` numbers are NaN in both cases, without a word (a program that calls out is none that JAX keeps on disk);
    inside `checked` it says which.
    """
    v = jnp.asarray(volts, float)
    if v.shape != (len(device.names),):
        names = ", ".join(device.names)
        raise ValueError(f"solve: volts has shape {v.shape}: one number is wanted for each contact ({names}).")
    if known(v) and not np.all(np.abs(np.asarray(v)) <= HIGHEST):
        raise ValueError(
            f"solve: volts = {np.asarray(v).tolist()} V: none may be beyond ±{HIGHEST:g} V, where silicon has long "
            "broken down."
        )
    found, reached = _solved(device, v)
    if known(reached) and not bool(reached >= 1):
        so_far = v * jnp.maximum(reached, 0.0)
        last, again = _solved(device, so_far)
        if known(last.potential) and bool(again >= 1):  # beyond breakdown there may be nothing to find
            check_breakdown(device, last.potential, so_far, v)
        if float(reached) < 0:
            raise ConvergenceError(f"solve: {UNBALANCED}")
        raise ConvergenceError(
            f"solve: no solution at {np.round(np.asarray(v), 4).tolist()} V: Newton's method came as far as "
            f"{np.round(np.asarray(v) * float(reached), 4).tolist()} V. Take a finer mesh where the doping "
            "changes, or a lower voltage."
        )
    if known(found.potential):
        check_breakdown(device, found.potential, v, v)
        return found
    insist(reached >= 0, f"solve: {UNBALANCED}")
    insist(
        reached >= 1, "solve: no solution: Newton's method came as far as {share:.3g} of the voltages.", share=reached
    )
    return _or_nan(found, intact(*lax.stop_gradient((device, found.potential))))


def _or_nan(found: State, fine: Array) -> State:
    """A state whose numbers are NaN unless `fine`."""
    return replace(
        found,
        **{
            name: jnp.where(fine, getattr(found, name), jnp.nan)
            for name in ("unknowns", "electrons", "holes", "potential")
        },
    )


@jax.jit
def _solved(device: Device, volts: Array) -> tuple[State, Array]:
    unknowns, reached = _root(device, volts)
    unknowns = jnp.where(reached >= 1, unknowns, jnp.nan)
    n, p = densities(device, unknowns)
    return State(volts, unknowns, n, p, unknowns[..., 0] * device.silicon.thermal_voltage), reached


@jax.custom_jvp
def _root(device: Device, volts: Array) -> tuple[Array, Array]:
    """Unknowns at which all equations hold, and the share of the voltages that was reached."""
    free, v_t = device.free, device.silicon.thermal_voltage
    start = jnp.zeros((device.x.shape[0], device.y.shape[0], UNKNOWNS)).at[..., 0].set(device.neutral())

    def goes_on(path: _Path) -> Array:
        return (path.reached < 1) & (path.stride > SHORTEST)

    def advance(path: _Path) -> _Path:
        balanced = path.reached < 0
        aim = jnp.where(balanced, 0.0, jnp.minimum(path.reached + path.stride, 1.0))
        # all potentials move as those of a resistor do: then few carriers flow, whatever the stride
        moves = jnp.tensordot((aim - jnp.maximum(path.reached, 0.0)) * volts, shares(device, path.unknowns), 1) / v_t
        begun = jnp.where(free > 0, path.unknowns + moves[..., None], device.boundary(aim * volts))
        lit = replace(device, generation=jnp.where(balanced, 0.0, device.generation))
        walk = _newton(lit, begun, balanced)
        good = walk.change <= LEVEL
        return _Path(
            jnp.where(good, walk.unknowns, path.unknowns),
            jnp.where(good, aim, path.reached),
            jnp.where(good, 2.0, 0.25) * path.stride,
        )

    first = STRIDE / jnp.maximum(jnp.max(jnp.abs(volts)), STRIDE)
    found = lax.while_loop(goes_on, advance, _Path(start, jnp.asarray(-1.0), first))
    return found.unknowns + free * _step(device, found.unknowns), found.reached


@_root.defjvp
def _(primals: tuple[Device, Array], tangents: tuple[Device, Array]) -> tuple[Any, Any]:
    """J du = -dF with what is given moving as contacts do; itself differentiable, so second derivatives are right."""
    device, volts = primals
    unknowns, reached = _root(device, volts)
    given = jax.jvp(lambda d, v: d.boundary(v), primals, tangents)[1] * (1 - device.free)
    pushed = jax.jvp(total, (device, unknowns), (tangents[0], given))[1]
    moved = given + implicit(device, jacobian(device, unknowns), -pushed)
    return (unknowns, reached), (moved, jnp.zeros_like(reached))


def _newton(device: Device, start: Array, balanced: Array) -> _Walk:
    """Newton's method from a start. In equilibrium (`balanced`) quasi-Fermi potentials stay as they are, and the
    potential moves by the logarithm of what is more than kT/q."""
    free = device.free

    def goes_on(walk: _Walk) -> Array:
        return (walk.change > LEVEL) & (walk.taken < MOST) & ~jnp.isnan(walk.change)

    def advance(walk: _Walk) -> _Walk:
        step = _step(device, walk.unknowns)
        psi, phi_n, phi_p = (step[..., k] for k in range(UNKNOWNS))
        soft = jnp.sign(psi) * (jnp.minimum(jnp.abs(psi), 1.0) + jnp.log(jnp.maximum(jnp.abs(psi), 1.0)))
        grown_n, grown_p = (jnp.log1p(jnp.maximum(share, LEAST)) for share in (psi - phi_n, phi_p - psi))
        still, moved = jnp.stack([soft, phi_n, phi_p], -1), jnp.stack([psi, psi - grown_n, psi + grown_p], -1)
        unknowns = walk.unknowns + free * jnp.where(balanced, still, moved)
        return _Walk(unknowns, jnp.max(jnp.abs(step)), walk.taken + 1)

    return lax.while_loop(goes_on, advance, _Walk(start, jnp.asarray(jnp.inf), jnp.asarray(0)))


def _step(device: Device, unknowns: Array) -> Array:
    """What Newton's method adds to unknowns; 0 where they are held."""
    system = System(device, jacobian(device, unknowns))
    return -system.solve(system.weighed(total(device, unknowns)))


def implicit(device: Device, elements: Array, rhs: Array) -> Array:
    """Solve with element matrices (nx, ny, 12, 12) for nodes (nx + 1, ny + 1, 3), held unknowns 0; differentiable in
    the right-hand side."""
    system = System(device, elements)
    return lax.custom_linear_solve(
        system.product, system.weighed(rhs), lambda _, b: system.solve(b), lambda _, b: system.solve_transposed(b)
    )


class System:
    """Equations of all nodes, each divided by its largest coefficient: densities, and so rows, span forty decades."""

    def __init__(self, device: Device, elements: Array) -> None:
        self._device, self._free = device, device.free
        keep = device.to_cells(self._free).reshape(*elements.shape[:3])
        size = jnp.max(jnp.abs(elements) * keep[..., None, :], axis=-1) * keep
        rows = device.to_nodes(size.reshape(*size.shape[:2], CORNERS, UNKNOWNS))
        self._scale = lax.stop_gradient(1 / jnp.where(rows > 0, rows, 1.0))  # any would do
        scaled = elements * device.to_cells(self._scale).reshape(*elements.shape[:3])[..., None]
        # held unknowns stand on their own: each cell around one gives it its share
        own = (1 - keep)[..., None] * jnp.eye(elements.shape[-1])
        self._elements = scaled * keep[..., :, None] * keep[..., None, :] + own
        self._factors = columns.factorise(device.layout, self._elements)

    def weighed(self, rhs: Array) -> Array:
        """A right-hand side divided as the rows are."""
        return self._free * rhs * self._scale

    def _grid(self, nodes: Array) -> Grid:
        return Grid(nodes, *(jnp.zeros(shape, nodes.dtype) for shape in self._device.layout.shapes()[1:]))

    def product(self, nodes: Array) -> Array:
        """The matrix times nodes (nx + 1, ny + 1, 3)."""
        layout = self._device.layout
        local = jnp.einsum("xyij,xyj->xyi", self._elements, layout.to_elements(self._grid(nodes)))
        return layout.to_grid(local).corner

    def solve(self, rhs: Array) -> Array:
        """Solve, with one step of refinement."""
        layout = self._device.layout
        x = columns.solve(layout, self._factors, self._grid(rhs)).corner
        return x + columns.solve(layout, self._factors, self._grid(rhs - self.product(x))).corner

    def solve_transposed(self, rhs: Array) -> Array:
        """Solve with the transpose."""
        layout = self._device.layout
        (left,) = jax.linear_transpose(self.product, rhs)(x := self._transposed(layout, rhs))
        return x + self._transposed(layout, rhs - left)

    def _transposed(self, layout: Layout, rhs: Array) -> Array:
        return columns.solve_transposed(layout, self._factors, self._grid(rhs)).corner
