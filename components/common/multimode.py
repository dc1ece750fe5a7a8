"""Multimode interference couplers of any cross-section: one body, tapered ports at both ends."""

from dataclasses import dataclass

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, guides
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.common.curves import join, line, s_bend
from lingnan.pdk.errors import LingnanError


@dataclass(frozen=True)
class Multimode:
    """What makes an MMI, all in µm."""

    inputs: int  #: 1 to 3
    outputs: int  #: 1 to 3
    width: float  #: of the body
    length: float  #: of the body
    port_width: float  #: of the tapers where they meet the body
    gap: float  #: between neighbouring tapers, edge to edge
    taper_length: float
    cross_section: CrossSectionSpec
    lead: float = 0.0  #: guides are led apart to this distance, centre to centre, where their tapers are nearer


def draw_mmi(cell: str, shape: Multimode) -> gf.Component:
    """Body from x = 0 to its length; o1 … clockwise from the south-west."""
    core = draw.core_width(shape.cross_section)
    for name, value in (("width_mmi", shape.width), ("width_taper", shape.port_width)):
        limits.guide_width(cell, name, value, shape.cross_section)
    limits.at_least(cell, "length_mmi", shape.length, shape.port_width, "a body as long as its ports are wide")
    limits.at_most(cell, "length_mmi", shape.length, 1e4, "1 cm")
    limits.at_most(cell, "width_mmi", shape.width, 1e3, "1 mm")
    port_width, width, length = draw.even(shape.port_width), draw.even(shape.width), draw.snapped(shape.length)
    taper = guides.taper_length(cell, "length_taper", shape.taper_length, core, port_width)
    limits.guide_gap(cell, "gap_mmi", shape.gap, shape.cross_section)
    pitch = draw.even(shape.gap + port_width)
    limits.at_least(
        cell, "gap_mmi", shape.gap, limits.space_of(shape.cross_section) + core - port_width, "the guides at the ports"
    )
    most = max(shape.inputs, shape.outputs)
    needed = (most - 1) * pitch + port_width
    if width < needed:
        raise LingnanError(
            f"{cell}: width_mmi = {shape.width:g} µm is below the {needed:g} µm that its ports take "
            f"(width_taper = {shape.port_width:g}, gap_mmi = {shape.gap:g}). Use width_mmi >= {needed:g}."
        )
    limits.at_least(cell, "pitch", shape.lead, 0.0, "a distance is not negative")
    limits.at_most(cell, "pitch", shape.lead, 1e3, "1 mm")
    apart = max(0.0, (draw.even(shape.lead) - pitch) * (most - 1) / 2)
    lead = s_bend(draw.snapped(s_bend_default(apart, shape.cross_section)), draw.snapped(apart))
    c = gf.Component()
    layer = draw.core_layer(shape.cross_section)
    draw.box(c, 0, -width / 2, length, width / 2, layer)
    west, east = ([pitch * (k - (n - 1) / 2) for k in range(n)] for n in (shape.inputs, shape.outputs))
    beside = line(float(lead.x[-1])) if apart and most == 3 else None  # a middle guide is as long as the others' bends
    ends: list[tuple[float, float, float]] = []
    for side, (x, heights) in ((-1, (0.0, west)), (1, (length, east[::-1]))):
        for y in heights:
            away = lead.placed(mirror=side * y < 0) if y and apart else beside
            curve = line(taper) if away is None else join(line(taper), away)
            widths = np.interp(curve.s, [0.0, taper], [port_width, core])
            curve = curve.placed(x, y, 0 if side > 0 else 180)
            draw.extrude(c, curve, shape.cross_section, widths, core_only=True)
            ends.append((draw.snapped(curve.end[0]), draw.snapped(curve.end[1]), 90.0 - side * 90.0))
    draw.beside_core(c, shape.cross_section)
    draw.outline_of(c)
    for number, (x, y, facing) in enumerate(ends, 1):
        draw.port(c, f"o{number}", x, y, facing, core, layer)
    c.info["width_mmi_um"] = width
    c.info["length_mmi_um"] = length
    c.info["port_pitch_um"] = draw.snapped(pitch + 2 * apart / max(most - 1, 1))
    c.info["length_um"] = round(length + 2 * taper + (2 * lead.length if apart else 0.0), 6)
    return c
