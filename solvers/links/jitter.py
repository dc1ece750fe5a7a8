"""Edges that come early or late: how they are drawn, and how long they leave the eye open.

Random jitter is Gaussian. Deterministic jitter is bounded: of two values (dual Dirac), or of a sine. `bathtub` is the
dual-Dirac model's share of lost bits over the sampling phase; `width_at` is its inverse, total jitter taken off.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_count, no_less, within


def drawn(
    key: Array,
    count: int,
    random: ArrayLike = 0.0,
    dirac: ArrayLike = 0.0,
    sine: ArrayLike = 0.0,
    cycles: int = 1,
) -> Array:
    """How late each of `count` edges comes [s], for `edges(jitter=...)`; differentiable by all sizes.

    Args:
        key: a `jax.random.key`.
        count: of edges, one for each symbol.
        random: standard deviation [s].
        dirac: distance of the two values that deterministic jitter takes at random [s].
        sine: amplitude of periodic jitter [s].
        cycles: of the sine in the whole pattern.
    """
    check_count("drawn", "count", count, 1, "One for each symbol.")
    check_count("drawn", "cycles", cycles, 0, "They fit in the pattern.")
    sizes = (("random", random), ("dirac", dirac), ("sine", sine))
    advice = "Jitter has a size, not a sign."
    random, dirac, sine = (value * no_less("drawn", name, value, 0.0, "s", advice) for name, value in sizes)
    gauss, coin = jax.random.split(key)
    side = jnp.where(jax.random.bernoulli(coin, shape=(count,)), 0.5, -0.5)
    swing = jnp.sin(2 * jnp.pi * cycles * jnp.arange(count) / count)
    return jnp.asarray(random * jax.random.normal(gauss, (count,)) + dirac * side + sine * swing)


def bathtub(phase: ArrayLike, random: ArrayLike, dirac: ArrayLike = 0.0, density: ArrayLike = 0.5) -> Array:
    """Share of bits that are lost when they are sampled at a phase, for edges without any other fault.

    Args:
        phase: from edge to edge, 0 to 1, in symbols.
        random: standard deviation [symbols].
        dirac: distance of the two values of deterministic jitter [symbols].
        density: of transitions: a half for random NRZ.

    An edge at j + x, j = ±dirac/2 and x Gaussian, costs the bit when it comes after the sampling phase; that at the
    other end when it comes before. Derived here.
    """
    fine = no_less("bathtub", "phase", phase, 0.0, "UI", "It is from edge to edge.")
    fine = fine * within("bathtub", "phase", phase, -1.0, 1.0 + 1e-12, "UI", "It is from edge to edge.")
    fine = fine * within("bathtub", "random", random, 0.0, np.inf, "UI", "Edges of no width make a step.")
    fine = fine * no_less("bathtub", "dirac", dirac, 0.0, "UI", "")
    fine = fine * within("bathtub", "density", density, 0.0, 1.0 + 1e-12, "", "A half is random NRZ.")
    t = jnp.asarray(phase, float)

    def late(distance: Array) -> Array:
        tails = [jax.scipy.stats.norm.sf((distance + s * dirac / 2) / random) for s in (-1, 1)]
        return (tails[0] + tails[1]) / 2

    return fine * jnp.asarray(density * (late(t) + late(1 - t)))


def width_at(rate: ArrayLike, random: Any, dirac: Any = 0.0, density: Any = 0.5) -> Array:
    """How wide the bathtub is where `rate` of the bits are lost [symbols]: 1 - dirac - 2 Q(rate) random.

    Where deterministic jitter is there, of the nearer of its two values alone: the other is too far off to count once
    they are several `random` apart. Negative for a closed eye.
    """
    fine = within("width_at", "rate", rate, 0.0, 0.25, "", "A quarter is lost with no timing at all.")
    fine = (
        fine * no_less("width_at", "random", random, 0.0, "UI", "") * no_less("width_at", "dirac", dirac, 0.0, "UI", "")
    )
    fine = fine * within("width_at", "density", density, 0.0, 1.0 + 1e-12, "", "A half is random NRZ.")
    each = jnp.where(jnp.asarray(dirac) > 0, 2.0, 1.0)  # half of the edges are near
    q = -jax.scipy.stats.norm.ppf(each * jnp.asarray(rate, float) / density)
    return fine * (1 - dirac - 2 * q * random)
