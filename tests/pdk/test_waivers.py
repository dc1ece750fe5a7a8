"""Waivers let known faults pass, until they expire; the rest is reported."""

import datetime
from dataclasses import replace
from typing import Any

import pytest

from lingnan.pdk.drc.violation import Report, Violation
from lingnan.pdk.drc.waivers import apply_waivers, read_waivers
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process

TODAY = datetime.date(2027, 3, 1)
ENTRY = {"rule": "WG.S", "reason": "measured", "owner": "a@b.org", "expires": "2027-03-01"}
GAP = Violation(
    "WG.S",
    "space",
    "error",
    0.19,
    0.2,
    "um",
    "WG",
    "TOP/ring_3",
    (10.0, 10.0, 10.2, 14.0),
    "guide space, found 0.19 µm",
)
REPORT = Report("soi220", "chip.gds", "TOP", (), ("WG.W", "WG.S"), (GAP, replace(GAP, rule="WG.W", cell="TOP/mmi_1")))


def waive(*entries: dict[str, Any]) -> Report:
    return apply_waivers(REPORT, read_waivers({"waivers": [ENTRY | entry for entry in entries]}, SOI), TODAY)


SOI = load_process("soi220")


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"rule": "WG.*", "cell": "ring_*"},
        {"rule": "*", "cell": "TOP", "region": [9, 9, 10.2, 20]},
        {"cell": "ring_3"},
    ],
)
def test_waived_on_the_last_day(entry: dict[str, Any]) -> None:
    report = waive(entry)
    assert GAP.rule in {one.rule for one in report.waived}
    assert "measured (a@b.org, until 2027-03-01)" in report.waived[0].waived_by
    assert len(report.waived) + len(report.violations) == 2
    assert not report.notes


@pytest.mark.parametrize(
    "entry", [{"rule": "WG.A"}, {"cell": "ring"}, {"region": [0, 0, 10.1, 20]}, {"cell": "RING_*"}]
)
def test_unused_waiver_is_reported(entry: dict[str, Any]) -> None:
    report = waive(entry)
    assert report.violations == REPORT.violations
    assert len(report.notes) == 1
    assert "unused" in report.notes[0]


def test_expired_waiver_lets_nothing_pass_and_is_reported() -> None:
    report = waive({"expires": "2027-02-28"})
    assert report.violations == REPORT.violations
    assert "expired on 2027-02-28" in report.notes[0]
    assert "1 faults stand" in report.notes[0]


def test_date_as_other_yaml_readers_give_it() -> None:
    assert waive({"expires": datetime.date(2027, 3, 2)}).waived


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        ({"rule": "WG.SS"}, "Did you mean WG.S"),
        ({"cells": "x"}, "unknown key 'cells'. Did you mean cell"),
        ({"reason": " "}, "has no reason"),
        ({"owner": None}, "has no owner"),
        ({"expires": "soon"}, "is not a date"),
        ({"region": [0, 0, 1]}, "not four numbers"),
        ({"region": [1, 0, 0, 1]}, "is empty"),
        ({"region": "all"}, "not four numbers"),
    ],
)
def test_bad_waiver_says_what_to_do(entry: dict[str, Any], part: str) -> None:
    with pytest.raises(LingnanError, match=part):
        waive(entry)


@pytest.mark.parametrize("table", [{"waivers": "all"}, {"waiver": []}, {"waivers": ["WG.S"]}])
def test_bad_file_says_what_to_do(table: dict[str, Any]) -> None:
    with pytest.raises(LingnanError):
        read_waivers(table, SOI)
