"""Germanium photodiodes on silicon of full height, which a guide widens into: the light climbs into the germanium.

The vertical diode has p silicon below, contacted on the slab beside, and an n implant on top of the germanium. The
lateral one has both implants and contacts on the germanium, along its edges, and silicon that is not doped.
"""

from dataclasses import dataclass

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, guides, viafields
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.components.soi.lateral import strip_only
from lingnan.pdk import active_process

Box = tuple[float, float, float, float]  #: left, low, right, high [µm]


@dataclass(frozen=True)
class Body:
    """Germanium, the silicon below it and the taper in front; x counts from the port [µm]."""

    taper: float  #: length
    tip: float  #: width of the taper where it meets the silicon
    length: float  #: of the germanium
    width: float  #: of the germanium
    margin: float  #: of silicon around it
    inset: float  #: from the germanium's edges to implants on it

    @property
    def start(self) -> float:
        """Where the germanium begins."""
        return draw.snapped(self.taper + self.margin)

    @property
    def end(self) -> float:
        """Where the silicon of full height ends."""
        return draw.snapped(self.start + self.length + self.margin)

    @property
    def first(self) -> float:
        """Where implants on the germanium begin."""
        return draw.snapped(self.start + self.inset)

    @property
    def last(self) -> float:
        """Where they end."""
        return draw.snapped(self.start + self.length - self.inset)

    @property
    def implanted(self) -> float:
        """Their length."""
        return draw.snapped(self.length - 2 * self.inset)

    @property
    def half(self) -> float:
        """Half the width of the silicon of full height."""
        return draw.snapped(self.width / 2 + self.margin)


def _inset() -> float:
    return draw.snapped(number(None, "ge_inset"))


def _body(
    name: str,
    length: float | None,
    width: float,
    taper: float | None,
    tip: float | None,
    cross_section: CrossSectionSpec,
) -> Body:
    """A body, refused where the line cannot make it."""
    process, core = active_process(), strip_only(name, cross_section)
    margin, inset = draw.snapped(number(None, "ge_margin")), _inset()
    long = draw.snapped(limits.finite(name, "length", number(length, "ge_length")))
    around = electrodes.enclosure("VIA1", "M1")
    least = max(
        process.limit("GE.W"), 2 * inset + process.limit("M2.W"), 2 * inset + process.limit("VIA1.W") + 2 * around
    )
    limits.at_least(name, "length", long, least, "GE.W and the metal of its contact")
    limits.at_most(name, "length", long, 1000.0, "1 mm: all light is gone long before")
    wide = guides.width_of(name, "taper_width", number(tip, "ge_taper_width"), cross_section)
    limits.at_least(name, "taper_width", wide, core, "the guide's own width: it widens")
    limits.at_most(name, "taper_width", wide, width, "the germanium's own width")
    run = guides.taper_length(name, "taper_length", number(taper, "ge_taper_length"), core, wide)
    return Body(run, wide, long, width, margin, inset)


@dataclass(frozen=True)
class Vertical:
    """Sizes of a vertical diode [µm]."""

    body: Body
    offset: float  #: from the silicon of full height to the p++ implant
    near: float  #: from the middle to where contacts on the slab begin
    far: float  #: to where they end
    row: float  #: width of a row of contacts on the n implant, with what encloses it

    @property
    def edge(self) -> float:
        """Half the width of the n implant."""
        return draw.snapped(self.body.width / 2 - self.body.inset)


@dataclass(frozen=True)
class Lateral:
    """Sizes of a lateral diode [µm]."""

    body: Body
    gap: float  #: of germanium without implants
    stripe: float  #: width of each implant


def vertical_of(
    length: float | None = None,
    width: float | None = None,
    contact_offset: float | None = None,
    contact_width: float | None = None,
    taper_length: float | None = None,
    taper_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> Vertical:
    """Sizes of `detector_vertical`, as given or the process's own, refused where the line cannot make it."""
    name, process = "detector_vertical", active_process()
    wide = draw.even(limits.finite(name, "width", number(width, "ge_width")))
    around, inset = electrodes.enclosure("VIAC", "GE_N"), _inset()
    step = process.limit("VIAC.W") + 2 * around
    limits.at_least(name, "width", wide, 2 * inset + 2 * step, "two rows of contacts on the n implant")
    limits.at_most(name, "width", wide, 20.0, "20 µm, slow and dark")
    body = _body(name, length, wide, taper_length, taper_width, cross_section)
    offset = draw.snapped(limits.finite(name, "contact_offset", number(contact_offset, "ge_contact_offset")))
    limits.by_rule(name, "contact_offset", offset, "DOPC.S.WG")
    limits.at_most(name, "contact_offset", offset, 20.0, "20 µm of slab that conducts little")
    field = draw.snapped(limits.finite(name, "contact_width", number(contact_width, "ge_contact_width")))
    limits.at_least(
        name, "contact_width", field, max(process.limit("VIAC.W"), process.limit("M2.W") - 2 * around), "M2.W"
    )
    most = draw.snapped(process.limit("M2.SLOT") - 2 * around)
    limits.at_most(name, "contact_width", field, most, "rule M2.SLOT of its metal")
    near = draw.snapped(body.half + max(process.limit("VIAC.S.WG"), offset + around))
    return Vertical(body, offset, near, draw.snapped(near + field), step)


def lateral_of(
    length: float | None = None,
    gap: float | None = None,
    stripe: float | None = None,
    taper_length: float | None = None,
    taper_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> Lateral:
    """Sizes of `detector_lateral`, likewise."""
    name, process = "detector_lateral", active_process()
    around, inset = electrodes.enclosure("VIAC", "GE_N"), _inset()
    apart = draw.even(limits.finite(name, "gap", number(gap, "ge_gap")))
    limits.by_rule(name, "gap", apart, "M1.S")
    limits.at_most(name, "gap", apart, 10.0, "10 µm, which carriers take 0.1 ns to cross")
    wide = draw.snapped(limits.finite(name, "stripe", number(stripe, "ge_stripe")))
    limits.at_least(name, "stripe", wide, process.limit("VIAC.W") + 2 * around, "VIAC.W and VIAC.E.DOPC on both sides")
    limits.at_most(name, "stripe", wide, 10.0, "10 µm of germanium that gives no current")
    body = _body(name, length, draw.even(apart + 2 * (wide + inset)), taper_length, taper_width, cross_section)
    return Lateral(body, apart, wide)


def _draw_body(c: gf.Component, body: Body, cross_section: CrossSectionSpec) -> None:
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    draw.extrude(c, line(body.taper), cross_section, np.array([core, body.tip]))
    draw.box(c, body.taper, -body.half, body.end, body.half, layer)
    draw.box(c, body.start, -body.width / 2, body.start + body.length, body.width / 2, "GE")
    draw.port(c, "o1", 0, 0, 180, core, layer)
    c.info["length_um"] = body.length
    c.info["width_um"] = body.width


def _top(c: gf.Component, low: Box, over: Box, name: str, y: float, facing: float) -> None:
    """Metal 1 in one box, metal 2 in another, vias where both are, and a port on the latter."""
    draw.box(c, *low, "M1")
    draw.box(c, *over, "M2")
    inset = max(electrodes.enclosure("VIA1", layer) for layer in ("M1", "M2"))
    left, bottom = (max(a, b) + inset for a, b in zip(low[:2], over[:2], strict=True))
    right, top = (min(a, b) - inset for a, b in zip(low[2:], over[2:], strict=True))
    viafields.add_via_field(c, left, bottom, right, top, "VIA1")
    metal, wire = electrodes.metal_of("detector", "metal2")
    wide = min(wire, draw.even(over[2] - over[0]))
    draw.port(c, name, draw.snapped((over[0] + over[2]) / 2), y, facing, wide, metal, "electrical")


@cell("soi", "detectors")
def detector_vertical(
    length: float | None = None,
    width: float | None = None,
    contact_offset: float | None = None,
    contact_width: float | None = None,
    taper_length: float | None = None,
    taper_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Germanium photodiode, vertical: p silicon below, n on top of the germanium.

    Args:
        length: of the germanium [µm].
        width: of the germanium [µm].
        contact_offset: from the silicon of full height to the p++ implant on the slab beside it [µm].
        contact_width: of the contacts' field on each side [µm].
        taper_length: over which the guide widens [µm].
        taper_width: of the guide where it meets the silicon under the germanium [µm].
        cross_section: of the guide, a strip.

    e1 is the anode, e2 the cathode. Whatever is not given is the process's own (`[cells]`)::

                          e2
                  ________|_______
                 |____ p++ ________|
            __---|  ____________   |-.
        o1 <     | | n ge       |  | |
            ``---|  ------------   |-'
                 |____ p++ ________|
                          |
                          e1
    """
    made = vertical_of(length, width, contact_offset, contact_width, taper_length, taper_width, cross_section)
    process, around = active_process(), electrodes.enclosure("VIAC", "GE_N")
    body, offset, step = made.body, made.offset, made.row
    near, far, edge = made.near, made.far, made.edge
    slab, reach = draw.snapped(far + around), draw.snapped(number(None, "doping_overlap"))
    c = gf.Component()
    _draw_body(c, body, cross_section)
    draw.box(c, body.taper, -slab, body.end, slab, "SLAB90")
    outer = (body.taper, draw.snapped(body.end + reach))
    draw.box(c, outer[0], -slab - reach, outer[1], slab + reach, "PP")
    first, last = body.first, body.last
    draw.box(c, first, -edge, last, edge, "GE_N")
    bar_low, bar_high = draw.snapped(near - around), slab
    for sign in (1, -1):
        low, high = sorted((sign * (body.half + offset), sign * (slab + reach)))
        draw.box(c, draw.snapped(outer[0] - reach), low, outer[1], high, "PPP")
        low, high = sorted((sign * near, sign * far))
        viafields.add_via_field(c, body.taper + around, low, body.end - around, high, "VIAC")
        low, high = sorted((sign * (edge - step + around), sign * (edge - around)))
        viafields.add_via_field(c, first + around, low, last - around, high, "VIAC")
        low, high = sorted((sign * bar_low, sign * bar_high))
        if sign == 1:
            draw.box(c, body.taper, low, body.end, high, "M1")
    bar = max(process.limit("M1.W"), draw.snapped(far - near + 2 * around))
    east = draw.snapped(max(body.end, last + process.limit("M1.S")) + bar)  # p metals meet behind the germanium
    draw.box(c, body.end, bar_low, east, bar_high, "M1")
    draw.box(c, body.end, -bar_high, east, -bar_low, "M1")
    draw.box(c, draw.snapped(east - bar), -bar_high, east, bar_high, "M1")
    middle = draw.snapped(max(-edge, -bar_low + process.limit("M2.S")))
    top = draw.snapped(slab + reach + 1.0)  # where wires meet them, clear of implants
    low = (body.taper, -bar_high, body.end, -bar_low)
    _top(c, low, (body.taper, -top, body.end, -bar_low), "e1", -top, 270)
    _top(c, (first, -edge, last, edge), (first, middle, last, top), "e2", top, 90)
    draw.outline_of(c, flush=("west", "north", "south"))
    c.info["contact_offset_um"] = offset
    return c


@cell("soi", "detectors")
def detector_lateral(
    length: float | None = None,
    gap: float | None = None,
    stripe: float | None = None,
    taper_length: float | None = None,
    taper_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Germanium photodiode, lateral: n and p stripes with contacts along both edges of the germanium.

    Args:
        length: of the germanium [µm].
        gap: of germanium that is not doped, between the stripes [µm].
        stripe: width of each implant [µm]; it ends a little inside of the germanium.
        taper_length: over which the guide widens [µm].
        taper_width: of the guide where it meets the silicon under the germanium [µm].
        cross_section: of the guide, a strip.

    e1 is the anode, e2 the cathode. Whatever is not given is the process's own (`[cells]`)::

                          e2
                   _______|______
            __--- |   n   ge     |
        o1 <      |   gap        |
            ``--- |___p__________|
                          |
                          e1
    """
    made = lateral_of(length, gap, stripe, taper_length, taper_width, cross_section)
    body, apart, wide = made.body, made.gap, made.stripe
    around = electrodes.enclosure("VIAC", "GE_N")
    c = gf.Component()
    _draw_body(c, body, cross_section)
    first, last = body.first, body.last
    low, high = apart / 2, draw.snapped(apart / 2 + wide)
    top = draw.snapped(body.half + draw.even(number(None, "via_stack_size")))
    for sign, implant, port, facing in ((-1, "GE_P", "e1", 270), (1, "GE_N", "e2", 90)):
        a, b = sorted((sign * low, sign * high))
        draw.box(c, first, a, last, b, implant)
        viafields.add_via_field(c, first + around, a + around, last - around, b - around, "VIAC")
        a, b = sorted((sign * low, sign * top))
        d, e = sorted((sign * body.half, sign * top))
        _top(c, (first, a, last, b), (first, d, last, e), port, sign * top, facing)
    draw.outline_of(c, flush=("west", "north", "south"))
    c.info["gap_um"] = apart
    return c
