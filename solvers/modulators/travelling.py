"""Travelling-wave modulators: what light gathers of a voltage that runs along with it, and is reflected at both ends.

The light enters at z = 0 and is at path s(z) at time t0 + n_g s/c, so a voltage V(z) exp(-iωt) acts on it as
V(z) exp(-i ω n_g s/c). Along each stretch V is a wave each way, of which the integral is known:

    ∫ V exp(-i k s) dz = L (V+ F(γL + i k s_L) + V- F(-γL + i k s_L)),   F(u) = (1 - exp(-u))/u,   k = ω n_g/c

`response` starts from the termination and takes V and I back through the chain matrices. `closed_form` is another way,
for one uniform stretch, and `routes` has two for any row. The closed form is derived from the echoes, and known from G.
Ghione, Semiconductor Devices for High-Speed Optoelectronics (2009),
doi:10.1017/CBO9780511635595, chapter 6, in exp(+jωt).

Left out: dispersion of n_g within the sidebands, the time of flight across the electrode, and RF waves that are neither
on the line nor in its ports.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known, no_less, whole
from lingnan.solvers.modulators.checks import check_frequencies, check_impedance, covered, passive, sound
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.network import MATCHED, MICRON, Element, Load, Open, Stretch, ends
from lingnan.solvers.modulators.rows import Gathered, Row, check_lines, gathered, lines_of, placed
from lingnan.solvers.trees import watched


@watched
@dataclass(frozen=True)
class Driver:
    """A source with a speed of its own: one pole."""

    impedance: Any = MATCHED  #: `Load`, or complex [Ω]
    bandwidth: Any = None  #: where its open voltage is 3 dB down [Hz]; None: no limit

    def __post_init__(self) -> None:
        check_between("Driver", "bandwidth", self.bandwidth, 0.0, np.inf, "Hz", "Leave it out for no limit.")


@watched
@dataclass(frozen=True)
class Modulator:
    """A line with light beside it, between a source and a termination."""

    elements: tuple[Element, ...] | Gathered  #: from source to termination, in the direction of the light
    n_g: Any  #: group index of the light
    source: Any = MATCHED  #: `Load`, `Driver`, or complex [Ω], a number or (F,)
    termination: Any = MATCHED  #: `Load`, or complex [Ω], a number or (F,); OPEN and SHORT too

    def __post_init__(self) -> None:
        check_no_less("Modulator", "n_g", self.n_g, 1.0, "", "Light in matter has a group index above that of vacuum.")


class Response(NamedTuple):
    """Answer of a modulator; arrays are (F,)."""

    frequency: Array  #: [Hz]
    drive: Array  #: mean voltage along the light, of half the source's open voltage (that of the wave it sends out)
    static: Array  #: the same at direct current on conductors without resistance, all effects of one sign
    input_impedance: Array  #: [Ω] between the first element and ground

    @property
    def s21(self) -> Array:
        """Electro-optic S21, complex: 1 for slow signals on a good line with effects of one sign.

        Infinite where the line is shorted, which leaves nothing of a slow signal: take `relative_to`.
        """
        return self.drive / self.static

    @property
    def s21_db(self) -> Array:
        """[dB], electrical: 20 log10 |S21|."""
        return decibels(self.s21)

    def relative_to(self, frequency: ArrayLike) -> Array:
        """S21 [dB] with 0 dB at a frequency, as measurements are given; linear between frequencies."""
        level = decibels(self.drive)
        return level - jnp.interp(jnp.asarray(frequency, float), self.frequency, level)

    def v_pi(self, static: ArrayLike) -> Array:
        """V_pi [V] at each frequency, of its value for slow signals."""
        return jnp.asarray(static) / jnp.abs(self.s21)


def decibels(amplitude: Array) -> Array:
    """20 log10 |a|, and -300 dB for nothing at all."""
    power = amplitude.real**2 + amplitude.imag**2
    return 10 / np.log(10) * jnp.log(jnp.maximum(power, 1e-30))


def response(modulator: Modulator, frequency: ArrayLike) -> Response:
    """Electro-optic response, exact for lines that are uniform between their joints.

    Args:
        modulator: elements, group index and both ends.
        frequency: [Hz], a number or (F,), rising, within the band of each line.

    Returns:
        differentiable by every number of the modulator and by frequency, in both modes.

    Raises:
        ValueError: frequencies that do not rise or that a line does not cover, an impedance that no passive part has.
        Inside `jit` the answer is NaN there, with a warning.
    """
    return at_row(modulator, *prepared(modulator, frequency))


def at_row(modulator: Modulator, f: Array, row: Row) -> Response:
    """`response` of what was looked at."""
    v, i = row.states(*ends(modulator.termination, f, "termination:"))
    light = 2j * jnp.pi * f * modulator.n_g / C0 * MICRON
    angle, phase = row.gamma * (row.length[:, None] * MICRON), light * row.path[:, None]
    across, through = v[row.stretches], row.z0 * i[row.stretches]
    forth, back = (across + through) / 2, (across - through) / 2
    gathered = forth * ramp(angle + phase) + back * ramp(phase - angle)
    late = jnp.exp(-light * before(row.path)[:, None])
    total = jnp.sum((row.effect * row.length)[:, None] * late * gathered, axis=0)
    return answered(modulator, f, row, total, v[0], i[0])


def before(sizes: Array) -> Array:
    """What has passed before each."""
    return jnp.cumsum(sizes) - sizes


def closed_form(
    line: Line, length: ArrayLike, n_g: ArrayLike, source: Any = MATCHED, termination: Any = MATCHED
) -> Array:
    """Electro-optic S21 of one uniform line, (F,), at the line's own frequencies.

        S21 = (1 + Z_S/Z_L)|_0  Z0/(Z0 + Z_S)  (F(u+) + ρ_L exp(-2γL) F(u-)) / (1 - ρ_L ρ_S exp(-2γL))
        u± = ±γL + i ω n_g L/c,   ρ = (Z - Z0)/(Z + Z0)

    Args:
        line: its γ and Z0.
        length: [µm].
        n_g: group index of the light.
        source: `Load` without capacitor, or complex [Ω].
        termination: `Load`, `OPEN`, or complex [Ω].

    Echoes add up to V+ (exp(-γz) + ρ_L exp(γz - 2γL)) with V+ = V_open Z0/(Z0 + Z_S) / (1 - ρ_L ρ_S exp(-2γL)), whose
    mean along the light is this.
    """
    fine = no_less("closed_form", "length", length, 0.0, "µm", "Give the length of the line.")
    fine = fine * no_less("closed_form", "n_g", n_g, 1.0, "", "Light in matter has a group index above that of vacuum.")
    f = line.frequency
    (a_l, b_l), (a_s, b_s) = ends(termination, f, "termination:"), ends(source, f, "source:")
    rho_l, rho_s = ((a - b * line.z0) / (a + b * line.z0) for a, b in ((a_l, b_l), (a_s, b_s)))
    metres = jnp.asarray(length) * MICRON
    angle, phase = line.gamma * metres, 2j * jnp.pi * f * n_g * metres / C0
    echo = rho_l * jnp.exp(-2 * angle)
    sent = 2 * line.z0 / (line.z0 * b_s + a_s) / (1 - echo * rho_s)
    mean = sent * (ramp(angle + phase) + echo * ramp(phase - angle))
    for passed in _ended(source, termination):
        fine = fine * passed
    return fine * mean / divided(source, termination)


def ramp(u: Array) -> Array:
    """(1 - exp(-u))/u, the mean of exp(-u x) over x from 0 to 1."""
    near = jnp.abs(u) < 1e-2  # the quotient keeps 2e-14 there, the series is cut at u^7/8!
    small, large = jnp.where(near, u, 0), jnp.where(near, 1, u)
    series = jnp.ones_like(u)
    for k in range(7, 1, -1):
        series = 1 - small / k * series
    return jnp.where(near, series, (1 - jnp.exp(-large)) / large)


def divided(source: Any, termination: Any) -> Array:
    """Share of half the source's open voltage that a slow signal has on the line: 2 R_L/(R_L + R_S)."""
    if isinstance(source, Driver):
        source = source.impedance
    r_s = source.resistance if isinstance(source, Load) else jnp.ravel(jnp.asarray(source).real)[0]
    if isinstance(termination, Open):
        return jnp.asarray(2.0)
    r_l = termination.resistance if isinstance(termination, Load) else jnp.ravel(jnp.asarray(termination).real)[0]
    return 2 * jnp.asarray(r_l) / (r_l + r_s)


def looked_at(modulator: Modulator, frequency: ArrayLike) -> Modulator:
    """The modulator with its elements in arrays, once all that is known of it was looked at: for what is compiled.

    Raises:
        ValueError: what `response` refuses.
    """
    check_frequencies("modulator", frequency)
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    if not isinstance(modulator.elements, Gathered):
        _check_lit(modulator.elements)
        check_lines(modulator.elements, f)
    source = modulator.source.impedance if isinstance(modulator.source, Driver) else modulator.source
    if isinstance(source, Open):
        raise ValueError("modulator: source OPEN: it sends nothing. Give the driver's output resistance in ohm.")
    if isinstance(source, Load):
        advice = "The wave that it sends out is what responses refer to: give the driver's output resistance."
        check_between("modulator", "source resistance", source.resistance, 0.0, np.inf, "Ω", advice)
    for name, end in (("source", source), ("termination", modulator.termination)):
        if isinstance(end, (Load, Open)):
            continue
        if jnp.shape(end) not in ((), (1,), f.shape):
            raise ValueError(
                f"modulator: {name} impedance of shape {jnp.shape(end)} for {f.shape[0]} frequencies: give one number, "
                "or one for each frequency."
            )
        check_impedance(f"{name}:", end)
    return replace(modulator, elements=gathered(modulator.elements))


def _check_lit(elements: tuple[Element, ...]) -> None:
    """Refuse a row beside which no light gathers anything."""
    if not any(isinstance(e, Stretch) for e in elements):
        raise ValueError("modulator: 0 stretches of line: it needs at least 1. Add a Stretch with an effect.")
    lit = [abs(e.effect) * e.length for e in elements if isinstance(e, Stretch)]
    if all(known(one) for one in lit) and not any(np.any(np.asarray(one) > 0) for one in lit):
        raise ValueError(
            f"modulator: {len(lit)} stretches of which none has both light and length: it needs at least 1. Give a "
            "Stretch its effect, 1 or -1, and its length."
        )


def prepared(modulator: Modulator, frequency: ArrayLike) -> tuple[Array, Row]:
    """Frequencies, and the modulator's elements at them; NaN where what is traced is not `fit`."""
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    seen = looked_at(modulator, f)
    f = f * fit(modulator, f)
    return f, placed(seen.elements, f)


def fit(modulator: Modulator, frequency: ArrayLike) -> Array | float:
    """1 for frequencies, (F,), and NaN, with a warning, where they or the modulator are traced and wrong."""
    fine = sound("modulator", frequency)
    for line in lines_of(modulator.elements):
        fine = fine * covered(line, frequency)
    source = modulator.source.impedance if isinstance(modulator.source, Driver) else modulator.source
    return fine * whole(*_ended(source, modulator.termination))


def _ended(source: Any, termination: Any) -> list[Array | float]:
    """1 for each end that is an impedance, and NaN where that is traced and no passive part's."""
    both = (("source:", source), ("termination:", termination))
    return [passive(where, end) for where, end in both if not isinstance(end, (Load, Open))]


def open_voltage(modulator: Modulator, f: Array, v_in: Array, i_in: Array) -> Array:
    """Of the source, in front of its own speed, for v_in and i_in at the first element."""
    source = modulator.source
    pole = jnp.ones_like(f, complex)
    if isinstance(source, Driver):
        if source.bandwidth is not None:
            pole = 1 - 1j * f / source.bandwidth
        source = source.impedance
    a, b = ends(source, f, "source:")
    return (b * v_in + a * i_in) * pole


def answered(modulator: Modulator, f: Array, row: Row, total: Array, v_in: Array, i_in: Array) -> Response:
    """The response, from what light has gathered [V µm] and V and I at the first element."""
    lit = jnp.sum(jnp.abs(row.effect) * row.length)
    drive = 2 * total / (lit * open_voltage(modulator, f, v_in, i_in))
    return Response(f, drive, divided(modulator.source, modulator.termination), v_in / i_in)
