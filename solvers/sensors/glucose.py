"""Glucose by its refractive index, and everything else that has one.

Index by the law of Lorentz and Lorenz: a mole of sugar brings its refraction and takes the place of water,
Δ[(n² - 1)/(n² + 2)] = c (R - V r_w), R from Eisenlohr's atomic refractions (C 2.418, H 1.100, hydroxyl O 1.525, ether O
1.643 cm³/mol for sodium light), V the partial molar volume (112 cm³/mol), both as in textbooks: 2.5e-5 RIU for a
mmol/L. Serum protein is taken with 1.85e-4 RIU for a g/L, as in textbooks; sodium chloride with 1.77e-4 for a gram
in a kilogram (C.-Y. Tan and Y.-X. Huang, J. Chem. Eng. Data 60, 2827 (2015), doi:10.1021/acs.jced.5b00018, coefficient
as kept in a public program).

What limits it, plainly: **an index says how much is dissolved, not what.** At 5 mmol/L a doctor wants 0.5 (10 %),
1.2e-5 RIU. A tenth of a kelvin is as much; so is 0.07 g/L of the 70 g/L of protein in blood. No ring, however quiet,
mends this: it needs a second quantity (an enzyme, a membrane that keeps proteins out and a reference ring for the
temperature, absorption at several wavelengths). `Error` says what each cause is taken for. Concentrations in mmol/L.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree

#: of C6H12O6 as a ring of one ether and five hydroxyls [cm³/mol]
REFRACTION = 6 * 2.418 + 12 * 1.100 + 5 * 1.525 + 1.643
VOLUME = 112.0  #: partial molar, in water [cm³/mol]
MOLAR_MASS = 180.16  #: [g/mol]
PROTEIN = 1.85e-4  #: of serum proteins [RIU L/g]
SALT = 1.77e-4  #: of sodium chloride [RIU per ‰]
WARMTH = -1.0e-4  #: of water, as `materials.get("water")` has it [RIU/K]
MOST = 1000.0  #: [mmol/L]


@tree
@dataclass(frozen=True)
class Blood:
    """What is not known of a sample beside its glucose, one σ each."""

    temperature: Any = 0.0  #: [K]
    protein: Any = 0.0  #: [g/L]
    salt: Any = 0.0  #: [‰]

    def __post_init__(self) -> None:
        for name, unit in (("temperature", "K"), ("protein", "g/L"), ("salt", "‰")):
            check_no_less("Blood", name, getattr(self, name), 0.0, unit, "It is a standard deviation.")


class Error(NamedTuple):
    """Scatter of a concentration by cause, one σ each [mmol/L]."""

    sensor: Array
    temperature: Array
    protein: Array
    salt: Array

    @property
    def total(self) -> Array:
        """All of them, independent [mmol/L]."""
        return jnp.sqrt(sum((jnp.asarray(part) ** 2 for part in self), jnp.zeros(())))

    @property
    def worst(self) -> str:
        """The cause that counts most: of known numbers."""
        return max(zip(self._fields, self, strict=True), key=lambda pair: float(pair[1]))[0]


def index(concentration: ArrayLike, water: ArrayLike = 1.333) -> Array:
    """Of a solution of glucose alone.

    Args:
        concentration: [mmol/L], up to 1000.
        water: index of what it is dissolved in.

    Raises:
        ValueError: a negative concentration, or one beyond dilute.
    """
    check_no_less("glucose", "concentration", concentration, 0.0, "mmol/L", "1 g/L is 5.55 mmol/L.")
    check_between("glucose", "concentration", concentration, -1.0, MOST + 1e-9, "mmol/L", "The law is for dilute ones.")
    check_between("glucose", "water", water, 1.0 - 1e-9, 3.0, "", "It is the index of the solvent.")
    n2 = jnp.asarray(water, float) ** 2
    still = (n2 - 1) / (n2 + 2)
    bound = still + 1e-6 * jnp.asarray(concentration, float) * (REFRACTION - VOLUME * still)
    return jnp.sqrt((1 + 2 * bound) / (1 - bound))


def slope(concentration: ArrayLike = 5.0, water: ArrayLike = 1.333) -> Array:
    """Of the index by concentration [RIU L/mmol], a number."""
    index(concentration, water)  # says what is out of range
    return jax.grad(index)(jnp.asarray(concentration, float), water)


def error(index_sigma: ArrayLike, blood: Blood, concentration: ArrayLike = 5.0, water: ArrayLike = 1.333) -> Error:
    """What a concentration found from an index can be wrong by.

    Args:
        index_sigma: of the sensor: a third of `Budget.lod_riu` [RIU].
        blood: what else moves the index.
        concentration: at which [mmol/L].
        water: index of the solvent at the sensor's wavelength.
    """
    check_no_less("error", "index_sigma", index_sigma, 0.0, "RIU", "")
    by = slope(concentration, water)
    causes = (1.0, index_sigma), (WARMTH, blood.temperature), (PROTEIN, blood.protein), (SALT, blood.salt)
    return Error(*(jnp.abs(k * jnp.asarray(sigma, float) / by) for k, sigma in causes))
