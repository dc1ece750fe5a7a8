"""Clamped plates: printed numbers, Bessel's exact solutions, strips, differences, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.polynomial import Polynomial
from scipy import integrate, special

from lingnan.solvers.mechanics import plates
from lingnan.solvers.mechanics.plates import Circle, Film, Rectangle
from lingnan.solvers.tracing import CheckError, checked

SILICON = Film(young=160e9, poisson=0.22, density=2330.0)
ROUND = Circle(SILICON, thickness=2.0, radius=200.0)
SQUARE = Rectangle(SILICON, thickness=2.0, width=400.0, length=400.0)
STIFF = float(plates.rigidity(ROUND))
#: √(D/(ρh)) [m²/s]: frequencies are λ² times it over 2π a²
PACE = np.sqrt(STIFF / (2330.0 * 2e-6))


def tense(k: float) -> Circle:
    """With √(σh/D) a = k."""
    return Circle(Film(160e9, 0.22, 2330.0, k**2 * STIFF / (200e-6**2 * 2e-6)), 2.0, 200.0)


def test_a_circle_without_stress_is_the_polynomial_of_the_books() -> None:
    """w = p (a² - r²)²/(64 D), S. Timoshenko and S. Woinowsky-Krieger (1959), article 17."""
    rho = 0.3
    expected = 100.0 * 200e-6**4 / (64 * STIFF) * (1 - rho**2) ** 2 * 1e6
    assert float(plates.deflection(ROUND, 100.0, 36.0, 48.0)) == pytest.approx(
        expected, rel=1e-6
    )  # coefficients cancel


@pytest.mark.parametrize(("k", "rel"), [(5.0, 1e-6), (40.0, 1e-5)])
def test_a_circle_with_tension_is_bessels(k: float, rel: float) -> None:
    """D∇⁴w - N∇²w = p: w = p a⁴/(2 k³ D) ((I0(kρ) - I0(k))/I1(k) + k(1 - ρ²)/2), and its curvature at the rim."""
    scale = 100.0 * 200e-6**4 / (2 * k**3 * STIFF)
    middle = scale * ((1 - special.i0(k)) / special.i1(k) + k / 2)
    assert float(plates.deflection(tense(k), 100.0)) == pytest.approx(middle * 1e6, rel=rel)
    curved = scale * (k**2 * (special.i0(k) - special.i1(k) / k) / special.i1(k) - k) / 200e-6**2
    seen = plates.strain(tense(k), 100.0, 200.0, 0.0, 1.0)
    assert float(seen[0, 0]) == pytest.approx(-curved * 1e-6, rel=10 * rel)  # two derivatives more


def test_leissas_frequencies() -> None:
    """NASA SP-160: λ² of a circle (10.2158, 21.26, 34.88, 39.771) and of a square (35.985)."""
    found = [2 * np.pi * np.asarray(plates.resonances(ROUND, 2, order)) * 200e-6**2 / PACE for order in (0, 1, 2)]
    assert found[0] == pytest.approx([10.2158, 39.771], rel=1e-5)
    assert [found[1][0], found[2][0]] == pytest.approx([21.26, 34.88], rel=2e-4)  # digits that are printed
    square = 2 * np.pi * np.asarray(plates.resonances(SQUARE, 3)) * 400e-6**2 / PACE
    assert square[0] == pytest.approx(35.985, rel=1e-5)
    assert square[1] == pytest.approx(square[2], rel=1e-9)  # one mode, turned


def test_a_circle_swings_where_its_bessel_functions_meet_the_rim() -> None:
    """J and I of D∇⁴w - N∇²w = ρhω²w with w = w' = 0: αJ1/J0(α) + βI1/I0(β) = 0, β² - α² = k², αβ = λ²."""
    k = 8.0
    alpha = np.sqrt(
        -(k**2) / 2 + np.sqrt(k**4 / 4 + (2 * np.pi * plates.resonances(tense(k))[0] * 200e-6**2 / PACE) ** 2)
    )
    beta = np.sqrt(alpha**2 + k**2)
    ends = [alpha * special.j1(alpha) / special.j0(alpha), beta * special.i1(beta) / special.i0(beta)]
    assert float(ends[0] + ends[1]) == pytest.approx(0.0, abs=1e-4 * float(ends[1]))


def test_squares_and_strips() -> None:
    """.00126532 p a⁴/D of a square; a long plate's middle is a beam of width one: 384, 22.373, 4π²."""
    assert float(plates.deflection(SQUARE, 100.0)) == pytest.approx(
        0.00126532 * 100 * 400e-6**4 / STIFF * 1e6, rel=2e-6
    )
    strip = Rectangle(SILICON, 2.0, 100.0, 800.0)
    assert float(plates.deflection(strip, 100.0)) == pytest.approx(100 * 100e-6**4 / (384 * STIFF) * 1e6, rel=1e-3)
    # ends hold it a little: frequencies go up by (W/L)², more than 1 % here
    assert 1 < float(plates.resonances(strip)[0]) / (22.373 * PACE / (2 * np.pi * 100e-6**2)) < 1.01
    buckled = float(plates.buckling_stress(ROUND)) * 2e-6 * 200e-6**2 / STIFF
    assert buckled == pytest.approx(special.jn_zeros(1, 1)[0] ** 2, rel=1e-9)


def test_a_plate_that_nearly_buckles_nearly_stops() -> None:
    """Of the lowest mode ω² falls to zero with the compression; a square's critical one bends it without limit."""
    for plate in (ROUND, SQUARE):
        most = float(plates.buckling_stress(plate))
        film = Film(160e9, 0.22, 2330.0, -(1 - 1e-6) * most)
        near = Circle(film, 2.0, 200.0) if plate is ROUND else Rectangle(film, 2.0, 400.0, 400.0)
        assert float(plates.resonances(near)[0]) < 2e-3 * float(plates.resonances(plate)[0])


def test_stretching_against_the_next_order_of_the_expansion() -> None:
    """Von Kármán's equations at w0³: the coefficient (1+ν)(173-73ν)/360, from the middle's Green's function.

    N_r of the first order w0 (1-ρ²)² with a rim that does not move, by hand; then the pressure that keeps the middle at
    w0 against the load (ρ N_r w')'/ρ.
    """
    nu = 0.3
    s = Polynomial([0, 1])
    lone = (5 - 3 * nu) / (6 * (1 - nu))  # in E h w0²/a²
    tension = lone - 8 * (s / 8 - s**2 / 12 + s**3 / 48)  # of s = ρ²

    def green(rho: float) -> float:  # deflection of the middle by a ring at ρ
        return 1 - rho**2 + 2 * rho**2 * np.log(rho)

    flux = Polynomial([0, -4]) * (1 - s) * tension  # ρ N_r w' over w0, of s
    load = 2 * flux.deriv()  # (flux)'/ρ = 2 d/ds
    bent = integrate.quad(lambda rho: green(rho) * rho * load(rho**2), 0, 1)[0]
    even = integrate.quad(lambda rho: green(rho) * rho, 0, 1)[0]
    coefficient = -bent / even * 12 * (1 - nu**2) / 64
    assert coefficient == pytest.approx((1 + nu) * (173 - 73 * nu) / 360, rel=1e-8)

    plate = Circle(Film(160e9, nu, 2330.0), 2.0, 200.0)
    share = float(plates.deflection(plate, 500.0)) / 2.0
    found = float(plates.stiffening(plate, 500.0))
    assert found == pytest.approx(0.5 * share**2, rel=1e-6)
    assert found == pytest.approx(coefficient * share**2, rel=0.1)  # what Berger leaves out


def test_the_lowest_mode_as_one_mass() -> None:
    """Integrals of the exact mode, J0(λρ) - J0(λ)/I0(λ) I0(λρ) with λ² = 10.2158."""
    found, root = plates.lumped(ROUND), np.sqrt(10.21582623)

    def mode(rho: float) -> float:
        return special.j0(root * rho) - special.j0(root) / special.i0(root) * special.i0(root * rho)

    mass, area = (integrate.quad(lambda r, n=n: 2 * r * (mode(r) / mode(0.0)) ** n, 0, 1)[0] for n in (2, 1))
    assert float(found.mass) == pytest.approx(mass * 2330 * 2e-6 * np.pi * 200e-6**2, rel=1e-6)
    assert float(found.area) == pytest.approx(area * np.pi * 200e-6**2, rel=1e-6)
    assert float(found.frequency) == pytest.approx(float(plates.resonances(ROUND)[0]), rel=1e-12)
    assert float(found.stiffness) == pytest.approx(float(found.mass * (2 * np.pi * found.frequency) ** 2), rel=1e-12)


@pytest.mark.parametrize("kind", [Circle, pytest.param(Rectangle, marks=pytest.mark.validate)])
def test_everything_moves_deflection_and_strain_as_differences_say(kind: type[plates.Plate]) -> None:
    def figures(x: jax.Array) -> jax.Array:
        film = Film(x[0], x[1], 2330.0, x[2])
        plate = Circle(film, x[3], x[4]) if kind is Circle else Rectangle(film, x[3], x[4], x[9])
        bent = plates.deflection(plate, x[6], x[7], x[8])
        tensor = plates.strain(plate, x[6], x[7], x[8], x[5])
        return jnp.stack([bent, 1e6 * tensor[0, 0], 1e6 * tensor[0, 1], 1e6 * tensor[1, 1]])

    at = np.array([160e9, 0.22, 20e6, 2.0, 250.0, 0.8, 500.0, 60.0, 90.0, 400.0])
    at = at[: 9 if kind is Circle else 10]
    both = jax.jit(lambda x, along: jax.jvp(figures, (x,), (along,)))
    for index, value in enumerate(at):
        unit = np.eye(at.size)[index]
        step = 1e-4 * value
        found = np.asarray(both(at, unit)[1])
        up, down = (np.asarray(both(at + sign * step * unit, unit)[0]) for sign in (1, -1))
        by_difference = (up - down) / (2 * step)
        assert np.abs(by_difference).max() > 0
        # h² of 1e-8, round-off 1e-12/1e-4; of the largest, as some hardly move
        assert found == pytest.approx(by_difference, rel=1e-5, abs=1e-6 * np.abs(by_difference).max())


def test_gradient_of_a_frequency() -> None:
    def lowest(radius: jax.Array) -> jax.Array:
        return plates.resonances(Circle(SILICON, 2.0, radius))[0]

    found, slope = jax.jit(jax.value_and_grad(lowest))(200.0)
    assert float(slope) == pytest.approx(-2 * float(found) / 200.0, rel=1e-9)  # as 1/a²


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: plates.deflection(ROUND, 1e5), "stiffer by .*: linear theory goes to 0.1, that is"),
        (lambda: plates.deflection(ROUND, 1.0, 150.0, 150.0), "distance from the middle over that of the rim = 1.06"),
        (lambda: plates.strain(ROUND, 1.0, 0.0, 0.0, 1.5), "height over half of the thickness = 1.5"),
        (lambda: plates.resonances(Circle(Film(160e9, 0.22, 2330.0, -1e9), 2.0, 200.0)), "compression over that which"),
        (lambda: plates.resonances(tense(60.0)), r"half of its longer side = 60: .* below 50"),
        (lambda: plates.resonances(ROUND, 0), "count = 0"),
        (lambda: Rectangle(SILICON, 2.0, 100.0, 1000.0), "ratio of its sides = 10"),
        (lambda: Film(-1.0, 0.2, 2330.0), "Film: young = -1 Pa"),
        (lambda: Film(1e9, 0.2, 2330.0, np.nan), "Film: stress = nan"),
        (lambda: Circle(SILICON, 0.0, 200.0), "Circle: thickness = 0 µm"),
    ],
)
def test_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()


def test_what_is_refused_is_nan_with_a_warning_inside_jit() -> None:
    """Of a batch only what is wrong: too much pressure bends, too much compression buckles."""

    def bent(pressure: jax.Array, stress: jax.Array) -> jax.Array:
        return plates.deflection(Circle(Film(160e9, 0.22, 2330.0, stress), 2.0, 200.0), pressure)

    many = jax.jit(jax.vmap(bent))
    pressures, stresses = np.array([100.0, 1e5, 100.0]), np.array([0.0, 0.0, -1e9])
    with (
        pytest.warns(UserWarning, match=r"pressure = 100000 Pa .* linear theory goes to 0.1"),
        pytest.warns(UserWarning, match="compression over that which buckles it = .* must be below 1"),
    ):
        found = np.asarray(many(pressures, stresses))
    assert np.isfinite(found).tolist() == [True, False, False]
    assert found[0] == pytest.approx(float(plates.deflection(ROUND, 100.0)), rel=1e-12)
    with pytest.raises(CheckError, match=r"linear theory goes to 0.1"):
        checked(jax.jit(bent))(1e5, 0.0)
