"""The waveguide pencil on edge elements, as `linalg.eigenpair` wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from lingnan.solvers.elements import maxwell, mirror, summed
from lingnan.solvers.elements.maxwell import Powers, Weights
from lingnan.solvers.elements.mirror import Fold
from lingnan.solvers.elements.reference import EdgeElement, edge_element
from lingnan.solvers.linalg.layout import Grid, Layout

WALLS = ("left", "right", "bottom", "top")


class Data(NamedTuple):
    """The numbers of a waveguide pencil."""

    weights: Weights
    free: Grid  #: 1 where an unknown is free, 0 where a wall holds it at zero


@dataclass(frozen=True)
class EdgePencil:
    """A + β C + β² B of `maxwell` on nx by ny elements of order p.

    Without C, for media without ε_xz and ε_yz, the eigenvalue is β² and the pencil is A + β² B, symmetric, and real in
    lossless media whether the mode propagates or not. With C it is β.
    """

    order: int
    nx: int
    ny: int
    quadratic: bool = False

    @property
    def symmetric(self) -> bool:
        """Is the pencil its own transpose?"""
        return not self.quadratic

    @property
    def element(self) -> EdgeElement:
        """Tables of the element."""
        return edge_element(self.order)

    @property
    def layout(self) -> Layout:
        """Where the unknowns are."""
        return maxwell.layout(self.nx, self.ny, self.order)

    def powers(self, value: Array) -> Powers:
        """The pencil at an eigenvalue."""
        return Powers(1.0, value, value**2) if self.quadratic else Powers(1.0, 0.0, value)

    def product(self, data: Data, powers: Powers, vector: Array) -> Array:
        """The combination `powers` of A, C and B times a vector (N,), walls included."""
        lay = self.layout
        free = lay.flatten(data.free)
        local = lay.to_elements(lay.unflatten(vector * free))
        return free * lay.flatten(lay.to_grid(maxwell.apply(self.element, data.weights, powers, local)))

    def apply(self, data: Data, value: Array, vector: Array) -> Array:
        """The pencil at `value` times a vector."""
        return self.product(data, self.powers(value), vector)

    def slope(self, data: Data, value: Array, vector: Array) -> Array:
        """Derivative of the pencil by its eigenvalue, times a vector."""
        return self.product(data, Powers(0.0, 1.0, 2 * value) if self.quadratic else Powers(0.0, 0.0, 1.0), vector)

    def elements(self, data: Data, value: Array) -> Array:
        """Element matrices of the pencil at `value`; unknowns held at zero have a one on the diagonal."""
        full = maxwell.matrices(self.element, data.weights, self.powers(value))
        free = self.layout.to_elements(data.free)
        held = (1 - free)[..., None] * jnp.eye(free.shape[-1])
        return full * free[..., :, None] * free[..., None, :] + held

    def in_numbers(self, data: Data, values: Sequence[Any]) -> list[NDArray[Any]]:
        """`elements` at some values, of numpy's arrays: nothing is compiled, and what is alike is added up once."""
        n = self.element.unknowns
        a, c, b = summed.matrices(self.order, data.weights)
        free = self.layout.to_elements(data.free).reshape(-1, n)
        at_walls = np.flatnonzero(np.min(free, axis=1) < 1)
        free = free[at_walls]
        keep, held = free[:, :, None] * free[:, None, :], (1 - free)[:, :, None] * np.eye(n)
        found: list[NDArray[Any]] = []
        for value in values:
            powers = self.powers(value)
            full: Any = powers.two * b + a if c is None else powers.two * b + powers.one * c + a
            full[at_walls] = full[at_walls] * keep + held
            found.append(full.reshape(self.nx, self.ny, n, n))
        return found

    def folded(self, data: Data) -> "list[tuple[EdgePencil, Data, Fold]]":
        """Pencil and data of the left half for odd and for even fields; none where the right half is another."""
        if self.quadratic or not mirror.same_across(data.weights, data.free, self.order):
            return []
        half = self.nx // 2
        pencil = EdgePencil(self.order, half, self.ny)
        halves: list[Any] = [None if w is None else _left(w, half) for w in data.weights]
        weights = Weights(*halves)
        found: list[tuple[EdgePencil, Data, Fold]] = []
        for axis, fold in enumerate(mirror.folds(pencil.layout, self.order)):  # held on the axis, and free
            parts: list[Any] = [np.array(part) for part in data.free]
            corner, vertical, horizontal, inside = parts
            free = Grid(corner[: half + 1], vertical[: half + 1], horizontal[:half], inside[:half])
            free.corner[-1], free.vertical[-1] = axis * free.corner[-1], axis * free.vertical[-1]
            found.append((pencil, Data(weights, free), fold))
        return found

    def transposed(self, data: Data) -> "tuple[EdgePencil, Data, int]":
        """The transpose at β is the pencil of the transposed permittivity at -β."""
        w = data.weights
        xx, xy, yx, yy = w.transverse
        turned = w._replace(transverse=(xx, yx, xy, yy), to_transverse=w.to_axial, to_axial=w.to_transverse)
        return self, Data(turned, data.free), -1 if self.quadratic else 1


def _left(weight: Any, half: int) -> Any:
    return tuple(w[:half] for w in weight) if isinstance(weight, tuple) else weight[:half]


def free_unknowns(layout: Layout, magnetic: tuple[str, ...] = ()) -> Grid:
    """1 where the tangential electric field is free: everywhere but on the walls, save the `magnetic` ones."""
    corner, vertical, horizontal, inside = (jnp.ones(s) for s in layout.shapes())
    if "left" not in magnetic:
        corner, vertical = corner.at[0].set(0), vertical.at[0].set(0)
    if "right" not in magnetic:
        corner, vertical = corner.at[-1].set(0), vertical.at[-1].set(0)
    if "bottom" not in magnetic:
        corner, horizontal = corner.at[:, 0].set(0), horizontal.at[:, 0].set(0)
    if "top" not in magnetic:
        corner, horizontal = corner.at[:, -1].set(0), horizontal.at[:, -1].set(0)
    return Grid(corner, vertical, horizontal, inside)
