"""Gases: Voigt against SciPy, lines against their definitions, cells, harmonics and limits."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import constants
from scipy.special import voigt_profile, wofz

from lingnan.solvers.materials import MaterialRangeError
from lingnan.solvers.sensors import Chain, Detector, Laser, gas, lines
from lingnan.solvers.sensors.gas import Cell
from lingnan.solvers.sensors.voigt import faddeeva, voigt


def test_faddeeva_beside_scipy():
    x, y = np.meshgrid(np.linspace(-30, 30, 241), np.concatenate([[0.0], np.logspace(-6, 2, 33)]))
    z = (x + 1j * y).ravel()
    exact = wofz(z)
    assert np.max(abs(np.asarray(jax.jit(faddeeva)(z)) - exact) / abs(exact)) < 1e-11
    # w' = 2i/√π - 2 z w: its terms cancel to 1/z² far out, which is SciPy's loss there and not ours
    near = z[abs(z) < 8]
    slope = jax.jit(jax.vmap(jax.grad(faddeeva, holomorphic=True)))(near)
    assert_allclose(slope, 2j / np.sqrt(np.pi) - 2 * near * wofz(near), atol=1e-10)


def test_a_voigt_profile_between_gauss_and_lorentz():
    nu = np.linspace(-0.5, 0.5, 101)
    sigma = 0.01 / np.sqrt(2 * np.log(2))
    assert_allclose(voigt(nu, 0.01, 0.05), voigt_profile(nu, sigma, 0.05), rtol=1e-10)
    assert_allclose(voigt(0.0, 0.01, 1e-9), np.sqrt(np.log(2) / np.pi) / 0.01, rtol=1e-6)
    assert_allclose(voigt(nu, 1e-5, 0.05), 0.05 / np.pi / (nu**2 + 0.05**2), rtol=1e-5)
    far = np.linspace(-200, 200, 400001)
    # the wings beyond hold 2 γ/(π 200)
    assert_allclose(np.trapezoid(voigt(far, 0.01, 0.05), far), 1 - 2 * 0.05 / (np.pi * 200), rtol=1e-7)


def test_lines_by_their_definitions():
    co2 = lines.get("CO2")
    assert_allclose(lines.intensities(co2, 296.0), co2.intensity, rtol=1e-14)
    gaussian, lorentzian = lines.widths(co2, 296.0, 1.0, 0.0)
    assert_allclose(lorentzian, co2.air)
    k = int(np.argmax(co2.intensity))
    # the familiar form of the Doppler width: 3.581e-7 ν √(T/M)
    assert_allclose(gaussian[k], 3.5812e-7 * co2.position[k] * np.sqrt(296 / 44.009), rtol=1e-4)
    # hot bands gain and cold lines lose: between two lines the ratio goes as exp(-c2 ΔE (1/T - 1/T0))
    warm = lines.intensities(co2, 320.0) / co2.intensity
    c2 = 100 * constants.h * constants.c / constants.k
    expected = np.exp(-c2 * (co2.lower[k] - co2.lower[0]) * (1 / 320 - 1 / 296))
    assert_allclose(warm[k] / warm[0], expected, rtol=1e-4)  # stimulated emission is left: 1e-9
    assert_allclose(lines.partition(lines.get("H2O"), 300.0), (300 / 296) ** 1.5, rtol=1e-3)


def test_absorption_of_one_line_in_the_open():
    h2o = lines.get("H2O")
    columns = ("position", "intensity", "air", "own", "lower", "exponent", "shift")
    one = replace(h2o, **{name: getattr(h2o, name)[9:10] for name in columns})
    per_cm3 = 101325 * 1e-6 / (constants.k * 296)
    assert_allclose(per_cm3, 2.4794e19, rtol=1e-4)
    centre = one.position[0] + one.shift[0]
    peak = lines.absorption(one, centre, fraction=1e-2)
    gaussian, lorentzian = lines.widths(one, 296.0, 1.0, 1e-2)
    exact = voigt_profile(0.0, float(gaussian[0]) / np.sqrt(2 * np.log(2)), float(lorentzian[0]))
    assert_allclose(peak, per_cm3 * 1e-2 * one.intensity[0] * exact, rtol=1e-9)
    low = lines.absorption(one, one.position[0], pressure=1e-4, fraction=1e-2)
    assert_allclose(low, 1e-4 * per_cm3 * 1e-2 * one.intensity[0] * np.sqrt(np.log(2) / np.pi) / gaussian[0], rtol=1e-2)


#: TIPS-2011 at 260, 285, 310 and 335 K (A. L. Laraia et al., Icarus 215, 391 (2011), doi:10.1016/j.icarus.2011.06.004,
#: as tabulated in HAPI), five digits in print
TIPS = {
    "CO2": (244.54, 273.55, 304.56, 337.78),
    "H2O": (143.91, 165.03, 187.14, 210.21),
    "CH4": (484.5, 557.2, 634.2, 716.0),
    "C2H2": (342.81, 391.03, 445.03, 505.58),
    "NH3-2930": (1413.6, 1627.2, 1853.7, 2093.7),
}


@pytest.mark.parametrize("name", TIPS)
def test_partition_functions_beside_tips(name):
    found = lines.partition(lines.get(name), np.asarray([260.0, 285.0, 310.0, 335.0]))
    # what a rigid rotor leaves out: 0.13 % for water, 0.05 % for the others
    assert_allclose(found / found[1], np.asarray(TIPS[name]) / TIPS[name][1], rtol=1.4e-3 if name == "H2O" else 5e-4)


def test_methane_beside_hitran_on_the_web():
    """Transmission of 5 cm of methane at 300 K and 1 atm by HITRAN's own page, which leaves the pressure's shift out:
    Hitran.xlsx, column Ta, of the folder that the lines are from, conditions in the scripts beside it."""
    ch4 = lines.get("CH4")
    still = replace(ch4, shift=np.zeros_like(ch4.shift))
    wave = np.asarray([6056.5, 6057.0, 6057.095, 6057.15, 6057.6])
    web = np.asarray([0.958027, 0.452708, 0.158835, 0.264522, 0.924861])
    alpha = lines.absorption(still, wave, 300.0, 1.0, 1.0)
    # lines below 3e-24 and those far away are not kept: an even background of 6e-4 to 8e-4
    assert_allclose(alpha * 5, -np.log(web), rtol=0, atol=1e-3)


def test_acetylene_beside_nist():
    """SRM 2517a, S. L. Gilbert and W. C. Swann, NIST Special Publication 260-133 (2001): 50 Torr in 5 cm. Its table and
    depth were read in a public driver of such a cell (dfpg1000_class.m), not in print."""
    c2h2 = lines.get("C2H2")
    # vacuum wavelengths of P(5), P(6), P(10), P(13) and P(14) [nm] at 6.7 kPa, and shifts [pm/kPa]
    nist = np.asarray([1528.01432, 1528.59390, 1530.97627, 1532.83045, 1533.46136])
    shift = np.asarray([0.017, 0.016, 0.015, 0.015, 0.016])
    expected = 1e7 / (nist - 6.7e-3 * shift)
    found = [c2h2.position[np.argmin(abs(c2h2.position - nu))] for nu in expected]
    assert_allclose(found, expected, rtol=7e-8)  # 0.1 pm: NIST's own uncertainty
    pressure = 6.7 / 101.325
    p9 = c2h2.position[np.argmin(abs(c2h2.position - 6534.3634))]
    depth = lines.absorption(c2h2, p9 + pressure * c2h2.shift[0], 296.0, pressure, 1.0) * 5
    assert_allclose(np.exp(-depth), 0.1, atol=0.02)  # read off the certificate's figure 1


def test_harmonics_of_a_lorentzian_in_closed_form():
    def line(x):
        return 1 / (1 + x**2)

    m = np.asarray([0.3, 1.0, 2.197, 5.0])
    arndt = -(2 / m**2) * ((2 + m**2) / np.sqrt(1 + m**2) - 2)
    assert_allclose(gas.harmonic(line, np.zeros(4), m[:, None]), arndt, rtol=1e-9)
    best = jax.grad(lambda m: gas.harmonic(line, 0.0, m))
    assert float(best(2.19)) * float(best(2.21)) < 0  # the greatest lies between
    # small depths: H_2 -> m²/4 g''
    assert_allclose(gas.harmonic(line, 0.5, 1e-2), 0.25e-4 * jax.grad(jax.grad(line))(0.5), rtol=1e-3)
    assert_allclose(gas.harmonic(line, 0.0, 1.0, order=1), 0.0, atol=1e-12)


def test_the_best_length_by_formula_and_by_search():
    for p in (0.0, 0.5):
        length = gas.best_length(2.0, p)
        a = 2.0 / 4.342944819
        grid = np.linspace(0.2, 20, 20001)
        signal = grid * np.exp(-a * grid) / np.exp(-a * grid) ** p
        assert_allclose(length, grid[np.argmax(signal)], atol=1e-3)
    with pytest.raises(ValueError, match="noise_power = 1"):
        gas.best_length(2.0, 1.0)


def test_a_limit_in_ppm_follows_its_parts():
    """σ of a concentration is that of the absorbance over Γ L; where thermal noise rules the best length is 1/a."""
    co2 = lines.get("CO2")
    wave = 1e4 / np.linspace(4988.9, 4991.1, 61)[::-1]
    chain = Chain(Laser(1e-3), Detector(1.0, 1e3, 1e-9))

    @jax.jit
    def sigma(confinement, length):
        return gas.ppm_sigma(chain, Cell(confinement, length, 2.0), co2, jnp.asarray(wave))

    one = sigma(0.2, 1.0)
    assert_allclose(sigma(0.4, 1.0), one / 2, rtol=1e-6)
    best = float(gas.best_length(2.0))
    at = [float(sigma(0.2, length)) for length in (0.97 * best, best, 1.03 * best)]
    assert at[1] < min(at[0], at[2])
    # the same by hand: slope of the samples by ppm, with the baseline's part projected out
    alpha = np.asarray(lines.absorption(co2, 1e4 / wave))
    power = 1e-3 * 10**-0.2
    u = (wave - wave.mean()) / (wave.max() - wave.min()) * 2
    basis = np.stack([np.ones_like(u), u, u**2], 1)
    slope = 0.2 * alpha * power
    rest = slope - basis @ np.linalg.lstsq(basis, slope, rcond=None)[0]
    assert_allclose(one, np.sqrt(1e-18 * 1e3) / np.linalg.norm(rest), rtol=2e-3)  # shot noise is 3e-4 of thermal here
    fringe = Cell(0.2, 10.0, fringe=1e-4)
    assert_allclose(gas.fringe_ppm(fringe, 1e-6), 1e-4 / (0.2 * 1e-6 * 10))
    assert_allclose(gas.wms_ppm(fringe, 3e-7, 1e-6), 1e-6 / (0.2 * 3e-7 * 10))
    assert_allclose(fringe.transmission(jnp.asarray(5000.0), 0.1), np.exp(-0.2) * (1 + 1e-4), rtol=1e-9)


def test_a_ripple_is_taken_for_a_gas():
    """By fits of line and baseline to traces with the ripple in them, at phases all around."""
    co2 = lines.get("CO2")
    nu = np.linspace(4988.9, 4991.1, 61)
    wave = 1e4 / nu[::-1]
    chain = Chain(Laser(1e-3, rin_db_hz=-300.0), Detector(1.0, 1e3, 1e-7))  # an even noise: shot noise is 3e-8 of it
    found = jax.jit(lambda p: gas.fringe_error(chain, Cell(0.2, 5.0, 2.0, 1e-4, p), co2, jnp.asarray(wave)))
    alpha = np.asarray(lines.absorption(co2, nu))
    u = (nu - nu.mean()) / (nu.max() - nu.min()) * 2
    clear = Cell(0.2, 5.0, 2.0).transmission(jnp.asarray(nu), 0.0)
    basis = np.stack([0.2 * 5.0 * alpha, np.ones_like(u), u, u**2], 1) * np.asarray(clear)[:, None]
    errors = []
    for period in (0.06, 0.4, 8.0):
        phases = np.linspace(0.0, 2 * np.pi, 73)
        made = [Cell(0.2, 5.0, 2.0, 1e-4, period, phase).transmission(jnp.asarray(nu), 0.0) for phase in phases]
        told = np.linalg.lstsq(basis, np.asarray(made).T, rcond=None)[0][0]
        errors.append(np.max(np.abs(told)))
        assert_allclose(found(period), errors[-1], rtol=2e-3)  # 73 phases miss the worst by 1e-3
    at_a_glance = gas.fringe_ppm(Cell(0.2, 5.0, 2.0, 1e-4), alpha.max())
    assert errors[0] < 0.5 * at_a_glance < errors[1]
    assert errors[2] < 0.1 * at_a_glance


def test_a_second_harmonic_by_a_lock_in():
    """The limit by its formula, beside a laser that is swept over the line and multiplied by twice its frequency."""
    co2, depth, share = lines.get("CO2"), 0.15, 1e-5
    cell, centre = Cell(0.3, 2.0, 1.0), 4989.9714 - 0.004478
    time = (np.arange(4096) + 0.5) / 4096
    nu = jnp.asarray(centre + depth * np.cos(2 * np.pi * time))
    power = np.asarray(cell.transmission(nu, lines.absorption(co2, nu, fraction=1e-4)))
    locked = abs(2 * np.mean(power * np.cos(4 * np.pi * time))) / power.mean() / 100.0  # of a ppm
    peak = abs(gas.harmonic(lambda x: lines.absorption(co2, centre + x), 0.0, depth))
    # 100 ppm take 5e-6 of the light at the line's top: thin to that
    assert_allclose(gas.wms_ppm(cell, peak, share), share / locked, rtol=1e-4)


def test_what_is_out_of_range_is_said():
    co2 = lines.get("CO2")
    with pytest.raises(MaterialRangeError, match=r"wavenumber = 6046"):
        lines.absorption(co2, 6046.9)
    with pytest.raises(MaterialRangeError, match=r"temperature = 500"):
        lines.absorption(co2, 4990.0, 500.0)
    with pytest.raises(ValueError, match=r"fraction = -1e-06: it must be 0 or more"):
        lines.absorption(co2, 4990.0, fraction=-1e-6)
    with pytest.raises(
        ValueError, match=r"no lines of 'NH3' are kept. Did you mean NH3-2930\?.*CO2 \(4978 to 5010.*par"
    ):
        lines.get("NH3")
    with pytest.raises(ValueError, match=r"from_par: row 1 is no line"):
        lines.from_par("nothing of the kind", co2)
    row = " 21 4989.971361 1.319E-21 3.443E-01.07400.100  106.12970.70-.004478"
    again = lines.from_par(row, co2)
    k = int(np.argmax(co2.intensity))
    assert_allclose([again.position[0], again.intensity[0], again.own[0]], [co2.position[k], co2.intensity[k], 0.1])
