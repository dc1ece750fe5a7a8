"""A ring on a membrane of the buried oxide: under a sensing window, released through holes from the wafer below.

The release etch (UNDERCUT) goes through holes in the oxide and as far under it as the process's `undercut_reach` says;
holes keep from guides by rule UC.S.WG. Both together put the ring 3 µm inside of the membrane's rim, where a pressure
strains it most. The line closes no holes: until something does, pressure comes behind the membrane through them.
"""

import math

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, windows
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.process import number
from lingnan.pdk import active_process

_SURE = 0.95  #: share of the etch's reach that is counted on, so that nothing is left standing on a post
_TURN = 2 * math.pi * np.arange(32) / 32
_ROUND = np.column_stack([np.cos(_TURN), np.sin(_TURN)])  #: a hole of radius 1


@cell("soi", "sensors")
def ring_membrane(
    radius: float = 30.0,
    gap: float | None = None,
    hole: float = 5.0,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Ring at the rim of a released membrane, on one bus: a pressure strains it and moves its lines.

    The membrane is round and as large as the ring asks for; holes lie on circles inside of it.

    Args:
        radius: of the ring [µm].
        gap: between ring and bus, edge to edge [µm]; wide enough for the opening etch if not given.
        hole: diameter of the release holes [µm].
        margin: of the sensing window around the guides [µm]; the process's own if not given.
        cross_section: of ring and bus, a strip.

    ::

          . . . . . . . . . . .
          .      .-----.      .  window
          .    /  ( )( ) \\    .
          .   |  ( )( )( ) |  .  membrane: a little larger than the ring
          .    \\  o o o /    .
          .      '-----'      .
        o1 ______ gap __________ o2
          . . . . . . . . . . .
    """
    name = "ring_membrane"
    windows.strip_only(name, cross_section)
    around, process = windows.margin_of(name, margin), active_process()
    wide = draw.even(limits.finite(name, "hole", hole))
    limits.at_least(name, "hole", wide, process.limit("ISO.W"), "ISO.W, as trenches through the same oxide")
    limits.at_most(name, "hole", wide, 50.0, "50 µm, of which no membrane is left")
    reach, core = number(None, "undercut_reach"), draw.core_width(cross_section)
    inwards = core / 2 + process.limit("UC.S.WG") + wide / 2 + 2 * process.grid.value
    limits.at_least(name, "radius", radius, inwards + wide, "a circle of holes, UC.S.WG inside of the ring")
    limits.at_most(name, "radius", radius, 500.0, "0.5 mm, whose membrane buckles under the oxide's own stress")
    ring = Ring(radius, 0.0, (number(gap, "sensor_gap"),), 0.0, cross_section, beyond=around + windows.END)
    c = draw_ring(name, ring)
    middle = draw.snapped(float(c.info["gap1_um"]) + core + draw.snapped(radius))
    windows.open_led(c, name, "radius + margin", around, core, cross_section)
    circles = holes(radius - inwards, radius + core / 2, wide, reach)
    for far, count in circles:
        if count > 1:
            left = round(2 * far * math.sin(math.pi / count) - wide, 3)
            limits.at_least(name, "oxide between holes, by radius and hole,", left, process.limit("ISO.S"), "ISO.S")
        for angle in 2 * math.pi * np.arange(count) / count:
            x, y = draw.snapped(far * math.cos(angle)), draw.snapped(middle + far * math.sin(angle))
            draw.polygon(c, _ROUND * wide / 2 + np.array([x, y]), "UNDERCUT")
    c.info["membrane_radius_um"] = round(radius - inwards + wide / 2 + reach, 3)
    c.info["holes"], c.info["hole_um"] = sum(count for _, count in circles), wide
    c.info["cut_share"] = round(circles[0][1] * wide / (2 * math.pi * circles[0][0]), 3)
    return c


def holes(outermost: float, ring: float, wide: float, reach: float) -> list[tuple[float, int]]:
    """Circles of holes from the outside in, the last one in the middle: radius [µm] and how many.

    Between two holes of a circle, half way to what is next outside of it, the nearest one is within reach.

    Args:
        outermost: radius of the first circle [µm].
        ring: outer edge of the guide, which is to be released [µm].
        wide: diameter of a hole [µm].
        reach: of the etch [µm].
    """
    far = _SURE * reach + wide / 2  # from the middle of a hole
    rows = math.ceil(outermost / (2 * _SURE * reach))
    found: list[tuple[float, int]] = []
    for row in range(rows, 0, -1):
        circle = outermost * row / rows
        edge = ring if row == rows else circle + outermost / rows / 2
        cosine = (edge**2 + circle**2 - far**2) / (2 * edge * circle)
        found.append((circle, max(3, math.ceil(math.pi / math.acos(min(cosine, 1 - 1e-9))) if cosine > 0 else 3)))
    if found[-1][0] > far:
        found.append((0.0, 1))
    return found
