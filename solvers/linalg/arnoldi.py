"""The eigenvalues of largest modulus of a linear operator, by Arnoldi's method with thick restarts.

The operator is a shifted and inverted one, so that these are the eigenvalues nearest to the shift. Nothing is
differentiated here: `linalg.eigenpair` has the derivative. G. W. Stewart, SIAM J. Matrix Anal. Appl. 23, 601 (2002),
doi:10.1137/S0895479800371529, with the projected matrix formed explicitly instead of updated.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax


class Ritz(NamedTuple):
    """Approximate eigenpairs, largest modulus first."""

    values: Array  #: (count,) complex
    vectors: Array  #: (count, N), of unit length, in the operator's own type
    residuals: Array  #: (count,) length of (operator - value) vector, relative to the value
    steps: Array  #: times the operator was applied


def arnoldi(
    operator: Callable[[Array], Array], start: Array, count: int, basis: int, tolerance: float, restarts: int = 10
) -> Ritz:
    """The `count` eigenpairs of largest modulus.

    Args:
        operator: of a vector (N,), real or complex like `start`.
        start: not orthogonal to what is sought; a random vector will do.
        count: how many pairs.
        basis: vectors kept at most; a few times `count`.
        tolerance: residual relative to the eigenvalue at which to stop.
        restarts: at most so many.

    In a real operator only real eigenvalues are sought: complex pairs come back with a large residual.
    """
    keep = min(count + 2, basis - 2)
    size = start.shape[0]
    v = jnp.zeros((basis + 1, size), start.dtype).at[0].set(start / jnp.linalg.norm(start))
    w = jnp.zeros((basis, size), start.dtype)

    def expand(j: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
        v, w = state
        image = operator(v[j])
        rest = image
        for _ in range(2):  # twice is enough: Kahan, in B. N. Parlett, The Symmetric Eigenvalue Problem, §6.9
            rest = rest - (v.conj() @ rest) @ v
        return v.at[j + 1].set(rest / jnp.linalg.norm(rest)), w.at[j].set(image)

    def project(v: Array, w: Array) -> tuple[Array, Array, Array]:
        h = v[:-1].conj() @ w.T
        values, s = _eig(h)
        order = jnp.argsort(-jnp.abs(values))[:keep]
        values, s = values[order], s[:, order]
        # All that leaves the basis leaves along its last vector.
        out = (v[-1].conj() @ w.T) @ s
        return values, s, jnp.abs(out) / jnp.abs(values)

    def wanted(state: tuple[Array, ...]) -> Array:
        *_, residuals, rounds = state
        return (jnp.max(residuals[:count]) > tolerance) & (rounds < restarts)

    def restart(state: tuple[Array, ...]) -> tuple[Array, ...]:
        v, w, _, s, _, rounds = state
        first = jnp.where(rounds == 0, 0, keep)
        q, _ = jnp.linalg.qr(s if jnp.iscomplexobj(v) else s.real)
        q = q.astype(v.dtype)
        kept_v = jnp.zeros_like(v).at[:keep].set(q.T @ v[:-1]).at[keep].set(v[-1])
        kept_w = jnp.zeros_like(w).at[:keep].set(q.T @ w)
        v, w = jnp.where(rounds == 0, v, kept_v), jnp.where(rounds == 0, w, kept_w)
        v, w = lax.fori_loop(first, basis, expand, (v, w))
        return v, w, *project(v, w), rounds + 1

    values = jnp.zeros(keep, jnp.result_type(start, jnp.complex64))
    s = jnp.zeros((basis, keep), values.dtype)
    infinite = jnp.full(keep, jnp.inf, start.real.dtype)
    v, _, values, s, residuals, rounds = lax.while_loop(wanted, restart, (v, w, values, s, infinite, jnp.asarray(0)))
    vectors = s.T[:count] @ v[:-1]
    vectors = vectors if jnp.iscomplexobj(v) else vectors.real
    vectors = vectors / jnp.linalg.norm(vectors, axis=-1, keepdims=True)
    return Ritz(values[:count], vectors, residuals[:count], basis + (rounds - 1) * (basis - keep))


def _eig(h: Array) -> tuple[Array, Array]:
    """Eigenvalues and vectors of the small projected matrix: by LAPACK, also where everything else is on a GPU."""
    if jax.default_backend() == "cpu":
        values, vectors = jnp.linalg.eig(h)
        return values, vectors
    kind = jnp.result_type(h, jnp.complex64)
    shapes = (jax.ShapeDtypeStruct(h.shape[:-1], kind), jax.ShapeDtypeStruct(h.shape, kind))

    def run(h: Array) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = np.linalg.eig(np.asarray(h))
        return values.astype(kind), vectors.astype(kind)

    return jax.pure_callback(run, shapes, h, vmap_method="expand_dims")


def start_vector(size: int, dtype: jax.typing.DTypeLike) -> Array:
    """A vector with something of every eigenvector, the same at each call: a Weyl sequence of squares."""
    k = jnp.arange(size, dtype=float)
    return jnp.cos(2 * jnp.pi * ((k * k * 0.7548776662466927) % 1.0)).astype(dtype)
