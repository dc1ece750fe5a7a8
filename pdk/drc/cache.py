"""Results kept from run to run, by content: a rule whose layers are as they were is not run again.

The content of a layer is a digest of every cell's shapes on it and of where the cells stand, so a changed cell changes
the layers that it changes and no other. A result is stored under the digests of all layers that its rule reads, the
rule itself, the process, and the version of this file's format; it is the same whether it was stored or computed.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.drc.found import Found
from lingnan.pdk.process import Process, Rule, layers_of

VERSION = version("klayout")
FORMAT = "2"  #: changes with whatever changes a result


def layer_digests(layout: kdb.Layout, top: kdb.Cell) -> dict[int, str]:
    """Digest of what each layer holds under a cell, by layer index; instances as they stand, arrays as arrays."""
    under = set(top.called_cells()) | {top.cell_index()}
    order = [index for index in layout.each_cell_bottom_up() if index in under]
    layers = [index for index in layout.layer_indexes() if not top.bbox(index).empty()]
    known: dict[tuple[int, int], bytes] = {}
    for cell_index in order:
        cell = layout.cell(cell_index)
        stands = [(instance.cell_index, str(instance.cell_inst).partition(" ")[2]) for instance in cell.each_inst()]
        for layer in layers:
            if cell.bbox(layer).empty():
                continue
            digest = hashlib.blake2b(digest_size=16)
            region = kdb.Region(cell.shapes(layer))
            region.merged_semantics = False
            digest.update(region.to_s(2**31 - 1).encode())
            digest.update(str(cell.shapes(layer).size()).encode())
            for child, place in sorted((known[c, layer], place) for c, place in stands if (c, layer) in known):
                digest.update(child + place.encode())
            known[cell_index, layer] = digest.digest()
    return {layer: known[top.cell_index(), layer].hex() for layer in layers}


class Cache:
    """A folder of results, one small file for each rule and content."""

    def __init__(self, folder: Path | str, layout: kdb.Layout, top: kdb.Cell, process: Process) -> None:
        self.folder = Path(folder)
        self._process = process
        self._dbu = layout.dbu
        self._digests = layer_digests(layout, top)
        self._box = str(top.bbox())

    def key(self, rule: Rule, layers: Mapping[str, int | None], deep: bool) -> str:
        """Name under which a rule's result is kept."""
        names = [name for text in (rule.layer, rule.other, rule.unless) if text for name in layers_of(text)]
        # a rule without a layer reads all of them; FLOORPLAN and the outline say whether this is a chip
        read = sorted({*names, "FLOORPLAN"}) if rule.layer and rule.kind != "device_overlap" else sorted(layers)
        content = [(name, "" if (i := layers.get(name)) is None else self._digests.get(i, "")) for name in read]
        limit = rule.limit.value if rule.limit else None
        told = [FORMAT, VERSION, self._process.stamp, rule.id, rule.kind, rule.layer, rule.other, rule.unless]
        told += [limit, dict(rule.options), self._dbu, self._box, deep, content, self._process.grid.value]
        if not rule.layer:
            told.append(str(sorted(self._digests.items())))
        return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=20).hexdigest()

    def load(self, key: str) -> list[Found] | None:
        """A stored result; None where there is none, or the file is damaged."""
        try:
            rows = json.loads((self.folder / f"{key}.json").read_text())
            return [
                Found(v, tuple(tuple((int(x), int(y)) for x, y in o) for o in outlines), n) for v, outlines, n in rows
            ]
        except (OSError, ValueError, TypeError):
            return None

    def store(self, key: str, found: list[Found]) -> None:
        """Keep a result; a folder that cannot be written costs only the time of the next run."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{key}.part"
            part.write_text(json.dumps([(fault.value, fault.outlines, fault.note) for fault in found]))
            part.replace(self.folder / f"{key}.json")
        except OSError:
            return
