"""Which way guides between electrodes run: their axis is the mean of both walls.

The walls of a taper lean, each to its side, and the light between them runs straight on. So a wall off the axis is
looked at together with the wall across: both turn by the angle of the guide where that is turned, and against each
other where it only widens. Steps, for each piece of an edge that lies in a gap of the electrodes:

1. along the axis to the tolerance, or the end face of a guide: no fault.
2. the wall across is what a ray from the middle of the piece meets first inside the guide, among edges that run the
   other way. First the ray leaves square to the piece, then square to the mean of both: across the guide.
3. the mean of the two directions is the guide's. None across within the widest gap: the piece stands for the guide.
4. off the axis by more than the tolerance is a fault, but for what rounding turns the walls; chords of a bend that are
   so short that it may hide them join the faults beside them. The value is the largest angle.
"""

import math
from dataclasses import replace

import klayout.db as kdb
import numpy as np
import shapely

from lingnan.pdk.drc.contours import Contours, Floats
from lingnan.pdk.drc.found import Found, Piece, join
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

ROUNDS = 2  #: rays for each piece


class Walls:
    """Edges of outlines, to be met by rays.

    Args:
        contours: the outlines; their inside is on the right of each edge.
        reach: length of a ray [dbu].
    """

    def __init__(self, contours: Contours, reach: float) -> None:
        self._from, self._reach = contours.points, reach
        self._edges = contours.points[contours.after] - contours.points
        to = self._from + self._edges
        self._tree = shapely.STRtree(shapely.box(*np.minimum(self._from, to).T, *np.maximum(self._from, to).T))

    def across(self, point: Floats, way: Floats) -> tuple[Floats, Floats] | None:
        """Where a ray to the right of a unit vector first meets a wall that runs the other way, and that wall."""
        ray = np.array([way[1], -way[0]]) * self._reach
        low, high = np.minimum(point, point + ray), np.maximum(point, point + ray)
        near = np.sort(self._tree.query(shapely.box(*low, *high)))
        near = near[self._edges[near] @ way < 0]
        edge, off = self._edges[near], self._from[near] - point
        turn = ray[0] * edge[:, 1] - ray[1] * edge[:, 0]  # not 0: none of these runs along the ray
        t = (off[:, 0] * edge[:, 1] - off[:, 1] * edge[:, 0]) / turn
        s = (off[:, 0] * ray[1] - off[:, 1] * ray[0]) / turn
        met = (t > 0) & (t <= 1) & (s >= 0) & (s <= 1)
        if not met.any():
            return None
        # where it meets the end of two, the first by place
        start = self._from[near[met]]
        first = np.lexsort([start[:, 1], start[:, 0], np.round(t[met], 9)])[0]
        return point + t[met][first] * ray, edge[met][first]


def off_axis(way: Floats, axis: float) -> float:
    """Angle of a direction from an axis [deg], whichever way it runs."""
    return abs((math.degrees(math.atan2(way[1], way[0])) - axis + 90.0) % 180.0 - 90.0)


def turned(length: float, step: float) -> float:
    """By how much rounding turns an edge at most [deg]."""
    return math.degrees(math.atan(math.sqrt(2) * step / length))


def guides_off_axis(scene: Scene, rule: Rule) -> list[Found]:
    """Guides of `layer` in gaps of `other` (closed by `within`) that do not run along `axis` to `tolerance_deg`."""
    reach = round(float(rule.options["within"]) / scene.dbu)
    metal = scene.region(rule.other)
    if metal.is_empty() or not scene.has(rule.layer):
        return []
    gaps = metal.sized(reach).sized(-reach) - metal
    contours = scene.contours(rule.layer)
    axis = 0.0 if rule.options.get("axis", "x") == "x" else 90.0
    tolerance = float(rule.options["tolerance_deg"])
    walls = Walls(contours, 2 * reach)
    pieces, doubtful = list[Piece](), list[kdb.Polygon]()
    for edge in (scene.region(rule.layer).edges() & gaps).each():
        length = edge.length()
        if length == 0:
            continue
        own = np.array([edge.dx(), edge.dy()]) / length
        off, noise = off_axis(own, axis), turned(length, scene.step)
        if off <= tolerance or (off > 45.0 and end_face(contours, edge)):
            continue
        middle, hit, way = np.array([edge.x1 + edge.x2, edge.y1 + edge.y2]) / 2, None, own
        for _ in range(ROUNDS):
            hit = walls.across(middle, way)
            if hit is None:
                break
            wide = math.hypot(*hit[1])
            mean = own - hit[1] / wide
            way = mean / math.hypot(*mean)
            off, noise = off_axis(way, axis), (turned(length, scene.step) + turned(wide, scene.step)) / 2
        if off <= tolerance:
            continue
        marker = kdb.Polygon(edge.bbox().enlarged(1, 1))
        if hit is not None:
            x, y = np.rint(np.round(hit[0], 6)).astype(int).tolist()
            marker = kdb.Polygon([edge.p1, edge.p2, kdb.Point(x, y)])
        if off > tolerance + noise:
            pieces.append(Piece(-round(off, 3), marker))
        else:
            doubtful.append(marker)
    return [replace(fault, value=-(fault.value or 0.0)) for fault in join(pieces, doubtful)]


def end_face(contours: Contours, edge: kdb.Edge) -> bool:
    """Whether an edge is the end face of a guide, not its side."""
    (number,) = contours.find(np.array([[edge.x1, edge.y1, edge.x2, edge.y2]], dtype=float))
    ends = number, contours.after[number]
    if number < 0 or not contours.corner[list(ends)].all():
        return False
    return bool(min(contours.lengths[contours.before[number]], contours.lengths[ends[1]]) > edge.length())
