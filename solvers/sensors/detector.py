"""From light to numbers: photodiode, amplifier, converter, and the noise of each.

Densities are one-sided and white over the bandwidth; the converter's error is uniform in a step, so its variance is
step²/12. Powers in W, currents in A, densities in A/√Hz.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.links.receiver import CHARGE, Receiver
from lingnan.solvers.sensors.ranges import check_count
from lingnan.solvers.sensors.source import Laser, Seen
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Detector:
    """A photodiode with its amplifier."""

    responsivity: Any = 1.0  #: [A/W]
    bandwidth: Any = 1e4  #: of noise [Hz]: 1/(2 t) for an integration over t
    thermal: Any = 0.0  #: current noise of the amplifier [A/√Hz]
    dark: Any = 0.0  #: current in the dark [A]

    def __post_init__(self) -> None:
        check_between("Detector", "responsivity", self.responsivity, 0.0, np.inf, "A/W", "")
        check_between("Detector", "bandwidth", self.bandwidth, 0.0, np.inf, "Hz", "")
        check_no_less("Detector", "thermal", self.thermal, 0.0, "A/√Hz", "")
        check_no_less("Detector", "dark", self.dark, 0.0, "A", "")


@tree
@dataclass(frozen=True)
class Converter:
    """An analogue-to-digital converter, from its lowest current on over its full scale."""

    full_scale: Any  #: range of currents that it can take [A]
    bits: Any = 16.0  #: a number that need not be whole, so that a gradient knows it
    lowest: Any = 0.0  #: least current [A]; behind a balanced pair half the scale below 0

    def __post_init__(self) -> None:
        check_between("Converter", "full_scale", self.full_scale, 0.0, np.inf, "A", "")
        check_between("Converter", "bits", self.bits, 0.0, 65.0, "", "")

    @property
    def step(self) -> Array:
        """Least difference [A]."""
        return self.full_scale / 2 ** jnp.asarray(self.bits, float)


class Trace(NamedTuple):
    """What samples are on the average."""

    mean: Array  #: [A]
    analogue: Array  #: variance in front of the converter [A²]
    variance: Array  #: with the converter's error [A²]


def detected(light: Seen, wavelength: Array, laser: Laser, detector: Detector, converter: Converter | None) -> Trace:
    """Mean and variance of each sample: shot, thermal, intensity and frequency noise, jitter and steps.

    Args:
        light: behind the chip, of `source.seen`.
        wavelength: of the samples [µm].
        laser: its noise.
        detector: its noise.
        converter: None: none.
    """
    photo = detector.responsivity * light.power
    mean = photo + detector.dark
    tilt = detector.responsivity * light.slope  # A/µm
    density = shown(photo, laser, detector) + wandering(light, wavelength, laser, detector)
    return converted(mean, density * detector.bandwidth + (tilt * laser.jitter_pm * 1e-6) ** 2, converter)


def shown(photo: Array, laser: Laser | None, detector: Detector, other: Array | None = None) -> Array:
    """Noise of a diode, or of the difference of two on one amplifier [A²/Hz].

    Both have shot noise, dark current too; the laser's noise of intensity is in both, so that the difference has its.

    Args:
        photo: photocurrent [A].
        laser: its noise; None: the light's own is counted elsewhere.
        detector: its noise; the dark current is that of each diode.
        other: photocurrent that is taken off [A]; None: there is one diode.
    """
    left = photo if other is None else photo - other
    rin = None if laser is None else laser.rin_db_hz
    amplified = Receiver(thermal=detector.thermal, rin_db_hz=rin, shot=False).density(left)
    lit = photo if other is None else photo + other
    return amplified + 2 * CHARGE * (lit + (1 if other is None else 2) * jnp.asarray(detector.dark, float))


def converted(mean: Array, analogue: Array, converter: Converter | None) -> Trace:
    """A signal and its variance with the steps of a converter, if there is one."""
    return Trace(mean, analogue, analogue + (0.0 if converter is None else converter.step**2 / 12))


def wandering(light: Seen, wavelength: Array, laser: Laser, detector: Detector) -> Array:
    """Current noise that the laser's noise of frequency, Δν/π, makes on the slope of a spectrum [A²/Hz]."""
    per_hertz = wavelength**2 / (constants.c * 1e6)  # µm/Hz
    return (detector.responsivity * light.slope * per_hertz) ** 2 * laser.linewidth / jnp.pi


def sampled(trace: Trace, converter: Converter | None, key: Array, count: int) -> Array:
    """Traces with noise drawn, rounded and clipped by the converter [A], (count, N)."""
    check_count("sampled", "count", count, 1, "")
    noise = jax.random.normal(key, (count, *trace.mean.shape)) * jnp.sqrt(trace.analogue)
    current = trace.mean + noise
    if converter is None:
        return current
    steps = jnp.round((current - converter.lowest) / converter.step) * converter.step
    return converter.lowest + jnp.clip(steps, 0.0, converter.full_scale)


def check_scale(trace: Trace, converter: Converter) -> None:
    """Refuses a signal beyond the converter's scale, by three σ, and steps that noise does not blur.

    A converter's error is noise of step²/12 only where what comes in moves by half a step at least, of itself or by
    noise: a still signal gives the same number each time, and its error does not average out.
    """
    sigma = np.sqrt(np.asarray(trace.analogue))
    lowest, said = np.asarray(converter.lowest, float), "That is the signal and 3 σ: more would be clipped."
    peak = float(np.max(np.asarray(trace.mean) + 3 * sigma) - lowest)
    check_no_less("converter", "full_scale", converter.full_scale, peak, "A", said)
    if lowest != 0:  # from 0 on, noise below it is lost with a signal that is none
        deep = -float(np.min(np.asarray(trace.mean) - 3 * sigma))
        check_no_less("converter", "-lowest", -lowest, deep, "A", said)
    step, least = float(converter.step), float(np.min(sigma))
    if not step <= 2 * least:
        enough = int(np.ceil(np.log2(float(converter.full_scale) / (2 * least))))
        raise ValueError(
            f"converter: bits = {float(converter.bits):g}: a step of {step:g} A is more than two σ of the noise, "
            f"{2 * least:g} A, so its error is no noise and does not average out. Use {enough} bits or more."
        )
