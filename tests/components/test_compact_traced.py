"""Sizes that are traced: what a model says of them is what it says of numbers, and its slopes are differences'."""

from typing import Any

import jax
import jax.numpy as jnp
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi, tfln
from lingnan.components.compact import store
from lingnan.pdk import build_pdk

LIBRARIES = {"soi220": soi, "tfln600": tfln}
#: Sizes on the mask's grid, off which drawn ones are rounded, and at which no bus becomes a micrometre longer.
SIZES: dict[tuple[str, str], dict[str, Any]] = {
    ("soi220", "ring_double"): {"radius": 9.2, "gap": 0.42, "gap_drop": 0.25},
    ("soi220", "racetrack_single"): {"radius": 9.2, "length_x": 7.0, "gap": 0.21},
    ("soi220", "coupler"): {"gap": 0.21, "dy": 5.0, "dx": 14.0, "length": 9.0},
    ("soi220", "spiral"): {"length_x": 60.0, "radius": 6.0, "spacing": 4.0},
    ("tfln600", "ring_single_y"): {"radius": 90.2, "gap": 0.82},
    ("tfln600", "coupler_z"): {"gap": 0.82, "dx": 150.0, "dy": 20.0, "length_taper": 30.0},
    ("tfln600", "spiral"): {"length_x": 300.0, "radius": 90.0, "spacing": 12.0},
    ("tfln600", "bend_s"): {"size": (80.0, 13.0)},
}
WAVE = 1.5507


@pytest.mark.parametrize(("process", "name"), SIZES)
def test_traced_sizes_mean_what_known_ones_mean_and_have_their_slopes(process: str, name: str):
    build_pdk(process).activate(force=True)
    model, sizes = LIBRARIES[process].models[name], SIZES[process, name]

    def figure(sizes: dict[str, Any]) -> Any:
        found = model(wl=WAVE, **sizes)
        lit = sum(w * jnp.abs(found[way]) ** 2 for w, way in zip((1.0, 0.7, 0.4, 0.2), sorted(found), strict=False))
        return lit + sum(jnp.real(found[way]) for way in sorted(found)), found

    with store.keeping(None, only_kept=True):
        known, (slopes, found) = model(wl=WAVE, **sizes), jax.jit(jax.grad(figure, has_aux=True))(sizes)
        # a drawn curve has fewer points, a grid's 5 nm lie in its ends
        assert max(abs(complex(found[way]) - complex(known[way])) for way in known) < 1e-3
        at, moved = jax.tree.flatten(sizes)
        value = jax.jit(lambda leaves: figure(jax.tree.unflatten(moved, leaves))[0])
        for k, slope in enumerate(jax.tree.leaves(slopes)):
            up, down = (value([*at[:k], at[k] + step, *at[k + 1 :]]) for step in (1e-6, -1e-6))
            assert abs(slope) > 1e-4
            assert_allclose(slope, (up - down) / 2e-6, rtol=1e-5)


def test_a_traced_gap_below_what_is_kept_is_nan():
    build_pdk("soi220").activate(force=True)
    with (
        store.keeping(None, only_kept=True),
        pytest.warns(UserWarning, match=r"gap = 0\.15\d* µm lies outside 0\.2 to inf µm.* NaN"),
    ):
        assert jnp.isnan(jax.jit(lambda gap: soi.models["ring_single"](gap=gap)["o1", "o2"])(0.15))


def test_a_coupler_whose_guides_are_not_led_apart_has_a_slope():
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        slope = jax.grad(lambda dy: jnp.real(soi.models["coupler"](wl=WAVE, gap=0.3, dy=dy)["o1", "o3"]))(0.75)
    assert jnp.isfinite(slope)
