"""Grating antennas: where they send the light of a guide and how fast, from the grating solver; the far field of one.

`solved` sends the guide's mode over two gratings of different length with `devices.grating.coupler`. The light that is
left tells the decay, |t|² ~ exp(-αL), the radiated field above tells the angle: its spectrum over v = k_y/k is summed
over the aperture and peaks where the grating equation

    n_above sinθ = n_B - λ/Λ

has it, with n_B of the wave in the teeth, for which the second route takes the mean of the indices of both slabs.
Lengths in µm, angles from the normal, towards the way of the light if positive. T. Tamir and S. T. Peng, Appl. Phys.
14, 235 (1977), doi:10.1007/BF00882729; angle over wavelength from d(λ β)/dλ = n_g (derived here).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.devices import grating, planar
from lingnan.solvers.devices.grating import Layers
from lingnan.solvers.devices.propagation import Outcome, Polarization
from lingnan.solvers.lidar.farfield import Line, power
from lingnan.solvers.lidar.lobes import UNIFORM, half_power, peak
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Antenna:
    """A grating on a guide, by what it does to light."""

    wavelength: Any  #: [µm]
    sine: Any  #: n_above sinθ of the beam: its direction cosine v in air
    decay: Any  #: α of the power in the guide, by all that leaves it [1/µm]
    upwards: Any = 0.5  #: share of what leaves the guide that goes up
    n_g: Any = 4.0  #: group index of the wave in the grating

    def __post_init__(self) -> None:
        check_between("Antenna", "wavelength", self.wavelength, 0.0, np.inf, "µm", "")
        check_between("Antenna", "sine", self.sine, -1.0, 1.0, "", "Beyond it no beam leaves: change the period.")
        check_between("Antenna", "decay", self.decay, 0.0, np.inf, "1/µm", "")
        check_between("Antenna", "upwards", self.upwards, 0.0, 1.0 + 1e-6, "", "It is a share.")
        check_no_less("Antenna", "n_g", self.n_g, 1.0, "", "Light in matter has a group index above that of vacuum.")

    @property
    def angle_deg(self) -> Array:
        """Of the beam in air [degrees]."""
        return jnp.rad2deg(jnp.arcsin(jnp.asarray(self.sine, float)))

    @property
    def degrees_per_um(self) -> Array:
        """How the angle moves with the wavelength: dv/dλ = (v - n_g)/λ [degrees/µm]."""
        v = jnp.asarray(self.sine, float)
        return jnp.rad2deg((v - self.n_g) / self.wavelength / jnp.sqrt(1 - v**2))

    def degrees_per_kelvin(self, drift: ArrayLike) -> Array:
        """How the angle moves with temperature for dn_B/dT of the grating's wave [1/K]; the period is held."""
        v = jnp.asarray(self.sine, float)
        return jnp.rad2deg(jnp.asarray(drift, float) / jnp.sqrt(1 - v**2))

    def efficiency(self, length: ArrayLike) -> Array:
        """Power sent up over power in the guide, of a uniform grating so long [µm]."""
        check_no_less("Antenna.efficiency", "length", length, 0.0, "µm", "")
        return self.upwards * -jnp.expm1(-self.decay * jnp.asarray(length, float))

    def field(self, v: ArrayLike, length: ArrayLike) -> Array:
        """Far field along the antenna, ∫ exp(-αy/2 + ik(v0 - v)y) dy/L, with 1 at v0 for no decay; same shape as v."""
        length = jnp.asarray(length, float)
        check_between("Antenna", "length", length, 0.0, np.inf, "µm", "")
        k = 2 * jnp.pi / self.wavelength
        x = (-self.decay / 2 + 1j * k * (self.sine - jnp.asarray(v, float))) * length
        small = jnp.abs(x) < 1e-6
        safe = jnp.asarray(jnp.where(small, 1.0, x))
        return jnp.asarray(jnp.where(small, 1 + x / 2, jnp.expm1(safe) / safe))

    def power(self, v: ArrayLike, length: ArrayLike) -> Array:
        """|field|², 1 at v0 for no decay."""
        f = self.field(v, length)
        return jnp.square(f.real) + jnp.square(f.imag)


def emission_for(amplitude: ArrayLike, step: ArrayLike, left: ArrayLike = 0.05) -> Array:
    """Decay along an antenna that gives its aperture a wanted amplitude: α(y) = |a|²/(rest of ∫|a|² + what is left).

    Args:
        amplitude: wanted of the radiated field at equal distances, (N,), any scale.
        step: that distance [µm].
        left: share of the light that is still in the guide at the end: 0 would ask for an endless decay there.

    Exact for steps in which α is constant: ln of what is in the guide before over after [1/µm].
    """
    check_between("emission_for", "left", left, 0.0, 1.0, "", "A few per cent keep the last teeth feasible.")
    check_between("emission_for", "step", step, 0.0, np.inf, "µm", "")
    sent = jnp.square(jnp.asarray(amplitude, float))
    share = sent / jnp.sum(sent) * (1 - jnp.asarray(left, float))
    after = 1 - jnp.cumsum(share)
    before = after + share
    return jnp.log(before / after) / jnp.asarray(step, float)


class Solved(NamedTuple):
    """An antenna by the grating solver, with what its parts said."""

    antenna: Antenna
    by_equation: Array  #: sine of the grating equation with the mean of both slabs' indices
    longer: Outcome  #: of the long grating
    lost: Array  #: power that none of these see: light that leaves beside the window, and the solver's own error

    @property
    def reflection_db(self) -> Array:
        """Back into the guide, of the long grating [dB]."""
        return 20 * jnp.log10(jnp.abs(self.longer.reflection))


def solved(
    layers: Layers, period: ArrayLike, fill: ArrayLike, wavelength: ArrayLike, *,
    periods: tuple[int, int] = (12, 24), polarization: Polarization = "te", order: int = 5,
) -> Solved:  # fmt: skip
    """Angle, decay and direction of a uniform grating, differentiable by all its sizes.

    Indices of the films are those given at every wavelength: dispersion of the materials is left out of `n_g`.

    Args:
        layers: films, as for `devices.grating.coupler`; air above, or `n_above` of what is.
        period: Λ [µm].
        fill: share of the tooth.
        wavelength: in vacuum [µm].
        periods: of the short and of the long grating; the decay is that between them.
        polarization: "te" or "tm".
        order: of the elements.
    """
    few, many = periods
    if not 2 <= few < many:
        raise ValueError(f"solved: periods = {periods}: a short and a long grating, two periods or more.")
    period, fill, wave = (jnp.asarray(v, float) for v in (period, fill, wavelength))
    short, long = (
        grating.coupler(layers, *grating.uniform(period, fill, n), wave, polarization=polarization, order=order)
        for n in periods
    )

    def left(one: Outcome) -> Array:
        return jnp.abs(one.transmission) ** 2 / (1 - jnp.abs(one.reflection) ** 2)

    def mean(wave: Array) -> Array:
        film = jnp.asarray(layers.film, float)
        full, etched = (_slab(layers, t, wave, polarization) for t in (film, film - layers.etch))
        return fill * full + (1 - fill) * etched

    decay = jnp.log(left(short) / left(long)) / ((many - few) * period)
    n_b, slope = jax.jvp(mean, (wave,), (jnp.ones_like(wave),))
    by_equation = n_b - wave / period
    width = wave / (many * period)
    sine = peak(lambda v: radiated(long, v, wave), _strongest(long, by_equation, width, wave), 0.1 * width)
    antenna = Antenna(wave, sine, decay, long.up / (long.up + long.down), n_b - wave * slope)
    lost = 1 - long.up - long.down - jnp.abs(long.transmission) ** 2 - jnp.abs(long.reflection) ** 2
    return Solved(antenna, by_equation, long, lost)


def _slab(layers: Layers, thickness: ArrayLike, wavelength: Array, polarization: Polarization) -> Array:
    """n_eff of the film alone, so thick, between its oxides."""
    edges = [-1.5, 0.0, thickness, thickness + 1.5]
    media = [layers.n_buried, layers.n_film, layers.n_cover]
    section = planar.planar(edges, media, polarization=polarization, cells=(2, 1, 2))
    return planar.modes(section, wavelength, 1).beta[0].real * wavelength / (2 * jnp.pi)


def radiated(outcome: Outcome, v: ArrayLike, wavelength: ArrayLike) -> Array:
    """Power that goes up by its direction cosine v = k_y/k0, for a guide's power of one: its integral is `outcome.up`.

    u = ∫ A exp(i k_y y + i k_z z) dk_y/2π above the level carries ∫ |A|² k_z a dk_y/(2π β); A is the half of u and
    ∂u/(i k_z) that rises, so that what a wall sent back does not count.
    """
    k0 = 2 * jnp.pi / jnp.asarray(wavelength, float)
    k_y = k0 * jnp.asarray(v, float)
    k_z = jnp.sqrt(jnp.maximum(outcome.wavenumber**2 - k_y**2, 1e-12))
    waves = jnp.exp(-1j * k_y[..., None] * outcome.x) * outcome.weights
    rising = (waves @ outcome.field + waves @ outcome.slope / (1j * k_z)) / 2
    return k0 * k_z * outcome.admittance / (2 * jnp.pi * outcome.beta.real) * jnp.square(jnp.abs(rising))


def decay_above(outcome: Outcome, start: ArrayLike, end: ArrayLike) -> Array:
    """The second route to the decay: slope of ln|u|² on the level above between two places [1/µm], by least squares.

    The field there is that of the grating below it, further on by height times tangent; ends of the grating ripple it.

    Args:
        outcome: of a long grating.
        start: where its light is clear of the near end [µm].
        end: where it is still clear of the far end [µm].
    """
    inside = ((outcome.x > start) & (outcome.x < end)) * outcome.weights
    x = outcome.x - jnp.sum(inside * outcome.x) / jnp.sum(inside)
    return -jnp.sum(inside * x * jnp.log(jnp.square(jnp.abs(outcome.field)))) / jnp.sum(inside * x**2)


def _strongest(outcome: Outcome, guess: Array, width: Array, wavelength: Array) -> Array:
    """v of the greatest power on a grid within four beam widths of the grating equation."""
    v = jnp.clip(guess + 4 * width * jnp.linspace(-1, 1, 65), -0.999, 0.999)
    return jax.lax.stop_gradient(v[jnp.argmax(radiated(outcome, v, wavelength))])


def lateral(u: ArrayLike, width: ArrayLike, wavelength: ArrayLike) -> Array:
    """Power of one antenna across: the far field of cos(π x/width), the guide's profile, times the projection cos²θ.

    1 at u = 0. The transform is cos(q)/(1 - (2q/π)²), q = k u width/2, whole at q = π/2.

    Args:
        u: direction cosine across the antennas.
        width: of the guide [µm].
        wavelength: [µm].
    """
    check_between("lateral", "width", width, 0.0, np.inf, "µm", "")
    u = jnp.asarray(u, float)
    q = jnp.pi / jnp.asarray(wavelength, float) * u * width
    d = jnp.square(2 * q / jnp.pi)
    near = jnp.abs(1 - d) < 1e-5
    ratio = jnp.where(near, jnp.pi / 4 * (1 + (1 - d) / 4), jnp.cos(q) / jnp.where(near, 1.0, 1 - d))
    return jnp.square(ratio) * jnp.clip(1 - jnp.square(u), 0.0, 1.0)


def pattern(array: Line, antenna: Antenna, length: ArrayLike, width: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """Power of the whole in two dimensions, (V, U): antennas on a line, each with a grating along and a profile across.

    1 where all antennas agree and no light is lost to decay, straight above; all antennas are taken to be alike but for
    what `array` says of each.

    Args:
        array: with phases and errors.
        antenna: its grating.
        length: of it [µm].
        width: of its guide [µm].
        u: direction cosine across the antennas, (U,).
        v: along them, (V,).
    """
    across = power(array, u) * lateral(u, width, antenna.wavelength)
    return jnp.outer(antenna.power(v, length), across)


def beam_width_deg(antenna: Antenna, length: ArrayLike) -> Array:
    """Half-power width along the antenna [degrees]; 0.886 λ/(L cosθ) without decay, αλ/(2π cosθ) for endless ones."""
    check_no_less("beam_width_deg", "length", length, 1e-3, "µm", "")
    return _width(antenna, jnp.asarray(length, float))


@jax.jit
def _width(antenna: Antenna, length: Array) -> Array:
    wave = jnp.asarray(antenna.wavelength, float)
    rough = UNIFORM * wave / length + antenna.decay * wave / (2 * jnp.pi)
    low, high = half_power(lambda v: antenna.power(v, length), antenna.sine, rough)
    return jnp.rad2deg(jnp.arcsin(high) - jnp.arcsin(low))
