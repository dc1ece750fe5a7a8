"""`lingnan drc FILE`: a layout against the design rules of a process."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError

_FORMATS = ("text", "json", "sarif", "junit", "lyrdb")
_MAP_HINT = 'A layer map has lines such as "3/0": WG.'
_WAIVER_HINT = "A waivers file has one key, `waivers`, with a list."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("file", metavar="FILE", help="GDS or OASIS")
    parser.add_argument("--process", required=True, metavar="NAME|FILE", help="e.g. soi220, or my_line.toml")
    parser.add_argument("--top", metavar="CELL", help="the cell to check, where the file has several top cells")
    parser.add_argument("--layer-map", metavar="FILE", help='YAML, "3/0": WG; what it does not name is not checked')
    parser.add_argument("--waivers", metavar="FILE", help="YAML: faults to let pass, with reason, owner and expiry")
    parser.add_argument("--out", metavar="DIR", help="folder for the report in every format")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="of what goes to stdout (default: text)")
    parser.add_argument("--pictures", type=int, default=0, metavar="N", help="PNG of the first N faults, into --out")
    parser.add_argument("--no-cache", action="store_true", help="do not use results of earlier runs")


def cache_folder() -> Path:
    """Where results are kept from run to run."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lingnan" / "drc"


@contextmanager
def _progress(rules: int) -> Iterator[Callable[[str], None] | None]:
    """A bar on stderr where a person looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=rules)

        def say(text: str) -> None:
            progress.update(task, advance=1, description=text)

        yield say


def run(arguments: argparse.Namespace) -> int:
    """0 clean, 1 violations found; bad input is a `LingnanError`."""
    from lingnan.tapeout.ownership import refuse_foreign

    if arguments.pictures < 0:
        raise LingnanError(f"--pictures {arguments.pictures}: is below 0. Give the number of faults to draw.")
    if arguments.pictures and not arguments.out:
        raise LingnanError("--pictures needs a folder to write to. Add --out DIR.")
    if arguments.out:
        refuse_foreign(Path(arguments.out), "drc")
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from lingnan.pdk.drc.file import check_loaded
    from lingnan.pdk.drc.formats import FORMATS
    from lingnan.pdk.drc.sources import read_sources
    from lingnan.pdk.drc.waivers import read_waivers
    from lingnan.pdk.layout import read_layout
    from lingnan.pdk.process import load_process
    from lingnan.tapeout import yamltext

    process = load_process(arguments.process)
    layer_map = waivers = None
    if arguments.layer_map:
        layer_map, _ = yamltext.read(arguments.layer_map, "layer map", _MAP_HINT)
    if arguments.waivers:
        table, _ = yamltext.read(arguments.waivers, "waivers file", _WAIVER_HINT)
        waivers = read_waivers(table, process, arguments.waivers)
    with _progress(len(process.rules)) as say:
        loaded = read_layout(
            arguments.file,
            process,
            layer_map=layer_map,
            layer_map_name=arguments.layer_map or "layer map",
            top=arguments.top,
        )
        cache = None if arguments.no_cache else cache_folder()
        report = check_loaded(loaded, process, waivers=waivers or (), cache=cache, say=say)
    sources = read_sources(arguments.file)
    if arguments.out:
        _write(arguments, report, process, sources, loaded)
    sys.stdout.write(FORMATS[arguments.format].write(report, process, sources))
    return 0 if report.clean else 1


def _write(arguments: argparse.Namespace, report: Any, process: Any, sources: Any, loaded: Any) -> None:
    """Every format, and pictures of the first faults, whole or not at all."""
    from lingnan.pdk.drc.formats import FORMATS
    from lingnan.tapeout.output import whole_folder

    with whole_folder(Path(arguments.out), "drc") as folder:
        for form in FORMATS.values():
            (folder / form.file).write_text(form.write(report, process, sources), encoding="utf-8")
        if arguments.pictures:
            from lingnan.pdk.drc.picture import fault_picture

            for number, violation in enumerate(report.violations[: arguments.pictures], 1):
                name = f"{number:03d}_{violation.rule}.png".replace("/", "_")
                fault_picture(loaded.top, process, violation, folder / name)
