"""Gaps that count only when they go on for long: `parallel`, and `space` with `beyond`.

KLayout's space check with projection gives one quadrilateral for each pair of chords; those that touch are one run,
also round a bend, which a rule on single edges never sees. The length of a run is that of its pairs' edges, each
stretch counted once, halved: the mean of both sides. (The outline does not tell: where the gap opens, as between a ring
and its bus, its ragged rim is several times as long.) The value is the mean of the gaps of its pairs, weighted by their
length.
"""

import math

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.contours import Floats
from lingnan.pdk.drc.facing import rows_of
from lingnan.pdk.drc.found import Found, outline
from lingnan.pdk.drc.gap import overlap_gaps
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

IGNORE_DEG = 80.0
BRIDGE = 2  #: database units by which quadrilaterals of neighbouring chords may miss each other


def run_length(members: kdb.EdgePairs) -> float:
    """Mean length of both sides of a run."""
    return members.edges().merged().length() / 2


def mean_gap(pairs: Floats, limit: float) -> float:
    """Mean of the gaps of pairs, given as rows of eight coordinates, weighted by the length of their first edges."""
    start, end = overlap_gaps(pairs[:, :4], pairs[:, 4:])
    length = np.hypot(*(pairs[:, 2:4] - pairs[:, :2]).T)
    beside = ~np.isnan(start)
    weight = float(length[beside].sum())
    return float(((start + end) / 2 * length)[beside].sum()) / weight if weight else limit


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
        members = kdb.EdgePairs([pair for pair in near if group.inside(pair.bbox().center())])
        along = run_length(members)
        if along <= length + scene.step:
            continue
        value = mean_gap(rows_of(members), limit)
        if value < limit - scene.step:
            text = f"over {round(along * scene.dbu, 1)} µm"
            found.append(Found(round(value * scene.dbu, 4), (outline(group),), text))
    return found
