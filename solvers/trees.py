"""Frozen dataclasses as JAX's trees whose numbers are checked where they are given, and not where JAX puts them back.

`jax.tree_util.register_dataclass` calls the class each time that JAX builds a tree. A gradient by a ring is a ring of
slopes, its tangent one of directions, and neither need be a share or a length: what `__post_init__` refuses there was
never given by anybody.
"""

from dataclasses import fields
from typing import Any, TypeVar

import jax

T = TypeVar("T")


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
