"""`lingnan chip` end to end: what it writes, that the bytes are the same again, and what it answers to bad designs."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.pdk.process import load_process
from lingnan.tapeout.cli import main

DESIGNS = Path(__file__).resolve().parents[2] / "tapeout" / "designs"
TINY = """\
chip:
  process: soi220
  name: tiny
  size: [1200, 1200]
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 2}
  pad_rows:
    east: {side: east, component: pad, count: 2}
  windows:
    bath: {over: [ring], margin: 3}
  measurements:
    ring: {devices: [ring], measure: transmission, wavelength: [1.5, 1.6]}
    heat: {devices: [heat], measure: power per pi, parameters: {current_mA: 3}}
instances:
  ring: {component: ring_single, settings: {radius: 20, gap: 0.4}}
  heat: {component: phase_shifter_heater, settings: {length: 60}}
placements:
  ring: {port: o1, x: 520, y: "west1,o1"}
  heat: {port: o1, x: 620, y: "west1,o1"}
routes:
  bus:
    links:
      west1,o1: ring,o1
      ring,o2: heat,o1
      heat,o2: west2,o1
  wires:
    links:
      heat,e1: east2,e1
      heat,e2: east1,e1
"""
OTHER = TINY.replace("name: tiny", "name: other").replace("radius: 20", "radius: 18")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a design in it, and with the chip that was built from it."""
    folder = tmp_path_factory.mktemp("chip")
    (folder / "tiny.yaml").write_text(TINY)
    assert main(["chip", str(folder / "tiny.yaml"), "--out", str(folder / "out"), "--no-cache"]) == 0
    return folder


@pytest.fixture(scope="module")
def chip(place: Path) -> Path:
    return place / "out" / "tiny"


def test_everything_is_written(chip: Path) -> None:
    names = {path.name for path in chip.iterdir()}
    assert {"tiny.gds", "tiny.oas", "tiny.png", "manifest.csv", "report.html", "chip.json"} <= names
    assert {"drc.txt", "drc.json", "drc.sarif", "drc.junit.xml", "drc.lyrdb", "lvs.txt", "lvs.json"} <= names
    assert (chip / "tiny.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in chip.parent.iterdir()] == ["tiny"]


def test_the_report_has_spectra_of_every_network(chip: Path) -> None:
    (network,) = json.loads((chip / "chip.json").read_text())["networks"]
    assert network == {"name": "ring heat", "couplers": ["west1", "west2"], "without_spectra_because": []}
    page = (chip / "report.html").read_text()
    section = page[page.index('<section id="spectra">') :]
    section = section[: section.index("</section>")]
    assert "west1 to west2" in section
    assert section.count("data:image/png;base64,") == 1
    for corner in load_process("soi220").corners:
        assert corner in section


def test_gds_and_oasis_are_the_same_chip(chip: Path) -> None:
    layouts = [kdb.Layout(), kdb.Layout()]
    for layout, ending in zip(layouts, ("gds", "oas"), strict=True):
        layout.read(str(chip / f"tiny.{ending}"))
        assert [cell.name for cell in layout.top_cells()] == ["tiny"]
        assert layout.dbu == 0.001
    for info in layouts[0].layer_infos():
        one, two = (kdb.Region(ly.top_cell().begin_shapes_rec(ly.layer(info))) for ly in layouts)
        assert (one ^ two).is_empty()


def test_the_gds_holds_nothing_but_shapes_texts_and_cells(chip: Path) -> None:
    raw = (chip / "tiny.gds").read_bytes()
    kinds, at = set(), 0
    while at < len(raw):
        kinds.add(raw[at + 2])
        length = int.from_bytes(raw[at : at + 2], "big")
        at += length or len(raw)
    # HEADER BGNLIB LIBNAME UNITS ENDLIB, BGNSTR STRNAME ENDSTR, BOUNDARY PATH SREF AREF TEXT with what they hold
    allowed = set(range(0x14)) | {0x16, 0x17, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1F, 0x21}
    assert kinds <= allowed, f"records {sorted(kinds - allowed)}: properties and metadata stay out of the file"


@pytest.mark.klayout_app
def test_the_distributions_klayout_opens_it(chip: Path, tmp_path: Path) -> None:
    application = shutil.which("klayout")
    if application is None:
        pytest.skip("the KLayout application is not installed; apt-get install klayout")
    script = tmp_path / "count.py"
    script.write_text(
        "import pya\nlayout = pya.Layout()\nlayout.read(source)\n"
        "print('SEEN', layout.top_cell().name, layout.cells(), len(layout.layer_infos()))\n"
    )
    done = subprocess.run(
        [application, "-b", "-r", str(script), "-rd", f"source={chip / 'tiny.gds'}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    layout = kdb.Layout()
    layout.read(str(chip / "tiny.gds"))
    assert f"SEEN tiny {layout.cells()} {len(layout.layer_infos())}" in done.stdout, done.stderr


def test_the_manifest_says_where_to_put_the_fibres(chip: Path) -> None:
    rows = {row["device"]: row for row in csv.DictReader((chip / "manifest.csv").open())}
    assert set(rows) == {"ring", "heat", "west1", "west2", "east1", "east2"}
    process = load_process("soi220")
    pitch = process.number("packaging.fibre_pitch")
    spots = [float(rows[name]["y_um"]) for name in ("west1", "west2")]
    assert spots[1] - spots[0] == pytest.approx(pitch, abs=1e-9)
    ring = rows["ring"]
    assert ring["couplers"].startswith("o1=west1@")
    assert "o2=west2@" in ring["couplers"]
    assert "via heat" in ring["couplers"]  # on the way to the second fibre
    assert (ring["wavelength_from_um"], ring["wavelength_to_um"]) == ("1.5", "1.6")
    assert "e1=east2@" in rows["heat"]["pads"]
    assert "e2=east1@" in rows["heat"]["pads"]
    assert [rows[name]["kind"] for name in ("west1", "east1", "ring")] == ["coupler", "pad", "device"]


def test_the_record_keeps_what_a_gds_cannot(chip: Path) -> None:
    record = json.loads((chip / "chip.json").read_text())
    assert record["clean"] is True
    assert record["process"]["hash"] == load_process("soi220").hash
    bus = next(route for route in record["routes"] if route["start"] == "west1,o1")
    # from the coupler's port at x = 424 µm to the ring's at 520, in a straight line
    assert bus["length"] == pytest.approx(96.0, abs=1e-3)
    assert bus["bends"] == 0


def test_the_report_asks_nothing_from_anywhere(chip: Path) -> None:
    page = (chip / "report.html").read_text()
    outside = [url for url in re.findall(r"(?:src|href)=\"([^\"]*)\"", page) if not url.startswith(("data:", "#"))]
    assert outside == []
    assert "<script" not in page
    assert "@import" not in page
    assert page.count("data:image/png;base64,") >= 4  # chip, with fill, two experiments
    process = load_process("soi220")
    assert process.stamp in page
    assert f"{len(process.representative)} of the {len(process.quantities)} numbers" in page
    for word in ("west1,o1", "power per pi", "DENS.WG", "6 of 6 devices found", "5 of 5 links joined"):
        assert word in page


def test_two_processes_write_the_same_bytes(place: Path, chip: Path, tmp_path: Path) -> None:
    """Another hash seed, and another design built before it in the same process."""
    (tmp_path / "other.yaml").write_text(OTHER)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "lingnan.tapeout.cli", "chip"),
            *(str(tmp_path / "other.yaml"), str(place / "tiny.yaml"), "--out", str(tmp_path / "out"), "--no-cache"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    assert done.returncode == 0, done.stderr
    again = tmp_path / "out" / "tiny"
    for name in ("tiny.gds", "tiny.oas", "manifest.csv", "lvs.json"):
        assert (again / name).read_bytes() == (chip / name).read_bytes(), name
    assert (tmp_path / "out" / "other" / "other.gds").read_bytes() != (chip / "tiny.gds").read_bytes()


def changed(old: str, new: str) -> str:
    assert TINY.count(old) == 1, f"{old!r} stands {TINY.count(old)} times in the design"
    return TINY.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("component: ring_single", "component: ring_singel", 15, "Did you mean ring_single"),
        ("gap: 0.4", "gab: 0.4", 15, "no parameter 'gab'. Did you mean gap"),
        ("gap: 0.4", "gap: 0.02", 15, "rule WG.S"),
        ("gap: 0.4", "gap: [1]", 15, "cannot be made"),
        ("radius: 20", "radius: .nan", 15, "radius"),
        ("x: 620", "x: 530", 19, "heat overlaps ring (line 18)"),
        ("x: 620", "x: 1170", 19, "partly outside the die of 1200 x 1200"),
        ('x: 620, y: "west1,o1"', 'x: 620, y: "heat,o1"', 16, "hang on each other in a circle"),
        ("ring,o2: heat,o1", "ring,o7: heat,o1", 24, "ring has no port 'o7'. Did you mean"),
        ("ring,o2: heat,o1", "ring,o2: heat,e1", 24, "Light does not go into a wire"),
        ("west1,o1: ring,o1", "west2,o1: ring,o1", 25, "is linked already in line 23"),
        ("  bus:\n", "  bus:\n    settings: {radius: 2}\n", 21, "radius = 2 µm is below the limit of 5 µm"),
        ("  bus:\n", "  bus:\n    settings: {cross_section: stripp}\n", 21, "Did you mean strip"),
        ("  bus:\n", "  bus:\n    routing_strategy: river\n", 21, "routing_strategy 'river' is not known"),
        ("over: [ring]", "over: [rang]", 10, "there is no instance 'rang'"),
        ("devices: [ring]", "devices: [rimg]", 12, "Did you mean ring"),
        ("devices: [heat]", "devices: [ring]", 13, "is measured by ring already"),
    ],
)
def test_bad_designs_leave_one_line_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: int, words: str
) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(changed(old, new))
    assert main(["chip", str(path), "--out", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1, err
    assert err.startswith(f"lingnan: {path}:{line or ''}")
    assert words in err
    assert [entry.name for entry in tmp_path.iterdir()] == ["d.yaml"]


def test_a_route_through_a_device_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(changed("{port: o1, x: 620, y: \"west1,o1\"}", "{port: o1, x: 800, y: \"west1,o1\"}").replace(
        "  heat: {component", "  wall: {component: straight, settings: {length: 40}}\n  heat: {component"
    ).replace("  heat: {port", "  wall: {x: 640, y: \"west1,o1\"}\n  heat: {port"))  # fmt: skip
    assert main(["chip", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "the route from ring,o2 to heat,o1 meets device wall (line 16)" in capsys.readouterr().err


def test_an_impossible_route_names_both_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(changed('{port: o1, x: 620, y: "west1,o1"}', '{port: o1, x: 570, y: "west1,o1", dy: 5}'))
    assert main(["chip", str(path), "--out", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "ring,o2" in err
    assert f"{path}:24: route bus" in err


def test_places_that_are_not_ours(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = str(place / "tiny.yaml")
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "thesis.tex").write_text("years of work")
    assert main(["chip", design, "--out", str(tmp_path)]) == 2
    assert "holds thesis.tex but no .lingnan.json" in capsys.readouterr().err
    assert (tmp_path / "tiny" / "thesis.tex").exists()
    (tmp_path / "file").write_text("")
    assert main(["chip", design, "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main(["chip", design, design, "--out", str(tmp_path / "twice")]) == 2
    assert "Give every chip its own name" in capsys.readouterr().err
    assert not (tmp_path / "twice").exists()


def test_interruption_half_way_leaves_the_older_chip(
    place: Path, chip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = {path.name: path.read_bytes() for path in chip.iterdir()}
    monkeypatch.setattr("lingnan.tapeout.build.check", interrupted)
    assert main(["chip", str(place / "tiny.yaml"), "--out", str(place / "out")]) == 2
    assert capsys.readouterr().err == "lingnan: interrupted; nothing half-written is left\n"
    assert {path.name: path.read_bytes() for path in chip.iterdir()} == before
    assert [path.name for path in chip.parent.iterdir()] == ["tiny"]
    with pytest.raises(KeyboardInterrupt):
        main(["chip", str(place / "tiny.yaml"), "--out", str(place / "out"), "--debug"])


def test_violations_exit_with_1_and_point_to_the_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(changed("over: [ring]", "over: [heat]"))  # the window's acid would eat heater and wires
    assert main(["chip", str(path), "--out", str(tmp_path / "out"), "--no-cache"]) == 1
    out = capsys.readouterr().out
    assert "HT.X.OX" in out
    assert f"{path}:16 heat" in out
    assert "HT.X.OX" in (tmp_path / "out" / "tiny" / "report.html").read_text()
    record = json.loads((tmp_path / "out" / "tiny" / "chip.json").read_text())
    assert record["clean"] is False
    assert record["drc"]["errors"] >= 1


@pytest.mark.parametrize("name", ["sensor", "transmitter", "monitor"])
def test_a_demonstration_chip_comes_together(name: str) -> None:
    """Placed, routed without collisions, framed and filled; sign-off of all three is `make chip`."""
    from lingnan.pdk.gf import build_pdk
    from lingnan.tapeout.assembly import assemble
    from lingnan.tapeout.design import read_design
    from lingnan.tapeout.manifest import unmeasured

    design = read_design(DESIGNS / f"{name}.yaml")
    build_pdk(design.process).activate(force=True)
    assembly = assemble(design)
    assert len(assembly.routed) == len([link for route in design.routes.values() for link in route.links])
    left_out = set(unmeasured(design, assembly.placed))
    assert {one for one in left_out if not one.endswith(("_in", "_out"))} == set()
    wanted = {"sensor": 80, "transmitter": 25, "monitor": 70}[name]
    assert len(assembly.placed) >= wanted


@pytest.mark.validate
@pytest.mark.parametrize("name", ["sensor", "transmitter", "monitor"])
def test_a_demonstration_chip_is_sign_off_clean(name: str, tmp_path: Path) -> None:
    assert main(["chip", str(DESIGNS / f"{name}.yaml"), "--out", str(tmp_path / "out"), "--no-cache"]) == 0
