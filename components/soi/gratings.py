"""Bragg gratings: teeth on both walls of a strip, under oxide or in a sensing window, whole or with a phase shift.

Of third order where the line's width and space rules ask for it: a tooth and a groove of first order, 0.16 µm each at
1.55 µm, are below them. A grating of third order radiates too, the less the shallower its teeth (`gratinglight`).
"""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_POLYGON = 400  #: teeth of one polygon: files hold a few thousand points of each


def _teeth(
    name: str,
    counts: tuple[int, ...],
    period: float,
    extra: float,
    depth: float | None,
    width: float | None,
    cross_section: CrossSectionSpec,
    lead: float = 0.0,
) -> gf.Component:
    """A guide with rows of teeth and `extra` [µm] more groove between them; at both ends as much guide as a groove, and
    a `lead` [µm] before it.

    A tooth is half of a period, so that the second diffracted order of a grating of third order is dark.
    """
    if len(draw.layers_of(cross_section, draw.core_width(cross_section))) > 1:
        raise LingnanError(f"{name}: cross_section = {cross_section} has a slab; the teeth are a strip's. Give one.")
    limits.guide_only(name, cross_section)
    layer, used = draw.core_layer(cross_section), guides.width_of(name, "width", width, cross_section)
    out = draw.snapped(limits.finite(name, "depth", number(depth, "bragg_depth")))
    step = draw.snapped(limits.finite(name, "period", period))
    limits.at_most(name, "period", step, 10.0, "10 µm, a grating of some thirtieth order")
    tooth = draw.snapped(step / 2)
    groove = draw.snapped(step - tooth)
    limits.by_rule(name, "period / 2", min(tooth, groove), limits.width_rule(cross_section))
    limits.by_rule(name, "period / 2", min(tooth, groove), limits.space_rule(cross_section))
    limits.at_least(name, "depth", out, active_process().grid.value, "one grid step")
    limits.at_most(name, "depth", out, used / 2, "half of the guide's width")
    c, x, low, high = gf.Component(), 0.0, used / 2, used / 2 + out
    if lead:
        draw.box(c, -lead, -low, 0.0, low, layer)
    for row, count in enumerate(counts):
        for first in range(0, count, _POLYGON):
            some = min(_POLYGON, count - first)
            left = x + groove + step * np.arange(some)
            edges = np.repeat(np.column_stack([left, left + tooth]).ravel(), 2)
            edges = np.concatenate([[x], edges[:-1]])
            walls = np.concatenate([[low], np.tile([low, high, high, low], some)[:-1]])
            points = np.column_stack([np.concatenate([edges, edges[::-1]]), np.concatenate([walls, -walls[::-1]])])
            draw.polygon(c, points, layer)
            x = draw.snapped(x + some * step)
        gap = groove + lead if row == len(counts) - 1 else draw.snapped(extra)
        if gap:
            draw.box(c, x, -low, x + gap, low, layer)
        x = draw.snapped(x + gap)
    draw.box(c, groove, -high, x - lead - groove, high, "FREEFORM")
    draw.outline_of(c)
    draw.port(c, "o1", -lead, 0, 180, used, layer)
    draw.port(c, "o2", x, 0, 0, used, layer)
    c.info["length_um"], c.info["lead_um"] = draw.snapped(x + lead), lead
    c.info["period_um"], c.info["depth_um"], c.info["width_um"] = step, out, used
    return c


@cell("soi", "gratings")
def bragg(
    periods: int = 200,
    period: float | None = None,
    depth: float | None = None,
    width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Bragg grating in a strip under oxide: reflects a line, whose width its teeth set.

    Args:
        periods: how many, a tooth in each.
        period: of the teeth, each a half of it [µm].
        depth: by how much the teeth stand out on each side [µm].
        width: of the guide between the teeth and at the ports [µm]; the cross-section's if not given.
        cross_section: a strip.

    Whatever else is not given is the process's own (`[cells]`)::

               _   _   _   _   _
        o1 ===| |=| |=| |=| |=| |=== o2   width, depth
               period
    """
    limits.count("bragg", "periods", periods, 2, 20000)
    return _teeth("bragg", (periods,), number(period, "bragg_period"), 0.0, depth, width, cross_section)


@cell("soi", "gratings")
def bragg_shifted(
    periods: int = 400,
    period: float | None = None,
    shift: float = 0.5,
    depth: float | None = None,
    width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Bragg grating with a longer groove in its middle, under oxide: passes a line in the middle of what it reflects.

    Args:
        periods: how many in both halves together, an even number.
        period: of the teeth, each a half of it [µm].
        shift: by how much the groove in the middle is longer, over the period; a half and a sixth are quarter waves
            of a grating of third order, a half is one of the first.
        depth: by how much the teeth stand out on each side [µm].
        width: of the guide between the teeth and at the ports [µm]; the cross-section's if not given.
        cross_section: a strip.

    Whatever else is not given is the process's own (`[cells]`)::

               _   _   _     _   _   _
        o1 ===| |=| |=| |===| |=| |=| |=== o2   width, depth
               period    shift
    """
    step = number(period, "bragg_period")
    return _teeth("bragg_shifted", *_halves("bragg_shifted", periods, step, shift), depth, width, cross_section)


@cell("soi", "sensors")
def bragg_sensor(
    periods: int = 200,
    period: float | None = None,
    depth: float | None = None,
    width: float | None = None,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Bragg grating in a sensing window: the line that it reflects moves with the medium's index.

    Args:
        periods: how many, a tooth in each.
        period: of the teeth, each a half of it [µm].
        depth: by how much the teeth stand out on each side [µm].
        width: of the guide between the teeth [µm], which tapers lead to; the cross-section's if not given.
        margin: of the window around the guide [µm]; the process's own if not given.
        cross_section: of the ports, a strip.

    Whatever else is not given is the process's own (`[cells]`)::

           . . . . . . . . . . . . .
           .   _   _   _   _   _   .  window
        o1 ===| |=| |=| |=| |=| |=== o2   width, depth
           .   period              .
           . . . . . . . . . . . . .
    """
    name = "bragg_sensor"
    limits.count(name, "periods", periods, 2, 20000)
    step = number(period, "bragg_sensor_period")
    return _opened(name, ((periods,), step, 0.0, depth, width), margin, cross_section)


@cell("soi", "sensors")
def bragg_sensor_shifted(
    periods: int = 400,
    period: float | None = None,
    shift: float = 0.5,
    depth: float | None = None,
    width: float | None = None,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Phase-shifted Bragg grating in a sensing window: a narrow line that moves with the medium's index.

    Args:
        periods: how many in both halves together, an even number.
        period: of the teeth, each a half of it [µm].
        shift: by how much the groove in the middle is longer, over the period, as in `bragg_shifted`.
        depth: by how much the teeth stand out on each side [µm].
        width: of the guide between the teeth [µm], which tapers lead to; the cross-section's if not given.
        margin: of the window around the guide [µm]; the process's own if not given.
        cross_section: of the ports, a strip.

    Whatever else is not given is the process's own (`[cells]`)::

           . . . . . . . . . . . . . . .
           .   _   _   _     _   _   _ .  window
        o1 ===| |=| |=| |===| |=| |=| |=== o2   width, depth
           .   period    shift         .
           . . . . . . . . . . . . . . .
    """
    name = "bragg_sensor_shifted"
    counts, step, extra = _halves(name, periods, number(period, "bragg_sensor_period"), shift)
    return _opened(name, (counts, step, extra, depth, width), margin, cross_section)


def _halves(name: str, periods: int, period: float, shift: float) -> tuple[tuple[int, int], float, float]:
    """Teeth of both halves, the period, and what the groove between them is longer [µm]."""
    limits.count(name, "periods", periods, 4, 20000)
    limits.multiple(name, "periods", periods, 2)
    limits.at_least(name, "shift", shift, 0.0, "the groove in the middle is no shorter than the others")
    limits.at_most(name, "shift", shift, 100.0, "a hundred periods")
    return (periods // 2, periods // 2), period, shift * period


def _opened(
    name: str,
    rows: tuple[tuple[int, ...], float, float, float | None, float | None],
    margin: float | None,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    """Rows of teeth as `_teeth` takes them, in a window, whose ends are under oxide and have no teeth."""
    windows.strip_only(name, cross_section)
    around = windows.margin_of(name, margin)
    c = _teeth(name, *rows, cross_section, lead=draw.snapped(around + windows.END))
    limits.by_rule(name, "width", c.info["width_um"], "OX.WG.W")
    for rule in ("OX.WG.W", "OX.WG.S"):
        limits.by_rule(name, "period / 2", draw.snapped(c.info["period_um"] / 2), rule)
    windows.open_led(c, name, "2 margin + width", around, c.info["width_um"], cross_section)
    return c
