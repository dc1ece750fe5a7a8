"""RF networks in a row: stretches of line, lumped elements, and what stands at both ends.

Elements are given from the source to the termination. Each is a 2 x 2 chain matrix (ABCD, D. M. Pozar, Microwave
Engineering (2012), §4.4), with V and I of this package's exp(-iωt): inductors are -iωL, capacitors 1/(-iωC), and a
complex impedance given as a number has Im < 0 where it is inductive. S-parameters are complex conjugates of those in
Touchstone files (`write_touchstone` sees to that).

Lengths in µm, frequencies in Hz, ohm, henry, farad and siemens.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.modulators.checks import check_frequencies, check_impedance, check_line
from lingnan.solvers.modulators.line import Line

#: µm in m
MICRON = 1e-6


@jax.tree_util.register_dataclass
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


@jax.tree_util.register_dataclass
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
        return _matrix(one, z, 0 * one, one)


@jax.tree_util.register_dataclass
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
        return _matrix(one, 0 * one, y, one)


Element = Stretch | Series | Shunt


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Load:
    """What stands at an end: resistor and inductor one after another, and a capacitor beside both.

    As a source, its voltage stands behind the resistor. `MATCHED` has 50 Ω, `SHORT` none.
    """

    resistance: Any = 50.0  #: [Ω]
    inductance: Any = 0.0  #: [H]
    capacitance: Any = 0.0  #: [F]

    def __post_init__(self) -> None:
        check_no_less("Load", "resistance", self.resistance, 0.0, "Ω", "A passive load takes power.")
        check_between("Load", "resistance", self.resistance, -1.0, np.inf, "Ω", "An end without a resistor is OPEN.")
        check_no_less("Load", "inductance", self.inductance, 0.0, "H", "")
        check_no_less("Load", "capacitance", self.capacitance, 0.0, "F", "")


@jax.tree_util.register_dataclass
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


def _matrix(a: Array, b: Array, c: Array, d: Array) -> Array:
    return jnp.stack([jnp.stack([a, b], -1), jnp.stack([c, d], -1)], -2)


def resampled(line: Line, frequency: Array) -> Line:
    """The line at other frequencies inside its own band.

    Series impedance and shunt admittance per length are joined by cubics in sqrt(f), in which resistance and
    inductance are smooth; slopes are those of parabolas through three points. Where current begins to leave the inside
    of the metal, some GHz, a line wants points close to each other: `jnp.geomspace`.

    Raises:
        ValueError: a frequency lies outside the line's own.
    """
    check_line(line, frequency)
    return _resampled(line, frequency)


def _resampled(line: Line, frequency: Array) -> Line:
    known = jnp.atleast_1d(line.frequency)
    if known.shape[0] == 1:
        return Line(frequency, *(jnp.broadcast_to(q, frequency.shape) for q in (line.gamma, line.z0)))
    x, at = jnp.sqrt(known), jnp.sqrt(frequency)
    method = "compare_all" if known.size * frequency.size < 1e6 else "scan"  # the first compiles sooner
    i = jnp.clip(jnp.searchsorted(known, frequency, side="right", method=method) - 1, 0, known.shape[0] - 2)
    h = x[i + 1] - x[i]
    t = (at - x[i]) / h
    omega, wanted = 2 * jnp.pi * known, 2 * jnp.pi * frequency
    z, y = line.gamma * line.z0, line.gamma / line.z0
    # R, L, G/ω, C: what changes least
    parts = (z.real, -z.imag / omega, y.real / omega, -y.imag / omega)

    def cubic(p: Array) -> Array:
        m = _slopes(x, p)
        return (
            (1 + 2 * t) * (1 - t) ** 2 * p[i]
            + t * (1 - t) ** 2 * h * m[i]
            + t**2 * (3 - 2 * t) * p[i + 1]
            + t**2 * (t - 1) * h * m[i + 1]
        )

    r, ind, g, c = (cubic(p) for p in parts)
    # both in the fourth quadrant: roots one by one
    root_z, root_y = jnp.sqrt(r - 1j * wanted * ind), jnp.sqrt(wanted * (g - 1j * c))
    return Line(frequency, root_z * root_y, root_z / root_y)


def _slopes(x: Array, p: Array) -> Array:
    """Of parabolas through each point and its neighbours, (K,)."""
    step = jnp.diff(x)
    rise = jnp.diff(p) / step
    if rise.shape[0] == 1:
        return jnp.concatenate([rise, rise])
    inner = (step[:-1] * rise[1:] + step[1:] * rise[:-1]) / (step[:-1] + step[1:])
    first = rise[0] + (rise[0] - rise[1]) * step[0] / (step[0] + step[1])
    last = rise[-1] + (rise[-1] - rise[-2]) * step[-1] / (step[-1] + step[-2])
    return jnp.concatenate([first[None], inner, last[None]])


@dataclass(frozen=True)
class Row:
    """Elements at the frequencies asked for, in arrays: what is computed with them does not grow with their number."""

    gamma: Array  #: of the stretches, (S, F) [1/m]
    z0: Array  #: (S, F) [Ω]
    length: Array  #: (S,) [µm]
    effect: Array  #: (S,)
    path: Array  #: of the light, (S,) [µm]
    stretches: np.ndarray  #: which of the elements they are, (S,)
    matrices: Array  #: chain matrices of all elements, (E, F, 2, 2)

    def states(self, v: Array, i: Array) -> tuple[Array, Array]:
        """V and I where each element begins, (E, F) each, for those behind the last, (F,)."""

        def passed(behind: tuple[Array, Array], m: Array) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
            v, i = behind
            here = m[:, 0, 0] * v + m[:, 0, 1] * i, m[:, 1, 0] * v + m[:, 1, 1] * i
            return here, here

        return lax.scan(passed, (v, i), self.matrices, reverse=True)[1]


def placed(elements: tuple[Element, ...], frequency: Array) -> Row:
    """The elements with their lines at the frequencies asked for; lines known at equally many are resampled at once."""
    stretches = [e for e in elements if isinstance(e, Stretch)]
    lines = {id(e.line): e.line for e in stretches}
    groups: dict[int, list[Line]] = {}
    for line in lines.values():
        check_line(line, frequency)
        groups.setdefault(jnp.size(line.frequency), []).append(line)
    gamma, z0 = [jnp.zeros((0, *frequency.shape), complex)], [jnp.zeros((0, *frequency.shape), complex)]
    for group in groups.values():
        many = Line(*(jnp.stack([jnp.ravel(q) for q in each]) for each in zip(*map(_parts, group), strict=True)))
        found = jax.vmap(_resampled, in_axes=(0, None))(many, frequency)
        gamma, z0 = [*gamma, found.gamma], [*z0, found.z0]
    order = {id(line): k for k, line in enumerate(line for group in groups.values() for line in group)}
    which = np.array([order[id(e.line)] for e in stretches], int)
    own_gamma, own_z0 = jnp.concatenate(gamma)[which], jnp.concatenate(z0)[which]
    length = _numbers([e.length for e in stretches])
    matrices = [_matrix_of(own_gamma, own_z0, length)]
    matrices += [e.abcd(frequency)[None] for e in elements if not isinstance(e, Stretch)]
    is_stretch = np.array([isinstance(e, Stretch) for e in elements], bool)
    place = np.where(is_stretch, np.cumsum(is_stretch) - 1, len(stretches) + np.cumsum(~is_stretch) - 1)
    return Row(
        own_gamma, own_z0, length, _numbers([e.effect for e in stretches]),
        _numbers([e.length if e.path is None else e.path for e in stretches]), np.flatnonzero(is_stretch),
        jnp.concatenate(matrices)[place],
    )  # fmt: skip


def _parts(line: Line) -> tuple[Array, Array, Array]:
    return line.frequency, line.gamma, line.z0


def _numbers(values: list[Any]) -> Array:
    return jnp.stack([jnp.asarray(v, float) for v in values]) if values else jnp.zeros(0)


def _matrix_of(gamma: Array, z0: Array, length: Array) -> Array:
    """Chain matrices of stretches of line, (S, F, 2, 2)."""
    grown = jnp.exp(gamma * (length[:, None] * MICRON))
    cosh, sinh = (grown + 1 / grown) / 2, (grown - 1 / grown) / 2
    return _matrix(cosh, z0 * sinh, sinh / z0, cosh)


def abcd(elements: tuple[Element, ...], frequency: ArrayLike) -> Array:
    """Chain matrix of a row of elements, (F, 2, 2)."""
    check_frequencies("network", frequency)
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    whole = jnp.broadcast_to(jnp.eye(2, dtype=complex), (*f.shape, 2, 2))
    if not elements:
        return whole

    def grown(whole: Array, m: Array) -> tuple[Array, None]:
        return whole @ m, None

    return lax.scan(grown, whole, placed(elements, f).matrices)[0]


def scattering(elements: tuple[Element, ...], frequency: ArrayLike, reference: ArrayLike = 50.0) -> Array:
    """S-parameters of a row of elements between two ports of one real impedance, (F, 2, 2): [:, i, j] is S_ij.

    Args:
        elements: from port 1 to port 2.
        frequency: [Hz], a number or (F,).
        reference: impedance of both ports [Ω], real.

    Pozar, table 4.2.
    """
    check_impedance("scattering: reference", reference, real=True)
    m = abcd(elements, frequency)
    a, b, c, d = m[:, 0, 0], m[:, 0, 1] / reference, m[:, 1, 0] * reference, m[:, 1, 1]
    whole = a + b + c + d
    return _matrix((a + b - c - d) / whole, 2 * (a * d - b * c) / whole, 2 / whole, (-a + b - c + d) / whole)
