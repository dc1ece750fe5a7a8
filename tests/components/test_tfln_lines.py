"""Lines of the lithium niobate modulators as files and rows of elements: pad to pad, folded; bad input to all of it."""

import importlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import skrf
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.tfln import driven, electro, foldedlight
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import links, materials, modulators
from lingnan.solvers.materials.errors import MaterialRangeError
from lingnan.solvers.modulators import Coplanar, Line
from lingnan.solvers.modulators.routes import marched

F = jnp.geomspace(1e8, 1.2e11, 16)
KINDS = ("straight", "rail")


@pytest.fixture(autouse=True)
def line() -> None:
    build_pdk("tfln600").activate(force=True)


def uniform(spec: Any, frequency: Any, corner: str = "nominal") -> Line:
    """50 ohm, an index of 2.2 and 5 dB/cm at 100 GHz, whatever the cross-section."""
    del spec, corner
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    lost = 5 * jnp.sqrt(f / 1e11) / (20 * np.log10(np.e)) * 100
    return Line(f, lost - 2j * jnp.pi * f * 2.2 / 299792458.0, 50.0 + 0j * f)


@pytest.mark.parametrize("electrode", KINDS)
def test_a_line_of_one_kind_is_as_long_as_what_is_drawn(
    electrode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one line for all cross-sections the file has exp(-γ l), l from pad to pad as the layout has it."""
    monkeypatch.setattr(electro, "line_of", uniform)
    path = electro.write_line(tmp_path / "line.s2p", F, electrode=electrode, length=2040.0)
    read = skrf.Network(str(path))
    cell = tfln.phase_shifter_gsg(length=2040.0, electrode=electrode)
    metal = cell.dbbox(cell.kdb_cell.layout().find_layer(*build_pdk("tfln600").layers["TL"]))
    known = uniform(None, F)
    assert_allclose(read.s[:, 1, 0], np.conj(np.exp(-known.gamma * metal.width() * 1e-6)), rtol=1e-6)
    assert_allclose(np.abs(read.s[:, 0, 0]), 0.0, atol=1e-9)
    assert_allclose(read.f, F, rtol=1e-9)


def test_a_folded_line_is_two_of_one_with_a_turn_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signal: as long as the metal that is drawn. Light: the same effect over both electrodes, none in the turn."""
    monkeypatch.setattr(electro, "line_of", uniform)
    shape = electro.shape_of("mzm_folded", "straight", {"length": 800.0})
    one, row = electro.elements(shape, F), foldedlight.elements(shape, F)
    info = tfln.mzm_folded(length=800.0).info
    turn = row[len(one)]
    assert len(row) == 2 * len(one) + 1
    assert_allclose(turn.length, info["turn_rf_um"], atol=0.01)  # chords of arcs
    assert_allclose(sum(s.length * s.effect for s in row), info["length_um"])
    assert turn.effect == 0.0
    assert turn.path is not None
    assert 0 < turn.path - turn.length < 0.02 * turn.length
    # with the light as fast as the signal and no loss both electrodes add up
    n_g = 2.2
    at = modulators.response(modulators.Modulator(row, n_g), F)
    half = modulators.response(modulators.Modulator(one, n_g), F)
    assert_allclose(at.s21[0], half.s21[0], rtol=0.02)  # at 0.1 GHz the second sees 2 % less
    assert np.all(np.abs(at.s21[1:]) < np.abs(half.s21[1:]))


@pytest.mark.parametrize("cell", ["mzm", "mzm_folded", "mzm_segmented"])
def test_a_drawn_modulator_is_driven_from_pad_to_pad(
    cell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ends with reactance; by a second route, as a file, and beside the line alone, which has no launches."""
    monkeypatch.setattr(electro, "line_of", uniform)
    ends: dict[str, Any] = {"source": 45.0 - 5.0j, "termination": modulators.Load(40.0, 1e-11, 5e-15)}
    made = driven.modulator(cell, F, length=800.0, **ends)
    found = modulators.response(made, F)
    assert_allclose(found.s21, modulators.integrated(made, F).s21, rtol=1e-9)
    read = skrf.Network(str(modulators.write_touchstone(tmp_path / "one.s1p", made, F)))
    assert_allclose(read.s[:, 0, 0], np.conj((found.input_impedance - 50) / (found.input_impedance + 50)), rtol=1e-9)
    lit = [one for one in made.elements if one.effect]
    assert_allclose([one.length for one in lit], 800.0)
    assert len(lit) == (1 if cell == "mzm" else 2)
    alone = modulators.response(modulators.Modulator((lit[0],), made.n_g, **ends), F)
    assert_allclose(found.s21[0], alone.s21[0], rtol=5e-3 if cell == "mzm" else 3e-2)
    assert abs(abs(found.s21[-1]) / abs(alone.s21[-1]) - 1) > 1e-2  # launches and pads count


@pytest.mark.validate
def test_segments_whose_arms_change_places_let_no_slow_signal_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four of them, by waves, by sums and by steps along the line; most where a period takes half a wave longer.

    By hand, of a line without echoes or loss: each segment gathers sinc, and a period is late by (n_rf - n_g) l and by
    what the light goes round in its bends.
    """
    monkeypatch.setattr(electro, "line_of", uniform)
    given: dict[str, Any] = {"length": 2000.0, "segments": 4, "arms": "exchanged"}
    f = jnp.linspace(1e8, 1.2e11, 240)
    made = replace(driven.modulator("mzm_segmented", f, **given), n_g=1.5)
    drive = modulators.response(made, f).drive
    assert_allclose(drive, modulators.integrated(made, f).drive, atol=1e-9)
    near = f[::60]
    assert_allclose(modulators.response(made, near).drive, marched(made, near, 400).drive, atol=1e-3)
    starts = [0.0]
    for one in made.elements:
        starts.append(starts[-1] + one.length * 2.2 - (one.length if one.path is None else one.path) * 1.5)
    lit = [k for k, one in enumerate(made.elements) if one.effect]
    assert [made.elements[k].effect for k in lit] == [1.0, -1.0, 1.0, -1.0]
    k0 = 2 * np.pi * np.asarray(f)[:, None] * 1e-6 / 299792458.0
    middles = np.array([(starts[k] + starts[k + 1]) / 2 for k in lit])
    by_hand = np.sum(np.exp(1j * k0 * middles) * [1, -1, 1, -1], axis=1) / 4 * np.sinc(k0[:, 0] * 1400.0 / 2 / np.pi)
    lossless = [replace(one, line=replace(one.line, gamma=1j * one.line.gamma.imag)) for one in made.elements]
    ours = modulators.response(replace(made, elements=tuple(lossless)), f).drive
    assert_allclose(np.abs(ours), np.abs(by_hand), atol=1e-6)
    assert abs(drive[0]) < 0.01
    late = float(middles[1] - middles[0]) * 1e-6
    peak = float(f[jnp.argmax(jnp.abs(drive))])
    assert peak == pytest.approx(299792458.0 / 2 / late, rel=0.1)  # drawn down by loss and sinc


def test_segments_without_space_are_one_line_but_for_their_pads(monkeypatch: pytest.MonkeyPatch) -> None:
    """At slow signals two of them do what one of both lengths does; the row is as long as what is drawn."""
    monkeypatch.setattr(electro, "line_of", uniform)
    for arms, space in (("straight", 0.0), ("straight", 40.0), ("exchanged", 12.0)):
        made = driven.modulator("mzm_segmented", F, length=800.0, segments=3, space=space, arms=arms)
        cell = tfln.mzm_segmented(length=800.0, segments=3, space=space, arms=arms)
        between = [one for one in made.elements if one.path is not None]
        assert len(between) == 2
        assert_allclose([one.length for one in between], cell.info["between_um"], atol=2e-3)
        whole = float(cell.ports["e5"].center[0] - cell.ports["e2"].center[0])
        assert_allclose(sum(one.length for one in made.elements), whole, atol=0.01)
        lit = [one.effect * one.length for one in made.elements if one.effect]
        assert_allclose(np.abs(lit), 800.0)
        assert sum(lit) == (2400.0 if arms == "straight" else 800.0)
        assert (between[0].path > between[0].length) == (arms == "exchanged")


def test_what_is_called_instead_is_there() -> None:
    assert set(driven.INSTEAD) <= set(tfln.cells) - set(driven.CELLS)
    for says in driven.INSTEAD.values():
        module, name = re.findall(r"(\w+)\.(\w+)", says)[0]
        assert callable(getattr(importlib.import_module(f"lingnan.components.tfln.{module}"), name))


@pytest.mark.parametrize(
    ("cell", "sizes", "says"),
    [
        ("mzn", {}, r"there is no line in 'mzn'\. Did you mean mzm"),
        ("mzm", {"gapp": 5.0}, r"the electrode of mzm has no 'gapp'\. Did you mean gap"),
        ("mzm", {"launch": 200.0}, "the electrode of mzm has no 'launch'"),
        ("mzm", {"segments": 2}, "the electrode of mzm has no 'segments'"),
        ("mzm_segmented", {"segments": 1}, "segments = 1 is not a whole number from 2 to 16"),
        ("mzm_segmented", {"arms": "crossed"}, "arms = 'crossed' is neither straight nor exchanged"),
        ("mzm_segmented", {"space": -1.0}, "space = -1 is below the limit of 0"),
        ("racetrack_modulator_y", {}, "its strips are one capacitor: call resonant.racetrack_section"),
        ("electrode_gsg", {}, "no light runs beside it: call rflines.write"),
    ],
)  # fmt: skip
def test_what_no_modulator_is_driven_by(cell: str, sizes: dict[str, Any], says: str) -> None:
    with pytest.raises(LingnanError, match=says):
        driven.modulator(cell, F, **sizes)


@pytest.mark.validate
@pytest.mark.parametrize("electrode", KINDS)
def test_solved_lines_as_files_and_figures(electrode: str, tmp_path: Path) -> None:
    """As a user has it: scikit-rf opens the file, it is passive, and at low frequencies R is that of the metal."""
    low = jnp.concatenate([jnp.array([1e5]), F])
    path = electro.write_line(tmp_path / "line.s2p", low, electrode=electrode, length=7000.0)
    read = skrf.Network(str(path))
    assert read.is_passive()
    assert read.is_reciprocal()
    shape = electro.shape_of("test", electrode, {"length": 7000.0})
    row = electro.elements(shape, low)
    ohms = sum(float((s.line.gamma * s.line.z0).real[0] * s.length * 1e-6) for s in row)
    assert abs(read.s[0, 1, 0]) == pytest.approx(100 / (100 + ohms), rel=2e-3)  # of the shunt at 0.1 MHz
    both, one = (electro.figures(F, electrode, length=7000.0, drive=d) for d in ("push_pull", "single"))
    assert float(one.v_pi) == pytest.approx(2 * float(both.v_pi))
    assert 1.5 < float(both.v_pi) * 0.7 < 3.5
    hot = electro.figures(F, electrode, length=7000.0, corner="hot")
    assert float(hot.bandwidth) < float(both.bandwidth)
    assert float(hot.v_pi) != pytest.approx(float(both.v_pi), rel=1e-4)


@pytest.mark.validate
@pytest.mark.parametrize("electrode", KINDS)
def test_a_folded_modulator_has_a_bandwidth(electrode: str) -> None:
    """Of solved lines, seventy stretches in a row: where the sum of voltages along the light crosses it too."""
    band = jnp.geomspace(1e8, 1.2e11, 200)
    row = foldedlight.elements(electro.shape_of("mzm_folded", electrode, {"length": 2000.0}), F)
    modulator = modulators.Modulator(row, 2.26)
    found = modulators.bandwidth(modulator, band, reference=1e9)
    # the first crossing, where a straight line stands for a rippled response between points 4 % apart: 0.3 % were seen
    other = np.asarray(modulators.integrated(modulator, band).relative_to(1e9))
    k = int(np.argmax(other < -3.0))
    by_sums = np.interp(3.0, -other[k - 1 : k + 1], np.asarray(band)[k - 1 : k + 1])
    assert float(found.frequency) == pytest.approx(float(by_sums), rel=1e-2)
    # and beside it, in steps of 0.2 %
    near = jnp.append(1e9, jnp.linspace(0.98, 1.02, 21) * found.frequency)
    level = 20 * np.log10(np.abs(np.asarray(modulators.integrated(modulator, near).drive)))
    by_sums = np.interp(3.0, level[0] - level[1:], near[1:])
    assert float(found.frequency) == pytest.approx(float(by_sums), rel=1e-5)
    # one of the two electrodes, without the way between them, has not fallen so far there
    single = modulators.Modulator(electro.elements(electro.shape_of("mzm", electrode, {"length": 2000.0}), F), 2.26)
    at = jnp.append(1e9, found.frequency)
    assert float(modulators.response(single, at).relative_to(1e9)[1]) > -2.5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"path": "line.txt"}, r"line\.txt ends in '\.txt': 2 port\(s\) need \.s2p\. Rename"),
        ({"path": "nowhere/line.s2p"}, "there is no folder .*nowhere for line.s2p. Make it first"),
        ({"gapp": 5.0}, "an electrode has no 'gapp'. Did you mean gap"),
        ({"gap": 2.6}, r"gap = 2\.6 is below the limit of 4 .TL\.S\.RIB"),
        ({"electrode": "bent"}, "electrode = 'bent' is neither straight nor rail"),
    ],
)
def test_what_is_refused_leaves_no_file(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    """Before anything is solved."""
    given = {"path": "line.s2p", **given}
    with pytest.raises((ValueError, LingnanError), match=says):
        electro.write_line(tmp_path / given.pop("path"), F, **given)
    assert list(tmp_path.iterdir()) == []


def test_figures_know_two_drives() -> None:
    with pytest.raises(LingnanError, match="figures: drive = 'double' is neither push_pull nor single"):
        electro.figures(F, drive="double")


#: what the modulators refuse, each with its value and limit
REFUSED: dict[str, tuple[Any, str]] = {
    "electrode on the guide": (
        lambda: Coplanar(gap=1.8),
        r"foot of the rib reaches 0\.923 µm to either side and the gap of 1\.8 µm leaves 0\.900 µm: the electr",
    ),
    "metal too thin": (
        lambda: Coplanar(metal_thickness=0.001, ground_width=60.0).section(),
        r"'signal' is 0\.001 µm thin: the mesh holds metal of 0\.002 µm and more",
    ),
    "negative resistor": (lambda: modulators.Load(-50.0), "resistance = -50 Ω: it must be 0 Ω or more"),
    "negative source": (
        lambda: modulators.response(
            modulators.Modulator((modulators.Stretch(uniform(None, F), 1e3, 1.0),), 2.2, -50.0), F
        ),
        r"source: impedance -50\+0j Ω: its real part must be above 0 Ω",
    ),
    "no such termination": (lambda: tfln.termination(resistance=1e7), r"resistance = 1e\+07 is above the limit of 276"),
    "a sample a symbol": (
        lambda: links.edges(2.0 * links.prbs(7) - 1, 50e9, 1, 3e-12),
        "1 samples in a symbol: it takes 4 or more",
    ),
    "edges between samples": (
        lambda: links.edges(2.0 * links.prbs(7) - 1, 50e9, 4, 1e-12),
        "rise 1e-12 s: it must lie between one sample, 5e-12 s, and one symbol, 2e-11 s",
    ),
    "wrong axis": (
        lambda: modulators.pockels.check_axis(
            Coplanar(crystal=materials.cut("LiNbO3", "x", angle_deg=90.0)),
            modulators.Shift(jnp.asarray(2e-6), jnp.asarray(2.0), jnp.asarray(2.2), jnp.asarray(1.55)),
        ),
        r"wrong axis of the crystal: .cos. of the angle between light and crystal Z is 1\.00 \(limit 0\.7\)",
    ),
    "too high a frequency": (
        lambda: modulators.rlgc(Coplanar(ground_width=60.0).section(), 2e12),
        r"frequency 2e\+12 Hz is above 1e\+12 Hz",
    ),
    "light outside the data": (
        lambda: modulators.guided(Coplanar(), 12.0), r"wavelength = 12 µm lies outside 0\.23 to 1\.69 µm",
    ),
    "too hot": (lambda: modulators.guided(Coplanar(), temperature=2000.0), "temperature = 2000 K lies outside"),
    "a band that is not known": (
        lambda: modulators.resampled(uniform(None, F), jnp.array([2e11])), r"frequency 2e\+11 Hz lies outside 1e\+08",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_told_with_value_and_limit(name: str) -> None:
    make, says = REFUSED[name]
    with pytest.raises((ValueError, LingnanError, MaterialRangeError), match=says):
        make()
