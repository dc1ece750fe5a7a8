"""What ionising radiation does to a sensor: loss that grows with dose and heals, and an index that drifts.

Loss and index by powers of the dose, a D^b, as defects in glass grow (D. L. Griscom, M. E. Gingerich and E. J.
Friebele, Phys. Rev. Lett. 71, 1019 (1993), doi:10.1103/PhysRevLett.71.1019). Healing by kinetics of order n, as E. J.
Friebele et al. fit fibres with, Appl. Opt. 30, 1944 (1991), of which the abstract was read: a first loss, a lasting
one, a half-life and an order.

**No coefficients are built in: none were found for a waveguide of these lines.** What is known: passivated silicon
devices showed no systematic shift up to 1 MGy of gammas (Z. Ahmed et al., Sci. Rep. 8, 13007 (2018),
doi:10.1038/s41598-018-31286-9, abstract); silicon and silicon nitride guides shift and lose light above 3 Mrad(Si) of
X-rays (B. L. Ringel et al., IEEE Trans. Nucl. Sci. (2024), doi:10.1109/TNS.2024.3415502, abstract); silicon nitride
rings of Q 1e6 lost none to protons (V. Brasch et al., arXiv:1406.0297, abstract). So measure, `fitted`, and use it in
the range of doses that was measured: dose rate and temperature, which matter, are in the coefficients.
Doses in Gy (100 rad), loss in dB/cm, times in s.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.sensors.ranges import check_finite, check_measured
from lingnan.solvers.sensors.sensitivity import Guide
from lingnan.solvers.trees import tree


@tree
@dataclass(frozen=True)
class Power:
    """a D^b, and the doses [Gy] between which it was measured."""

    factor: Any  #: at 1 Gy, in the unit of what grows
    power: Any
    lowest: Any = 0.0
    highest: Any = np.inf

    def __post_init__(self) -> None:
        check_between("Power", "power", self.power, 0.0, 2.0, "", "Defects grow with a power between 0 and 1.")
        check_finite("Power", "factor", self.factor)
        check_no_less("Power", "lowest", self.lowest, 0.0, "Gy", "")
        if known(self.lowest) and known(self.highest):
            least = float(self.lowest)
            check_no_less(
                "Power", "highest", self.highest, least, "Gy", "It ends the doses that were measured.", infinite=True
            )

    def __call__(self, dose: ArrayLike) -> Array:
        """At a dose [Gy].

        Raises:
            ValueError: a negative dose.
            MaterialRangeError: one that was not measured.
        """
        check_no_less("Power", "dose", dose, 0.0, "Gy", "100 rad is 1 Gy.")
        d = jnp.asarray(dose, float)
        if known(dose) and known(self.lowest) and known(self.highest):
            given, limits = np.asarray(dose, float), (float(self.lowest), float(self.highest))
            advice = "A power law does not carry beyond what it was fitted to."
            check_measured("radiation", "dose", given[given > 0], limits, "Gy", "the doses of the fit", advice)
        return jnp.asarray(jnp.where(d > 0, self.factor * jnp.where(d > 0, d, 1.0) ** self.power, 0.0))


class Fit(NamedTuple):
    """A power law from measurements."""

    law: Power
    factor_share: float  #: one σ of the factor, as a share of it
    power_sigma: float  #: one σ of the power


def fitted(dose: ArrayLike, grown: ArrayLike) -> Fit:
    """The power law through doses [Gy] and what grew, by least squares of logarithms, three points or more.

    Raises:
        ValueError: fewer points, or a dose or a growth that is not above 0.
    """
    d, y = np.asarray(dose, float).ravel(), np.asarray(grown, float).ravel()
    if d.size < 3 or d.size != y.size:
        raise ValueError(f"fitted: {d.size} doses and {y.size} values: give three or more, one for one.")
    check_between("fitted", "dose", d, 0.0, np.inf, "Gy", "Leave the point before irradiation out.")
    check_between("fitted", "grown", y, 0.0, np.inf, "", "Give what was added, without its sign.")
    if np.ptp(d) == 0:
        raise ValueError(f"fitted: all doses are {d[0]:g} Gy: a power takes two that differ.")
    basis = np.stack([np.ones_like(d), np.log(d)], 1)
    solution, _, _, _ = np.linalg.lstsq(basis, np.log(y), rcond=None)
    left = np.log(y) - basis @ solution
    covariance = np.linalg.inv(basis.T @ basis) * (left @ left) / (d.size - 2)
    law = Power(float(np.exp(solution[0])), float(solution[1]), float(d.min()), float(d.max()))
    return Fit(law, float(np.sqrt(covariance[0, 0])), float(np.sqrt(covariance[1, 1])))


def healed(first: ArrayLike, lasting: ArrayLike, half_life: ArrayLike, order: ArrayLike, time: ArrayLike) -> Array:
    """Loss a time after a short dose: (A0 - Af)(1 + c t)^(-1/(n-1)) + Af, c = (2^(n-1) - 1)/τ [of A0's unit].

    Args:
        first: A0, at once.
        lasting: Af, what stays.
        half_life: τ, after which half of A0 - Af has gone [s].
        order: n, above 1; towards 1 it is exponential.
        time: [s].
    """
    check_no_less("healed", "time", time, 0.0, "s", "")
    check_no_less("healed", "lasting", lasting, 0.0, "", "")
    healing = jnp.asarray(first) - jnp.asarray(lasting)
    check_no_less("healed", "first less lasting", healing, 0.0, "", "What stays is part of what came at once.")
    check_between("healed", "half_life", half_life, 0.0, np.inf, "s", "")
    check_between("healed", "order", order, 1.0, np.inf, "", "At 1 the law is exponential: use 1.001.")
    less = jnp.asarray(order) - 1
    gone = jnp.expm1(less * np.log(2)) / half_life * jnp.asarray(time)
    return (jnp.asarray(first) - lasting) * jnp.exp(-jnp.log1p(gone) / less) + lasting


def aged(guide: Guide, medium: Guide, dose: ArrayLike, index: Power, loss: Power) -> Guide:
    """A guide after a dose: for rings, chains and limits as any other.

    Args:
        guide: as it was, its `bulk` by the analyte.
        medium: the same mode solved with the irradiated medium in the analyte's place, such as `response(geometry,
            "core")`: its `bulk` is dn_eff by that medium's index, and the share of its bulk loss that the mode sees.
        dose: [Gy].
        index: of that medium [RIU].
        loss: of that medium, in the bulk [dB/cm].
    """
    n_eff = guide.n_eff + medium.bulk * index(dose)
    return replace(guide, n_eff=n_eff, loss_db_cm=guide.loss_db_cm + medium.bulk * loss(dose))


def mistaken_riu(guide: Guide, medium: Guide, dose: ArrayLike, index: Power) -> Array:
    """What the drift of a dose is taken for, as a change of the analyte's index [RIU]."""
    size = jnp.abs(jnp.asarray(guide.bulk))
    check_between("mistaken_riu", "size of the guide's bulk", size, 0.0, np.inf, "", "It does not see the analyte.")
    return medium.bulk * index(dose) / guide.bulk
