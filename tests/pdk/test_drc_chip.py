"""The benchmark's chip in small: what was planted is found, unfolded or not, and a kept result is the computed one."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.pdk.drc import Report, check
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("drcchip", FOLDER / "drcchip.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["drcchip"] = module
    spec.loader.exec_module(module)
    return module


def found(report: Report) -> Counter[tuple[str, float | None, tuple[float, float, float, float]]]:
    return Counter((violation.rule, violation.value, violation.bbox) for violation in report.violations)


def test_a_flat_copy_has_the_same_faults(bench):
    layout, top, planted = bench.build(SOI, sites=8, cells=6)
    deep = check(layout, top, SOI, threads=1)
    assert {plant.rule for plant in planted if plant.fault} <= {violation.rule for violation in deep.violations}
    assert found(check(layout, top, SOI, deep=False, threads=1)) == found(deep)


def test_after_a_change_in_one_cell_kept_results_are_those_from_nothing(bench, tmp_path):
    layout, top, _ = bench.build(SOI, sites=5, cells=4)
    check(layout, top, SOI, cache=tmp_path, threads=1)
    cell = layout.cell("DEVICE1")
    cell.shapes(layout.layer(*SOI.layers["M2"].gds)).insert(kdb.DBox(20, 180, 21, 195))  # narrower than M2.W
    again = check(layout, top, SOI, cache=tmp_path, threads=1)
    fresh = check(layout, top, SOI, threads=1)
    assert again.violations == fresh.violations
    assert any(violation.rule == "M2.W" for violation in again.violations)
    assert "M2.W" in again.seconds  # its layer changed
    assert "WG.W" not in again.seconds  # kept
