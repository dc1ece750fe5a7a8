"""Reading a process file: TOML, overlaid on what it extends, checked on reading, turned into a frozen `Process`."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process.build import build
from lingnan.pdk.process.quantity import is_quantity
from lingnan.pdk.process.types import Process

_MAX_BYTES = 4_000_000
_MAX_EXTENDS = 8


def shipped_processes() -> tuple[str, ...]:
    """Names of the process files that come with lingnan."""
    folder = resources.files("lingnan.pdk.process")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def find_process_file(name: str | Path, beside: Path | None = None) -> Path:
    """Path of a process by its shipped name or by file.

    Raises:
        LingnanError: neither a shipped name nor a file.
    """
    text = str(name)
    if text in shipped_processes():
        return Path(str(resources.files("lingnan.pdk.process") / f"{text}.toml"))
    candidates = [Path(text).expanduser()]
    if beside is not None:
        candidates.insert(0, beside / text)
    for path in candidates:
        if path.is_file():
            return path
    if text.endswith(".toml") or "/" in text:
        raise LingnanError(
            f"process file {text!r} does not exist. "
            f"Give the path of a .toml file or one of {', '.join(shipped_processes())}."
        )
    raise LingnanError(
        f"unknown process {text!r}. {did_you_mean(text, shipped_processes())} Or give the path of a .toml file."
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise LingnanError(f"process file {path}: cannot be read ({error.strerror}).") from None
    if len(raw) > _MAX_BYTES:
        raise LingnanError(
            f"process file {path}: {len(raw)} bytes is above the limit of {_MAX_BYTES}. Is it a process file?"
        )
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError:
        raise LingnanError(f"process file {path}: not UTF-8 text. Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LingnanError(f"process file {path}: not valid TOML ({error}).") from None


def _overlay(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, numbers and lists are replaced whole; an empty table `{}` marked `remove = true` deletes."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and value.get("remove") is True:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(old, Mapping) and not is_quantity(value):
            merged[key] = _overlay(old, value)
        else:
            merged[key] = value
    return merged


def read_merged(name: str | Path) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """A process file merged onto what it extends, as plain tables, with the files it came from, base first."""
    files: list[Path] = []
    tables: list[dict[str, Any]] = []
    path = find_process_file(name)
    while True:
        if path.resolve() in [file.resolve() for file in files] or len(files) >= _MAX_EXTENDS:
            raise LingnanError(
                f"process file {path}: extends itself through {' -> '.join(str(f) for f in files)}. Break the circle."
            )
        table = _read(path)
        files.append(path)
        tables.append(table)
        head = table.get("process")
        if not isinstance(head, Mapping):
            raise LingnanError(
                f"process file {path}: there is no [process] table. Start it with [process] and name, version, extends."
            )
        if "extends" in table:
            raise LingnanError(f"process file {path}: extends stands above the tables. Move it under [process].")
        base = head.get("extends")
        if base is None:
            break
        path = find_process_file(str(base), beside=path.parent)
    merged: dict[str, Any] = {}
    for table in reversed(tables):
        merged = _overlay(merged, table)
    merged["process"].pop("extends", None)
    return merged, tuple(reversed(files))


def _canonical(value: Any) -> Any:
    """Order-free and type-true, so that the hash says what the numbers are and not how the file was typed."""
    if isinstance(value, Mapping):
        return {str(key): _canonical(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@lru_cache(maxsize=64)
def _load(path: str, stamps: tuple[tuple[str, int, int], ...]) -> Process:
    merged, files = read_merged(path)
    digest = hashlib.sha256(json.dumps(_canonical(merged), default=str).encode()).hexdigest()[:12]
    return build(merged, files=tuple(file.name for file in files), digest=digest, where=str(path))


def load_process(name: str | Path) -> Process:
    """A process by its shipped name (`soi220`, `tfln600`, `tfln400`) or by the path of a foundry's own file.

    A foundry's file says `extends = "soi220"` under `[process]` and gives what differs; tables are merged, a number is
    replaced whole, so that a foundry's value never keeps a public source. `{ remove = true }` deletes an entry.

    Raises:
        LingnanError: unknown name, unreadable file, or a number without its pedigree; the message names file and key.
    """
    _, files = read_merged(name)
    stamps = tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    return _load(str(find_process_file(name)), stamps)
