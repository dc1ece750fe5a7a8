"""Routes between guides of different cross-section: the library's transition, or a refusal that names it."""

from pathlib import Path

import pytest

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.gf import build_pdk
from lingnan.tapeout.assembly import Assembly, assemble
from lingnan.tapeout.design import read_design
from lingnan.tapeout.lvsdesign import lvs

DESIGN = """\
chip: {{process: soi220, name: mixed, size: [1000, 600], frame: false, fill: false}}
instances:
  a: {{component: straight, settings: {{length: 20, cross_section: {one}}}}}
  b: {{component: straight, settings: {{length: 20, cross_section: {two}}}}}
placements:
  a: {{x: 100, y: 300}}
  b: {{x: 500, y: {y}, rotation: {turn}}}
routes:
  way: {{links: {{"a,o2": "b,o1"}}, settings: {settings}}}
"""


def built(folder: Path, one: str, two: str, *, settings: str = "{}", y: float = 300, turn: float = 0) -> Assembly:
    path = folder / "mixed.yaml"
    path.write_text(DESIGN.format(one=one, two=two, settings=settings, y=y, turn=turn), encoding="utf-8")
    design = read_design(path)
    build_pdk(design.process).activate(force=True)
    assembly = assemble(design)
    compared = lvs(assembly.canvas.layout, assembly.canvas.top, design)
    assert compared.mismatches == ()
    assert compared.joined == 1
    return assembly


def transitions(assembly: Assembly) -> list[tuple[float, float, float]]:
    """Place and turn of each transition in the chip."""
    layout, top = assembly.canvas.layout, assembly.canvas.top
    found = [one for one in top.each_inst() if layout.cell(one.cell_index).name.startswith("transition_")]
    return sorted((one.dcplx_trans.disp.x, one.dcplx_trans.disp.y, one.dcplx_trans.angle) for one in found)


def test_like_is_joined_to_like_without_one(tmp_path: Path) -> None:
    for name in ("strip", "rib"):
        assembly = built(tmp_path, name, name)
        assert transitions(assembly) == []
        assert assembly.routed[0].cross_section == name
        assert assembly.routed[0].length == pytest.approx(380)


def test_a_strip_that_leads_to_a_rib_gets_one_at_the_rib(tmp_path: Path) -> None:
    assembly = built(tmp_path, "strip", "rib")
    assert transitions(assembly) == [(480, 300, 0)]
    assert (assembly.routed[0].cross_section, assembly.routed[0].length) == ("strip", pytest.approx(380))


def test_a_rib_that_leads_to_a_strip_round_a_corner(tmp_path: Path) -> None:
    assembly = built(tmp_path, "rib", "strip", y=500, turn=90)
    assert transitions(assembly) == [(500, 500, 270)]  # its rib end looks down to the route
    assert assembly.routed[0].cross_section == "rib"


def test_the_route_may_be_told_what_to_be(tmp_path: Path) -> None:
    assembly = built(tmp_path, "rib", "rib", settings="{cross_section: strip}")
    assert transitions(assembly) == [(140, 300, 180), (480, 300, 0)]
    assert assembly.routed[0].length == pytest.approx(380)


def test_short_links_are_compared_with_the_transition_in_them(tmp_path: Path) -> None:
    settings = "{cross_section: strip}"
    path = tmp_path / "mixed.yaml"
    text = DESIGN.format(one="strip", two="rib", settings=settings, y=300, turn=0)
    path.write_text(text.replace("x: 500", "x: 145"), encoding="utf-8")
    design = read_design(path)
    build_pdk(design.process).activate(force=True)
    assembly = assemble(design)
    assert transitions(assembly) == [(125, 300, 0)]
    assert lvs(assembly.canvas.layout, assembly.canvas.top, design).mismatches == ()


def test_without_a_transition_the_refusal_names_it(tmp_path: Path) -> None:
    with pytest.raises(LingnanError, match=r":9: route way: b,o1 ends a rib.*transition_rib_strip_wide") as caught:
        built(tmp_path, "strip_wide", "rib")
    assert "strip to rib (transition_strip_rib)" in str(caught.value)
