"""What one output at one wavelength tells: the noise of whatever moves it, in its own unit per √Hz.

Sensors that are read without a scan stand on the slope of a line or of a fringe: a membrane under sound, a gauge, an
interferometer in a field or on something that turns. Their output is a share of power by wavelength and by what is
sensed, about nothing of it:

    def output(wavelength, pressure): ...

    held(chain, output, 1.55).total         # Pa/√Hz

Noise is white, one-sided, and that of `detector.detected`; light's frequency moves the output as what is sensed does.
Slow wander of the laser and of temperature is left out: `limits.least` has it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.sensors.chain import Chain, scanned
from lingnan.solvers.sensors.detector import wandering
from lingnan.solvers.sensors.source import seen


class Held(NamedTuple):
    """Noise of what is sensed, by cause, densities [its unit/√Hz]; infinite where the output does not move."""

    receiver: Array  #: shot, thermal and intensity noise, jitter, and the converter's steps
    frequency: Array  #: of the laser
    slope: Array  #: of the current by what is sensed, signed [A per its unit]

    @property
    def total(self) -> Array:
        """Both, independent."""
        return jnp.hypot(self.receiver, self.frequency)


def held(chain: Chain, output: Callable[[Array, Array], Any], wavelength: ArrayLike) -> Held:
    """Noise of what moves an output that is read at one wavelength.

    Args:
        chain: what reads; its samples come at twice the detector's bandwidth.
        output: share of power, by wavelength [µm] and by what is sensed.
        wavelength: of the light [µm].

    Raises:
        ValueError: several wavelengths: those are a scan.
    """
    wave = jnp.asarray(wavelength, float)
    if wave.size != 1:
        raise ValueError(f"held: {wave.size} wavelengths: give one, or read a scan by `least`.")
    wave = wave.reshape(1)

    def trace(sensed: Array) -> tuple[Array, Array]:
        found = scanned(chain, lambda w: jnp.reshape(output(w, sensed), w.shape), wave)
        return found.mean[0], found.variance[0]

    (_, variance), (slope, _) = jax.jvp(trace, (jnp.zeros(()),), (jnp.ones(()),))
    light = seen(chain.laser, lambda w: jnp.reshape(output(w, jnp.zeros(())), w.shape), wave)
    moved = wandering(light, wave, chain.laser, chain.detector)[0]
    still = variance / chain.detector.bandwidth - moved
    return Held(jnp.sqrt(still) / jnp.abs(slope), jnp.sqrt(moved) / jnp.abs(slope), slope)
