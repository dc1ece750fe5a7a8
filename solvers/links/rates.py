"""How many symbols are lost: by the tails of Gaussian noise, and by counting.

`error_rates` takes each symbol's own value, its neighbours' words included, and the noise there, so only the noise is
taken as Gaussian. `q_factor` is the older estimate that takes whole levels as Gaussian. `counted` decides a signal with
noise in it, symbol by symbol.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.links.eye import Eye


class Rates(NamedTuple):
    """Shares of symbols and of bits that are lost, at each column of an eye."""

    symbols: Array  #: (N,)
    bits: Array  #: (N,), Gray coded: a symbol that is taken for its neighbour costs one bit
    thresholds: Array  #: (levels - 1, N)


def moments(eye: Eye) -> tuple[Array, Array]:
    """Mean and standard deviation of each level at each column, neighbours' words and noise together: (levels, N)."""
    members = jax.nn.one_hot(eye.place, eye.levels, axis=0)
    share = members / jnp.maximum(jnp.sum(members, axis=1, keepdims=True), 1)
    mean = share @ eye.value
    off = eye.value - mean[eye.place]
    variance = share @ (off**2 + eye.noise**2)
    least = (1e-9 * jnp.max(jnp.abs(mean))) ** 2  # a root has no slope at 0
    return mean, jnp.sqrt(jnp.maximum(variance, least))


def thresholds(eye: Eye) -> Array:
    """Between levels, as many deviations from the one as from the other: (levels - 1, N)."""
    mean, sigma = moments(eye)
    return (mean[:-1] * sigma[1:] + mean[1:] * sigma[:-1]) / (sigma[:-1] + sigma[1:])


def q_factor(eye: Eye) -> Array:
    """(μ1 - μ0)/(σ1 + σ0) of neighbouring levels, (levels - 1, N); erfc(Q/√2)/2 of NRZ symbols are lost."""
    mean, sigma = moments(eye)
    return (mean[1:] - mean[:-1]) / (sigma[1:] + sigma[:-1])


def error_rates(eye: Eye, at: ArrayLike | None = None) -> Rates:
    """By Gaussian tails at each symbol.

    Args:
        eye: with noise.
        at: thresholds, (levels - 1,) or (levels - 1, N); None: `thresholds`.

    Returns:
        differentiable by all of the eye.
    """
    limits = _limits(eye, at)
    sigma = jnp.maximum(eye.noise, 1e-9 * jnp.max(jnp.abs(eye.value)))
    # the symbol's own threshold below and above; there is none beyond the outermost levels
    below = limits[jnp.maximum(eye.place - 1, 0)]
    above = limits[jnp.minimum(eye.place, eye.levels - 2)]
    down = jnp.where((eye.place > 0)[:, None], jax.scipy.stats.norm.sf((eye.value - below) / sigma), 0.0)
    up = jnp.where((eye.place < eye.levels - 1)[:, None], jax.scipy.stats.norm.sf((above - eye.value) / sigma), 0.0)
    lost = jnp.mean(down + up, axis=0)
    return Rates(lost, lost / np.log2(eye.levels), limits)


def _limits(eye: Eye, at: ArrayLike | None) -> Array:
    """Thresholds at every column."""
    shape = (eye.levels - 1, eye.value.shape[1])
    given = thresholds(eye) if at is None else jnp.asarray(at, float)
    if given.shape not in (shape[:1], shape):
        raise ValueError(f"error_rates: thresholds of shape {given.shape}: it must be {shape[:1]} or {shape}.")
    check_between("error_rates", "at", given, -np.inf, np.inf, "", "Thresholds lie between levels.")
    return jnp.broadcast_to(given[:, None] if given.ndim == 1 else given, shape)


def counted(eye: Eye, at: ArrayLike | None = None) -> Rates:
    """By deciding each symbol of a signal that has its noise in it; needs some hundred errors to mean anything.

    Args:
        eye: of a noisy signal; its `noise` is not looked at.
        at: thresholds, as of `error_rates`: those of the signal without noise, or of the levels' means and spreads.
    """
    limits = _limits(eye, at)
    decided = jnp.sum(eye.value[None] > limits[:, None], axis=0)
    sent = eye.place[:, None]
    wrong = (decided ^ (decided >> 1)) ^ (sent ^ (sent >> 1))  # bits of the Gray codes that differ
    bits = jnp.sum(jnp.stack([(wrong >> k) & 1 for k in range(4)]), axis=0)
    return Rates(jnp.mean(decided != sent, axis=0), jnp.mean(bits, axis=0) / np.log2(eye.levels), limits)
