"""TDECQ: what an ideal signal has, what noise and bandwidth cost, gradients, bad input."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, signal, special

from lingnan.solvers import links

SAMPLES = 16
SYMBOLS = links.pam(np.tile(links.prbs(9), 2), 4)
RUNS = (5, 4)  # the longest of the highest and of the lowest level in this pattern
STEP = 1 / (50e9 * SAMPLES)


def held(rise: float) -> links.Waveform:
    return links.scaled(links.edges(SYMBOLS, 50e9, SAMPLES, rise), 0.4e-3, 0.6e-3)


@jax.jit
def compiled(value: jax.Array, bandwidth: jax.Array, noise: jax.Array) -> links.Closure:
    return links.tdecq(links.Waveform(value, STEP), jnp.asarray(SYMBOLS), SAMPLES, bandwidth, noise, RUNS)


def closure(value: jax.Array, bandwidth: float = 0.5, noise: float = 0.0) -> links.Closure:
    """Compiled once for all tests."""
    return compiled(value, jnp.asarray(bandwidth), jnp.asarray(noise))


def test_an_ideal_signal_has_none():
    """0 dB where neither transmitter nor receiver is a limit; the equaliser then does nothing."""
    found = closure(held(1.3e-12).value, 4.0)
    # taps may average noise that is hardly alike from symbol to symbol, and rises of 1.3 ps end 2 ps later: 0.005 dB
    assert float(found.tdecq) == pytest.approx(0.0, abs=0.005)
    assert float(found.outer.modulation) == pytest.approx(0.8e-3, rel=1e-4)
    assert float(found.outer.extinction_db) == pytest.approx(10 * np.log10(5), abs=1e-3)
    assert float(found.noise) == pytest.approx(0.8e-3 / (6 * 3.414), rel=2e-3)
    assert int(found.lost) == 0


def test_the_reference_receiver_alone_costs_what_its_equaliser_adds():
    """Half the symbol rate on an ideal signal: noise is enhanced, words between neighbours are gone."""
    found = closure(held(1.3e-12).value)
    enhanced = 10 * float(jnp.log10(found.enhancement))
    assert 0 < enhanced < float(found.tdecq) < enhanced + 0.2
    assert float(jnp.sum(found.taps)) == pytest.approx(1.0, abs=1e-12)
    assert float(found.slope) < 1e-3


def test_own_noise_is_taken_from_what_may_be_added():
    """R² + σ² is what the signal bears at its reference receiver, whatever share is its own: exact."""
    clean = closure(held(4e-12).value)
    for share in (0.3, 0.6):
        own = share * float(clean.noise)
        found = closure(held(4e-12).value, 0.5, own)
        # the taps of the same minimum, found again
        assert float(found.noise) ** 2 + own**2 == pytest.approx(float(clean.noise) ** 2, rel=1e-5)


def test_the_noise_that_is_found_loses_what_the_definition_says():
    """4.8e-4 in the worse window, summed again from the definition with numpy."""
    light = held(6e-12)
    slow = links.filtered(light, links.OnePole(22e9))
    found = closure(slow.value)
    seen = links.filtered(slow, links.BesselThomson(25e9))
    late = int(np.argmax(np.abs(np.fft.irfft(
        np.fft.rfft(np.asarray(seen.value)) * np.fft.rfft(np.repeat(SYMBOLS - SYMBOLS.mean(), SAMPLES)).conj(),
        seen.value.size))))  # fmt: skip
    spectrum, n = np.fft.fft(np.asarray(seen.value)), seen.value.size
    oma, mean = float(found.outer.modulation), float(jnp.mean(seen.value))
    sigma, lost = float(found.noise) * float(found.enhancement), []
    for window in (-0.05, 0.05):
        total = 0.0
        for point in (-0.02 / np.sqrt(3), 0.02 / np.sqrt(3)):
            at = late + SAMPLES * (0.5 + float(found.phase) + window + point)
            x = np.fft.ifft(spectrum * np.exp(2j * np.pi * np.fft.fftfreq(n, 1 / n) * at / n)).real[::SAMPLES]
            y = sum(float(c) * np.roll(x, -(k - int(found.main))) for k, c in enumerate(found.taps))
            for step in (-1, 0, 1):
                total += np.mean(np.asarray(jax.scipy.stats.norm.sf(np.abs(y - mean - step * oma / 3) / sigma))) / 2
        lost.append(total)
    assert max(lost) == pytest.approx(4.8e-4, rel=1e-3)


def by_definition(light: np.ndarray, main: int) -> float:
    """TDECQ [dB] from the definition's text alone, by numpy and scipy: nothing of `links` is used.

    SciPy's own Bessel filter, the delay by correlation, OMA as the mean over two symbols in the middle of runs, the
    middles of five cells of each window of 0.04 UI in the place of a histogram, noise through filter and taps by a sum
    over its spectrum, and for each phase a simplex over taps that starts at those of least squares.
    """
    n, rate = light.size, 1 / (SAMPLES * STEP)
    poles = signal.bessel(4, 2 * np.pi * rate / 2, analog=True, norm="mag")
    f = np.fft.fftfreq(n, STEP)
    spectrum = np.fft.fft(light) * signal.freqs(*poles, worN=2 * np.pi * f)[1]
    seen = np.fft.ifft(spectrum).real
    held_ = np.repeat(SYMBOLS - SYMBOLS.mean(), SAMPLES)
    late = int(np.argmax(np.fft.ifft(np.fft.fft(seen) * np.fft.fft(held_).conj()).real))
    from_start = np.roll(seen, -late).reshape(-1, SAMPLES)
    oma = from_start[_inside(1.0, RUNS[0])].mean() - from_start[_inside(-1.0, RUNS[1])].mean()
    mean, levels = seen.mean(), SYMBOLS.size
    noise_f = np.linspace(0.0, 6 * rate, 6001)
    noise = np.abs(signal.freqs(*poles, worN=2 * np.pi * noise_f)[1]) ** 2
    turns = np.exp(-2j * np.pi * np.outer(noise_f / rate, np.arange(5)))
    coloured = (turns.conj().T @ (noise[:, None] * turns)).real / noise.sum()
    limits = mean + oma / 3 * np.array([-1, 0, 1])

    def closed(free: np.ndarray, x: np.ndarray) -> float:
        taps = np.insert(free, main, 1 - free.sum())
        y = np.abs((x @ taps)[..., None] - limits)

        def excess(log_sigma: float) -> float:
            lost = special.ndtr(-y / np.exp(log_sigma)).sum(axis=(1, 2, 3)) / y[0, ..., 0].size
            return np.log(max(float(np.max(lost)), 1e-300) / 4.8e-4)

        sigma = np.exp(optimize.brentq(excess, np.log(oma) - 9, np.log(oma), xtol=1e-5))
        return 10 * np.log10(oma / (6 * 3.414 * sigma / np.sqrt(taps @ coloured @ taps)))

    best = np.inf
    for phase in (-0.1, -0.05, 0.0, 0.05, 0.1):
        times = late + SAMPLES * (0.5 + phase + np.add.outer([-0.05, 0.05], np.linspace(-0.02, 0.02, 9)))
        at = np.stack(
            [np.fft.ifft(spectrum * np.exp(2j * np.pi * f * t * STEP)).real[::SAMPLES] for t in times.ravel()]
        )
        x = np.stack([np.roll(at, main - k, axis=-1) for k in range(5)], axis=-1).reshape(2, 9, levels, 5)
        wanted = np.broadcast_to(mean + oma / 2 * (SYMBOLS - SYMBOLS.mean()), x.shape[:-1]).ravel()
        least = np.linalg.lstsq(x.reshape(-1, 5), wanted, rcond=None)[0]
        start = np.delete(least / least.sum(), main)
        found = optimize.minimize(closed, start, (x,), "Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3})
        best = min(best, float(found.fun))
    return best


def _inside(level: float, length: int) -> np.ndarray:
    """The middle two symbols of the first run of a level."""
    there = np.round(SYMBOLS, 6) == level
    first = next(k for k in range(SYMBOLS.size) if all(there[(k + m) % SYMBOLS.size] for m in range(length)))
    return (first + (length - 2) // 2 + np.arange(2)) % SYMBOLS.size


def test_the_number_that_the_definition_gives_by_another_way():
    """Ours takes phase by least squares and two points of each window: never much more than the best, hardly less."""
    slow = links.filtered(held(6e-12), links.OnePole(22e9))
    found = closure(slow.value)
    other = by_definition(np.asarray(slow.value), int(found.main))
    assert -0.02 < float(found.tdecq) - other < 0.05  # set before either was seen


def test_taps_are_the_best():
    """Nothing near them bears more noise: slope 0, and TDECQ grows with a bandwidth that is taken away."""
    values = [closure(links.filtered(held(4e-12), links.OnePole(f)).value) for f in (40e9, 25e9, 18e9)]
    assert all(float(v.slope) < 1e-3 for v in values)
    decibels = [float(v.tdecq) for v in values]
    assert decibels[0] < decibels[1] < decibels[2]
    assert float(values[2].enhancement) > float(values[0].enhancement) > 1


@pytest.mark.validate
def test_gradient():
    """By bandwidth, V_pi, fibre and own noise: derivatives pass the root and the taps."""

    def value(p: jax.Array) -> jax.Array:
        drive = links.edges(SYMBOLS, 50e9, SAMPLES, 5e-12)
        modulator = links.MachZehnder(p[0], links.OnePole(p[1] * 1e9), imbalance=0.05)
        light = links.power(links.propagated(modulator.field(drive), links.Fibre(p[2], 17.0)))
        found = links.tdecq(light, jnp.asarray(SYMBOLS), SAMPLES, 0.5, p[3] * 1e-6, RUNS)
        return jnp.stack([found.tdecq, found.smooth])

    at = jnp.array([4.0, 28.0, 0.5, 8.0])

    @jax.jit
    def both(p: jax.Array) -> tuple[jax.Array, jax.Array]:
        found, back = jax.vjp(value, p)
        return found, jnp.stack([back(row)[0] for row in jnp.eye(2)])

    found, slopes = both(at)
    differences = [(both(at + d)[0][1] - both(at - d)[0][1]) / (2 * jnp.sum(d)) for d in jnp.diag(3e-3 * at)]
    # second order in a step of 0.3 %, and taps that are the best to 1e-3 of a slope
    np.testing.assert_allclose(slopes[1], differences, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=1e-12)
    # a mean of power 4 is a factor 2^(1/4) off at most, of which noise takes 1/(Q² + 1)
    assert float(found[0] - found[1]) == pytest.approx(0.0, abs=10 * np.log10(2) / 4 / 11)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: links.tdecq(held(4e-12), SYMBOLS, SAMPLES), "no run of 6 symbols of level 0 in a pattern of 511"),
        (lambda: links.tdecq(held(4e-12), np.sign(SYMBOLS), SAMPLES), "symbols of 2 levels: it is defined for 4"),
        (lambda: links.tdecq(held(4e-12), SYMBOLS, SAMPLES, bandwidth=0.0), "bandwidth = 0 of the rate"),
        (lambda: links.tdecq(held(4e-12), SYMBOLS, 2), "2 samples in a symbol"),
    ],
)
def test_bad_input(make: Any, says: str):
    with pytest.raises(ValueError, match=says):
        make()
