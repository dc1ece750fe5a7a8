"""Resonant gyroscope: two ways around one ring, their resonances apart by Sagnac's splitting.

Each way is locked to the side of its own dip, or by a modulation that compares both sides; either way the slope of the
dip turns frequency into current. A dip 1 - C/(1 + x²), x = 2(ν - ν₀)/FWHM, has its steepest slope 3√3/8 C at x = 1/√3.
The dip itself is that of a ring at one bus with a lumped coupler, with the round trip of `resonators.ring`.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.resonators.ring import round_trip
from lingnan.solvers.rotation import sagnac
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Loop:
    """A round ring on one bus."""

    diameter: Any  #: [m]
    n_g: Any  #: group index
    loss_db_m: Any  #: of the guide [dB/m]
    kappa2: Any  #: share of power that the coupler takes across
    wavelength: Any = 1.55  #: [µm]

    def __post_init__(self) -> None:
        for name, unit in (("diameter", "m"), ("n_g", ""), ("loss_db_m", "dB/m"), ("wavelength", "µm")):
            check_between("Loop", name, getattr(self, name), 0.0, np.inf, unit, "")
        check_between("Loop", "kappa2", self.kappa2, 0.0, 1.0, "", "")

    @property
    def around(self) -> Array:
        """Amplitude that one turn leaves, coupler not counted."""
        return 10 ** (-jnp.asarray(self.loss_db_m) * jnp.pi * self.diameter / 20)

    @property
    def fsr(self) -> Array:
        """[Hz]."""
        return sagnac.LIGHT / (jnp.asarray(self.n_g) * jnp.pi * self.diameter)

    @property
    def fwhm(self) -> Array:
        """Of the dip [Hz], half way up to what is between resonances: FSR (2/π) asin((1 - ta)/√(2(1 + t²a²))), exact.

        Unlike the half of the light inside, asin((1 - ta)/(2√(ta))), it exists for any loss; both are one at high
        finesse.
        """
        inside = jnp.sqrt(1 - jnp.asarray(self.kappa2)) * self.around
        return self.fsr * (2 / jnp.pi) * jnp.arcsin((1 - inside) / jnp.sqrt(2 * (1 + inside**2)))

    @property
    def finesse(self) -> Array:
        """FSR over width."""
        return self.fsr / self.fwhm

    @property
    def build_up(self) -> Array:
        """Power going around at resonance over that in the bus: κ²/(1 - ta)²."""
        inside = jnp.sqrt(1 - jnp.asarray(self.kappa2)) * self.around
        return jnp.asarray(self.kappa2) / (1 - inside) ** 2

    @property
    def splitting_per_rate(self) -> Array:
        """Scale factor [Hz s]."""
        radius = jnp.asarray(self.diameter) / 2
        return sagnac.splitting_per_rate(jnp.pi * radius**2, 2 * jnp.pi * radius, self.wavelength, self.n_g)

    def transmission(self, detuning: ArrayLike) -> Array:
        """Share of power behind the coupler, at frequencies from resonance [Hz]."""
        t, _, turn, under = round_trip(self.kappa2, 0.0, self.around, 2 * jnp.pi * jnp.asarray(detuning) / self.fsr)
        return jnp.abs((t - turn) / under) ** 2


@tree
@dataclass(frozen=True)
class Readout:
    """Light and detector of each way."""

    power: Any  #: in the bus in front of the ring, each way [W]
    receiver: Receiver = field(default_factory=Receiver)
    linewidth: Any = 0.0  #: of the laser, Lorentzian, as white noise of frequency Δν/π; both ways apart [Hz]

    def __post_init__(self) -> None:
        check_between("Readout", "power", self.power, 0.0, np.inf, "W", "")
        check_no_less("Readout", "linewidth", self.linewidth, 0.0, "Hz", "")


def rate_noise(loop: Loop, readout: Readout, detuning: ArrayLike) -> Array:
    """Of the rate, white and one-sided [rad/s/√Hz], each way read at a detuning [Hz]; both ways' noise adds.

    Light of one laser sent both ways has the same noise of frequency, which the difference does not see: `linewidth`
    is of what both do not share.
    """

    def photo(at: Array) -> Array:
        return readout.receiver.responsivity * readout.power * loop.transmission(at)

    at = jnp.asarray(detuning, float)
    value, slope = jax.jvp(photo, (at,), (jnp.ones_like(at),))
    frequency = readout.receiver.density(value) / slope**2 + jnp.asarray(readout.linewidth) / jnp.pi
    return jnp.sqrt(2 * frequency) / loop.splitting_per_rate


def best_detuning(loop: Loop, readout: Readout, count: int = 400) -> Array:
    """Detuning with the least noise [Hz], between a thousandth and two of the width.

    The best of `count`, then the vertex of a parabola through its surroundings and once more through nearer ones, all
    in logarithms.
    """

    def noise(place: Array) -> Array:
        return jnp.log(rate_noise(loop, readout, loop.fwhm * jnp.exp(place)))

    place = jnp.linspace(np.log(1e-3), np.log(2.0), count)
    best = place[jnp.argmin(noise(place))]
    for step in ((place[1] - place[0]), (place[1] - place[0]) / 20):
        low, least, high = noise(best + step * jnp.arange(-1, 2))
        bend = low - 2 * least + high
        aside = jnp.asarray(jnp.where(bend > 0, (low - high) / (2 * jnp.where(bend > 0, bend, 1.0)), 0.0))
        best = best + step * jnp.clip(aside, -1.0, 1.0)
    return loop.fwhm * jnp.exp(best)


def random_walk(loop: Loop, readout: Readout) -> Array:
    """Of the angle [°/√h] at the best detuning, which is at a minimum: its own derivative plays no part."""
    at = jax.lax.stop_gradient(best_detuning(loop, readout))
    return sagnac.random_walk(rate_noise(loop, readout, at))


def best_coupling(loop: Loop, readout: Readout, count: int = 200) -> Array:
    """κ² with the least random walk, of `count` between a hundredth and a hundred times the loss of a turn.

    With shot noise alone that is critical coupling, read ever nearer to the dip's dark middle; with thermal noise
    alone, half as strong a coupling, read where the dip is steepest.
    """
    lost = 1 - loop.around**2
    tried = jnp.minimum(lost * jnp.geomspace(1e-2, 1e2, count), 1 - 1e-6)

    def walk(kappa2: Array) -> Array:
        return random_walk(replace(loop, kappa2=kappa2), readout)

    return tried[jnp.argmin(jax.lax.map(walk, jax.lax.stop_gradient(tried)))]
