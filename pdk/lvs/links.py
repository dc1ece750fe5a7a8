"""Optical links against guides: missing, extra, swapped, crossed, and joints that do not fit."""

import math
from collections.abc import Iterable, Mapping, Sequence

import klayout.db as kdb

from lingnan.pdk.lvs.beside import beside_layers, change_beside
from lingnan.pdk.lvs.circuit import Circuit, Link, Pin
from lingnan.pdk.lvs.corners import End
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.joints import REACH, Joint
from lingnan.pdk.lvs.optical import GuideFound, Light, Touch, pairs_of
from lingnan.pdk.lvs.report import Box, Mismatch
from lingnan.pdk.lvs.view import FINE, View, outlines, unrounded

Pair = tuple[Pin, Pin]
_WIDTH = 0.01
"""Share by which the mean width of a guide may leave the span between its design width and those of its ports: area and
perimeter of a polygon on the grid give it to 0.3 % for guides of 0.4 µm and more."""
_ALONG = 0.5  #: share of a guide over a film layer from which on the guide counts as one that has it: tapers may not


def optical_links(circuit: Circuit) -> list[Link]:
    """Links of light, not of current."""
    return [link for link in circuit.links if circuit.port(link.start).kind == "optical"]


class LightComparison:
    """The optical half of a comparison."""

    def __init__(self, view: View, circuit: Circuit, found: Mapping[str, Found], light: Light) -> None:
        self.view, self.circuit, self.found, self.light = view, circuit, found, light
        self.links = optical_links(circuit)
        self.wanted: dict[Pair, Link] = {_pair(link.start, link.end): link for link in self.links}
        self.seen = [pair for pair in pairs_of(light) if pair[0].device in found and pair[1].device in found]
        self.joined = [pair for pair in self.wanted if pair in set(self.seen)]
        self.mismatches: list[Mismatch] = []
        self._told: set[Pin] = set()

    def run(self) -> list[Mismatch]:
        """Everything that is wrong with the light, each fault once."""
        crossed = self._shorts()
        extra = [pair for pair in self.seen if pair not in self.wanted and not crossed.issuperset(pair)]
        missing = [pair for pair in self.wanted if pair not in set(self.seen)]
        extra, missing = self._swaps(extra, missing)
        for pair in missing:
            self._missing(self.wanted[pair])
        for pair in extra:
            self._extra(pair)
        for link in self.links:
            self._joints(link)
        for guide in self.light.guides.values():
            self._walls(guide)
        for touch in self.light.touches:
            self._touch(touch)
        return self.mismatches

    # --- places
    def _spot(self, pin: Pin) -> Box:
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

    def _around(self, boxes: Iterable[Box]) -> Box:
        every = list(boxes)
        return (
            min(box[0] for box in every),
            min(box[1] for box in every),
            max(box[2] for box in every),
            max(box[3] for box in every),
        )

    def _at(self, pin: Pin) -> str:
        box = self._spot(pin)
        return f"{pin} at ({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"

    def _marker(self, guide: GuideFound) -> tuple[tuple[tuple[float, float], ...], ...]:
        return outlines(kdb.Region(guide.polygon), self.view.dbu / FINE)

    def _guides_at(self, pin: Pin) -> list[GuideFound]:
        joint = self.light.joints.get(pin)
        return [] if joint is None else [self.light.guides[n] for n in joint.touches if n in self.light.guides]

    # --- connections
    def _shorts(self) -> set[Pin]:
        """Guides that join more than two ports: crossed or branched without a device."""
        crossed: set[Pin] = set()
        for guide in self.light.guides.values():
            if len(guide.pins) < 3:
                continue
            crossed |= set(guide.pins)
            box = self._branch(guide) or self._around(self._spot(pin) for pin in guide.pins)
            wanted = [f"{a} - {b}" for a, b in self.wanted if a in guide.pins or b in guide.pins]
            at = f"({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"
            text = (
                f"Guides meet without a device at {at}: one piece of {guide.layer} joins "
                f"{', '.join(map(str, guide.pins))}; the design joins {'; '.join(wanted) or 'none of them'}."
            )
            lines = [self.wanted[pair].line for pair in self.wanted if pair[0] in guide.pins]
            self._add("optical short", text, None, "", box, guide.pins, min(lines, default=0), guide)
        return crossed

    def _branch(self, guide: GuideFound) -> Box | None:
        """The corners where guides meet."""
        inward = guide.corners.inward
        if not inward:
            return None
        first = inward[0]
        near = [at for at in inward if math.dist(at, first) < 20 * guide.width / self.view.dbu * FINE]
        box = kdb.DBox()
        for x, y in near:
            box += kdb.DPoint(x, y)
        return self.view.fine_to_um(box.to_itype(1))

    def _swaps(self, extra: list[Pair], missing: list[Pair]) -> tuple[list[Pair], list[Pair]]:
        """Ports that are all joined, but to each other's partners: one mismatch for each closed group."""
        groups: list[set[Pin]] = []
        for pair in (*extra, *missing):
            members = [group for group in groups if group & set(pair)]
            groups = [group for group in groups if group not in members] + [set(pair).union(*members)]
        for group in groups:
            found = [pair for pair in extra if pair[0] in group]
            wanted = [pair for pair in missing if pair[0] in group]
            ends = {pin for pair in found for pin in pair}
            if len(wanted) < 2 or ends != group or {pin for pair in wanted for pin in pair} != group:
                continue
            extra = [pair for pair in extra if pair not in found]
            missing = [pair for pair in missing if pair not in wanted]
            text = (
                f"Swapped: the layout joins {'; '.join(f'{a} - {b}' for a, b in found)}; "
                f"the design {'; '.join(f'{a} - {b}' for a, b in wanted)}."
            )
            box = self._around(self._spot(pin) for pin in group)
            line = min(self.wanted[pair].line for pair in wanted)
            guides = [guide for pin in sorted(group) for guide in self._guides_at(pin)]
            self._add("swapped connections", text, None, "", box, sorted(group), line, *guides)
        return extra, missing

    def _missing(self, link: Link) -> None:
        pins = (link.start, link.end)
        if any(not self.found[pin.device].there for pin in pins):
            gone = ", ".join(pin.device for pin in pins if not self.found[pin.device].there)
            text = f"{link.start} is not joined to {link.end}: {gone} is not there."
            self._add("missing connection", text, None, "", self._around(map(self._spot, pins)), pins, link.line)
            return
        gaps = self._gaps(link)
        if gaps:
            return
        words: list[str] = []
        for pin in pins:
            ends = [end for guide in self._guides_at(pin) for end in guide.open_ends]
            others = [other for a, b in self.seen for other in ((b,) if a == pin else (a,) if b == pin else ())]
            if others:
                words.append(f"{self._at(pin)} leads to {', '.join(map(str, others))}")
            elif ends:
                step = self.view.dbu / FINE
                spots = ", ".join(f"({end.x * step:.3f}, {end.y * step:.3f})" for end in ends[:3])
                words.append(f"the guide from {self._at(pin)} ends at {spots}")
            else:
                words.append(f"nothing meets {self._at(pin)}")
        text = f"{link.start} is not joined to {link.end}: {'; '.join(words)}."
        guides = [guide for pin in pins for guide in self._guides_at(pin)]
        box = self._around(map(self._spot, pins))
        self._add("missing connection", text, None, "", box, pins, link.line, *guides)

    def _gaps(self, link: Link) -> bool:
        """Gaps that keep a link open, in front of its ports and inside its guide, each reported once."""
        told = False
        for pin, other in ((link.start, link.end), (link.end, link.start)):
            joint = self.light.joints.get(pin)
            if joint is not None and joint.fault is not None and joint.fault.kind == "gap":
                guide = self.light.guides.get(joint.near if joint.near is not None else -1)
                aim = "the guide" if guide is None or other not in guide.pins else f"the guide from {other}"
                self._fault(pin, joint, f"Gap: {aim} to {self._at(pin)} {joint.fault.text}.", link.line)
                told = True
        in_place = all(self.found[pin.device].state != "elsewhere" for pin in (link.start, link.end))
        ends = [
            (guide, end)
            for pin in (link.start, link.end)
            for guide in self._guides_at(pin)
            for end in guide.corners.ends
            if in_place and not self._stops_at_port(guide, end, link)
        ]
        spoken: list[tuple[float, float]] = []
        for guide, end in ends:
            near = self._nearest(guide, end.edge)
            if near is None:
                continue
            told = True
            value, box = near
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            if any(math.dist(middle, other) <= guide.width + value for other in spoken):
                continue  # the same gap, seen from its other side
            spoken.append(middle)
            at = f"({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"
            text = f"Gap of {value:g} µm in the guide from {link.start} to {link.end} at {at}."
            self._add("gap", text, value, "um", box, (link.start, link.end), link.line, guide)
        return told

    def _stops_at_port(self, guide: GuideFound, end: End, link: Link) -> bool:
        """Whether an end is the one that stops in front of a port of the link."""
        for pin in (link.start, link.end):
            joint = self.light.joints.get(pin)
            if joint is not None and joint.near == guide.node and joint.fault is not None:
                far = (joint.fault.value or 0.0) / self.view.dbu * FINE + joint.frame.half
                if math.dist((end.x, end.y), (joint.frame.x, joint.frame.y)) <= far:
                    return True
        return False

    def _nearest(self, guide: GuideFound, end: kdb.Edge) -> tuple[float, Box] | None:
        """Distance from an end to the nearest other piece of core within reach, and the place between them [µm]."""
        far = round(REACH / self.view.dbu * FINE)
        box = end.bbox().enlarged(far, far)
        there = self.view.fine_near(guide.layer, box) - kdb.Region(guide.polygon)
        middle = kdb.DPoint((end.p1.x + end.p2.x) / 2, (end.p1.y + end.p2.y) / 2)
        best: tuple[float, kdb.DPoint] | None = None
        for edge in there.edges().each():
            distance = _apart(end, edge)
            if best is None or distance < best[0]:
                fine = kdb.DEdge(edge)
                share = max(0.0, min(1.0, _along(fine, middle)))
                best = (distance, kdb.DPoint(fine.x1 + share * fine.dx(), fine.y1 + share * fine.dy()))
        if best is None or best[0] > far:
            return None
        spot = kdb.DBox(middle.x, middle.y, middle.x, middle.y) + best[1]
        half = end.length() / 2
        return round(best[0] * self.view.dbu / FINE, 5), self.view.fine_to_um(spot.enlarged(half, half).to_itype(1))

    def _extra(self, pair: Pair) -> None:
        designs = [f"{a} - {b}" for a, b in self.wanted if a in pair or b in pair]
        text = (
            f"{self._at(pair[0])} is joined to {self._at(pair[1])}; "
            f"the design has {'; '.join(designs) if designs else 'nothing at either'}."
        )
        guides = [guide for guide in self._guides_at(pair[0]) if pair[1] in guide.pins]
        self._add("extra connection", text, None, "", self._around(map(self._spot, pair)), pair, 0, *guides)

    # --- joints and guides
    def _joints(self, link: Link) -> None:
        joined = _pair(link.start, link.end) in self.joined
        all_along = self._width(link) if joined else False
        for pin in (link.start, link.end):
            joint = self.light.joints.get(pin)
            if joint is None or not joint.touches:
                continue
            if joint.fault is not None:
                if not (all_along and joint.fault.kind == "width"):
                    self._fault(pin, joint, f"The guide at {self._at(pin)} {joint.fault.text}.", link.line)
            elif words := change_beside(self.view, self.found[pin.device], joint):
                text = f"The guide at {self._at(pin)} {words}."
                guides = self._guides_at(pin)[:1]
                self._add("cross-section", text, None, "", self._spot(pin), (pin,), link.line, *guides)
        if joined:
            self._films(link)

    def _fault(self, pin: Pin, joint: Joint, text: str, line: int) -> None:
        assert joint.fault is not None
        if pin in self._told or any(
            other in self._told and self._spot(other) == self._spot(pin) for other in self._told
        ):
            return
        self._told.add(pin)
        guides = self._guides_at(pin)
        self._add(
            joint.fault.kind, text, joint.fault.value, joint.fault.unit, self._spot(pin), (pin,), line, *guides[:1]
        )

    def _between(self, link: Link) -> GuideFound | None:
        return next((guide for guide in self._guides_at(link.start) if link.end in guide.pins), None)

    def _width(self, link: Link) -> bool:
        """Whether the guide of a link has another width than the route was asked to have, and says so."""
        wanted, guide = link.guide, self._between(link)
        if wanted is None or guide is None or guide.corners.notches:  # a broken wall has no width
            return False
        ports = [self.circuit.port(pin).width for pin in (link.start, link.end)]
        low = min(wanted.width, (wanted.width + min(ports)) / 2) * (1 - _WIDTH)  # all taper at the worst
        high = max(wanted.width, (wanted.width + max(ports)) / 2) * (1 + _WIDTH)
        if low <= guide.width <= high:
            return False
        faults = [self.light.joints[pin].fault for pin in (link.start, link.end)]
        fits = all(fault is None or fault.kind != "width" for fault in faults)
        text = (
            f"The guide {link.start} - {link.end} is {guide.width:.3f} µm wide on average; the design says "
            f"{wanted.name}, {wanted.width:g} µm."
        )
        value = round(guide.width - wanted.width, 4)
        box = self.view.fine_to_um(guide.polygon.bbox())
        kind = "cross-section" if fits else "width"
        self._add(kind, text, value, "um", box, (link.start, link.end), link.line, guide)
        return True

    def _films(self, link: Link) -> None:
        """Whether slabs run along the guide of a link where, and only where, the design has them."""
        wanted, guide = link.guide, self._between(link)
        if wanted is None or guide is None:
            return
        box = self.view.fine_to_um(guide.polygon.bbox())
        for layer in beside_layers(self.view.process, guide.layer):
            share = self._share(guide, layer)
            asked = layer in wanted.beside
            if asked != (share >= _ALONG):
                text = (
                    f"The guide {link.start} - {link.end} has {layer} along {100 * share:.0f} % of it; the design says "
                    f"{wanted.name}, which is {'on' if asked else 'without'} {layer}."
                )
                self._add("cross-section", text, round(share, 3), "1", box, (link.start, link.end), link.line, guide)

    def _share(self, guide: GuideFound, layer: str) -> float:
        polygon = kdb.Region(guide.polygon)
        return (polygon & self.view.fine_near(layer, guide.polygon.bbox())).area() / polygon.area()

    def _walls(self, guide: GuideFound) -> None:
        """Steps in the walls of a guide, and branches that lead nowhere."""
        if not guide.pins:
            return
        step = self.view.dbu / FINE
        near = 3 * guide.width / step
        left = list(guide.corners.steps)
        name = " - ".join(map(str, guide.pins))
        while left:
            first = left.pop(0)
            mates = [one for one in left if math.dist((one.x, one.y), (first.x, first.y)) < near]
            left = [one for one in left if one not in mates]
            box = kdb.DBox(first.x, first.y, first.x, first.y)
            for mate in mates:
                box += kdb.DPoint(mate.x, mate.y)
            where = self.view.fine_to_um(box.enlarged(near / 3, near / 3).to_itype(1))
            at = f"({box.center().x * step:.3f}, {box.center().y * step:.3f})"
            opposed = mates and first.vector[0] * mates[0].vector[0] + first.vector[1] * mates[0].vector[1] < 0
            if opposed:
                value = round(first.size * step, 5)
                text = f"The guide {name} is shifted sideways by {value:g} µm at {at}."
                self._add("offset", text, value, "um", where, guide.pins, 0, guide)
            else:
                value = round((first.size + sum(mate.size for mate in mates[:1])) * step, 5)
                text = f"The guide {name} changes its width by {value:g} µm in a step at {at}."
                self._add("width", text, value, "um", where, guide.pins, 0, guide)
        self._kinks(guide, name, near)
        for notch in guide.corners.notches:
            spot = kdb.DPoint(*notch)
            box = self.view.fine_to_um(kdb.DBox(spot, spot).enlarged(near, near).to_itype(1))
            at = f"({spot.x * step:.3f}, {spot.y * step:.3f})"
            text = f"The wall of the guide {name} has a notch at {at}, as where two pieces meet at an angle."
            self._add("angle", text, None, "", box, guide.pins, 0, guide)
        if len(guide.pins) < 3 and guide.corners.inward:
            found = self._branch(guide)
            assert found is not None
            at = f"({(found[0] + found[2]) / 2:.3f}, {(found[1] + found[3]) / 2:.3f})"
            text = f"Something crosses or branches off the guide at {name} without a device at {at}."
            self._add("optical short", text, None, "", found, guide.pins, 0, guide)

    def _kinks(self, guide: GuideFound, name: str, near: float) -> None:
        """Changes of direction, each with a corner in both walls."""
        step = self.view.dbu / FINE
        notches = guide.corners.notches
        left = [one for one in guide.corners.kinks if all(math.dist((one.x, one.y), n) > near for n in notches)]
        while left:
            first = left.pop(0)
            left = [one for one in left if math.dist((one.x, one.y), (first.x, first.y)) > near]
            box = self.view.fine_to_um(kdb.DBox(first.x, first.y, first.x, first.y).enlarged(near, near).to_itype(1))
            value = round(abs(first.angle_deg), 2)
            text = f"The guide {name} turns by {value:g}° at once at ({first.x * step:.3f}, {first.y * step:.3f})."
            self._add("angle", text, value, "deg", box, guide.pins, 0, guide)

    def _touch(self, touch: Touch) -> None:
        box = self.view.fine_to_um(touch.box)
        at = f"({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"
        if touch.other < 0:
            other = self.light.devices[touch.other]
            if not (self.found[touch.device].there and self.found[other].there):
                return
            text = f"{touch.layer} of {touch.device} and {other} meet at {at}, away from their ports."
            self._add("optical short", text, None, "", box, (touch.device, other), self._line(touch.device))
            return
        guide = self.light.guides[touch.other]
        if guide.pins:
            text = (
                f"The guide at {', '.join(map(str, guide.pins))} runs into {touch.device} at {at}, away from its ports."
            )
            self._add(
                "optical short", text, None, "", box, (*guide.pins, touch.device), self._line(touch.device), guide
            )
        else:
            area = round(guide.polygon.area() * (self.view.dbu / FINE) ** 2, 6)
            text = f"{touch.device} has {area:g} µm² of {touch.layer} at {at} that the library does not have."
            self._add("altered device", text, area, "um2", box, (touch.device,), self._line(touch.device), guide)

    def _line(self, device: str) -> int:
        return self.circuit.devices[device].line

    def _add(
        self,
        kind: str,
        text: str,
        value: float | None,
        unit: str,
        box: Box,
        about: Sequence[Pin | str],
        line: int,
        *guides: GuideFound,
    ) -> None:
        polygons = tuple(shape for guide in guides for shape in self._marker(guide))
        rounded: Box = tuple(round(v, 6) for v in box)  # type: ignore[assignment]
        self.mismatches.append(
            Mismatch(kind, text, value, unit, rounded, polygons, tuple(map(str, about)), line)  # type: ignore[arg-type]
        )


def _pair(one: Pin, other: Pin) -> Pair:
    return (one, other) if one < other else (other, one)


def _along(edge: kdb.DEdge, point: kdb.DPoint) -> float:
    """Foot of a point on an edge's line, as a share of the edge."""
    square = edge.dx() ** 2 + edge.dy() ** 2
    return ((point.x - edge.x1) * edge.dx() + (point.y - edge.y1) * edge.dy()) / square if square else 0.0


def _apart(one: kdb.Edge, other: kdb.Edge) -> float:
    """Distance between two edges that do not cross."""
    return min(
        kdb.DEdge(one).euclidian_distance(kdb.DPoint(other.p1)),
        kdb.DEdge(one).euclidian_distance(kdb.DPoint(other.p2)),
        kdb.DEdge(other).euclidian_distance(kdb.DPoint(one.p1)),
        kdb.DEdge(other).euclidian_distance(kdb.DPoint(one.p2)),
    )
