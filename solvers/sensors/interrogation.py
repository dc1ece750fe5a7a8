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

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_no_less, known
from lingnan.solvers.links.receiver import CHARGE
from lingnan.solvers.sensors.detector import Detector


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Reading:
    """A source and a spectrometer, on samples of wavelength that both are known at."""

    wavelength: Any  #: rising, equally spaced (N,) [µm]
    density: Any  #: of the source at the gratings' coupler, all losses but the gratings' and the table's counted [W/µm]
    table: Any  #: share that each channel passes, (C, N)

    def __post_init__(self) -> None:
        if not (known(self.wavelength) and known(self.table)):
            return
        if np.shape(self.table)[1:] != np.shape(self.wavelength):
            raise ValueError(
                f"Reading: a table of shape {np.shape(self.table)} at {np.size(self.wavelength)} wavelengths: give one "
                "row for each channel, and one column for each wavelength."
            )
        check_no_less("Reading", "density", self.density, 0.0, "W/µm", "")

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
        own = 2 * CHARGE * (current + detector.dark) + jnp.square(detector.thermal)
        return detector.bandwidth * (beat + jnp.diag(own))


def ratio(powers: ArrayLike, pair: tuple[int, int]) -> Array:
    """ln of the second channel over the first: rises with a line's wavelength where the second is the redder."""
    seen = jnp.asarray(powers)
    return jnp.log(seen[..., pair[1]] / seen[..., pair[0]])


def ratio_sigma(currents: ArrayLike, covariance: ArrayLike, pair: tuple[int, int]) -> Array:
    """Scatter of that logarithm, of first order: √(gᵀ C g), g = (-1/I_1, 1/I_2)."""
    seen, chosen = jnp.asarray(currents)[jnp.asarray(pair)], jnp.ix_(jnp.asarray(pair), jnp.asarray(pair))
    slope = jnp.array([-1.0, 1.0]) / seen
    return jnp.sqrt(slope @ jnp.asarray(covariance)[chosen] @ slope)


def gaussian_table(wavelength: ArrayLike, centres: ArrayLike, width: ArrayLike) -> Array:
    """Channels of Gaussian shape and no loss, `width` at half of their height [µm]."""
    check_no_less("gaussian_table", "width", width, 1e-9, "µm", "")
    off = jnp.asarray(wavelength) - jnp.asarray(centres)[:, None]
    return jnp.exp(-4 * np.log(2) * jnp.square(off / width))


def estimator(slopes: ArrayLike, covariance: ArrayLike) -> tuple[Array, Array]:
    """Weighted least squares of small changes: what multiplies currents' changes (P, C), and the scatter (P, P).

    (SᵀC⁻¹S)⁻¹ SᵀC⁻¹, whose covariance (SᵀC⁻¹S)⁻¹ is the bound of Cramer and Rao where C does not tell anything itself.

    Args:
        slopes: of currents by all that is unknown, (C, P).
        covariance: of the currents, (C, C).
    """
    given = jnp.asarray(slopes)
    scale = 1 / jnp.sqrt(jnp.diagonal(jnp.asarray(covariance)))
    white = jnp.linalg.inv(jnp.linalg.cholesky(scale[:, None] * jnp.asarray(covariance) * scale))
    sensed = white @ (scale[:, None] * given)
    size = 1 / jnp.linalg.norm(sensed, axis=0)
    q, r = jnp.linalg.qr(sensed * size)
    back = size[:, None] * jnp.linalg.inv(r)
    return back @ q.T @ white * scale, back @ back.T
