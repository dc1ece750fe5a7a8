"""Stars by eigenmodes: conservation, cylinder waves, Fourier optics where it holds, convergence, derivatives."""

from dataclasses import fields, replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose
from scipy.special import h1vp, h2vp, hankel1, hankel2

from lingnan.solvers.spectrometers import fans, plots
from lingnan.solvers.spectrometers.awg import Awg
from lingnan.solvers.spectrometers.fans import Fan, Seen, Star
from lingnan.solvers.spectrometers.guide import Guide

#: three wires of silicon in something of oxide's index, short tapers: 0.17 µm a slice
FAN = Fan(8.0, 2.25, radius=20.0, pitch=1.3, width=1.0, narrow=0.4, taper=4.0, margin=1.5, count=3, cells=(1, 1, 2))
SLICES, MODES = 24, 50

seen = partial(fans.seen, slices=SLICES, num_modes=MODES)


@pytest.fixture(scope="module")
def arms() -> Seen:
    return seen(FAN, 1.55)


@pytest.fixture(scope="module")
def star(arms: Seen) -> Star:
    return fans.star(arms, arms)


def running(one: Seen) -> tuple[np.ndarray, np.ndarray]:
    """S between waves and modes that carry power."""
    both = np.concatenate([np.asarray(one.scattering.left.beta2), np.asarray(one.scattering.right.beta2)]) > 0
    return np.asarray(one.scattering.s)[np.ix_(both, both)], both


def test_a_fan_is_unitary_and_reciprocal(arms: Seen) -> None:
    s, both = running(arms)
    assert both.sum() > 30
    assert_allclose(s.conj().T @ s, np.eye(len(s)), atol=1e-11)
    assert_allclose(s, s.T, atol=1e-12)
    assert_allclose(arms.guides @ arms.guides.T, np.eye(3), atol=1e-12)
    assert_allclose(np.asarray(arms.sent).T, arms.taken, atol=1e-12)
    # light from a guide goes on as light of guides and waves
    back = np.sum(np.abs(np.asarray(arms.returned)) ** 2, axis=0)
    runs = np.asarray(arms.scattering.left.beta2) > 0
    assert_allclose(back + np.sum(np.abs(np.asarray(arms.sent)[runs]) ** 2, axis=0), 1.0, atol=2e-3)  # higher modes


def through(order: float, near: float, far: float) -> complex:
    """Of a cylinder wave between two places k r, beyond which the medium goes on as it is there in ln r."""
    start, end = np.sqrt(near**2 - order**2), np.sqrt(far**2 - order**2)
    rows = [
        [hankel1(order, near), hankel2(order, near), -1, 0],
        [near * h1vp(order, near), near * h2vp(order, near), 1j * start, 0],
        [hankel1(order, far), hankel2(order, far), 0, -1],
        [far * h1vp(order, far), far * h2vp(order, far), 0, -1j * end],
    ]
    return np.linalg.solve(np.asarray(rows), [1, 1j * start, 0, 0])[3] * np.sqrt(end / start)


def test_without_guides_it_is_cylinder_waves() -> None:
    bare = replace(FAN, beside=FAN.core, taper=2.0)
    found = np.asarray(seen(bare, 1.55).scattering.blocks.s21)
    k = 2 * np.pi / 1.55 * np.sqrt(8.0)
    expected = [through(m * np.pi / (2 * float(bare.wall)), k * 20, k * 22) for m in range(12)]
    # no slice mixes waves (1e-7: elements); slices of 0.3 waves: 5e-7, H for E: 1/(k n R)² of 23 rad, 4e-5
    assert_allclose(np.abs(np.diagonal(found)[:12]), np.abs(expected), rtol=1e-5)
    turned = np.diagonal(found)[:12] / expected
    assert np.max(np.abs(np.angle(turned**2) / 2)) < 6e-5  # the sign of a mode is free
    assert np.max(np.abs(found - np.diag(np.diagonal(found)))[:20, :20]) < 1e-6


def test_where_guides_hold_light_weakly_and_far_apart_it_is_fourier_optics() -> None:
    weak = replace(FAN, beside=7.0, width=1.2, narrow=1.2, pitch=3.0, radius=40.0)
    found = fans.star(*2 * [seen(weak, 1.55)])
    # obliquity, 0.074² times 0.5, and 2 % of an arm's own light in its neighbour's tail
    assert_allclose(np.abs(found.ratio), 1.0, atol=0.01)
    assert_allclose(np.angle(found.ratio), 0.0, atol=0.01)
    assert_allclose(found.loss_db, found.expected_loss_db, atol=0.06)
    assert float(jnp.max(found.back)) < 1e-3
    # near to each other they share light, and the sum of their own shares is more than arrives
    near = fans.star(*2 * [seen(replace(weak, beside=7.7, pitch=2.0, radius=20.0), 1.55)])
    assert float(near.expected_loss_db[1]) < 0
    assert float(near.loss_db[1]) > 0.2


def test_gaps_of_silicon_cost_less_than_fourier_optics_says(star: Star) -> None:
    narrow = fans.star(*2 * [seen(replace(FAN, width=0.6), 1.55)])
    for one, least, most in ((star, 0.2, 0.4), (narrow, 0.9, 1.3)):
        better = np.asarray(one.expected_loss_db - one.loss_db)
        assert np.all((least < better) & (better < most))
    # nothing is taken that has not come, and what comes either goes into arms, is thrown back or goes between them
    assert np.all(np.sum(np.abs(np.asarray(star.amplitudes)) ** 2, axis=0) + np.asarray(star.back) < star.arriving)
    # facets of oxide throw back 0.11 in 1 of 4: 0.025 of what is there
    assert 0.01 < float(star.back[1] / star.arriving[1]) < 0.11


def test_the_way_back_through_a_star_is_the_way_there(star: Star) -> None:
    # Green's theorem with the arcs' own waves for cylinder waves leaves 1/(2 k n R)² and the walls
    assert_allclose(star.amplitudes, star.amplitudes.T, atol=1e-4 * float(jnp.max(jnp.abs(star.amplitudes))))


def test_a_grating_takes_what_a_star_has_found(star: Star) -> None:
    phases, amplitudes = star.errors
    grid = Awg(Guide(2.4, 4.2), Guide(2.83, 3.7), 0.0032, 40, 4, 3, phases=phases, amplitudes=amplitudes)
    assert_allclose((1 + grid.amplitudes) * np.exp(1j * grid.phases), star.ratio[:, 0] ** 2, rtol=1e-12)


def light(sizes: Array, wavelength: float = 1.55) -> Array:
    """In the middle arm, through all that can be changed."""
    one = seen(Fan(*sizes, count=3, cells=(1, 1, 2)), wavelength)
    return jnp.square(jnp.abs(fans.star(one, one).amplitudes[1, 1]))


def test_all_sizes_move_the_light_as_differences_say() -> None:
    names = [one.name for one in fields(Fan)][:8]
    sizes = np.array([float(getattr(FAN, name)) for name in names])
    still = float(light(jnp.asarray(sizes)))
    for index in range(8):
        moved = float(light(jnp.asarray(sizes * np.where(np.arange(8) == index, 1.02, 1.0))))
        assert abs(moved - still) > 1e-6, names[index]
    assert abs(float(light(jnp.asarray(sizes), 1.56)) - still) > 1e-6
    way = sizes * np.random.default_rng(2).uniform(-0.5, 0.5, 8)
    found = jax.jvp(light, (jnp.asarray(sizes),), (jnp.asarray(way),))[1]
    step = 1e-5  # h² of phases of 230 rad that turn by a third: 6e-7 of their own
    ends = [float(light(jnp.asarray(sizes + sign * step * way))) for sign in (1, -1)]
    assert float(found) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-5)


@pytest.mark.validate
def test_it_converges_with_slices_and_modes() -> None:
    def seen_with(slices: int, modes: int, cells: tuple[int, int, int] = (1, 1, 2)) -> np.ndarray:
        one = fans.seen(replace(FAN, cells=cells), 1.55, slices, modes)
        return np.asarray(fans.star(one, one).amplitudes)

    # "tm" steps, `eme.varying`: the square of their height at first, then the height
    fine = seen_with(192, MODES)
    missed = [np.max(np.abs(seen_with(slices, MODES) - fine)) for slices in (24, 48, 96)]
    order = -np.polyfit(np.log([24, 48, 96]), np.log(missed), 1)[0]
    assert 1.4 < order < 1.9
    assert missed[0] < 1e-3
    most = seen_with(24, 130, (2, 2, 4))
    lost = [np.max(np.abs(seen_with(24, modes, (2, 2, 4)) - most)) for modes in (40, 65, 100)]
    assert lost[0] > lost[1] > lost[2]
    assert lost[2] < 1e-3  # of 0.28: fields are singular in the corners of facets


@pytest.mark.validate
def test_arms_of_a_silicon_grating_by_three_routes() -> None:
    """Eight arms of `soi.awg`, its input, 40 µm of slab: what gaps and neighbours do to amplitude, phase and loss."""
    arms = fans.seen(Fan(8.11, 1.15, 40.0, 1.6, 1.4, 0.45, 10.0, 3.0, count=8), 1.55, 48)
    entry = fans.seen(Fan(8.11, 1.15, 40.0, 3.0, 2.0, 0.45, 10.0, 6.0, count=1, cells=(1, 2, 6)), 1.55, 48)
    found = fans.star(entry, arms)
    assert_allclose(np.abs(found.ratio), 1.0, atol=0.02)
    assert_allclose(np.angle(found.ratio), 0.0, atol=0.04)  # x⁴/R³ of the circles is 0.03 rad of it
    assert 0 < float(found.expected_loss_db[0] - found.loss_db[0]) < 0.15
    # a guide's own light in its neighbours, at the ends of their tapers
    back = np.abs(np.asarray(arms.returned))
    assert np.max(back) < 5e-3


def test_a_star_is_drawn(star: Star) -> None:
    axes = plots.plot_star(star, FAN)
    assert len(axes.lines) == 2
    assert axes.get_ylabel() == "power (dB)"


def test_what_is_refused(arms: Seen) -> None:
    with pytest.raises(ValueError, match=r"inputs at 1.55 µm and arms at 1.56 µm"):
        fans.star(arms, seen(FAN, 1.56))
    with pytest.raises(ValueError, match=r"Fan: core = 2.0 and beside = 2.25: light is in the denser medium"):
        replace(FAN, core=2.0)
    with pytest.raises(ValueError, match=r"mouths 1.4 µm wide touch at a pitch of 1.3 µm"):
        replace(FAN, width=1.4)
    with pytest.raises(ValueError, match=r"ends 2 µm wide touch"):
        replace(FAN, narrow=2.0)
    with pytest.raises(ValueError, match=r"40 guides 1.3 µm apart reach more than 45 degrees"):
        replace(FAN, count=40)
    with pytest.raises(ValueError, match=r"Fan: count = 0"):
        replace(FAN, count=0)
    with pytest.raises(ValueError, match=r"taper = 0 µm: it must be finite and more than 0"):
        replace(FAN, taper=0.0)
    with pytest.raises(ValueError, match=r"slices = 14 of 4 µm: steps of half a wavelength, 0.274 µm, .* Take 23 or"):
        fans.seen(FAN, 1.55, 14)
    with pytest.raises(ValueError, match="give one wavelength"):
        fans.seen(FAN, np.array([1.55, 1.56]))
    with pytest.raises(ValueError, match=r"radius = 3.0 µm is 34.4 waves over 2π: .*takes 40 or more"):
        fans.seen(replace(FAN, radius=3.0), 1.55)
    with pytest.raises(ValueError, match=r"232 waves .* cells = \(1, 1, 1\) carry 69 modes. Take more"):
        fans.seen(replace(FAN, margin=30.0, cells=(1, 1, 1)), 1.55)
    with pytest.raises(ValueError, match=r"give num_modes= where sizes are traced"):
        jax.eval_shape(lambda w: fans.seen(replace(FAN, width=w), 1.55), 1.0)
