"""Noise of a transimpedance amplifier: what a diode's capacitance costs in sensitivity.

A field-effect transistor, channel noise 4kTΓ g_m, with a resistor R_F from its output back to its input, where diode,
pad and gate have a capacitance C. Referred to the input the channel's noise is that of a voltage 4kTΓ/g_m across the
admittance 1/R_F + iωC (derived here; S. D. Personick, Bell Syst. Tech. J. 52, 843 (1973), is where such integrals come
from, and was not read):

    S(f) = 4kT/R_F + (4kTΓ/g_m) (1/R_F² + (2π f C)²)    [A²/Hz], one-sided.

Noise that rises as f² has no density at its input that a `links.Receiver` could take, but behind a filter it has a
variance, and that of white noise of the density ∫ S |H|² df/∫ |H|² df is the same. Units are Ω, S, F, K, Hz.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors.germanium import ROOM
from lingnan.solvers.links import Transfer
from lingnan.solvers.links.transfers import noise_bandwidth
from lingnan.solvers.tracing import held
from lingnan.solvers.trees import refusing, watched


@watched
@dataclass(frozen=True)
class Amplifier:
    """A transimpedance amplifier, with the whole capacitance at its input."""

    feedback: Any  #: R_F [Ω]
    transconductance: Any  #: g_m [S]
    capacitance: Any  #: C of diode, pad and gate together [F]
    channel: Any = 1.0  #: Γ: 2/3 of long channels, 1 to 2 of short ones
    temperature: Any = ROOM  #: [K]

    def __post_init__(self) -> None:
        for name, unit in (("feedback", "Ω"), ("transconductance", "S"), ("channel", ""), ("temperature", "K")):
            check_between("Amplifier", name, getattr(self, name), 0.0, np.inf, unit, "")
        check_no_less("Amplifier", "capacitance", self.capacitance, 0.0, "F", "")

    @refusing
    def density(self, frequency: ArrayLike) -> Array:
        """S at its input [A²/Hz]."""
        check_between("density", "frequency", frequency, -np.inf, np.inf, "Hz", "")
        seen = jnp.square(1 / self.feedback) + jnp.square(2 * jnp.pi * jnp.asarray(frequency, float) * self.capacitance)
        hot = 4 * constants.Boltzmann * self.temperature
        return hot / self.feedback + hot * self.channel / self.transconductance * seen

    @refusing
    def averaged(self, transfer: Transfer, scale: ArrayLike = 30e9) -> Array:
        """White noise of the same variance behind a filter, for `Noise(amplifier=…)` [A/√Hz].

        Args:
            transfer: of the receiver, all that its noise passes; 1 for slow signals.
            scale: about where it ends [Hz].

        Raises:
            ValueError: a filter that falls no faster than f^-1.5, behind which this noise has no end.
        """
        bandwidth = noise_bandwidth(transfer, scale)
        # ∫ f² |H|² df is that of noise behind f H, which is not 1 but 0 for slow signals: so of both together
        unit = jnp.asarray(scale, float)

        def rising(frequency: Array) -> Array:
            return transfer(frequency) * jnp.sqrt(1 + jnp.square(frequency / unit))

        whole = noise_bandwidth(rising, scale)
        squares = jnp.square(unit) * (whole - bandwidth)  # ∫ f² |H|² df
        far = 1e4 * unit
        tail = far**3 * jnp.square(jnp.abs(transfer(far))) / jnp.square(jnp.abs(transfer(jnp.zeros(()))))
        said = (
            "averaged: at {far:g} Hz the filter still passes so much that noise, which rises as f², has no end. It has "
            "to fall faster than f^-1.5: give all of the receiver, or `BesselThomson`."
        )
        fine = held(tail < 1e-2 * squares, said, far=far)
        slope = jnp.square(2 * jnp.pi * jnp.asarray(self.capacitance))
        hot = 4 * constants.Boltzmann * self.temperature * self.channel / self.transconductance
        return fine * jnp.sqrt(self.density(0.0) + hot * slope * squares / bandwidth)
