"""Outlines of merged polygons as arrays: edges by their ends, corners, and what of an outline is one smooth curve.

A number says which vertex, or the edge from it to the next. Lengths are in database units.
"""

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.areas import outlines_of

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]
Flags = NDArray[np.bool_]

CORNER_DEG = 20.0  #: a vertex that turns more than this is a corner, not part of a curve
REACH = 12  #: vertices on each side that take part in a fit
SWEEP_DEG = 16.0  #: turn on each side that takes part: a parabola is then 0.1 nm off an arc of 5 µm at its end
JOG = 1.5  #: edges up to this many grid steps come from instances that abut a rounding apart, and are stepped over
LONG = 4.0  #: an edge this much longer than its neighbour is straight: the curve ends there


class Contours:
    """Closed outlines, hulls and holes, as KLayout orders them: the inside is on the right.

    Args:
        points: (n, 2), outline after outline.
        first: where each outline begins, and one more for the end.
        step: the tolerance, one step of the mask grid.
    """

    def __init__(self, points: Floats, first: Whole, step: float) -> None:
        self.points, self.first, self.step = points, first, step
        self.size = np.diff(first)
        #: outline that each vertex is of
        self.outline = np.repeat(np.arange(len(self.size)), self.size)
        self.after, self.before = _ring(first)
        edges = points[self.after] - points
        self.lengths = np.hypot(edges[:, 0], edges[:, 1])
        kept = (self.lengths[self.before] > JOG * step) | (self.size[self.outline] <= 4)
        kept |= (np.bincount(self.outline, kept, len(self.size)) < 3)[self.outline]
        #: vertices that are left when jogs are stepped over; k counts these
        self.kept = np.flatnonzero(kept)
        #: k of each vertex, -1 at a jog
        self.place = np.where(kept, np.cumsum(kept) - 1, -1)
        bounds = np.concatenate([[0], np.cumsum(np.bincount(self.outline[kept], minlength=len(self.size)))])
        self.kept_after, self.kept_before = _ring(bounds.astype(np.intp))
        self._base = bounds[self.outline[kept]]
        #: kept vertices of the outline that each kept one is of
        self.crowd = np.diff(bounds)[self.outline[kept]]
        at = points[self.kept]
        steps = at[self.kept_after] - at
        #: length from each kept vertex to the next
        self.spans = np.hypot(steps[:, 0], steps[:, 1])
        last = steps[self.kept_before]
        cross = last[:, 0] * steps[:, 1] - last[:, 1] * steps[:, 0]
        #: how much the outline turns at each kept vertex, 0 to 180
        self.turns = np.degrees(np.arctan2(np.abs(cross), (last * steps).sum(axis=1)))
        #: kept vertices at which the inside is less than 180 degrees
        self.convex = cross < 0
        #: vertices that are corners; one of a jog is none
        self.corner = np.zeros(len(points), dtype=bool)
        self.corner[self.kept] = self.turns > CORNER_DEG
        self._keys: tuple[NDArray[np.uint64], Whole] | None = None

    @staticmethod
    def of(region: kdb.Region, step: float) -> "Contours":
        """Outlines of a merged region, unfolded where it is hierarchical."""
        found = outlines_of([region])
        order = np.arange(len(found.points))
        begin, size = (each.repeat(np.diff(found.first)) for each in (found.first[:-1], np.diff(found.first)))
        mirrored = begin + (begin - order) % size
        hole = (found.sign < 0).repeat(np.diff(found.first))  # written the other way round
        return Contours(found.points[np.where(hole, mirrored, order)], found.first, step)

    def find(self, edges: Floats) -> Whole:
        """Numbers of whole edges, given as rows x1, y1, x2, y2 in either direction; -1 where there is no such edge."""
        if self._keys is None:
            keys = _key(np.hstack([self.points, self.points[self.after]]))
            order = np.argsort(keys)
            self._keys = keys[order], order
        found = self._look_up(edges)
        return np.where(found >= 0, found, self._look_up(edges[:, [2, 3, 0, 1]]))

    def _look_up(self, edges: Floats) -> Whole:
        assert self._keys is not None
        keys, order = self._keys
        if not len(keys):
            return np.full(len(edges), -1, dtype=np.intp)
        place = np.minimum(np.searchsorted(keys, _key(edges)), len(keys) - 1)
        number = order[place]
        same = (self.points[number] == edges[:, :2]).all(axis=1)
        same &= (self.points[self.after[number]] == edges[:, 2:]).all(axis=1)
        return np.where(same, number, -1)

    def local(self, numbers: Whole) -> Whole:
        """Numbers counted from the first of each outline."""
        return numbers - self.first[self.outline[numbers]]

    def shifted(self, k: Whole, by: Whole) -> Whole:
        """Kept vertices some places on along their outlines."""
        return self._base[k] + (k - self._base[k] + by) % self.crowd[k]

    def edge(self, numbers: Whole) -> Floats:
        """Edges x1, y1, x2, y2."""
        return np.hstack([self.points[numbers], self.points[self.after[numbers]]])

    def exact(self, edges: Whole) -> Flags:
        """Whether edges are axis-parallel and between corners."""
        along = self.points[self.after[edges]] - self.points[edges]
        return (along == 0).any(axis=1) & self.corner[edges] & self.corner[self.after[edges]]

    def least(self, vertices: Whole, edges: Whole) -> Floats:
        """The shorter edge at a vertex, at a corner the given one: a fit there takes in edges up to `LONG` times that.
        None at a jog."""
        k = self.place[vertices]
        shorter = np.minimum(self.spans[k], self.spans[self.kept_before[k]])
        return np.where(k < 0, 0.0, np.where(self.corner[vertices], self.lengths[edges], shorter))

    def straight(self, edges: Whole) -> Flags:
        """Whether edges are straight pieces: between corners, or much longer than the chords they join."""
        found = np.ones(len(edges), dtype=bool)
        for vertices, outward in ((edges, True), (self.after[edges], False)):
            k = self.place[vertices]
            beside = self.spans[self.kept_before[k] if outward else k]
            found &= (k < 0) | self.corner[vertices] | (self.lengths[edges] >= LONG * beside)
        return found

    def neighbours(self, vertices: Whole, direction: int, even: float = LONG) -> Whole:
        """How many vertices on one side lie on one smooth curve with a vertex; edges even to a factor."""
        k = self.place[vertices]
        least = self.least(vertices, vertices if direction > 0 else self.before[vertices])
        longest = even * least if even < np.inf else np.full(len(k), np.inf)
        going, at = k >= 0, k.copy()
        most = np.minimum(REACH, self.crowd[k] // 2)
        count, sweep = np.zeros(len(k), dtype=np.intp), np.zeros(len(k))
        for d in range(1, REACH + 1):
            onward = self.kept_after[at] if direction > 0 else self.kept_before[at]
            going &= (d <= most) & (self.spans[at if direction > 0 else onward] <= longest)
            if not going.any():
                break
            at = np.where(going, onward, at)
            count += going
            turn = self.turns[at]
            sweep += turn
            going &= (turn <= CORNER_DEG) & (sweep <= SWEEP_DEG)
        return count

    def way(self, one: Whole, two: Whole) -> Floats:
        """Length of outline between pairs of edges of one outline, the shorter way round; 0 for neighbours."""
        total = np.bincount(self.outline, self.lengths, len(self.size))[self.outline[one]]
        along = np.concatenate([[0.0], np.cumsum(self.lengths)[:-1]])
        there = (along[two] - along[self.after[one]]) % total
        back = (along[one] - along[self.after[two]]) % total
        return np.where(one == two, 0.0, np.minimum(there, back))


def _ring(first: Whole) -> tuple[Whole, Whole]:
    """The next and the last one of each member of closed chains."""
    index = np.arange(int(first[-1]))
    after, before = index + 1, index - 1
    full = first[1:] > first[:-1]
    after[first[1:][full] - 1] = first[:-1][full]
    before[first[:-1][full]] = first[1:][full] - 1
    return after, before


def _key(edges: Floats) -> NDArray[np.uint64]:
    """A number for each edge: equal for equal ones, and hardly ever for others."""
    whole = edges.astype(np.int64).astype(np.uint64)
    key = np.zeros(len(edges), dtype=np.uint64)
    for column in range(4):
        key = (key ^ whole[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key
