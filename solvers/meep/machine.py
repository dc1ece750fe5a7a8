"""An interpreter that has Meep: this one, a named one, the distribution's, or one of conda's."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

#: leaves at once: Meep's goodbye would print a line after the answer
_ASK = """
import importlib.util, json, os, sys, warnings
warnings.filterwarnings("ignore")
import meep
has = {"version": meep.__version__, "mpi": bool(meep.with_mpi())}
has["modes"] = importlib.util.find_spec("meep.mpb") is not None
for name, module in (("mpb", "meep.mpb"), ("adjoint", "meep.adjoint")):
    try:
        __import__(module)
        has[name] = True
    except Exception as error:
        has[name] = False
print("lingnan" + json.dumps(has), flush=True)
os._exit(0)
"""


class MeepNotFoundError(RuntimeError):
    """No interpreter with Meep; the message says how to get one."""


@dataclass(frozen=True)
class Machine:
    """Where Meep runs."""

    python: str  #: path of the interpreter
    version: str
    mpi: bool  #: built for MPI: `processes` above 1 are possible
    modes: bool  #: built with MPB: light can be sent into modes and told by them
    mpb: bool  #: MPB as a solver of its own is there, too (needs h5py)
    adjoint: bool  #: the adjoint module is there (needs autograd)


def private_path() -> str:
    """A folder with nothing but `autograd`, which Meep's adjoint needs and distributions do not package.

    It is pure Python, so the one installed beside lingnan serves Meep's interpreter too; our numpy must not.
    """
    try:
        import autograd
    except ImportError:
        return ""
    source = Path(autograd.__file__).parent
    folder = cache_folder() / "meep-path"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "autograd"
    if not link.is_symlink() or link.resolve() != source.resolve():
        fresh = folder / f".autograd-{os.getpid()}"
        fresh.symlink_to(source)
        fresh.replace(link)
    return str(folder)


def cache_folder() -> Path:
    """Where results are kept: $LINGNAN_CACHE, else the user's cache folder."""
    named = os.environ.get("LINGNAN_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lingnan"
    return base


def environment() -> dict[str, str]:
    """Environment of the worker: one thread a process (MPI gives the rest), none of our packages.

    Open MPI lets root start processes if two variables say so; MPICH, which conda's Meep is built for, refuses the
    option that says the same.
    """
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return {
        **kept,
        "PYTHONPATH": private_path(),
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
        "MPLBACKEND": "agg",
        **{f"{family}_ALLOW_RUN_AS_ROOT{end}": "1" for family in ("OMPI", "PRTE") for end in ("", "_CONFIRM")},
    }


def launcher(python: str) -> str | None:
    """`mpirun` of the MPI that an interpreter's Meep is built for: beside it, as conda has it, else on the path."""
    return shutil.which("mpirun", path=str(Path(python).parent)) or shutil.which("mpirun")


def _ask(python: str) -> Machine | None:
    try:
        done = subprocess.run(
            [python, "-c", _ASK], capture_output=True, text=True, timeout=120, check=False, env=environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    for line in done.stdout.splitlines():
        if line.startswith("lingnan{"):
            return Machine(python=python, **json.loads(line.removeprefix("lingnan")))
    return None


def _candidates() -> list[str]:
    conda = [Path(os.environ[key]) for key in ("CONDA_PREFIX", "MAMBA_ROOT_PREFIX") if key in os.environ]
    conda += [Path.home() / name for name in ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba")]
    found = [sys.executable, "/usr/bin/python3", shutil.which("python3") or ""]
    for prefix in conda:
        found.append(str(prefix / "bin" / "python"))
        found += [str(python) for python in sorted(prefix.glob("envs/*/bin/python"))]
    return list(dict.fromkeys(path for path in found if path and Path(path).exists()))


@lru_cache(maxsize=8)
def _find(named: str) -> Machine:
    if named:
        machine = _ask(named)
        if machine is None:
            raise MeepNotFoundError(
                f"the interpreter {named!r} has no Meep that can be imported (a build for MPI needs mpi4py beside it). "
                "Unset LINGNAN_MEEP_PYTHON to search for one."
            )
        return machine
    for python in _candidates():
        machine = _ask(python)
        if machine is not None:
            return machine
    raise MeepNotFoundError(
        "Meep is not installed. Debian and Ubuntu: apt-get install python3-meep python3-matplotlib python3-h5py; "
        "elsewhere: conda install -c conda-forge pymeep; then set LINGNAN_MEEP_PYTHON to its python if it is not found."
    )


def find(python: str | None = None) -> Machine:
    """The interpreter that runs Meep: `python` if given, else $LINGNAN_MEEP_PYTHON, else the first that has it.

    Raises:
        MeepNotFoundError: none has Meep; the message says how to install it.
    """
    return _find(python or os.environ.get("LINGNAN_MEEP_PYTHON", ""))
