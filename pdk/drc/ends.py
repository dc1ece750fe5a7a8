"""Where guides end: `open_end` (in nothing) and `abutment` (a hair before the next guide)."""

import math
from collections.abc import Sequence

import klayout.db as kdb

from lingnan.pdk.drc.contour import Contour
from lingnan.pdk.drc.found import Found, join, outline, polygon, quad
from lingnan.pdk.drc.gap import Side
from lingnan.pdk.drc.scene import Placed, Scene
from lingnan.pdk.drc.shapes import convex
from lingnan.pdk.process import Rule, layers_of

ROOM = 5  #: database units around an end face in its marker
SQUARE_DEG = 20.0  #: an end face meets its sides at 90 degrees within this
SLENDER = 10.0  #: a shape shorter than this many end faces is an island (a tooth, a fill square), not a guide
ALIGNED = 0.5  #: faces that overlap by less than this share of the shorter one are not meant to meet


def is_face(contour: Contour, index: int) -> bool:
    """Whether an edge closes a guide: two convex, square corners with both sides running away from it."""
    j = (index + 1) % len(contour.points)
    for vertex in (index, j):
        if vertex not in contour.place or not convex(contour, vertex):
            return False
        if abs(contour.turn_deg(contour.place[vertex]) - 90.0) > SQUARE_DEG:
            return False
    return True


def open_end(scene: Scene, rule: Rule) -> list[Found]:
    """End faces no wider than `max_width` of guides that touch nothing there.

    In a file without a floorplan the faces on the outline of the top cell are ports of what is checked, and pass.
    """
    widest = float(rule.options.get("max_width", math.inf)) / scene.dbu
    region = scene.region(rule.layer)
    faces = faces_of(region).with_length(1, math.ceil(min(widest, 1e9)) + 1, False)
    if faces.is_empty():
        return []
    placed = Placed(faces, scene.dbu)
    found: list[Found] = []
    for cell in placed.cells():
        places = placed.places(cell)
        for shape in cell.shapes(placed.layer).each() if places else ():
            width = face_width(scene, rule.layer, shape.edge.transformed(places[0]), widest)
            if width is None:
                continue
            for edge in (shape.edge.transformed(trans) for trans in places):
                found.append(Found(round(width * scene.dbu, 4), (outline(edge.bbox().enlarged(ROOM, ROOM)),)))
    return found if scene.chip else inside(found, frame_of(scene, rule))


def frame_of(scene: Scene, rule: Rule) -> kdb.Box:
    """The box around a rule's layers."""
    frame = kdb.Box()
    for name in layers_of(rule.layer):
        if (index := scene.index(name)) is not None:
            frame += scene.top.bbox(index)
    return frame


def inside(found: Sequence[Found], frame: kdb.Box) -> list[Found]:
    """End faces that do not lie on the outline of a box."""
    return [fault for fault in found if not on_frame(polygon(fault.outlines[0]).bbox().enlarged(-ROOM, -ROOM), frame)]


def faces_of(region: kdb.Region) -> kdb.Edges:
    """Edges that may be end faces: those that begin or end at a corner of about 90 degrees."""
    return region.edges().interacting(region.corners(-90.0 - SQUARE_DEG, -90.0 + SQUARE_DEG, 1))


def face_width(scene: Scene, layer: str, edge: kdb.Edge, widest: float) -> float | None:
    """Width of the guide that an edge closes, None where the edge is no end of a guide."""
    side = scene.side(layer, edge)
    if side is None or not is_face(side.contour, side.index):
        return None
    width = side.contour.lengths[side.index]
    slender = sum(side.contour.lengths) / 2 - width >= SLENDER * width
    return width if width <= widest and slender and min(neighbours(side)) > width else None


def neighbours(side: Side) -> tuple[float, float]:
    """Lengths of both smooth sides beside an end face, as far as the first corner (at most 64 vertices)."""
    contour = side.contour
    n = len(contour.kept)
    reach: list[float] = []
    for start, direction in ((side.index, -1), ((side.index + 1) % len(contour.points), 1)):
        k, way = contour.place[start], 0.0
        for _ in range(min(n, 64)):
            way += contour.span(k if direction > 0 else k - 1)
            k += direction
            if contour.turn_deg(k % n) > 45.0:
                break
        reach.append(way)
    return reach[0], reach[1]


def on_frame(face: kdb.Box, frame: kdb.Box) -> bool:
    """Whether an end face, given by the box around it, lies on the outline of another box."""
    return (
        face.left == face.right in (frame.left, frame.right) or face.bottom == face.top in (frame.bottom, frame.top)
    )  # fmt: skip


def abutment(scene: Scene, rule: Rule) -> list[Found]:
    """Two end faces with a gap between them of up to the limit: they were meant to meet."""
    assert rule.limit is not None
    limit = math.floor(rule.limit.value / scene.dbu + 1e-6)
    region = scene.region(rule.layer)
    # projection looks at every chord of a curve against its neighbours: only shapes with a gap so small are looked at
    close = region.space_check(limit + 1, True, kdb.Region.Euclidian, 80.0, None, None, False)
    if close.is_empty():
        return []
    close_shapes = region.interacting(close.polygons(1))
    pairs = close_shapes.space_check(limit + 1, False, kdb.Region.Projection, 80.0, None, None, True)
    pieces: list[Found] = []
    for pair, trans, places in scene.spread(pairs):
        here = pair.transformed(trans)
        first, second = scene.side(rule.layer, here.first), scene.side(rule.layer, here.second)
        if first is None or second is None:
            continue
        if not (is_face(first.contour, first.index) and is_face(second.contour, second.index)):
            continue
        shorter = min(s.contour.lengths[s.index] for s in (first, second))
        if max(here.first.length(), here.second.length()) < ALIGNED * shorter:
            continue
        value = round(here.distance() * scene.dbu, 5)
        pieces += [Found(value, (outline(quad(pair).transformed(place)),)) for place in places]
    return join(pieces)
