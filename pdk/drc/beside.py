"""What runs beside an outline: stretches of edges, and how far it is from each straight across to the next shape.

KLayout's projecting space check pairs every edge with all within the limit and shields them afterwards; at 10 µm along
a grating that is a thousand to one. Here each edge is cut into stretches, and a ray from the middle of each, outwards
and straight across, meets the nearest edge or none. Where one stretch of an edge has a neighbour and the next has none,
both are halved until the place is known to the tolerance.
"""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely

from lingnan.pdk.drc.contours import Contours, Flags, Floats, Whole

STAGES = (0.1, 0.4, 1.0)  #: shares of the limit to which rays are followed in turn: most neighbours are near
PER_LIMIT = 4  #: stretches are no longer than the limit by this, nor need they be shorter than
PER_LENGTH = 128  #: the length that counts by this
CHORD = 1.01  #: grid steps by which a vertex may miss a chord; one step sharp is decided by the last bit
FACING = 0.17364817766693041  #: cosine of 80 degrees: what a ray meets at a flatter angle is passed by, not faced
EVEN = 0.9961946980917455  #: cosine of 5 degrees: stretches at more to each other have markers of their own
OWN = math.pi / 2  #: limits of way along one outline up to which it faces itself in a notch or a bend, no other guide
LEAVES = 1e-6  #: database units from the start within which a ray meets its own corner
CHUNK = 50_000  #: rays in work at a time: 50 MB


@dataclass(frozen=True)
class Stretches:
    """Parts of edges: of which edge, from and to which share of its length, and the gap; NaN where none is near."""

    edge: Whole
    start: Floats
    stop: Floats
    gap: Floats

    def take(self, which: Whole | Flags) -> "Stretches":
        """Some of them."""
        return Stretches(self.edge[which], self.start[which], self.stop[which], self.gap[which])

    def lengths(self, contours: Contours) -> Floats:
        """Length of each."""
        return (self.stop - self.start) * contours.lengths[self.edge]

    def strips(self, contours: Contours, longest: float) -> tuple[Floats, Whole]:
        """What lies between these and what they face, as quadrilaterals (n, 4, 2), and the one that each is part of.

        Stretches that follow each other without a corner share one, up to that length.
        """
        a, along, out = _lie(contours, self.edge)
        one, two = a + self.start[:, None] * along, a + self.stop[:, None] * along
        across = self.gap[:, None] * out
        block = np.floor((_before(contours)[self.edge] + self.start * contours.lengths[self.edge]) / longest)
        same = self.edge[1:] == self.edge[:-1]
        follows = np.where(same, self.start[1:] == self.stop[:-1], (self.stop[:-1] == 1) & (self.start[1:] == 0))
        follows &= same | (contours.after[self.edge[:-1]] == self.edge[1:])
        follows &= (block[1:] == block[:-1]) & ((out[1:] * out[:-1]).sum(axis=1) > EVEN)
        new = np.append(True, ~follows)
        last = np.append(new[1:], True)
        corners = [one[new], (one + across)[new], (two + across)[last], two[last]]
        return np.stack(corners, axis=1), np.cumsum(new) - 1


def simplified(contours: Contours) -> Contours:
    """Outlines without the vertices that are no farther than the tolerance from the chord across them.

    Rounding turns an edge of 10 nm by some degrees: a ray across it would be off by as much. Done by Douglas' and
    Peucker's algorithm from the first vertex on.
    """
    first = contours.first[:-1]
    closed = np.insert(contours.points, contours.first[1:], contours.points[first], axis=0)
    owner = np.repeat(np.arange(len(contours.size)), contours.size + 1)
    lines = shapely.simplify(
        shapely.linestrings(closed, indices=owner), CHORD * contours.step, preserve_topology=False
    )  # fmt: skip
    points, owner = shapely.get_coordinates(lines, return_index=True)
    kept = np.append(owner[1:] == owner[:-1], False)  # the last one is the first again
    count = np.bincount(owner[kept], minlength=len(contours.size))
    return Contours(points[kept], np.concatenate([[0], np.cumsum(count)]), contours.step)


def longest_of(limit: float, length: float) -> float:
    """How long stretches are at most [dbu]."""
    return max(limit / PER_LIMIT, length / PER_LENGTH)


def beside(contours: Contours, limit: float, length: float) -> Stretches:
    """Stretches with something across within the limit, in the order of their edges.

    Args:
        contours: to look at.
        limit: gaps from this on are none [dbu].
        length: what goes on for less does not count in the end [dbu].
    """
    longest = longest_of(limit, length)
    count = np.maximum(1, np.ceil(contours.lengths / longest).astype(np.intp))
    edge = np.repeat(np.arange(len(contours.points)), count)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    start, stop = number / count[edge], (number + 1) / count[edge]
    across = _Across(contours, edge, start, stop, limit)
    found = Stretches(edge, start, stop, across.gaps(edge, (start + stop) / 2))
    while True:
        seen = ~np.isnan(found.gap)
        differ = (found.edge[1:] == found.edge[:-1]) & (seen[1:] != seen[:-1])
        coarse = found.lengths(contours) > contours.step
        halved = coarse & (np.append(differ, False) | np.append(False, differ))
        if not halved.any():
            return found.take(seen)
        found = _halved(found, halved, across)


def _halved(found: Stretches, which: Flags, across: "_Across") -> Stretches:
    old = found.take(which)
    middle = (old.start + old.stop) / 2
    edge = np.repeat(old.edge, 2)
    start, stop = (np.stack(both, axis=1).ravel() for both in ((old.start, middle), (middle, old.stop)))
    new = Stretches(edge, start, stop, across.gaps(edge, (start + stop) / 2))
    rest = found.take(~which)
    edge, start = np.concatenate([rest.edge, new.edge]), np.concatenate([rest.start, new.start])
    order = np.lexsort([start, edge])
    stop, gap = np.concatenate([rest.stop, new.stop]), np.concatenate([rest.gap, new.gap])
    return Stretches(edge[order], start[order], stop[order], gap[order])


class _Across:
    """All stretches as targets of rays."""

    def __init__(self, contours: Contours, edge: Whole, start: Floats, stop: Floats, limit: float) -> None:
        self._contours, self._edge, self._limit = contours, edge, limit
        a, along, _ = _lie(contours, edge)
        self._from, self._to = a + start[:, None] * along, a + stop[:, None] * along
        self._tree = shapely.STRtree(_lines(self._from, self._to))
        self._before = _before(contours)
        self._round = np.bincount(contours.outline, contours.lengths, len(contours.size))[contours.outline]

    def gaps(self, edge: Whole, at: Floats) -> Floats:
        """How far it is from places on edges straight across; NaN where nothing is within the limit or faces them."""
        found = np.full(len(edge), np.nan)
        a, along, out = _lie(self._contours, edge)
        origin = a + at[:, None] * along
        for begin in range(0, len(edge), CHUNK):
            left = np.arange(begin, min(begin + CHUNK, len(edge)))
            reached = 0.0
            for share in STAGES:
                if not len(left):
                    break
                gap, faced = self._met(edge[left], at[left], origin[left], out[left], reached, share * self._limit)
                met = ~np.isnan(gap)
                found[left[met]] = np.where(faced[met], gap[met], np.nan)
                left, reached = left[~met], share * self._limit
        return found

    def _met(
        self, edge: Whole, at: Floats, origin: Floats, out: Floats, near: float, far: float
    ) -> tuple[Floats, Flags]:
        """Where rays first meet an edge between two distances, and whether that counts as one beside theirs."""
        gap, faced = np.full(len(edge), np.nan), np.zeros(len(edge), dtype=bool)
        ray, target = self._tree.query(_lines(origin + near * out, origin + far * out))
        way = self._to[target] - self._from[target]
        off = self._from[target] - origin[ray]
        straight = out[ray]
        across = straight[:, 0] * way[:, 1] - straight[:, 1] * way[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (off[:, 0] * way[:, 1] - off[:, 1] * way[:, 0]) / across
            u = (off[:, 0] * straight[:, 1] - off[:, 1] * straight[:, 0]) / across
        meets = np.flatnonzero((across != 0) & (u >= 0) & (u < 1) & (t > max(near - LEAVES, LEAVES)) & (t < far))
        order = meets[np.lexsort([target[meets], t[meets], ray[meets]])]
        first = order[np.append(True, np.diff(ray[order]) != 0)] if len(order) else order
        here, there = ray[first], target[first]
        gap[here] = t[first]
        lengths = np.hypot(way[first, 0], way[first, 1])
        faced[here] = across[first] >= FACING * lengths
        faced[here] &= ~self._own(edge[here], at[here], self._edge[there], origin[here] + t[first, None] * out[here])
        return gap, faced

    def _own(self, edge: Whole, at: Floats, other: Whole, point: Floats) -> Flags:
        """Whether places lie on one outline and near each other along it."""
        contours = self._contours
        here = self._before[edge] + at * contours.lengths[edge]
        there = self._before[other] + np.hypot(*(point - contours.points[other]).T)
        way = np.abs(here - there)
        way = np.minimum(way, self._round[edge] - way)
        return (contours.outline[edge] == contours.outline[other]) & (way <= OWN * self._limit)


def _lines(start: Floats, end: Floats) -> list[shapely.LineString]:
    return cast(list[shapely.LineString], shapely.linestrings(np.stack([start, end], axis=1)))


def _before(contours: Contours) -> Floats:
    """Length of outline before each vertex."""
    whole = np.concatenate([[0.0], np.cumsum(contours.lengths)])
    return whole[:-1] - whole[contours.first[:-1]][contours.outline]


def _lie(contours: Contours, edge: Whole) -> tuple[Floats, Floats, Floats]:
    """Where edges begin, where they lead, and their outward normals of length 1; the inside is on the right."""
    a = contours.points[edge]
    along = contours.points[contours.after[edge]] - a
    length = contours.lengths[edge]
    out = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.where(length > 0, length, 1.0)[:, None]
    return a, along, out
