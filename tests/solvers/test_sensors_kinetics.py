"""Binding: closed forms, limits of transport and competition, and rates from noisy sensorgrams with a reference."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import sensors
from lingnan.solvers.sensors import kinetics, sensorgram
from lingnan.solvers.sensors.kinetics import Pulse

K_ON, K_OFF, C = 1e5, 1e-3, 1e-8
TIME = jnp.linspace(0.0, 3000.0, 61)
PULSE = Pulse(0.0, 1500.0)


def test_langmuir_in_closed_form():
    assert_allclose(kinetics.equilibrium(K_ON, K_OFF, C), 0.5, rtol=1e-14)
    t90 = np.log(10) / (K_ON * C + K_OFF)
    assert_allclose(t90, 1151.3, atol=0.05)  # digits in print
    assert_allclose(kinetics.langmuir(t90, K_ON, K_OFF, C), 0.45, rtol=1e-12)
    after = kinetics.langmuir(PULSE.end + np.log(2) / K_OFF, K_ON, K_OFF, C, PULSE)
    assert_allclose(after, kinetics.langmuir(PULSE.end, K_ON, K_OFF, C, PULSE) / 2, rtol=1e-12)
    late = kinetics.langmuir(jnp.asarray([0.0, 99.0, 200.0]), K_ON, K_OFF, C, Pulse(100.0, 150.0), start=0.3)
    assert_allclose(late[:2], 0.3 * np.exp(-K_OFF * np.asarray([0.0, 99.0])), rtol=1e-12)


@pytest.mark.validate
def test_transport_between_its_limits():
    """Fast transport is Langmuir's law; slow transport brings k_m c a second until half of the sites are taken."""
    sites = 1e-8

    @jax.jit
    def run(k_m):
        return kinetics.transported(TIME, K_ON, K_OFF, C, k_m, sites, PULSE)

    fast = run(1e-1)
    # c_s lags by k_on sites/k_m, 1e-5 of c in litres
    assert_allclose(fast, kinetics.langmuir(TIME, K_ON, K_OFF, C, PULSE), atol=2e-5)
    slow = run(1e-10)
    assert_allclose(slow[1], 1e-10 * 1e3 * C / sites * float(TIME[1]), rtol=2e-2)
    middle = run(1e-6)
    assert float(slow[10]) < float(middle[10]) < float(fast[10])
    # derivatives through the solver. Its output between steps is good to 1e-7 of a coverage (seen before the tolerance
    # was set): 2.5 of a slope over steps of 4 %, of which two together leave no h²
    slope = jax.jit(jax.jacfwd(run))(1e-6)
    fine, coarse = ((run(1e-6 + h) - run(1e-6 - h)) / (2 * h) for h in (4e-8, 8e-8))
    assert_allclose(slope, (4 * fine - coarse) / 3, rtol=1e-3, atol=2.5)


@pytest.mark.validate
def test_two_analytes_for_one_site():
    two = jnp.asarray([K_ON, 3e4]), jnp.asarray([K_OFF, 2e-4]), jnp.asarray([C, 2e-8])
    both = jax.jit(lambda t: kinetics.competing(t, *two))(jnp.linspace(0.0, 1e5, 11))
    shares = two[2] * two[0] / two[1]  # c/K_D
    assert_allclose(both[-1], shares / (1 + jnp.sum(shares)), rtol=1e-6)
    # one alone, or one that does not bind, is Langmuir's
    none = jax.jit(lambda t: kinetics.competing(t, two[0], two[1], two[2] * jnp.asarray([1.0, 0.0])))(TIME)
    assert_allclose(none[:, 0], kinetics.langmuir(TIME, K_ON, K_OFF, C), atol=1e-7)
    assert_allclose(none[:, 1], 0.0, atol=1e-12)


def test_rates_from_channels_with_drift_and_a_reference():
    """Two hundred experiments: the fit scatters as Fisher says; a reference takes drift and the sample's index away."""
    concentrations, sigma, full = jnp.asarray([2e-9, 1e-8, 5e-8]), 0.5, 100.0
    true = jnp.log(jnp.asarray([K_ON, K_OFF, full]))
    clear = sensorgram.modelled(true, TIME, concentrations, PULSE)
    on = (PULSE.end > TIME).astype(float)
    common = 0.01 * TIME + 20.0 * on + 3.0 * kinetics.langmuir(TIME, 1e3, 1e-4, 1e-6, PULSE)

    @jax.jit
    def run(key):
        one, two = jax.random.normal(key, (2, 200, 3, TIME.size)) * sigma / np.sqrt(2)
        signal, reference = clear + 1.1 * common + one, common + two / 1.1
        traces = sensorgram.referenced(signal, reference, 1.1)

        def one_of(y):
            found = sensorgram.fitted(TIME, y, concentrations, sigma, (3e4, 3e-3, 60.0), PULSE)
            return found, found.spread

        return jax.vmap(one_of)(traces)

    found, spreads = run(jax.random.key(5))
    for name, value, place in (("k_on", K_ON, 0), ("k_off", K_OFF, 1), ("k_d", K_OFF / K_ON, 3)):
        spread = spreads[:, place]
        ratio = np.asarray(getattr(found, name)) / value
        said = float(np.mean(np.asarray(spread)))
        # 200 experiments know a spread to 5 % at one σ, and a mean to 7 % of it
        assert_allclose(np.std(ratio), said, rtol=0.2, err_msg=name)
        assert abs(np.mean(ratio) - 1) < 0.3 * said, name
    assert_allclose(np.mean(np.asarray(found.misfit)), 3 * TIME.size - 3, rtol=0.03)


def test_drift_before_the_analyte_is_taken_off():
    t = np.linspace(0.0, 100.0, 101)
    bound = np.where(t > 50, 1 - np.exp(-(t - 50) / 20), 0.0)
    assert_allclose(sensorgram.steadied(t, bound + 3 + 0.1 * t, 50.0), bound, atol=1e-9)
    many = sensorgram.steadied(t, np.stack([bound + 3 + 0.1 * t, bound - 0.2 * t]), 50.0)
    assert_allclose(many, np.stack([bound, bound]), atol=1e-9)
    with pytest.raises(ValueError, match=r"until = 0\.5 s leaves 1 samples"):
        sensorgram.steadied(t, t, 0.5)


def test_a_layer_shifts_a_line():
    guide = sensors.Guide(1.55, 2.33, 4.37, bulk=0.195, surface=0.39)
    shift = kinetics.shift_nm(guide, 0.5, 4.0, 1e-3)
    assert_allclose(shift, 1.55 / 4.37 * (0.39 * 2.0 + 195.0 * 1e-3), rtol=1e-12)


def test_negative_concentrations_and_rates_are_refused():
    with pytest.raises(ValueError, match=r"langmuir: concentration = -1e-09 mol/L: it must be 0 mol/L or more"):
        kinetics.langmuir(TIME, K_ON, K_OFF, -1e-9)
    with pytest.raises(ValueError, match=r"competing: concentration = -1 mol/L"):
        kinetics.competing(TIME, jnp.ones(2), jnp.ones(2), jnp.asarray([1.0, -1.0]))
    with pytest.raises(ValueError, match=r"transported: k_m = 0 m/s"):
        kinetics.transported(TIME, K_ON, K_OFF, C, 0.0, 1e-8)
    with pytest.raises(ValueError, match=r"k_on = -5"):
        kinetics.equilibrium(-5.0, K_OFF, C)
