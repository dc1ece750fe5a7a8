"""Every rule kind on shapes whose answer is known: one fault where there is one, none at the limit."""

import math

import klayout.db as kdb
import pytest

from lingnan.pdk.drc import check
from lingnan.pdk.drc.digest import Digests
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
TFLN = load_process("tfln600")


def box(left, bottom, right, top):
    return kdb.DPolygon(kdb.DBox(left, bottom, right, top))


def layout_of(shapes, process=SOI, dbu=0.001):
    layout = kdb.Layout()
    layout.dbu = dbu
    top = layout.create_cell("TOP")
    for name, shape in shapes:
        top.shapes(layout.layer(*process.layers[name].gds)).insert(shape)
    return layout, top


def faults(shapes, rule, process=SOI):
    layout, top = layout_of(shapes, process)
    return [violation for violation in check(layout, top, process).violations if violation.rule == rule]


CASES = {
    # rule: (at the limit, fault, value found)
    "WG.W": ([("WG", box(0, 0, 9, 0.18))], [("WG", box(0, 0, 9, 0.178))], 0.178),
    "WG.S": (
        [("WG", box(0, 0, 9, 1)), ("WG", box(0, 1.2, 9, 2))],
        [("WG", box(0, 0, 9, 1)), ("WG", box(0, 1.199, 9, 2))],
        0.199,
    ),
    "VIAC.E.M1": (
        [("VIAC", box(0, 0, 1, 1)), ("M1", box(-0.5, -0.5, 1.5, 1.5))],
        [("VIAC", box(0, 0, 1, 1)), ("M1", box(-0.498, -0.5, 1.5, 1.5))],
        0.498,
    ),
    "DOPC.S.WG": (
        [("NPP", box(0, 0, 5, 5)), ("WG", box(5.3, 0, 6, 5))],
        [("NPP", box(0, 0, 5, 5)), ("WG", box(5.298, 0, 6, 5))],
        0.298,
    ),
    "SH.O.WG": (
        [("WG", box(0, 0, 20, 10)), ("SHALLOW", box(5, -0.2, 6, 10.2))],
        [("WG", box(0, 0, 20, 10)), ("SHALLOW", box(5, -0.198, 6, 10.2))],
        0.198,
    ),
    "OVL.SLAB": (
        [("WG", box(0, 0, 10, 3)), ("SLAB90", box(9.8, -3, 20, 6))],
        [("WG", box(0, 0, 10, 3)), ("SLAB90", box(9.802, -3, 20, 6))],
        0.198,
    ),
    "DOP.X": (
        [("NPP", box(0, 0, 5, 5)), ("PPP", box(5, 0, 9, 5))],
        [("NPP", box(0, 0, 5, 5)), ("PPP", box(4.9, 0, 9, 5))],
        0.5,
    ),
    "WG.A": ([("WG", box(0, 0, 0.25, 0.2))], [("WG", box(0, 0, 0.22, 0.2))], 0.044),
    "M2.SLOT": ([("M2", box(0, 0, 30, 90))], [("M2", box(0, 0, 30.01, 90))], 30.01),
    "SH.S.LONG": (
        [("SHALLOW", box(0, 0, 30, 1)), ("SHALLOW", box(0, 1.35, 30, 2.5))],
        [("SHALLOW", box(0, 0, 30, 1)), ("SHALLOW", box(0, 1.348, 30, 2.5))],
        0.348,
    ),
    "WG.PAR": (
        [("WG", box(0, 0, 300, 0.5)), ("WG", box(0, 5.5, 300, 6))],
        [("WG", box(0, 0, 300, 0.5)), ("WG", box(0, 5.4, 300, 6))],
        4.9,
    ),
    "WG.ABUT": (
        [("WG", box(0, 0, 9, 0.5)), ("WG", box(9, 0, 20, 0.5))],
        [("WG", box(0, 0, 9, 0.5)), ("WG", box(9.001, 0, 20, 0.5))],
        0.001,
    ),
    "WG.OPEN": (
        [("WG", box(0, 0, 40, 0.5)), ("WG", box(20, -9, 25, 9))],
        [("WG", box(0, 0, 40, 0.5)), ("WG", box(50, -9, 55, 9))],
        0.5,
    ),
    "DEV.OVL": (
        [("DEVREC", box(0, 0, 9, 9)), ("DEVREC", box(9, 0, 20, 9)), ("DEVREC", box(2, 2, 4, 4))],
        [("DEVREC", box(0, 0, 9, 9)), ("DEVREC", box(8, 0, 20, 9))],
        9.0,
    ),
    "BOUND": (
        [("FLOORPLAN", box(0, 0, 90, 90)), ("M1", box(80, 80, 90, 90))],
        [("FLOORPLAN", box(0, 0, 90, 90)), ("M1", box(80, 80, 90.5, 90))],
        0.5,
    ),
    "DENS.M1": (
        [("FLOORPLAN", box(0, 0, 500, 500)), ("M1", box(0, 0, 250, 250))],
        [("FLOORPLAN", box(0, 0, 500, 500)), ("M1", box(0, 0, 200, 200))],
        0.16,
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_at_the_limit_nothing_and_one_fault_below_it(rule):
    good, bad, value = CASES[rule]
    assert faults(good, rule) == []
    (found,) = faults(bad, rule)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.cell == "TOP"
    assert found.polygons


def test_angles_are_judged_as_drawn_and_rounding_is_let_pass():
    spike = kdb.DPolygon([kdb.DPoint(0, 0), kdb.DPoint(5, 2), kdb.DPoint(10, 0)])
    (found,) = faults([("WG", kdb.DPolygon([kdb.DPoint(0, 0), kdb.DPoint(2, 5), kdb.DPoint(4, 0)]))], "WG.ANGLE")
    assert found.value == pytest.approx(43.6, abs=0.01)
    assert len(faults([("WG", spike)], "WG.ANGLE")) == 2
    assert len(faults([("M1", spike)], "M1.ANGLE")) >= 1
    diagonal = kdb.DPolygon([kdb.DPoint(0, 0), kdb.DPoint(50, 50.001), kdb.DPoint(50, 0)])
    assert faults([("M1", diagonal)], "M1.ANGLE") == []


def test_drawn_polygons_that_cross_themselves_or_have_no_area():
    bow = kdb.DPolygon([kdb.DPoint(0, 0), kdb.DPoint(10, 10), kdb.DPoint(10, 0), kdb.DPoint(0, 10)])
    (found,) = faults([("M1", bow)], "POLY")
    assert "crosses itself" in found.message
    (found,) = faults([("M1", kdb.DBox(0, 0, 0, 5)), ("M1", box(20, 0, 30, 9))], "POLY")
    assert "has no area" in found.message


def test_layers_outside_the_process_are_named_counted_and_never_clean_in_silence():
    layout = kdb.Layout()
    top = layout.create_cell("TOP")
    top.shapes(layout.layer(77, 3)).insert(kdb.Box(0, 0, 1000, 1000))
    report = check(layout, top, SOI)
    (found,) = report.violations
    assert (found.rule, found.severity) == ("LAYERS", "warning")
    assert "77/3" in found.message
    assert "nothing was checked" in report.notes[0]
    assert [(count.gds, count.name, count.shapes) for count in report.layers] == [((77, 3), "", 1)]


def test_a_finer_database_unit_can_leave_the_grid():
    layout, top = layout_of([("M1", box(0, 0, 10.0005, 9))], dbu=0.0005)
    found = [violation for violation in check(layout, top, SOI).violations if violation.rule == "GRID"]
    assert [violation.value for violation in found] == [0.0005, 0.0005]


def test_a_cell_named_for_an_axis_must_not_be_turned_and_a_rib_between_electrodes_runs_along_x():
    layout, top = layout_of([], TFLN)
    child = layout.create_cell("mmi1x2_y_L10")
    child.shapes(layout.layer(*TFLN.layers["LN_RIB"].gds)).insert(kdb.DBox(0, 0, 30, 6))
    for turn in (0, 1, 2):
        top.insert(kdb.DCellInstArray(child.cell_index(), kdb.DTrans(turn, False, 100 * turn, 0)))
    turned = [violation for violation in check(layout, top, TFLN).violations if violation.rule == "CROSS.DIR"]
    assert [violation.value for violation in turned] == [90.0]
    electrodes = [("TL", box(0, -20, 100, -2.5)), ("TL", box(0, 2.5, 100, 20))]
    assert faults([*electrodes, ("LN_RIB", box(-50, -0.5, 150, 0.5))], "MOD.DIR", TFLN) == []


def axis_faults(*rib, top=2.5):
    """Values of MOD.DIR for a rib between two electrodes along x, given by its corners."""
    electrodes = [("TL", box(0, -20, 100, -2.5)), ("TL", box(0, top, 100, top + 17.5))]
    outline = kdb.DPolygon([kdb.DPoint(x, y) for x, y in rib])
    return [fault.value for fault in faults([*electrodes, ("LN_RIB", outline)], "MOD.DIR", TFLN)]


def curved(half, middle, start=-5, stop=105, count=220):
    """Corners of a rib along x: half its width, and where its middle is, at each x."""
    ways = [start + (stop - start) * k / count for k in range(count + 1)]
    return [(x, middle(x) + half(x)) for x in ways] + [(x, middle(x) - half(x)) for x in reversed(ways)]


def test_a_rib_between_electrodes_is_judged_by_its_axis_and_not_by_its_walls():
    wide = math.degrees(math.atan(1 / 110))
    assert axis_faults((-5, -0.5), (-5, 0.5), (105, 1.5), (105, -1.5)) == []  # a taper, its walls half a degree off
    assert axis_faults(*curved(lambda x: 0.6 + 0.3 * math.sin(x / 15), lambda x: 0.0)) == []  # walls up to 1.1 degrees
    # turned: both walls, one marker
    assert axis_faults((-5, -1), (-5, 0), (105, 1), (105, 0)) == [pytest.approx(wide, abs=0.001)]
    # a taper whose one wall is straight leans by half the angle of the other, and so does a turned taper by its own
    (leaning,) = axis_faults((-5, -0.5), (-5, 0.5), (105, 1.5), (105, -0.5))
    assert leaning == pytest.approx(wide / 2, abs=0.001)
    (both,) = axis_faults((-5, -1), (-5, 0), (105, 1.5), (105, -0.5))
    assert both == pytest.approx(wide, abs=0.001)
    # a snake of even width is along x at two crests: a marker for each slope, which are 0.4 / 15 at their steepest
    snake = axis_faults(*curved(lambda x: 0.5, lambda x: 0.4 * math.sin(x / 15)))
    steepest = pytest.approx(math.degrees(0.4 / 15), abs=0.17)  # rounding turns chords of 0.5 um by 0.16 degrees
    assert snake == [steepest] * 3
    # straight walls of any slope
    assert axis_faults((20, -2), (21.4, -2), (24.4, 2), (23, 2)) == [pytest.approx(53.13, abs=0.01)]


def test_places_arrays_and_turned_instances_give_the_same_as_a_flat_layout():
    layout, top = layout_of([("WG", box(-30, -30, -10, -29))])
    child = layout.create_cell("CHILD")
    child.shapes(layout.layer(*SOI.layers["WG"].gds)).insert(kdb.DBox(0, 0, 9, 0.17))
    child.shapes(layout.layer(*SOI.layers["WG"].gds)).insert(kdb.DPath([kdb.DPoint(0, 3), kdb.DPoint(9, 3)], 0.5))
    child.shapes(layout.layer(*SOI.layers["WG"].gds)).insert(kdb.DText("guide", kdb.DTrans()))
    step = (kdb.DVector(20, 0), kdb.DVector(0, 20))
    top.insert(kdb.DCellInstArray(child.cell_index(), kdb.DTrans(), *step, 3, 2))
    top.insert(kdb.DCellInstArray(child.cell_index(), kdb.DCplxTrans(1.0, 33.0, True, 200, 0)))
    top.insert(kdb.DCellInstArray(child.cell_index(), kdb.DCplxTrans(2.0, 0, False, 300, 0)))
    deep = check(layout, top, SOI, deep=True).violations
    flat = check(layout, top, SOI, deep=False).violations
    key = lambda violation: (violation.rule, violation.value, violation.bbox)  # noqa: E731
    assert sorted(map(key, deep)) == sorted(map(key, flat))
    wide = [violation for violation in deep if violation.rule == "WG.W"]
    assert len(wide) == 7  # six places of the array and the turned one; at twice the size it is wide enough
    assert {violation.cell for violation in wide} == {"TOP/CHILD"}


def test_a_result_from_the_cache_is_the_result_from_nothing(tmp_path):
    shapes = [("WG", box(0, 0, 9, 0.178)), ("M1", box(0, 50, 9, 50.4))]
    layout, top = layout_of(shapes)
    fresh = check(layout, top, SOI, cache=tmp_path)
    again = check(layout, top, SOI, cache=tmp_path)
    assert again.violations == fresh.violations
    assert set(again.seconds) == {"total"}
    names = {index: str(layout.get_info(index)) for index in layout.layer_indexes()}
    before = {index: Digests(layout, names).layer(top.cell_index(), index) for index in names}
    top.shapes(layout.layer(*SOI.layers["M1"].gds)).insert(kdb.DBox(20, 50, 29, 50.3))
    after = {index: Digests(layout, names).layer(top.cell_index(), index) for index in names}
    assert [index for index in names if before[index] != after[index]] == [layout.layer(*SOI.layers["M1"].gds)]
    partly = check(layout, top, SOI, cache=tmp_path)
    assert "M1.W" in partly.seconds
    assert partly.violations == check(layout, top, SOI).violations


def teeth(count, pitch, length=20.0):
    return [("WG", box(0, k * pitch, length, k * pitch + 0.3)) for k in range(count)]


def test_lines_of_a_grating_are_no_guides_that_end():
    """Both ends of three lines, and of four that are farther than a tooth's pitch from each other; none of a row."""
    chip = ("FLOORPLAN", box(-50, -50, 100, 100))
    assert faults([chip, *teeth(4, 0.6)], "WG.OPEN") == []
    assert len(faults([chip, *teeth(3, 0.6)], "WG.OPEN")) == 6
    assert len(faults([chip, *teeth(4, 1.3)], "WG.OPEN")) == 8
    guide = ("WG", box(30, 0.6, 60, 0.9))  # ends near the row, beyond its pitch
    assert len(faults([chip, *teeth(9, 0.6), guide], "WG.OPEN")) == 2


def test_teeth_on_a_guide_are_no_ends_but_those_of_the_guide_are():
    chip = ("FLOORPLAN", box(-50, -50, 100, 100))
    comb = [("WG", box(0, 0, 12, 0.5)), *(("WG", box(k * 0.6, 0, k * 0.6 + 0.3, 2)) for k in range(1, 19))]
    found = faults([chip, *comb], "WG.OPEN")
    assert sorted(fault.bbox[0] for fault in found) == pytest.approx([-0.005, 11.995])


def test_a_row_of_teeth_is_seen_across_parts(tmp_path):
    """Lines farther apart than most rules look: judged part by part, the row is still one."""
    chip = ("FLOORPLAN", box(-50, -50, 100, 100))
    layout, top = layout_of([chip, *teeth(8, 1.19)])
    found = check(layout, top, SOI, cache=tmp_path).violations
    assert [one for one in found if one.rule == "WG.OPEN"] == []


@pytest.mark.parametrize("side", [400.0, 600.0])
def test_what_the_note_says_is_not_judged_is_what_does_not_run(side):
    """Without a floorplan density is judged where a layout holds a whole window of 500 µm."""
    report = check(*layout_of([("WG", box(0, 0, side, side))]), SOI)
    (note,) = [note for note in report.notes if "not a whole chip" in note]
    density = {rule.id for rule in SOI.rules.values() if rule.kind == "density"}
    told = {rule for rule in density if rule in note}
    assert told == density - set(report.rules)
    assert told == (density if side < 500 else set())
    assert "extent" in note


def test_every_notch_of_a_comb_is_marked():
    """Both sides of all notches are one stretch of outline; teeth lean by 1 nm, so that no two notches are alike."""
    corners = [kdb.DPoint(0, -2), kdb.DPoint(0, 0)]
    for k in range(40):
        y = 0.001 * k
        corners += [kdb.DPoint(x, y + h) for x, h in ((0.4 * k, 0.15), (0.4 * k + 0.3, 0.15), (0.4 * k + 0.3, 0.0))]
        corners.append(kdb.DPoint(0.4 * k + 0.4, y))
    corners.append(kdb.DPoint(16, -2))
    found = faults([("WG", kdb.DPolygon(corners))], "WG.S")
    marked = kdb.Region(
        [kdb.DPolygon([kdb.DPoint(*p) for p in one]).to_itype(0.001) for f in found for one in f.polygons]
    )
    for k in range(39):
        notch = kdb.Box(400 * k + 305, k + 5, 400 * k + 395, k + 145)
        assert (kdb.Region(notch) - marked).is_empty(), k


def bar(inner, width=0.3, sweep=34.0, turn=0.0, lead=0.0, x=0.0, y=0.0):
    """An arc about a point, with straight leads of a length at its ends."""
    ring = [math.radians(turn + sweep * k / 60 - sweep / 2) for k in range(61)]

    def side(radius):
        points = [(radius * math.cos(a), radius * math.sin(a)) for a in ring]
        for number, (end, sign) in ((0, (ring[0], -1)), (len(points) + 1, (ring[-1], 1))):
            at = points[0 if not number else -1]
            if lead:
                beyond = (at[0] - sign * lead * math.sin(end), at[1] + sign * lead * math.cos(end))
                points.insert(number, beyond)
        return points

    corners = side(inner + width) + side(inner)[::-1]
    return "SIN", kdb.DPolygon([kdb.DPoint(x + px, y + py) for px, py in corners])


def taper(radius=20.0, sweep=34.0, turn=0.0, x=0.0, y=0.0):
    """The body that feeds a grating: a sector."""
    ring = [math.radians(turn + sweep * k / 60 - sweep / 2) for k in range(61)]
    rim = [kdb.DPoint(x + radius * math.cos(a), y + radius * math.sin(a)) for a in ring]
    return "SIN", kdb.DPolygon([kdb.DPoint(x, y), *rim])


@pytest.mark.parametrize("turn", [0.0, 17.3])
def test_teeth_of_a_focusing_grating_are_no_guides_and_a_tight_bend_beside_them_is_one(turn):
    at = {"turn": turn, "x": 3.0, "y": 7.0}
    teeth = [bar(20.3 + 0.6 * k, **at) for k in range(6)]
    assert faults([taper(**at), *teeth], "SIN.BEND") == []

    def radii(*shapes):
        return sorted(round(fault.value) for fault in faults(list(shapes), "SIN.BEND"))

    # guides: one that leads somewhere from among the teeth, one outside the row, one that turns the other way
    assert radii(taper(**at), *teeth[:5], bar(23.3, lead=5.0, **at)) == [23]
    assert radii(taper(**at), *teeth, bar(25.3, **at)) == [25]
    assert radii(taper(**at), *teeth, bar(20.0, turn=turn + 180, x=60.0)) == [20]
    # no grating: three bars, bars that nothing feeds, bars a guide's distance apart
    assert len(radii(taper(**at), *teeth[:3])) == 3
    assert len(radii(*teeth)) == 6
    assert len(radii(taper(**at), *(bar(20.3 + 1.8 * k, **at) for k in range(5)))) == 5


def test_teeth_that_are_cells_of_their_own_are_seen_across_parts_and_levels(tmp_path):
    layout, top = layout_of([taper()])
    for number in range(5):
        cell = layout.create_cell(f"TOOTH{number}")
        layer, outline = bar(20.6 + 1.2 * number)
        cell.shapes(layout.layer(*SOI.layers[layer].gds)).insert(outline)
        top.insert(kdb.DCellInstArray(cell.cell_index(), kdb.DTrans()))
    for how in ({"cache": tmp_path}, {"deep": True}, {"deep": False}):
        assert [one for one in check(layout, top, SOI, **how).violations if one.rule == "SIN.BEND"] == [], how
