"""Default cells of public kits under the deck of soi220: each flag has a reason that a person can confirm, or is none.

`public_kits.toml` holds the reasons; each was written down after the place was looked at in a picture and its value
computed by hand. gdsfactory's generic kit is here anyway, `make kits` fetches the others.
"""

import functools
import importlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import tomllib
import types
from pathlib import Path

import pytest

from lingnan.pdk.drc.file import check_loaded
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.layout import read_layout
from lingnan.pdk.process import load_process

TABLE = tomllib.loads(Path(__file__).with_name("public_kits.toml").read_text())
KITS = TABLE["kits"]
Least = dict[str, dict[str, float | None]]


def expected(kit: str, table: str) -> Least:
    """Least value of each rule by cell; rules without a value have 0."""
    found: Least = {}
    for entry in TABLE[table]:
        if kit in entry["kits"]:
            for cell, value in entry["least"].items():
                found.setdefault(cell, {})[entry["rule"]] = value
    return found


def activate(kit: str) -> None:
    """cspdk and ubcpdk import a router that may not be used without a contract; no default cell calls it."""
    router = types.ModuleType("doroutes.bundles")
    router.__dict__["add_bundle_astar"] = lambda *_, **__: pytest.fail("a cell asked for the router")
    sys.modules |= {"doroutes": types.ModuleType("doroutes"), "doroutes.bundles": router}
    importlib.import_module(KITS[kit]["module"]).PDK.activate()


def measure(kit: str, names: list[str]) -> dict[str, object]:
    """What is flagged, which cells have no layer that is checked, and which shapes are on layers not mapped."""
    import gdsfactory as gf

    activate(kit)
    process = load_process("soi220")
    flags: Least = {}
    refused: list[str] = []
    loose: dict[str, list[str]] = {}
    for name in names or sorted(set(gf.get_active_pdk().cells) - {*KITS[kit]["undrawn"], *KITS[kit]["unseen"]}):
        made = gf.get_component(name)
        if isinstance(made, gf.ComponentAllAngle):
            whole = gf.Component(f"{name}_placed")
            whole.add_ref_off_grid(made)
            made = whole
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cell.gds"
            made.write_gds(path, with_metadata=False)
            loaded = read_layout(path, process, layer_map=KITS[kit]["layers"])
        try:
            report = check_loaded(loaded, process, threads=1)
        except LingnanError:
            refused.append(name)
            continue
        for fault in report.violations:
            rules = flags.setdefault(name, {})
            rules[fault.rule] = min(rules.get(fault.rule, fault.value or 0.0), fault.value or 0.0)
        for count in loaded.unmapped:
            gds = f"{count.gds[0]}/{count.gds[1]}"
            assert any(f"{gds} ({count.shapes})" in note for note in report.notes), (name, gds)
            loose.setdefault(gds, []).append(name)
    return {"flags": flags, "refused": refused, "loose": sorted(loose)}


@functools.cache
def measured(kit: str, names: tuple[str, ...] = ()) -> dict[str, object]:
    """In a process of its own, as kits share names of cells."""
    if importlib.util.find_spec(KITS[kit]["module"].partition(".")[0]) is None:
        pytest.skip(f"{KITS[kit]['package']} is not installed; `make kits` fetches it and runs this")
    done = subprocess.run([sys.executable, __file__, kit, *names], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def compare(kit: str, names: tuple[str, ...] = ()) -> None:
    found, known, open_ = measured(kit, names)["flags"], expected(kit, "flags"), expected(kit, "open")
    wrong: list[str] = []
    for cell in sorted({*found, *(known if not names else set(known) & set(names))}):
        have, want = found.get(cell, {}), known.get(cell, {})
        for rule in sorted({*have, *want} - set(open_.get(cell, {}))):
            # a gap is known to a grid step; a radius, from an arc of 45 degrees of rounded vertices, to 0.3 %
            close = pytest.approx(want.get(rule), abs=0.0012, rel=0.003 if "BEND" in rule else 0)
            if rule not in have or rule not in want or have[rule] != close:
                wrong.append(f"{cell} {rule}: found {have.get(rule)}, the table has {want.get(rule)}")
    assert wrong == []


def test_flags_of_the_generic_kit_have_their_reasons() -> None:
    compare("generic", tuple(KITS["generic"]["always"]))


@pytest.mark.validate
@pytest.mark.parametrize("kit", KITS)
def test_every_flag_of_a_kit_has_its_reason(kit: str) -> None:
    compare(kit)


@pytest.mark.validate
@pytest.mark.parametrize("kit", KITS)
def test_no_shape_is_dropped_without_a_word(kit: str) -> None:
    found = measured(kit)
    assert found["refused"] == sorted(KITS[kit]["refused"])
    assert found["loose"] == sorted(KITS[kit]["loose"])


def test_each_reason_is_said_and_open_ones_are_no_pins() -> None:
    for table in ("flags", "open"):
        for entry in TABLE[table]:
            assert entry["reason"], entry
            assert set(entry["kits"]) <= set(KITS), entry
    for kit in KITS:
        known, open_ = expected(kit, "flags"), expected(kit, "open")
        assert not [(cell, rule) for cell, rules in open_.items() for rule in rules if rule in known.get(cell, {})]


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], sys.argv[2:])))
