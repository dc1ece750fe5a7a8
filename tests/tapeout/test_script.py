"""What a Python script draws: whole files, bytes that depend on shapes alone, and faults that point to its lines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lingnan.components import soi
from lingnan.pdk import SOI220
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.cli import main
from lingnan.tapeout.script import write_layout

SCRIPT = """\
import gdsfactory as gf
from lingnan.components import soi
from lingnan.pdk import SOI220
from lingnan.tapeout.script import write_layout

SOI220.activate()


@gf.cell
def sliver_of_a_script():
    c = gf.Component()
    c.add_polygon([(0, 0), (10, 0), (10, 0.05), (0, 0.05)], layer="WG")
    return c


top = gf.Component()
first = top << soi.straight(length=23.4, width=0.4)
again = top << soi.straight(length=23.4, width=0.4)
again.rotate(90)
top << soi.mzi(delta_length=11.3)
sliver = top << sliver_of_a_script()
sliver.movey(300)
top.add_polygon([(0, 200), (10, 200), (10, 200.1), (0, 200.1)], layer="WG")
write_layout(top, "build/drawn.gds")
"""


def line(text: str) -> int:
    return next(number for number, one in enumerate(SCRIPT.splitlines(), 1) if text in one)


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("draw.py").write_text(SCRIPT)
    # a process of its own: cells that another test has drawn would be handed out as they are
    subprocess.run([sys.executable, "draw.py"], check=True, capture_output=True, text=True)
    return tmp_path / "build" / "drawn.gds"


def test_every_cell_has_the_line_that_drew_it(drawn: Path) -> None:
    sources = json.loads(drawn.with_suffix(".sources.json").read_text())["sources"]
    assert {entry["file"] for entry in sources.values()} == {"../draw.py"}
    lines = {name: entry["line"] for name, entry in sources.items()}
    straight = next(name for name in lines if name.startswith("straight_L23p4"))
    assert lines[straight] == line("first =")  # the second call was handed the same cell
    arms = [name for name in lines if name.startswith(("mmi1x2", "mzi"))]
    assert len(arms) >= 2
    assert {lines[name] for name in arms} == {line("soi.mzi")}  # the cells inside a cell come from the same call
    assert lines["sliver_of_a_script"] in (line("@gf.cell"), line("def sliver"))
    assert lines["unnamed"] == line("write_layout(top")


def test_faults_point_to_the_script(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drc", "build/drawn.gds", "--process", "soi220", "--format", "sarif", "--no-cache"]) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    places = {
        (place["artifactLocation"]["uri"], place["region"]["startLine"])
        for result in results
        if result["ruleId"] == "WG.W"
        for place in [result["locations"][0]["physicalLocation"]]
    }
    assert ("draw.py", line("write_layout(top")) in places
    assert places & {("draw.py", line("@gf.cell")), ("draw.py", line("def sliver"))}


def test_the_same_script_gives_the_same_bytes(drawn: Path) -> None:
    before = drawn.read_bytes()
    # a process of its own: cells that another test has drawn would be handed out as they are
    subprocess.run([sys.executable, "draw.py"], check=True, capture_output=True, text=True)
    assert drawn.read_bytes() == before
    assert b"kfactory" not in before
    assert sorted(path.name for path in drawn.parent.iterdir()) == ["drawn.gds", "drawn.sources.json"]


@pytest.mark.parametrize(("name", "said"), [("a.gdx", "ends in '.gdx'"), ("folder.gds/a.gds", "cannot be written")])
def test_a_place_that_cannot_be_is_refused(name: str, said: str, tmp_path: Path) -> None:
    SOI220.activate()
    (tmp_path / "folder.gds").write_text("a file")
    with pytest.raises(LingnanError, match=said):
        write_layout(soi.straight(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.gds"]
