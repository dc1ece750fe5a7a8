"""Roots that were looked for, and how they follow what their equation depends on."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array, lax


def followed(function: Callable[[Array], Array], near: Array) -> Array:
    """The root of a function beside one that was found, differentiable any number of times by what the function holds.

    A Newton step whose slope is held brings the first derivative and, without a word, a wrong second one; here each is
    that of the implicit function, dx/dp = -(∂f/∂p)/(∂f/∂x).

    Args:
        function: of a number; what it holds may be traced.
        near: where it is next to nothing; one step of Newton's is taken from there.
    """

    def stepped(f: Callable[[Array], Array], at: Array) -> Array:
        value, slope = jax.jvp(f, (at,), (jnp.ones_like(at),))
        return at - value / slope

    return lax.custom_root(function, lax.stop_gradient(near), stepped, lambda f, y: y / f(jnp.ones_like(y)))
