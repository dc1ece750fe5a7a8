"""Expansion in full-vector modes between absorbing layers, and the search among evanescent modes that it needs."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.devices import flux, overlap, scattering, vectorial
from lingnan.solvers.validation import splitter
from lingnan.solvers.waveguides import Absorber, Resolution, Trapezoid, bordered, joints

MODES = 60


@pytest.fixture(scope="module")
def sections() -> list[waveguides.Modes]:
    """Of the splitter: guide, body, both guides. Every test below has their shapes, so that all is compiled once."""
    return [splitter.section(k, MODES) for k in range(3)]


def test_modes_of_an_empty_box_are_those_of_its_closed_form_and_no_field_at_rest() -> None:
    """β² = k² ε - (π m/a)² - (π n/b)²: TE unless m = n = 0, TM where both are positive.

    Twenty of them propagate or decay slowly; β² = 0 lies in their midst, where the pencil has a field at rest for every
    axial unknown.
    """
    a, b, index = 1.7, 1.03, 1.5
    box = Trapezoid(index, 0.0, b / 2, 0.0, a, name="lower half")
    geometry = waveguides.cross_section([box], background=index, window=(0.0, a, 0.0, b)).resolved((8,), (3, 3))
    found = waveguides.solve(geometry, 1.55, 36, target=0.5, resolution=Resolution(7))
    k2 = (2 * np.pi / 1.55) ** 2
    m, n = np.meshgrid(np.arange(12), np.arange(12), indexing="ij")
    cut = (np.pi * m / a) ** 2 + (np.pi * n / b) ** 2
    exact = index**2 - np.concatenate([cut[m + n > 0], cut[(m > 0) & (n > 0)]]) / k2
    nearest = exact[np.argsort(np.abs(exact - 0.25))][:36]
    assert np.sum(nearest < 0) > 10  # evanescent
    # order 7 on less than π in each element: the error of the highest is below 1e-6
    assert_allclose(np.sort((np.asarray(found.n_eff) ** 2).real), np.sort(nearest), atol=1e-6)


def test_modes_between_absorbers_are_orthogonal_without_conjugation(sections: list[waveguides.Modes]) -> None:
    for modes in sections:
        guide = joints.Guide.unscaled(modes)
        p = np.asarray(overlap.between(guide, modes.order, guide, modes.order))
        norm = np.diagonal(p)
        assert_allclose(overlap.own(guide, modes.order)[0], norm, rtol=1e-10)  # other points, the same polynomials
        # the search's residual of 1e-9 over the distance of neighbours in the same unit, some per cent
        assert np.abs(p / np.sqrt(norm) / np.sqrt(norm)[:, None] - np.eye(MODES)).max() < 1e-6


def test_a_joint_of_equal_sections_is_none(sections: list[waveguides.Modes]) -> None:
    one = sections[0]
    s = vectorial.scatter([one, one, one], [0.3, 0.4, 0.3])
    turned = np.exp(1j * np.asarray(s.left.beta)[0] * 1.0)
    assert_allclose(s.blocks.s21[0, 0], turned, atol=1e-6)
    assert np.abs(s.blocks.s11[0]).max() < 1e-6
    assert np.abs(s.blocks.s21[1:, 0]).max() < 1e-6


def test_splitter_of_meep_in_three_dimensions(sections: list[waveguides.Modes]) -> None:
    """-3.2895 dB in each guide, Meep at 40 pixels per µm; -3.2907 at 31 (benchmarks/eme_3d.py)."""
    s = splitter.scattered(sections)
    power = splitter.decibels(complex(s.blocks.s21[0, 0]))
    assert abs(power + 3.2895) < 0.05  # what the benchmark is to show
    back = abs(complex(s.blocks.s11[0, 0])) ** 2
    assert back < 5e-4  # 9e-5 and 1.7e-4
    # what is missing has radiated: the guides' own modes have no more, and never above what came in
    assert 0.05 < 1 - 10 ** (power / 10) * 2 - back < 0.07
    assert_allclose(s.s, s.s.T, atol=1e-10)


def test_between_closed_walls_the_body_has_a_pair_of_complex_modes() -> None:
    body = splitter.section(1, 12, absorber=None, target=2.03)
    assert np.max(body.found.residual) < 1e-9
    pair = np.sort_complex(np.asarray(body.n_eff)[-2:] ** 2)
    assert_allclose(pair[0], pair[1].conj(), atol=1e-9)
    assert abs(pair[0].imag) > 0.01


@pytest.mark.parametrize("count", [12, pytest.param(19, marks=pytest.mark.validate)])  # compiles another number
def test_closed_walls_keep_all_light(count: int) -> None:
    """The splitter, and its first joint alone, a strip that becomes wider: radiation modes are among those kept."""
    closed = [splitter.section(k, count, absorber=None, target=2.03) for k in range(3)]
    # propagating, evanescent and complex modes kept; asked are 1e-6 and 1e-4, and what is left is round-off
    assert_allclose(vectorial.interface_norms(closed), 1, atol=1e-9)
    assert_allclose(splitter.scattered(closed).power_sum(), 1, atol=1e-9)
    assert_allclose(vectorial.scatter(closed[:2], [0.0, 0.0]).power_sum(), 1, atol=1e-9)


def test_a_joint_by_voltages_and_currents_is_that_of_overlaps() -> None:
    p = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)))
    for one, two in zip(scattering.interface(p), scattering.passage(p.T, p), strict=True):
        assert_allclose(one, two, atol=1e-14)
    # what keeps V1 I1* = V2 I2*: B = conj(Aᵀ) for modes that are orthogonal to their conjugates
    a = p.T + 1j * p.T[::-1]
    s = scattering.passage(a, a.conj().T).whole
    assert_allclose(s.conj().T @ s, np.eye(9), atol=1e-13)


@pytest.mark.validate  # compiles another number of modes
@pytest.mark.parametrize("count", [12, 19])
def test_closed_walls_keep_all_light_by_the_flux_of_the_fields(count: int) -> None:
    """½ Re ∫ E × H* over whole planes, at both ends of all sections: nothing of it is a number of the expansion."""
    closed = [splitter.section(k, count, absorber=None, target=2.03) for k in range(3)]
    net = flux.through(closed, [0.0, splitter.LENGTH, 0.0])
    s = splitter.scattered(closed)
    carries = np.asarray(s.left.n_eff.real > np.abs(s.left.n_eff.imag))
    back = np.sum(np.abs(np.asarray(s.blocks.s11)[carries, 0]) ** 2)
    # 1e-4 was asked for; modes are as orthogonal as the search's residual of 1e-9 leaves them
    assert_allclose(net, 1 - back, atol=1e-8)
    assert 0.9 < net[0, 0] < 1 - 1e-3


@pytest.mark.validate  # the fields of a hundred modes of order 4
def test_between_absorbers_guided_and_radiated_light_are_all_of_it() -> None:
    """Radiated light by its flux out of the sides of a box, beside guided light along it: of 1, to 1e-4.

    What was seen, 1e-5 of the power, with conjugate fields as tests and as `scatter` has them; of the splitter, and of
    its first joint alone, a strip that becomes wider:

        modes, order    60, 3      80, 4      90, 4      100, 4      110, 4     100, 5     120, 5
        splitter       -60 -120   -22  63    -16 -150     9 -100     -6 -43      3  330     8 190
        strip          -53   57    -8 100      2   67     8   25      3  24     -1   16     4 -31
    """
    sections = [splitter.section(k, 100, order=4) for k in range(3)]
    lengths = [0.0, splitter.LENGTH, 0.0]
    whole = flux.sideways(sections, lengths)
    step = flux.sideways(sections[:2], [0.0, 0.0])
    assert abs(whole.total - 1) < 1e-4
    assert abs(step.total - 1) < 1e-4
    assert 0.015 < whole.radiated < 0.025
    assert 0.007 < step.radiated < 0.012
    # with fields that keep reciprocity ten times as much is missed, and more modes do not settle that steadily
    kept = flux.sideways(sections, lengths, conjugate=False)
    assert 3e-4 < abs(kept.total - 1) < 2e-3
    assert abs(kept.on - whole.on) < 1e-3  # both converge to the same


@pytest.mark.validate  # compiles three more numbers of modes
def test_what_is_missed_between_absorbers_falls_with_modes() -> None:
    missed = []
    for count in (40, 60, 100):
        sections = [splitter.section(k, count, order=4) for k in range(3)]
        missed.append(abs(flux.sideways(sections, [0.0, splitter.LENGTH, 0.0]).total - 1))
    assert missed[0] > missed[1] > missed[2]
    assert missed[2] < missed[0] * (40 / 100) ** 2  # at least with their square


@pytest.mark.validate  # compiles fields at points
def test_no_light_leaves_a_guide_without_a_joint(sections: list[waveguides.Modes]) -> None:
    one = sections[0]
    left = flux.sideways([one, one, one], [0.3, 0.4, 0.3], (1.3, 0.4))
    # at the box the guide's own field has 1e-2 of its largest, and an absorber behind it that turns it a little
    assert abs(left.radiated) < 5e-4
    assert abs(left.total - 1) < 5e-4


def test_flux_says_what_it_is_for(sections: list[waveguides.Modes]) -> None:
    one = sections[0]
    with pytest.raises(ValueError, match=r"must lie in what the absorbers leave, \(1\.3, 0\.4\) µm"):
        flux.sideways([one, one], [0.3, 0.4], (1.5, 0.4))
    with pytest.raises(ValueError, match=r"mode = 59 of the first section is not guided.*\[0"):
        flux.sideways([one, one], [0.3, 0.4], mode=59)
    with pytest.raises(ValueError, match="power in absorbing layers is no number"):
        flux.through([one, one], [0.3, 0.4])


@pytest.mark.parametrize("strength", [1.0, 4.0])
def test_splitter_does_not_know_how_strong_the_absorber_is(sections: list[waveguides.Modes], strength: float) -> None:
    layer = splitter.ABSORBER._replace(strength=strength)
    other = splitter.scattered([splitter.section(k, MODES, absorber=layer) for k in range(3)])
    one, two = (splitter.decibels(complex(s.blocks.s21[0, 0])) for s in (splitter.scattered(sections), other))
    assert abs(one - two) < 0.02  # with a hundred modes it moves by 0.006 (benchmarks/eme_3d.py)


def test_derivative_by_the_length_of_the_body(sections: list[waveguides.Modes]) -> None:
    def power(length: float) -> jax.Array:
        return jnp.abs(vectorial.scatter(sections, [0.0, length, 0.0]).blocks.s21[0, 0]) ** 2

    # beside the length at which light is in the guides, where the power is flat
    length, step = splitter.LENGTH + 0.5, 1e-5
    slope, up, down = jax.grad(power)(length), power(length + step), power(length - step)
    assert_allclose(slope, (up - down) / (2 * step), rtol=1e-7)  # what the step leaves: its square
    assert abs(slope) > 0.1


@pytest.mark.validate  # compiles the derivatives of sixty modes
def test_derivative_by_the_width_of_the_body(sections: list[waveguides.Modes]) -> None:
    def power(half: jax.Array | float) -> jax.Array:
        body = splitter.section(1, MODES, half=half)
        return jnp.abs(splitter.scattered([sections[0], body, sections[2]]).blocks.s21[0, 0]) ** 2

    half, step = splitter.HALF + 0.05, 1e-4
    _, slope = jax.jvp(power, (half,), (1.0,))
    difference = (power(half + step) - power(half - step)) / (2 * step)
    assert_allclose(slope, difference, rtol=1e-5)  # the step leaves a few 1e-7 of it
    assert abs(slope) > 1


def test_sections_that_do_not_share_their_absorbers_are_refused(sections: list[waveguides.Modes]) -> None:
    other = splitter.section(1, 12, absorber=splitter.ABSORBER._replace(strength=3.0))
    with pytest.raises(ValueError, match=r"sections 0 and 1 have different elements inside .*waveguides\.bordered"):
        vectorial.scatter([sections[0], other], [0.0, 0.0])
    lost = replace(sections[0], found=sections[0].found._replace(residual=np.full(MODES, 0.1)))
    with pytest.raises(ValueError, match=r"section 1 has a mode with a residual of 1\.0e-01, above 0\.0001"):
        vectorial.scatter([sections[0], lost], [0.0, 0.0])


def test_borders_are_lines_and_levels_where_the_absorber_begins() -> None:
    strip = waveguides.strip(0.5, 0.22, 3.48, 1.444, window=(-1.5, 1.5, -1.0, 1.2))
    framed = bordered(strip, Absorber(thickness=0.4))
    assert_allclose(framed.lines[:, 0], [-1.5, -1.1, -0.25, 0.25, 1.1, 1.5], atol=1e-12)
    assert_allclose(framed.levels, [-1.0, -0.6, 0.0, 0.22, 0.8, 1.2], atol=1e-12)
    inner = [column[1:-1] for column in framed.regions[1:-1]]
    assert inner == [tuple(column) for column in strip.regions]
    half = bordered(strip, Absorber(("right", "top"), 0.4))
    assert half.lines.shape == (5, 5)
    with pytest.raises(ValueError, match=r"absorber of 1\.3 µm at the left wall begins at -0\.2 µm, .* from -0\.25"):
        bordered(strip, Absorber(thickness=1.3))
    with pytest.raises(ValueError, match="window is still to be chosen"):
        bordered(waveguides.strip(0.5, 0.22, 3.48, 1.444), Absorber())
