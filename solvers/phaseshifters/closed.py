"""A lateral junction in closed form: the depletion approximation on the mode, and resistances of its sheets.

Carriers are those of the dopants outside of the depleted region and none inside. Fields in the oxide are left out,
which adds capacitance where a film is thin beside what is depleted. A second route to all that `figures` gives, and
fast enough for many samples.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.phaseshifters.light import Light
from lingnan.solvers.semiconductors import Silicon, junction


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Lateral:
    """An abrupt junction across a rib, p on the left."""

    acceptors: Any  #: [cm^-3]
    donors: Any
    position: Any = 0.0  #: of the junction [µm]
    width: Any = 0.5  #: of the rib [µm]
    film: Any = 0.22
    slab: Any = 0.09
    left: Any = -1.0  #: where the p side ends on a good conductor [µm]
    right: Any = 1.0  #: where the n side does
    silicon: Silicon | None = None

    @property
    def material(self) -> Silicon:
        """Its silicon."""
        return self.silicon or Silicon()

    def edges(self, volts: ArrayLike) -> tuple[Array, Array]:
        """Where the depleted region begins and ends at a reverse bias [µm]."""
        n, p = jnp.asarray(self.donors, float), jnp.asarray(self.acceptors, float)
        depleted = junction.width(n, p, volts, self.material)
        return self.position - depleted * n / (n + p), self.position + depleted * p / (n + p)

    def shift(self, light: Light, x: Array, volts: ArrayLike) -> Array:
        """Complex Δn_eff by carriers, shaped as volts.

        Args:
            light: the mode.
            x: lines of its mesh [µm].
            volts: of reverse bias [V].
        """
        passed = jnp.concatenate([jnp.zeros(1), jnp.cumsum(jnp.sum(light.weights, axis=(1, 2)))])
        low, high = self.edges(volts)
        on_p = carrier_shift(0.0, self.acceptors, light.wavelength)
        on_n = carrier_shift(self.donors, 0.0, light.wavelength)
        return on_p * jnp.interp(low, x, passed) + on_n * (passed[-1] - jnp.interp(high, x, passed))

    def capacitance(self, volts: ArrayLike, *, tails: bool = True) -> Array:
        """Of the film [F/m]; `tails` as of `junction.capacitance`."""
        return junction.capacitance(self.donors, self.acceptors, volts, self.material, tails=tails) * self.film * 1e-6

    def resistance(self, volts: ArrayLike, sheets: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike]) -> Array:
        """From conductor to conductor [Ω m].

        Args:
            volts: of reverse bias [V].
            sheets: of the p side in rib and slab, of the n side in rib and slab [Ω/sq].
        """
        low, high = self.edges(volts)
        p_rib, p_slab, n_rib, n_slab = (jnp.asarray(s, float) for s in sheets)
        half = jnp.asarray(self.width) / 2
        on_p = (low + half) * p_rib + (-half - self.left) * p_slab
        on_n = (half - high) * n_rib + (self.right - half) * n_slab
        return 1e-6 * (on_p + on_n)
