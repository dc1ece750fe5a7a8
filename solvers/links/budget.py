"""From the laser to bit errors: what light arrives, what a receiver needs, and what is left between, by temperature.

Levels of power lie in equal steps, noise is Gaussian with a deviation of its own at each level, thresholds lie as many
deviations from the one as from the other: of L levels, Gray coded,

    BER = 2/(L log2 L) Σ_k sf(q_k),   q_k = R (P_{k+1} - P_k)/(σ_k + σ_{k+1}),
    σ_k² = B (i² + 2q ξ R P_k + RIN R² P_k²)

(G. P. Agrawal, Fiber-Optic Communication Systems, ch. 4, for L = 2). Whatever closes an eye beside noise goes in as a
penalty that shrinks the steps: `closure_db` of an eye, or TDECQ's. Parts are functions of the temperature, linear in
decibels; what else changes with it (a ring's lock, a diode's dark current) enters as the receiver or the modulation at
that temperature. Powers in W, losses in dB, temperatures in K.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.scipy.special import logsumexp, ndtri
from jax.scipy.stats import norm
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, check_row, known, no_less, within
from lingnan.solvers.links.eye import Eye, height, outer
from lingnan.solvers.links.receiver import CHARGE, Receiver
from lingnan.solvers.roots import followed
from lingnan.solvers.tracing import held, literal
from lingnan.solvers.trees import watched

#: at which parts have the values that they are given [K]
REFERENCE = 298.15


@watched
@dataclass(frozen=True)
class Laser:
    """A source of light."""

    power: Any  #: [W]
    slope_db_k: Any = 0.0  #: how much it gains when it is heated: below 0 [dB/K]

    def __post_init__(self) -> None:
        check_between("Laser", "power", self.power, 0.0, np.inf, "W", "")
        _check_slope("Laser", "slope_db_k", self.slope_db_k)


@watched
@dataclass(frozen=True)
class Loss:
    """A coupler, a splitter, a guide, a fibre."""

    name: str = field(metadata={"static": True})
    loss_db: Any = 0.0
    slope_db_k: Any = 0.0  #: how much more when it is heated [dB/K]

    def __post_init__(self) -> None:
        check_no_less(f"Loss {self.name!r}", "loss_db", self.loss_db, 0.0, "dB", "Losses are positive.")
        _check_slope(f"Loss {self.name!r}", "slope_db_k", self.slope_db_k)

    def at(self, temperature: ArrayLike) -> Array:
        """[dB]"""
        return self.loss_db + self.slope_db_k * (jnp.asarray(temperature, float) - REFERENCE)


@watched
@dataclass(frozen=True)
class Modulation:
    """What a modulator makes of steady light."""

    loss_db: Any  #: of the highest level
    extinction_db: Any  #: highest over lowest level
    slope_db_k: Any = 0.0  #: how much more loss when it is heated [dB/K]
    extinction_slope_db_k: Any = 0.0  #: how much more extinction when it is heated [dB/K]
    levels: int = field(default=2, metadata={"static": True})

    def __post_init__(self) -> None:
        check_no_less("Modulation", "loss_db", self.loss_db, 0.0, "dB", "Losses are positive.")
        check_between("Modulation", "extinction_db", self.extinction_db, 0.0, np.inf, "dB", "")
        _check_slope("Modulation", "slope_db_k", self.slope_db_k)
        _check_slope("Modulation", "extinction_slope_db_k", self.extinction_slope_db_k)
        _check_levels("Modulation", self.levels)

    @classmethod
    def of(cls, eye: Eye, power: ArrayLike, **more: Any) -> "Modulation":
        """Of an eye of optical power [W] behind a modulator into which `power` went [W]."""
        seen = outer(eye)
        loss = 10 * jnp.log10(jnp.asarray(power, float) / seen.high)
        return cls(loss, seen.extinction_db, levels=eye.levels, **more)


def _check_slope(where: str, name: str, value: Any) -> None:
    check_between(where, name, value, -np.inf, np.inf, "dB/K", "")


def _check_levels(where: str, levels: int) -> None:
    if levels not in (2, 4, 8):
        raise ValueError(f"{where}: levels = {levels}: 2 (NRZ), 4 (PAM4) or 8 are known.")


class Arrived(NamedTuple):
    """Light at a receiver."""

    levels: Array  #: powers, lowest first [W], (L,)
    mean: Array  #: [W]
    modulation: Array  #: outer optical modulation amplitude [W]
    losses_db: Array  #: of each part, (K,)


def modulation_amplitude(mean: ArrayLike, extinction_db: ArrayLike) -> Array:
    """OMA of a mean power [W]: 2P (r - 1)/(r + 1), r the extinction."""
    mean = jnp.asarray(mean) * no_less("modulation_amplitude", "mean", mean, 0.0, "W", "")
    extinction_db = jnp.asarray(extinction_db) * no_less(
        "modulation_amplitude", "extinction_db", extinction_db, 0.0, "dB", ""
    )
    r = 10 ** (jnp.asarray(extinction_db, float) / 10)
    return 2 * jnp.asarray(mean, float) * (r - 1) / (r + 1)


def extinction_penalty_db(extinction_db: ArrayLike) -> Array:
    """More mean power for the same OMA than a modulator needs that goes dark: 10 log10((r + 1)/(r - 1)) [dB]."""
    fine = within("extinction_penalty_db", "extinction_db", extinction_db, 0.0, np.inf, "dB", "")
    r = 10 ** (jnp.asarray(extinction_db, float) / 10)
    return fine * 10 * jnp.log10((r + 1) / (r - 1))


def arrived(
    laser: Laser, modulation: Modulation, losses: Sequence[Loss], temperature: ArrayLike = REFERENCE
) -> Arrived:
    """Light behind everything.

    Args:
        laser: steady.
        modulation: of its light.
        losses: before and behind the modulator, in any order.
        temperature: of all parts [K]; 273.15 to 358.15 is 0 to 85 °C.

    Raises:
        ValueError: by its slope a part gains light at this temperature, or a modulator has no extinction left.
    """
    temperature = jnp.asarray(temperature) * within(
        "arrived", "temperature", temperature, 200.0, 500.0, "K", "It is in K."
    )
    warm = jnp.asarray(temperature, float) - REFERENCE
    losses_db = [_kept(f"{loss.name!r} loses", loss.at(temperature), temperature) for loss in losses]
    each = jnp.stack(losses_db) if losses else jnp.zeros(0)
    own = _kept("Modulation loses", modulation.loss_db + modulation.slope_db_k * warm, temperature)
    extinction = modulation.extinction_db + modulation.extinction_slope_db_k * warm
    extinction = _kept("Modulation has an extinction of", extinction, temperature)
    high = laser.power * 10 ** ((laser.slope_db_k * warm - jnp.sum(each) - own) / 10)
    low = high * 10 ** (-extinction / 10)
    levels = low + (high - low) * jnp.arange(modulation.levels) / (modulation.levels - 1)
    return Arrived(levels, jnp.mean(levels), high - low, each)


def _kept(what: str, value: Array, temperature: Array) -> Array:
    """A number of decibels that a slope has not carried below 0."""
    said = literal(f"arrived: {what}") + " {value:g} dB at {temperature:g} K: it must be 0 dB or more. Give "
    said += "slopes that hold there, or another temperature."
    return value * held(value >= 0, said, value=value, temperature=temperature)


def needed_q(error_rate: ArrayLike, levels: int = 2) -> Array:
    """q of equal eyes that gives a bit error rate, from BER = 2 (L - 1)/(L log2 L) sf(q); 7.03 for 1e-12 of NRZ."""
    chance = "Half of the bits are right by chance."
    error_rate = jnp.asarray(error_rate) * within("needed_q", "error_rate", error_rate, 0.0, 0.4, "", chance)
    _check_levels("needed_q", levels)
    scale = levels * np.log2(levels) / (2 * (levels - 1))
    return -ndtri(jnp.asarray(error_rate, float) * scale)


def log_error_rate(
    levels: ArrayLike, receiver: Receiver, noise_bandwidth: ArrayLike, penalty_db: ArrayLike = 0.0
) -> Array:
    """ln of the bit error rate, which has digits where the rate itself has none.

    Args:
        levels: powers at the receiver, rising in equal steps [W], (L,).
        receiver: responsivity, noise in front of its filter.
        noise_bandwidth: of the filter, ∫|H|² df [Hz]: 1.046 times that of a `BesselThomson`.
        penalty_db: that closes the eyes [dB of light].
    """
    fine = within("error_rate", "noise_bandwidth", noise_bandwidth, 0.0, np.inf, "Hz", "")
    fine = fine * no_less("error_rate", "penalty_db", penalty_db, 0.0, "dB", "")
    check_row("error_rate", "levels", levels, 2, "Give the lowest power first.")
    power = jnp.asarray(levels, float)
    _check_levels("error_rate", power.shape[0])
    fine = fine * no_less("error_rate", "lowest of levels", power[0], 0.0, "W", "Powers are positive.")
    said = "error_rate: levels rise by {rise:g} W: a step must be 0 W or more. Give the lowest power first."
    rise = jnp.min(jnp.diff(power))
    fine = fine * held(rise >= 0, said, rise=rise)
    return fine * _log_error_rate(power, receiver, noise_bandwidth, penalty_db)


def _log_error_rate(power: Array, receiver: Receiver, noise_bandwidth: ArrayLike, penalty_db: ArrayLike) -> Array:
    count = power.shape[0]
    current = receiver.responsivity * power
    sigma = jnp.sqrt(receiver.density(current) * noise_bandwidth)
    q = jnp.diff(current) * 10 ** (-jnp.asarray(penalty_db, float) / 10) / (sigma[1:] + sigma[:-1])
    return logsumexp(norm.logsf(q)) + np.log(2 / (count * np.log2(count)))


def error_rate(levels: ArrayLike, receiver: Receiver, noise_bandwidth: ArrayLike, penalty_db: ArrayLike = 0.0) -> Array:
    """Bit error rate; arguments as of `log_error_rate`."""
    return jnp.exp(log_error_rate(levels, receiver, noise_bandwidth, penalty_db))


#: powers that are looked at together
GRID = 256


def sensitivity(
    receiver: Receiver,
    noise_bandwidth: ArrayLike,
    target: float = 1e-12,
    *,
    extinction_db: ArrayLike = 6.0,
    levels: int = 2,
    penalty_db: ArrayLike = 0.0,
) -> Array:
    """Outer OMA at the receiver that gives an error rate [W].

    Where only thermal noise counts it is 2 (L - 1) q i √B/R; else it is looked for. Differentiable, twice too, by the
    implicit function.

    Args:
        receiver: as of `log_error_rate`.
        noise_bandwidth: [Hz].
        target: bit error rate; 2.4e-4 before the code of PAM4, 1e-12 without one.
        extinction_db: of the light, which decides how much of it makes shot noise for nothing.
        levels: 2, 4 or 8.
        penalty_db: that closes the eyes.

    Raises:
        ValueError: no power is enough: noise of the laser grows with it (inside `jit` the result is infinite), or there
            is no other noise.
    """
    fine = within("sensitivity", "extinction_db", extinction_db, 0.0, np.inf, "dB", "")
    fine = fine * within("sensitivity", "noise_bandwidth", noise_bandwidth, 0.0, np.inf, "Hz", "")
    fine = fine * no_less("sensitivity", "penalty_db", penalty_db, 0.0, "dB", "")
    if not receiver.shot:
        said = "Without thermal or shot noise any light is enough, or none."
        fine = fine * within("sensitivity", "thermal", receiver.thermal, 0.0, np.inf, "A/√Hz", said)
    q = needed_q(target, levels)
    r = 10 ** (jnp.asarray(extinction_db, float) / 10)
    shape = 1 / (r - 1) + jnp.arange(levels) / (levels - 1)  # of levels, in units of the OMA

    def above(log_oma: Array) -> Array:
        """How much worse than the target, in ln."""
        found = _log_error_rate(jnp.exp(log_oma) * shape, receiver, noise_bandwidth, penalty_db)
        return found - np.log(target)

    # shot noise alone asks for some q² electrons a sample, which is the scale where there is no thermal noise
    electrons = 4 * CHARGE * q**2 * noise_bandwidth / receiver.responsivity
    thermal = 2 * (levels - 1) * q * receiver.thermal * jnp.sqrt(noise_bandwidth) / receiver.responsivity
    steps = jnp.linspace(0.0, 1.0, GRID)
    start = lax.stop_gradient(jnp.log(thermal + electrons))
    grid = start - np.log(1e3) + np.log(1e9) * steps
    good = lax.stop_gradient(jax.vmap(above)(grid)) < 0
    there = jnp.any(good)
    if known(there) and not bool(there):
        raise ValueError(
            f"sensitivity: no power gives an error rate of {target:g} with this receiver: the laser's noise grows with "
            f"it. Take a quieter laser than {receiver.rin_db_hz} dB/Hz, less bandwidth, or a weaker target."
        )
    for _ in range(2):
        first = jnp.argmax(good)
        low, high = grid[jnp.maximum(first - 1, 0)], grid[first]
        grid = low + (high - low) * steps
        good = lax.stop_gradient(jax.vmap(above)(grid)) < 0
    return fine * jnp.where(there, jnp.exp(followed(above, grid[jnp.argmax(good)])), jnp.inf)


def closure_db(eye: Eye) -> Array:
    """Vertical eye closure without noise: a step of the levels over the lowest height [dB]; 300 where it is shut."""
    step = outer(eye).modulation / (eye.levels - 1)
    return 10 * jnp.log10(step / jnp.maximum(jnp.min(height(eye)), 1e-30 * step))


class Margin(NamedTuple):
    """A link's account."""

    arrived: Arrived
    needed: Array  #: outer OMA [W]
    margin_db: Array  #: of OMA [dB]
    bits: Array  #: bit error rate


def account(
    light: Arrived,
    receiver: Receiver,
    noise_bandwidth: ArrayLike,
    target: float = 1e-12,
    penalty_db: ArrayLike = 0.0,
) -> Margin:
    """Margin and error rate of what arrives; arguments as of `sensitivity`.

    jax.vmap over temperatures of `arrived`, with a receiver for each, tells what holds from 0 to 85 °C.
    """
    extinction = 10 * jnp.log10(light.levels[-1] / light.levels[0])
    needed = sensitivity(
        receiver,
        noise_bandwidth,
        target,
        extinction_db=extinction,
        levels=light.levels.shape[0],
        penalty_db=penalty_db,
    )
    bits = error_rate(light.levels, receiver, noise_bandwidth, penalty_db)
    return Margin(light, needed, 10 * jnp.log10(light.modulation / needed), bits)
