"""What no sensor can be, have or read: each is said with its value and what is allowed; a gradient is not given."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import sensors
from lingnan.solvers.materials import MaterialRangeError
from lingnan.solvers.sensors import (
    Chain,
    Converter,
    Detector,
    Grating,
    Guide,
    Interferometer,
    Laser,
    Ring,
    allan,
    blood,
    bounds,
    estimators,
    gas,
    glucose,
    interrogation,
    irradiated,
    kinetics,
    lines,
    nanobeam,
    sensorgram,
    surface,
    turbidity,
    voigt,
)
from lingnan.solvers.tracing import checked

NAN = float("nan")
WET = Guide(1.55, 2.33, 4.37, bulk=0.195, drift=1.8e-4, loss_db_cm=10.0)
RING = Ring(WET, 200.0, 0.05)
CHAIN = Chain(Laser(1e-4, 1e5), Detector(0.9, 1e4, 5e-12), Converter(1.2e-4))
WAVE = np.linspace(1.5499, 1.5501, 21)
DIP = np.asarray(estimators.lorentzian(jnp.asarray([1.55, 5e-5, 0.5, 1.0]), jnp.asarray(WAVE)))
FLAT = np.ones(21)
TIME = jnp.linspace(0.0, 10.0, 6)
CELL = gas.Cell(0.3, 1.0)
READ = interrogation.Reading(WAVE, 1.0, np.ones((2, 21)))
EYE = np.eye(3)


def told(slopes: Any, covariance: Any) -> Any:
    return interrogation.estimator(slopes, covariance)


def bound(series: Any, **changed: Any) -> Any:
    given = {"time": TIME, "traces": jnp.ones((2, 6)), "concentrations": jnp.asarray([1e-8, 1e-7]), "sigma": 0.1}
    return sensorgram.fitted(**{**given, **changed}, guess=series)


#: what is asked for, and what is said
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: Guide(-1.55, 2.3, 4.3), r"Guide: wavelength = -1.55 µm"),
    (lambda: Guide(1.55, NAN, 4.3), r"Guide: n_eff = nan"),
    (lambda: Guide(1.55, 2.3, 4.3, bulk=NAN), r"Guide: bulk = nan: it must be finite"),
    (lambda: Guide(1.55, 2.3, 4.3, loss_db_cm=-1.0), r"loss_db_cm = -1 dB/cm"),
    (lambda: Interferometer(WET, WET, 100.0, other=-1.0), r"other = -1 µm"),
    (lambda: Interferometer(WET, WET, 100.0, contrast=1.5), r"contrast = 1.5"),
    (lambda: Grating(WET, 0.33, 0.0, 100.0), r"kappa = 0 1/µm"),
    (lambda: Grating(WET, 0.33, 0.01, 100.0, shift=NAN), r"shift = nan rad"),
    (lambda: Grating(WET, 0.33, 0.01, 100.0, exposed=2.0), r"exposed = 2"),
    (lambda: sensors.phase_of_three(np.ones((2, 5))), r"shape \(2, 5\): give the three outputs"),
    (lambda: sensors.extremum(RING.through, NAN), r"near = nan µm"),
    (lambda: Laser(1e-3, rin_db_hz=3.0), r"rin_db_hz = 3 dB/Hz"),
    (lambda: sensors.scanned(CHAIN, RING.through, jnp.asarray([1.55, -1.0])), r"seen: wavelength = -1 µm"),
    (lambda: sensors.shift_sigma(CHAIN, RING.through, WAVE[:3]), r"3 samples cannot tell a shift"),
    (lambda: sensors.passing(jnp.zeros(0), 1.0), r"there are no samples"),
    (lambda: sensors.sampled(sensors.scanned(CHAIN, RING.through, WAVE), None, jax.random.key(0), -1), r"count = -1"),
    (lambda: sensors.q_of(1.55, 0.0), r"fwhm = 0"),
    (lambda: sensors.lod_intrinsic(-1.0, 1e4, 70.0), r"wavelength = -1 µm"),
    (lambda: sensors.sigma_white_fan(100.0, NAN), r"snr_db = nan dB"),
    (lambda: sensors.lod_white_fan(1.55, 1e4, 70.0, temperature_pm=-1.0), r"temperature_pm = -1 pm"),
    (lambda: sensors.lod(-1.0, 70.0), r"sigma_pm = -1 pm"),
    (lambda: sensors.dynamic_range(1e-3, 0.0), r"nm_per_riu = 0"),
    (lambda: sensors.decades(1.0, 0.0), r"limit = 0"),
    (lambda: bounds.sigma(lambda p: (p * jnp.ones(3), jnp.zeros(3)), jnp.ones(1)), r"variance = 0"),
    (lambda: bounds.cramer_rao(jnp.ones((2, 2))), r"cannot tell these 2 unknowns apart"),
    (lambda: bounds.cramer_rao(jnp.ones((2, 3))), r"shape \(2, 3\): it must be \(2, 2\)"),
    (lambda: bounds.lorentzian_sigma(1.0, 0.0, 0.1, 0.1), r"depth = 0"),
    (lambda: estimators.first_guess(WAVE, FLAT), r"the trace is 1 everywhere"),
    (lambda: estimators.first_guess(WAVE[1:], DIP), r"wavelength has 20, trace has 21"),
    (lambda: estimators.fit(estimators.lorentzian, np.zeros(4), WAVE, DIP, FLAT), r"first guess = 0"),
    (lambda: estimators.fit(estimators.lorentzian, np.ones(4), WAVE, DIP, -FLAT), r"variance = -1"),
    (lambda: estimators.fit(estimators.lorentzian, np.ones(4), WAVE, DIP, FLAT[1:]), r"variance has 20"),
    (lambda: estimators.correlated(RING.through, WAVE, DIP, 0.0), r"reach = 0 µm"),
    (lambda: estimators.correlated(RING.through, WAVE, FLAT, 1e-5), r"nothing to compare"),
    (lambda: estimators.correlated(RING.through, WAVE, DIP, 1e-5, lags=0), r"lags = 0"),
    (lambda: allan.allan([1.0, NAN, 2.0], (1,)), r"series = nan"),
    (lambda: allan.allan(np.arange(9.0), (1.5,)), r"factor = 1.5: it must be a whole number"),  # type: ignore[arg-type]
    (lambda: allan.factors_up_to(1), r"count = 1: it must be a whole number, 2 or more"),
    (lambda: allan.white_law(1.0, 0), r"m = 0 samples"),
    (lambda: blood.Finger(haemoglobin=0.0), r"haemoglobin = 0 g/L"),
    (lambda: blood.saturation(blood.Finger(), -1.0), r"measured = -1"),
    (lambda: blood.reading(CHAIN, blood.Finger(), 0.9, np.ones(3)), r"power has the shape \(3,\)"),
    (lambda: gas.Cell(0.3, 1.0, fringe_period=0.0), r"fringe_period = 0 1/cm"),
    (lambda: gas.ppm_sigma(CHAIN, CELL, lines.get("CH4"), WAVE[:4]), r"4 samples for a concentration"),
    (lambda: gas.ppm_sigma(CHAIN, CELL, lines.get("CH4"), WAVE, baseline=-1), r"baseline = -1"),
    (lambda: gas.fringe_ppm(CELL, 0.0), r"peak_alpha_per_ppm = 0 1/cm"),
    (lambda: gas.wms_ppm(CELL, -1.0, 1e-4), r"peak_per_ppm = -1 1/cm"),
    (lambda: gas.harmonic(jnp.cos, 0.0, 1.0, order=2, points=4), r"points = 4: it must be a whole number, 5 or more"),
    (lambda: gas.harmonic(jnp.cos, 0.0, -1.0), r"depth = -1"),
    (lambda: lines.widths(lines.get("CH4"), 296.0, -1.0, 1e-6), r"pressure = -1 atm"),
    (lambda: voigt.voigt(0.0, 0.0, 1.0), r"gaussian = 0"),
    (lambda: voigt.faddeeva(1 - 3j), r"Im z = -3"),
    (lambda: glucose.index(5.0, 0.5), r"water = 0.5"),
    (lambda: glucose.slope(-1.0), r"concentration = -1 mmol/L"),
    (lambda: interrogation.Reading(WAVE[::-1], 1.0, np.ones((2, 21))), r"rising in equal steps"),
    (lambda: interrogation.Reading(WAVE, 1.0, -np.ones((2, 21))), r"table = -1"),
    (lambda: READ.powers(np.ones(3)), r"wavelength has 21, back has 3"),
    (lambda: interrogation.ratio([1.0, 0.0], (0, 1)), r"power = 0.*no logarithm"),
    (lambda: interrogation.ratio([1.0, 1.0], (0, 5)), r"pair = \(0, 5\): give two different channels of the 2"),
    (lambda: interrogation.ratio_sigma([1.0, 1.0], EYE, (0, 1)), r"shape \(3, 3\): it must be \(2, 2\)"),
    (lambda: interrogation.gaussian_table(WAVE, 1.55, 1e-3), r"centres has the shape \(\)"),
    (lambda: told(np.ones(3), EYE), r"slopes has the shape \(3,\): it must be \(any, any\)"),
    (lambda: told(np.ones((3, 2)), np.eye(4)), r"covariance has the shape \(4, 4\): it must be \(3, 3\)"),
    (lambda: told(np.ones((1, 2)), np.eye(1)), r"1 channels for 2 unknowns"),
    (lambda: told(np.ones((3, 2)), EYE), r"cannot tell these 2 unknowns apart"),
    (lambda: told(np.arange(6.0).reshape(3, 2), -EYE), r"variance = -1"),
    (lambda: told(np.arange(6.0).reshape(3, 2), EYE + 2 * EYE[::-1]), r"not that of any noise"),
    (lambda: irradiated.Power(1e-4, 0.7, 10.0, 1.0), r"highest = 1 Gy: it must be 10 Gy or more"),
    (lambda: irradiated.fitted([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]), r"all doses are 1 Gy"),
    (lambda: irradiated.healed(1.0, 3.0, 50.0, 2.0, 1.0), r"first less lasting = -2"),
    (lambda: irradiated.mistaken_riu(replace(WET, bulk=0.0), WET, 1.0, irradiated.Power(1e-7, 0.6)), r"bulk = 0"),
    (lambda: kinetics.Pulse(5.0, 1.0), r"end = 1.0 s: it must come after the start at 5.0 s"),
    (lambda: kinetics.langmuir(NAN, 1e5, 1e-3, 1e-8), r"time = nan s"),
    (lambda: kinetics.langmuir(TIME, 1e5, 1e-3, 1e-8, start=2.0), r"start = 2"),
    (lambda: kinetics.transported(TIME[::-1], 1e5, 1e-3, 1e-8, 1e-5, 1e-8), r"step of time = -2 s"),
    (lambda: kinetics.transported(TIME - 5, 1e5, 1e-3, 1e-8, 1e-5, 1e-8), r"time = -5 s"),
    (lambda: kinetics.competing(TIME, np.ones(2), np.ones(3), np.ones(2)), r"k_on has 2, k_off has 3"),
    (lambda: kinetics.shift_nm(WET, 1.5, 5.0), r"coverage = 1.5"),
    (lambda: sensorgram.referenced(np.ones((2, 5)), np.ones(4)), r"signal has 5, reference has 4"),
    (lambda: sensorgram.steadied(np.arange(5.0), np.ones(4), 3.0), r"time has 5, signal has 4"),
    (lambda: bound((1e5, 1e-3, 1.0), sigma=0.0), r"sigma = 0"),
    (lambda: bound((0.0, 1e-3, 1.0)), r"guess = 0"),
    (lambda: bound((1e5, 1e-3, 1.0), traces=jnp.ones((3, 6))), r"traces has the shape \(3, 6\): it must be \(2, 6\)"),
    (lambda: bound((1e5, 1e-3, 1.0), concentrations=jnp.asarray([-1.0, 1.0])), r"concentration = -1 mol/L"),
    (lambda: turbidity.Suspension(1.0, NAN, 1e6), r"index = nan"),
    (lambda: turbidity.mie(1.0, 1.2 - 0.1j), r"Im index = -0.1"),
    (lambda: sensors.mapped(lambda p: WET, (1.0, 2.0), (0.1,)), r"middle has 2, reach has 1"),
    (lambda: sensors.mapped(lambda p: WET, (1.0,), (0.1,), degree=0), r"degree = 0"),
    (lambda: sensors.misfit(sensors.mapped(lambda p: WET, (1.0,), (0.1,), 1), lambda p: WET, np.ones(2)), r"\(2,\)"),
    (lambda: surface.faces(-0.45, 0.22), r"width = -0.45 µm"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), REFUSED, ids=[str(k) for k in range(len(REFUSED))])
def test_refused(asked: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        asked()


def test_measurements_that_end_are_refused_by_all_that_use_them() -> None:
    for asked in (lines.partition, lines.intensities):
        with pytest.raises(MaterialRangeError, match=r"temperature = -1 K"):
            asked(lines.get("CH4"), -1.0)
    with pytest.raises(MaterialRangeError, match=r"wavelength = 1.31 µm"):
        blood.Finger(red=1.31)


def test_a_hole_that_is_not_there_does_not_stay_dry_unsaid() -> None:
    whole, holed = nanobeam.sections(0.5, 0.22, 0.1, "Si", 1.333)
    with pytest.raises(ValueError, match=r"bloch_response: no region 'core'.*slot"):
        sensors.bloch_response(whole, holed, 0.5, 0.25, 1.333)


def test_without_analyte_nothing_binds_also_where_nothing_leaves() -> None:
    assert np.asarray(kinetics.langmuir(TIME, 1e5, 0.0, 0.0, start=0.3)).tolist() == [0.3] * 6
    assert float(kinetics.equilibrium(1e5, 0.0, 0.0)) == 0.0


def test_a_first_guess_of_either_sign_is_fitted_where_it_is_traced() -> None:
    def fitted(start: jax.Array) -> jax.Array:
        return estimators.fit(estimators.lorentzian, start, jnp.asarray(WAVE), jnp.asarray(2 - DIP), FLAT).parameters

    peak = np.asarray([1.55, 5e-5, -0.5, 1.0])
    found = checked(jax.jit(fitted))(jnp.asarray(peak * [1.0, 1.1, 0.9, 1.0]))
    np.testing.assert_allclose(found, peak, rtol=1e-6)


def test_a_gradient_by_a_whole_sensor_is_one_of_slopes() -> None:
    """Slopes are no shares and no lengths, and nobody gave them: by a ring, by all of a chain."""

    def width(length: float) -> float:
        return float(Ring(WET, length, 0.05).fwhm)

    slopes = jax.grad(lambda ring: ring.fwhm)(RING)
    assert isinstance(slopes, Ring)
    assert float(slopes.length) == pytest.approx((width(200.01) - width(199.99)) / 0.02, rel=1e-6)
    assert float(slopes.guide.wavelength) != 0 > float(slopes.length)
    by_chain = jax.grad(lambda chain: sensors.scanned(chain, RING.through, jnp.asarray(WAVE)).variance.sum())(CHAIN)
    assert float(by_chain.converter.bits) < 0 < float(by_chain.detector.thermal)
    with pytest.raises(ValueError, match="kappa2 = -1"):  # what is given is looked at as before
        replace(RING, kappa2=-1.0)
