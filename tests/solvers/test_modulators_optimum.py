"""The widest band at a limit of V_pi: what is refused, margins of the search, and a scan that finds no better."""

import importlib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators import Coplanar, TRail, figures, optimum, ready
from lingnan.solvers.modulators.bandwidth import Crossing
from lingnan.solvers.modulators.minimax import Minimax, Step
from lingnan.solvers.modulators.optimum import changed, number

SPEC = Coplanar(gap=6.0, signal_width=12.0, ground_width=60.0)
FREE = {"signal_width": (8.0, 40.0)}
F = jnp.geomspace(1e9, 2e11, 16)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"corners": {}}, "no corner: it needs 1 or more. Give"),
        ({"free": {}}, "nothing is free. Give names"),
        ({"free": {"colour": (1.0, 2.0)}}, "no number 'colour': it has bar, buried_oxide, .*, stem_width"),
        ({"free": {"gap": (7.0, 9.0)}}, "gap starts at 6 µm, outside of 7 to 9 µm. Start inside"),
        ({"start": {"signal_width": 41.0}}, "signal_width starts at 41 µm, outside of 8 to 40 µm"),
        ({"free": {"gap": (9.0, 5.0)}}, "9.0 to 5.0 µm holds nothing. Give least and largest"),
        ({"free": {"gap": (5.0, np.inf)}}, "5.0 to inf µm holds nothing"),
        ({"length": (2e4, 2e4)}, "20000.0 to 20000.0 µm holds nothing"),
        ({"v_pi": 0.0}, "v_pi = 0 V: it must be finite and more than 0 V. Give the limit of the driver"),
        ({"v_pi": -3.0}, "v_pi = -3 V"),
        ({"v_pi": np.nan}, "v_pi = nan V"),
        ({"grid": 0.0}, "grid = 0 µm: it must be finite and more than 0 µm"),
        ({"start": {}}, r"start has \[\] and free has \['signal_width'\]: give a start for each"),
        ({"start": {"gap": 6.0}}, r"start has \['gap'\] and free has \['signal_width'\]"),
    ],
)
def test_bad_input(wrong: dict[str, Any], says: str):
    given: dict[str, Any] = {"corners": {"nominal": TRail(SPEC)}, "free": FREE, "v_pi": 3.0, "frequency": F}
    with pytest.raises(ValueError, match=f"optimum: .*{says}"):
        optimum(**{**given, **wrong})


class Pretended(NamedTuple):
    """What `optimum` reads of figures of merit."""

    v_pi: jax.Array
    bandwidth: jax.Array
    crossing: Crossing


@pytest.mark.parametrize(
    ("scale", "says"),
    [
        (
            12.0,
            "a V_pi of 3 V takes 40000 µm at signal_width 12.000 µm: `length` allows 1000 to 20000 µm. Widen it, or",
        ),
        (
            0.5,
            "S21 of nominal, thin does not fall by 3 dB up to 2e.11 Hz, so there is no bandwidth to raise. Go to",
        ),
    ],
)
def test_no_length_and_no_bandwidth(monkeypatch: pytest.MonkeyPatch, scale: float, says: str):
    """V_pi is `scale` times 10 V at a millimetre and the band ends at 400 GHz there: nothing is solved."""

    def closed(spec: Coplanar, band: jax.Array, length: jax.Array, **_: Any) -> Pretended:
        end = 4e14 / length * (spec.signal_width / 12.0) ** 0.1
        return Pretended(scale * 1e4 / length, jnp.minimum(end, band[-1]), Crossing(end, end < band[-1], end))

    module = importlib.import_module("lingnan.solvers.modulators.optimum")  # the package has a function of that name
    monkeypatch.setattr(module, "figures", closed)
    monkeypatch.setattr(module, "ready", lambda *_: jnp.zeros(()))
    corners = {"nominal": SPEC, "thin": replace(SPEC, film=0.58)}
    with pytest.raises(ValueError, match=says):
        optimum(corners, FREE, v_pi=3.0, frequency=F)


def test_numbers_of_an_electrode_and_of_its_base():
    spec = TRail(SPEC)
    both = changed(spec, {"slot": 4.0, "gap": 5.0})
    assert (both.slot, both.base.gap, both.base.signal_width) == (4.0, 5.0, 12.0)
    assert (number(both, "slot"), number(both, "gap")) == (4.0, 5.0)
    assert changed(SPEC, {"gap": 5.0}) == replace(SPEC, gap=5.0)


def test_margins_and_their_slopes():
    """What is left of a limit and above t at each corner, with slopes by numbers from 0 to 1."""
    asked: list[float] = []

    scales = {"one": 1.0, "two": 1.1}

    def sloped(name: str, p: jax.Array) -> tuple[np.ndarray, Any]:
        """V_pi = 20 scale/(a length) V and a bandwidth of 300/(scale length) GHz, differentiated by hand."""
        scale = scales[name]
        asked.append(scale)
        a, long = (float(v) for v in p)
        v, b = 20.0 * scale / (a * long), 300.0 / (scale * long)
        return np.array([[-v / a, -v / long], [0.0, -b / long]]), SimpleNamespace(v_pi=v, bandwidth=1e9 * b)

    told: list[Step] = []
    pretended: Any = sloped
    low, size = np.array([2.0, 1.0]), np.array([4.0, 3.0])
    search = Minimax(tuple(scales), pretended, low, size, 2.5, ("a",), told.append)
    x = np.array([0.25, 0.5, 0.9])  # 3 µm and 2.5 µm
    v, b = np.array([20.0, 22.0]) / 7.5, 120.0 / np.array([1.0, 1.1])
    np.testing.assert_allclose(search.margins(x), [*(1 - v / 2.5), *(b / 100 - 0.9)], rtol=1e-12)
    assert told == search.steps
    assert told[0].drawn == {"a": 3.0}
    assert (told[0].length, told[0].v_pi, told[0].bandwidth) == pytest.approx((2.5, v[1], 1e9 * b[1]))
    slopes = search.margin_slopes(x)
    assert len(asked) == 2  # margins and slopes come of one call for each corner
    h = 1e-5
    differences = [(search.margins(x + d) - search.margins(x - d)) / (2 * h) for d in h * np.eye(3)]
    np.testing.assert_allclose(slopes.T, differences, rtol=1e-8, atol=1e-9)  # second order in a step of 1e-5
    assert search.value(x) == -0.9
    np.testing.assert_array_equal(search.value_slope(x), [0.0, 0.0, -1.0])


@pytest.mark.validate
def test_no_width_of_a_scan_is_better():
    """One free number, two films: the worst bandwidth at the length that just meets V_pi, over seven widths."""
    corners, limit = {"nominal": SPEC, "thin": replace(SPEC, film=0.58)}, 3.0
    best = optimum(corners, FREE, v_pi=limit, frequency=F, length=(2000.0, 20000.0))
    likes = {name: ready(spec) for name, spec in corners.items()}
    call = jax.jit(figures)

    def worst(width: float) -> float:
        specs = {name: replace(spec, signal_width=jnp.asarray(width)) for name, spec in corners.items()}
        most = max(float(call(s, F, jnp.asarray(1e4), like=likes[n]).v_pi) for n, s in specs.items())
        length = jnp.ceil(most * 1e4 / limit)
        found = [call(s, F, length, like=likes[n]) for n, s in specs.items()]
        assert max(float(f.v_pi) for f in found) <= limit
        return min(float(f.bandwidth) for f in found)

    scan = {float(width): worst(width) for width in np.linspace(8.0, 40.0, 7)}
    before, after = best.bandwidths
    # the search ends within 0.01 GHz, and width and length are rounded to 0.01 and 1 µm of some 10 and 10,000: 1e-3
    assert after >= (1 - 1e-3) * max(scan.values()), scan
    assert after > before
    assert after == pytest.approx(worst(best.drawn["signal_width"]), rel=1e-6)
    assert all(float(f.v_pi) <= limit for f in best.after.values())
    assert best.drawn["signal_width"] == pytest.approx(round(best.drawn["signal_width"], 2), abs=1e-9)
    assert best.steps[0].drawn == {"signal_width": 12.0}
    # a micrometre shorter would not do: the length is the least that holds
    assert max(float(f.v_pi) for f in best.after.values()) * best.length / (best.length - 1) > limit
    for name in corners:
        assert name in best.table()
