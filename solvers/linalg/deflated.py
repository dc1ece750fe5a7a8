"""P u = b with a matrix P of elements that is singular along one known vector, in LAPACK, for `eigenpair` on a CPU.

P is eliminated a little beside the eigenvalue that makes it singular, once for all right-hand sides, and the solution
refined by what the elimination leaves: each pass gains the shift over the distance to the next eigenvalue. What lies
along the null vector is taken out of every pass, so that the nearness of the eigenvalue costs no digits. Where grid,
null vector and right-hand side are their own mirror images, half of the grid is enough (`elements.mirror`).
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax import Array

from lingnan.solvers.linalg import host
from lingnan.solvers.linalg.host import FREE, Values
from lingnan.solvers.linalg.layout import Layout

#: A residual above this, relative to the right-hand side, asks for factorised blocks.
LOST = 1e-9
#: A residual below this is round-off.
DONE = 1e-13
#: Passes at most; mostly three are enough.
PASSES = 12
#: What is eliminated is beside the eigenvalue by 1e-5: each pass gains that, times β over the distance to the next.
BESIDE = 1 + 1e-5
#: What a vector may have of the other parity, relative to its largest number.
SAME = 1e-10


class Frame(NamedTuple):
    """What surrounds the matrix, vectors (N,): near·P = 0, P far = 0, and (P + probe kernelᵀ) is regular."""

    near: Any
    far: Any
    probe: Any
    kernel: Any


def solve(pencil: Any, data: Any, beta: Array, frame: Frame, rhs: Array, transpose: bool) -> Array:
    """u with (P + probe kernelᵀ) u = rhs, (N,); works under `jit` and `vmap`, and is not differentiated itself.

    Args:
        pencil: `eigenpair.Pencil`.
        data: its numbers.
        beta: its eigenvalue.
        frame: null vectors of P, or of its transpose.
        rhs: (N,).
        transpose: whether P is to be transposed.
    """
    kind = np.result_type(*(a.dtype for a in jax.tree.leaves((data, frame))), beta.dtype, rhs.dtype)
    shape = jax.ShapeDtypeStruct(rhs.shape, kind)
    call = partial(_many, pencil, transpose)
    return jax.pure_callback(call, shape, data, beta, frame, rhs, vmap_method="expand_dims")


def _many(pencil: Any, transpose: bool, data: Any, beta: Any, frame: Frame, rhs: Any) -> Values:
    """`solve` of a batch: arrays begin with axes of equal length, or of length 1 where there is one for all."""
    data, beta, frame, rhs = jax.tree.map(np.asarray, (data, beta, frame, rhs))
    extra = rhs.ndim - 1
    leaves, tree = jax.tree.flatten((data, beta))
    own = np.broadcast_shapes(*(a.shape[:extra] for a in leaves))
    lead = np.broadcast_shapes(own, rhs.shape[:-1], *(v.shape[:-1] for v in frame))
    kind = np.result_type(*leaves, *frame, rhs)
    all_of = [np.broadcast_to(v, (*lead, v.shape[-1])).astype(kind) for v in (*frame, rhs)]
    leaves = [np.broadcast_to(a, (*own, *a.shape[extra:])) for a in leaves]
    found = np.empty((*lead, rhs.shape[-1]), kind)
    for place in np.ndindex(own):
        here = tuple(slice(None) if n == 1 else k for n, k in zip(own, place, strict=True))
        one, value = jax.tree.unflatten(tree, [a[place] for a in leaves])
        parts = [v[here].reshape(-1, v.shape[-1]).T for v in all_of]
        found[here] = _of_one(pencil, transpose, one, value, parts).T.reshape(found[here].shape)
    return found


def _of_one(pencil: Any, transpose: bool, data: Any, beta: Any, vectors: list[Values]) -> Values:
    """One matrix and S right-hand sides, (N, S): on half of a grid that is its own mirror image, where they are too."""
    for half, numbers, fold in pencil.folded(data):
        signs = fold.signs[:, None]

        def mine(v: Values, fold: Any = fold, signs: Values = signs) -> bool:
            return bool(np.max(np.abs(v[fold.kept][fold.number] * signs - v)) <= SAME * np.max(np.abs(v)))

        if mine(vectors[1]) and mine(vectors[4]):  # the others of the frame are made of the first
            near, far, probe, kernel, rhs = (v[fold.kept] for v in vectors)
            share = fold.share[:, None]  # of what is tested with, of which there is one row for both halves
            frame = Frame(near, far, share * probe, 2 * share * kernel)
            u = refined(half.layout, _matrices(half, transpose, numbers, beta), frame, share * rhs)
            return u[fold.number] * signs
    layout = pencil.layout
    order = np.empty(layout.size, int)  # that of `linalg.host`
    order[host.numbering(layout).vector] = np.arange(layout.size)
    *frame, rhs = (v[order] for v in vectors)
    u = refined(layout, _matrices(pencil, transpose, data, beta), Frame(*frame), rhs)
    return u[host.numbering(layout).vector]


def _matrices(pencil: Any, transpose: bool, data: Any, beta: Any) -> "Matrices":
    both = [m.reshape(-1, *m.shape[-2:]) for m in pencil.in_numbers(data, (beta, beta * BESIDE))]
    if transpose and not pencil.symmetric:
        both = [np.swapaxes(m, -1, -2) for m in both]
    return Matrices(*both, pencil.symmetric)


class Matrices(NamedTuple):
    """Element matrices (nx ny, n, n) of P, ones on the diagonal where unknowns are held."""

    here: Values  #: at the eigenvalue
    shifted: Values  #: a little beside it
    symmetric: bool


def refined(layout: Layout, matrices: Matrices, frame: Frame, rhs: Values) -> Values:
    """u of `solve` for one matrix and S right-hand sides, (N, S), as are the frame's vectors; numbered as in `host`."""
    found, lost = _passes(layout, matrices, frame, rhs, exact=False)
    if lost <= LOST:
        return found
    other, left = _passes(layout, matrices, frame, rhs, exact=True)
    return other if left < lost else found


def _passes(layout: Layout, matrices: Matrices, frame: Frame, rhs: Values, exact: bool) -> tuple[Values, float]:
    near, far, probe, kernel = frame
    factors = host.factorise(layout, matrices.shifted[None], FREE, symmetric=matrices.symmetric, exact=exact)
    # with near·P = 0 and P far = 0 the problem splits into a part along `far` and a rest
    along = _dot(near, rhs) / _dot(near, probe)
    reach = rhs - along * probe
    size = np.linalg.norm(reach, axis=0) + 1e-300
    u, left, residual = np.zeros_like(rhs), np.inf, reach
    for _ in range(PASSES):
        more = host.solve(layout, factors, np.ascontiguousarray(residual)[None, None])[0, 0]
        after = u + more
        after -= far * (_dot(kernel, after) / _dot(kernel, far))
        rest = reach - host.product(layout, matrices.here[None], after[None, None])[0, 0]
        rest -= probe * (_dot(near, rest) / _dot(near, probe))
        now = float(np.max(np.linalg.norm(rest, axis=0) / size))
        if not now < left:
            break
        settled = now < DONE or now > left / 4  # round-off: nothing more to gain
        u, left, residual = after, now, rest
        if settled:
            break
    return u + along * far / _dot(kernel, far), left


def _dot(a: Values, b: Values) -> Values:
    return np.sum(a * b, axis=0)
