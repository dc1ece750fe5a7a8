"""A chirped lidar on the sensors' chain: what is composed is what its parts are by themselves, and has their slopes."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.soi import emission, phasedarrays, rangefinder
from lingnan.components.soi.lidarlight import Light
from lingnan.components.soi.rangefinder import REACH, ByFilm, Finder
from lingnan.pdk import build_pdk
from lingnan.solvers.detectors import HybridReceiver
from lingnan.solvers.lidar import eye
from lingnan.solvers.lidar.chirp import Chirp
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.sensors import Chain, Converter, Detector, Laser, passing

#: as `by_film` found it at ±3 and ±10 nm, rounded: its own test is slow
SLOPES = 11.8, 21.8


def _surface(of: Any) -> Surface:
    at = nodes(-REACH, REACH, 3)
    return Surface.through((-REACH, REACH), (-REACH, REACH), np.array([[of(x, y) for y in at] for x in at]))


MOVED = ByFilm(
    _surface(lambda x, y: SLOPES[0] * x + SLOPES[1] * y - 300 * x**2), _surface(lambda x, y: 1 + 6.8 * x + y),
    _surface(lambda x, y: 4.5 * x), 0.0,
)  # fmt: skip
CHAIN = Chain(Laser(1e-3, 1e4, -150.0), Detector(0.8, 15e6, 5e-12, 1e-8), Converter(4e-6, 12.0, -2e-6))
FINDER = Finder(CHAIN, Chirp(1e9, 1e-3), Light(0.7, HybridReceiver(), 0.2, 1e-9), 0.8, 10e-3, moved=MOVED)


@pytest.fixture(autouse=True)
def line() -> None:
    build_pdk("soi220").activate(force=True)


def test_an_even_array_is_that_of_its_drawn_periods() -> None:
    """Light sent up, length and width that receive; a period is 0.4 % of the length."""
    settings = {"length": 150.0, "bite": 0.2, "bite_end": 0.2, "period": 0.5989}
    sizes = emission.drawn(**settings)
    grating = emission.along(sizes)
    found = FINDER.ranging(length=float(np.sum(sizes.period)))
    assert_allclose(found.link.efficiency, 0.8 * emission.efficiency(grating), rtol=2e-3)
    row = Line(phasedarrays.positions(16, 1.95, 1.95, 1.0), np.ones(16))
    across = eye.across(row, lambda u: emission.element(sizes, u))
    assert_allclose(found.link.power, 10e-3 * across.share, rtol=1e-3)
    tilt = np.cos(np.deg2rad(10.0))
    assert_allclose(found.link.aperture_m2, 1e-12 * eye.along(grating, sizes.period) * across.width * tilt, rtol=2e-3)
    sent = found.engine.chain.laser.power * 0.7**2 * found.link.efficiency
    assert_allclose(sent, 10e-3, rtol=1e-12)  # what is allowed leaves the chip


@pytest.mark.validate  # ten slopes of two figures: 15 s
def test_one_gradient_goes_from_every_size_and_from_the_film_to_reach_and_error() -> None:
    names = "length", "bite", "bite_end", "pitch", "pitch_end", "pitch_power", "width", "thicker", "deeper", "wider"
    at = jnp.asarray([150.0, 0.2, 0.3, 1.95, 2.4, 2.0, 1.2, 1e-3, -1e-3, 2e-3])

    @jax.jit
    def both(values: Any) -> Any:
        found = FINDER.ranging(**dict(zip(names, values, strict=True)))
        return jnp.stack([found.reach_m(0.9, 1e-3, 4), found.distance_sigma_m(3.0)])

    slopes = jax.jit(jax.jacrev(both))(at)
    steps = np.maximum(1e-4 * np.abs(np.asarray(at)), 1e-6)
    moves = jax.vmap(both)(jnp.concatenate([at + np.diag(steps), at - np.diag(steps)]))
    assert_allclose(slopes.T, (moves[:10] - moves[10:]) / (2 * steps[:, None]), rtol=1e-4)  # steps of 1e-4, squared
    assert np.all(np.asarray(slopes) != 0)


def test_samples_of_the_process_give_a_yield() -> None:
    drawn = 3e-3 * np.random.default_rng(1).standard_normal((32, 2))
    reach = partial(FINDER.ranging, length=150.0)

    @jax.jit
    def chips(values: Any) -> Any:
        return jax.vmap(lambda one: reach(thicker=one[0], deeper=one[1]).reach_m(0.9, 1e-3, 4))(values)

    found = np.asarray(chips(drawn))
    alone = reach(thicker=drawn[0, 0], deeper=drawn[0, 1]).reach_m(0.9, 1e-3, 4)
    assert_allclose(found[0], alone, rtol=1e-9)
    order = drawn @ np.array(SLOPES)  # what sends more reaches farther here, but for a share upwards of its own
    assert np.corrcoef(order, found)[0, 1] > 0.9
    assert passing(-found, -float(np.median(found))) == 0.5


def test_a_deviation_beyond_what_was_solved_is_refused() -> None:
    with pytest.raises(ValueError, match=r"thicker = 0\.02 µm: it must be between -0\.012 and 0\.012"):
        FINDER.ranging(thicker=0.02)


@pytest.mark.validate  # ten gratings
def test_what_film_and_etch_do_is_what_the_solver_has() -> None:
    found = rangefinder.by_film()
    assert found.error < 0.01  # of ln of a decay that moves by 0.45 over the box
    slopes = [(float(found.logarithm(*end)) - float(found.logarithm(*(-np.array(end))))) / 6e-3 for end in ENDS]
    assert_allclose(slopes, SLOPES, rtol=0.01)


ENDS = (3e-3, 0.0), (0.0, 3e-3)
