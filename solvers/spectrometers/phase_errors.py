"""What errors of the arms' phases do to the crosstalk of an arrayed-waveguide grating, each arm with a σ of its own.

An arm adds b to an output; with independent Gaussian errors there is in the mean

    <|t|²> = |Σ b e^{-σ²/2}|² + Σ (1 - e^{-σ²}) |b|²

there, at any wavelength. With one σ for all, far from a channel, that is the floor of `channels`; gratings with drawn
errors are the second route.
"""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.spectrometers.awg import Awg, centres, powers
from lingnan.solvers.spectrometers.channels import arms, crosstalk

_DRAWS = 200


@jax.jit
def expected(grid: Awg, phase_error: Any) -> Array:
    """Mean share of every output at the wavelength of every channel, (Q, Q).

    Args:
        grid: without errors.
        phase_error: one σ of every arm, or of each, (M,), independent [rad].
    """
    waves = centres(grid)
    square = jnp.square(jnp.asarray(phase_error, float)) * jnp.ones(grid.arms)
    each = jnp.square(jnp.abs(arms(grid, grid.offsets)))
    steady = powers(replace(grid, amplitudes=jnp.expm1(-square / 2)), waves)
    return steady + (each @ -jnp.expm1(-square))[:, None]


def mean_db(share: Array) -> float:
    """Crosstalk [dB], its mean over channels, of shares (Q outputs, Q wavelengths)."""
    return 10 * float(jnp.log10(jnp.mean(crosstalk(share))))


def causes(grid: Awg, phase_error: Any) -> dict[str, float]:
    """What makes crosstalk [dB]: the `image` of an array up to twice as large, `ends` with those of this one, `errors`.

    Args:
        grid: without errors.
        phase_error: one σ of each arm, (M,), independent [rad].
    """
    more = max(0, min(grid.arms // 2, int(0.9 * float(grid.length / grid.pitch)) - grid.arms // 2))
    wide = replace(grid, arms=grid.arms + 2 * more)
    errors = jnp.pad(jnp.asarray(phase_error, float) * jnp.ones(grid.arms), more, mode="edge")
    shares = {"image": expected(wide, 0.0), "ends": expected(grid, 0.0), "errors": expected(wide, errors)}
    return {name: mean_db(one) for name, one in shares.items()}


def drawn_db(grid: Awg, phase_error: Any, count: int = _DRAWS, seed: int = 1) -> float:
    """Crosstalk [dB], its mean over channels, of the mean light of gratings with drawn errors of phase."""
    grid, waves = jax.tree.map(float, grid), centres(grid)
    phases = jnp.asarray(phase_error) * np.random.default_rng(seed).standard_normal((count, grid.arms))
    shares = jax.lax.map(lambda one: powers(replace(grid, phases=one), waves), phases, batch_size=20)
    return mean_db(jnp.mean(shares, axis=0))
