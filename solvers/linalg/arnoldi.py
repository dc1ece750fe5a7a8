"""The eigenvalues of largest modulus of a linear operator, by Arnoldi's method with thick restarts.

The operator is a shifted and inverted one, so that these are the eigenvalues nearest to the shift. Nothing is
differentiated here: `linalg.eigenpair` has the derivative. G. W. Stewart, SIAM J. Matrix Anal. Appl. 23, 601 (2002),
doi:10.1137/S0895479800371529, with the projected matrix formed explicitly instead of updated.

As a Krylov space has one vector for each eigenvalue, of several pairs with one and the same it finds one: `completed`
looks for the others, as `krylov.completed` does, in shapes that do not depend on what is found.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.linalg.krylov import CHANCE, FINE, FOUND, SAME

#: Vectors of the space in which a pass of `completed` begins to look.
LOOK = 14
#: What two pairs of one eigenvalue must leave of one another to be two: round-off brings copies.
APART = 1e-3


class Ritz(NamedTuple):
    """Approximate eigenpairs, largest modulus first."""

    values: Array  #: (count,) complex
    vectors: Array  #: (count, N), of unit length, in the operator's own type
    residuals: Array  #: (count,) length of (operator - value) vector, relative to the value
    steps: Array  #: times the operator was applied


def arnoldi(
    operator: Callable[[Array], Array],
    start: Array,
    count: int,
    basis: int,
    tolerance: float,
    restarts: int = 10,
    floor: Array | None = None,
) -> Ritz:
    """The `count` eigenpairs of largest modulus.

    Args:
        operator: of a vector (N,), real or complex like `start`.
        start: not orthogonal to what is sought; a random vector will do.
        count: how many pairs.
        basis: vectors kept at most; a few times `count`.
        tolerance: residual relative to the eigenvalue at which to stop.
        restarts: at most so many.
        floor: of one pair, a modulus: the search ends too when it is unlikely that anything lies above, see
            `krylov.arnoldi`.

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

    def project(v: Array, w: Array, rounds: Array) -> tuple[Array, Array, Array, Array]:
        h = v[:-1].conj() @ w.T
        values, s = _eig(h)
        order = jnp.argsort(-jnp.abs(values))
        values, s = values[order], s[:, order[:keep]]
        # All that leaves the basis leaves along its last vector.
        out = (v[-1].conj() @ w.T) @ s
        residuals = jnp.abs(out) / jnp.abs(values[:keep])
        if not jnp.iscomplexobj(v):
            residuals = jnp.maximum(residuals, jnp.abs(values[:keep].imag) / jnp.abs(values[:keep]))
        return values[:keep], s, residuals, _hidden(values, residuals[0], floor, rounds == 0)

    def wanted(state: tuple[Array, ...]) -> Array:
        *_, residuals, hidden, rounds = state
        return (jnp.max(residuals[:count]) > tolerance) & hidden & (rounds < restarts)

    def restart(state: tuple[Array, ...]) -> tuple[Array, ...]:
        v, w, values, s, _, _, rounds = state
        first = jnp.where(rounds == 0, 0, keep)
        q, _ = jnp.linalg.qr(s if jnp.iscomplexobj(v) else _parts(values, s))
        q = q.astype(v.dtype)
        kept_v = jnp.zeros_like(v).at[:keep].set(q.T @ v[:-1]).at[keep].set(v[-1])
        kept_w = jnp.zeros_like(w).at[:keep].set(q.T @ w)
        v, w = jnp.where(rounds == 0, v, kept_v), jnp.where(rounds == 0, w, kept_w)
        v, w = lax.fori_loop(first, basis, expand, (v, w))
        return v, w, *project(v, w, rounds), rounds + 1

    values = jnp.zeros(keep, jnp.result_type(start, jnp.complex64))
    s = jnp.zeros((basis, keep), values.dtype)
    infinite = jnp.full(keep, jnp.inf, start.real.dtype)
    begin = (v, w, values, s, infinite, jnp.asarray(True), jnp.asarray(0))
    v, _, values, s, residuals, _, rounds = lax.while_loop(wanted, restart, begin)
    vectors = (s if jnp.iscomplexobj(v) else _parts(values, s)).T[:count] @ v[:-1]
    vectors = vectors / jnp.linalg.norm(vectors, axis=-1, keepdims=True)
    return Ritz(values[:count], vectors, residuals[:count], basis + (rounds - 1) * (basis - keep))


def _parts(values: Array, s: Array) -> Array:
    """Real vectors that span the same: of a complex pair the real part of one and the imaginary part of the other.

    Two equal real eigenvalues are such a pair but for round-off.
    """
    return jnp.where(values.imag < 0, s.imag, s.real)


def _hidden(values: Array, residual: Array, floor: Array | None, unfiltered: Array) -> Array:
    """May there be pairs above the floor that a space with these Ritz values has not shown? As `krylov` decides it.

    After a restart the roots of the polynomial are not known any more, and its growth counts as none.
    """
    if floor is None:
        return jnp.asarray(True)
    sizes = jnp.abs(values)
    below = jnp.where(sizes[0] < floor, floor - sizes[0], 1.0)
    apart = jnp.abs((floor - values[1:]) / (sizes[0] - values[1:]))
    growth = jnp.where(unfiltered, jnp.sum(jnp.log(jnp.where(apart > 0, apart, 1.0))), 0.0)
    return (sizes[0] >= floor) | ~(jnp.log(residual * sizes[0] / below) - growth <= np.log(CHANCE))


def completed(
    operator: Callable[[Array], Array], start: Callable[[Array], Array], found: Ritz, tolerance: float
) -> Ritz:
    """`found` with the pairs of the same eigenvalues, or others, that the start of `arnoldi` did not bring.

    With Q an orthonormal basis of the eigenvectors found, (1 - QQ*) T has the other eigenvalues of T, and of an
    eigenvector y of it T y - λ y = Σ t_i x_i, so that y + Σ t_i/(λ - λ_i) x_i is one of T; t_i is 0 where λ_i is λ.
    The largest of the others is sought from another start each time. If it lies above the least that was found, it
    takes its place, and the search goes on. Unlike in `krylov.completed` no left vectors are needed.

    Warns where it cannot tell whether something is missing. Pairs that have not converged are left as they are.

    Args:
        operator: as in `arnoldi`.
        start: for each pass 1, 2, … another vector, and other than that of `found`.
        found: of `arnoldi`.
        tolerance: as in `arnoldi`.
    """
    count, size = found.vectors.shape
    basis = min(LOOK, size - count - 2)
    sound = jnp.max(found.residuals) <= FOUND
    broken = jnp.any(jnp.isnan(found.residuals))  # of that something else speaks

    def going(state: tuple[Any, ...]) -> Array:
        *_, more, _, k = state
        return more & (k <= 2 * count + 1)

    def look(state: tuple[Any, ...]) -> tuple[Any, ...]:
        ritz: Ritz = state[0]
        _, held, _, _, k = state
        q, held = _orthonormal(ritz, held)
        sizes = jnp.where(held, jnp.abs(ritz.values), 0.0)
        floor = jnp.min(sizes)

        def out(v: Array) -> Array:
            return v - (q.conj() @ v) @ q

        one = arnoldi(lambda v: out(operator(v)), out(start(k)), 1, basis, tolerance, floor=floor)
        y = one.vectors[0]
        value, values = _of_kind(one.values[0], y), _of_kind(ritz.values, y)
        part = ritz.vectors @ q.conj().T + jnp.diag(jnp.where(held, 0.0, 1.0))  # x_i in terms of Q
        t = jnp.linalg.solve(part.T, q.conj() @ operator(y))
        apart = held & (jnp.abs(value - values) > SAME * jnp.abs(value))
        shares = apart * t / jnp.where(apart, value - values, jnp.ones_like(values))
        x = y + shares @ (held[:, None] * ritz.vectors)
        x = x / jnp.linalg.norm(x)
        left = jnp.linalg.norm(operator(x) - value * x) / jnp.abs(value)
        above = jnp.abs(value) > floor * (1 + SAME)
        more = above & (left <= FINE)
        place = (jnp.arange(count) == jnp.argmin(sizes)) & more
        after = Ritz(
            jnp.where(place, value, ritz.values),
            jnp.asarray(jnp.where(place[:, None], x, ritz.vectors)),
            jnp.asarray(jnp.where(place, left, ritz.residuals)),
            ritz.steps + one.steps + 2,
        )
        return after, held | place, more, above & ~more, k + 1

    begin = (found, jnp.ones(count, bool), sound, ~sound & ~broken, jnp.asarray(1))
    ritz, _, more, unclear, _ = lax.while_loop(going, look, begin)
    jax.debug.callback(_say_missing, count, unclear, more)
    order = jnp.argsort(-jnp.abs(ritz.values))
    return Ritz(ritz.values[order], ritz.vectors[order], ritz.residuals[order], ritz.steps)


def _of_kind(values: Array, vector: Array) -> Array:
    """Complex eigenvalues as what they are to a vector: real if it is."""
    return values if jnp.iscomplexobj(vector) else values.real


def _say_missing(count: Any, unclear: Any, more: Any) -> None:
    if np.any(unclear) or np.any(more):
        why = "did not settle" if np.any(unclear) else "still brought new ones"
        warnings.warn(
            f"{count} modes were asked for, and the search for others of the same n_eff {why}: some may be missing. "
            "Ask for fewer, or for more and take the first.",
            stacklevel=2,
        )


def _orthonormal(ritz: Ritz, held: Array) -> tuple[Array, Array]:
    """An orthonormal basis of the vectors that are held, in their places, and which those are: no copies of others."""
    close = jnp.abs(ritz.values[:, None] - ritz.values) <= SAME * jnp.abs(ritz.values)

    def one(k: Array, state: tuple[Array, Array]) -> tuple[Array, Array]:
        q, held = state
        v = ritz.vectors[k]
        for _ in range(2):
            v = v - (q.conj() @ v) @ q
        length = jnp.linalg.norm(v)
        copy = jnp.any(close[k] & held & (jnp.arange(len(held)) < k)) & (length < APART)
        mine = held[k] & ~copy & (length > 0)
        return q.at[k].set(jnp.where(mine, v / length, 0.0)), held.at[k].set(mine)

    return lax.fori_loop(0, len(held), one, (jnp.zeros_like(ritz.vectors), held))


def _eig(h: Array) -> tuple[Array, Array]:
    """Eigenvalues and vectors of the small projected matrix: by LAPACK, also where everything else is on a GPU."""
    if jax.default_backend() == "cpu":
        values, vectors = jnp.linalg.eig(h)
        return values, vectors
    kind = jnp.result_type(h, jnp.complex64)
    shapes = (jax.ShapeDtypeStruct(h.shape[:-1], kind), jax.ShapeDtypeStruct(h.shape, kind))

    def run(h: Array) -> tuple[np.ndarray, np.ndarray]:
        known = np.asarray(h)
        # NumPy refuses a whole batch for one that is not finite
        fine = np.all(np.isfinite(known), axis=(-2, -1), keepdims=True)
        values, vectors = np.linalg.eig(np.where(fine, known, 0.0))
        return np.where(fine[..., 0], values, np.nan).astype(kind), np.where(fine, vectors, np.nan).astype(kind)

    return jax.pure_callback(run, shapes, h, vmap_method="expand_dims")


def start_vector(size: int, dtype: jax.typing.DTypeLike, number: Array | int = 0) -> Array:
    """A vector with something of every eigenvector, the same at each call: a Weyl sequence of squares.

    For each number another one.
    """
    k = jnp.arange(size, dtype=float)
    return jnp.cos(2 * jnp.pi * ((k * k * 0.7548776662466927 * (number + 1)) % 1.0)).astype(dtype)
