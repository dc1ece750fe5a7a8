"""Channels on broadband light: noise by closed forms and by a simulated field, ratios by drawn currents, refusals."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants

from lingnan.solvers.sensors import Detector, interrogation
from lingnan.solvers.sensors.interrogation import Reading

WAVES = np.linspace(1.545, 1.555, 2001)
LINE = np.exp(-4 * np.log(2) * ((WAVES - 1.55) / 1.8e-3) ** 2)
TABLE = interrogation.gaussian_table(WAVES, np.array([1.549, 1.551]), 1.0e-3)
READ = Reading(WAVES, 1e-2, TABLE)


def test_a_rectangle_of_thermal_light_has_two_over_its_width() -> None:
    """One channel, 1 nm: relative intensity noise 2/Δν, and the electrons' own."""
    flat = np.where(np.abs(WAVES - 1.55) < 0.5e-3, 1.0, 0.0)[None]
    read = Reading(WAVES, 1e-2, flat)
    power = float(read.powers(np.ones_like(WAVES))[0])
    assert power == pytest.approx(1e-2 * 1e-3, rel=2e-3)  # one sample more or less
    detector = Detector(0.9, 100.0, 3e-12, 1e-8)
    width = constants.c * 1e6 * 1e-3 / 1.55**2
    beat = 2 / width * (0.9 * power) ** 2
    own = 2 * constants.e * (0.9 * power + 1e-8) + 3e-12**2
    assert float(read.covariance(np.ones_like(WAVES), detector)[0, 0]) == pytest.approx(100 * (beat + own), rel=2e-3)


def test_a_simulated_field_has_this_covariance() -> None:
    """Random fields with these spectra, squared and averaged over a time: beats alone, 3000 times, to 8 %."""
    rng = np.random.default_rng(1)
    frequency = constants.c * 1e6 / WAVES  # falling, equally spaced to 1e-2 of the band
    step = abs(float(np.mean(np.diff(frequency))))
    seen = np.asarray(READ.spectra(LINE)) * np.abs(np.gradient(WAVES)) / step  # W/Hz
    rounds = 3000
    field = rng.standard_normal((rounds, WAVES.size)) + 1j * rng.standard_normal((rounds, WAVES.size))
    # a time 1/step holds one independent value for each frequency: power is the sum of the squares
    drawn = np.abs(field) ** 2 / 2 @ (seen * step).T
    found = np.cov(drawn.T)
    quiet = Detector(1.0, step / 2, 0.0)  # averaged over a time t: a bandwidth of 1/(2 t)
    expected = np.asarray(READ.covariance(LINE, quiet)) - np.diag(
        step / 2 * 2 * constants.e * np.asarray(READ.powers(LINE))
    )
    # deviations of 3000 draws: √(2/3000) of a variance, three of these; the covariance as much of its variances
    assert found == pytest.approx(expected, rel=0.08, abs=0.08 * expected[0, 0])
    assert expected[0, 1] > 0.01 * expected[0, 0]  # neighbours share some light


def test_the_scatter_of_a_ratio_is_that_of_drawn_currents() -> None:
    detector = Detector(0.9, 1e3, 5e-12)
    light = jnp.asarray(LINE)
    current = 0.9 * np.asarray(READ.powers(light))
    covariance = np.asarray(READ.covariance(light, detector))
    drawn = np.random.default_rng(2).multivariate_normal(current, covariance, 8000)
    found = np.asarray(interrogation.ratio(drawn, (0, 1))).std()
    expected = float(interrogation.ratio_sigma(current, covariance, (0, 1)))
    assert found == pytest.approx(expected, rel=0.025)  # three deviations of 8000 draws
    assert float(interrogation.ratio(current, (0, 1))) == pytest.approx(0.0, abs=1e-9)


def test_a_ratio_moves_as_gaussians_say() -> None:
    """ln of two Gaussians of a Gaussian line: 8 ln2 D δ/(w² + W²), D apart."""
    moved = np.exp(-4 * np.log(2) * ((WAVES - 1.55 - 1e-4) / 1.8e-3) ** 2)
    found = float(interrogation.ratio(READ.powers(moved), (0, 1)))
    assert found == pytest.approx(8 * np.log(2) * 2e-3 * 1e-4 / (1.8e-3**2 + 1e-3**2), rel=1e-6)
    slope = jax.grad(
        lambda d: interrogation.ratio(READ.powers(jnp.exp(-4 * np.log(2) * ((WAVES - 1.55 - d) / 1.8e-3) ** 2)), (0, 1))
    )(1e-4)
    assert float(slope) == pytest.approx(8 * np.log(2) * 2e-3 / (1.8e-3**2 + 1e-3**2), rel=1e-6)


def test_least_squares_of_many_channels_reach_their_bound() -> None:
    """Unbiased, and its scatter in closed form and on drawn currents; two unknowns 1e6 apart in size."""
    slopes = np.array([[1.0, 2e6], [-1.0, 1e6], [0.5, -1e6], [0.2, 3e6]])
    root = np.random.default_rng(3).standard_normal((4, 4))
    covariance = root @ root.T + np.eye(4)
    found, scatter = interrogation.estimator(slopes, covariance)
    assert np.asarray(found) @ slopes == pytest.approx(np.eye(2), abs=1e-6)
    expected = np.linalg.inv(slopes.T @ np.linalg.inv(covariance) @ slopes)
    assert np.asarray(scatter) == pytest.approx(expected, rel=1e-9)
    drawn = np.random.default_rng(4).multivariate_normal(np.zeros(4), covariance, 8000) @ np.asarray(found).T
    assert drawn.std(axis=0) == pytest.approx(np.sqrt(np.diag(expected)), rel=0.025)  # three deviations of 8000 draws


def test_refused() -> None:
    with pytest.raises(ValueError, match=r"a table of shape \(2, 2001\) at 3 wavelengths"):
        Reading(np.array([1.0, 1.1, 1.2]), 1.0, TABLE)
    with pytest.raises(ValueError, match="density = -1"):
        Reading(WAVES, -1.0, TABLE)
    with pytest.raises(ValueError, match="width = 0"):
        interrogation.gaussian_table(WAVES, np.array([1.55]), 0.0)
