"""Strain: printed sensitivities, tensors turned, rosettes there and back, bonds by their equation, modes anew."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate

from lingnan.solvers import waveguides
from lingnan.solvers.materials import get
from lingnan.solvers.mechanics import photoelastic, strain
from lingnan.solvers.mechanics.strain import Line

BONDED = Line(1.55, 0.78, 0.02, 7.25e-6)
FREE = Line(1.56, 0.78, 0.0, 7.25e-6)


def test_printed_sensitivities() -> None:
    """1.209 pm/µε and 11.24 pm/K at 1.55 µm, for p_e = .22, α = .55e-6 and ξ = 6.7e-6 1/K."""
    assert float(BONDED.pm_per_microstrain) == pytest.approx(1.209, rel=1e-4)
    assert float(BONDED.shift(warmth=1.0)) == pytest.approx(11.24, rel=1e-3)
    glass = photoelastic.photoelastic("SiO2").six
    found = float(strain.photoelastic_constant(1.46, glass[0, 0], glass[0, 1], 0.17))
    assert found == pytest.approx(0.22, abs=0.005)  # to its two digits


def test_a_fibre_is_its_tensor() -> None:
    """Pulled along z glass shrinks across; light across sees p12 along and p11 + p12 of the shrinking."""
    nu, n = 0.17, 1.45
    glass = photoelastic.photoelastic("SiO2")
    pulled = jnp.diag(jnp.array([-nu, -nu, 1.0])) * 1e-3
    change = photoelastic.permittivity_change(glass.tensor(), n**2, pulled)
    expected = -float(strain.photoelastic_constant(n, glass.six[0, 0], glass.six[0, 1], nu)) * n * 1e-3
    assert float(change[0, 0]) / (2 * n) == pytest.approx(expected, rel=1e-12)


def test_tensors_have_the_symmetry_of_their_crystal() -> None:
    turn = np.array([[-0.5, -np.sqrt(0.75), 0], [np.sqrt(0.75), -0.5, 0], [0, 0, 1.0]])
    mirror = np.diag([-1.0, 1.0, 1.0])  # X to -X is the mirror of 3m
    for name, moves in {
        "LiNbO3": (turn, mirror),
        "Si": (np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]]), mirror),
        "SiO2": (turn, mirror, photoelastic.ALONG_110),
    }.items():
        p = photoelastic.photoelastic(name)
        for move in moves:
            assert np.abs(np.asarray(p.tensor(move) - p.tensor())).max() < 1e-15
    lie = photoelastic.ALONG_110
    assert np.linalg.det(lie) == pytest.approx(1.0)
    silicon = photoelastic.photoelastic("Si")
    along = float(silicon.tensor(lie)[2, 2, 2, 2])  # (p11 + p12)/2 + p44 along <110>
    assert along == pytest.approx((-0.094 + 0.017) / 2 - 0.051, rel=1e-12)


def test_permittivity_is_that_of_the_inverse_to_first_order() -> None:
    p = photoelastic.photoelastic("LiNbO3").tensor()
    eps = np.diag([4.9, 4.9, 4.6])
    shape = np.array([[3.0, 1.0, -2.0], [1.0, -1.0, 0.5], [-2.0, 0.5, 2.0]]) * 1e-6
    exact = np.linalg.inv(np.linalg.inv(eps) + np.einsum("ijkl,kl->ij", np.asarray(p), shape)) - eps
    found = np.asarray(photoelastic.permittivity_change(p, jnp.diag(eps), shape))
    assert np.abs(found - exact).max() < 3e-5 * np.abs(exact).max()  # strain itself


def test_a_gauge_in_a_free_film_is_a_line() -> None:
    """Plane stress: the shift by the line's two numbers and by the whole tensor; drift and expansion by hand."""
    by_material = -jnp.array([[0.10, 0.0, 0.02], [0.0, 0.21, 0.0], [0.02, 0.0, 0.33]])
    gauge = photoelastic.Gauge(1.55, 2.4, 4.2, by_material, jnp.array([0.4, 0.6]))
    line = gauge.line(0.25, drift=1.9e-4, expansion=2.6e-6)
    along, across = 3e-4, -1e-4
    tensor = np.diag([across, -0.25 / 0.75 * (along + across), along])
    assert float(line.shift(along, across)) == pytest.approx(float(gauge.shift(tensor)), rel=1e-12)
    longer = 1.55e6 * (1.9e-4 + 2.4 * 2.6e-6) / 4.2
    assert float(line.shift(warmth=1.0)) == pytest.approx(longer, rel=1e-12)


@pytest.mark.parametrize("angles", [(0, 45, 90), (0, 60, 120)])
def test_rosettes_there_and_back(angles: tuple[int, ...]) -> None:
    """Strains turned as tensors, shifts of each line, and back, with a temperature that moves all of them."""
    tensor = np.array([[200e-6, 60e-6], [60e-6, -80e-6]])
    shifts = []
    for angle in np.deg2rad(angles):
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        shifts.append(float(BONDED.shift(along @ tensor @ along, across @ tensor @ across, 12.0)))
    found = strain.rosette(shifts, [BONDED] * 3, float(FREE.shift(warmth=12.0)), FREE, angles)
    assert np.array(found[:4]) == pytest.approx([200e-6, -80e-6, 120e-6, 12.0], rel=1e-9)
    values, vectors = np.linalg.eigh(tensor)
    assert [float(v) for v in found.principal] == pytest.approx(values[::-1], rel=1e-9)
    turned = np.rad2deg(np.arctan2(vectors[1, 1], vectors[0, 1])) % 180
    assert float(found.angle_deg) % 180 == pytest.approx(turned, rel=1e-9)


def test_bonds_by_their_equation() -> None:
    """u'' = k²(u - ε x) with free ends: by a boundary-value solver; lags by hand."""
    lag, length = 2e-3, 3000.0
    solved = integrate.solve_bvp(
        lambda x, u: np.stack([u[1], lag**2 * (u[0] - x)]), lambda a, b: np.array([a[0], b[1]]),
        np.linspace(0, length / 2, 50), np.zeros((2, 50)), tol=1e-8,
    )  # fmt: skip
    for place in (0.0, 700.0, 1400.0):
        assert float(strain.passed(lag, length, place)) == pytest.approx(solved.sol(place)[1], abs=1e-6)
    mean = (solved.sol(400.0)[0] - solved.sol(0.0)[0]) / 400.0
    assert float(strain.passed_mean(lag, length, 800.0)) == pytest.approx(mean, abs=1e-6)
    half = lag * length / 2
    assert float(strain.passed_mean(lag, length)) == pytest.approx(1 - np.tanh(half) / half, rel=1e-12)
    assert float(strain.passed(10.0, 1e6)) == 1.0
    fibre = np.sqrt(2 * 1e9 / (72e9 * 62.5**2 * np.log(2.0)))
    assert float(strain.lag_of_fibre(72e9, 62.5, 1e9, 125.0)) == pytest.approx(fibre, rel=1e-12)
    chip = np.sqrt(1e9 / (160e9 * 300.0 * 20.0))
    assert float(strain.lag_of_chip(160e9, 300.0, 1e9, 20.0)) == pytest.approx(chip, rel=1e-12)


def test_torque_and_force_by_stress() -> None:
    """Torsion: τ = T r/J, ε at 45° is γ/2; bending: σ = M c/I."""
    polar = np.pi / 32 * (0.03**4 - 0.02**4)
    shear = 80.0 * 0.015 / polar / (210e9 / 2.6)
    assert float(strain.of_torque(80.0, 30.0, 210e9, 0.3, 20.0)) == pytest.approx(shear / 2, rel=1e-12)
    moment, second = 5.0 * (0.08 - 0.02), 0.01 * 0.002**3 / 12
    expected = moment * 0.001 / second / 70e9
    assert float(strain.of_force(5.0, 80.0, 10.0, 2.0, 70e9, 20.0)) == pytest.approx(expected, rel=1e-12)


def test_an_array_has_room() -> None:
    lines = [Line(1.53 + 0.005 * k, 0.78, 0.0, 7.25e-6) for k in range(8)]
    found = np.asarray(strain.gaps_pm(lines, 1e-3, 20.0, 200.0))
    ways = [1e6 * line.wavelength * (0.78e-3 + 7.25e-6 * 20) for line in lines]
    assert found[0] == pytest.approx(5000 - ways[0] - ways[1] - 200, rel=1e-9)
    assert found.shape == (7,)
    with pytest.raises(ValueError, match=r"lines 6 and 7 lie 5000 pm apart and may overlap by .*: they need"):
        strain.gaps_pm(lines, 3e-3, 20.0, 200.0)


def test_gradients() -> None:
    def all_of_it(x: jax.Array) -> jax.Array:
        lines = [Line(x[0], x[1], x[2], x[3])] * 3
        plane = strain.rosette(x[4:7], lines, x[7], Line(x[8], thermal=x[9]))
        glued = strain.passed(strain.lag_of_chip(x[10], x[11], x[12], x[13]), x[14], x[15])
        twisted = strain.of_torque(x[16], x[17], x[18], x[19], x[20])
        bent = strain.of_force(x[21], x[22], x[23], x[24], x[25], x[26])
        return 1e6 * (plane.principal[0] + twisted + bent) * glued

    at = np.array([
        1.55, 0.78, 0.02, 7e-6, 300.0, 100.0, -50.0, 80.0, 1.56, 8e-6, 160e9, 300.0, 1e9, 20.0, 9000.0, 3000.0,
        80.0, 30.0, 210e9, 0.3, 20.0, 5.0, 80.0, 10.0, 2.0, 70e9, 20.0,
    ])  # fmt: skip
    both = jax.jit(jax.value_and_grad(all_of_it))
    found = np.asarray(both(jnp.asarray(at))[1])
    for index, number in enumerate(at):
        step = 1e-4 * abs(number)
        up, down = (float(both(jnp.asarray(at).at[index].add(sign * step))[0]) for sign in (1, -1))
        assert up != down
        assert found[index] == pytest.approx((up - down) / (2 * step), rel=1e-5)  # h² of 1e-8 and round-off


@pytest.mark.validate
def test_a_mode_under_strain_is_the_mode_of_the_strained_guide() -> None:
    """All media as full tensors, changed and stretched, solved anew at ± strains, against one solve's derivatives."""
    width, height, wave = 0.8, 0.4, 1.55
    silica, nitride = photoelastic.photoelastic("SiO2"), np.asarray(photoelastic.photoelastic("LiNbO3").tensor())
    p = {"core": nitride, "cladding": np.asarray(silica.tensor())}

    def guide(by: np.ndarray) -> waveguides.Modes:
        media = {
            name: np.eye(3) * n**2 + np.asarray(photoelastic.permittivity_change(p[name], n**2, by))
            for name, n in (("core", 2.0), ("cladding", 1.444))
        }
        grown = waveguides.strip(
            width * (1 + by[0, 0]),
            height * (1 + by[1, 1]),
            media["core"],
            media["cladding"],
            substrate=media["cladding"],
        )
        return waveguides.solve(grown, wave, 1)

    plain = waveguides.solve(waveguides.strip(width, height, 2.0, 1.444, substrate=1.444), wave, 1)
    given = {name: p["core" if name == "core" else "cladding"] for name in plain.problem.geometry.names}
    found = photoelastic.gauge(plain, 0, given)
    step = 1e-4
    for i, j in ((0, 0), (1, 1), (2, 2)):
        by = np.zeros((3, 3))
        by[i, j] = by[j, i] = step
        moved = (float(guide(by).n_eff[0].real) - float(guide(-by).n_eff[0].real)) / (2 * step)
        expected = float(found.by_material[i, j]) + (float(found.by_shape[i]) if i < 2 else 0.0)
        assert expected == pytest.approx(moved, rel=2e-3)  # meshes that follow differ by 1e-7 of n_eff
    longer = float(found.n_eff + found.by_material[2, 2]) / float(found.n_g)
    assert float(found.shift(np.diag([0.0, 0.0, 1e-6]))) == pytest.approx(1.55 * longer, rel=1e-12)


@pytest.mark.validate
def test_a_wide_weak_guide_is_a_fibre() -> None:
    """The core's light sees glass all around: n_eff falls by p_e of it in a pull, its shape apart."""
    modes = waveguides.solve(waveguides.strip(6.0, 6.0, 1.46, "SiO2", substrate="SiO2"), 1.55, 1)
    glass = photoelastic.photoelastic("SiO2")
    names = modes.problem.geometry.names
    found = photoelastic.gauge(modes, 0, {name: glass.tensor() for name in names if name == "core"})
    pulled = np.diag([-0.17, -0.17, 1.0])
    index = float(jnp.sum(found.by_material * pulled))
    inside = float(waveguides.confinement(modes, "core", "electric")[0])
    fourth = inside * 1.46**4 + (1 - inside) * float(get("SiO2").n(1.55)) ** 4
    # dn_eff = δε/(2 n_eff), with δε of each part
    expected = -(0.270 - 0.17 * (0.121 + 0.270)) * fourth / (2 * float(found.n_eff))
    # the longitudinal field sees other coefficients, with (λ/(2 n w))² = .8 % of the power at most
    assert index == pytest.approx(expected, rel=8e-3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: strain.rosette([1, 2, 3], [BONDED] * 3, 1.0, FREE, (0, 90, 180)), "do not tell three strains apart"),
        (lambda: strain.rosette([1, 2], [BONDED] * 2, 1.0, FREE, (0, 90)), "it has three of each"),
        (lambda: strain.rosette([1, 2, 3], [BONDED] * 3, 1.0, Line(1.5)), "thermal answer of the free line = 0"),
        (lambda: strain.rosette([1, 2, 3], [Line(1.55, np.nan)] * 3, 1.0, FREE), "tell three strains apart .* nan"),
        (lambda: strain.passed(1.0, 10.0, 6.0), "place over half of the length = 1.2"),
        (lambda: strain.passed_mean(1.0, 10.0, 12.0), "over by length = 1.2"),
        (lambda: strain.lag_of_fibre(72e9, 62.5, 1e9, 60.0), "outer over inner radius = 0.96"),
        (lambda: strain.of_torque(1.0, 10.0, 210e9, 0.3, 11.0), "bore over diameter = 1.1"),
        (lambda: strain.of_torque(1.0, 10.0, 210e9, 0.6), "poisson = 0.6"),
        (lambda: strain.gaps_pm([BONDED], 1e-3, 1.0, 1.0), "1 lines: an array has two"),
        (lambda: Line(-1.0), "Line: wavelength = -1 µm"),
        (lambda: photoelastic.photoelastic("Sio2"), "no coefficients of 'Sio2'"),
    ],
)
def test_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
