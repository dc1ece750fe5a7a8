"""Geometry as a GDS stream in memory, and digests of it: much faster than as text."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import islice

import klayout.db as kdb

DRAWN = kdb.Shapes.SBoxes | kdb.Shapes.SPaths | kdb.Shapes.SPolygons  #: what has an area: no texts, no lone edges

BATCH = 1000  #: stores of one stream
_NAME = re.compile(rb"\x00\x0c\x06\x06C(\d{7})")  #: the record of a cell's name
_BOUNDARY = b"\x00\x04\x08\x00\x00\x06\x0d\x02\x00\x01\x00\x06\x0e\x02\x00\x00"  #: what each polygon on 1/0 begins with
_BEGIN = 28  #: bytes of the record before it, which begins a cell
_END = 4  #: bytes of the record that ends a stream


def written(layout: kdb.Layout) -> bytes:
    """A layout as a GDS stream, the same bytes whenever it is written; outlines may have any number of points."""
    options = kdb.SaveLayoutOptions()
    options.format = "GDS2"
    options.gds2_write_timestamps = False
    options.gds2_multi_xy_records = True  # a record holds 8,191 points
    return layout.write_bytes(options)


def digests_of(stores: Iterable[kdb.Shapes], dbu: float) -> Iterator[bytes]:
    """Digests of what is drawn in each of some stores, in their order.

    Args:
        stores: read in batches.
        dbu: database unit of the shapes [µm].
    """
    rest = iter(stores)
    while batch := list(islice(rest, BATCH)):
        yield from _digests(batch, dbu)


def digest_of(region: kdb.Region, dbu: float) -> str:
    """Identifies the polygons of a region, in whatever order KLayout has them."""
    layout = kdb.Layout()
    layout.dbu = dbu
    raw = region.dup()
    raw.merged_semantics = False
    layout.create_cell("C").shapes(layout.layer(1, 0)).insert(raw)
    polygons = sorted(written(layout).split(_BOUNDARY))
    return hashlib.blake2b(_BOUNDARY.join(polygons), digest_size=16).hexdigest()


def polygon_digests(polygons: Iterable[kdb.Polygon], dbu: float) -> Iterator[bytes]:
    """Digests of polygons, each wherever it stands."""
    return digests_of(map(_at_origin, polygons), dbu)


def _at_origin(polygon: kdb.Polygon) -> kdb.Shapes:
    store, corner = kdb.Shapes(), polygon.bbox().p1
    store.insert(polygon.moved(-corner.x, -corner.y))
    return store


def _digests(stores: list[kdb.Shapes], dbu: float) -> list[bytes]:
    layout = kdb.Layout()
    layout.dbu = dbu
    layer = layout.layer(1, 0)
    for number, store in enumerate(stores):
        layout.create_cell(f"C{number:07}").shapes(layer).insert(store, DRAWN)
    data = written(layout)
    names = list(_NAME.finditer(data))
    if len(names) > len(stores) > 1:  # coordinates that read like a name
        half = len(stores) // 2
        return _digests(stores[:half], dbu) + _digests(stores[half:], dbu)
    names = names[: len(stores)]
    ends = [name.start() - _BEGIN for name in names[1:]] + [len(data) - _END]
    found = {
        int(name[1]): hashlib.blake2b(data[name.end() : end], digest_size=16).digest()
        for name, end in zip(names, ends, strict=True)
    }
    return [found[number] for number in range(len(stores))]
