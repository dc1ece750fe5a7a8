"""Routes of a design: guides by gdsfactory's bundle router with the bends of the process, wires by kfactory's."""

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import gdsfactory as gf
import kfactory as kf
from gdsfactory.component import ComponentReference
from gdsfactory.typings import Port

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import CrossSectionData, Process
from lingnan.tapeout.bundles import bundles, waypoints
from lingnan.tapeout.collisions import Piece, Routed, check_collisions
from lingnan.tapeout.design import Design, Link, Route
from lingnan.tapeout.placing import References, port_of, quiet
from lingnan.tapeout.transitions import lead, section_at


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


def _settings(design: Design, references: References, route: Route, start: Port, kind: str) -> dict[str, Any]:
    settings = dict(route.settings)
    where = f"{design.where(route.line)}: route {route.name}"
    if "cross_section" not in settings:
        own = (
            section_at(design.process, references[route.links[0].start.instance], start) if kind == "optical" else None
        )
        settings["cross_section"] = (own or _cross_section(design.process, start, where)).name
    name = settings["cross_section"]
    known = {key: data for key, data in design.process.cross_sections.items() if data.kind == kind}
    if name not in known:
        raise LingnanError(
            f"{where}: {name!r} is no {kind} cross_section of {design.process.name}. {did_you_mean(name, known)}"
        )
    data = known[name]
    if kind == "optical" and data.radius_min is not None and "radius" in settings:
        least = data.radius_min
        if settings["radius"] < least.value:
            raise LingnanError(
                f"{where}: radius = {settings['radius']:g} µm is below the limit of {least.value:g} µm (cross-section "
                f"{name}, process {design.process.name}, {least.source}). Use radius >= {least.value:g}."
            )
    return settings


def _strategy(design: Design, route: Route) -> Any:
    strategies = dict(gf.get_active_pdk().routing_strategies or {})
    name = route.strategy or "route_bundle"
    if name not in strategies:
        raise LingnanError(
            f"{design.where(route.line)}: routing_strategy {name!r} is not known to {design.process.name}. "
            f"{did_you_mean(name, strategies)}"
        )
    return strategies[name]


def _draw_guides(
    component: gf.Component, design: Design, route: Route, pairs: Sequence[tuple[Port, Port]], settings: dict[str, Any]
) -> Any:
    """Light: gdsfactory's bundle router, with the library's bend made once so that any bend cell will do."""
    strategy = _strategy(design, route)
    settings = dict(settings)
    section = gf.get_cross_section(settings["cross_section"])
    radius = settings.get("radius", section.radius)
    if not route.strategy:
        bend = settings.get("bend", "bend_euler")
        settings["bend"] = gf.get_component(bend, cross_section=settings["cross_section"], radius=radius)
    return strategy(
        component,
        ports1=[start for start, _ in pairs],
        ports2=[end for _, end in pairs],
        on_collision="error",
        on_placer_error="error",
        raise_on_error=True,
        **settings,
    )


def _draw_wires(
    component: gf.Component, design: Design, route: Route, pairs: Sequence[tuple[Port, Port]], settings: dict[str, Any]
) -> Any:
    """Current: plain rectangles on one layer, which need no bend cells."""
    data = design.process.cross_sections[settings["cross_section"]]
    layer = design.process.layer(data.layer)
    for port in (port for pair in pairs for port in pair):
        if (port.layer_info.layer, port.layer_info.datatype) != layer.gds:
            raise LingnanError(
                f"port {port.name} at ({port.x:.3f}, {port.y:.3f}) is on layer {port.layer_info.layer}/"
                f"{port.layer_info.datatype}, the wire on {data.layer} ({layer.layer}/{layer.datatype}). "
                "Put a via stack between them, or give settings: {cross_section: ...} of the port's own layer."
            )
    return kf.routing.electrical.route_bundle(
        component,
        [start for start, _ in pairs],
        [end for _, end in pairs],
        separation=float(settings.get("separation", data.width.value)),
        starts=float(settings.get("start_straight_length", 0)),
        ends=float(settings.get("end_straight_length", 0)),
        sort_ports=bool(settings.get("sort_ports", False)),
        place_layer=kf.kdb.LayerInfo(*layer.gds),
        route_width=float(settings.get("route_width", data.width.value)),
        waypoints=waypoints(settings, pairs[0][0]),
        on_collision="error",
        on_placer_error="error",
    )


def _draw(component: gf.Component, design: Design, references: References, route: Route) -> Iterator[Routed]:
    pairs = [
        (
            port_of(references, link.start, design.where(link.line)),
            port_of(references, link.end, design.where(link.line)),
        )
        for link in route.links
    ]
    kind = _kind(pairs, route, design)
    settings = _settings(design, references, route, pairs[0][0], kind)
    draw = _draw_guides if kind == "optical" else _draw_wires
    leads: list[list[ComponentReference]] = [[] for _ in pairs]
    if kind == "optical":
        pairs, leads = _lead(component, design, references, route, pairs, settings["cross_section"])
    drawn: dict[int, Any] = {}
    section = gf.get_cross_section(settings["cross_section"])
    room = float(settings.get("radius", section.radius or 0)) + float(settings.get("separation", section.width))
    for indices in bundles(pairs, room):
        bundle = [pairs[index] for index in indices]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                drawn.update(zip(indices, draw(component, design, route, bundle, settings), strict=True))
        except LingnanError as error:
            raise LingnanError(f"{design.where(route.line)}: route {route.name}: {error}") from None
        except Exception as error:
            raise LingnanError(_why(design, route, route.links[indices[0]], bundle[0], error)) from error
    for index, link in enumerate(route.links):
        yield _routed(component, route, link, drawn[index], kind, settings["cross_section"], leads[index])


def _lead(
    component: gf.Component,
    design: Design,
    references: References,
    route: Route,
    pairs: Sequence[tuple[Port, Port]],
    cross_section: str,
) -> tuple[list[tuple[Port, Port]], list[list[ComponentReference]]]:
    """Transitions at ports that end another cross-section than the route's, and the ports left to route between."""
    process = design.process
    guide = process.cross_sections[cross_section]
    found: list[tuple[Port, Port]] = []
    leads: list[list[ComponentReference]] = []
    for pair, link in zip(pairs, route.links, strict=True):
        ports, mine = list(pair), list[ComponentReference]()
        for side, end in enumerate((link.start, link.end)):
            ends = section_at(process, references[end.instance], ports[side])
            where = f"{design.where(link.line)}: route {route.name}: {end}"
            made = None if ends is None else lead(component, process, ports[side], ends, guide, where)
            if made is not None:
                mine.append(made[0])
                ports[side] = made[1]
        found.append((ports[0], ports[1]))
        leads.append(mine)
    return found, leads


def _routed(
    component: gf.Component,
    route: Route,
    link: Link,
    drawn: Any,
    kind: Literal["optical", "electrical"],
    cross_section: str,
    leads: Sequence[ComponentReference],
) -> Routed:
    shapes = _shapes(component, drawn.polygons, [*drawn.instances, *leads])
    box = kf.kdb.Box()
    for region in shapes.values():
        box += region.bbox()
    dbox = box.to_dtype(component.kcl.dbu)
    return Routed(
        route=route.name,
        start=str(link.start),
        end=str(link.end),
        kind=kind,
        cross_section=cross_section,
        length=round(_length(drawn, component.kcl.dbu) + sum(_length_of(one) for one in leads), 3),
        bends=drawn.n_bend90 if kind == "optical" else max(len(drawn.backbone) - 2, 0),
        bbox=(dbox.left, dbox.bottom, dbox.right, dbox.top),
        line=link.line,
        pieces=tuple(_piece(one) for one in [*drawn.instances, *leads]) if kind == "optical" else (),
        shapes=shapes,
    )


def _piece(reference: Any) -> Piece:
    cell = reference.cell
    settings = dict(cell.settings.model_dump())
    return Piece(str(cell.function_name), settings, reference.instance.dcplx_trans.angle % 360)


def _why(design: Design, route: Route, link: Link, ports: tuple[Port, Port], error: Exception) -> str:
    text = " ".join(str(error).split())
    start, end = ports
    span = f"{link.start} ({start.x:.3f}, {start.y:.3f}) to {link.end} ({end.x:.3f}, {end.y:.3f})"
    where = f"{design.where(link.line)}: route {route.name}, bundle that begins with {span},"
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


def _length_of(reference: ComponentReference) -> float:
    """What a transition adds to a route [µm]: from port to port."""
    one, two = reference.ports["o1"].center, reference.ports["o2"].center
    return math.dist(one, two)


def _shapes(component: gf.Component, polygons: Any, instances: Sequence[Any]) -> dict[int, kf.kdb.Region]:
    layout = component.kcl.layout
    shapes: dict[int, kf.kdb.Region] = {}
    for layer in layout.layer_indexes():
        region = kf.kdb.Region()
        for instance in instances:
            inner = kf.kdb.Region(kf.kdb.RecursiveShapeIterator(layout, instance.cell.kdb_cell, layer))
            region += inner.transformed(instance.instance.cplx_trans)
        for info, drawn in polygons.items():
            if layout.get_info(layer).is_equivalent(info):
                region += kf.kdb.Region(list(drawn))
        if not region.is_empty():
            shapes[layer] = region.merged()
    return shapes


@quiet()
def draw_routes(component: gf.Component, design: Design, references: References) -> list[Routed]:
    """All routes of the design, drawn into the component, in the order of the file.

    Raises:
        LingnanError: a route that cannot be drawn, or that meets what it must not meet.
    """
    routed: list[Routed] = []
    for route in design.routes.values():
        routed += _draw(component, design, references, route)
    check_collisions(component, design, references, routed)
    return routed
