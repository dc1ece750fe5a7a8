"""Two guides side by side: fits of n₊ - n₋ that are used, and those that lose themselves in the error of the mesh."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components.compact import pairs, store
from lingnan.components.compact.ways import Line, Loop
from lingnan.pdk import active_process, build_pdk


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Nothing is solved."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        yield


def test_the_splitting_of_strips_far_apart_is_that_of_finer_meshes() -> None:
    """At 1.26 µm, where the fit of 0.4 to 0.85 µm rises with the gap; by `waveguides.LADDER[3]`, third digit sure."""
    two = pairs.pair(active_process(), "strip", 0.45)
    finer = [5.353e-4, 8.879e-5, 1.491e-5]
    assert_allclose(two.splitting(1.26, np.array([0.4, 0.55, 0.7])), finer, atol=2e-5)  # n₊ and n₋ are right to so much


@pytest.mark.parametrize("cladding", ["", "air"])
@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "thin_narrow"])
def test_what_goes_over_grows_with_wavelength_and_falls_with_the_gap(corner: str, cladding: str) -> None:
    """At 0.4 µm and more it was up to all of the light, or NaN, from 1.26 to 1.31 µm."""
    loop, waves = Loop(20.0, 0.0, 0.0, Line("strip", corner, cladding)), np.linspace(1.26, 1.62, 19)
    over = np.array([loop.coupling(waves, gap)[1] for gap in (0.35, 0.42, 0.5)])
    assert np.all(np.diff(over, axis=1) > 0)
    assert np.all(np.diff(over, axis=0) < 0)


def test_a_gap_that_is_traced_has_the_same() -> None:
    loop = Loop(20.0, 0.0, 0.0, Line("strip"))
    traced = jax.jit(lambda gap: loop.coupling(1.28, gap)[1])(0.45)
    assert_allclose(traced, loop.coupling(1.28, 0.45)[1], rtol=1e-9)
