"""What can be wrong with a modulator that is put together: checked where numbers are known, passed by where traced."""

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.checks import worst
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.tracing import is_traced


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
