"""RF models of the cells without light: lengths as drawn, ends, files, and what the solved lines are."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import skrf
from numpy.testing import assert_allclose

from lingnan.components import tfln
from lingnan.components.tfln import electro, rflines
from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.modulators import Line
from lingnan.solvers.modulators.line import C0

F = np.geomspace(1e8, 1.2e11, 16)
LINES = ("electrode_gsg", "electrode_t_rail")
N, Z0 = 2.2, 40.0
NEAR = 1e-4  #: G/ω of the uniform line goes as 1/√f, which cubics between the model's frequencies join to 3e-5


@pytest.fixture(autouse=True)
def line() -> Iterator[None]:
    build_pdk("tfln600").activate(force=True)
    rflines._solved.cache_clear()
    yield
    rflines._solved.cache_clear()


@pytest.fixture
def uniform(monkeypatch: pytest.MonkeyPatch) -> Line:
    """40 ohm, an index of 2.2 and 5 dB/cm at 100 GHz, whatever the cross-section."""

    def of(spec: Any, frequency: Any, corner: str = "nominal") -> Line:
        del spec, corner
        f = jnp.atleast_1d(jnp.asarray(frequency, float))
        lost = 5 * jnp.sqrt(f / 1e11) / (20 * np.log10(np.e)) * 100
        return Line(f, lost - 2j * jnp.pi * f * N / C0, Z0 + 0j * f)

    monkeypatch.setattr(electro, "line_of", of)
    return of(None, F)


def drawn(name: str, **given: Any) -> float:
    """Length of the signal's metal [m]; pads reach as far as the line."""
    cell = tfln.cells[name](**given)
    return cell.dbbox(cell.kdb_cell.layout().find_layer(*build_pdk("tfln600").layers["TL"])).width() * 1e-6


def test_every_electrode_without_light_has_a_model() -> None:
    dark = {"electrode_gsg", "electrode_t_rail", "termination"}
    assert set(tfln.rf_models) == set(rflines.models) == dark
    for name in dark:
        assert all(port.port_type == "electrical" for port in tfln.cells[name]().ports)
        assert "frequency" in inspect.signature(tfln.rf_models[name]).parameters


@pytest.mark.parametrize("name", LINES)
def test_two_ports_are_the_line_as_it_is_drawn(name: str, uniform: Line, tmp_path: Path) -> None:
    """At the line's own impedance nothing comes back; at 50 Ω it is D. M. Pozar's line between two others."""
    long = drawn(name, length=1500.0)
    own = rflines.models[name](F, length=1500.0, reference=Z0)
    assert_allclose(own["e2", "e5"], np.exp(-uniform.gamma * long), rtol=NEAR)
    assert_allclose(np.abs(own["e2", "e2"]), 0.0, atol=NEAR)
    read = skrf.Network(str(rflines.write(tmp_path / "line.s2p", name, F, length=1500.0)))
    assert read.is_passive()
    assert read.is_reciprocal()
    assert read.is_symmetric()
    rho, t = (Z0 - 50) / (Z0 + 50), np.conj(np.exp(-np.asarray(uniform.gamma) * long))
    assert_allclose(read.s[:, 1, 0], t * (1 - rho**2) / (1 - (rho * t) ** 2), rtol=NEAR)
    assert_allclose(read.s[:, 0, 0], rho * (1 - t**2) / (1 - (rho * t) ** 2), atol=NEAR)


@pytest.mark.parametrize(("end", "sign"), [("open", 1.0), ("short", -1.0)])
def test_an_end_sends_all_back(end: str, sign: float, uniform: Line, tmp_path: Path) -> None:
    """Over the line that is drawn to that end; a short is the strip behind it."""
    long = drawn("electrode_gsg", length=800.0, end="open")
    found = rflines.electrode_gsg(F, length=800.0, end=end, reference=Z0)
    assert set(found) == {("e2", "e2")}
    assert_allclose(found["e2", "e2"], sign * np.exp(-2 * uniform.gamma * long), rtol=NEAR)
    read = skrf.Network(str(rflines.write(tmp_path / "end.s1p", "electrode_gsg", F, length=800.0, end=end)))
    assert np.all(np.abs(read.s) < 1)
    # what the file has is seen through 50 Ω
    rho = np.conj(np.asarray(found["e2", "e2"]))
    seen = Z0 * (1 + rho) / (1 - rho)
    assert_allclose(read.s[:, 0, 0], (seen - 50) / (seen + 50), atol=1e-9)


@pytest.mark.parametrize("ohms", [35.0, 50.0])
def test_a_termination_is_the_resistors_of_its_cell(ohms: float, tmp_path: Path) -> None:
    """Two in parallel, as wide as they are drawn, from the sheet resistance."""
    info = tfln.termination(resistance=ohms).info
    assert info["resistance_ohm"] == pytest.approx(ohms, rel=2e-3)  # widths are on the grid
    s = rflines.termination(F, resistance=ohms)["e2", "e2"]
    assert_allclose(50 * (1 + s) / (1 - s), info["resistance_ohm"], rtol=1e-12)
    read = skrf.Network(str(rflines.write(tmp_path / "end.s1p", "termination", F, resistance=ohms)))
    assert_allclose(read.z[:, 0, 0], info["resistance_ohm"], rtol=1e-9)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"lenght": 2.0}, "electrode_gsg: there is no 'lenght'. Did you mean length"),
        ({"end": "loose"}, "end = 'loose' is none of through, open, short"),
        ({"gap": 0.5}, r"gap = 0\.5 is below the limit"),
        ({"reference": 0.0}, "reference impedance"),
        ({"frequency": 2e12}, r"2e\+12 Hz lies outside 1e\+06 to 2e\+11 Hz"),
        ({"corner": "hto"}, "no corner 'hto'. Did you mean hot"),
    ],
)
def test_what_no_line_is(given: dict[str, Any], says: str, uniform: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    del uniform
    if "corner" in given:
        monkeypatch.undo()  # the line itself refuses it, before it is solved
    with pytest.raises((ValueError, LingnanError), match=says):
        rflines.electrode_gsg(given.pop("frequency", F), **given)


def test_files_say_what_they_can_hold(tmp_path: Path, uniform: Line) -> None:
    del uniform
    with pytest.raises(LingnanError, match=r"there is no model 'electrode'\. Did you mean electrode_"):
        rflines.write(tmp_path / "line.s2p", "electrode", F)
    with pytest.raises(ValueError, match=r"1 port\(s\) need .s1p"):
        rflines.write(tmp_path / "line.s2p", "electrode_gsg", F, end="short")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.validate
@pytest.mark.parametrize("name", LINES)
def test_solved_lines_without_a_rib(name: str) -> None:
    """Passive and reciprocal; oxide where modulators have a rib leaves less capacitance, and a faster line."""
    found = rflines.models[name](F, length=2000.0)
    s = np.stack([np.stack([found[a, b] for b in ("e2", "e5")], -1) for a in ("e2", "e5")], -2)
    assert_allclose(s, np.swapaxes(s, 1, 2), atol=1e-12)
    assert np.all(np.linalg.norm(s, 2, axis=(1, 2)) < 1)
    shape = electro.shape_of(name, "rail" if name == "electrode_t_rail" else "straight", {"length": 2000.0}, None)
    bare, ribbed = (electro.line_of(electro.spec_of(shape, arm), np.array([5e10])) for arm in (None, electro.ARM))
    assert 0.97 < float(bare.n_rf[0] / ribbed.n_rf[0]) < 0.99  # 2 % was seen
    ohms = float((bare.gamma * bare.z0).real[0])
    assert ohms == pytest.approx(float((ribbed.gamma * ribbed.z0).real[0]), rel=0.01)  # the metal is the same
    hot = rflines.models[name](F, length=2000.0, corner="hot")
    assert np.all(np.abs(hot["e2", "e5"][:4]) < np.abs(found["e2", "e5"][:4]))  # resistance of the metal
