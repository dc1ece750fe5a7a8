"""Much light: carriers under way screen the field that moves them.

Uniform generation makes a current density J whose electrons grow towards the n side and holes towards the p side, all
at one saturated speed v. Poisson's equation ε E' = q(p - n) = (J/v)(1 - 2s), with the voltage as the integral of E,
gives (derived here), s from the p to the n side of a gap d,

    E(s) = V/d + (J d/(ε v)) (s - s² - 1/6),

lowest at the ends. Where that falls to the field that carriers need to stay fast, the diode saturates. Light dies along
the guide, so the densest current is at its entry. Not in it: heating, and loads that take voltage off at high
frequencies. Fields in V/cm, densities in A/cm², lengths in µm.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors.response import field_in
from lingnan.solvers.detectors.section import Photodiode
from lingnan.solvers.trees import refusing

#: at which carriers in germanium are as good as saturated [V/cm]: electrons lag by 1 %, holes by 5 %
FAST = 1e4


@refusing
def screened(
    diode: Photodiode, bias: ArrayLike, density: ArrayLike, place: ArrayLike, series: ArrayLike = 0.0
) -> Array:
    """The field at a place 0 to 1 from p to n [V/cm].

    Args:
        diode: gap and germanium.
        bias: reverse [V], less what `series` takes of it.
        density: of the current [A/cm²].
        place: s.
        series: resistance times area [Ω cm²] between the source and the junction.
    """
    check_no_less("screened", "density", density, 0.0, "A/cm²", "")
    check_no_less("screened", "place", place, 0.0, "", "0 is the p side.")
    check_between("screened", "place", place, -1.0, 1.0 + 1e-12, "", "1 is the n side.")
    check_no_less("screened", "series", series, 0.0, "Ω cm²", "")
    j, s = jnp.asarray(density, float), jnp.asarray(place, float)
    speed = diode.germanium.saturated
    epsilon = constants.epsilon_0 * diode.germanium.permittivity * 1e-2
    gap = diode.depleted * 1e-4
    return field_in(diode, bias) - series * j / gap + j * gap / (epsilon * speed) * (s - s**2 - 1 / 6)


@refusing
def densest(diode: Photodiode, bias: ArrayLike, least: ArrayLike = FAST, series: ArrayLike = 0.0) -> Array:
    """Density at which the lowest field falls to `least` [A/cm²]: (V/d - E)/(d/(6 ε v) + R A/d)."""
    check_between("densest", "least", least, 0.0, np.inf, "V/cm", "")
    check_no_less("densest", "series", series, 0.0, "Ω cm²", "")
    speed = diode.germanium.saturated
    epsilon = constants.epsilon_0 * diode.germanium.permittivity * 1e-2
    gap = diode.depleted * 1e-4
    room = jnp.maximum(field_in(diode, bias) - least, 0.0)
    return room / (gap / (6 * epsilon * speed) + series / gap)


@refusing
def saturation_current(
    diode: Photodiode,
    bias: ArrayLike,
    crowding: ArrayLike = 1.0,
    least: ArrayLike = FAST,
    resistance: ArrayLike = 0.0,
) -> Array:
    """Current at which the densest place of a diode saturates [A].

    Args:
        diode: geometry and germanium.
        bias: reverse [V].
        crowding: densest current over the mean: L g(0)/A of `Excited.generation`, or αL/(1 - exp(-αL)).
        least: field that carriers need [V/cm].
        resistance: series and load, which take bias off [Ω].
    """
    check_no_less("saturation_current", "crowding", crowding, 1.0, "", "1 is light that is absorbed evenly.")
    check_no_less("saturation_current", "resistance", resistance, 0.0, "Ω", "")
    area: Any = diode.area * 1e-8
    # the drop comes with the whole current, the screening with the densest
    series = resistance * area / crowding
    return densest(diode, bias, least, series) * area / crowding


@refusing
def crowding(depth: ArrayLike) -> Array:
    """αL/(1 - exp(-αL)): densest over mean generation of light that dies as exp(-αz) over a length L."""
    check_between("crowding", "depth", depth, 0.0, np.inf, "", "Give α times L.")
    x = jnp.asarray(depth, float)
    return x / -jnp.expm1(-x)
