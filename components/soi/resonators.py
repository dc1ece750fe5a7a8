"""Sizes of doped rings and disks beside a bus: checked once, for the cells that draw them and for their models."""

import math
from dataclasses import dataclass

from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, electrodes
from lingnan.components.process import number
from lingnan.components.soi.diodes import pn_sides
from lingnan.components.soi.lateral import Side, rib_of
from lingnan.pdk import active_process

Offsets = tuple[float | None, ...]  #: what `diodes.pn_sides` takes behind the core
_OWN: Offsets = (None,) * 7
#: µm, largest gap to the bus: 2e-4 of the light goes over to a ring of 25 at 1.55 µm, where once around takes 3 %. From
#: 1.0 on supermodes of two ribs differ by less than the mesh that they are solved on tells
_FAR = 0.9
_DISK = 1.2  #: µm, least width of a disk's ring: rules on bends judge guides up to 1.0 wide


@dataclass(frozen=True)
class Resonator:
    """Sizes of a doped ring beside a bus [µm]; the bus runs along y = 0."""

    radius: float  #: of the middle of the ring
    core: float  #: width of the ring
    gap: float  #: to the bus, edge to edge
    bus: float  #: width of the bus
    opening_deg: float  #: angle towards the bus that p implants leave out
    sides: tuple[Side, Side]  #: p outside, n inside

    @property
    def centre(self) -> float:
        """Height of the ring's middle."""
        return draw.snapped(self.bus / 2 + self.gap + self.core / 2 + self.radius)

    @property
    def outer(self) -> float:
        """From the middle to where p implants end."""
        return draw.snapped(self.radius + self.sides[0].outer)

    @property
    def reach(self) -> float:
        """From the middle to the ports."""
        return draw.snapped(self.outer + number(None, "doping_end"))

    @property
    def around(self) -> float:
        """Along its middle."""
        return 2 * math.pi * self.radius

    @property
    def doped(self) -> float:
        """Share of the way around with both implants."""
        return 1 - self.opening_deg / 360.0


def ring_of(
    radius: float | None = None,
    gap: float | None = None,
    opening_deg: float | None = None,
    offsets: Offsets = _OWN,
    cross_section: CrossSectionSpec = "rib",
) -> Resonator:
    """Sizes of `ring_modulator_pn`, as given or the process's own, refused where the line cannot make it."""
    name = "ring_modulator_pn"
    core = rib_of(name, cross_section)
    turn = draw.snapped(limits.finite(name, "radius", number(radius, "ring_modulator_radius")))
    limits.curvature(name, "radius", turn, turn, cross_section)
    return _checked(name, turn, core, number(gap, "ring_modulator_gap"), opening_deg, offsets, cross_section)


def disk_of(
    radius: float | None = None,
    width: float | None = None,
    gap: float | None = None,
    opening_deg: float | None = None,
    offsets: Offsets = _OWN,
    cross_section: CrossSectionSpec = "rib",
) -> Resonator:
    """Sizes of `disk_modulator_pn`, likewise; its radius counts to the outer wall."""
    name = "disk_modulator_pn"
    wide = draw.even(limits.finite(name, "width", number(width, "disk_width")))
    limits.at_least(name, "width", wide, _DISK, "a ring whose outer wall alone guides, no bend")
    limits.at_most(name, "width", wide, 10.0, "10 µm")
    outer = draw.snapped(limits.finite(name, "radius", number(radius, "disk_radius")))
    limits.at_least(
        name, "radius", outer, draw.snapped(limits.active_limit("WG.BEND") + wide / 2), "WG.BEND of its middle"
    )
    junction = number(offsets[0], "disk_junction_offset")
    apart, middle = number(gap, "disk_gap"), draw.snapped(outer - wide / 2)
    return _checked(name, middle, wide, apart, opening_deg, (junction, *offsets[1:]), cross_section, wide / 2)


def _checked(
    name: str, radius: float, core: float, gap: float, opening_deg: float | None,
    offsets: tuple[float | None, ...], cross_section: CrossSectionSpec, beyond: float = 0.0,
) -> Resonator:  # fmt: skip
    """A resonator, refused where the line cannot make it; `beyond`: from its middle to what its `radius` counts to."""
    bus = rib_of(name, cross_section)
    apart = draw.snapped(limits.finite(name, "gap", gap))
    limits.guide_gap(name, "gap", apart, cross_section)
    limits.at_most(name, "gap", apart, _FAR, f"{_FAR:g} µm: nothing couples across it")
    opening = limits.finite(name, "opening_deg", number(opening_deg, "ring_opening"))
    sides = pn_sides(name, core, *offsets)
    ring = Resonator(draw.snapped(radius), core, apart, bus, opening, sides)
    via = active_process().limit("VIA1.W") + 2 * electrodes.enclosure("VIA1", "M1")
    room = draw.snapped(sides[1].near + 1.2 * max(via, active_process().limit("M2.W")))
    asked = draw.snapped(ring.radius + beyond)
    limits.at_least(
        name, "radius", asked, draw.snapped(room + beyond), "contacts inside of it and a via of their metal"
    )
    limits.at_most(name, "radius", asked, 1000.0, "1 mm")
    clear = ring.centre - bus / 2 - active_process().limit("VIAC.S.WG")
    least = math.ceil(20 * math.degrees(math.atan2(ring.outer, clear))) / 10
    limits.at_least(name, "opening_deg", opening, least, "p implants as far from the bus as contacts are, VIAC.S.WG")
    limits.at_most(name, "opening_deg", opening, 180.0, "half of the ring, above which its contacts lie")
    return ring
