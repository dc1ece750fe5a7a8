"""Mounted gauges: rows by turned tensors, bounds by closed forms and by drawn readings, what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.mechanics import mounting, strain
from lingnan.solvers.mechanics.mounting import Mounted
from lingnan.solvers.mechanics.strain import Line

TE = Line(1.55, 0.576, 0.527, 4.6e-5)  # a silicon wire of 450 nm under oxide
TM = Line(1.55, 0.401, -0.155, 3.4e-5)
SHORT = ("x", "y", "warmth")


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 135.0])
def test_rows_are_the_strain_tensor_turned_into_the_gauge(angle: float) -> None:
    turn = np.deg2rad(angle)
    frame = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    tensors = [[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.5], [0.5, 0.0]]]  # ε_x, ε_y, γ_xy of 1
    turned = [np.diagonal(frame @ np.array(one) @ frame.T) for one in tensors]
    expected = np.array([0.576 * along + 0.527 * across for along, across in turned])
    assert np.asarray(Mounted(TE, angle).row()[:3]) == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert np.asarray(strain.rosette_matrix([TE], [angle], TE)[0, :3]) == pytest.approx(expected, rel=1e-12, abs=1e-15)
    found = mounting.matrix([Mounted(TE, angle), mounting.free(TE)], ("x", "y"))
    assert np.asarray(found[0]) == pytest.approx(expected[:2], rel=1e-12)
    assert np.asarray(mounting.free(TE).row()) == pytest.approx([0.0, 0.0, 0.0, 4.6e-5], abs=1e-15)


def test_a_narrow_bond_passes_what_lies_along_it() -> None:
    """By hand: the chip contracts by ν where it is not held."""
    row = Mounted(TE, 0.0, 0.5, 0.1, 0.064).row()
    assert float(row[0]) == pytest.approx(0.5 * (0.576 - 0.527 * 0.064 * 0.9), rel=1e-12)
    assert float(row[1]) == pytest.approx(0.0527, rel=1e-12)
    with pytest.raises(ValueError, match=r"along = 1\.2"):
        Mounted(TE, along=1.2)


def test_two_gauges_at_right_angles_by_closed_form() -> None:
    """[[a, t], [t, a]]: σ² = σ_n² (a² + t²)/(a² - t²)², and the price (a² + t²)/|a² - t²|."""
    for line in (TE, TM):
        a, t = float(line.along), float(line.across)
        found = mounting.told(mounting.matrix([Mounted(line), Mounted(line, 90.0)], ("x", "y")), 1e-9)
        expected = 1e-9 * np.sqrt(a**2 + t**2) / abs(a**2 - t**2)
        assert np.asarray(found.sigma) == pytest.approx(expected, rel=1e-9)
        assert np.asarray(found.price) == pytest.approx((a**2 + t**2) / abs(a**2 - t**2), rel=1e-9)


def test_better_conditioned_sets() -> None:
    """The price of strains: TE, TE and TM, TM, a bond of crossed strips; free gauges take the temperature."""
    noise = 1e-8
    sets = {
        "te": [Mounted(TE), Mounted(TE, 90.0)],
        "both": [Mounted(TE), Mounted(TE, 90.0), Mounted(TM), Mounted(TM, 90.0)],
        "tm": [Mounted(TM), Mounted(TM, 90.0)],
        "strips": [Mounted(TE, 0.0, 0.4, 0.05, 0.064), Mounted(TE, 90.0, 0.4, 0.05, 0.064)],
    }
    price = {
        name: float(mounting.told(mounting.matrix([*some, mounting.free(TE)], SHORT), noise).price[0])
        for name, some in sets.items()
    }
    assert price["te"] > 10
    assert price["both"] < 2
    assert price["tm"] < 2.5
    assert price["strips"] < 1.7


def test_drawn_readings_reach_the_bound() -> None:
    """4000 readings tell a deviation to 1.1 %; three of these."""
    noise = np.array([1e-8, 2e-8, 3e-8, 1e-8, 2e-8])
    rows = mounting.matrix(
        [Mounted(TE), Mounted(TE, 90.0), Mounted(TM, 45.0), Mounted(TM, 90.0), mounting.free(TE)]
    )  # fmt: skip
    at = np.array([3e-4, -1e-4, 5e-5, 20.0])
    off = mounting.drawn(rows, noise, at)
    found = mounting.told(rows, noise)
    assert off.std(axis=0) == pytest.approx(np.asarray(found.sigma), rel=0.034)
    assert np.abs(off.mean(axis=0)) == pytest.approx(0.0, abs=4 * float(found.sigma.max()) / np.sqrt(4000))
    spread = mounting.drawn(rows, noise, at, spread=0.02)
    assert np.all(spread.std(axis=0) > 10 * off.std(axis=0))  # what is not calibrated costs more than noise


def test_gradient_by_a_share_of_the_bond() -> None:
    def sigma(share: jax.Array) -> jax.Array:
        rows = mounting.matrix([Mounted(TE, 0.0, 0.4, share), Mounted(TE, 90.0, 0.4, share)], ("x", "y"))
        return mounting.told(rows, 1e-8).sigma[0] * 1e8

    h = 1e-5
    expected = (sigma(jnp.asarray(0.1 + h)) - sigma(jnp.asarray(0.1 - h))) / (2 * h)
    assert float(jax.grad(sigma)(jnp.asarray(0.1))) == pytest.approx(float(expected), rel=1e-7)


def test_refused() -> None:
    with pytest.raises(ValueError, match="2 gauges for 3 unknowns"):
        mounting.matrix([Mounted(TE), Mounted(TE, 90.0)], SHORT)
    with pytest.raises(ValueError, match=r"unknown = \('z',\)"):
        mounting.matrix([Mounted(TE)], ("z",))
    with pytest.raises(ValueError, match="do not tell 3 unknowns apart"):
        mounting.told(mounting.matrix([Mounted(TE), Mounted(TE), Mounted(TE)], SHORT), 1e-8)
    with pytest.raises(ValueError, match=r"do not tell 2 unknowns apart .* nan"):
        mounting.told([[1.0, 0.5], [np.nan, 1.0]], 1e-8)
    with pytest.raises(ValueError, match="noise = 0"):
        mounting.told(mounting.matrix([Mounted(TE), Mounted(TE, 90.0)], ("x", "y")), 0.0)
    with pytest.raises(ValueError, match="for 2 unknowns"):
        mounting.drawn(mounting.matrix([Mounted(TE), Mounted(TE, 90.0)], ("x", "y")), 1e-8, np.array([1e-4]))
