"""Electrodes at a temperature: metal by the slope of its resistivity, crystal by its index, and all of both."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import materials
from lingnan.solvers.modulators import (
    Coplanar,
    Fineness,
    Ready,
    RfMedium,
    clamped,
    figures,
    guided,
    permittivity_change,
    rlgc,
)
from lingnan.solvers.waveguides import Resolution

SPEC = Coplanar(ground_width=60.0)
F = jnp.geomspace(1e9, 1.2e11, 12)


def test_metal_and_crystal_at_a_temperature():
    """Gold by its bulk's slope from where its number holds, the film by its index, and what has no slope not at all."""
    gold = materials.get("Au")
    for known_at, kelvin in ((293.15, 358.15), (298.15, 358.15)):
        medium = RfMedium(1.0, None, gold.conductivity, gold.resistivity_slope, known_at)
        resistivity = 1 / gold.conductivity + 8.3e-11 * (kelvin - known_at)
        assert float(medium.at(kelvin).conductivity) == pytest.approx(1 / resistivity)
        assert float(medium.at(known_at).conductivity) == pytest.approx(gold.conductivity)
    assert RfMedium(3.9).at(358.15) == RfMedium(3.9)
    warm, cold = SPEC.section().at(358.15), SPEC.section()
    by_name = {name: k for k, name in enumerate(cold.geometry.names)}
    assert float(warm.media[by_name["signal"]].conductivity) < 0.85 * gold.conductivity
    assert warm.media[by_name["core"]].conductivity is None
    assert cold.at(None) is cold
    crystal, film = SPEC.film_crystal, materials.get("LiNbO3")
    kelvin, field = (293.15, 358.15), jnp.array([1.0, 0.0, 0.0])
    across = [permittivity_change(crystal, clamped(crystal), field, 1.55, t)[0, 0] for t in kelvin]
    n = [float(film.n_e(1.55, t)) for t in kelvin]
    assert float(across[1] / across[0]) == pytest.approx((n[1] / n[0]) ** 4, rel=1e-12)


@pytest.mark.validate
def test_warmth_moves_guide_and_metal():
    """The index of the film rises and so V_pi falls; gold conducts less, and the band ends sooner."""
    # coarse: parts are compared with themselves
    like = Ready(SPEC.section(fineness=Fineness(3, 0.2, 4.5)), guided(SPEC, resolution=Resolution(3, 1, 1, 2.0, 3.0)))
    temperatures = (293.15, 358.15)
    cold, hot = (figures(SPEC, F, 10000.0, like=like, reference=1e9, temperature=t) for t in temperatures)
    gold = materials.get("Au")
    lost = [1 + 8.3e-11 * (t - 293.15) * gold.conductivity for t in temperatures]
    for found, kelvin, share in zip((cold, hot), temperatures, lost, strict=True):
        mode = guided(SPEC, like=like.mode, temperature=kelvin)
        assert float(found.shift.n_eff) == pytest.approx(float(mode.n_eff), abs=1e-12)
        by_hand = replace(SPEC, metal=gold.conductivity / share)
        np.testing.assert_allclose(found.line.gamma, rlgc(by_hand.section(like.electrodes), F).gamma, rtol=1e-12)
    assert lost[1] == pytest.approx(1.22, abs=0.01)
    # of the film's own index more or less, for light lies in oxide too but runs slower than in bulk
    film = materials.get("LiNbO3")
    rise = float(film.n_e(1.55, 358.15) - film.n_e(1.55, 293.15))
    assert 0.7 * rise < float(hot.shift.n_eff - cold.shift.n_eff) < 1.3 * rise
    # δε goes with n_e⁴
    ratio = float(film.n_e(1.55, 358.15) / film.n_e(1.55, 293.15)) ** 4
    assert 1 < float(hot.shift.per_volt / cold.shift.per_volt) < ratio
    assert float(hot.bandwidth) < 0.95 * float(cold.bandwidth)
