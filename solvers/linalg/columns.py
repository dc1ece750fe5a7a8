"""Direct solver for elements on columns: element interiors, then columns, then a sweep over the vertical lines.

1. The inside of each element is eliminated, all elements at once.
2. In each column the horizontal edges are eliminated, all columns at once, which leaves a dense block between the two
   lines of the column.
3. The lines form a block-tridiagonal system, eliminated from left to right (`lax.scan`).

Blocks are factorised (LU with partial pivoting within a block) and never inverted: explicit inverses lose every digit
where the permittivity spans many decades, as at radio frequencies in metal. Matrices need not be symmetric; real and
complex are the same code. A. George, SIAM J. Numer. Anal. 10, 345 (1973) is the general theory of such orderings.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.linalg import lu
from lingnan.solvers.linalg.layout import Grid, Layout
from lingnan.solvers.linalg.lu import LU


class Factors(NamedTuple):
    """A factorised matrix; what each level needs to solve, also with the transpose."""

    inside_lu: LU
    inside_right: Array  #: inside⁻¹ times (inside, hull)
    inside_left: Array  #: (hull, inside)
    column_lu: LU
    column_right: Array  #: column⁻¹ times (column, two lines)
    column_left: Array  #: (two lines, column)
    line_lu: LU
    line_right: Array  #: line⁻¹ times (line, next line)
    line_left: Array  #: (next line, line)


def factorise(layout: Layout, elements: Array) -> Factors:
    """Factorise the matrix whose element matrices are `elements`, shape (nx, ny, n, n) with n = hull + inside."""
    hull = layout.hull
    inside_lu = lu.factor(elements[..., hull:, hull:])
    inside_left = elements[..., :hull, hull:]
    inside_right = lu.solve(inside_lu, elements[..., hull:, :hull])
    skins = elements[..., :hull, :hull] - inside_left @ inside_right

    edges, edges_lines, lines_edges, lines = _columns(layout, skins)
    column_lu = lu.factor(edges)
    column_right = lu.solve(column_lu, edges_lines)
    blocks = lines - lines_edges @ column_right

    size = layout.line
    none = jnp.zeros_like(blocks[:1, :size, :size])
    diagonal = jnp.concatenate([blocks[:, :size, :size], none]) + jnp.concatenate([none, blocks[:, size:, size:]])
    above, below = blocks[:, :size, size:], blocks[:, size:, :size]

    def eliminate(schur: Array, row: tuple[Array, Array, Array]) -> tuple[Array, tuple[LU, Array]]:
        block, right, left = row
        pivot = lu.factor(block - schur)
        factor = lu.solve(pivot, right)
        return left @ factor, (pivot, factor)

    # The last line has no next one: a zero block keeps all steps of the scan alike.
    rows = (diagonal, jnp.concatenate([above, none]), jnp.concatenate([below, none]))
    _, (line_lu, line_right) = lax.scan(eliminate, none[0], rows)
    return Factors(
        inside_lu, inside_right, inside_left, column_lu, column_right, lines_edges, line_lu, line_right[:-1], below
    )


def solve(layout: Layout, factors: Factors, rhs: Grid) -> Grid:
    """Solve with the factorised matrix."""
    f, hull = factors, layout.hull
    inside = lu.solve(f.inside_lu, rhs.inside[..., None])[..., 0]
    rhs = _subtract(layout, rhs, jnp.einsum("xyhi,xyi->xyh", f.inside_left, inside))

    edges = lu.solve(f.column_lu, rhs.horizontal.reshape(layout.nx, -1, 1))[..., 0]
    push = jnp.einsum("xle,xe->xl", f.column_left, edges)
    lines = layout.to_lines(rhs) - _to_both_lines(layout, push)

    def forward(carry: Array, row: tuple[Array, LU, Array]) -> tuple[Array, Array]:
        b, pivot, left = row
        x = lu.solve(pivot, (b - carry)[:, None])[:, 0]
        return left @ x, x

    left = jnp.concatenate([f.line_left, jnp.zeros_like(f.line_left[:1])])
    _, lines = lax.scan(forward, jnp.zeros_like(lines[0]), (lines, f.line_lu, left))

    def backward(after: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        x = row[0] - row[1] @ after
        return x, x

    _, before = lax.scan(backward, lines[-1], (lines[:-1], f.line_right), reverse=True)
    lines = jnp.concatenate([before, lines[-1:]])

    both = jnp.concatenate([lines[:-1], lines[1:]], axis=-1)
    edges = edges - jnp.einsum("xel,xl->xe", f.column_right, both)
    corner, vertical = layout.from_lines(lines)
    grid = Grid(corner, vertical, edges.reshape(rhs.horizontal.shape), inside)
    skin = layout.to_elements(grid)[..., :hull]
    return grid._replace(inside=inside - jnp.einsum("xyih,xyh->xyi", f.inside_right, skin))


def solve_transposed(layout: Layout, factors: Factors, rhs: Grid) -> Grid:
    """Solve with the transpose (not the conjugate transpose) of the factorised matrix."""
    f, hull = factors, layout.hull
    rhs = _subtract(layout, rhs, jnp.einsum("xyih,xyi->xyh", f.inside_right, rhs.inside))
    push = jnp.einsum("xel,xe->xl", f.column_right, rhs.horizontal.reshape(layout.nx, -1))
    lines = layout.to_lines(rhs) - _to_both_lines(layout, push)

    def forward(before: Array, row: tuple[Array, Array]) -> tuple[Array, Array]:
        x = row[0] - row[1].T @ before
        return x, x

    _, after = lax.scan(forward, lines[0], (lines[1:], f.line_right))
    lines = jnp.concatenate([lines[:1], after])

    def backward(carry: Array, row: tuple[Array, LU, Array]) -> tuple[Array, Array]:
        b, pivot, left = row
        x = lu.solve_transposed(pivot, (b - left.T @ carry)[:, None])[:, 0]
        return x, x

    left = jnp.concatenate([f.line_left, jnp.zeros_like(f.line_left[:1])])
    _, lines = lax.scan(backward, jnp.zeros_like(lines[0]), (lines, f.line_lu, left), reverse=True)

    both = jnp.concatenate([lines[:-1], lines[1:]], axis=-1)
    edges = rhs.horizontal.reshape(layout.nx, -1) - jnp.einsum("xle,xl->xe", f.column_left, both)
    edges = lu.solve_transposed(f.column_lu, edges[..., None])[..., 0]
    corner, vertical = layout.from_lines(lines)
    grid = Grid(corner, vertical, edges.reshape(rhs.horizontal.shape), rhs.inside)
    skin = layout.to_elements(grid)[..., :hull]
    inside = rhs.inside - jnp.einsum("xyhi,xyh->xyi", f.inside_left, skin)
    return grid._replace(inside=lu.solve_transposed(f.inside_lu, inside[..., None])[..., 0])


def _subtract(layout: Layout, rhs: Grid, skin: Array) -> Grid:
    """Take (nx, ny, hull) element contributions off the boundary unknowns of `rhs`."""
    padded = jnp.concatenate([skin, jnp.zeros_like(rhs.inside)], axis=-1)
    return jax.tree.map(jnp.subtract, rhs, layout.to_grid(padded))


def _to_both_lines(layout: Layout, push: Array) -> Array:
    """Add what (nx, two lines) columns give to their left and right line."""
    none = jnp.zeros_like(push[:1, : layout.line])
    return jnp.concatenate([push[:, : layout.line], none]) + jnp.concatenate([none, push[:, layout.line :]])


def _columns(layout: Layout, skins: Array) -> tuple[Array, Array, Array, Array]:
    """Dense matrices of each column, in the order (horizontal edges, left and right line), from element skins."""
    side, edge = layout.side, layout.horizontal
    left, right = slice(0, side), slice(side, 2 * side)
    rung = slice(2 * side, 2 * side + 2 * edge)
    up, tall = (layout.step, side), (edge, 2 * edge)  # step and window of the unknowns of a line and of the edges
    edges = _stack(skins[..., rung, rung], layout.ny, tall, tall)
    edges_lines = jnp.concatenate([_stack(skins[..., rung, s], layout.ny, tall, up) for s in (left, right)], axis=-1)
    lines_edges = jnp.concatenate([_stack(skins[..., s, rung], layout.ny, up, tall) for s in (left, right)], axis=-2)
    lines = jnp.concatenate(
        [
            jnp.concatenate([_stack(skins[..., r, s], layout.ny, up, up) for s in (left, right)], axis=-1)
            for r in (left, right)
        ],
        axis=-2,
    )
    return edges, edges_lines, lines_edges, lines


def _stack(blocks: Array, ny: int, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
    """Sum of blocks laid along the diagonal: block j starts at row j·rows[0] and column j·columns[0].

    `rows` and `columns` are (step, window) with step <= window: windows overlap.
    Shape of `blocks`: (..., ny, rows[1], columns[1]).
    """
    step, window = rows
    low = _diagonal(blocks[..., :step, :], ny, step, columns)
    if window == step:
        return low
    # What reaches into the next window is one more diagonal, moved down by a step.
    high = blocks[..., step:, :]
    high = jnp.pad(high, [(0, 0)] * (high.ndim - 2) + [(0, max(0, 2 * step - window)), (0, 0)])
    high = _diagonal(high, ny, step, columns)
    none = [(0, 0)] * (low.ndim - 2)
    total = jnp.pad(low, [*none, (0, step), (0, 0)]) + jnp.pad(high, [*none, (step, 0), (0, 0)])
    return total[..., : ny * step + window - step, :]


def _diagonal(blocks: Array, ny: int, step: int, columns: tuple[int, int]) -> Array:
    """Blocks (..., ny, step, window) in a matrix, block j at row j·step and column j·columns[0]: no indexing.

    In row-major order a block's row is `width` long; lengthening block j's whole stretch by one column step pushes the
    next block that much to the right.
    """
    shift, window = columns
    width = (ny - 1) * shift + window
    lead = blocks.shape[:-3]
    none = [(0, 0)] * len(lead)
    wide = jnp.pad(blocks, [*none, (0, 0), (0, 0), (0, width - window)]).reshape(*lead, ny, step * width)
    long = jnp.pad(wide, [*none, (0, 0), (0, shift)]).reshape(*lead, -1)
    return long[..., : ny * step * width].reshape(*lead, ny * step, width)
