"""Germanium on silicon: hybrid modes against Poynting's theorem, responsivity against its limit."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import detectors, materials, waveguides
from lingnan.solvers.waveguides import Resolution

#: coarse, and the same for every solve, so that one compilation serves all; n_eff is right to some 1e-3
COARSE = Resolution(3, 3, 2)
DIODE = detectors.Photodiode(width=1.0, length=10.0, depleted=0.35, guide_width=1.4)
LENGTHS = np.array([0.0, 0.5, 3.0, 10.0, 40.0])


@pytest.fixture(scope="module")
def light() -> detectors.Excited:
    return detectors.excited(DIODE, 1.55, 12, resolution=COARSE)


def test_what_is_absorbed_is_what_does_not_come_out(light: detectors.Excited) -> None:
    """Q by an integral of Im ε |E|², P by one of E × H*: two routes, equal by Poynting's theorem mode by mode."""
    difference = light.beta[:, None] - light.beta.conj()
    lost = np.abs(1j * difference * light.power_of + light.absorbed_in + light.lost_in)
    # what Maxwell's weak form keeps exactly; 1e-7 is the residual that ends the search for modes
    assert np.max(lost) < 1e-6 * np.max(np.abs(light.absorbed_in))
    np.testing.assert_allclose(light.absorbed(LENGTHS), light.captured - light.power(LENGTHS), atol=1e-6)
    slope = (light.absorbed(3.01) - light.absorbed(2.99)) / 0.02
    np.testing.assert_allclose(light.generation(3.0), slope, rtol=1e-4)  # central difference, 0.01² of a beat


def test_light_is_captured_and_falls(light: detectors.Excited) -> None:
    assert 0.98 < float(light.captured) < 1.005  # twelve modes of a butt joint that reflects little
    assert float(light.absorbed(0.0)) == 0
    assert np.all(np.diff(np.asarray(light.power(np.linspace(0, 40, 60)))) < 0)
    assert float(light.absorbed(400.0)) == pytest.approx(float(light.captured), rel=1e-6)
    assert np.all(np.abs(np.asarray(light.wasted(LENGTHS))) < 1e-12)  # nothing but germanium absorbs


def test_one_mode_dies_by_its_confinement() -> None:
    """2 k0 Im n = Γ α, Γ of the fields without loss, to second order in k: 1e-3 of germanium's (k/n)² and its modes."""
    faint = replace(DIODE, germanium=detectors.Germanium(narrowing=-0.01))
    section = faint.section(1.55)
    modes = waveguides.solve(section, 1.55, 1, mirrors=("left",), resolution=COARSE)
    share = waveguides.confinement(modes, "germanium", "sensing")[0]
    alpha = faint.germanium.absorption(1.55) * 1e-4
    assert float(2 * modes.beta[0].imag) == pytest.approx(float(share * alpha), rel=2e-3)
    alone = detectors.launched(modes, modes)
    assert float(alone.captured) == pytest.approx(1.0, abs=1e-5)  # its own mode goes into itself; residual of it
    np.testing.assert_allclose(alone.absorbed(LENGTHS), 1 - np.exp(-float(share * alpha) * LENGTHS), atol=2e-3)
    np.testing.assert_allclose(detectors.beer(alone, LENGTHS), alone.absorbed(LENGTHS), atol=1e-5)


def test_responsivity_ends_at_one_pair_for_each_photon(light: detectors.Excited) -> None:
    assert float(detectors.limit(1.2398419843)) == pytest.approx(1.0, rel=1e-9)  # h c/q
    assert float(detectors.limit(1.55)) == pytest.approx(1.25016, rel=1e-5)
    whole = light.responsivity(1e3)
    assert float(whole) == pytest.approx(float(light.captured * detectors.limit(1.55)), rel=1e-6)
    assert float(light.responsivity(10.0, 0.8)) == pytest.approx(0.8 * float(light.responsivity(10.0)), rel=1e-12)


def test_profile_of_pairs(light: detectors.Excited) -> None:
    """All of the germanium holds all of the pairs, whatever the axis; the profile is what the transit time needs."""
    up = light.profile(10.0, 0.22, 0.72)
    across = light.profile(10.0, -0.5, 0.5, "lateral")
    for found in (up, across):
        assert float(jnp.sum(found.weight)) == pytest.approx(1.0, rel=1e-12)
        assert float(found.share) == pytest.approx(1.0, abs=0.02)  # linear between the points of a coarse mesh
    np.testing.assert_allclose(across.weight, across.weight[::-1], rtol=1e-9)  # a lateral diode is its own mirror image
    assert float(light.profile(10.0, 0.3, 0.6).share) < 0.9


def test_absorption_moves_with_every_input(light: detectors.Excited) -> None:
    """Longer wavelengths, less strain and cold each make germanium clearer."""
    film, bulk = detectors.Germanium(), detectors.Germanium(narrowing=0.0)
    for wavelength in (1.26, 1.31, 1.36, 1.5, 1.55, 1.6, 1.62):
        assert float(bulk.absorption(wavelength)) == pytest.approx(
            float(materials.get("Ge").absorption(wavelength)), rel=1e-12
        )
        assert float(film.absorption(wavelength)) > float(bulk.absorption(wavelength))
    warm = replace(film, temperature=358.15)
    assert float(warm.absorption(1.6)) > 2 * float(film.absorption(1.6))
    # the edge follows 3.9e-4 eV/K: some 0.76 nm/K at 1.55 µm
    moved = float(warm.bulk_wavelength(1.55) - film.bulk_wavelength(1.55)) / 58.15
    assert moved == pytest.approx(-(1.55**2) / 1.239842 * 3.9e-4, rel=0.06)  # λ²/hc at λ, the shift is finite


def test_derivatives_by_length_and_edge(light: detectors.Excited) -> None:
    slope = jax.grad(lambda length: light.responsivity(length, 0.9))(7.0)
    step = (light.responsivity(7.001, 0.9) - light.responsivity(6.999, 0.9)) / 2e-3
    assert float(slope) == pytest.approx(float(step), rel=1e-6)

    def alpha(narrowing: jax.Array) -> jax.Array:
        return detectors.Germanium(narrowing=narrowing).absorption(1.57)

    found = jax.grad(alpha)(0.012)
    # a table joined by lines or cubics: the point lies inside an interval
    assert float(found) == pytest.approx(float(alpha(0.012 + 1e-6) - alpha(0.012 - 1e-6)) / 2e-6, rel=1e-5)


@pytest.mark.validate
def test_derivative_through_the_modes() -> None:
    """Of absorbed power by germanium's width and thickness, through eigenvectors and amplitudes."""

    def absorbed(width: jax.Array, thickness: jax.Array) -> jax.Array:
        diode = replace(DIODE, width=width, thickness=thickness)
        return detectors.excited(diode, 1.55, 6, resolution=COARSE, like=DIODE).absorbed(10.0)

    found = jax.grad(absorbed, argnums=(0, 1))(1.0, 0.5)
    for k, step in enumerate(([1e-4, 0.0], [0.0, 1e-4])):
        high, low = (absorbed(1.0 + sign * step[0], 0.5 + sign * step[1]) for sign in (1, -1))
        # second order in the step, and modes that are found to 1e-7
        assert float(found[k]) == pytest.approx(float(high - low) / 2e-4, rel=1e-3)


def test_numbers_that_are_wrong_say_so(light: detectors.Excited) -> None:
    with pytest.raises(ValueError, match=r"depleted = 0.6 µm exceeds thickness = 0.5 µm"):
        detectors.Photodiode(width=1.0, length=10.0, depleted=0.6)
    with pytest.raises(ValueError, match=r"'vertical' or 'lateral'"):
        detectors.Photodiode(width=1.0, length=10.0, depleted=0.4, direction="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"width = -1 µm"):
        detectors.Photodiode(width=-1.0, length=10.0, depleted=0.4)
    with pytest.raises(materials.MaterialRangeError, match="3"):
        detectors.Germanium().index(3.0)
    with pytest.raises(ValueError, match="temperature = 25 K"):
        detectors.Germanium(temperature=25.0)
    with pytest.raises(ValueError, match=r"'te' or 'tm'"):
        detectors.excited(DIODE, 1.55, polarisation="x")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"internal = 1.2"):
        light.responsivity(10.0, 1.2)
    with pytest.raises(ValueError, match=r"high = 0.2"):
        light.profile(10.0, 0.3, 0.2)
    with pytest.raises(ValueError, match=r"from 0\.3 to 3\.0 µm is not inside of the germanium, about"):
        light.profile(10.0, 0.3, 3.0)


def test_pictures(light: detectors.Excited, panels) -> None:
    along = detectors.plot_absorption(light, 40.0, panels[0], points=LENGTHS.size)
    curves = {line.get_label(): line.get_xydata() for line in along.lines}
    place = np.linspace(0.0, 40.0, LENGTHS.size)
    expected = {
        "absorbed in germanium": light.absorbed(place),
        "without beating, all that absorbs": detectors.beer(light, place),
        "still guided": light.power(place),
    }
    assert curves.keys() == expected.keys()  # no contact, and nothing else absorbs
    for name, values in expected.items():
        np.testing.assert_allclose(curves[name], np.stack([place, values], axis=-1), atol=1e-12)
    assert (along.get_xlabel(), along.get_ylabel()) == ("distance along the germanium (µm)", "power (of the input's)")
    lights = [replace(light, wavelength=jnp.asarray(wave)) for wave in (1.6, 1.5)]
    over = detectors.plot_responsivity(lights, 10.0, 0.9, panels[1])
    values = [float(one.responsivity(10.0, 0.9)) for one in reversed(lights)]
    np.testing.assert_allclose(over.lines[0].get_xydata(), np.stack([[1.5, 1.6], values], axis=-1))
    np.testing.assert_allclose(over.lines[1].get_ydata(), detectors.limit(np.array([1.5, 1.6])))
    assert (over.get_xlabel(), over.get_ylabel()) == ("wavelength (µm)", "responsivity (A/W)")
    with pytest.raises(ValueError, match="there are no lights"):
        detectors.plot_responsivity([], 10.0)
