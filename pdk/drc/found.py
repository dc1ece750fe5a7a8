"""A fault before it has a name: value and outline in the top cell, and how markers of one fault become one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import klayout.db as kdb
import numpy as np
import shapely
from numpy.typing import NDArray

Outline = NDArray[np.int64]  #: rows of x, y


@dataclass(frozen=True, eq=False)
class Found:
    """One fault of one rule; coordinates in database units of the top cell, the value in the rule's unit."""

    value: float | None
    outlines: tuple[Outline, ...]
    note: str = ""  #: what else to say in the message


@dataclass(frozen=True, eq=False)
class Piece:
    """A marker of a fault, or of a part of one."""

    value: float | None
    shape: kdb.Polygon
    note: str = ""


def outline(shape: kdb.Polygon | kdb.Box) -> Outline:
    """Hull of a polygon."""
    polygon = kdb.Polygon(shape) if isinstance(shape, kdb.Box) else shape
    return np.array([(p.x, p.y) for p in polygon.each_point_hull()], dtype=np.int64)


def polygon(points: Outline) -> kdb.Polygon:
    """The polygon of an outline."""
    return kdb.Polygon([kdb.Point(x, y) for x, y in points.tolist()])


def quad(pair: kdb.EdgePair) -> kdb.Polygon:
    """Marker of a pair of edges, never thinner than two database units."""
    return pair.normalized().polygon(1)  # as it comes, the pair of a space is grown inwards


def touching(markers: Sequence[kdb.Polygon], near: kdb.Region) -> list[kdb.Polygon]:
    """Markers that touch a region; on thousands of them KLayout's own `interacting` takes a hundred times as long."""
    around = _as_shapely(list(near.each()))
    shapely.prepare(around)
    hit = shapely.STRtree(_as_shapely(markers)).query(around, predicate="intersects")[1]
    return [markers[number] for number in np.unique(hit).tolist()]


def _as_shapely(polygons: Sequence[kdb.Polygon]) -> NDArray[np.object_]:
    """Polygons for shapely."""
    points: list[tuple[int, int]] = []
    ring: list[int] = []  # of each point
    owner: list[int] = []  # of each ring; its first one is the hull
    for number, shape in enumerate(polygons):
        for contour in (shape.each_point_hull(), *(shape.each_point_hole(hole) for hole in range(shape.holes()))):
            some = [(p.x, p.y) for p in contour]
            points += some
            ring += [len(owner)] * len(some)
            owner.append(number)
    rings: Any = shapely.linearrings(np.array(points, dtype=float).reshape(-1, 2), indices=ring)
    made: Any = shapely.polygons(rings, indices=owner)
    return made


def join(
    pieces: Sequence[Piece], doubtful: Sequence[kdb.Polygon] = (), bridges: kdb.Region | None = None
) -> list[Found]:  # fmt: skip
    """One fault for each group of pieces that touch, itself or by way of others; it has the lowest value.

    Args:
        pieces: faults.
        doubtful: places that were suspected and are no fault by themselves.
        bridges: what else may lie between.
    """
    if not pieces:
        return []
    marked = kdb.Region([*(piece.shape for piece in pieces), *doubtful])
    groups = (marked if bridges is None else marked + bridges).merged()
    first = [next(iter(piece.shape.each_point_hull())) for piece in pieces]
    joined: list[Found] = []
    left = set(range(len(pieces)))
    for group, members in grouped(groups, np.array([(point.x, point.y) for point in first], dtype=float)):
        left.difference_update(members)
        values = [value for number in members if (value := pieces[number].value) is not None]
        joined.append(Found(min(values) if values else None, (outline(group),), pieces[members[0]].note))
    if not left:
        return joined
    # where sides cross each other nothing lies between them: no fault may get lost, it has the box around it
    seen = kdb.Region([polygon(points) for fault in joined for points in fault.outlines])
    boxes = [(number, kdb.Polygon(pieces[number].shape.bbox().enlarged(1, 1))) for number in sorted(left)]
    crossed = [
        replace(pieces[number], shape=box)
        for number, box in boxes
        if seen.interacting(kdb.Region(box)).is_empty()
    ]  # fmt: skip
    return joined + join(crossed)


def grouped(groups: kdb.Region, corners: NDArray[np.float64]) -> Iterator[tuple[kdb.Polygon, list[int]]]:
    """Polygons of a merged region, each with the numbers of the pieces in it; those without any are left out.

    Args:
        groups: covers every piece.
        corners: a point of each piece.
    """
    outlines = list(groups.each())
    if not outlines:
        return
    bounds = np.array([(b.left, b.bottom, b.right, b.top) for b in (group.bbox() for group in outlines)], dtype=float)
    which, near = shapely.STRtree(shapely.box(*bounds.T)).query(shapely.points(corners), predicate="intersects")
    alone = np.bincount(which, minlength=len(corners))[which] == 1
    members: dict[int, list[int]] = defaultdict(list)
    for number, group, only in zip(which.tolist(), near.tolist(), alone.tolist(), strict=True):
        # a piece lies wholly in one group
        if only or outlines[group].inside(kdb.Point(*corners[number].astype(int).tolist())):
            members[group].append(number)
    for number, group in enumerate(outlines):
        if number in members:
            yield group, members[number]
