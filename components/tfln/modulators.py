"""Mach-Zehnder modulators around the phase shifters of `shifters`, for light along crystal y (layout x) only."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend_length
from lingnan.components.common.electrodes import add_pad
from lingnan.components.process import number
from lingnan.components.tfln.guides import bend_euler, bend_s, straight
from lingnan.components.tfln.heaters import phase_shifter_heater
from lingnan.components.tfln.shifters import phase_shifter_gsg
from lingnan.components.tfln.splitters import mmi1x2_y, mmi2x2_y
from lingnan.pdk import active_process

_ABOVE = 30.0  #: µm between two modulators above each other


@cell("tfln", "modulators")
def mzm(
    length: float | None = None,
    delta_length: float | None = None,
    length_heater: float | None = None,
    electrode: str = "straight",
    drive: str = "push_pull",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    inputs: int = 1,
    outputs: int = 1,
    radius: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Mach-Zehnder modulator: splitter, detours of unequal length, bias heater, phase shifter, combiner.

    The bias is a heater, for a static field across lithium niobate drifts within hours.

    Args:
        length: of the electrode [µm].
        delta_length: by which the upper arm is longer [µm]; 0 leaves both detours out.
        length_heater: of the bias heater in the upper arm [µm]; 0 leaves it out.
        electrode: straight, or rail for a line loaded with T-rails.
        drive: push_pull, with an arm in each gap, or single, with the lower arm beyond the lower ground.
        signal_width: of the signal strip [µm].
        gap: in which an arm runs [µm].
        ground_width: of the ground strips [µm].
        rail_length: of a T-rail's bar, along the line [µm].
        rail_slot: between neighbouring bars [µm].
        rail_bar: width of a bar [µm].
        rail_stem_height: from strip to bar [µm].
        rail_stem_width: of the stem, along the line [µm].
        inputs: 1 or 2 guides in front of the splitter.
        outputs: 1 or 2 guides behind the combiner.
        radius: of the detours' bends [µm]; the cross-section's if not given.
        cross_section: of the guides outside the electrode.

    e1 to e6 are the pads of the electrode as in `phase_shifter_gsg`, e7 and e8 those of the heater. With two inputs
    these are o1 and o2, and two outputs follow as o3 and o4 clockwise. Whatever is not given is the process's own
    (`[cells]`)::

                    .--.       e7      e8
                   |    |     [ ]      [ ]   e3 [     ]----------[     ] e4
                __/      \\_____|________|________________________________
        o1 --<                               e2 [     ]----------[     ] e5   >-- o2
                --.      .-----------------------------------------------
                   |    |                    e1 [     ]----------[     ] e6
                    '--'
    """
    name = "mzm"
    extra = draw.even(limits.finite(name, "delta_length", number(delta_length, "mzm_delta_length")))
    heated = limits.finite(name, "length_heater", number(length_heater, "heater_length"))
    limits.at_least(name, "delta_length", extra, 0.0, "the upper arm is the longer one")
    limits.at_most(name, "delta_length", extra, 1e4, "1 cm")
    limits.count(name, "inputs", inputs, 1, 2)
    limits.count(name, "outputs", outputs, 1, 2)
    c = gf.Component()
    splitter = c << (mmi1x2_y, mmi2x2_y)[inputs - 1](cross_section=cross_section)
    for index in range(1, inputs + 1):
        c.add_port(f"o{index}", port=splitter.ports[f"o{index}"])
    shifter = phase_shifter_gsg(
        length=length,
        electrode=electrode,
        drive=drive,
        signal_width=signal_width,
        gap=gap,
        ground_width=ground_width,
        rail_length=rail_length,
        rail_slot=rail_slot,
        rail_bar=rail_bar,
        rail_stem_height=rail_stem_height,
        rail_stem_width=rail_stem_width,
        cross_section=cross_section,
    )
    height = draw.snapped(float(shifter.ports["o2"].center[1] - shifter.ports["o1"].center[1]) / 2)
    ends = {sign: splitter.ports[f"o{inputs + (1 if sign == 1 else 2)}"] for sign in (1, -1)}
    size = s_bend_size(ends[1], height, cross_section)
    for sign in ends:
        parts = [bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)]
        if extra:
            parts += detour(sign, extra / 2 if sign == 1 else 0.0, radius, cross_section)
        ends[sign] = chain(c, ends[sign], parts)
    if heated:
        ends = bias(c, name, ends, heated, cross_section)
    shift = c << shifter
    shift.connect("o2", ends[1])
    for index in range(1, 7):
        c.add_port(f"e{index}", port=shift.ports[f"e{index}"])
    combiner = mmi1x2_y(cross_section=cross_section) if outputs == 1 else mmi2x2_y(cross_section=cross_section)
    size = s_bend_size(combiner.ports["o2"], height, cross_section)
    for sign, port in ((1, "o3"), (-1, "o4")):
        bend = bend_s(size=(size[0], -sign * size[1]), cross_section=cross_section)
        ends[sign] = chain(c, shift.ports[port], [bend])
    end = c << combiner
    end.connect("o3" if outputs == 1 else "o2", ends[1])  # the 1x2 is turned by 180 degrees, its o3 comes up
    for index, port in enumerate(("o1",) if outputs == 1 else ("o3", "o4"), inputs + 1):
        c.add_port(f"o{index}", port=end.ports[port])
    c.info["length_um"] = float(shifter.info["electrode_length_um"])
    c.info["delta_length_um"] = extra
    return c


@cell("tfln", "modulators")
def iq_modulator(
    length: float | None = None,
    delta_length: float = 0.0,
    length_heater: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    radius: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """IQ modulator: two push-pull Mach-Zehnder modulators in the arms of a third, with a heater for 90 degrees.

    Args:
        length: of both electrodes [µm].
        delta_length: by which the upper arm of each inner modulator is longer [µm]; 0: balanced.
        length_heater: of each of the three bias heaters [µm].
        electrode: straight, or rail for lines loaded with the process's own T-rails.
        signal_width: of the signal strips [µm].
        gap: in which an arm runs [µm].
        ground_width: of the ground strips [µm].
        radius: of the detours' bends [µm]; the cross-section's if not given.
        cross_section: of the guides outside the electrodes.

    I lies above Q. e1 to e8 are the ports of the inner modulator I as `mzm` has them, e9 to e16 those of Q, e17 and e18
    are the pads of the outer heater. Whatever is not given is the process's own (`[cells]`)::

                     e7  e8   e3 [         ] e4      e17  e18
                 .---------- e2 [ I       ] e5 ------[====]---.
                 |            e1 [         ] e6                |
        o1 -----<                                               >----- o2
                 |  e15 e16  e11 [         ] e12               |
                 '---------- e10 [ Q       ] e13 --------------'
                              e9 [         ] e14
    """
    name = "iq_modulator"
    heated = limits.finite(name, "length_heater", number(length_heater, "heater_length"))
    room_for_pads(name, heated)
    inner = mzm(
        length=length,
        delta_length=delta_length,
        length_heater=heated,
        electrode=electrode,
        signal_width=signal_width,
        gap=gap,
        ground_width=ground_width,
        radius=radius,
        cross_section=cross_section,
    )
    c = gf.Component()
    splitter = c << mmi1x2_y(cross_section=cross_section)
    c.add_port("o1", port=splitter.ports["o1"])
    size = s_bend_size(splitter.ports["o2"], iq_height(inner), cross_section)
    ends: dict[int, gf.Port] = {}
    for sign, port, first in ((1, "o2", 0), (-1, "o3", 8)):
        bend = bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)
        modulator = c << inner
        modulator.connect("o1", chain(c, splitter.ports[port], [bend]))
        for index in range(1, 9 if heated else 7):
            c.add_port(f"e{first + index}", port=modulator.ports[f"e{index}"])
        ends[sign] = modulator.ports["o2"]
    if heated:
        ends = bias(c, name, ends, heated, cross_section, (17, 18))
    combiner = c << mmi1x2_y(cross_section=cross_section)
    for sign in ends:
        bend = bend_s(size=(size[0], -sign * size[1]), cross_section=cross_section)
        ends[sign] = chain(c, ends[sign], [bend])
    combiner.connect("o3", ends[1])  # turned by 180 degrees, its o3 comes up
    c.add_port("o2", port=combiner.ports["o1"])
    c.info["length_um"] = float(inner.info["length_um"])
    return c


def iq_height(inner: gf.Component) -> float:
    """Height of the upper inner modulator above the middle of both, so that one lies clear above the other [µm]."""
    return draw.snapped((inner.dbbox().height() + _ABOVE) / 2)


def chain(c: gf.Component, start: gf.Port, parts: list[gf.Component]) -> gf.Port:
    """Guides one after the other from a port on; gives the last port."""
    for part in parts:
        reference = c << part
        reference.connect("o1", start)
        start = reference.ports["o2"]
    return start


def s_bend_size(port: gf.Port, height: float, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """Length and step of the S-bend between a splitter's upper port and an arm at `height` [µm]."""
    step = draw.snapped(height - float(port.center[1]))
    radius = gf.get_cross_section(cross_section).radius or limits.radius_limit(cross_section)
    return s_bend_length(step, radius), step


def detour(sign: int, rise: float, radius: float | None, cross_section: CrossSectionSpec) -> list[gf.Component]:
    """Four bends away from the other arm and back, with legs that are longer by `rise` [µm]."""
    away = bend_euler(radius=radius, angle=90 * sign, cross_section=cross_section)
    back = bend_euler(radius=radius, angle=-90 * sign, cross_section=cross_section)
    leg = [straight(length=rise, cross_section=cross_section)] if rise else []
    return [away, *leg, back, back, *leg, away]


def room_for_pads(cell_name: str, length: float) -> float:
    """Refuse a bias heater on which its two pads do not stand side by side; gives a pad's side [µm]."""
    process = active_process()
    pad = draw.even(process.number("packaging.dc_pad_size"))
    apart = 2 * pad + process.limit("PAD.S")
    limits.at_least(cell_name, "length_heater", length, apart, "two pads side by side, rule PAD.S")
    return pad


def bias(
    c: gf.Component,
    cell_name: str,
    ends: dict[int, gf.Port],
    length: float,
    cross_section: CrossSectionSpec,
    names: tuple[int, int] = (7, 8),
) -> dict[int, gf.Port]:
    """A heater with pads in the upper arm, a guide as long in the lower one; gives the arms' far ports."""
    process, pad = active_process(), room_for_pads(cell_name, length)
    heater = phase_shifter_heater(length=length, cross_section=cross_section)
    total = float(heater.info["length_um"])
    room = process.limit("HT.S.TL") + 3 * process.cross_sections["metal2"].width.value  # for a wire between the pads
    away = straight(length=draw.snapped(room), cross_section=cross_section)
    upper = c << heater
    upper.connect("o1", ends[1])
    for index, port in zip(names, ("e1", "e2"), strict=True):
        x, y = (float(value) for value in upper.ports[port].center)
        wire = float(upper.ports[port].width)
        shift = (pad - wire) / 2 * (1 if port == "e1" else -1)  # the pads stand towards each other
        bottom = draw.snapped(y + wire)
        draw.box(c, x - wire / 2, y, x + wire / 2, bottom, "M2")
        add_pad(c, cell_name, x + shift, bottom + pad / 2, (pad, pad), "M2")
        draw.box(c, x + shift - pad / 2, y + 1.0, x + shift + pad / 2, bottom + pad, "DEVREC")
        meets = process.cross_sections["metal2"].width.value
        draw.port(c, f"e{index}", draw.snapped(x + shift), bottom + pad, 90, meets, "M2", "electrical")
    below = straight(length=total, cross_section=cross_section)
    return {1: chain(c, upper.ports["o2"], [away]), -1: chain(c, ends[-1], [below, away])}
