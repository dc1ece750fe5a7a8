"""Faults of light planted into a small chip drawn by hand: each is found, named, measured and placed.

The chip: three gratings and a tap, joined by straight guides and arcs; one grating is turned by 30°.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import klayout.db as kdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.lvs import Circuit, Device, Guide, Link, LvsReport, Master, Pin, Port, compare
from lingnan.pdk.lvs.extract import extract
from lingnan.pdk.process import load_process

DBU = 0.001
W = 0.45
PROCESS = load_process("soi220")
STRIP = Guide("strip", "WG", W)
RIB = Guide("rib", "WG", W, ("SLAB90",))


def region(*polygons: kdb.DPolygon | kdb.DBox) -> kdb.Region:
    found = kdb.Region()
    for polygon in polygons:
        found.insert((kdb.DPolygon(polygon) if isinstance(polygon, kdb.DBox) else polygon).to_itype(DBU))
    return found.merged()


def grating(name: str = "grating") -> Master:
    """Port o1 at the origin, looking east; the teeth lie in the west. The same above and below its axis."""
    wedge = kdb.DPolygon([kdb.DPoint(*p) for p in ((0, -W / 2), (-30, -6), (-30, 6), (0, W / 2))])
    teeth = [kdb.DBox(-29 + i * 0.63, -6.5, -29 + i * 0.63 + 0.31, 6.5) for i in range(20)]
    shapes = {"WG": region(wedge), "SHALLOW": region(*teeth)}
    return Master(name, shapes, region(kdb.DBox(-35, -10, 0, 10)), (Port("o1", "optical", "WG", 0, 0, 0, W),))


def tap() -> Master:
    """One port in the west, two in the east, at heights that no turn or mirror maps onto each other."""
    body = [kdb.DBox(2, -2, 22, 2.5), kdb.DBox(0, -1 - W / 2, 2, -1 + W / 2)]
    body += [kdb.DBox(22, y - W / 2, 24, y + W / 2) for y in (-1.2, 1.5)]
    ports = (
        Port("o1", "optical", "WG", 0, -1, 180, W),
        Port("o2", "optical", "WG", 24, 1.5, 0, W),
        Port("o3", "optical", "WG", 24, -1.2, 0, W),
    )
    return Master("tap", {"WG": region(*body)}, region(kdb.DBox(0, -4, 24, 4)), ports)


def arc(radius: float = 10.0) -> Master:
    """A quarter bend from the origin, up: its end faces are the longest edges, 0.45 µm."""
    angles = np.radians(np.linspace(-90, 0, 61))
    ring = [kdb.DPoint(r * math.cos(a), radius + r * math.sin(a)) for r, a in [(radius - W / 2, a) for a in angles]]
    outer = [kdb.DPoint((radius + W / 2) * math.cos(a), radius + (radius + W / 2) * math.sin(a)) for a in angles[::-1]]
    ports = (
        Port("o1", "optical", "WG", 0, 0, 180, W),
        Port("o2", "optical", "WG", radius, radius, 90, W),
    )
    core = kdb.DPolygon([*ring, *outer])
    return Master("arc", {"WG": region(core)}, region(kdb.DBox(0, -2, radius + 2, radius)), ports)


@dataclass
class Turtle:
    """Draws a guide piece by piece, as a router does: straights and arcs that share their end points."""

    x: float
    y: float
    heading: float = 0.0  #: degrees
    width: float = W
    pieces: list[kdb.Polygon] = field(default_factory=list)

    def _draw(self, centre: np.ndarray, angles: np.ndarray) -> "Turtle":
        normal = np.stack([-np.sin(angles), np.cos(angles)], axis=1) * self.width / 2
        hull = np.concatenate([centre + normal, (centre - normal)[::-1]])
        self.pieces.append(kdb.DPolygon([kdb.DPoint(*p) for p in hull]).to_itype(DBU))
        self.x, self.y = centre[-1]
        return self

    def go(self, length: float) -> "Turtle":
        angle = math.radians(self.heading)
        end = (self.x + length * math.cos(angle), self.y + length * math.sin(angle))
        return self._draw(np.array([(self.x, self.y), end]), np.array([angle, angle]))

    def turn(self, degrees: float, radius: float = 10.0) -> "Turtle":
        start, side = math.radians(self.heading), math.copysign(1, degrees)
        angles = start + np.radians(np.linspace(0, degrees, max(8, round(abs(degrees)))))
        middle = np.array([self.x - side * radius * math.sin(start), self.y + side * radius * math.cos(start)])
        centre = middle + side * radius * np.stack([np.sin(angles), -np.cos(angles)], axis=1)
        self.heading += degrees
        return self._draw(centre, angles)


class Chip:
    """A layout and the circuit that it should be. Guides and devices are kept apart until `layout` draws them."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.drawn: dict[str, tuple[Master, kdb.ICplxTrans]] = {}
        self.guides: dict[str, list[kdb.Polygon]] = {}
        self.links: list[Link] = []
        self.extra: list[tuple[str, kdb.Region]] = []

    def place(self, name: str, master: Master, x: float, y: float, angle: float = 0.0) -> None:
        placement = kdb.ICplxTrans(1, angle, False, round(x / DBU), round(y / DBU))
        self.devices[name] = Device(name, master, placement, line=10 + len(self.devices))
        self.drawn[name] = (master, placement)

    def link(self, one: str, other: str, turtle: Turtle, guide: Guide = STRIP) -> None:
        start, end = (Pin(*word.split(",")) for word in (one, other))
        self.links.append(Link(start, end, guide, line=30 + len(self.links)))
        self.guides[f"{one}-{other}"] = turtle.pieces

    def move(self, name: str, change: kdb.ICplxTrans) -> None:
        """Draw a device elsewhere than the design has it."""
        master, placement = self.drawn[name]
        self.drawn[name] = (master, change * placement)

    def turn(self, name: str, angle: int, mirror: bool = False) -> None:
        """Draw a device turned or mirrored about the middle of its extent."""
        master, placement = self.drawn[name]
        middle = (placement * master.outline.bbox()).center()
        there, back = kdb.ICplxTrans(middle - kdb.Point()), kdb.ICplxTrans(kdb.Point() - middle)
        self.move(name, there * kdb.ICplxTrans(1, angle, mirror, 0, 0) * back)

    def layout(
        self, *, flat: bool = False, names: Callable[[str], str] = lambda name: name
    ) -> tuple[kdb.Layout, kdb.Cell]:
        layout = kdb.Layout()
        top = layout.create_cell("chip")

        def layer(name: str) -> int:
            return layout.layer(*PROCESS.layers[name].gds)

        cells: dict[int, kdb.Cell] = {}
        for master, placement in self.drawn.values():
            if id(master) not in cells:
                cell = cells[id(master)] = layout.create_cell(names(master.name))
                for name, shapes in master.shapes.items():
                    cell.shapes(layer(name)).insert(shapes)
                cell.shapes(layer("DEVREC")).insert(master.outline)
            top.insert(kdb.CellInstArray(cells[id(master)].cell_index(), placement))
        for pieces in self.guides.values():
            for piece in pieces:
                top.shapes(layer("WG")).insert(piece)
        for name, shapes in self.extra:
            top.shapes(layer(name)).insert(shapes)
        if flat:
            top.flatten(True)
            for index in layout.layer_indexes():
                merged = kdb.Region(top.shapes(index)).merged()
                top.shapes(index).clear()
                top.shapes(index).insert(merged)
        return layout, top

    def circuit(self) -> Circuit:
        return Circuit("chip", DBU, self.devices, tuple(self.links))

    def report(self, **how: object) -> LvsReport:
        return compare(*self.layout(**how), PROCESS, self.circuit())  # type: ignore[arg-type]


@pytest.fixture
def chip() -> Chip:
    chip = Chip()
    chip.place("in", grating(), 0, 0)
    chip.place("tap", tap(), 50, 1)
    chip.place("low", grating(), 140.5, -61.2, 180)
    chip.link("in,o1", "tap,o1", Turtle(0, 0).go(50))
    chip.link("tap,o3", "low,o1", Turtle(74, -0.2).go(10).turn(-90).go(41).turn(90).go(36.5))
    angle = 30  # the grating that is turned; its port lies on the grid and the guide starts there
    chip.place("high", grating(), 130, 40, 180 + angle)
    way = Turtle(130, 40, 180 + angle).go(20).turn(-angle)
    way.go(way.x - 104).turn(90)
    way.go(way.y - 12.5).turn(-90).go(10)
    chip.link("high,o1", "tap,o2", way)
    return chip


def one(report: LvsReport, *kinds: str):
    """The only mismatch of a report."""
    assert [mismatch.kind for mismatch in report.mismatches] == list(kinds) or not kinds, report.mismatches
    assert len(report.mismatches) == 1 or kinds, report.mismatches
    return report.mismatches[0]


def holds(mismatch, x: float, y: float, slack: float = 0.5) -> bool:
    left, bottom, right, top = mismatch.bbox
    return left - slack <= x <= right + slack and bottom - slack <= y <= top + slack


def test_a_sound_chip_is_clean_and_shows_what_was_seen(chip: Chip):
    report = chip.report()
    assert report.clean, report.mismatches
    assert (report.found, report.devices, report.joined, report.links, report.guides) == (4, 4, 3, 3, 3)


def test_names_and_hierarchy_do_not_matter(chip: Chip):
    assert chip.report(names=lambda name: f"x{hash(name)}").clean
    assert chip.report(flat=True).clean


def test_deleted_route(chip: Chip):
    del chip.guides["tap,o3-low,o1"]
    found = one(chip.report(), "missing connection")
    assert set(found.instances) == {"tap,o3", "low,o1"}
    assert found.line == 31
    assert holds(found, 74, -0.2)
    assert holds(found, 140.5, -61.2)


def test_two_links_swapped(chip: Chip):
    one_link, other = chip.links[1], chip.links[2]
    chip.links[1:] = [replace(one_link, start=other.end), replace(other, end=one_link.start)]
    found = one(chip.report(), "swapped connections")
    assert set(found.instances) == {"tap,o2", "tap,o3", "low,o1", "high,o1"}


def test_link_that_the_design_does_not_have(chip: Chip):
    del chip.links[1]
    found = one(chip.report(), "extra connection")
    assert set(found.instances) == {"tap,o3", "low,o1"}


def test_guide_shifted_by_5_nm(chip: Chip):
    chip.guides["in,o1-tap,o1"] = Turtle(0, 0.005).go(50).pieces
    report = chip.report()
    assert [(m.kind, m.value, m.instances) for m in report.mismatches] == [
        ("offset", 0.005, ("in,o1",)),
        ("offset", 0.005, ("tap,o1",)),
    ]
    assert holds(report.mismatches[1], 50, 0)


def test_shift_of_1_nm_in_the_middle_of_a_guide(chip: Chip):
    chip.guides["in,o1-tap,o1"] = [
        *Turtle(0, 0).go(20).pieces,
        *Turtle(20, 0.001).go(10).pieces,
        *Turtle(30, 0).go(20).pieces,
    ]
    first, second = chip.report().mismatches
    assert (first.kind, first.value, second.kind, second.value) == ("offset", 0.001, "offset", 0.001)
    assert sorted((round(first.bbox[0] + first.bbox[2]), round(second.bbox[0] + second.bbox[2]))) == [40, 60]


def test_guide_of_the_wrong_width_is_one_fault(chip: Chip):
    chip.guides["in,o1-tap,o1"] = Turtle(0, 0, width=0.46).go(50).pieces
    found = one(chip.report(), "width")
    assert found.value == pytest.approx(0.010, abs=1e-3)


def test_wide_piece_in_a_guide(chip: Chip):
    chip.guides["in,o1-tap,o1"] = [*Turtle(0, 0).go(50).pieces, *Turtle(20, 0, width=0.47).go(5).pieces]
    kinds = [(m.kind, m.value) for m in chip.report().mismatches]
    assert kinds == [("width", 0.02), ("width", 0.02)]


def test_guide_that_leaves_at_an_angle(chip: Chip):
    back = 20 * math.tan(math.radians(2.5))  # what the last arc brings sideways, less on the way down
    way = Turtle(0, 0, 5).go(8).turn(-10, radius=20).go(8 - back).turn(5, radius=20)
    chip.guides["in,o1-tap,o1"] = way.go(50 - way.x).pieces
    found = one(chip.report(), "angle")
    assert found.value == pytest.approx(5, abs=0.6)  # a vertex rounded by a grid step in 0.1 µm
    assert found.instances == ("in,o1",)


def test_pieces_that_meet_at_an_angle(chip: Chip):
    way = Turtle(0, 0).go(20)
    for heading in (4, -4, 0):
        way.heading = heading
        way.go(10 if heading else 50 - way.x)
    chip.guides["in,o1-tap,o1"] = way.pieces
    found = chip.report().mismatches
    assert [m.kind for m in found] == ["angle"] * 3
    assert sorted(round((m.bbox[0] + m.bbox[2]) / 2) for m in found) == [20, 30, 40]


def test_strip_where_the_design_has_a_rib(chip: Chip):
    chip.links[0] = replace(chip.links[0], guide=RIB)
    found = one(chip.report(), "cross-section")
    assert "SLAB90" in found.message


def test_slab_under_a_strip(chip: Chip):
    chip.extra.append(("SLAB90", region(kdb.DBox(5, -3, 45, 3))))
    assert one(chip.report(), "cross-section").value == pytest.approx(0.8)


def test_guide_meets_a_rib_port_without_its_slab(chip: Chip):
    master = chip.devices["in"].master
    rib = replace(master, name="rib", shapes={**master.shapes, "SLAB90": region(kdb.DBox(-5, -4, 0, 4))})
    chip.place("in", rib, 0, 0)
    found = one(chip.report(), "cross-section")
    assert found.instances == ("in,o1",)


def test_te_guide_in_a_tm_circuit(chip: Chip):
    """SiEPIC-Tools#107: the guide fits its ports, through tapers, and is the wrong one all the same."""
    chip.links[1] = replace(chip.links[1], guide=Guide("strip_tm", "WG", 0.6))
    found = one(chip.report(), "cross-section")
    assert "0.450 µm wide on average; the design says strip_tm, 0.6 µm" in found.message


def test_guides_cross_without_a_crossing(chip: Chip):
    """SiEPIC_EBeam_PDK#65."""
    chip.place("north", grating(), 25, 60, 270)
    chip.place("south", grating(), 25, -60, 90)
    chip.link("north,o1", "south,o1", Turtle(25, 60, 270).go(120))
    found = one(chip.report(), "optical short")
    assert set(found.instances) == {"in,o1", "tap,o1", "north,o1", "south,o1"}
    assert found.bbox == pytest.approx((24.775, -0.225, 25.225, 0.225), abs=1e-3)


def test_stray_guide_crosses(chip: Chip):
    chip.extra.append(("WG", region(kdb.DBox(30, -9, 30.45, 9))))
    found = one(chip.report(), "optical short")
    assert holds(found, 30.2, 0)


def test_guide_runs_into_a_device(chip: Chip):
    chip.extra.append(("WG", region(kdb.DBox(60, 2.5, 60.45, 30))))
    found = one(chip.report(), "altered device")
    assert found.instances == ("tap",)


@pytest.mark.parametrize("flat", [False, True], ids=["hierarchy", "flat"])
class TestDevices:
    def test_grating_turned_against_its_circuit(self, chip: Chip, flat: bool):
        """gdsfactory/ubc#411."""
        chip.turn("low", 180)
        first, second = chip.report(flat=flat).mismatches
        assert (first.kind, first.value, first.instances) == ("rotated device", 180, ("low",))
        assert second.kind == "missing connection"

    @pytest.mark.parametrize("angle", [7, 33.3, 122, 358.5])
    def test_turned_by_an_odd_angle(self, chip: Chip, flat: bool, angle: float):
        chip.turn("tap", angle)  # type: ignore[arg-type]
        found = next(m for m in chip.report(flat=flat).mismatches if m.instances == ("tap",))
        assert found.kind == "rotated device"
        assert found.value == pytest.approx(angle, abs=0.1)  # from edges of 20 µm, rounded at both ends
        assert holds(found, 62, 1)

    @pytest.mark.parametrize("mirror", [False, True])
    @pytest.mark.parametrize("angle", [4.2, 61, 200.5])
    def test_bend_turned_by_an_odd_angle(self, flat: bool, angle: float, mirror: bool):
        """No edge of it is longer than 0.5 µm; two neighbours like it stay in place."""
        chip = Chip()
        for name, x in (("left", -40), ("bend", 0), ("right", 40)):
            chip.place(name, arc(), x, 0)
        chip.link("left,o1", "right,o2", Turtle(-40, 0, 180).go(5))
        chip.turn("bend", angle, mirror)  # type: ignore[arg-type]
        found = [m for m in chip.report(flat=flat).mismatches if m.instances == ("bend",)]
        assert len(found) == 1
        if found[0].kind == "rotated device":
            back = angle + 90 if mirror else angle
            assert math.cos(math.radians(found[0].value - back)) > math.cos(math.radians(0.02)), found[0]
        else:  # a quarter bend is its own mirror image, turned: both are right
            assert (found[0].kind, mirror) == ("mirrored device", True)

    def test_mirrored(self, chip: Chip, flat: bool):
        chip.turn("tap", 0, mirror=True)
        first, *rest = chip.report(flat=flat).mismatches
        assert (first.kind, first.instances) == ("mirrored device", ("tap",))
        assert rest

    def test_moved_by_5_nm(self, chip: Chip, flat: bool):
        chip.move("in", kdb.ICplxTrans(kdb.Vector(0, 5)))
        first, second = chip.report(flat=flat).mismatches
        assert (first.kind, first.value, first.instances) == ("moved device", 0.005, ("in",))
        assert (second.kind, second.value) == ("offset", 0.005)

    def test_moved_far(self, chip: Chip, flat: bool):
        chip.move("tap", kdb.ICplxTrans(kdb.Vector(30_000, 200_000)))
        first, *rest = chip.report(flat=flat).mismatches
        assert first.kind == "moved device"
        assert first.value == pytest.approx(math.hypot(30, 200), abs=1e-3)
        assert {m.kind for m in rest} == {"missing connection"}
        assert len(rest) == 3

    def test_moved_as_a_whole_is_one_fault(self, chip: Chip, flat: bool):
        for name in chip.drawn:
            chip.move(name, kdb.ICplxTrans(kdb.Vector(-1500, 700)))
        for pieces in chip.guides.values():
            for piece in pieces:
                piece.move(-1500, 700)
        found = one(chip.report(flat=flat), "moved device")
        assert found.value == pytest.approx(math.hypot(1.5, 0.7), abs=1e-6)

    def test_one_of_three_alike_is_missing(self, chip: Chip, flat: bool):
        del chip.drawn["low"]
        first, second = chip.report(flat=flat).mismatches
        assert (first.kind, first.instances) == ("missing device", ("low",))
        assert second.kind == "missing connection"

    def test_wall_moved_by_5_nm(self, chip: Chip, flat: bool):
        chip.extra.append(("WG", region(kdb.DBox(52, 3.5, 72, 3.505))))
        found = one(chip.report(flat=flat), "altered device")
        assert found.value == pytest.approx(20 * 0.005)
        assert holds(found, 62, 3.5, 0.01)

    def test_tooth_lost(self, chip: Chip, flat: bool):
        master, placement = chip.drawn["in"]
        teeth = master.shapes["SHALLOW"] - region(kdb.DBox(-30, -20, -28.5, 20))
        chip.drawn["in"] = (replace(master, name="worn", shapes={**master.shapes, "SHALLOW": teeth}), placement)
        found = one(chip.report(flat=flat), "altered device")
        assert found.value == pytest.approx(0.31 * 13)

    def test_etched_where_the_library_is_not(self, chip: Chip, flat: bool):
        chip.extra.append(("SHALLOW", region(kdb.DBox(55, 0, 56, 1))))
        assert one(chip.report(flat=flat), "altered device").value == pytest.approx(1.0)

    def test_black_box_is_still_connected(self, chip: Chip, flat: bool):
        master, placement = chip.drawn["low"]
        box = replace(master, name="boxed", shapes={"BB": master.outline})
        chip.drawn["low"] = (box, placement)
        report = chip.report(flat=flat)
        assert report.clean, report.mismatches
        assert (report.black_boxes, report.joined) == (("low",), 3)
        chip.guides["tap,o3-low,o1"][-1].move(0, 5)
        kinds = [(m.kind, m.value) for m in chip.report(flat=flat).mismatches]
        assert kinds == [("offset", 0.005), ("offset", 0.005)]  # at the box's port, and in the guide

    def test_other_content_is_named_and_still_connected(self, chip: Chip, flat: bool):
        master, placement = chip.drawn["low"]
        other = replace(master, name="other", shapes={"WG": region(kdb.DBox(-20, -1, 0, 1))})
        chip.drawn["low"] = (other, placement)
        report = chip.report(flat=flat)
        assert [m.kind for m in report.mismatches] == ["altered device"]
        assert report.joined == 3


@pytest.mark.parametrize("shift", [(-1, 0), (0, -1), (-1, -1)])
def test_gap_of_1_nm_at_an_odd_angle(chip: Chip, shift: tuple[int, int]):
    """Across a guide at 210° these shifts open gaps of 0.87, 0.50 and 1.37 nm."""
    chip.guides["high,o1-tap,o2"][0].move(*shift)
    found = one(chip.report())
    assert found.kind == "gap"
    across = -(shift[0] * math.cos(math.radians(30)) + shift[1] * math.sin(math.radians(30)))
    assert found.value == pytest.approx(across * 1e-3, abs=0.5e-3)  # both edges have rounded ends
    assert found.value > 0
    assert holds(found, 130, 40)


def test_gap_of_1_nm_inside_a_guide_at_an_odd_angle(chip: Chip):
    way = Turtle(130, 40, 210).go(9).go(11).turn(-30)
    way.pieces[0].move(1, 1)  # into the grating, away from the next piece
    rest = chip.guides["high,o1-tap,o2"][2:]
    chip.guides["high,o1-tap,o2"] = [*way.pieces, *rest]
    found = one(chip.report(), "gap")
    assert 0 < found.value <= 0.0015
    assert holds(found, 130 - 9 * math.cos(math.radians(30)), 40 - 4.5)


@given(angle=st.floats(0, 360), length=st.floats(5, 40), gap=st.integers(1, 3))
def test_gaps_are_found_at_any_angle_and_only_gaps(angle: float, length: float, gap: int):
    chip = Chip()
    chip.place("a", grating(), 0, 0, angle)
    way = Turtle(0, 0, angle).go(length).turn(-angle if angle <= 180 else 360 - angle, radius=25).go(30)
    chip.place("b", grating(), way.x, way.y, 180)
    chip.link("a,o1", "b,o1", way)
    report = chip.report()
    assert report.clean, report.mismatches
    heading = math.radians(angle)
    way.pieces[0].move(round(gap * math.cos(heading)), round(gap * math.sin(heading)))
    found = one(chip.report(), "gap")
    assert abs(found.value - gap * 1e-3) < 1.4e-3  # the shift and two edges are rounded, 0.7 grid steps each at most


def test_devices_that_abut_are_joined_and_a_shift_between_them_is_one_fault():
    chip = Chip()
    chip.place("in", grating(), 0, 0)
    chip.place("tap", tap(), 0, 1)
    chip.link("in,o1", "tap,o1", Turtle(0, 0))
    assert chip.report().clean
    chip.move("in", kdb.ICplxTrans(kdb.Vector(0, 5)))
    assert [(m.kind, m.value) for m in chip.report().mismatches] == [("moved device", 0.005), ("offset", 0.005)]


def test_without_a_design_ends_and_gaps_are_listed():
    layout = kdb.Layout()
    top = layout.create_cell("top")
    way = Turtle(0, 0, 30).go(20).go(20)
    way.pieces[1].move(1, 1)
    for piece in way.pieces:
        top.shapes(layout.layer(*PROCESS.layers["WG"].gds)).insert(piece)
    (core,) = extract(layout, top, PROCESS).cores
    assert (core.layer, core.pieces, len(core.ends)) == ("WG", 2, 4)
    assert sorted(round(end.angle_deg) for end in core.ends) == [30, 30, 210, 210]
    gaps = [end.gap for end in core.ends if end.gap is not None]
    assert len(gaps) == 2
    assert gaps == pytest.approx([0.00137, 0.00137], abs=0.7e-3)  # two edges with rounded ends


def test_nothing_to_compare(chip: Chip):
    layout = kdb.Layout()
    with pytest.raises(LingnanError, match="no shape on any mask layer"):
        compare(layout, layout.create_cell("empty"), PROCESS, chip.circuit())
    layout.dbu = 0.005
    with pytest.raises(LingnanError, match="database unit"):
        compare(layout, layout.cell("empty"), PROCESS, chip.circuit())
