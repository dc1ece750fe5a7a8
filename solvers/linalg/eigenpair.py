"""Eigenpairs of P(β) x = 0 and their derivatives, by the implicit function theorem.

With left vector y, Pᵀ y = 0, and a fixed gauge ℓ·x = 1, the pair (x, β) is the root of F = (P(β) x, ℓ·x - 1), so

    [P   P_β x] [x']     [P' x]
    [ℓᵀ    0  ] [β'] = - [ 0  ],       hence β' = - yᵀ P' x / yᵀ P_β x,

where P' x is the derivative of P x with the pair frozen: a sum over elements, which JAX gets from the assembly. x'
costs one factorisation next to the eigenvalue and a few solves, and only where it is asked for: β' does not need it.
The rule is differentiable again, which gives second derivatives. Valid for simple eigenvalues: at a crossing of two
modes the derivative of either does not exist. P may be any pencil with factors; see `Pencil`.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.linalg import columns, deflated
from lingnan.solvers.linalg.deflated import Frame
from lingnan.solvers.linalg.layout import Layout


class Pencil(Protocol):
    """P(β) on a grid of elements. Hashable and static: the numbers are in `data`."""

    symmetric: bool  #: Pᵀ = P

    @property
    def layout(self) -> Layout:
        """Where the unknowns are."""
        ...

    def apply(self, data: Any, beta: Array, vector: Array) -> Array:
        """P(β) times a vector (N,)."""
        ...

    def slope(self, data: Any, beta: Array, vector: Array) -> Array:
        """dP/dβ times a vector (N,)."""
        ...

    def elements(self, data: Any, beta: Array) -> Array:
        """Element matrices of P(β), (nx, ny, n, n), regular where unknowns are held at zero."""
        ...

    def in_numbers(self, data: Any, values: Sequence[Any]) -> Sequence[Any]:
        """The same at each of some eigenvalues, of numpy's arrays and in them."""
        ...

    def folded(self, data: Any) -> Sequence[tuple["Pencil", Any, Any]]:
        """Pencils and data of what is kept of a mirror image, one for each parity, with `elements.mirror.Fold`."""
        ...

    def transposed(self, data: Any) -> tuple["Pencil", Any, int]:
        """Pencil and data whose P(s β) is the transpose of P(β), and s = ±1."""
        ...


class Pair(NamedTuple):
    """One eigenvalue with its right and left vector."""

    beta: Array  #: ()
    right: Array  #: (N,)
    left: Array  #: (N,); the same as `right` when P is symmetric


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def eigenpair(pencil: Pencil, data: Any, guess: Pair) -> Pair:
    """Attach the derivative by `data` to an eigenpair found without one.

    Args:
        pencil: P.
        data: the numbers of P; derivatives flow to them.
        guess: the converged pair; no derivative flows through it.
    """
    del pencil, data
    return guess


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def eigenvalue(pencil: Pencil, data: Any, guess: Pair) -> Array:
    """The eigenvalue of `eigenpair` alone: its first derivative asks for nothing but a sum over elements."""
    del pencil, data
    return guess.beta


@eigenvalue.defjvp
def _eigenvalue_jvp(pencil: Pencil, primals: tuple[Any, Pair], tangents: tuple[Any, Pair]) -> tuple[Array, Array]:
    data, guess = primals
    beta, x, y = eigenpair(pencil, data, guess)  # so that a second derivative sees the vectors move
    pushed = jax.jvp(lambda d: pencil.apply(d, beta, x), (data,), (tangents[0],))[1]
    return eigenvalue(pencil, data, guess), -jnp.dot(y, pushed) / jnp.dot(y, pencil.slope(data, beta, x))


@eigenpair.defjvp
def _eigenpair_jvp(pencil: Pencil, primals: tuple[Any, Pair], tangents: tuple[Any, Pair]) -> tuple[Pair, Pair]:
    data, guess = primals
    pair = eigenpair(pencil, data, guess)
    beta, x, y = pair
    pushed = jax.jvp(lambda d: pencil.apply(d, beta, x), (data,), (tangents[0],))[1]
    slope = pencil.slope(data, beta, x)
    beta_dot = -jnp.dot(y, pushed) / jnp.dot(y, slope)
    x_dot = _shift_of_vector(pencil, data, pair, -pushed - beta_dot * slope)
    if pencil.symmetric:
        y_dot = x_dot
    else:
        other, turned, sign = pencil.transposed(data)
        mirrored = Pair(sign * beta, y, x)
        pushed_y = jax.jvp(lambda d: other.apply(pencil.transposed(d)[1], sign * beta, y), (data,), (tangents[0],))[1]
        slope_y = sign * other.slope(turned, sign * beta, y)
        y_dot = _shift_of_vector(other, turned, mirrored, -pushed_y - beta_dot * slope_y)
    return pair, Pair(beta_dot, x_dot, y_dot)


def _shift_of_vector(pencil: Pencil, data: Any, pair: Pair, rhs: Array) -> Array:
    """The x' that solves P x' = rhs with conj(x)·x' = 0; rhs has no part that P cannot reach."""
    beta, x, y = pair
    layout = pencil.layout
    gauge = lax.stop_gradient(x.conj() / jnp.vdot(x, x))
    slope = pencil.slope(data, beta, x)
    left = y / jnp.dot(y, slope)

    def matvec(u: Array) -> Array:
        # P is singular along x: the rank-one term makes it regular and leaves the answer in the gauge.
        return pencil.apply(data, beta, u) + slope * jnp.dot(gauge, u)

    def iterate(transpose: bool, b: Array) -> Array:
        near, far, probe, kernel = (left, x, slope, gauge) if not transpose else (x, left, gauge, slope)
        if jax.default_backend() == "cpu":  # nothing to compile, and faster
            return deflated.solve(pencil, data, beta, Frame(near, far, probe, kernel), b, transpose)
        # Beside the eigenvalue by 1e-5: each pass gains that, times β over the distance to the next mode.
        factors = columns.factorise(layout, pencil.elements(data, beta * deflated.BESIDE))
        solver = columns.solve_transposed if transpose else columns.solve

        # With near·P = 0 and P far = 0:  (P + probe kernelᵀ) u = b  splits into a part along `far` and a rest.
        def times(u: Array) -> Array:
            if not transpose:
                return pencil.apply(data, beta, u)
            return jax.linear_transpose(lambda v: pencil.apply(data, beta, v), u)(u)[0]

        along = jnp.dot(near, b) / jnp.dot(near, probe)
        reach = b - along * probe

        def refine(_: int, u: Array) -> Array:
            residual = reach - times(u)
            residual = residual - probe * (jnp.dot(near, residual) / jnp.dot(near, probe))
            u = u + layout.flatten(solver(layout, factors, layout.unflatten(residual)))
            return u - far * (jnp.dot(kernel, u) / jnp.dot(kernel, far))

        u = lax.fori_loop(0, 4, refine, jnp.zeros_like(b))
        return u + along * far / jnp.dot(kernel, far)

    return lax.custom_linear_solve(
        matvec, rhs, lambda _, b: iterate(False, b), lambda _, b: iterate(True, b), symmetric=False
    )
