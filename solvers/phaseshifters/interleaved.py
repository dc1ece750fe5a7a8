"""Interleaved junctions: p and n fingers that follow each other along the guide, as one period seen from above.

         p side (contact "left")
    ___________________________________ x = -reach
       p finger   |    n finger    |          z runs along the guide, one half of a period is solved:
                  |                |          fingers repeat and mirror each other
    ________________________________________ x = +reach
         n side (contact "right")

A documented model: carriers are solved in the plane of the film, as thick as the rib everywhere, between the rib's
walls, where potentials are those of good conductors; the slab beyond is a `lead`. The mode is that of the rib, and sees
the mean along a period: periods of 1 µm or less do not scatter it. Depth profiles and fields in the oxide are left out.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.phaseshifters.light import Light, light, planned
from lingnan.solvers.phaseshifters.operation import Figures, biases, swept
from lingnan.solvers.phaseshifters.plan import Fineness, Plan, graded_cells
from lingnan.solvers.phaseshifters.section import Implant, Section, rib
from lingnan.solvers.semiconductors import Device, Silicon, State, admittance, device, solve, terminal_currents
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.trees import tree

#: tips of fingers deplete to both sides, so cells hardly grow anywhere: with those of `Fineness` C from 0.5 to 4 V
#: scatters by 2.6 %, and R by 5 %
FINE = Fineness(edge=0.006, growth=1.06)


@tree
@dataclass(frozen=True)
class Interleaved:
    """A rib with fingers; p on the left."""

    acceptors: Any  #: [cm^-3]
    donors: Any
    period: Any = 0.6  #: of fingers along the guide [µm]
    duty: Any = 0.5  #: share of the period that is p
    reach: Any = 0.2  #: fingers lie between -reach and reach [µm]
    width: Any = 0.5  #: of the rib [µm]
    film: Any = 0.22
    slab: Any = 0.09
    silicon: Silicon | None = None
    slowness: tuple[Any, Any] = (1.0, 1.0)  #: in the film, of electrons on donors and of holes on acceptors: `Implant`

    def __post_init__(self) -> None:
        where = "Interleaved"
        for name in ("acceptors", "donors"):
            check_between(where, name, getattr(self, name), 0.0, np.inf, "cm^-3", "Give what is implanted.")
        check_between(where, "period", self.period, 0.0, 10.0, "µm", "0.3 to 1 is usual.")
        check_between(where, "duty", self.duty, 0.0, 1.0, "", "0.5 gives fingers of one length.")
        for name, value in zip(("electrons", "holes"), self.slowness, strict=True):
            check_between(where, f"slowness of {name}", value, 0.0, np.inf, "", "1 is Masetti's mobility.")
        half, advice = self.width / 2, "Fingers end inside the rib."
        if known(half):
            check_between(where, "reach", self.reach, 0.0, half, "µm", advice)
        else:
            check_between(where, "reach over half of the width", self.reach / half, 0.0, 1.0, "", advice)

    @property
    def section(self) -> Section:
        """The rib with both sides and nothing between them: what light and mesh are made of."""
        sides = (Implant("p", self.acceptors, right=-self.reach), Implant("n", self.donors, left=self.reach))
        return rib(
            sides, width=self.width, film=self.film, slab=self.slab, silicon=self.silicon or Silicon(), oxide=0.0
        )


@jax.tree_util.register_static
@dataclass(frozen=True)
class Fingers:
    """Static: the mesh of half a period."""

    plan: Plan
    first: int  #: line at the left wall of the rib
    last: int  #: at the right one
    cuts: tuple[tuple[float, ...], tuple[float, ...]]  #: along both fingers, from 0 to 1

    def along(self, made: Interleaved) -> Array:
        """Lines from the middle of a p finger to that of an n finger [µm]."""
        half = jnp.asarray(made.period, float) / 2
        middle = half * made.duty
        p, n = (np.asarray(c) for c in self.cuts)
        return jnp.concatenate([middle * p, middle + (half - middle) * n[1:]])


def fingers(made: Interleaved, fineness: Fineness | None = None) -> Fingers:
    """The mesh of plain numbers, for all of their kind."""
    fine = fineness or FINE
    plan = planned(made.section, fine)
    x = np.asarray(plan.lines(made.section))
    first, last = (int(np.argmin(np.abs(x - side * float(made.width) / 2))) for side in (-1, 1))
    half = float(made.period) / 2
    low, high = half * float(made.duty), half * (1 - float(made.duty))
    cuts = (
        graded_cells(low, fine.edge, fine.junction, fine),
        graded_cells(high, fine.junction, fine.edge, fine),
    )
    return Fingers(plan, first, last, cuts)


def unit_cell(made: Interleaved, mesh: Fingers) -> Device:
    """Half a period of the rib seen from above."""
    x = mesh.plan.lines(made.section)[mesh.first : mesh.last + 1]
    z = mesh.along(made)
    at_x, at_z = ((a[1:] + a[:-1]) / 2 for a in (x, z))
    on_p = (at_z < made.period / 2 * made.duty)[None] & (at_x < made.reach)[:, None]
    is_p = (on_p | (at_x < -made.reach)[:, None]).astype(float)
    ends = np.zeros((2, x.shape[0], z.shape[0]), dtype=bool)
    ends[0, 0], ends[1, -1] = True, True
    of_n, of_p = made.slowness
    return device(
        x,
        z,
        donors=made.donors * (1 - is_p),
        acceptors=made.acceptors * is_p,
        contacts={"left": ends[0], "right": ends[1]},
        material=made.silicon or Silicon(),
        slowness=(1 + (of_n - 1) * (1 - is_p), 1 + (of_p - 1) * is_p),
    )


def shift(made: Interleaved, mesh: Fingers, mode: Light, cell: Device, state: State) -> Array:
    """Complex Δn_eff by all carriers, mean of a period."""
    weights = jnp.sum(mode.weights.reshape(*mode.weights.shape[:2], 2, 2), axis=(1, 3))  # (nx, 2) of both ends of cells
    inside = weights[mesh.first : mesh.last]
    change = carrier_shift(state.electrons, state.holes, mode.wavelength)
    z = mesh.along(made)
    mean = jnp.sum((change[:, 1:] + change[:, :-1]) / 2 * jnp.diff(z), axis=1) / (z[-1] - z[0])
    rib_part = jnp.sum(inside[:, 0] * mean[:-1] + inside[:, 1] * mean[1:])
    on_p = carrier_shift(0.0, made.acceptors, mode.wavelength) * jnp.sum(weights[: mesh.first])
    on_n = carrier_shift(made.donors, 0.0, mode.wavelength) * jnp.sum(weights[mesh.last :])
    return rib_part + on_p + on_n


def interleaved(
    made: Interleaved,
    volts: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    frequency: ArrayLike = 1e9,
    leads: ArrayLike = 0.0,
    mesh: Fingers | None = None,
) -> Figures:
    """`operation.figures` of an interleaved junction; `mesh` of `fingers` where numbers are traced."""
    cuts = mesh or fingers(made)
    mode = light(made.section, cuts.plan, wavelength)
    cell = unit_cell(made, cuts)
    v = biases("interleaved", volts)
    way = jnp.array([0.0, 1.0])
    f = jnp.asarray(frequency, float)
    per_length = 2 * made.film / jnp.asarray(made.period, float)  # of what flows per metre of thickness

    def one(volt: Array) -> tuple[Array, Array, Array]:
        state = solve(cell, volt * way)
        flows = admittance(cell, state, f)[1, 1], terminal_currents(cell, state)[1]
        return shift(made, cuts, mode, cell, state), per_length * flows[0], per_length * flows[1]

    turned, moved, current = swept(one, v, is_traced(cell, v))
    return Figures(
        v, mode.wavelength, mode.n_eff, mode.n_g, turned[0], turned[1:], moved[1:], f, jnp.asarray(leads, float),
        current[1:],
    )  # fmt: skip
