"""Digests of what cells hold, layer by layer: equal digests, equal geometry, whatever the cells are called."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import klayout.db as kdb

from lingnan.pdk.drc.stream import digests_of


class Digests:
    """Digests of the cells of a layout, each computed once.

    Args:
        layout: not to be changed as long as this is in use.
        layers: process layer names by index; they go into the digests of several layers.
    """

    def __init__(self, layout: kdb.Layout, layers: Mapping[int, str]) -> None:
        self._layout, self._layers = layout, layers
        self._known: dict[tuple[int, int], bytes] = {}
        self._told: dict[tuple[int, frozenset[int]], str] = {}
        self._children: dict[int, dict[int, bytes]] = {}

    def layer(self, index: int, layer: int) -> bytes:
        """Digest of a layer under a cell: its shapes, and where its child cells stand."""
        if (index, layer) not in self._known:
            cell = self._layout.cell(index)
            digest = hashlib.blake2b(digest_size=16)
            if not cell.bbox(layer).empty():
                digest.update(self._shapes(index, layer))
                stands = self._stands(index).items()
                shown = [item for item in stands if not self._layout.cell(item[0]).bbox(layer).empty()]
                digest.update(b"".join(sorted(self.layer(child, layer) + places for child, places in shown)))
            self._known[index, layer] = digest.digest()
        return self._known[index, layer]

    @cached_property
    def _own(self) -> dict[tuple[int, int], bytes]:
        """Digests of the shapes of a layer in a cell itself, where there are any."""
        layout = self._layout
        stores = {
            (cell.cell_index(), layer): store
            for cell in layout.each_cell()
            for layer in self._layers
            if not (store := cell.shapes(layer)).is_empty()
        }
        return dict(zip(stores, digests_of(stores.values(), layout.dbu), strict=True))

    def _shapes(self, index: int, layer: int) -> bytes:
        return self._own.get((index, layer), b"")

    def own(self, cell: int, layers: Sequence[int]) -> str:
        """Digest of what a cell draws itself on several layers, taken as one."""
        return hashlib.blake2b(b"".join(self._shapes(cell, layer) for layer in layers), digest_size=16).hexdigest()

    def _stands(self, index: int) -> dict[int, bytes]:
        """Child cells of a cell, each with a digest of all its places: once for all layers."""
        if index not in self._children:
            places: dict[int, list[str]] = defaultdict(list)
            for one in self._layout.cell(index).each_inst():
                places[one.cell_index].append(str(one.cell_inst).partition(" ")[2])
            self._children[index] = {
                child: hashlib.blake2b("\n".join(sorted(told)).encode(), digest_size=16).digest()
                for child, told in places.items()
            }
        return self._children[index]

    def cell(self, index: int, layers: Iterable[int]) -> str:
        """Digest of several layers under a cell."""
        key = index, frozenset(layers)
        if key not in self._told:
            digest = hashlib.blake2b(digest_size=16)
            for layer in sorted(key[1], key=lambda layer: self._layers[layer]):
                digest.update(self._layers[layer].encode() + b"\0" + self.layer(index, layer))
            self._told[key] = digest.hexdigest()
        return self._told[key]
