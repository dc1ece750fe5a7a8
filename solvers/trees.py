"""Frozen dataclasses as JAX's trees whose numbers are checked where they are given, and not where JAX puts them back.

`jax.tree_util.register_dataclass` calls the class each time that JAX builds a tree. A gradient by a ring is a ring of
slopes, its tangent one of directions, and neither need be a share or a length: what `__post_init__` refuses there was
never given by anybody.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole
from lingnan.solvers.tracing import heard, is_traced, marked

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def tree(cls: type[T]) -> type[T]:
    """Registers a dataclass; fields with `metadata={"static": True}` are part of the structure."""
    moving, still = (
        tuple(f.name for f in fields(cls) if bool(f.metadata.get("static")) is static)  # type: ignore[arg-type]
        for static in (False, True)
    )

    def apart(one: T) -> tuple[list[tuple[Any, Any]], tuple[Any, ...]]:
        children = [(jax.tree_util.GetAttrKey(name), getattr(one, name)) for name in moving]
        return children, tuple(getattr(one, name) for name in still)

    def bare(one: T) -> tuple[list[Any], tuple[Any, ...]]:
        return [getattr(one, name) for name in moving], tuple(getattr(one, name) for name in still)

    def together(structure: tuple[Any, ...], numbers: Any) -> T:
        one = object.__new__(cls)
        for name, value in (*zip(moving, numbers, strict=True), *zip(still, structure, strict=True)):
            object.__setattr__(one, name, value)
        return one

    jax.tree_util.register_pytree_with_keys(cls, apart, together, bare)
    return cls


def watched(cls: type[T]) -> type[T]:
    """`tree` whose numbers are NaN, with a warning, where they are traced and `__post_init__` would refuse them.

    A number that is refused by itself is NaN alone; what is refused for several together makes all that is traced NaN.
    """
    cls.__post_init__ = _marking(cls.__post_init__)  # type: ignore[attr-defined]
    return tree(cls)


def _marking(check: Callable[[Any], None]) -> Callable[[Any], None]:
    @wraps(check)
    def looked_at(one: Any) -> None:
        given = {f.name: getattr(one, f.name) for f in fields(one) if not f.metadata.get("static")}
        for name, value in given.items():
            if isinstance(value, (np.ndarray, jax.Array)) and value.size == 0:
                raise ValueError(f"{type(one).__name__}: {name} is empty. Give a number.")
        if not is_traced(given):
            with jax.ensure_compile_time_eval():  # inside `jit` as well, what is known is refused at once
                check(one)
            return
        with heard() as claims:
            check(one)
        for fine, message, numbers in claims:
            shown = tuple(numbers.values())
            traced = [name for name, value in given.items() if isinstance(value, Tracer)]
            own = [name for name in traced if any(given[name] is number for number in shown)]
            factor = marked(jnp.asarray(fine), message, **numbers) if own else _all(fine, message, numbers)
            for name in own or traced:
                object.__setattr__(one, name, getattr(one, name) * factor)

    return looked_at


def _all(fine: ArrayLike, message: str, numbers: dict[str, ArrayLike]) -> Array:
    """One factor for a row of numbers that are none of the fields: 1, or NaN with the first that is wrong."""
    row = jnp.asarray(fine)
    first = jnp.argmin(row)  # False is less than True
    shown = {name: jnp.ravel(jnp.broadcast_to(jnp.asarray(one), row.shape))[first] for name, one in numbers.items()}
    return marked(jnp.all(row), message, **shown)


def refusing(function: Callable[P, R]) -> Callable[P, R]:
    """Of a function: what it returns is NaN, with a warning, where its checks would refuse what is traced.

    All of it, of whatever shape. Checks inside of a `vmap`, `scan` or `grad` of the function's own must not judge what
    that maps: nobody outside knows those numbers.
    """

    @wraps(function)
    def looked_at(*args: P.args, **kwargs: P.kwargs) -> R:
        with heard() as claims:
            found = function(*args, **kwargs)
        if not claims:
            return found
        fine = whole(*(marked(jnp.asarray(held), message, **numbers) for held, message, numbers in claims))

        def judged(leaf: Any) -> Any:
            return leaf * fine if jnp.issubdtype(jnp.result_type(leaf), jnp.inexact) else leaf

        return jax.tree.map(judged, found)

    return looked_at
