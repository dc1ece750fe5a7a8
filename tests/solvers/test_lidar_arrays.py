"""Phased arrays: exact patterns, published tapers, figures by two routes, errors against drawn arrays, calibration."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.signal import windows

from lingnan.solvers.lidar import apertures, calibration, eye, farfield, imperfections, lobes, views
from lingnan.solvers.lidar.farfield import Line

HALF_WAVE = 0.775
COUNT = 16


def difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def line(amplitude, pitch=HALF_WAVE):
    return Line(apertures.regular(len(amplitude), pitch), amplitude)


def test_tapers_are_those_of_scipy():
    count = 10
    assert_allclose(apertures.chebyshev(count, 50.0), windows.chebwin(count, 50.0), atol=1e-13)
    other = windows.taylor(count, 6, 35.0, norm=False)
    assert_allclose(apertures.taylor(count, 35.0, 6), other / other.max(), atol=1e-13)


@pytest.mark.parametrize(("amplitude", "level"), [
    (apertures.chebyshev(COUNT, 30.0), -30.0),
    (apertures.uniform(512), -13.26146),  # of sin²x/x²
])  # fmt: skip
def test_side_lobes_of_known_tapers(amplitude, level):
    # 512 antennas differ from the continuous aperture by x²/3, x = 4.49/512: 1.1e-4 dB
    assert_allclose(lobes.side_lobe_db(line(amplitude)), level, atol=1.2e-4)


def test_a_uniform_line_is_a_ratio_of_sines_and_beams_go_where_they_are_sent():
    """The sign: phases that rise with x send light to positive u."""
    u = np.linspace(-0.99, 0.99, 301)
    array = line(apertures.uniform(COUNT), 2.0).steered(0.3)
    x = np.pi / 1.55 * (u - 0.3) * 2.0
    assert_allclose(farfield.field(array, u), np.sin(COUNT * x) / np.sin(x), atol=1e-9)
    assert np.all(np.diff(np.asarray(array.phase)) > 0)
    assert_allclose(farfield.power(array, 0.3), 1.0, rtol=1e-12)


def test_all_ways_to_sum_an_array_agree():
    rng = np.random.default_rng(1)
    w = rng.standard_normal((6, 5)) + 1j * rng.standard_normal((6, 5))
    x, y = np.asarray(apertures.regular(6, 1.7)), np.asarray(apertures.regular(5, 2.3))
    u, v = np.linspace(-0.5, 0.6, 7), np.linspace(-0.7, 0.7, 9)
    plane = np.asarray(farfield.lattice(x, y, w, 1.55, u, v))
    places = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    assert_allclose(farfield.scattered(places, w.ravel(), 1.55, u[:, None], v), plane, atol=1e-12)
    row = Line(x, np.abs(w[:, 0]), 1.55, np.angle(w[:, 0]))
    assert_allclose(farfield.field_of_pitch(w[:, 0], 1.7, 1.55, u), farfield.field(row, u), atol=1e-12)
    assert_allclose(farfield.lattice(x, y[2:3], w[:, :1], 1.55, u, v)[:, 4], farfield.field(row, u), atol=1e-12)
    with pytest.raises(ValueError, match=r"\(6, 5\) for 5 columns"):
        farfield.lattice(y, x, w, 1.55, u, v)


@pytest.mark.validate
def test_the_closed_beam_width_is_right_to_one_over_n_squared():
    counts = np.array([8, 16])
    error = []
    for n in counts:
        array = line(apertures.uniform(int(n)), 2.0)
        error.append(abs(float(lobes.beam_width_deg(array) / lobes.uniform_beam_width_deg(int(n), 2.0, 1.55)) - 1))
    assert_allclose(np.log2(error[1] / error[0]), -2.0, atol=0.1)


def test_the_main_lobe_is_what_falls_from_the_top():
    level = np.asarray([0.1, 0.2, 0.1, 0.5, 1.0, 0.6, 0.1, 0.3])
    assert np.asarray(lobes.main_lobe(level)).tolist() == [False, False, True, True, True, True, True, False]


def test_directivity_by_two_routes_and_by_efficiency():
    amplitude = apertures.taylor(COUNT, 25.0)
    expected = COUNT * apertures.taper_efficiency(amplitude)  # exact at half a wavelength, broadside
    assert_allclose(lobes.directivity(line(amplitude)), expected, rtol=1e-12)
    wide = line(amplitude, 1.3).steered(0.2)
    assert_allclose(lobes.directivity(wide), lobes.directivity_of_sum(wide, 0.2), rtol=1e-9)
    narrow = lobes.directivity(wide, lambda u: jnp.square(jnp.cos(jnp.pi / 2 * u)))
    assert narrow > lobes.directivity(wide)  # an element that sends nothing sideways takes from the grating lobes


WHERE = np.asarray(apertures.regular(COUNT, HALF_WAVE))


def test_figures_have_the_slopes_of_differences():
    def of_level(level):
        array = Line(WHERE, apertures.gaussian(COUNT, level))
        return jnp.stack([lobes.beam_width_deg(array), lobes.side_lobe_db(array)])

    both = jax.jit(lambda level: jax.jvp(of_level, (level,), (1.0,)))
    assert_allclose(both(9.0)[1], difference(lambda level: both(level)[0], 9.0, 1e-4), rtol=1e-6)


@pytest.mark.validate
def test_more_figures_have_the_slopes_of_differences():
    @jax.jit
    def of_shape(level):
        array = Line(WHERE, apertures.gaussian(COUNT, level))
        tapers = [apertures.chebyshev(9, level), apertures.taylor(8, level), lobes.directivity(array)[None]]
        return jnp.concatenate([*tapers, imperfections.mean_side_lobe_db(apertures.uniform(8), level / 90)[None]])

    assert_allclose(jax.jacfwd(of_shape)(28.0), difference(of_shape, 28.0, 1e-4), rtol=1e-6, atol=1e-9)

    @jax.jit
    def of_pitch(pitch):
        array = Line(apertures.regular(8, pitch), apertures.uniform(8), 1.55).steered(0.1)
        return jnp.stack([jnp.abs(farfield.field(array, 0.21)), lobes.beam_width_deg(array, 0.1)])

    assert_allclose(jax.jacfwd(of_pitch)(1.9), difference(of_pitch, 1.9, 1e-5), rtol=1e-6)


def test_grating_lobes_are_where_they_are_said_to_be():
    array = line(apertures.uniform(COUNT), 2.0).steered(0.2)
    found = lobes.grating_lobes(2.0, 1.55, 0.2)
    assert_allclose(found, [0.2 - 0.775, 0.2 + 0.775], rtol=1e-12)
    assert_allclose(farfield.power(array, found), 1.0, rtol=1e-10)
    assert_allclose(lobes.side_lobe_db(array), 0.0, atol=1e-6)
    assert_allclose(lobes.steering_range_deg(2.0, 1.55), np.rad2deg(np.arcsin(1.55 / 4)))
    assert lobes.steering_range_deg(0.7, 1.55) == 90.0
    with pytest.warns(lobes.GratingLobeWarning, match=r"at -25\.66 degrees, 0\.0 dB .* is at 20: .* 1\.841 µm or less"):
        views.warn_of_second_beam("here", apertures.regular(COUNT, 2.0), 1.55, 20.0, 30.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        views.warn_of_second_beam("here", apertures.regular(COUNT, 1.84), 1.55, 20.0, 30.0)
    clear = lobes.clear_range_deg(1.84, 1.55, 30.0)
    assert_allclose(clear, 20.0, atol=0.05)  # 1.84 is 1.841 rounded


def test_the_highest_lobe_is_the_grating_lobe_or_the_pattern_says_which():
    """Equal distances by the grating equation, others by the far field of the steered array itself."""
    for count, pitch in ((16, 2.2), (4, 3.9), (64, 5.0)):
        x, edge = np.asarray(apertures.regular(count, pitch)), np.sin(np.deg2rad(12.0))
        found = views.highest_lobe(x, 1.55, 12.0, 30.0)
        inside = [g for g in lobes.grating_lobes(pitch, 1.55, edge) if abs(g) <= 0.5]
        assert_allclose(np.sin(np.deg2rad(found.angle_deg)), min(inside, key=lambda g: abs(g - edge)), rtol=1e-9)
        assert_allclose(found.level_db, 0.0, atol=1e-9)
    growing = np.cumsum([0.0, 3.0, 3.2, 3.6, 4.2, 5.0, 6.0])
    array = Line(growing, apertures.uniform(7)).steered(farfield.cosine(12.0))
    found = views.highest_lobe(growing, 1.55, 12.0, 30.0)
    assert_allclose(found.level_db, lobes.side_lobe_db(array, (-0.5, 0.5)), atol=2e-3)  # a parabola of λ/12 steps
    assert_allclose(found.level_db, 10 * np.log10(farfield.power(array, farfield.cosine(found.angle_deg))), atol=2e-3)
    assert views.highest_lobe(growing[:2], 1.55, 1.0, 1.0) is None
    views.warn_of_second_beam("here", growing, 1.55, 12.0, 12.0)  # lower than half of the beam: silent
    with pytest.warns(lobes.GratingLobeWarning, match="here: a second beam at"):
        views.warn_of_second_beam("here", growing[:3], 1.55, 30.0, 30.0)


def test_a_field_by_tuning_is_a_turn_between_neighbours():
    def turns(wave):  # of a guide 80 µm longer, index 2.4 at 1.55 µm that falls by 1.1 per µm: n_g = 4.105
        return (2.4 - 1.1 * (wave - 1.55)) * 80.0 / wave

    tuned = float(lobes.tuning_for_field(80.0, 2.4 + 1.1 * 1.55, 1.55))
    assert_allclose(turns(1.55 - tuned / 2) - turns(1.55 + tuned / 2), 1.0, rtol=1e-5)


def test_a_beam_beyond_the_horizon_is_refused():
    with pytest.raises(ValueError, match="behind the horizon"):
        lobes.beam_width_deg(line(apertures.uniform(4), 0.775).steered(0.97), 0.97)


def test_errors_on_the_average_are_those_of_drawn_arrays():
    """600 arrays: a mean of exponential powers is known to 4 % at one σ, a share to 2 %."""
    array = line(apertures.taylor(32, 30.0))
    u = jnp.asarray([0.0, 0.313, -0.6])
    errors = {"phase_error": 0.4, "amplitude_error": 0.2, "dead": 0.05}

    @jax.jit
    def many(key):
        def one(key):
            f = farfield.field(farfield.drawn(array, key, **errors), u) / jnp.sum(array.amplitude)
            return jnp.square(jnp.abs(f))

        return jax.vmap(one)(jax.random.split(key, 600))

    powers = np.asarray(many(jax.random.key(3)))
    expected = imperfections.expected(array, u, **errors)
    scatter = powers.std(axis=0) / np.sqrt(600)
    assert np.all(np.abs(powers.mean(axis=0) - expected.mean) < 4 * scatter)
    level = 1.5 * expected.mean[1]
    assert_allclose(np.mean(powers[:, 1] > level), expected.exceeded(level)[1], atol=0.06)
    # small errors: σ²/(N η), and the phase error that gives a floor
    amplitude = apertures.uniform(256)
    assert_allclose(imperfections.mean_side_lobe_db(amplitude, 0.01), 10 * np.log10(1e-4 / 256), atol=1e-3)
    sigma = imperfections.tolerable_phase_error(256, 30.0)
    assert_allclose(imperfections.mean_side_lobe_db(amplitude, sigma), -30.0, rtol=1e-9)
    for name in errors:
        moved = imperfections.mean_side_lobe_db(amplitude, **{"phase_error": 0.1, name: errors[name]})
        assert moved > imperfections.mean_side_lobe_db(amplitude, 0.1)


@pytest.mark.validate
def test_sparse_arrays_have_no_grating_lobes():
    found = np.asarray(apertures.sparse(24, 80.0, 1.6, 1.55, steps=150))
    assert np.diff(found).min() >= 1.6
    assert_allclose([found[0], found[-1]], [-40.0, 40.0], atol=1e-9)
    sparse = Line(found, apertures.uniform(24))
    regular = Line(apertures.regular(24, 80.0 / 23), apertures.uniform(24))
    assert_allclose(lobes.side_lobe_db(regular), 0.0, atol=1e-6)
    assert lobes.side_lobe_db(sparse) < -8.0  # the mean of 24 random ones would be -13.8, their highest -5 to -7
    with pytest.raises(ValueError, match="N - 1 gaps"):
        apertures.sparse(24, 30.0, 1.6, 1.55)


@pytest.fixture(scope="module")
def wrong():
    rng = np.random.default_rng(5)
    amplitude = 1 + 0.1 * rng.standard_normal(16)
    array = Line(apertures.regular(16, 2.0), amplitude, 1.55, rng.uniform(-np.pi, np.pi, 16))
    return array, calibration.drives(16, 6, jax.random.key(2)), np.linspace(-0.38, 0.38, 40)


def test_an_array_is_found_from_its_far_field(wrong):
    array, drives, u = wrong
    seen = calibration.measured(array, drives, u)
    k = 2 * np.pi / 1.55
    by_hand = [
        abs(np.sum(array.amplitude * np.exp(1j * (array.phase + drives[2] - k * v * array.position)))) ** 2 for v in u
    ]
    assert_allclose(seen[2], by_hand, rtol=1e-10)
    found = calibration.calibrated(array.position, 1.55, drives, u, seen)
    assert found.misfit < 1e-12
    assert_allclose(np.exp(1j * (found.phase - array.phase)), np.exp(-1j * array.phase[0]) * np.ones(16), atol=1e-9)
    assert_allclose(found.amplitude, array.amplitude, rtol=1e-9)
    mended = Line(array.position, found.amplitude, 1.55, array.phase + found.correction)
    assert_allclose(farfield.power(mended, 0.0), 1.0, rtol=1e-9)
    with pytest.raises(ValueError, match="1 sets of 40 directions"):
        calibration.calibrated(array.position, 1.55, drives[:1], u, seen[:1])
    with pytest.raises(ValueError, match="shape"):
        calibration.calibrated(array.position, 1.55, drives, u[1:], seen)


@pytest.mark.validate
def test_calibration_reaches_the_bound(wrong):
    """400 measurements with noise: their scatter is known to 4 %; the bound is met within 1 dB in the mean."""
    array, drives, u = wrong
    seen, noise = calibration.measured(array, drives, u), 0.2

    def one(key):
        return calibration.calibrated(
            array.position, 1.55, drives, u, seen + noise * jax.random.normal(key, seen.shape)
        ).phase

    phases = np.asarray(jax.jit(jax.vmap(one))(jax.random.split(jax.random.key(1), 400)))
    error = np.angle(np.exp(1j * (phases - (array.phase - array.phase[0]))))[:, 1:]
    bound = np.asarray(calibration.phase_sigma(array, drives, u, noise))[1:]
    decibels = 20 * np.log10(error.std(axis=0) / bound)
    assert abs(np.mean(decibels)) < 0.3
    assert np.max(np.abs(decibels)) < 1.0


@pytest.mark.parametrize(("call", "words"), [
    (lambda: apertures.regular(1, 2.0), "count = 1"),
    (lambda: apertures.regular(4, 0.0), "pitch = 0 µm"),
    (lambda: apertures.gaussian(4, -3.0), "edge_db = -3 dB"),
    (lambda: apertures.taylor(8, 25.0, 1), "equal = 1"),
    (lambda: Line(np.zeros(3), np.ones(4)), r"\(3,\) and amplitudes of shape \(4,\)"),
    (lambda: views.highest_lobe(np.zeros((2, 2)), 1.55, 1.0, 2.0), r"positions of shape \(2, 2\)"),
    (lambda: views.highest_lobe(np.array([0.0, np.nan]), 1.55, 1.0, 2.0), "span of the positions = nan"),
    (lambda: views.highest_lobe(np.arange(3.0), 1.55, 30.0, 20.0), "view_deg = 20 degrees"),
    (lambda: imperfections.expected(line(np.ones(4)), 0.0, -0.1), "phase_error = -0.1 rad"),
])  # fmt: skip
def test_bad_arrays_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_an_aperture_that_receives_is_what_is_lit():
    """Half a wavelength apart, ∫|F|²du/N² = 2/N, so the width is N pitches; a decay α over L has (4/α) tanh(αL/4)."""
    array = Line(apertures.regular(32, 0.775), np.ones(32))
    found = eye.across(array, jnp.ones_like)
    assert_allclose(found.width, 32 * 0.775, rtol=2e-3)  # 0.001 of all directions is left out at either end
    x = np.linspace(-np.pi, np.pi, 20001)  # between the first zeros of a uniform aperture: 0.903 of all
    assert_allclose(found.share, np.trapezoid(np.sinc(x / np.pi) ** 2, x) / np.pi, rtol=5e-3)
    step = np.full(2000, 0.05)
    decaying = Line(np.zeros(2000), np.exp(-0.02 * np.cumsum(step) / 2) * np.sqrt(step))
    assert_allclose(eye.along(decaying, step), 4 / 0.02 * np.tanh(0.02 * 100 / 4), rtol=1e-6)
