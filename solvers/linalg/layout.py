"""Unknowns of a tensor-product grid of quadrilateral elements, and the way between elements and grid.

The grid has `nx` columns between `nx + 1` vertical lines, each cut into `ny` elements by `ny + 1` levels. An element
sees its unknowns in this order, bottom to top and left to right:

    corner, left edge, corner | corner, right edge, corner | bottom edge | top edge | inside

A vector over the whole grid is a `Grid`: one array for each kind of place, so that going between elements and grid is
slicing and adding, never indexing. Nothing here knows which physics the unknowns belong to.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array


class Grid(NamedTuple):
    """A vector of unknowns, each array ending in the unknowns of one corner, edge or element."""

    corner: Array  #: (nx + 1, ny + 1, layout.corner)
    vertical: Array  #: (nx + 1, ny, layout.vertical)
    horizontal: Array  #: (nx, ny + 1, layout.horizontal)
    inside: Array  #: (nx, ny, layout.inside)


Shape = tuple[int, int, int]


class Shapes(NamedTuple):
    """The shape of each array of a `Grid`."""

    corner: Shape
    vertical: Shape
    horizontal: Shape
    inside: Shape


@dataclass(frozen=True)
class Layout:
    """How many elements there are and how many unknowns each corner, edge and interior carries. Static."""

    nx: int
    ny: int
    corner: int
    vertical: int
    horizontal: int
    inside: int

    @property
    def step(self) -> int:
        """Unknowns on a vertical line from one level to the next."""
        return self.corner + self.vertical

    @property
    def side(self) -> int:
        """Unknowns on one vertical side of an element."""
        return self.step + self.corner

    @property
    def line(self) -> int:
        """Unknowns on one vertical line: the size of the blocks in the elimination."""
        return self.ny * self.step + self.corner

    @property
    def hull(self) -> int:
        """Unknowns on the boundary of an element; the remaining ones are inside."""
        return 2 * (self.side + self.horizontal)

    @property
    def size(self) -> int:
        """Unknowns of the whole grid, walls included."""
        nx, ny = self.nx, self.ny
        return (nx + 1) * self.line + nx * ((ny + 1) * self.horizontal + ny * self.inside)

    def to_elements(self, grid: Grid) -> Array:
        """What each element sees of `grid`: shape (nx, ny, hull + inside), in numpy's arrays where those are."""
        corner, vertical, horizontal, inside = grid
        xp: Any = np if isinstance(corner, np.ndarray) else jnp
        return xp.concatenate(
            [
                corner[:-1, :-1],
                vertical[:-1],
                corner[:-1, 1:],
                corner[1:, :-1],
                vertical[1:],
                corner[1:, 1:],
                horizontal[:, :-1],
                horizontal[:, 1:],
                inside,
            ],
            axis=-1,
        )

    def to_grid(self, elements: Array) -> Grid:
        """The transpose of `to_elements`: contributions of neighbours are added."""
        blank = [jax.ShapeDtypeStruct(shape, elements.dtype) for shape in self.shapes()]
        return Grid(*jax.linear_transpose(lambda *parts: self.to_elements(Grid(*parts)), *blank)(elements))

    def shapes(self) -> Shapes:
        """The shape of each array of a `Grid`."""
        nx, ny = self.nx, self.ny
        return Shapes(
            (nx + 1, ny + 1, self.corner),
            (nx + 1, ny, self.vertical),
            (nx, ny + 1, self.horizontal),
            (nx, ny, self.inside),
        )

    def to_lines(self, grid: Grid) -> Array:
        """Corners and vertical edges of each line, interleaved from bottom to top: (nx + 1, line)."""
        body = jnp.concatenate([grid.corner[:, :-1], grid.vertical], axis=-1).reshape(self.nx + 1, -1)
        return jnp.concatenate([body, grid.corner[:, -1]], axis=-1)

    def from_lines(self, lines: Array) -> tuple[Array, Array]:
        """Corners and vertical edges out of line vectors: the inverse of `to_lines`."""
        body = lines[:, : self.ny * self.step].reshape(self.nx + 1, self.ny, self.step)
        top = lines[:, None, self.ny * self.step :]
        return jnp.concatenate([body[:, :, : self.corner], top], axis=1), body[:, :, self.corner :]

    def flatten(self, grid: Grid) -> Array:
        """All unknowns in one vector of length `size`."""
        return jnp.concatenate([part.reshape(-1) for part in grid])

    def unflatten(self, vector: Array) -> Grid:
        """The inverse of `flatten`."""
        parts: list[Array] = []
        start = 0
        for shape in self.shapes():
            count = math.prod(shape)
            parts.append(vector[start : start + count].reshape(shape))
            start += count
        return Grid(*parts)
