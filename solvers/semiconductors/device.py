"""What is solved: silicon and dielectrics on columns, doping, and contacts.

The mesh is one of vertical lines and levels; media and dopings are constant in a cell or given at its corners, so an
abrupt junction on a line is abrupt. Each cell gives a quarter of its area to each corner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf
from jax.typing import ArrayLike
from numpy.typing import NDArray

from lingnan.solvers import materials
from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.linalg.layout import Grid, Layout
from lingnan.solvers.semiconductors.silicon import Silicon

Flags = NDArray[np.bool_]
UNKNOWNS = 3  #: of a node: potential, quasi-Fermi potential of electrons and of holes, in kT/q
CORNERS = 4  #: of a cell: left bottom, left top, right bottom, right top


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Device:
    """A cross-section, or a line of cells for one dimension; see `device`, which checks it."""

    x: Array  #: (nx + 1,) vertical lines [µm]
    y: Array  #: (ny + 1,) levels [µm]
    permittivity: Array  #: (nx, ny), relative
    donors: Array  #: (nx, ny, 4) at the corners of each cell [cm^-3]
    acceptors: Array  #: the same
    generation: Array  #: (nx, ny) pairs made by light [cm^-3 s^-1]
    inside: Array  #: (nx, ny) 1 in silicon, 0 elsewhere
    contacts: Array  #: (K, nx + 1, ny + 1) 1 at the nodes of each contact
    nearer: Array  #: (nx, ny, 4) of both bands to the middle of the gap by dopants [kT], see `Silicon.nearer`
    slowness: tuple[Array, Array]  #: (nx, ny, 4) the law's mobility over that of electrons and of holes
    silicon: Silicon
    names: tuple[str, ...] = field(metadata={"static": True})  #: of the contacts

    @property
    def layout(self) -> Layout:
        """Unknowns on the grid."""
        return Layout(self.x.shape[0] - 1, self.y.shape[0] - 1, UNKNOWNS, 0, 0, 0)

    @property
    def areas(self) -> Array:
        """Of the cells, (nx, ny) [µm²]."""
        return jnp.diff(self.x)[:, None] * jnp.diff(self.y)

    def to_nodes(self, corners: Array) -> Array:
        """Contributions (nx, ny, 4, …) of cells to their corners, added up: (nx + 1, ny + 1, …)."""
        each = corners.reshape(*corners.shape[:2], -1)
        nx, ny, size = each.shape
        nodes = Layout(nx, ny, size // CORNERS, 0, 0, 0).to_grid(each).corner
        return nodes.reshape(nx + 1, ny + 1, *corners.shape[3:])

    def to_cells(self, nodes: Array) -> Array:
        """What each cell sees of values at nodes: (nx, ny, 4, …)."""
        each = nodes.reshape(*nodes.shape[:2], -1)
        nx, ny = each.shape[0] - 1, each.shape[1] - 1
        layout = Layout(nx, ny, each.shape[-1], 0, 0, 0)
        none = [jnp.zeros(shape) for shape in layout.shapes()[1:]]
        return layout.to_elements(Grid(each, *none)).reshape(nx, ny, CORNERS, *nodes.shape[2:])

    @property
    def free(self) -> Array:
        """(nx + 1, ny + 1, 3) 1 for unknowns that are solved for, 0 for those that are given: all at contacts, those of
        carriers outside of silicon."""
        solved = 1 - jnp.max(self.contacts, axis=0)
        carriers = solved * self.solid
        return jnp.stack([solved, carriers, carriers], axis=-1)

    @property
    def solid(self) -> Array:
        """(nx + 1, ny + 1) 1 at nodes of silicon, 0 elsewhere."""
        return jnp.minimum(self.to_nodes(self.inside[..., None] * jnp.ones(CORNERS)), 1.0)

    def net_doping(self) -> Array:
        """Donors less acceptors at the nodes, the mean of the silicon around each; 0 where there is none [cm^-3]."""
        return self.mean(self.donors - self.acceptors)

    def mean(self, corners: Array) -> Array:
        """Of what cells have at their corners, (nx, ny, 4), in the silicon around each node; 0 where there is none."""
        weight = (self.inside * self.areas)[..., None] * jnp.ones(CORNERS)
        total = self.to_nodes(weight)
        sums = self.to_nodes(weight * corners)
        return sums / jnp.where(total > 0, total, 1.0)

    def neutral(self) -> Array:
        """The potential at which silicon at each node is neutral in equilibrium, in kT/q."""
        if self.silicon.narrowing == "none":
            net = self.net_doping()
            return self.silicon.neutral(net, jnp.zeros_like(net))
        return self.silicon.neutral(self.mean(self.donors), self.mean(self.acceptors))

    def boundary(self, volts: Array) -> Array:
        """Given unknowns, (nx + 1, ny + 1, 3): at contacts what their voltages (K,) say, 0 elsewhere."""
        at = jnp.tensordot(volts / self.silicon.thermal_voltage, self.contacts, 1)
        return jnp.stack([at + jnp.max(self.contacts, axis=0) * self.neutral(), at, at], axis=-1)


def device(
    x: ArrayLike,
    y: ArrayLike,
    *,
    donors: ArrayLike,
    acceptors: ArrayLike,
    contacts: Mapping[str, Flags],
    silicon: Flags | None = None,
    permittivity: ArrayLike | None = None,
    generation: ArrayLike = 0.0,
    material: Silicon | None = None,
    slowness: tuple[ArrayLike, ArrayLike] = (1.0, 1.0),
) -> Device:
    """A device whose parts fit each other.

    Args:
        x: vertical lines, rising [µm].
        y: levels, rising [µm].
        donors: [cm^-3] one number, (nx, ny) of cells, or (nx, ny, 4) of their corners.
        acceptors: the same.
        contacts: name and nodes, (nx + 1, ny + 1), of each.
        silicon: (nx, ny) cells that are silicon; None: all.
        permittivity: (nx, ny), relative; None: silicon's, and that of oxide elsewhere.
        generation: pairs made by light [cm^-3 s^-1], one number or (nx, ny).
        material: numbers of the silicon.
        slowness: mobility by the silicon's law over that of electrons and of holes in a low field, each as `donors`: of
            a line whose sheets of dopants have more resistance than the law says.

    Raises:
        ValueError: something has the wrong shape or sign, or carriers have no contact.
    """
    material = material or Silicon()
    x, y = jnp.asarray(x, float), jnp.asarray(y, float)
    for name, lines in (("x", x), ("y", y)):
        if lines.ndim != 1 or lines.shape[0] < 2:
            raise ValueError(f"device: {name} has shape {lines.shape}: it must be a row of two lines or more.")
        check_between("device", f"steps of {name}", jnp.diff(lines), 0.0, float("inf"), "µm", "Lines must rise.")
    shape = (x.shape[0] - 1, y.shape[0] - 1)
    is_silicon = np.ones(shape, dtype=bool) if silicon is None else np.asarray(silicon, dtype=bool)
    if is_silicon.shape != shape:
        raise ValueError(f"device: silicon has shape {is_silicon.shape}, and there are {shape} cells.")
    if not is_silicon.any():
        raise ValueError("device: no cell is silicon, so there is nothing to solve.")
    _check_contacts(x, y, is_silicon, contacts)
    oxide = materials.get("SiO2").rf_permittivity[0]
    epsilon = jnp.where(is_silicon, material.permittivity, oxide) if permittivity is None else permittivity
    check_no_less("device", "permittivity", epsilon, 1.0, "", "That of vacuum is the least.")
    check_no_less("device", "generation", generation, 0.0, "cm^-3 s^-1", "Light makes carriers and takes none.")
    n, p = (_doping(name, given, shape) for name, given in (("donors", donors), ("acceptors", acceptors)))
    for name, given in zip(("electrons", "holes"), slowness, strict=True):
        check_between("device", f"slowness of {name}", given, 0.0, float("inf"), "", "1 is the mobility of the law.")
    slow_n, slow_p = (_corners("slowness", given, shape) for given in slowness)
    return Device(
        x,
        y,
        jnp.broadcast_to(jnp.asarray(epsilon, float), shape),
        n,
        p,
        jnp.broadcast_to(jnp.asarray(generation, float), shape),
        jnp.asarray(is_silicon, float),
        jnp.stack([jnp.asarray(nodes, float) for nodes in contacts.values()]),
        material.nearer(n, p),
        (slow_n, slow_p),
        material,
        tuple(contacts),
    )


def _doping(name: str, doping: ArrayLike, shape: tuple[int, int]) -> Array:
    check_no_less("device", name, doping, 0.0, "cm^-3", "A dose is no less than none.")
    return _corners(name, doping, shape)


def _corners(name: str, given: ArrayLike, shape: tuple[int, int]) -> Array:
    value = jnp.asarray(given, float)
    if value.ndim == 3 and value.shape == (*shape, CORNERS):
        return value
    if value.ndim > 2 or (value.ndim and value.shape != shape):
        raise ValueError(f"device: {name} has shape {value.shape}: it must be one number, {shape} or {(*shape, 4)}.")
    return jnp.broadcast_to(value, shape)[..., None] * jnp.ones(CORNERS)


def _check_contacts(x: Array, y: Array, silicon: Flags, contacts: Mapping[str, Flags]) -> None:
    shape = (x.shape[0], y.shape[0])
    if not contacts:
        raise ValueError("device: there is no contact: carriers would have no level to refer to. Give one or more.")
    taken = np.zeros(shape, dtype=int)
    for name, nodes in contacts.items():
        if np.shape(nodes) != shape:
            raise ValueError(f"device: contact {name} has shape {np.shape(nodes)}, and the nodes have {shape}.")
        if not np.any(nodes):
            raise ValueError(f"device: contact {name} touches no node.")
        taken += np.asarray(nodes, dtype=bool)
    if (taken > 1).any():
        i, j = np.argwhere(taken > 1)[0]
        raise ValueError(f"device: two contacts share the node at line {i}, level {j}: leave a cell between them.")
    parts, count = pieces(silicon)
    for part in range(1, count + 1):
        cells = parts == part
        if not any(taken[i : i + cells.shape[0], j : j + cells.shape[1]][cells].any() for i in (0, 1) for j in (0, 1)):
            i, j = np.argwhere(cells)[0]
            raise ValueError(
                f"device: the silicon at line {i}, level {j} has no contact: its carriers have no level to refer to. "
                "Put a contact on it, or make it a dielectric."
            )


def pieces(cells: Flags) -> tuple[NDArray[np.int32], int]:
    """Cells that hang together by their sides, numbered from 1, and how many pieces there are."""
    from scipy.ndimage import label  # slow to import

    parts, count = cast(tuple[NDArray[np.int32], int], label(cells))
    return parts, count


def implant(
    x: ArrayLike, windows: Sequence[tuple[ArrayLike, ArrayLike]], concentration: ArrayLike, straggle: ArrayLike
) -> Array:
    """Concentration [cm^-3] at places x behind mask windows: a step blurred by a Gauss curve at each edge.

    Args:
        x: places [µm].
        windows: left and right edge of each [µm].
        concentration: far inside a window [cm^-3].
        straggle: standard deviation of an edge, from scatter and diffusion [µm].
    """
    check_no_less("implant", "concentration", concentration, 0.0, "cm^-3", "A dose is no less than none.")
    check_between("implant", "straggle", straggle, 0.0, float("inf"), "µm", "0.02 to 0.1 is usual.")
    places, root = jnp.asarray(x, float), np.sqrt(2.0) * jnp.asarray(straggle, float)
    shares = [(erf((places - low) / root) - erf((places - high) / root)) / 2 for low, high in windows]
    return jnp.asarray(concentration, float) * sum(shares, jnp.zeros_like(places))
