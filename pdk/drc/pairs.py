"""Pairs of edges that face each other."""

from dataclasses import dataclass

import numpy as np

from lingnan.pdk.drc.contours import Contours, Flags, Floats, Whole


@dataclass(frozen=True)
class Pairs:
    """Edges of two sets of outlines that face each other, row by row."""

    first: Contours
    second: Contours
    one: Whole
    two: Whole

    def take(self, which: Whole | Flags | slice) -> "Pairs":
        """Some of them."""
        return Pairs(self.first, self.second, self.one[which], self.two[which])

    @property
    def edges(self) -> tuple[Floats, Floats]:
        """Both edges of each, x1, y1, x2, y2."""
        return self.first.edge(self.one), self.second.edge(self.two)

    @property
    def angle_deg(self) -> Floats:
        """Angle between both lines of each, 0 to 90."""
        (ax, ay), (bx, by) = ((edge[:, 2:] - edge[:, :2]).T for edge in self.edges)
        return np.degrees(np.arctan2(np.abs(ax * by - ay * bx), np.abs(ax * bx + ay * by)))

    @property
    def against(self) -> Flags:
        """Whether both outlines run against each other, as those of a gap or a guide do."""
        a, b = self.edges
        return ((a[:, 2:] - a[:, :2]) * (b[:, 2:] - b[:, :2])).sum(axis=1) <= 0
