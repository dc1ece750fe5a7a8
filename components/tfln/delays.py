"""Long guides in little room: the double spiral, and the chain of bends for cutback measurements."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common.delay import draw_bend_chain, draw_spiral


@cell("tfln", "delays")
def spiral(
    turns: int = 4,
    length_x: float = 500.0,
    radius: float | None = None,
    spacing: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Double spiral around an S, for delay and loss; `info` has its length.

    Its straights run along layout x, crystal y as drawn; along the bends the group index varies with the direction.

    Args:
        turns: of each of the two arms.
        length_x: of the straights [µm].
        radius: of the two bends of the S in the middle [µm]; the cross-section's if not given.
        spacing: between neighbours, centre to centre [µm]; where the line sees no crosstalk if not given.
        cross_section: of the guide.

    ::

        o1 ______________________
             .----------------.  \\
            /  .------------.  \\  |
           |  (______length_x_)   |
            \\  '-----------------'
             '_____________________ o2
    """
    return draw_spiral("spiral", turns, length_x, radius, spacing, cross_section)


@cell("tfln", "delays")
def bend_chain(
    bends: int = 40, radius: float | None = None, p: float = 0.5, cross_section: CrossSectionSpec = "rib"
) -> gf.Component:
    """Chain of 90-degree bends on one line, to measure the loss of a bend and how far it mixes TE and TM.

    Args:
        bends: how many, a multiple of four.
        radius: of the arc with the same end points [µm]; the cross-section's if not given.
        p: share of the angle in which the curvature changes, 0 to 1.
        cross_section: of the guide.

    ::

             .--.    .--.    .--.
            |    |  |    |  |    |
        o1 _'    '__'    '__'    '_ o2
    """
    return draw_bend_chain("bend_chain", bends, radius, p, cross_section)
