"""What a route must not meet: guides meet nothing but the ports they join, wires nothing of another net on their layer.

A crossing of guides needs a crossing device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import gdsfactory as gf
import kfactory as kf

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.design import Design
from lingnan.tapeout.placing import References, drawn_on

_SLIVER = 5  #: dbu: rounding of turned cells may overlap by a nanometre or two, a guide across another by its width
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """A library cell as light meets it."""

    component: str
    settings: Mapping[str, Any]
    angle_deg: float  #: by which it is turned


@dataclass(frozen=True)
class Routed:
    """One link as it was drawn."""

    route: str
    start: str
    end: str
    kind: Literal["optical", "electrical"]
    cross_section: str
    length: float  #: µm along the middle
    bends: int
    bbox: Box
    line: int
    pieces: tuple[Piece, ...]  #: of a guide, in any order
    shapes: dict[int, kf.kdb.Region] = field(repr=False)  #: by layer index of the layout [dbu]


def _nets(design: Design) -> dict[str, str]:
    """Instances joined by links, as one representative each: wires of one net may meet."""
    parent = {name: name for name in design.instances}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for link in design.links:
        parent[root(link.start.instance)] = root(link.end.instance)
    return {name: root(name) for name in parent}


def check_collisions(component: gf.Component, design: Design, references: References, routed: Sequence[Routed]) -> None:
    """Compare every route with every other and with every device, layer by layer.

    Raises:
        LingnanError: names both, their lines and where they meet.
    """
    layout = component.kcl.layout
    process = design.process
    names = {layer.gds: name for name, layer in process.layers.items()}
    cores = {section.layer for section in process.cross_sections.values() if section.kind == "optical"}
    metals = {section.layer for section in process.cross_sections.values() if section.kind == "electrical"}
    nets = _nets(design)
    for layer in layout.layer_indexes():
        info = layout.get_info(layer)
        name = names.get((info.layer, info.datatype), "")
        members = [one for one in routed if layer in one.shapes]
        if name not in cores | metals or not members:
            continue
        devices = {device: drawn_on(reference, layer) for device, reference in references.items()}
        for position, one in enumerate(members):
            net = nets[_instance(one)] if name not in cores else ""
            for other in members[position + 1 :]:
                if not net or nets[_instance(other)] != net:
                    _refuse_meeting(
                        design, one, layer, other.shapes[layer], f"that of {other.start}", other.line, layout
                    )
            for device, region in devices.items():
                if not net or nets[device] != net:
                    line = design.instances[device].line
                    _refuse_meeting(design, one, layer, region, f"device {device}", line, layout)


def _instance(routed: Routed) -> str:
    return routed.start.partition(",")[0].partition("<")[0]


def _refuse_meeting(
    design: Design, one: Routed, layer: int, other: kf.kdb.Region, what: str, line: int, layout: kf.kdb.Layout
) -> None:
    mine = one.shapes[layer]
    if not mine.bbox().overlaps(other.bbox()):
        return
    common = (mine & other).sized(-_SLIVER)
    if common.is_empty():
        return
    spot = common.bbox().to_dtype(layout.dbu).center()
    word = "a crossing device" if one.kind == "optical" else "another layer"
    info = layout.get_info(layer)
    raise LingnanError(
        f"{design.where(one.line)}: the route from {one.start} to {one.end} meets {what} (line {line}) on layer "
        f"{info.layer}/{info.datatype} at ({spot.x:.3f}, {spot.y:.3f}). Give waypoints around it, or use {word}."
    )
