"""QAM over nested modulators: exact fields, error vectors, noise, gradients."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import links

SYMBOLS = links.qam(np.tile(links.prbs(11), 4), 16)
CHILD = links.MachZehnder(4.0)


def test_straight_drive_gives_points_that_are_exact():
    modulator = links.IQModulator.of(CHILD)
    drive = links.Waveform(links.straightened(SYMBOLS, 4.0, 0.8), 1e-11)
    field = modulator.field(drive).value
    np.testing.assert_allclose(field, np.sqrt(1e-3) * 0.8 * SYMBOLS / 2, atol=1e-15)
    assert float(links.evm_rms(links.corrected(field, SYMBOLS), SYMBOLS)) < 1e-12
    bent = modulator.field(links.Waveform(0.8 * 2 * jnp.asarray(SYMBOLS), 1e-11)).value
    assert float(links.evm_rms(links.corrected(bent, SYMBOLS), SYMBOLS)) > 0.01  # a sine is not straight


@pytest.mark.parametrize(("error", "ratio"), [(0.1, 1.0), (0.0, 0.9), (-0.15, 1.1)])
def test_image_of_an_uneven_modulator(error: float, ratio: float):
    """I + i g exp(iε) Q = a s + b s*, a = (1 + g exp(iε))/2, b = (1 - g exp(iε))/2: EVM is |b/a| for round points."""
    modulator = links.IQModulator.of(CHILD, error, ratio)
    # all points alike often: the mean of s² is nothing then
    symbols = links.qam(np.array([b for k in range(16) for b in (k >> 3 & 1, k >> 2 & 1, k >> 1 & 1, k & 1)]), 16)
    field = modulator.field(links.Waveform(links.straightened(symbols, 4.0), 1e-11)).value
    turned = ratio * np.exp(1j * error)
    found = float(links.evm_rms(links.corrected(field, symbols), symbols))
    assert found == pytest.approx(abs((1 - turned) / (1 + turned)), rel=1e-9)


def test_error_vector_of_noise():
    """1/√SNR; over the outermost point less by the crest of 16-QAM, √(9/5). Symbols lost as the closed form says."""
    snr = 15.0
    received = SYMBOLS + np.asarray(links.noise_of(SYMBOLS, snr, jax.random.key(4)))
    n = SYMBOLS.size
    # a mean of n squares of two parts: 1/√n in power, half of it in EVM, three deviations
    assert float(links.evm_rms(received, SYMBOLS)) == pytest.approx(10 ** (-snr / 20), rel=1.5 / np.sqrt(n))
    whole = links.qam(np.array([b for k in range(16) for b in (k >> 3 & 1, k >> 2 & 1, k >> 1 & 1, k & 1)]), 16)
    shifted = whole + 0.05
    ratio = float(links.evm_rms(shifted, whole) / links.evm_max(shifted, whole))
    assert ratio == pytest.approx(np.sqrt(9 / 5), rel=1e-12)
    lost = np.mean(np.abs(links.decided(received, 16) - SYMBOLS) > 1e-6)
    expected = float(links.qam_error_rate(snr, 16))
    assert lost == pytest.approx(expected, rel=3 / np.sqrt(expected * n))


def test_shaped_and_matched():
    """Root raised cosine over a modulator that is driven little, and the receiver's half: no error but the sine's."""
    symbols = SYMBOLS[:256]
    sent = links.raised_cosine(symbols, 50e9, 8, 0.3, root=True)
    drive = links.Waveform(links.straightened(sent.value / 4, 4.0), sent.step)
    field = links.IQModulator.of(CHILD).field(drive)
    points = links.points(links.matched(field, 8, 0.3), 8)
    assert float(links.evm_rms(links.corrected(points, symbols), symbols)) < 1e-8


def test_emphasis_undoes_a_response():
    """Where it is within its gain, what comes out is the drive: 10 GHz of signal over a pole of 20 GHz."""
    pole = links.OnePole(20e9)
    drive = links.raised_cosine(SYMBOLS[:256], 15e9, 8, 0.3)
    back = links.filtered(links.emphasised(drive, pole, 6.0), pole)
    np.testing.assert_allclose(back.value, drive.value, atol=1e-12)
    # beyond it, the gain is the most there may be
    fast = links.raised_cosine(SYMBOLS[:256], 150e9, 8, 0.3)
    gain = np.abs(np.fft.fft(np.asarray(links.emphasised(fast, pole, 6.0).value)))
    gain /= np.maximum(np.abs(np.fft.fft(np.asarray(fast.value))), 1e-9)
    f = np.abs(np.fft.fftfreq(gain.size, float(fast.step)))
    np.testing.assert_allclose(gain[(f > 40e9) & (f < 80e9)], 10**0.3, rtol=1e-6)


def evm(p: jax.Array) -> jax.Array:
    symbols = SYMBOLS[:256]
    drive = links.raised_cosine(symbols, 50e9, 8, 0.5)
    child = links.MachZehnder(p[0], links.OnePole(p[1] * 1e9), imbalance=p[2])
    modulator = links.IQModulator.of(child, p[3], p[4])
    points = links.points(modulator.field(links.scaled(drive, 1.0)), 8)
    return links.evm_rms(links.corrected(points, symbols), symbols)


AT = jnp.array([4.0, 30.0, 0.05, 0.08, 0.95])


def test_gradient_and_samples():
    value = jax.jit(evm)
    differences = [(value(AT + h) - value(AT - h)) / 2e-5 for h in 1e-5 * jnp.eye(5)]
    np.testing.assert_allclose(jax.jit(jax.grad(evm))(AT), differences, rtol=1e-5, atol=1e-8)
    many = AT * (1 + 0.03 * np.random.default_rng(3).standard_normal((6, 5)))
    np.testing.assert_allclose(jax.jit(jax.vmap(evm))(many), [value(one) for one in many], rtol=1e-10)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: links.qam_error_rate(10.0, 32), "32 points: 4, 16, 64 or 256 are known"),
        (lambda: links.straightened(SYMBOLS, 4.0, 1.5), "depth = 1.5"),
        (lambda: links.emphasised(links.raised_cosine(SYMBOLS[:8], 1e9), links.OnePole(1e9), -1.0), "most_db = -1"),
        (lambda: links.matched(links.raised_cosine(SYMBOLS[:8], 1e9), 2), "2 samples in a symbol"),
        (lambda: links.points(links.raised_cosine(SYMBOLS[:8], 1e9), 7), "128 samples in symbols of 7"),
        (lambda: links.points(links.raised_cosine(SYMBOLS[:8], 1e9), 16, 16), "at = 16: .* 0 to 15"),
    ],
)
def test_bad_input(make: Any, says: str):
    with pytest.raises(ValueError, match=says):
        make()
