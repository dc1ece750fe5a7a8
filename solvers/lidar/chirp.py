"""A swept laser and what comes back from targets: chirps with their nonlinearity, phase noise, delay and Doppler shift.

The envelope about the carrier is exp(-iφ(t)), φ' = 2π f(t), as exp(-iωt) has it. A target at a distance R that comes
nearer at v returns it after τ(t) = 2(R - vt)/c, so that beaten with the laser it gives

    s L* ~ exp(i[φ(t) - φ(t - τ) + 2π (c/λ) τ]),    f_beat = γτ - 2v/λ on the way up, -γτ - 2v/λ on the way down,

γ the slope of the chirp. Sign and all are there behind a 90-degree hybrid. Distances in m, speeds in m/s, times in s,
frequencies in Hz, the wavelength in µm. M.-C. Amann et al., Opt. Eng. 40, 10 (2001), doi:10.1117/1.1330700.
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.trees import tree

LIGHT = constants.c  #: [m/s]


@tree
@dataclass(frozen=True)
class Chirp:
    """One sweep of the laser's frequency, s = t/duration from 0 to 1."""

    bandwidth: Any  #: from the first to the last frequency [Hz]
    duration: Any  #: [s]
    wavelength: Any = 1.55  #: of the carrier [µm]
    bow: Any = 0.0  #: how far the middle lies above the straight line, over the bandwidth
    ripple: Any = 0.0  #: amplitude of a sine on it, over the bandwidth
    cycles: Any = 5.0  #: of that sine in a sweep
    falling: bool = field(default=False, metadata={"static": True})

    def __post_init__(self) -> None:
        for name, unit in (("bandwidth", "Hz"), ("duration", "s"), ("wavelength", "µm"), ("cycles", "")):
            check_between("Chirp", name, getattr(self, name), 0.0, np.inf, unit, "")

    @property
    def slope(self) -> Array:
        """γ of the straight line, negative where it falls [Hz/s]."""
        return jnp.asarray(self.bandwidth / self.duration) * (-1 if self.falling else 1)

    @property
    def resolution_m(self) -> Array:
        """c/(2B): distance of two targets whose beats lie one bin apart [m]."""
        return LIGHT / (2 * jnp.asarray(self.bandwidth, float))

    @property
    def velocity_resolution(self) -> Array:
        """λ/(2T) [m/s]."""
        return 1e-6 * jnp.asarray(self.wavelength, float) / (2 * self.duration)

    def frequency(self, time: ArrayLike) -> Array:
        """Above that at the start of a rising sweep [Hz]."""
        s = jnp.asarray(time, float) / self.duration
        rise = s + 4 * self.bow * s * (1 - s) + self.ripple * jnp.sin(2 * jnp.pi * self.cycles * s)
        return self.bandwidth * (1 - rise if self.falling else rise)

    def phase(self, time: ArrayLike) -> Array:
        """2π ∫ f dt [rad]."""
        s = jnp.asarray(time, float) / self.duration
        turn = 2 * jnp.pi * self.cycles
        area = s**2 / 2 + self.bow * (2 * s**2 - 4 * s**3 / 3) + self.ripple * 2 * jnp.sin(turn * s / 2) ** 2 / turn
        return 2 * jnp.pi * self.bandwidth * self.duration * (s - area if self.falling else area)

    def beat(self, distance_m: ArrayLike, velocity: ArrayLike = 0.0) -> Array:
        """Frequency of a target's beat, with its sign [Hz]."""
        delay = 2 * jnp.asarray(distance_m, float) / LIGHT
        return self.slope * delay - 2e6 * jnp.asarray(velocity, float) / self.wavelength


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Sweep:
    """A chirp as a laser of some line width makes it."""

    chirp: Chirp
    noise: Any = None  #: phase at equal steps from `-lead` on, (M,) [rad]; None: none
    step: Any = 1.0  #: of them [s]
    lead: Any = 0.0  #: how long before the sweep they begin: no target may be farther than that [s]

    def phase(self, time: ArrayLike) -> Array:
        """Chirp and noise [rad]."""
        clear = self.chirp.phase(time)
        if self.noise is None:
            return clear
        place = (jnp.asarray(time, float) + self.lead) / self.step
        return clear + jnp.interp(place, jnp.arange(jnp.shape(self.noise)[0]), self.noise)


def noisy(chirp: Chirp, linewidth: ArrayLike, key: Array, step: float, lead: float) -> Sweep:
    """A sweep of a laser whose phase diffuses: <(φ(t) - φ(t - τ))²> = 2π Δν |τ|, a Lorentzian line of width Δν.

    Args:
        chirp: of numbers, not traced ones.
        linewidth: Δν, full width at half maximum [Hz].
        key: a `jax.random.key`.
        step: of the drawn path [s]; between its points it is straight.
        lead: longest delay that will be asked for [s].
    """
    check_no_less("noisy", "linewidth", linewidth, 0.0, "Hz", "")
    check_between("noisy", "step", step, 0.0, np.inf, "s", "")
    check_no_less("noisy", "lead", lead, 0.0, "s", "")
    count = int(np.ceil((float(chirp.duration) + lead) / step)) + 2
    moves = jax.random.normal(key, (count,)) * jnp.sqrt(2 * jnp.pi * jnp.asarray(linewidth, float) * step)
    return Sweep(chirp, jnp.cumsum(moves), step, lead)


@tree
@dataclass(frozen=True)
class Targets:
    """What light comes back from; arrays (K,) or numbers."""

    distance_m: Any
    velocity: Any = 0.0  #: towards the receiver [m/s]
    power: Any = 1e-9  #: received [W]
    phase: Any = 0.0  #: of the field: a rough surface's is random [rad]

    def __post_init__(self) -> None:
        check_no_less("Targets", "distance_m", self.distance_m, 0.0, "m", "")
        check_no_less("Targets", "power", self.power, 0.0, "W", "")


def returned(sweep: Sweep, targets: Targets, time: ArrayLike) -> Array:
    """Field of all targets at the receiver, envelope about the carrier [√W], of the shape of `time`."""
    t = jnp.asarray(time, float)
    parts = jnp.broadcast_arrays(
        *(
            jnp.atleast_1d(jnp.asarray(v, float))
            for v in (targets.distance_m, targets.velocity, targets.power, targets.phase)
        )
    )
    if sweep.noise is not None and known(parts[0]) and known(sweep.lead):
        farthest = float(np.max(np.asarray(parts[0])))
        check_no_less(
            "returned", "lead", sweep.lead, 2 * farthest / LIGHT, "s",
            f"The noise must reach back by the delay of {farthest:g} m.",
        )  # fmt: skip

    def one(distance: Array, velocity: Array, power: Array, phase: Array) -> Array:
        delay = 2 * (distance - velocity * t) / LIGHT
        carrier = 2 * jnp.pi * LIGHT * 1e6 / sweep.chirp.wavelength * delay
        angle = carrier - sweep.phase(t - delay) + phase
        return jnp.sqrt(power) * jax.lax.complex(jnp.cos(angle), jnp.sin(angle))

    return jnp.sum(jax.vmap(one)(*parts), axis=0)


def sample_times(chirp: Chirp, rate: float) -> Array:
    """Middles of samples in a sweep, (N,) [s]."""
    check_between("sample_times", "rate", rate, 0.0, np.inf, "Hz", "")
    count = int(np.floor(float(chirp.duration) * rate + 1e-9))
    return (jnp.arange(count) + 0.5) / rate


def check_sampling(rate: float, chirp: Chirp, farthest_m: float, fastest: float = 0.0) -> None:
    """Refuses sampling that folds the beat of a target.

    Args:
        rate: samples a second, of each output of the receiver [Hz].
        chirp: straight or not: its greatest slope counts.
        farthest_m: target [m].
        fastest: either way [m/s].

    Raises:
        ValueError: with the beat, the limit and the rate that would do.
    """
    s = np.linspace(0.0, 1.0, 2001)
    steep = np.gradient(np.asarray(chirp.frequency(s * float(chirp.duration))), s * float(chirp.duration))
    highest = float(np.max(np.abs(steep)) * 2 * farthest_m / LIGHT + 2e6 * abs(fastest) / float(chirp.wavelength))
    if not rate > 2 * highest:
        raise ValueError(
            f"check_sampling: rate = {rate:g} Hz folds beats above {rate / 2:g} Hz (Nyquist), and a target "
            f"at {farthest_m:g} m with {fastest:g} m/s beats at up to {highest:.6g} Hz. Sample at more than "
            f"{2 * highest:.6g} Hz, sweep more slowly, or look less far."
        )
