"""Planar modes and eigenmode expansion: conservation, convergence, and limits with formulas."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from lingnan.solvers.devices import effective, eme, grading, planar, scattering
from lingnan.solvers.linalg.symmetric import symmetric_pencil
from lingnan.solvers.tracing import checked

CORE, CLAD, HALF = 2.83, 1.444, 4.0


def guide(width, polarization="tm", order=8, half=HALF, cells=(4, 2, 4)):
    return planar.planar(
        [-half, -width / 2, width / 2, half], [CLAD, CORE, CLAD], polarization=polarization, order=order, cells=cells
    )


def scattered(length, width):
    return eme.scatter([eme.uniform(guide(width), length)], 1.55, 4).s[0, 4]


def taper(width1, width2, length, cuts, num_modes=None, **kwargs):
    body = eme.varying(lambda t: guide(width1 + (width2 - width1) * t, **kwargs), length, cuts)
    return [eme.uniform(guide(width1, **kwargs), 0.5), body, eme.uniform(guide(width2, **kwargs), 0.5)]


def exact_slab(width, polarization):
    k, ratio = 2 * np.pi / 1.55, 1.0 if polarization == "te" else CORE**2 / CLAD**2

    def mismatch(n):
        u, w = np.sqrt(CORE**2 - n**2), np.sqrt(n**2 - CLAD**2)
        return u * np.sin(k * u * width / 2) - ratio * w * np.cos(k * u * width / 2)

    return brentq(
        mismatch,
        max(CLAD, np.sqrt(max(CLAD**2, CORE**2 - (0.99 * 1.55 / (2 * width)) ** 2))) + 1e-9,
        CORE - 1e-9,
        xtol=1e-15,
    )


@pytest.mark.parametrize("polarization", ["te", "tm"])
def test_slab_modes_converge_exponentially(polarization):
    exact = exact_slab(0.5, polarization)
    errors = []
    for order in (4, 6, 8, 10):
        basis = planar.modes(guide(0.5, polarization, order, cells=(4, 1, 4)), 1.55)
        errors.append(abs(float(basis.n_eff[0].real) - exact))
    assert errors[-1] < 1e-8
    for one, two in pairwise(errors):
        assert two < one / 8  # each two orders gain at least three bits of mantissa, in fact much more


def test_the_walls_hold_the_textbook_modes():
    # an empty box of width a: β² = k² - (m π / a)², m = 1, 2, … (te), 0, 1, … (tm)
    k, a = 2 * np.pi / 1.55, 3.0
    for polarization, first in (("te", 1), ("tm", 0)):
        basis = planar.modes(planar.planar([0.0, 1.0, a], [1.0, 1.0], polarization=polarization, order=12), 1.55)
        expected = k**2 - (np.pi * np.arange(first, first + 6) / a) ** 2
        assert_allclose(basis.beta2[:6], expected, rtol=1e-9, atol=1e-9)


def test_interfaces_are_orthogonal_for_any_number_of_modes():
    a, b = planar.modes(guide(0.5), 1.55, 17), planar.modes(guide(1.7), 1.55, 23)
    s = np.asarray(scattering.interface(planar.overlaps(a, b)).whole)
    assert_allclose(s @ s.T, np.eye(40), atol=1e-13)


@pytest.mark.parametrize(("polarization", "num_modes"), [("te", 20), ("tm", 24)])
def test_raw_interfaces_neither_make_nor_lose_light(polarization, num_modes):
    pieces = taper(0.5, 2.0, 6.0, 4, polarization=polarization)
    norms = eme.interface_norms(pieces, 1.55, num_modes)
    assert_allclose(norms, 1, atol=1e-12)
    result = eme.scatter(pieces, 1.55, num_modes)
    assert_allclose(result.power_sum(), 1, atol=1e-12)
    carries = np.concatenate([np.asarray(result.left.beta2) > 0, np.asarray(result.right.beta2) > 0])
    s = np.asarray(result.s)[np.ix_(carries, carries)]
    assert_allclose(s.conj().T @ s, np.eye(len(s)), atol=1e-11)
    assert_allclose(s, s.T, atol=1e-11)


def stretch(order, shells):
    """A guide of 0.9 µm that is 2.5 µm wide over 2 µm, between closed walls: high contrast, H upright."""

    def one(width):
        plain = planar.planar(
            [-3.5, -width / 2, width / 2, 3.5], epsilon=[1.1479, 8.1134, 1.1479], polarization="tm", order=order
        )
        return grading.graded(plain, [-1.25, -0.45, 0.45, 1.25], shells)

    return eme.scatter([eme.uniform(one(0.9), 0.0), eme.uniform(one(2.5), 2.0), eme.uniform(one(0.9), 0.0)], 1.55)


def test_shrinking_elements_settle_the_field_at_corners():
    result = stretch(5, 3)
    # radiation counted; 1e-4 asked, and nothing but round-off stands against it
    assert_allclose(result.power_sum(), 1, atol=1e-9)
    # order 6 with two shells gives 0.518633; equal elements of order 10, with as many modes, 0.518726
    assert_allclose(abs(complex(result.blocks.s21[0, 0])) ** 2, 0.518633, atol=1e-5)


def test_grading_keeps_the_layers():
    plain = guide(0.6, order=4)
    fine = grading.graded(plain, [-1.0, 0.3, 1.0, 9.0], 2)  # 0.3 is an interface of its own, 9.0 outside
    edges = np.asarray(fine.edges)
    assert set(np.round([*np.asarray(plain.edges), -1.0, 1.0], 9)) <= set(np.round(edges, 9))
    assert np.all(np.diff(edges) > 0)
    middles = (edges[1:] + edges[:-1]) / 2
    assert_allclose(fine.epsilon, np.where(np.abs(middles) < 0.3, CORE**2, CLAD**2))
    planar.absorbing(fine, 1.5)  # the layers at the walls stay long enough for an absorber
    with pytest.raises(ValueError, match="shells"):
        grading.graded(plain, (), 0)


def test_a_guide_only_turns_the_phase():
    result = eme.scatter([eme.uniform(guide(0.6), 3.0), eme.uniform(guide(0.6), 4.0)], 1.55, 20)
    assert_allclose(result.blocks.s21[0, 0], np.exp(7j * complex(result.left.beta[0])), atol=1e-12)
    assert_allclose(result.blocks.s11, 0, atol=1e-11)


def test_a_step_between_two_fillings_is_fresnel():
    # the box is filled with one medium, then with another: each mode goes on into itself
    def box(n):
        return planar.planar([0.0, 1.0, 2.0], [n, n], polarization="te", order=8)

    result = eme.scatter([eme.uniform(box(1.0), 0.0), eme.uniform(box(2.0), 0.0)], 1.55, 8)
    b1, b2 = result.left.beta[0], result.right.beta[0]
    assert_allclose(result.blocks.s11[0, 0], (b1 - b2) / (b1 + b2), atol=1e-10)
    assert_allclose(jnp.abs(result.blocks.s21[0, 0]) ** 2, 4 * (b1 * b2).real / (b1 + b2).real ** 2, atol=1e-10)


def test_two_ways_to_cut_a_guide_give_the_same():
    whole = eme.scatter(
        [eme.uniform(guide(0.5), 1.0), eme.uniform(guide(1.0), 2.0), eme.uniform(guide(0.5), 1.0)], 1.55, 30
    )
    parts = [eme.uniform(guide(w), d) for w, d in ((0.5, 1.0), (1.0, 0.7), (1.0, 1.3), (0.5, 1.0))]
    assert_allclose(whole.s, eme.scatter(parts, 1.55, 30).s, atol=1e-9)


def test_the_staircase_converges_with_the_square_of_its_steps():
    def through(cuts):
        s = eme.scatter(taper(0.5, 1.0, 3.0, cuts), 1.55, 24)
        return complex(s.blocks.s21[0, 0])

    a, b, c = through(4), through(8), through(16)
    assert 3.0 < abs(b - a) / abs(c - b) < 5.5  # 4 in the limit


@pytest.mark.parametrize(("polarization", "order"), [("te", 3.0), ("tm", 2.0)])
def test_a_step_costs_its_square_only_where_e_stands_across_it(polarization, order):
    """What sets the order of a staircase, `varying`: a step d of a guide leaves d^q, L / h of them h^(q - 1)."""

    def left_over(step):
        """What a mode lacks after the joint, of all that the elements carry."""
        one, two = (
            planar.planar([-HALF, y - 0.225, y + 0.225, HALF], [CLAD, CORE, CLAD],
                          polarization=polarization, order=8, cells=(4, 2, 4))
            for y in (-step / 2, step / 2)
        )  # fmt: skip
        p = planar.overlaps(planar.modes(one, 1.55), planar.modes(two, 1.55))
        return abs(1 - float(p[0] @ p[0]))

    large, small, least = (left_over(step) for step in (0.02, 0.01, 0.005))
    if polarization == "te":
        assert small < large / 2**order
        assert least < small / 2**order
        assert least < 1e-8  # 3.3e-9: nothing beside what follows for tm
    else:
        assert_allclose(np.log2(small / least), order, atol=0.3)  # 1.89, 2.18, 1.98 as steps go from 20 to 2.5 nm
        assert least > 5e-4  # 9.8e-4


def mirrored_coupler(polarization, cuts, num_modes):
    """s21 of the first supermode where two guides of 0.45 µm come together along a cosine; half of them, at a wall."""

    def section(t):
        middle = 0.325 + 0.2 * (1 + np.cos(np.pi * t))
        clad = 1.1479 if polarization == "tm" else 2.085
        return planar.planar([0.0, middle - 0.225, middle + 0.225, 2.0], epsilon=[clad, 8.1134, clad],
                             polarization=polarization, order=8, cells=(1, 1, 2))  # fmt: skip

    pieces = [eme.uniform(section(0.0), 0.0), eme.varying(section, 4.0, cuts), eme.uniform(section(1.0), 0.0)]
    return complex(eme.scatter(pieces, 1.55, num_modes).blocks.s21[0, 0])


@pytest.mark.validate  # compiles for every number of slices
def test_a_coupler_in_slices_converges_with_their_square():
    a, b, c = (mirrored_coupler("te", cuts, 20) for cuts in (64, 128, 256))
    assert_allclose(abs(b - a) / abs(c - b), 4, atol=0.2)  # h from a quarter of λ / 2n down: what is left falls too


def test_a_longer_taper_loses_less():
    short, long = (
        abs(complex(eme.scatter(taper(0.5, 2.0, length, 8), 1.55, 24).blocks.s21[0, 0])) ** 2 for length in (2.0, 8.0)
    )
    assert short < long


@pytest.mark.validate  # compiles for every number of slices
def test_slices_gather_where_the_guide_changes():
    def section(t):  # all of the change lies in the last third
        return guide(0.5 + 0.4 * max(0.0, 3 * t - 2) ** 2)

    cuts = np.asarray(eme.adapted(section, 2.0, 1.55, 5e-3, num_modes=12))
    late = np.sum(cuts > 2 / 3) / len(cuts)
    assert late > 0.5
    s = eme.scatter([eme.varying(section, 2.0, list(cuts))], 1.55, 12).blocks.s21[0, 0]
    fine = eme.scatter([eme.varying(section, 2.0, 96)], 1.55, 12).blocks.s21[0, 0]
    assert abs(abs(s) - abs(fine)) < 5e-3
    with pytest.raises(ValueError, match="slices change S"):
        eme.adapted(section, 2.0, 1.55, 1e-9, num_modes=12, most=4)


def test_gradients_are_central_differences():
    cells = (4, 2, 4)

    def through(width, core, length, wavelength):
        def section(w):
            return planar.planar(
                [-HALF, -w / 2, w / 2, HALF], [CLAD, core, CLAD], polarization="tm", order=8, cells=cells
            )

        pieces = [eme.uniform(section(jnp.asarray(0.5)), 0.5), eme.uniform(section(width), length)]
        s = eme.scatter(pieces, wavelength, 20)
        return s.blocks.s21[0, 0].real + 10 * jnp.abs(s.blocks.s11[0, 0]) ** 2

    args = [jnp.asarray(v) for v in (0.9, 2.83, 0.8, 1.55)]
    slopes = jax.grad(through, argnums=(0, 1, 2, 3))(*args)
    for k, slope in enumerate(slopes):
        up, down = (through(*args[:k], args[k] + s, *args[k + 1 :]) for s in (1e-5, -1e-5))
        assert abs(slope) > 1e-3
        assert_allclose(slope, (up - down) / 2e-5, rtol=1e-5)


def test_absorbing_walls_take_radiation_and_leave_the_guided_mode():
    closed = guide(0.5)
    opened = planar.absorbing(closed, 1.2)
    one, two = planar.modes(closed, 1.55, 1), planar.modes(opened, 1.55, 1)
    assert_allclose(two.n_eff[0], one.n_eff[0], atol=1e-6)
    step = [eme.uniform(guide(0.5), 0.0), eme.uniform(guide(1.4), 6.0), eme.uniform(guide(0.5), 0.0)]
    openly = [eme.Piece(planar.absorbing(jax.tree.map(lambda a: a[0], p.sections), 1.2), p.lengths) for p in step]
    openly = [eme.Piece(jax.tree.map(lambda a: a[None], p.sections), p.lengths) for p in openly]
    result = eme.scatter(openly, 1.55)
    s = np.asarray(result.s)
    assert_allclose(s[0, len(s) // 2], s[len(s) // 2, 0], atol=1e-8)  # reciprocity
    # radiating modes of stretched space are not orthogonal in power: only guided light is counted
    assert abs(s[0, 0]) ** 2 + abs(s[len(s) // 2, 0]) ** 2 < 0.999


def step_into_body(strength):
    """Power in the even modes of 2.4 µm for light of 0.45 µm, H upright, and what comes back."""

    def one(width):
        edges = [-4.0, -width / 2, width / 2, 4.0]
        plain = planar.planar(edges, epsilon=[1.1479, 8.1134, 1.1479], polarization="tm", order=6)
        return planar.absorbing(grading.graded(plain, [-1.2, -0.225, 0.225, 1.2], 1), 1.2, strength)

    result = eme.scatter([eme.uniform(one(0.45), 0.5), eme.uniform(one(2.4), 1.0)], 1.55)
    return np.abs(np.asarray(result.blocks.s21)[[0, 2, 4], 0]) ** 2, abs(complex(result.blocks.s11[0, 0])) ** 2


@pytest.mark.parametrize("strength", [2.0, 5.0])
def test_a_step_between_absorbers_is_that_of_elements_in_the_plane(strength):
    """Body and guide have a mode close to cutoff, whose tail reaches into the absorber, whatever that is made of."""
    through, back = step_into_body(strength)
    # elements of order 8 in the plane, shrinking to the corners (`propagation`'s matrices, all modes counted), whose
    # own last change is 1e-4; order 6 with one shell here is settled to 2e-4
    assert_allclose(through, [0.46645, 0.31708, 0.14300], atol=2e-4)
    assert_allclose(back, 5.13e-4, atol=1e-5)


def test_two_equal_absorbers_leave_the_modes_orthogonal():
    section = planar.absorbing(guide(0.5), 1.2)
    basis = planar.modes(section, 1.55)
    gram = basis.vectors @ planar.product(section) @ basis.vectors.T
    assert_allclose(gram, np.eye(len(gram)), atol=1e-8)


def test_a_guided_mode_in_an_absorber_runs_forward():
    # TM1 of 0.45 µm, 0.06 above its cutoff: β² has an imaginary part of the wrong sign, 1e-6 of it
    section = planar.planar([-4.0, -0.225, 0.225, 4.0], epsilon=[1.1479, 8.1134, 1.1479], polarization="tm")
    n = np.asarray(planar.modes(planar.absorbing(section, 1.2), 1.55, 2).n_eff)
    assert_allclose(n[1].real, 1.13954, atol=1e-4)


def test_supermodes_become_arms():
    edges = [-4.0, -1.1, -0.6, 0.6, 1.1, 4.0]
    both = planar.planar(edges, [CLAD, CORE, CLAD, CORE, CLAD], polarization="tm")
    arms = [planar.planar(edges, [CLAD, a, CLAD, b, CLAD], polarization="tm") for a, b in ((CORE, CLAD), (CLAD, CORE))]
    t = eme.localised(planar.modes(both, 1.55), arms)[:, :2]
    assert_allclose(t @ t.T, np.eye(2), atol=1e-12)
    assert_allclose(np.abs(t), np.sqrt(0.5), atol=1e-9)  # even and odd share evenly


def test_effective_permittivity_is_exact_to_first_order():
    levels = [-1.5, 0.0, 0.22, 1.7]
    base = [1.444, 3.4757, 1.444]

    def n2(core):
        section = planar.planar(levels, [1.444, core, 1.444], cells=(3, 3, 3))
        return float(planar.modes(section, 1.55, 1).beta2[0]) / (2 * np.pi / 1.55) ** 2

    eps = effective.film_permittivities(levels, base, [[1.444, 3.4757 + 1e-4, 1.444], [1.444] * 3], 1.55)
    assert_allclose(eps[0], n2(3.4757), rtol=1e-12)
    assert_allclose((eps[1] - eps[0]) / (n2(3.4757 + 1e-4) - n2(3.4757)), 1, rtol=2e-4)  # the rest is of second order
    assert eps[2] < 1.444**2


def test_derivative_of_all_eigenpairs():
    rng = np.random.default_rng(1)
    a, m, da, dm = ((q + q.T) / 2 for q in rng.normal(size=(4, 6, 6)))
    m = m @ m.T + 6 * np.eye(6)
    for a_, m_ in ((a, m), (a + 0.3j * da, m + 0.1j * dm)):

        def value(t, a_=a_, m_=m_):
            values, v = symmetric_pencil(a_ + t * da, m_ + t * dm)
            return jnp.sum(jnp.cos(values)) + jnp.sum(v**4)

        _, slope = jax.jvp(value, (0.0,), (1.0,))
        assert_allclose(slope, (value(1e-5) - value(-1e-5)) / 2e-5, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: planar.planar([0, 1], [1.0, 2.0]), "do not fit"),
        (lambda: planar.planar([0, 1, 0.5], [1.0, 2.0]), "do not rise"),
        (lambda: planar.planar([0, 1], [1.0], polarization="hybrid"), "neither"),
        (lambda: planar.planar([0, 1], [np.nan]), "not finite"),
        (lambda: planar.planar([0, 1]), "either index or epsilon"),
        (lambda: planar.modes(guide(0.5), 1.55, 5000), "num_modes"),
        (lambda: planar.absorbing(guide(0.5), 9.0), "does not fit"),
        (lambda: eme.scatter([], 1.55), "no pieces"),
        (lambda: eme.uniform(guide(0.5), -1.0), "length"),
        (lambda: eme.varying(lambda t: guide(0.5), 1.0, 0), "cuts"),
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1), eme.uniform(guide(0.5, half=5.0), 1)], 1.55), "walls move"),
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1)], -1.55), "wavelength"),
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1)], [1.5, 1.6]), r"shape \(2,\)"),
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1), eme.uniform(guide(0.5, "te"), 1)], 1.55), "do not couple"),
        (lambda: eme.uniform(guide(0.5), "1"), "is text"),
        (lambda: eme.adapted(lambda t: guide(0.5), 1.0, 1.55, -1e-3), "tolerance"),
        (lambda: planar.planar([0, 1], [1.0], cell_size=0.0), "cell_size"),
        (lambda: planar.modes(guide(0.5), 0.0), "wavelength"),
        (lambda: planar.planar([0, 1], [-1.0]), "negative real part"),
        (lambda: planar.absorbing(guide(0.5), 1.0, -2.0), "waves grow"),
        (lambda: eme.scatter([guide(0.5)], 1.55), "from `uniform` and `varying`"),  # type: ignore[list-item]
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1)], 1.55, "3"), "whole number"),  # type: ignore[arg-type]
        (lambda: eme.scatter([eme.uniform(guide(0.5), 1)], 1.55, 4).power_sum(9), "mode = 9"),
        (lambda: effective.beside(8.0, 3.0, 0.5, 1.55), "n_eff = 3"),
        (lambda: checked(jax.jit(lambda d: scattered(d, 0.5)))(-1.0), "length = -1"),
        (lambda: checked(jax.jit(lambda w: scattered(1.0, w)))(-0.5), "do not rise"),
        (lambda: jax.jit(lambda w: planar.planar([-w, w], [1.0]))(1.0), "traced"),
    ],
)
def test_bad_input(make, word):
    with pytest.raises(ValueError, match=word):
        make()
