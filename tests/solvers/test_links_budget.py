"""Budgets from the laser to bit errors: closed forms, eyes of the same light, temperature, derivatives."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from lingnan.solvers import links

QUIET = links.Receiver(0.9, thermal=18e-12, shot=False)
BAND = 20e9
LASER = links.Laser(20e-3, slope_db_k=-0.03)
LOSSES = (links.Loss("coupler", 1.5), links.Loss("guide", 1.0, 0.004), links.Loss("fibre", 2.0))
MODULATION = links.Modulation(4.0, 5.0, 0.01, -0.01)


def test_sensitivity_of_thermal_noise() -> None:
    """2 (L - 1) q i √B/R; q = 7.034 for 1e-12 of NRZ."""
    q = -norm.ppf(1e-12)
    assert float(links.needed_q(1e-12)) == pytest.approx(q, rel=1e-9)
    found = links.sensitivity(QUIET, BAND)
    assert float(found) == pytest.approx(2 * q * 18e-12 * np.sqrt(BAND) / 0.9, rel=1e-9)
    # a penalty is just that much more light where light makes no noise
    closed = links.log_error_rate(jnp.array([0.0, 1.0]) * found * 10**0.15, QUIET, BAND, 1.5)
    assert float(closed) == pytest.approx(np.log(1e-12), rel=1e-9)
    q4 = links.needed_q(2.4e-4, 4)  # 6/8 of a tail for each bit
    assert 6 / 8 * norm.sf(float(q4)) == pytest.approx(2.4e-4, rel=1e-9)


def test_sensitivity_with_noise_of_light_meets_its_target() -> None:
    receiver = replace(QUIET, shot=True, rin_db_hz=-145.0, excess=1.3)
    for levels, target in ((2, 1e-12), (4, 2.4e-4)):
        oma = links.sensitivity(receiver, BAND, target, extinction_db=4.0, levels=levels)
        r = 10**0.4
        power = float(oma) * (1 / (r - 1) + np.arange(levels) / (levels - 1))
        assert float(links.error_rate(power, receiver, BAND)) == pytest.approx(target, rel=1e-6)
    with pytest.raises(ValueError, match="quieter laser than -110"):
        links.sensitivity(replace(receiver, rin_db_hz=-110.0), BAND)


def test_budget_and_eye_tell_the_same_errors() -> None:
    """Light of two levels as a waveform, through `detected` and `error_rates`: shot, laser and thermal noise."""
    light = links.arrived(links.Laser(1e-3), MODULATION, LOSSES)  # so much that errors can be told
    filter_ = links.BesselThomson(BAND / links.BesselThomson(1.0).noise_bandwidth)
    receiver = links.Receiver(0.9, filter_, 60e-12, rin_db_hz=-135.0)
    symbols = links.pam(links.prbs(7), 2)
    held = jnp.repeat((jnp.asarray(symbols) + 1) / 2, 16)
    # so slow that levels are reached, and noise is that of its level
    power = links.Waveform(light.levels[0] + light.modulation * held, 1 / (16 * 0.5e9))
    seen = links.detected(power, replace(receiver, response=None))
    white = seen.density * BAND
    eye = links.folded(seen.current, symbols, 16, jnp.sqrt(white))
    bits = links.error_rates(eye).bits[8]
    budget = links.error_rate(light.levels, receiver, BAND)
    assert 1e-9 < float(budget) < 1e-3
    # thresholds there are those of whole levels, here of the same two deviations
    assert float(bits) == pytest.approx(float(budget), rel=0.02)


def test_light_that_arrives() -> None:
    light = links.arrived(LASER, MODULATION, LOSSES)
    high = 20e-3 * 10 ** (-(4 + 1.5 + 1 + 2) / 10)
    low = high * 10**-0.5
    np.testing.assert_allclose(light.levels, (low, high), rtol=1e-12)
    assert float(light.modulation) == pytest.approx(high - low, rel=1e-12)
    assert float(links.modulation_amplitude(light.mean, 5.0)) == pytest.approx(high - low, rel=1e-12)
    r = 10**0.5
    assert float(links.extinction_penalty_db(5.0)) == pytest.approx(10 * np.log10((r + 1) / (r - 1)), rel=1e-12)
    hot = links.arrived(LASER, MODULATION, LOSSES, 358.15)
    # 60 K: laser 1.8 dB, modulator 0.6, guide 0.24
    assert float(hot.levels[1]) == pytest.approx(high * 10 ** (-0.264), rel=1e-12)
    assert float(10 * jnp.log10(hot.levels[1] / hot.levels[0])) == pytest.approx(4.4, rel=1e-12)


def test_account_from_0_to_85_degrees_and_its_derivatives() -> None:
    receiver = links.Receiver(0.9, thermal=18e-12, rin_db_hz=-150.0)

    def margin(numbers: jax.Array) -> jax.Array:
        power, loss, extinction, thermal, responsivity, penalty, temperature = numbers
        light = links.arrived(
            replace(LASER, power=power),
            replace(MODULATION, loss_db=loss, extinction_db=extinction),
            LOSSES,
            temperature,
        )
        found = links.account(
            light, replace(receiver, thermal=thermal, responsivity=responsivity), BAND, penalty_db=penalty
        )
        return found.margin_db

    at = jnp.array([20e-3, 4.0, 5.0, 18e-12, 0.9, 1.0, 300.0])
    both = jax.jit(jax.value_and_grad(margin))
    slope = both(at)[1]
    for k in range(7):
        step = 1e-5 * at[k]
        change = jnp.zeros(7).at[k].set(step)
        difference = (both(at + change)[0] - both(at - change)[0]) / (2 * step)
        # differences of 1e-5 keep five digits of the margin
        assert float(slope[k]) == pytest.approx(float(difference), rel=1e-4)
        assert abs(float(slope[k])) > 0
    margins = [float(both(at.at[6].set(t))[0]) for t in (273.15, 298.15, 358.15)]
    assert margins[0] > margins[1] > margins[2] > 0
    light = links.arrived(LASER, MODULATION, LOSSES, 358.15)
    whole = links.account(light, receiver, BAND, penalty_db=1.0)
    assert float(whole.bits) < 1e-12
    assert float(whole.margin_db) == pytest.approx(float(10 * jnp.log10(light.modulation / whole.needed)), rel=1e-12)


def test_what_closes_an_eye_is_a_penalty() -> None:
    symbols = links.pam(links.prbs(7), 2)
    drive = links.edges(symbols, 25e9, 16)
    open_, shut = (
        links.folded(links.scaled(links.filtered(drive, links.OnePole(f)), 1e-3, 2e-3), symbols, 16)
        for f in (200e9, 10e9)
    )
    # levels are means of the middle, so that an open eye may be higher than they lie apart
    assert abs(float(links.closure_db(open_))) < 0.05
    assert float(links.closure_db(shut)) > 0.5
    sent = links.Modulation.of(open_, 6e-3)
    assert float(sent.extinction_db) == pytest.approx(10 * np.log10(3), rel=1e-2)
    assert float(sent.loss_db) == pytest.approx(10 * np.log10(2), rel=1e-2)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: links.Laser(0.0), "power = 0 W"),
        (lambda: links.Loss("x", -1.0), "loss_db = -1 dB"),
        (lambda: links.Modulation(1.0, 5.0, levels=3), "levels = 3"),
        (lambda: links.arrived(LASER, MODULATION, LOSSES, 85.0), "temperature = 85 K"),
        (lambda: links.Loss("x", 1.0, np.nan), "slope_db_k = nan dB/K"),
        (lambda: links.arrived(LASER, MODULATION, [links.Loss("x", 1.0, -0.1)], 358.15), "'x' loses -5 dB at 358.15 K"),
        (lambda: links.arrived(LASER, replace(MODULATION, extinction_slope_db_k=-0.1), (), 358.15), "of -1 dB at 358"),
        (lambda: links.needed_q(0.6), "error_rate = 0.6"),
        (lambda: links.error_rate([2e-3, 1e-3], QUIET, BAND), "levels rise by -0.001 W"),
        (lambda: links.error_rate([-1e-3, 1e-3], QUIET, BAND), "lowest of levels = -0.001 W"),
        (lambda: links.sensitivity(replace(QUIET, thermal=0.0), BAND), "thermal = 0 A/√Hz"),
        (lambda: links.Receiver(1.0, rin_db_hz=np.nan), "rin_db_hz = nan"),
        (lambda: links.detected(links.Waveform(jnp.full(8, -1e-3), 1e-12), QUIET), "power = -0.001 W"),
        (lambda: links.detected(links.Waveform(jnp.ones(8) * 1j, 1e-12), QUIET), "complex signal"),
        (lambda: links.error_rate([1e-3, 2e-3], QUIET, -1.0), "noise_bandwidth = -1"),
        (lambda: links.extinction_penalty_db(0.0), "extinction_db = 0"),
    ],
)
def test_bad_numbers_say_so(make, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        make()


def test_noise_that_a_receiver_passes() -> None:
    """A pole passes π/2 of its width, the standard's filter what it says of itself; of both, what `detected` gives."""
    pole, filter_ = links.OnePole(21e9), links.BesselThomson(25e9)
    for scale in (0.25e9, 30e9, 2.5e12):
        assert float(links.noise_bandwidth(pole, scale)) == pytest.approx(np.pi / 2 * 21e9, rel=1e-10)
        assert float(links.noise_bandwidth(filter_, scale)) == pytest.approx(filter_.noise_bandwidth, rel=1e-10)
    ends = np.linspace(1e8, 60e9, 61)
    cut = links.Tabulated(ends, pole(ends))
    assert float(links.noise_bandwidth(cut)) == pytest.approx(21e9 * np.arctan(60 / 21), rel=2e-3)
    both = links.Cascade((pole, filter_))
    receiver = links.Receiver(1.0, both, thermal=20e-12, shot=False)
    steady = links.Waveform(jnp.full(4096, 1e-4), 1 / (16 * 50e9))
    seen = links.detected(steady, receiver)
    # samples end at 400 GHz, where 1e-9 of the noise is left
    assert float(seen.noise[0] / 20e-12) ** 2 == pytest.approx(float(links.noise_bandwidth(both)), rel=1e-6)
    slope = jax.grad(lambda f: links.noise_bandwidth(links.OnePole(f)))(21e9)
    assert float(slope) == pytest.approx(np.pi / 2, rel=1e-8)
    with pytest.raises(ValueError, match="scale = 0 Hz"):
        links.noise_bandwidth(pole, 0.0)
