"""Designs are built somewhere: by `make chip` and test_chip.py, or by the notebook of the same name."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATION = {"monitor", "sensor", "transmitter"}


def test_every_design_is_a_demonstration_or_built_by_its_notebook() -> None:
    designs = {path.stem for path in (ROOT / "tapeout" / "designs").glob("*.yaml")} - DEMONSTRATION
    notebooks = {name: (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8") for name in designs}
    assert designs >= {"biosensor_array", "salinity", "silicon_transmitter"}
    assert all(f'"{name}.yaml"' in text and "build_chip(" in text for name, text in notebooks.items())
    tests = (ROOT / "tests" / "tapeout" / "test_notebooks.py").read_text(encoding="utf-8")
    assert all(f'executed("{name}"' in tests for name in designs)
