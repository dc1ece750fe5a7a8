"""Numbers that devices refuse: in words where they are known, as NaN with the same words where `jit` traces them."""

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.solvers import waveguides
from lingnan.solvers.devices import (
    bending,
    bragg,
    coupler,
    effective,
    eme,
    grating,
    leakage,
    multilayer,
    overlap,
    planar,
    propagation,
    roughness,
    vectorial,
)

INF = np.inf
STACK = np.array([3.47, 1.444, 3.4757, 1.444])
SPLIT = coupler.splitting(
    lambda gap: (2.4 + 0.05 * jnp.exp(-10 * gap), 2.4 - 0.0 * gap), 0.1, 0.6, 3, bending.Lean(jnp.asarray(0.0), 0.4)
)


def reflected(n: Any, lossy: Any, d: Any, wave: Any, angle: Any) -> Any:
    index = jnp.stack([1.0 + 1j * lossy, n + 0j, 1.45, 1.5])
    return multilayer.response(index, jnp.stack([0.3 * jnp.ones(()), d]), wave, angle)[:2]


def section(width: Any = 0.5, index: Any = 2.83, half: Any = 2.0) -> planar.Planar:
    return planar.planar([-half, -width / 2, width / 2, half], [1.444, index, 1.444], order=4, cells=(2, 1, 2))


def through(width: Any, index: Any, half: Any, length: Any, wave: Any) -> Any:
    wide = section(width, index, half)
    taper = eme.varying(lambda t: wide, length, 2, cells=(2, 1, 2))
    pieces = [eme.uniform(section(), length), taper]
    return eme.scatter(pieces, wave, 2).blocks, planar.modes(wide, wave, 2).n_eff


def coupled(gap: Any, length: Any, wave: Any, radius: Any, angle: Any, share: Any) -> Any:
    phase = coupler.straight(SPLIT, gap, length, wave), coupler.cross_over(SPLIT, gap, wave)
    power = coupler.power(SPLIT, gap, length, wave, radius, radius, angle)
    return sum(phase) * power * jnp.abs(coupler.matrix(share, 2.4, length, wave)[0, 1])


def grated(period: Any, fill: Any, wave: Any, etch: Any, cover: Any, diameter: Any, angle: Any) -> Any:
    layers = grating.Layers(0.22, etch, 0.6, cover, 3.4757, 1.444, 1.444, 3.4757)
    result = grating.coupler(layers, *grating.uniform(period, fill, 1), wave, order=2)
    return result.up, result.into(propagation.Beam(diameter, angle))


def moved(x: Any, eps: Any) -> Any:
    return propagation.launch(plane(x, eps), 1.55, 3, 3, 3, 2).up


def plane(x: Any, eps: Any) -> propagation.Plane:
    places = jnp.arange(7.0)
    return propagation.Plane(places.at[3].add(x), places, eps * jnp.ones((6, 6)), order=2)


#: A function, numbers that it takes, and of some of them one that it refuses and what it says.
CASES: dict[str, tuple[Callable[..., Any], dict[str, float], dict[str, tuple[float, str]]]] = {
    "stack": (
        reflected,
        {"n": 2.3, "lossy": 0.0, "d": 0.2, "wave": 1.55, "angle": 0.2},
        {
            "n": (-1.0, "response: .*n"),
            "lossy": (0.1, "response: .*incident"),
            "d": (-0.2, r"response: thickness = .*-0\.2"),
            "wave": (0.0, "response: wavelength = 0"),
            "angle": (20.0, "response: angle = 20.*in degrees"),
        },
    ),
    "quarter wave": (lambda n: multilayer.quarter_wave(n, 1.55), {"n": 1.5}, {"n": (-1.5, r"index = -1\.5")}),
    "Bragg grating": (
        lambda period, wave, duty, low, step: bragg.grating(low, 2.5, period, 5, wave, duty, step)[:2],
        {"period": 0.3, "wave": 1.55, "duty": 0.4, "low": 2.4, "step": 0.1},
        {
            "period": (-0.3, r"grating: period = -0\.3"),
            "wave": (-1.0, "grating: wavelength = -1"),
            "duty": (1.3, r"grating: duty = 1\.3"),
            "low": (-2.4, r"grating: Re n_low = -2\.4"),
            "step": (1.5, r"grating: Re step = 1\.5"),
        },
    ),
    "coupled modes": (
        lambda kappa, length, n_g, duty: (
            bragg.coupled_mode(kappa, length)
            * bragg.bandwidth(kappa, length, 1.55, n_g)
            * bragg.coupling(2.4, 2.5, 1.55, duty)
        ),
        {"kappa": 0.1, "length": 5.0, "n_g": 4.0, "duty": 0.5},
        {
            "kappa": (INF, "coupled_mode: kappa = inf"),
            "length": (-5.0, "coupled_mode: length = -5"),
            "n_g": (0.0, "bandwidth: n_g = 0"),
            "duty": (2.0, "coupling: duty = 2"),
        },
    ),
    "expansion": (
        through,
        {"width": 0.6, "index": 2.83, "half": 2.0, "length": 1.0, "wave": 1.55},
        {
            "width": (-0.6, "planar: edges .*do not rise"),
            "index": (-2.83, "planar: .*negative real part"),
            "half": (2.1, "scatter: the walls move"),
            "length": (-1.0, "varying: length = -1|uniform: length = -1"),
            "wave": (0.0, "scatter: wavelength = 0|modes: wavelength = 0"),
        },
    ),
    "absorber": (
        lambda thickness, strength: planar.absorbing(section(), thickness, strength).edges,
        {"thickness": 0.5, "strength": 2.0},
        {"thickness": (5.0, r"absorbing: thickness = 5.* µm does not fit"), "strength": (-1.0, "strength = -1")},
    ),
    "coupler": (
        coupled,
        {"gap": 0.2, "length": 5.0, "wave": 1.55, "radius": 9.0, "angle": 0.3, "share": 0.5},
        {
            "gap": (-0.2, r"gap = -0\.2"),
            "length": (-5.0, "length = -5"),
            "wave": (0.0, "wavelength = 0"),
            "radius": (-9.0, "radius = -9"),
            "angle": (30.0, "angle = 30.*degrees"),
            "share": (1.5, r"coupled = 1\.5"),
        },
    ),
    "parting": (
        lambda r: coupler.approach(SPLIT, 0.2, 1.55, r, r), {"r": 9.0}, {"r": (INF, "straight guides do not part")},
    ),
    "splitting": (
        lambda d: coupler.splitting(lambda g: (2.4 + d * jnp.exp(-g), 2.4 * jnp.ones(())), 0.1, 0.6).coefficients,
        {"d": 0.1},
        {"d": (-0.1, "is not positive")},
    ),
    "beside a guide": (
        lambda n, width: effective.beside(8.0, n, width, 1.55),
        {"n": 2.4, "width": 0.45},
        {"n": (3.0, "n_eff = 3.* must lie between"), "width": (-0.45, r"width = -0\.45")},
    ),
    "roughness": (
        lambda n, sigma, width: roughness.payne_lacey(width, 2.8, 1.4, n, sigma, 0.05, 1.55),
        {"n": 2.4, "sigma": 0.002, "width": 0.5},
        {
            "n": (2.9, r"n_eff = 2\.9.* does not lie between"),
            "sigma": (2.0, "sigma = 2.* µm is "),
            "width": (-0.5, r"width = -0\.5"),
        },
    ),
    "leaky mode": (
        lambda d, guess, wave: leakage.leaky_mode(STACK, jnp.stack([0.6 + 0 * d, d]), wave, guess),
        {"d": 0.22, "guess": 2.8, "wave": 1.55},
        {
            "d": (-0.22, r"thickness = -0\.22"),
            "guess": (300.0, "Newton's steps did not settle"),
            "wave": (-1.0, "wavelength = -1"),
        },
    ),
    "grating coupler": (
        grated,
        {"period": 0.6, "fill": 0.5, "wave": 1.55, "etch": 0.07, "cover": 0.4, "diameter": 4.0, "angle": 0.17},
        {
            "period": (-0.6, r"uniform: period = -0\.6"),
            "fill": (1.5, r"uniform: fill = 1\.5"),
            "wave": (-1.0, "coupler: wavelength = -1"),
            "etch": (0.3, r"coupler: etch = 0\.3.*reaches through"),
            "cover": (-0.4, r"coupler: cover = -0\.4"),
            "diameter": (-4.0, "into: mode_field_diameter = -4"),
            "angle": (10.0, "into: angle = 10.*degrees"),
        },
    ),
    "plane": (moved, {"x": 0.1, "eps": 1.0}, {"x": (1.5, "places in x do not rise"), "eps": (INF, "not finite")}),
    "beam across": (grating.lateral_overlap, {"width": 10.0}, {"width": (-10.0, "width = -10")}),
}  # fmt: skip
WRONG = [(name, number) for name, (_, _, wrong) in CASES.items() for number in wrong]


@lru_cache
def traced(name: str) -> Callable[[dict[str, float]], Any]:
    return jax.jit(lambda numbers: CASES[name][0](**numbers))


@pytest.mark.parametrize("name", CASES)
def test_what_is_right_passes_inside_jit_without_a_word(name: str) -> None:
    function, right, _ = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = traced(name)(right)
    known = function(**{key: jnp.asarray(value) for key, value in right.items()})
    for one, two in zip(jax.tree.leaves(found), jax.tree.leaves(known), strict=True):
        assert np.all(np.isfinite(one))
        assert_allclose(one, two, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("name", "number"), WRONG)
def test_what_is_wrong_is_refused_and_nan_with_its_words_inside_jit(name: str, number: str) -> None:
    function, right, wrong = CASES[name]
    value, said = wrong[number]
    numbers = right | {number: value}
    with pytest.raises(ValueError, match=said):
        function(**{key: jnp.asarray(value) for key, value in numbers.items()})
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = jax.tree.map(np.asarray, traced(name)(numbers))
    assert any(re.search(f"(?:{said}).*NaN there", str(one.message)) for one in heard), [str(h.message) for h in heard]
    assert any(np.all(np.isnan(leaf)) for leaf in jax.tree.leaves(found))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: jax.eval_shape(lambda d: eme.adapted(lambda _: section(), d, 1.55), 1.0),
            "adapted: numbers are traced",
        ),
        (lambda: eme.adapted(lambda _: section(), 1.0, 1.55, most=3), "adapted: most = 3"),
        (lambda: eme.interface_norms([eme.uniform(section(), 1.0)], 1.55), "one slice has no neighbour"),
        (lambda: eme.localised(planar.modes(section(), 1.55, 2), []), "localised: no arms"),
        (lambda: jax.eval_shape(lambda low: coupler.gaps_to_solve(low, 0.6), 0.1), "gaps_to_solve: .*are traced"),
        (lambda: coupler.gaps_to_solve(0.1, INF), "gaps_to_solve: .*high = inf"),
        (
            lambda: grating.best_position(
                propagation.launch(plane(0.1, 1.0), 1.55, 3, 3, 3, 2), propagation.Beam(), 1.0
            ),
            r"best_position: positions of shape \(\)",
        ),
        (lambda: propagation.launch(plane(0.1, 1.0), 1.55, 3, 3, 3, 4), "launch: core = 4 is no row"),
    ],
)
def test_what_must_be_known_or_has_another_shape_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda one: replace(one, n_eff=1e-3 * one.n_eff), r"section 1 has a mode of n_eff = 0\.002.*static field"),
        (lambda one: replace(one, found=one.found._replace(residual=1.0 + one.found.residual)), "residual of 1.0e.00"),
        (lambda one: replace(one, problem=replace(one.problem, wavelength=1.5)), r"wavelengths 1\.55 and 1\.5 µm"),
        (lambda one: wire(2.5), "windows differ, by 0.1 µm"),
    ],
)
def test_sections_that_do_not_meet_are_nan_with_their_words_inside_jit(wrong: Callable[[Any], Any], said: str) -> None:
    fine = jax.jit(lambda *sections: jnp.asarray(vectorial.check(sections, [0.1, 0.2], None)))
    guide = wire(2.4)
    assert fine(guide, guide) == 1
    with pytest.warns(UserWarning, match=rf"scatter: .*{said}.*NaN there"):
        assert np.isnan(fine(guide, wrong(guide)))


@pytest.mark.validate  # compiles fields and joints
@pytest.mark.parametrize(
    ("number", "value", "said"),
    [
        ("tilt", 10.0, r"coupling: tilt = 10 rad.*degrees"),
        ("diameter", -2.0, "fibre: mode_field_diameter = -2"),
        ("index", 0.0, "fibre: index = 0"),
        ("length", -0.5, r"scatter: length = -0\.5"),
        ("buried", -1.0, "wire_loss: buried = -1"),
        ("level", -9.0, "level = -9"),
    ],
)
def test_full_vector_joints_fibres_and_leakage_are_nan_with_their_words_inside_jit(
    number: str, value: float, said: str
) -> None:
    right = {"tilt": 0.1, "diameter": 2.0, "index": 1.4, "length": 0.5, "buried": 1.0, "level": -0.3}
    numbers = right | {number: value}
    guide, joined = guided()
    assert all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(joined(guide, right)))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = jax.tree.map(np.asarray, joined(guide, numbers))
    assert any(re.search(f"(?:{said}).*NaN there", str(one.message)) for one in heard), [str(h.message) for h in heard]
    assert any(np.all(np.isnan(leaf)) for leaf in jax.tree.leaves(found))


@lru_cache
def wire(wide: float) -> waveguides.Modes:
    """The first mode of a wire in a window of a width."""
    made = waveguides.strip(0.5, 0.22, 3.4757, 1.444, window=(-1.2, wide - 1.2, -0.8, 1.0))
    return waveguides.solve(made, 1.55, 1, resolution=waveguides.Resolution(4))


@lru_cache
def guided() -> Any:
    """Modes of a wire, and what is made of them by numbers, compiled."""
    guide = wire(2.4)

    def joined(guide: waveguides.Modes, at: dict[str, Any]) -> Any:
        return (
            overlap.coupling(guide, guide, tilt=at["tilt"]),
            overlap.fibre(guide, at["diameter"], index=at["index"]),
            vectorial.scatter([guide, guide], [0.2, at["length"]]).s,
            leakage.wire_loss(guide, at["level"], at["buried"], 3.47),
        )

    return guide, jax.jit(joined)
