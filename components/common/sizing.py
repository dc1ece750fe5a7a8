"""Searches for a cell's sizes by gradient: what they may use, the way down, and how what was found is shown."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.optimize import OptimizeResult, minimize

from lingnan.components import limits
from lingnan.pdk.errors import LingnanError

Ranges = Mapping[str, tuple[float, float]]  #: least and largest by the size's name


def check(ranges: Ranges, start: Mapping[str, float], sizes: Collection[str], rules: Mapping[str, str]) -> None:
    """Refuse a search that the line cannot draw.

    Args:
        ranges: what each size may be.
        start: each size at the start.
        sizes: that are searched.
        rules: of the process, by the size that keeps it [µm].

    Raises:
        LingnanError: another size, a range below its rule, or a start outside of its range.
    """
    for name in (*ranges, *start):
        if name not in sizes:
            raise LingnanError(f"optimise: {name!r} is no size of the search: {', '.join(sizes)} are.")
    for name, rule in rules.items():
        limits.by_rule("optimise", name, ranges[name][0], rule)
    for name, (low, high) in ranges.items():
        if not 0 < low < high or not low <= start[name] <= high:
            raise LingnanError(
                f"optimise: {name} from {low:g} to {high:g}, starting at {start[name]:g}: give 0 < low < high, and "
                "start between them."
            )


def lowered(
    figure: Callable[..., Array], begin: np.ndarray, say: Callable[[float], None] | None, *rest: Any
) -> tuple[np.ndarray, tuple[float, ...]]:
    """Where a figure is least in the unit cube, by L-BFGS-B on its logarithm, and what it was after each step.

    Args:
        figure: of a point and of `rest`, positive; the same function is compiled once.
        begin: where to start.
        say: is told the figure at each step.
        rest: numbers that stay.
    """
    logarithm = _sloped(figure)
    steps: list[float] = []

    def numbers(x: np.ndarray) -> tuple[float, np.ndarray]:
        found, slope = logarithm(jnp.asarray(x), *rest)
        return float(found), np.asarray(slope)

    def told(intermediate_result: OptimizeResult) -> None:  # scipy knows it by this name
        steps.append(float(np.exp(intermediate_result.fun)))
        if say:
            say(steps[-1])

    told(OptimizeResult(fun=numbers(begin)[0]))
    best = minimize(numbers, begin, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(begin), callback=told)
    return best.x, tuple(steps)


@lru_cache(maxsize=4)
def _sloped(figure: Callable[..., Array]) -> Callable[..., tuple[Array, Array]]:
    """A figure's logarithm with its slope."""
    return jax.jit(jax.value_and_grad(lambda x, *rest: jnp.log(figure(x, *rest))))


def table(rows: Iterable[tuple[str, str, float, float]]) -> str:
    """Figures before and after, a line for each.

    Args:
        rows: name, format, and both numbers.
    """
    shown = [("", "before", "after"), *((name, format(one, how), format(two, how)) for name, how, one, two in rows)]
    return "\n".join(f"{a:<14}{b:>12}{c:>12}" for a, b, c in shown)


def way(steps: Sequence[float], drawn: tuple[float, str], figure: str, title: str) -> Any:
    """The way of a search, as a matplotlib figure.

    Args:
        steps: what was lowered, after each.
        drawn: the same of what is drawn, and how that was found.
        figure: what was lowered, with its unit.
        title: of what.
    """
    from matplotlib.figure import Figure

    made = Figure(figsize=(5.0, 3.2), layout="constrained")
    axes = made.subplots()
    axes.semilogy(range(len(steps)), steps, marker="o")
    axes.axhline(drawn[0], color="0.5", linestyle="--", label=drawn[1])
    axes.set(xlabel="step", ylabel=figure, title=title)
    axes.legend()
    return made
