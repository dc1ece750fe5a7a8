"""Read GDS and OASIS for a check: whatever KLayout opens without complaint but cannot be a layout is refused here."""

import gzip
import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import klayout.db as kdb

from lingnan.pdk.drc.violation import LayerCount
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.layout.layermap import read_layer_map
from lingnan.pdk.layout.measure import Measure, measure
from lingnan.pdk.layout.scan import check_hierarchy, scan_gds
from lingnan.pdk.process import Process

MAX_BYTES = 8_000_000_000  #: unpacked; a flat mask set of a full reticle has 1e9
MAX_SHAPES = 2_000_000_000  #: flat; a chip of 20 x 20 mm full of devices has 1e6 to 1e8
#: ±1 m in units of 1 nm: as far as the difference of two coordinates still fits in the 32 bits of KLayout and GDS
MAX_COORDINATE = 1_000_000_000
_GDS, _OASIS, _GZIP = b"\x00\x06\x00\x02", b"%SEMI-OASIS\r\n", b"\x1f\x8b"
_DBU = 0.001  #: µm; where no process says otherwise


@dataclass(frozen=True)
class Loaded:
    """A layout that can be checked."""

    layout: kdb.Layout
    top: kdb.Cell
    layers: dict[str, tuple[int, int]]  #: layer of the process that is there -> layer and datatype in `layout`
    counts: tuple[LayerCount, ...]  #: of every layer of the file that has shapes below `top`, mapped or not
    path: str
    notes: tuple[str, ...] = ()  #: what was dropped on reading, and what the layer map does not name

    @property
    def unmapped(self) -> tuple[LayerCount, ...]:
        """Layers with shapes that the process does not know, or the layer map does not name."""
        return tuple(count for count in self.counts if not count.name)


def read_layout(
    path: str | Path,
    process: Process | None = None,
    *,
    layer_map: Mapping[str, Any] | None = None,
    layer_map_name: str = "layer map",
    top: str | None = None,
) -> Loaded:
    """Read a layout file.

    Args:
        path: GDS or OASIS, also packed with gzip.
        process: gives layers their names and the database unit its value; 1 nm without.
        layer_map: `{"3/0": "WG"}`, the file's numbers to the process's names; what it does not name is ignored, and
            counted. Without it the process's own numbers hold.
        layer_map_name: file of the map, for messages.
        top: the cell to look at; needed where the file has several top cells.

    Raises:
        LingnanError: what is wrong with the file, in one sentence with the remedy.
    """
    path = Path(path)
    mapping = read_layer_map(layer_map, process, layer_map_name) if layer_map is not None and process else None
    notes = _look_at_bytes(path)
    layout = _read(path)
    _check_unit(layout, process, path)
    for cell in layout.each_cell():
        if cell.is_ghost_cell() and any(True for _ in cell.each_parent_cell()):
            raise LingnanError(
                f"{path}: cell {cell.name} is referred to, but not in the file. Add it, or remove the reference."
            )
    cell = _top_cell(layout, path, top)
    measured = measure(layout, cell, str(path))
    _check_size(measured, cell, path)
    layers, counts = _name_layers(layout, cell, process, mapping, measured)
    loose = [count for count in counts if not count.name]
    if mapping is not None and loose:
        notes.append(
            f"{sum(count.shapes for count in loose)} shapes were not checked, on layers that {layer_map_name} does not "
            "name: " + ", ".join(f"{count.gds[0]}/{count.gds[1]} ({count.shapes})" for count in loose)
        )
    return Loaded(layout, cell, layers, counts, str(path), tuple(notes))


def _look_at_bytes(path: Path) -> list[str]:
    """Refuse what is no layout file, and walk over a GDS stream; gives notes of what will be dropped."""
    if path.is_dir():
        raise LingnanError(f"{path}: is a folder. Give the layout file in it, e.g. {path / 'chip.gds'}.")
    try:
        with path.open("rb") as stream:
            head = stream.read(16)
            size = path.stat().st_size
            if not head:
                raise LingnanError(f"{path}: is empty (0 bytes). Export the layout again.")
            if head.startswith(_GZIP):
                return _look_at_stream(_unpack(path), path)
            if size > MAX_BYTES:
                raise LingnanError(
                    f"{path}: has {size} bytes, more than the {MAX_BYTES} that a check takes. Check it in parts."
                )
            if head.startswith(_OASIS):
                return []
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _look_at_stream(data, path)
    except FileNotFoundError:
        raise LingnanError(f"{path}: there is no such layout file. {_near(path)}") from None
    except OSError as error:
        raise LingnanError(f"{path}: cannot be read ({error.strerror or error}). Check the file.") from None


def _near(path: Path) -> str:
    files = [file.name for file in path.parent.glob("*") if file.suffix.lower() in (".gds", ".oas", ".gz")]
    return did_you_mean(path.name, files) if files else "Check the path."


def _unpack(path: Path) -> bytes:
    """A gzip file unpacked, as far as the limit: a small file can hold any number of zeros."""
    try:
        with gzip.open(path, "rb") as stream:
            data = stream.read(MAX_BYTES // 8 + 1)
    except (EOFError, gzip.BadGzipFile, OSError) as error:
        raise LingnanError(f"{path}: cannot be unpacked ({error}). Copy or pack it again.") from None
    if len(data) > MAX_BYTES // 8:
        raise LingnanError(f"{path}: unpacks to more than {MAX_BYTES // 8} bytes. Unpack it yourself if you trust it.")
    return data


def _look_at_stream(data: bytes | mmap.mmap, path: Path) -> list[str]:
    if data[:4] != _GDS:
        if data[: len(_OASIS)] == _OASIS:
            return []
        raise LingnanError(
            f"{path}: is neither GDS nor OASIS (it starts with {bytes(data[:8])!r}). Export the layout as one of them."
        )
    scan = scan_gds(data, str(path))
    if not scan.children:
        raise LingnanError(f"{path}: holds no cell. Export the layout again, with its top cell.")
    check_hierarchy(scan.children, str(path))
    notes: list[str] = []
    if scan.degenerate:
        cells = ", ".join(f"{cell} ({count})" for cell, count in scan.degenerate.most_common(5))
        notes.append(f"{scan.degenerate.total()} polygons of fewer than three corners were dropped, in cells {cells}")
    return notes


def _read(path: Path) -> kdb.Layout:
    options = kdb.LoadLayoutOptions()
    options.warn_level = 0  # what it would warn of is in our notes, or refused
    layout = kdb.Layout()
    try:
        layout.read(str(path), options)
    except RuntimeError as error:
        text = " ".join(str(error).split()).removesuffix(" in Layout.read")
        if "topological_sort" in text:
            raise LingnanError(f"{path}: cells contain each other in a circle. Break the circle.") from None
        if "mag > 0" in text:
            raise LingnanError(f"{path}: places a cell with a magnification of 0. Export it again.") from None
        raise LingnanError(f"{path}: cannot be read: {text}. Copy or export it again.") from None
    return layout


def _check_unit(layout: kdb.Layout, process: Process | None, path: Path) -> None:
    wanted = process.grid.value if process is not None else _DBU
    if abs(layout.dbu / wanted - 1) > 1e-6:  # a GDS real has 56 bits; writers compute it from decimal text
        why = "is not a length" if not layout.dbu > 0 else f"is not the {wanted:g} µm that masks are made on"
        raise LingnanError(
            f"{path}: the database unit of {layout.dbu:g} µm {why}"
            + (f" (process {process.name}, grid)" if process is not None else "")
            + f". Save the file again with a database unit of {wanted * 1000:g} nm."
        )
    layout.dbu = wanted  # without the last bit's noise of a GDS real


def _top_cell(layout: kdb.Layout, path: Path, top: str | None) -> kdb.Cell:
    tops = sorted(layout.top_cells(), key=lambda cell: cell.name)
    if top is not None:
        if not layout.has_cell(top):
            raise LingnanError(
                f"{path}: has no cell {top!r}. " + did_you_mean(top, [cell.name for cell in layout.each_cell()])
            )
        return layout.cell(top)
    if not tops:
        raise LingnanError(f"{path}: holds no cell. Export the layout again, with its top cell.")
    if len(tops) > 1:
        names = [cell.name for cell in tops]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        raise LingnanError(f"{path}: has {len(tops)} top cells ({shown}). Choose one, e.g. --top {names[0]}.")
    return tops[0]


def _check_size(measured: Measure, cell: kdb.Cell, path: Path) -> None:
    if measured.total == 0:
        raise LingnanError(f"{path}: there is no shape below cell {cell.name}. Export the layout with its shapes.")
    if max(measured.total, measured.placements) > MAX_SHAPES:
        raise LingnanError(
            f"{path}: unfolds to {max(measured.total, measured.placements):.3g} shapes or cells, more than the "
            f"{MAX_SHAPES:.0e} that can be on a wafer. Look at the arrays below cell {cell.name}."
        )
    if measured.reach > MAX_COORDINATE:
        raise LingnanError(
            f"{path}: reaches {measured.reach * 1e-3:.6g} µm from the origin in cell {measured.farthest}, beyond "
            f"{MAX_COORDINATE * 1e-3:g} µm; coordinates would not fit in 32 bits. Move the cells back to the origin."
        )


def _name_layers(
    layout: kdb.Layout,
    cell: kdb.Cell,
    process: Process | None,
    mapping: dict[tuple[int, int], str] | None,
    measured: Measure,
) -> tuple[dict[str, tuple[int, int]], tuple[LayerCount, ...]]:
    """Names of the file's layers. A mapped layout gets the process's numbers, and loses what the map does not name."""
    names = mapping
    if names is None:
        names = {layer.gds: name for name, layer in process.layers.items()} if process is not None else {}
    numbers = {index: _numbers(layout, index) for index in layout.layer_indexes()}
    counts = tuple(
        LayerCount(numbers[index], names.get(numbers[index], ""), shapes)
        for index, shapes in sorted(measured.shapes.items(), key=lambda item: numbers[item[0]])
    )
    if mapping is None or process is None:
        return {count.name: count.gds for count in counts if count.name}, counts
    homes: dict[str, int] = {}
    for index, gds in numbers.items():
        name = mapping.get(gds, "")
        if not name:
            layout.delete_layer(index)
        elif name in homes:
            layout.move_layer(index, homes[name])
            layout.delete_layer(index)
        else:
            homes[name] = index
            layout.set_info(index, kdb.LayerInfo(f"{name}@{index}"))  # out of the way of another layer's number
    for name, index in homes.items():
        layout.set_info(index, kdb.LayerInfo(*process.layers[name].gds))
    return {count.name: process.layers[count.name].gds for count in counts if count.name}, counts


def _numbers(layout: kdb.Layout, index: int) -> tuple[int, int]:
    info = layout.get_info(index)
    return info.layer, info.datatype
