"""Whether there is a target: probability of detection and of false alarm behind a square-law detector.

A bin of the spectrum holds complex Gaussian noise of mean power 1 and, with a target, a tone of power S, the signal to
noise ratio after all coherent gain. It counts as a target beyond a threshold T. A steady target gives Marcum's
function, a rough one, whose speckle makes S exponential from look to look, Swerling's; L looks are summed as powers.
Sources: J. I. Marcum, IRE Trans. Inf. Theory 6, 59 (1960), doi:10.1109/TIT.1960.1057560; P. Swerling, ibid. 269,
doi:10.1109/TIT.1960.1057561; W. J. Albersheim, Proc. IEEE 69, 839 (1981), doi:10.1109/PROC.1981.12082; M. A. Richards,
Fundamentals of Radar Signal Processing (2nd ed., 2014), §6.3.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_REACH = 9.0  #: standard deviations of the integrand that count: exp(-40)


@jax.custom_jvp
def marcum(a: ArrayLike, b: ArrayLike) -> Array:
    """Q_1(a, b): chance that a Gaussian pair of mean a is longer than b, elementwise.

    ∫ x exp(-(x² + a²)/2) I0(ax) dx from b up, or one less the integral below b where that is the lesser: Gauss-Legendre
    where the integrand is, right to 1e-13. Derivatives in closed form, b exp(-(a² + b²)/2) I1(ab) by a and the
    integrand by b.
    """
    a, b = jnp.broadcast_arrays(jnp.asarray(a, float), jnp.asarray(b, float))
    above = b > a

    def part(low: Array, high: Array) -> Array:
        middle, half = (low + high) / 2, (high - low) / 2
        x = middle[..., None] + half[..., None] * _POINTS
        return jnp.sum(_density(a[..., None], x) * _WEIGHTS, axis=-1) * half

    high = part(b, jnp.maximum(a, b) + _REACH)
    low_end = jnp.maximum(jnp.minimum(a, b) - _REACH, 0.0)
    low = part(low_end, jnp.maximum(b, low_end))
    return jnp.where(above, high, 1 - low)


def _density(a: Array, x: Array) -> Array:
    return x * jnp.exp(-jnp.square(x - a) / 2) * jax.scipy.special.i0e(a * x)


@marcum.defjvp
def _marcum_jvp(primals: Any, tangents: Any) -> tuple[Array, Array]:
    a, b = (jnp.asarray(p, float) for p in primals)
    by_a = b * jnp.exp(-jnp.square(b - a) / 2) * jax.scipy.special.i1e(a * b)
    return marcum(a, b), by_a * tangents[0] - _density(a, b) * tangents[1]


def threshold(false_alarm: ArrayLike, looks: int = 1) -> Array:
    """T in mean noise powers of one look that noise alone passes with this chance.

    Args:
        false_alarm: in one bin; for one in all of K bins divide by K.
        looks: whose powers are summed.

    One look: -ln P. More: the inverse of the upper incomplete gamma function, by Newton in the logarithm.
    """
    check_between("threshold", "false_alarm", false_alarm, 0.0, 1.0, "", "1e-6 is usual.")
    _check_looks("threshold", looks)
    return _threshold(jnp.asarray(false_alarm, float), looks)


@jax.jit(static_argnums=1)
def _threshold(p: Array, looks: int) -> Array:
    if looks == 1:
        return -jnp.log(p)

    def step(_: int, t: Array) -> Array:
        return t + _log_tail_step(looks, t, p)

    start = looks + jnp.sqrt(2.0 * looks * -jnp.log(p)) - jnp.log(p)
    t = jax.lax.stop_gradient(jax.lax.fori_loop(0, 30, step, jax.lax.stop_gradient(start)))
    return t + _log_tail_step(looks, t, p, held=True)


def _log_tail_step(looks: int, t: Array, p: Array, held: bool = False) -> Array:
    """-(ln Γ̄(L, T) - ln P)/(d/dT ln Γ̄)."""
    tail = jax.scipy.special.gammaincc(float(looks), t)
    density = jnp.exp((looks - 1) * jnp.log(t) - t - jax.scipy.special.gammaln(float(looks)))
    slope = density / tail
    slope, tail = (jax.lax.stop_gradient(v) for v in (slope, tail)) if held else (slope, tail)
    return (jnp.log(tail) - jnp.log(p)) / slope


def _check_looks(where: str, looks: int) -> None:
    if looks < 1:
        raise ValueError(f"{where}: looks = {looks}: one at least.")


def steady(snr: ArrayLike, false_alarm: ArrayLike) -> Array:
    """Probability of detection of a target that does not fluctuate, in one look: Q_1(√(2S), √(2T)).

    Args:
        snr: S, as a ratio.
        false_alarm: in one bin.
    """
    check_no_less("steady", "snr", snr, 0.0, "", "It is a ratio, not decibels.")
    s = jnp.asarray(snr, float)
    # √ has no derivative at 0, and Q is even in it
    some = s > 0
    root = jnp.where(some, jnp.sqrt(2 * jnp.where(some, s, 1.0)), 0.0)
    return marcum(root, jnp.sqrt(2 * threshold(false_alarm)))


def speckled(snr: ArrayLike, false_alarm: ArrayLike, looks: int = 1) -> Array:
    """Probability of detection of a rough target: Γ̄(L, T/(1 + S)); one look is P^(1/(1 + S)).

    Speckle is drawn anew for each look (Swerling 2; with one look Swerling 1 is the same).

    Args:
        snr: S of one look on the average over speckle, as a ratio.
        false_alarm: in one bin, after summation.
        looks: L.
    """
    check_no_less("speckled", "snr", snr, 0.0, "", "It is a ratio, not decibels.")
    t = threshold(false_alarm, looks)
    return jax.scipy.special.gammaincc(float(looks), t / (1 + jnp.asarray(snr, float)))


def snr_for(detection: ArrayLike, false_alarm: ArrayLike, looks: int = 1) -> Array:
    """S of one look that a rough target needs, as a ratio: the inverse of `speckled`."""
    check_between("snr_for", "detection", detection, 0.0, 1.0, "", "")
    t = threshold(false_alarm, looks)
    return t / threshold(detection, looks) - 1


@partial(jax.jit, static_argnums=2)
def _bisected(detection: Array, false_alarm: Array, rounds: int) -> Array:
    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) / 2
        enough = steady(10 ** (middle / 10), false_alarm) > detection
        return jnp.where(enough, low, middle), jnp.where(enough, middle, high)

    low, high = jax.lax.fori_loop(0, rounds, halve, (jnp.full_like(detection, -60.0), jnp.full_like(detection, 60.0)))
    return (low + high) / 2


def snr_db_steady(detection: ArrayLike, false_alarm: ArrayLike) -> Array:
    """S [dB] that a target without fluctuation needs in one look, exact, by bisection; no derivative."""
    check_between("snr_db_steady", "detection", detection, 0.0, 1.0, "", "")
    check_between("snr_db_steady", "false_alarm", false_alarm, 0.0, 1.0, "", "")
    d, p = jnp.broadcast_arrays(jnp.asarray(detection, float), jnp.asarray(false_alarm, float))
    return jax.lax.stop_gradient(_bisected(d, p, 60))


def albersheim_db(detection: ArrayLike, false_alarm: ArrayLike, looks: int = 1) -> Array:
    """The same by Albersheim's formula [dB], for L looks summed behind a linear detector.

    Good to 0.1 dB for false alarms of 1e-7 to 1e-3 and detections of 0.4 to 0.9, against the exact one of one look.
    It is often quoted from 0.1 on, to 0.2 dB: there it is 0.8 to 4 dB too low, so it is refused.
    """
    check_between("albersheim_db", "false_alarm", false_alarm, 1e-7 * (1 - 1e-9), 1e-3 * (1 + 1e-9), "", "His range.")
    check_between("albersheim_db", "detection", detection, 0.4 - 1e-9, 0.9 + 1e-9, "", "Use snr_db_steady.")
    _check_looks("albersheim_db", looks)
    a = jnp.log(0.62 / jnp.asarray(false_alarm, float))
    d = jnp.asarray(detection, float)
    b = jnp.log(d / (1 - d))
    return -5 * np.log10(looks) + (6.2 + 4.54 / np.sqrt(looks + 0.44)) * jnp.log10(a + 0.12 * a * b + 1.7 * b)
