"""Domains as they are made: what walls out of place, a wrong share and an uneven guide leave of the efficiency.

The harmonic adds up s(z) exp(-iKz), s = ±1 by domain and K = β_sh - 2 β_ff: of perfect domains of period 2π/K the mean
is 2/π. Walls that miss their places by independent normal errors of deviation σ leave on average

    exp(-K²σ²) + (1 - exp(-K²σ²))/N

of the efficiency, N walls (derived here: each wall's exp(-iKδ) has the mean exp(-K²σ²/2)).
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_no_less, no_less, within


def walls(period: ArrayLike, periods: int, duty: ArrayLike = 0.5) -> Array:
    """Where domains end [µm], (2 periods + 1,): each period begins with an inverted domain of this share of it."""
    period = jnp.asarray(period) * within("walls", "period", period, 0.0, np.inf, "µm", "")
    duty = jnp.asarray(duty) * within("walls", "duty", duty, 0.0, 1.0, "of the period", "Half is best.")
    check_no_less("walls", "periods", periods, 1.0, "", "")
    start = jnp.arange(periods)[:, None] * jnp.asarray(period)
    pairs = start + jnp.stack([jnp.zeros(()), jnp.asarray(duty, float)]) * jnp.asarray(period)
    return jnp.append(pairs.ravel(), periods * jnp.asarray(period))


def spectrum(places: Array, wavenumber: ArrayLike) -> Array:
    """Mean of s(z) exp(-iKz) over the domains between walls, complex, (*wavenumber.shape).

    Args:
        places: of the walls, rising [µm].
        wavenumber: K = β_sh - 2 β_ff, not zero [rad/µm].
    """
    k = jnp.asarray(wavenumber)[..., None]
    ends = jnp.exp(-1j * k * places) / (-1j * k)
    sign = 1.0 - 2.0 * (np.arange(len(places) - 1) % 2)
    return jnp.sum(sign * jnp.diff(ends, axis=-1), axis=-1) / (places[-1] - places[0])


def relative_efficiency(places: Array, wavenumber: ArrayLike) -> Array:
    """Efficiency of domains over that of perfect ones of the same length, by their own spectrum."""
    return jnp.abs(spectrum(places, wavenumber)) ** 2 / (2 / jnp.pi) ** 2


def shaken(places: Array, sigma: ArrayLike, key: Array) -> Array:
    """The walls with independent normal errors [µm]."""
    sigma = jnp.asarray(sigma) * no_less("shaken", "sigma", sigma, 0.0, "µm", "")
    return places + jnp.asarray(sigma) * jax.random.normal(key, places.shape)


def expected_efficiency(sigma: ArrayLike, wavenumber: ArrayLike, count: int) -> Array:
    """Mean of `relative_efficiency` over errors of deviation `sigma` [µm] of `count` walls."""
    sigma = jnp.asarray(sigma) * no_less("expected_efficiency", "sigma", sigma, 0.0, "µm", "")
    left = jnp.exp(-((jnp.asarray(wavenumber) * jnp.asarray(sigma)) ** 2))
    return left + (1 - left) / count


def uneven(mismatch: Array, length: ArrayLike) -> Array:
    """Efficiency of a guide whose Δ changes along it over that of Δ = 0, at low conversion: |∫ exp(-iφ) dz/L|², φ' = Δ.

    Args:
        mismatch: Δ at equal steps from one end to the other [rad/µm], (Z,), steps much shorter than 1/Δ.
        length: [µm].
    """
    if mismatch.shape[0] < 2:
        raise ValueError(f"uneven: {mismatch.shape[0]} places along the guide: give 2 or more, both ends included.")
    length = jnp.asarray(length) * no_less("uneven", "length", length, 0.0, "µm", "")
    h = jnp.asarray(length) / (mismatch.shape[0] - 1)
    phase = jnp.concatenate([jnp.zeros(1), jnp.cumsum((mismatch[1:] + mismatch[:-1]) / 2)]) * h
    # over a step the phase is taken as linear: exact where Δ is constant
    middle, half = (phase[1:] + phase[:-1]) / 2, (phase[1:] - phase[:-1]) / 2
    return jnp.abs(jnp.mean(jnp.exp(-1j * middle) * jnp.sinc(half / jnp.pi))) ** 2
