"""Absorption of a gas from the parameters of its lines, at any pressure and temperature.

Intensities, widths and shifts as HITRAN defines them (L. S. Rothman et al., J. Quant. Spectrosc. Radiat. Transf. 60,
665 (1998), doi:10.1016/S0022-4073(98)00078-8, appendix). The partition function is that of a rigid rotor and harmonic
vibrations, right at 296 K by definition; from 260 to 335 K it follows TIPS-2011 to 0.13 %. Beyond 250 to 350 K it is
refused.
Wavenumbers in 1/cm, pressures in atm, temperatures in K, absorption in 1/cm.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.sensors.ranges import check_measured
from lingnan.solvers.sensors.voigt import voigt

#: h c/k [cm K]
SECOND_RADIATION = 100 * constants.h * constants.c / constants.k
REFERENCE = 296.0  #: of intensities and widths [K]
TEMPERATURES = (250.0, 350.0)  #: where the partition function is trusted [K]
ATMOSPHERE = 101325.0  #: [Pa]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Gas:
    """A gas with the lines of one band; arrays (L,)."""

    position: Any  #: [1/cm]
    intensity: Any  #: at 296 K [cm/molecule]
    air: Any  #: half width by air [1/(cm atm)]
    own: Any  #: half width by itself [1/(cm atm)]
    lower: Any  #: energy of the lower state [1/cm]
    exponent: Any  #: of the air width
    shift: Any  #: by air [1/(cm atm)]
    mass: Any  #: [g/mol]
    vibrations: tuple[tuple[float, float], ...] = field(metadata={"static": True})
    rotation: float = field(metadata={"static": True})
    band: tuple[float, float] = field(metadata={"static": True})  #: [1/cm]
    name: str = field(default="", metadata={"static": True})
    source: str = field(default="", metadata={"static": True})


def get(name: str) -> Gas:
    """A gas that is shipped.

    Raises:
        ValueError: it is not, with the names of those that are.
    """
    with resources.as_file(resources.files("lingnan.solvers.sensors") / "data" / "lines.toml") as file:
        known_ones = read(file)
    if name not in known_ones:
        kept = ", ".join(f"{gas.name} ({gas.band[0]:g} to {gas.band[1]:g} 1/cm)" for gas in known_ones.values())
        raise ValueError(
            f"lines: no lines of {name!r} are kept. {did_you_mean(name, tuple(known_ones))} There are {kept}. Others: "
            "lines.read takes a file of the same form, lines.from_par one in HITRAN's format."
        )
    return known_ones[name]


@cache
def read(file: Path) -> dict[str, Gas]:
    """Gases of a data file such as `data/lines.toml`, by name."""
    tables = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    return {name: _gas(name, table) for name, table in tables.items()}


def _gas(name: str, table: dict[str, Any]) -> Gas:
    columns = np.asarray(table["lines"], float).T
    low, high = table["range"]
    vibrations = tuple((float(w), float(g)) for w, g in table["vibrations"])
    return Gas(
        *_seven(columns), mass=float(table["mass"]), vibrations=vibrations, rotation=float(table["rotation"]),
        band=(float(low), float(high)), name=name, source=table["source"],
    )  # fmt: skip


Columns = tuple[Any, Any, Any, Any, Any, Any, Any]


def _seven(columns: np.ndarray) -> Columns:
    """Of the lines: position, intensity, air, own, lower, exponent, shift."""
    return columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], columns[6]


def from_par(text: str, like: Gas, weakest: float = 0.0) -> Gas:
    """Lines in HITRAN's format of 160 columns, of the molecule that `like` is.

    Args:
        text: of the file.
        like: gives mass, vibrations and rotation.
        weakest: intensity below which a line is left out [cm/molecule].

    Raises:
        ValueError: a row that is no such line, with its number.
    """
    places = ((3, 15), (15, 25), (35, 40), (40, 45), (45, 55), (55, 59), (59, 67))
    found: list[list[float]] = []
    for k, row in enumerate(text.splitlines(), 1):
        if not row.strip():
            continue
        try:
            numbers = [float(row[a:b]) for a, b in places]
        except ValueError:
            raise ValueError(
                f"from_par: row {k} is no line of HITRAN's 160 columns: {row[:40]!r}. Export the file as .par."
            ) from None
        if numbers[1] >= weakest:
            found.append(numbers)
    if not found:
        raise ValueError(f"from_par: no line of {weakest:g} cm/molecule or more. Use a lower weakest=.")
    columns = np.asarray(found).T
    band = float(columns[0].min()), float(columns[0].max())
    return Gas(
        *_seven(columns), mass=like.mass, vibrations=like.vibrations, rotation=like.rotation, band=band,
        name=like.name, source="given as .par",
    )  # fmt: skip


def _check_temperature(gas: Gas, temperature: ArrayLike) -> None:
    name = gas.name or "gas"
    check_measured(name, "temperature", temperature, TEMPERATURES, "K", gas.source, "Stay in range.")


def _check_mixture(where: str, pressure: ArrayLike, fraction: ArrayLike) -> None:
    check_no_less(where, "fraction", fraction, 0.0, "", "A ppm is 1e-6.")
    check_between(where, "fraction", fraction, -1.0, 1.0 + 1e-12, "", "A ppm is 1e-6.")
    check_between(where, "pressure", pressure, 0.0, np.inf, "atm", "")


def partition(gas: Gas, temperature: ArrayLike) -> Array:
    """Partition function over that at 296 K: T^rotation Π (1 - exp(-c2 ν/T))^-g."""
    _check_temperature(gas, temperature)
    t = jnp.asarray(temperature, float)

    def total(t: Any) -> Array:
        found = jnp.asarray(t, float) ** gas.rotation
        for wave, times in gas.vibrations:
            found = found / (1 - jnp.exp(-SECOND_RADIATION * wave / t)) ** times
        return found

    return total(t) / total(REFERENCE)


def intensities(gas: Gas, temperature: ArrayLike) -> Array:
    """Of all lines at a temperature [cm/molecule], (L,)."""
    _check_temperature(gas, temperature)
    t, c2 = jnp.asarray(temperature, float), SECOND_RADIATION
    boltzmann = jnp.exp(-c2 * gas.lower * (1 / t - 1 / REFERENCE))
    emission = (1 - jnp.exp(-c2 * gas.position / t)) / (1 - jnp.exp(-c2 * gas.position / REFERENCE))
    return gas.intensity * boltzmann * emission / partition(gas, t)


def widths(gas: Gas, temperature: ArrayLike, pressure: ArrayLike, fraction: ArrayLike) -> tuple[Array, Array]:
    """Half widths of the Doppler and the pressure part of all lines [1/cm]."""
    _check_temperature(gas, temperature)
    _check_mixture("widths", pressure, fraction)
    t = jnp.asarray(temperature, float)
    speed = jnp.sqrt(2 * np.log(2) * constants.N_A * constants.k * t / (1e-3 * gas.mass))
    mixed = jnp.asarray(fraction) * gas.own + (1 - jnp.asarray(fraction)) * gas.air
    return gas.position * speed / constants.c, (REFERENCE / t) ** gas.exponent * mixed * pressure


def absorption(
    gas: Gas, wavenumber: ArrayLike, temperature: ArrayLike = REFERENCE, pressure: ArrayLike = 1.0,
    fraction: ArrayLike = 1e-6,
) -> Array:  # fmt: skip
    """Absorption coefficient [1/cm] in air, shaped like `wavenumber`; linear in fraction but for its own broadening.

    Args:
        gas: its lines.
        wavenumber: [1/cm].
        temperature: [K].
        pressure: of all gases together [atm].
        fraction: of molecules: 1e-6 is a ppm.

    Raises:
        MaterialRangeError: beyond the band, or the temperatures where the partition function is trusted.
        ValueError: a fraction or pressure below 0, or a fraction above 1.
    """
    name, advice = gas.name or "gas", "Load the lines there with lines.read or lines.from_par."
    check_measured(name, "wavenumber", wavenumber, gas.band, "1/cm", gas.source, advice)
    _check_temperature(gas, temperature)
    _check_mixture("absorption", pressure, fraction)
    nu = jnp.asarray(wavenumber, float)
    gaussian, lorentzian = widths(gas, temperature, pressure, fraction)
    centre = gas.position + gas.shift * jnp.asarray(pressure)
    shape = voigt(nu[..., None] - centre, gaussian, lorentzian)
    per_cm3 = 1e-6 * ATMOSPHERE * jnp.asarray(pressure) / (constants.k * jnp.asarray(temperature, float))
    return per_cm3 * fraction * jnp.sum(shape * intensities(gas, temperature), axis=-1)
