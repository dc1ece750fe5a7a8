"""The mesh about a junction: its lines follow both masks that meet there, also where they part, overlap and pass."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import phaseshifters as ps
from lingnan.solvers.semiconductors import solve


def met(p: Any = 0.0, n: Any = 0.0, blur: float = 0.03, doped: tuple[float, float] = (5e17, 3e17)) -> ps.Section:
    """Both low masks, each with its edge."""
    acceptors, donors = doped
    return ps.rib([ps.Implant("p", acceptors, right=p, straggle=blur), ps.Implant("n", donors, left=n, straggle=blur)])


def test_lines_follow_both_masks_alike() -> None:
    """By half of what either moves, and not where both part or pass each other by as much."""
    plan = ps.planned(met(), ps.MOVING)
    lines = np.asarray(plan.lines(met()))
    middle = int(np.argmin(np.abs(lines)))
    for p, n in ((0.04, 0.0), (0.0, 0.04), (0.1, -0.06), (-0.02, 0.06)):
        moved = np.asarray(plan.lines(met(p, n)))
        assert np.all(np.diff(moved) > 0)
        assert_allclose(moved[middle] - lines[middle], 0.02, atol=1e-12)
    for apart in (0.1, -0.1):
        assert_allclose(plan.lines(met(-apart, apart)), lines, atol=1e-12)
    slopes = jax.jacfwd(lambda edges: plan.lines(met(edges[0], edges[1]))[middle])(jnp.zeros(2))
    assert_allclose(slopes, [0.5, 0.5], rtol=1e-12)


def test_edges_blurred_into_each_other_have_one_knot() -> None:
    """So that they may pass: with a knot each, lines between them would cross."""
    apart = ps.planned(met(-0.02, 0.02), ps.MOVING)
    assert [knot.at for knot in apart.across if knot.source[0] == "mean"] == pytest.approx([0.0])
    assert np.all(np.diff(np.asarray(apart.lines(met(0.05, -0.05)))) > 0)
    for far in (met(-0.04, 0.04), met(-0.02, 0.02, 0.0)):  # beyond their blur; abrupt edges lie on lines
        assert not [knot for knot in ps.planned(far, ps.MOVING).across if knot.source[0] == "mean"]
    beside = ps.planned(met(0.24, 0.24), ps.MOVING)  # the wall at 0.25 µm keeps its line
    assert {0.24, 0.25} <= {round(knot.at, 9) for knot in beside.across}


@pytest.mark.parametrize("around", [0.0, 0.06, 0.09])
def test_cells_about_a_junction_are_even_so_far(around: float) -> None:
    lines = np.asarray(ps.planned(met(), replace(ps.MOVING, around=around)).lines(met()))
    cells, middles = np.diff(lines), (lines[1:] + lines[:-1]) / 2
    for side in (-1, 1):  # all cells of a side shrink alike to end at the wall, by a fifth here at most
        even = cells[(side * middles > 0) & (side * middles < 0.8 * around)]
        assert len(even) >= 0.8 * around / 0.0075 - 1
        assert np.all((even < 0.0075 + 1e-9) & (even > 0.8 * 0.0075))
        assert_allclose(even, even[:1].mean() if len(even) else 0.0, rtol=1e-6)
    assert cells.max() > 0.02


@pytest.mark.parametrize("blur", [0.0, 0.03])
@pytest.mark.parametrize("place", [0.2, 0.25, -0.27])
def test_cells_are_even_behind_a_wall_and_a_mask_too(place: float, blur: float) -> None:
    """Silicon depletes on there: where cells of 48 nm began at the wall, C scattered over voltage by up to 14 %."""
    section = met(place, place, blur)
    section = replace(section, implants=(*section.implants, ps.Implant("n", 3e18, left=place + 0.05, straggle=blur)))
    plan = ps.planned(section)
    lines = np.asarray(plan.lines(section))
    middles = (lines[1:] + lines[:-1]) / 2
    near = np.diff(lines)[np.abs(middles - place) < 0.1]  # of the 0.115 and 0.175 µm that deplete or are blurred
    assert near.max() < (0.0075 if blur else 0.005) + 1e-9
    assert np.diff(lines).max() > 0.05
    assert {place, -0.25, 0.25} <= {round(knot.at, 9) for knot in plan.across}


@pytest.mark.validate
def test_a_mask_that_moves_is_as_on_a_fine_mesh() -> None:
    """V_pi L times loss, of its share: one off by 33 nm, both parted and passed by 67 nm and more."""
    moves = [(0.0, 0.0), (0.033, 0.0), (-0.033, 0.0), (0.0, 0.033), (0.0, -0.033), (0.033, -0.033), (-0.033, 0.033),
             (0.033, 0.033), (0.067, 0.0), (0.0, -0.067)]  # fmt: skip

    def shares(fineness: ps.Fineness) -> np.ndarray:
        like = ps.ready(met(), 1.55, fineness)
        x, y, way = like.plan.lines(met()), like.plan.levels(met()), jnp.asarray(like.plan.reverse)

        @jax.jit
        def product(edges: jax.Array) -> jax.Array:
            light = like.light
            assert light is not None
            device = like.plan.laid(met(edges[0], edges[1]), x, y)
            rest, driven = (light.shift(device, solve(device, volts * way)) for volts in (0.0, 2.0))
            return jnp.imag(rest) / jnp.abs(jnp.real(driven - rest))

        found = np.array([product(jnp.array(one)) for one in moves])
        return found / found[0]

    fine = shares(ps.Fineness(junction=0.004, edge=0.02, around=0.2, growth=1.15, most=0.2, round_x=4, round_y=1))
    off = np.abs(shares(ps.MOVING) / fine - 1)
    assert off.max() < 3e-3


def test_fingers_of_a_traced_width_move_their_lines() -> None:
    """The check of `reach` compares it with a width that is traced too."""

    def made(width: Any) -> ps.Interleaved:
        return ps.Interleaved(5e17, 3e17, width=width)

    mesh = ps.fingers(made(0.5))
    slope = jax.jacfwd(lambda width: mesh.plan.lines(made(width).section)[mesh.last])(0.5)
    assert_allclose(slope, 0.5, rtol=1e-12)
