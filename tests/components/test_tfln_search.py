"""The search of the transmitter's notebook: kept under what was asked, told again with its steps, and found anew."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from lingnan.components.compact import store
from lingnan.components.tfln import optimise
from lingnan.components.tfln.optimise import SHOWN, Search
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.modulators.minimax import Step


@pytest.fixture(autouse=True)
def line() -> None:
    build_pdk("tfln600").activate(force=True)


def test_what_the_notebook_asks_is_kept() -> None:
    """All of it without a solve: sizes on the mask's grid, figures of merit at both corners, and the way there."""
    told: list[Step] = []
    with store.keeping(None, only_kept=True):
        design = optimise.optimise(**SHOWN, say=told.append)
    best = design.optimum
    assert told == list(best.steps)
    assert told[0].drawn == {"gap": 5.0, "signal_width": 16.0}  # the process's own
    assert set(best.before) == set(best.after) == {"nominal", "thin_narrow"}
    before, after = best.bandwidths
    assert after > before
    for found in best.after.values():
        assert float(found.v_pi) <= 3.0
        assert float(found.bandwidth) >= after
        assert found.push_pull
        assert np.iscomplexobj(found.line.gamma)
        assert found.response.s21_db.shape == found.line.frequency.shape
    assert design.settings == {"electrode": "straight", **best.drawn, "length": best.length}
    for size in best.drawn.values():
        assert size == pytest.approx(round(size, 2), abs=1e-9)


@pytest.mark.parametrize(
    "changed",
    [{"v_pi": 2.9}, {"corners": ("nominal", "hot")}, {"free": {"gap": (5.0, 8.0)}}, {"electrode": "rail"}],
)
def test_another_question_has_another_key(changed: dict[str, Any]) -> None:
    """And is not answered by what is kept."""
    asked = {**SHOWN, **changed}
    assert Search.of(**asked).key != Search.of(**SHOWN).key
    with store.keeping(None, only_kept=True), pytest.raises(LingnanError, match=r"optimum .* is not solved yet"):
        optimise.optimise(**asked)


def test_the_last_digits_of_a_frequency_do_not_count() -> None:
    """They depend on the machine that made them."""
    band = np.asarray(SHOWN["frequency"])
    assert Search.of(**{**SHOWN, "frequency": band * (1 + 1e-15)}).key == Search.of(**SHOWN).key
    assert Search.of(**{**SHOWN, "frequency": band * (1 + 1e-6)}).key != Search.of(**SHOWN).key


@pytest.mark.validate
def test_the_search_finds_today_what_is_kept() -> None:
    """Minutes: some ten electrodes at both corners with their derivatives."""
    search = Search.of(**SHOWN)
    kept, anew = store.entries("tfln600")[search.key], search.entry()
    assert anew["drawn"] == pytest.approx(kept["drawn"], abs=0.02)  # two steps of the grid
    assert anew["length"] == pytest.approx(kept["length"], rel=2e-3)
    for one, other in ((kept, anew), (anew, kept)):
        assert set(one["after"]) == set(other["after"])
    ends = [np.asarray(entry["steps"][-1]["bandwidth"]) for entry in (kept, anew)]
    assert_allclose(ends[1], ends[0], rtol=1e-3)  # where the search gives up: 0.1 GHz of 70


def test_the_figure_shows_what_the_table_says() -> None:
    """A curve and a mark at each corner, before and after, at S21 and bandwidths of the optimum."""
    with store.keeping(None, only_kept=True):
        design = optimise.optimise(**SHOWN)
    ax = design.plot(Figure().subplots())
    drawn = [(str(line.get_label()), *np.asarray(line.get_data())) for line in ax.lines]
    curves = {label: level for label, x, level in drawn if len(x) > 2}
    marks = sorted(float(x[0]) for _, x, _ in drawn if len(x) == 1)
    both = {"before": design.optimum.before, "after": design.optimum.after}
    bandwidths = [float(f.bandwidth) / 1e9 for found in both.values() for f in found.values()]
    assert_allclose(marks, sorted(bandwidths))
    for when, found in both.items():
        for corner, f in found.items():
            label = f"{corner}, {when}: {float(f.v_pi):.2f} V, {float(f.bandwidth) / 1e9:.1f} GHz"
            assert_allclose(curves.pop(label), f.response.s21_db)
    assert not curves
