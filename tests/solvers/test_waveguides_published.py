"""The mode solver against numbers that others have published or computed: a row of `make validate` for each."""

import jax.numpy as jnp
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import LADDER, Trapezoid

pytestmark = pytest.mark.validate


def test_hadley_dielectric_corner() -> None:
    # a quarter of a square core: electric walls left and right, magnetic ones below and above
    # G. R. Hadley, J. Lightwave Technol. 20, 1219 (2002), doi:10.1109/JLT.2002.800371; 1e-5 is his own spread
    corner = waveguides.cross_section(
        [Trapezoid(8**0.5, 0.0, 0.5, 0.0, 0.5, name="core")], background=1.0, window=(0.0, 1.0, 0.0, 1.0)
    )
    modes = waveguides.solve(corner, 1.5, 1, resolution=LADDER[1], magnetic=("bottom", "top"), target=2.7)
    assert_allclose(
        modes.n_eff[0].real, 2.65679692, atol=1e-6
    )  # the field is singular: nine digits of his, six of ours


@pytest.mark.parametrize(
    ("width", "n_eff", "n_g"),
    [(0.50, (2.44719, 1.77130), (4.1961, 3.7492)), (0.45, (2.35497, 1.73423), (4.2912, 3.6210))],
)
def test_silicon_wires(width: float, n_eff: tuple[float, ...], n_g: tuple[float, ...]) -> None:
    # an independent vector FEM with Salzberg's silicon and Malitson's silica, TE0 and TM0; 3e-4 and 0.1 % are its own
    guide = waveguides.strip(width, 0.22, "Si-Salzberg", "SiO2")
    modes = waveguides.solve(guide, 1.55, 2, resolution=LADDER[1])
    assert_allclose(modes.n_eff.real, n_eff, atol=3e-4)
    assert_allclose(modes.n_g, n_g, rtol=1e-3)


def test_silicon_rib() -> None:
    # the same FEM and media
    guide = waveguides.rib(0.5, 0.22, 0.09, "Si-Salzberg", "SiO2")
    modes = waveguides.solve(guide, 1.55, 1, resolution=LADDER[1])
    assert_allclose(modes.n_eff[0].real, 2.56911, atol=3e-4)
    assert_allclose(modes.n_g[0], 3.8975, rtol=1e-3)


def test_lithium_niobate_rib() -> None:
    # X cut, light along Y; J. Wang et al., IEEE Photonics J. 12, 1 (2020), doi:10.1109/JPHOT.2020.2995317, read off to
    # 0.003, which covers the dispersion formula that the paper does not name
    core = materials.cut("LiNbO3", "x", 0.0)
    guide = waveguides.rib(1.0, 0.6, 0.3, core, 1.44, sidewall_angle_deg=60.0)
    modes = waveguides.solve(guide, 1.55, 2)
    assert_allclose(modes.n_eff.real, (1.8992, 1.8866), atol=3e-3)
    assert modes.te_fraction[0] > 0.9 > 0.1 > modes.te_fraction[1]


@pytest.mark.parametrize(("wavelength", "dispersion"), [(1.152, 86.3), (1.416, -51.9)])
def test_dispersion_of_a_nitride_guide(wavelength: float, dispersion: float) -> None:
    # A. Klenner et al., Opt. Express 24, 11043 (2016), doi:10.1364/OE.24.011043; 3 ps/(nm km) from the figure
    modes = waveguides.solve(waveguides.strip(0.88, 0.69, "Si3N4", "SiO2"), wavelength, 1)
    assert_allclose(modes.d_ps_nm_km[0], dispersion, atol=3.0)


@pytest.mark.parametrize(
    ("core", "width", "thickness", "drift"),
    [("Si", 0.5, 0.22, (74.1, 50.0)), ("Si3N4", 1.0, 0.4, (16.4,))],
)
def test_resonances_drift_with_temperature(core: str, width: float, thickness: float, drift: tuple[float, ...]) -> None:
    # dλ/dT = λ/n_g dn_eff/dT [pm/K]; 2 %: published dn/dT of silicon run from 1.82e-4 to 1.86e-4
    def modes(kelvin: float) -> waveguides.Modes:
        guide = waveguides.strip(width, thickness, core, "SiO2")
        return waveguides.solve(guide, 1.55, len(drift), temperature=jnp.asarray(kelvin))

    slope = (modes(301.0).n_eff.real - modes(299.0).n_eff.real) / 2
    assert_allclose(1.55e6 / modes(300.0).n_g * slope, drift, rtol=0.02)
