"""Two PN arms in series between the signal and one ground of a coplanar line of top metal, for modulators."""

from dataclasses import dataclass, replace

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, probing
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.components.soi.diodes import pn_sides
from lingnan.components.soi.lateral import Side, Window, block, draw_contacts, draw_windows, rib_of, side_metals
from lingnan.pdk import active_process


@dataclass(frozen=True)
class Pair:
    """Sizes of two arms and their line [µm], about the middle between the arms; checked by `pair_of`."""

    length: float  #: of the doped arms
    arm: float  #: height of the upper arm
    upper: tuple[Side, Side]  #: of the upper arm, p to the left; the lower one is its mirror image
    signal: float  #: width of the signal strip
    ground: float  #: width of the ground strips
    pad: float  #: side of a pad
    pitch: float  #: of the pads
    clear: float  #: between pads and arms

    @property
    def inner(self) -> float:
        """Half the gap between signal and upper ground."""
        return draw.snapped(self.arm + self.upper[0].metal().low)

    @property
    def gap(self) -> float:
        """Between the signal and either ground."""
        return draw.snapped(2 * self.inner)

    @property
    def start(self) -> float:
        """Where implants begin."""
        return draw.snapped(self.pad + self.clear)

    @property
    def total(self) -> float:
        """Length of the cell."""
        return draw.snapped(self.length + 2 * self.start)

    def windows(self) -> tuple[Window, ...]:
        """Implants and silicide block of both arms about the middle; those of the n sides meet there."""
        found: list[Window] = []
        for side in self.upper:
            for one in side.windows():
                low, high = max(0.0, draw.snapped(self.arm + one.low)), draw.snapped(self.arm + one.high)
                found += [Window(one.layer, low, high), Window(one.layer, -high, -low)]
        keep = block(self.upper)
        low, high = draw.snapped(self.arm + keep.low), draw.snapped(self.arm + keep.high)
        return (*found, Window("SAB", low, high), Window("SAB", -high, -low))


def pair_of(
    name: str,
    core: float,
    length: float | None,
    signal_width: float | None,
    ground_width: float | None,
    offsets: tuple[float | None, ...],
) -> Pair:
    """Sizes as given or the process's own, refused where the line cannot make them.

    Args:
        name: of the cell, for messages.
        core: width of the arms [µm].
        length: of the doped arms [µm].
        signal_width: [µm].
        ground_width: [µm].
        offsets: what `diodes.pn_sides` takes behind the core.
    """
    process = active_process()
    long, signal, ground = (
        draw.even(limits.finite(name, word, number(value, f"mzm_{word}")))
        for word, value in (("length", length), ("signal_width", signal_width), ("ground_width", ground_width))
    )
    size, pitch = (draw.even(process.number(f"packaging.rf_pad_{key}")) for key in ("size", "pitch"))
    clear = draw.snapped(number(None, "mzm_clearance"))
    upper = pn_sides(name, core, *offsets)
    over = upper[0].metal()
    arm = draw.snapped((upper[1].near + upper[1].far) / 2)
    made = Pair(long, arm, upper, signal, ground, size, pitch, clear)
    limits.at_least(name, "length", long, 2 * size, "the pads' own width, twice")
    limits.at_most(name, "length", long, 2e4, "2 cm, a reticle's width")
    meets = draw.snapped(pitch / 2 - size / 2 + process.limit("M2.W") - made.inner)
    for word, value in (("signal_width", signal), ("ground_width", ground)):
        limits.at_least(name, word, value, meets, "the pads: a strip overlaps them by M2.W")
        limits.at_least(name, word, value, draw.snapped(over.high - over.low), "the contacts' metal below")
        limits.by_rule(name, word, value, "M2.W")
        limits.at_most(name, word, value, process.limit("M2.SLOT"), "rule M2.SLOT")
    room = draw.snapped(pitch / 2 - size / 2)
    reason = "half the room between two pads: the signal's and the upper ground's strips meet their pads"
    limits.at_most(name, "contact_distance and contact_width, by the gap between the strips,", made.inner, room, reason)
    lowest = draw.snapped(3 * pitch / 2 + size / 2 - ground)
    lower = draw.snapped(made.inner + signal + made.gap)
    limits.at_most(name, "signal_width, by the lower ground's near edge,", lower, lowest, "its pads' far edge")
    return made


@cell("soi", "modulators")
def phase_shifter_series(
    length: float | None = None,
    signal_width: float | None = None,
    ground_width: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Two PN arms in series between the signal and the upper ground of a coplanar line: one voltage drives both apart.

    Both n sides share the contact between the arms, which takes the bias: each arm then has half of the signal, with
    opposite signs, and half of the capacitance loads the line. The lower ground makes the line coplanar and carries no
    arm. Gaps are equal.

    Args:
        length: of the doped arms [µm]; pads come on top.
        signal_width: of the signal strip [µm].
        ground_width: of the ground strips [µm].
        junction_offset: of both junctions from their rib's middle, towards the p side [µm].
        mid_offset_p: from a rib's edge to the p+ implant [µm].
        mid_offset_n: from a rib's edge to the n+ implant [µm].
        contact_offset_p: from a rib's edge to the p++ implant [µm].
        contact_offset_n: from a rib's edge to the n++ implant [µm].
        contact_distance: from a rib's edge to the contacts [µm].
        contact_width: of each contacts' field [µm]; that of the middle sets the distance of the arms.
        cross_section: of the arms.

    e7 is the bias. Whatever is not given is the process's own (`[cells]`)::

                                                [pad] e7
        e3 [pad]======== ground ==================|=======[pad] e4
        o2 ------------ p | n ------------------- | ------------- o3
                        n++ ----------------------'
        o1 ------------ n | p ----------------------------------- o4
        e2 [pad]======== signal ==========================[pad] e5
                  .===== ground ================.
        e1 [pad]--'                             '---------[pad] e6
    """
    name = "phase_shifter_series"
    core = rib_of(name, cross_section)
    offsets = (
        junction_offset, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n, contact_distance,
        contact_width,
    )  # fmt: skip
    pair = pair_of(name, core, length, signal_width, ground_width, offsets)
    first, last = pair.start, draw.snapped(pair.total - pair.start)
    c = gf.Component()
    for y in (pair.arm, -pair.arm):
        draw.extrude(c, line(pair.total).placed(0, y), cross_section)
    edge = draw.snapped(pair.arm + pair.upper[0].slab)
    draw.box(c, 0, -edge, pair.total, edge, "SLAB90")
    draw_windows(c, pair.windows(), first, last)
    field, over = pair.upper[0].contacts(), pair.upper[0].metal()
    draw_contacts(c, field, over, first, last, pair.arm)
    lower = replace(pair.upper[0], left=False)
    draw_contacts(c, lower.contacts(), lower.metal(), first, last, -pair.arm)
    half = draw.snapped((pair.upper[1].far - pair.upper[1].near) / 2)
    middle = side_metals(Window("VIAC", -half, half))
    draw_contacts(c, Window("VIAC", -half, half), middle, first, last, metals=("M1",))
    _line(c, name, pair)
    _bias(c, name, pair)
    draw.outline_of(c, flush=("west", "east", "north"))
    layer = draw.core_layer(cross_section)
    for index, (x, y, facing) in enumerate(
        ((0, -pair.arm, 180), (0, pair.arm, 180), (pair.total, pair.arm, 0), (pair.total, -pair.arm, 0)), 1
    ):
        draw.port(c, f"o{index}", x, y, facing, core, layer)
    c.info["length_um"] = pair.total
    c.info["doped_length_um"] = pair.length
    c.info["gap_um"] = pair.gap
    c.info["arm_distance_um"] = draw.snapped(2 * pair.arm)
    return c


def _line(c: gf.Component, name: str, pair: Pair) -> None:
    """Strips and pads, and their ports."""
    metal, wire = electrodes.metal_of(name, "metal2")
    total, low = pair.total, draw.snapped(-pair.inner - pair.signal)
    draw.box(c, 0, pair.inner, total, draw.snapped(pair.inner + pair.ground), metal)
    draw.box(c, 0, low, total, -pair.inner, metal)
    top = draw.snapped(low - pair.gap)
    bar = min(pair.ground, pair.pad)
    left = draw.snapped(pair.pad + max(pair.gap, active_process().limit("M2.S")))
    height = draw.snapped(-1.5 * pair.pitch)
    draw.box(c, left, draw.snapped(top - pair.ground), draw.snapped(total - left), top, metal)
    for side in (0, 1):
        ends = sorted(draw.snapped(total - x if side else x) for x in (left, left + bar))
        draw.box(c, ends[0], height - bar / 2, ends[1], top, metal)
        reach = sorted(draw.snapped(total - x if side else x) for x in (pair.pad / 2, left + bar))
        draw.box(c, reach[0], height - bar / 2, reach[1], height + bar / 2, metal)
        x = draw.snapped(total - pair.pad / 2 if side else pair.pad / 2)
        heights = (height, -pair.pitch / 2, pair.pitch / 2)
        for index, y in enumerate(reversed(heights) if side else heights, 1):
            electrodes.add_pad(c, name, x, y, (pair.pad, pair.pad), metal)
            at, facing = (total, 0) if side else (0.0, 180)
            draw.port(c, f"e{index + 3 * side}", at, y, facing, min(wire, pair.pad), metal, "electrical")


def _bias(c: gf.Component, name: str, pair: Pair) -> None:
    """From the metal between the arms, under the upper ground, to a pad above."""
    process = active_process()
    pad, stack = draw.even(process.number("packaging.dc_pad_size")), draw.even(number(None, "via_stack_size"))
    lead = draw.even(process.cross_sections["metal1"].width.value)
    metal, wire = electrodes.metal_of(name, "metal2")
    last = draw.snapped(pair.total - pair.start)
    x = draw.snapped(last + process.limit("M1.S") + lead / 2)
    low = draw.snapped(max(pair.inner + pair.ground, pair.pitch / 2 + pair.pad / 2) + pair.clear)
    y = draw.snapped(low - stack / 2)
    draw.box(c, draw.snapped(last - lead), -lead / 2, x, lead / 2, "M1")
    probing.wire(c, [(x, 0), (x, y), (draw.snapped(last - stack), y)], lead, "M1")
    electrodes.add_stack(c, name, draw.snapped(last - stack), y, (stack, stack), ("M1", metal), "via_stack_size")
    middle = draw.snapped(last - pad / 2)
    electrodes.add_pad(c, name, middle, draw.snapped(low + pad / 2), (pad, pad), metal)
    draw.port(c, "e7", middle, draw.snapped(low + pad), 90, min(wire, pad), metal, "electrical")
