"""Layouts that cannot be what they claim are refused in one sentence; what is dropped is said."""

import gzip
import struct
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.layout import read_layer_map, read_layout
from lingnan.pdk.process import load_process

SQUARE = [(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 0)]


def record(kind: int, form: int, data: bytes = b"") -> bytes:
    return struct.pack(">HBB", 4 + len(data), kind, form) + data


def word(text: str) -> bytes:
    raw = text.encode()
    return raw + b"\0" * (len(raw) % 2)


def real(value: float) -> bytes:
    """A GDS real: sign, exponent of 16 in excess 64, 56 bits of mantissa."""
    if value == 0:
        return bytes(8)
    sign, value, exponent = (0x80, -value, 64) if value < 0 else (0, value, 64)
    while value >= 1:
        value, exponent = value / 16, exponent + 1
    while value < 1 / 16:
        value, exponent = value * 16, exponent - 1
    return bytes([sign | exponent]) + int(value * 2**56).to_bytes(7, "big")


def points(corners: list[tuple[int, int]]) -> bytes:
    return record(0x10, 3, b"".join(struct.pack(">ii", x, y) for x, y in corners))


def boundary(corners: list[tuple[int, int]] = SQUARE, layer: int = 1) -> bytes:
    numbers = record(0x0D, 2, struct.pack(">h", layer)) + record(0x0E, 2, bytes(2))
    return record(0x08, 0) + numbers + points(corners) + record(0x11, 0)


def reference(name: str, at: tuple[int, int] = (0, 0), magnification: float | None = None) -> bytes:
    turn = b"" if magnification is None else record(0x1A, 1, bytes(2)) + record(0x1B, 5, real(magnification))
    return record(0x0A, 0) + record(0x12, 6, word(name)) + turn + points([at]) + record(0x11, 0)


def array(name: str, columns: int, rows: int, pitch: int = 2) -> bytes:
    far = [(0, 0), (pitch * columns, 0), (0, pitch * rows)]
    head = record(0x12, 6, word(name)) + record(0x13, 2, struct.pack(">hh", columns, rows))
    return record(0x0B, 0) + head + points(far) + record(0x11, 0)


def gds(cells: dict[str, bytes] | list[tuple[str, bytes]], unit: float = 1e-9, end: bool = True) -> bytes:
    stamp = struct.pack(">12h", *[2026, 1, 1, 0, 0, 0] * 2)
    head = record(0, 2, struct.pack(">h", 600)) + record(1, 2, stamp) + record(2, 6, word("LIB"))
    head += record(3, 5, real(1e-3) + real(unit))
    pairs = cells.items() if isinstance(cells, dict) else cells
    body = b"".join(record(5, 2, stamp) + record(6, 6, word(name)) + what + record(7, 0) for name, what in pairs)
    return head + body + (record(4, 0) if end else b"")


def chain(levels: int) -> bytes:
    cells = {"c0": boundary()}
    cells |= {f"c{level}": reference(f"c{level - 1}") for level in range(1, levels)}
    return gds(cells)


HOSTILE = {
    "nothing": (b"", "is empty"),
    "text": (b"a letter to the foundry\n" * 9, "neither GDS nor OASIS"),
    "cut in a cell": (gds({"A": boundary()})[:-20], "truncated"),
    "cut after a cell": (gds({"A": boundary()}, end=False), "before ENDLIB"),
    "noise after the head": (gds({})[:-4] + b"\xff\xff\xff\xff" * 9, "no GDS record"),
    "cut oasis": (b"%SEMI-OASIS\r\n\x01\x031.0", "cannot be read"),
    "no cell": (gds({}), "no cell"),
    "an empty cell": (gds({"A": b""}), "no shape below cell A"),
    "unit 0": (gds({"A": boundary()}, unit=0.0), "not a length"),
    "unit below 0": (gds({"A": boundary()}, unit=-1e-9), "not a length"),
    "unit 5 nm": (gds({"A": boundary()}, unit=5e-9), "0.005 µm is not the 0.001 µm"),
    "circle": (gds({"A": boundary() + reference("B"), "B": reference("A")}), "A -> B -> A"),
    "cell in itself": (gds({"A": boundary() + reference("A")}), "A -> A"),
    "missing cell": (gds({"TOP": boundary() + reference("ring_12"), "ring_1": boundary()}), "Did you mean ring_1"),
    "a cell twice": (gds([("A", boundary()), ("A", boundary())]), "defined twice"),
    "two tops": (gds({"A": boundary(), "B": boundary()}), "2 top cells (A, B). Choose one, e.g. --top A"),
    "beyond 32 bit": (
        gds({"A": boundary(), "B": reference("A", (2**31 - 9, 0)), "C": reference("B", (2**31 - 9, 0))}),
        "32 bits",
    ),
    "blown up": (gds({"A": boundary(), "B": reference("A", magnification=1e9)}), "32 bits"),
    "shrunk to nothing": (gds({"A": boundary(), "B": reference("A", magnification=0.0)}), "magnification of 0"),
    "2^60 shapes": (
        gds({"c0": boundary()} | {f"c{n}": array(f"c{n - 1}", 1000, 1000) for n in range(1, 4)}),
        "unfolds to 1e+18",
    ),
    "2^60 empty cells": (
        gds(
            {"c0": b"", "c1": array("c0", 1000, 1000)}
            | {f"c{n}": array(f"c{n - 1}", 1000, 1000) for n in range(2, 4)}
            | {"TOP": boundary() + reference("c3")}
        ),
        "unfolds to",
    ),
    "deep": (chain(300), "more than 256 levels"),
    "absurdly deep": (chain(30_000), "more than 256 levels"),
    "array of 0 columns": (gds({"A": boundary(), "B": array("A", 0, 5)}), "0 columns"),
    "array of -3 columns": (gds({"A": boundary(), "B": array("A", -3, 5)}), "-3 columns"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    data, part = HOSTILE[name]
    path = tmp_path / "chip.gds"
    path.write_bytes(data)
    with pytest.raises(LingnanError) as caught:
        read_layout(path, load_process("soi220"))
    assert part in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "chip_a.gds").write_bytes(gds({"A": boundary()}))
    with pytest.raises(LingnanError, match=r"no such layout file\. Did you mean chip_a\.gds"):
        read_layout(tmp_path / "chipa.gds")
    with pytest.raises(LingnanError, match="is a folder"):
        read_layout(tmp_path)


def test_deep_oasis_is_refused(tmp_path: Path) -> None:
    layout = kdb.Layout()
    inner = layout.create_cell("c0")
    inner.shapes(layout.layer(1, 0)).insert(kdb.Box(0, 0, 1000, 1000))
    for level in range(1, 300):
        outer = layout.create_cell(f"c{level}")
        outer.insert(kdb.CellInstArray(inner.cell_index(), kdb.Trans()))
        inner = outer
    layout.write(str(tmp_path / "deep.oas"))
    with pytest.raises(LingnanError, match="more than 256 levels"):
        read_layout(tmp_path / "deep.oas")


def test_shapes_are_counted_flat_and_top_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.gds"
    cells = {"unit": boundary() + boundary(layer=7), "A": array("unit", 3, 4, 5000), "B": boundary(layer=41)}
    path.write_bytes(gds(cells))
    process = load_process("soi220")
    loaded = read_layout(path, process, top="A")
    assert [(count.gds, count.name, count.shapes) for count in loaded.counts] == [((1, 0), "WG", 12), ((7, 0), "", 12)]
    assert loaded.layers == {"WG": (1, 0)}
    assert [count.gds for count in loaded.unmapped] == [(7, 0)]
    assert read_layout(path, process, top="B").layers == {"M1": (41, 0)}
    with pytest.raises(LingnanError, match=r"no cell 'Unit'\. Did you mean unit"):
        read_layout(path, process, top="Unit")


def test_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chip.gds.gz"
    path.write_bytes(gzip.compress(gds({"A": boundary()})))
    assert read_layout(path, load_process("soi220")).layers == {"WG": (1, 0)}
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(LingnanError, match="cannot be unpacked"):
        read_layout(path)


def test_dropped_polygons_are_said(tmp_path: Path) -> None:
    path = tmp_path / "thin.gds"
    path.write_bytes(gds({"A": boundary() + boundary([(0, 0), (10, 0), (0, 0)])}))
    loaded = read_layout(path, load_process("soi220"))
    assert loaded.notes == ("1 polygons of fewer than three corners were dropped, in cells A (1)",)
    assert loaded.counts[0].shapes == 1


def test_layer_map_moves_swaps_and_merges(tmp_path: Path) -> None:
    """1/0 and 41/0 change places, 7/0 joins one of them, and 20/0, which is N of the process, is ignored."""
    path = tmp_path / "foreign.gds"
    shift = [(x + 5000, y) for x, y in SQUARE]
    path.write_bytes(
        gds({"A": boundary(layer=1) + boundary(layer=41) * 2 + boundary(shift, layer=7) + boundary(layer=20)})
    )
    process = load_process("soi220")
    loaded = read_layout(path, process, layer_map={"1/0": "M1", "41/0": "WG", "7/0": "WG"})
    assert loaded.layers == {"M1": (41, 0), "WG": (1, 0)}
    shapes = {
        str(loaded.layout.get_info(index)): loaded.top.shapes(index).size() for index in loaded.layout.layer_indexes()
    }
    assert shapes == {"1/0": 3, "41/0": 1}
    assert [(count.gds, count.name) for count in loaded.counts if not count.name] == [((20, 0), "")]
    assert loaded.notes == ("1 shapes were not checked, on layers that layer map does not name: 20/0 (1)",)


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({"1/0": "Wg"}, "Did you mean WG"),
        ({"1": "WG"}, "not layer/datatype"),
        ({"1/70000": "WG"}, "not layer/datatype"),
        ({1: "WG"}, "not layer/datatype"),
        ({"1/0": 3}, "not a layer of process soi220"),
        ({"1/0": "WG", "01/0": "WG"}, "given twice"),
        ({}, "not a mapping"),
        (["1/0"], "not a mapping"),
    ],
)
def test_layer_map_is_checked(table: dict[str, str], part: str) -> None:
    with pytest.raises(LingnanError, match=part):
        read_layer_map(table, load_process("soi220"))
