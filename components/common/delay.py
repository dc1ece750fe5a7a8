"""Long guides in little room: double spirals and chains of bends, of any cross-section."""

import math
from collections.abc import Sequence
from typing import Any

import gdsfactory as gf
import klayout.db as kdb
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import Curve, arc, line
from lingnan.pdk import active_process


def crosstalk_pitch(cross_section: CrossSectionSpec) -> float:
    """Centre-to-centre distance at which long neighbours do not talk [µm]: the line's rule, where it has one."""
    layer, core = draw.core_layer(cross_section), draw.core_width(cross_section)
    rules = [rule for rule in active_process().rules.values() if rule.kind == "parallel" and rule.layer == layer]
    gap = max((rule.limit.value for rule in rules if rule.limit is not None), default=0.0)
    return draw.even(max(gap, 2 * draw.reach(cross_section), limits.space_of(cross_section)) + core)


def draw_spiral(
    cell: str,
    turns: int,
    length_x: float,
    radius: float | None,
    spacing: float | None,
    cross_section: CrossSectionSpec,
    beyond: float = 1.0,
) -> gf.Component:
    """Two arms around an S in the middle, of straights along x and half circles, which keep their distance.

    Arm one lies on the rows -a, a + d, -(a + 2 d), … and arm two is the same turned by 180 degrees: d between all
    neighbours. The half circles on the right are concentric about y = d / 2, those on the left about -d / 2. The ports
    lie `beyond` [µm] outside of all that.
    """
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    limits.count(cell, "turns", turns, 1, 200)
    limits.at_least(cell, "length_x", length_x, 0.0, "a length is not negative")
    limits.at_most(cell, "length_x", length_x, 1e5, "10 cm, larger than a wafer")
    least = limits.space_of(cross_section) + core
    pitch = crosstalk_pitch(cross_section) if spacing is None else spacing
    limits.at_least(cell, "spacing", pitch, least, limits.space_rule(cross_section) + " and the guide's width")
    d, straight = draw.even(pitch), draw.even(length_x)
    turn = guides.bend_curve(cell, radius, 180, 0.0, cross_section, core)  # an Euler turn bulges into the first round
    a = turn.end[1]  # the S takes two half turns of this height
    limits.at_most(cell, "spacing", d, a, "the height of the S in the middle, twice the radius")
    widest = core / 2 + draw.reach(cross_section)
    pieces: list[Curve] = [turn.placed(-straight / 2, 0, 180)]  # from the middle row down to the row -a
    far = draw.snapped(straight / 2 + a + (2 * turns - 0.5) * d + widest - core / 2 + beyond)
    row, heading = a, 0
    for _ in range(2 * turns):
        y = -row if heading == 0 else row
        if straight:
            start = -straight / 2 if heading == 0 else straight / 2
            pieces.append(line(straight).placed(start, y, heading))
        end = straight / 2 if heading == 0 else -straight / 2
        pieces.append(arc(row + d / 2, 180, widest).placed(end, y, heading))
        row, heading = draw.snapped(row + d), 180 - heading
    pieces.append(line(draw.snapped(far + straight / 2)).placed(-straight / 2, -row))
    c = gf.Component()
    for piece in pieces:
        draw.extrude(c, piece, cross_section, core_only=True)
    _repeat(c, layer, [kdb.Trans.R180])
    if straight:
        draw.extrude(c, line(straight).placed(-straight / 2, 0), cross_section, core_only=True)
    draw.beside_core(c, cross_section)
    draw.outline_of(c)
    draw.port(c, "o1", -far, row, 180, core, layer)
    draw.port(c, "o2", far, -row, 0, core, layer)
    c.info["length_um"] = round(straight + 2 * sum(piece.length for piece in pieces), 6)
    c.info["spacing_um"] = d
    c.info["radius_min_um"] = round(turn.radius_min, 4)
    c.info["half_turns"] = 4 * turns + 2
    return c


def spiral_length(turns: int, length_x: Any, radius: Any, pitch: Any, reach: float, beyond: float = 1.0) -> Any:
    """Length of guide in a spiral as `draw_spiral` draws it, off the mask's grid too [µm]; sizes may be traced.

    Args:
        turns: of each arm.
        length_x: of the straights [µm].
        radius: of the S [µm].
        pitch: of neighbours [µm].
        reach: of layers beside the core, from its edge [µm].
        beyond: of the ports outside of all that [µm].
    """
    rounds = 2 * math.pi * (2 * turns * 2 * radius + 2 * turns**2 * pitch)  # of both arms
    ends = 2 * (length_x + 2 * radius + (2 * turns - 0.5) * pitch + reach + beyond)
    return (1 + 4 * turns) * length_x + 2 * math.pi * radius + rounds + ends


def _repeat(c: gf.Component, layer: str, places: Sequence[kdb.Trans]) -> None:
    """Copies of all that is drawn on a layer so far: on the grid, they need not be computed again."""
    shapes = c.kdb_cell.shapes(draw.layer_index(c, layer))
    drawn = [shape.polygon for shape in shapes.each()]
    for place in places:
        for polygon in drawn:
            shapes.insert(polygon.transformed(place))


def draw_bend_chain(
    cell: str, bends: int, radius: float | None, p: float, cross_section: CrossSectionSpec
) -> gf.Component:
    """Bends of 90 degrees in fours, up, over, down and on, so that the chain stays on its line."""
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    limits.count(cell, "bends", bends, 4, 1000)
    limits.multiple(cell, "bends", bends, 4)
    left = guides.bend_curve(cell, radius, 90, p, cross_section, core)
    right = left.placed(mirror=True)
    limits.at_least(
        cell, "radius", left.end[0], (limits.space_of(cross_section) + core) / 2 + draw.reach(cross_section),
        "room between the legs",
    )  # fmt: skip
    limits.at_most(cell, "radius", left.end[0], 1e6 / bends, "a chain of 1 m, longer than any wafer")
    c = gf.Component()
    step = 4 * draw.snapped(left.end[0])
    x, y, angle = 0.0, 0.0, 0.0
    for bend in (left, right, right, left):
        piece = bend.placed(x, y, angle)
        draw.extrude(c, piece, cross_section, core_only=True)
        x, y = piece.end[0], piece.end[1]
        angle += 90 if bend is left else -90
    fours = bends // 4
    _repeat(c, layer, [kdb.Trans(round(index * step / c.kcl.dbu), 0) for index in range(1, fours)])
    draw.beside_core(c, cross_section)
    draw.outline_of(c)
    end = draw.snapped(fours * step)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", end, 0, 0, core, layer)
    c.info["length_um"] = round(bends * left.length, 6)
    c.info["bends"] = bends
    c.info["radius_um"] = draw.snapped(left.end[0])
    c.info["radius_min_um"] = round(left.radius_min, 4)
    return c
