"""Polygons for cross-sections: cut at the levels of their corners into the trapezoids that the mesh can follow."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides.geometry import Trapezoid


def polygon(
    vertices: Sequence[tuple[Any, Any]],
    medium: Any,
    name: str = "",
    *,
    like: Sequence[tuple[float, float]] | None = None,
) -> tuple[Trapezoid, ...]:
    """A polygon, convex or not, as trapezoids to put among the shapes of `cross_section`.

    Args:
        vertices: corners (x, y) [µm], in order; the last is joined to the first, and edges may not cross. Its lowest
            and highest places are flat: a mesh of columns cannot end in a tip.
        medium: see `media.medium`.
        name: of the region.
        like: a polygon of numbers whose corners stand in the same order from below, when `vertices` are traced.

    Raises:
        ValueError: fewer than three corners, edges that cross, or a tip.
    """
    if is_traced(vertices) and like is None:
        raise ValueError(
            "polygon: the vertices are traced (inside jit, grad or vmap), so the order of their levels cannot be read. "
            "Pass like=, the same polygon in typical numbers, and topology= to cross_section."
        )
    numbers = np.asarray(vertices if like is None else like, float)
    if numbers.ndim != 2 or numbers.shape[1] != 2 or len(numbers) < 3 or not np.all(np.isfinite(numbers)):
        raise ValueError(f"polygon: {len(numbers)} corners {numbers.tolist()}: give at least three finite (x, y) [µm].")
    if len(numbers) != len(vertices):
        raise ValueError(
            f"polygon: like has {len(numbers)} corners and vertices {len(vertices)}: give the same polygon."
        )
    count, tiny = len(numbers), 1e-9 * float(np.ptp(numbers, axis=0).max())
    order = np.argsort(numbers[:, 1], kind="stable")
    levels = [int(order[0])]
    for k in order[1:]:
        if numbers[k, 1] - numbers[levels[-1], 1] > tiny:
            levels.append(int(k))
    edges = [(i, (i + 1) % count) for i in range(count)]
    pieces: list[Trapezoid] = []
    for low, high in itertools.pairwise(levels):
        y = numbers[[low, high], 1]
        crossing = [
            e for e in edges if numbers[list(e), 1].min() <= y[0] + tiny and numbers[list(e), 1].max() >= y[1] - tiny
        ]
        ends = [tuple(float(_at(numbers, e, v)) for v in y) for e in crossing]
        rank = sorted(range(len(crossing)), key=lambda k: sum(ends[k]))
        for a, b in itertools.pairwise(rank):
            if any(ends[a][side] > ends[b][side] + tiny for side in (0, 1)):
                raise ValueError(
                    f"polygon: two edges cross between y = {y[0]:g} and {y[1]:g} µm. Give corners in order around it."
                )
        for left, right in zip(rank[::2], rank[1::2], strict=True):
            tips = [side for side in (0, 1) if ends[right][side] - ends[left][side] <= tiny]
            if tips:
                raise ValueError(
                    f"polygon: it ends in a tip at x = {ends[left][tips[0]]:g} µm, y = {y[tips[0]]:g} µm. Cut the tip "
                    "off flat: a width of 1 nm changes n_eff by less than 1e-5."
                )
            pieces.append(_piece(vertices, crossing[left], crossing[right], (low, high), medium, name))
    return tuple(pieces)


def _piece(
    vertices: Sequence[tuple[Any, Any]], left: tuple[int, int], right: tuple[int, int], levels: tuple[int, int],
    medium: Any, name: str,
) -> Trapezoid:  # fmt: skip
    bottom, top = (vertices[k][1] for k in levels)
    sides = [_at(vertices, edge, y) for y in (bottom, top) for edge in (left, right)]
    return Trapezoid(medium, bottom, top, sides[0], sides[1], sides[2], sides[3], name)


def _at(vertices: Any, edge: tuple[int, int], y: Any) -> Any:
    """x of an edge on level y."""
    (x0, y0), (x1, y1) = (vertices[k] for k in edge)
    if not is_traced(x0, y0, x1, y1, y):
        if abs(float(y) - float(y0)) == 0:
            return x0  # exactly: neighbouring pieces meet without a step
        if abs(float(y) - float(y1)) == 0:
            return x1
    return (
        jnp.asarray(x0) + (y - y0) / (y1 - y0) * (x1 - x0)
        if is_traced(y, y0, y1, x0, x1)
        else (float(x0) + (float(y) - float(y0)) / (float(y1) - float(y0)) * (float(x1) - float(x0)))
    )
