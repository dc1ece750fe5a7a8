"""Silicon as carriers see it: intrinsic density, mobility, recombination. Densities in cm^-3, temperature in K.

Boltzmann statistics with one intrinsic density. Fermi and Dirac's would lift the level of n electrons among N states by
n/(√8 N) kT/q (derived here: F_1/2(η) = exp η - exp 2η / √8 + …), which at 1e18 is 0.3 mV; contacts of 1e19 and more are
off by some kT/q. Dopants also narrow the gap: by the law of Slotboom and de Graaff, 9 meV (x + sqrt(x² + 0.5)) with
x = ln(N/1e17), by 42 meV at 1e18. That is left out: it would lower a built-in voltage and add 2 % to a capacitance at
0 V (the test of what the statistics leave out).
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree

ELEMENTARY_CHARGE = constants.elementary_charge  #: [C]
VACUUM_PERMITTIVITY = 1e-2 * constants.epsilon_0  #: [F/cm]
ROOM = 300.0  #: at which the mobilities were fitted [K]

Dopant = Literal["phosphorus", "arsenic", "boron"]
MobilityLaw = Literal["masetti", "arora"]


class Masetti(NamedTuple):
    """Mobilities in cm²/(V s), densities in cm^-3; the law is in `masetti`."""

    first: float
    second: float
    third: float
    most: float
    onset: float
    middle: float
    high: float
    alpha: float
    beta: float


#: table I of Masetti 1983
MASETTI: dict[Dopant, Masetti] = {
    "arsenic": Masetti(52.2, 52.2, 43.4, 1417.0, 0.0, 9.68e16, 3.43e20, 0.680, 2.0),
    "phosphorus": Masetti(68.5, 68.5, 56.1, 1414.0, 0.0, 9.20e16, 3.41e20, 0.711, 1.98),
    "boron": Masetti(44.9, 0.0, 29.0, 470.5, 9.23e16, 2.23e17, 6.10e20, 0.719, 2.0),
}
LATTICE = {"phosphorus": 2.5, "arsenic": 2.5, "boron": 2.2}  #: powers of 1/T of the mobility without impurities


def intrinsic_density(temperature: ArrayLike) -> Array:
    """Intrinsic density [cm^-3] from 78 to 340 K, elementwise.

    K. Misiakos and D. Tsamakis, J. Appl. Phys. 74, 3293 (1993), doi:10.1063/1.354551: 9.7e9 at 300 K, 3 % below the
    1.0e10 that is customary.
    """
    t = jnp.asarray(temperature, float)
    return 5.29e19 * (t / ROOM) ** 2.54 * jnp.exp(-6726.0 / t)


def masetti(doping: ArrayLike, dopant: Dopant, temperature: ArrayLike = ROOM) -> Array:
    """Mobility of majority carriers [cm²/(V s)] at a total doping [cm^-3], elementwise.

    G. Masetti, M. Severi, S. Solmi, IEEE Trans. Electron Devices 30, 764 (1983), doi:10.1109/T-ED.1983.21207, fitted at
    300 K from 1e13 to 5e21. With temperature only the part of the lattice moves, as in device simulators.
    """
    c = MASETTI[dopant]
    n = jnp.maximum(jnp.asarray(doping, float), 1e10)
    most = c.most * (jnp.asarray(temperature, float) / ROOM) ** -LATTICE[dopant]
    clean = (most - c.second) / (1 + (n / c.middle) ** c.alpha)
    return c.first * jnp.exp(-c.onset / n) + clean - c.third / (1 + (c.high / n) ** c.beta)


def arora(doping: ArrayLike, carrier: Literal["electron", "hole"], temperature: ArrayLike = ROOM) -> Array:
    """Mobility [cm²/(V s)] at a total doping [cm^-3] up to 1e20, 250 to 500 K, elementwise.

    N. D. Arora, J. R. Hauser, D. J. Roulston, IEEE Trans. Electron Devices 29, 292 (1982),
    doi:10.1109/T-ED.1982.20698: within 13 % of measurements. 0.88 stands as a power here, for it has a power of
    temperature of its own in the manual of COMSOL's semiconductor module; the paper itself was not read. As a factor it
    would give electrons at 1e17 and 1e18 825 and 245, not 777 and 262; Masetti's data say 721 and 277.
    """
    n, t = jnp.asarray(doping, float), jnp.asarray(temperature, float) / ROOM
    low, most, power, middle = (
        (88.0, 7.40e8, -2.33, 1.26e17) if carrier == "electron" else (54.3, 1.36e8, -2.23, 2.35e17)
    )
    part = (n / (middle * t**2.4)) ** (0.88 * t**-0.146)
    return low * t**-0.57 + most * (ROOM * t) ** power / (1 + part)


def saturation(carrier: Literal["electron", "hole"], temperature: ArrayLike = ROOM) -> tuple[Array, Array]:
    """Saturation velocity [cm/s], and the power β of μ / (1 + (μ E / v)^β)^(1/β).

    C. Canali et al., IEEE Trans. Electron Devices 22, 1045 (1975), doi:10.1109/T-ED.1975.18267.
    """
    t = jnp.asarray(temperature, float) / ROOM
    if carrier == "electron":
        return 1.07e7 * t**-0.87, 1.109 * t**0.66
    return 8.37e6 * t**-0.52, 1.213 * t**0.17


@tree
@dataclass(frozen=True)
class Silicon:
    """Numbers of silicon that a solution depends on.

    Args:
        temperature: [K], 250 to 500.
        intrinsic: density [cm^-3]; None: `intrinsic_density` of the temperature.
        permittivity: relative.
        electron_lifetime: Shockley-Read-Hall lifetime [s] with a trap at mid-gap; etched waveguides have 1 ns or so.
        hole_lifetime: the same.
        electron_auger: Auger coefficient [cm^6/s]; J. Dziewior and W. Schmid, Appl. Phys. Lett. 31, 346 (1977),
            doi:10.1063/1.89694.
        hole_auger: the same.
        donor: whose Masetti law electrons follow.
        mobility: which law carriers follow; holes are those of boron.
        saturated: whether velocities saturate.
    """

    temperature: Any = ROOM
    intrinsic: Any = None
    permittivity: Any = 11.7
    electron_lifetime: Any = 1e-9
    hole_lifetime: Any = 1e-9
    electron_auger: Any = 2.8e-31
    hole_auger: Any = 9.9e-32
    donor: Dopant = field(default="phosphorus", metadata={"static": True})
    mobility: MobilityLaw = field(default="masetti", metadata={"static": True})
    saturated: bool = field(default=True, metadata={"static": True})

    def __post_init__(self) -> None:
        where = "Silicon"
        check_between(where, "temperature", self.temperature, 250.0, 500.0, "K", "Mobilities were measured there.")
        check_between(where, "permittivity", self.permittivity, 1.0, 100.0, "", "Silicon has 11.7.")
        if self.intrinsic is not None:
            check_between(where, "intrinsic", self.intrinsic, 0.0, float("inf"), "cm^-3", "1e10 at 300 K.")
        for name in ("electron_lifetime", "hole_lifetime"):
            check_between(where, name, getattr(self, name), 0.0, float("inf"), "s", "1e-9 in an etched guide.")
        for name in ("electron_auger", "hole_auger"):
            check_no_less(where, name, getattr(self, name), 0.0, "cm^6/s", "0 leaves it out.")
        if self.mobility not in ("masetti", "arora"):
            raise ValueError(f"Silicon: mobility = {self.mobility!r}: it must be 'masetti' or 'arora'.")
        if self.donor not in ("phosphorus", "arsenic"):
            raise ValueError(f"Silicon: donor = {self.donor!r}: it must be 'phosphorus' or 'arsenic'.")

    @property
    def thermal_voltage(self) -> Array:
        """kT/q [V]."""
        return constants.Boltzmann * jnp.asarray(self.temperature, float) / ELEMENTARY_CHARGE

    @property
    def n_i(self) -> Array:
        """Intrinsic density [cm^-3]."""
        return intrinsic_density(self.temperature) if self.intrinsic is None else jnp.asarray(self.intrinsic, float)

    def mobilities(self, doping: ArrayLike) -> tuple[Array, Array]:
        """Of electrons and of holes in a low field [cm²/(V s)], at a total doping [cm^-3]."""
        if self.mobility == "arora":
            return arora(doping, "electron", self.temperature), arora(doping, "hole", self.temperature)
        return masetti(doping, self.donor, self.temperature), masetti(doping, "boron", self.temperature)

    def recombination(self, electrons: Array, holes: Array, excess: Array) -> Array:
        """Net rate [cm^-3 s^-1], Shockley-Read-Hall and Auger.

        Args:
            electrons: [cm^-3].
            holes: [cm^-3].
            excess: n p - n_i² [cm^-6], given apart: as a difference it has no digits left near equilibrium.
        """
        n_i = self.n_i
        traps = self.hole_lifetime * (electrons + n_i) + self.electron_lifetime * (holes + n_i)
        return excess * (1 / traps + self.electron_auger * electrons + self.hole_auger * holes)
