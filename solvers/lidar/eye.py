"""What an array sends in its beam and what it sees from there: two figures of one pattern, differentiable.

All light that leaves goes into some lobe, |F|² times the pattern of one antenna; that of the main one is the beam.
Received, a direction's share of the light is the mode's: by reciprocity an array whose pattern is p(u), 1 at its top,
collects from an aperture as wide as λ/∫p du across (the antenna theorem in one dimension, `link.aperture_of` in two),
and along it one of amplitudes a over periods of length Λ as long as (Σ aΛ)²/Σ a²Λ (derived here). Lengths in µm.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.lidar import farfield, lobes
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.lidar.lobes import Pattern

POINTS = 500  #: directions for each antenna


class Across(NamedTuple):
    """Of a line of antennas."""

    share: Array  #: of the light that goes up, in the main lobe
    width: Array  #: that receives [µm]


def across(array: Line, element: Pattern) -> Across:
    """Share in the main lobe and width that receives, by the pattern over all directions.

    Args:
        array: beam straight up.
        element: power of one antenna by its direction cosine.
    """
    u = jnp.linspace(-0.999, 0.999, POINTS * jnp.shape(array.position)[0] + 1)
    seen = farfield.power(array, u) * element(u)
    whole = jnp.sum(seen)
    share = jnp.sum(jnp.where(lobes.main_lobe(seen), seen, 0.0)) / whole
    return Across(share, array.wavelength * jnp.max(seen) / (whole * (u[1] - u[0])))


def along(grating: Line, period: ArrayLike) -> Array:
    """Length that receives, of periods whose amplitudes are roots of what each sends [µm]."""
    step = jnp.asarray(period, float)
    strength = jnp.asarray(grating.amplitude, float) / jnp.sqrt(step)
    return jnp.sum(strength * step) ** 2 / jnp.sum(strength**2 * step)
