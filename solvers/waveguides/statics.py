"""Fields at rest, which a search for modes would find in place of modes.

The pencil A + β² B of `elements.maxwell` has an A that does not see ψ: every axial field with e = 0 is an eigenvector
of β² = 0, as many as there are unknowns ψ, and none of them is a mode. From the top down no search comes near them;
one that is to find evanescent modes too has them in its midst. Modes are B-orthogonal to all of them, which is Gauss's
law ∇·εE = 0 tested with every χ: that part of a vector is taken away, as often as round-off brings it back.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.elements.reference import edge_element
from lingnan.solvers.elements.summed import PSI
from lingnan.solvers.linalg import host
from lingnan.solvers.linalg.host import Walls
from lingnan.solvers.linalg.layout import Layout

Values = NDArray[Any]

#: |β²| over that of the shift, below which an eigenvector is a field at rest: round-off leaves 1e-20 and less.
AT_REST = 1e-10
#: Up to so many modes the search is tried without minding them, which costs two thirds: they are rarely in reach.
FEW = 24


def projector(layout: Layout, order: int, walls: Walls, elements: Values) -> Callable[[Values], Values]:
    """What takes the fields at rest out of vectors (G, R, N, S).

    With r the axial rows of B v, it is v - (0, B_ψψ⁻¹ r).

    Args:
        layout: of the unknowns.
        order: of the elements.
        walls: what is held.
        elements: element matrices of B, (G, nx ny, n, n).
    """
    axial = np.any(edge_element(order).fields[PSI] != 0, axis=0)
    alone = np.where(axial[:, None] & axial, elements, 0) + np.diag(~axial)
    factors = host.factorise(layout, alone, walls, symmetric=True)
    rows = np.zeros(layout.size)
    rows[host.numbering(layout).elements[:, axial]] = 1
    held = host.free(layout, walls) * rows[:, None]

    def project(vectors: Values) -> Values:
        return vectors - host.solve(layout, factors, host.product(layout, elements, vectors) * held)

    return project
