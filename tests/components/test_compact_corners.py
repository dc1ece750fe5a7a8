"""Every optical cell of both lines has its model in every corner: kept, passive, reciprocal, moved by the corner."""

import inspect
from collections.abc import Iterator

import numpy as np
import pytest

from lingnan.components import soi, tfln
from lingnan.components.compact import rebuild, store
from lingnan.components.tfln import thermal
from lingnan.pdk import build_pdk
from lingnan.pdk.process import load_process

LIBRARIES = {"soi220": soi, "tfln600": tfln}
#: Nothing of their light comes back, in any corner.
DARK = {"detector_vertical", "detector_lateral", "detector_balanced"}
DRIVEN = {"voltage": 1.0, "heating": 5.0}  #: V and K: what they do is kept too
EVERY = [(process, name) for process, library in LIBRARIES.items() for name in sorted(library.models)]


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """Nothing is solved."""
    with store.keeping(None, only_kept=True):
        yield


def s_of(process: str, name: str, corner: str) -> np.ndarray:
    """S at one wavelength, with a volt and some warmth where the model takes them."""
    model = LIBRARIES[process].models[name]
    asked = inspect.signature(model).parameters
    found = model(wl=1.55, corner=corner, **{drive: v for drive, v in DRIVEN.items() if drive in asked})
    ports = sorted({port for pair in found for port in pair})
    return np.array([[complex(np.asarray(found.get((a, b), 0.0))) for b in ports] for a in ports])


@pytest.mark.parametrize(("process", "name"), EVERY)
def test_every_corner_has_the_model(process: str, name: str):
    build_pdk(process).activate(force=True)
    nominal = s_of(process, name, "nominal")
    for corner in load_process(process).corners:
        s = s_of(process, name, corner)
        assert np.linalg.norm(s, 2) <= 1 + 1e-9, corner
        np.testing.assert_allclose(s, s.T, atol=1e-12)
        if corner != "nominal" and name not in DARK:
            # the least is what a terminator sends back: it moves by 2.7e-3
            assert np.abs(s - nominal).max() > 1e-3, corner


@pytest.mark.parametrize("process", LIBRARIES)
def test_all_that_the_rebuild_solves_is_kept(process: str):
    """Guides of every cross-section, those that no default cell has among them, pairs, volts and heat."""
    wanted = (key for key, _ in rebuild.jobs(load_process(process)))
    assert not [key for key in wanted if key not in store.entries(process)]


def test_a_heater_turns_its_guide_in_every_corner():
    """A tenth of a watt; the crystal's dn/dT grows with temperature, so that the hot corner needs less warmth."""
    build_pdk("tfln600").activate(force=True)
    warm = {corner: float(thermal.heating(0.1, corner=corner)) for corner in load_process("tfln600").corners}
    np.testing.assert_allclose(list(warm.values()), warm["nominal"], rtol=0.2)
    assert len(set(warm.values())) == len(warm)
