"""Materials against the numbers in print, their limits, and what they refuse."""

# ruff: noqa: E501 - rows of published tables stay whole

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lingnan.solvers import materials
from lingnan.solvers.materials import MaterialError, MaterialRangeError
from lingnan.solvers.tracing import CheckError, checked

#: (material, wavelength, index, half of the last digit in print)
PRINTED = [
    ("Si", 1.30, 3.5016, 6e-5),  # Li 1980, table at 293 K, rounded; the formula is his fit, 1e-4 about it
    ("Si", 1.55, 3.4757, 6e-5),
    ("Si", 2.0, 3.4510, 1e-4),
    ("Si-Salzberg", 1.55, 3.477724, 1e-6),
    ("Si-SiEPIC", 1.31, 3.499204, 1e-6),
    ("Si-SiEPIC", 1.55, 3.473425, 1e-6),
    ("SiO2", 1.31, 1.446804, 1e-6),
    ("SiO2", 1.55, 1.444024, 1e-6),
    ("Si3N4", 1.31, 2.003130, 1e-6),
    ("Si3N4", 1.55, 1.996280, 1e-6),
    ("PMMA", 1.55, 1.4809, 2e-4),  # Beadie 2015: 2e-4 is his uncertainty
]


@pytest.mark.parametrize(("name", "wavelength", "n", "digits"), PRINTED)
def test_index_in_print(name: str, wavelength: float, n: float, digits: float) -> None:
    assert_allclose(materials.index(name, wavelength), n, atol=digits)


@pytest.mark.parametrize(
    ("name", "wavelength", "o", "e"),
    [
        ("LiNbO3", 1.31, 2.219967, 2.145121),  # Zelmon 1997
        ("LiNbO3", 1.55, 2.211111, 2.137560),
    ],
)
def test_lithium_niobate(name: str, wavelength: float, o: float, e: float) -> None:
    crystal = materials.get(name)
    assert_allclose([crystal.n_o(wavelength), crystal.n_e(wavelength)], [o, e], atol=1e-6)


@pytest.mark.parametrize("name", ["LiNbO3", "MgO:LiNbO3"])
def test_lithium_niobate_is_negative(name: str) -> None:  # Zelmon's paper prints the doped one the wrong way round
    wave = jnp.linspace(0.5, 4.0, 20)
    assert np.all(materials.get(name).n_e(wave) < materials.get(name).n_o(wave))


@pytest.mark.parametrize(
    ("name", "axis", "n_g"),
    [
        ("Si-Salzberg", 0, 3.605295),
        ("SiO2", 0, 1.462596),
        ("Si3N4", 0, 2.039573),
        ("LiNbO3", 0, 2.263675),
        ("LiNbO3", -1, 2.182319),
    ],
)
def test_group_index(name: str, axis: int, n_g: float) -> None:
    assert_allclose(materials.get(name).n_g(1.55, axis=axis), n_g, atol=1e-6)


def test_water_absorbs_as_kedenburg_measured() -> None:
    water = materials.get("water")
    assert_allclose(water.n(1.55), 1.315354 + 1.49248e-4j, atol=1e-6)
    assert_allclose(water.n(1.31).real, 1.320050, atol=1e-6)
    assert_allclose(water.absorption(1.55), 12.10, atol=0.005)
    # Hale and Querry, interpolated across their gap, would give five times as much
    assert_allclose(water.n(1.31).imag, 1.6e-5, rtol=0.05)


def test_germanium_edge() -> None:
    ge = materials.get("Ge")
    assert_allclose(ge.n(1.305).imag, 0.08699, rtol=1e-6)
    assert_allclose(ge.absorption(1.55), 2042, rtol=1e-3)


@pytest.mark.parametrize(
    ("name", "n", "k"), [("Au", 0.57184, 9.6167), ("Al", 1.53996, 15.368), ("Cu", 0.47078, 10.467), ("W", 2.37382, 4.81462), ("Ti", 3.82275, 4.41589)],
)  # fmt: skip
def test_metals_follow_rakic(name: str, n: float, k: float) -> None:
    # values of his own script at 0.8 eV, 5 digits; 1.549802 µm
    got = materials.index(name, 1.239841984332 / 0.8)
    assert_allclose([got.real, got.imag], [n, k], rtol=6e-3)


def test_sign_of_absorption_is_that_of_exp_minus_i_omega_t() -> None:
    for name in ("Au", "Al", "Cu", "W", "Ti", "TiN", "Ge", "water"):
        assert materials.index(name, 1.5).imag > 0


def test_thermo_optic_coefficients() -> None:
    assert_allclose(materials.get("Si").dn_dt(1.55), 1.84e-4, rtol=0.015)  # Li 1980, 293 K
    assert_allclose(materials.get("Si").dn_dt(1.30), 1.94e-4, rtol=0.015)
    assert_allclose(materials.get("Si3N4").dn_dt(1.55), 2.45e-5, rtol=1e-9)
    ln = materials.get("LiNbO3")
    assert_allclose(ln.dn_dt(1.55, axis=0), 3.3e-6, rtol=1e-9)
    assert_allclose(ln.dn_dt(1.55, axis=-1), 37e-6, rtol=0.02)  # Jundt's formula against Inrad's constant


@pytest.mark.parametrize(
    ("kelvin", "at_130", "at_155"),
    [(100, 3.4706, 3.4467), (200, 3.4850, 3.4601), (400, 3.5236, 3.4966), (600, 3.5704, 3.5413), (750, 3.6074, 3.5766)],
)
def test_silicon_over_temperature(kelvin: float, at_130: float, at_155: float) -> None:
    # Li 1980, his recommended tables at these temperatures: his formula follows them to a digit of the last place, and
    # to one and a half at 750 K
    atol = 1e-4 if kelvin <= 600 else 1.5e-4
    assert_allclose([materials.index("Si", w, kelvin) for w in (1.30, 1.55)], [at_130, at_155], atol=atol)


def test_derivatives_are_central_differences() -> None:
    for name in ("Si", "SiO2", "water", "Au", "Ge"):
        n = lambda w, name=name: materials.index(name, w).real  # noqa: E731
        h = 1e-5
        assert_allclose(jax.grad(n)(1.4512), (n(1.4512 + h) - n(1.4512 - h)) / (2 * h), rtol=1e-6)


@given(st.sampled_from(["x", "y", "z"]), st.floats(-180, 180))
def test_a_turned_crystal_keeps_its_invariants(normal: str, angle: float) -> None:
    eps = np.asarray(materials.cut("LN", normal, angle).turned(0.0).permittivity(1.55))
    o, e = materials.get("LN").n_o(1.55) ** 2, materials.get("LN").n_e(1.55) ** 2
    assert_allclose(eps, eps.T, atol=1e-12)
    assert_allclose(np.sort(np.linalg.eigvalsh(eps)), [e, o, o], rtol=1e-12)


def test_cuts() -> None:
    o, e = materials.get("LN").n_o(1.55) ** 2, materials.get("LN").n_e(1.55) ** 2
    assert_allclose(materials.permittivity("LN-x-cut", 1.55), [e, o, o])  # Z across: TE is extraordinary
    assert_allclose(materials.permittivity("LN-z-cut", 1.55), [o, e, o])
    turned = materials.cut("LN", "x", 90.0).permittivity(1.55)
    assert_allclose(turned, np.diag([o, o, e]), atol=1e-12)  # along Z: TE is ordinary
    half = materials.cut("LN", "x", 30.0).permittivity(1.55)
    assert_allclose(half[0, 0], e * 0.75 + o * 0.25, rtol=1e-12)
    # The waveguide turns anticlockwise, from z towards x: its z axis leans to crystal Z, which ε_xz < 0 says (e < o)
    assert_allclose(half[0, 2], (e - o) * np.sin(np.pi / 6) * np.cos(np.pi / 6), rtol=1e-12)


def test_crystals_that_are_equal_have_one_hash() -> None:
    one = materials.cut("LN", "y")
    other = materials.oriented("LN", np.where(np.asarray(one.rotation) == 0, -0.0, np.asarray(one.rotation)))
    assert one == other
    assert len({one, other}) == 1


def test_pockels_of_x_cut_lithium_niobate() -> None:
    # E along Z: Δn_e = -½ n_e³ r33 E, the formula of every modulator paper
    film = materials.cut("LN", "x")
    n_e, n_o = materials.get("LN").n_e(1.55), materials.get("LN").n_o(1.55)
    change = materials.electro_optic(film, [1.0, 0, 0], 1.55)  # 1 V/µm across
    assert_allclose(change[0, 0] / (2 * n_e), -0.5 * n_e**3 * 30.8e-6, rtol=1e-12)
    assert_allclose(change[1, 1] / (2 * n_o), -0.5 * n_o**3 * 8.6e-6, rtol=1e-12)
    # E up, along X: couples Z and X by r51
    up = materials.electro_optic(film, [0, 1.0, 0], 1.55)
    assert_allclose(up[0, 1], -(n_e**2) * n_o**2 * 28.0e-6, rtol=1e-12)
    assert_allclose(film.rf_permittivity(), np.diag([27.9, 44.3, 44.3]))


def test_carriers_of_nedeljkovic() -> None:
    assert_allclose(materials.carrier_index(1e18, 0, 1.55), -8.51910e-4, rtol=1e-5)
    assert_allclose(materials.carrier_index(0, 1e18, 1.55), -1.85648e-3, rtol=1e-5)
    assert_allclose(materials.carrier_absorption(1e18, 0, 1.55), 9.00353, rtol=1e-5)
    assert_allclose(materials.carrier_absorption(0, 1e18, 1.55), 5.35073, rtol=1e-5)
    assert_allclose(materials.carrier_index(1e18, 0, 1.31), -5.78384e-4, rtol=1e-5)
    assert_allclose(materials.carrier_index(0, 1e18, 1.31), -1.33940e-3, rtol=1e-5)
    assert_allclose(materials.carrier_absorption(1e18, 0, 1.31), 4.60871, rtol=1e-5)
    assert_allclose(materials.carrier_absorption(0, 1e18, 1.31), 4.07944, rtol=1e-5)


def test_carriers_of_soref_and_bennett() -> None:
    assert_allclose(materials.carrier_index(1e18, 1e18, 1.55, "soref-bennett"), -(8.8e-4 + 8.5e-18 * 1e18**0.8))
    assert_allclose(materials.carrier_absorption(1e18, 1e18, 1.31, "soref-bennett"), 10.0)


@given(st.floats(14, 20), st.floats(14, 20), st.floats(1.31, 1.55))
def test_carriers_in_between_lie_between(log_n: float, log_p: float, wavelength: float) -> None:
    n, p = 10.0**log_n, 10.0**log_p
    low, high = materials.carrier_index(n, p, 1.55), materials.carrier_index(n, p, 1.31)
    assert low * (1 + 1e-9) <= materials.carrier_index(n, p, wavelength) <= high * (1 - 1e-9)


def test_no_carriers_no_change_and_a_finite_slope() -> None:
    assert materials.carrier_shift(0.0, 0.0, 1.45) == 0
    assert np.isfinite(jax.grad(lambda p: materials.carrier_index(0.0, p, 1.45))(0.0))


def test_range_is_an_error_that_says_the_range() -> None:
    with pytest.raises(MaterialRangeError, match=r"Si: wavelength = 1 µm lies outside 1.2 to 14 µm") as caught:
        materials.index("Si", 1.0)
    assert caught.value.limits == (1.2, 14.0)
    with pytest.raises(MaterialRangeError, match=r"did you mean 1\.55"):
        materials.index("Si", 1550)
    with pytest.raises(MaterialRangeError, match=r"did you mean 298\.15"):
        materials.index("Si", 1.55, 25.0)
    assert np.isfinite(materials.index("Si", 1.0, extrapolate=True))
    assert_allclose(materials.index("Si-Salzberg", 1.31, extrapolate=True), 3.503913, atol=1e-6)
    assert not materials.get("Si").inside(1.0)
    assert jax.jit(materials.get("Si").inside)(1.55)
    with pytest.raises(MaterialRangeError, match=r"take materials\.get\(.Si., extrapolate=True\)"):
        materials.get("silicon").n(1.0)
    own = materials.tabulated([1.5, 1.55, 1.6], [1.4, 1.41, 1.42], name="Si")
    with pytest.raises(MaterialRangeError, match=r"Si: .* take what its \.extrapolated\(\) gives"):
        own.n(1.7)
    assert np.isfinite(own.extrapolated().n(1.7))


@pytest.mark.parametrize(
    ("word", "meant"), [("Silicon Nitrid", "silicon nitride"), ("LiNbO4", "LiNbO3"), ("gol", "gold")]
)
def test_unknown_materials_are_guessed(word: str, meant: str) -> None:
    with pytest.raises(MaterialError, match=f"Did you mean .*{meant}"):
        materials.get(word)


def test_crystals_must_say_how_they_are_cut() -> None:
    with pytest.raises(MaterialError, match="LiNbO3-x-cut"):
        materials.permittivity("LN", 1.55)
    with pytest.raises(MaterialError, match="isotropic"):
        materials.cut("Si", "x")
    with pytest.raises(MaterialError, match="right-handed"):
        materials.oriented("LN", np.diag([1, 1, -1]))


def test_nan_is_refused() -> None:
    with pytest.raises(MaterialError, match="not a finite number"):
        materials.index("Si", float("nan"))


def test_nichrome_has_no_optics_but_a_conductivity() -> None:
    assert materials.get("NiCr").conductivity == 9.1e5
    with pytest.raises(MaterialError, match="no optical data"):
        materials.index("NiCr", 1.55)


def test_every_material_has_its_sources() -> None:
    for name in materials.names():
        found = materials.get(name)
        assert found.source
        assert all(p.source and p.unit for _, p in found.properties)
        if found.axes:
            low, high = found.wavelengths
            for wave in (low, (low * high) ** 0.5, high):
                assert np.all(np.isfinite(found.n_o(wave)))
                assert np.all(np.isfinite(found.n_e(wave)))
            assert hash(found) == hash(materials.get(name))


def test_conductors() -> None:
    got = [materials.get(name).conductivity for name in ("Au", "Al", "Cu", "TiN", "SiO2")]
    assert got == [4.1e7, 3.5e7, 5.8e7, 2.3e6, 0.0]


def test_own_materials() -> None:
    fit = materials.sellmeier([(0.6961663, 0.0684043), (0.4079426, 0.1162414), (0.8974794, 9.896161)])
    assert_allclose(fit.n(1.55), 1.444024, atol=1e-6)
    wave = np.linspace(1.3, 1.6, 31)
    table = materials.tabulated(wave, materials.index("SiO2", wave))
    assert_allclose(table.n(1.5432), materials.index("SiO2", 1.5432), atol=1e-7)  # cubic on steps of 0.01
    assert_allclose(table.n_g(1.5432), materials.get("SiO2").n_g(1.5432), atol=2e-5)
    line = materials.function(lambda w: 2.0 - 0.1 * (w - 1.55))
    assert_allclose(line.n_g(1.55), 2.155, rtol=1e-12)
    assert_allclose(materials.constant(1.5, dn_dt=1e-4).n(1.55, 303.15), 1.501, rtol=1e-12)
    with pytest.raises(MaterialError, match="Im"):
        materials.constant(1.5 - 0.1j)
    with pytest.raises(MaterialError, match=r"index = 'mine' .* must be a function of the wavelength"):
        materials.function("mine", lambda w: 2.0)  # type: ignore[arg-type]
    with pytest.raises(MaterialError, match="increase"):
        materials.tabulated([1.5, 1.4], [1.0, 1.0])


def test_own_functions_are_ones_of_jax() -> None:
    def wordless(wave: object) -> float:
        raise ValueError

    for wrong, message in (
        (lambda w: np.sqrt(w), "cannot be traced by JAX"),
        (lambda w: 1.5 if w > 1.5 else 1.4, "cannot be traced by JAX"),
        (lambda w: jnp.ones(2) * w, r"array of shape \(2,\)"),
        (lambda w: (2 + 0.1j) * w, "complex number"),
        (wordless, r"JAX \(ValueError: without a word\)"),
    ):
        with pytest.raises(MaterialError, match=message):
            materials.function(wrong)
    dips = materials.function(lambda w: jnp.sqrt(3.0 - w))
    assert_allclose(jax.jit(jax.grad(dips.n))(2.0), -0.5, rtol=1e-12)
    for asked in (dips.n, dips.n_g, jax.grad(dips.n)):
        with pytest.raises(MaterialError, match=r"n = nan at wavelength = 3.5 µm"):
            asked(3.5)
    with pytest.warns(UserWarning, match="The result is NaN there"):
        jax.jit(dips.n)(3.5)
    with pytest.raises(CheckError, match="not finite"):
        checked(dips.n)(3.5)


def test_solutions() -> None:
    salt = materials.solution("nacl", 10)
    assert_allclose(salt.n(1.31) - materials.index("water", 1.31), 0.0176, rtol=1e-9)
    with pytest.raises(MaterialError, match="straight line"):
        materials.solution("glucose", 50)


def test_silicon_germanium_grows_with_germanium() -> None:
    n = [float(materials.silicon_germanium(x).n(1.55)) for x in (0.0, 0.2, 0.4)]
    assert_allclose(n[0], materials.index("Si", 1.55))
    assert n[0] < n[1] < n[2]


YAML = """
REFERENCES: somebody
DATA:
  - type: {kind}
    {body}
"""


@pytest.mark.parametrize(
    ("kind", "body", "n"),
    [
        ("formula 1", "wavelength_range: 0.21 6.7\n    coefficients: 0 0.6961663 0.0684043 0.4079426 0.1162414 0.8974794 9.896161", 1.444024),
        ("formula 2", "wavelength_range: 0.4 5.0\n    coefficients: 0 2.6734 0.01764 1.2290 0.05914 12.614 474.60", 2.211111),
        ("formula 3", "wavelength_range: 0.42 1.62\n    coefficients: 2.1778 6.1209e-3 2 -1.5004e-3 4 2.3678e-2 -2 -4.2137e-3 -4 7.3417e-4 -6 -4.5042e-5 -8", 1.480886),
        # Gayer 2008, e of 5 % MgO: by hand 5.756 + .0983/(λ²-.202²) + 189.32/(λ²-12.52²) - .0132 λ²
        ("formula 4", "wavelength_range: 0.5 4.0\n    coefficients: 5.756 0.0983 0 0.2020 2 189.32 0 12.52 2 -1.32e-2 2", 2.130570),
        ("formula 5", "wavelength_range: 0.32 1.7\n    coefficients: 1.5525 0.00629 -2 0.0004 -4", 1.555187),
        ("formula 6", "wavelength_range: 0.23 1.69\n    coefficients: 0 0.05792105 238.0185 0.00167917 57.362", 1.000273),
        ("tabulated n", "data: |\n        1.5 1.45\n        1.6 1.44", 1.445),
        ("tabulated nk", "data: |\n        1.5 1.45 0.0\n        1.6 1.44 0.1", 1.445 + 0.05j),
    ],
)  # fmt: skip
def test_files_of_refractiveindex_info(tmp_path, kind: str, body: str, n: complex) -> None:
    file = tmp_path / "material.yml"
    file.write_text(YAML.format(kind=kind, body=body))
    assert_allclose(materials.read_yaml(file).n(1.55), n, atol=2e-6)


def test_a_file_that_was_measured_in_air_is_against_vacuum_here(tmp_path) -> None:
    """N-BK7 as the database has it (SCHOTT's catalogue of 2017): nd = 1.5168 against air, at 587.5618 nm in air."""
    body = "wavelength_range: 0.3 2.5\n    coefficients: 0 1.03961212 0.00600069867 0.231792344 0.0200179144 1.01046945 103.560653"
    air = float(materials.index("air", 0.5877))
    for fields, expected in (
        ("n_absolute: false, wavelength_vacuum: false", 1.5168 * air),
        ("n_is_absolute: false, wavelength_is_vacuum: false", 1.5168 * air),
        ("n_is_absolute: true, wavelength_is_vacuum: true", 1.5167932),  # its slope, -0.042/µm, over 0.163 nm
    ):
        file = tmp_path / "glass.yml"
        file.write_text(YAML.format(kind="formula 2", body=body) + f"SPECS: {{{fields}}}\n")
        # the formula gives 1.5168000
        assert_allclose(materials.read_yaml(file).n(0.5875618 * air), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "DATA"),
        ("DATA: [{type: formula 12, wavelength_range: 1 2, coefficients: 1 2}]", "formulas 1 to 9"),
        ("DATA: [{type: tabulated k, data: '1 2'}]", "malformed|two or more"),
        ("DATA: [{type: polynomial}]", "unknown"),
        ("DATA: [{type: formula 1}]", "malformed"),
        ("{", "cannot be read"),
    ],
)
def test_broken_files_are_refused(tmp_path, text: str, message: str) -> None:
    file = tmp_path / "material.yml"
    file.write_text(text)
    with pytest.raises(MaterialError, match=message):
        materials.read_yaml(file)
    with pytest.raises(MaterialError, match="cannot be read"):
        materials.read_yaml(tmp_path / "absent.yml")


@pytest.mark.parametrize("wavelength", ["1.55", ["1.55"], None, 1.55 + 0j, True])
def test_a_wavelength_that_is_no_real_number_is_refused(wavelength: object) -> None:
    for ask in (materials.index, materials.permittivity, lambda name, w: materials.get(name).dn_dt(w)):
        with pytest.raises(materials.MaterialError, match=r"is no real number\. Give it in µm"):
            ask("Si", wavelength)  # type: ignore[operator]
