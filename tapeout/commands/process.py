"""`lingnan process list|show|diff|check`: the numbers of the line and where they come from."""

import argparse
import json
import sys
from collections.abc import Iterable

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process, Quantity, load_process, shipped_processes
from lingnan.pdk.process.check import check_process
from lingnan.pdk.process.refusals import refusals


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words of the command."""
    actions = parser.add_subparsers(dest="action", metavar="list|show|diff|check", required=True)
    actions.add_parser("list", help="the processes that come with lingnan")
    show = actions.add_parser("show", help="every number with its source")
    show.add_argument("process", help="name or .toml file")
    show.add_argument("path", nargs="?", default="", help="only numbers below this path, e.g. films or rules.WG.W")
    show.add_argument("--format", choices=("text", "json"), default="text")
    diff = actions.add_parser("diff", help="what a second process changes; exit 1 if it changes anything")
    diff.add_argument("process", help="name or .toml file")
    diff.add_argument("other", help="name or .toml file")
    check = actions.add_parser("check", help="what is missing, out of range or inconsistent")
    check.add_argument("process", help="name or .toml file")


def _table(rows: Iterable[tuple[str, ...]], head: tuple[str, ...]) -> None:
    rows = [head, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    for row in rows:
        print("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip())


def _spread(quantity: Quantity) -> str:
    parts = []
    if quantity.sigma is not None:
        parts.append(f"σ {quantity.sigma:g}")
    if quantity.range is not None:
        parts.append(f"{quantity.range[0]:g} to {quantity.range[1]:g}")
    return ", ".join(parts)


def _list() -> int:
    rows = []
    for name in shipped_processes():
        process = load_process(name)
        share = f"{len(process.representative)}/{len(process.quantities)}"
        rows.append((process.name, process.version, process.hash, str(len(process.rules)), share, process.title))
    _table(rows, ("process", "version", "hash", "rules", "representative", "title"))
    return 0


def _show(name: str, path: str, form: str) -> int:
    process = load_process(name)
    found = {
        key: quantity for key, quantity in process.quantities.items() if not path or f"{key}.".startswith(f"{path}.")
    }
    if not found:
        tables = {".".join(key.split(".")[:depth]) for key in process.quantities for depth in (1, 2, 3)}
        raise LingnanError(f"process {process.name}: no number under {path!r}. {did_you_mean(path, tables)}")
    if form == "json":
        numbers = {
            key: {
                "value": quantity.value,
                "unit": quantity.unit,
                "sigma": quantity.sigma,
                "range": quantity.range,
                "source": quantity.source,
                "status": quantity.status,
                "note": quantity.note,
            }
            for key, quantity in found.items()
        }
        stamp = {"name": process.name, "version": process.version, "hash": process.hash, "files": process.files}
        json.dump({"process": stamp, "numbers": numbers, "sources": process.sources}, sys.stdout, indent=1)
        print()
        return 0
    print(f"{process.title}: {process.stamp}")
    _table(
        [
            (key, f"{q.value:g}", q.unit, _spread(q), q.status, q.source + (f" ({q.note})" if q.note else ""))
            for key, q in found.items()
        ],
        ("number", "value", "unit", "spread", "status", "source"),
    )
    print(f"{len(found)} numbers, {sum(q.status == 'representative' for q in found.values())} only representative")
    return 0


def _describe(process: Process, key: str) -> str:
    if key not in process.quantities:
        return "-"
    quantity = process.quantities[key]
    return f"{quantity.value:g} {quantity.unit} ({quantity.status})"


def _diff(name: str, other_name: str) -> int:
    process, other = load_process(name), load_process(other_name)
    keys = dict.fromkeys([*process.quantities, *other.quantities])
    rows = [
        (
            key,
            _describe(process, key),
            _describe(other, key),
            other.quantities[key].source if key in other.quantities else "",
        )
        for key in keys
        if process.quantities.get(key) != other.quantities.get(key)
    ]
    for kind, left, right in (
        ("layer", {k: v.gds for k, v in process.layers.items()}, {k: v.gds for k, v in other.layers.items()}),
        ("level", {k: v.mask for k, v in process.levels.items()}, {k: v.mask for k, v in other.levels.items()}),
        ("rule", {k: v.kind for k, v in process.rules.items()}, {k: v.kind for k, v in other.rules.items()}),
    ):
        rows += [
            (f"{kind} {key}", str(left.get(key, "-")), str(right.get(key, "-")), "")
            for key in dict.fromkeys([*left, *right])
            if left.get(key) != right.get(key)
        ]
    print(f"{process.stamp} -> {other.stamp}")
    if not rows:
        print("no difference")
        return 0
    _table(rows, ("what", process.name, other.name, "source"))
    return 1


def _check(name: str) -> int:
    if refused := refusals(name):
        for text in refused:
            print(f"error: {text}")
        count = f"{len(refused)} error{'' if len(refused) == 1 else 's'}"
        print(f"{name}: {count}; it is no process yet, so nothing else was looked at")
        return 1
    process, findings = check_process(name)
    for finding in findings:
        print(f"{finding.severity}: {finding.where} {finding.message}")
    errors = sum(finding.severity == "error" for finding in findings)
    print(
        f"{process.stamp}: {errors} errors, {len(findings) - errors} warnings; "
        f"{len(process.representative)} of {len(process.quantities)} numbers are only representative"
    )
    return 1 if errors else 0


def run(arguments: argparse.Namespace) -> int:
    """0 fine, 1 differences or errors found."""
    if arguments.action == "list":
        return _list()
    if arguments.action == "show":
        return _show(arguments.process, arguments.path, arguments.format)
    if arguments.action == "diff":
        return _diff(arguments.process, arguments.other)
    return _check(arguments.process)
