"""`lingnan lvs` on a chip built from a design file, as built, edited, renamed, flattened and with a black box."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.pdk.gf import build_pdk
from lingnan.tapeout.assembly import assemble
from lingnan.tapeout.cli import main
from lingnan.tapeout.design import read_design

DESIGN = """\
chip:
  process: soi220
  name: small
  size: [1500, 1200]
  fill: false
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 4, from_edge: 100}
  pad_rows:
    north: {side: north, component: pad, count: 3, from_edge: 100}
instances:
  ring: {component: ring_single}
  split: {component: mmi1x2}
  mix: {component: mmi2x2}
  grid: {component: straight, array: {columns: 2, rows: 1, column_pitch: 60, row_pitch: 20}}
placements:
  ring: {x: 700, y: 300}
  split: {x: 500, y: 700}
  mix: {x: 800, y: 700}
  grid: {x: 900, y: 400}
routes:
  bus: {links: {"west1,o1": "ring,o1"}}
  trunk: {links: {"west4,o1": "split,o1"}, settings: {cross_section: strip}}
  arms: {links: {"split,o2": "mix,o2", "split,o3": "mix,o1"}}
  wire: {links: {"north1,e3": "north2,e1"}}
  cells: {links: {"grid<0.0>,o2": "grid<1.0>,o1"}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The design and its layout."""
    place = tmp_path_factory.mktemp("lvs")
    (place / "small.yaml").write_text(DESIGN)
    design = read_design(place / "small.yaml")
    build_pdk(design.process).activate()
    assemble(design).canvas.layout.write(str(place / "small.gds"))
    return place


@pytest.fixture
def edited(folder: Path, tmp_path: Path):
    """Path of a copy of the layout after an edit in which gdsfactory had no part."""

    def edit(change: Callable[[kdb.Layout, kdb.Cell], None]) -> str:
        layout = kdb.Layout()
        layout.read(str(folder / "small.gds"))
        change(layout, layout.top_cell())
        path = tmp_path / "edited.gds"
        layout.write(str(path))
        return str(path)

    return edit


def instance_of(top: kdb.Cell, name: str) -> kdb.Instance:
    return next(one for one in top.each_inst() if one.cell.name.startswith(name))


def compared(capsys: pytest.CaptureFixture[str], path: str, folder: Path) -> tuple[int, dict]:
    status = main(["lvs", path, str(folder / "small.yaml"), "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def test_as_built_is_clean(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lvs", str(folder / "small.gds"), str(folder / "small.yaml")]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "clean; 12 of 12 devices, 6 of 6 links, 5 guides" in last


def test_renamed_and_flattened(folder: Path, edited, capsys: pytest.CaptureFixture[str]):
    def rename_and_flatten(layout: kdb.Layout, top: kdb.Cell) -> None:
        for index, cell in enumerate(layout.each_cell()):
            cell.name = f"c{index}"
        top.flatten(True)
        for layer in layout.layer_indexes():
            merged = kdb.Region(top.shapes(layer)).merged()
            top.shapes(layer).clear()
            top.shapes(layer).insert(merged)

    status, report = compared(capsys, edited(rename_and_flatten), folder)
    assert (status, report["mismatches"]) == (0, [])


def test_grating_turned_in_klayout(folder: Path, edited, capsys: pytest.CaptureFixture[str]):
    """gdsfactory/ubc#411, through files."""

    def turn(layout: kdb.Layout, top: kdb.Cell) -> None:
        one = instance_of(top, "grating_coupler")
        middle = one.bbox().center()
        there, back = kdb.ICplxTrans(middle - kdb.Point()), kdb.ICplxTrans(kdb.Point() - middle)
        one.cplx_trans = there * kdb.ICplxTrans(1, 180, False, 0, 0) * back * one.cplx_trans

    status, report = compared(capsys, edited(turn), folder)
    kinds = [one["kind"] for one in report["mismatches"]]
    assert (status, kinds) == (1, ["rotated device", "missing connection"])
    assert report["mismatches"][1]["line"] is not None


def test_ring_moved_by_5_nm(folder: Path, edited, capsys: pytest.CaptureFixture[str]):
    def move(layout: kdb.Layout, top: kdb.Cell) -> None:
        instance_of(top, "ring_single").transform(kdb.ICplxTrans(kdb.Vector(0, 5)))

    _, report = compared(capsys, edited(move), folder)
    assert [(one["kind"], one["value"]) for one in report["mismatches"]] == [("moved device", 0.005), ("offset", 0.005)]


def test_a_second_guide_across_the_trunk(folder: Path, edited, capsys: pytest.CaptureFixture[str]):
    design = read_design(folder / "small.yaml")
    number = design.process.layers["WG"].gds

    def cross(layout: kdb.Layout, top: kdb.Cell) -> None:
        top.shapes(layout.layer(*number)).insert(kdb.DBox(470, 650, 470.45, 750))

    _, report = compared(capsys, edited(cross), folder)
    assert [one["kind"] for one in report["mismatches"]] == ["optical short"]


def test_black_box_of_the_foundry(folder: Path, edited, capsys: pytest.CaptureFixture[str]):
    layers = read_design(folder / "small.yaml").process.layers

    def hide(layout: kdb.Layout, top: kdb.Cell) -> None:
        cell = instance_of(top, "mmi2x2").cell
        outline = kdb.Region(cell.begin_shapes_rec(layout.layer(*layers["DEVREC"].gds))).merged()
        cell.clear()
        cell.shapes(layout.layer(*layers["BB"].gds)).insert(outline)

    status, report = compared(capsys, edited(hide), folder)
    assert (status, report["summary"]["black_boxes"], report["summary"]["links_joined"]) == (0, ["mix"], 6)


def test_every_format_and_a_picture_of_each_mismatch(folder: Path, edited, tmp_path: Path):
    def shift(layout: kdb.Layout, top: kdb.Cell) -> None:
        instance_of(top, "mmi1x2").transform(kdb.ICplxTrans(kdb.Vector(0, 1)))

    out = tmp_path / "out"
    assert main(["lvs", edited(shift), str(folder / "small.yaml"), "--out", str(out)]) == 1
    report = json.loads((out / "lvs.json").read_text())
    assert report["process"].startswith("soi220")
    assert len(list(out.glob("*.png"))) == len(report["mismatches"]) == 4  # the device, and its three ports
    assert len(ET.parse(out / "lvs.lyrdb").findall(".//item")) == 4
    assert (out / "lvs.txt").read_text().count("\n") >= 5
    (run,) = json.loads((out / "lvs.sarif").read_text())["runs"]
    assert run["tool"]["driver"]["name"] == "lingnan lvs"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result, mismatch in zip(run["results"], report["mismatches"], strict=True):
        (where,) = result["locations"]
        assert rules[result["ruleIndex"]] == result["ruleId"] == f"LVS.{mismatch['kind'].replace(' ', '_').upper()}"
        assert where["physicalLocation"]["artifactLocation"]["uri"].endswith("small.yaml")
        assert where["physicalLocation"]["region"]["startLine"] == (mismatch["line"] or 1)


def test_bad_input_is_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    design, layout = str(folder / "small.yaml"), str(folder / "small.gds")
    odd = tmp_path / "odd.yaml"
    odd.write_text((folder / "small.yaml").read_text().replace(",o1", ",o17", 1))
    for words, part in (
        ([layout, str(odd)], "has no port 'o17'"),
        ([str(tmp_path / "none.gds"), design], "none.gds"),
        ([layout, str(tmp_path / "none.yaml")], "none.yaml"),
        ([design, design], "small.yaml"),
        ([layout, design, "--top", "nothing"], "nothing"),
        ([layout], "--process"),
        ([layout, "--process", "soi220", "--out", str(tmp_path / "x")], "--out"),
        ([layout, design, "--pictures", "-1"], "--pictures"),
    ):
        assert main(["lvs", *words]) == 2
        captured = capsys.readouterr()
        assert part in captured.err
        assert captured.err.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_without_a_design_open_ends_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lvs", str(folder / "small.gds"), "--process", "soi220"]) == 0
    out = capsys.readouterr().out
    assert "open ends" in out
    assert "metal:" in out


@pytest.mark.shared
@pytest.mark.parametrize("name", ["ebl24_rings.oas", "ebl24_mzi.oas"])
def test_layouts_of_others(shared: Path, name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["lvs", str(shared / "gds" / name), "--process", "soi220"]) == 0
    assert "WG: " in capsys.readouterr().out
