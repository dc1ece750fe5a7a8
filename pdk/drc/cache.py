"""Results kept from run to run, by content: a part of a layout that is as it was is not judged again.

A result is the faults of one rule on one part, in the part's own coordinates, under a digest of what the rule reads
there; of rules that look at the whole layout, on the whole. The rule itself, the process's grid, the database unit and
the versions of KLayout and of this file's format go into the key, so what is kept is what would be computed.
"""

import hashlib
import io
import json
import os
import sqlite3
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.digest import Digests
from lingnan.pdk.drc.found import Found
from lingnan.pdk.process import Process, Rule

FORMAT = 7  #: changes with whatever changes a result
FILE = "results.sqlite"
DAYS = 30  #: what is older is computed anew and forgotten


class Cache:
    """A file of results in a folder. One that cannot be written, or is damaged, costs only the time of the next run.

    Args:
        folder: made if need be.
        process: the line; its grid is the tolerance.
        dbu: database unit of the layout [µm].
    """

    def __init__(self, folder: Path | str, process: Process, dbu: float) -> None:
        self._grid, self._dbu, self._owner = process.grid.value, dbu, os.getpid()
        path = self._path = Path(folder) / FILE
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = _opened(path)
        except (OSError, sqlite3.OperationalError):  # no room, no right to write, or in use by another for too long
            self._base = _opened(":memory:")
        except sqlite3.DatabaseError:  # no database: only then it may go
            path.unlink(missing_ok=True)
            self._base = _opened(path)

    def name(self, rule: Rule) -> str:
        """Identity of a rule: all that it says and all that a result depends on beside geometry."""
        told = [FORMAT, _klayout(), rule.id, rule.kind, rule.layer, rule.other, rule.unless]
        told += [rule.limit.value if rule.limit else None, dict(rule.options), self._grid, self._dbu]
        return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()

    def load(self, rule: Rule, contents: Iterable[str]) -> dict[str, list[Found]]:
        """What is known of a rule on some contents."""
        wanted = set(contents)
        try:
            rows = self._base.execute("SELECT content, faults FROM results WHERE rule = ?", (self.name(rule),))
            return {content: _faults(data) for content, data in rows if content in wanted}
        except (sqlite3.DatabaseError, ValueError, TypeError):
            return {}

    def store(self, rule: Rule, results: Mapping[str, list[Found]]) -> None:
        """Keep results by content."""
        name, day = self.name(rule), _today()
        rows = [(name, content, day, _packed(faults)) for content, faults in results.items()]
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", rows)
        except sqlite3.DatabaseError:
            return

    def load_arrays(self, name: str) -> list[NDArray[Any]] | None:
        """Arrays that were kept under a name."""
        try:
            rows = self._here().execute("SELECT data FROM arrays WHERE name = ?", (_short(name),)).fetchall()
            if not rows:
                return None
            with np.load(io.BytesIO(rows[0][0])) as stored:
                return [stored[key] for key in stored.files]
        except (sqlite3.DatabaseError, ValueError, OSError, zipfile.BadZipFile):
            return None

    def store_arrays(self, name: str, arrays: Sequence[NDArray[Any]]) -> None:
        """Keep arrays under a name that tells all they depend on."""
        data = io.BytesIO()
        np.savez(data, *arrays)  # to decompress takes longer than to read
        try:
            base = self._here()
            with base:
                base.execute(
                    "INSERT OR REPLACE INTO arrays VALUES (?, ?, ?)", (_short(name), _today(), data.getvalue())
                )
        except sqlite3.DatabaseError:
            return

    def _here(self) -> sqlite3.Connection:
        """The connection of this process: one must not be used on both sides of a fork."""
        if os.getpid() != self._owner:
            self._other = self._base  # not to be closed here either
            self._base, self._owner = _opened(self._path), os.getpid()
        return self._base

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


@lru_cache
def _klayout() -> str:
    return version("klayout")


def _short(name: str) -> str:
    return hashlib.blake2b(f"{FORMAT} {_klayout()} {name}".encode(), digest_size=16).hexdigest()


def _today() -> int:
    return int(time.time() // 86400)


def _opened(path: Path | str) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=20.0)
    _prepare(base)
    return base


def _prepare(base: sqlite3.Connection) -> None:
    base.execute("PRAGMA synchronous = OFF")  # what a loss of power damages is computed anew
    with base:
        base.execute(
            "CREATE TABLE IF NOT EXISTS results"
            " (rule TEXT, content TEXT, day INTEGER, faults BLOB, PRIMARY KEY (rule, content)) WITHOUT ROWID"
        )
        base.execute("CREATE TABLE IF NOT EXISTS arrays (name TEXT PRIMARY KEY, day INTEGER, data BLOB)")
        for table in ("results", "arrays"):
            base.execute(f"DELETE FROM {table} WHERE day < ?", (_today() - DAYS,))


def _packed(faults: list[Found]) -> bytes:
    """A line of values, notes and lengths of outlines, then all their points."""
    if not faults:  # nearly all
        return b""
    told = json.dumps([(fault.value, fault.note, [len(one) for one in fault.outlines]) for fault in faults])
    return told.encode() + b"\n" + np.concatenate([one for fault in faults for one in fault.outlines]).tobytes()


def _faults(data: bytes) -> list[Found]:
    if not data:
        return []
    told, _, rest = data.partition(b"\n")
    points = np.frombuffer(rest, dtype=np.int64).reshape(-1, 2)
    found: list[Found] = []
    begin = 0
    for value, note, lengths in json.loads(told):
        ends = [begin, *(begin + np.cumsum(lengths)).tolist()]
        found.append(Found(value, tuple(points[i:j] for i, j in pairwise(ends)), note))
        begin = ends[-1]
    if begin != len(points):
        raise ValueError("what was kept is not whole")
    return found


class Kept:
    """Arrays that belong to cells of a layout.

    Args:
        cache: where they are kept.
        digests: of the cells.
    """

    def __init__(self, cache: Cache, digests: Digests) -> None:
        self.own = digests.own
        self.load = cache.load_arrays
        self.store = cache.store_arrays
