"""A design file, read and checked: gdsfactory's netlist schema, and a `chip:` section for all that surrounds it.

Nothing is drawn here and gdsfactory is not needed. Each instance, placement, link and route keeps its line, so that an
error, a violation or a mismatch can point to it. Lengths in µm, angles in degrees.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process, load_process
from lingnan.tapeout import yamltext
from lingnan.tapeout.chipsection import read_chip
from lingnan.tapeout.fields import Fields, check_name, shown
from lingnan.tapeout.netlist import (
    Array,
    Design,
    Instance,
    Link,
    Placement,
    PortRef,
    Route,
    enumerate_names,
    parse_port,
)
from lingnan.tapeout.routesettings import read_route_settings
from lingnan.tapeout.yamltext import Items, Table

__all__ = [
    "Array",
    "Design",
    "Instance",
    "Link",
    "Placement",
    "PortRef",
    "Route",
    "enumerate_names",
    "parse_port",
    "read_design",
]
_TOP = (
    "name", "pdk", "info", "schema", "schema_version", "instances", "placements", "connections", "nets", "routes",
    "ports", "chip",
)  # fmt: skip


def _array(fields: Fields) -> Array | None:
    if not fields.has("array"):
        return None
    array = fields.child("array")
    if "columns" in array.table or "rows" in array.table:
        array.allow(("columns", "rows", "column_pitch", "row_pitch"))
        return Array(
            array.count("columns", 1, least=1, most=1000),
            array.count("rows", 1, least=1, most=1000),
            (array.number("column_pitch", 0.0), 0.0),
            (0.0, array.number("row_pitch", 0.0)),
        )
    array.allow(("num_a", "num_b", "pitch_a", "pitch_b", "columns", "rows"))
    a = array.numbers("pitch_a", 2, "[100, 0]") if array.has("pitch_a") else [1.0, 0.0]
    b = array.numbers("pitch_b", 2, "[0, 100]") if array.has("pitch_b") else [0.0, 1.0]
    return Array(
        array.count("num_a", 1, least=1, most=1000),
        array.count("num_b", 1, least=1, most=1000),
        (a[0], a[1]),
        (b[0], b[1]),
    )


def _instances(top: Fields) -> dict[str, Instance]:
    instances: dict[str, Instance] = {}
    for name, entry in top.children("instances"):
        check_name(top.child("instances"), name, "instance")
        if isinstance(top.child("instances").table[name], Table):
            entry.allow(("component", "settings", "array", "info", "virtual"))
        if entry.flag("virtual", False):
            entry.fail("virtual", " = true is not supported: a chip has no virtual instances. Remove it.")
        settings = yamltext.plain(entry.child("settings").table)
        instances[name] = Instance(
            name,
            entry.text("component", example="straight"),
            settings,
            _array(entry),
            top.child("instances").line(name),
        )
    return instances


def _coordinate(fields: Fields, key: str, instances: Mapping[str, Instance]) -> float | PortRef | None:
    value = fields.table.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        reference = parse_port(value, fields.where(key))
        _known(reference.instance, instances, fields.where(key))
        return reference
    return fields.check_number(key, value)


def _known(name: str, instances: Mapping[str, Instance], where: str) -> None:
    if name not in instances:
        raise LingnanError(f"{where}: there is no instance {name!r}. {did_you_mean(name, instances)}")


def _placements(top: Fields, instances: Mapping[str, Instance]) -> dict[str, Placement]:
    placements: dict[str, Placement] = {}
    for name, entry in top.children("placements"):
        group = top.child("placements")
        _known(name, instances, group.where())
        entry.allow(("x", "y", "xmin", "xmax", "ymin", "ymax", "dx", "dy", "port", "rotation", "mirror"))
        place = {key: _coordinate(entry, key, instances) for key in ("x", "y", "xmin", "xmax", "ymin", "ymax")}
        for axis in "xy":
            given = [key for key in (axis, f"{axis}min", f"{axis}max") if place[key] is not None]
            if len(given) > 1:
                entry.fail(given[1], f" is given beside {given[0]}. Only one of the two can hold; remove the other.")
        port = entry.text("port") if entry.has("port") else None
        if port is not None and any(place[key] is not None for key in ("xmin", "xmax", "ymin", "ymax")):
            entry.fail("port", " cannot go with xmin, xmax, ymin or ymax. Use x and y for where the port has to lie.")
        mirror = entry.table.get("mirror", False)
        if not isinstance(mirror, bool | str | int | float):
            entry.fail("mirror", f" = {shown(mirror)} is neither true, false, a port nor a number.")
        placements[name] = Placement(
            **place,
            dx=entry.number("dx", 0.0),
            dy=entry.number("dy", 0.0),
            port=port,
            rotation=entry.number("rotation", 0.0, least=-360, most=360) % 360,
            mirror=mirror if isinstance(mirror, str) else bool(mirror),
            line=group.line(name),
        )
    return placements


def _pairs(fields: Fields, key: str, instances: Mapping[str, Instance]) -> Iterator[Link]:
    group = fields.child(key)
    for left, right in group.table.items():
        where = group.where(left)
        if not isinstance(right, str):
            group.fail(left, f" = {shown(right)} is not a port. Write instance,port.")
        starts, ends = enumerate_names(left, where), enumerate_names(right, where)
        if len(starts) != len(ends):
            raise LingnanError(f"{where}: {len(starts)} ports on the left, {len(ends)} on the right. Make them equal.")
        for start, end in zip(starts, ends, strict=True):
            link = Link(parse_port(start, where), parse_port(end, where), group.line(left))
            for reference in (link.start, link.end):
                _known(reference.instance, instances, where)
                _check_index(reference, instances[reference.instance], where)
            yield link


def _check_index(reference: PortRef, instance: Instance, where: str) -> None:
    array = instance.array
    if array is None and reference.index is not None:
        raise LingnanError(f"{where}: {instance.name} is not an array. Write {instance.name},{reference.port}.")
    if array is not None and reference.index is None:
        raise LingnanError(f"{where}: {instance.name} is an array. Write {instance.name}<i.j>,{reference.port}.")
    if array is not None and reference.index is not None:
        i, j = reference.index
        if i >= array.na or j >= array.nb:
            raise LingnanError(
                f"{where}: {reference} is outside the array of {array.na} by {array.nb}. Indices count from 0."
            )


def _routes(top: Fields, instances: Mapping[str, Instance]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for name, entry in top.children("routes"):
        check_name(top.child("routes"), name, "route")
        entry.allow(("links", "settings", "routing_strategy"))
        settings = read_route_settings(entry.child("settings"))
        links = tuple(_pairs(entry, "links", instances))
        if not links:
            entry.fail("links", " is empty. Give instance,port: instance,port pairs, or remove the route.")
        routes[name] = Route(
            name,
            links,
            settings,
            entry.text("routing_strategy", "", "route_bundle"),
            top.child("routes").line(name),
        )
    for index, net in enumerate(_nets(top)):
        net.allow(("p1", "p2", "name", "settings"))
        name = net.text("name", f"net{index + 1}")
        if name in routes:
            net.fail("name", f" = {name!r} is a route already. Give every net its own name.")
        ends = [parse_port(net.text(key, example="instance,port"), net.where(key)) for key in ("p1", "p2")]
        for end in ends:
            _known(end.instance, instances, net.where())
            _check_index(end, instances[end.instance], net.where())
        settings = read_route_settings(net.child("settings"))
        routes[name] = Route(name, (Link(ends[0], ends[1], net.line()),), settings, "", net.line())
    return routes


def _nets(top: Fields) -> Iterator[Fields]:
    nets = top.table.get("nets")
    if nets is None:
        return
    if not isinstance(nets, Items):
        top.fail("nets", f" = {shown(nets)} is not a list. Write - {{p1: instance,port, p2: instance,port}} lines.")
    for index, net in enumerate(nets):
        if not isinstance(net, Table):
            top.fail("nets", f"[{index}] = {shown(net)} is not a mapping of p1 and p2.")
        yield Fields(net, f"nets[{index}]", top.file)


def _ports(top: Fields, instances: Mapping[str, Instance]) -> dict[str, PortRef]:
    ports: dict[str, PortRef] = {}
    group = top.child("ports")
    for name, value in group.table.items():
        ports[name] = parse_port(value, group.where(name))
        _known(ports[name].instance, instances, group.where(name))
    return ports


def _each_port_once(design: Design) -> None:
    """One port, one connection: a second link to it would leave light or current two ways to go."""
    optical_seen: dict[PortRef, int] = {}
    for link in design.links:
        if link.start == link.end:
            raise LingnanError(f"{design.where(link.line)}: {link.start} is linked to itself. Name the other end.")
        for end in (link.start, link.end):
            if end in optical_seen and end.port.startswith("o"):
                raise LingnanError(
                    f"{design.where(link.line)}: port {end} is linked already in line {optical_seen[end]}. "
                    "A port joins one guide; put a splitter where two are wanted."
                )
            optical_seen[end] = link.line


def read_design(path: str | Path, process: str | Path | None = None) -> Design:
    """A design from its file.

    Args:
        path: of the YAML file.
        process: name or file of the process; the design's own `chip.process` by default.

    Raises:
        LingnanError: whatever is wrong with it, as one line with file, line, key, value, limit and what to do.
    """
    from lingnan.tapeout.packaging import add_packaging

    table, text = yamltext.read(path)
    top = Fields(table, "", str(path)).allow(_TOP)
    if not top.has("chip"):
        raise LingnanError(f"{path}:1: chip is missing. Add a section with process, name and size.")
    section = top.child("chip")
    line = _load_line(section, Path(path), process)
    chip = read_chip(section, line)
    instances, placements, chip = add_packaging(section, chip, line, _instances(top))
    placements = {**placements, **_placements(top, instances)}
    design = Design(
        file=str(path),
        text=text,
        name=chip.name,
        process=line,
        chip=chip,
        instances=instances,
        placements=placements,
        connections=tuple(_pairs(top, "connections", instances)),
        routes=_routes(top, instances),
        ports=_ports(top, instances),
    )
    if not design.instances:
        raise LingnanError(f"{path}:1: there are no instances. A chip without devices is not worth a mask.")
    _each_port_once(design)
    _every_instance_placed(design)
    return design


def _load_line(section: Fields, design: Path, process: str | Path | None) -> Process:
    """The process; a file may be named relative to the design that uses it."""
    if process is not None:
        return load_process(process)
    name = section.text("process", example="soi220")
    candidate = design.parent / name
    try:
        return load_process(candidate if name.endswith(".toml") and candidate.is_file() else name)
    except LingnanError as error:
        raise LingnanError(f"{section.where('process')}: {error}") from None


def _every_instance_placed(design: Design) -> None:
    moved = {link.start.instance for link in design.connections}
    for name, instance in design.instances.items():
        if name not in design.placements and name not in moved:
            raise LingnanError(
                f"{design.where(instance.line)}: instance {name} has neither a placement nor a connection. "
                f"Add placements: {name}: {{x: ..., y: ...}}."
            )
