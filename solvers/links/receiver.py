"""From light to a current with noise: photodiode, filter, thermal noise, shot noise and that of the laser.

Noise is white where it begins, with a density that follows the current, and passes the receiver's filter; its variance
behind the filter is exact: densities convolved with the square of the impulse response.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, no_less
from lingnan.solvers.links.transfers import Transfer, filtered
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.trees import watched

#: charge of an electron [C]
CHARGE = constants.elementary_charge


@watched
@dataclass(frozen=True)
class Receiver:
    """A photodiode with an amplifier."""

    responsivity: Any = 1.0  #: [A/W]
    response: Transfer | None = None  #: `BesselThomson`, say; None: no limit but that of the samples
    thermal: Any = 0.0  #: current noise at the input [A/√Hz]
    shot: bool = field(default=True, metadata={"static": True})  #: whether the current has shot noise
    rin_db_hz: Any = None  #: relative intensity noise of the laser [dB/Hz]; None: none
    excess: Any = 1.0  #: shot noise over that of the current: M F(M) behind an avalanche of gain M

    def __post_init__(self) -> None:
        check_between("Receiver", "responsivity", self.responsivity, 0.0, np.inf, "A/W", "")
        check_no_less("Receiver", "thermal", self.thermal, 0.0, "A/√Hz", "")
        if self.rin_db_hz is not None:
            check_between("Receiver", "rin_db_hz", self.rin_db_hz, -np.inf, np.inf, "dB/Hz", "None: no noise.")
        check_no_less("Receiver", "excess", self.excess, 1.0, "", "1 is a diode without gain.")

    def density(self, current: Array) -> Array:
        """Of noise in front of the filter, one-sided, at photocurrents [A]: thermal, shot, of the laser [A²/Hz]."""
        found = jnp.asarray(self.thermal) ** 2 * jnp.ones_like(current)
        if self.shot:
            found = found + 2 * CHARGE * self.excess * current
        if self.rin_db_hz is not None:
            found = found + 10 ** (jnp.asarray(self.rin_db_hz, float) / 10) * current**2
        return found


class Received(NamedTuple):
    """What comes out of a receiver."""

    current: Waveform  #: without noise [A]
    noise: Array  #: standard deviation at each sample [A], (N,)
    density: Array  #: of noise in front of the filter, one-sided [A²/Hz], (N,)


def detected(power: Waveform, receiver: Receiver) -> Received:
    """The current that light makes.

    Args:
        power: [W], as of `power`.
        receiver: its filter's delay is left in the current.

    Raises:
        ValueError: a field, or a power below 0.
    """
    if jnp.iscomplexobj(power.value):
        raise ValueError("detected: a complex signal: a photodiode sees |E|². Give `power` of the field.")
    least = jnp.min(power.value)
    fine = no_less("detected", "power", least, 0.0, "W", "Give `power` of a field, or lift the signal.")
    current = jnp.asarray(receiver.responsivity * power.value) * fine
    density = receiver.density(current)
    shape = jnp.zeros_like(current).at[0].set(1.0)
    clear, impulse = Waveform(current, power.step), Waveform(shape, power.step)
    if receiver.response is not None:
        # an impulse is no signal: a table may end below its spectrum
        clear = filtered(clear, receiver.response)
        impulse = filtered(impulse, receiver.response, beyond=1.0)
    passed = jnp.fft.rfft(jnp.square(impulse.value)) * jnp.fft.rfft(density / (2 * power.step))
    variance = jnp.maximum(jnp.fft.irfft(passed, current.shape[-1]), 0.0)
    return Received(clear, _root(variance), density)


def _root(variance: Array) -> Array:
    """Square root with a derivative where there is no noise."""
    none = variance <= 0  # NaN stays NaN
    return jnp.asarray(jnp.where(none, 0.0, jnp.sqrt(jnp.where(none, 1.0, variance))))


def noisy(received: Received, receiver: Receiver, key: Array) -> Waveform:
    """The current with noise drawn by a `jax.random.key`, coloured by the receiver's filter [A]."""
    step = received.current.step
    drawn = jax.random.normal(key, received.density.shape) * _root(received.density / (2 * step))
    noise = Waveform(drawn, step)
    if receiver.response is not None:
        noise = filtered(noise, receiver.response, beyond=1.0)
    return Waveform(received.current.value + noise.value, step)
