"""The report of `make validate`: it tells inside from outside, and writes what it says. The cases run there."""

from pathlib import Path

import numpy as np
import pytest

from lingnan.solvers import validation
from lingnan.solvers.meep import MeepNotFoundError
from lingnan.solvers.validation import __main__ as command
from lingnan.solvers.validation import measured, report
from lingnan.solvers.validation.case import Case, Found, Row, carry_out, rows


def case(name: str, value: float, tolerance: float = 0.1) -> Case:
    return Case(
        name,
        "examples",
        "nobody, Journal 1, 1 (2000)",
        "why not",
        lambda: Found(rows(["q"], [value], [1.0], tolerance)),
    )


def failing(error: Exception) -> Case:
    def run() -> Found:
        raise error

    return Case("broken", "examples", "nobody", "why not", run)


def test_there_are_enough_cases_and_each_has_its_own_figure() -> None:
    assert len(validation.CASES) >= 25
    pictures = {report._picture(validation.Outcome(c, 0.0)) for c in validation.CASES}
    assert len(pictures) == len(validation.CASES)
    assert all(c.source and c.because for c in validation.CASES)


@pytest.mark.parametrize(("value", "inside"), [(1.0999, True), (1.1001, False), (float("nan"), False)])
def test_a_number_is_inside_up_to_its_tolerance(value: float, inside: bool) -> None:
    assert Row("q", value, 1.0, 0.1).inside is inside
    assert carry_out(case("one", value)).passed is inside


def test_what_a_case_raises_is_its_outcome() -> None:
    broken, without = carry_out(failing(RuntimeError("no luck"))), carry_out(failing(MeepNotFoundError("get Meep")))
    assert (broken.passed, report.verdict(broken), broken.failure) == (False, "OUTSIDE", "RuntimeError: no luck")
    assert (report.verdict(without), without.skipped) == ("skipped", "get Meep")


def test_the_report_is_written_and_the_status_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = case("good one", 1.05), case("bad | one", 1.2)
    monkeypatch.setattr(command, "CASES", (good, failing(MeepNotFoundError("get Meep"))))
    assert command.main(["--out", str(tmp_path / "fine"), "--jobs", "1"]) == 0
    monkeypatch.setattr(command, "CASES", (good, bad))
    assert command.main(["--out", str(tmp_path), "--jobs", "1"]) == 1
    assert command.main(["--only", "nothing of the kind"]) == 2
    table, page = (tmp_path / "validation.md").read_text(), (tmp_path / "index.html").read_text()
    assert "1.20" in table
    assert "OUTSIDE" in table
    assert r"bad \| one" in table
    assert page.count("<img") == 2
    assert all((tmp_path / name).stat().st_size > 1000 for name in ("good-one.png", "bad---one.png"))


def test_cases_side_by_side_bring_their_numbers_and_figures_back(tmp_path: Path) -> None:
    assert command.main(["--out", str(tmp_path), "--only", "materials: s"]) == 0
    page = (tmp_path / "index.html").read_text()
    assert page.count("<img") == 3
    assert all(
        (tmp_path / name).stat().st_size > 1000 for name in ("silicon-by-li.png", "silica-and-silicon-nitride.png")
    )


def test_a_ring_tells_its_index_and_its_loss() -> None:
    efficiency, low, high = measured._turn()
    n_g = measured.WAVELENGTH**2 / (measured.SPACING * measured.LENGTH)
    slope = n_g * measured.TUNING / measured.WAVELENGTH  # of n_eff by volt, from δλ/λ = δn/n_g
    assert efficiency == pytest.approx(1e-4 * measured.WAVELENGTH / (2 * slope), rel=1e-12)
    lifetime = measured.Q * measured.WAVELENGTH / (2 * np.pi * 299.792458)  # of the loaded energy [ps]
    critical = 10 / np.log(10) * n_g / (2 * 2.99792458e-2 * lifetime)  # half of the loss is the coupler's
    assert (low + high) / 2 == pytest.approx(critical, rel=1e-12)
    assert low < critical < high
