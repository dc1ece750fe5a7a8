"""What layers of a layout without hierarchy cover, tile by tile: a million shapes are never merged at once.

A tile is some of the bins. All shapes that reach into it are merged, and what they cover inside is added; what they
cover outside is the business of other tiles. So the areas are those of the whole, memory is that of one tile, and a
tile that is as it was need not be merged again.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.apart import STILL, Apart
from lingnan.pdk.drc.areas import Bins, Floats, outlines_of
from lingnan.pdk.drc.counts import Counts
from lingnan.pdk.drc.keep import Keep
from lingnan.pdk.drc.stream import DRAWN, digest_of

MANY = 2_000  #: shapes of a tile, and from which a layout is looked at in tiles
REPEATS = 4  #: how often shapes are there on the mean where the hierarchy is used instead


def is_flat(layout: kdb.Layout, top: kdb.Cell, layers: Sequence[int]) -> bool:
    """Whether many shapes are drawn under a cell, and few of them more than once."""
    total = Counts(layout, top).total(top.cell_index(), layers)
    under = (*top.called_cells(), top.cell_index())
    return total > MANY and total < REPEATS * _stored(layout, under, layers)


def _stored(layout: kdb.Layout, cells: Iterable[int], layers: Sequence[int]) -> int:
    return sum(layout.cell(index).shapes(layer).size() for index in cells for layer in layers)


def add_tiles(
    bins: Bins, layout: kdb.Layout, top: kdb.Cell, layers: Sequence[int], keep: Keep | None = None
) -> None:  # fmt: skip
    """Add what the union of some layers covers under a cell to bins."""
    count = Counts(layout, top).total(top.cell_index(), layers)
    side = math.ceil(math.sqrt(count / MANY))
    columns, rows = (np.unique(np.linspace(0, len(lines) - 1, side + 1).round()) for lines in (bins.x, bins.y))
    areas = np.zeros((len(bins.y) - 1, len(bins.x) - 1))
    for bottom, top_row in zip(rows[:-1].astype(int), rows[1:].astype(int), strict=True):
        for left, right in zip(columns[:-1].astype(int), columns[1:].astype(int), strict=True):
            x, y = bins.x[left : right + 1], bins.y[bottom : top_row + 1]
            areas[bottom:top_row, left:right] = _tile(layout, top, layers, x, y, keep)
    bins.add_areas(areas)


def _tile(layout: kdb.Layout, top: kdb.Cell, layers: Sequence[int], x: Floats, y: Floats, keep: Keep | None) -> Floats:
    """Areas in the bins between some lines."""
    frame = kdb.Box(int(x[0]), int(y[0]), int(x[-1]), int(y[-1]))
    drawn = kdb.Region()
    for layer in layers:
        reaching = kdb.RecursiveShapeIterator(layout, top, layer, frame, True)
        reaching.shape_flags = DRAWN
        drawn += kdb.Region(reaching)
    name = ""
    if keep:
        lines = hashlib.blake2b(x.tobytes() + y.tobytes(), digest_size=16).hexdigest()
        name = f"tile {digest_of(drawn, layout.dbu)} {lines}"
        if (known := keep.load(name)) is not None:
            return known[0]
    bins = Bins(x.astype(int).tolist(), y.astype(int).tolist())
    merged = outlines_of([drawn.merged()])
    still = np.repeat(STILL, len(merged.owner), axis=0)
    Apart(merged, np.arange(len(merged.owner)), still, merged.boxes).add_to(bins)
    if keep:
        keep.store(name, [bins.areas()])
    return bins.areas()
