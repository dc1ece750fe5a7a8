"""Faults of current planted into a small chip drawn by hand: opens and shorts, with the place where they are.

The chip: four pads, a heater between two of them, wires on both metals, vias where they change; density fill around.
"""

from dataclasses import dataclass, field, replace

import klayout.db as kdb
import pytest

from lingnan.pdk.lvs import Circuit, Device, Link, LvsReport, Master, Mismatch, Pin, Port, compare
from lingnan.pdk.lvs.metal import inner_groups, wiring
from lingnan.pdk.process import load_process

DBU = 0.001
PROCESS = load_process("soi220")
WIRES = wiring(PROCESS)


def region(*boxes: kdb.DBox) -> kdb.Region:
    found = kdb.Region()
    for box in boxes:
        found.insert(box.to_itype(DBU))
    return found.merged()


def pad() -> Master:
    metal = region(kdb.DBox(-40, -40, 40, 40))
    ports = [Port(f"e{i + 1}", "electrical", "M2", *spot, angle, 80) for i, (spot, angle) in enumerate(
        (((-40, 0), 180), ((0, 40), 90), ((40, 0), 0), ((0, -40), 270))
    )]  # fmt: skip
    return Master("pad", {"M2": metal, "PADOPEN": region(kdb.DBox(-35, -35, 35, 35))}, metal, tuple(ports))


def heater(with_metal: bool = True) -> Master:
    """A resistor from west to east; M1 on both ends, or ports on the bare resistor."""
    shapes = {"HEATER": region(kdb.DBox(-50, -1, 50, 1))}
    layer, edge = "HEATER", 50.0
    if with_metal:
        shapes["M1"] = region(kdb.DBox(-52, -4, -46, 4), kdb.DBox(46, -4, 52, 4))
        layer, edge = "M1", 52.0
    ports = (Port("e1", "electrical", layer, -edge, 0, 180, 2), Port("e2", "electrical", layer, edge, 0, 0, 2))
    return Master("heater", shapes, region(kdb.DBox(-52, -6, 52, 6)), ports)


def stack() -> Master:
    metal = region(kdb.DBox(-5, -5, 5, 5))
    ports = (Port("e1", "electrical", "M1", 0, 0, 180, 10), Port("e2", "electrical", "M2", 0, 0, 0, 10))
    return Master("stack", {"M1": metal, "VIA1": region(kdb.DBox(-2, -2, 2, 2)), "M2": metal}, metal, ports)


@dataclass
class Chip:
    devices: dict[str, Device] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    drawn: dict[str, kdb.Region] = field(default_factory=dict)

    def place(self, name: str, master: Master, x: float, y: float) -> None:
        placement = kdb.ICplxTrans(1, 0, False, round(x / DBU), round(y / DBU))
        self.devices[name] = Device(name, master, placement, line=10 + len(self.devices))
        for layer, shapes in master.shapes.items():
            self.draw(layer, shapes.transformed(placement))

    def draw(self, layer: str, shapes: kdb.Region | kdb.DBox) -> None:
        shapes = region(shapes) if isinstance(shapes, kdb.DBox) else shapes
        self.drawn[layer] = self.drawn.get(layer, kdb.Region()) + shapes

    def erase(self, layer: str, box: kdb.DBox) -> None:
        self.drawn[layer] = self.drawn[layer] - region(box)

    def link(self, one: str, other: str) -> None:
        self.links.append(Link(Pin(*one.split(",")), Pin(*other.split(",")), line=30 + len(self.links)))

    def report(self) -> LvsReport:
        layout = kdb.Layout()
        top = layout.create_cell("chip")
        for name, shapes in self.drawn.items():
            top.shapes(layout.layer(*PROCESS.layers[name].gds)).insert(shapes)
        return compare(layout, top, PROCESS, Circuit("chip", DBU, self.devices, tuple(self.links)))

    def one(self, kind: str) -> Mismatch:
        report = self.report()
        assert [mismatch.kind for mismatch in report.mismatches] == [kind], report.mismatches
        return report.mismatches[0]


def holds(mismatch: Mismatch, x: float, y: float) -> bool:
    left, bottom, right, top = mismatch.bbox
    return left - 1e-6 <= x <= right + 1e-6 and bottom - 1e-6 <= y <= top + 1e-6


@pytest.fixture
def chip() -> Chip:
    """Pads a and b at both ends of the heater, through M1, a via and M2; pads c and d joined by an M2 wire below."""
    chip = Chip()
    chip.place("a", pad(), -400, 0)
    chip.place("b", pad(), 400, 0)
    chip.place("c", pad(), -400, -200)
    chip.place("d", pad(), 400, -200)
    chip.place("heat", heater(), 0, 0)
    for side in (-1, 1):
        chip.draw("M2", kdb.DBox(side * 360, -5, side * 195, 5))
        chip.draw("VIA1", kdb.DBox(side * 203, -3, side * 197, 3))
        chip.draw("M1", kdb.DBox(side * 205, -5, side * 50, 5))
    chip.draw("M2", kdb.DBox(-360, -205, 360, -195))
    for x in range(-300, 300, 14):
        chip.draw("M2", kdb.DBox(x, -100, x + 10, -90))
    chip.link("a,e3", "heat,e1")
    chip.link("heat,e2", "b,e1")
    chip.link("c,e3", "d,e1")
    return chip


def test_a_heater_does_not_short_its_ports(chip: Chip):
    report = chip.report()
    assert report.clean, report.mismatches
    assert (report.joined, report.links, report.nets) == (3, 3, 3)


def test_missing_via_is_an_open_where_the_metals_overlap(chip: Chip):
    chip.drawn["VIA1"] -= region(kdb.DBox(-210, -10, -190, 10))
    found = chip.one("open net")
    assert "M2 lies over M1" in found.message
    assert "without VIA1" in found.message
    assert holds(found, -200, 0)
    assert found.line == 30


def test_cut_wire_is_an_open_with_its_gap(chip: Chip):
    chip.erase("M2", kdb.DBox(100, -300, 100.4, -100))
    found = chip.one("open net")
    assert found.value == pytest.approx(0.4)
    assert holds(found, 100.2, found.bbox[1])
    assert -205 <= found.bbox[1] <= -195


@pytest.mark.parametrize(("reach", "clean"), [(0.5, False), (1.9, False), (2.0, True), (5.0, True)])
def test_wire_that_meets_a_pad_over_less_than_the_least_width_is_open(chip: Chip, reach: float, clean: bool):
    assert PROCESS.limit("M2.W") == 2.0
    chip.erase("M2", kdb.DBox(-359.9, -300, 360, -195))
    chip.draw("M2", kdb.DBox(-360, -160 - reach, 359.9, -150))  # beside the corner of pad c, which ends at y = -160
    chip.draw("M2", kdb.DBox(355, -205, 361, -150))
    if clean:
        assert chip.report().clean
        return
    found = chip.one("open net")
    assert "over less than 2 µm, the least width of M2" in found.message
    assert holds(found, -360, -160)


def test_corner_to_corner_is_open(chip: Chip):
    chip.erase("M2", kdb.DBox(0, -300, 10, -100))
    chip.draw("M2", kdb.DBox(-5, -195, 0, -190))  # on the western part
    chip.draw("M2", kdb.DBox(0, -190, 12, -185))  # meets it in one point
    chip.draw("M2", kdb.DBox(10, -200, 12, -185))  # and the eastern part
    assert chip.one("open net").value == 0


def test_missing_wire(chip: Chip):
    chip.erase("M2", kdb.DBox(-359.9, -206, 359.9, -194))
    assert set(chip.one("open net").instances) >= {"c,e3", "d,e1"}


def test_wires_that_cross_on_one_metal(chip: Chip):
    chip.draw("M2", kdb.DBox(284.5, -200, 287.5, 0))  # from net b down to net c
    found = chip.one("short")
    assert holds(found, 286, found.bbox[1])
    assert found.bbox[2] - found.bbox[0] < 20
    assert set(found.instances) >= {"b,e1", "heat,e2", "c,e3", "d,e1"}


def test_whisker_between_wires(chip: Chip):
    chip.draw("M2", kdb.DBox(-360, -190, 360, -180))  # a second wire of nobody, one whisker away ...
    assert chip.report().clean
    chip.draw("M2", kdb.DBox(200, -195, 200.5, -190))
    assert chip.report().clean  # ... only longer metal on the same net
    chip.draw("M2", kdb.DBox(250, -181, 260, 0))
    found = chip.one("short")
    assert holds(found, 200.2, -192) or holds(found, 255, -100) or holds(found, 255, -2)


def test_two_metals_touch(chip: Chip):
    """Two wires abut over a part of their length; nothing overlaps."""
    chip.draw("M1", kdb.DBox(-60, 5, 60, 9))  # a strap above the heater that touches the wire's ends on both sides
    chip.draw("M1", kdb.DBox(-80, 5, -60, 9))
    chip.draw("M1", kdb.DBox(60, 5, 80, 9))
    found = chip.one("short")
    assert set(found.instances) >= {"heat,e1", "heat,e2"}
    assert -80 <= found.bbox[0] <= found.bbox[2] <= 80
    assert 0 <= found.bbox[1] <= found.bbox[3] <= 9


def test_via_between_wires_that_should_only_cross(chip: Chip):
    chip.draw("M1", kdb.DBox(-100, -203, -96, 0))  # from the heater's wire under the lower M2 wire
    assert chip.report().clean
    chip.draw("VIA1", kdb.DBox(-99, -201, -97, -199))
    found = chip.one("short")
    assert holds(found, -98, -200)


def test_route_on_the_resistor_layer_conducts_outside_devices():
    chip = Chip()
    chip.place("left", heater(with_metal=False), 0, 0)
    chip.place("right", heater(with_metal=False), 300, 0)
    chip.draw("HEATER", kdb.DBox(50, -1, 250, 1))
    chip.link("left,e2", "right,e1")
    assert chip.report().clean
    chip.erase("HEATER", kdb.DBox(100, -2, 101, 2))
    assert chip.one("open net").value == pytest.approx(1.0)


def test_black_box_joins_what_its_cell_joins():
    chip = Chip()
    chip.place("a", pad(), 0, 0)
    chip.place("b", pad(), 300, 0)
    chip.place("through", stack(), 150, 0)
    chip.draw("M2", kdb.DBox(40, -5, 145, 5))
    chip.draw("M2", kdb.DBox(155, -5, 260, 5))
    chip.link("a,e3", "through,e2")
    chip.link("through,e2", "b,e1")
    assert chip.report().clean
    chip.draw("BB", kdb.DBox(145, -5, 155, 5))
    assert chip.report().black_boxes == ("through",)


def test_metal_inside_library_cells():
    assert inner_groups(pad(), WIRES, DBU) == [("e1", "e2", "e3", "e4")]
    assert inner_groups(stack(), WIRES, DBU) == [("e1", "e2")]
    assert inner_groups(heater(), WIRES, DBU) == []


def test_moved_pad_is_open_and_said_to_be_moved(chip: Chip):
    placement = chip.devices["d"].placement
    for layer, shapes in chip.devices["d"].master.shapes.items():
        chip.drawn[layer] = (chip.drawn[layer] - shapes.transformed(placement)) + shapes.transformed(
            kdb.ICplxTrans(kdb.Vector(3000, -120_000)) * placement
        )
    moved, opened = chip.report().mismatches
    assert (moved.kind, moved.instances, opened.kind) == ("moved device", ("d",), "open net")
    assert moved.value == pytest.approx((3**2 + 120**2) ** 0.5, abs=1e-3)


def test_layers_of_a_foreign_file(chip: Chip):
    layout = kdb.Layout()
    top = layout.create_cell("chip")
    numbers = {name: (200 + index, 7) for index, name in enumerate(chip.drawn)}
    for name, shapes in chip.drawn.items():
        top.shapes(layout.layer(*numbers[name])).insert(shapes)
    circuit = Circuit("chip", DBU, chip.devices, tuple(chip.links))
    assert compare(layout, top, PROCESS, circuit, layers=numbers).clean
    assert not compare(layout, top, PROCESS, replace(circuit, links=circuit.links[1:]), layers=numbers).clean
