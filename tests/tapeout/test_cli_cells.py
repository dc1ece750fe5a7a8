"""`lingnan cells` and `lingnan cell`: what they print, what they write, and what they refuse in one line."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.components import soi
from lingnan.tapeout.cli import main


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert error.startswith("lingnan: ")
    assert error.count("\n") == 1
    return error


def test_cells_lists_every_cell_with_parameters_and_defaults(capsys: pytest.CaptureFixture[str]):
    assert main(["cells", "--process", "soi220"]) == 0
    text = capsys.readouterr().out
    for name in soi.cells:
        assert f"  {name} " in text
    assert "Ring on one bus: a notch filter." in text
    assert "(radius=10.0, gap=None, cross_section='strip')" in text


def test_cells_without_a_process_lists_all_processes(capsys: pytest.CaptureFixture[str]):
    assert main(["cells", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["process"] for row in rows} >= {"soi220", "tfln600"}
    ring = next(row for row in rows if (row["process"], row["name"]) == ("soi220", "ring_single"))
    assert ring["parameters"][1] == {"name": "gap", "kind": "number", "default": None, "optional": True}


@pytest.mark.parametrize("ending", ["gds", "oas"])
def test_cell_writes_a_layout_without_metadata(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "new" / f"arm.{ending}"
    words = ["cell", "mzi", "--process", "soi220", "--set", "delta_length=10", "--set", "heater=true"]
    assert main([*words, "--out", str(path)]) == 0
    text = capsys.readouterr().out
    assert "mzi" in text
    assert "e1: electrical at" in text
    assert "delta_length_um = 10.0" in text
    layout = kdb.Layout()
    layout.read(str(path))
    assert layout.top_cell().name == "mzi"
    assert not layout.top_cell().begin_shapes_rec(layout.layer(1, 0)).at_end()
    content = path.read_bytes()
    assert b"kfactory" not in content
    assert b"CONTEXT_INFO" not in content  # KLayout's cell for metadata, on which 0.28.5 stumbles
    assert sorted(item.name for item in path.parent.iterdir()) == [path.name]


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_cell_draws_a_picture(ending: str, start: bytes, tmp_path: Path):
    path = tmp_path / f"ring.{ending}"
    assert main(["cell", "ring_single", "--process", "soi220", "--out", str(path)]) == 0
    assert path.read_bytes().startswith(start)


def test_cell_goes_to_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert main(["cell", "pad", "--process", "soi220", "--set", "size=[80, 90]"]) == 0
    layout = kdb.Layout()
    layout.read("pad.gds")
    box = layout.top_cell().dbbox()
    assert (box.width(), box.height()) == (80.0, 90.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mzy"], "Did you mean mzm or mzi"),
        (["mzi", "--set", "delta_lenght=3"], "Did you mean delta_length"),
        (["mzi", "--set", "delta_length=long"], "delta_length = 'long' is not a number"),
        (["mzi", "--set", "heater=perhaps"], "heater = 'perhaps' is not true or false"),
        (["spiral", "--set", "turns=2.5"], "turns = '2.5' is not a whole number"),
        (["bend_s", "--set", "size=12"], "size = '12' is not 2 numbers"),
        (["straight", "--set", "cross_section=ribb"], "Did you mean rib"),
        (["straight", "--set", "width=0.1"], "rule WG.W"),
        (["straight", "--set", "width"], "not of the form k=v"),
        (["straight", "--set", "width=1", "--set", "width=2"], "given twice"),
        (["straight", "--out", "straight.dxf"], "'.dxf'"),
        (["straight", "--out", "."], "is a folder"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_written(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    out = [] if "--out" in words else ["--out", "cell.gds"]
    assert main(["cell", *words, *out, "--process", "soi220"]) == 2
    assert said in one_line(capsys)
    assert not list(tmp_path.iterdir())


def test_unknown_process_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["cells", "--process", "soi221"]) == 2
    assert "soi220" in one_line(capsys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere; run as a user to test a folder without rights")
def test_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    tmp_path.chmod(0o500)
    assert main(["cell", "pad", "--process", "soi220", "--out", str(tmp_path / "pad.gds")]) == 2
    assert "cannot be written" in one_line(capsys)


def test_out_below_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert main(["cell", "pad", "--process", "soi220", "--out", str(tmp_path / "file" / "pad.gds")]) == 2
    assert "cannot be written" in one_line(capsys)


@pytest.mark.klayout_app
@pytest.mark.skipif(shutil.which("klayout") is None, reason="needs the KLayout application: apt-get install klayout")
def test_the_klayout_application_opens_it(tmp_path: Path):
    path = tmp_path / "grating.gds"
    assert main(["cell", "grating_coupler", "--process", "soi220", "--out", str(path)]) == 0
    script = tmp_path / "read.py"
    script.write_text(
        "import pya\nlayout = pya.Layout()\nlayout.read(path)\n"
        "print('TOP', layout.top_cell().name, layout.top_cell().bbox().width())\n"
    )
    done = subprocess.run(
        ["klayout", "-b", "-rd", f"path={path}", "-r", str(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert "TOP grating_coupler" in done.stdout
