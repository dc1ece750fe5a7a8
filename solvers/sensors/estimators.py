"""How a shift is read from a trace: fits of a line, correlation with a template, phase of an interferometer.

Each is a function of one trace that `vmap` takes over many. Fits are Levenberg and Marquardt's, with a fixed number of
steps, so that all traces of a batch do the same. Wavelengths in µm.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.sensors.ranges import check_alike, check_count

Shape = Callable[[Array, Array], Array]


class Fit(NamedTuple):
    """Where a fit ended."""

    parameters: Array  #: (P,)
    misfit: Array  #: sum of weighted squares
    step: Array  #: last step over the parameters' scale: small where it has settled


def lorentzian(p: Array, wavelength: Array) -> Array:
    """Base less a dip: p = centre [µm], full width [µm], depth, base."""
    x = 2 * (wavelength - p[0]) / p[1]
    return p[3] - p[2] / (1 + x**2)


def fano(p: Array, wavelength: Array) -> Array:
    """A line that interferes with what is around it: p = centre, full width [µm], even part, base, odd part.

    base - (even + odd x)/(1 + x²): U. Fano's (q + x)²/(1 + x²) times a height, its constant taken into the base.
    """
    x = 2 * (wavelength - p[0]) / p[1]
    return p[3] - (p[2] + p[4] * x) / (1 + x**2)


def first_guess(wavelength: Array, trace: Array) -> Array:
    """Of `lorentzian` from the trace itself: (4,). The dip's area is π/2 width times depth."""
    check_alike("first_guess", wavelength=wavelength, trace=trace)
    if known(trace) and np.ptp(np.asarray(trace)) == 0:
        raise ValueError(f"first_guess: the trace is {float(trace[0]):g} everywhere: there is no line in it.")
    base = jnp.mean(jnp.sort(trace)[-trace.shape[-1] // 4 :])
    gone = base - trace
    heavy = jnp.square(jnp.maximum(gone, 0.5 * jnp.max(gone)) - 0.5 * jnp.max(gone))
    centre = jnp.sum(heavy * wavelength) / jnp.sum(heavy)
    depth = jnp.max(gone)
    area = jnp.sum(gone) * (wavelength[1] - wavelength[0])
    return jnp.stack([centre, 2 / jnp.pi * area / depth, depth, base])


def fit(shape: Shape, start: Array, wavelength: Array, trace: Array, variance: Array, steps: int = 15) -> Fit:
    """Least squares with weights: the estimate of greatest likelihood where noise is Gaussian and known.

    Args:
        shape: of parameters and wavelengths.
        start: first guess (P,); its size scales the steps, so no number of it may be 0.
        wavelength: (N,).
        trace: (N,).
        variance: of each sample, (N,).
        steps: how many.
    """
    check_alike("fit", wavelength=wavelength, trace=trace, variance=variance)
    check_between("fit", "variance", variance, 0.0, np.inf, "", "")
    scale, weight = jnp.abs(start), 1 / jnp.sqrt(variance)
    check_between("fit", "size of a first guess", scale, 0.0, np.inf, "", "It scales the steps: give a small number.")

    def residual(q: Array) -> Array:
        return (shape(q * scale, wavelength) - trace) * weight

    def step(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        q, cost, damping, _ = state
        slopes, r = jax.jacfwd(residual)(q), residual(q)
        normal = slopes.T @ slopes
        move = jnp.linalg.solve(normal + damping * jnp.diag(jnp.diagonal(normal)), -slopes.T @ r)
        there = jnp.sum(residual(q + move) ** 2)
        better = there <= cost
        return (
            jnp.asarray(jnp.where(better, q + move, q)), jnp.where(better, there, cost),
            jnp.where(better, damping / 10, damping * 10), jnp.max(jnp.abs(move)),
        )  # fmt: skip

    q = start / scale
    state = q, jnp.sum(residual(q) ** 2), jnp.asarray(1e-3), jnp.asarray(1.0)
    q, cost, _, moved = jax.lax.fori_loop(0, steps, lambda _, s: step(s), state)
    return Fit(q * scale, cost, moved)


def correlated(
    template: Callable[[Array], Array], wavelength: Array, trace: Array, reach: float, lags: int = 41, steps: int = 6
) -> Array:
    """Shift [µm] at which a template is most like a trace: the greatest coefficient of correlation.

    Gain and base of the trace do not count. Over a comb of lags first, by Newton afterwards.

    Args:
        template: of wavelengths: what was seen before the shift.
        wavelength: of the samples (N,).
        trace: (N,).
        reach: greatest shift on both sides [µm].
        lags: of the comb.
        steps: of Newton.
    """
    check_alike("correlated", wavelength=wavelength, trace=trace)
    check_between("correlated", "reach", reach, 0.0, np.inf, "µm", "")
    check_count("correlated", "lags", lags, 3, "")
    if known(trace) and np.ptp(np.asarray(trace)) == 0:
        raise ValueError(f"correlated: the trace is {float(trace[0]):g} everywhere: there is nothing to compare.")
    centred = trace - jnp.mean(trace)

    def likeness(shift: Array) -> Array:
        before = template(wavelength - shift * reach)
        before = before - jnp.mean(before)
        return jnp.sum(before * centred) / jnp.sqrt(jnp.sum(before**2) * jnp.sum(centred**2))

    comb = jnp.linspace(-1.0, 1.0, lags)
    start = comb[jnp.argmax(jax.lax.map(likeness, comb))]
    slope = jax.grad(likeness)
    curve = jax.grad(slope)

    def newton(_: int, shift: Array) -> Array:
        return shift - jnp.clip(slope(shift) / curve(shift), -1.0 / lags, 1.0 / lags)

    return reach * jax.lax.fori_loop(0, steps, newton, start)
