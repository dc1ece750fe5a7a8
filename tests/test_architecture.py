"""The house rules that no linter knows: who may import whom, and by which name."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("solvers", "pdk", "components", "tapeout")  # a room imports from its own floor and those before it
FILES = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
#: rooms that must start fast and run without the layout framework
WITHOUT_GDSFACTORY = ("solvers", "pdk/process", "pdk/drc", "pdk/layout", "pdk/errors.py", "tapeout/cli.py")


def imports(path: Path, *, top_level_only: bool = False) -> list[str]:
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; use the full name lingnan.…"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down_only(path: Path) -> None:
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    for name in imports(path):
        parts = name.split(".")
        assert parts[0] not in FLOORS, f"import {name}: the full name is lingnan.{name}"
        if parts[0] == "lingnan" and len(parts) > 1 and parts[1] in FLOORS:
            assert FLOORS.index(parts[1]) <= floor, f"{path.relative_to(ROOT)} imports {name}, which lies above it"
        if FLOORS[floor] == "solvers":
            assert parts[0] not in {"gdsfactory", "kfactory", "klayout"}, f"solvers know no layout: {name}"


@pytest.mark.parametrize("room", WITHOUT_GDSFACTORY)
def test_rooms_that_start_fast_do_not_import_the_layout_framework(room: str) -> None:
    place = ROOT / room
    for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
        heavy = [name for name in imports(path) if name.split(".")[0] in {"gdsfactory", "kfactory"}]
        assert not heavy, f"{path.relative_to(ROOT)} imports {heavy}"


def test_solvers_compute_in_64_bits_whatever_is_imported_first() -> None:
    """A room with nothing of the mode solver in it."""
    said = "from lingnan.solvers.spectrometers import awg; import jax.numpy as jnp; print(jnp.zeros(1).dtype)"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "float64"
