"""Rules that measure between two edges: width, space, isolation, notch, separation, enclosure, extension, overlap.

Every one is a KLayout check with the rule's limit d, Euclidean, edges at 80 degrees or more to each other left out (the
limit of 90 would take the ends of chords). What lies between two edges does not shield them: it is nearer to both, so a
pair seen through it adds no fault, and not looking for it halves the time. `gap.judge` judges the pairs, as many as it
takes (`sampling`). Where faults lie near each other the same check with d + 10 g bridges what rounding tore apart:
markers of pairs that touch a fault join it. What touches is one violation, with the smallest gap.
"""

import math
from collections import defaultdict
from collections.abc import Sequence

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.contours import Flags, Floats
from lingnan.pdk.drc.curves import segment_distance
from lingnan.pdk.drc.found import Found, Piece, join, outline, polygon, quad, touching
from lingnan.pdk.drc.gap import CLEAR, judge
from lingnan.pdk.drc.marker import marker_of
from lingnan.pdk.drc.pairs import Pairs
from lingnan.pdk.drc.sampling import interlaced, judged, strip
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

IGNORE_DEG = 80.0
BRIDGE = 10  #: grid steps above the limit within which a gap may bridge two faults: rounding and chords tear no wider
TOUCHING = 2.0  #: database units of a gap whose sides may cross each other: what lies between them is no polygon
TORN = 100_000  #: database units from one fault to the next within which it is looked for such gaps


def pairs_of(kind: str, layer: kdb.Region, other: kdb.Region, limit: int, *, whole: bool) -> kdb.EdgePairs:
    """Candidates of KLayout's own check; `extension` looks from the other layer."""
    options = (whole, kdb.Region.Euclidian, IGNORE_DEG, None, None, False)
    match kind:
        case "width":
            return layer.width_check(limit, *options)
        case "space":
            return layer.space_check(limit, *options)
        case "isolation":
            return layer.isolated_check(limit, *options)
        case "notch":
            return layer.notch_check(limit, *options)
        case "separation":
            return layer.separation_check(other, limit, *options)
        case "enclosure":
            return layer.enclosed_check(other, limit, *options)
        case "extension":
            return other.enclosed_check(layer, limit, *options)
        case _:
            return layer.overlap_check(other, limit, *options)


def facing(scene: Scene, rule: Rule) -> list[Found]:
    """Faults of a rule that measures between edges."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu
    first, second = rule.layer, rule.other or rule.layer
    pairs = pairs_of(rule.kind, scene.region(first), scene.region(second), math.ceil(limit - 1e-6), whole=True)
    if rule.options.get("flush"):  # a guide and its slab end together at a port
        pairs = pairs.with_distance(0, True)
    if rule.kind == "extension":
        first, second = second, first
    pieces: list[Piece] = []
    doubtful: list[kdb.Polygon] = []

    def put(marker: kdb.Polygon, value: float, sure: bool) -> None:
        if sure:
            pieces.append(Piece(round(value * scene.dbu, 5), marker))
        else:
            doubtful.append(marker)

    if not pairs.is_empty():
        # distances are whole numbers here, rounded: nothing from limit - step / 2 on is a fault unless it is exact
        bound = math.ceil(limit - scene.step / 2 - 0.5) + 1
        near = pairs.with_distance(0, bound, False)
        exact = pairs.with_distance(0, bound, True).with_angle_both(kdb.Edges.OrthoEdges, False)
        edges = np.vstack([rows_of(near), rows_of(exact)])
        known, lost = sides_of(scene, edges, first, second)
        for a, b in zip(edges[lost, :4].tolist(), edges[lost, 4:].tolist(), strict=True):
            # an outline that was cut for storage: the edge as it is, with the tolerance
            distance = float(segment_distance(np.array([a]), np.array([b]))[0])
            if distance < limit - scene.step:
                put(marker_of(ends(a), ends(b), limit), distance, True)

        def verdict(some: Pairs) -> tuple[Floats, Flags]:
            return judge(some, limit, scene.step, rule.kind)

        for members, value, sure in judged(known, verdict, limit, ordered=bool(rule.other)):
            if len(members.one) > 1 and value > TOUCHING and not interlaced(members):
                put(polygon(strip(members, limit)), value, sure)
                continue
            for a, b in zip(*(side.tolist() for side in members.edges), strict=True):
                put(marker_of(ends(a), ends(b), limit), value, sure)
    faults = joined(scene, rule, join(pieces, doubtful), limit)
    if rule.kind == "enclosure":
        faults += outside(scene, rule)
    return faults


def rows_of(pairs: kdb.EdgePairs) -> Floats:
    """Edge pairs as rows of eight coordinates."""
    found = [
        (a.x1, a.y1, a.x2, a.y2, b.x1, b.y1, b.x2, b.y2)
        for a, b in ((pair.first, pair.second) for pair in pairs.each())
    ]
    return np.array(found, dtype=float).reshape(-1, 8)


def sides_of(scene: Scene, edges: Floats, first: str, second: str) -> tuple[Pairs, Flags]:
    """The outlines that both edges of pairs are part of, and which pairs have one that was cut for storage."""
    one, two = scene.contours(first), scene.contours(second)
    a, b = one.find(edges[:, :4]), two.find(edges[:, 4:])
    other = np.flatnonzero((a < 0) | (b < 0))
    a[other], b[other] = one.find(edges[other, 4:]), two.find(edges[other, :4])
    lost = (a < 0) | (b < 0)
    return Pairs(one, two, a[~lost], b[~lost]), lost


def ends(edge: Sequence[float]) -> tuple[tuple[float, float], tuple[float, float]]:
    """An edge x1, y1, x2, y2 as two points."""
    return (edge[0], edge[1]), (edge[2], edge[3])


def joined(scene: Scene, rule: Rule, faults: list[Found], limit: float) -> list[Found]:
    """Faults along the same shapes are one where the gap between them is a fault too, torn apart by rounding."""
    if len(faults) < 2:
        return faults
    placed = [scene.placed(text) for text in (rule.layer, rule.other or rule.layer)]
    shapes = [polygon(fault.outlines[0]) for fault in faults]
    boxes = [shape.bbox() for shape in shapes]
    beside: list[set[int]] = []
    along: dict[int, kdb.Shapes] = defaultdict(kdb.Shapes)  # faults along each shape
    for number, box in enumerate(boxes):
        near = box.enlarged(2, 2)
        beside.append({shape.hash() for layer in placed for shape in layer.touching(near).each()})
        for shape in beside[-1]:
            along[shape].insert(box.enlarged(TORN, TORN), number)

    def torn(number: int) -> bool:
        others = (found for shape in beside[number] for found in along[shape].each_touching(boxes[number]))
        return any(other.prop_id != number for other in others)

    near, alone = list[Piece](), list[Found]()
    for number, fault in enumerate(faults):
        if torn(number):
            near.append(Piece(fault.value, shapes[number], fault.note))
        else:
            alone.append(fault)
    return alone + join(near, (), bridges(scene, rule, near, limit)) if near else faults


def bridges(scene: Scene, rule: Rule, faults: list[Piece], limit: float) -> kdb.Region:
    """Markers of pairs a little above the limit that touch a fault; only shapes at faults are looked at again."""
    near = kdb.Region([fault.shape for fault in faults]).sized(2)
    layer, other = (scene.placed(text).touching(near) for text in (rule.layer, rule.other or rule.layer))
    wide = pairs_of(rule.kind, layer, other, math.ceil(limit + BRIDGE * scene.step), whole=False)
    wide = wide.with_distance(max(0, math.floor(limit - CLEAR * scene.step)), None, False)  # what is nearer is a fault
    # one by one: a long gap just above the limit is not one piece of the fault
    return kdb.Region(touching([quad(pair) for pair in wide.each()], near))


def outside(scene: Scene, rule: Rule) -> list[Found]:
    """What sticks out of the shape that should enclose it; slivers as thin as the tolerance are roundings."""
    found: list[Found] = []
    for piece in (scene.region(rule.layer) - scene.region(rule.other)).merged().each():
        if not sliver(piece, scene.step):
            found.append(Found(0.0, (outline(piece),), "sticks out"))
    return found


def sliver(piece: kdb.Polygon, step: float) -> bool:
    """Whether a polygon is on the mean no thicker than the tolerance."""
    perimeter = piece.perimeter()
    return perimeter == 0 or 2 * piece.area() / perimeter <= step
