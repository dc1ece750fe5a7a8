"""Sizes that are traced: what a model says of them is what it says of numbers, and its slopes are differences'."""

import inspect
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi, tfln
from lingnan.components.compact import store
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError

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
    ("soi220", "phase_shifter_pn"): {"length": 300.0},
    ("tfln600", "phase_shifter_gsg"): {"length": 900.0},
    ("tfln600", "straight"): {"length": 40.0, "angle_deg": 25.0},
}
WAVE = 1.5507
#: Sizes that must be numbers, by process and cell; all others may be traced.
NUMBERS: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_name("sizes_not_traced.toml").read_text(encoding="utf-8")
)
DRIVEN = {"racetrack_modulator_y": {"voltage": 1.0}}  #: without a voltage its electrode is not looked at
#: Expanded anew for every size, while it is traced.
SOLVED = {"mmi1x2", "mmi2x2", "mmi3x3", "ybranch", "crossing", "transition_strip_rib"} | {
    f"mmi{ports}_{axis}" for ports in ("1x2", "2x2") for axis in "yz"
}
EVERY = [(process, name) for process, library in LIBRARIES.items() for name in sorted(library.models)]


def sizes_of(model: Any) -> dict[str, Any]:
    """Parameters that are no count, name or choice, with a number of their kind."""
    found = {}
    for name, one in inspect.signature(model).parameters.items():
        kind = str(one.annotation)
        if name in ("wl", "temperature") or "cross_section" in name:
            continue
        if one.default is None and ("float" in kind or "Array" in kind):
            found[name] = 1.0
        elif isinstance(one.default, (float, tuple)):
            found[name] = one.default
    return found


def check_sizes(process: str, name: str, traced: Any) -> None:
    """`traced` takes a function of sizes and the sizes."""
    build_pdk(process).activate(force=True)
    model, refused = LIBRARIES[process].models[name], NUMBERS[process].get(name, [])
    sizes, driven = sizes_of(model), DRIVEN.get(name, {})
    assert set(refused) <= set(sizes)
    with store.keeping(None, only_kept=True):
        traced(lambda at: model(**at), {key: value for key, value in sizes.items() if key not in refused})
        for key in refused:
            with pytest.raises(LingnanError, match=rf"{key}\b.* is traced.*[Gg]ive "):
                jax.eval_shape(lambda at, key=key: model(**{**driven, key: at}), sizes[key])


@pytest.mark.parametrize(("process", "name"), [one for one in EVERY if one[1] not in SOLVED])
def test_every_size_is_traced_or_refused_in_words(process: str, name: str):
    check_sizes(process, name, jax.eval_shape)


@pytest.mark.validate  # traces expansions and their derivatives
@pytest.mark.parametrize(("process", "name"), EVERY)
def test_every_size_that_is_traced_is_differentiated(process: str, name: str):
    def slopes(model: Any, sizes: dict[str, Any]) -> None:
        jax.eval_shape(lambda at: jax.jvp(model, (at,), (at,)), sizes)

    check_sizes(process, name, slopes)


def test_no_cell_is_listed_that_is_not_there():
    assert {(process, name) for process, cells in NUMBERS.items() for name in cells} <= set(EVERY)


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


@pytest.mark.parametrize(("length", "said"), [(0.5, "or more"), (3e4, "reticle")])
def test_a_traced_length_that_no_doped_guide_has_is_nan(length: float, said: str):
    build_pdk("soi220").activate(force=True)
    shifter = soi.models["phase_shifter_pn"]
    with pytest.raises(LingnanError, match="phase_shifter_pn: length = "):
        shifter(length=length)
    with (
        store.keeping(None, only_kept=True),
        pytest.warns(UserWarning, match=rf"phase_shifter_pn: length = {length:g} µm.*{said}.* NaN"),
    ):
        assert jnp.isnan(jax.jit(lambda long: shifter(length=long)["o1", "o2"])(length))


@pytest.mark.parametrize(("name", "wrong"), [("length_x", -1.0), ("radius", 9.0), ("spacing", 1.0), ("spacing", 1e3)])
def test_a_traced_size_that_no_spiral_has_is_nan(name: str, wrong: float):
    build_pdk("tfln600").activate(force=True)
    spiral = tfln.models["spiral"]
    with pytest.raises(LingnanError, match=f"spiral: {name} = "):
        spiral(**{name: wrong})
    with (
        store.keeping(None, only_kept=True),
        pytest.warns(UserWarning, match=rf"spiral: .*{name} = .* µm: it must be .* NaN"),
    ):
        assert jnp.isnan(jax.jit(lambda size: spiral(**{name: size})["o1", "o2"])(wrong))


def test_a_coupler_whose_guides_are_not_led_apart_has_a_slope():
    build_pdk("soi220").activate(force=True)
    with store.keeping(None, only_kept=True):
        slope = jax.grad(lambda dy: jnp.real(soi.models["coupler"](wl=WAVE, gap=0.3, dy=dy)["o1", "o3"]))(0.75)
    assert jnp.isfinite(slope)


@pytest.mark.parametrize("first", ["import jax", ""])
def test_a_first_call_may_be_traced(first: str) -> None:
    """In a process of its own: a model is imported when it is called, and 64 bits would come in the middle of it."""
    script = f"""{first}
from lingnan.components import soi
import jax
from lingnan.pdk import build_pdk
build_pdk("soi220").activate()
print(abs(jax.jit(lambda gap: soi.models["coupler"](gap=gap)["o1", "o3"])(0.25)).dtype)
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert out.stdout.strip() == "float64", out.stderr[-2000:]
