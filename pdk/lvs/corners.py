"""The sharp corners of a guide and what they mean: ends, steps in a wall, kinks, notches, other guides that join."""

import math
from dataclasses import dataclass
from functools import cached_property

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.lvs.polygons import Vector, contours
from lingnan.pdk.lvs.view import without_hairs

_SHARP = math.radians(30)  #: chords of a drawn bend turn by a few degrees; ends, steps and crossings by 45 and more
_KINK = math.radians(1)  #: two straights that meet at more were not meant to
_END = (0.25, 4.0)  #: length of an end in widths of the guide; shorter: corners that do not quite meet
_STRAIGHT = 5.0  #: walls as many widths long are no chords of a bend
_ROUNDED = 3.0
"""Between walls at odd angles rounding makes steps of up to 1.5 grid steps, three times what counts between walls along
x or y."""


@dataclass(frozen=True)
class End:
    """Where a guide stops: its last edge."""

    x: float
    y: float
    edge: kdb.Edge


@dataclass(frozen=True)
class Step:
    """A jog in the wall of a guide."""

    x: float
    y: float
    size: float
    vector: Vector


@dataclass(frozen=True)
class Kink:
    """A sudden change of direction."""

    x: float
    y: float
    angle_deg: float


@dataclass(frozen=True)
class Corners:
    """The sharp corners of a guide, by what they mean."""

    ends: tuple[End, ...]
    steps: tuple[Step, ...]
    kinks: tuple[Kink, ...]
    notches: tuple[Vector, ...]  #: a left corner between two near right ones: two pieces meet at an angle
    inward: tuple[Vector, ...]  #: left corners that are neither: another guide joins here


class _Contour:
    """A closed outline, material on its right; turns to the right are negative."""

    def __init__(self, points: NDArray[np.float64], width: float, least: float) -> None:
        self.points, self.width, self.least = points, width, least
        self.edges = np.roll(points, -1, axis=0) - points
        self.length = np.hypot(self.edges[:, 0], self.edges[:, 1])
        before = np.roll(self.edges, 1, axis=0)
        self.turn = np.arctan2(
            before[:, 0] * self.edges[:, 1] - before[:, 1] * self.edges[:, 0],
            before[:, 0] * self.edges[:, 0] + before[:, 1] * self.edges[:, 1],
        )
        self.sharp = np.abs(self.turn) > _SHARP

    def _at(self, index: int) -> Vector:
        return float(self.points[index, 0]), float(self.points[index, 1])

    def _middle(self, index: int) -> Vector:
        (x, y), (dx, dy) = self.points[index], self.edges[index]
        return float(x + dx / 2), float(y + dy / 2)

    @cached_property
    def jogs(self) -> list[int]:
        """Short edges between a right and a left corner."""
        opposite = self.sharp & np.roll(self.sharp, -1) & (self.turn * np.roll(self.turn, -1) < 0)
        return np.flatnonzero(opposite & (self.length <= self.width)).tolist()

    def _pointed(self) -> list[int]:
        """Left corners with a jog on either side."""
        jogs = set(self.jogs)
        return [i for i in self.jogs if self.turn[i] > 0 and (i - 1) % len(self.points) in jogs]

    def notches(self) -> list[Vector]:
        return [self._at(i) for i in self._pointed()]

    def steps(self) -> list[Step]:
        straight = (self.edges[:, 0] == 0) | (self.edges[:, 1] == 0)
        pointed = {index for i in self._pointed() for index in (i - 1, i)}
        found: list[Step] = []
        for i in self.jogs:
            least = self.least * (1 if straight[i - 1] and straight[(i + 1) % len(self.points)] else _ROUNDED)
            if self.length[i] >= least and i not in pointed:
                dx, dy = self.edges[i]
                found.append(Step(*self._middle(i), float(self.length[i]), (float(dx), float(dy))))
        return found

    def ends(self) -> list[End]:
        outward = self.sharp & (self.turn < 0)
        wide = (self.length >= _END[0] * self.width) & (self.length <= _END[1] * self.width)
        found: list[End] = []
        for i in np.flatnonzero(outward & np.roll(outward, -1) & wide).tolist():
            x, y = self._at(i)
            a, b = kdb.Point(round(x), round(y)), kdb.Point(*map(round, self._at((i + 1) % len(self.points))))
            found.append(End(*self._middle(i), kdb.Edge(a, b)))
        return found

    def kinks(self) -> list[Kink]:
        long = self.length > _STRAIGHT * self.width
        bent = long & np.roll(long, 1) & ~self.sharp & (np.abs(self.turn) > _KINK)
        return [Kink(*self._at(i), math.degrees(self.turn[i])) for i in np.flatnonzero(bent).tolist()]

    def inward(self) -> list[Vector]:
        jogged = {index for i in self.jogs for index in (i, (i + 1) % len(self.points))}
        return [self._at(i) for i in np.flatnonzero(self.turn > _SHARP).tolist() if i not in jogged]


def corners(polygon: kdb.Polygon, width: float, least_step: float) -> Corners:
    """Ends, steps, kinks and branches of a guide.

    Args:
        polygon: of the guide, hull clockwise and holes the other way round, as KLayout keeps them.
        width: of the guide.
        least_step: what counts as a step between walls along x or y: half a grid step.
    """
    found = Corners((), (), (), (), ())
    for points in contours(polygon):
        exact = _Contour(points, width, least_step)
        found = _plus(found, Corners((), tuple(exact.steps()), tuple(exact.kinks()), (), ()))
    for clean in without_hairs(kdb.Region(polygon)).each():
        for points in contours(clean.smooth(round(2 * least_step), False)):
            shape = _Contour(points, width, least_step)
            rest = Corners(tuple(shape.ends()), (), (), tuple(shape.notches()), tuple(shape.inward()))
            found = _plus(found, rest)
    return found


def ends_of(polygon: kdb.Polygon, width: float, least_step: float) -> list[End]:
    """Ends alone, of whatever polygon; see `corners`."""
    return [end for points in contours(polygon) for end in _Contour(points, width, least_step).ends()]


def _plus(one: Corners, other: Corners) -> Corners:
    return Corners(
        one.ends + other.ends,
        one.steps + other.steps,
        one.kinks + other.kinks,
        one.notches + other.notches,
        one.inward + other.inward,
    )
