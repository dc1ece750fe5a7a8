"""P u = b with a matrix P of elements that is singular along one known vector, in LAPACK, for `eigenpair` on a CPU.

P is eliminated a little beside the eigenvalue that makes it singular, once for all right-hand sides, and the solution
refined by what the elimination leaves: each pass gains the shift over the distance to the next eigenvalue. What lies
along the null vector is taken out of every pass, so that the nearness of the eigenvalue costs no digits.
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
#: Passes at most; mostly three are enough.
PASSES = 12


class Frame(NamedTuple):
    """What surrounds the matrix, vectors (N,): near·P = 0, P far = 0, and (P + probe kernelᵀ) is regular."""

    near: Any
    far: Any
    probe: Any
    kernel: Any


def solve(layout: Layout, elements: Array, shifted: Array, frame: Frame, rhs: Array) -> Array:
    """u with (P + probe kernelᵀ) u = rhs, (N,); works under `jit` and `vmap`, and is not differentiated itself.

    Args:
        layout: where the unknowns are.
        elements: of P, (nx, ny, n, n), ones on the diagonal where unknowns are held.
        shifted: of P a little beside the eigenvalue, likewise.
        frame: null vectors.
        rhs: (N,).
    """
    kind = np.result_type(elements.dtype, *(v.dtype for v in frame), rhs.dtype)
    shape = jax.ShapeDtypeStruct(rhs.shape, kind)
    call = partial(_many, layout)
    return jax.pure_callback(call, shape, elements, shifted, frame, rhs, vmap_method="expand_dims")


def _many(layout: Layout, elements: Any, shifted: Any, frame: Frame, rhs: Any) -> Values:
    """`solve` of a batch: arrays begin with axes of equal length, or of length 1 where there is one for all."""
    elements, shifted, rhs = (np.asarray(a) for a in (elements, shifted, rhs))
    vectors = [np.asarray(v) for v in frame]
    kind = np.result_type(elements, rhs, *vectors)
    own = np.broadcast_shapes(elements.shape[:-4], shifted.shape[:-4])
    lead = np.broadcast_shapes(own, rhs.shape[:-1], *(v.shape[:-1] for v in vectors))
    order = np.empty(layout.size, int)
    order[host.numbering(layout).vector] = np.arange(layout.size)
    # (…, N) in the order of `linalg.host`
    all_of = [np.broadcast_to(v, (*lead, layout.size))[..., order].astype(kind) for v in (*vectors, rhs)]
    matrices = [np.broadcast_to(m, (*own, *m.shape[-4:])) for m in (elements, shifted)]
    found = np.empty((*lead, layout.size), kind)
    own = (1,) * (len(lead) - len(own)) + own
    for place in np.ndindex(own):
        here = tuple(slice(None) if n == 1 else k for n, k in zip(own, place, strict=True))
        pair = [m.reshape(*own, -1, *m.shape[-2:])[place] for m in matrices]
        parts = [v[here].reshape(-1, layout.size).T for v in all_of]
        u = _solved(layout, pair[0], pair[1], Frame(*parts[:4]), parts[4])
        found[here] = u.T.reshape(found[here].shape)
    return found[..., host.numbering(layout).vector]


def _solved(layout: Layout, elements: Values, shifted: Values, frame: Frame, rhs: Values) -> Values:
    """One matrix, elements (nx ny, n, n), and S right-hand sides, (N, S)."""
    found, lost = _passes(layout, elements, shifted, frame, rhs, exact=False)
    if lost <= LOST:
        return found
    other, left = _passes(layout, elements, shifted, frame, rhs, exact=True)
    return other if left < lost else found


def _passes(
    layout: Layout, elements: Values, shifted: Values, frame: Frame, rhs: Values, exact: bool
) -> tuple[Values, float]:
    near, far, probe, kernel = frame
    factors = host.factorise(layout, shifted[None], FREE, exact=exact)
    # with near·P = 0 and P far = 0 the problem splits into a part along `far` and a rest
    along = _dot(near, rhs) / _dot(near, probe)
    reach = rhs - along * probe
    size = np.linalg.norm(reach, axis=0) + 1e-300
    u, left, residual = np.zeros_like(rhs), np.inf, reach
    for _ in range(PASSES):
        more = host.solve(layout, factors, np.ascontiguousarray(residual)[None, None])[0, 0]
        after = u + more
        after -= far * (_dot(kernel, after) / _dot(kernel, far))
        rest = reach - host.product(layout, elements[None], after[None, None])[0, 0]
        rest -= probe * (_dot(near, rest) / _dot(near, probe))
        now = float(np.max(np.linalg.norm(rest, axis=0) / size))
        if not now < left:
            break
        settled = now > left / 4  # round-off: nothing more to gain
        u, left, residual = after, now, rest
        if settled:
            break
    return u + along * far / _dot(kernel, far), left


def _dot(a: Values, b: Values) -> Values:
    return np.sum(a * b, axis=0)
