"""Instances of a design, made and put in their places, with gdsfactory's meaning of every word of a placement."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gdsfactory as gf
import kfactory as kf
from gdsfactory.component import ComponentReference
from gdsfactory.typings import Port
from kfactory.conf import LogLevel

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.tapeout.design import Design, Instance, Link, Placement, PortRef

_POINTS = ("ce", "cw", "nc", "ne", "nw", "sc", "se", "sw", "center", "cc")
_VALUES = ("south", "west", "east", "north")
_AREA = 1e-6  #: µm²: below, two devices touch and do not overlap
References = dict[str, ComponentReference]


@contextmanager
def quiet() -> Iterator[None]:
    """Keep kfactory's log to itself: cells of two processes share names in a session, and are told apart on writing."""
    level = kf.config.logfilter.level
    kf.config.logfilter.level = LogLevel.CRITICAL
    try:
        yield
    finally:
        kf.config.logfilter.level = level


def make_cell(design: Design, instance: Instance) -> gf.Component:
    """The library cell that an instance asks for.

    Raises:
        LingnanError: unknown cell or parameter, or a value that the cell refuses.
    """
    where = f"{design.where(instance.line)}: {instance.group or instance.name}"
    cells = gf.get_active_pdk().cells
    if instance.component not in cells:
        raise LingnanError(
            f"{where}: process {design.process.name} has no cell {instance.component!r}. "
            f"{did_you_mean(instance.component, cells)} `lingnan cells --process {design.process.name}` lists them."
        )
    function = cells[instance.component]
    known = inspect.signature(function).parameters
    for key in instance.settings:
        if key not in known and not any(p.kind is p.VAR_KEYWORD for p in known.values()):
            raise LingnanError(
                f"{where}: cell {instance.component} has no parameter {key!r}. {did_you_mean(key, known)}"
            )
    try:
        return gf.get_component(instance.component, settings=dict(instance.settings))
    except LingnanError as error:
        raise LingnanError(f"{where}: {error}") from None
    except Exception as error:
        text = " ".join(str(error).split())
        raise LingnanError(
            f"{where}: {instance.component}({_settings(instance)}) cannot be made "
            f"({type(error).__name__}: {text[:300]}). Check its settings."
        ) from error


def _settings(instance: Instance) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in instance.settings.items())[:120]


@quiet()
def check_ports(design: Design) -> None:
    """Refuse a port that is not there, before anything is placed: only cells that links name are made.

    Raises:
        LingnanError: a cell that cannot be made, or that has no such port; the message names the line.
    """
    names: dict[str, list[str]] = {}
    ends = [(end, design.where(link.line)) for link in design.links for end in (link.start, link.end)]
    ends += [(reference, f"{design.file}: ports.{name}") for name, reference in design.ports.items()]
    for end, where in ends:
        if end.instance not in names:
            cell = make_cell(design, design.instances[end.instance])
            names[end.instance] = [str(port.name) for port in cell.ports]
        if end.port not in names[end.instance]:
            near = did_you_mean(end.port, names[end.instance])
            raise LingnanError(f"{where}: {end.instance} has no port {end.port!r}. {near}")


def port_of(references: References, reference: PortRef, where: str) -> Port:
    """The port that a reference names.

    Raises:
        LingnanError: the cell has no such port: a placement may name one that no link does.
    """
    instance = references[reference.instance]
    names = [str(port.name) for port in instance.cell.ports]
    if reference.port not in names:
        near = did_you_mean(reference.port, names)
        raise LingnanError(f"{where}: {reference.instance} has no port {reference.port!r}. {near}")
    if reference.index is not None:
        return instance.ports[reference.port, reference.index[0], reference.index[1]]
    return instance.ports[reference.port]


def _anchor(reference: ComponentReference, name: str, where: str) -> tuple[float, float]:
    if name in _POINTS:
        return getattr(reference.dsize_info, name)
    names = [str(port.name) for port in reference.cell.ports]
    if name not in names:
        raise LingnanError(f"{where}: there is no port or anchor {name!r}. {did_you_mean(name, [*names, *_POINTS])}")
    return reference.ports[name].center


def _value(value: float | PortRef, axis: int, references: References, where: str) -> float:
    if not isinstance(value, PortRef):
        return float(value)
    other = references[value.instance]
    if value.port in _VALUES:
        return float(getattr(other.dsize_info, value.port))
    if value.index is not None:
        return port_of(references, value, where).center[axis]
    return _anchor(other, value.port, where)[axis]


def _turn(reference: ComponentReference, place: Placement, where: str) -> None:
    about = None if place.port is None else _anchor(reference, place.port, where)
    if place.facing is not None and place.port is not None:
        angle = place.facing - reference.ports[place.port].orientation
        reference.rotate(angle % 360, center=about)
    if place.rotation:
        reference.rotate(place.rotation, center=about) if about else reference.rotate(place.rotation)
    if place.mirror is True:
        if about is None:
            reference.dcplx_trans *= kf.kdb.DCplxTrans(1, 0, True, 0, 0)
        else:
            reference.dmirror_x(x=_anchor(reference, str(place.port), where)[0])
    elif isinstance(place.mirror, str):
        reference.dmirror_x(x=_anchor(reference, place.mirror, where)[0])


def _put(references: References, name: str, place: Placement, where: str) -> None:
    reference = references[name]
    _turn(reference, place, where)
    if place.port is not None:
        x, y = _anchor(reference, place.port, where)
        reference.move((-x, -y))
    for axis in (0, 1):
        word = "xy"[axis]
        plain, low, high = (getattr(place, key) for key in (word, f"{word}min", f"{word}max"))
        if plain is not None:
            shift = _value(plain, axis, references, where)
            reference.move((shift, 0) if axis == 0 else (0, shift))
        if low is not None:
            setattr(reference, f"{word}min", _value(low, axis, references, where))
        if high is not None:
            setattr(reference, f"{word}max", _value(high, axis, references, where))
    reference.move((place.dx, place.dy))


def _order(design: Design) -> list[str]:
    """Instances in an order in which each finds standing what it is placed against."""
    needs: dict[str, set[str]] = {
        name: set(design.placements[name].needs if name in design.placements else ()) for name in design.instances
    }
    for link in design.connections:
        needs[link.start.instance].add(link.end.instance)
    done: dict[str, None] = {}
    while len(done) < len(needs):
        ready = [name for name in needs if name not in done and needs[name] <= done.keys()]
        if not ready:
            stuck = [name for name in needs if name not in done]
            line = design.instances[stuck[0]].line
            raise LingnanError(
                f"{design.where(line)}: the placements of {', '.join(stuck[:6])} hang on each other in a circle. "
                "Give one of them numbers for x and y."
            )
        done.update(dict.fromkeys(ready))
    return list(done)


def _connect(references: References, link: Link, where: str) -> None:
    start, end = (port_of(references, reference, where) for reference in (link.start, link.end))
    if start.port_type != end.port_type or abs(start.width - end.width) > 1e-6:
        raise LingnanError(
            f"{where}: {link.start} ({start.port_type}, {start.width:g} µm wide) does not fit {link.end} "
            f"({end.port_type}, {end.width:g} µm wide). Put a taper between them, or link them by a route."
        )
    reference = references[link.start.instance]
    if link.end.index is None:
        reference.connect(link.start.port, references[link.end.instance], link.end.port)
    else:
        reference.connect(link.start.port, end)


@quiet()
def place_instances(component: gf.Component, design: Design) -> References:
    """Every instance of the design in the component, in place.

    Raises:
        LingnanError: a cell that cannot be made, a port that is not there, placements that go in a circle.
    """
    made: dict[tuple[str, str], gf.Component] = {}
    references: References = {}
    for name, instance in design.instances.items():
        key = (instance.component, repr(sorted(instance.settings.items())))
        if key not in made:
            made[key] = make_cell(design, instance)
        array = instance.array
        if array is None:
            references[name] = component.add_ref(made[key], name=name)
        else:
            reference = component.create_inst(made[key], na=array.na, nb=array.nb, a=array.a, b=array.b)
            reference.name = name
            references[name] = reference
    joined: Mapping[str, list[Link]] = {name: [] for name in references}
    for link in design.connections:
        joined[link.start.instance].append(link)
    for name in _order(design):
        place = design.placements.get(name)
        if place is not None:
            _put(references, name, place, f"{design.where(place.line)}: {name}")
        for link in joined[name]:
            _connect(references, link, design.where(link.line))
    return references


def elements(reference: ComponentReference) -> Iterator[kf.kdb.ICplxTrans]:
    """Where each element of an instance stands; one, but for arrays."""
    instance = reference.instance
    for i in range(max(instance.na, 1)):
        for j in range(max(instance.nb, 1)):
            yield kf.kdb.ICplxTrans(instance.a * i + instance.b * j) * instance.cplx_trans


def drawn_on(reference: ComponentReference, layer: int) -> kf.kdb.Region:
    """What an instance draws on one layer, in the coordinates of its parent [dbu]."""
    region = kf.kdb.Region(kf.kdb.RecursiveShapeIterator(reference.cell.kcl.layout, reference.cell.kdb_cell, layer))
    placed = kf.kdb.Region()
    for transformation in elements(reference):
        placed += region.transformed(transformation)
    return placed


def outline(reference: ComponentReference, devrec: int | None) -> kf.kdb.Region:
    """What an instance covers [dbu]: its device-recognition marker where it has one, else its bounding box."""
    marked = drawn_on(reference, devrec) if devrec is not None else kf.kdb.Region()
    if marked.is_empty():
        box = reference.cell.kdb_cell.bbox()
        for transformation in elements(reference):
            marked.insert(kf.kdb.Polygon(box).transformed(transformation))
    return marked.merged()


def only_marks(reference: ComponentReference, design: Design) -> bool:
    """Whether an instance draws nothing that is made, as a channel for a liquid does: devices lie in it."""
    masks = {layer.gds for layer in design.process.layers.values() if layer.purpose != "marker"}
    layout = reference.cell.kcl.layout
    drawn = [index for index in layout.layer_indexes() if not reference.cell.kdb_cell.bbox(index).empty()]
    infos = [layout.get_info(index) for index in drawn]
    return bool(infos) and not any((info.layer, info.datatype) in masks for info in infos)


def check_places(design: Design, references: References, devrec: int | None, dbu: float) -> None:
    """Refuse devices on top of each other or outside the die. Marks may lie on anything.

    Raises:
        LingnanError: names both instances, where they overlap, and the lines.
    """
    width, height = design.chip.size
    die = kf.kdb.DBox(0, 0, width, height).to_itype(dbu)
    outlines = {name: outline(reference, devrec) for name, reference in references.items()}
    for name, region in outlines.items():
        if not region.bbox().inside(die):
            box = region.bbox().to_dtype(dbu)
            line = design.placements[name].line if name in design.placements else design.instances[name].line
            raise LingnanError(
                f"{design.where(line)}: {name} lies at x {box.left:.3f} to {box.right:.3f}, y {box.bottom:.3f} to "
                f"{box.top:.3f} µm, partly outside the die of {width:g} x {height:g} µm. Move it, or enlarge chip.size."
            )
    made = [name for name in outlines if not only_marks(references[name], design)]
    by_left = sorted(made, key=lambda name: (outlines[name].bbox().left, name))
    for index, name in enumerate(by_left):
        box = outlines[name].bbox()
        for other in by_left[index + 1 :]:
            other_box = outlines[other].bbox()
            if other_box.left >= box.right:
                break
            if other_box.bottom >= box.top or box.bottom >= other_box.top:
                continue
            common = outlines[name] & outlines[other]
            if common.area() * dbu * dbu > _AREA:
                _refuse_overlap(design, name, other, common.bbox().to_dtype(dbu))


def _refuse_overlap(design: Design, name: str, other: str, box: Any) -> None:
    lines = [
        design.placements[one].line if one in design.placements else design.instances[one].line for one in (name, other)
    ]
    first, second = sorted(zip(lines, (name, other), strict=True))
    raise LingnanError(
        f"{design.where(second[0])}: {second[1]} overlaps {first[1]} (line {first[0]}) by {box.width():.3f} x "
        f"{box.height():.3f} µm at ({box.center().x:.3f}, {box.center().y:.3f}). Move one of them."
    )
