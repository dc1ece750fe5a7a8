"""Is a gap too small, or was it only rounded? One answer for all rules that measure between two edges.

`judge` takes pairs of edges that KLayout's check gave for the rule's limit d and says the gaps that were drawn, or
nothing where there is no fault. g is the tolerance, one step of the mask grid. Steps:

1. a pair that meets at an angle a of 30 degrees or more and is joined along the outline by d / sin a or less is a
   corner, not a gap (the end of a chord, the wide end of a taper, the inner side of a bend): no fault (width, space,
   notch). So far from a corner its legs are d apart.
2. a slit between end faces that abut a rounding apart, both pairs of ends within 1.5 g, is the business of an
   abutment rule: no fault (space, isolation, notch).
3. both edges axis-parallel and ending in corners: nothing was rounded, so the gap is exact: fault below d.
4. not below d - g/2 as rounded: no fault. (Rounding moves a gap by up to 1.4 g, so all at d - 2 g come past here.)
5. vertices are put back where the curve ran, and edges bulge as it did (`curves.arcs`); two straight edges that are
   parallel to within the rounding of their ends have the mean of the gaps at both ends of their overlap, other edges
   their shortest distance. Within 4 g of the limit that is looked at again with all vertices around (`along`).
   Fault below d - g; a pair between that and d - g/2 is none by itself, but does not part two faults beside it.

What the grid leaves open: where all that says a gap are two or four vertices (the tip of a taper, two short straight
edges off the axes), rounding moves it by 0.3 to 0.4 g (one standard deviation), 1.4 g at most, so a flag at the rule or
a miss 2 g below it happens to one tip in 100; nothing at d + 0.42 g is flagged, nothing at d - 2.42 g is missed.
A chord whose middle lies nearest recedes from its curve (by 1.3 nm, 0.25 on 6 µm): a curve drawn 2 g below the limit
may stand in the file less than g below it. Such a one passes, as what stands there is within the tolerance.
"""

import math

import numpy as np

from lingnan.pdk.drc.along import along
from lingnan.pdk.drc.contours import JOG, Contours, Flags, Floats, Whole
from lingnan.pdk.drc.curves import Arcs, arc_distance, arcs, segment_distance
from lingnan.pdk.drc.pairs import Pairs

MEET_DEG = 30.0  #: edges that meet at more than this make a corner; a sharper spike has a width
PARALLEL = 2 * math.sqrt(2)  #: steps by which the gaps at both ends of two parallel straight edges may differ

CLEAR = 4.0  #: steps below the limit from which a pair alone is sure: both sides' rounding, 1.4 each, and the tolerance


def overlap_gaps(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Gaps at both ends of the stretch where two edges lie beside each other, measured across the longer one; NaN
    where there is none."""
    longer = (np.hypot(*(a[:, 2:] - a[:, :2]).T) >= np.hypot(*(b[:, 2:] - b[:, :2]).T))[:, None]
    a, b = np.where(longer, a, b), np.where(longer, b, a)
    along_a = a[:, 2:] - a[:, :2]
    length = np.hypot(along_a[:, 0], along_a[:, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        ux, uy = (along_a / length[:, None]).T
        (s1, h1), (s2, h2) = (
            ((x - a[:, 0]) * ux + (y - a[:, 1]) * uy, (y - a[:, 1]) * ux - (x - a[:, 0]) * uy)
            for x, y in (b[:, :2].T, b[:, 2:].T)
        )
        swap = s2 < s1
        s1, s2, h1, h2 = np.where(swap, s2, s1), np.where(swap, s1, s2), np.where(swap, h2, h1), np.where(swap, h1, h2)
        low, high = np.maximum(0.0, s1), np.minimum(length, s2)
        slope = np.where(high > low, (h2 - h1) / (s2 - s1), np.nan)
        return np.abs(h1 + slope * (low - s1)), np.abs(h1 + slope * (high - s1))


def judge(pairs: Pairs, limit: float, step: float, kind: str) -> tuple[Floats, Flags]:
    """Gaps as drawn, NaN where one is beyond suspicion, and which are faults by themselves; in database units."""
    a, b = pairs.edges
    value, sure = np.full(len(a), np.nan), np.zeros(len(a), dtype=bool)
    left = np.ones(len(a), dtype=bool)
    if kind in ("width", "space", "notch"):
        met = np.flatnonzero(pairs.first.outline[pairs.one] == pairs.second.outline[pairs.two])
        angle = pairs.take(met).angle_deg
        met, angle = met[angle >= MEET_DEG], angle[angle >= MEET_DEG]
        way = pairs.first.way(pairs.one[met], pairs.two[met])
        left[met[way * np.sin(np.radians(angle)) <= limit + 1e-3]] = False  # the sum of many lengths
    if kind in ("space", "notch", "isolation"):
        crossed = np.maximum(np.hypot(*(a[:, :2] - b[:, 2:]).T), np.hypot(*(a[:, 2:] - b[:, :2]).T))
        left &= crossed > JOG * step
    raw = segment_distance(a, b)
    exact = pairs.first.exact(pairs.one) & pairs.second.exact(pairs.two)
    clear = left & exact & (raw < limit - 1e-6)
    value[clear], sure[clear] = raw[clear], True
    curved = np.flatnonzero(left & ~exact & (raw < limit - step / 2))
    if len(curved):
        value[curved] = _drawn(pairs.take(curved), limit, step)
        sure[curved] = value[curved] < limit - step - 1e-6
    return value, sure


def _drawn(pairs: Pairs, limit: float, step: float) -> Floats:
    """Gaps between the curves that pairs were drawn from, NaN where one is no less than half a step below the limit."""
    one, two = _arcs(pairs.first, pairs.one), _arcs(pairs.second, pairs.two)
    value = arc_distance(one, two)
    start, end = overlap_gaps(np.hstack([one.a, one.b]), np.hstack([two.a, two.b]))
    straight = pairs.first.straight(pairs.one) & pairs.second.straight(pairs.two)
    even = straight & (np.abs(start - end) <= PARALLEL * step)  # never for NaN
    again = np.flatnonzero(~even & (limit - CLEAR * step < value) & (value < limit - step / 2))
    value = np.where(even, (start + end) / 2, value)
    if len(again):
        value[again] = along(pairs.take(again), value[again], step)
    return np.where(value < limit - step / 2, value, np.nan)


def _arcs(contours: Contours, edges: Whole) -> Arcs:
    some, back = np.unique(edges, return_inverse=True)
    return arcs(contours, some).take(back)
