"""A layout in parts that a rule never sees two of at once.

Objects whose boxes are farther from each other than a rule reaches do not interact. What does is one part. Parts with
the same content are one, wherever they stand: a device that is placed a thousand times alone is judged once, and the
next run knows it again by its content. The same holds for a flat file, where no hierarchy says so.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import klayout.db as kdb
import numpy as np
import shapely
from numpy.typing import NDArray

from lingnan.pdk.drc.objects import Boxes, Objects
from lingnan.pdk.drc.rows import turned_boxes

MARGIN = 4  #: database units: boxes are whole numbers, and a polygon cut to pieces is rounded


@dataclass(frozen=True)
class View:
    """What of a layout a rule looks at: layer indexes, and how far.

    A part without a shape of `first` can break no rule; nor can one without a shape of `second`, unless that is empty.
    """

    layers: frozenset[int]
    first: frozenset[int]
    second: frozenset[int]
    reach: int  #: database units


Single = list[tuple[int, kdb.Shape, kdb.ICplxTrans]]  #: shapes with their layers and places


@dataclass
class Part:
    """One content, and where it stands."""

    cells: list[tuple[int, kdb.ICplxTrans]]  #: in the part's own coordinates
    shapes: Single  #: with their layers
    size: int  #: shapes
    box: kdb.Box
    places: list[kdb.ICplxTrans] = field(default_factory=list[kdb.ICplxTrans])


def parts_of(objects: Objects, view: View, name: Callable[[int, frozenset[int]], str]) -> dict[str, Part]:
    """Parts by content.

    Args:
        objects: of the layout.
        view: of the rule.
        name: identifies the content of a cell on some layers.
    """
    boxes, owners, single = _boxes(objects, view)
    count = len(objects.cells) + len(single)
    labels = connected(boxes, owners, count, view.reach + MARGIN)
    seen = _carries(objects, view.first, single)
    alive = np.bincount(labels, seen, count) > 0
    if view.second:
        alive &= np.bincount(labels, _carries(objects, view.second, single), count) > 0
    present = np.zeros(count, dtype=bool)
    present[owners] = True
    members = np.flatnonzero(present & alive[labels])
    crowd = np.bincount(labels[members], minlength=count)
    found: dict[str, Part] = {}
    alone = crowd[labels[members]] == 1
    plain = np.concatenate([objects.plain, np.zeros(len(single), dtype=bool)])
    for index, places in _by_cell(objects, members[alone & plain[members]]):
        key = name(index, view.layers)
        if key not in found:
            found[key] = _of_cell(objects, index, view)
        found[key].places += places
    groups: dict[int, list[int]] = defaultdict(list)
    rest = members[~(alone & plain[members])]
    for number, label in zip(rest.tolist(), labels[rest].tolist(), strict=True):
        groups[label].append(number)
    starts = _starts(objects, view)
    for group in groups.values():
        _add(found, objects, view, group, single, starts, name)
    return found


def _by_cell(objects: Objects, numbers: NDArray[np.intp]) -> Iterator[tuple[int, list[kdb.ICplxTrans]]]:
    """Cells of some objects, each with their places."""
    kinds = objects.which[numbers]
    order = np.argsort(kinds, kind="stable")
    begin = np.flatnonzero(np.diff(kinds[order], prepend=-1))
    for some in np.split(numbers[order], begin[1:]):
        if len(some):
            yield objects.cells[some[0]], [objects.places[number] for number in some.tolist()]


def connected(boxes: Boxes, owners: NDArray[np.int64], count: int, reach: float) -> NDArray[np.int64]:
    """A number for each owner, the same for all whose boxes come within reach of each other, also by way of others."""
    if not len(boxes):
        return np.arange(count)
    half = reach / 2
    outlines = shapely.box(boxes[:, 0] - half, boxes[:, 1] - half, boxes[:, 2] + half, boxes[:, 3] + half)
    a, b = shapely.STRtree(outlines).query(outlines)
    one, two = owners[a], owners[b]
    differ = one < two
    if not differ.any():
        return np.arange(count)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    one, two = one[differ], two[differ]
    links = coo_array((np.ones(len(one), dtype=np.int8), (one, two)), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int64)


def _boxes(objects: Objects, view: View) -> tuple[Boxes, NDArray[np.int64], Single]:
    """Boxes of all objects on the layers of a view, whose box each is, and the single shapes, numbered after cells."""
    kinds, which = objects.kinds, objects.which
    prints = [objects.footprint(int(cell), view.layers) for cell in kinds]
    sizes = np.array([len(boxes) for boxes in prints], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    times = sizes[which] if len(which) else np.zeros(0, dtype=np.int64)
    owners = np.repeat(np.arange(len(which)), times)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(times) - times, times)
    stored = np.concatenate(prints) if prints else np.zeros((0, 4))
    boxes = [turned_boxes(stored[starts[which[owners]] + within], objects.rows[owners])] if len(owners) else []
    whose, single = [owners], Single()
    for layer in sorted(view.layers):
        shapes, cover, numbers = objects.shapes(layer)
        boxes.append(cover)
        whose.append(numbers + len(which) + len(single))
        single += [(layer, shape, trans) for shape, trans in shapes]
    return np.concatenate(boxes), np.concatenate(whose), single


def _carries(objects: Objects, layers: frozenset[int], single: Single) -> NDArray[np.float64]:
    """1 for each object that has a shape on one of some layers, else 0."""
    has = np.zeros(len(objects.cells), dtype=bool)
    for layer in layers:
        has |= objects.carrying(layer)
    return np.concatenate([has, [float(layer in layers) for layer, _, _ in single]])


def _starts(objects: Objects, view: View) -> dict[int, int]:
    """Number of the first single shape of each layer."""
    starts: dict[int, int] = {}
    count = 0
    for layer in sorted(view.layers):
        starts[layer] = count
        count += len(objects.shapes(layer)[0])
    return starts


def _of_cell(objects: Objects, index: int, view: View) -> Part:
    box = kdb.Box()
    for layer in view.layers:
        box += objects.layout.cell(index).bbox(layer)
    return Part([(index, kdb.ICplxTrans())], [], objects.counts.total(index, view.layers), box)


def _add(
    found: dict[str, Part],
    objects: Objects,
    view: View,
    numbers: list[int],
    single: Single,
    starts: dict[int, int],
    name: Callable[[int, frozenset[int]], str],
) -> None:
    """A group of objects: a new part, or one more place of a known one."""
    first = len(objects.cells)
    cells = [(objects.cells[n], objects.places[n]) for n in numbers if n < first]
    shapes = [single[n - first] for n in numbers if n >= first]
    box = kdb.Box()
    for index, trans in cells:
        for layer in view.layers:
            box += objects.layout.cell(index).bbox(layer).transformed(trans)
    for _, shape, trans in shapes:
        box += shape.bbox().transformed(trans)
    corner = box.p1
    home = kdb.ICplxTrans(-corner.x, -corner.y)
    cells = [(index, home * trans) for index, trans in cells]
    shapes = [(layer, shape, home * trans) for layer, shape, trans in shapes]
    told = [f"{name(index, view.layers)} {trans}" for index, trans in cells]
    for n, (layer, shape, trans) in zip((n - first for n in numbers if n >= first), shapes, strict=True):
        stands = shape.bbox().transformed(trans).p1 if trans.is_ortho() else shape.polygon.transformed(trans).bbox().p1
        told.append(f"{objects.layers[layer]} {objects.digest(layer, n - starts[layer]).hex()} {stands}")
    key = hashlib.blake2b("\n".join(sorted(told)).encode(), digest_size=16).hexdigest()
    if key not in found:
        size = len(shapes) + sum(objects.counts.total(index, view.layers) for index, _ in cells)
        found[key] = Part(cells, shapes, size, box.moved(-corner.x, -corner.y))
    found[key].places.append(kdb.ICplxTrans(corner.x, corner.y))
