"""A ring that its own light heats: steady states as roots of a cubic, and where they become three.

Without two-photon absorption the stored energy U obeys U (γ² + (δ + gU)²) = μ² P, g = w_T R_th ρ 2γ_i the shift for
each joule, below 0 in silicon. Of three roots the middle one is unstable against heat. From dP/dU = 0, which has real
roots beyond |δ| = √3 γ, the first power at which there are three is 8γ³/(3√3 μ² |g|) (both derived here).
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.resonators.coupled import RingModulator, Warm
from lingnan.solvers.resonators.ring import LIGHT, rates


class Steady(NamedTuple):
    """Steady states at one detuning, by rising energy; NaN where there are fewer than three."""

    energy: np.ndarray  #: U [J], (3,)
    warmth: np.ndarray  #: ΔT [K], (3,)
    through: np.ndarray  #: power behind the ring, of the laser's, (3,)
    stable: np.ndarray  #: against heat, (3,)


def _warm(modulator: RingModulator, where: str) -> Warm:
    if modulator.warm is None:
        raise ValueError(f"{where}: this modulator stays cold. Give RingModulator(warm=Warm(resistance=…)).")
    return modulator.warm


def shift_per_joule(modulator: RingModulator) -> Array:
    """g [rad/(s J)]: what a joule in the ring moves its resonance by."""
    warm, ring = _warm(modulator, "shift_per_joule"), modulator.ring
    per_kelvin = -2 * jnp.pi * LIGHT / ring.wavelength * ring.dn_dt / ring.n_g
    lost = 2 * rates(ring, modulator.offset).intrinsic
    return per_kelvin * warm.resistance * warm.absorbed * lost


def threshold(modulator: RingModulator) -> tuple[Array, Array]:
    """Laser power from which there are three states [W], and the detuning of that point [rad/s]."""
    found = rates(modulator.ring, modulator.offset)
    g = shift_per_joule(modulator)
    power = 8 * found.total**3 / (3 * np.sqrt(3) * 2 * found.coupler * jnp.abs(g))
    return power, -jnp.sign(g) * np.sqrt(3) * found.total


def steady(modulator: RingModulator, detuning: ArrayLike | None = None) -> Steady:
    """All steady states; on the host, since their number changes.

    Args:
        modulator: with `warm`, without two-photon absorption.
        detuning: cold resonance less laser [rad/s]; None: the modulator's.

    Raises:
        ValueError: two-photon absorption, for which the equation is no cubic.
    """
    warm = _warm(modulator, "steady")
    if float(warm.two_photon) > 0:
        raise ValueError(
            f"steady: two_photon = {float(warm.two_photon):g} m/W: with it this is no cubic. Set it to 0, or look at "
            "where `run` ends."
        )
    if detuning is not None:
        check_between("steady", "detuning", detuning, -np.inf, np.inf, "rad/s", "")
    found = rates(modulator.ring, modulator.offset)
    gamma, mu2, g = float(found.total), float(2 * found.coupler), float(shift_per_joule(modulator))
    delta = float(np.asarray(modulator.detuning if detuning is None else detuning))
    power = float(modulator.power)
    # in units of the energy on resonance, so that coefficients are of order one
    unit = mu2 * power / gamma**2
    d, k = delta / gamma, g * unit / gamma
    roots = np.roots([k**2, 2 * d * k, 1 + d**2, -1.0])
    real = np.sort(roots[np.abs(roots.imag) < 1e-7 * np.maximum(np.abs(roots), 1e-12)].real)
    energy, rate = real * unit, 2 * float(found.intrinsic)
    through = np.abs(1 - mu2 / (gamma + 1j * (delta + g * energy))) ** 2
    warmth = float(warm.resistance) * float(warm.absorbed) * rate * energy
    # dP/dU > 0: more light is needed for more energy
    rising = 1 + d**2 + 4 * d * k * real + 3 * (k * real) ** 2 > 0

    def padded(values: np.ndarray, rest: Any) -> np.ndarray:
        return np.concatenate([values, np.full(3 - real.size, rest)])

    return Steady(padded(energy, np.nan), padded(warmth, np.nan), padded(through, np.nan), padded(rising, False))
