"""Gaps that count only when they go on for long: `parallel`, and `space` with `beyond`.

KLayout's space check with projection gives one quadrilateral for each pair of chords; those that touch are one run,
also round a bend, which a rule on single edges never sees. The length of a run is that of its pairs' edges, each
stretch counted once, halved: the mean of both sides. (The outline does not tell: where the gap opens, as between a ring
and its bus, its ragged rim is several times as long.) The value is the mean of the gaps of its pairs, weighted by their
length.
"""

import math
from collections.abc import Sequence

import klayout.db as kdb

from lingnan.pdk.drc.found import Found, outline
from lingnan.pdk.drc.gap import overlap_gaps
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

IGNORE_DEG = 80.0
BRIDGE = 2  #: database units by which quadrilaterals of neighbouring chords may miss each other


def run_length(members: Sequence[kdb.EdgePair]) -> float:
    """Mean length of both sides of a run."""
    return kdb.Edges([edge for pair in members for edge in (pair.first, pair.second)]).merged().length() / 2


def runs(scene: Scene, rule: Rule) -> list[Found]:
    """Runs longer than `beyond` (or `length`) whose mean gap is below the limit by more than the tolerance."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu
    length = float(rule.options.get("beyond", rule.options.get("length", 0.0))) / scene.dbu
    # whoever runs along for that long is itself as long, on both sides: the rest need not be looked at
    lengthy = scene.region(rule.layer).with_perimeter(math.floor(2 * length), None, False)
    # chords of 10 nm see a thousand others within 5 µm: vertices that a step cannot tell from the chord go first
    lengthy = lengthy.smoothed(max(1, round(scene.step)), True)
    pairs = lengthy.space_check(math.ceil(limit - 1e-6), False, kdb.Region.Projection, IGNORE_DEG, None, None, True)
    if pairs.is_empty():
        return []
    groups = pairs.polygons(0).sized(BRIDGE).merged().with_perimeter(math.floor(2 * length), None, False)
    if groups.is_empty():
        return []
    found: list[Found] = []
    store = kdb.Shapes()
    flat = list(pairs.each())
    for number, pair in enumerate(flat):
        store.insert(pair.bbox(), number)
    for group in groups.each():
        near = (flat[shape.prop_id] for shape in store.each_touching(group.bbox()))
        members = [pair for pair in near if group.inside(pair.bbox().center())]
        along = run_length(members)
        if along <= length + scene.step:
            continue
        total = weight = 0.0
        for a, b in ((pair.first, pair.second) for pair in members):
            gaps = overlap_gaps(((a.x1, a.y1), (a.x2, a.y2)), ((b.x1, b.y1), (b.x2, b.y2)))
            if gaps:
                total += sum(gaps) / 2 * a.length()
                weight += a.length()
        value = total / weight if weight else limit
        if value < limit - scene.step:
            text = f"over {round(along * scene.dbu, 1)} µm"
            found.append(Found(round(value * scene.dbu, 4), (outline(group),), text))
    return found
