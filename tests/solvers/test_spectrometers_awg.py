"""Arrayed-waveguide gratings: stars against quadrature, spectra against formulas, errors drawn against their mean."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import constants, optimize

from lingnan.solvers.spectrometers import awg, channels, diffraction, stars
from lingnan.solvers.spectrometers.awg import Awg
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.spectrometers.stars import Field, Gaussian

ARM = Guide(2.4, 4.2, 1.55, dn_dt=1.8e-4, expansion=2.6e-6)
SLAB = Guide(2.83, 3.7, 1.55)
GRID = Awg(ARM, SLAB, spacing=0.0016, order=40, channels=8, arms=61, pitch=1.6, pitch_out=3.0, mode_arm=Gaussian(0.6))


def central(function, at: float, share: float = 1e-5) -> float:
    step = share * abs(at)
    return float(function(at + step) - function(at - step)) / (2 * step)


def peak(grid: Awg, output: int, near: float, reach: float = 3e-4) -> float:
    """By a parabola in dB through a narrow grid: a Gaussian top is one."""
    wave = np.linspace(near - reach, near + reach, 7)
    level = np.log(np.asarray(awg.powers(grid, wave))[output])
    fit = np.polyfit(wave - near, level, 2)
    return near - fit[1] / (2 * fit[0])


def test_a_star_of_gaussians_by_quadrature() -> None:
    """Both integrals as sums, which for Gaussians converge faster than any power."""
    offset, place = np.array([-4.0, 0.0, 2.5]), np.linspace(-20.0, 31.0, 9)
    found = np.asarray(stars.coupled(Gaussian(1.1), Gaussian(0.6), offset, place, 55.0))
    x, y = np.linspace(-6, 6, 121), np.linspace(-4, 4, 121)
    u, v = ((2 / np.pi / r**2) ** 0.25 * np.exp(-((at / r) ** 2)) for at, r in ((x, 1.1), (y, 0.6)))
    for i, j in ((0, 1), (1, 4), (2, 8)):
        far = np.exp(-2j * np.pi / 55.0 * np.outer(place[j] + y, x + offset[i])) @ u * 0.1 / np.sqrt(55.0)
        assert found[i, j] == pytest.approx(np.sum(far * v) * (8 / 120), abs=1e-10)  # e^-30 is left at the ends
    same = Gaussian(stars.far_radius(Gaussian(1.1), 55.0))  # a guide as wide as the far field takes all
    whole = stars.coupled(Gaussian(1.1), same, 0.0 * offset, 0.0 * place, 55.0)
    assert np.allclose(whole, 1.0, rtol=1e-12)


@pytest.mark.parametrize("offset", [0.0, 4.5])
def test_a_star_by_hankel_functions(offset: float) -> None:
    """On the circles as drawn: what the paraxial limit leaves out falls with the square of the stars' length."""
    missed = []
    mouths = {"mode_in": Gaussian(0.66), "mode_arm": Gaussian(0.47)}  # of 2.0 and 1.4 µm in silicon
    for shorter in (1, 2, 4):
        grid = replace(GRID, channels=4, arms=16, spacing=0.0032 / shorter, **mouths)
        exact = np.asarray(diffraction.star(grid, grid.mode_in, offset, 1.55))
        ours = np.asarray(stars.coupled(grid.mode_in, grid.mode_arm, offset, grid.places, grid.scale(1.55)))[0]
        ratio = exact / ours
        ratio *= np.exp(-1j * np.angle(np.vdot(ours, exact)))  # a way that all arms share
        missed.append(np.max(np.abs(ratio - 1)))
        kept = abs(np.vdot(exact, ours)) ** 2 / (np.vdot(exact, exact).real * np.vdot(ours, ours).real)
        # arms 12 µm aside of 59 µm: cos of 12 degrees is 0.98 in amplitude, and x⁴/R³ turns them by 0.03 rad
        assert kept > 1 - 2e-4
    assert missed[0] < 0.05
    order = np.polyfit(np.log([1, 2, 4]), np.log(missed), 1)[0]
    assert -2.6 < order < -1.9  # R⁻² of obliquity and defocus, R⁻³ of aberration


def test_channels_are_where_the_formula_says() -> None:
    expected = np.asarray(awg.centres(GRID))
    assert np.all(np.diff(expected) > 0)
    assert np.mean(np.diff(expected)) == pytest.approx(0.0016, rel=2e-3)  # indices bend the comb by spacing/λ
    for output in (0, 5, 7):
        # arms see v²/W² = (0.6/21)² less turning; of 5.6e-3 µm from the middle that is 4.6e-6
        assert peak(GRID, output, expected[output]) == pytest.approx(expected[output], abs=6e-6)
    assert float(expected[3] + expected[4]) / 2 == pytest.approx(1.55, abs=1e-5)


def test_dispersion_and_free_range_by_the_spectrum() -> None:
    expected = np.asarray(awg.centres(GRID))
    peaks = [peak(GRID, output, expected[output]) for output in (3, 4)]
    seen = float(GRID.dispersion) * (1 + float(0.6 / stars.far_radius(GRID.mode_in, GRID.scale(1.55))) ** 2)
    assert GRID.pitch_out / (peaks[1] - peaks[0]) == pytest.approx(seen, rel=1e-4)  # ends of the array, the comb's bend
    orders = [peak(GRID, 4, float(awg.centres(GRID, shift)[4])) for shift in (0, 1)]
    hertz = constants.c * 1e6 * (1 / orders[1] - 1 / orders[0])
    # c/(n_g ΔL) of arms that differ by ΔL, the slab's share being x d n_slab/R of 1e-2 µm in 26 µm
    assert hertz == pytest.approx(constants.c * 1e6 / (ARM.n_g * float(GRID.step)), rel=1e-3)
    assert float(GRID.fsr) == pytest.approx(1.55**2 / (ARM.n_g * float(GRID.step)), rel=1e-12)


def test_loss_by_spectrum_formula_and_integral() -> None:
    lossy = replace(GRID, guide=replace(ARM, loss_db_cm=2.0), shortest=800.0)
    found, formula = channels.insertion_loss_db(lossy), channels.loss_by_formula_db(lossy)
    assert np.allclose(found, formula, atol=0.01)  # their far fields are not all in the middle
    # by hand: light beside the array, light between the arms, twice each, and an output 1.5 µm off the arms' axis
    scale = float(GRID.scale(1.55))
    x = np.linspace(-61 * 0.8, 61 * 0.8, 20001)
    wide = scale / np.pi
    inside = np.trapezoid(np.sqrt(2 / np.pi) / wide * np.exp(-2 * x**2 / wide**2), x)
    y = np.linspace(-5.0, 5.0, 20001)
    v = np.exp(-((y / 0.6) ** 2))
    filled = np.trapezoid(v, y) ** 2 / (1.6 * np.trapezoid(v**2, y))
    aside = np.trapezoid(v * np.exp(2j * np.pi * 1.5 * y / scale), y).real / np.trapezoid(v, y)
    by_hand = -20 * np.log10(inside * filled * aside)
    # the far field bends over an arm: v²/W² of 1e-3 twice, 0.01 dB
    assert float(channels.insertion_loss_db(GRID)[4]) == pytest.approx(by_hand, abs=0.01)


def test_power_is_never_made() -> None:
    out = np.sum(np.asarray(awg.powers(GRID, np.linspace(1.54, 1.56, 7))), axis=0)
    assert np.all(out < 1.0)


def test_uniformity_crosstalk_and_width_by_formula() -> None:
    assert float(channels.non_uniformity_db(GRID)) == pytest.approx(
        float(channels.non_uniformity_by_formula_db(GRID)), rel=0.02
    )
    near = replace(GRID, pitch_out=2.2)
    # the worst neighbour is on the inside, where the arms send 0.2 dB more
    assert float(channels.adjacent_db(near)) == pytest.approx(float(channels.adjacent_by_formula_db(near)), abs=0.3)
    middle = float(awg.centres(near)[4])
    half = float(channels.width(near)) / 2
    level = np.asarray(awg.powers(near, np.array([middle, middle - half, middle + half])))[4]
    assert 10 * np.log10(level[1:].mean() / level[0]) == pytest.approx(-3.0, abs=0.05)
    assert float(channels.crosstalk_db(near)[4]) > float(channels.adjacent_db(near))


@pytest.mark.validate
def test_floor_of_drawn_errors_is_the_mean() -> None:
    """Light of the first channel five to seven pitches away: all of it is scattered, as much by each kind."""
    errors = 0.15, 0.15
    rng = np.random.default_rng(3)
    shape = (400, GRID.arms)
    drawn = errors[0] * rng.standard_normal(shape), errors[1] * rng.standard_normal(shape)
    wave = float(awg.centres(GRID)[0])

    def at(phases: jax.Array, amplitudes: jax.Array) -> jax.Array:
        return awg.powers(replace(GRID, phases=phases, amplitudes=amplitudes), wave)

    found = np.mean(jax.vmap(at)(*map(jnp.asarray, drawn)), axis=0)
    # the far outputs lie lower by the arms' pattern; bring them to the middle
    found *= 10 ** (np.asarray(channels.loss_by_formula_db(GRID)) / 10)
    expected = float(channels.crosstalk_floor_db(GRID, *errors))
    # 400 draws of speckle in three outputs that are nearly independent: 3 % = 0.13 dB; three of these
    assert 10 * np.log10(np.mean(found[5:]) / found[0]) == pytest.approx(expected, abs=0.4)


def test_floor_by_sums_and_in_closed_form_and_backwards() -> None:
    sigma = channels.phase_error_allowed(GRID, -30.0)
    assert float(channels.crosstalk_floor_db(GRID, sigma)) == pytest.approx(-30.0, abs=1e-9)
    small = float(channels.crosstalk_floor_db(GRID, 0.02, 0.01))
    # the ends of the array, which the closed form has not, and σ² for 1 - e^{-σ²}
    assert small == pytest.approx(float(channels.floor_by_formula_db(GRID, 0.02, 0.01)), abs=0.01)


def test_warmth_and_polarisation_move_the_comb() -> None:
    moved = float(awg.centres(GRID, 0, 10.0)[4] - awg.centres(GRID)[4])
    assert moved == pytest.approx(10 * float(ARM.shift_per_kelvin), rel=1e-3)  # the expansion of a change, 1e-4
    near = float(awg.centres(GRID)[4]) + moved
    wave = np.linspace(near - 3e-4, near + 3e-4, 7)
    fit = np.polyfit(wave - near, np.log(np.asarray(awg.powers(GRID, wave, 10.0))[4]), 2)
    assert near - fit[1] / (2 * fit[0]) == pytest.approx(near, abs=3e-6)
    other = Guide(2.39, 4.1, 1.55)
    shift = float(awg.polarisation_shift(GRID, other))
    here = optimize.brentq(lambda w: float(other.index(w)) * float(GRID.step) - 40 * w, 1.5, 1.6, xtol=1e-12)
    assert shift == pytest.approx(here - 1.55, rel=1e-6)
    assert shift == pytest.approx(1.55 * -0.01 / 4.1, rel=1e-2)


def test_all_sizes_move_the_light_as_differences_say() -> None:
    phases = 0.1 * np.random.default_rng(1).standard_normal(21)

    def light(x: jax.Array) -> jax.Array:
        guide = Guide(x[0], x[1], 1.55, x[2], x[3])
        grid = Awg(
            guide, Guide(x[4], x[5], 1.55), x[6], x[7], 5, 21, x[8], x[9], Gaussian(x[10]), Gaussian(x[11]),
            Gaussian(x[12]), x[13], x[14] * phases, x[15] * phases,
        )  # fmt: skip
        return jnp.log(awg.powers(grid, 1.5513, 3.0)[3])

    x = np.array([2.4, 4.2, 2.0, 1e-4, 2.8, 3.7, 0.003, 40.0, 1.6, 3.0, 1.0, 0.6, 1.1, 300.0, 1.0, 0.5])
    quick = jax.jit(light)
    found = np.asarray(jax.jit(jax.grad(light))(jnp.asarray(x)))
    for index in range(x.size):
        by_difference = central(lambda v, i=index: quick(jnp.asarray(x).at[i].set(v)), x[index], 1e-6)
        assert by_difference != 0
        # phases of 2π 40 m turn fast: h² of their square, 1e-12 · (250·20)² → 1e-5
        assert found[index] == pytest.approx(by_difference, rel=1e-4, abs=1e-7)


@pytest.mark.validate
def test_the_field_of_a_guide_as_numbers_gives_the_same_spectrum() -> None:
    small = replace(GRID, channels=3, arms=15)
    as_numbers = replace(small, mode_in=Gaussian(1.0).sampled(), mode_arm=Gaussian(0.6).sampled())
    wave = np.array([1.549, 1.5503])
    assert np.allclose(awg.powers(as_numbers, wave), awg.powers(small, wave), rtol=1e-7)


@pytest.mark.validate
def test_forty_channels_many_wavelengths_at_a_time() -> None:
    big = replace(GRID, spacing=8e-4, order=16, channels=40, arms=181)
    wave = np.linspace(1.53, 1.57, 1001)
    found = np.asarray(awg.powers(big, wave))
    assert np.allclose(found[:, ::100], awg.powers(big, wave[::100]), rtol=1e-9)
    # every wavelength is brightest in the output that it comes to a focus on
    expected = np.asarray(awg.centres(big))
    inside = (wave > expected[0]) & (wave < expected[-1])
    nearest = np.argmin(np.abs(expected[:, None] - wave[inside]), axis=0)
    clear = np.min(np.abs(expected[:, None] - wave[inside]), axis=0) < 3.5e-4  # but for those between two
    assert np.all(np.argmax(found[:, inside], axis=0)[clear] == nearest[clear])
    assert np.all(np.sum(found, axis=0) < 1.0)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"40 channels of 0.0016 µm span 0.064 µm, .*free for 0.0221429 µm.*13.8"):
        replace(GRID, channels=40)
    with pytest.raises(ValueError, match=r"mode_arm.radius = 0.9 µm at a pitch of 1.6 µm: above .* 0.63"):
        replace(GRID, mode_arm=Gaussian(0.9))
    with pytest.raises(ValueError, match=r"phases of shape \(3,\) for 61 arms"):
        replace(GRID, phases=np.zeros(3))
    with pytest.raises(ValueError, match=r"Gaussian: radius = -1 µm"):
        Gaussian(-1.0)
    with pytest.raises(ValueError, match=r"Field: steps of 1 to 2 µm: x must rise evenly"):
        Field(np.array([0.0, 1.0, 3.0]), np.ones(3))
    with pytest.raises(ValueError, match=r"Field: x of shape \(2,\)"):
        Field(np.arange(2.0), np.ones(2))
    with pytest.raises(ValueError, match="the formula is for Gaussians"):
        channels.width(replace(GRID, mode_in=Gaussian(1.0).sampled()))
    with pytest.raises(ValueError, match=r"floor_db = 3 dB: it must be finite and less than 0 dB"):
        channels.phase_error_allowed(GRID, 3.0)
    with pytest.raises(ValueError, match=r"arms = 1: it must be 2 or more"):
        replace(GRID, arms=1)
    with pytest.raises(ValueError, match=r"200 arms 1.6 µm apart reach 160 µm .* 121.286 µm: .*fewer than 151 arms"):
        replace(GRID, arms=200)
    with pytest.raises(ValueError, match=r"adjacent_db: 1 channel has no neighbour"):
        channels.adjacent_db(replace(GRID, channels=1))
