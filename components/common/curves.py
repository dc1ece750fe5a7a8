"""Centre lines of guides and the outlines around them. Lengths in µm; directions in radians, at the door in degrees.

A curve is sampled so finely that its chords leave the true curve by less than half a grid step, out to the edge of the
widest layer drawn along it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CHORD = 0.0005  #: µm, largest distance between chord and curve: half the mask grid
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)


@dataclass(frozen=True)
class Curve:
    """A centre line: points, the direction at each, and the distance from the start along it."""

    x: Floats
    y: Floats
    angle: Floats  #: of the tangent [rad]
    s: Floats
    radius_min: float = math.inf  #: smallest radius of curvature

    @property
    def length(self) -> float:
        """Arc length [µm]."""
        return float(self.s[-1])

    @property
    def end(self) -> tuple[float, float, float]:
        """x, y [µm] and direction [rad] of the last point."""
        return float(self.x[-1]), float(self.y[-1]), float(self.angle[-1])

    def placed(self, x: float = 0.0, y: float = 0.0, angle_deg: float = 0.0, *, mirror: bool = False) -> "Curve":
        """The curve mirrored at the x axis (if asked), turned and moved."""
        turn = math.radians(angle_deg)
        sign = -1.0 if mirror else 1.0
        cos, sin = _exact(math.cos(turn)), _exact(math.sin(turn))
        own_y = sign * self.y
        return Curve(
            x + cos * self.x - sin * own_y,
            y + sin * self.x + cos * own_y,
            sign * self.angle + turn,
            self.s,
            self.radius_min,
        )


def _exact(value: float) -> float:
    """A cosine that is 0 or ±1 but for round-off."""
    return float(round(value)) if abs(value - round(value)) < 1e-12 else value


def line(length: float) -> Curve:
    """Straight along x."""
    ends = np.array([0.0, length])
    return Curve(ends, np.zeros(2), np.zeros(2), ends)


def _bent(curvature: Callable[[Floats], Floats], s: Floats, angle: Floats) -> tuple[Floats, Floats]:
    """Points of a curve from its direction, by Gauss-Legendre quadrature over each step (error below 1e-10 µm)."""
    step = np.diff(s)
    nodes = s[:-1, None] + step[:, None] * (_NODES + 1) / 2
    theta = curvature(nodes)
    weights = step[:, None] * _WEIGHTS / 2
    x = np.concatenate([[0.0], np.cumsum(np.sum(weights * np.cos(theta), axis=1))])
    y = np.concatenate([[0.0], np.cumsum(np.sum(weights * np.sin(theta), axis=1))])
    return x, y


def _steps(length: float, radius: float, half_width: float) -> int:
    """Steps along a bend so that a chord at its outer edge stays within the grid."""
    outer = radius + half_width
    return max(4, math.ceil(length / radius / math.sqrt(8 * _CHORD / outer)))


def arc(radius: float, angle_deg: float, half_width: float = 0.5) -> Curve:
    """Circle from the origin along x, to the left for a positive angle.

    Args:
        radius: of the centre line [µm].
        angle_deg: turned through [deg].
        half_width: of the widest layer drawn along it, for the sampling [µm].
    """
    return euler(radius, angle_deg, 0.0, half_width)


def euler(radius: float, angle_deg: float, p: float, half_width: float = 0.5) -> Curve:
    """Bend whose curvature rises linearly, stays, and falls linearly; same end points as an arc of `radius`.

    Args:
        radius: of the arc that it replaces [µm].
        angle_deg: turned through, to the left where positive [deg].
        p: share of the angle in which the curvature changes, 0 (an arc) to 1.
        half_width: of the widest layer drawn along it, for the sampling [µm].
    """
    total = math.radians(abs(angle_deg))
    ramp, flat = p * total, (1 - p) * total  # lengths of one ramp and of the arc, for a peak curvature of 1
    length = 2 * ramp + flat

    def direction(s: Floats) -> Floats:
        rising = np.square(np.minimum(s, ramp)) / (2 * ramp) if ramp else np.zeros_like(s)
        falling = np.square(np.clip(s - ramp - flat, 0, None)) / (2 * ramp) if ramp else np.zeros_like(s)
        return rising + np.clip(s - ramp, 0, None) - falling

    ends = np.linspace(0, length, 201)
    chord = math.hypot(*(values[-1] for values in _bent(direction, ends, direction(ends))))
    scale = 2 * radius * math.sin(total / 2) / chord  # peak radius of curvature
    count = _steps(length * scale, scale, half_width)
    s = np.linspace(0, length, count + 1)
    angle = direction(s)
    angle[-1] = total
    x, y = _bent(direction, s, angle)
    curve = Curve(scale * x, scale * y, angle, scale * s, scale)
    return curve if angle_deg >= 0 else curve.placed(mirror=True)


def s_bend(length: float, step: float) -> Curve:
    """Sideways step y = step (10 t³ - 15 t⁴ + 6 t⁵), t = x / length: no jump in curvature at its ends.

    The smallest radius is given from |y''| <= 5.7735 |step| / length², which is on the safe side.
    """
    radius = length**2 / (10 / math.sqrt(3) * abs(step)) if step else math.inf
    steps = 4 if not step else max(16, math.ceil(length / math.sqrt(8 * _CHORD * radius)))
    t = np.linspace(0, 1, steps + 1)
    y = step * (10 * t**3 - 15 * t**4 + 6 * t**5)
    slope = step * (30 * t**2 - 60 * t**3 + 30 * t**4) / length
    middle = t[:-1, None] + np.diff(t)[:, None] * (_NODES + 1) / 2
    rate = np.sqrt(1 + np.square(step * 30 * np.square(middle * (1 - middle)) / length))
    s = np.concatenate([[0.0], np.cumsum(np.sum(rate * _WEIGHTS, axis=1) * np.diff(t) / 2)]) * length
    return Curve(length * t, y, np.arctan(slope), s, radius)


def s_bend_length(step: float, radius: float) -> float:
    """Shortest `s_bend` over a step that keeps to a radius [µm], rounded up to 10 nm."""
    return math.ceil(math.sqrt(10 / math.sqrt(3) * abs(step) * radius) * 100 - 1e-6) / 100


def join(*curves: Curve) -> Curve:
    """Curves one after the other, each turned and moved to where the one before it ends."""
    x, y, angle, s = [np.zeros(1)], [np.zeros(1)], [np.array([curves[0].angle[0]])], [np.zeros(1)]
    here = (0.0, 0.0, 0.0)
    for curve in curves:
        placed = curve.placed(here[0], here[1], math.degrees(here[2] - float(curve.angle[0])))
        x.append(placed.x[1:])
        y.append(placed.y[1:])
        angle.append(placed.angle[1:])
        s.append(s[-1][-1] + curve.s[1:])
        here = placed.end
    return Curve(
        np.concatenate(x),
        np.concatenate(y),
        np.concatenate(angle),
        np.concatenate(s),
        min(curve.radius_min for curve in curves),
    )


def ribbon(curve: Curve, low: Floats | float, high: Floats | float) -> Floats:
    """Outline between two offsets from a curve, positive to the left: points as rows, once around.

    Args:
        curve: centre line.
        low: offset of the right edge [µm], one number or one for each point.
        high: offset of the left edge [µm].
    """
    normal = np.column_stack([-np.sin(curve.angle), np.cos(curve.angle)])
    points = np.column_stack([curve.x, curve.y])
    right = points + normal * np.broadcast_to(low, curve.x.shape)[:, None]
    left = points + normal * np.broadcast_to(high, curve.x.shape)[:, None]
    return np.concatenate([right, left[::-1]])
