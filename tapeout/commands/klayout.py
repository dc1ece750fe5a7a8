"""`lingnan klayout install|export`: technology, layer views, 2.5-D script and DRC macro for the KLayout application."""

import argparse
from pathlib import Path

from lingnan.pdk.errors import LingnanError


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
    with whole_folder(target, "--out" if arguments.action == "export" else "--to") as folder:
        written = package.export(processes, folder)
    for path in written:
        print(target / path.relative_to(folder))
    if arguments.action == "install":
        print(f"KLayout shows {', '.join(names)} in its technologies after its next start.")
    return 0
