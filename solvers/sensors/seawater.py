"""Index of water by salinity, temperature and wavelength, and what of it is salt.

X. Quan and E. S. Fry, Appl. Opt. 34, 3477 (1995), doi:10.1364/AO.34.003477, eq. 3, relative to air; here relative to
vacuum, with air of 1.00027. Coefficients as kept in several public programs, which agree; the paper was not read.
Second formula: G. T. McNeil, J. Opt. Soc. Am. 67, 859 (1977), with one refractive index of salt for all wavelengths.

What limits a measurement of salinity by index: a kelvin looks like half a gram of salt in a kilogram (`per_kelvin`), so
the temperature has to be known to a hundredth of a kelvin for 0.005 ‰, and no index tells one salt from another, nor
from sugar. Salinities in ‰ (g/kg), temperatures in K, wavelengths in vacuum in µm.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_no_less, known
from lingnan.solvers.materials.thermal import ZERO_CELSIUS
from lingnan.solvers.sensors.ranges import check_measured

SOURCE = "X. Quan and E. S. Fry, Appl. Opt. 34, 3477 (1995)"
SALINITIES = (0.0, 35.0)  #: [‰]
TEMPERATURES = (ZERO_CELSIUS, ZERO_CELSIUS + 30)  #: [K]
WAVELENGTHS = (0.4, 0.7)  #: [µm]
#: to which the salt's part may be asked for, beyond what was measured [µm]
FURTHEST = 1.7
AIR = 1.00027


class Salt(NamedTuple):
    """What salt does to the index."""

    change: Array  #: index with salt less that without [RIU]
    #: False: beyond 0.7 µm, where the formula's wavelength term runs on: 9 % of the change there, 4 % at 1.7 µm
    measured: bool


def _check(salinity: Any, temperature: Any, wavelength: Any, longest: float) -> None:
    check_no_less("sea water", "salinity", salinity, 0.0, "‰", "A gram of salt in a kilogram is 1 ‰.")
    further = "Beyond it seawater.salt gives the salt's part, to add to the index of `materials.get('water')`."
    for what, value, limits, unit, advice in (
        ("salinity", salinity, SALINITIES, "‰", "Use a measured index for brine."),
        ("temperature", temperature, TEMPERATURES, "K", "Give kelvins, of liquid water."),
        ("wavelength", wavelength, (WAVELENGTHS[0], longest), "µm", further),
    ):
        check_measured("sea water", what, value, limits, unit, SOURCE, advice)


def _formula(salinity: ArrayLike, temperature: ArrayLike, wavelength: ArrayLike) -> Array:
    s, t, nm = (
        jnp.asarray(salinity, float),
        jnp.asarray(temperature, float) - ZERO_CELSIUS,
        1e3 * jnp.asarray(wavelength),
    )
    still = 1.31405 + (1.779e-4 - 1.05e-6 * t + 1.6e-8 * t**2) * s - 2.02e-6 * t**2
    return still + (15.868 + 0.01155 * s - 0.00423 * t) / nm - 4382 / nm**2 + 1.1455e6 / nm**3


def index(salinity: ArrayLike, temperature: ArrayLike = 293.15, wavelength: ArrayLike = 0.5893) -> Array:
    """Of sea water, by Quan and Fry; they state 1.5e-5 over their ranges.

    Args:
        salinity: [‰], 0 to 35.
        temperature: [K], 0 to 30 °C.
        wavelength: [µm], 0.4 to 0.7.

    Raises:
        MaterialRangeError: outside the ranges in which it was measured.
    """
    _check(salinity, temperature, wavelength, WAVELENGTHS[1])
    return AIR * _formula(salinity, temperature, wavelength)


def mcneil(salinity: ArrayLike, temperature: ArrayLike = 293.15, wavelength: ArrayLike = 0.5893) -> Array:
    """The same by McNeil's older formula, at the surface: a second route, within 6e-4 of `index`."""
    _check(salinity, temperature, wavelength, WAVELENGTHS[1])
    s, t, nm = (
        jnp.asarray(salinity, float),
        jnp.asarray(temperature, float) - ZERO_CELSIUS,
        1e3 * jnp.asarray(wavelength),
    )
    return AIR * (1.3247 - 2.5e-6 * t**2 + s * (2e-4 - 8e-7 * t) + 3300 / nm**2 - 3.2e7 / nm**4)


def salt(salinity: ArrayLike, temperature: ArrayLike = 293.15, wavelength: ArrayLike = 0.5893) -> Salt:
    """What salt adds to the index of water: for guides at wavelengths where `index` has no measurement.

    Args:
        salinity: [‰].
        temperature: [K].
        wavelength: [µm], up to 1.7; `measured` says whether it lies within 0.4 to 0.7, and is False for a traced one.
    """
    _check(salinity, temperature, wavelength, FURTHEST)
    inside = known(wavelength) and float(np.max(np.asarray(wavelength))) <= WAVELENGTHS[1]
    change = _formula(salinity, temperature, wavelength) - _formula(0.0, temperature, wavelength)
    return Salt(AIR * change, inside)


def per_kelvin(salinity: ArrayLike, temperature: ArrayLike = 293.15, wavelength: ArrayLike = 0.5893) -> Array:
    """Salinity [‰/K] that a kelvin is taken for: dn/dT over dn/dS, scalar arguments."""
    _check(salinity, temperature, wavelength, WAVELENGTHS[1])
    by = jax.grad(lambda s, t: _formula(s, t, wavelength), argnums=(0, 1))
    by_salt, by_warmth = by(jnp.asarray(salinity, float), jnp.asarray(temperature, float))
    return by_warmth / by_salt


def salinity_sigma(
    index_sigma: ArrayLike, temperature_sigma: ArrayLike, salinity: ArrayLike, temperature: ArrayLike = 293.15,
    wavelength: ArrayLike = 0.5893,
) -> Array:  # fmt: skip
    """Scatter of a salinity [‰] found from an index, one σ.

    Args:
        index_sigma: of the index: a third of `Budget.lod_riu` [RIU].
        temperature_sigma: of the water's temperature as it is known [K].
        salinity: at which [‰].
        temperature: [K].
        wavelength: [µm].
    """
    check_no_less("salinity_sigma", "index_sigma", index_sigma, 0.0, "RIU", "")
    check_no_less("salinity_sigma", "temperature_sigma", temperature_sigma, 0.0, "K", "")
    slope = jax.grad(lambda s: AIR * _formula(s, temperature, wavelength))(jnp.asarray(salinity, float))
    warmth = per_kelvin(salinity, temperature, wavelength) * jnp.asarray(temperature_sigma)
    return jnp.hypot(jnp.asarray(index_sigma) / slope, warmth)
