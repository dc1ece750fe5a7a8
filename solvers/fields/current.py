"""Current by the Faraday effect in a fibre around a conductor: a reference model, for no cell of this kit.

A field along light turns its polarisation by V B a metre, so that N turns around a current turn it by θ = V μ0 N I,
whatever their shape; back from a mirror twice that (A. M. Smith, Appl. Opt. 17, 52 (1978)). An analyser that halves
light at 45° gives (P1 - P2)/(P1 + P2) = sin 2θ; linear birefringence δ in all, its axis along the light's polarisation,
leaves 2θ sin Δ/Δ with Δ² = δ² + (2θ)². The Verdet constant V is the user's number: it follows glass, wavelength and
temperature. Smith's fibre has 1.56e-2 arc minutes an ampere at .633 µm, 3.61 rad/(T m).

Currents in A, angles in rad, V in rad/(T m).
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Loop:
    """Fibre around a conductor."""

    verdet: Any  #: [rad/(T m)]
    turns: Any
    birefringence: Any = 0.0  #: linear, of the whole fibre [rad]
    mirrored: bool = field(default=False, metadata={"static": True})  #: light goes back; without birefringence only

    def __post_init__(self) -> None:
        check_between("Loop", "verdet", jnp.abs(jnp.asarray(self.verdet)), 0.0, np.inf, "rad/(T m)", "Its size counts.")
        check_between("Loop", "turns", self.turns, 0.0, np.inf, "", "")
        check_no_less("Loop", "birefringence", self.birefringence, 0.0, "rad", "")
        if self.mirrored and not (isinstance(self.birefringence, (int, float)) and self.birefringence == 0):
            raise ValueError(
                f"Loop: birefringence = {self.birefringence} rad with a mirror: its answer is not known "
                "here. Give 0, or light that passes once."
            )

    @property
    def per_ampere(self) -> Array:
        """Rotation [rad/A]."""
        return (2 if self.mirrored else 1) * constants.mu_0 * jnp.asarray(self.verdet) * self.turns


def rotation(loop: Loop, amperes: ArrayLike) -> Array:
    """Of the polarisation, without birefringence [rad]."""
    return loop.per_ampere * jnp.asarray(amperes, float)


def contrast(loop: Loop, amperes: ArrayLike) -> Array:
    """(P1 - P2)/(P1 + P2) behind the analyser."""
    twice = 2 * rotation(loop, amperes)
    square = jnp.square(jnp.asarray(loop.birefringence, float)) + twice**2
    some = square > 1e-16  # a root has no slope at 0
    both = jnp.sqrt(jnp.where(some, square, 1.0))
    return twice * jnp.where(some, jnp.sin(both) / both, 1.0)


def current_noise(loop: Loop, power: ArrayLike, receiver: Receiver) -> Array:
    """Noise-equivalent current around none [A/√Hz], one-sided, of the difference of two detectors.

    Each has half of the light with noise of its own; what the laser's intensity does is alike in both and goes out, so
    the receiver's intensity noise must not be given.

    Args:
        loop: around the conductor.
        power: on both detectors together [W].
        receiver: one of two that are alike.
    """
    check_between("current_noise", "power", power, 0.0, np.inf, "W", "")
    if receiver.rin_db_hz is not None:
        raise ValueError("current_noise: the receiver has intensity noise, which two detectors take out: give None.")
    photo = jnp.asarray(receiver.responsivity * power)
    slope = jax.jvp(lambda amperes: contrast(loop, amperes), (jnp.zeros(()),), (jnp.ones(()),))[1]
    return jnp.sqrt(2 * receiver.density(photo / 2)) / (photo * jnp.abs(slope))


def unambiguous(loop: Loop) -> Array:
    """Current up to which, of either sign, each contrast has one current, without birefringence [A]: θ = π/4."""
    return jnp.pi / 4 / jnp.abs(loop.per_ampere)
