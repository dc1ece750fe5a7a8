"""Guides whose light runs largely outside the silicon, for sensing: slot and subwavelength grating, between strips.

Sources: V. R. Almeida et al., Opt. Lett. 29, 1209 (2004), doi:10.1364/OL.29.001209 (slot); P. Cheben et al., Opt.
Express 18, 20251 (2010), doi:10.1364/OE.18.020251 (chain of segments shorter than its Bragg period).
"""

import math

import gdsfactory as gf
import numpy as np

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import Floats
from lingnan.components.process import number
from lingnan.pdk import active_process

LEAD = 1.0  #: µm of strip at the ports, so that a tip beside it is the cell's own and not its neighbour's
_STRIP = "strip"


def _along(c: gf.Component, x: Floats, low: Floats, high: Floats) -> None:
    """A shape of the strip's core between two walls."""
    points = np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[::-1]])
    draw.polygon(c, points, draw.core_layer(_STRIP))


def _finish(c: gf.Component, total: float, half: float, **info: float) -> gf.Component:
    """Markers, ports and what the cell knows about itself; what ends inside ends on purpose."""
    core, layer = draw.core_width(_STRIP), draw.core_layer(_STRIP)
    draw.box(c, 0, -half, total, half, "FREEFORM")
    draw.box(c, LEAD / 2, -half, total - LEAD / 2, half, "COUPLER")
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", total, 0, 0, core, layer)
    c.info["length_um"] = total
    for key, value in info.items():
        c.info[key] = value
    return c


def _slowest(rise: float, gap: float, rail: float) -> tuple[float, str]:
    """Shortest transition whose slope leaves gap and rail at their rules, to half a grid step, and no corner acute;
    with the reason [µm]."""
    half = active_process().grid.value / 2
    cosine, rule = max(
        ((limits.active_limit(rule) - half) / value, rule)
        for value, rule in ((gap, limits.space_rule(_STRIP)), (rail, limits.width_rule(_STRIP)))
    )
    if cosine < math.sqrt(0.5):
        return draw.snapped(rise), "walls at no more than 45 degrees"
    return math.ceil(rise / math.tan(math.acos(cosine)) * 1000) / 1000, f"rule {rule} across the slope"


@cell("soi", "waveguides")
def slot(
    length: float = 50.0,
    rail_width: float | None = None,
    gap: float | None = None,
    length_transition: float | None = None,
) -> gf.Component:
    """Slot guide between two strips: in each transition the strip becomes one rail, the other comes up beside it.

    Rails of 0.22 µm with a gap of 0.2 µm, at the line's space rule, guide TE at n_eff 1.637 (1.55 µm, oxide cladding,
    lingnan's own mode solver). Published slots are narrower and hold more of the light in the gap. By local modes both
    transitions together pass 0.99 of the power.

    Args:
        length: of the slot, transitions not counted [µm].
        rail_width: of each rail [µm].
        gap: between the rails [µm].
        length_transition: from strip to slot, at each end [µm].

    Whatever is not given is the process's own (`[cells]`)::

                 ________________
        o1 =====/________________\\===== o2     rail
             ___/________________\\___          gap, rail
                     length
    """
    name = "slot"
    core = draw.core_width(_STRIP)
    rail = guides.width_of(name, "rail_width", number(rail_width, "slot_rail_width"), _STRIP)
    limits.at_most(name, "rail_width", rail, core, "the strip's own width")
    apart = draw.even(limits.finite(name, "gap", number(gap, "slot_gap")))
    limits.guide_gap(name, "gap", apart, _STRIP)
    limits.at_most(name, "gap", apart, 1.0, "1 µm: the rails no longer share their light")
    way = guides.taper_length(
        name, "length_transition", number(length_transition, "slot_transition_length"), core, rail
    )
    limits.at_least(name, "length_transition", way, *_slowest(core / 2 + apart / 2, apart, rail))
    limits.at_least(name, "length", length, 1.0, "a slot shorter than its light is wide")
    limits.at_most(name, "length", length, 1e5, "10 cm, larger than a wafer")
    total = draw.snapped(2 * (LEAD + way) + length)
    x = np.array([0.0, LEAD, LEAD + way])
    x = np.concatenate([x, total - x[::-1]])
    inner, outer = apart / 2, apart / 2 + rail
    low = np.array([-core / 2, -core / 2, inner, inner, -core / 2, -core / 2])
    high = np.array([core / 2, core / 2, outer, outer, core / 2, core / 2])
    c = gf.Component()
    _along(c, x, low, high)
    _along(c, x[1:-1], low[1:-1] - apart - rail, low[1:-1] - apart)
    half = core / 2 + apart + rail + 1.0
    return _finish(c, total, half, gap_um=apart, width_um=rail)


@cell("soi", "waveguides")
def swg(
    length: float = 50.0,
    period: float | None = None,
    duty: float | None = None,
    width: float | None = None,
    neck: float | None = None,
    length_transition: float | None = None,
) -> gf.Component:
    """Subwavelength-grating guide between two strips, each of which narrows to a neck, then to a tip inside a ladder.

    The segments widen as the tip narrows. Light is guided, and not reflected, while n_eff stays
    below wavelength / (2 period): 1.94 for 0.4 µm at 1.55 µm, and the line's width and space allow no shorter period.
    A strip is above that, so it narrows before the first segment. With the process's own sizes the Bloch modes stay
    below it all the way from 1.50 to 1.60 µm, by 0.06 at least; the segments alone have n_eff 1.64 to 1.56. No
    full-wave simulation of the transition was done.

    Args:
        length: of the segments alone, transitions not counted; rounded to whole periods [µm].
        period: of the segments, below half a wavelength inside [µm].
        duty: silicon's share of a period.
        width: of the segments [µm].
        neck: width of the strip where the segments begin [µm].
        length_transition: from strip to neck and from there to segments, at each end [µm].

    Whatever is not given is the process's own (`[cells]`)::

                 . | | | | | | | | .
        o1 ==---++-+-| | | | | |-+-++---== o2    width
                 ' | | | | | | | | '
                       length
    """
    name = "swg"
    core = draw.core_width(_STRIP)
    rule, space = limits.width_rule(_STRIP), limits.space_rule(_STRIP)
    step = draw.snapped(limits.finite(name, "period", number(period, "swg_period")))
    limits.at_most(name, "period", step, 10.0, "10 µm, no longer below the wavelength")
    silicon = draw.snapped(limits.finite(name, "duty", number(duty, "swg_duty")) * step)
    limits.by_rule(name, "duty x period", silicon, rule)
    limits.by_rule(name, "(1 - duty) x period", draw.snapped(step - silicon), space)
    wide = guides.width_of(name, "width", number(width, "swg_width"), _STRIP)
    narrow = guides.width_of(name, "neck", number(neck, "swg_neck"), _STRIP)
    limits.at_most(name, "neck", narrow, core, "the strip's own width")
    limits.at_least(name, "width", wide, narrow, "the neck's width")
    limits.at_most(name, "width", wide, 20.0, "20 µm, no longer a guide")
    tip = draw.even(limits.active_limit(rule))
    way = guides.taper_length(name, "length_transition", number(length_transition, "swg_transition_length"), core, tip)
    limits.at_least(name, "length_transition", way, 2 * step, "two periods")
    limits.at_least(name, "length", length, step, "one period")
    limits.at_most(name, "length", length, 1e4, "1 cm")
    rungs = round(way / step)
    count = round(length / step) + 2 * rungs
    begin = draw.snapped(LEAD + way)
    total = draw.snapped(2 * begin + count * step + silicon)
    c = gf.Component()
    reach = draw.snapped(rungs * step + silicon)  # the tip ends with a segment, not in a gap below the space rule
    for sign, start in ((1, 0.0), (-1, total)):
        x = np.array([0.0, LEAD, begin, begin + reach])
        half = np.array([core, core, narrow, tip]) / 2
        _along(c, start + sign * x, -half, half)
    # segments grow out of the strip's walls, so that none stands nearer to a wall than the space rule
    for index in range(count + 1):
        left = draw.snapped(begin + index * step)
        share = min(1.0, index / rungs, (count - index) / rungs)
        half_width = draw.even(narrow + share * (wide - narrow)) / 2
        draw.box(c, left, -half_width, left + silicon, half_width, draw.core_layer(_STRIP))
    return _finish(c, total, wide / 2 + 1.0, period_um=step, width_um=wide)
