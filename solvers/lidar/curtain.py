"""Light curtains: rows of beams that tell when one is broken, how soon, and how seldom without cause.

Beams are lit one after another; a beam counts as broken when its pulses stay below a threshold in `confirm` scans, one
after another. Pulse currents are told from noise by a threshold midway: a clear beam is missed with Q(√S/2), a broken
one seen as clear with the same, S the ratio of powers after the pulse's filter. Ambient light adds its shot noise and
fills the diode. How far from the danger the curtain has to stand is that of ISO 13855:2010, S = K T + 8 (d - 14 mm), as
makers quote it (SICK, C4000 operating instructions 8009861 (2012), p. 41, read; the standard was not). Powers in W,
times in s; lengths of beams in m, of fingers in mm.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.detectors import Noise, signal_to_noise
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Curtain:
    """Beams, their receivers, and how they are read."""

    power: Any  #: of a pulse on the receiver with nothing between [W]
    pulse: Any = 2e-6  #: length of one [s]
    responsivity: Any = 0.6  #: [A/W]
    noise: Noise = field(default_factory=Noise)
    ambient: Any = 0.0  #: power of other light on each receiver [W]
    saturation: Any = np.inf  #: current at which the amplifier is full [A]
    slot: Any = 20e-6  #: from one beam to the next [s]
    output: Any = 1e-3  #: of evaluation and switching [s]
    beams: int = field(default=32, metadata={"static": True})
    confirm: int = field(default=2, metadata={"static": True})  #: scans that must agree

    def __post_init__(self) -> None:
        check_between("Curtain", "power", self.power, 0.0, np.inf, "W", "")
        check_between("Curtain", "pulse", self.pulse, 0.0, np.inf, "s", "")
        if known(self.pulse):
            longest = float(np.max(np.asarray(self.pulse)))
            check_no_less("Curtain", "slot", self.slot, longest, "s", "A slot holds its pulse.")
        check_no_less("Curtain", "ambient", self.ambient, 0.0, "W", "")
        check_no_less("Curtain", "output", self.output, 0.0, "s", "")
        check_no_less("Curtain", "beams", self.beams, 1, "", "")
        check_no_less("Curtain", "confirm", self.confirm, 1, "", "")
        parts = self.noise.gain, self.responsivity, self.power, self.ambient
        if all(known(v) for v in parts):
            gain, responsivity, power, ambient = (np.asarray(v, float) for v in parts)
            full = float(np.max(gain * responsivity * (power + ambient)))
            advice = "That is the current of pulse and ambient light: narrow the filter or the field of view."
            check_no_less("Curtain", "saturation", self.saturation, full, "A", advice, infinite=True)

    @property
    def snr(self) -> Array:
        """Of a pulse, power of its current over that of the noise in 1/(2 pulse), ambient light's included."""
        # steady light makes the noise of a dark current, and has none of the laser's
        lit = replace(self.noise, dark=self.noise.dark + self.responsivity * jnp.asarray(self.ambient, float))
        return signal_to_noise(lit, self.responsivity, self.power, 1 / (2 * jnp.asarray(self.pulse, float)))

    @property
    def scan(self) -> Array:
        """Time in which every beam is read once [s]."""
        return self.beams * jnp.asarray(self.slot, float)

    @property
    def response(self) -> Array:
        """Longest time from an interruption to the output [s]: a scan just missed, those that confirm, the output."""
        return (1 + self.confirm) * self.scan + self.output

    @property
    def miss(self) -> Array:
        """Probability that noise turns one reading of a beam: Q(√S/2)."""
        return jax.scipy.stats.norm.sf(jnp.sqrt(self.snr) / 2)

    @property
    def false_trips(self) -> Array:
        """How often the curtain trips with nothing in it [Hz]: any beam, `confirm` times one after another."""
        return self.beams * self.miss**self.confirm / self.scan

    def least_power(self, trips: ArrayLike) -> Array:
        """Power at which it trips so often [W], with this curtain's noise at its own power: for small signals exact."""
        most = 0.5**self.confirm / float(np.max(np.asarray(self.slot))) if known(self.slot) else np.inf
        check_between("least_power", "trips", trips, 0.0, most, "Hz", "Without any light it trips no more often.")
        p = (jnp.asarray(trips, float) * self.scan / self.beams) ** (1 / self.confirm)
        wanted = jnp.square(2 * -jax.scipy.stats.norm.ppf(p))
        return self.power * jnp.sqrt(wanted / self.snr)


def smallest_object_mm(pitch_mm: ArrayLike, lens_mm: ArrayLike) -> Array:
    """Diameter of a rod that always covers one lens wholly: pitch and lens together [mm]."""
    check_between("smallest_object_mm", "pitch_mm", pitch_mm, 0.0, np.inf, "mm", "")
    check_between("smallest_object_mm", "lens_mm", lens_mm, 0.0, np.inf, "mm", "")
    return jnp.asarray(pitch_mm, float) + jnp.asarray(lens_mm, float)


def safe_distance_mm(stopping: float, object_mm: float) -> float:
    """Least distance from the curtain to the danger for hands that come straight at it [mm].

    Args:
        stopping: time of the whole, curtain, control and machine [s].
        object_mm: smallest object that is surely seen, up to 40 [mm].
    """
    check_no_less("safe_distance_mm", "stopping", stopping, 0.0, "s", "")
    check_between("safe_distance_mm", "object_mm", object_mm, 0.0, 40.0 + 1e-9, "mm", "Wider ones have another rule.")
    intrusion = max(8 * (object_mm - 14), 0.0)
    fast = max(2000 * stopping + intrusion, 100.0)
    return fast if fast <= 500 else max(1600 * stopping + intrusion, 500.0)
