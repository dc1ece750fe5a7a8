"""Notebooks: each pair is one text, and each runs from top to bottom; its own assertions hold its headline numbers."""

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


@pytest.mark.parametrize("name", ["tour"])
def test_a_notebook_runs(name: str, tmp_path: Path) -> None:
    notebook = jupytext.read(NOTEBOOKS / f"{name}.py")
    nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = "".join(
        output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    )
    assert "4 of 4 links joined, 0 mismatches" in said
    assert "gap 0.005 um" in said  # the ring that was moved by 5 nm
