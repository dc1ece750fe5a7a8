"""Sensitivity from one mode solve, held against differences of solves, integrals of the field and closed forms.

One coarse mesh serves all tests here: derivatives are those of the discrete problem, at any resolution.
"""

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import materials, sensors, waveguides
from lingnan.solvers.devices import bloch
from lingnan.solvers.sensors import nanobeam, surface
from lingnan.solvers.waveguides import NoGuidedModeError, Resolution

COARSE = Resolution(2, 3, 2)
WINDOW = (-1.3, 1.3, -1.0, 1.2)


def wire(liquid, width=0.45, thickness=0.22) -> waveguides.Geometry:
    return waveguides.strip(width, thickness, "Si-Salzberg", liquid, substrate="SiO2", window=WINDOW)


#: away from 293 K, at which Li's formula for silicon has a step of 4e-7
WARM = 300.0


def index(liquid, wavelength=1.55, temperature=WARM) -> float:
    modes = waveguides.solve(wire(liquid), wavelength, 1, temperature=temperature, resolution=COARSE)
    return float(modes.n_eff[0].real)


@pytest.fixture(scope="module")
def guide() -> sensors.Guide:
    return sensors.response(wire(1.3154), temperature=WARM, resolution=COARSE)


def test_one_solve_gives_what_differences_of_solves_do(guide):
    # Arnoldi leaves 1e-12 in n_eff; over the steps that is 1e-8, 1e-9 and 1e-12, and h² f''' is below 1e-5 of each
    assert_allclose(guide.bulk, (index(1.3164) - index(1.3144)) / 2e-3, rtol=1e-5)
    assert_allclose(guide.drift, (index(1.3154, 1.55, 301.0) - index(1.3154, 1.55, 299.0)) / 2, rtol=1e-5)
    slope = (index(1.3154, 1.551) - index(1.3154, 1.549)) / 2e-3
    assert_allclose(guide.n_g, guide.n_eff - 1.55 * slope, rtol=1e-6)


def test_the_field_in_the_liquid_is_the_sensitivity(guide):
    modes = waveguides.solve(wire(1.3154), 1.55, 1, temperature=WARM, resolution=COARSE)
    # equal for an eigenvector of the discrete problem too; the search leaves 1e-9 in it
    assert_allclose(guide.bulk, waveguides.confinement(modes, "cladding", "sensing")[0], rtol=1e-7)


def test_a_liquid_with_its_absorption_and_its_own_drift():
    """Loss of a complex solve is the confinement times the liquid's own; its drift comes on top of the solids'."""
    water = materials.get("water")
    wet = sensors.response(wire("water"), temperature=WARM, other_loss_db_cm=2.0, resolution=COARSE)
    still = sensors.response(wire(float(water.n(1.55, WARM).real)), temperature=WARM, resolution=COARSE)
    # to the square of k/n, 1e-8
    assert_allclose(wet.bulk, still.bulk, rtol=1e-6)
    absorbed = float(still.bulk) * float(water.absorption(1.55, WARM)) * sensors.sensitivity.DB
    assert_allclose(wet.loss_db_cm, absorbed + 2.0, rtol=1e-6)
    assert_allclose(wet.drift - still.drift, wet.bulk * water.dn_dt(1.55, WARM), rtol=1e-6)
    # Q by its definition: ω over the rate of loss, energy going at c/n_g
    alpha = float(wet.loss_db_cm) / 4.342944819e4
    assert_allclose(sensors.q_intrinsic(wet), 2 * np.pi * wet.n_g / (1.55 * alpha), rtol=1e-9)


def test_a_layer_by_its_thickness():
    def dressed(layer):
        return surface.strip(0.45, 0.22, layer, "Si-Salzberg", 1.45, 1.3154, substrate="SiO2", window=WINDOW)

    found = surface.slope(dressed, 0.010, resolution=COARSE)
    ahead, behind = (waveguides.solve(dressed(t), 1.55, 1, resolution=COARSE).n_eff[0].real for t in (0.0101, 0.0099))
    assert_allclose(found.slope, (ahead - behind) / 2e-4, rtol=1e-5)


@pytest.mark.validate
def test_the_field_on_a_face_is_the_slope_of_a_layer():
    """It converges with the mesh: 1.5, 0.09 and 0.01 % on the first rungs (seen before the tolerance was set)."""

    def dressed(layer):
        return surface.strip(0.45, 0.22, layer, "Si-Salzberg", 1.45, 1.3154, substrate="SiO2", window=WINDOW)

    found = surface.slope(dressed, 0.010, resolution=waveguides.LADDER[1])
    by_field = surface.sheet(found.modes, surface.faces(0.45, 0.22, 0.010), 1.45, 1.3154)[0]
    assert_allclose(by_field, found.slope, rtol=3e-3)


def test_leaning_walls_carry_a_layer_of_one_thickness():
    for angle in (60.0, 90.0, 100.0):
        g = surface.strip(
            0.6, 0.3, 0.02, 3.4, 1.45, 1.33, substrate=1.44, sidewall_angle_deg=angle, window=(-2, 2, -1, 1)
        )
        core, film = (g.lines[k] for k in ((2, 1) if np.mean(g.lines[1]) < np.mean(g.lines[2]) else (1, 2)))
        at = np.searchsorted(g.levels, 0.0)
        gap = (core[at] - film[at]) * np.sin(np.deg2rad(angle))
        assert_allclose(gap, 0.02, rtol=1e-9)
        assert_allclose(g.levels[-2], 0.32, rtol=1e-12)


def test_a_rib_and_a_slot_under_a_layer():
    rib = surface.rib(0.5, 0.22, 0.09, 0.01, 3.47, 1.45, 1.33, substrate=1.44, window=WINDOW)
    assert {"film", "bed", "slab", "core", "substrate", "cladding"} == set(rib.names)
    slot = surface.slot(0.2, 0.1, 0.22, 0.01, 3.47, 1.45, 1.33, substrate=1.44, window=WINDOW)
    assert {"film", "left", "right", "substrate", "cladding"} == set(slot.names) | {"film"}
    with pytest.raises(ValueError, match=r"layer = 0.06 µm on both walls closes the slot of 0.1 µm"):
        surface.slot(0.2, 0.1, 0.22, 0.06, 3.47, 1.45, 1.33, substrate=1.44)


def test_figures_from_their_definitions(guide):
    assert_allclose(guide.nm_per_riu, 1550 / guide.n_g * guide.bulk)
    assert_allclose(guide.rad_per_riu_cm, 2 * np.pi / 1.55e-4 * guide.bulk)
    assert_allclose(guide.riu_per_kelvin, guide.pm_per_kelvin / (1e3 * guide.nm_per_riu), rtol=1e-12)


def test_an_analyte_that_unguides_is_refused():
    with pytest.raises(NoGuidedModeError, match=r"3\.4"):
        sensors.response(wire(3.4), resolution=COARSE)
    with pytest.raises(NoGuidedModeError, match=r"mode 2 has n_eff 1\.\d+, .* up to 1\.44"):
        sensors.response(wire(1.3154), mode=2, resolution=COARSE)
    with pytest.raises(ValueError, match=r"no region 'clading'.*cladding"):
        sensors.response(wire(1.3154), "clading", resolution=COARSE)


#: by a liquid's index; shapes of one topology share their compiled solve
KINDS = {
    "silicon strip": wire,
    "silicon rib": lambda n: waveguides.rib(0.6, 0.34, 0.09, 3.4757, n, substrate=1.444, window=WINDOW),
    "silicon slot": lambda n: waveguides.slot(0.24, 0.1, 0.32, 3.4757, n, substrate=1.444, window=WINDOW),
    "nitride strip": lambda n: waveguides.strip(1.2, 0.8, 1.9963, n, substrate=1.444, window=(-2.6, 2.6, -1.6, 2.4)),
    "niobate rib": lambda n: waveguides.rib(
        1.2, 0.6, 0.3, [2.1376, 2.2111, 2.2111], n, substrate=1.444, sidewall_angle_deg=60.0,
        window=(-3.2, 3.2, -1.8, 2.2),
    ),
    "subwavelength strip": lambda n: waveguides.strip(
        0.6, 0.34, waveguides.swg(3.4757, 1.3154, 0.5), n, substrate=1.444, window=WINDOW
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_guide_in_both_polarisations_by_differences(kind):
    made, count = KINDS[kind], 1 if kind == "subwavelength strip" else 2  # TM of that core is not guided

    def n_eff(n):
        return waveguides.solve(made(n), 1.55, count, temperature=WARM, resolution=COARSE).n_eff.real

    found = [sensors.response(made(1.3154), mode=m, temperature=WARM, resolution=COARSE).bulk for m in range(count)]
    # Arnoldi leaves 1e-12 in n_eff, over the steps 1e-9; the third derivative adds up to 1e-6 of the slope in nitride
    assert_allclose(found, (n_eff(1.3164) - n_eff(1.3144)) / 2e-3, rtol=2e-6)
    if count == 2:
        assert found[1] > found[0]  # TM reaches farther out of flat cores


@pytest.mark.validate
@pytest.mark.parametrize(
    ("kind", "mode"),
    [*product(("rib", "slot", "nitride", "niobate"), (0, 1)), ("swg", 0)],  # TM of the last core is not guided
)
def test_every_kind_of_guide_by_field_and_by_derivative(kind, mode):
    water, oxide = 1.3154, 1.444
    swg = waveguides.swg(3.4757, water, 0.5)
    made = {
        "rib": lambda: waveguides.rib(0.6, 0.34, 0.09, 3.4757, water, substrate=oxide),
        "slot": lambda: waveguides.slot(0.24, 0.1, 0.32, 3.4757, water, substrate=oxide),
        "nitride": lambda: waveguides.strip(1.2, 0.8, 1.9963, water, substrate=oxide),
        "niobate": lambda: waveguides.rib(
            1.2, 0.6, 0.3, [2.1376, 2.2111, 2.2111], water, substrate=oxide, sidewall_angle_deg=60.0
        ),
        "swg": lambda: waveguides.strip(0.6, 0.34, swg, water, substrate=oxide),
    }[kind]()  # fmt: skip
    found = sensors.response(made, mode=mode)
    modes = waveguides.solve(made, 1.55, mode + 1)
    assert_allclose(found.bulk, waveguides.confinement(modes, "cladding", "sensing")[mode], rtol=1e-6)


@pytest.mark.validate
def test_a_subwavelength_guide_by_its_bloch_mode():
    """The derivative of a Bloch mode is the difference of two."""
    sizes = {"window": (-1.8, 1.8, -1.4, 1.6)}

    def cell(n):
        return [waveguides.strip(0.6, 0.3, core, n, substrate=1.444, **sizes) for core in (3.4757, n)]

    found = sensors.bloch_response(*cell(1.3154), 0.6, 0.2, 1.3154)
    ahead, behind = (bloch.solve(*cell(n), 0.6, 0.2).n_eff.real for n in (1.3164, 1.3144))
    assert_allclose(found.bulk, (ahead - behind) / 2e-3, rtol=1e-5)
    assert 0.3 < float(found.bulk) < 1.0


def test_a_nanobeam_by_its_bloch_mode():
    """The derivative of a Bloch mode is the difference of two, and holes of no length leave the wire."""
    sizes = {"substrate": 1.444, "window": WINDOW}
    coarse = Resolution(2, 2, 2)

    def n_eff(analyte, wave):
        cells = nanobeam.sections(0.6, 0.22, 0.2, 3.4757, analyte, **sizes)
        return bloch.solve(*cells, 0.6, 0.25, wave, harmonics=1, resolution=coarse).n_eff.real

    def found(length):
        hole = (0.2, length)
        return nanobeam.response(0.6, 0.22, hole, 0.25, 3.4757, 1.3154, harmonics=1, resolution=coarse, **sizes)

    holed = found(0.1)
    # the search leaves 1e-11 in n_eff, over steps of 2e-3; the third derivative adds less than 1e-6
    assert_allclose(holed.bulk, (n_eff(1.3164, 1.55) - n_eff(1.3144, 1.55)) / 2e-3, rtol=2e-6)
    slope = (n_eff(1.3154, 1.551) - n_eff(1.3154, 1.549)) / 2e-3
    assert_allclose(holed.n_g, holed.n_eff - 1.55 * slope, rtol=2e-6)
    wire = sensors.response(nanobeam.sections(0.6, 0.22, 0.2, 3.4757, 1.3154, **sizes)[0], resolution=coarse)
    none = found(1e-9)
    assert_allclose([none.n_eff, none.bulk, none.n_g], [wire.n_eff, wire.bulk, wire.n_g], rtol=1e-7)
    assert holed.nm_per_riu > 2 * wire.nm_per_riu  # the field is in the holes


def test_a_nanobeam_that_cannot_be():
    with pytest.raises(ValueError, match=r"hole = 0.6 µm: it must be between 0 and 0.6"):
        nanobeam.sections(0.6, 0.22, 0.6, 3.4757, 1.3154)
    with pytest.raises(ValueError, match=r"length of a hole = 0.3 µm.*between 0 and 0.25"):
        nanobeam.response(0.6, 0.22, (0.2, 0.3), 0.25, 3.4757, 1.3154)
    with pytest.raises(ValueError, match=r"edge of the first Bragg gap"):
        nanobeam.response(0.6, 0.22, (0.2, 0.1), 0.45, 3.4757, 1.3154, harmonics=1, resolution=COARSE)


@pytest.mark.validate
def test_gradient_of_a_sensitivity():
    """Sensitivity is a derivative itself: its own by the width against a difference."""

    def s(width):
        return sensors.response(wire(1.3154, width), resolution=COARSE).nm_per_riu

    gradient = jax.jit(jax.grad(s))(jnp.asarray(0.45))
    # h² f''' is 1e-5 of it
    assert_allclose(gradient, (s(0.451) - s(0.449)) / 2e-3, rtol=1e-4)
