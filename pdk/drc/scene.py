"""The geometry that rules look at: layers and expressions of them as KLayout regions, hierarchical or flat.

All coordinates are database units of the top cell.
"""

from collections.abc import Callable, Iterator, Mapping

import klayout.db as kdb

from lingnan.pdk.drc.contour import Contour
from lingnan.pdk.drc.gap import Side
from lingnan.pdk.process import Process, evaluate, layers_of

Placements = Callable[[], list[kdb.ICplxTrans]]


class Placed:
    """Shapes of a hierarchical result, cell by cell, with every place of each cell."""

    def __init__(self, collection: kdb.Region | kdb.EdgePairs | kdb.Edges, dbu: float) -> None:
        self.layout = kdb.Layout()
        self.layout.dbu = dbu
        self.top = self.layout.create_cell("TOP")
        self.layer = self.layout.layer(1, 0)
        self.layout.insert(self.top.cell_index(), self.layer, collection)
        self._places: dict[int, list[kdb.ICplxTrans]] = {self.top.cell_index(): [kdb.ICplxTrans()]}

    def cells(self) -> Iterator[kdb.Cell]:
        """Cells that hold shapes."""
        for cell in self.layout.each_cell():
            if not cell.shapes(self.layer).is_empty():
                yield cell

    def places(self, cell: kdb.Cell) -> list[kdb.ICplxTrans]:
        """Every placement of a cell under the top."""
        index = cell.cell_index()
        if index not in self._places:
            found: list[kdb.ICplxTrans] = []
            for parent in cell.each_parent_inst():
                instance = parent.child_inst()
                upper = self.places(self.layout.cell(parent.parent_cell_index()))
                for row in range(max(1, instance.na)):
                    for column in range(max(1, instance.nb)):
                        step = kdb.ICplxTrans(instance.a * row + instance.b * column)
                        local = step * instance.cplx_trans
                        found += [trans * local for trans in upper]
            self._places[index] = found
        return self._places[index]

    def touching(self, where: kdb.Box | kdb.Region) -> kdb.Region:
        """Polygons whose box touches a box or a region, in the top cell."""
        return kdb.Region(kdb.RecursiveShapeIterator(self.layout, self.top, self.layer, where, False))


class Scene:
    """A layout under a process, ready for rules.

    Args:
        layout: as read.
        top: the cell to look at.
        process: the line.
        layers: (layer, datatype) in the file by process layer name.
        deep: keep the hierarchy; else everything is unfolded.
        chip: whether this is (part of) a whole chip, so that what ends at its outline ends in nothing; None: it is
            where there is a floorplan.
    """

    def __init__(
        self,
        layout: kdb.Layout,
        top: kdb.Cell,
        process: Process,
        layers: Mapping[str, tuple[int, int]],
        *,
        deep: bool,
        chip: bool | None = None,
    ) -> None:
        self.layout, self.top, self.process, self.layers = layout, top, process, layers
        self.deep, self.dbu = deep, layout.dbu
        self.chip = self.has("FLOORPLAN") if chip is None else chip
        #: the tolerance: one step of the mask grid, or of the file's where that is coarser [dbu]
        self.step = max(process.grid.value / layout.dbu, 1.0)
        self._store = kdb.DeepShapeStore() if deep else None
        if self._store:  # its default cuts polygons of more than 16 vertices to pieces: a bend would end at each cut
            self._store.max_vertex_count = 0
            self._store.max_area_ratio = 0.0
        self._regions: dict[str, kdb.Region] = {}
        self._merged: dict[str, kdb.Region] = {}
        self._placed: dict[str, Placed] = {}
        self._contours: dict[tuple[int, int, int], list[Contour]] = {}
        self._sides: dict[str, dict[tuple[tuple[int, int], tuple[int, int]], Side]] = {}

    def index(self, name: str) -> int | None:
        """Layer index in the layout, None where the file has no such layer."""
        return self.layout.find_layer(*self.layers[name]) if name in self.layers else None

    def has(self, text: str) -> bool:
        """Whether any layer of an expression carries shapes."""
        return any(
            (index := self.index(name)) is not None and not self.top.bbox(index).empty() for name in layers_of(text)
        )

    def _drawn(self, name: str) -> kdb.Region:
        index = self.index(name)
        if index is None:
            return kdb.Region()
        iterator = kdb.RecursiveShapeIterator(self.layout, self.top, index)
        iterator.shape_flags = kdb.Shapes.SBoxes | kdb.Shapes.SPaths | kdb.Shapes.SPolygons
        return kdb.Region(iterator, self._store) if self._store else kdb.Region(iterator)

    def region(self, text: str) -> kdb.Region:
        """Merged region of an expression; kept for the next rule."""
        if text not in self._merged:
            made = evaluate(text, self._layer, "rule")
            if text not in self._merged:  # else it is a layer, and merged already
                self._merged[text] = made.merged()
        return self._merged[text]

    def _layer(self, name: str) -> kdb.Region:
        if name not in self._merged:
            self._merged[name] = self._drawn(name).merged()
        return self._merged[name]

    def placed(self, text: str) -> Placed:
        """The merged region of an expression for look-ups by place."""
        if text not in self._placed:
            self._placed[text] = Placed(self.region(text), self.dbu)
        return self._placed[text]

    def contours(self, text: str, box: kdb.Box) -> list[Contour]:
        """Outlines of the merged polygons near a place."""
        found: list[Contour] = []
        for polygon in self.placed(text).touching(box).each():
            corner = polygon.bbox().p1  # outlines are few enough for a hash of 64 bits, but not all of them are random
            key = polygon.hash(), corner.x, corner.y
            if key not in self._contours:
                loops = [list(polygon.each_point_hull())]
                loops += [list(polygon.each_point_hole(hole)) for hole in range(polygon.holes())]
                self._contours[key] = [Contour([(p.x, p.y) for p in loop], self.step) for loop in loops]
            found += self._contours[key]
        return found

    def side(self, text: str, edge: kdb.Edge) -> Side | None:
        """The outline that a whole edge of a merged region is part of."""
        a, b = (edge.x1, edge.y1), (edge.x2, edge.y2)
        known = self._sides.setdefault(text, {})
        found = known.get((a, b)) or known.get((b, a))
        if found is None:  # once for each outline: a long one has many edges, and looking it up costs its length
            for contour in self.contours(text, edge.bbox()):
                known.update({key: Side(contour, number) for key, number in contour.numbers.items()})
            found = known.get((a, b)) or known.get((b, a))
        return found

    def spread(self, pairs: kdb.EdgePairs) -> Iterator[tuple[kdb.EdgePair, kdb.ICplxTrans, list[kdb.ICplxTrans]]]:
        """Each stored pair once, with one transformation to the top and the list of all."""
        if pairs.is_empty():
            return
        placed = Placed(pairs, self.dbu)
        for cell in placed.cells():
            places = placed.places(cell)
            if not places:
                continue
            for shape in cell.shapes(placed.layer).each():
                yield shape.edge_pair, places[0], places
