"""Density fill: equal squares on a raster, away from everything that the process names, so that density rules hold.

The squares of a layer share one raster over the die, so two builds give the same bytes, and sit in blocks of several,
so that a chip of 100,000 squares is some thousand placements. Lengths in µm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import klayout.db as kdb
import numpy as np

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process, Rule
from lingnan.tapeout.canvas import Canvas

_BLOCKS = (8, 1)  #: squares along the side of a block, largest first; what a block leaves, single squares take


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


def _avoided(canvas: Canvas, name: str, exclude: Iterable[kdb.DBox]) -> kdb.Region:
    blocked = kdb.Region()
    for index, entry in enumerate(canvas.process.data["fill"][name].get("avoid", [])):
        distance = canvas.dbu(canvas.process.number(f"fill.{name}.avoid.{index}.distance"))
        found = canvas.region(entry["layers"])
        blocked += found.sized(distance) if distance else found
    for box in exclude:
        blocked.insert(box.to_itype(canvas.layout.dbu))
    return blocked.merged()


def _square(canvas: Canvas, name: str, size: float, pitch: float, count: int) -> kdb.Cell:
    """A block of count x count squares, each in the middle of its pitch."""
    single_name, name_here = f"fill_{name}", f"fill_{name}_{count}"
    single = canvas.layout.cell(single_name)
    margin, side, step = canvas.dbu((pitch - size) / 2), canvas.dbu(size), canvas.dbu(pitch)
    if single is None:
        single = canvas.cell(single_name)
        single.shapes(canvas.index(name)).insert(kdb.Box(margin, margin, margin + side, margin + side))
    if count == 1:
        return single
    block = canvas.cell(name_here)
    block.insert(
        kdb.CellInstArray(single.cell_index(), kdb.Trans(), kdb.Vector(step, 0), kdb.Vector(0, step), count, count)
    )
    return block


def _fill_layer(canvas: Canvas, name: str, room: kdb.Region) -> Filled:
    process = canvas.process
    size = process.number(f"fill.{name}.size")
    pitch = size + process.number(f"fill.{name}.space")
    step = canvas.dbu(pitch)
    left = room
    squares = 0
    for count in _BLOCKS:
        cell = _square(canvas, name, size, pitch, count)
        before = left.area()
        rest = kdb.Region()
        canvas.top.fill_region(
            left,
            cell.cell_index(),
            kdb.Box(0, 0, step * count, step * count),
            kdb.Point(0, 0),
            rest,
            kdb.Vector(0, 0),
            None,
        )
        squares += round((before - rest.area()) / (step * step))
        left = rest
    return Filled(name, squares, squares * size * size)


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
    exclude = list(exclude)
    rooms: dict[str, kdb.Region] = {}
    for name in names:
        if name not in table:
            raise LingnanError(f"chip.fill.layers: process {canvas.process.name} does not fill {name!r}.")
        rooms[name] = kdb.Region(inner.to_itype(canvas.layout.dbu)) - _avoided(canvas, name, exclude) - free
    return [_fill_layer(canvas, name, room.merged()) for name, room in rooms.items()]


def _starts(low: int, high: int, window: int, step: int) -> list[int]:
    """Where windows of one size begin, the last of them shifted back so that it ends at the edge [dbu]."""
    if high - low <= window:
        return [low]
    found = list(range(low, high - window + 1, step))
    return found if found[-1] == high - window else [*found, high - window]


def densities(canvas: Canvas, die: kdb.DBox) -> list[Density]:
    """Each density rule of the process, counted window by window over the whole die."""
    return [_density(canvas, die, rule) for rule in canvas.process.rules.values() if rule.kind == "density"]


def _density(canvas: Canvas, die: kdb.DBox, rule: Rule) -> Density:
    """Areas are taken once in each cell that the windows' edges cut the die into, then summed into windows."""
    dbu = canvas.layout.dbu
    box = die.to_itype(dbu)
    window, step = canvas.dbu(float(rule.options["window"])), canvas.dbu(float(rule.options["step"]))
    starts = {
        "x": _starts(box.left, box.right, window, step),
        "y": _starts(box.bottom, box.top, window, step),
    }
    ends = {"x": min(window, box.width()), "y": min(window, box.height())}
    cuts = {axis: sorted({*starts[axis], *(start + ends[axis] for start in starts[axis])}) for axis in "xy"}
    areas = np.array(
        [
            [canvas.region(rule.layer, kdb.Box(left, low, right, high)).area() for left, right in pairwise(cuts["x"])]
            for low, high in pairwise(cuts["y"])
        ],
        dtype=float,
    )
    total = np.zeros((areas.shape[0] + 1, areas.shape[1] + 1))
    total[1:, 1:] = areas.cumsum(axis=0).cumsum(axis=1)
    at = {axis: {cut: index for index, cut in enumerate(cuts[axis])} for axis in "xy"}
    found: list[tuple[float, tuple[float, float, float, float]]] = []
    for low in starts["y"]:
        for left in starts["x"]:
            i, j, k, m = at["y"][low], at["y"][low + ends["y"]], at["x"][left], at["x"][left + ends["x"]]
            inside = total[j, m] - total[i, m] - total[j, k] + total[i, k]
            corners = (left * dbu, low * dbu, (left + ends["x"]) * dbu, (low + ends["y"]) * dbu)
            found.append((float(inside) / (ends["x"] * ends["y"]), corners))
    values = [value for value, _ in found]
    least, most = rule.options.get("minimum"), rule.options.get("maximum")
    return Density(
        rule=rule.id,
        layer=rule.layer,
        windows=len(values),
        least=min(values),
        mean=sum(values) / len(values),
        most=max(values),
        minimum=least,
        maximum=most,
        below=tuple(corners for value, corners in found if least is not None and value < least),
        above=tuple(corners for value, corners in found if most is not None and value > most),
    )


def fillable(process: Process) -> tuple[str, ...]:
    """Layers that the process fills."""
    return tuple(process.data.get("fill", {}))
