"""A guide as spectrometers see it: n(λ, T), linear in both, and what its loss leaves of an amplitude."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Guide:
    """Of one mode."""

    n_eff: Any  #: at `wavelength`
    n_g: Any  #: group index
    wavelength: Any = 1.55  #: [µm]
    loss_db_cm: Any = 0.0
    dn_dt: Any = 0.0  #: of n_eff [1/K]
    expansion: Any = 0.0  #: of the chip, linear [1/K]

    def __post_init__(self) -> None:
        for name, unit in (("n_eff", ""), ("n_g", ""), ("wavelength", "µm")):
            check_between("Guide", name, getattr(self, name), 0.0, np.inf, unit, "")
        check_no_less("Guide", "loss_db_cm", self.loss_db_cm, 0.0, "dB/cm", "Losses are positive.")

    @property
    def slope(self) -> Any:
        """dn/dλ [1/µm]."""
        return (self.n_eff - self.n_g) / self.wavelength

    def index(self, wavelength: ArrayLike, warmth: ArrayLike = 0.0) -> Array:
        """n_eff, and how much longer a warm chip is: what a length drawn is multiplied by for the optical one."""
        cold = self.n_g + self.slope * jnp.asarray(wavelength, float)
        warm = jnp.asarray(warmth, float)
        return (cold + self.dn_dt * warm) * (1 + self.expansion * warm)

    def survival(self, length: ArrayLike) -> Array:
        """Of the amplitude after a length [µm]."""
        return 10 ** (-jnp.asarray(self.loss_db_cm, float) * 1e-4 * jnp.asarray(length, float) / 20)

    @property
    def shift_per_kelvin(self) -> Any:
        """Of any feature of an interferometer or ring of this guide, (λ/n_g)(dn/dT + n α) [µm/K]."""
        return self.wavelength / self.n_g * (self.dn_dt + self.n_eff * self.expansion)
