"""Putting shapes, markers and ports into a component, by the layer names of the active process. Lengths in µm."""

import math
from collections.abc import Iterable, Sequence

import gdsfactory as gf
import klayout.db as kdb
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.common.curves import Curve, Floats, ribbon
from lingnan.components.process import section_of
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_MARGIN = 1.0  #: µm that a device's outline reaches beyond its widest layer, at its sides and never at its ports
_FAR = 2**30  #: grid steps from the origin; GDS and KLayout count in 32 bits, and a placement may double a distance
_TIE = 1e-6  #: grid steps: what lies midway between two steps goes up, whatever its last digit is


def layer_index(c: gf.Component, layer: str) -> int:
    """Index of a layer of the process in the layout of a component."""
    return c.kcl.layout.layer(*active_process().layer(layer).gds)


def polygon(c: gf.Component, points: Floats | Sequence[tuple[float, float]], layer: str) -> None:
    """A polygon from its points, rounded to the mask grid.

    Raises:
        LingnanError: a point beyond what a layout file can hold.
    """
    places = np.asarray(points, dtype=float) / c.kcl.dbu
    if not np.abs(places).max() < _FAR:
        raise LingnanError(
            f"a shape on layer {layer} reaches out to {np.abs(places).max() * c.kcl.dbu:g} µm; layout files end at "
            f"{_FAR * c.kcl.dbu:g} µm. Use smaller parameters."
        )
    steps = np.floor(places + 0.5 + _TIE).astype(int)
    shape = kdb.Polygon(steps.tolist())  # pairs become points there, twice as fast as here
    if shape.area():
        c.kdb_cell.shapes(layer_index(c, layer)).insert(shape)


def box(c: gf.Component, left: float, bottom: float, right: float, top: float, layer: str) -> None:
    """A rectangle."""
    polygon(c, [(left, bottom), (right, bottom), (right, top), (left, top)], layer)


def centred(c: gf.Component, x: float, y: float, width: float, height: float, layer: str) -> None:
    """A rectangle by its middle."""
    box(c, x - width / 2, y - height / 2, x + width / 2, y + height / 2, layer)


def snapped(value: float) -> float:
    """Nearest multiple of the mask grid [µm]."""
    grid = active_process().grid.value
    return round(round(value / grid) * grid, 6)


def even(value: float) -> float:
    """Nearest multiple of two grid steps, so that half of it is on the grid too [µm]."""
    return round(2 * snapped(value / 2), 6)


def layers_of(cross_section: CrossSectionSpec, width: float) -> list[tuple[str, float, float]]:
    """Layer and the offsets of its two edges from the centre line, core first, for a core of `width` [µm]."""
    section = section_of(cross_section, width)
    return [
        (gf.get_layer_name(one.layer), one.offset - one.width / 2, one.offset + one.width / 2)
        for one in section.sections
    ]


def core_width(cross_section: CrossSectionSpec) -> float:
    """Core width of a cross-section [µm]."""
    return float(section_of(cross_section).width)


def core_layer(cross_section: CrossSectionSpec) -> str:
    """Name of the core layer of a cross-section."""
    return gf.get_layer_name(section_of(cross_section).layer)


def reach(cross_section: CrossSectionSpec) -> float:
    """How far the widest layer of a cross-section lies beyond the edge of its core [µm]."""
    width = core_width(cross_section)
    return max(max(-low, high) for _, low, high in layers_of(cross_section, width)) - width / 2


def extrude(
    c: gf.Component,
    curve: Curve,
    cross_section: CrossSectionSpec,
    widths: Floats | float | None = None,
    *,
    record: bool = False,
    core_only: bool = False,
) -> None:
    """Draw every layer of a cross-section along a curve.

    Args:
        c: component to draw into.
        curve: centre line.
        cross_section: what to draw.
        widths: of the core, one number or one for each point of the curve; the cross-section's if not given.
        record: draw the outline of the device too, where light runs in it: a ribbon that ends at the ports.
        core_only: leave the layers beside the core to `beside_core`, where guides come so near to each other that
            these would meet or leave slits.
    """
    width = np.broadcast_to(core_width(cross_section) if widths is None else widths, curve.x.shape)
    least, most = float(width.min()), float(width.max())
    at_least, at_most = layers_of(cross_section, least), layers_of(cross_section, most)
    share = (width - least) / (most - least) if most > least else np.zeros_like(width)
    pairs = list(zip(at_least, at_most, strict=True))
    for (layer, low_1, high_1), (_, low_2, high_2) in pairs[: 1 if core_only else None]:
        low, high = low_1 + share * (low_2 - low_1), high_1 + share * (high_2 - high_1)
        if math.isclose(low_1, low_2) and math.isclose(high_1, high_2):
            low, high = low_1, high_1
        polygon(c, ribbon(curve, low, high), layer)
    if record and optical(cross_section):
        _, low, high = at_most[0]  # the core alone: neighbours may share a slab, and lie side by side at an MMI's ports
        low, high = low - _MARGIN, high + _MARGIN
        polygon(c, ribbon(curve, low, high), "DEVREC")


def optical(cross_section: CrossSectionSpec) -> bool:
    """Whether light runs in a cross-section."""
    return section_of(cross_section).sections[0].port_types[0] == "optical"


def beside_core(c: gf.Component, cross_section: CrossSectionSpec, *, flush: Iterable[str] = ("west", "east")) -> None:
    """The layers that a cross-section has beside its core, as one rectangle around the cores drawn so far.

    Args:
        c: component to draw into.
        cross_section: of the device's ports; a strip has nothing beside its core.
        flush: sides where ports lie, so that the layers end there with the core.
    """
    width = core_width(cross_section)
    sides = set(flush)
    around = c.dbbox(layer_index(c, core_layer(cross_section)))
    for layer, low, high in layers_of(cross_section, width)[1:]:
        below, above = -low - width / 2, high - width / 2
        box(
            c,
            around.left - (0 if "west" in sides else below),
            around.bottom - (0 if "south" in sides else below),
            around.right + (0 if "east" in sides else above),
            around.top + (0 if "north" in sides else above),
            layer,
        )


def outline(c: gf.Component, left: float, bottom: float, right: float, top: float) -> None:
    """The device's extent on DEVREC. Ports lie on it; two devices that abut there touch and do not overlap."""
    box(c, left, bottom, right, top, "DEVREC")


def outline_of(c: gf.Component, *, flush: Iterable[str] = ("west", "east")) -> None:
    """DEVREC around everything drawn, flush at the sides that carry ports and with a margin at the others."""
    extent = c.dbbox()
    sides = set(flush)
    outline(
        c,
        extent.left - (0 if "west" in sides else _MARGIN),
        extent.bottom - (0 if "south" in sides else _MARGIN),
        extent.right + (0 if "east" in sides else _MARGIN),
        extent.top + (0 if "north" in sides else _MARGIN),
    )


def port(
    c: gf.Component,
    name: str,
    x: float,
    y: float,
    orientation: float,
    width: float,
    layer: str,
    port_type: str = "optical",
) -> None:
    """A port facing out."""
    c.add_port(
        name,
        center=(round(x, 6), round(y, 6)),
        width=round(width, 6),
        orientation=orientation,
        layer=active_process().layer(layer).gds,
        port_type=port_type,
    )


def end_ports(c: gf.Component, curve: Curve, cross_section: CrossSectionSpec, first: float, last: float) -> None:
    """Ports at both ends of a curve, named as the cross-section names them.

    Args:
        c: component.
        curve: whose ends they are.
        cross_section: of the guide or wire.
        first: core width at the start [µm].
        last: core width at the end [µm].
    """
    layer = core_layer(cross_section)
    kind, name = ("optical", "o") if optical(cross_section) else ("electrical", "e")
    start = math.degrees(float(curve.angle[0]))
    x, y, angle = curve.end
    port(c, f"{name}1", float(curve.x[0]), float(curve.y[0]), (round(start, 6) + 180) % 360, first, layer, kind)
    port(c, f"{name}2", snapped(x), snapped(y), round(math.degrees(angle), 6) % 360, last, layer, kind)
