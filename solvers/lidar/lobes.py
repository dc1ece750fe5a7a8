"""What a far field is worth: beam width, side lobes, grating lobes, directivity and how far the beam may be steered.

Each figure has two routes: from the pattern, by Newton's method on F itself, and in closed form for a uniform or a
regular array. Directions are cosines u (sin of the angle from the normal, across the antennas), widths in degrees,
levels in dB. C. A. Balanis, Antenna Theory (4th ed., 2016), §6.3 to §6.8; R. J. Mailloux, Phased Array Antenna Handbook
(2nd ed., 2005), ch. 2.
"""

import warnings
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.lidar.farfield import Line, power

Pattern = Callable[[Array], Array]
#: k a/2 of half power of a uniformly lit length a: sin²x/x² = 1/2
HALF = 1.391557378251510
#: half-power width of it in u a/λ
UNIFORM = 2 * HALF / np.pi


class GratingLobeWarning(UserWarning):
    """A second beam in the field of view, or in front of the chip at all."""


def peak(pattern: Pattern, near: ArrayLike, within: ArrayLike) -> Array:
    """u of the greatest power next to `near`, by Newton; its derivatives are those of the implicit function.

    Args:
        pattern: power at u.
        near: within half a beam width of it.
        within: longest step: a quarter of the beam width, say.
    """
    slope = jax.grad(lambda u: jnp.log(pattern(u)))
    curve = jax.grad(slope)

    def step(_: int, u: Array) -> Array:
        return u - jnp.clip(slope(u) / curve(u), -within, within)

    held = jax.lax.stop_gradient
    u = held(jax.lax.fori_loop(0, 20, step, held(jnp.asarray(near, float))))
    return u - slope(u) / held(curve(u))


def half_power(pattern: Pattern, top: ArrayLike, width: ArrayLike) -> tuple[Array, Array]:
    """u on both sides of a peak where the power is half of it.

    Args:
        pattern: power at u.
        top: u of the peak.
        width: expected from one to the other, within a factor of two.
    """
    at, wide = jnp.asarray(top, float), jnp.asarray(width, float)
    best = jnp.log(pattern(at))

    def rest(u: Array) -> Array:
        return jnp.log(pattern(u)) - best + jnp.log(2.0)

    held = jax.lax.stop_gradient

    def side(sign: float) -> Array:
        def down(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            near, far = ends
            middle = (near + far) / 2
            above = rest(at + sign * middle) > 0
            return jnp.where(above, middle, near), jnp.where(above, far, middle)

        near, far = jax.lax.fori_loop(0, 50, down, (0.0 * wide, 1.1 * wide))
        u = held(at + sign * (near + far) / 2)
        slope = held(jax.grad(lambda u: jnp.log(pattern(u)))(u))
        return u - rest(u) / slope  # the value is there; this step carries the derivative

    return side(-1.0), side(1.0)


def beam_width_deg(array: Line, u: ArrayLike = 0.0) -> Array:
    """Full width at half power of the beam in u, in angle [degrees], from the pattern."""
    wide = _nominal(array)
    check_between("beam_width_deg", "u", u, -1.0, 1.0, "", "It is the sine of the angle.")

    def pattern(u: Array) -> Array:
        return power(array, u)

    low, high = half_power(pattern, peak(pattern, u, wide / 4), 1.6 * wide)
    if known(high) and not (float(low) > -1 and float(high) < 1):
        raise ValueError(
            f"beam_width_deg: half power at u = {float(low):.4g} and {float(high):.4g}: one side of the beam lies "
            "behind the horizon (|u| < 1 is in front of the chip). Steer less, or take a wider aperture."
        )
    return jnp.rad2deg(jnp.arcsin(high) - jnp.arcsin(low))


def _nominal(array: Line) -> Array:
    """Half-power width in u of uniform light on the length taken up, half a mean gap beyond both ends."""
    x = jnp.asarray(array.position, float)
    n = x.shape[0]
    return UNIFORM * jnp.asarray(array.wavelength) / ((jnp.max(x) - jnp.min(x)) * n / (n - 1))


def uniform_beam_width_deg(count: int, pitch: ArrayLike, wavelength: ArrayLike, u: ArrayLike = 0.0) -> Array:
    """The same of N equal antennas in closed form: 0.886 λ/(N pitch cosθ), right to 1/N² and the width squared."""
    check_between("uniform_beam_width_deg", "pitch", pitch, 0.0, np.inf, "µm", "")
    wide = UNIFORM * jnp.asarray(wavelength, float) / (count * jnp.asarray(pitch, float))
    return jnp.rad2deg(jnp.arcsin(u + wide / 2) - jnp.arcsin(u - wide / 2))


def side_lobe_db(
    array: Line, field_of_view: tuple[float, float] = (-1.0, 1.0), beyond: ArrayLike | None = None
) -> Array:
    """The highest lobe beside the main one, over it [dB]; differentiable where it is not two lobes at once.

    Args:
        array: with its phases.
        field_of_view: u between which lobes count.
        beyond: u from the main lobe at which side lobes begin; None: where the pattern first rises again.
    """
    low, high = field_of_view
    wide = float(_nominal(array)) if known(array.position) else None
    if wide is None:
        raise TypeError("side_lobe_db: positions are traced: how fine a grid finds all lobes must be known. Give them.")
    u = np.linspace(low, high, max(int(8 * (high - low) / wide), 64) + 1)
    level = jax.lax.stop_gradient(power(array, u))
    top = jnp.argmax(level)
    if beyond is None:
        # lobes are maxima of the grid; the main one is left out, whatever its width
        inner = jnp.concatenate(
            [jnp.array([False]), (level[1:-1] >= level[:-2]) & (level[1:-1] > level[2:]), jnp.array([False])]
        )
        ends = jnp.asarray([True] + [False] * (len(u) - 2) + [True])  # a lobe may be cut by the field of view
        candidates = (inner | ends) & (jnp.abs(jnp.arange(len(u)) - top) > 1)
        # an end that only continues the main lobe is none
        falling = _monotone(level, top)
        candidates = candidates & ~falling
    else:
        candidates = jnp.abs(u - jnp.asarray(u)[top]) >= beyond
    place = jnp.argmax(jnp.where(candidates, level, -1.0))
    settled = _settled(array, jnp.asarray(u)[place], wide, low, high)
    main = _settled(array, jnp.asarray(u)[top], wide, low, high)
    return 10 * jnp.log10(power(array, settled) / power(array, main))


def _monotone(level: Array, top: Array) -> Array:
    """Which points are reached from the main lobe without ever going up."""
    n = level.shape[0]
    place = jnp.arange(n)
    up_right = jnp.concatenate([jnp.array([False]), level[1:] > level[:-1]]) & (place > top)
    up_left = jnp.concatenate([level[:-1] > level[1:], jnp.array([False])]) & (place < top)
    right_end = jnp.min(jnp.where(up_right, place, n))
    left_end = jnp.max(jnp.where(up_left, place, -1))
    return (place > left_end) & (place < right_end)


def _settled(array: Line, u: Array, wide: float, low: float, high: float) -> Array:
    """On top of a lobe, by parabolas through three points; held, since a top has no slope (envelope theorem)."""

    def step(k: int, at: Array) -> Array:
        h = wide / 8 / 4.0**k
        left, middle, right = (jnp.log(power(array, at + s * h)) for s in (-1, 0, 1))
        bend = left - 2 * middle + right
        move = jnp.where(bend < 0, 0.5 * (left - right) / jnp.where(bend < 0, bend, -1.0), 0.0)
        return jnp.clip(at + h * jnp.clip(move, -1.0, 1.0), low, high)

    return jax.lax.stop_gradient(jax.lax.fori_loop(0, 4, step, u))


def grating_lobes(pitch: float, wavelength: float, u: float = 0.0) -> np.ndarray:
    """u of every other beam of a regular array in front of the chip, u + mλ/pitch, rising."""
    check_between("grating_lobes", "pitch", pitch, 0.0, np.inf, "µm", "")
    reach = int(np.ceil(2 * pitch / wavelength)) + 1
    m = np.concatenate([np.arange(-reach, 0), np.arange(1, reach + 1)])
    found = u + m * wavelength / pitch
    return found[np.abs(found) <= 1.0]


def steering_range_deg(pitch: float, wavelength: float) -> float:
    """Angle to either side up to which the beam is the only one between ± that angle [degrees]: asin(λ/(2 pitch))."""
    check_between("steering_range_deg", "pitch", pitch, 0.0, np.inf, "µm", "")
    return float(np.rad2deg(np.arcsin(min(wavelength / (2 * pitch), 1.0))))


def clear_range_deg(pitch: float, wavelength: float, view_deg: float = 90.0) -> float:
    """The same so that no other beam is within ±`view_deg` at all: sinθ = λ/pitch - sin(view), 0 if there is none."""
    check_between("clear_range_deg", "view_deg", view_deg, 0.0, 90.0 + 1e-9, "degrees", "")
    free = wavelength / pitch - np.sin(np.deg2rad(view_deg))
    return float(np.rad2deg(np.arcsin(np.clip(min(free, np.sin(np.deg2rad(view_deg))), 0.0, 1.0))))


def check_field_of_view(pitch: float, wavelength: float, steer_deg: float, view_deg: float) -> None:
    """Warns of grating lobes that come into the field of view when the beam is steered to its edge.

    Args:
        pitch: [µm].
        wavelength: [µm].
        steer_deg: the beam is steered to ± this angle.
        view_deg: the field of view is ± this angle, at least `steer_deg`.

    Warns:
        GratingLobeWarning: with the angle of the lobe and the pitch that would do.
    """
    check_no_less(
        "check_field_of_view", "view_deg", view_deg, steer_deg, "degrees", "The beam is in the field of view."
    )
    edge, view = float(np.sin(np.deg2rad(steer_deg))), float(np.sin(np.deg2rad(view_deg)))
    inside = [g for g in grating_lobes(pitch, wavelength, edge) if abs(g) <= view * (1 + 1e-12)]
    if inside:
        worst = min(inside, key=abs)
        warnings.warn(
            f"grating lobe at {np.rad2deg(np.arcsin(worst)):.2f} degrees when the beam is at {steer_deg:g}: inside the "
            f"field of view of ±{view_deg:g} degrees. A pitch of {pitch:g} µm at {wavelength:g} µm is too wide: use "
            f"{wavelength / (edge + view):.4g} µm or less, a smaller field, or a sparse array.",
            GratingLobeWarning,
            stacklevel=2,
        )


def directivity(array: Line, element: Pattern | None = None) -> Array:
    """Peak over mean of the power, by integration over all directions; 1 is light that goes everywhere alike.

    The pattern of a line depends on u alone, and rings of equal u have equal areas: the mean over the sphere is half of
    the integral over u. Gauss-Legendre, enough points for |F|² exactly.

    Args:
        array: with its phases.
        element: power of one antenna at u, symmetric about the line; None: the same everywhere.
    """
    if not known(array.position):
        raise TypeError("directivity: positions are traced: how many points integrate |F|² must be known. Give them.")
    span = float(np.ptp(np.asarray(array.position)))
    u, weight = np.polynomial.legendre.leggauss(
        int(2.2 * np.pi * span / float(np.min(np.asarray(array.wavelength)))) + 40
    )
    shape = jnp.ones_like if element is None else element
    level = power(array, u) * shape(jnp.asarray(u))
    wide = float(_nominal(array))
    fine = jnp.linspace(-1.0, 1.0, max(int(16 / wide), 64) + 1)
    best = _settled(array, fine[jnp.argmax(jax.lax.stop_gradient(power(array, fine) * shape(fine)))], wide, -1.0, 1.0)
    return power(array, best) * shape(best) / (jnp.sum(weight * level) / 2)


def directivity_of_sum(array: Line, u: ArrayLike = 0.0) -> Array:
    """The same in closed form, for antennas that send everywhere alike: |F(u)|²/Σ_mn w_m w_n* sinc(k(x_m - x_n))."""
    x, w = jnp.asarray(array.position, float), array.excitation
    mutual = jnp.sinc(array.wavenumber / jnp.pi * (x[:, None] - x))
    top = jnp.abs(jnp.sum(w * jnp.exp(-1j * array.wavenumber * u * x))) ** 2
    return top / jnp.real(jnp.conj(w) @ mutual @ w)
