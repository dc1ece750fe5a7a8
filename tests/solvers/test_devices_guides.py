"""Couplers, joints, roughness, leakage, full-vector expansion: formulas, published numbers, gradients."""

import warnings
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import jv, yv

from lingnan.solvers import waveguides
from lingnan.solvers.devices import bending, bragg, coupler, leakage, overlap, planar, roughness, vectorial
from lingnan.solvers.tracing import checked
from lingnan.solvers.waveguides import Trapezoid

LOG10 = np.log(10)


def exponential(strength=0.05, fall=10.0, low=0.1, high=0.6, n=2.4):
    lean = bending.Lean(jnp.asarray(0.0), 0.4)

    def pair(gap):
        return n + strength * jnp.exp(-fall * gap), n - 0.0 * gap

    return coupler.splitting(pair, low, high, 3, lean)


def test_an_exponential_is_interpolated_and_continued_exactly():
    split = exponential()
    gaps = np.array([0.1, 0.23, 0.6, 1.5])
    assert_allclose(split(gaps), 0.05 * np.exp(-10 * gaps), rtol=1e-9)
    assert_allclose(coupler.cross_over(split, 0.2, 1.55), 1.55 / (2 * 0.05 * np.exp(-2)), rtol=1e-9)


def test_parting_arcs_have_the_closed_form_of_parabolas():
    # gap + z²/2R: φ = (π/λ) Δn √(π R / (2 fall)); arcs differ from parabolas by 1/(4 fall R) of that
    split, radius = exponential(), 50.0
    phi = coupler.approach(split, 0.2, 1.55, np.inf, radius)
    parabola = np.pi / 1.55 * 0.05 * np.exp(-2) * np.sqrt(np.pi * radius / 20)
    assert_allclose(phi, parabola, rtol=2e-3)
    # where both bend, the tail of one crosses the 0.6 µm between centre lines on a bend of 100 µm (`bending`)
    both = coupler.approach(split, 0.2, 1.55, radius, radius)
    raised = bending.factor(split.lean, 2 * np.pi * 2.4 / 1.55, 10.0, 0.2, 1 / radius, 1 / radius)
    assert_allclose(both, raised * parabola / np.sqrt(2), rtol=2e-3)
    assert 1.01 < raised < 1.03


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_bent_lines_couple_as_grafs_theorem_says(ratio):
    """Two lines on arcs exchange J_ν₁(k R₁) J_ν₂(k R₂) Y_ν₁₊ν₂(k (R₁ + R₂ + D)) R₁ R₂, without any expansion.

    With J and Y of the order ν = β R: the constant before it is that of straight lines, from the first term of Debye's
    expansion. What is left falls with 1/R: the expansion's next terms, below 1 % at 10 µm.
    """
    fall, gap, n = 6.0, 0.2, 2.4
    split = exponential(fall=fall, n=n)
    beta = 2 * np.pi * n / 1.55
    k, distance = np.sqrt(beta**2 - fall**2), gap + split.lean.width
    left = []
    for radius in (10.0, 20.0):
        one, two = radius, ratio * radius
        j = jv(beta * one, k * one) * jv(beta * two, k * two)
        exact = -j * yv(beta * (one + two), k * (one + two + distance)) * one * two
        straight = np.sqrt(2 / np.pi) * fall**-1.5 / (2 * np.pi) * np.exp(-fall * distance)
        # φ of half a pass, per κ at the gap, and the leading √(π/2γ(c₁ + c₂)) in it
        kappa = np.pi / 1.55 * 0.05 * np.exp(-fall * gap)
        half = np.sqrt(np.pi / 2 / fall) * exact / straight
        left.append(float(coupler.approach(split, gap, 1.55, one, two)) / kappa / half - 1)
    assert abs(left[0]) < 0.01
    assert abs(left[1]) < 0.6 * abs(left[0])


def test_lean_does_not_ask_where_the_other_guide_is(guide_in_bends):
    """One number for a guide: what the tail of its neighbour finds in it does not depend on the neighbour's distance.

    The neighbour's tail has a spectrum over the height, of which one decay is taken: 4 % of the slope, 5e-4 of what a
    bend of 10 µm couples.
    """
    slopes = [float(bending.lean(guide_in_bends, 0.5, 0.0, 0.22, gap).slope) for gap in (0.1, 0.3)]
    assert slopes[0] > 0.05
    assert_allclose(slopes[0], slopes[1], rtol=0.1)


def test_couplers_are_elementwise_and_without_bends_at_no_angle():
    split = exponential()
    gaps, waves = np.array([0.2, 0.25, 0.3]), np.array([1.5, 1.55, 1.6])
    angles = np.array([0.0, 0.05, 1.0])
    many = coupler.power(split, gaps, 8.0, waves, 10.0, np.array([12.0, 15.0, np.inf]), angles)
    single = [
        coupler.power(split, *row[:1], 8.0, row[1], 10.0, *row[2:])
        for row in zip(gaps, waves, (12.0, 15.0, np.inf), angles, strict=True)
    ]
    assert_allclose(many, single, rtol=1e-13)
    assert_allclose(many[0], coupler.power(split, 0.2, 8.0, 1.5), rtol=1e-14)  # nothing is added by bends of no angle
    ends = jax.jit(lambda r: coupler.power(split, 0.2, 8.0, 1.5, r, np.inf))(jnp.array([10.0, np.inf]))
    assert_allclose(ends, [coupler.power(split, 0.2, 8.0, 1.5, r) for r in (10.0, np.inf)], rtol=1e-13)
    slope = jax.grad(lambda a: coupler.approach(split, 0.2, 1.55, 10.0, 10.0, a))(0.0)
    assert_allclose(slope, coupler.approach(split, 0.2, 1.55, 10.0, 10.0, 1e-6) / 1e-6, rtol=1e-6)
    assert slope > 0


@pytest.mark.parametrize(
    ("function", "number", "word"),
    [
        (lambda r: coupler.approach(exponential(), 0.2, 1.55, r, r), np.inf, "straight guides do not part"),
        (lambda a: coupler.approach(exponential(), 0.2, 1.55, 5.0, 5.0, a), -0.1, "angle = -0.1"),
        (lambda n: roughness.payne_lacey(0.5, 2.8, 1.4, n, 0.002, 0.05, 1.55), 2.9, "n_eff = 2.9"),
        (lambda s: roughness.payne_lacey(0.5, 2.8, 1.4, 2.4, s, 0.05, 1.55), 2.0, "sigma = 2"),
        (lambda b: leaky(b).imag, -0.5, "thickness = -0.5"),
    ],
)
def test_bad_input_where_it_is_traced(function, number, word):
    with pytest.raises(ValueError, match=word):
        checked(jax.jit(function))(number)


def test_power_turns_as_a_sine_and_the_matrix_is_unitary():
    split = exponential()
    length = float(coupler.cross_over(split, 0.2, 1.55))
    assert_allclose(coupler.power(split, 0.2, length, 1.55), 1, atol=1e-12)
    assert_allclose(coupler.power(split, 0.2, length / 2, 1.55), 0.5, atol=1e-12)
    s = coupler.matrix(0.3, 2.4, 12.0, 1.55)
    assert_allclose(s @ s.conj().T, np.eye(2), atol=1e-14)
    assert_allclose(s, s.T)
    for share, overstepped in ((0.0, -1e-15), (1.0, 1 + 1e-15)):
        assert_allclose(coupler.matrix(overstepped, 2.4, 12.0, 1.55), coupler.matrix(share, 2.4, 12.0, 1.55))


def test_coupler_gradient():
    split = exponential()
    f = lambda g, d, r: coupler.power(split, g, d, 1.55, np.inf, r)  # noqa: E731
    args = (0.2, 3.0, 10.0)
    for k, slope in enumerate(jax.grad(f, argnums=(0, 1, 2))(*args)):
        up, down = (f(*args[:k], args[k] + s, *args[k + 1 :]) for s in (1e-5, -1e-5))
        assert_allclose(slope, (up - down) / 2e-5, rtol=1e-6)


def test_silicon_coupler_against_published_numbers(guide_in_bends):
    """SiEPIC's 500 x 220 nm strips, constant indices of its model (Lorentz silicon at 1.55 µm, 1.444)."""

    def supermodes(gap):
        geometry = waveguides.coupler(width=0.5, gap=gap, thickness=0.22, core=3.473425, cladding=1.444)
        n = waveguides.solve(geometry, 1.55, 2).n_eff.real
        return n[0], n[1]

    lean = bending.lean(guide_in_bends, 0.5, 0.0, 0.22, 0.1)
    split = coupler.splitting(supermodes, 0.1, 0.5, 4, lean)
    # supermodes of an independent solver: 14.56 and 37.61 µm, 1 %
    assert_allclose(coupler.cross_over(split, 0.1, 1.55), 14.56, rtol=0.01)
    assert_allclose(coupler.cross_over(split, 0.2, 1.55), 37.61, rtol=0.01)
    # SiEPIC's FDTD fit: 39.17 µm at 200 nm, 7 %
    assert_allclose(coupler.cross_over(split, 0.2, 1.55), 39.17, rtol=0.07)
    # SiEPIC's half rings, 15 %
    for radius, gap, kappa2 in ((10.0, 0.1, 0.0761), (5.0, 0.1, 0.0414), (18.0, 0.2, 0.0219)):
        assert_allclose(coupler.power(split, gap, 0.0, 1.55, np.inf, radius), kappa2, rtol=0.15)


@pytest.fixture(scope="module")
def guide_in_bends():
    """1/R to the modes of SiEPIC's strip."""
    straight = waveguides.strip(0.5, 0.22, 3.473425, 1.444, window=(-1.8, 1.8, -1.2, 1.4))

    def bent(curvature):
        return waveguides.solve(replace(straight, curvature=curvature), 1.55, 1, resolution=waveguides.LADDER[1])

    return bent


WINDOW = (-1.8, 1.8, -1.2, 1.4)


def strip(width, modes=6):
    geometry = waveguides.strip(width=width, thickness=0.22, core=3.4757, cladding=1.444, window=WINDOW)
    return waveguides.solve(geometry, 1.55, modes)


@pytest.fixture(scope="module")
def guides():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # higher modes touch the walls of so small a box: they only have to be modes
        return strip(0.5), strip(0.6)


def test_joints_of_full_vector_modes(guides):
    one, two = guides
    itself = np.abs(overlap.coupling(one, one))[:2, :2]
    assert_allclose(itself, np.eye(2), atol=1e-6)
    there, back = overlap.coupling(one, two)[0, 0], overlap.coupling(two, one)[0, 0]
    assert_allclose(abs(there), abs(back), rtol=1e-9)
    assert 0.98 < abs(there) ** 2 < 1


def test_small_offsets_cost_the_square_and_tilts_too(guides):
    one, _ = guides
    loss = [1 - abs(overlap.coupling(one, one, offset=(d, 0.0))[0, 0]) ** 2 for d in (0.01, 0.02)]
    assert_allclose(loss[1] / loss[0], 4, rtol=0.03)  # next order: (d / 0.2 µm)²
    lean = [1 - abs(overlap.coupling(one, one, tilt=t)[0, 0]) ** 2 for t in (0.01, 0.02)]
    assert_allclose(lean[1] / lean[0], 4, rtol=0.01)


def test_full_vector_step_conserves_power_and_reciprocity(guides):
    one, two = guides
    result = vectorial.scatter([one, two, one], [1.0, 0.7, 1.0])
    assert_allclose(result.power_sum(), 1, atol=1e-9)
    assert_allclose(result.s, result.s.T, atol=1e-9)
    assert_allclose(result.blocks.s21[0, 0], result.blocks.s12[0, 0], atol=1e-10)
    assert 0.99 < abs(result.blocks.s21[0, 0]) ** 2 < 1


def test_norms_on_one_mesh_are_those_on_the_common_points_of_two(guides):
    one, _ = guides
    # both integrate polynomials of the elements exactly
    assert_allclose(overlap.norms(one), np.diagonal(overlap.bilinear(one, one)), rtol=1e-10)


def test_static_fields_are_refused(guides):
    one, two = guides
    static = replace(two, n_eff=jnp.asarray(two.n_eff).at[-1].set(1e-4j))
    with pytest.raises(ValueError, match=r"section 1 has a mode of n_eff = 1\.0e-04: a static field.*than these 6"):
        vectorial.scatter([one, static], [1.0, 1.0])
    # a mode that is not kept does no harm: five of them are what they were without the sixth
    five = vectorial.scatter([one, static, one], [1.0, 0.7, 1.0], 5)
    assert_allclose(five.s, vectorial.scatter([one, two, one], [1.0, 0.7, 1.0], 5).s, rtol=1e-12)
    assert_allclose(five.power_sum(), 1, atol=1e-9)
    with pytest.raises(ValueError, match="at least one mode"):
        vectorial.scatter([one, two], [1.0, 1.0], 0)


def test_fibre_overlap_has_its_best_place_at_the_core(guides):
    one, _ = guides
    best = overlap.fibre(one, 1.0, centre=(0.0, 0.11))[0]
    assert best > 0.5
    for centre in ((0.2, 0.11), (0.0, 0.4)):
        assert overlap.fibre(one, 1.0, centre=centre)[0] < best
    assert overlap.fibre(one, 1.0, centre=(0.0, 0.11))[1] < 1e-6  # the TM mode takes nothing


def test_roughness_grows_as_the_square_and_vanishes_with_the_contrast():
    args = {"width": 0.5, "n_core": 2.83, "n_cladding": 1.444, "n_eff": 2.44, "wavelength": 1.55}
    one = roughness.payne_lacey(sigma=0.002, correlation=0.05, **args)
    assert_allclose(roughness.payne_lacey(sigma=0.004, correlation=0.05, **args), 4 * one, rtol=1e-12)
    complex_index = args | {"n_eff": args["n_eff"] + 1e-3j}  # as `solve` gives it: a loss is a real number
    assert roughness.payne_lacey(sigma=0.002, correlation=0.05, **complex_index) == one
    # 2 nm and 50 nm are what Vlasov & McNab (doi:10.1364/OPEX.12.001622) and later groups find: 1 to 10 dB/cm
    assert 1 < one < 10
    weak = roughness.payne_lacey(0.5, 1.45, 1.444, 1.446, 0.002, 0.05, 1.55)
    assert weak < 1e-3 * one
    slope = jax.grad(lambda w: roughness.payne_lacey(w, 2.83, 1.444, 2.44, 0.002, 0.05, 1.55))(0.5)
    up, down = (roughness.payne_lacey(0.5 + s, 2.83, 1.444, 2.44, 0.002, 0.05, 1.55) for s in (1e-5, -1e-5))
    assert_allclose(slope, (up - down) / 2e-5, rtol=1e-7)


@pytest.mark.parametrize(("width", "n1", "correlation"), [(0.3, 2.85, 0.05), (0.45, 2.85, 0.5), (1.0, 1.8, 0.1)])
def test_roughness_is_the_radiation_of_both_walls(width, n1, correlation):
    """Each wall is a sheet of dipoles (n₁² - n₂²) E(d) with the spectrum 2 σ² L / (1 + L² Ω²) that radiates into n₂:
    α = φ²(d) (n₁² - n₂²)² k³ / (4π n_eff) ∫ R(β - n₂ k cos θ) dθ, θ from 0 to π. The closed form has n₁ for n_eff."""
    n2, k = 1.444, 2 * np.pi / 1.55
    mismatch = lambda n: (  # noqa: E731
        np.tan(k * width / 2 * np.sqrt(n1**2 - n**2)) - np.sqrt(n**2 - n2**2) / np.sqrt(n1**2 - n**2)
    )
    n = brentq(mismatch, np.sqrt(max(n2**2, n1**2 - (np.pi / (k * width)) ** 2)) + 1e-9, n1 - 1e-9)
    u, v, w = (k * width / 2 * np.sqrt(s) for s in (n1**2 - n**2, n1**2 - n2**2, n**2 - n2**2))
    at_wall = (u / v) ** 2 * w / (width / 2 * (1 + w))
    angle = (np.arange(4000) + 0.5) / 4000 * np.pi  # the integrand is even and periodic: exact to round-off
    spectrum = 2 * 0.002**2 * correlation / (1 + (correlation * k * (n - n2 * np.cos(angle))) ** 2)
    one = at_wall * (n1**2 - n2**2) ** 2 * k**3 / (4 * np.pi * n) * spectrum.mean() * np.pi
    closed = roughness.payne_lacey(width, n1, n2, n, 0.002, correlation, 1.55)
    assert_allclose(closed, 2 * one * n / n1 * 1e4 * 10 / LOG10, rtol=1e-9)


SLAB = planar.planar([-2.0, 0.0, 0.22, 2.0], [1.444, 3.4757, 1.444], polarization="te", order=12)


def leaky(buried, wavelength=1.55):
    guess = planar.modes(SLAB, 1.55, 1).n_eff[0]
    stack = [3.4757, 1.444, 3.4757, 1.444]
    return leakage.leaky_mode(stack, jnp.asarray([buried, 0.22]), wavelength, guess)


def test_thick_oxide_gives_the_bound_mode():
    assert_allclose(leaky(3.0).real, planar.modes(SLAB, 1.55, 1).n_eff[0].real, atol=1e-8)


def test_leakage_falls_as_the_tail():
    losses = [1e4 * 20 / LOG10 * 2 * np.pi / 1.55 * float(leaky(b).imag) for b in (0.5, 0.6)]
    n = float(leaky(1.0).real)
    gamma = 2 * np.pi / 1.55 * np.sqrt(n**2 - 1.444**2)
    assert losses[0] > 0
    assert_allclose(np.log(losses[0] / losses[1]), 2 * gamma * 0.1, rtol=1e-3)


FILM = Trapezoid(3.4757, 0.0, 0.22, name="film")
COARSE = waveguides.Resolution(6, 2, 2)


@pytest.mark.parametrize("polarization", ["te", "tm"])
def test_leakage_by_the_tail_is_that_of_a_slab(polarization):
    """A film between walls that its light does not feel, 0.3 µm apart: what depends on x is cut off there."""
    film = waveguides.cross_section([FILM], background=1.444, window=(0.0, 0.3, -1.4, 1.6)).resolved((2,), (3, 2, 3))
    sides = ("left", "right")
    modes = waveguides.solve(
        film, 1.55, 1, resolution=COARSE, mirrors=sides, magnetic=() if polarization == "te" else sides
    )
    buried = 0.5 if polarization == "te" else 0.8
    exact = leakage.leaky_mode([3.4757, 1.444, 3.4757, 1.444], [buried, 0.22], 1.55, modes.n_eff[0], polarization)
    found = [leakage.wire_loss(modes, -d, buried - d, 3.4757)[0] for d in (0.01, 0.2)]
    # first order in what is leaked: exp(-2 γ h) = 5e-5 and 1e-3, times a few
    assert_allclose(found, 4e4 * np.pi * 10 / LOG10 / 1.55 * exact.imag, rtol=1e-3 if polarization == "te" else 1e-2)
    assert_allclose(found[0], found[1], rtol=1e-4)  # whatever line is taken


def silicon_wire(substrate=None, low=-1.4):
    """450 x 220 nm in oxide, with silicon from `substrate` [µm] down."""
    parts = [Trapezoid(3.4757, 0.0, 0.22, -0.225, 0.225, name="core")]
    parts = parts if substrate is None else [Trapezoid(3.4757, top=substrate, name="substrate"), *parts]
    return waveguides.cross_section(parts, background=1.444, window=(-1.425, 1.425, low, 1.4))


@pytest.mark.validate  # compiles a substrate
def test_leakage_of_a_wire_is_that_of_a_substrate_that_absorbs():
    """Full-vector modes above silicon that an absorbing layer ends, both polarisations; slabs would say 0.76 dB/cm."""
    bound = waveguides.solve(silicon_wire(), 1.55, 2, resolution=waveguides.LADDER[1])
    found = leakage.wire_loss(bound, -0.2, 0.6, 3.4757)
    layer = waveguides.Absorber(("bottom",), 0.9, 4.0)
    for k in range(2):
        leaking = waveguides.solve(
            silicon_wire(-0.8, -2.0), 1.55, 1, target=bound.n_eff[k].real, absorber=layer,
            resolution=waveguides.LADDER[2],
        )  # fmt: skip
        # first order: the tail's reflection at the substrate changes the mode by its square, 1e-2 for TM
        assert_allclose(found[k], leaking.loss_dB_cm[0], rtol=0.01 if k == 0 else 0.05)


@pytest.mark.validate  # compiles fields
def test_leakage_of_a_wire_has_a_gradient():
    def loss(p):
        core = Trapezoid(3.4757, 0.0, 0.22, -p[0] / 2, p[0] / 2, name="core")
        wire = waveguides.cross_section(
            [core], background=1.444, window=(-1.4, 1.4, -1.4, 1.4), topology=silicon_wire().topology
        )
        modes = waveguides.solve(wire, p[1], 1, resolution=waveguides.Resolution(3, 2, 2))
        return leakage.wire_loss(modes, -0.2, p[2], p[3])[0]

    at, steps = jnp.array([0.45, 1.55, 0.6, 3.4757]), np.array([1e-3, 1e-3, 1e-3, 1e-2])
    slope = np.asarray(jax.grad(loss)(at))
    for k, step in enumerate(steps):
        a, b, c, d = (float(loss(at.at[k].add(s * step))) for s in (-2, -1, 1, 2))
        assert_allclose(slope[k], (8 * (c - b) - (d - a)) / (12 * step), rtol=1e-5)
        assert abs(slope[k]) > 1e-3


def test_a_mode_without_a_tail_leaves_the_other_ones_leakage():
    """A wire whose third mode lies below the oxide: refused outside of `jit`, and inside NaN by itself."""
    wire = waveguides.strip(0.3, 0.22, 3.4757, 1.444, window=(-1.4, 1.4, -1.4, 1.4))
    one, all_three = (waveguides.solve(wire, 1.55, k, resolution=waveguides.Resolution(2, 2, 2)) for k in (1, 3))
    assert all_three.n_eff[1].real > 1.444 > all_three.n_eff[2].real
    with pytest.raises(ValueError, match=r"that light has no tail\. Solve for fewer modes"):
        leakage.wire_loss(all_three, -0.2, 0.6, 3.4757)
    with pytest.warns(UserWarning, match="that light has no tail"):
        found = jax.jit(lambda modes: leakage.wire_loss(modes, -0.2, 0.6, 3.4757))(all_three)
    assert_allclose(found[0], leakage.wire_loss(one, -0.2, 0.6, 3.4757)[0], rtol=1e-6)
    assert np.isfinite(found[1])
    assert np.isnan(found[2])


def test_leakage_asks_for_oxide_alone():
    modes = waveguides.solve(
        waveguides.strip(0.45, 0.22, 3.4757, 1.444, window=(-1.4, 1.4, -1.4, 1.4)), 1.55, 1,
        resolution=waveguides.Resolution(2, 2, 2),
    )  # fmt: skip
    assert float(leakage.wire_loss(modes, -0.2, 0.6, 3.4757)[0]) > 0
    with pytest.raises(ValueError, match=r"level = 0\.1 µm .* below the core"):
        leakage.wire_loss(modes, 0.1, 0.6, 3.4757)
    with pytest.raises(ValueError, match=r"buried = -0\.1 µm"):
        leakage.wire_loss(modes, -0.2, -0.1, 3.4757)


def test_leaky_mode_gradient():
    imag = lambda b: 1e6 * leaky(b).imag  # noqa: E731
    slope = jax.grad(imag)(0.5)
    assert_allclose(slope, (imag(0.5 + 1e-5) - imag(0.5 - 1e-5)) / 2e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: coupler.gaps_to_solve(0.3, 0.2), "low"),
        (lambda: coupler.splitting(lambda g: (jnp.asarray(2.0), jnp.asarray(2.1)), 0.1, 0.4), "not positive"),
        (lambda: coupler.power(exponential(), -0.1, 1.0, 1.55), "gap"),
        (lambda: coupler.power(exponential(), "0.2", 1.0, 1.55), "is text"),
        (lambda: coupler.power(exponential(), 0.2, 1.0, 1.55, 5.0, 5.0, 90.0), "in degrees"),
        (lambda: coupler.cross_over(exponential(), 0.2, -1.0), "wavelength"),
        (lambda: coupler.matrix(1.2, 2.4, 10.0, 1.55), "coupled = 1.2"),
        (lambda: roughness.payne_lacey(0.5, 2.8, 1.4, 2.4, 2.0, 0.05, 1.55), "no roughness"),
        (lambda: bragg.grating(2.4, 2.5, -0.3, 40, 1.55), "period = -0.3"),
        (lambda: bragg.grating(np.nan, 2.5, 0.3, 40, 1.55), "Re n_low = nan"),
        (lambda: bragg.grating(2.4, 2.5, 0.3, 1.5, 1.55), "whole ones"),  # type: ignore[arg-type]
        (lambda: bragg.grating(2.4, 2.5, 0.3, np.inf, 1.55), "whole ones"),  # type: ignore[arg-type]
        (lambda: bragg.grating(2.4, 2.5, 0.3, 40, 1.55, 1.5), "duty = 1.5"),
        (lambda: bragg.grating(2.4, 2.5, 0.3, 40, 1.55, 0.5, 2.0), "Re step = 2"),
        (lambda: bragg.bandwidth(0.1, -1.0, 1.55, 4.0), "length = -1"),
        (lambda: bragg.coupled_mode(np.nan, 1.0), "kappa = nan"),
        (lambda: coupler.approach(exponential()._replace(lean=None), 0.2, 1.55, 5.0, 5.0), "lean="),
        (lambda: roughness.payne_lacey(0.5, 2.8, 1.4, 2.9, 0.002, 0.05, 1.55), "between"),
        (lambda: roughness.payne_lacey(0.5, 2.8, 1.4, 2.4, -0.002, 0.05, 1.55), "it must be 0 µm or more"),
        (lambda: leakage.leaky_mode([3.5, 1.44], jnp.asarray([1.0]), 1.55, 2.0), "do not fit"),
        (lambda: leakage.leaky_mode([3.5, 1.44, 1.0], [1.0], -1.55, 2.0), "wavelength = -1.55"),
        (lambda: leakage.leaky_mode([3.5, 1.44, 1.0], [1.0], 1.55, 2.0, "TE"), "neither"),  # type: ignore[arg-type]
        (lambda: coupler.approach(exponential(), 0.2, 1.55), "straight guides do not part"),
        (lambda: roughness.payne_lacey(0.5, "a", 1.4, 2.4, 0.002, 0.05, 1.55), "is text"),
    ],
)
def test_bad_input(make, word):
    with pytest.raises(ValueError, match=word):
        make()
