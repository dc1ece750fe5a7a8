"""Which pairs of a long gap are judged: one of every few, and all where it may change.

KLayout gives a pair for each chord of a curve with each near chord of the other side. `gap.judge` looks at a dozen
vertices on both sides of a pair, so what it says of one pair holds for the next, unless the gap itself changes there:

1. of the pairs of one edge the nearest stays, and of those of one edge of the other side too.
2. pairs of the same two outlines that follow each other along both make a run.
3. of a run the first, the last, and the nearest of each `STRIDE` pairs are judged.
4. where two that follow agree, both faults or neither one, the pairs in between, none of which is nearer, are what
   these are. Else each is judged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lingnan.pdk.drc.contour import segment_distance
from lingnan.pdk.drc.gap import Side

STRIDE = 6  #: pairs of which one is judged
NEXT = 6  #: edges of either side from one pair of a run to the next, at most: rounding hides some

Verdict = tuple[float, bool] | None  #: value, and whether it is a fault by itself
Judge = Callable[[Side, Side], Verdict]


@dataclass(frozen=True)
class Candidate:
    """A pair of edges, and where it is stored."""

    one: Side
    two: Side
    raw: float  #: distance as rounded
    home: int  #: pairs of different cells are no run

    @property
    def order(self) -> tuple[float, int, int]:
        """From the nearest on, equals along the outline."""
        return self.raw, self.one.index, self.two.index

    @staticmethod
    def of(one: Side, two: Side, home: int, *, ordered: bool) -> "Candidate":
        """A pair, its sides in a fixed order unless they lie on different layers."""
        if not ordered and (two.contour.points[0], two.index) < (one.contour.points[0], one.index):
            one, two = two, one
        return Candidate(one, two, round(segment_distance(one.whole, two.whole), 6), home)


def judged(found: Sequence[Candidate], judge: Judge) -> Iterator[tuple[list[Candidate], float, bool]]:
    """Faults: a pair or all pairs between two that are faults, the least value, and whether it is one by itself."""
    for run in runs_of(nearest(found)):
        picked = anchors(run)
        verdicts = {k: judge(run[k].one, run[k].two) for k in picked}
        covered: set[int] = set()
        for a, b in pairwise(picked):
            first, second = verdicts[a], verdicts[b]
            if first is not None and second is not None and first[1] and second[1]:
                yield run[a : b + 1], min(first[0], second[0]), True
                covered |= {a, b}
            elif first is not None or second is not None:
                verdicts.update({k: judge(run[k].one, run[k].two) for k in range(a + 1, b)})
        for k, verdict in verdicts.items():
            if verdict is not None and k not in covered:
                yield [run[k]], *verdict


def nearest(found: Sequence[Candidate]) -> list[Candidate]:
    """Pairs that are the nearest of one of their edges; of equals (they share a vertex) the first along the outline."""
    best: dict[tuple[int, int, int, int], Candidate] = {}
    for candidate in found:
        for key in _keys(candidate):
            if key not in best or candidate.order < best[key].order:
                best[key] = candidate
    return list({id(candidate): candidate for candidate in best.values()}.values())


def _keys(candidate: Candidate) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    one, two = candidate.one, candidate.two
    a, b = id(one.contour), id(two.contour)
    return (a, one.index, b, candidate.home), (b, two.index, a, candidate.home)


def runs_of(found: Sequence[Candidate]) -> list[list[Candidate]]:
    """Pairs that follow each other along two outlines."""
    groups: dict[tuple[int, int, int, int], list[Candidate]] = defaultdict(list)
    for candidate in found:
        way = _way(candidate)
        groups[id(candidate.one.contour), id(candidate.two.contour), candidate.home, way].append(candidate)
    runs: list[list[Candidate]] = []
    for (*_, way), group in groups.items():
        group.sort(key=lambda candidate, way=way: (candidate.one.index, way * candidate.two.index))
        run: list[Candidate] = []
        for candidate in group:
            if run and not (
                candidate.one.index - run[-1].one.index <= NEXT
                and -NEXT <= way * (candidate.two.index - run[-1].two.index) <= NEXT
            ):
                runs.append(run)
                run = []
            run.append(candidate)
        runs.append(run)
    return runs


def _way(candidate: Candidate) -> int:
    """1 where both outlines run the same way, -1 where they run against each other."""
    (ax, ay), (bx, by) = candidate.one.whole
    (cx, cy), (dx, dy) = candidate.two.whole
    return 1 if (bx - ax) * (dx - cx) + (by - ay) * (dy - cy) > 0 else -1


def anchors(run: Sequence[Candidate]) -> list[int]:
    """Numbers of the pairs of a run that are judged."""
    blocks = [range(start, min(start + STRIDE, len(run))) for start in range(0, len(run), STRIDE)]
    return sorted({0, len(run) - 1, *(min(block, key=lambda k: run[k].order) for block in blocks)})


def strip(members: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Outline of what lies between both sides of a run."""
    first, last = members[0], members[-1]
    along, across = first.one.contour.points, first.two.contour.points
    here = [*along[first.one.index : last.one.index + 1], along[(last.one.index + 1) % len(along)]]
    low, high = sorted((first.two.index, last.two.index))
    there = [*across[low : high + 1], across[(high + 1) % len(across)]]
    return [*here, *(there if _way(first) < 0 else reversed(there))]
