"""Shapes of a cross-section that overlap: which are meant so, and which are a mistake.

Shapes are painted one after another, so that a later one counts where two overlap. That is meant where the later one
lies wholly inside what is there (a core in its coating), cuts into a layer that runs from wall to wall (a trench), or
is of the background's medium, a hole. Where it lies half on another shape of another medium, or hides one, what comes
out is a matter of the order in a list, and is refused unless that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides.media import Medium, Named
from lingnan.solvers.waveguides.topology import Edges, Topology, Window

Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Painted:
    """Shapes in the order of painting."""

    edges: Edges
    media: Sequence[Medium]
    layers: Sequence[bool]  #: those that run from wall to wall
    names: Sequence[str]

    def called(self, k: int) -> str:
        """For messages."""
        return f"shape {k}" + (f" ({self.names[k]})" if self.names[k] else "")


def refuse_overlaps(painted: Painted, background: Medium, topology: Topology, window: Window) -> None:
    """Refuse shapes, given as numbers, of which it is not clear which one counts.

    Raises:
        ValueError: names two shapes, where they overlap, and what to do.
    """
    count = len(painted.edges)
    if count < 2:
        return
    x, y = _corners(topology, painted.edges, window)
    covers = [_cells(painted, k, x, y) for k in range(count)]
    for later in range(1, count):
        if _same(painted.media[later], background):
            continue
        for earlier in range(later):
            both = covers[earlier] & covers[later]
            if not np.any(both) or _same(painted.media[earlier], painted.media[later]):
                continue
            if not painted.layers[later] and painted.layers[earlier]:
                continue
            below = [covers[k] for k in range(later) if painted.layers[k] == painted.layers[earlier]]
            inside = not np.any(covers[later] & ~np.any(below, axis=0))
            hidden = not np.any(covers[earlier] & ~covers[later])
            if inside and not hidden:
                continue
            raise ValueError(_message(painted, (earlier, later), both, (x, y), hidden))


def _message(painted: Painted, pair: tuple[int, int], both: Cells, at: tuple[Any, Any], hidden: bool) -> str:
    (x, y), (one, two) = at, (painted.called(k) for k in pair)
    columns, rows = np.nonzero(both)
    reach = (
        float(x[columns[:, None], (rows[:, None] + [0, 1])].min()),
        float(x[columns[:, None] + 1, (rows[:, None] + [0, 1])].max()),
        float(y[rows].min()),
        float(y[rows + 1].max()),
    )
    wide = np.diff(x, axis=0)
    area = float(np.sum(((wide[:, 1:] + wide[:, :-1]) / 2 * np.diff(y))[both]))
    which = f"{two} hides {one}" if hidden else f"{one} and {two} overlap, and neither lies inside the other"
    return (
        f"cross_section: {which}: they share (left, right, bottom, top) = {tuple(round(a, 6) for a in reach)} µm, "
        f"{area:.4g} µm², and are of different media. Cut one where the other begins, change their order if one lies "
        'inside the other, or give overlap="later": the later one counts.'
    )


def _corners(topology: Topology, edges: Edges, window: Window) -> tuple[Any, Any]:
    """Lines (L, V) on levels (V,) [µm]."""
    y = np.array([float(topology.level(ref, edges, window)) for ref in topology.levels])
    rows = [
        [float(topology.position(ref, level, edges, window)) for ref, level in zip(row, y.tolist(), strict=True)]  # type: ignore[arg-type]
        for row in topology.lines
    ]
    return np.array(rows), y


def _cells(painted: Painted, k: int, x: Any, y: Any) -> Cells:
    """Which elements between lines and levels a shape covers: those whose middle it covers."""
    (a, b), middle = painted.edges[k], (y[1:] + y[:-1]) / 2
    centre = (x[1:, 1:] + x[1:, :-1] + x[:-1, 1:] + x[:-1, :-1]) / 4
    left, right = (np.array([edge.at_number(float(v)) for v in middle]) for edge in (a, b))
    high = (float(a.bottom) < middle) & (middle < float(a.top))
    return high & (left < centre) & (centre < right)


def _same(one: Medium, two: Medium) -> bool:
    """Whether two media are one; a traced one, of which nothing is known, is taken for the other."""
    if one is two or is_traced(one, two):
        return True
    if isinstance(one, Named) or isinstance(two, Named):
        return isinstance(one, Named) and isinstance(two, Named) and one == two
    if isinstance(one, Oriented) or isinstance(two, Oriented):
        return (
            isinstance(one, Oriented)
            and isinstance(two, Oriented)
            and one.material == two.material
            and np.array_equal(np.asarray(one.rotation), np.asarray(two.rotation))
        )
    return np.array_equal(_tensor(one), _tensor(two))


def _tensor(value: Any) -> Any:
    array = np.asarray(value)
    return array if array.ndim == 2 else np.diag(np.broadcast_to(array**2, 3))
