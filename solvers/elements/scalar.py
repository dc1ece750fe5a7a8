"""∇·(a ∇u) = b u - f for one scalar field with a tensor a, solved on columns of elements, with its derivatives.

The polynomials are those of `elements.helmholtz`. What is asked of a solution here is always an energy, which is
stationary in the field: its first derivative needs no other solve. Fields themselves are differentiated by the rule of
`solution`. Solves run in LAPACK on a CPU (`linalg.host`), and in JAX elsewhere.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from lingnan.solvers.elements.helmholtz import NodalElement
from lingnan.solvers.elements.mesh import Mesh, metric
from lingnan.solvers.linalg import direct, host
from lingnan.solvers.linalg.host import FREE
from lingnan.solvers.linalg.layout import Grid, Layout

Values = np.ndarray[Any, Any]


def stiffness(element: NodalElement, mesh: Mesh, tensor: Array) -> Array:
    """Element matrices (nx, ny, n, n) of ∫ ∇u·a ∇v for a symmetric tensor a, (nx, ny, 2, 2) or a scalar (nx, ny)."""
    m = metric(mesh, element.xi, element.eta)
    if tensor.ndim == 2:
        tensor = tensor[..., None, None] * jnp.eye(2)
    xx, xy, yy = (tensor[..., i, j, None] for i, j in ((0, 0), (0, 1), (1, 1)))
    # det J · J⁻¹ a J⁻ᵀ with J = [[x_ξ, x_η], [0, y_η]]
    a, b = m.y_eta, -m.x_eta
    w = element.weights / m.area
    one = (a * a * xx + 2 * a * b * xy + b * b * yy) * w
    mixed = m.x_xi * (a * xy + b * yy) * w
    two = m.x_xi**2 * yy * w
    g_xi, g_eta, _ = element.fields
    cross = jnp.einsum("xyq,qi,qj->xyij", mixed, g_xi, g_eta)
    straight = jnp.einsum("xyq,qi,qj->xyij", one, g_xi, g_xi) + jnp.einsum("xyq,qi,qj->xyij", two, g_eta, g_eta)
    return straight + cross + jnp.swapaxes(cross, -1, -2)


def mass(element: NodalElement, mesh: Mesh, density: Array) -> Array:
    """Element matrices (nx, ny, n, n) of ∫ b u v, b constant in each element, (nx, ny)."""
    weight = density[..., None] * element.weights * metric(mesh, element.xi, element.eta).area
    u = element.fields[2]
    return jnp.einsum("xyq,qi,qj->xyij", weight, u, u)


def load(element: NodalElement, mesh: Mesh, density: Array) -> Array:
    """Element vectors (nx, ny, n) of ∫ f v, f constant in each element, (nx, ny)."""
    weight = density[..., None] * element.weights * metric(mesh, element.xi, element.eta).area
    return jnp.einsum("xyq,qi->xyi", weight, element.fields[2])


def gathered(layout: Layout, local: Array) -> Array:
    """Element vectors (nx, ny, n) added up: (N,)."""
    return layout.flatten(layout.to_grid(local))


def product(layout: Layout, elements: Array, vectors: Array) -> Array:
    """Matrix of `elements` times vectors (N, S)."""

    def one(v: Array) -> Array:
        return gathered(layout, jnp.einsum("xyij,xyj->xyi", elements, layout.to_elements(layout.unflatten(v))))

    return jax.vmap(one, in_axes=1, out_axes=1)(vectors)


def hold(layout: Layout, elements: Array, free: Values) -> Array:
    """Element matrices in which unknowns with `free` = 0, (N,), stand on their own."""
    # of numbers that the compiler knows it would make sums for minutes: what is added hides them from it
    keep = of_elements(layout, free) + 0.0 * elements[..., 0].real
    held = (1 - keep)[..., None] * jnp.eye(keep.shape[-1])
    return elements * keep[..., :, None] * keep[..., None, :] + held


def of_elements(layout: Layout, vector: Values) -> Values:
    """What each element sees of a known vector (N, ...): (nx, ny, n, ...)."""
    numbers = host.numbering(layout)
    ordered = np.zeros_like(vector)
    ordered[numbers.vector] = vector
    return ordered[numbers.elements].reshape(layout.nx, layout.ny, -1, *vector.shape[1:])


def product_known(layout: Layout, elements: Array, vectors: Values) -> Array:
    """`product` with vectors that are known."""
    local = jnp.einsum("xyij,xyjs->xyis", elements, of_elements(layout, vectors))
    return jax.vmap(partial(gathered, layout), in_axes=3, out_axes=1)(local)


def covered(layout: Layout, chosen: Values) -> Values:
    """(N,) true for unknowns of elements that are `chosen`, (nx, ny), their rims included."""
    numbers = host.numbering(layout)
    marked = np.zeros(layout.size, bool)
    marked[numbers.elements[np.asarray(chosen).ravel()]] = True
    return marked[numbers.vector]


def on_walls(layout: Layout, walls: tuple[str, ...]) -> Values:
    """(N,) true for unknowns on these walls of the window."""
    parts = Grid(*(np.zeros(shape, bool) for shape in layout.shapes()))  # type: ignore[arg-type]
    corner, vertical, horizontal = (np.asarray(part) for part in parts[:3])
    for name, k in (("left", 0), ("right", -1)):
        if name in walls:
            corner[k], vertical[k] = True, True
    for name, k in (("bottom", 0), ("top", -1)):
        if name in walls:
            corner[:, k], horizontal[:, k] = True, True
    return np.concatenate([np.asarray(part).ravel() for part in parts])


def solved(layout: Layout, elements: Array, rhs: Array) -> Array:
    """Solutions (G, N, S) of symmetric matrices with elements (G, nx, ny, n, n), without derivatives."""
    if jax.default_backend() != "cpu":
        each = jax.vmap(partial(direct.solve_symmetric, layout), in_axes=(None, 1), out_axes=1)
        return jax.vmap(each)(elements, rhs)
    kind = jnp.result_type(elements, rhs)
    shape = jax.ShapeDtypeStruct(rhs.shape, kind)
    call = partial(_on_host, layout)
    return jax.pure_callback(call, shape, elements, rhs, vmap_method="sequential")


def _on_host(layout: Layout, elements: Values, rhs: Values) -> Values:
    elements, rhs = np.asarray(elements), np.asarray(rhs)
    flat = elements.reshape(len(elements), -1, *elements.shape[-2:])
    vector = host.numbering(layout).vector
    b = np.zeros((len(rhs), 1, layout.size, rhs.shape[-1]), np.result_type(elements, rhs))
    b[:, 0, vector] = rhs
    u = np.zeros_like(b)
    for k in range(len(flat)):  # one matrix at a time stays in the cache
        one = flat[k : k + 1]
        factors = host.factorise(layout, one, FREE, symmetric=True)
        v = host.solve(layout, factors, b[k : k + 1])
        # the second pass wins back what the elimination lost in elements of very different size
        u[k : k + 1] = v + host.solve(layout, factors, b[k : k + 1] - host.product(layout, one, v))
    return u[:, 0, vector]


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def solution(layout: Layout, elements: Array, rhs: Array, guess: Array) -> Array:
    """Attach derivatives to solutions (N, S) that are known: du = A⁻¹ (df - dA u), by one more factorisation.

    Args:
        layout: of the unknowns.
        elements: symmetric, (nx, ny, n, n), held unknowns on their own.
        rhs: (N, S).
        guess: the solutions; no derivative flows through them.
    """
    del layout, elements, rhs
    return guess


@solution.defjvp
def _solution_jvp(
    layout: Layout, primals: tuple[Array, Array, Array], tangents: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    elements, rhs, guess = primals
    u = solution(layout, elements, rhs, guess)
    pushed = tangents[1] - product(layout, tangents[0], u)
    return u, lax.custom_linear_solve(
        partial(product, layout, elements), pushed, lambda _, b: solved(layout, elements[None], b[None])[0],
        symmetric=True,
    )  # fmt: skip


def stationary(value: Callable[[Any, Any], Any], fields: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """value(data, fields(data)), where the fields make the value stationary: they need not move for its derivative.

    A second derivative does need their motion, which is not there: asking for it raises `NotImplementedError`.
    """

    @jax.custom_jvp
    def fixed(data: Any) -> Any:
        return fields(data)

    @fixed.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        raise NotImplementedError(
            "stationary: the second derivative of a line's R, L, C or G asks how its fields move, which is not kept. "
            "Take central differences of the gradient."
        )

    @jax.custom_jvp
    def evaluate(data: Any) -> Any:
        return value(data, fields(data))

    @evaluate.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        found = fixed(primals[0])
        return jax.jvp(lambda d: value(d, found), primals, tangents)

    return evaluate
