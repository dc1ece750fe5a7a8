"""What slow solves have found, kept beside this file: one JSON line for each entry, one file for each process.

An entry's key ends with the digest of all numbers that it was made from, and it holds the version of lingnan that
solved it. It is used as long as both are what they were; else the thing is solved again, in memory.
`python -m lingnan.components.compact.rebuild` writes the files anew.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from lingnan import __version__
from lingnan.components.compact.chebyshev import Surface

FOLDER = Path(__file__).with_name("kept")
anew: list[str] = []  #: beginnings of keys that are not looked up, so that they are solved again: the rebuild's


def find(process: str, key: str) -> dict[str, Any] | None:
    """The entry of a key, if there is one of this version."""
    entry = None if key.startswith(tuple(anew)) else _read(process).get(key)
    return entry if entry is not None and entry["version"] == __version__ else None


def write(process: str, entries: Mapping[str, Mapping[str, Any]], *, keep: bool = True) -> None:
    """Put entries into a process's file, whole, sorted by key; `keep` those that are there already."""
    merged = {**(_read(process) if keep else {}), **entries}
    lines = [f"{json.dumps(key)}: {json.dumps(_plain(merged[key]), ensure_ascii=False)}" for key in sorted(merged)]
    FOLDER.mkdir(exist_ok=True)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    fresh = FOLDER / f".{process}.json"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(FOLDER / f"{process}.json")
    _read.cache_clear()


def as_surface(entry: Mapping[str, Any]) -> Surface:
    """A surface from its numbers."""
    return Surface(tuple(entry["x"]), tuple(entry["y"]), tuple(map(tuple, entry["coefficients"])))


@lru_cache(maxsize=8)
def _read(process: str) -> dict[str, dict[str, Any]]:
    file = FOLDER / f"{process}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _plain(value: Any) -> Any:
    """Nine digits: three more than any fit is right to."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
