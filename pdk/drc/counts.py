"""How many shapes a layout holds, layer by layer, every placement counted."""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping

import klayout.db as kdb

from lingnan.pdk.drc.violation import LayerCount


class Counts:
    """Shapes by layer under each cell of a layout; texts are counted too.

    Args:
        layout: not to be changed as long as this is in use.
        top: the cell to look at, and all below it.
    """

    def __init__(self, layout: kdb.Layout, top: kdb.Cell) -> None:
        self._layout, self._top = layout, top
        self._under: dict[int, dict[int, int]] = {}
        layers = list(layout.layer_indexes())
        under = {*top.called_cells(), top.cell_index()}
        for cell in layout.each_cell_bottom_up():
            if cell in under:
                self._under[cell] = self._count(layout.cell(cell), layers)

    def _count(self, cell: kdb.Cell, layers: list[int]) -> dict[int, int]:
        found = {layer: size for layer in layers if (size := cell.shapes(layer).size())}
        times: dict[int, int] = defaultdict(int)
        for instance in cell.each_inst():
            times[instance.cell_index] += max(1, instance.na) * max(1, instance.nb)
        for child, number in times.items():
            for layer, size in self._under[child].items():
                found[layer] = found.get(layer, 0) + size * number
        return found

    def of(self, cell: int, layer: int) -> int:
        """Shapes of a layer under a cell."""
        return self._under[cell].get(layer, 0)

    def total(self, cell: int, layers: Container[int]) -> int:
        """Shapes of some layers under a cell."""
        return sum(size for layer, size in self._under[cell].items() if layer in layers)

    def seen(self, layers: Mapping[str, tuple[int, int]]) -> tuple[LayerCount, ...]:
        """What the top cell holds, layer by layer; a layer that maps to nothing has an empty name.

        Args:
            layers: (layer, datatype) by name.
        """
        names = {gds: name for name, gds in layers.items()}
        found: Counter[tuple[int, int]] = Counter()
        for index, size in self._under[self._top.cell_index()].items():
            info = self._layout.get_info(index)
            found[info.layer, info.datatype] += size
        return tuple(LayerCount(gds, names.get(gds, ""), number) for gds, number in sorted(found.items()))
