"""The line as data: what is read, what is refused and in which words."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import evaluate, implants, layers_of, load_process, read_quantity, shipped_processes
from lingnan.pdk.process.check import check_process
from lingnan.pdk.process.quantity import UNITS
from lingnan.tapeout.cli import main

HEAD = '[process]\nname = "mine"\nversion = "1"\nextends = "soi220"\n'
NUMBER = '{{ value = {value}, unit = "um", sigma = 0.001, source = "their data sheet", status = "foundry" }}'


def overlay(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(HEAD + text)
    return path


@pytest.mark.parametrize("name", shipped_processes())
def test_shipped_processes_hold_together(name: str) -> None:
    process, findings = check_process(name)
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert [finding.where for finding in findings if "moves nothing" in finding.message] == []
    assert process.name == name
    assert process.layers
    assert process.rules
    assert process.levels


def test_a_dose_that_is_changed_without_its_sheet_is_said(tmp_path: Path) -> None:
    """Junctions follow the one, leads and heaters the other."""
    given = {where: share for where, share, _ in implants.shares(load_process("soi220"))}
    low = {where: share for where, share in given.items() if where.split(".")[1] in ("p", "n")}
    assert [round(share, 2) for share in low.values()] == [1.45, 1.49, 1.25, 1.23]
    assert [round(share, 2) for where, share in given.items() if where not in low] == [1.34, 1.27, 1.01, 1.0]
    dose = '{ value = 2e18, unit = "cm^-3", range = [1e18, 3e18], source = "theirs", status = "foundry" }'
    _, findings = check_process(overlay(tmp_path, f"[implants.n]\nconcentration = {dose}\n"))
    said = {one.where: one.message for one in findings if one.where.startswith("implants.")}
    assert list(said) == ["implants.n.sheet_resistance.core", "implants.n.sheet_resistance.slab"]
    assert re.match(
        r"6000 ohm/sq, where 2e\+18 cm\^-3 in 0\.09 µm have 17\d\d .*: 3\.\d of that, 0\.8 to 2", list(said.values())[1]
    )


@pytest.mark.parametrize(
    ("table", "key", "value", "unit", "said"),
    [
        ("implants.p", "concentration", -1e17, "cm^-3", r"-1e\+17 cm\^-3 cannot be: .* between 0 and 5e\+22 cm\^-3"),
        ("implants.n", "concentration", 6e22, "cm^-3", r"6e\+22 cm\^-3 cannot be: .* all atoms of silicon"),
        ("implants.ppp", "sheet_resistance.slap", 90.0, "ohm/sq", r"is of no level of the stack\. Did you mean slab"),
        ("implants.ppp", "sheet_resistance.slab", 0.0, "ohm/sq", r"0 ohm/sq cannot be: it must be more than 0"),
        ("electrical", "implant_straggle", -0.03, "um", r"-0\.03 um cannot be: it must be more than 0"),
        ("electrical", "implant_dose_spread", 1.5, "1", r"1\.5 1 cannot be: it must be more than 0 and less than 1"),
        ("electrical", "contact_resistivity", -1e-6, "ohm cm^2", r"-1e-06 ohm cm\^2 cannot be: .* more than 0"),
        ("electrical", "ge_implant_depth", 0.6, "um", r"0\.6 um cannot be: it must be more than 0 and less than 0\.5"),
    ],
)
def test_implants_that_cannot_be(tmp_path: Path, table: str, key: str, value: float, unit: str, said: str) -> None:
    number = f'{{ value = {value!r}, unit = "{unit}", range = [-1e23, 1e23], source = "theirs", status = "foundry" }}'
    _, findings = check_process(overlay(tmp_path, f"[{table}]\n{key} = {number}\n"))
    (found,) = (one for one in findings if one.severity == "error")
    assert found.where == f"{table}.{key}"
    assert re.search(said, found.message)


def test_numbers_that_move_nothing_are_said(tmp_path: Path) -> None:
    """An etch that no level has, and a wall of a film whose level has one of its own."""
    number = '{ value = 85, unit = "deg", range = [80, 90], source = "theirs", status = "foundry" }'
    text = f"[etches.full]\nsidewall_angle = {number}\n[films.si]\nsidewall_angle = {number}\n"
    _, findings = check_process(overlay(tmp_path, text))
    idle = sorted(one.where for one in findings if "moves nothing: no level takes it" in one.message)
    assert idle == ["etches.full.sidewall_angle", "films.si.sidewall_angle"]


def test_a_polarity_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(LingnanError, match=r"implants\.p: polarity = 'x' is neither 'n' nor 'p'"):
        check_process(overlay(tmp_path, '[implants.p]\npolarity = "x"\n'))


@pytest.mark.parametrize("name", shipped_processes())
def test_every_number_says_where_it_comes_from(name: str) -> None:
    process = load_process(name)
    assert len(process.quantities) > 100
    for path, quantity in process.quantities.items():
        assert quantity.source.strip(), path
        assert quantity.status in ("representative", "foundry"), path
        assert math.isfinite(quantity.value), path


@pytest.mark.parametrize("name", shipped_processes())
def test_no_bare_number_hides_in_the_file(name: str) -> None:
    """Outside a number's table only GDS numbers, drawing order, rule options and corner shifts are bare."""
    allowed = re.compile(
        r"^(layers\..*\.gds|levels\..*\.(order|width_reference)|rules\..*\.options\.|corners\..*\.shifts\.)"
    )

    def bare(table: object, path: str) -> list[str]:
        if isinstance(table, dict):
            if "value" in table and "unit" in table:
                return []
            return [hit for key, value in table.items() for hit in bare(value, f"{path}.{key}" if path else key)]
        if isinstance(table, list):
            return [hit for value in table for hit in bare(value, path)]
        number = isinstance(table, int | float) and not isinstance(table, bool)
        return [path] if number and not allowed.match(path) else []

    assert bare({k: v for k, v in load_process(name).data.items() if k != "grid"}, "") == []


def test_facts_of_the_soi_stack() -> None:
    levels = load_process("soi220").levels
    assert levels["core"].thickness == 0.22
    assert levels["slab"].thickness == pytest.approx(0.09, abs=1e-12)  # 220 less the middle etch of 130
    assert levels["core_shallow"].thickness == pytest.approx(0.15, abs=1e-12)
    assert levels["heater"].z_min == pytest.approx(1.22, abs=1e-12)  # 1.0 above the silicon
    assert levels["box"].z_max == 0.0


def test_a_thicker_film_lifts_what_stands_on_it(tmp_path: Path) -> None:
    base = load_process("soi220").levels
    path = overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.3)}\n")
    thick = load_process(path).levels
    assert thick["core"].thickness == 0.3
    for name in ("heater", "metal1", "metal2", "nitride"):
        assert thick[name].z_min - base[name].z_min == pytest.approx(0.08, abs=1e-9)
    assert thick["slab"].thickness == pytest.approx(0.3 - 0.13, abs=1e-12)  # the etch depth is what the line controls


def test_overlay_replaces_a_number_whole(tmp_path: Path) -> None:
    path = overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.221)}\n")
    process = load_process(path)
    quantity = process.quantity("films.si.thickness")
    assert (quantity.value, quantity.status, quantity.source) == (0.221, "foundry", "their data sheet")
    assert quantity.range is None  # the public range does not survive under the foundry's value
    assert process.files == ("soi220.toml", "mine.toml")
    assert "films.si.thickness" not in process.representative
    assert process.hash != load_process("soi220").hash


def test_hash_follows_numbers_not_typing(tmp_path: Path) -> None:
    one = overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.221)}\n", "one.toml")
    two = overlay(
        tmp_path, f"# a remark\n[films]\n[films.si]\nthickness =   {NUMBER.format(value='0.2210')}\n", "two.toml"
    )
    assert load_process(one).hash == load_process(two).hash


def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    path = overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.221)}\n")
    assert load_process(path).number("films.si.thickness") == 0.221
    overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.2225)}\n")
    assert load_process(path).number("films.si.thickness") == 0.2225


def test_remove_deletes_an_entry(tmp_path: Path) -> None:
    process = load_process(overlay(tmp_path, '[rules."WG.PAR"]\nremove = true\n'))
    assert "WG.PAR" not in process.rules


REFUSED = {
    "value without source": (
        '[films.si]\nthickness = { value = 0.2, unit = "um", status = "foundry" }',
        "source is missing",
    ),
    "bare number": ("[films.si]\nthickness = 0.2", "films.si.thickness, which is not there with its pedigree"),
    "unknown unit": (
        '[films.si]\nthickness = { value = 2, unit = "micron", sigma = 1, source = "x", status = "foundry" }',
        "unknown unit 'micron'",
    ),
    "text for a value": (
        '[films.si]\nthickness = { value = "2", unit = "um", sigma = 1, source = "x", status = "foundry" }',
        "not a finite number",
    ),
    "nan": (
        '[films.si]\nthickness = { value = nan, unit = "um", sigma = 1, source = "x", status = "foundry" }',
        "not a finite number",
    ),
    "no spread": (
        '[films.si]\nthickness = { value = 0.2, unit = "um", source = "x", status = "foundry" }',
        "neither sigma nor range",
    ),
    "outside its range": (
        '[films.si]\nthickness = { value = 0.2, unit = "um", range = [0.3, 0.4], source = "x", status = "foundry" }',
        "outside its own range",
    ),
    "wrong status": (
        '[films.si]\nthickness = { value = 0.2, unit = "um", sigma = 1, source = "x", status = "guess" }',
        "status 'guess'",
    ),
    "unknown table": ("[layer]\nx = 1", "unknown table .layer.. Did you mean layers"),
    "unknown rule kind": ('[rules."X"]\nkind = "widht"\ndescription = "x"', "unknown kind 'widht'. Did you mean width"),
    "rule on an unknown layer": (
        f'[rules."X"]\nkind = "width"\nlayer = "WGG"\ndescription = "x"\nlimit = {NUMBER.format(value=1)}',
        "unknown layer 'WGG'. Did you mean WG",
    ),
    "limit without its source": ('[rules."WG.W"]\nlimit = 0.25', "limit = 0.25 has no pedigree"),
    "rule without limit": ('[rules."X"]\nkind = "width"\nlayer = "WG"\ndescription = "x"', "needs a limit"),
    "code in a mask": ('[levels.core]\nmask = "__import__(1)"', "not a layer expression"),
    "levels on each other": ('[levels.metal1]\non = "metal2"\n', "stand on each other"),
    "level below its foot": ('[levels.contact]\nfrom = "metal2"\n', "Its top has to lie above"),
    "layer number": ("[layers.WG]\ngds = [1, -2]", "not a layer and a datatype"),
    "corner of nothing": (
        '[corners.odd]\nshifts = { "films.se.thickness" = 1.0 }\n'
        'temperature = { value = 300, unit = "K", source = "x", status = "foundry" }',
        "no number 'films.se.thickness'. Did you mean films.si.thickness",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_file_key_and_reason(case: str, tmp_path: Path) -> None:
    text, message = REFUSED[case]
    with pytest.raises(LingnanError, match=message) as caught:
        load_process(overlay(tmp_path, text + "\n"))
    assert "\n" not in str(caught.value)
    assert "mine.toml" in str(caught.value)


CHECKED = {
    "a layer number used twice": ("[layers.SIN]\ngds = [1, 0]", "GDS 1/0 is used by WG and SIN"),
    "a rule below the grid": (
        '[rules."WG.S"]\nlimit = { value = 0.0005, unit = "um", source = "x", status = "foundry" }',
        "below the grid",
    ),
    "a rule off the grid": (
        '[rules."WG.S"]\nlimit = { value = 0.1005, unit = "um", source = "x", status = "foundry" }',
        "not a multiple of the grid",
    ),
    "a hole in the stack": (
        '[levels.substrate]\nunder = "ground"\n[levels.box]\nunder = "ground"\n[levels.cladding]\nremove = true\n'
        '[levels.top_oxide]\nkind = "dielectric"\nmaterial = "SiO2"\non = "core"\n'
        'thickness = { value = 9.0, unit = "um", sigma = 1, source = "x", status = "foundry" }',
        "hole in the stack",
    ),
    "a guide narrower than its rule": (
        '[cross_sections.strip]\nwidth = { value = 0.1, unit = "um", source = "x", status = "foundry" }',
        "below rule WG.W",
    ),
    "a resistor of no metal": ('[connectivity]\nresistors = ["HEATR"]', "Did you mean HEATER"),
    "resistors that are no list": ('[connectivity]\nresistors = "HEATER"', "not a list of layers"),
    "a resistor that nothing reaches": (
        '[connectivity]\nstack = [["M1", "VIA1", "M2"]]',
        "HEATER is in no row of stack",
    ),
    "an unknown word of the connectivity": ('[connectivity]\nresistor = ["HEATER"]', "Did you mean resistors"),
    "an unknown option of a rule": ('[rules."DENS.WG".options]\nminimun = 0.1', "Did you mean minimum"),
    "a density of nothing": ('[rules."DENS.WG".options]\nminimum = 0.7', "density 0.7 to 0.6"),
    "a density without steps": ('[rules."DENS.WG".options]\nstep = 0', "step is not above window"),
    "a frame on no layer": ('[frame]\nseal_layers = ["M9"]', "M9 is no layer"),
    "a specification that nothing passes": (
        '[specifications.strip_loss]\nminimum = { value = 9, unit = "dB/cm", source = "x", status = "foundry" }',
        "nothing can pass",
    ),
    "a missing number": ("[packaging.fibre_pitch]\nremove = true", "packaging.fibre_pitch"),
    "a wall that leans outwards": (
        '[levels.core]\nsidewall_angle = { value = 120, unit = "deg", sigma = 1, source = "x", status = "foundry" }',
        "outside 30.0 to 90.0",
    ),
}


@pytest.mark.parametrize("case", CHECKED)
def test_check_finds(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, message = CHECKED[case]
    path = overlay(tmp_path, text + "\n")
    assert main(["process", "check", str(path)]) == 1
    assert message in capsys.readouterr().out


def test_circular_extends(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[process]\nextends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('[process]\nextends = "a.toml"\n')
    with pytest.raises(LingnanError, match="extends itself"):
        load_process(tmp_path / "a.toml")


def test_unknown_names_get_the_nearest_spelling() -> None:
    with pytest.raises(LingnanError, match="Did you mean soi220"):
        load_process("soi22o")
    process = load_process("soi220")
    with pytest.raises(LingnanError, match=r"WG\.W"):
        process.limit("WG.WW")
    with pytest.raises(LingnanError, match=r"packaging\.fibre_pitch"):
        process.number("packaging.fiber_pitch")


def test_command_line_statuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["process", "list"]) == 0
    assert "soi220" in capsys.readouterr().out
    assert main(["process", "show", "soi220", "films.si"]) == 0
    assert "0.22" in capsys.readouterr().out
    assert main(["process", "diff", "soi220", "soi220"]) == 0
    path = overlay(tmp_path, f"[films.si]\nthickness = {NUMBER.format(value=0.221)}\n")
    capsys.readouterr()
    assert main(["process", "diff", "soi220", str(path)]) == 1
    assert "films.si.thickness" in capsys.readouterr().out
    assert main(["process", "show", "soi220", "filmz"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@given(st.sampled_from(sorted(UNITS)), st.floats(1e-6, 1e6))
def test_units_become_house_units(unit: str, value: float) -> None:
    house, factor = UNITS[unit]
    quantity = read_quantity(
        {"value": value, "unit": unit, "source": "x", "status": "foundry", "sigma": value / 10}, "here"
    )
    assert quantity.unit == house
    assert quantity.value == value * factor
    assert UNITS[house] == (house, 1.0)
    assert quantity.at(1.0) - quantity.value == pytest.approx(0.1 * quantity.value, rel=1e-9)  # float cancellation


def test_expressions_follow_set_algebra() -> None:
    sets = {"A": {1, 2, 3}, "B": {2, 3, 4}, "C": {3}}
    assert evaluate("A - B", sets) == {1}
    assert evaluate("(A & B) - C", sets) == {2}
    assert evaluate("A | B ^ C", sets) == {1, 2, 3} | ({2, 3, 4} ^ {3})
    assert set(layers_of("(N | NP) & SLAB90 - N")) == {"N", "NP", "SLAB90"}
    for bad in ("", "A +", "A + B", "f(A)", "A.b", "1", "A and B", "lambda: A"):
        with pytest.raises(LingnanError):
            evaluate(bad, sets)
