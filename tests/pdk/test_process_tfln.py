"""The lithium niobate line: its stack, its crystal, and that derived numbers follow from what they are derived from."""

import math

import klayout.db as kdb
import numpy as np
import pytest

from lingnan.pdk.process import Process, load_process
from lingnan.pdk.view.cut import Trapezoid, cut, lean
from lingnan.solvers.waveguides.slab import slab_index

FILMS = ("tfln600", "tfln400")
_KEPT: list[kdb.Layout] = []


@pytest.fixture(params=FILMS)
def process(request: pytest.FixtureRequest) -> Process:
    return load_process(request.param)


def layout_of(process: Process, **boxes: tuple[float, float, float, float]) -> kdb.Cell:
    layout = kdb.Layout()
    cell = layout.create_cell("TOP")
    for name, box in boxes.items():
        cell.shapes(layout.layer(*process.layer(name).gds)).insert(kdb.DBox(*box))
    _KEPT.append(layout)  # a cell does not own its layout
    return cell


@pytest.mark.parametrize(("name", "film", "etch"), [("tfln600", 0.6, 0.3), ("tfln400", 0.4, 0.2)])
def test_film_and_etch(name: str, film: float, etch: float) -> None:
    levels = load_process(name).levels
    assert levels["core"].z_max == film
    assert levels["core"].thickness == pytest.approx(etch, abs=1e-12)
    assert (levels["slab"].z_min, levels["slab"].z_max) == (0.0, pytest.approx(film - etch, abs=1e-12))
    assert levels["electrode"].z_min == levels["slab"].z_max  # the electrode stands on the slab, beside the rib
    assert levels["heater"].z_min == pytest.approx(film + 1.0, abs=1e-12)
    assert levels["heater"].z_max < levels["metal2"].z_min


def test_the_400_film_is_the_600_line_but_for_what_it_states() -> None:
    thick, thin = load_process("tfln600"), load_process("tfln400")
    assert thin.files == ("tfln600.toml", "tfln400.toml")
    assert {name: layer.gds for name, layer in thick.layers.items()} == {
        name: layer.gds for name, layer in thin.layers.items()
    }
    assert set(thick.rules) == set(thin.rules)
    changed = {rule for rule in thick.rules if thick.rules[rule].limit != thin.rules[rule].limit}
    assert changed == {"RIB.S"}
    assert set(thin.cross_sections) - set(thick.cross_sections) == {
        "rib_o"
    }  # TE and TM cross in bends of the thick one


def test_sloped_walls_meet_below_the_space_rule(process: Process) -> None:
    """A gap narrower than twice the run of a wall is not etched to its depth."""
    core = process.levels["core"]
    at_bottom, at_top = lean(core)
    assert at_top == 0.0  # the drawn width is the top of the rib
    run = core.thickness / math.tan(math.radians(core.sidewall_angle_deg))
    assert at_bottom == pytest.approx(-run, abs=1e-12)
    assert 2 * run < process.limit("RIB.S")
    assert 2 * run < process.limit("RIBP.S")


def test_the_slab_is_everywhere_but_where_it_is_cleared(process: Process) -> None:
    cell = layout_of(process, SLAB_CLEAR=(0, -10, 100, 10), LN_SLAB=(0, -1, 100, 1))
    slab = process.levels["slab"]

    def medium(pieces: tuple[Trapezoid, ...], y: float, z: float) -> str:
        there = [piece for piece in pieces if _holds(piece.outline(), y, z)]
        return min(there, key=lambda piece: piece.order).material

    pieces = cut(cell, process, (50, -20), (50, 20)).pieces
    z = slab.z_max / 2
    assert medium(pieces, 5.0, z) == "LiNbO3"  # 15 from the middle: outside the clear box
    assert medium(pieces, 15.0, z) == "SiO2"  # inside it
    assert medium(pieces, 20.0, z) == "LiNbO3"  # the wire


def _holds(outline: tuple[tuple[float, float], ...], x: float, y: float) -> bool:
    return kdb.DPolygon([kdb.DPoint(*point) for point in outline]).inside(kdb.DPoint(x, y))


def test_a_hole_is_wider_at_its_top_and_what_stays_is_narrower(process: Process) -> None:
    cell = layout_of(process, LN_RIB=(0, -0.5, 10, 0.5), VIA_TL_M2=(0, 10, 10, 22))
    section = cut(cell, process, (5, -5), (5, 30))
    (rib,) = section.of("core")
    assert rib.top == (4.5, 5.5)
    assert rib.bottom[0] < rib.top[0]
    (via,) = section.of("via_electrode")
    assert via.top == (15.0, 27.0)  # drawn at its top
    assert via.bottom[0] > via.top[0]


def test_the_crystal_says_where_modulators_may_run(process: Process) -> None:
    assert process.crystal == {"cut": "x", "layout_x": "y", "layout_y": "z", "modulator_axis": "y"}
    assert process.rule("MOD.DIR").options["axis"] == "x"


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("direction", ["y", "z"])
def test_grating_periods_follow_from_the_grating_equation(name: str, direction: str) -> None:
    """Period = wavelength / (n - sin angle), with n the mean of the slab modes of film and etched film by the fill.

    The modes are those of a slab between oxide, TE, whose field sees n_e along crystal y and n_o along z. The periods
    are given to 1 nm.
    """
    process = load_process(name)
    n_field = process.number("optics.n_e_1550" if direction == "y" else "optics.n_o_1550")
    n_up, oxide = process.number("optics.n_o_1550"), 1.444

    def mode(thickness: float) -> float:
        levels = np.array([-3.0, 0.0, thickness, thickness + 3.0])
        along = np.array([oxide**2, n_field**2, oxide**2])
        across = np.array([oxide**2, n_up**2, oxide**2])
        return slab_index(levels, along, across, 1.55, "te")

    film = process.number("films.ln.thickness")
    tooth, gap = mode(film), mode(film - process.number("etches.rib.depth"))
    sine = math.sin(math.radians(process.number("cells.grating_angle")))
    for end in ("first", "last"):
        fill = process.number(f"cells.grating_fill_{end}")
        period = 1.55 / (fill * tooth + (1 - fill) * gap - sine)
        assert process.number(f"cells.grating_period_{end}_{direction}") == pytest.approx(period, abs=6e-4)


def test_sizes_of_cells_keep_the_rules(process: Process) -> None:
    number, limit = process.number, process.limit
    for direction in "yz":
        for end in ("first", "last"):
            gap = number(f"cells.grating_period_{end}_{direction}") * (1 - number(f"cells.grating_fill_{end}"))
            assert gap > limit("RIBP.S")
    assert number("cells.coupler_gap") > limit("RIB.S")
    assert number("cells.edge_tip_width") >= max(limit("RIB.W"), limit("SLAB.W"))
    arm = process.cross_sections["rib_modulator"].width.value
    assert (number("cells.modulator_gap") - arm) / 2 >= limit("TL.S.RIB.REC") - 1e-9
    assert number("packaging.rf_pad_size") >= limit("PAD.W") + 2 * limit("PAD.E.OPEN")
    assert number("packaging.rf_pad_pitch") - limit("PAD.S") >= limit("PAD.W")
    heater = process.metals["heater"]
    assert heater.current_limit is not None


def test_the_gsg_cross_section_leaves_the_modulator_gap(process: Process) -> None:
    gsg = process.cross_sections["gsg"]
    for ground in gsg.sections:
        assert ground.width is not None
        assert ground.offset is not None
        gap = abs(ground.offset.value) - ground.width.value / 2 - gsg.width.value / 2
        assert gap == pytest.approx(process.number("cells.modulator_gap"), abs=1e-9)
