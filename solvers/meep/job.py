"""One run of the worker: written down, started, watched, killed if asked, its result kept by content."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.solvers.meep.machine import Machine, cache_folder, environment, launcher

WORKER = Path(__file__).with_name("worker.py")
TETHER = Path(__file__).with_name("tether.py")
Arrays = Mapping[str, NDArray[Any]]
Progress = Callable[[float, str], None]  #: share done 0 to 1, what is being done


class MeepError(RuntimeError):
    """The worker failed; the message holds what Meep said."""


def _plain(value: Any) -> Any:
    if isinstance(value, complex):
        return {"re": value.real, "im": value.imag}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def content_key(machine: Machine, task: Mapping[str, Any], arrays: Arrays) -> str:
    """What a result depends on: task, arrays, worker and Meep's version."""
    digest = hashlib.sha256()
    for part in sorted(WORKER.parent.glob("worker*.py")):
        digest.update(part.read_bytes())
    digest.update(machine.version.encode())
    digest.update(json.dumps(_plain(task), sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:32]


def _watch(process: "subprocess.Popen[str]", progress: Progress | None) -> list[str]:
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("@lingnan "):
            note = json.loads(line.removeprefix("@lingnan "))
            if progress is not None:
                progress(note["done"], note["doing"])
        elif line.strip():
            said.append(line.rstrip())
    process.wait()
    return said


def _check(machine: Machine, processes: int) -> None:
    """Refuse what this build of Meep, or this machine, cannot run."""
    if processes < 1:
        raise ValueError(f"meep: processes = {processes}: at least one has to run.")
    if not machine.modes:
        raise ValueError(
            f"meep: the Meep of {machine.python} is built without MPB, which finds the modes at the ports, as "
            "Debian's packages for MPI are. Use python3-meep, its serial one, or conda's pymeep."
        )
    if processes == 1:
        return
    if not machine.mpi:
        raise ValueError(
            f"meep: processes = {processes}, but the Meep of {machine.python} is the serial build. Use processes=1, or "
            'conda create -n pmp -c conda-forge "pymeep=*=mpi_mpich_*" (Debian\'s packages for MPI have no MPB).'
        )
    if launcher(machine.python) is None:
        raise ValueError(
            f"meep: processes = {processes}, but there is no mpirun beside {machine.python} or on the path. "
            "Use processes=1, or install that of the MPI which this Meep is built for."
        )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if processes > cores:
        raise ValueError(
            f"meep: processes = {processes}, and this machine has {cores} cores for them: more would wait for one "
            f"another. Use processes={cores}."
        )


def run(
    machine: Machine,
    task: Mapping[str, Any],
    arrays: Arrays | None = None,
    *,
    processes: int = 1,
    progress: Progress | None = None,
    cache: bool = True,
) -> dict[str, NDArray[Any]]:
    """Run one task in Meep's interpreter, or take its result from the cache.

    Args:
        machine: from `find()`.
        task: plain data, with `kind` naming the worker's function.
        arrays: numbers too many for JSON.
        processes: MPI processes; above 1 Meep has to be its MPI build.
        progress: called with the share done and what is being done.
        cache: keep the result and use a kept one.

    Raises:
        ValueError: more processes than the build of Meep can use, or nothing to start them with.
        MeepError: the worker failed.
    """
    arrays = arrays or {}
    _check(machine, processes)
    folder = cache_folder() / "meep"
    kept = folder / f"{content_key(machine, task, arrays)}.npz"
    if cache and kept.is_file():
        with np.load(kept) as stored:
            return dict(stored)
    folder.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    try:
        (room / "task.json").write_text(json.dumps(_plain(task)))
        np.savez(room / "input.npz", allow_pickle=False, **{name: np.asarray(a) for name, a in arrays.items()})
        # Meep's import warns of numpy's version and more, and what a worker says is shown where it fails
        command = [machine.python, "-W", "ignore", str(WORKER), str(room)]
        if processes > 1:
            command = [str(launcher(machine.python)), "-np", str(processes), *command]
        process = subprocess.Popen(
            [sys.executable, "-I", str(TETHER), str(os.getpid()), *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        try:
            said = _watch(process, progress)
        except BaseException:  # a killed notebook cell must not leave FDTD running
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise
        result = room / "result.npz"
        if process.returncode != 0 or not result.is_file():
            why = room / "failed.txt"
            told = why.read_text() if why.is_file() else " | ".join(said[-6:]) or "it said nothing"
            raise MeepError(f"meep: the run failed (status {process.returncode}): {told}")
        with np.load(result) as stored:
            numbers = dict(stored)
        if cache:
            result.replace(kept)
        return numbers
    finally:
        shutil.rmtree(room, ignore_errors=True)
