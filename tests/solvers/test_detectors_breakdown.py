"""Germanium that multiplies and breaks down: McIntyre's integrals, published diodes, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid, solve_bvp, trapezoid
from scipy.optimize import brentq

from lingnan.solvers import detectors
from lingnan.solvers.semiconductors.breakdown import BreakdownError
from lingnan.solvers.tracing import CheckError, checked
from lingnan.solvers.validation.receivers import CASES, abrupt

DIODE = detectors.Photodiode(width=1.0, length=10.0, depleted=0.4)
LEAK = detectors.Leakage(bulk=5.0, frenkel=False)
NEAR = 8.7  #: V, of 8.93


def test_breakdown_is_where_gain_has_no_limit() -> None:
    gaps = np.array([0.1, 0.4, 1.0, 5.0])
    fields = detectors.breakdown_field(gaps)
    np.testing.assert_allclose(detectors.ionisation(gaps, fields), 1.0, rtol=1e-12)
    alpha, beta = detectors.germanium_rates(fields)
    np.testing.assert_allclose(alpha * gaps, detectors.breakdown(beta / alpha), rtol=1e-12)  # McIntyre's closed form
    most = float(detectors.breakdown_voltage(DIODE))
    short = np.array([1e-2, 1e-3])
    gains = np.asarray(detectors.multiplied(DIODE, most * (1 - short)).gain)
    assert gains[1] / gains[0] == pytest.approx(10.0, rel=0.05)  # a pole: 1/(V_b - V), and terms of 1e-2


def test_sheets_are_mcintyres() -> None:
    """From the p side electrons enter, from the n side holes do, for which k is turned over; and by his integrals."""
    alpha, beta = detectors.germanium_rates((NEAR + 0.5) / 0.4e-4)
    for side, own, k in ((0.0, alpha, beta / alpha), (1.0, beta, alpha / beta)):
        found = detectors.multiplied(DIODE, NEAR, detectors.sheet(side))
        assert float(found.gain) == pytest.approx(float(detectors.gain(own * 0.4, k)), rel=1e-10)
        assert float(found.excess) == pytest.approx(float(detectors.excess_noise(found.gain, k)), rel=1e-10)
    by_parts = detectors.profile(jnp.full(4001, alpha), jnp.full(4001, beta), 0.4)
    electrons = detectors.multiplied(DIODE, NEAR, detectors.sheet(0.0))
    np.testing.assert_allclose(electrons, by_parts, rtol=1e-5)  # trapezoids of 1/4000, squared, at a gain of 20


def test_gain_and_noise_of_pairs_that_are_made_all_along() -> None:
    """The currents of both carriers by quadrature, and every ionisation's noise multiplied like its pair."""
    alpha, beta = (float(rate) * 0.4 for rate in detectors.germanium_rates((NEAR + 0.5) / 0.4e-4))
    s = np.linspace(0.0, 1.0, 40001)
    made = np.exp(-2.0 * s) * 2.0 / -np.expm1(-2.0)
    grown = np.exp((alpha - beta) * (1 - s))
    each = grown / (1 - trapezoid(beta * grown, s))
    mean = trapezoid(made * each, s)
    # I_n' = (α - β) I_n + β M + g, from 0 where no electrons enter
    back = np.exp((beta - alpha) * s)
    electrons = cumulative_trapezoid((beta * mean + made) * back, s, initial=0) / back
    assert electrons[-1] == pytest.approx(mean, rel=1e-6)  # no holes enter at the n side
    noise = trapezoid((made + alpha * electrons + beta * (mean - electrons)) * each**2, s)
    found = detectors.multiplied(DIODE, NEAR, detectors.exponential(2.0))
    assert float(found.gain) == pytest.approx(mean, rel=1e-7)  # trapezoids of 1/40000, squared
    assert float(found.excess) == pytest.approx(noise / mean**2, rel=1e-6)
    low = detectors.multiplied(DIODE, 1.0)
    assert float(low.gain) == pytest.approx(1.0, abs=1e-12)
    assert float(low.excess) == pytest.approx(1.0, abs=1e-11)


def test_published_diodes() -> None:
    """IMPATT diodes of about 60 V, and noise of gains of 10: the case of `make validate`, which says whose."""
    case = next(case for case in CASES if case.name == "germanium that breaks down")
    assert all(row.inside for row in case.run().rows)
    # a wedge that ionises at its peak alone holds a higher peak than a gap of one field
    assert abrupt(5.0) > float(detectors.breakdown_field(5.0)) * 5e-4 / 2


def test_another_fit_of_rates_breaks_down_at_like_fields() -> None:
    """That of the open simulator Genius, older data: a exp(-E_g/(q λ E)), λ by phonons of 37 meV. Fits of different
    diodes: 5 %, known when set."""
    phonons = np.tanh(0.037 / (2 * 8.617333e-5 * 300.0))
    fits = ((1.55e3, 0.66 / (6.88825e-7 * phonons)), (1.0e3, 0.66 / (8.39505e-7 * phonons)))

    def left(field: float, gap: float) -> float:
        alpha, beta = (a * np.exp(-b / field) for a, b in fits)
        return alpha * gap * -np.expm1(-(alpha - beta) * gap) / ((alpha - beta) * gap) - 1

    for gap in (0.3, 1.0, 2.0):
        assert float(detectors.breakdown_field(gap)) == pytest.approx(brentq(left, 1e5, 4e5, args=(gap,)), rel=0.05)


def test_slopes_are_differences() -> None:
    def numbers(x: jax.Array) -> jax.Array:
        diode = replace(DIODE, depleted=x[0])
        found = detectors.multiplied(diode, x[1], detectors.exponential(x[2]), x[3])
        return jnp.stack([detectors.breakdown_voltage(diode, x[3]), found.gain, found.excess])

    at = jnp.array([0.4, 8.0, 1.5, 0.4])
    f, slopes = jax.jit(numbers), jax.jit(jax.jacfwd(numbers))(at)
    for k in range(4):
        step = jnp.zeros(4).at[k].set(1e-5)
        difference = (f(at + step) - f(at - step)) / 2e-5
        np.testing.assert_allclose(slopes[:, k], difference, rtol=1e-5, atol=1e-9)  # round-off of 1e-15/1e-5
    assert np.all(np.abs(slopes[1:]) > 0)


def adjoint(f: float, alpha: float, beta: float, place: np.ndarray) -> np.ndarray:
    """Charge of pairs in a gap of 0.4 µm, of 6e6 and 4e6 cm/s, by collocation: the equations of `buildup`."""
    electrons, holes = (2j * np.pi * f * 0.4e-4 / v for v in (6e6, 4e6))

    def slopes(s: np.ndarray, y: np.ndarray) -> np.ndarray:
        a, b = y[0] + 1j * y[1], y[2] + 1j * y[3]
        da, db = -(electrons + alpha) * a - alpha * b - 1, beta * a + (holes + beta) * b + 1
        return np.stack([da.real, da.imag, db.real, db.imag])

    def ends(first: np.ndarray, last: np.ndarray) -> np.ndarray:
        return np.array([last[0], last[1], first[2], first[3]])

    y = solve_bvp(slopes, ends, np.linspace(0, 1, 41), np.ones((4, 41)), tol=1e-8, max_nodes=20000).sol(place)
    return y[0] + y[2] + 1j * (y[1] + y[3])


def test_a_gain_takes_time() -> None:
    """Against collocation, the response without ionisation, and what gain times bandwidth tends to."""
    alpha, beta = (float(rate) for rate in detectors.germanium_rates(2.3e5))
    light = detectors.exponential(1.5)
    still = detectors.Transit(0.4, 6e6, 4e6, light)
    f = np.array([1e9, 2e10, 1e11])
    found = replace(still, alpha=alpha, beta=beta)(f)
    gain = detectors.multiplied(DIODE, 2.3e5 * 0.4e-4 - 0.5, light).gain
    for k in range(3):
        made = adjoint(f[k], 0.4 * alpha, 0.4 * beta, np.asarray(light.place))
        np.testing.assert_allclose(found[k], np.sum(light.weight * made) / gain, rtol=1e-7)
    np.testing.assert_allclose(replace(still, alpha=1e-12, beta=2e-12)(f), still(f), rtol=1e-10)
    equal = detectors.Transit(0.4, 6e6, 6e6, detectors.uniform(), 0.99 / 0.4, 0.99 / 0.4)  # a gain of 100
    assert 100 * float(detectors.bandwidth(equal)) / (6e6 / 0.4e-4) == pytest.approx(3 / (2 * np.pi), rel=3e-3)  # 1/M


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_slopes_of_slow_light_with_equal_rates(rate: float) -> None:
    """The mean gain there is divided out, so that rates move nothing; the eigenvalues meet."""

    def size(alpha: jax.Array) -> jax.Array:
        moving = detectors.Transit(0.4, 6e6, 4e6, detectors.uniform(), alpha, alpha)
        return jnp.abs(moving(0.0))

    assert abs(float(jax.grad(size)(rate))) < 1e-7  # 1e-8 in place of a square of eigenvalues


def test_bandwidth_falls_near_breakdown_and_has_slopes() -> None:
    bands = [float(detectors.bandwidth(detectors.respond(DIODE, v))) for v in (3.0, 8.5)]
    assert bands[1] < 0.3 * bands[0]
    low = detectors.respond(DIODE, 1.0)
    assert low.parts[0].alpha == 0.0

    def size(x: jax.Array) -> jax.Array:
        moving = detectors.Transit(x[0], x[1] * 1e6, x[2] * 1e6, detectors.sheet(x[3]), x[4], x[5])
        return jnp.abs(moving(2e10))

    at = jnp.array([0.4, 6.0, 4.0, 0.3, 1.5, 2.0])
    value, slopes = jax.jit(size), jax.jit(jax.grad(size))(at)
    for k in range(6):
        step = jnp.zeros(6).at[k].set(1e-5)
        assert float(slopes[k]) == pytest.approx(float(value(at + step) - value(at - step)) / 2e-5, rel=1e-6)


WAYS: dict[str, Callable[[Any], Any]] = {
    "field_in": lambda v: detectors.field_in(DIODE, v),
    "respond": lambda v: detectors.respond(DIODE, v, multiplying=False)(1e9),
    "dark_current": lambda v: detectors.dark_current(DIODE, LEAK, v),
    "screened": lambda v: detectors.screened(DIODE, v, 1.0, 0.5),
    "densest": lambda v: detectors.densest(DIODE, v),
    "saturation_current": lambda v: detectors.saturation_current(DIODE, v),
    "multiplied": lambda v: detectors.multiplied(DIODE, v).gain,
}
SAID = r"bias = 100 V: germanium depleted over 0\.4 µm breaks down at 8\.93 V, in a mean field of 2\.36e\+05 V/cm"


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_a_bias_ends_at_breakdown(way: str) -> None:
    with pytest.raises(BreakdownError, match=SAID) as refused:
        WAYS[way](100.0)
    assert refused.value.ionisation > 1
    assert refused.value.field == pytest.approx(100.5 / 0.4e-4)
    with pytest.raises(ValueError, match=r"bias = -1 V: it must be 0 V or more"):
        WAYS[way](-1.0)
    with pytest.raises(ValueError, match=r"bias = nan V"):
        WAYS[way](np.nan)


def test_inside_jit_it_is_nan_with_a_warning_and_a_failed_check_in_checked() -> None:
    current = WAYS["saturation_current"]
    with pytest.warns(UserWarning, match=SAID):
        found = jax.jit(jax.vmap(current))(jnp.array([2.0, 100.0]))
    np.testing.assert_allclose(found, [current(2.0), np.nan], rtol=1e-12)
    with pytest.warns(UserWarning, match=r"depleted over 0\.05 µm breaks down at 1\."):
        thin = jax.jit(lambda gap: detectors.dark_current(replace(DIODE, depleted=gap), LEAK, 2.0))(0.05)
    assert np.isnan(thin)
    with pytest.raises(CheckError, match=SAID):
        checked(jax.jit(current))(100.0)


def test_a_gain_is_smooth_where_both_carriers_ionise_alike() -> None:
    """Its second derivative by k at 1, where a quotient is a series: cut too early it was 31 % low."""
    step = 1e-3
    second = jax.grad(jax.grad(lambda k: detectors.gain(0.6, k)))(1.0)
    low, at, high = (float(detectors.gain(0.6, k)) for k in (1 - step, 1.0, 1 + step))
    assert second == pytest.approx((high - 2 * at + low) / step**2, rel=1e-4)  # by the square of the step
