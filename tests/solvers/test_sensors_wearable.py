"""Pulse oximetry, glucose and radiation: tabulated numbers, second routes, and what limits each."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials
from lingnan.solvers.materials import MaterialRangeError
from lingnan.solvers.sensors import Chain, Converter, Detector, Guide, Laser, Ring, blood, glucose, irradiated
from lingnan.solvers.sensors.blood import Finger
from lingnan.solvers.sensors.glucose import Blood
from lingnan.solvers.sensors.irradiated import Power


def test_haemoglobin_by_its_table():
    # Prahl's example: 150 g/L of haemoglobin and 64,500 g/mol: μ = 2.303 ε 150/64500, at 660 nm with oxygen 1.71/cm
    assert_allclose(blood.absorption(0.660, 1.0), 2.302585 * 319.6 * 150 / 64500, rtol=1e-6)
    assert_allclose(blood.absorption(0.940, 0.0), 2.302585 * 693.44 * 150 / 64500, rtol=1e-6)
    # both forms absorb alike near 800 nm, the isosbestic point
    oxy, deoxy = blood.extinction(np.linspace(0.78, 0.82, 401))
    assert 0.79 < np.linspace(0.78, 0.82, 401)[np.argmin(abs(np.asarray(oxy - deoxy)))] < 0.81
    assert_allclose(blood.absorption(0.7, 0.9, 0.0), 0.0)


def test_a_saturation_and_back():
    finger = Finger(paths=1.2)
    for share in (0.6, 0.97):
        assert_allclose(blood.saturation(finger, blood.ratio(finger, share)), share, rtol=1e-12)
    # a ratio of one by the table's own numbers: 74 %, where 110 - 25 R of calibrated oximeters is 85 %
    assert_allclose(blood.saturation(Finger(), 1.0), (3226.56 - 693.44) / (3226.56 - 319.6 + 1214 - 693.44), rtol=1e-12)


def test_noise_of_a_saturation_by_formula():
    """Shot noise alone, by hand: σ² of ln(pulse) in each colour is 4 q B/(I m²), m its depth, and S follows R."""
    share, power, band = 0.9, 1e-6, 5.0

    @jax.jit
    def both(p):
        light, steps = jnp.stack([p[2], p[2]]), Converter(2e-6, p[3])
        chain = Chain(Laser(1e-3), Detector(0.5, band), steps)
        found = blood.reading(chain, Finger(pulse=p[0], paths=p[1]), share, light)
        return found.sigma, found.by_paths

    def of(p):
        return both(p)[0]

    at = jnp.asarray([1e-4, 1.0, power, 40.0])  # so many bits are none
    depth = [float(blood.absorption(w, share)) * 1e-4 for w in (0.660, 0.940)]
    relative = np.sqrt(sum(2 * 2 * 1.602176634e-19 * band / (0.5 * power) / m**2 for m in depth))
    measured = blood.ratio(Finger(), share)
    by_ratio = jax.grad(lambda r: blood.saturation(Finger(), r))(measured)
    assert_allclose(of(at), abs(measured * by_ratio) * relative, rtol=2e-3)  # depths of 1e-4 to 1e-3 are left out
    assert_allclose(of(at.at[2].set(4 * power)), of(at) / 2, rtol=1e-3)
    assert of(at.at[3].set(14.0)) > of(at)
    # a path a per cent longer, read as if it were not
    wrong = blood.saturation(Finger(), blood.ratio(Finger(paths=1.01), share)) - share
    assert_allclose(both(at)[1], abs(wrong), rtol=0.01)
    slope = jax.jit(jax.grad(of))(at)
    for k, step in enumerate((1e-8, 1e-4, 1e-10)):
        moved = jnp.zeros(4).at[k].set(step)
        assert_allclose(slope[k], (of(at + moved) - of(at - moved)) / (2 * step), rtol=1e-5)


def test_glucose_by_index():
    # 5 and 10 g in 100 mL: 1.3402 and 1.3475 beside 1.3330 in a table of a refractometer's use, read on a web page
    shown = np.asarray([0.0072, 0.0145])
    found = np.asarray([glucose.index(1e4 * g / glucose.MOLAR_MASS) - 1.3330 for g in (5.0, 10.0)])
    assert_allclose(found, shown, rtol=0.06)  # refractions of atoms are good to some per cent of what they add
    assert_allclose(glucose.slope(), (glucose.index(5.1) - glucose.index(4.9)) / 0.2, rtol=1e-6)
    assert_allclose(glucose.slope(), 2.5e-5, rtol=0.02)  # commonly quoted, for a mmol/L


def test_what_limits_glucose_is_not_the_ring():
    quiet = glucose.error(1e-7, Blood(0.01, 1.0, 0.1))
    assert quiet.worst == "protein"
    assert quiet.sensor < 0.01 < 5 < quiet.protein  # mmol/L
    assert_allclose(quiet.total, np.sqrt(sum(float(part) ** 2 for part in quiet)), rtol=1e-12)
    assert_allclose(materials.get("water").dn_dt(1.55, 300.0), glucose.WARMTH, rtol=1e-9)
    # a tenth of a kelvin is 0.4 mmol/L
    assert_allclose(glucose.error(0.0, Blood(temperature=0.1)).temperature, 1e-5 / glucose.slope(), rtol=1e-12)
    alone = glucose.error(1e-5, Blood())
    assert_allclose(alone.total, alone.sensor)


def test_a_power_law_through_its_points():
    law = Power(2e-4, 0.7, 1.0, 1e6)
    dose = np.asarray([10.0, 100.0, 1e4, 1e5])
    found = irradiated.fitted(dose, law(dose))
    assert_allclose([found.law.factor, found.law.power], [2e-4, 0.7], rtol=1e-10)
    assert (found.law.lowest, found.law.highest) == (10.0, 1e5)
    assert_allclose(law(0.0), 0.0)
    assert_allclose(jax.grad(law)(100.0), 0.7 * law(100.0) / 100.0, rtol=1e-12)
    # with a scatter of 10 % the stated errors are those of many fits
    rng = np.random.default_rng(1)
    many = [irradiated.fitted(dose, law(dose) * np.exp(0.1 * rng.standard_normal(4))) for _ in range(300)]
    spread, stated = np.std([f.law.power for f in many]), np.sqrt(np.mean([f.power_sigma**2 for f in many]))
    assert_allclose(spread, stated, rtol=0.1)  # 300 fits: 4 % of each


def test_healing_by_its_definitions():
    args = (3.0, 1.0, 50.0)
    for order in (1.001, 2.0, 4.0):
        assert_allclose(irradiated.healed(*args, order, 0.0), 3.0)
        assert_allclose(irradiated.healed(*args, order, 50.0), 2.0)  # half of what heals
        assert_allclose(irradiated.healed(*args, order, 1e300), 1.0, atol=1e-6)
    assert_allclose(irradiated.healed(*args, 1.001, 120.0), 1 + 2 * 2 ** (-120 / 50), rtol=1e-3)  # exponential
    assert_allclose(irradiated.healed(*args, 2.0, 120.0), 1 + 2 / (1 + 120 / 50), rtol=1e-12)  # second order


def test_an_aged_ring():
    guide = Guide(1.55, 2.4, 4.2, bulk=0.15, loss_db_cm=2.0)
    core = Guide(1.55, 2.4, 4.2, bulk=1.1)
    index, loss = Power(1e-7, 0.6), Power(1e-3, 0.7)
    later = irradiated.aged(guide, core, 1e4, index, loss)
    assert_allclose(later.n_eff - 2.4, 1.1e-7 * 1e4**0.6, rtol=1e-6)
    assert_allclose(later.loss_db_cm, 2.0 + 1.1e-3 * 1e4**0.7, rtol=1e-12)
    assert_allclose(irradiated.aged(guide, core, 0.0, index, loss).n_eff, 2.4)
    # the drift of a resonance, by the ring and by the stated mistake
    before, after = Ring(guide, 200.0, 0.05), Ring(later, 200.0, 0.05)
    moved = 1e3 * float(after.resonance() - before.resonance())
    mistaken = irradiated.mistaken_riu(guide, core, 1e4, index)
    assert_allclose(moved, guide.nm_per_riu * mistaken, rtol=1e-2)  # the resonance is not at 1.55
    assert after.q_loaded < before.q_loaded


def test_what_is_out_of_range_is_said():
    with pytest.raises(MaterialRangeError, match=r"haemoglobin: wavelength = 1.31 µm lies outside 0.6 to 1"):
        blood.extinction(1.31)
    with pytest.raises(ValueError, match=r"haemoglobin = -1 g/L: it must be 0"):
        blood.absorption(0.66, 0.9, -1.0)
    with pytest.raises(ValueError, match=r"saturation = 97"):
        blood.absorption(0.66, 97.0)
    with pytest.raises(ValueError, match=r"concentration = -1 mmol/L: it must be 0"):
        glucose.index(-1.0)
    with pytest.raises(ValueError, match=r"concentration = 2000"):
        glucose.index(2000.0)
    with pytest.raises(ValueError, match=r"dose = -1 Gy: it must be 0"):
        Power(1e-4, 0.7)(-1.0)
    with pytest.raises(MaterialRangeError, match=r"dose = 1e\+07 Gy lies outside 10 to 1000"):
        Power(1e-4, 0.7, 10.0, 1e3)(1e7)
    with pytest.raises(ValueError, match=r"fitted: 2 doses and 2 values"):
        irradiated.fitted([1.0, 2.0], [1.0, 2.0])
