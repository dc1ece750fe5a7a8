"""From a cross-section of the line to that of the solver: edges where the etch leaves them, corners, refusals."""

import math
from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.optics import End, Spans
from lingnan.pdk.process import load_process
from lingnan.solvers.materials import Oriented
from lingnan.solvers.waveguides.media import Named

SOI, TFLN = load_process("soi220"), load_process("tfln600")


def spans(*ends: float) -> Spans:
    pairs = zip(ends[::2], ends[1::2], strict=True)
    return Spans(tuple((End(a, a), End(b, b)) for a, b in pairs))


def plain(s: Spans) -> list[tuple[float, float]]:
    return [(a.at, b.at) for a, b in s.spans]


def test_spans_are_layer_algebra() -> None:
    a, b = spans(0, 4, 6, 8), spans(3, 7)
    assert plain(a | b) == [(0, 8)]
    assert plain(a & b) == [(3, 4), (6, 7)]
    assert plain(a - b) == [(0, 3), (7, 8)]
    assert plain(a ^ b) == [(0, 3), (4, 6), (7, 8)]


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8, unique=True), st.integers(0, 40), st.integers(1, 20))
def test_spans_agree_with_membership(ends: list[int], start: int, length: int) -> None:
    whole = sorted(ends)[: len(ends) // 2 * 2]
    a, b = spans(*whole), spans(start, start + length)
    for x in np.arange(0.5, 60):
        assert (a - b).covers(x) == (a.covers(x) and not b.covers(x))
        assert (a | b).covers(x) == (a.covers(x) or b.covers(x))


def test_strip_has_the_etched_trapezoid() -> None:
    g = optics.geometry(SOI, "strip", width=0.5)
    core = SOI.levels["core"]
    lean = core.thickness / math.tan(math.radians(core.sidewall_angle_deg))
    bottom = 0.5 + core.bias + 2 * core.width_reference * lean
    assert_allclose(np.asarray(g.lines[1:3, 1]), [-bottom / 2, bottom / 2], rtol=1e-12)
    assert_allclose(np.asarray(g.lines[1:3, 2]), [-bottom / 2 + lean, bottom / 2 - lean], rtol=1e-12)
    assert_allclose(g.levels[1:3], [0.0, SOI.number("films.si.thickness")])
    assert g.temperature == SOI.corners["nominal"].temperature


def test_rib_stands_on_a_slab_without_end() -> None:
    g = optics.geometry(SOI, "rib")
    assert g.names == ("cladding", "slab", "core")
    left = [g.names[k] for k in g.regions[0]]
    assert left == ["cladding", "slab", "cladding", "cladding"]
    depth = SOI.number("etches.middle.depth")
    assert_allclose(g.levels[2], SOI.number("films.si.thickness") - depth, rtol=1e-12)


def test_nitride_floats_above_the_silicon_film() -> None:
    g = optics.geometry(SOI, "nitride")
    bottom = SOI.number("films.si.thickness") + SOI.number("films.sin.gap")
    assert_allclose(g.levels[1], bottom, rtol=1e-12)


def test_lithium_niobate_is_cut_and_turned_as_the_line_says() -> None:
    flat = optics.geometry(TFLN, "rib").media[-1]
    assert isinstance(flat, Oriented)
    assert flat.order == (2, 1, 0) or flat.order == (2, 0, 1)
    assert flat.order[0] == 2  # along layout x light runs along crystal Y, with Z across
    turned = optics.geometry(TFLN, "rib", angle_deg=90.0).media[-1]
    assert isinstance(turned, Oriented)
    assert_allclose(np.abs(np.asarray(turned.rotation)[2]), [0, 0, 1], atol=1e-12)  # along Z


def test_corners_move_films_and_bias() -> None:
    nominal, corner = optics.geometry(SOI, "strip"), optics.geometry(SOI, "strip", corner="thick_wide")
    film, bias = SOI.quantity("films.si.thickness"), SOI.quantity("levels.core.bias")
    assert_allclose(corner.levels[2] - nominal.levels[2], film.at(3) - film.value, rtol=1e-9)
    grown = np.asarray(corner.lines[2] - corner.lines[1])[1] - np.asarray(nominal.lines[2] - nominal.lines[1])[1]
    lean = (film.at(3) - film.value) / math.tan(math.radians(85))
    assert_allclose(grown, bias.at(3) - bias.value + lean, rtol=1e-9)
    assert SOI.number("films.si.thickness") == film.value  # the process itself is untouched


def test_index_offset_reaches_the_medium() -> None:
    moved = optics.moved(SOI, {})
    assert moved is SOI
    data = dict(SOI.quantities)
    data["optics.si_index_offset"] = replace(data["optics.si_index_offset"], value=2e-3)
    core = optics.geometry(replace(SOI, quantities=data), "strip").media[-1]
    reference = optics.geometry(SOI, "strip").media[-1]
    assert isinstance(core, Named)
    assert isinstance(reference, Named)
    assert_allclose(core.material.n(1.55) - reference.material.n(1.55), 2e-3, rtol=1e-9)


def test_index_offset_reaches_a_crystal() -> None:
    """Ordinary and extraordinary index, of the film as it is cut."""
    data = dict(TFLN.quantities)
    data["optics.ln_index_offset"] = replace(data["optics.ln_index_offset"], value=2e-3)
    moved, own = (optics.medium(one, "LiNbO3") for one in (replace(TFLN, quantities=data), TFLN))
    assert_allclose(moved.rotation, own.rotation)
    assert_allclose(moved.material.principal(1.55) - own.material.principal(1.55), 2e-3, rtol=1e-9)


def test_cladding_may_be_a_liquid() -> None:
    g = optics.geometry(SOI, "strip", cladding="water")
    assert g.names[:1] == ("cladding",)
    assert [m.material.name for m in g.media if isinstance(m, Named)] == ["water", "SiO2", "Si"]


def test_width_may_be_traced() -> None:
    def top(width: jax.Array) -> jax.Array:
        return optics.geometry(SOI, "rib", width=width).lines[2, 1]

    assert_allclose(jax.grad(top)(0.45), 0.5, rtol=1e-12)


def test_every_optical_cross_section_of_every_line() -> None:
    for process in (SOI, TFLN, load_process("tfln400")):
        for name, data in process.cross_sections.items():
            if data.kind == "optical":
                assert optics.geometry(process, name).topology is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cross_section": "strp"}, "Did you mean strip"),
        ({"cross_section": "heater"}, "no optical cross-section"),
        ({"corner": "typical"}, "no corner 'typical'"),
        ({"width": -1.0}, "must be positive"),
        ({"width": float("nan")}, "must be positive"),
        ({"width": 0.01}, "gone after the etch"),
    ],
)
def test_refusals(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(LingnanError, match=message):
        optics.geometry(SOI, **arguments)  # type: ignore[arg-type]
