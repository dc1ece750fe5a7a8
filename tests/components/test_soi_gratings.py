"""Bragg gratings of the silicon line: models against coupled modes and `solvers.sensors`, and what they refuse."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import radiation, store, teeth, wetted
from lingnan.components.compact.ways import Line
from lingnan.pdk import active_process, build_pdk, optics
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import sensors, waveguides
from lingnan.solvers.devices import bragg, overlap

PERIOD, DEPTH, WIDTH = 0.98, 0.01, 0.45  #: of the process


@pytest.fixture(autouse=True)
def line(request: pytest.FixtureRequest) -> Any:
    """Nothing is solved, but for what `validate` solves anew: all that is asked for is kept."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def power(s: Any, a: str = "o1", b: str = "o2") -> np.ndarray:
    return np.abs(np.asarray(s[a, b])) ** 2


def guide_of(of: Any, at: float, bulk: float = 0.0, drift: float = 0.0) -> sensors.Guide:
    """A guide between grooves and teeth, from a model's own n_eff, index and group index at a wavelength."""
    low, here, high = (np.mean([np.real(of(at + d, w)) for w in (WIDTH, WIDTH + 2 * DEPTH)]) for d in (-1e-4, 0, 1e-4))
    return sensors.Guide(at, here, here - at * (high - low) / 2e-4, bulk=bulk, drift=drift)


def peak(spectrum: Any, near: float, reach: float, count: int = 401) -> float:
    """Where a spectrum is highest, by ever finer samples."""
    for _ in range(4):
        waves = np.linspace(near - reach, near + reach, count)
        near, reach = float(waves[int(np.argmax(spectrum(waves)))]), reach / 20
    return near


def test_steps_under_oxide_are_those_of_the_mode_solver():
    """A step as the process has it, anew by the mode solver under the process's own oxide."""
    fit = teeth.teeth(active_process(), "strip")
    assert fit.error < 5e-5
    one, two = (
        waveguides.solve(optics.geometry(active_process(), "strip", width=w), 1.55, num_modes=2)
        for w in (WIDTH, WIDTH + 2 * DEPTH)
    )
    assert_allclose(fit.step(1.55, WIDTH, 2 * DEPTH, 1.444), overlap.step(one, two)[0, 0].real, rtol=0.01)
    n = [float(modes.n_eff[0].real) for modes in (one, two)]
    assert fit.step(1.55, WIDTH, 2 * DEPTH, 1.444) < 0.6 * (n[1] - n[0]) / (n[1] + n[0])  # half of what indices say


def test_every_corner_has_its_steps():
    process = active_process()
    found = [teeth.teeth(process, "strip", c).step(1.55, WIDTH, 2 * DEPTH, 1.444) for c in process.corners]
    assert_allclose(found, np.mean(found), rtol=0.2)
    assert len({float(one) for one in found}) == len(found)


def test_the_line_is_that_of_coupled_modes_with_what_radiates():
    """Peak and place of what comes back, and the loss far from it: `sensors.Grating`, κ two steps a period.

    Coupled modes take κ and loss as one number for all wavelengths; steps of 4e-3 differ from it by their square, and
    duty of the grating in optical length by 1 % of a third of a period.
    """
    waves = np.linspace(1.54, 1.56, 2001)
    s = soi.models["bragg"](wl=waves)
    at = float(waves[np.argmax(power(s, "o1", "o1"))])
    fit, shed = teeth.teeth(active_process(), "strip"), radiation.radiation(active_process(), "strip")
    guide = guide_of(lambda w, width: Line("strip").index(w, None, width), at)
    kappa = 2 * float(fit.step(at, WIDTH, 2 * DEPTH, 1.444)) / PERIOD
    loss_um, far_um = (
        float(shed.loss(w, WIDTH, 2 * DEPTH, 1.444)) + Line("strip").guide().loss * 1e-4 * np.log(10) / 10
        for w in (at, 1.5)
    )  # fmt: skip
    guide = sensors.Guide(at, guide.n_eff, guide.n_g, loss_db_cm=loss_um * 1e5 / np.log(10))
    # of third order: β - 3π/Λ
    formula = sensors.Grating(guide, PERIOD / 3, kappa, 200 * PERIOD)
    assert_allclose(at, formula.bragg(), rtol=2e-5)
    assert_allclose(power(s, "o1", "o1").max(), formula.reflected(formula.bragg()), rtol=5e-3)
    far = soi.models["bragg"](wl=1.50)
    assert_allclose(power(far), np.exp(-far_um * 200 * PERIOD), rtol=5e-3)
    zeros = waves[1:-1][(np.diff(np.sign(np.diff(power(s, "o1", "o1")))) > 0)]
    first = zeros[zeros > at][0] - zeros[zeros < at][-1]
    assert_allclose(first, bragg.bandwidth(kappa, 200 * PERIOD, at, guide.n_g), rtol=0.02)


def test_no_light_is_made_and_what_is_lost_is_said():
    s = soi.models["bragg"](wl=np.linspace(1.46, 1.61, 301))
    total = power(s, "o1", "o1") + power(s)
    assert np.all(total < 1)
    assert np.all(total > 0.85)  # 0.0004/µm over 196 µm, and 2 dB/cm


@pytest.mark.parametrize("name", ["bragg_sensor", "bragg_sensor_shifted"])
def test_a_line_moves_as_the_formula_says(name: str):
    """With the liquid: λ/n_g dn_eff/dn of the mean of grooves and teeth, by spectra of two liquids."""
    port = ("o1", "o1") if name == "bragg_sensor" else ("o1", "o2")

    def spectrum(n: float) -> Any:
        return lambda waves: power(soi.models[name](wl=waves, cladding=n), *port)

    fit = wetted.wet(active_process(), "strip")
    start = guide_of(lambda w, width: fit.n_eff(w, 1.33, width), 1.55)
    near = float(sensors.Grating(start, 0.33, 1e-2, 100.0).bragg())
    # the narrow line lies in a stop band: 0.1 nm about its middle
    first = peak(spectrum(1.33), near, 2e-4 if name == "bragg_sensor_shifted" else 1e-3)
    bulk = float(np.mean([fit.bulk(first, 1.33, w) for w in (WIDTH, WIDTH + 2 * DEPTH)]))
    guide = guide_of(lambda w, width: fit.n_eff(w, 1.33, width), first, bulk)
    expected, step = float(guide.nm_per_riu), 2e-3
    up, down = (peak(spectrum(1.33 + d), first + d * expected * 1e-3, 1e-4) for d in (step, -step))
    assert_allclose((up - down) / (2 * step) * 1e3, expected, rtol=5e-3)
    assert 50 < expected < 90  # TE in a strip of 450 nm


def test_a_shifted_grating_passes_a_line_in_its_stop_band():
    """As `sensors.Grating` with a shift of π has it; half a period and a sixth are both quarter waves."""
    waves = np.linspace(1.548, 1.553, 2001)
    found = [power(soi.models["bragg_shifted"](wl=waves, shift=shift)) for shift in (0.5, 1 / 6)]
    at = [float(waves[700 + np.argmax(one[700:1300])]) for one in found]
    assert abs(at[0] - at[1]) < 5e-5
    plain = power(soi.models["bragg"](wl=waves, periods=400))
    assert plain.min() < 0.05
    assert found[0][700:1300].max() > 4 * plain[np.argmin(np.abs(waves - at[0]))]


def test_warmth_moves_the_line_by_dn_dt():
    def place(kelvin: float) -> float:
        return peak(lambda waves: power(soi.models["bragg"](wl=waves, temperature=kelvin), "o1", "o1"), 1.5505, 1e-3)

    cold, warm = place(293.15), place(303.15)
    low, high = (
        np.mean([Line("strip").index(cold, kelvin, w) for w in (WIDTH, WIDTH + 2 * DEPTH)])
        for kelvin in (293.15, 303.15)
    )
    guide = guide_of(lambda w, width: Line("strip").index(w, None, width), cold, drift=float(high - low) / 10)
    assert_allclose((warm - cold) / 10 * 1e6, guide.pm_per_kelvin, rtol=5e-3)


def test_the_gradient_by_depth_is_its_difference():
    def back(depth: Any) -> Any:
        return jnp.abs(soi.models["bragg"](wl=1.5501, depth=depth)["o1", "o1"]) ** 2

    h = 1e-6
    assert_allclose(jax.grad(back)(0.0101), (back(0.0101 + h) - back(0.0101 - h)) / (2 * h), rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("bragg", {"wl": 1.31}, r"at wl = 1.31 µm the period is 3.98 half waves"),
        ("bragg", {"depth": 0.04}, r"height = 0.08 µm lies outside 0 to 0.054"),
        ("bragg_sensor", {"cladding": 1.6}, r"index of the medium of 1.6 lies outside"),
    ],
)
def test_models_refuse_what_was_not_solved(name: str, settings: dict[str, Any], said: str):
    with pytest.raises(LingnanError, match=said):
        soi.models[name](**settings)


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("bragg", {"period": 0.32}, r"period / 2 = 0.16 is below the limit of 0.18 \(rule WG.W"),
        ("bragg", {"cross_section": "rib"}, "has a slab"),
        ("bragg", {"depth": 0.0001}, r"depth = 0 is below the limit of 0.001"),
        ("bragg_sensor", {"period": 0.7}, r"period / 2 = 0.35 is below the limit of 0.4 \(rule OX.WG.S"),
        ("bragg_shifted", {"periods": 201}, "is not a multiple of 2"),
        ("bragg_sensor_shifted", {"shift": -0.5}, r"shift = -0.5 is below the limit of 0"),
    ],
)
def test_cells_refuse_what_the_line_cannot_make(name: str, settings: dict[str, Any], said: str):
    with pytest.raises(LingnanError, match=said):
        soi.cells[name](**settings)


@pytest.mark.validate
def test_what_is_radiated_is_the_solver():
    """Anew with half as many modes again: within a fifth, as `compact.radiation` says."""
    fit = radiation.radiation(active_process(), "strip")
    assert fit.error < 2e-4  # of 1.6e-3/µm, teeth of 22 nm in water
    again = radiation.lost(active_process(), "strip", 1.55, 0.46, 0.02, 1.444, 150)
    assert_allclose(fit.loss(1.55, WIDTH, 2 * DEPTH, 1.444), again, rtol=0.2)
