"""What stands in a signal's way, as a function of frequency: electro-optic responses, drivers, receivers.

A transfer takes frequencies [Hz], 0 or more, and gives complex numbers of exp(-iωt): a delay τ is exp(+iωτ), a pole
1/(1 - i f/f3). It may be any such function; those here are pytrees, which can be mapped over and differentiated. The
modulator's own response enters as `Tabulated(answer.frequency, answer.s21)`, whoever computed or measured it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, check_row, within
from lingnan.solvers.curves import cubic
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.tracing import held, insist, is_traced, namespace
from lingnan.solvers.trees import watched

Transfer = Callable[[Array], Array]

#: where 105/(105 + 105 y + 45 y² + 10 y³ + y⁴) is 3 dB down, y = iω: root of the polynomial, tested there
BESSEL_4 = 2.113917674904216


@watched
@dataclass(frozen=True)
class Tabulated:
    """A response known at some frequencies: an S21 that was computed or measured.

    Between them, cubic by the slopes of the neighbours, with the mean delay taken out first; below the lowest, its size
    and its delay; above the highest, nothing.
    """

    frequency: Any  #: [Hz], (F,), rising, two or more
    value: Any  #: complex, (F,)

    def __post_init__(self) -> None:
        if isinstance(self.frequency, Tracer):
            f = jnp.atleast_1d(self.frequency)
            rising = (f[..., 0] > 0) & jnp.all(jnp.diff(f) > 0)
            insist(rising, "Tabulated: frequencies from {value:g} Hz: they must rise from above 0 Hz.", value=f[..., 0])
        if not is_traced(self.value):
            value = np.asarray(self.value)
            if not (np.issubdtype(value.dtype, np.number) and np.all(np.isfinite(value))):
                raise ValueError("Tabulated: value holds what is no finite number. Drop what is not known.")
        if is_traced(self.frequency):
            return
        check_row("Tabulated", "frequency", self.frequency, 1, "They rise from above 0 Hz.")
        f = np.asarray(self.frequency)
        if f.size < 2 or not (f[0] > 0 and np.all(np.diff(f) > 0)):
            raise ValueError(
                f"Tabulated: {f.size} frequencies from {f[0] if f.size else 0.0:g} Hz: two or more must rise from "
                "above 0 Hz. Sort them, drop doubles and direct current."
            )
        if np.shape(self.value)[-1:] != f.shape:
            raise ValueError(
                f"Tabulated: values of shape {np.shape(self.value)} for {f.size} frequencies: one for each."
            )

    def __call__(self, frequency: ArrayLike) -> Array:
        known, value = jnp.asarray(self.frequency, float), jnp.asarray(self.value, complex)
        turned = value[1:] * value[:-1].conj()
        turned = jnp.where(turned == 0, 1e-30, turned)  # an angle that has a derivative
        weight = jnp.abs(turned)
        # put back below, so it only has to be near
        delay = jnp.sum(weight * jnp.angle(turned)) / jnp.sum(weight * jnp.diff(known))
        f = jnp.asarray(frequency, float)
        straight = value * jnp.exp(-1j * delay * known)
        found = cubic(jnp.clip(f, known[0], known[-1]), known, straight) * jnp.exp(1j * delay * f)
        first = jnp.abs(value[0]) * jnp.exp(1j * jnp.angle(value[0]) * f / known[0])
        return jnp.where(f < known[0], first, jnp.where(f > known[-1], 0.0, found))


@watched
@dataclass(frozen=True)
class OnePole:
    """A resistor and a capacitor, or whatever answers a step as 1 - exp(-2π f3 t)."""

    bandwidth: Any  #: 3 dB down [Hz]

    def __post_init__(self) -> None:
        check_between("OnePole", "bandwidth", self.bandwidth, 0.0, np.inf, "Hz", "Leave the pole out for no limit.")

    def __call__(self, frequency: ArrayLike) -> Array:
        return 1 / (1 - 1j * jnp.asarray(frequency, float) / self.bandwidth)


@watched
@dataclass(frozen=True)
class BesselThomson:
    """Fourth-order filter of nearly constant delay, the reference receiver of optical standards.

    105/(105 + 105 y + 45 y² + 10 y³ + y⁴), y = -i 2.114 f/f3: the reverse Bessel polynomial of order 4, scaled to be
    3 dB down at f3.
    """

    bandwidth: Any  #: 3 dB down [Hz]

    def __post_init__(self) -> None:
        check_between("BesselThomson", "bandwidth", self.bandwidth, 0.0, np.inf, "Hz", "Leave it out for no limit.")

    def __call__(self, frequency: ArrayLike) -> Array:
        y = -1j * BESSEL_4 * jnp.asarray(frequency, float) / self.bandwidth
        return 105 / (105 + y * (105 + y * (45 + y * (10 + y))))

    @property
    def delay(self) -> Any:
        """Of slow signals [s]."""
        return BESSEL_4 / (2 * np.pi * self.bandwidth)

    @property
    def noise_bandwidth(self) -> Any:
        """∫ |H|² df from 0 to infinity [Hz]: 1.046 times the bandwidth."""
        return NOISE_OVER_BANDWIDTH * self.bandwidth


#: ∫ |H|² df of a Bessel-Thomson filter of order 4, of its 3-dB bandwidth
NOISE_OVER_BANDWIDTH = 1.0463688869864427


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Cascade:
    """One after another."""

    parts: tuple[Any, ...]  #: transfers

    def __call__(self, frequency: ArrayLike) -> Array:
        total = jnp.ones_like(jnp.asarray(frequency, float), complex)
        for part in self.parts:
            total = total * part(frequency)
        return total


def highest(transfer: Transfer) -> Any:
    """Up to where a transfer is known [Hz]; None: everywhere."""
    if isinstance(transfer, Tabulated):
        return jnp.asarray(transfer.frequency)[..., -1]
    if isinstance(transfer, Cascade):
        limits = [limit for part in transfer.parts if (limit := highest(part)) is not None]
        return jnp.min(jnp.stack(limits)) if limits else None
    return None


#: points of Gauss and Legendre: a pole anywhere within a factor of 100 of `scale` is right to 1e-10
_POINTS, _SHARES = np.polynomial.legendre.leggauss(256)


def noise_bandwidth(transfer: Transfer, scale: ArrayLike = 30e9) -> Array:
    """Width of the box that passes as much white noise, ∫|H|² df/|H(0)|² [Hz].

    Over all frequencies, on u from 0 to 1 with f = s u/(1 - u), where the tail of a pole is smooth. The step at the end
    of a `Tabulated` one is not: 2e-3 of a pole of 21 GHz that is known to 60 GHz.

    Args:
        transfer: of a receiver, all of it.
        scale: s, about where it ends [Hz].
    """
    scale = jnp.asarray(scale) * within(
        "noise_bandwidth", "scale", scale, 0.0, np.inf, "Hz", "Give about the bandwidth itself."
    )
    u, s = (_POINTS + 1) / 2, jnp.asarray(scale, float)
    passed = jnp.square(jnp.abs(transfer(s * u / (1 - u)))) * s / (1 - u) ** 2
    return jnp.sum(passed * _SHARES / 2) / jnp.square(jnp.abs(transfer(jnp.zeros(()))))


def filtered(waveform: Waveform, transfer: Transfer, beyond: float = 1e-3) -> Waveform:
    """The signal behind a transfer; real and imaginary part of a complex one pass it each.

    Args:
        waveform: one period.
        transfer: of a real system, so that its value at -f is the complex conjugate of that at f.
        beyond: share of the waveform's power, direct current left out, that may lie where a table ends.

    Returns:
        differentiable by waveform and transfer.

    Raises:
        ValueError: more power than that above the table. Inside `jit` the signal is NaN then, with a warning.
    """
    check_no_less("filtered", "beyond", beyond, 0.0, "", "It is a share of the power.")
    limit = highest(transfer)
    passed = _passed(waveform.value, transfer(waveform.frequency))
    if limit is not None and beyond < 1:
        passed = passed * _held(waveform, limit, beyond)
    return Waveform(passed, waveform.step)


def _held(waveform: Waveform, limit: Any, beyond: float) -> Array | float:
    """1 where a table holds a waveform, but for a share of its power."""
    xp = namespace(waveform, limit)
    n = waveform.value.shape[-1]
    f = xp.abs(np.fft.fftfreq(n) / xp.asarray(waveform.step))
    power = xp.abs(xp.fft.fft(xp.asarray(waveform.value))) ** 2
    above = xp.sum(xp.where(f > xp.asarray(limit), power, 0.0)) / xp.maximum(xp.sum(power[1:]), 1e-300)
    said = (
        "filtered: {value:.3g} of the waveform's power lies above {limit:g} Hz, where the response is known to: the "
        f"limit is {beyond:g}. Compute the response further up, or take slower edges."
    )
    return held(above <= beyond, said, value=above, limit=limit)


@jax.jit
def _passed(value: Array, response: Array) -> Array:
    """Harmonics of a discrete Fourier transform go as exp(+jωt), so the response is conjugated."""
    n = value.shape[-1]
    if not jnp.iscomplexobj(value):
        return jnp.fft.irfft(jnp.fft.rfft(value) * response.conj(), n)
    below = response[1 : (n + 1) // 2][::-1]  # at -f, conjugated twice
    return jnp.fft.ifft(jnp.fft.fft(value) * jnp.concatenate([response[: n // 2 + 1].conj(), below]))
