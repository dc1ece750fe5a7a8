"""Cells for the KLayout application: what lies in the library is what the library's functions draw."""

import os
import shutil
import subprocess
from pathlib import Path

import gdsfactory as gf
import klayout.db as kdb
import pytest

from lingnan.pdk import SOI220, TFLN600, build_pdk
from lingnan.pdk.layout import read_layout
from lingnan.pdk.process import load_process
from lingnan.tapeout import cli
from lingnan.tapeout.celllibrary import export_library, library

application = pytest.mark.skipif(
    shutil.which("klayout") is None,
    reason="the KLayout application is not installed; apt-get install klayout, or klayout.de",
)


@pytest.mark.parametrize("pdk", [SOI220, TFLN600], ids=lambda pdk: pdk.name)
def test_every_cell_is_there_as_it_is_drawn(pdk: gf.Pdk):
    layout, refused = library(pdk.process)
    assert not refused
    assert sorted(cell.name for cell in layout.top_cells()) == sorted(pdk.cells)
    pins = [pdk.process.layers[name].gds for name in ("PORT", "PORTE")]
    for name, function in pdk.cells.items():
        made, kept = function(), layout.cell(name)
        source = made.kcl.layout
        for index in {*source.layer_indexes()}:
            info = source.get_info(index)
            own = layout.find_layer(info.layer, info.datatype)
            drawn = kdb.Region(made.kdb_cell.begin_shapes_rec(index))
            found = kdb.Region(kept.begin_shapes_rec(own)) if own is not None else kdb.Region()
            assert (drawn ^ found).count() == 0, (name, info)  # is_empty() is false where there is a text
        texts = [shape.text for pin in pins for shape in kept.shapes(layout.layer(*pin)).each() if shape.is_text()]
        placed = {text.string: (text.x, text.y) for text in texts}
        assert placed == {str(p.name): tuple(round(v / layout.dbu) for v in p.center) for p in made.ports}


def test_same_bytes_whatever_was_drawn_before(tmp_path: Path):
    first, _ = export_library(SOI220.process, tmp_path / "first")
    gf.clear_cache()
    SOI220.activate()
    for radius in (5.5, 6.5):
        SOI220.cells["ring_single"](radius=radius)
    second, _ = export_library(SOI220.process, tmp_path / "second")
    assert first is not None
    assert second is not None
    assert first.read_bytes() == second.read_bytes()


def test_a_cell_that_the_line_cannot_make_is_left_out_by_name(tmp_path: Path):
    overlay = tmp_path / "mine.toml"
    overlay.write_text(
        '[process]\nname = "mine"\nextends = "soi220"\n[rules."SH.W"]\n'
        'limit = { value = 0.5, unit = "um", source = "the line", status = "foundry" }\n'
    )
    process = load_process(str(overlay))
    layout, refused = library(process)
    assert list(refused) == ["grating_antenna", "grating_coupler", "phased_array"]
    assert all("SH.W" in why for why in refused.values())
    assert len(layout.top_cells()) == len(build_pdk(process).cells) - 3


def test_install_without_cells(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["klayout", "install", "--process", "soi220", "--to", str(tmp_path), "--no-cells"]
    assert cli.main(words) == 0
    assert not list(tmp_path.rglob("*.oas"))


PLACE = """
library = RBA::Library.library_ids.map { |id| RBA::Library.library_by_id(id) }.find { |one| one.name == $library }
puts "library #{library.name} of #{library.technology}, #{library.layout.top_cells.size} cells"
layout = RBA::Layout.new
layout.technology_name = library.technology
layout.dbu = library.layout.dbu
top = layout.create_cell("TOP")
%w[pad mmi1x2].each_with_index do |name, index|
  cell = layout.add_lib_cell(library, library.layout.cell(name).cell_index)
  top.insert(RBA::CellInstArray.new(cell, RBA::Trans.new(0, index * 200_000)))
  puts "#{name} #{layout.cell(cell).bbox}"
end
layout.write($out)
"""


@application
@pytest.mark.klayout_app
def test_application_places_a_cell_of_the_installed_library(tmp_path: Path):
    home, script, out = tmp_path / "home", tmp_path / "place.rb", tmp_path / "out.gds"
    assert cli.main(["klayout", "install", "--process", "soi220", "--to", str(home)]) == 0
    script.write_text(PLACE)
    done = subprocess.run(
        ["klayout", "-b", "-r", script, "-rd", "library=lingnan_soi220", "-rd", f"out={out}"],
        capture_output=True,
        text=True,
        env={**os.environ, "KLAYOUT_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"library lingnan_soi220 of soi220, {len(SOI220.cells)} cells"
    SOI220.activate()
    for name in ("pad", "mmi1x2"):
        box = SOI220.cells[name]().kdb_cell.bbox()
        assert f"{name} {box}" in lines
    loaded = read_layout(out, SOI220.process)  # with the references to the library that KLayout keeps in a GDS
    assert loaded.top.name == "TOP"
    found = kdb.Region(loaded.top.begin_shapes_rec(loaded.layout.layer(*loaded.layers["WG"]))).merged()
    guide = SOI220.cells["mmi1x2"]()
    drawn = kdb.Region(guide.kdb_cell.begin_shapes_rec(guide.kcl.layout.layer(*loaded.layers["WG"]))).merged()
    assert (found ^ drawn.moved(0, 200_000)).is_empty()
