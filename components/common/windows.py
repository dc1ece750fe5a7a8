"""Windows in the cladding over guides: how far around them, what they have to keep away from, and what is drawn."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.common.curves import line
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.expression import layers_of

LAYER = "OXOPEN"
_GUIDE = "OX.WG.W"  #: rule for what is inside
_SLOPE = 40.0  #: length of a taper over what each of its walls moves: far flatter than light spreads by itself
END = 1.0  #: µm of every guide that stay under oxide before its port


def on_line(cell: str) -> None:
    """Refuse a line without windows.

    Raises:
        LingnanError: its process file has no such layer, or no rule for guides inside.
    """
    process = active_process()
    if LAYER not in process.layers or _GUIDE not in process.rules:
        raise LingnanError(
            f"{cell}: process {process.stamp} has no sensing windows: it takes a mask {LAYER} with its opening in "
            f"the stack, and rules for it (OX.W, OX.S, {_GUIDE}, OX.WG.S, OX.S.M). No such rule for a guide of "
            f"{process.platform} is known here. Use soi220, or give them in a process file of your own."
        )


def strip_only(cell: str, cross_section: CrossSectionSpec) -> None:
    """Refuse a guide with a slab, which a window would not open down to, and one on another film than windows open."""
    on_line(cell)
    if len(draw.layers_of(cross_section, draw.core_width(cross_section))) > 1:
        raise LingnanError(f"{cell}: cross_section = {cross_section} has a slab; the window is for a strip. Give one.")
    layer, rule = draw.core_layer(cross_section), active_process().rules[_GUIDE]
    if layer not in layers_of(str(rule.layer)):
        raise LingnanError(
            f"{cell}: cross_section = {cross_section} lies on {layer}; windows of process {active_process().stamp} are "
            f"opened down to the oxide below the silicon, and only {rule.layer} has rules there ({rule.id}). Give a "
            "strip."
        )


def margin_of(cell: str, margin: float | None) -> float:
    """Of a window around its guides, as given or the process's own, on the grid [µm]."""
    on_line(cell)
    around = number(margin, "sensor_window_margin")
    limits.at_least(cell, "margin", around, 1.0, "the overlay of the window with room for its wall")
    limits.at_most(cell, "margin", around, 1000.0, "1 mm")
    return draw.snapped(around)


def gap_of(cell: str, gap: float | None) -> float:
    """Between guides in a window, as given or wide enough for the etch that opens it [µm]."""
    on_line(cell)
    return number(gap, "sensor_gap")


def open_over(c: gf.Component, cell: str, parameter: str, left: float, bottom: float, right: float, top: float) -> None:
    """Draw a window, no narrower than the line makes it, and note its size.

    Args:
        c: component to draw into.
        cell: its name, for the message.
        parameter: that sets the size.
        left: first edge in x [µm].
        bottom: first edge in y [µm].
        right: last edge in x [µm].
        top: last edge in y [µm].
    """
    limits.by_rule(cell, parameter, min(right - left, top - bottom), "OX.W")
    draw.box(c, left, bottom, right, top, LAYER)
    c.info["window_um2"] = round((right - left) * (top - bottom), 3)


def open_all(
    c: gf.Component, cell: str, parameter: str, margin: float, cross_section: CrossSectionSpec, beyond: float = 0.0
) -> None:
    """A window over all guides drawn so far, but for the last `END` in the west and east; and the device's outline.

    Args:
        c: component to draw into.
        cell: its name, for the message.
        parameter: that sets the window's size.
        margin: of the window above and below the guides [µm].
        cross_section: of the guides.
        beyond: of the outline in the west and east [µm].
    """
    core = c.dbbox(draw.layer_index(c, draw.core_layer(cross_section)))
    left, right = core.left + END, core.right - END
    open_over(c, cell, parameter, left, core.bottom - margin, right, core.top + margin)
    draw.outline(c, core.left - beyond, core.bottom - margin - 1.0, core.right + beyond, core.top + margin + 1.0)


def taper_length(one: float, two: float) -> float:
    """From one width to another, at an end of a guide in a window [µm]."""
    return draw.snapped(_SLOPE * abs(one - two) / 2)


def open_led(
    c: gf.Component, cell: str, parameter: str, margin: float, width: float, cross_section: CrossSectionSpec
) -> None:
    """A window over guides of a width with ports in the west and east, and tapers outside to the cross-section's own.

    Args:
        c: component with the guides, their ports, and an outline that is replaced.
        cell: its name, for the message.
        parameter: that sets the window's size.
        margin: of the window above and below the guides [µm].
        width: of the guides [µm].
        cross_section: of the ports.
    """
    own, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    ends, tapered = [(str(p.name), p.center, p.orientation) for p in c.ports], taper_length(width, own)
    c.ports.clear()
    c.kdb_cell.shapes(draw.layer_index(c, "DEVREC")).clear()
    open_all(c, cell, parameter, margin, cross_section, beyond=tapered)
    for name, (x, y), facing in ends:
        if tapered:
            draw.extrude(c, line(tapered).placed(x, y, facing), cross_section, np.array([width, own]))
        outside = draw.snapped(x + (tapered if facing == 0 else -tapered))
        draw.port(c, name, outside, draw.snapped(y), facing, own, layer)
