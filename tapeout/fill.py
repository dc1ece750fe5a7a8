"""Density fill: equal squares on a raster, away from everything that the process names, so that density rules hold.

The squares of a layer share one raster over the die, so two builds give the same bytes, and lie in arrays, so that a
chip of 100,000 squares is some thousand placements. Lengths in µm.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.density import Layers, shares, windows_of
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Rule, layers_of
from lingnan.tapeout.canvas import Canvas
from lingnan.tapeout.raster import Mask, Raster, Sums

_UNION = re.compile(r"[A-Za-z0-9_ |()]*\Z")


@dataclass(frozen=True)
class Density:
    """How full the windows of one density rule are, 0 to 1."""

    rule: str
    layer: str
    windows: int
    least: float
    mean: float
    most: float
    minimum: float | None
    maximum: float | None
    below: tuple[tuple[float, float, float, float], ...]  #: windows under the minimum [µm]
    above: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Filled:
    """What was added on one layer."""

    layer: str
    squares: int
    area: float  #: µm²


class _Covered:
    """What layers cover on a raster, each layer looked at once."""

    def __init__(self, canvas: Canvas, raster: Raster) -> None:
        self.canvas, self.raster = canvas, raster
        self.masks: dict[str, Mask] = {}

    def of(self, expression: str) -> Mask:
        """Pixels that an expression of layers covers."""
        if not _UNION.match(expression):
            return self.raster.covered(self.canvas.region(expression))
        found = np.zeros(self.raster.shape, dtype=bool)
        for name in layers_of(expression):
            if name not in self.masks:
                shapes = kdb.Region(self.canvas.top.begin_shapes_rec(self.canvas.index(name)))
                shapes.merged_semantics = False
                self.masks[name] = self.raster.covered(shapes)
            found |= self.masks[name]
        return found


def _blocked(canvas: Canvas, covered: _Covered, name: str) -> Mask:
    blocked = np.zeros(covered.raster.shape, dtype=bool)
    for index, entry in enumerate(canvas.process.data["fill"][name].get("avoid", [])):
        distance = canvas.dbu(canvas.process.number(f"fill.{name}.avoid.{index}.distance"))
        blocked |= covered.raster.grown(covered.of(entry["layers"]), distance)
    return blocked


def _runs(free: Mask) -> list[tuple[int, int, int]]:
    """Row, first column and length of each run of free places."""
    edges = np.diff(np.pad(free.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, first = np.nonzero(edges == 1)
    _, last = np.nonzero(edges == -1)
    return [(int(row), int(start), int(end - start)) for row, start, end in zip(rows, first, last, strict=True)]


def _fill_layer(canvas: Canvas, name: str, sums: Sums, inner: kdb.Box) -> Filled:
    process = canvas.process
    size = canvas.dbu(process.number(f"fill.{name}.size"))
    step = size + canvas.dbu(process.number(f"fill.{name}.space"))
    x = np.arange(-(-inner.left // step), (inner.right - size) // step + 1, dtype=np.int64) * step
    y = np.arange(-(-inner.bottom // step), (inner.top - size) // step + 1, dtype=np.int64) * step
    if not len(x) or not len(y):
        return Filled(name, 0, 0.0)
    left, bottom = np.meshgrid(x, y)
    free = sums.free(left, bottom, size, size)
    square = canvas.cell(f"fill_{name}")
    square.shapes(canvas.index(name)).insert(kdb.Box(0, 0, size, size))
    for row, start, count in _runs(free):
        place = kdb.Trans(int(x[start]), int(y[row]))
        canvas.top.insert(
            kdb.CellInstArray(square.cell_index(), place, kdb.Vector(step, 0), kdb.Vector(0, step), count, 1)
        )
    squares = int(free.sum())
    return Filled(name, squares, squares * (size * canvas.layout.dbu) ** 2)


def add_fill(
    canvas: Canvas, inner: kdb.DBox, layers: Iterable[str], exclude: Iterable[kdb.DBox], free: kdb.Region
) -> list[Filled]:
    """Fill layers of the process inside the frame.

    Args:
        canvas: with everything else in it already.
        inner: inside of the frame [µm].
        layers: names under `[fill]` of the process; empty for all of them.
        exclude: boxes to leave free [µm].
        free: marks and labels, to be left free on every layer [dbu].

    Raises:
        LingnanError: a layer that the process does not fill.
    """
    table = canvas.process.data.get("fill", {})
    names = tuple(layers) or tuple(table)
    raster = Raster.over(inner, canvas.layout.dbu)
    covered = _Covered(canvas, raster)
    closed = raster.covered(free) | raster.boxes(box.to_itype(canvas.layout.dbu) for box in exclude)
    rooms: dict[str, Sums] = {}
    for name in names:
        if name not in table:
            raise LingnanError(f"chip.fill.layers: process {canvas.process.name} does not fill {name!r}.")
        rooms[name] = Sums(raster, closed | _blocked(canvas, covered, name))
    return [_fill_layer(canvas, name, room, raster.box) for name, room in rooms.items()]


def densities(canvas: Canvas, die: kdb.DBox) -> list[Density]:
    """Each density rule of the process, counted window by window over the whole die."""
    return [_density(canvas, die, rule) for rule in canvas.process.rules.values() if rule.kind == "density"]


def _density(canvas: Canvas, die: kdb.DBox, rule: Rule) -> Density:
    """As the rule counts: areas that it leaves out are left out here too."""
    dbu = canvas.layout.dbu
    windows = windows_of(rule, die.to_itype(dbu), dbu)
    layers = Layers(canvas.layout, canvas.top, canvas.index, canvas.region)
    found = [(value, box.to_dtype(dbu)) for value, box in windows.each(shares(layers, rule, windows))]
    boxes = [(value, (box.left, box.bottom, box.right, box.top)) for value, box in found]
    values = [value for value, _ in found] or [math.nan]  # no window is judged where all of the die is left out
    least, most = rule.options.get("minimum"), rule.options.get("maximum")
    return Density(
        rule=rule.id,
        layer=rule.layer,
        windows=len(found),
        least=min(values),
        mean=sum(values) / len(values),
        most=max(values),
        minimum=least,
        maximum=most,
        below=tuple(corners for value, corners in boxes if least is not None and value < least - 1e-9),
        above=tuple(corners for value, corners in boxes if most is not None and value > most + 1e-9),
    )
