"""The end of a travelling-wave line: resistors of heater metal from the signal to both grounds."""

import gdsfactory as gf

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.process import number
from lingnan.pdk import active_process


@cell("tfln", "electrodes")
def termination(resistance: float | None = None, contact: float | None = None) -> gf.Component:
    """Termination of a ground-signal-ground line: two equal resistors of heater metal, in parallel for the line.

    The pads of a line meet its ports; their width follows from the resistance and the sheet resistance of the process.

    Args:
        resistance: that the line sees [ohm]; the process's own if not given.
        contact: side of the contacts [µm]; a via and its enclosures have to fit. The process's own if not given.

    ::

        e3 [ground]---|
                      |  2 x resistance
        e2 [signal]---|
                      |  2 x resistance
        e1 [ground]---|
    """
    name = "termination"
    process = active_process()
    ohms = limits.finite(
        name, "resistance", process.number("electrical.termination") if resistance is None else resistance
    )
    side = draw.even(limits.finite(name, "contact", number(contact, "heater_contact")))
    pitch, pad = (draw.even(process.number(f"packaging.rf_pad_{key}")) for key in ("pitch", "size"))
    metal, wire = electrodes.metal_of(name, "metal2")
    limits.at_least(name, "contact", side, wire, "the wire that meets it")
    room = pitch - process.limit("M2.S")
    limits.at_most(name, "contact", side, draw.snapped(room - 10.0), "the pitch of the pads, and 10 of resistor")
    long, sheet = draw.snapped(pitch - side), process.metals["heater"].sheet_resistance.value
    limits.at_least(name, "resistance", ohms, round(long * sheet / (2 * side), 3), "a resistor as wide as its contacts")
    limits.at_most(name, "resistance", ohms, round(long * sheet / (2 * process.limit("HT.W")), 3), "HT.W of its wire")
    wide = draw.even(long * sheet / (2 * ohms))
    c = gf.Component()
    x = draw.snapped(process.limit("HT.S.TL") + side / 2)  # clear of the electrode metal under the line's pads
    for index, y in enumerate((-pitch, 0.0, pitch), 1):
        draw.box(c, 0, y - side / 2, x, y + side / 2, metal)
        electrodes.add_stack(c, name, x, y, (side, side), ("HEATER", metal), "contact")
        draw.port(c, f"e{index}", 0, y, 180, min(wire, pad), metal, "electrical")
    for low in (-pitch + side / 2, side / 2):
        draw.box(c, x - wide / 2, low, x + wide / 2, low + long, "HEATER")
    draw.outline_of(c, flush=("west",))
    c.info["resistance_ohm"] = round(long / wide * sheet / 2, 3)
    c.info["width_um"] = wide
    limit = process.metals["heater"].current_limit
    if limit is not None:
        c.info["current_max_mA"] = round(2 * limit.value * wide, 6)
    return c
