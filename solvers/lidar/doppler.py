"""From beats to distances and velocities: two or three sweeps of different slope, one target or several.

f = γ τ - 2v/λ on each sweep. Two slopes give both unknowns; with several targets two slopes do not say which beat
belongs to which, and a third one does (H. Rohling and M.-M. Meinecke, Proc. CIE Int. Conf. Radar (2001), for vehicles).
Distances in m, velocities towards the receiver in m/s, beats in Hz.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.lidar.chirp import LIGHT, Chirp


class Found(NamedTuple):
    """A target, or several."""

    distance_m: Array
    velocity: Array  #: towards the receiver [m/s]


def solved(beats: tuple[ArrayLike, ArrayLike], chirps: tuple[Chirp, Chirp]) -> Found:
    """Distance and velocity of the beats of two sweeps, elementwise.

    Args:
        beats: of each sweep, with signs [Hz].
        chirps: of different slopes and one wavelength.
    """
    one, two = (jnp.asarray(b, float) for b in beats)
    g1, g2 = (c.slope for c in chirps)
    delay = (one - two) / (g1 - g2)
    return Found(delay * LIGHT / 2, (g1 * delay - one) * jnp.asarray(chirps[0].wavelength, float) * 1e-6 / 2)


def sigmas(frequency_sigma: ArrayLike, chirps: tuple[Chirp, Chirp]) -> Found:
    """One σ of both for independent errors of the beats, each of one σ [Hz]."""
    s = jnp.asarray(frequency_sigma, float)
    g1, g2 = (c.slope for c in chirps)
    apart = jnp.abs(g1 - g2)
    wave = jnp.asarray(chirps[0].wavelength, float) * 1e-6
    return Found(s * jnp.sqrt(2.0) / apart * LIGHT / 2, s * jnp.hypot(g1, g2) / apart * wave / 2)


def matched(beats: Sequence[np.ndarray], chirps: tuple[Chirp, Chirp, Chirp], tolerance: float) -> Found:
    """Several targets from their beats on three sweeps: the pairs of the first two whose third is there.

    Args:
        beats: of each sweep, (K,) in any order, with signs [Hz].
        chirps: of three different slopes.
        tolerance: how far the third beat may be off [Hz]: several σ of the frequencies.

    Raises:
        ValueError: more pairs fit than there are targets; with what would tell them apart.
    """
    first, second, third = (np.asarray(b, float) for b in beats)
    fits: list[tuple[float, int, int, int, float, float]] = []
    for i, j in itertools.product(range(first.size), range(second.size)):
        found = solved((first[i], second[j]), (chirps[0], chirps[1]))
        if float(found.distance_m) < 0 or third.size == 0:
            continue
        expected = float(chirps[2].beat(found.distance_m, found.velocity))
        k = int(np.argmin(np.abs(third - expected)))
        off = abs(float(third[k]) - expected)
        if off <= tolerance:
            fits.append((off, i, j, k, float(found.distance_m), float(found.velocity)))
    fits.sort()
    used: tuple[set[int], set[int], set[int]] = set(), set(), set()
    chosen: list[tuple[float, float]] = []
    for _, i, j, k, distance, velocity in fits:
        if i in used[0] or j in used[1] or k in used[2]:
            continue
        for taken, index in zip(used, (i, j, k), strict=True):
            taken.add(index)
        chosen.append((distance, velocity))
    if len(fits) > len(chosen):
        raise ValueError(
            f"matched: {len(fits)} pairs of beats fit the third sweep within {tolerance:g} Hz, and {len(chosen)} "
            "targets would explain all beats. Give a smaller tolerance, a longer sweep, or a third slope less like the "
            "other two."
        )
    chosen.sort()
    distance, velocity = np.asarray(chosen, float).reshape(-1, 2).T
    return Found(jnp.asarray(distance), jnp.asarray(velocity))
