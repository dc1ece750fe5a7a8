"""A u = f on a grid of elements, and its derivative: du = A⁻¹ (df - dA u), transposed for gradients."""

import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.layout import Layout


def solve_symmetric(layout: Layout, elements: Array, rhs: Array) -> Array:
    """Solve with the symmetric (not Hermitian) matrix made of `elements`.

    Args:
        layout: where the unknowns are.
        elements: element matrices, (nx, ny, n, n), equal to their own transposes, regular where unknowns are held.
        rhs: (N,).

    Differentiable in `elements` and `rhs`; a gradient costs one more factorisation.
    """

    def matvec(u: Array) -> Array:
        local = layout.to_elements(layout.unflatten(u))
        return layout.flatten(layout.to_grid(jnp.einsum("xyij,xyj->xyi", elements, local)))

    def solve(_: object, b: Array) -> Array:
        factors = columns.factorise(layout, elements)

        def improve(_: int, u: Array) -> Array:
            return u + layout.flatten(columns.solve(layout, factors, layout.unflatten(b - matvec(u))))

        # the second pass wins back what the elimination lost in elements of very different size
        return lax.fori_loop(0, 2, improve, jnp.zeros_like(b))

    return lax.custom_linear_solve(matvec, rhs.astype(jnp.result_type(rhs, elements)), solve, symmetric=True)
