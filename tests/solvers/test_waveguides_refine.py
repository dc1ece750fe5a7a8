"""Refinement: the estimate holds the true error, on known functions and on converged references."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import Absorber, Geometry, Resolution, Trapezoid
from lingnan.solvers.waveguides.refine import DRAFT, refine


def layered(r: Resolution) -> np.ndarray:
    """n_eff whose error falls by a known factor with each step of each kind."""
    p, h, o = r.order - DRAFT.order, (r.inner - DRAFT.inner) // 2, r.outer - DRAFT.outer
    return np.array([2.0 + 1e-3 * 0.2**p + 1e-4 * 0.2**h + 1e-9 * 0.2**o, 1.7 + 2e-3 * 0.2**p + 0j])


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-7])
def test_only_what_matters_is_refined(tolerance: float) -> None:
    found = refine(layered, tolerance)
    assert found.met
    true = np.abs(layered(found.resolution) - [2.0, 1.7])
    assert np.all(true <= found.error)
    assert found.error.max() <= tolerance
    assert found.resolution.outer == DRAFT.outer  # it was never in the way
    if tolerance < 1e-3:
        assert found.limit is not None  # changes of one ratio: the limit is exact but for the third kind
        assert_allclose(found.limit, [2.0, 1.7], atol=tolerance * 0.1)


def test_refinements_that_cancel_count_each() -> None:
    """As beside metal, where n_eff falls with the order and rises with the cells: to 1e-6 of 3e-5 in one guide."""

    def n_eff(r: Resolution) -> np.ndarray:
        p, h = r.order - DRAFT.order, (r.inner - DRAFT.inner) // 2
        return np.array([2.0 + 1e-4 * 0.6**p - 1e-4 * 0.59**h + 0j])

    found = refine(n_eff, 1e-5)
    assert found.met
    assert abs(n_eff(found.resolution)[0] - 2) <= found.error[0] <= 1e-5
    assert refine(n_eff, 1e-4).error[0] > 3e-5  # one step of either


def test_changes_of_no_one_ratio_have_no_limit() -> None:
    def n_eff(r: Resolution) -> np.ndarray:
        return np.array([2.0 + 1e-3 * 0.5 ** (r.order - DRAFT.order) ** 2 + 0j])

    found = refine(n_eff, 1e-5)
    assert found.met
    assert found.limit is None


def test_given_cells_are_kept() -> None:
    found = refine(layered, 1e-3, cells_given=True)
    assert (found.resolution.inner, found.resolution.outer) == (DRAFT.inner, DRAFT.outer)


def test_what_does_not_settle_is_not_met() -> None:
    noise = np.random.default_rng(0)
    assert not refine(lambda _: np.array([noise.random() + 0j]), 1e-9).met


CORNER = waveguides.cross_section(
    [Trapezoid(8**0.5, 0.0, 0.5, 0.0, 0.5, name="core")], background=1.0, window=(0.0, 1.0, 0.0, 1.0)
)
STRIP = waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.5, 1.5, -1.19, 1.41))
NITRIDE = waveguides.strip(1.0, 0.4, 1.9963, 1.444, window=(-3.0, 3.0, -2.0, 2.4))


WIRE = [Trapezoid(3.4757, 0.0, 0.22, -0.225, 0.225), Trapezoid(np.sqrt(-115 + 11.3j), 0.3, 0.4, -0.3, 0.3)]
GOLD = waveguides.cross_section(WIRE, background=1.444, window=(-1.5, 1.5, -1.2, 1.4))
BENT = waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.2, 2.5, -1.2, 1.4)).bend(1.6)


@pytest.mark.parametrize(
    ("guide", "exact", "options"),
    [
        (STRIP, 2.352833, {}),  # three independent vector FEMs agree
        (NITRIDE, 1.637952, {}),
        # these two by our own meshes of order 7 and 8
        (GOLD, 2.267010 + 0.0018205j, {"target": 2.4}),
        (BENT, 2.364367 + 0.0000696j, {"target": 2.4, "absorber": Absorber(("right",))}),
        # G. R. Hadley, J. Lightwave Technol. 20, 1219 (2002), doi:10.1109/jlt.2002.800371
        (CORNER, 2.65679692, {"wavelength": 1.5, "target": 2.7, "magnetic": ("bottom", "top")}),
    ],
)
def test_the_estimate_holds_the_true_error(guide: Geometry, exact: complex, options: dict) -> None:
    modes = waveguides.solve(guide, num_modes=1, tolerance=1e-4, **options)
    assert modes.error is not None
    true = abs(modes.n_eff[0] - exact)
    # 5e-7: half of the last digit of the references in print
    assert true - 5e-7 <= float(modes.error[0]) <= 1e-4
