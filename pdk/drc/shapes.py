"""Rules on one shape at a time: area, width_max, exclusion, angle, grid, polygon."""

import math

import klayout.db as kdb

from lingnan.pdk.drc.contour import Contour
from lingnan.pdk.drc.facing import sliver
from lingnan.pdk.drc.found import Found, join, outline
from lingnan.pdk.drc.place import places
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

ACUTE_DEG = 45.0  #: interior angle below which KLayout looks for corners; the rule's own limit is checked after


def area(scene: Scene, rule: Rule) -> list[Found]:
    """Merged polygons smaller than the limit by more than half a step all around."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu**2
    small = scene.region(rule.layer).with_area(0, math.ceil(limit), False)
    found: list[Found] = []
    for piece in small.each():
        if piece.area() < limit - piece.perimeter() * scene.step / 2:
            found.append(Found(round(piece.area() * scene.dbu**2, 6), (outline(piece),)))
    return found


def width_max(scene: Scene, rule: Rule) -> list[Found]:
    """Where a square of the limit plus one step fits in: shrunk by half of it, what is left is grown back."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu
    inset = math.floor((limit + scene.step) / 2)
    left = scene.region(rule.layer).sized(-inset).merged()
    found: list[Found] = []
    for core in left.each():
        box = core.bbox()
        wide = kdb.Region(core).sized(inset) & kdb.Region(core.bbox().enlarged(inset, inset))
        value = (min(box.width(), box.height()) + 2 * inset) * scene.dbu
        found += [Found(round(value, 4), (outline(piece),), "or more") for piece in wide.merged().each()]
    return found


def exclusion(scene: Scene, rule: Rule) -> list[Found]:
    """Where both layers lie on each other, slivers as thin as the tolerance left out."""
    both = (scene.region(rule.layer) & scene.region(rule.other)).merged()
    return [
        Found(round(piece.area() * scene.dbu**2, 6), (outline(piece),))
        for piece in both.each()
        if not sliver(piece, scene.step)
    ]


def angle(scene: Scene, rule: Rule) -> list[Found]:
    """Edges off the allowed directions, and corners sharper than `interior_min_deg`.

    Rounding turns an edge of length l by up to atan(1.41 g / l): that much is let pass.
    """
    found: list[Found] = []
    allowed = str(rule.options.get("allowed", "any"))
    if allowed != "any":
        kind = kdb.Edges.OrthoEdges if allowed == "90" else kdb.Edges.OrthoDiagonalEdges
        odd = scene.region(rule.layer).edges().with_angle(kind, True)
        pieces: list[Found] = []
        for edge in odd.each():
            step_deg = float(allowed)
            direction = math.degrees(math.atan2(edge.dy(), edge.dx()))
            off = abs(direction - step_deg * round(direction / step_deg))
            if edge.length() * math.sin(math.radians(off)) > math.sqrt(2) * scene.step:
                pieces.append(Found(round(off, 3), (outline(edge.bbox().enlarged(1, 1)),), "off"))
        found += join(pieces)
    if limit := float(rule.options.get("interior_min_deg", 0.0)):
        found += acute(scene, rule, limit)
    return found


def acute(scene: Scene, rule: Rule, limit: float) -> list[Found]:
    """Corners of the drawn shape sharper than a limit in degrees; jogs of a rounding are stepped over."""
    spots = scene.region(rule.layer).corners(180.0 - limit - 1.0, 180.0, 1) + scene.region(rule.layer).corners(
        -180.0, limit - 179.0, 1
    )
    pieces: list[Found] = []
    for spot in spots.merged().each():
        centre = spot.bbox().center()
        for contour in scene.contours(rule.layer, kdb.Box(centre, centre)):
            points = contour.points
            if (centre.x, centre.y) not in points:
                continue
            vertex = points.index((centre.x, centre.y))
            if vertex not in contour.place or not convex(contour, vertex):
                continue
            k = contour.place[vertex]
            noise = math.degrees(1.41 * scene.step * (1 / contour.span(k) + 1 / contour.span(k - 1)))
            inside = 180.0 - contour.turn_deg(k)
            if inside < limit - noise:
                box = kdb.Box(centre, centre).enlarged(5, 5)
                pieces.append(Found(round(inside, 2), (outline(box),)))
    return join(pieces)


def convex(contour: Contour, vertex: int) -> bool:
    """Whether the inside at a kept vertex is less than 180 degrees (the inside is on the right)."""
    k, n = contour.place[vertex], len(contour.kept)
    (x0, y0), (x1, y1), (x2, y2) = (contour.points[contour.kept[(k + d) % n]] for d in (-1, 0, 1))
    return (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) < 0


def grid(scene: Scene, rule: Rule) -> list[Found]:
    """Vertices off the mask grid, on every mask layer. Where the file's unit is a multiple of it none can be."""
    assert rule.limit is not None
    ratio = rule.limit.value / scene.dbu
    if abs(1 / ratio - round(1 / ratio)) < 1e-6:
        return []
    found: list[Found] = []
    for name, layer in scene.process.layers.items():
        if layer.purpose != "mask" or not scene.has(name):
            continue
        region = scene.region(name)
        pieces: list[Found] = []
        for polygon in region.each():
            for edge in polygon.each_edge():
                off = max(abs(v / ratio - round(v / ratio)) for v in (edge.x1, edge.y1)) * rule.limit.value
                if off > 1e-6 * rule.limit.value:
                    box = kdb.Box(edge.x1 - 1, edge.y1 - 1, edge.x1 + 1, edge.y1 + 1)
                    pieces.append(Found(round(off, 6), (outline(box),), f"off grid on {name}"))
        found += join(pieces)
    return found


def polygon(scene: Scene, rule: Rule) -> list[Found]:
    """Drawn polygons of mask layers, before any merging, that cross themselves or have no area."""
    found: list[Found] = []
    for name, layer in scene.process.layers.items():
        index = scene.index(name)
        if layer.purpose != "mask" or index is None or scene.top.bbox(index).empty():
            continue
        bad = kdb.Layout()
        bad.dbu = scene.dbu
        for cell_index in [*scene.top.called_cells(), scene.top.cell_index()]:
            cell = scene.layout.cell(cell_index)
            if cell.shapes(index).is_empty():
                continue
            iterator = kdb.RecursiveShapeIterator(scene.layout, cell, index)
            iterator.max_depth = 0
            iterator.shape_flags = kdb.Shapes.SBoxes | kdb.Shapes.SPaths | kdb.Shapes.SPolygons
            drawn = kdb.Region(iterator)
            drawn.merged_semantics = False
            faults = [(piece, "has no area") for piece in drawn.with_area(0, 1, False).each()]
            crossed = drawn.strange_polygon_check().merged()
            faults += [(piece, "crosses itself") for piece in crossed.each() if not sliver(piece, scene.step)]
            if not faults:
                continue
            for trans in places(scene.layout, scene.top, cell):
                for piece, why in faults:
                    box = piece.bbox().enlarged(1, 1) if piece.area() == 0 else piece
                    shape = kdb.Polygon(box) if isinstance(box, kdb.Box) else box
                    found.append(
                        Found(
                            round(piece.area() * scene.dbu**2, 6), (outline(shape.transformed(trans)),), f"{name} {why}"
                        )
                    )
    # a bow tie has two signed lobes that cancel: KLayout reports one of them as crossed, and the whole as empty
    crossed = [fault for fault in found if fault.note.endswith("itself")]
    return [
        fault
        for fault in found
        if not fault.note.endswith("area") or not any(_inside(other, fault) for other in crossed)
    ]


def _inside(small: Found, large: Found) -> bool:
    (a,), (b,) = small.outlines, large.outlines
    return all(
        min(p[k] for p in a) >= min(p[k] for p in b) and max(p[k] for p in a) <= max(p[k] for p in b) for k in (0, 1)
    )
