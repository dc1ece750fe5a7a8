"""`lingnan drc` and `lingnan klayout`: exit status, one-line errors, whole folders."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.tapeout import cli
from lingnan.tapeout.ownership import LIST


@pytest.fixture
def chip(tmp_path: Path) -> Path:
    """A guide of 0.17 µm, on layer 3/7 of a foreign file, and a box on a layer that nobody knows."""
    layout = kdb.Layout()
    cell = layout.create_cell("TOP")
    cell.shapes(layout.layer(3, 7)).insert(kdb.DBox(0, 0, 0.17, 20))
    cell.shapes(layout.layer(200, 0)).insert(kdb.DBox(0, 0, 1, 1))
    layout.write(str(tmp_path / "chip.gds"))
    (tmp_path / "map.yaml").write_text('"3/7": WG\n')
    return tmp_path / "chip.gds"


def drc(*words: object) -> int:
    return cli.main(["drc", *(str(word) for word in words), "--process", "soi220", "--no-cache"])


def test_faults_give_1_and_every_format(chip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report"
    assert drc(chip, "--layer-map", tmp_path / "map.yaml", "--out", out, "--format", "json", "--pictures", 1) == 1
    said = capsys.readouterr()
    data = json.loads(said.out)
    assert {one["rule"] for one in data["violations"]} >= {"WG.W"}
    assert any("200/0 (1)" in note for note in data["notes"])
    assert said.err == ""
    assert {path.name for path in out.iterdir()} >= {"drc.txt", "drc.json", "drc.sarif", "drc.junit.xml", "drc.lyrdb"}
    assert len(list(out.glob("001_*.png"))) == 1
    assert json.loads((out / "drc.json").read_text())["violations"] == data["violations"]


def test_waived_faults_give_0(chip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text("waivers:\n  - {rule: 'WG.*', reason: test, owner: me, expires: 2999-01-01}\n")
    assert drc(chip, "--layer-map", tmp_path / "map.yaml", "--waivers", waivers) == 0
    assert "waived: WG.W" in capsys.readouterr().out
    waivers.write_text("waivers:\n  - {rule: 'WG.*', reason: test, owner: me, expires: 1999-01-01}\n")
    assert drc(chip, "--layer-map", tmp_path / "map.yaml", "--waivers", waivers) == 1
    assert "expired on 1999-01-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["nowhere.gds"], "no such layout file"),
        (["{chip}"], "Say which is which with --layer-map"),
        (["{chip}", "--top", "TOPP"], "Did you mean TOP"),
        (["{chip}", "--layer-map", "nowhere.yaml"], "no such layer map"),
        (["{chip}", "--layer-map", "{chip}"], "chip.gds"),
        (["{chip}", "--waivers", "nowhere.yaml"], "no such waivers file"),
        (["{chip}", "--pictures", "-1"], "below 0"),
        (["{chip}", "--pictures", "3"], "Add --out DIR"),
        (["{chip}", "--format", "xml"], "invalid choice"),
    ],
)
def test_bad_input_gives_2_and_one_line(
    words: list[str], part: str, chip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drc(*(word.format(chip=chip) for word in words)) == 2
    said = capsys.readouterr()
    assert part in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_unknown_process_gives_2(chip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drc", str(chip), "--process", "soi221"]) == 2
    assert "soi220" in capsys.readouterr().err


def test_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    """A polite kill while a large layout is checked."""
    layout = kdb.Layout()
    cell, unit = layout.create_cell("TOP"), layout.create_cell("unit")
    circle = kdb.DPolygon.ellipse(kdb.DBox(0, 0, 9, 9), 200)
    for layer in ((1, 0), (34, 0), (41, 0)):
        unit.shapes(layout.layer(*layer)).insert(circle)
    for row in range(120):  # not an array: every place is different for a hierarchical check
        cell.insert(
            kdb.DCellInstArray(
                unit.cell_index(),
                kdb.DCplxTrans(1, row, False, 0, 10 * row),
                kdb.DVector(8.9, 0),
                kdb.DVector(),
                120,
                1,
            )
        )
    layout.write(str(tmp_path / "large.gds"))
    out = tmp_path / "report"
    words = [sys.executable, "-m", "lingnan.tapeout.cli", "drc", "large.gds", "--process", "soi220", "--no-cache"]
    running = subprocess.Popen([*words, "--out", str(out)], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    time.sleep(2.5)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 2, said
    assert said.strip() == "lingnan: interrupted; nothing half-written is left"
    assert os.listdir(tmp_path) == ["large.gds"]


def test_drc_does_not_load_the_layout_framework(chip: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from lingnan.tapeout.cli import main; "
        "main(['drc', sys.argv[1], '--process', 'soi220', '--no-cache', '--layer-map', sys.argv[2]]); "
        "print([m for m in ('gdsfactory', 'kfactory', 'jax', 'matplotlib') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(chip), str(tmp_path / "map.yaml")], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "[]"


def test_a_place_klayout_cannot_be_installed_to_is_named_by_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    assert cli.main(["klayout", "install", "--to", str(tmp_path / "file"), "--process", "soi220"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("lingnan: --to: ")
    assert error.count("\n") == 1


def test_klayout_export_and_install_write_whole_packages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["klayout", "export", "--out", str(tmp_path / "package"), "--process", "soi220"]) == 0
    files = {str(path.relative_to(tmp_path / "package")) for path in (tmp_path / "package").rglob("*.*")}
    assert files == {
        LIST,
        "grain.xml",
        "tech/soi220/soi220.lyt",
        "tech/soi220/soi220.lyp",
        "tech/soi220/d25/soi220.lyd25",
        "tech/soi220/drc/soi220.lydrc",
        "tech/soi220/libraries/lingnan_soi220.oas",
    }
    home = tmp_path / "home"
    assert cli.main(["klayout", "install", "--to", str(home)]) == 0
    assert (home / "salt" / "lingnan" / "grain.xml").is_file()
    said = capsys.readouterr().out
    assert "after its next start" in said
    (tmp_path / "file").write_text("")
    assert cli.main(["klayout", "install", "--to", str(tmp_path / "file")]) == 2
    assert cli.main(["klayout", "export", "--out", str(tmp_path / "file")]) == 2
