"""Compact models of devices that are kept whole: splitters, crossings, gratings, facets, and how well they fit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import soi
from lingnan.components.compact import devices, rebuild, store
from lingnan.components.compact.spec import Spec
from lingnan.components.soi import parts
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import load_process
from lingnan.solvers import materials, waveguides

WAVES = jnp.linspace(1.53, 1.57, 3)


@pytest.fixture(autouse=True)
def line():
    """The line, and nothing solved: all that is asked for here is kept."""
    build_pdk("soi220").activate()
    with store.keeping(None, only_kept=True):
        yield


@pytest.mark.parametrize(
    ("model", "pair", "limits"),
    [
        (parts.terminator, ("o1", "o1"), r"288\.15 to 368\.15"),
        (parts.mmi1x2, ("o1", "o2"), r"233\.15 to 398\.15"),
    ],
)
def test_a_device_too_warm_for_its_fit_is_refused_inside_checked_too(model, pair, limits):
    said = rf"temperature = 500(\.0)? K lies outside {limits} K, for which it was solved"
    with pytest.raises(LingnanError, match=said):
        model(temperature=500.0)
    with pytest.raises(waveguides.CheckError, match=said):
        waveguides.checked(lambda kelvin: model(temperature=kelvin)[pair])(500.0)


def test_a_multimode_splitter_is_fair_and_keeps_its_light():
    s = parts.mmi1x2(wl=WAVES)
    upper, lower = (np.abs(np.asarray(s["o1", port])) ** 2 for port in ("o2", "o3"))
    assert_allclose(upper, lower, atol=1e-6)  # mirror symmetry: both are fitted alike
    assert np.all(upper + lower > 0.9)


def test_an_mmi_two_by_two_shares_its_light():
    """Expanded in slices between walls, with all its echoes, it gives 0.468 and 0.495 at 1.55 µm."""
    s = parts.mmi2x2(wl=jnp.asarray([1.55]))
    bar, cross = (float(np.abs(s["o1", port][0]) ** 2) for port in ("o4", "o3"))
    assert_allclose([bar, cross], [0.468, 0.495], atol=0.025)
    turned = float(jnp.angle(s["o1", "o3"] / s["o1", "o4"])[0])
    assert_allclose(abs(turned), np.pi / 2, atol=0.08)  # as energy asks of a symmetric one


def test_gratings_send_the_lines_own_wavelength_into_the_fibre():
    """The period is phase matching's, of slab modes alone; the solver has each groove, the substrate and the fibre."""
    waves = np.linspace(1.5, 1.6, 1001)
    power = np.abs(parts.grating_coupler(wl=waves)["o1", "o2"]) ** 2
    # asked for: an eighth of its 1 dB band
    assert abs(waves[np.argmax(power)] - 1.55) < 5e-3


def test_light_spreads_between_a_tip_and_its_facet():
    """By plane waves, summed: half of the light of 4 µm is missed behind 23 µm of oxide."""
    k = np.linspace(0.0, 4.0, 20_001)  # 1/µm; the Gaussian's plane waves end at 2
    weight = k * np.exp(-(k**2) * 2.0)  # w² / 2
    for way in (2.0, 23.0):
        turned = np.exp(-1j * k**2 * way * 1.55 / (4 * np.pi * 1.444))
        found = parts.spread(4.0, way, 1.444, 1.55)
        assert_allclose(found, abs((weight * turned).sum() / weight.sum()), rtol=1e-6)  # the rule's step
    near, far = (float(abs(parts.edge_coupler(wl=1.55, facet=facet)["o1", "o2"])) for facet in (None, 20.0))
    oxide = float(materials.index("SiO2", 1.55, 298.15).real)
    assert_allclose(far / near, parts.spread(4.0, 20.0, oxide, 1.55) / parts.spread(4.0, 2.0, oxide, 1.55), rtol=1e-9)
    slope = jax.grad(lambda facet: jnp.abs(parts.edge_coupler(facet=facet)["o1", "o2"]))(5.0)
    up, down = (float(abs(parts.edge_coupler(facet=5.0 + s)["o1", "o2"])) for s in (1e-4, -1e-4))
    assert_allclose(slope, (up - down) / 2e-4, rtol=1e-6)
    with pytest.raises(LingnanError, match=r"facet = -1 µm lies outside 0 to 100"):
        parts.edge_coupler(facet=-1.0)


def test_every_kept_device_says_how_well_it_is_fitted():
    """Errors of amplitudes, found where nothing was fitted: in bodies all echoes between the ends are in them."""
    process = load_process("soi220")
    kept = {key: entry for key, entry in store.entries("soi220").items() if key.startswith(("device", "body"))}
    assert {key.split()[3] for key in kept} == set(process.corners)
    limits = {
        "mmi1x2": 5e-3, "mmi2x2": 5e-3, "slot": 6e-3, "swg": 1e-2, "grating_coupler": 1e-2,
        # solved at each temperature, not by dn/dT from one: 1.7e-3 in the nominal corner, 4.3e-3 where silicon is thick
        "transition_strip_nitride": 5e-3,
    }  # fmt: skip
    for key, entry in kept.items():
        assert entry["hash"]
        assert entry["error"] < limits.get(key.split()[1], 2e-3)


def test_a_fit_takes_the_turning_out():
    """An amplitude with a group length of 300 µm, a slow slope and an echo: the echo is what the fit's error says."""
    process = load_process("soi220")

    def solver(wl, kelvin):
        along = devices.phase(wl, kelvin, 300.0, 0.05)
        echo = 1 + 4e-3 * jnp.exp(2j * jnp.pi * 500.0 / wl)
        return {("o1", "o2"): 0.9 * (1 + 0.3 * (wl - 1.55)) * along * echo}

    made = devices.solve(Spec(process, "made up", "strip", "nominal", {}), solver, devices.Fit())
    # the search starts from a slope that the echo has moved, and goes in steps of a quarter per cent
    assert_allclose(made.turns["o1 o2"], (300.0, 0.05), rtol=1e-2)
    assert made.error < 8e-3
    assert_allclose(made.sdict(1.5321, 333.0)["o1", "o2"], solver(1.5321, 333.0)["o1", "o2"], atol=8e-3)


def test_an_amplitude_that_vanishes_in_the_middle_has_no_turning():
    """There the slope of its phase means nothing: 547 µm were found between two modes of a splitter at one plane."""
    waves, warmths = np.linspace(1.48, 1.62, 13), np.linspace(288.0, 368.0, 3)
    values = ((waves - 1.5501)[:, None] + 1e-5 * (warmths - 328.15)).astype(complex)
    assert devices.turning(waves, warmths, values, 547.0)[0] == 0.0


@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "thin_narrow", "thick_narrow", "thin_wide", "hot"])
def test_every_corner_of_devices_is_kept(corner):
    for name in rebuild.DEVICES["soi"]:
        for amplitude in soi.models[name](wl=WAVES, corner=corner).values():
            assert np.isfinite(np.asarray(amplitude)).all(), name
