"""Bragg gratings: teeth on both walls of a strip, under oxide or in a sensing window, whole or with a phase shift.

Of third order where the line's width and space rules ask for it: a tooth and a groove of first order, 0.16 µm each at
1.55 µm, are below them.
"""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_POLYGON = 400  #: teeth of one polygon: files hold a few thousand points of each


def _teeth(
    name: str,
    counts: tuple[int, ...],
    period: float,
    depth: float | None,
    width: float | None,
    extra: float,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    """A guide with rows of teeth and `extra` [µm] more groove between them; as much guide as a groove at both ends.

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
        gap = groove if row == len(counts) - 1 else draw.snapped(extra)
        if gap:
            draw.box(c, x, -low, x + gap, low, layer)
        x = draw.snapped(x + gap)
    draw.box(c, groove, -high, x - groove, high, "FREEFORM")
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, used, layer)
    draw.port(c, "o2", x, 0, 0, used, layer)
    c.info["length_um"], c.info["period_um"], c.info["depth_um"], c.info["width_um"] = x, step, out, used
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
    return _teeth("bragg", (periods,), number(period, "bragg_period"), depth, width, 0.0, cross_section)
