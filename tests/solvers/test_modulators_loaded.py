"""T-rail lines: limits, one period in three dimensions, and waves below the Bragg frequency."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators import Coplanar, RfMedium, Shunt, TRail, distributed, loaded_line, periodic
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.loaded import bloch
from lingnan.solvers.modulators.unitcell import period

QUARTZ = RfMedium(4.5)
#: on quartz under air, without a rib, grounds joined to the wall: what a period in three dimensions can be made of
PLAIN = Coplanar(
    gap=5.0, signal_width=20.0, metal_thickness=0.8, film=0.6, etch=0.35, cladding=None, substrate=QUARTZ, reach=60.0,
    overrides=(("buried oxide", QUARTZ), ("core", RfMedium(1.0))),
)  # fmt: skip
NOT_METAL = ("buried oxide", "slab", "core", "cladding")
RAILS = TRail(PLAIN, 45.0, 5.0, 2.0, 6.0, 6.0)
LIKE = RAILS.sections()
#: skin depths of gold 0.17 µm: nearly all current on the surface
HIGH = jnp.array([2e11])


@pytest.mark.validate
def test_a_period_in_three_dimensions():
    """Share κ of the bars and what they take of the inductance, for perfect conductors on a grid of points.

    Errors of the grid cancel in quotients: halving its steps twice moved them by 2e-3.
    """
    (c0, l0), (c1, _), (c2, l2) = (period(RAILS, kind) for kind in ("rails", "bars", "T"))
    loaded = loaded_line(RAILS, HIGH, LIKE)
    # ends of bars and stems have fields above and below the wafer plane, which the plan has not: 1 % was seen
    assert float(loaded.share) == pytest.approx((c2 - c0) / (c1 - c0), rel=0.02)
    rails = distributed(LIKE.rails, HIGH)
    ours = float(loaded.smooth.inductance[0] / rails.inductance[0])
    # stems keep flux out too, which is left out here: 2 % was seen, 1 % of the index
    assert l2 / l0 < ours < 1.03 * l2 / l0
    # the whole: index of long waves, rails and load apart, each by its own route
    n = float(loaded.line.n_rf[0]) / float(rails.line().n_rf[0])
    assert n == pytest.approx(np.sqrt(c2 * l2 / (c0 * l0)), rel=0.02)


@pytest.mark.parametrize("ground", [None, 20.0, 200.0])
def test_a_period_in_vacuum(ground: float | None):
    """L C is 1/c² but for the grid, which adds to both: 2.6 % of the index, and 0.9 with half of its steps."""
    base = replace(PLAIN, ground_width=ground, substrate=1.0, overrides=tuple((n, RfMedium(1.0)) for n in NOT_METAL))
    assert period(replace(RAILS, base=base), "rails").n_rf == pytest.approx(1.013, abs=0.015)


@pytest.mark.validate
def test_grounds_of_finite_width_on_a_loaded_line():
    """The walls take no part in it, and a period in three dimensions has the same index over that of its rails."""
    spec = replace(RAILS, base=replace(PLAIN, ground_width=50.0))
    like = spec.sections()
    lines = [replace(spec, base=replace(spec.base, reach=reach)) for reach in (300.0, 3000.0)]
    near, far = (float(loaded_line(one, HIGH, one.sections(like)).line.n_rf[0]) for one in lines)
    # what a quadrupole leaves at 300 µm, beside the mesh: 1e-4
    assert near == pytest.approx(far, rel=3e-4)
    rails, whole = (period(lines[0], kind).n_rf for kind in ("rails", "T"))
    n = float(distributed(lines[0].rails.section(like.rails), HIGH).line().n_rf[0])
    assert near / n == pytest.approx(whole / rails, rel=0.02)  # as with grounds to the walls, above


def test_from_no_bars_to_bars_all_along():
    """The load vanishes with the bars' length, and slots that close leave one long bar."""
    short = loaded_line(replace(RAILS, length=0.5, slot=49.5, stem_width=0.4), HIGH, LIKE)
    rails = distributed(LIKE.rails, HIGH).line()
    # a bar of half a micrometre in fifty has ends that reach a gap's width to either side
    assert 1 < float(short.line.n_rf[0] / rails.n_rf[0]) < 1.06
    closed = loaded_line(replace(RAILS, length=49.9, slot=0.1), HIGH, LIKE)
    assert 0.99 < float(closed.share) < 1
    # one long bar holds the charge of metal out to the bar, but for that above and below the slot behind it
    solid = replace(PLAIN, signal_width=36.0)
    whole = float(distributed(solid.section(), HIGH).capacitance[0])
    assert 0.9 * whole < float(closed.smooth.capacitance[0]) < whole


def test_waves_on_a_periodic_line():
    """Without loss cos βp = cos θ - (b/2) sin θ; at low frequency that of the load spread evenly; then a stop band."""
    f = jnp.geomspace(1e9, 1.2e12, 60)
    z, n, load, period = 75.0, 1.8, 4e-15, 50.0
    theta = 2 * np.pi * np.asarray(f) * n / C0 * period * 1e-6
    b = 2 * np.pi * np.asarray(f) * load * z
    cosine = np.cos(theta) - b / 2 * np.sin(theta)
    line = Line(f, -2j * jnp.pi * f * n / C0, z * jnp.ones_like(f) + 0j)
    ours = bloch(f, line.gamma * line.z0, line.gamma / line.z0, -2j * jnp.pi * f * load, jnp.asarray(period * 1e-6))
    other = periodic(line, Shunt(capacitance=load), period)
    passes = np.abs(cosine) < 1
    assert 10 < passes.argmin() < 60
    # up to the first stop band
    first = slice(0, int(passes.argmin()))
    np.testing.assert_allclose(ours.beta[first] * period * 1e-6, np.arccos(cosine[first]), rtol=1e-9)
    np.testing.assert_allclose(ours.gamma[first], other.gamma[first], rtol=1e-9)
    np.testing.assert_allclose(ours.z0[first], other.z0[first], rtol=1e-9)
    spread = np.sqrt(n**2 + n * C0 * z * load / (period * 1e-6))
    assert float(ours.n_rf[0]) == pytest.approx(spread, rel=1e-6)
    assert np.all(np.diff(np.asarray(ours.n_rf[first])) > 0)  # slower towards the stop band
    assert float(ours.alpha[first.stop]) > 1e3  # and none of it passes there
