"""Rings that sense: all-pass, add-drop, racetracks, and two rings read as a Vernier.

Spectra are the squares of the amplitudes of `resonators.ring`; figures of them as in W. Bogaerts et al., Laser
Photonics Rev. 6, 47 (2012), doi:10.1002/lpor.201100017. A racetrack is a ring whose `length` has straights in it.
Lengths in µm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.sensors.sensitivity import Guide
from lingnan.solvers.trees import tree


class Cause(NamedTuple):
    """What is sensed, as changes from where the guide was solved."""

    analyte: Any = 0.0  #: of the liquid's index [RIU]
    thickness: Any = 0.0  #: of the adlayer [µm]
    warmth: Any = 0.0  #: of temperature [K]


NOTHING = Cause()


@tree
@dataclass(frozen=True)
class Ring:
    """A ring or racetrack with one bus (`kappa2_drop` 0) or two."""

    guide: Guide
    length: Any  #: of a round trip [µm]
    kappa2: Any  #: power that crosses at the bus
    kappa2_drop: Any = 0.0  #: power that crosses at the second bus
    exposed: Any = 1.0  #: share of the round trip under the window

    def __post_init__(self) -> None:
        check_between("Ring", "length", self.length, 0.0, np.inf, "µm", "It is the whole round trip.")
        for name, value in (("kappa2", self.kappa2), ("kappa2_drop", self.kappa2_drop), ("exposed", self.exposed)):
            check_no_less("Ring", name, value, 0.0, "", "It is a share.")
            check_between("Ring", name, value, -1.0, 1.0 + 1e-12, "", "It is a share.")

    def phase(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Of a round trip [rad]; warmth reaches all of it, the analyte and the layer what is exposed."""
        analyte, thickness = self.exposed * jnp.asarray(cause.analyte), self.exposed * jnp.asarray(cause.thickness)
        n = self.guide.index(wavelength, analyte, thickness, cause.warmth)
        return 2 * jnp.pi / jnp.asarray(wavelength) * n * self.length

    @property
    def survival(self) -> Array:
        """Of the field's amplitude over a round trip."""
        return jnp.exp(-self.guide.attenuation * self.length / 2)

    def _amplitudes(self) -> tuple[Array, Array]:
        """t of the bus, and of the rest of a round trip, b: of the second bus and what survives."""
        one, two = (jnp.sqrt(1 - jnp.asarray(k, float)) for k in (self.kappa2, self.kappa2_drop))
        return one, two * self.survival

    def _swing(self, wavelength: ArrayLike, cause: Cause) -> Array:
        """4 t b sin²(φ/2), by which |t - b e^iφ|² exceeds (t - b)² and |1 - t b e^iφ|² exceeds (1 - t b)².

        Real, so that nothing of a spectrum's derivatives is complex; no digits are lost at the foot of a line.
        """
        one, b = self._amplitudes()
        return 4 * one * b * jnp.sin(self.phase(wavelength, cause) / 2) ** 2

    def through(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Share of power that stays on the bus."""
        (one, b), swing = self._amplitudes(), self._swing(wavelength, cause)
        return ((one - b) ** 2 + swing) / ((1 - one * b) ** 2 + swing)

    def drop(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Share of power that comes out at the second bus."""
        (one, b), swing = self._amplitudes(), self._swing(wavelength, cause)
        return self.kappa2 * jnp.asarray(self.kappa2_drop) * self.survival / ((1 - one * b) ** 2 + swing)

    @property
    def fsr(self) -> Array:
        """λ²/(n_g L) [µm]."""
        return self.guide.wavelength**2 / (self.guide.n_g * self.length)

    @property
    def fwhm(self) -> Array:
        """Width of a resonance [µm]: where |1 - r e^iφ|² is twice its least, exactly, r = t1 t2 a."""
        one, b = self._amplitudes()
        r = one * b
        return self.fsr * 2 * jnp.arcsin((1 - r) / (2 * jnp.sqrt(r))) / jnp.pi

    @property
    def q_loaded(self) -> Array:
        """λ/FWHM."""
        return self.guide.wavelength / self.fwhm

    @property
    def extinction(self) -> Array:
        """Through at resonance over through between resonances."""
        one, b = self._amplitudes()
        return ((one - b) * (1 + one * b) / ((1 - one * b) * (one + b))) ** 2

    def resonance(self, cause: Cause = NOTHING) -> Array:
        """The resonance nearest to the guide's wavelength [µm], where the phase is 2πm.

        With a linear index the condition 2π L n(λ)/λ = 2πm is linear in λ too: n = c + s λ gives λ = c L/(m - s L).
        """
        slope = (self.guide.n_eff - self.guide.n_g) / self.guide.wavelength
        here = self.phase(self.guide.wavelength, NOTHING) / (2 * jnp.pi)
        order = jax.lax.stop_gradient(jnp.round(here))
        moved = (
            self.exposed * (self.guide.bulk * jnp.asarray(cause.analyte) + self.guide.surface * cause.thickness)
            + self.guide.drift * jnp.asarray(cause.warmth)
        )  # fmt: skip
        return (self.guide.n_g + moved) * self.length / (order - slope * self.length)

    @property
    def nm_per_riu(self) -> Array:
        """Sensitivity by the formula, λ/n_g dn_eff/dn times what is exposed [nm/RIU]."""
        return 1e3 * self._stretch * self.guide.bulk * self.exposed

    @property
    def nm_per_nm(self) -> Array:
        """By the thickness of an adlayer on what is exposed [nm/nm]."""
        return self._stretch * self.guide.surface * self.exposed

    @property
    def pm_per_kelvin(self) -> Array:
        """By temperature, of all of the round trip [pm/K]."""
        return 1e6 * self._stretch * self.guide.drift

    @property
    def _stretch(self) -> Array:
        """Shift by a change of the mean index [µm]."""
        return self.resonance() / self.guide.n_g


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Vernier:
    """Two add-drop rings in a row, one of them exposed: light passes where both resonate."""

    sensor: Ring
    reference: Ring

    def drop(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Share of power behind both rings; the reference feels warmth, and no analyte."""
        return self.sensor.drop(wavelength, cause) * self.reference.drop(wavelength, Cause(warmth=cause.warmth))

    @property
    def gain(self) -> Array:
        """How much farther the envelope moves than a resonance of the sensor: F_r/(F_r - F_s), with its sign.

        The envelope stands where the difference of both round trips is a multiple of 2π, and moves by what the sensor
        gains in phase over the slope of that difference; the slopes of phase are -2π/F each. Derived here.
        """
        return self.reference.fsr / (self.reference.fsr - self.sensor.fsr)

    @property
    def fsr(self) -> Array:
        """Of the envelope [µm]: F_r F_s/|F_r - F_s|."""
        return self.reference.fsr * self.sensor.fsr / jnp.abs(self.reference.fsr - self.sensor.fsr)

    @property
    def nm_per_riu(self) -> Array:
        """Sensitivity of the envelope by the formula [nm/RIU]."""
        return self.sensor.nm_per_riu * self.gain

    @property
    def nm_per_nm(self) -> Array:
        """Of the envelope, by the thickness of an adlayer [nm/nm]."""
        return self.sensor.nm_per_nm * self.gain

    @property
    def pm_per_kelvin(self) -> Array:
        """Of the envelope, by temperature [pm/K]: the reference drifts too, and is magnified by one less."""
        return self.sensor.pm_per_kelvin * self.gain - self.reference.pm_per_kelvin * (self.gain - 1)


def extremum(transmission: Any, near: ArrayLike, steps: int = 40, within: ArrayLike = 1e-4) -> Array:
    """Where a simulated spectrum has its peak or dip [µm], differentiable through the implicit function.

    Newton on the slope from `near`, no step longer than `within`; then dλ/dc = -T_λc/T_λλ by one more step whose
    denominator is held. It reads a spectrum and knows nothing of phases: the second way to each sensitivity.

    Args:
        transmission: of a wavelength [µm].
        near: where to begin, within a third of the width of it [µm].
        steps: of Newton.
        within: longest step [µm].
    """
    check_between("extremum", "near", near, 0.0, np.inf, "µm", "Begin beside the line.")
    check_between("extremum", "within", within, 0.0, np.inf, "µm", "")
    slope = jax.grad(transmission)
    curve = jax.grad(slope)

    def step(_: int, at: Array) -> Array:
        move = slope(at) / curve(at)
        return at - jnp.clip(move, -jnp.asarray(within), within)

    at = jax.lax.fori_loop(0, steps, step, jax.lax.stop_gradient(jnp.asarray(near, float)))
    at = jax.lax.stop_gradient(at)
    return at - slope(at) / jax.lax.stop_gradient(curve(at))
