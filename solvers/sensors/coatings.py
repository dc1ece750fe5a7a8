"""Coatings that answer to pH: acid groups in a film that lose their protons, and change its index.

Share of groups that are ionised, after Henderson and Hasselbalch: 1/(1 + 10^(pK' - pH)), with pK' = pK - A h(I) for
an acid HA at ionic strength I, h = √I/(1 + √I) - 0.3 I, A = 0.509 at 25 °C (C. W. Davies, Ion Association (1962); not
read, the equation is in every textbook). One A h, that of the base: pH is the activity of protons and has theirs in
it. The film's index is taken as linear in that share: a model, whose two ends have to be measured on the film. Its
thickness is taken as constant and beyond the field's reach.

What limits it, and is in the numbers: an answer over some two units of pH only, with a slope of ln 10/4 at its best;
ionic strength, which moves pK'; temperature, through the film's own drift. What is not: how fast protons diffuse
through the film, how it ages, and that real films answer over more than two units since their groups differ.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree

DAVIES = 0.509  #: A at 25 °C [√(L/mol)]
STRONGEST = 0.5  #: ionic strength up to which Davies holds [mol/L]


@tree
@dataclass(frozen=True)
class Coating:
    """A film by its two ends: all groups with their protons, and none."""

    pk: Any  #: of the groups, at no ionic strength
    acid: Any  #: index with all protons on
    base: Any  #: index with none

    def __post_init__(self) -> None:
        check_between("Coating", "pk", self.pk, -2.0, 16.0, "", "")
        for name in ("acid", "base"):
            check_between("Coating", name, getattr(self, name), 1.0 - 1e-9, 4.0, "", "It is the index of a wet film.")


def ionised(coating: Coating, ph: ArrayLike, strength: ArrayLike = 0.0) -> Array:
    """Share of groups without their proton.

    Args:
        coating: the film.
        ph: of the water, 0 to 14.
        strength: ionic [mol/L], up to 0.5.

    Raises:
        ValueError: a pH or a strength for which the model has no meaning.
    """
    check_between("ionised", "ph", ph, -1e-9, 14.0 + 1e-9, "", "")
    check_no_less("ionised", "strength", strength, 0.0, "mol/L", "")
    check_between("ionised", "strength", strength, -1.0, STRONGEST + 1e-12, "mol/L", "Davies' equation ends there.")
    ions = jnp.asarray(strength, float)
    root = jnp.sqrt(jnp.where(ions > 0, ions, 1.0)) * (ions > 0)  # the slope of √I at 0 has no number
    moved = coating.pk - DAVIES * (root / (1 + root) - 0.3 * ions)
    return jax.nn.sigmoid(np.log(10) * (jnp.asarray(ph) - moved))


def index(coating: Coating, ph: ArrayLike, strength: ArrayLike = 0.0) -> Array:
    """Of the film: give it to a guide as the analyte."""
    return coating.acid + (jnp.asarray(coating.base) - coating.acid) * ionised(coating, ph, strength)


def slope(coating: Coating, ph: ArrayLike, strength: ArrayLike = 0.0) -> Array:
    """Of the index by pH: ln 10 α (1 - α) (n_base - n_acid), greatest at pK'."""
    share = ionised(coating, ph, strength)
    return np.log(10) * share * (1 - share) * (jnp.asarray(coating.base) - coating.acid)


def ph_sigma(
    coating: Coating, index_sigma: ArrayLike, strength_sigma: ArrayLike, ph: ArrayLike, strength: ArrayLike = 0.1
) -> Array:
    """Scatter of a pH found from the film's index, one σ, a number.

    Args:
        coating: the film.
        index_sigma: of the index, a third of `Budget.lod_riu` where the film is what is sensed [RIU].
        strength_sigma: of the ionic strength as it is known [mol/L].
        ph: at which.
        strength: ionic [mol/L], above 0.
    """
    check_no_less("ph_sigma", "index_sigma", index_sigma, 0.0, "RIU", "")
    check_no_less("ph_sigma", "strength_sigma", strength_sigma, 0.0, "mol/L", "")
    check_between("ph_sigma", "strength", strength, 0.0, STRONGEST, "mol/L", "")
    ions = jnp.asarray(strength, float)
    moving = DAVIES * (0.5 / (jnp.sqrt(ions) * (1 + jnp.sqrt(ions)) ** 2) - 0.3)  # -dpK'/dI: pH less pK' is seen
    return jnp.hypot(jnp.asarray(index_sigma) / slope(coating, ph, strength), moving * jnp.asarray(strength_sigma))
