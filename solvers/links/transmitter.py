"""Light behind a modulator: the field that a voltage makes, its power and its chirp.

A modulator is here what one sees from outside: V_pi, a response over frequency, a bias, and how unlike its arms are.
The voltage that the light feels is the drive behind the response; the field follows it at once. Fields are in √W,
envelopes of a carrier exp(-iω0 t): a longer way is a phase exp(+iφ), and light is bluer where φ falls.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_between, check_no_less, check_row
from lingnan.solvers.curves import cubic
from lingnan.solvers.links.transfers import Transfer, filtered
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.tracing import demand, held, is_traced, namespace
from lingnan.solvers.trees import watched

#: bias on the slope that rises with voltage, where half the power passes [rad]
QUADRATURE = -np.pi / 2
#: bias where nothing passes and the field has the sign of the voltage [rad]
DARK = -np.pi


class Transmitter(Protocol):
    """What turns a voltage into light."""

    def field(self, drive: Waveform) -> Waveform:
        """Envelope [√W] for a voltage at its input [V]."""
        ...


@watched
@dataclass(frozen=True)
class MachZehnder:
    """Two arms, whose phases differ by bias + π v/V_pi.

    E = √P exp(iζx/2) (cos(θ/2) + iδ sin(θ/2)),   x = π v/V_pi,   θ = x + bias

    with ζ the `asymmetry` and δ the `imbalance`: arms of fields (1 ± δ)/2, so 1 is the most that comes out and δ the
    least, and an extinction of 1/δ².
    """

    v_pi: Any  #: from light to dark, slow signals [V]
    response: Transfer | None = None  #: electro-optic S21; None: no limit
    bias: Any = QUADRATURE  #: difference of phases without voltage [rad]
    asymmetry: Any = 0.0  #: 0: push-pull; 1: only the arm whose phase rises is driven; -1: only the other
    imbalance: Any = 0.0  #: field that is left at the minimum, of that at the maximum
    power: Any = 1e-3  #: of the light that comes in [W]
    loss_db: Any = 0.0  #: at the maximum [dB]

    def __post_init__(self) -> None:
        check_between("MachZehnder", "v_pi", self.v_pi, 0.0, np.inf, "V", "Exchange the arms for a sign.")
        check_between("MachZehnder", "imbalance", self.imbalance, -1.0, 1.0, "", "1 is a modulator with one arm.")
        check_between("MachZehnder", "asymmetry", self.asymmetry, -1.0001, 1.0001, "", "0 is push-pull.")
        check_between("MachZehnder", "bias", self.bias, -np.inf, np.inf, "rad", "")
        check_no_less("MachZehnder", "power", self.power, 0.0, "W", "")
        check_no_less("MachZehnder", "loss_db", self.loss_db, 0.0, "dB", "Losses are positive.")

    @property
    def extinction_db(self) -> Any:
        """Static, from the most to the least [dB]; infinite for equal arms."""
        return -20 * jnp.log10(jnp.abs(jnp.asarray(self.imbalance, float)))

    def field(self, drive: Waveform) -> Waveform:
        """Envelope [√W] for a voltage at its input [V]."""
        v = _felt(drive, self.response)
        x = jnp.pi * v.value / self.v_pi
        theta = x + self.bias
        size = jnp.sqrt(self.power * 10 ** (-jnp.asarray(self.loss_db, float) / 10))
        shape = jnp.cos(theta / 2) + 1j * self.imbalance * jnp.sin(theta / 2)
        return Waveform(size * jnp.exp(0.5j * self.asymmetry * x) * shape, v.step)


@watched
@dataclass(frozen=True)
class PhaseModulator:
    """One arm: E = √P exp(iπ v/V_pi)."""

    v_pi: Any  #: slow signals [V]
    response: Transfer | None = None  #: electro-optic S21; None: no limit
    power: Any = 1e-3  #: of the light that comes out [W]

    def __post_init__(self) -> None:
        check_between("PhaseModulator", "v_pi", self.v_pi, 0.0, np.inf, "V", "")
        check_no_less("PhaseModulator", "power", self.power, 0.0, "W", "")

    def field(self, drive: Waveform) -> Waveform:
        """Envelope [√W] for a voltage at its input [V]."""
        v = _felt(drive, self.response)
        return Waveform(jnp.sqrt(self.power) * jnp.exp(1j * jnp.pi * v.value / self.v_pi), v.step)


@watched
@dataclass(frozen=True)
class Curve:
    """Any modulator whose field is known over voltage: a ring, an absorber, a junction whose phase is not linear.

    Quasi-static: what it has of memory, a photon's lifetime say, belongs to `response`.
    """

    voltage: Any  #: [V], (K,), rising
    amplitude: Any  #: field that passes at it, complex, (K,), of the field that comes in
    response: Transfer | None = None  #: from the input to the voltage that counts; None: no limit
    power: Any = 1e-3  #: of the light that comes in [W]

    def __post_init__(self) -> None:
        check_no_less("Curve", "power", self.power, 0.0, "W", "")
        for name in ("voltage", "amplitude"):
            check_row("Curve", name, getattr(self, name), 2, "One for each voltage of the table.")
        volts = self.voltage if is_traced(self.voltage) else np.asarray(self.voltage, float)
        if np.shape(volts) != np.shape(self.amplitude):
            said = f"Curve: {np.size(volts)} voltages and {np.size(self.amplitude)} amplitudes: one for each."
            raise ValueError(said)
        rise = namespace(volts).diff(volts)
        demand(rise > 0, "Curve: voltages follow each other after {by:g} V: they must rise. Sort them.", by=rise)

    def field(self, drive: Waveform) -> Waveform:
        """Envelope [√W] for a voltage at its input [V]; cubic between the voltages of the table.

        Raises:
            ValueError: a voltage outside the table. Inside `jit` the field is NaN then, with a warning.
        """
        v = _felt(drive, self.response)
        known = jnp.asarray(self.voltage, float)
        shown = {"low": jnp.min(v.value), "high": jnp.max(v.value), "first": known[0], "last": known[-1]}
        fine = (shown["low"] >= known[0]) & (shown["high"] <= known[-1])
        said = (
            "Curve: the drive goes from {low:.4g} to {high:.4g} V, the table from {first:.4g} to {last:.4g} V. Make "
            "the drive smaller, or the table longer."
        )
        passed = cubic(v.value, known, jnp.asarray(self.amplitude, complex)) * held(fine, said, **shown)
        return Waveform(jnp.sqrt(self.power) * passed, v.step)


def _felt(drive: Waveform, response: Transfer | None) -> Waveform:
    if jnp.iscomplexobj(drive.value):
        raise ValueError("field: a complex drive: real and imaginary part drive a modulator each, as in `IQModulator`.")
    return drive if response is None else filtered(drive, response)


def power(field: Waveform) -> Waveform:
    """|E|² [W]."""
    return Waveform(jnp.square(field.value.real) + jnp.square(field.value.imag), field.step)


def _slope(field: Waveform) -> Array:
    """dE/dt of a periodic field, by its harmonics."""
    n = field.value.shape[-1]
    omega = 2 * np.pi * np.fft.fftfreq(n)
    if n % 2 == 0:
        omega[n // 2] = 0.0  # half of it would turn forth and half back
    return jnp.fft.ifft(1j * omega * jnp.fft.fft(field.value)) / field.step


def chirp(field: Waveform) -> Waveform:
    """How much bluer the light is than its carrier [Hz]: -dφ/dt/2π, φ the phase of the envelope."""
    p = jnp.maximum(power(field).value, 1e-300)
    return Waveform(-jnp.imag(field.value.conj() * _slope(field)) / (2 * jnp.pi * p), field.step)


def chirp_parameter(field: Waveform) -> Array:
    """α of chirp = α (dP/dt)/(4π P), fitted over the period with least squares of both sides times P.

    For an envelope √P exp(iφ) that is -2 P (dφ/dt)/(dP/dt) (from `chirp`, derived here). Positive where rising power is
    blue, with which a fibre of D > 0 is shorter.
    """
    turned = field.value.conj() * _slope(field)
    rise, shift = 2 * turned.real, -2 * turned.imag
    return jnp.sum(rise * shift) / jnp.sum(rise**2)
