"""What a layout holds when there is no design: connected cores with their open ends, gaps between them, metal nets.

Devices are part of the pieces here, for nobody says what they are. Coordinates in µm of the top cell.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.lvs.corners import End, ends_of
from lingnan.pdk.lvs.joints import REACH
from lingnan.pdk.lvs.metal import Conductors, wiring
from lingnan.pdk.lvs.polygons import frame_of, reach
from lingnan.pdk.lvs.view import FINE, View
from lingnan.pdk.process import Process

_NARROW = 0.8  #: of the narrowest cross-section: narrower ends are teeth of gratings


@dataclass(frozen=True)
class OpenEnd:
    """A guide that stops."""

    x: float
    y: float
    width: float
    angle_deg: float  #: outwards
    gap: float | None  #: µm to the next core straight ahead, where it is within reach


@dataclass(frozen=True)
class CoreFound:
    """What was found on one core layer."""

    layer: str
    pieces: int
    area: float  #: µm²
    ends: tuple[OpenEnd, ...]


@dataclass(frozen=True)
class Extraction:
    """A layout without a design."""

    cores: tuple[CoreFound, ...]
    nets: int  #: of metal: pieces joined by vias count as one
    metal_pieces: int


def extract(
    layout: kdb.Layout, top: kdb.Cell, process: Process, *, layers: Mapping[str, tuple[int, int]] | None = None
) -> Extraction:
    """Guides, their open ends and metal nets.

    Args:
        layout: that holds the cell.
        top: to look at.
        process: names the layers, and says what guides light and what conducts.
        layers: layer and datatype in the file by the process's layer name; the process's own numbers by default.
    """
    view = View(layout, top, process, layers)
    cores = tuple(_core(view, layer) for layer in view.masks if not view.drawn(layer).is_empty())
    wires = wiring(process)
    conductors = Conductors({layer: view.region(layer) for layer in wires.layers}, wires)
    metal = [index for index, piece in enumerate(conductors.pieces) if piece.layer not in wires.vias]
    return Extraction(cores, len({conductors.root(index) for index in metal}), len(metal))


def _core(view: View, layer: str) -> CoreFound:
    core, _ = view.fine_core(layer)
    widths = [data.width.value for data in view.process.cross_sections.values() if data.layer == layer]
    width = min(widths) / view.dbu * FINE
    ends: list[End] = []
    for polygon in core.each():
        ends += [end for end in ends_of(polygon, width, FINE / 2) if end.edge.length() >= _NARROW * width]
    search = kdb.Shapes()
    search.insert(core)
    return CoreFound(
        layer,
        core.count(),
        round(core.area() * (view.dbu / FINE) ** 2, 3),
        tuple(_end(view, end, search) for end in ends),
    )


def _end(view: View, end: End, search: kdb.Shapes) -> OpenEnd:
    step = view.dbu / FINE
    heading = math.atan2(end.edge.dx(), -end.edge.dy())  # left of the edge: material is on its right
    frame = frame_of(end.edge.p1, end.edge.p2, heading)
    ahead: list[float] = []
    box = frame.box(0, REACH / step, 0).to_itype(1)
    near = kdb.Region([shape.polygon for shape in search.each_touching(box)]) & kdb.Region(box)
    for polygon in near.each():
        distance = reach(polygon, frame)
        if distance is not None and distance * step <= REACH:
            ahead.append(distance * step)
    return OpenEnd(
        round(end.x * step, 4),
        round(end.y * step, 4),
        round(end.edge.length() * step, 4),
        round(math.degrees(heading) % 360, 2),
        round(min(ahead), 5) if ahead else None,
    )
