"""Resonators with a window in the cladding, where what is to be sensed touches the guide."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.process import number
from lingnan.pdk.errors import LingnanError


@cell("soi", "sensors")
def ring_sensor(
    radius: float = 20.0,
    length_x: float = 10.0,
    gap: float | None = None,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack on one bus, all of it in a sensing window.

    Args:
        radius: half the distance of the two straights [µm].
        length_x: of both straights [µm].
        gap: between racetrack and bus, edge to edge [µm]; wide enough for the opening etch if not given.
        margin: of the window around the guides [µm]; the process's own if not given.
        cross_section: of racetrack and bus, a strip.

    ::

          . . . . . . . . . . . .
          .    .-----------.    .  window
          .   /             \\   .
          .   \\   length_x  /   .
          .    '-----------'    .
        o1 ______ gap ____________ o2
          . . . . . . . . . . . .
    """
    name = "ring_sensor"
    if len(draw.layers_of(cross_section, draw.core_width(cross_section))) > 1:
        raise LingnanError(f"{name}: cross_section = {cross_section} has a slab; the window is for a strip. Give one.")
    around = number(margin, "sensor_window_margin")
    limits.at_least(name, "margin", around, 1.0, "the overlay of the window with room for its wall")
    limits.at_most(name, "margin", around, 1000.0, "1 mm")
    wide = draw.snapped(around)
    ring = Ring(radius, length_x, (number(gap, "sensor_gap"),), 0.5, cross_section, beyond=wide + 1.0)
    c = draw_ring(name, ring)
    core = c.dbbox(draw.layer_index(c, draw.core_layer(cross_section)))
    left, right = core.left + 1.0, core.right - 1.0
    limits.by_rule(name, "radius + margin", min(right - left, core.height() + 2 * wide), "OX.W")
    draw.box(c, left, core.bottom - wide, right, core.top + wide, "OXOPEN")
    draw.outline(c, core.left, core.bottom - wide - 1.0, core.right, core.top + wide + 1.0)
    c.info["window_share"] = 1.0
    c.info["window_um2"] = round((right - left) * (core.height() + 2 * wide), 3)
    return c
