"""`lingnan doctor`: versions, what is installed, where Meep and KLayout are, how to get what is missing."""

import argparse
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lingnan

_PACKAGES = ("gdsfactory", "kfactory", "klayout", "numpy", "scipy", "jax", "jaxlib", "sax", "matplotlib")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes nothing."""


def _say(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 and done.stdout.strip() else ""


#: leaves without Meep's goodbye, which prints the run time on stdout
_MEEP_VERSION = "import os, meep; print(meep.__version__, flush=True); os._exit(0)"


def _meep() -> tuple[bool, str]:
    for python in (sys.executable, "/usr/bin/python3"):
        version = _say([python, "-c", _MEEP_VERSION]) if Path(python).exists() else ""
        if version:
            return True, f"{version} in {python}"
    return False, "not found; apt-get install python3-meep python3-matplotlib, elsewhere conda install pymeep"


def _lines() -> Iterator[tuple[bool, str, str]]:
    yield True, "lingnan", f"{lingnan.__version__} in {Path(lingnan.__file__).parent.parent}"
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield good, "python", f"{platform.python_version()} ({sys.executable})" + ("" if good else "; needs 3.11 to 3.13")
    for name in _PACKAGES:
        try:
            yield True, name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield False, name, f"missing; pip install {name}"
    application = shutil.which("klayout")
    if application:
        yield True, "klayout app", f"{_say([application, '-v']) or 'does not start'} ({application})"
    else:
        yield True, "klayout app", "not found (only needed to look at layouts); apt-get install klayout, or klayout.de"
    found, text = _meep()
    yield True, "meep", text + ("" if found else " (only needed for FDTD)")


def run(arguments: argparse.Namespace) -> int:
    """0 when everything that lingnan needs is there, 1 when something is missing."""
    status = 0
    for good, name, text in _lines():
        print(f"{'ok' if good else 'MISSING':8}{name:12} {text}")
        status |= not good
    return status
