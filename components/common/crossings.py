"""Two guides that cross at right angles, drawn for the cells of all platforms."""

from dataclasses import dataclass

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import Curve, line
from lingnan.components.process import number

_SIDES = ("west", "north", "east", "south")
_SPARE = 0.005  #: µm of a lead beyond what distances ask for: corners lie on the grid


@dataclass(frozen=True)
class CrossingSize:
    """Checked sizes of a crossing, on the grid [µm]."""

    length: float  #: of a horn
    width: float  #: where the guides cross
    #: Of a straight in front of each horn, so that what lies beside the core keeps its distance from the horn's walls,
    #: which lean, and from the other guide where horns are short.
    lead: float

    @property
    def end(self) -> float:
        """From the middle to the ports."""
        return draw.snapped(self.width / 2 + self.length + self.lead)


def crossing_size(
    cell: str, length: float | None, width: float | None, cross_section: CrossSectionSpec
) -> CrossingSize:
    """Sizes as given, or the process's own (`[cells]`)."""
    core = draw.core_width(cross_section)
    long, wide = number(length, "crossing_length"), number(width, "crossing_width")
    limits.at_most(cell, "length", long, 1000.0, "1 mm, a taper")
    limits.at_least(cell, "width", wide, core, "the guide's own width")
    limits.at_most(cell, "width", wide, 50.0, "50 µm, a slab")
    wide = draw.even(wide)
    used = guides.taper_length(cell, "length", long, core, wide)
    # w² grows linearly from the guide on, so the wall is steepest there: dw/dx = (wide² - core²) / (2 length core)
    steepest = (wide**2 - core**2) / (2 * core)
    limits.at_least(cell, "length", used, steepest, "horns whose walls open by no more than 45 degrees in all")
    reach = draw.reach(cross_section)
    aside = max(reach * steepest / (2 * used), reach - used)
    return CrossingSize(used, wide, draw.snapped(aside + _SPARE) if reach else 0.0)


def draw_crossing(
    cell: str, length: float | None, width: float | None, cross_section: CrossSectionSpec
) -> gf.Component:
    """A square of core with a parabolic horn on each side; what lies beside the core surrounds all of it."""
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    size = crossing_size(cell, length, width, cross_section)
    used, wide = size.length, size.width
    c = gf.Component()
    x = np.linspace(0, used, max(17, 4 * round(used) + 1))
    horn = Curve(x, np.zeros_like(x), np.zeros_like(x), x)
    profile = np.sqrt(wide**2 + (core**2 - wide**2) * x / used)
    draw.centred(c, 0, 0, wide, wide, layer)
    for angle in (0, 90, 180, 270):
        turn = np.deg2rad(angle)
        curve = horn.placed(round(np.cos(turn)) * wide / 2, round(np.sin(turn)) * wide / 2, angle)
        draw.extrude(c, curve, cross_section, profile, core_only=True)
        if size.lead:
            straight = line(size.lead).placed(curve.end[0], curve.end[1], angle)
            draw.extrude(c, straight, cross_section, core_only=True)
    draw.beside_core(c, cross_section, flush=_SIDES)
    draw.outline_of(c, flush=_SIDES)
    end = size.end
    for number_, (x_, y_, facing) in enumerate(((-end, 0, 180), (0, end, 90), (end, 0, 0), (0, -end, 270)), 1):
        draw.port(c, f"o{number_}", x_, y_, facing, core, layer)
    c.info["length_um"] = draw.snapped(2 * end)
    return c
