"""Pads and stacks of vias between the metals of the active process. Lengths in µm."""

import itertools
import math
from collections.abc import Sequence

import gdsfactory as gf
import klayout.db as kdb
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean


def via_between(cell: str, lower: str, upper: str) -> str:
    """Name of the via layer that joins two layers; one of the two where they touch without a via.

    Raises:
        LingnanError: the process does not join them.
    """
    for one, via, other in active_process().connectivity:
        if {one, other} == {lower, upper} or {one, via} == {lower, upper}:
            return via
    joined = sorted({f"{one}-{other}" for one, _, other in active_process().connectivity})
    raise LingnanError(
        f"{cell}: layers holds {lower} beside {upper}, which process {active_process().name} does not join. "
        f"It joins {', '.join(joined)}."
    )


def enclosure(via: str, layer: str) -> float:
    """How far a layer reaches beyond its vias [µm]; 0 where the process has no such rule."""
    for rule in active_process().rules.values():
        if rule.kind == "enclosure" and rule.layer == via and layer in rule.other.replace("|", " ").split():
            return rule.limit.value if rule.limit else 0.0
    return 0.0


def add_vias(c: gf.Component, x: float, y: float, width: float, height: float, via: str, inset: float) -> int:
    """Square vias at their rule's width and space, centred in a rectangle and `inset` from its edges.

    Args:
        c: component to draw into.
        x: middle of the rectangle [µm].
        y: middle of the rectangle [µm].
        width: of the rectangle [µm].
        height: of the rectangle [µm].
        via: layer.
        inset: of every via from the rectangle's edge [µm].

    Returns:
        how many fit.
    """
    process = active_process()
    size = process.limit(limits.layer_rule(via, "width"))
    step = size + process.limit(limits.layer_rule(via, "space"))
    columns, rows = (max(0, math.floor((extent - 2 * inset - size) / step + 1 + 1e-9)) for extent in (width, height))
    left, bottom, side, pitch = (
        round(value / c.kcl.dbu)
        for value in (x - ((columns - 1) * step + size) / 2, y - ((rows - 1) * step + size) / 2, size, step)
    )
    shapes = c.kdb_cell.shapes(draw.layer_index(c, via))
    for column in range(columns):
        for row in range(rows):
            corner = kdb.Point(left + column * pitch, bottom + row * pitch)
            shapes.insert(kdb.Box(corner, corner + kdb.Vector(side, side)))
    return columns * rows


def add_stack(
    c: gf.Component, cell: str, x: float, y: float, size: tuple[float, float], layers: Sequence[str], parameter: str
) -> None:
    """Metals over each other, joined by as many vias as fit.

    Args:
        c: component to draw into.
        cell: name of the cell, for messages.
        x: middle [µm].
        y: middle [µm].
        size: width and height of every metal [µm].
        layers: from the lowest to the highest.
        parameter: that set the size, for messages.
    """
    width, height = size
    for layer in layers:
        rule = limits.layer_rule(layer, "width")
        limits.by_rule(cell, parameter, min(size), rule)
        draw.centred(c, x, y, width, height, layer)
    for lower, upper in itertools.pairwise(layers):
        via = via_between(cell, lower, upper)
        if via in (lower, upper):
            continue
        inset = max(enclosure(via, lower), enclosure(via, upper))
        least = active_process().limit(limits.layer_rule(via, "width")) + 2 * inset
        limits.at_least(cell, parameter, min(size), least, f"one {via} with its enclosures")
        add_vias(c, x, y, width, height, via, inset)


def check_layers(cell: str, layers: Sequence[str]) -> None:
    """Refuse a layer that the process has not, with the nearest name."""
    known = active_process().layers
    for layer in layers:
        if layer not in known:
            raise LingnanError(f"{cell}: layers holds {layer!r}, no layer of the line. {did_you_mean(layer, known)}")
    if not layers:
        raise LingnanError(f"{cell}: layers is empty. Name at least one metal, from the lowest to the highest.")


def metal_of(cell: str, cross_section: CrossSectionSpec) -> tuple[str, float]:
    """Layer and wire width of an electrical cross-section.

    Raises:
        LingnanError: it is an optical one.
    """
    if draw.optical(cross_section):
        raise LingnanError(f"{cell}: cross_section = {cross_section} is a guide, not a wire. Give a metal.")
    return draw.core_layer(cross_section), draw.core_width(cross_section)


def ports_around(c: gf.Component, width: float, height: float, layer: str, wire: float) -> None:
    """e1 west, e2 north, e3 east, e4 south of a rectangle around the origin, as wide as the wire that meets them."""
    across = min(wire, width, height)
    sides = ((-width / 2, 0, 180), (0, height / 2, 90), (width / 2, 0, 0), (0, -height / 2, 270))
    for index, (x, y, facing) in enumerate(sides, 1):
        draw.port(c, f"e{index}", x, y, facing, draw.even(across), layer, "electrical")


def add_pad(c: gf.Component, cell: str, x: float, y: float, size: tuple[float, float], layer: str) -> None:
    """Top metal with its opening, centred at a point.

    Args:
        c: component to draw into.
        cell: name of the cell, for messages.
        x: middle [µm].
        y: middle [µm].
        size: width and height of the metal [µm].
        layer: of the metal.
    """
    process = active_process()
    inset = enclosure("PADOPEN", layer)
    rule = limits.layer_rule("PADOPEN", "width")
    for index, value in enumerate(size):
        least = process.limit(rule) + 2 * inset
        limits.at_least(cell, f"size[{index}]", value, least, f"rule {rule} with the metal around the opening")
        limits.at_most(cell, f"size[{index}]", value, 1000.0, "1 mm")
    draw.centred(c, x, y, *size, layer)
    draw.centred(c, x, y, size[0] - 2 * inset, size[1] - 2 * inset, "PADOPEN")


def draw_pad(cell: str, size: tuple[float, float] | None, cross_section: str) -> gf.Component:
    """A pad around the origin, with ports as wide as the wire of the cross-section."""
    square = active_process().number("packaging.dc_pad_size")
    width, height = (draw.even(limits.finite(cell, "size", value)) for value in (size or (square, square)))
    layer, wire = metal_of(cell, cross_section)
    c = gf.Component()
    add_pad(c, cell, 0, 0, (width, height), layer)
    draw.outline_of(c, flush=("west", "north", "east", "south"))
    ports_around(c, width, height, layer, wire)
    c.info["area_um2"] = width * height
    return c


def draw_via_stack(cell: str, size: tuple[float, float] | None, layers: Sequence[str]) -> gf.Component:
    """Metals and vias around the origin."""
    check_layers(cell, layers)
    square = number(None, "via_stack_size")
    given = size or (square, square)
    for index, value in enumerate(given):
        limits.at_most(cell, f"size[{index}]", value, 500.0, "0.5 mm, several pads wide")
    used = (draw.even(given[0]), draw.even(given[1]))
    c = gf.Component()
    add_stack(c, cell, 0, 0, used, layers, "size")
    draw.outline_of(c, flush=("west", "north", "east", "south"))
    ports_around(c, used[0], used[1], layers[-1], min(used))
    return c


def draw_corner(cell: str, cross_section: CrossSectionSpec, width: float | None) -> gf.Component:
    """A square of wire around the origin, for routers: e1 west, e2 north."""
    layer, wire = metal_of(cell, cross_section)
    limits.plain_wire(cell, cross_section)
    if width is not None:
        limits.guide_width(cell, "width", width, cross_section)
        wire = draw.even(width)
    c = gf.Component()
    draw.centred(c, 0, 0, wire, wire, layer)
    draw.port(c, "e1", -wire / 2, 0, 180, wire, layer, "electrical")
    draw.port(c, "e2", 0, wire / 2, 90, wire, layer, "electrical")
    c.info["length"] = c.info["length_um"] = wire
    c.info["dy"] = wire / 2
    return c
