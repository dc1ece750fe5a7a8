"""Where a guide changes its cross-section on the way to a port: what a port ends, told by what is drawn at it, and the
library's transition that leads from there to the guide.

Ports of a strip and of a rib have one layer and one width, so the slab beside the core has to be looked at. Which cell
leads from one cross-section to another is said by `[transitions]` of the process. Lengths in µm.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
import kfactory as kf
from gdsfactory.component import ComponentReference
from gdsfactory.typings import Port

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import CrossSectionData, Process
from lingnan.tapeout.placing import elements

_WIDTH = 1e-4  #: µm; widths that differ by less are the same
_FLANK = 0.1  #: µm beside the core's wall, within the reach of any slab
_DEPTH = 0.02  #: µm inside the port's edge


@dataclass(frozen=True)
class Transition:
    """A library cell that leads from one cross-section (o1) to another (o2)."""

    name: str
    start: str
    end: str
    component: str
    settings: Mapping[str, Any]


def transitions_of(process: Process) -> list[Transition]:
    """The `[transitions]` of a process."""
    return [
        Transition(name, entry["from"], entry["to"], entry["component"], dict(entry.get("settings", {})))
        for name, entry in process.data.get("transitions", {}).items()
    ]


def beside(process: Process, section: CrossSectionData) -> frozenset[str]:
    """Masks that run beside the core of a cross-section."""
    return frozenset(one.layer for one in section.sections if process.layers[one.layer].purpose == "mask")


def section_at(process: Process, reference: ComponentReference, port: Port) -> CrossSectionData | None:
    """The cross-section that an optical port ends; None: the process has none like it."""
    gds = (port.layer_info.layer, port.layer_info.datatype)
    near = [
        section
        for section in process.cross_sections.values()
        if section.kind == "optical"
        and process.layers[section.layer].gds == gds
        and abs(section.width.value - port.width) < _WIDTH
    ]
    if not near:
        return None
    told = frozenset().union(*(beside(process, section) for section in near))
    drawn = frozenset(name for name in told if _drawn_beside(process, reference, port, name))
    return next((section for section in near if beside(process, section) == drawn), None)


def _drawn_beside(process: Process, reference: ComponentReference, port: Port, name: str) -> bool:
    """Whether a layer lies on both sides of the core, just inside the port."""
    layer, dbu = process.layers[name], reference.cell.kcl.dbu
    index = reference.cell.kcl.layout.find_layer(layer.layer, layer.datatype)
    if index is None:
        return False
    angle = math.radians(port.orientation)
    out, along = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    for side in (-1, 1):
        reach = side * (port.width / 2 + _FLANK)
        x, y = (port.center[i] - _DEPTH * out[i] + reach * along[i] for i in (0, 1))
        spot = kf.kdb.DPoint(x, y).to_itype(dbu)
        if not any(_covers(reference, index, place, spot) for place in elements(reference)):
            return False
    return True


def _covers(reference: ComponentReference, index: int, place: kf.kdb.ICplxTrans, spot: kf.kdb.Point) -> bool:
    point = place.inverted() * spot
    box = kf.kdb.Box(point, point)
    cell = reference.cell
    found = kf.kdb.Region(kf.kdb.RecursiveShapeIterator(cell.kcl.layout, cell.kdb_cell, index, box, False))
    return any(polygon.inside(point) for polygon in found.each())


def lead(
    component: gf.Component, process: Process, port: Port, ends: CrossSectionData, guide: CrossSectionData, where: str
) -> tuple[ComponentReference, Port] | None:
    """Put the transition from a port to a guide into the component.

    Args:
        component: of the chip.
        process: says which transitions there are.
        port: of a device.
        ends: the cross-section that it ends.
        guide: the cross-section that is to meet it.
        where: names route and port, for messages.

    Returns:
        The transition and its port for the guide; None where none is needed: a taper does for another width.

    Raises:
        LingnanError: the slabs or the films differ, and the process has no cell that leads from one to the other.
    """
    if ends.layer == guide.layer and beside(process, ends) == beside(process, guide):
        return None
    for one in transitions_of(process):
        if {one.start, one.end} == {ends.name, guide.name}:
            reference = component << gf.get_component(one.component, settings=dict(one.settings))
            mine, free = ("o1", "o2") if one.start == ends.name else ("o2", "o1")
            reference.connect(mine, port)
            return reference, reference.ports[free]
    known = ", ".join(f"{one.start} to {one.end} ({one.component})" for one in transitions_of(process)) or "none"
    raise LingnanError(
        f"{where} ends a {ends.name}, the route is a {guide.name}: that needs a transition_{ends.name}_{guide.name}, "
        f"which {process.name} does not have; its transitions are {known}. Give settings: {{cross_section: "
        f"{ends.name}}}, or place cells that lead from one to the other."
    )
