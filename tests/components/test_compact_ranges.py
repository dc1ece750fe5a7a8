"""Models outside of what was solved: refused in words, and inside `jit` NaN with a warning, never a number."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi, tfln
from lingnan.components.compact import guides, store, wetted
from lingnan.components.compact.guides import guide
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.materials import material

LIBRARIES = {"soi220": soi, "tfln600": tfln}
DARK = {"detector_vertical", "detector_lateral", "detector_balanced"}  #: nothing comes back, at any wavelength
EVERY = [
    (process, name) for process, library in LIBRARIES.items() for name in sorted(library.models) if name not in DARK
]
#: Quick to compile, and of every kind of fit but that of a medium: guide, pair, device, body.
SOME = [
    ("soi220", "straight"), ("soi220", "coupler"), ("soi220", "grating_coupler"), ("soi220", "terminator"),
    ("tfln600", "ring_double_z"), ("tfln600", "mmi1x2_y"),
]  # fmt: skip
WAVE, KELVIN = 1.55, 305.0
OUTSIDE = [(1.75, KELVIN), (1.2, KELVIN), (WAVE, 700.0), (WAVE, 200.0)]


@pytest.fixture(autouse=True)
def kept():
    """Nothing is solved."""
    with store.keeping(None, only_kept=True):
        yield


def model_of(process: str, name: str):
    build_pdk(process).activate(force=True)
    return LIBRARIES[process].models[name]


def judged(monkeypatch) -> list[str]:
    """What is asked of numbers that are not known, as its messages begin."""
    asked: list[str] = []

    def marked(fine, message, **numbers):
        asked.append(message)
        return jnp.ones(jnp.shape(fine))

    for one in (guides, wetted, material):
        monkeypatch.setattr(one, "marked", marked)
    return asked


@pytest.mark.parametrize(("process", "name"), EVERY)
def test_every_model_judges_wavelength_and_temperature_that_are_traced(process: str, name: str, monkeypatch):
    model, asked = model_of(process, name), judged(monkeypatch)
    jax.eval_shape(lambda wl, kelvin: model(wl=wl, temperature=kelvin), WAVE, KELVIN)
    assert any("wl = " in one for one in asked)
    assert any("temperature = " in one for one in asked)


def nothing_but_nan(process: str, name: str) -> None:
    """Where the model has light inside its range, outside there is NaN, and the warning says of what."""
    model = model_of(process, name)
    compiled = jax.jit(lambda wl, kelvin: model(wl=wl, temperature=kelvin))
    inside = compiled(WAVE, KELVIN)
    assert all(np.isfinite(value).all() for value in inside.values())
    lit = [pair for pair, value in inside.items() if np.any(value != 0)]
    for at in OUTSIDE:
        with pytest.warns(UserWarning, match=r"(wl|temperature) = .* lies outside .* NaN there"):
            outside = jax.block_until_ready(compiled(*at))
        assert all(np.isnan(outside[pair]).all() for pair in lit), at


@pytest.mark.parametrize(("process", "name"), SOME)
def test_outside_its_range_a_model_is_nan_with_a_warning(process: str, name: str):
    nothing_but_nan(process, name)


@pytest.mark.validate
@pytest.mark.parametrize(("process", "name"), sorted(set(EVERY) - set(SOME)))
def test_outside_its_range_every_model_is_nan_with_a_warning(process: str, name: str):
    nothing_but_nan(process, name)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("width", 0.2, "width = 0.2 µm"), ("length", -1.0, "length = -1 µm")],
)
def test_sizes_are_judged_too(name: str, value: float, said: str):
    model = model_of("soi220", "straight")
    with pytest.raises(LingnanError, match=said):
        model(**{name: value})
    with pytest.warns(UserWarning, match=said + ".* NaN there"):
        assert np.isnan(jax.jit(lambda x: model(**{name: x})["o1", "o2"])(value))


def test_a_batch_loses_what_lies_outside_alone():
    build_pdk("soi220").activate(force=True)
    index = guide("soi220", "strip").n_eff
    slope = jax.vmap(jax.grad(lambda wl: index(wl, 0.47, 305.0)))
    with pytest.warns(UserWarning, match="1 of 3 such"):
        found = jax.block_until_ready(jax.jit(slope)(jnp.array([1.5, 1.7, 1.6])))
    assert np.isnan(found).tolist() == [False, True, False]
    assert_allclose(found[0], (index(1.5 + 1e-5, 0.47, 305.0) - index(1.5 - 1e-5, 0.47, 305.0)) / 2e-5, rtol=1e-7)


def test_a_medium_is_judged():
    model = model_of("soi220", "ring_sensor")
    assert "cladding" in inspect.signature(model).parameters
    with pytest.raises(LingnanError, match=r"an index of the medium of 1\.6"):
        model(cladding=1.6)
    with pytest.warns(UserWarning, match=r"an index of the medium of 1\.6 .* NaN there"):
        assert np.isnan(jax.jit(lambda n: model(cladding=n)["o1", "o2"])(1.6))


def test_a_voltage_is_judged():
    model = model_of("soi220", "phase_shifter_pn")
    with pytest.raises(LingnanError, match="voltage = 7 V lies outside 0 to 5 V"):
        model(voltage=7.0)
    with pytest.warns(UserWarning, match="voltage = 7 V lies outside 0 to 5 V.* NaN there"):
        assert np.isnan(jax.jit(lambda volts: model(voltage=volts)["o1", "o2"])(7.0))
