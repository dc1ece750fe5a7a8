"""Ring and disk with a PN junction along them: n inside, p around all but where the bus couples.

The disk is a ring of full height so wide that its light keeps to the outer wall; contacts do not stand on full height.
"""

import math

import gdsfactory as gf
import klayout.db as kdb
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, viafields
from lingnan.components.common.curves import Floats, arc, line
from lingnan.components.soi.resonators import Resonator, disk_of, ring_of
from lingnan.pdk import active_process


def _circle(radius: float, first_deg: float, last_deg: float, centre: float) -> Floats:
    """Points of an arc anticlockwise about (0, centre), on a circle to half a grid step."""
    span = math.radians(last_deg - first_deg)
    angles = np.linspace(0.0, span, math.ceil(span / math.sqrt(4 * active_process().grid.value / radius)) + 1)
    angles = angles + math.radians(first_deg)
    return np.column_stack([radius * np.cos(angles), centre + radius * np.sin(angles)])


def _sector(ring: Resonator, radius: float) -> Floats:
    """From a circle outwards to a box, but for the opening towards the bus: corners on the circle are square."""
    half, far, y = ring.opening_deg / 2, ring.outer, ring.centre
    inner = _circle(radius, half - 90.0, 270.0 - half, y)
    low = y - far / math.tan(math.radians(half))
    return np.concatenate([inner, [(-far, low), (-far, y + far), (far, y + far), (far, low)]])


def _octagon(radius: float, centre: float) -> list[tuple[float, float]]:
    """Regular but for the grid, its sides at multiples of 45 degrees, around a circle about (0, centre)."""
    r, t = draw.snapped(radius), draw.snapped(radius * (math.sqrt(2) - 1))
    corners = [(r, t), (t, r), (-t, r), (-r, t), (-r, -t), (-t, -r), (t, -r), (r, -t)]
    return [(x, draw.snapped(centre + y)) for x, y in corners]


def _arch(inner: float, outer: float, centre: float) -> list[tuple[float, float]]:
    """The upper half between two octagons."""
    out, into = (_octagon(radius, centre)[:4] for radius in (outer, inner))
    low = [(draw.snapped(outer), centre), (-draw.snapped(outer), centre)]
    return [low[0], *out, low[1], (-draw.snapped(inner), centre), *reversed(into), (draw.snapped(inner), centre)]


def _contacts(c: gf.Component, metal: tuple[float, float], least: float, most: float, centre: float) -> int:
    """Contacts on a grid, at distances from (0, centre) between two limits, where metal encloses them.

    `metal`: apothems of the octagons between which it lies; above the middle alone, if there is an inner one.
    """
    half, space = limits.active_limit("VIAC.W") / 2, limits.active_limit("VIAC.S")
    inset = electrodes.enclosure("VIAC", "M1") + active_process().grid.value  # octagons are rounded to the grid
    step, (inner, outer) = 2 * half + space, metal
    steps = np.arange(-math.ceil(outer / step), math.ceil(outer / step) + 1) * step
    x, y = (grid.ravel() for grid in np.meshgrid(steps, steps))
    wide, tall = abs(x), abs(y)
    near = np.hypot(np.maximum(wide - half, 0.0), np.maximum(tall - half, 0.0))
    far = np.hypot(wide + half, tall + half)
    chosen = (near >= least) & (far <= most)
    reach = np.maximum(np.maximum(wide, tall) + half, (wide + tall + 2 * half) / math.sqrt(2))
    chosen &= reach <= outer - inset
    if inner:
        clear = np.maximum(np.maximum(wide, tall) - half, (wide + tall - 2 * half) / math.sqrt(2))
        chosen &= (clear >= inner + inset) & (y - half >= inset)
    dbu = c.kcl.dbu
    shapes, side = c.kdb_cell.shapes(draw.layer_index(c, "VIAC")), round(2 * half / dbu)
    corners = np.rint((np.column_stack([x, centre + y])[chosen] - half) / dbu).astype(int)
    for left, low in corners.tolist():
        shapes.insert(kdb.Box(left, low, left + side, low + side))
    return len(corners)


def _draw(name: str, ring: Resonator, cross_section: CrossSectionSpec) -> gf.Component:
    """Everything about a resonator that was checked."""
    c = gf.Component()
    y, (p, n) = ring.centre, ring.sides
    section, reach = cross_section, ring.reach
    draw.extrude(c, line(2 * reach).placed(-reach, 0), section, core_only=True)
    half = arc(ring.radius, 180.0, ring.core / 2)
    for curve in (half.placed(0, y - ring.radius), half.placed(0, y + ring.radius, 180)):
        draw.extrude(c, curve, section, ring.core, core_only=True)
    slab = draw.snapped(ring.radius + p.slab)
    beside = draw.snapped(ring.bus / 2 + draw.reach(section))
    draw.box(c, -reach, -beside, reach, beside, "SLAB90")
    draw.box(c, -slab, 0, slab, y + slab, "SLAB90")
    for one in p.windows():
        draw.polygon(c, _sector(ring, ring.radius + one.low), one.layer)
    for one in n.windows():
        draw.polygon(c, _circle(ring.radius + one.high, 0.0, 360.0, y)[:-1], one.layer)
    keep = [draw.snapped(side.near - electrodes.enclosure("VIAC", "M1")) for side in ring.sides]
    for start in (0.0, 180.0):
        around = _circle(ring.radius + keep[0], start, start + 180.0, y)
        draw.polygon(c, np.concatenate([around, _circle(ring.radius - keep[1], start, start + 180.0, y)[::-1]]), "SAB")
    inside, beside = _metals(c, name, ring)
    c.info["contacts_n"], c.info["contacts_p"] = inside, beside
    draw.outline(c, -reach, draw.snapped(-ring.bus / 2 - draw.reach(section) - 1.0), reach, y + ring.outer + 1.0)
    layer = draw.core_layer(section)
    draw.port(c, "o1", -reach, 0, 180, ring.bus, layer)
    draw.port(c, "o2", reach, 0, 0, ring.bus, layer)
    c.info["radius_um"] = ring.radius
    c.info["width_um"] = ring.core
    c.info["gap_um"] = ring.gap
    c.info["round_trip_um"] = round(ring.around, 6)
    c.info["doped_share"] = round(ring.doped, 6)
    c.info["bus_length_um"] = draw.snapped(2 * reach)
    return c


def _metals(c: gf.Component, name: str, ring: Resonator) -> tuple[int, int]:
    """Contacts, metals and ports: n by top metal to the north, p by an arch of metal 1 to the west."""
    y, (p, n) = ring.centre, ring.sides
    inset, via = electrodes.enclosure("VIAC", "M1"), electrodes.via_between(name, "M1", "M2")
    metal, wire = electrodes.metal_of(name, "metal2")
    apothem = (ring.radius - n.near + inset) * math.cos(math.pi / 8)
    disc = _octagon(apothem, y)
    draw.polygon(c, disc, "M1")
    inside = _contacts(c, (0.0, apothem), max(0.0, ring.radius - n.far), ring.radius - n.near, y)
    side = min(wire, draw.even(math.sqrt(2) * disc[1][1] - math.sqrt(2) * y))
    top = draw.snapped(y + ring.outer + 1.0)
    draw.box(c, -side / 2, draw.snapped(y - side / 2), side / 2, top, metal)
    around = max(electrodes.enclosure(via, layer) for layer in ("M1", metal))
    viafields.add_via_field(c, -side / 2 + around, y - side / 2 + around, side / 2 - around, y + side / 2 - around, via)
    draw.port(c, "e2", 0, top, 90, side, metal, "electrical")
    low, high = draw.snapped(ring.radius + p.near - inset), draw.snapped(ring.radius + p.far + inset)
    draw.polygon(c, _arch(low, high, y), "M1")
    beside = _contacts(c, (low, high), ring.radius + p.near, 2 * high, y)
    tall = draw.even(min(wire, 0.8 * (high * (math.sqrt(2) - 1))))  # along the upright part of the arch
    draw.box(c, -ring.reach, y, -low, draw.snapped(y + tall), metal)
    viafields.add_via_field(c, -high + around, y + around, -low - around, y + tall - around, via)
    draw.port(c, "e1", -ring.reach, draw.snapped(y + tall / 2), 180, tall, metal, "electrical")
    return inside, beside


@cell("soi", "modulators")
def ring_modulator_pn(
    radius: float | None = None,
    gap: float | None = None,
    opening_deg: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Ring modulator: a rib ring with a lateral PN junction, on one bus.

    Args:
        radius: of the ring's middle [µm].
        gap: between ring and bus, edge to edge [µm].
        opening_deg: angle towards the bus that the p implants leave out [deg].
        junction_offset: of the junction from the rib's middle, outwards to the p side [µm].
        mid_offset_p: from the rib's edge to the p+ implant [µm].
        mid_offset_n: from the rib's edge to the n+ implant [µm].
        contact_offset_p: from the rib's edge to the p++ implant [µm].
        contact_offset_n: from the rib's edge to the n++ implant [µm].
        contact_distance: from the rib's edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of ring and bus, a rib.

    e1 is the anode, e2 the cathode. Whatever is not given is the process's own (`[cells]`)::

                      e2
                 p    |    p
               .------|-----.
        e1 [p++]   [n++]     |  p
               '------------'
               opening_deg
        o1 ______ gap ____________ o2
    """
    offsets = (
        junction_offset, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n, contact_distance,
        contact_width,
    )  # fmt: skip
    return _draw("ring_modulator_pn", ring_of(radius, gap, opening_deg, offsets, cross_section), cross_section)


@cell("soi", "modulators")
def disk_modulator_pn(
    radius: float | None = None,
    width: float | None = None,
    gap: float | None = None,
    opening_deg: float | None = None,
    junction_offset: float | None = None,
    mid_offset_p: float | None = None,
    mid_offset_n: float | None = None,
    contact_offset_p: float | None = None,
    contact_offset_n: float | None = None,
    contact_distance: float | None = None,
    contact_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Disk modulator: silicon of full height whose outer wall guides the light, with a PN junction along it.

    Args:
        radius: of the outer wall [µm].
        width: of the silicon of full height, inwards from that wall [µm].
        gap: between disk and bus, edge to edge [µm].
        opening_deg: angle towards the bus that the p implants leave out [deg].
        junction_offset: of the junction from the middle of that width, outwards to the p side [µm].
        mid_offset_p: from the silicon's outer edge to the p+ implant [µm].
        mid_offset_n: from its inner edge to the n+ implant [µm].
        contact_offset_p: from its outer edge to the p++ implant [µm].
        contact_offset_n: from its inner edge to the n++ implant [µm].
        contact_distance: from either edge to the contacts [µm].
        contact_width: of the contacts' field on each side [µm].
        cross_section: of the bus, a rib.

    e1 is the anode, e2 the cathode. Whatever is not given is the process's own (`[cells]`)::

                      e2
                 p    |    p
               .======|=====.
        e1 [p++] # [n++]  #  |  p     # full height, width
               '============'
               opening_deg
        o1 ______ gap ____________ o2
    """
    offsets = (
        junction_offset, mid_offset_p, mid_offset_n, contact_offset_p, contact_offset_n, contact_distance,
        contact_width,
    )  # fmt: skip
    disk = disk_of(radius, width, gap, opening_deg, offsets, cross_section)
    c = _draw("disk_modulator_pn", disk, cross_section)
    c.info["radius_outer_um"] = draw.snapped(disk.radius + disk.core / 2)
    return c
