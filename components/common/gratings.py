"""Focusing grating couplers: a fan that guides light from its point to confocal ellipses.

Tooth q lies where light that spread from the origin is in phase with a plane wave that leaves at `angle` from the
wafer's normal, tilted along x: r (n_eff - sin(angle) cos(phi)) = q wavelength. On the axis this is the grating's own
equation, period = wavelength / (n_eff - sin(angle)), which gives the n_eff that the ellipses need from the period.
Lengths in µm. Source: F. Van Laere et al., IEEE Photon. Technol. Lett. 19, 1919 (2007), doi:10.1109/LPT.2007.908762.
"""

import math
from dataclasses import dataclass

import numpy as np

from lingnan.components.common.curves import Floats

_CHORD = 0.0005  #: µm, half the mask grid


@dataclass(frozen=True)
class FocusingGrating:
    """What makes a grating, in µm and degrees."""

    period: float  #: on the axis
    fill: float  #: share of a period that is left standing
    periods: int
    focus: float  #: from the fan's point to the first tooth
    opening_deg: float  #: full angle of the fan
    angle_deg: float  #: of the fibre from the normal, in air
    wavelength: float

    @property
    def n_eff(self) -> float:
        """Mean effective index of the grating that the period implies."""
        return self.wavelength / self.period + math.sin(math.radians(self.angle_deg))

    @property
    def first(self) -> float:
        """Order of the first tooth: the focus, rounded up to whole periods."""
        return math.ceil(self.focus / self.period)

    @property
    def length(self) -> float:
        """From the fan's point to the end of the last period, on the axis [µm]."""
        return (self.first + self.periods) * self.period

    def radius(self, order: float, phi: Floats) -> Floats:
        """Distance of a wave front from the fan's point [µm], by its angle from the axis [rad]."""
        sine = math.sin(math.radians(self.angle_deg))
        return order * self.wavelength / (self.n_eff - sine * np.cos(phi))

    def arc(self, order: float, half_angle: float) -> Floats:
        """Points of a wave front from -half_angle to half_angle [rad], rows of x, y."""
        outer = order * self.period
        count = max(8, math.ceil(2 * half_angle / math.sqrt(8 * _CHORD / outer)))
        phi = np.linspace(-half_angle, half_angle, count + 1)
        r = self.radius(order, phi)
        return np.column_stack([r * np.cos(phi), r * np.sin(phi)])

    def groove(self, number: int, half_angle: float) -> Floats:
        """Outline of the etched part of period `number`, counted from 0 at the inner end."""
        order = self.first + number
        inner, outer = self.arc(order, half_angle), self.arc(order + 1 - self.fill, half_angle)
        return np.concatenate([inner, outer[::-1]])

    def fan(self, order: float, mouth: float) -> Floats:
        """Outline of the fan from a guide of width `mouth` to a wave front.

        The fan's walls are straight lines from the guide's walls, where the fan is as wide as the guide.
        """
        far = self.arc(order, math.radians(self.opening_deg) / 2)
        start = self.start(mouth)
        return np.concatenate([[[start, -mouth / 2]], far, [[start, mouth / 2]]])

    def start(self, mouth: float) -> float:
        """Where on the axis the fan is as wide as the guide [µm]."""
        return mouth / 2 / math.tan(math.radians(self.opening_deg) / 2)
