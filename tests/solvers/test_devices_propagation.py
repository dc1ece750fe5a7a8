"""Waves in a plane and grating couplers: what is known exactly, and what is conserved."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers.devices import grating, propagation
from lingnan.solvers.devices.propagation import Beam, Outcome, Plane

SI, OX = 3.4757, 1.444


def slab(middle=None, polarization="te", order=6):
    """A silicon film in oxide; `middle` is the index of a 1 µm long piece of it."""
    x = jnp.asarray(np.concatenate([[-2.0, -1.6, -1.2], np.arange(-0.8, 2.01, 0.4), [2.4, 2.8]]))
    y = jnp.asarray([-2.0, -1.6, -1.2, -0.6, 0.0, 0.22, 0.82, 1.42, 1.82, 2.22])
    rows = jnp.asarray([OX] * 4 + [SI] + [OX] * 4) ** 2
    eps = jnp.tile(rows, (x.shape[0] - 1, 1))
    if middle is not None:
        eps = eps.at[5:7, 4].set(jnp.asarray(middle) ** 2)
    return Plane(x, y, eps, polarization, order)


def launched(middle=None, polarization="te", order=6):
    return propagation.launch(slab(middle, polarization, order), 1.55, 3, 6, 3, 4)


@pytest.mark.parametrize("polarization", ["te", "tm"])
def test_a_guide_goes_on(polarization):
    through = launched(polarization=polarization)
    # a guided wave of 0.4 µm elements at order 6: phase error 1e-6, absorber 1e-5 of the field
    assert abs(through.reflection) ** 2 < 1e-6
    assert_allclose(abs(through.transmission) ** 2, 1, atol=1e-4)
    assert abs(through.up) + abs(through.down) < 1e-6


def test_light_is_counted_completely():
    # what leaves sideways, between the levels, is all that is missing
    hit = launched(middle=2.5)
    total = abs(hit.reflection) ** 2 + abs(hit.transmission) ** 2 + hit.up + hit.down
    assert hit.up > 0.05
    assert 0.97 < total < 1 + 1e-4
    assert_allclose(hit.up, hit.down, rtol=1e-6)  # the film is symmetric


def test_a_beam_into_itself_is_whole():
    k = 2 * np.pi / 1.55
    x, w = np.polynomial.legendre.leggauss(400)
    x, w = 30 * x, 30 * w
    beam = Beam(10.4, 0.17, 2.0, 5.0)
    g, dg = propagation._gaussian(beam, jnp.asarray(x), jnp.asarray(k))
    own = 2 * jnp.sum((g.conj() * dg).imag * w)
    outcome = Outcome(0, 0, 0, 0, jnp.asarray(x), jnp.asarray(w), g, dg, jnp.asarray(1.0), jnp.asarray(k), own / 2)
    assert_allclose(outcome.into(beam), 1, rtol=1e-9)
    # two beams a distance apart: exp(-d²/w0²), d measured across the beam (paraxial to 1e-2)
    moved = outcome.into(beam._replace(position=2.0 + 3.0))
    assert_allclose(moved, np.exp(-((3.0 * np.cos(0.17) / 5.2) ** 2)), rtol=1e-2)


def test_lateral_overlap_of_a_wide_guide():
    # cos against a Gaussian: at best 98.9 %, at a width of 1.42 times the diameter (D. Marcuse's 0.715 rule turned
    # round)
    widths = np.linspace(8, 24, 161)
    values = np.asarray([grating.lateral_overlap(w) for w in widths])
    assert_allclose(values.max(), 0.9895, atol=1e-3)
    assert_allclose(widths[values.argmax()] / 10.4, 1.42, atol=0.02)


LAYERS = grating.Layers(0.22, 0.07, 2.0, 2.0, SI, OX, OX, SI)


@pytest.mark.validate
def test_grating_of_a_public_kit():
    """CORNERSTONE's 315/315 nm, 70 nm etch, 10° in air: the kit's own target is 5.5 dB, with 30 nm at 1 dB; measured
    uniform gratings of this kind lie between 4.5 and 6.5 dB. These lines are ideal: 3.26 dB at 1.58 µm, 40 nm at 1 dB.

    They may not lose more than measured ones do, and the fibre has no more than what goes up.
    """
    grooves, teeth = grating.uniform(0.63, 0.5, 24)
    beam = Beam(10.4, np.deg2rad(10.0))
    peak, up = [], []
    for wave in np.linspace(1.50, 1.60, 11):
        result = grating.coupler(LAYERS, grooves, teeth, wave, order=6)
        total = abs(result.reflection) ** 2 + abs(result.transmission) ** 2 + result.up + result.down
        assert 0.97 < total < 1.001
        peak.append(float(grating.best_position(result, beam, np.linspace(0, 10, 41))[1]))
        up.append(float(result.up))
    assert np.all(np.array(peak) < np.array(up))
    best = 10 * np.log10(max(peak) * grating.lateral_overlap(10.0))
    assert best > -6.5
    inside = np.array(peak) > max(peak) * 10**-0.1
    assert 0.03 <= 0.01 * np.sum(inside) <= 0.05  # as counted in steps of 10 nm


def test_grating_gradient_is_the_central_difference():
    def coupled(period, etch, position):
        grooves, teeth = grating.uniform(period, 0.5, 3)
        layers = grating.Layers(0.22, etch, 2.0, 1.0, SI, OX, OX, SI)
        result = grating.coupler(layers, grooves, teeth, 1.55, order=4)
        return 100 * result.into(Beam(4.0, 0.17, position))

    args = [jnp.asarray(v) for v in (0.63, 0.07, 1.0)]
    slopes = jax.grad(coupled, argnums=(0, 1, 2))(*args)
    for k, slope in enumerate(slopes):
        up, down = (coupled(*args[:k], args[k] + s, *args[k + 1 :]) for s in (1e-5, -1e-5))
        assert_allclose(slope, (up - down) / 2e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: grating.uniform(0.63, 1.5, 3), "fill"),
        (lambda: grating.uniform(0.63, 0.5, 0), "periods"),
        (lambda: grating.coupler(LAYERS, [0.3], [0.3, 0.3], 1.55), "one tooth"),
        (lambda: grating.coupler(LAYERS, [0.3], [-0.3], 1.55), "more than 0"),
        (lambda: grating.coupler(grating.Layers(0.22, 0.3, 2, 2, SI, OX, OX, SI), [0.3], [0.3], 1.55), "the film"),
        (lambda: propagation.launch(slab(), 1.55, 0, 6, 3, 4), "absorbing"),
    ],
)
def test_bad_input(make, word):
    with pytest.raises(ValueError, match=word):
        make()
