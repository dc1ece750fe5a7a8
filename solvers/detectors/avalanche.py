"""Avalanches in uniform fields: gain, excess noise, breakdown and the time that a gain takes.

Electrons ionise at a rate α and holes at β = kα for each length. Of electrons that enter a layer of thickness w,
R. J. McIntyre, IEEE Trans. Electron Devices 13, 164 (1966), doi:10.1109/T-ED.1966.15651:

    M = (1 - k)/(exp(-(1 - k) α w) - k),     F = kM + (1 - k)(2 - 1/M)

with the limits M = exp(αw), F = 2 - 1/M of electrons alone (k = 0) and M = 1/(1 - αw), F = M of k = 1. That carriers
need a distance to gain the energy (dead space) is left out: layers of half a micrometre are less noisy. `profile` does
the same by integration for any α(x), β(x). Rates in 1/µm, lengths in µm, fields in V/cm.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, check_row
from lingnan.solvers.semiconductors.breakdown import coefficients
from lingnan.solvers.tracing import demand, namespace
from lingnan.solvers.trees import refusing


def _check_ratio(where: str, k: ArrayLike) -> None:
    check_no_less(where, "k", k, 0.0, "", "For holes that enter, exchange the carriers: k becomes 1/k.")


@refusing
def gain(ionisation: ArrayLike, k: ArrayLike) -> Array:
    """M of electrons that enter.

    Args:
        ionisation: α w, below ln(1/k)/(1 - k), where the diode breaks down.
        k: β/α.

    Raises:
        ValueError: at or beyond breakdown. Inside `jit` the gain is NaN then, with a warning.
    """
    _check_ratio("gain", k)
    check_no_less("gain", "ionisation", ionisation, 0.0, "", "")
    x, ratio = jnp.asarray(ionisation, float), jnp.asarray(k, float)
    most = breakdown(ratio)
    said = (
        "gain: ionisation {x:g} at k = {k:g}: the diode breaks down at {most:g} (McIntyre: ln(1/k)/(1 - k)). Lower the "
        "field."
    )
    demand(x < most, said, x=x, k=ratio, most=most)
    # numerator and denominator over 1 - k, so that it is whole at k = 1
    q = (1 - ratio) * x
    return 1 / (jnp.exp(-q) - ratio * x * falling(q))


def falling(q: Any) -> Any:
    """(1 - exp(-q))/q, whole at 0; with NumPy where q is known."""
    xp = namespace(q)
    small = xp.abs(q) < 1e-4
    safe = xp.where(small, 1.0, q)
    return xp.where(small, 1 - q / 2 + q**2 / 6, -xp.expm1(-safe) / safe)


@refusing
def breakdown(k: ArrayLike) -> Array:
    """α w at which a current needs no light, ln(1/k)/(1 - k): 1 for k = 1, infinite for k = 0."""
    _check_ratio("breakdown", k)
    ratio = jnp.asarray(k, float)
    near = jnp.abs(1 - ratio) < 1e-5
    safe = jnp.where(near | (ratio == 0), 0.5, ratio)
    found = jnp.where(near, 1 + (1 - ratio) / 2, -jnp.log(safe) / (1 - safe))
    return jnp.where(ratio == 0, jnp.inf, found)


@refusing
def excess_noise(gain: ArrayLike, k: ArrayLike) -> Array:
    """F of a gain M: kM + (1 - k)(2 - 1/M)."""
    _check_ratio("excess_noise", k)
    check_no_less("excess_noise", "gain", gain, 1.0, "", "1 is a diode without avalanche.")
    m, ratio = jnp.asarray(gain, float), jnp.asarray(k, float)
    return ratio * m + (1 - ratio) * (2 - 1 / m)


class Avalanche(NamedTuple):
    """A multiplication layer."""

    gain: Array  #: M of electrons that enter at x = 0
    excess: Array  #: F


@refusing
def profile(alpha: ArrayLike, beta: ArrayLike, width: ArrayLike) -> Avalanche:
    """Gain and noise of electrons that enter a layer whose rates change along it.

    A pair made at x is multiplied M(x) = exp(D(x))/(1 - ∫ β exp(D(x')) dx'), D(x) = ∫_x^w (α - β). Every ionisation
    makes shot noise that is multiplied like its pair, so F M² = M(0)² + ∫ (α I_n + β I_p) M² dx, with I_n + I_p = M(0)
    and dI_n/dx = α I_n + β I_p (derived here after McIntyre).

    Args:
        alpha: [1/µm] at equal distances from 0 to `width`, (N,); the trapezoid rule, of order 1/N².
        beta: the same of holes.
        width: w [µm].
    """
    check_between("profile", "width", width, 0.0, np.inf, "µm", "")
    check_row("profile", "alpha", alpha, 2, "Give rates at equal distances.")
    check_row("profile", "beta", beta, 2, "Give rates at equal distances.")
    a, b = jnp.asarray(alpha, float), jnp.asarray(beta, float)
    if a.shape != b.shape:
        raise ValueError(f"profile: {a.size} rates alpha and {b.size} rates beta: give both at the same places.")
    check_no_less("profile", "alpha", a, 0.0, "1/µm", "")
    check_no_less("profile", "beta", b, 0.0, "1/µm", "")
    step = jnp.asarray(width, float) / (a.shape[-1] - 1)

    def summed(f: Array) -> Array:
        """∫ from 0 to each place."""
        return jnp.concatenate([jnp.zeros(1), jnp.cumsum((f[1:] + f[:-1]) / 2)]) * step

    difference = summed(a - b)
    growth = jnp.exp(difference[-1] - difference)
    whole = summed(b * growth)[-1]
    demand(whole < 1, "profile: ∫ β exp(…) dx = {x:g}: the diode breaks down at 1. Lower the field.", x=whole)
    each = growth / (1 - whole)
    total = each[0]
    # I_n' = (α - β) I_n + β M(0), from 1 at the door
    rise = jnp.exp(difference)
    electrons = rise * (1 + total * summed(b / rise))
    made = a * electrons + b * (total - electrons)
    return Avalanche(total, (each[0] ** 2 + summed(made * each**2)[-1]) / total**2)


@refusing
def silicon_rates(field: ArrayLike) -> tuple[Array, Array]:
    """α and β of silicon at 300 K [1/µm], 1.75e5 to 6e5 V/cm: the law of `semiconductors.breakdown`."""
    check_no_less("silicon_rates", "field", field, 1.75e5, "V/cm", "Below, next to nothing ionises.")
    check_between("silicon_rates", "field", field, 0.0, 6e5 * (1 + 1e-9), "V/cm", "It was measured up to 6e5.")
    electrons, holes = coefficients(field)
    return jnp.asarray(1e-4 * electrons), jnp.asarray(1e-4 * holes)


@refusing
def build_up(gain: ArrayLike, gain_bandwidth: ArrayLike) -> Array:
    """Bandwidth of the gain itself, gain-bandwidth product over M [Hz]: a pole behind transit times and circuit.

    Holds well above M = 1/k, where the product is constant.
    """
    check_no_less("build_up", "gain", gain, 1.0, "", "")
    check_between("build_up", "gain_bandwidth", gain_bandwidth, 0.0, np.inf, "Hz", "340e9 was measured on silicon.")
    return jnp.asarray(gain_bandwidth, float) / jnp.asarray(gain, float)


@refusing
def best_gain(thermal: ArrayLike, current: ArrayLike, k: ArrayLike) -> Array:
    """Gain of the highest ratio of signal to noise, from d/dM [F(M) + S/(2q I M²)] = 0: k M³ + (1 - k) M = S/(q I).

    Args:
        thermal: noise that is not multiplied, S [A²/Hz].
        current: primary photocurrent [A].
        k: β/α, above 0.

    The cubic has one real root for k up to 1, and above it one or three (Cardano); where none exceeds 1, the best is 1.
    """
    check_no_less("best_gain", "thermal", thermal, 0.0, "A²/Hz", "It is the square of a current's.")
    check_between("best_gain", "current", current, 0.0, np.inf, "A", "")
    check_between("best_gain", "k", k, 0.0, np.inf, "", "Without holes gain costs nothing: take all there is.")
    ratio = jnp.asarray(k, float)
    p = (1 - ratio) / (3 * ratio)
    q = jnp.asarray(thermal, float) / (constants.e * jnp.asarray(current, float)) / (2 * ratio)
    inside = q**2 + p**3
    one = inside > 0  # else there are three, of k > 1: the largest is what is looked for
    root = jnp.sqrt(jnp.where(one, inside, 1.0))
    size = jnp.sqrt(jnp.where(one, 1.0, -p))
    turned = jnp.arccos(jnp.where(one, 0.5, q / size**3)) / 3
    best = jnp.where(one, jnp.cbrt(q + root) + jnp.cbrt(q - root), 2 * size * jnp.cos(turned))
    return jnp.maximum(best, 1.0)


@refusing
def sensitive_gain(thermal: ArrayLike, noise_bandwidth: ArrayLike, k: ArrayLike, q: ArrayLike = 7.03) -> Array:
    """Gain with which the least light is enough for bits: M² = (i √B/(e q B) - 1 + k)/k, or 1 where that is less.

    Of NRZ that goes dark, from M R P = q (σ_1 + σ_0) with R P = 2 q i √B/M + 2 e F q² B (G. P. Agrawal, Fiber-Optic
    Communication Systems, ch. 4, recalled; derived here).

    Args:
        thermal: current noise that is not multiplied, i [A/√Hz].
        noise_bandwidth: B [Hz].
        k: β/α, above 0; of holes that enter α/β.
        q: deviations to the threshold: 7.03 for a bit error rate of 1e-12, see `links.needed_q`.
    """
    check_no_less("sensitive_gain", "thermal", thermal, 0.0, "A/√Hz", "")
    check_between("sensitive_gain", "noise_bandwidth", noise_bandwidth, 0.0, np.inf, "Hz", "")
    check_between("sensitive_gain", "k", k, 0.0, np.inf, "", "Without holes gain costs nothing: take all there is.")
    check_between("sensitive_gain", "q", q, 0.0, np.inf, "", "7.03 is a bit error rate of 1e-12.")
    ratio, width = jnp.asarray(k, float), jnp.asarray(noise_bandwidth, float)
    square = (jnp.asarray(thermal, float) / (constants.e * q * jnp.sqrt(width)) - 1 + ratio) / ratio
    return jnp.sqrt(jnp.maximum(square, 1.0))
