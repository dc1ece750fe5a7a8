"""What drives a modulator: pseudo-random bits, symbols, and the voltages that carry them, over one period.

Waveforms are periodic, as test patterns are, so filters act on their harmonics without ends. Symbols lie between -1 and
1; edges have the shape of a Gaussian's integral, or pulses the spectrum of a raised cosine.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.modulators.checks import check_between, check_no_less
from lingnan.solvers.modulators.network import Stretch
from lingnan.solvers.modulators.travelling import Modulator, response
from lingnan.solvers.waveguides.media import is_traced

#: feedback taps of patterns of 2^n - 1 bits: ITU-T O.150 (7: IEEE 802.3; 13: its clause 94), x^n + ... + 1
TAPS = {7: (7, 6), 9: (9, 5), 11: (11, 9), 13: (13, 12, 2, 1), 15: (15, 14), 20: (20, 3), 23: (23, 18), 31: (31, 28)}

#: samples in a symbol, at least: edges of half a symbol have harmonics up to twice the symbol rate
FEWEST = 4

#: from 10 % to 90 % of a Gaussian's integral, in standard deviations
TEN_TO_NINETY = 2 * 1.2815515655446004


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Waveform:
    """One period of a signal."""

    value: Array  #: (N,)
    step: Any  #: between samples [s]

    @property
    def time(self) -> Array:
        """[s], (N,)"""
        return jnp.arange(self.value.shape[-1]) * self.step

    @property
    def frequency(self) -> Array:
        """Harmonics of the period [Hz], (N//2 + 1,), from direct current."""
        n = self.value.shape[-1]
        return jnp.arange(n // 2 + 1) / (n * self.step)


def prbs(order: int, length: int | None = None, seed: int = 1) -> np.ndarray:
    """Pseudo-random bits 0 and 1.

    Args:
        order: 7, 9, 11, 13, 15, 20, 23 or 31.
        length: number of bits; None: the whole period of 2^order - 1.
        seed: what the register holds at first, from 1 to 2^order - 1.

    Returns:
        (length,), int8.

    Raises:
        ValueError: no such order, an empty register, or more bits than anybody holds in memory.
    """
    if order not in TAPS:
        raise ValueError(f"prbs: order {order}: known are {', '.join(map(str, TAPS))}. Take one of them.")
    if not 0 < seed < 2**order:
        raise ValueError(f"prbs: seed {seed}: it must lie between 1 and {2**order - 1}, or nothing ever comes out.")
    count = 2**order - 1 if length is None else length
    if not 0 < count <= 2**26:
        raise ValueError(f"prbs: {count} bits: between 1 and {2**26} can be held. Give a shorter `length`.")
    bits = np.empty(order + count, np.int8)
    bits[:order] = [(seed >> k) & 1 for k in range(order)][::-1]
    taps = TAPS[order]
    # as many bits at a time as the shortest tap allows
    at, stride = order, min(taps)
    while at < order + count:
        n = min(stride, order + count - at)
        new = np.zeros(n, np.int8)
        for tap in taps:
            new ^= bits[at - tap : at - tap + n]
        bits[at : at + n] = new
        at += n
    return bits[order:]


def pam(bits: ArrayLike, levels: int = 2) -> np.ndarray:
    """Symbols of -1 to 1 in equal steps, neighbours one bit apart (Gray): 2 levels are NRZ, 4 are PAM4.

    Args:
        bits: 0 and 1; what does not fill a symbol at the end is left out.
        levels: 2, 4, 8 or 16.
    """
    if levels not in (2, 4, 8, 16):
        raise ValueError(f"pam: {levels} levels: 2, 4, 8 or 16 are known.")
    each = levels.bit_length() - 1
    array = np.asarray(bits)
    if array.ndim != 1 or array.size < each or not np.isin(array, (0, 1)).all():
        raise ValueError(f"pam: bits of shape {array.shape}: give 0 and 1 in a row, {each} or more.")
    words = array[: array.size // each * each].reshape(-1, each).astype(int)
    binary = np.bitwise_xor.accumulate(words, axis=1)  # from Gray code to place
    place = binary @ (1 << np.arange(each)[::-1])
    return 2 * place / (levels - 1) - 1.0


def qam(bits: ArrayLike, points: int = 16) -> np.ndarray:
    """Complex symbols on a square, each side as of `pam`: in phase first, then in quadrature.

    Args:
        bits: 0 and 1.
        points: 4, 16, 64 or 256.
    """
    side = round(points**0.5)
    if side * side != points or side not in (2, 4, 8, 16):
        raise ValueError(f"qam: {points} points: 4, 16, 64 or 256 are known.")
    each = side.bit_length() - 1
    array = np.asarray(bits)
    if array.ndim != 1 or array.size < 2 * each:
        raise ValueError(f"qam: bits of shape {array.shape}: give 0 and 1 in a row, {2 * each} or more.")
    words = array[: array.size // (2 * each) * 2 * each].reshape(-1, 2, each)
    return pam(words[:, 0].ravel(), side) + 1j * pam(words[:, 1].ravel(), side)


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
    s = jnp.asarray(symbols)
    check_between("edges", "rate", rate, 0.0, np.inf, "Bd", "Give symbols a second.")
    _check_samples("edges", samples)
    period = 1 / jnp.asarray(rate, float)
    rise = period / 3 if rise is None else jnp.asarray(rise, float)
    late = jnp.broadcast_to(jnp.asarray(jitter, float), s.shape)
    if not is_traced(rise, period, late):
        if not float(period) / samples <= float(rise) <= float(period):
            raise ValueError(
                f"edges: rise {float(rise):.3g} s: it must lie between one sample, {float(period) / samples:.3g} s, "
                f"and one symbol, {float(period):.3g} s. Take more samples, or a slower rate."
            )
        if np.max(np.abs(np.asarray(late))) > float(period):
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


def raised_cosine(symbols: ArrayLike, rate: ArrayLike, samples: int = 16, roll_off: ArrayLike = 0.5) -> Waveform:
    """Pulses without a word from their neighbours at the middle of each symbol.

    Args:
        symbols: (S,), real or complex.
        rate: symbols a second [Bd].
        samples: in each symbol, 4 or more; symbol k is exact at sample k * samples.
        roll_off: how far the spectrum reaches beyond half the rate, of it: 0 to 1.

    J. G. Proakis and M. Salehi, Digital Communications (2008), eq. 9.2-26.
    """
    s = jnp.asarray(symbols)
    check_between("raised_cosine", "rate", rate, 0.0, np.inf, "Bd", "Give symbols a second.")
    _check_samples("raised_cosine", samples)
    check_no_less("raised_cosine", "roll_off", roll_off, 0.0, "", "0 is a sinc.")
    check_between("raised_cosine", "roll_off", roll_off, -1.0, 1.0 + 1e-12, "", "1 takes twice the bandwidth.")
    n = s.shape[-1] * samples
    train = jnp.zeros((s.shape[-1], samples), complex).at[:, 0].set(s * samples).ravel()
    f = jnp.abs(jnp.asarray(np.fft.fftfreq(n, 1 / samples)))  # of the symbol rate
    roll = jnp.maximum(jnp.asarray(roll_off, float), 1e-9)
    inside = jnp.clip((f - (1 - roll) / 2) / roll, 0.0, 1.0)
    value = jnp.fft.ifft(jnp.fft.fft(train) * (1 + jnp.cos(jnp.pi * inside)) / 2)
    return Waveform(value if jnp.iscomplexobj(s) else value.real, 1 / (jnp.asarray(rate, float) * samples))


def _check_samples(where: str, samples: int) -> None:
    if samples < FEWEST:
        raise ValueError(
            f"{where}: {samples} samples in a symbol: it takes {FEWEST} or more, or its edges fall between them. "
            f"Take 16."
        )


def modulated(waveform: Waveform, modulator: Modulator, beyond: float = 1e-3) -> Waveform:
    """The voltage that the light feels: the waveform after the modulator's electro-optic S21.

    Below the lines' lowest frequency S21 keeps its size there and its delay; above their highest nothing is passed.

    Args:
        waveform: real, in volts, so that slow signals pass with 1.
        modulator: as of `response`.
        beyond: share of the waveform's power, direct current left out, that may lie above the lines' band.

    Returns:
        differentiable by waveform and modulator.

    Raises:
        ValueError: a complex waveform, or more power than that above the band. Traced numbers are not looked at.
    """
    if jnp.iscomplexobj(waveform.value):
        raise ValueError("modulated: a complex waveform: its real and imaginary parts drive a modulator each.")
    known = [e.line.frequency for e in modulator.elements if isinstance(e, Stretch)]
    low = jnp.max(jnp.stack([f[0] for f in known]))
    high = jnp.min(jnp.stack([f[-1] for f in known]))
    if not is_traced(waveform, low, high):
        power = np.abs(np.fft.rfft(np.asarray(waveform.value)))[1:] ** 2
        outside = float(power[np.asarray(waveform.frequency)[1:] > float(high)].sum() / max(power.sum(), 1e-300))
        if outside > beyond:
            raise ValueError(
                f"modulated: {outside:.3g} of the waveform's power lies above {float(high):g} Hz, where the line is "
                f"known to: the limit is {beyond:g}. Compute the line further up, or take slower edges."
            )
    return _modulated(waveform, modulator, low, high)


@jax.jit
def _modulated(waveform: Waveform, modulator: Modulator, low: Array, high: Array) -> Waveform:
    f = waveform.frequency
    s21 = response(modulator, jnp.clip(f, low, high)).s21
    first = s21[0]  # that of the lowest frequency
    delay = jnp.exp(1j * jnp.angle(first) * f / low)
    s21 = jnp.where(f < low, jnp.abs(first) * delay, jnp.where(f > high, 0.0, s21))
    # harmonics of a discrete Fourier transform go as exp(+jωt)
    spectrum = jnp.fft.rfft(waveform.value) * s21.conj()
    return Waveform(jnp.fft.irfft(spectrum, waveform.value.shape[-1]), waveform.step)
