"""What a far field is worth: beam width, side lobes, grating lobes, directivity and how far the beam may be steered.

Each figure has two routes: from the pattern, by Newton's method on F itself, and in closed form for a uniform or a
regular array. Directions are cosines u (sin of the angle from the normal, across the antennas), widths in degrees,
levels in dB. C. A. Balanis, Antenna Theory (4th ed., 2016), §6.3 to §6.8; R. J. Mailloux, Phased Array Antenna Handbook
(2nd ed., 2005), ch. 2.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.lidar.farfield import Line, power

Pattern = Callable[[Array], Array]
#: k a/2 of half power of a uniformly lit length a: sin²x/x² = 1/2
HALF = 1.391557378251510
#: half-power width of it in u a/λ
UNIFORM = 2 * HALF / np.pi


class GratingLobeWarning(UserWarning):
    """A second beam in the field of view, or in front of the chip at all."""


def peak(pattern: Pattern, near: ArrayLike, within: ArrayLike) -> Array:
    """u of the greatest power next to `near`: parabolas, then a step of Newton that carries the derivative.

    Args:
        pattern: power at u, of any shape.
        near: within half a beam width of it.
        within: step of the first parabola and its longest move: a quarter of the beam width, say.
    """
    u = _top(pattern, near, within)
    slope = jax.grad(lambda u: jnp.log(pattern(u)))
    return u - slope(u) / jax.lax.stop_gradient(jax.grad(slope)(u))


def _top(pattern: Pattern, near: ArrayLike, within: ArrayLike) -> Array:
    """The same without a derivative: what a level at its top needs (envelope theorem)."""

    def step(k: int, at: Array) -> Array:
        h = within / 4.0**k
        left, middle, right = jnp.log(pattern(at + h * jnp.arange(-1, 2)))
        bend = left - 2 * middle + right
        move = jnp.asarray(jnp.where(bend < 0, 0.5 * (left - right) / jnp.where(bend < 0, bend, -1.0), 0.0))
        return at + h * jnp.clip(move, -1.0, 1.0)

    held = jax.lax.stop_gradient
    return held(jax.lax.fori_loop(0, 6, step, held(jnp.asarray(near, float))))


def half_power(pattern: Pattern, top: ArrayLike, width: ArrayLike) -> tuple[Array, Array]:
    """u on both sides of a peak where the power is half of it, by halving.

    Args:
        pattern: power at u, of any shape.
        top: u of the peak.
        width: expected from one to the other, within a factor of two.
    """
    at, wide = jnp.asarray(top, float), jnp.asarray(width, float)
    sides = jnp.asarray([-1.0, 1.0])

    def rest(u: Array) -> Array:
        return jnp.log(pattern(u)) - jnp.log(pattern(at)) + jnp.log(2.0)

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        near, far = ends
        middle = (near + far) / 2
        above = rest(at + sides * middle) > 0
        return jnp.where(above, middle, near), jnp.where(above, far, middle)

    held = jax.lax.stop_gradient
    near, far = held(jax.lax.fori_loop(0, 50, halve, held((jnp.zeros(2), jnp.full(2, 1.1) * wide))))
    # places held, values and their slopes not: one step of Newton carries the derivative, that of the top included
    u = held(at) + sides * (near + far) / 2
    slope = held(jax.grad(lambda u: jnp.sum(jnp.log(pattern(u))))(u))
    low, high = u - rest(u) / slope
    return low, high


def beam_width_deg(array: Line, u: ArrayLike = 0.0) -> Array:
    """Full width at half power of the beam in u, in angle [degrees], from the pattern."""
    check_between("beam_width_deg", "u", u, -1.0, 1.0, "", "It is the sine of the angle.")
    low, high = _beam(array, jnp.asarray(u, float))
    if known(high) and not (float(low) > -1 and float(high) < 1):
        raise ValueError(
            f"beam_width_deg: half power at u = {float(low):.4g} and {float(high):.4g}: one side of the beam lies "
            "behind the horizon (|u| < 1 is in front of the chip). Steer less, or take a wider aperture."
        )
    return jnp.rad2deg(jnp.arcsin(high) - jnp.arcsin(low))


@jax.jit
def _beam(array: Line, u: Array) -> tuple[Array, Array]:
    wide = _nominal(array)

    def pattern(u: Array) -> Array:
        return power(array, u)

    return half_power(pattern, peak(pattern, u, wide / 4), 1.6 * wide)


def _nominal(array: Line) -> Array:
    """Half-power width in u of uniform light on the length taken up, half a mean gap beyond both ends."""
    x = jnp.asarray(array.position, float)
    n = x.shape[0]
    return UNIFORM * jnp.asarray(array.wavelength) / ((jnp.max(x) - jnp.min(x)) * n / (n - 1))


def _known_width(where: str, array: Line) -> float:
    """The same as a number: how fine a grid must be."""
    if not (known(array.position) and known(array.wavelength)):
        raise TypeError(
            f"{where}: positions or wavelength are traced: how fine a grid finds all lobes must be known. Give numbers."
        )
    x = np.asarray(array.position, float)
    return UNIFORM * float(np.min(np.asarray(array.wavelength))) / (np.ptp(x) * x.size / (x.size - 1))


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
    wide = _known_width("side_lobe_db", array)
    u = np.linspace(low, high, max(int(8 * (high - low) / wide), 64) + 1)
    return _side_lobe(array, jnp.asarray(u), None if beyond is None else jnp.asarray(beyond, float), wide)


@jax.jit
def _side_lobe(array: Line, u: Array, beyond: Array | None, wide: ArrayLike) -> Array:
    level = jax.lax.stop_gradient(power(array, u))
    top = jnp.argmax(level)
    if beyond is None:
        # lobes are maxima of the grid, ends included: the field of view may cut one; the main one is left out
        padded = jnp.pad(level, 1, constant_values=-1.0)
        candidates = (level >= padded[:-2]) & (level > padded[2:]) & ~_monotone(level, top)
    else:
        candidates = jnp.abs(u - u[top]) >= beyond
    place = jnp.argmax(jnp.where(candidates, level, -1.0))

    def pattern(u: Array) -> Array:
        return power(array, u)

    side, main = (jnp.clip(_top(pattern, u[at], wide / 8), u[0], u[-1]) for at in (place, top))
    return 10 * jnp.log10(power(array, side) / power(array, main))


def main_lobe(level: ArrayLike) -> Array:
    """Which of some powers, in the order of their directions, belong to the highest lobe: (N,) of true and false."""
    seen = jnp.asarray(level, float)
    return _monotone(seen, jnp.argmax(seen))


def _monotone(level: Array, top: Array) -> Array:
    """Which points are reached from the main lobe without ever going up."""
    n = level.shape[0]
    place = jnp.arange(n)
    up_right = jnp.concatenate([jnp.array([False]), level[1:] > level[:-1]]) & (place > top)
    up_left = jnp.concatenate([level[:-1] > level[1:], jnp.array([False])]) & (place < top)
    right_end = jnp.min(jnp.where(up_right, place, n))
    left_end = jnp.max(jnp.where(up_left, place, -1))
    return (place > left_end) & (place < right_end)


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


def tuning_for_field(step: ArrayLike, n_g: ArrayLike, wavelength: ArrayLike) -> Array:
    """Change of wavelength that sends the beam once through the field of an array fed by unlike guides [µm].

    Each next guide is longer by `step`, so that neighbours differ by 2π n step/λ, which goes on by a whole turn in
    λ²/(n_g step).

    Args:
        step: [µm].
        n_g: group index of the guides.
        wavelength: [µm].
    """
    check_between("tuning_for_field", "step", step, 0.0, np.inf, "µm", "Guides of equal length do not steer.")
    wave = jnp.asarray(wavelength, float)
    return jnp.square(wave) / (jnp.asarray(n_g, float) * step)


def directivity(array: Line, element: Pattern | None = None) -> Array:
    """Peak over mean of the power, by integration over all directions; 1 is light that goes everywhere alike.

    The pattern of a line depends on u alone, and rings of equal u have equal areas: the mean over the sphere is half of
    the integral over u. Gauss-Legendre, enough points for |F|² exactly.

    Args:
        array: with its phases.
        element: power of one antenna at u, symmetric about the line; None: the same everywhere.
    """
    wide = _known_width("directivity", array)
    points = int(2.2 * np.pi * UNIFORM / wide) + 40
    return _directivity(array, element, points, max(int(16 / wide), 64) + 1, wide)


@jax.jit(static_argnums=(1, 2, 3))
def _directivity(array: Line, element: Pattern | None, points: int, fine: int, wide: ArrayLike) -> Array:
    shape = jnp.ones_like if element is None else element
    u, weight = np.polynomial.legendre.leggauss(points)
    grid = jnp.linspace(-1.0, 1.0, fine)

    def pattern(u: Array) -> Array:
        return power(array, u) * shape(u)

    best = _top(pattern, grid[jnp.argmax(jax.lax.stop_gradient(pattern(grid)))], wide / 8)
    return pattern(best) / (jnp.sum(weight * pattern(jnp.asarray(u))) / 2)


@jax.jit
def directivity_of_sum(array: Line, u: ArrayLike = 0.0) -> Array:
    """The same in closed form, for antennas that send everywhere alike: |F(u)|²/Σ_mn w_m w_n* sinc(k(x_m - x_n))."""
    x, w = jnp.asarray(array.position, float), array.excitation
    mutual = jnp.sinc(array.wavenumber / jnp.pi * (x[:, None] - x))
    top = jnp.abs(jnp.sum(w * jnp.exp(-1j * array.wavenumber * u * x))) ** 2
    return top / jnp.real(jnp.conj(w) @ mutual @ w)
