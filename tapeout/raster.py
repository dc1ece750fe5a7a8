"""The die as a raster of a few microns, on which room for fill and labels is looked for.

Growing a thousand curves by ten microns takes a layout engine a minute and a raster a moment. What is covered is
rounded up: a pixel counts as soon as anything lies in it, so that distances are kept, or exceeded by two pixels.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]
_MOST_PIXELS = 1500  #: along a side of the die
_LEAST_PIXEL = 2.0  #: µm


@dataclass(frozen=True)
class Raster:
    """Square pixels from the origin over a die [dbu]."""

    box: kdb.Box
    pixel: int

    @classmethod
    def over(cls, die: kdb.DBox, dbu: float) -> "Raster":
        """Pixels that are fine enough for the die."""
        size = max(_LEAST_PIXEL, max(die.width(), die.height()) / _MOST_PIXELS)
        return cls(die.to_itype(dbu), round(size / dbu))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns; the last ones may reach beyond the die."""
        return -(-self.box.height() // self.pixel), -(-self.box.width() // self.pixel)

    def covered(self, region: kdb.Region) -> Mask:
        """Pixels with anything in them; the region need not be merged."""
        rows, columns = self.shape
        mask = np.zeros((rows, columns), dtype=bool)
        around = region.bbox() & self.box
        if around.empty():
            return mask
        left, bottom = (
            (a - b) // self.pixel for a, b in ((around.left, self.box.left), (around.bottom, self.box.bottom))
        )
        right, top = (
            min(-(-(a - b) // self.pixel), most)
            for a, b, most in ((around.right, self.box.left, columns), (around.top, self.box.bottom, rows))
        )
        origin = kdb.Point(self.box.left + left * self.pixel, self.box.bottom + bottom * self.pixel)
        step = kdb.Vector(self.pixel, self.pixel)
        areas = region.rasterize(origin, step, max(right - left, 1), max(top - bottom, 1))
        found = np.array(areas) > 0
        mask[bottom : bottom + found.shape[0], left : left + found.shape[1]] = found
        return mask

    def grown(self, mask: Mask, distance: int) -> Mask:
        """Pixels nearer than `distance` [dbu] to a covered one."""
        if distance <= 0 or not mask.any():
            return mask
        # from the middle of a pixel to the middle of the next covered one; both may be off by half a diagonal
        reach = distance / self.pixel + np.sqrt(2)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        far = int(reach) + 1
        part = (
            slice(max(rows[0] - far, 0), rows[-1] + far + 1),
            slice(max(columns[0] - far, 0), columns[-1] + far + 1),
        )
        grown = np.zeros_like(mask)
        grown[part] = np.asarray(ndimage.distance_transform_edt(~mask[part])) < reach
        return grown

    def boxes(self, boxes: Iterable[kdb.Box]) -> Mask:
        """Pixels that any of the boxes touches."""
        mask = np.zeros(self.shape, dtype=bool)
        for box in boxes:
            rows, columns = (
                self._span(box.bottom, box.top, self.box.bottom),
                self._span(box.left, box.right, self.box.left),
            )
            mask[rows, columns] = True
        return mask

    def _span(self, low: int, high: int, start: int) -> slice:
        return slice(max((low - start) // self.pixel, 0), max(-(-(high - start) // self.pixel), 0))


class Sums:
    """Counts of covered pixels in rectangles, each in constant time."""

    def __init__(self, raster: Raster, mask: Mask) -> None:
        self.raster = raster
        self.total = np.pad(mask.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))

    def free(self, left: NDArray[np.int64], bottom: NDArray[np.int64], width: int, height: int) -> Mask:
        """Whether rectangles at these corners [dbu, of equal shape] lie in the die and on no covered pixel."""
        box, pixel = self.raster.box, self.raster.pixel
        inside = (
            (left >= box.left) & (bottom >= box.bottom) & (left + width <= box.right) & (bottom + height <= box.top)
        )
        rows, columns = self.raster.shape
        x0, x1 = (np.clip(edge, 0, columns) for edge in self._pixels(left - box.left, width, pixel))
        y0, y1 = (np.clip(edge, 0, rows) for edge in self._pixels(bottom - box.bottom, height, pixel))
        covered = self.total[y1, x1] - self.total[y0, x1] - self.total[y1, x0] + self.total[y0, x0]
        return inside & (covered == 0)

    @staticmethod
    def _pixels(low: NDArray[np.int64], size: int, pixel: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return low // pixel, -(-(low + size) // pixel)
