"""A chirped lidar as a whole: from the light that comes back to what is seen and how well its distance is known.

The beat of a target at R has the ratio S of the receiver's noise, less what phase noise takes out of its line,
exp(-2πΔντ). Its distance is known to

    σ_R² = (c/(2γ))² (σ_f² of the receiver + σ_f² of the laser's phase),

which is independent of both; speckle makes S exponential from look to look, and a look in a dark speckle is lost, not
badly measured: σ_R is that at the mean. Sweeps are straight, or made so by `correction`: a chirp with bow or ripple is
refused. Distances in m, frequencies in Hz.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.lidar import detection, tones
from lingnan.solvers.lidar.chirp import LIGHT, Chirp, Sweep, Targets, sample_times
from lingnan.solvers.lidar.coherent import Engine
from lingnan.solvers.lidar.link import Link
from lingnan.solvers.sensors import bounds
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Ranging:
    """Link, receiver and sweep."""

    link: Link
    engine: Engine
    chirp: Chirp

    def __post_init__(self) -> None:
        for name in ("bow", "ripple"):
            check_between(
                "Ranging", name, getattr(self.chirp, name), -1e-12, 1e-12, "",
                "A beat of such a sweep is smeared: make it straight (`correction`), and give the chirp without.",
            )  # fmt: skip

    def snr(self, distance_m: ArrayLike) -> Array:
        """S after a sweep, on the average over speckle."""
        r = jnp.asarray(distance_m, float)
        line = tones.coherent_share(self.engine.chain.laser.linewidth, 2 * r / LIGHT)
        return self.engine.snr(self.link.received(r), self.chirp.duration) * line

    def detection(self, distance_m: ArrayLike, false_alarm: ArrayLike, looks: int = 1) -> Array:
        """Probability that a rough target is seen.

        Args:
            distance_m: [m].
            false_alarm: chance that noise makes one in a whole spectrum.
            looks: sweeps in which speckle is another, whose powers are summed.
        """
        return detection.speckled(self.snr(distance_m), jnp.asarray(false_alarm, float) / self._chances, looks)

    @property
    def _chances(self) -> Array:
        return tones.CHANCES * jnp.asarray(self.chirp.duration, float) * self.engine.rate

    def distance_sigma_m(self, distance_m: ArrayLike) -> Array:
        """One σ of the distance in one sweep, at the mean signal [m]."""
        r = jnp.asarray(distance_m, float)
        duration = jnp.asarray(self.chirp.duration, float)
        # the bound for many samples: 6/((2π)² S T²)
        receiver = jnp.sqrt(6 / self.snr(r)) / (2 * jnp.pi * duration)
        laser = tones.frequency_sigma_of_line(self.engine.chain.laser.linewidth, 2 * r / LIGHT, duration)
        return LIGHT / 2 / jnp.abs(self.chirp.slope) * jnp.hypot(receiver, laser)

    def bound_m(self, distance_m: ArrayLike) -> Array:
        """The same of the receiver alone from its samples, as the chain has them: Fisher's matrix (`sensors.bounds`).

        Power and phase of the echo are unknown too. The second route; what phase noise takes out of the line is not
        in it. Sizes of the sweep and the rate are numbers.
        """
        r = jnp.asarray(distance_m, float)
        time, carrier = sample_times(self.chirp, float(self.engine.rate)), 4e6 * jnp.pi / self.chirp.wavelength

        def samples(unknown: Array) -> tuple[Array, Array]:
            farther, louder, turned = unknown
            # the carrier's own turn, millions of them, is the unknown phase's
            phase = turned - carrier * farther
            echo = Targets(r + farther, power=self.link.received(r) * (1 + louder), phase=phase)
            found = self.engine.trace(self.engine.currents(Sweep(self.chirp), echo, time))
            return found.mean.ravel(), found.variance.ravel()

        return bounds.sigma(samples, jnp.zeros(3))[0]

    def reach_m(self, chance: ArrayLike, false_alarm: ArrayLike, looks: int = 1) -> Array:
        """Distance up to which a rough target is seen with that chance [m]; derivative of the implicit function.

        Args:
            chance: of detection.
            false_alarm: in a whole spectrum.
            looks: sweeps that are summed.
        """
        check_between("reach_m", "chance", chance, 0.0, 1.0, "", "")
        needed = detection.snr_for(chance, jnp.asarray(false_alarm, float) / self._chances, looks)
        found = self._where(needed)
        if known(found) and not 1.1e-2 < float(found) < 0.9e6:
            raise ValueError(
                f"reach_m: no distance from 1 cm to 1000 km has a chance of {np.asarray(chance)}: the ratio at 1 m is "
                f"{float(self.snr(1.0)):g} and {float(needed):g} is needed. Check power and apertures."
            )
        return found

    @jax.jit
    def _where(self, needed: Array) -> Array:
        """Distance of a ratio [m]: it falls with distance, so that halving finds it."""

        def rest(log_r: Array) -> Array:
            return jnp.log(self.snr(jnp.exp(log_r))) - jnp.log(needed)

        def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = ends
            middle = (low + high) / 2
            seen = rest(middle) > 0
            return jnp.asarray(jnp.where(seen, middle, low)), jnp.asarray(jnp.where(seen, high, middle))

        held = jax.lax.stop_gradient
        low, high = held(jax.lax.fori_loop(0, 60, halve, (jnp.log(jnp.asarray(1e-2)), jnp.log(jnp.asarray(1e6)))))
        at = held((low + high) / 2)
        return jnp.exp(at - rest(at) / held(jax.grad(rest)(at)))
