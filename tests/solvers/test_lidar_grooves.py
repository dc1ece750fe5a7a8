"""Grooves at the sides of a wide guide: limits, another way to add up, and derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.optimize import brentq

from lingnan.solvers.lidar.grooves import Grooved

FILM, SIDE, WAVE = 2.848, 1.444, 1.55
ONE = Grooved(1.2, 0.25)


def lateral(width: float) -> float:
    """κ by the phase of a round trip, tan solved by SciPy: K. Okamoto's TM modes of a slab, order 0."""
    k0 = 2 * np.pi / WAVE
    most = k0 * np.sqrt(FILM**2 - SIDE**2)

    def rest(kappa: float) -> float:
        return kappa * width - 2 * np.arctan((FILM / SIDE) ** 2 * np.sqrt(most**2 - kappa**2) / kappa)

    return brentq(rest, 1e-6, min(np.pi / width, most) - 1e-12, xtol=1e-14)


@pytest.mark.parametrize("width", [0.5, 1.2, 4.0])
def test_the_lateral_mode_is_that_of_a_slab(width: float):
    assert_allclose(Grooved(width, width / 2).lateral, lateral(width), rtol=1e-12)


def test_what_is_under_the_grooves_by_quadrature():
    kappa = lateral(1.2)

    def under(f) -> float:
        return 2 * quad(f, 0.35, 0.6, epsabs=1e-13)[0]

    share = kappa / np.sqrt((2 * np.pi / WAVE * FILM) ** 2 - kappa**2)
    for k_y in (0.0, 3.0, kappa):
        even, odd = ONE.transforms(k_y)
        assert_allclose(even, under(lambda y, k=k_y: np.cos(kappa * y) * np.cos(k * y)), atol=1e-12)
        assert_allclose(odd, -share * under(lambda y, k=k_y: np.sin(kappa * y) * np.sin(k * y)), atol=1e-12)
    whole = 2 * quad(lambda y: np.cos(kappa * y) ** 2, 0.0, 0.6, epsabs=1e-13)[0]
    both = under(lambda y: np.cos(kappa * y) ** 2 + share**2 * np.sin(kappa * y) ** 2)
    assert_allclose(ONE.taken, both / whole, rtol=1e-11)


def test_grooves_across_a_wide_guide_are_the_grating_of_the_plane():
    """The rest falls as the square of the mode's spread in angle: (π/w)² over that of the cladding."""
    short = [1 - float(Grooved(width, width / 2).strength()) for width in (4.0, 8.0)]
    assert_allclose(short[0] / short[1], 4.0, rtol=0.1)  # of the walls' own part, which goes with 1/w too
    assert 0 < short[1] < 3e-3


def test_narrow_grooves_radiate_as_the_square_of_their_light():
    """A line source in the middle of its light cone: |A|² 4/3 k²/(2π whole k), θ integrated by hand."""
    made = Grooved(0.1, 0.05)  # far below the wavelength, so that A(k_y) is A(0) to k² w²/24
    k = 2 * np.pi / WAVE * SIDE
    amplitude, whole = float(made.transforms(0.0)[0]), 0.05 * (1 + np.sinc(2 * float(made.lateral) * 0.05 / np.pi))
    # ∫ (k² - k² sin²φ) dφ from -π/2 to π/2 is π k²/2; over 2π and k²/k
    assert_allclose(made.strength(), amplitude**2 * k * np.pi / 2 / (2 * np.pi * whole), rtol=0.03)


def test_every_size_moves_the_strength_by_its_derivative():
    """One program for all five."""
    strength = jax.jit(jax.value_and_grad(lambda p: Grooved(*p).strength(0.19)))
    at = jnp.asarray([1.2, 0.25, FILM, SIDE, WAVE])
    slopes = np.asarray(strength(at)[1])
    for index in range(5):
        step = 1e-5 * jnp.eye(5)[index]
        assert_allclose(slopes[index], (strength(at + step)[0] - strength(at - step)[0]) / 2e-5, rtol=1e-6)
        assert abs(slopes[index]) > 1e-4


def test_the_direction_moves_the_strength_and_the_element_is_even():
    assert float(ONE.strength(0.4)) != float(ONE.strength(0.0))
    u = jnp.asarray([-0.3, 0.0, 0.3])
    seen = np.asarray(ONE.element(u))
    assert_allclose(seen[0], seen[2], rtol=1e-13)
    assert_allclose(seen[1], 1.0, rtol=1e-13)
    # the vector of the current across the direction (0.3, cos), from both fields added up on a line
    kappa, k0 = lateral(1.2), 2 * np.pi / WAVE
    y = np.concatenate([-1, 1] * np.linspace(0.35, 0.6, 2001)[:, None])
    share = kappa / np.sqrt((k0 * FILM) ** 2 - kappa**2)
    fields = np.cos(kappa * y), -1j * share * np.sin(kappa * y)
    across, along = (np.sum(one * np.exp(-1j * k0 * 0.3 * y)) for one in fields)
    level = abs(across) ** 2 + abs(along) ** 2 - abs(0.3 * across) ** 2
    assert_allclose(seen[2], level / abs(np.sum(fields[0])) ** 2, rtol=1e-3)  # of the rule of rectangles


def test_grooves_that_meet_are_refused():
    with pytest.raises(ValueError, match=r"bite = 0\.7 µm is more than half the width of 1\.2"):
        Grooved(1.2, 0.7)
    with pytest.raises(ValueError, match="sine"):
        ONE.strength(1.2)
