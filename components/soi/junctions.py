"""Where guides meet, part and end: Y-branch, crossing, terminator."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec
from scipy.interpolate import CubicSpline

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.common.crossings import draw_crossing
from lingnan.components.common.curves import Curve, line
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_WIDTHS = 13  #: of the Y-branch, at equal distances


def _strip_only(cell: str, cross_section: CrossSectionSpec) -> tuple[float, str]:
    """Core width and layer of a guide with nothing beside its core.

    Raises:
        LingnanError: it has a slab, for which the shape was not designed.
    """
    core = draw.core_width(cross_section)
    if len(draw.layers_of(cross_section, core)) > 1:
        raise LingnanError(
            f"{cell}: cross_section = {cross_section} has a slab; the shape was designed for a strip. "
            "Use transition_strip_rib on its ports."
        )
    return core, draw.core_layer(cross_section)


def _line(length: float, points: int) -> Curve:
    x = np.linspace(0, length, points)
    return Curve(x, np.zeros(points), np.zeros(points), x)


@cell("soi", "splitters")
def ybranch(
    dy: float = 5.0, dx: float | None = None, length_taper: float = 2.0, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """Y-branch of Zhang et al.: a body 2 µm long whose 13 widths were found by a particle swarm.

    Source: Y. Zhang et al., Opt. Express 21, 1310 (2013), doi:10.1364/OE.21.001310, who measured 0.28 dB of loss, on
    220 nm of silicon with guides 0.5 µm wide. Here a taper leads to the line's own width, and the outputs narrow to it
    along their bends; no full-wave simulation of that was done.

    Args:
        dy: between the outputs, centre to centre [µm].
        dx: length of the S-bends [µm]; as long as the routing radius asks for if not given.
        length_taper: of the taper from the guide's width to the first of the 13 [µm].
        cross_section: of the guides, a strip.

    ::

                              ___ o2
                   ____  ____/
        o1 _______/    \\/         dy
                  \\____/\\____
                             \\___ o3
             taper  body   dx
    """
    name = "ybranch"
    process = active_process()
    core, layer = _strip_only(name, cross_section)
    widths = np.array([process.number(f"cells.ybranch_width_{index:02d}") for index in range(1, _WIDTHS + 1)])
    long, gap = process.number("cells.ybranch_length"), process.number("cells.ybranch_gap")
    limits.guide_gap(name, "gap", gap, cross_section)
    limits.by_rule(name, "width", float(widths.min()), limits.width_rule(cross_section))
    arm = draw.even((widths[-1] - gap) / 2)
    inner = draw.snapped((widths[-1] - arm) / 2)
    limits.at_least(name, "dy", dy, 2 * inner, "the distance of the arms where they part")
    limits.at_least(name, "dy", dy, core + limits.space_of(cross_section), limits.space_rule(cross_section))
    apart = draw.snapped(draw.even(dy) / 2 - inner)
    taper = guides.taper_length(name, "length_taper", length_taper, core, float(widths[0]))
    bend = guides.s_bend_curve(
        name, "dx", s_bend_default(apart, cross_section) if dx is None else dx, apart, cross_section
    )
    body = _line(long, 12 * 8 + 1)
    profile = CubicSpline(np.linspace(0, long, _WIDTHS), widths)(body.x)
    c = gf.Component()
    draw.extrude(c, line(taper).placed(-taper), cross_section, np.array([core, widths[0]]))
    draw.extrude(c, body, cross_section, profile)
    draw.box(c, -0.5, -widths.max(), long + 0.5, widths.max(), "FREEFORM")
    # in step with the arms' distance, so that wide arms do not close the gap before they part
    along = arm + (core - arm) * (bend.y / apart if apart else bend.s / bend.length)
    draw.extrude(c, bend.placed(long, inner), cross_section, along)
    draw.extrude(c, bend.placed(long, -inner, mirror=True), cross_section, along)
    draw.outline_of(c)
    east, y = draw.snapped(long + bend.end[0]), draw.snapped(inner + apart)
    draw.port(c, "o1", -taper, 0, 180, core, layer)
    draw.port(c, "o2", east, y, 0, core, layer)
    draw.port(c, "o3", east, -y, 0, core, layer)
    c.info["length_um"] = draw.snapped(east + taper)
    c.info["radius_min_um"] = min(round(bend.radius_min, 3), 1e6)
    return c


@cell("soi", "crossings")
def crossing(
    length: float | None = None, width: float | None = None, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """Crossing of two guides, each widened by parabolic horns so that light hardly spreads where the walls are missing.

    By effective index in two dimensions, the mode of a guide 3 µm wide loses 0.14 dB where it crosses 3 µm without
    walls (0.25 dB for 2 µm, 0.09 dB for 4 µm), horns taken as adiabatic. Horns, crosstalk, reflection and three
    dimensions were not simulated. Published for 3 µm and parabolic horns, with a shallow etch around the crossing that
    this cell has not: 97.5 %, W. Bogaerts et al., Opt. Lett. 32, 2801 (2007), doi:10.1364/OL.32.002801.

    Args:
        length: of each horn [µm].
        width: of the guides where they cross [µm].
        cross_section: of both guides, a strip.

    Whatever is not given is the process's own (`[cells]`)::

                 o2
                 |
               .-'-.
        o1 ---(     )--- o3
               '-.-'
                 |
                 o4
    """
    _strip_only("crossing", cross_section)
    return draw_crossing("crossing", length, width, cross_section)


@cell("soi", "terminators")
def terminator(
    length: float | None = None, tip_width: float | None = None, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """End of a guide that reflects little: an inverse taper lets the light out into the oxide.

    What leaves the tip goes on as stray light in the oxide. No full-wave simulation of it was done.

    Args:
        length: of the taper [µm].
        tip_width: of the core at its end [µm].
        cross_section: of the guide, a strip.

    Whatever is not given is the process's own (`[cells]`)::

        o1 ======------___
               length
    """
    name = "terminator"
    core, layer = _strip_only(name, cross_section)
    tip = guides.width_of(name, "tip_width", number(tip_width, "edge_tip_width"), cross_section)
    limits.at_most(name, "tip_width", tip, core, "the guide's own width: a tip is narrower")
    used = guides.taper_length(name, "length", number(length, "terminator_length"), core, tip)
    c = gf.Component()
    draw.extrude(c, line(used), cross_section, np.array([core, tip]))
    draw.outline_of(c, flush=("west",))
    draw.box(c, draw.snapped(used / 2), -1.0, used + 1.0, 1.0, "COUPLER")  # a guide may end here
    draw.port(c, "o1", 0, 0, 180, core, layer)
    c.info["length_um"] = used
    c.info["tip_width_um"] = tip
    return c
