"""Curves at every rotation and radius: nothing at the rule, one marker two grid steps below it."""

import math

import klayout.db as kdb
from hypothesis import given, settings
from hypothesis import strategies as st

from lingnan.pdk.drc.bend import SURE, uncertainty
from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
LAYERS = {name: layer.gds for name, layer in SOI.layers.items()}
BELOW = 0.002  #: µm, two grid steps
TURN = st.floats(0, 2 * math.pi)
FEW = settings(max_examples=12)  # a slab reaches past 50 chords of its rib: each example judges thousands of pairs
SHIFT = st.floats(-0.0005, 0.0005)


def arc(radius, width, sweep, chord=0.25):
    n = max(8, math.ceil(radius * sweep / chord))
    ring = [(math.cos(sweep * i / n), math.sin(sweep * i / n)) for i in range(n + 1)]
    outer = [((radius + width / 2) * x, (radius + width / 2) * y) for x, y in ring]
    return outer + [((radius - width / 2) * x, (radius - width / 2) * y) for x, y in reversed(ring)]


def turned(points, angle, x=0.0, y=0.0):
    c, s = math.cos(angle), math.sin(angle)
    return [(c * px - s * py + x, s * px + c * py + y) for px, py in points]


def faults(rule, shapes):
    layout = kdb.Layout()
    layout.dbu = 0.001
    top = layout.create_cell("TOP")
    for name, points in shapes:
        polygon = kdb.DPolygon([kdb.DPoint(x, y) for x, y in points])
        top.shapes(layout.layer(*LAYERS[name])).insert(polygon)
    return run_rule(Scene(layout, top, SOI, LAYERS, deep=False), SOI.rules[rule])


def expect(rule, build, count=1, tolerance=0.001):
    limit = SOI.limit(rule)
    assert faults(rule, build(limit)) == []
    found = faults(rule, build(limit - BELOW))
    assert len(found) == count, found
    for fault in found:
        assert abs(fault.value - (limit - BELOW)) < tolerance


@given(st.floats(5, 20), st.floats(0.2, 0.5), TURN, SHIFT)
def test_width_of_an_arc(radius, sweep, angle, shift):
    expect("WG.W", lambda width: [("WG", turned(arc(radius, width, sweep), angle, shift, shift))])


@given(st.floats(5, 20), st.floats(0.3, 1.2), st.floats(0.2, 0.5), TURN, SHIFT)
def test_space_of_concentric_arcs_that_do_not_share_their_vertices(radius, width, sweep, angle, shift):
    def build(gap):
        outer = arc(radius + width + gap, width, sweep, 0.21)
        return [("WG", turned(points, angle, shift)) for points in (arc(radius, width, sweep), outer)]

    expect("WG.S", build, tolerance=0.0016)


@given(st.floats(6, 14), TURN, SHIFT)
def test_space_of_a_ring_and_its_bus(radius, angle, shift):
    def build(gap):
        # an even number of chords to a quarter: one vertex of the ring faces the bus
        chord = radius * math.pi / 2 / (4 * math.ceil(radius * math.pi / 2 / 0.2 / 4))
        halves = [turned(arc(radius, 0.4, math.pi, chord), start) for start in (0.0, math.pi)]
        y = -radius - 0.2 - gap
        bus = [(-20, y - 0.4), (20, y - 0.4), (20, y), (-20, y)]
        return [("WG", turned(points, angle, shift)) for points in (*halves, bus)]

    # the gap widens away from the nearest vertex, so only its own rounding and the bus's are averaged
    expect("WG.S", build, tolerance=0.0012)


@FEW
@given(st.floats(8, 20), st.floats(0.2, 0.4), TURN, SHIFT)
def test_enclosure_of_a_bent_rib_on_both_sides(radius, sweep, angle, shift):
    def build(reach):
        beyond = 3.5 / (radius - 3)  # the slab goes on past both ends of the rib
        slab = turned(arc(radius, 0.45 + 2 * reach, sweep + 2 * beyond), -beyond)
        rib = turned(arc(radius, 0.45, sweep), angle, shift)
        return [("WG", rib), ("SLAB90", turned(slab, angle, shift))]

    expect("SLAB.E.WG", build, count=2)


@given(st.floats(0.6, 3.0), st.floats(0.3, 0.9), TURN, SHIFT)
def test_bend_radius_of_a_drawn_arc_to_what_its_length_can_say(sweep, width, angle, shift):
    limit = SOI.limit("WG.BEND")
    count = max(8, math.ceil(limit * sweep / 0.2)) + 1
    sure = max(0.001, 0.001 * SURE * uncertainty(sweep, count))  # 1 nm from 2.2 rad on, 22 nm at 0.6 rad

    def found(radius):
        return faults("WG.BEND", [("WG", turned(arc(radius, width, sweep, 0.2), angle, shift))])

    assert found(limit) == []
    (fault,) = found(limit - 2 * sure - 0.0002)  # the window of a shorter radius has fewer vertices
    assert abs(fault.value - limit + 2 * sure) < sure + 0.0002


@given(st.floats(5, 60), st.floats(0.3, 1.5), TURN, st.floats(0, 1), st.floats(0, 1))
def test_tip_of_a_taper_to_what_two_vertices_can_say(length, wide, angle, x, y):
    """Both vertices of a tip are rounded, by up to 0.71 g each: 1.42 g together, and the tolerance is 1 g."""

    def found(width):
        outline = [(0, -width / 2), (length, -wide / 2), (length, wide / 2), (0, width / 2)]
        return faults("WG.W", [("WG", turned(outline, angle, x, y))])

    limit = SOI.limit("WG.W")
    assert found(limit + 0.00042) == []
    (fault,) = found(limit - 0.00243)
    assert abs(fault.value - limit + 0.00243) < 0.00142


@given(st.floats(6, 20), st.floats(3, 20), TURN, SHIFT)
def test_straight_to_curve_joins_of_a_coupler(radius, length, angle, shift):
    def arm(gap):
        n = math.ceil(radius / 0.25)
        bend = [(length / 2 + radius * math.sin(i / n), radius * (1 - math.cos(i / n)), i / n) for i in range(n + 1)]
        line = [(-x, y, -a) for x, y, a in reversed(bend)] + bend
        upper = [(x - 0.225 * math.sin(a), y + 0.225 * math.cos(a)) for x, y, a in line]
        lower = [(x + 0.225 * math.sin(a), y - 0.225 * math.cos(a)) for x, y, a in line]
        return [(x, y + 0.225 + gap / 2) for x, y in upper + lower[::-1]]

    def build(gap):
        return [("WG", turned(arm(gap), angle, shift)), ("WG", turned([(x, -y) for x, y in arm(gap)], angle, shift))]

    expect("WG.S", build)


@given(st.floats(3, 40), TURN, SHIFT)
def test_guides_that_abut_at_any_angle_have_no_gap_and_no_narrow_place(length, angle, shift):
    c, s = math.cos(angle), math.sin(angle)
    half = 0.0902  # rounding takes up to 1.42 g from the width between two vertices, and the tolerance is 1 g
    one = [(0, -half), (length, -half), (length, half), (0, half)]
    shapes = [("WG", turned(one, angle, shift)), ("WG", turned(one, angle, shift + length * c, length * s))]
    assert faults("WG.W", shapes) == []
    assert faults("WG.S", shapes) == []


def test_ends_of_chords_and_wide_ends_of_tapers_are_corners_not_widths():
    taper = [(0, -0.25), (5, -3.0), (5, 3.0), (0, 0.25)]
    assert faults("WG.W", [("WG", taper)]) == []
    assert faults("WG.W", [("WG", arc(5, 0.45, 1.5))]) == []
    needle = [(0, 0), (20, 1.0), (20, -1.0)]
    (found,) = faults("WG.W", [("WG", needle)])
    assert found.value == 0


def test_two_faults_of_one_gap_stay_two():
    shapes = [("WG", [(0, 0), (0, 1), (60, 1), (60, 0)])]
    for x in (10, 40):
        shapes.append(("WG", [(x, 1.15), (x, 3), (x + 5, 3), (x + 5, 1.15)]))
    assert len(faults("WG.S", shapes)) == 2
