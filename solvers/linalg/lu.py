"""LU with partial pivoting of stacks of dense blocks, with the permutation kept beside the factors.

`jax.scipy.linalg.lu_solve` turns pivots into a permutation again at each solve, in a loop over the rows: here that is
done once for a factorisation, which matters to a solver that reuses its factors a hundred times, and to the compiler.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax


class LU(NamedTuple):
    """P A = L U of blocks (…, n, n)."""

    packed: Array  #: (…, n, n): U, and below it L without its unit diagonal
    order: Array  #: (…, n): rows of A in the order of P A


def factor(blocks: Array) -> LU:
    """Factorise blocks (…, n, n)."""
    packed, _, order = lax.linalg.lu(blocks)
    return LU(packed, order)


def solve(lu: LU, rhs: Array) -> Array:
    """A⁻¹ times (…, n, m)."""
    packed, rhs = _alike(lu.packed, rhs)
    rhs = jnp.take_along_axis(rhs, lu.order[..., None], axis=-2)
    rhs = lax.linalg.triangular_solve(packed, rhs, left_side=True, lower=True, unit_diagonal=True)
    return lax.linalg.triangular_solve(packed, rhs, left_side=True, lower=False)


def solve_transposed(lu: LU, rhs: Array) -> Array:
    """A⁻ᵀ (not the conjugate) times (…, n, m)."""
    packed, rhs = _alike(lu.packed, rhs)
    rhs = lax.linalg.triangular_solve(packed, rhs, left_side=True, lower=False, transpose_a=True)
    rhs = lax.linalg.triangular_solve(packed, rhs, left_side=True, lower=True, unit_diagonal=True, transpose_a=True)
    return jnp.take_along_axis(rhs, jnp.argsort(lu.order, axis=-1)[..., None], axis=-2)


def _alike(packed: Array, rhs: Array) -> tuple[Array, Array]:
    """Both in one type: a real matrix may meet a complex right-hand side."""
    dtype = jnp.result_type(packed, rhs)
    return packed.astype(dtype), rhs.astype(dtype)
