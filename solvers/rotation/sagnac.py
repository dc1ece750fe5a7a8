"""The effect of Sagnac: what a turning frame does to light that goes around, both ways, and units of what comes of it.

Around an area A, N times, at a rate Ω along its normal the two ways differ by 4 N A Ω/c² in time, in vacuum and in
glass alike: 8π N A Ω/(λ c) in phase (E. J. Post, Rev. Mod. Phys. 39, 475 (1967), doi:10.1103/RevModPhys.39.475). In a
ring of perimeter P that is made up for by frequency: β(ω) P ± 2 A Ω ω/c² = 2π m for both ways, whose difference is
Δν = 4 A Ω/(λ P n_g), with the group's index, since β changes with ω by n_g/c.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between

LIGHT = constants.c
#: Turn of the Earth against the stars [rad/s] (IERS Conventions (2010), table 1.2)
EARTH = 7.292115e-5


def phase(rate: ArrayLike, length: ArrayLike, diameter: ArrayLike, wavelength: ArrayLike) -> Array:
    """Between both ways around a round coil [rad]: 2π L D Ω/(λ c).

    Args:
        rate: of rotation [rad/s].
        length: of guide [m].
        diameter: of the coil, the mean over its turns [m].
        wavelength: [µm].
    """
    return jnp.asarray(rate) * phase_per_rate(length, diameter, wavelength)


def phase_per_rate(length: ArrayLike, diameter: ArrayLike, wavelength: ArrayLike) -> Array:
    """Scale factor of a coil [s]."""
    for name, value, unit in (("length", length, "m"), ("diameter", diameter, "m"), ("wavelength", wavelength, "µm")):
        check_between("sagnac", name, value, 0.0, np.inf, unit, "")
    return 2 * jnp.pi * jnp.asarray(length) * diameter / (jnp.asarray(wavelength) * 1e-6 * LIGHT)


def splitting(rate: ArrayLike, diameter: ArrayLike, wavelength: ArrayLike, n_g: ArrayLike) -> Array:
    """Between the resonances of both ways around a round ring [Hz]: D Ω/(λ n_g).

    Args:
        rate: of rotation [rad/s].
        diameter: [m].
        wavelength: [µm].
        n_g: group index.
    """
    return jnp.asarray(rate) * splitting_per_rate(
        jnp.pi * jnp.asarray(diameter) ** 2 / 4, jnp.pi * diameter, wavelength, n_g
    )


def splitting_per_rate(area: ArrayLike, perimeter: ArrayLike, wavelength: ArrayLike, n_g: ArrayLike) -> Array:
    """Scale factor of a ring of any shape [Hz s]: 4A/(λ P n_g).

    Args:
        area: inside [m²].
        perimeter: [m].
        wavelength: [µm].
        n_g: group index.
    """
    for name, value, unit in (("area", area, "m²"), ("perimeter", perimeter, "m"), ("wavelength", wavelength, "µm")):
        check_between("sagnac", name, value, 0.0, np.inf, unit, "")
    check_between("sagnac", "n_g", n_g, 0.0, np.inf, "", "")
    return 4 * jnp.asarray(area) / (jnp.asarray(wavelength) * 1e-6 * perimeter * n_g)


def random_walk(density: ArrayLike) -> Array:
    """Of the angle [°/√h], from white noise of the rate, one-sided [rad/s/√Hz].

    The angle's variance grows by half of a one-sided density in each second: N = density/√2 [rad/√s], and Allan's
    deviation of the rate is N/√τ (IEEE Std 952-1997, annex C).
    """
    return jnp.asarray(density) / np.sqrt(2.0) * (180 / np.pi) * 60.0


def per_hour(rate: Any) -> Any:
    """[rad/s] in [°/h]."""
    return rate * (180 / np.pi) * 3600.0


def per_second(degrees_per_hour: Any) -> Any:
    """[°/h] in [rad/s]."""
    return degrees_per_hour / (180 / np.pi) / 3600.0
