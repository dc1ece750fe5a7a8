"""Optical phased arrays: a tree of splitters, a heater on every channel, guides of one length, grating antennas."""

from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, guides
from lingnan.components.common.curves import Curve, join, line
from lingnan.components.common.delay import crosstalk_pitch
from lingnan.components.common.probing import wire
from lingnan.components.process import number
from lingnan.components.soi.antennas import Teeth, draw_antenna, emission_port, teeth_of
from lingnan.components.soi.legs import EULER, leg_to
from lingnan.components.soi.splitters import mmi1x2
from lingnan.components.soi.tuning import phase_shifter_heater
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

MOST = 256  #: antennas
_CLEAR = 5.0  #: µm between a pad and the guide that passes it


def positions(antennas: int, pitch: Any, pitch_end: Any, power: Any, xp: Any = np) -> Any:
    """Where antennas stand across the array, symmetric about 0 and rising, (antennas,) [µm].

    Gaps grow from `pitch` in the middle to `pitch_end` at both ends with a power of the gap's number.

    Args:
        antennas: an even number.
        pitch: [µm].
        pitch_end: [µm].
        power: 1 for gaps that grow evenly.
        xp: NumPy, or JAX's where sizes are traced.
    """
    half = antennas // 2
    share = np.arange(1, half) / max(half - 1, 1)
    gaps = pitch + (pitch_end - pitch) * xp.asarray(share) ** power
    upper = pitch / 2 + xp.concatenate([xp.zeros(1), xp.cumsum(gaps)])
    return xp.concatenate([-upper[::-1], upper])


@dataclass(frozen=True)
class Fan:
    """Guides of one length from channels to antennas, for the upper half of an array [µm]."""

    channels: tuple[float, ...]  #: heights where they begin
    antennas: tuple[float, ...]  #: heights where they end
    radius: float
    step: float  #: between neighbours on their way up and down
    lead: float  #: straight at both ends

    @property
    def rises(self) -> list[float]:
        """How far each goes up before it comes down: the inner ones more, so that all are equally long."""
        falls = [channel - antenna for channel, antenna in zip(self.channels, self.antennas, strict=True)]
        return [draw.snapped(2 * self.radius + (falls[-1] - fall) / 2) for fall in falls]

    @property
    def width(self) -> float:
        """Along x [µm]."""
        return draw.snapped(2 * self.lead + 4 * self.radius + 2 * self.step * (len(self.channels) - 1))

    @property
    def top(self) -> float:
        """Highest centre line [µm]."""
        return self.channels[-1] + self.rises[-1]

    def curves(self, bend: Curve) -> list[Curve]:
        """Centre lines of the upper half, innermost first; `bend` turns left by 90 degrees."""
        right, count, found = bend.placed(mirror=True), len(self.channels), []
        for index, (low, high, rise) in enumerate(zip(self.antennas, self.channels, self.rises, strict=True)):
            up = draw.snapped(self.lead + self.step * (count - 1 - index))
            across = draw.snapped(2 * self.step * index)
            down = draw.snapped(high + rise - low - 2 * self.radius)
            rest = draw.snapped(self.width - up - across - 4 * self.radius)
            parts = (up, bend, rise - 2 * self.radius, right, across, right, down, bend, rest)
            curves = [one if isinstance(one, Curve) else line(draw.snapped(one)) for one in parts]
            found.append(join(*(one for one in curves if one.length)).placed(0.0, high))
        return found


@dataclass(frozen=True)
class Plan:
    """An array as it is drawn."""

    teeth: Teeth
    heights: tuple[float, ...]  #: of antennas, rising [µm]
    channels: tuple[float, ...]  #: of heaters, rising [µm]
    heater: float  #: length of each [µm]
    fan: Fan
    stages: int

    @property
    def legs(self) -> tuple[float, ...]:
        """Height that each stage of the tree goes over, from the middle of a splitter to that of the next [µm]."""
        outer = list(self.channels[len(self.channels) // 2 :])
        step = outer[1] - outer[0] if len(outer) > 1 else 0.0
        first = (outer[0] + outer[-1]) / 2
        return (first, *(step * len(outer) / 2 ** (stage + 1) for stage in range(1, self.stages)))


def plan_of(
    name: str, antennas: int, pitch: float, pitch_end: float | None, pitch_power: float, pitch_channel: float,
    length_heater: float, teeth: Teeth, cross_section: CrossSectionSpec,
) -> Plan:  # fmt: skip
    """Checked places of an array; parameters as of `phased_array`."""
    process = active_process()
    limits.count(name, "antennas", antennas, 2, MOST)
    if antennas & (antennas - 1):
        raise LingnanError(
            f"{name}: antennas = {antennas} is no power of two, as a tree of splitters has. Use 16, 32, …"
        )
    last = pitch if pitch_end is None else pitch_end
    radius = draw.snapped(float(draw.section_of(cross_section).radius or 0.0))
    room = draw.snapped(2 * teeth.reach + process.limit("SH.S"))
    fork = float(mmi1x2(cross_section=cross_section).ports["o2"].center[1])
    pad = draw.even(process.number("packaging.rf_pad_size"))
    across = electrodes.metal_of(name, "metal2")[1]
    least = max(draw.even(2 * (2 * radius + fork)), draw.snapped(pad / 2 + across / 2 + process.limit("M2.S")))
    limits.at_least(name, "pitch_channel", pitch_channel, least, "bends of the tree, and pads between wires")
    limits.at_most(name, "pitch_channel", pitch_channel, 500.0, "0.5 mm")
    between = draw.even(pitch_channel)
    for parameter, value in (("pitch", pitch), ("pitch_end", last)):
        limits.at_least(name, parameter, value, room, "SH.S, between the grooves of neighbours")
        limits.at_most(name, parameter, value, between / 2, "half the distance of the channels: the fan draws together")
    limits.at_least(name, "pitch_power", pitch_power, 0.5, "gaps that grow")
    limits.at_most(name, "pitch_power", pitch_power, 10.0, "gaps that all but the last are alike")
    long = draw.snapped(limits.finite(name, "length_heater", length_heater))
    limits.at_least(name, "length_heater", long, 100.0, "its contacts and the wire that all share")
    limits.at_most(name, "length_heater", long, 5000.0, "5 mm")
    half = antennas // 2
    outer = positions(antennas, pitch, last, pitch_power)[half:]
    heights = tuple(draw.snapped(float(one)) for one in outer)
    contact, aside = number(None, "heater_contact"), number(None, "heater_contact_distance")
    first = draw.even(max(between / 2, pad / 2 + aside + contact / 2 + _CLEAR))
    channels = tuple(draw.snapped(first + between * index) for index in range(half))
    step = crosstalk_pitch(cross_section)
    fan = Fan(channels, heights, radius, step, step)

    def both(upper: tuple[float, ...]) -> tuple[float, ...]:
        return (*(-one for one in upper[::-1]), *upper)

    return Plan(teeth, both(heights), both(channels), long, fan, antennas.bit_length() - 1)


def look_around(plan: Plan, view_deg: float, wavelength: float = 1.55) -> None:
    """Refuse what is no field of view, and warn of a second beam in it.

    Args:
        plan: of the array.
        view_deg: the field is ± this angle [degrees].
        wavelength: [µm].
    """
    from lingnan.solvers.lidar.views import warn_of_second_beam  # takes a second to import

    limits.at_least("phased_array", "view_deg", view_deg, 0.1, "a field that heaters steer through")
    limits.at_most("phased_array", "view_deg", view_deg, 90.0, "the plane of the chip")
    warn_of_second_beam("phased_array", plan.heights, wavelength, view_deg, view_deg)


def way_of(plan: Plan, cross_section: CrossSectionSpec) -> float:
    """Guides between o1 and an antenna's taper, without splitters, bends of the tree and heaters [µm]."""
    core = draw.core_width(cross_section)
    bend = guides.bend_curve("phased_array", None, 90, EULER, cross_section, core)
    fork = abs(float(mmi1x2(cross_section=cross_section).ports["o2"].center[1]))
    tree = sum(leg - fork - 2 * bend.end[1] for leg in plan.legs)
    return _pads()[2] + tree + plan.fan.curves(bend)[0].length


def _pads() -> tuple[float, float, float]:
    """Size and distance of the heaters' pads, and how far they reach west of the tree [µm]."""
    size, step = (draw.even(active_process().number(f"packaging.rf_pad_{key}")) for key in ("size", "pitch"))
    return size, step, draw.snapped(1.5 * step + size / 2)


def _tree(c: gf.Component, plan: Plan, cross_section: CrossSectionSpec) -> list[gf.Port]:
    """Splitters from the origin on; gives the far ports, from south to north."""
    ends: list[gf.Port] = []
    for stage, leg in enumerate(plan.legs):
        following: list[gf.Port] = []
        for before in ends if stage else [None]:
            splitter = c << mmi1x2(cross_section=cross_section)
            if before is not None:
                splitter.connect("o1", before)
            middle = float(splitter.ports["o1"].center[1])
            for name, sign in (("o3", -1), ("o2", 1)):
                following.append(leg_to(c, splitter.ports[name], draw.snapped(middle + sign * leg), cross_section))
        ends = following
    return ends


def _wires(c: gf.Component, name: str, heaters: list[Any], west: float) -> tuple[float, float]:
    """Pads of the heaters in two columns, and the wire that all share; gives the west and the top of the pads [µm]."""
    layer, across = electrodes.metal_of(name, "metal2")
    pad, step, out = _pads()
    near = draw.snapped(west - step / 2)
    for index, heater in enumerate(heaters):
        contact = heater.ports["e1"]
        middle = draw.snapped(float(contact.center[1]) - number(None, "heater_contact") / 2)
        x = draw.snapped(near - step * (index % 2))
        wire(c, [(x, middle), (draw.snapped(float(contact.center[0])), middle)], across, layer)
        electrodes.add_pad(c, name, x, middle, (pad, pad), layer)
        draw.port(c, f"e{index + 1}", draw.snapped(x - pad / 2), middle, 180, across, layer, "electrical")
    shared = heaters[0].ports["e2"], heaters[-1].ports["e2"]
    right = draw.snapped(float(shared[0].center[0]) + number(None, "heater_contact") / 2)
    bus, count = draw.snapped(2 * across), len(heaters)
    low, high = (draw.snapped(float(port.center[1])) for port in shared)
    ends = draw.snapped(low - number(None, "heater_contact") - 2 * _CLEAR), draw.snapped(high + _CLEAR)
    draw.box(c, right - bus, ends[0] - pad / 2, right, ends[1] + pad / 2, layer)
    for index, (edge, sign) in enumerate(((ends[1], 1), (ends[0], -1)), count + 1):
        middle = draw.snapped(edge + sign * pad / 2)
        electrodes.add_pad(c, name, draw.snapped(right - pad / 2), middle, (pad, pad), layer)
        beside = heaters[-1 if sign > 0 else 0].dbbox()
        start = beside.top if sign > 0 else beside.bottom
        bottom, top = sorted((draw.snapped(start), draw.snapped(middle + sign * pad / 2)))
        draw.outline(c, right - pad, bottom, right, top)
        place = draw.snapped(right - pad / 2)
        facing = 90 if sign > 0 else 270
        draw.port(c, f"e{index}", place, draw.snapped(middle + sign * pad / 2), facing, across, layer, "electrical")
    return draw.snapped(west - out), draw.snapped(high + pad / 2)


@cell("soi", "lidar")
def phased_array(
    antennas: int = 4,
    pitch: float = 2.0,
    pitch_end: float | None = None,
    pitch_power: float = 2.0,
    length: float = 60.0,
    period: float = 0.6,
    period_end: float | None = None,
    fill: float = 0.5,
    width: float = 1.2,
    bite: float | None = None,
    bite_end: float | None = None,
    taper: float = 20.0,
    length_heater: float = 150.0,
    pitch_channel: float = 50.0,
    cross_section: CrossSectionSpec = "strip",
    view_deg: float = 12.0,
) -> gf.Component:
    """Optical phased array: splitters, a heater on every channel, guides of one length, and grating antennas.

    Antennas face east and send their light up; those in the middle have the distance `pitch`, and towards both ends
    distances grow to `pitch_end`, so that fewer and fewer of them send light where a taper would have less of it.

    Args:
        antennas: 2, 4, 8, … 256.
        pitch: between the two antennas in the middle [µm].
        pitch_end: between the last two at either end [µm]; as `pitch` if not given.
        pitch_power: how gaps grow from the middle: 1 evenly, more: late.
        length: of each grating [µm].
        period: of its grooves where light comes in [µm].
        period_end: the same at the far end [µm]; as `period` if not given.
        fill: share of a period that is not etched.
        width: of the guide in the grating [µm].
        bite: how far grooves reach in at the near end [µm]; the overlap rule of the etch if not given.
        bite_end: the same at the far end [µm]; as `bite` if not given.
        taper: length of the taper to each grating [µm].
        length_heater: of the guide under each heater [µm].
        pitch_channel: between heaters, centre to centre [µm].
        cross_section: of all guides, a strip.
        view_deg: the beam is meant to be steered to ± this angle across the antennas, and to be alone there [degrees].

    Warns:
        GratingLobeWarning: a second beam comes into that field, at 1.55 µm; its angle.

    o2 to o5 are what the antennas send, from south to north; e1 to e4 the pads of the heaters, from south to north, e5
    and e6 both ends of the wire that all share; and so on with more antennas::

        [e4]  [ ]                          [e5]
           ---------------.--------- heater -|-.   .--- antenna (o5)
              [e3]     .-<                   |  '-'
           ---------- |   '--------- heater -|-.     .- antenna (o4)
        o1 ----------<                       |
        [e2]  [ ]     |   .--------- heater -|-'     '- antenna (o3)
           ------------'-<                   |  .-.
              [e1]        '--------- heater -|-'   '--- antenna (o2)
                                           [e6]
    """
    name = "phased_array"
    teeth = teeth_of(name, length, period, period_end, fill, width, bite, bite_end, taper, cross_section)
    plan = plan_of(
        name, antennas, pitch, pitch_end, pitch_power, pitch_channel, length_heater, teeth, cross_section
    )  # fmt: skip
    look_around(plan, view_deg)
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    c = gf.Component()
    heater = phase_shifter_heater(length=plan.heater, cross_section=cross_section)
    heaters = []
    for port in _tree(c, plan, cross_section):
        one = c << heater
        one.connect("o1", port)
        heaters.append(one)
    root = draw.snapped(float(mmi1x2(cross_section=cross_section).ports["o1"].center[0]))  # the first stands at 0
    west, high = _wires(c, name, heaters, root)
    draw.extrude(c, line(draw.snapped(root - west)).placed(west, 0.0), cross_section)
    draw.outline(c, west, -high, root, high)
    draw.port(c, "o1", west, 0.0, 180, core, layer)
    start = draw.snapped(float(heaters[0].ports["o2"].center[0]))
    bend = guides.bend_curve(name, None, 90, EULER, cross_section, core)
    curves = plan.fan.curves(bend)
    for curve in curves:
        for mirror in (False, True):
            moved = curve.placed(mirror=mirror).placed(start, 0.0)
            draw.extrude(c, moved, cross_section)
    begin, tip = draw.snapped(start + plan.fan.width), draw.even(number(None, "edge_tip_width"))
    taken = guides.taper_length(name, "width", number(None, "terminator_length"), teeth.width, tip)
    end = begin
    for index, height in enumerate(plan.heights):
        end = draw_antenna(c, teeth, begin, height, cross_section)
        draw.extrude(c, line(taken).placed(end, height), cross_section, np.array([teeth.width, tip]))
        emission_port(c, f"o{index + 2}", teeth, begin + teeth.taper, height, layer)
    far, aside = draw.snapped(end + taken), draw.snapped(plan.heights[-1] + teeth.reach)
    draw.box(c, begin + teeth.taper, -aside, far + 1.0, aside, "COUPLER")  # over the tips, which end in nothing
    edge = draw.snapped(plan.fan.top + core / 2 + 1.0)
    draw.outline(c, start, -edge, draw.snapped(far + 1.0), edge)
    c.info["antennas"] = antennas
    c.info["aperture_um"] = draw.snapped(plan.heights[-1] - plan.heights[0])
    c.info["length_um"] = teeth.length
    c.info["fan_um"] = round(curves[0].length, 6)
    c.info["resistance_ohm"] = float(heater.info["resistance_ohm"])
    if active_process().metals["heater"].current_limit is not None:
        c.info["current_shared_mA"] = round(antennas * float(heater.info["current_max_mA"]), 3)
    return c
