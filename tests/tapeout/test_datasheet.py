"""Data sheets: what the page says is what cell, rules and model say, and it asks nothing from anywhere."""

import inspect
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gdsfactory as gf
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.compact import store
from lingnan.components.registry import Cell, cells_of
from lingnan.components.trace import traced
from lingnan.pdk import SOI220, TFLN600, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout import cli
from lingnan.tapeout.datasheet import page
from lingnan.tapeout.datasheet.page import write_index, write_page
from lingnan.tapeout.datasheet.sheet import gather
from lingnan.tapeout.ownership import LIST

CELLS = [(pdk, cell) for pdk in (SOI220, TFLN600) for cell in cells_of(pdk).values()]


class Page(HTMLParser):
    """Rows of the tables, by the title of their section, and every address that the page names."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self.addresses: list[str] = []
        self.title, self.inside, self.open = "", "", []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)
        assert not self.open, "tags that are not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "data", "action")]
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)
        self.inside = tag
        if tag == "h2":
            self.title = ""
        if tag == "tr":
            self.rows.setdefault(self.title, []).append([])
        if tag in ("td", "th"):
            self.rows[self.title][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside == "h2":
            self.title, self.inside = data, ""
        elif {"td", "th"} & set(self.open):
            self.rows[self.title][-1][-1] += data


def made(tmp_path: Path, pdk: Any, name: str, **settings: Any) -> Page:
    sheet = gather(pdk, name, settings, corners=[])  # no model runs: that may take minutes
    write_page(sheet, tmp_path / "page.html", tmp_path)
    return Page(tmp_path / "page.html")


def test_page_says_ports_parameters_limits_rules_and_process(tmp_path: Path):
    found = made(tmp_path, SOI220, "coupler", gap=0.25)
    assert [row[0] for row in found.rows["Ports"][1:]] == ["o1", "o2", "o3", "o4"]
    assert found.rows["Ports"][1][1:] == ["optical", "-9.770", "-2.000", "180", "0.45", "WG"]
    parameters = {row[0]: row[1:] for row in found.rows["Parameters"][1:]}
    assert list(parameters) == ["gap", "length", "dy", "dx", "cross_section"]
    assert parameters["gap"][0] == "0.25"
    assert "≥ 0.2 rule WG.S" in parameters["gap"][2]
    assert SOI220.process.rules["WG.S"].limit.source in parameters["gap"][2]
    assert "minimum bend radius 5 of strip" in parameters["dx"][2]
    provenance = dict(found.rows["Where it comes from"][1:])
    assert provenance["process"] == SOI220.process.stamp
    assert f"{len(SOI220.process.representative)} representative" in provenance["its numbers"]
    assert "DRC: clean" in found.text


def test_page_asks_nothing_from_anywhere(tmp_path: Path):
    found = made(tmp_path, SOI220, "pad")
    assert found.addresses
    assert all(address.startswith("data:image/png;base64,") for address in found.addresses)
    assert "<script" not in found.text
    assert "url(" not in found.text


def test_cell_without_a_model_says_so(tmp_path: Path):
    found = made(tmp_path, TFLN600, "pad")
    assert "No model of pad exists yet." in found.text
    assert "Model" not in found.rows


def test_numbers_of_the_process_come_with_their_sources(tmp_path: Path):
    found = made(tmp_path, TFLN600, "grating_coupler_y")
    rows = {row[0]: row[1:] for row in found.rows["Numbers taken from the process"][1:]}
    number = TFLN600.process.quantity("cells.grating_periods")
    assert rows["cells.grating_periods"] == [f"{number.value:g}", number.unit, number.status, number.source]


def test_violations_are_on_the_page(tmp_path: Path):
    sheet = gather(SOI220, "wire_corner", {"width": 1000.0}, corners=[])  # metal 2 wider than 30 µm asks for slots
    assert sheet.warnings
    assert not sheet.errors
    write_page(sheet, tmp_path / "page.html", tmp_path)
    found = Page(tmp_path / "page.html")
    assert {row[0] for row in found.rows["Design rules"][1:]} >= {"M2.SLOT"}
    assert re.search(r"DRC: \d+ warnings?", found.text)


def test_spectra_of_a_straight_are_its_loss_and_its_delay():
    sheet = gather(SOI220, "straight", {"length": 1e4}, ["nominal"])  # 1 cm
    assert sheet.spectra is not None
    assert sheet.spectra.paths == (("o1", "o2"),)
    loss = SOI220.process.cross_sections["strip"].loss
    assert loss is not None
    assert_allclose(sheet.spectra.by_corner["nominal"], -loss.value, rtol=1e-12)  # dB/cm: closed form
    from lingnan.components.compact.guides import guide

    n_g = float(guide(SOI220.process, "strip").n_g(1.55))
    # 1e4 µm at c / n_g, in ps; the central difference over 2 pm errs with its square, round-off with 1e-16 / 2e-6
    assert_allclose(sheet.spectra.delay["nominal"], 1e4 * n_g / 299.792458, rtol=1e-6)


@pytest.mark.parametrize(("pdk", "cell"), CELLS, ids=[f"{pdk.name}-{cell.name}" for pdk, cell in CELLS])
def test_limits_that_are_told_are_kept(pdk: Any, cell: Cell):
    """Every limit of a plain number lies on the right side of the value, and beyond it the cell is refused."""
    pdk.activate()
    with traced() as trace:
        inspect.unwrap(cell.function)().delete()
    kinds = {one.name: one.kind for one in cell.parameters}
    for limit in trace.of(cell.name):
        assert limit.low is None or limit.value >= limit.low - 1e-9, limit
        assert limit.high is None or limit.value <= limit.high + 1e-9, limit
        kind = kinds.get(limit.parameter)
        if kind not in ("number", "integer"):
            continue
        step = 1 if kind == "integer" else 0.01  # beyond what is rounded to the mask grid
        for value in (limit.low - step if limit.low is not None else None, limit.high and limit.high + step):
            if value is not None:
                with pytest.raises(LingnanError, match=cell.name):
                    cell.function(**{limit.parameter: value})


def test_index_leads_to_every_page(tmp_path: Path):
    sheets = [gather(SOI220, name, corners=[]) for name in ("pad", "wire_corner")]
    write_index(SOI220.process, sheets, {"ring": "it broke"}, tmp_path / "index.html")
    found = Page(tmp_path / "index.html")
    assert found.addresses == ["pad.html", "wire_corner.html"]
    assert [row[0] for row in found.rows["Cells"][1:]] == ["pad", "wire_corner", "ring"]
    assert found.rows["Cells"][-1][1:3] == ["it broke", "no page"]


def test_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = tmp_path / "sheets" / "pad.html"
    assert cli.main(["datasheet", "pad", "--process", "tfln600", "--set", "size=100,90", "--out", str(target)]) == 0
    assert "DRC clean" in capsys.readouterr().out
    assert list(target.parent.iterdir()) == [target]
    assert "Drawn with size = (100.0, 90.0)" in target.read_text(encoding="utf-8")


def test_a_cell_that_fails_costs_its_own_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Between one whose light only comes back and one whose model nobody has solved."""

    @gf.cell
    def broken() -> gf.Component:
        """Never drawn."""
        raise RuntimeError("it broke")

    def unsolved(*, wl: float = 1.55, corner: str = "nominal") -> Any:
        """A model."""
        return store.recalled("soi220", "device pad 0", lambda: pytest.fail("solved without being asked"))

    few = {"broken": broken, **{name: SOI220.cells[name] for name in ("pad", "terminator")}}
    pdk = SOI220.model_copy(update={"cells": few, "models": {**SOI220.models, "pad": unsolved}})
    monkeypatch.setattr("lingnan.pdk.build_pdk", lambda _: pdk)
    folder = tmp_path / "sheets"
    assert cli.main(["datasheet", "--all", "--process", "soi220", "--out", str(folder)]) == 1
    said = capsys.readouterr()
    assert "1 of 3, broken: no page: RuntimeError: it broke" in said.out
    assert "pad: DRC clean, no spectra (device pad of process soi220 is not solved yet)" in said.out
    assert "no page of broken" in said.err
    assert {path.name for path in folder.iterdir()} == {LIST, "index.html", "pad.html", "terminator.html"}
    assert "o1 to o1" in Page(folder / "terminator.html").text
    # and all is well without it
    del few["broken"]
    assert cli.main(["datasheet", "--all", "--process", "soi220", "--out", str(folder)]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mmi1x3", "--process", "soi220"], "no cell 'mmi1x3'. Did you mean mmi3x3 or mmi1x2"),
        (["pad", "--process", "soi"], "soi220"),
        (["pad", "--process", "soi220", "--set", "sise=3"], "Did you mean size?"),
        (["pad", "--process", "soi220", "--set", "size=3,3"], "PAD.W"),
        (["pad", "--process", "soi220", "--corner", "hott"], "Did you mean hot"),
        (["pad", "--process", "soi220", "--out", "pad.pdf"], "a data sheet is .html"),
        (["pad", "--process", "soi220", "--all"], "or --all"),
        (["--process", "soi220"], "give the name of a cell"),
        (["--all", "--process", "soi220", "--set", "size=9,9"], "--set is for one cell"),
    ],
)
def test_bad_words_are_one_line_and_leave_nothing(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["datasheet", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_an_older_page_stays_when_the_new_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "pad.html"
    target.write_text("older")

    def fail(*_: object) -> str:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(page, "_provenance", fail)
    assert cli.main(["datasheet", "pad", "--process", "soi220", "--out", str(target)]) == 2
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


def test_a_line_of_ones_own_gives_its_own_limits(tmp_path: Path):
    overlay = tmp_path / "mine.toml"
    overlay.write_text(
        '[process]\nname = "mine"\nextends = "soi220"\n[rules."WG.S"]\n'
        'limit = { value = 0.3, unit = "um", source = "the line", status = "foundry" }\n'
        '[cells]\ncoupler_gap = { value = 0.35, unit = "um", source = "the line", status = "foundry" }\n'
    )
    sheet = gather(build_pdk(str(overlay)), "coupler", corners=[])
    limit = next(one for one in sheet.limits if one.reason == "WG.S")
    assert (limit.parameter, limit.value, limit.low) == ("gap", 0.35, 0.3)
    assert sheet.numbers["cells.coupler_gap"].status == "foundry"


def test_small_values_are_not_lost_in_the_plot(tmp_path: Path):
    from lingnan.tapeout.datasheet import spectra

    waves = np.linspace(1.5, 1.6, 11)
    flat = spectra.Spectra(waves, (("o1", "o2"),), "", "", {"nominal": np.full((1, 11), -0.002)}, {})
    assert spectra.draw(flat, tmp_path / "flat.png").stat().st_size > 1000
