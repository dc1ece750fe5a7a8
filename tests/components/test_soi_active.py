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
from lingnan.components.soi import active, carriers
from lingnan.components.soi.diodes import pn_sides
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.semiconductors import junction

WAVES = np.linspace(1.53, 1.57, 3)
DRIVES = {"voltage", "bias", "heating", "voltage_lower", "voltage_upper"}
OTHERS = {"voltage": 0.8, "bias": 2.5, "heating": 3.0, "voltage_lower": 0.9, "voltage_upper": 0.9}
LOSSY = ("detector_vertical", "detector_lateral", "detector_balanced", "mzm")
every_model = pytest.mark.parametrize("name", sorted(set(active.models) & set(soi.cells)))


@pytest.fixture(autouse=True)
def line_active() -> Iterator[None]:
    """The line, and nothing solved: all that is asked for here is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield


def whole(sdict: Any) -> Any:
    """(wavelengths, ports, ports)"""
    ports = sorted({p for pair in sdict for p in pair})
    rows = [[np.broadcast_to(sdict.get((a, b), 0.0), WAVES.shape) for b in ports] for a in ports]
    return np.moveaxis(np.array(rows), -1, 0)


@every_model
def test_models_are_passive_reciprocal_and_take_what_their_cells_take(name: str) -> None:
    model, cell = active.models[name], soi.cells[name]
    of_model, of_cell = (inspect.signature(one).parameters for one in (model, cell))
    drives = set(of_model) - set(of_cell) - {"wl", "temperature", "corner"}
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
    with pytest.raises(LingnanError, match=r"voltage = -0.5 V is outside of 0 to 5 V"):
        active.phase_shifter_pn(voltage=-0.5)


def test_what_a_tap_takes_is_missing_behind_it() -> None:
    """Of the light that runs through its coupler, by the loss of its guides alone."""
    taken = float(active.tapped(wl=1.55))
    left = abs(complex(active.monitor_tap(wl=1.55)["o1", "o2"])) ** 2
    assert 0.005 < taken < 0.2
    bus = abs(complex(Line("strip").amplitude(1.55, float(soi.monitor_tap().info["straight_um"]), None))) ** 2
    both = left / bus + taken
    assert 0.98 < both < 1.0
