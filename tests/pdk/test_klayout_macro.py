"""The macro that is generated for the KLayout application finds what `lingnan drc` finds: rule, place and count."""

import math
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import klayout.db as kdb
import klayout.rdb as rdb
import pytest

from lingnan.pdk.drc.file import check_loaded
from lingnan.pdk.klayout import technology_files
from lingnan.pdk.layout import read_layout
from lingnan.pdk.process import Process, load_process

pytestmark = [
    pytest.mark.klayout_app,
    pytest.mark.skipif(
        shutil.which("klayout") is None,
        reason="the KLayout application is not installed; apt-get install klayout, or klayout.de",
    ),
]
Marker = tuple[str, tuple[float, float, float, float], str]


Box = tuple[float, float, float, float]


class Drawing:
    """Shapes in µm on layers of a process."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.layout = kdb.Layout()
        self.layout.dbu = 0.001
        self.top = self.layout.create_cell("CHIP")

    def cell(self, name: str, x: float, y: float, angle: float = 0.0, mirror: bool = False) -> kdb.Cell:
        cell = self.layout.create_cell(name)
        self.top.insert(kdb.DCellInstArray(cell.cell_index(), kdb.DCplxTrans(1.0, angle, mirror, x, y)))
        return cell

    def index(self, layer: str) -> int:
        return self.layout.layer(*self.process.layer(layer).gds)

    def box(self, cell: kdb.Cell, layer: str, *edges: Box) -> None:
        for box in edges:
            cell.shapes(self.index(layer)).insert(kdb.DBox(*box))

    def polygon(self, cell: kdb.Cell, layer: str, *corners: tuple[float, float]) -> None:
        cell.shapes(self.index(layer)).insert(kdb.DPolygon([kdb.DPoint(x, y) for x, y in corners], True))

    def arc(
        self, cell: kdb.Cell, layer: str, radius: float, width: float, sweep: float = 90.0, turn: float = 0.0
    ) -> None:
        """A bend around the origin, its vertices rounded to the grid."""
        count = max(8, math.ceil(math.radians(sweep) * math.sqrt(radius / 0.008)))
        angles = [math.radians(turn + sweep * k / count) for k in range(count + 1)]
        inner, outer = radius - width / 2, radius + width / 2
        ring = [(inner * math.cos(a), inner * math.sin(a)) for a in angles]
        ring += [(outer * math.cos(a), outer * math.sin(a)) for a in reversed(angles)]
        self.polygon(cell, layer, *ring)

    def write(self, path: Path) -> Path:
        self.layout.write(str(path))
        return path


def soi_faults(process: Process) -> Drawing:
    """One fault, and a neighbour that is none, for each kind of rule that soi220 has."""
    d = Drawing(process)
    d.box(d.top, "FLOORPLAN", (0, 0, 1000, 1000))

    width = d.cell("width", 20, 20, 30)  # WG.W, turned so that every place is rounded
    d.box(width, "WG", (0, 0, 12, 0.17), (0, 5, 12, 5.18))
    space = d.cell("space", 60, 20)
    d.box(space, "WG", (0, 0, 12, 0.45), (0, 0.64, 12, 1.09), (0, 5, 12, 5.45), (0, 5.65, 12, 6.1))
    child = d.layout.create_cell("pair")  # arrayed: six faults
    d.box(child, "WG", (0, 0, 3, 1), (0, 1.19, 3, 2.19))
    d.top.insert(
        kdb.DCellInstArray(
            child.cell_index(), kdb.DCplxTrans(1, 90, True, 100, 20), kdb.DVector(8, 0), kdb.DVector(0, 9), 3, 2
        )
    )
    curves = d.cell("curves", 800, 400, 17.3)
    for radius, gap in ((20.0, 0.2), (30.0, 0.196)):  # at the rule, and below it
        d.arc(curves, "WG", radius, 0.45)
        d.arc(curves, "WG", radius + 0.45 + gap, 0.45)
    d.arc(d.cell("bend", 300, 20), "WG", 3.0, 0.45)
    d.arc(d.cell("bend_good", 320, 20), "WG", 5.0, 0.45)
    rib = d.cell("rib", 360, 20, 180)
    d.arc(rib, "WG", 15.0, 0.45)
    d.box(rib, "SLAB90", (-5, -5, 25, 25))
    thin_slab = d.cell("thin_slab", 400, 20)
    d.box(thin_slab, "WG", (0, 0, 30, 0.45))
    d.box(thin_slab, "SLAB90", (-5, -1, 35, 5))
    d.box(d.cell("area", 20, 60), "WG", (0, 0, 0.2, 0.2))
    parallel = d.cell("parallel", 20, 80)
    d.box(parallel, "WG", (0, 0, 250, 0.45), (0, 1.45, 250, 1.9))
    for radius in (50.0, 53.0):  # beside each other for 200 um and more all round a bend
        d.arc(d.cell(f"around_{radius:.0f}", 850, 700, 17.3), "WG", radius, 0.45, 270.0)
    for name, count, turn in (("teeth", 6, 30), ("lines", 3, 0)):  # a grating, and lines that end in nothing
        lines = d.cell(name, 700, 700 + 30 * count, turn)
        d.box(lines, "WG", *((0, 0.6 * k, 20, 0.6 * k + 0.3) for k in range(count)))
    grating = d.cell("grating", 620, 850, 17.3)  # its teeth are no guides, but for the last, which stands apart
    d.arc(grating, "SIN", 10.0, 20.0, 34.0)
    for number in (*range(5), 8):
        d.arc(grating, "SIN", 20.45 + 0.6 * number, 0.3, 34.0)
    abut = d.cell("abut", 20, 100, 45)
    d.box(abut, "WG", (0, 0, 20, 0.45), (20.03, 0, 40, 0.45))
    d.polygon(d.cell("acute", 80, 100), "WG", (0, 0), (20, 0), (20, 5))
    long_gap = d.cell("long_gap", 20, 140)
    d.box(long_gap, "SHALLOW", (0, 0, 30, 2), (0, 2.3, 30, 4), (0, 20, 15, 22), (0, 22.3, 15, 24))
    shallow = d.cell("shallow", 80, 140)
    d.box(shallow, "WG", (0, 0, 10, 10))
    d.box(shallow, "SHALLOW", (3, -0.15, 5, 5))
    overlap = d.cell("overlap", 120, 140)
    d.box(overlap, "WG", (0, 0, 10, 10))
    d.box(overlap, "SLAB90", (9.85, 0, 20, 10))
    implants = d.cell("implants", 160, 140)
    d.box(implants, "WG", (0, 0, 20, 0.5))
    d.box(implants, "SLAB90", (0, -5, 20, 5))
    d.box(implants, "NPP", (2, 0.3, 18, 3))
    d.box(implants, "PPP", (2, -3, 18, -0.6))
    d.box(implants, "VIAC", (4, 1, 4.5, 1.5), (6, 0.55, 6.5, 1.05))
    d.box(implants, "M1", (3.5, 0.5, 5, 2), (5.8, 0.2, 7, 1.6))
    metals = d.cell("metals", 20, 200, 90)
    d.box(metals, "M1", (0, 0, 20, 0.4), (0, 5, 20, 10), (0, 10.5, 20, 15))
    d.box(metals, "M2", (30, 0, 70, 40))
    d.box(metals, "VIA1", (31, 1, 32, 2), (35, 5, 36, 6))
    d.polygon(metals, "M1", (40, 60), (60, 60), (75, 83), (75, 90), (40, 90))
    pad = d.cell("pad", 200, 200)
    d.box(pad, "M2", (0, 0, 80, 80))
    d.box(pad, "PADOPEN", (3, 10, 70, 70))
    heater = d.cell("heater", 320, 200)
    d.box(heater, "HEATER", (0, 0, 40, 0.5), (0, 2, 40, 4), (0, 5.5, 40, 7))
    window = d.cell("window", 400, 200)
    d.box(window, "OXOPEN", (0, 0, 15, 40))
    d.box(window, "M1", (18, 0, 30, 10))
    trench = d.cell("trench", 500, 200)
    d.box(trench, "DEEPTRENCH", (0, 0, 50, 20))
    d.box(trench, "WG", (0, 25, 30, 25.45))
    bow = d.cell("bow", 600, 200, 90)
    bow.shapes(d.index("SIN")).insert(
        kdb.Polygon([kdb.Point(*p) for p in ((0, 0), (4000, 4000), (4000, 0), (0, 4000))], True)
    )
    flat = d.cell("flat", 640, 200)
    flat.shapes(d.index("SIN")).insert(kdb.Polygon([kdb.Point(0, 0), kdb.Point(500, 0), kdb.Point(900, 0)], True))
    d.box(d.cell("outside", 990, 500), "M1", (0, 0, 30, 10))
    devices = d.cell("device_a", 700, 200)
    d.box(devices, "DEVREC", (0, 0, 20, 20))
    d.box(d.cell("device_b", 715, 205), "DEVREC", (0, 0, 20, 20))
    d.top.shapes(d.layout.layer(201, 7)).insert(kdb.DBox(700, 300, 710, 310))
    d.box(d.cell("fill", 0, 500), "M1", (0, 0, 490, 490))
    return d


def tfln_faults(process: Process) -> Drawing:
    """Cells and guides turned against the crystal."""
    d = Drawing(process)
    d.box(d.top, "FLOORPLAN", (0, 0, 1500, 1000))
    d.box(d.top, "TL", (600, 0, 800, 17.5), (600, 22.5, 800, 40))  # ribs between electrodes: turned, a taper, a bend
    d.polygon(d.top, "LN_RIB", (595, 19), (595, 20), (640, 20.5), (640, 19.5))
    d.polygon(d.top, "LN_RIB", (650, 19.5), (650, 20.5), (680, 21.5), (680, 18.5))
    d.arc(d.cell("bent", 690, 78, 180.0), "LN_RIB", 57.0, 1.0, 40.0, 75.0)
    names = set(process.layers)
    rib = "RIB" if "RIB" in names else next(iter(names))
    good, bad = d.cell("mmi_y", 100, 100), d.cell("mmi_z", 200, 100, 90)
    for cell in (good, bad):
        d.box(cell, rib, (0, 0, 40, 4))
    for layer in [layer for layer in process.layers.values() if layer.purpose == "mask"][:8]:
        cell = d.cell(f"near_{layer.name}", 100 + 7 * layer.layer, 300, 11)
        d.box(cell, layer.name, (0, 0, 20, 0.2), (0, 0.3, 20, 2))
    return d


def by_engine(path: Path, process: Process) -> Counter[Marker]:
    report = check_loaded(read_layout(path, process), process)
    return Counter((one.rule, rounded(one.bbox), one.message) for one in report.violations)


def by_macro(path: Path, process: Process, folder: Path) -> Counter[Marker]:
    macro, report = folder / "rules.lydrc", folder / "found.lyrdb"
    macro.write_text(technology_files(process)[f"tech/{process.name}/drc/{process.name}.lydrc"], encoding="utf-8")
    done = subprocess.run(
        ["klayout", "-b", "-r", macro, "-rd", f"input={path}", "-rd", f"report={report}"],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    database = rdb.ReportDatabase("found")
    database.load(str(report))
    found: Counter[Marker] = Counter()
    for item in database.each_item():
        box, text = kdb.DBox(), ""
        for value in item.each_value():
            if value.is_polygon():
                box += value.polygon().bbox()
            else:
                text = value.string()
        name = database.category_by_id(item.category_id()).name()
        found[name, rounded((box.left, box.bottom, box.right, box.top)), text] += 1
    return found


def rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, bottom, right, top = (round(edge, 3) for edge in box)
    return left, bottom, right, top


def test_both_engines_find_the_same_soi_faults(tmp_path: Path) -> None:
    process = load_process("soi220")
    path = soi_faults(process).write(tmp_path / "faults.gds")
    expected = by_engine(path, process)
    kinds = {process.rule(rule).kind for rule, _, _ in expected}
    assert kinds >= {rule.kind for rule in process.rules.values()} - {"grid"}  # a grid of one unit cannot be missed
    assert by_macro(path, process, tmp_path) == expected


def test_both_engines_find_the_same_tfln_faults(tmp_path: Path) -> None:
    process = load_process("tfln600")
    path = tfln_faults(process).write(tmp_path / "faults.gds")
    expected = by_engine(path, process)
    assert {rule for rule, _, _ in expected} >= {"CROSS.DIR", "MOD.DIR"}
    assert by_macro(path, process, tmp_path) == expected


SHOWN = """
RBA::Macro.new($macro).run
view = RBA::LayoutView.current
puts "shown: #{view.num_rdbs} report, #{view.rdb(0).num_items} items"
"""


def test_macro_checks_the_layout_that_is_open(tmp_path: Path) -> None:
    process = load_process("tfln600")
    path = tfln_faults(process).write(tmp_path / "faults.gds")
    macro, script = tmp_path / "rules.lydrc", tmp_path / "run.rb"
    macro.write_text(technology_files(process)[f"tech/{process.name}/drc/{process.name}.lydrc"], encoding="utf-8")
    script.write_text(SHOWN)
    done = subprocess.run(
        ["klayout", "-z", path, "-r", script, "-rd", f"macro={macro}"],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "KLAYOUT_HOME": str(tmp_path)},
        check=False,
    )
    assert f"shown: 1 report, {by_engine(path, process).total()} items" in done.stdout, done.stdout + done.stderr


@pytest.mark.validate
@pytest.mark.shared
@pytest.mark.parametrize("name", ["gf_mzi2x2.gds", "zep_laser_dfb.gds", "ebl24_rings.oas", "shuksan_laser_mzi.gds"])
def test_both_engines_find_the_same_in_layouts_of_others(name: str, shared: Path, tmp_path: Path) -> None:
    process = load_process("soi220")
    assert by_macro(shared / "gds" / name, process, tmp_path) == by_engine(shared / "gds" / name, process)


@pytest.mark.validate
def test_both_engines_find_the_same_in_cells_of_gdsfactory(tmp_path: Path) -> None:
    """Cells of its generic kit, drawn for other rules, written without the metadata that KLayout 0.28 cannot read."""
    import gdsfactory as gf

    gf.gpdk.PDK.activate()
    chip = gf.Component("CELLS")
    names = ("bend_euler", "coupler", "mmi2x2", "ring_single", "mzi", "grating_coupler_elliptical", "via_stack")
    for number, name in enumerate(names):
        cell = chip << gf.get_component(name)
        cell.rotate(30 * number)
        cell.dmove((400 * (number % 3), 400 * (number // 3)))
    options = kdb.SaveLayoutOptions()
    options.write_context_info = False
    path = tmp_path / "cells.gds"
    chip.write(str(path), options)
    process = load_process("soi220")
    expected = by_engine(path, process)
    assert expected
    assert by_macro(path, process, tmp_path) == expected
