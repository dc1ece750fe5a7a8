"""Phase shifters driven by heat, beside the plain one of `tuning`: meander, released from the wafer, doped silicon."""

import itertools

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.components.soi.lateral import Side, draw_doped, length_of, rib_of, side_of
from lingnan.components.soi.tuning import phase_shifter_heater
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError


@cell("soi", "phase shifters")
def phase_shifter_meander(
    length: float = 200.0,
    passes: int = 3,
    heater_width: float | None = None,
    heater_space: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Guide under a heater that runs along it several times: the same heat at more volts and less current.

    Args:
        length: of the guide [µm]; each pass of the heater is shorter by a contact.
        passes: of the wire along the guide, in series.
        heater_width: of the wire [µm].
        heater_space: between passes [µm].
        cross_section: of the guide.

    With an even number of passes e2 lies in the west. Whatever is not given is the process's own (`[cells]`)::

                                [M2] e2
              .------------------'
        o1 ---|-----------------.---- o2     the guide lies under the middle pass
              '-----------------'
                .---------------'
            [M2] e1
    """
    name = "phase_shifter_meander"
    process = active_process()
    limits.guide_only(name, cross_section)
    limits.count(name, "passes", passes, 1, 9)
    wire = draw.even(limits.finite(name, "heater_width", number(heater_width, "heater_width")))
    space = draw.even(limits.finite(name, "heater_space", number(heater_space, "meander_space")))
    limits.by_rule(name, "heater_width", wire, "HT.W")
    limits.at_most(name, "heater_width", wire, 20.0, "20 µm, far wider than the light")
    limits.by_rule(name, "heater_space", space, "HT.S")
    limits.at_most(name, "heater_space", space, 20.0, "20 µm, where the guide hardly feels the heat")
    contact, leg = number(None, "heater_contact"), draw.even(number(None, "heater_leg_width"))
    least = 2 * contact + max(process.limit("M2.S"), process.limit("HT.S"))
    used = draw.snapped(limits.finite(name, "length", length))
    limits.at_least(name, "length", used, least, "two contacts and the metal's space between them")
    limits.at_most(name, "length", used, 1e5, "10 cm, larger than a wafer")
    left, right = contact / 2, draw.snapped(used - contact / 2)
    heights = meander_offsets(passes, wire, space)
    c = gf.Component()
    draw.extrude(c, line(used), cross_section)
    for y in heights:
        draw.box(c, left - leg / 2, y - wire / 2, right + leg / 2, y + wire / 2, "HEATER")
    for index, (low, high) in enumerate(itertools.pairwise(heights)):
        x = left if index % 2 else right
        draw.box(c, x - leg / 2, low - wire / 2, x + leg / 2, high + wire / 2, "HEATER")
    edge = draw.snapped(heights[-1] + wire / 2)
    aside = max(number(None, "heater_contact_distance"), draw.snapped(edge + process.limit("HT.S")))
    overlap, top = max(process.limit("HT.O.M"), contact / 2), draw.snapped(aside + contact)
    metal, width = electrodes.metal_of(name, "metal2")
    for index, (x, side) in enumerate(((left, -1), (left if passes % 2 == 0 else right, 1)), 1):
        ends = sorted((side * (edge - wire), side * (aside + overlap)))
        draw.box(c, x - leg / 2, ends[0], x + leg / 2, ends[1], "HEATER")
        electrodes.add_stack(c, name, x, side * (aside + contact / 2), (contact, contact), ("M1", "M2"), "contact")
        draw.port(c, f"e{index}", x, side * top, 90 * side % 360, min(width, contact), metal, "electrical")
    half = draw.core_width(cross_section) / 2 + draw.reach(cross_section)
    draw.outline(c, 0, -max(top, half + 1.0), used, max(top, half + 1.0))
    _guide_ports(c, used, cross_section)
    heated, sheet = draw.snapped(right - left), process.metals["heater"]
    legs = 2 * (aside - edge) + (passes - 1) * space
    c.info["heated_length_um"] = heated
    c.info["resistance_ohm"] = round(sheet.sheet_resistance.value * (passes * heated / wire + legs / leg), 3)
    if sheet.current_limit is not None:
        c.info["current_max_mA"] = round(sheet.current_limit.value * wire, 6)
    return c


def meander_offsets(passes: int, wire: float, space: float) -> list[float]:
    """Middles of the passes of a heater across its guide, from south to north [µm]."""
    return [draw.snapped((index - (passes - 1) / 2) * (wire + space)) for index in range(passes)]


@cell("soi", "phase shifters")
def phase_shifter_undercut(
    length: float = 200.0,
    heater_width: float | None = None,
    distance: float | None = None,
    window_width: float | None = None,
    window_length: float | None = None,
    bridge: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Guide under a heater, between windows through which the wafer below is etched away: heat stays for longer.

    The windows (UNDERCUT) go through both oxides; the process's `undercut_reach` says how far the etch goes from them.

    Args:
        length: of the guide [µm].
        heater_width: of the wire [µm].
        distance: from the guide's edge to the windows [µm].
        window_width: of the windows, across the guide [µm].
        window_length: of one window at most [µm]; as many equal ones as are needed stand in a row.
        bridge: of oxide between windows, which carries the guide [µm].
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

            e1    [window] [window]    e2
           [M2]                       [M2]
            |   distance                |
        o1 -'======== heater ==========-'-- o2
                  [window] [window]
    """
    name = "phase_shifter_undercut"
    process, core = active_process(), draw.core_width(cross_section)
    away, wide, most, apart = (
        draw.snapped(limits.finite(name, word, number(value, f"undercut_{key}")))
        for word, value, key in (
            ("distance", distance, "distance"), ("window_width", window_width, "width"),
            ("window_length", window_length, "window"), ("bridge", bridge, "bridge"),
        )
    )  # fmt: skip
    limits.by_rule(name, "distance", away, "UC.S.WG")
    limits.at_least(name, "distance", away, draw.reach(cross_section) + 1.0, "the slab beside the guide, and one µm")
    wire = draw.even(limits.finite(name, "heater_width", number(heater_width, "heater_width")))
    free = draw.snapped(core / 2 + away - wire / 2)
    limits.at_least(name, "distance less the heater's part of it", free, process.limit("HT.S"), "HT.S, as to a wire")
    most_away = draw.snapped(number(None, "undercut_reach") - core / 2)
    limits.at_most(name, "distance", away, most_away, "undercut_reach: farther out the guide stays on the wafer")
    for word, value, rule in (
        ("window_width", wide, "ISO.W"),
        ("window_length", most, "ISO.W"),
        ("bridge", apart, "ISO.S"),
    ):
        limits.at_least(name, word, value, process.limit(rule), f"{rule}, as trenches through the same oxide")
        limits.at_most(name, word, value, 500.0, "0.5 mm of hollow ground")
    c = gf.Component()
    heated = c << phase_shifter_heater(length=length, heater_width=heater_width, cross_section=cross_section)
    used = float(heated.cell.info["length_um"])
    start = draw.snapped(number(None, "heater_contact") + number(None, "undercut_clearance"))
    room = draw.snapped(used - 2 * start)
    limits.at_least(name, "length", used, draw.snapped(2 * start + process.limit("ISO.W")), "contacts and one window")
    count = max(1, -int(-(room + apart) // (most + apart)))
    one = draw.snapped((room - (count - 1) * apart) / count)
    limits.at_least(name, "bridge and length of the windows that it leaves,", one, process.limit("ISO.W"), "ISO.W")
    near = draw.snapped(core / 2 + away)
    for index in range(count):
        x = draw.snapped(start + index * (one + apart))
        for y in (near, -near - wide):
            draw.box(c, x, y, x + one, y + wide, "UNDERCUT")
    around = draw.snapped(near + wide + 1.0)
    inner = heated.dbbox()
    draw.box(c, start - 1.0, -around, used - start + 1.0, inner.bottom, "DEVREC")
    if around > inner.top:
        draw.box(c, start - 1.0, inner.top, used - start + 1.0, around, "DEVREC")
    for port in heated.ports:
        c.add_port(str(port.name), port=port)
    for key, value in heated.cell.info.model_dump().items():
        c.info[key] = value
    c.info["windows"] = count
    c.info["window_length_um"] = one
    c.info["bridges"] = round(1 - count * one / float(heated.cell.info["heated_length_um"]), 6)
    return c


def doped_sides(
    name: str,
    core: float,
    dopant: str,
    contact_offset: float | None,
    contact_distance: float | None,
    contact_width: float | None,
) -> tuple[Side, Side]:
    """Both sides of a guide that is one resistor across."""
    if dopant not in ("n", "p"):
        raise LingnanError(f"{name}: dopant = {dopant!r} is neither n nor p. Give one of the two.")
    polarity = "n" if dopant == "n" else "p"
    offset = ("contact_offset", number(contact_offset, f"pn_contact_offset_{polarity}"))
    left, right = (
        side_of(
            name, polarity, core, left=up, junction=0.0, mid=None, contact=offset, distance=contact_distance,
            width=contact_width,
        )
        for up in (True, False)
    )  # fmt: skip
    return left, right


@cell("soi", "phase shifters")
def phase_shifter_doped(
    length: float | None = None,
    dopant: str = "n",
    contact_offset: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Rib that is its own heater: current runs across it through lightly doped silicon, which absorbs a little.

    Args:
        length: of the guide [µm]; implants end a little before its ports.
        dopant: n or p, of both sides.
        contact_offset: from the rib's edge to the contact implants [µm].
        contact_distance: from the rib's edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of the rib.

    Whatever is not given is the process's own (`[cells]`)::

                      e1
             [ M2, M1, contacts, n++ ]
               n
        o1 ============================ o2
               n
             [ M2, M1, contacts, n++ ]
                      e2
    """
    name = "phase_shifter_doped"
    core = rib_of(name, cross_section)
    sides = doped_sides(name, core, dopant, contact_offset, contact_distance, contact_width)
    spans = length_of(name, length, "doped_heater_length")
    c = gf.Component()
    draw_doped(c, cross_section, sides, spans)
    c.info["resistance_ohm"] = round(sum(resistances(sides[0], core)) / float(c.info["doped_length_um"]), 3)
    return c


def resistances(side: Side, core: float) -> tuple[float, float, float]:
    """Across a guide that is one resistor: of its core, of both sides' slab, of both contact implants [ohm µm]."""
    implants = active_process().implants
    low, high = (side.polarity, {"p": "ppp", "n": "npp"}[side.polarity])
    slab = implants[low].sheet_resistance["slab"].value * 2 * (side.contact - core / 2)
    contact = implants[high].sheet_resistance["slab"].value * 2 * (side.near - side.contact)
    return implants[low].sheet_resistance["core"].value * core, slab, contact


def _guide_ports(c: gf.Component, used: float, cross_section: CrossSectionSpec) -> None:
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", used, 0, 0, core, layer)
    c.info["length_um"] = used
