"""Which pairs of a long gap are judged: one of every few, and all where it may change.

KLayout gives a pair for each chord of a curve with each near chord of the other side. `gap.judge` looks at a dozen
vertices on both sides of a pair, so what it says of one pair holds for the next, unless the gap itself changes there:

1. of the pairs of one edge the nearest stays, and of those of one edge of the other side too.
2. pairs of the same two outlines that follow each other along both make a run.
3. of a run the first, the last, and the nearest of each `STRIDE` pairs are judged.
4. where two that follow agree, both faults or neither one, the pairs in between, none of which is nearer, are what
   these are. Else each is judged.
5. the marker of such a stretch is what lies between both sides, of its first and last edges only what is within the
   limit. It ends where edges meet at an angle, and on a long edge that is not within the limit as far as its end.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from lingnan.pdk.drc.contours import Flags, Floats, Whole
from lingnan.pdk.drc.curves import segment_distance
from lingnan.pdk.drc.found import Outline
from lingnan.pdk.drc.gap import MEET_DEG
from lingnan.pdk.drc.marker import near_part
from lingnan.pdk.drc.pairs import Pairs

STRIDE = 6  #: pairs of which one is judged
BROAD = 4.0  #: limits that an edge is long at most for the marker of a stretch to follow it
NEXT = 6  #: edges of either side from one pair of a run to the next, at most: rounding hides some

Judge = Callable[[Pairs], tuple[Floats, Flags]]


def judged(pairs: Pairs, judge: Judge, limit: float, *, ordered: bool) -> Iterator[tuple[Pairs, float, bool]]:
    """Faults: a pair or all pairs between two that are faults, the least value, and whether it is one by itself.

    Args:
        pairs: as they were found.
        judge: see `gap.judge`.
        limit: of the rule [dbu].
        ordered: the sides lie on different layers.
    """
    if not ordered:
        pairs = _sorted_sides(pairs)
    raw = np.round(segment_distance(*pairs.edges), 6)
    chosen = nearest(pairs, raw)
    pairs, raw = pairs.take(chosen), raw[chosen]
    order, run = runs_of(pairs)
    pairs, raw = pairs.take(order), raw[order]
    picked = anchors(pairs, raw, run)
    value, sure = np.full(len(raw), np.nan), np.zeros(len(raw), dtype=bool)
    value[picked], sure[picked] = judge(pairs.take(picked))
    a, b = picked[:-1], picked[1:]
    together = run[a] == run[b]
    a, b = a[together], b[together]
    both = sure[a] & sure[b]
    broad = _broad(pairs, limit)
    many = np.concatenate([[0], np.cumsum(broad)])
    slender = many[b + 1] == many[a]
    for start, stop in _stretches(a[both & slender], b[both & slender]):
        yield pairs.take(np.arange(start, stop + 1)), float(np.nanmin(value[start : stop + 1])), True
    for start, stop in zip(a[both & ~slender].tolist(), b[both & ~slender].tolist(), strict=True):
        cuts = [k + 1 for k in range(start, stop) if (broad[k] or broad[k + 1]) and _parts(pairs, k, limit)]
        for members in np.split(np.arange(start, stop + 1), np.array(cuts, dtype=np.intp) - start):
            yield pairs.take(members), float(min(value[start], value[stop])), True
    covered = np.zeros(len(raw), dtype=bool)
    covered[a[both]] = covered[b[both]] = True
    doubtful = ~both & ~(np.isnan(value[a]) & np.isnan(value[b]))
    between = _between(a[doubtful], b[doubtful])
    value[between], sure[between] = judge(pairs.take(between))
    for number in np.flatnonzero(~np.isnan(value) & ~covered).tolist():
        yield pairs.take(np.array([number])), float(value[number]), bool(sure[number])


def _broad(pairs: Pairs, limit: float) -> Flags:
    """Pairs with a long edge, or whose edges meet at an angle."""
    longest = np.maximum(pairs.first.lengths[pairs.one], pairs.second.lengths[pairs.two])
    return (longest > BROAD * limit) | (pairs.angle_deg >= MEET_DEG)


def _parts(pairs: Pairs, k: int, limit: float) -> bool:
    """Whether the marker of a stretch ends between pair k and the next."""
    both = pairs.take(np.array([k, k + 1]))
    if (both.angle_deg >= MEET_DEG).any():
        return True
    moves = pairs.one[k] != pairs.one[k + 1], pairs.two[k] != pairs.two[k + 1]
    for row, onward in ((0, 1), (1, 0)):
        a, b = (((x1, y1), (x2, y2)) for x1, y1, x2, y2 in (side[row].tolist() for side in both.edges))
        ends = onward, 1 - onward if both.against[row] else onward
        for here, there, end, moved in ((a, b, ends[0], moves[0]), (b, a, ends[1], moves[1])):
            if moved and math.dist(*here) > BROAD * limit and near_part(here, there, limit)[end] != here[end]:
                return True
    return False


def _stretches(a: Whole, b: Whole) -> Iterator[tuple[int, int]]:
    """Stretches from a to b each, those that go on where the last ended as one."""
    if not len(a):
        return
    new = np.concatenate([[True], a[1:] != b[:-1]])
    stops = b[np.append(np.flatnonzero(new)[1:] - 1, len(b) - 1)]
    yield from zip(a[new].tolist(), stops.tolist(), strict=True)


def _between(a: Whole, b: Whole) -> Whole:
    """All whole numbers between those of each pair."""
    count = b - a - 1
    return np.repeat(a + 1, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _sorted_sides(pairs: Pairs) -> Pairs:
    """Each pair with its sides in a fixed order."""
    starts = [c.points[c.first[c.outline[e]]] for c, e in ((pairs.first, pairs.one), (pairs.second, pairs.two))]
    (x1, y1), (x2, y2) = starts[0].T, starts[1].T
    one, two = pairs.first.local(pairs.one), pairs.second.local(pairs.two)
    swap = (x2 < x1) | ((x2 == x1) & ((y2 < y1) | ((y2 == y1) & (two < one))))
    return Pairs(
        pairs.first, pairs.second, np.where(swap, pairs.two, pairs.one), np.where(swap, pairs.one, pairs.two)
    )  # fmt: skip


def nearest(pairs: Pairs, raw: Floats) -> Whole:
    """Pairs that are the nearest of one of their edges; of equals (they share a vertex) the first along the outline."""
    first, second = pairs.first, pairs.second
    # an edge and the outline that it faces; the sides of one layer are numbered alike
    apart = 0 if first is second else len(first.points)
    more = 0 if first is second else len(first.size)
    outlines = more + len(second.size)
    keys = np.concatenate(
        [
            pairs.one * outlines + more + second.outline[pairs.two],
            (pairs.two + apart) * outlines + first.outline[pairs.one],
        ]
    )
    one, two = first.local(pairs.one), second.local(pairs.two)
    order = np.lexsort([np.tile(two, 2), np.tile(one, 2), np.tile(raw, 2), keys])
    best = order[np.concatenate([[True], np.diff(keys[order]) != 0])] if len(order) else order
    return np.unique(best % max(len(raw), 1))


def runs_of(pairs: Pairs) -> tuple[Whole, Whole]:
    """Pairs in the order in which they follow each other along two outlines, and the run that each of these is in."""
    against = pairs.against
    one, two = pairs.first.local(pairs.one), pairs.second.local(pairs.two)
    along = np.where(against, -two, two)
    group = [against, pairs.second.outline[pairs.two], pairs.first.outline[pairs.one]]
    order = np.lexsort([along, one, *group])
    steps_one, steps_two = np.diff(one[order]), np.diff(along[order])
    new = (steps_one > NEXT) | (np.abs(steps_two) > NEXT)
    for values in group:
        new |= np.diff(values[order].astype(np.intp)) != 0
    return order, np.concatenate([[0], np.cumsum(new)]) if len(order) else order


def anchors(pairs: Pairs, raw: Floats, run: Whole) -> Whole:
    """Pairs that are judged, of pairs in their order in runs."""
    if not len(run):
        return run
    begin = np.searchsorted(run, run)
    place = np.arange(len(run)) - begin
    ends = np.flatnonzero((place == 0) | np.append(np.diff(run) > 0, True))
    block = run * (len(run) // STRIDE + 1) + place // STRIDE
    one, two = pairs.first.local(pairs.one), pairs.second.local(pairs.two)
    order = np.lexsort([two, one, raw, block])
    least = order[np.concatenate([[True], np.diff(block[order]) != 0])]
    return np.union1d(ends, least)


def interlaced(members: Pairs) -> bool:
    """Whether both sides of a run are the same stretch of one outline, as those of the notches of a comb are: what
    would be drawn round all of it runs over itself."""
    if (
        members.first is not members.second
        or members.first.outline[members.one[0]] != members.second.outline[members.two[0]]
    ):
        return False
    return bool(members.one.min() <= members.two.max() and members.two.min() <= members.one.max())


def strip(members: Pairs, limit: float) -> Outline:
    """Outline of what lies between both sides of a run, at its ends as far as the limit."""
    a, b = (edges[[0, -1]].tolist() for edges in members.edges)
    (first, last), (other_first, other_last) = ([(tuple(e[:2]), tuple(e[2:])) for e in edges] for edges in (a, b))
    start, end = near_part(first, other_first, limit)[0], near_part(last, other_last, limit)[1]
    along = members.first.points[int(members.one[0]) + 1 : int(members.one[-1]) + 1]
    low, high = sorted((int(members.two[0]), int(members.two[-1])))
    across = members.second.points[low + 1 : high + 1]
    here, there = near_part(other_first, first, limit), near_part(other_last, last, limit)
    back = [there[0:1], across, here[1:2]] if members.against[0] else [there[1:2], across[::-1], here[0:1]]
    return np.rint(np.vstack([start, along, end, *back])).astype(np.int64)
