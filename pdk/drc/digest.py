"""Digests of what cells hold, layer by layer: equal digests, equal geometry, whatever the cells are called."""

import hashlib
from collections.abc import Iterable, Mapping

import klayout.db as kdb

from lingnan.pdk.drc.objects import DRAWN


class Digests:
    """Digests of the cells of a layout, each computed once.

    Args:
        layout: not to be changed as long as this is in use.
        layers: process layer names by index; they go into the digests of several layers.
    """

    def __init__(self, layout: kdb.Layout, layers: Mapping[int, str]) -> None:
        self._layout, self._layers = layout, layers
        self._known: dict[tuple[int, int], bytes] = {}
        # one cell of one layer, written as a stream: five times faster than text
        self._scratch = kdb.Layout()
        self._scratch.dbu = layout.dbu
        self._cell = self._scratch.create_cell("C")
        self._layer = self._scratch.layer(1, 0)
        self._options = kdb.SaveLayoutOptions()
        self._options.format = "GDS2"
        self._options.gds2_write_timestamps = False
        self._options.gds2_multi_xy_records = True

    def layer(self, index: int, layer: int) -> bytes:
        """Digest of a layer under a cell: its shapes, and where its child cells stand."""
        if (index, layer) not in self._known:
            cell = self._layout.cell(index)
            digest = hashlib.blake2b(digest_size=16)
            if not cell.bbox(layer).empty():
                store = self._cell.shapes(self._layer)
                store.clear()
                store.insert(cell.shapes(layer), DRAWN)
                digest.update(self._scratch.write_bytes(self._options))
                stands = [
                    (self.layer(instance.cell_index, layer), str(instance.cell_inst).partition(" ")[2])
                    for instance in cell.each_inst()
                    if not self._layout.cell(instance.cell_index).bbox(layer).empty()
                ]
                for child, place in sorted(stands):
                    digest.update(child + place.encode())
            self._known[index, layer] = digest.digest()
        return self._known[index, layer]

    def cell(self, index: int, layers: Iterable[int]) -> str:
        """Digest of several layers under a cell."""
        digest = hashlib.blake2b(digest_size=16)
        for layer in sorted(layers, key=lambda layer: self._layers[layer]):
            digest.update(self._layers[layer].encode() + b"\0" + self.layer(index, layer))
        return digest.hexdigest()
