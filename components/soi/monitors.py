"""Electrical test structures of a process monitor: sheet and contact resistance, chains, metal lines."""

import gdsfactory as gf

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, probing
from lingnan.components.common.probing import TAPS, four_pads, wire
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean

_ROOM = 1.5  #: between neighbours inside a structure, in spaces of their layers
_VIAS = 3  #: along one side of a stack in a chain of vias


def _landing_side() -> float:
    """Side of the contact area at the end of an arm [µm]."""
    return draw.even(number(None, "monitor_landing"))


def _lead() -> float:
    """Width of a metal lead inside a structure [µm]."""
    return draw.even(number(None, "monitor_lead"))


def _between(*layers: str) -> float:
    """Distance of neighbours that all of some layers may keep [µm]."""
    return draw.snapped(_ROOM * max(limits.active_limit(limits.layer_rule(layer, "space")) for layer in layers))


def _contact_implant(name: str, implant: str) -> str:
    """The contact implant of the same kind as an implant of the line."""
    process = active_process()
    by_layer = {one.layer: one for one in process.implants.values() if "slab" in one.sheet_resistance}
    if implant not in by_layer:
        raise LingnanError(
            f"{name}: implant = {implant!r} is no implant of the slab. {did_you_mean(implant, by_layer)}"
        )
    kinds = [one for one in by_layer.values() if one.polarity == by_layer[implant].polarity]
    return max(kinds, key=lambda one: one.concentration.value).layer


def _landing(c: gf.Component, x: float, y: float, contact: str) -> None:
    """Slab, contact implant, contacts and metal 1 at the end of an arm."""
    inset = max(electrodes.enclosure("VIAC", layer) for layer in (contact, "M1"))
    side = _landing_side()
    for layer in ("SLAB90", contact, "M1"):
        draw.centred(c, x, y, side, side, layer)
    electrodes.add_vias(c, x, y, side, side, "VIAC", inset)


def _doped_bar(c: gf.Component, start: tuple[float, float], end: tuple[float, float], width: float, layer: str) -> None:
    """A bar of slab with its implant."""
    wire(c, [start, end], width, "SLAB90")
    wire(c, [start, end], draw.even(width + 2 * number(None, "monitor_implant_overlap")), layer)


@cell("soi", "monitors")
def greek_cross(implant: str = "NPP", width: float = 5.0, arm: float = 14.0) -> gf.Component:
    """Cross of doped slab with four probes: sheet resistance without contacts in it (van der Pauw).

    Force between two neighbours, sense between the other two: R = pi / ln 2 x V / I [ohm/sq].

    Args:
        implant: that dopes the slab: N, P, NP, PP, NPP or PPP.
        width: of the arms [µm].
        arm: length of each arm from the middle to its contact [µm].

    Pads e1 to e4 are north, west, south, east::

               |
             __|__
               |
               |
        [e1][e2][e3][e4]
    """
    name = "greek_cross"
    contact = _contact_implant(name, implant)
    limits.by_rule(name, "width", width, "SLAB.W")
    side, lead = _landing_side(), _lead()
    limits.at_most(name, "width", width, side, "the contact area at the end of an arm")
    limits.at_least(name, "arm", arm, 2 * width, "arms twice as long as wide, so that the ends do not matter")
    apart = side + _between("SLAB90", "M1")
    limits.at_least(name, "arm", arm, apart, "room between the contact areas of neighbouring arms")
    limits.at_most(name, "arm", arm, 30.0, "the room between the pads")
    width, arm = draw.even(width), draw.snapped(arm)
    c = gf.Component()
    _doped_bar(c, (-arm, 0), (arm, 0), width, implant)
    _doped_bar(c, (0, -arm), (0, arm), width, implant)
    ends = {"A": (-arm, 0.0), "C": (0.0, arm), "D": (arm, 0.0), "B": (0.0, -arm)}
    for tap, (x, y) in ends.items():
        _landing(c, x, y, contact)
        tap_x, tap_y = TAPS[tap]
        wire(c, [(x, y), (x, tap_y), (tap_x, tap_y)] if x == 0 else [(x, y), (tap_x, y), (tap_x, tap_y)], lead, "M1")
        if x == 0 and abs(tap_y - y) - (side + lead) / 2 < _between("M1"):  # no notch between contact area and wire
            draw.box(c, -side / 2, min(y, tap_y), side / 2, max(y, tap_y), "M1")
    four_pads(c, name)
    draw.outline_of(c, flush=("south",))
    c.info["implant"] = implant
    c.info["width_um"] = width
    return c


@cell("soi", "monitors")
def contact_kelvin(implant: str = "NPP", size: float | None = None) -> gf.Component:
    """One contact between metal 1 and doped slab with four probes: contact resistance alone (Kelvin).

    Force from metal (e1) to silicon (e4), sense between e2 and e3: R = V / I.

    Args:
        implant: NPP or PPP.
        size: of the square contact [µm]; the smallest that the line makes if not given.

    ::

          metal ___x___ silicon
               |       |
        [e1][e2][e3][e4]
    """
    name = "contact_kelvin"
    contact = _contact_implant(name, implant)
    if contact != implant:
        raise LingnanError(f"{name}: implant = {implant!r} takes no contact. Give {contact}, the contact implant.")
    given = active_process().limit("VIAC.W") if size is None else size
    limits.by_rule(name, "size", given, "VIAC.W")
    limits.at_most(name, "size", given, 6.0, "the room between the leads")
    side = draw.even(given)
    inset = max(electrodes.enclosure("VIAC", layer) for layer in (implant, "M1"))
    lead = draw.even(max(_lead(), side + 2 * inset))
    c = gf.Component()
    draw.centred(c, 0, 0, side, side, "VIAC")
    far = draw.snapped(lead / 2 + 16)
    _doped_bar(c, (0, 0), (far, 0), lead, implant)
    _doped_bar(c, (0, 0), (0, -far), lead, implant)
    _landing(c, far, 0, contact)
    _landing(c, 0, -far, contact)
    wire(c, [(0, 0), (TAPS["A"][0], 0), TAPS["A"]], lead, "M1")
    wire(c, [(0, 0), (0, TAPS["C"][1]), TAPS["C"]], lead, "M1")
    wire(c, [(far, 0), (TAPS["D"][0], 0), TAPS["D"]], _lead(), "M1")
    wire(c, [(0, -far), (0, TAPS["B"][1]), TAPS["B"]], _lead(), "M1")
    four_pads(c, name)
    draw.outline_of(c, flush=("south",))
    c.info["implant"] = implant
    c.info["area_um2"] = side * side
    return c


@cell("soi", "monitors")
def contact_chain(implant: str = "NPP", links: int = 4) -> gf.Component:
    """Islands of doped slab in series through contacts and metal 1, four probes: yield and mean resistance of contacts.

    Args:
        implant: NPP or PPP.
        links: islands in the chain, two landings of contacts each.

    Force between e2 and e3, sense between e1 and e4::

          e1             e4
          o==o--o==o--o==o
          e2             e3
    """
    name = "contact_chain"
    contact = _contact_implant(name, implant)
    if contact != implant:
        raise LingnanError(f"{name}: implant = {implant!r} takes no contact. Give {contact}, the contact implant.")
    limits.count(name, "links", links, 1, 4)
    c = gf.Component()
    side, lead = _landing_side(), _lead()
    step = draw.even(side + _between("SLAB90", "M1"))
    x = -step * (2 * links - 1) / 2
    ends = (x, -x)
    for index in range(2 * links):
        _landing(c, x, 0, contact)
        if index % 2 == 0:
            _doped_bar(c, (x, 0), (x + step, 0), side, implant)
        elif index < 2 * links - 1:
            wire(c, [(x, 0), (x + step, 0)], lead, "M1")
        x = draw.snapped(x + step)
    for end, taps in zip(ends, (("A", "C"), ("B", "D")), strict=True):
        for tap in taps:
            wire(c, [(end, 0), (TAPS[tap][0], 0), TAPS[tap]], lead, "M1")
    four_pads(c, name)
    draw.outline_of(c, flush=("south",))
    c.info["implant"] = implant
    c.info["landings"] = 2 * links
    return c


@cell("soi", "monitors")
def line_resistor(layer: str = "M1", width: float = 2.0, length: float = 70.0) -> gf.Component:
    """Straight line of a metal or of the heater with four probes: its sheet resistance.

    Force between e2 and e3, sense between e1 and e4: R = V / I x width / length [ohm/sq].

    Args:
        layer: M1, M2 or HEATER.
        width: of the line [µm].
        length: between the sense taps [µm].

    ::

          e1 _____ e4
          |___________|
          e2         e3
    """
    name = "line_resistor"
    metals = {one.layer for one in active_process().metals.values()}
    if layer not in metals:
        raise LingnanError(f"{name}: layer = {layer!r} is no metal of the line. {did_you_mean(layer, metals)}")
    limits.by_rule(name, "width", width, limits.layer_rule(layer, "width"))
    limits.at_most(name, "width", width, 20.0, "the room between the pads")
    limits.at_least(name, "length", length, 10.0, "long against the taps")
    limits.at_most(name, "length", length, 70.0, "the room between the taps")
    c = gf.Component()
    side, lead = _landing_side(), _lead()
    width, half = draw.even(width), draw.snapped(length / 2)
    end = TAPS["B"][0]
    wire(c, [(-end, 0), (end, 0)], width, layer)
    for sign, force, sense in ((-1, "A", "C"), (1, "B", "D")):
        x = TAPS[force][0]
        ends = electrodes.via_between(name, layer, "M1") if layer not in ("M1", "M2") else layer
        for px, tap in ((x, force), (sign * half, sense)):
            tx, ty = TAPS[tap]
            if layer == "HEATER":
                draw.centred(c, px, 0, max(width, side), side, layer)
            leg = side if layer == "HEATER" else max(lead, min(width, 2 * lead))
            wire(c, [(px, 0), (px, ty), (tx, ty)], leg, ends)
    four_pads(c, name)
    draw.outline_of(c, flush=("south",))
    c.info["layer"] = layer
    c.info["squares"] = round(2 * half / width, 6)
    return c


@cell("soi", "monitors")
def via_chain(links: int = 4) -> gf.Component:
    """Metal 1 and metal 2 in turn, joined by vias, four probes: yield and resistance of vias.

    Args:
        links: pieces of metal 2 in the chain, two stacks of vias each.

    Force between e2 and e3, sense between e1 and e4::

          e1              e4
          x==x--x==x--x==x
          e2              e3
    """
    name = "via_chain"
    limits.count(name, "links", links, 1, 4)
    c = gf.Component()
    via, lead = electrodes.via_between(name, "M1", "M2"), _lead()
    wide, apart = (limits.active_limit(limits.layer_rule(via, kind)) for kind in ("width", "space"))
    inset = max(electrodes.enclosure(via, layer) for layer in ("M1", "M2"))
    side = draw.even(_VIAS * wide + (_VIAS - 1) * apart + 2 * inset)
    step = draw.even(side + _between("M1", "M2"))
    x = -step * (2 * links - 1) / 2
    ends = (x, -x)
    for index in range(2 * links):
        electrodes.add_stack(c, name, x, 0, (side, side), ("M1", "M2"), "side of a stack")
        last = index == 2 * links - 1
        if not last:
            wire(c, [(x, 0), (x + step, 0)], side, "M2" if index % 2 == 0 else "M1")
        x = draw.snapped(x + step)
    for end, taps in zip(ends, (("A", "C"), ("B", "D")), strict=True):
        for tap in taps:
            wire(c, [(end, 0), (TAPS[tap][0], 0), TAPS[tap]], lead, "M1")
    four_pads(c, name)
    draw.outline_of(c, flush=("south",))
    c.info["stacks"] = 2 * links
    return c


@cell("soi", "monitors")
def rf_standard(kind: str = "open", length: float = 100.0, signal_width: float = 20.0) -> gf.Component:
    """Two ground-signal-ground ports facing each other: open, short or through, to take the pads out of a measurement.

    Args:
        kind: open (nothing between), short (signal to ground at both reference planes), through (signal line).
        length: between the inner edges of the pads [µm].
        signal_width: of the through line [µm].

    ::

        G ======= G
        e1 S --- S e2
        G ======= G
    """
    name = "rf_standard"
    kinds = ("open", "short", "through")
    if kind not in kinds:
        raise LingnanError(f"{name}: kind = {kind!r} is not one of {', '.join(kinds)}. {did_you_mean(kind, kinds)}")
    layer = "M2"
    limits.by_rule(name, "signal_width", signal_width, "M2.W")
    limits.at_least(name, "length", length, 30.0, "room for both reference planes")
    limits.at_most(name, "length", length, 5000.0, "5 mm")
    c = gf.Component()
    size, pitch = active_process().number("packaging.rf_pad_size"), active_process().number("packaging.rf_pad_pitch")
    limits.at_most(name, "signal_width", signal_width, size, "the pad")
    reach = draw.snapped((length + size) / 2)
    rail = draw.even(min(active_process().limit("M2.SLOT"), size))
    for x in (-reach, reach):
        probing.ground_signal_ground(c, name, x, layer)
    for y in (-pitch, pitch):
        wire(c, [(-reach, y), (reach, y)], rail, layer)
    if kind == "through":
        wire(c, [(-reach, 0), (reach, 0)], draw.even(signal_width), layer)
    if kind == "short":
        bar = draw.core_width("metal2")
        for x in (-reach + size / 2, reach - size / 2):
            wire(c, [(x, -pitch), (x, pitch)], bar, layer)
    draw.port(c, "e1", -reach - size / 2, 0, 180, size, layer, "electrical")
    draw.port(c, "e2", reach + size / 2, 0, 0, size, layer, "electrical")
    draw.outline_of(c, flush=("west", "east"))
    around = c.dbbox()  # tiles between the pads would be part of what is measured
    draw.box(c, around.left, around.bottom, around.right, around.top, "NOFILL")
    c.info["kind"] = kind
    c.info["length_um"] = length
    return c
