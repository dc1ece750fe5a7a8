"""Finding the devices of a design in a layout by what is drawn: in place, elsewhere, altered, or as a black box.

A device is in place when every mask of its library cell is covered there. What lies on top of that, such as a wire or a
window, is not held against it, but its own films (core, slab, etch) and implants have to be as in the library over its
core. A device that is not in place is looked for in all eight orientations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Literal

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Circuit, Device, Master
from lingnan.pdk.lvs.hough import Edges, Votes, edges_of, settled, turned_placements
from lingnan.pdk.lvs.view import FINE, View, film_layers, orthogonal, refine

State = Literal["in place", "elsewhere", "altered", "black box", "missing"]

_ALTERED = 0.25  #: share of a device's area that may differ before it counts as another thing altogether
_ELSEWHERE = 0.05  #: the same for a device that is not in its place: less can differ, or it is not the one
_TURNED_DIFFERS = 0.02  #: at an odd angle: an angle that is off by 0.02 degrees moves walls 50 µm away by 17 nm
_COVERED = 0.5  #: share of a device's extent that the black-box marker has to cover
_THIN = 7 * FINE // 16  #: half of the thinnest difference that counts: a rounded crossing moves by up to 0.71 steps
_TURNED_THIN = FINE  #: the same for a cell at an odd angle: vertices are rounded, twice where it has cells inside
_CANDIDATES = 12  #: placements that are looked at in full


@dataclass(frozen=True)
class Found:
    """Where a device was found, and how."""

    device: Device
    state: State
    placement: kdb.ICplxTrans  #: as found; as the design has it, where the device is missing
    differs: kdb.Region = field(default_factory=kdb.Region)  #: dbu, top: what is missing or too much

    @property
    def there(self) -> bool:
        """Whether its ports can be looked at."""
        return self.state != "missing"


class _Search:
    """Edges of the layout by layer, read when the first device is not in its place."""

    def __init__(self, view: View, layers: Sequence[str]) -> None:
        self._view = view
        self.layers = layers
        self._votes: dict[str, Votes] = {}
        self._edges: dict[tuple[str, str], Edges] = {}

    def votes(self, layer: str) -> Votes:
        if layer not in self._votes:
            self._votes[layer] = Votes(edges_of(self._view.region(layer)))
        return self._votes[layer]

    def edges(self, master: Master, layer: str) -> Edges:
        key = (master.name, layer)
        if key not in self._edges:
            self._edges[key] = edges_of(master.shapes[layer])
        return self._edges[key]

    def placements(self, master: Master, layer: str) -> Iterator[kdb.ICplxTrans]:
        """Candidates by the edges of one layer, best first."""
        for placement in self.votes(layer).placements(self.edges(master, layer)):
            yield kdb.ICplxTrans(placement)


class Finder:
    """Finds the devices of a circuit in a view."""

    def __init__(self, view: View, circuit: Circuit) -> None:
        self.view = view
        self.circuit = circuit
        process = view.process
        self.films = film_layers(process)
        self.exact = (*self.films, *(implant.layer for implant in process.implants.values()))
        self.masks = tuple(name for name, layer in process.layers.items() if layer.purpose == "mask")
        self._search = _Search(view, self.masks)
        self._claimed: list[kdb.Box] = []
        self._shifts: list[kdb.ICplxTrans] = []

    @cached_property
    def _box_marker(self) -> kdb.Region:
        return self.view.region("BB") if "BB" in self.view.process.layers else kdb.Region()

    def find(self) -> dict[str, Found]:
        """Every device of the circuit, in its order."""
        found: dict[str, Found] = {}
        suspects = self._suspects()
        late: list[Device] = []
        for name, device in self.circuit.devices.items():
            differs = self.differs(device.master, device.placement) if name in suspects else kdb.Region()
            if self._is_black_box(device):
                found[name] = Found(device, "black box", device.placement)
            elif differs.is_empty() and device.master.shapes:
                found[name] = Found(device, "in place", device.placement)
                self._claim(device.master, device.placement)
            else:
                late.append(device)
        for device in late:
            found[device.name] = self._look_around(device)
        return {name: found[name] for name in self.circuit.devices}

    def _suspects(self) -> set[str]:
        """Devices that may not be in place, by one boolean a layer for the whole chip."""
        placed: dict[str, kdb.Region] = {layer: kdb.Region() for layer in self.masks}
        for device in self.circuit.devices.values():
            for layer, shapes in device.master.shapes.items():
                if layer in placed:
                    placed[layer] += shapes.transformed(device.placement)
        cores = kdb.Region()
        for core in self.view.masks:
            cores += placed[core]
        cores.merge()
        extents = {name: extent_of(one.master).transformed(one.placement) for name, one in self.circuit.devices.items()}
        around = kdb.Region()
        for extent in extents.values():
            around.insert(extent)
        around.merge()
        boxes: list[kdb.Box] = []
        for layer, wanted in placed.items():
            drawn = self.view.drawn(layer, around)
            bad = wanted - drawn
            if layer in self.exact and layer not in self.view.masks:
                bad += (drawn - wanted) & cores
            boxes += [polygon.bbox() for polygon in bad.each() if _is_thick(polygon)]
        hollow = {name for name, device in self.circuit.devices.items() if not device.master.shapes}
        return hollow | {name for name, extent in extents.items() if any(extent.touches(box) for box in boxes)}

    def differs(self, master: Master, placement: kdb.ICplxTrans) -> kdb.Region:
        """What is missing of a library cell at a placement, and what is too much over its core [dbu, top].

        Slivers thinner than a grid step are left out: merging rounds where edges cross between grid points.
        """
        bad = kdb.Region()
        thin = _THIN if orthogonal(placement) else _TURNED_THIN
        cores = kdb.Region()
        for core in self.view.masks:
            if core in master.shapes:
                cores += master.shapes[core].transformed(placement)
        fine_cores = refine(cores)
        for layer in self.masks:
            placed = master.shapes.get(layer, kdb.Region()).transformed(placement)
            box = (placed + cores if layer in self.exact else placed).bbox()
            if box.empty():
                continue
            wanted, there = refine(placed), refine(self.view.drawn(layer, box))
            wrong = wanted - there
            if layer in self.exact:
                wrong += (there & fine_cores) - wanted
            if not wrong.is_empty():
                bad += wrong.sized(-thin).sized(thin)
        return bad.transformed(kdb.ICplxTrans(1 / FINE, 0, False, 0, 0)).merged()

    def _is_black_box(self, device: Device) -> bool:
        outline = device.master.outline.transformed(device.placement)
        covered = (outline & self._box_marker).area()
        return covered >= _COVERED * outline.area() and covered > 0 and not self._boxed_in_library(device.master)

    def _boxed_in_library(self, master: Master) -> bool:
        """A library cell that carries the marker itself is compared like any other: its content is known."""
        return bool(master.shapes) and "BB" in master.shapes

    def _claim(self, master: Master, placement: kdb.ICplxTrans) -> None:
        self._claimed.append(extent_of(master).transformed(placement))

    def _is_claimed(self, master: Master, placement: kdb.ICplxTrans) -> bool:
        """Whether another device lies there already, exactly or a tooth of its grating aside."""
        box = extent_of(master).transformed(placement)
        return any(2 * (box & other).area() > max(box.area(), other.area()) for other in self._claimed)

    def _look_around(self, device: Device) -> Found:
        master = device.master
        area = sum(region.area() for region in master.shapes.values())
        here = self.differs(master, device.placement)
        for shift in self._shifts:  # devices that were moved together
            placement = shift * device.placement
            if not self._is_claimed(master, placement) and self.differs(master, placement).is_empty():
                self._claim(master, placement)
                return Found(device, "elsewhere", placement)
        options: list[tuple[tuple[float, ...], kdb.ICplxTrans, kdb.Region]] = []
        for layer in self._telling(master):
            free = (one for one in self._search.placements(master, layer) if not self._is_claimed(master, one))
            for placement in islice(free, _CANDIDATES):
                differs = self.differs(master, placement)
                options.append(((differs.area(), *_change_of_place(placement, device)), placement, differs))
            if any(cost[0] == 0 for cost, _, _ in options):
                break
        if options:
            cost, placement, differs = min(options, key=lambda option: option[0])
            if cost[0] < min(here.area(), _ELSEWHERE * area):
                self._claim(master, placement)
                self._shifts.append(placement * device.placement.inverted())
                return Found(device, "elsewhere", placement, differs)
        turned = self._turned(device, min(here.area(), _TURNED_DIFFERS * area))
        if turned is not None:
            self._claim(master, turned)
            return Found(device, "elsewhere", turned)
        if area and here.area() <= _ALTERED * area:
            self._claim(master, device.placement)
            return Found(device, "altered", device.placement, here)
        if self._outline_there(device):
            return Found(device, "altered", device.placement, here)
        return Found(device, "missing", device.placement, here)

    def _turned(self, device: Device, most: float) -> kdb.ICplxTrans | None:
        """The device turned by an odd angle near its place, where less than `most` of it differs then [dbu²].

        Its own grid points are rounded at such an angle, so a little always differs.
        """
        master = device.master
        extent = extent_of(master)
        reach = extent.width() + extent.height()
        around = extent.transformed(device.placement).enlarged(reach, reach)
        best: tuple[float, kdb.ICplxTrans] | None = None
        for layer in self._telling(master)[:2]:
            near = edges_of(self.view.drawn(layer, around).merged())
            edges = self._search.edges(master, layer)
            for rough in turned_placements(edges, near)[:_CANDIDATES]:
                placement = settled(rough, edges, near)
                if orthogonal(placement) or self._is_claimed(master, placement):
                    continue
                cost = float(self.differs(master, placement).area())
                if cost < most and (best is None or cost < best[0]):
                    best = cost, placement
            if best is not None:
                break
        return None if best is None else best[1]

    def _telling(self, master: Master) -> list[str]:
        """Layers of a cell, those with few polygons first: a core says more than a field of vias."""
        layers = [layer for layer in self.masks if layer in master.shapes]
        return sorted(layers, key=lambda layer: (layer not in self.view.masks, master.shapes[layer].count()))

    def _outline_there(self, device: Device) -> bool:
        """Whether the device's own extent is marked at its place: somebody put other content there on purpose."""
        if "DEVREC" not in self.view.process.layers:
            return False
        outline = device.master.outline.transformed(device.placement)
        drawn = self.view.region("DEVREC")
        return (outline - drawn).is_empty() and (outline.edges() - drawn.edges()).is_empty()


def _is_thick(polygon: kdb.Polygon) -> bool:
    """Whether a difference is more than what merging rounds: twice area over perimeter is the width of a strip."""
    return 2 * polygon.area() > 0.75 * polygon.perimeter()


def extent_of(master: Master) -> kdb.Box:
    """Box around the masks of a library cell [dbu]."""
    box = kdb.Box()
    for region in master.shapes.values():
        box += region.bbox()
    return box if not box.empty() else master.outline.bbox()


def distance_moved(placement: kdb.ICplxTrans, device: Device) -> float:
    """How far the middle of a device has gone [dbu]."""
    middle = extent_of(device.master).center()
    return (placement * middle).distance(device.placement * middle)


def _change_of_place(placement: kdb.ICplxTrans, device: Device) -> tuple[bool, float, float]:
    """Mirror, turn, distance: of two placements that look the same, the less changed one is meant."""
    relative = placement * device.placement.inverted()
    return relative.is_mirror(), round(relative.angle, 6) % 360, distance_moved(placement, device)
