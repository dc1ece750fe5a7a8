"""Directional couplers and rings of any cross-section: guides that run beside each other at a gap."""

import math
from dataclasses import dataclass

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import join, line, s_bend_length


def pitch_of(cell: str, gap: float, cross_section: CrossSectionSpec) -> float:
    """Centre-to-centre distance at a checked gap [µm]."""
    limits.guide_gap(cell, "gap", gap, cross_section)
    limits.at_most(cell, "gap", gap, 100.0, "0.1 mm: nothing couples across it")
    return draw.even(gap + draw.core_width(cross_section))


def s_bend_default(apart: float, cross_section: CrossSectionSpec) -> float:
    """Length of an S-bend at the routing radius of a cross-section [µm]."""
    radius = draw.section_of(cross_section).radius or limits.radius_limit(cross_section)
    return max(s_bend_length(apart, radius), draw.core_width(cross_section))


def draw_coupler(
    cell: str, gap: float, length: float, dy: float, dx: float | None, cross_section: CrossSectionSpec
) -> gf.Component:
    """Two guides side by side for `length`, led apart to `dy` at both ends; the straight part begins at x = 0."""
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    pitch = pitch_of(cell, gap, cross_section)
    limits.at_least(cell, "length", length, 0.0, "a length is not negative")
    limits.at_most(cell, "length", length, 1e4, "1 cm")
    limits.at_least(cell, "dy", dy, pitch, "the distance of the guides in the coupler")
    apart = (draw.even(dy) - pitch) / 2
    if dx is None:
        dx = s_bend_default(apart, cross_section)
    bend = guides.s_bend_curve(cell, "dx", dx, apart, cross_section)
    straight = [line(draw.snapped(length))] if draw.snapped(length) else []
    back = bend.placed(mirror=True)
    c = gf.Component()
    upper = join(back, *straight, bend).placed(-bend.end[0], pitch / 2 + apart)
    lower = join(bend, *straight, back).placed(-bend.end[0], -pitch / 2 - apart)
    for curve in (lower, upper):
        draw.extrude(c, curve, cross_section, core_only=True)
    draw.beside_core(c, cross_section)
    draw.outline_of(c)
    west, east = -bend.end[0], draw.snapped(upper.end[0])
    y = draw.snapped(pitch / 2 + apart)
    corners = ((west, -y, 180), (west, y, 180), (east, y, 0), (east, -y, 0))
    for number, (x, height, facing) in enumerate(corners, 1):
        draw.port(c, f"o{number}", x, height, facing, core, layer)
    c.info["length_um"] = round(upper.length, 6)
    c.info["coupling_length_um"] = draw.snapped(length)
    c.info["gap_um"] = draw.snapped(pitch - core)
    c.info["radius_min_um"] = min(round(bend.radius_min, 3), 1e6)
    return c


@dataclass(frozen=True)
class Ring:
    """What makes a ring or a racetrack, all in µm."""

    radius: float  #: of its bends
    straight: float  #: of both straights along the buses; 0 for a ring
    gaps: tuple[float, ...]  #: to the lower bus, and to the upper one where there are two
    p: float  #: share of Euler curvature in the bends, 0 for circles
    cross_section: CrossSectionSpec
    beyond: float = 1.0  #: of the buses beyond the ring at both ends


def draw_ring(cell: str, ring: Ring) -> gf.Component:
    """A ring above the origin, its lower bus along y = 0."""
    core, layer = draw.core_width(ring.cross_section), draw.core_layer(ring.cross_section)
    limits.at_least(cell, "length_x", ring.straight, 0.0, "a length is not negative")
    limits.at_most(cell, "length_x", ring.straight, 1e5, "10 cm, larger than a wafer")
    half = guides.bend_curve(cell, ring.radius, 180, ring.p, ring.cross_section, core)
    radius, straight = half.end[1] / 2, draw.even(ring.straight)
    pitches = [pitch_of(cell, gap, ring.cross_section) for gap in ring.gaps]
    bottom, top = pitches[0], draw.snapped(pitches[0] + 2 * radius)
    widest = float(half.x.max()) + core / 2
    reach = draw.snapped(math.ceil(straight / 2 + widest + draw.reach(ring.cross_section)) + ring.beyond)
    c = gf.Component()
    draw.extrude(c, half.placed(straight / 2, bottom), ring.cross_section, core_only=True)
    draw.extrude(c, half.placed(-straight / 2, top, 180), ring.cross_section, core_only=True)
    rails = [(0.0, reach)] + ([(top + pitches[1], reach)] if len(pitches) > 1 else [])
    for y, half_length in [*rails, (bottom, straight / 2), (top, straight / 2)]:
        if half_length:
            curve = line(2 * half_length).placed(-half_length, y)
            draw.extrude(c, curve, ring.cross_section, core_only=True)
    draw.beside_core(c, ring.cross_section)
    draw.outline_of(c)
    draw.port(c, "o1", -reach, 0, 180, core, layer)
    if len(rails) > 1:
        draw.port(c, "o2", -reach, draw.snapped(rails[1][0]), 180, core, layer)
        draw.port(c, "o3", reach, draw.snapped(rails[1][0]), 0, core, layer)
        draw.port(c, "o4", reach, 0, 0, core, layer)
    else:
        draw.port(c, "o2", reach, 0, 0, core, layer)
    c.info["round_trip_um"] = round(2 * half.length + 2 * straight, 6)
    c.info["radius_um"] = draw.snapped(ring.radius)
    c.info["radius_min_um"] = round(half.radius_min, 4)
    c.info["bus_length_um"] = draw.snapped(2 * reach)
    for number, pitch in enumerate(pitches, 1):
        c.info[f"gap{number}_um"] = draw.snapped(pitch - core)
    return c
