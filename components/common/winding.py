"""One-way coil of half circles and straights whose inner end comes out across all turns: sizes, length, area.

Rows run along y on the west and on the east, half circles at both ends, each wider than the one before by half of the
spacing. The inner end crosses the rows on the west, on a line along x; the outer end leaves beside it. Around counts
counterclockwise, from the inner end outwards. The number of turns and the radius may be traced, and need not be whole:
what is drawn has whole ones. Lengths in µm.

The area is Green's integral (x dy - y dx)/2 over every piece, in closed form, and over the straight line that joins the
two ends outside; a turn counts as often as light goes around. Of an Euler bend it is that of its chords.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lingnan.components.common import draw
from lingnan.components.common.curves import Curve


@dataclass(frozen=True)
class Winding:
    """What a coil is drawn from."""

    turns: Any
    radius: Any  #: of the first half circle that all others lie outside of
    spacing: Any  #: of neighbouring turns, centre to centre
    bend: Curve  #: a quarter turn to the left, from the origin along x; both ends leave by one
    crossing: float  #: from the middle of a crossing to its ports

    @property
    def corner(self) -> float:
        """What a quarter turn takes along either side."""
        return draw.snapped(self.bend.end[0])

    @property
    def inset(self) -> Any:
        """Distance of the first row from the second: the quarter turn and half a crossing find room there."""
        return max(self.spacing, draw.even(self.corner + self.crossing))

    @property
    def short(self) -> float:
        """What is left of the first row between its quarter turn and the half circle."""
        return max(0.0, self.crossing - self.corner)

    @property
    def rows(self) -> Any:
        """Length of the straights along y."""
        return 2 * self.corner + self.spacing + self.short

    @property
    def across(self) -> Any:
        """y of the inner end's line; the outer end leaves `spacing` above."""
        return self.rows / 2 - self.corner - self.spacing

    @property
    def first(self) -> Any:
        """Radius of the innermost half circle."""
        return self.radius - self.inset / 2

    def half_circle(self, index: int) -> Any:
        """Radius of half circle 1 to 2 `turns`, from inside."""
        return self.first if index == 1 else self.radius + (index - 2) * self.spacing / 2

    @property
    def ends(self) -> Any:
        """x of both ports."""
        return -self.radius - (self.turns - 1) * self.spacing - self.corner

    @property
    def radii(self) -> Any:
        """Sum of the radii of all half circles."""
        n = 2 * self.turns - 1
        return self.first + n * self.radius + self.spacing * n * (n - 1) / 4

    @property
    def arcs(self) -> Any:
        """Length of all half circles."""
        return math.pi * self.radii

    @property
    def along_x(self) -> Any:
        """Length of the inner end's line, crossings included."""
        return self.inset + (self.turns - 1) * self.spacing

    @property
    def along_y(self) -> Any:
        """Length of all rows, crossings included."""
        return self.short + (2 * self.turns - 1) * self.rows

    @property
    def length(self) -> Any:
        """From port to port."""
        return self.arcs + self.along_x + self.along_y + 2 * self.bend.length

    @property
    def crossings(self) -> Any:
        """How many; light passes each of them twice."""
        return self.turns - 1

    @property
    def size(self) -> tuple[Any, Any]:
        """Width and height of the centre lines."""
        n = 2 * self.turns
        outer = 2 * self.radius + (2 * n - 5) * self.spacing / 2  # of the two outermost half circles
        return self.radius + (self.turns - 1) * self.spacing - self.ends, self.rows + outer

    @cached_property
    def _bend_area(self) -> float:
        """Green's integral over the quarter turn about where it begins."""
        x, y = self.bend.x, self.bend.y
        return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2

    @property
    def area(self) -> Any:
        """Enclosed, every turn counted [µm²]."""
        n, r, d, s = 2 * self.turns - 1, self.radius, self.spacing, self.rows
        squares = self.first**2 + n * r**2 + r * d * n * (n - 1) / 2 + d**2 * (n - 1) * n * (2 * n - 1) / 24

        def outwards(rows: Any) -> Any:
            """Sum of the distances of the first so many rows from the middle."""
            return rows * r + d * rows * (rows - 1) / 2

        half_circles = math.pi / 2 * squares + s * self.radii / 2
        straights = s * (outwards(self.turns) + outwards(self.turns - 1)) / 2
        start, y, corner = self.inset - r, self.across, self.corner
        innermost = -start * self.short / 2 - y * self.along_x / 2
        inner = -self._bend_area + (-(start - corner) * corner - y * corner) / 2
        row = self.ends + corner
        outer = -self._bend_area + (-row * corner + s / 2 * corner) / 2
        return half_circles + straights + innermost + inner + outer - self.ends * self.spacing / 2
