"""Sagnac, coils, resonant gyroscopes: printed numbers, exact limits, second routes, and what moves what."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants, optimize

from lingnan.solvers.links.receiver import CHARGE, Receiver
from lingnan.solvers.rotation import coil, errors, ring, sagnac
from lingnan.solvers.sensors.allan import allan

QUIET = Receiver(responsivity=0.9)
WARM = Receiver(responsivity=0.9, thermal=5e-12, shot=False)
COIL = coil.Coil(length=3.0, diameter=0.04, loss_db_m=0.8)
RING = ring.Loop(diameter=0.02, n_g=1.5, loss_db_m=1.0, kappa2=0.02)


def central(function, at: float, share: float = 1e-4) -> float:
    step = share * abs(at)
    return float(function(at + step) - function(at - step)) / (2 * step)


def test_printed_phase_and_splitting() -> None:
    hour = sagnac.per_second(1.0)
    assert float(sagnac.phase(hour, 1000.0, 0.1, 1.55)) == pytest.approx(6.5554e-6, rel=1e-4)  # its digits
    assert float(sagnac.splitting(hour, 0.05, 1.55, 1.45)) == pytest.approx(0.10786, rel=1e-4)


def test_phase_is_the_difference_of_travel_times() -> None:
    """Around a turning circle light meets the splitter where it has gone to: t = 2πR/(c ∓ RΩ), exact in vacuum."""
    radius, rate = 0.05, 1e3
    with_it = 2 * np.pi * radius / (constants.c - radius * rate)
    against = 2 * np.pi * radius / (constants.c + radius * rate)
    phase = 2 * np.pi * constants.c / 1.55e-6 * (with_it - against)
    # the difference loses digits: times of 1e-9 s to 1e-16 of themselves apart by 3e-16 s, so about 1e-9
    assert float(sagnac.phase(rate, np.pi * 0.1, 0.1, 1.55)) == pytest.approx(phase, rel=1e-8)


def test_splitting_moves_a_dispersive_resonance_by_its_group_index() -> None:
    """β(ω)P ± 2AΩω/c² = 2πm, solved for both ways with an index that changes with frequency."""
    diameter, rate, nu0, n0, n_g = 0.02, 1e6, constants.c / 1.55e-6, 1.45, 1.9
    area, around = np.pi * diameter**2 / 4, np.pi * diameter
    turns = round(n0 * around * nu0 / constants.c)
    nu0 = turns * constants.c / (n0 * around)

    def lap(nu: float, sign: float) -> float:
        index = n0 + (n_g - n0) * (nu - nu0) / nu0
        return index * nu * around / constants.c + sign * 2 * area * rate * nu / constants.c**2 - turns

    found = [optimize.brentq(lap, nu0 * (1 - 1e-3), nu0 * (1 + 1e-3), args=(sign,), xtol=1e-2) for sign in (-1, 1)]
    wavelength = constants.c / nu0 * 1e6
    # the index bends over a splitting of 1e-5 of ν: that is what is left
    assert float(sagnac.splitting(rate, diameter, wavelength, n_g)) == pytest.approx(found[0] - found[1], rel=1e-4)


def test_random_walk_is_what_allan_sees() -> None:
    """White noise of one-sided density s, sampled at f, has σ² = s² f/2; Allan's σ(τ)√τ is the random walk."""
    density, rate, count = 3e-5, 100.0, 2**16
    samples = density * np.sqrt(rate / 2) * np.random.default_rng(1).standard_normal(count)
    averaged = 64
    seen = float(allan(samples, [averaged])[0]) * np.sqrt(averaged / rate)  # rad/√s
    # pairs of averages: about 2 · 65536/64/3 are independent, so σ to 1/√(2·680) = 2.7 %; three of these
    assert float(sagnac.random_walk(density)) == pytest.approx(np.degrees(seen) * 60, rel=0.08)


def test_shot_noise_of_a_coil_in_closed_form() -> None:
    readout = coil.Readout(power=1e-3, receiver=QUIET)
    photo = 0.9 * 1e-3 * 10 ** (-(0.8 * 3.0 + 6) / 10) / 2
    phase = np.sqrt(2 * CHARGE * photo) / photo  # at π/2 the slope is the current itself
    scale = 2 * np.pi * 3.0 * 0.04 / (1.55e-6 * constants.c)
    assert float(coil.rate_noise(COIL, readout)) == pytest.approx(phase / scale, rel=1e-12)
    walk = np.degrees(phase / scale) * 60 / np.sqrt(2)
    assert float(coil.random_walk(COIL, readout)) == pytest.approx(walk, rel=1e-12)


@pytest.mark.parametrize(("receiver", "what"), [(QUIET, "shot"), (WARM, "thermal")])
def test_best_length_of_a_coil(receiver: Receiver, what: str) -> None:
    """The formula against the minimum of the noise itself."""

    def noise(length: float) -> float:
        wound = coil.Coil(length=length, diameter=0.04, loss_db_m=0.8)
        return float(coil.rate_noise(wound, coil.Readout(power=1e-3, receiver=receiver)))

    found = optimize.minimize_scalar(noise, bounds=(0.5, 40.0), method="bounded", options={"xatol": 1e-6}).x
    assert float(coil.best_length(0.8, what)) == pytest.approx(found, rel=1e-4)  # flat: √ε of it


def test_a_bias_near_the_dark_helps_against_intensity_noise() -> None:
    """Of intensity noise alone nothing is left at φ_b → π but its ratio to the slope, tan of half of the rest."""
    loud = Receiver(responsivity=0.9, shot=False, rin_db_hz=coil.broadband_rin_db_hz(2e12))
    ratio = [
        float(coil.rate_noise(COIL, coil.Readout(1e-3, loud, bias))) * float(COIL.phase_per_rate)
        for bias in (np.pi / 2, 0.9 * np.pi)
    ]  # fmt: skip
    assert ratio[0] == pytest.approx(1e-6, rel=1e-9)  # √(2/Δν)
    assert ratio[1] == pytest.approx(1e-6 / np.tan(0.45 * np.pi), rel=1e-9)


def test_thermal_light_beats_with_itself() -> None:
    """A field drawn even over a quarter of the samples' band: its current's one-sided density near zero over I²."""
    rng = np.random.default_rng(4)
    lines = np.zeros((400, 1024), complex)
    lines[:, :256] = rng.standard_normal((400, 256)) + 1j * rng.standard_normal((400, 256))  # one sample a second
    photo = np.abs(np.fft.ifft(lines)) ** 2
    density = np.abs(np.fft.rfft(photo / photo.mean()))[:, 1:9] ** 2 * 2 / 1024
    # a triangle that ends at Δν, 2 % down at lines 1 to 8 of 256; 3200 independent lines: 1.8 %, three of these
    seen = np.mean(density) / (1 - 4.5 / 256)
    assert 10 ** (float(coil.broadband_rin_db_hz(0.25)) / 10) == pytest.approx(seen, rel=0.054)


def test_a_modulators_swing_is_what_both_ways_see_of_it() -> None:
    """One way meets the sine a transit time after the other: the difference, sampled; most at the proper frequency."""
    proper, late = float(coil.proper_frequency(3.0, 1.5)), 1.5 * 3.0 / constants.c
    assert proper == pytest.approx(1 / (2 * late), rel=1e-12)
    for share in (0.3, 1.0, 1.7):
        when = np.linspace(0.0, 1 / (share * proper), 4001)
        apart = [0.4 * np.sin(2 * np.pi * share * proper * (when - wait)) for wait in (0.0, late)]
        seen = np.ptp(apart[0] - apart[1]) / 2  # 4000 samples of a sine: its top to 3e-7
        assert float(coil.swing(0.4, share * proper, proper)) == pytest.approx(seen, rel=1e-6)
    assert float(coil.swing(0.4, proper, proper)) == pytest.approx(0.8, rel=1e-12)
    slope = float(jax.grad(lambda length: coil.swing(0.4, 1e7, coil.proper_frequency(length, 1.5)))(3.0))
    by_difference = central(lambda length: coil.swing(0.4, 1e7, coil.proper_frequency(length, 1.5)), 3.0)
    assert slope == pytest.approx(by_difference, rel=1e-6)  # h² of 1e-8, round-off of 1e-12


def test_a_ring_is_the_ring_of_amplitudes() -> None:
    """Width, finesse and build-up against the spectrum."""
    half = float(RING.fwhm) / 2
    rest = 1 - RING.transmission(jnp.array([0.0, half, float(RING.fsr) / 2]))
    depth = float(rest[0] - rest[2])  # an Airy line's half lies between its ends
    assert float((rest[1] - rest[2]) / depth) == pytest.approx(0.5, rel=1e-9)
    inside = float(np.sqrt(1 - RING.kappa2) * RING.around)
    airy = 2 / np.pi * np.arcsin((1 - inside) / (2 * np.sqrt(inside)))  # of the light inside
    assert float(1 / RING.finesse) == pytest.approx(airy, rel=4 / float(RING.finesse) ** 2)  # the floor between them
    # energy: what goes in and does not come out is lost going around
    lost = float(RING.build_up) * (1 - float(RING.around) ** 2)
    assert float(1 - RING.transmission(0.0)) == pytest.approx(lost, rel=1e-9)


def test_critical_coupling_reads_best_with_shot_noise() -> None:
    """Narrow and critically coupled, near the dark middle: √(2e/(R P)) times half of the intrinsic width, by hand."""
    lost = 1 - float(RING.around) ** 2
    critical = ring.Loop(0.02, 1.5, 1.0, lost)
    readout = ring.Readout(power=1e-4, receiver=QUIET)
    own = float(critical.fsr) * lost / (2 * np.pi)  # intrinsic width, to a share of the loss of a turn, 1.4 %
    expected = np.sqrt(2 * CHARGE / (0.9 * 1e-4)) * own / 2 * np.sqrt(2) / float(critical.splitting_per_rate)
    assert float(ring.rate_noise(critical, readout, 1e-3 * critical.fwhm)) == pytest.approx(expected, rel=lost)
    assert float(ring.best_coupling(RING, readout)) == pytest.approx(lost, rel=0.05)  # spacing of those tried


def test_half_of_critical_coupling_reads_best_with_thermal_noise() -> None:
    lost = 1 - float(RING.around) ** 2
    readout = ring.Readout(power=1e-4, receiver=WARM)
    assert float(ring.best_coupling(RING, readout)) == pytest.approx(lost / 2, rel=0.05)
    under = ring.Loop(0.02, 1.5, 1.0, lost / 2)
    steepest = float(ring.best_detuning(under, readout)) / float(under.fwhm)
    assert steepest == pytest.approx(1 / (2 * np.sqrt(3)), rel=0.02)


def test_a_laser_that_both_ways_do_not_share_sets_a_floor() -> None:
    readout = ring.Readout(power=1e3, receiver=QUIET, linewidth=100.0)
    floor = np.sqrt(2 * 100.0 / np.pi) / float(RING.splitting_per_rate)
    assert float(ring.rate_noise(RING, readout, RING.fwhm / 4)) == pytest.approx(floor, rel=1e-4)


def test_kerr_of_a_coil_by_integration_and_by_statistics() -> None:
    guide = errors.Guide(n2=2.4e-19, area=5.0)
    place = np.linspace(0.0, 3.0, 20001)
    power = 1e-3 * 10 ** (-0.8 * place / 10)
    turned = 2 * np.pi / 1.55e-6 * 2.4e-19 / 5e-12 * np.trapezoid(power, place)
    expected = turned / float(COIL.phase_per_rate)
    assert float(errors.coil_kerr(COIL, guide, 1e-3)) == pytest.approx(expected, rel=1e-8)
    assert float(errors.coil_kerr(COIL, guide, 1e-3, errors.THERMAL)) == 0.0
    still = coil.Coil(3.0, 0.04)
    assert float(errors.coil_kerr(still, guide, 1e-3)) == pytest.approx(
        turned / np.trapezoid(power, place) * 1e-3 * 3.0 / float(still.phase_per_rate), rel=1e-12
    )


def test_kerr_of_a_ring_by_its_resonance() -> None:
    """A shift of β by half of what the other way's gets too much, put into the ring's condition."""
    guide = errors.Guide(n2=2.4e-19, area=5.0)
    index = 2.4e-19 / 5e-12 * float(RING.build_up) * 1e-5  # difference of n_eff
    hertz = constants.c / 1.55e-6 * index / 1.5
    assert float(errors.ring_kerr(RING, guide, 1e-5)) == pytest.approx(hertz / float(RING.splitting_per_rate), rel=1e-9)


def test_scattering_back() -> None:
    guide = errors.Guide(back_db_m=-60.0)
    most = 2 * np.sqrt(1e-6 * 1e-3) / float(COIL.phase_per_rate)
    assert float(errors.coil_back(COIL, guide, 1e-3)) == pytest.approx(most, rel=1e-12)
    assert float(errors.coil_back(COIL, guide, 10.0)) == float(errors.coil_back(COIL, guide, 3.0))
    assert float(errors.coil_back(COIL, errors.Guide(), 1.0)) == 0.0
    # two ways that one reflection joins: eigenvalues of one turn, e^{iφ}(√(1-r²) ± i r), are r apart each way
    r = np.sqrt(1e-6 * np.pi * 0.02)
    turn = np.array([[np.sqrt(1 - r**2), 1j * r], [1j * r, np.sqrt(1 - r**2)]])
    apart = np.ptp(np.angle(np.linalg.eigvals(turn))) / (2 * np.pi) * float(RING.fsr)
    assert float(errors.ring_back(RING, guide)) == pytest.approx(apart / float(RING.splitting_per_rate), rel=1e-6)
    seen = np.ptp(np.linalg.eigvalsh([[0.5 * 30.0, 7.0], [7.0, -0.5 * 30.0]]))
    assert float(errors.split_by_scattering(30.0, 7.0)) == pytest.approx(seen, rel=1e-12)


def test_uneven_warming() -> None:
    """None by even warming; a step of warmth at one end by the integral done by hand."""
    assert float(errors.coil_shupe(COIL, 1.5, 1e-5, np.ones(10))) == pytest.approx(0.0, abs=1e-18)
    first = np.zeros(10)
    first[0] = 1e-3
    by_hand = 2 * np.pi / 1.55e-6 * 1e-5 * 1.5 / constants.c * 1e-3 * (0.1 - 0.01) * 3.0**2
    found = float(errors.coil_shupe(COIL, 1.5, 1e-5, first)) * float(COIL.phase_per_rate)
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_all_sizes_move_the_random_walk_as_differences_say() -> None:
    def of_coil(x: jax.Array) -> jax.Array:
        wound = coil.Coil(x[0], x[1], x[2], x[3], x[4])
        receiver = Receiver(responsivity=x[6], thermal=x[7], rin_db_hz=x[8])
        return coil.random_walk(wound, coil.Readout(x[5], receiver, x[9]))

    def of_ring(x: jax.Array) -> jax.Array:
        receiver = Receiver(responsivity=x[6], thermal=x[7])
        readout = ring.Readout(x[5], receiver, x[8])
        loop = ring.Loop(x[0], x[1], x[2], x[3], x[4])
        return sagnac.random_walk(ring.rate_noise(loop, readout, x[9]))

    at = {
        of_coil: np.array([3.0, 0.04, 1.55, 0.8, 7.0, 1e-3, 0.9, 1e-12, -140.0, 1.8]),
        of_ring: np.array([0.02, 1.5, 1.0, 0.02, 1.55, 1e-4, 0.9, 1e-12, 50.0, 1e7]),
    }
    for function, x in at.items():
        found = np.asarray(jax.grad(function)(jnp.asarray(x)))
        quick = jax.jit(function)
        for index in range(x.size):
            by_difference = central(lambda v, i=index, x=x, f=quick: f(jnp.asarray(x).at[i].set(v)), x[index])
            assert by_difference != 0
            assert found[index] == pytest.approx(by_difference, rel=1e-6)  # h² of 1e-8 and round-off of 1e-11/1e-4


def test_the_random_walk_of_a_ring_is_flat_in_its_detuning() -> None:
    """Its derivative leaves the best detuning where it is: the difference, with a new one each time, agrees."""

    def walk(loss: float) -> jax.Array:
        return ring.random_walk(ring.Loop(0.02, 1.5, loss, 0.02), ring.Readout(1e-4, WARM))

    # the parabolas are right to some 1e-6 of the detuning, differences to h² of 2.5e-5
    assert float(jax.grad(walk)(1.0)) == pytest.approx(central(walk, 1.0, 0.005), rel=1e-4)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: coil.Coil(-1.0, 0.04), "Coil: length = -1 m"),
        (lambda: coil.Coil(1.0, 0.04, loss_db_m=-0.1), "Coil: loss_db_m = -0.1 dB/m"),
        (lambda: coil.Readout(1e-3, bias=0.0), "Readout: bias = 0 rad"),
        (lambda: ring.Loop(0.02, 1.5, 1.0, 1.2), "Loop: kappa2 = 1.2"),
        (lambda: ring.Loop(0.02, 1.5, 0.0, 0.1), "Loop: loss_db_m = 0"),
        (lambda: coil.proper_frequency(3.0, 0.0), "proper_frequency: n_g = 0"),
        (lambda: coil.swing(1.0, 1e6, -1.0), "swing: proper = -1 Hz"),
        (lambda: coil.best_length(0.0), "Without loss a longer coil is always better"),
        (lambda: coil.best_length(1.0, "dust"), 'give "shot" or "thermal"'),
        (lambda: errors.coil_kerr(COIL, errors.Guide(), 1.0, 0.5), "statistics = 0.5"),
        (lambda: errors.Guide(area=0.0), "Guide: area = 0"),
        (lambda: sagnac.phase(1.0, 1.0, np.nan, 1.55), "sagnac: diameter = nan"),
    ],
)
def test_refused(wrong, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        wrong()
