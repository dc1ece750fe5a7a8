"""What bends lose in the window that `solve` chooses, beside Hankel's functions that go on from the core's field."""

import math
import warnings
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose
from scipy.special import hankel1

from lingnan.solvers import waveguides
from lingnan.solvers.waveguides import LADDER, Absorber, Geometry, Modes, Resolution
from lingnan.solvers.waveguides.caustic import UNSEEN, begins, leaving
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.probe import probe

OXIDE, WAVE = 1.444, 1.55
OUTWARDS = Absorber(("right",))
#: Im n_eff of 450 x 220 nm of silicon by `radiated`, from fields between closed walls 2 to 2.5 µm away, places of 0.3
#: to 1.1 µm agreeing to 2e-3
HANKEL = {5.0: 4.94e-13, 3.0: 2.84e-8}


def silicon(radius: float) -> Geometry:
    return waveguides.strip(0.45, 0.22, 3.4757, OXIDE).bend(radius)


def nitride(radius: float) -> Geometry:
    return waveguides.strip(1.0, 0.4, 1.9963, OXIDE).bend(radius)


def radiated(modes: Modes, radius: float, x: float) -> float:
    """Im n_eff by the power in cylindrical waves that E_y and H_y, along the axis of the bend, start at x.

    Outside of x there is one medium, where both obey the scalar wave equation: of each wave vector k_y along the axis
    H_ν(κ r), κ² = k² - k_y², ν = β R. Outwards a wave of E_y carries ω ε / (2 κ²) Im(E_y* ∂E_y/∂r), one of H_y the same
    with ω μ, and Im(H_ν* H_ν') = 2 / (π κ r).
    """
    k0 = 2 * math.pi / WAVE
    k, bottom, top = k0 * OXIDE, float(modes.mesh.y[0].real), float(modes.mesh.y[-1].real)
    y = np.linspace(bottom, top, 1201)
    found = probe(
        modes.mesh, modes.order, modes.vectors, modes.beta, WAVE, modes.curvature, jnp.full(len(y), x), jnp.asarray(y)
    )
    k_y = np.linspace(-0.999, 0.999, 801) * k
    wave = np.exp(-1j * np.outer(k_y, y)) * (y[1] - y[0])
    e, h = (np.abs(wave @ np.asarray(part)[0, 1]) ** 2 for part in (found.E, found.H))
    across = k**2 - k_y**2
    with np.errstate(over="ignore"):  # waves that run along the axis do not get out
        size = np.abs(hankel1(float(modes.n_eff[0].real) * k0 * radius, np.sqrt(across) * (radius + x))) ** 2
    power = np.sum((k0 * OXIDE**2 / Z0 * e + k0 * Z0 * h) / (np.pi * across * size)) * (k_y[1] - k_y[0]) / (2 * np.pi)
    return float(power / (2 * k0 * radius))  # of 1 W, a radian


def test_what_leaves_is_what_hankel_functions_have() -> None:
    """exp(-F) with the factor in front of Debye's form; what that leaves out falls as 1/ν."""
    for radius, rtol in ((3.0, 6e-3), (30.0, 6e-4)):
        n, edges = 2.35, np.array([0.2, 0.6])
        order = n * 2 * math.pi / WAVE * radius
        place = 2 * math.pi / WAVE * OXIDE * (radius + edges)
        exact = 2 * np.log(np.abs(hankel1(order, place)))
        out = [leaving(n, OXIDE, radius, edge, 9 + 1j, WAVE).leaves for edge in edges]
        front = np.log(order**2 - place**2) / 2
        assert_allclose(out[0] - out[1], np.diff(-exact - front)[0], rtol=rtol)
        # a wall at the caustic sends back what leaves
        at = radius * (n / OXIDE - 1)
        assert_allclose(leaving(n, OXIDE, radius, 0.2, at + 0j, WAVE).back, out[0], rtol=1e-12)


def test_the_window_of_a_bend_lets_light_leave() -> None:
    def n_eff(radius: float, absorber: Absorber = OUTWARDS, resolution: Resolution = LADDER[0]) -> complex:
        return complex(waveguides.solve(silicon(radius), WAVE, 1, absorber=absorber, resolution=resolution).n_eff[0])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = n_eff(3.0)
        # closed walls above and below make up 3 % of it
        assert_allclose(found.imag, HANKEL[3.0], rtol=0.05)
        assert_allclose(n_eff(-3.0, Absorber(("left",))), found, atol=1e-11)
        # 1e-11 is 4e-6 dB/cm; the window of a straight guide gave 7e-6 and 7e-7 on these meshes
        for resolution in LADDER[:2]:
            assert_allclose(n_eff(5.0, resolution=resolution).imag, HANKEL[5.0], atol=1e-11)
        # absorbers all around take nothing from the tail above and below either; 2e-9 is 7e-4 dB/cm
        assert abs(n_eff(5.0, Absorber()).imag) < 2e-9
    # a second mode, TM, in the midst of light that has left
    two = waveguides.solve(silicon(3.0), WAVE, 2, absorber=OUTWARDS).n_eff
    assert_allclose(two[0], found, atol=1e-5)  # TM asks for a wider window
    assert_allclose(two[1], 1.75636 + 0.00696j, atol=5e-4)  # of LADDER[2]; this is the first mesh


def test_windows_are_no_wider_than_what_is_seen() -> None:
    def wall(radius: float, *n_eff: float) -> float:
        return begins(n_eff, [OXIDE], radius, 0.225, 1.47, OUTWARDS, WAVE)

    # wider with the radius as long as light is seen to leave, then as a straight guide's
    assert wall(2.0, 2.36) < wall(3.0, 2.356) < wall(5.0, 2.354) > wall(10.0, 2.353) > wall(1e3, 2.353)
    assert 1.47 * wall(1e3, 2.353) < 2.0
    out = leaving(2.353, OXIDE, 1e3, 0.225, 0.225 + 1.47 * wall(1e3, 2.353) + 1 + 2j / 3, WAVE)
    assert out.back > UNSEEN
    assert wall(10.0, 2.353, 1.8) > wall(10.0, 2.353)  # of two modes the one that asks for more


def test_cells_too_long_for_what_leaves_are_said() -> None:
    """Thin nitride in a wide bend: an absorber of 1 µm lets the wave pass until far out, and one of 4 µm does not."""
    bent, says = waveguides.strip(2.0, 0.1, 1.9963, OXIDE).bend(200.0), "too long for the light .* than 1 µm, such as 4"
    with pytest.warns(waveguides.MeshWarning, match=says):
        thin = waveguides.solve(bent, WAVE, 1, absorber=OUTWARDS).n_eff[0].imag
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        coarse, fine = (
            waveguides.solve(bent, WAVE, 1, absorber=Absorber(("right",), 4.0), resolution=r).n_eff[0].imag
            for r in LADDER[:2]
        )
    assert_allclose(coarse, fine, rtol=0.05)
    assert thin < 0.1 * fine


@pytest.mark.validate
@pytest.mark.parametrize(
    ("build", "radius", "x"),
    [
        (silicon, 1.6, 0.4), (silicon, 2.0, 0.5), (silicon, 3.0, 0.5), (nitride, 15.0, 1.0), (nitride, 20.0, 1.0),
        (nitride, 30.0, 1.0),
    ],
)  # fmt: skip
def test_loss_by_two_routes(build: Callable[[float], Geometry], radius: float, x: float) -> None:
    """Over four orders of size; what the wall sends back, walls above and below and cells of the wave make up 6 %."""
    modes = waveguides.solve(build(radius), WAVE, 1, absorber=OUTWARDS, resolution=LADDER[2])
    assert_allclose(modes.n_eff[0].imag, radiated(modes, radius, x), rtol=0.06)


@pytest.mark.validate
def test_a_wall_sends_back_what_was_foretold() -> None:
    """Windows given: the loss comes to its limit as exp(F - T), though the absorber begins before the caustic."""
    misses, foretold = [], []
    for right in (2.2, 2.6, 3.0, 3.5, 4.0):
        bent = waveguides.strip(0.45, 0.22, 3.4757, OXIDE, window=(-1.2, right, -2.0, 2.22)).bend(3.0)
        modes = waveguides.solve(
            bent.resolved((3, 3, 10), (4, 3, 4)), WAVE, 1, target=2.36, absorber=OUTWARDS,
            resolution=Resolution(5, outer_growth=1.25),
        )  # fmt: skip
        out = leaving(2.356, OXIDE, 3.0, 0.225, right + 2j / 3, WAVE)
        misses.append(abs(float(modes.n_eff[0].imag) / HANKEL[3.0] - 1))
        foretold.append(float(np.exp(out.leaves - out.back)))
    # 3e-3: what the mesh leaves
    assert np.all(np.array(misses) < 2.5 * np.array(foretold) + 3e-3)
    assert misses[0] > 10 * misses[-1]


@pytest.mark.validate
def test_loss_has_slopes_inside_jit() -> None:
    def loss(p: Array) -> Array:
        bent = waveguides.strip(p[0], 0.22, 3.4757, OXIDE).bend(p[1])
        return jnp.log(waveguides.solve(bent, p[2], 1, absorber=OUTWARDS).n_eff[0].imag)

    at = jnp.array([0.45, 2.0, 1.55])
    slopes = jax.jit(jax.grad(loss))(at)
    for k, step in enumerate((1e-4, 1e-3, 1e-4)):
        difference = (loss(at.at[k].add(step)) - loss(at.at[k].add(-step))) / (2 * step)
        assert_allclose(slopes[k], difference, rtol=1e-5)
    radii = jnp.array([1.6, 3.0])
    together = jax.jit(jax.vmap(lambda r: loss(at.at[1].set(r))))(radii)
    assert_allclose(together, [loss(at.at[1].set(r)) for r in radii], atol=1e-6)  # 1e-12 of an Im of 3e-8 is 3e-5
