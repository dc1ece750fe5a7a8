"""What a chip with liquids on it keeps free: channels with their gaskets, and where tubes come down."""

import math

import gdsfactory as gf

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import arc
from lingnan.components.process import number
from lingnan.pdk import active_process


@cell("soi", "fluidics")
def fluid_channel(
    length: float = 1000.0,
    width: float | None = None,
    wall: float | None = None,
    port_diameter: float | None = None,
) -> gf.Component:
    """Where a microfluidic channel lies, with its gasket and its two ports: markers, no masks.

    Bond pads and fibre couplers are kept out of it by the line's rules (FL.X.PAD, FL.X.COUPLER); guides run below, and
    windows lie in it.

    Args:
        length: between the middles of the ports [µm].
        width: of the channel [µm]; the process's own if not given.
        wall: of gasket around the channel and its ports [µm]; the process's own if not given.
        port_diameter: of inlet and outlet [µm]; the process's own if not given.

    ::

         .-----------------------------.
         |  .-.                   .-.  |
         | (f1 )=================( f2) |  width
         |  '-'      length       '-'  |
         '-----------------------------'  wall
    """
    name = "fluid_channel"
    wide, around, tube = number(width, "fluid_width"), number(wall, "fluid_wall"), number(port_diameter, "fluid_port")
    limits.by_rule(name, "width", wide, "OX.W")
    limits.at_least(name, "wall", around, active_process().number("optics.overlay"), "the overlay")
    limits.at_least(name, "port_diameter", tube, wide, "a tube as wide as the channel that it feeds")
    limits.at_least(name, "length", length, tube + around, "two ports with gasket between them")
    for parameter, value in (("length", length), ("width", wide), ("wall", around), ("port_diameter", tube)):
        limits.at_most(name, parameter, value, 1e5, "10 cm, larger than a wafer")
    used, radius, rim = draw.even(length), draw.even(tube) / 2, draw.snapped(around)
    half = draw.snapped(used / 2)
    c = gf.Component()
    draw.centred(c, 0, 0, 2 * (half + radius + rim), 2 * (radius + rim), "FLUID_KEEPOUT")
    circle = arc(radius, 180, 0.0)
    for index, (x, facing) in enumerate(((-half, 180), (half, 0)), 1):
        points = [
            (x + sign * px, sign * (py - radius))
            for sign in (1, -1)
            for px, py in zip(circle.x.tolist(), circle.y.tolist(), strict=True)
        ]
        draw.polygon(c, points, "FLUID_PORT")
        draw.port(c, f"f{index}", x, 0, facing, 2 * radius, "FLUID_PORT", "placement")
    c.info["channel_width_um"] = draw.snapped(wide)
    c.info["port_area_um2"] = round(math.pi * radius**2, 3)
    return c
