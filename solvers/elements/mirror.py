"""Grids of edge elements that are their own mirror image: half of the unknowns say it all.

A field is even or odd under x -> -x by the parity s of E_y and E_z, and E_x has the other one; under y -> -y by the
parity t of E_x and E_z, and E_y has the other one. On the axis an even field meets a magnetic wall, an odd one an
electric wall. Kept are the left and the lower half.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.linalg.host import numbering
from lingnan.solvers.linalg.layout import Grid, Layout

Values = NDArray[Any]
#: signs of a permittivity's elements under x -> -x and y -> -y
FLIPS = (np.array([[1, -1, -1], [-1, 1, 1], [-1, 1, 1]]), np.array([[1, -1, 1], [-1, 1, -1], [1, -1, 1]]))
#: of a coordinate: what counts as the same place, relative to the window
SAME = 1e-10


def mirrored(x: Values, y: Values, epsilon: Values, curvature: Values) -> tuple[bool, bool]:
    """Are all of G grids their own mirror images across, and up?

    Args:
        x: corners (G, nx + 1, ny + 1).
        y: levels (G, ny + 1).
        epsilon: (G, nx, ny, 3) or (G, nx, ny, 3, 3).
        curvature: (G,).
    """
    nx, ny = epsilon.shape[1:3]

    def same(a: Values, b: Values, scale: Any) -> bool:
        return bool(np.all(np.abs(a - b) <= SAME * scale))

    def medium(axis: int) -> bool:
        turned = np.flip(epsilon, axis + 1)
        if epsilon.ndim == 5:
            turned = turned * FLIPS[axis]
        return same(epsilon, turned, np.abs(epsilon).max())

    span, height = np.abs(x[:, -1] - x[:, 0]).max(), np.abs(y[:, -1] - y[:, 0]).max()
    sums = x + x[:, ::-1]
    levels = y + y[:, ::-1]
    across = nx % 2 == 0 and not np.any(curvature) and same(sums, sums[:, :1, :1], span) and medium(0)
    up = ny % 2 == 0 and same(levels, levels[:, :1], height) and same(x, x[:, :, ::-1], span) and medium(1)
    return across, up


class Fold(NamedTuple):
    """Fields of one parity across on the left half of a grid, in the order of `linalg.host`."""

    kept: NDArray[np.intp]  #: place in `Layout.flatten` of the whole of each unknown that is kept
    number: NDArray[np.intp]  #: of each unknown of the whole among those
    signs: Values  #: by which it is multiplied
    share: Values  #: of each kept unknown's row of the matrix that the half adds up: ½ on the axis, else 1


@lru_cache(maxsize=32)
def folds(half: Layout, order: int) -> tuple[Fold, Fold]:
    """Of odd and of even fields; `half` is the layout of what is kept."""
    number, signs, _ = unfolding(half, order, True, False)
    _, kept, count = np.unique(number, return_index=True, return_counts=True)  # the left one comes first
    odd, even = (Fold(kept, number, sign, count / 2) for sign in signs)
    return odd, even


def same_across(weights: Any, free: Grid, order: int) -> bool:
    """Is a pencil its own mirror image across? Of `maxwell.Weights`, in which nothing couples e to ψ."""
    w, q = weights, order + 1
    xx, xy, yx, yy = w.transverse
    gxx, gxy, gyy = w.gradient

    def holds(a: Values, scale: Values, sign: int) -> bool:
        nx, ny = a.shape[:2]
        turned = np.flip(a.reshape(nx, ny, q, q), (0, 2)).reshape(a.shape)
        return bool(np.all(np.abs(a - sign * turned) <= SAME * np.max(np.abs(scale))))

    even = all(holds(a, a, 1) for a in (w.curl, w.axial, xx, yy, gxx, gyy))
    return (
        len(w.curl) % 2 == 0
        and even
        and all(holds(a, b, -1) for a, b in ((xy, xx), (yx, xx), (gxy, gxx)))
        and all(np.array_equal(part, part[::-1]) for part in free)
    )


@lru_cache(maxsize=32)
def unfolding(layout: Layout, order: int, across: bool, up: bool) -> tuple[NDArray[np.intp], Values, Values]:
    """How a vector on the whole grid is made of one on what is kept of it.

    Args:
        layout: of what is kept.
        order: of the elements.
        across: is the grid folded across?
        up: is it folded up?

    Returns:
        for each unknown of `Layout.flatten` of the whole grid its number in `linalg.host`, (N,), and by what it is
        multiplied in fields that are odd and even across, (2, N), and up, (2, N).
    """
    q = order - 1
    # names of unknowns and how many there are along ξ and η, in the order of `elements.reference`
    kinds = (
        (("z", 1, 1),),
        (("y", 1, order), ("z", 1, q)),
        (("x", order, 1), ("z", q, 1)),
        (("x", order, q), ("y", q, order), ("z", q, q)),
    )
    shapes = layout.shapes()
    cuts = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
    found: list[Values] = []
    for part, shape, kind in zip(np.split(numbering(layout).vector, cuts), shapes, kinds, strict=True):
        # rows: number; sign beyond the axis of a field even across, and whether it lies there; the same up
        rows = np.stack([part, *(np.full_like(part, k) for k in (1, 0, 1, 0))]).reshape(5, *shape)
        for axis, (wanted, count) in enumerate(((across, layout.nx), (up, layout.ny))):
            if wanted:
                rows = _doubled(rows, kind, axis, on_axis=rows.shape[1 + axis] == count + 1)
        found.append(rows.reshape(5, -1))
    number, sign_x, beyond_x, sign_y, beyond_y = np.concatenate(found, axis=1)
    return number, _by_parity(sign_x, beyond_x), _by_parity(sign_y, beyond_y)


def _by_parity(sign: Values, beyond: Values) -> Values:
    return np.stack([np.where(beyond == 1, -sign, sign), sign]).astype(float)


def _doubled(rows: Values, kinds: tuple[tuple[str, int, int], ...], axis: int, on_axis: bool) -> Values:
    """Rows (5, along x, along y, unknowns), and behind them their mirror image."""
    images: list[Values] = []
    start = 0
    for name, along, up in kinds:
        block = rows[..., start : start + along * up]
        start += along * up
        shaped = block.reshape(*block.shape[:-1], along, up)
        image = np.flip(shaped, (1 + axis, 3 + axis)).reshape(block.shape).copy()
        image[1 + 2 * axis] = -1 if name == "xy"[axis] else 1
        image[2 + 2 * axis] = 1
        images.append(image)
    whole = np.concatenate(images, axis=-1)
    beyond = [slice(None)] * whole.ndim
    beyond[1 + axis] = slice(1 if on_axis else 0, None)  # what lies on the axis is there already
    return np.concatenate([rows, whole[tuple(beyond)]], axis=1 + axis)
