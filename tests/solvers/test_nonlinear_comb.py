"""Electro-optic combs: Bessel's lines, two routes to the comb of a ring, its slope and its end, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import jv

from lingnan.solvers import nonlinear
from lingnan.solvers.nonlinear import Ring

RING = Ring(depth=1.2 * np.pi, coupling=0.03, loss=0.04)
#: its comb ends within 200 lines
LOSSY = Ring(depth=1.2 * np.pi, coupling=0.3, loss=0.2)


def test_lines_of_one_modulator():
    found = np.asarray(nonlinear.phase_modulated(5.0, 40))
    m = np.arange(-40, 41)
    np.testing.assert_allclose(found, 1j ** (m % 4) * jv(m, 5.0), atol=1e-14)
    assert float(np.sum(np.abs(found) ** 2)) == pytest.approx(1.0, rel=1e-12)


def test_modulators_in_a_row():
    """Drives in phase add, against one another cancel; the intensity modulator lets half of the power through."""
    both = nonlinear.cascaded([3.0, 4.0], [0.0, 0.0])
    np.testing.assert_allclose(both, nonlinear.phase_modulated(7.0), atol=1e-13)
    none = np.abs(np.asarray(nonlinear.cascaded([3.0, 3.0], [0.0, np.pi])))
    assert none[64] == pytest.approx(1.0)
    cut = np.abs(np.asarray(nonlinear.cascaded([9.0], [0.0], np.pi / 2))) ** 2
    assert float(np.sum(cut)) == pytest.approx(0.5, rel=1e-9)
    # lines within 10 dB of the strongest lie closer together than with the phase alone
    plain = np.abs(np.asarray(nonlinear.cascaded([9.0], [0.0]))) ** 2
    inner = slice(64 - 5, 64 + 6)
    assert np.ptp(10 * np.log10(cut[inner])) < np.ptp(10 * np.log10(plain[inner]))


def test_ring_by_two_routes():
    """Coupled lines with all dispersion, and a period of the drive: the same where nothing disperses."""
    coupled = np.asarray(nonlinear.ring_comb(LOSSY, 200))
    timed = np.asarray(nonlinear.ring_comb_in_time(LOSSY, 200))
    # what is left out beyond the last line is exp(-s 200) = 3e-7 of the pump's
    np.testing.assert_allclose(coupled[100:301], timed[100:301], atol=1e-6 * np.abs(timed).max())


@pytest.mark.parametrize("detuning", [0.0, 0.7])
def test_slope_is_that_of_the_pole(detuning):
    """Far from the pump; two poles beat, so the slope is that of maxima over a hundred lines."""
    ring = Ring(RING.depth, RING.coupling, RING.loss, detuning)
    power = np.asarray(nonlinear.power_db(nonlinear.ring_comb_in_time(ring, 800)))[800:]
    tops = [power[a : a + 50].max() for a in (100, 400)]
    places = [a + power[a : a + 50].argmax() for a in (100, 400)]
    slope = (tops[0] - tops[1]) / (places[1] - places[0])
    assert slope == pytest.approx(float(ring.slope_db), rel=0.02)  # a beat of 1 dB over 300 lines
    if detuning == 0.0:
        r = float(RING.amplitude)
        assert float(ring.slope_db) == pytest.approx(20 / np.log(10) * np.arcsinh(-np.log(r) / RING.depth), rel=1e-12)


def test_dispersion_ends_the_comb():
    """Half of the way there the comb is as without dispersion within some dB; twice as far it is gone."""
    ring = Ring(RING.depth, RING.coupling, RING.loss, gvd=2 * RING.depth / 100.0**2)
    assert float(ring.cutoff) == pytest.approx(100.0)
    assert np.isinf(float(RING.cutoff))
    bent = np.asarray(nonlinear.power_db(nonlinear.ring_comb(ring, 250)))[250:]
    straight = np.asarray(nonlinear.power_db(nonlinear.ring_comb_in_time(RING, 250)))[250:]
    assert abs(bent[30:50].max() - straight[30:50].max()) < 6.0
    assert bent[170:200].max() < straight[170:200].max() - 20.0


def test_energy_of_the_ring():
    """What comes in is lost or goes out again."""
    a = np.asarray(nonlinear.ring_comb(LOSSY, 200))
    # before the coupler the light has lost `loss`; out of it go √(1-κ) e_0 - √κ √(1-loss) A, of inside the share 1-loss
    around = np.sqrt(1 - LOSSY.loss) * a
    pump = np.zeros(len(a))
    pump[200] = 1.0
    out = np.sqrt(1 - LOSSY.coupling) * pump - np.sqrt(LOSSY.coupling) * around
    assert np.sum(np.abs(out) ** 2) + LOSSY.loss * np.sum(np.abs(a) ** 2) == pytest.approx(1.0, rel=1e-6)


def test_round_trip_gvd():
    """D = 16 ps/(nm km) at 1.55 µm is β2 = -20.4 ps²/km; over 20 mm at 10 GHz."""
    found = float(nonlinear.round_trip_gvd(16.0, 1.55, 2e4, 10e9))
    assert found == pytest.approx(-20.4e-27 * 2e-2 * (2 * np.pi * 10e9) ** 2, rel=2e-3)


def test_gradient_of_a_line():
    def line(p):
        return nonlinear.power_db(nonlinear.ring_comb(Ring(p[0], p[1], p[2], p[3], p[4], 1e-2 * p[5]), 150))[150 + 8]

    at = jnp.array([3.0, 0.1, 0.08, 0.1, 1e-3, 0.1])
    value = jax.jit(line)
    h = 1e-6
    differences = [(value(at + h * e) - value(at - h * e)) / (2 * h) for e in jnp.eye(6)]
    # h² of the third derivative by the drive's detuning, which moves the line by radians: 1e-6
    np.testing.assert_allclose(jax.jit(jax.grad(line))(at), differences, rtol=1e-5)
    assert np.all(np.abs(np.asarray(differences)) > 1e-3)


def test_bad_input():
    with pytest.raises(ValueError, match=r"coupling = 1\.5"):
        Ring(1.0, 1.5, 0.1)
    with pytest.raises(ValueError, match="Ask for more lines"):
        nonlinear.phase_modulated(50.0, 40)
    with pytest.raises(ValueError, match=r"line 60 lies .* dB below the strongest \(limit 30 dB\).*Ask for more lines"):
        nonlinear.ring_comb(RING, 60)
    with pytest.raises(ValueError, match="2 depths and 1 phases"):
        nonlinear.cascaded([1.0, 2.0], [0.0])


def test_picture(tmp_path):
    import matplotlib as mpl

    mpl.use("Agg")
    axes = nonlinear.plot_comb(nonlinear.ring_comb_in_time(RING, 100), float(RING.slope_db))
    axes.figure.savefig(tmp_path / "comb.png")
    assert (tmp_path / "comb.png").stat().st_size > 5_000
