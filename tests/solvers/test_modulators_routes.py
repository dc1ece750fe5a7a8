"""One response by several routes: echoes, sums along the light, steps along the line, and steps in time."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers.modulators.bandwidth import bandwidth
from lingnan.solvers.modulators.line import C0, Distributed, Line
from lingnan.solvers.modulators.network import OPEN, Load, Series, Shunt, Stretch
from lingnan.solvers.modulators.routes import integrated, marched
from lingnan.solvers.modulators.travelling import Driver, Modulator, closed_form, response

BAND = jnp.linspace(0.2e9, 200e9, 301)
NEPER = 20 / np.log(10)  # dB in one


def line(n: float, loss: float, z0: complex) -> Line:
    """`loss` in dB/cm at 1 GHz, rising as the root of frequency."""
    f = BAND
    alpha = loss * jnp.sqrt(f / 1e9) * 100 / NEPER
    return Line(f, alpha - 2j * jnp.pi * f * n / C0, z0 * jnp.ones_like(f) + 0j)


@pytest.mark.parametrize(
    ("source", "termination"),
    [
        (50.0, 50.0),
        (50 - 12j, 38 + 9j),
        (Load(45.0, 20e-12), Load(40.0, 30e-12, 20e-15)),
        (50.0, OPEN),
        (35.0, Load(60.0, capacitance=50e-15)),
    ],
)
def test_three_routes(source: Any, termination: Any):
    """Echoes summed by hand, chain matrices with exact integrals, and sums over points."""
    m = Modulator((Stretch(line(2.35, 0.5, 43 + 2j), 9000.0, 1.0),), 2.26, source, termination)
    exact, summed = response(m, BAND), integrated(m, BAND, 160)
    closed = closed_form(m.elements[0].line, 9000.0, 2.26, source, termination)
    # round-off of phases of some hundred radians
    np.testing.assert_allclose(exact.s21, closed, atol=1e-11)
    np.testing.assert_allclose(summed.s21, closed, atol=1e-10)


def stepped(r: float, ind: float, g: float, c: float, ends: tuple[float, float], n_g: float) -> tuple[Any, Any]:
    """Leapfrog in time: a source with a Gaussian pulse, 6 mm of line in 600 cells, and light that runs past it.

    K. S. Yee's scheme for a line: currents half a cell and half a step away from voltages. Returns frequencies, and the
    mean voltage that light meets over half the source's open voltage.
    """
    cells, length = 600, 6e-3
    h = length / cells
    t = 0.9 * h * np.sqrt(ind * c)
    steps = 14000
    time = np.arange(steps) * t
    open_voltage = np.exp(-(((time - 30e-12) / 4e-12) ** 2))
    v, i = np.zeros(cells + 1), np.zeros(cells)
    volts = np.zeros((steps, cells + 1))
    size = np.full(cells + 1, h)
    size[[0, -1]] = h / 2  # half a cell at either end
    leak = np.full(cells + 1, g * h)
    leak[[0, -1]] = g * h / 2 + 1 / np.asarray(ends)
    grow, keep = c * size / t + leak / 2, c * size / t - leak / 2
    for k in range(steps - 1):
        volts[k] = v
        i = ((ind / t - r / 2) * i - np.diff(v) / h) / (ind / t + r / 2)
        sent = np.diff(i, prepend=0.0, append=0.0)
        sent[0] -= (open_voltage[k] + open_voltage[k + 1]) / 2 / ends[0]
        v = (keep * v - sent) / grow
    volts[-1] = v
    f = np.linspace(2e9, 90e9, 23)
    kernel = np.exp(2j * np.pi * np.outer(f, time)) * t
    spectra = kernel @ volts
    z = np.arange(cells + 1) * h
    weight = np.full(cells + 1, 1.0)
    weight[[0, -1]] = 0.5
    seen = np.sum(spectra * weight * np.exp(-2j * np.pi * f[:, None] * n_g * z / C0), axis=1) / cells
    return f, 2 * seen / (kernel @ open_voltage)


@pytest.mark.parametrize("ends", [(50.0, 50.0), (35.0, 70.0)])
def test_bandwidth_by_steps_in_time(ends: tuple[float, float]):
    """Pulses on a line of fixed R, L, G and C, beside light: waves, chain matrices and frequencies have no part in it.

    Steps of a 55th of the shortest wave leave 1e-3; at fixed R the line has no skin effect.
    """
    r, g, z0, n = 1500.0, 0.1, 45.0, 2.4
    ind, c = n * z0 / C0, n / z0 / C0
    f, drive = stepped(r, ind, g, c, ends, 2.1)
    plain = Distributed(jnp.asarray(f), *(jnp.full(f.shape, q) for q in (r, ind, g, c)))
    m = Modulator((Stretch(plain.line(), 6000.0, 1.0),), 2.1, *ends)
    exact = response(m, f)
    np.testing.assert_allclose(drive, exact.drive, atol=2e-3)
    level = 20 * np.log10(np.abs(drive))
    fallen = float(np.interp(3.0, -(level - level[0]), f))
    assert fallen == pytest.approx(float(bandwidth(m, f, reference=f[0]).frequency), rel=5e-3)


def test_bandwidth_by_marching_along_the_line():
    """Telegrapher's equations by finite differences, lumped parts and light that falls behind among them."""
    x, y = line(2.35, 0.5, 43 + 2j), line(2.2, 0.3, 55.0)
    row = (
        Shunt(capacitance=8e-15), Stretch(x, 5000.0, 1.0), Series(1.0, 2e-11), Stretch(y, 300.0, 0.0, 330.0),
        Stretch(x, 4000.0, -1.0, 4010.0),
    )  # fmt: skip
    m = Modulator(row, 2.26, Driver(50 - 12j, 90e9), Load(40.0, 30e-12, 20e-15))
    exact = response(m, BAND)
    errors = [float(jnp.max(jnp.abs(marched(m, BAND, n).drive - exact.drive))) for n in (1000, 2000)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.02)  # of second order
    # 255 cells to the shortest wave: 1.4e-4 of the drive and 9e-4 of the impedance, which echoes multiply
    assert errors[1] < 2e-4
    np.testing.assert_allclose(marched(m, BAND, 2000).input_impedance, exact.input_impedance, rtol=1e-3)
    plain = Modulator((Stretch(x, 9000.0, 1.0),), 2.26, 40.0, Load(45.0))
    level = np.asarray(marched(plain, BAND, 2000).s21_db)
    k = int(np.argmax(level < -3.0))
    fallen = float(np.interp(3.0, -level[k - 1 : k + 1], BAND[k - 1 : k + 1]))
    # 325 cells to a wave at 87 GHz: an index 1.6e-5 too high, which is 4e-4 of the walk-off, from 2.35 to 2.26
    assert fallen == pytest.approx(float(bandwidth(plain, BAND).frequency), rel=4e-4)
