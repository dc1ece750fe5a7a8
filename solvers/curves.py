"""Curves through points, with derivatives by the points, their values, and where the curve is asked."""

import jax.numpy as jnp
from jax import Array


def cubic(at: Array, x: Array, y: Array) -> Array:
    """Hermite's polynomials between points, with slopes of the parabola through each and its two neighbours.

    Args:
        at: where, inside of the points, (F,).
        x: points, two or more, rising, (K,); two of them have a straight line between them.
        y: real or complex values there, (K,).

    Of third order between even points: parabolas pass unchanged.
    """
    width = jnp.diff(x)
    secant = jnp.diff(y) / width
    if x.shape[0] == 2:
        slope = jnp.stack([secant[0], secant[0]])
    else:
        inner = (secant[:-1] * width[1:] + secant[1:] * width[:-1]) / (width[:-1] + width[1:])
        slope = jnp.concatenate([2 * secant[:1] - inner[:1], inner, 2 * secant[-1:] - inner[-1:]])
    method = "compare_all" if x.size * jnp.size(at) < 1e6 else "scan"  # the first compiles sooner
    k = jnp.clip(jnp.searchsorted(x, at, side="right", method=method) - 1, 0, x.shape[0] - 2)
    w = width[k]
    t = (at - x[k]) / w
    u = 1 - t
    ends = y[k] * (1 + 2 * t) * u**2 + y[k + 1] * (1 + 2 * u) * t**2
    return ends + w * t * u * (slope[k] * u - slope[k + 1] * t)
