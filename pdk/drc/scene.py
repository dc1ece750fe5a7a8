"""The geometry that rules look at: layers and expressions of them as KLayout regions, hierarchical or flat.

All coordinates are database units of the top cell.
"""

from collections.abc import Mapping

import klayout.db as kdb

from lingnan.pdk.drc.contours import Contours
from lingnan.pdk.drc.keep import Keep
from lingnan.pdk.process import Process, evaluate, layers_of


class Placed:
    """Polygons for look-ups by place, cell by cell where they are hierarchical."""

    def __init__(self, region: kdb.Region, dbu: float) -> None:
        self._layout = kdb.Layout()
        self._layout.dbu = dbu
        self._top = self._layout.create_cell("TOP")
        self._layer = self._layout.layer(1, 0)
        self._layout.insert(self._top.cell_index(), self._layer, region)

    def touching(self, where: kdb.Box | kdb.Region) -> kdb.Region:
        """Polygons whose box touches a box or a region, in the top cell."""
        return kdb.Region(kdb.RecursiveShapeIterator(self._layout, self._top, self._layer, where, False))


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
        self.keep: Keep | None = None  #: results of earlier runs
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
        self._contours: dict[str, Contours] = {}

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

    def contours(self, text: str) -> Contours:
        """All outlines of an expression, unfolded."""
        if text not in self._contours:
            self._contours[text] = Contours.of(self.region(text), self.step)
        return self._contours[text]
