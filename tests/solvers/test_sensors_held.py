"""Sensors that stand on a slope read by the same chain as those that are scanned."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import constants

from lingnan.solvers import sensors
from lingnan.solvers.fields import current, electric
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.rotation import coil, ring
from lingnan.solvers.sensors import Chain, Converter, Detector, Laser
from lingnan.solvers.sensors.detector import shown

WIDTH = 1e-5  #: of a line [µm]
DETECTOR = Detector(0.9, 1e5, 2e-12)


def line(w: Any, shift_pm: Any) -> Any:
    """A Lorentzian dip of nine tenths, moved [pm]."""
    return 1 - 0.9 / (1 + (2 * (w - 1.55 - 1e-6 * shift_pm) / WIDTH) ** 2)


SIDE = 1.55 + WIDTH / (2 * np.sqrt(3))  #: where it is steepest


def test_a_field_and_a_turn_have_the_noise_that_their_own_formulas_give() -> None:
    receiver = Receiver(responsivity=0.9, thermal=2e-12, rin_db_hz=-150.0)
    chain = Chain(Laser(1e-3, 0.0, -150.0), DETECTOR)
    sensor = electric.Sensor(half_wave=3e6, n_g=2.2, length=10.0, loss_db=6.0, bias=1.2)
    share = 10 ** (-0.6)
    found = sensors.held(chain, lambda w, e: share * (1 + jnp.cos(jnp.pi * e / 3e6 + 1.2)) / 2, 1.55)
    assert_allclose(found.total, electric.field_noise(sensor, electric.Readout(1e-3, receiver), 0.0), rtol=1e-10)
    assert found.frequency == 0.0
    around = coil.Coil(length=100.0, diameter=0.1, loss_db_m=0.05)

    def fringe(w: Any, rate: Any) -> Any:
        turned = 2 * jnp.pi * 100.0 * 0.1 * rate / (w * 1e-6 * constants.c) + jnp.pi / 2
        return 10 ** (-1.1) * (1 + jnp.cos(turned)) / 2

    turning = sensors.held(chain, fringe, around.wavelength)
    assert_allclose(turning.total, coil.rate_noise(around, coil.Readout(1e-3, receiver)), rtol=1e-10)


def test_a_difference_of_two_and_a_turning_ring_have_the_noise_of_their_own_formulas() -> None:
    """Two detectors have an amplifier each, a pair has one: √2 of its noise. A ring's both ways are read apart."""
    loop, photo = current.Loop(verdet=0.5, turns=10), jnp.asarray(0.9 * 5e-4)
    pair = replace(DETECTOR, thermal=2e-12 * np.sqrt(2))
    noise = jnp.sqrt(shown(photo, None, pair, photo))
    slope = 0.9e-3 * 2 * loop.per_ampere  # of the contrast, twice the turn
    apart = current.current_noise(loop, 1e-3, Receiver(responsivity=0.9, thermal=2e-12))
    assert_allclose(noise / slope, apart, rtol=1e-10)
    around = ring.Loop(diameter=0.03, n_g=1.5, loss_db_m=1.0, kappa2=0.01)
    at = 0.3 * around.fwhm
    hertz = constants.c * 1e6 / 1.55**2  # of a µm

    def dip(w: Any, rate: Any) -> Any:
        return around.transmission(at - (w - 1.55) * hertz + around.splitting_per_rate * rate)

    chain = Chain(Laser(1e-3, 0.0, -150.0), DETECTOR)
    one = sensors.held(chain, dip, 1.55).receiver
    receiver = Receiver(responsivity=0.9, thermal=2e-12, rin_db_hz=-150.0)
    both = ring.rate_noise(around, ring.Readout(1e-3, receiver), at)
    assert_allclose(np.sqrt(2) * one, both, rtol=1e-9)


def test_frequency_of_the_laser_is_a_shift_of_the_line() -> None:
    """√(Δν/π) is λ²/c of it in wavelength, whatever the slope; a line a thousandth as wide averages 1e-4 of it away."""
    found = sensors.held(Chain(Laser(1e-3, 1e4), DETECTOR), line, SIDE)
    assert_allclose(found.frequency, 1e12 * (SIDE * 1e-6) ** 2 / constants.c * np.sqrt(1e4 / np.pi), rtol=1e-4)
    quiet = sensors.held(Chain(Laser(1e-3), DETECTOR), line, SIDE)
    assert_allclose(found.receiver, quiet.receiver, rtol=1e-4)
    assert_allclose(found.total, np.hypot(found.receiver, found.frequency), rtol=1e-12)


def test_drawn_samples_scatter_by_it() -> None:
    """Means of 50 samples over the slope, 4,000 of them: 1.1 % tells a deviation."""
    chain = Chain(Laser(1e-3, 1e4, -140.0, jitter_pm=1e-3), DETECTOR, Converter(1e-3, 16))
    found = sensors.held(chain, line, SIDE)
    wave = jnp.asarray([SIDE])
    trace = sensors.scanned(chain, lambda w: line(w, 0.0), wave)
    drawn = sensors.sampled(trace, chain.converter, jax.random.key(3), 200_000).reshape(4000, 50)
    told = (drawn.mean(1) - trace.mean[0]) / found.slope
    assert_allclose(jnp.std(told), found.total * np.sqrt(DETECTOR.bandwidth / 50), rtol=0.04)


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("laser", {"power": 2e-3}), ("laser", {"linewidth": 1e5}), ("laser", {"rin_db_hz": -120.0}),
        ("laser", {"jitter_pm": 0.1}), ("detector", {"thermal": 2e-11}), ("detector", {"dark": 1e-3}),
        ("detector", {"responsivity": 0.5}), ("converter", {"bits": 10.0}),
    ],
)  # fmt: skip
def test_every_number_of_the_chain_counts(part: str, changed: dict[str, Any]) -> None:
    chain = Chain(Laser(1e-3, 1e4, -150.0), DETECTOR, Converter(1e-3, 16))
    other = replace(chain, **{part: replace(getattr(chain, part), **changed)})
    first, second = (float(sensors.held(one, line, SIDE).total) for one in (chain, other))
    assert abs(second / first - 1) > 1e-3


def test_its_gradient() -> None:
    """By the light's wavelength and the whole chain, beside differences: 1e-6 is what steps of 1e-5 leave of them."""

    def noise(power: Any, wave: Any) -> Any:
        return sensors.held(Chain(Laser(power, 1e4, -150.0), DETECTOR), line, wave).total

    for argument, step in ((0, 1e-9), (1, 1e-11)):
        at = np.array([1e-3, SIDE + 2e-6])
        ends = [noise(*(at + sign * step * np.eye(2)[argument])) for sign in (1, -1)]
        assert_allclose(jax.grad(noise, argument)(*at), (ends[0] - ends[1]) / (2 * step), rtol=1e-4)


def test_what_does_not_move_tells_nothing() -> None:
    assert np.isinf(sensors.held(Chain(Laser(), DETECTOR), lambda w, x: 0.5 + 0 * x, 1.55).receiver)
    with pytest.raises(ValueError, match="held: 2 wavelengths: give one"):
        sensors.held(Chain(Laser(), DETECTOR), line, jnp.asarray([1.55, 1.56]))
