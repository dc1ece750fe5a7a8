"""`lingnan cell NAME`: one cell to GDS, OASIS or a picture, with ports and what it knows about itself on stdout."""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process, load_process

_ENDINGS = (".gds", ".oas", ".png", ".svg")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("name", help="of the cell, as `lingnan cells` lists it")
    parser.add_argument("--process", required=True, metavar="NAME|FILE")
    parser.add_argument("--set", action="append", default=[], metavar="K=V", help="a parameter; may be repeated")
    parser.add_argument("--out", metavar="FILE", help=f"ends in {', '.join(_ENDINGS)} (default: NAME.gds)")


def words_of(settings: Sequence[str]) -> dict[str, str]:
    """Parameter and value of each `--set`."""
    words: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise LingnanError(f"--set {setting}: not of the form k=v. Write e.g. --set length=20.")
        if key.strip() in words:
            raise LingnanError(f"--set {key.strip()} is given twice. Give it once.")
        words[key.strip()] = value
    return words


def _target(out: str | None, name: str) -> Path:
    path = Path(out or f"{name}.gds")
    if path.is_dir():
        raise LingnanError(f"--out: {path} is a folder. Name a file in it.")
    if path.suffix.lower() not in _ENDINGS:
        raise LingnanError(
            f"--out: {path.name} ends in {path.suffix or 'nothing'!r}, which lingnan does not write. "
            f"{did_you_mean(path.suffix, _ENDINGS)}"
        )
    return path


def _write(component: Any, process: Process, name: str, path: Path) -> None:
    """Under a temporary name first, so that no half file is ever seen."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent)) / path.name
    except OSError as error:
        raise LingnanError(
            f"--out: {path.parent} cannot be written ({error.strerror}). Name a folder you own."
        ) from None
    try:
        if path.suffix.lower() in (".png", ".svg"):
            from lingnan.pdk.view.picture import layout_picture

            layout_picture(component, process, part)
        else:
            from lingnan.tapeout.streamout import canonical, write

            layout, top = canonical(component.kcl.layout, component.kdb_cell)
            top.name = name
            write(layout, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
        part.parent.rmdir()


def run(arguments: argparse.Namespace) -> int:
    """0 when the file is there."""
    process = load_process(arguments.process)
    path = _target(arguments.out, arguments.name)
    words = words_of(arguments.set)

    from lingnan.components.registry import find_cell, read_settings
    from lingnan.pdk import build_pdk

    pdk = build_pdk(process)
    pdk.activate(force=True)
    cell = find_cell(pdk, arguments.name)
    component = cell.function(**read_settings(cell, process, words))
    _write(component, process, cell.name, path)
    box = component.dbbox()
    print(f"{path}: {cell.name}, {box.width():.3f} x {box.height():.3f} µm, process {process.stamp}")
    for port in component.ports:
        x, y = port.center
        print(
            f"  {port.name}: {port.port_type} at ({x:.3f}, {y:.3f}) facing {port.orientation:g}°, {port.width:g} wide"
        )
    for key, value in component.info.model_dump(exclude_none=True).items():
        if not key.startswith("route_info"):
            print(f"  {key} = {value}")
    return 0
