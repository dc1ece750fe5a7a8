"""Compact models of guides, couplers and rings: passive, reciprocal, and what their cells say."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import guides
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.soi import light
from lingnan.pdk import SOI220, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process
from lingnan.solvers import waveguides


@pytest.fixture(autouse=True)
def line():
    SOI220.activate()


WAVES = jnp.linspace(1.53, 1.57, 41)


def whole(sdict, at):
    ports = sorted({p for pair in sdict for p in pair})
    s = np.array([[np.broadcast_to(np.asarray(sdict.get((a, b), 0.0)), WAVES.shape)[at] for b in ports] for a in ports])
    return s


@pytest.mark.parametrize("name", sorted(light.models))
def test_models_are_passive_reciprocal_and_take_what_their_cells_take(name):
    sdict = light.models[name](wl=WAVES)
    for at in (0, 17, 40):
        s = whole(sdict, at)
        assert_allclose(s, s.T, atol=1e-14)
        assert np.linalg.norm(s, 2) <= 1 + 1e-12
        assert np.linalg.norm(s, 2) > 0.5
    of_cell = inspect.signature(soi.cells[name]).parameters
    of_model = inspect.signature(light.models[name]).parameters
    for parameter, value in of_cell.items():
        assert of_model[parameter].default == value.default
    assert set(of_model) - set(of_cell) == {"wl", "temperature", "corner"}


def test_a_polynomial_surface_is_exact_for_polynomials():
    f = lambda x, y: 1 + x - 2 * y + x * y**2  # noqa: E731
    x, y = nodes(1.0, 2.0, 3), nodes(-1.0, 3.0, 4)
    surface = Surface.through((1.0, 2.0), (-1.0, 3.0), f(x[:, None], y[None, :]))
    assert_allclose(surface(1.3, np.array([0.2, 2.5])), f(1.3, np.array([0.2, 2.5])), rtol=1e-13)


def test_the_stored_guide_is_the_solver():
    process = load_process("soi220")
    guide = guides.guide(process, "strip")
    assert guide.hash == process.hash
    assert guide.error < 5e-5  # the mode solver's own first mesh is right to 5e-5
    made = optics.geometry(process, "strip", width=0.5)
    modes = waveguides.solve(made, 1.53, num_modes=1)
    assert_allclose(guide.n_eff(1.53, 0.5), modes.n_eff[0].real, atol=5e-5)
    assert_allclose(guide.n_g(1.53, 0.5), modes.n_g[0], rtol=5e-4)  # 3e-5 of n_eff over the 0.07 µm between nodes
    assert 1e-4 < guide.n_eff(1.55, None, 311.0) - guide.n_eff(1.55, None, 310.0) < 2.5e-4  # silicon: 1.8e-4


def test_lengths_are_those_of_the_cells():
    for name, settings in (("bend_euler", {}), ("bend_euler", {"radius": 20.0, "p": 1.0}), ("bend_s", {})):
        cell = soi.cells[name](**settings)
        s = light.models[name](wl=1.55, **settings)[("o1", "o2")]
        expected = light.straight(wl=1.55, length=cell.info["length_um"])[("o1", "o2")]
        # the cell's curve is a polyline with chords half a grid step off the true one: 1e-4 µm in length
        assert_allclose(s, expected, atol=2e-3)


def test_a_ring_rings_at_its_free_spectral_range():
    waves = jnp.linspace(1.54, 1.56, 8001)
    t = np.abs(np.asarray(light.ring_single(wl=waves, radius=10.0)[("o1", "o2")])) ** 2
    dips = np.flatnonzero((t[1:-1] < t[:-2]) & (t[1:-1] < t[2:])) + 1
    spacing = np.diff(np.asarray(waves)[dips])
    n_g = float(guides.guide("soi220", "strip").n_g(1.55))
    assert_allclose(spacing, 1.55**2 / (n_g * 2 * np.pi * 10), rtol=0.02)  # λ² over the range: 1.3 %


def test_the_coupler_turns_with_its_length():
    cross = [abs(light.coupler(wl=1.55, length=length)[("o1", "o3")]) ** 2 for length in (0.0, 5.0, 10.0)]
    assert cross[0] < cross[1] < cross[2]
    slope = jax.grad(lambda d: jnp.abs(light.coupler(wl=1.55, length=d)[("o1", "o3")]) ** 2)(5.0)
    up, down = (abs(light.coupler(wl=1.55, length=5.0 + s)[("o1", "o3")]) ** 2 for s in (1e-4, -1e-4))
    assert_allclose(slope, (up - down) / 2e-4, rtol=1e-6)


def test_gradients_of_a_straight():
    phase = lambda w, d, t, wl: jnp.angle(light.straight(wl=wl, length=d, width=w, temperature=t)[("o1", "o2")])  # noqa: E731
    args = [jnp.asarray(v) for v in (0.47, 3.0, 305.0, 1.55)]
    for k, slope in enumerate(jax.grad(phase, argnums=(0, 1, 2, 3))(*args)):
        up, down = (phase(*args[:k], args[k] + s, *args[k + 1 :]) for s in (1e-5, -1e-5))
        assert_allclose(slope, (up - down) / 2e-5, rtol=1e-5)


def test_outside_what_was_solved():
    with pytest.raises(LingnanError, match=r"wl = 1\.8 µm lies outside"):
        light.straight(wl=1.8)
    with pytest.raises(LingnanError, match="width"):
        light.straight(width=0.2)
    with pytest.raises(LingnanError, match="no optical cross-section"):
        light.straight(cross_section="stripe")
