"""Implants of the least V_pi L times loss: the search, the grid, what is refused."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import phaseshifters as ps
from lingnan.solvers.phaseshifters.optimum import Outcome, Program

module = import_module("lingnan.solvers.phaseshifters.optimum")  # the package's `optimum` is the function


def anywhere(*_: Any) -> None:
    """Edges that never pass each other."""


def simple(*_: Any) -> Program:
    """A goal that is least at 0.1234 and 0.4321, and a bandwidth that falls with both."""

    def two(p: jax.Array) -> tuple[jax.Array, tuple[jax.Array, Outcome]]:
        pair = jnp.stack([1 + 100 * jnp.sum((p - jnp.array([0.1234, 0.4321])) ** 2), 1e9 * (1.5 - jnp.sum(p))])
        return pair, (pair, Outcome(*jnp.zeros((4, 3))))

    return Program(jax.jit(jax.jacfwd(two, has_aux=True)), anywhere)


def never(drawn: Mapping[str, Any], errors: Mapping[str, Any]) -> tuple[ps.Section, float]:
    raise AssertionError("asked for a section")


ASKED: dict[str, Any] = {
    "free": {"a": (0.0, 0.5), "b": (0.0, 0.5)}, "start": {"a": 0.1, "b": 0.2}, "spread": {"e": 0.1}, "volts": 2.0,
    "bandwidth": 0.9e9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "ends"),
    [
        ({}, (0.1234, 0.4321)),
        ({"bandwidth": 1e9}, (0.1234 - 0.02775, 0.4321 - 0.02775)),  # a + b is 0.5 at most: both give way alike
        ({"order": [("a", "b", 0.33)], "start": {"a": 0.1, "b": 0.45}}, (0.11275, 0.44275)),
        ({"free": {"a": (0.0, 0.5), "b": (0.0, 0.4)}}, (0.1234, 0.4)),
        ({"order": [("a", "b", 0.3345)], "start": {"a": 0.1, "b": 0.45}}, (0.1105, 0.445)),  # 0.3345 is 335 of the grid
    ],
)
def test_the_search_ends_where_it_is_known_to(
    more: dict[str, Any], ends: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the grid, above the limit, in order and inside."""
    monkeypatch.setattr(module, "_program", simple)
    told: list[ps.OptimumStep] = []
    best = ps.optimum(never, **{**ASKED, **more}, say=told.append)
    a, b = best.drawn["a"], best.drawn["b"]
    assert_allclose([a, b], ends, atol=2e-3)  # a gain of 1e-4 is 1e-3 of either, and the grid as much
    assert_allclose(1e3 * np.array([a, b]), np.round(1e3 * np.array([a, b])), atol=1e-6)
    assert a + b <= 1.5 - 1e-9 * more.get("bandwidth", 0.9e9) + 1e-9
    assert all(best.drawn[above] - best.drawn[low] >= apart - 1e-9 for low, above, apart in more.get("order", ()))
    assert told == list(best.steps)
    assert told[0].drawn == {**ASKED, **more}["start"]
    assert best.finished


def straight(slope: list[float]) -> Any:
    """A bandwidth that is linear, and nothing else."""
    return lambda p: (np.array([[0.0, 0.0], slope]), ((0.0, float(np.dot(slope, p))), None))


@pytest.mark.parametrize(
    ("order", "limit", "ends"),
    [
        ([(0, 1, 0.02)], 0.0, (0.1, 0.12)),  # both are rounded to 0.1
        ([(0, 1, 0.02), (1, 0, -0.02)], 0.0, (0.1, 0.12)),
        ([(0, 1, 0.02)], 0.105, (0.13, 0.15)),  # the steeper one goes up, the other before it
        ([], 0.185, (0.13, 0.07)),
    ],
)
def test_a_step_on_the_grid_keeps_the_order(
    order: list[tuple[int, int, float]], limit: float, ends: tuple[float, float]
) -> None:
    """Of a bandwidth that rises with the lower edge and falls with the upper one."""
    low, high = np.zeros(2), np.full(2, 0.5)
    start = np.array([0.104, 0.096])
    k, _ = module._on_grid(straight([2.0, -1.0]), start, low, high, 0.01, limit, order)
    assert_allclose(k, ends, atol=1e-12)


def test_a_grid_without_a_point_in_order_is_refused() -> None:
    for order in ([(0, 1, 0.495)], [(0, 1, 0.005), (1, 0, -0.005)]):
        with pytest.raises(ValueError, match="no point of the grid lies between the limits and in order"):
            module._on_grid(straight([1.0, 1.0]), np.full(2, 0.2), np.full(2, 0.005), np.full(2, 0.5), 0.01, 0.0, order)


def test_an_interrupt_ends_with_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_program", simple)

    def say(step: ps.OptimumStep) -> None:
        if step.product < 1.05:
            raise KeyboardInterrupt

    best = ps.optimum(never, **ASKED, say=say)
    assert not best.finished
    assert best.message == "interrupted"
    assert best.drawn == {name: pytest.approx(value, abs=5e-4) for name, value in best.steps[-1].drawn.items()}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"free": {}, "start": {}}, "nothing is free"),
        ({"start": {"a": 0.1}}, "give a start for each"),
        ({"free": {"a": (0.0, 0.5), "b": (0.5, 0.5)}}, "holds nothing"),
        ({"start": {"a": 0.1, "b": 0.6}}, "b starts at 0.6 µm, outside of 0 to 0.5"),
        ({"spread": {"e": -0.1}}, "spread of e = -0.1"),
        ({"volts": -2.0}, "volts = -2 V"),
        ({"bandwidth": 0.0}, "bandwidth = 0 Hz"),
        ({"sigmas": -1.0}, "sigmas = -1"),
        ({"grid": 0.0}, "grid = 0 µm"),
        ({"steps": 0}, "steps = 0 is no whole number"),
        ({"order": [("a", "c", 0.1)]}, "'c', which is not free: a, b are"),
        ({"order": [("a", "b", 0.2)]}, "b starts at 0.2 µm, less than 0.2 µm above a"),
        ({"together": [("e", "d")]}, "together has 'd', which has no spread: e have"),
        ({"together": [("e", "e")]}, "name two errors, and each pair once"),
        ({"spread": {"e": 0.1, "d": 0.1}, "together": [("e", "d"), ("d", "e")]}, "each pair once"),
        ({"bandwidth": 2e9}, "the bandwidth stays at 1.5e\\+09 Hz, below 2e\\+09 Hz"),
    ],
)
def test_bad_input(more: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_program", simple)
    with pytest.raises(ValueError, match=said):
        ps.optimum(never, **{**ASKED, **more})


def test_a_start_without_a_solution_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a swing at which the junction breaks down: inside of a program that is NaN."""

    def broken(*_: Any) -> Program:
        return Program(
            lambda p: (jnp.zeros((2, 2)), (jnp.array([jnp.nan, 1e9]), Outcome(*jnp.zeros((4, 3))))), anywhere
        )

    monkeypatch.setattr(module, "_program", broken)
    with pytest.raises(ValueError, match=r"at the start nan V dB and 1e\+09 Hz: .* no solution"):
        ps.optimum(never, **ASKED)


def made(drawn: Mapping[str, Any], errors: Mapping[str, Any]) -> tuple[ps.Section, Any]:
    wall = drawn["wall"] + sum(errors.values())
    p, n = ps.Implant("p", 5e17, right=wall, straggle=0.03), ps.Implant("n", 3e17, left=wall, straggle=0.03)
    return ps.rib([p, n]), 0.01


def test_errors_that_move_an_edge_past_a_line_are_refused() -> None:
    """The junction beyond the rib's wall at 0.25 µm: cells of less than none gave figures without a word."""
    given = (made, {"wall": (-0.1, 0.1)}, {"wall": 0.0})
    with pytest.raises(ValueError, match=r"at the start an error of overlay = 0\.26 moves an edge past its neighbour"):
        ps.optimum(*given, {"overlay": 0.15}, volts=2.0, bandwidth=1e9)


def test_errors_that_move_an_edge_past_a_line_where_the_search_ends_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """0.1732 µm beside the start at 0, and beside the best place at 0.1234 past the rib's wall at 0.25 µm."""
    program = module._program

    def placed(*given: Any) -> Program:
        return Program(simple().slopes, program(*given).check_places)

    def both(drawn: Mapping[str, Any], errors: Mapping[str, Any]) -> tuple[ps.Section, Any]:
        return made({"wall": drawn["a"]}, errors)

    monkeypatch.setattr(module, "_program", placed)
    said = r"where the search ended \(a = 0\.123 µm, b = 0\.432 µm\) an error of e = 0\.173 moves an edge"
    with pytest.raises(ValueError, match=said):
        ps.optimum(both, **{**ASKED, "start": {"a": 0.0, "b": 0.2}})


@pytest.mark.validate
def test_derivatives_of_a_junction_and_its_best_place() -> None:
    """Both goals by where the wall stands, and that no wall nearby is better."""
    slopes, _ = module._program(made, ("wall",), {"wall": 0.0}, {"overlay": 0.03}, (), 2.0, 1.55, 2.0, ps.ROUGH)
    slope, (_, found) = slopes(jnp.array([0.04]))
    ends = [np.asarray(slopes(jnp.array([0.04 + step]))[1][0]) for step in (1e-4, -1e-4)]
    assert_allclose(slope[:, 0], (ends[0] - ends[1]) / 2e-4, rtol=1e-4)
    alone = ps.figures(made({"wall": 0.04}, {})[0], 2.0, leads=0.01)
    assert_allclose(found.vpi_l[0], alone.vpi_l[0], rtol=0.02)  # cells of 6 nm that grow, beside even ones of 5 nm
    assert_allclose(found.loss_db_cm[0], alone.loss_at_rest_dB_cm, rtol=0.01)
    start = {"wall": 0.08}  # which makes the mesh: goals on those of two starts are up to 0.8 % apart
    nearby, _ = module._program(made, ("wall",), start, {"overlay": 0.03}, (), 2.0, 1.55, 2.0, ps.ROUGH)
    best = ps.optimum(
        made, {"wall": (-0.12, 0.12)}, start, {"overlay": 0.03}, volts=2.0, bandwidth=1e9, grid=0.005,
        fineness=ps.ROUGH,
    )  # fmt: skip
    goal = best.after.product[1] + 2 * best.after.product[2]
    for aside in (-0.01, 0.01):
        assert float(nearby(jnp.array([best.drawn["wall"] + aside]))[1][0][0]) >= goal * (1 - 1e-4)
