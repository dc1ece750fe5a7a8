"""Looking at outlines: where a line cuts a polygon, how wide a guide is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float]
_ZERO = 1e-3  #: of a unit: what lies on the edge itself, but for floating point


@dataclass(frozen=True)
class Frame:
    """An edge that light leaves by: its middle, the direction along it, outwards, and half its length."""

    x: float
    y: float
    along: Vector
    out: Vector
    half: float

    def point(self, along: float, out: float) -> tuple[float, float]:
        """Coordinates of a point in this frame."""
        return (
            self.x + along * self.along[0] + out * self.out[0],
            self.y + along * self.along[1] + out * self.out[1],
        )

    def box(self, low: float, high: float, margin: float) -> kdb.DBox:
        """Box around what lies between two distances outwards."""
        box = kdb.DBox()
        for along in (-self.half - margin, self.half + margin):
            for out in (low, high):
                box += kdb.DPoint(*self.point(along, out))
        return box


def frame_of(a: kdb.Point, b: kdb.Point, angle: float) -> Frame:
    """The frame of an edge; `angle` [rad] says which side is out."""
    length = math.hypot(b.x - a.x, b.y - a.y)
    along = ((b.x - a.x) / length, (b.y - a.y) / length)
    out = (along[1], -along[0])
    if out[0] * math.cos(angle) + out[1] * math.sin(angle) < 0:
        along, out = (-along[0], -along[1]), (-out[0], -out[1])
    return Frame((a.x + b.x) / 2, (a.y + b.y) / 2, along, out, length / 2)


def contours(polygon: kdb.Polygon) -> Iterator[NDArray[np.float64]]:
    """Corners of the hull, then of each hole."""
    yield np.array([(p.x, p.y) for p in polygon.each_point_hull()], dtype=float)
    for hole in range(polygon.holes()):
        yield np.array([(p.x, p.y) for p in polygon.each_point_hole(hole)], dtype=float)


def cut(polygon: kdb.Polygon, frame: Frame, out: float) -> list[tuple[float, float]]:
    """Intervals along the frame's edge that the polygon covers at a distance outwards."""
    crossings: list[float] = []
    for points in contours(polygon):
        dx, dy = points[:, 0] - frame.x, points[:, 1] - frame.y
        depth = dx * frame.out[0] + dy * frame.out[1] - out
        along = dx * frame.along[0] + dy * frame.along[1]
        before, after = depth, np.roll(depth, -1)
        hits = np.flatnonzero((before > 0) != (after > 0))
        share = before[hits] / (before[hits] - after[hits])
        crossings += (along[hits] + share * (np.roll(along, -1)[hits] - along[hits])).tolist()
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def reach(polygon: kdb.Polygon, frame: Frame) -> float | None:
    """Distance outwards, over the width of the edge, at which the polygon begins; None: it does not come."""
    nearest: list[float] = []
    for points in contours(polygon):
        dx, dy = points[:, 0] - frame.x, points[:, 1] - frame.y
        out = dx * frame.out[0] + dy * frame.out[1]
        along = dx * frame.along[0] + dy * frame.along[1]
        out2, along2 = np.roll(out, -1), np.roll(along, -1)
        left = np.maximum(np.minimum(along, along2), -frame.half)
        right = np.minimum(np.maximum(along, along2), frame.half)
        over = left < right
        slope = (out2[over] - out[over]) / (along2[over] - along[over])
        for at in (left[over], right[over]):
            heights = out[over] + slope * (at - along[over])
            nearest += heights[heights > _ZERO].tolist()
    return min(nearest, default=None)


def mean_width(polygon: kdb.Polygon) -> float:
    """Width of a long guide of constant width, from area and perimeter: A = w L, P = 2 (w + L), exact for arcs too."""
    half = polygon.perimeter() / 2
    inside = half * half - 4 * polygon.area()
    return (half - math.sqrt(max(inside, 0.0))) / 2
