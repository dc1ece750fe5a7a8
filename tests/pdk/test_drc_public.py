"""Default cells of gdsfactory's generic kit under the guide rules of soi220: each flag has a reason, or is none."""

import klayout.db as kdb
import pytest

from lingnan.pdk.drc.kinds import run_rule
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
LAYERS = {name: layer.gds for name, layer in SOI.layers.items()} | {"WG": (1, 0), "SLAB90": (3, 0)}
RULES = ("WG.W", "WG.S", "WG.BEND")

REASONS = {
    "dbr_cell": {"WG.W": 0.159},  # teeth 159 nm long, drawn for a finer line
    "polarization_splitter_rotator": {"WG.S": 0.15},  # its gap is 150 nm by design
}
CLEAN = (
    "bend_circular",
    "bend_euler",
    "bend_s",
    "coupler",
    "coupler90",
    "mmi1x2",
    "mmi2x2",
    "ring_single",
    "spiral_double",
    "taper",
)


def flags(name: str) -> dict[str, float | None]:
    import gdsfactory as gf

    gf.gpdk.PDK.activate()
    made = gf.get_component(name)
    layout = kdb.Layout()
    layout.dbu = made.kcl.dbu
    top = layout.create_cell("TOP")
    for layer in ("WG", "SLAB90"):
        shapes = kdb.Region(made.begin_shapes_rec(made.kcl.layout.layer(*LAYERS[layer])))
        top.shapes(layout.layer(*LAYERS[layer])).insert(shapes)
    scene = Scene(layout, top, SOI, LAYERS, deep=False)
    return {rule: found[0].value for rule in RULES if (found := run_rule(scene, SOI.rules[rule]))}


@pytest.mark.parametrize("name", REASONS)
def test_flag_has_its_reason(name: str) -> None:
    assert flags(name) == pytest.approx(REASONS[name], abs=0.001)


@pytest.mark.parametrize("name", CLEAN)
def test_cell_within_the_rules_is_not_flagged(name: str) -> None:
    assert flags(name) == {}
