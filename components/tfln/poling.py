"""Periodic poling: a guide between a comb and a rail, both removed once the domains are written.

The film is X-cut, crystal z is layout y: only a field across a guide along layout x (crystal y) writes domains. The
electrodes are drawn before the rib etch and etched away before it, so that guide and fingers never meet on the chip.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.pdk import active_process

_LEAD = 5.0  #: µm of guide beyond the electrodes at both ends, so that two devices that abut keep POLE.S


@cell("tfln", "poling")
def poled_straight(
    periods: int = 100,
    period: float | None = None,
    finger_width: float | None = None,
    gap: float | None = None,
    finger_length: float | None = None,
    cross_section: CrossSectionSpec = "rib",
    width: float | None = None,
) -> gf.Component:
    """Straight guide along layout x (crystal y) with the electrodes that pole the film under it.

    Args:
        periods: of the domains.
        period: of the domains [µm]; the process's own is for its first guide at its own width.
        finger_width: of a finger [µm]; less than the half period that it inverts, for domains grow sideways.
        gap: from the fingers' ends to the rail, with the guide in its middle [µm].
        finger_length: of a finger [µm].
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.

    Whatever is not given is the process's own (`[poling]`). The pads at the west are probed before the ribs exist::

           [pad]_______________________  rail
        o1 ============================= o2    gap
            _|_|_|_|_|_|_|_|_|_|_|_|_|_
           [pad]                         comb
    """
    name = "poled_straight"
    process = active_process()
    limits.guide_only(name, cross_section)
    limits.count(name, "periods", periods, 1, 25_000)
    core = guides.width_of(name, "width", width, cross_section)
    step = draw.snapped(limits.finite(name, "period", process.number("poling.period") if period is None else period))
    share = process.number("poling.finger_share")
    finger = draw.even(limits.finite(name, "finger_width", share * step if finger_width is None else finger_width))
    limits.by_rule(name, "finger_width", finger, "POLE.W")
    space = process.limit("POLE.S")
    if finger_width is None:  # it follows the period
        limits.at_least(name, "period", step, draw.snapped(space / (1 - share)), "POLE.S between fingers")
    else:
        limits.at_least(name, "period", step, draw.snapped(finger + space), "POLE.S between fingers")
    limits.at_most(name, "period", step, 1000.0, "1 mm")
    apart = draw.even(limits.finite(name, "gap", process.number("poling.gap") if gap is None else gap))
    widest = max(max(-low, high) for _, low, high in draw.layers_of(cross_section, core))
    limits.at_least(name, "gap", apart, draw.even(2 * widest), "the guide with what lies beside it")
    limits.at_most(name, "gap", apart, 1000.0, "1 mm")
    tall = process.number("poling.finger_length") if finger_length is None else finger_length
    limits.by_rule(name, "finger_length", tall, "POLE.S")
    limits.at_most(name, "finger_length", tall, 1000.0, "1 mm")

    rail, pad = draw.core_width("poling"), draw.even(process.number("packaging.dc_pad_size"))
    inset, beyond = process.number("poling.window_inset"), process.limit("POLE.E.ETCH")
    comb = draw.snapped(-apart / 2 - tall)
    long = draw.snapped(max(periods * step, pad))
    first = draw.snapped(_LEAD + beyond)
    c = gf.Component()
    curve = line(draw.snapped(2 * first + long))
    draw.extrude(c, curve, cross_section, core)
    draw.box(c, first, apart / 2, first + long, apart / 2 + rail, "POLE_EL")
    draw.box(c, first, comb - rail, first + long, comb, "POLE_EL")
    for number in range(periods):
        left = draw.snapped(first + number * step)
        draw.box(c, left, comb - rail, left + finger, -apart / 2, "POLE_EL")
    for low in (apart / 2, comb - pad):
        draw.box(c, first, low, first + pad, low + pad, "POLE_EL")
        draw.box(c, first + inset, low + inset, first + pad - inset, low + pad - inset, "POLE_WIN")
    draw.box(c, first - beyond, comb - pad - beyond, first + long + beyond, apart / 2 + pad + beyond, "POLE_ETCH")
    draw.outline_of(c)
    draw.end_ports(c, curve, cross_section, core, core)
    c.info["length_um"] = round(curve.length, 6)
    c.info["poled_length_um"] = draw.snapped(periods * step)
    c.info["period_um"] = step
    c.info["gap_um"] = apart
    return c
