"""Electro-optic phase shifter and Mach-Zehnder modulator, for light along crystal y (layout x) only.

There the field of TE light and the RF field across the gaps both lie along crystal z, where the Pockels effect is
strongest (r33). In the two gaps of a ground-signal-ground line the RF field points in opposite directions, so that the
two arms are driven push-pull. Turned by 90 degrees the same layout would modulate next to nothing: rules MOD.DIR and
CROSS.DIR find that.
"""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line, s_bend_length
from lingnan.components.common.electrodes import add_pad
from lingnan.components.process import number
from lingnan.components.tfln.electrodes import draw_electrode, electrode_of
from lingnan.components.tfln.guides import bend_euler, bend_s, straight
from lingnan.components.tfln.heaters import phase_shifter_heater
from lingnan.components.tfln.splitters import mmi1x2_y, mmi2x2_y
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_BESIDE = 5.0  #: µm that a launch's marker reaches beyond its guides


@cell("tfln", "modulators")
def phase_shifter_gsg(
    length: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    cross_section: CrossSectionSpec = "rib",
    cross_section_arm: CrossSectionSpec = "rib_modulator",
) -> gf.Component:
    """Push-pull travelling-wave phase shifter: a rib in each gap of a ground-signal-ground line, with probe pads.

    Args:
        length: of the line [µm]; the launches come on top.
        electrode: straight, or rail for a line loaded with T-rails.
        signal_width: of the signal strip [µm].
        gap: in which a rib runs: between the strips, or between their T-rails [µm].
        ground_width: of the ground strips [µm].
        launch: length over which the gaps open towards the pads, and the ribs move apart [µm].
        cross_section: of the ribs at the ports.
        cross_section_arm: of the ribs in the gaps and launches.

    Whatever is not given is the process's own (`[cells]`, cross-section `gsg`)::

                    launch    length
        e3 [ground]---.________________.---[ground] e4
        o2 -----------.________________.------------ o3
        e2 [signal]----________________----[signal] e5
        o1 -----------'----------------'------------ o4
        e1 [ground]---'----------------'---[ground] e6
    """
    name = "phase_shifter_gsg"
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    arm = draw.core_width(cross_section_arm)
    for parameter, section in (("cross_section", cross_section), ("cross_section_arm", cross_section_arm)):
        if draw.core_layer(section) != "LN_RIB":
            raise LingnanError(f"{name}: {parameter} = {section} is not a rib. Give one on layer LN_RIB.")
    shape = electrode_of(name, electrode, length, signal_width, gap, ground_width, launch, arm)
    c = gf.Component()
    way_in = shape.way_in()
    limits.curvature(name, "launch", shape.launch, way_in.radius_min, cross_section_arm)
    run = guides.taper_length(name, "taper_length of the process", shape.approach, core, arm)
    half = shape.pitch / 2
    for sign in (1, -1):
        first = line(run).placed(0, sign * half)
        last = line(run).placed(shape.total - run, sign * half)
        turn = way_in if sign == 1 else way_in.placed(mirror=True)
        back = way_in.placed(shape.total, 0, 180, mirror=sign == 1)
        draw.extrude(c, first, cross_section, np.array([core, arm]))
        draw.extrude(c, turn, cross_section_arm)
        draw.extrude(c, line(shape.length).placed(shape.start, sign * shape.middle), cross_section_arm)
        draw.extrude(c, back, cross_section_arm)
        draw.extrude(c, last, cross_section, np.array([arm, core]))
    draw_electrode(c, name, shape)
    for left, right in ((0.0, shape.start), (shape.total - shape.start, shape.total)):
        draw.box(c, left, -half - _BESIDE, right, half + _BESIDE, "TRANSITION")
    draw.outline_of(c, flush=("west", "east"))
    for port_name, x, y, facing in (
        ("o1", 0, -half, 180), ("o2", 0, half, 180), ("o3", shape.total, half, 0), ("o4", shape.total, -half, 0),
    ):  # fmt: skip
        draw.port(c, port_name, x, y, facing, core, layer)
    c.info["length_um"] = round(2 * run + 2 * way_in.length + shape.length, 6)
    c.info["metal_distance_um"] = draw.snapped((shape.gap - arm) / 2)
    return c


@cell("tfln", "modulators")
def mzm(
    length: float | None = None,
    delta_length: float | None = None,
    length_heater: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    outputs: int = 1,
    radius: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Mach-Zehnder modulator: splitter, detours of unequal length, bias heater, push-pull phase shifter, combiner.

    The bias is a heater, for a static field across lithium niobate drifts within hours.

    Args:
        length: of the electrode [µm].
        delta_length: by which the upper arm is longer [µm]; 0 leaves both detours out.
        length_heater: of the bias heater in the upper arm [µm]; 0 leaves it out.
        electrode: straight, or rail for a line loaded with T-rails.
        signal_width: of the signal strip [µm].
        gap: in which an arm runs [µm].
        ground_width: of the ground strips [µm].
        outputs: 1 or 2 guides behind the combiner.
        radius: of the detours' bends [µm]; the cross-section's if not given.
        cross_section: of the guides outside the electrode.

    e1 to e6 are the pads of the electrode as in `phase_shifter_gsg`, e7 and e8 those of the heater. Whatever is not
    given is the process's own (`[cells]`)::

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
    limits.count(name, "outputs", outputs, 1, 2)
    c = gf.Component()
    splitter = c << mmi1x2_y(cross_section=cross_section)
    c.add_port("o1", port=splitter.ports["o1"])
    shifter = phase_shifter_gsg(
        length=length,
        electrode=electrode,
        signal_width=signal_width,
        gap=gap,
        ground_width=ground_width,
        cross_section=cross_section,
    )
    height = float(shifter.ports["o2"].center[1])
    ends = {sign: splitter.ports[port] for sign, port in ((1, "o2"), (-1, "o3"))}
    size = _s_bend_size(ends[1], height, cross_section)
    for sign in ends:
        parts = [bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)]
        if extra:
            parts += _detour(sign, extra / 2 if sign == 1 else 0.0, radius, cross_section)
        ends[sign] = _chain(c, ends[sign], parts)
    if heated:
        ends = _bias(c, name, ends, heated, cross_section)
    shift = c << shifter
    shift.connect("o2", ends[1])
    for index in range(1, 7):
        c.add_port(f"e{index}", port=shift.ports[f"e{index}"])
    combiner = mmi1x2_y(cross_section=cross_section) if outputs == 1 else mmi2x2_y(cross_section=cross_section)
    size = _s_bend_size(combiner.ports["o2"], height, cross_section)
    for sign, port in ((1, "o3"), (-1, "o4")):
        bend = bend_s(size=(size[0], -sign * size[1]), cross_section=cross_section)
        ends[sign] = _chain(c, shift.ports[port], [bend])
    end = c << combiner
    end.connect("o3" if outputs == 1 else "o2", ends[1])  # the 1x2 is turned by 180 degrees, its o3 comes up
    for index, port in enumerate(("o1",) if outputs == 1 else ("o3", "o4"), 2):
        c.add_port(f"o{index}", port=end.ports[port])
    c.info["length_um"] = float(shifter.info["electrode_length_um"])
    c.info["delta_length_um"] = extra
    return c


def _chain(c: gf.Component, start: gf.Port, parts: list[gf.Component]) -> gf.Port:
    """Guides one after the other from a port on; gives the last port."""
    for part in parts:
        reference = c << part
        reference.connect("o1", start)
        start = reference.ports["o2"]
    return start


def _s_bend_size(port: gf.Port, height: float, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """Length and step of the S-bend between a splitter's upper port and an arm at `height` [µm]."""
    step = draw.snapped(height - float(port.center[1]))
    radius = gf.get_cross_section(cross_section).radius or limits.radius_limit(cross_section)
    return s_bend_length(step, radius), step


def _detour(sign: int, rise: float, radius: float | None, cross_section: CrossSectionSpec) -> list[gf.Component]:
    """Four bends away from the other arm and back, with legs that are longer by `rise` [µm]."""
    away = bend_euler(radius=radius, angle=90 * sign, cross_section=cross_section)
    back = bend_euler(radius=radius, angle=-90 * sign, cross_section=cross_section)
    leg = [straight(length=rise, cross_section=cross_section)] if rise else []
    return [away, *leg, back, back, *leg, away]


def _bias(
    c: gf.Component, cell_name: str, ends: dict[int, gf.Port], length: float, cross_section: CrossSectionSpec
) -> dict[int, gf.Port]:
    """A heater with pads in the upper arm, a guide as long in the lower one; gives the arms' far ports."""
    process = active_process()
    pad = draw.even(process.number("packaging.dc_pad_size"))
    apart = 2 * pad + process.limit("PAD.S")
    heater = phase_shifter_heater(length=length, cross_section=cross_section)
    total = float(heater.info["length_um"])
    limits.at_least(cell_name, "length_heater", length, apart, "two pads side by side, rule PAD.S")
    room = process.limit("HT.S.TL") + 3 * process.cross_sections["metal2"].width.value  # for a wire between the pads
    away = straight(length=draw.snapped(room), cross_section=cross_section)
    upper = c << heater
    upper.connect("o1", ends[1])
    for index, port in ((7, "e1"), (8, "e2")):
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
    return {1: _chain(c, upper.ports["o2"], [away]), -1: _chain(c, ends[-1], [below, away])}
