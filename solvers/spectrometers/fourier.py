"""Fourier-transform spectrometer: interferometers whose arms differ by 0, 1, 2 … steps, all reading at once.

An array of Mach-Zehnder interferometers is an interferogram in space (M. Florjańczyk, P. Cheben, S. Janz, A. Scott,
B. Solheim and D.-X. Xu, Opt. Express 15, 18176 (2007), doi:10.1364/OE.15.018176, of which the abstract was read):

    resolution λ²/(n_g ΔL_max),     band λ²/(2 n_g step) from a wavelength at which all are alike (Littrow's)

so that N = 2 band/resolution. An output at the cross ports of couplers κ², κ'² reads

    |√(κ²(1 - κ'²)) + √((1 - κ²)κ'²) a e^{iφ}|²,     φ = 2π n ΔL/λ + error.

Cosines do not know a phase from its opposite: where the step's phase passes a multiple of π, spectra fold.
"""

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.trees import tree

#: full width at half height of sin(πy)/(πy) [of y]
SINC = 1.2067091288032284


@tree
@dataclass(frozen=True)
class Interferometers:
    """An array, a row of the matrix each."""

    guide: Guide
    delays: Any  #: by which one arm is longer [µm], (N,)
    kappa2: Any = 0.5  #: power across the first coupler, one or (N,)
    kappa2_out: Any = 0.5  #: of the second
    phases: Any = 0.0  #: errors [rad], one or (N,)
    share: Any = 1.0  #: of the light, for each; 1/N of one input that is split, 1 of as many inputs

    def __post_init__(self) -> None:
        where = "Interferometers"
        check_no_less(where, "delays", self.delays, 0.0, "µm", "")
        for name in ("kappa2", "kappa2_out"):
            check_between(where, name, getattr(self, name), 0.0, 1.0, "", "It is a share of power.")
        check_between(where, "share", self.share, 0.0, 1.0 + 1e-12, "", "It is a share of power.")
        if known(self.delays) and (np.ndim(self.delays) != 1 or np.size(self.delays) < 2):
            raise ValueError(f"{where}: delays of shape {np.shape(self.delays)}: a line of two or more.")
        if known(self.delays) and np.unique(np.asarray(self.delays)).size < np.size(self.delays):
            raise ValueError(f"{where}: two delays are the same: their difference, the step, must be above 0 µm.")
        for name in ("kappa2", "kappa2_out", "phases", "share"):
            given = getattr(self, name)
            if known(given) and known(self.delays) and np.shape(given) not in ((), np.shape(self.delays)):
                raise ValueError(
                    f"{where}: {name} of shape {np.shape(given)} for {np.size(self.delays)} delays: give one for each."
                )

    @classmethod
    def across(cls, guide: Guide, low: float, high: float, resolution: float, **more: Any) -> "Interferometers":
        """For a band of wavelengths [µm], with as few interferometers as tell it apart, all alike at its long end.

        Args:
            guide: of the arms.
            low: shortest wavelength.
            high: longest.
            resolution: λ²/(n_g ΔL_max) in the guide's wavelength [µm].
            more: fields of this class.
        """
        check_between("Interferometers.across", "low", low, 0.0, high, "µm", "It lies below the other end.")
        check_between("Interferometers.across", "resolution", resolution, 0.0, high - low, "µm", "")
        most = 1 / (2 * guide.n_g * (1 / low - 1 / high))
        waves = np.floor(2 * most * float(guide.index(high)) / high)
        if waves < 1:
            raise ValueError(
                f"Interferometers.across: {low:g} to {high:g} µm is more than an octave of phase: no step is alike at "
                "its long end. Divide the band."
            )
        step = waves * high / (2 * float(guide.index(high)))
        count = int(np.ceil(guide.wavelength**2 / (guide.n_g * resolution * step) - 1e-9)) + 1
        return cls(guide, step * np.arange(count), **more)

    @property
    def step(self) -> Any:
        """Least difference of delays [µm]: what folds where delays are whole numbers of it."""
        return jnp.min(jnp.diff(jnp.sort(jnp.asarray(self.delays))))

    @property
    def resolution(self) -> Any:
        """λ²/(n_g ΔL_max) [µm]: twice as far from a line's middle as its image's first zero."""
        return self.guide.wavelength**2 / (self.guide.n_g * jnp.max(jnp.asarray(self.delays)))

    @property
    def line_width(self) -> Any:
        """Full width at half height of a line that all delays of even steps see alike, 0.603 of the resolution [µm]."""
        return SINC / 2 * self.resolution

    @property
    def band(self) -> Any:
        """By Nyquist, λ²/(2 n_g step) [µm]."""
        return self.guide.wavelength**2 / (2 * self.guide.n_g * self.step)

    def check_band(self, low: float, high: float) -> None:
        """Refuses wavelengths [µm] of which two look the same."""
        step = float(self.step)
        turns = [2 * float(self.guide.index(wave)) * step / wave for wave in (high, low)]
        most = 0.5 / (float(self.guide.n_g) * step)
        width = 1 / low - 1 / high
        if width > most * (1 + 1e-9):
            raise ValueError(
                f"Interferometers: {low:g} to {high:g} µm, {width * 1e4:g}/cm, is wider than a step of {step:g} µm "
                f"tells apart by Nyquist, {most * 1e4:g}/cm. Take a step of {step * most / width:.4g} µm or less."
            )
        fold = np.ceil(turns[0] + 1e-6)
        if fold < turns[1] - 1e-6:
            at = self.guide.n_g / (fold / (2 * step) - self.guide.slope)
            raise ValueError(
                f"Interferometers: {low:g} to {high:g} µm folds at {float(at):.6g} µm, where a step of {step:g} µm is "
                "a whole number of half waves. Take a step that is one at an end (Interferometers.across)."
            )


def matrix(array: Interferometers, wavelength: ArrayLike, warmth: ArrayLike = 0.0) -> Array:
    """A, share of the light at each wavelength [µm] that each output reads, (N, K); at a temperature above [K].

    Raises:
        ValueError: where two of the wavelengths look the same. Traced numbers are not looked at.
    """
    check_between("matrix", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    if known(wavelength) and all(known(leaf) for leaf in jax.tree.leaves(array)):
        array.check_band(float(np.min(np.asarray(wavelength))), float(np.max(np.asarray(wavelength))))
    return _matrix(array, jnp.asarray(wavelength, float), jnp.asarray(warmth, float))


@jax.jit
def _matrix(array: Interferometers, wave: Array, warmth: Array) -> Array:
    delays = jnp.asarray(array.delays, float)

    def column(value: Any) -> Array:
        return jnp.broadcast_to(jnp.asarray(value, float), delays.shape)[:, None]

    phase = 2 * jnp.pi * array.guide.index(wave, warmth) * delays[:, None] / wave + column(array.phases)
    one, other = column(array.kappa2), column(array.kappa2_out)
    short = one * (1 - other)
    long = (1 - one) * other * jnp.square(array.guide.survival(delays))[:, None]
    return column(array.share) * (short + long + 2 * jnp.sqrt(short * long) * jnp.cos(phase))


def phase_noise(array: Interferometers, wavelength: ArrayLike, spectrum: ArrayLike, sigma: ArrayLike) -> Array:
    """One σ of each reading [of the spectrum] by errors of phase of σ [rad] that calibration has not seen, (N,).

    Of first order, |∂A/∂φ x| σ; `reconstruct.error` takes it as noise.
    """
    check_no_less("phase_noise", "sigma", sigma, 0.0, "rad", "It is one σ.")
    delays = jnp.asarray(array.delays, float)
    errors = jnp.broadcast_to(jnp.asarray(array.phases, float), delays.shape)

    def read(phases: Array) -> Array:
        return matrix(replace(array, phases=phases), wavelength) @ jnp.asarray(spectrum, float)

    return jnp.abs(jax.jvp(read, (errors,), (jnp.ones_like(errors),))[1]) * jnp.asarray(sigma, float)


def drawn(
    array: Interferometers, operator: ArrayLike, wavelength: ArrayLike, spectrum: ArrayLike, *,
    phase_error: float = 0.0, warmth: float = 0.0, sigma: float = 0.0, count: int = 200, seed: int = 0,
) -> Array:  # fmt: skip
    """Spectra reconstructed from readings of chips with errors that calibration has not seen, (count, K).

    Args:
        array: as calibrated.
        operator: G, of `reconstruct.inverse` for it.
        wavelength: [µm], (K,).
        spectrum: as it is, (K,).
        phase_error: one σ of each interferometer, independent [rad].
        warmth: one σ of the chip's temperature, all alike [K].
        sigma: noise of each reading [of the spectrum].
        count: of chips.
        seed: of the draws.
    """
    for name, value, unit in (("phase_error", phase_error, "rad"), ("warmth", warmth, "K"), ("sigma", sigma, "")):
        check_no_less("drawn", name, value, 0.0, unit, "It is one σ.")
    check_no_less("drawn", "count", count, 1, "", "It is a number of chips.")
    rng = np.random.default_rng(seed)
    rows = np.size(array.delays)
    phases = jnp.asarray(phase_error * rng.standard_normal((count, rows)))
    warm = jnp.asarray(warmth * rng.standard_normal(count))
    noise = jnp.asarray(sigma * rng.standard_normal((count, rows)))
    wave, x, g = (jnp.asarray(given, float) for given in (wavelength, spectrum, operator))

    def one(moved: tuple[Array, Array, Array]) -> Array:
        made = replace(array, phases=jnp.asarray(array.phases) + moved[0])
        return g @ (matrix(made, wave, moved[1]) @ x + moved[2])

    return jax.lax.map(one, (phases, warm, noise), batch_size=50)
