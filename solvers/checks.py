"""What can be wrong with a number that somebody gives: checked where it is known, passed by where it is traced."""

from typing import Any

import numpy as np
from jax import Array

from lingnan.solvers.waveguides.media import is_traced


def worst(value: Any, wrong: Any) -> float:
    """The first number that is wrong."""
    return float(np.asarray(value)[np.asarray(wrong)].ravel()[0])


def known(value: Any) -> bool:
    """Whether it is a number to look at: trees that JAX takes apart hold other things for a while."""
    return isinstance(value, (int, float, np.ndarray, np.number, Array)) and not is_traced(value)


def check_no_less(where: str, name: str, value: Any, limit: float, unit: str, advice: str) -> None:
    """Raises ValueError where a number is below its limit or not a number."""
    if not known(value):
        return
    wrong, unit = ~(np.asarray(value) >= limit), f" {unit}" if unit else ""
    if np.any(wrong):
        raise ValueError(
            f"{where}: {name} = {worst(value, wrong):g}{unit}: it must be {limit:g}{unit} or more. {advice}".rstrip()
        )


def check_between(where: str, name: str, value: Any, low: float, high: float, unit: str, advice: str) -> None:
    """Raises ValueError where a number does not lie between two, both exclusive."""
    if not known(value):
        return
    wrong = ~((np.asarray(value) > low) & (np.asarray(value) < high))
    if np.any(wrong):
        limits = f"finite and more than {low:g} {unit}" if np.isinf(high) else f"between {low:g} and {high:g} {unit}"
        raise ValueError(f"{where}: {name} = {worst(value, wrong):g} {unit}: it must be {limits}. {advice}".rstrip())
