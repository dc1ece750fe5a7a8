"""The KLayout package: every file of a technology, and where KLayout looks for it."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import lingnan
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.klayout.macro import drc_macro
from lingnan.pdk.klayout.solid import stack_script
from lingnan.pdk.klayout.technology import technology
from lingnan.pdk.klayout.views import layer_properties
from lingnan.pdk.klayout.xmltext import document
from lingnan.pdk.process import Process

PACKAGE = "lingnan"


def technology_files(process: Process) -> dict[str, str]:
    """Text of every file of a technology, by its path in the package."""
    folder = f"tech/{process.name}"
    return {
        f"{folder}/{process.name}.lyt": technology(process),
        f"{folder}/{process.name}.lyp": layer_properties(process),
        f"{folder}/d25/{process.name}.lyd25": stack_script(process),
        f"{folder}/drc/{process.name}.lydrc": drc_macro(process),
    }


def grain(processes: Iterable[Process]) -> str:
    """Package metadata (grain.xml), as KLayout's package manager reads it."""
    root = ElementTree.Element("salt-grain")
    names = ", ".join(process.stamp for process in processes)
    for key, value in (
        ("name", PACKAGE),
        ("version", lingnan.__version__),
        ("api-version", "0.26"),
        ("title", "lingnan photonic technologies"),
        ("doc", f"Layers, connectivity, 2.5-D views and DRC of {names}. Generated from the process data."),
        ("license", "Apache-2.0"),
    ):
        ElementTree.SubElement(root, key).text = value
    return document(root)


def package_files(processes: Iterable[Process]) -> dict[str, str]:
    """Every file of the package."""
    processes = tuple(processes)
    files = {"grain.xml": grain(processes)}
    for process in processes:
        files |= technology_files(process)
    return files


def klayout_home(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of KLayout's own settings: $KLAYOUT_HOME, else `KLayout` on Windows and `.klayout` elsewhere."""
    if environment.get("KLAYOUT_HOME"):
        return Path(environment["KLAYOUT_HOME"])
    return Path.home() / ("KLayout" if os.name == "nt" else ".klayout")


def export(processes: Iterable[Process], folder: Path) -> list[Path]:
    """Write the package's files below a folder; gives their paths."""
    written: list[Path] = []
    for name, text in package_files(processes).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def install_folder(home: Path) -> Path:
    """Folder of the package in KLayout's home.

    Raises:
        LingnanError: that place is a file.
    """
    if home.exists() and not home.is_dir():
        raise LingnanError(f"--to: {home} is a file, not KLayout's folder. Name the folder, e.g. ~/.klayout.")
    return home / "salt" / PACKAGE
