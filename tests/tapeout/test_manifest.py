"""The test manifest of arrays: a row an element, with its own ports and its own way to the fibres."""

from pathlib import Path

from lingnan.pdk.gf import build_pdk
from lingnan.tapeout.assembly import assemble
from lingnan.tapeout.design import read_design
from lingnan.tapeout.manifest import rows

ARRAY = """\
chip:
  process: soi220
  name: array
  size: [1500, 900]
  frame: false
  fill: false
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 2}
  windows:
    bath: {over: [grid], margin: 10}
  measurements:
    loss: {devices: [grid], measure: transmission, wavelength: [1.5, 1.6]}
instances:
  grid: {component: straight, array: {columns: 2, rows: 2, column_pitch: 200, row_pitch: 127}}
placements:
  grid: {port: o1, x: 600, y: "west1,o1", rotation: 0}
routes:
  in: {links: {"west1,o1": "grid<0.0>,o1", "west2,o1": "grid<0.1>,o1"}}
  on: {links: {"grid<0.0>,o2": "grid<1.0>,o1"}}
"""


def test_each_element_of_an_array_has_a_row(tmp_path: Path) -> None:
    path = tmp_path / "array.yaml"
    path.write_text(ARRAY, encoding="utf-8")
    design = read_design(path)
    build_pdk(design.process).activate(force=True)
    assembly = assemble(design)
    table = {row["device"]: row for row in rows(design, assembly.placed)}
    assert list(table) == ["grid<0.0>", "grid<0.1>", "grid<1.0>", "grid<1.1>", "west1", "west2"]
    assert table["grid<1.1>"]["ports_optical"] == "o1@800.000,513.500,180; o2@810.000,513.500,0"
    assert (table["grid<1.1>"]["x_um"], table["grid<1.1>"]["y_um"]) == ("805.000", "513.500")
    x, y = assembly.placed["west1"].spot
    assert table["grid<0.0>"]["couplers"] == f"o1=west1@{x:.3f},{y:.3f}"
    assert table["grid<1.0>"]["couplers"] == f"o1=west1@{x:.3f},{y:.3f} via grid<0.0>"
    assert table["grid<0.1>"]["couplers"].startswith("o1=west2@")
    assert table["grid<1.1>"]["couplers"] == ""
    assert {row["measurement"] for name, row in table.items() if name.startswith("grid")} == {"loss"}
    window = assembly.canvas.region("OXOPEN").bbox().to_dtype(0.001)
    assert (window.left, window.right) == (590, 820)  # over all elements
    texts = [shape.text_string for shape in assembly.canvas.top.shapes(assembly.canvas.index("MEASURE")).each()]
    assert sorted(texts) == [f"device_1550_array_grid<{i}.{j}>" for i in (0, 1) for j in (0, 1)]
