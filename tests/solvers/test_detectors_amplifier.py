"""Noise of a transimpedance amplifier and the gain that bits want: integrals, drawn noise, and a search."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants
from scipy.integrate import trapezoid
from scipy.optimize import minimize_scalar

from lingnan.solvers import detectors, links

AMPLIFIER = detectors.Amplifier(2e3, 0.05, 80e-15, channel=1.5, temperature=330.0)
FILTER = links.BesselThomson(40e9)


def test_averaged_noise_is_the_variance_behind_the_filter() -> None:
    f = np.linspace(0.0, 2e12, 20001)
    variance = trapezoid(np.asarray(AMPLIFIER.density(f)) * np.abs(np.asarray(FILTER(f))) ** 2, f)
    white = AMPLIFIER.averaged(FILTER)
    # trapezoids of 1/400 of the bandwidth, squared; what lies above 50 of it is 1e-8
    assert float(white) ** 2 * FILTER.noise_bandwidth == pytest.approx(variance, rel=1e-5)
    noise = detectors.Noise(amplifier=white, load=None)
    assert float(noise.density(0.0)) == pytest.approx(float(white) ** 2, rel=1e-12)  # no resistor beside it
    assert float(detectors.receiver(noise, 0.9).thermal) == pytest.approx(float(white), rel=1e-12)


def test_limits_of_an_amplifier() -> None:
    """Without capacitance a resistor and its transistor are white; with much of it all is the channel's, as C f."""
    still = replace(AMPLIFIER, capacitance=0.0)
    hot = 4 * constants.Boltzmann * 330.0
    by_hand = hot / 2e3 + hot * 1.5 / 0.05 / 2e3**2
    assert float(still.averaged(FILTER)) == pytest.approx(np.sqrt(by_hand), rel=1e-12)
    # of a Gaussian exp(-(f/s)²) of power f² has the mean s²/2
    s, large = 30e9, replace(AMPLIFIER, capacitance=1e-9)
    gauss = large.averaged(lambda f: jnp.exp(-jnp.square(jnp.asarray(f) / s) / 2) + 0j, s)
    channel = hot * 1.5 / 0.05 * (2 * np.pi * 1e-9) ** 2 * s**2 / 2
    assert float(gauss) == pytest.approx(np.sqrt(channel), rel=1e-5)  # the rest is 1e-6 of it
    twice = replace(large, capacitance=2e-9).averaged(FILTER) / large.averaged(FILTER)
    assert float(twice) == pytest.approx(2.0, rel=1e-5)


def test_every_number_of_an_amplifier_moves_its_noise() -> None:
    def found(x: jax.Array) -> jax.Array:
        return 1e11 * detectors.Amplifier(x[0] * 1e3, x[1], x[2] * 1e-15, x[3], x[4]).averaged(
            links.BesselThomson(x[5] * 1e9), 30e9
        )

    at = jnp.array([2.0, 0.05, 80.0, 1.5, 330.0, 40.0])
    slopes, value = jax.jit(jax.grad(found))(at), jax.jit(found)
    for k in range(at.size):
        step = jnp.zeros(at.size).at[k].set(1e-4 * at[k])
        difference = (value(at + step) - value(at - step)) / (2e-4 * at[k])
        assert float(slopes[k]) == pytest.approx(float(difference), rel=1e-6)  # 1e-4 squared, times some
    assert np.all(np.sign(slopes) == [-1, -1, 1, 1, 1, 1])


def test_a_pole_alone_ends_no_noise_that_rises() -> None:
    with pytest.raises(ValueError, match=r"averaged: at 3e\+14 Hz the filter still passes"):
        AMPLIFIER.averaged(links.OnePole(40e9))
    for name in ("feedback", "transconductance", "channel", "temperature"):
        with pytest.raises(ValueError, match=f"{name} = 0"):
            replace(AMPLIFIER, **{name: 0.0})
    with pytest.raises(ValueError, match="capacitance = -1e-15 F"):
        replace(AMPLIFIER, capacitance=-1e-15)


@pytest.mark.parametrize("k", [0.1, 1.4])
def test_the_gain_that_bits_want_is_where_sensitivity_is_best(k: float) -> None:
    """Against a search over receivers; levels that go dark but for 60 dB."""
    thermal, width = 2e-11, 20e9

    @jax.jit
    def needed(log_gain: jax.Array) -> jax.Array:
        m = jnp.exp(log_gain)
        noise = detectors.Noise(amplifier=thermal, load=None, gain=m, excess=detectors.excess_noise(m, k))
        return links.sensitivity(detectors.receiver(noise, 0.9), width, extinction_db=60.0)

    closed = float(detectors.sensitive_gain(thermal, width, k, links.needed_q(1e-12)))
    best: Any = minimize_scalar(lambda x: 1e6 * float(needed(x)), bounds=(0.0, 4.0), method="bounded")
    assert np.exp(best.x) == pytest.approx(closed, rel=2e-3)  # the valley's bottom is flat: 1e-3 of a gain is 1e-7
    assert float(detectors.sensitive_gain(0.0, width, k)) == 1.0
