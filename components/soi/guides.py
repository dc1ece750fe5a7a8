"""Straight guides, bends, tapers and the way from strip to rib."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.pdk.errors import LingnanError


@cell("soi", "waveguides")
def straight(
    length: float = 10.0, cross_section: CrossSectionSpec = "strip", width: float | None = None
) -> gf.Component:
    """Straight guide, or a wire of an electrical cross-section.

    Args:
        length: of the guide [µm].
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.

    ::

        o1 ================ o2
               length
    """
    return guides.draw_straight("straight", length, cross_section, width)


@cell("soi", "bends")
def bend_euler(
    radius: float | None = None,
    angle: float = 90.0,
    p: float = 0.5,
    cross_section: CrossSectionSpec = "strip",
    width: float | None = None,
) -> gf.Component:
    """Bend whose curvature rises and falls linearly over the share `p` of its angle.

    Args:
        radius: of the arc with the same end points [µm]; the cross-section's if not given. The smallest radius inside
            is smaller and has to respect the line's minimum.
        angle: ±90 or ±180 [deg].
        p: share of the angle in which the curvature changes, 0 to 1.
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.

    ::

                 o2
                 |
                 /
        o1 _____/
    """
    return guides.draw_bend("bend_euler", radius, angle, p, cross_section, width)


@cell("soi", "bends")
def bend_circular(
    radius: float | None = None,
    angle: float = 90.0,
    cross_section: CrossSectionSpec = "strip",
    width: float | None = None,
) -> gf.Component:
    """Bend of constant radius.

    Args:
        radius: of the centre line [µm]; the cross-section's if not given.
        angle: ±90 or ±180 [deg].
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.

    ::

                 o2
                 |
                /
        o1 ___.'
    """
    return guides.draw_bend("bend_circular", radius, angle, 0.0, cross_section, width)


@cell("soi", "bends")
def bend_s(
    size: tuple[float, float] = (12.0, 3.0), cross_section: CrossSectionSpec = "strip", width: float | None = None
) -> gf.Component:
    """S-bend: a sideways step between two parallel guides.

    Args:
        size: length and sideways step [µm]; the bend has to respect the line's minimum radius.
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.

    ::

                 ____ o2
                /        size[1]
        o1 ____/
             size[0]
    """
    return guides.draw_bend_s("bend_s", size, cross_section, width)


@cell("soi", "tapers")
def taper(
    length: float = 10.0,
    width1: float | None = None,
    width2: float | None = 1.0,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Linear taper between two core widths.

    Args:
        length: of the taper [µm].
        width1: core width at o1 [µm]; the cross-section's if not given.
        width2: core width at o2 [µm]; the cross-section's if not given.
        cross_section: of the guide; what goes beside the core follows it.

    ::

               _________
        o1 ____           o2
               ---------
        width1   length   width2
    """
    return guides.draw_taper("taper", length, width1, width2, cross_section)


@cell("soi", "tapers")
def transition_strip_rib(
    length: float = 20.0,
    tip_width: float | None = None,
    strip: CrossSectionSpec = "strip",
    rib: CrossSectionSpec = "rib",
) -> gf.Component:
    """Transition from a strip to a rib: the slab grows out of the strip's walls.

    Args:
        length: over which the slab grows [µm].
        tip_width: of the slab where it begins [µm]; as wide as the strip, but at least the slab's rule, if not given.
        strip: cross-section at o1.
        rib: cross-section at o2.

    ::

                   _________ slab
             .----'
        o1 ==================== o2
             '----.
                   '---------
        strip     length      rib
    """
    name = "transition_strip_rib"
    one, two = draw.core_width(strip), draw.core_width(rib)
    beside = draw.layers_of(rib, two)[1:]
    if draw.core_layer(strip) != draw.core_layer(rib) or not beside or len(draw.layers_of(strip, one)) > 1:
        raise LingnanError(
            f"{name}: strip = {strip}, rib = {rib} is not a way from a guide without a slab to one with a slab. "
            "Give two cross-sections of one core layer, the second with a slab."
        )
    slab, low, high = beside[0]
    rule = limits.layer_rule(slab, "width")
    least = limits.active_limit(rule)
    begin = max(one, least) if tip_width is None else tip_width
    limits.by_rule(name, "tip_width", begin, rule)
    limits.at_most(name, "tip_width", begin, high - low, "the width of the slab")
    begin = draw.even(begin)
    used = guides.taper_length(name, "length", length, begin, high - low)
    c = gf.Component()
    curve = line(used)
    draw.extrude(c, curve, strip, np.array([one, two]))
    draw.polygon(c, [(0, -begin / 2), (used, low), (used, high), (0, begin / 2)], slab)
    draw.box(c, 0, low, used, high, "TRANSITION")
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, one, draw.core_layer(strip))
    draw.port(c, "o2", used, 0, 0, two, draw.core_layer(rib))
    c.info["length_um"] = used
    return c
