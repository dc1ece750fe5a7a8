"""Noise, bounds, estimators at the bound, Allan deviation, and the chain that joins them. Seeds are fixed.

Estimators run on 2,000 traces: their variance is known to √(2/2000), 0.14 dB at one σ, and 1 dB is asked for.
"""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import constants

from lingnan.solvers import sensors
from lingnan.solvers.sensors import (
    Chain,
    Converter,
    Detector,
    Environment,
    Guide,
    Laser,
    Ring,
    allan,
    bounds,
    estimators,
)

GUIDE = Guide(1.55, 2.33, 4.37, bulk=0.195, drift=1.8e-4, loss_db_cm=10.0)
RING = Ring(GUIDE, 200.0, 0.05)
CENTRE, WIDTH = float(RING.resonance()), float(RING.fwhm)
WAVE = CENTRE + WIDTH * jnp.linspace(-4.0, 4.0, 161)
CHAIN = Chain(Laser(1e-4, 1e6, -140.0), Detector(0.9, 1e4, 5e-12), Converter(1.1e-4, 17))
TRACES = 2000


def decibels(found: np.ndarray, sigma: float) -> float:
    return float(10 * np.log10(np.var(np.asarray(found)) / sigma**2))


def test_the_bound_of_a_lorentzian_in_closed_form():
    wave = jnp.linspace(-40.0, 40.0, 8001)
    at = jnp.asarray([0.3, 1.0, 0.5, 1.0])

    def model(p):
        return estimators.lorentzian(p, wave), jnp.full(wave.shape, 1e-4)

    found = jax.jit(lambda p: bounds.sigma(model, p))(at)
    # the sum stands for the integral to 1e-4: its ends are 40 widths away
    assert_allclose(found[0], bounds.lorentzian_sigma(1.0, 0.5, 1e-2, 0.01), rtol=1e-3)
    # of a variance alone: n samples tell it to v √(2/n)
    alone = bounds.sigma(lambda p: (jnp.zeros(50), jnp.full(50, p[0])), jnp.asarray([2.0]))
    assert_allclose(alone, 2 * np.sqrt(2 / 50), rtol=1e-12)


@pytest.mark.parametrize("shape", ["lorentzian", pytest.param("fano", marks=pytest.mark.validate)])
def test_fits_reach_the_bound(shape):
    """At 40 dB of depth over noise, from a guess off by a tenth of a width."""
    wave = jnp.linspace(-4.0, 4.0, 161)
    true = jnp.asarray([0.13, 1.0, 0.8, 1.0] + ([0.3] if shape == "fano" else []))
    form = getattr(estimators, shape)
    variance = jnp.full(wave.shape, 0.008**2)

    @jax.jit
    def run(key):
        traces = form(true, wave) + jax.random.normal(key, (TRACES, wave.size)) * jnp.sqrt(variance)
        start = true.at[0].add(0.1).at[1].multiply(1.1)
        fits = jax.vmap(lambda t: estimators.fit(form, start, wave, t, variance))(traces)
        return fits, bounds.sigma(lambda p: (form(p, wave), variance), true)

    fits, sigma = run(jax.random.key(1))
    assert float(jnp.max(fits.step)) < 1e-6
    assert abs(decibels(fits.parameters[:, 0], float(sigma[0]))) < 1.0
    mean = np.mean(np.asarray(fits.parameters[:, 0])) - 0.13
    assert abs(mean) < 4 * float(sigma[0]) / np.sqrt(TRACES)  # no bias that four σ of the mean would show
    assert_allclose(np.mean(np.asarray(fits.misfit)), wave.size - true.size, rtol=0.02)  # chi² of so many


@pytest.mark.validate
def test_a_ring_is_read_at_the_bound_of_its_chain():
    """All noises of a laser, a detector and a converter at once; correlation with the spectrum, and a line's fit.

    Of 500 traces a variance is known to 0.27 dB at one σ. The line of 1 MHz is 1e-4 of the resonance.
    """
    count = 500

    @jax.jit
    def run(key):
        trace = sensors.scanned(CHAIN, RING.through, WAVE)
        drawn = sensors.sampled(trace, CHAIN.converter, key, count)
        shifts = jax.vmap(lambda t: estimators.correlated(RING.through, WAVE, t, WIDTH / 2))(drawn)
        start = estimators.first_guess(WAVE, trace.mean)
        fits = jax.vmap(lambda t: estimators.fit(estimators.lorentzian, start, WAVE, t, trace.variance))(drawn)
        return shifts, fits.parameters[:, 0], sensors.shift_sigma(CHAIN, RING.through, WAVE), trace, drawn

    shifts, centres, sigma, trace, drawn = run(jax.random.key(2))
    snr = 20 * np.log10(float((trace.mean.max() - trace.mean.min()) / jnp.sqrt(trace.variance[0])))
    assert 97 < snr < 98  # dB of electrical power, seen before it was written: what is stated beside the 1 dB
    assert_allclose(np.std(np.asarray(drawn), axis=0), np.sqrt(trace.variance), rtol=0.16)  # 5 σ of 500
    assert abs(decibels(np.asarray(shifts) * 1e6, float(sigma))) < 1.0
    assert abs(decibels(np.asarray(centres) * 1e6, float(sigma))) < 1.0
    assert abs(float(jnp.mean(shifts)) * 1e6) < 4 * float(sigma) / np.sqrt(count)


def test_three_outputs_give_the_phase_at_the_bound():
    phase, sigma = 0.7, 1e-3
    turns = 2 * np.pi / 3 * np.arange(-1, 2)

    def model(p):
        return p[1] + p[2] * jnp.cos(p[0] + turns), jnp.full(3, sigma**2)

    least = bounds.sigma(model, jnp.asarray([phase, 0.33, 0.3]))[0]
    # Σ sin² over three is 3/2, whatever the phase: σ_φ = σ √(2/3)/amplitude
    assert_allclose(least, sigma * np.sqrt(2 / 3) / 0.3, rtol=1e-9)
    clear = np.asarray(model(jnp.asarray([phase, 0.33, 0.3]))[0])
    noisy = clear[:, None] + sigma * np.random.default_rng(3).standard_normal((3, TRACES))
    assert abs(decibels(np.asarray(sensors.phase_of_three(noisy)), float(least))) < 1.0


def test_noise_by_its_parts():
    flat = replace(CHAIN, converter=None, laser=Laser(1e-4))

    def half(wave):
        return 0.5 + 0 * wave

    def variance(chain):
        return float(sensors.scanned(chain, half, WAVE[:3]).variance[0])

    current = 0.9 * 1e-4 / 2
    quiet = replace(flat, detector=Detector(0.9, 1e4, 0.0))
    assert_allclose(variance(quiet), 2 * constants.e * current * 1e4, rtol=1e-5)  # -200 dB/Hz are not nothing
    assert_allclose(variance(flat) - variance(quiet), (5e-12) ** 2 * 1e4, rtol=1e-9)
    rin = replace(quiet, laser=Laser(1e-4, rin_db_hz=-140.0))
    assert_allclose(variance(rin) - variance(quiet), 1e-14 * current**2 * 1e4, rtol=1e-5)
    steps = replace(quiet, converter=Converter(1e-4, 10))
    assert_allclose(variance(steps) - variance(quiet), (1e-4 / 1024) ** 2 / 12, rtol=1e-6)

    # a slope of 1 per nm: jitter of a picometre, and the white frequency noise Δν/π of a line
    def ramp(wave):
        return 0.5 + (wave - 1.55) * 1e3

    def of_ramp(laser):
        chain = replace(quiet, laser=laser)
        return float(sensors.scanned(chain, ramp, jnp.asarray([1.55])).analogue[0])

    tilt = 0.9 * 1e-4 * 1e3
    assert_allclose(of_ramp(Laser(1e-4, jitter_pm=1.0)) - of_ramp(Laser(1e-4)), (tilt * 1e-6) ** 2, rtol=1e-6)
    per_hertz = 1.55**2 / (constants.c * 1e6)
    expected = (tilt * per_hertz) ** 2 * 1e6 / np.pi * 1e4
    assert_allclose(of_ramp(Laser(1e-4, 1e6)) - of_ramp(Laser(1e-4)), expected, rtol=1e-3)


def test_a_wide_line_widens_a_resonance():
    """Lorentzian with Lorentzian: widths add, depth shrinks by their ratio, areas stay."""
    gamma = WIDTH * constants.c * 1e6 / 1.55**2 / 20

    def dip(wave):
        return estimators.lorentzian(jnp.asarray([1.55, WIDTH, 0.8, 1.0]), wave)

    wave = 1.55 + WIDTH * jnp.linspace(-3, 3, 61)
    found = sensors.seen(Laser(1.0, gamma), dip, wave).power
    wider = jnp.asarray([1.55, 1.05 * WIDTH, 0.8 / 1.05, 1.0])
    # what `source` says of its average; without it the depth would be off by 0.038
    assert_allclose(found, estimators.lorentzian(wider, wave), atol=1e-3)


def test_allan_deviation_in_print():
    """The 1,000 numbers of W. J. Riley, NIST SP 1065 (2008), §12.4: n → 16807 n mod 2³¹ - 1, and his deviations."""
    n, numbers = 1234567890, []
    for _ in range(1000):
        numbers.append(n / 2147483647)
        n = 16807 * n % 2147483647
    found = allan.allan(np.asarray(numbers), (1, 10, 100))
    assert_allclose(found, [2.922319e-1, 9.159953e-2, 3.241343e-2], rtol=2e-7)  # digits in print


def test_allan_deviation_follows_its_laws():
    rng, factors = np.random.default_rng(4), (1, 4, 16, 64)
    white = rng.standard_normal((100, 1024))
    series = {
        "white": (white, allan.white_law(1.0, np.asarray(factors))),
        "walk": (np.cumsum(white, axis=1), allan.walk_law(1.0, np.asarray(factors))),
    }
    for values, law in series.values():
        # mean of variances over 100 series: at m = 64 some 16 independent pairs in each, 5 % by two σ
        found = np.sqrt(np.mean(np.asarray(allan.allan(values, factors)) ** 2, axis=0))
        assert_allclose(found, law, rtol=0.06)
    drift = allan.allan(0.5 * np.arange(100.0), (1, 7))
    assert_allclose(drift, allan.drift_law(0.5, np.asarray([1, 7])), rtol=1e-12)
    assert allan.factors_up_to(1024) == (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
    with pytest.raises(ValueError, match="factor = 60: of 100 samples averages of 1 to 50"):
        allan.allan(np.arange(100.0), (60,))


#: every number of a chain: name and how it goes in
NUMBERS = {
    "n_g": 4.37, "bulk": 0.195, "drift": 1.8e-4, "loss": 10.0, "length": 200.0, "kappa2": 0.05, "exposed": 0.9,
    "power": 1e-4, "linewidth": 1e7, "rin": -135.0, "repeatability": 0.01, "jitter": 0.05, "responsivity": 0.9,
    "bandwidth": 1e4, "thermal": 5e-12, "dark": 1e-6, "scale": 1.2e-4, "bits": 12.0, "warmth": 1e-3, "flow": 1e-7,
}  # fmt: skip


def lod(p):
    v = dict(zip(NUMBERS, p, strict=True))
    guide = Guide(1.55, 2.33, v["n_g"], bulk=v["bulk"], drift=v["drift"], loss_db_cm=v["loss"])
    ring = Ring(guide, v["length"], v["kappa2"], exposed=v["exposed"])
    laser = Laser(v["power"], v["linewidth"], v["rin"], v["repeatability"], v["jitter"])
    detector = Detector(v["responsivity"], v["bandwidth"], v["thermal"], v["dark"])
    chain = Chain(laser, detector, Converter(v["scale"], v["bits"]))
    found = sensors.limit(chain, ring, WAVE[::2], Environment(v["warmth"], v["flow"]))
    return found.lod_riu


def test_every_number_moves_the_limit_and_its_gradient_is_right():
    at = jnp.asarray(list(NUMBERS.values()))
    # the line runs through the scan with length and index, so their steps are small; what is dark hardly matters, so
    # its step is large
    share = [{"n_g": 3e-8, "length": 3e-8, "dark": 0.1}.get(name, 1e-4) for name in NUMBERS]
    steps = np.asarray(share) * np.abs(np.asarray(at))
    gradient = jax.jit(jax.grad(lod))(at)
    value = jax.jit(jax.vmap(lod))
    ahead, behind = (np.asarray(value(at + s * jnp.diag(jnp.asarray(steps)))) for s in (1, -1))
    # phases of 2,000 rad are known to 1e-13 of themselves, which such steps turn into 1e-4
    assert_allclose(gradient, (ahead - behind) / (2 * steps), rtol=3e-4)
    assert np.all(np.abs(np.asarray(gradient) * np.asarray(at)) > 1e-8 * float(value(at[None])[0]))


def test_a_budget_adds_in_squares_and_yield_is_a_share():
    found = sensors.limit(CHAIN, RING, WAVE, Environment(1e-3, 1e-7))
    assert_allclose(found.temperature, 1e-3 * GUIDE.pm_per_kelvin, rtol=1e-9)
    assert_allclose(found.flow, 1e-7 * RING.nm_per_riu * 1e3, rtol=1e-9)
    assert_allclose(found.total**2, found.samples**2 + found.temperature**2 + found.flow**2, rtol=1e-9)
    assert_allclose(found.lod_riu, 3e-3 * found.total / RING.nm_per_riu, rtol=1e-9)
    assert_allclose(sensors.passing(jnp.asarray([1.0, 2.0, 3.0, 4.0]), 2.5), 0.5)


def test_what_cannot_be_read_is_said():
    with pytest.raises(ValueError, match=r"limit: step of wavelength = .* below Nyquist"):
        sensors.limit(CHAIN, RING, CENTRE + WIDTH * jnp.arange(-5.0, 6.0))
    with pytest.raises(ValueError, match=r"power = -1 W"):
        Laser(-1.0)
    with pytest.raises(ValueError, match=r"bits = 80"):
        Converter(1e-3, 80)
    with pytest.raises(ValueError, match=r"full_scale = 1e-05 A: it must be .* would be clipped"):
        sensors.check_scale(sensors.scanned(CHAIN, RING.through, WAVE), Converter(1e-5, 20))
    with pytest.raises(ValueError, match=r"bits = 10: a step of 1\.07422e-07 A .* Use 17 bits or more"):
        sensors.check_scale(sensors.scanned(CHAIN, RING.through, WAVE), Converter(1.1e-4, 10))
    with pytest.raises(ValueError, match=r"-lowest = -5e-05 A"):  # more than the least of the signal
        sensors.check_scale(sensors.scanned(CHAIN, RING.through, WAVE), Converter(1.1e-4, 20, 5e-5))


def test_a_guide_is_mapped_from_few_solves():
    def solve(p):
        w, h = p
        return Guide(1.55, 2.3 + w + h * h, 4.2 - w * h, bulk=np.exp(-w), drift=1e-4 * (1 + h), loss_db_cm=2.0)

    found = sensors.mapped(solve, (0.45, 0.22), (0.02, 0.01), degree=3)
    points = np.asarray([[0.441, 0.2255], [0.46, 0.215]])
    # exp: the fourth derivative over 4! 2³ of a reach of 0.02, 1e-9
    assert float(sensors.misfit(found, solve, points).bulk) < 1e-9
    assert float(sensors.misfit(found, solve, points).n_eff) < 1e-12
    slope = jax.grad(lambda p: found(p).bulk)(jnp.asarray([0.45, 0.22]))
    assert_allclose(slope, [-np.exp(-0.45), 0.0], atol=1e-6)
