"""What the air takes of a beam: extinction by haze and fog from the visibility.

Kruse's law, α = 3.91/V (λ/0.55 µm)^{-q}, with q of P. W. Kruse et al., Elements of Infrared Technology (1962), above 6
km and of I. I. Kim et al., Proc. SPIE 4214, 26 (2001), doi:10.1117/12.417512, below: in fog all wavelengths are alike.
The numbers of q are as they are commonly quoted; neither text was read in full. Absorption by gases, rain, snow and
turbulence are left out; scattering into the receiver as well. Distances in m, visibilities in km, wavelengths in µm.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less

#: -ln 0.02: contrast at which a black mark is lost
CONTRAST = 3.91


def extinction(visibility_km: ArrayLike, wavelength: ArrayLike) -> Array:
    """α of the power [1/m].

    Args:
        visibility_km: of a black mark by day: 23 is clear, 1 is haze's end, 0.2 thick fog.
        wavelength: [µm], 0.4 to 2.4.
    """
    check_between("extinction", "visibility_km", visibility_km, 0.0, np.inf, "km", "")
    check_between("extinction", "wavelength", wavelength, 0.4, 2.4, "µm", "The law was fitted there.")
    v = jnp.asarray(visibility_km, float)
    q = jnp.where(v < 0.5, 0.0, v - 0.5)
    q = jnp.where(v < 1.0, q, 0.16 * v + 0.34)
    q = jnp.where(v < 6.0, q, 1.3)
    q = jnp.where(v < 50.0, q, 1.6)
    return CONTRAST / (1e3 * v) * (jnp.asarray(wavelength, float) / 0.55) ** -q


def transmitted(extinction: ArrayLike, distance_m: ArrayLike) -> Array:
    """Share of the power that is left after one way, exp(-αR).

    Args:
        extinction: α [1/m].
        distance_m: R [m].
    """
    check_no_less("transmitted", "extinction", extinction, 0.0, "1/m", "Air does not amplify.")
    check_no_less("transmitted", "distance_m", distance_m, 0.0, "m", "")
    return jnp.exp(-jnp.asarray(extinction, float) * jnp.asarray(distance_m, float))
