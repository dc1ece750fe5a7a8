"""The least index that each kind of sensor tells: closed forms, the ring's own budget, estimators on drawn traces."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import sensors
from lingnan.solvers.sensors import (
    Cause,
    Chain,
    Detector,
    Environment,
    Grating,
    Guide,
    Interferometer,
    Laser,
    Ring,
    Vernier,
    bounds,
    estimators,
)

WET = Guide(1.55, 2.33, 4.37, bulk=0.195, surface=0.39, drift=1.8e-4, loss_db_cm=10.0)
DRY = Guide(1.55, 2.355, 4.29, drift=2.0e-4, loss_db_cm=2.5)
#: an amplifier's noise alone, white and known
THERMAL = Chain(Laser(1e-4, rin_db_hz=-300.0), Detector(1.0, 1e4, 1e-10))
#: so much of it, 1e-7 A, that shot noise of 1e-4 A is 3e-5 of its variance
STILL = Chain(Laser(1e-4, rin_db_hz=-300.0), Detector(1.0, 1e4, 1e-9))


def test_a_ring_has_the_limit_that_its_own_budget_says():
    ring = Ring(WET, 200.0, 0.05)
    wave = ring.resonance() + ring.fwhm * jnp.linspace(-4.0, 4.0, 81)
    chain = Chain(Laser(1e-4, 1e6, -140.0, repeatability_pm=0.02), Detector(0.9, 1e4, 5e-12), sensors.Converter(1.1e-4))
    around = Environment(temperature=1e-3, flow_riu=1e-7)

    @jax.jit
    def both(ring):
        return sensors.least(chain, ring.through, wave, around), sensors.limit(chain, ring, wave, around)

    found, known = both(ring)
    # the line's width changes by 1e-5 of itself while it moves by one, and sensitivities over the scan by 1e-4
    per_riu = 1e3 * ring.nm_per_riu
    parts = known.samples, known.repeatability, known.temperature, known.flow
    assert_allclose(found[:4], [p / per_riu for p in parts], rtol=1e-3)
    assert_allclose(found.lod_riu, known.lod_riu, rtol=1e-3)
    assert_allclose(found.riu_per_kelvin, WET.riu_per_kelvin, rtol=1e-3)


def test_three_outputs_at_one_wavelength_in_closed_form():
    """Σ sin² over three is 3/2: σ of the phase is σ_I √(2/3)/A, and of the index that over rad/RIU, balanced or not."""

    @jax.jit
    def of(mzi):
        return sensors.least(STILL, mzi.three, jnp.asarray([1.55]), Environment(temperature=1e-3))

    for other in (5000.0, 4000.0):
        mzi = Interferometer(WET, DRY, exposed=5000.0, other=other)
        amplitude = 1e-4 * jnp.sqrt(mzi.arms[0] * mzi.arms[1]) / 3
        found = of(mzi)
        assert_allclose(found.samples, 1e-7 * np.sqrt(2 / 3) / amplitude / mzi.rad_per_riu, rtol=1e-3)
        # light in the couplers' arms is even over a laser's line; phases of 5e4 rad
        assert_allclose(found.riu_per_kelvin, mzi.rad_per_kelvin / mzi.rad_per_riu, rtol=1e-9)
        assert_allclose(found.temperature, 1e-3 * abs(found.riu_per_kelvin), rtol=1e-12)


def test_fringes_in_closed_form():
    mzi = Interferometer(replace(WET, loss_db_cm=0.0), replace(DRY, loss_db_cm=0.0), exposed=500.0, other=100.0)
    wave = 1.55 + mzi.fsr * jnp.arange(-100.0, 100.0) / 50  # four fringes
    found = jax.jit(lambda mzi: sensors.least(STILL, mzi.two, wave))(mzi)
    # Σ (A sin)² over 2 N samples is N A², A = 1/2 of the power, lossless; fringes are even to a few of 1e-3
    assert_allclose(found.samples, 1e-7 / (0.5e-4 * np.sqrt(200)) / mzi.rad_per_riu, rtol=1e-2)
    assert_allclose(found.riu_per_kelvin, 1e-3 * mzi.pm_per_kelvin / mzi.nm_per_riu, rtol=2e-2)


def test_a_line_of_a_grating_in_closed_form():
    line = Grating(WET, 1.55 / 2 / 2.33, 0.01, 600.0, shift=np.pi)
    wave = line.bragg() + line.fwhm * jnp.linspace(-8.0, 8.0, 321)
    found = jax.jit(lambda line: sensors.least(STILL, line.transmitted, wave, narrowest=line.fwhm))(line)
    top = 1e-4 * float(line.transmitted(line.bragg()))
    sigma = bounds.lorentzian_sigma(float(line.fwhm), top, 1e-7, float(wave[1] - wave[0]))
    # eight widths hold all but 1e-4 of a Lorentzian's information; it is one to a per cent
    assert_allclose(found.samples, 1e3 * sigma / line.nm_per_riu, rtol=2e-2)
    assert_allclose(found.riu_per_kelvin, WET.riu_per_kelvin, rtol=1e-3)


def test_a_vernier_is_read_at_its_bound():
    """Fits of index, gain and base to 400 drawn traces: a variance to 0.31 dB at one σ, where 1 dB is asked for."""
    pair = Vernier(Ring(WET, 200.0, 0.05, 0.05), Ring(DRY, 190.0, 0.05, 0.05))
    wave = jnp.linspace(1.545, 1.555, 401)
    start = jnp.asarray([1e-6, 1.0, 1e-7, 1e-3])

    def shape(p, w):
        cause = Cause(analyte=p[0] - 1e-6, warmth=p[3] - 1e-3 if p.size > 3 else 0.0)
        return 1e-4 * p[1] * pair.drop(w, cause) + (p[2] - 1e-7)

    @jax.jit
    def run(key):
        trace = sensors.scanned(THERMAL, lambda w: pair.drop(w), wave)
        drawn = sensors.sampled(trace, None, key, 400)
        warm = sensors.scanned(THERMAL, lambda w: pair.drop(w, Cause(warmth=1e-4)), wave).mean
        found = []
        for known, unknown in ((3, ()), (4, ("warmth",))):

            def told(t, first=start[:known]):
                return estimators.fit(shape, first, wave, t, trace.variance).parameters[0] - 1e-6

            found.append((jax.vmap(told)(drawn), told(warm), sensors.least(THERMAL, pair.drop, wave, unknown=unknown)))
        loose = replace(THERMAL, laser=replace(THERMAL.laser, repeatability_pm=1.0))
        return found, [sensors.least(loose, pair.drop, wave, unknown=u).repeatability for u in ((), ("offset",))]

    (cold, warmer), (taken, told_apart) = run(jax.random.key(3))
    for found, _, least in (cold, warmer):
        assert abs(10 * np.log10(np.var(np.asarray(found)) / float(least.samples) ** 2)) < 1.0
        assert abs(float(np.mean(np.asarray(found)))) < 4 * float(least.samples) / 20
    # a tenth of a millikelvin: linear to a per cent; who looks for warmth is not misled, and pays for it in noise
    assert_allclose(cold[1], 1e-4 * cold[2].riu_per_kelvin, rtol=1e-2)
    assert abs(float(warmer[1])) < 1e-3 * abs(float(cold[1]))
    assert abs(float(warmer[2].riu_per_kelvin)) < 1e-9 * abs(float(cold[2].riu_per_kelvin))
    assert float(warmer[2].samples) > float(cold[2].samples)
    assert float(told_apart) < 1e-9 * float(taken)  # a laser's offset moves both combs as warmth does


def test_what_cannot_tell_is_refused():
    mzi = Interferometer(WET, DRY, exposed=5000.0)
    with pytest.raises(ValueError, match=r"least: 2 samples cannot tell an index from a gain and a base"):
        sensors.least(THERMAL, mzi.two, jnp.asarray([1.55]))
    with pytest.raises(ValueError, match=r"unknown = 'flow': what can be estimated beside the index is 'warmth'"):
        sensors.least(THERMAL, mzi.two, jnp.asarray([1.55]), unknown=("flow",))
    ring = Ring(WET, 200.0, 0.05)
    with pytest.raises(ValueError, match=r"least: step of wavelength = .*below Nyquist"):
        sensors.least(THERMAL, ring.through, jnp.linspace(1.54, 1.56, 9), narrowest=ring.fwhm)
