"""Modulators of the lithium niobate line: what is simulated is what is drawn, and what a voltage does to light."""

import inspect
from typing import Any

import gdsfactory as gf
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.compact import guides, store
from lingnan.components.tfln import circuits, conversion, electro, foldedlight, resonant, thermal
from lingnan.pdk import active_process, build_pdk, optics
from lingnan.pdk import modulators as bridge
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.view.cut import Trapezoid, cut
from lingnan.solvers import modulators

GRID = 0.001  #: µm; drawn sizes are rounded to it, or to two of it


@pytest.fixture(autouse=True)
def line():
    """The line, and nothing solved: all that is asked for here is kept."""
    build_pdk("tfln600").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield


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


@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "deep_narrow"])
@pytest.mark.parametrize("name", sorted(DRAWN))
def test_the_cross_section_that_is_simulated_is_the_one_that_is_drawn(name: str, corner: str) -> None:
    """Read back from the layout through the stack's own walls and heights; equal within the mask grid."""
    for given in ({}, SIZES):
        spec = electro.section(**given, corner=corner)
        assert isinstance(spec, modulators.Coplanar)
        metal, ribs, y = across(DRAWN[name](length=200.0, **given), corner)
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
        assert len(ribs) == (1 if name == "phase_modulator" else 2)


@pytest.mark.parametrize("name", [*sorted(DRAWN), "electrode_t_rail"])
def test_t_rails_that_are_simulated_are_those_that_are_drawn(name: str) -> None:
    """Across a stem, across a bar beside its stem, across a slot, and along the bars of one row."""
    draw = DRAWN.get(name)
    given: dict[str, Any] = {**SIZES, **RAILS}
    c = tfln.electrode_t_rail(length=340.0, **given) if draw is None else draw(length=340.0, electrode="rail", **given)
    spec = electro.section("rail", **given)
    assert isinstance(spec, modulators.TRail)
    # ten periods of 34 µm: a slot lies in the middle of the line, the nearest stem half a period away
    slot, bar, stem = (across(c, "nominal", aside)[0] for aside in (0.0, 5.0, 17.0))
    rails, inner = spec.rails, spec.base.gap / 2
    middle = 260.0 + (rails.signal_width + rails.gap) / 2
    assert_allclose(np.diff([slot[1].bottom[1], slot[2].bottom[0]]), [rails.gap], atol=GRID)
    near = [one for one in bar if one.bottom[0] > 260.0 and one.bottom[1] < middle + inner + spec.bar + GRID]
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
    x, y = np.mean([c.ports[port].center for port in ("e2", "e5")], axis=0)
    height = float(y) + (rails.signal_width + rails.gap) / 2 - inner - spec.bar / 2
    along = cut(c, active_process(), (float(x) - 100.0, height), (float(x) + 100.0, height)).of("electrode")
    lengths = np.array([one.bottom for one in along])[1:-1]
    # bars have rounded ends, cut in the middle of their width, where they are as long as drawn
    assert_allclose(np.diff(lengths, axis=1), spec.length, atol=2 * GRID)
    assert_allclose(np.diff(lengths[:, 0]), spec.period, atol=GRID)
    low = height - spec.bar / 2 - spec.stem_height / 2
    stems = cut(c, active_process(), (float(x) - 100.0, low), (float(x) + 100.0, low)).of("electrode")
    assert_allclose(np.diff(np.array([one.bottom for one in stems])[1:-1], axis=1), spec.stem_width, atol=2 * GRID)


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


def test_models_and_functions_take_what_the_cells_take() -> None:
    """One list of parameters: sizes of `electro` are sizes of the cells, with the same defaults."""
    cell = inspect.signature(tfln.phase_shifter_gsg).parameters
    for function in (electro.section, electro.figures):
        taken = inspect.signature(function).parameters
        sizes = [name for name in cell if name not in ("length", "drive", "launch", "cross_section")]
        assert set(sizes) <= set(taken)
        for name in sizes:
            assert taken[name].default == cell[name].default


@pytest.mark.parametrize("electrode", ["straight", "rail"])
def test_a_voltage_turns_both_arms_against_each_other(electrode: str) -> None:
    """Push-pull: equal and opposite; single: one arm. V_pi L as published for such lines, the specification's range."""
    length, wl = 5000.0, 1.55
    s = [circuits.phase_shifter_gsg(wl=wl, length=length, electrode=electrode, voltage=v) for v in (0.0, 1.0)]
    up, down = (np.angle(s[1][pair] / s[0][pair]) for pair in (("o2", "o3"), ("o1", "o4")))
    assert_allclose(up, -down, rtol=1e-9)
    vpi_l = np.pi / abs(up - down) * length * 1e-4
    limit = active_process().specifications["half_wave_voltage_length"].maximum
    assert limit is not None
    assert limit.range is not None
    low, high = limit.range
    assert low < vpi_l < (limit.value if electrode == "straight" else high)  # in slots of T-rails the field is weaker
    one = circuits.phase_shifter_gsg(wl=wl, length=length, electrode=electrode, drive="single", voltage=1.0)
    assert_allclose(one["o2", "o3"], s[1]["o2", "o3"], rtol=1e-12)
    assert_allclose(one["o1", "o4"], s[0]["o1", "o4"], rtol=1e-12)
    alone = circuits.phase_modulator(wl=wl, length=length, electrode=electrode, voltage=1.0)
    assert_allclose(alone["o1", "o2"], s[1]["o2", "o3"], rtol=1e-12)


def test_the_modulator_goes_from_bright_to_dark_in_its_half_wave_voltage() -> None:
    """cos² of the voltage, its period 2 V_pi; a single drive takes twice as much."""
    volts, wl = jnp.linspace(-8.0, 8.0, 801), 1.55
    periods = []
    for drive in ("push_pull", "single"):
        s = circuits.mzm(wl=wl, length=5000.0, delta_length=0.0, length_heater=0.0, drive=drive, voltage=volts)
        power = np.abs(np.asarray(s["o1", "o2"])) ** 2
        crossing = np.flatnonzero(np.diff(np.sign(power - power.max() / 2)))
        periods.append(2 * float(np.mean(np.diff(np.asarray(volts)[crossing]))))
        assert power[400] > 0.999 * power.max()  # without a detour both arms are alike, the idle one too
        if drive == "push_pull":
            assert power.min() < 1e-3 * power.max()
    slope = float(electro.per_volt(electro.section(), wl))
    assert_allclose(periods[0] / 2, wl / (4 * abs(slope) * 5000.0), rtol=0.01)  # steps of 0.02 V
    assert_allclose(periods[1], 2 * periods[0], rtol=0.01)


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (1, 2), (2, 1), (2, 2)])
def test_modulators_of_all_ports_keep_their_light(inputs: int, outputs: int) -> None:
    s = circuits.mzm(wl=1.55, inputs=inputs, outputs=outputs, voltage=jnp.linspace(0.0, 10.0, 101))
    ports = sorted({a for pair in s for a in pair})
    assert ports == [f"o{k}" for k in range(1, inputs + outputs + 1)]
    drawn = tfln.mzm(inputs=inputs, outputs=outputs).ports
    assert ports == sorted(str(port.name) for port in drawn if port.port_type == "optical")
    power = sum(np.abs(np.asarray(s["o1", f"o{inputs + k}"])) ** 2 for k in range(1, outputs + 1))
    assert np.all(power <= 1)
    if outputs == 2:  # what is not here is there; both couplers lose 1 to 2 %, the guides 0.3 dB/cm over 1.3 cm
        assert np.all(power > 0.8)


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


def test_half_a_turn_of_heat_throws_the_switch() -> None:
    """Cold it crosses, at P_pi of the heater it does not; P_pi lies below the specification of the process."""
    power = 1.55 / (2 * abs(thermal.per_power(thermal.section())))
    made = tfln.phase_shifter_heater().info
    hot, wide = made["heated_length_um"], thermal.section().width
    sheet = active_process().metals["heater"].sheet_resistance.value
    whole = power * made["resistance_ohm"] / (sheet * hot / wide)  # and what its arms take
    for heated, bright, dark in ((0.0, "o3", "o4"), (float(thermal.heating(whole)), "o4", "o3")):
        s = resonant.thermal_switch_y(wl=1.55, heating=heated)
        through, left = (float(np.abs(s["o1", port]) ** 2) for port in (bright, dark))
        assert through > 0.9  # two couplers lose up to 2 % each
        assert left < 0.01 * through  # as their imbalance of 1 % and more allows
    limit = active_process().specifications["heater_power_per_pi"].maximum
    assert limit is not None
    assert 0.01 < whole < limit.value * 1e-3


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


def test_a_voltage_tunes_the_racetrack() -> None:
    """By λ/n_g dn/dV times the driven share of its round trip."""
    waves, volts = np.linspace(1.5495, 1.5505, 4001), 10.0
    dips = []
    for voltage in (0.0, volts):
        power = np.abs(np.asarray(resonant.racetrack_modulator_y(wl=waves, voltage=voltage)["o1", "o2"])) ** 2
        dips.append(waves[np.argmin(power)])
        assert power.min() < 0.1  # near critical coupling
    c = tfln.racetrack_modulator_y()
    share = c.info["electrode_length_um"] / c.info["round_trip_um"]
    n_g = np.mean([float(guides.guide("tfln600", "rib", direction=way).n_g(1.55)) for way in (0.0, 90.0)])
    slope = float(electro.per_volt(resonant.racetrack_section(), 1.55))
    # grid of waves 0.25 pm of 32 pm, and the group index of the bends, which see the other axis
    assert_allclose(dips[1] - dips[0], 1.55 / n_g * slope * share * volts, rtol=0.04)


def test_the_iq_modulator_takes_each_voltage_in_its_own_quadrature() -> None:
    """With the outer heater at 90 degrees, the field is the sum of a real and an imaginary part."""
    heats = np.linspace(0.0, 40.0, 401)
    alone = [circuits.iq_modulator(wl=1.55, length=2000.0, heating=h)["o1", "o2"] for h in (0.0, heats)]
    both = np.abs(np.asarray(alone[1])) ** 2
    peak = float(both.max())
    quarter = heats[np.argmin(np.abs(both - peak / 2))]  # power half of its peak: the arms at 90 degrees
    base = circuits.iq_modulator(wl=1.55, length=2000.0, heating=quarter)["o1", "o2"]
    slope = abs(float(electro.per_volt(electro.section(), 1.55)))
    v_pi = 1.55 / (4 * slope * 2000.0)
    for drive in ("voltage_i", "voltage_q"):
        settings = {"wl": 1.55, "length": 2000.0, "heating": quarter}
        # one inner modulator turned through its whole swing, from +1 to -1
        swung = circuits.iq_modulator(**settings, **{drive: 2 * v_pi})["o1", "o2"]
        step = complex(base - swung)
        assert_allclose(abs(step) ** 2, peak, rtol=0.02)  # twice half of the field's peak
    i, q = (
        complex(base - circuits.iq_modulator(wl=1.55, length=2000.0, heating=quarter, **{d: 2 * v_pi})["o1", "o2"])
        for d in ("voltage_i", "voltage_q")
    )
    assert_allclose(abs(np.angle(i / q)), np.pi / 2, atol=0.05)  # 0.1 K of the heater's grid is 0.03 rad


def test_a_folded_modulator_needs_half_the_voltage_of_one_of_its_electrodes() -> None:
    """Its arms change places in the turn; without that the second electrode would undo the first."""
    volts = np.linspace(0.0, 20.0, 2001)
    s = foldedlight.mzm_folded(wl=1.55, length=2000.0, length_heater=0.0, voltage=volts)
    power = np.abs(np.asarray(s["o1", "o2"])) ** 2
    swings = np.diff(volts[1:-1][np.diff(np.sign(np.diff(power))) != 0])
    slope = abs(float(electro.per_volt(electro.section(), 1.55)))
    assert_allclose(swings, 1.55 / (4 * slope * 4000.0), atol=0.03)  # steps of 0.01 V
    assert power.min() < 0.02 * power.max()  # what the exchange leaves on the wrong side, below 1 % of power


def test_the_light_of_a_folded_modulator_runs_beside_its_signal() -> None:
    """The rows of the model are as long as the layout: the turn of the signal, and both arms on either side of it."""
    shape = electro.shape_of("mzm_folded", "straight", {"length": 800.0})
    signal, light = foldedlight.turn_of(shape)
    assert_allclose(signal, tfln.mzm_folded(length=800.0).info["turn_rf_um"], atol=0.01)  # chords of arcs
    fold = foldedlight.fold_of(shape)
    assert_allclose(sum(fold.radii), fold.height, atol=1e-9)
    assert 0 < light - signal < 0.02 * signal


def test_a_termination_is_as_wide_as_its_resistance_asks() -> None:
    for ohms in (40.0, 50.0):
        c = tfln.termination(resistance=ohms)
        assert_allclose(c.info["resistance_ohm"], ohms, rtol=2 * GRID / c.info["width_um"])
        found = cut(c, active_process(), (0.0, 50.0), (40.0, 50.0)).of("heater")
        assert_allclose(np.diff(found[0].bottom), c.info["width_um"], atol=GRID)


def test_refusals_name_parameter_limit_and_rule() -> None:
    for make, message in (
        (lambda: tfln.phase_shifter_gsg(drive="double"), "drive = 'double' is neither push_pull nor single"),
        (lambda: tfln.electrode_t_rail(rail_slot=1.0), r"rail_slot = 1 .*rule TL\.NOTCH"),
        (lambda: tfln.phase_modulator(electrode="rail", rail_bar=1.0), r"rail_bar = 1 .*rule TL\.W"),
        (lambda: electro.section(gap=2.6), r"gap = 2\.6 .*TL\.S\.RIB"),
    ):
        with pytest.raises(LingnanError, match=message):
            make()


@pytest.mark.validate
def test_the_process_s_poling_period_matches_its_own_guide() -> None:
    """Modes at both wavelengths by the same solver; the file has its period to 0.01 µm, of which twice is allowed."""
    process = active_process()
    found = conversion.figures()
    period = process.number("poling.period")
    assert_allclose(found.period, period, atol=0.02)
    waves = np.linspace(1.53, 1.57, 4001)
    made = tfln.poled_straight(periods=1000)
    curve = np.asarray(conversion.efficiency(waves, found, periods=1000))
    long = made.info["poled_length_um"] * 1e-4
    assert_allclose(made.info["period_um"], period)
    assert_allclose(curve.max(), 0.01 * float(found.efficiency()) * long**2, rtol=0.01)  # of the peak, wherever it lies
