"""Rules on one shape at a time: area, width_max, exclusion, angle, grid, polygon."""

import math
from collections.abc import Sequence

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.contours import Contours
from lingnan.pdk.drc.facing import sliver
from lingnan.pdk.drc.found import Found, Piece, grouped, join, outline
from lingnan.pdk.drc.keep import in_groups
from lingnan.pdk.drc.place import places
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.stream import DRAWN
from lingnan.pdk.process import Rule


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
        found += off_directions(scene.contours(rule.layer), float(allowed))
    if limit := float(rule.options.get("interior_min_deg", 0.0)):
        found += acute(scene.contours(rule.layer), limit)
    return found


def off_directions(contours: Contours, step_deg: float) -> list[Found]:
    """Edges that are turned by more than rounding from all multiples of an angle."""
    along = contours.points[contours.after] - contours.points
    direction = np.degrees(np.arctan2(along[:, 1], along[:, 0]))
    off = np.abs(direction - step_deg * np.round(direction / step_deg))
    odd = np.flatnonzero(contours.lengths * np.sin(np.radians(off)) > math.sqrt(2) * contours.step)
    if not len(odd):
        return []
    boxes = kdb.Region()
    for edge in contours.edge(odd).astype(int).tolist():
        boxes.insert(kdb.Box(*edge).enlarged(1, 1))
    # what follows along an outline is one fault
    begin = np.flatnonzero(np.concatenate([[True], contours.after[odd[:-1]] != odd[1:]]))
    values = np.minimum.reduceat(off[odd], begin)
    found: list[Found] = []
    for group, members in grouped(boxes.merged(), contours.points[odd[begin]]):
        found.append(Found(round(float(values[members].min()), 3), (outline(group),), "off"))
    return found


def acute(contours: Contours, limit: float) -> list[Found]:
    """Corners of the drawn shape sharper than a limit in degrees; jogs of a rounding are stepped over."""
    k = np.flatnonzero(contours.convex & (contours.turns > 180.0 - limit))
    vertices = contours.kept[k]
    last, here, after = (contours.points[v] for v in (contours.before[vertices], vertices, contours.after[vertices]))
    (ax, ay), (bx, by) = (here - last).T, (after - here).T
    drawn = np.degrees(np.arctan2(np.abs(ax * by - ay * bx), ax * bx + ay * by))  # with its jogs
    noise = np.degrees(1.41 * contours.step * (1 / contours.spans[k] + 1 / contours.spans[contours.kept_before[k]]))
    inside = 180.0 - contours.turns[k]
    sharp = (inside < limit - noise) & (drawn >= 179.0 - limit)
    pieces: list[Piece] = []
    for value, (x, y) in zip(inside[sharp].tolist(), here[sharp].astype(int).tolist(), strict=True):
        pieces.append(Piece(round(value, 2), kdb.Polygon(kdb.Box(x - 5, y - 5, x + 5, y + 5))))
    return join(pieces)


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
        pieces: list[Piece] = []
        for polygon in region.each():
            for edge in polygon.each_edge():
                off = max(abs(v / ratio - round(v / ratio)) for v in (edge.x1, edge.y1)) * rule.limit.value
                if off > 1e-6 * rule.limit.value:
                    box = kdb.Box(edge.x1 - 1, edge.y1 - 1, edge.x1 + 1, edge.y1 + 1)
                    pieces.append(Piece(round(off, 6), kdb.Polygon(box), f"off grid on {name}"))
        found += join(pieces)
    return found


def polygon(scene: Scene, rule: Rule) -> list[Found]:
    """Drawn polygons of mask layers, before any merging, that cross themselves or have no area."""
    found: list[Found] = []
    for name, layer in scene.process.layers.items():
        index = scene.index(name)
        if layer.purpose != "mask" or index is None or scene.top.bbox(index).empty():
            continue
        under = [*scene.top.called_cells(), scene.top.cell_index()]
        for told, group in in_groups(under, [index], scene.keep):
            sound = f"sound polygons {scene.step} {told}"
            if scene.keep and scene.keep.load(sound) is not None:
                continue
            cells = [scene.layout.cell(number) for number in group]
            if broken([cell.shapes(index) for cell in cells], scene.step):
                for cell in cells:
                    found += _broken_in(scene, cell, index, name)
            elif scene.keep:
                scene.keep.store(sound, [])
    # a bow tie has two signed lobes that cancel: KLayout reports one of them as crossed, and the whole as empty
    crossed = [fault for fault in found if fault.note.endswith("itself")]
    return [
        fault
        for fault in found
        if not fault.note.endswith("area") or not any(_inside(other, fault) for other in crossed)
    ]


def _broken_in(scene: Scene, cell: kdb.Cell, index: int, name: str) -> list[Found]:
    """Faults of a cell's own polygons, at each of its places."""
    faults = broken([cell.shapes(index)], scene.step)
    found: list[Found] = []
    for trans in places(scene.layout, scene.top, cell) if faults else ():
        for piece, why in faults:
            box = piece.bbox().enlarged(1, 1) if piece.area() == 0 else piece
            shape = kdb.Polygon(box) if isinstance(box, kdb.Box) else box
            value = round(piece.area() * scene.dbu**2, 6)
            found.append(Found(value, (outline(shape.transformed(trans)),), f"{name} {why}"))
    return found


def broken(stores: Sequence[kdb.Shapes], step: float) -> list[tuple[kdb.Polygon, str]]:
    """Polygons that have no area, and parts of such that cross themselves, each shape looked at by itself."""
    pile = kdb.Layout()
    cell, layer = pile.create_cell("PILE"), pile.layer(1, 0)
    for store in stores:
        cell.shapes(layer).insert(store, DRAWN)
    drawn = kdb.Region(kdb.RecursiveShapeIterator(pile, cell, layer))  # what has no area would not go in by itself
    drawn.merged_semantics = False
    faults: list[tuple[kdb.Polygon, str]] = [(piece, "has no area") for piece in drawn.with_area(0, 1, False).each()]
    crossed = drawn.strange_polygon_check().merged()
    return faults + [(piece, "crosses itself") for piece in crossed.each() if not sliver(piece, step)]


def _inside(small: Found, large: Found) -> bool:
    (a,), (b,) = small.outlines, large.outlines
    return all(
        min(p[k] for p in a) >= min(p[k] for p in b) and max(p[k] for p in a) <= max(p[k] for p in b) for k in (0, 1)
    )
