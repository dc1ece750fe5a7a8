"""Patterns, symbols and drive voltages: known sequences, shapes, filters, gradients, bad input."""

from collections import Counter
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.links import (
    BesselThomson,
    Cascade,
    OnePole,
    Tabulated,
    Waveform,
    edges,
    filtered,
    matched,
    pam,
    prbs,
    qam,
    raised_cosine,
)
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.network import Stretch
from lingnan.solvers.modulators.travelling import Driver, Modulator, response

BAND = jnp.linspace(0.2e9, 200e9, 201)


def modulator(n: float = 2.2, source: Any = 50.0, length: float = 5000.0, band: jax.Array = BAND) -> Modulator:
    line = Line(band, -2j * jnp.pi * band * n / C0, 50.0 + 0j * band)
    return Modulator((Stretch(line, length, 1.0),), 2.2, source, 50.0)


def modulated(waveform: Waveform, of: Modulator) -> Waveform:
    """Through the electro-optic response of a travelling-wave modulator, tabulated over its band."""
    answer = response(of, of.elements[0].line.frequency)
    return filtered(waveform, Tabulated(answer.frequency, answer.s21))


@pytest.mark.parametrize("order", [7, 9, 11, 13, 15])
def test_patterns_hold_every_word_but_zeros(order: int):
    """A maximal sequence: each word of `order` bits once in a period; one more 1 than 0."""
    bits = prbs(order)
    assert bits.size == 2**order - 1
    assert int(bits.sum()) == 2 ** (order - 1)
    ring = np.concatenate([bits, bits[: order - 1]]).astype(np.int64)
    words = np.lib.stride_tricks.sliding_window_view(ring, order) @ (1 << np.arange(order))
    assert np.unique(words).size == 2**order - 1
    assert 0 not in words


@pytest.mark.parametrize("order", [20, 23, 31])
def test_long_patterns_follow_their_polynomial(order: int):
    taps = {20: 3, 23: 18, 31: 28}[order]
    bits = prbs(order, 5000, seed=12345)
    np.testing.assert_array_equal(bits[order:], bits[:-order] ^ bits[order - taps : -taps])
    assert abs(float(bits.mean()) - 0.5) < 0.05


def test_gray_code():
    """Neighbours differ by one bit; all symbols are as frequent in a pattern of the same order."""
    words = [(k >> 1 & 1, k & 1) for k in range(4)]
    places = {w: float(pam(np.array(w), 4)[0]) for w in words}
    order = sorted(words, key=places.__getitem__)
    assert [sum(a != b for a, b in zip(x, y, strict=True)) for x, y in pairwise(order)] == [1, 1, 1]
    np.testing.assert_allclose(sorted(places.values()), [-1, -1 / 3, 1 / 3, 1])
    np.testing.assert_array_equal(pam([0, 1, 1, 0]), [-1, 1, 1, -1])
    twice = np.concatenate([prbs(13), prbs(13)])
    assert sorted(Counter(np.round(pam(twice, 4), 3)).values()) == [2047, 2048, 2048, 2048]
    points = qam(np.array([b for k in range(16) for b in (k >> 3 & 1, k >> 2 & 1, k >> 1 & 1, k & 1)]), 16)
    assert np.unique(np.round(points, 6)).size == 16
    assert np.abs(points.real).max() == np.abs(points.imag).max() == 1


def test_edges():
    """10 % to 90 % in the rise asked for, in the middle half-way, levels in between; periodic."""
    rate, samples = 50e9, 64
    w = edges([-1.0, -1.0, 1.0, 1.0, 1.0, -1.0], rate, samples, rise=8e-12)
    v, t = np.asarray(w.value), np.asarray(w.time)
    assert float(w.step) == pytest.approx(1 / (rate * samples))
    up = slice(samples, 3 * samples)
    crossing = [np.interp(level, v[up], t[up]) for level in (-0.8, 0.0, 0.8)]
    assert crossing[1] == pytest.approx(2 / rate, abs=1e-15)
    assert crossing[2] - crossing[0] == pytest.approx(8e-12, rel=2e-3)  # straight lines between samples
    assert v[0] == pytest.approx(-1.0, abs=1e-9)
    assert v[3 * samples] == pytest.approx(1.0, abs=1e-9)
    late = edges([-1.0, -1.0, 1.0, 1.0, 1.0, -1.0], rate, samples, rise=8e-12, jitter=3e-12)
    assert np.interp(0.0, np.asarray(late.value)[up], t[up]) == pytest.approx(2 / rate + 3e-12, abs=1e-14)


def test_raised_cosine_has_no_word_from_its_neighbours():
    symbols = pam(prbs(9), 4)
    for roll in (0.1, 0.5, 1.0):
        w = raised_cosine(symbols[:510], 50e9, 8, roll)
        np.testing.assert_allclose(w.value[::8], symbols[:510], atol=1e-12)
        power = np.abs(np.fft.rfft(np.asarray(w.value))) ** 2
        assert power[np.asarray(w.frequency) > 25e9 * (1 + roll) * 1.0001].sum() < 1e-20 * power.sum()
    iq = raised_cosine(qam(prbs(9), 16), 50e9, 8)
    assert jnp.iscomplexobj(iq.value)


def test_walk_off_is_a_sliding_mean():
    """A lossless line with Δn: light feels the mean of the voltage over the walk-off, a box in time."""
    m = modulator(n=2.6, length=5000.0)
    walk = 0.4 * 5e-3 / C0  # 6.67 ps
    n, step = 4096, 0.5e-12
    t = (np.arange(n) - n / 2) * step
    sigma = 4e-12
    w = Waveform(jnp.asarray(np.exp(-(t**2) / (2 * sigma**2))), step)
    # over [0, walk] before: the voltage falls behind the light
    x = np.linspace(0, walk, 401)
    late = t[:, None] - x
    shifted = np.exp(-(late**2) / (2 * sigma**2))
    mean = np.trapezoid(shifted, x, axis=1) / walk
    # trapezes: 401 of them are right to 1e-5 here
    np.testing.assert_allclose(modulated(w, m).value, mean, atol=2e-5)


def test_driver_answers_a_step_as_one_pole_does():
    """1 - exp(-t/τ) after an edge that is fast beside it."""
    tau = 1 / (2 * np.pi * 5e9)
    w = edges(np.repeat([-1.0, 1.0], 8), 4e9, 64, rise=1.0e-11)
    harmonics = w.frequency[1:]  # nothing is read between them
    v = np.asarray(modulated(w, modulator(source=Driver(50.0, 5e9), band=harmonics)).value)
    t = np.asarray(w.time) - 8 / 4e9
    after = (t > 4e-11) & (t < 1.9e-9)
    # a Gaussian's edge is a delay of none and a factor exp(σ²/2τ²)
    sigma = 1.0e-11 / (2 * 1.2815515655)
    expected = 1 - 2 * np.exp(-t[after] / tau + sigma**2 / (2 * tau**2))
    np.testing.assert_allclose(v[after], expected, atol=1e-5)


def test_bessel_thomson_reference_receiver():
    """3 dB at its bandwidth, the delay of slow signals there too, and the noise that it passes."""
    receiver = BesselThomson(20e9)
    assert abs(complex(receiver(20e9))) ** 2 == pytest.approx(0.5, abs=1e-14)
    f = np.array([1e6, 5e9, 10e9, 20e9])
    h = 1e3
    delay = np.angle(np.asarray(receiver(f + h) / receiver(f - h))) / (2 * np.pi * 2 * h)
    # maximally flat: 1 - ω^8/105²... of a Bessel polynomial of order 4, so 0.2 % are lost at half the bandwidth
    assert np.all(np.abs(delay[:3] / receiver.delay - 1) < [1e-6, 1e-4, 2e-3])
    wide = np.linspace(0, 4e12, 400001)  # beyond, |H|² goes as f^-8
    power = np.abs(np.asarray(receiver(wide))) ** 2
    assert np.trapezoid(power, wide) == pytest.approx(receiver.noise_bandwidth, rel=1e-8)


def test_a_table_gives_back_what_it_was_made_of():
    """Cubic between frequencies: a pole with 30 ps of delay, at steps of an eighth of its bandwidth."""
    f, tau = np.arange(1, 129) * 1e9, 30e-12
    pole = OnePole(8e9)
    between = np.linspace(0.1e9, 127.9e9, 999)

    def exact(f: np.ndarray) -> np.ndarray:
        return np.asarray(pole(f)) * np.exp(2j * np.pi * f * tau)

    off = np.abs(np.asarray(Tabulated(f, exact(f))(between)) - exact(between))
    # parabolic slopes leave h³ y'''/12 or so of a function whose derivatives are k! / 8^k: 6/512/12 = 1e-3
    assert off[between > 1e9].max() < 1e-3
    fine = np.arange(1, 513) * 0.25e9
    off_fine = np.abs(np.asarray(Tabulated(fine, exact(fine))(between)) - exact(between))
    assert off_fine[between > 1e9].max() < off[between > 1e9].max() / 30  # third order or better: 64
    both = Cascade((pole, BesselThomson(20e9)))
    np.testing.assert_allclose(both(f), pole(f) * BesselThomson(20e9)(f), rtol=1e-13)
    assert abs(complex(Tabulated(f, exact(f))(200e9))) == 0


def test_matched_halves_make_a_raised_cosine():
    symbols = qam(prbs(9), 16)[:120]
    sent = raised_cosine(symbols, 50e9, 8, 0.2, root=True)
    # a root's spectrum ends at 1e-9 of its height, which no neighbour notices
    np.testing.assert_allclose(matched(sent, 8, 0.2).value[::8], symbols, atol=1e-9)
    assert float(jnp.mean(jnp.abs(sent.value[::8] - symbols) ** 2)) > 1e-4  # alone it does hear them
    # a real system delays both parts alike
    late = filtered(sent, BesselThomson(40e9)).value
    np.testing.assert_allclose(late.real, filtered(Waveform(sent.value.real, sent.step), BesselThomson(40e9)).value,
                               atol=1e-13)  # fmt: skip


def test_gradients():
    symbols = pam(prbs(7), 4)[:32]
    late = jnp.asarray(np.random.default_rng(1).normal(0, 5e-13, 32))

    def power(p: jax.Array) -> jax.Array:
        w = edges(symbols, 50e9, 16, rise=p[0] * 1e-12, jitter=late + p[1] * 1e-13)
        line = Line(BAND, 2.0 - 2j * jnp.pi * BAND * p[2] / C0, 50.0 + 0j * BAND)
        out = modulated(w, Modulator((Stretch(line, 5000.0, 1.0),), 2.2, 50.0, p[3]))
        return jnp.mean(out.value**3 + out.value**2)

    at, h = jnp.array([7.0, 1.0, 2.3, 47.0]), 1e-4
    value = jax.jit(power)
    differences = [(value(at + h * d) - value(at - h * d)) / (2 * h) for d in jnp.eye(4)]
    np.testing.assert_allclose(jax.jit(jax.grad(power))(at), differences, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: prbs(8), "order 8: known are 7, 9, 11"),
        (lambda: prbs(7, seed=0), "seed 0: it must lie between 1 and 127"),
        (lambda: prbs(31), "2147483647 bits: between 1 and 67108864"),
        (lambda: pam([0, 1, 2]), "give 0 and 1 in a row"),
        (lambda: pam([0, 1], 3), "3 levels"),
        (lambda: qam([0, 1, 1], 16), "give 0 and 1 in a row, 4 or more"),
        (lambda: qam([0, 1, 1], 8), "8 points"),
        (lambda: edges([1.0, -1.0], 50e9, 2), "2 samples in a symbol: it takes 4 or more"),
        (lambda: edges([1.0, -1.0], 50e9, 16, rise=1e-12), "rise 1e-12 s: it must lie between one sample, 1.25e-12 s"),
        (lambda: edges([1.0, -1.0], 50e9, 16, rise=3e-11), "one symbol, 2e-11 s"),
        (lambda: edges([1.0, -1.0], 50e9, jitter=4e-11), "jitter 4e-11 s"),
        (lambda: edges([1.0, -1.0], -1.0), "rate = -1 Bd"),
        (lambda: raised_cosine([1.0, -1.0], 50e9, roll_off=1.5), "roll_off = 1.5"),
        (lambda: modulated(edges(np.tile([1.0, -1.0], 8), 450e9), modulator()), r"lies above 2e\+11 Hz"),
        (lambda: Tabulated(np.array([0.0, 1e9]), np.ones(2)), "2 frequencies from 0 Hz"),
        (lambda: Tabulated(np.array([1e9, 2e9]), np.ones(3)), r"values of shape \(3,\) for 2"),
        (lambda: OnePole(-1e9), "bandwidth = -1e\\+09 Hz"),
    ],
)
def test_bad_input(make: Any, says: str):
    with pytest.raises(ValueError, match=says):
        make()
