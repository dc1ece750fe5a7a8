"""Compact model of the silicon line's slot between two strips.

Named like its cell, with its parameters, and `wl` [µm], `temperature` [K] and `corner`. A surrogate of
`components.compact.passages`, which says what is left out: full-vector modes of some sections along the way, on a mesh
right to 1e-3 of n_eff, so that the phase of a whole transition is right to a tenth of a radian, and its power to 1e-3.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact import bodies, passages
from lingnan.components.compact.bodies import Cut, End
from lingnan.components.compact.devices import BETWEEN
from lingnan.components.compact.guides import fastest_te
from lingnan.components.compact.passages import Stretch
from lingnan.components.compact.sizes import Given, settled
from lingnan.components.compact.ways import Line
from lingnan.components.soi.slots import LEAD
from lingnan.pdk import active_process, optics

if TYPE_CHECKING:
    import sax

_STRIP = "strip"
_FEW = BETWEEN[1::3]
_USUAL = 50.0  #: the cell's own length [µm]
_SIDE, _BELOW, _ABOVE = 2.0, 1.4, 1.6  #: from the cores to the window's walls [µm]


def slot(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = _USUAL,
    rail_width: float | None = None,
    gap: float | None = None,
    length_transition: float | None = None,
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `slot`: both transitions, and the slot's own mode between them with the strip's loss."""
    name, process = "slot", active_process()
    at = {
        "core": draw.core_width(_STRIP),
        "rail": draw.even(settled(name, "rail_width", rail_width, "slot_rail_width")),
        "gap": draw.even(settled(name, "gap", gap, "slot_gap")),
        "way": settled(name, "length_transition", length_transition, "slot_transition_length"),
    }

    def cutter_of(at: Mapping[str, Any]) -> bodies.Cutter:
        line = optics.at_corner(process, corner)
        base = line.corners[corner].temperature
        layer, half = draw.core_layer(_STRIP), at["core"] / 2
        inner, outer = at["gap"] / 2, at["gap"] / 2 + at["rail"]
        thick = _top(line, layer)
        window = (-outer - _SIDE - at["gap"] - at["rail"], outer + _SIDE, -_BELOW, thick + _ABOVE)

        def along(t: float) -> Any:
            low, high = -half + (inner + half) * t, half + (outer - half) * t
            rails = [(low, high), (low - at["gap"] - at["rail"], low - at["gap"])]
            return passages.section(line, {layer: rails}, window, base)

        first = passages.section(line, {layer: [(-half, half)]}, window, base)
        go = lru_cache(passages.passage(first, [Stretch(along, at["way"], 12)], along(1.0)))
        index = lru_cache(lambda wave: tuple(float(n) for n in fastest_te(along(1.0), jnp.asarray(wave))))

        def cutter(wl: Array, kelvin: Array) -> Cut:
            wave, warmer = float(wl), float(kelvin) - base
            (n, slope), into = index(wave), _turned(go(wave), wave, warmer)
            none, end = np.zeros((1, 1)), np.array([[into]])
            return Cut(np.array([n + warmer * slope]), End(none, end, none), End(none, end, none))

        return cutter

    found = bodies.modelled(
        process, name, _STRIP, corner, at, length, _USUAL, cutter_of, (("o1",), ("o2",)), wl, temperature,
        bodies.Fit((5, 2), _FEW),
    )  # fmt: skip
    leads = Line(_STRIP, corner).amplitude(wl, 2 * LEAD, temperature)
    loss = abs(Line(_STRIP, corner).amplitude(wl, length + 2 * at["way"], temperature))
    return {pair: s * leads * loss for pair, s in found.items()}


def _top(line: Any, layer: str) -> float:
    """Height of the film that a layer draws [µm]."""
    return max(level.z_max for level in line.levels.values() if level.kind == "film" and layer in level.mask.split())


def _turned(found: tuple[complex, float, float], wl: float, warmer: float) -> complex:
    """The amplitude of a passage that is warmer [K] than it was solved."""
    through, slope, length = found
    # its ends' overlaps are right to 1e-3, and may be above one by that
    return through / max(1.0, abs(through)) * np.exp(2j * np.pi / wl * slope * warmer * length)


models: dict[str, Any] = {"slot": slot}
