"""Bloch modes of teeth: exact in layers, where Kronig and Penney's relation holds; in space against MPB."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.devices import bloch
from lingnan.solvers.waveguides import Geometry, Resolution

LINE, SPACE, WAVE = 3.4757, 1.444, 1.55
UPRIGHT = ("bottom", "top")  #: magnetic walls there and electric ones beside: E along x, as in a plane wave
WINDOW = (-2.4, 2.4, -2.19, 2.41)


def filled(index: float, width: float) -> Geometry:
    """Nothing but one medium: what repeats is layers."""
    return waveguides.cross_section([], background=index, window=(0.0, width, 0.0, 0.2)).resolved((2,), (1,))


def layered(duty: float, pitch: float, across: float, magnetic: bool) -> float:
    """n_eff of layers by cos(KΛ) = cos a cos b - (r + 1/r)/2 sin a sin b.

    That is continuity of the tangential fields and Floquet's theorem. `across` is the wavenumber along the layers;
    `magnetic`: H along them (TM), else E (TE).
    """
    k = 2 * np.pi / WAVE
    along = [np.sqrt(n**2 * k**2 - across**2 + 0j) for n in (LINE, SPACE)]
    a, b = along[0] * duty * pitch, along[1] * (1 - duty) * pitch
    r = along[0] / along[1] * ((SPACE / LINE) ** 2 if magnetic else 1)
    return float(np.real(np.arccos(np.cos(a) * np.cos(b) - (r + 1 / r) / 2 * np.sin(a) * np.sin(b))) / pitch / k)


def guide(width: Array | float = 0.45, core: float = LINE) -> Geometry:
    return waveguides.strip(width, 0.22, core, SPACE, window=WINDOW)


def test_plane_wave_through_layers() -> None:
    exact = layered(0.4, 0.2, 0.0, magnetic=False)
    errors = []
    for harmonics in (1, 2, 4, 8):
        found = bloch.solve(
            filled(LINE, 0.3), filled(SPACE, 0.3), 0.4, 0.2, WAVE, harmonics=harmonics, magnetic=UPRIGHT
        )
        errors.append(abs(float(found.n_eff.real) - exact))
    # E has a jump in its second derivative, so its harmonics fall as m⁻³; which of them matter depends on the duty
    assert np.all(np.diff(errors) < 0)
    assert errors[-1] < 4e-5


def test_magnetic_wave_at_an_angle() -> None:
    # the first mode between electric walls: H lies in the layers and E_z jumps on them, where the inverse rule holds
    width = 0.8
    exact = layered(0.4, 0.2, np.pi / width, magnetic=True)
    found = bloch.solve(
        filled(LINE, width), filled(SPACE, width), 0.4, 0.2, WAVE, mode=1, harmonics=6, resolution=Resolution(5),
        magnetic=UPRIGHT,
    )  # fmt: skip
    assert_allclose(float(found.n_eff.real), exact, atol=6e-5)  # m⁻³ again
    assert float(found.start.real) < exact - 0.01  # the effective medium is far away


def test_limits() -> None:
    # teeth that touch are a guide, and harmonic zero alone is the effective medium of zeroth order
    straight = waveguides.solve(guide(), WAVE, 1).n_eff[0]
    touching = bloch.solve(guide(), guide(core=SPACE), 1.0, 0.2, WAVE, harmonics=1)
    assert_allclose(touching.n_eff, straight, rtol=1e-11)
    mean = waveguides.solve(bloch.effective(guide(), guide(core=SPACE), 0.5, WAVE), WAVE, 1).n_eff[0]
    assert_allclose(bloch.solve(guide(), guide(core=SPACE), 0.5, 0.2, WAVE, harmonics=0).n_eff, mean, rtol=1e-11)


def test_teeth_as_mpb_sees_them() -> None:
    # `benchmarks/modes_mpb.py`: MPB of Meep 1.25 gives 1.58248, 1.58369, 1.58379 and 1.58398 with 20, 30, 40 and 60
    # pixels a µm in this window. Here 1.58387 on a finer mesh with four harmonics, 1.58400 on this one with two.
    found = bloch.solve(guide(), guide(core=SPACE), 0.5, 0.2, WAVE, resolution=Resolution(4, 4, 3))
    assert_allclose(found.n_eff.real, 1.5840, atol=2e-4)  # MPB's last step
    assert abs(float(found.start.real) - 1.5840) > 5e-3  # what the effective medium misses


def test_derivatives() -> None:
    def n_eff(p: Array) -> Array:
        cells = (waveguides.strip(p[0], 0.22, core, SPACE, window=(-1.2, 1.2, -0.9, 1.1)) for core in (p[4], SPACE))
        return bloch.solve(
            *cells, p[1], p[2], p[3], harmonics=1, resolution=Resolution(2, 2, 2)
        ).n_eff.real  # fmt: skip

    at, steps = jnp.array([0.6, 0.6, 0.2, 1.55, 3.4757]), np.array([1e-3, 1e-3, 1e-3, 1e-3, 1e-3])
    values = jax.jit(n_eff)

    def slope(share: float) -> np.ndarray:
        move = share * np.diag(steps)
        return np.array([float(values(at + m) - values(at - m)) for m in move]) / (2 * share * steps)

    # Richardson: h⁴ is left
    difference = (4 * slope(1.0) - slope(2.0)) / 3
    gradient = jax.jit(jax.grad(n_eff))(at)
    assert_allclose(gradient, difference, rtol=1e-5)
    cells = (waveguides.strip(0.6, 0.22, core, SPACE, window=(-1.2, 1.2, -0.9, 1.1)) for core in (LINE, SPACE))
    mode = bloch.solve(*cells, 0.6, 0.2, 1.55, harmonics=1, resolution=Resolution(2, 2, 2))
    assert_allclose(mode.n_g, values(at) - 1.55 * gradient[3], rtol=1e-9)


def test_what_is_refused() -> None:
    teeth = guide(), guide(core=SPACE)
    with pytest.raises(ValueError, match=r"edge of the first Bragg gap. Use a pitch below 0\.3"):
        bloch.solve(guide(), guide(core=SPACE), 0.9, 0.45, WAVE, harmonics=1)
    with pytest.raises(ValueError, match=r"came to another mode, of .*Use a pitch well below 0\.4"):
        bloch.solve(guide(), guide(core=SPACE), 0.5, 0.45, WAVE, harmonics=1)  # λ/2n = 0.46 µm of what it began with
    with pytest.raises(ValueError, match="lines at different places"):
        bloch.solve(guide(), guide(0.5, SPACE), 0.5, 0.2, WAVE)
    with pytest.raises(ValueError, match="differ in their shapes"):
        bloch.solve(guide(), filled(SPACE, 0.3), 0.5, 0.2, WAVE)
    with pytest.raises(ValueError, match=r"duty = 1\.5 is outside 0 to 1"):
        bloch.solve(*teeth, 1.5, 0.2, WAVE)


def test_what_is_refused_is_nan_inside_jit_and_the_rest_of_a_batch_is_not() -> None:
    """A pitch of 0 and a wavelength that is no number, beside a cell that guides; and teeth of another width."""

    def n_eff(width: Array, pitch: Array, wave: Array) -> Array:
        cells = (
            waveguides.strip(wide, 0.22, core, SPACE, window=(-1.2, 1.2, -0.9, 1.1))
            for wide, core in ((width, LINE), (0.6, SPACE))
        )
        return bloch.solve(*cells, 0.6, pitch, wave, harmonics=1, resolution=Resolution(2, 2, 2)).n_eff.real

    batch = jax.jit(jax.vmap(n_eff))
    pitches, waves = jnp.array([0.2, 0.0, 0.2, 0.2]), jnp.array([1.55, 1.55, jnp.nan, 1.55])
    with pytest.warns(UserWarning, match=r"bloch: (pitch = 0|tooth and space have lines)"):
        found = np.asarray(batch(jnp.array([0.6, 0.6, 0.6, 0.5]), pitches, waves))
    assert_allclose(found[0], float(n_eff(jnp.asarray(0.6), jnp.asarray(0.2), jnp.asarray(1.55))), rtol=1e-9)
    assert np.isnan(found[1:]).all()
