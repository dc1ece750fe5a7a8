"""Pads, vias, and the wires that routers ask for."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common import electrodes


@cell("tfln", "pads")
def pad(size: tuple[float, float] | None = None, cross_section: str = "metal2") -> gf.Component:
    """Probe and bond pad of top metal with its opening.

    Args:
        size: width and height of the metal [µm]; the packaging's DC pad if not given.
        cross_section: wire that meets the pad; gives the ports' width.

    ::

               e2
            _______
           |       |
        e1 |  pad  | e3
           |_______|
               e4
    """
    return electrodes.draw_pad("pad", size, cross_section)


@cell("tfln", "vias")
def via_stack(size: tuple[float, float] | None = None, layers: tuple[str, ...] = ("TL", "M2")) -> gf.Component:
    """Metals over each other, joined by as many vias as fit.

    Args:
        size: width and height of every metal [µm]; the process's own square if not given.
        layers: from the lowest to the highest, each joined to the next by the line's connectivity: TL or HEATER, M2.

    ::

               e2
            _______
           | o o o |
        e1 | o o o | e3
           |_______|
               e4
    """
    return electrodes.draw_via_stack("via_stack", size, layers)


@cell("tfln", "wires")
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
    return electrodes.draw_corner("wire_corner", cross_section, width)
