"""What the README shows works as it is pasted."""

import re
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found, f"README.md shows no {language}"
    return found


def test_first_two_commands_set_up_and_test() -> None:
    words = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines()]
    assert words == ["make chip", "make test"]
    makefile = (ROOT / "Makefile").read_text()
    assert all(f"\n{word.removeprefix('make ')}: $(READY)" in makefile for word in words)


def test_pictures_and_files_that_are_named_exist() -> None:
    for name in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (ROOT / name).exists(), name


def test_python_runs_and_its_gradient_is_the_central_difference() -> None:
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), names)
    n_eff = names["n_eff"]
    assert callable(n_eff)
    step = 1e-4  # µm; the third derivative is about 20, so the difference is good to 1e-7
    difference = (n_eff(0.45 + step) - n_eff(0.45 - step)) / (2 * step)
    np.testing.assert_allclose(jax.grad(n_eff)(0.45), difference, rtol=1e-5)


@pytest.mark.parametrize("number", range(len(re.findall(r"```yaml\n", TEXT))))
def test_designs_build(number: int, tmp_path: Path) -> None:
    design = tmp_path / "design.yaml"
    design.write_text(blocks("yaml")[number])
    command = [sys.executable, "-m", "lingnan.tapeout.cli", "chip", str(design), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((tmp_path / "out").rglob("*.gds"))
