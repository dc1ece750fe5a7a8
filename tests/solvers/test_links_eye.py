"""Eyes, levels, error rates by two routes, noise and jitter: closed forms and counts."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erfc

from lingnan.solvers import links

SAMPLES = 16
NRZ = links.pam(links.prbs(9), 2)
PAM4 = links.pam(np.tile(links.prbs(9), 2), 4)
STEP = 1 / (50e9 * SAMPLES)


def held(symbols: np.ndarray, low: float = 0.2, high: float = 1.0, rise: float = 4e-12) -> links.Waveform:
    """Levels from low to high."""
    return links.scaled(links.edges(symbols, 50e9, SAMPLES, rise), (high - low) / 2, (high + low) / 2)


@pytest.mark.parametrize("late", [0, 5, 173])
def test_an_ideal_eye(late: int):
    """ER = high/low, OMA = high - low, however late the signal comes; crossing in the middle, at column 0."""
    w = held(NRZ)
    eye = links.folded(links.Waveform(jnp.roll(w.value, late), w.step), NRZ, SAMPLES)
    found = links.outer(eye)
    # edges of 4 ps are over 8 ps from the middle of 20 ps: 5.1 deviations, 2e-7
    assert float(found.extinction_db) == pytest.approx(10 * np.log10(5.0), abs=1e-5)
    assert float(found.modulation) == pytest.approx(0.8, abs=1e-6)
    assert float(links.crossing(eye)) == pytest.approx(0.5, abs=1e-6)
    assert float(links.height(eye)[0]) == pytest.approx(0.8, abs=1e-6)
    # the last column that is open is a sample away from the crossing, from where it is a straight line
    assert float(links.width(eye)[0]) == pytest.approx(1.0, abs=0.02)
    turned = links.folded(links.scaled(w, -1.0, 2.0), NRZ, SAMPLES)
    assert float(links.outer(turned).modulation) == pytest.approx(0.8, abs=1e-6)


def test_pam4_modulation_amplitude_and_extinction():
    """OMA = 2 P_ave (ER - 1)/(ER + 1) for equal steps; R_LM 1 there, 3 r for middle levels that are r of theirs."""
    symbols = links.pam(np.tile(links.prbs(13), 2), 4)  # PRBS13Q, with runs of seven 3 and six 0
    eye = links.folded(held(symbols), symbols, SAMPLES)
    found, er = links.outer_of_runs(eye), 5.0
    mean = float(jnp.mean(links.levels(eye)))
    assert float(found.modulation) == pytest.approx(2 * mean * (er - 1) / (er + 1), rel=1e-6)
    assert float(links.level_mismatch(eye)) == pytest.approx(1.0, abs=1e-6)
    bent = np.where(np.abs(symbols) < 0.5, symbols * 0.9, symbols)
    squeezed = links.folded(held(bent), symbols, SAMPLES, levels=4)
    assert float(links.level_mismatch(squeezed)) == pytest.approx(0.9, abs=1e-6)


def test_mach_zehnder_compresses_outer_levels():
    """sin x of a drive to ±V_pi/4: sin(π/12)/sin(π/4) for the inner ones, and R_LM = 3 times less."""
    drive = links.edges(PAM4, 50e9, SAMPLES, 4e-12)
    light = links.power(links.MachZehnder(4.0).field(links.scaled(drive, 1.0)))
    ratio = np.sin(np.pi / 12) / np.sin(np.pi / 4)
    found = float(links.level_mismatch(links.folded(light, PAM4, SAMPLES)))
    assert found == pytest.approx(2 - 3 * ratio, abs=1e-5)  # inner levels lie too far out: the outer eyes are small


@pytest.mark.parametrize(("symbols", "levels"), [(NRZ, 2), (PAM4, 4)])
def test_error_rates_in_white_noise(symbols: np.ndarray, levels: int):
    """(L - 1)/L erfc(d/(√2 σ)), d half a step, in the middle of an open eye; Q is d/σ there."""
    sigma = 0.8 / (levels - 1) / 2 / 3.2
    eye = links.folded(held(symbols), symbols, SAMPLES, sigma)
    rates, middle = links.error_rates(eye), SAMPLES // 2
    q = links.q_factor(eye)[:, middle]
    np.testing.assert_allclose(q, 3.2, rtol=1e-5)
    # symbols are not quite as frequent in a period: 1 of 511
    expected = (levels - 1) / levels * erfc(3.2 / np.sqrt(2))
    assert float(rates.symbols[middle]) == pytest.approx(expected, rel=4e-3)
    assert float(rates.bits[middle]) == pytest.approx(expected / np.log2(levels), rel=4e-3)
    limits = np.linspace(0.2, 1.0, 2 * levels - 1)[1::2]
    np.testing.assert_allclose(rates.thresholds[:, middle], limits, atol=1e-4)


def test_counting_agrees_with_tails():
    """PAM4, thermal and shot noise, a filter's words between neighbours: 64 periods, some 1e3 errors."""
    receiver = links.Receiver(0.8, links.BesselThomson(25e9), thermal=3e-10)
    seen = links.detected(links.scaled(held(PAM4), 1e-3), receiver)
    eye = links.folded(seen.current, PAM4, SAMPLES, seen.noise)
    tails = links.error_rates(eye)
    at = int(np.argmin(np.asarray(tails.symbols)))

    @jax.jit
    def once(key: jax.Array) -> tuple[jax.Array, jax.Array]:
        noisy = links.folded(links.noisy(seen, receiver, key), PAM4, SAMPLES, levels=4)
        rates = links.counted(noisy, tails.thresholds)
        return rates.symbols[at], rates.bits[at]

    lost, bits = (np.asarray(x) for x in jax.lax.map(once, jax.random.split(jax.random.key(1), 64)))
    expected = float(tails.symbols[at])
    errors = expected * lost.size * PAM4.size
    assert errors > 300
    # three deviations of a count
    assert lost.mean() == pytest.approx(expected, rel=3 / np.sqrt(errors))
    assert bits.mean() == pytest.approx(float(tails.bits[at]), rel=3 / np.sqrt(errors))


def test_noise_of_a_receiver():
    """σ² = (i_th² + 2qI + RIN I²) B_N for a steady current; what is drawn has it too."""
    n, receiver = 8176, links.Receiver(0.9, links.BesselThomson(25e9), thermal=20e-12, rin_db_hz=-140.0)
    light = links.Waveform(jnp.full(n, 1e-3), STEP)
    seen = links.detected(light, receiver)
    current = 0.9e-3
    expected = (20e-12**2 + 2 * 1.602176634e-19 * current + 1e-14 * current**2) * 1.0463688869864427 * 25e9
    # the filter passes 1e-9 above half the sampling rate, 16 bandwidths
    np.testing.assert_allclose(seen.noise**2, expected, rtol=1e-6)
    off = links.noisy(seen, receiver, jax.random.key(3)).value - seen.current.value
    # about n/8 independent samples: σ² to √(16/n) = 4.4 %, three deviations
    assert float(jnp.var(off)) == pytest.approx(expected, rel=0.14)


def test_histogram_holds_all_and_has_the_noise():
    eye = links.folded(held(NRZ), NRZ, SAMPLES, 0.03)
    density, value = (np.asarray(x) for x in links.histogram(eye, 256))
    np.testing.assert_allclose(density.sum(axis=0), 1.0, atol=1e-4)  # four deviations: 6e-5 outside
    middle, upper = density[:, SAMPLES // 2], value > 0.6
    mean = (middle * value)[upper].sum() / middle[upper].sum()
    variance = (middle * (value - mean) ** 2)[upper].sum() / middle[upper].sum()
    bin_size = value[1] - value[0]
    assert mean == pytest.approx(1.0, abs=bin_size)
    # half a bin to each side, where values were put and where noise was summed
    assert variance == pytest.approx(0.03**2, abs=bin_size**2 / 6 + 1e-5)


def test_softness_goes_to_the_extremes():
    receiver = links.BesselThomson(20e9)
    eye = links.folded(links.filtered(held(PAM4), receiver), PAM4, SAMPLES, 0.01)
    hard = links.opening(eye, 3.0)
    for softness in (1e-3, 1e-4):
        soft = links.opening(eye, 3.0, softness)
        # the mean of the exponentials is at least one of S of them: s log S to each side
        assert float(jnp.max(jnp.abs(soft - hard))) < 2 * softness * np.log(PAM4.size)
    np.testing.assert_allclose(links.opening(eye) - hard, 3.0 * 2 * 0.01, atol=1e-12)


def test_jitter_has_the_sizes_asked_for():
    late = links.drawn(jax.random.key(5), 4096, random=0.3e-12)
    assert float(jnp.std(late)) == pytest.approx(0.3e-12, rel=0.035)  # 3/√(2·4096)
    both = np.asarray(links.drawn(jax.random.key(5), 4096, dirac=1e-12))
    np.testing.assert_allclose(np.unique(both), [-0.5e-12, 0.5e-12], rtol=1e-12)
    swing = links.drawn(jax.random.key(5), 4096, sine=1e-12, cycles=3)
    assert float(jnp.mean(swing**2)) == pytest.approx(0.5e-24, rel=1e-9)


def test_bathtub_against_edges_that_were_drawn():
    """The share of edges that come after the sampling phase, counted, and the width at a rate."""
    rng = np.random.default_rng(7)
    count, random, dirac = 200_000, 0.04, 0.12
    edges = random * rng.standard_normal((2, count)) + dirac * np.where(rng.random((2, count)) < 0.5, 0.5, -0.5)
    change = rng.random((2, count)) < 0.5
    for phase in (0.06, 0.12, 0.5, 0.9):
        lost = np.mean((change[0] & (edges[0] > phase)) | (change[1] & (1 + edges[1] < phase)))
        expected = float(links.bathtub(phase, random, dirac))
        # three deviations of a count, and one where nothing is expected
        assert abs(lost - expected) * count < 3 * np.sqrt(expected * count) + 1
    for rate in (1e-6, 1e-12):
        half = (1 - float(links.width_at(rate, random, dirac))) / 2
        # the farther value adds Q(q + dirac/random = 3)/Q(q), 1e-5 at most
        assert float(links.bathtub(half, random, dirac)) == pytest.approx(rate, rel=1e-4)
    assert float(links.width_at(1e-12, 0.01, 0.0)) == pytest.approx(1 - 2 * 0.01 * 6.94, abs=1e-3)  # Q(2e-12) = 6.94


def test_jittered_edges_narrow_the_eye():
    """Two values ±d/2 of edges without noise: the eye is d narrower."""
    late = links.drawn(jax.random.key(2), NRZ.size, dirac=6e-12)
    wave = links.edges(NRZ, 50e9, 64, rise=2e-12, jitter=late)
    found = float(links.width(links.folded(wave, NRZ, 64))[0])
    assert found == pytest.approx(1 - 6e-12 * 50e9, abs=2 / 64)  # a column to each side


@pytest.mark.validate
def test_gradients_of_rates():
    """log of the error ratio over noise, bandwidth and jitter, against central differences."""
    unit = links.drawn(jax.random.key(2), NRZ.size, random=1e-12)

    def rate(p: jax.Array) -> jax.Array:
        wave = links.scaled(links.edges(NRZ, 50e9, SAMPLES, 6e-12, p[0] * unit), 0.4e-3, 0.6e-3)
        receiver = links.Receiver(0.8, links.BesselThomson(p[1] * 1e9), p[2] * 1e-10)
        seen = links.detected(wave, receiver)
        eye = links.folded(seen.current, NRZ, SAMPLES, seen.noise, levels=2)
        return jnp.log(links.error_rates(eye).symbols[SAMPLES // 2 + 1])

    at, value = jnp.array([0.8, 33.0, 2.5]), jax.jit(rate)
    differences = [(value(at + h) - value(at - h)) / 2e-4 for h in 1e-4 * jnp.eye(3)]
    np.testing.assert_allclose(jax.jit(jax.grad(rate))(at), differences, rtol=1e-5)


def test_pictures():
    import matplotlib.pyplot as plt

    eye = links.folded(held(PAM4), PAM4, SAMPLES, 0.02)
    field = links.Waveform(held(PAM4).value * jnp.exp(2j * jnp.pi * 1e11 * held(PAM4).time), STEP)
    axes = plt.subplots(2, 2)[1]
    links.plot_eye(eye, axes[0, 0])
    links.plot_bathtub(links.error_rates(eye), axes[0, 1])
    links.plot_constellation(np.array([1, 1j]), np.array([1, 1j]), axes[1, 0])
    links.plot_spectrum(field, axes[1, 1])
    shown = np.asarray(axes[0, 0].images[0].get_array())
    assert shown.shape == (200, 2 * SAMPLES)
    assert shown[:, SAMPLES].max() > 10 * np.median(shown[:, SAMPLES])  # levels stand out in the middle
    offset, level = axes[1, 1].lines[0].get_data()
    # exp(+iωt) in a time convention of exp(-iωt) is a lower frequency
    assert offset[np.argmax(level)] == pytest.approx(-100.0, abs=0.6)
    plt.close("all")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: links.folded(held(NRZ), NRZ[:-1], SAMPLES), "8176 samples of signal for 510 symbols of 16"),
        (lambda: links.folded(links.Waveform(jnp.zeros(1533), STEP), NRZ, 3), "3 samples in a symbol"),
        (lambda: links.crossing(links.folded(held(PAM4), PAM4, SAMPLES)), "4 levels: it is defined for 2"),
        (lambda: links.level_mismatch(links.folded(held(NRZ), NRZ, SAMPLES)), "2 levels: it is defined for 4"),
        (lambda: links.outer_of_runs(links.folded(held(PAM4), PAM4, SAMPLES)), "no run of 6 symbols of level 0"),
        (lambda: links.Receiver(0.0), "responsivity = 0 A/W"),
        (lambda: links.bathtub(0.5, 0.0), "random = 0 UI"),
        (lambda: links.drawn(jax.random.key(0), 4, random=-1e-12), "random = -1e-12 s"),
        (lambda: links.width_at(0.3, 0.01), "rate = 0.3"),
    ],
)
def test_bad_input(make: Any, says: str):
    with pytest.raises(ValueError, match=says):
        make()


def test_an_eye_is_a_tree():
    eye = links.folded(held(NRZ), NRZ, SAMPLES)
    receiver = links.Receiver(0.8, shot=False)
    assert jax.tree.map(jnp.asarray, receiver).shot is False  # a choice, which no transformation may trace
    assert replace(eye, noise=eye.noise + 1).levels == jax.tree.map(jnp.asarray, eye).levels == 2
