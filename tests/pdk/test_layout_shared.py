"""Layouts that nobody here wrote: they load, every shape is counted, and each marker has a place."""

from pathlib import Path

import pytest

from lingnan.pdk.drc.file import check_loaded
from lingnan.pdk.drc.violation import Report
from lingnan.pdk.layout import read_layout
from lingnan.pdk.process import load_process

pytestmark = pytest.mark.shared

SIEPIC = {"1/0": "WG", "1/10": "PORT", "10/0": "TEXT", "68/0": "DEVREC", "99/0": "FLOORPLAN", "998/0": "BB"}
SHUKSAN = SIEPIC | {"1/11": "PORTE", "6/0": "OXOPEN", "11/0": "HEATER", "12/0": "M2", "13/0": "PADOPEN"}
LNOI = {"2/0": "LN_RIB", "3/0": "LN_SLAB", "21/0": "TL"}
LTOI = {
    "2/10": "LN_RIB",
    "3/10": "LN_SLAB",
    "20/0": "TL",
    "22/0": "M2",
    "23/0": "HEATER",
    "40/0": "VIA_TL_M2",
    "41/0": "VIA_M2_HT",
}
#: process, layer map, top cell, flat shapes mapped and not mapped; the counts are those of the files' index
FILES: dict[str, tuple[str, dict[str, str], str | None, int, int]] = {
    "eb_minichip.gds": ("soi220", SIEPIC, None, 3024 + 184 + 150 + 224 + 8, 2 + 44 + 35),
    "eb_cwdm4.gds": ("soi220", SIEPIC, None, 45 + 174 + 6 + 150, 49834),
    "ebl24_rings.oas": ("soi220", SIEPIC, None, 96 + 320 + 777 + 384 + 1 + 384, 64),
    "ebl24_mzi.oas": ("soi220", SIEPIC, None, 108 + 104 + 149 + 128 + 1 + 200, 19),
    "ebl24_sin_cdc.gds": ("soi220", SIEPIC | {"4/0": "SIN"}, None, 90 + 11243 + 17 + 93 + 1 + 120, 20),
    "zep_laser_dfb.gds": ("soi220", SHUKSAN, None, 1 + 2 + 4 + 1670 + 2 + 1, 0),
    "shuksan_opa.gds": ("soi220", SHUKSAN, None, 223 + 428 + 172 + 64 + 3376 + 16 + 148 + 20 + 496 + 1, 24),
    "shuksan_laser_mzi.gds": ("soi220", SHUKSAN, None, 487 + 73 + 60 + 1781 + 2 + 18 + 6 + 67 + 1, 6),
    "lxt_mzm.gds": ("tfln400", LNOI, None, 7, 0),
    "lxt_trail.gds": ("tfln400", LNOI, None, 3, 0),
    "lxt_eops_terminated.gds": ("tfln400", LTOI, None, 71, 0),
    "gf_mzi2x2.gds": ("soi220", {"1/0": "WG"}, None, 26, 0),
    "gf_3tops.gds": ("soi220", {"66/0": "TEXT"}, "B", 1, 0),
    "ihp_topvia1.gds": ("soi220", {"126/0": "M1", "125/0": "VIA1"}, None, 18, 10),
    "ihp_topvia1_golden.gds": ("soi220", {"126/0": "M1", "125/0": "VIA1"}, None, 18, 30),
}


def check(name: str, shared: Path) -> Report:
    process_name, layer_map, top, *_ = FILES[name]
    process = load_process(process_name)
    return check_loaded(read_layout(shared / "gds" / name, process, layer_map=layer_map, top=top), process)


@pytest.mark.parametrize("name", FILES)
def test_every_shape_is_counted(name: str, shared: Path) -> None:
    process_name, layer_map, top, mapped, unmapped = FILES[name]
    loaded = read_layout(shared / "gds" / name, load_process(process_name), layer_map=layer_map, top=top)
    assert sum(count.shapes for count in loaded.counts if count.name) == mapped
    assert sum(count.shapes for count in loaded.unmapped) == unmapped
    for count in loaded.unmapped:
        assert any(f"{count.gds[0]}/{count.gds[1]} ({count.shapes})" in note for note in loaded.notes)


def test_no_file_is_forgotten(shared: Path) -> None:
    assert {path.name for path in (shared / "gds").iterdir() if path.suffix in (".gds", ".oas")} == set(FILES)


#: checked on every run; `make validate` takes the large ones too
SMALL = {
    "gf_mzi2x2.gds",
    "gf_3tops.gds",
    "ihp_topvia1.gds",
    "zep_laser_dfb.gds",
    "ebl24_rings.oas",
    "eb_cwdm4.gds",
}
NAMES = [name if name in SMALL else pytest.param(name, marks=pytest.mark.validate) for name in FILES]
#: Least value and number of markers of some faults, and what is to be seen there. Of every rule that reports in a file
#: the worst place was looked at in a picture, 61 in all; each is as its marker says.
SEEN: dict[str, dict[str, tuple[float, int, str]]] = {
    "ebl24_rings.oas": {
        "WG.S": (0.0695, 16, "gaps of 70 to 110 nm between rings and buses, drawn for a finer line"),
        "WG.OPEN": (0.5, 32, "guides end at gratings that are black boxes"),
        "WG.BEND": (2.408, 33, "Bezier corners of 5 um, and rings of 3 um"),
    },
    "eb_cwdm4.gds": {
        "WG.OPEN": (0.06, 20, "tips of tapers end in nothing by design"),
        "DEV.OVL": (1.9991, 8, "outlines of devices overlap where guides of a coupler come together"),
    },
    "ebl24_mzi.oas": {
        "WG.BEND": (2.408, 34, "Bezier corners of 5 um"),
        "WG.PAR": (1.402, 2, "arms of spirals 1 um apart, followed round their bends"),
    },
    "eb_minichip.gds": {
        "WG.PAR": (1.5093, 6, "arms of six spirals, 1.5 and 2 um apart"),
        "WG.OPEN": (0.06, 1, "a tip ends in nothing by design; thousands of lines of gratings do not count"),
        "WG.BEND": (2.4625, 8, "Bezier corners of 5 um"),
    },
    "ebl24_sin_cdc.gds": {
        "SIN.PAR": (1.9051, 2, "two couplers of two gratings side by side, with the guides that lead there"),
        "SIN.W": (0.12, 2, "tips of terminators"),
    },
    "shuksan_opa.gds": {
        "WG.PAR": (0.648, 21, "16 spirals with gaps of 0.5 um, and five bundles of guides 3 to 4 um apart"),
        "WG.S": (0.062, 8, "guides that should meet"),
        "M2.S": (1.95, 3, "leads at 1.95 of 2 um"),
    },
    "shuksan_laser_mzi.gds": {
        "WG.S": (0.0993, 436, "notches of the combs of a subwavelength splitter, one marker each"),
        "WG.W": (0.1, 470, "the teeth between them"),
        "WG.PAR": (3.4583, 1, "both arms of the interferometer, from splitter to splitter"),
        "WG.OPEN": (0.35, 14, "guides of black boxes; the teeth of the subwavelength splitter do not count"),
        "M2.SLOT": (700.0, 2, "pads of 0.7 mm"),
    },
    "lxt_mzm.gds": {
        "BEND.R": (40.913, 6, "Euler bends that are tightest in their middle, 41 of 50 um"),
        "TL.X.RIB": (54.146, 4, "guides cross the edges of the electrodes where these open towards their pads"),
        "MOD.DIR": (4.151, 8, "bends of ribs where the electrodes begin, each side of two arms, twice at each"),
    },
    "lxt_eops_terminated.gds": {
        "MOD.DIR": (19.576, 1, "a rib that bends between electrodes; its taper of 100 um behind it runs straight"),
        "VIA.S.HT": (10.5, 4, "resistor vias at 10.5 of 12 um"),
    },
    "ihp_topvia1.gds": {
        "VIA1.W": (0.38, 12, "vias of 0.42 and less where 1 um is asked for"),
        "VIA1.S": (0.38, 4, "fields of four vias 0.38 apart"),
        "VIA1.E.M2": (0.0, 12, "nothing is mapped to the second metal"),
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_check_ends_with_markers_that_a_person_confirms(name: str, shared: Path) -> None:
    report = check(name, shared)
    assert report.rules
    for violation in report.violations:
        left, bottom, right, top = violation.bbox
        assert left <= right
        assert bottom <= top
        assert violation.cell.startswith(report.top)
        assert violation.message
    for rule, (least, number, why) in SEEN.get(name, {}).items():
        values = [fault.value for fault in report.violations if fault.rule == rule]
        assert len(values) == number, why
        assert min(values) == pytest.approx(least, abs=0.0012, rel=0.003 if "BEND" in rule else 0), why


def test_interferometer_of_a_public_kit_is_clean(shared: Path) -> None:
    assert not check("gf_mzi2x2.gds", shared).violations


def test_via_case_of_a_cmos_kit_is_found_under_its_own_limits(shared: Path) -> None:
    """The golden markers of that file are spaces and enclosures of 0.42 µm vias; here a via of 1 µm is asked for."""
    found = {violation.rule for violation in check("ihp_topvia1.gds", shared).violations}
    assert "VIA1.W" in found
