"""Curves at every rotation and radius: nothing at the rule, one marker two grid steps below it."""

import math

import klayout.db as kdb
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from lingnan.pdk.drc.along import SCATTER
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
    """Clean at the limit; below it so many markers of about that value, or some where `count` is None."""
    limit = SOI.limit(rule)
    assert faults(rule, build(limit)) == []
    found = faults(rule, build(limit - BELOW))
    assert found if count is None else len(found) == count, found
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

    expect("WG.S", build, tolerance=0.0012)


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


def arc_beside_a_line(radius, angle, shift, gap):
    """Wherever its chords begin: where their number is odd, it is the middle of one that faces the line."""
    x = radius + 0.225 + gap
    line = [(x, -8), (x + 0.45, -8), (x + 0.45, 8), (x, 8)]
    return [turned(points, angle, shift) for points in (turned(arc(radius, 0.45, 1.0), -0.5), line)]


def in_file(one, two, limit):
    """Whether polygons as they stand on the grid are anywhere nearer than a limit."""
    a, b = (kdb.Region(kdb.DPolygon([kdb.DPoint(x, y) for x, y in points]).to_itype(0.001)) for points in (one, two))
    return not a.separation_check(b, round(limit * 1000), True, kdb.Region.Euclidian).is_empty()


@given(st.floats(6, 20), TURN, SHIFT)
def test_space_of_an_arc_and_a_line_where_the_file_has_it(radius, angle, shift):
    limit = SOI.limit("WG.S")
    at, below = (arc_beside_a_line(radius, angle, shift, gap) for gap in (limit, limit - BELOW))
    assert faults("WG.S", [("WG", points) for points in at]) == []
    found = faults("WG.S", [("WG", points) for points in below])
    assert len(found) == 1 or not (found or in_file(*below, limit - 0.001))


def test_a_curve_below_the_limit_passes_where_its_chords_are_within_the_tolerance():
    """The nearest of six of 600 that passed: 199.006 nm as rounded, 199.145 as the curve is put back."""
    curve = arc_beside_a_line(6.050266603376223, 3.0878515675691767, -4.9239699502145356e-05, 0.198)
    assert faults("WG.S", [("WG", points) for points in curve]) == []
    assert in_file(*curve, 0.2)
    assert not in_file(*curve, 0.199)


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

    # a parabola through a straight and the arcs at its ends, taken while its scatter is within SCATTER of a step, reads
    # low by up to two of these: 1.22 nm at a radius of 9.5 µm was found by this test, which had asked for 1 nm. The
    # marker stands; its number is what is off
    expect("WG.S", build, tolerance=2 * SCATTER * 1e-3)


class Path:
    """A centre line of pieces (length, curvature at start and end), the curvature linear along each."""

    def __init__(self, *pieces):
        lengths = np.concatenate([np.full(n, of / n) for n, (of, _, _) in zip(self.fine(pieces), pieces, strict=True)])
        bends = [a + (b - a) * (np.arange(n) + 0.5) / n for n, (_, a, b) in zip(self.fine(pieces), pieces, strict=True)]
        self.ends = np.cumsum([0.0] + [length for length, _, _ in pieces])
        self.bent = [a != 0 or b != 0 for _, a, b in pieces]
        self.turn = np.cumsum(np.concatenate([[0.0], lengths * np.concatenate(bends)]))
        middle = (self.turn[1:] + self.turn[:-1]) / 2
        self.way = np.cumsum(np.concatenate([[0.0], lengths]))
        self.x = np.cumsum(np.concatenate([[0.0], lengths * np.cos(middle)]))
        self.y = np.cumsum(np.concatenate([[0.0], lengths * np.sin(middle)]))

    @staticmethod
    def fine(pieces):
        return [max(8, math.ceil(length / 0.002)) for length, _, _ in pieces]

    def vertices(self, chord):
        """Ways along it: each piece in even chords, a straight one in one."""
        found = [0.0]
        for a, b, bent in zip(self.ends, self.ends[1:], self.bent, strict=False):
            n = max(2, math.ceil((b - a) / chord)) if bent else 1
            found += [a + (b - a) * k / n for k in range(1, n + 1)]
        return np.array(found)

    def side(self, ways, off):
        x, y, turn = (np.interp(ways, self.way, values) for values in (self.x, self.y, self.turn))
        return list(zip(x - off * np.sin(turn), y + off * np.cos(turn), strict=True))

    def guide(self, chord, width, off=0.0):
        ways = self.vertices(chord)
        return self.side(ways, off + width / 2) + self.side(ways, off - width / 2)[::-1]


CHORD = st.floats(0.05, 0.25)  # a chord of 0.25 bulges 1.6 nm on 5 µm, 0.3 nm on 25


def beside(path, chord, other, side, angle, shift):
    """Two guides along one path, the second beside the first and cut to other chords."""

    def build(gap):
        guides = path.guide(chord, 0.45), path.guide(other, 0.5, side * (0.475 + gap))
        return [("WG", turned(points, angle, shift)) for points in guides]

    expect("WG.S", build, tolerance=0.0012)


@given(st.floats(6, 20), st.floats(0, 0.4), st.floats(0, 6), CHORD, CHORD, st.sampled_from([-1, 1]), TURN, SHIFT)
def test_gap_of_two_euler_bends(radius, middle, lead, chord, other, side, angle, shift):
    euler = [
        (0.9 * radius, 0, 1 / radius),
        (0.1 + middle * radius, 1 / radius, 1 / radius),
        (0.9 * radius, 1 / radius, 0),
    ]
    beside(Path((1 + lead, 0, 0), *euler, (2, 0, 0)), chord, other, side, angle, shift)


@given(st.floats(6, 25), st.floats(6, 25), st.booleans(), CHORD, CHORD, st.sampled_from([-1, 1]), TURN, SHIFT)
def test_gap_where_the_curvature_jumps(one, two, back, chord, other, side, angle, shift):
    bend = -1 / two if back else 1 / two
    path = Path((3, 0, 0), (0.5 * one, 1 / one, 1 / one), (0.5 * two, bend, bend), (4, 0, 0))
    beside(path, chord, other, side, angle, shift)


@given(st.floats(6, 25), CHORD, TURN, SHIFT)
def test_width_where_the_curvature_jumps(radius, chord, angle, shift):
    path = Path((3, 0, 0), (0.5 * radius, 1 / radius, 1 / radius), (0.4 * radius, -1 / radius, 0), (2, 0, 0))
    expect("WG.W", lambda width: [("WG", turned(path.guide(chord, width), angle, shift))], tolerance=0.0012)


@example(length=12.0, wide=3.0, count=72, other=15, cosine=False, angle=0.0, shift=0.0)
@given(st.floats(5, 25), st.floats(0.5, 3.0), st.integers(15, 80), st.integers(15, 80), st.booleans(), TURN, SHIFT)
def test_gap_beside_a_curved_taper(length, wide, count, other, cosine, angle, shift):
    def edge(n, gap):
        t = np.linspace(0, 1, n + 1)
        grown = (1 - np.cos(np.pi * t)) / 2 if cosine else t * t
        slope = (wide - 0.4) / length * (np.pi * np.sin(np.pi * t) / 2 if cosine else 2 * t) / 2
        y, norm = (0.4 + (wide - 0.4) * grown) / 2, np.hypot(1, slope)
        return list(zip(t * length - gap * slope / norm, y + gap / norm, strict=True))

    def build(gap):
        taper = edge(count, 0) + [(x, -y) for x, y in reversed(edge(count, 0))]
        bank = edge(other, gap) + edge(other, gap + 0.4)[::-1]
        return [("WG", turned(points, angle, shift)) for points in (taper, bank)]

    # chords of 1/15 of the length stand off their curve by up to 1.5 nm, so a gap that is 2 nm too narrow may come
    # within a grid step of the rule between two vertices, and be marked in pieces
    expect("WG.S", build, count=None, tolerance=0.0012)


def test_kink_between_straight_pieces_is_no_curve():
    taper = [(0, -0.25), (6, -0.25), (10, -0.6), (10, 0.6), (6, 0.25), (0, 0.25)]
    slope = 0.35 / 4
    kink = 6 - 0.202 * slope / 2  # the offset of the outline, a hair above the rule
    far = 0.6 + 0.202 * math.hypot(1, slope) - slope * (kink - 6)
    bank = [(0, 0.452), (kink, 0.452), (10, far), (10, 2), (0, 2)]
    for angle in (0.0, 0.4, 2.2):
        assert faults("WG.S", [("WG", turned(points, angle)) for points in (taper, bank)]) == []


def test_body_of_a_free_form_has_no_bend_radius():
    """Widths of the splitter of 10.1364/OE.21.001310 along its 2 µm, as splines draw it; its walls are no guide."""
    widths = [0.5, 0.5, 0.6, 0.7, 0.9, 1.26, 1.4, 1.4, 1.4, 1.4, 1.31, 1.2, 1.2]
    way = np.linspace(0, 2, 81)
    half = CubicSpline(np.linspace(0, 2, 13), np.array(widths) / 2)(way)
    body = list(zip(way, half, strict=True)) + list(zip(way[::-1], -half[::-1], strict=True))
    assert faults("WG.BEND", [("WG", body)]) == []


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


def test_a_gap_scatters_as_its_sides_are_rounded():
    """What `SCATTER` says: rms about a parabola of the gap of two arcs, rounded once, and once more after a turn."""
    random = np.random.default_rng(7)

    def rounded(radius, angles, turn, times):
        points = np.round(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
        c, s = math.cos(turn), math.sin(turn)
        return np.round(points @ np.array([[c, s], [-s, c]])) if times == 2 else points

    def scatter(times):
        found = []
        for _ in range(200):
            radius, turn, start = random.uniform(5e3, 2e4), random.uniform(0, 2 * math.pi), random.uniform(0, 1)
            step = random.uniform(20, 60) / radius
            one = rounded(radius, start + step * np.arange(60), turn, times)
            two = rounded(radius + 500, start + step * (random.uniform() + np.arange(-4, 64)), turn, times)
            back = -turn if times == 2 else 0.0
            c, s = math.cos(back), math.sin(back)
            straight = np.array([[c, s], [-s, c]])
            here, there = (np.arctan2(*(points @ straight)[:, ::-1].T) for points in (one, two))
            gap = np.interp(here, there, np.hypot(*two.T)) - np.hypot(*one.T)
            x = np.linspace(-1, 1, len(gap))
            found.append(np.std(gap - np.polyval(np.polyfit(x, gap, 2), x), ddof=3))
        return float(np.mean(found))

    once, twice = scatter(1), scatter(2)
    # 200 means of 57 degrees of freedom each: 0.7 % of one, three times that
    assert abs(once - 0.36) < 0.012
    assert abs(twice - 0.52) < 0.015
    assert 1.15 * twice < SCATTER  # refuses two in a hundred such fits through 40 vertices (chi squared)
