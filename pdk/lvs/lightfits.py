"""Links that the layout has, but not as designed: joints that do not fit, wrong cross-sections, faults in the walls."""

import math

import klayout.db as kdb

from lingnan.pdk.lvs.beside import beside_layers, change_beside, runs_beside
from lingnan.pdk.lvs.circuit import Link
from lingnan.pdk.lvs.lightscene import Scene, pair_of
from lingnan.pdk.lvs.optical import GuideFound, Touch
from lingnan.pdk.lvs.view import FINE

_WIDTH = 0.01
"""Share by which the mean width of a guide may leave the span between its design width and those of its ports: area and
perimeter of a polygon on the grid give it to 0.3 % for guides of 0.4 µm and more."""
_ALONG = 0.5  #: share of a guide over a film layer from which on the guide counts as one that has it: tapers may not


class Fits(Scene):
    """Joints, cross-sections and walls."""

    def joints(self, link: Link) -> None:
        """What is wrong with a link that the layout has."""
        joined = pair_of(link.start, link.end) in self.joined
        all_along = self._width(link) if joined else False
        for pin in (link.start, link.end):
            joint = self.light.joints.get(pin)
            if joint is None or not joint.touches:
                continue
            if joint.fault is not None:
                if not (all_along and joint.fault.kind == "width"):
                    self.fault(pin, joint, f"The guide at {self.at(pin)} {joint.fault.text}.", link.line)
            elif words := change_beside(self.view, self.found[pin.device], joint):
                text = f"The guide at {self.at(pin)} {words}."
                guides = self.guides_at(pin)[:1]
                self.add("cross-section", text, None, "", self.spot(pin), (pin,), link.line, *guides)
        if joined:
            self._films(link)

    def _between(self, link: Link) -> GuideFound | None:
        return next((guide for guide in self.guides_at(link.start) if link.end in guide.pins), None)

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
        self.add(kind, text, value, "um", box, (link.start, link.end), link.line, guide)
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
            if 0 < share < 1 and self._changes(link, layer, asked):
                continue
            if asked != (share >= _ALONG):
                text = (
                    f"The guide {link.start} - {link.end} has {layer} along {100 * share:.0f} % of it; the design says "
                    f"{wanted.name}, which is {'on' if asked else 'without'} {layer}."
                )
                self.add("cross-section", text, round(share, 3), "1", box, (link.start, link.end), link.line, guide)

    def _changes(self, link: Link, layer: str, asked: bool) -> bool:
        """Whether a port of a link has the film where its guide has not, or the other way: one turns into the other."""
        joints = [joint for pin in (link.start, link.end) if (joint := self.light.joints.get(pin)) is not None]
        return any(runs_beside(self.found[one.pin.device], one, layer, self.view.dbu) != asked for one in joints)

    def _share(self, guide: GuideFound, layer: str) -> float:
        polygon = kdb.Region(guide.polygon)
        return (polygon & self.view.fine_near(layer, guide.polygon.bbox())).area() / polygon.area()

    def walls(self, guide: GuideFound) -> None:
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
                self.add("offset", text, value, "um", where, guide.pins, 0, guide)
            else:
                value = round((first.size + sum(mate.size for mate in mates[:1])) * step, 5)
                text = f"The guide {name} changes its width by {value:g} µm in a step at {at}."
                self.add("width", text, value, "um", where, guide.pins, 0, guide)
        self._kinks(guide, name, near)
        for notch in guide.corners.notches:
            spot = kdb.DPoint(*notch)
            box = self.view.fine_to_um(kdb.DBox(spot, spot).enlarged(near, near).to_itype(1))
            at = f"({spot.x * step:.3f}, {spot.y * step:.3f})"
            text = f"The wall of the guide {name} has a notch at {at}, as where two pieces meet at an angle."
            self.add("angle", text, None, "", box, guide.pins, 0, guide)
        for found in self.branches(guide) if len(guide.pins) < 3 else ():
            at = f"({(found[0] + found[2]) / 2:.3f}, {(found[1] + found[3]) / 2:.3f})"
            text = f"Something crosses or branches off the guide at {name} without a device at {at}."
            self.add("optical short", text, None, "", found, guide.pins, 0, guide)

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
            self.add("angle", text, value, "deg", box, guide.pins, 0, guide)

    def touch(self, touch: Touch) -> None:
        """Core of a device that is touched away from its ports."""
        box = self.view.fine_to_um(touch.box)
        at = f"({(box[0] + box[2]) / 2:.3f}, {(box[1] + box[3]) / 2:.3f})"
        if touch.other < 0:
            other = self.light.devices[touch.other]
            if not (self.found[touch.device].there and self.found[other].there):
                return
            text = f"{touch.layer} of {touch.device} and {other} meet at {at}, away from their ports."
            self.add("optical short", text, None, "", box, (touch.device, other), self.line(touch.device))
            return
        guide = self.light.guides[touch.other]
        if guide.pins:
            text = (
                f"The guide at {', '.join(map(str, guide.pins))} runs into {touch.device} at {at}, away from its ports."
            )
            self.add("optical short", text, None, "", box, (*guide.pins, touch.device), self.line(touch.device), guide)
        else:
            area = round(guide.polygon.area() * (self.view.dbu / FINE) ** 2, 6)
            text = f"{touch.device} has {area:g} µm² of {touch.layer} at {at} that the library does not have."
            self.add("altered device", text, area, "um2", box, (touch.device,), self.line(touch.device), guide)
