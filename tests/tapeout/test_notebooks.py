"""Notebooks: each pair is one text, and each runs from top to bottom; its own assertions hold its headline numbers."""

import os
from pathlib import Path

import jupytext
import nbclient
import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))


def test_there_are_notebooks() -> None:
    assert "tour" in NAMES
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_halves_hold_the_same_cells(name: str) -> None:
    halves = [jupytext.read(NOTEBOOKS / f"{name}.{ending}") for ending in ("py", "ipynb")]
    texts = [[(cell.cell_type, cell.source.strip()) for cell in half.cells] for half in halves]
    assert texts[0] == texts[1], "out of step: jupytext --sync notebooks/*.py"


def executed(name: str, folder: Path) -> str:
    """What a notebook prints."""
    notebook = jupytext.read(NOTEBOOKS / f"{name}.py")
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
    return "".join(
        output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )


@pytest.fixture(autouse=True)
def quick_compilation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook compiles far more than it computes: most of the compiler's optimisation is left out here."""
    monkeypatch.setenv("XLA_FLAGS", os.environ.get("XLA_FLAGS", "") + " --xla_backend_optimization_level=0")


def test_the_tour_runs(tmp_path: Path) -> None:
    said = executed("tour", tmp_path)
    assert "4 of 4 links joined, 0 mismatches" in said
    assert "gap 0.005 um" in said  # the ring that was moved by 5 nm


def test_the_wavelength_filter_runs(tmp_path: Path) -> None:
    said = executed("wavelength_filter", tmp_path)
    assert "5.0000 nm apart, 0.4000 nm wide" in said
    assert "rules, 0 errors" in said


def test_modes_and_gradients_runs(tmp_path: Path) -> None:
    said = executed("modes_and_gradients", tmp_path)
    assert "TE1 is 0.010000 above the oxide" in said
    assert "D   60.000 ps/(nm km)" in said
    assert "0.480 µm: 13.68" in said  # the coupler that forgives
    assert "Warning" not in said


#: Notebooks that end in a chip, and what they say on the way: searches and models are kept, and told again.
CHIPS = {
    "transmitter": ("thin_narrow", "2 of 2 links joined"),
    "silicon_transmitter": ("-30.0% of V_pi L times loss", "22 of 22 links joined"),
    "salinity": ("over all salinities: 2.80 rad coarse, 9.3 rad fine", "0.0035 ‰ with all", "19 of 19 links joined"),
    "methane_sensor": ("24.2 mm: direct 3.5 ppm, 2f 2.7 ppm", "long  as deep as 2015 ppm", "8 of 8 links joined"),
    "fmcw_lidar": (
        "efficiency           0.397       0.602", "angle 9.81, by the far field 9.77", "3.00 m/s",
        "76 photons in a sweep", "4 of 4 links joined",
    ),
    "biosensor_array": (
        "69.11 nm/RIU by the model, 69.09 by the guide", "yield 1.000", "28 of 28 links joined",
    ),
    "spectrometer": (
        "drawn errors -32.42 dB beside -32.39 dB expected", "0 K, known: rms 0.004", "22 of 22 links joined",
    ),
    "wearable": (
        "free spectral range 6.24 nm, lines 0.78 nm apart", "path 6.7%",
        "0.190 of its noise in a beat, 16 without dark current", "43 of 43 links joined",
    ),
    "microphone": (
        "3.13 fm/Pa by the model, 3.12 by the plate", "0.17 mPa/√Hz at most; wanted 0.30",
        "32.4 dB; by heat alone 42.6", "6 of 6 links joined",
    ),
    "bridge_strain": (
        "72.1 pm/K, as 81 µε would", "strips pass 0.61 and 0.43 along them, 0.16 across at most",
        "0.017 and 0.023 µε by the bound, 0.017 and 0.023 drawn", "yield 0.91", "17 of 17 links joined",
    ),
    "gyroscope": (
        "14.509 µs by the light, 14.510 by the area", "fringe 0.0798 by the model, 0.0799 by the sum of losses",
        "43.0 °/√h: 0.72 °/s in 1 s, 0.71 drawn", "yield 0.98", "6 of 6 links joined",
    ),
    "field_sensor": ("30.3 kV/m by the fringe, 30.5 by the formula", "yield 1.000", "4 of 4 links joined"),
}  # fmt: skip
COMPUTES = ("methane_sensor",)  #: line shapes at each step of a search: more than is compiled


@pytest.mark.parametrize("name", CHIPS)
def test_from_a_specification_to_a_chip(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # LAPACK's threads and the compiler's get into each other's way
    if name in COMPUTES:
        monkeypatch.setenv("XLA_FLAGS", os.environ["XLA_FLAGS"].replace("optimization_level=0", "optimization_level=2"))
    said = executed(name, tmp_path)
    for one in (*CHIPS[name], "rules, 0 errors", " 0 mismatches"):
        assert one in said


@pytest.mark.meep
def test_the_way_to_meep_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINGNAN_CACHE", str(tmp_path))
    said = executed("cell_to_meep", tmp_path)
    if "Meep is not installed" in said:
        pytest.skip(said)  # it says how to get it; the notebook ran to its end all the same
    assert "o1 to o2: |S| = 0.99" in said
