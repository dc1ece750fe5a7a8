"""The ring on a membrane: drawn holes and guide by the release rules, strain by closed form, its model, refusals."""

from typing import Any

import jax
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import store, strains
from lingnan.components.soi import membranelight
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.mechanics import plates


@pytest.fixture(autouse=True)
def line(request: Any) -> Any:
    """Nothing is solved but what `validate` holds against the solvers."""
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


@pytest.mark.parametrize("radius", [20.0, 30.0, 55.0])
def test_all_of_the_membrane_is_within_reach_of_a_hole(radius: float) -> None:
    """Distances to the nearest hole, to a tenth of a µm: none within the ring is farther than the etch reaches."""
    c = soi.ring_membrane(radius=radius)
    process, dbu = active_process(), c.kdb_cell.layout().dbu
    number = process.layer("UNDERCUT")
    layer = c.kdb_cell.layout().layer(number.layer, number.datatype)
    holes = np.array(
        [(b.center().x * dbu, b.center().y * dbu) for b in (s.bbox() for s in c.kdb_cell.shapes(layer).each())]
    )
    assert len(holes) == c.info["holes"]
    middle = float(c.info["gap1_um"]) + 0.45 + radius
    angle, far = np.meshgrid(np.linspace(0, 2 * np.pi, 181), np.linspace(0, radius + 0.225, 60))
    x, y = (far * np.cos(angle)).ravel(), (middle + far * np.sin(angle)).ravel()
    nearest = np.hypot(holes[:, :1] - x, holes[:, 1:] - y).min(axis=0) - 2.5
    reach = process.number("cells.undercut_reach")
    assert nearest.max() < reach
    ring = np.abs(far.ravel() - radius) < 0.3
    assert nearest[ring].min() > process.limit("UC.S.WG") - 0.1  # points of the ring lie up to .3 inside of its middle
    # outwards the etch ends at the rim that is said, between holes a little before
    assert float(c.info["membrane_radius_um"]) - radius == pytest.approx(2.77, abs=0.01)


def test_strain_at_the_ring_is_that_of_a_clamped_disc() -> None:
    """w = p (a² - r²)²/(64 D): on the upper face, pressed down, ε_r = t/2 p (3r² - a²)/(16 D), ε_θ of (r² - a²)."""
    made = membranelight.membrane(radius=40.0)
    a, r, t = float(made.plate.radius) * 1e-6, 40e-6, float(made.plate.thickness) * 1e-6
    per = 1.0 * t / 2 / (16 * float(plates.rigidity(made.plate)))
    expected = float(made.along) * per * (r**2 - a**2) + float(made.across) * per * (3 * r**2 - a**2)
    assert float(made.share(1.0)) == pytest.approx(expected, rel=1e-4)  # polynomials of the plate
    assert expected > 0
    # tension at the rim, where the plate is clamped
    assert float(made.pm_per_pascal()) == pytest.approx(1.55e6 * expected, rel=1e-4)


def test_the_models_line_moves_as_the_membrane_says() -> None:
    model, pressure = soi.models["ring_membrane"], 1e5
    waves = np.linspace(1.5515, 1.552, 5001)
    still, moved = (np.abs(np.asarray(model(wl=waves, pressure=p)["o1", "o2"])) ** 2 for p in (0.0, pressure))
    shift = 1e6 * (waves[moved.argmin()] - waves[still.argmin()])
    expected = float(membranelight.membrane().pm_per_pascal(pressure)) * pressure
    assert shift == pytest.approx(expected * waves[still.argmin()] / 1.55, abs=0.15)  # steps of 0.1 pm
    assert_allclose(moved.min(), still.min(), rtol=1e-3)


def test_all_that_makes_it_moves_it() -> None:
    base = float(membranelight.membrane(30.0).pm_per_pascal())
    film = plates.Film(60e9, 0.2, 2200.0)
    for settings in (
        {"radius": 31.0}, {"stress": 1e7}, {"reach": 8.5}, {"thickness": 2.1}, {"film": film},
    ):  # fmt: skip
        changed = float(membranelight.membrane(**{"radius": 30.0, **settings}).pm_per_pascal())
        assert abs(changed / base - 1) > 1e-3, settings

    def by_stress(stress: Any) -> Any:
        return membranelight.membrane(30.0, stress=stress * 1e8).pm_per_pascal()

    slope = float(jax.grad(by_stress)(-0.5))
    assert slope == pytest.approx((float(by_stress(-0.49)) - float(by_stress(-0.51))) / 0.02, rel=1e-3)
    assert slope < 0  # tension stiffens


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"pressure": 5e6}, "linear theory goes to 0.1"),
        ({"pressure": 1.0, "stress": -5e8}, "It is not flat"),
    ],
)
def test_beyond_linear_theory_is_refused_from_the_model(settings: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        soi.models["ring_membrane"](**settings)


def test_inside_jit_the_model_is_nan_there_and_warns() -> None:
    through = jax.jit(lambda pressure: soi.models["ring_membrane"](pressure=pressure)["o1", "o2"])
    assert np.isfinite(complex(through(1e3)))
    with pytest.warns(UserWarning, match=r"linear theory goes to 0.1"):
        assert np.isnan(complex(through(5e6)))


def test_cells_refuse_what_cannot_be_released() -> None:
    with pytest.raises(LingnanError, match=r"hole = 4 is below the limit of 5 \(ISO.W"):
        soi.ring_membrane(hole=4.0)
    with pytest.raises(LingnanError, match=r"a circle of holes|oxide between holes"):
        soi.ring_membrane(radius=10.0)


@pytest.mark.validate
def test_kept_answers_to_strain_are_those_of_today() -> None:
    """And along the guide less than the stretch alone, which is n_eff/n_g more or less."""
    process = active_process()
    for section, corner, over in strains.wanted():
        anew = strains.solve(process, section, corner, over)
        kept = strains.gauge(process, section, corner, over)
        assert_allclose(anew["by_material"], kept.by_material, atol=1e-6)
        assert_allclose(anew["by_shape"], kept.by_shape, atol=1e-6)
        assert 0.4 < float(kept.line(0.16).along) < 0.8
