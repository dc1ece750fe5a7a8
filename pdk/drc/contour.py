"""Outlines of merged polygons, and where the drawn curve ran before it became chords between rounded vertices.

Rounding moves a vertex by up to half a grid step in x and in y, so two curves drawn exactly at a rule are found up to
1.4 steps nearer; the middle of a chord of length l misses its curve of radius R by l^2 / 8 R (1.6 nm, 0.25 on 5 µm).
A vertex inside a smooth stretch has neighbours that were rounded independently: a parabola through them puts it back
to within 0.1 to 0.25 step (one standard deviation), and its curvature says how far the curve bulges over the chord. The
window shrinks until the parabola passes its vertices as rounding would have it, so a curve that is no arc (a taper, the
inflection of an S-bend) is not pulled aside. Where a straight joins, the curve has its direction there.
Lengths here are in database units. Plain arithmetic, so that the generated KLayout macro does the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lingnan.pdk.drc import smoothing
from lingnan.pdk.drc.fit import parabola

Point = tuple[float, float]

CORNER_DEG = 20.0  #: a vertex that turns more than this is a corner, not part of a curve
REACH = 12  #: vertices on each side that take part in a fit
SWEEP_DEG = 16.0  #: turn on each side that takes part: a parabola is then 0.1 nm off an arc of 5 µm at its end
JOG = 1.5  #: edges up to this many grid steps come from instances that abut a rounding apart, and are stepped over
NOISE = 0.45  #: grid steps rms of a fit; rounding gives 0.29, a rotated instance that is rounded twice 0.41
BESIDE = 2  #: edges on each side of the one beside which a point lies that may be nearer
COARSE = 50.0  #: grid steps by which the chord of a drawn curve misses it at most
MANY = 32  #: vertices from which they are fitted all at once
LONG = 4.0  #: an edge this much longer than its neighbour is straight: the curve ends there


def segment_distance(a: tuple[Point, Point], b: tuple[Point, Point]) -> float:
    """Shortest distance between two segments; 0 where they cross."""
    if _cross(a, b):
        return 0.0
    return min(
        point_distance(a[0], b), point_distance(a[1], b), point_distance(b[0], a), point_distance(b[1], a)
    )  # fmt: skip


def point_distance(p: Point, s: tuple[Point, Point]) -> float:
    """Distance of a point from a segment."""
    (x1, y1), (x2, y2) = s
    dx, dy = x2 - x1, y2 - y1
    square = dx * dx + dy * dy
    t = 0.0 if square == 0 else max(0.0, min(1.0, ((p[0] - x1) * dx + (p[1] - y1) * dy) / square))
    return math.hypot(p[0] - x1 - t * dx, p[1] - y1 - t * dy)


def _cross(a: tuple[Point, Point], b: tuple[Point, Point]) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(*a, b[0]) * side(*a, b[1]) < 0 and side(*b, a[0]) * side(*b, a[1]) < 0


@dataclass(frozen=True)
class Arc:
    """An edge as the curve it was drawn from: both ends, and the second derivative along its length."""

    a: Point
    b: Point
    bend: Point = (0.0, 0.0)  #: d2r/ds2; straight without

    def at(self, t: float) -> Point:
        """The curve over the point that divides the chord at t, 0 to 1."""
        bulge = -0.5 * t * (1 - t) * ((self.b[0] - self.a[0]) ** 2 + (self.b[1] - self.a[1]) ** 2)
        return (
            self.a[0] + t * (self.b[0] - self.a[0]) + bulge * self.bend[0],
            self.a[1] + t * (self.b[1] - self.a[1]) + bulge * self.bend[1],
        )

    def gap(self, p: Point) -> tuple[float, bool]:
        """Distance of a point from the curve, and whether it lies beyond its ends by more than a tenth."""
        dx, dy = self.b[0] - self.a[0], self.b[1] - self.a[1]
        square = dx * dx + dy * dy
        t = 0.0 if square == 0 else ((p[0] - self.a[0]) * dx + (p[1] - self.a[1]) * dy) / square
        return math.dist(p, self.at(max(0.0, min(1.0, t)))), not -0.1 <= t <= 1.1

    def distance(self, p: Point) -> float:
        """Distance of a point from the curve."""
        dx, dy = self.b[0] - self.a[0], self.b[1] - self.a[1]
        square = dx * dx + dy * dy
        t = 0.0 if square == 0 else max(0.0, min(1.0, ((p[0] - self.a[0]) * dx + (p[1] - self.a[1]) * dy) / square))
        return math.dist(p, self.at(t))


def arc_distance(a: Arc, b: Arc) -> float:
    """Shortest distance between two curved edges, from the ends of either to the other."""
    if _cross((a.a, a.b), (b.a, b.b)):
        return 0.0
    return min(b.distance(a.a), b.distance(a.b), a.distance(b.a), a.distance(b.b))


def turns_and_spans(points: Sequence[tuple[int, int]]) -> tuple[list[float], list[float]]:
    """How much a closed outline turns at each vertex [degrees, 0 to 180], and the lengths of its edges."""
    n = len(points)
    steps = [(points[(i + 1) % n][0] - points[i][0], points[(i + 1) % n][1] - points[i][1]) for i in range(n)]
    turns = [
        math.degrees(math.atan2(abs(ax * by - ay * bx), ax * bx + ay * by))
        for (ax, ay), (bx, by) in zip([steps[-1], *steps[:-1]], steps, strict=True)
    ]
    return turns, [math.hypot(dx, dy) for dx, dy in steps]


class Contour:
    """One closed outline, hull or hole, as KLayout orders it: the inside is on the right."""

    def __init__(self, points: Sequence[tuple[int, int]], step: float) -> None:
        self.points = list(points)
        self.step = step
        n = len(self.points)
        self.lengths = [math.dist(self.points[i], self.points[(i + 1) % n]) for i in range(n)]
        #: number of each edge, by both its ends
        self.numbers = {(self.points[i], self.points[(i + 1) % n]): i for i in range(n)}
        #: vertices that are left when jogs are stepped over
        self.kept = [i for i in range(n) if self.lengths[i - 1] > JOG * step] if n > 4 else list(range(n))
        if len(self.kept) < 3:
            self.kept = list(range(n))
        self.place = {vertex: k for k, vertex in enumerate(self.kept)}
        self._smooth: dict[tuple[int, int], tuple[Point, Point | None]] = {}
        self._turns, self._spans = turns_and_spans([self.points[i] for i in self.kept])
        self._fitted = False
        self._arcs: dict[int, Arc] = {}
        self._gaps: dict[Point, list[tuple[int, float, bool]]] = {}

    def edge(self, i: int) -> tuple[Point, Point]:
        """Edge i, from vertex i to the next."""
        return self.points[i], self.points[(i + 1) % len(self.points)]

    def turn_deg(self, k: int) -> float:
        """How much the outline turns at kept vertex k, 0 to 180."""
        return self._turns[k]

    def corner(self, vertex: int) -> bool:
        """Whether the outline has a corner at a vertex; a vertex of a jog has none."""
        return vertex in self.place and self.turn_deg(self.place[vertex]) > CORNER_DEG

    def span(self, k: int) -> float:
        """Length from kept vertex k to the next."""
        return self._spans[k % len(self._spans)]

    def straight(self, i: int) -> bool:
        """Whether edge i is a straight piece: between corners, or much longer than the chords it joins."""
        j = (i + 1) % len(self.points)
        for vertex, outward in ((i, -1), (j, 0)):
            if vertex not in self.place or self.corner(vertex):
                continue
            if self.lengths[i] < LONG * self.span(self.place[vertex] + outward):
                return False
        return True

    def smooth(self, vertex: int, side: int) -> tuple[Point, Point | None]:
        """Where a vertex was before rounding, and the second derivative of the curve there, as far as its neighbours
        tell. At a corner only those on one side do, after it (1) or before it (-1)."""
        key = (vertex, side if self.corner(vertex) else 0)
        if not self._fitted and not key[1] and len(self.kept) >= MANY:
            self._fit_all()
        if key not in self._smooth:
            self._smooth[key] = self._fit(*key)
        return self._smooth[key]

    def _fit_all(self) -> None:
        self._fitted = True
        turns = np.array(self._turns)
        counts = smoothing.neighbours(turns, np.array(self._spans), REACH, LONG, CORNER_DEG, SWEEP_DEG)
        chosen = np.flatnonzero((turns <= CORNER_DEG) & (counts[0] > 0) & (counts[1] > 0))
        kept = [self.points[vertex] for vertex in self.kept]
        found = smoothing.fits(kept, *counts, chosen, NOISE * self.step)
        self._smooth.update({(self.kept[k], 0): fit for k, fit in zip(chosen.tolist(), found, strict=True)})

    def arc(self, i: int) -> Arc:
        """Edge i as the curve it was drawn from."""
        if i not in self._arcs:
            self._arcs[i] = self._arc(i)
        return self._arcs[i]

    def _arc(self, i: int) -> Arc:
        j = (i + 1) % len(self.points)
        (a, bend_a), (b, bend_b) = self.smooth(i, 1), self.smooth(j, -1)
        if self.straight(i):
            return Arc(a, b)
        one, two = self._bend(i, i, bend_a), self._bend(j, i, bend_b)
        if one is None or two is None:
            return Arc(a, b, one or two or (0.0, 0.0))
        if (
            math.dist(one, two) * self.lengths[i] ** 2 / 8 > self.step
        ):  # a kink at one end, or the curvature jumps there
            steady = [bend for end, out, bend in ((i, -1, one), (j, 1, two)) if self._steady(end, out, i, bend)]
            return Arc(a, b, steady[0] if len(steady) == 1 else min(one, two, key=lambda bend: math.hypot(*bend)))
        return Arc(a, b, ((one[0] + two[0]) / 2, (one[1] + two[1]) / 2))

    def _steady(self, vertex: int, outward: int, i: int, bend: Point) -> bool:
        """Whether the curve bends at the next vertex as it does at this end of edge i."""
        if vertex not in self.place:
            return False
        beyond = self._bend(self.kept[(self.place[vertex] + outward) % len(self.kept)], i, None)
        return beyond is not None and math.dist(beyond, bend) * self.lengths[i] ** 2 / 8 <= self.step

    def _bend(self, vertex: int, i: int, fitted: Point | None) -> Point | None:
        """The second derivative of edge i at one of its ends: as fitted, else as the turn there says, which rounding
        moves the middle of a chord by no more than 0.1 step with. None where the end says nothing."""
        if self.lengths[i] > LONG * self._least(vertex, i):
            return None
        if fitted is not None or vertex not in self.place or self.corner(vertex):
            return fitted
        k, n = self.place[vertex], len(self.kept)
        (x0, y0), (x1, y1), (x2, y2) = (self.points[self.kept[(k + d) % n]] for d in (-1, 0, 1))
        before, after = self.span(k - 1), self.span(k)
        short, long = min(before, after), max(before, after)
        half = (short if long > LONG * short else short + long) / 2  # a straight that joins does not bend
        bend = ((x2 - x1) / after - (x1 - x0) / before) / half, ((y2 - y1) / after - (y1 - y0) / before) / half
        # no curve is drawn in chords that miss it by so much: straight pieces that meet
        return None if math.hypot(*bend) * self.lengths[i] ** 2 / 8 > COARSE * self.step else bend

    def _least(self, vertex: int, i: int) -> float:
        """The shorter edge at a vertex, at a corner edge i: a fit there takes in edges up to `LONG` times that."""
        if self.corner(vertex):
            return self.lengths[i]
        k = self.place[vertex]
        return min(self.span(k), self.span(k - 1))

    def _fit(self, vertex: int, side: int) -> tuple[Point, Point | None]:
        here = self.points[vertex]
        if vertex not in self.place:
            return here, None
        after = self._neighbours(vertex, 1) if side >= 0 else []
        before = self._neighbours(vertex, -1) if side <= 0 else []
        # the tangent: along both first neighbours; where a straight joins, along that; at a corner, along the window
        (x1, y1), (x2, y2) = (before or [here])[0], (after or [here])[0]
        join = not side and bool(after) != bool(before)
        if join:
            k, n = self.place[vertex], len(self.kept)
            (x1, y1), (x2, y2) = (
                (self.points[self.kept[k - 1]], here) if after else (here, self.points[self.kept[(k + 1) % n]])
            )
            half = [p for p in after or before if math.dist(p, here) <= math.dist((after or before)[-1], here) / 2]
            after, before = (half, []) if after else ([], half)
        elif side:
            (x1, y1), (x2, y2) = here, (after or before or [here])[-1]
        length = math.dist((x1, y1), (x2, y2))
        while len(after) + len(before) >= (3 if join else 4) and length > 0:
            near = [here, *after, *before]
            along = [((x - here[0]) * (x2 - x1) + (y - here[1]) * (y2 - y1)) / length for x, y in near]
            across = [((y - here[1]) * (x2 - x1) - (x - here[0]) * (y2 - y1)) / length for x, y in near]
            if join:  # no slope against the straight: as if the curve went on like that on the other side
                along, across = along + [-t for t in along], across * 2
            off, bend, rms = parabola(along, across)
            if rms <= NOISE * self.step:
                nx, ny = -(y2 - y1) / length, (x2 - x1) / length
                return (here[0] + off * nx, here[1] + off * ny), (bend * nx, bend * ny)
            after, before = after[: len(after) * 2 // 3], before[: len(before) * 2 // 3]
        return here, None

    def _neighbours(self, vertex: int, direction: int, even: float = LONG) -> list[tuple[int, int]]:
        """Vertices on one side that lie on one smooth curve with a vertex, nearest first; edges even to a factor."""
        k, n = self.place[vertex], len(self.kept)
        edge = vertex if direction > 0 else vertex - 1
        reference = self._least(vertex, edge)
        longest, spans, turns = even * reference, self._spans, self._turns
        found: list[tuple[int, int]] = []
        at, sweep, back = k, 0.0, min(direction, 0)
        for _ in range(min(REACH, n // 2)):
            if spans[(at + back) % n] > longest:
                break
            at = (at + direction) % n
            found.append(self.points[self.kept[at]])
            turn = turns[at]
            sweep += turn
            if turn > CORNER_DEG or sweep > SWEEP_DEG:
                break
        return found

    def stretch(self, i: int) -> list[tuple[int, int]]:
        """Vertices around edge i as far as the outline has no corner, straight pieces and all."""
        j = (i + 1) % len(self.points)
        found = [self.points[i], self.points[j]]
        for vertex, direction in ((i, -1), (j, 1)):
            if vertex in self.place and not self.corner(vertex):
                found += self._neighbours(vertex, direction, math.inf)
        return found

    def gap(self, p: Point, near: int) -> tuple[float, bool]:
        """Distance of a point from the curve around edge `near`, up to a corner, and whether it lies beyond its ends.

        It is the least over all these edges, found by walking to where the point has its foot: neighbours of a pair
        ask for the same points again, so what was found is kept.
        """
        n = len(self.points)
        known = self._gaps.setdefault(p, [])
        for foot, gap, beyond in known:
            if min((foot - near) % n, (near - foot) % n) <= REACH:
                return gap, beyond
        foot = self._foot(p, near)
        edges = [foot]
        for direction in (-1, 1):
            edge = foot
            for _ in range(BESIDE):
                if self.corner(edge if direction < 0 else (edge + 1) % n):
                    break
                edge = (edge + direction) % n
                edges.append(edge)
        gap, beyond = min(self.arc(edge).gap(p) for edge in dict.fromkeys(edges))
        known.append((foot, gap, beyond))
        return gap, beyond

    def _foot(self, p: Point, near: int) -> int:
        """The edge, from `near` on along the smooth outline, beside which a point lies."""
        n, edge, way = len(self.points), near, 0
        for _ in range(min(REACH + 2, n // 2 - 1)):
            (x1, y1), (x2, y2) = self.edge(edge)
            dx, dy = x2 - x1, y2 - y1
            along = (p[0] - x1) * dx + (p[1] - y1) * dy
            direction = -1 if along < 0 else 1 if along > dx * dx + dy * dy else 0
            if not direction or direction == -way or self.corner(edge if direction < 0 else (edge + 1) % n):
                break
            edge, way = (edge + direction) % n, direction
        return edge

    def way(self, i: int, j: int, most: float = math.inf) -> float:
        """Length of outline between edges i and j, the shorter way round; 0 for neighbours. Beyond `most` it is not
        followed to its end."""
        return min(self._forward(i, j, most), self._forward(j, i, most))

    def _forward(self, i: int, j: int, most: float) -> float:
        n, way, at = len(self.points), 0.0, (i + 1) % len(self.points)
        while at != j and i != j and way <= most:
            way += self.lengths[at]
            at = (at + 1) % n
        return way
