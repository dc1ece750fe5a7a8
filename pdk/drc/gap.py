"""Is a gap too small, or was it only rounded? One answer for all rules that measure between two edges.

`judge` takes a pair of edges that KLayout's check gave for the rule's limit d and says the gap that was drawn, or None
where there is no fault. g is the tolerance, one step of the mask grid. Steps:

1. a pair that meets at an angle of 30 degrees or more and is joined along the outline by d or less is a corner, not a
   gap (the end of a chord, the wide end of a taper, the inner side of a bend): no fault (width, space, notch).
2. a slit between end faces that abut a rounding apart, both pairs of ends within 1.5 g, is the business of an
   abutment rule: no fault (space, isolation, notch).
3. both edges axis-parallel and ending in corners: nothing was rounded, so the gap is exact: fault below d.
4. not below d - g as drawn: no fault.
5. vertices are put back where the curve ran, and edges bulge as it did (`contour.arc`); two straight edges that are
   parallel to within the rounding of their ends have the mean of the gaps at both ends of their overlap, other edges
   their shortest distance. Fault below d - g.

So nothing at the rule is flagged and everything 2 g below it is; between lies what the grid cannot tell apart. Two
straight edges alone, at 45 degrees, can be rounded by more than g on the mean with odds of 1 in 10,000.
"""

import math
from dataclasses import dataclass

from lingnan.pdk.drc.contour import JOG, Arc, Contour, Point, arc_distance, segment_distance

MEET_DEG = 30.0  #: edges that meet at more than this make a corner; a sharper spike has a width
PARALLEL = 2 * math.sqrt(2)  #: steps by which the gaps at both ends of two parallel straight edges may differ

Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Side:
    """One edge of a pair: the outline it lies on, and its place there."""

    contour: Contour
    index: int

    @property
    def whole(self) -> Segment:
        """The whole edge."""
        return self.contour.edge(self.index)

    @property
    def ends(self) -> tuple[int, int]:
        """Its vertices."""
        return self.index, (self.index + 1) % len(self.contour.points)

    def exact(self) -> bool:
        """Axis-parallel and between corners."""
        (x1, y1), (x2, y2) = self.whole
        return (x1 == x2 or y1 == y2) and all(self.contour.corner(vertex) for vertex in self.ends)

    def drawn(self) -> Arc:
        """The edge before rounding."""
        return self.contour.arc(self.index)


def angle_deg(a: Segment, b: Segment) -> float:
    """Angle between two lines, 0 to 90."""
    ax, ay, bx, by = a[1][0] - a[0][0], a[1][1] - a[0][1], b[1][0] - b[0][0], b[1][1] - b[0][1]
    return math.degrees(math.atan2(abs(ax * by - ay * bx), abs(ax * bx + ay * by)))


def overlap_gaps(a: Segment, b: Segment) -> tuple[float, float] | None:
    """Gaps at both ends of the stretch where two edges lie beside each other, measured across the longer one."""
    if math.dist(*a) < math.dist(*b):
        a, b = b, a
    length = math.dist(*a)
    if length == 0:
        return None
    ux, uy = (a[1][0] - a[0][0]) / length, (a[1][1] - a[0][1]) / length
    ends = [((x - a[0][0]) * ux + (y - a[0][1]) * uy, (y - a[0][1]) * ux - (x - a[0][0]) * uy) for x, y in b]
    (s1, h1), (s2, h2) = sorted(ends)
    low, high = max(0.0, s1), min(length, s2)
    if high <= low or s2 == s1:
        return None
    slope = (h2 - h1) / (s2 - s1)
    return abs(h1 + slope * (low - s1)), abs(h1 + slope * (high - s1))


def near_part(a: Segment, b: Segment, reach: float) -> Segment:
    """The part of edge a within `reach` of edge b: where a runs in the two discs around b's ends or in the strip
    between. Together these are convex, so it is one part."""
    (ax, ay), (dx, dy) = a[0], (a[1][0] - a[0][0], a[1][1] - a[0][1])
    square = dx * dx + dy * dy
    if square == 0:
        return a
    low, high = math.inf, -math.inf
    for bx, by in b:
        middle = ((bx - ax) * dx + (by - ay) * dy) / square
        half = reach * reach - (ax + middle * dx - bx) ** 2 - (ay + middle * dy - by) ** 2
        if half >= 0:
            half = math.sqrt(half / square)
            low, high = min(low, middle - half), max(high, middle + half)
    length = math.dist(*b)
    if length > 0:
        ux, uy = (b[1][0] - b[0][0]) / length, (b[1][1] - b[0][1]) / length
        ox, oy = ax - b[0][0], ay - b[0][1]
        start, stop = _within(ox * ux + oy * uy, dx * ux + dy * uy, 0.0, length)
        left, right = _within(oy * ux - ox * uy, dy * ux - dx * uy, -reach, reach)
        start, stop = max(start, left), min(stop, right)
        if start <= stop:
            low, high = min(low, start), max(high, stop)
    low, high = max(low, 0.0), min(high, 1.0)
    if low > high:
        return a
    return (
        a[0] if low == 0.0 else (ax + low * dx, ay + low * dy),
        a[1] if high == 1.0 else (ax + high * dx, ay + high * dy),
    )


def _within(offset: float, slope: float, least: float, most: float) -> tuple[float, float]:
    """Where offset + t slope lies between two values."""
    if slope == 0:
        return (-math.inf, math.inf) if least <= offset <= most else (math.inf, -math.inf)
    one, two = (least - offset) / slope, (most - offset) / slope
    return (one, two) if one < two else (two, one)


def judge(first: Side, second: Side, limit: float, step: float, kind: str) -> float | None:
    """The gap as drawn where it breaks the limit, else None; lengths in database units."""
    a, b = first.whole, second.whole
    same = first.contour is second.contour
    corner = kind in ("width", "space", "notch") and same and angle_deg(a, b) >= MEET_DEG
    if corner and first.contour.way(first.index, second.index, limit) <= limit:
        return None
    if kind in ("space", "notch", "isolation"):
        crossed = max(math.dist(a[0], b[1]), math.dist(a[1], b[0]))
        if crossed <= JOG * step:
            return None
    raw = segment_distance(a, b)
    if first.exact() and second.exact():
        return raw if raw < limit - 1e-6 else None
    if raw >= limit - step:
        return None
    straight = first.contour.straight(first.index) and second.contour.straight(second.index)
    one, two = first.drawn(), second.drawn()
    value = arc_distance(one, two)
    if (
        straight
        and (gaps := overlap_gaps((one.a, one.b), (two.a, two.b)))
        and abs(gaps[0] - gaps[1]) <= PARALLEL * step
    ):
        value = sum(gaps) / 2
    return value if value < limit - step - 1e-6 else None
