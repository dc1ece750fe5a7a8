"""A chip to measure the checker on: 20 x 20 mm, a million polygons, fifteen million vertices flat, 513 cells.

512 device cells with random sizes stand on a grid of 100 x 100 sites. Some sites hold a planted fault, two grid steps
below a rule, or a shape drawn exactly at a rule; both on curves, at any rotation, rounded to the grid.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.process import Process

SITE, SITES, CELLS = 200.0, 100, 512
BELOW = 0.002  #: µm, two steps of the grid
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Planted:
    """What a site holds: the rule, its place, and whether it breaks it."""

    rule: str
    box: tuple[float, float, float, float]
    fault: bool


def arc(radius: float, width: float, start: float, stop: float, chord: float = 0.25) -> Points:
    """A bend around the origin, angles in radians."""
    n = max(8, math.ceil(radius * abs(stop - start) / chord))
    angles = [start + (stop - start) * i / n for i in range(n + 1)]
    outer = [((radius + width / 2) * math.cos(a), (radius + width / 2) * math.sin(a)) for a in angles]
    inner = [((radius - width / 2) * math.cos(a), (radius - width / 2) * math.sin(a)) for a in reversed(angles)]
    return outer + inner


def box(x: float, y: float, width: float, height: float) -> Points:
    return [(x, y), (x, y + height), (x + width, y + height), (x + width, y)]


def turned(points: Points, angle: float, x: float, y: float) -> Points:
    c, s = math.cos(angle), math.sin(angle)
    return [(c * px - s * py + x, s * px + c * py + y) for px, py in points]


def pair_at(process: Process, rule: str, delta: float, rng: random.Random) -> list[tuple[str, Points]]:
    """Shapes whose width, space, enclosure or radius is the rule's limit less `delta`."""
    limit, layer = process.limit(rule) - delta, process.rules[rule].layer
    radius, sweep = rng.uniform(12, 40), rng.uniform(0.6, 1.5)
    match process.rules[rule].kind:
        case "width":
            return [(layer, arc(radius + 2 * limit, limit, 0, sweep))]
        case "space":
            width = max(2 * process.limit(rule), 0.7)
            inner = radius + 2 * limit + width
            return [(layer, arc(inner, width, 0, sweep)), (layer, arc(inner + width + limit, width, 0, sweep))]
        case "bend_radius":
            # half a circle: of a quarter, rounded vertices tell the radius to 2 nm only (`lingnan.pdk.drc.bend`)
            return [(layer.split()[0], arc(limit, 0.45, 0, 3.0))]
        case _:
            other, inner = process.rules[rule].other, process.limit(rule.replace("E.M1", "W"))
            side = inner + 2 * process.limit(rule)
            return [(layer, box(0, 0, inner, inner)), (other, box(-limit, -side / 2 + inner / 2, side, side))]


RULES = ("WG.W", "WG.S", "SIN.W", "SIN.S", "M1.W", "M1.S", "HT.W", "HT.S", "SLAB.S", "WG.BEND", "VIAC.E.M1")


def device(rng: random.Random) -> Iterator[tuple[str, Points]]:
    """One device: rings on buses, bends, a heater, contacts, metal, a grating."""
    for k in range(4):
        radius, width, y = rng.uniform(8, 16), rng.choice([0.4, 0.45, 0.5]), 25 + 38 * k
        gap = rng.choice([0.2, 0.25, 0.3])
        for start in (0.0, math.pi):
            yield "WG", turned(arc(radius, width, start, start + math.pi), 0, 60, y)
        bus = y - radius - 1.5 * width - gap
        yield "WG", box(5, bus, 130, width)
        yield "WG", turned(arc(12, width, 0, math.pi / 2), 0, 150, y - 12)
        for px, py in ((4, bus), (134, bus), (149, y - 0.2), (161.8, y - 13)):  # a guide ends in a pad, not in nothing
            yield "WG", box(px - 0.8, py - 0.8, 2.0, 2.0)
        yield "HEATER", turned(arc(radius, 2.0, 0.3, 2.8, 1.0), 0, 60, y)
    for k in range(20):
        yield "SHALLOW", box(140 + 0.63 * k, 5, 0.315, 10)
    yield "WG", box(139, 3, 14, 14)
    for k in range(40):
        yield "VIAC", box(170 + 2 * (k % 8), 20 + 2 * (k // 8), 0.5, 0.5)
    yield "M1", box(168, 18, 18, 13)
    for name in ("SLAB90", "NPP"):
        yield name, box(166, 16, 22, 17)
    for k in range(3):
        yield "M1", box(170, 60 + 30 * k, 15, 20)
        yield "M2", box(168, 58 + 30 * k, 19, 24)


def build(
    process: Process, *, sites: int = SITES, cells: int = CELLS, seed: int = 1
) -> tuple[kdb.Layout, kdb.Cell, list[Planted]]:
    """The chip, its top cell, and what was planted."""
    rng = random.Random(seed)
    layout = kdb.Layout()
    layout.dbu = process.grid.value
    top = layout.create_cell("CHIP")

    def draw(cell: kdb.Cell, name: str, points: Points) -> kdb.DBox:
        shape = kdb.DPolygon([kdb.DPoint(x, y) for x, y in points])
        cell.shapes(layout.layer(*process.layers[name].gds)).insert(shape)
        return shape.bbox()

    devices: list[kdb.Cell] = []
    for number in range(cells):
        cell = layout.create_cell(f"DEVICE{number}")
        for name, points in device(rng):
            draw(cell, name, points)
        devices.append(cell)
    planted: list[Planted] = []
    for row in range(sites):
        for column in range(sites):
            x, y = column * SITE, row * SITE
            if rng.random() < 0.12:
                rule, fault, angle = rng.choice(RULES), rng.random() < 0.7, rng.uniform(0, 2 * math.pi)
                if rule == "VIAC.E.M1":
                    angle = 0.0
                around = kdb.DBox()
                for name, points in pair_at(process, rule, BELOW if fault else 0.0, rng):
                    around += draw(top, name, turned(points, angle, x + 100, y + 100))
                planted.append(Planted(rule, (around.left, around.bottom, around.right, around.top), fault))
            else:
                trans = kdb.DTrans(rng.choice([0, 0, 0, 2]), False, x, y)
                place = trans if trans.angle == 0 else kdb.DTrans(2, False, x + SITE, y + SITE)
                top.insert(kdb.DCellInstArray(rng.choice(devices).cell_index(), place))
    draw(top, "FLOORPLAN", box(0, 0, sites * SITE, sites * SITE))
    return layout, top, planted
