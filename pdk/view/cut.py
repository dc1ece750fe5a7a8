"""The stack along a cut line: what the masks leave of each level, as trapezoids in (distance along the line, z).

Works on any KLayout cell (a gdsfactory component's `kdb_cell` included), with the levels of the process. µm throughout.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Level, Process, evaluate

Point = tuple[float, float]


@dataclass(frozen=True)
class Trapezoid:
    """One piece of a level: an interval of the cut line, with leaning walls."""

    level: str
    material: str
    z_min: float
    z_max: float
    bottom: tuple[float, float]  #: where it starts and ends along the line, at z_min [µm]
    top: tuple[float, float]  #: the same at z_max
    order: int  #: lower wins where pieces overlap
    kind: str

    def outline(self) -> tuple[Point, ...]:
        """Corners, anticlockwise from the lower left."""
        return (
            (self.bottom[0], self.z_min),
            (self.bottom[1], self.z_min),
            (self.top[1], self.z_max),
            (self.top[0], self.z_max),
        )


@dataclass(frozen=True)
class Cut:
    """The stack along one line."""

    start: Point  #: in the layout [µm]
    end: Point
    length: float
    pieces: tuple[Trapezoid, ...]  #: what is drawn last covers what is drawn first

    def of(self, level: str) -> tuple[Trapezoid, ...]:
        """Pieces of one level, along the line."""
        return tuple(piece for piece in self.pieces if piece.level == level)


def kdb_cell(cell: Any) -> kdb.Cell:
    """The KLayout cell behind whatever has one: a `klayout.db.Cell`, a gdsfactory component, a kfactory cell."""
    for name in ("kdb_cell", "_kdb_cell"):
        inner = getattr(cell, name, None)
        if isinstance(inner, kdb.Cell):
            return inner
    if isinstance(cell, kdb.Cell):
        return cell
    raise LingnanError(f"{type(cell).__name__} is not a layout cell. Give a component or a klayout.db.Cell.")


def region_reader(cell: kdb.Cell, process: Process, box: kdb.Box) -> Callable[[str], kdb.Region]:
    """Merged shapes of a process layer inside `box`, by name."""
    layout = cell.layout()

    def read(name: str) -> kdb.Region:
        layer = process.layer(name)
        index = layout.find_layer(layer.layer, layer.datatype)
        if index is None:
            return kdb.Region()
        return kdb.Region(cell.begin_shapes_rec_overlapping(index, box)).merged()

    return read


def lean(level: Level) -> tuple[float, float]:
    """How far each wall stands inside the drawn edge, at the bottom and at the top [µm].

    Walls of what stays lean inwards going up, walls of a hole (an opening, a via) outwards; the drawn width holds at
    `width_reference` of the height, less half the bias.
    """
    run = level.thickness / math.tan(math.radians(level.sidewall_angle_deg)) if level.sidewall_angle_deg < 90 else 0.0
    if level.kind in ("opening", "via"):
        run = -run
    at_bottom = -level.width_reference * run - level.bias / 2
    return at_bottom, at_bottom + run


def _intervals(region: kdb.Region, line: kdb.Edge, dbu: float) -> list[tuple[float, float]]:
    """Where the line lies inside the region, as distances from its start [µm], joined and in order."""
    inside = (kdb.Edges([line]) & region).merged()
    along = line.d()
    length = line.length()
    spans: list[tuple[float, float]] = []
    for edge in inside.each():
        ends = sorted(((p - line.p1).x * along.x + (p - line.p1).y * along.y) / length for p in (edge.p1, edge.p2))
        spans.append((ends[0] * dbu, ends[1] * dbu))
    spans.sort()
    joined: list[tuple[float, float]] = []
    for low, high in spans:
        if joined and low <= joined[-1][1] + dbu:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return [span for span in joined if span[1] - span[0] > 0]


def _pieces(level: Level, spans: list[tuple[float, float]]) -> list[Trapezoid]:
    at_bottom, at_top = lean(level)
    pieces: list[Trapezoid] = []
    for low, high in spans:
        height = level.z_max
        top = (low + at_top, high - at_top)
        bottom = (low + at_bottom, high - at_bottom)
        if top[1] <= top[0]:  # the walls meet below the top
            share = (bottom[1] - bottom[0]) / ((bottom[1] - bottom[0]) - (top[1] - top[0]))
            height = level.z_min + share * level.thickness
            middle = (top[0] + top[1]) / 2
            top = (middle, middle)
        if bottom[1] <= bottom[0]:
            continue
        pieces.append(Trapezoid(level.name, level.material, level.z_min, height, bottom, top, level.order, level.kind))
    return pieces


def cut(cell: Any, process: Process, start: Point, end: Point) -> Cut:
    """The stack along the line from `start` to `end`.

    Args:
        cell: a component or KLayout cell.
        process: whose levels are stacked.
        start: one end of the line, in the cell's coordinates [µm].
        end: the other end [µm].

    Raises:
        LingnanError: the line has no length, or the cell no layout.
    """
    inner = kdb_cell(cell)
    dbu = inner.layout().dbu
    line = kdb.DEdge(*start, *end).to_itype(dbu)
    if line.length() == 0:
        raise LingnanError(f"cut from {start} to {end} µm has no length. Give two different points.")
    read = region_reader(inner, process, line.bbox().enlarged(10, 10))
    length = line.length() * dbu
    pieces: list[Trapezoid] = []
    for level in process.levels.values():
        spans = _intervals(evaluate(level.mask, read), line, dbu) if level.mask else [(0.0, length)]
        pieces += _pieces(level, spans)
    pieces.sort(key=lambda piece: (-piece.order, piece.z_min))
    return Cut(start, end, length, tuple(pieces))
