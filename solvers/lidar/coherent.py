"""The coherent receiver of a chirped lidar: a 90-degree hybrid, two balanced pairs, and the noise of what it beats.

Behind the hybrid I + iQ = a s L* + image, with R for a of one without fault. Its noise per sample is

    σ² = [2q Σi_k + 2 i_th² + RIN (unbalance)²] rate/2,

so after N samples a tone of power P has the ratio S = |a|² P P_L N/σ², which for shot noise alone is R P T/q: the
number of electrons that the signal makes, whatever the local oscillator (derived here; J. H. Shapiro et al., Appl. Opt.
20, 3292 (1981), doi:10.1364/AO.20.003292). Powers in W, currents in A, rates in Hz.
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors import HybridReceiver
from lingnan.solvers.lidar.chirp import Sweep, Targets, returned
from lingnan.solvers.links.receiver import CHARGE
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Engine:
    """What the light that comes back is mixed with and read by."""

    local: Any = 1e-3  #: power of the local oscillator [W]
    hybrid: HybridReceiver = field(default_factory=HybridReceiver)
    thermal: Any = 0.0  #: current noise of the amplifier of either output [A/√Hz]
    rin_db_hz: Any = -200.0  #: relative intensity noise of the local oscillator [dB/Hz]
    rate: Any = 1e9  #: samples a second, filtered to half of it [Hz]

    def __post_init__(self) -> None:
        check_between("Engine", "local", self.local, 0.0, np.inf, "W", "")
        check_no_less("Engine", "thermal", self.thermal, 0.0, "A/√Hz", "")
        check_between("Engine", "rate", self.rate, 0.0, np.inf, "Hz", "")

    @property
    def variance(self) -> Array:
        """Of the noise of one sample of I + iQ [A²]; the local oscillator's, beside which the signal makes none."""
        currents = self.hybrid.currents(0.0, jnp.sqrt(jnp.asarray(self.local, float)))
        shot = 2 * CHARGE * jnp.sum(currents)
        uneven = jnp.square(currents[0] - currents[1]) + jnp.square(currents[2] - currents[3])
        intensity = 10 ** (jnp.asarray(self.rin_db_hz, float) / 10) * uneven
        return (shot + 2 * jnp.square(self.thermal) + intensity) * self.rate / 2

    def snr(self, power: ArrayLike, duration: ArrayLike = 0.0) -> Array:
        """Signal to noise ratio of a tone [1]: of one sample, or after coherent summation over a duration [s].

        Args:
            power: received, in the mode of the local oscillator [W].
            duration: of the sweep; 0: one sample.
        """
        a, _ = self.hybrid.gains
        count = jnp.maximum(jnp.asarray(duration, float) * self.rate, 1.0)
        return jnp.square(jnp.abs(a)) * jnp.asarray(power, float) * self.local * count / self.variance

    def currents(self, sweep: Sweep, targets: Targets, time: ArrayLike) -> Array:
        """I + iQ of targets, without noise, at the times of samples [A]."""
        t = jnp.asarray(time, float)
        angle = -sweep.phase(t)
        local = jnp.sqrt(jnp.asarray(self.local, float)) * jax.lax.complex(jnp.cos(angle), jnp.sin(angle))
        return self.hybrid.detected(returned(sweep, targets, t), local)

    def drawn(self, clear: ArrayLike, key: Array) -> Array:
        """The same with noise, of the same shape [A]."""
        c = jnp.asarray(clear, complex)
        noise = jax.random.normal(key, (2, *c.shape)) * jnp.sqrt(self.variance / 2)
        return c + jax.lax.complex(noise[0], noise[1])


def shot_limit(responsivity: ArrayLike, power: ArrayLike, duration: ArrayLike) -> Array:
    """S of shot noise alone: electrons that the signal makes in a sweep, R P T/q."""
    return jnp.asarray(responsivity, float) * power * duration / CHARGE
