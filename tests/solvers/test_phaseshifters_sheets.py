"""Resistances of drawn junctions are those of the line's sheets: by currents, by closed forms, by slopes."""

from dataclasses import replace
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.pdk.process import load_process
from lingnan.pdk.process.implants import ideal_sheet, slowness
from lingnan.solvers import phaseshifters as ps
from lingnan.solvers.phaseshifters.closed import Lateral
from lingnan.solvers.semiconductors import Silicon, device, solve, terminal_currents

#: without saturation, by which the field of a junction at rest slows carriers the less, the slower they are
SILICON = Silicon(intrinsic=1e10, saturated=False)
MESH = ps.Fineness(junction=0.003, edge=0.03, around=0.0, growth=1.2, round_x=64, round_y=12)
LINE = load_process("soi220")


def lateral(slow_p: Any = (1.0, 1.0), slow_n: Any = (1.0, 1.0), dose: Any = 1.0) -> ps.Section:
    implants = (
        ps.Implant("p", 5e17 * dose, right=0.0, slowness=slow_p), ps.Implant("n", 3e17, left=0.0, slowness=slow_n)
    )  # fmt: skip
    return ps.rib(implants, silicon=SILICON, oxide=0.0)


@cache
def mesh() -> ps.Ready:
    return ps.ready(lateral(), 1.55, MESH)


def figures(*slow: Any) -> ps.Figures:
    return ps.figures(lateral(*slow), [1.0], like=mesh(), frequency=1e7)


def test_carriers_half_as_fast_have_twice_the_resistance_and_nothing_else() -> None:
    own, slow = figures(), figures((2.0, 2.0), (2.0, 2.0))
    # what the wafer's own dopants carry of it, 1e15 of 3e17
    assert_allclose(slow.resistance, 2 * own.resistance, rtol=4e-3)
    assert np.all(np.asarray(slow.resistance) < 2 * np.asarray(own.resistance))
    assert_allclose(slow.capacitance, own.capacitance, rtol=1e-7)  # (ωRC)² of 1e-8
    assert_allclose(slow.vpi_l, own.vpi_l, rtol=1e-8)
    assert_allclose(slow.bandwidth, 1 / (2 * np.pi * slow.resistance * slow.capacitance), rtol=1e-12)


def test_a_junction_has_the_resistance_of_the_line_s_sheets() -> None:
    """Core and slab of either side each with the sheet of the process file: `Lateral.resistance` is a sum of them."""
    p, n = LINE.implants["p"], LINE.implants["n"]
    made = figures(slowness(LINE, p), slowness(LINE, n))
    sheets = [one.sheet_resistance[level].value for one in (p, n) for level in ("core", "slab")]
    assert sheets == [4000, 10000, 2500, 6000]
    left, right = -1.5, 1.5
    of_sheets = Lateral(5e17, 3e17, left=left, right=right, silicon=SILICON)
    expected = float(of_sheets.resistance(1.0, (sheets[0], sheets[1], sheets[2], sheets[3])))
    # current crowds where rib meets slab, over half the step: 65 nm in 2.8 µm, as without these sheets
    assert_allclose(float(made.resistance[0]), expected, rtol=0.03)
    assert float(figures().resistance[0]) < 0.8 * expected  # by Masetti's mobilities alone
    each = [figures(*(tuple(1.0 + 0.5 * (k == 2 * side + part) for part in (0, 1)) for side in (0, 1)))
            for k in range(4)]  # fmt: skip
    # each of the four moves it; the p side's core, 0.2 µm of what is left of 0.25, the least but one
    assert np.all(np.array([float(one.resistance[0]) for one in each]) > 1.01 * float(figures().resistance[0]))


@pytest.mark.parametrize("implant", ["p", "n", "pp", "np", "ppp", "npp"])
def test_a_slab_of_one_implant_is_a_sheet_of_the_line(implant: str) -> None:
    """One volt across a micron: the current says the process file's number."""
    data = LINE.implants[implant]
    x, thick = jnp.linspace(0.0, 1.0, 5), LINE.levels["slab"].z_max
    section = ps.rib([ps.Implant(data.polarity, data.concentration.value, slowness=slowness(LINE, data))], width=0.4)
    y = jnp.array([0.0, thick])
    ends = np.zeros((2, 5, 2), dtype=bool)
    ends[0, 0], ends[1, -1] = True, True
    n, p = section.doping(x + 0.5, y)
    slab = device(
        x + 0.5, y, donors=n, acceptors=p, contacts={"left": ends[0], "right": ends[1]},
        material=SILICON, slowness=section.slowness(x + 0.5, y),
    )  # fmt: skip
    current = float(terminal_currents(slab, solve(slab, [0.0, 1e-3]))[1])  # A/m for 1 mV
    assert_allclose(1e-3 / current / 1e-6, data.sheet_resistance["slab"].value, rtol=2e-3)  # the wafer's own dopants


@pytest.mark.validate
def test_slopes_of_resistance_by_slowness_and_dose() -> None:
    like, step = mesh(), 1e-3

    @jax.jit
    def of(numbers: Any) -> Any:
        slow, dose = numbers
        return ps.figures(lateral((slow, 1.4), (1.2, 1.3), dose), [1.0], like=like, frequency=1e7).resistance[0]

    at = jnp.array([1.4, 1.0])
    value, slopes = of(at), jax.jacfwd(of)(at)
    for k in (0, 1):
        ends = [float(of(at.at[k].add(sign * step))) for sign in (1, -1)]
        assert_allclose(slopes[k], (ends[0] - ends[1]) / (2 * step), rtol=1e-5)  # steps squared; the solve's digits
    # more dopants carry more: of the p side's share of R, d log R / d log N is that of N μ(N), some -0.75
    assert -0.75 < float(slopes[1] / value) < -0.2


def test_of_two_implants_each_slows_its_share() -> None:
    two = (ps.Implant("n", 3e17, slowness=(1.2, 1.5)), ps.Implant("n", 1e17, slowness=(2.0, 3.0)),
           ps.Implant("p", 1e18, right=-0.5, slowness=(1.7, 1.7)))  # fmt: skip
    section = ps.rib(two, width=0.5)
    electrons, holes = section.slowness(jnp.array([-1.0, -0.6, 0.1, 0.2, 0.7, 0.8]), jnp.array([0.0, 0.1]))
    for place, (a, b) in ((2, (1.2, 2.0)), (4, (1.5, 3.0))):  # core, slab
        assert_allclose(electrons[place, 0], (4e17 + 1e15) / (3e17 / a + 1e17 / b + 1e15), rtol=1e-12)
        assert_allclose(holes[place, 0], 1.0, rtol=1e-12)  # no acceptors
    assert_allclose(holes[0, 0], 1.7, rtol=1e-3)


def test_doses_films_and_corners_do_not_change_how_slow_carriers_are() -> None:
    p = LINE.implants["p"]
    assert ideal_sheet(p, 0.22) / ideal_sheet(p, 0.11) == pytest.approx(0.5, rel=1e-12)
    assert slowness(LINE, p) == pytest.approx((1.4533, 1.4863), abs=1e-4)
    bare = replace(p, sheet_resistance={})
    assert slowness(LINE, bare) == (1.0, 1.0)
    half = replace(p, sheet_resistance={"core": p.sheet_resistance["core"]})
    assert slowness(LINE, half) == pytest.approx((1.4533, 1.4533), abs=1e-4)
    inside = jax.jit(lambda dose: dose * slowness(LINE, p)[0])  # a plain number also where a program is traced
    assert float(inside(2.0)) == pytest.approx(2 * 1.4533, abs=2e-4)


@pytest.mark.validate
def test_fingers_of_slow_carriers_have_more_resistance() -> None:
    def of(*slow: float) -> float:
        made = ps.Interleaved(1e18, 1e18, silicon=SILICON, slowness=slow)
        return float(ps.interleaved(made, [1.0], mesh=like, frequency=1e7).resistance[0])

    like = ps.fingers(ps.Interleaved(1e18, 1e18, silicon=SILICON), MESH)
    own = of(1.0, 1.0)
    assert_allclose(of(2.0, 2.0), 2 * own, rtol=2e-3)  # carriers run over the wall, and are as fast as ever there
    assert of(1.5, 1.0) > 1.1 * own
    assert of(1.0, 1.5) > 1.1 * own


def test_bad_input() -> None:
    with pytest.raises(ValueError, match=r"Implant: slowness in the slab = 0: it must be finite and more than 0"):
        ps.Implant("n", 1e17, slowness=(1.0, 0.0))
    with pytest.raises(ValueError, match=r"Interleaved: slowness of holes = -1: it must be finite and more than 0"):
        ps.Interleaved(1e18, 1e18, slowness=(1.0, -1.0))
    ends = {"a": np.array([[True, True], [False, False]])}
    small = partial(device, [0.0, 1.0], [0.0, 1.0], donors=1e17, acceptors=0.0, contacts=ends)
    with pytest.raises(ValueError, match=r"device: slowness of electrons = 0: it must be finite and more than 0"):
        small(slowness=(0.0, 1.0))
    with pytest.raises(ValueError, match=r"device: slowness has shape \(3,\): it must be one number"):
        small(slowness=(1.0, np.ones(3)))
