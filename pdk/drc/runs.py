"""Gaps that count only when they go on for long: `parallel`, and `space` with `beyond`.

`beside` says where something lies straight across within the limit, seen from either side. What is between such
stretches touches along a run, also round a bend, which a rule on single edges never sees. The length of a run is that
of its stretches halved: the mean of both sides. (The outline does not tell: where the gap opens, as between a ring
and its bus, its ragged rim is several times as long.) The value is the mean of their gaps, weighted by their length.
"""

import math
from collections.abc import Iterator

import klayout.db as kdb
import numpy as np
import shapely

from lingnan.pdk.drc.beside import beside, longest_of, simplified
from lingnan.pdk.drc.contours import Contours, Floats, Whole
from lingnan.pdk.drc.found import Found, outline
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

BRIDGE = 2  #: database units by which rectangles of neighbouring stretches may miss each other


def runs(scene: Scene, rule: Rule) -> list[Found]:
    """Runs longer than `beyond` (or `length`) whose mean gap is below the limit by more than the tolerance."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu
    length = float(rule.options.get("beyond", rule.options.get("length", 0.0))) / scene.dbu
    # whoever runs along for that long is itself as long, on both sides: the rest need not be looked at
    lengthy = scene.region(rule.layer).with_perimeter(math.floor(2 * length), None, False)
    if lengthy.is_empty():
        return []
    contours = simplified(Contours.of(lengthy, scene.step))
    stretches = beside(contours, limit, length)
    if not len(stretches.edge):
        return []
    strips, part = stretches.strips(contours, longest_of(limit, length))
    along = stretches.lengths(contours)
    long = np.bincount(part, along, len(strips))
    across = np.bincount(part, along * stretches.gap, len(strips))
    found: list[Found] = []
    for group, members in _groups(strips, math.floor(2 * length)):
        goes_on = float(long[members].sum()) / 2
        if goes_on <= length + scene.step:
            continue
        value = float(across[members].sum()) / (2 * goes_on)
        if value < limit - scene.step:
            text = f"over {round(goes_on * scene.dbu, 1)} µm"
            found.append(Found(round(value * scene.dbu, 4), (outline(group),), text))
    return found


def _groups(strips: Floats, perimeter: int) -> Iterator[tuple[kdb.Polygon, Whole]]:
    """Strips that touch, as one shape, and the numbers of those in it; only shapes of that perimeter or more."""
    points = np.round(strips).astype(int).tolist()
    drawn = kdb.Region([kdb.Polygon([kdb.Point(*point) for point in four]) for four in points])
    drawn.merged_semantics = False  # one merge is enough
    middle = strips.mean(axis=1)
    for shape in drawn.sized(BRIDGE).merged().with_perimeter(perimeter, None, False).each():
        holes = [[(p.x, p.y) for p in shape.each_point_hole(hole)] for hole in range(shape.holes())]
        area = shapely.Polygon(outline(shape), holes)
        shapely.prepare(area)
        yield shape, np.flatnonzero(shapely.contains_xy(area, *middle.T))
