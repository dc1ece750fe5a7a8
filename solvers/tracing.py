"""What is checked inside `jit`, `vmap` and `grad`, where numbers are not known and nothing can be raised.

Outside, bad input is an exception that names the value and the limit. Inside there are two ways to the same:

- `checked(function)` runs a function, transformed in any way, and raises what failed in it: every check of the solvers
  is then part of the program (JAX's own `checkify`), and costs what it costs.

      slopes = waveguides.checked(jax.jit(jax.vmap(jax.grad(loss))))
      slopes(widths)          # ValueError: strip: width = -0.45 µm: it must be positive and finite. ...

- Without it programs stay as they are and as fast. What cannot be answered is NaN there, and says so in a warning:
  the index of a material outside its range, and n_eff of a cross-section that cannot be solved. The other members of a
  batch are right. `waveguides.judge(modes)` and `Material.inside` tell what is wrong with what came out.
"""

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.core import Tracer
from jax.custom_batching import custom_vmap
from jax.experimental import checkify
from jax.typing import ArrayLike

P = ParamSpec("P")
R = TypeVar("R")

#: Whether `checked` is tracing; part of the key under which JAX keeps what it has traced.
_asked = jax.make_user_context(False)
_ENDING = " (`check` failed)"  #: of what checkify says
#: What must hold, the message, and the numbers that it shows.
Claim = tuple[ArrayLike, str, dict[str, ArrayLike]]
_heard: ContextVar[list[Claim] | None] = ContextVar("heard", default=None)


class CheckError(ValueError):
    """A check failed inside a traced function; the message is that of the exception outside."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, raising what the solvers refuse while JAX traces it.

    Args:
        function: of what `jax.jit` takes; with `jit`, `vmap`, `grad` and the like inside of `checked`, not around it.

    The function returned is compiled, and raises `CheckError` of the first check that fails.
    """
    whole = jax.jit(checkify.checkify(function, errors=checkify.user_checks))

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves((args, kwargs))):
            raise TypeError(
                f"checked: {getattr(function, '__name__', 'the function')} is called by what JAX traces, where nothing "
                "can be raised. Put checked around jit, vmap and grad: checked(jax.jit(f)), not jax.jit(checked(f))."
            )
        with _asked(True):
            error, value = whole(*args, **kwargs)
        said = error.get()
        if said is not None:
            raise CheckError(said.removesuffix(_ENDING))
        return value

    return call


def is_traced(*values: Any) -> bool:
    """Is any number in these a tracer, that is, unknown while JAX transforms the program?"""
    return any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(values))


def namespace(*values: Any) -> Any:
    """`jax.numpy` where one of these is traced, else `numpy`, in which nothing is compiled."""
    return jnp if is_traced(values) else np


def asking() -> bool:
    """Whether checks of traced numbers are to be part of the program."""
    return bool(_asked.value)


def literal(text: str) -> str:
    """A text as part of a message: its own braces stay what they are."""
    return text.replace("{", "{{").replace("}", "}}")


def insist(fine: ArrayLike, message: str, **numbers: ArrayLike) -> None:
    """Inside `checked`: fail with a message unless all of `fine`; elsewhere nothing but what `heard` hears.

    Args:
        fine: what must hold.
        message: with the names of `numbers` in braces, as `str.format` has them.
        numbers: arrays as `fine`, of which the message shows the first that is wrong.
    """
    if not asking():
        if (claims := _heard.get()) is not None:
            claims.append((fine, message, numbers))
        return
    flat = jnp.ravel(jnp.asarray(fine))
    first = jnp.argmin(flat)  # False is less than True
    shown: dict[str, Any] = {
        k: jnp.ravel(jnp.broadcast_to(jnp.asarray(v), jnp.shape(fine)))[first] for k, v in numbers.items()
    }
    checkify.check(jnp.all(flat), message, **shown)


def demand(fine: ArrayLike, message: str, **numbers: ArrayLike) -> None:
    """ValueError unless all of `fine`, and `insist` where it is traced; arguments as of that."""
    if is_traced(fine):
        insist(fine, message, **numbers)
    elif not np.all(right := np.asarray(fine)):
        first = int(np.argmin(right))
        shown = {k: np.broadcast_to(np.asarray(v), right.shape).ravel()[first] for k, v in numbers.items()}
        raise ValueError(message.format(**shown))


def held(fine: ArrayLike, message: str, **numbers: ArrayLike) -> Array | float:
    """1 where `fine`; elsewhere ValueError, or NaN with a warning where it is traced: what is found is times this."""
    if is_traced(fine):
        return marked(jnp.asarray(fine), message, **numbers)
    demand(fine, message, **numbers)
    return 1.0


@contextmanager
def heard() -> Generator[list[Claim], None, None]:
    """What `insist` is told meanwhile: for whoever can make NaN of what does not hold."""
    claims: list[Claim] = []
    token = _heard.set(claims)
    try:
        yield claims
    finally:
        _heard.reset(token)


def marked(fine: Array, message: str, **numbers: ArrayLike) -> Array:
    """1 where `fine`, else NaN with a warning; inside `checked`, a failed check.

    Args:
        fine: what must hold.
        message: as in `insist`.
        numbers: as in `insist`.
    """
    if asking():
        insist(fine, message, **numbers)
        return jnp.ones(jnp.shape(fine))
    shown = {k: jnp.broadcast_to(jnp.asarray(v, float), jnp.shape(fine)) for k, v in numbers.items()}
    return _one_or_nan(message, *lax.stop_gradient((fine, shown)))


@partial(jax.jit, static_argnums=0)  # compiled once for each message, also where derivatives are taken without `jit`
def _one_or_nan(message: str, fine: Array, shown: dict[str, Array]) -> Array:
    @custom_vmap
    def judged(fine: Array, shown: dict[str, Array]) -> Array:
        def wrong(fine: Array, shown: dict[str, Array]) -> Array:
            shape = jax.ShapeDtypeStruct(fine.shape, float)
            return jax.pure_callback(partial(_say, message), shape, fine, shown, vmap_method="broadcast_all")

        return lax.cond(jnp.all(fine), lambda fine, _: jnp.ones(fine.shape), wrong, fine, shown)

    @judged.def_vmap  # a batch is judged as a whole: mapped, the condition would call out each time
    def whole(size: int, batched: Any, *given: Any) -> tuple[Array, bool]:
        def spread(leaf: Array, is_batched: bool) -> Array:
            return leaf if is_batched else jnp.broadcast_to(leaf, (size, *leaf.shape))

        return judged(*jax.tree.map(spread, given, tuple(batched))), True

    return judged(fine, shown)


def _say(message: str, fine: Any, shown: dict[str, Any]) -> np.ndarray:
    """Warn of the first that is wrong; a batch comes as a whole."""
    right = np.asarray(fine)
    if not np.all(right):
        first = int(np.argmin(right))
        values = {k: np.broadcast_to(np.asarray(v), right.shape).ravel()[first] for k, v in shown.items()}
        count = f" ({int(np.sum(~right))} of {right.size} such)" if right.size > 1 else ""
        warnings.warn(f"{message.format(**values)}{count} The result is NaN there.", stacklevel=2)
    return np.where(right, 1.0, np.nan)
