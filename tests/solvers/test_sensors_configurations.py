"""Rings, Verniers, interferometers and gratings: formulas against the spectra that they simulate, and exact limits."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import sensors
from lingnan.solvers.devices import bragg
from lingnan.solvers.resonators.ring import round_trip
from lingnan.solvers.sensors import Cause, Grating, Guide, Interferometer, Ring, Vernier

#: numbers of a 450 x 220 wire in water and in oxide, rounded
WET = Guide(1.55, 2.33, 4.37, bulk=0.195, surface=0.39, drift=1.8e-4, loss_db_cm=10.0)
DRY = Guide(1.55, 2.355, 4.29, bulk=0.0, surface=0.0, drift=2.0e-4, loss_db_cm=2.5)
RING = Ring(WET, 200.0, 0.05, 0.03, exposed=0.8)


def by_spectrum(spectrum, near):
    """nm by RIU, nm by nm of layer and pm by kelvin of an extremum that is searched for in a spectrum."""

    def place(c):
        return sensors.extremum(lambda w: spectrum(w, Cause(*c)), near)

    @jax.jit
    def both(c):
        return place(c), jax.jacfwd(place)(c)

    here, slopes = both(jnp.zeros(3))
    return here, slopes * jnp.asarray([1e3, 1.0, 1e6])


@pytest.mark.parametrize("port", ["through", pytest.param("drop", marks=pytest.mark.validate)])
def test_a_ring_by_formula_and_by_its_spectrum(port):
    near = RING.resonance() * (1 + 2e-6)
    here, slopes = by_spectrum(getattr(RING, port), near)
    # Newton to round-off of a curvature of 1e9/µm²
    assert_allclose(here, RING.resonance(), rtol=1e-12)
    assert_allclose(slopes, [RING.nm_per_riu, RING.nm_per_nm, RING.pm_per_kelvin], rtol=1e-6)


def test_width_and_depth_of_a_resonance_are_those_of_the_spectrum():
    at, half = RING.resonance(), RING.fwhm / 2
    top = RING.drop(at)
    # to the dispersion of the phase within a width, 1e-4 of it
    assert_allclose([RING.drop(at - half) / top, RING.drop(at + half) / top], 0.5, rtol=2e-3)
    between = at + RING.fsr / 2
    assert_allclose(RING.through(at) / RING.through(between), RING.extinction, rtol=1e-3)
    assert_allclose(RING.q_loaded, 1.55 / RING.fwhm)
    # weak coupling and loss: 1/Q = 1/Q_i + κ²/(2π n_g L/λ) of each coupler, to the next order in κ²
    weak = Ring(replace(WET, loss_db_cm=0.1), 200.0, 1e-3, 2e-3)
    coupled = 2 * np.pi * 4.37 * 200.0 / 1.55 / 3e-3
    assert_allclose(1 / weak.q_loaded, 1 / sensors.q_intrinsic(weak.guide) + 1 / coupled, rtol=2e-3)


def test_powers_of_a_ring_are_the_squares_of_its_amplitudes():
    wave = jnp.linspace(1.549, 1.551, 101)
    one, two, turn, under = round_trip(RING.kappa2, RING.kappa2_drop, RING.survival, RING.phase(wave))
    # phases of some 1,800 rad lose 1e-13 in the exponential
    assert_allclose(RING.through(wave), jnp.abs((one - two * turn) / under) ** 2, rtol=1e-9)
    assert_allclose(RING.drop(wave), RING.kappa2 * RING.kappa2_drop * RING.survival / jnp.abs(under) ** 2, rtol=1e-9)


def test_a_lossless_ring_keeps_its_light_and_a_critical_one_none():
    ring = Ring(replace(WET, loss_db_cm=0.0), 200.0, 0.05, 0.03)
    wave = jnp.linspace(1.549, 1.551, 101)
    assert_allclose(ring.through(wave) + ring.drop(wave), 1.0, rtol=1e-12)
    critical = Ring(WET, 200.0, 1 - RING.survival**2)
    assert float(critical.through(critical.resonance())) < 1e-18


def test_a_vernier_multiplies_and_its_envelope_moves_so():
    """The envelope as an instrument reads it, the highest peak, and where both combs coincide to a fraction of one."""
    reference = Ring(DRY, 190.0, 0.05, 0.05)
    pair = Vernier(Ring(WET, 200.0, 0.05, 0.05), reference)

    def envelope(analyte):
        # ten sensor resonances about the envelope's top, each found by its own phase
        wave = np.linspace(1.50, 1.60, 400001)
        power = np.log(np.asarray(pair.drop(wave, Cause(analyte=analyte))))
        inner = (power[1:-1] > power[:-2]) & (power[1:-1] > power[2:])
        at, height = wave[1:-1][inner], power[1:-1][inner]
        top = at[np.argmax(np.where(abs(at - 1.55) < float(pair.fsr) / 2, height, -np.inf))]
        return top, at, height

    # where both combs coincide, to a fraction of a resonance: the difference of the round trips is a multiple of 2π
    @jax.jit
    def coincidence(cause):
        def offset(w):
            s = pair.sensor.phase(w, cause) - reference.phase(w, Cause(warmth=cause.warmth))
            return s / (2 * jnp.pi)

        k, at = jnp.round(offset(1.55)), jnp.asarray(1.55)
        for _ in range(6):
            at = at - (offset(at) - k) / jax.grad(offset)(at)
        return at

    still = Cause(0.0, 0.0, 0.0)
    c0 = coincidence(still)
    top, *_ = envelope(0.0)
    assert abs(top - c0) < float(pair.sensor.fsr)  # the highest peak stands within one resonance of it
    moved = jax.grad(coincidence)(still)
    # FSRs at 1.55 µm and at the coincidence differ by its distance, some parts in 1e3
    found = [1e3 * moved.analyte, moved.thickness, 1e6 * moved.warmth]
    assert_allclose(found, [pair.nm_per_riu, pair.nm_per_nm, pair.pm_per_kelvin], rtol=2e-2)
    step = 2 * float(pair.sensor.fsr) / float(abs(pair.nm_per_riu)) * 1e3
    jump = envelope(step)[0] - top
    assert_allclose(jump, 2 * float(pair.sensor.fsr) * np.sign(float(pair.gain)), atol=1.05 * float(pair.sensor.fsr))
    assert abs(float(pair.gain)) > 10
    assert_allclose(pair.fsr, abs(pair.gain) * pair.sensor.fsr, rtol=1e-12)


@pytest.mark.parametrize("other", [2000.0, pytest.param(None, marks=pytest.mark.validate)])
def test_an_interferometer_by_phase_and_by_fringe(other):
    mzi = Interferometer(WET, DRY, exposed=2000.0, covered=500.0, other=other)
    c = jnp.asarray(1e-6)
    slope = jax.grad(lambda c: mzi.phase(1.55, Cause(analyte=c)))(c)
    assert_allclose(slope, mzi.rad_per_riu, rtol=1e-12)
    near, slopes = by_spectrum(lambda w, cause: mzi.two(w, cause)[0], 1.55)
    # the formula holds at 1.55 µm, and the fringe stands within a period of it
    expected = jnp.stack([mzi.nm_per_riu, mzi.nm_per_nm, mzi.pm_per_kelvin])
    assert_allclose(slopes, expected * near / 1.55, rtol=1e-6)
    by_kelvin = jax.grad(lambda t: mzi.phase(1.55, Cause(warmth=t)))(c)
    assert_allclose(by_kelvin, mzi.rad_per_kelvin, rtol=1e-12)
    turned = mzi.phase(1.55, Cause(analyte=mzi.range_riu)) - mzi.phase(1.55)
    assert_allclose(turned, 2 * np.pi, rtol=1e-9)
    wave = np.linspace(near, near + 1.2 * mzi.fsr, 2001)[200:]
    neighbour = wave[np.argmax(mzi.two(wave)[0] * np.sign(mzi.two(near)[0] - mzi.two(near)[1]))]
    assert_allclose(neighbour - near, mzi.fsr, rtol=0.05)


def test_three_outputs_tell_every_phase():
    mzi = Interferometer(WET, DRY, exposed=1000.0, contrast=0.9)
    c = jnp.linspace(-0.01, 0.01, 401)
    powers = mzi.three(1.55, Cause(analyte=c))
    found = np.unwrap(np.asarray(sensors.phase_of_three(powers)))
    phase = mzi.phase(1.55, Cause(analyte=c))
    assert_allclose(found - found[0], phase - phase[0], atol=1e-9)
    assert_allclose(jnp.sum(powers, axis=0), sum(mzi.arms) / 2, rtol=1e-12)
    assert_allclose(jnp.sum(mzi.two(1.55), axis=0), sum(mzi.arms) / 2, rtol=1e-12)
    spiral = Interferometer(WET, DRY, exposed=10000.0, other=100.0)
    assert_allclose(spiral.arms[0], 10 ** (-WET.loss_db_cm / 10), rtol=1e-12)  # one centimetre


def test_gratings_by_coupled_modes_and_by_their_spectrum():
    clear = replace(WET, loss_db_cm=0.0)
    uniform = Grating(clear, 1.55 / 2 / 2.33, 0.01, 300.0)
    wave = jnp.linspace(1.545, 1.555, 41)
    expected = bragg.coupled_mode(0.01, 300.0, uniform.detuning(wave).real)
    assert_allclose(uniform.reflected(wave), expected, rtol=1e-9, atol=1e-12)
    assert_allclose(uniform.reflected(wave) + uniform.transmitted(wave), 1.0, rtol=1e-12)
    assert_allclose(uniform.reflected(uniform.bragg()), np.tanh(3.0) ** 2, rtol=1e-9)
    lossy = replace(uniform, guide=WET, shift=np.pi)

    @jax.jit
    def line(*c):
        near = lossy.bragg() * (1 + 1e-6)
        return sensors.extremum(lambda w: lossy.transmitted(w, Cause(*c)), near)

    assert_allclose(line(0.0, 0.0, 0.0), lossy.bragg(), rtol=1e-9)  # loss moves a line by nothing: the spectrum is even
    # differences that move a line by pm: Newton leaves 1e-12 µm, 1e-7 of the shift
    figures = (1e3, lossy.nm_per_riu), (1.0, lossy.nm_per_nm), (1e6, lossy.pm_per_kelvin)
    for step, (unit, figure) in zip(np.diag([1e-5, 1e-5, 1e-2]), figures, strict=True):
        assert_allclose((line(*step) - line(*-step)) / (2 * step.max()) * unit, figure, rtol=1e-5)
    gap = replace(uniform, shift=np.pi)
    assert_allclose(gap.transmitted(gap.bragg()), 1.0, rtol=1e-9)  # a lossless cavity between equal mirrors

    # its width: S⁻⁴ of a closed form without loss, S⁻² with it, at S = sinh 1.5 and sinh 2.5
    @jax.jit
    def halves(cavity):
        around = cavity.bragg() + cavity.fwhm * jnp.asarray([-0.5, 0.0, 0.5])
        seen = cavity.transmitted(around)
        return seen[::2] / seen[1]

    for length, guide, tolerance in ((300.0, clear, 6e-2), (500.0, clear, 1e-3), (500.0, WET, 3e-2)):
        cavity = replace(gap, length=length, guide=guide)
        assert_allclose(halves(cavity), 0.5, rtol=tolerance)
    tight = replace(gap, length=500.0)  # 1/Q of the mirrors and of the loss; all at 1.55 µm
    assert_allclose(1 / cavity.q_loaded, 1 / tight.q_loaded + 1 / sensors.q_intrinsic(WET), rtol=1e-9)
    zeros = uniform.bragg() + uniform.band / 2 * jnp.asarray([-1, 1])
    assert_allclose(uniform.reflected(zeros), 0.0, atol=1e-4)  # of 0.99: β is bent over 0.01 µm


def test_limits_of_detection_by_their_definitions():
    # the shared reference evaluates the same formulas: 4.829e-5 and 2.214e-3 RIU, four digits
    assert_allclose(sensors.lod_white_fan(1.55, 1e4, 70.0), 4.829e-5, rtol=2e-4)
    assert_allclose(sensors.lod_intrinsic(1.55, 1e4, 70.0), 2.214e-3, rtol=2e-4)
    assert_allclose(sensors.sigma_white_fan(155.0, 60.0), 155 / (4.5 * 1e6**0.25))
    ring = Ring(WET, 200.0, 0.05)
    span = sensors.dynamic_range(ring.fsr, ring.nm_per_riu)
    moved = ring.resonance(Cause(analyte=span)) - ring.resonance()
    assert_allclose(moved, ring.fsr, rtol=1e-2)  # FSR at 1.55 µm, to its change over one of them
    assert_allclose(sensors.decades(span, span / 1e4), 4.0)


def test_white_and_fan_by_the_lowest_of_noisy_samples():
    """Their reading itself, a thousand samples in a width: the lowest one scatters by a few per cent more or less."""
    rng, x = np.random.default_rng(5), np.linspace(-0.25, 0.25, 501)
    for snr_db in (50.0, 60.0):
        noise = 10 ** (-snr_db / 20)
        lowest = [x[np.argmin(1 - 1 / (1 + 4 * x**2) + noise * rng.standard_normal(x.size))] for _ in range(2000)]
        # it depends on how many samples compete: 1.2 of it with a fifth as many, 0.95 with five times as many
        assert_allclose(np.std(lowest), sensors.sigma_white_fan(1.0, snr_db), rtol=0.15)


def test_what_cannot_be_is_said_with_value_and_limit():
    with pytest.raises(ValueError, match=r"kappa2 = 1.2"):
        Ring(WET, 200.0, 1.2)
    with pytest.raises(ValueError, match=r"length = -3 µm"):
        Ring(WET, -3.0, 0.1)
    with pytest.raises(ValueError, match=r"step of wavelength = 1e-05 µm.*Nyquist"):
        sensors.nyquist("scan", 1e-5, 1.5e-5)
    sensors.nyquist("scan", 1e-5, 2e-5)
    with pytest.raises(ValueError, match=r"nm_per_riu = -3"):
        sensors.lod(1.0, -3.0)
