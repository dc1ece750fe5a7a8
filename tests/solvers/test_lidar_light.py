"""Detection, links, pulses, the eye, cameras, curtains and antennas: published numbers, limits, drawn noise."""

from dataclasses import fields, replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import constants
from scipy.stats import gamma, ncx2

from lingnan.solvers.detectors import Noise
from lingnan.solvers.devices import grating
from lingnan.solvers.lidar import (
    air,
    antenna,
    climate,
    curtain,
    detection,
    flight,
    imperfections,
    link,
    plots,
    safety,
    sun,
    tones,
    vision,
)
from lingnan.solvers.lidar.antenna import Antenna
from lingnan.solvers.lidar.curtain import Curtain
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.lidar.flight import PulsedReceiver
from lingnan.solvers.lidar.link import Link
from lingnan.solvers.lidar.vision import Camera, Pixel, Triangulation

WALL = Antenna(1.55, 0.2, 0.01, 0.6, 4.0)


def difference(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def moves(thing, figure, scale=None):
    """Fields whose change by a thousandth, or from nothing to `scale`, moves a figure."""
    before, moved = float(figure(thing)), set()
    for one in fields(thing):
        value = getattr(thing, one.name)
        if isinstance(value, int | float):
            new = (
                value + 1 if isinstance(value, int) else (value * 1.001 if value else (scale or {}).get(one.name, 1e-3))
            )
            if abs(float(figure(replace(thing, **{one.name: new}))) - before) > 1e-12 * abs(before):
                moved.add(one.name)
    return moved


# -- detection


def test_marcums_function():
    a = np.array([1e-9, 1.0, 3.0, 5.0, 10.0, 50.0, 0.5, 8.0])
    b = np.array([5.0, 3.0, 1.0, 6.0, 9.0, 52.0, 7.0, 0.5])
    exact = ncx2.sf(b**2, 2, a**2)
    assert_allclose(detection.marcum(a, b), exact, rtol=1e-11)
    assert_allclose(detection.steady(9.0, 1e-4), ncx2.sf(-2 * np.log(1e-4), 2, 18.0), rtol=1e-11)
    both = jax.jit(lambda a, b: (detection.marcum(a, b), *jax.grad(detection.marcum, (0, 1))(a, b)))
    _, by_a, by_b = both(3.0, 4.0)
    assert_allclose(by_a, difference(lambda a: both(a, 4.0)[0], 3.0, 1e-4), rtol=1e-7)
    assert_allclose(by_b, difference(lambda b: both(3.0, b)[0], 4.0, 1e-4), rtol=1e-7)


@pytest.mark.parametrize("looks", [1, 10])
def test_thresholds_and_rough_targets(looks):
    assert_allclose(detection.threshold(1e-6, looks), gamma.isf(1e-6, looks), rtol=1e-11)
    needed = detection.snr_for(0.9, 1e-6, looks)
    assert_allclose(detection.speckled(needed, 1e-6, looks), 0.9, rtol=1e-10)
    if looks == 1:  # Swerling 1: ln P_fa/ln P_d - 1, the 21.1 dB of every radar course
        assert_allclose(10 * jnp.log10(needed), 21.14, atol=0.005)
        assert_allclose(detection.speckled(needed, 1e-6), 1e-6 ** (1 / (1 + needed)), rtol=1e-12)


@pytest.mark.validate
def test_steady_targets_and_albersheims_formula():
    chance, alarm = np.array([0.4, 0.5, 0.9]), np.array([[1e-3], [1e-5], [1e-7]])
    exact = detection.snr_db_steady(chance, alarm)
    assert_allclose(detection.steady(10 ** (exact / 10), alarm), np.broadcast_to(chance, (3, 3)), rtol=1e-9)
    assert_allclose(detection.albersheim_db(chance, alarm), exact, atol=0.1)  # twice as good as is claimed
    assert_allclose(detection.steady(0.0, 1e-4), 1e-4, rtol=1e-12)
    slope = jax.grad(lambda s: detection.steady(s, 1e-4))
    assert_allclose(slope(7.0), difference(lambda s: detection.steady(s, 1e-4), 7.0, 1e-4), rtol=1e-7)
    with pytest.raises(ValueError, match="false_alarm = 1e-09"):
        detection.albersheim_db(0.5, 1e-9)


# -- links


def test_the_lidar_equation():
    one = Link(0.1, 1e-4, 0.1, 0.5, 1e-3, 30.0, 0.8)
    by_hand = 0.1 * 0.5 * 0.1 * np.cos(np.pi / 6) / np.pi * 0.8 * 1e-4 / 200.0**2 * np.exp(-0.4)
    assert_allclose(one.received(200.0), by_hand, rtol=1e-12)
    assert_allclose(one.received(one.reach(1e-13)), 1e-13, rtol=1e-12)
    assert moves(one, lambda x: x.reach(1e-13)) == {f.name for f in fields(Link)}
    slope = jax.grad(lambda a: replace(one, extinction=a).reach(1e-13))(1e-3)
    assert_allclose(slope, difference(lambda a: replace(one, extinction=a).reach(1e-13), 1e-3, 1e-7), rtol=1e-6)
    clear = replace(one, extinction=0.0)
    assert_allclose(clear.reach(1e-13) ** 2, clear.received(1.0) / 1e-13, rtol=1e-12)
    assert_allclose(replace(one, extinction=5.0).received(replace(one, extinction=5.0).reach(1e-13)), 1e-13, rtol=1e-10)
    # a uniform aperture of area A has directivity 4πA/λ²
    assert_allclose(link.aperture_of(4 * np.pi * 1e-6 / (1.55e-6) ** 2, 1.55), 1e-6, rtol=1e-12)


def test_speckle_of_small_and_large_apertures():
    found = link.speckles(np.array([1e-7, 1e-2, 1.0]), 0.5, 100.0, 1.55)
    assert_allclose(found[0], 1.0, rtol=1e-6)
    n = 0.5 / 1.55e-4
    # for large n, from Si and Ci: 1/m = (1 - (ln(2πn) + γ + 1)/(π² n))/n
    share = 1 - (np.log(2 * np.pi * n) + np.euler_gamma + 1) / (np.pi**2 * n)
    assert_allclose(found[2], (n / share) ** 2, rtol=1e-4)
    x = np.linspace(0, 1, 20001)
    each = 2 * np.trapezoid((1 - x) * np.sinc(n / 100 * x) ** 2, x)
    assert_allclose(found[1], each**-2, rtol=2e-4)
    assert 1.0 < found[1] < found[2]
    powers = np.asarray(link.speckled(2.0, 5.0, jax.random.key(0), 20000))
    assert_allclose([powers.mean(), powers.var()], [2.0, 4.0 / 5.0], rtol=0.05)


def test_haze_and_fog():
    assert_allclose(air.extinction(23.0, 0.55), 3.91 / 23e3, rtol=1e-12)  # at 0.55 µm by definition
    assert_allclose(air.extinction(0.2, np.array([0.905, 1.55])), 3.91 / 200, rtol=1e-12)  # fog is grey
    at = np.array([0.5, 1.0, 6.0])  # the pieces meet
    assert_allclose(air.extinction(at - 1e-9, 1.55), air.extinction(at, 1.55), rtol=1e-6)
    assert_allclose(air.transmitted(1e-3, 1000.0), np.exp(-1), rtol=1e-12)


def test_sunlight():
    # a row of the standard at 850 nm; a filter of two nanometres is the trapezoid of three
    assert_allclose(sun.irradiance(0.85, 1e-6), 0.89372e-6, rtol=1e-6)
    narrow = sun.irradiance(1.55, 2.0)
    fine = [sun.irradiance(w, 1e-6) / 1e-6 for w in (1.549, 1.55, 1.551)]
    assert_allclose(narrow, (fine[0] + 2 * fine[1] + fine[2]) / 2, rtol=1e-6)
    assert sun.irradiance(0.94, 10.0) < 0.6 * sun.irradiance(0.905, 10.0)  # water takes the sun's light at 0.94 µm
    assert sun.irradiance(0.905, 10.0, "direct") < sun.irradiance(0.905, 10.0)
    assert_allclose(sun.background(7.0, 0.5, 1e-6, 1e-4, 0.8), 7.0 * 0.5 / np.pi * 1e-6 * 1e-4 * 0.8, rtol=1e-12)
    with pytest.raises(ValueError, match="700 to 710 nm is outside the table"):
        sun.irradiance(0.705, 10.0)


# -- pulses


RECEIVER = PulsedReceiver(3e-9, 0.9, Noise(load=1e4, amplifier=2e-12, gain=20.0, excess=3.0), 1e-9)


def test_pulses_in_white_noise():
    quiet = PulsedReceiver(3e-9, 0.9, Noise(load=50.0))  # thermal noise: white, and shot noise a thousandth of it
    snr = quiet.snr(1e-14)
    sigma = 3e-9 / np.sqrt(8 * np.log(2))
    density = 4 * constants.k * quiet.noise.temperature / 50 / 2
    assert_allclose(snr, (0.9e-14) ** 2 / (2 * np.sqrt(np.pi) * sigma) / density, rtol=3e-3)
    assert_allclose(quiet.distance_sigma_m(1e-14), constants.c / 2 * np.sqrt(2 / snr) * sigma, rtol=3e-3)
    assert_allclose(quiet.false_alarms(quiet.threshold(100.0)), 100.0, rtol=1e-12)
    assert_allclose(quiet.detection(1e-14, 100.0), jax.scipy.stats.norm.cdf(np.sqrt(snr) - quiet.threshold(100.0)))
    assert_allclose(flight.unambiguous_m(1e6), 149.896, atol=1e-3)


def test_every_number_of_a_pulsed_receiver_counts():
    assert moves(RECEIVER, lambda r: r.distance_sigma_m(1e-16)) == {"width", "responsivity", "background"}
    for name in ("dark", "surface", "load", "temperature", "amplifier", "gain", "excess"):
        value = getattr(RECEIVER.noise, name)
        other = replace(RECEIVER, noise=replace(RECEIVER.noise, **{name: value * 1.1 if value else 1e-7}))
        assert other.snr(1e-16) != RECEIVER.snr(1e-16), name
    sunny, dark = (replace(RECEIVER.noise, rin_db_hz=-100.0, dark=d) for d in (0.0, 0.9e-6))
    assert_allclose(
        replace(RECEIVER, noise=sunny, background=1e-6).snr(1e-16),
        replace(RECEIVER, noise=dark, background=0.0).snr(1e-16), rtol=1e-12,
    )  # fmt: skip
    figure = jax.jit(lambda e: RECEIVER.distance_sigma_m(e))
    assert_allclose(jax.grad(figure)(1e-16), difference(figure, 1e-16, 1e-20), rtol=1e-6)


@pytest.mark.validate
def test_rices_rate_and_the_bound_on_drawn_noise():
    """White noise through the matched filter: upcrossings of 2 σ, and where the filtered echo is highest."""
    sigma, count = 8.0, 4096  # samples
    place = np.arange(count) - count // 2
    shape = np.exp(-(place**2) / (2 * sigma**2))
    spectrum = np.conj(np.fft.fft(np.fft.ifftshift(shape)))
    rng = np.random.default_rng(0)
    crossings, errors = 0, []
    norm = np.sqrt(np.sum(shape**2))
    for _ in range(1000):
        noise = rng.standard_normal(count)
        quiet = np.fft.ifft(np.fft.fft(noise) * spectrum).real / norm
        crossings += np.sum((quiet[:-1] < 2) & (quiet[1:] >= 2))
        echo = np.fft.ifft(np.fft.fft(noise + 30 * shape / norm) * spectrum).real
        top = np.argmax(echo[count // 2 - 40 : count // 2 + 40]) + count // 2 - 40
        left, middle, right = echo[top - 1 : top + 2]
        errors.append(top - count // 2 + 0.5 * (left - right) / (left - 2 * middle + right))
    expected = np.exp(-2.0) / (2 * np.sqrt(2) * np.pi * sigma) * count * 1000
    assert_allclose(crossings, expected, rtol=0.02)  # 7,800 of them: 1.1 % at one σ
    assert_allclose(np.std(errors), np.sqrt(2) * sigma / 30, rtol=0.07)  # 2.2 % at one σ


# -- the eye


@pytest.mark.parametrize(("found", "rounded"), [
    (lambda: safety.class_1(0.905, 1e-3).energy, 7e-4 * 1e-3**0.75 * 10**0.41),
    (lambda: safety.continuous_power(0.905), 3.9e-4 * 10**0.41),
    (lambda: safety.class_1(1.55, 5e-9).energy, 8e-3),
    (lambda: safety.continuous_power(1.55), 10e-3),
    (lambda: safety.class_1(1.45, 1e-4).energy, 8e-4),
])  # fmt: skip
def test_class_1_as_the_standard_rounds_it(found, rounded):
    """IEC 60825-1:2014 gives two digits: up to 4 % from the limits that it has them from."""
    assert_allclose(found(), rounded, rtol=0.041)


def test_trains_of_pulses_and_wide_beams():
    assert_allclose(safety.pulse_energy(0.905, 5e-9, 1e5), safety.continuous_power(0.905) / 1e5, rtol=1e-3)
    few = safety.pulse_energy(0.905, 5e-9, 0.5)
    assert_allclose(few, safety.class_1(0.905, 5e-9).energy, rtol=1e-12)
    assert_allclose(safety.pulse_energy(0.905, 5e-9, 100.0), few * 5 * 1000**-0.25, rtol=1e-9)  # C5 of 1,000 pulses
    share = 1 - np.exp(-2 * 0.35**2)
    assert_allclose(safety.continuous_power(1.55, 0.01) * share, 9.62e-3, rtol=2e-3)
    with pytest.raises(ValueError, match="1310 nm: limits are kept for"):
        safety.class_1(1.31, 1.0)
    with pytest.raises(ValueError, match="duration = 1e-10 s"):
        safety.class_1(0.905, 1e-10)


# -- cameras and curtains


def test_depth_from_four_samples_of_drawn_electrons():
    """20,000 pixels: a standard deviation is known to 0.5 %."""
    pixel = Pixel(read=12.0)
    depth = vision.modulated(pixel, 20e6, 2e-12, 1e-12, 0.8)
    mean, rest = float(pixel.electrons(2e-12)), float(pixel.pedestal(1e-12))
    rng = np.random.default_rng(1)
    clear = mean + rest + 0.8 * mean * np.cos(1.1 + np.arange(4)[:, None] * np.pi / 2) * np.ones(20000)
    phase = np.asarray(vision.phase_of_four(rng.poisson(clear) + 12.0 * rng.standard_normal(clear.shape)))
    assert_allclose(phase.mean(), 1.1, atol=5e-4)
    assert_allclose(phase.std() * constants.c / (4 * np.pi * 20e6), depth.sigma_m, rtol=0.02)
    assert_allclose(depth.unambiguous_m, constants.c / 40e6, rtol=1e-12)
    assert_allclose(depth.filled, clear.max() / 1e5 * (1.8 * mean + rest) / clear[:, 0].max(), rtol=1e-9)
    assert moves(pixel, lambda p: vision.modulated(p, 20e6, 2e-12, 1e-12).sigma_m) == {
        "responsivity",
        "exposure",
        "dark",
        "read",
    }


def test_what_a_pixel_sees_of_a_scene():
    """A scene that sun and projector light alike sends alike: the projector's irradiance is its power over field R²."""
    camera, field, distance = Camera(2e-3, 4e-3, 8e-6, 0.6), 0.5, 3.0
    signal = camera.flooded(2.0, field, distance, 0.3)
    by_hand = 2.0 * (2e-3) ** 2 / field * 0.3 / np.pi * (np.pi * 1e-6) / 9.0 * 0.6
    assert_allclose(signal, by_hand, rtol=1e-12)
    assert_allclose(camera.ambient(2.0 / (field * distance**2), 0.3), signal, rtol=1e-12)
    assert_allclose(camera.spotted(2.0 * (2e-3) ** 2 / field, distance, 0.3), signal, rtol=1e-12)
    assert moves(camera, lambda c: c.flooded(2.0, field, distance, 0.3)) == {"lens", "focal", "pitch", "efficiency"}
    # sunlight of 10 nm at 940 nm beside 2 W on half a steradian at 3 m: what limits such cameras out of doors
    depth = [
        vision.modulated(Pixel(), 20e6, signal, camera.ambient(sun.irradiance(wave, 10.0), 0.3)).sigma_m
        for wave in (0.94, 0.85)
    ]
    assert depth[0] < depth[1]
    with pytest.raises(ValueError, match="lens = -1 m"):
        Camera(-1.0, 4e-3)


def test_triangulation():
    camera, quiet = Triangulation(0.05, 5e-3, 0.5e-6, 5e-6), Pixel(read=1e-6)
    assert_allclose(camera.depth_m(camera.disparity(2.0)), 2.0, rtol=1e-12)
    by_slope = jax.grad(camera.depth_m)(camera.disparity(2.0))
    assert_allclose(camera.depth_sigma_m(2.0, 1e-6), abs(by_slope) * 1e-6, rtol=1e-12)
    spots = camera.place_sigma(quiet, 1e-12, 0.0) * jnp.sqrt(quiet.electrons(1e-12))
    assert_allclose(spots, 5e-6, rtol=2e-3)  # σ/√N, and pixels of a tenth of σ: 1/24 of a hundredth
    assert camera.place_sigma(quiet, 1e-12, 1e-13) > camera.place_sigma(quiet, 1e-12, 0.0)
    assert moves(camera, lambda c: c.depth_sigma_m(2.0, c.place_sigma(Pixel(), 1e-12, 1e-14))) == {
        "baseline", "focal", "pitch", "spot",
    }  # fmt: skip
    assert_allclose(camera.speckle_sigma_m(1.0, 0.94, 2e-3), 0.94e-6 / (2 * np.pi * 1e-3 * 0.05), rtol=2e-3)


BEAMS = Curtain(1e-9, noise=Noise(load=1e4, amplifier=1e-12), ambient=1e-8)


def test_light_curtains():
    """The maker's example: 290 ms, 30 ms, fingers of 14 mm: 512 mm (SICK, C4000 manual, p. 41)."""
    assert_allclose(curtain.safe_distance_mm(0.29 + 0.03, 14.0), 512.0)
    assert curtain.safe_distance_mm(0.255, 14.0) == 500.0
    assert curtain.safe_distance_mm(0.01, 14.0) == 100.0
    assert_allclose(curtain.safe_distance_mm(0.1, 30.0), 328.0)
    assert_allclose(BEAMS.response, 3 * 32 * 20e-6 + 1e-3, rtol=1e-12)
    diode = Noise(load=1e4, amplifier=1e-12, gain=10.0, excess=4.0, rin_db_hz=-120.0)
    noisy = 2 * constants.e * 400 * 0.6 * (1e-9 + 1e-6) + 4 * constants.k * diode.temperature / 1e4 + 1e-24
    noisy += 1e-12 * (10 * 0.6e-9) ** 2  # intensity noise is the laser's: the ambient light has none
    bright = replace(BEAMS, noise=diode, ambient=1e-6)
    assert_allclose(bright.snr, (10 * 0.6e-9) ** 2 / (noisy / (2 * 2e-6)), rtol=1e-9)
    assert_allclose(jax.jit(lambda c: c.snr)(bright), bright.snr, rtol=1e-12)  # every number traced
    assert_allclose(replace(BEAMS, power=BEAMS.least_power(1e-3)).false_trips, 1e-3, rtol=0.05)  # shot noise moves
    assert moves(BEAMS, lambda c: c.false_trips) >= {
        "power",
        "pulse",
        "responsivity",
        "ambient",
        "slot",
        "confirm",
    }
    assert moves(BEAMS, lambda c: c.response) == {"slot", "output", "beams", "confirm"}
    assert_allclose(curtain.smallest_object_mm(10.0, 4.0), 14.0)
    with pytest.raises(ValueError, match="narrow the filter"):
        replace(BEAMS, ambient=1e-3, saturation=1e-4)
    with pytest.raises(ValueError, match="narrow the filter"):  # 0.6 µA by a gain of 10
        replace(bright, saturation=1e-6)
    with pytest.raises(ValueError, match="A slot holds its pulse"):
        replace(BEAMS, slot=1e-6)


# -- temperature and antennas


def test_temperatures_of_a_vehicle():
    cold, hot = climate.celsius(np.array([-40.0, 125.0]))
    leak = climate.dark_current(1e-9, 0.6, np.array([cold, 298.15, hot]))
    by_hand = np.exp(0.6 * constants.e / constants.k * (1 / 298.15 - 1 / 398.15))
    assert_allclose(leak[1:], [1e-9, 1e-9 * by_hand], rtol=1e-9)
    moved = climate.pointing(WALL, 1.8e-4, hot, pitch=2.0, step=10.0)
    assert_allclose(moved.along_deg, WALL.degrees_per_kelvin(1.8e-4) * 100, rtol=5e-3)  # curvature of the arcsine
    assert_allclose(np.sin(np.deg2rad(moved.across_deg)), 1.8e-2 * 5, rtol=1e-9)
    back = WALL.degrees_per_um * moved.wavelength
    assert_allclose(back, -WALL.degrees_per_kelvin(1.8e-4) * 100, rtol=1e-9)
    with pytest.raises(ValueError, match=r"temperature = 25 K: .*233\.15 and 398\.15 K\. .* -40 to 125 °C"):
        climate.pointing(WALL, 1.8e-4, 25.0)


def test_the_far_field_of_one_antenna():
    for length in (20.0, 300.0):
        v = np.linspace(-0.2, 0.6, 41)
        points, weights = np.polynomial.legendre.leggauss(400)
        y = (points + 1) * length / 2
        waves = np.exp(-0.005 * y + 2j * np.pi / 1.55 * (0.2 - v[:, None]) * y)
        assert_allclose(WALL.field(v, length), waves @ weights / 2, atol=1e-10)
    short, long = antenna.beam_width_deg(WALL, 5.0), antenna.beam_width_deg(WALL, 5000.0)
    cosine = np.sqrt(1 - 0.04)
    assert_allclose(short, np.rad2deg(0.8859 * 1.55 / 5.0 / cosine), rtol=0.02)  # decay of 5 %, width in angle
    assert_allclose(long, np.rad2deg(0.01 * 1.55 / (2 * np.pi) / cosine), rtol=1e-4)
    assert_allclose(WALL.efficiency(100.0), 0.6 * (1 - np.exp(-1)), rtol=1e-12)


def test_emission_that_gives_a_wanted_amplitude():
    wanted = np.exp(-(np.linspace(-1.5, 1.5, 60) ** 2))
    decay = np.asarray(antenna.emission_for(wanted, 2.0, 0.1))
    guide = np.concatenate([[1.0], np.exp(-np.cumsum(decay * 2.0))])
    assert_allclose(-np.diff(guide), 0.9 * wanted**2 / np.sum(wanted**2), rtol=1e-9)
    assert_allclose(guide[-1], 0.1, rtol=1e-12)


def test_one_antenna_across():
    u = np.array([0.0, 0.3, 1.55])  # the last where the formula is 0/0 for a guide of 0.5 µm
    points, weights = np.polynomial.legendre.leggauss(100)
    x = points / 4
    waves = np.cos(np.pi * x / 0.5) * np.exp(-2j * np.pi / 1.55 * 0.3 * x)
    ratio = abs(np.sum(waves * weights)) ** 2 / np.sum(np.cos(np.pi * x / 0.5) * weights) ** 2
    assert_allclose(antenna.lateral(u[:2], 0.5, 1.55), [1.0, ratio * (1 - 0.09)], rtol=1e-10)
    at = 0.775 / 1.0
    near = antenna.lateral(np.array([at - 1e-4, at, at + 1e-4]), 1.0, 1.55)
    assert_allclose(near[1], (near[0] + near[2]) / 2, rtol=1e-6)


def test_the_pattern_of_the_whole_is_a_product():
    array = Line(np.array([-1.0, 1.0]), np.ones(2))
    found = antenna.pattern(array, WALL, 100.0, 0.5, np.array([0.0, 0.3]), np.array([0.2, 0.21]))
    across = np.array([1.0, np.cos(2 * np.pi / 1.55 * 0.3) ** 2]) * antenna.lateral(np.array([0.0, 0.3]), 0.5, 1.55)
    assert_allclose(found, np.outer(WALL.power(np.array([0.2, 0.21]), 100.0), across), rtol=1e-12)


@pytest.mark.validate
def test_pictures_are_drawn(tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    figure, axes = plt.subplots(2, 2)
    array, angle = Line(np.array([-1.0, 0.0, 1.0]), np.ones(3)), np.linspace(-20, 20, 21)
    spread = imperfections.expected(array, np.sin(np.deg2rad(angle)), 0.3)
    plots.plot_far_field(array, angle, axes[0, 0], expected=spread)
    plots.plot_spot(array, WALL, 100.0, 0.5, angle, np.linspace(10, 13, 11), axes[0, 1])
    plots.plot_beats(tones.spectrum(np.exp(1j * np.arange(21)), 1e6), axes[1, 0], threshold=10.0)
    plots.plot_detection(angle + 21, np.linspace(1, 0, 21), axes[1, 1])
    figure.savefig(tmp_path / "lidar.png")
    plt.close(figure)
    assert (tmp_path / "lidar.png").stat().st_size > 5000


@pytest.mark.validate
def test_an_antenna_by_the_grating_solver():
    """Angle and decay by two routes each, energy, and derivatives by the period, against differences."""
    layers = grating.Layers(0.22, 0.05, 2.0, 2.0, 3.476, 1.444, 1.444, 3.476)

    @jax.jit
    def run(period):
        found = antenna.solved(layers, period, 0.5, 1.55, periods=(12, 24))
        return found, jnp.stack([found.antenna.sine, found.antenna.decay])

    found, _ = run(0.62)
    span = 24 * 0.62
    width = 1.55 / span
    # the beam of so few teeth is pulled by the decay and by cosθ: a tenth of its own width
    assert abs(float(found.antenna.sine - found.by_equation)) < 0.1 * width
    v = np.linspace(-0.9999, 0.9999, 4001)
    up = np.trapezoid(np.asarray(antenna.radiated(found.longer, v, 1.55)), v)
    assert_allclose(up, found.longer.up, rtol=0.01)  # the window ends 2 µm beside the grating
    assert abs(float(found.lost)) < 0.02  # the same, up and down; 0.015 was seen
    assert_allclose(antenna.decay_above(found.longer, 3.0, span - 1.0), found.antenna.decay, rtol=0.1)  # ripple
    both = run(0.62 + 1e-4)[1], run(0.62 - 1e-4)[1]
    exact = jax.jit(jax.jacfwd(lambda p: run(p)[1]))(0.62)
    assert_allclose(exact, (both[0] - both[1]) / 2e-4, rtol=1e-3)
    assert_allclose(exact[0], 1.55 / 0.62**2, rtol=0.1)  # of the grating equation


@pytest.mark.validate
@pytest.mark.parametrize(("figure", "at"), [
    (lambda x: vision.modulated(Pixel(), 20e6, x * 1e-12, 1e-12, 0.7).sigma_m, 2.0),
    (lambda x: Triangulation(0.05, 5e-3, x * 1e-6, 4e-6).place_sigma(Pixel(), 1e-12, 1e-14), 2.0),
    (lambda x: jnp.log(replace(BEAMS, ambient=x * 1e-6).false_trips), 1.0),
    (lambda x: antenna.beam_width_deg(Antenna(1.55, 0.2, x), 150.0), 0.01),
    (lambda x: antenna.beam_width_deg(Antenna(1.55, x, 0.01), 150.0), 0.2),
    (lambda x: antenna.lateral(x, 0.5, 1.55), 0.4),
    (lambda x: antenna.emission_for(jnp.exp(-x * jnp.linspace(-1, 1, 9) ** 2), 2.0)[3], 1.3),
    (lambda x: link.speckles(0.01, x, 100.0, 1.55), 0.5),
    (lambda x: air.extinction(x, 1.55) * 1e3, 3.0),
    (lambda x: climate.dark_current(1.0, 0.6, x), 350.0),
    (lambda x: climate.pointing(Antenna(1.55, 0.2, 0.01), 1.8e-4, x, step=2.0).across_deg, 350.0),
    (lambda x: RECEIVER.snr(x * 1e-16), 3.0),
    (lambda x: detection.speckled(x, 1e-5, 4), 6.0),
    (lambda x: detection.threshold(x, 4), 0.01),
])  # fmt: skip
def test_slopes_of_the_rest_are_differences(figure, at):
    quick = jax.jit(figure)
    assert_allclose(jax.grad(quick)(at), difference(quick, at, 1e-4 * at), rtol=1e-6)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: link.speckles(1e-3, -0.1, 50.0, 1.55), "spot = -0.1 m"),
    (lambda: Link(1e-2, 1e-8).reach(-1e-14), "least = -1e-14 W"),
    (lambda: BEAMS.least_power(1e9), r"trips = 1e\+09 Hz"),
    (lambda: climate.pointing(Antenna(1.55, 0.2, 0.01), 2e-4, 300.0, pitch=0.0), "pitch = 0 µm"),
    (lambda: climate.dark_current(-1e-9, 0.3, 300.0), "at_room = -1e-09 A"),
    (lambda: Antenna(1.55, 0.2, 0.01, n_g=-3.8), "n_g = -3.8"),
    (lambda: Antenna(1.55, 0.2, 0.01).efficiency(-300.0), "length = -300 µm"),
    (lambda: vision.modulated(Pixel(), 20e6, 0.0, 0.0), "signal = 0 W"),
    (lambda: Triangulation(0.05, 5e-3).depth_sigma_m(-2.0, 1e-7), "depth_m = -2 m"),
    (lambda: Triangulation(0.05, 5e-3).place_sigma(Pixel(), 1e-12, -1e-14), "ambient = -1e-14 W"),
    (lambda: air.transmitted(-1e-3, 50.0), "extinction = -0.001 1/m"),
])  # fmt: skip
def test_what_is_no_number_of_its_kind_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
