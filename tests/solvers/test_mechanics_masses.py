"""Squeezed air and masses on beams: limits, a grid, a beam's equation, differences, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants, integrate, optimize, sparse
from scipy.sparse.linalg import spsolve

from lingnan.solvers.mechanics import masses, plates, squeeze
from lingnan.solvers.mechanics.masses import Axes, Beams, Oscillator, Reading
from lingnan.solvers.mechanics.plates import Film
from lingnan.solvers.mechanics.squeeze import Gap

AIR = 1.8e-5
PLATE = Gap(300.0, 450.0, 2.0, AIR, 1e5)
SILICON = Film(160e9, 0.22, 2330.0)
BEAMS = Beams(SILICON, 4, 300.0, 3.0, 20.0)
ACCELEROMETER = Oscillator(2e-8, 30.0, 1e-5, 1e-6)
READING = Reading(pm_per_um=800.0, noise_pm=1e-3)


def central(function, at: float, share: float = 1e-4) -> float:
    step = share * abs(at)
    return float(function(at + step) - function(at - step)) / (2 * step)


def test_slow_plates() -> None:
    """.4217 μ L⁴/h³ of a square (printed as .42), μ W³ L/h³ (1 - .63 W/L) of a strip: its ends."""
    square = float(squeeze.damping(Gap(300.0, 300.0, 2.0, AIR, 1e5)))
    assert square == pytest.approx(0.42 * AIR * 300e-6**4 / 2e-6**3, rel=0.01)
    strip = float(squeeze.damping(Gap(1.0, 1000.0, 2.0, AIR, 1e5)))
    assert strip == pytest.approx(AIR * 1e-18 * 1e-3 / 2e-6**3, rel=1e-3)
    turned = float(squeeze.damping(Gap(1000.0, 1.0, 2.0, AIR, 1e5)))
    assert turned == pytest.approx(strip, rel=1e-6)  # the other side summed in closed form


def test_fast_plates_stand_on_a_spring() -> None:
    """p A/h less the rim: one part in √(squeeze number/2)/4 or so."""
    fast = 0.9 * squeeze.MOST / float(squeeze.squeeze_number(PLATE, 1.0))
    stiff = 1e5 * 300e-6 * 450e-6 / 2e-6
    assert float(squeeze.spring(PLATE, fast)) == pytest.approx(stiff, rel=0.02)
    # the sum's other order says how much it leaves out
    turned = float(squeeze.spring(Gap(450.0, 300.0, 2.0, AIR, 1e5), fast))
    assert turned == pytest.approx(float(squeeze.spring(PLATE, fast)), rel=1e-6)


def test_between_them_a_grid_finds_the_same() -> None:
    """Reynolds' equation by finite differences, two grids extrapolated."""
    frequency = 1.3 * float(PLATE.cutoff)
    turns = 2 * np.pi * frequency

    def on_grid(n: int) -> complex:
        steps = (300e-6 / n, 450e-6 / n)
        lines = [sparse.diags([1.0, -2.0, 1.0], [-1, 0, 1], (n - 1, n - 1)) / step**2 for step in steps]
        one = sparse.identity(n - 1)
        laplace = sparse.kron(lines[0], one) + sparse.kron(one, lines[1])
        lag = 12 * AIR * turns / (1e5 * 2e-6**2)
        # exp(-iωt): ∇²δp + iω 12μ/(p h²) δp = 12 μ/h³ ∂h/∂t, for a velocity of 1 (gap opening)
        pressed = spsolve(
            (laplace + 1j * lag * sparse.identity((n - 1) ** 2)).tocsc(), np.full((n - 1) ** 2, 12 * AIR / 2e-6**3)
        )
        return -pressed.sum() * steps[0] * steps[1]

    coarse, fine = on_grid(24), on_grid(48)
    expected = (4 * fine - coarse) / 3
    found = complex(squeeze.impedance(PLATE, frequency))
    assert found.real == pytest.approx(expected.real, rel=1e-3)  # corners: h^4 ln h is left
    assert found.imag == pytest.approx(expected.imag, rel=1e-3)
    assert float(squeeze.spring(PLATE, frequency)) == pytest.approx(turns * found.imag, rel=1e-12)
    # of the lowest sine imaginary over real is frequency over cutoff; the others have a higher cutoff, so it is less
    assert 1.0 < found.imag / found.real < 1.3


def test_rare_gas() -> None:
    assert float(squeeze.rarefied(AIR, 0.0, 2.0)) == AIR
    assert float(squeeze.rarefied(AIR, 2.0, 2.0)) == pytest.approx(AIR / 10.638, rel=1e-12)
    slope = jax.grad(lambda path: squeeze.rarefied(AIR, path, 2.0))(0.07)
    assert float(slope) == pytest.approx(central(lambda path: squeeze.rarefied(AIR, path, 2.0), 0.07), rel=1e-6)


@pytest.mark.parametrize("stress", [0.0, 3e7, -1e5, -5e6])
def test_beams_by_their_equation(stress: float) -> None:
    """E I w'''' = N w'' from the clamped to the guided end, w = 0 there and 1 here, solved with exponentials."""
    beams = Beams(Film(160e9, 0.22, 2330.0, stress), 4, 300.0, 3.0, 20.0)
    moment, pull = 20e-6 * 3e-6**3 / 12, stress * 60e-12
    u = np.sqrt(complex(pull / (160e9 * moment))) if stress else None
    if u is None:
        basis = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 300e-6, 300e-6**2, 300e-6**3], [0, 1, 600e-6, 3 * 300e-6**2]])
        force = 160e9 * moment * -6 * np.linalg.solve(basis, [0, 0, 1, 0])[3]
    else:
        s, c = np.sinh(u * 300e-6), np.cosh(u * 300e-6)
        basis = np.array([[1, 0, 1, 0], [0, 1, 0, u], [1, 300e-6, c, s], [0, 1, u * s, u * c]])
        force = pull * np.linalg.solve(basis, [0, 0, 1, 0])[1]  # N w' - E I w''' is the same all along
    expected = 4 * force.real
    assert float(masses.stiffness(beams).x) == pytest.approx(expected, rel=1e-6)  # exponentials cancel
    assert float(masses.stiffness(beams).y) == pytest.approx(4 * 160e9 * 60e-12 / 300e-6, rel=1e-12)


def test_mass_of_beams_and_cross_axis() -> None:
    share = integrate.quad(lambda s: (3 * s**2 - 2 * s**3) ** 2, 0, 1)[0]
    assert float(BEAMS.mass) == pytest.approx(share * 4 * 2330 * 300e-6 * 60e-12, rel=1e-12)
    found = masses.cross_axis(BEAMS, Axes(jnp.asarray(1.0), jnp.asarray(0.5), jnp.asarray(0.2)))
    assert float(found.x) == 1.0
    assert float(found.z) == pytest.approx(0.2 * (3.0 / 20.0) ** 2, rel=1e-12)  # w t³ against t w³
    assert float(found.y) == pytest.approx(0.5 * (3.0 / 300.0) ** 2, rel=1e-12)


def test_heat_gives_each_mass_half_of_kt() -> None:
    """Equipartition: k <x²>/2 = kT/2, from the force's density through the motion, integrated."""
    resonance = float(ACCELEROMETER.frequency)
    force = float(masses.thermal_force(1e-5, 300.0))
    around = np.linspace(-12, 12, 24001)
    motion = np.asarray(jnp.abs(ACCELEROMETER.motion(resonance * np.exp(around))) ** 2) * force**2 * resonance
    total = np.trapezoid(motion * np.exp(around), around)
    assert 30.0 * total == pytest.approx(constants.k * 300.0, rel=1e-4)  # below e^-12 of resonance is left out


def test_noise_in_acceleration_and_pressure() -> None:
    thermal = np.sqrt(4 * constants.k * 293.15 * 1e-5)
    assert float(masses.acceleration_noise(ACCELEROMETER, 100.0)) == pytest.approx(thermal / 2e-8, rel=1e-12)
    assert float(masses.pressure_noise(ACCELEROMETER, 100.0)) == pytest.approx(thermal / 1e-6, rel=1e-12)
    # at rest the reading sees a/ω0²: 1e-3 pm/√Hz are 1e-3/800 µm/√Hz
    read = 1e-3 / 800 * 1e-6 * 30.0 / 2e-8
    both = float(masses.acceleration_noise(ACCELEROMETER, 0.0, READING))
    assert both == pytest.approx(np.hypot(thermal / 2e-8, read), rel=1e-12)
    seen = np.random.default_rng(3).standard_normal(40000) * 0.5  # pm, at 1 kHz
    spectrum = np.mean(np.abs(np.fft.rfft(seen.reshape(-1, 100)))[:, 1:-1] ** 2) * 2 / (100 * 1000.0)
    assert float(masses.density(0.5, 1000.0)) == pytest.approx(np.sqrt(spectrum), rel=0.02)  # 19600 lines: .4 %


def test_bandwidth_is_where_half_is_left() -> None:
    for damping in (1e-5, 1e-3, 1e-2):
        slow = Oscillator(2e-8, 30.0, damping)
        edge = optimize.brentq(
            lambda f, slow=slow: float(jnp.abs(slow.motion(f) * 30.0)) ** 2 - 0.5,
            0.3 * float(slow.bandwidth), 3 * float(slow.bandwidth), xtol=1e-6,
        )  # fmt: skip
        assert float(slow.bandwidth) == pytest.approx(edge, rel=1e-6)
        assert float(slow.quality) == pytest.approx(np.sqrt(30.0 * 2e-8) / damping, rel=1e-12)


def test_a_microphone_from_plate_and_gap() -> None:
    """Rooms in a row: a membrane as one mass, its air, its noise."""
    lump = plates.lumped(plates.Circle(SILICON, 2.0, 200.0))
    air = squeeze.damping(Gap(354.5, 354.5, 20.0, AIR, 1e5))  # a square of the same area
    microphone = Oscillator(lump.mass, lump.stiffness, air, lump.area)
    assert float(microphone.frequency) == pytest.approx(float(lump.frequency), rel=1e-12)
    expected = np.sqrt(4 * constants.k * 293.15 * float(air)) / float(lump.area)
    assert float(masses.pressure_noise(microphone, 1e3)) == pytest.approx(expected, rel=1e-12)


def test_all_sizes_move_the_noise_as_differences_say() -> None:
    def noise(x: jax.Array) -> jax.Array:
        beams = Beams(Film(x[0], 0.22, x[1], x[2]), 4, x[3], x[4], x[5])
        gap = Gap(x[6], x[7], x[8], x[9], x[10])
        moving = Oscillator(
            beams.mass + x[11], masses.stiffness(beams).x + squeeze.spring(gap, x[12]), squeeze.damping(gap, x[12])
        )
        return 1e6 * masses.acceleration_noise(moving, x[12], Reading(x[13], x[14]), x[15])

    at = np.array([160e9, 2330.0, 1e7, 300.0, 3.0, 20.0, 300.0, 450.0, 3.0, AIR, 1e5, 2e-8, 3e3, 800.0, 1e-3, 300.0])
    both = jax.jit(jax.value_and_grad(noise))
    found = np.asarray(both(jnp.asarray(at))[1])
    for index, value in enumerate(at):
        by_difference = central(lambda v, i=index: both(jnp.asarray(at).at[i].set(v))[0], value)
        assert by_difference != 0
        assert found[index] == pytest.approx(by_difference, rel=1e-5)  # h² of 1e-8, round-off of 1e-11/1e-4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Gap(1.0, 1.0, 0.0, AIR, 1e5), "Gap: height = 0 µm"),
        (lambda: squeeze.damping(PLATE, -1.0), "frequency = -1 Hz"),
        (lambda: squeeze.damping(PLATE, 1e12), "squeeze number = .* a spring p A/h"),
        (lambda: squeeze.rarefied(AIR, -0.1, 2.0), "mean_free_path = -0.1 µm"),
        (
            lambda: masses.stiffness(Beams(Film(160e9, 0.22, 2330.0, -1e9), 4, 300.0, 3.0, 20.0)),
            "which buckles them = 75",
        ),
        (lambda: Beams(SILICON, 0, 1.0, 1.0, 1.0), "Beams: count = 0"),
        (lambda: Oscillator(0.0, 1.0), "Oscillator: mass = 0 kg"),
        (lambda: Oscillator(1.0, 1.0, -1.0), "Oscillator: damping = -1 N s/m"),
        (lambda: masses.pressure_noise(Oscillator(1.0, 1.0), 1.0), "area = 0 m²"),
        (lambda: Reading(0.0, 1.0), "Reading: pm_per_um = 0"),
    ],
)
def test_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
