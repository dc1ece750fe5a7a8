"""From symbols to a drive: levels with edges, and pulses with the spectrum of a raised cosine or of its root.

Symbols lie between -1 and 1; edges have the shape of a Gaussian's integral.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_row, no_less, within
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.tracing import is_traced, marked

#: samples in a symbol, at least: edges of half a symbol have harmonics up to twice the symbol rate
FEWEST = 4

#: from 10 % to 90 % of a Gaussian's integral, in standard deviations
TEN_TO_NINETY = 2 * 1.2815515655446004


def edges(
    symbols: ArrayLike, rate: ArrayLike, samples: int = 16, rise: ArrayLike | None = None, jitter: ArrayLike = 0.0
) -> Waveform:
    """Levels held for a symbol each, with edges of one rise time.

    Args:
        symbols: (S,), real or complex.
        rate: symbols a second [Bd].
        samples: in each symbol, 4 or more; symbols begin on samples.
        rise: 10 % to 90 % [s], up to one symbol; None: a third of a symbol. Differentiable.
        jitter: how late each edge comes [s], a number or (S,), of a symbol or less with the rise. Differentiable.

    Returns:
        one period of S samples each.

    Raises:
        ValueError: too few samples for the symbols or for the edges, or edges that are longer than symbols.
    """
    check_row("edges", "symbols", symbols, 1, "As of `pam` or `qam`.")
    s = jnp.asarray(symbols)
    rate = jnp.asarray(rate) * within("edges", "rate", rate, 0.0, np.inf, "Bd", "Give symbols a second.")
    check_samples("edges", samples)
    period = 1 / jnp.asarray(rate, float)
    rise = period / 3 if rise is None else jnp.asarray(rise, float)
    late = jnp.broadcast_to(jnp.asarray(jitter, float), s.shape)
    if is_traced(rise, period, late):
        # shares of a symbol, so that round-off of a rise of a whole one does not count
        share, latest = rise / period, jnp.max(jnp.abs(late)) / period
        said = (
            f"edges: rise of {{value:.3g}} symbols: it must lie between one sample, {1 / samples:.3g}, and one symbol."
        )
        rise = rise * marked((share >= (1 - 1e-9) / samples) & (share <= 1 + 1e-9), said, value=share)
        rise = rise * marked(latest <= 1, "edges: jitter of {value:.3g} symbols: it must be 1 or less.", value=latest)
    else:
        if not float(period) / samples <= float(rise) <= float(period):
            raise ValueError(
                f"edges: rise {float(rise):.3g} s: it must lie between one sample, {float(period) / samples:.3g} s, "
                f"and one symbol, {float(period):.3g} s. Take more samples, or a slower rate."
            )
        if not np.max(np.abs(np.asarray(late))) <= float(period):
            raise ValueError(
                f"edges: jitter {float(np.max(np.abs(np.asarray(late)))):.3g} s: it must be one symbol, "
                f"{float(period):.3g} s, or less."
            )
    at = jnp.arange(samples) * period / samples
    sigma = rise / TEN_TO_NINETY
    near = 4  # edges so many symbols away are over: 3 symbols are 7 standard deviations of the slowest
    value = jnp.broadcast_to(jnp.roll(s, near)[:, None], (*s.shape, samples))
    for k in range(-near + 1, near + 1):
        step = jnp.roll(s, -k) - jnp.roll(s, 1 - k)
        begun = at - k * period - jnp.roll(late, -k)[:, None]
        value = value + step[:, None] * jax.scipy.stats.norm.cdf(begun / sigma)
    return Waveform(value.ravel(), period / samples)


def raised_cosine(
    symbols: ArrayLike, rate: ArrayLike, samples: int = 16, roll_off: ArrayLike = 0.5, root: bool = False
) -> Waveform:
    """Pulses without a word from their neighbours at the middle of each symbol.

    Args:
        symbols: (S,), real or complex.
        rate: symbols a second [Bd].
        samples: in each symbol, 4 or more; symbol k is exact at sample k * samples.
        roll_off: how far the spectrum reaches beyond half the rate, of it: 0 to 1.
        root: the half that a sender makes, whose other half is the receiver's `matched`.

    The spectrum falls as cos² about half the rate, so its copies at multiples of the rate add up to a constant: sampled
    once a symbol a pulse is 1 at its own and 0 at all others (Nyquist's criterion, derived here).
    """
    check_row("raised_cosine", "symbols", symbols, 1, "As of `pam` or `qam`.")
    s = jnp.asarray(symbols)
    rate = jnp.asarray(rate) * within("raised_cosine", "rate", rate, 0.0, np.inf, "Bd", "Give symbols a second.")
    check_samples("raised_cosine", samples)
    roll_off = roll_off * _fine_roll_off("raised_cosine", roll_off)
    n = s.shape[-1] * samples
    train = jnp.zeros((s.shape[-1], samples), complex).at[:, 0].set(s * samples).ravel()
    spectrum = _cosine(n, samples, roll_off)
    value = jnp.fft.ifft(jnp.fft.fft(train) * (jnp.sqrt(spectrum) if root else spectrum))
    return Waveform(value if jnp.iscomplexobj(s) else value.real, 1 / (jnp.asarray(rate, float) * samples))


def matched(waveform: Waveform, samples: int, roll_off: ArrayLike = 0.5) -> Waveform:
    """The receiver's half of a raised cosine: noise passes least where signals that were sent with `root` pass whole.

    Args:
        waveform: real or complex, `samples` in each symbol.
        samples: in each symbol.
        roll_off: as it was sent.
    """
    check_samples("matched", samples)
    roll_off = roll_off * _fine_roll_off("matched", roll_off)
    spectrum = jnp.sqrt(_cosine(waveform.value.shape[-1], samples, roll_off))
    value = jnp.fft.ifft(jnp.fft.fft(waveform.value) * spectrum)
    return Waveform(value if jnp.iscomplexobj(waveform.value) else value.real, waveform.step)


def _cosine(n: int, samples: int, roll_off: ArrayLike) -> Array:
    """Spectrum of a raised cosine at the harmonics of n samples. A root has no slope at 0: it ends at 1e-18."""
    f = jnp.abs(jnp.asarray(np.fft.fftfreq(n, 1 / samples)))  # of the symbol rate
    roll = jnp.maximum(jnp.asarray(roll_off, float), 1e-9)
    inside = jnp.clip((f - (1 - roll) / 2) / roll, 0.0, 1.0)
    return jnp.maximum((1 + jnp.cos(jnp.pi * inside)) / 2, 1e-18)


def _fine_roll_off(where: str, roll_off: ArrayLike) -> Array | float:
    fine = no_less(where, "roll_off", roll_off, 0.0, "", "0 is a sinc.")
    return fine * within(where, "roll_off", roll_off, -1.0, 1.0 + 1e-12, "", "1 takes twice the bandwidth.")


def check_samples(where: str, samples: int) -> None:
    """Raises ValueError where a symbol has too few samples to hold its edges."""
    if not samples >= FEWEST or samples % 1:
        raise ValueError(
            f"{where}: {samples} samples in a symbol: it takes {FEWEST} or more, whole ones, or its edges fall between "
            "them. Take 16."
        )
