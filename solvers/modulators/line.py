"""What an RF line is to everything after it: how waves run along it, and its impedance.

Time convention exp(-iωt), waves exp(-γz): γ = α - iβ, and S-parameters and Touchstone files want conjugates.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

#: Speed of light in vacuum [m/s], exact.
C0 = 299_792_458.0


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Line:
    """A uniform line at some frequencies; arrays are (F,)."""

    frequency: Array  #: [Hz]
    gamma: Array  #: [1/m] of exp(-γz), with exp(-iωt): α - iβ
    z0: Array  #: [Ω]: sqrt(Z'/Y') of series impedance and shunt admittance per length

    @property
    def alpha(self) -> Array:
        """Attenuation of the amplitude [1/m]."""
        return self.gamma.real

    @property
    def beta(self) -> Array:
        """Phase constant [rad/m]."""
        return -self.gamma.imag

    @property
    def n_rf(self) -> Array:
        """Microwave index c β/ω."""
        return C0 * self.beta / (2 * jnp.pi * self.frequency)

    @property
    def n_group(self) -> Array:
        """Group index c dβ/dω, by differences between the frequencies, of which there are two or more."""
        return C0 * jnp.asarray(jnp.gradient(self.beta, self.frequency)) / (2 * jnp.pi)

    @property
    def loss_db_cm(self) -> Array:
        """[dB/cm]."""
        return 20 / np.log(10) * self.alpha / 100

    @property
    def engineering(self) -> tuple[Array, Array]:
        """γ = α + iβ and z0 for exp(+jωt), as RF programs have them."""
        return self.gamma.conj(), self.z0.conj()


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Distributed:
    """Elements of a line per length; arrays are (F,)."""

    frequency: Array  #: [Hz]
    resistance: Array  #: [Ω/m]
    inductance: Array  #: [H/m]
    conductance: Array  #: [S/m]
    capacitance: Array  #: [F/m]

    def line(self) -> Line:
        """Waves on it: γ² = Z'Y', z0² = Z'/Y'."""
        omega = 2 * jnp.pi * self.frequency
        series = self.resistance - 1j * omega * self.inductance
        shunt = self.conductance - 1j * omega * self.capacitance
        # both lie in the fourth quadrant: roots taken one by one stay on the right branch
        root_z, root_y = jnp.sqrt(series), jnp.sqrt(shunt)
        return Line(self.frequency, root_z * root_y, root_z / root_y)


def of_cell(frequency: Array, a: Array, b: Array, c: Array, period: Array) -> Line:
    """A row of symmetric cells [[a, b], [c, a]] of a length [m] as one line: cosh γp = a, z0 = sqrt(b/c)."""
    # sinh γp = sqrt(bc) is small where cosh γp is nearly 1: γp = log(a + sqrt(bc)) keeps its digits by log1p
    root_b, root_c = jnp.sqrt(b), jnp.sqrt(c)
    grown = jnp.log1p((a - 1) + root_b * root_c)
    # in a stop band the root may be the wave that comes back; elsewhere what is below zero is round-off
    back = grown.real < -1e-9
    turned = jnp.where(grown.imag < 0, grown + 2j * jnp.pi, grown)
    gamma = jnp.where(back, -turned, grown) / period
    return Line(frequency, gamma, jnp.where(back, -1.0, 1.0) * root_b / root_c)
