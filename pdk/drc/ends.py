"""Where guides end: `open_end` (in nothing) and `abutment` (a hair before the next guide)."""

import math
from collections.abc import Sequence

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.contours import Contours, Flags, Floats, Whole
from lingnan.pdk.drc.curves import segment_distance
from lingnan.pdk.drc.facing import rows_of
from lingnan.pdk.drc.found import Found, Piece, join, outline, polygon, quad
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule, layers_of

ROOM = 5  #: database units around an end face in its marker
FAR = 64  #: vertices along a side that are looked at
SQUARE_DEG = 20.0  #: an end face meets its sides at 90 degrees within this
SLENDER = 10.0  #: a shape shorter than this many end faces is an island (a tooth, a fill square), not a guide
ALIGNED = 0.5  #: faces that overlap by less than this share of the shorter one are not meant to meet


def faces(contours: Contours, edges: Whole) -> Flags:
    """Whether edges close guides: two convex, square corners with both sides running away from each."""
    found = np.ones(len(edges), dtype=bool)
    for vertices in (edges, contours.after[edges]):
        k = contours.place[vertices]
        found &= (k >= 0) & contours.convex[k] & (np.abs(contours.turns[k] - 90.0) <= SQUARE_DEG)
    return found


def open_end(scene: Scene, rule: Rule) -> list[Found]:
    """End faces no wider than `max_width` of guides that touch nothing there.

    `teeth` faces or more that lie parallel in a row, each no farther than `tooth_pitch` from the next, are those of a
    grating or a comb, and pass. In a file without a floorplan the faces on the outline of the top cell are ports of
    what is checked, and pass too.
    """
    widest = float(rule.options.get("max_width", math.inf)) / scene.dbu
    contours = scene.contours(rule.layer)
    edges = np.flatnonzero(contours.lengths <= widest)
    edges = edges[faces(contours, edges)]
    width = contours.lengths[edges]
    around = np.bincount(contours.outline, contours.lengths, len(contours.size))[contours.outline[edges]]
    slender = around / 2 - width >= SLENDER * width
    edges, width = edges[slender], width[slender]
    guides = sides(contours, edges) > width
    ends, width = contours.edge(edges[guides]), width[guides]
    if teeth := int(rule.options.get("teeth", 0)):
        lone = in_row(ends, float(rule.options.get("tooth_pitch", 0.0)) / scene.dbu) < teeth
        ends, width = ends[lone], width[lone]
    found: list[Found] = []
    for (x1, y1, x2, y2), across in zip(ends.tolist(), width.tolist(), strict=True):
        box = kdb.Box(round(x1), round(y1), round(x2), round(y2)).enlarged(ROOM, ROOM)
        found.append(Found(round(across * scene.dbu, 4), (outline(box),)))
    return found if scene.chip else inside(found, frame_of(scene, rule))


def in_row(ends: Floats, pitch: float) -> Whole:
    """How many faces x1, y1, x2, y2 are in the row of each: parallel ones, middle to middle no farther than a pitch."""
    if len(ends) < 2:
        return np.ones(len(ends), dtype=np.intp)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    middle, way = ends[:, :2] + ends[:, 2:], ends[:, 2:] - ends[:, :2]  # twice the middle: whole numbers
    a, b = KDTree(middle).query_pairs(2 * pitch + 1, output_type="ndarray").T
    near = ((middle[a] - middle[b]) ** 2).sum(axis=1) <= (2 * pitch) ** 2
    across = np.abs(way[a, 0] * way[b, 1] - way[a, 1] * way[b, 0])
    lengths = np.hypot(*way.T)
    near &= across <= math.sin(math.radians(SQUARE_DEG)) * lengths[a] * lengths[b]
    links = coo_array((np.ones(near.sum()), (a[near], b[near])), shape=(len(ends), len(ends)))
    row = connected_components(links, directed=False)[1]
    return np.bincount(row)[row]


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


def sides(contours: Contours, edges: Whole) -> Floats:
    """Length of the shorter smooth side beside end faces, as far as the first corner (at most `FAR` vertices)."""
    shorter = np.full(len(edges), np.inf)
    for start, forward in ((edges, False), (contours.after[edges], True)):
        k = contours.place[start]
        way, going = np.zeros(len(k)), np.ones(len(k), dtype=bool)
        for number in range(FAR):
            going &= number < contours.crowd[k]
            if not going.any():
                break
            onward = contours.kept_after[k] if forward else contours.kept_before[k]
            way += np.where(going, contours.spans[k if forward else onward], 0.0)
            k = np.where(going, onward, k)
            going &= contours.turns[k] <= 45.0
        shorter = np.minimum(shorter, way)
    return shorter


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
    pairs = close_shapes.space_check(limit + 1, True, kdb.Region.Projection, 80.0, None, None, True)
    contours, rows = scene.contours(rule.layer), rows_of(pairs)
    one, two = contours.find(rows[:, :4]), contours.find(rows[:, 4:])
    meant = (one >= 0) & (two >= 0)
    meant &= faces(contours, one) & faces(contours, two)
    meant &= beside(rows[:, :4], rows[:, 4:]) >= ALIGNED * np.minimum(contours.lengths[one], contours.lengths[two])
    gaps = segment_distance(rows[:, :4], rows[:, 4:])
    return join(
        [
            Piece(round(gap * scene.dbu, 5), quad(pair))
            for pair, gap, some in zip(pairs.each(), gaps.tolist(), meant.tolist(), strict=True)
            if some
        ]
    )


def beside(a: Floats, b: Floats) -> Floats:
    """Length over which edges x1, y1, x2, y2 lie beside each other, along the first of each row."""
    along = a[:, 2:] - a[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    ends = [((b[:, i : i + 2] - a[:, :2]) * along).sum(axis=1) / length for i in (0, 2)]
    return np.minimum(np.maximum(*ends), length) - np.maximum(np.minimum(*ends), 0.0)
