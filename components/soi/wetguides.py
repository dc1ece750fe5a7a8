"""Long guides in a sensing window: spirals, whose light the liquid or the gas around them takes or delays."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.common.delay import draw_spiral


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
    section, half = draw.section_of(cross_section, used), draw.snapped(around + windows.END)
    c = draw_spiral(name, turns, length_x, radius, spacing, section, beyond=half)
    windows.open_led(c, name, "length_x + margin", around, used, cross_section)
    c.info["width_um"] = used
    return c
