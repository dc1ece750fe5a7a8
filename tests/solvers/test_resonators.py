"""Rings: spectra, coupled modes in time, small signals, self-heating, locks, galleries, each by two routes."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants
from scipy.optimize import fsolve

from lingnan.solvers import links, materials, resonators

VOLTS = jnp.linspace(-1.0, 5.0, 13)
#: index that grows as the root of a junction's voltage, and a loss that falls
BIAS = resonators.Bias(VOLTS, 1.5e-4 * (jnp.sqrt(VOLTS + 2) - np.sqrt(2)), 3.0 - 0.3 * VOLTS)
RING = resonators.Ring(
    2 * np.pi * 10, 0.06, 2.5, 3.9, loss_db_cm=20.0, kappa2_drop=0.01, bias=BIAS, share=0.8, wavelength=1.55
)
FOUND = resonators.rates(RING, 1.0)
GAMMA = float(FOUND.total)
CENTRE = float(resonators.resonance(RING, 1.55))


def test_all_light_comes_out_of_a_ring_without_loss() -> None:
    wave = jnp.linspace(1.54, 1.56, 200)
    lossless = replace(RING, loss_db_cm=0.0, bias=None)
    found = resonators.spectrum(lossless, wave)
    np.testing.assert_allclose(jnp.abs(found.through) ** 2 + jnp.abs(found.drop) ** 2, 1.0, atol=1e-12)
    lossy = resonators.spectrum(RING, wave)
    assert np.all(np.abs(lossy.through) ** 2 + np.abs(lossy.drop) ** 2 < 1)


def test_critical_coupling_and_resonances() -> None:
    lost = 1 - np.exp(-20 * np.log(10) / 10 * 1e-4 * RING.length)
    critical = replace(RING, kappa2=lost, kappa2_drop=0.0, bias=None)
    at = resonators.resonance(critical, 1.55)
    assert abs(complex(resonators.spectrum(critical, at).through)) < 1e-10
    neighbour = resonators.resonance(critical, float(at + critical.fsr))
    # λ λ'/(n_g L) where n is linear in λ, since then n_g does not change
    assert float(neighbour - at) == pytest.approx(float(at * neighbour / (3.9 * RING.length)), rel=1e-9)
    assert float(critical.fsr) == pytest.approx(1.55**2 / (3.9 * RING.length), rel=1e-12)
    power = np.abs(resonators.spectrum(RING, jnp.linspace(CENTRE - 2e-3, CENTRE + 2e-3, 4001)).through) ** 2
    assert np.argmin(power) == pytest.approx(2000, abs=2)


def test_bias_moves_a_resonance_by_its_index() -> None:
    moved = resonators.resonance(RING, CENTRE, 3.0) - CENTRE
    index = 0.8 * float(BIAS.at(3.0)[0])
    # λ Δn/n_g, exact for n linear in λ
    assert float(moved) == pytest.approx(CENTRE * index / 3.9, rel=1e-3)
    slope = resonators.shift_per_volt(RING, 1.3)  # between voltages of the table
    step = [
        (-2 * np.pi * constants.c * 1e6 / 1.55 * 0.8 * BIAS.at(v)[0] / 3.9, resonators.rates(RING, v).intrinsic)
        for v in (1.3 + 1e-4, 1.3 - 1e-4)
    ]
    assert float(slope.real) == pytest.approx(float(step[0][0] - step[1][0]) / 2e-4, rel=1e-6)
    assert float(slope.imag) == pytest.approx(-float(step[0][1] - step[1][1]) / 2e-4, rel=1e-6)
    warm = resonators.resonance(RING, CENTRE, 0.0, 10.0) - CENTRE
    assert float(warm) == pytest.approx(CENTRE * 2e-4 * 10 / 3.9, rel=1e-3)


def test_coupled_modes_are_the_ring_near_resonance() -> None:
    """Lorentzian and exact spectrum: they differ by κ², by construction less at the pole."""
    wave = jnp.linspace(CENTRE - 4e-4, CENTRE + 4e-4, 41)
    found = resonators.rates(RING)
    detuning = 2 * np.pi * constants.c * 1e6 * (1 / CENTRE - 1 / np.asarray(wave))
    exact = resonators.spectrum(RING, wave)
    np.testing.assert_allclose(resonators.reading(found, detuning, "through"), np.abs(exact.through) ** 2, atol=0.06)
    np.testing.assert_allclose(resonators.reading(found, detuning, "drop"), np.abs(exact.drop) ** 2, atol=0.06 * 0.5)
    assert float(found.bandwidth) == pytest.approx(
        constants.c * 1e6 / 1.55 / float(resonators.quality(RING)), rel=1e-12
    )
    assert float(found.lifetime) == pytest.approx(1 / (2 * np.pi * float(found.bandwidth)), rel=1e-12)


def test_light_builds_up_exponentially() -> None:
    modulator = resonators.RingModulator(RING, 0.7 * GAMMA, offset=1.0)
    end = modulator.still()
    times = jnp.linspace(0.0, 10 / GAMMA, 64)
    dark = links.Waveform(jnp.zeros(64), 1e-12)  # no drive, of the shape of those below: one compilation
    found = resonators.run(modulator, dark, times, resonators.State(0.0), start=0.0)
    expected = end.amplitude * (1 - np.exp(-(GAMMA + 0.7j * GAMMA) * np.asarray(times)))
    # tolerance of a step 1e-7, some hundred steps
    np.testing.assert_allclose(found.amplitude, expected, atol=1e-5 * abs(complex(end.amplitude)))
    passed = float(jnp.abs(modulator.out(end.amplitude)) ** 2 / 1e-3)
    assert passed == pytest.approx(float(resonators.reading(FOUND, 0.7 * GAMMA, "through")), rel=1e-9)


@pytest.mark.parametrize("detuned", [0.6, -2.5])
def test_small_signals_by_closed_form_and_in_time(detuned: float) -> None:
    """Amplitude of the first harmonic of a ring that is driven by a small sine."""
    answer = resonators.small_signal(RING, detuned * GAMMA, 1.0)
    modulator = resonators.RingModulator(RING, detuned * GAMMA, offset=1.0, power=1.0)
    n, drive = 64, 2e-3
    for turns in (0.5, 2.5):
        period = 2 * np.pi / (turns * GAMMA)
        wave = links.Waveform(drive * jnp.cos(2 * jnp.pi * jnp.arange(n) / n), period / n)
        out = np.asarray(links.power(modulator.field(wave)).value)
        # harmonics of a discrete Fourier transform go as exp(+jωt)
        harmonic = np.conj(np.fft.fft(out)[1]) * 2 / n / drive
        # the drive is 2e-3 V of a curve over some volts; the sine is cubic between 64 samples
        assert harmonic == pytest.approx(complex(answer.absolute(1 / period)), rel=5e-3)


def test_limits_of_small_signals() -> None:
    critical = resonators.SmallSignal(1e-4 * GAMMA, GAMMA, GAMMA / 2)
    f = GAMMA / (2 * np.pi)
    assert abs(complex(critical(f))) == pytest.approx(np.sqrt(0.5), rel=1e-6)  # one pole at γ
    far = resonators.SmallSignal(6 * GAMMA, GAMMA, GAMMA / 2)
    grid = jnp.linspace(0.01, 10, 2000) * f
    top = grid[jnp.argmax(jnp.abs(far(grid)))]
    assert float(top) == pytest.approx(6 * f, rel=0.03)  # at the detuning, to (γ/δ)²
    assert float(far.peaking_db) > 6
    assert float(critical.peaking_db) == pytest.approx(0.0, abs=1e-6)
    slow = resonators.small_signal(RING, GAMMA, 1.0, links.OnePole(20e9))
    fast = resonators.small_signal(RING, GAMMA, 1.0)
    assert complex(slow(20e9) / fast(20e9)) == pytest.approx(1 / (1 - 1j), rel=1e-12)
    # slow signals are the slope of the static curve
    drop = [resonators.reading(FOUND, d * GAMMA, "through") for d in (0.5 + 1e-5, 0.5 - 1e-5)]
    static = float(drop[0] - drop[1]) / (2e-5 * GAMMA)
    only = resonators.SmallSignal(0.5 * GAMMA, FOUND.total, FOUND.coupler)
    assert float(only.absolute(0.0).real) == pytest.approx(static, rel=1e-6)


def test_slow_drive_follows_the_static_curve_and_makes_an_eye() -> None:
    symbols = links.pam(links.prbs(7)[:8], 2)
    modulator = resonators.RingModulator(RING, 0.8 * GAMMA, offset=2.0, response=links.OnePole(40e9))
    slow = links.scaled(links.edges(symbols, 1e8, 8), 0.5)
    still = replace(modulator, response=None)
    power = links.power(still.field(slow)).value
    static = jnp.abs(modulator.out(modulator.still(slow.value).amplitude)) ** 2
    # the fastest edge takes 3 ns, the light some 10 ps
    np.testing.assert_allclose(power, static, atol=0.01 * float(jnp.max(static)))
    eye = links.folded(links.power(modulator.field(links.scaled(links.edges(symbols, 2e10, 8), 0.5))), symbols, 8)
    levels = links.outer(eye)
    assert 0 < float(levels.modulation) < float(jnp.max(static) - jnp.min(static)) * 1.3
    assert float(links.height(eye)[0]) > 0


HOT = resonators.RingModulator(RING, 0.0, power=1e-3, warm=resonators.Warm(resistance=3e5, time=2e-9, absorbed=0.7))


def test_heat_gives_two_states() -> None:
    """The cubic's roots, their number around the threshold, and which of them last."""
    power, detuning = resonators.threshold(HOT)
    at = replace(HOT, detuning=detuning)
    for share, count in ((0.97, 1), (1.03, 3)):
        # at the corner the ends of the region meet as a cusp, along δ/δ_c - 1 = (2/3)(P/P_c - 1)
        off = float(detuning) * (1 + 2 / 3 * (share - 1))
        found = resonators.steady(replace(at, power=share * power), off)
        assert np.sum(np.isfinite(found.energy)) == count
    strong = replace(HOT, power=3 * power, detuning=2.2 * detuning)
    states = resonators.steady(strong)
    np.testing.assert_array_equal(states.stable, [True, False, True])
    mu2 = float(2 * resonators.rates(RING).coupler)
    gamma, g = float(resonators.rates(RING).total), float(resonators.shift_per_joule(strong))
    left = states.energy * (gamma**2 + (float(strong.detuning) + g * states.energy) ** 2)
    np.testing.assert_allclose(left, mu2 * float(strong.power), rtol=1e-9)


@pytest.mark.validate
def test_light_finds_both_states() -> None:
    """Where the equations of motion end from a cold and from a hot ring: both stable roots of the cubic."""
    power, detuning = resonators.threshold(HOT)
    strong = replace(HOT, power=3 * power, detuning=2.2 * detuning)
    states = resonators.steady(strong)
    times = jnp.linspace(0.0, 24e-9, 5)  # twelve times that of the heat
    for k, start in ((0, 0.0), (2, states.warmth[2] * 1.1)):
        ended = resonators.run(strong, None, times, resonators.State(0.0, start))
        assert float(ended.warmth[-1]) == pytest.approx(states.warmth[k], rel=1e-4)  # exp(-12) of what it began with
        through = float(jnp.abs(strong.out(ended.amplitude[-1])) ** 2 / strong.power)
        assert through == pytest.approx(states.through[k], rel=1e-2)


@pytest.mark.validate
def test_two_photons_and_their_carriers_end_where_rates_balance() -> None:
    warm = resonators.Warm(resistance=2e4, time=2e-9, two_photon=8e-12, lifetime=1e-9, area=0.1)
    bright = replace(HOT, power=1e-3, detuning=-0.5 * GAMMA, warm=warm)  # the side that heat makes stable
    ended = resonators.run(bright, None, jnp.linspace(0.0, 24e-9, 5), resonators.State(0.0))
    found, omega = resonators.rates(RING), 2 * np.pi * constants.c / 1.55e-6
    volume, group = 0.1 * RING.length * 1e-18, constants.c / 3.9

    def balance(x: np.ndarray) -> list[float]:
        energy, warmth, pairs = x[0] * 1e-15, x[1], abs(x[2]) * 1e16
        two = 8e-12 * group**2 * energy / volume
        free = 1e2 * float(materials.carrier_absorption(pairs, pairs)) * group
        moved = 2e-4 * warmth + float(materials.carrier_index(pairs, pairs))
        size = float(found.total) + (two + free) / 2 + 1j * (-0.5 * GAMMA - omega / 3.9 * moved)
        lost = 2 * float(found.intrinsic) + two + free
        return [
            2 * float(found.coupler) * 1e-3 / abs(size) ** 2 * 1e15 - x[0],
            2e4 * lost * energy - warmth,
            two * energy / (2 * constants.hbar * omega * volume * 1e6) * 1e-9 / 1e16 - x[2],
        ]

    last = float(jnp.abs(ended.amplitude[-1]) ** 2 * 1e15), float(ended.warmth[-1]), float(ended.carriers[-1]) / 1e16
    np.testing.assert_allclose(last, fsolve(balance, last, xtol=1e-10), rtol=1e-4)
    assert last[2] > 1e-3  # carriers are there
    with pytest.raises(ValueError, match=r"no cubic"):
        resonators.steady(bright)


LOCK = resonators.Lock(target=0.25, integral=2e-4, proportional=0.0, period=1e-6, resistance=2e4, time=5e-6)


def lock_trace(integral: jax.Array, lock: resonators.Lock = LOCK) -> resonators.Trace:
    heat = jnp.concatenate([jnp.zeros(150), jnp.full(250, 0.4)])  # the surroundings warm up by 0.4 K
    ring = replace(RING, kappa2_drop=0.03, bias=None)
    start = resonators.set_point(ring, LOCK, -1)
    per_watt = 2 * np.pi * constants.c / 1.55e-6 * 2e-4 / 3.9 * 2e4
    cold = start + per_watt * 2e-3  # so that 2 mW lie at the set point
    return resonators.locked(ring, replace(lock, integral=integral), cold, 1.9e-3, heat)


def test_a_lock_settles_on_the_set_point_as_its_eigenvalue_says() -> None:
    ring = replace(RING, kappa2_drop=0.03, bias=None)
    target = float(resonators.set_point(ring, LOCK, -1))
    sign = -np.sign(float(resonators.loop(ring, LOCK, -1)[1, 0]))  # of the gain that holds
    trace = lock_trace(jnp.asarray(sign * 2e-4))
    for at in (149, 399):
        assert float(trace.reading[at]) == pytest.approx(0.25, abs=1e-4)
        assert float(trace.detuning[at]) == pytest.approx(target, rel=1e-3)
    # 0.4 K from outside are 0.4 K less from the heater
    assert float(trace.heater[149] - trace.heater[399]) == pytest.approx(0.4 / 2e4, rel=1e-3)
    step = np.asarray(resonators.loop(ring, replace(LOCK, integral=sign * 2e-4), -1))
    slowest = np.max(np.abs(np.linalg.eigvals(step)))
    assert slowest < 1
    off = np.abs(np.asarray(trace.reading[20:80]) - 0.25)
    near = off[(off < 3e-3) & (off > 1e-6)]
    assert near.size > 10
    if np.all(np.isreal(np.linalg.eigvals(step))):
        # linear to the share of the slope that 3e-3 of reading spans
        assert (near[-1] / near[0]) ** (1 / (near.size - 1)) == pytest.approx(slowest, rel=0.02)
    away = lock_trace(jnp.asarray(-sign * 2e-4))
    assert float(away.detuning[149]) * target < 0  # the wrong sign runs over the top, and holds on the other side

    def missed(integral: jax.Array) -> jax.Array:
        return lock_trace(integral).reading[12]

    slope = jax.grad(missed)(sign * 2e-4)
    difference = (missed(sign * 2e-4 + 1e-9) - missed(sign * 2e-4 - 1e-9)) / 2e-9
    assert float(slope) == pytest.approx(float(difference), rel=1e-5)


@pytest.mark.parametrize("polarisation", ["te", "tm"])
def test_galleries_approach_the_exact_cylinder(polarisation: resonators.disk.Polarisation) -> None:
    """Airy's form against roots of Bessel and Hankel functions: relative error falls as m^-2 or faster."""
    error, quality = [], []
    for order in (15, 30, 60):
        radius = 1.55 * order / (2 * np.pi * 2.4)
        near = resonators.asymptotic(2.83, radius, order, polarisation=polarisation)
        true, q = resonators.exact(2.83, radius, order, polarisation=polarisation)
        error.append(abs(float(near) / true - 1))
        quality.append(q)
    assert error[-1] < 1e-4
    assert np.all(np.log2(np.divide(error[:-1], error[1:])) > 2.0)
    assert quality[0] < 1e-2 * quality[1]  # bends radiate exponentially less
    slope = jax.grad(lambda n: resonators.asymptotic(n, 4.0, 30))(2.8)
    step = (resonators.asymptotic(2.8 + 1e-5, 4.0, 30) - resonators.asymptotic(2.8 - 1e-5, 4.0, 30)) / 2e-5
    assert float(slope) == pytest.approx(float(step), rel=1e-7)


def test_derivatives_of_a_spectrum() -> None:
    def passed(numbers: jax.Array) -> jax.Array:
        length, kappa2, n_eff, n_g, loss, drop, voltage = numbers
        ring = replace(RING, length=length, kappa2=kappa2, n_eff=n_eff, n_g=n_g, loss_db_cm=loss, kappa2_drop=drop)
        return jnp.abs(resonators.spectrum(ring, CENTRE + 1.5e-4, voltage).through) ** 2

    at = jnp.array([RING.length, 0.06, 2.5, 3.9, 20.0, 0.01, 1.0])
    both = jax.jit(jax.value_and_grad(passed))
    slope = both(at)[1]
    # steps that turn the phase by 1e-5 or so
    for k, step in enumerate((1e-6, 1e-6, 1e-7, 1e-3, 1e-4, 1e-6, 1e-3)):
        change = jnp.zeros(7).at[k].set(step)
        difference = (both(at + change)[0] - both(at - change)[0]) / (2 * step)
        assert float(slope[k]) == pytest.approx(float(difference), rel=1e-4)
        assert abs(float(slope[k])) > 0


@pytest.mark.validate
def test_a_pattern_starts_as_long_before_inside_jit() -> None:
    """A ring whose light lives longer than some samples; its bias and its coupler traced."""
    table = resonators.Bias(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1e-4, 1.8e-4]))
    drive = links.Waveform(0.25 + 0.25 * jnp.sin(2 * jnp.pi * jnp.arange(32) / 32), 1e-12)

    def last(kappa2: Any, offset: Any) -> Any:
        ring = resonators.Ring(60.0, kappa2, 2.4, 4.2, bias=table)
        return jnp.abs(resonators.RingModulator(ring, 1e10, offset).field(drive).value[-1])

    assert float(jax.jit(last)(0.002, 0.1)) == pytest.approx(float(last(0.002, 0.1)), rel=1e-5)


def test_derivative_through_time() -> None:
    """Of a power at the end of a run, by detuning and by laser power, through the integrator's adjoint."""

    def ended(detuning: jax.Array, power: jax.Array) -> jax.Array:
        modulator = replace(HOT, detuning=detuning, power=power)
        state = resonators.run(modulator, None, jnp.linspace(0.0, 4e-9, 5), resonators.State(0.0), most=4096)
        return state.warmth[-1]

    at = (-GAMMA, 1e-3)
    found = jax.grad(ended, argnums=(0, 1))(*at)
    for k, step in enumerate((1e-3 * GAMMA, 1e-6)):
        high, low = (ended(*(v + s * step * (j == k) for j, v in enumerate(at))) for s in (1, -1))
        # steps end to 1e-7, and differences of 1e-3 keep four digits of it
        assert float(found[k]) == pytest.approx(float(high - low) / (2 * step), rel=1e-3)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: resonators.Ring(0.0, 0.1, 2.5, 3.9), "length = 0 µm"),
        (lambda: resonators.Ring(60.0, 1.2, 2.5, 3.9), "kappa2 = 1.2"),
        (lambda: replace(RING, loss_db_cm=-1.0), "loss_db_cm = -1 dB/cm"),
        (lambda: resonators.Bias(np.array([1.0, 0.0]), np.zeros(2)), "must rise"),
        (lambda: resonators.Bias(np.array([0.0, 1.0]), np.zeros(3)), "one for each"),
        (lambda: resonators.Bias([1.0, 0.0], [0.0, 1e-4]), "must rise"),
        (lambda: resonators.Bias([0.0, 1.0], [0.0, np.nan]), "index = nan"),
        (lambda: resonators.resonance(RING, 1.55, 9.0), "9 V lies outside"),
        (lambda: resonators.shift_per_volt(replace(RING, bias=None)), "no bias"),
        (lambda: resonators.SmallSignal(0.0, -1.0, 1.0), "decay = -1"),
        (lambda: resonators.Warm(resistance=-1.0), "resistance = -1 K/W"),
        (lambda: resonators.steady(replace(HOT, warm=None)), "stays cold"),
        (lambda: resonators.run(HOT, None, jnp.array([1.0, 0.0]), resonators.State(0.0)), "rising"),
        (lambda: replace(LOCK, target=1.5), "target = 1.5"),
        (lambda: resonators.set_point(RING, replace(LOCK, target=0.99)), "never more"),
        (lambda: resonators.asymptotic(2.8, 3.0, 0), "order = 0"),
        (lambda: resonators.asymptotic(1.2, 3.0, 10), "denser"),
        (lambda: resonators.exact(2.8, 3.0, 10, polarisation="x"), "polarisation"),  # type: ignore[arg-type]
    ],
)
def test_bad_numbers_say_so(make, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        make()


def test_pictures(panels) -> None:
    wave = jnp.linspace(1.54, 1.56, 200)
    spectra = resonators.plot_spectra(RING, wave, (0.0, 3.0), panels[0])
    found = resonators.spectrum(RING, wave, 3.0)
    for line, amplitude in zip(spectra.lines[2:], (found.through, found.drop), strict=True):
        level = np.maximum(20 * np.log10(np.abs(amplitude)), -40.0)
        np.testing.assert_allclose(line.get_xydata(), np.stack([1e3 * wave, level], axis=-1), rtol=1e-12)
    assert (spectra.get_xlabel(), spectra.get_ylabel()) == ("wavelength (nm)", "transmission (dB)")
    answer, f = resonators.SmallSignal(2 * GAMMA, GAMMA, GAMMA / 2), np.array([1e9, 1e10, 4e10])
    small = resonators.plot_answer(answer, f, panels[1], "δ = 2 γ")
    np.testing.assert_allclose(small.lines[0].get_ydata(), 20 * np.log10(np.abs(answer(f))))
    assert (small.get_xlabel(), small.get_ylabel()) == ("frequency (GHz)", "response (dB)")
    times = np.linspace(0.0, 5e-11, 6)
    state = resonators.State(HOT.still().amplitude * (1 - np.exp(-GAMMA * times)), times * 1e10)
    run = resonators.plot_run(HOT, times, state, axes=panels[2])
    np.testing.assert_allclose(run.lines[0].get_xdata(), 1e12 * times)
    assert run.lines[0].get_ydata()[0] == pytest.approx(1.0)  # an empty ring lets all of 1 mW pass
    assert run.figure.axes[-1].get_ylabel() == "warmth (K), dashed"
    resonators.plot_run(HOT, times, state, links.Waveform(jnp.array([0.0, 1.0]), 2.5e-11), panels[3])
    np.testing.assert_allclose(run.figure.axes[-1].lines[0].get_ydata(), [0.0, 0.4, 0.8, 0.8, 0.4, 0.0], atol=1e-12)
    assert (run.get_xlabel(), run.get_ylabel()) == ("time (ps)", "power behind the ring (mW)")
    power, corner = resonators.threshold(HOT)
    bright, sweep = replace(HOT, power=3 * power), np.linspace(0.0, 4.0, 17) * float(corner)
    branches = resonators.plot_branches(bright, sweep, axes=panels[4])
    states = [resonators.steady(bright, d) for d in sweep]
    held = [(t, d) for d, s in zip(sweep, states, strict=True) for t in s.through[s.stable.astype(bool)]]
    stable, unstable = (line.get_xydata() for line in branches.lines)
    drawn = stable[~np.isnan(stable[:, 1])] * [2e9 * np.pi, 1.0]
    np.testing.assert_allclose(drawn[np.argsort(drawn[:, 1]), ::-1], sorted(held), rtol=1e-12)
    middle = sum(np.count_nonzero(np.isfinite(s.through)) == 3 for s in states)
    assert middle > 2
    assert np.count_nonzero(~np.isnan(unstable[:, 1])) == middle + 2  # and where it meets a branch at either fold
    labels = (branches.get_xlabel(), branches.get_ylabel())
    assert labels == ("cold resonance less laser (GHz)", "power behind the ring (of the laser's)")
    with pytest.raises(ValueError, match="give the times that `run` was given"):
        resonators.plot_run(HOT, times[1:], state)
    with pytest.raises(ValueError, match="it is 'through' or 'warmth'"):
        resonators.plot_branches(HOT, sweep, "drop")  # type: ignore[arg-type]
