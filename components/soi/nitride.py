"""The way from silicon up into the nitride film."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.pdk.errors import LingnanError


@cell("soi", "transitions")
def transition_strip_nitride(
    length: float | None = None,
    tip_width: float | None = None,
    nitride_tip_width: float | None = None,
    strip: CrossSectionSpec = "strip",
    nitride: CrossSectionSpec = "nitride",
) -> gf.Component:
    """Transition from a silicon strip into a nitride guide above it: the nitride widens, then the silicon narrows.

    Lengths are chosen to be adiabatic; no full-wave simulation of it was done. Where the silicon's tip ends under the
    nitride, one hundredth of the light is lost (full-vector overlap, tip 0.18 µm, 1.55 µm).

    Args:
        length: of both tapers together [µm].
        tip_width: of the silicon at its end [µm].
        nitride_tip_width: of the nitride where it begins [µm]; its width rule if not given.
        strip: cross-section at o1.
        nitride: cross-section at o2.

    Whatever is not given is the process's own (`[cells]`)::

        nitride     ___-----===================
        silicon  ======================------__
                o1                           o2
                          length
    """
    name = "transition_strip_nitride"
    low, high = draw.core_layer(strip), draw.core_layer(nitride)
    if (low, high) != ("WG", "SIN"):
        raise LingnanError(
            f"{name}: strip = {strip} is on {low}, nitride = {nitride} on {high}. Give one on WG and one on SIN."
        )
    core, above = draw.core_width(strip), draw.core_width(nitride)
    tip = guides.width_of(name, "tip_width", number(tip_width, "edge_tip_width"), strip)
    limits.at_most(name, "tip_width", tip, core, "the guide's own width: a tip is narrower")
    least = limits.active_limit(limits.width_rule(nitride)) if nitride_tip_width is None else nitride_tip_width
    begin = guides.width_of(name, "nitride_tip_width", least, nitride)
    limits.at_most(name, "nitride_tip_width", begin, above, "the guide's own width: a tip is narrower")
    used = number(length, "nitride_transition_length")
    guides.taper_length(name, "length / 2", used / 2, above, begin)
    guides.taper_length(name, "length / 2", used / 2, core, tip)
    half = draw.snapped(used / 2)
    c = gf.Component()
    draw.extrude(c, line(half), strip)
    draw.extrude(c, line(half).placed(half), strip, np.array([core, tip]))
    draw.extrude(c, line(half), nitride, np.array([begin, above]))
    draw.extrude(c, line(half).placed(half), nitride)
    draw.box(c, half, -above, 2 * half, above, "COUPLER")  # the silicon may end here
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, core, low)
    draw.port(c, "o2", 2 * half, 0, 0, above, high)
    c.info["length_um"] = draw.snapped(2 * half)
    c.info["tip_width_um"] = tip
    return c
