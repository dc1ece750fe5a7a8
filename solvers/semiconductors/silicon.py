"""Silicon as carriers see it: intrinsic density, gap, mobility, recombination. Densities in cm^-3, temperature in K.

By default Boltzmann's statistics with one intrinsic density. Both that it leaves out can be asked for:

- `statistics="fermi"`: Fermi and Dirac's, which lift the level of n electrons among N states by n/(√8 N) kT/q and more
  (F_1/2(η) = exp η - exp 2η / √8 + …): 0.3 mV at 1e18, 3 mV at 1e19, 31 mV at 1e20.
- `narrowing`: dopants narrow the gap, by the laws of `NARROWINGS` 42 or 29 meV at 1e18; half of it moves each band. The
  first lowers the built-in voltage of 1e18 on both sides by so much, and adds 2.4 % to its capacitance at 0 V.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.materials.errors import did_you_mean
from lingnan.solvers.semiconductors.statistics import bend, lift
from lingnan.solvers.trees import tree

ELEMENTARY_CHARGE = constants.elementary_charge  #: [C]
VACUUM_PERMITTIVITY = 1e-2 * constants.epsilon_0  #: [F/cm]
ROOM = 300.0  #: at which the mobilities were fitted [K]

Dopant = Literal["phosphorus", "arsenic", "boron"]
Carrier = Literal["electron", "hole"]
MobilityLaw = Literal["masetti", "arora"]
Statistics = Literal["boltzmann", "fermi"]
Narrowing = Literal["none", "slotboom", "klaassen"]
CARRIERS = ("electron", "hole")
STATISTICS = ("boltzmann", "fermi")
#: volts and density [cm^-3] of V (x + sqrt(x² + 0.5)), x = log(N/N_0): J. W. Slotboom and H. C. de Graaff, Solid-State
#: Electron. 19, 857 (1976), doi:10.1016/0038-1101(76)90043-5, and D. B. M. Klaassen, J. W. Slotboom, H. C. de Graaff,
#: Solid-State Electron. 35, 125 (1992). As device simulators have them (the second is Tidy3D's choice); neither paper
#: was read
NARROWINGS = {"none": (0.0, 1e17), "slotboom": (9e-3, 1e17), "klaassen": (6.92e-3, 1.3e17)}


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


def states(temperature: ArrayLike) -> tuple[Array, Array]:
    """Effective densities of states of conduction and valence band [cm^-3], elementwise.

    M. A. Green, J. Appl. Phys. 67, 2944 (1990), doi:10.1063/1.345414, as programs for lifetimes in silicon quote it;
    the paper was not read. With `intrinsic_density` they say a gap of 1.130 eV at 300 K, 5 meV above the measured one:
    what is used is n_i, and of these alone how full a band is.
    """
    t = jnp.asarray(temperature, float) / ROOM
    return 2.86e19 * t**1.58, 3.10e19 * t**1.85


def narrowed(doping: ArrayLike, law: Narrowing = "slotboom") -> Array:
    """By how much a total doping [cm^-3] narrows the gap [eV], elementwise; laws of `NARROWINGS`."""
    if law not in NARROWINGS:
        raise ValueError(f"narrowed: law = {law!r}. {did_you_mean(str(law), NARROWINGS)}")
    volts, middle = NARROWINGS[law]
    x = jnp.log(jnp.maximum(jnp.asarray(doping, float), 1e10) / middle)
    return volts * (x + jnp.sqrt(x**2 + 0.5))


def masetti(doping: ArrayLike, dopant: Dopant, temperature: ArrayLike = ROOM) -> Array:
    """Mobility of majority carriers [cm²/(V s)] at a total doping [cm^-3], elementwise.

    G. Masetti, M. Severi, S. Solmi, IEEE Trans. Electron Devices 30, 764 (1983), doi:10.1109/T-ED.1983.21207, fitted at
    300 K from 1e13 to 5e21. With temperature only the part of the lattice moves, as in device simulators.
    """
    if dopant not in MASETTI:
        raise ValueError(f"masetti: dopant = {dopant!r}. {did_you_mean(str(dopant), MASETTI)}")
    c = MASETTI[dopant]
    n = jnp.maximum(jnp.asarray(doping, float), 1e10)
    most = c.most * (jnp.asarray(temperature, float) / ROOM) ** -LATTICE[dopant]
    clean = (most - c.second) / (1 + (n / c.middle) ** c.alpha)
    return c.first * jnp.exp(-c.onset / n) + clean - c.third / (1 + (c.high / n) ** c.beta)


def arora(doping: ArrayLike, carrier: Carrier, temperature: ArrayLike = ROOM) -> Array:
    """Mobility [cm²/(V s)] at a total doping [cm^-3] up to 1e20, 250 to 500 K, elementwise.

    N. D. Arora, J. R. Hauser, D. J. Roulston, IEEE Trans. Electron Devices 29, 292 (1982),
    doi:10.1109/T-ED.1982.20698: within 13 % of measurements. 0.88 stands as a power here, for it has a power of
    temperature of its own in the manual of COMSOL's semiconductor module; the paper itself was not read. As a factor it
    would give electrons at 1e17 and 1e18 825 and 245, not 777 and 262; Masetti's data say 721 and 277.
    """
    _check_carrier("arora", carrier)
    n, t = jnp.asarray(doping, float), jnp.asarray(temperature, float) / ROOM
    low, most, power, middle = (
        (88.0, 7.40e8, -2.33, 1.26e17) if carrier == "electron" else (54.3, 1.36e8, -2.23, 2.35e17)
    )
    part = (n / (middle * t**2.4)) ** (0.88 * t**-0.146)
    return low * t**-0.57 + most * (ROOM * t) ** power / (1 + part)


def saturation(carrier: Carrier, temperature: ArrayLike = ROOM) -> tuple[Array, Array]:
    """Saturation velocity [cm/s], and the power β of μ / (1 + (μ E / v)^β)^(1/β).

    C. Canali et al., IEEE Trans. Electron Devices 22, 1045 (1975), doi:10.1109/T-ED.1975.18267.
    """
    _check_carrier("saturation", carrier)
    t = jnp.asarray(temperature, float) / ROOM
    if carrier == "electron":
        return 1.07e7 * t**-0.87, 1.109 * t**0.66
    return 8.37e6 * t**-0.52, 1.213 * t**0.17


def _check_carrier(where: str, carrier: str) -> None:
    if carrier not in CARRIERS:
        raise ValueError(f"{where}: carrier = {carrier!r}. {did_you_mean(str(carrier), CARRIERS)}")


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
        saturated: whether velocities saturate, in the field that moves a band's edge: also in that of an abrupt
            junction at rest, which drives nothing. Beside 1e20 and a narrowed gap that takes current away.
        statistics: "boltzmann", or "fermi" of bands filled as `statistics` has it among the states of `states`.
        narrowing: "none", or the law by which dopants narrow the gap. Those laws are of n p as measured, put down to
            the gap alone: with "fermi" the gap is narrower by what full bands take off n p, so both have the n p of
            the law in neutral silicon.
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
    statistics: Statistics = field(default="boltzmann", metadata={"static": True})
    narrowing: Narrowing = field(default="none", metadata={"static": True})

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
        for name, choices in (("statistics", STATISTICS), ("narrowing", tuple(NARROWINGS))):
            given = getattr(self, name)
            if given not in choices:
                raise ValueError(f"Silicon: {name} = {given!r}. {did_you_mean(str(given), choices)}")

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

    @property
    def fermi(self) -> bool:
        """Whether bands fill."""
        return self.statistics == "fermi"

    def _lifts(self, net: Array) -> tuple[Array, Array]:
        """By how much full bands lift the levels of majority carriers of a net doping, in kT."""
        n, p = states(self.temperature)
        return lift(jnp.maximum(net, 0.0) / n), lift(jnp.maximum(-net, 0.0) / p)

    def nearer(self, donors: Array, acceptors: Array) -> Array:
        """By how much both bands' edges are nearer to the middle of the gap than in pure silicon, in kT: half of what
        the gap is narrowed."""
        if self.narrowing == "none":
            return jnp.zeros(jnp.shape(donors))
        law = narrowed(donors + acceptors, self.narrowing) / self.thermal_voltage
        return (law + sum(self._lifts(donors - acceptors)) if self.fermi else law) / 2

    def neutral(self, donors: Array, acceptors: Array) -> Array:
        """The potential at which silicon is neutral in equilibrium, in kT/q.

        With bands that fill, two steps of Newton's method from where minority carriers are few.
        """
        net = donors - acceptors
        near = self.nearer(donors, acceptors)
        n_ie = self.n_i * jnp.exp(near)
        aim = jnp.arcsinh(net / (2 * n_ie))
        if not self.fermi:
            return aim
        on_n, on_p = self._lifts(net)
        psi = aim + on_n - on_p

        def scaled(psi: Array) -> Array:
            n, p = self.carriers(psi, near, 0.0, 0.0)
            return jnp.arcsinh((n - p) / (2 * n_ie))

        for _ in range(2):
            value, slope = jax.jvp(scaled, (psi,), (jnp.ones_like(psi),))
            psi = psi + (aim - value) / slope
        return psi

    def levels(self, psi: Array, nearer: ArrayLike, phi_n: ArrayLike, phi_p: ArrayLike) -> tuple[Array, Array]:
        """Of electrons above the conduction band's edge and of holes below the valence band's, in kT."""
        n, p = states(self.temperature)
        on_n, on_p = psi - phi_n, jnp.asarray(phi_p) - psi
        near = jnp.asarray(nearer)
        return on_n + near + jnp.log(self.n_i / n), on_p + near + jnp.log(self.n_i / p)

    def carriers(self, psi: Array, nearer: ArrayLike, phi_n: ArrayLike, phi_p: ArrayLike) -> tuple[Array, Array]:
        """Electrons and holes [cm^-3] from potentials in kT/q; `nearer` of the method of this name."""
        n, p = psi - phi_n, phi_p - psi
        if self.narrowing != "none":
            n, p = n + nearer, p + nearer
        if self.fermi:
            on_n, on_p = self.levels(psi, nearer, phi_n, phi_p)
            n, p = n + bend(on_n), p + bend(on_p)
        return self.n_i * jnp.exp(n), self.n_i * jnp.exp(p)

    def at_trap(self, psi: Array, nearer: ArrayLike, phi_n: ArrayLike, phi_p: ArrayLike) -> tuple[Array, Array]:
        """Densities [cm^-3] with their levels at a trap in the middle of the gap. As bands fill, they fall by F(η) over
        exp η: what traps give back is held up by what is there already (detailed balance)."""
        if not self.fermi and self.narrowing == "none":
            return self.n_i, self.n_i
        n = p = nearer + jnp.zeros(jnp.shape(psi))
        if self.fermi:
            on_n, on_p = self.levels(psi, nearer, phi_n, phi_p)
            n, p = n + bend(on_n), p + bend(on_p)
        return self.n_i * jnp.exp(n), self.n_i * jnp.exp(p)

    def product(self, donors: Array, acceptors: Array) -> Array:
        """n p of neutral silicon in equilibrium [cm^-6]."""
        n, p = self.at_trap(self.neutral(donors, acceptors), self.nearer(donors, acceptors), 0.0, 0.0)
        return n * p

    def recombination(self, electrons: Array, holes: Array, excess: Array, at_trap: tuple[Array, Array]) -> Array:
        """Net rate [cm^-3 s^-1], Shockley-Read-Hall and Auger.

        Args:
            electrons: [cm^-3].
            holes: [cm^-3].
            excess: n p less its equilibrium [cm^-6], given apart: as a difference it has no digits left there.
            at_trap: of the method of this name.
        """
        n, p = at_trap
        traps = self.hole_lifetime * (electrons + n) + self.electron_lifetime * (holes + p)
        return excess * (1 / traps + self.electron_auger * electrons + self.hole_auger * holes)
