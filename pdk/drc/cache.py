"""Results kept from run to run, by content: a part of a layout that is as it was is not judged again.

A result is the faults of one rule on one part, in the part's own coordinates, under a digest of what the rule reads
there; of rules that look at the whole layout, on the whole. The rule itself, the process's grid, the database unit and
the versions of KLayout and of this file's format go into the key, so what is kept is what would be computed.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from lingnan.pdk.drc.found import Found
from lingnan.pdk.process import Process, Rule

FORMAT = 3  #: changes with whatever changes a result
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
        self._grid, self._dbu = process.grid.value, dbu
        path = Path(folder) / FILE
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
        told = [FORMAT, version("klayout"), rule.id, rule.kind, rule.layer, rule.other, rule.unless]
        told += [rule.limit.value if rule.limit else None, dict(rule.options), self._grid, self._dbu]
        return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()

    def load(self, rule: Rule, contents: Iterable[str]) -> dict[str, list[Found]]:
        """What is known of a rule on some contents."""
        wanted = set(contents)
        try:
            rows = self._base.execute("SELECT content, faults FROM results WHERE rule = ?", (self.name(rule),))
            return {content: _faults(text) for content, text in rows if content in wanted}
        except (sqlite3.DatabaseError, ValueError, TypeError):
            return {}

    def store(self, rule: Rule, results: Mapping[str, list[Found]]) -> None:
        """Keep results by content."""
        name, day = self.name(rule), _today()
        rows = [(name, content, day, _text(faults)) for content, faults in results.items()]
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", rows)
        except sqlite3.DatabaseError:
            return

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


def _today() -> int:
    return int(time.time() // 86400)


def _opened(path: Path | str) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=20.0)
    _prepare(base)
    return base


def _prepare(base: sqlite3.Connection) -> None:
    with base:
        base.execute(
            "CREATE TABLE IF NOT EXISTS results"
            " (rule TEXT, content TEXT, day INTEGER, faults TEXT, PRIMARY KEY (rule, content)) WITHOUT ROWID"
        )
        base.execute("DELETE FROM results WHERE day < ?", (_today() - DAYS,))


def _text(faults: list[Found]) -> str:
    return json.dumps([(fault.value, fault.outlines, fault.note) for fault in faults])


def _faults(text: str) -> list[Found]:
    return [
        Found(value, tuple(tuple((int(x), int(y)) for x, y in outline) for outline in outlines), note)
        for value, outlines, note in json.loads(text)
    ]
