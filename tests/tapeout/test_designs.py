"""Designs that neither `make chip` nor a notebook builds: each passes sign-off, with spectra of its circuit."""

from pathlib import Path

import pytest

from lingnan.tapeout.build import build_chip
from lingnan.tapeout.design import read_design

DESIGNS = Path(__file__).resolve().parents[2] / "tapeout" / "designs"
NOTEBOOKS = DESIGNS.parents[1] / "notebooks"
DEMONSTRATION = {"monitor", "sensor", "transmitter"}  # `make chip` and test_chip.py build these
SHOWN = {path.stem for path in NOTEBOOKS.glob("*.py") if f"{path.stem}.yaml" in path.read_text(encoding="utf-8")}
NAMES = sorted({path.stem for path in DESIGNS.glob("*.yaml")} - DEMONSTRATION - SHOWN)


def test_every_design_is_built_somewhere() -> None:
    assert SHOWN >= {"salinity", "silicon_transmitter"}


@pytest.mark.parametrize("name", NAMES)
def test_a_design_passes_sign_off(name: str, tmp_path: Path) -> None:
    built = build_chip(read_design(DESIGNS / f"{name}.yaml"), tmp_path)
    assert built.clean
    assert built.errors == built.warnings == 0
    assert len(built.drc.rules) > 50  # a clean answer of no rule is none
    assert built.lvs.joined == built.lvs.links > 0
    assert (tmp_path / f"{name}.gds").stat().st_size > 10_000
