"""From a design to a layout: devices, routes, windows, labels, frame and fill, in one tree of plain KLayout cells.

gdsfactory makes the cells and draws the routes; what surrounds them is drawn with the klayout module alone. The layout
handed on holds no gdsfactory metadata, so that every KLayout since 0.26 opens the file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import gdsfactory as gf
import klayout.db as kdb
from gdsfactory.component import ComponentReference

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.tapeout.canvas import Canvas
from lingnan.tapeout.design import Array, Design, PortRef, enumerate_names
from lingnan.tapeout.fill import Density, Filled, add_fill, densities
from lingnan.tapeout.frame import add_frame
from lingnan.tapeout.manifest import Kind, Placed, PortSpot, measurement_of, members
from lingnan.tapeout.placing import (
    References,
    check_places,
    check_ports,
    elements,
    only_marks,
    outline,
    place_instances,
)
from lingnan.tapeout.routing import Routed, draw_routes

Say = Callable[[str], None]


@dataclass(frozen=True)
class Assembly:
    """A chip as it was built, before sign-off."""

    canvas: Canvas
    placed: Mapping[str, Placed]
    routed: tuple[Routed, ...]
    filled: tuple[Filled, ...]
    densities: tuple[Density, ...]
    notes: tuple[str, ...]  #: what was left out and why

    @property
    def die(self) -> kdb.DBox:
        """Design area [µm]."""
        region = self.canvas.region("FLOORPLAN")
        return region.bbox().to_dtype(self.canvas.layout.dbu)


def _layer_index(component: gf.Component, design: Design, name: str) -> int | None:
    layer = design.process.layers.get(name)
    return None if layer is None else component.kcl.layout.layer(layer.layer, layer.datatype)


def _kind(design: Design, name: str, reference: ComponentReference) -> Kind:
    """Couplers and pads by row, or by a port for a fibre and a drawn pad opening.

    The coupler marker does not tell: a terminator draws it too, for a guide may end there.
    """
    group = design.instances[name].group
    row = next((row for row in design.chip.rows if row.name == group), None)
    if row is not None and group:
        return "coupler" if row.kind == "fibre" else "pad"
    layout = reference.cell.kcl.layout
    optical = [port for port in reference.cell.ports if port.port_type == "optical"]
    if any(port.port_type.startswith(("vertical", "edge")) for port in reference.cell.ports):
        return "coupler"
    opening = design.process.layers.get("PADOPEN")
    if opening is not None and not optical and reference.cell.ports:
        index = layout.layer(opening.layer, opening.datatype)
        if _drawn(layout, reference, index) and len({port.name for port in reference.cell.ports}) <= 4:
            return "pad"
    return "device"


def _drawn(layout: kdb.Layout, reference: ComponentReference, layer: int) -> bool:
    return not kdb.RecursiveShapeIterator(layout, reference.cell.kdb_cell, layer).at_end()


def _placed(design: Design, component: gf.Component, references: References) -> dict[str, Placed]:
    """Every device by name, each element of an array on its own."""
    coupler_layer = _layer_index(component, design, "COUPLER")
    dbu = component.kcl.dbu
    result: dict[str, Placed] = {}
    for name, reference in references.items():
        kind = _kind(design, name, reference)
        array = design.instances[name].array
        for (i, j), place in zip(_indices(array), elements(reference), strict=True):
            transformation = place.to_itrans(dbu)
            element = PortRef(name, "", None if array is None else (i, j)).element
            box = reference.cell.dbbox().transformed(transformation)
            result[element] = Placed(
                name=element,
                instance=name,
                cell=str(reference.cell.name),
                component=design.instances[name].component,
                kind=kind,
                x=transformation.disp.x,
                y=transformation.disp.y,
                rotation=transformation.angle % 360,
                mirrored=transformation.is_mirror(),
                bbox=(box.left, box.bottom, box.right, box.top),
                spot=_spot(reference, transformation, kind, coupler_layer),
                ports=tuple(_port_spots(reference, None if array is None else (i, j))),
                settings=dict(design.instances[name].settings),
                info=dict(reference.cell.info.model_dump(exclude_none=True)),
                line=design.instances[name].line,
            )
    return result


def _indices(array: Array | None) -> list[tuple[int, int]]:
    return [(0, 0)] if array is None else [(i, j) for i in range(array.na) for j in range(array.nb)]


def _port_spots(reference: ComponentReference, index: tuple[int, int] | None) -> Iterator[PortSpot]:
    """Ports of an instance, or of one element of an array, that light or current goes through in the plane."""
    for name in [port.name for port in reference.cell.ports if port.port_type in ("optical", "electrical")]:
        port = reference.ports[name] if index is None else reference.ports[name, index[0], index[1]]
        kind = "electrical" if port.port_type == "electrical" else "optical"
        spot = round(port.x, 4), round(port.y, 4)
        yield PortSpot(str(name), *spot, float(port.orientation) % 360, port.width, kind)


def _spot(
    reference: ComponentReference, place: kdb.DCplxTrans, kind: Kind, coupler_layer: int | None
) -> tuple[float, float]:
    """Where the fibre points or the needle lands: a port out of the plane, the coupler marker, or the middle."""
    cell = reference.cell
    at = cell.dbbox().transformed(place).center()
    if kind == "coupler":
        out = [port for port in cell.ports if port.port_type not in ("optical", "electrical")]
        marker = cell.dbbox(coupler_layer) if coupler_layer is not None else kdb.DBox()
        if out:
            at = place * kdb.DPoint(out[0].x, out[0].y)
        elif not marker.empty():
            at = marker.transformed(place).center()
    return round(at.x, 4), round(at.y, 4)


def _windows(canvas: Canvas, design: Design, placed: Mapping[str, Placed]) -> None:
    for window in design.chip.windows:
        where = f"{design.where(window.line)}: windows.{window.name}"
        box = kdb.DBox()
        for word in window.over:
            for name in enumerate_names(word, where):
                if name not in design.instances:
                    near = did_you_mean(name, design.instances)
                    raise LingnanError(f"{where}: there is no instance {name!r}. {near}")
                for one in members(placed, name):
                    box += kdb.DBox(*one.bbox)
        box = box.enlarged(window.margin, window.margin)
        cell = canvas.cell(f"window_{window.name}")
        cell.shapes(canvas.index(window.layer)).insert(box)
        canvas.place(cell)


def _labels(canvas: Canvas, design: Design, placed: Mapping[str, Placed]) -> None:
    """Names for people on TEXT, and for the test bench on MEASURE where the line has that layer."""
    if canvas.has("TEXT"):
        texts = canvas.top.shapes(canvas.index("TEXT"))
        for one in placed.values():
            texts.insert(kdb.DText(one.name, kdb.DTrans(*one.spot)))
    if not canvas.has("MEASURE"):
        return
    texts = canvas.top.shapes(canvas.index("MEASURE"))
    for name, plan in measurement_of(design, design.chip.measurements).items():
        centre = ""
        if plan.wavelength is not None:
            centre = f"_{round(500 * (plan.wavelength[0] + plan.wavelength[1]))}"
        for one in members(placed, name):
            texts.insert(kdb.DText(f"device{centre}_{design.name}_{one.name}", kdb.DTrans(*one.spot)))


def _outlines(design: Design, component: gf.Component, references: References, routed: list[Routed]) -> kdb.Region:
    devrec = _layer_index(component, design, "DEVREC")
    covered = kdb.Region()
    for reference in references.values():
        if not only_marks(reference, design):
            covered += outline(reference, devrec)
    for one in routed:
        for shapes in one.shapes.values():
            covered += shapes
    return covered.merged()


def _crossing(design: Design, component: gf.Component, references: References) -> kdb.Region:
    """Couplers whose cell ends at the edge of the die: the seal ring has to let them through."""
    edge = {row.name for row in design.chip.rows if row.kind == "fibre" and row.from_edge is None}
    devrec = _layer_index(component, design, "DEVREC")
    region = kdb.Region()
    for name, reference in references.items():
        if design.instances[name].group in edge:
            region += outline(reference, devrec)
    return region.merged()


def assemble(design: Design, say: Say = lambda _: None) -> Assembly:
    """Build a chip.

    Args:
        design: as `read_design` gives it; its process's gdsfactory PDK has to be active.
        say: told what is being done.

    Raises:
        LingnanError: a cell, a placement, a route or a part of the frame that cannot be; the message names the line.
    """
    say("devices")
    check_ports(design)
    component = gf.Component()  # unnamed: another chip of this name may stand in the session
    references = place_instances(component, design)
    check_places(design, references, _layer_index(component, design, "DEVREC"), component.kcl.dbu)
    say("routes")
    routed = draw_routes(component, design, references)
    placed = _placed(design, component, references)
    covered = _outlines(design, component, references, routed)
    crossing = _crossing(design, component, references)

    layout = kdb.Layout()
    layout.dbu = component.kcl.dbu
    top = layout.create_cell(design.name)
    top.copy_tree(component.kdb_cell)
    canvas = Canvas(layout, top, design.process)
    _windows(canvas, design, placed)
    _labels(canvas, design, placed)
    say("frame")
    try:
        framed = add_frame(canvas, design.chip, covered, crossing)
    except LingnanError as error:
        raise LingnanError(f"{design.where(design.chip.line)}: {error}") from None
    filled: list[Filled] = []
    if design.chip.fill:
        say("fill")
        exclude = [kdb.DBox(*box) for box in design.chip.fill_exclude]
        filled = add_fill(canvas, framed.inner, design.chip.fill_layers, exclude, framed.free)
    die = kdb.DBox(0, 0, *design.chip.size)
    return Assembly(canvas, placed, tuple(routed), tuple(filled), tuple(densities(canvas, die)), framed.notes)
