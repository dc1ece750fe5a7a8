"""Is a gap too small, or was it only rounded? One answer for all rules that measure between two edges.

`judge` takes a pair of edges that KLayout's check gave for the rule's limit d and says the gap that was drawn, or None
where there is no fault. g is the tolerance, one step of the mask grid. Steps:

1. a pair that meets at an angle of 30 degrees or more and is joined along the outline by d or less is a corner, not a
   gap (the end of a chord, the wide end of a taper, the inner side of a bend): no fault (width, space, notch).
2. a slit between end faces that abut a rounding apart, both pairs of ends within 1.5 g, is the business of an
   abutment rule: no fault (space, isolation, notch).
3. both edges axis-parallel and ending in corners: nothing was rounded, so the gap is exact: fault below d.
4. not below d - g/2 as rounded: no fault. (Rounding moves a gap by up to 1.4 g, so all at d - 2 g come past here.)
5. vertices are put back where the curve ran, and edges bulge as it did (`contour.arc`); two straight edges that are
   parallel to within the rounding of their ends have the mean of the gaps at both ends of their overlap, other edges
   their shortest distance. Within 4 g of the limit that is looked at again with all vertices around (`along`).
   Fault below d - g; a pair between that and d - g/2 is none by itself, but does not part two faults beside it.

What the grid leaves open: where all that says a gap are two or four vertices (the tip of a taper, two short straight
edges off the axes), rounding moves it by 0.3 to 0.4 g (one standard deviation), 1.4 g at most, so a flag at the rule or
a miss 2 g below it happens to one tip in 100; nothing at d + 0.42 g is flagged, nothing at d - 2.42 g is missed.
"""

import math
from dataclasses import dataclass

from lingnan.pdk.drc.contour import JOG, Arc, Contour, Point, arc_distance, segment_distance
from lingnan.pdk.drc.fit import polynomial

MEET_DEG = 30.0  #: edges that meet at more than this make a corner; a sharper spike has a width
PARALLEL = 2 * math.sqrt(2)  #: steps by which the gaps at both ends of two parallel straight edges may differ

CLEAR = 4.0  #: steps below the limit from which a pair alone is sure: both sides' rounding, 1.4 each, and the tolerance
SCATTER = 0.55  #: grid steps rms of a fit along a gap: both sides are rounded, 0.29 each, or 0.41 where rounded twice
FEWEST = 12  #: vertices of a fit along a gap: three terms through fewer follow the rounding
CHANCE = 6.0  #: a term is left out where it betters the sum of squares by less than this many variances (95 %)

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

    def gaps_to(self, other: "Side") -> list[tuple[Point, float]]:
        """Vertices around the edge with their distances from the curve around another one; none beyond its corners."""
        found: list[tuple[Point, float]] = []
        for p in self.contour.stretch(self.index):
            gap, beyond = other.contour.gap(p, other.index)
            if not beyond:
                found.append((p, gap))
        return found

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


def judge(first: Side, second: Side, limit: float, step: float, kind: str) -> tuple[float, bool] | None:
    """The gap as drawn and whether it is a fault by itself, None where it is beyond suspicion; in database units."""
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
        return (raw, True) if raw < limit - 1e-6 else None
    if raw >= limit - step / 2:
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
    elif limit - CLEAR * step < value < limit - step / 2:
        value = along(first, second, value, step)
    return (value, value < limit - step - 1e-6) if value < limit - step / 2 else None


def along(first: Side, second: Side, value: float, step: float) -> float:
    """The gap at a pair of edges from all vertices near it: fitted over the way along it, with as few terms as do.

    One pair of many is the nearest by chance: the least of a hundred gaps at the rule is three standard deviations off.
    """
    a = first.whole
    length = math.dist(*a)
    tangent = (a[1][0] - a[0][0]) / length, (a[1][1] - a[0][1]) / length

    def way(p: Point) -> float:
        return (p[0] - a[0][0]) * tangent[0] + (p[1] - a[0][1]) * tangent[1]

    low, high = max(0.0, min(map(way, second.whole))), min(length, max(map(way, second.whole)))
    if high < low:
        low = high = 0.0 if high < 0 else length
    samples = first.gaps_to(second) + second.gaps_to(first)
    points = sorted(((way(p), gap) for p, gap in samples), key=lambda point: abs(point[0] - (low + high) / 2))
    while len(points) >= FEWEST:
        s, gaps = [x - (low + high) / 2 for x, _ in points], [gap for _, gap in points]
        terms, rms = polynomial(s, gaps, 2)
        if rms <= SCATTER * step:
            least = max(rms, 0.3 * step) ** 2
            for degree in (0, 1):
                fewer, worse = polynomial(s, gaps, degree)
                if (worse * worse - rms * rms) * len(points) <= CHANCE * least:
                    terms = fewer
                    break
            half = (high - low) / 2
            ways = [-half, half]
            if len(terms) == 3 and terms[2] > 0:
                ways.append(max(-half, min(half, -terms[1] / 2 / terms[2])))
            return min(sum(term * x**k for k, term in enumerate(terms)) for x in ways)
        points = points[: len(points) * 2 // 3]
    return value
