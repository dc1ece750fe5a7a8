"""A fault before it has a name: value and outline in the top cell, and how markers of one fault become one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import klayout.db as kdb

Outline = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Found:
    """One fault of one rule; coordinates in database units of the top cell, the value in the rule's unit."""

    value: float | None
    outlines: tuple[Outline, ...]
    note: str = ""  #: what else to say in the message


def outline(shape: kdb.Polygon | kdb.Box) -> Outline:
    """Hull of a polygon."""
    polygon = kdb.Polygon(shape) if isinstance(shape, kdb.Box) else shape
    return tuple((p.x, p.y) for p in polygon.each_point_hull())


def polygon(points: Outline) -> kdb.Polygon:
    """The polygon of an outline."""
    return kdb.Polygon([kdb.Point(x, y) for x, y in points])


def region(found: Iterable[Found]) -> kdb.Region:
    """All outlines as one region."""
    return kdb.Region([polygon(points) for fault in found for points in fault.outlines])


def quad(pair: kdb.EdgePair) -> kdb.Polygon:
    """Marker of a pair of edges, never thinner than two database units."""
    return pair.normalized().polygon(1)  # as it comes, the pair of a space is grown inwards


def join(pieces: Sequence[Found], doubtful: Sequence[Found] = (), bridges: kdb.Region | None = None) -> list[Found]:
    """One fault for each group of pieces that touch, itself or by way of others; it has the lowest value.

    Args:
        pieces: faults, each of one outline.
        doubtful: places that were suspected and are no fault by themselves.
        bridges: what else may lie between.
    """
    if not pieces:
        return []
    marked = region([*pieces, *doubtful])
    groups = (marked if bridges is None else marked + bridges).merged()
    outlines = list(groups.each())
    boxes = kdb.Shapes()
    for number, group in enumerate(outlines):
        boxes.insert(group.bbox(), number)
    members: dict[int, list[Found]] = {}
    for piece in pieces:
        point = kdb.Point(*piece.outlines[0][0])
        near = [shape.prop_id for shape in boxes.each_touching(kdb.Box(point, point))]
        for number in near:  # a piece lies wholly in one group
            if len(near) == 1 or outlines[number].inside(point):
                members.setdefault(number, []).append(piece)
    joined: list[Found] = []
    for number, group in enumerate(outlines):
        if number in members:
            values = [member.value for member in members[number] if member.value is not None]
            joined.append(Found(min(values) if values else None, (outline(group),), members[number][0].note))
    return joined
