"""From a design to the circuit that its layout should be: library cells, their ports, where they stand, what is joined.

gdsfactory makes the library cells and places them, as when the chip is built; the layout itself is read elsewhere, from
its shapes.
"""

from collections.abc import Callable, Mapping
from typing import Any

import gdsfactory as gf
import klayout.db as kdb
from gdsfactory.component import ComponentReference

from lingnan.pdk.gf import build_pdk
from lingnan.pdk.lvs import Circuit, Device, Guide, Link, LvsReport, Master, Pin, Port, compare
from lingnan.pdk.process import CrossSectionData, Process
from lingnan.tapeout.design import Design, PortRef, Route
from lingnan.tapeout.placing import check_ports, only_marks, place_instances

Say = Callable[[str], None]


def _shapes(cell: Any, process: Process) -> tuple[dict[str, kdb.Region], kdb.Region]:
    """Masks of a library cell, polygon by polygon, and its extent."""
    layout = cell.kcl.layout
    shapes: dict[str, kdb.Region] = {}
    for name, layer in process.layers.items():
        index = layout.find_layer(layer.layer, layer.datatype)
        if index is not None and (layer.purpose == "mask" or name in ("DEVREC", "BB")):
            region = kdb.Region(kdb.RecursiveShapeIterator(layout, cell.kdb_cell, index))
            region.flatten()  # no longer looks at the library's layout
            if not region.is_empty():
                shapes[name] = region
    outline = shapes.pop("DEVREC", kdb.Region())
    if outline.is_empty():
        outline.insert(cell.kdb_cell.bbox())
    return shapes, outline.merged()


def master_of(cell: Any, process: Process) -> Master:
    """A library cell as the comparison sees it; ports out of the plane are left to the measurement."""
    names = {layer.gds: name for name, layer in process.layers.items()}
    shapes, outline = _shapes(cell, process)
    ports = tuple(
        Port(
            name=str(port.name),
            kind="electrical" if port.port_type == "electrical" else "optical",
            layer=names.get((port.layer_info.layer, port.layer_info.datatype), str(port.layer_info)),
            x=port.x,
            y=port.y,
            angle_deg=float(port.orientation),
            width=port.width,
        )
        for port in cell.ports
        if port.port_type in ("optical", "electrical")
    )
    return Master(str(cell.name), shapes, outline, ports)


def _devices(design: Design, references: Mapping[str, ComponentReference]) -> dict[str, Device]:
    masters: dict[str, Master] = {}
    devices: dict[str, Device] = {}
    for name, reference in references.items():
        if only_marks(reference, design):
            continue  # nothing that is made: no circuit
        cell = reference.cell
        if cell.name not in masters:
            masters[str(cell.name)] = master_of(cell, design.process)
        array = design.instances[name].array
        line = design.instances[name].line
        placement = kdb.ICplxTrans(reference.instance.cplx_trans)
        if array is None:
            devices[name] = Device(name, masters[str(cell.name)], placement, line)
            continue
        for i in range(array.na):
            for j in range(array.nb):
                shift = kdb.ICplxTrans(reference.instance.a * i + reference.instance.b * j)
                one = PortRef(name, "", (i, j)).element
                devices[one] = Device(one, masters[str(cell.name)], shift * placement, line)
    return devices


def _guide(process: Process, route: Route) -> Guide | None:
    """The cross-section that a route names; the router takes the ports' own where it names none."""
    spec = route.settings.get("cross_section")
    if not isinstance(spec, str) or spec not in process.cross_sections or "route_width" in route.settings:
        return None
    data: CrossSectionData = process.cross_sections[spec]
    if data.kind != "optical":
        return None
    beside = tuple(section.layer for section in data.sections if process.layers[section.layer].purpose == "mask")
    return Guide(data.name, data.layer, data.width.value, beside)


def circuit_of(design: Design) -> Circuit:
    """The circuit of a design; its process's gdsfactory PDK is activated.

    Raises:
        LingnanError: a cell, a placement or a port that cannot be; the message names the line.
    """
    build_pdk(design.process).activate(force=True)
    check_ports(design)
    component = gf.Component()
    try:
        references = place_instances(component, design)
        devices = _devices(design, references)
        dbu = component.kcl.dbu
    finally:
        component.delete()
    links = [
        Link(Pin(link.start.element, link.start.port), Pin(link.end.element, link.end.port), None, link.line)
        for link in design.connections
    ]
    for route in design.routes.values():
        guide = _guide(design.process, route)
        links += [
            Link(Pin(link.start.element, link.start.port), Pin(link.end.element, link.end.port), guide, link.line)
            for link in route.links
        ]
    return Circuit(design.name, dbu, devices, tuple(links), design.file)


def lvs(
    layout: kdb.Layout,
    top: kdb.Cell,
    design: Design,
    *,
    layers: Mapping[str, tuple[int, int]] | None = None,
    file: str = "",
    say: Say = lambda _: None,
) -> LvsReport:
    """Hold a layout against its design.

    Args:
        layout: read from a file or just built; only its shapes are looked at.
        top: the chip.
        design: as `read_design` gives it.
        layers: layer and datatype in the file by the process's layer name; the process's own numbers by default.
        file: for the report.
        say: told what is being done.

    Raises:
        LingnanError: the design cannot be built, or the layout cannot be compared with it.
    """
    say("library cells")
    return compare(layout, top, design.process, circuit_of(design), layers=layers, file=file, say=say)
