"""A guide as a gas cell: how much light the gas takes, how long the guide should be, how few molecules can be seen.

Light in a guide sees Γ times the gas's absorption, Γ = `waveguides.confinement(modes, region, "sensing")`, which slow
light may bring above the share of the field. Direct absorption, and modulation with detection at twice its frequency.
Lengths in cm here, losses in dB/cm, absorption in 1/cm, wavenumbers in 1/cm.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.sensors import bounds
from lingnan.solvers.sensors.chain import Chain, scanned
from lingnan.solvers.sensors.lines import REFERENCE, Gas, absorption
from lingnan.solvers.sensors.ranges import check_count, check_finite
from lingnan.solvers.sensors.sensitivity import DB
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Cell:
    """A guide with gas beside it."""

    confinement: Any  #: Γ of the gas
    length: Any  #: [cm]
    loss_db_cm: Any = 0.0  #: of the guide itself [dB/cm]
    fringe: Any = 0.0  #: amplitude of an etalon's ripple, a share of the power
    fringe_period: Any = 1.0  #: of the ripple [1/cm]: 1/(2 n_g L) of its two faces
    fringe_phase: Any = 0.0  #: [rad]

    def __post_init__(self) -> None:
        check_between("Cell", "confinement", self.confinement, 0.0, np.inf, "", "")
        check_between("Cell", "length", self.length, 0.0, np.inf, "cm", "")
        check_no_less("Cell", "loss_db_cm", self.loss_db_cm, 0.0, "dB/cm", "")
        check_no_less("Cell", "fringe", self.fringe, 0.0, "", "")
        check_between("Cell", "fringe_period", self.fringe_period, 0.0, np.inf, "1/cm", "")
        check_finite("Cell", "fringe_phase", self.fringe_phase, "rad")

    def transmission(self, wavenumber: Array, alpha: ArrayLike) -> Array:
        """Share of power behind the cell.

        Args:
            wavenumber: [1/cm].
            alpha: of the gas in the open [1/cm].
        """
        attenuation = self.loss_db_cm / DB + self.confinement * jnp.asarray(alpha)
        ripple = 1 + self.fringe * jnp.cos(2 * jnp.pi * wavenumber / self.fringe_period + self.fringe_phase)
        return jnp.exp(-attenuation * self.length) * ripple


def best_length(loss_db_cm: ArrayLike, noise_power: float = 0.0) -> Array:
    """Length [cm] at which a weak absorption is seen best: L exp(-a L) over noise that goes as power^p is greatest at
    1/(a (1 - p)).

    Args:
        loss_db_cm: of the guide [dB/cm].
        noise_power: p: 0 for noise of the detector, ½ for shot noise; at 1, intensity noise, longer is always better.

    Raises:
        ValueError: no loss, or p of 1 or more: there is no best length.
    """
    check_between("best_length", "loss_db_cm", loss_db_cm, 0.0, np.inf, "dB/cm", "Without loss longer is better.")
    check_between("best_length", "noise_power", noise_power, -1e-12, 1.0, "", "At 1 longer is always better.")
    return DB / (jnp.asarray(loss_db_cm) * (1 - noise_power))


def ppm_sigma(
    chain: Chain, cell: Cell, gas: Gas, wavelength: Array, ppm: ArrayLike = 0.0, *, pressure: ArrayLike = 1.0,
    temperature: ArrayLike = REFERENCE, baseline: int = 2,
) -> Array:  # fmt: skip
    """Least scatter of the concentration [ppm] from one scan, with a polynomial baseline unknown too.

    Args:
        chain: laser, detector, converter.
        cell: the guide.
        gas: its lines.
        wavelength: of the samples [µm], (N,).
        ppm: at which.
        pressure: [atm].
        temperature: [K].
        baseline: order of the polynomial that multiplies the spectrum.

    Raises:
        ValueError: a concentration below 0, or what `absorption` refuses.
    """
    model = _scan("ppm_sigma", chain, cell, gas, wavelength, ppm, pressure, temperature, baseline)
    return bounds.sigma(model, jnp.zeros(baseline + 2))[0]


def fringe_error(
    chain: Chain, cell: Cell, gas: Gas, wavelength: Array, ppm: ArrayLike = 0.0, *, pressure: ArrayLike = 1.0,
    temperature: ArrayLike = REFERENCE, baseline: int = 2,
) -> Array:  # fmt: skip
    """Concentration [ppm] that an etalon's ripple is taken for by the estimator of `ppm_sigma`, at its worst phase.

    Weighted least squares that knows of no ripple gives each sample a weight g_k; a ripple f cos(2πν/p + φ) on the
    power μ is taken for g·(μ f cos(2πν/p + φ)). No averaging takes it away: with a period far above the line's width
    the baseline has it, far below the samples average it, and as wide as the line it counts in full.

    Args:
        chain: as in `ppm_sigma`, like all others.
        cell: with a `fringe` and its period; its phase is not asked.
        gas: its lines.
        wavelength: of the samples [µm], (N,).
        ppm: at which.
        pressure: [atm].
        temperature: [K].
        baseline: order of the polynomial.
    """
    clear = replace(cell, fringe=0.0)
    model = _scan("fringe_error", chain, clear, gas, wavelength, ppm, pressure, temperature, baseline)
    at = jnp.zeros(baseline + 2)
    (mean, variance), slopes = model(at), jax.jacfwd(lambda p: model(p)[0])(at)
    weight = bounds.weights(variance, slopes)[0]
    turn = 2 * jnp.pi * 1e4 / jnp.asarray(wavelength) / cell.fringe_period
    return cell.fringe * jnp.hypot(jnp.sum(weight * mean * jnp.cos(turn)), jnp.sum(weight * mean * jnp.sin(turn)))


def _scan(
    where: str, chain: Chain, cell: Cell, gas: Gas, wavelength: Array, ppm: ArrayLike, pressure: ArrayLike,
    temperature: ArrayLike, baseline: int,
) -> bounds.Model:  # fmt: skip
    """Samples by what is added to a concentration [ppm] and by a polynomial's coefficients; says what cannot be."""
    check_no_less(where, "ppm", ppm, 0.0, "ppm", "")
    check_count(where, "baseline", baseline, 0, "0 is a constant.")
    if np.size(wavelength) < baseline + 3:
        raise ValueError(
            f"{where}: {np.size(wavelength)} samples for a concentration and a baseline of order {baseline}: give "
            f"{baseline + 3} or more, or a lower baseline=."
        )
    absorption(gas, 1e4 / jnp.asarray(wavelength), temperature, pressure)  # says what is out of range
    wave = jnp.asarray(wavelength, float)
    span = (wave - jnp.mean(wave)) / (jnp.max(wave) - jnp.min(wave)) * 2

    def model(p: Array) -> tuple[Array, Array]:
        def spectrum(w: Array) -> Array:
            alpha = absorption(gas, 1e4 / w, temperature, pressure)  # of a ppm
            return cell.transmission(1e4 / w, alpha * (p[0] + ppm))

        trace = scanned(chain, spectrum, wave)
        shape = 1 + sum((p[k + 1] * span**k for k in range(baseline + 1)), jnp.zeros_like(span))
        return trace.mean * shape, trace.variance

    return model


def fringe_ppm(cell: Cell, peak_alpha_per_ppm: ArrayLike) -> Array:
    """Concentration [ppm] whose line is as deep as an etalon's ripple: at a glance. `fringe_error` has its period.

    Args:
        cell: with a `fringe`.
        peak_alpha_per_ppm: absorption of a ppm at the line's centre, in the open [1/cm].
    """
    check_between("fringe_ppm", "peak_alpha_per_ppm", peak_alpha_per_ppm, 0.0, np.inf, "1/cm", "")
    return cell.fringe / (cell.confinement * jnp.asarray(peak_alpha_per_ppm) * cell.length)


def harmonic(
    profile: Callable[[Array], Array], detuning: ArrayLike, depth: ArrayLike, order: int = 2, points: int = 128
) -> Array:
    """Fourier coefficient H_n of a profile under modulation: (2/π) ∫_0^π g(x + m cos θ) cos nθ dθ for n ≥ 1.

    By equal steps of θ, which converge exponentially; a Lorentzian needs some 12 m/γ points for 1e-6. On the centre of
    1/(1 + x²) it is -(2/m²) ((2 + m²)/√(1 + m²) - 2) at twice the frequency, greatest at m = 2.197 (R. Arndt, J. Appl.
    Phys. 36, 2522 (1965), doi:10.1063/1.1714523).

    Args:
        profile: of detuning.
        detuning: of the carrier from the line, any shape.
        depth: amplitude of the modulation, in the unit of the detuning.
        order: 1, 2, 3, ….
        points: of the sum.
    """
    check_count("harmonic", "order", order, 1, "Use the profile itself for its mean.")
    check_count("harmonic", "points", points, 2 * order + 1, "Fewer cannot hold this harmonic.")
    check_no_less("harmonic", "depth", depth, 0.0, "", "")
    theta = jnp.asarray(np.pi * (np.arange(points) + 0.5) / points)
    x = jnp.asarray(detuning, float)[..., None] + jnp.asarray(depth) * jnp.cos(theta)
    return 2 * jnp.mean(profile(x) * jnp.cos(order * theta), axis=-1)


def wms_ppm(cell: Cell, peak_per_ppm: ArrayLike, noise_share: ArrayLike) -> Array:
    """Concentration [ppm] at a signal of one σ, by the second harmonic.

    Args:
        cell: the guide.
        peak_per_ppm: |H_2| of the absorption of a ppm, in the open [1/cm].
        noise_share: σ of the demodulated power over the mean power: Σ of detector, shot and intensity noise in the
            band of the demodulator.
    """
    check_between("wms_ppm", "peak_per_ppm", peak_per_ppm, 0.0, np.inf, "1/cm", "")
    check_no_less("wms_ppm", "noise_share", noise_share, 0.0, "", "")
    return jnp.asarray(noise_share) / (cell.confinement * jnp.asarray(peak_per_ppm) * cell.length)
