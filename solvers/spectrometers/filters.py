"""Rings side by side on one bus, each dropping a line of its own: a spectrometer without geometry to speak of.

Light passes ring after ring, so that each reads what those before have left; in the order of a traveller,

    A_i(λ) = |drop_i|² Π_{j<i} |through_j|²

with the amplitudes of `resonators.ring`. Reflections and the bus's loss are not in it. Every ring drops once each free
spectral range: what it reads is reconstructed inside one (`reconstruct`).
"""

from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.resonators.ring import Ring, spectrum
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Rings:
    """Rings whose resonances lie a spacing apart, all of one order."""

    guide: Guide  #: its wavelength is that of the middle of the comb
    order: Any  #: waves around
    spacing: Any  #: of the resonances [µm]
    kappa2: Any = 0.05  #: power to and from the ring at each coupler
    count: int = field(default=16, metadata={"static": True})
    errors: Any = 0.0  #: of the resonances, by the process [µm], one or (N,)

    def __post_init__(self) -> None:
        check_no_less("Rings", "order", self.order, 1.0, "", "It is a whole number.")
        check_between("Rings", "spacing", self.spacing, 0.0, np.inf, "µm", "")
        check_between("Rings", "kappa2", self.kappa2, 0.0, 1.0, "", "It is a share of power.")
        if self.count < 2:
            raise ValueError(f"Rings: count = {self.count}: it must be 2 or more.")
        if known(self.errors) and np.shape(self.errors) not in ((), (self.count,)):
            raise ValueError(f"Rings: errors of shape {np.shape(self.errors)} for {self.count} rings: one for each.")
        if not all(known(value) for value in (self.order, self.spacing, self.guide.n_eff, self.guide.n_g)):
            return
        span, free = self.count * float(self.spacing), float(self.fsr)
        if span > free:
            raise ValueError(
                f"Rings: {self.count} rings {float(self.spacing):g} µm apart span {span:g} µm, the free spectral range "
                f"is {free:g} µm: orders collide. Take an order of {float(self.order) * free / span:.4g} or less."
            )

    @property
    def fsr(self) -> Any:
        """λ n/(m n_g), in the middle [µm]."""
        return self.guide.wavelength * self.guide.n_eff / (self.order * self.guide.n_g)

    @property
    def resonances(self) -> Array:
        """[µm], (N,)."""
        even = (jnp.arange(self.count) - (self.count - 1) / 2) * self.spacing
        return self.guide.wavelength + even + jnp.asarray(self.errors)

    @property
    def lengths(self) -> Array:
        """Around each ring, m λ/n(λ) [µm], (N,)."""
        return self.order * self.resonances / self.guide.index(self.resonances)

    @property
    def survival(self) -> Array:
        """Of the amplitude in a turn of the middle ring."""
        return self.guide.survival(self.order * self.guide.wavelength / self.guide.n_eff)

    @property
    def line_width(self) -> Array:
        """Full width at half height of a drop line alone: FSR (2/π) asin((1 - t²a)/(2 t √a)), exact in phase [µm]."""
        inside = (1 - jnp.asarray(self.kappa2)) * self.survival
        return self.fsr * (2 / jnp.pi) * jnp.arcsin((1 - inside) / (2 * jnp.sqrt(inside)))

    @property
    def peak(self) -> Array:
        """Share of power that a ring alone drops at its resonance, κ⁴ a/(1 - t²a)²."""
        inside = (1 - jnp.asarray(self.kappa2)) * self.survival
        return jnp.square(jnp.asarray(self.kappa2)) * self.survival / jnp.square(1 - inside)

    @property
    def adjacent_db(self) -> Array:
        """A ring's drop at its neighbour's resonance over that at its own, both alone, an Airy line [dB]."""
        inside = (1 - jnp.asarray(self.kappa2)) * self.survival
        turned = jnp.sin(jnp.pi * self.spacing / self.fsr)
        return -10 * jnp.log10(1 + 4 * inside * jnp.square(turned) / jnp.square(1 - inside))


def matrix(rings: Rings, wavelength: ArrayLike, warmth: ArrayLike = 0.0) -> Array:
    """A, share of the light at each wavelength [µm] that each ring drops, (N, K); at a temperature above [K].

    Raises:
        ValueError: where the wavelengths are more than the free spectral range. Traced numbers are not looked at.
    """
    check_between("matrix", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    if known(wavelength) and known(rings.order) and known(rings.guide.n_g):
        span, free = float(np.ptp(np.asarray(wavelength))), float(rings.fsr)
        if span > free:
            raise ValueError(
                f"Rings: {span:g} µm of wavelengths and a free spectral range of {free:g} µm: every ring drops two of "
                "them alike. Ask for less, or take a lower order."
            )
    return _matrix(rings, jnp.asarray(wavelength, float), jnp.asarray(warmth, float))


@jax.jit
def _matrix(rings: Rings, wave: Array, warmth: Array) -> Array:
    guide, kappa2 = rings.guide, rings.kappa2
    longer = 1 + guide.expansion * warmth

    def one(length: Array) -> tuple[Array, Array]:
        ring = Ring(
            length * longer, kappa2, guide.n_eff, guide.n_g, guide.loss_db_cm, kappa2, guide.wavelength,
            dn_dt=guide.dn_dt,
        )  # fmt: skip
        found = spectrum(ring, wave, warmth=warmth)
        return jnp.square(jnp.abs(found.through)), jnp.square(jnp.abs(found.drop))

    through, drop = jax.vmap(one)(rings.lengths)
    left = jnp.concatenate([jnp.ones_like(drop[:1]), jnp.cumprod(through, axis=0)[:-1]])
    return left * drop
