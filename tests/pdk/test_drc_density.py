"""Density: exact areas without merging a chip, and windows from which a layer is left out; engine and macro alike."""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import klayout.db as kdb
import klayout.rdb as rdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingnan.pdk.drc import check
from lingnan.pdk.drc.apart import add_areas, overlapping
from lingnan.pdk.drc.areas import Bins, outlines_of
from lingnan.pdk.drc.density import Layers, floor, shares, windows_of
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.tiles import add_tiles, is_flat
from lingnan.pdk.klayout.macro import script
from lingnan.pdk.process import Process, Rule, load_process
from lingnan.pdk.process.check import check_process

PROCESS = load_process("soi220")
RULE = replace(PROCESS.rule("DENS.WG"), options={"window": 0.5, "step": 0.25, "minimum": 0.1, "maximum": 0.6})
DBU = 0.001
coordinate = st.integers(-300, 300)
size = st.integers(1, 400)


@st.composite
def drawn(draw: Any) -> kdb.Polygon:
    """A box, a ring, a disk of many corners, or a bent path; coordinates small, so that much lies on something."""
    x, y, wide, tall = draw(coordinate), draw(coordinate), draw(size), draw(size)
    box = kdb.Box(x, y, x + wide, y + tall)
    match draw(st.sampled_from(["box", "ring", "disk", "path"])):
        case "ring":
            ring = kdb.Polygon(box)
            ring.insert_hole(box.enlarged(-wide // 3, -tall // 3))
            return ring
        case "disk":
            return kdb.Polygon.ellipse(box, 40)
        case "path":
            corner = kdb.Point(x + wide, y)
            return kdb.Path([kdb.Point(x, y), corner, corner + kdb.Vector(0, tall)], 20).polygon()
        case _:
            return kdb.Polygon(box)


@st.composite
def layouts(draw: Any) -> kdb.Layout:
    """Three cells, some inside others, placed at right angles, mirrored, in arrays, on each other."""
    layout = kdb.Layout()
    layout.dbu = DBU
    indexes = [layout.layer(*PROCESS.layer(name).gds) for name in ("WG", "SLAB90")]
    cells: list[kdb.Cell] = []
    for number in range(4):
        cell = layout.create_cell(f"C{number}")
        for shape in draw(st.lists(drawn(), max_size=4)):
            cell.shapes(draw(st.sampled_from(indexes))).insert(shape)
        for _ in range(draw(st.integers(0, 3)) if cells else 0):
            trans = kdb.Trans(draw(st.integers(0, 3)), draw(st.booleans()), 3 * draw(coordinate), 3 * draw(coordinate))
            child = draw(st.sampled_from(cells)).cell_index()
            steps = kdb.Vector(draw(size), draw(coordinate)), kdb.Vector(draw(coordinate), draw(size))
            counts = draw(st.integers(1, 3)), draw(st.integers(1, 2))
            cell.insert(kdb.CellInstArray(child, trans, *steps, *counts))
        cells.append(cell)
    return layout


def scene_of(layout: kdb.Layout, top: kdb.Cell, process: Process = PROCESS) -> Scene:
    return Scene(layout, top, process, {name: layer.gds for name, layer in process.layers.items()}, deep=True)


def shares_of(layout: kdb.Layout, top: kdb.Cell, rule: Rule) -> np.ndarray:
    scene = scene_of(layout, top)
    return shares(Layers(layout, top, scene.index, scene.region), rule, windows_of(rule, floor(scene), DBU))


@settings(max_examples=60)
@given(layouts())
def test_the_share_of_a_window_is_that_of_the_union_of_all_that_is_drawn(layout: kdb.Layout) -> None:
    top = layout.cell("C3")
    scene = scene_of(layout, top)
    frame = floor(scene)
    if frame.empty():
        return
    windows = windows_of(RULE, frame, DBU)
    found = shares(Layers(layout, top, scene.index, scene.region), RULE, windows)
    union = kdb.Region()
    for name in ("WG", "SLAB90"):
        union += kdb.Region(top.begin_shapes_rec(layout.layer(*PROCESS.layer(name).gds)))
    for j, y in enumerate(windows.y):
        for i, x in enumerate(windows.x):
            box = kdb.Box(x, y, x + windows.width, y + windows.height)
            # booleans round crossings of slanting edges to the grid: by half a unit along 8,000 of edges, at the most
            assert found[j, i] * box.area() == pytest.approx((union & kdb.Region(box)).area(), abs=4000)


def test_of_boxes_alone_the_share_is_exact_at_any_depth_and_turn() -> None:
    layout = kdb.Layout()
    layer = layout.layer(*PROCESS.layer("WG").gds)
    cell, row, top = (layout.create_cell(name) for name in ("PIECE", "ROW", "TOP"))
    cell.shapes(layer).insert(kdb.Box(0, 0, 30, 10))
    cell.shapes(layer).insert(kdb.Box(20, 0, 40, 10))  # by 100 on the first: 400 together
    row.insert(kdb.CellInstArray(cell.cell_index(), kdb.Trans(1, True, 0, 0), kdb.Vector(50, 0), kdb.Vector(), 20, 1))
    top.insert(kdb.CellInstArray(row.cell_index(), kdb.Trans(1, False, 1000, 0)))
    top.shapes(layout.layer(*PROCESS.layer("FLOORPLAN").gds)).insert(kdb.Box(0, 0, 1000, 1000))
    whole = replace(RULE, options={**RULE.options, "window": 1.0, "step": 1.0})
    assert shares_of(layout, top, whole).tolist() == [[20 * 400 / 1e6]]


class Notes:
    """Keeps arrays in memory, and counts what is asked for in vain."""

    def __init__(self) -> None:
        self.arrays: dict[str, list[np.ndarray]] = {}
        self.missed = 0

    def own(self, cell: int, layers: Sequence[int]) -> str:
        raise AssertionError("tiles are no cells")

    def load(self, name: str) -> list[np.ndarray] | None:
        self.missed += name not in self.arrays
        return self.arrays.get(name)

    def store(self, name: str, arrays: list[np.ndarray]) -> None:
        self.arrays[name] = arrays


def test_tiles_of_a_flat_layout_add_up_and_only_a_changed_one_is_merged_again() -> None:
    layout = kdb.Layout()
    layout.dbu = DBU
    layer, top = layout.layer(*PROCESS.layer("WG").gds), layout.create_cell("TOP")
    chance = np.random.default_rng(7)
    for x, y, turn in chance.integers(0, (4000, 4000, 90), (5000, 3)).tolist():  # many overlap, and cross tiles' sides
        ring = kdb.Polygon.ellipse(kdb.Box(-60, -25, 60, 25), 24)
        top.shapes(layer).insert(ring.transformed(kdb.ICplxTrans(1, turn, False, x, y)))
    assert is_flat(layout, top, [layer])
    lines = list(range(0, 4001, 250))
    merged, tiled = Bins(lines, lines), Bins(lines, lines)
    add_areas(merged, layout, top, [layer])
    notes = Notes()
    add_tiles(tiled, layout, top, [layer], notes)
    # crossings are rounded to the grid in the order in which KLayout meets them: a unit along the sides of a bin
    assert tiled.areas() == pytest.approx(merged.areas(), abs=250)
    assert notes.missed == 4
    top.shapes(layer).insert(kdb.Box(100, 100, 300, 300))
    changed = Bins(lines, lines)
    add_tiles(changed, layout, top, [layer], notes)
    assert notes.missed == 5
    grown = changed.areas() - tiled.areas()
    assert {0} <= set(np.flatnonzero(grown.ravel() > 250).tolist()) <= {0, 1, 16, 17}
    assert grown.min() > -250


def test_cells_at_odd_angles_and_magnified_count_as_they_lie() -> None:
    layout = kdb.Layout()
    layer = layout.layer(*PROCESS.layer("WG").gds)
    cell, top = layout.create_cell("PIECE"), layout.create_cell("TOP")
    cell.shapes(layer).insert(kdb.Box(-100, -100, 100, 100))
    top.insert(kdb.CellInstArray(cell.cell_index(), kdb.ICplxTrans(1.5, 30.0, True, 500, 500)))
    top.shapes(layout.layer(*PROCESS.layer("FLOORPLAN").gds)).insert(kdb.Box(0, 0, 1000, 1000))
    quarter = replace(RULE, options={**RULE.options, "window": 0.5, "step": 0.5})
    assert shares_of(layout, top, quarter).tolist() == [[pytest.approx(90_000 / 1e6)] * 2] * 2


@given(st.lists(st.tuples(coordinate, coordinate, size, size, st.integers(0, 3)), max_size=30))
def test_overlapping_boxes_are_found_as_by_looking_at_each_pair(rows: list[tuple[int, ...]]) -> None:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h, _ in rows], dtype=float).reshape(-1, 4)
    owner = np.array([row[4] for row in rows], dtype=np.intp)
    wanted = [
        any(
            owner[i] != owner[j] and (boxes[i, :2] < boxes[j, 2:]).all() and (boxes[j, :2] < boxes[i, 2:]).all()
            for j in range(len(rows))
        )
        for i in range(len(rows))
    ]
    assert overlapping(boxes, owner).tolist() == wanted


@given(st.lists(drawn(), min_size=1, max_size=6))
def test_outlines_are_the_polygons_of_klayout(polygons: list[kdb.Polygon]) -> None:
    region = kdb.Region(polygons).merged()
    outlines = outlines_of([kdb.Region(), region])
    assert outlines.owner.tolist() == [1] * (region.hulls().count() + region.holes().count())
    assert abs(outlines.areas.sum() - region.area()) <= len(outlines.owner) / 2  # KLayout drops halves
    boxes = [polygon.bbox() for part in (region.hulls(), region.holes()) for polygon in part.each()]
    assert sorted(map(tuple, outlines.boxes)) == sorted((box.left, box.bottom, box.right, box.top) for box in boxes)


def test_a_polygon_that_crosses_itself_covers_both_its_loops() -> None:
    layout = kdb.Layout()
    top = layout.create_cell("TOP")
    corners = [kdb.Point(0, 0), kdb.Point(1000, 1000), kdb.Point(1000, 0), kdb.Point(0, 1000)]
    top.shapes(layout.layer(*PROCESS.layer("WG").gds)).insert(kdb.Polygon(corners, True))
    whole = replace(RULE, options={**RULE.options, "window": 1.0, "step": 1.0})
    assert shares_of(layout, top, whole).tolist() == [[0.5]]


def test_a_polygon_of_more_points_than_a_record_holds() -> None:
    disk = kdb.Region(kdb.Polygon.ellipse(kdb.Box(-(10**8), -(10**8), 10**8, 10**8), 20_000)).merged()[0]
    outlines = outlines_of([kdb.Region(disk)])
    assert disk.num_points() > 8191
    assert (len(outlines.owner), len(outlines.points)) == (1, disk.num_points())
    assert outlines.areas[0] == pytest.approx(disk.area(), rel=1e-12)  # sums of 20,000 products in double


# --- what is left out of the count


def bath(process: Process) -> tuple[kdb.Layout, kdb.Cell]:
    """A die of 1 mm with a bath of 400 µm in its lower left corner, and metal on half of all that fill may cover."""
    layout = kdb.Layout()
    layout.dbu = DBU
    top = layout.create_cell("CHIP")

    def box(name: str, *edges: int) -> None:
        top.shapes(layout.layer(*process.layer(name).gds)).insert(kdb.Box(*(1000 * edge for edge in edges)))

    box("FLOORPLAN", 0, 0, 1000, 1000)
    box("OXOPEN", 0, 0, 400, 400)
    for x in range(0, 1000, 20):
        box("M1", x, 425 if x < 425 else 0, x + 10, 1000)
        box("M2", x, 425 if x < 425 else 0, x + 10, 1000)
    return layout, top


def with_options(process: Process, **options: Any) -> Process:
    """The process with one density rule, of the given options."""
    rule = process.rule("DENS.M1")
    kept = {key: value for key, value in {**rule.options, **options}.items() if value is not None}
    return replace(process, rules={rule.id: replace(rule, options=kept)})


def found(process: Process) -> list[tuple[float | None, tuple[float, float, float, float]]]:
    layout, top = bath(process)
    return [(one.value, one.bbox) for one in check(layout, top, process).violations]


METAL = 22 * 10 * 75 + 3 * 10 * 500
"""µm² in the window in the corner: 22 columns begin left of 425 and are 75 high there, three are 500 high."""


def test_without_the_option_a_bath_is_a_fault() -> None:
    ((value, box),) = found(with_options(PROCESS, outside=None, around=None, remaining=None))
    assert box == (0, 0, 500, 500)
    assert value == pytest.approx(METAL / 500**2, abs=1e-4)


def test_what_is_left_out_counts_neither_as_window_nor_as_layer() -> None:
    assert found(with_options(PROCESS, remaining=None)) == []
    ((value, _),) = found(with_options(PROCESS, remaining=None, minimum=0.499))
    assert value == pytest.approx(METAL / (500**2 - 425**2), abs=1e-4)
    ((value, _),) = found(with_options(PROCESS, around=None, remaining=None, minimum=0.4))
    assert value == pytest.approx(METAL / (500**2 - 400**2), abs=1e-4)


def test_a_window_of_which_too_little_is_left_is_not_judged() -> None:
    left = (500**2 - 425**2) / 500**2  # of the window in the corner
    ((value, _),) = found(with_options(PROCESS, minimum=0.46, remaining=left - 0.001))
    assert value == pytest.approx(METAL / (500**2 - 425**2), abs=1e-4)
    assert found(with_options(PROCESS, minimum=0.46, remaining=left + 0.001)) == []
    everything = with_options(PROCESS, outside="FLOORPLAN", around=None, remaining=None, minimum=0.9, maximum=0.95)
    assert found(everything) == []


def test_metal_inside_what_is_left_out_does_not_count() -> None:
    process = with_options(PROCESS, remaining=None, minimum=0.45, maximum=0.51)
    layout, top = bath(process)
    top.shapes(layout.layer(*process.layer("M1").gds)).insert(kdb.Box(0, 0, 390_000, 390_000))
    assert check(layout, top, process).violations == ()


@pytest.mark.klayout_app
@pytest.mark.skipif(shutil.which("klayout") is None, reason="no KLayout application; apt-get install klayout")
def test_the_macro_leaves_out_what_the_engine_leaves_out(tmp_path: Path) -> None:
    options: dict[str, Any] = {"minimum": 0.495, "maximum": 0.9, "remaining": 0.2}
    rules = {
        name: replace(PROCESS.rule("DENS.M1"), id=name, layer=layer, options={**PROCESS.rule(base).options, **options})
        for name, layer, base in (("ONE", "M1", "DENS.M1"), ("TWO", "M2 - M1", "DENS.M2"), ("THREE", "M2", "DENS.M2"))
    }
    rules["THREE"] = replace(rules["THREE"], options={**rules["THREE"].options, "outside": "OXOPEN & FLOORPLAN"})
    process = replace(PROCESS, rules=rules)
    layout, top = bath(process)
    path, macro, report = tmp_path / "bath.gds", tmp_path / "drc.rb", tmp_path / "found.lyrdb"
    layout.write(str(path))
    macro.write_text(script(process), encoding="utf-8")
    subprocess.run(
        ["klayout", "-b", "-r", macro, "-rd", f"input={path}", "-rd", f"report={report}"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    database = rdb.ReportDatabase("found")
    database.load(str(report))
    by_macro: Counter[tuple[str, str]] = Counter()
    for item in database.each_item():
        texts = [value.string() for value in item.each_value() if value.is_string()]
        by_macro[database.category_by_id(item.category_id()).name(), texts[0]] += 1
    by_engine = Counter((one.rule, one.message) for one in check(layout, top, process).violations)
    assert by_macro == by_engine
    assert {rule for rule, _ in by_engine} == {"ONE", "TWO", "THREE"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outside": "OXOPN"}, "Did you mean OXOPEN"),
        ({"outside": "OXOPEN +"}, "not a layer expression"),
        ({"around": -1.0}, "around is a length"),
        ({"remaining": 1.5}, "remaining a share"),
        ({"arund": 1.0}, "Did you mean around"),
    ],
)
def test_process_check_reads_the_options(options: dict[str, Any], words: str, tmp_path: Path) -> None:
    lines = [f"{key} = {value!r}" for key, value in options.items()]
    head = '[process]\nname = "mine"\ntitle = "mine"\nversion = "1"\nextends = "soi220"\n'
    file = tmp_path / "mine.toml"
    file.write_text(head + '[rules."DENS.WG".options]\n' + "\n".join(lines) + "\n", encoding="utf-8")
    _, findings = check_process(file)
    assert any(words in finding.message for finding in findings if finding.severity == "error")
