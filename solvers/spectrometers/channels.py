"""Loss, uniformity and crosstalk of an arrayed-waveguide grating, from its spectra and in closed form.

Between Gaussian fields all is known but for the ends of sums: an arm at p gets c = √(2Wv/S²) exp(-p²/S²), S² = W² + v²,
of a guide in the middle, so that sums over arms are error functions; the focus is the image of the input, so that
channels are Gaussians as wide as both guides, and their outskirts are what errors of the arms scatter,

    <|t|²> = e^{-σ²} |Σ b|² + (1 + σ_a² - e^{-σ²}) Σ |b|²,     b = c c'

for independent Gaussian errors (as of antennas, `lidar.imperfections`). Formulas and spectra agree to what their
docstrings say; the formulas hold for Gaussian fields, the spectra for any.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import erf
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.spectrometers.awg import Awg, centres, powers
from lingnan.solvers.spectrometers.stars import Gaussian, Mode, coupled, far_radius


def _gaussian(mode: Mode, name: str) -> Gaussian:
    if not isinstance(mode, Gaussian):
        raise ValueError(f"Awg: {name} is a field as numbers: the formula is for Gaussians. Take it from the spectrum.")
    return mode


def _db(share: ArrayLike) -> Array:
    return 10 * jnp.log10(jnp.asarray(share))


def table_db(awg: Awg) -> Array:
    """Every output at the wavelength of every channel [dB], (Q outputs, Q wavelengths)."""
    return _db(powers(awg, centres(awg)))


def insertion_loss_db(awg: Awg) -> Array:
    """Of the channels at their wavelengths, by the spectrum [dB], (Q,)."""
    return -jnp.diagonal(table_db(awg))


def non_uniformity_db(awg: Awg) -> Array:
    """Between the best and the worst channel, by the spectrum [dB]."""
    loss = insertion_loss_db(awg)
    return jnp.max(loss) - jnp.min(loss)


def adjacent_db(awg: Awg) -> Array:
    """Neighbours' light at a channel's wavelength over its own, the worst, by the spectrum [dB]."""
    if awg.channels < 2:
        raise ValueError(f"adjacent_db: {awg.channels} channel has no neighbour: give an Awg of 2 or more.")
    table = table_db(awg)
    own = jnp.diagonal(table)
    above, below = jnp.diagonal(table, 1) - own[1:], jnp.diagonal(table, -1) - own[:-1]
    return jnp.max(jnp.concatenate([above, below]))


def crosstalk(share: Array) -> Array:
    """Of shares (Q outputs, Q wavelengths): in each output all others' light over its own, (Q,)."""
    own = jnp.diagonal(share)
    return (jnp.sum(share, axis=1) - own) / own


def crosstalk_db(awg: Awg) -> Array:
    """All other channels' light in an output over its own, all equally bright, by the spectrum [dB], (Q,)."""
    return _db(crosstalk(powers(awg, centres(awg))))


def loss_by_formula_db(awg: Awg) -> Array:
    """Of the channels [dB], (Q,): two stars' light beside and between the arms, the arms' pattern, and the mean arm.

    Sums over arms as integrals. Light beside the arms counts as if all were around the middle of the far field.
    """
    arm = _gaussian(awg.mode_arm, "mode_arm")
    ends = _gaussian(awg.mode_in, "mode_in"), _gaussian(awg.mode_out, "mode_out")
    scale = awg.scale(awg.wavelength)
    wide = [far_radius(end, scale) for end in ends]
    both = [jnp.square(w) + jnp.square(jnp.asarray(arm.radius)) for w in wide]
    steep = 1 / both[0] + 1 / both[1]
    height = 2 * arm.radius * jnp.sqrt(wide[0] * wide[1] / (both[0] * both[1]))
    reach = awg.arms * awg.pitch / 2
    total = height / awg.pitch * jnp.sqrt(jnp.pi / steep) * erf(reach * jnp.sqrt(steep))
    bent = jnp.square(jnp.pi * awg.offsets / scale * wide[1] * arm.radius) / both[1]
    return -_db(jnp.square(total * jnp.exp(-bent) * awg.guide.survival(jnp.mean(awg.lengths))))


def non_uniformity_by_formula_db(awg: Awg) -> Array:
    """From the middle to the outermost channel, 8.7 θ²/θ₀² of an arm's far field of half width θ₀ [dB]."""
    arm = _gaussian(awg.mode_arm, "mode_arm")
    outer = jnp.abs(awg.offsets[0])
    inner = jnp.min(jnp.abs(awg.offsets))
    far = far_radius(arm, awg.scale(awg.wavelength))
    return 20 / np.log(10) * (jnp.square(outer) - jnp.square(inner)) / jnp.square(far)


def adjacent_by_formula_db(awg: Awg) -> Array:
    """Overlap of the image with the next guide, exp(-2D²/(r² + r'²)) [dB]: without ends of the array and errors."""
    one, other = _gaussian(awg.mode_in, "mode_in").radius, _gaussian(awg.mode_out, "mode_out").radius
    return -20 / np.log(10) * jnp.square(jnp.asarray(awg.pitch_out)) / (jnp.square(one) + jnp.square(other))


def width(awg: Awg, down_db: ArrayLike = 3.0) -> Array:
    """Full width of a channel [µm] so much below its top, of the overlap of the image with its guide."""
    check_between("width", "down_db", down_db, 0.0, np.inf, "dB", "")
    one, other = _gaussian(awg.mode_in, "mode_in").radius, _gaussian(awg.mode_out, "mode_out").radius
    half = jnp.sqrt((jnp.square(one) + jnp.square(other)) / 2 * jnp.asarray(down_db) * np.log(10) / 10)
    return 2 * half / awg.dispersion


def arms(awg: Awg, offsets: ArrayLike = 0.0) -> Array:
    """What each arm adds at places on the output arc, from its middle [µm], (Q, M)."""
    scale = awg.scale(awg.wavelength)
    given = coupled(awg.mode_in, awg.mode_arm, 0.0, awg.places, scale)
    return given * coupled(awg.mode_out, awg.mode_arm, offsets, awg.places, scale) * awg.guide.survival(awg.lengths)


def _scattered(phase_error: ArrayLike, amplitude_error: ArrayLike) -> Array:
    check_no_less("crosstalk_floor_db", "phase_error", phase_error, 0.0, "rad", "It is one σ.")
    check_no_less("crosstalk_floor_db", "amplitude_error", amplitude_error, 0.0, "", "It is one σ.")
    square = jnp.square(jnp.asarray(phase_error, float))
    return -jnp.expm1(-square) + jnp.square(jnp.asarray(amplitude_error, float))


def crosstalk_floor_db(awg: Awg, phase_error: ArrayLike, amplitude_error: ArrayLike = 0.0) -> Array:
    """Mean light far from a channel over the channel's [dB], by the sums over the arms.

    Args:
        awg: as it was meant; own errors are not looked at.
        phase_error: one σ, independent from arm to arm [rad].
        amplitude_error: one σ of the amplitude's share, independent.
    """
    each = jnp.abs(arms(awg)[0])
    scattered = _scattered(phase_error, amplitude_error) * jnp.sum(jnp.square(each))
    kept = jnp.exp(-jnp.square(jnp.asarray(phase_error, float))) * jnp.square(jnp.sum(each))
    return _db(scattered / (kept + scattered))


def floor_by_formula_db(awg: Awg, phase_error: ArrayLike, amplitude_error: ArrayLike = 0.0) -> Array:
    """The same for an array without ends and loss [dB]: (σ² + σ_a²)/N, N = √(2π) S/d arms of even light, small σ.

    S is the 1/e radius of what the arms add, exp(-p²/S²).
    """
    ends = _gaussian(awg.mode_in, "mode_in"), _gaussian(awg.mode_out, "mode_out")
    scale, arm = awg.scale(awg.wavelength), _gaussian(awg.mode_arm, "mode_arm")
    steep = sum(1 / (jnp.square(far_radius(end, scale)) + jnp.square(jnp.asarray(arm.radius))) for end in ends)
    even = jnp.sqrt(2 * jnp.pi / steep) / awg.pitch
    errors = jnp.square(jnp.asarray(phase_error, float)) + jnp.square(jnp.asarray(amplitude_error, float))
    return _db(errors / even)


def phase_error_allowed(awg: Awg, floor_db: ArrayLike) -> Array:
    """σ of the arms' phases [rad] with which the mean floor is at a level [dB], other errors none."""
    check_between("phase_error_allowed", "floor_db", floor_db, -np.inf, 0.0, "dB", "It is below the channel.")
    each = jnp.abs(arms(awg)[0])
    even: Any = jnp.square(jnp.sum(each)) / jnp.sum(jnp.square(each))
    level = 10 ** (jnp.asarray(floor_db, float) / 10)
    # level (e^{-σ²} N + 1 - e^{-σ²}) = 1 - e^{-σ²}
    kept = (1 - level) / (1 + level * (even - 1))
    return jnp.sqrt(-jnp.log(kept))
