"""Networks in a row: lines at the frequencies asked for, chain matrices and S-parameters.

A row is gathered into arrays, each line of it once, before anything is compiled: a folded modulator has seventy
stretches of four lines and their tapers, and a program with one input for each takes longer to compile than to run.
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.curves import cubic
from lingnan.solvers.modulators.checks import check_frequencies, check_impedance, check_line, covered, passive, sound
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.modulators.network import MICRON, Element, Series, Shunt, Stretch, matrix


def resampled(line: Line, frequency: Array) -> Line:
    """The line at other frequencies inside its own band.

    Series impedance and shunt admittance per length are joined by cubics in sqrt(f), in which resistance and
    inductance are smooth; slopes are those of parabolas through three points. Where current begins to leave the inside
    of the metal, some GHz, a line wants points close to each other: `jnp.geomspace`.

    Raises:
        ValueError: a frequency lies outside the line's own.
    """
    check_line(line, frequency)
    return _resampled(line, frequency * covered(line, frequency))


def _resampled(line: Line, frequency: Array) -> Line:
    known = jnp.atleast_1d(line.frequency)
    if known.shape[0] == 1:
        return Line(frequency, *(jnp.broadcast_to(q, frequency.shape) for q in (line.gamma, line.z0)))
    x, at = jnp.sqrt(known), jnp.sqrt(frequency)
    omega, wanted = 2 * jnp.pi * known, 2 * jnp.pi * frequency
    z, y = line.gamma * line.z0, line.gamma / line.z0
    # R, L, G/ω, C: what changes least
    parts = (z.real, -z.imag / omega, y.real / omega, -y.imag / omega)
    r, ind, g, c = (cubic(at, x, p) for p in parts)
    # both in the fourth quadrant: roots one by one
    root_z, root_y = jnp.sqrt(r - 1j * wanted * ind), jnp.sqrt(wanted * (g - 1j * c))
    return Line(frequency, root_z * root_y, root_z / root_y)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Gathered:
    """Elements in arrays, before anything is asked at a frequency."""

    lines: tuple[Line, ...]  #: different ones, (K, F) each
    length: Array  #: of the stretches, (S,) [µm]
    effect: Array  #: (S,)
    path: Array  #: of the light, (S,) [µm]
    lumped: tuple[Series | Shunt, ...]
    which: tuple[int, ...] = field(metadata={"static": True})  #: line of each stretch
    place: tuple[int, ...] = field(metadata={"static": True})  #: of each element among stretches and lumped ones


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


def gathered(elements: "tuple[Element, ...] | Gathered") -> Gathered:
    """A row in arrays; lines known at equally many frequencies stand in one."""
    if isinstance(elements, Gathered):
        return elements
    stretches = [e for e in elements if isinstance(e, Stretch)]
    lines = {id(e.line): e.line for e in stretches}
    groups: dict[int, list[int]] = {}
    for name, line in lines.items():
        groups.setdefault(jnp.size(line.frequency), []).append(name)
    order = {name: k for k, name in enumerate(name for group in groups.values() for name in group)}
    is_stretch = np.array([isinstance(e, Stretch) for e in elements], bool)
    place = np.where(is_stretch, np.cumsum(is_stretch) - 1, len(stretches) + np.cumsum(~is_stretch) - 1)
    return Gathered(
        tuple(
            Line(*(jnp.stack([jnp.ravel(q) for q in each]) for each in zip(*many, strict=True)))
            for many in ([_parts(lines[name]) for name in group] for group in groups.values())
        ),
        _numbers([e.length for e in stretches]),
        _numbers([e.effect for e in stretches]),
        _numbers([e.length if e.path is None else e.path for e in stretches]),
        tuple(e for e in elements if not isinstance(e, Stretch)),
        tuple(order[id(e.line)] for e in stretches),
        tuple(place.tolist()),
    )


def check_lines(elements: tuple[Element, ...], frequency: ArrayLike) -> None:
    """Raises ValueError where a line of the row gives power or does not cover the frequencies."""
    for line in lines_of(elements):
        check_line(line, frequency)


def lines_of(elements: tuple[Element, ...] | Gathered) -> list[Line]:
    """Each line of a row once; of what is gathered none, since it was looked at."""
    if isinstance(elements, Gathered):
        return []
    return list({id(e.line): e.line for e in elements if isinstance(e, Stretch)}.values())


def placed(elements: tuple[Element, ...] | Gathered, frequency: Array) -> Row:
    """The elements with their lines at the frequencies asked for; what is gathered already is not looked at."""
    if not isinstance(elements, Gathered):
        check_lines(elements, frequency)
    row = gathered(elements)
    gamma, z0 = [jnp.zeros((0, *frequency.shape), complex)], [jnp.zeros((0, *frequency.shape), complex)]
    for many in row.lines:
        found = jax.vmap(_resampled, in_axes=(0, None))(many, frequency)
        gamma, z0 = [*gamma, found.gamma], [*z0, found.z0]
    which, place = np.array(row.which, int), np.array(row.place, int)
    own_gamma, own_z0 = jnp.concatenate(gamma)[which], jnp.concatenate(z0)[which]
    matrices = [_matrix_of(own_gamma, own_z0, row.length)]
    matrices += [e.abcd(frequency)[None] for e in row.lumped]
    stretches = np.flatnonzero(place < len(which))
    return Row(own_gamma, own_z0, row.length, row.effect, row.path, stretches, jnp.concatenate(matrices)[place])


def _parts(line: Line) -> tuple[Array, Array, Array]:
    return line.frequency, line.gamma, line.z0


def _numbers(values: list[Any]) -> Array:
    return jnp.stack([jnp.asarray(v, float) for v in values]) if values else jnp.zeros(0)


def _matrix_of(gamma: Array, z0: Array, length: Array) -> Array:
    """Chain matrices of stretches of line, (S, F, 2, 2)."""
    grown = jnp.exp(gamma * (length[:, None] * MICRON))
    cosh, sinh = (grown + 1 / grown) / 2, (grown - 1 / grown) / 2
    return matrix(cosh, z0 * sinh, sinh / z0, cosh)


def abcd(elements: tuple[Element, ...] | Gathered, frequency: ArrayLike) -> Array:
    """Chain matrix of a row of elements, (F, 2, 2)."""
    check_frequencies("network", frequency)
    f = jnp.atleast_1d(jnp.asarray(frequency, float)) * sound("network", frequency)
    for line in lines_of(elements):
        f = f * covered(line, frequency)
    whole = jnp.broadcast_to(jnp.eye(2, dtype=complex), (*f.shape, 2, 2))
    if not elements:
        return whole

    def grown(whole: Array, m: Array) -> tuple[Array, None]:
        return whole @ m, None

    return lax.scan(grown, whole, placed(elements, f).matrices)[0]


def scattering(elements: tuple[Element, ...] | Gathered, frequency: ArrayLike, reference: ArrayLike = 50.0) -> Array:
    """S-parameters of a row of elements between two ports of one real impedance, (F, 2, 2): [:, i, j] is S_ij.

    Args:
        elements: from port 1 to port 2.
        frequency: [Hz], a number or (F,).
        reference: impedance of both ports [Ω], real.

    Pozar, table 4.2.
    """
    check_impedance("scattering: reference", reference, real=True)
    reference = reference * passive("scattering: reference", reference)
    m = abcd(elements, frequency)
    a, b, c, d = m[:, 0, 0], m[:, 0, 1] / reference, m[:, 1, 0] * reference, m[:, 1, 1]
    whole = a + b + c + d
    return matrix((a + b - c - d) / whole, 2 * (a * d - b * c) / whole, 2 / whole, (-a + b - c + d) / whole)
