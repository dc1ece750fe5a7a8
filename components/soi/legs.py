"""From one height to another: two bends with a straight between them, for cells made of parts. Lengths in µm."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.common import draw, guides
from lingnan.components.soi.guides import bend_euler, straight
from lingnan.components.soi.modulators import chain

EULER = 0.5  #: share of such a bend in which the curvature changes


def run(c: gf.Component, port: gf.Port, length: float, cross_section: CrossSectionSpec) -> gf.Port:
    """Straight on from a port; nothing is drawn for no length."""
    used = draw.snapped(length)
    return chain(c, port, [straight(length=used, cross_section=cross_section)] if used else [])


def leg_to(c: gf.Component, port: gf.Port, height: float, cross_section: CrossSectionSpec) -> gf.Port:
    """From a port that faces along x up or down to a height that is two bends away or more, or none."""
    rise = draw.snapped(height - float(port.center[1]))
    if not rise:
        return port
    sign = 1.0 if rise > 0 else -1.0
    away, back = (bend_euler(angle=sign * turn, p=EULER, cross_section=cross_section) for turn in (90.0, -90.0))
    straights = draw.snapped(abs(rise) - 2 * float(away.info["dy"]))
    middle = [straight(length=straights, cross_section=cross_section)] if straights else []
    return chain(c, port, [away, *middle, back])


def bend_of(name: str, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """Radius and length of one of these bends [µm]."""
    curve = guides.bend_curve(name, None, 90, EULER, cross_section, draw.core_width(cross_section))
    return draw.snapped(curve.end[1]), curve.length
