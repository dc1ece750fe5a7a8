"""Interferometers with diodes in their arms: a PN modulator in series push-pull, and a PIN switch."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.process import number
from lingnan.components.soi.diodes import attenuator_pin
from lingnan.components.soi.guides import bend_s, straight, transition_strip_rib
from lingnan.components.soi.lateral import rib_of, strip_only
from lingnan.components.soi.seriespair import phase_shifter_series
from lingnan.components.soi.splitters import mmi1x2, mmi2x2
from lingnan.components.soi.tuning import phase_shifter_heater
from lingnan.pdk import active_process


@cell("soi", "modulators")
def mzm(
    length: float | None = None,
    length_heater: float | None = None,
    signal_width: float | None = None,
    ground_width: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
    cross_section_arm: CrossSectionSpec = "rib",
) -> gf.Component:
    """Mach-Zehnder modulator of two PN arms in series push-pull: splitter, bias heater, phase shifter, combiner.

    Args:
        length: of the doped arms [µm].
        length_heater: of the guide under the bias heater in the upper arm [µm]; 0 leaves heater and pads out.
        signal_width: of the signal strip [µm].
        ground_width: of the ground strips [µm].
        junction_offset: of both junctions from their rib's middle, towards the p side [µm].
        mid_offset_p: from a rib's edge to the p+ implant [µm].
        mid_offset_n: from a rib's edge to the n+ implant [µm].
        contact_offset_p: from a rib's edge to the p++ implant [µm].
        contact_offset_n: from a rib's edge to the n++ implant [µm].
        contact_distance: from a rib's edge to the contacts [µm].
        contact_width: of each contacts' field [µm]; that of the middle sets the distance of the arms.
        cross_section: of the guides outside of the arms, a strip.
        cross_section_arm: of the arms, a rib.

    e1 to e7 are those of `phase_shifter_series`, e8 and e9 the pads of the heater. Whatever is not given is the
    process's own (`[cells]`)::

                  e8      e9                     [ ] e7
                 [ ]      [ ]    e3 [ ]===========|===[ ] e4
                 _|________|_________________________________
        o1 ----<                 e2 [ ]===============[ ] e5  >---- o2
                 --------------------------------------------
                                 e1 [ ]===============[ ] e6
    """
    name = "mzm"
    strip_only(name, cross_section)
    rib_of(name, cross_section_arm)
    heated = draw.snapped(limits.finite(name, "length_heater", number(length_heater, "mzm_heater_length")))
    shifter = phase_shifter_series(
        length=length, signal_width=signal_width, ground_width=ground_width, junction_offset=junction_offset,
        mid_offset_p=mid_offset_p, mid_offset_n=mid_offset_n, contact_offset_p=contact_offset_p,
        contact_offset_n=contact_offset_n, contact_distance=contact_distance, contact_width=contact_width,
        cross_section=cross_section_arm,
    )  # fmt: skip
    arm = draw.snapped(float(shifter.ports["o2"].center[1]))
    check_arms(name, arm, cross_section_arm)
    c = gf.Component()
    first = c << mmi1x2(cross_section=cross_section)
    c.add_port("o1", port=first.ports["o1"])
    out = {1: first.ports["o2"], -1: first.ports["o3"]}
    ends = {sign: chain(c, port, [arm_bend(port, sign, arm, cross_section)]) for sign, port in out.items()}
    if heated:
        ends = _bias(c, name, ends, heated, cross_section)
    into = transition_strip_rib(strip=cross_section, rib=cross_section_arm)
    ends = {sign: chain(c, port, [into]) for sign, port in ends.items()}
    shift = c << shifter
    shift.connect("o2", ends[1])
    for index in range(1, 8):
        c.add_port(f"e{index}", port=shift.ports[f"e{index}"])
    last = c << mmi1x2(cross_section=cross_section)
    size = arm_bend(out[1], -1, arm, cross_section)
    ends = {}
    for sign, port in ((1, "o3"), (-1, "o4")):
        back = c << into
        back.connect("o2", shift.ports[port])
        bend = size if sign == 1 else arm_bend(out[-1], 1, arm, cross_section)
        ends[sign] = chain(c, back.ports["o1"], [bend])
    last.connect("o3", ends[1])  # turned by 180 degrees, its o3 comes up
    c.add_port("o2", port=last.ports["o1"])
    for key in ("doped_length_um", "gap_um", "arm_distance_um"):
        c.info[key] = float(shifter.info[key])
    return c


@cell("soi", "switches")
def switch_pin(
    length: float | None = None,
    pitch: float | None = None,
    contact_offset: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
    cross_section_arm: CrossSectionSpec = "rib",
) -> gf.Component:
    """Switch of two guides by two with a PIN diode in each arm: couplers for half the power between them.

    Without current light crosses from o1 to o3 and from o2 to o4. Current through one diode turns half a wave in
    nanoseconds, and absorbs; a little through the other one trims the balance.

    Args:
        length: of the guides in the diodes [µm].
        pitch: between the arms, centre to centre [µm].
        contact_offset: from a rib's edge to the p++ and the n++ implant [µm].
        contact_distance: from a rib's edge to the contacts [µm].
        contact_width: of each contacts' field [µm].
        cross_section: of the guides outside of the arms, a strip.
        cross_section_arm: of the arms, a rib.

    e1 and e2 are anode and cathode of the lower diode, e3 and e4 those of the upper. Whatever is not given is the
    process's own (`[cells]`)::

                           e3
        o2 __    .-------[pin]--------.    __ o3
             mmi           e4           mmi
             mmi           e1           mmi
        o1 --    '-------[pin]--------'    -- o4
                           e2
    """
    name = "switch_pin"
    strip_only(name, cross_section)
    rib_of(name, cross_section_arm)
    diode = attenuator_pin(
        length=number(length, "pin_switch_length"), contact_offset=contact_offset, contact_distance=contact_distance,
        contact_width=contact_width, cross_section=cross_section_arm,
    )  # fmt: skip
    apart = draw.even(limits.finite(name, "pitch", number(pitch, "pin_pitch")))
    wire = electrodes.metal_of(name, "metal2")[1]
    limits.at_least(
        name, "pitch", apart, draw.snapped(diode.dbbox().height() + 4 * wire), "two diodes, and wires between"
    )
    limits.at_most(name, "pitch", apart, 1000.0, "1 mm")
    c = gf.Component()
    first, last = (c << mmi2x2(cross_section=cross_section) for _ in range(2))
    into = transition_strip_rib(strip=cross_section, rib=cross_section_arm)
    ends: dict[int, gf.Port] = {}
    for sign, port, start in ((-1, "o4", 1), (1, "o3", 3)):
        there = first.ports[port]
        arm = c << diode
        arm.connect("o1", chain(c, there, [arm_bend(there, sign, apart / 2, cross_section), into]))
        for index in (0, 1):
            c.add_port(f"e{start + index}", port=arm.ports[f"e{index + 1}"])
        back = c << into
        back.connect("o2", arm.ports["o2"])
        ends[sign] = chain(c, back.ports["o1"], [arm_bend(there, -sign, apart / 2, cross_section)])
    last.connect("o2", ends[1])
    for names, at in ((("o1", "o2"), first), (("o3", "o4"), last)):
        for one in names:
            c.add_port(one, port=at.ports[one])
    c.info["doped_length_um"] = float(diode.info["doped_length_um"])
    return c


def chain(c: gf.Component, start: gf.Port, parts: list[gf.Component]) -> gf.Port:
    """Guides one after the other from a port on; gives the last port."""
    for part in parts:
        reference = c << part
        reference.connect("o1", start)
        start = reference.ports["o2"]
    return start


def arm_bend(port: gf.Port, sign: int, arm: float, cross_section: CrossSectionSpec) -> gf.Component:
    """S-bend between a splitter's port and an arm at this distance from the middle, up for a positive sign [µm]."""
    step = draw.snapped(arm - abs(float(port.center[1])))
    return bend_s(size=(s_bend_default(step, cross_section), sign * step), cross_section=cross_section)


def check_arms(name: str, arm: float, cross_section: CrossSectionSpec) -> None:
    """Refuse arms on whose two slabs transitions do not stand side by side."""
    least = draw.snapped(draw.core_width(cross_section) / 2 + draw.reach(cross_section) + 1.0)
    reason = "two transitions from strip to rib side by side"
    limits.at_least(name, "contact_distance and contact_width, by half the distance of the arms,", arm, least, reason)


def _bias(
    c: gf.Component, name: str, ends: dict[int, gf.Port], length: float, cross_section: CrossSectionSpec
) -> dict[int, gf.Port]:
    """A heater with pads e8 and e9 in the upper arm, a guide as long in the lower one; gives the arms' far ports."""
    process = active_process()
    pad = draw.even(process.number("packaging.dc_pad_size"))
    limits.at_least(
        name, "length_heater", length, 2 * pad + process.limit("PAD.S"), "two pads side by side, rule PAD.S"
    )
    heater = c << phase_shifter_heater(length=length, cross_section=cross_section)
    heater.connect("o1", ends[1])
    metal, wire = electrodes.metal_of(name, "metal2")
    for index, (port, towards) in enumerate((("e1", 1), ("e2", -1)), 8):
        x, y = (draw.snapped(float(value)) for value in heater.ports[port].center)
        wide = draw.even(float(heater.ports[port].width))
        bottom, middle = draw.snapped(y + wire), draw.snapped(x + towards * (pad - wide) / 2)
        draw.box(c, x - wide / 2, y, x + wide / 2, bottom, metal)
        electrodes.add_pad(c, name, middle, bottom + pad / 2, (pad, pad), metal)
        draw.outline(c, middle - pad / 2, y, middle + pad / 2, bottom + pad)
        draw.port(c, f"e{index}", middle, bottom + pad, 90, min(wire, pad), metal, "electrical")
    below = straight(length=length, cross_section=cross_section)
    return {1: heater.ports["o2"], -1: chain(c, ends[-1], [below])}
