"""`lingnan lvs FILE DESIGN.yaml`: a layout against its design, by shapes; or, without one, what is in the layout."""

import argparse
import sys
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError

_FORMATS = ("text", "json", "sarif", "lyrdb")
_MAP_HINT = 'A layer map has lines such as "3/0": WG.'
_PICTURES = 20  #: with --out, of the first mismatches
_ENDS_SHOWN = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("file", metavar="FILE", help="GDS or OASIS")
    parser.add_argument("design", metavar="DESIGN.yaml", nargs="?", help="without it, what is found is listed")
    parser.add_argument("--process", metavar="NAME|FILE", help="instead of the one that the design names")
    parser.add_argument("--top", metavar="CELL", help="the chip, where the file has several top cells")
    parser.add_argument("--layer-map", metavar="FILE", help='YAML, "3/0": WG; what it does not name is not looked at')
    parser.add_argument("--out", metavar="DIR", help="folder for the report in every format, and pictures")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="of what goes to stdout (default: text)")
    parser.add_argument(
        "--pictures",
        type=int,
        default=_PICTURES,
        metavar="N",
        help="PNG of the first N mismatches (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 the layout is the design, 1 it is not; bad input is a `LingnanError`."""
    from lingnan.tapeout.ownership import refuse_foreign

    if arguments.pictures < 0:
        raise LingnanError(f"--pictures {arguments.pictures}: is below 0. Give the number of mismatches to draw.")
    if arguments.out:
        refuse_foreign(Path(arguments.out), "lvs")
    return _compare(arguments) if arguments.design else _extract(arguments)


def _load(arguments: argparse.Namespace, process: Any) -> Any:
    from lingnan.pdk.layout import read_layout
    from lingnan.tapeout import yamltext

    layer_map = None
    if arguments.layer_map:
        layer_map, _ = yamltext.read(arguments.layer_map, "layer map", _MAP_HINT)
    return read_layout(
        arguments.file,
        process,
        layer_map=layer_map,
        layer_map_name=arguments.layer_map or "layer map",
        top=arguments.top,
    )


def _compare(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from lingnan.pdk.lvs.formats import FORMATS
    from lingnan.tapeout.design import read_design

    with Console(stderr=True).status("reading") as shown:
        design = read_design(arguments.design, arguments.process)
        loaded = _load(arguments, design.process)
        from lingnan.tapeout.lvsdesign import lvs

        report = lvs(
            loaded.layout,
            loaded.top,
            design,
            layers=loaded.layers,
            file=loaded.path,
            say=lambda text: shown.update(text),
        )
        if arguments.out:
            shown.update("pictures and reports")
            _write(arguments, report, loaded, design.process)
    sys.stdout.write(FORMATS[arguments.format][1](report))
    return 0 if report.clean else 1


def _write(arguments: argparse.Namespace, report: Any, loaded: Any, process: Any) -> None:
    """Every format, and pictures of the first mismatches, whole or not at all."""
    from lingnan.pdk.lvs.formats import FORMATS
    from lingnan.tapeout.output import whole_folder

    with whole_folder(Path(arguments.out), "lvs") as folder:
        for name, write in FORMATS.values():
            (folder / name).write_text(write(report), encoding="utf-8")
        if report.mismatches and arguments.pictures:
            from lingnan.tapeout.lvspicture import mismatch_pictures

            mismatch_pictures(loaded, process, report.mismatches[: arguments.pictures], folder)


def _extract(arguments: argparse.Namespace) -> int:
    if not arguments.process:
        raise LingnanError("lvs: without a design the process is not known. Add DESIGN.yaml, or --process NAME.")
    if arguments.out or arguments.format != "text":
        raise LingnanError("lvs: --out and --format need a design to compare with. Add DESIGN.yaml, or leave them out.")
    from lingnan.pdk.lvs.extract import extract
    from lingnan.pdk.process import load_process

    process = load_process(arguments.process)
    loaded = _load(arguments, process)
    found = extract(loaded.layout, loaded.top, process, layers=loaded.layers)
    for core in found.cores:
        near = sum(end.gap is not None for end in core.ends)
        print(
            f"{core.layer}: {core.pieces} pieces, {core.area:g} µm², {len(core.ends)} open ends, {near} of them in "
            "front of other core"
        )
        for end in sorted(core.ends, key=lambda end: (end.gap is None, end.x, end.y))[:_ENDS_SHOWN]:
            ahead = f", {end.gap:g} µm before the next core" if end.gap is not None else ""
            print(f"  end at ({end.x:.3f}, {end.y:.3f}), {end.width:g} µm wide, towards {end.angle_deg:g}°{ahead}")
        if len(core.ends) > _ENDS_SHOWN:
            print(f"  and {len(core.ends) - _ENDS_SHOWN} more")
    print(f"metal: {found.metal_pieces} pieces, {found.nets} nets; {process.stamp}")
    for note in loaded.notes:
        print(f"note: {note}")
    return 0
