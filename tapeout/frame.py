"""What surrounds the devices: floorplan, dicing lane, seal ring, alignment marks, chip and revision label.

All sizes come from `[frame]` and `[packaging]` of the process; a line that has no layer for a part goes without it, and
the report says so. Lengths in µm.
"""

from dataclasses import dataclass

import klayout.db as kdb
import numpy as np

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.tapeout.canvas import Canvas
from lingnan.tapeout.chipsection import Chip
from lingnan.tapeout.label import text_region
from lingnan.tapeout.raster import Raster, Sums


@dataclass(frozen=True)
class FrameNumbers:
    """The process's numbers for the frame [µm]."""

    seal_layers: tuple[str, ...]
    mark_layers: tuple[str, ...]
    label_layer: str
    lane_layer: str
    seal_width: float
    seal_inset: float
    lane: float
    mark_size: float
    mark_width: float
    clearance: float
    label_height: float


def frame_numbers(process: Process) -> FrameNumbers:
    """What the process says about frames.

    Raises:
        LingnanError: a number or a layer is missing; says which.
    """
    table = process.data.get("frame", {})
    names: dict[str, tuple[str, ...]] = {}
    for key in ("seal_layers", "mark_layers", "label_layer", "lane_layer"):
        value = table.get(key, [] if key.endswith("layers") else "")
        names[key] = tuple(value) if isinstance(value, list) else (str(value),) if value else ()
        for name in names[key]:
            process.layer(name)
    return FrameNumbers(
        seal_layers=names["seal_layers"],
        mark_layers=names["mark_layers"],
        label_layer="".join(names["label_layer"]),
        lane_layer="".join(names["lane_layer"]),
        seal_width=process.number("packaging.seal_ring_width"),
        seal_inset=process.number("packaging.seal_ring_from_edge"),
        lane=process.number("packaging.dicing_lane"),
        mark_size=process.number("packaging.alignment_mark_size"),
        mark_width=process.number("frame.mark_width"),
        clearance=process.number("frame.clearance"),
        label_height=process.number("frame.label_height"),
    )


def _ring(box: kdb.DBox, width: float) -> kdb.DPolygon:
    ring = kdb.DPolygon(box)
    ring.insert_hole(box.enlarged(-width, -width))
    return ring


def _seal_ring(canvas: Canvas, die: kdb.DBox, numbers: FrameNumbers, keep_clear: kdb.Region) -> kdb.Region:
    """Metal wall around the die, via wall inside it, broken where something has to cross (edge couplers)."""
    cell = canvas.cell("seal_ring")
    outer = die.enlarged(-numbers.seal_inset, -numbers.seal_inset)
    wall = kdb.Region(_ring(outer, numbers.seal_width).to_itype(canvas.layout.dbu))
    gaps = keep_clear.sized(canvas.dbu(numbers.clearance)) if not keep_clear.is_empty() else keep_clear
    vias = {via for lower, via, upper in canvas.process.connectivity if via not in (lower, upper)}
    for name in numbers.seal_layers:
        shapes = wall - gaps
        if name in vias:
            middle = kdb.Region(
                _ring(
                    outer.enlarged(
                        -numbers.seal_width / 2 + _half(canvas, name), -numbers.seal_width / 2 + _half(canvas, name)
                    ),
                    2 * _half(canvas, name),
                ).to_itype(canvas.layout.dbu)
            )
            shapes = middle - gaps.sized(canvas.dbu(numbers.seal_width / 2))
        cell.shapes(canvas.index(name)).insert(shapes.decompose_trapezoids_to_region())  # GDS has no holes
    canvas.place(cell)
    return wall


def _half(canvas: Canvas, via: str) -> float:
    """Half the width of a via wall: the narrowest that the line makes, for it is the longest there is."""
    rule = next((r for r in canvas.process.rules.values() if r.kind == "width" and r.layer == via and r.limit), None)
    return rule.limit.value / 2 if rule is not None and rule.limit is not None else 0.5


def _lane(canvas: Canvas, die: kdb.DBox, numbers: FrameNumbers) -> None:
    cell = canvas.cell("dicing_lane")
    lane = kdb.Region(_ring(die.enlarged(numbers.lane, numbers.lane), numbers.lane).to_itype(canvas.layout.dbu))
    cell.shapes(canvas.index(numbers.lane_layer)).insert(lane.decompose_trapezoids_to_region())
    canvas.place(cell)


def _marks(canvas: Canvas, die: kdb.DBox, numbers: FrameNumbers) -> list[kdb.DBox]:
    """A cross a layer in each corner, side by side so that each can be read on its own."""
    crosses: list[kdb.Cell] = []
    for name in numbers.mark_layers:
        cell = canvas.cell(f"alignment_mark_{name}")
        long, short = numbers.mark_size / 2, numbers.mark_width / 2
        cross = kdb.Region(kdb.DBox(-long, -short, long, short).to_itype(canvas.layout.dbu))
        cross += kdb.Region(kdb.DBox(-short, -long, short, long).to_itype(canvas.layout.dbu))
        cell.shapes(canvas.index(name)).insert(cross.merged())
        crosses.append(cell)
    inset = numbers.seal_inset + numbers.seal_width + numbers.clearance + numbers.mark_size / 2
    boxes: list[kdb.DBox] = []
    for x, step in ((die.left + inset, 1), (die.right - inset, -1)):
        for y in (die.bottom + inset, die.top - inset):
            for index, cell in enumerate(crosses):
                here = x + step * index * (numbers.mark_size + numbers.clearance)
                canvas.place(cell, here, y)
                boxes.append(kdb.DBox(here, y, here, y).enlarged(numbers.mark_size / 2, numbers.mark_size / 2))
    return boxes


def _label(canvas: Canvas, chip: Chip, die: kdb.DBox, numbers: FrameNumbers, taken: kdb.Region) -> kdb.DBox:
    """In the first free place along the south side, else the north side, else row by row through the die."""
    words = f"{chip.name} {chip.revision} {canvas.process.name}"
    dbu, step = canvas.layout.dbu, canvas.dbu(numbers.clearance)
    inset = canvas.dbu(numbers.seal_inset + numbers.seal_width + numbers.clearance)
    raster = Raster.over(die, dbu)
    taken.merged_semantics = False
    sums = Sums(raster, raster.grown(raster.covered(taken), step))
    for shrink in (1.0, 0.75, 0.5):
        letters = text_region(words, canvas.process, numbers.label_layer, shrink * numbers.label_height, dbu)
        width, height = letters.bbox().width(), letters.bbox().height()
        first, last = raster.box.bottom + inset, raster.box.top - inset - height
        xs = np.arange(raster.box.left + inset, raster.box.right - inset - width + 1, step, dtype=np.int64)
        for y in (first, last, *range(first + step, last, step)):
            free = xs[sums.free(xs, np.full_like(xs, y), width, height)]
            if len(free):
                cell = canvas.cell("chip_label")
                cell.shapes(canvas.index(numbers.label_layer)).insert(letters)
                canvas.place(cell, int(free[0]) * dbu, y * dbu)
                return kdb.Box(int(free[0]), y, int(free[0]) + width, y + height).to_dtype(dbu)
    raise LingnanError(
        f"chip.frame.label: there is no free place of {width * dbu:.0f} x {height * dbu:.0f} µm for {words!r} on "
        f"{numbers.label_layer}. Leave room, or set label: false."
    )


@dataclass(frozen=True)
class Framed:
    """What the frame left behind."""

    free: kdb.Region  #: to be kept free of fill, so that marks and label can be read [dbu]
    inner: kdb.DBox  #: inside of the seal ring, where fill may lie [µm]
    notes: tuple[str, ...]  #: what was left out and why


def add_frame(canvas: Canvas, chip: Chip, devices: kdb.Region, crossing: kdb.Region) -> Framed:
    """Draw the frame around what is in the canvas; the die's lower-left corner is the origin.

    Args:
        canvas: with devices and routes in it.
        chip: size and which parts are wanted.
        devices: what devices and routes cover [dbu].
        crossing: devices that reach the edge of the die [dbu]: the seal ring opens there.

    Raises:
        LingnanError: a device where a mark or the ring has to be, or no room for the label.
    """
    numbers = frame_numbers(canvas.process)
    width, height = chip.size
    die = kdb.DBox(0, 0, width, height)
    canvas.top.shapes(canvas.index("FLOORPLAN")).insert(die)
    notes: list[str] = []
    devices = devices.merged()  # a region made from the layout would grow with the frame
    taken, free = devices.dup(), kdb.Region()
    parts = (
        ("dicing lane", chip.frame.dicing_lane, bool(numbers.lane_layer)),
        ("seal ring", chip.frame.seal_ring, bool(numbers.seal_layers)),
        ("alignment marks", chip.frame.alignment_marks, bool(numbers.mark_layers)),
        ("label", chip.frame.label, bool(numbers.label_layer)),
    )
    for part, wanted, possible in parts:
        if not wanted:
            continue
        if not possible:
            notes.append(f"{part}: left out, process {canvas.process.name} names no layer for it under [frame]")
        elif part == "dicing lane":
            _lane(canvas, die, numbers)
        elif part == "seal ring":
            wall = _seal_ring(canvas, die, numbers, crossing)
            _refuse(wall & (devices - crossing), "the seal ring", canvas.layout.dbu)
            taken += wall
        elif part == "alignment marks":
            boxes = _marks(canvas, die, numbers)
            marks = kdb.Region([box.to_itype(canvas.layout.dbu) for box in boxes])
            _refuse(marks & devices, "an alignment mark", canvas.layout.dbu)
            taken += marks
            free += marks
        else:
            free.insert(_label(canvas, chip, die, numbers, taken).to_itype(canvas.layout.dbu))
    inset = numbers.seal_inset + numbers.seal_width + numbers.clearance
    clearance = canvas.dbu(numbers.clearance / 2)
    return Framed(free.sized(clearance).merged(), die.enlarged(-inset, -inset), tuple(notes))


def _refuse(common: kdb.Region, what: str, dbu: float) -> None:
    if common.is_empty():
        return
    box = (
        min(common.merged().each(), key=lambda polygon: (polygon.bbox().left, polygon.bbox().bottom))
        .bbox()
        .to_dtype(dbu)
    )
    raise LingnanError(
        f"a device or route lies under {what} at ({box.center().x:.1f}, {box.center().y:.1f}). "
        "Move it inwards, or switch that part off under chip.frame."
    )
