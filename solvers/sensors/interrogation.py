"""Broadband light that comes back from gratings, read by a spectrometer's channels: power, noise, and where a line is.

A line between two channels is read by the logarithm of their ratio, which knows no source's power. Noise of a channel
is that of its electrons, of the amplifier, and of the light itself: thermal light of one polarisation has the
covariance 2 B ∫p_i p_j dν between two channels (one-sided, B the bandwidth), p their spectral powers; for one channel
that is 2/Δν of intensity noise, and what neighbours share they share. J. W. Goodman, Statistical Optics (1985), §6.2.

    read = Reading(wavelength, density, table)             # of a source, and of a spectrometer
    read.powers(back), read.covariance(back, Detector(0.9, 100.0, 2e-12))

Wavelengths in µm, densities in W/µm, powers in W.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.sensors.detector import Detector, shown
from lingnan.solvers.sensors.ranges import check_alike, check_finite, check_shape
from lingnan.solvers.trees import tree

EVEN = 1e-6  #: share of a step by which wavelengths may be uneven
#: condition of slopes from which on what is told apart is round-off; the information's is the square
MOST_ALIKE = 1e13


@tree
@dataclass(frozen=True)
class Reading:
    """A source and a spectrometer, on samples of wavelength that both are known at."""

    wavelength: Any  #: rising, equally spaced (N,) [µm]
    density: Any  #: of the source at the gratings' coupler, all losses but the gratings' and the table's counted [W/µm]
    table: Any  #: share that each channel passes, (C, N)

    def __post_init__(self) -> None:
        check_no_less("Reading", "density", self.density, 0.0, "W/µm", "")
        if not (known(self.wavelength) and known(self.table)):
            return
        if np.shape(self.table)[1:] != np.shape(self.wavelength):
            raise ValueError(
                f"Reading: a table of shape {np.shape(self.table)} at {np.size(self.wavelength)} wavelengths: give one "
                "row for each channel, and one column for each wavelength."
            )
        check_no_less("Reading", "table", self.table, 0.0, "", "It is a share of power.")
        waves = np.asarray(self.wavelength, float)
        check_between("Reading", "wavelength", waves, 0.0, np.inf, "µm", "")
        steps = np.diff(waves)
        if waves.size < 2 or not np.all(steps > 0) or np.ptp(steps) > EVEN * steps.mean():
            raise ValueError(
                f"Reading: {waves.size} wavelengths from {waves[0]:g} to {waves[-1]:g} µm: give two or more, rising in "
                "equal steps."
            )

    @property
    def step(self) -> Array:
        """Of the samples [µm]."""
        waves = jnp.asarray(self.wavelength)
        return waves[1] - waves[0]

    def spectra(self, back: ArrayLike) -> Array:
        """Of the light in each channel [W/µm], (C, N).

        Args:
            back: share that the gratings send back at each wavelength (N,).
        """
        check_alike("Reading.spectra", wavelength=self.wavelength, back=back)
        check_no_less("Reading.spectra", "back", back, 0.0, "", "It is a share of power.")
        return jnp.asarray(self.table) * self.density * jnp.asarray(back)

    def powers(self, back: ArrayLike) -> Array:
        """Of the channels [W], (C,)."""
        return jnp.sum(self.spectra(back), axis=1) * self.step

    def covariance(self, back: ArrayLike, detector: Detector) -> Array:
        """Of the channels' currents [A²], (C, C)."""
        seen = self.spectra(back)
        # ∫p_ν² dν with p_ν dν = p_λ dλ: dν = c dλ/λ²
        weight = jnp.square(jnp.asarray(self.wavelength)) / (constants.c * 1e6) * self.step
        beat = 2 * jnp.square(detector.responsivity) * jnp.einsum("in,jn,n->ij", seen, seen, weight)
        current = detector.responsivity * jnp.sum(seen, axis=1) * self.step
        return detector.bandwidth * (beat + jnp.diag(shown(current, None, detector)))


def ratio(powers: ArrayLike, pair: tuple[int, int]) -> Array:
    """ln of the second channel over the first: rises with a line's wavelength where the second is the redder."""
    _check_pair("ratio", np.shape(powers)[-1:], pair)
    seen = jnp.asarray(powers)
    check_between("ratio", "power", seen, 0.0, np.inf, "", "Dark channels have no logarithm.")
    return jnp.log(seen[..., pair[1]] / seen[..., pair[0]])


def ratio_sigma(currents: ArrayLike, covariance: ArrayLike, pair: tuple[int, int]) -> Array:
    """Scatter of that logarithm, of first order: √(gᵀ C g), g = (-1/I_1, 1/I_2)."""
    _check_pair("ratio_sigma", np.shape(currents)[-1:], pair)
    check_between("ratio_sigma", "current", currents, 0.0, np.inf, "A", "Dark channels have no logarithm.")
    check_shape("ratio_sigma", "covariance", covariance, np.shape(currents) * 2, "One row and column a channel.")
    check_finite("ratio_sigma", "covariance", covariance)
    if known(covariance):
        own = np.diagonal(np.asarray(covariance))
        check_no_less("ratio_sigma", "variance", own, 0.0, "A²", "")
    seen, chosen = jnp.asarray(currents)[jnp.asarray(pair)], jnp.ix_(jnp.asarray(pair), jnp.asarray(pair))
    slope = jnp.array([-1.0, 1.0]) / seen
    return jnp.sqrt(slope @ jnp.asarray(covariance)[chosen] @ slope)


def _check_pair(where: str, channels: tuple[int, ...], pair: tuple[int, int]) -> None:
    count = channels[0] if channels else 0
    if len(pair) != 2 or pair[0] == pair[1] or not all(0 <= k < count for k in pair):
        raise ValueError(f"{where}: pair = {pair}: give two different channels of the {count}, counted from 0.")


def gaussian_table(wavelength: ArrayLike, centres: ArrayLike, width: ArrayLike) -> Array:
    """Channels of Gaussian shape and no loss, `width` at half of their height [µm]."""
    check_no_less("gaussian_table", "width", width, 1e-9, "µm", "")
    check_shape("gaussian_table", "centres", centres, (None,), "One for each channel.")
    check_finite("gaussian_table", "centres", centres, "µm")
    off = jnp.asarray(wavelength) - jnp.asarray(centres)[:, None]
    return jnp.exp(-4 * np.log(2) * jnp.square(off / width))


def estimator(slopes: ArrayLike, covariance: ArrayLike) -> tuple[Array, Array]:
    """Weighted least squares of small changes: what multiplies currents' changes (P, C), and the scatter (P, P).

    (SᵀC⁻¹S)⁻¹ SᵀC⁻¹, whose covariance (SᵀC⁻¹S)⁻¹ is the bound of Cramer and Rao where C does not tell anything itself.

    Args:
        slopes: of currents by all that is unknown, (C, P).
        covariance: of the currents, (C, C).

    Raises:
        ValueError: shapes that do not fit, fewer channels than unknowns, unknowns that the channels cannot tell apart,
            or a covariance that no noise has.
    """
    _check_problem(slopes, covariance)
    given = jnp.asarray(slopes)
    scale = 1 / jnp.sqrt(jnp.diagonal(jnp.asarray(covariance)))
    white = jnp.linalg.inv(jnp.linalg.cholesky(scale[:, None] * jnp.asarray(covariance) * scale))
    sensed = white @ (scale[:, None] * given)
    size = 1 / jnp.linalg.norm(sensed, axis=0)
    q, r = jnp.linalg.qr(sensed * size)
    back = size[:, None] * jnp.linalg.inv(r)
    return back @ q.T @ white * scale, back @ back.T


def _check_problem(slopes: ArrayLike, covariance: ArrayLike) -> None:
    check_shape("estimator", "slopes", slopes, (None, None), "One row for each channel, one column for each unknown.")
    channels, unknowns = np.shape(slopes)
    check_shape("estimator", "covariance", covariance, (channels, channels), f"There are {channels} channels.")
    if channels < unknowns:
        raise ValueError(f"estimator: {channels} channels for {unknowns} unknowns: give a channel for each, or more.")
    check_finite("estimator", "slopes", slopes)
    check_finite("estimator", "covariance", covariance)
    if not (known(slopes) and known(covariance)):
        return
    noise, given = np.asarray(covariance, float), np.asarray(slopes, float)
    spread = np.sqrt(np.maximum(np.diagonal(noise), 0.0))
    check_between("estimator", "variance", np.diagonal(noise), 0.0, np.inf, "", "Each channel has some noise.")
    own = noise / np.outer(spread, spread)
    if not np.allclose(own, own.T, rtol=0, atol=1e-9) or np.linalg.eigvalsh(own)[0] <= 0:
        raise ValueError(
            "estimator: this covariance is not that of any noise: it must be symmetric, with all of its "
            "eigenvalues above 0."
        )
    size = np.linalg.norm(given / spread[:, None], axis=0)
    if not np.all(size > 0) or np.linalg.cond(given / spread[:, None] / size) > MOST_ALIKE:
        raise ValueError(
            f"estimator: the channels cannot tell these {unknowns} unknowns apart: columns of slopes are 0 or depend "
            "on each other. Leave one out, or add a channel."
        )
