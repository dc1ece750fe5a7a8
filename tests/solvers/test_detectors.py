"""Photodiodes: transit times, circuits, dark current, screening, noise, avalanches, pairs, against closed forms."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants
from scipy.optimize import brentq

from lingnan.solvers import detectors, links

DIODE = detectors.Photodiode(width=1.0, length=10.0, depleted=0.4)
F = np.array([1e8, 3e9, 2e10, 7e10, 2e11])


def test_uniform_and_exponential_generation_have_closed_forms() -> None:
    """Gauss's rule over the profile against integrals done by hand, unlike speeds of electrons and holes."""
    flat = detectors.Transit(0.5, 6e6, 4e6, detectors.uniform())(F)
    # (E(u) - 1)/u loses 1e-16/u at 1e8 Hz, where u is 5e-3
    np.testing.assert_allclose(flat, detectors.uniform_response(F, 0.5, 6e6, 4e6), rtol=1e-11)
    for depth in (-3.0, 0.7, 6.0):
        falling = detectors.Transit(0.5, 6e6, 4e6, detectors.exponential(depth))(F)
        closed = detectors.exponential_response(F, 0.5, 6e6, 4e6, depth)
        np.testing.assert_allclose(falling, closed, rtol=1e-10)
    assert complex(detectors.Transit(0.5, 6e6, 4e6, detectors.uniform())(0.0)) == pytest.approx(1.0, abs=1e-12)


def test_limits_of_transit_time() -> None:
    """Uniform, equal speeds: the root of |2 (1 + iθ - exp(iθ))/θ²|² = 1/2. One carrier: sinc, at 0.443 v/d."""

    def uniform(theta: float) -> float:
        return abs(2 * (1 + 1j * theta - np.exp(1j * theta)) / theta**2) ** 2 - 0.5

    speed, gap = 6e6, 0.5
    per = speed * 1e-2 / (gap * 1e-6)  # v/d [Hz]
    root = brentq(uniform, 2.0, 5.0) / (2 * np.pi)
    assert root == pytest.approx(0.554, abs=1e-3)
    flat = detectors.Transit(gap, speed, speed, detectors.uniform())
    assert float(detectors.bandwidth(flat)) == pytest.approx(root * per, rel=1e-9)
    whole = detectors.Transit(gap, speed, 1e5, detectors.sheet(0.0))  # holes are where they should be
    sinc = brentq(lambda x: (np.sin(x) / x) ** 2 - 0.5, 1.0, 2.0) / np.pi
    assert sinc == pytest.approx(0.4429, abs=1e-4)
    assert float(detectors.bandwidth(whole)) == pytest.approx(sinc * per, rel=1e-9)


def test_current_of_single_pairs_is_ramos() -> None:
    """Many pairs, moved step by step: their current in time, transformed, is the response."""
    gap, v_e, v_h = 0.4e-6, 6e4, 3e4  # m, m/s
    place = (np.arange(400) + 0.5) / 400
    t = (np.arange(4000) + 0.5) * (gap / v_h / 4000)
    current = sum((t[:, None] < way * gap / v) * v / gap for way, v in ((1 - place, v_e), (place, v_h))).mean(1)
    f = 3e10
    found = np.sum(current * np.exp(2j * np.pi * f * t)) * (t[1] - t[0])
    exact = detectors.Transit(0.4, 6e6, 3e6, detectors.uniform())(f)
    assert complex(found) == pytest.approx(complex(exact), abs=2e-3)  # 400 places


def test_what_recombines_on_the_way_is_hechts() -> None:
    """A sheet at the p side by its closed form, many pairs moved step by step, limits, and the slope by bias."""
    gap, v, tau = 0.4, 6e6, 3e-12
    path = v * tau * 1e4 / gap  # of the gap
    sheet = detectors.Transit(gap, v, 1e5, detectors.sheet(0.0))
    np.testing.assert_allclose(sheet.collected(tau), path * (1 - np.exp(-1 / path)), rtol=1e-12)
    place = (np.arange(2000) + 0.5) / 2000
    ways = sum(own * (1 - np.exp(-way / own)) for way, own in ((1 - place, path), (place, path / 2)))
    flat = detectors.Transit(gap, v, v / 2, detectors.uniform())
    np.testing.assert_allclose(flat.collected(tau), ways.mean(), rtol=1e-6)  # 2,000 places
    np.testing.assert_allclose(flat.collected(1.0), 1.0, atol=1e-10)
    slope = jax.grad(lambda speed: detectors.Transit(gap, speed, v, detectors.uniform()).collected(tau))(v)
    ends = [detectors.Transit(gap, v * k, v, detectors.uniform()).collected(tau) for k in (1.001, 0.999)]
    np.testing.assert_allclose(slope, (ends[0] - ends[1]) / (0.002 * v), rtol=1e-6)
    with pytest.raises(ValueError, match="lifetime = 0"):
        flat.collected(0.0)


def test_circuit_and_product_of_responses() -> None:
    circuit = detectors.Circuit(20e-15, 30.0, 50.0)
    assert float(detectors.bandwidth(circuit)) == pytest.approx(1 / (2 * np.pi * 80 * 20e-15), rel=1e-9)
    whole = detectors.Circuit(20e-15, 30.0, 50.0, 15e-15, 80e-12)
    # the same network as nodal equations: current source at node 0, load at node 1
    omega = 2 * np.pi * F
    for k, w in enumerate(omega):
        between = 1 / (30.0 - 1j * w * 80e-12)
        nodes = np.array([[-1j * w * 20e-15 + between, -between], [-between, between + 1 / 50 - 1j * w * 15e-15]])
        assert complex(whole(F[k])) == pytest.approx(np.linalg.solve(nodes, [1, 0])[1] / 50, rel=1e-12)
    peaked, flat = (detectors.bandwidth(detectors.Circuit(20e-15, 30.0, 50.0, 0.0, coil)) for coil in (80e-12, 0.0))
    assert float(peaked) > 1.2 * float(flat)
    # two Gaussians follow the rule of thumb exactly, and a pole with a transit time does not
    transit = detectors.Transit(0.4, 6e6, 6e6, detectors.uniform())
    both = detectors.bandwidth(links.Cascade((transit, circuit)))
    rule = detectors.added(detectors.bandwidth(transit), detectors.bandwidth(circuit))
    assert float(both) == pytest.approx(float(rule), rel=0.1)
    assert abs(float(both / rule) - 1) > 1e-3


def test_every_input_moves_the_bandwidth_and_derivatives_hold() -> None:
    def width(numbers: jax.Array) -> jax.Array:
        gap, bias, series, length = numbers
        diode = replace(DIODE, depleted=gap, length=length)
        circuit = detectors.Circuit(diode.capacitance, series)
        return detectors.bandwidth(detectors.respond(diode, bias, circuit, multiplying=False))

    at = jnp.array([0.4, 1.0, 30.0, 10.0])
    both = jax.jit(jax.value_and_grad(width))
    slope = both(at)[1]
    assert np.all(np.abs(slope) > 0)
    for k in range(4):
        step = 1e-4 * at[k] * jnp.zeros(4).at[k].set(1.0)
        difference = (both(at + step)[0] - both(at - step)[0]) / (2e-4 * at[k])
        assert float(slope[k]) == pytest.approx(float(difference), rel=1e-6)  # 1e-4 squared, and some tens
    assert float(slope[1]) > 0  # faster carriers
    assert float(slope[2]) < 0 > float(slope[3])


def test_velocities_have_both_limits() -> None:
    ge = detectors.Germanium()
    slow, fast = ge.velocities(1.0), ge.velocities(1e7)
    np.testing.assert_allclose(slow, [3900.0, 1900.0], rtol=1e-6)
    np.testing.assert_allclose(fast, 6e6, rtol=1e-4)


def test_dark_current_by_area_rim_heat_and_field() -> None:
    leakage = detectors.Leakage(bulk=5.0, rim=0.2, frenkel=False)
    cold = detectors.dark_current(DIODE, leakage)
    by_hand = 5e-3 * 10e-8 + 0.2e-6 * 22e-4
    assert float(cold) == pytest.approx(by_hand, rel=1e-9)  # exp(-1 V/kT) is left at 1e-17
    warm = replace(DIODE, germanium=detectors.Germanium(temperature=330.0))
    ratio = np.exp(0.33 * constants.e / constants.Boltzmann * (1 / 300 - 1 / 330))
    assert float(detectors.dark_current(warm, leakage) / cold) == pytest.approx(ratio, rel=1e-9)
    pulled = replace(leakage, frenkel=True)
    assert float(detectors.dark_current(DIODE, pulled, 1.0)) == pytest.approx(by_hand, rel=1e-9)
    assert float(detectors.dark_current(DIODE, pulled, 3.0)) > 1.2 * by_hand
    assert float(detectors.dark_current(DIODE, pulled, 0.0)) == 0.0
    sizes = [replace(DIODE, width=w, length=length) for w, length in ((1.0, 10.0), (5.0, 5.0), (8.0, 40.0))]
    currents = [float(detectors.dark_current(d, leakage)) for d in sizes]
    found = detectors.split([d.area for d in sizes], [d.perimeter for d in sizes], currents)
    np.testing.assert_allclose(found, (5.0, 0.2), rtol=1e-9)
    with pytest.raises(ValueError, match="area over perimeter"):
        detectors.split([10.0, 10.0], [22.0, 22.0], [1e-9, 1e-9])


def test_screening_solves_poissons_equation() -> None:
    s = np.linspace(0, 1, 2001)
    density = 2e4
    field = np.asarray(detectors.screened(DIODE, 2.0, density, s))
    charge = density / 6e6 * (1 - 2 * s)
    epsilon = constants.epsilon_0 * 16.2 * 1e-2
    np.testing.assert_allclose(np.gradient(field, s * 0.4e-4)[1:-1], charge[1:-1] / epsilon, atol=1e-6 * 2e9)
    assert np.trapezoid(field, s * 0.4e-4) == pytest.approx(2.5, rel=1e-6)  # bias and 0.5 V built in
    most = detectors.densest(DIODE, 2.0)
    assert float(detectors.screened(DIODE, 2.0, most, 0.0)) == pytest.approx(1e4, rel=1e-9)
    current = detectors.saturation_current(DIODE, 2.0, detectors.crowding(2.0), resistance=50.0)
    even = detectors.saturation_current(DIODE, 2.0)
    assert float(even) == pytest.approx(float(most) * 10e-8, rel=1e-12)
    assert float(current) < float(even) / 2
    assert float(detectors.crowding(2.0)) == pytest.approx(2 / (1 - np.exp(-2)), rel=1e-12)


def test_noise_and_receiver_of_links_agree() -> None:
    noise = detectors.Noise(
        dark=20e-9, surface=5e-9, load=50.0, amplifier=1e-11, rin_db_hz=-140.0, gain=4.0, excess=2.0
    )
    power, r = 20e-6, 0.9
    parts = noise.parts(r * power)
    assert float(parts["shot"]) == pytest.approx(2 * constants.e * 16 * 2 * r * power, rel=1e-12)
    assert float(parts["thermal"]) == pytest.approx(4 * constants.Boltzmann * 300 / 50, rel=1e-12)
    seen = links.detected(links.Waveform(jnp.full(8, power), 1e-12), detectors.receiver(noise, r))
    np.testing.assert_allclose(seen.density, noise.density(r * power), rtol=1e-9)
    np.testing.assert_allclose(seen.current.value, 4 * r * power, rtol=1e-12)
    quiet = detectors.Noise(dark=20e-9, load=1e9)
    least = detectors.nep(quiet, r)
    assert float(least) == pytest.approx(np.sqrt(2 * constants.e * 20e-9) / r, rel=1e-3)  # a gigaohm is nearly silent
    # light of the NEP has the noise's own power, where it adds no noise to speak of
    assert float(detectors.signal_to_noise(quiet, r, least, 1.0)) == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("k", [0.0, 0.09, 0.5, 1.0])
def test_avalanche_by_integration(k: float) -> None:
    """McIntyre's closed forms against his integrals, on a layer of constant rates."""
    x = 0.6 * min(float(detectors.breakdown(k)), 3.0)
    found = detectors.profile(jnp.full(2001, x), jnp.full(2001, k * x), 1.0)
    closed = detectors.gain(x, k)
    assert float(found.gain) == pytest.approx(float(closed), rel=1e-6)  # trapezoids of 1/2000, squared
    assert float(found.excess) == pytest.approx(float(detectors.excess_noise(closed, k)), rel=1e-6)


def test_limits_of_avalanches() -> None:
    assert float(detectors.gain(1.7, 0.0)) == pytest.approx(np.exp(1.7), rel=1e-12)
    assert float(detectors.gain(0.8, 1.0)) == pytest.approx(5.0, rel=1e-12)
    assert float(detectors.gain(0.8, 1 - 1e-7)) == pytest.approx(5.0, rel=1e-5)
    assert float(detectors.excess_noise(5.0, 0.0)) == pytest.approx(1.8)
    assert float(detectors.excess_noise(5.0, 1.0)) == pytest.approx(5.0)
    assert float(detectors.excess_noise(1.0, 0.3)) == pytest.approx(1.0)
    assert float(detectors.breakdown(0.5)) == pytest.approx(2 * np.log(2))
    with pytest.raises(ValueError, match="breaks down at"):
        detectors.gain(1.5, 0.5)
    k, thermal, current = 0.1, 4e-22, 1e-6
    best = float(detectors.best_gain(thermal, current, k))
    noise = [
        float(detectors.excess_noise(m, k)) + thermal / (2 * constants.e * current * m**2)
        for m in (best * 0.999, best, best * 1.001)
    ]
    assert noise[1] < min(noise[0], noise[2])
    slope = jax.grad(lambda x: detectors.gain(x, k))(1.2)
    assert float(slope) == pytest.approx(
        float(detectors.gain(1.2 + 1e-6, k) - detectors.gain(1.2 - 1e-6, k)) / 2e-6, rel=1e-6
    )
    alpha, beta = detectors.silicon_rates(3e5)
    assert 0 < float(beta) < float(alpha)


def test_balanced_pair() -> None:
    pair = detectors.BalancedPair(1.0, 0.95)
    assert float(pair.cmrr_db(1e9)) == pytest.approx(20 * np.log10(0.05 / 1.95), rel=1e-12)
    late = detectors.BalancedPair(1.0, 1.0, skew=1e-12)
    # |1 - exp(iφ)|/|1 + exp(iφ)| = tan(φ/2)
    assert float(late.cmrr_db(20e9)) == pytest.approx(20 * np.log10(np.tan(np.pi * 20e9 * 1e-12)), rel=1e-9)
    unlike = detectors.BalancedPair(response=links.OnePole(50e9), other=links.OnePole(45e9))
    assert float(unlike.cmrr_db(40e9)) > float(unlike.cmrr_db(1e9))


def test_hybrid_and_its_image() -> None:
    signal = jnp.array([0.3 + 0.1j, -0.2j, 0.05])
    ideal = detectors.HybridReceiver()
    np.testing.assert_allclose(ideal.detected(signal, 2.0), 2.0 * signal, atol=1e-15)
    assert float(jnp.sum(ideal.currents(0.3, 0.5))) == pytest.approx(0.09 + 0.25, rel=1e-12)  # all the light
    assert float(ideal.excess_loss_db) == pytest.approx(0.0, abs=1e-12)
    phase, ratio = 0.08, 0.96
    bad = detectors.HybridReceiver.uneven(phase, ratio)
    turned = ratio**2 * np.exp(1j * phase)  # both fields are smaller: the same law as that of an uneven modulator
    expected = -20 * np.log10(abs((1 - turned) / (1 + turned)))
    assert float(bad.image_rejection_db) == pytest.approx(expected, rel=1e-9)
    a, b = bad.gains
    beat = signal * 2.0
    rest = bad.detected(signal, 2.0) - (a * beat + b * beat.conj())
    np.testing.assert_allclose(rest, 0.0, atol=1e-12)  # pairs are even, so no direct detection is left
    # a beat that turns one way, measured through currents: its image turns the other way
    turn = np.exp(2j * np.pi * np.arange(64) / 64)
    spectrum = np.abs(np.fft.fft(np.asarray(bad.detected(0.1 * turn, 1.0))))
    assert 20 * np.log10(spectrum[1] / spectrum[-1]) == pytest.approx(expected, rel=1e-6)


def test_monitor() -> None:
    found = detectors.monitor(1e-3, 0.05, 0.9, dark=10e-9, noise=1e-9, tap_error=0.01)
    assert float(found.current) == pytest.approx(45e-6 + 10e-9)
    assert float(found.loss_db) == pytest.approx(-10 * np.log10(0.95))
    assert float(found.least) == pytest.approx(11e-9 / 0.045)
    assert float(found.inaccuracy) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: detectors.Transit(-0.4, 6e6, 6e6, detectors.uniform()), "gap = -0.4 µm"),
        (lambda: detectors.sheet(1.2), "place = 1.2"),
        (lambda: detectors.exponential(90.0), "depth = 90"),
        (lambda: detectors.Circuit(-1e-15), "junction = -1e-15 F"),
        (lambda: detectors.Circuit(1e-15, load=0.0), "load = 0"),
        (lambda: detectors.field_in(DIODE, -1.0), "bias = -1 V"),
        (lambda: detectors.Leakage(bulk=-1.0), "bulk = -1 mA"),
        (lambda: detectors.saturation_current(DIODE, 1.0, 0.5), "crowding = 0.5"),
        (lambda: detectors.Noise(gain=0.5), "gain = 0.5"),
        (lambda: detectors.excess_noise(0.5, 0.1), "gain = 0.5"),
        (lambda: detectors.silicon_rates(1e5), "field = 100000"),
        (lambda: detectors.BalancedPair(first=0.0), "first = 0"),
        (lambda: detectors.HybridReceiver(signal=(0.5, 0.5)), "four"),
        (lambda: detectors.HybridReceiver(local=(0.6, 0.6, 0.6, 0.6)), "No more light leaves a hybrid"),
        (lambda: detectors.HybridReceiver.uneven(ratio=1.1), "ratio = 1.1: it must be between 0 and 1"),
        (lambda: detectors.monitor(1e-3, 1.5, 0.9), "tap = 1.5"),
        (lambda: detectors.added(1e9, 0.0), "bandwidth = 0 Hz"),
        (lambda: links.Receiver(excess=0.5), "excess = 0.5"),
    ],
)
def test_bad_numbers_say_so(make, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        make()


def test_pictures(panels) -> None:
    circuit = detectors.Circuit(20e-15, 30.0)
    whole = links.Cascade((detectors.Transit(0.4, 6e6, 6e6, detectors.sheet(0.0)), circuit))
    answer = detectors.plot_response(whole, F, panels[0])
    lines = {line.get_label().partition(":")[0]: line for line in answer.lines}
    both, transit, alone = (lines[name].get_ydata() for name in ("both", "transit", "circuit"))
    np.testing.assert_allclose(both, transit + alone, atol=1e-12)
    np.testing.assert_allclose(alone, 20 * np.log10(np.abs(circuit(F))))
    assert lines["circuit"].get_label() == f"circuit: {float(detectors.one_pole(circuit)) / 1e9:.1f} GHz"
    assert (answer.get_xlabel(), answer.get_ylabel()) == ("frequency (GHz)", "response (dB)")
