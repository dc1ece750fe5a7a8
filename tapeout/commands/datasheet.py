"""`lingnan datasheet NAME`: a cell on one page, with layout, ports, limits, design rules, and spectra of its model."""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import load_process
from lingnan.tapeout.commands.cell import words_of
from lingnan.tapeout.output import whole_file, whole_folder
from lingnan.tapeout.ownership import refuse_foreign

if TYPE_CHECKING:
    from lingnan.pdk.gf.build import LinePdk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("name", nargs="?", help="of the cell, as `lingnan cells` lists it")
    parser.add_argument("--process", required=True, metavar="NAME|FILE")
    parser.add_argument("--set", action="append", default=[], metavar="K=V", help="a parameter; may be repeated")
    parser.add_argument(
        "--corner",
        action="append",
        metavar="NAME",
        help="of the process, for the model; may be repeated (default: all; with --all, nominal)",
    )
    parser.add_argument("--all", action="store_true", help="every cell, into a folder with an index")
    parser.add_argument(
        "--out", metavar="FILE|DIR", help="the page (default: NAME.html), or the folder (default: datasheets-PROCESS)"
    )


def _target(out: str | None, name: str) -> Path:
    path = Path(out or f"{name}.html")
    if path.is_dir():
        path = path / f"{name}.html"
    if path.suffix.lower() not in (".html", ".htm"):
        raise LingnanError(f"--out: {path.name} ends in {path.suffix or 'nothing'!r}; a data sheet is .html.")
    return path


def run(arguments: argparse.Namespace) -> int:
    """0 when every cell is clean, 1 when one violates a design rule."""
    process = load_process(arguments.process)
    words = words_of(arguments.set)
    if arguments.all == (arguments.name is not None):
        raise LingnanError("datasheet: give the name of a cell, or --all for every cell.")
    if arguments.all and words:
        raise LingnanError("datasheet: --set is for one cell. Leave it out with --all, or name the cell.")
    for corner in arguments.corner or ():
        if corner not in process.corners:
            raise LingnanError(
                f"--corner {corner}: no corner of {process.name}. {did_you_mean(corner, process.corners)}"
            )
    path = None if arguments.all else _target(arguments.out, arguments.name)
    folder = Path(arguments.out or f"datasheets-{process.name}")
    if path is None:
        refuse_foreign(folder, "datasheet")

    from rich.console import Console

    from lingnan.components.registry import find_cell, read_settings
    from lingnan.pdk import build_pdk

    pdk = build_pdk(process)
    pdk.activate()
    with Console(stderr=True).status("starting") as shown:
        if path is None:
            return _all(pdk, folder, arguments.corner or ["nominal"], shown.update)
        shown.update(f"{arguments.name}: layout, rules and model")
        settings = read_settings(find_cell(pdk, arguments.name), process, words)
        return _one(pdk, arguments.name, settings, arguments.corner, path)


def _one(pdk: "LinePdk", name: str, settings: Mapping[str, Any], corners: Sequence[str] | None, path: Path) -> int:
    from lingnan.tapeout.datasheet.page import write_page
    from lingnan.tapeout.datasheet.sheet import gather

    sheet = gather(pdk, name, settings, corners)
    with tempfile.TemporaryDirectory() as pictures, whole_file(path) as part:
        write_page(sheet, part, Path(pictures))
    print(f"{path}: {name}, process {pdk.process.stamp}: {_outcome(sheet.errors, sheet.warnings)}")
    return int(sheet.errors > 0)


def _all(pdk: "LinePdk", folder: Path, corners: Sequence[str], say: Callable[[str], None]) -> int:
    from lingnan.tapeout.datasheet.page import write_index, write_page
    from lingnan.tapeout.datasheet.sheet import gather

    failed = 0
    with whole_folder(folder, "datasheet") as part:
        sheets = []
        for number, name in enumerate(sorted(pdk.cells), 1):
            say(f"{number} of {len(pdk.cells)}, {name}: layout, rules and model")
            began = time.perf_counter()
            sheet = gather(pdk, name, corners=corners)
            with tempfile.TemporaryDirectory() as pictures:
                write_page(sheet, part / f"{name}.html", Path(pictures))
            sheets.append(sheet)
            failed += sheet.errors > 0
            print(f"{name}: {_outcome(sheet.errors, sheet.warnings)}, {time.perf_counter() - began:.1f} s", flush=True)
        write_index(pdk.process, sheets, part / "index.html")
    print(f"{folder / 'index.html'}: {len(sheets)} cells, process {pdk.process.stamp}, {failed} with errors")
    return int(failed > 0)


def _outcome(errors: int, warnings: int) -> str:
    return f"{errors} DRC errors, {warnings} warnings" if errors or warnings else "DRC clean"
