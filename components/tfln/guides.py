"""Straight guides, bends and tapers of ribs on a slab.

None of them is bound to a crystal axis: a guide has to turn somewhere. What a bend has to survive is that the index of
TE changes from n_e to n_o as the guide turns from crystal y to z. On the 600 nm film TE stays above TM in the C band;
in the O band the two cross on the way and mix, so that band belongs on the 400 nm film.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common import guides


@cell("tfln", "waveguides")
def straight(length: float = 10.0, cross_section: CrossSectionSpec = "rib", width: float | None = None) -> gf.Component:
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


@cell("tfln", "bends")
def bend_euler(
    radius: float | None = None,
    angle: float = 90.0,
    p: float = 0.5,
    cross_section: CrossSectionSpec = "rib",
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


@cell("tfln", "bends")
def bend_circular(
    radius: float | None = None,
    angle: float = 90.0,
    cross_section: CrossSectionSpec = "rib",
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


@cell("tfln", "bends")
def bend_s(
    size: tuple[float, float] = (80.0, 14.0), cross_section: CrossSectionSpec = "rib", width: float | None = None
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


@cell("tfln", "tapers")
def taper(
    length: float = 10.0,
    width1: float | None = None,
    width2: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Linear taper between two core widths.

    Args:
        length: of the taper [µm].
        width1: core width at o1 [µm]; the cross-section's if not given.
        width2: core width at o2 [µm]; the cross-section's if not given.
        cross_section: of the guide; the slab beside the core follows it.

    ::

               _________
        o1 ____           o2
               ---------
        width1   length   width2
    """
    return guides.draw_taper("taper", length, width1, width2, cross_section)
