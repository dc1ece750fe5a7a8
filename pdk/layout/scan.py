"""A quick walk over the records of a GDS stream, for what KLayout reads without a word.

KLayout opens files whose cells contain each other only to stop at an internal assertion, needs time beyond all bounds
for chains of many thousand cells, and drops elements that have no area. The walk looks at record heads and cell names
alone, about a quarter of a second for a million records.
"""

import mmap
import struct
from collections import Counter
from dataclasses import dataclass, field

from lingnan.pdk.errors import LingnanError, did_you_mean

MAX_DEPTH = 256  #: levels of hierarchy; the deepest chip seen has 14
_UNITS, _ENDLIB, _STRNAME, _SNAME, _COLROW, _XY = 0x03, 0x04, 0x06, 0x12, 0x13, 0x10
_BOUNDARY, _BOX = 0x08, 0x2D
_ELEMENTS = {0x08: "BOUNDARY", 0x09: "PATH", 0x0A: "SREF", 0x0B: "AREF", 0x0C: "TEXT", 0x15: "NODE", 0x2D: "BOX"}
_LOOK = frozenset({_ENDLIB, _STRNAME, _SNAME, _COLROW, _XY, *_ELEMENTS})
_LAST = 0x3B  #: highest record type of release 7


@dataclass
class Scan:
    """What the records say."""

    children: dict[str, set[str]] = field(default_factory=dict[str, set[str]])  #: by cell, in the file's order
    elements: Counter[str] = field(default_factory=Counter[str])  #: BOUNDARY, PATH …
    degenerate: Counter[str] = field(default_factory=Counter[str])  #: cell -> polygons of fewer than three corners


def scan_gds(data: bytes | mmap.mmap, name: str) -> Scan:
    """Walk over the stream.

    Args:
        data: the file.
        name: of the file, for messages.

    Raises:
        LingnanError: records that do not fit each other, a file that ends early, a cell twice, a broken array.
    """
    scan, cell, size, position = Scan(), "", len(data), 0
    children: set[str] = set()
    kind = 0
    while True:
        if position + 4 > size:
            raise LingnanError(
                f"{name}: ends after {size} bytes inside {f'cell {cell}' if cell else 'the library'}, before ENDLIB. "
                "The file is truncated: copy or export it again."
            )
        length = (data[position] << 8) | data[position + 1]
        record = data[position + 2]
        if length < 4 or length % 2 or record > _LAST:
            raise LingnanError(
                f"{name}: the bytes at {position} are no GDS record (length {length}, type 0x{record:02x}). "
                "The file is damaged: copy or export it again."
            )
        if record in _LOOK:
            if record == _ENDLIB:
                return scan
            if position + length > size:
                position = size
                continue
            if record == _STRNAME:
                cell = _word(data[position + 4 : position + length])
                if cell in scan.children:
                    raise LingnanError(f"{name}: cell {cell} is defined twice. Rename one of them and export again.")
                children = scan.children[cell] = set()
            elif record == _SNAME:
                children.add(_word(data[position + 4 : position + length]))
            elif record == _COLROW:
                columns, rows = struct.unpack(">hh", data[position + 4 : position + 8])
                if columns < 1 or rows < 1:
                    raise LingnanError(
                        f"{name}: cell {cell} has an array of {columns} columns and {rows} rows; GDS counts both from "
                        "1 to 32767. Export the file again."
                    )
            elif record == _XY:
                if kind in (_BOUNDARY, _BOX) and length < 4 + 4 * 8:  # three corners, and the first again
                    scan.degenerate[cell] += 1
            else:
                kind = record
                scan.elements[_ELEMENTS[record]] += 1
        position += length


def _word(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode("utf-8", "replace")


def check_hierarchy(children: dict[str, set[str]], name: str) -> None:
    """Refuse cells that contain each other, that are missing, or that nest too deep. Nothing here recurses.

    Raises:
        LingnanError: naming the cells.
    """
    depth: dict[str, int] = {}
    for start in children:
        if start in depth:
            continue
        path: list[str] = [start]
        on_path = {start}
        waiting = [iter(children[start])]
        while path:
            child = next(waiting[-1], None)
            if child is None:
                here = path.pop()
                waiting.pop()
                on_path.discard(here)
                depth[here] = 1 + max((depth[inner] for inner in children[here]), default=0)
                if depth[here] > MAX_DEPTH:
                    raise LingnanError(
                        f"{name}: cell {here} holds more than {MAX_DEPTH} levels of cells, the limit of a layout that "
                        "can be checked. Flatten the chain of cells in it."
                    )
            elif child in on_path:
                circle = [*path[path.index(child) :], child]
                raise LingnanError(
                    f"{name}: cells contain each other: {' -> '.join(_short(circle))}. Break the circle."
                )
            elif child not in children:
                raise LingnanError(
                    f"{name}: cell {path[-1]} refers to cell {child}, which is not in the file. Add it, or remove the "
                    f"reference. {did_you_mean(child, children)}"
                )
            elif child not in depth:
                path.append(child)
                on_path.add(child)
                waiting.append(iter(children[child]))


def _short(names: list[str]) -> list[str]:
    return names if len(names) <= 8 else [*names[:4], "…", *names[-3:]]
