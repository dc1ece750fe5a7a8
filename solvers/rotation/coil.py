"""Interferometric gyroscope: a coil of guide in a Sagnac loop, read beside its dark fringe.

Light of power P at the coil's splitter comes back to it as P T (1 + cos(φ + φ_b))/2, with T what guide, turns and
couplers leave and φ_b a bias that a modulator keeps, as square waves between ±φ_b do. A change of φ moves the current
by R P T sin φ_b/2; shot, thermal and the light's own noise are those of `links.receiver` at the current in between.
Broadband light has an intensity noise of 2/Δν, so that more power does not help beyond a point, and a bias near π does
(H. C. Lefèvre, The Fiber-Optic Gyroscope, 2nd ed. (2014), chapter 2, for the arrangement; all formulas derived here).
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.rotation import sagnac
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Coil:
    """Guide that is wound up."""

    length: Any  #: of guide [m]
    diameter: Any  #: mean over the turns [m]
    wavelength: Any = 1.55  #: [µm]
    loss_db_m: Any = 0.0  #: of the guide [dB/m]
    fixed_db: Any = 6.0  #: of all that light passes but the guide; both passes of an ideal splitter are 6 [dB]

    def __post_init__(self) -> None:
        for name, unit in (("length", "m"), ("diameter", "m"), ("wavelength", "µm")):
            check_between("Coil", name, getattr(self, name), 0.0, np.inf, unit, "")
        for name, unit in (("loss_db_m", "dB/m"), ("fixed_db", "dB")):
            check_no_less("Coil", name, getattr(self, name), 0.0, unit, "")

    @property
    def transmission(self) -> Array:
        """Share of the source's power on the detector at the bright fringe."""
        return 10 ** (-(jnp.asarray(self.loss_db_m) * self.length + self.fixed_db) / 10)

    @property
    def phase_per_rate(self) -> Array:
        """Scale factor [s]."""
        return sagnac.phase_per_rate(self.length, self.diameter, self.wavelength)

    @property
    def turns(self) -> Array:
        """Length over π times the mean diameter."""
        return jnp.asarray(self.length) / (jnp.pi * self.diameter)

    @property
    def unambiguous(self) -> Array:
        """Rate at which the phase is ±π [rad/s]."""
        return jnp.pi / self.phase_per_rate


@tree
@dataclass(frozen=True)
class Readout:
    """Light and detector."""

    power: Any  #: of the source [W]
    receiver: Receiver = field(default_factory=Receiver)
    bias: Any = jnp.pi / 2  #: of phase [rad]

    def __post_init__(self) -> None:
        check_between("Readout", "power", self.power, 0.0, np.inf, "W", "")
        check_between(
            "Readout", "bias", self.bias, 0.0, np.pi, "rad", "There the current does not tell which way it turns."
        )  # fmt: skip


def current(coil: Coil, readout: Readout, rate: ArrayLike) -> Array:
    """Of the photodiode [A], at a rate [rad/s]."""
    turned = coil.phase_per_rate * jnp.asarray(rate) + readout.bias
    return readout.receiver.responsivity * readout.power * coil.transmission * (1 + jnp.cos(turned)) / 2


def rate_noise(coil: Coil, readout: Readout) -> Array:
    """Of the rate, white and one-sided [rad/s/√Hz], at rest."""
    still, slope = jax.jvp(lambda rate: current(coil, readout, rate), (jnp.zeros(()),), (jnp.ones(()),))
    return jnp.sqrt(readout.receiver.density(still)) / jnp.abs(slope)


def random_walk(coil: Coil, readout: Readout) -> Array:
    """Of the angle [°/√h]."""
    return sagnac.random_walk(rate_noise(coil, readout))


def proper_frequency(length: ArrayLike, n_g: ArrayLike) -> Array:
    """Frequency [Hz] at which a modulator at one end is half a period further when light has gone around: c/(2 n_g L).

    There an error of the modulator that both ways see alike falls out, and a depth does most (Lefèvre, chapter 3).

    Args:
        length: of guide between the modulator's two passes [m].
        n_g: group index.
    """
    for name, value, unit in (("length", length, "m"), ("n_g", n_g, "")):
        check_between("proper_frequency", name, value, 0.0, np.inf, unit, "")
    return sagnac.LIGHT / (2 * jnp.asarray(n_g) * length)


def swing(depth: ArrayLike, frequency: ArrayLike, proper: ArrayLike) -> Array:
    """Amplitude of the phase between both ways [rad] that a sine makes of a modulator's: 2 δ sin(π f/(2 f_p)).

    φ(t) - φ(t - τ) of φ = δ sin 2π f t is 2 δ sin(π f τ) cos(…), and τ = 1/(2 f_p).

    Args:
        depth: δ, of one end [rad]; twice as much for a push-pull modulator with δ in each arm.
        frequency: of the sine [Hz].
        proper: `proper_frequency` [Hz].
    """
    check_between("swing", "proper", proper, 0.0, np.inf, "Hz", "")
    return 2 * jnp.asarray(depth) * jnp.sin(jnp.pi / 2 * jnp.asarray(frequency) / proper)


def broadband_rin_db_hz(width_hz: ArrayLike) -> Array:
    """Intensity noise of thermal light in one polarisation, one-sided [dB/Hz]: 2/Δν, Δν = (∫S)²/∫S².

    Frequencies beat independently: the current's autocorrelation is that of the field squared, so its two-sided density
    at zero is I²/Δν. A coil's guide keeps one polarisation; light of two that are independent has half, the 1/Δν of
    P. R. Morkel, R. I. Laming, D. N. Payne, Electron. Lett. 26, 96 (1990) (cited from memory).

    Args:
        width_hz: Δν.
    """
    check_between("broadband_rin_db_hz", "width_hz", width_hz, 0.0, np.inf, "Hz", "")
    return 10 * jnp.log10(2 / jnp.asarray(width_hz, float))


def best_length(loss_db_m: ArrayLike, limited_by: str = "shot") -> Array:
    """Length of guide with the least noise of the rate [m], diameter kept.

    Noise over slope goes as e^{αL/2}/L where shot noise rules, least at 2/α (8.69 dB of loss), and as e^{αL}/L where
    thermal noise does, least at 1/α (4.34 dB). Intensity noise alone knows no best length.

    Args:
        loss_db_m: of the guide [dB/m].
        limited_by: "shot" or "thermal".

    Raises:
        ValueError: neither of them, or no loss.
    """
    powers = {"shot": 2.0, "thermal": 1.0}
    if limited_by not in powers:
        raise ValueError(f'best_length: limited_by = "{limited_by}": give "shot" or "thermal".')
    check_between(
        "best_length", "loss_db_m", loss_db_m, 0.0, np.inf, "dB/m", "Without loss a longer coil is always better."
    )  # fmt: skip
    return powers[limited_by] / (jnp.asarray(loss_db_m) * np.log(10) / 10)
