"""A star without the paraxial limit: light from a mouth to the arms by Hankel functions, on the circles as drawn.

In two dimensions a field u on a line, at rest beside it, sends to a point at a distance r

    U = (i k/2) ∫ u H₁⁽¹⁾(k r) cos χ dx

χ from the line's normal, k in the slab: exact for a plane screen (Rayleigh and Sommerfeld's first integral; J. W.
Goodman, Introduction to Fourier Optics, ch. 3, in space; cited from memory). Arms take its overlap with their own field
along their mouths, which stand across the way from the star's middle. Aberrations of the circles and obliquity are in
it; reflections and the coupling of arms are not.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.special import hankel1

from lingnan.solvers.checks import check_between
from lingnan.solvers.spectrometers.awg import Awg
from lingnan.solvers.spectrometers.stars import Field, Gaussian, Mode


def _field(mode: Mode) -> Field:
    return mode.sampled() if isinstance(mode, Gaussian) else mode


def star(awg: Awg, near: Mode, offset: float, wavelength: float) -> Array:
    """Amplitudes in the arms [their mouths'] for 1 in a guide on Rowland's circle, (M,), as `stars.coupled` gives them.

    The phase is that without the way R, so that both can be compared.

    Args:
        awg: whose arms, R and slab are taken.
        near: field of the guide.
        offset: of it along the chord [µm].
        wavelength: in vacuum [µm].
    """
    check_between("star", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    length = float(awg.length)
    check_between("star", "offset", offset, -length, length, "µm", "It lies on the circle.")
    one, other = _field(near), _field(awg.mode_arm)
    k = 2 * np.pi * float(awg.slab.index(wavelength)) / wavelength
    tilt, turns = np.arcsin(offset / length), np.arcsin(np.asarray(awg.places) / length)
    reach = length * np.cos(tilt)
    # the guide looks at the arms' middle, at (R, 0); the arms look at (0, 0)
    mouth = np.array([length - reach * np.cos(tilt), reach * np.sin(tilt)])
    ahead, aside = np.array([np.cos(tilt), -np.sin(tilt)]), np.array([np.sin(tilt), np.cos(tilt)])
    sources = mouth + np.asarray(one.x)[:, None] * aside
    arms = length * np.stack([np.cos(turns), np.sin(turns)], axis=-1)
    across = np.stack([-np.sin(turns), np.cos(turns)], axis=-1)
    points = arms[:, None] + np.asarray(other.x)[:, None] * across[:, None]  # (M, J, 2)
    ways = points[:, :, None] - sources
    far = np.linalg.norm(ways, axis=-1)
    sent = 0.5j * k * hankel1(1, k * far) * (ways @ ahead) / far
    field = sent @ np.asarray(one.unit) * float(one.step)
    found = np.sum(field * np.asarray(other.unit), axis=1) * float(other.step)
    return jnp.asarray(found * np.exp(-1j * (k * length - np.pi / 4)))
