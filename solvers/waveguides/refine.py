"""Refinement in order and in cells, led by what each of them changes.

From a mesh three finer ones are tried: a higher order, more cells between interfaces, more outside. What moves n_eff is
refined, all at once; what does not is left. The error that is reported is the change from the mesh before, or by one
kind of refinement where that is larger, plus the changes by what was not refined: n_eff falls towards its limit by more
than half with each step, or more steps are made, so that what is left is below the last change. In metals it also
rises, and what two kinds of refinement do may cancel.

Where the last three changes have one ratio ρ, that of a geometric series, its limit is taken as well (L. F. Richardson,
Phil. Trans. R. Soc. A 210, 307 (1911), doi:10.1098/rsta.1911.0009; with ρ measured, as A. C. Aitken, Proc. R. Soc.
Edinb. 46, 289 (1927), doi:10.1017/S0370164600022070).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.waveguides.grid import Resolution

#: Where refinement begins: right to a few 1e-4.
DRAFT = Resolution(4, 2, 2, 3.0, 5.0)
#: Meshes on the way, at most.
ROUNDS = 8
#: Changes below this share of the tolerance are not worth a refinement.
SHARE = 0.15
#: A ratio of changes beyond this is no sign of a geometric series.
RATIO = 0.6
#: What the ratio before may differ by, relative. By two changes alone, which need not be of the same kinds, the limit
#: was farther off than the last mesh in six cases of eight (strips, a bend, nitride).
AGREE = 0.5


class Refined(NamedTuple):
    """The end of a refinement."""

    resolution: Resolution
    error: NDArray[np.float64]  #: of each n_eff
    limit: NDArray[np.complex128] | None  #: of n_eff, where the last changes are a geometric series
    met: bool  #: is the error below the tolerance?


def refine(
    n_eff: Callable[[Resolution], NDArray[np.complex128]], tolerance: float, cells_given: bool = False
) -> Refined:
    """A mesh on which the estimated error of every n_eff is below the tolerance.

    Args:
        n_eff: of the modes on a mesh, sorted.
        tolerance: error of n_eff.
        cells_given: the cross-section says how many cells it has: only the order is raised.
    """
    here = DRAFT
    known = {here: n_eff(here)}

    def at(resolution: Resolution) -> NDArray[np.complex128]:
        if resolution not in known:
            known[resolution] = n_eff(resolution)
        return known[resolution]

    changes: list[NDArray[np.complex128]] = []
    error = np.full(len(known[here]), np.inf)
    for _ in range(ROUNDS):
        steps = _finer(here, cells_given)
        moved = [at(step) - at(here) for step in steps]
        sizes = [np.abs(m).max() for m in moved]
        wanted = [k for k, size in enumerate(sizes) if size > SHARE * tolerance] or [int(np.argmax(sizes))]
        after = here
        for k in wanted:
            after = _together(after, here, steps[k])
        changes.append(at(after) - at(here))
        left = [np.abs(moved[k]) for k in range(len(steps)) if k not in wanted]
        each = [np.abs(moved[k]) for k in wanted]
        error = np.max([np.abs(changes[-1]), *each], axis=0) + np.sum(left, axis=0)
        here = after
        if error.max() <= tolerance:
            return Refined(here, error, _limit(at(here), changes), True)
    return Refined(here, error, _limit(at(here), changes), False)


def _finer(r: Resolution, cells_given: bool) -> list[Resolution]:
    higher = replace(r, order=r.order + 1)
    return [higher] if cells_given else [higher, replace(r, inner=r.inner + 2), replace(r, outer=r.outer + 1)]


def _together(a: Resolution, base: Resolution, step: Resolution) -> Resolution:
    """`a` with what `step` has finer than `base`."""
    return replace(
        a, order=a.order + step.order - base.order, inner=a.inner + step.inner - base.inner,
        outer=a.outer + step.outer - base.outer,
    )  # fmt: skip


def _limit(last: NDArray[np.complex128], changes: list[NDArray[np.complex128]]) -> NDArray[np.complex128] | None:
    if len(changes) < 3:
        return None
    zero, one, two = (c.real for c in changes[-3:])
    before, ratio = (b / np.where(a == 0, np.inf, a) for a, b in ((zero, one), (one, two)))
    if not np.all((ratio > 0) & (ratio < RATIO) & (np.abs(ratio - before) < AGREE * ratio)):
        return None
    return last + two * ratio / (1 - ratio)
