"""Thermo-optic phase shifter: a heater on the oxide above a rib."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.pdk import active_process


@cell("tfln", "heaters")
def phase_shifter_heater(
    length: float | None = None,
    width_heater: float | None = None,
    width_arm: float | None = None,
    contact: float | None = None,
    offset: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Heater above a straight rib, with contacts of top metal beside it. Serves both directions of propagation.

    The index of lithium niobate rises with temperature for n_e alone, so that one heater turns the phase of TE light
    along crystal y well and along z hardly. The light of a modulator's arms runs along y.

    Args:
        length: of the heated part [µm].
        width_heater: of the wire [µm].
        width_arm: of the two arms that lead to the contacts [µm].
        contact: side of the contacts [µm]; a via and its enclosures have to fit.
        offset: from the middle of the rib to the near edge of the contacts [µm].
        cross_section: of the rib.

    Whatever is not given is the process's own (`[cells]`)::

             e1                    e2
            [ ]                    [ ] contact
             |                      |   offset
        o1 ==|======================|== o2
                      length
    """
    name = "phase_shifter_heater"
    process = active_process()
    used = draw.snapped(limits.finite(name, "length", number(length, "heater_length")))
    wire = draw.even(limits.finite(name, "width_heater", number(width_heater, "heater_width")))
    arm = draw.even(limits.finite(name, "width_arm", number(width_arm, "heater_arm_width")))
    side = draw.even(limits.finite(name, "contact", number(contact, "heater_contact")))
    limits.guide_only(name, cross_section)
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    limits.by_rule(name, "width_heater", wire, "HT.W")
    limits.at_most(name, "width_heater", wire, 50.0, "a wire that heats its guide and not the wafer")
    limits.at_least(name, "width_arm", arm, wire, "the heater's own width: the arms stay cold")
    limits.at_most(name, "width_arm", arm, side, "the contact's own width")
    limits.at_most(name, "contact", side, 500.0, "0.5 mm")
    limits.at_most(name, "length", used, 1e5, "10 cm, larger than a wafer")
    limits.at_least(name, "length", used, 2 * side + process.limit("HT.S"), "two contacts side by side, rule HT.S")
    near = draw.snapped(limits.finite(name, "offset", number(offset, "heater_contact_distance")))
    limits.at_least(name, "offset", near, wire / 2 + process.limit("HT.S"), "HT.S")
    limits.at_least(name, "offset", near, core / 2 + process.limit("HT.S.RIB"), "HT.S.RIB")
    limits.at_most(name, "offset", near, 1000.0, "1 mm")
    c = gf.Component()
    total = used + 2 * draw.snapped((side - arm) / 2)
    west, east = draw.snapped((side - arm) / 2), draw.snapped(total - (side - arm) / 2)
    draw.extrude(c, line(total), cross_section)
    draw.box(c, west, -wire / 2, east, wire / 2, "HEATER")
    for left, right, middle in ((west, west + arm, side / 2), (east - arm, east, total - side / 2)):
        draw.box(c, left, -wire / 2, right, near + side, "HEATER")
        electrodes.add_stack(c, name, middle, near + side / 2, (side, side), ("HEATER", "M2"), "contact")
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", total, 0, 0, core, layer)
    draw.port(c, "e1", side / 2, near + side, 90, side, "M2", "electrical")
    draw.port(c, "e2", total - side / 2, near + side, 90, side, "M2", "electrical")
    c.info["length_um"] = total
    c.info["heated_length_um"] = used - 2 * arm
    squares = (used - 2 * arm) / wire + 2 * near / arm
    c.info["resistance_ohm"] = round(squares * process.metals["heater"].sheet_resistance.value, 3)
    limit = process.metals["heater"].current_limit
    if limit is not None:
        c.info["current_max_mA"] = round(limit.value * wire, 6)
    return c
