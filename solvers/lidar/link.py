"""How much light comes back: the lidar equation, speckle, and what a coherent receiver makes of it.

A rough (Lambertian) target that the whole beam falls on sends ρ cosθ/π of it into a steradian, so an aperture A gets

    P = P0 η (ρ cosθ/π) A/R² exp(-2αR)

(P. F. McManamon, Opt. Eng. 51, 060901 (2012), doi:10.1117/1.OE.51.6.060901). A coherent receiver sees one mode of it,
whose aperture A is the one that the antenna theorem allows, λ² D/4π of an array of directivity D; the sum over modes is
only for direct detection. The light is speckled: in one mode its power is exponential, over M of them a gamma function.
Distances in m, apertures in m², powers in W, wavelengths in µm.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree

#: lobes of sinc² that are integrated one by one
LOBES = 16


@tree
@dataclass(frozen=True)
class Link:
    """Sender, air, target and receiving aperture."""

    power: Any  #: of the beam that leaves the chip in its main lobe [W]
    aperture_m2: Any  #: of the receiver, at the beam's angle
    reflectivity: Any = 0.1  #: ρ of a Lambertian target
    efficiency: Any = 1.0  #: η of windows, antennas and mode matching, both ways, and of the beam's own quality
    extinction: Any = 0.0  #: α of `air.extinction` [1/m]
    incidence_deg: Any = 0.0  #: θ against the target's normal [degrees]
    filled: Any = 1.0  #: share of the beam that the target catches

    def __post_init__(self) -> None:
        check_between("Link", "power", self.power, 0.0, np.inf, "W", "")
        check_between("Link", "aperture_m2", self.aperture_m2, 0.0, np.inf, "m²", "")
        check_between("Link", "reflectivity", self.reflectivity, 0.0, 1.0 + 1e-9, "", "Retroreflectors are not rough.")
        check_between("Link", "efficiency", self.efficiency, 0.0, 1.0 + 1e-9, "", "It is a share.")
        check_no_less("Link", "extinction", self.extinction, 0.0, "1/m", "")
        check_between("Link", "incidence_deg", self.incidence_deg, -90.0, 90.0, "degrees", "")
        check_between("Link", "filled", self.filled, 0.0, 1.0 + 1e-9, "", "It is a share.")

    def received(self, distance_m: ArrayLike) -> Array:
        """Mean power over speckle [W]; beyond the near field of both apertures."""
        check_between("Link", "distance_m", distance_m, 0.0, np.inf, "m", "")
        r = jnp.asarray(distance_m, float)
        back = self.reflectivity * jnp.cos(jnp.deg2rad(self.incidence_deg)) / jnp.pi * self.filled
        return self.power * self.efficiency * back * self.aperture_m2 / r**2 * jnp.exp(-2 * self.extinction * r)

    def reach(self, least: ArrayLike) -> Array:
        """Distance at which so much comes back [m]: the inverse of `received`, by Newton in its logarithm.

        R exp(αR) = R0, R0 the reach in clear air; the solution is W(αR0)/α, W of Lambert.

        Args:
            least: power that has to come back [W].
        """
        check_between("Link.reach", "least", least, 0.0, np.inf, "W", "")
        return self._reach(jnp.asarray(least, float))

    @jax.jit
    def _reach(self, least: Array) -> Array:
        clear = jnp.sqrt(
            self.received(1.0) * jnp.exp(2 * jnp.asarray(self.extinction, float)) / jnp.asarray(least, float)
        )
        alpha = jnp.asarray(self.extinction, float)

        def step(_: int, log_r: Array) -> Array:
            rest = log_r + alpha * jnp.exp(log_r) - jnp.log(clear)
            return log_r - rest / (1 + alpha * jnp.exp(log_r))

        # concave: from below, where W(x) > ln(1 + x)/2, no step overshoots to where exp runs away
        start = jnp.log(jnp.where(alpha > 0, jnp.log1p(alpha * clear) / jnp.where(alpha > 0, alpha, 1.0), clear))
        held = jax.lax.stop_gradient(jax.lax.fori_loop(0, 25, step, jax.lax.stop_gradient(start)))
        return jnp.exp(
            held - (held + alpha * jnp.exp(held) - jnp.log(clear)) / (1 + alpha * jax.lax.stop_gradient(jnp.exp(held)))
        )


def aperture_of(directivity: ArrayLike, wavelength: ArrayLike) -> Array:
    """λ² D/4π: what a mode of directivity D collects from its direction [m²] (Balanis, Antenna Theory, ch. 2)."""
    check_between("aperture_of", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    return jnp.square(1e-6 * jnp.asarray(wavelength, float)) * jnp.asarray(directivity, float) / (4 * jnp.pi)


def speckles(aperture: ArrayLike, spot: ArrayLike, distance_m: ArrayLike, wavelength: ArrayLike) -> Array:
    """M of direct detection: how many speckles a square aperture sees of a square spot, evenly lit; 1 or more.

    M = m², 1/m = 2 ∫ (1 - s) sinc²(n s) ds from 0 to 1, n = aperture spot/(λR): one for a small aperture, n² for a
    large one. J. W. Goodman, Speckle Phenomena in Optics (2007), §4.6.

    Args:
        aperture: side [m].
        spot: side, on the target [m].
        distance_m: [m].
        wavelength: [µm].
    """
    for name, value, unit in (
        ("aperture", aperture, "m"), ("spot", spot, "m"), ("distance_m", distance_m, "m"),
        ("wavelength", wavelength, "µm"),
    ):  # fmt: skip
        check_between("speckles", name, value, 0.0, np.inf, unit, "")
    n = jnp.asarray(jnp.asarray(aperture, float) * spot / (1e-6 * jnp.asarray(wavelength, float) * distance_m))
    points, weights = np.polynomial.legendre.leggauss(96)
    end = jnp.minimum(1.0, LOBES / n)
    s = end[..., None] * (points + 1) / 2
    near = end / 2 * jnp.sum(weights * (1 - s) * jnp.square(jnp.sinc(n[..., None] * s)), axis=-1)
    # beyond so many lobes sin² is a half: cut at its zeros, what oscillates adds a hundred-thousandth
    far = (1 / end - 1 + jnp.log(end)) / (2 * jnp.square(jnp.pi * n))
    return 1 / jnp.square(2 * (near + far))


def speckled(mean: ArrayLike, modes: ArrayLike, key: Array, count: int) -> Array:
    """Powers that single measurements see: a gamma function of shape M about the mean, (count,) [W]."""
    check_no_less("speckled", "modes", modes, 1.0 - 1e-9, "", "One mode is the least.")
    return jnp.asarray(mean, float) * jax.random.gamma(key, modes, (count,)) / modes
