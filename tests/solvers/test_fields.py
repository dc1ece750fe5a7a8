"""Fields and currents: closed forms, circuits, matrices of polarisation, a mode's overlap, differences, refusals."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants, integrate, linalg

from lingnan.solvers.fields import current, electric
from lingnan.solvers.fields.current import Loop
from lingnan.solvers.fields.electric import Antenna, Readout, Sensor
from lingnan.solvers.links.receiver import CHARGE, Receiver
from lingnan.solvers.modulators.drift import Relaxation

QUIET = Receiver(responsivity=0.9)
ANTENNA = Antenna(height=3e-3, capacitance=0.1e-12, load=0.2e-12, leak=1e12)
SENSOR = Sensor(half_wave=4e3, n_g=2.26, length=8.0)


def test_an_antenna_is_its_circuit() -> None:
    """Open voltage behind C_a, with C_e and R across the electrodes, by impedances for exp(+jωt), conjugated."""
    for hertz in (0.1, 0.6, 50.0):
        omega = 2 * np.pi * hertz
        across = 1 / (1j * omega * 0.2e-12 + 1e-12)
        volts = 3e-3 * across / (across + 1 / (1j * omega * 0.1e-12))
        found = complex(electric.response(SENSOR, hertz, ANTENNA)) * float(ANTENNA.volts)
        assert found == pytest.approx(volts.conjugate(), rel=1e-6)  # light's transit turns it by π f τ
    assert abs(complex(electric.response(SENSOR, ANTENNA.slowest, ANTENNA))) ** 2 == pytest.approx(0.5, rel=1e-6)
    assert float(electric.half_wave_field(4.0, ANTENNA)) == pytest.approx(4.0 / 1e-3, rel=1e-12)


def test_transit_of_light_is_a_mean_over_it() -> None:
    assert float(SENSOR.transit) == pytest.approx(2.26 * 8e-3 / constants.c, rel=1e-12)
    hertz = float(SENSOR.fastest)
    assert abs(complex(electric.response(SENSOR, hertz))) ** 2 == pytest.approx(0.5, rel=1e-9)
    omega, whole = 2 * np.pi * hertz, float(SENSOR.transit)
    parts = [integrate.quad(lambda t, f=f: f(omega * t) / whole, 0, whole)[0] for f in (np.cos, np.sin)]
    assert complex(electric.response(SENSOR, hertz)) == pytest.approx(complex(*parts), rel=1e-9)


def test_noise_in_closed_form_and_by_chance() -> None:
    """At quadrature √(2e/I0) E_π/π of shot noise, with I0 the mean current; of intensity noise E_π/π √RIN."""
    mean = 0.9 * 1e-3 * 10**-0.3 / 2
    shot = np.sqrt(2 * CHARGE / mean) * 4e3 / np.pi
    assert float(electric.field_noise(SENSOR, Readout(1e-3, QUIET), 0.0)) == pytest.approx(shot, rel=1e-12)
    loud = Readout(1e-3, Receiver(responsivity=0.9, shot=False, rin_db_hz=-150.0))
    assert float(electric.field_noise(SENSOR, loud, 0.0)) == pytest.approx(4e3 / np.pi * 10**-7.5, rel=1e-12)
    # electrons counted in windows of T: σ² of the current is density/(2T)
    window = 1e-6
    counts = np.random.default_rng(2).poisson(mean * window / CHARGE, 20000)
    seen = np.std(counts) * CHARGE / window / (mean * np.pi / 4e3) * np.sqrt(2 * window)
    assert shot == pytest.approx(seen, rel=0.02)  # 1/√40000 is .5 %, four of these
    fast = electric.field_noise(SENSOR, Readout(1e-3, QUIET), SENSOR.fastest)
    assert float(fast) == pytest.approx(shot * np.sqrt(2), rel=1e-9)


def test_current_falls_and_has_one_field_each() -> None:
    sensor = Sensor(4e3, 2.26, 8.0, bias=1.0, loss_db=3.0)
    most = float(electric.unambiguous(sensor))
    assert most == pytest.approx(4e3 / np.pi, rel=1e-12)
    seen = np.asarray(electric.current(sensor, Readout(1e-3), np.linspace(-most, most, 101)))
    assert np.all(np.diff(seen) < 0)
    assert seen[0] == pytest.approx(1e-3 * 10**-0.3, rel=1e-12)


def test_a_bias_that_drifts_is_a_field() -> None:
    relaxation = Relaxation(final=0.8, time=100.0)
    found = electric.drifted(SENSOR, relaxation, 100.0)
    left = 0.8 + 0.2 * np.exp(-1)
    assert float(found.field) == pytest.approx((left - 1) / 2 * 4e3, rel=1e-12)
    assert float(found.sensitivity) == pytest.approx(np.sin(left * np.pi / 2), rel=1e-12)
    moved = Sensor(4e3, 2.26, 8.0, bias=left * np.pi / 2)
    same = electric.current(SENSOR, Readout(1e-3), found.field)
    assert float(electric.current(moved, Readout(1e-3), 0.0)) == pytest.approx(float(same), rel=1e-12)


def test_half_wave_field_of_a_filled_crystal() -> None:
    """n³ r33/2 a V/m: E_π = λ/(n³ r33 L), half of it with both arms."""
    per_field = 2.138**3 * 30.9e-12 / 2
    alone = float(electric.bare_half_wave_field(per_field, 10.0))
    assert alone == pytest.approx(1.55e-6 / (2.138**3 * 30.9e-12 * 0.01), rel=1e-12)
    assert float(electric.bare_half_wave_field(-per_field, 10.0, push_pull=True)) == pytest.approx(alone / 2, rel=1e-12)


@pytest.mark.validate
def test_a_mode_in_a_uniform_field() -> None:
    """Against r33 in the formula with the share of the mode, and against modes of the changed film."""
    from lingnan.solvers.modulators import Coplanar, optical, pockels

    spec = Coplanar()
    guided = optical.guided(spec)
    found = float(electric.index_per_field(guided, spec.film_crystal))
    up, down = (
        optical.with_change(guided, np.asarray(guided.element_means(
            pockels.permittivity_change(
                spec.film_crystal, pockels.clamped(spec.film_crystal), jnp.array([sign, 0.0, 0.0]), guided.wavelength
            ) * jnp.asarray(guided.inside)[..., None, None]
        )))
        for sign in (1.0, -1.0)
    )  # fmt: skip
    assert found == pytest.approx((up - down) / 2 * 1e-6, rel=1e-3)  # 1 V/µm: third order, and round-off of modes
    n_e = float(spec.film_crystal.material.n_e(1.55))
    share = abs(found) / (n_e**3 * 30.8e-12 / 2)
    assert 0.8 < share < 1.2  # most of the light, times n/n_eff
    across = float(electric.index_per_field(guided, spec.film_crystal, (0.0, 1.0, 0.0)))
    assert abs(across) < 0.2 * abs(found)


def test_smiths_fibre() -> None:
    """1.56e-2 arc minutes an ampere (A. M. Smith 1978) is 3.61 rad/(T m)."""
    verdet = np.deg2rad(1.56e-2 / 60) / constants.mu_0
    assert verdet == pytest.approx(3.61, abs=0.005)
    assert float(Loop(verdet, 1).per_ampere) == pytest.approx(np.deg2rad(1.56e-2 / 60), rel=1e-12)
    # Ampère around a straight conductor, a turn of radius .1 m: B 2πr
    field = constants.mu_0 * 1000.0 / (2 * np.pi * 0.1)
    assert float(current.rotation(Loop(verdet, 3), 1000.0)) == pytest.approx(
        3 * verdet * field * 2 * np.pi * 0.1, rel=1e-12
    )
    assert float(current.rotation(Loop(verdet, 3, mirrored=True), 1.0)) == pytest.approx(
        2 * float(current.rotation(Loop(verdet, 3), 1.0)), rel=1e-12
    )  # fmt: skip


@pytest.mark.parametrize("birefringence", [0.0, 0.7, 4.0])
def test_polarisation_by_matrices(birefringence: float) -> None:
    """The fibre as the exponential of retardation and rotation together, an analyser at 45°."""
    loop, amperes = Loop(3.61, 20, birefringence), 4000.0
    theta = float(current.rotation(loop, amperes))
    fibre = linalg.expm(np.array([[0.5j * birefringence, -theta], [theta, -0.5j * birefringence]]))
    out = np.array([[1, 1], [1, -1]]) / np.sqrt(2) @ fibre @ np.array([1.0, 0.0])
    seen = abs(out[0]) ** 2 - abs(out[1]) ** 2
    assert float(current.contrast(loop, amperes)) == pytest.approx(seen, rel=1e-9)


def test_noise_of_a_current() -> None:
    loop = Loop(0.6, 20)
    photo = 0.9 * 1e-3
    expected = np.sqrt(2 * CHARGE * photo) / photo / (2 * float(loop.per_ampere))
    assert float(current.current_noise(loop, 1e-3, QUIET)) == pytest.approx(expected, rel=1e-12)
    assert float(current.contrast(loop, current.unambiguous(loop))) == pytest.approx(1.0, rel=1e-12)


def test_gradients() -> None:
    def of_field(x: jax.Array) -> jax.Array:
        antenna = Antenna(x[0], x[1], x[2], x[3])
        sensor = Sensor(electric.half_wave_field(x[4], antenna), x[5], x[6], x[7], x[8])
        receiver = Receiver(responsivity=x[9], thermal=x[10], rin_db_hz=x[11])
        return 1e3 * electric.field_noise(sensor, Readout(x[12], receiver), x[13], antenna)

    def of_current(x: jax.Array) -> jax.Array:
        noise = current.current_noise(Loop(x[0], x[1], x[2]), x[3], Receiver(responsivity=x[4], thermal=x[5]))
        return 1e3 * noise + current.contrast(Loop(x[0], x[1], x[2]), x[6])

    at = {
        of_field: [3e-3, 1e-13, 2e-13, 1e4, 4.0, 2.26, 8.0, 1.3, 4.0, 0.9, 1e-11, -145.0, 1e-3, 2e9],
        of_current: [0.6, 20.0, 0.5, 1e-3, 0.9, 1e-11, 3000.0],
    }
    for function, numbers in at.items():
        x = jnp.asarray(numbers)
        both = jax.jit(jax.value_and_grad(function))
        found = np.asarray(both(x)[1])
        for index, number in enumerate(numbers):
            step = 1e-4 * abs(number)
            by_difference = float(both(x.at[index].add(step))[0] - both(x.at[index].add(-step))[0]) / (2 * step)
            assert by_difference != 0
            assert found[index] == pytest.approx(by_difference, rel=1e-5)  # h² of 1e-8 times, of dB, (ln 10/10 145)²


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Antenna(0.0, 1e-13, 1e-13), "Antenna: height = 0 m"),
        (lambda: Sensor(-1.0, 2.2, 8.0), "Sensor: half_wave = -1 V/m"),
        (lambda: Sensor(1e3, 2.2, 8.0, bias=np.pi), "There the light does not tell a sign"),
        (lambda: electric.half_wave_field(0.0, ANTENNA), "v_pi = 0 V"),
        (lambda: electric.bare_half_wave_field(0.0, 10.0), "The field lies along a wrong axis"),
        (lambda: electric.response(SENSOR, -1.0), "frequency = -1 Hz"),
        (lambda: Loop(0.0, 1), "Loop: verdet = 0"),
        (lambda: Loop(0.6, 1, 0.1, mirrored=True), "with a mirror"),
        (lambda: current.current_noise(Loop(0.6, 1), 1e-3, Receiver(rin_db_hz=-150.0)), "intensity noise"),
    ],
)
def test_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wrong()
