"""The search for modes in JAX alone: on a GPU, and for full tensors that absorb, whose left vectors are of their own.

The same shifted and inverted Arnoldi iteration as in `waveguides.host`, on the whole grid, in fixed shapes. Where
several modes are asked for, others of the same n_eff are looked for afterwards (`linalg.arnoldi.completed`).
"""

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.problem import Data, EdgePencil
from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.arnoldi import Ritz, arnoldi, completed, start_vector
from lingnan.solvers.linalg.eigenpair import Pair
from lingnan.solvers.linalg.krylov import SAME


def search(pencil: EdgePencil, data: Data, guess: Array, count: int, residual: float) -> tuple[Ritz, Pair]:
    """The `count` eigenpairs nearest to `guess` [rad/µm], without derivatives, as the search left them.

    Pairs of one eigenvalue are biorthogonal to one another: the sum of their derivatives is that of the sum.
    """
    layout = pencil.layout
    basis = min(10 + 8 * count, layout.size - 2)
    dtype = jnp.result_type(data.weights.axial, data.weights.curl, 1j if pencil.quadratic else 1.0)
    guess = guess.astype(jnp.result_type(guess, dtype))
    shift = guess if pencil.quadratic else guess**2
    if not jnp.iscomplexobj(jnp.zeros((), dtype)):
        shift = shift.real
    factors = columns.factorise(layout, pencil.elements(data, shift))
    free = layout.flatten(data.free)

    def inverse(b: Array) -> Array:
        return layout.flatten(columns.solve(layout, factors, layout.unflatten(b)))

    none = Powers(0.0, 0.0, 1.0)

    # (A + s B)⁻¹ B has the eigenvalues 1 / (s - β²)
    def once(v: Array) -> Array:
        return inverse(pencil.product(data, none, v))

    # with δ = β - s and u = δ x:  P(s) x + δ (P'(s) x + B u) = 0 has this operator, eigenvalues 1/δ
    def companion(v: Array) -> Array:
        x, u = jnp.split(v, 2)
        return jnp.concatenate([-inverse(pencil.slope(data, shift, x) + pencil.product(data, none, u)), x])

    def start(k: Array | int) -> Array:
        first = start_vector(layout.size, dtype, k) * free
        return jnp.concatenate([first, first]) if pencil.quadratic else first

    operator = companion if pencil.quadratic else once
    ritz = arnoldi(operator, start(0), count, basis, residual)
    if count > 1:  # of one there is nothing to miss: another mode of the same n_eff is as good
        ritz = completed(operator, start, ritz, residual)
    if pencil.quadratic:
        x = ritz.vectors[:, : layout.size]
        x = x / jnp.linalg.norm(x, axis=-1, keepdims=True)
        pairs = jax.vmap(partial(_two_sided, pencil, data))(shift + 1 / ritz.values, x)
    else:
        x = ritz.vectors
        pairs = jax.vmap(partial(_quotient, pencil, data))(x)
    return ritz, _biorthogonal(pencil, data, pairs) if count > 1 else pairs


def _quotient(pencil: EdgePencil, data: Data, x: Array) -> Pair:
    top, low = (jnp.dot(x, pencil.product(data, Powers(*p), x)) for p in ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0)))
    return Pair(-top / low, x, x)


def _lossless(data: Data) -> bool:
    return jnp.isrealobj(data.weights.axial) and jnp.isrealobj(data.weights.curl)


def _biorthogonal(pencil: EdgePencil, data: Data, pairs: Pair) -> Pair:
    """Pairs of which those of one eigenvalue have y_i · P'(β) x_j = 0.

    Left vectors that follow from the right ones (x, or its conjugate) go with them, one after another; others are made
    anew.
    """
    beta, x, y = pairs
    count = len(beta)
    slopes = jax.vmap(lambda b, x: pencil.slope(data, b, x))(beta, x)
    both = y @ slopes.T
    same = (jnp.abs(beta[:, None] - beta) <= SAME * jnp.abs(beta)) | jnp.eye(count, dtype=bool)
    both = jnp.where(same, both, 0.0)
    if pencil.quadratic and not _lossless(data):
        scaled = both / jnp.diag(both)  # by columns: then scaled⁻¹ both is diagonal
        return Pair(beta, x, jnp.linalg.solve(scaled, y))

    def left(c: Array) -> Array:
        return c.conj() if pencil.quadratic else c

    def one(k: Array, c: Array) -> Array:
        pairing = left(c) @ both @ c.T
        part = pairing[:, k] / jnp.diag(pairing)
        return c.at[k].add(-jnp.where(same[:, k] & (jnp.arange(count) < k), part, 0.0) @ c)

    x = lax.fori_loop(1, count, one, jnp.eye(count, dtype=both.dtype)) @ x
    x = x / jnp.linalg.norm(x, axis=-1, keepdims=True)
    return Pair(beta, x, left(x))


def _two_sided(pencil: EdgePencil, data: Data, beta: Array, x: Array) -> Pair:
    """Left vector, and a quotient of both, whose error is of second order."""
    if _lossless(data):
        y = x.conj()  # lossless: P(β) is Hermitian at real β
    else:
        layout = pencil.layout
        beside = beta * (1 + 1e-6)
        factors = columns.factorise(layout, pencil.elements(data, beside))
        other, turned, sign = pencil.transposed(data)

        def inverse(_: int, v: Array) -> Array:
            # P'ᵀ v on the right: without it the left vector of the matrix P(s) comes out, 1e-6 off that of the pencil
            v = sign * other.slope(turned, sign * beside, v)
            v = layout.flatten(columns.solve_transposed(layout, factors, layout.unflatten(v)))
            return v / jnp.linalg.norm(v)

        y = lax.fori_loop(0, 3, inverse, x.conj())

    def newton(_: int, beta: Array) -> Array:
        return beta - jnp.dot(y, pencil.apply(data, beta, x)) / jnp.dot(y, pencil.slope(data, beta, x))

    return Pair(lax.fori_loop(0, 3, newton, beta), x, y)
