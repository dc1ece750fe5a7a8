"""Three-dimensional cameras: how well a pixel knows its depth, by the phase of modulated light or by triangulation.

Modulated light: four samples of a correlation a quarter of a period apart, N_k = B + A cos(φ + kπ/2) electrons, give
φ = atan2(N3 - N1, N0 - N2) and, with shot noise and a noise of the readout each,

    σ_φ = √(2 (B + r²))/(2 A),    σ_z = c/(4π f) σ_φ

(derived here for samples at an instant; R. Lange and P. Seitz, IEEE J. Quantum Electron. 37, 390 (2001),
doi:10.1109/3.910448, have the same form). Structured light: z = f b/d, so σ_z = z²/(f b) σ_d, where a spot's place is
known to the bound of a Gaussian on a pedestal of ambient light, and no better than speckle lets it (R. G. Dorsch, G.
Häusler and J. M. Herrmann, Appl. Opt. 33, 1306 (1994), doi:10.1364/AO.33.001306). Powers in W, times in s, distances in
m, places on the sensor in m.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.lidar.chirp import LIGHT
from lingnan.solvers.lidar.link import Link
from lingnan.solvers.lidar.sun import background
from lingnan.solvers.links.receiver import CHARGE
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Pixel:
    """What one pixel makes of light."""

    responsivity: Any = 0.5  #: [A/W]
    exposure: Any = 1e-3  #: of one sample [s]
    dark: Any = 0.0  #: current [A]
    read: Any = 10.0  #: noise of the readout of one sample, one σ [electrons]
    well: Any = 1e5  #: what it holds [electrons]

    def __post_init__(self) -> None:
        for name, unit in (("responsivity", "A/W"), ("exposure", "s"), ("well", "electrons")):
            check_between("Pixel", name, getattr(self, name), 0.0, np.inf, unit, "")
        check_no_less("Pixel", "dark", self.dark, 0.0, "A", "")
        check_no_less("Pixel", "read", self.read, 0.0, "electrons", "")

    def electrons(self, power: ArrayLike) -> Array:
        """Of a power, in one sample, without those of the dark."""
        return self.responsivity * jnp.asarray(power, float) * self.exposure / CHARGE

    def pedestal(self, power: ArrayLike) -> Array:
        """Of a steady power and of the dark."""
        return self.electrons(power) + jnp.asarray(self.dark, float) * self.exposure / CHARGE


@tree
@dataclass(frozen=True)
class Camera:
    """A lens in front of pixels: what light of a scene each of them gets."""

    lens: Any  #: diameter of the aperture [m]
    focal: Any  #: length [m]
    pitch: Any = 10e-6  #: of the pixels [m]
    efficiency: Any = 0.5  #: of lens, filter and fill of the pixel

    def __post_init__(self) -> None:
        for name in ("lens", "focal", "pitch"):
            check_between("Camera", name, getattr(self, name), 0.0, np.inf, "m", "")
        check_between("Camera", "efficiency", self.efficiency, 0.0, 1.0 + 1e-9, "", "It is a share.")

    @property
    def area(self) -> Array:
        """Of the aperture [m²]."""
        return jnp.pi / 4 * jnp.square(jnp.asarray(self.lens, float))

    @property
    def solid_angle(self) -> Array:
        """Of one pixel [sr]."""
        return jnp.square(jnp.asarray(self.pitch, float) / self.focal)

    def flooded(self, power: ArrayLike, field: ArrayLike, distance_m: ArrayLike, reflectivity: ArrayLike) -> Array:
        """Power on a pixel of a Lambertian scene that a projector beside the camera lights evenly [W].

        Args:
            power: of the projector [W].
            field: solid angle that it lights [sr].
            distance_m: of the scene [m].
            reflectivity: ρ of it.
        """
        check_no_less("flooded", "field", field, 1e-12, "sr", "")
        share = self.solid_angle / jnp.asarray(field, float)
        return self.spotted(jnp.asarray(power, float) * share, distance_m, reflectivity)

    def spotted(self, power: ArrayLike, distance_m: ArrayLike, reflectivity: ArrayLike) -> Array:
        """Power in the image of one spot of a power of its own, all pixels together [W]."""
        return Link(power, self.area, reflectivity, self.efficiency).received(distance_m)

    def ambient(self, irradiance: ArrayLike, reflectivity: ArrayLike) -> Array:
        """Power on a pixel of a scene lit from elsewhere, however far it is [W].

        Args:
            irradiance: on the scene within the filter, of `sun.irradiance` [W/m²].
            reflectivity: ρ of it.
        """
        return background(irradiance, reflectivity, self.solid_angle, self.area, self.efficiency)


class Depth(NamedTuple):
    """What a pixel knows."""

    sigma_m: Array  #: one σ of the depth [m]
    filled: Array  #: share of the well that the brightest sample takes: above 1 it is lost
    unambiguous_m: Array  #: depth at which it begins anew [m]


def modulated(
    pixel: Pixel, frequency: ArrayLike, signal: ArrayLike, ambient: ArrayLike, contrast: ArrayLike = 1.0
) -> Depth:
    """Depth from the phase of modulated light, four samples.

    Args:
        pixel: of each sample.
        frequency: of the modulation [Hz].
        signal: mean power of it on the pixel [W].
        ambient: power of other light [W].
        contrast: of the modulation as the pixel sees it, A over the signal's mean.
    """
    check_between("modulated", "frequency", frequency, 0.0, np.inf, "Hz", "")
    check_between("modulated", "signal", signal, 0.0, np.inf, "W", "")
    check_no_less("modulated", "ambient", ambient, 0.0, "W", "")
    check_between("modulated", "contrast", contrast, 0.0, 1.0 + 1e-9, "", "It is a share.")
    mean, rest = pixel.electrons(signal), pixel.pedestal(ambient)
    wave = mean * contrast
    phase = jnp.sqrt(2 * (mean + rest + jnp.square(pixel.read))) / (2 * wave)
    per_radian = LIGHT / (4 * jnp.pi * jnp.asarray(frequency, float))
    return Depth(per_radian * phase, (mean + rest + wave) / pixel.well, 2 * jnp.pi * per_radian)


def phase_of_four(samples: ArrayLike) -> Array:
    """φ of four samples, (4, …) [rad]."""
    n = jnp.asarray(samples, float)
    return jnp.arctan2(n[3] - n[1], n[0] - n[2])


@tree
@dataclass(frozen=True)
class Triangulation:
    """A projector of spots and a camera beside it."""

    baseline: Any  #: b from projector to camera [m]
    focal: Any  #: f of the camera's lens [m]
    pitch: Any = 3e-6  #: of its pixels [m]
    spot: Any = 3e-6  #: σ of a spot's image [m]

    def __post_init__(self) -> None:
        for name in ("baseline", "focal", "pitch", "spot"):
            check_between("Triangulation", name, getattr(self, name), 0.0, np.inf, "m", "")

    def disparity(self, depth_m: ArrayLike) -> Array:
        """f b/z on the sensor [m]."""
        return jnp.asarray(self.focal * self.baseline) / jnp.asarray(depth_m, float)

    def depth_m(self, disparity: ArrayLike) -> Array:
        """f b/d [m]."""
        return jnp.asarray(self.focal * self.baseline) / jnp.asarray(disparity, float)

    def depth_sigma_m(self, depth_m: ArrayLike, place_sigma: ArrayLike) -> Array:
        """Of a place known so well [m]: z²/(f b) σ_d."""
        check_between("depth_sigma_m", "depth_m", depth_m, 0.0, np.inf, "m", "")
        check_no_less("depth_sigma_m", "place_sigma", place_sigma, 0.0, "m", "")
        return jnp.square(jnp.asarray(depth_m, float)) / (self.focal * self.baseline) * place_sigma

    def place_sigma(self, pixel: Pixel, signal: ArrayLike, ambient: ArrayLike) -> Array:
        """Least standard deviation of a spot's place along the baseline [m], by Fisher's information of all pixels.

        Its height, width and pedestal are known. Without a pedestal it is spot/√N.

        Args:
            pixel: exposure, readout and dark current.
            signal: power in the whole spot [W].
            ambient: power of other light on each pixel [W].
        """
        check_between("place_sigma", "signal", signal, 0.0, np.inf, "W", "")
        check_no_less("place_sigma", "ambient", ambient, 0.0, "W", "")
        reach = 6.0
        # integrals over pixels, small against the spot or not: the mean over how it lies on them
        x, weight = np.polynomial.legendre.leggauss(160)
        x = jnp.asarray(reach * x) * self.spot
        weight = reach * self.spot * jnp.asarray(weight)
        total = pixel.electrons(signal)
        edge = [(x + s * self.pitch / 2) / self.spot for s in (1, -1)]
        share = jax.scipy.stats.norm.cdf(edge[0]) - jax.scipy.stats.norm.cdf(edge[1])
        slope = (jax.scipy.stats.norm.pdf(edge[0]) - jax.scipy.stats.norm.pdf(edge[1])) / self.spot
        # across the baseline every row has its share of light, and the pedestal of its own
        row = share
        mean = total * share[:, None] * row + pixel.pedestal(ambient) + jnp.square(pixel.read)
        gain = jnp.square(total * slope[:, None] * row) / mean
        information = jnp.sum(weight[:, None] * weight * gain) / self.pitch**2
        return 1 / jnp.sqrt(information)

    def speckle_sigma_m(
        self, depth_m: ArrayLike, wavelength: ArrayLike, lens: ArrayLike, contrast: ArrayLike = 1.0
    ) -> Array:
        """Least depth error of coherent light on a rough target [m]: C λ/(2π sin u sinθ).

        Args:
            depth_m: z [m].
            wavelength: [µm].
            lens: diameter of the camera's aperture [m]; sin u is half of it over z.
            contrast: C of the speckle: 1/√(number of independent patterns averaged).
        """
        z = jnp.asarray(depth_m, float)
        sine_u = jnp.asarray(lens, float) / 2 / jnp.hypot(z, jnp.asarray(lens, float) / 2)
        sine_theta = self.baseline / jnp.hypot(z, self.baseline)
        return jnp.asarray(contrast, float) * 1e-6 * jnp.asarray(wavelength, float) / (2 * jnp.pi * sine_u * sine_theta)
