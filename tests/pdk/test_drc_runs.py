"""Guides side by side for long: what counts as beside, how long a run is, and what its gap is."""

import math

import klayout.db as kdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.drc.found import Found
from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
PAR = SOI.rule("WG.PAR")  # nearer than 5 µm for more than 200 µm
Points = list[tuple[float, float]]


def runs(*shapes: Points, angle: float = 0.0) -> list[Found]:
    """Faults of WG.PAR on polygons in µm, turned about the origin and rounded to the grid."""
    layout = kdb.Layout()
    layout.dbu = 0.001
    top = layout.create_cell("TOP")
    turn = kdb.DCplxTrans(1.0, angle, False, 0.0, 0.0)
    for shape in shapes:
        polygon = kdb.DPolygon([turn * kdb.DPoint(x, y) for x, y in shape])
        top.shapes(layout.layer(*SOI.layer("WG").gds)).insert(polygon)
    scene = Scene(layout, top, SOI, {name: layer.gds for name, layer in SOI.layers.items()}, deep=False)
    return run_rule(scene, PAR)


def box(left: float, bottom: float, right: float, top: float) -> Points:
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def arc(inner: float, width: float, sweep: float, start: float = 0.0) -> Points:
    """A guide around the origin, of chords that miss their curve by 1 nm."""
    count = math.ceil(math.radians(sweep) / math.sqrt(8 * 0.001 / (inner + width)))
    angles = [math.radians(start + sweep * k / count) for k in range(count + 1)]
    out = [((inner + width) * math.cos(a), (inner + width) * math.sin(a)) for a in angles]
    return out + [(inner * math.cos(a), inner * math.sin(a)) for a in reversed(angles)]


def comb(length: float, pitch: float, depth: float, y: float, up: bool) -> Points:
    """A guide with square teeth on one side, half a pitch each."""
    points: Points = [(0.0, y)]
    for k in range(round(length / pitch)):
        x, tip = k * pitch, y + depth if up else y - depth
        points += [(x, tip), (x + pitch / 2, tip), (x + pitch / 2, y), (x + pitch, y)]
    far = y - 0.5 if up else y + 0.5
    return [*points, (length, far), (0.0, far)]


@pytest.mark.parametrize("angle", [0.0, 45.0, 17.3])
def test_straight_guides_staggered(angle: float) -> None:
    """Beside each other over 200 µm and no more: none; a tenth of a µm more is a run, known to the grid."""
    lower = box(0, 0, 300, 0.45)
    assert runs(lower, box(100, 3, 400, 3.45), angle=angle) == []
    (fault,) = runs(lower, box(99.9, 3, 400, 3.45), angle=angle)
    assert fault.note == "over 200.1 µm"
    assert fault.value == pytest.approx(2.55, abs=0.0005)  # both sides are rounded


@given(
    radius=st.floats(40, 150),
    angle=st.floats(0, 360),
    gap=st.sampled_from([5.0, 4.998]),
)
def test_round_a_bend_none_at_the_limit_and_one_below_it(radius: float, angle: float, gap: float) -> None:
    """Concentric guides at the rule and 2 nm below it; rounding is 0.5 nm, its mean along hundreds of vertices none."""
    sweep = math.degrees(230 / radius)
    if sweep > 350:
        sweep = 350.0
    found = runs(arc(radius, 0.45, sweep), arc(radius + 0.45 + gap, 0.45, sweep), angle=angle)
    assert len(found) == (gap < 5.0)
    for fault in found:
        assert fault.value == pytest.approx(gap, abs=0.0004)


def test_a_run_goes_on_round_a_bend() -> None:
    """Legs of 120 µm about a half circle: no straight piece is long enough, the whole is."""
    radius = 20.0
    shapes: list[Points] = []
    for inner in (radius, radius + 2.45):
        bend = arc(inner, 0.45, 180)
        half = len(bend) // 2
        shapes.append([(inner + 0.45, -120.0), *bend[:half], (-inner - 0.45, -120.0), (-inner, -120.0), *bend[half:]])
        shapes[-1].append((inner, -120.0))
    (fault,) = runs(*shapes)
    assert fault.value == pytest.approx(2.0, abs=0.0005)
    middle = radius + 0.45 + 1.0
    assert fault.note == f"over {240 + math.pi * middle:.1f} µm"


def test_one_guide_beside_itself() -> None:
    """A hairpin talks to itself along its legs; the bend that joins them is no neighbour."""

    def hairpin(leg: float) -> list[Found]:
        bend = arc(1.8, 0.45, 180)
        half = len(bend) // 2
        outer = [(2.25, -leg), *bend[:half], (-2.25, -leg), (-1.8, -leg)]
        return runs([*outer, *bend[half:], (1.8, -leg)])

    assert hairpin(199.0) == []
    (fault,) = hairpin(206.0)
    assert fault.value == pytest.approx(3.6, abs=0.001)


def test_what_lies_between_shields() -> None:
    """Three guides at 2 µm are two runs, and none of 4.45 µm across the middle one."""
    found = runs(*(box(0, 2.45 * row, 250, 2.45 * row + 0.45) for row in range(3)))
    assert sorted(fault.value or 0.0 for fault in found) == [2.0, 2.0]


def test_teeth_are_no_guides_side_by_side() -> None:
    """The sides of 0.4 µm deep teeth face each other over 800 µm in all, on one guide, each for itself."""
    assert runs(comb(300, 0.3, 0.4, 0.0, up=True)) == []


def test_two_gratings_side_by_side_are_as_long_as_they_are() -> None:
    """Teeth towards each other, tips 1 µm apart: half of the way 1 µm, half of it 1.2 µm."""
    (fault,) = runs(comb(300, 0.3, 0.1, 0.0, up=True), comb(300, 0.3, 0.1, 1.2, up=False))
    assert fault.note == "over 300.0 µm"
    assert fault.value == pytest.approx(1.1, abs=1e-6)


def test_a_neighbour_that_turns_away() -> None:
    """A guide that leaves at 45 degrees is beside the other only as far as 5 µm."""
    away = [(0.0, 3.0), (150.0, 3.0), (350.0, 203.0), (349.7, 203.3), (149.9, 3.45), (0.0, 3.45)]
    assert runs(box(0, 0, 400, 0.45), away) == []
