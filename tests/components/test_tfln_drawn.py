"""What is simulated is what is drawn: layouts of the lithium niobate line are cut, read back and compared."""

from typing import Any

import gdsfactory as gf
import klayout.db as kdb
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.tfln import electro, foldedlight, resonant, segmentedlight, thermal
from lingnan.pdk import active_process, optics
from lingnan.pdk import modulators as bridge
from lingnan.pdk.view.cut import Trapezoid, cut
from lingnan.solvers import modulators

F = np.array([1e9, 1e10])
GRID = 0.001  #: µm; drawn sizes are rounded to it, or to two of it


pytestmark = pytest.mark.usefixtures("kept_tfln600")

SIZES: dict[str, float] = {"gap": 5.6, "signal_width": 21.5, "ground_width": 143.0}
RAILS: dict[str, float] = {
    "rail_length": 30.0, "rail_slot": 4.0, "rail_bar": 2.4, "rail_stem_height": 2.2, "rail_stem_width": 6.0,
}  # fmt: skip
DRAWN: dict[str, Any] = {
    "phase_modulator": tfln.phase_modulator,
    "phase_shifter_gsg": tfln.phase_shifter_gsg,
    "mzm": tfln.mzm,
}


def across(c: gf.Component, corner: str, aside: float = 0.0) -> tuple[list[Trapezoid], list[Trapezoid], float]:
    """Metal and ribs along a line across the middle of the electrode, and where its signal strip's middle lies."""
    middle = np.mean([c.ports[name].center for name in ("e2", "e5")], axis=0)
    x, y = float(middle[0]) + aside, float(middle[1])
    found = cut(c, optics.at_corner("tfln600", corner), (x, y - 260.0), (x, y + 260.0))
    return list(found.of("electrode")), list(found.of("core")), 260.0


def as_simulated(spec: modulators.Coplanar, metal: list[Trapezoid], ribs: list[Trapezoid], y: float) -> None:
    """Three strips and the ribs in their gaps, about a signal at y; ribs from south to north."""
    south, signal, north = metal
    assert_allclose(np.array(signal.bottom) - y, [-spec.signal_width / 2, spec.signal_width / 2], atol=GRID)
    edge = spec.signal_width / 2 + spec.gap
    assert_allclose(np.array(north.bottom) - y, [edge, edge + spec.ground_width], atol=GRID)
    assert_allclose(np.array(south.bottom) - y, [-edge - spec.ground_width, -edge], atol=GRID)
    for one in metal:
        assert_allclose([one.z_min, one.z_max], np.array([0, spec.metal_thickness]) + spec.slab, atol=1e-9)
    foot = spec.etch / np.tan(np.deg2rad(spec.rib_wall_angle_deg))
    for rib, side in zip(ribs[::-1], (1, -1), strict=False):
        top, bottom = np.array(rib.top) - y, np.array(rib.bottom) - y
        half = spec.rib_width / 2
        assert_allclose(top, side * spec.rib_centre + np.array([-half, half]), atol=GRID)
        assert_allclose(bottom, side * spec.rib_centre + np.array([-half - foot, half + foot]), atol=GRID)
        assert_allclose([rib.z_min, rib.z_max], [spec.slab, spec.film], atol=1e-9)


@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "deep_narrow"])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_the_cross_section_that_is_simulated_is_the_one_that_is_drawn(name: str, corner: str) -> None:
    """Read back from the layout through the stack's own walls and heights; equal within the mask grid."""
    for given in ({}, SIZES):
        spec = electro.section(**given, corner=corner)
        assert isinstance(spec, modulators.Coplanar)
        metal, ribs, y = across(DRAWN[name](length=200.0, **given), corner)
        as_simulated(spec, metal, ribs, y)
        assert len(ribs) == (1 if name == "phase_modulator" else 2)


def test_a_modulator_with_two_ends_has_the_same_line() -> None:
    spec = electro.section(**SIZES)
    assert isinstance(spec, modulators.Coplanar)
    metal, ribs, y = across(tfln.mzm(length=200.0, inputs=2, outputs=2, **SIZES), "nominal")
    as_simulated(spec, metal, ribs, y)
    assert len(ribs) == 2


@pytest.mark.parametrize("make", [tfln.mzm, tfln.phase_shifter_gsg])
def test_the_idle_arm_of_a_single_drive_lies_where_no_field_is(make: Any) -> None:
    """The driven arm as it is simulated; the other one beyond the lower ground."""
    spec = electro.section(**SIZES)
    assert isinstance(spec, modulators.Coplanar)
    metal, ribs, y = across(make(length=200.0, drive="single", **SIZES), "nominal")
    idle, driven = ribs
    as_simulated(spec, metal, [driven], y)
    assert metal[0].bottom[0] - idle.bottom[1] > 5.0
    assert y - np.mean(idle.top) > spec.signal_width / 2 + spec.gap + spec.ground_width + 5.0


def test_a_line_without_guides_is_the_one_that_is_simulated() -> None:
    """Its section has no rib, and no trench that a rib would stand in: the film as it lies."""
    c = tfln.electrode_gsg(length=200.0, **SIZES)
    spec = electro.spec_of(electro.shape_of("electrode_gsg", "straight", {"length": 200.0, **SIZES}, None), None)
    assert isinstance(spec, modulators.Coplanar)
    metal, ribs, y = across(c, "nominal")
    assert ribs == []
    as_simulated(spec, metal, ribs, y)


def test_the_resistors_of_a_termination_are_those_that_its_model_has() -> None:
    """Squares between the contacts, read back from the heater layer, times the sheet resistance; two in parallel."""
    for ohms in (50.0, 41.0):
        c, process = tfln.termination(resistance=ohms), active_process()
        number = process.layer("HEATER")
        drawn = kdb.Region(c.kdb_cell.begin_shapes_rec(c.kdb_cell.layout().find_layer(number.layer, number.datatype)))
        dbu, wires = c.kdb_cell.layout().dbu, []
        side, pitch = process.number("cells.heater_contact"), process.number("packaging.rf_pad_pitch")
        for sign in (-1, 1):
            low, high = sorted((sign * side / 2, sign * (pitch - side / 2)))
            wire = (drawn.merged() & kdb.Region(kdb.DBox(-500, low, 500, high).to_itype(dbu))).bbox()
            wires.append(wire.height() / wire.width())
        sheet = process.metals["heater"].sheet_resistance.value
        found = tfln.rf_models["termination"](frequency=F, resistance=ohms)["e2", "e2"]
        seen = 50 * (1 + found) / (1 - found)
        assert_allclose(seen, 1 / sum(1 / (sheet * squares) for squares in wires), rtol=2e-5)  # a milliohm is rounded
        assert_allclose(seen, ohms, rtol=2e-3)  # the wire's width is on the mask's grid


def test_both_lines_of_an_iq_modulator_are_the_one_that_is_simulated() -> None:
    """One cut through I and Q; between them lies nothing that either would see."""
    c = tfln.iq_modulator(length=200.0, **SIZES)
    spec = electro.section(**SIZES)
    assert isinstance(spec, modulators.Coplanar)
    middles = [np.mean([c.ports[name].center for name in pair], axis=0) for pair in (("e10", "e13"), ("e2", "e5"))]
    (x, low), (_, high) = middles
    found = cut(c, active_process(), (float(x), float(low) - 260.0), (float(x), float(high) + 260.0))
    metal, ribs = list(found.of("electrode")), list(found.of("core"))
    assert (len(metal), len(ribs)) == (6, 4)
    for k, y in enumerate((260.0, 260.0 + float(high - low))):
        as_simulated(spec, metal[3 * k : 3 * k + 3], ribs[2 * k : 2 * k + 2], y)
    assert metal[3].bottom[0] - metal[2].bottom[1] > 10 * spec.gap


@pytest.mark.parametrize("corner", ["nominal", "thick_wide"])
def test_both_lines_of_a_folded_modulator_and_what_joins_them_are_those_that_are_simulated(corner: str) -> None:
    """Through the middle of both electrodes, through the pads of one, and through the top metal where it turns."""
    c, line = tfln.mzm_folded(length=200.0, **SIZES), optics.at_corner("tfln600", corner)
    shape = electro.shape_of("mzm_folded", "straight", {"length": 200.0, **SIZES})
    spec = electro.spec_of(shape, corner=corner)
    assert isinstance(spec, modulators.Coplanar)
    for west in ("e2", "e5"):  # the lower electrode stands further east
        x, y = (float(value) for value in c.ports[west].center)
        middle = x + shape.pad + shape.launch + shape.length / 2
        found = cut(c, line, (middle, y - 165.0), (middle, y + 165.0))
        metal, ribs = list(found.of("electrode")), list(found.of("core"))
        assert (len(metal), len(ribs)) == (3, 2)
        as_simulated(spec, metal, ribs, 165.0)
    pads = cut(c, line, (x + shape.pad / 2, y - 260.0), (x + shape.pad / 2, y + 260.0)).of("electrode")
    at_pads = electro.pads_of(shape, corner=corner)
    assert_allclose(np.diff(pads[1].bottom), at_pads.signal_width, atol=2 * GRID)
    assert_allclose(pads[2].bottom[0] - pads[1].bottom[1], at_pads.gap, atol=2 * GRID)
    assert_allclose(np.diff(pads[2].bottom), at_pads.ground_width, atol=2 * GRID)
    over = foldedlight.over_of(corner=corner)
    east = x + 2 * (shape.pad + shape.launch) + shape.length
    turn = cut(c, line, (east + 100.0, y - 260.0), (east + 100.0, y + 260.0))
    south, signal, north = turn.of("metal2")
    for one, wide in ((south, over.ground_width), (signal, over.signal_width), (north, over.ground_width)):
        assert_allclose(np.diff(one.bottom), wide, atol=2 * GRID)
    assert_allclose([signal.bottom[0] - south.bottom[1], north.bottom[0] - signal.bottom[1]], over.gap, atol=2 * GRID)
    assert_allclose(signal.z_max - signal.z_min, over.metal_thickness, atol=1e-9)
    assert_allclose(signal.z_min, over.slab + over.metal_height, atol=1e-9)


@pytest.mark.parametrize("arms", ["straight", "exchanged"])
def test_each_segment_of_a_modulator_and_what_joins_two_are_those_that_are_simulated(arms: str) -> None:
    """Through the middle of each segment, and through the top metal between their pads."""
    given: dict[str, Any] = {"length": 200.0, **SIZES}
    c = tfln.mzm_segmented(segments=3, space=30.0, arms=arms, **given)
    shape = electro.shape_of("mzm_segmented", "straight", given)
    spec, over = electro.spec_of(shape), foldedlight.over_of()
    assert isinstance(spec, modulators.Coplanar)
    (x, y), row = c.ports["e2"].center, segmentedlight.Segments(3, 30.0, arms == "exchanged")
    one, between = 2 * (shape.pad + shape.launch) + shape.length, segmentedlight.between_of(shape, row)[0]
    assert_allclose(c.ports["e5"].center[0] - x, 3 * one + 2 * between, atol=3 * GRID)
    for k in range(3):
        start = float(x) + k * (one + between)
        middle = start + one / 2
        found = cut(c, active_process(), (middle, float(y) - 260.0), (middle, float(y) + 260.0))
        metal, ribs = list(found.of("electrode")), list(found.of("core"))
        assert (len(metal), len(ribs)) == (3, 2)
        as_simulated(spec, metal, ribs, 260.0)
        if k < 2:
            far = start + one + between / 2
            found = cut(c, active_process(), (far, float(y) - 260.0), (far, float(y) + 260.0))
            assert not found.of("electrode")
            south, signal, north = found.of("metal2")
            for strip, wide in ((south, over.ground_width), (signal, over.signal_width), (north, over.ground_width)):
                assert_allclose(np.diff(strip.bottom), wide, atol=2 * GRID)
            apart = [signal.bottom[0] - south.bottom[1], north.bottom[0] - signal.bottom[1]]
            assert_allclose(apart, over.gap, atol=2 * GRID)
            assert_allclose(np.mean(signal.bottom), 260.0, atol=GRID)


@pytest.mark.parametrize("corner", ["nominal", "deep_narrow"])
def test_the_switch_s_section_is_the_one_that_is_drawn(corner: str) -> None:
    """A wire over the upper arm and none over the lower one, as far away as its heat is asked for."""
    c = tfln.thermal_switch_y(pitch=41.0, width_heater=2.6)
    spec = thermal.section(width_heater=2.6, corner=corner, pitch=41.0)
    x = c.dbbox().center().x
    found = cut(c, optics.at_corner("tfln600", corner), (x, -60.0), (x, 60.0))
    (wire,), (low, high) = found.of("heater"), found.of("core")
    assert_allclose(np.mean(wire.bottom), np.mean(high.bottom), atol=GRID)
    assert_allclose(np.diff(wire.bottom), spec.width, atol=GRID)
    assert_allclose(np.mean(high.bottom) - np.mean(low.bottom), spec.pitch, atol=GRID)
    for rib in (low, high):
        assert_allclose(np.diff(rib.top), spec.core_width, atol=GRID)
    assert_allclose([wire.z_min - high.z_max, wire.z_max - wire.z_min], [spec.height, spec.thickness], atol=1e-9)


@pytest.mark.parametrize("make", [tfln.mzm, tfln.iq_modulator, tfln.mzm_folded])
def test_the_bias_heater_of_a_modulator_is_the_one_that_is_simulated(make: Any) -> None:
    """Between its pads e7 and e8: one wire, of the process's own width, over the upper of two arms."""
    c, spec = make(length=200.0), thermal.section()
    (west, y), (east, _) = c.ports["e7"].center, c.ports["e8"].center
    found = cut(c, active_process(), ((west + east) / 2, y - 400.0), ((west + east) / 2, y + 20.0))
    wire = found.of("heater")[-1]
    rib = min(found.of("core"), key=lambda one: abs(np.mean(one.bottom) - np.mean(wire.bottom)))
    assert_allclose(np.diff(wire.bottom), spec.width, atol=GRID)
    assert_allclose(np.mean(wire.bottom), np.mean(rib.bottom), atol=GRID)
    assert_allclose(np.diff(rib.top), spec.core_width, atol=GRID)


def test_the_poled_guide_and_its_domains_are_those_that_are_simulated() -> None:
    """Across: the rib of the modes. Along: fingers at the period of the tuning curve, from a comb on one side alone."""
    width, periods = 1.2, 12
    c = tfln.poled_straight(periods=periods, width=width)
    process, made = active_process(), optics.geometry(active_process(), "rib", width=width)
    x = float(c.info["length_um"]) / 2
    (rib,) = cut(c, process, (x, -20.0), (x, 20.0)).of("core")
    lines, levels = np.asarray(made.lines), np.asarray(made.levels)
    core = made.names.index("core")
    columns = np.flatnonzero(np.any(np.asarray(made.regions) == core, axis=1))
    rows = np.flatnonzero(np.any(np.asarray(made.regions) == core, axis=0))
    for level, edges in ((rows[0], rib.bottom), (rows[-1] + 1, rib.top)):
        assert_allclose(lines[[columns[0], columns[-1] + 1], level], np.array(edges) - 20.0, atol=GRID)
    assert_allclose(levels[[rows[0], rows[-1] + 1]], [rib.z_min, rib.z_max], atol=1e-9)
    number = process.layer("POLE_EL")
    layer = c.kdb_cell.layout().find_layer(number.layer, number.datatype)
    drawn = kdb.Region(c.kdb_cell.begin_shapes_rec(layer)).merged()
    dbu, half = c.kdb_cell.layout().dbu, float(c.info["gap_um"]) / 2
    long = float(c.info["length_um"])
    band = kdb.DBox(0, -half - 1.0, long, -half).to_itype(dbu)
    fingers = sorted((one.bbox().left * dbu, one.bbox().right * dbu) for one in (drawn & kdb.Region(band)).each())
    assert len(fingers) == periods
    assert_allclose(np.diff([left for left, _ in fingers]), c.info["period_um"], atol=2 * GRID)
    assert_allclose(c.info["period_um"], process.number("poling.period"), atol=GRID)
    rail = drawn & kdb.Region(kdb.DBox(0, half, long, half + 1.0).to_itype(dbu))
    assert rail.count() == 1


def rails_as_simulated(c: gf.Component, spec: modulators.TRail, x: float, y: float, guides: int = 2) -> None:
    """Across a slot at x, a bar and a stem beside it, and along bars and stems of one row; the signal lies at y."""
    rails, inner = spec.rails, spec.base.gap / 2
    away = rails.signal_width / 2 + rails.gap + rails.ground_width + 5.0

    # bars are cut where they are straight, a stem in its middle
    slot, *others = (
        cut(c, active_process(), (x + aside, y - away), (x + aside, y + away))
        for aside in (0.0, spec.slot / 2 + 3.0, spec.period / 2)
    )
    ribs = list(slot.of("core"))
    assert len(ribs) == guides
    as_simulated(rails, list(slot.of("electrode")), ribs, away)
    bar, stem = (one.of("electrode") for one in others)
    middle = away + (rails.signal_width + rails.gap) / 2
    near = [one for one in bar if one.bottom[0] > away and one.bottom[1] < middle + inner + spec.bar + GRID]
    assert_allclose(
        [one.bottom for one in near],
        [
            [middle - inner - spec.bar, middle - inner],
            [middle + inner, middle + inner + spec.bar],
        ],
        atol=GRID,
    )
    assert len(stem) == 3  # joined to their strips
    assert_allclose(stem[2].bottom[0] - stem[1].bottom[1], spec.base.gap, atol=GRID)
    reach, height = 3 * spec.period, y + (rails.signal_width + rails.gap) / 2 - inner - spec.bar / 2
    along = cut(c, active_process(), (x - reach, height), (x + reach, height)).of("electrode")
    lengths = np.array([one.bottom for one in along])[1:-1]
    assert len(lengths) >= 4
    # bars have rounded ends, cut in the middle of their width, where they are as long as drawn
    assert_allclose(np.diff(lengths, axis=1), spec.length, atol=2 * GRID)
    assert_allclose(np.diff(lengths[:, 0]), spec.period, atol=GRID)
    low = height - spec.bar / 2 - spec.stem_height / 2
    stems = cut(c, active_process(), (x - reach, low), (x + reach, low)).of("electrode")
    assert_allclose(np.diff(np.array([one.bottom for one in stems])[1:-1], axis=1), spec.stem_width, atol=2 * GRID)


@pytest.mark.parametrize("name", [*sorted(DRAWN), "electrode_t_rail"])
def test_t_rails_that_are_simulated_are_those_that_are_drawn(name: str) -> None:
    draw = DRAWN.get(name)
    given: dict[str, Any] = {**SIZES, **RAILS}
    c = tfln.electrode_t_rail(length=340.0, **given) if draw is None else draw(length=340.0, electrode="rail", **given)
    spec = electro.section("rail", **given)
    assert isinstance(spec, modulators.TRail)
    # ten periods of 34 µm: a slot lies in the middle of the line, the nearest stem half a period away
    x, y = np.mean([c.ports[port].center for port in ("e2", "e5")], axis=0)
    rails_as_simulated(c, spec, float(x), float(y), {"phase_modulator": 1, "electrode_t_rail": 0}.get(name, 2))


def test_t_rails_of_both_lines_of_an_iq_modulator_are_those_that_are_simulated() -> None:
    """Its T's are the process's own: eight periods of 50 µm."""
    c, spec = tfln.iq_modulator(length=400.0, electrode="rail", **SIZES), electro.section("rail", **SIZES)
    assert isinstance(spec, modulators.TRail)
    for pair in (("e10", "e13"), ("e2", "e5")):
        x, y = np.mean([c.ports[port].center for port in pair], axis=0)
        rails_as_simulated(c, spec, float(x), float(y))


def test_t_rails_of_both_lines_of_a_folded_modulator_are_those_that_are_simulated() -> None:
    """As light and signal run through one after the other: the upper electrode, and the lower one, turned around."""
    given: dict[str, Any] = {"length": 340.0, **SIZES, **RAILS}
    c = tfln.mzm_folded(electrode="rail", **given)
    shape = electro.shape_of("mzm_folded", "rail", given)
    spec = electro.spec_of(shape)
    assert isinstance(spec, modulators.TRail)
    for west in ("e2", "e5"):
        x, y = (float(value) for value in c.ports[west].center)
        rails_as_simulated(c, spec, x + shape.pad + shape.launch + shape.length / 2, y)


def test_the_line_s_media_are_the_process_s_own() -> None:
    process = active_process()
    spec = electro.section()
    assert isinstance(spec, modulators.Coplanar)
    media = spec.section().media
    names = spec.section().geometry.names
    found = {name: medium for name, medium in zip(names, media, strict=True)}
    z, others = (process.number(f"electrical.rf_permittivity_{way}") for way in ("parallel", "perpendicular"))
    assert_allclose(found["core"].tensor, np.diag([z, others, others]))  # crystal z lies across
    assert_allclose(found["cladding"].permittivity, process.number("electrical.rf_permittivity_oxide"))
    assert_allclose(found["signal"].conductivity, process.number("metals.tl.conductivity"))
    assert_allclose(bridge.pockels(process).r33, process.number("optics.r33"))


@pytest.mark.parametrize("corner", ["nominal", "deep_narrow"])
def test_the_heater_that_is_simulated_is_the_one_that_is_drawn(corner: str) -> None:
    for width in (2.0, 3.6):
        c = tfln.phase_shifter_heater(width_heater=width)
        spec = thermal.section(width_heater=width, corner=corner)
        x = c.dbbox().center().x
        found = cut(c, optics.at_corner("tfln600", corner), (x, -20.0), (x, 20.0))
        (wire,), (rib,), (slab,) = (found.of(name) for name in ("heater", "core", "slab"))
        assert_allclose(np.array(wire.bottom) - 20.0, [-spec.width / 2, spec.width / 2], atol=GRID)
        assert_allclose([wire.z_min - rib.z_max, wire.z_max - wire.z_min], [spec.height, spec.thickness], atol=1e-9)
        assert_allclose(np.array(rib.top) - 20.0, [-spec.core_width / 2, spec.core_width / 2], atol=GRID)
        assert_allclose([rib.z_max, slab.z_max], [spec.film, spec.slab], atol=1e-9)
        lean = np.tan(np.deg2rad(90 - spec.wall_angle_deg)) * (spec.film - spec.slab)
        assert_allclose(rib.top[0] - rib.bottom[0], lean, atol=GRID)


def test_the_racetrack_s_section_is_the_one_that_is_drawn() -> None:
    given = {"gap": 4.6, "signal_width": 12.0, "ground_width": 20.0}
    c = tfln.racetrack_modulator_y(**given)
    spec = resonant.racetrack_section(**given)
    assert isinstance(spec, modulators.Coplanar)
    assert not spec.push_pull
    x, (_, top), (_, low) = 150.0, c.ports["e1"].center, c.ports["e2"].center
    found = cut(c, active_process(), (x, low), (x, top))
    signal, ground = found.of("electrode")
    (rib,) = found.of("core")
    assert_allclose(np.diff(signal.bottom), spec.signal_width, atol=GRID)
    assert_allclose(np.diff(ground.bottom), spec.ground_width, atol=GRID)
    assert_allclose(ground.bottom[0] - signal.bottom[1], spec.gap, atol=GRID)
    assert_allclose(np.diff(rib.top), spec.rib_width, atol=GRID)
    assert_allclose(np.mean(rib.top), (ground.bottom[0] + signal.bottom[1]) / 2, atol=GRID)
