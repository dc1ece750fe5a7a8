"""Modes keep their identity through a crossing, whatever their order."""

import jax.numpy as jnp
import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import Sweep

mpl.use("agg")


@pytest.fixture(scope="module")
def crossing() -> Sweep:
    # TE0 and TM0 of a nearly square nitride core cross where it is square: by symmetry nothing couples them
    def build(width: jnp.ndarray) -> waveguides.Geometry:
        return waveguides.strip(width, 0.8, 2.0, 1.444, window=(-2.0, 2.0, -1.6, 2.4))

    return waveguides.sweep(build, jnp.array([0.70, 0.76, 0.84, 0.90]), num_modes=2)


def test_crossing_modes_are_kept_apart(crossing: Sweep) -> None:
    sorted_n = np.asarray(crossing.modes.n_eff.real)
    assert np.all(np.diff(sorted_n, axis=1) < 0)  # as solved: sorted at each step
    tm, te = crossing.n_eff.real.T  # TM0 is the higher one in a core taller than wide
    assert np.all(np.diff(np.sign(te - tm)) >= 0)
    assert te[0] < tm[0]
    assert te[-1] > tm[-1]


def test_each_column_is_one_polarization(crossing: Sweep) -> None:
    fraction = crossing.of(crossing.modes.te_fraction)
    assert np.all(fraction[:, 0] < 0.2)
    assert np.all(fraction[:, 1] > 0.8)


def test_a_square_core_is_degenerate(crossing: Sweep) -> None:
    # reflection about the diagonal: n_TE(w, h) = n_TM(h, w); the mesh is the same in x and y only up to the window
    te, tm = crossing.n_eff.real[:, 1], crossing.n_eff.real[:, 0]
    difference = te - tm
    # the width as a cubic of the difference through the four steps, which bends little over 0.2 µm
    width = np.polyval(np.polyfit(difference, np.asarray(crossing.values), 3), 0.0)
    assert_allclose(width, 0.8, atol=5e-4)


def test_sensible_requests() -> None:
    with pytest.raises(ValueError, match="Did you mean Ex"):
        waveguides.plot(None, component="EX")  # type: ignore[arg-type]
