"""What can be wrong with a number that somebody gives.

Checked where it is known. Where it is traced, `no_less`, `within` and `below` give NaN with a warning, and so do the
others in a class that is `watched` and a function that is `refusing` (`solvers.trees`); elsewhere those look at it
inside `solvers.tracing.checked` alone.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from lingnan.solvers.tracing import demand, held, insist, is_traced, literal, marked


def worst(value: Any, wrong: Any) -> float:
    """The first number that is wrong."""
    return float(np.asarray(value)[np.asarray(wrong)].ravel()[0])


def known(value: Any) -> bool:
    """Whether it is a number to look at: trees that JAX takes apart hold other things for a while."""
    return isinstance(value, (int, float, np.ndarray, np.number, Array)) and not is_traced(value)


def _row(value: Any) -> Any:
    """A list of numbers as an array, traced where any of them is; what is no list as it is."""
    if not isinstance(value, (list, tuple)):
        return value
    leaves = jax.tree.leaves(value)
    if not leaves or not are_numbers(*leaves):
        return value
    return jnp.asarray(value) if is_traced(leaves) else np.asarray(value)


def _refuse_text(where: str, name: str, value: Any, unit: str) -> None:
    if isinstance(value, (str, bytes)):
        raise ValueError(f"{where}: {name} = {value!r} is text. Give a number{unit and f' in {unit}'}.")


def check_no_less(
    where: str, name: str, value: Any, limit: float, unit: str, advice: str, *, infinite: bool = False
) -> None:
    """Raises ValueError where a number is below its limit, not a number or, unless that is allowed, infinite."""
    _refuse_text(where, name, value, unit)
    value = _row(value)
    said = _no_less_said(where, name, limit, unit, advice, infinite)
    if isinstance(value, Tracer):
        insist(_no_less_fine(value, limit, infinite), said, value=value)
    if not known(value):
        return
    wrong = ~_no_less_fine(np.asarray(value), limit, infinite)
    if np.any(wrong):
        raise ValueError(said.format(value=worst(value, wrong)))


def no_less(
    where: str, name: str, value: Any, limit: float, unit: str, advice: str, *, infinite: bool = False
) -> Array | float:
    """`check_no_less` and 1; of what is traced 1 or, with a warning, NaN: what is found is to be multiplied by it."""
    value = _row(value)
    if isinstance(value, Tracer):
        said = _no_less_said(where, name, limit, unit, advice, infinite)
        return marked(_no_less_fine(value, limit, infinite), said, value=value)
    check_no_less(where, name, value, limit, unit, advice, infinite=infinite)
    return 1.0


def _no_less_fine(value: Any, limit: float, infinite: bool) -> Any:
    return value >= limit if infinite else (value >= limit) & (value < np.inf)


def _no_less_said(where: str, name: str, limit: float, unit: str, advice: str, infinite: bool) -> str:
    unit = f" {unit}" if unit else ""
    end = f"{unit}: it must be {limit:g}{unit} or more{'' if infinite else ', and finite'}. {advice}".rstrip()
    return literal(f"{where}: {name} = ") + "{value:g}" + literal(end)


def check_between(where: str, name: str, value: Any, low: float, high: float, unit: str, advice: str) -> None:
    """Raises ValueError where a number does not lie between two, both exclusive."""
    _refuse_text(where, name, value, unit)
    value = _row(value)
    said = _between_said(where, name, low, high, unit, advice)
    if isinstance(value, Tracer):
        insist((value > low) & (value < high), said, value=value)
    if not known(value):
        return
    wrong = ~((np.asarray(value) > low) & (np.asarray(value) < high))
    if np.any(wrong):
        raise ValueError(said.format(value=worst(value, wrong)))


def within(where: str, name: str, value: Any, low: float, high: float, unit: str, advice: str) -> Array | float:
    """`check_between` and 1; of what is traced 1 or, with a warning, NaN: what is found is to be multiplied by it."""
    value = _row(value)
    if isinstance(value, Tracer):
        said = _between_said(where, name, low, high, unit, advice)
        return marked((value > low) & (value < high), said, value=value)
    check_between(where, name, value, low, high, unit, advice)
    return 1.0


def _between_said(where: str, name: str, low: float, high: float, unit: str, advice: str) -> str:
    unit = f" {unit}" if unit else ""
    if np.isinf(low):
        limits = "finite" if np.isinf(high) else f"finite and less than {high:g}{unit}"
    else:
        limits = f"finite and more than {low:g}{unit}" if np.isinf(high) else f"between {low:g} and {high:g}{unit}"
    end = f"{unit}: it must be {limits}. {advice}".rstrip()
    return literal(f"{where}: {name} = ") + "{value:g}" + literal(end)


def whole(*factors: Array | float) -> Array | float:
    """One factor of several: NaN if any number in any of them is."""
    arrays = [factor for factor in factors if not isinstance(factor, float)]
    return jnp.prod(jnp.stack([jnp.prod(one) for one in arrays])) if arrays else 1.0


def below(where: str, name: str, value: Any, limit: float, advice: str) -> Array | float:
    """1 where a number is below the limit of a theory; elsewhere ValueError, or NaN with a warning inside `jit`."""
    value = _row(value)
    said = literal(f"{where}: {name} = ") + "{value:g}" + literal(f": it must be below {limit:g}. {advice}")
    fine = value < limit if isinstance(value, Tracer) else np.asarray(value) < limit
    return held(fine, said, value=value)


def check_count(where: str, name: str, value: Any, least: int, advice: str) -> None:
    """Raises ValueError where something is no whole number, or a smaller one; counts are known, never traced."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise ValueError(f"{where}: {name} = {value!r}: it must be a whole number, {least} or more. {advice}".rstrip())


def check_row(where: str, name: str, value: Any, least: int, advice: str) -> None:
    """Raises ValueError where something is not so many finite numbers in a row; of what is traced the shape counts."""
    row = _row(value) if is_traced(value) else np.asarray(value)
    if np.ndim(row) != 1 or np.shape(row)[0] < least:
        raise ValueError(
            f"{where}: {name} of shape {np.shape(row)}: give numbers in a row, {least} or more. {advice}".rstrip()
        )
    if not is_traced(row) and not (np.issubdtype(row.dtype, np.number) and np.all(np.isfinite(row))):
        raise ValueError(f"{where}: {name} holds what is no finite number. {advice}".rstrip())


def are_numbers(*values: Any) -> bool:
    """Are these numbers, known or traced? Inside JAX's transformations leaves may be anything."""
    return all(isinstance(v, (int, float, np.generic, np.ndarray, Array)) for v in values)


def check_angle(where: str, name: str, value: Any) -> None:
    """Raises ValueError where a wall is none; what is no number passes."""
    value = _row(value)
    if are_numbers(value):
        said = (
            f"{where}: {name} = {{value:g}} is outside 20 to 90: it is measured from the wafer plane, 90 for an "
            "upright wall, in degrees."
        )
        demand((value >= 20) & (value <= 90), said, value=value)
