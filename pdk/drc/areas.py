"""Areas of a layer, bin by bin, without merging a chip.

The area of a shape inside a bin is the integral of x, clamped to the bin, along its outline. Edges are split at the
lines between bins; each piece then adds to one bin, and to the whole width of all bins on its left. A shape that lies
inside one bin adds its area at once, and so does a run of edges. Shapes must not lie on each other: see
`lingnan.pdk.drc.apart`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from struct import unpack_from

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.stream import written

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]
CHUNK = 1_000_000  #: edges or runs in work at a time: 100 MB
RUN = 8  #: edges that are added as one where they lie in one bin
_BOUNDARY, _XY, _END, _NAME = b"\x08\x00", b"\x10\x03", b"\x11\x00", b"\x06\x06"  #: records of a GDS stream
_TO_POINTS = 16  #: bytes of the records of a boundary before that of its points
_TO_END = 4  #: bytes of the record after it


@dataclass(frozen=True)
class Runs:
    """Runs of neighbouring edges of outlines."""

    first: Whole  #: where the runs of each outline begin, and one more for the end
    begin: Whole  #: first edge of each
    length: Whole  #: edges
    boxes: Floats
    sums: Floats  #: of dx, dy, x dy, y dx; then both ends, x1, y1, x2, y2


@dataclass(frozen=True)
class Outlines:
    """Hulls and holes of several merged regions as arrays."""

    points: Floats  #: (n, 2) [dbu], outline after outline
    first: Whole  #: where each outline begins, and one more for the end
    owner: Whole  #: number of the region that each is of
    sign: Whole  #: 1 for a hull, -1 for a hole

    @cached_property
    def following(self) -> Floats:
        """The point after each, round its outline."""
        index = np.arange(1, len(self.points) + 1)
        index[self.first[1:] - 1] = self.first[:-1]
        return self.points[index]

    @cached_property
    def areas(self) -> Floats:
        """Area of each, that of a hole negative [dbu²]."""
        if not len(self.owner):
            return np.zeros(0)
        shift = np.repeat(self.points[self.first[:-1]], np.diff(self.first), axis=0)  # keeps the products exact
        a, b = self.points - shift, self.following - shift
        twice = np.add.reduceat(a[:, 1] * b[:, 0] - a[:, 0] * b[:, 1], self.first[:-1])  # clockwise, hulls and holes
        return self.sign * twice / 2

    @cached_property
    def boxes(self) -> Floats:
        """Left, bottom, right, top of each."""
        if not len(self.owner):
            return np.zeros((0, 4))
        low = np.minimum.reduceat(self.points, self.first[:-1], axis=0)
        return np.hstack([low, np.maximum.reduceat(self.points, self.first[:-1], axis=0)])

    @cached_property
    def runs(self) -> "Runs":
        """The edges of each outline in runs of `RUN`, the last of an outline shorter."""
        count = np.diff(self.first)
        number = -(-count // RUN)
        outline = np.repeat(np.arange(len(count)), number)
        first = _begins(number)
        begin = self.first[outline] + RUN * (np.arange(len(outline)) - first[outline])
        length = np.diff(np.append(begin, len(self.points)))
        if not len(begin):
            return Runs(first, begin, length, np.zeros((0, 4)), np.zeros((0, 4)))
        a, b = self.points, self.following
        low, high = np.minimum.reduceat(np.minimum(a, b), begin), np.maximum.reduceat(np.maximum(a, b), begin)
        step, middle = b - a, (a + b) / 2
        # sums over the run of dx, dy, x dy, y dx; of x dx and y dy the ends tell
        sums = [step[:, 0], step[:, 1], middle[:, 0] * step[:, 1], middle[:, 1] * step[:, 0]]
        ends = np.hstack([a[begin], b[begin + length - 1]])
        return Runs(
            first,
            begin,
            length,
            np.hstack([low, high]),
            np.hstack([np.stack([np.add.reduceat(one, begin) for one in sums], axis=1), ends]),
        )

    def edges(self, begin: Whole, length: Whole) -> tuple[Floats, Whole]:
        """Edges x1, y1, x2, y2 of some runs of edges, and the place in the list that each is of."""
        place = np.repeat(np.arange(len(begin)), length)
        index = np.arange(len(place)) - np.repeat(np.cumsum(length) - length, length) + begin[place]
        return np.hstack([self.points[index], self.following[index]]), place

    def sorted(self) -> "Outlines":
        """The same, owner after owner."""
        order = np.argsort(self.owner, kind="stable")
        count = np.diff(self.first)[order]
        index = np.arange(len(self.points)) - np.repeat(np.cumsum(count) - count, count)
        points = self.points[index + np.repeat(self.first[:-1][order], count)]
        return Outlines(points, _begins(count), self.owner[order], self.sign[order])


def _begins(count: Whole) -> Whole:
    return np.concatenate([[0], np.cumsum(count)]).astype(np.intp)


def outlines_of(regions: Sequence[kdb.Region]) -> Outlines:
    """Outlines of merged regions, by way of a GDS stream in memory: fifty times faster than point by point."""
    scratch = kdb.Layout()
    layer = scratch.layer(1, 0)
    for number, region in enumerate(regions):
        if not region.is_empty():
            scratch.create_cell(f"{number}H").shapes(layer).insert(region.hulls())
            scratch.create_cell(f"{number}I").shapes(layer).insert(region.holes())
    data = written(scratch)
    parts: list[NDArray[np.int32]] = []
    count: list[int] = []
    owner: list[tuple[int, int]] = []
    position, here, length = 0, (0, 1), len(data)
    while position < length:
        kind = data[position + 2 : position + 4]
        if kind == _BOUNDARY:
            position += _TO_POINTS
            (size,) = unpack_from(">H", data, position)
            parts.append(np.frombuffer(data, ">i4", (size - 4) // 4, position + 4))
            owner.append(here)
            count.append((size - 4) // 8 - 1)  # a boundary repeats its first point at the end
            position += size + (_TO_END if data[position + size + 2 : position + size + 4] == _END else 0)
            continue
        (size,) = unpack_from(">H", data, position)
        if kind == _NAME:
            name = data[position + 4 : position + size].rstrip(b"\0").decode()
            here = int(name[:-1]), 1 if name.endswith("H") else -1
        elif kind == _XY:  # of a boundary with more points than a record holds
            parts.append(np.frombuffer(data, ">i4", (size - 4) // 4, position + 4))
            count[-1] += (size - 4) // 8
        position += size
    points = np.concatenate([np.zeros(0, ">i4"), *parts]).reshape(-1, 2).astype(float)
    counts = np.array(count, dtype=np.intp)
    kept = np.ones(len(points), dtype=bool)
    kept[np.cumsum(counts + 1) - 1] = False
    number, sign = np.array(owner, dtype=np.intp).reshape(-1, 2).T
    return Outlines(points[kept], _begins(counts), number, sign)


class Bins:
    """Areas on a grid of lines."""

    def __init__(self, x: Sequence[int], y: Sequence[int]) -> None:
        self.x, self.y = np.array(sorted(set(x)), dtype=float), np.array(sorted(set(y)), dtype=float)
        shape = (len(self.y) - 1, len(self.x) + 1)
        self._partial, self._dy = np.zeros(shape), np.zeros(shape)
        self._direct = np.zeros((len(self.y) - 1, len(self.x) - 1))

    def inside(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which boxes lie in one bin, or beyond the lines."""
        alone = np.ones(len(boxes), dtype=bool)
        for axis, lines in ((0, self.x), (1, self.y)):
            low, high = np.searchsorted(lines, boxes[:, axis], "right"), np.searchsorted(lines, boxes[:, axis + 2])
            alone &= low == high
        return alone

    def add_boxes(self, boxes: Floats, areas: Floats) -> None:
        """Shapes whose boxes lie in one bin."""
        x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        column, row = np.searchsorted(self.x, x, "right") - 1, np.searchsorted(self.y, y, "right") - 1
        inside = (column >= 0) & (column < len(self.x) - 1) & (row >= 0) & (row < len(self.y) - 1)
        flat = row[inside] * (len(self.x) - 1) + column[inside]
        self._direct += np.bincount(flat, areas[inside], self._direct.size).reshape(self._direct.shape)

    def add_areas(self, areas: Floats) -> None:
        """Areas of all bins."""
        self._direct += areas

    def add_edges(self, edges: Floats) -> None:
        """Edges x1, y1, x2, y2 of closed outlines with the inside on the right."""
        edges = edges[edges[:, 1] != edges[:, 3]]
        edges = _split(_split(edges, self.y, 1), self.x, 0)
        middle = (edges[:, :2] + edges[:, 2:]) / 2
        dy = edges[:, 1] - edges[:, 3]  # the inside is on the right: upward edges are left ones
        self.add_runs(middle, dy, dy * middle[:, 0])

    def add_runs(self, middle: Floats, dy: Floats, moment: Floats) -> None:
        """Runs of edges, each within a bin: a point of each, and its sums of -dy and -x dy."""
        row = np.searchsorted(self.y, middle[:, 1], "right") - 1
        column = np.searchsorted(self.x, middle[:, 0], "right") - 1
        inside = (row >= 0) & (row < len(self.y) - 1)
        row, column, dy, moment = row[inside], column[inside], dy[inside], moment[inside]
        left = self.x[np.clip(column, 0, len(self.x) - 1)]
        flat = row * (len(self.x) + 1) + column + 1
        size = self._dy.size
        self._dy += np.bincount(flat, dy, size).reshape(self._dy.shape)
        self._partial += np.bincount(flat, moment - dy * left, size).reshape(self._dy.shape)

    def areas(self) -> Floats:
        """Area in each bin, rows from below."""
        later = self._dy[:, ::-1].cumsum(axis=1)[:, ::-1]
        n = len(self.x) - 1
        return self._direct + self._partial[:, 1 : n + 1] + np.diff(self.x) * later[:, 2 : n + 2]


def _split(edges: Floats, lines: Floats, axis: int) -> Floats:
    """Edges cut where they cross lines of constant x (axis 0) or y (axis 1)."""
    a, b = edges[:, axis], edges[:, axis + 2]
    first = np.searchsorted(lines, np.minimum(a, b), "right")
    last = np.searchsorted(lines, np.maximum(a, b), "left")
    count = np.maximum(last - first, 0)
    crossing = count > 0
    if not crossing.any():
        return edges
    cut, number, start = edges[crossing], count[crossing], first[crossing]
    pieces = number + 1
    whole = np.repeat(cut, pieces, axis=0)
    begin = np.repeat(np.cumsum(pieces) - pieces, pieces)
    place = np.arange(len(whole)) - begin
    up = np.repeat(cut[:, axis] < cut[:, axis + 2], pieces)
    total, offset = np.repeat(number, pieces), np.repeat(start, pieces)
    order = np.where(up, place, total - place)
    low = lines[np.clip(offset + order - 1, 0, len(lines) - 1)]
    high = lines[np.clip(offset + order, 0, len(lines) - 1)]
    entry, leave = np.where(up, low, high), np.where(up, high, low)
    span = whole[:, axis + 2] - whole[:, axis]
    t0 = np.where(place == 0, 0.0, (entry - whole[:, axis]) / span)
    t1 = np.where(place == total, 1.0, (leave - whole[:, axis]) / span)
    delta = whole[:, 2:] - whole[:, :2]
    parts = np.hstack([whole[:, :2] + delta * t0[:, None], whole[:, :2] + delta * t1[:, None]])
    return np.vstack([edges[~crossing], parts])
