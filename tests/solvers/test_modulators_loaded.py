"""T-rail lines: limits, one period in three dimensions, and waves below the Bragg frequency."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators import Coplanar, RfMedium, Shunt, TRail, distributed, loaded_line, periodic
from lingnan.solvers.modulators.line import C0, Line
from lingnan.solvers.modulators.loaded import bloch
from lingnan.solvers.modulators.magnetics import MU0
from lingnan.solvers.modulators.stems import Cells, inductances, of_stems
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
WIDE = TRail(replace(PLAIN, signal_width=50.0, ground_width=100.0, reach=200.0), 45.0, 5.0, 2.0, 3.0, 20.0)
GRID = Cells.of(WIDE)
#: of a line of the same kind
STEMS = jax.jit(lambda spec: of_stems(spec, Cells.of(spec, GRID)))
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
    # 0.3 % was seen, most of it of the bars' eddies: they reach a skin depth into the metal, and the other's do not
    assert ours == pytest.approx(l2 / l0, rel=6e-3)
    # the whole: index of long waves, rails and load apart, each by its own route
    n = float(loaded.line.n_rf[0]) / float(rails.line().n_rf[0])
    assert n == pytest.approx(np.sqrt(c2 * l2 / (c0 * l0)), rel=5e-3)


#: periods of 25 to 50 µm with stems from narrow ones to those as wide as bars: length, slot, bar, stem height and width
FAMILY = (
    (45.0, 5.0, 2.0, 3.0, 6.0), (45.0, 5.0, 2.0, 3.0, 40.0), (45.0, 5.0, 2.0, 10.0, 20.0), (20.0, 5.0, 2.0, 2.0, 19.0),
    (32.0, 3.0, 1.5, 5.0, 2.0),
)  # fmt: skip


@pytest.mark.validate
@pytest.mark.parametrize("sizes", FAMILY)
def test_stems_of_any_width_beside_a_period_in_three_dimensions(sizes: tuple[float, ...]):
    """Index of long waves over that of the rails, by nodes of a grid and with all charges in three dimensions."""
    spec = TRail(replace(PLAIN, signal_width=50.0, ground_width=100.0, reach=200.0), *sizes)
    rails, whole = (period(spec, kind).n_rf for kind in ("rails", "T"))
    parts = spec.sections()
    ours = loaded_line(spec, HIGH, parts).line.n_rf[0] / distributed(parts.rails, HIGH).line().n_rf[0]
    # seen: 0.03 to 0.25 %, most of it with stems of 10 µm height; without what stems take 10 % and more
    assert float(ours) == pytest.approx(whole / rails, rel=4e-3)


def test_the_share_of_stems_by_cells_and_by_nodes():
    """σ by two discretisations of one potential, whose errors have opposite signs: 0.005 apart."""
    rails, bars, solid, whole = (period(WIDE, kind).inductance for kind in ("rails", "bars", "solid", "T"))
    hollow = 0.1 * rails + 0.9 * bars
    assert float(STEMS(WIDE).share) == pytest.approx((hollow - whole) / (hollow - solid), abs=0.01)


@pytest.mark.validate
def test_stems_from_none_to_all_along():
    """No stem takes no flux, but for what ends of bars do; stems as long as bars leave slots, and those close slowly.

    The flux in a slot goes as its width, over what holds it in wide rails: 0.925 at 1 µm, 0.974 at 0.2.
    """
    assert abs(float(STEMS(replace(WIDE, stem_width=0.2)).share)) < 0.01
    closed = replace(WIDE, length=49.98, slot=0.02, stem_width=49.98)
    assert float(of_stems(closed, Cells.of(closed)).share) == pytest.approx(1.0, abs=0.01)
    # a grid for stems of 20 µm in bars of 45 is none for this: no number, and not a wrong one
    with pytest.warns(UserWarning, match="of its source after 5000 steps.*NaN there"):
        assert np.isnan(float(STEMS(replace(closed, stem_width=49.9799)).share))


def test_the_share_of_stems_by_their_sizes():
    """Its gradient, by the potential held fast, beside a central difference; and each size moves it."""
    moved = {"length": 45.0, "slot": 5.0, "bar": 2.0, "stem_height": 3.0, "stem_width": 20.0}
    inner = {"gap": 5.0, "signal_width": 50.0, "ground_width": 100.0, "metal_thickness": 0.8}
    sizes = jnp.array([*moved.values(), *inner.values()])

    def spec(p: jax.Array) -> TRail:
        outer = dict(zip(moved, p, strict=False))
        return replace(WIDE, base=replace(WIDE.base, **dict(zip(inner, p[len(outer) :], strict=True))), **outer)

    slope = jax.jit(jax.jacrev(lambda p: STEMS(spec(p))))(sizes)
    assert np.all(np.abs(slope.share * sizes) > 1e-3)
    assert np.all(np.abs(slope.crowded * sizes) > 1e-3 * STEMS(WIDE).crowded)
    signs = jnp.sign(slope.share) * sizes
    ends = [STEMS(spec(sizes + h * signs)) for h in (1e-3, -1e-3)]
    # residuals of 1e-7 leave a ten-thousandth of σ, and a thousandth of the difference of two energies
    assert float(slope.share @ signs) == pytest.approx(float(ends[0].share - ends[1].share) / 2e-3, rel=1e-3)
    assert float(slope.crowded @ signs) == pytest.approx(float(ends[0].crowded - ends[1].crowded) / 2e-3, rel=1e-2)


def test_stems_as_long_as_bars_have_a_grid_of_their_own():
    """On one of shorter stems there is no room for them, and none for shorter ones on theirs: both are said."""
    full = replace(WIDE, stem_width=45.0)
    own = Cells.of(full)
    assert own.counts[2][1] == 0
    for spec, like, says in ((full, GRID, "shorter than bars"), (WIDE, own, "as long as bars")):
        with pytest.raises(ValueError, match=f"stem_width = .* in bars of 45 µm: `like` is of a line .* {says}"):
            Cells.of(spec, like)
    with pytest.warns(UserWarning, match="stem_width = 45 µm in bars of 45 µm"):
        assert np.all(np.isnan(jax.jit(lambda w: Cells.of(replace(WIDE, stem_width=w), GRID).z)(45.0)))


@pytest.mark.validate
def test_stems_as_long_as_bars_are_where_longer_and_longer_ones_end():
    near, full = (replace(WIDE, stem_width=w) for w in (44.9, 45.0))
    a, b = (of_stems(spec, Cells.of(spec)) for spec in (near, full))
    assert float(a.share) == pytest.approx(float(b.share), abs=0.005)
    assert float(a.crowded) == pytest.approx(float(b.crowded), rel=0.02)


def test_a_frequency_that_is_no_number_is_that_one_alone():
    """Inside `jit`, where it cannot be refused: of a few, each solved at, and of many, whose fields are known."""
    for count in (3, 12):
        f = jnp.geomspace(1e9, 1e11, count)
        at = jax.jit(lambda f: distributed(LIKE.rails, f).line().n_rf)
        with pytest.warns(UserWarning, match="frequency nan Hz"):
            seen = np.asarray(at(f.at[1].set(jnp.nan)))
        assert np.flatnonzero(np.isnan(seen)).tolist() == [1]
        np.testing.assert_allclose(np.delete(seen, 1), np.delete(at(f), 1), rtol=1e-6)


@pytest.mark.validate
def test_the_share_of_stems_by_its_grid():
    """Steps halved twice: what is left halves too, or does better; singular edges allow for no more."""
    found = []
    for k in range(3):
        first, growth = 0.8 / 2**k, 1.7 ** (2 / 2**k)
        whole, rails, bars, solid = inductances(Cells.of(WIDE, None, first, growth), growth)
        hollow = 0.1 * rails + 0.9 * bars
        found.append(float((hollow - whole) / (hollow - solid)))
    assert abs(found[2] - found[1]) < 0.6 * abs(found[1] - found[0])
    assert abs(found[2] - found[1]) < 2e-3


#: of dL/dn what stems of these widths crowd, by cells of 0.1 µm at edges
CROWDED = {2.0: 0.040, 20.0: 0.087, 44.0: 0.060}


@pytest.mark.validate
@pytest.mark.parametrize("width", CROWDED)
def test_what_crowds_at_stems(width: float):
    """By Wheeler's rule, with energies of two periods; by the derivative of one; by finer cells; and by nodes.

    The derivative is another way to the same: ψ held fast, not solved again.
    """
    spec = replace(WIDE, stem_width=width)
    cells = Cells.of(spec)
    crowded = float(of_stems(spec, cells).crowded)
    one = jnp.ones(())
    found, slope = jax.jvp(jax.jit(lambda n: inductances(cells.drawn_back(n))), (0 * one,), (one,))
    hollow, more = (0.1 * kind.rails + 0.9 * kind.bars for kind in (found, slope))
    sigma = (hollow - found.whole) / (hollow - found.solid)
    ours = (1 - sigma) * more + sigma * slope.solid
    assert crowded * 1e-6 == pytest.approx(float(slope.whole - ours), rel=2e-3)
    assert crowded * 1e-6 / float(ours) == pytest.approx(CROWDED[width], abs=0.005)
    ends = []
    for n in (0.01, -0.01):
        moved = _drawn_back(spec, n)
        ends.append(np.array([period(moved, kind).inductance for kind in ("rails", "bars", "solid", "T")]))
    back, mean = (ends[0] - ends[1]) / 0.02, (ends[0] + ends[1]) / 2
    hollow, more = (0.1 * kind[0] + 0.9 * kind[1] for kind in (mean, back))
    sigma = (hollow - mean[3]) / (hollow - mean[2])
    # nodes and cells at 0.4 µm are 0.003 apart, 0.008 with the widest; with half of it 4e-4
    assert back[3] / ((1 - sigma) * more + sigma * back[2]) - 1 == pytest.approx(CROWDED[width], abs=0.005)


def _drawn_back(spec: TRail, n: float) -> TRail:
    """All walls of the metal moved into it."""
    base = spec.base
    assert base.ground_width is not None
    base = replace(
        base, gap=base.gap + 2 * n, signal_width=base.signal_width - 2 * n, ground_width=base.ground_width - 2 * n,
        metal_thickness=base.metal_thickness - 2 * n, metal_height=base.metal_height + n,
    )  # fmt: skip
    return TRail(
        base,
        spec.length - 2 * n,
        spec.slot + 2 * n,
        spec.bar - 2 * n,
        spec.stem_height + 2 * n,
        spec.stem_width - 2 * n,
    )


@pytest.mark.validate
def test_films_crowd_no_nearer_than_their_resistance_lets_them():
    """What a narrower gap adds to R, over that of surfaces: by eddy currents in two dimensions, and 1/(1 + δ²/ts)."""
    f = jnp.array([1e8, 3e8, 1e9, 3e9, 1e10, 3e10, 5e11])
    near, far = (distributed(replace(WIDE.base, gap=gap).section(), f).resistance / jnp.sqrt(f) for gap in (5.0, 5.3))
    seen = (near - far) / (near - far)[-1]
    metal = LIKE.rails.media[LIKE.rails.conductors.index("signal")].conductivity
    assert metal is not None
    squared = 2 / (2 * np.pi * f * MU0 * metal)
    # 0.09 was seen, at 30 GHz
    np.testing.assert_allclose(seen, 1 / (1 + squared / (0.8e-6 * 5e-6)), atol=0.12)


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
    bar = replace(RAILS, length=0.5, slot=49.5, stem_width=0.4)
    # on a grid of its own: in cells of a bar of 45 µm, shrunk 400 times, conjugate gradients do not end
    short = loaded_line(bar, HIGH, LIKE._replace(cells=Cells.of(bar)))
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
