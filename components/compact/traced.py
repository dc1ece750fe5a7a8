"""Centre lines of sizes that JAX traces: those of `common.curves`, on as many points whatever the size.

A drawn curve has as many points as the mask's grid asks for; how many, nobody knows of a size that is traced.
"""

from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common import curves
from lingnan.components.common.curves import Curve

_RADIUS, _REACH, _STEP = 100.0, 100.0, 10.0  #: µm, of the curves whose points are taken


def euler(radius: ArrayLike, angle_deg: float, p: float) -> Curve:
    """As `curves.euler`: that of another radius, scaled."""
    one, scale = curves.euler(_RADIUS, angle_deg, p, 1.0), jnp.asarray(radius) / _RADIUS
    return Curve(one.x * scale, one.y * scale, one.angle, one.s * scale)


def s_bend(length: ArrayLike, step: ArrayLike) -> Curve:
    """As `curves.s_bend`; between two points its length is that of Simpson's rule."""
    long, aside = jnp.asarray(length), jnp.asarray(step)
    t = curves.s_bend(_REACH, _STEP).x / _REACH

    def slope(at: np.ndarray) -> jnp.ndarray:
        return aside * 30 * (at * (1 - at)) ** 2 / long

    def rate(at: np.ndarray) -> jnp.ndarray:
        return jnp.sqrt(1 + slope(at) ** 2)

    steps = np.diff(t) * (rate(t[1:]) + 4 * rate((t[1:] + t[:-1]) / 2) + rate(t[:-1])) / 6
    s = long * jnp.concatenate([jnp.zeros(1), jnp.cumsum(steps)])
    points: tuple[Any, ...] = (long * t, aside * (10 * t**3 - 15 * t**4 + 6 * t**5), jnp.arctan(slope(t)), s)
    return Curve(*points)


def begun(curve: Curve, count: int) -> Curve:
    """The first points of a curve."""
    return replace(curve, **{name: getattr(curve, name)[:count] for name in ("x", "y", "angle", "s")})
