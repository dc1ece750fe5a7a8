"""Polygons in cross-sections: where they are trapezoids, a round guide in the limit, and their derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import jv, kv

from lingnan.solvers import waveguides
from lingnan.solvers.modulators import RfMedium, rlgc, section
from lingnan.solvers.waveguides import Trapezoid, cross_section, polygon

WINDOW = (-1.5, 1.5, -1.2, 1.4)


def solved(corners, topology=None, like=None, window=WINDOW):
    shapes = polygon(corners, 3.4757, "core", like=like)
    return waveguides.solve(cross_section(shapes, background=1.444, window=window, topology=topology), 1.55, 1)


def test_a_trapezoid_is_the_strip_with_leaning_walls():
    lean = 0.11 / np.tan(np.deg2rad(75.0))
    corners = [(-0.25 - lean, 0.0), (0.25 + lean, 0.0), (0.25 - lean, 0.22), (-0.25 + lean, 0.22)]
    strip = waveguides.strip(0.5, 0.22, 3.4757, 1.444, sidewall_angle_deg=75.0, window=WINDOW)
    assert_allclose(solved(corners).n_eff, waveguides.solve(strip, 1.55, 1).n_eff, atol=1e-10)
    assert_allclose(solved(corners[::-1]).n_eff, solved(corners).n_eff, atol=1e-12)  # the way round does not matter


def test_a_concave_polygon_is_the_rib_that_it_outlines():
    corners = [(-1, 0), (1, 0), (1, 0.09), (0.25, 0.09), (0.25, 0.22), (-0.25, 0.22), (-0.25, 0.09), (-1, 0.09)]
    pieces = polygon(corners, 2.0)
    assert [(float(p.bottom), float(p.top)) for p in pieces] == [(0.0, 0.09), (0.09, 0.22)]
    valley = [(-1, 0), (1, 0), (1, 0.3), (0.5, 0.3), (0.5, 0.1), (-0.5, 0.1), (-0.5, 0.3), (-1, 0.3)]
    assert len(polygon(valley, 2.0)) == 3  # one below, two towers


def fibre(radius, core, cladding, wavelength):
    """HE11 of a round step-index guide: A. W. Snyder and J. D. Love, Optical Waveguide Theory, table 12-4."""
    k = 2 * np.pi / wavelength

    def mismatch(n):
        u, w = k * radius * np.sqrt(core**2 - n**2), k * radius * np.sqrt(n**2 - cladding**2)
        j = (jv(0, u) - jv(2, u)) / 2 / (u * jv(1, u))
        h = -(kv(0, w) + kv(2, w)) / 2 / (w * kv(1, w))
        v = np.hypot(u, w)
        return (j + h) * (j + cladding**2 / core**2 * h) - (n / core) ** 2 * (v / (u * w)) ** 4

    return brentq(mismatch, 1.25, core - 0.02)


def test_a_round_guide_in_the_limit():
    exact, errors = fibre(0.4, 2.0, 1.0, 1.55), []
    for corners in (8, 16):
        angle = 2 * np.pi * (np.arange(corners) + 0.5) / corners
        radius = 0.4 * np.sqrt(2 * np.pi / corners / np.sin(2 * np.pi / corners))  # of equal area
        round_ = [(float(radius * np.sin(a)), float(-radius * np.cos(a))) for a in angle]
        shapes = polygon(round_, 2.0, "core")
        modes = waveguides.solve(cross_section(shapes, background=1.0, window=(-2.4, 2.4, -2.4, 2.4)), 1.55, 1)
        errors.append(abs(float(modes.n_eff[0].real) - exact))
    assert errors[0] < 2e-3  # of equal area, a polygon of N sides misses the circle by 1/N² or better
    assert errors[1] < errors[0] / 3


def test_derivative_by_a_corner():
    typical = [(-0.3, 0.0), (0.3, 0.0), (0.34, 0.1), (0.2, 0.22), (-0.2, 0.22), (-0.34, 0.1)]
    topology = cross_section(polygon(typical, 2.0), background=1.0, window=WINDOW).topology

    def n_eff(x):
        corners = [*typical[:2], (x, 0.1), *typical[3:]]
        return solved(corners, topology, typical).n_eff[0].real

    slope = jax.grad(n_eff)(jnp.asarray(0.34))
    assert_allclose(slope, (n_eff(0.34 + 1e-4) - n_eff(0.34 - 1e-4)) / 2e-4, rtol=1e-5)


@pytest.mark.parametrize(
    ("corners", "word"),
    [
        ([(0, 0), (1, 0)], "at least three"),
        ([(0, 0), (1, 0), (0.5, 1)], "tip"),
        ([(0, 0), (1, 0), (0, 1), (1, 1)], "cross"),
        ([(0, 0), (1, 0), (1, np.nan), (0, 1)], "finite"),
    ],
)
def test_bad_polygons(corners, word):
    with pytest.raises(ValueError, match=word):
        polygon(corners, 2.0)


def test_traced_corners_need_numbers_beside_them():
    with pytest.raises(ValueError, match="like="):
        jax.jit(lambda x: polygon([(0.0, 0.0), (x, 0.0), (x, 1.0), (0.0, 1.0)], 2.0))(1.0)


def test_edges_of_two_levels_at_one_x_are_one_line():
    """Two lines at one x have no elements in between: n_eff was not finite, and a capacitance neither."""

    def stacked(shift: float) -> waveguides.Geometry:
        shapes = [
            Trapezoid(3.4757, 0.0, 0.22, -0.225, 0.225, name="below"),
            Trapezoid(2.0, 0.4, 0.7, -0.225 + shift, 0.225, name="above"),
        ]
        return cross_section(shapes, background=1.444, window=(-1.5, 1.5, -1.2, 1.9))

    one, apart = stacked(0.0), stacked(0.02)
    assert one.lines.shape == (4, 6)
    assert apart.lines.shape == (5, 6)
    n_one, n_apart = (float(waveguides.solve(g, 1.55, 1).n_eff[0].real) for g in (one, apart))
    # 20 nm of nitride 180 nm above the silicon: a few 1e-5, and meshes differ by as much
    assert abs(n_one - n_apart) < 2e-4
    # edges that lean away from one another beyond what they share stay lines of their own, or are refused
    leaning = Trapezoid(2.0, 0.4, 0.7, -0.225, 0.225, -0.2, 0.2, name="above")
    third = Trapezoid(2.0, 0.9, 1.1, -0.225, 0.225, name="roof")
    low = Trapezoid(3.4757, 0.0, 0.22, -0.225, 0.225, name="below")
    made = cross_section([low, leaning], background=1.444, window=(-1.5, 1.5, -1.2, 1.9))
    assert_allclose(made.lines[1], [-0.225, -0.225, -0.225, -0.225, -0.2, -0.2], atol=1e-12)
    with pytest.raises(ValueError, match=r"lie on one another from y = .* and part elsewhere"):
        cross_section([low, third, leaning], background=1.444, window=(-1.5, 1.5, -1.2, 1.9))


def test_a_line_over_edges_at_one_x_has_an_index():
    def line(shift: float) -> float:
        shapes = [
            Trapezoid(RfMedium(1.0, None, 4.1e7), 1.0, 1.5, -2.0, 2.0, name="signal"),
            Trapezoid(11.7, 0.3, 0.6, -2.0 + shift, 2.0, name="film"),
        ]
        conductors = {"signal": "signal"}
        made = section(shapes, background=3.9, window=(-8.0, 8.0, -1.0, 6.0), conductors=conductors, returns="box")
        return float(rlgc(made, 1e10).n_rf[0])

    one, beside = line(0.0), line(-1e-3)
    assert np.isfinite(one)
    assert_allclose(one, beside, rtol=1e-3)  # a nanometre of the film, and another mesh
