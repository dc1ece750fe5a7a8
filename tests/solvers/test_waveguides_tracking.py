"""Modes keep their identity through a crossing, whatever their order."""

import threading

import jax
import jax.numpy as jnp
import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.elements.problem import EdgePencil
from lingnan.solvers.waveguides import Sweep, host

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


def test_steps_that_cannot_be_followed_are_named(crossing: Sweep) -> None:
    def build(width: jnp.ndarray) -> waveguides.Geometry:
        return waveguides.strip(width, 0.8, 2.0, 1.444, window=(-2.0, 2.0, -1.6, 2.4))

    widths = jnp.array([0.70, 0.76, -0.84, 0.90])
    with pytest.warns(UserWarning, match="1 of 4"), pytest.raises(ValueError, match="member 2 of 4"):
        waveguides.sweep(build, widths, num_modes=2, resolution=waveguides.Resolution(2, 2, 2))
    with pytest.raises(ValueError, match="one for each of 4 steps"):
        waveguides.sweep(build, widths, wavelength=jnp.array([1.5, 1.6]))
    with pytest.raises(ValueError, match="no function"):
        waveguides.sweep(build(jnp.array(0.7)), widths)  # type: ignore[arg-type]
    one, two = (jax.tree.map(lambda a, k=k: a[k], crossing.modes) for k in (0, 1))
    assert waveguides.follow(one, two).tolist() == waveguides.follow(two, one).tolist()
    with pytest.raises(ValueError, match="before has 2 modes and after 1"):
        waveguides.follow(one, waveguides.solve(build(jnp.array(0.7)), 1.55, 1))
    with pytest.raises(ValueError, match="is a batch of 4"):
        waveguides.classify(crossing.modes)


@pytest.mark.validate
def test_an_absorbing_crossing_is_the_same_in_both_directions() -> None:
    def build(width: jnp.ndarray) -> waveguides.Geometry:
        return waveguides.strip(width, 0.8, 2.0 + 0.01j, 1.444, window=(-2.0, 2.0, -1.6, 2.4))

    widths = jnp.array([0.70, 0.76, 0.84, 0.90])
    options = {"num_modes": 2, "resolution": waveguides.Resolution(3, 2, 2)}
    there, back = waveguides.sweep(build, widths, **options), waveguides.sweep(build, widths[::-1], **options)
    assert there.place.tolist() == [[0, 1], [0, 1], [1, 0], [1, 0]]
    assert_allclose(there.n_eff, back.n_eff[::-1, ::-1], rtol=1e-9)
    assert np.all(there.n_eff.imag > 0.005)


def test_an_anti_crossing_is_followed_in_steps_and_jumped_over() -> None:
    # leaning walls couple TE1 and TM0 of a strip, which would cross near 0.66 µm and now pass each other
    def build(width: jnp.ndarray) -> waveguides.Geometry:
        return waveguides.strip(width, 0.22, 3.4757, 1.444, sidewall_angle_deg=78.0, window=(-1.4, 1.4, -1.0, 1.22))

    swept = waveguides.sweep(build, jnp.linspace(0.60, 0.74, 9), num_modes=3, resolution=waveguides.Resolution(3, 2, 2))
    n, te = swept.n_eff.real, swept.of(swept.modes.te_fraction)
    assert np.all(n[:, 0] > n[:, 1])
    assert np.min(n[:, 1] - n[:, 2]) > 0.02  # they never meet
    # step by step each mode goes on smoothly, and its polarization changes over
    assert np.all(np.diff(te[:, 1]) > 0)
    assert te[0, 1] < 0.1
    assert te[-1, 1] > 0.9
    assert np.all(np.diff(n, axis=0) > 0)
    # one step over all of it keeps the polarization instead
    first, last = (jax.tree.map(lambda a, k=k: a[k], swept.modes) for k in (0, -1))
    assert waveguides.follow(first, last).tolist() == [0, 2, 1]


def test_a_batch_is_solved_on_all_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2, timeout=60)  # passes when two searches run at the same time, and never otherwise

    def search(options: host.Options, task: host.Task) -> host.Answer:
        together.wait()
        return host.Answer(*(task.wavelength for _ in range(5)))

    monkeypatch.setattr(host, "search", search)
    monkeypatch.setattr(host, "processors", lambda: 2)
    count = 4 * host.CHUNK
    each, square = np.arange(1, count + 1), np.ones((count, 1, 1))
    corners = square * np.array([[0.0, 0.0], [1.0, 1.0]])
    task = host.Task(corners, corners[:, :, 0], square[..., None], 0.0 * each, each, None)
    options = host.Options(EdgePencil(1, 1, 1), 1, 1e-9, ())
    assert host.search_many(options, task).steps.tolist() == each.tolist()  # and in their order
