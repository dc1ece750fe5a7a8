"""The wheel holds what the repository holds, and works where nothing else of lingnan is."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("pdk", "components", "solvers", "tapeout")
DATA = {".py", ".toml", ".yaml", ".yml", ".json", ".csv", ".md", ".rb", ".css", ".npz", ".typed"}


def run(*command: object, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what git tracks, so that a stale build folder cannot help."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout; the wheel is compared with what git tracks")
    copy = tmp_path_factory.mktemp("source")
    for name in run("git", "ls-files").splitlines():
        source = ROOT / name
        if name.startswith(".types/") or not source.is_file():
            continue
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy)
    (built,) = out.glob("*.whl")
    return built


def test_wheel_holds_every_tracked_file_of_the_floors(wheel: Path) -> None:
    tracked = {
        f"lingnan/{name}"
        for name in run("git", "ls-files", *FLOORS).splitlines()
        if Path(name).suffix in DATA and (ROOT / name).is_file()
    }
    tracked |= {"lingnan/__init__.py", "lingnan/py.typed"}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == tracked


def test_a_new_kind_of_data_file_is_not_forgotten() -> None:
    odd = {Path(name).suffix for name in run("git", "ls-files", *FLOORS).splitlines()} - DATA
    assert not odd, f"{odd}: add the ending to package-data in pyproject.toml and to this test"


def test_wheel_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """Without its dependencies: what needs none of them has to run, and the data files have to be there."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    packages = next((tmp_path / "venv" / "lib").glob("python*")) / "site-packages"
    zipfile.ZipFile(wheel).extractall(packages)
    where = run(python, "-c", "import lingnan; print(lingnan.__file__)", cwd=tmp_path).strip()
    assert where.startswith(str(packages))
    assert "soi220" in run(python, "-m", "lingnan.tapeout.cli", "process", "list", cwd=tmp_path)
    run(python, "-m", "lingnan.tapeout.cli", "process", "check", "tfln600", cwd=tmp_path)


@pytest.mark.validate
def test_wheel_builds_a_cell_where_only_its_dependencies_are(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True, symlinks=True)
    binaries = tmp_path / "venv" / "bin"
    run(binaries / "python", "-m", "pip", "install", "-q", "-r", ROOT / "requirements" / "runtime.txt", cwd=tmp_path)
    run(binaries / "python", "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    run(binaries / "lingnan", "cell", "mmi1x2", "--process", "soi220", "--out", tmp_path / "mmi.gds", cwd=tmp_path)
    assert (tmp_path / "mmi.gds").stat().st_size > 0
