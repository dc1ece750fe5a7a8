"""`columns` in LAPACK, for many grids of one layout at a time: the same elimination with nothing to compile.

Arrays begin with (G, R): G grids, each with R kinds of top wall; a vector ends in S kinds of right wall, (G, R, N, S).
Kinds of walls are how the classes of a mirror-symmetric grid differ (`Walls`), and of all that is eliminated only the
top row and the last line see them. Vectors are numbered line by line, then column by column, then element by element.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.linalg.blocks import Inverted, Stack, Values, stack
from lingnan.solvers.linalg.layout import Layout


class Walls(NamedTuple):
    """At which walls unknowns are free; elsewhere they are held at zero."""

    left: bool
    right: tuple[bool, ...]  #: of each kind
    bottom: bool
    top: tuple[bool, ...]  #: of each kind


#: All unknowns are free: elements come with ones where any are held.
FREE = Walls(True, (True,), True, (True,))


class Numbering(NamedTuple):
    """Unknowns in the order of the elimination."""

    elements: NDArray[np.intp]  #: (nx ny, n): number of each unknown of an element
    hull: NDArray[np.intp]  #: (nx ny, hull): the same without those inside
    vector: NDArray[np.intp]  #: (N,): number of each unknown of `Layout.flatten`


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
    elements = np.concatenate(parts, axis=-1).reshape(nx * ny, -1)
    return Numbering(elements, np.ascontiguousarray(elements[:, : layout.hull]), vector)


@lru_cache(maxsize=32)
def free(layout: Layout, walls: Walls) -> NDArray[np.float64]:
    """1 where an unknown is free, (R, N, S)."""
    nx, ny = layout.nx, layout.ny
    found = np.ones((len(walls.top), layout.size, len(walls.right)))
    lines, edges, _ = _split(layout, found[None])
    rungs = edges.reshape(1, len(walls.top), nx, ny + 1, layout.horizontal, -1)
    for r, top in enumerate(walls.top):
        if not walls.bottom:
            lines[:, r, :, : layout.corner], rungs[:, r, :, 0] = 0, 0
        if not top:
            lines[:, r, :, -layout.corner :], rungs[:, r, :, -1] = 0, 0
    if not walls.left:
        lines[:, :, 0] = 0
    for s, right in enumerate(walls.right):
        if not right:
            lines[:, :, nx, :, s] = 0
    return found


@dataclass(frozen=True)
class Factors:
    """Factorised matrices. For each level what is eliminated, K, then K⁻¹ times what couples it to the rest, and what
    couples the rest to it times K⁻¹.
    """

    inside: Stack  #: (G, 1, elements, …)
    inside_right: Values
    inside_down: Values
    columns: Stack  #: (G, R, nx, …)
    column_right: Values
    column_down: Values
    lines: tuple[Stack, ...]  #: each (G, R, …), or one for all, (G, R, nx + 1, …), when inverted
    line_right: Values  #: (G, R, nx, …)
    line_down: Values
    first: int  #: lines outside first to last are held
    last: int
    free: Values  #: `free`


def factorise(
    layout: Layout, elements: Values, walls: Walls, *, symmetric: bool = False, exact: bool = False
) -> Factors:
    """Factorise the matrices whose element matrices are `elements`.

    Args:
        layout: of the unknowns.
        elements: (G, nx ny, n, n).
        walls: what is held.
        symmetric: the matrices are their own transposes.
        exact: factorise blocks where otherwise they are inverted.
    """
    nx, hull, size = layout.nx, layout.hull, layout.line
    elements = elements[:, None]

    def down(of: Stack, coupling: Values, right: Values) -> Values:
        return np.swapaxes(right, -1, -2) if symmetric else of.divide_left(coupling)

    inside = stack(elements[..., hull:, hull:], exact)
    inside_left = elements[..., :hull, hull:]
    inside_right = inside.divide(elements[..., hull:, :hull])
    skins = elements[..., :hull, :hull] - inside_left @ inside_right

    edges, right, left, diagonal, above, below = _columns(layout, skins, walls, symmetric)
    columns = stack(edges, exact)
    column_right = columns.divide(right)
    blocks = left @ column_right
    diagonal[:, :, :-1] -= blocks[..., :size, :size]
    diagonal[:, :, 1:] -= blocks[..., size:, size:]
    above -= blocks[..., :size, size:]
    below = np.swapaxes(above, -1, -2) if symmetric else below - blocks[..., size:, :size]
    first, last = 0 if walls.left else 1, nx if any(walls.right) else nx - 1
    line_right, line_down = np.zeros_like(above), np.zeros_like(above)
    lines: list[Stack] = []
    for k in range(first, last + 1):
        if k > first:
            diagonal[:, :, k] -= line_down[:, :, k - 1] @ above[:, :, k - 1]
        lines.append(stack(diagonal[:, :, k], exact))
        if k < last:
            line_right[:, :, k] = lines[-1].divide(above[:, :, k])
            line_down[:, :, k] = down(lines[-1], below[:, :, k], line_right[:, :, k])
    return Factors(
        inside, inside_right, down(inside, inside_left, inside_right),
        columns, column_right, down(columns, left, column_right),
        tuple(lines) if exact else (_joined(lines),), line_right, line_down, first, last, free(layout, walls),
    )  # fmt: skip


def solve(layout: Layout, f: Factors, rhs: Values) -> Values:
    """Solve with the factorised matrices: (G, R, N, S)."""
    found = rhs.copy()
    inside = _split(layout, found)[2]
    _add(layout, found, -(f.inside_down @ inside))
    inside[...] = f.inside.divide(inside)
    return _rims(layout, f, found)


def eliminated(layout: Layout, f: Factors, elements: Values) -> Values:
    """Element matrices (G, nx ny, n, n) with the elimination of interiors already applied to them from the left.

    What `solve_product` takes: a step of an iteration then adds up elements once, and multiplies interiors once.
    """
    hull = layout.hull
    rows, inside = elements[:, None, :, :hull], elements[:, None, :, hull:]
    return np.concatenate([rows - f.inside_down @ inside, f.inside.divide(inside)], axis=-2)


def solve_product(layout: Layout, f: Factors, *terms: tuple[Values, Values]) -> Values:
    """Solve with the sum of products of matrices, `eliminated`, and vectors (G, R, N, S) that mind the walls."""
    elements = numbering(layout).elements
    local = sum(matrix @ vectors.take(elements, axis=2) for matrix, vectors in terms)
    found = np.zeros(terms[0][1].shape, np.asarray(local).dtype)
    _add(layout, found, np.asarray(local))
    return _rims(layout, f, found)


def _rims(layout: Layout, f: Factors, found: Values) -> Values:
    """The rest of a solution, in place: interiors are eliminated and hold their inverse times what they had."""
    size = layout.line
    lines, edges, inside = _split(layout, found)
    push = f.column_down @ edges
    lines[:, :, :-1] -= push[..., :size, :]
    lines[:, :, 1:] -= push[..., size:, :]
    found *= f.free
    for k in range(f.first, f.last):
        lines[:, :, k + 1] -= f.line_down[:, :, k] @ lines[:, :, k]
    here = lines[:, :, f.first : f.last + 1]
    here[:, :, -1] *= _split(layout, f.free[None])[0][:, :, f.last]
    if isinstance(f.lines[0], Inverted):
        here[...] = f.lines[0].divide(here)
    else:
        for k, line in enumerate(f.lines):
            here[:, :, k] = line.divide(here[:, :, k])
    for k in range(f.last - 1, f.first - 1, -1):
        lines[:, :, k] -= f.line_right[:, :, k] @ lines[:, :, k + 1]
    both = np.concatenate([lines[:, :, :-1], lines[:, :, 1:]], axis=3)
    np.subtract(f.columns.divide(edges), f.column_right @ both, out=edges)
    found *= f.free
    inside -= f.inside_right @ found.take(numbering(layout).hull, axis=2)
    return found


def product(layout: Layout, elements: Values, vectors: Values) -> Values:
    """The matrices of `elements` (G, nx ny, n, n) times (G, R, N, S), walls not minded."""
    local = elements[:, None] @ vectors.take(numbering(layout).elements, axis=2)
    found = np.zeros(vectors.shape, local.dtype)
    _add(layout, found, local)
    return found


def _joined(lines: list[Stack]) -> Stack:
    """Inverses of all lines in one stack."""
    return Inverted(np.stack([line.inverse for line in lines if isinstance(line, Inverted)], axis=2))


def _split(layout: Layout, vectors: Values) -> tuple[Values, Values, Values]:
    """Views of (G, R, N, S): lines (…, nx + 1, line, S), edges (…, nx, column, S), insides (…, nx ny, inside, S)."""
    lead, kinds, nx = vectors.shape[:2], vectors.shape[-1], layout.nx
    one = (nx + 1) * layout.line
    two = one + nx * (layout.ny + 1) * layout.horizontal
    return (
        vectors[:, :, :one].reshape(*lead, nx + 1, layout.line, kinds),
        vectors[:, :, one:two].reshape(*lead, nx, -1, kinds),
        vectors[:, :, two:].reshape(*lead, nx * layout.ny, layout.inside, kinds),
    )


def _add(layout: Layout, vectors: Values, local: Values) -> None:
    """Add what elements give, (G, R, nx ny, hull or n, S), to vectors (G, R, N, S)."""
    hull, lead, kinds = layout.hull, vectors.shape[:2], vectors.shape[-1]
    rim = vectors.shape[2] - layout.nx * layout.ny * layout.inside
    if local.shape[3] > hull:
        _split(layout, vectors)[2][...] += local[:, :, :, hull:]
    padded = np.zeros((*lead, layout.nx * layout.ny * hull + 1, kinds), local.dtype)
    padded[:, :, :-1].reshape(*lead, -1, hull, kinds)[...] = local[:, :, :, :hull]
    vectors[:, :, :rim] += padded.take(_givers(layout), axis=2).sum(axis=2)


@lru_cache(maxsize=32)
def _givers(layout: Layout) -> NDArray[np.intp]:
    """For each unknown on the hulls of elements the places in (nx ny, hull) that give to it, (4, rim), with repetitions
    of one beyond the last.
    """
    where = numbering(layout).hull.ravel()
    rim = layout.size - layout.nx * layout.ny * layout.inside
    found = np.full((rim, 4), len(where))
    order = np.argsort(where, kind="stable")
    first = np.searchsorted(where[order], np.arange(rim))
    found[where[order], np.arange(len(where)) - first[where[order]]] = order
    return np.ascontiguousarray(found.T)  # sums run over the first axis: long rows


def _columns(layout: Layout, skins: Values, walls: Walls, symmetric: bool) -> tuple[Any, ...]:
    """Skins (G, 1, nx ny, hull, hull) added up: edges of each column, what couples them to the two lines and back, the
    lines themselves and what couples each to the next and back. Held unknowns stand on their own, with a one.
    """
    nx, ny, side, edge, step, size = layout.nx, layout.ny, layout.side, layout.horizontal, layout.step, layout.line
    skins = skins.reshape(len(skins), nx, ny, layout.hull, layout.hull)
    lead, rungs, kind = (len(skins), len(walls.top), nx), (ny + 1) * edge, skins.dtype
    edges = np.zeros((*lead, rungs, rungs), kind)
    right = np.zeros((*lead, rungs, 2 * size), kind)
    left = np.swapaxes(right, -1, -2) if symmetric else np.zeros((*lead, 2 * size, rungs), kind)
    diagonal = np.zeros((*lead[:2], nx + 1, size, size), kind)
    above = np.zeros((*lead, size, size), kind)
    below = np.swapaxes(above, -1, -2) if symmetric else np.zeros_like(above)
    one, two, rung = slice(0, side), slice(side, 2 * side), slice(2 * side, None)
    for j in range(ny):
        s = skins[:, None, :, j]
        y, e = slice(j * step, j * step + side), slice(j * edge, (j + 2) * edge)
        far = slice(size + y.start, size + y.stop)
        edges[..., e, e] += s[..., rung, rung]
        right[..., e, y] += s[..., rung, one]
        right[..., e, far] += s[..., rung, two]
        diagonal[:, :, :-1, y, y] += s[..., one, one]
        diagonal[:, :, 1:, y, y] += s[..., two, two]
        above[..., y, y] += s[..., one, two]
        if not symmetric:
            left[..., y, e] += s[..., one, rung]
            left[..., far, e] += s[..., two, rung]
            below[..., y, y] += s[..., two, one]
    for r, top in enumerate(walls.top):
        for is_free, corner, part in (
            (walls.bottom, 0, slice(0, edge)),
            (top, size - 1, slice(rungs - edge, rungs)),
        ):
            if is_free:
                continue
            edges[:, r, :, part] = 0
            edges[:, r, :, :, part] = 0
            edges[:, r, :, part, part] = np.eye(edge)
            right[:, r, :, part], right[:, r, :, :, [corner, size + corner]] = 0, 0
            diagonal[:, r, :, corner], diagonal[:, r, :, :, corner] = 0, 0
            diagonal[:, r, :, corner, corner] = 1
            above[:, r, :, corner], above[:, r, :, :, corner] = 0, 0
            if not symmetric:
                left[:, r, :, :, part], left[:, r, :, [corner, size + corner]] = 0, 0
                below[:, r, :, corner], below[:, r, :, :, corner] = 0, 0
    return edges, right, left, diagonal, above, below
