"""Bragg gratings in a guide: exact for a staircase of effective indices, and coupled-mode theory beside it.

The guide is taken as a stack of short pieces with two indices, so what couples to radiation is left out. Two guides
reflect as two media of their indices only where the light's field lies along the walls that step (films, TM in a wire);
where it stands across them, as TE's does in a wire, they reflect less, or with the other sign: then `step` is given,
from the overlap of both modes (`overlap.step`). Lengths in µm.

L. Chrostowski and M. Hochberg, Silicon Photonics Design (2015), §4.5; A. Yariv, IEEE J. Quantum Electron. 9, 919
(1973), doi:10.1109/JQE.1973.1077767. The exact matrix of N periods is the N-th power of one period's, here of
scattering matrices, doubled again and again, which neither overflows nor loses digits in the stop band.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, within

#: By which a share may be overstepped.
ROUND_OFF = 1e-9


class Spectrum(NamedTuple):
    """Amplitudes at both ends of a grating."""

    r: Array  #: reflected, at the first face
    t: Array  #: transmitted
    r_back: Array  #: reflected for light from the other end


def grating(
    n_low: ArrayLike,
    n_high: ArrayLike,
    period: ArrayLike,
    periods: int,
    wavelength: ArrayLike,
    duty: ArrayLike = 0.5,
    step: ArrayLike | None = None,
) -> Spectrum:
    """A grating that begins with n_low, between guides of index n_low.

    Args:
        n_low: effective index of the first half, complex with Im > 0 where the guide loses light, a scalar.
        n_high: of the second half.
        period: [µm].
        periods: how many.
        wavelength: in vacuum [µm].
        duty: share of n_high in the period.
        step: amplitude reflected where light runs from the first half into the second; None: as between two media.
    """
    if isinstance(periods, str) or not 1 <= periods < np.inf or periods != int(periods):
        raise ValueError(f"grating: periods = {periods}: a grating has at least one, and whole ones.")
    share = "It is the share of n_high in the period."
    fine = within("grating", "duty", duty, -ROUND_OFF, 1 + ROUND_OFF, "", share)
    for name, value in (("period", period), ("wavelength", wavelength)):
        fine = fine * within("grating", name, value, 0.0, np.inf, "µm", "")
    for name, n in (("n_low", n_low), ("n_high", n_high)):
        fine = fine * within("grating", f"Re {name}", _real(n), 0.0, np.inf, "", "It is an effective index.")
    if step is not None:
        fine = fine * within("grating", "Re step", _real(step), -1.0, 1.0, "", "It is an amplitude that is reflected.")
    low, high = jnp.asarray(n_low) + 0j, jnp.asarray(n_high) + 0j
    duty, period = jnp.asarray(duty), jnp.asarray(period)
    rho = (low - high) / (low + high) if step is None else jnp.asarray(step) + 0j
    through = jnp.sqrt(1 - rho**2)
    up = Spectrum(rho, through, -rho)
    down = Spectrum(-rho, through, rho)
    first, second = (line(n, d * period, wavelength) for n, d in ((low, 1 - duty), (high, duty)))
    one = join(join(first, up), join(second, down))
    total, power, left = None, one, int(periods)
    while left:
        if left & 1:
            total = power if total is None else join(total, power)
        left >>= 1
        power = join(power, power) if left else power
    assert total is not None
    return Spectrum(*(fine * amplitude for amplitude in total))


def _real(value: Any) -> Any:
    """What is checked of a number that may be complex; a text stays what it is."""
    return value if isinstance(value, str) else jnp.real(value)


def line(n: ArrayLike, length: ArrayLike, wavelength: ArrayLike) -> Spectrum:
    """A piece of guide of an effective index and a length [µm]."""
    turned = jnp.exp(2j * jnp.pi / jnp.asarray(wavelength) * jnp.asarray(n) * jnp.asarray(length))
    return Spectrum(jnp.zeros_like(turned), turned, jnp.zeros_like(turned))


def coupling(n_low: ArrayLike, n_high: ArrayLike, wavelength: ArrayLike, duty: ArrayLike = 0.5) -> Array:
    """κ of a rectangular grating [1/µm]: (2 Δn / λ) sin(π duty), 2 Δn / λ for a duty of one half."""
    fine = within("coupling", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    fine = fine * within("coupling", "duty", duty, -ROUND_OFF, 1 + ROUND_OFF, "", "It is a share of the period.")
    step = jnp.asarray(n_high) - jnp.asarray(n_low)
    return fine * 2 * step / jnp.asarray(wavelength) * jnp.sin(jnp.pi * jnp.asarray(duty))


def coupled_mode(kappa: ArrayLike, length: ArrayLike, detuning: ArrayLike = 0.0) -> Array:
    """Reflected power by coupled-mode theory, elementwise, without loss.

    Args:
        kappa: coupling [1/µm].
        length: of the grating [µm].
        detuning: β - π / period [1/µm].
    """
    fine = within("coupled_mode", "kappa", kappa, -np.inf, np.inf, "/µm", "")
    fine = fine * no_less("coupled_mode", "length", length, 0.0, "µm", "")
    k, length = jnp.asarray(kappa, float), jnp.asarray(length, float)
    square = k**2 - jnp.asarray(detuning) ** 2
    # sinh²(√s L)/s, smooth through s = 0
    small = jnp.abs(square) * length**2 < 1e-8
    root = jnp.sqrt(jnp.where(small, 1.0, square) + 0j)
    turned = root * length
    turned = jnp.where(turned.real > 300, 300.0, turned)  # all is reflected, and from 355 on sinh² overflows
    ratio = jnp.where(small, length**2, (jnp.sinh(turned) / root).real ** 2)
    return fine * k**2 * ratio / (1 + k**2 * ratio)


def bandwidth(kappa: ArrayLike, length: ArrayLike, wavelength: ArrayLike, n_g: ArrayLike) -> Array:
    """Distance of the first zeros beside the stop band [µm]: λ²/(π n_g) √(κ² + (π/L)²)."""
    fine = within("bandwidth", "n_g", n_g, 0.0, np.inf, "", "")
    for name, value in (("length", length), ("wavelength", wavelength)):
        fine = fine * within("bandwidth", name, value, 0.0, np.inf, "µm", "")
    spread = jnp.sqrt(jnp.asarray(kappa) ** 2 + (jnp.pi / jnp.asarray(length)) ** 2)
    return fine * jnp.asarray(wavelength) ** 2 / (jnp.pi * jnp.asarray(n_g)) * spread


def join(a: Spectrum, b: Spectrum) -> Spectrum:
    """Two pieces one after another: `scattering.chain` for one mode."""
    echo = 1 / (1 - a.r_back * b.r)
    return Spectrum(a.r + a.t**2 * b.r * echo, a.t * b.t * echo, b.r_back + b.t**2 * a.r_back * echo)
