"""Rows of elements that electrodes are made of: tapers, segments, folds, and lines loaded once a period."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_no_less, within
from lingnan.solvers.modulators.checks import check_line
from lingnan.solvers.modulators.line import Line, of_cell
from lingnan.solvers.modulators.network import MICRON, Element, Series, Shunt, Stretch
from lingnan.solvers.modulators.rows import abcd
from lingnan.solvers.tracing import is_traced


def taper(start: Line, end: Line, length: Any, steps: int = 16) -> tuple[Stretch, ...]:
    """From a pad's line to the electrode's, without light beside it.

    Args:
        start: at its source side.
        end: at its far side, at the same frequencies.
        length: [µm].
        steps: uniform stretches in its place; what is left of the error falls as their square.

    Series impedance and shunt admittance per length go geometrically, so Z0 does too.

    Raises:
        ValueError: the lines are not known at the same frequencies, or there is no step.
    """
    check_no_less("taper", "steps", steps, 1, "", "One stretch stands for all of it at least.")
    same = start.frequency.shape == end.frequency.shape
    if same and not is_traced(start.frequency, end.frequency):
        same = bool(np.allclose(start.frequency, end.frequency, rtol=1e-9, atol=0))
    if not same:
        raise ValueError(
            f"taper: lines at {start.frequency.shape[0]} and {end.frequency.shape[0]} frequencies that are not the "
            "same. Compute both at the same ones."
        )
    share = (np.arange(steps) + 0.5) / steps
    lines = (_between(start, end, float(x)) for x in share)
    return tuple(Stretch(line, length / steps) for line in lines)


def _between(start: Line, end: Line, share: float) -> Line:
    # Z' and Y' lie in the fourth quadrant: so do their geometric means
    z = jnp.exp((1 - share) * jnp.log(start.gamma * start.z0) + share * jnp.log(end.gamma * end.z0))
    y = jnp.exp((1 - share) * jnp.log(start.gamma / start.z0) + share * jnp.log(end.gamma / end.z0))
    root_z, root_y = jnp.sqrt(z), jnp.sqrt(y)
    return Line(start.frequency, root_z * root_y, root_z / root_y)


def segmented(active: Line, passive: Line, length: Any, space: Any, effects: Sequence[Any]) -> tuple[Stretch, ...]:
    """Stretches with light's effect and stretches without it, in turn.

    Args:
        active: line over the segments.
        passive: line between them.
        length: of one segment [µm].
        space: between two [µm].
        effects: of each segment: all 1, or in turn 1 and -1 where the domains or the arms are exchanged, which
            moves the response to where the walk-off over a segment is half a wave.

    Raises:
        ValueError: there is no segment.
    """
    check_no_less("segmented", "segments", len(effects), 1, "", "Give the effect of each.")
    found: list[Stretch] = []
    for effect in effects:
        if found:
            found.append(Stretch(passive, space))
        found.append(Stretch(active, length, effect))
    return tuple(found)


def folded(
    line: Line,
    lengths: Sequence[Any],
    turn: Line,
    turn_length: Any,
    turn_path: Any = None,
    crossed: bool = True,
) -> tuple[Stretch, ...]:
    """A line that turns back, with its light.

    Args:
        line: on the straight parts.
        lengths: of the straight parts [µm].
        turn: line in the turns.
        turn_length: of the line in a turn [µm].
        turn_path: of the light in a turn [µm]; None: as long. Its difference is a delay that adds up.
        crossed: whether the arms change their gaps in each turn. In X-cut films a turn by 180° takes the field against
            the crystal's axis, and what the next part does is undone by the first, unless they change.

    Raises:
        ValueError: there is no straight part.
    """
    check_no_less("folded", "straight parts", len(lengths), 1, "", "Give the length of each.")
    found: list[Stretch] = []
    for k, length in enumerate(lengths):
        if found:
            found.append(Stretch(turn, turn_length, 0.0, turn_path))
        found.append(Stretch(line, length, 1.0 if crossed or k % 2 == 0 else -1.0))
    return tuple(found)


def periodic(line: Line, load: Series | Shunt, period: Any) -> Line:
    """A line with a load in the middle of every period, as one uniform line between two loads (Bloch's condition).

    Args:
        line: without loads.
        load: e.g. `Shunt(capacitance=...)` [F].
        period: [µm].

    cosh γp = A and Z0 = sqrt(B/C) of a period's chain matrix: D. M. Pozar, Microwave Engineering (2012), §8.1.

    Raises:
        ValueError: the period is not positive.
    """
    period = jnp.asarray(period) * within(
        "periodic", "period", period, 0.0, np.inf, "µm", "Give the distance of two loads."
    )
    check_line(line, line.frequency)
    half = Stretch(line, period / 2)
    cell: tuple[Element, ...] = (half, load, half)
    m: Array = abcd(cell, line.frequency)
    return of_cell(line.frequency, m[:, 0, 0], m[:, 0, 1], m[:, 1, 0], jnp.asarray(period) * MICRON)
