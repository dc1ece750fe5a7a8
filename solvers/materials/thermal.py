"""How a refractive index follows temperature: published formulas and constant coefficients.

A thermal model gives the change of n from its reference temperature, so that any room-temperature dispersion can carry
it. Wavelength [µm], temperature [K]. Pure JAX, differentiable in both.
"""

from dataclasses import dataclass
from typing import Protocol

import jax.numpy as jnp
from jax import Array

from lingnan.solvers.materials.dispersion import real_root

ZERO_CELSIUS = 273.15


class Thermal(Protocol):
    """A change of refractive index with temperature."""

    def shift(self, wavelength: Array, temperature: Array, reference: float) -> Array:
        """n(λ, T) - n(λ, T_reference)."""
        ...


@dataclass(frozen=True)
class Linear:
    """A constant thermo-optic coefficient."""

    dn_dt: float  #: [1/K]

    def shift(self, wavelength: Array, temperature: Array, reference: float) -> Array:
        return self.dn_dt * (temperature - reference) + 0 * wavelength


@dataclass(frozen=True)
class ThermalSellmeier:
    """n² = a1 + b1 f + (a2 + b2 f)/(λ² - (a3 + b3 f)²) + (a4 + b4 f)/(λ² - a5²) - a6 λ², f = (T - T0)(T + T0 + 546).

    T in °C. The form of Jundt 1997 (doi:10.1364/OL.22.001553) and Gayer 2008 (doi:10.1007/s00340-008-2998-2); that of
    Edwards and Lawrence 1984 (doi:10.1007/BF00620081) is the same with a4 = b4 = 0 and its coefficients in this order.
    """

    a: tuple[float, ...]
    b: tuple[float, ...]
    zero: float = 24.5  #: T0 [°C]
    offset: float = 570.82  #: what is added to T in the second factor of f: T0 + 2 * 273.16

    def index(self, wavelength: Array, temperature: Array) -> Array:
        """Refractive index itself, not only its change."""
        celsius = temperature - ZERO_CELSIUS
        f = (celsius - self.zero) * (celsius + self.offset)
        (a1, a2, a3, a4, a5, a6), (b1, b2, b3, b4) = self.a, self.b
        square = wavelength**2
        near = (a2 + b2 * f) / (square - (a3 + b3 * f) ** 2)
        far = (a4 + b4 * f) / (square - a5**2)
        return real_root(a1 + b1 * f + near + far - a6 * square)

    def shift(self, wavelength: Array, temperature: Array, reference: float) -> Array:
        return self.index(wavelength, temperature) - self.index(wavelength, jnp.asarray(reference))


@dataclass(frozen=True)
class LatticeSellmeier:
    """n² = ε(T) + (L(T)/L(293))^-3 A(T)/λ²: H. H. Li 1980 on silicon and germanium, doi:10.1063/1.555624."""

    epsilon: tuple[float, ...]  #: polynomial in T [K]
    amplitude: tuple[float, ...]  #: polynomial in T [K], in µm²
    expansion_cold: tuple[float, ...]  #: ΔL/L(293) below 293 K, polynomial in T [K]
    expansion_warm: tuple[float, ...]  #: the same above 293 K

    def index(self, wavelength: Array, temperature: Array) -> Array:
        """Refractive index itself, not only its change."""
        warm = temperature >= 293.0
        expansion = jnp.where(
            warm, polynomial(self.expansion_warm, temperature), polynomial(self.expansion_cold, temperature)
        )
        density = jnp.exp(-3 * expansion)
        square = (
            polynomial(self.epsilon, temperature) + density * polynomial(self.amplitude, temperature) / wavelength**2
        )
        return real_root(square)

    def shift(self, wavelength: Array, temperature: Array, reference: float) -> Array:
        return self.index(wavelength, temperature) - self.index(wavelength, jnp.asarray(reference))


@dataclass(frozen=True)
class Lattice:
    """A temperature-dependent formula at one temperature, as a dispersion."""

    model: LatticeSellmeier
    temperature: float  #: [K]

    @property
    def lossy(self) -> bool:
        return False

    def index(self, wavelength: Array) -> Array:
        return self.model.index(wavelength, jnp.asarray(self.temperature))


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Σ c_k x^k, lowest power first."""
    total = jnp.zeros_like(x)
    for c in reversed(coefficients):
        total = total * x + c
    return total
