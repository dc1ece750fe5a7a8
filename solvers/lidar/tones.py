"""Tones in noise: spectra, estimates of frequency and power, several at once, and how well any of it can be known.

The estimate of greatest likelihood of one tone is the top of its periodogram; of several, they are found one by one and
each is fitted again with all the others taken off, until none moves (J. Li and P. Stoica, IEEE Trans. Signal Process.
44, 281 (1996), doi:10.1109/78.485924). Bound of Cramer and Rao of one tone of ratio S after N samples, all else
unknown:

    σ_f² = 6 rate²/((2π)² S (N² - 1))    (D. C. Rife and R. R. Boorstyn, IEEE Trans. Inf. Theory 20, 591 (1974),
                                         doi:10.1109/TIT.1974.1055282, eq. 17)

Samples are complex, (N,); frequencies in Hz, from -rate/2 to rate/2.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.lidar.detection import threshold

PADDING = 4  #: bins of the search, of each bin of the samples
#: chances of noise for each bin, where the search goes on between bins: by drawing, 1.0 to 1.1 times as many false
#: alarms as are asked for between 0.003 and 0.1
CHANCES = 3


class Spectrum(NamedTuple):
    """Power over frequency, in mean noise powers of a bin."""

    frequency: Array  #: rising [Hz]
    power: Array  #: 1 is noise, S a tone


def spectrum(
    samples: ArrayLike, rate: ArrayLike, variance: ArrayLike = 1.0, window: ArrayLike | None = None
) -> Spectrum:
    """Of samples, (N,).

    Args:
        samples: complex.
        rate: [Hz].
        variance: of the noise of one sample.
        window: (N,); None: none, whose side lobes are 13 dB down.
    """
    x = jnp.asarray(samples, complex)
    w = jnp.ones(x.shape[-1]) if window is None else jnp.asarray(window, float)
    found = jnp.fft.fftshift(jnp.fft.fft(x * w))
    frequency = jnp.fft.fftshift(jnp.fft.fftfreq(x.shape[-1])) * rate
    return Spectrum(frequency, jnp.square(jnp.abs(found)) / (jnp.sum(jnp.square(w)) * variance))


def tone(samples: ArrayLike, rate: ArrayLike) -> tuple[Array, Array]:
    """Frequency [Hz] and complex amplitude of the strongest tone: likelihood's maximum, by Newton from a padded FFT.

    Differentiable by the samples.
    """
    x = jnp.asarray(samples, complex)
    n = x.shape[-1]
    place = jnp.arange(n) - (n - 1) / 2  # about the middle, where phase and frequency are independent

    def move(f: Array) -> tuple[Array, Array]:
        """Slope and curvature of |s|², s = Σ x exp(-2πi f n)."""
        turned = x * jnp.exp(-2j * jnp.pi * f * place)
        s, s1, s2 = (jnp.sum(turned * (-2j * jnp.pi * place) ** k) for k in range(3))
        return 2 * (s.conj() * s1).real, 2 * (jnp.square(jnp.abs(s1)) + (s.conj() * s2).real)

    coarse = jnp.square(jnp.abs(jnp.fft.fft(x, PADDING * n)))
    held = jax.lax.stop_gradient
    f = held(jnp.fft.fftfreq(PADDING * n)[jnp.argmax(coarse)])

    def step(_: int, f: Array) -> Array:
        slope, curve = move(f)
        return f - jnp.clip(slope / curve, -0.25 / n, 0.25 / n)

    f = held(jax.lax.fori_loop(0, 8, step, f))
    slope, curve = move(f)
    f = f - slope / held(curve)
    return f * rate, jnp.mean(x * jnp.exp(-2j * jnp.pi * f * jnp.arange(n)))


class Tones(NamedTuple):
    """What was found, strongest first."""

    frequency: np.ndarray  #: [Hz]
    amplitude: np.ndarray  #: complex, at the first sample
    snr: np.ndarray  #: after all samples, S


def tones(
    samples: ArrayLike, rate: float, variance: float, false_alarm: float = 1e-6, most: int = 8, rounds: int = 6
) -> Tones:
    """All tones above the noise.

    Args:
        samples: complex, (N,).
        rate: [Hz].
        variance: of the noise of one sample.
        false_alarm: chance that noise alone makes one, in the whole spectrum.
        most: at which to stop.
        rounds: of fitting each anew with the others taken off.
    """
    check_between("tones", "variance", variance, 0.0, np.inf, "", "It is that of one sample of I + iQ.")
    check_between("tones", "false_alarm", false_alarm, 0.0, 1.0, "", "")
    x = np.asarray(samples, complex)
    n = x.shape[-1]
    turns = 2j * np.pi * np.arange(n) / rate
    limit = float(threshold(false_alarm / (CHANCES * n)))
    found: list[tuple[float, complex]] = []

    def without(left_out: int) -> np.ndarray:
        return x - sum((a * np.exp(turns * f) for k, (f, a) in enumerate(found) if k != left_out), np.zeros(n, complex))

    while len(found) < most:
        f, a = _tone(without(-1), rate)
        if abs(complex(a)) ** 2 * n / variance < limit:
            break
        found.append((float(f), complex(a)))
        for _ in range(rounds if len(found) > 1 else 0):
            for k in range(len(found)):
                f, a = _tone(without(k), rate)
                found[k] = float(f), complex(a)
    found.sort(key=lambda one: -abs(one[1]))
    amplitude = np.asarray([a for _, a in found], complex)
    return Tones(np.asarray([f for f, _ in found]), amplitude, np.abs(amplitude) ** 2 * n / variance)


_tone = jax.jit(tone)


def frequency_sigma(snr: ArrayLike, count: int, rate: ArrayLike) -> Array:
    """Least standard deviation of the frequency of a tone [Hz]: the bound of Cramer and Rao.

    Args:
        snr: S after all samples, as a ratio.
        count: N.
        rate: [Hz].
    """
    if count < 3:
        raise ValueError(f"frequency_sigma: count = {count}: two samples or fewer tell no frequency beside a phase.")
    check_no_less("frequency_sigma", "snr", snr, 0.0, "", "It is a ratio, not decibels.")
    return jnp.asarray(rate, float) * jnp.sqrt(6 / (jnp.asarray(snr, float) * (count**2 - 1))) / (2 * jnp.pi)


def frequency_sigma_of_line(linewidth: ArrayLike, delay: ArrayLike, duration: ArrayLike) -> Array:
    """The same of a laser's phase noise alone, for delays well below the sweep [Hz]: τ √(6 Δν/(π T³)).

    φ(t) - φ(t - τ) is τ times the noise of frequency, white with a one-sided density Δν/π, where it is slow; least
    squares of a phase in white noise of density 4πΔντ² give the slope to 6 S/T³ (derived here). Half of the sweep's
    length is lost on delays of its order, which is left out.
    """
    check_no_less("frequency_sigma_of_line", "linewidth", linewidth, 0.0, "Hz", "")
    nu, tau, t = (jnp.asarray(v, float) for v in (linewidth, delay, duration))
    return tau * jnp.sqrt(6 * nu / (jnp.pi * t**3))


def coherent_share(linewidth: ArrayLike, delay: ArrayLike) -> Array:
    """Share of a beat's power that is in its line and not in the pedestal: exp(-2π Δν τ).

    L. E. Richter et al., IEEE J. Quantum Electron. 22, 2070 (1986), doi:10.1109/JQE.1986.1072909.
    """
    check_no_less("coherent_share", "linewidth", linewidth, 0.0, "Hz", "")
    check_no_less("coherent_share", "delay", delay, 0.0, "s", "")
    return jnp.exp(-2 * jnp.pi * jnp.asarray(linewidth, float) * delay)
