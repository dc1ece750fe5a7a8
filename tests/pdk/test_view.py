"""Cut lines and solids: areas and walls against arithmetic."""

import math
import struct
from dataclasses import replace
from pathlib import Path

import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.pdk import view
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process, load_process
from lingnan.pdk.view.solid import solids


@pytest.fixture
def process() -> Process:
    return load_process("soi220")


def cell(process: Process, **boxes: tuple[float, float, float, float]) -> kdb.Cell:
    layout = kdb.Layout()
    top = layout.create_cell("top")
    for name, box in boxes.items():
        top.shapes(layout.layer(*process.layers[name].gds)).insert(kdb.DBox(*box))
    KEPT.append(layout)
    return top


KEPT: list[kdb.Layout] = []  # a cell does not keep its layout alive


def test_a_leaning_wall_keeps_the_drawn_width_where_the_process_says(process: Process) -> None:
    section = view.cut(cell(process, WG=(-5, -0.25, 5, 0.25)), process, (0, -2), (0, 2))
    (core,) = section.of("core")
    run = 0.22 / math.tan(math.radians(85))
    assert_allclose(core.bottom, (1.75 - run / 2, 2.25 + run / 2), atol=1e-9)  # drawn width at half height
    assert_allclose(core.top, (1.75 + run / 2, 2.25 - run / 2), atol=1e-9)
    assert (core.z_min, core.z_max) == (0.0, 0.22)


def test_an_oblique_cut_is_longer_by_its_angle(process: Process) -> None:
    section = view.cut(cell(process, WG=(-50, -0.5, 50, 0.5)), process, (-3, -3), (3, 3))
    (core,) = section.of("core")
    middle = (core.bottom[1] + core.top[1] - core.bottom[0] - core.top[0]) / 2
    assert_allclose(middle, math.sqrt(2), atol=2e-3)  # the ends of the cut snap to the 1 nm grid


def test_masks_subtract_as_the_process_says(process: Process) -> None:
    both = cell(process, WG=(-5, -2, 5, 2), SHALLOW=(-5, -1, 5, 1))
    section = view.cut(both, process, (0, -3), (0, 3))
    assert len(section.of("core")) == 2
    (shallow,) = section.of("core_shallow")
    assert_allclose(shallow.z_max, 0.15)


def test_a_line_narrower_than_its_walls_ends_in_a_ridge(process: Process) -> None:
    steep = replace(process.levels["core"], sidewall_angle_deg=45.0, width_reference=0.0)
    leaning = replace(process, levels={**process.levels, "core": steep})
    (core,) = view.cut(cell(process, WG=(-5, -0.1, 5, 0.1)), leaning, (0, -1), (0, 1)).of("core")
    assert_allclose(core.z_max, 0.1, atol=1e-9)  # 45 degree walls of a 0.2 base meet at 0.1
    assert_allclose(core.top[0], core.top[1])


def test_volume_of_a_solid_is_area_times_height(process: Process) -> None:
    upright = replace(process.levels["core"], sidewall_angle_deg=90.0)
    straight = replace(process, levels={**process.levels, "core": upright})
    box = cell(process, WG=(0, 0, 3, 2), WG_HOLE=(1, 0.5, 2, 1.5))
    ((_, triangles),) = solids(box, straight)
    volume = np.sum(np.einsum("ij,ij->i", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2]))) / 6
    assert_allclose(volume, (3 * 2 - 1) * 0.22, rtol=1e-12)  # also proves that every normal points outwards


def test_mesh_file_is_what_the_format_says(process: Process, tmp_path: Path) -> None:
    path = view.write_mesh(cell(process, WG=(0, 0, 3, 2), M2=(0, 0, 3, 3)), process, tmp_path / "cell.stl")
    raw = path.read_bytes()
    (count,) = struct.unpack("<I", raw[80:84])
    assert len(raw) == 84 + 50 * count
    assert count > 20
    assert list(tmp_path.iterdir()) == [path]


def test_pictures_are_written(process: Process, tmp_path: Path) -> None:
    top = cell(process, WG=(-5, -0.25, 5, 0.25), HEATER=(-5, -0.5, 5, 0.5), FLOORPLAN=(-6, -6, 6, 6))
    view.cross_section_picture(top, process, (0, -2), (0, 2), tmp_path / "cut.png")
    view.layout_picture(top, process, tmp_path / "layout.png")
    view.solid_picture(top, process, tmp_path / "solid.png")
    for name in ("cut.png", "layout.png", "solid.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_refusals(process: Process, tmp_path: Path) -> None:
    top = cell(process, WG=(-5, -0.25, 5, 0.25))
    with pytest.raises(LingnanError, match="no length"):
        view.cut(top, process, (0, 0), (0, 0))
    with pytest.raises(LingnanError, match=r"only \.stl"):
        view.write_mesh(top, process, tmp_path / "cell.obj")
    with pytest.raises(LingnanError, match="no solid"):
        view.write_mesh(cell(process), process, tmp_path / "cell.stl")
    with pytest.raises(LingnanError, match="not a layout cell"):
        view.cut("top", process, (0, 0), (0, 1))
