"""Sea water, turbidity and coatings: published numbers, a second route to each, and one gradient through the chain."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special

from lingnan.solvers.materials import MaterialRangeError
from lingnan.solvers.sensors import (
    Chain,
    Detector,
    Environment,
    Guide,
    Laser,
    Ring,
    coatings,
    limit,
    seawater,
    turbidity,
)
from lingnan.solvers.sensors.coatings import Coating
from lingnan.solvers.sensors.turbidity import Suspension


def test_sea_water_by_two_formulas_and_a_published_salt():
    s, t, wave = np.meshgrid([0.0, 20.0, 35.0], [273.15, 288.15, 303.15], [0.45, 0.589, 0.68])
    # McNeil's is older and has one refraction of salt: they are 5.4e-4 apart at 0.45 µm, 35 ‰ and 30 °C, the most
    assert_allclose(seawater.index(s, t, wave), seawater.mcneil(s, t, wave), atol=6e-4)
    # pure water at 20 °C and 589 nm: 1.33299 in air (CRC Handbook), Quan and Fry state 1.5e-5
    assert_allclose(seawater.index(0.0, 293.15, 0.5893) / seawater.AIR, 1.33299, atol=3e-5)
    # sodium chloride: 1.7682e-3 for a per cent (Tan and Huang 2015, coefficient as kept in a public program); sea salt
    # is nine tenths of it
    assert_allclose(seawater.salt(10.0, 298.15, 0.5893).change / 10, 1.7682e-4, rtol=0.04)
    assert_allclose(
        seawater.salt(30.0).change, seawater.index(30.0) - seawater.index(0.0), rtol=1e-9
    )  # a difference of indices
    assert seawater.salt(30.0).measured
    assert not seawater.salt(30.0, wavelength=1.55).measured


def test_what_a_kelvin_is_taken_for():
    step = 1e-3
    by_warmth = (seawater.index(35.0, 293.15 + step) - seawater.index(35.0, 293.15 - step)) / (2 * step)
    by_salt = (seawater.index(34.9, 293.15) - seawater.index(34.8, 293.15)) / 0.1
    assert_allclose(seawater.per_kelvin(35.0), by_warmth / by_salt, rtol=1e-6)
    assert -0.6 < seawater.per_kelvin(35.0) < -0.5
    # without noise the temperature alone, without its error the index alone
    assert_allclose(seawater.salinity_sigma(0.0, 0.01, 35.0), 0.01 * abs(seawater.per_kelvin(35.0)), rtol=1e-9)
    assert_allclose(seawater.salinity_sigma(1e-6, 0.0, 35.0), 1e-6 / by_salt, rtol=1e-6)


def _scipy_mie(x, m, angle=np.pi / 2):
    """Extinction, scattering and side scattering from SciPy's spherical Bessel functions: Bohren and Huffman 4.53."""
    n = np.arange(1, int(x + 4 * x ** (1 / 3) + 6))
    j, dj = special.spherical_jn(n, x), special.spherical_jn(n, x, True)
    h, dh = j + 1j * special.spherical_yn(n, x), dj + 1j * special.spherical_yn(n, x, True)
    z = m * x
    psi, dpsi = z * special.spherical_jn(n, z), special.spherical_jn(n, z) + z * special.spherical_jn(n, z, True)
    own, down, xi, dxi = x * j, j + x * dj, x * h, h + x * dh
    a = (m * psi * down - own * dpsi) / (m * psi * dxi - xi * dpsi)
    b = (psi * down - m * own * dpsi) / (psi * dxi - m * xi * dpsi)
    p1 = special.lpmv(1, n, np.cos(angle)) / -np.sin(angle)
    below = np.concatenate([[0.0], p1[:-1]])
    tau = n * np.cos(angle) * p1 - (n + 1) * below
    share = (2 * n + 1) / (n * (n + 1))
    s1, s2 = np.sum(share * (a * p1 + b * tau)), np.sum(share * (a * tau + b * p1))
    total, scattered = np.sum((2 * n + 1) * (a + b).real), np.sum((2 * n + 1) * (abs(a) ** 2 + abs(b) ** 2))
    return 2 / x**2 * total, 2 / x**2 * scattered, (abs(s1) ** 2 + abs(s2) ** 2) / 2 / (np.pi * x**2)


def test_mie_beside_print_and_beside_bessel_functions():
    # Bohren and Huffman, appendix A: index 1.55, radius 0.525 µm, 0.6328 µm: Q = 3.10543, six digits in print
    assert_allclose(turbidity.mie(2 * np.pi * 0.525 / 0.6328, 1.55).extinction, 3.10543, atol=6e-6)
    for x, m in ((0.3, 1.2 + 0j), (3.0, 1.33 + 0.01j), (18.0, 1.19 + 0j), (39.0, 1.05 + 0.001j), (39.0, 2.05 + 0j)):
        assert_allclose(np.asarray(turbidity.mie(x, m)), _scipy_mie(x, m), rtol=1e-9)
    # small spheres: Rayleigh, 8/3 x⁴ |(m² - 1)/(m² + 2)|², and 3/(16 π) of it a steradian at 90 degrees
    small, loss = turbidity.mie(0.02, 1.2), 8 / 3 * 0.02**4 * ((1.44 - 1) / (1.44 + 2)) ** 2
    assert_allclose(small.scattering, loss, rtol=1e-3)  # the next term is x²
    assert_allclose(small.side, 3 / (16 * np.pi) * loss, rtol=1e-3)


def test_a_suspension_and_its_slope():
    few = Suspension(1.0, 1.59, 1e6)
    assert_allclose(few.volume, 1e6 * np.pi / 6 * 1e-12)
    twice = Suspension(1.0, 1.59, 2e6)
    assert_allclose(turbidity.attenuation(twice), 2 * turbidity.attenuation(few))
    unit = turbidity.side(few)
    assert_allclose(turbidity.fnu(twice, unit), 2.0)
    # the same volume in smaller spheres is another turbidity: no concentration
    small = Suspension(0.2, 1.59, 125e6)
    assert_allclose(small.volume, few.volume)
    assert abs(turbidity.fnu(small, unit) - 1) > 0.3

    def by(d):
        return turbidity.side(Suspension(d, 1.59 + 0.01j, 1e6))

    assert_allclose(jax.grad(by)(1.0), (by(1 + 1e-5) - by(1 - 1e-5)) / 2e-5, rtol=1e-6)


def test_a_coating_over_ph():
    film = Coating(4.5, 1.36, 1.35)
    assert_allclose(coatings.ionised(film, 4.5), 0.5)
    assert_allclose(coatings.ionised(film, 6.5), 1 / (1 + 10**-2.0), rtol=1e-12)
    assert_allclose(coatings.index(film, np.asarray([-0.0, 14.0])), [1.36, 1.35], atol=1e-6)
    # Davies at 0.1 mol/L: an activity coefficient of 0.78 in textbooks, so pK' is log 0.78 = -0.11 lower; that of
    # protons is in the pH
    moved = np.log10(coatings.ionised(film, 4.5, 0.1) / (1 - coatings.ionised(film, 4.5, 0.1)))
    assert_allclose(moved, -np.log10(0.78), atol=0.005)
    by = jax.grad(lambda ph: coatings.index(film, ph, 0.1))
    assert_allclose(coatings.slope(film, 4.1, 0.1), by(4.1), rtol=1e-12)
    assert_allclose(coatings.slope(film, 4.5), np.log(10) / 4 * -0.01, rtol=1e-12)
    assert_allclose(coatings.ph_sigma(film, 1e-6, 0.0, 4.5, 0.1), 1e-6 / abs(coatings.slope(film, 4.5, 0.1)), rtol=1e-9)
    by_ions = jax.grad(lambda i: coatings.index(film, 4.1, i))(0.1)
    assert_allclose(coatings.ph_sigma(film, 0.0, 0.01, 4.1, 0.1), 0.01 * abs(by_ions / by(4.1)), rtol=1e-9)
    assert np.isfinite(jax.grad(lambda i: coatings.index(film, 4.5, i))(0.0))


def test_one_gradient_from_a_ring_to_salt_and_acid():
    """By coupling, power, temperature of the water and the film's index, through laser, ring, detector and bound."""
    film_pk, around = 4.5, Environment(1e-3, 1e-8)
    guide = Guide(0.66, 1.70, 2.0, bulk=0.2, drift=2e-5, loss_db_cm=1.0)
    first = Ring(guide, 400.0, 0.05)
    wave = first.resonance() + first.fwhm * jnp.linspace(-3.0, 3.0, 31)

    @jax.jit
    def of(p):
        ring = Ring(guide, 400.0, p[0])
        found = limit(Chain(Laser(p[1]), Detector(0.5, 1e4, 5e-12)), ring, wave, around)
        salt = seawater.salinity_sigma(found.lod_riu / 3, 1e-3, 35.0, p[2], 0.66)
        acid = coatings.ph_sigma(Coating(film_pk, p[3], 1.35), found.lod_riu / 3, 1e-3, 4.5)
        return jnp.stack([salt, acid])

    at = jnp.asarray([0.05, 1e-4, 290.0, 1.36])
    slopes = jax.jit(jax.jacrev(of))(at)
    for k, step in enumerate((1e-5, 1e-7, 1e-2, 1e-6)):
        moved = jnp.zeros(4).at[k].set(step)
        difference = (of(at + moved) - of(at - moved)) / (2 * step)
        assert_allclose(slopes[:, k], difference, rtol=1e-5, atol=1e-12)


def test_what_is_out_of_range_is_said():
    with pytest.raises(MaterialRangeError, match=r"wavelength = 1.55 µm lies outside 0.4 to 0.7.*seawater.salt"):
        seawater.index(35.0, wavelength=1.55)
    with pytest.raises(MaterialRangeError, match=r"temperature = 20 K lies outside 273.15 to 303.15"):
        seawater.index(35.0, 20.0)
    with pytest.raises(ValueError, match=r"salinity = -1 ‰: it must be 0"):
        seawater.index(-1.0)
    with pytest.raises(MaterialRangeError, match=r"salinity = 260"):
        seawater.salt(260.0)
    with pytest.raises(ValueError, match=r"mie: size = 100:"):
        turbidity.mie(100.0, 1.2)
    with pytest.raises(ValueError, match=r"size times relative index = 90:"):
        turbidity.mie(30.0, 3.0)
    with pytest.raises(ValueError, match=r"per_cm3 = -1"):
        Suspension(1.0, 1.59, -1.0)
    with pytest.raises(ValueError, match=r"ph = 15"):
        coatings.ionised(Coating(4.5, 1.36, 1.35), 15.0)
    with pytest.raises(ValueError, match=r"strength = -0.1 mol/L: it must be 0"):
        coatings.ionised(Coating(4.5, 1.36, 1.35), 7.0, -0.1)
