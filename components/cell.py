"""The decorator of every cell: gdsfactory's, with a memory for each process.

gdsfactory remembers a cell by its arguments alone. Here widths and limits come from the active process, so that the
same arguments mean another layout as soon as another line, or an overlay of the same line, is active.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import gdsfactory as gf

from lingnan.components.calls import note
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

P = ParamSpec("P")


class _ByProcess(dict[Any, Any]):
    """A cell cache whose every key also holds the hash of the active process."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__((active_process().hash, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((active_process().hash, key), value)

    def __bool__(self) -> bool:
        return True  # kfactory puts a cache of its own in the place of a false one, and an empty dict is false

    def setdefault(self, key: Any, default: Any = None) -> Any:
        return super().setdefault((active_process().hash, key), default)


def _of_numbers(function: Callable[P, gf.Component]) -> Callable[P, gf.Component]:
    """The same, of numbers also where JAX traces what asks for the cell: its sums would be traced with the rest."""

    @wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> gf.Component:
        jax = sys.modules.get("jax")  # not imported for this: it takes seconds
        if jax is None:
            return function(*args, **kwargs)
        with jax.ensure_compile_time_eval():
            return function(*args, **kwargs)

    return drawn


def _named(function: Callable[P, gf.Component]) -> Callable[P, gf.Component]:
    """The same, whose name stands before what a cell inside of it refuses: nobody called that one."""

    @wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> gf.Component:
        try:
            return function(*args, **kwargs)
        except LingnanError as error:
            name = f"{function.__name__}: "
            if str(error).startswith(name):
                raise
            raise LingnanError(f"{name}{error}") from None

    return drawn


def cell(*tags: str) -> Callable[[Callable[P, gf.Component]], Callable[P, gf.Component]]:
    """Make a function of plain values a library cell.

    Args:
        tags: platform and family, for people who search.
    """
    # layout_cache would hand out whatever cell of this name is there already, also one of another process
    made = gf.cell(tags=list(tags), cache=_ByProcess(), layout_cache=False, post_process=[note])
    return lambda function: made(_of_numbers(_named(function)))
