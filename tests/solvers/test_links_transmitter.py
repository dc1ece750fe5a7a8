"""Light behind a modulator and at the end of a fibre: curves, chirp, rise time, nulls of dispersion, gradients."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import jv

from lingnan.solvers import links

RATE, SAMPLES, COUNT = 50e9, 16, 64
SYMBOLS = links.pam(links.prbs(7), 2)[:COUNT]
DRIVE = links.edges(SYMBOLS, RATE, SAMPLES, rise=5e-12)


def sine(amplitude: float, cycles: int = 8, count: int = COUNT * SAMPLES) -> links.Waveform:
    return links.Waveform(amplitude * jnp.cos(2 * jnp.pi * cycles * jnp.arange(count) / count), DRIVE.step)


def test_power_over_voltage_is_the_square_of_a_sine():
    v = links.Waveform(jnp.linspace(-4, 4, COUNT * SAMPLES), 1e-12)
    modulator = links.MachZehnder(3.0, power=2e-3, loss_db=3.0)
    expected = 2e-3 * 10**-0.3 * np.sin(np.pi / 4 + np.pi * np.asarray(v.value) / 6) ** 2
    np.testing.assert_allclose(links.power(modulator.field(v)).value, expected, rtol=1e-12, atol=1e-18)
    # arms unlike by δ: 1/δ² between light and dark, whatever the asymmetry
    unlike = replace(modulator, imbalance=0.1, asymmetry=1.0, bias=0.0)
    seen = [float(links.power(unlike.field(links.Waveform(jnp.full(4, u), 1e-12))).value[0]) for u in (0.0, 3.0)]
    assert 10 * np.log10(seen[0] / seen[1]) == pytest.approx(20.0, abs=1e-9)
    assert float(unlike.extinction_db) == pytest.approx(20.0, abs=1e-12)


@pytest.mark.parametrize(("asymmetry", "alpha"), [(0.0, 0.0), (1.0, -1.0), (-1.0, 1.0)])
def test_chirp_at_quadrature(asymmetry: float, alpha: float):
    """None for push-pull; ±1 for one arm, and blue on a rising power where the falling phase is the driven one."""
    small = sine(0.01)
    field = links.MachZehnder(4.0, asymmetry=asymmetry).field(small)
    # small signals: the next order is (π v/V_pi)² = 6e-5
    assert float(links.chirp_parameter(field)) == pytest.approx(alpha, abs=1e-4)
    rise = jnp.gradient(links.power(field).value)
    assert float(jnp.sum(rise * links.chirp(field).value)) * alpha >= 0


def test_imbalance_chirps_a_push_pull_modulator():
    """α = -2δ/(1 - δ²) from the phase of cos + iδ sin at quadrature, where d|E|²/dθ = -(1 - δ²) sin θ/2. Derived here.

    dφ/dθ = δ/(2|E|²), so α = 2 P dφ/dP in the light's sign is -2P (δ/2P)/((1 - δ²)/2) with θ rising towards 0.
    """
    delta = 0.2
    field = links.MachZehnder(4.0, imbalance=delta).field(sine(0.01))
    assert float(links.chirp_parameter(field)) == pytest.approx(-2 * delta / (1 - delta**2), rel=1e-4)


def test_phase_modulation_has_bessel_sidebands():
    depth = 1.2
    field = links.PhaseModulator(4.0, power=1.0).field(sine(4.0 * depth / np.pi))
    lines = np.abs(np.fft.fft(np.asarray(field.value))) / field.value.size
    np.testing.assert_allclose(lines[[0, 8, 16, 24, 32]], np.abs(jv(np.arange(5), depth)), atol=1e-14)


def test_a_curve_is_the_modulator_that_it_was_sampled_from():
    volts = np.linspace(-3, 3, 241)
    modulator = links.MachZehnder(4.0, asymmetry=0.5, imbalance=0.05)
    amplitude = modulator.field(links.Waveform(jnp.asarray(volts), 1.0)).value / np.sqrt(1e-3)
    response = links.OnePole(30e9)
    drive = links.scaled(DRIVE, 2.0)
    field = links.Curve(volts, amplitude, response).field(drive)
    exact = replace(modulator, response=response).field(drive)
    # cubic over steps of 0.025 V: (h π/V_pi)³/12 = 6e-7 of the field, less where slopes are exact to h²
    np.testing.assert_allclose(field.value, exact.value, atol=1e-6 * np.sqrt(1e-3))


def test_rise_time_of_one_pole():
    """ln 9/(2π) = 0.35 over the bandwidth, from 10 % to 90 % of a small step."""
    bandwidth = 12e9
    drive = links.edges(np.repeat([-1.0, 1.0], 16), RATE, 32, rise=2e-12)
    modulator = links.MachZehnder(4.0, links.OnePole(bandwidth))
    p = np.asarray(links.power(modulator.field(links.scaled(drive, 0.02))).value)
    up = slice(16 * 32 - 32, 32 * 32 - 32)
    level = (p[up] - p[up].min()) / (p[up].max() - p[up].min())
    begin = int(np.argmax(level > 0.02))
    t = np.arange(level.size) * float(drive.step)
    rising = slice(begin, begin + 32 * 4)
    took = np.diff(np.interp([0.1, 0.9], level[rising], t[rising]))[0]
    # the edge's own 2 ps adds (2/29)²/2 = 0.2 %, sin x another 1e-4, 40 % of 0.625 ps are interpolated
    assert took * bandwidth == pytest.approx(np.log(9) / (2 * np.pi), rel=5e-3)


@pytest.mark.parametrize("asymmetry", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("d", [17.0, -17.0])
def test_small_signals_over_a_fibre(asymmetry: float, d: float):
    """The field that was propagated has the power that the formula says, and none at the null."""
    fibre = links.Fibre(60.0, d)
    null = float(links.first_null(fibre, -asymmetry))
    assert float(links.small_signal(fibre, null, -asymmetry)) == pytest.approx(0.0, abs=1e-12)
    if asymmetry == 0:  # c/(2 D L λ²)
        assert null == pytest.approx(np.sqrt(299792458 / (2 * 17e-6 * 60e3 * 1.55e-6**2)), rel=1e-12)
    f = 8 / (COUNT * SAMPLES * float(DRIVE.step))
    # the same angle ϑ ~ L f²: one frequency of the pattern, fibres of different length
    for share in (0.3, 0.8, 1.0):
        here = replace(fibre, length_km=60.0 * (share * null / f) ** 2)
        field = links.MachZehnder(4.0, asymmetry=asymmetry).field(sine(0.004))
        sent, arrived = (
            np.fft.rfft(np.asarray(links.power(x).value))[8] for x in (field, links.propagated(field, here))
        )
        # third order in π v/V_pi = 3e-3
        assert (arrived / sent).real == pytest.approx(float(links.small_signal(here, f, -asymmetry)), abs=1e-4)


def test_fibre_there_and_back():
    field = links.MachZehnder(4.0, asymmetry=0.3).field(links.scaled(DRIVE, 1.5))
    fibre = links.Fibre(5.0, 17.0, slope_ps_nm2_km=0.06, loss_db_km=0.2)
    far = links.propagated(field, fibre)
    energy = [float(jnp.sum(links.power(x).value)) for x in (field, far)]
    assert 10 * np.log10(energy[0] / energy[1]) == pytest.approx(1.0, abs=1e-12)
    back = links.propagated(far, links.Fibre(5.0, -17.0, slope_ps_nm2_km=-0.06))
    np.testing.assert_allclose(back.value * 10**0.05, field.value, atol=1e-13)
    # D is -(2πc/λ²) β2 and S its slope: by differences of the delay dβ/dω over wavelength
    beta2, beta3 = (float(b) for b in links.Fibre(1.0, 17.0, slope_ps_nm2_km=0.06).beta)
    w = 2 * np.pi * 299792458 / (1.55e-6 + np.array([-1e-9, 0.0, 1e-9])) - 2 * np.pi * 299792458 / 1.55e-6
    delay = (beta2 * w + beta3 * w**2 / 2) * 1e3 / 1e-12  # ps in a km
    assert (delay[2] - delay[0]) / 2 == pytest.approx(17.0, rel=1e-3)
    assert delay[2] - 2 * delay[1] + delay[0] == pytest.approx(0.06, rel=2e-3)  # (ω/λ)² terms: 1.3e-3


def test_dispersion_closes_an_nrz_eye():
    """10 Gb/s without chirp: 1 dB near B² D L = 1e5 (Gb/s)² ps/nm, a rule of thumb (60 km of 17 ps/(nm km))."""
    symbols = links.pam(links.prbs(7), 2)
    drive = links.scaled(links.edges(symbols, 10e9, SAMPLES, rise=30e-12), 2.0)
    field = links.MachZehnder(4.0).field(drive)
    heights = []
    for length in (0.0, 60.0):
        p = links.filtered(links.power(links.propagated(field, links.Fibre(length, 17.0))), links.BesselThomson(7.5e9))
        heights.append(float(links.height(links.folded(p, symbols, SAMPLES))[0]))
    # a rule of thumb: between a half and two
    assert 0.5 < 10 * np.log10(heights[0] / heights[1]) < 2.0


def figures(p: jax.Array) -> jax.Array:
    """Extinction, soft opening and chirp over V_pi, bandwidth, imbalance, asymmetry and fibre."""
    modulator = links.MachZehnder(p[0], links.OnePole(p[1] * 1e9), imbalance=p[2], asymmetry=p[3])
    field = modulator.field(links.scaled(DRIVE, 1.5))
    light = links.power(links.propagated(field, links.Fibre(p[4], 17.0)))
    eye = links.folded(light, SYMBOLS, SAMPLES, levels=2)
    soft = links.opening(eye, softness=2e-5)
    return jnp.stack([links.outer(eye).extinction_db, 1e3 * soft[0, SAMPLES // 2], links.chirp_parameter(field)])


AT = jnp.array([3.5, 32.0, 0.08, 0.3, 1.0])


def test_gradients():
    value = jax.jit(figures)
    differences = [(value(AT + h) - value(AT - h)) / 2e-4 for h in 1e-4 * jnp.eye(5)]
    # second order in 1e-4, and round-off of 1e-12 in 1e-4
    np.testing.assert_allclose(jax.jit(jax.jacrev(figures))(AT).T, differences, rtol=2e-5, atol=1e-7)


def test_samples_of_a_process_are_mapped():
    """V_pi, bandwidth, imbalance … of many devices at once are what each gives alone."""
    rng = np.random.default_rng(2)
    many = AT * (1 + 0.05 * rng.standard_normal((8, 5)))
    np.testing.assert_allclose(
        jax.jit(jax.vmap(figures))(many), [jax.jit(figures)(one) for one in many], rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: links.MachZehnder(0.0), "v_pi = 0 V: it must be finite and more than 0 V"),
        (lambda: links.MachZehnder(3.0, imbalance=1.0), "imbalance = 1"),
        (lambda: links.MachZehnder(3.0, asymmetry=2.0), "asymmetry = 2"),
        (lambda: links.MachZehnder(3.0, loss_db=-1.0), "loss_db = -1 dB: it must be 0 dB or more"),
        (lambda: links.MachZehnder(3.0).field(links.Waveform(jnp.zeros(4, complex), 1.0)), "a complex drive"),
        (lambda: links.Curve(np.linspace(-1, 1, 5), np.ones(5)).field(links.scaled(DRIVE, 2.0)), "from -2 to 2 V"),
        (lambda: links.Fibre(-1.0, 17.0), "length_km = -1 km"),
    ],
)
def test_bad_input(make: Any, says: str):
    with pytest.raises(ValueError, match=says):
        make()
