"""Doping across a guide: which mask lies where, checked once, for cells that draw it and models that are told of it.

Everything is given from the middle of the guide; the p side lies to the left of the light's way, above a guide along x.
Windows of one side lie in each other: the junction's implant reaches out under the contact, the intermediate one from
its own edge out, the contact implant too, and all end beyond the silicon. So an overlay error moves an inner edge and
leaves no silicon undoped; a lack of overlap is possible at the junction alone, where both masks meet.

::

      N  |<--------------------------------|                 junction
      NP |<-----------------|  offset_mid
      NPP|<--------|  offset_contact
         [contact]  distance               |  core / 2
      -----------------------------____|-------|____----------------------------- slab

Silicide is formed on contact implants that SAB does not cover: SAB lies over the guide up to where contacts need it.
"""

from dataclasses import dataclass
from typing import Any, Literal

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, electrodes, viafields
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

Polarity = Literal["p", "n"]
MASKS: dict[Polarity, tuple[str, str, str]] = {"p": ("P", "PP", "PPP"), "n": ("N", "NP", "NPP")}
_LONGEST = 2e4  #: µm
_OVERLAP = "twice the overlay of the process, so that two masks still overlap"


@dataclass(frozen=True)
class Window:
    """A mask from `low` to `high` across the guide, to the left positive [µm]."""

    layer: str
    low: float
    high: float


@dataclass(frozen=True)
class Side:
    """Doping on one side of a guide [µm]; distances outwards from the middle of the guide, checked by `side_of`."""

    polarity: Polarity
    left: bool  #: of the guide
    junction: float | None  #: where the low implant begins, negative beyond the middle; None: there is none
    mid: float | None  #: the same of the intermediate implant
    contact: float  #: the same of the contact implant
    near: float  #: where contacts begin
    far: float  #: where they end

    @property
    def slab(self) -> float:
        """Where the slab ends."""
        return draw.snapped(self.far + _around_contacts())

    @property
    def outer(self) -> float:
        """Where all implants end."""
        return draw.snapped(self.slab + number(None, "doping_overlap"))

    def windows(self, masks: tuple[str, str, str] | None = None) -> tuple[Window, ...]:
        """Implants of this side, those with the lowest concentration first."""
        names = masks or MASKS[self.polarity]
        edges = zip(names, (self.junction, self.mid, self.contact), strict=True)
        return tuple(self._window(name, edge, self.outer) for name, edge in edges if edge is not None)

    def metal(self) -> Window:
        """Metal over the contacts."""
        return side_metals(self.contacts())

    def contacts(self) -> Window:
        """The field of contacts."""
        return self._window("VIAC", self.near, self.far)

    def _window(self, layer: str, inner: float, outer: float) -> Window:
        return Window(layer, inner, outer) if self.left else Window(layer, -outer, -inner)


def _around_contacts() -> float:
    return max(electrodes.enclosure("VIAC", layer) for layer in ("NPP", "PPP", "M1"))


def side_of(
    name: str,
    polarity: Polarity,
    core: float,
    *,
    left: bool,
    junction: float | None,
    mid: tuple[str, float] | None,
    contact: tuple[str, float],
    distance: float | None,
    width: float | None,
) -> Side:
    """One side, refused where the line cannot make it.

    Args:
        name: of the cell, for messages.
        polarity: of its implants.
        core: width of the guide [µm].
        left: of the guide.
        junction: from the middle outwards to where the low implant begins [µm].
        mid: parameter and value, from the edge of the guide to the intermediate implant [µm].
        contact: the same to the contact implant.
        distance: from the edge of the guide to the contacts [µm]; the process's own if not given.
        width: of the contacts' field [µm]; the process's own if not given.
    """
    process = active_process()
    overlap = draw.snapped(2 * process.number("optics.overlay"))
    word, value = contact
    doped = draw.snapped(limits.finite(name, word, value))
    limits.by_rule(name, word, doped, "DOPC.S.WG")
    near = draw.snapped(limits.finite(name, "contact_distance", number(distance, "pn_contact_distance")))
    limits.by_rule(name, "contact_distance", near, "VIAC.S.WG")
    least = draw.snapped(doped + _around_contacts() + overlap)
    limits.at_least(name, "contact_distance", near, least, f"{word} and rule VIAC.E.DOPC, and {_OVERLAP}")
    limits.at_most(name, "contact_distance", near, 50.0, "50 µm, a slab that conducts nothing")
    long = draw.snapped(limits.finite(name, "contact_width", number(width, "pn_contact_width")))
    least = process.limit("VIA1.W") + 2 * (electrodes.enclosure("VIA1", "M1") - electrodes.enclosure("VIAC", "M1"))
    least = max(least, process.limit("M2.W") - 2 * electrodes.enclosure("VIAC", "M1"), process.limit("VIAC.W"))
    limits.at_least(name, "contact_width", long, draw.snapped(least), "rules VIAC.W, VIA1.W and M2.W of its metals")
    most = draw.snapped(process.limit("M2.SLOT") - 2 * electrodes.enclosure("VIAC", "M1"))
    limits.at_most(name, "contact_width", long, most, "rule M2.SLOT of its metal")
    half, inner = core / 2, None
    if mid is not None:
        word, value = mid
        inner = draw.snapped(limits.finite(name, word, value))
        limits.at_least(name, word, inner, process.number("optics.overlay"), "the overlay: it keeps off the guide")
        limits.at_most(name, word, inner, doped, "the contact implant, which lies inside of it")
    return Side(
        polarity, left, None if junction is None else draw.snapped(junction),
        None if inner is None else draw.snapped(half + inner), draw.snapped(half + doped),
        draw.snapped(half + near), draw.snapped(half + near + long),
    )  # fmt: skip


def junction_of(name: str, core: float, value: float | None) -> float:
    """Where a junction lies, from the middle towards the p side, refused outside of the guide [µm]."""
    used = draw.snapped(limits.finite(name, "junction_offset", number(value, "pn_junction_offset")))
    limits.at_least(name, "junction_offset", used, -core / 2, "the guide's own edge")
    limits.at_most(name, "junction_offset", used, core / 2, "the guide's own edge")
    return used


def block(sides: tuple[Side, ...]) -> Window:
    """Silicide block over the guide, to where contacts begin less what encloses them."""
    keep = {one.left: draw.snapped(one.near - _around_contacts()) for one in sides}
    return Window("SAB", -keep.get(False, 0.0), keep.get(True, 0.0))


def length_of(name: str, value: Any, key: str) -> tuple[Any, float, Any]:
    """Of a doped guide: its length, which may be traced, and where implants begin and end [µm]."""
    end, process = number(None, "doping_end"), active_process()
    least = 2 * end + max(process.limit("M2.W"), process.limit("VIA1.W") + 2 * electrodes.enclosure("VIA1", "M2"))
    if hasattr(value, "aval"):  # of JAX, without which cells start
        from lingnan.solvers.checks import no_less, within
        from lingnan.solvers.tracing import is_traced

        if is_traced(value):
            fine = no_less(name, "length", value, least, "µm", "There are undoped ends and a via between them.")
            fine = fine * within(name, "length", value, 0.0, _LONGEST * (1 + 1e-9), "µm", "It is a reticle's width.")
            return fine * value, end, fine * value - end
    used = draw.snapped(limits.finite(name, "length", number(value, key)))
    limits.at_least(name, "length", used, least, "undoped ends and a via of the metal between them")
    limits.at_most(name, "length", used, _LONGEST, "2 cm, a reticle's width")
    return used, end, draw.snapped(used - end)


def draw_windows(c: gf.Component, windows: tuple[Window, ...], first: float, last: float, middle: float = 0.0) -> None:
    """Masks along x from `first` to `last`, about a guide at height `middle` [µm]."""
    for one in windows:
        draw.box(c, first, middle + one.low, last, middle + one.high, one.layer)


def side_metals(field: Window) -> Window:
    """Metal over a field of contacts."""
    inset = electrodes.enclosure("VIAC", "M1")
    return Window("M1", draw.snapped(field.low - inset), draw.snapped(field.high + inset))


def draw_contacts(
    c: gf.Component,
    field: Window,
    over: Window,
    first: float,
    last: float,
    middle: float = 0.0,
    metals: tuple[str, ...] = ("M1", "M2"),
) -> None:
    """Contacts in a window, and metals over them with their vias, along x from `first` to `last` [µm].

    Args:
        c: component to draw into.
        field: of contacts, across the guide.
        over: metal, across the guide.
        first: where implants begin [µm].
        last: where they end [µm].
        middle: height of the guide [µm].
        metals: both, or the lower one alone.
    """
    inset = _around_contacts()
    low, high = draw.snapped(middle + field.low), draw.snapped(middle + field.high)
    viafields.add_via_field(c, first + inset, low, last - inset, high, field.layer)
    low, high = draw.snapped(middle + over.low), draw.snapped(middle + over.high)
    for layer in metals:
        draw.box(c, first, low, last, high, layer)
    if len(metals) > 1:
        via = electrodes.via_between("doped guide", *metals)
        inset = max(electrodes.enclosure(via, layer) for layer in metals)
        viafields.add_via_field(c, first + inset, low + inset, last - inset, high - inset, via)


def rib_of(name: str, cross_section: CrossSectionSpec) -> float:
    """Core width of a rib [µm].

    Raises:
        LingnanError: a guide without the slab that contacts stand on.
    """
    core = draw.core_width(cross_section)
    if "SLAB90" not in [layer for layer, *_ in draw.layers_of(cross_section, core)[1:]]:
        raise LingnanError(
            f"{name}: cross_section = {cross_section} has no slab on SLAB90, on which contacts stand. Give a rib, and "
            "transition_strip_rib on its ports."
        )
    return core


def strip_only(name: str, cross_section: CrossSectionSpec) -> float:
    """Core width of a guide of silicon with nothing beside its core [µm].

    Raises:
        LingnanError: it has a slab, or another core.
    """
    core = draw.core_width(cross_section)
    if draw.core_layer(cross_section) != "WG" or len(draw.layers_of(cross_section, core)) > 1:
        raise LingnanError(
            f"{name}: cross_section = {cross_section} is no strip of silicon. Give one, and transition_strip_rib or "
            "transition_strip_nitride on its port."
        )
    return core


def draw_doped(
    c: gf.Component,
    cross_section: CrossSectionSpec,
    sides: tuple[Side, Side],
    spans: tuple[float, float, float],
    masks: tuple[Window, ...] | None = None,
) -> None:
    """A guide along x with slab, implants, silicide block, contacts and metals on both sides, and its ports.

    Args:
        c: component to draw into.
        cross_section: of the guide.
        sides: left and right of it.
        spans: length of the guide, and where implants begin and end [µm].
        masks: implants along the whole length; those of the sides if not given.
    """
    used, first, last = spans
    own = tuple(window for one in sides for window in one.windows()) if masks is None else masks
    draw.extrude(c, line(used), cross_section)
    draw.box(c, 0, -sides[1].slab, used, sides[0].slab, "SLAB90")
    draw_windows(c, (*own, block(sides)), first, last)
    metal, wire = electrodes.metal_of("doped guide", "metal2")
    beyond = [draw.snapped(one.outer + 1.0) for one in sides]
    for index, one in enumerate(sides, 1):
        over = one.metal()
        draw_contacts(c, one.contacts(), over, first, last)
        edge, y, facing = (over.high, beyond[0], 90) if one.left else (over.low, -beyond[1], 270)
        x, wide = draw.snapped(used / 2), min(wire, draw.even(last - first))
        draw.box(c, x - wide / 2, min(edge, y), x + wide / 2, max(edge, y), metal)  # a wire meets it clear of implants
        draw.port(c, f"e{index}", x, y, facing, wide, metal, "electrical")
    draw.outline(c, 0, -beyond[1], used, beyond[0])
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", used, 0, 0, core, layer)
    c.info["length_um"] = used
    c.info["doped_length_um"] = draw.snapped(last - first)
