"""Stacks of layers and Bragg gratings: limits that have formulas."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lingnan.solvers.devices import bragg
from lingnan.solvers.devices.multilayer import quarter_wave, response
from lingnan.solvers.tracing import checked


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.0])
def test_one_interface_is_fresnel(angle):
    n1, n2 = 1.444, 3.4757
    c1, c2 = np.cos(angle), np.sqrt(1 - (n1 / n2 * np.sin(angle)) ** 2)
    te, tm = (response([n1, n2], jnp.zeros(0), 1.55, angle, p) for p in ("te", "tm"))
    assert_allclose(te.r, (n1 * c1 - n2 * c2) / (n1 * c1 + n2 * c2), atol=1e-14)
    assert_allclose(tm.r, (n2 * c1 - n1 * c2) / (n2 * c1 + n1 * c2), atol=1e-14)  # of H, so Born & Wolf's sign


def test_brewster_and_total_reflection():
    brewster = np.arctan(1.5)
    assert_allclose(response([1.0, 1.5], jnp.zeros(0), 1.0, brewster, "tm").reflectance, 0, atol=1e-30)
    assert_allclose(response([1.5, 1.0], jnp.zeros(0), 1.0, 0.9, "te").reflectance, 1, atol=1e-14)


@pytest.mark.parametrize("pairs", [1, 5, 20])
def test_quarter_wave_stack(pairs):
    # Born & Wolf §1.6.5: R = ((1 - Y)/(1 + Y))², Y = (n_s/n_0) (n_h/n_l)^2N for (high, low) pairs on a substrate
    n0, nh, nl, ns = 1.0, 2.3, 1.38, 1.52
    index = [n0, *[nh, nl] * pairs, ns]
    thickness = [quarter_wave(n, 1.55) for n in index[1:-1]]
    y = ns / n0 * (nh / nl) ** (2 * pairs)
    assert_allclose(response(index, jnp.stack(thickness), 1.55).reflectance, ((1 - y) / (1 + y)) ** 2, rtol=1e-12)


@given(
    angle=st.floats(0, 1.4),
    thickness=st.lists(st.floats(0, 2), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
    polarization=st.sampled_from(["te", "tm"]),
)
def test_no_power_is_made_or_lost(angle, thickness, seed, polarization):
    n = 1 + 2.5 * np.random.default_rng(seed).random(len(thickness) + 2)
    result = response(n, jnp.asarray(thickness), 1.55, angle, polarization)
    assert_allclose(result.reflectance + result.transmittance, 1, atol=1e-11)


def test_absorption_takes_light_and_thick_layers_do_not_overflow():
    thin = response([1.0, 3.5 + 0.01j, 1.0], jnp.asarray([1.0]), 1.55)
    assert 0.01 < 1 - thin.reflectance - thin.transmittance < 0.5
    thick = response([1.0, 0.5 + 10j, 1.0], jnp.asarray([500.0]), 1.55)  # exp(-40000)
    assert thick.transmittance == 0
    assert_allclose(thick.r, (1 - (0.5 + 10j)) / (1 + (0.5 + 10j)), rtol=1e-13)


def test_gradient_is_the_central_difference_and_every_input_counts():
    def reflect(n, d, wavelength, angle):
        return response(n, d, wavelength, angle, "tm").reflectance

    args = (jnp.asarray([1.0, 2.0, 1.4, 3.5]), jnp.asarray([0.2, 0.3]), 1.55, 0.4)
    for k in range(4):
        slope = np.asarray(jax.grad(reflect, argnums=k)(*args))
        for i in np.ndindex(slope.shape):
            step = np.zeros(slope.shape)
            step[i] = 1e-5
            up, down = (reflect(*args[:k], args[k] + s * step, *args[k + 1 :]) for s in (1, -1))
            assert abs(slope[i]) > 1e-3
            assert_allclose(slope[i], (up - down) / 2e-5, rtol=1e-7)


def test_sweep_by_vmap():
    waves = jnp.linspace(1.5, 1.6, 5)
    many = jax.vmap(lambda w: response([1.0, 2.0, 1.5], jnp.asarray([0.3]), w).r)(waves)
    assert_allclose(many[3], response([1.0, 2.0, 1.5], jnp.asarray([0.3]), waves[3]).r, rtol=1e-14)


@pytest.mark.parametrize(
    ("n", "d", "wavelength", "angle", "word"),
    [
        ([1.0, 2.0], [0.1], 1.55, 0, "do not fit"),
        ([1.0, 2.0 - 0.1j, 1.0], [0.1], 1.55, 0, "exp\\(-iωt\\)"),
        ([1.0, 2.0, 1.0], [-0.1], 1.55, 0, "thickness"),
        ([1.0, 2.0, 1.0], [0.1], -1.0, 0, "wavelength"),
        ([1.0, 2.0, 1.0], [0.1], 1.55, 30.0, "degrees"),
        ([1.0, np.nan, 1.0], [0.1], 1.55, 0, "finite"),
        ([1.0, 2.0, 1.0], [0.1], [1.5, 1.6], 0, r"shape \(2,\)"),
    ],
)
def test_bad_input(n, d, wavelength, angle, word):
    with pytest.raises(ValueError, match=word):
        response(n, jnp.asarray(d), wavelength, angle)


@pytest.mark.parametrize(
    ("numbers", "word"),
    [((-0.1, 1.55, 0.0), "thickness"), ((0.1, -1.55, 0.0), "wavelength"), ((0.1, 1.55, 2.0), "degrees")],
)
def test_bad_input_where_it_is_traced(numbers, word):
    function = checked(jax.jit(lambda d, w, a: response([1.0, 2.0, 1.5], jnp.stack([d]), w, a).reflectance))
    with pytest.raises(ValueError, match=word):
        function(*numbers)


def test_bragg_grating_is_the_stack_of_its_layers():
    n1, n2, period, count = 2.40, 2.44, 0.32, 7
    grating = bragg.grating(n1, n2, period, count, 1.54)
    index = [n1, *[n1, n2] * count, n1]
    stack = response(index, jnp.full(2 * count, period / 2), 1.54)
    assert_allclose(grating.r, stack.r, atol=1e-14)
    assert bragg.grating(n1, n2, period, float(count), 1.54).r == grating.r  # type: ignore[arg-type]
    assert_allclose(jnp.abs(grating.r) ** 2 + jnp.abs(grating.t) ** 2, 1, atol=1e-13)


def test_weak_grating_follows_coupled_modes():
    # Coupled-mode theory is first order in Δn/n = 2e-3, and its peak and width are right to that order.
    low, high, count = 2.4, 2.405, 1000
    period = 1.55 / (low + high)
    peak = bragg.grating(low, high, period, count, 1.55)
    kappa, length = bragg.coupling(low, high, 1.55), count * period
    assert_allclose(jnp.abs(peak.r) ** 2, jnp.tanh(kappa * length) ** 2, rtol=2e-3)
    assert_allclose(bragg.coupled_mode(kappa, length), jnp.tanh(kappa * length) ** 2, rtol=1e-12)
    waves = np.linspace(1.545, 1.555, 4001)
    r2 = np.abs(np.asarray(jax.vmap(lambda w: bragg.grating(low, high, period, count, w).r)(jnp.asarray(waves)))) ** 2
    middle = len(waves) // 2
    left = middle - np.argmax(np.diff(r2[middle::-1]) > 0)
    right = middle + np.argmax(np.diff(r2[middle:]) > 0)
    expected = bragg.bandwidth(kappa, length, 1.55, (low + high) / 2)
    assert_allclose(waves[right] - waves[left], expected, rtol=5e-3)  # grid of the sweep: 2.5 pm of 1.5 nm


def test_coupled_mode_is_smooth_at_the_edge_of_the_stop_band():
    kappa, length = 0.01, 300.0
    at = bragg.coupled_mode(kappa, length, kappa)
    assert_allclose(at, (kappa * length) ** 2 / (1 + (kappa * length) ** 2), rtol=1e-9)
    near = [bragg.coupled_mode(kappa, length, kappa * (1 + s)) for s in (-1e-6, 1e-6)]
    assert_allclose(near, at, rtol=1e-4)
    assert bragg.coupled_mode(1.0, 1000.0) == 1  # by a sinh² that no float holds
    beside = 0.01 * np.sqrt(1 + (np.pi / 3) ** 2)  # κ L = 3: the first zero of bandwidth's formula
    assert_allclose(bragg.coupled_mode(kappa, length, beside), 0, atol=1e-15)


def test_lossy_grating_reflects_differently_from_its_two_ends():
    spectrum = bragg.grating(2.4 + 1e-3j, 2.5, 0.316, 60, 1.55)
    assert jnp.abs(spectrum.r) ** 2 + jnp.abs(spectrum.t) ** 2 < 0.999
    assert abs(abs(spectrum.r) - abs(spectrum.r_back)) > 1e-4
