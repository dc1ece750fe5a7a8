"""Arrayed-waveguide gratings: two stars, and arms between them that grow by one step after another.

Light of wavelength λ comes to a focus at x on the output arc where neighbouring arms agree but for m waves,

    n(λ) ΔL - n_slab(λ) d x/R = m λ,     dx/dλ = -R m n_g/(n_slab d n) in the middle

(M. K. Smit and C. van Dam, IEEE J. Sel. Top. Quantum Electron. 2, 236 (1996), doi:10.1109/2944.577370; K. Okamoto,
Fundamentals of Optical Waveguides, ch. 9; cited from memory). Spectra are the sum over the arms of what the two stars
give (`stars`), arms and outputs having their pitch along the chord, R sin θ; with both indices linear in λ the
wavelengths of the channels are exact. Arms have errors of phase and amplitude that do not depend on wavelength; they do
not couple to each other.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.spectrometers.stars import Gaussian, Mode, coupled
from lingnan.solvers.trees import tree

#: wavelengths at a time, of which each has an amplitude for every arm and output
TOGETHER = 128


def _static(default: Any) -> Any:
    return field(default=default, metadata={"static": True})


@tree
@dataclass(frozen=True)
class Awg:
    """One input in the middle, `channels` outputs around the middle of the other star."""

    guide: Guide  #: the arms; its wavelength is that of the middle
    slab: Guide  #: the stars
    spacing: Any  #: of the channels' wavelengths [µm]
    order: Any  #: n ΔL/λ; whole where the middle of the comb is to be at the guide's wavelength
    channels: int = _static(8)
    arms: int = _static(40)
    pitch: Any = 2.0  #: of the arms, along the chord [µm]
    pitch_out: Any = 3.0  #: of the outputs, the same [µm]
    mode_in: Mode = field(default_factory=lambda: Gaussian(1.0))
    mode_arm: Mode = field(default_factory=lambda: Gaussian(0.75))
    mode_out: Mode = field(default_factory=lambda: Gaussian(1.0))
    shortest: Any = 0.0  #: arm [µm]
    phases: Any = 0.0  #: errors of the arms [rad], (arms,)
    amplitudes: Any = 0.0  #: errors of the arms, of themselves, (arms,)

    def __post_init__(self) -> None:
        for name, least in (("channels", 1), ("arms", 2)):
            if getattr(self, name) < least:
                raise ValueError(f"Awg: {name} = {getattr(self, name)}: it must be {least} or more.")
        for name, unit in (("spacing", "µm"), ("order", ""), ("pitch", "µm"), ("pitch_out", "µm")):
            check_between("Awg", name, getattr(self, name), 0.0, np.inf, unit, "")
        check_no_less("Awg", "shortest", self.shortest, 0.0, "µm", "")
        for name in ("phases", "amplitudes"):
            given = getattr(self, name)
            if known(given) and np.shape(given) not in ((), (self.arms,)):
                raise ValueError(f"Awg: {name} of shape {np.shape(given)} for {self.arms} arms: give one for each.")
        self._check_arms()
        self._check_orders()
        self._check_stars()

    def _check_arms(self) -> None:
        if not isinstance(self.mode_arm, Gaussian):
            return
        radius = self.mode_arm.radius
        if not (known(radius) and known(self.pitch)):
            return
        most = float(self.pitch) / np.sqrt(2 * np.pi)
        if radius > most:
            raise ValueError(
                f"Awg: mode_arm.radius = {float(radius):g} µm at a pitch of {float(self.pitch):g} µm: above pitch/√2π, "
                f"{most:g} µm, such arms would take more light than arrives. Widen the pitch, or give the field of the "
                "arms as it is."
            )

    def _check_orders(self) -> None:
        if not (known(self.spacing) and known(self.order) and known(self.guide.n_eff) and known(self.guide.n_g)):
            return
        span, free = self.channels * float(self.spacing), float(self.fsr)
        if span > free:
            raise ValueError(
                f"Awg: {self.channels} channels of {float(self.spacing):g} µm span {span:g} µm, the order "
                f"{float(self.order):g} is free for {free:g} µm: orders collide. Take an order of "
                f"{float(self.order) * free / span:.4g} or less, or fewer channels."
            )

    def _check_stars(self) -> None:
        if not all(known(leaf) for leaf in jax.tree.leaves(self)):
            return
        aside, length = self.arms * float(self.pitch) / 2, float(self.length)
        if aside >= length:
            raise ValueError(
                f"Awg: {self.arms} arms {float(self.pitch):g} µm apart reach {aside:g} µm to each side of stars of "
                f"{length:g} µm: there is no arc for them. Take fewer than {int(2 * length / float(self.pitch))} "
                "arms, a lower order, or a wider pitch_out."
            )

    @property
    def wavelength(self) -> Any:
        """Of the middle [µm]."""
        return self.guide.wavelength

    @property
    def step(self) -> Any:
        """ΔL [µm]."""
        return self.order * self.wavelength / self.guide.n_eff

    @property
    def length(self) -> Any:
        """R of the stars, at which the outputs' pitch is one channel [µm]."""
        slant = self.slab.n_eff * self.pitch * self.guide.n_eff
        return slant * self.pitch_out / (self.order * self.guide.n_g * self.spacing)

    @property
    def fsr(self) -> Any:
        """λ n/(m n_g), of the channels' wavelengths in the middle [µm]; c/(n_g ΔL) in frequency."""
        return self.wavelength * self.guide.n_eff / (self.order * self.guide.n_g)

    @property
    def dispersion(self) -> Any:
        """-dx/dλ on the output arc, R m n_g/(n_slab d n)."""
        return self.length * self.order * self.guide.n_g / (self.slab.n_eff * self.pitch * self.guide.n_eff)

    @property
    def offsets(self) -> Array:
        """Of the outputs along their arc, the one of the shortest wavelength first [µm], (Q,)."""
        return -(jnp.arange(self.channels) - (self.channels - 1) / 2) * self.pitch_out

    @property
    def places(self) -> Array:
        """Of the arms along their arcs, the shortest first [µm], (M,)."""
        return (jnp.arange(self.arms) - (self.arms - 1) / 2) * self.pitch

    @property
    def lengths(self) -> Array:
        """Of the arms [µm], (M,)."""
        return self.shortest + jnp.arange(self.arms) * self.step

    def scale(self, wavelength: ArrayLike) -> Array:
        """Of the stars, λR/n_slab [µm²]."""
        return jnp.asarray(wavelength, float) * self.length / self.slab.index(wavelength)


def transmission(awg: Awg, wavelength: ArrayLike, warmth: ArrayLike = 0.0) -> Array:
    """Amplitudes at the outputs for 1 that comes in, (Q, ...) at wavelengths [µm] and a temperature of the arms [K].

    The stars are as long warm as cold, and their index the same.
    """
    check_between("transmission", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    return _transmission(awg, jnp.asarray(wavelength, float), jnp.asarray(warmth, float))


@jax.jit
def _transmission(awg: Awg, wave: Array, warmth: Array) -> Array:
    lengths = awg.lengths
    fixed = awg.guide.survival(lengths) * (1 + jnp.asarray(awg.amplitudes)) * jnp.exp(1j * jnp.asarray(awg.phases))

    def at(one: Array) -> Array:
        scale = awg.scale(one)
        given = coupled(awg.mode_in, awg.mode_arm, 0.0, awg.places, scale)[0]
        taken = coupled(awg.mode_out, awg.mode_arm, awg.offsets, awg.places, scale)
        turned = jnp.exp(2j * jnp.pi * awg.guide.index(one, warmth) * lengths / one)
        return taken @ (given * fixed * turned)

    quick = isinstance(awg.mode_in, Gaussian) and isinstance(awg.mode_out, Gaussian)  # others fill the memory
    many = TOGETHER if quick and isinstance(awg.mode_arm, Gaussian) else 1
    found = jax.vmap(at)(wave.ravel()) if wave.size <= many else jax.lax.map(at, wave.ravel(), batch_size=many)
    return found.T.reshape(awg.channels, *wave.shape)


def powers(awg: Awg, wavelength: ArrayLike, warmth: ArrayLike = 0.0) -> Array:
    """Shares of power at the outputs, (Q, ...)."""
    return jnp.square(jnp.abs(transmission(awg, wavelength, warmth)))


@partial(jax.jit, static_argnames="shift")
def centres(awg: Awg, shift: int = 0, warmth: ArrayLike = 0.0) -> Array:
    """Wavelengths that come to a focus on the outputs, exact for indices linear in λ [µm], (Q,).

    Spectra peak there but for (v/W)² of the way from the middle, by which arms of width v in a far field of width W
    see its phase turn less.

    Args:
        awg: without errors of phase.
        shift: of the order, 1: the next one.
        warmth: of the arms [K].
    """
    order = jax.lax.stop_gradient(jnp.round(awg.order)) + shift
    tilt = awg.pitch * awg.offsets / awg.length
    at_zero = awg.guide.index(0.0, warmth)
    slope = awg.guide.index(1.0, warmth) - at_zero
    above = at_zero * awg.step - awg.slab.n_g * tilt
    return above / (order - slope * awg.step + awg.slab.slope * tilt)


def polarisation_shift(awg: Awg, other: Guide) -> Array:
    """By how much the middle of the comb moves for a mode of another index in the same arms, in the same order [µm].

    Exact for n linear in λ; of first order λ (n' - n)/n_g'. Modulo the free spectral range is what is seen.
    """
    order = jax.lax.stop_gradient(jnp.round(awg.order))
    here, there = (g.n_g * awg.step / (order - g.slope * awg.step) for g in (awg.guide, other))
    return there - here
