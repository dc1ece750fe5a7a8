"""What a layout is made of: small cells where they stand, and the single shapes of all that is larger.

A cell with up to `SMALL` shapes under it is one object at each of its places. A larger one is taken apart: its
instances are looked at in turn, its own shapes are objects themselves. So a chip is devices, routes and fill squares,
whatever way it was nested, and a flat file is its shapes. Coordinates are database units of the top cell.
"""

from collections import defaultdict
from collections.abc import Mapping

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.counts import Counts
from lingnan.pdk.drc.place import elements
from lingnan.pdk.drc.rows import row_of
from lingnan.pdk.drc.stream import DRAWN, polygon_digests

Boxes = NDArray[np.float64]  #: rows of left, bottom, right, top

SMALL = 2000  #: shapes of a cell that is never taken apart
PIECES = 64  #: boxes that cover one object at most
SPARSE = 0.25  #: a shape that fills less of its box is covered by several
SIDE = 20_000  #: database units; the box of a shape of up to this side is not divided
WIDE = 400_000  #: the same for a cell: seal rings, frames and long lines are wider


class Objects:
    """Cells and shapes under a top cell.

    Args:
        layout: not to be changed as long as this is in use.
        top: the cell to look at.
        layers: names of the layers that count, by index.
        counts: of the layout's shapes.
    """

    def __init__(self, layout: kdb.Layout, top: kdb.Cell, layers: Mapping[int, str], counts: Counts) -> None:
        self.layout, self.top, self.layers, self.counts = layout, top, layers, counts
        self._points: dict[tuple[int, int], int] = {}
        self._footprints: dict[tuple[int, frozenset[int]], Boxes] = {}
        #: small cells: index and place of each
        self.cells: list[int] = []
        self.places: list[kdb.ICplxTrans] = []
        self._open: dict[int, list[kdb.ICplxTrans]] = {}
        self._shapes: dict[int, tuple[list[tuple[kdb.Shape, kdb.ICplxTrans]], Boxes, NDArray[np.int64]]] = {}
        self._digests: dict[int, list[bytes]] = {}
        self._take_apart()
        #: the cells that are there, and which of these each object is
        self.kinds, self.which = np.unique(np.array(self.cells, dtype=np.int64), return_inverse=True)
        self._shown: dict[int, NDArray[np.bool_]] = {}
        self.rows = np.array([row_of(trans) for trans in self.places], dtype=float).reshape(-1, 7)
        #: placements that keep a cell's geometry as it is, turned by right angles at most
        self.plain = np.array([trans.is_ortho() and not trans.is_mag() for trans in self.places], dtype=bool)

    def _take_apart(self) -> None:
        under = {*self.top.called_cells(), self.top.cell_index()}
        large = {index for index in under if self.counts.total(index, self.layers) > SMALL}
        if self.top.cell_index() not in large:
            self.cells, self.places = [self.top.cell_index()], [kdb.ICplxTrans()]
            return
        places: dict[int, list[kdb.ICplxTrans]] = defaultdict(list)
        places[self.top.cell_index()].append(kdb.ICplxTrans())
        for index in self.layout.each_cell_top_down():
            if index not in large or index not in places:
                continue
            self._open[index] = places[index]
            for instance in self.layout.cell(index).each_inst():
                child = instance.cell_index
                for local in elements(instance):
                    here = [trans * local for trans in places[index]]
                    if child in large:
                        places[child] += here
                    else:
                        self.cells += [child] * len(here)
                        self.places += here

    def carrying(self, layer: int) -> NDArray[np.bool_]:
        """Which of the small cells have a shape of a layer."""
        if layer not in self._shown:
            has = [not self.layout.cell(int(cell)).bbox(layer).empty() for cell in self.kinds]
            self._shown[layer] = np.array(has, dtype=bool)[self.which]
        return self._shown[layer]

    def points(self, cell: int, layer: int) -> int:
        """Vertices of a layer under a cell, every placement counted."""
        if (cell, layer) not in self._points:
            here = self.layout.cell(cell)
            total = 0
            if not here.bbox(layer).empty():
                total = sum(points_of(shape) for shape in here.shapes(layer).each(DRAWN))
                for instance in here.each_inst():
                    times = max(1, instance.na) * max(1, instance.nb)
                    total += times * self.points(instance.cell_index, layer)
            self._points[cell, layer] = total
        return self._points[cell, layer]

    def shapes(self, layer: int) -> tuple[list[tuple[kdb.Shape, kdb.ICplxTrans]], Boxes, NDArray[np.int64]]:
        """Single shapes of a layer with their places, the boxes that cover them, and whose box each is."""
        if layer not in self._shapes:
            found: list[tuple[kdb.Shape, kdb.ICplxTrans]] = []
            boxes: list[tuple[int, int, int, int]] = []
            owners: list[int] = []
            for index, places in self._open.items():
                for shape in self.layout.cell(index).shapes(layer).each(DRAWN):
                    cover = cover_of(shape)
                    for trans in places:
                        owners += [len(found)] * len(cover)
                        boxes += [sides(box.transformed(trans)) for box in cover]
                        found.append((shape, trans))
            self._shapes[layer] = (found, np.array(boxes, dtype=float).reshape(-1, 4), np.array(owners, dtype=np.int64))
        return self._shapes[layer]

    def digest(self, layer: int, number: int) -> bytes:
        """Identifies the outline of a single shape, wherever it stands."""
        if layer not in self._digests:
            polygons = (shape.polygon.transformed(trans) for shape, trans in self.shapes(layer)[0])
            self._digests[layer] = list(polygon_digests(polygons, self.layout.dbu))
        return self._digests[layer][number]

    def footprint(self, cell: int, layers: frozenset[int]) -> Boxes:
        """Boxes that cover a cell's shapes on some layers, in its own coordinates; none where it is empty there."""
        key = (cell, layers)
        if key not in self._footprints:
            here = self.layout.cell(cell)
            whole = kdb.Box()
            for layer in layers:
                whole += here.bbox(layer)
            boxes = [] if whole.empty() else [whole]
            if max(whole.width(), whole.height()) > WIDE and self.counts.total(cell, layers) < PIECES:
                boxes = []
                for layer in layers:
                    iterator = kdb.RecursiveShapeIterator(self.layout, here, layer)
                    iterator.shape_flags = DRAWN
                    for item in iterator.each():
                        boxes += [box.transformed(item.trans()) for box in cover_of(item.shape())]
                if len(boxes) > PIECES:
                    boxes = [whole]
            self._footprints[key] = np.array([sides(box) for box in boxes], dtype=float).reshape(-1, 4)
        return self._footprints[key]


def points_of(shape: kdb.Shape) -> int:
    """Vertices of a shape."""
    return 4 if shape.is_box() else shape.polygon.num_points()


def cover_of(shape: kdb.Shape) -> list[kdb.Box]:
    """Boxes that cover a shape: its own, or several where it would be mostly empty (a ring, a long bend)."""
    box = shape.bbox()
    if shape.is_box() or max(box.width(), box.height()) <= SIDE:
        return [box]
    todo, done = [shape.polygon], list[kdb.Box]()
    while todo:
        polygon = todo.pop()
        box = polygon.bbox()
        small = max(box.width(), box.height()) <= SIDE or polygon.area() >= SPARSE * box.area()
        halves = [] if small or len(todo) + len(done) >= PIECES else polygon.split()
        if len(halves) > 1:
            todo += halves
        else:
            done.append(box)
    return done


def sides(box: kdb.Box) -> tuple[int, int, int, int]:
    """Left, bottom, right, top."""
    return box.left, box.bottom, box.right, box.top
