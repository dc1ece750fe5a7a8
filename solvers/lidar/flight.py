"""Time of flight: a pulse, a photodiode with or without gain, and how well its echo is seen and placed.

The pulse is Gaussian, the receiver a matched filter. With the noise of the diode, of its load and of sunlight as a
density S (one-sided, A²/Hz) and a current i(t),

    S_N = ∫ i²/(S/2) dt,    1/σ_τ² = ∫ (di/dt)²/(S/2) dt

are the ratio at the peak and the bound of Cramer and Rao; with white noise σ_τ = √2 s/√S_N, s the pulse's σ. Noise
alone crosses a threshold of κ σ upwards β exp(-κ²/2) times a second, β = 1/(2√2 π s) behind the matched filter: S. O.
Rice, Bell Syst. Tech. J. 24, 46 (1945), doi:10.1002/j.1538-7305.1945.tb00453.x. Energies in J, times in s, distances in
m.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.detectors import Noise
from lingnan.solvers.lidar.chirp import LIGHT
from lingnan.solvers.trees import tree

#: full width at half maximum of a Gaussian over its σ
FWHM = 2 * np.sqrt(2 * np.log(2))
_AT, _WEIGHT = np.polynomial.legendre.leggauss(96)
_REACH = 6.0  #: σ of the pulse that count


@tree
@dataclass(frozen=True)
class PulsedReceiver:
    """A photodiode behind an aperture, with what else shines on it."""

    width: Any  #: of the pulse, full width at half maximum [s]
    responsivity: Any = 0.9  #: without gain [A/W]
    noise: Noise = field(default_factory=Noise)  #: of diode, gain and load
    background: Any = 0.0  #: power of sunlight on the diode, of `sun.background` [W]

    def __post_init__(self) -> None:
        check_between("PulsedReceiver", "width", self.width, 0.0, np.inf, "s", "")
        check_between("PulsedReceiver", "responsivity", self.responsivity, 0.0, np.inf, "A/W", "")
        check_no_less("PulsedReceiver", "background", self.background, 0.0, "W", "")

    @property
    def sigma(self) -> Array:
        """Of the pulse [s]."""
        return jnp.asarray(self.width, float) / FWHM

    def _pulse(self, energy: ArrayLike) -> tuple[Array, Array, Array]:
        """Primary current, its slope by time, and weights of an integral over time, (…, points)."""
        x = jnp.asarray(_REACH * _AT)
        peak = self.responsivity * jnp.asarray(energy, float)[..., None] / (jnp.sqrt(2 * jnp.pi) * self.sigma)
        current = peak * jnp.exp(-jnp.square(x) / 2)
        return current, -x / self.sigma * current, _REACH * self.sigma * _WEIGHT

    def _density(self, current: Array) -> Array:
        """Two-sided, referred to primary currents [A²/Hz]."""
        # sunlight makes the noise of a dark current, and has none of the laser's
        lit = replace(self.noise, dark=self.noise.dark + self.responsivity * jnp.asarray(self.background, float))
        return lit.density(current) / 2 / jnp.square(self.noise.gain)

    def snr(self, energy: ArrayLike) -> Array:
        """S_N of an echo of an energy [J]; its own shot noise counts."""
        current, _, weight = self._pulse(energy)
        return jnp.sum(weight * jnp.square(current) / self._density(current), axis=-1)

    def distance_sigma_m(self, energy: ArrayLike) -> Array:
        """Least standard deviation of the distance [m]: c σ_τ/2."""
        current, slope, weight = self._pulse(energy)
        information = jnp.sum(weight * jnp.square(slope) / self._density(current), axis=-1)
        return LIGHT / 2 / jnp.sqrt(information)

    def false_alarms(self, threshold: ArrayLike) -> Array:
        """How often noise alone crosses a threshold of so many σ [Hz]."""
        rate = 1 / (2 * jnp.sqrt(2.0) * jnp.pi * self.sigma)
        return rate * jnp.exp(-jnp.square(jnp.asarray(threshold, float)) / 2)

    def threshold(self, false_alarm_rate: ArrayLike) -> Array:
        """Threshold in σ that noise crosses so often [Hz]."""
        rate = self.false_alarms(0.0)
        if known(rate):
            advice = "At a threshold of 0 it is crossed no more often than that."
            check_between(
                "threshold", "false_alarm_rate", false_alarm_rate, 0.0, float(np.min(np.asarray(rate))), "Hz", advice
            )
        return jnp.sqrt(2 * jnp.log(rate / jnp.asarray(false_alarm_rate, float)))

    def detection(self, energy: ArrayLike, false_alarm_rate: ArrayLike) -> Array:
        """Probability that a steady echo passes the threshold of so many false alarms a second: Φ(√S_N - κ)."""
        root = jnp.sqrt(self.snr(energy))
        return jax.scipy.stats.norm.cdf(root - self.threshold(false_alarm_rate))


def unambiguous_m(rate: ArrayLike) -> Array:
    """Distance beyond which an echo is taken for that of the next pulse [m]: c/(2 rate)."""
    check_between("unambiguous_m", "rate", rate, 0.0, np.inf, "Hz", "")
    return LIGHT / (2 * jnp.asarray(rate, float))
