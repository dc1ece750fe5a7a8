"""Long guides in a sensing window: spirals, whose light the liquid or the gas around them takes or delays."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.common.curves import line
from lingnan.components.common.delay import draw_spiral

_SLOPE = 40.0  #: length of a taper over what each of its walls moves: far flatter than light spreads by itself


@cell("soi", "sensors")
def spiral_sensor(
    turns: int = 4,
    length_x: float = 100.0,
    radius: float | None = None,
    spacing: float | None = None,
    width: float | None = None,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Double spiral in a sensing window, for absorption in a gas and for phase; `info` has its length.

    Args:
        turns: of each of the two arms.
        length_x: of the straights [µm].
        radius: of the two bends of the S in the middle [µm]; the cross-section's if not given.
        spacing: between neighbours, centre to centre [µm]; where the line sees no crosstalk if not given.
        width: of the spiral's guide [µm], which tapers lead to; the cross-section's if not given.
        margin: of the window around the spiral [µm]; the process's own if not given.
        cross_section: of the ports, a strip.

    ::

           . . . . . . . . . . . . . .
        o1 ______________________    .
           . .----------------.  \\  .
           ./  .------------.  \\  | .  window
           |  (______length_x_)   | .
           .\\  '-----------------'  .
           . '_______________________ o2
           . . . . . . . . . . . . . .
    """
    name = "spiral_sensor"
    windows.strip_only(name, cross_section)
    around = windows.margin_of(name, margin)
    used = guides.width_of(name, "width", width, cross_section)
    limits.by_rule(name, "width", used, "OX.WG.W")
    own, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    tapered, half = taper_length(used, own), draw.snapped(around + windows.END)
    c = draw_spiral(name, turns, length_x, radius, spacing, draw.section_of(cross_section, used), beyond=half)
    ends = [port.center for port in c.ports]
    c.ports.clear()
    c.kdb_cell.shapes(draw.layer_index(c, "DEVREC")).clear()  # the window's takes its place
    windows.open_all(c, name, "length_x + margin", around, cross_section, beyond=tapered)
    for name_of, (x, y), sign in zip(("o1", "o2"), ends, (-1, 1), strict=True):
        if tapered:
            lead = line(tapered).placed(x, y, 90.0 - sign * 90.0)
            draw.extrude(c, lead, cross_section, np.array([used, own]))
        draw.port(c, name_of, draw.snapped(x + sign * tapered), y, 90.0 - sign * 90.0, own, layer)
    c.info["width_um"] = used
    return c


def taper_length(one: float, two: float) -> float:
    """From one width to another, at an end of a sensing guide [µm]."""
    return draw.snapped(_SLOPE * abs(one - two) / 2)
