"""Markers: what lies between two edges, as far as they are too near each other."""

import math

import klayout.db as kdb

from lingnan.pdk.drc.found import quad

Point = tuple[float, float]
Segment = tuple[Point, Point]


def marker_of(a: Segment, b: Segment, limit: float) -> kdb.Polygon:
    """What lies between the parts of two edges within the limit of each other."""
    parts = near_part(a, b, limit), near_part(b, a, limit)
    return quad(kdb.EdgePair(*(kdb.Edge(*(kdb.Point(round(x), round(y)) for x, y in part)) for part in parts)))


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
