"""Poled guides: periods and efficiency from modes, closed forms beside the equations, domains that are not perfect."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lingnan.solvers import materials, nonlinear, waveguides
from lingnan.solvers.nonlinear import Coefficients, Difference
from lingnan.solvers.nonlinear.mixing import LIGHT
from lingnan.solvers.waveguides import Resolution

#: period and efficiency of it are within 1e-4 and 1e-3 of finer ones
COARSE = Resolution(4, 3, 3, 3.0, 3.0)
WINDOW = (-3.0, 3.0, -1.5, 2.1)


def rib(width, thickness=0.6, slab=0.3, core="LiNbO3-x-cut"):
    return waveguides.rib(width, thickness, slab, core, "SiO2", sidewall_angle_deg=60.0, width_at="top", window=WINDOW)


def poled(width, thickness=0.6, slab=0.3, **more):
    return nonlinear.second_harmonic(rib(width, thickness, slab), 1.55, resolution=COARSE, **more)


@pytest.fixture(scope="module")
def shg():
    return poled(1.4, d=Coefficients(25.0, -4.6, 2.1))


@pytest.mark.validate
@pytest.mark.parametrize(
    ("width", "film", "slab", "period"), [(1.0, 0.6, 0.3, 4.13), (1.0, 0.4, 0.2, 3.18), (1.2, 0.5, 0.2, 3.73)]
)
def test_periods_of_another_solver(width, film, slab, period):
    """Another full-vector solver with the same indices, two or three digits in print; one guide of 3.7 was made."""
    assert float(poled(width, film, slab).period) == pytest.approx(period, rel=3e-3)


def test_efficiency_of_published_guides(shg):
    """2600 %/(W cm²) at 4.1 µm measured by C. Wang et al., Optica (2018); the guide's width and etch are guessed.

    d33 at 1.55 µm is known within 20 to 28 pm/V, a factor of two in the efficiency.
    """
    assert 2000 < float(shg.efficiency()) < 4600
    assert float(shg.period) == pytest.approx(4.44, rel=3e-3)  # of another solver
    assert float(shg.efficiency(0.25)) == pytest.approx(float(shg.efficiency()) / 2)


def test_coupling_in_a_box_of_crystal():
    """Between metal walls E_x is even across and a half sine up, of both waves: integrals known in closed form.

    η = 2 ω² d_eff²/(ε0 c³ n_ff² n_sh A), d_eff = 2 d/π, A = w h <s²>³/<s³>² (R. W. Boyd, Nonlinear Optics, ch. 2, for
    plane waves): exact here, for E_x is all that there is and n² = n_e² - (λ/2h)².
    """
    crystal, side = materials.cut("LiNbO3", "x"), 4.0
    d = Coefficients(25.0, -4.6, 2.1)
    box = waveguides.cross_section(
        [waveguides.Trapezoid(crystal, 1.0, 3.0, 1.0, 3.0, name="core")], background=crystal, window=(0, side, 0, side)
    )
    found, index = [], []
    for wave in (1.55, 0.775):
        n = np.sqrt(float(crystal.material.n_e(wave)) ** 2 - (wave / (2 * side)) ** 2)
        modes = waveguides.solve(box, wave, 1, resolution=Resolution(5, 2, 2, 2.0, 2.0), target=n - 1e-6)
        assert float(modes.n_eff[0].real) == pytest.approx(n, abs=1e-7)
        found.append(modes)
        index.append(n)
    strength = float(jnp.abs(nonlinear.couplings(*found, d))[0, 0])
    kappa = np.pi / (1.55 * 376.730313412) * strength * 2 / np.pi
    area = side**2 * 0.5**3 / (4 / (3 * np.pi)) ** 2
    omega = 2 * np.pi * 299.792458e12 / 1.55
    eta = 2 * omega**2 * (2 / np.pi * 25e-12) ** 2
    eta /= 8.8541878188e-12 * 299792458.0**3 * index[0] ** 2 * index[1] * area * 1e-12
    assert kappa**2 * 1e12 == pytest.approx(eta, rel=1e-5)  # sines of half a wave over six elements of order 5


def test_tensor_turns_with_the_crystal():
    """Along z of an X-cut film TE light sees d22 alone, along Y d33; r of 180° changes nothing."""
    d = Coefficients(25.0, -4.6, 2.1)
    full = np.asarray(d.tensor)
    np.testing.assert_allclose(full, np.swapaxes(full, 1, 2))
    np.testing.assert_allclose(full, np.transpose(full, (2, 1, 0)))  # Kleinman
    turn = np.asarray(materials.cut("LiNbO3", "x").rotation)
    seen = np.einsum("ia,jb,kc,abc->ijk", turn, turn, turn, full)
    assert seen[0, 0, 0] == pytest.approx(25.0)  # TE across: Z
    along_z = np.asarray(materials.cut("LiNbO3", "x", angle_deg=90.0).rotation)
    assert abs(np.einsum("ia,jb,kc,abc->ijk", along_z, along_z, along_z, full)[0, 0, 0]) == pytest.approx(2.1)


def test_miller_lowers_the_coefficient():
    d = nonlinear.coefficients(materials.get("LiNbO3"), 1.55)
    assert 20.0 < float(d.d33) < 31.5
    assert float(nonlinear.coefficients(materials.get("LiNbO3"), 1.06).d33) == pytest.approx(31.5)


@pytest.mark.validate
def test_mismatch_follows_solved_modes(shg):
    """Of second order in frequency: 10 nm away the third is 1e-3 of the mismatch there."""
    other = nonlinear.second_harmonic(rib(1.4), 1.56, resolution=COARSE)
    exact = 2 * np.pi / 1.56 * 2 * float(other.harmonic.n_eff - other.fundamental.n_eff) - 2 * np.pi / float(shg.period)
    assert float(shg.mismatch(1.56)) == pytest.approx(exact, rel=2e-3)
    assert float(jax.grad(shg.mismatch)(1.55)) == pytest.approx(float(shg.walk_off), rel=1e-9)
    assert float(shg.mismatch(1.55)) == pytest.approx(0.0, abs=1e-12)
    assert pytest.approx(299.792458) == LIGHT


def test_bandwidth_is_the_width_of_the_curve(shg):
    length = 10_000.0
    width = float(nonlinear.bandwidth(shg, length))
    edges = nonlinear.tuning_curve(shg, jnp.array([1.55 - width / 2, 1.55, 1.55 + width / 2]), length)
    assert float(edges[1]) == pytest.approx(float(shg.kappa() * length) ** 2)
    np.testing.assert_allclose(edges[jnp.array([0, 2])] / edges[1], 0.5, rtol=1e-2)  # curvature over 0.7 nm


@pytest.mark.validate
def test_thermal_tuning_by_two_routes(shg):
    """The derivative, and where the guide is matched ten kelvin warmer."""
    guide = rib(1.4)
    slope = float(nonlinear.thermal_tuning(guide, shg, resolution=COARSE))
    step = 10.0
    moved = [
        float(nonlinear.wavenumber(guide, 1.55, shg, temperature=293.15 + s, resolution=COARSE)) for s in (step, -step)
    ]
    found = -1e3 * (moved[0] - moved[1]) / (2 * step) / float(shg.walk_off)
    assert slope == pytest.approx(found, rel=5e-3)  # dn/dT of Jundt's formula bends by 1e-3 over 10 K
    assert 0.02 < abs(slope) < 0.3  # thin films: 0.05 to 0.2 nm/K, bulk crystals 0.1


@pytest.mark.validate
def test_sensitivity_is_the_central_difference(shg):
    def draw(p):
        return rib(*p)

    at, h = [1.4, 0.6, 0.3], 1e-4
    slopes = nonlinear.sensitivity(draw, at, shg, resolution=COARSE)
    assert len(slopes) == 3
    for k in range(3):
        up, down = ([v + s * h * (i == k) for i, v in enumerate(at)] for s in (1, -1))
        k_up, k_down = (float(nonlinear.wavenumber(draw(p), 1.55, shg, resolution=COARSE)) for p in (up, down))
        assert float(slopes[k]) == pytest.approx((k_up - k_down) / (2 * h), rel=1e-5)


@pytest.mark.validate
def test_gradient_of_the_efficiency():
    def eta(width):
        return nonlinear.second_harmonic(rib(width), 1.55, resolution=COARSE).efficiency()

    value = jax.jit(jax.value_and_grad(eta))
    h = 1e-3
    slope = float(value(1.4)[1])
    assert slope == pytest.approx(float(value(1.4 + h)[0] - value(1.4 - h)[0]) / (2 * h), rel=1e-3)


KAPPA, LENGTH = 5e-4, 5000.0


def test_equations_hold_their_closed_forms():
    """Depletion without mismatch, mismatch without depletion, and power that stays."""
    used, made = nonlinear.harmonic(KAPPA, 0.0, 0.3, LENGTH)
    assert float(made[-1]) == pytest.approx(float(nonlinear.matched(KAPPA, 0.3, LENGTH)), rel=1e-8)
    np.testing.assert_allclose(used + made, 0.3, rtol=1e-9)  # Manley and Rowe
    delta = 2.0 / LENGTH
    _, weak = nonlinear.harmonic(KAPPA, delta, 1e-7, LENGTH)
    assert float(weak[-1]) == pytest.approx(float(nonlinear.low_conversion(KAPPA, delta, 1e-7, LENGTH)), rel=1e-5)
    # as a function of z the same
    _, same = nonlinear.harmonic(KAPPA, lambda z: delta + 0 * z, 1e-7, LENGTH)
    np.testing.assert_allclose(same, weak, rtol=1e-6, atol=1e-20)


def test_equations_converge_with_the_fourth_order():
    exact = float(nonlinear.matched(KAPPA, 0.3, LENGTH))
    errors = [abs(float(nonlinear.harmonic(KAPPA, 0.0, 0.3, LENGTH, steps=n)[1][-1]) - exact) for n in (8, 16, 32)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.7)
    assert np.log2(errors[1] / errors[2]) == pytest.approx(4.0, abs=0.5)


def test_loss_closed_form():
    """Without conversion a wave fades as its loss says; with little of it (κP (e^{-2aL} - e^{-bL})/(b - 2a))²."""
    used, made = nonlinear.harmonic(KAPPA, 0.0, 1e-8, LENGTH, loss_dB_cm=(1.0, 3.0))
    assert float(used[-1]) == pytest.approx(1e-8 * 10**-0.05, rel=1e-6)
    a, b = (np.log(10) / 20 * 1e-4 * v for v in (1.0, 3.0))
    share = (np.exp(-2 * a * LENGTH) - np.exp(-b * LENGTH)) / (b - 2 * a)
    assert float(made[-1]) == pytest.approx((KAPPA * 1e-8 * share) ** 2, rel=1e-5)


def test_gradient_of_conversion():
    def made(p):
        return nonlinear.harmonic(p[0] * 1e-4, p[1] * 1e-4, p[2], p[3] * 1e3, loss_dB_cm=(p[4], 0.5))[1][-1]

    at, h = jnp.array([5.0, 2.0, 0.3, 5.0, 0.2]), 1e-5
    value = jax.jit(made)
    differences = [(value(at + h * e) - value(at - h * e)) / (2 * h) for e in jnp.eye(5)]
    np.testing.assert_allclose(jax.grad(made)(at), differences, rtol=1e-7)
    assert np.all(np.abs(np.asarray(differences)) > 1e-3)


def test_difference_frequency():
    """Undepleted closed form, frequencies that add up, photons that are kept, and the way back to the harmonic's κ."""
    mixing = Difference(jnp.asarray(KAPPA), jnp.asarray(0.775), jnp.asarray(1.5))
    assert 1 / float(mixing.idler) == pytest.approx(1 / 0.775 - 1 / 1.5)
    for delta in (0.0, 2e-4, 6e-3):
        way = np.asarray(mixing.along(delta, 0.1, 1e-7, LENGTH, steps=800))
        assert way[-1, 2] == pytest.approx(float(mixing.undepleted(delta, 0.1, 1e-7, LENGTH)), rel=1e-4)  # 1e-6 of pump
    way = np.asarray(mixing.along(0.0, 0.1, 0.02, LENGTH))
    waves = np.array([0.775, 1.5, float(mixing.idler)])
    photons = (way - way[0]) * waves
    np.testing.assert_allclose(photons[-1, 1:], -photons[-1, 0], rtol=1e-6)
    assert way[-1, 0] < 0.9 * way[0, 0]  # the pump is used up
    degenerate = Difference(jnp.asarray(KAPPA), jnp.asarray(0.775), jnp.asarray(1.55))
    np.testing.assert_allclose(degenerate.shares, [2.0, 1.0, 1.0], rtol=1e-12)


@pytest.fixture(scope="module")
def mixed():
    return nonlinear.difference_frequency(rib(1.4), 0.775, 1.5, d=Coefficients(25.0, -4.6, 2.1), resolution=COARSE)


def test_difference_frequency_of_modes(shg, mixed):
    """At twice the pump's wave it is the second harmonic; 50 nm off as the harmonic's waves say to second order."""
    known = Coefficients(25.0, -4.6, 2.1)
    same = nonlinear.difference_frequency(rib(1.4), 0.775, 1.55, d=known, resolution=COARSE)
    assert float(same.period) == pytest.approx(float(shg.period), rel=1e-12)
    assert float(same.efficiency(0.3)) == pytest.approx(float(shg.efficiency(0.3)), rel=1e-12)
    idler = 1 / (1 / 0.775 - 1 / 1.5)
    assert float(mixed.idler.wavelength) == pytest.approx(idler)
    near = shg.harmonic.beta(0.775) - shg.fundamental.beta(1.5) - shg.fundamental.beta(idler)
    assert float(mixed.wavenumber) == pytest.approx(float(near), rel=2e-6)  # the third order of both waves cancels
    off = float(mixed.wavenumber - same.wavenumber)  # 1e-4 of K: what is matched at 1.55 is not at 1.5
    # even about 1.55: what is left, of the fourth order, is thrice as large from the edge as from the middle
    assert float(same.mismatch(1.5)) == pytest.approx(off, rel=5e-3)
    assert float(mixed.mismatch(1.55)) == pytest.approx(-off, rel=15e-3)
    assert float(mixed.mismatch(1.5, period=mixed.period)) == pytest.approx(0.0, abs=1e-12)
    # overlaps follow the waves slowly: fields alone, since d is given
    assert float(mixed.kappa() / shg.kappa()) == pytest.approx(1.0, abs=0.01)
    # of so short a guide a band would end below zero frequency, and its width in wavelength be negative
    with pytest.raises(ValueError, match=r"edge of the band, over .*: it must be below 1\. .* a longer guide"):
        mixed.bandwidth(5.0)


@pytest.mark.validate
def test_difference_frequency_along_the_guide(mixed):
    """Efficiency and width by closed forms, and by the equations over the signal's wavelength."""
    length, tiny = 10_000.0, 1e-9
    made = mixed.mixing().along(0.0, tiny, tiny, length)[-1, 2]
    assert float(made) / (tiny * length) ** 2 == pytest.approx(1e-10 * float(mixed.efficiency()), rel=1e-6)
    width = float(mixed.bandwidth(length))
    wave = jnp.linspace(1.5 - width, 1.5 + width, 4001)
    above = np.asarray(wave)[np.asarray(mixed.mixing().undepleted(mixed.mismatch(wave), tiny, tiny, length)) > made / 2]
    assert above[-1] - above[0] == pytest.approx(width, rel=2e-3)  # two steps of the scan
    far = 1e7  # so long a guide has walk-off alone
    walk_off = 1.5**2 / (2 * np.pi) * 4 * 1.3915574 / (far * abs(float(mixed.signal.n_g - mixed.idler.n_g)))
    assert float(mixed.bandwidth(far)) == pytest.approx(walk_off, rel=1e-3)


@pytest.mark.validate
def test_slopes_of_difference_frequency():
    """By width, film, signal, pump and temperature; steps of 1e-3 of each."""

    def found(p):
        one = nonlinear.difference_frequency(
            rib(p[0], p[1]), p[3], p[2], d=Coefficients(25.0, -4.6, 2.1), resolution=COARSE, temperature=p[4]
        )
        return jnp.stack([one.wavenumber, one.kappa(), one.bandwidth(5000.0)])

    at = jnp.array([1.4, 0.6, 1.5, 0.775, 300.0])
    slopes, step = np.asarray(jax.jacrev(found)(at)), 1e-3
    for k in range(5):
        h = step * jnp.zeros(5).at[k].set(at[k])
        difference = np.asarray(found(at + h) - found(at - h)) / (2 * step * float(at[k]))
        np.testing.assert_allclose(slopes[:, k], difference, rtol=5e-3)


def test_perfect_domains():
    """2/π at the first order, nothing at the second, 2/3π at the third; a share D gives sin(πD)."""
    period, count = 4.0, 50
    k = 2 * np.pi / period
    places = nonlinear.walls(period, count)
    orders = np.abs(np.asarray(nonlinear.spectrum(places, jnp.array([k, 2 * k, 3 * k]))))
    np.testing.assert_allclose(orders, [2 / np.pi, 0.0, 2 / (3 * np.pi)], atol=1e-12)
    for duty in (0.3, 0.45):
        left = float(nonlinear.relative_efficiency(nonlinear.walls(period, count, duty), k))
        assert left == pytest.approx(np.sin(np.pi * duty) ** 2, rel=1e-10)


def test_shaken_domains_on_average():
    """400 samples of 100 walls: the mean is known to 1/√400 of a scatter of 0.1."""
    period, sigma = 4.0, 0.35
    k = 2 * np.pi / period
    places = nonlinear.walls(period, 50)
    keys = jax.random.split(jax.random.PRNGKey(3), 400)
    many = jax.vmap(lambda key: nonlinear.relative_efficiency(nonlinear.shaken(places, sigma, key), k))(keys)
    assert float(jnp.mean(many)) == pytest.approx(float(nonlinear.expected_efficiency(sigma, k, 100)), abs=0.015)
    assert float(nonlinear.expected_efficiency(0.0, k, 100)) == 1.0


def test_uneven_guide():
    """Constant Δ is sinc²; a Δ that rises evenly is Fresnel's integral; the equations say the same."""
    even = nonlinear.uneven(jnp.full(200, 3.0 / LENGTH), LENGTH)
    assert float(even) == pytest.approx((np.sin(1.5) / 1.5) ** 2, rel=1e-10)
    from scipy.special import fresnel

    rise = 40.0 / LENGTH**2
    tilted = nonlinear.uneven(jnp.linspace(-0.5, 0.5, 2001) * rise * LENGTH, LENGTH)
    end = np.sqrt(rise / np.pi) * LENGTH / 2
    s, c = fresnel(end)
    assert float(tilted) == pytest.approx((c**2 + s**2) / end**2, rel=1e-4)  # steps of 1/2000
    _, made = nonlinear.harmonic(KAPPA, lambda z: rise * (z - LENGTH / 2), 1e-8, LENGTH, steps=800)
    assert float(made[-1]) / (KAPPA * 1e-8 * LENGTH) ** 2 == pytest.approx(float(tilted), rel=1e-4)


def test_bad_input():
    with pytest.raises(ValueError, match="no crystal among the media"):
        nonlinear.second_harmonic(waveguides.strip(0.45, 0.22, "Si", "SiO2"))
    with pytest.raises(ValueError, match=r"wavelength = -1 µm"):
        nonlinear.second_harmonic(rib(1.4), -1.0)
    with pytest.raises(ValueError, match=r"duty = 1\.2 of the period: it must be between 0 and 1"):
        nonlinear.walls(4.0, 10, 1.2)
    with pytest.raises(ValueError, match=r"power = -1 W"):
        nonlinear.harmonic(KAPPA, 0.0, -1.0, LENGTH)
    with pytest.raises(ValueError, match=r"10 steps, in which .* the limit is 0\.5\. Take [0-9]+ steps or more"):
        nonlinear.harmonic(KAPPA, 0.0, 1e3, 10 * LENGTH, steps=10)
    with pytest.raises(ValueError, match=r"1 steps, in which amplitudes or phases turn by 3 rad"):
        Difference(jnp.asarray(KAPPA), jnp.asarray(0.775), jnp.asarray(1.5)).along(3 / LENGTH, 1e-9, 1e-9, LENGTH, 1)
    with pytest.raises(ValueError, match=r"wavelength of signal over pump = 0\.5: .* more than 1"):
        Difference(jnp.asarray(KAPPA), jnp.asarray(1.55), jnp.asarray(0.775))
    with pytest.raises(ValueError, match=r"signal over pump = 0\.9.*: it must be finite and more than 1"):
        nonlinear.difference_frequency(rib(1.4), 0.775, 0.7)
    with pytest.raises(ValueError, match=r"mode = 9: 6 modes of the short wave are solved, 0 to 5"):
        nonlinear.difference_frequency(rib(1.4), 0.775, 1.5, mode=9)
    with pytest.raises(ValueError, match="give 2 or more"):
        nonlinear.uneven(jnp.zeros(1), LENGTH)


def test_picture(tmp_path, shg):
    import matplotlib as mpl

    mpl.use("Agg")
    nonlinear.plot_tuning(shg, 5000.0).figure.savefig(tmp_path / "tuning.png")
    assert (tmp_path / "tuning.png").stat().st_size > 5_000
