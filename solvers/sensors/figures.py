"""Figures of merit of a refractive-index sensor, by named definitions.

Limit of detection: what is found depends on who defines it, so each function carries its author's name.
I. M. White and X. Fan, Opt. Express 16, 1020 (2008), doi:10.1364/OE.16.001020; the intrinsic limit is named after
L. Chrostowski et al. (2012). Lengths in µm, sensitivities in nm/RIU, losses in dB/cm.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.sensors.ranges import check_finite
from lingnan.solvers.sensors.sensitivity import Guide


def q_intrinsic(guide: Guide) -> Array:
    """Q of a ring without couplers, 2π n_g/(λ α): energy over what is lost in a radian, roughness and liquid alike."""
    return 2 * jnp.pi * guide.n_g / (guide.wavelength * guide.attenuation)


def q_of(wavelength: ArrayLike, fwhm: ArrayLike) -> Array:
    """Q of a resonance from its width, both in the same unit."""
    check_between("q_of", "wavelength", wavelength, 0.0, np.inf, "", "")
    check_between("q_of", "fwhm", fwhm, 0.0, np.inf, "", "In the unit of the wavelength.")
    return jnp.asarray(wavelength) / fwhm


def fsr(guide: Guide, length: ArrayLike) -> Array:
    """Free spectral range λ²/(n_g L) of a round trip, or of a difference of paths, L [µm]."""
    check_between("fsr", "length", length, 0.0, np.inf, "µm", "")
    return jnp.square(guide.wavelength) / (guide.n_g * jnp.asarray(length))


def lod_intrinsic(wavelength: ArrayLike, q: ArrayLike, nm_per_riu: ArrayLike) -> Array:
    """Index that moves a resonance by its own width [RIU]: λ/(Q S), after Chrostowski 2012.

    Args:
        wavelength: [µm].
        q: loaded.
        nm_per_riu: sensitivity [nm/RIU].
    """
    check_between("lod_intrinsic", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    check_between("lod_intrinsic", "q", q, 0.0, np.inf, "", "")
    check_between("lod_intrinsic", "nm_per_riu", nm_per_riu, 0.0, np.inf, "nm/RIU", "Give its absolute value.")
    return 1e3 * jnp.asarray(wavelength) / (jnp.asarray(q) * nm_per_riu)


def sigma_white_fan(fwhm: ArrayLike, snr_db: ArrayLike) -> Array:
    """Scatter of the found minimum by amplitude noise, FWHM/(4.5 SNR^¼), in the unit of FWHM: White and Fan 2008.

    An estimate for their way to read a line, the lowest sample; a fit does better (`bounds`). SNR is that of the
    detected current's power: at 60 dB the noise is a thousandth of the signal.
    """
    check_between("sigma_white_fan", "fwhm", fwhm, 0.0, np.inf, "", "")
    check_finite("sigma_white_fan", "snr_db", snr_db, "dB")
    return jnp.asarray(fwhm) / (4.5 * 10 ** (jnp.asarray(snr_db) / 40))


def lod_white_fan(
    wavelength: ArrayLike,
    q: ArrayLike,
    nm_per_riu: ArrayLike,
    snr_db: ArrayLike = 60.0,
    *,
    resolution_pm: ArrayLike = 1.0,
    temperature_pm: ArrayLike = 0.01,
) -> Array:
    """Limit of detection 3σ/S [RIU] with amplitude, reading and temperature noise: White and Fan 2008.

    Args:
        wavelength: [µm].
        q: loaded.
        nm_per_riu: sensitivity [nm/RIU].
        snr_db: of the detected current's power, 20 log10 of signal over noise.
        resolution_pm: step in which wavelengths are read; uniform in it, so its σ is step/(2√3) [pm].
        temperature_pm: scatter by temperature, one σ [pm].
    """
    check_between("lod_white_fan", "q", q, 0.0, np.inf, "", "")
    check_no_less("lod_white_fan", "resolution_pm", resolution_pm, 0.0, "pm", "")
    check_no_less("lod_white_fan", "temperature_pm", temperature_pm, 0.0, "pm", "")
    amplitude = sigma_white_fan(1e6 * jnp.asarray(wavelength) / q, snr_db)
    reading = jnp.asarray(resolution_pm) / (2 * np.sqrt(3.0))
    return lod(jnp.sqrt(amplitude**2 + reading**2 + jnp.asarray(temperature_pm) ** 2), nm_per_riu)


def lod(sigma_pm: ArrayLike, nm_per_riu: ArrayLike) -> Array:
    """3σ/S [RIU]: three standard deviations of the blank, as IUPAC has it.

    Args:
        sigma_pm: scatter of the measured shift, one σ [pm].
        nm_per_riu: sensitivity [nm/RIU].
    """
    check_no_less("lod", "sigma_pm", sigma_pm, 0.0, "pm", "")
    check_between("lod", "nm_per_riu", nm_per_riu, 0.0, np.inf, "nm/RIU", "Give its absolute value.")
    return 3e-3 * jnp.asarray(sigma_pm) / nm_per_riu


def dynamic_range(fsr_um: ArrayLike, nm_per_riu: ArrayLike) -> Array:
    """Change of index after which a resonance stands where its neighbour was: FSR/S [RIU]."""
    check_between("dynamic_range", "fsr_um", fsr_um, 0.0, np.inf, "µm", "")
    check_between("dynamic_range", "nm_per_riu", nm_per_riu, 0.0, np.inf, "nm/RIU", "Give its absolute value.")
    return 1e3 * jnp.asarray(fsr_um) / nm_per_riu


def decades(span: ArrayLike, limit: ArrayLike) -> Array:
    """Dynamic range in decades, of its span and the limit of detection."""
    check_between("decades", "span", span, 0.0, np.inf, "", "")
    check_between("decades", "limit", limit, 0.0, np.inf, "", "In the unit of the span.")
    return jnp.log10(jnp.asarray(span) / limit)


def nyquist(where: str, step: Any, fwhm: Any, per_width: float = 2.0) -> None:
    """Refuses samples too far apart to see a line.

    Args:
        where: who asks.
        step: between samples, in the unit of `fwhm`.
        fwhm: of the narrowest line.
        per_width: samples in a width at least. The spectrum of a Lorentzian line falls as exp(-π FWHM f), to 4 % at the
            Nyquist frequency of two samples.

    Raises:
        ValueError: with both steps.
    """
    check_between(
        where, "step of wavelength", step, 0.0, float(np.min(np.asarray(fwhm))) / per_width * (1 + 1e-12), "µm",
        f"Fewer than {per_width:g} samples in a line's width of {float(np.min(np.asarray(fwhm))):.4g} µm are below "
        "Nyquist. Scan in finer steps, or couple the ring more.",
    )  # fmt: skip
