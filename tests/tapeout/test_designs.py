"""Designs are built somewhere: by `make chip` and test_chip.py, or by the notebook of the same name."""

from pathlib import Path

import pytest

from lingnan.pdk import build_pdk
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.assembly import assemble
from lingnan.tapeout.design import read_design

ROOT = Path(__file__).resolve().parents[2]
DEMONSTRATION = {"monitor", "sensor", "transmitter"}
BATH = """\
chip: {process: soi220, name: bath, size: [1500, 1500], fill: false}
instances:
  channel: {component: fluid_channel, settings: {length: 700}}
  ring: {component: ring_sensor}
  other: {component: ring_sensor}
placements:
  channel: {x: 750, y: 750}
  ring: {x: 700, y: 750}
  other: {x: 850, y: 750}
"""


def test_every_design_is_a_demonstration_or_built_by_its_notebook() -> None:
    designs = {path.stem for path in (ROOT / "tapeout" / "designs").glob("*.yaml")} - DEMONSTRATION
    notebooks = {name: (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8") for name in designs}
    assert designs >= {"biosensor_array", "salinity", "silicon_transmitter"}
    assert all(f'"{name}.yaml"' in text and "build_chip(" in text for name, text in notebooks.items())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("x: 850", "x: 850", ""),
        ("x: 850", "x: 710", "other overlaps ring"),
        ("channel: {x: 750", "channel: {x: 300", "channel lies at x"),
    ],
)
def test_devices_lie_in_what_draws_marks_alone(old: str, new: str, said: str, tmp_path: Path) -> None:
    """A channel covers no device and is covered by none; on each other devices are refused, and beyond the die both."""
    (tmp_path / "bath.yaml").write_text(BATH.replace(old, new))
    design = read_design(tmp_path / "bath.yaml")
    build_pdk(design.process).activate(force=True)
    if said:
        with pytest.raises(LingnanError, match=said):
            assemble(design)
    else:
        assert {"channel", "ring", "other"} <= set(assemble(design).placed)
