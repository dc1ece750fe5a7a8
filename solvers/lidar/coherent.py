"""The coherent receiver of a chirped lidar: a 90-degree hybrid, two balanced pairs, and the noise of what it beats.

What reads is the sensors' chain (`sensors.chain`): its laser is the local oscillator, its detector each diode with the
amplifier of a pair, its converter follows. Behind the hybrid I + iQ = a s L* + image, with R for a of one without
fault. Its noise per sample is

    σ² = [2q Σ(i_k + i_dark) + 2 i_th² + RIN Σ(unbalance)²] rate/2 + 2 step²/12,

so after N samples a tone of power P has the ratio S = |a|² P P_L N/σ², which for shot noise alone is R P T/q: the
number of electrons that the signal makes, whatever the local oscillator (derived here; J. H. Shapiro et al., Appl. Opt.
20, 3292 (1981), doi:10.1364/AO.20.003292). Powers in W, currents in A, rates in Hz.
"""

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.detectors import HybridReceiver
from lingnan.solvers.lidar.chirp import Sweep, Targets, returned
from lingnan.solvers.links.receiver import CHARGE
from lingnan.solvers.sensors.chain import Chain
from lingnan.solvers.sensors.detector import Trace, converted, sampled, shown
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Engine:
    """What the light that comes back is mixed with and read by; samples come at twice the detector's bandwidth.

    The laser's line width is that of a sweep (`chirp.noisy`) and of `ranging`. How well it knows its wavelength is the
    chirp's own matter here (`Chirp.bow`, `Chirp.ripple`), so that jitter and repeatability are refused.
    """

    chain: Chain  #: the laser's power is that in the guide for which `hybrid.local` stands
    hybrid: HybridReceiver = field(default_factory=HybridReceiver)  #: the chip: its responsivities are over the chain's

    def __post_init__(self) -> None:
        for name in ("jitter_pm", "repeatability_pm"):
            advice = "A sweep has `Chirp.bow` and `Chirp.ripple` for that."
            check_between("Engine", name, getattr(self.chain.laser, name), -1e-12, 1e-12, "pm", advice)

    @property
    def rate(self) -> Array:
        """Samples a second [Hz]."""
        return 2 * jnp.asarray(self.chain.detector.bandwidth, float)

    @property
    def local(self) -> Array:
        """Field of the local oscillator [√W]."""
        return jnp.sqrt(jnp.asarray(self.chain.laser.power, float))

    def trace(self, clear: ArrayLike) -> Trace:
        """I and Q of samples without noise, I + iQ [A], as the chain has them: (2, …).

        Their noise is the local oscillator's, beside which the signal makes none.
        """
        c, chain = jnp.asarray(clear, complex), self.chain
        found = chain.detector.responsivity * self.hybrid.currents(0.0, self.local)
        density = shown(found[::2], chain.laser, chain.detector, found[1::2]).reshape(2, *[1] * c.ndim)
        mean = jnp.stack([c.real, c.imag])
        return converted(mean, density * chain.detector.bandwidth * jnp.ones_like(mean), chain.converter)

    @property
    def variance(self) -> Array:
        """Of the noise of one sample of I + iQ [A²]."""
        return jnp.sum(self.trace(0.0).variance)

    def snr(self, power: ArrayLike, duration: ArrayLike = 0.0) -> Array:
        """Signal to noise ratio of a tone [1]: of one sample, or after coherent summation over a duration [s].

        Args:
            power: received, in the mode of the local oscillator [W].
            duration: of the sweep; 0: one sample.
        """
        a = self.chain.detector.responsivity * self.hybrid.gains[0]
        count = jnp.maximum(jnp.asarray(duration, float) * self.rate, 1.0)
        return jnp.square(jnp.abs(a) * self.local) * jnp.asarray(power, float) * count / self.variance

    def currents(self, sweep: Sweep, targets: Targets, time: ArrayLike) -> Array:
        """I + iQ of targets, without noise, at the times of samples [A]."""
        t = jnp.asarray(time, float)
        angle = -sweep.phase(t)
        local = self.local * jax.lax.complex(jnp.cos(angle), jnp.sin(angle))
        return self.chain.detector.responsivity * self.hybrid.detected(returned(sweep, targets, t), local)

    def drawn(self, clear: ArrayLike, key: Array) -> Array:
        """The same with noise and the converter's steps, of the same shape [A]."""
        found = sampled(self.trace(clear), self.chain.converter, key, 1)[0]
        return jax.lax.complex(found[0], found[1])


def shot_limit(responsivity: ArrayLike, power: ArrayLike, duration: ArrayLike) -> Array:
    """S of shot noise alone: electrons that the signal makes in a sweep, R P T/q."""
    return jnp.asarray(responsivity, float) * power * duration / CHARGE
