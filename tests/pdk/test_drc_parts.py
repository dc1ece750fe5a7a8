"""Parts of a layout: what interacts is one, what is equal is one, and rules say of parts what they say of the whole."""

import sqlite3
from collections import Counter

import klayout.db as kdb
import numpy as np
import pytest

from lingnan.pdk.drc import Report, check
from lingnan.pdk.drc.cache import Cache
from lingnan.pdk.drc.counts import Counts
from lingnan.pdk.drc.found import Found
from lingnan.pdk.drc.objects import Objects
from lingnan.pdk.drc.parts import View, connected, parts_of
from lingnan.pdk.drc.reach import shared, view_of
from lingnan.pdk.drc.stream import digests_of
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
WG, M1 = (SOI.layers[name].gds for name in ("WG", "M1"))


def found(report: Report) -> Counter[tuple[str, float | None, tuple[float, float, float, float]]]:
    return Counter((violation.rule, violation.value, violation.bbox) for violation in report.violations)


def chip(places: list[kdb.DCplxTrans], shapes: int = 2100) -> tuple[kdb.Layout, kdb.Cell, kdb.Cell]:
    """A top cell with a device of two guides 150 nm apart, and so many squares far off that it is taken apart."""
    layout = kdb.Layout()
    layout.dbu = 0.001
    top, device = layout.create_cell("TOP"), layout.create_cell("DEVICE")
    for y in (0.0, 0.6):
        device.shapes(layout.layer(*WG)).insert(kdb.DBox(0, y, 20, y + 0.45))
    for place in places:
        top.insert(kdb.DCellInstArray(device.cell_index(), place))
    for k in range(shapes):
        top.shapes(layout.layer(*M1)).insert(kdb.DBox(5 * k, 5000, 5 * k + 3, 5003))
    return layout, top, device


def view(layout: kdb.Layout, gds: tuple[int, int], reach: int) -> View:
    layers = frozenset({layout.layer(*gds)})
    return View(layers, layers, frozenset(), reach)


def parts(layout: kdb.Layout, top: kdb.Cell, gds: tuple[int, int], reach: int):
    names = {layout.layer(*WG): "WG", layout.layer(*M1): "M1"}
    objects = Objects(layout, top, names, Counts(layout, top))
    return parts_of(objects, view(layout, gds, reach), lambda cell, _: str(cell))


def test_a_cell_that_stands_alone_is_one_part_with_all_its_places():
    layout, top, device = chip([kdb.DCplxTrans(1, 0, False, 100 * k, 0) for k in range(5)])
    (part,) = parts(layout, top, WG, 2000).values()
    assert part.cells == [(device.cell_index(), kdb.ICplxTrans())]
    assert len(part.places) == 5


def test_equal_shapes_of_a_flat_layout_are_one_part():
    layout, top, _ = chip([])
    (part,) = parts(layout, top, M1, 1000).values()
    assert len(part.places) == 2100
    assert part.size == 1


def test_what_comes_within_reach_is_one_part():
    layout, top, _ = chip([kdb.DCplxTrans(1, 0, False, 0, 0), kdb.DCplxTrans(1, 0, False, 21.5, 0)])
    assert sorted(len(part.cells) for part in parts(layout, top, WG, 1000).values()) == [1]
    assert sorted(len(part.cells) for part in parts(layout, top, WG, 2000).values()) == [2]


def test_a_frame_around_everything_does_not_join_it():
    layout, top, _ = chip([kdb.DCplxTrans(1, 0, False, 100 * k, 0) for k in range(3)])
    frame = kdb.DPolygon(kdb.DBox(-500, -500, 11000, 6000))
    frame.insert_hole(kdb.DBox(-490, -490, 10990, 5990))
    top.shapes(layout.layer(*WG)).insert(frame)
    assert sorted(len(part.places) for part in parts(layout, top, WG, 2000).values()) == [1, 3]


def test_connection_goes_by_way_of_others():
    import numpy as np

    boxes = np.array([[0, 0, 10, 10], [15, 0, 20, 10], [25, 0, 30, 10], [100, 0, 110, 10]], dtype=float)
    labels = connected(boxes, np.arange(4), 4, 5)
    assert labels[0] == labels[1] == labels[2] != labels[3]
    assert len(set(connected(boxes, np.arange(4), 4, 4).tolist())) == 4


@pytest.mark.parametrize("rule", ["DENS.M1", "BOUND", "GRID", "POLY", "DEV.OVL"])
def test_rules_on_the_whole_have_no_view(rule):
    assert view_of(SOI.rules[rule], {"M1": 0}, 0.001, 1.0) is None


def test_rules_that_read_the_same_share_their_parts():
    indexes = {"WG": 1, "SLAB90": 2}
    views = [view_of(SOI.rules[rule], indexes, 0.001, 1.0) for rule in ("WG.W", "WG.PAR", "RIB.BEND")]
    known = [one for one in views if one is not None]
    assert len(set(shared(known).values())) == 1
    assert shared(known)[known[0]].reach == max(one.reach for one in known)


@pytest.mark.parametrize("angle", [0, 90, 33])
@pytest.mark.parametrize("mirror", [False, True])
def test_parts_say_what_the_whole_says(angle, mirror):
    places = [kdb.DCplxTrans(1, angle, mirror, 100 * k, 300 * (k % 2)) for k in range(6)]
    places += [kdb.DCplxTrans(1, 0, False, 1000, 0), kdb.DCplxTrans(1, 0, False, 1020.1, 0)]  # two at 100 nm
    layout, top, _ = chip(places)
    by_parts, whole = check(layout, top, SOI, threads=1), check(layout, top, SOI, deep=False, threads=1)
    assert sum(violation.rule == "WG.S" for violation in whole.violations) >= 7
    assert found(by_parts) == found(whole)


def test_two_processes_say_what_one_says():
    layout, top, _ = chip([kdb.DCplxTrans(1, 0, False, 100 * k, 0) for k in range(5)])
    assert check(layout, top, SOI, threads=2).violations == check(layout, top, SOI, threads=1).violations


def test_one_changed_cell_is_judged_again_and_no_other(tmp_path):
    layout, top, device = chip([kdb.DCplxTrans(1, 0, False, 100 * k, 0) for k in range(3)])
    twin = layout.create_cell("TWIN")
    twin.copy_shapes(device)
    twin.shapes(layout.layer(*WG)).insert(kdb.DBox(0, 10, 20, 10.45))
    top.insert(kdb.DCellInstArray(twin.cell_index(), kdb.DTrans(500, 0)))
    check(layout, top, SOI, cache=tmp_path, threads=1)
    kept = Cache(tmp_path, SOI, layout.dbu)
    before = kept._base.execute("SELECT content FROM results WHERE rule = ?", (kept.name(SOI.rules["WG.S"]),))
    known = {content for (content,) in before}
    twin.shapes(layout.layer(*WG)).insert(kdb.DBox(0, 10.55, 20, 11))  # 100 nm from the one below
    again = check(layout, top, SOI, cache=tmp_path, threads=1)
    after = kept._base.execute("SELECT content FROM results WHERE rule = ?", (kept.name(SOI.rules["WG.S"]),))
    assert len({content for (content,) in after} - known) == 1
    assert again.violations == check(layout, top, SOI, deep=False, threads=1).violations


def test_a_damaged_cache_costs_only_time(tmp_path):
    layout, top, _ = chip([kdb.DCplxTrans()])
    fresh = check(layout, top, SOI, cache=tmp_path, threads=1)
    (tmp_path / "results.sqlite").write_bytes(b"no database")
    assert check(layout, top, SOI, cache=tmp_path, threads=1).violations == fresh.violations


def test_a_cache_that_cannot_be_opened_costs_only_time(tmp_path):
    layout, top, _ = chip([kdb.DCplxTrans()])
    (tmp_path / "results.sqlite").mkdir()
    fresh = check(layout, top, SOI, deep=False, threads=1)
    assert check(layout, top, SOI, cache=tmp_path, threads=1).violations == fresh.violations
    assert (tmp_path / "results.sqlite").is_dir()


def test_a_cache_in_use_by_another_is_left_alone(tmp_path, monkeypatch):
    Cache(tmp_path, SOI, 0.001).store(SOI.rules["WG.S"], {"a": []})
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout=0.0: connect(path, timeout=0.1))
    other = connect(tmp_path / "results.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    assert Cache(tmp_path, SOI, 0.001).load(SOI.rules["WG.S"], ["a"]) == {}
    other.rollback()
    assert Cache(tmp_path, SOI, 0.001).load(SOI.rules["WG.S"], ["a"]) == {"a": []}


def test_two_cells_that_change_names_are_not_taken_for_each_other(tmp_path):
    line = load_process("tfln600")
    layout = kdb.Layout()
    layout.dbu = 0.001
    top, one, two = (layout.create_cell(name) for name in ("TOP", "BEND_y", "BEND"))
    for cell, size, turn in ((one, 5, 0), (two, 7, 90)):
        cell.shapes(layout.layer(*line.layers["LN_RIB"].gds)).insert(kdb.DBox(0, 0, 50, size))
        top.insert(kdb.DCellInstArray(cell.cell_index(), kdb.DCplxTrans(1, turn, False, 10.0 * turn, 0)))

    def turned():
        found = check(layout, top, line, cache=tmp_path, threads=1).violations
        return [violation for violation in found if violation.rule == "CROSS.DIR"]

    assert turned() == []
    one.name, two.name = "PLAIN", "BEND_y"
    one.name = "BEND"
    assert len(turned()) == 1


def test_kept_faults_come_back_as_they_were(tmp_path):
    cache, rule = Cache(tmp_path, SOI, 0.001), SOI.rules["WG.S"]
    near, far = np.array([(0, 0), (0, 5), (5, 5)]), np.array([(1, 2), (3, 4), (5, 6), (7, 7)])
    cache.store(rule, {"a": [Found(0.15, (near, far), "note"), Found(None, (far,))], "b": []})
    found = Cache(tmp_path, SOI, 0.001).load(rule, ["a", "b", "c"])
    assert {content: [(fault.value, fault.note) for fault in some] for content, some in found.items()} == {
        "a": [(0.15, "note"), (None, "")],
        "b": [],
    }
    outlines = [one.tolist() for fault in found["a"] for one in fault.outlines]
    assert outlines == [near.tolist(), far.tolist(), far.tolist()]
    assert Cache(tmp_path, SOI, 0.005).load(rule, ["a", "b"]) == {}  # another database unit


def test_digests_of_many_stores_at_once_are_those_of_each():
    # the second outline's coordinates read like the record of a cell's name: such a batch is halved until none misleads
    name = kdb.Polygon([kdb.Point(0x000C0606, 0x43303030), kdb.Point(0x30303031, 0), kdb.Point(0, 0)])
    one, other = kdb.Polygon(kdb.Box(0, 0, 5, 6)), kdb.Polygon(kdb.Box(0, 0, 6, 5))
    shapes = [one, name, other, one]
    stores: list[kdb.Shapes] = []
    for shape in shapes:
        stores.append(kdb.Shapes())
        stores[-1].insert(shape)
    together = list(digests_of(stores, 0.001))
    assert together == [digest for store in stores for digest in digests_of([store], 0.001)]
    assert together[0] == together[3]
    assert len(set(together)) == 3
