"""Cross-sections of waveguides: trapezoids in a window, and the grid of lines and levels that follows them.

x runs across, y up, z along the waveguide; µm. A later shape may lie inside an earlier one; those that lie across one
another are refused (`overlaps`). Which line belongs to which
edge (the topology) is fixed by numbers once; after that positions may be traced, and everything moves smoothly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.tracing import insist, is_traced, namespace
from lingnan.solvers.waveguides.given import check_made, check_real
from lingnan.solvers.waveguides.media import Medium, medium
from lingnan.solvers.waveguides.overlaps import Painted, refuse_overlaps
from lingnan.solvers.waveguides.topology import Edge, Topology, Window, topology_of


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Trapezoid:
    """A region with level bottom and top; `left` and `right` at its bottom, the others at its top [µm].

    Without sides it is a layer that fills the window from wall to wall; a layer without bottom (top) starts at the
    window's floor (ends at its ceiling).
    """

    medium: Any  #: refractive index, three principal ones along x, y, z, a (3, 3) permittivity, or a material
    bottom: Any = None  #: [µm]
    top: Any = None  #: [µm]
    left: Any = None
    right: Any = None
    left_top: Any = None  #: None: a vertical wall
    right_top: Any = None
    name: str = field(default="", metadata={"static": True})  #: for `Modes.confinement`

    def edge(self, side: str) -> Edge:
        """The left or right edge from bottom to top: (x_bottom, x_top, y_bottom, y_top)."""
        low, high = (self.left, self.left_top) if side == "left" else (self.right, self.right_top)
        return Edge(low, low if high is None else high, self.bottom, self.top)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Geometry:
    """A cross-section ready to be solved. Made by `strip`, `rib`, `slot`, `coupler` or `cross_section`."""

    lines: Array  #: (L, V): x of interface line l on level v, walls of the window included [µm]
    levels: Array  #: (V,): y [µm]
    media: tuple[Medium, ...]  #: the distinct media
    curvature: Array | float = 0.0  #: 1/R of a bend about a centre on the left [1/µm]
    temperature: Array | None = None  #: at which `solve` takes it unless told otherwise [K]
    topology: Topology | None = field(default=None, metadata={"static": True})
    regions: tuple[tuple[int, ...], ...] = field(default=(), metadata={"static": True})  #: medium in [column][row]
    names: tuple[str, ...] = field(default=(), metadata={"static": True})  #: of the media
    cells: tuple[tuple[int, ...], tuple[int, ...]] | None = field(default=None, metadata={"static": True})
    open: bool = field(default=False, metadata={"static": True})  #: the window is still to be chosen, by `solve`
    reach: Array | None = None  #: (2, 4) of an open window: its walls, in margins and µm more, see `grid.at_margin`
    far: tuple[str, ...] = field(default=(), metadata={"static": True})  #: walls of `reach` that light goes to
    layered: tuple[str, ...] = field(default=(), metadata={"static": True})  #: other ones with an absorber

    def walled(self, left: ArrayLike, right: ArrayLike, bottom: ArrayLike, top: ArrayLike) -> "Geometry":
        """The same cross-section with other walls of the window [µm]."""
        xp = namespace(self.lines, self.levels, left, right, bottom, top)

        def flat(x: Any) -> Any:
            return xp.broadcast_to(xp.asarray(x, float), (1, self.lines.shape[1]))

        lines = xp.concatenate([flat(left), self.lines[1:-1], flat(right)])
        ends = (xp.asarray(y, float).reshape(1) for y in (bottom, top))
        levels = xp.concatenate([next(ends), self.levels[1:-1], next(ends)])
        return replace(self, lines=lines, levels=levels, open=False, reach=None)

    @property
    def window(self) -> tuple[Array, Array, Array, Array]:
        """Left, right, bottom, top of the window [µm]."""
        return self.lines[0, 0], self.lines[-1, 0], self.levels[0], self.levels[-1]

    def bend(self, radius: ArrayLike) -> "Geometry":
        """The same cross-section walked around a bend whose axis stands `radius` [µm] left of x = 0."""
        check_real("bend", "radius", radius, "µm", 10)
        if not is_traced(radius) and not abs(float(np.asarray(radius))) > 0:
            raise ValueError(
                f"bend: radius = {radius} is no bend. Give it in µm, measured to x = 0; below 0 it turns right."
            )
        known: Any = namespace(radius).asarray(radius, float)
        geometry = replace(self, curvature=1 / known)
        if is_traced(radius):
            said = "bend: radius = {value} µm is no bend. Give it in µm, measured to x = 0; below 0 it turns right."
            insist(abs(known) > 0, said, value=known)
        if not self.open and not is_traced(geometry.curvature, *geometry.window[:2]):
            left, right = (float(a) for a in geometry.window[:2])
            if not 1 + min(left / float(known), right / float(known)) > 0:
                raise ValueError(
                    f"bend: radius = {float(known)} µm puts the axis of the bend inside the window "
                    f"({left} to {right} µm). Use a larger radius or a narrower window."
                )
        return geometry

    def resolved(self, cells_x: Sequence[int], cells_y: Sequence[int]) -> "Geometry":
        """The same cross-section with so many elements between neighbouring lines and levels."""
        nx, ny = len(self.regions), len(self.regions[0])
        counts: tuple[Any, ...] = (*cells_x, *cells_y)
        whole = all(isinstance(n, (int, np.integer)) for n in counts)
        if len(cells_x) != nx or len(cells_y) != ny or not whole or min(counts) < 1:
            raise ValueError(
                f"cells {tuple(cells_x)} by {tuple(cells_y)} do not fit: this cross-section has {nx} columns and "
                f"{ny} rows, each of which needs at least one element, in whole numbers."
            )
        return replace(self, cells=(tuple(map(int, cells_x)), tuple(map(int, cells_y))))


def cross_section(
    shapes: Sequence[Trapezoid],
    *,
    background: Any,
    window: Window,
    topology: Topology | None = None,
    overlap: Literal["refuse", "later"] = "refuse",
) -> Geometry:
    """Any stack of layers and trapezoids.

    Args:
        shapes: trapezoids and layers; a later one may lie inside an earlier one, or cut into a layer.
        background: medium of what no shape covers.
        window: left, right, bottom, top of the simulated window [µm].
        topology: from `topology_of` with numbers, when the shapes here are traced (inside `jit`, `grad` or `vmap`).
        overlap: of shapes that lie across one another or hide one another: an error, or "later": the later one counts.
            Decided where numbers and media are known; with `topology` it was decided when that was made.

    Raises:
        ValueError: negative thickness or width, edges that cross, shapes that overlap, a shape outside the window.
    """
    if len(window) != 4:
        raise ValueError(
            f"cross_section: window = {window}: give four numbers (left, right, bottom, top) in µm, rising."
        )
    left, right, bottom, top = window
    for side, value in zip(("left", "right", "bottom", "top"), window, strict=True):
        check_real("cross_section", f"{side} of the window", value, "µm", 2)
    if isinstance(shapes, Trapezoid):
        raise ValueError("cross_section: one Trapezoid: give a list of them, later ones painted over earlier ones.")
    for k, shape in enumerate(shapes):
        check_made("cross_section", f"shape {k}", shape, Trapezoid, "Give a list of waveguides.Trapezoid.")
        for name in ("bottom", "top", "left", "right", "left_top", "right_top"):
            if getattr(shape, name) is not None:
                check_real(f"cross_section: shape {k}", name, getattr(shape, name), "µm", 0.22)
    whole = [
        Trapezoid(
            s.medium,
            bottom if s.bottom is None else s.bottom,
            top if s.top is None else s.top,
            left if s.left is None else s.left,
            right if s.right is None else s.right,
            s.left_top,
            s.right_top,
            s.name,
        )
        for s in shapes
    ]
    edges = [(s.edge("left"), s.edge("right")) for s in whole]
    if topology is None:
        if is_traced(edges, window):
            raise ValueError(
                "cross_section: the shapes are traced (inside jit, grad or vmap), so their order cannot be read. "
                "Make the topology from numbers first, topology_of(edges, window), and pass it as topology=."
            )
        topology = topology_of(edges, window, [s.name for s in whole])
        if overlap == "refuse":
            layers = [s.left is None and s.right is None for s in shapes]
            painted = Painted(edges, [medium(s.medium) for s in whole], layers, [s.name for s in whole])
            refuse_overlaps(painted, medium(background), topology, window)
        elif overlap != "later":
            raise ValueError(
                f'cross_section: overlap = {overlap!r}: give "refuse", or "later" for the later shape to count.'
            )
    heights = [topology.level(ref, edges, window) for ref in topology.levels]
    levels = _stacked(heights)
    lines = _stacked(
        [
            _stacked([topology.position(ref, y, edges, window) for ref, y in zip(row, heights, strict=True)])
            for row in topology.lines
        ]
    )
    media = [medium(background), *(medium(s.medium) for s in whole)]
    names = ["background", *(s.name or f"shape{k}" for k, s in enumerate(whole))]
    used = sorted({k for column in topology.regions for k in column})
    place = {k: i for i, k in enumerate(used)}
    return Geometry(
        lines,
        levels,
        tuple(media[k] for k in used),
        0.0,
        None,
        topology,
        tuple(tuple(place[k] for k in column) for column in topology.regions),
        tuple(names[k] for k in used),
    )


def _stacked(parts: list[Any]) -> Array:
    """One array; where numbers are known, without asking the compiler."""
    xp = namespace(parts)
    return xp.stack([xp.asarray(p, float) for p in parts])
