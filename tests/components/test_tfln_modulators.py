"""Modulators of the lithium niobate line: what a voltage and a watt do to light, and what cells refuse."""

import inspect
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.compact import guides
from lingnan.components.tfln import circuits, conversion, electro, foldedlight, resonant, segmentedlight, thermal
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.view.cut import cut

GRID = 0.001  #: µm; drawn sizes are rounded to it, or to two of it


pytestmark = pytest.mark.usefixtures("kept_tfln600")


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


def test_a_modulator_within_jit_is_the_one_outside() -> None:
    """Coefficients that `jit` traces are no part of a name: another name would be solved anew inside the tracing."""
    spec = electro.section()
    within = jax.jit(lambda wl: electro.per_volt(spec, wl))(1.55)
    assert_allclose(within, electro.per_volt(spec, 1.55), rtol=1e-12)


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


def test_segments_add_up_and_undo_each_other() -> None:
    """Four of 1000 µm are one of 4000; where arms change places four do nothing to slow signals, and three as one."""
    slope, volts = abs(float(electro.per_volt(electro.section(), 1.55))), np.linspace(0.0, 24.0, 1201)

    def power(**given: Any) -> np.ndarray:
        s = segmentedlight.mzm_segmented(wl=1.55, length_heater=0.0, voltage=volts, **given)
        return np.abs(np.asarray(s["o1", "o2"])) ** 2

    first = power(segments=4, space=20.0)[volts < 11.0]
    assert_allclose(volts[np.argmin(first)], 1.55 / (4 * slope * 4000.0), atol=0.03)  # steps of 0.02 V
    assert first.min() < 1e-3 * first.max()
    four, three = power(segments=4, arms="exchanged"), power(segments=3, arms="exchanged")
    assert np.ptp(four) < 0.03 * four.max()  # what couplers leave on the wrong side
    assert_allclose(volts[np.argmin(three)], 1.55 / (4 * slope * 1000.0), rtol=0.02)


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
