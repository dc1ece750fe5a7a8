"""SOI cells against what is known about them: lengths, areas, curvature, positions, and what the line refuses."""

import math
from typing import Any

import gdsfactory as gf
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import fresnel

from lingnan.components import soi
from lingnan.components.common.curves import arc, euler, join, line, s_bend
from lingnan.components.common.gratings import FocusingGrating
from lingnan.pdk import SOI220, active_process, build_pdk
from lingnan.pdk.drc import check
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process
from lingnan.solvers import materials
from lingnan.solvers.waveguides.slab import slab_index


@pytest.fixture(autouse=True)
def line_active() -> None:
    SOI220.activate(force=True)


def core(c: gf.Component, layer: str = "WG") -> kdb.Region:
    index = c.kcl.layout.layer(*active_process().layer(layer).gds)
    return kdb.Region(c.kdb_cell.begin_shapes_rec(index)).merged()


def area(c: gf.Component, layer: str = "WG") -> float:
    return core(c, layer).area() * c.kcl.dbu**2


def test_all_euler_bend_is_two_clothoids():
    """p = 1: the half angle's end point is a Fresnel integral (A&S 7.3), the rest its mirror image."""
    curve = euler(10.0, 90.0, 1.0)
    scale = math.sqrt(math.pi * curve.length / 2 * curve.radius_min)  # the curvature is pi s / scale² up to the middle
    first = curve.s < curve.length / 2
    sine, cosine = fresnel(curve.s[first] / scale)
    assert_allclose(curve.x[first], scale * cosine, atol=1e-8)
    assert_allclose(curve.y[first], scale * sine, atol=1e-8)
    assert_allclose(curve.end[:2], [10.0, 10.0], atol=1e-9)


@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("angle", [90.0, 180.0, -90.0])
def test_euler_bend_ends_where_its_arc_ends(p: float, angle: float):
    curve, circle = euler(12.0, angle, p), arc(12.0, angle)
    assert_allclose(curve.end, circle.end, atol=1e-9)


def test_curves_carry_their_true_length():
    bend = s_bend(12.0, 3.0)
    fine = np.linspace(0, 1, 200_001)
    y = 3.0 * (10 * fine**3 - 15 * fine**4 + 6 * fine**5)
    assert_allclose(bend.length, np.hypot(np.diff(12.0 * fine), np.diff(y)).sum(), rtol=1e-9)
    assert_allclose(join(line(3.0), arc(5.0, 90), line(2.0)).length, 5.0 + 2.5 * math.pi, rtol=1e-12)


def test_s_bend_radius_is_on_the_safe_side_and_not_by_much():
    bend = s_bend(12.0, 3.0)
    curvature = np.gradient(bend.angle, bend.s)
    sharpest = 1 / np.abs(curvature).max()
    assert bend.radius_min <= sharpest * 1.001  # differences of samples miss a little of the peak
    assert bend.radius_min > 0.85 * sharpest  # the bound leaves out the slope, 1.25 / 4 here


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("straight", {"length": 12.345}),
        ("bend_euler", {}),
        ("bend_circular", {"radius": 7.0}),
        ("bend_s", {"size": (15.0, 4.0)}),
        ("spiral", {"turns": 2, "length_x": 30.0}),
        ("bend_chain", {"bends": 8}),
    ],
)
def test_area_is_width_times_length(name: str, parameters: dict[str, Any]):
    """Pappus: a ribbon of constant width has the area width times length, whatever its curvature."""
    c = soi.cells[name](**parameters)
    width = active_process().number("cross_sections.strip.width")
    # walls on a 1 nm grid: each wall is off by up to 0.5 nm, at random, so the mean width by far less than 1 nm
    assert_allclose(area(c), width * c.info["length_um"], rtol=1e-3)


def test_spiral_of_a_known_length():
    """Half circles a + d/2, a + 3d/2, …, the S of two half turns and the straights, added by hand."""
    c = soi.spiral(turns=2, length_x=50.0, radius=10.0, spacing=6.0)
    a, d, n = 20.0, 6.0, 4
    arcs = sum(math.pi * (a + (k + 0.5) * d) for k in range(n))
    far = 25.0 + a + (n - 0.5) * d + 1.0
    assert_allclose(c.info["length_um"], 50.0 + 2 * (math.pi * 10.0 + arcs + n * 50.0 + far + 25.0), rtol=1e-9)


def test_ring_keeps_its_gap_and_its_circumference():
    c = soi.ring_single(radius=8.0, gap=0.25)
    width = active_process().number("cross_sections.strip.width")
    assert c.info["round_trip_um"] == pytest.approx(2 * math.pi * 8.0, abs=1e-6)  # as rounded
    bus = width * c.info["bus_length_um"]
    assert_allclose(area(c), width * 2 * math.pi * 8.0 + bus, rtol=1e-3)
    pieces = sorted(core(c).each(), key=lambda piece: piece.bbox().bottom)
    assert len(pieces) == 2
    assert pieces[1].bbox().bottom - pieces[0].bbox().top == 250


@pytest.mark.parametrize("combiner", ["mmi1x2", "mmi2x2", "mmi3x3", "ybranch", "coupler"])
def test_arms_of_an_interferometer_differ_by_delta_length(combiner: str):
    equal = soi.mzi(delta_length=0.0, combiner=combiner)
    longer = soi.mzi(delta_length=37.0, combiner=combiner)
    width = active_process().number("cross_sections.strip.width")
    assert_allclose(area(longer) - area(equal), 37.0 * width, atol=1e-6)
    assert core(longer).count() == 1


@pytest.mark.parametrize(("wavelength", "band"), [(1.55, ""), (1.31, "_o")])
def test_grating_periods_follow_from_the_grating_equation(wavelength, band):
    """Period = wavelength / (n - sin angle), n by the fill from the slab modes of film and etched film in oxide."""
    process = active_process()
    silicon, oxide = (float(materials.get(name).n(wavelength, 298.15)) for name in ("Si", "SiO2"))

    def mode(thickness):
        beside = np.array([0.1, 0.3, 1.0])  # a tail in oxide falls by 1/e in 0.1 µm
        levels = np.array([*-beside[::-1], 0.0, thickness, *thickness + beside])
        media = np.array([*[oxide] * 3, silicon, *[oxide] * 3]) ** 2
        return slab_index(levels, media, media, wavelength, "te")

    film = process.number("films.si.thickness")
    tooth, groove = mode(film), mode(film - process.number("etches.shallow.depth"))
    fill = process.number(f"cells.grating_fill{band}")
    sine = math.sin(math.radians(process.number("cells.grating_angle")))
    period = wavelength / (fill * tooth + (1 - fill) * groove - sine)
    assert process.number(f"cells.grating_period{band}") == pytest.approx(period, abs=6e-4)  # given to 1 nm
    info = soi.grating_coupler(wavelength=wavelength).info
    assert info["period_um"] == process.number(f"cells.grating_period{band}")


def test_grating_teeth_are_phase_fronts():
    """Light from the fan's point and a plane wave tilted by the fibre's angle meet in phase on each front."""
    grating = FocusingGrating(0.63, 0.5, 25, 18.0, 30.0, 10.0, 1.55)
    x, y = grating.arc(40, 0.25).T
    phase = (grating.n_eff * np.hypot(x, y) - math.sin(math.radians(10.0)) * x) / 1.55
    assert_allclose(phase, 40.0, rtol=1e-12)
    axis = [grating.radius(order, np.zeros(1))[0] for order in (40, 41)]
    assert_allclose(axis[1] - axis[0], 0.63, rtol=1e-12)


def test_y_branch_has_the_published_widths():
    """Zhang 2013: 0.5, 0.5, 0.6, 0.7, 0.9, 1.26, 1.4 µm at steps of 2 µm / 12."""
    c = soi.ybranch()
    region = core(c)
    for index, width in enumerate([0.5, 0.5, 0.6, 0.7, 0.9, 1.26, 1.4]):
        x = round(2000 * index / 12)
        cut = region & kdb.Region(kdb.Box(x, -5000, x + 1, 5000))
        assert cut.bbox().height() == pytest.approx(1000 * width, abs=3)  # the widths change by 2 nm within a step


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("straight", {"width": 0.02}, ["straight", "width = 0.02", "0.18", "WG.W", "soi220"]),
        ("straight", {"length": -1.0}, ["length = -1"]),
        ("straight", {"length": math.nan}, ["length = nan"]),
        ("straight", {"cross_section": "ribb"}, ["ribb", "Did you mean rib"]),
        ("bend_euler", {"radius": 5.0}, ["radius = 5", "3.53", "limit of 5", "Use radius >= 7.0"]),
        ("bend_euler", {"angle": 45.0}, ["angle = 45", "bend_s"]),
        ("bend_circular", {"radius": 20.0, "cross_section": "rib"}, ["radius = 20", "25", "rib"]),
        ("bend_s", {"size": (5.0, 3.0)}, ["size[0] = 5", "minimum bend radius 5"]),
        ("taper", {"width2": 0.1}, ["width2 = 0.1", "WG.W"]),
        ("mmi1x2", {"gap_mmi": 0.1}, ["gap_mmi = 0.1", "0.2", "WG.S"]),
        ("mmi1x2", {"width_mmi": 2.0}, ["width_mmi = 2", "4.64"]),
        ("mmi1x2", {"cross_section": "nitride"}, ["length_mmi", "nitride", "Give length_mmi"]),
        ("coupler", {"gap": 0.15}, ["gap = 0.15", "WG.S"]),
        ("ring_single", {"radius": 3.0}, ["radius = 3", "limit of 5"]),
        ("ring_sensor", {"cross_section": "rib"}, ["slab"]),
        ("spiral", {"turns": 0}, ["turns = 0"]),
        ("bend_chain", {"bends": 6}, ["bends = 6", "multiple of 4"]),
        ("grating_coupler", {"period": 0.3}, ["period", "SH."]),
        ("grating_coupler", {"opening_deg": 40.0}, ["SH.S.LONG", "0.35"]),
        ("grating_coupler", {"polarization": "tx"}, ["tx"]),
        ("edge_coupler", {"tip_width": 0.1}, ["tip_width = 0.1", "WG.W"]),
        ("phase_shifter_heater", {"heater_width": 0.5}, ["heater_width = 0.5", "HT.W"]),
        ("phase_shifter_heater", {"length": 15.0}, ["length = 15", "22"]),
        ("mzi", {"splitter": "mmi"}, ["splitter = 'mmi'", "mmi1x2"]),
        ("pad", {"size": (40.0, 40.0)}, ["size[0] = 40", "60", "PAD.W"]),
        ("via_stack", {"layers": ("M1", "M3")}, ["M3", "Did you mean"]),
        ("via_stack", {"size": (1.0, 1.0)}, ["size", "M2.W"]),
    ],
)
def test_refusal_names_parameter_limit_and_rule(name: str, parameters: dict[str, Any], words: list[str]):
    with pytest.raises(LingnanError) as refusal:
        soi.cells[name](**parameters)
    for word in words:
        assert word in str(refusal.value)


def test_limits_come_from_the_process(tmp_path: Any):
    """An overlay of the line moves a limit and a width, and the same arguments mean another cell."""
    path = tmp_path / "coarse.toml"
    own = 'unit = "um", source = "test", status = "foundry"'
    path.write_text(
        '[process]\nname = "coarse"\nextends = "soi220"\n'
        f"[cross_sections.strip]\nwidth = {{ value = 0.5, {own} }}\n"
        f'[rules."WG.S"]\nlimit = {{ value = 0.3, {own} }}\n'
    )
    assert soi.coupler(gap=0.25).info["gap_um"] == 0.25
    assert soi.straight().ports["o1"].width == pytest.approx(0.45)
    build_pdk(load_process(str(path))).activate(force=True)
    assert soi.straight().ports["o1"].width == pytest.approx(0.5)
    with pytest.raises(LingnanError, match=r"gap = 0.25 is below the limit of 0.3 \(rule WG.S, process coarse"):
        soi.coupler(gap=0.25)
    SOI220.activate(force=True)
    assert soi.straight().ports["o1"].width == pytest.approx(0.45)


def test_the_process_finds_its_cells_through_entry_points():
    assert soi.cells.items() <= SOI220.cells.items()


@pytest.mark.parametrize(("guide", "span"), [("strip", 60.0), ("rib", 150.0), ("nitride", 180.0)])
def test_router_joins_guides_with_the_library_s_own_cells(guide: str, span: float):
    c = gf.Component()
    west, east = c << soi.straight(cross_section=guide), c << soi.straight(cross_section=guide)
    east.dmove((span, span))
    route = gf.routing.route_bundle(
        c, [west.ports["o2"]], [east.ports["o1"]], cross_section=guide, raise_on_error=True, on_collision="error"
    )
    names = {instance.cell.name.split("_L")[0].split("_R")[0] for instance in route[0].instances}
    assert names == {"straight", "bend_euler"}
    layer = "SIN" if guide == "nitride" else "WG"
    assert core(c, layer).count() == 1
    found = [one for one in check(c.kcl.layout, c.kdb_cell, active_process()).violations if one.severity == "error"]
    assert not found


def test_router_widens_a_port_with_the_taper_of_its_own_film():
    c = gf.Component()
    wide, plain = c << soi.straight(width=1.5, cross_section="nitride"), c << soi.straight(cross_section="nitride")
    plain.dmove((300, 200))
    gf.routing.route_bundle(c, [wide.ports["o2"]], [plain.ports["o1"]], cross_section="nitride", raise_on_error=True)
    assert core(c, "SIN").count() == 1
    assert core(c).is_empty()


def test_heater_knows_its_resistance():
    """13 ohm/sq over 190 µm x 0.9 µm, and two legs 4 µm wide from the wire's edge to 4 µm beside its middle."""
    info = soi.phase_shifter_heater(length=200.0).info
    assert info["resistance_ohm"] == pytest.approx(13 * (190 / 0.9 + 2 * (4 - 0.45) / 4), rel=1e-6)
    meander = soi.phase_shifter_meander(length=200.0, passes=1).info
    assert meander["resistance_ohm"] == info["resistance_ohm"]
    assert info["current_max_mA"] == pytest.approx(5 * 0.9)


@pytest.mark.parametrize("width", [8.0, 12.0])
def test_wide_heater_keeps_off_its_contacts(width: float):
    """Contacts 4 µm beside the guide's middle would stand on its wire."""
    c = soi.phase_shifter_heater(heater_width=width)
    assert not [one for one in check(c.kcl.layout, c.kdb_cell, active_process()).violations if one.severity == "error"]
    wire = kdb.Region(kdb.DBox(20.0, -width / 2, 180.0, width / 2).to_itype(c.kcl.dbu))
    assert (core(c, "HEATER") & core(c, "M1") & wire.sized(round(1.9 / c.kcl.dbu))).is_empty()


@pytest.mark.parametrize("kind", ["open", "short", "through"])
def test_no_fill_comes_between_the_pads_of_an_rf_standard(kind: str):
    """Floating tiles there would be taken out of every measurement together with the pads."""
    c = soi.rf_standard(kind=kind)
    assert (kdb.Region(core(c, "M2").bbox()) - core(c, "NOFILL")).is_empty()
