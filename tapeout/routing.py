"""Routes of a design, drawn by gdsfactory's bundle router with the bends of the process, and checked for collisions.

Optical guides must not meet anything but the ports they join: a crossing needs a crossing device. Wires of different
nets must not meet on one layer.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gdsfactory as gf
import kfactory as kf
from gdsfactory.component import ComponentReference
from gdsfactory.typings import Port

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import CrossSectionData, Process
from lingnan.tapeout.design import Design, Route
from lingnan.tapeout.placing import References, port_of

_SLIVER = 5  #: dbu: rounding of turned cells may overlap by a nanometre or two, a guide across another by its width
Box = tuple[float, float, float, float]


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
    shapes: dict[int, kf.kdb.Region]  #: by layer index of the layout [dbu]


def _cross_section(process: Process, port: Port, where: str) -> CrossSectionData:
    """The cross-section that a port ends: same layer, same width."""
    layer = port.layer_info
    near = [
        section
        for section in process.cross_sections.values()
        if process.layers[section.layer].gds == (layer.layer, layer.datatype)
    ]
    exact = [section for section in near if abs(section.width.value - port.width) < 1e-4]
    if exact:
        return exact[0]
    if near and port.port_type == "electrical":
        return near[0]
    raise LingnanError(
        f"{where}: no cross-section of {process.name} has the layer {layer.layer}/{layer.datatype} and the width "
        f"{port.width:g} µm of this port. Give settings: {{cross_section: ...}}, one of "
        f"{', '.join(process.cross_sections)}."
    )


def _kind(ports: Sequence[tuple[Port, Port]], route: Route, design: Design) -> Literal["optical", "electrical"]:
    kinds: set[Literal["optical", "electrical"]] = set()
    for (start, end), link in zip(ports, route.links, strict=True):
        if (start.port_type == "electrical") != (end.port_type == "electrical"):
            raise LingnanError(
                f"{design.where(link.line)}: {link.start} is {start.port_type}, {link.end} is {end.port_type}. "
                "Light does not go into a wire: link ports of one type."
            )
        kinds.add("electrical" if start.port_type == "electrical" else "optical")
    if len(kinds) > 1:
        raise LingnanError(
            f"{design.where(route.line)}: route {route.name} mixes optical and electrical links. Make two routes of it."
        )
    return kinds.pop()


def _settings(design: Design, route: Route, start: Port, kind: str) -> dict[str, Any]:
    settings = dict(route.settings)
    where = f"{design.where(route.line)}: route {route.name}"
    name = settings.get("cross_section")
    if name is None and "layer" not in settings:
        name = settings["cross_section"] = _cross_section(design.process, start, where).name
    known = gf.get_active_pdk().cross_sections
    if isinstance(name, str) and name not in known:
        raise LingnanError(
            f"{where}: cross_section {name!r} is not known to {design.process.name}. {did_you_mean(name, known)}"
        )
    data = design.process.cross_sections.get(str(name))
    if kind == "optical" and data is not None and data.radius_min is not None and "radius" in settings:
        least = data.radius_min
        if settings["radius"] < least.value:
            raise LingnanError(
                f"{where}: radius = {settings['radius']:g} µm is below the limit of {least.value:g} µm (cross-section "
                f"{name}, process {design.process.name}, {least.source}). Use radius >= {least.value:g}."
            )
    return settings


def _strategy(design: Design, route: Route, kind: str) -> Any:
    strategies = dict(gf.get_active_pdk().routing_strategies or {})
    name = route.strategy or ("route_bundle_electrical" if kind == "electrical" else "route_bundle")
    if name not in strategies:
        raise LingnanError(
            f"{design.where(route.line)}: routing_strategy {name!r} is not known to {design.process.name}. "
            f"{did_you_mean(name, strategies)}"
        )
    return strategies[name]


def _draw(component: gf.Component, design: Design, references: References, route: Route) -> Iterator[Routed]:
    pairs = [
        (
            port_of(references, link.start, design.where(link.line)),
            port_of(references, link.end, design.where(link.line)),
        )
        for link in route.links
    ]
    kind = _kind(pairs, route, design)
    settings = _settings(design, route, pairs[0][0], kind)
    strategy = _strategy(design, route, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = strategy(
                component,
                ports1=[start for start, _ in pairs],
                ports2=[end for _, end in pairs],
                on_collision="error",
                on_placer_error="error",
                raise_on_error=True,
                **settings,
            )
    except LingnanError as error:
        raise LingnanError(f"{design.where(route.line)}: route {route.name}: {error}") from None
    except Exception as error:
        raise LingnanError(_why(design, route, pairs, error)) from error
    for one, link in zip(drawn, route.links, strict=True):
        shapes = _shapes(component, one)
        box = kf.kdb.Box()
        for region in shapes.values():
            box += region.bbox()
        dbox = box.to_dtype(component.kcl.dbu)
        yield Routed(
            route=route.name,
            start=str(link.start),
            end=str(link.end),
            kind=kind,
            cross_section=str(settings.get("cross_section", settings.get("layer"))),
            length=_length(one, component.kcl.dbu),
            bends=one.n_bend90 if kind == "optical" else max(len(one.backbone) - 2, 0),
            bbox=(dbox.left, dbox.bottom, dbox.right, dbox.top),
            line=link.line,
            shapes=shapes,
        )


def _why(design: Design, route: Route, pairs: Sequence[tuple[Port, Port]], error: Exception) -> str:
    text = " ".join(str(error).split())
    start, end = pairs[0]
    span = f"from ({start.x:.3f}, {start.y:.3f}) to ({end.x:.3f}, {end.y:.3f})"
    where = f"{design.where(route.line)}: route {route.name}, first link {span},"
    if "collision" in text.lower():
        return (
            f"{where} crosses itself or its neighbours. Put the links in the order of the ports on both sides, give "
            "waypoints or steps, or raise separation."
        )
    return (
        f"{where} cannot be drawn ({type(error).__name__}: {text[:200]}). There is probably too little room for the "
        "bends: move the ports apart, turn them towards each other, or give waypoints or steps."
    )


def _length(route: Any, dbu: float) -> float:
    """Along the middle: what the cells of the route say, or the backbone where wires are plain shapes."""
    lengths = [instance.cell.info["length"] for instance in route.instances if "length" in instance.cell.info]
    if lengths and len(lengths) == len(route.instances):
        return round(float(sum(lengths)), 3)
    return round(route.length_backbone * dbu if not route.instances else float(route.length) * dbu, 3)


def _shapes(component: gf.Component, route: Any) -> dict[int, kf.kdb.Region]:
    layout = component.kcl.layout
    shapes: dict[int, kf.kdb.Region] = {}
    for layer in layout.layer_indexes():
        region = kf.kdb.Region()
        for instance in route.instances:
            inner = kf.kdb.Region(kf.kdb.RecursiveShapeIterator(layout, instance.cell.kdb_cell, layer))
            region += inner.transformed(instance.instance.cplx_trans)
        for info, polygons in route.polygons.items():
            if layout.get_info(layer).is_equivalent(info):
                region += kf.kdb.Region(list(polygons))
        if not region.is_empty():
            shapes[layer] = region.merged()
    return shapes


def draw_routes(component: gf.Component, design: Design, references: References) -> list[Routed]:
    """All routes of the design, drawn into the component, in the order of the file.

    Raises:
        LingnanError: a route that cannot be drawn, or that meets what it must not meet.
    """
    routed: list[Routed] = []
    for route in design.routes.values():
        routed += _draw(component, design, references, route)
    _check_collisions(component, design, references, routed)
    return routed


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


def _device_shapes(reference: ComponentReference, layer: int) -> kf.kdb.Region:
    layout = reference.cell.kcl.layout
    region = kf.kdb.Region(kf.kdb.RecursiveShapeIterator(layout, reference.cell.kdb_cell, layer))
    placed = kf.kdb.Region()
    for i in range(max(reference.na, 1)):
        for j in range(max(reference.nb, 1)):
            shift = kf.kdb.ICplxTrans(kf.kdb.Vector(reference.instance.a * i + reference.instance.b * j))
            placed += region.transformed(shift * reference.instance.cplx_trans)
    return placed


def _check_collisions(
    component: gf.Component, design: Design, references: References, routed: Sequence[Routed]
) -> None:
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
        devices = {device: _device_shapes(reference, layer) for device, reference in references.items()}
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
