"""Absorbing layers with a border of their own: what cross-sections need that are to meet one another."""

from dataclasses import replace
from typing import Any

import numpy as np

from lingnan.solvers.tracing import is_traced, namespace
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import Absorber


def bordered(geometry: Geometry, absorber: Absorber) -> Geometry:
    """The same cross-section with lines and levels where absorbing layers begin.

    Elements then end there, and cross-sections that share window, absorber and number of cells in it share the
    elements inside it too, however much the rest differs. Complex positions are straight along an element's side, so
    only then is a place inside the layer the same complex place on both sides of a joint.

    Args:
        geometry: with a window; cells that were given to it are to be given anew (`Geometry.resolved`), as there are
            more columns and rows.
        absorber: as for `solve`.
    """
    if geometry.open:
        raise ValueError(
            "bordered: the window is still to be chosen, by solve. Give the cross-section a window= of its own."
        )
    g, d = replace(geometry, cells=None), absorber.thickness
    xp: Any = namespace(g.lines, g.levels)
    left, right, bottom, top = g.window
    for wall, place in (("left", left + d), ("right", right - d)):
        if wall in absorber.walls:
            _check(wall, place, g.lines[1:-1], absorber)
            line, k = xp.full_like(g.lines[:1], 1.0) * place, 1 if wall == "left" else len(g.lines) - 1
            regions = (*g.regions[:k], *g.regions[k - 1 :])
            g = replace(g, lines=xp.concatenate([g.lines[:k], line, g.lines[k:]]), regions=regions)
    for wall, place in (("bottom", bottom + d), ("top", top - d)):
        if wall in absorber.walls:
            _check(wall, place, g.levels[1:-1], absorber)
            k = 1 if wall == "bottom" else len(g.levels) - 1
            t = (place - g.levels[k - 1]) / (g.levels[k] - g.levels[k - 1])
            lines = (g.lines[:, k - 1] * (1 - t) + g.lines[:, k] * t)[:, None]
            levels = xp.concatenate([g.levels[:k], xp.reshape(place, (1,)), g.levels[k:]])
            regions = tuple((*column[:k], *column[k - 1 :]) for column in g.regions)
            g = replace(g, lines=xp.concatenate([g.lines[:, :k], lines, g.lines[:, k:]], 1), levels=levels)
            g = replace(g, regions=regions)
    return g


def _check(wall: str, place: Any, inner: Any, absorber: Absorber) -> None:
    if is_traced(place, inner) or not np.size(inner):
        return
    beyond = np.min(inner) <= place if wall in ("left", "bottom") else np.max(inner) >= place
    if beyond:
        raise ValueError(
            f"bordered: the absorber of {absorber.thickness} µm at the {wall} wall begins at {float(place):g} µm, "
            f"where there are edges from {float(np.min(inner)):g} to {float(np.max(inner)):g} µm. Move the wall out, "
            "or use a thinner absorber."
        )
