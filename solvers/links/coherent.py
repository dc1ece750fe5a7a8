"""Quadrature amplitude modulation: two nested Mach-Zehnder modulators, and how far points lie from where they should.

E = (E_I + g exp(i(π/2 + ε)) E_Q)/2: half of the field goes each way and half of it comes back. Children stand in the
dark, where their field has the sign of the voltage. The receiver is ideal: it knows the carrier's phase.
"""

from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, check_row, no_less, within
from lingnan.solvers.links.patterns import side_of
from lingnan.solvers.links.transfers import Transfer, filtered
from lingnan.solvers.links.transmitter import DARK, MachZehnder
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.tracing import namespace
from lingnan.solvers.trees import watched


@watched
@dataclass(frozen=True)
class IQModulator:
    """Two modulators side by side, a quarter of a wave apart."""

    in_phase: MachZehnder
    quadrature: MachZehnder
    error: Any = 0.0  #: of the quarter wave, ε [rad]
    ratio: Any = 1.0  #: of the fields of both ways, g

    def __post_init__(self) -> None:
        check_no_less("IQModulator", "ratio", self.ratio, 0.0, "", "Turn `error` by π for a sign.")
        check_between("IQModulator", "error", self.error, -np.inf, np.inf, "rad", "")

    @classmethod
    def of(cls, child: MachZehnder, error: Any = 0.0, ratio: Any = 1.0) -> "IQModulator":
        """Of two like children in the dark."""
        dark = replace(child, bias=DARK)
        return cls(dark, dark, error, ratio)

    def field(self, drive: Waveform) -> Waveform:
        """Envelope [√W] for voltages I + iQ at both inputs [V]."""
        i = self.in_phase.field(Waveform(jnp.real(drive.value), drive.step)).value
        q = self.quadrature.field(Waveform(jnp.imag(drive.value), drive.step)).value
        turned = 1j * self.ratio * jnp.exp(1j * jnp.asarray(self.error, float))
        return Waveform((i + turned * q) / 2, drive.step)


def straightened(symbols: ArrayLike, v_pi: ArrayLike, depth: ArrayLike = 1.0) -> Array:
    """Voltages that give a field proportional to the symbols in a modulator in the dark: (2 V_pi/π) arcsin(depth s).

    Args:
        symbols: real or complex, parts between -1 and 1.
        v_pi: [V].
        depth: field at symbol 1, of the most there is; up to 1, where the arcsine has no slope.
    """
    depth = jnp.asarray(depth) * within(
        "straightened", "depth", depth, 0.0, 1.0 + 1e-12, "", "1 is all the light there is."
    )
    v_pi = jnp.asarray(v_pi) * within("straightened", "v_pi", v_pi, 0.0, np.inf, "V", "Exchange the arms for a sign.")
    s = jnp.asarray(symbols)
    xp = namespace(symbols)
    size = xp.maximum(xp.abs(xp.real(xp.asarray(symbols))), xp.abs(xp.imag(xp.asarray(symbols))))
    v_pi = v_pi * within("straightened", "size of symbols", size, -1.0, 1.0 + 1e-9, "", "They lie between -1 and 1.")
    scale = 2 * jnp.asarray(v_pi, float) / jnp.pi
    if jnp.iscomplexobj(s):
        return scale * (jnp.arcsin(depth * s.real) + 1j * jnp.arcsin(depth * s.imag))
    return scale * jnp.arcsin(depth * s)


def emphasised(drive: Waveform, transfer: Transfer, most_db: float = 6.0) -> Waveform:
    """The drive with what a response takes put back: conj(H)/(|H| max(|H|, 1/g)), g the most gain.

    Args:
        drive: real or complex.
        transfer: to undo, its phase too.
        most_db: gain at any frequency [dB].
    """
    most = most_db * no_less("emphasised", "most_db", most_db, 0.0, "dB", "")
    gain = 10 ** (most / 20)

    def inverse(frequency: Array) -> Array:
        h = transfer(frequency)
        size = jnp.abs(h)
        # below 1/g only the phase is undone, and the gain stays at g
        return h.conj() / jnp.maximum(size * jnp.maximum(size, 1 / gain), 1e-30)

    return filtered(drive, inverse)


def points(field: Waveform, samples: int, at: int = 0) -> Array:
    """The field at one sample of each symbol, (S,).

    Args:
        field: one period.
        samples: in each symbol.
        at: which of them: 0 is where pulses of `raised_cosine` have their symbol; levels of `edges` are held from one
            symbol's beginning to the next, and have it at half of `samples`.
    """
    count = field.value.shape[-1]
    if samples < 1 or count % samples or samples != int(samples):
        raise ValueError(f"points: {count} samples in symbols of {samples}: each must be whole.")
    if not 0 <= at < samples:
        raise ValueError(f"points: at = {at}: a symbol has the samples 0 to {samples - 1}.")
    return field.value.reshape(-1, samples)[:, at]


def corrected(received: ArrayLike, sent: ArrayLike) -> Array:
    """Received points turned and scaled as a whole so that they lie nearest to those sent, and centred on them.

    One complex gain and one complex offset, least squares: what any receiver does. What is left is no pure gain: an
    unlike size of I and Q or a wrong quarter wave stays.
    """
    _check_points("corrected", received, sent)
    r, s = jnp.asarray(received, complex), jnp.asarray(sent, complex)
    mean_r, mean_s = jnp.mean(r), jnp.mean(s)
    r0, s0 = r - mean_r, s - mean_s
    gain = jnp.sum(s0.conj() * r0) / jnp.sum(jnp.abs(s0) ** 2)
    return r0 / gain + mean_s


_QUIET = "Without noise there is nothing to ask."


def noise_of(points: ArrayLike, snr_db: ArrayLike, key: Array) -> Array:
    """Complex Gaussian noise for points, so far below their mean power, both parts together [dB]."""
    check_row("noise_of", "points", points, 1, "As of `points`.")
    p = jnp.asarray(points, complex)
    level = jnp.asarray(snr_db, float) * within("noise_of", "snr_db", snr_db, -np.inf, np.inf, "dB", _QUIET)
    sigma = jnp.sqrt(jnp.mean(jnp.abs(p) ** 2) * 10 ** (-level / 10) / 2)
    drawn = jax.random.normal(key, (2, *p.shape))
    return sigma * (drawn[0] + 1j * drawn[1])


def evm_rms(received: ArrayLike, sent: ArrayLike) -> Array:
    """Error vector magnitude, rms over rms of the points sent: 1/√SNR for noise alone."""
    _check_points("evm_rms", received, sent)
    r, s = jnp.asarray(received, complex), jnp.asarray(sent, complex)
    return jnp.sqrt(jnp.mean(_square(r - s)) / jnp.mean(_square(s)))


def evm_max(received: ArrayLike, sent: ArrayLike) -> Array:
    """Error vector magnitude, rms over the outermost point sent; smaller than `evm_rms` by the crest of the points."""
    _check_points("evm_max", received, sent)
    r, s = jnp.asarray(received, complex), jnp.asarray(sent, complex)
    return jnp.sqrt(jnp.mean(_square(r - s)) / jnp.max(_square(s)))


def _check_points(where: str, received: ArrayLike, sent: ArrayLike) -> None:
    check_row(where, "received", received, 1, "As of `points`.")
    check_row(where, "sent", sent, 1, "As of `qam`.")
    if np.shape(received) != np.shape(sent):
        raise ValueError(
            f"{where}: {np.size(received)} points received and {np.size(sent)} sent: give one for each, in one order."
        )


def _square(z: Array) -> Array:
    return jnp.square(z.real) + jnp.square(z.imag)


def qam_error_rate(snr_db: ArrayLike, points: int) -> Array:
    """Symbols lost in white noise, square QAM: 1 - (1 - 2 (1 - 1/√M) Q(√(3 SNR/(M - 1))))², exact.

    Args:
        snr_db: mean power of the points over that of the noise, both parts [dB].
        points: M: 4, 16, 64 or 256.
    """
    side = side_of("qam_error_rate", points)
    level = jnp.asarray(snr_db, float) * within("qam_error_rate", "snr_db", snr_db, -np.inf, np.inf, "dB", _QUIET)
    snr = 10 ** (level / 10)
    each = 2 * (1 - 1 / side) * jax.scipy.stats.norm.sf(jnp.sqrt(3 * snr / (points - 1)))
    return each * (2 - each)


def decided(received: ArrayLike, points: int) -> np.ndarray:
    """The nearest point of a square constellation between -1 and 1 in both parts, (S,)."""
    side = side_of("decided", points)
    _check_points("decided", received, received)

    def nearest(part: np.ndarray) -> np.ndarray:
        return 2 * np.clip(np.round((part + 1) / 2 * (side - 1)), 0, side - 1) / (side - 1) - 1

    r = np.asarray(received, complex)
    return nearest(np.real(r)) + 1j * nearest(np.imag(r))
