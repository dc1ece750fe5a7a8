"""Cross-sections at radio frequencies: what fills each region, which regions are conductors, and the mesh for them.

Shapes and topology are those of `waveguides.cross_section`; media are permittivities and conductivities here. The lines
of the mesh crowd towards the edges of metal, where charge and current do. How many there are is counted once, from
numbers; where they stand is a smooth function of the geometry.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.material import Material
from lingnan.solvers.materials.optics import find
from lingnan.solvers.tracing import is_traced, marked
from lingnan.solvers.trees import watched
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section
from lingnan.solvers.waveguides.topology import WALL_LEFT, WALL_RIGHT, Topology, Window

Return = Literal["grounds", "box"]
#: at which tables give conductivities [K]
ROOM = 293.15


@watched
@dataclass(frozen=True)
class RfMedium:
    """A medium at radio frequencies; `None` where something is not there at all, which saves its work."""

    permittivity: Any = 1.0  #: relative, a number or (3, 3) in the layout's axes x (across), y (up), z (along)
    loss_tangent: Any = None  #: Im ε / Re ε, the same at all frequencies
    conductivity: Any = None  #: [S/m]
    resistivity_slope: Any = None  #: of a metal, with temperature [Ω m/K]
    known_at: float = field(default=ROOM, metadata={"static": True})  #: temperature of the numbers above [K]

    def __post_init__(self) -> None:
        check_no_less("RfMedium", "loss_tangent", self.loss_tangent, 0.0, "", "A medium takes power.")
        check_no_less("RfMedium", "conductivity", self.conductivity, 0.0, "S/m", "A medium takes power.")

    def at(self, temperature: ArrayLike) -> "RfMedium":
        """The medium at a temperature [K]: a metal whose slope is known conducts less, all else is as it was.

        Impurities add to the resistivity and not to its slope (Matthiessen's rule): a film has the slope of the bulk.
        """
        if self.conductivity is None or self.resistivity_slope is None:
            return self
        grown = 1 / jnp.asarray(self.conductivity) + self.resistivity_slope * (jnp.asarray(temperature) - self.known_at)
        return replace(self, conductivity=1 / grown)

    @property
    def tensor(self) -> Array:
        """Real part of the relative permittivity, (3, 3)."""
        eps = jnp.asarray(self.permittivity, float)
        return eps if eps.ndim == 2 else eps * jnp.eye(3)


def rf_medium(given: Any) -> RfMedium:
    """A medium from a relative permittivity, an `RfMedium`, a material, or the name of one ("SiO2", "LiNbO3-x-cut")."""
    if isinstance(given, RfMedium):
        return given
    if isinstance(given, (str, Material, Oriented)):
        found = find(given)
        if isinstance(found, Oriented):
            return RfMedium(found.rf_permittivity())
        if found.conductivity:
            return RfMedium(1.0, None, found.conductivity, found.resistivity_slope)
        return RfMedium(found.rf_permittivity[0])
    eps = jnp.asarray(given)
    if eps.shape not in ((), (3, 3)):
        raise ValueError(f"rf_medium of shape {eps.shape}: give one relative permittivity or a (3, 3) tensor.")
    if not is_traced(eps) and not np.all(np.diag(np.asarray(eps) * np.eye(3)).real > 0):
        raise ValueError(f"rf_medium: relative permittivity {given} must be positive on its diagonal.")
    return RfMedium(eps)


@dataclass(frozen=True)
class Fineness:
    """How fine the mesh is. Static."""

    order: int = 4  #: of the polynomials
    first: float = 0.12  #: size of the cell at an edge of metal [µm]: the skin depth of gold at 400 GHz
    growth: float = 3.5  #: size of a cell over that of its neighbour nearer to the metal, about
    samples: int = 8  #: frequencies at which eddy currents are solved: see `magnetics`

    def __post_init__(self) -> None:
        for name in ("order", "samples"):
            check_no_less("Fineness", name, getattr(self, name), 1, "", "Give a whole number.")
        check_between("Fineness", "first", self.first, 0.0, np.inf, "µm", "The skin depth is a good size.")
        check_between("Fineness", "growth", self.growth, 1.0, np.inf, "", "Cells grow away from metal: 2 to 6.")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Section:
    """A cross-section with conductors."""

    geometry: Geometry  #: lines and levels; its media are not used
    media: tuple[RfMedium, ...]  #: of the regions
    conductors: tuple[str, ...] = field(metadata={"static": True})  #: of each medium, "" for what is none
    mirror: bool = field(default=False, metadata={"static": True})  #: x = 0 at the left wall is a plane of symmetry
    magnetic: tuple[str, ...] = field(default=(), metadata={"static": True})  #: more walls that no flux crosses
    returns: Return = field(default="grounds", metadata={"static": True})  #: where current and charge come back
    fineness: Fineness = field(default=Fineness(), metadata={"static": True})

    def at(self, temperature: ArrayLike | None) -> "Section":
        """The section at a temperature [K]; None: each medium as it was given."""
        if temperature is None:
            return self
        return replace(self, media=tuple(medium.at(temperature) for medium in self.media))

    @property
    def terminals(self) -> tuple[str, ...]:
        """Names of the conductors."""
        return tuple(dict.fromkeys(name for name in self.conductors if name))

    @property
    def grounded(self) -> tuple[str, ...]:
        """Walls at zero potential."""
        return tuple(wall for wall in WALLS if wall not in self.insulated)

    @property
    def insulated(self) -> tuple[str, ...]:
        """Walls that no flux crosses: magnetic ones."""
        return (*self.magnetic, *(("left",) if self.mirror else ()))

    def mesh(self) -> tuple[Mesh, np.ndarray]:
        """The mesh, and for each element (nx, ny) which of `media` fills it."""
        assert self.geometry.cells is not None
        lines, levels = jnp.asarray(self.geometry.lines), jnp.asarray(self.geometry.levels)
        ways_x, ways_y = _ways(self.geometry, self.conductors, self.mirror)
        cells_x, cells_y = self.geometry.cells
        widths = jnp.diff(jnp.mean(lines, axis=1))  # a column is as wide as it is on the average level
        x = _subdivide(lines, widths, _cuts(ways_x, cells_x), self.fineness)
        heights = jnp.diff(levels)
        x = _subdivide(x.T, heights, _cuts(ways_y, cells_y), self.fineness).T
        y = _subdivide(levels, heights, _cuts(ways_y, cells_y), self.fineness)
        regions = np.repeat(np.asarray(self.geometry.regions), cells_x, axis=0)
        return Mesh(x, y), np.repeat(regions, cells_y, axis=1)


def section(
    shapes: Sequence[Trapezoid],
    *,
    background: Any,
    window: Window,
    conductors: Mapping[str, str],
    mirror: bool = False,
    magnetic: tuple[str, ...] = (),
    returns: Return = "grounds",
    fineness: Fineness | None = None,
    like: Section | None = None,
) -> Section:
    """Any cross-section of layers and trapezoids.

    Args:
        shapes: as of `waveguides.cross_section`; what a medium may be is told at `rf_medium`. Conductors have names.
        background: medium of what no shape covers.
        window: left, right, bottom, top [µm]; its walls are grounded, but for a plane of symmetry.
        conductors: name of a shape -> name of the conductor that it is part of.
        mirror: the left wall is a plane of symmetry, and the section the right half of all.
        magnetic: walls that no flux crosses, instead of grounded ones.
        returns: where current and charge of a line come back: through the other conductors alone, or through the box,
            which conducts without loss.
        fineness: of the mesh.
        like: a section of the same kind, made from numbers, where the shapes here are traced: it tells which line
            follows which edge, and how many cells there are.

    Raises:
        ValueError: no conductor, one without a conductivity, or shapes that do not fit.
    """
    given = [rf_medium(background), *(rf_medium(s.medium) for s in shapes)]
    if like and like.geometry.topology:
        lines, levels = moved(like.geometry.topology, shapes, window)
        levels = levels * ordered(lines, levels) * _thick([s for s in shapes if s.name in conductors])
        geometry = replace(like.geometry, lines=lines, levels=levels)
    else:
        plain = [replace(s, medium=1.0) for s in shapes]
        geometry = cross_section(plain, background=1.0, window=window)
    called = ["background", *(s.name or f"shape{k}" for k, s in enumerate(shapes))]
    media = dict(zip(called, given, strict=True))
    if len(media) < len(called):
        raise ValueError(f"section: names of shapes must differ, these do not: {called}.")
    names = tuple(conductors.get(name, "") for name in geometry.names)
    missing = sorted(set(conductors) - set(geometry.names))
    if missing or not any(names):
        raise ValueError(
            f"section: conductors {missing or 'none'} not found among the shapes {list(geometry.names)}. "
            "Name the shapes that are metal, and map their names to conductors."
        )
    for name in conductors:
        if media[name].conductivity is None:
            raise ValueError(
                f"section: conductor {name!r} has no conductivity. Give a metal, such as 'Au', or "
                "RfMedium(conductivity=...) in S/m."
            )
    _check_metal([s for s in shapes if s.name in conductors], window)
    used = tuple(media[n] for n in geometry.names)
    fine = fineness or (like.fineness if like else Fineness())
    if like and like.geometry.cells:
        return Section(geometry, used, names, mirror, magnetic, returns, fine)
    ways = _ways(geometry, names, mirror)
    lengths = np.diff(np.mean(np.asarray(geometry.lines), axis=1)), np.diff(np.asarray(geometry.levels))
    counts = (_counted(one, way, fine) for one, way in zip(lengths, ways, strict=True))
    return Section(geometry.resolved(*counts), used, names, mirror, magnetic, returns, fine)


#: by how much lines may pass each other [µm]
TOUCHING = 1e-9


def ordered(lines: Array, levels: Array) -> Array | float:
    """1, or NaN where edges that are traced do not follow each other as in the section that tells their order."""
    if not is_traced(lines, levels):
        return 1.0
    least = jnp.minimum(jnp.min(jnp.diff(levels)), jnp.min(jnp.diff(lines, axis=0)) + 2 * TOUCHING)
    said = (
        "section: an edge stands {value:.3g} µm before one that it follows in `like`: shapes touch, cross or have no "
        "height. Give sizes that keep the order of edges, or another `like`."
    )
    return marked(~(least <= TOUCHING), said, value=-least)  # what is NaN was told before


def _thick(metal: Sequence[Trapezoid]) -> Array | float:
    """1, or NaN where metal that is traced is thinner than the mesh holds."""
    heights = [s.top - s.bottom for s in metal if s.top is not None and s.bottom is not None]
    if not is_traced(heights):
        return 1.0
    least = jnp.min(jnp.stack([jnp.asarray(one, float) for one in heights]))
    said = f"section: a conductor is {{value:.3g}} µm thin: the mesh holds metal of {THINNEST} µm and more."
    return marked(least >= THINNEST, said, value=least)


#: thinnest metal [µm]: elements of this height, a window of a millimetre wide, leave four digits of double precision
THINNEST = 0.002


def _check_metal(shapes: Sequence[Trapezoid], window: Window) -> None:
    """Refuse metal that the mesh cannot hold; what is traced is not looked at."""
    left, right, bottom, top = window
    for s in shapes:
        ends = (bottom if s.bottom is None else s.bottom, top if s.top is None else s.top)
        sides = (left if s.left is None else s.left, right if s.right is None else s.right)
        for (low, high), what in ((ends, "thin"), (sides, "wide")):
            if is_traced(low, high):
                continue
            size = float(high) - float(low)
            if not size >= THINNEST:
                raise ValueError(
                    f"section: conductor {s.name!r} is {size:.3g} µm {what}: the mesh holds metal of {THINNEST} µm and "
                    "more. Leave the shape out, or give the film its real size."
                )


#: towards which ends of an interval its lines crowd
Ways = tuple[str, ...]


def _ways(geometry: Geometry, conductors: tuple[str, ...], mirror: bool) -> tuple[Ways, Ways]:
    """For each interval across and up: "start", "end", "both" or "" for neither."""
    solid = np.asarray([bool(name) for name in conductors])[np.asarray(geometry.regions)]
    return _along(solid, not mirror), _along(solid.T, True)


def _along(solid: np.ndarray, first_open: bool) -> Ways:
    count = len(solid)
    edge = [False, *(bool(np.any(a != b)) for a, b in zip(solid[1:], solid[:-1], strict=True)), False]
    found: list[str] = []
    for k in range(count):
        if k == 0 and (first_open or edge[1]):
            found.append("end")
        elif k == count - 1:
            found.append("start")
        else:
            found.append({(True, True): "both", (True, False): "start", (False, True): "end"}.get(
                (edge[k], edge[k + 1]), ""
            ))  # fmt: skip
    return tuple(found)


def _counted(lengths: np.ndarray, ways: Ways, f: Fineness) -> tuple[int, ...]:
    """How many cells each interval gets."""

    def needed(length: float) -> int:
        return max(1, math.ceil(math.log1p(length * (f.growth - 1) / f.first) / math.log(f.growth) - 0.25))

    def count(length: float, way: str) -> int:
        if way == "both":
            return 2 * needed(length / 2)
        return needed(length) if way else (1 if length < 5 * f.first else 2)

    return tuple(count(float(length), way) for length, way in zip(lengths, ways, strict=True))


@dataclass(frozen=True, eq=False)
class _Cuts:
    """The lines of a mesh between interfaces, each as its place in an interval. Static."""

    interval: np.ndarray  #: which interval a line lies in
    place: np.ndarray  #: from 0 to 1, counted from the end that the lines crowd towards, or from the nearer of two
    turned: np.ndarray  #: is it counted from the end?
    share: np.ndarray  #: of the interval that is cut as one: 1, or 1/2 where lines crowd at both ends
    cells: np.ndarray  #: in that share
    even: np.ndarray  #: are all cells of the interval alike?


def _cuts(ways: Ways, counts: tuple[int, ...]) -> _Cuts:
    rows: list[tuple[int, float, bool, float, int, bool]] = []
    for k, (way, count) in enumerate(zip(ways, counts, strict=True)):
        for i in range(count):
            t = i / count
            if way == "both":
                rows.append((k, min(2 * t, 2 - 2 * t), t > 0.5, 0.5, count // 2, False))
            else:
                rows.append((k, 1 - t if way == "end" else t, way == "end", 1.0, count, way == ""))
    rows.append((len(ways) - 1, 0.0, True, 1.0, 1, True))
    return _Cuts(*(np.array(column) for column in zip(*rows, strict=True)))


def _subdivide(lines: Array, lengths: Array, cuts: _Cuts, f: Fineness) -> Array:
    """Cut each interval along axis 0 of `lines`: exponentially, so that the first cell is about `first`.

    With ρ = length/(count · first) a short interval is cut evenly, and a long one by factors of (ρ log ρ)^(1/count).
    """
    rho = cuts.share * lengths[cuts.interval] / (cuts.cells * f.first)
    steep = jnp.log1p(rho) + jnp.log1p(jnp.log1p(rho))
    part = cuts.share * jnp.where(cuts.even, cuts.place, jnp.expm1(steep * cuts.place) / jnp.expm1(steep))
    t = jnp.where(cuts.turned, 1 - part, part).reshape(-1, *[1] * (lines.ndim - 1))
    low, high = lines[cuts.interval], lines[cuts.interval + 1]
    return low + t * (high - low)


def moved(topology: Topology, shapes: Sequence[Trapezoid], window: Window) -> tuple[Array, Array]:
    """Lines (L, V) and levels (V,) of shapes that may be traced: what `cross_section` does, all at a time."""
    left, right, bottom, top = window

    def stacked(parts: list[Any]) -> Array:
        return jnp.stack([jnp.asarray(p, float) for p in parts])

    bottoms = stacked([bottom if s.bottom is None else s.bottom for s in shapes])
    tops = stacked([top if s.top is None else s.top for s in shapes])
    low = jnp.stack([
        stacked([left if s.left is None else s.left for s in shapes]),
        stacked([right if s.right is None else s.right for s in shapes]),
    ])  # fmt: skip
    high = jnp.stack([
        stacked([left if s.left is None else (s.left if s.left_top is None else s.left_top) for s in shapes]),
        stacked([right if s.right is None else (s.right if s.right_top is None else s.right_top) for s in shapes]),
    ])  # fmt: skip
    ends = jnp.stack([jnp.append(bottoms, bottom), jnp.append(tops, top)])
    shape, end = np.asarray(topology.levels).T
    levels = ends[end, np.where(shape == WALL_LEFT, len(shapes), shape)]
    lines = np.asarray(topology.lines)
    shape, side = lines[..., 0], lines[..., 1]
    wall = (shape == WALL_LEFT) | (shape == WALL_RIGHT)
    k = np.where(wall, 0, shape)
    t = jnp.clip((levels - bottoms[k]) / (tops[k] - bottoms[k]), 0, 1)
    inner = low[side, k] + t * (high[side, k] - low[side, k])
    at_wall = jnp.where(shape == WALL_LEFT, jnp.asarray(left, float), jnp.asarray(right, float))
    return jnp.where(wall, at_wall, inner), levels
