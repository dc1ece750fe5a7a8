"""All eigenpairs of a small dense pencil A v = λ M v with symmetric A and M, real or complex, and their derivative.

With V M Vᵀ = 1 (rows are eigenvectors; transposes, not adjoints) and the eigenvalues held apart,

    dλ_i = v_i (dA - λ_i dM) v_iᵀ,      dv_i = Σ_{j≠i} v_j (v_j (dA - λ_i dM) v_iᵀ) / (λ_i - λ_j) - ½ v_i (v_i dM v_iᵀ).

Pairs that agree to round-off have no derivative of their own; their mutual term is left out, and what depends only on
the space that they span keeps its derivative. J. R. Magnus, Econometric Theory 1, 179 (1985),
doi:10.1017/S0266466600011129.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.linalg import solve_triangular


@jax.custom_jvp
def symmetric_pencil(a: Array, m: Array) -> tuple[Array, Array]:
    """Eigenvalues (N,), by falling real part, and eigenvectors as rows (N, N).

    Args:
        a: symmetric, (N, N).
        m: symmetric; positive definite when both are real.
    """
    if jnp.iscomplexobj(a) or jnp.iscomplexobj(m):
        values, vectors = jnp.linalg.eig(jnp.linalg.solve(m, a))
        order = jnp.argsort(-values.real)
        rows = vectors.T[order]
        norm = jnp.einsum("in,nm,im->i", rows, m, rows)
        return values[order], rows / jnp.sqrt(norm)[:, None]
    lower = jnp.linalg.cholesky(m)
    half = solve_triangular(lower, a, lower=True)
    standard = solve_triangular(lower, half.T, lower=True)
    values, vectors = jnp.linalg.eigh((standard + standard.T) / 2)
    rows = solve_triangular(lower, vectors, lower=True, trans=1).T
    return values[::-1], rows[::-1]


@symmetric_pencil.defjvp
def _symmetric_pencil_jvp(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    values, v = symmetric_pencil(*primals)
    da, dm = v @ tangents[0] @ v.T, v @ tangents[1] @ v.T
    apart = values[:, None] - values[None, :]
    close = jnp.abs(apart) <= 1e-13 * jnp.max(jnp.abs(values))
    # row i: (v_i (dA - λ_i dM) v_jᵀ) / (λ_i - λ_j)
    mixing = jnp.where(close, 0.0, (da - values[:, None] * dm) / jnp.where(close, 1.0, apart))
    mixing = mixing - jnp.diag(jnp.diagonal(dm)) / 2
    return (values, v), (jnp.diagonal(da) - values * jnp.diagonal(dm), mixing @ v)
