"""How much light is safe for the eye: class 1 of IEC 60825-1 for beams near 905 and 1550 nm.

The energy through a stop (the pupil, or less of the cornea) must be below the exposure limit times its area, for every
duration up to the time base of 100 s, which is taken for products not made to be stared at; a train of pulses must meet
it for each pulse and for the whole. This is a budget for design, no classification: scanning beams, sources that look
larger than a point, telescopes and the standard's rule for many pulses of more than 5 µs are left out, and so is its
factor C5. Wavelengths in µm, times in s, energies in J, powers in W, lengths in m.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from lingnan.solvers.checks import check_between, check_no_less

TIME_BASE = 100.0  #: [s]
TRAIN = 10.0  #: time in which pulses are counted for C5 [s]
THERMAL = 5e-6  #: pulses up to which C5 holds [s]
SHORTEST = 1e-9  #: [s]; below it other limits hold


class Limit(NamedTuple):
    """What may pass a stop in one emission."""

    energy: float  #: [J]
    stop: float  #: its diameter [m]


@cache
def _tables() -> tuple[dict[str, Any], ...]:
    text = (resources.files("lingnan.solvers.lidar") / "data" / "safety.toml").read_text(encoding="utf-8")
    return tuple(t for t in tomllib.loads(text).values() if isinstance(t, dict))


def _table(wavelength: float) -> dict[str, Any]:
    nm = 1e3 * wavelength
    for table in _tables():
        if table["first"] <= nm < table["last"]:
            return table
    kept = ", ".join(f"{t['first']:.0f} to {t['last']:.0f}" for t in _tables())
    raise ValueError(f"safety: {nm:g} nm: limits are kept for {kept} nm. Take one of these, or the standard itself.")


def _piece(pieces: list[list[float]], duration: float) -> float:
    for until, value, power in pieces:
        if duration <= until:
            return value * duration**power
    raise ValueError(f"safety: {duration:g} s is longer than the {pieces[-1][0]:g} s of the limits. Give less.")


def class_1(wavelength: float, duration: float) -> Limit:
    """Energy that one emission may send through the stop.

    Args:
        wavelength: [µm].
        duration: of the emission [s], 1 ns or more.
    """
    check_no_less(
        "class_1", "duration", duration, SHORTEST * (1 - 1e-9), "s", "Shorter pulses have limits of their own."
    )
    table = _table(wavelength)
    exposure = _piece(table["pieces"], duration)
    if table["correction"] == "C_A":
        exposure *= 10 ** (0.002 * (1e3 * wavelength - 700))
    stop = _piece(table["stop"], duration)
    return Limit(exposure * np.pi * stop**2 / 4, stop)


def _times(wavelength: float, duration: float) -> np.ndarray:
    """Durations at which a limit over a time may be least: the ends of its pieces and those of the stop."""
    table = _table(wavelength)
    joints = [p[0] for p in (*table["pieces"], *table["stop"])]
    joints += [t * (1 + 1e-9) for t in joints]
    fine = np.geomspace(SHORTEST, duration, 400)  # within a piece a power law, so ends are enough but for a wide beam
    return np.unique([t for t in (*joints, *fine, duration) if SHORTEST <= t <= duration])


def through(stop: float, width: float) -> float:
    """Share of a Gaussian beam of that 1/e² diameter that passes a round stop on its axis: 1 - exp(-2 (stop/width)²).

    Args:
        stop: diameter [m].
        width: 1/e² diameter [m]; 0: all passes.
    """
    check_no_less("through", "width", width, 0.0, "m", "")
    return 1.0 if width == 0 else float(-np.expm1(-2 * (stop / width) ** 2))


def continuous_power(wavelength: float, width: float = 0.0, base: float = TIME_BASE) -> float:
    """Greatest power of a beam that does not end [W]: the least over all durations up to the time base.

    Args:
        wavelength: [µm].
        width: 1/e² diameter where it is nearest to an eye [m].
        base: [s].
    """
    limits = [(t, class_1(wavelength, float(t))) for t in _times(wavelength, base)]
    return min(one.energy / t / through(one.stop, width) for t, one in limits)


def pulse_energy(wavelength: float, duration: float, rate: float, width: float = 0.0, base: float = TIME_BASE) -> float:
    """Greatest energy of each pulse of a train [J]: by the single pulse, and by all pulses within any time.

    Args:
        wavelength: [µm].
        duration: of a pulse [s].
        rate: pulses a second [Hz].
        width: 1/e² diameter of the beam where it is nearest to an eye [m].
        base: [s].
    """
    check_between("pulse_energy", "rate", rate, 0.0, 1.0 / duration, "Hz", "Pulses that overlap are no train.")
    single = class_1(wavelength, duration)
    best = single.energy / through(single.stop, width)
    count = rate * min(base, TRAIN)
    if duration <= THERMAL and _table(wavelength)["correction"] == "C_A" and count > 600:
        best *= max(5 * count**-0.25, 0.4)
    for t in _times(wavelength, base):
        count = np.floor(t * rate) + 1
        if count > 1:  # one pulse alone is judged by its own length
            whole = class_1(wavelength, float(t))
            best = min(best, whole.energy / count / through(whole.stop, width))
    return float(best)
