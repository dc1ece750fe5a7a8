"""Eye diagrams: a signal folded into one symbol, and what is read off it.

An eye knows which symbol was sent when, so levels and openings are those of the symbols, not of clusters. Openings can
be hard (the extremes, with a derivative by those alone) or soft (`softness`), which differentiates well.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_count, check_no_less, check_row, no_less, within
from lingnan.solvers.links.pulses import check_samples
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.tracing import is_traced


@partial(jax.tree_util.register_dataclass, data_fields=("value", "noise", "place", "step"), meta_fields=("levels",))
@dataclass(frozen=True)
class Eye:
    """A signal cut into its symbols; a symbol begins at column 0, where neighbours cross, and ends at the last."""

    value: Array  #: (S, N)
    noise: Array  #: standard deviation, Gaussian, (S, N)
    place: Array  #: which level was sent, from 0, (S,)
    step: Any  #: between columns [s]
    levels: int  #: 2, 4 …

    @property
    def phase(self) -> Array:
        """Of the columns, in symbols, (N,)"""
        return jnp.arange(self.value.shape[1]) / self.value.shape[1]


class Outer(NamedTuple):
    """The outermost levels, in the signal's unit."""

    low: Array
    high: Array

    @property
    def modulation(self) -> Array:
        """Optical modulation amplitude, high - low."""
        return self.high - self.low

    @property
    def extinction_db(self) -> Array:
        """10 log10 high/low [dB]."""
        return 10 * jnp.log10(self.high / self.low)


def folded(
    signal: Waveform, symbols: ArrayLike, samples: int, noise: ArrayLike = 0.0, levels: int | None = None
) -> Eye:
    """The eye of a periodic signal.

    Args:
        signal: real, a power or a current, of S symbols.
        symbols: that were sent, -1 to 1 in equal steps, (S,). A signal that falls where they rise is taken as it is,
            with levels counted from its own lowest.
        samples: in each symbol.
        noise: standard deviation, a number or one for each sample of the signal.
        levels: 2, 4 …; None: as many as occur, for symbols that are known.

    Returns:
        column 0 is the sample at which held symbols fit best.

    Raises:
        ValueError: too few samples, symbols that do not fill the signal.
    """
    check_samples("folded", samples)
    check_row("folded", "symbols", symbols, 2, "Give those that the drive was made of.")
    if levels is not None:
        check_count("folded", "levels", levels, 2, "As many as symbols have values.")
    sent = jnp.asarray(symbols, float)
    count = sent.shape[-1]
    if signal.value.shape[-1] != count * samples:
        raise ValueError(
            f"folded: {signal.value.shape[-1]} samples of signal for {count} symbols of {samples}: it must be "
            f"{count * samples}. Give the symbols and the samples that the drive was made of."
        )
    if levels is None:
        if is_traced(symbols):
            raise ValueError("folded: traced symbols: how many levels they have is not known. Give `levels`.")
        levels = int(np.unique(np.round(np.asarray(symbols, float), 9)).size)
    late, sign = alignment(signal.value, sent, samples)
    place = jnp.round((sign * sent + 1) / 2 * (levels - 1)).astype(int)
    fine = no_less("folded", "noise", noise, 0.0, "", "A deviation has no sign.")
    spread = jnp.broadcast_to(jnp.asarray(noise, float) * fine, signal.value.shape)

    def cut(values: Array) -> Array:
        return jnp.roll(values, -late).reshape(count, samples)

    return Eye(cut(signal.value), cut(spread), place, signal.step, levels)


def alignment(value: Array, symbols: Array, samples: int) -> tuple[Array, Array]:
    """How many samples late held symbols fit a signal best, and 1 or -1 for a signal that is turned over."""
    held = jnp.repeat(symbols - jnp.mean(symbols), samples)
    found = jnp.fft.irfft(jnp.fft.rfft(value) * jnp.fft.rfft(held).conj(), value.shape[-1])
    late = jnp.argmax(jnp.abs(found))
    return late, jnp.where(found[late] < 0, -1.0, 1.0)


def _members(eye: Eye) -> Array:
    """(levels, S): 1 where a symbol is of a level."""
    return jax.nn.one_hot(eye.place, eye.levels, axis=0)


def levels(eye: Eye, width: float = 0.2) -> Array:
    """Mean of each level in the middle `width` of the symbol, lowest first, (levels,)."""
    check_between("levels", "width", width, 0.0, 1.0 + 1e-12, "", "It is a share of the symbol; 0.2 is usual.")
    n = eye.value.shape[1]
    middle = np.abs((np.arange(n) + 0.0) / n - 0.5) <= width / 2 + 1e-9
    members = _members(eye)
    mean = jnp.mean(eye.value[:, np.flatnonzero(middle)], axis=1)
    return members @ mean / jnp.maximum(jnp.sum(members, axis=1), 1)


def outer(eye: Eye, width: float = 0.2) -> Outer:
    """Outermost levels as means of the eye's middle: what ER and OMA are for NRZ eyes."""
    found = levels(eye, width)
    return Outer(found[0], found[-1])


def outer_of_runs(eye: Eye, high: int = 7, low: int = 6) -> Outer:
    """Outermost levels as means over the middle two symbols of long runs: OMA_outer and ER_outer of PAM4.

    Args:
        eye: of a pattern that has such runs, PRBS13Q say: `pam(numpy.tile(prbs(13), 2), 4)`.
        high: symbols in a run of the highest level.
        low: in one of the lowest.

    Raises:
        ValueError: no such run. Traced symbols are not looked at.
    """
    for name, run in (("high", high), ("low", low)):
        check_count("outer_of_runs", name, run, 2, "Its middle two symbols are looked at.")
    found: list[Array] = []
    for level, length in ((0, low), (eye.levels - 1, high)):
        here = (eye.place == level).astype(float)
        begun = jnp.ones_like(here)
        for k in range(length):
            begun = begun * jnp.roll(here, -k)
        if not is_traced(begun) and not float(jnp.sum(begun)) > 0:
            raise ValueError(
                f"outer_of_runs: no run of {length} symbols of level {level} in a pattern of {here.shape[0]}. Take "
                "PRBS13Q, or `outer` for the eye's own levels."
            )
        begin = (length - 2) // 2
        two = jnp.mean(eye.value, axis=1)
        two = (two + jnp.roll(two, -1)) / 2
        found.append(jnp.sum(begun * jnp.roll(two, -begin)) / jnp.maximum(jnp.sum(begun), 1))
    return Outer(found[0], found[1])


def level_mismatch(eye: Eye) -> Array:
    """R_LM of four levels, 1 for equal steps: IEEE 802.3, 120D.3.1.2, of the levels in the eye's middle.

    Raises:
        ValueError: the eye has not four levels.
    """
    if eye.levels != 4:
        raise ValueError(f"level_mismatch: an eye of {eye.levels} levels: it is defined for 4.")
    v = levels(eye)
    middle = (v[0] + v[3]) / 2
    first, second = (v[1] - middle) / (v[0] - middle), (v[2] - middle) / (v[3] - middle)
    return jnp.min(jnp.stack([3 * first, 3 * second, 2 - 3 * first, 2 - 3 * second]))


def opening(eye: Eye, deviations: ArrayLike = 0.0, softness: ArrayLike | None = None) -> Array:
    """Height of each eye at each column, from the lowest of the upper level to the highest of the lower one.

    Args:
        eye: its noise counts `deviations` times.
        deviations: standard deviations that must stay clear; 3.414 where 1 symbol of 2100 in PAM4 may be lost.
        softness: in the signal's unit: extremes become -s log mean exp(-y/s), smooth in everything. None: hard.

    Returns:
        (levels - 1, N), negative where an eye is closed.
    """
    own = _members(eye)[:, :, None]
    fine = no_less("opening", "deviations", deviations, 0.0, "", "They count both ways.")
    reach = jnp.asarray(deviations, float) * fine * eye.noise

    def lowest(of: Array, members: Array) -> Array:
        if softness is None:
            return jnp.min(jnp.where(members > 0, of, jnp.inf), axis=0)
        s = jnp.asarray(softness, float) * within("opening", "softness", softness, 0.0, np.inf, "", "None is hard.")
        weights = members / jnp.maximum(jnp.sum(members, axis=0), 1)
        return -s * jax.scipy.special.logsumexp(-of / s, axis=0, b=weights)

    heights = [
        lowest(eye.value - reach, own[k + 1]) + lowest(-eye.value - reach, own[k]) for k in range(eye.levels - 1)
    ]
    return jnp.stack(heights)


def height(eye: Eye, deviations: ArrayLike = 0.0, softness: ArrayLike | None = None) -> Array:
    """Height of each eye in the column where the least of them is most open, (levels - 1,)."""
    found = opening(eye, deviations, softness)
    return found[:, jnp.argmax(jnp.min(found, axis=0))]


def width(eye: Eye, deviations: ArrayLike = 0.0) -> Array:
    """How long each eye is open around its middle, in symbols, (levels - 1,).

    At a threshold each symbol's trace is on its own side; between columns, where the height passes zero on straight
    lines. 0 for an eye that is closed in the middle.
    """
    return _width(opening(eye, deviations))


@jax.jit
def _width(found: Array) -> Array:
    n = found.shape[1]
    middle = jnp.argmax(jnp.min(found, axis=0))
    forth = jnp.roll(found, -middle, axis=1)
    back = jnp.roll(forth[:, ::-1], 1, axis=1)  # from the same column, the other way

    def reach(heights: Array) -> Array:
        """Columns from the first, open, to where a row of heights passes zero: (N,) to a number."""
        shut = heights <= 0
        k = jnp.where(jnp.any(shut), jnp.argmax(shut), n - 1)
        above, below = heights[jnp.maximum(k - 1, 0)], heights[k]
        part = jnp.where(below <= 0, above / jnp.where(above > below, above - below, 1.0), 1.0)
        return jnp.where(k > 0, k - 1 + part, 0.0)

    return jnp.minimum((jax.vmap(reach)(forth) + jax.vmap(reach)(back)) / n, 1.0)


def crossing(eye: Eye) -> Array:
    """Where rising and falling edges of NRZ meet, of the way from level 0 to level 1: 0.5 is even.

    Raises:
        ValueError: more than two levels.
    """
    if eye.levels != 2:
        raise ValueError(f"crossing: an eye of {eye.levels} levels: it is defined for 2.")
    n = eye.value.shape[1]
    around = jnp.concatenate([jnp.roll(eye.value, 1, axis=0)[:, n // 2 :], eye.value[:, : n // 2]], axis=1)
    before = jnp.roll(eye.place, 1)
    up, down = (((before == a) & (eye.place == b)).astype(float) for a, b in ((0, 1), (1, 0)))
    rising, falling = up @ around / jnp.sum(up), down @ around / jnp.sum(down)
    gap = rising - falling
    k = jnp.argmax(gap >= 0)  # the first column at which the rising edge is above
    part = gap[k - 1] / (gap[k - 1] - gap[k])
    at = rising[k - 1] + part * (rising[k] - rising[k - 1])
    found = levels(eye)
    return (at - found[0]) / (found[1] - found[0])


def histogram(eye: Eye, bins: int = 128, margin: float = 0.1) -> tuple[Array, Array]:
    """Probability over value and column, and the values of the bins: (bins, N), (bins,).

    Args:
        eye: noise is spread as a Gaussian of each level's mean variance in a column.
        bins: of equal size.
        margin: beyond the signal and four of its deviations, of the whole.
    """
    check_count("histogram", "bins", bins, 1, "128 are usual.")
    check_no_less("histogram", "margin", margin, 0.0, "", "It is a share of the whole.")
    reach = 4 * jnp.max(eye.noise)
    low, high = jnp.min(eye.value) - reach, jnp.max(eye.value) + reach
    low, high = low - margin * (high - low), high + margin * (high - low)
    size = (high - low) / bins
    edge, middle = low + size * jnp.arange(bins + 1), low + size * (jnp.arange(bins) + 0.5)
    row = jnp.clip(((eye.value - low) / size).astype(int), 0, bins - 1)
    n = eye.value.shape[1]
    column = jnp.broadcast_to(jnp.arange(n), row.shape)
    counts = jnp.zeros((eye.levels, bins, n)).at[eye.place[:, None], row, column].add(1.0)
    members = _members(eye)
    variance = members @ eye.noise**2 / jnp.maximum(jnp.sum(members, axis=1, keepdims=True), 1)
    # a tenth of a bin at least: a step function would be the same
    spread = jnp.sqrt(jnp.maximum(variance, (size / 10) ** 2))

    def blurred(count: Array, sigma: Array) -> Array:
        below = jax.scipy.stats.norm.cdf((edge[:, None] - middle) / sigma)
        return jnp.diff(below, axis=0) @ count

    by_level = jax.vmap(jax.vmap(blurred, in_axes=(1, 0), out_axes=1))(counts, spread)
    return jnp.sum(by_level, axis=0) / eye.value.shape[0], middle
