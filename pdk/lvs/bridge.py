"""Where two pieces of metal meet that should not, and where two are nearest that should. Lengths in database units."""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.lvs.metal import Piece, Wiring

_MOST_EDGES = 4000  #: of an island in the search for the nearest place; beyond, its polygons' boxes have to do


@dataclass(frozen=True)
class Nearest:
    """Where two islands of a net come closest."""

    distance: float
    box: kdb.Box
    layers: tuple[str, str]
    via: str | None  #: that would join them where they overlap


def nearest(one: Mapping[str, kdb.Region], other: Mapping[str, kdb.Region], wires: Wiring) -> Nearest | None:
    """The place where two islands should have been joined: an overlap without a via, or the shortest way on a layer."""
    for low, via, high in wires.stack:
        for below, above in ((one, other), (other, one)):
            if low in below and high in above:
                common = below[low] & above[high]
                if not common.is_empty():
                    largest = max(common.each(), key=lambda polygon: polygon.area())
                    return Nearest(0.0, largest.bbox(), (high, low), via)
    best: Nearest | None = None
    for layer in one.keys() & other.keys():
        found = _closest(one[layer], other[layer])
        if found is not None and (best is None or found[0] < best.distance):
            best = Nearest(found[0], found[1], (layer, layer), None)
    return best


def _closest(one: kdb.Region, other: kdb.Region) -> tuple[float, kdb.Box] | None:
    left, right = _edges(one), _edges(other)
    best: tuple[float, kdb.Box] | None = None
    for a in left:
        for b in right:
            if best is not None and _boxes_apart(a.bbox(), b.bbox()) >= best[0]:
                continue
            for edge, point in ((a, b.p1), (a, b.p2), (b, a.p1), (b, a.p2)):
                fine = kdb.DEdge(edge)
                distance = fine.euclidian_distance(kdb.DPoint(point))
                if best is None or distance < best[0]:
                    foot = _foot(fine, kdb.DPoint(point))
                    best = (distance, (kdb.DBox(foot, foot) + kdb.DPoint(point)).to_itype(1))
    return best


def _edges(region: kdb.Region) -> Sequence[kdb.Edge]:
    edges = list(region.edges().each())
    return edges if len(edges) <= _MOST_EDGES else list(region.extents().edges().each())


def _boxes_apart(a: kdb.Box, b: kdb.Box) -> float:
    x = max(a.left - b.right, b.left - a.right, 0)
    y = max(a.bottom - b.top, b.bottom - a.top, 0)
    return math.hypot(x, y)


def _foot(edge: kdb.DEdge, point: kdb.DPoint) -> kdb.DPoint:
    square = edge.dx() ** 2 + edge.dy() ** 2
    share = ((point.x - edge.x1) * edge.dx() + (point.y - edge.y1) * edge.dy()) / square if square else 0.0
    share = max(0.0, min(1.0, share))
    return kdb.DPoint(edge.x1 + share * edge.dx(), edge.y1 + share * edge.dy())


def meeting_place(
    pieces: Sequence[Piece], first: Sequence[kdb.Box], second: Sequence[kdb.Box], wires: Wiring
) -> kdb.Region:
    """Where the metal of one net runs into that of another.

    The way between the ports of each net is found through the parts of the joint metal; where the two ways share metal,
    or halfway between them, is the place. Parts are trapezoids, cut along x and along y: of the four pairings the one
    with the smallest common part is the crossing itself, not the whole wire.

    Args:
        pieces: all polygons of the shorted net.
        first: boxes of ports of one net.
        second: boxes of ports of the other.
        wires: which layers join.
    """
    graphs = [_Parts(pieces, mode, wires) for mode in (kdb.Polygon.TD_htrapezoids, kdb.Polygon.TD_vtrapezoids)]
    ways = [[graph.way(ports) for graph in graphs] for ports in (first, second)]
    best = kdb.Region()
    for i, mine in enumerate(ways[0]):
        for j, theirs in enumerate(ways[1]):
            common = graphs[i].common(mine, graphs[j], theirs)
            if not common.is_empty() and (best.is_empty() or common.area() < best.area()):
                best = common
    if not best.is_empty():
        return best
    for graph, mine, theirs in zip(graphs, ways[0], ways[1], strict=True):
        between = graph.between(mine, theirs)
        if not between.is_empty() and (best.is_empty() or between.area() < best.area()):
            best = between
    return best


class _Parts:
    """Metal cut into trapezoids, and which of them touch."""

    def __init__(self, pieces: Sequence[Piece], mode: int, wires: Wiring) -> None:
        self.layers: list[str] = []
        self.parts: list[kdb.Polygon] = []
        self._shapes: dict[str, kdb.Shapes] = {}
        for piece in pieces:
            shapes = self._shapes.setdefault(piece.layer, kdb.Shapes())
            for part in piece.polygon.decompose_trapezoids(mode):
                polygon = part if isinstance(part, kdb.Polygon) else kdb.Polygon(part)
                shapes.insert(kdb.PolygonWithProperties(polygon, {0: len(self.parts)}))
                self.parts.append(polygon)
                self.layers.append(piece.layer)
        self._joins = {layer: {layer} for layer in self._shapes}
        for one, other in wires.touching:
            if one in self._joins and other in self._joins:
                self._joins[one].add(other)
                self._joins[other].add(one)

    def _neighbours(self, index: int) -> list[int]:
        polygon, layer = self.parts[index], self.layers[index]
        found: list[int] = []
        for other in self._joins[layer]:
            for shape in self._shapes[other].each_touching(polygon.bbox()):
                number = int(shape.property(0))
                if number != index and polygon.touches(self.parts[number]):
                    found.append(number)
        return found

    def _search(self, starts: set[int], goals: set[int]) -> list[int]:
        """Shortest way from any start to any goal, by the distance of middles."""
        queue = [(0.0, index, -1) for index in sorted(starts)]
        came: dict[int, int] = {}
        while queue:
            length, index, before = heapq.heappop(queue)
            if index in came:
                continue
            came[index] = before
            if index in goals:
                way = [index]
                while came[way[-1]] >= 0:
                    way.append(came[way[-1]])
                return way
            middle = self.parts[index].bbox().center()
            for other in self._neighbours(index):
                if other not in came:
                    step = middle.distance(self.parts[other].bbox().center())
                    heapq.heappush(queue, (length + step, other, index))
        return []

    def _at(self, box: kdb.Box) -> set[int]:
        probe = kdb.Polygon(box)
        return {index for index, part in enumerate(self.parts) if part.bbox().touches(box) and part.touches(probe)}

    def way(self, ports: Sequence[kdb.Box]) -> set[int]:
        """Parts that join the ports of one net; those at its port where it has only one."""
        if not ports:
            return set()
        reached = self._at(ports[0])
        for port in ports[1:]:
            goals = self._at(port)
            reached |= set(self._search(reached, goals)) | (goals if not reached else set())
        return reached

    def common(self, mine: set[int], other: "_Parts", theirs: set[int]) -> kdb.Region:
        """Metal that two ways share, layer by layer."""
        shared = kdb.Region()
        for layer in self._shapes:
            one = kdb.Region([self.parts[index] for index in mine if self.layers[index] == layer])
            two = kdb.Region([other.parts[index] for index in theirs if other.layers[index] == layer])
            shared += one & two
        return shared.merged()

    def between(self, mine: set[int], theirs: set[int]) -> kdb.Region:
        """The middle part of the way from one net to the other."""
        way = self._search(mine, theirs)
        inner = way[1:-1] or way
        return kdb.Region(self.parts[inner[len(inner) // 2]]) if inner else kdb.Region()
