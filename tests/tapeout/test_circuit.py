"""The circuit of a chip: its networks, their spectra, and what is said where there are none."""

import inspect
from dataclasses import replace
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.circuit.network import BAND, Network, Part, networks
from lingnan.tapeout.circuit.simulate import POINTS, Silent, Spectra, simulate, wavelengths
from lingnan.tapeout.collisions import Piece

N = {"low": 2.0, "high": 2.1}  #: index of the guides in both corners


def straight(*, wl=1.55, length=10.0, width=None, corner="low", angle_deg=0.0, cladding=""):
    n = N[corner] + 0.3 * (angle_deg % 180 == 90) - 0.1 * (cladding == "air")
    through = jnp.exp(2j * jnp.pi * n * length / wl)
    return {("o1", "o2"): through, ("o2", "o1"): through}


def coupler(*, wl=1.55, corner="low"):
    half = jnp.full(jnp.shape(wl), 0.5 + 0j)
    return {("o1", "o2"): half, ("o2", "o1"): half}


def splitter(*, wl=1.55, corner="low"):
    half = jnp.full(jnp.shape(wl), np.sqrt(0.5) + 0j)
    return {pair: half for one in ("o2", "o3") for pair in (("o1", one), (one, "o1"))}


def refusing(*, wl=1.55, corner="low"):
    raise LingnanError("it is not solved yet")


def cell(length=10.0, width=None):
    """What a cell's signature is here."""


@pytest.fixture
def pdk():
    models = {"straight": straight, "coupler": coupler, "splitter": splitter, "refusing": refusing}
    process = SimpleNamespace(hash="abc")
    return SimpleNamespace(models=models, cells=dict.fromkeys([*models, "unknown"], cell), process=process)


def part(name, *pieces, bare=False):
    made = [one if isinstance(one, Piece) else Piece(one, {}, 0.0) for one in pieces]
    return Part(name, tuple(made), 7, bare)


def way(length, angle=0.0):
    return Piece("straight", {"length": length}, angle)


def interferometer(*long):
    parts = (
        part("in", "coupler"), part("first", "splitter"), part("up", way(10.0)), part("down", *long),
        part("last", "splitter"), part("out", "coupler"),
    )  # fmt: skip
    joints = (
        ("in,o1", "first,o1"), ("first,o2", "up,o1"), ("first,o3", "down,o1"), ("up,o2", "last,o2"),
        ("down,o2", "last,o3"), ("last,o1", "out,o1"),
    )  # fmt: skip
    return Network("mzi", parts, joints, ("in", "out"), BAND)


def test_an_interferometer_of_routed_guides_has_its_fringes(pdk):
    """Both couplers take 6 dB; cos² of half the difference, of two straights in a row, in both corners."""
    (made,) = simulate(pdk, [interferometer(way(60.0), way(50.0))], ("low", "high"))
    assert isinstance(made, Spectra)
    power = 10 ** (made.power_db["in", "out"] / 10)
    assert power.shape == (2, POINTS)
    for row, corner in zip(power, ("low", "high"), strict=True):
        expected = np.cos(np.pi * N[corner] * 100.0 / wavelengths(BAND)) ** 2 / 16
        assert_allclose(row, expected, atol=1e-12)


def test_a_route_knows_its_directions(pdk):
    """In a crystal a straight that goes up is another guide; a turn by 180 degrees is the same one."""
    (level,) = simulate(pdk, [interferometer(way(60.0), way(50.0, 180.0))], ("low",))
    (turned,) = simulate(pdk, [interferometer(way(60.0), way(50.0, 90.0))], ("low",))
    waves = wavelengths(BAND)
    for made, longer in ((level, 100.0 * N["low"]), (turned, 100.0 * N["low"] + 50.0 * 0.3)):
        expected = np.cos(np.pi * longer / waves) ** 2 / 16
        assert_allclose(10 ** (made.power_db["in", "out"] / 10), expected[None], atol=1e-12)


def test_what_lies_in_a_window_has_air_over_it(pdk):
    network = interferometer(way(60.0))
    bare = [part(one.name, *one.pieces, bare=one.name == "down") for one in network.parts]
    (made,) = simulate(pdk, [Network("wet", tuple(bare), network.joints, network.couplers, BAND)], ("low",))
    expected = np.cos(np.pi * (60.0 * (N["low"] - 0.1) - 10.0 * N["low"]) / wavelengths(BAND)) ** 2 / 16
    assert_allclose(10 ** (made.power_db["in", "out"] / 10), expected[None], atol=1e-12)


@pytest.mark.parametrize(
    ("piece", "why"),
    [
        ("unknown", "unknown has no model"),
        ("refusing", "it is not solved yet"),
        (Piece("straight", {"length": 1.0, "tint": "red"}, 0.0), "does not know tint"),
    ],
)
def test_a_network_that_cannot_be_simulated_says_why(pdk, piece, why):
    parts = (part("in", "coupler"), part("device", piece), part("out", "coupler"))
    joints = (("in,o1", "device,o1"), ("device,o2", "out,o1"))
    other = interferometer(way(20.0))
    made, beside = simulate(pdk, [Network("odd", parts, joints, ("in", "out"), BAND), other], ("low",))
    assert isinstance(made, Silent)
    assert len(made.reasons) == 1
    assert made.reasons[0].startswith("device (line 7)")
    assert why in made.reasons[0]
    assert isinstance(beside, Spectra)  # the others have theirs


def test_light_that_leaves_by_several_ports_is_added_up(pdk):
    """As from an array's antennas; a guide of a device that ends in nothing is no fibre's."""
    fan = replace(part("fan", "splitter"), guides=("o1",))
    end = replace(part("end", "splitter"), guides=("o1", "o2"))
    joints = (("in,o1", "first,o1"), ("first,o2", "fan,o1"), ("first,o3", "end,o1"))
    parts = (part("in", "coupler"), part("first", "splitter"), fan, end)
    (made,) = simulate(pdk, [Network("array", parts, joints, ("in", "fan", "end"), BAND)], ("low",))
    power = {path: 10 ** (lines / 10) for path, lines in made.power_db.items()}
    assert_allclose(power["in", "fan"], 1 / 8, rtol=1e-9)  # 6 dB of the coupler, half of the rest
    assert_allclose(power["in", "end"], 1 / 16, rtol=1e-9)


def test_a_path_in_the_dark_is_counted(pdk):
    parts = (part("in", "coupler"), part("split", "splitter"), part("a", "coupler"), part("b", "coupler"))
    joints = (("in,o1", "split,o1"), ("split,o2", "a,o1"), ("split,o3", "b,o1"))
    (made,) = simulate(pdk, [Network("tee", parts, joints, ("in", "a", "b"), BAND)], ("low",))
    assert set(made.power_db) == {("in", "a"), ("in", "b")}
    assert made.faint == 1  # from a to b


def test_spectra_are_remembered_by_content(pdk, tmp_path):
    network = interferometer(way(60.0))
    (first,) = simulate(pdk, [network], ("low",), tmp_path)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    blind = SimpleNamespace(models={}, cells={}, process=pdk.process)
    (again,) = simulate(blind, [network], ("low",), tmp_path)
    assert_allclose(again.power_db["in", "out"], first.power_db["in", "out"], rtol=0, atol=0)
    (other,) = simulate(blind, [interferometer(way(60.001))], ("low",), tmp_path)
    assert isinstance(other, Silent)
    next(iter(tmp_path.glob("*.npz"))).write_bytes(b"PK not whole")
    (mended,) = simulate(pdk, [network], ("low",), tmp_path)
    assert_allclose(mended.power_db["in", "out"], first.power_db["in", "out"], rtol=0, atol=0)


def test_the_pieces_of_a_route_are_as_long_as_the_route(tmp_path):
    """A design of two couplers and a guide between them, drawn by the router."""
    from lingnan.tapeout.assembly import assemble
    from lingnan.tapeout.design import read_design

    text = """\
chip:
  process: soi220
  name: loop
  size: [1000, 1000]
  fill: false
  fibre_arrays:
    west: {side: west, component: grating_coupler, count: 3}
instances:
  lone: {component: straight}
placements:
  lone: {x: 700, y: 700}
routes:
  loop: {links: {"west1,o1": "west2,o1"}}
"""
    (tmp_path / "loop.yaml").write_text(text)
    design = read_design(tmp_path / "loop.yaml")
    pdk = build_pdk(design.process)
    pdk.activate(force=True)
    assembly = assemble(design)
    (routed,) = assembly.routed
    lengths = [
        one.settings["length"] if one.component == "straight" else float(pdk.cells["bend_euler"]().info["length_um"])
        for one in routed.pieces
    ]
    assert {one.component for one in routed.pieces} == {"straight", "bend_euler"}
    assert sum(lengths) == pytest.approx(routed.length, abs=2e-3)  # the route's own is rounded piece by piece
    (network,) = networks(design, assembly)  # nothing leads to the lone guide, nor to the third coupler
    assert network.couplers == ("west1", "west2")
    assert {one.name for one in network.parts} == {"west1", "west2", "loop[0]"}
    assert all(name in inspect.signature(pdk.models[one.component]).parameters
               for one in routed.pieces for name in one.settings)  # fmt: skip
