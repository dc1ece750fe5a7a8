"""What RF networks are made of: stretches of line, lumped elements, and what stands at both ends.

Elements are given from the source to the termination. Each is a 2 x 2 chain matrix (ABCD, D. M. Pozar, Microwave
Engineering (2012), §4.4), with V and I of this package's exp(-iωt): inductors are -iωL, capacitors 1/(-iωC), and a
complex impedance given as a number has Im < 0 where it is inductive. S-parameters are complex conjugates of those in
Touchstone files (`write_touchstone` sees to that).

Lengths in µm, frequencies in Hz, ohm, henry, farad and siemens.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.modulators.checks import check_impedance
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.trees import watched

#: µm in m
MICRON = 1e-6


@watched
@dataclass(frozen=True)
class Stretch:
    """A uniform length of line, with or without light beside it."""

    line: Line
    length: Any  #: of the line [µm]
    effect: Any = 0.0  #: electro-optic effect per volt: 1 with the light, -1 with electrodes exchanged, 0 without light
    path: Any = None  #: of the light over the same stretch [µm]; None: as long as the line

    def __post_init__(self) -> None:
        check_no_less("Stretch", "length", self.length, 0.0, "µm", "Give the length of the line.")
        check_no_less("Stretch", "path", self.path, 0.0, "µm", "Give the length of the light's way.")


@watched
@dataclass(frozen=True)
class Series:
    """Resistor, inductor and capacitor one after another, in the signal conductor: bond wires, DC blocks."""

    resistance: Any = 0.0  #: [Ω]
    inductance: Any = 0.0  #: [H]
    capacitance: Any = None  #: [F]; None: no capacitor

    def __post_init__(self) -> None:
        check_no_less("Series", "resistance", self.resistance, 0.0, "Ω", "A resistor takes power.")
        check_no_less("Series", "inductance", self.inductance, 0.0, "H", "")
        check_between("Series", "capacitance", self.capacitance, 0.0, np.inf, "F", "Leave it out for none.")

    def abcd(self, frequency: Array) -> Array:
        """Chain matrix (F, 2, 2)."""
        s = -2j * jnp.pi * frequency
        z = self.resistance + s * self.inductance
        if self.capacitance is not None:
            z = z + 1 / (s * self.capacitance)
        one = jnp.ones_like(z)
        return matrix(one, z, 0 * one, one)


@watched
@dataclass(frozen=True)
class Shunt:
    """Conductance, capacitor and inductor side by side, from signal to ground: pads, bias tees."""

    conductance: Any = 0.0  #: [S]
    capacitance: Any = 0.0  #: [F]
    inductance: Any = None  #: [H]; None: no inductor

    def __post_init__(self) -> None:
        check_no_less("Shunt", "conductance", self.conductance, 0.0, "S", "A resistor takes power.")
        check_no_less("Shunt", "capacitance", self.capacitance, 0.0, "F", "")
        check_between("Shunt", "inductance", self.inductance, 0.0, np.inf, "H", "Leave it out for none.")

    def abcd(self, frequency: Array) -> Array:
        """Chain matrix (F, 2, 2)."""
        s = -2j * jnp.pi * frequency
        y = self.conductance + s * self.capacitance
        if self.inductance is not None:
            y = y + 1 / (s * self.inductance)
        one = jnp.ones_like(y)
        return matrix(one, 0 * one, y, one)


Element = Stretch | Series | Shunt


@watched
@dataclass(frozen=True)
class Load:
    """What stands at an end: resistor and inductor one after another, and a capacitor beside both.

    As a source, its voltage stands behind the resistor. `MATCHED` has 50 Ω, `SHORT` none.
    """

    resistance: Any = 50.0  #: [Ω]
    inductance: Any = 0.0  #: [H]
    capacitance: Any = 0.0  #: [F]

    def __post_init__(self) -> None:
        check_no_less("Load", "resistance", self.resistance, 0.0, "Ω", "An end without a resistor is OPEN.")
        check_no_less("Load", "inductance", self.inductance, 0.0, "H", "")
        check_no_less("Load", "capacitance", self.capacitance, 0.0, "F", "")


@watched
@dataclass(frozen=True)
class Open:
    """An end without a resistor: `OPEN`, or what is left of a pad there."""

    capacitance: Any = 0.0  #: [F]

    def __post_init__(self) -> None:
        check_no_less("Open", "capacitance", self.capacitance, 0.0, "F", "")


MATCHED, OPEN, SHORT = Load(50.0), Open(), Load(0.0)


def ends(load: "Load | Open | ArrayLike", frequency: Array, where: str) -> tuple[Array, Array]:
    """a and b, (F,) each, of an impedance a/b, so that neither an open nor a shorted end divides by zero."""
    one, s = jnp.ones_like(frequency, complex), -2j * jnp.pi * frequency
    if isinstance(load, Open):
        return one, s * load.capacitance
    if not isinstance(load, Load):
        check_impedance(where, load)
        return jnp.asarray(load) * one, one
    z = load.resistance + s * load.inductance
    return z, 1 + s * load.capacitance * z


def matrix(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Of four numbers each, (..., 2, 2)."""
    return jnp.stack([jnp.stack([a, b], -1), jnp.stack([c, d], -1)], -2)
