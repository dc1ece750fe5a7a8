"""What the mode solver refuses or warns of, and in which words."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from lingnan.solvers import materials, waveguides
from lingnan.solvers.waveguides import Absorber, Modes, Resolution, Trapezoid
from lingnan.solvers.waveguides.media import medium

SILICON, OXIDE = 3.4757, 1.4440  # the constants of the reference cases
WINDOW = (-1.5, 1.5, -1.19, 1.41)  # 3.0 x 2.6 µm about the core's centre


def wire(**options: object) -> waveguides.Geometry:
    return waveguides.strip(0.45, 0.22, SILICON, OXIDE, **{"window": WINDOW, **options})  # type: ignore[arg-type]


def loose_bend() -> waveguides.Geometry:
    """Without a window, which `solve` chooses from what the bend loses."""
    return waveguides.strip(0.45, 0.22, SILICON, OXIDE).bend(5.0)


@pytest.fixture(scope="module")
def strip() -> Modes:
    return waveguides.solve(wire(), 1.55, 2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: waveguides.strip(-0.45, 0.22, 3.5, 1.4), r"width = -0.45 µm: it must be positive"),
        (lambda: waveguides.strip(0.45, 0.0, 3.5, 1.4), r"thickness = 0.0 µm"),
        (lambda: waveguides.strip(float("nan"), 0.22, 3.5, 1.4), "positive and finite"),
        (lambda: waveguides.strip(0.45, 0.22, float("nan"), 1.4), "must be finite"),
        (lambda: waveguides.strip(0.45, 0.22, "Sillicon", 1.4), "Did you mean"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, window=(-0.2, 0.2, -1, 1)), "outside the window"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, sidewall_angle_deg=5), "outside 20 to 160"),
        (lambda: waveguides.strip(0.1, 0.4, 3.5, 1.4, sidewall_angle_deg=60), "closes at the top"),
        (lambda: waveguides.rib(0.5, 0.22, 0.3, 3.5, 1.4), "thickness that the etch leaves"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4).bend(0.0), "no bend"),
        (lambda: wire().bend(1.0), "axis of the bend inside the window"),
        (
            lambda: waveguides.cross_section(
                [Trapezoid(3.5, 0, 1, -1, 1, 0.2, 1.4), Trapezoid(2.0, 0, 1, 0, 2)], background=1, window=(-3, 3, -1, 2)
            ),
            "cross",
        ),
        (lambda: waveguides.solve(wire(), -1.55), "positive and finite"),
        (lambda: waveguides.solve(wire(), 1550.0), "in nm"),
        (lambda: waveguides.solve(wire(), 1.55, 0), "at least one mode"),
        (lambda: waveguides.solve(wire(), 1.55, tolerance=0.5), "outside 1e-10 to 0.1"),
        (lambda: waveguides.solve(wire(), 1.55, resolution=Resolution(8, 60, 60)), r"GB, above the limit of 8.0 GB"),
        (lambda: waveguides.solve(waveguides.strip(0.45, 0.22, "Si", "SiO2"), 1.0), r"lies outside 1.2 to 14 µm"),
        (lambda: waveguides.solve(wire(), 1.55, magnetic=("west",)), "do not exist"),
        (lambda: waveguides.strip("0.45", 0.22, 3.5, 1.4), "width = '0.45' is no real number"),
        (lambda: waveguides.strip(0.45 + 0j, 0.22, 3.5, 1.4), "is no real number"),
        (lambda: waveguides.strip([0.4, 0.5], 0.22, 3.5, 1.4), r"shape \(2,\): give one number"),
        (lambda: waveguides.strip(450, 220, 3.5, 1.4), "Was it given in nm"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, sidewall_angle_deg="upright"), "Give it in degrees"),
        (lambda: waveguides.strip(0.45, 0.22, np.zeros((3, 3)), 1.4), "has no inverse"),
        (lambda: wire().bend("5"), "radius = '5' is no real number"),
        (lambda: waveguides.cross_section(Trapezoid(3.5, 0, 1, -1, 1), background=1, window=(-2, 2, -1, 2)), "a list"),
        (lambda: waveguides.cross_section([(3.5, 0, 1)], background=1, window=(-2, 2, -1, 2)), "is no Trapezoid"),
        (
            lambda: waveguides.cross_section([Trapezoid(3.5, 0, "1", -1, 1)], background=1, window=(-2, 2, -1, 2)),
            "shape 0: top = '1' is no real number",
        ),
        (lambda: waveguides.strip(0.45, 0.22, -3.5, 1.4), "is not negative"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, [1.4, 0.0, 1.4]), "no index is 0"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, window=(-1, 1, -1)), "four numbers"),
        (lambda: wire().bend(float("nan")), "no bend"),
        (lambda: waveguides.solve("strip"), "geometry = 'strip' is no Geometry"),
        (lambda: waveguides.solve(wire(), "1.55"), "is no real number"),
        (lambda: waveguides.solve(wire(), None), "wavelength = None"),
        (lambda: waveguides.solve(wire(), 1.55, "two"), "num_modes = 'two'"),
        (lambda: waveguides.solve(wire(), 1.55, float("nan")), "whole numbers"),
        (lambda: waveguides.solve(wire(), 1.55, tolerance="1e-4"), "tolerance = '1e-4'"),
        (lambda: waveguides.solve(wire(), 1.55, target="2.4"), "target = '2.4'"),
        (lambda: waveguides.solve(wire(), 1.55, temperature="300"), "Give it in K"),
        (lambda: waveguides.solve(wire(), 1.55, resolution=10), "is no Resolution"),
        (lambda: waveguides.solve(wire(), 1.55, absorber=1.0), "is no Absorber"),
        (lambda: waveguides.solve(loose_bend(), 1.55, absorber=1.0), "is no Absorber"),
        (lambda: waveguides.solve(loose_bend(), 1.55, 5000, absorber=waveguides.Absorber()), "resolves at most"),
        (lambda: waveguides.solve(wire(), 1.55, target=[2.4, 1.8]), r"target = \[2.4, 1.8\]: it is one n_eff"),
        (lambda: waveguides.sweep(lambda w: waveguides.strip(w, 0.22, 3.5, 1.4), []), "at least one step"),
        (lambda: waveguides.solve(wire(), 1.55, 2.5), "whole numbers"),
        (lambda: waveguides.solve(wire(), 1.55, 5000), "resolves at most"),
        (lambda: Resolution(3, 0, 2), "begin at 1"),
        (lambda: Resolution(2.5, 3, 2), "whole numbers, such as 3"),  # type: ignore[arg-type]
        (lambda: Resolution(3, "3", 2), "inner = '3' is no real number"),  # type: ignore[arg-type]
        (lambda: Resolution(3, 3, float("nan")), "whole numbers, such as 3"),  # type: ignore[arg-type]
        (lambda: wire().resolved((3, 3.5, 3), (3, 3, 3)), "in whole numbers"),  # type: ignore[arg-type]
        (lambda: waveguides.confinement("strip", "core"), "modes = 'strip' is no Modes"),  # type: ignore[arg-type]
        (lambda: waveguides.effective_area(2.4), "modes = 2.4 is no Modes"),  # type: ignore[arg-type]
        (lambda: waveguides.plot(2.4), "modes = 2.4 is no Modes"),  # type: ignore[arg-type]
        (lambda: waveguides.swg(3.4, 1.4, 1.5), "outside 0 to 1"),
        (lambda: waveguides.strip(0.45, 0.22, 3.5, 1.4, width_at="centre"), "Known: bottom, middle, top"),
        (lambda: Resolution(3, 2, 2, growth=float("nan")), "positive and finite"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(("west",))), "absorber.walls"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(thickness=0.0)), "thickness"),
        (lambda: waveguides.solve(wire(), absorber=Absorber(thickness=3.0)), "fill the window"),
    ],
)  # fmt: skip
def test_bad_input_is_named(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_nothing_guided_says_n_eff_and_cutoff() -> None:
    thin = waveguides.strip(0.1, 0.22, SILICON, 1.0, substrate=OXIDE, window=WINDOW)
    with pytest.raises(waveguides.NoGuidedModeError, match=r"carries light up to 1\.4440") as caught:
        waveguides.solve(thin, 1.55, 2)
    assert caught.value.n_eff < caught.value.cutoff + 1e-9


def test_what_comes_out_of_jit_can_be_judged(strip: Modes) -> None:
    waveguides.judge(strip)
    with pytest.raises(ValueError, match="not finite"):
        waveguides.judge(replace(strip, n_eff=strip.n_eff * jnp.nan))
    batch = jax.tree.map(lambda *a: jnp.stack(a), strip, replace(strip, n_eff=strip.n_eff * jnp.nan))
    with pytest.raises(ValueError, match="not finite"):
        waveguides.judge(batch)
    geometry = replace(strip.problem.geometry, media=(medium("SiO2"), medium("Si")))
    problem = replace(strip.problem, geometry=geometry, wavelength=jnp.asarray(1.0))
    with pytest.raises(materials.MaterialRangeError, match=r"lies outside 1\.2"):
        waveguides.judge(replace(strip, problem=problem))


def test_bad_numbers_inside_jit_spoil_nothing_but_themselves() -> None:
    def found(width: Array) -> Modes:
        return waveguides.solve(
            waveguides.strip(width, 0.22, SILICON, OXIDE, window=WINDOW), 1.55, 1, resolution=Resolution(2, 2, 2)
        )

    widths = jnp.array([0.45, -0.45, 0.0, jnp.nan, 0.5])
    batch = jax.jit(jax.vmap(found))
    with pytest.warns(UserWarning, match="3 of 5 cross-sections"):
        modes = jax.block_until_ready(batch(widths))
    n = np.asarray(modes.n_eff[:, 0])
    assert np.isnan(n).tolist() == [False, True, True, True, False]
    # each by itself, outside
    assert_allclose(n[[0, 4]], [found(w).n_eff[0] for w in (0.45, 0.5)], rtol=1e-12)
    # the message names the first of them, and what sets it apart: its left and right side, at the bottom and the top
    with pytest.raises(ValueError, match=r"member 1 of 5 \(.*lines\[1, 0\] = 0\.225.* more\).*thickness below 0"):
        waveguides.judge(modes)


def test_a_half_section_is_judged_by_the_walls_that_do_not_cut_it(strip: Modes) -> None:
    def half(width: float) -> waveguides.Geometry:
        core = waveguides.Trapezoid(SILICON, 0.0, 0.22, 0.0, width / 2, name="core")
        return waveguides.cross_section([core], background=OXIDE, window=(0.0, 1.5, -1.2, 1.4))

    # TE0 of the whole: E stands on the middle, which is an electric wall to it
    cut = waveguides.solve(half(0.45), 1.55, 1, mirrors=("left",))
    assert_allclose(cut.n_eff[0], strip.n_eff[0], atol=5e-5)  # what `solve` promises without a tolerance
    waveguides.judge(cut)  # as it does what comes out of jit
    with pytest.raises(waveguides.NoGuidedModeError, match=r"up to 1\.4440.*mirrors="):
        waveguides.solve(half(0.1), 1.55, 1, mirrors=("left",), resolution=Resolution(2, 2, 2))
    with pytest.raises(waveguides.NoGuidedModeError, match="mirrors="):
        waveguides.solve(half(0.45), 1.55, 1)
    with pytest.raises(ValueError, match="mirrors walls"):
        waveguides.solve(half(0.45), 1.55, 1, mirrors=("west",))
    near = waveguides.cross_section(
        [waveguides.Trapezoid(SILICON, 0.0, 0.22, 0.0, 0.225, name="core")],
        background=OXIDE,
        window=(0.0, 0.4, -0.25, 0.45),
    )
    with pytest.warns(waveguides.WindowWarning, match="% of its largest field"):
        waveguides.solve(near, 1.55, 1, mirrors=("left",), resolution=Resolution(2, 2, 2))


def test_small_windows_warn_with_the_number() -> None:
    with pytest.warns(waveguides.WindowWarning, match="% of its largest field"):
        waveguides.solve(waveguides.strip(0.45, 0.22, SILICON, OXIDE, window=(-0.4, 0.4, -0.25, 0.45)), 1.55, 2)


def test_a_permittivity_without_an_inverse_is_refused_to_round_off() -> None:
    flat = np.outer([0.1, 0.2, 0.3], [1.0, 2.0, 3.0])  # of rank 1; its determinant comes out as 1e-18
    with pytest.raises(ValueError, match="no inverse"):
        waveguides.strip(0.45, 0.22, flat, 1.44)
    metal = np.diag([-115 + 11j, 2.0, 1e-3])
    assert waveguides.strip(0.45, 0.22, metal, 1.44).media[1].shape == (3, 3)  # type: ignore[union-attr]


def test_what_is_refused_outside_is_nothing_or_said_inside_jit() -> None:
    def n_eff(width: Array, thickness: Array, core: Array, duty: Array, angle: Array, wavelength: Array) -> Array:
        index = jnp.concatenate([core[None], waveguides.swg(core, OXIDE, duty)[1:]])
        guide = waveguides.strip(width, thickness, index, OXIDE, sidewall_angle_deg=angle, window=WINDOW)
        return waveguides.solve(guide, wavelength, 1).n_eff[0]

    good = [0.45, 0.22, SILICON, 1.0, 90.0, 1.55]
    wrong = {1: 220.0, 2: -SILICON, 3: -0.2, 4: -80.0, 5: 1550.0}  # each gave a number
    rows = [good, *([*good[:k], value, *good[k + 1 :]] for k, value in wrong.items())]
    run = jax.jit(jax.vmap(n_eff))
    with pytest.warns(UserWarning, match="5 of 6 cross-sections"):
        found = np.asarray(run(*jnp.array(rows).T))
    assert_allclose(found[0], waveguides.solve(wire(), 1.55, 1).n_eff[0], rtol=1e-9)
    assert np.all(np.isnan(found[1:]))
    thin = jnp.array([good, [0.05, *good[1:]]] * 3).T
    with pytest.warns(UserWarning, match="no guided mode: the highest n_eff found is 1.4"):
        run(*thin)


@pytest.mark.parametrize(
    ("n_eff", "value"),
    [
        (lambda kelvin: waveguides.solve(wire(), 1.55, 1, temperature=kelvin).n_eff, np.inf),
        (lambda index: waveguides.solve(waveguides.strip(0.45, 0.22, SILICON, index), 1.55, 1).n_eff, 0.0),
        (lambda up: waveguides.solve(waveguides.strip(0.45, 0.22, jnp.diag(up), OXIDE), 1.55, 1).n_eff, (12.0, 0, 12)),
    ],
    ids=["temperature", "index", "tensor"],
)
def test_what_a_medium_cannot_be_is_nothing_inside_jit(n_eff, value) -> None:
    with pytest.warns(UserWarning, match="1 of 1 cross-sections"):
        assert np.all(np.isnan(jax.jit(n_eff)(jnp.asarray(value, float))))


def test_a_target_that_is_no_index_is_nothing_inside_jit() -> None:
    def n_eff(target: Array) -> Array:
        return waveguides.solve(wire(), 1.55, 1, target=target, resolution=Resolution(2, 2, 2)).n_eff[0]

    with pytest.warns(UserWarning, match="2 of 3 cross-sections"):  # one broke off, one gave a number
        found = np.asarray(jax.jit(jax.vmap(n_eff))(jnp.array([2.3, 0.0, -1.0])))
    assert np.isfinite(found[0])
    assert np.all(np.isnan(found[1:]))
    with pytest.raises(waveguides.CheckError, match=r"target = -1\.0: it is an n_eff"):
        waveguides.checked(n_eff)(jnp.asarray(-1.0))


def test_a_derivative_where_numbers_are_known_is_refused_as_the_number_is() -> None:
    def n_eff(width: Array) -> Array:
        thin = waveguides.strip(width, 0.22, SILICON, 1.0, substrate=OXIDE, window=WINDOW)
        return waveguides.solve(thin, 1.55, 1, resolution=Resolution(2, 2, 2)).n_eff[0].real

    with pytest.raises(waveguides.NoGuidedModeError, match="no guided mode"):
        jax.grad(n_eff)(0.1)


def test_a_share_of_lines_beyond_1_is_said_inside_jit() -> None:
    with pytest.warns(UserWarning, match="duty = 2 is outside 0 to 1"):
        assert np.all(np.isnan(jax.jit(lambda duty: waveguides.swg(SILICON, OXIDE, duty))(2.0)))


def test_a_list_of_numbers_is_swept() -> None:
    def built(width: Array) -> waveguides.Geometry:
        return waveguides.strip(width, 0.22, SILICON, OXIDE, window=WINDOW)

    found = waveguides.sweep(built, [0.4, 0.45], num_modes=1, resolution=Resolution(2, 2, 2))  # type: ignore[arg-type]
    assert found.n_eff[1, 0].real > found.n_eff[0, 0].real


def test_whole_numbers_may_come_as_floats() -> None:
    modes = waveguides.solve(wire(), 1.55, 2.0, resolution=Resolution(2, 2, 2))  # type: ignore[arg-type]
    assert modes.n_eff.shape == (2,)
    assert waveguides.plot(modes, 1.0, axes=Figure().subplots()).get_title().startswith("TM0")  # type: ignore[arg-type]


def test_an_absorber_in_the_tail_of_a_bend_is_said() -> None:
    """450 x 220 nm at 5 µm: light leaves 3.15 µm outside, and radiates 1e5 times less than the tail loses."""

    def loss(right: float) -> float:
        bent = waveguides.strip(0.45, 0.22, SILICON, OXIDE, window=(-1.2, right, -1.2, 1.4)).bend(5.0)
        layer = Absorber(("right",), 1.0)
        cells = (2, 3, 2 + round(2 * right)), (2, 3, 2)
        modes = waveguides.solve(bent.resolved(*cells), 1.55, 1, target=2.36, absorber=layer)
        return float(modes.loss_dB_cm[0])

    with pytest.warns(waveguides.WindowWarning, match=r"leaves this bend 3\.1\d µm outside of x = 0, and the absorber"):
        near = loss(1.7)
    assert abs(loss(5.0)) < 1e-3 * near
