"""`columns` in LAPACK, for one matrix on a processor: the same elimination with nothing to compile.

A first solve then waits for no compilation of loops and factorisations. Under `vmap`
and on a GPU `columns` does it. Vectors are numbered line by line, then column by column, then element by element
(`numbering`). Interiors of elements are small and applied by their inverse where a right-hand side is solved for, so
look at the residual of what comes out; columns and lines are factorised, as in `columns`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import get_lapack_funcs

from lingnan.solvers.linalg.layout import Layout

Values = NDArray[Any]  #: float or complex


class Numbering(NamedTuple):
    """Unknowns in the order of the elimination."""

    elements: NDArray[np.intp]  #: (nx ny, n): number of each unknown of an element
    vector: NDArray[np.intp]  #: (N,): number of each unknown of `Layout.flatten`


class Factors(NamedTuple):
    """A factorised matrix."""

    inside_inverse: Values  #: (nx ny, inside, inside)
    inside_right: Values  #: (nx ny, inside, hull)
    inside_left: Values  #: (nx ny, hull, inside)
    columns: list[tuple[Values, Values]]  #: LU and pivots of each column
    column_right: Values  #: (nx, column, two lines)
    column_left: Values  #: (nx, two lines, column)
    lines: list[tuple[Values, Values]]  #: LU and pivots of each line
    line_right: Values  #: (nx, line, line)
    line_left: Values  #: (nx, line, line)


@lru_cache(maxsize=32)
def numbering(layout: Layout) -> Numbering:
    """How the unknowns of `layout` are numbered here."""
    nx, ny, line = layout.nx, layout.ny, layout.line
    lines = np.arange((nx + 1) * line).reshape(nx + 1, line)
    body = lines[:, : ny * layout.step].reshape(nx + 1, ny, layout.step)
    corner = np.concatenate([body[:, :, : layout.corner], lines[:, None, ny * layout.step :]], axis=1)
    vertical = body[:, :, layout.corner :]
    horizontal = lines.size + np.arange(nx * (ny + 1) * layout.horizontal).reshape(nx, ny + 1, layout.horizontal)
    inside = lines.size + horizontal.size + np.arange(nx * ny * layout.inside).reshape(nx, ny, layout.inside)
    parts = [
        corner[:-1, :-1], vertical[:-1], corner[:-1, 1:], corner[1:, :-1], vertical[1:], corner[1:, 1:],
        horizontal[:, :-1], horizontal[:, 1:], inside,
    ]  # fmt: skip
    vector = np.concatenate([part.ravel() for part in (corner, vertical, horizontal, inside)])
    return Numbering(np.concatenate(parts, axis=-1).reshape(nx * ny, -1), vector)


def gathered(layout: Layout, local: Values) -> Values:
    """What elements (nx ny, n) give to each unknown, added up."""
    where = numbering(layout).elements[:, : local.shape[1]].ravel()
    flat = local.ravel()
    if np.iscomplexobj(flat):
        real, imaginary = (np.bincount(where, part, layout.size) for part in (np.real(flat), np.imag(flat)))
        return real + 1j * imaginary
    return np.bincount(where, flat, layout.size)


def product(layout: Layout, elements: Values, vector: Values) -> Values:
    """The matrix of `elements` (nx ny, n, n) times a vector."""
    local = vector[numbering(layout).elements]
    return gathered(layout, (elements @ local[..., None])[..., 0])


def factorise(layout: Layout, elements: Values) -> Factors:
    """Factorise the matrix whose element matrices are `elements`, (nx ny, n, n)."""
    nx, hull, size = layout.nx, layout.hull, layout.line
    inside, left = elements[:, hull:, hull:], np.ascontiguousarray(elements[:, :hull, hull:])
    inside_right = np.linalg.solve(inside, elements[:, hull:, :hull])
    skins = elements[:, :hull, :hull] - left @ inside_right

    edges, right, left_lines, diagonal, above, below = _columns(layout, skins)
    lu_of, solve_of = _lapack(elements)
    columns = [lu_of(block) for block in edges]
    column_right = np.stack([solve_of(lu, block) for lu, block in zip(columns, right, strict=True)])
    blocks = left_lines @ column_right
    diagonal[:-1] -= blocks[:, :size, :size]
    diagonal[1:] -= blocks[:, size:, size:]
    above -= blocks[:, :size, size:]
    below -= blocks[:, size:, :size]
    line_right = np.empty_like(below)
    pivots: list[tuple[Values, Values]] = []
    for k in range(nx + 1):
        if k:
            diagonal[k] -= below[k - 1] @ line_right[k - 1]
        pivots.append(lu_of(diagonal[k]))
        if k < nx:
            line_right[k] = solve_of(pivots[k], above[k])
    inverse = np.linalg.inv(inside)
    return Factors(inverse, inside_right, left, columns, column_right, left_lines, pivots, line_right, below)


def solve(layout: Layout, f: Factors, rhs: Values) -> Values:
    """Solve with the factorised matrix; `rhs` and result in the order of `numbering`."""
    nx, hull, size = layout.nx, layout.hull, layout.line
    cut = (nx + 1) * size, rhs.size - len(f.inside_inverse) * layout.inside
    _, solve_of = _lapack(f.inside_inverse)
    inside = (f.inside_inverse @ rhs[cut[1] :].reshape(-1, layout.inside, 1))[..., 0]
    rhs = rhs - gathered(layout, (f.inside_left @ inside[..., None])[..., 0])
    edges = rhs[cut[0] : cut[1]].reshape(nx, -1)
    edges = np.stack([solve_of(lu, b) for lu, b in zip(f.columns, edges, strict=True)])
    push = (f.column_left @ edges[..., None])[..., 0]
    lines = rhs[: cut[0]].reshape(nx + 1, size).copy()
    lines[:-1] -= push[:, :size]
    lines[1:] -= push[:, size:]
    for k in range(nx + 1):
        if k:
            lines[k] -= f.line_left[k - 1] @ lines[k - 1]
        lines[k] = solve_of(f.lines[k], lines[k])
    for k in range(nx - 1, -1, -1):
        lines[k] -= f.line_right[k] @ lines[k + 1]
    both = np.concatenate([lines[:-1], lines[1:]], axis=-1)
    edges = edges - (f.column_right @ both[..., None])[..., 0]
    found = np.concatenate([lines.ravel(), edges.ravel(), inside.ravel()])
    skin = found[numbering(layout).elements[:, :hull]]
    inside = inside - (f.inside_right @ skin[..., None])[..., 0]
    found[cut[1] :] = inside.ravel()
    return found


def _lapack(
    like: Values,
) -> tuple[Callable[[Values], tuple[Values, Values]], Callable[[tuple[Values, Values], Values], Values]]:
    getrf, getrs = get_lapack_funcs(("getrf", "getrs"), (like,))

    def factor(block: Values) -> tuple[Values, Values]:
        lu, pivots, _ = getrf(block)
        return lu, pivots

    def solved(lu: tuple[Values, Values], rhs: Values) -> Values:
        return getrs(lu[0], lu[1], rhs)[0]

    return factor, solved


def _columns(layout: Layout, skins: Values) -> tuple[Values, ...]:
    """Skins of elements added up: edges of each column, what couples them to the two lines and back, the lines
    themselves and what couples each to the next and back.
    """
    nx, ny, side, edge, step, size = layout.nx, layout.ny, layout.side, layout.horizontal, layout.step, layout.line
    skins = skins.reshape(nx, ny, layout.hull, layout.hull)
    rungs, kind = (ny + 1) * edge, skins.dtype
    edges = np.zeros((nx, rungs, rungs), kind)
    right, left = np.zeros((nx, rungs, 2 * size), kind), np.zeros((nx, 2 * size, rungs), kind)
    diagonal = np.zeros((nx + 1, size, size), kind)
    above, below = np.zeros((nx, size, size), kind), np.zeros((nx, size, size), kind)
    one, two, rung = slice(0, side), slice(side, 2 * side), slice(2 * side, None)
    for j in range(ny):
        s = skins[:, j]
        y, e = slice(j * step, j * step + side), slice(j * edge, (j + 2) * edge)
        far = slice(size + y.start, size + y.stop)
        edges[:, e, e] += s[:, rung, rung]
        right[:, e, y] += s[:, rung, one]
        right[:, e, far] += s[:, rung, two]
        left[:, y, e] += s[:, one, rung]
        left[:, far, e] += s[:, two, rung]
        diagonal[:-1, y, y] += s[:, one, one]
        diagonal[1:, y, y] += s[:, two, two]
        above[:, y, y] += s[:, one, two]
        below[:, y, y] += s[:, two, one]
    return edges, right, left, diagonal, above, below
