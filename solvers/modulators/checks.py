"""What can be wrong with a modulator that is put together.

Checked where numbers are known. Where they are traced, `passive`, `sound` and `covered` give a factor for what is
found: 1, or NaN with a warning.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import worst
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.tracing import is_traced, marked


def check_impedance(where: str, value: ArrayLike, real: bool = False) -> None:
    """Raises ValueError where a passive part would give power, or reflect whatever comes."""
    if is_traced(value):
        return
    z = np.asarray(value, complex)
    wrong = ~((np.real(z) > 0) & np.isfinite(z))
    if np.any(wrong):
        raise ValueError(
            f"{where} impedance {complex(z[wrong].ravel()[0]):g} Ω: its real part must be above 0 Ω and finite, as "
            "that of a passive part is. For an end without a resistor give modulators.OPEN or modulators.SHORT."
        )
    if real and np.any(np.imag(z) != 0):
        raise ValueError(f"{where} impedance {complex(z.ravel()[0]):g} Ω: S-parameters here refer to a real one.")


def check_frequencies(where: str, frequency: ArrayLike) -> None:
    """Raises ValueError for frequencies that are not positive or do not rise."""
    if is_traced(frequency):
        return
    f = np.atleast_1d(np.asarray(frequency, float))
    if f.ndim != 1 or f.size == 0:
        raise ValueError(f"{where}: frequencies of shape {f.shape}: give one or more in a row, in Hz.")
    wrong = ~((f > 0) & np.isfinite(f))
    if np.any(wrong):
        raise ValueError(
            f"{where}: frequency {worst(f, wrong):g} Hz: each must be above 0 Hz and finite; take 1e3 Hz for direct "
            "current."
        )
    falls = np.diff(f) <= 0
    if np.any(falls):
        k = int(np.argmax(falls))
        raise ValueError(
            f"{where}: frequency {f[k + 1]:g} Hz after {f[k]:g} Hz: frequencies must rise. Sort them and drop doubles."
        )


def check_line(line: Line, frequency: ArrayLike) -> None:
    """Raises ValueError for a line that gives power, or whose own frequencies do not hold those asked for."""
    if is_traced(line.frequency, frequency):
        return
    known, f = np.atleast_1d(np.asarray(line.frequency)), np.atleast_1d(np.asarray(frequency))
    check_frequencies("line", known)
    check_impedance("line: characteristic", line.z0)
    gamma = np.zeros(1, complex) if is_traced(line.gamma) else np.asarray(line.gamma, complex)
    if np.any(np.real(gamma) < -1e-9 * np.abs(gamma)):
        raise ValueError(
            f"line: attenuation {np.min(np.real(gamma)):g} /m: it must be 0 or more. gamma is α - iβ here."
        )
    low, high = known[0] * (1 - 1e-9), known[-1] * (1 + 1e-9)
    wrong = (f < low) | (f > high)
    if np.any(wrong):
        raise ValueError(
            f"line: frequency {worst(f, wrong):g} Hz lies outside {known[0]:g} to {known[-1]:g} Hz, where this line "
            "is known. Compute the line over the whole band first."
        )


def passive(where: str, value: ArrayLike) -> Array | float:
    """1 for an impedance, shaped like it, and NaN where it is traced and no passive part's."""
    if not is_traced(value):
        return 1.0
    z = jnp.asarray(value)
    said = f"{where} impedance of {{value:g}} Ω: its real part must be above 0 Ω and finite."
    return marked((z.real > 0) & jnp.isfinite(z), said, value=z.real)


def sound(where: str, frequency: ArrayLike) -> Array | float:
    """1 for frequencies, (F,), and NaN for those that are traced and not above 0 Hz, or for all that do not rise."""
    if not is_traced(frequency):
        return 1.0
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    said = f"{where}: frequency {{value:g}} Hz: each must be above 0 Hz and finite."
    fine = marked((f > 0) & jnp.isfinite(f), said, value=f)
    if f.shape[0] == 1:
        return fine
    fall = jnp.min(jnp.diff(f))
    falling = f"{where}: frequencies with a step of {{value:g}} Hz: they must rise."
    return fine * marked(~(fall <= 0), falling, value=fall)


def covered(line: Line, frequency: ArrayLike) -> Array | float:
    """1 for frequencies, (F,), and NaN for those at which a line is not known, or all if it gives power; if traced."""
    if not is_traced(line, frequency):
        return 1.0
    known, f = jnp.atleast_1d(jnp.asarray(line.frequency)), jnp.atleast_1d(jnp.asarray(frequency, float))
    low, high = known[0] * (1 - 1e-9), known[-1] * (1 + 1e-9)
    outside = "line: frequency {value:g} Hz lies outside {low:g} to {high:g} Hz, where this line is known."
    fine = marked((f >= low) & (f <= high), outside, value=f, low=low, high=high)
    gain = jnp.min(line.gamma.real + 1e-9 * jnp.abs(line.gamma))
    return (
        fine
        * marked(~(gain < 0), "line: attenuation {value:g} /m: it must be 0 or more.", value=gain)
        * jnp.min(passive("line: characteristic", line.z0))
    )
