"""Metal nets against the design: opens with their islands and where they are nearest, shorts with where they meet."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import klayout.db as kdb

from lingnan.pdk.lvs.bridge import meeting_place, nearest
from lingnan.pdk.lvs.circuit import Circuit, Pin
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.metal import Current, Wiring, inner_groups, least_widths
from lingnan.pdk.lvs.report import Mismatch
from lingnan.pdk.lvs.view import View, outlines, unrounded


def wanted_nets(circuit: Circuit, wires: Wiring) -> list[tuple[Pin, ...]]:
    """Electrical ports that are one net in the design: by links, and by metal inside the library cells."""
    parent: dict[Pin, Pin] = {}
    inner: dict[str, list[tuple[str, ...]]] = {}

    def root(pin: Pin) -> Pin:
        while parent[pin] != pin:
            pin = parent[pin]
        return pin

    for name, device in circuit.devices.items():
        master = device.master
        for port in master.ports:
            if port.kind == "electrical":
                parent[Pin(name, port.name)] = Pin(name, port.name)
        if master.name not in inner:
            inner[master.name] = inner_groups(master, wires, circuit.dbu)
        for group in inner[master.name]:
            for other in group[1:]:
                parent[root(Pin(name, other))] = root(Pin(name, group[0]))
    for link in circuit.links:
        if link.start in parent and link.end in parent:
            parent[root(link.start)] = root(link.end)
    nets: dict[Pin, list[Pin]] = {}
    for pin in parent:
        nets.setdefault(root(pin), []).append(pin)
    return [tuple(pins) for pins in nets.values()]


class MetalComparison:
    """The electrical half of a comparison."""

    def __init__(
        self, view: View, circuit: Circuit, found: Mapping[str, Found], wires: Wiring, current: Current
    ) -> None:
        self.view, self.circuit, self.found, self.wires, self.current = view, circuit, found, wires, current
        self.wanted = [tuple(pin for pin in net if pin in current.nets) for net in wanted_nets(circuit, wires)]
        self.mismatches: list[Mismatch] = []

    def run(self) -> list[Mismatch]:
        """Opens, then shorts."""
        for net in self.wanted:
            self._open(net)
        self._shorts()
        return self.mismatches

    def joined(self) -> int:
        """Links of the design that metal makes."""
        count = 0
        for link in self.circuit.links:
            one, other = (self.current.nets.get(pin, ()) for pin in (link.start, link.end))
            count += bool(set(one) & set(other))
        return count

    def _open(self, net: Sequence[Pin]) -> None:
        linked = {pin for link in self.circuit.links for pin in (link.start, link.end)}
        islands: dict[int, list[Pin]] = {}
        bare: list[Pin] = []
        for pin in net:
            roots = self.current.nets[pin]
            for root in roots[:1]:
                islands.setdefault(root, []).append(pin)
            if not roots and pin in linked:
                bare.append(pin)
        if len(net) < 2 or len(islands) + len(bare) < 2:
            return
        parts = [self._pins(pins) for pins in islands.values()] + [f"{pin} (no metal at its port)" for pin in bare]
        text = f"Open net: {' | '.join(parts)} are not joined."
        box = kdb.Box()
        polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
        value: float | None = None
        pieces = self.current.conductors.pieces
        options = [
            nearest(self._layers(one), self._layers(other), self.wires) for one, other in combinations(islands, 2)
        ]
        best = min((option for option in options if option is not None), key=lambda one: one.distance, default=None)
        if best is not None:
            box = best.box
            at = self._said(box)
            value = round(best.distance * self.view.dbu, 5)
            if best.via is not None:
                text += f" {best.layers[0]} lies over {best.layers[1]} at {at} without {best.via}."
            elif not best.distance and (least := least_widths(self.view.process, self.view.dbu).get(best.layers[0])):
                width = f"{least * self.view.dbu:g} µm, the least width of {best.layers[0]}"
                text += f" They meet at {at}, but over less than {width}."
            else:
                text += f" They are nearest at {at}: {value:g} µm of {best.layers[0]} are missing."
        for root in islands:
            shapes = kdb.Region([pieces[index].polygon for index in self.current.conductors.net(root)])
            polygons += outlines(shapes, self.view.dbu, most=6)
        if box.empty():
            box = self._around(net)
        self._add("open net", text, value, box, polygons, net)

    def _shorts(self) -> None:
        by_root: dict[int, list[Sequence[Pin]]] = {}
        for net in self.wanted:
            for root in {root for pin in net for root in self.current.nets[pin]}:
                by_root.setdefault(root, []).append(net)
        for root, nets in by_root.items():
            if len(nets) < 2:
                continue
            conductors = self.current.conductors
            pieces = [conductors.pieces[index] for index in conductors.net(root)]
            first, second = sorted(nets, key=lambda net: (-len(net), net))[:2]
            here = [[self._port_box(pin) for pin in net if root in self.current.nets[pin]] for net in (first, second)]
            place = meeting_place(pieces, here[0], here[1], self.wires)
            box = place.bbox() if not place.is_empty() else self._around((*first, *second))
            names = " and ".join(self._pins(net) for net in nets[:3])
            more = f" and {len(nets) - 3} more" if len(nets) > 3 else ""
            text = f"Short: {names}{more} are joined by metal, and not in the design; they meet at {self._said(box)}."
            shapes = outlines(place, self.view.dbu) or outlines(
                kdb.Region([piece.polygon for piece in pieces]), self.view.dbu
            )
            self._add("short", text, None, box, shapes, [pin for net in nets for pin in net])

    def _layers(self, root: int) -> dict[str, kdb.Region]:
        regions: dict[str, kdb.Region] = {}
        for index in self.current.conductors.net(root):
            piece = self.current.conductors.pieces[index]
            regions.setdefault(piece.layer, kdb.Region()).insert(piece.polygon)
        return regions

    def _pins(self, pins: Sequence[Pin]) -> str:
        shown = ", ".join(map(str, pins[:4]))
        return f"{shown} and {len(pins) - 4} more" if len(pins) > 4 else shown

    def _port_box(self, pin: Pin) -> kdb.Box:
        port = self.circuit.port(pin)
        placement = self.found[pin.device].placement
        spot = unrounded(placement) * kdb.DPoint(port.x / self.view.dbu, port.y / self.view.dbu)
        return kdb.DBox(spot.x, spot.y, spot.x, spot.y).enlarged(2, 2).to_itype(1)

    def _around(self, pins: Iterable[Pin]) -> kdb.Box:
        box = kdb.Box()
        for pin in pins:
            box += self._port_box(pin)
        return box

    def _said(self, box: kdb.Box) -> str:
        middle = box.center()
        return f"({middle.x * self.view.dbu:.3f}, {middle.y * self.view.dbu:.3f})"

    def _add(
        self,
        kind: str,
        text: str,
        value: float | None,
        box: kdb.Box,
        polygons: tuple[tuple[tuple[float, float], ...], ...],
        pins: Sequence[Pin],
    ) -> None:
        lines = [link.line for link in self.circuit.links if link.start in pins or link.end in pins]
        self.mismatches.append(
            Mismatch(
                kind,  # type: ignore[arg-type]
                text,
                value,
                "um" if value is not None else "",
                self.view.to_um(box),
                polygons,
                tuple(map(str, pins)),
                min(lines, default=0),
            )
        )
