"""`process check` tells all that keeps a file from being a process, each once, and nothing that follows from it."""

from pathlib import Path

import pytest

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process, shipped_processes
from lingnan.pdk.process.refusals import refusals
from lingnan.tapeout.cli import main

HEAD = '[process]\nname = "mine"\ntitle = "mine"\nversion = "1"\nextends = "soi220"\n'
MANY = """
[layerz.WG]
gds = [1, 0]
[layers.WG]
gds = [1, -5]
[layers.M2]
purpose = "maks"
[films.si]
thickness = 0.22
[levels.core]
kind = "flim"
[cross_sections.rib]
kind = "optic"
[rules."WG.W"]
limit = { value = 0.2, unit = "um", source = "x", status = "forged" }
[rules."M1.S"]
kind = "spaec"
[rules."M9.S"]
kind = "space"
layer = "M9"
description = "space of a metal that is not there"
limit = { value = 1, unit = "um", source = "x", status = "foundry" }
[corners.mine]
shifts = { "films.sin.thicknes" = 1.0 }
temperature = { value = 300, unit = "K", source = "x", status = "foundry" }
"""


def mine(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", shipped_processes())
def test_what_ships_is_not_refused(name: str) -> None:
    assert refusals(name) == []


def test_each_refusal_is_told_once_and_nothing_that_follows_from_it(tmp_path: Path) -> None:
    found = refusals(mine(tmp_path, MANY))
    for words in (
        "unknown table [layerz]",
        "layers.WG: gds = [1, -5]",
        "layers.M2: purpose = 'maks'",
        "films.si.thickness",
        "levels.core: kind = 'flim'",
        "cross_sections.rib: kind = 'optic'",
        "rules.WG.W.limit: status 'forged'",
        'rules."M1.S": unknown kind',
        'rules."M9.S": unknown layer',
        "corners.mine: no number 'films.sin.thicknes'",
    ):
        assert sum(words in text for text in found) == 1, (words, found)
    assert len(found) == 10, found


def test_the_command_lists_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = mine(tmp_path, MANY)
    assert main(["process", "check", str(path)]) == 1
    out = capsys.readouterr().out
    assert out.count("error: ") == 10
    assert out.splitlines()[-1].startswith(f"{path}: 10 errors; it is no process yet")


def test_a_head_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("[process]\n", encoding="utf-8")
    found = refusals(path)
    heads = [f"process.{key}" for key in ("name", "title", "version", "platform")]
    assert [text.split()[0] for text in found[:4]] == heads
    assert "grid" in found[4]


def test_what_cannot_be_read_stays_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[process\n", encoding="utf-8")
    assert main(["process", "check", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_first_refusal_is_the_one_that_loading_tells(tmp_path: Path) -> None:
    path = mine(tmp_path, MANY)
    with pytest.raises(Exception, match="layerz"):
        load_process(path)
    assert "layerz" in refusals(path)[0]


def test_extends_above_the_tables_is_sent_to_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "soi220"\n[process]\nname = "mine"\nversion = "1"\n', encoding="utf-8")
    with pytest.raises(LingnanError, match=r"Move it under \[process\]"):
        load_process(str(path))
