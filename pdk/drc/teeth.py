"""Teeth of focusing gratings: curved bars that light crosses, so that they have no bend radius.

A bar is a tooth where all of this holds; a guide that bends in earnest fails at the first, as it leads somewhere:

1. it is an arc and nothing else: an outline without holes, four corners, two of them at each end, and no straight
   stretch between them (an edge much longer than the mean one of its sides).
2. it stands in a row: across it, on a ray from the centre of its arc, there are `teeth` bars or more, each with its
   middle no farther than `tooth_pitch` from that of the next.
3. the row begins, towards the centre, no farther than that from a body wider than any guide: the taper that feeds it.
"""

import math

import klayout.db as kdb

from lingnan.pdk.drc.contours import CORNER_DEG, LONG, Contours
from lingnan.pdk.drc.scene import Placed

SPLIT = 2.0  #: database units; KLayout divides what a ray meets at vertices beside it

Bar = tuple[float, float]  #: where a ray enters and leaves a shape, from the ray's beginning [dbu]


def bare_arc(shape: kdb.Polygon, step: float) -> bool:
    """Whether a polygon is an arc from end face to end face."""
    contours = Contours.of(kdb.Region(shape), step)
    corners = [int(number) for number in (contours.turns > CORNER_DEG).nonzero()[0]]
    if shape.holes() or len(corners) != 4:
        return False
    a, b, c, d = corners
    spans = contours.spans
    sides = [*spans[a:b]], [*spans[b:c]], [*spans[c:d]], [*spans[d:], *spans[:a]]
    return any(
        len(one) == len(other) == 1 and max(walls) < LONG * sum(walls) / len(walls)
        for one, other, walls in (
            (sides[0], sides[2], sides[1] + sides[3]),
            (sides[1], sides[3], sides[0] + sides[2]),
        )
    )


def bars_along(ray: kdb.Edge, layer: Placed) -> list[Bar]:
    """What a ray meets of a layer, from its beginning on."""
    cut = kdb.Edges([ray]) & layer.touching(ray.bbox())
    found: list[Bar] = []
    for near, far in sorted(sorted(math.dist((ray.x1, ray.y1), (p.x, p.y)) for p in (e.p1, e.p2)) for e in cut.each()):
        if found and near - found[-1][1] < SPLIT:
            found[-1] = found[-1][0], far
        else:
            found.append((near, far))
    return found


def in_grating(bars: list[Bar], at: float, teeth: int, pitch: float, widest: float) -> bool:
    """Whether the bar at a distance is one of a row of teeth behind a body wider than `widest`."""
    own = next((number for number, (start, stop) in enumerate(bars) if start <= at <= stop), None)
    if own is None:
        return False
    middle = [(start + stop) / 2 for start, stop in bars]
    wide = [stop - start > widest for start, stop in bars]
    low = high = own
    while low > 0 and not wide[low - 1] and middle[low] - middle[low - 1] <= pitch:
        low -= 1
    while high + 1 < len(bars) and not wide[high + 1] and middle[high + 1] - middle[high] <= pitch:
        high += 1
    fed = low > 0 and wide[low - 1] and bars[low][0] - bars[low - 1][1] <= pitch
    return fed and not wide[own] and high - low + 1 >= teeth
