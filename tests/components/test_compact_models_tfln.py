"""Compact models of the lithium niobate line: direction, passivity, and what their cells say."""

import inspect

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.compact import guides, store
from lingnan.components.tfln import (
    circuits,
    coillight,
    fieldlight,
    foldedlight,
    gyrolight,
    light,
    parts,
    resonant,
    segmentedlight,
)
from lingnan.pdk import build_pdk

WAVES = jnp.linspace(1.53, 1.57, 3)
ALL = {
    **light.models, **parts.models, **circuits.models, **foldedlight.models, **resonant.models, **coillight.models,
    **gyrolight.models, **segmentedlight.models,
}  # fmt: skip


@pytest.fixture(autouse=True)
def line(request):
    """The line, and nothing solved: all that is asked for here is kept, but for what `validate` solves anew."""
    build_pdk("tfln600").activate()
    with store.keeping(None, only_kept="validate" not in request.keywords):
        yield


def test_every_cell_with_light_in_it_has_a_model():
    optical = {name for name, cell in tfln.cells.items() if any(p.port_type == "optical" for p in cell().ports)}
    known = {**ALL, **fieldlight.models}  # these have tests of their own
    assert optical == set(tfln.models) == set(known)
    for name, model in tfln.models.items():
        assert inspect.signature(model) == inspect.signature(known[name])


@pytest.mark.parametrize("name", sorted(ALL))
def test_models_are_passive_reciprocal_and_take_what_their_cells_take(name):
    sdict = ALL[name](wl=WAVES)
    ports = sorted({p for pair in sdict for p in pair})
    assert ports == sorted(port.name for port in tfln.cells[name]().ports if port.port_type != "electrical")
    rows = [[jnp.broadcast_to(sdict.get((a, b), 0.0), WAVES.shape) for b in ports] for a in ports]
    s = np.moveaxis(np.asarray(rows), -1, 0)
    assert_allclose(s, np.swapaxes(s, 1, 2), atol=1e-14)
    assert np.all(np.linalg.norm(s, 2, axis=(1, 2)) <= 1 + 1e-9)
    assert np.all(np.linalg.norm(s, 2, axis=(1, 2)) > 0.2)
    of_cell, of_model = (inspect.signature(f).parameters for f in (tfln.cells[name], ALL[name]))
    for parameter, value in of_cell.items():
        assert of_model[parameter].default == value.default
    more = set(of_model) - set(of_cell)
    drives = {"voltage", "voltage_i", "voltage_q", "heating", "heating_i", "heating_q", "angle_deg", "rate", "bias"}
    assert {"wl", "temperature", "corner"} <= more <= {"wl", "temperature", "corner", *drives}


def test_light_along_z_is_slower_by_the_crystals_birefringence():
    """TE along y sees n_e, along z n_o: 0.07 of index more, as the process's own number for z, 1.980, says."""
    process = guides.load_process("tfln600")
    y, z = (float(guides.guide(process, "rib", direction=d).n_eff(1.55)) for d in (0.0, 90.0))
    assert_allclose(y, process.cross_sections["rib"].n_eff.value, atol=2e-3)
    assert_allclose(z, 1.980, atol=2.5e-3)


def test_a_quarter_turn_is_the_same_from_either_end():
    """From y to z, or turned by 90 degrees from z to y: the same directions, the same length."""
    there = light.bend_euler(wl=WAVES)["o1", "o2"]
    assert_allclose(light.bend_euler(wl=WAVES, angle_deg=90.0)["o1", "o2"], there, atol=1e-9)
    along_y = light.straight(wl=WAVES, length=100.0)["o1", "o2"]
    along_z = light.straight(wl=WAVES, length=100.0, angle_deg=90.0)["o1", "o2"]
    assert np.all(np.abs(np.angle(along_z / along_y)) > 0.1)


def test_the_index_between_the_axes_is_the_solver_s():
    """n (s) with s = sin² θ and its departure at 45 degrees, against a solve at 30 degrees."""
    from lingnan.components.compact.ways import Line, Turn
    from lingnan.pdk import optics
    from lingnan.solvers import waveguides

    made = optics.geometry("tfln600", "rib", angle_deg=30.0)
    solved = waveguides.solve(made, 1.55, num_modes=2)
    expected = float(solved.n_eff[int(jnp.argmax(solved.te_fraction > 0.5))].real)
    # two polynomials' errors and the mesh, 5e-5; the third term of the series in s is below 1e-4
    assert_allclose(float(Line("rib").index(1.55, None, None, Turn.straight(30.0))), expected, atol=2e-4)


def test_a_ring_rings_at_its_free_spectral_range():
    waves = jnp.linspace(1.548, 1.552, 4001)
    t = np.abs(np.asarray(light.ring_single_y(wl=waves)["o1", "o2"])) ** 2
    dips = np.flatnonzero((t[1:-1] < t[:-2]) & (t[1:-1] < t[2:])) + 1
    process = guides.load_process("tfln600")
    n_g = np.mean([float(guides.guide(process, "rib", direction=d).n_g(1.55)) for d in (0.0, 90.0)])
    radius = process.number("cells.ring_radius")
    spacing = np.diff(np.asarray(waves)[dips])
    assert_allclose(spacing.mean(), 1.55**2 / (n_g * 2 * np.pi * radius), rtol=5e-3)  # the departure between the axes


def test_a_heater_hardly_turns_light_along_z():
    """dn/dT of lithium niobate is that of n_e: along z, light sees n_o."""
    turned = []
    for angle in (0.0, 90.0):
        cold, warm = (parts.phase_shifter_heater(wl=1.55, heating=h, angle_deg=angle)["o1", "o2"] for h in (0.0, 5.0))
        turned.append(abs(float(jnp.angle(warm / cold))))
    assert turned[0] > 4 * turned[1]


@pytest.mark.parametrize("name", ["mmi1x2_y", "mmi1x2_z"])
def test_the_process_s_lengths_are_those_of_the_beat(name):
    """The body's length comes from the beat of two guided modes by a full-vector solver; here all modes take part."""
    s = ALL[name](wl=jnp.asarray([1.55]))
    power = [float(np.abs(s["o1", port][0]) ** 2) for port in ("o2", "o3")]
    assert_allclose(power, 0.496, atol=5e-3)


@pytest.mark.parametrize("corner", ["nominal", "thick_wide", "thin_narrow", "deep_narrow", "shallow_wide", "hot"])
def test_what_a_transmitter_is_made_of_is_kept_in_every_corner(corner):
    for name in ("mmi1x2_y", "edge_coupler_y", "grating_coupler_y", "ring_single_y", "spiral", "mzm"):
        found = ALL[name](wl=WAVES, corner=corner)
        assert all(np.isfinite(np.asarray(value)).all() for value in found.values())


def test_a_modulator_has_the_fringes_of_its_detour():
    """Free spectral range λ² / (n_g ΔL): the upper arm's legs run along z, where n_g is that of the other axis."""
    waves = jnp.linspace(1.53, 1.57, 1601)
    power = np.abs(np.asarray(ALL["mzm"](wl=waves, delta_length=200.0)["o1", "o2"])) ** 2
    dips = np.flatnonzero((power[1:-1] < power[:-2]) & (power[1:-1] < power[2:])) + 1
    n_g = float(guides.guide("tfln600", "rib", direction=90.0).n_g(1.55))
    assert_allclose(np.diff(np.asarray(waves)[dips]).mean(), 1.55**2 / (n_g * 200.0), rtol=0.02)  # λ² over the range
    assert power.min() < 1e-2 * power.max()
    warm = np.abs(np.asarray(ALL["mzm"](wl=waves, delta_length=200.0, heating=20.0)["o1", "o2"])) ** 2
    assert np.max(np.abs(warm - power)) > 0.1


def test_a_modulator_with_two_outputs_keeps_its_light():
    s = ALL["mzm"](wl=WAVES, outputs=2)
    total = sum(np.abs(np.asarray(s["o1", port])) ** 2 for port in ("o2", "o3"))
    one = np.max(np.abs(np.asarray(ALL["mzm"](wl=jnp.linspace(1.53, 1.57, 401))["o1", "o2"])) ** 2)
    assert_allclose(total, one, atol=0.03)  # what both splitters lose, 1 % each, is not the same for 1x2 and 2x2
