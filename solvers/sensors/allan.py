"""Allan deviation: how long averaging helps.

Overlapped estimator over all pairs of neighbouring averages of m samples, and the laws that it follows for the noises a
sensor has (D. W. Allan, Proc. IEEE 54, 221 (1966), doi:10.1109/PROC.1966.4634; W. J. Riley, Handbook of Frequency
Stability Analysis, NIST SP 1065 (2008), §5). The laws for a finite number of samples are derived here.
"""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_no_less
from lingnan.solvers.sensors.ranges import check_count, check_finite


def allan(series: ArrayLike, factors: Sequence[int]) -> Array:
    """Overlapped Allan deviation (F,), in the unit of the series.

    Args:
        series: equally spaced readings, the last axis (…, N).
        factors: numbers of samples that are averaged, each at most N/2.

    Raises:
        ValueError: a factor that leaves no pair.
    """
    y = jnp.asarray(series, float)
    check_finite("allan", "series", y)
    for factor in factors:
        check_count("allan", "factor", factor, 1, "It is a number of samples.")
    count = y.shape[-1] if y.ndim else 0
    wrong = [m for m in factors if not 1 <= m <= count // 2]
    if wrong:
        raise ValueError(
            f"allan: factor = {wrong[0]}: of {count} samples averages of 1 to {count // 2} have a neighbour. Take a "
            "longer series or a smaller factor."
        )
    phase = jnp.concatenate([jnp.zeros((*y.shape[:-1], 1)), jnp.cumsum(y - jnp.mean(y, -1, keepdims=True), -1)], -1)
    found: list[Array] = []
    for m in factors:
        second = phase[..., 2 * m :] - 2 * phase[..., m:-m] + phase[..., : -2 * m]
        found.append(jnp.sqrt(jnp.mean(second**2, axis=-1) / 2) / m)
    return jnp.stack(found, axis=-1)


def factors_up_to(count: int, per_octave: int = 1) -> tuple[int, ...]:
    """Averages to look at for a series of so many samples, about evenly spaced in their logarithm."""
    check_count("factors_up_to", "count", count, 2, "Two averages make a pair.")
    check_count("factors_up_to", "per_octave", per_octave, 1, "")
    top = count // 2
    spread = 2 ** np.arange(0.0, np.log2(top) + 1e-9, 1 / per_octave)
    return tuple(sorted({int(m) for m in np.round(spread) if m <= top}))


def _check(where: str, scatter: ArrayLike, m: ArrayLike) -> None:
    check_no_less(where, "scatter", scatter, 0.0, "", "")
    check_no_less(where, "m", m, 1.0, "samples", "")


def white_law(sigma: ArrayLike, m: ArrayLike) -> Array:
    """Of independent samples: σ/√m."""
    _check("white_law", sigma, m)
    return jnp.asarray(sigma) / jnp.sqrt(jnp.asarray(m, float))


def walk_law(step: ArrayLike, m: ArrayLike) -> Array:
    """Of a random walk with steps of this σ: step √((2 m² + 1)/(6 m)).

    Neighbouring averages differ by Σ w_k s_k over the 2m - 1 steps between them, with weights that rise from 1/m to 1
    and fall again; the sum of their squares is (2 m² + 1)/(3 m), and Allan's variance half of that.
    """
    _check("walk_law", step, m)
    m = jnp.asarray(m, float)
    return jnp.asarray(step) * jnp.sqrt((2 * m**2 + 1) / (6 * m))


def drift_law(per_sample: ArrayLike, m: ArrayLike) -> Array:
    """Of a steady drift: rate m/√2."""
    check_finite("drift_law", "per_sample", per_sample)
    check_no_less("drift_law", "m", m, 1.0, "samples", "")
    return jnp.asarray(per_sample) * jnp.asarray(m, float) / np.sqrt(2.0)
