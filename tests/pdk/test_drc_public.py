"""Default cells of public kits under the guide rules of soi220: each flag has a reason, or is none.

Each place was looked at in a picture before its reason was written down; a value is in µm.
"""

import functools
import importlib
import importlib.util
import json
import subprocess
import sys

import klayout.db as kdb
import pytest

from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
RULES = ("WG.W", "WG.S", "WG.BEND")
#: kit: its module, the package that brings it, and its layers of silicon
KITS = {
    "generic": ("gdsfactory.gpdk", "gdsfactory", {"WG": (1, 0), "SLAB90": (3, 0)}),
    "cspdk": ("cspdk.si220.cband", "cspdk doroutes", {"WG": (3, 0), "SLAB90": (5, 0)}),
    "ubcpdk": ("ubcpdk", "ubcpdk doroutes", {"WG": (1, 0)}),
}

EULER = "an Euler bend of nominal 5 µm bends down to 3.54"
TIP = "its tip is drawn for a finer line"
#: (kit, reason): cell -> rule -> least value
REASONS: dict[tuple[str, str], dict[str, dict[str, float]]] = {
    ("generic", "teeth and slots 159 nm long, drawn for a finer line"): {
        "dbr_cell": {"WG.W": 0.159},
        "cavity": {"WG.W": 0.159, "WG.S": 0.159},
    },
    ("generic", "its gap is 150 nm by design"): {
        "polarization_splitter_rotator": {"WG.S": 0.15},
        "cdsem_coupler": {"WG.S": 0.15},
    },
    ("generic", "lines and gaps of 100 nm to read a process with"): {"verniers": {"WG.W": 0.1, "WG.S": 0.1}},
    ("generic", EULER): {"ring_single_array": {"WG.BEND": 3.533}},
    ("generic", "an Euler bend of 180 degrees, nominal 5 µm"): {"delay_snake_sbend": {"WG.BEND": 4.544}},
    ("generic", "a spiral that starts in its centre"): {
        "spiral_archimedes": {"WG.BEND": 0.737},
        "spiral_fermat": {"WG.BEND": 2.19},
    },
    ("cspdk", EULER): {
        "bend_euler": {"WG.BEND": 3.537},
        "mzi": {"WG.BEND": 3.536},
        "straight_heater_meander": {"WG.BEND": 3.536},
    },
    ("ubcpdk", TIP): {
        "ebeam_terminator_te1310": {"WG.W": 0.07},
        "ebeam_terminator_te1550": {"WG.W": 0.07},
        "photonic_wirebond_surfacetaper_1550": {"WG.W": 0.06},
        "ebeam_y_adiabatic": {"WG.W": 0.06, "WG.S": 0.1},
    },
    ("ubcpdk", "its arms start 100 nm apart"): {"ebeam_adiabatic_te1550": {"WG.S": 0.1}},
}
CLEAN = {
    "generic": (
        "bend_circular",
        "bend_euler",
        "bend_s",
        "coupler",
        "coupler90",
        "coupler_ring_bend",
        "mmi1x2",
        "mmi1x2_with_sbend",
        "mmi2x2",
        "ring_double_bend_coupler",
        "ring_single",
        "spiral_double",
        "taper",
    ),
    "cspdk": ("bend_s", "coupler", "crossing", "mmi1x2", "mmi2x2", "taper"),
    "ubcpdk": ("ebeam_y_1310", "ebeam_y_1550", "ebeam_crossing4"),
}


def flags(kit: str, name: str) -> dict[str, float]:
    return measured(kit)[name]


@functools.cache
def measured(kit: str) -> dict[str, dict[str, float]]:
    """Least value of each rule that is broken, by cell; in a process of its own, as kits share names of cells."""
    _, package, _ = KITS[kit]
    if importlib.util.find_spec(package.split()[0]) is None:
        pytest.skip(f"{kit} is not installed; pip install --no-deps {package}")
    done = subprocess.run([sys.executable, __file__, kit], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def measure(kit: str) -> dict[str, dict[str, float]]:
    import gdsfactory as gf

    importlib.import_module(KITS[kit][0]).PDK.activate()
    layers = {layer: SOI.layers[layer].gds for layer in SOI.layers} | KITS[kit][2]
    found: dict[str, dict[str, float]] = {}
    for name in [*CLEAN[kit], *(cell for kind, cell, _ in FLAGGED if kind == kit)]:
        made = gf.get_component(name)
        layout = kdb.Layout()
        layout.dbu = made.kcl.dbu
        top = layout.create_cell("TOP")
        for layer in KITS[kit][2]:
            shapes = kdb.Region(made.begin_shapes_rec(made.kcl.layout.layer(*layers[layer])))
            top.shapes(layout.layer(*layers[layer])).insert(shapes)
        scene = Scene(layout, top, SOI, layers, deep=False)
        values = {rule: [one.value or 0.0 for one in run_rule(scene, SOI.rules[rule])] for rule in RULES}
        found[name] = {rule: min(some) for rule, some in values.items() if some}
    return found


FLAGGED = [(kit, cell, rules) for (kit, _), cells in REASONS.items() for cell, rules in cells.items()]


@pytest.mark.parametrize(("kit", "name", "expected"), FLAGGED)
def test_flag_has_its_reason(kit: str, name: str, expected: dict[str, float]) -> None:
    assert flags(kit, name) == pytest.approx(expected, abs=0.0012)


@pytest.mark.parametrize(("kit", "name"), [(kit, name) for kit, names in CLEAN.items() for name in names])
def test_cell_within_the_rules_is_not_flagged(kit: str, name: str) -> None:
    assert flags(kit, name) == {}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
