"""A layout under construction, seen through the layer names of its process. Lengths in µm at the door, dbu inside."""

from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.process import Process
from lingnan.pdk.process.expression import evaluate, layers_of


@dataclass(frozen=True)
class Canvas:
    """Layout, top cell and process, kept together."""

    layout: kdb.Layout
    top: kdb.Cell
    process: Process

    def index(self, name: str) -> int:
        """Layer index of a layer of the process, made when it is not there yet."""
        layer = self.process.layer(name)
        return self.layout.layer(layer.layer, layer.datatype)

    def has(self, name: str) -> bool:
        """Whether the process has this layer."""
        return name in self.process.layers

    def dbu(self, length: float) -> int:
        """µm to database units."""
        return round(length / self.layout.dbu)

    def region(self, expression: str, within: kdb.Box | None = None) -> kdb.Region:
        """What an expression of drawn layers covers, flat and merged, clipped to a box [dbu] where one is given."""
        values: dict[str, kdb.Region] = {}
        for name in layers_of(expression):
            index = self.index(name)
            if within is None:
                values[name] = kdb.Region(self.top.begin_shapes_rec(index)).merged()
            else:  # only what touches the box is read, which makes windows over a large chip cheap
                values[name] = kdb.Region(self.top.begin_shapes_rec_touching(index, within)) & kdb.Region(within)
        return evaluate(expression, values).merged()

    def cell(self, name: str) -> kdb.Cell:
        """A new cell; the name is free in a layout that this package built."""
        return self.layout.create_cell(name)

    def place(self, cell: kdb.Cell, x: float = 0.0, y: float = 0.0) -> None:
        """Put a cell into the top cell."""
        self.top.insert(kdb.CellInstArray(cell.cell_index(), kdb.Trans(self.dbu(x), self.dbu(y))))
