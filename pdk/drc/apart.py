"""What a layer covers as shapes that do not lie on each other, so that their areas can be summed.

Shapes are merged in their cell, once for all its placements; placements whose shapes may overlap those of another
(their boxes do) are merged in the top cell. What is placed is kept as numbers: a million fill squares are one outline
and a million rows.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.areas import CHUNK, Bins, Floats, Outlines, Runs, Whole, outlines_of
from lingnan.pdk.drc.keep import Keep, in_groups
from lingnan.pdk.drc.rows import row_of, turned_boxes

STILL = np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]])  #: the placement of what is drawn in the top cell


def placements(layout: kdb.Layout, top: kdb.Cell, layers: Sequence[int]) -> dict[int, Floats]:
    """Every placement of each cell that shows any of the layers, as `rows`."""
    found: dict[int, list[Floats]] = {top.cell_index(): [STILL]}
    shown: dict[int, bool] = {}
    result: dict[int, Floats] = {}
    for index in layout.each_cell_top_down():
        if index not in found:
            continue
        mine = result[index] = np.vstack(found.pop(index))
        rows: dict[int, list[tuple[float, ...]]] = {}
        for instance in layout.cell(index).each_inst():
            child = instance.cell_index
            if child not in shown:
                shown[child] = any(not layout.cell(child).bbox(layer).empty() for layer in layers)
            if shown[child]:
                rows.setdefault(child, []).append(row_of(instance.cplx_trans))
                if instance.is_regular_array():
                    found.setdefault(child, []).append(_composed(mine, _elements(instance, rows[child].pop())))
        for child, some in rows.items():
            if some:
                found.setdefault(child, []).append(_composed(mine, np.array(some)))
    return result


def _elements(instance: kdb.Instance, first: tuple[float, ...]) -> Floats:
    """Rows of the elements of an array in its parent."""
    row, column = np.divmod(np.arange(max(1, instance.na) * max(1, instance.nb)), max(1, instance.nb))
    rows = np.tile(np.array(first), (len(row), 1))
    rows[:, 4] += row * instance.a.x + column * instance.b.x
    rows[:, 5] += row * instance.a.y + column * instance.b.y
    return rows


def _composed(outer: Floats, inner: Floats) -> Floats:
    """Every inner placement under every outer one."""
    a, b, c, d, x, y, mirror = (outer[:, None, i] for i in range(7))
    e, f, g, h, u, v, flip = (inner[None, :, i] for i in range(7))
    parts = (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h, a * u + b * v + x, c * u + d * v + y)
    return np.stack([*parts, mirror * flip], axis=-1).reshape(-1, 7)


def moved(rows: Floats, points: Floats) -> Floats:
    """Points x, y, one a row, or edges x1, y1, x2, y2 under the placement beside them; a mirror turns edges round."""
    x, y = points[:, 0::2], points[:, 1::2]
    a, b, c, d, u, v, mirror = (rows[:, i, None] for i in range(7))
    placed = np.stack([a * x + b * y + u, c * x + d * y + v], axis=-1).reshape(points.shape)
    if points.shape[1] == 4:
        placed = np.where(mirror < 0, placed[:, [2, 3, 0, 1]], placed)
    return placed


def overlapping(boxes: Floats, owner: Whole) -> NDArray[np.bool_]:
    """Boxes that share area with a box of another owner.

    A sweep in strips as high as two boxes: in each, boxes are compared with those that begin before they end.
    """
    number = len(boxes)
    found = np.zeros(number, dtype=bool)
    if number < 2:
        return found
    height = max(1.0, 2 * float(np.median(boxes[:, 3] - boxes[:, 1])))
    while True:
        low, high = np.floor(boxes[:, 1] / height), np.floor(boxes[:, 3] / height)
        if (high - low + 1).sum() <= 8 * number:
            break
        height *= 2
    strips = (high - low + 1).astype(np.intp)
    index = np.repeat(np.arange(number), strips)
    strip = low[index] + np.arange(len(index)) - np.repeat(np.cumsum(strips) - strips, strips)
    order = np.lexsort((boxes[index, 0], strip))
    index, strip = index[order], strip[order]
    here = np.arange(len(index))
    for step in range(1, len(index)):
        here = here[here + step < len(index)]
        a, b = index[here], index[here + step]
        near = (strip[here] == strip[here + step]) & (boxes[b, 0] < boxes[a, 2])
        here, a, b = here[near], a[near], b[near]
        if not len(here):
            break
        hit = (owner[a] != owner[b]) & (boxes[a, 1] < boxes[b, 3]) & (boxes[b, 1] < boxes[a, 3])
        found[a[hit]] = found[b[hit]] = True
    return found


@dataclass(frozen=True)
class Apart:
    """Outlines and where each is placed."""

    outlines: Outlines
    which: Whole  #: outline of each placed shape
    rows: Floats  #: its placement
    boxes: Floats  #: its box in the top cell

    def add_to(self, bins: Bins) -> None:
        """Add every placed shape to bins."""
        a, b = self.rows[:, 0], self.rows[:, 1]
        plain = np.abs(a) + np.abs(b) == 1.0  # turned by any angle or magnified: the area of the cell does not hold
        inside = plain & bins.inside(self.boxes)
        bins.add_boxes(self.boxes[inside], self.outlines.areas[self.which[inside]])
        crossing, runs = np.flatnonzero(~inside), self.outlines.runs
        rows = self.rows * np.where(
            np.arange(7) == 6, self.outlines.sign[self.which][:, None], 1
        )  # holes run backwards
        count = np.diff(runs.first)[self.which[crossing]]
        work = np.cumsum(count) // CHUNK
        for part in np.unique(work):
            some, number = crossing[work == part], count[work == part]
            place = np.repeat(some, number)
            index = np.arange(len(place)) - np.repeat(np.cumsum(number) - number, number)
            self._add_runs(bins, runs, index + runs.first[self.which[place]], rows[place])

    def _add_runs(self, bins: Bins, runs: Runs, which: Whole, rows: Floats) -> None:
        """Runs of edges under placements: those that lie in one bin at once, the others edge by edge."""
        boxes = turned_boxes(runs.boxes[which], rows)
        whole = bins.inside(boxes)
        bins.add_runs((boxes[whole, :2] + boxes[whole, 2:]) / 2, *_moved_sums(runs.sums[which[whole]], rows[whole]))
        which, rows = which[~whole], rows[~whole]
        edges, place = self.outlines.edges(runs.begin[which], runs.length[which])
        bins.add_edges(moved(rows[place], edges))


def _moved_sums(sums: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """-dy and -x dy of runs under placements; a mirror turns them round."""
    dx, dy, x_dy, y_dx, x1, y1, x2, y2 = sums.T
    a, b, c, d, x, _, mirror = rows.T
    step = c * dx + d * dy
    x_dx, y_dy = (x2 * x2 - x1 * x1) / 2, (y2 * y2 - y1 * y1) / 2
    moment = a * c * x_dx + a * d * x_dy + b * c * y_dx + b * d * y_dy + x * step
    return -mirror * step, -mirror * moment


def _transformation(row: Floats) -> kdb.ICplxTrans:
    a, _, c, _, x, y, mirror = row.tolist()
    angle = math.degrees(math.atan2(c, a))
    return kdb.ICplxTrans(math.hypot(a, c), angle, mirror < 0, round(x), round(y))


class Group:
    """Some cells, and what each draws by itself, merged: that is computed only when it is asked for.

    Args:
        layout: of the cells.
        cells: their indexes.
        layers: that are looked at, as one.
        name: tells what they draw.
        keep: results of earlier runs, if any.
    """

    def __init__(
        self, layout: kdb.Layout, cells: Sequence[int], layers: Sequence[int], name: str, keep: Keep | None
    ) -> None:
        self.cells, self.name, self._layout, self._layers, self._keep = cells, name, layout, layers, keep

    @cached_property
    def regions(self) -> list[kdb.Region]:
        """What each cell draws."""
        return [_drawn(self._layout.cell(index), self._layers) for index in self.cells]

    @cached_property
    def outlines(self) -> Outlines:
        """All of these, cell after cell."""
        return outlines_of(self.regions).sorted()

    @cached_property
    def sketch(self) -> tuple[Whole, Floats]:
        """How many outlines each cell has, and the boxes of all."""
        known = self._keep.load(f"sketch {self.name}") if self._keep else None
        if known is not None:
            return known[0], known[1]
        found = np.bincount(self.outlines.owner, minlength=len(self.cells)), self.outlines.boxes
        if self._keep:
            self._keep.store(f"sketch {self.name}", list(found))
        return found

    def add_to(self, bins: Bins, which: Whole, rows: Floats, boxes: Floats) -> None:
        """Add outlines under placements to bins."""
        if not len(which):
            return
        if self._keep is None:
            Apart(self.outlines, which, rows, boxes).add_to(bins)
            return
        placed = hashlib.blake2b(digest_size=16)
        for values in (which, rows, bins.x, bins.y):
            placed.update(np.ascontiguousarray(values).tobytes())
        name = f"areas {placed.hexdigest()} {self.name}"
        known = self._keep.load(name)
        if known is None:
            alone = Bins(bins.x.astype(int).tolist(), bins.y.astype(int).tolist())
            Apart(self.outlines, which, rows, boxes).add_to(alone)
            known = [alone.areas()]
            self._keep.store(name, known)
        bins.add_areas(known[0])


def add_areas(
    bins: Bins, layout: kdb.Layout, top: kdb.Cell, layers: Sequence[int], keep: Keep | None = None
) -> None:  # fmt: skip
    """Add what the union of some layers covers under a cell to bins."""
    places = placements(layout, top, layers)
    groups = [Group(layout, cells, layers, name, keep) for name, cells in in_groups(places, layers, keep)]
    cells = [index for group in groups for index in group.cells]
    count = np.concatenate([group.sketch[0] for group in groups])
    begin = np.cumsum(count) - count
    rows = np.vstack([places[index] for index in cells])
    cell = np.repeat(np.arange(len(cells)), [len(places[index]) for index in cells])  # of each placement
    each = count[cell]  # outlines of each placement
    placement = np.repeat(np.arange(len(rows)), each)
    which = np.arange(len(placement)) - np.repeat(np.cumsum(each) - each, each) + begin[cell[placement]]
    boxes = turned_boxes(np.vstack([group.sketch[1] for group in groups])[which], rows[placement])
    mixed = np.unique(placement[overlapping(boxes, placement)])
    alone = np.ones(len(rows), dtype=bool)
    alone[mixed] = False
    first = last = 0  # outlines of the group
    for group in groups:
        first, last = last, last + int(group.sketch[0].sum())
        here = np.flatnonzero((which >= first) & (which < last) & alone[placement])
        group.add_to(bins, which[here] - first, rows[placement[here]], boxes[here])
    if not len(mixed):
        return
    heap = kdb.Region()
    homes = [(group, number) for group in groups for number in range(len(group.cells))]
    for place in mixed.tolist():
        group, number = homes[cell[place]]
        heap += group.regions[number].transformed(_transformation(rows[place]))
    merged = outlines_of([heap.merged()])
    still = np.repeat(STILL, len(merged.owner), axis=0)
    Apart(merged, np.arange(len(merged.owner)), still, merged.boxes).add_to(bins)


def _drawn(cell: kdb.Cell, layers: Sequence[int]) -> kdb.Region:
    """What a cell alone draws, merged."""
    region = kdb.Region()
    for layer in layers:
        region += kdb.Region(cell.shapes(layer))
    return region.merged()
