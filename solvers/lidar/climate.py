"""What the vehicle's temperatures do: where the beam goes, how much the diode leaks, and what it costs in range.

-40 to 125 °C is grade 1 of AEC-Q100 (Failure Mechanism Based Stress Test Qualification for Integrated Circuits; the
range is commonly known, the standard was not read). Outside of what the numbers cover nothing is said. Temperatures in
K, with `celsius` at the door.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors.dark import activated
from lingnan.solvers.lidar.antenna import Antenna

ZERO = constants.zero_Celsius  #: [K]
VEHICLE = (-40.0 + ZERO, 125.0 + ZERO)  #: grade 1 [K]


def celsius(temperature: ArrayLike) -> Array:
    """Degrees Celsius as kelvins."""
    return jnp.asarray(temperature, float) + ZERO


def check_temperature(where: str, temperature: ArrayLike, limits: tuple[float, float] = VEHICLE) -> None:
    """Refuses temperatures outside of what is known.

    Args:
        where: who asks.
        temperature: [K].
        limits: both included [K].
    """
    low, high = limits
    advice = f"Its data cover {low - ZERO:g} to {high - ZERO:g} °C, and temperatures are in K."
    check_between(where, "temperature", temperature, low - 1e-9, high + 1e-9, "K", advice)


def dark_current(at_room: ArrayLike, activation: ArrayLike, temperature: ArrayLike, room: float = 25.0 + ZERO) -> Array:
    """I0 exp((E_a/k)(1/T0 - 1/T)): what a diode leaks at another temperature [A].

    Args:
        at_room: I0, measured at `room` [A].
        activation: E_a [eV]: near half the gap where traps make it, the gap where diffusion does.
        temperature: [K].
        room: T0 [K].
    """
    check_no_less("dark_current", "at_room", at_room, 0.0, "A", "Give its size.")
    check_between("dark_current", "activation", activation, 0.0, 2.0, "eV", "")
    check_temperature("dark_current", temperature)
    return jnp.asarray(at_room, float) * activated(activation, temperature, room)


class Pointing(NamedTuple):
    """Where a beam goes over temperature."""

    along_deg: Array  #: change of the angle along the antennas [degrees]
    across_deg: Array  #: the same across them, of guides of unlike length [degrees]
    wavelength: Array  #: change of the laser's wavelength that would bring it back along the antennas [µm]


def pointing(
    antenna: Antenna, drift: ArrayLike, temperature: ArrayLike, *,
    pitch: ArrayLike = 1.0, step: ArrayLike = 0.0, room: float = 25.0 + ZERO,
) -> Pointing:  # fmt: skip
    """Drift of a phased array whose laser stays where it is.

    Antennas fed by guides of equal length keep their phases; where each next guide is longer by `step`, the wave front
    turns by dn/dT ΔT step/pitch.

    Args:
        antenna: at `room`.
        drift: dn_eff/dT of antennas and guides [1/K].
        temperature: of the chip [K].
        pitch: of the antennas [µm].
        step: difference in length of neighbouring guides [µm].
        room: [K].
    """
    check_temperature("pointing", temperature)
    check_between("pointing", "pitch", pitch, 0.0, np.inf, "µm", "")
    change = jnp.asarray(drift, float) * (jnp.asarray(temperature, float) - room)
    v = jnp.asarray(antenna.sine, float)
    along = jnp.rad2deg(jnp.arcsin(v + change) - jnp.arcsin(v))
    across = jnp.rad2deg(jnp.arcsin(change * step / pitch))
    back = -change * antenna.wavelength / (v - antenna.n_g)  # dv/dλ = (v - n_g)/λ
    return Pointing(along, across, back)
