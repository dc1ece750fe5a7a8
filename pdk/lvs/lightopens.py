"""Links that the layout does not have: what is at their ports instead, and gaps of a grid step or more."""

import math

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Link
from lingnan.pdk.lvs.corners import End
from lingnan.pdk.lvs.joints import REACH
from lingnan.pdk.lvs.lightscene import Scene
from lingnan.pdk.lvs.optical import GuideFound
from lingnan.pdk.lvs.report import Box
from lingnan.pdk.lvs.view import FINE


class Opens(Scene):
    """Missing connections."""

    def missing(self, link: Link) -> None:
        """Report what is at the ports of a link that the layout does not have."""
        pins = (link.start, link.end)
        if any(not self.found[pin.device].there for pin in pins):
            gone = ", ".join(pin.device for pin in pins if not self.found[pin.device].there)
            text = f"{link.start} is not joined to {link.end}: {gone} is not there."
            self.add("missing connection", text, None, "", self.around(map(self.spot, pins)), pins, link.line)
            return
        gaps = self._gaps(link)
        if gaps:
            return
        words: list[str] = []
        for pin in pins:
            ends = [end for guide in self.guides_at(pin) for end in guide.open_ends]
            others = [other for a, b in self.seen for other in ((b,) if a == pin else (a,) if b == pin else ())]
            if others:
                words.append(f"{self.at(pin)} leads to {', '.join(map(str, others))}")
            elif ends:
                step = self.view.dbu / FINE
                spots = ", ".join(f"({end.x * step:.3f}, {end.y * step:.3f})" for end in ends[:3])
                words.append(f"the guide from {self.at(pin)} ends at {spots}")
            else:
                words.append(f"nothing meets {self.at(pin)}")
        text = f"{link.start} is not joined to {link.end}: {'; '.join(words)}."
        guides = [guide for pin in pins for guide in self.guides_at(pin)]
        box = self.around(map(self.spot, pins))
        self.add("missing connection", text, None, "", box, pins, link.line, *guides)

    def _gaps(self, link: Link) -> bool:
        """Gaps that keep a link open, in front of its ports and inside its guide, each reported once."""
        told = False
        for pin, other in ((link.start, link.end), (link.end, link.start)):
            joint = self.light.joints.get(pin)
            if joint is not None and joint.fault is not None and joint.fault.kind == "gap":
                guide = self.light.guides.get(joint.near if joint.near is not None else -1)
                aim = "the guide" if guide is None or other not in guide.pins else f"the guide from {other}"
                self.fault(pin, joint, f"Gap: {aim} to {self.at(pin)} {joint.fault.text}.", link.line)
                told = True
        in_place = all(self.found[pin.device].state != "elsewhere" for pin in (link.start, link.end))
        ends = [
            (guide, end)
            for pin in (link.start, link.end)
            for guide in self.guides_at(pin)
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
            self.add("gap", text, value, "um", box, (link.start, link.end), link.line, guide)
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
