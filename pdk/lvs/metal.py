"""The electrical netlist from geometry: metals joined by vias, cut where devices resist.

Conductors are the metal and via layers of the process's connectivity. A resistor layer (a heater) conducts between
devices but not inside them: a heater has two ports and two nets. Doped silicon is no wire at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Master, Pin, Port
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.view import View, unrounded
from lingnan.pdk.process import Process

_THIN = 2  #: dbu each side of a port's edge in which its metal is looked for
_ROUNDED = 2  #: dbu; at odd angles the walls of a wire as wide as the rule are rounded, each by up to 0.7
_PIECE = 0  #: key of the property that holds a polygon's number


@dataclass(frozen=True)
class Wiring:
    """What conducts, and how layers join."""

    metals: tuple[str, ...]  #: conduct everywhere
    resistors: tuple[str, ...]  #: conduct outside devices
    vias: tuple[str, ...]
    touching: tuple[tuple[str, str], ...]  #: layers that are one net where they overlap
    stack: tuple[tuple[str, str, str], ...]  #: lower metal, via, upper metal

    @property
    def layers(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.metals, *self.resistors, *self.vias)


def wiring(process: Process) -> Wiring:
    """Metals, resistors and vias of a process."""
    resistors = tuple(process.data.get("connectivity", {}).get("resistors", ()))
    conducting = {metal.layer for metal in process.metals.values()}
    vias = {via for _, via, _ in process.connectivity} - conducting
    touching: set[tuple[str, str]] = set()
    for lower, via, upper in process.connectivity:
        for one, other in ((lower, via), (via, upper)) if via in vias else ((lower, upper),):
            if {one, other} <= conducting | vias and one != other:
                touching.add((min(one, other), max(one, other)))
    metals = tuple(sorted(conducting - set(resistors)))
    stack = tuple(row for row in process.connectivity if row[1] in vias and {row[0], row[2]} <= conducting)
    return Wiring(metals, resistors, tuple(sorted(vias)), tuple(sorted(touching)), stack)


@dataclass(frozen=True)
class Piece:
    """A connected polygon on one layer."""

    layer: str
    polygon: kdb.Polygon


class Conductors:
    """Pieces of metal and which of them are one net."""

    def __init__(
        self, regions: Mapping[str, kdb.Region], wires: Wiring, least: Mapping[str, int] | None = None
    ) -> None:
        """Take regions apart into what is connected.

        Args:
            regions: by layer [dbu].
            wires: which layers join.
            least: width by layer [dbu] below which a neck is no contact; where none is given, any does.
        """
        self.pieces: list[Piece] = []
        self._shapes: dict[str, kdb.Shapes] = {}
        self._parent: list[int] = []
        for layer, region in regions.items():
            shapes = self._shapes[layer] = kdb.Shapes()
            coherent = region.dup()
            coherent.min_coherence = True  # corners that kiss do not conduct
            for polygon in _parted(coherent.merged(), (least or {}).get(layer, 0)).each():
                shapes.insert(kdb.PolygonWithProperties(polygon, {_PIECE: len(self.pieces)}))
                self._parent.append(len(self.pieces))
                self.pieces.append(Piece(layer, polygon))
        for one, other in wires.touching:
            if one in regions and other in regions:
                for index, piece in enumerate(self.pieces):
                    if piece.layer == one:
                        for met in self.meeting(other, piece.polygon):
                            self.join(index, met)

    def meeting(self, layer: str, polygon: kdb.Polygon) -> Iterator[int]:
        """Pieces of a layer that overlap a polygon."""
        shapes = self._shapes.get(layer)
        if shapes is None:
            return
        for shape in shapes.each_overlapping(polygon.bbox()):
            if (polygon.is_box() and shape.polygon.is_box()) or overlap(polygon, shape.polygon):
                yield int(shape.property(_PIECE))

    def root(self, index: int) -> int:
        """The piece that stands for a net."""
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Make two pieces one net."""
        one, other = sorted((self.root(one), self.root(other)))
        self._parent[other] = one

    def net(self, root: int) -> list[int]:
        """All pieces of a net."""
        return [index for index in range(len(self.pieces)) if self.root(index) == root]


def _parted(region: kdb.Region, least: int) -> kdb.Region:
    """Polygons cut where they are narrower than a width: each is shrunk, and what is left of it grown back alone."""
    inset = least // 2 - _ROUNDED
    if inset <= 0:
        return region
    cores = region.sized(-inset)
    parted = kdb.Region()
    parted.merged_semantics = False
    if cores.count() <= region.count() and region.interacting(cores, 2).is_empty():
        return region
    necked = region.interacting(cores, 2)
    for polygon in (region - necked).each() if necked.count() < region.count() else ():
        parted.insert(polygon)
    for core in (cores & necked).each():
        for part in (kdb.Region(core).sized(inset) & necked).each():
            parted.insert(part)
    return parted


def least_widths(process: Process, dbu: float) -> dict[str, int]:
    """Width rules of metals [dbu]: the line does not promise that anything narrower conducts."""
    metals = {metal.layer for metal in process.metals.values()}
    rules = [rule for rule in process.rules.values() if rule.kind == "width" and rule.layer in metals and rule.limit]
    return {rule.layer: round(rule.limit.value / dbu) for rule in rules if rule.limit is not None}


def overlap(one: kdb.Polygon, other: kdb.Polygon) -> bool:
    """Whether two polygons share more than their rims."""
    return not (kdb.Region(one) & kdb.Region(other)).is_empty()


def _edge_box(port: Port, placement: kdb.ICplxTrans, dbu: float) -> kdb.Polygon:
    """A thin box over a port's edge [dbu]."""
    transformed = placement * kdb.ICplxTrans(1, port.angle_deg, False, 0, 0)
    spot = unrounded(placement) * kdb.DPoint(port.x / dbu, port.y / dbu)
    half = max(port.width / dbu / 2 - 1, 1)
    box = kdb.DPolygon(kdb.DBox(-_THIN, -half, _THIN, half))
    turn = kdb.DCplxTrans(1, transformed.angle, transformed.is_mirror(), spot.x, spot.y)
    return box.transformed(turn).to_itype(1)


def pieces_at(port: Port, placement: kdb.ICplxTrans, conductors: Conductors, wires: Wiring, dbu: float) -> list[int]:
    """The pieces that a port lies on; on a resistor's port also the metal that covers it there."""
    probe = _edge_box(port, placement, dbu)
    found = list(conductors.meeting(port.layer, probe))
    if port.layer in wires.resistors:
        spot = probe.bbox().center()
        half = max(1, round(port.width / dbu / 2))
        patch = kdb.Polygon(kdb.Box(spot.x - half, spot.y - half, spot.x + half, spot.y + half))
        for pair in wires.touching:
            if port.layer in pair:
                found += conductors.meeting(pair[0] if pair[1] == port.layer else pair[1], patch)
    return found


def inner_groups(master: Master, wires: Wiring, dbu: float) -> list[tuple[str, ...]]:
    """Electrical ports of a library cell that its own metal joins."""
    ports = [port for port in master.ports if port.kind == "electrical"]
    regions = {layer: master.shapes[layer] for layer in (*wires.metals, *wires.vias) if layer in master.shapes}
    inside = Conductors(regions, wires)
    by_net: dict[int, list[str]] = {}
    for port in ports:
        for index in pieces_at(port, kdb.ICplxTrans(), inside, wires, dbu):
            by_net.setdefault(inside.root(index), []).append(port.name)
    return [tuple(names) for names in by_net.values() if len(names) > 1]


@dataclass(frozen=True)
class Current:
    """Everything electrical that was found."""

    conductors: Conductors
    nets: Mapping[Pin, tuple[int, ...]]  #: nets at each port; none: no metal there


def trace_metal(view: View, found: Mapping[str, Found], wires: Wiring) -> Current:
    """Nets of metal and the ports on them.

    Metal that touches neither a port nor a via (density fill, marks, letters) is left out.
    """
    there = {name: one for name, one in found.items() if one.there}
    near = kdb.Region()
    inside: dict[str, kdb.Region] = {layer: kdb.Region() for layer in wires.resistors}
    for one in there.values():
        for port in _electrical(one.device.master.ports):
            width = round(port.width / view.dbu)
            near.insert(_edge_box(port, one.placement, view.dbu).bbox().enlarged(width, width))
        for layer in wires.resistors:
            if one.state == "black box":
                inside[layer] += one.device.master.outline.transformed(one.placement)
            elif layer in one.device.master.shapes:
                inside[layer] += one.device.master.shapes[layer].transformed(one.placement)
    for layer in wires.vias:
        near += view.region(layer)
    for layer in wires.resistors:
        near += view.region(layer)
    near.merge()
    regions: dict[str, kdb.Region] = {}
    for layer in wires.layers:
        region = view.region(layer)
        if layer in wires.resistors:
            region = region - inside[layer]
        regions[layer] = region.interacting(near) if layer not in wires.vias else region
    least = {layer: width for layer, width in least_widths(view.process, view.dbu).items() if layer in wires.metals}
    conductors = Conductors(regions, wires, least)
    for one in there.values():
        if one.state == "black box":
            _through(one, conductors, wires, view.dbu)
    nets: dict[Pin, tuple[int, ...]] = {}
    for name, one in there.items():
        for port in _electrical(one.device.master.ports):
            touched = pieces_at(port, one.placement, conductors, wires, view.dbu)
            nets[Pin(name, port.name)] = tuple(sorted({conductors.root(index) for index in touched}))
    return Current(conductors, nets)


def _through(one: Found, conductors: Conductors, wires: Wiring, dbu: float) -> None:
    """A black box joins the ports that its library cell joins."""
    master = one.device.master
    for group in inner_groups(master, wires, dbu):
        touched = [
            index for name in group for index in pieces_at(master.port(name), one.placement, conductors, wires, dbu)
        ]
        for index in touched[1:]:
            conductors.join(touched[0], index)


def _electrical(ports: Iterable[Port]) -> Sequence[Port]:
    return [port for port in ports if port.kind == "electrical"]
