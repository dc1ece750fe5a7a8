"""A u = f on a grid of elements, and its derivative: du = A⁻¹ (df - dA u), transposed for gradients."""

import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.tracing import is_traced

#: What an element matrix may differ by from its transpose, relative to its largest number: round-off.
ALIKE = 1e-10


def solve_symmetric(layout: Layout, elements: Array, rhs: Array) -> Array:
    """Solve with the symmetric (not Hermitian) matrix made of `elements`.

    Args:
        layout: where the unknowns are.
        elements: element matrices, (nx, ny, n, n), equal to their own transposes, regular where unknowns are held.
        rhs: (N,).

    Differentiable in `elements` and `rhs`; a gradient costs one more factorisation.

    Raises:
        ValueError: arrays of other shapes, or, where numbers are known, one that is not symmetric or has no solution.
    """
    n = layout.hull + layout.inside
    for name, array, shape in (("elements", elements, (layout.nx, layout.ny, n, n)), ("rhs", rhs, (layout.size,))):
        if jnp.shape(array) != shape:
            raise ValueError(
                f"solve_symmetric: {name} has shape {jnp.shape(array)}, and the layout of {layout.nx} by {layout.ny} "
                f"elements wants {shape}. Of several right-hand sides take jax.vmap."
            )
    if not is_traced(elements):
        numbers = np.asarray(elements)
        apart = float(np.max(np.abs(numbers - np.swapaxes(numbers, -1, -2))))
        if apart > ALIKE * float(np.max(np.abs(numbers))):
            raise ValueError(
                f"solve_symmetric: an element matrix differs from its transpose by {apart:.1e}: its derivative would "
                "be wrong. Take linalg.columns.solve and solve_transposed."
            )

    def matvec(u: Array) -> Array:
        local = layout.to_elements(layout.unflatten(u))
        return layout.flatten(layout.to_grid(jnp.einsum("xyij,xyj->xyi", elements, local)))

    def solve(_: object, b: Array) -> Array:
        factors = columns.factorise(layout, elements)

        def improve(_: int, u: Array) -> Array:
            return u + layout.flatten(columns.solve(layout, factors, layout.unflatten(b - matvec(u))))

        # the second pass wins back what the elimination lost in elements of very different size
        return lax.fori_loop(0, 2, improve, jnp.zeros_like(b))

    found = lax.custom_linear_solve(matvec, rhs.astype(jnp.result_type(rhs, elements)), solve, symmetric=True)
    if not is_traced(found) and not np.all(np.isfinite(np.asarray(found))):
        raise ValueError(
            "solve_symmetric: the solution is not finite. Usual causes: the matrix is singular (nothing is held at a "
            "wall), or elements or rhs are not finite."
        )
    return found
