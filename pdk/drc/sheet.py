"""Parts side by side on a sheet of their own, so that a rule runs once for many of them; results back by part."""

from collections.abc import Mapping
from dataclasses import replace

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.found import Found, Outline, outline, polygon
from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.parts import Part, View
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.stream import DRAWN
from lingnan.pdk.process import Process, Rule

DEEP = 30_000  #: shapes from which a part that repeats its cells is looked at with its hierarchy
HIGHEST = 500_000_000  #: database units of one column; coordinates have 32 bits
REPEATS = 4  #: how often they must be there for that on the mean


class Sheet:
    """Parts with room between them.

    Args:
        layout: that the parts come from.
        parts: by content.
        view: what the rules read.
        names: process layer names of the view's layers, by index.
    """

    def __init__(self, layout: kdb.Layout, parts: Mapping[str, Part], view: View, names: Mapping[int, str]) -> None:
        self.layout = kdb.Layout()
        self.layout.dbu = layout.dbu
        self.top = self.layout.create_cell("SHEET")
        self.deep = len(parts) == 1 and all(_repeats(layout, part, view.layers) for part in parts.values())
        self._from, self._names = layout, {index: names[index] for index in sorted(view.layers)}
        self._target = {index: self.layout.layer(layout.get_info(index)) for index in self._names}
        room = 2 * view.reach
        self._cells: dict[int, int] = {}
        self._slots = kdb.Shapes()
        self._keys = list(parts)
        self._corners: list[kdb.Point] = []
        for number, (part, corner) in enumerate(zip(parts.values(), column(list(parts.values()), room), strict=True)):
            shift = corner - part.box.p1
            self._corners.append(kdb.Point(shift.x, shift.y))
            self._slots.insert(part.box.moved(shift).enlarged(room // 2 - 1, room // 2 - 1), number)
            self._draw(part, kdb.ICplxTrans(shift.x, shift.y))
        if view.second and not self.deep:
            self._crop(view.first - view.second, view.second - view.first, view.reach)

    def _crop(self, first: frozenset[int], second: frozenset[int], reach: int) -> None:
        """Shapes of two sides that come nowhere near the other side are left out."""
        if not first or not second:
            return
        sides = sorted((first, second), key=lambda side: sum(self._shapes(layer).size() for layer in side))
        for others, layers in (sides, sides[::-1]):  # the fewer say which of the many stay
            near = kdb.Region()
            for layer in others:
                drawn = kdb.Region(kdb.RecursiveShapeIterator(self.layout, self.top, self._target[layer]))
                drawn.merged_semantics = False
                near += drawn.extents(reach)
            near.merge()
            for layer in layers:
                left = kdb.Shapes()
                left.insert(kdb.RecursiveShapeIterator(self.layout, self.top, self._target[layer], near, False))
                self._shapes(layer).assign(left)

    def _shapes(self, layer: int) -> kdb.Shapes:
        return self.top.shapes(self._target[layer])

    def _draw(self, part: Part, shift: kdb.ICplxTrans) -> None:
        for index, trans in part.cells:
            if self.deep:
                if index not in self._cells:
                    self._cells[index] = self.layout.create_cell(f"CELL{index}").cell_index()
                    self._copy(index, self.layout.cell(self._cells[index]), kdb.ICplxTrans())
                self.top.insert(kdb.CellInstArray(self._cells[index], shift * trans))
            else:
                self._copy(index, self.top, shift * trans)
        for layer, shape, trans in part.shapes:
            self.top.shapes(self._target[layer]).insert(shape.polygon.transformed(shift * trans))

    def _copy(self, index: int, cell: kdb.Cell, trans: kdb.ICplxTrans) -> None:
        source = self._from.cell(index)
        for layer in self._names:
            if not source.bbox(layer).empty():
                shapes = kdb.RecursiveShapeIterator(self._from, source, layer)
                shapes.shape_flags = DRAWN
                cell.shapes(self._target[layer]).insert(shapes, trans)

    def scene(self, process: Process) -> Scene:
        """The sheet under a process."""
        infos = {name: self._from.get_info(index) for index, name in self._names.items()}
        numbers = {name: (info.layer, info.datatype) for name, info in infos.items()}
        return Scene(self.layout, self.top, process, numbers, deep=self.deep, chip=True)

    def run(self, scene: Scene, rule: Rule) -> dict[str, list[Found]]:
        """Faults of a rule by part, in the parts' own coordinates."""
        by_part: dict[str, list[Found]] = {key: [] for key in self._keys}
        for fault in run_rule(scene, rule):
            number = self._slot(fault.outlines[0])
            corner = self._corners[number]
            by_part[self._keys[number]].append(placed(fault, kdb.ICplxTrans(-corner.x, -corner.y)))
        return by_part

    def _slot(self, outline: Outline) -> int:
        point = kdb.Point(*outline[0].tolist())
        return next(iter(self._slots.each_touching(kdb.Box(point, point)))).prop_id


def placed(fault: Found, trans: kdb.ICplxTrans) -> Found:
    """A fault under a transformation."""
    if trans.is_ortho() and not trans.is_mag() and not trans.is_mirror() and trans.angle == 0.0:
        shift = np.array([trans.disp.x, trans.disp.y])
        return replace(fault, outlines=tuple(o + shift for o in fault.outlines))
    return replace(fault, outlines=tuple(outline(polygon(o).transformed(trans)) for o in fault.outlines))


def column(parts: list[Part], room: int) -> list[kdb.Point]:
    """Lower left corners of boxes above each other: KLayout sweeps upwards, over all edges of a height at once."""
    corners: list[kdb.Point] = []
    x = y = wide = 0
    for part in parts:
        if y > HIGHEST:
            x, y, wide = x + wide, 0, 0
        corners.append(kdb.Point(x, y))
        y, wide = y + part.box.height() + room, max(wide, part.box.width() + room)
    return corners


def _repeats(layout: kdb.Layout, part: Part, layers: frozenset[int]) -> bool:
    stored = len(part.shapes)
    for index in {index for index, _ in part.cells}:
        cell = layout.cell(index)
        stored += sum(cell.shapes(layer).size() for layer in layers)
        stored += sum(layout.cell(child).shapes(layer).size() for child in cell.called_cells() for layer in layers)
    return part.size > DEEP and part.size > REPEATS * stored
