"""`lingnan klayout install|export`: technology, layer views, 2.5-D script, DRC macro and cells for KLayout."""

import argparse
from pathlib import Path

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    actions = parser.add_subparsers(dest="action", metavar="install|export", required=True)
    install = actions.add_parser("install", help="put the package where KLayout looks for it")
    install.add_argument("--to", metavar="DIR", help="KLayout's folder (default: $KLAYOUT_HOME, else ~/.klayout)")
    export = actions.add_parser("export", help="write the package's files into a folder")
    export.add_argument("--out", metavar="DIR", required=True)
    for action in (install, export):
        action.add_argument(
            "--process",
            action="append",
            metavar="NAME|FILE",
            help="may be repeated (default: all that come with lingnan)",
        )
        action.add_argument("--no-cells", action="store_true", help="leave the library of cells out")


def run(arguments: argparse.Namespace) -> int:
    """Always 0; bad input is a `LingnanError`."""
    from lingnan.pdk.klayout import package
    from lingnan.pdk.process import load_process, shipped_processes
    from lingnan.tapeout.output import whole_folder

    processes = [load_process(name) for name in arguments.process or shipped_processes()]
    names = [process.name for process in processes]
    if len(set(names)) < len(names):
        raise LingnanError(f"--process: {', '.join(names)} holds a name twice. Each technology needs its own name.")
    if arguments.action == "export":
        target = Path(arguments.out)
    else:
        target = package.install_folder(Path(arguments.to).expanduser() if arguments.to else package.klayout_home())
    with whole_folder(target, "klayout", "--out" if arguments.action == "export" else "--to") as folder:
        written = package.export(processes, folder)
        refused = [] if arguments.no_cells else _libraries(processes, folder, written)
    for path in written:
        print(target / path.relative_to(folder))
    for words in refused:
        print(words)
    if arguments.action == "install":
        print(f"KLayout shows {', '.join(names)} in its technologies after its next start.")
    return 0


def _libraries(processes: list[Process], folder: Path, written: list[Path]) -> list[str]:
    """Write the cells of each process, and say which of them cannot be drawn at their defaults."""
    import gdsfactory as gf

    from lingnan.tapeout.celllibrary import export_library

    refused: list[str] = []
    for process in processes:
        path, without = export_library(process, folder)
        written += [path] if path else []
        refused += [f"{process.name}: cell {name} is left out. {reason}" for name, reason in without.items()]
        gf.clear_cache()  # the next process has cells of the same names
    return refused
