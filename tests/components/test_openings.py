"""Strips in windows that leave oxide, and what windows leak: against the fits behind the cells, limits, gradients."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import wetleaks, wetted
from lingnan.components.soi import methane, openings, wetloss
from lingnan.pdk import active_process, build_pdk
from lingnan.pdk.errors import LingnanError

WAVE = 1.65096


@pytest.fixture(scope="module")
def light() -> Any:
    """One compilation for all sizes and both polarisations."""
    build_pdk("soi220").activate(force=True)
    return jax.jit(openings.Opened(WAVE).of)


@pytest.fixture(autouse=True)
def line() -> None:
    build_pdk("soi220").activate(force=True)


@pytest.mark.parametrize("width", [0.34, 0.36, 0.45])
def test_an_open_guide_is_that_of_the_fits(light: Any, width: float):
    """Which another mesh has solved: shares to 2e-3, leakage, which grows e-fold in 6 nm of width, to 5 %."""
    found, fit = light(width, 0.0, True), methane.Guide(WAVE)
    assert_allclose(found.share, fit.share(width), rtol=2e-3)
    assert_allclose(found.loss_db_cm, fit.loss_db_cm(width), rtol=3e-3)
    leak = wetleaks.leak(active_process(), "strip").db_cm(WAVE, wetloss.index("air", WAVE), width)
    assert_allclose(found.leak_db_cm, leak, rtol=0.05)


def test_under_oxide_walls_scatter_what_the_process_says(light: Any):
    own = active_process().cross_sections["strip"]
    assert own.loss is not None
    assert_allclose(light(own.width.value, 0.8, True).walls_db_cm, own.loss.value, rtol=1e-3)


def test_oxide_over_the_film_takes_the_gas_away_as_the_tail_falls(light: Any):
    """exp(-2 γ h) of TE light, whose tail over a film falls as that of its index; 5 %: a wire's also falls sideways."""
    thick = np.array([0.5, 0.6])
    found = [light(0.8, h, True) for h in thick]
    n, oxide = float(found[1].n_eff), wetloss.index("SiO2", WAVE)
    gamma = 2 * np.pi / WAVE * np.sqrt(n**2 - oxide**2)
    assert_allclose(np.log(found[0].share / found[1].share), 2 * gamma * 0.1, rtol=0.05)


@pytest.mark.parametrize("te", [True, False])
def test_every_size_moves_every_number(light: Any, te: bool):
    """Smoothly also where the oxide comes to the film's top, but for the slope there."""
    width = 0.36 if te else 0.58
    film = active_process().levels["core"].z_max
    here, wider, more = (np.array(light(*at, te)) for at in ((width, 0.1), (width + 0.01, 0.1), (width, 0.12)))
    assert np.all(np.abs(wider / here - 1) > 1e-4)
    assert np.all(np.abs(more / here - 1) > 1e-4)
    low, high = (np.array(light(width, film + d, te)) for d in (-1e-5, 1e-5))
    assert_allclose(low, high, rtol=1e-3)


@pytest.mark.validate  # a minute of CPU, for the derivative is compiled
@pytest.mark.parametrize(("polarization", "sizes"), [("te", (0.345, 1.6, 0.0)), ("tm", (0.6, 4.0, 0.4))])
def test_the_limit_has_a_gradient_by_all_sizes(polarization: str, sizes: tuple[float, float, float]):
    """Width, length and oxide, this from one side at 0, through the mode solver, beside differences."""
    figure = partial(methane.limit, polarization=polarization)
    value, slope = jax.jit(jax.value_and_grad(lambda x: figure(*x)))(jnp.array(sizes))
    plain = jax.jit(lambda x: figure(*x))
    for k, step in enumerate((1e-4, 1e-3, 1e-4)):

        def at(times: float, k: int = k, step: float = step) -> float:
            return float(plain(jnp.array(sizes).at[k].add(times * step)))

        one_sided = sizes[k] == 0.0
        found = (4 * at(1) - at(2) - 3 * at(0)) / (2 * step) if one_sided else (at(1) - at(-1)) / (2 * step)
        assert_allclose(slope[k], found, rtol=1e-3 if one_sided else 1e-4)
        assert abs(slope[k]) > 1e-3 * value


@pytest.mark.validate  # compiles two solves
@pytest.mark.parametrize(("te", "width"), [(True, 0.3), (False, 0.416)])
def test_a_ring_in_water_leaks_little(te: bool, width: float):
    """At both optima of `biosensor`; TE beside the fit of the cells' models."""
    process, water = active_process(), wetloss.index("water", 1.55)
    found = wetloss.leak(process, "nominal", 1.55, water, width, te=te)
    if te:
        assert_allclose(found, wetleaks.leak(process, "strip").db_cm(1.55, water, width), rtol=0.02)
    assert 1e-3 < found < 0.2


def test_models_lose_what_leaks():
    """0.33 µm in air at 1.66 µm loses 2 dB/cm more than at 1.55, where nothing leaks; by its fit the same."""
    settings: dict[str, Any] = {"width": 0.33, "turns": 4, "length_x": 300.0}
    long, waves = soi.spiral_sensor(**settings).info["length_um"] * 1e-4, np.array([1.55, 1.66])
    power = np.abs(soi.models["spiral_sensor"](wl=waves, cladding=1.0, **settings)["o1", "o2"]) ** 2
    lost = -10 * np.log10(power) / long
    leak = wetleaks.leak(active_process(), "strip")
    assert_allclose(np.diff(lost), np.diff(leak.db_cm(waves, 1.0, 0.33)), rtol=0.02)  # tapers differ a little
    assert 1.0 < np.diff(lost)[0] < 3.0


def test_leakage_of_the_fits_has_a_gradient_and_falls_with_width_and_index():
    leak = wetleaks.leak(active_process(), "strip")

    def of(x: Any) -> Any:
        return jnp.log(leak.db_cm(x[0], x[1], x[2]))

    at, step = jnp.array([1.6, 1.1, 0.36]), 1e-5
    slope = jax.grad(of)(at)
    assert_allclose(
        slope, [float(of(at.at[k].add(step)) - of(at.at[k].add(-step))) / (2 * step) for k in range(3)], rtol=1e-6
    )
    assert slope[0] > 0 > slope[1]
    assert slope[2] < 0
    assert leak.error < 0.01
    thin = wetleaks.leak(active_process(), "strip", "thin_narrow")
    assert thin.db_cm(1.65, 1.0, 0.34) > 3 * leak.db_cm(1.65, 1.0, 0.34)


def test_wide_guides_in_windows_leak_nothing():
    """What the cells draw by default: below 1e-4 dB/cm in air over the whole band, in every corner."""
    waves = np.linspace(*wetted.BAND, 20)
    for corner in active_process().corners:
        assert np.all(np.asarray(wetleaks.leak(active_process(), "strip", corner).db_cm(waves, 1.0)) < 1e-4)


def test_openings_refuse():
    with pytest.raises(LingnanError, match="'circular' is neither te nor tm"):
        openings.Opened(WAVE, "circular")
    with pytest.raises(ValueError, match=r"oxide = 1\.5 µm: it must be between"):
        openings.Opened(WAVE).light(0.4, 1.5)
