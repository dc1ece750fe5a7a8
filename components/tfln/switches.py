"""Thermal switch: a Mach-Zehnder interferometer of two inputs and two outputs with a heater on one arm."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend_length
from lingnan.components.process import number
from lingnan.components.tfln.guides import bend_s, straight
from lingnan.components.tfln.heaters import phase_shifter_heater
from lingnan.components.tfln.modulators import chain
from lingnan.components.tfln.splitters import mmi2x2_y


@cell("tfln", "switches")
def thermal_switch_y(
    length_heater: float | None = None,
    width_heater: float | None = None,
    pitch: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Thermal switch of two guides by two: couplers for half the power, a heater above the upper arm.

    Cold, light crosses from o1 to o3 and from o2 to o4; half a wave warmer it stays on its side. Arms run along
    crystal y, where the index follows the temperature.

    Args:
        length_heater: of the heated part of the upper arm [µm].
        width_heater: of the wire [µm].
        pitch: between the arms, centre to centre [µm]; heat that crosses it is lost for the switch.
        cross_section: of all guides.

    Whatever is not given is the process's own (`[cells]`)::

                          e1        e2
                         [ ]        [ ]
        o2 __    .--------|==========|-------.    __ o3
             mmi                       pitch   mmi
        o1 --    '---------------------------'    -- o4
    """
    name = "thermal_switch_y"
    apart = draw.even(limits.finite(name, "pitch", number(pitch, "switch_pitch")))
    c = gf.Component()
    first, last = (c << mmi2x2_y(cross_section=cross_section) for _ in range(2))
    upper = float(first.ports["o3"].center[1])
    limits.at_least(name, "pitch", apart, draw.even(2 * upper + 1.0), "the ports of its couplers, and a bend")
    limits.at_most(name, "pitch", apart, 1000.0, "1 mm")
    size = arm_bend(apart, upper, cross_section)
    heater = phase_shifter_heater(length=length_heater, width_heater=width_heater, cross_section=cross_section)
    middle = {1: heater, -1: straight(length=float(heater.info["length_um"]), cross_section=cross_section)}
    ends: dict[int, gf.Port] = {}
    for sign, port in ((1, "o3"), (-1, "o4")):
        away, back = (bend_s(size=(size[0], up * size[1]), cross_section=cross_section) for up in (sign, -sign))
        there = chain(c, first.ports[port], [away])
        arm = c << middle[sign]
        arm.connect("o1", there)
        if sign == 1:
            for wire in ("e1", "e2"):
                c.add_port(wire, port=arm.ports[wire])
        ends[sign] = chain(c, arm.ports["o2"], [back])
    last.connect("o2", ends[1])
    for ports, at in ((("o1", "o2"), first), (("o3", "o4"), last)):
        for port in ports:
            c.add_port(port, port=at.ports[port])
    for key in ("heated_length_um", "resistance_ohm", "current_max_mA"):
        if key in heater.info:
            c.info[key] = heater.info[key]
    c.info["length_um"] = float(heater.info["length_um"])
    return c


def arm_bend(pitch: float, port: float, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """Length and step of the bends between a coupler's ports, at ±`port`, and arms `pitch` apart [µm]."""
    step = draw.snapped(pitch / 2 - port)
    radius = draw.section_of(cross_section).radius or limits.radius_limit(cross_section)
    return s_bend_length(step, radius), step
