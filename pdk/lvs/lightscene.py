"""What the parts of the optical comparison share: what was wanted and found, where it is, what was reported."""

import math
from collections.abc import Iterable, Mapping, Sequence

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Circuit, Link, Pin
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.joints import Joint
from lingnan.pdk.lvs.optical import GuideFound, Light
from lingnan.pdk.lvs.pairs import pairs_of
from lingnan.pdk.lvs.report import Box, Kind, Mismatch
from lingnan.pdk.lvs.view import FINE, View, outlines, unrounded

Pair = tuple[Pin, Pin]


def pair_of(one: Pin, other: Pin) -> Pair:
    """Two pins in the order that all pairs have."""
    return (one, other) if one < other else (other, one)


class Scene:
    """The light of a layout beside that of its design."""

    def __init__(self, view: View, circuit: Circuit, found: Mapping[str, Found], light: Light) -> None:
        self.view, self.circuit, self.found, self.light = view, circuit, found, light
        self.links: list[Link] = [link for link in circuit.links if circuit.port(link.start).kind == "optical"]
        self.wanted: dict[Pair, Link] = {pair_of(link.start, link.end): link for link in self.links}
        self.seen = [pair for pair in pairs_of(light) if pair[0].device in found and pair[1].device in found]
        self.joined = [pair for pair in self.wanted if pair in set(self.seen)]
        self.mismatches: list[Mismatch] = []
        self.told: set[Pin] = set()

    def spot(self, pin: Pin) -> Box:
        """A square on a port, as large as its edge [µm]."""
        joint = self.light.joints.get(pin)
        if joint is None:
            device = self.circuit.devices[pin.device]
            port = self.circuit.port(pin)
            placement = self.found[pin.device].placement if pin.device in self.found else device.placement
            middle = unrounded(placement) * kdb.DPoint(port.x / self.view.dbu, port.y / self.view.dbu) * self.view.dbu
            half = port.width / 2
            return (middle.x - half, middle.y - half, middle.x + half, middle.y + half)
        frame = joint.frame
        box = kdb.DBox(frame.x, frame.y, frame.x, frame.y).enlarged(frame.half, frame.half)
        return self.view.fine_to_um(box.to_itype(1))

    def around(self, boxes: Iterable[Box]) -> Box:
        """Box around boxes."""
        every = list(boxes)
        return (
            min(box[0] for box in every),
            min(box[1] for box in every),
            max(box[2] for box in every),
            max(box[3] for box in every),
        )

    def at(self, pin: Pin) -> str:
        """A pin and its place, in words."""
        box = self.spot(pin)
        return f"{pin} at ({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"

    def marker(self, guide: GuideFound) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Outline of a guide [µm]."""
        return outlines(kdb.Region(guide.polygon), self.view.dbu / FINE)

    def guides_at(self, pin: Pin) -> list[GuideFound]:
        """Guides that meet a port."""
        joint = self.light.joints.get(pin)
        return [] if joint is None else [self.light.guides[n] for n in joint.touches if n in self.light.guides]

    def branches(self, guide: GuideFound) -> list[Box]:
        """Where other guides join this one: its left corners, those of one crossing together."""
        far = 20 * guide.width / self.view.dbu * FINE
        left = list(guide.corners.inward)
        found: list[Box] = []
        while left:
            first = left[0]
            box = kdb.DBox()
            for at in left:
                if math.dist(at, first) < far:
                    box += kdb.DPoint(*at)
            left = [at for at in left if math.dist(at, first) >= far]
            found.append(self.view.fine_to_um(box.to_itype(1)))
        return found

    def line(self, device: str) -> int:
        """Line of a device in the design."""
        return self.circuit.devices[device].line

    def add(
        self,
        kind: Kind,
        text: str,
        value: float | None,
        unit: str,
        box: Box,
        about: Sequence[Pin | str],
        line: int,
        *guides: GuideFound,
    ) -> None:
        """Report a mismatch; the guides are its markers."""
        polygons = tuple(shape for guide in guides for shape in self.marker(guide))
        rounded: Box = tuple(round(v, 6) for v in box)  # type: ignore[assignment]
        self.mismatches.append(Mismatch(kind, text, value, unit, rounded, polygons, tuple(map(str, about)), line))

    def _same_place(self, one: Box, other: Box) -> bool:
        """Whether two ports lie on each other, but for what is wrong with one of them."""
        shift = math.hypot(one[0] + one[2] - other[0] - other[2], one[1] + one[3] - other[1] - other[3]) / 2
        return shift < (one[2] - one[0]) / 2

    def fault(self, pin: Pin, joint: Joint, text: str, line: int) -> None:
        """Report what is wrong at a port; where two ports lie on each other, once."""
        spot = self.spot(pin)
        if joint.fault is None or any(self._same_place(spot, self.spot(other)) for other in self.told):
            return
        self.told.add(pin)
        guides = self.guides_at(pin)[:1]
        self.add(joint.fault.kind, text, joint.fault.value, joint.fault.unit, spot, (pin,), line, *guides)
