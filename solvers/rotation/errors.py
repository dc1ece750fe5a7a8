"""What a gyroscope says at rest: light that scatters back, Kerr's effect, and a coil that warms up unevenly.

All are given as a rate [rad/s] that is not there.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.rotation import sagnac
from lingnan.solvers.rotation.coil import Coil
from lingnan.solvers.rotation.ring import Loop
from lingnan.solvers.trees import tree

THERMAL = 2.0  #: ⟨I²⟩/⟨I⟩² of broadband light; 1 of a single frequency


@tree
@dataclass(frozen=True)
class Guide:
    """What of a guide makes errors."""

    n2: Any = 0.0  #: Kerr index [m²/W]
    area: Any = 1.0  #: effective area of the mode [µm²]
    back_db_m: Any = -np.inf  #: power that one metre scatters back into the mode [dB/m]

    def __post_init__(self) -> None:
        check_between("Guide", "area", self.area, 0.0, np.inf, "µm²", "")

    @property
    def back(self) -> Array:
        """Share of power scattered back [1/m]."""
        return 10 ** (jnp.asarray(self.back_db_m, float) / 10)


def coil_kerr(coil: Coil, guide: Guide, imbalance: ArrayLike, statistics: ArrayLike = 1.0) -> Array:
    """Rate that unequal powers of both ways feign in a coil [rad/s].

    A wave sees half of the index that the other makes of it: φ = 2π/λ n2/A (P₁ + 2 P₂) L for one, so both differ by
    2π/λ n2/A L (P₂ - P₁). What the cross term gains falls with ⟨I²⟩/⟨I⟩² of the light, and light with the statistics of
    heat (2) has none (R. A. Bergh, B. Culshaw, C. C. Cutler, H. C. Lefevre, H. J. Shaw, Opt. Lett. 7, 563 (1982)).

    Args:
        coil: its loss lets the powers fall: L is (1 - e^{-αL})/α.
        guide: `n2` and `area`.
        imbalance: power of one way less that of the other, where they go in [W].
        statistics: ⟨I²⟩/⟨I⟩², 1 (one frequency) to 2 (`THERMAL`).

    Raises:
        ValueError: statistics below 1.
    """
    check_no_less("coil_kerr", "statistics", statistics, 1.0, "", "Intensity cannot vary less than not at all.")
    alpha = jnp.asarray(coil.loss_db_m) * np.log(10) / 10
    some = alpha > 0
    safe = jnp.asarray(jnp.where(some, alpha, 1.0))
    taken = jnp.asarray(jnp.expm1(-safe * coil.length))
    long = jnp.where(some, -taken / safe, coil.length)
    per_watt = 2 * jnp.pi / (jnp.asarray(coil.wavelength) * 1e-6) * guide.n2 / (guide.area * 1e-12)
    return per_watt * (2 - jnp.asarray(statistics)) * imbalance * long / coil.phase_per_rate


def coil_back(coil: Coil, guide: Guide, coherence: ArrayLike) -> Array:
    """Most that light scattered back can feign in a coil [rad/s].

    From a stretch of the coherence length about the coil's middle alone, power S L_c comes back that still interferes:
    an amplitude √(S L_c) of each way in the other's, whose phases are turned by it at most, so by 2 √(S L_c) between
    them; with phases at random the σ is half of that. (C. C. Cutler, S. A. Newton, H. J. Shaw, Opt. Lett. 5, 488 (1980)
    found the effect; the bound is derived here. A phase modulator that runs faster than the reading takes most of it
    away.)

    Args:
        coil: as it is.
        guide: `back_db_m`.
        coherence: length of the light in the guide [m]; more than the coil counts as the coil.
    """
    check_no_less("coil_back", "coherence", coherence, 0.0, "m", "")
    stretch = jnp.minimum(jnp.asarray(coherence, float), coil.length)
    amplitude = jnp.sqrt(guide.back * stretch)
    return 2 * amplitude / coil.phase_per_rate


def coil_shupe(coil: Coil, n_eff: ArrayLike, dn_dt: ArrayLike, warming: ArrayLike) -> Array:
    """Rate that uneven warming feigns in a coil [rad/s], by D. M. Shupe, Appl. Opt. 19, 654 (1980).

    A stretch at z is passed by both ways (L - 2z) n/c apart in time, so that its warming turns them apart by
    2π/λ dn/dT ∫ Ṫ(z) (L - 2z) n/c dz.

    Args:
        coil: as it is.
        n_eff: index of the guide.
        dn_dt: change with temperature [1/K].
        warming: Ṫ of equally long stretches along the guide [K/s], (N,).
    """
    rates = jnp.asarray(warming, float)
    count = rates.shape[-1]
    place = (jnp.arange(count) + 0.5) / count
    length = jnp.asarray(coil.length)
    integral = jnp.mean(rates * (1 - 2 * place), axis=-1) * length**2
    turned = 2 * jnp.pi / (jnp.asarray(coil.wavelength) * 1e-6) * dn_dt * n_eff / sagnac.LIGHT * integral
    return turned / coil.phase_per_rate


def ring_kerr(loop: Loop, guide: Guide, imbalance: ArrayLike) -> Array:
    """Rate that unequal powers of both ways feign in a ring [rad/s].

    Circulating powers B P detune each way by -ν/n_g n2/A (P₁ + 2 P₂), so both by ν/n_g n2/A times their difference.

    Args:
        loop: its build-up counts.
        guide: `n2` and `area`.
        imbalance: power of one way less that of the other, in the bus [W].
    """
    frequency = sagnac.LIGHT / (jnp.asarray(loop.wavelength) * 1e-6)
    shift = frequency / loop.n_g * guide.n2 / (guide.area * 1e-12) * loop.build_up * jnp.asarray(imbalance)
    return shift / loop.splitting_per_rate


def ring_back(loop: Loop, guide: Guide) -> Array:
    """Splitting of a ring's resonance by light that scatters back, as a rate [rad/s]: what the lock is uncertain by.

    In one turn an amplitude r = √(S P) of each way goes into the other, at random places (the σ of its size); two
    modes coupled by it part by r FSR/π. A dip that is not resolved moves by no more than that.
    """
    amplitude = jnp.sqrt(guide.back * jnp.pi * loop.diameter)
    return amplitude * loop.fsr / jnp.pi / loop.splitting_per_rate


def split_by_scattering(splitting: ArrayLike, coupling: ArrayLike) -> Array:
    """What of a splitting is seen with two ways coupled by scattering that takes no power: √(Δ² + 4 g²), all in Hz.

    The eigenvalues of [[Δ/2, g], [g, -Δ/2]]: at rest 2g are left, the scale factor begins at zero.
    """
    return jnp.sqrt(jnp.asarray(splitting) ** 2 + 4 * jnp.asarray(coupling) ** 2)
