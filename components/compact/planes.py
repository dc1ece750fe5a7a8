"""Devices in the plane of the film from plain numbers to solvers: multimode couplers, branches and crossings.

Right for wide bodies (the light in an MMI), and less so for what is as narrow as a Y-branch's body, whose published
simulation is in space. Settings are those that the cells draw, in µm.
"""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy.interpolate import CubicSpline

from lingnan.components.common.curves import s_bend
from lingnan.components.compact import films, multimode
from lingnan.components.compact.bodies import Cut, Cutter
from lingnan.components.compact.devices import Solver
from lingnan.components.compact.multimode import Plane
from lingnan.pdk.process import Process

Settings = Mapping[str, Any]


def splitter(
    process: Process, cross_section: str, corner: str, at: Settings, inputs: int, direction: float = 0.0
) -> Cutter:
    """A multimode coupler of one input into two, or of two or three into as many: `width`, `port`, `gap`, `taper`,
    `access`; upper ports first."""
    film = films.film(process, cross_section, corner, direction)
    sizes = multimode.Sizes(at["width"], at["port"], at["gap"] + at["port"], at["taper"], at["access"])

    def cutter(wl: Array, kelvin: Array) -> Cut:
        plane = _plane(film, wl, kelvin)
        index, right = multimode.end(max(inputs, 2), plane, sizes, wl)
        return Cut(index, multimode.end(1, plane, sizes, wl)[1] if inputs == 1 else right, right)

    return cutter


def branch(process: Process, cross_section: str, corner: str, at: Settings) -> Solver:
    """A Y-branch: `widths` and `long` of the body, `taper` before it, `arm`, `inner`, `apart`, `reach` of its arms."""
    film, count = films.film(process, cross_section, corner), multimode.SLICES["arms"]
    curve, widths = s_bend(round(at["reach"], 3), at["apart"]), np.asarray(at["widths"])
    middle = (np.arange(count) + 0.5) / count * curve.x[-1]
    shape = multimode.Branch(
        multimode.body_profile(CubicSpline(np.linspace(0, 1, len(widths)), widths)), at["long"], at["access"],
        at["taper"], widths[0], at["arm"], at["inner"] + np.interp(middle, curve.x, curve.y),
        np.tan(np.interp(middle, curve.x, curve.angle)), np.full(count, curve.x[-1] / count),
        2 * (at["inner"] + at["apart"]),
    )  # fmt: skip
    return lambda wl, kelvin: multimode.onwards(multimode.branch(_plane(film, wl, kelvin), shape, wl), 1)


def crossing(
    process: Process, cross_section: str, corner: str, at: Settings, directions: tuple[float, ...] = (0.0,)
) -> Solver:
    """Two guides that widen from `access` to `wide` over `length` along parabolas, and cross.

    What turns into the other guide is not found this way, and is left out like what comes back. `directions` are those
    of o1-o3 and of o2-o4 from the layout's x axis [deg]; one stands for both where the film is no crystal.
    """
    made = [films.film(process, cross_section, corner, direction) for direction in directions]
    numbers = [jnp.asarray(at[name], float) for name in ("access", "wide", "length")]

    def solver(wl: Array, kelvin: Array) -> Mapping[tuple[str, str], Array]:
        found = [multimode.crossing(_plane(film, wl, kelvin), *numbers, wl)["through"] for film in made]
        return {("o1", "o3"): found[0], ("o2", "o4"): found[-1]}

    return solver


def _plane(film: films.Film, wl: ArrayLike, kelvin: ArrayLike) -> Plane:
    return Plane(*film.at(jnp.asarray(wl), jnp.asarray(kelvin)), film.bias)
