"""`lingnan datasheet NAME`: a cell on one page, with layout, ports, limits, design rules, and spectra of its model."""

import argparse
import sys
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
    from lingnan.tapeout.datasheet.sheet import Sheet


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
        "--solve", action="store_true", help="with --all: solve models that are not kept, minutes a cell and corner"
    )
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
    """0 when every cell is clean, 1 when one violates a design rule or, with `--all`, has no page."""
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

    from lingnan.components.compact import store
    from lingnan.components.registry import find_cell, read_settings
    from lingnan.pdk import build_pdk
    from lingnan.tapeout.commands.drc import cache_folder

    pdk = build_pdk(process)
    pdk.activate()
    console = Console(stderr=True)
    with (
        console.status("starting") as shown,
        store.keeping(
            cache_folder().with_name("models"), only_kept=arguments.all and not arguments.solve, say=console.print
        ),
    ):
        if path is None:
            return _all(pdk, folder, arguments.corner or ["nominal"], shown.update)
        shown.update(f"{arguments.name}: layout, rules and model")
        settings = read_settings(find_cell(pdk, arguments.name), process, words)
        return _one(pdk, arguments.name, settings, arguments.corner, path)


def _one(pdk: "LinePdk", name: str, settings: Mapping[str, Any], corners: Sequence[str] | None, path: Path) -> int:
    sheet = _written(pdk, name, settings, corners, path)
    print(f"{path}: {name}, process {pdk.process.stamp}: {_outcome(sheet)}")
    return int(sheet.errors > 0)


def _written(
    pdk: "LinePdk", name: str, settings: Mapping[str, Any], corners: Sequence[str] | None, path: Path
) -> "Sheet":
    from lingnan.tapeout.datasheet.page import write_page
    from lingnan.tapeout.datasheet.sheet import gather

    sheet = gather(pdk, name, settings, corners)
    with tempfile.TemporaryDirectory() as pictures, whole_file(path) as part:
        write_page(sheet, part, Path(pictures))
    return sheet


def _all(pdk: "LinePdk", folder: Path, corners: Sequence[str], say: Callable[[str], None]) -> int:
    """A page for every cell; one that fails costs its own page and no other."""
    from lingnan.tapeout.datasheet.page import write_index

    sheets: list[Sheet] = []
    failed: dict[str, str] = {}
    with whole_folder(folder, "datasheet") as part:
        for number, name in enumerate(sorted(pdk.cells), 1):
            place = f"{number} of {len(pdk.cells)}, {name}"
            say(f"{place}: layout, rules and model")
            began = time.perf_counter()
            try:
                sheets.append(_written(pdk, name, {}, corners, part / f"{name}.html"))
                said = _outcome(sheets[-1])
            except OSError:  # the disk is full: so it is for the next page
                raise
            except Exception as error:
                failed[name] = f"{type(error).__name__}: {' '.join(str(error).split())}"
                said = f"no page: {failed[name]}"
            print(f"{place}: {said}, {time.perf_counter() - began:.1f} s", flush=True)
        write_index(pdk.process, sheets, failed, part / "index.html")
    bad = sum(sheet.errors > 0 for sheet in sheets)
    print(f"{folder / 'index.html'}: {len(sheets)} cells, process {pdk.process.stamp}, {bad} with errors")
    if failed:
        print(f"lingnan: no page of {', '.join(failed)}; `lingnan datasheet NAME --debug` says more", file=sys.stderr)
    return int(bad > 0 or bool(failed))


def _outcome(sheet: "Sheet") -> str:
    found = f"{sheet.errors} DRC errors, {sheet.warnings} warnings"
    return (found if sheet.errors or sheet.warnings else "DRC clean") + (
        "" if sheet.spectra else f", no spectra ({sheet.silence.rstrip('.')})"
    )
