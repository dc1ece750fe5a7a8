"""Slot and subwavelength guides in a circuit: two rails or loose segments are one device, joined at its strips."""

from pathlib import Path

import klayout.db as kdb
import pytest

from lingnan.pdk.gf import build_pdk
from lingnan.pdk.lvs import LvsReport
from lingnan.tapeout.assembly import assemble
from lingnan.tapeout.design import Design, read_design
from lingnan.tapeout.lvsdesign import lvs

DESIGN = """\
chip: {process: soi220, name: slots, size: [1500, 600], frame: false, fill: false}
instances:
  a: {component: slot, settings: {length: 60}}
  b: {component: swg, settings: {length: 40}}
  c: {component: slot, settings: {length: 30}}
  end: {component: terminator}
placements:
  a: {port: o1, x: 100, y: 300}
  b: {port: o1, x: 400, y: 300}
  c: {port: o1, x: 700, y: 400, rotation: 90}
  end: {port: o1, x: 1000, y: 550, mirror: false}
routes:
  way: {links: {"a,o2": "b,o1", "b,o2": "c,o1"}}
"""


@pytest.fixture
def built(tmp_path: Path) -> tuple[kdb.Layout, kdb.Cell, Design]:
    path = tmp_path / "slots.yaml"
    path.write_text(DESIGN, encoding="utf-8")
    design = read_design(path)
    build_pdk(design.process).activate(force=True)
    canvas = assemble(design).canvas
    return canvas.layout, canvas.top, design


def cell_of(layout: kdb.Layout, top: kdb.Cell, name: str) -> kdb.Instance:
    return next(one for one in top.each_inst() if layout.cell(one.cell_index).name.startswith(name))


def test_a_sound_circuit_is_clean(built: tuple[kdb.Layout, kdb.Cell, Design]) -> None:
    report: LvsReport = lvs(*built)
    assert report.mismatches == ()
    assert (report.found, report.joined) == (4, 2)


def test_a_slot_moved_by_a_grid_step_is_found(built: tuple[kdb.Layout, kdb.Cell, Design]) -> None:
    layout, top, _ = built
    cell_of(layout, top, "swg").transform(kdb.ICplxTrans(kdb.Vector(0, 1)))
    kinds = {one.kind for one in lvs(*built).mismatches}
    assert kinds == {"moved device", "offset"}


@pytest.mark.parametrize("name", ["slot", "swg"])
def test_lost_silicon_is_found(built: tuple[kdb.Layout, kdb.Cell, Design], name: str) -> None:
    """Of the slot a piece of a rail, of the other a segment."""
    layout, top, _ = built
    cell = layout.cell(cell_of(layout, top, name).cell_index)
    shapes = cell.shapes(layout.layer(1, 0))
    box = cell.bbox(layout.layer(1, 0))
    middle = kdb.Box(box.center().x - 100, box.bottom, box.center().x + 100, box.center().y)
    left = kdb.Region(shapes) - kdb.Region(middle)
    shapes.clear()
    shapes.insert(left)
    found = [one for one in lvs(*built).mismatches if one.kind == "altered device"]
    assert len(found) >= 1
    assert any(one.instances in (("a",), ("b",)) for one in found)
