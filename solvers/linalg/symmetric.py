"""All eigenpairs of a small dense pencil A v = λ M v with symmetric A and M, real or complex, and their derivative.

With V M Vᵀ = 1 (rows are eigenvectors; transposes, not adjoints) and the eigenvalues held apart,

    dλ_i = v_i (dA - λ_i dM) v_iᵀ,      dv_i = Σ_{j≠i} v_j (v_j (dA - λ_i dM) v_iᵀ) / (λ_i - λ_j) - ½ v_i (v_i dM v_iᵀ).

Pairs that agree to round-off have no derivative of their own; their mutual term is left out, and what depends only on
the space that they span keeps its derivative. J. R. Magnus, Econometric Theory 1, 179 (1985),
doi:10.1017/S0266466600011129.
"""

import jax
import jax.numpy as jnp
from jax import Array, lax
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
        return values[order], _made_orthogonal(rows, m)
    lower = jnp.linalg.cholesky(m)
    half = solve_triangular(lower, a, lower=True)
    standard = solve_triangular(lower, half.T, lower=True)
    values, vectors = jnp.linalg.eigh((standard + standard.T) / 2)
    rows = solve_triangular(lower, vectors, lower=True, trans=1).T
    return values[::-1], rows[::-1]


def _made_orthogonal(rows: Array, m: Array) -> Array:
    """Rows with V M Vᵀ = 1, one after another by Gram and Schmidt.

    Eigenvectors of one eigenvalue come from LAPACK in any direction of the space that they span. Two absorbing walls
    alike have such pairs: modes inside one absorber and inside the other.
    """
    count = rows.shape[0]

    def step(k: Array, v: Array) -> Array:
        row = v[k]
        before = jnp.where(jnp.arange(count) < k, v @ (m @ row), 0.0)
        row = row - before @ v
        return v.at[k].set(row / jnp.sqrt(row @ m @ row))

    return lax.fori_loop(0, count, step, rows)


@symmetric_pencil.defjvp
def _symmetric_pencil_jvp(
    primals: tuple[Array, Array], tangents: tuple[Array, Array]
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    values, v = symmetric_pencil(*primals)
    da, dm = v @ tangents[0] @ v.T, v @ tangents[1] @ v.T
    apart = values[:, None] - values[None, :]
    # what would turn two modes into each other that differ by 1e-10 of β² is round-off
    close = jnp.abs(apart) <= 1e-13 * jnp.max(jnp.abs(values)) + 1e-10 * jnp.abs(values)[:, None]
    # row i: (v_i (dA - λ_i dM) v_jᵀ) / (λ_i - λ_j)
    mixing = jnp.where(close, 0.0, (da - values[:, None] * dm) / jnp.where(close, 1.0, apart))
    mixing = mixing - jnp.diag(jnp.diagonal(dm)) / 2
    return (values, v), (jnp.diagonal(da) - values * jnp.diagonal(dm), mixing @ v)
