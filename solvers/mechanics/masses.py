"""A mass that beams hold, or a plate as one: how far it goes, how fast, and the least that is told from noise.

Beams are clamped to the frame and guided by the mass: 12 E I/L³ each, more with tension along them. Whatever damps it
pushes a mass by a force of density √(4 k T c) (T. B. Gabrielson, IEEE Trans. Electron Devices 40, 903 (1993)); light
reads its motion as a shift of a line with noise of its own. Both are referred to what is measured.

Sizes in µm, masses in kg, forces in N, frequencies in Hz, accelerations in m/s².
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import below, check_between, check_no_less
from lingnan.solvers.mechanics.plates import Film
from lingnan.solvers.trees import tree

#: of a guided beam, as if at the mass: ∫(3s² - 2s³)² ds
MOVING = 13 / 35


@tree
@dataclass(frozen=True)
class Beams:
    """Equal beams along y that hold a mass; it is meant to move along x."""

    film: Film
    count: Any
    length: Any  #: [µm]
    width: Any  #: along x [µm]
    thickness: Any  #: along z [µm]

    def __post_init__(self) -> None:
        check_no_less("Beams", "count", self.count, 1.0, "", "")
        for name in ("length", "width", "thickness"):
            check_between("Beams", name, getattr(self, name), 0.0, np.inf, "µm", "")

    @property
    def mass(self) -> Array:
        """Of the beams that moves as the mass does [kg]."""
        volume = jnp.asarray(self.length) * self.width * self.thickness * 1e-18
        return MOVING * self.count * self.film.density * volume


class Axes(NamedTuple):
    """A number along each axis."""

    x: Array
    y: Array
    z: Array


@tree
@dataclass(frozen=True)
class Oscillator:
    """One mass on one spring."""

    mass: Any  #: [kg]
    stiffness: Any  #: [N/m]
    damping: Any = 0.0  #: [N s/m]
    area: Any = 0.0  #: that a pressure pushes on [m²]

    def __post_init__(self) -> None:
        for name, unit in (("mass", "kg"), ("stiffness", "N/m")):
            check_between("Oscillator", name, getattr(self, name), 0.0, np.inf, unit, "")
        for name, unit in (("damping", "N s/m"), ("area", "m²")):
            check_no_less("Oscillator", name, getattr(self, name), 0.0, unit, "")

    @property
    def frequency(self) -> Array:
        """Of resonance, without damping [Hz]."""
        return jnp.sqrt(jnp.asarray(self.stiffness) / self.mass) / (2 * np.pi)

    @property
    def quality(self) -> Array:
        """√(k m)/c."""
        return jnp.sqrt(jnp.asarray(self.stiffness) * self.mass) / self.damping

    @property
    def bandwidth(self) -> Array:
        """Up to which a force moves it by half of what it does at rest or more, in power [Hz]."""
        flat = 1 - jnp.square(self.damping) / (2 * jnp.asarray(self.stiffness) * self.mass)
        return self.frequency * jnp.sqrt(flat + jnp.sqrt(flat**2 + 1))

    def motion(self, frequency: ArrayLike) -> Array:
        """Per force [m/N], complex, for exp(-iωt)."""
        turns = 2 * np.pi * jnp.asarray(frequency, float)
        return 1 / (self.stiffness - self.mass * turns**2 - 1j * turns * self.damping)


@tree
@dataclass(frozen=True)
class Reading:
    """How light sees the motion."""

    pm_per_um: Any  #: shift of a line by the motion [pm/µm]
    noise_pm: Any  #: of the shift, one-sided density [pm/√Hz]

    def __post_init__(self) -> None:
        check_between("Reading", "pm_per_um", self.pm_per_um, 0.0, np.inf, "pm/µm", "Give its absolute value.")
        check_no_less("Reading", "noise_pm", self.noise_pm, 0.0, "pm/√Hz", "")


def stiffness(beams: Beams) -> Axes:
    """Of all beams together [N/m]: bending along x and z, stretching along y.

    The film's stress is a tension along the beams; with it a guided beam has N/(L - 2 tanh(uL/2)/u), u² = N/(E I).

    Raises:
        ValueError: a compression of π² E I/L² or more along a beam: it buckles.
    """
    young = jnp.asarray(beams.film.young)
    length, width, thickness = (jnp.asarray(size) * 1e-6 for size in (beams.length, beams.width, beams.thickness))

    def bending(along: Array, across: Array) -> Array:
        moment = across * along**3 / 12
        pull = beams.film.stress * width * thickness
        share = pull * length**2 / (4 * young * moment)
        straight = below(
            "Beams", "compression over that which buckles them", -4 * share / np.pi**2, 1.0,
            "Take shorter or thicker beams, or fold them so that they are free of stress.",
        )  # fmt: skip
        return beams.count * 12 * young * moment / length**3 * _tensed(share) * straight

    stretching = beams.count * young * width * thickness / length
    return Axes(bending(width, thickness), stretching, bending(thickness, width))


def cross_axis(beams: Beams, seen: Axes) -> Axes:
    """What accelerations along each axis are taken for along x, per m/s² of them; along x 1.

    A force along an axis moves the mass along it alone, so what is left is what the reading sees of that motion.

    Args:
        beams: what holds it.
        seen: of the motion along each axis, by the reading: shifts by the same motion, in any unit.
    """
    soft = [jnp.asarray(part) / stiff for part, stiff in zip(seen, stiffness(beams), strict=True)]
    return Axes(*(part / soft[0] for part in soft))


def density(sigma_pm: ArrayLike, rate: ArrayLike) -> Array:
    """One-sided density of white noise [pm/√Hz] that has `sigma_pm` in samples at `rate` [Hz]: σ √(2/rate)."""
    check_no_less("density", "sigma_pm", sigma_pm, 0.0, "pm", "")
    check_between("density", "rate", rate, 0.0, np.inf, "Hz", "")
    return jnp.asarray(sigma_pm) * jnp.sqrt(2 / jnp.asarray(rate))


def thermal_force(damping: ArrayLike, temperature: ArrayLike = 293.15) -> Array:
    """√(4 k T c) [N/√Hz]."""
    check_between("thermal_force", "temperature", temperature, 0.0, np.inf, "K", "")
    return jnp.sqrt(4 * constants.k * jnp.asarray(temperature) * damping)


def force_noise(
    oscillator: Oscillator, frequency: ArrayLike, reading: Reading | None = None, temperature: ArrayLike = 293.15
) -> Array:
    """Of heat and of the reading, referred to a force [N/√Hz]."""
    square = thermal_force(oscillator.damping, temperature) ** 2 * jnp.ones_like(jnp.asarray(frequency, float))
    if reading is not None:
        motion = 1e-6 * jnp.asarray(reading.noise_pm) / reading.pm_per_um  # m/√Hz
        square = square + (motion / jnp.abs(oscillator.motion(frequency))) ** 2
    return jnp.sqrt(square)


def acceleration_noise(
    oscillator: Oscillator, frequency: ArrayLike, reading: Reading | None = None, temperature: ArrayLike = 293.15
) -> Array:
    """Noise-equivalent acceleration [m/s²/√Hz]; without a reading √(4 k T c)/m."""
    return force_noise(oscillator, frequency, reading, temperature) / oscillator.mass


def pressure_noise(
    oscillator: Oscillator, frequency: ArrayLike, reading: Reading | None = None, temperature: ArrayLike = 293.15
) -> Array:
    """Noise-equivalent pressure [Pa/√Hz].

    Raises:
        ValueError: the mass has no area.
    """
    check_between("pressure_noise", "area", oscillator.area, 0.0, np.inf, "m²", "Give it with the Oscillator.")
    return force_noise(oscillator, frequency, reading, temperature) / oscillator.area


def _tensed(share: Array) -> Array:
    """z/(3(1 - tanh√z/√z)): stiffness with tension over that without, z = (uL/2)²; smooth through z = 0."""
    small = jnp.abs(share) < 1e-2
    positive = jnp.where(small | (share < 0), 1.0, share)
    negative = jnp.where(small | (share > 0), 1.0, -share)
    pulled = positive / (3 * (1 - jnp.tanh(jnp.sqrt(positive)) / jnp.sqrt(positive)))
    pushed = -negative / (3 * (1 - jnp.tan(jnp.sqrt(negative)) / jnp.sqrt(negative)))
    near = 1 / (1 - 2 * share / 5 + 17 * share**2 / 105 - 62 * share**3 / 945)
    return jnp.where(small, near, jnp.where(share > 0, pulled, pushed))
