"""Sweeps made straight by an interferometer of known delay: samples taken at equal steps of its phase.

A reference of delay τ_r beats with φ_r(t) = φ(t) - φ(t - τ_r) ≈ τ_r φ'(t - τ_r/2), a target with τ φ'(t - τ/2): where
the reference goes on by equal steps, so does the target, by τ/τ_r of them, however the laser moves. Phase noise that is
slow against both delays goes with it. What is left is of the order (τ - τ_r) φ''; with the delay known roughly, the
target is read (τ - τ_r)/2 later and that goes as well. K. Iiyama et al., J. Lightwave Technol. 14, 173 (1996),
doi:10.1109/50.482260 (sampling by a reference); the shift is derived here. Times in s.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less

TAPS = 16  #: of the interpolation, right to 1e-4 up to two thirds of Nyquist's frequency
_SHARP = 8.0  #: of Kaiser's window about it


class Straight(NamedTuple):
    """Samples at equal steps of the reference's phase."""

    samples: Array  #: (N,)
    step: Array  #: of that phase [rad], with the sign of its beat

    def delay(self, cycles: ArrayLike, reference: ArrayLike) -> Array:
        """Of a target whose tone has so many cycles a sample [s], with a reference of known delay [s]."""
        return 2 * jnp.pi * jnp.asarray(cycles, float) / self.step * reference


def straightened(samples: ArrayLike, reference: ArrayLike, rate: ArrayLike, later: ArrayLike = 0.0) -> Straight:
    """Samples of a target, taken anew.

    Args:
        samples: I + iQ of the target, (N,).
        reference: I + iQ of the interferometer at the same times, (N,), less than half a turn from one to the next.
        rate: of both [Hz].
        later: (τ - τ_r)/2, where the target's delay is known roughly [s].
    """
    x, r = jnp.asarray(samples, complex), jnp.asarray(reference, complex)
    if x.shape != r.shape or x.ndim != 1:
        raise ValueError(f"straightened: samples of shape {x.shape}, reference of shape {r.shape}: (N,) of both.")
    phase = jnp.unwrap(jnp.angle(r))
    sign = jnp.sign(phase[-1] - phase[0])
    # a reference that goes back for a moment (noise) would have no inverse
    rising = jnp.maximum.accumulate(sign * phase)
    n = x.shape[0]
    wanted = jnp.linspace(rising[0], rising[-1], n)
    place = jnp.interp(wanted, rising, jnp.arange(n) * 1.0) + jnp.asarray(later) * rate
    return Straight(interpolated(x, place), sign * (rising[-1] - rising[0]) / (n - 1))


def interpolated(samples: ArrayLike, place: ArrayLike) -> Array:
    """A band-limited signal between its samples: sinc within Kaiser's window; ends are continued by nothing.

    Args:
        samples: (N,).
        place: in samples from the first, any shape.
    """
    x, at = jnp.asarray(samples), jnp.asarray(place, float)
    first = jnp.floor(at).astype(int) - TAPS // 2 + 1
    index = first[..., None] + np.arange(TAPS)
    distance = at[..., None] - index
    bell = jnp.i0(_SHARP * jnp.sqrt(jnp.maximum(1 - jnp.square(2 * distance / TAPS), 0.0))) / np.i0(_SHARP)
    inside = (index >= 0) & (index < x.shape[0])
    values = jnp.where(inside, x[jnp.clip(index, 0, x.shape[0] - 1)], 0.0)
    return jnp.sum(values * jnp.sinc(distance) * bell, axis=-1)


def check_reference(rate: float, slope: float, reference: float) -> None:
    """Refuses a reference interferometer whose beat is folded: its phase could not be followed.

    Args:
        rate: samples a second [Hz].
        slope: greatest of the chirp [Hz/s].
        reference: its delay [s].
    """
    check_between("check_reference", "reference", reference, 0.0, np.inf, "s", "")
    check_no_less(
        "check_reference", "rate", rate, 2 * abs(slope) * reference, "Hz",
        "That is Nyquist's for its beat: sample faster, or take a shorter reference.",
    )  # fmt: skip
