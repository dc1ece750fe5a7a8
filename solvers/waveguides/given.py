"""What a user gives where one number is asked for."""

from typing import Any

import numpy as np

from lingnan.solvers.tracing import is_traced


def check_real(where: str, name: str, value: Any, unit: str, example: float) -> None:
    """Raises ValueError where a value is not one real number; one that is traced passes."""
    if is_traced(value):
        return
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":  # text, None, complex numbers, truths, and what is no number at all
        raise ValueError(f"{where}: {name} = {value!r} is no real number. Give it in {unit}, such as {example:g}.")
    if array.ndim:
        raise ValueError(f"{where}: {name} has shape {array.shape}: give one number, and jax.vmap for a sweep.")


def check_made(where: str, name: str, value: Any, kind: type, advice: str) -> None:
    """Raises ValueError where a value is not of a kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{where}: {name} = {value!r} is no {kind.__name__}. {advice}")
