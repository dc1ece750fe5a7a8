"""Air in a narrow gap under a plate that moves up and down: damping, spring, and where one becomes the other.

Reynolds' equation for small motions of a rigid rectangle, isothermal, at ambient pressure along the rim
(J. J. Blech, J. Lubr. Technol. 105, 615 (1983)): h³p/(12μ) ∇²(δp/p) = h ∂(δp/p)/∂t + ∂h/∂t. Sines along both sides
solve it; the sum along one of them is done in closed form, so that a single one is left. Slow plates are damped only
(.42 μ L⁴/h³ for a square, μ W³ L/h³ for a strip), under fast ones the air is a spring p A/h.

Sizes in µm, viscosity in Pa s, frequencies in Hz.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import below, check_between, check_no_less
from lingnan.solvers.trees import tree

#: sines along the width; what they leave out is below 1e-6 of the sum up to the squeeze number `MOST`
TERMS = 400
#: squeeze number beyond which the pressure stays ambient in a rim too thin for them
MOST = 1e5


@tree
@dataclass(frozen=True)
class Gap:
    """Gas between a plate and the ground."""

    width: Any  #: of the plate [µm]
    length: Any  #: [µm]
    height: Any  #: of the gap [µm]
    viscosity: Any  #: of the gas in this gap, see `rarefied` [Pa s]
    pressure: Any  #: ambient [Pa]

    def __post_init__(self) -> None:
        for name, unit in (
            ("width", "µm"),
            ("length", "µm"),
            ("height", "µm"),
            ("viscosity", "Pa s"),
            ("pressure", "Pa"),
        ):
            check_between("Gap", name, getattr(self, name), 0.0, np.inf, unit, "")

    @property
    def area(self) -> Array:
        """[m²]."""
        return jnp.asarray(self.width) * self.length * 1e-12

    @property
    def cutoff(self) -> Array:
        """Frequency at which spring and damping of the lowest sines are equal [Hz]: p h² π²(1/W² + 1/L²)/(24 π μ)."""
        inverse = 1 / jnp.square(self.width) + 1 / jnp.square(self.length)
        return self.pressure * jnp.square(self.height) * np.pi * inverse / (24 * self.viscosity)


def rarefied(viscosity: ArrayLike, mean_free_path: ArrayLike, height: ArrayLike) -> Array:
    """Viscosity that a gap not much higher than the mean free path seems to have [Pa s]: μ/(1 + 9.638 Kn^1.159).

    T. Veijola, H. Kuisma, J. Lahdenperä, T. Ryhänen, Sens. Actuators A 48, 239 (1995): a fit to Boltzmann's equation.

    Args:
        viscosity: of the gas [Pa s].
        mean_free_path: [µm].
        height: of the gap [µm].
    """
    check_between("rarefied", "viscosity", viscosity, 0.0, np.inf, "Pa s", "")
    check_no_less("rarefied", "mean_free_path", mean_free_path, 0.0, "µm", "")
    check_between("rarefied", "height", height, 0.0, np.inf, "µm", "")
    knudsen = jnp.asarray(mean_free_path, float) / height
    some = knudsen > 0  # a power has no slope at 0
    share = jnp.where(some, jnp.power(jnp.asarray(jnp.where(some, knudsen, 1.0)), 1.159), 0.0)
    return jnp.asarray(viscosity) / (1 + 9.638 * share)


def squeeze_number(gap: Gap, frequency: ArrayLike) -> Array:
    """12 μ ω W²/(p h²), W the shorter side."""
    shorter = jnp.minimum(jnp.asarray(gap.width), jnp.asarray(gap.length))
    turns = 2 * np.pi * jnp.asarray(frequency, float)
    return 12 * gap.viscosity * turns * shorter**2 / (gap.pressure * jnp.square(gap.height))


def impedance(gap: Gap, frequency: ArrayLike) -> Array:
    """Force against the motion over its velocity [N s/m], complex: damping + i spring/ω, for exp(-iωt).

    Args:
        gap: what is squeezed.
        frequency: one, or an array [Hz].

    Raises:
        ValueError: the frequency is negative, or its squeeze number more than `MOST`.
    """
    check_no_less("squeeze", "frequency", frequency, 0.0, "Hz", "")
    number = squeeze_number(gap, frequency)
    soft = below("squeeze", "squeeze number", number, MOST, "The air is locked in: a spring p A/h.")
    width, length, height = (jnp.asarray(size) * 1e-6 for size in (gap.width, gap.length, gap.height))
    pace = 24 * np.pi * gap.viscosity * jnp.asarray(frequency, float)[..., None] / (gap.pressure * height**2)
    odd = np.arange(1, 2 * TERMS, 2)
    square = (odd * length / width) ** 2 - 1j * pace * (length / np.pi) ** 2
    root = jnp.sqrt(square)
    falling = jnp.exp(-np.pi * root)
    # Σ 1/(n²(n² + a²)) over odd n
    along = (np.pi**2 / 8 - np.pi * (1 - falling) / (1 + falling) / (4 * root)) / square
    total = jnp.sum(along / odd**2, axis=-1) * (length / np.pi) ** 2
    return soft * 768 * gap.viscosity * gap.area / (np.pi**4 * height**3) * total


def damping(gap: Gap, frequency: ArrayLike = 0.0) -> Array:
    """[N s/m]."""
    return impedance(gap, frequency).real


def spring(gap: Gap, frequency: ArrayLike) -> Array:
    """[N/m]."""
    return 2 * np.pi * jnp.asarray(frequency) * impedance(gap, frequency).imag
