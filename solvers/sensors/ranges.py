"""What sensors ask of numbers beside their sign: where a measurement ends, shares, counts, lengths that agree."""

from typing import Any

import numpy as np

from lingnan.solvers.checks import check_between, known, worst
from lingnan.solvers.materials.errors import MaterialRangeError

ROUND_OFF = 1e-9  #: by which a range may be overstepped, in its unit


def check_measured(
    of: str, what: str, value: Any, limits: tuple[float, float], unit: str, source: str, advice: str
) -> None:
    """Raises MaterialRangeError where a number that is known lies outside its range, or is none."""
    if not known(value):
        return
    given = np.asarray(value, float)
    wrong = ~((given >= limits[0] - ROUND_OFF) & (given <= limits[1] + ROUND_OFF))
    if np.any(wrong):
        raise MaterialRangeError(of, what, worst(given, wrong), limits, unit, source, advice)


def check_share(where: str, name: str, value: Any, advice: str = "It is a share.") -> None:
    """Raises ValueError where a number does not lie between 0 and 1, both included."""
    check_between(where, name, value, -ROUND_OFF, 1.0 + ROUND_OFF, "", advice)


def check_finite(where: str, name: str, value: Any, unit: str = "") -> None:
    """Raises ValueError where a number is infinite or none."""
    if known(value) and not np.all(np.isfinite(np.asarray(value))):
        shown = worst(value, ~np.isfinite(np.asarray(value)))
        raise ValueError(f"{where}: {name} = {shown:g}{' ' if unit else ''}{unit}: it must be finite.")


def check_count(where: str, name: str, value: Any, least: int, advice: str) -> None:
    """Raises ValueError where something that counts is no whole number, or too small."""
    if isinstance(value, (bool, float)) or value != int(value) or value < least:
        raise ValueError(f"{where}: {name} = {value}: it must be a whole number, {least} or more. {advice}".rstrip())


def check_alike(where: str, **arrays: Any) -> None:
    """Raises ValueError where the last axes of arrays differ: samples and what was seen at them."""
    counts = {name: np.shape(value)[-1] if np.ndim(value) else 0 for name, value in arrays.items()}
    if len(set(counts.values())) > 1 or 0 in counts.values():
        told = ", ".join(f"{name} has {count or 'none'}" for name, count in counts.items())
        raise ValueError(f"{where}: samples do not match: {told} along the last axis. Give as many of each.")


def check_shape(where: str, name: str, value: Any, shape: tuple[int | None, ...], advice: str) -> None:
    """Raises ValueError where an array has another shape; None stands for any length of 1 or more."""
    found = np.shape(value)
    fits = len(found) == len(shape) and all(
        n == m if m is not None else n > 0 for n, m in zip(found, shape, strict=True)
    )
    if not fits:
        asked = ", ".join("any" if m is None else str(m) for m in shape)
        raise ValueError(f"{where}: {name} has the shape {found}: it must be ({asked}). {advice}".rstrip())
