"""Guides with a diode across: PN phase shifters driven in reverse, PIN attenuators driven forward.

Published junctions have their p++ edge 0.575 and n++ edge 0.525 µm from the rib and contacts 2.7 µm from it (CSG in the
process file); `components.soi.lateral` says how masks overlap.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.process import number
from lingnan.components.soi.lateral import MASKS, Side, Window, draw_doped, junction_of, length_of, rib_of, side_of
from lingnan.pdk import active_process


def pn_sides(
    name: str,
    core: float,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
) -> tuple[Side, Side]:
    """Both sides of a lateral PN junction: p to the left, n to the right."""
    junction = junction_of(name, core, junction_offset)
    left = side_of(
        name, "p", core, left=True, junction=junction,
        mid=("mid_offset_p", number(mid_offset_p, "pn_mid_offset_p")),
        contact=("contact_offset_p", number(contact_offset_p, "pn_contact_offset_p")),
        distance=contact_distance, width=contact_width,
    )  # fmt: skip
    right = side_of(
        name, "n", core, left=False, junction=-junction,
        mid=("mid_offset_n", number(mid_offset_n, "pn_mid_offset_n")),
        contact=("contact_offset_n", number(contact_offset_n, "pn_contact_offset_n")),
        distance=contact_distance, width=contact_width,
    )  # fmt: skip
    return left, right


@cell("soi", "phase shifters")
def phase_shifter_pn(
    length: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Rib with a lateral PN junction: carriers are drawn out of it in reverse.

    Args:
        length: of the guide [µm]; implants end a little before its ports.
        junction_offset: of the junction from the rib's middle, towards the p side [µm].
        mid_offset_p: from the rib's edge to the p+ implant [µm].
        mid_offset_n: from the rib's edge to the n+ implant [µm].
        contact_offset_p: from the rib's edge to the p++ implant [µm].
        contact_offset_n: from the rib's edge to the n++ implant [µm].
        contact_distance: from the rib's edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of the rib.

    e1 is the anode. Whatever is not given is the process's own (`[cells]`)::

                      e1
             [ M2, M1, contacts, p++ ]
               p+
               p
        o1 ============================ o2
               n
               n+
             [ M2, M1, contacts, n++ ]
                      e2
                    length
    """
    name = "phase_shifter_pn"
    core = rib_of(name, cross_section)
    sides = pn_sides(
        name, core, junction_offset, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n,
        contact_distance, contact_width,
    )  # fmt: skip
    spans = length_of(name, length, "pn_length")
    c = gf.Component()
    draw_doped(c, cross_section, sides, spans)
    c.info["junction_offset_um"] = sides[0].junction
    return c


@cell("soi", "phase shifters")
def phase_shifter_pn_interleaved(
    length: float | None = None,
    finger_p: float | None = None,
    finger_n: float | None = None,
    finger_reach: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Rib with p and n fingers across it in turn: more junction for a length, and more capacitance.

    Args:
        length: of the guide [µm]; implants end a little before its ports.
        finger_p: of a p finger, along the guide [µm].
        finger_n: of an n finger, along the guide [µm].
        finger_reach: of the fingers to either side of the rib's middle [µm]; beyond, each side is of its kind alone.
        mid_offset_p: from the rib's edge to the p+ implant [µm].
        mid_offset_n: from the rib's edge to the n+ implant [µm].
        contact_offset_p: from the rib's edge to the p++ implant [µm].
        contact_offset_n: from the rib's edge to the n++ implant [µm].
        contact_distance: from the rib's edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of the rib.

    e1 is the anode. Whatever is not given is the process's own (`[cells]`)::

                      e1
             [ M2, M1, contacts, p++ ]
               p  |  |  |  |  |  |
        o1 =======|n |p |n |p |n ====== o2
               n  |  |  |  |  |  |
             [ M2, M1, contacts, n++ ]
                      e2
    """
    name = "phase_shifter_pn_interleaved"
    core, process = rib_of(name, cross_section), active_process()
    widths: list[float] = []
    for word, value, mask, other in (("finger_p", finger_p, "P", "N"), ("finger_n", finger_n, "N", "P")):
        used = draw.snapped(limits.finite(name, word, number(value, "pn_finger")))
        limits.by_rule(name, word, used, f"DOP.W.{mask}")
        limits.by_rule(name, word, used, f"DOP.S.{other}")
        limits.at_most(name, word, used, 20.0, "20 µm, far more than a depletion width")
        widths.append(used)
    tip = draw.snapped(limits.finite(name, "finger_reach", number(finger_reach, "pn_finger_reach")))
    limits.at_least(name, "finger_reach", tip, process.number("optics.overlay"), "the overlay: fingers interleave")
    limits.at_most(name, "finger_reach", tip, core / 2, "the rib's own edge: fingers end inside the rib")
    sides = pn_sides(
        name, core, 0.0, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n, contact_distance,
        contact_width,
    )  # fmt: skip
    spans = length_of(name, length, "pn_length")
    used, first, last = spans
    period = draw.snapped(sum(widths))
    count = int((last - first - widths[1] + 1e-6) // period)
    limits.at_least(
        name, "length", used, draw.snapped(2 * first + period + widths[1]), "one period between two n fingers"
    )
    c = gf.Component()
    higher = tuple(one for side in sides for one in side.windows()[1:])
    bases = tuple(
        Window(MASKS[side.polarity][0], *((tip, side.outer) if side.left else (-side.outer, -tip))) for side in sides
    )
    draw_doped(c, cross_section, sides, spans, (*higher, *bases))
    start = draw.snapped((first + last - count * period - widths[1]) / 2) + widths[1]
    ends = [first]
    for index in range(count):
        left = draw.snapped(start + index * period)
        draw.box(c, left, -tip, draw.snapped(left + widths[0]), tip, "P")
        ends += [left, draw.snapped(left + widths[0])]
    for left, right in zip(ends[::2], [*ends[1::2], last], strict=True):
        draw.box(c, left, -tip, right, tip, "N")
    c.info["fingers"] = count
    c.info["period_um"] = period
    return c


def pin_sides(
    name: str, core: float, contact_offset: float | None, contact_distance: float | None, contact_width: float | None
) -> tuple[Side, Side]:
    """Both sides of a PIN diode, contact implants alone: p++ to the left, n++ to the right."""
    offset = ("contact_offset", number(contact_offset, "pin_contact_offset"))
    left, right = (
        side_of(
            name, polarity, core, left=polarity == "p", junction=None, mid=None, contact=offset,
            distance=contact_distance, width=contact_width,
        )
        for polarity in ("p", "n")
    )  # fmt: skip
    return left, right


@cell("soi", "attenuators")
def attenuator_pin(
    length: float | None = None,
    contact_offset: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Variable attenuator: a rib in a PIN diode, whose carriers absorb and turn the phase when current flows.

    Args:
        length: of the guide [µm]; implants end a little before its ports.
        contact_offset: from the rib's edge to the p++ and the n++ implant [µm].
        contact_distance: from the rib's edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of the rib.

    e1 is the anode. Whatever is not given is the process's own (`[cells]`)::

                      e1
             [ M2, M1, contacts, p++ ]
                                         contact_offset
        o1 ============================ o2
             [ M2, M1, contacts, n++ ]
                      e2
                    length
    """
    name = "attenuator_pin"
    sides = pin_sides(name, rib_of(name, cross_section), contact_offset, contact_distance, contact_width)
    c = gf.Component()
    draw_doped(c, cross_section, sides, length_of(name, length, "pin_length"))
    c.info["intrinsic_um"] = draw.snapped(2 * sides[0].contact)
    return c
