"""Travelling-wave modulators: textbook limits, networks by another program, gradients, published devices."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import skrf

from lingnan.solvers.modulators.bandwidth import bandwidth
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.electrodes import folded, periodic, segmented, taper
from lingnan.solvers.modulators.line import C0, Distributed, Line
from lingnan.solvers.modulators.network import (
    MATCHED,
    OPEN,
    SHORT,
    Load,
    Series,
    Shunt,
    Stretch,
)
from lingnan.solvers.modulators.rlgc import rlgc
from lingnan.solvers.modulators.routes import voltage_along
from lingnan.solvers.modulators.rows import abcd, gathered, resampled, scattering
from lingnan.solvers.modulators.spectrum import plot_response
from lingnan.solvers.modulators.touchstone import write_touchstone
from lingnan.solvers.modulators.travelling import (
    Driver,
    Modulator,
    ramp,
    response,
)

BAND = jnp.linspace(0.2e9, 200e9, 301)
NEPER = 20 / np.log(10)  # dB in one


def line(n: Any = 2.2, loss: Any = 0.0, z0: Any = 50.0, f: jax.Array = BAND, rising: float = 0.5) -> Line:
    """`loss` in dB/cm at 1 GHz, rising as a power of frequency."""
    alpha = loss * (f / 1e9) ** rising * 100 / NEPER
    return Line(f, alpha - 2j * jnp.pi * f * n / C0, z0 * jnp.ones_like(f) + 0j)


def one(
    length: float = 10000.0, n_g: Any = 2.2, source: Any = MATCHED, termination: Any = MATCHED, **of: Any
) -> Modulator:
    return Modulator((Stretch(line(**of), length, 1.0),), n_g, source, termination)


def test_nothing_is_lost_on_a_perfect_line():
    answer = response(one(), BAND)
    np.testing.assert_allclose(np.abs(answer.s21), 1.0, rtol=1e-12)
    np.testing.assert_allclose(answer.input_impedance, 50.0, rtol=1e-12)


def test_walk_off_alone():
    """sinc of half the walk-off; 3 dB at 1.39156 c/(π L Δn) when 3 dB means 1/√2, first null at c/(L Δn)."""
    m = one(length=20000.0, n=2.3)
    x = np.pi * np.asarray(BAND) * 0.1 * 0.02 / C0
    np.testing.assert_allclose(np.abs(response(m, BAND).s21), np.abs(np.sinc(x / np.pi)), atol=1e-12)
    half_power = 10 * np.log10(2)
    assert float(bandwidth(m, BAND, half_power).frequency) == pytest.approx(
        1.391557378 * C0 / (np.pi * 0.02 * 0.1), rel=1e-8
    )
    assert float(response(m, C0 / (0.02 * 0.1)).s21_db[0]) < -200


def test_loss_alone():
    """(1 - exp(-αL))/αL: 1/√2 at 6.4135 dB of loss along the electrode, 1/2 at 13.842 dB."""
    m = one(loss=0.8)
    total = np.asarray(m.elements[0].line.alpha) * 0.01
    np.testing.assert_allclose(np.abs(response(m, BAND).s21), -np.expm1(-total) / total, rtol=1e-12)
    for share, lost in ((2**-0.5, 6.4135), (0.5, 13.842)):
        at = float(bandwidth(one(loss=1.2), BAND, -20 * np.log10(share)).frequency)
        assert 1.2 * np.sqrt(at / 1e9) == pytest.approx(lost, rel=5e-5)  # the digits that are known


def test_open_and_shorted_ends():
    """Lossless: an open end doubles a slow signal, a shorted one leaves none of it; both stand as waves."""
    f = jnp.linspace(1e6, 60e9, 200)
    opened = response(one(5000.0, 2.2, 50.0, OPEN, f=f), f)
    assert float(jnp.abs(opened.drive[0])) == pytest.approx(2.0, rel=1e-4)
    assert float(jnp.abs(opened.s21[0])) == pytest.approx(1.0, rel=1e-4)
    shorted = response(one(5000.0, 2.2, 50.0, SHORT, f=f), f)
    assert float(jnp.abs(shorted.drive[0])) < 1e-3
    k = 2 * np.pi * np.asarray(f) * 2.2 / C0
    np.testing.assert_allclose(opened.input_impedance, 50j / np.tan(k * 5e-3), rtol=1e-9)
    np.testing.assert_allclose(shorted.input_impedance, -50j * np.tan(k * 5e-3), rtol=1e-9, atol=1e-9)
    # on a matched source, n = n_g: forward wave 1, and an echo that runs against the light
    u = 2j * k * 5e-3
    echo = np.exp(u) * -np.expm1(-u) / u
    np.testing.assert_allclose(opened.drive, 1 + echo, atol=1e-9)
    np.testing.assert_allclose(shorted.drive, 1 - echo, atol=1e-9)
    assert np.isfinite(np.asarray(shorted.relative_to(10e9))).all()
    # the same where the modulator is an argument of something compiled
    again = jax.jit(lambda m: response(m, f).drive)
    for end, known in ((OPEN, opened), (SHORT, shorted)):
        np.testing.assert_allclose(again(one(5000.0, 2.2, 50.0, end, f=f)), known.drive, atol=1e-12)


def test_a_stretch_may_be_cut_anywhere():
    whole = one(loss=0.4, n=2.3, z0=44.0, termination=Load(41.0))
    x = line(n=2.3, loss=0.4, z0=44.0)
    parts = tuple(Stretch(x, a, 1.0) for a in (1500.0, 500.0, 8000.0))
    np.testing.assert_allclose(
        response(replace(whole, elements=parts), BAND).s21, response(whole, BAND).s21, atol=1e-12
    )
    z, v = voltage_along(replace(whole, elements=parts), BAND, 8)
    assert z.shape == (24,)
    assert v.shape == (301, 24)
    assert bool(jnp.all(jnp.diff(z) > 0))


def test_a_row_in_arrays_is_the_row():
    """A line that stands in many stretches is there once; lumped elements keep their places."""
    a, b = line(), line(2.3, 0.5, 45.0)
    few = line(2.3, 0.5, 45.0, f=BAND[::10])
    row = (Stretch(a, 10.0), Shunt(capacitance=2e-15), *(Stretch(q, 1e3, e) for q in (b, a, few) for e in (1.0, 0.0)))
    arrays = gathered(row)
    assert [one.gamma.shape for one in arrays.lines] == [(2, BAND.size), (1, 31)]
    assert arrays.which == (0, 1, 1, 0, 0, 2, 2)
    kept, given = (response(Modulator(elements, 2.2), BAND) for elements in (arrays, row))
    np.testing.assert_array_equal(kept.s21, given.s21)
    # one stretch after another, as they are given
    each = jnp.stack([abcd((e,), BAND) for e in row])
    whole = each[0]
    for m in each[1:]:
        whole = whole @ m
    np.testing.assert_allclose(abcd(row, BAND), whole, rtol=1e-12)


def test_signs_in_turn_move_the_response():
    """Eight segments of turning sign: nothing at direct current, most where walk-off in one is half a wave."""
    x, effects = line(n=3.2), [1.0, -1.0] * 4
    m = Modulator(segmented(x, x, 2000.0, 0.0, effects), 2.2)
    answer = response(m, BAND)
    level = np.abs(answer.s21)
    assert level[0] < 0.02
    half_wave = C0 / (2 * 2e-3 * 1.0)
    peak = float(BAND[int(np.argmax(level))])
    assert peak == pytest.approx(half_wave, rel=0.02)  # pulled down by the sinc of one segment
    # by the sum of all segments at the half wave: 2/π each, all in step
    at = response(m, half_wave)
    assert float(jnp.abs(at.s21)[0]) == pytest.approx(2 / np.pi, rel=1e-6)


def test_folds():
    """Crossed arms and light as long as the line: as if it were straight. Uncrossed: two parts undo each other."""
    x = line()
    straight = response(one(8000.0), BAND).s21
    crossed = Modulator(folded(x, (4000.0, 4000.0), x, 300.0), 2.2)
    np.testing.assert_allclose(response(crossed, BAND).s21, straight, atol=1e-12)
    undone = Modulator(folded(x, (4000.0, 4000.0), x, 300.0, crossed=False), 2.2)
    assert float(jnp.max(jnp.abs(response(undone, BAND).s21))) < 1e-12
    # light that goes further in the turn comes late: two halves, cos of half the phase
    late = Modulator(folded(x, (4000.0, 4000.0), x, 300.0, 800.0), 2.2)
    phase = np.pi * np.asarray(BAND) * 2.2 * 500e-6 / C0
    np.testing.assert_allclose(np.abs(response(late, BAND).s21), np.abs(np.cos(phase)), atol=1e-12)


def test_driver_is_one_pole():
    plain, slow = one(), one(source=Driver(50.0, 40e9))
    ratio = np.abs(response(slow, BAND).s21 / response(plain, BAND).s21)
    np.testing.assert_allclose(ratio, 1 / np.sqrt(1 + (np.asarray(BAND) / 40e9) ** 2), rtol=1e-12)
    assert float(bandwidth(slow, BAND, 10 * np.log10(2)).frequency) == pytest.approx(40e9, rel=1e-9)


def test_networks_as_another_program_has_them():
    """scikit-rf's lines and lumped elements in a row, exp(+jωt)."""
    f = np.linspace(1e9, 110e9, 40)
    x = line(2.3, 0.6, 42 + 1.5j, jnp.asarray(f))
    ours = (
        Shunt(1e-4, 15e-15),
        Series(0.5, 30e-12, 2e-12),
        Stretch(x, 3000.0),
        Shunt(inductance=1e-9),
    )
    gamma, z0 = (np.asarray(q) for q in x.engineering)
    band = skrf.Frequency.from_f(f, unit="hz")
    media = skrf.media.DefinedGammaZ0(band, z0_port=50.0, z0=z0, gamma=gamma)
    lumped = skrf.media.DefinedGammaZ0(band, z0=50.0, gamma=1j * np.ones_like(f))
    theirs = (
        (lumped.shunt_capacitor(15e-15) ** lumped.shunt(lumped.resistor(1e4) ** lumped.short()))
        ** (lumped.resistor(0.5) ** lumped.inductor(30e-12) ** lumped.capacitor(2e-12))
        ** media.line(3e-3, "m")
        ** lumped.shunt_inductor(1e-9)
    )
    np.testing.assert_allclose(np.conj(scattering(ours, f)), theirs.s, atol=1e-9)


def test_passive_and_reciprocal():
    x = line(2.4, 0.5, 38.0)
    s = np.asarray(scattering((*taper(line(z0=50.0), x, 200.0), Stretch(x, 6000.0), Shunt(0.0, 20e-15)), BAND))
    np.testing.assert_allclose(s[:, 0, 1], s[:, 1, 0], atol=1e-13)
    assert np.linalg.svd(s, compute_uv=False).max() < 1 + 1e-12


def test_taper_converges():
    """Error falls as the square of the steps."""
    ends = line(2.0, 0.1, 60.0), line(2.4, 0.4, 35.0)
    s = [np.asarray(scattering(taper(*ends, 1000.0, n), BAND)) for n in (8, 16, 128)]
    first, second = (np.abs(a - s[2]).max() for a in s[:2])
    assert 3.5 < first / second < 4.6


def test_loads_once_a_period():
    """40 periods in a row pass what the uniform line of Bloch's condition passes."""
    x, load = line(1.8, 0.3, 75.0), Shunt(capacitance=4e-15)
    cell = (Stretch(x, 25.0), load, Stretch(x, 25.0))
    loaded = periodic(x, load, 50.0)
    np.testing.assert_allclose(scattering(cell * 40, BAND), scattering((Stretch(loaded, 2000.0),), BAND), atol=1e-10)
    # long waves: the load's capacitance is spread, L' = 450 nH/m and C' = 80 + 80 pF/m
    slow = Distributed(BAND[:1], *(jnp.zeros(1),) * 4)
    slow = replace(slow, inductance=jnp.array([75 * 1.8 / C0]), capacitance=jnp.array([1.8 / C0 / 75 + 4e-15 / 50e-6]))
    assert float(periodic(line(1.8, 0.0, 75.0), load, 50.0).n_rf[0]) == pytest.approx(
        float(slow.line().n_rf[0]), rel=1e-6
    )


def test_lines_between_their_frequencies():
    """A resistive line with skin effect, known at 40 frequencies, is right between them."""

    def known(f: jax.Array) -> Line:
        r = jnp.sqrt(3e3**2 + (4.0e3 * jnp.sqrt(f / 1e9)) ** 2)
        ind = 4e-7 + r / (2 * jnp.pi * (f + 2e9)) * 0.5
        return Distributed(f, r, ind, 2 * jnp.pi * f * 1.6e-10 * 0.002, 1.6e-10 * jnp.ones_like(f)).line()

    at = jnp.linspace(2e9, 190e9, 333)
    errors = []
    for n in (40, 80):
        got, true = resampled(known(jnp.geomspace(0.5e9, 200e9, n)), at), known(at)
        errors.append(float(jnp.max(jnp.abs(got.gamma / true.gamma - 1))))
    assert errors[0] < 1e-5
    assert errors[1] < errors[0] / 6  # third order at least


def test_ramp_is_smooth_where_its_series_begins():
    u = jnp.array([0.0, 1e-9, 0.00999, 0.01001, 0.0099j, 0.0101j, 3 - 40j], complex)
    x, w = np.polynomial.legendre.leggauss(60)
    mean = np.sum(w / 2 * np.exp(-np.asarray(u)[:, None] * (x + 1) / 2), axis=-1)
    np.testing.assert_allclose(ramp(u), mean, rtol=1e-13)


def numbers(p: jax.Array) -> Modulator:
    """A modulator of ten numbers."""
    x = line(p[0], p[1], p[2] + 1j * p[3])
    end = Load(p[5], p[6] * 1e-12, p[7] * 1e-15)
    return Modulator((Shunt(capacitance=p[8] * 1e-15), Stretch(x, p[4], 1.0)), p[9], Load(48.0), end)


AT = jnp.array([2.35, 0.45, 44.0, 1.0, 9000.0, 46.0, 15.0, 12.0, 20.0, 2.26])


def test_gradients_by_every_number():
    def level(p: jax.Array) -> jax.Array:
        return response(numbers(p), BAND[20:200:60]).s21_db

    h = 1e-6 * jnp.abs(AT)
    value = jax.jit(level)
    differences = np.stack([(value(AT + d) - value(AT - d)) / (2 * s) for d, s in zip(jnp.diag(h), h, strict=True)], -1)
    # differences of 1e-6: round-off 1e-9 of the level beside what changes it most
    for derivative in (jax.jit(jax.jacrev(level)), jax.jit(jax.jacfwd(level))):
        np.testing.assert_allclose(derivative(AT), differences, rtol=1e-5, atol=1e-7)


def test_gradient_of_bandwidth_and_many_at_once():
    def found(p: jax.Array) -> jax.Array:
        return bandwidth(numbers(p), BAND).frequency / 1e9

    value = jax.jit(found)
    h = 1e-5 * jnp.abs(AT)
    differences = [(value(AT + d) - value(AT - d)) / (2 * s) for d, s in zip(jnp.diag(h), h, strict=True)]
    np.testing.assert_allclose(jax.jit(jax.grad(found))(AT), differences, rtol=1e-5, atol=1e-6)
    samples = AT * (1 + 0.02 * jax.random.normal(jax.random.key(1), (16, AT.size)))
    many = jax.jit(jax.vmap(found))(samples)
    np.testing.assert_allclose(many, [float(value(s)) for s in samples], rtol=1e-10)


def test_traced_bandwidth_says_whether_it_was_found():
    low, high = jnp.linspace(0.2e9, 66e9, 301), jnp.linspace(66e9, 200e9, 301)
    crossing = jax.jit(lambda n: bandwidth(one(n=n), low))(2.21)
    assert not bool(crossing.found)
    assert float(crossing.frequency) == 66e9
    with pytest.raises(ValueError, match=r"falls to -0\.\d+ dB between 2e\+08 and 6\.6e\+10 Hz, not to -3 dB"):
        bandwidth(one(n=2.21), low)
    with pytest.raises(ValueError, match="where the band starts"):
        bandwidth(one(loss=3.0), high)


@pytest.mark.validate
def test_from_cross_section_to_bandwidth():
    """A drawn line's bandwidth, and its gradient by gap and metal, against central differences."""
    f = jnp.geomspace(0.1e9, 120e9, 24)
    band = jnp.linspace(1e9, 119e9, 120)
    at = jnp.array([5.0, 0.9])
    known = Coplanar(gap=5.0, metal_thickness=0.9, signal_width=16.0)
    like = known.section()

    def found(p: jax.Array) -> jax.Array:
        drawn = rlgc(replace(known, gap=p[0], metal_thickness=p[1]).section(like), f)
        m = Modulator((Stretch(drawn, 10000.0, 1.0),), 2.265)
        return bandwidth(m, band, reference=1e9).frequency / 1e9

    value, h = jax.jit(found), 1e-3
    assert 20 < float(value(at)) < 100
    differences = [(value(at + h * d) - value(at - h * d)) / (2 * h) for d in jnp.eye(2)]
    # h² times the third derivative: 1.3e-5 by the metal
    np.testing.assert_allclose(jax.jit(jax.grad(found))(at), differences, rtol=3e-5)
    # between its 24 frequencies a real line is right to 1e-4
    fine = jnp.geomspace(0.1e9, 120e9, 47)
    line, whole = rlgc(like, f), rlgc(like, fine)
    np.testing.assert_allclose(resampled(line, fine).gamma / whole.gamma, 1.0, atol=1e-4)


def published(length: float, n: float, n_g: float, loss: float, z0: float) -> Modulator:
    return one(length, n_g, 50.0, 50.0, n=n, loss=loss, z0=z0)


def roll_off(m: Modulator, at: float) -> float:
    """At a frequency [Hz], with 0 dB at 1 GHz, where V_pi was measured."""
    level = response(m, jnp.array([1e9, at])).s21_db
    return float(level[0] - level[1])


def test_bandwidth_of_kharel_2021():
    """arXiv 2011.13422: T-rails on quartz, index 2.23 and 0.26 dB/cm/√GHz measured, 20 mm: the authors expect 180 GHz.

    Theirs is loss alone, on a line that is matched in speed and impedance; so n_g and 50 Ω are their assumptions.
    """
    m = published(20000.0, 2.23, 2.23, 0.26, 50.0)
    assert float(bandwidth(m, BAND, reference=1e9).frequency) == pytest.approx(180e9, rel=0.02)  # two digits are given


@pytest.mark.parametrize(
    ("length", "n", "n_g", "loss", "z0", "at", "measured"),
    [
        # Kharel 2021, 20 mm and 10 mm: 42 Ω is simulated (table I), n_g 2.26 of 600/350 nm is ours
        (20000.0, 2.23, 2.26, 0.26, 42.0, 50e9, 1.8),
        (10000.0, 2.23, 2.26, 0.26, 42.0, 50e9, 0.8),
        # Chen 2022 (APL Photonics 7, 026103), 10 mm: index 2.35 is read from a figure, n_g 2.2 simulated
        (10000.0, 2.35, 2.2, 0.36, 50.5, 67e9, 1.4),
        # Liu 2021, 5 mm: electrical S21 2 dB down at 67 GHz; impedance not given, 42 Ω to 50 Ω taken
        (5000.0, 2.3, 2.25, 0.489, 42.0, 67e9, 1.3),
    ],
)
def test_roll_off_of_published_devices(
    length: float, n: float, n_g: float, loss: float, z0: float, at: float, measured: float
):
    """Between loss alone and loss with mismatches as they are published, which are too much for these devices.

    0.1 dB for what is read from plots to that digit.
    """
    matched, given = published(length, n_g, n_g, loss, 50.0), published(length, n, n_g, loss, z0)
    assert roll_off(matched, at) - 0.1 < measured < roll_off(given, at) + 0.1


def test_touchstone(tmp_path: Path):
    elements = (*taper(line(z0=55.0), line(2.3, 0.5, 45.0), 150.0, 4), Stretch(line(2.3, 0.5, 45.0), 5000.0, 1.0))
    path = write_touchstone(tmp_path / "line.s2p", elements, BAND, 50.0)
    read = skrf.Network(str(path))
    np.testing.assert_allclose(read.f, BAND, rtol=1e-12)
    np.testing.assert_allclose(read.s, np.conj(scattering(elements, BAND)), atol=1e-14)
    assert np.all(read.z0 == 50)
    # exp(+jωt): phase of a wave that comes later falls
    assert float(np.diff(np.unwrap(np.angle(read.s[:, 1, 0]))).max()) < 0
    m = Modulator(elements, 2.2)
    one_port = skrf.Network(str(write_touchstone(tmp_path / "modulator.s1p", m, BAND)))
    z = np.conj(np.asarray(response(m, BAND).input_impedance))
    np.testing.assert_allclose(one_port.s[:, 0, 0], (z - 50) / (z + 50), atol=1e-14)
    before = path.read_text()
    with pytest.raises(ValueError, match=r"2 port\(s\) need \.s2p"):
        write_touchstone(tmp_path / "line.s1p", elements, BAND)
    with pytest.raises(ValueError, match="frequencies must rise"):
        write_touchstone(path, elements, BAND[::-1])
    assert path.read_text() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["line.s2p", "modulator.s1p"]


def test_plot():
    import matplotlib.pyplot as plt

    top, bottom = plot_response(published(20000.0, 2.3, 2.2, 0.8, 44.0), BAND, 1e9)
    assert [t.get_text()[:4] for t in top.get_legend().get_texts()] == ["3 dB", "6 dB"]
    assert len(bottom.lines) == 2
    plt.close("all")
