"""Placements as rows of numbers a, b, c, d, x, y, mirror, so that many shapes are moved at once.

A point (x0, y0) of a cell lies at (a x0 + b y0 + x, c x0 + d y0 + y) in the top cell; mirror is -1 or 1.
"""

import math
from functools import lru_cache

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def row_of(trans: kdb.ICplxTrans) -> tuple[float, ...]:
    """The row of a placement, exact at right angles."""
    at = trans.disp
    a, b, c, d, mirror = _turn(trans.angle, trans.mag, trans.is_mirror())
    return a, b, c, d, at.x, at.y, mirror


@lru_cache(maxsize=1024)
def _turn(angle_deg: float, mag: float, is_mirror: bool) -> tuple[float, float, float, float, float]:
    cos, sin = mag * _cos(angle_deg), mag * _cos(angle_deg - 90.0)
    mirror = -1.0 if is_mirror else 1.0
    return cos, -sin * mirror, sin, cos * mirror, mirror


def _cos(angle_deg: float) -> float:
    turned = angle_deg % 360.0
    return {0.0: 1.0, 90.0: 0.0, 180.0: -1.0, 270.0: 0.0}.get(turned, math.cos(math.radians(turned)))


def turned_boxes(boxes: Floats, rows: Floats) -> Floats:
    """Boxes under the placement beside them; at odd angles those of the turned boxes."""
    half, middle = (boxes[:, 2:] - boxes[:, :2]) / 2, (boxes[:, 2:] + boxes[:, :2]) / 2
    a, b, c, d, x, y, _ = rows.T
    wide = np.abs(a) * half[:, 0] + np.abs(b) * half[:, 1]
    tall = np.abs(c) * half[:, 0] + np.abs(d) * half[:, 1]
    left, low = a * middle[:, 0] + b * middle[:, 1] + x - wide, c * middle[:, 0] + d * middle[:, 1] + y - tall
    return np.stack([left, low, left + 2 * wide, low + 2 * tall], axis=1)
