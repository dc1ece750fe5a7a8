"""The optical netlist from geometry: guides are what is left of a core layer when the devices are taken away.

Each connected piece that touches a device or comes near a port is a node; a port is joined to the nodes that cover the
other side of its edge. Pieces that touch nothing (density fill, marks, letters) are counted and left alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Pin
from lingnan.pdk.lvs.corners import Corners, corners
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.joints import REACH, Joint, meet, port_frame
from lingnan.pdk.lvs.polygons import Frame, mean_width
from lingnan.pdk.lvs.view import FINE, View, cores_of, orthogonal, refine, without_hairs

_PATCH = 0.05  #: µm around a port's edge in which touching is the port's own affair
_TOUCH = 4  #: dbu: two outlines that share less than this meet in a corner
_NODE = 0  #: key of the property that holds a polygon's node


@dataclass(frozen=True)
class GuideFound:
    """A connected piece of core outside the devices."""

    node: int
    layer: str
    polygon: kdb.Polygon  #: fine units
    pins: tuple[Pin, ...]  #: ports that it meets
    corners: Corners
    width: float  #: µm, mean

    @property
    def open_ends(self) -> tuple[kdb.DPoint, ...]:
        """Middles of ends that meet no port [fine units]."""
        return tuple(kdb.DPoint(end.x, end.y) for end in self.corners.ends)


@dataclass(frozen=True)
class Touch:
    """Core of a device that is touched away from its ports."""

    layer: str
    device: str
    other: int  #: node of a guide, or of another device
    box: kdb.Box  #: fine units


@dataclass(frozen=True)
class Light:
    """Everything optical that was found."""

    joints: Mapping[Pin, Joint]
    guides: Mapping[int, GuideFound]
    touches: tuple[Touch, ...]
    devices: Mapping[int, str]  #: names by node
    loose: int  #: pieces of core that touch no device


def _cores(view: View, found: Mapping[str, Found], layer: str) -> dict[str, kdb.Region]:
    """What each device covers of a layer, in fine units; a black box covers its extent up to its ports."""
    covered: dict[str, kdb.Region] = {}
    masks = {layer: view.masks[layer]}
    for name, one in found.items():
        if not one.there:
            continue
        master = one.device.master
        if boxed(one):
            region = refine(_extent(view, one, layer))
        else:
            region = cores_of(master.shapes, masks, one.placement).get(layer, kdb.Region())
        if not region.is_empty():
            covered[name] = region
    return covered


def boxed(one: Found) -> bool:
    """Whether a device counts by its extent alone: its content is hidden, or is not the library's."""
    return one.state == "black box" or not one.differs.is_empty()


def _extent(view: View, one: Found, layer: str) -> kdb.Region:
    """The extent of a device, less the ways from its ports to its rim."""
    master = one.device.master
    ports = [port for port in master.ports if port.kind == "optical" and port.layer == layer]
    if not ports:
        return kdb.Region()
    outline = master.outline
    depth = outline.bbox().width() + outline.bbox().height()
    core = cores_of(master.shapes, view.masks).get(layer, kdb.Region())
    edges = core.edges()
    ways = kdb.Region()
    for port in ports:
        frame = port_frame(port, edges, kdb.ICplxTrans(), view.dbu)
        margin = frame.half + 2 * _PATCH / view.dbu * FINE
        corners_ = [frame.point(along, out) for along in (-margin, margin) for out in (0, depth * FINE)]
        hull = [corners_[0], corners_[1], corners_[3], corners_[2]]
        ways.insert(kdb.Polygon([kdb.Point(round(x / FINE), round(y / FINE)) for x, y in hull]))
    return ((outline + core) - ways).merged().transformed(one.placement)


def trace(view: View, found: Mapping[str, Found], layers: Iterable[str]) -> Light:
    """Guides, ports and what touches what, on each core layer."""
    joints: dict[Pin, Joint] = {}
    guides: dict[int, GuideFound] = {}
    touches: list[Touch] = []
    numbers = {name: -1 - index for index, name in enumerate(found)}
    loose = 0
    for layer in layers:
        tracer = _Layer(view, found, layer, numbers, first=len(guides))
        joints |= tracer.joints
        guides |= tracer.guides()
        touches += tracer.touches()
        loose += tracer.loose
    return Light(joints, guides, tuple(touches), {number: name for name, number in numbers.items()}, loose)


class _Layer:
    """One core layer."""

    def __init__(self, view: View, found: Mapping[str, Found], layer: str, numbers: Mapping[str, int], first: int):
        self.view, self.layer, self.numbers = view, layer, numbers
        self.cores = _cores(view, found, layer)
        self.boxed = {name for name, one in found.items() if boxed(one)}
        self.patch = round(_PATCH / view.dbu * FINE)
        self.frames = self._frames(found)
        devices = kdb.Region()
        for region in self.cores.values():
            devices += region
        devices.merge()
        near = devices.dup()
        reach = round(REACH / view.dbu * FINE)
        for frame in self.frames.values():
            near.insert(frame.box(0, reach, self.patch).to_itype(1))
        core, self.loose = view.fine_core(layer, near)
        rest = core - devices
        odd = kdb.Region()
        for name, region in self.cores.items():
            if not orthogonal(found[name].placement):
                odd += region
        if not odd.is_empty():  # rounded vertices of a cell at an odd angle leave splinters along its walls
            rest -= rest.inside(odd.sized(2 * FINE))
        rest.min_coherence = True
        rest.merge()
        pieces = rest.interacting(near)
        self.loose += rest.count() - pieces.count()
        self.pieces = {first + index: polygon for index, polygon in enumerate(pieces.each())}
        self._local = self._close_up(reach)
        self.joints = {pin: self._meet(pin, frame, reach) for pin, frame in self.frames.items()}

    def _frames(self, found: Mapping[str, Found]) -> dict[Pin, Frame]:
        frames: dict[Pin, Frame] = {}
        cores: dict[str, kdb.Edges] = {}
        for name, one in found.items():
            if not one.there:
                continue
            master = one.device.master
            for port in master.ports:
                if port.kind == "optical" and port.layer == self.layer:
                    if master.name not in cores:
                        core = cores_of(master.shapes, {self.layer: self.view.masks[self.layer]})
                        cores[master.name] = core.get(self.layer, kdb.Region()).edges()
                    frames[Pin(name, port.name)] = port_frame(port, cores[master.name], one.placement, self.view.dbu)
        return frames

    def _close_up(self, reach: int) -> kdb.Shapes:
        """What lies around the ports, cut out of the long guides, each piece with its node."""
        windows = kdb.Region()
        for frame in self.frames.values():
            windows.insert(frame.box(-self.patch, reach, 4 * frame.half).to_itype(1).enlarged(1, 1))
        every = kdb.Region()
        for node, polygon in self.pieces.items():
            every.insert(kdb.PolygonWithProperties(polygon, {_NODE: node}))
        for name, region in self.cores.items():
            for polygon in region.each():
                every.insert(kdb.PolygonWithProperties(polygon, {_NODE: self.numbers[name]}))
        shapes = kdb.Shapes()
        shapes.insert(every.and_(windows.merged(), kdb.Region.NoPropertyConstraint))
        return shapes

    def _meet(self, pin: Pin, frame: Frame, reach: int) -> Joint:
        own: list[kdb.Polygon] = []
        others: list[tuple[int, kdb.Polygon]] = []
        box = frame.box(-self.patch, reach, 0).to_itype(1).enlarged(1, 1)
        for shape in self._local.each_touching(box):
            node = int(shape.property(_NODE))
            if node == self.numbers[pin.device]:
                own += [] if pin.device in self.boxed else [shape.polygon]
            else:
                others.append((node, shape.polygon))
        return meet(pin, self.layer, frame, own, others, self.view.dbu)

    def guides(self) -> dict[int, GuideFound]:
        """The pieces, with the ports they meet, their open ends and their steps."""
        met: dict[int, list[Pin]] = {}
        for pin, joint in self.joints.items():
            for node in joint.touches:
                met.setdefault(node, []).append(pin)
        result: dict[int, GuideFound] = {}
        for node, polygon in self.pieces.items():
            width = mean_width(polygon)
            pins = met.get(node, [])
            seen = corners(polygon, width, least_step=FINE / 2)
            frames = [self.frames[pin] for pin in pins]  # what is at a port is told by its joint
            ends = tuple(end for end in seen.ends if not any(self._at(frame, end.x, end.y) for frame in frames))
            steps = tuple(step for step in seen.steps if not any(self._at(frame, step.x, step.y) for frame in frames))
            seen = replace(seen, ends=ends, steps=steps)
            result[node] = GuideFound(
                node, self.layer, polygon, tuple(sorted(pins)), seen, width * self.view.dbu / FINE
            )
        return result

    def _at(self, frame: Frame, x: float, y: float) -> bool:
        dx, dy = x - frame.x, y - frame.y
        along = dx * frame.along[0] + dy * frame.along[1]
        out = dx * frame.out[0] + dy * frame.out[1]
        return abs(along) <= frame.half + self.patch and abs(out) <= self.patch

    def touches(self) -> list[Touch]:
        """Where devices are touched away from their ports, by guides or by each other."""
        patches = kdb.Region()
        for frame in self.frames.values():
            margin = frame.half + self.patch
            hull = [
                frame.point(*at)
                for at in (
                    (-margin, -self.patch),
                    (margin, -self.patch),
                    (margin, self.patch),
                    (-margin, self.patch),
                )
            ]
            patches.insert(kdb.Polygon([kdb.Point(round(x), round(y)) for x, y in hull]))
        patches.merge()
        found: list[Touch] = []
        boxes = {name: region.bbox() for name, region in self.cores.items()}
        grown = kdb.Region()
        for polygon in self.pieces.values():
            grown.insert(polygon)
        devices = kdb.Region()
        for region in self.cores.values():
            devices += region
        for polygon in ((without_hairs(grown).sized(2) & devices.merged()) - patches).each():
            if self._long_enough(polygon):
                found += self._who(polygon, boxes)
        for name, other in _touching_pairs(boxes):
            for polygon in ((self.cores[name].sized(1) & self.cores[other]) - patches).each():
                if self._long_enough(polygon):
                    found.append(Touch(self.layer, name, self.numbers[other], polygon.bbox()))
        return found

    def _long_enough(self, polygon: kdb.Polygon) -> bool:
        return max(polygon.bbox().width(), polygon.bbox().height()) >= _TOUCH * FINE

    def _who(self, polygon: kdb.Polygon, boxes: Mapping[str, kdb.Box]) -> list[Touch]:
        spot = kdb.Region(polygon).sized(2)
        nodes = [
            node
            for node, piece in self.pieces.items()
            if piece.bbox().touches(polygon.bbox()) and not (spot & kdb.Region(piece)).is_empty()
        ]
        names = [
            name
            for name, box in boxes.items()
            if box.touches(polygon.bbox()) and not (spot & self.cores[name]).is_empty()
        ]
        return [Touch(self.layer, name, node, polygon.bbox()) for name in names for node in nodes]


def _touching_pairs(boxes: Mapping[str, kdb.Box]) -> list[tuple[str, str]]:
    """Names whose boxes touch, by a sweep from the left."""
    order = sorted(boxes, key=lambda name: boxes[name].left)
    pairs: list[tuple[str, str]] = []
    for index, name in enumerate(order):
        for other in order[index + 1 :]:
            if boxes[other].left > boxes[name].right + 1:
                break
            if boxes[other].enlarged(1, 1).touches(boxes[name]):
                pairs.append((name, other))
    return pairs
