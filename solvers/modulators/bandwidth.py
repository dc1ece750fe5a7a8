"""Where a response has fallen by so many dB, as a number with a gradient.

The root is found without gradients; one step of Newton from there, with the slope held fast, changes nothing but brings
the derivative of the implicit function: df/dp = -(∂level/∂p)/(∂level/∂f).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.modulators.checks import check_frequencies
from lingnan.solvers.modulators.rows import gathered, placed
from lingnan.solvers.modulators.travelling import (
    Modulator,
    Response,
    at_row,
    decibels,
    divided,
    fit,
    looked_at,
    response,
)
from lingnan.solvers.tracing import is_traced


class Crossing(NamedTuple):
    """Where a response first falls through a level."""

    frequency: Array  #: [Hz]; the end of the band where it does not fall so far
    found: Array  #: whether it does
    lowest_db: Array  #: least level in the band [dB]


def bandwidth(
    modulator: Modulator, frequency: ArrayLike, drop_db: float = 3.0, reference: ArrayLike | None = None
) -> Crossing:
    """Electro-optic bandwidth: the first frequency at which S21 is `drop_db` down.

    Args:
        modulator: as of `response`.
        frequency: the band [Hz], (F,), rising, in steps finer than ripples: a fall between two steps is not seen.
        drop_db: 3.0 or 6.0, electrical: 20 log10 |S21|.
        reference: where S21 is 0 dB [Hz]; None: that of slow signals, `Response.static`.

    Returns:
        frequency differentiable once by every number of the modulator, in both modes. Where numbers are traced, look at
        `found`: nothing can be raised there. What is traced and wrong gives NaN, with a warning.

    Raises:
        ValueError: the response does not fall so far in the band, or is below from the start; what `response` refuses,
            a line that is not known over the band among it.
    """
    check_frequencies("bandwidth", frequency)
    fine = within("bandwidth", "drop_db", drop_db, 0.0, np.inf, "dB", "Give how far S21 falls, 3.0 or 6.0.")
    band = jnp.atleast_1d(jnp.asarray(frequency, float))
    if band.shape[0] < 2:
        raise ValueError(f"bandwidth: {band.shape[0]} frequency: it takes 2 or more. Give the band in fine steps.")
    for name in ("source", "termination"):
        if np.ndim(getattr(modulator, name)) and np.size(getattr(modulator, name)) > 1:
            raise ValueError(
                f"bandwidth: {name} impedance at {np.size(getattr(modulator, name))} frequencies: give one number or a "
                "Load, which is known between them too."
            )
    static = divided(modulator.source, modulator.termination)
    if reference is None and not is_traced(static) and not float(static) > 0:
        raise ValueError(
            "bandwidth: a termination of 0 Ω leaves nothing of a slow signal to compare with. Give the frequency of "
            "0 dB as `reference`."
        )
    if reference is not None:
        looked_at(modulator, reference)
        fine = whole(fine, fit(modulator, reference))
    fine = whole(fine, fit(modulator, band))
    modulator = looked_at(modulator, band)
    found = crossing(modulator, band, jnp.asarray(drop_db, float), reference)
    found = found._replace(frequency=fine * found.frequency)
    if not is_traced(found) and not bool(found.found):
        zero = None if reference is None else decibels(response(modulator, reference).drive)[0]
        start = float(_level(modulator, band[:1], zero)[0])
        if start < -drop_db:
            raise ValueError(
                f"bandwidth: S21 is {start:.3g} dB at {float(band[0]):g} Hz, where the band starts, below -{drop_db:g} "
                "dB. Begin lower, or give the frequency of 0 dB as `reference`."
            )
        raise ValueError(
            f"bandwidth: S21 falls to {float(found.lowest_db):.3g} dB between {float(band[0]):g} and "
            f"{float(band[-1]):g} Hz, not to -{drop_db:g} dB. Go to higher frequencies."
        )
    return found


def _level(modulator: Modulator, f: Array, zero: Array | None) -> Array:
    answer = _answer(modulator, f)
    return answer.s21_db if zero is None else decibels(answer.drive) - zero


def _answer(modulator: Modulator, f: Array) -> Response:
    """Of what was looked at: here all is traced."""
    return at_row(modulator, f, placed(gathered(modulator.elements), f))


@jax.jit
def crossing(modulator: Modulator, band: Array, drop: Array | float, reference: ArrayLike | None) -> Crossing:
    """`bandwidth` that refuses nothing: look at `found`."""
    zero = None
    if reference is not None:
        zero = decibels(_answer(modulator, jnp.atleast_1d(jnp.asarray(reference, float))).drive)[0]
    held, held_zero = lax.stop_gradient((modulator, zero))

    def above(f: Array) -> Array:
        return _level(held, f[None], held_zero)[0] + drop

    levels = _level(held, band, held_zero)
    below = levels < -drop
    first = jnp.argmax(below)
    found = below[first] & (first > 0)

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) / 2
        up = above(middle) > 0
        return jnp.where(up, middle, low), jnp.where(up, high, middle)

    low, high = lax.fori_loop(0, 50, halve, (band[jnp.maximum(first - 1, 0)], band[first]))
    root = lax.stop_gradient(jnp.asarray(jnp.where(found, (low + high) / 2, band[-1])))
    # what is missing there and its slope in one: a response is most of what is compiled
    missing, slope = jax.jvp(lambda f: _level(modulator, f[None], zero)[0] + drop, (root,), (jnp.ones_like(root),))
    slope = lax.stop_gradient(jnp.asarray(jnp.where(found, slope, 1.0)))
    return Crossing(jnp.asarray(jnp.where(found, root - missing / slope, root)), found, jnp.min(levels))
