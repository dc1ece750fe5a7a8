"""Compact models of silicon diodes, heaters and detectors: passive, reciprocal, driven, and what their physics says."""

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import store
from lingnan.components.compact.ways import Line
from lingnan.components.soi import active, carriers, ringlight
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.semiconductors import junction

WAVES = np.linspace(1.53, 1.57, 3)
DRIVES = {"voltage", "bias", "heating", "voltage_lower", "voltage_upper"}
OTHERS = {"voltage": 0.8, "bias": 2.5, "heating": 3.0, "voltage_lower": 0.9, "voltage_upper": 0.9}
LOSSY = (
    "detector_vertical", "detector_lateral", "detector_balanced", "mzm", "ring_modulator_pn", "disk_modulator_pn",
)  # fmt: skip
MODELS = active.models | ringlight.models
every_model = pytest.mark.parametrize("name", sorted(MODELS))


@pytest.fixture(autouse=True)
def line_active(request: pytest.FixtureRequest) -> Iterator[None]:
    """The line, and nothing solved: all that is asked for here is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def whole(sdict: Any) -> Any:
    """(wavelengths, ports, ports)"""
    ports = sorted({p for pair in sdict for p in pair})
    rows = [[np.broadcast_to(sdict.get((a, b), 0.0), WAVES.shape) for b in ports] for a in ports]
    return np.moveaxis(np.array(rows), -1, 0)


@every_model
def test_models_are_passive_reciprocal_and_take_what_their_cells_take(name: str) -> None:
    model, cell = MODELS[name], soi.cells[name]
    of_model, of_cell = (inspect.signature(one).parameters for one in (model, cell))
    drives = set(of_model) - set(of_cell) - {"wl", "temperature", "corner", *active.ERRORS}
    assert drives <= DRIVES
    for parameter, value in of_cell.items():
        assert of_model[parameter].default == value.default
    before = whole(model(wl=WAVES))
    ports = sorted({p for pair in model(wl=WAVES) for p in pair})
    assert ports == sorted(str(port.name) for port in cell().ports if port.port_type == "optical")
    for driven in ({}, *({drive: OTHERS[drive]} for drive in drives)):
        s = whole(model(wl=WAVES, **driven))
        assert_allclose(s, np.swapaxes(s, 1, 2), atol=1e-14)
        largest = np.linalg.norm(s, 2, axis=(1, 2))
        assert np.all(largest <= 1 + 1e-9)
        assert name in LOSSY or np.all(largest > 0.3)
        assert not driven or np.max(np.abs(s - before)) > 1e-4, driven


def test_a_junction_turns_the_phase_that_it_should() -> None:
    """The whole model against index and loss that are kept; V_pi L is that of published lateral junctions, 1 to 3."""
    long, volts = 500.0, 2.0
    sides = pn_sides("phase_shifter_pn", 0.45)
    kept = carriers.shift(sides, 0.45)
    on, off = (active.phase_shifter_pn(length=long, voltage=v)["o1", "o2"] for v in (volts, 0.0))
    change = complex(kept.at(1.55, volts) - kept.at(1.55, 0.0))
    assert_allclose(np.angle(on / off), 2 * np.pi * change.real * (long - 2.0) / 1.55, rtol=1e-9)
    assert change.real > 0  # carriers lower the index; they are drawn out
    assert abs(on) > abs(off)
    vpi_l = 1e-4 * volts * 1.55 / (2 * change.real)
    assert 1.0 < vpi_l < 3.0
    assert kept.error < 2e-3  # a tenth of what published junctions are to be met to


def test_what_is_kept_moves_as_the_depleted_region_widens() -> None:
    """Between 1 and 4 V the index moves with the depletion width of the abrupt junction in closed form: its light is
    broad against it, so the ratio of two steps is that of the widths to a tenth."""
    process = active_process()
    p, n = (process.implants[one].concentration.value for one in ("p", "n"))
    kept = carriers.shift(pn_sides("phase_shifter_pn", 0.45), 0.45)
    index = [complex(kept.at(1.55, v)).real for v in (0.5, 1.5, 4.0)]
    widths = [float(junction.width(n, p, v)) for v in (0.5, 1.5, 4.0)]
    assert_allclose(
        (index[2] - index[1]) / (index[1] - index[0]), (widths[2] - widths[1]) / (widths[1] - widths[0]), rtol=0.1
    )


def test_arms_in_series_are_driven_apart_and_by_half() -> None:
    bias, volts, settings = 2.0, 1.2, {"wl": 1.55, "length": 500.0}
    s = active.phase_shifter_series(**settings, voltage=volts, bias=bias)
    long = float(soi.phase_shifter_series(length=500.0).info["length_um"])
    kept = carriers.shift(pn_sides("phase_shifter_series", 0.45), 0.45)
    guide = Line("rib").amplitude(1.55, long, None)
    for pair, sign in ((("o2", "o3"), 1), (("o1", "o4"), -1)):
        turned = np.exp(2j * np.pi * kept.at(1.55, bias + sign * volts / 2) * 500.0 / 1.55)
        assert_allclose(s[pair], guide * turned, rtol=1e-9)


def test_a_modulator_goes_dark_where_its_arms_are_half_a_wave_apart() -> None:
    """Balanced arms add at rest; heat in one of them takes it through a zero, but for what MMIs do not share alike."""
    power = np.abs(np.asarray(active.mzm(wl=1.55, heating=np.linspace(0.0, 40.0, 81))["o1", "o2"])) ** 2
    assert power[0] > 0.95 * power.max()
    assert power.min() < 1e-2 * power.max()


def test_a_voltage_that_is_not_kept_is_refused() -> None:
    with pytest.raises(LingnanError, match=r"voltage = -0.5 V lies outside 0 to 5 V"):
        active.phase_shifter_pn(voltage=-0.5)


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("mzm", {"cross_section_arm": "strip"}, "strip has no slab"),
        ("switch_pin", {"cross_section_arm": "strip"}, "strip has no slab"),
        ("phase_shifter_pn", {"cross_section": "strip"}, "strip has no slab"),
        ("detector_vertical", {"length": -3.0}, "length = -3 is below"),
        ("detector_lateral", {"wl": 3.0}, "wl = 3 µm lies outside"),
        ("detector_balanced", {"detector": "flat"}, "'flat' is no photodiode"),
        ("phase_shifter_doped", {"length": "long"}, "length"),
    ],
)  # fmt: skip
def test_what_is_not_drawn_has_no_model(name: str, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(LingnanError, match=said):
        MODELS[name](**asked)


def test_what_a_tap_takes_is_missing_behind_it() -> None:
    """Of the light that runs through its coupler, by the loss of its guides alone."""
    taken = float(active.tapped(wl=1.55))
    left = abs(complex(active.monitor_tap(wl=1.55)["o1", "o2"])) ** 2
    assert 0.005 < taken < 0.2
    bus = abs(complex(Line("strip").amplitude(1.55, float(soi.monitor_tap().info["straight_um"]), None))) ** 2
    both = left / bus + taken
    assert 0.98 < both < 1.0


def test_current_attenuates_as_the_carriers_do_that_it_brings() -> None:
    """Two routes: the model in decibels, and the density that its index asks for, by the laws of bulk silicon."""
    long, sides = 100.0, pin_sides("attenuator_pin", 0.45, None, None, None)
    kept = carriers.shift(sides, 0.45)
    volts = np.array([0.8, 0.9, 1.0])
    on, off = (np.abs(active.attenuator_pin(length=long, voltage=v)["o1", "o2"]) for v in (volts, 0.0 * volts))
    taken = -20 * np.log10(on / off)
    densities = np.geomspace(1e15, 1e20, 4001)
    bulk = np.asarray(carrier_shift(densities, densities, 1.55))
    rest, driven = kept.at(1.55, 0.0), kept.at(1.55, volts)
    n = np.interp(-(driven - rest).real, -bulk.real, densities)
    absorbed = np.interp(n, densities, bulk.imag)
    by_density = 20 * np.log10(np.e) * 2 * np.pi / 1.55 * absorbed * (long - 2.0)
    # not all of the mode is in silicon, and carriers are not spread evenly over it: powers of 1.1 make 3 % of that
    assert_allclose(taken, by_density, rtol=0.06)
    assert np.all(np.diff(taken) > 0)
    assert taken[-1] > 0.4  # dB of 100 µm


def test_injected_carriers_grow_with_half_the_thermal_voltage() -> None:
    """As many electrons as holes: n ∝ exp(qV/2kT), of which the index takes powers 0.838 and 1.011."""
    kept = carriers.shift(pin_sides("attenuator_pin", 0.45, None, None, None), 0.45)
    low, high = (-(kept.at(1.55, v) - kept.at(1.55, 0.0)).real for v in (0.72, 0.80))
    slope = np.log(high / low) / 0.08 * 2 * 8.617333e-5 * 298.15
    assert 0.838 * 0.97 < slope < 1.011  # 3 %: the fit's error over 0.08 V


def test_a_switch_is_the_interferometer_of_its_arms() -> None:
    """By S of all of it, and by the two arms alone between couplers that halve; then what carriers cost at the bar."""
    volts = np.linspace(0.0, 1.0, 101)
    s = active.switch_pin(wl=1.55, voltage_lower=volts)
    long = active_process().number("cells.pin_switch_length")
    arm = active.attenuator_pin(wl=1.55, length=long, voltage=volts)["o1", "o2"]
    ratio = arm / arm[0]
    cross, bar = (np.abs(np.broadcast_to(s["o1", port], volts.shape)) ** 2 for port in ("o3", "o4"))
    common = cross[0]  # bends, transitions, and what couplers lose
    # couplers of 1 % of imbalance mix a few per cent of fields into each other
    assert_allclose(cross / common, np.abs(1 + ratio) ** 2 / 4, atol=0.03)
    assert_allclose(bar / common, np.abs(1 - ratio) ** 2 / 4, atol=0.03)
    best = int(np.argmax(bar))
    assert 0.9 < volts[best] < 1.0
    assert 0.5 * common < bar[best] < 0.9 * common  # carriers absorb, in one arm
    half = int(np.argmin(np.abs(np.angle(-ratio))))  # half a wave
    assert_allclose(bar[half] / common, ((1 + abs(ratio[half])) / 2) ** 2, atol=0.03)
    assert 10 * np.log10(bar[half] / cross[half]) > 12.0


@pytest.mark.parametrize("corner", ["thick_wide", "thin_narrow", "hot"])
def test_carriers_are_those_of_the_corner(corner: str) -> None:
    """All is kept; a junction in more silicon has more capacitance, in the ratio of the films."""
    sides = pn_sides("phase_shifter_pn", 0.45)
    own, other = carriers.shift(sides, 0.45), carriers.shift(sides, 0.45, corner)
    films = [carriers.section(sides, 0.45, name).bodies[1].top for name in ("nominal", corner)]
    ratio = other.junction(2.0)[0] / own.junction(2.0)[0]
    assert_allclose(ratio, films[1] / films[0], rtol=0.02)  # temperature moves the built-in voltage
    assert abs(other.at(1.55, 2.0) / own.at(1.55, 2.0) - 1) > 1e-4
    before, after = (active.phase_shifter_pn(voltage=2.0, corner=name)["o1", "o2"] for name in ("nominal", corner))
    assert abs(after - before) > 1e-3


@pytest.mark.validate
def test_what_is_kept_of_an_attenuator_is_what_is_solved() -> None:
    """Drift and diffusion at a voltage that was not fitted."""
    sides = pin_sides("attenuator_pin", 0.45, None, None, None)
    found = complex(carriers.figures(sides, 0.45, [-0.87]).shift[0])
    kept = carriers.shift(sides, 0.45)
    assert_allclose(complex(kept.at(1.55, 0.87)), found, rtol=2 * kept.error)
