"""Interferometers in an array and what is reconstructed: by hand, by another program, by drawn noise and errors."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize

from lingnan.solvers.spectrometers import fourier, reconstruct
from lingnan.solvers.spectrometers.fourier import Interferometers
from lingnan.solvers.spectrometers.guide import Guide

WIRE = Guide(2.4, 4.2, 1.55, loss_db_cm=2.0, dn_dt=1.8e-4)
EVEN = replace(WIRE, loss_db_cm=0.0)
LOW, HIGH = 1.548, 1.552
ARRAY = Interferometers.across(WIRE, LOW, HIGH, 2e-4)
WAVE = np.linspace(LOW, HIGH, 61)
A = np.asarray(fourier.matrix(ARRAY, WAVE))
SPECTRUM = np.exp(-(((WAVE - 1.5494) / 3e-4) ** 2)) + 0.5 * np.exp(-(((WAVE - 1.5507) / 2e-4) ** 2))
G = np.asarray(reconstruct.inverse(A, 1e-2))


def test_published_number_of_interferometers() -> None:
    """0.025 nm over 2.5 nm: throughput of 200 inputs, of the abstract of Florjańczyk et al. (2007)."""
    published = Interferometers.across(EVEN, 1.55 - 1.25e-3, 1.55 + 1.25e-3, 2.5e-5)
    # the step is rounded to Littrow's condition, a half wave in 274; and 200 steps have 201 ends
    assert np.size(published.delays) == pytest.approx(200, rel=0.01)
    assert float(published.band) == pytest.approx(2.5e-3, rel=0.01)
    assert float(published.resolution) <= 2.5e-5


def test_an_interferometer_by_its_transfer_matrices() -> None:
    kappa2, out, phase = 0.42, 0.56, 0.3
    pair = replace(ARRAY, delays=np.array([0.0, 77.0]), kappa2=kappa2, kappa2_out=out, phases=phase, share=0.25)

    def coupler(k2: float) -> np.ndarray:
        return np.array([[np.sqrt(1 - k2), 1j * np.sqrt(k2)], [1j * np.sqrt(k2), np.sqrt(1 - k2)]])

    wave = 1.5501
    arms = np.diag([10 ** (-2.0 * 77e-4 / 20) * np.exp(1j * (2 * np.pi * WIRE.index(wave) * 77.0 / wave + phase)), 1.0])
    through = coupler(out) @ arms @ coupler(kappa2)
    found = fourier.matrix(pair, np.array([wave]))[1, 0]
    assert float(found) == pytest.approx(0.25 * abs(through[1, 0]) ** 2, rel=1e-9)


def test_line_width_is_that_of_all_delays() -> None:
    """Least squares of as many columns as delays: a line in the middle has the width of sin x/x."""
    array = Interferometers.across(EVEN, LOW, HIGH, 2e-4)
    wave = np.linspace(LOW, HIGH, 401)
    a = fourier.matrix(array, wave)
    found = float(reconstruct.line_width(reconstruct.inverse(a, 1e-6), a, wave, 200))
    # its own fold lies 20 resolutions away: 1/(20 · 2π) of the height, 1 %; and ends count half
    assert found == pytest.approx(float(array.line_width), rel=0.02)
    assert float(array.resolution) == pytest.approx(1.55**2 / (4.2 * float(np.max(array.delays))))
    half = optimize.brentq(lambda y: np.sinc(y) - 0.5, 0.5, 0.7, xtol=1e-14)
    assert 2 * half == pytest.approx(fourier.SINC, rel=1e-12)


def test_two_forms_of_the_inverse_are_one() -> None:
    short = A[:30]
    assert np.allclose(reconstruct.inverse(short, 1e-3), reconstruct.inverse(short, 1e-3, np.eye(WAVE.size)), atol=1e-9)


def test_noise_is_what_drawn_noise_does() -> None:
    sigma = 0.02
    expected = reconstruct.error(G, A, SPECTRUM, sigma)
    rng = np.random.default_rng(5)
    drawn = (A @ SPECTRUM + sigma * rng.standard_normal((4000, A.shape[0]))) @ G.T
    # σ of 4000 draws to 1.1 %; the worst of 61 wavelengths within four of these
    assert np.allclose(np.std(drawn, axis=0), expected.noise, rtol=0.045)
    assert np.sqrt(np.mean((drawn - SPECTRUM) ** 2)) == pytest.approx(float(expected.rms), rel=0.01)


#: filters that blur: interferometers' rows are nearly orthogonal, and hardly need a strength
BLUR = np.exp(-(((np.linspace(0, 60, A.shape[0])[:, None] - np.arange(61)) / 5.0) ** 2))


def test_cross_validation_predicts_readings_nearly_as_well_as_can_be() -> None:
    """What it makes least in the mean is |A x̂ - A x|: close to the best in half of all cases and more."""
    tried = np.asarray(reconstruct.cross_validated(BLUR, BLUR @ SPECTRUM).tried)
    operators = [BLUR @ np.asarray(reconstruct.inverse(BLUR, strength)) for strength in tried[::10]]
    ratios = []
    for seed in range(11):
        y = BLUR @ SPECTRUM + 0.05 * np.random.default_rng(seed).standard_normal(BLUR.shape[0])
        chosen = BLUR @ np.asarray(reconstruct.inverse(BLUR, reconstruct.cross_validated(BLUR, y).strength))
        missed = [np.linalg.norm(hat @ y - BLUR @ SPECTRUM) for hat in operators]
        ratios.append(np.linalg.norm(chosen @ y - BLUR @ SPECTRUM) / min(missed))
    assert np.median(ratios) < 1.2


def test_the_corner_of_the_l_curve_is_within_reach_of_the_best() -> None:
    y = BLUR @ SPECTRUM + 0.05 * np.random.default_rng(2).standard_normal(BLUR.shape[0])
    choice = reconstruct.l_curve(BLUR, y)
    each = []
    for index in range(5, 141, 15):
        found = np.asarray(reconstruct.inverse(BLUR, choice.tried[index])) @ y
        each.append(np.linalg.norm(found - SPECTRUM))
        if index >= 80:  # below, the inverse has lost its digits
            assert float(choice.size[index]) == pytest.approx(np.linalg.norm(found), rel=1e-6)
            assert float(choice.residual[index]) == pytest.approx(np.linalg.norm(BLUR @ found - y), rel=1e-6)
    found = np.asarray(reconstruct.inverse(BLUR, choice.strength)) @ y
    # a rule of thumb, within one order of magnitude where the wrong strength is off by four
    assert np.linalg.norm(found - SPECTRUM) < 10 * min(each)
    assert max(each) > 1e4 * min(each)


def test_a_smooth_penalty_likes_smooth_spectra() -> None:
    bent = reconstruct.roughness(WAVE.size)
    straight = 1.0 + 0.3 * np.arange(WAVE.size)
    g = np.asarray(reconstruct.inverse(A[:25], 1e-1, bent))
    assert np.allclose(g @ (A[:25] @ straight), straight, rtol=1e-6)  # no bend, no penalty: exact


def test_positive_spectra_by_another_program() -> None:
    y = A[:40] @ SPECTRUM + 0.05 * np.random.default_rng(4).standard_normal(40)
    found = reconstruct.positive(A[:40], y, 1e-2)
    expected, _ = optimize.nnls(np.vstack([A[:40], 0.1 * np.eye(WAVE.size)]), np.r_[y, np.zeros(WAVE.size)])
    assert float(found.miss) <= 1e-8
    assert np.min(found.spectrum) >= 0
    # a step of 1e-8 of a slope that falls by α/|A|² of itself, 1e-5
    assert np.allclose(found.spectrum, expected, atol=1e-3 * expected.max())


def test_positive_spectra_tell_lines_apart_that_least_squares_does_not() -> None:
    lines = np.zeros(WAVE.size)
    lines[[30, 32]] = 1.0  # two thirds of the resolution apart
    y = A[:40] @ lines + 1e-3 * np.random.default_rng(4).standard_normal(40)
    found = np.asarray(reconstruct.positive(A[:40], y, 1e-6).spectrum)
    free = np.asarray(reconstruct.inverse(A[:40], 1e-6)) @ y
    assert np.linalg.norm(found - lines) < 0.2 * np.linalg.norm(free - lines)


def test_warmth_moves_a_spectrum_by_its_shift() -> None:
    """Read warm, reconstructed with the matrix of the cold chip; and right with its own."""
    kelvin = 2.0
    line = np.exp(-(((WAVE - 1.55) / 4e-4) ** 2))
    warm = np.asarray(fourier.matrix(ARRAY, WAVE, kelvin))
    seen = G @ (warm @ line)
    held = slice(12, 49)
    moved = np.sum(seen[held] * WAVE[held]) / np.sum(seen[held]) - 1.55
    # warm light is at a longer wavelength of the cold chip's, to shorter ones; what α takes is 3 %
    assert moved == pytest.approx(-kelvin * float(WIRE.shift_per_kelvin), rel=0.05)
    own = reconstruct.error(reconstruct.inverse(warm, 1e-2), warm, line, 0.0)
    other = reconstruct.error(G, warm, line, 0.0)
    assert float(own.rms) < 0.1 * float(other.rms)


def test_errors_of_phase_that_calibration_has_or_has_not_seen() -> None:
    sigma = 0.02
    rest = np.asarray(fourier.phase_noise(ARRAY, WAVE, SPECTRUM, sigma))
    expected = reconstruct.error(G, A, SPECTRUM, rest)
    seen = np.asarray(fourier.drawn(ARRAY, G, WAVE, SPECTRUM, phase_error=sigma, count=2000))
    # 2000 draws of what is as good as 4 independent errors, (Tr C)²/Tr C²: 0.8 %; three of these
    assert np.sqrt(np.mean(np.var(seen, axis=0))) == pytest.approx(np.sqrt(np.mean(expected.noise**2)), rel=0.024)
    large = replace(ARRAY, phases=np.random.default_rng(8).uniform(-0.5, 0.5, A.shape[0]))
    calibrated = fourier.matrix(large, WAVE)
    own = reconstruct.error(reconstruct.inverse(calibrated, 1e-2), calibrated, SPECTRUM, 0.0)
    assert float(own.rms) < 0.1 * float(reconstruct.error(G, calibrated, SPECTRUM, 0.0).rms)


def test_a_temperature_that_scatters_does_what_its_slope_says() -> None:
    kelvin = 0.05
    seen = np.asarray(fourier.drawn(ARRAY, G, WAVE, SPECTRUM, warmth=kelvin, sigma=0.0, count=400))
    slope = G @ np.asarray((fourier.matrix(ARRAY, WAVE, 0.01) - fourier.matrix(ARRAY, WAVE, -0.01)) @ SPECTRUM) / 0.02
    # one number is drawn 400 times: 3.5 %; two of these
    assert np.allclose(np.std(seen, axis=0), kelvin * np.abs(slope), rtol=0.07, atol=0.03 * kelvin * np.max(slope))


def test_all_sizes_move_the_error_as_differences_say() -> None:
    shape = np.random.default_rng(1).standard_normal(12)

    def rms(x: jax.Array) -> jax.Array:
        guide = Guide(x[0], x[1], 1.55, x[2], x[3], x[4])
        array = Interferometers(guide, x[5] * jnp.arange(12), x[6], x[7], x[8] * shape, x[9])
        cold = fourier.matrix(array, WAVE[::4])
        g = reconstruct.inverse(cold, x[10])
        return reconstruct.error(g, fourier.matrix(array, WAVE[::4], 1.0), SPECTRUM[::4], x[11]).rms

    x = np.array([2.4, 4.2, 2.0, 1e-4, 3e-6, 71.0, 0.45, 0.52, 0.1, 0.8, 1e-2, 0.02])
    quick, found = jax.jit(rms), np.asarray(jax.jit(jax.grad(rms))(jnp.asarray(x)))
    for index in range(x.size):
        step = (1e-7 if index in (0, 5) else 1e-4) * x[
            index
        ]  # n_eff and the step of lengths turn phases by thousands of radians
        ends = [float(quick(jnp.asarray(x).at[index].add(s))) for s in (step, -step)]
        by_difference = (ends[0] - ends[1]) / (2 * step)
        assert by_difference != 0
        assert found[index] == pytest.approx(by_difference, rel=1e-5)  # curvature, and round-off over h: 2e-6


@pytest.mark.validate
def test_pictures() -> None:
    from matplotlib import pyplot as plt

    from lingnan.solvers.spectrometers import awg, plots

    grid = awg.Awg(Guide(2.4, 4.2), Guide(2.83, 3.7), 0.0016, 40)
    wave = np.linspace(1.545, 1.555, 51)
    drawn = plots.plot_channels(grid, wave, floor=-40.0)
    assert len(drawn.lines) == 8
    assert np.min(drawn.lines[0].get_ydata()) >= -40.0
    picture = plots.plot_matrix(A, WAVE).images[0]
    assert np.allclose(picture.get_array(), A)
    seen = plots.plot_spectrum(WAVE, SPECTRUM, G @ A @ SPECTRUM, reconstruct.error(G, A, SPECTRUM, 0.02))
    assert np.allclose(seen.lines[1].get_ydata(), G @ A @ SPECTRUM)
    assert len(seen.collections) == 1
    plt.close("all")


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1.54 to 1.552 µm, 50.2075/cm, is wider than .* 16.7196/cm.*23.71 µm"):
        fourier.matrix(ARRAY, np.linspace(1.54, HIGH, 50))
    with pytest.raises(ValueError, match=r"1.55 to 1.5535 µm folds at 1.552 µm, where a step of"):
        fourier.matrix(ARRAY, np.linspace(1.55, 1.5535, 50))
    with pytest.raises(ValueError, match=r"more than an octave"):
        Interferometers.across(WIRE, 0.5, 2.0, 0.01)
    with pytest.raises(ValueError, match=r"kappa2_out = 1:"):
        replace(ARRAY, kappa2_out=1.0)
    with pytest.raises(ValueError, match=r"phases of shape \(2,\) for"):
        replace(ARRAY, phases=np.zeros(2))
    with pytest.raises(ValueError, match="two delays are the same"):
        replace(ARRAY, delays=np.array([1.0, 2.0, 2.0]))
    with pytest.raises(ValueError, match=r"61 wavelengths from readings of rank 20: least squares has many answers"):
        reconstruct.inverse(A[:20], 0.0)
    with pytest.raises(ValueError, match=r"strength = -1: it must be 0 or more"):
        reconstruct.inverse(A, -1.0)
    with pytest.raises(ValueError, match=r"readings of shape \(3,\)"):
        reconstruct.positive(A, np.zeros(3))
    with pytest.raises(ValueError, match=r"at = 60: it must be a column between the ends, 1 to 59"):
        reconstruct.line_width(G, A, WAVE, 60)
    with pytest.raises(ValueError, match="42 numbers of the readings are not finite"):
        reconstruct.positive(A, np.full(42, np.nan))
    with pytest.raises(ValueError, match=r"count = 0: it must be 1 or more"):
        fourier.drawn(ARRAY, G, WAVE, SPECTRUM, count=0)
