"""Fields of vias along a guide: thousands of them, drawn as an array of columns. Lengths in µm."""

import math

import gdsfactory as gf
import klayout.db as kdb

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw


@cell("vias")
def via_column(via: str = "VIAC", rows: int = 1) -> gf.Component:
    """Square vias above each other at their rule's width and space, the lowest one's corner at the origin."""
    size, step = _size_and_step(via)
    c = gf.Component()
    for row in range(rows):
        draw.box(c, 0, row * step, size, row * step + size, via)
    return c


def add_via_field(c: gf.Component, left: float, low: float, right: float, high: float, via: str) -> int:
    """As many vias as fit into a rectangle [µm], centred in it.

    Returns:
        how many there are.
    """
    size, step = _size_and_step(via)
    columns, rows = _fitting(right - left, via), _fitting(high - low, via)
    if min(columns, rows) < 1:
        return 0
    x = draw.snapped((left + right - (columns - 1) * step - size) / 2)
    y = draw.snapped((low + high - (rows - 1) * step - size) / 2)
    c.create_inst(via_column(via, rows), kdb.DTrans(x, y), a=kdb.DVector(step, 0), b=kdb.DVector(), na=columns, nb=1)
    return columns * rows


def count(long: float, wide: float, via: str) -> int:
    """How many vias fit into a rectangle [µm]."""
    return max(_fitting(long, via), 0) * max(_fitting(wide, via), 0)


def _fitting(extent: float, via: str) -> int:
    size, step = _size_and_step(via)
    return math.floor((extent - size) / step + 1 + 1e-6)


def _size_and_step(via: str) -> tuple[float, float]:
    size, space = (limits.active_limit(limits.layer_rule(via, kind)) for kind in ("width", "space"))
    return size, draw.snapped(size + space)
