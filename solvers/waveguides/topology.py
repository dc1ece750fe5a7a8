"""Which line follows which edge: the part of a cross-section that does not move when its dimensions do."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import Array

from lingnan.solvers.tracing import is_traced

WALL_LEFT, WALL_RIGHT = -1, -2


class Edge(NamedTuple):
    """One side of a trapezoid [µm]."""

    x_bottom: Any
    x_top: Any
    bottom: Any
    top: Any

    def at(self, y: Any) -> Any:
        """x on level y; straight up and down beyond the ends of the edge."""
        if not is_traced(self, y):
            return self.at_number(float(y))  # nothing to compile
        t = (y - self.bottom) / (self.top - self.bottom)
        return self.x_bottom + jnp.clip(t, 0, 1) * (self.x_top - self.x_bottom)

    def at_number(self, y: float) -> float:
        """`at`, for numbers."""
        t = min(1.0, max(0.0, (y - float(self.bottom)) / (float(self.top) - float(self.bottom))))
        return float(self.x_bottom) + t * (float(self.x_top) - float(self.x_bottom))


Edges = Sequence[tuple[Edge, Edge]]
Window = tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class Topology:
    """Static. A reference is (shape, 0) for its left edge or bottom, (shape, 1) for its right edge or top."""

    levels: tuple[tuple[int, int], ...]
    lines: tuple[tuple[tuple[int, int], ...], ...]  #: for each line, the edge it follows on each level
    regions: tuple[tuple[int, ...], ...]  #: [column][row]: 0 background, k + 1 shape k

    def level(self, ref: tuple[int, int], edges: Edges, window: Window) -> Any:
        """y of a level [µm]."""
        shape, end = ref
        if shape == WALL_LEFT:
            return window[2 + end]
        return edges[shape][0].top if end else edges[shape][0].bottom

    def position(self, ref: tuple[int, int], y: Array, edges: Edges, window: Window) -> Array:
        """x of a line on level y [µm]."""
        shape, side = ref
        if shape in (WALL_LEFT, WALL_RIGHT):
            return window[0 if shape == WALL_LEFT else 1]
        return edges[shape][side].at(y)


def topology_of(edges: Edges, window: Window, names: Sequence[str] = ()) -> Topology:
    """Sort and merge the edges of shapes, given as numbers.

    Args:
        edges: left and right edge of each shape, in the order of painting.
        window: left, right, bottom, top [µm].
        names: of the shapes, for messages.

    Raises:
        ValueError: a shape is empty or leaves the window, or edges cross.
    """
    left, right, bottom, top = (float(w) for w in window)
    if not (right > left and top > bottom):
        raise ValueError(
            f"window {(left, right, bottom, top)} is empty: give (left, right, bottom, top) in µm, rising."
        )
    tiny = 1e-9 * (right - left + top - bottom)

    def called(k: int) -> str:
        return f"shape {k}" + (f" ({names[k]})" if k < len(names) and names[k] else "")

    for k, (a, b) in enumerate(edges):
        low, high = float(a.bottom), float(a.top)
        if not high - low > tiny:
            raise ValueError(f"{called(k)}: bottom {low} µm and top {high} µm: its thickness must be positive.")
        if not (float(b.x_bottom) - float(a.x_bottom) > tiny and float(b.x_top) - float(a.x_top) > tiny):
            raise ValueError(
                f"{called(k)}: from {float(a.x_bottom)} to {float(b.x_bottom)} µm at its bottom and from "
                f"{float(a.x_top)} to {float(b.x_top)} µm at its top: its width must be positive. "
                "A steep etch of a narrow line closes at the top: use a steeper wall or a wider line."
            )
        reach = (
            float(min(float(a.x_bottom), float(a.x_top))),
            float(max(float(b.x_bottom), float(b.x_top))),
            low,
            high,
        )
        if reach[0] < left - tiny or reach[1] > right + tiny or low < bottom - tiny or high > top + tiny:
            raise ValueError(
                f"{called(k)}: reaches over (left, right, bottom, top) = {reach} µm, outside the window "
                f"{(left, right, bottom, top)} µm. Enlarge the window."
            )

    heights: list[tuple[float, tuple[int, int]]] = [(bottom, (WALL_LEFT, 0)), (top, (WALL_LEFT, 1))]
    for k, (a, _) in enumerate(edges):
        for y, ref in ((float(a.bottom), (k, 0)), (float(a.top), (k, 1))):
            if all(abs(y - other) > tiny for other, _ in heights):
                heights.append((y, ref))
    heights.sort(key=lambda item: item[0])
    levels = [y for y, _ in heights]

    lines = _lines(edges, levels, left, right, tiny)
    lines.sort(key=lambda line: sum(x for x, _ in line))
    for one, two in itertools.pairwise(lines):
        for y, (x, ref), (other, ref_two) in zip(levels, one, two, strict=True):
            if x > other + tiny:
                raise ValueError(
                    f"edges of {called(ref[0])} and {called(ref_two[0])} cross near y = {y} µm "
                    f"(x = {x} and {other} µm). Shapes may lie inside one another or side by side; cut crossing ones "
                    "into trapezoids that do not."
                )
        along = [abs(x - other) <= tiny for (x, _), (other, _) in zip(one, two, strict=True)]
        for j in range(len(levels) - 1):
            if along[j] and along[j + 1]:
                raise ValueError(
                    f"edges of {called(one[j][1][0])} and {called(two[j][1][0])} lie on one another from y = "
                    f"{levels[j]} to {levels[j + 1]} µm (x = {one[j][0]} µm) and part elsewhere: no element fits in "
                    "between. Move one of them by a nanometre."
                )
    regions = tuple(
        tuple(_owner(edges, (levels[j] + levels[j + 1]) / 2, one, two, j) for j in range(len(levels) - 1))
        for one, two in itertools.pairwise(lines)
    )
    return Topology(tuple(ref for _, ref in heights), tuple(tuple(ref for _, ref in line) for line in lines), regions)


def _lines(
    edges: Edges, levels: list[float], left: float, right: float, tiny: float
) -> list[list[tuple[float, tuple[int, int]]]]:
    """Walls and edges as lists of (x, reference) on each level; edges that go on or repeat one another are merged."""
    lines = [[(left, (WALL_LEFT, 0)) for _ in levels], [(right, (WALL_RIGHT, 0)) for _ in levels]]
    spans: list[list[tuple[float, float]]] = [[(levels[0], levels[-1])], [(levels[0], levels[-1])]]
    for k, pair in enumerate(edges):
        for side, edge in enumerate(pair):
            low, high = float(edge.bottom), float(edge.top)
            points = [(edge.at_number(y), (k, side)) for y in levels]
            covered = [low - tiny <= y <= high + tiny for y in levels]
            where = [[any(a - tiny <= y <= b + tiny for a, b in span) for y in levels] for span in spans]
            met = [_meet(covered, known) for known in where]
            fits = [
                bool(at) and all(abs(points[i][0] - line[i][0]) <= tiny for i in at)
                for line, at in zip(lines, met, strict=True)
            ]
            # one that shares levels first: what goes on above a gap in height might also fit
            chosen = sorted((k for k, fit in enumerate(fits) if fit), key=lambda k: not _shared(covered, where[k]))
            if not chosen:
                lines.append(points)
                spans.append([(low, high)])
                continue
            line, span, known = lines[chosen[0]], spans[chosen[0]], where[chosen[0]]
            for i in range(len(levels)):
                if not known[i] and (covered[i] or _nearer(levels[i], (low, high), span)):
                    line[i] = points[i]
            span.append((low, high))
    return lines


def _shared(covered: list[bool], known: list[bool]) -> list[int]:
    """Levels on which both an edge and a line are."""
    return [i for i, both in enumerate(zip(covered, known, strict=True)) if all(both)]


def _meet(covered: list[bool], known: list[bool]) -> list[int]:
    """Levels on which an edge must stand on a line to be part of it: those they share, or else the line's next ones.

    Beyond their ends both go straight up and down, so that two which end at one x are the same line in between.
    """
    shared = _shared(covered, known)
    if shared:
        return shared
    first, last = covered.index(True), len(covered) - 1 - covered[::-1].index(True)
    below = [i for i in range(first) if known[i]]
    above = [i for i in range(last + 1, len(known)) if known[i]]
    return [*below[-1:], *above[:1]]


def _nearer(y: float, new: tuple[float, float], old: list[tuple[float, float]]) -> bool:
    """Is `y`, outside of all, nearer to the span `new` than to any of `old`?"""

    def distance(span: tuple[float, float]) -> float:
        return max(span[0] - y, y - span[1], 0.0)

    return distance(new) < min(distance(s) for s in old)


def _owner(
    edges: Edges,
    y: float,
    one: list[tuple[float, tuple[int, int]]],
    two: list[tuple[float, tuple[int, int]]],
    row: int,
) -> int:
    """The last shape that covers the middle of an element."""
    x = (one[row][0] + one[row + 1][0] + two[row][0] + two[row + 1][0]) / 4
    owner = 0
    for k, (a, b) in enumerate(edges):
        if float(a.bottom) < y < float(a.top) and a.at_number(y) < x < b.at_number(y):
            owner = k + 1
    return owner
