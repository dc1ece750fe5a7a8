"""All that keeps a file from being a process, not the first thing alone.

A file is read until something in it is refused; what was refused is taken out, and it is read again. What fails only
because something was taken out is not told.
"""

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.build import build
from lingnan.pdk.process.load import read_merged

_MOST = 200  #: refusals after which a file is something else altogether
_HERE = "\0"  #: stands for the file in messages
_TABLE = re.compile(r"unknown table \[(.*?)\]")
_NEEDED = re.compile(r"needs the number (\S+),")  #: told once, however many levels stand on a film without it
_HEAD = {"name": "x", "title": "x", "version": "x", "platform": "soi"}  #: in place of what is missing


def refusals(name: str | Path) -> list[str]:
    """What is refused, each as `path: what is wrong and what to do`; empty where the file is a process.

    Raises:
        LingnanError: there is no such file, or it is not TOML.
    """
    merged, files = read_merged(name)
    data: dict[str, Any] = copy.deepcopy(merged)
    found: list[str] = []
    removed: set[str] = set()
    while len(found) < _MOST:
        try:
            build(data, files=tuple(file.name for file in files), digest="", where=_HERE)
        except LingnanError as error:
            text = str(error).removeprefix(f"{_HERE}: ")
            entry = _entry(data, text)
            if entry is None:
                found.append(text)
                return found
            if not any(word in text for word in removed):
                found.append(text)
            removed |= _take_out(data, *entry)
            for path in _NEEDED.findall(text):
                removed |= {f"number {path},", f"number {path!r}"}
        else:
            break
    return found


def _entry(data: Mapping[str, Any], text: str) -> tuple[str, str] | None:
    """Table and entry that a refusal is about; an entry of no name is the whole table."""
    unknown = _TABLE.match(text)
    if unknown is not None:
        return unknown[1], ""
    best: tuple[int, str, str] | None = None
    for table, entries in data.items():
        if not isinstance(entries, Mapping):
            continue
        for name in entries:
            for path in (f"{table}.{name}", f'{table}."{name}"'):
                ends = text[len(path) : len(path) + 1]
                if text.startswith(path) and not (ends.isalnum() or ends == "_"):
                    best = max(best or (0, "", ""), (len(path), table, str(name)))
    if best is not None:
        return best[1], best[2]
    missing = re.match(r"process\.(\w+)", text)
    if missing is not None and missing[1] in _HEAD:
        return "process", missing[1]
    table = re.match(r"(\w+)", text)
    return (table[1], "") if table is not None and table[1] in data and table[1] != "grid" else None


def _take_out(data: dict[str, Any], table: str, entry: str) -> set[str]:
    """Take an entry out; words that tell that something else misses it."""
    if not entry:
        data.pop(table)
        return {f"{table}."}
    if table == "process" and entry in _HEAD:
        data[table][entry] = _HEAD[entry]
        return set()
    data[table].pop(entry)
    return {f"{table}.{entry}.", f"{entry!r}"}
