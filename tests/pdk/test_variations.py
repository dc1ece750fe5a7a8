"""Cross-sections by numbers of the process: beside a process rebuilt, and one gradient from there to a limit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.load import load_process
from lingnan.pdk.variations import varied
from lingnan.solvers import sensors
from lingnan.solvers.waveguides import Resolution

PROCESS = load_process("soi220")
PATHS = ("films.si.thickness", "levels.core.bias", "levels.core.sidewall_angle")


@pytest.mark.parametrize("sigmas", [(1.7, 0.0, 0.0), (1.0, -1.5, 0.0), (1.0, 1.5, -2.0)])
def test_the_same_cross_section_as_of_a_process_rebuilt(sigmas):
    found = varied(PROCESS, PATHS, cladding="water")(jnp.asarray(sigmas))
    moved = optics.moved(PROCESS, dict(zip(PATHS, sigmas, strict=True)))
    expected = optics.geometry(moved, "strip", cladding="water")
    # a cotangent is no parabola: s (s² - 1)/6 of 2 σ³ on half the height, 1.2e-6 µm at -2 of a degree each
    assert_allclose(found.lines, expected.lines, rtol=0, atol=2e-6 if sigmas[2] else 1e-15)
    assert_allclose(found.levels, expected.levels, rtol=0, atol=1e-15)
    assert_allclose(found.temperature, expected.temperature)


def test_an_etch_moves_a_rib_and_a_corner_is_where_it_starts():
    paths = ("films.si.thickness", "etches.middle.depth")
    made = varied("soi220", paths, "rib", corner="thick_wide", width=0.5)
    found = made(jnp.asarray([0.5, -1.0]))
    start = optics.at_corner(PROCESS, "thick_wide")
    expected = optics.geometry(optics.moved(start, dict(zip(paths, (0.5, -1.0), strict=True))), "rib", width=0.5)
    assert_allclose(found.lines, expected.lines, rtol=0, atol=1e-15)
    assert_allclose(found.levels, expected.levels, rtol=0, atol=1e-15)
    slab = made(jnp.asarray([0.5, 0.0])).levels - found.levels
    assert_allclose(abs(slab).max(), PROCESS.quantity("etches.middle.depth").sigma, rtol=1e-9)


def test_a_corner_that_is_moved_is_not_the_nominal_process_moved():
    shifts = {"films.si.thickness": 1.0}
    from_nominal = optics.moved(PROCESS, shifts).quantity("films.si.thickness").value
    from_corner = optics.moved(optics.at_corner(PROCESS, "thick_wide"), shifts).quantity("films.si.thickness").value
    step = PROCESS.quantity("films.si.thickness").sigma
    assert_allclose([from_nominal, from_corner], [0.220 + step, 0.220 + 4 * step], rtol=1e-12)


def test_what_does_not_vary_is_refused():
    with pytest.raises(LingnanError, match=r"films.cladding.thickness has no sigma.*optics.moved"):
        varied(PROCESS, ("films.cladding.thickness",))
    with pytest.raises(LingnanError, match=r"deviations of shape \(2,\): give 3"):
        varied(PROCESS, PATHS)(jnp.zeros(2))


@pytest.mark.validate
def test_one_gradient_from_film_wall_and_width_to_the_limit_of_detection():
    """And `vmap` over samples of the process, each beside its own run: a yield by a specification."""
    coarse = Resolution(2, 2, 3)
    chain = sensors.Chain(
        sensors.Laser(1e-4, 1e5, -140.0), sensors.Detector(0.9, 1e4, 5e-12), sensors.Converter(1.2e-4, 14.0)
    )

    def ring(at):
        made = varied(PROCESS, PATHS, cladding="water", width=at[3])(at[:3])
        return sensors.Ring(sensors.response(made, "cladding", 1.55, resolution=coarse), 200.0, 0.05)

    def lod(at):
        made = ring(at)
        scan = jax.lax.stop_gradient(made.resonance()) + jnp.linspace(-2e-4, 2e-4, 81)
        return sensors.limit(chain, made, scan).lod_riu

    at = jnp.asarray([0.0, 0.0, 0.0, 0.45])
    value, gradient = jax.jit(jax.value_and_grad(lod))(at)
    plain = jax.jit(lod)
    for k, step in enumerate((0.1, 0.1, 0.1, 1e-4)):
        moved = jnp.zeros(4).at[k].set(step)
        # the scan follows the line in these differences; the gradient's samples stand still, as light does: 1e-3
        assert_allclose(gradient[k], (plain(at + moved) - plain(at - moved)) / (2 * step), rtol=5e-3)
    drawn = np.random.default_rng(1).standard_normal((8, 3))
    samples = jnp.concatenate([jnp.asarray(drawn), jnp.full((8, 1), 0.45)], axis=1)
    limits = jax.jit(jax.vmap(lod))(samples)
    assert_allclose(limits, [plain(one) for one in samples], rtol=1e-6)
    assert 0 < float(sensors.passing(limits, float(value))) < 1
