"""Interferometers and gratings that sense: MZI with two or three outputs, spirals, Bragg gratings, phase-shifted too.

Three outputs at 120 degrees, behind a 3 x 3 coupler, tell the phase without blind points and without its sign in doubt.
Gratings by coupled modes (`devices.bragg.coupled_mode` is the uniform one). Lengths in µm.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.devices import bragg
from lingnan.solvers.sensors.ranges import check_finite, check_share
from lingnan.solvers.sensors.resonators import NOTHING, Cause
from lingnan.solvers.sensors.sensitivity import Guide
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Interferometer:
    """A sensing arm, spiral or straight, and a covered one; balanced where both have one length."""

    sensor: Guide  #: cross-section under the window
    reference: Guide  #: covered one
    exposed: Any  #: length under the window [µm]
    covered: Any = 0.0  #: covered length of the sensing arm [µm]
    other: Any = None  #: length of the covered arm; None: as long as the sensing one [µm]
    contrast: Any = 1.0  #: of the couplers alone, 0 to 1

    def __post_init__(self) -> None:
        check_no_less("Interferometer", "exposed", self.exposed, 0.0, "µm", "")
        check_no_less("Interferometer", "covered", self.covered, 0.0, "µm", "")
        if self.other is not None:
            check_no_less("Interferometer", "other", self.other, 0.0, "µm", "None makes both arms equal.")
        check_share("Interferometer", "contrast", self.contrast)

    @property
    def second(self) -> Any:
        """Length of the covered arm [µm]."""
        return self.exposed + self.covered if self.other is None else self.other

    def phase(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Of the sensing arm less that of the covered one [rad]; warmth reaches both."""
        n = self.sensor.index(wavelength, *cause)
        m = self.reference.index(wavelength, warmth=cause.warmth)
        return 2 * jnp.pi / jnp.asarray(wavelength) * (n * self.exposed + m * (self.covered - self.second))

    @property
    def arms(self) -> tuple[Array, Array]:
        """Share of power that survives each arm."""
        wet = self.sensor.attenuation * self.exposed + self.reference.attenuation * self.covered
        return jnp.exp(-wet), jnp.exp(-self.reference.attenuation * self.second)

    def two(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Shares of power at the two outputs of a 2 x 2 coupler, (2, …): first bright at no phase."""
        one, two = self.arms
        swing = self.contrast * jnp.sqrt(one * two) / 2 * jnp.cos(self.phase(wavelength, cause))
        mean = (one + two) / 4
        return jnp.stack([mean + swing, mean - swing])

    def three(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Shares of power at the outputs of a 3 x 3 coupler, (3, …), 120 degrees apart."""
        one, two = self.arms
        phase = self.phase(wavelength, cause)
        turns = 2 * jnp.pi / 3 * jnp.arange(-1, 2).reshape(3, *(1,) * phase.ndim)
        return (one + two) / 6 + self.contrast * jnp.sqrt(one * two) / 3 * jnp.cos(phase + turns)

    @property
    def rad_per_riu(self) -> Array:
        """Phase by index [rad/RIU]: 2π/λ dn_eff/dn L, the same balanced or not."""
        return 1e-4 * self.sensor.rad_per_riu_cm * self.exposed

    @property
    def fsr(self) -> Array:
        """Of the fringes over wavelength [µm]; infinite where both arms delay alike."""
        return self.sensor.wavelength**2 / jnp.abs(self._delay)

    @property
    def nm_per_riu(self) -> Array:
        """Shift of a fringe [nm/RIU]: λ L dn_eff/dn over the difference of delays, exact for a linear index."""
        return 1e3 * self.sensor.wavelength * self.sensor.bulk * self.exposed / self._delay

    @property
    def nm_per_nm(self) -> Array:
        """Shift of a fringe by the thickness of an adlayer [nm/nm]."""
        return self.sensor.wavelength * self.sensor.surface * self.exposed / self._delay

    @property
    def pm_per_kelvin(self) -> Array:
        """Shift of a fringe by temperature [pm/K]."""
        return 1e6 * self.sensor.wavelength * self._drift / self._delay

    @property
    def rad_per_kelvin(self) -> Array:
        """Phase by temperature [rad/K]."""
        return 2 * jnp.pi / self.sensor.wavelength * self._drift

    @property
    def range_riu(self) -> Array:
        """Change of index after which the outputs are the same again, at one wavelength: 2π over `rad_per_riu`."""
        return 2 * jnp.pi / jnp.abs(self.rad_per_riu)

    @property
    def _delay(self) -> Array:
        """Difference of the optical paths by the group indices [µm]."""
        return jnp.asarray(self.sensor.n_g * self.exposed + self.reference.n_g * (self.covered - self.second))

    @property
    def _drift(self) -> Array:
        """Of the difference of the optical paths by temperature [µm/K]."""
        return jnp.asarray(self.sensor.drift * self.exposed + self.reference.drift * (self.covered - self.second))


def phase_of_three(powers: ArrayLike) -> Array:
    """Phase from the outputs of `Interferometer.three`, (3, …), between -π and π: atan2 of their 120-degree sums."""
    if np.shape(powers)[:1] != (3,):
        raise ValueError(
            f"phase_of_three: powers have the shape {np.shape(powers)}: give the three outputs along the first axis."
        )
    low, middle, high = jnp.asarray(powers)
    return jnp.arctan2(low - high, (2 * middle - low - high) / np.sqrt(3.0))


@tree
@dataclass(frozen=True)
class Grating:
    """A Bragg grating of one period, or two halves with a quarter wave between them (`shift` π: phase-shifted)."""

    guide: Guide
    period: Any  #: [µm]
    kappa: Any  #: coupling [1/µm]
    length: Any  #: of all of it [µm]
    shift: Any = 0.0  #: extra round-trip phase of the gap in the middle [rad]
    exposed: Any = 1.0

    def __post_init__(self) -> None:
        for name, value in (("period", self.period), ("kappa", self.kappa), ("length", self.length)):
            check_between("Grating", name, value, 0.0, np.inf, "1/µm" if name == "kappa" else "µm", "")
        check_finite("Grating", "shift", self.shift, "rad")
        check_share("Grating", "exposed", self.exposed)

    def detuning(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """β - π/Λ [1/µm], with half the loss of power as its imaginary part."""
        analyte, thickness = self.exposed * jnp.asarray(cause.analyte), self.exposed * jnp.asarray(cause.thickness)
        n = self.guide.index(wavelength, analyte, thickness, cause.warmth)
        return 2 * jnp.pi / jnp.asarray(wavelength) * n - jnp.pi / self.period + 0.5j * self.guide.attenuation

    def amplitudes(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> tuple[Array, Array]:
        """Reflected and transmitted amplitude, up to the phase of the carrier.

        da/dz = iδ a + iκ b, db/dz = -iκ a - iδ b on half of the length, whose matrix is
        cosh(γl) + sinh(γl)/γ [[iδ, iκ], [-iκ, -iδ]], γ² = κ² - δ²; the gap turns a by half of `shift`, b by minus that.
        """
        delta = self.detuning(wavelength, cause)
        half = jnp.asarray(self.length) / 2
        square = (self.kappa**2 - delta**2) * half**2
        cosh, sinhc = _cosh(square), _sinhc(square)
        a, b = cosh + 1j * delta * half * sinhc, 1j * self.kappa * half * sinhc
        c, d = -b, cosh - 1j * delta * half * sinhc
        turn = jnp.exp(0.5j * jnp.asarray(self.shift))
        m11, m12 = a * turn * a + b / turn * c, a * turn * b + b / turn * d
        m21, m22 = c * turn * a + d / turn * c, c * turn * b + d / turn * d
        return -m21 / m22, (m11 * m22 - m12 * m21) / m22

    def reflected(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Share of power."""
        return jnp.abs(self.amplitudes(wavelength, cause)[0]) ** 2

    def transmitted(self, wavelength: ArrayLike, cause: Cause = NOTHING) -> Array:
        """Share of power."""
        return jnp.abs(self.amplitudes(wavelength, cause)[1]) ** 2

    def bragg(self, cause: Cause = NOTHING) -> Array:
        """Bragg wavelength [µm]: β = π/Λ, linear in λ for a linear index."""
        slope = (self.guide.n_eff - self.guide.n_g) / self.guide.wavelength
        moved = (
            self.exposed * (self.guide.bulk * jnp.asarray(cause.analyte) + self.guide.surface * cause.thickness)
            + self.guide.drift * jnp.asarray(cause.warmth)
        )  # fmt: skip
        return (self.guide.n_g + moved) / (1 / (2 * jnp.asarray(self.period)) - slope)

    @property
    def nm_per_riu(self) -> Array:
        """Sensitivity of the Bragg line, and of the line in its middle, by the formula [nm/RIU]."""
        return 1e3 * self.bragg() / self.guide.n_g * self.guide.bulk * self.exposed

    @property
    def nm_per_nm(self) -> Array:
        """The same by the thickness of an adlayer [nm/nm]."""
        return self.bragg() / self.guide.n_g * self.guide.surface * self.exposed

    @property
    def pm_per_kelvin(self) -> Array:
        """The same by temperature, of all of the grating [pm/K]."""
        return 1e6 * self.bragg() / self.guide.n_g * self.guide.drift

    @property
    def band(self) -> Array:
        """Of a uniform grating without loss, from zero to zero of its reflection [µm]."""
        return bragg.bandwidth(self.kappa, self.length, self.bragg(), self.guide.n_g)

    @property
    def fwhm(self) -> Array:
        """Of the line in the middle of a grating shifted by π [µm], for κL of 3 or more.

        Without loss |1/t|² = 1 + 4 x S² + 4 x², x = (δS/γ)², S = sinh(γL/2), which is 2 at δ = κ/(2 S²) to S⁻⁴; loss
        adds α/2 to that. Derived here from `amplitudes`.
        """
        half = self.kappa / (2 * jnp.sinh(self.kappa * jnp.asarray(self.length) / 2) ** 2) + self.guide.attenuation / 2
        return self.bragg() ** 2 / (jnp.pi * self.guide.n_g) * half

    @property
    def q_loaded(self) -> Array:
        """λ/FWHM of that line."""
        return self.bragg() / self.fwhm


def _cosh(square: Array) -> Array:
    """cosh √s, entire in s."""
    root, near = _root(square)
    return jnp.where(near, 1 + square / 2 + square**2 / 24, jnp.cosh(root))


def _sinhc(square: Array) -> Array:
    """sinh √s / √s, entire in s."""
    root, near = _root(square)
    return jnp.where(near, 1 + square / 6 + square**2 / 120, jnp.sinh(root) / root)


def _root(square: Array) -> tuple[Array, Array]:
    near = jnp.abs(square) < 1e-3  # the series is right to 1e-3³/5040 there
    return jnp.sqrt(jnp.where(near, 1.0 + 0j, square + 0j)), near
