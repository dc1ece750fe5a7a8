"""`lingnan cells`: every cell of a process with its parameters, their defaults and what it is."""

import argparse
import json
import sys
from typing import Any

from lingnan.pdk.process import load_process, shipped_processes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    parser.add_argument("--process", metavar="NAME|FILE", help="only this process (default: all that are shipped)")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _rows(name: str) -> list[dict[str, Any]]:
    from lingnan.components.registry import cells_of
    from lingnan.pdk import build_pdk

    process = load_process(name)
    return [
        {
            "process": process.name,
            "name": cell.name,
            "summary": cell.summary,
            "parameters": [
                {"name": one.name, "kind": one.kind, "default": one.default, "optional": one.optional}
                for one in cell.parameters
            ],
            "shown": ", ".join(one.shown for one in cell.parameters),
        }
        for cell in cells_of(build_pdk(process)).values()
    ]


def run(arguments: argparse.Namespace) -> int:
    """Always 0: a list has nothing to find."""
    names = [arguments.process] if arguments.process else shipped_processes()
    rows = [row for name in names for row in _rows(name)]
    if arguments.format == "json":
        json.dump([{key: row[key] for key in row if key != "shown"} for row in rows], sys.stdout, indent=1)
        print()
        return 0
    width = max((len(row["name"]) for row in rows), default=0)
    process = ""
    for row in rows:
        if row["process"] != process:
            process = row["process"]
            print(f"{process}: {sum(other['process'] == process for other in rows)} cells")
        print(f"  {row['name']:{width}}  {row['summary']}")
        print(f"  {'':{width}}  ({row['shown']})")
    print("lengths in µm; None stands for the process's own number")
    return 0
