"""Pads, vias, and the wires that routers ask for."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.pdk import active_process


@cell("soi", "pads")
def pad(size: tuple[float, float] | None = None, cross_section: str = "metal2") -> gf.Component:
    """Probe and bond pad of top metal with its opening.

    Args:
        size: width and height of the metal [µm]; the packaging's DC pad if not given.
        cross_section: wire that meets the pad; gives metal and port width.

    ::

               e2
            _______
           |       |
        e1 |  pad  | e3
           |_______|
               e4
    """
    process = active_process()
    square = process.number("packaging.dc_pad_size")
    width, height = (draw.even(value) for value in (size or (square, square)))
    layer, wire = electrodes.metal_of("pad", cross_section)
    inset = process.limit("PAD.E.M2")
    for index, value in enumerate((width, height)):
        least = process.limit("PAD.W") + 2 * inset
        limits.at_least("pad", f"size[{index}]", value, least, "rules PAD.W and PAD.E.M2")
        limits.at_most("pad", f"size[{index}]", value, 1000.0, "1 mm")
    c = gf.Component()
    draw.centred(c, 0, 0, width, height, layer)
    draw.centred(c, 0, 0, width - 2 * inset, height - 2 * inset, "PADOPEN")
    draw.outline_of(c, flush=("west", "north", "east", "south"))
    electrodes.ports_around(c, width, height, layer, wire)
    c.info["area_um2"] = width * height
    return c


@cell("soi", "vias")
def via_stack(size: tuple[float, float] = (10.0, 10.0), layers: tuple[str, ...] = ("M1", "M2")) -> gf.Component:
    """Metals over each other, joined by as many vias as fit.

    Args:
        size: width and height of every metal [µm].
        layers: from the lowest to the highest, each joined to the next by the line's connectivity.

    ::

               e2
            _______
           | o o o |
        e1 | o o o | e3
           |_______|
               e4
    """
    electrodes.check_layers("via_stack", layers)
    used = (draw.even(size[0]), draw.even(size[1]))
    for index, value in enumerate(size):
        limits.at_most("via_stack", f"size[{index}]", value, 1000.0, "1 mm")
    c = gf.Component()
    electrodes.add_stack(c, "via_stack", 0, 0, used, layers, "size")
    draw.outline_of(c, flush=("west", "north", "east", "south"))
    electrodes.ports_around(c, used[0], used[1], layers[-1], min(used))
    return c


@cell("soi", "wires")
def wire_corner(
    cross_section: CrossSectionSpec = "metal2", width: float | None = None, radius: float | None = None
) -> gf.Component:
    """Square corner of a wire, for routers.

    Args:
        cross_section: of the wire.
        width: of the wire [µm]; the cross-section's if not given.
        radius: taken and not used; routers pass one to every bend.

    ::

             e2
            ____
        e1 |    |
           |____|
    """
    layer, wire = electrodes.metal_of("wire_corner", cross_section)
    if width is not None:
        limits.guide_width("wire_corner", "width", width, cross_section)
        wire = draw.even(width)
    c = gf.Component()
    draw.centred(c, 0, 0, wire, wire, layer)
    draw.port(c, "e1", -wire / 2, 0, 180, wire, layer, "electrical")
    draw.port(c, "e2", 0, wire / 2, 90, wire, layer, "electrical")
    c.info["length"] = c.info["length_um"] = wire
    c.info["dy"] = wire / 2
    return c
