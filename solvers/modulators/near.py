"""Fields of a few designs, of whose sums those of every design between them are made: a reduced basis.

Meshes move with the geometry, so a node is at the same place in each design, between the same edges. Fields are then
smooth functions of the geometry at every node, and of a set of designs near by span those of the others. What is looked
for among the sums is stationary: potentials of least energy, and eddy currents by Galerkin's equations. Capacitance and
impedance are in error by the square of what the sums leave of the fields; the field that light sees, and V_pi L with
it, by its first power. A. T. Patera and G. Rozza, Reduced Basis Approximation and A Posteriori Error Estimation for
Parametrized Partial Differential Equations (MIT, 2007).

How good it is depends on how far a design lies from those that were solved: hold it against `figures` without `near`
for a few that were not, as `benchmarks/rf.py speed` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.modulators import electrostatics, magnetics
from lingnan.solvers.modulators.checks import check_frequencies
from lingnan.solvers.modulators.section import Section

#: a direction with less than this of the largest one's share is dropped: its square is far below the mesh's error
LEAST = 1e-5


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Near:
    """Orthonormal fields (N, S) on the nodes of one kind of mesh."""

    electric: Array  #: potentials where no conductor is
    magnetic: Array  #: real and imaginary parts of fields of eddy currents over a band


def gathered(sections: Sequence[Section], frequency: ArrayLike) -> Near:
    """Fields of sections of one kind, made `like` one of them, over a band [Hz]."""
    check_frequencies("ready: near", frequency)
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    electric = jnp.concatenate([electrostatics.fields(one) for one in sections], axis=1)
    magnetic = jnp.concatenate([magnetics.fields(one, f) for one in sections], axis=1)
    return Near(_main(electric), _main(magnetic))


def _main(fields: Array) -> Array:
    """The directions that matter of fields (N, K)."""
    directions, shares, _ = jnp.linalg.svd(fields / jnp.linalg.norm(fields, axis=0), full_matrices=False)
    return directions[:, : int(jnp.sum(shares > LEAST * shares[0]))]
