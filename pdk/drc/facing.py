"""Rules that measure between two edges: width, space, isolation, notch, separation, enclosure, extension, overlap.

Every one is a KLayout check with the rule's limit d, Euclidean, edges at 80 degrees or more to each other left out (the
limit of 90 would take the ends of chords), shielded. Each pair that it gives is judged by `gap.judge`. The same check
with d + 10 g bridges what rounding tore apart: markers of pairs that touch a fault join it, and what then touches is
one violation, with the smallest gap.
"""

import math

import klayout.db as kdb

from lingnan.pdk.drc.contour import segment_distance
from lingnan.pdk.drc.found import Found, join, outline, quad, region
from lingnan.pdk.drc.gap import Segment, judge, near_part
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule

IGNORE_DEG = 80.0


BRIDGE = 10  #: grid steps above the limit within which a gap may bridge two faults: rounding and chords tear no wider


def pairs_of(kind: str, layer: kdb.Region, other: kdb.Region, limit: int, *, whole: bool) -> kdb.EdgePairs:
    """Candidates of KLayout's own check; `extension` looks from the other layer."""
    options = (whole, kdb.Region.Euclidian, IGNORE_DEG, None, None, True)
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
    pieces: list[Found] = []
    doubtful: list[Found] = []
    if not pairs.is_empty():
        # distances are whole numbers here, rounded: nothing from limit - step / 2 on is a fault unless it is exact
        bound = math.ceil(limit - scene.step / 2 - 0.5) + 1
        near = pairs.with_distance(0, bound, False)
        exact = pairs.with_distance(0, bound, True).with_angle_both(kdb.Edges.OrthoEdges, False)
        for candidates in (near, exact):
            for pair, trans, places in scene.spread(candidates):
                judged = fault_of(scene, pair.transformed(trans), first, second, limit, rule.kind)
                if judged is not None:
                    value, sure, marker = judged
                    local = marker.transformed(trans.inverted())
                    found = [Found(round(value * scene.dbu, 5), (outline(local.transformed(t)),)) for t in places]
                    (pieces if sure else doubtful).extend(found)
    marked = region(pieces)
    marked.merged_semantics = False  # merged, thousands of markers are one outline, and each look at it takes long
    faults = join(pieces, bridges(scene, rule, marked, limit) + region(doubtful) if pieces else None)
    if rule.kind == "enclosure":
        faults += outside(scene, rule)
    return faults


def bridges(scene: Scene, rule: Rule, marked: kdb.Region, limit: float) -> kdb.Region:
    """Markers of pairs a little above the limit that touch a fault; only shapes at faults are looked at again."""
    near = marked.sized(2)
    near.merged_semantics = False
    layer, other = (scene.placed(text).touching(near) for text in (rule.layer, rule.other or rule.layer))
    wide = pairs_of(rule.kind, layer, other, math.ceil(limit + BRIDGE * scene.step), whole=False)
    faults = kdb.Shapes()
    faults.insert(near)
    # one by one: a long gap just above the limit is not one piece of the fault
    markers = (quad(pair) for pair in wide.each())
    return kdb.Region([m for m in markers if any(m.touches(f.polygon) for f in faults.each_touching(m.bbox()))])


def fault_of(
    scene: Scene, pair: kdb.EdgePair, first: str, second: str, limit: float, kind: str
) -> tuple[float, bool, kdb.Polygon] | None:
    """The gap of a pair of whole edges, whether it is a fault by itself, and its marker, in units of the top cell."""
    one, two = scene.side(first, pair.first), scene.side(second, pair.second)
    if one is None or two is None:
        one, two = scene.side(first, pair.second), scene.side(second, pair.first)
    a, b = segment(pair.first), segment(pair.second)
    if one is None or two is None:  # an outline that was cut for storage: the edge as it is, with the tolerance
        distance = segment_distance(a, b)
        judged = (distance, True) if distance < limit - scene.step else None
    else:
        judged = judge(one, two, limit, scene.step, kind)
    if judged is None:
        return None
    parts = near_part(a, b, limit), near_part(b, a, limit)
    edges = [kdb.Edge(*(kdb.Point(round(x), round(y)) for x, y in part)) for part in parts]
    return judged[0], judged[1], quad(kdb.EdgePair(*edges))


def segment(edge: kdb.Edge) -> Segment:
    """An edge as two points."""
    return (edge.x1, edge.y1), (edge.x2, edge.y2)


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
