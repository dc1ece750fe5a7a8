"""Fibre between transmitter and receiver: loss and dispersion, and what dispersion leaves of small signals.

Linear, one polarisation. Over a length L a component at ω0 + Ω gathers the phase (β2 Ω²/2 + β3 Ω³/6) L; the delay that
all have in common is left out.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.trees import watched

#: speed of light in vacuum [m/s], exact
C0 = 299_792_458.0


@watched
@dataclass(frozen=True)
class Fibre:
    """A length of fibre."""

    length_km: Any  #: [km]
    d_ps_nm_km: Any  #: dispersion at the wavelength [ps/(nm km)]
    wavelength: Any = 1.55  #: of the carrier [µm]
    slope_ps_nm2_km: Any = 0.0  #: dD/dλ [ps/(nm² km)]
    loss_db_km: Any = 0.0  #: [dB/km]

    def __post_init__(self) -> None:
        check_no_less("Fibre", "length_km", self.length_km, 0.0, "km", "")
        check_between("Fibre", "wavelength", self.wavelength, 0.0, np.inf, "µm", "")
        check_no_less("Fibre", "loss_db_km", self.loss_db_km, 0.0, "dB/km", "Losses are positive.")
        check_between("Fibre", "d_ps_nm_km", self.d_ps_nm_km, -np.inf, np.inf, "ps/(nm km)", "")
        check_between("Fibre", "slope_ps_nm2_km", self.slope_ps_nm2_km, -np.inf, np.inf, "ps/(nm² km)", "")

    @property
    def beta(self) -> tuple[Any, Any]:
        """β2 [s²/m] and β3 [s³/m]: D = -(2πc/λ²) β2, and its derivative by λ."""
        d, slope, wavelength = self.d_ps_nm_km * 1e-6, self.slope_ps_nm2_km * 1e3, self.wavelength * 1e-6
        scale = wavelength**2 / (2 * np.pi * C0)
        return -scale * d, scale**2 * (slope + 2 * d / wavelength)


def propagated(field: Waveform, fibre: Fibre) -> Waveform:
    """The field at the other end [√W]."""
    beta2, beta3 = fibre.beta
    metres = fibre.length_km * 1e3
    # harmonics of a discrete Fourier transform go as exp(+jωt): the light's own frequencies are their negatives
    omega = -2 * np.pi * np.fft.fftfreq(field.value.shape[-1]) / field.step
    phase = (beta2 / 2 * omega**2 + beta3 / 6 * omega**3) * metres
    lost = 10 ** (-jnp.asarray(fibre.loss_db_km * fibre.length_km, float) / 20)
    return Waveform(lost * jnp.fft.ifft(jnp.fft.fft(field.value) * jnp.exp(1j * phase)), field.step)


def small_signal(fibre: Fibre, frequency: ArrayLike, alpha: ArrayLike = 0.0) -> Array:
    """What arrives of a small modulation of power, of what was sent: cos ϑ - α sin ϑ, ϑ = π D L λ² f²/c.

    Args:
        fibre: without its slope, which acts on both sidebands alike.
        frequency: of the modulation [Hz].
        alpha: chirp parameter.

    Both sidebands (m/4)(1 + jα) of a carrier 1 are turned by the same angle, and beat with it; without loss.
    """
    check_between("small_signal", "alpha", alpha, -np.inf, np.inf, "", "")
    theta = -fibre.beta[0] / 2 * (2 * jnp.pi * jnp.asarray(frequency, float)) ** 2 * fibre.length_km * 1e3
    return jnp.cos(theta) - alpha * jnp.sin(theta)


def first_null(fibre: Fibre, alpha: ArrayLike = 0.0) -> Array:
    """Lowest frequency of which nothing arrives [Hz]: f² = c/(2 |D| L λ²) (1 - (2/π) arctan(±α)), the sign that of D.

    F. Devaux, Y. Sorel and J. F. Kerdiles, J. Lightwave Technol. 11, 1937 (1993), doi:10.1109/50.257953, measure chirp
    by it.
    """
    check_between("first_null", "alpha", alpha, -np.inf, np.inf, "", "")
    reach = jnp.pi * jnp.abs(fibre.beta[0]) * fibre.length_km * 1e3  # ϑ = 2π reach f²
    signed = jnp.sign(jnp.asarray(fibre.d_ps_nm_km, float)) * jnp.asarray(alpha, float)
    return jnp.sqrt((jnp.pi / 2 - jnp.arctan(signed)) / (2 * jnp.pi * reach))
