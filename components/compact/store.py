"""What slow solves have found, kept beside this file: one JSON line for each entry, one file for each process.

An entry's key ends with the digest of all numbers that it was made from, and it holds the version of lingnan that
solved it and that of its solver (`origins`). It is used as long as all are what they were; else the thing is solved
again, which is said on stderr before it begins, and kept in a folder of the user's (`keeping`) where one is named.
`python -m lingnan.components.compact.rebuild` writes the files anew.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lingnan import __version__
from lingnan.components.compact import origins
from lingnan.pdk.errors import LingnanError

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, one process at a time is for the user to see to
    fcntl = None

if TYPE_CHECKING:
    from lingnan.components.compact.chebyshev import Surface

FOLDER = Path(__file__).with_name("kept")
anew: list[str] = []  #: beginnings of keys that are not looked up, so that they are solved again: the rebuild's
#: Told of each device that is asked for: its key, its error, and how to hold it against its solver.
listeners: list[Callable[[str, float, Callable[[], float]], None]] = []


def _aloud(text: str) -> None:
    """Where nobody else listens."""
    print(f"lingnan: {text}", file=sys.stderr, flush=True)


_policy: dict[str, Any] = {"cache": None, "only": False, "say": _aloud}


@contextmanager
def keeping(cache: Path | None, *, only_kept: bool = False, say: Callable[[str], None] = _aloud) -> Iterator[None]:
    """Keep what is solved inside in a folder of the user's, and look there too; or solve nothing.

    Args:
        cache: the folder, if any.
        only_kept: refuse what is not kept.
        say: told what is about to be solved, for that takes minutes; stderr, if nobody else is.
    """
    before = dict(_policy)
    _policy.update(cache=cache, only=only_kept, say=say)
    try:
        yield
    finally:
        _policy.update(before)


def find(process: str, key: str) -> Mapping[str, Any] | None:
    """The entry of a key, if there is one of this version.

    Raises:
        LingnanError: there is none, and nothing is to be solved (`keeping`).
    """
    folders = [FOLDER, *([_policy["cache"]] if _policy["cache"] else [])]
    entries = [] if key.startswith(tuple(anew)) else [_read(folder, process).get(key) for folder in folders]
    entry = next((one for one in entries if one is not None and _current(key, one)), None)
    if entry is None and _policy["only"]:
        raise LingnanError(f"{_called(key)} of process {process} is not solved yet")
    return None if entry is None else {name: value for name, value in entry.items() if name != "solver"}


def _current(key: str, entry: Mapping[str, Any]) -> bool:
    """Whether an entry is of this version and of this solver; one that does not say is of the solver's first."""
    return entry["version"] == __version__ and entry.get("solver", 1) == origins.version_of(key)


def _called(key: str) -> str:
    """A key without its digest."""
    return key.rpartition(" ")[0]


def entries(process: str) -> Mapping[str, Mapping[str, Any]]:
    """All that is kept of a process beside this file."""
    return _read(FOLDER, process)


def recalled(process: str, key: str, solve: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The entry of a key: what is kept, else what is solved now and put into the user's folder, if one is named."""
    entry = find(process, key)
    if entry is None:
        lost = "" if _policy["cache"] else ", and lost with this session (`compact.store.keeping` names a folder)"
        _policy["say"](f"{_called(key)} of process {process} is not kept; it is solved now, which takes minutes{lost}")
        entry = solve()
        if _policy["cache"]:
            write(process, {key: entry}, folder=_policy["cache"])
    return entry


def write(process: str, entries: Mapping[str, Mapping[str, Any]], *, folder: Path = FOLDER) -> None:
    """Put entries beside those of a process's file, whole, sorted by key; others may write to it at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f".{process}.lock"):
        _read.cache_clear()  # what others have written since
        own = {key: {**entry, "solver": origins.version_of(key)} for key, entry in entries.items()}
        merged = {**_read(folder, process), **own}
        lines = [f"{json.dumps(key)}: {json.dumps(_plain(merged[key]), ensure_ascii=False)}" for key in sorted(merged)]
        fresh = folder / f".{process}.{os.getpid()}.json"
        fresh.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        fresh.replace(folder / f"{process}.json")
        _read.cache_clear()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is inside; one that dies inside lets go."""
    with lock.open("w") as held:
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def as_surface(entry: Mapping[str, Any]) -> "Surface":
    """A surface from its numbers."""
    from lingnan.components.compact.chebyshev import Surface  # and with it JAX, which takes seconds

    return Surface(tuple(entry["x"]), tuple(entry["y"]), tuple(map(tuple, entry["coefficients"])))


@lru_cache(maxsize=8)
def _read(folder: Path, process: str) -> dict[str, dict[str, Any]]:
    file = folder / f"{process}.json"
    try:
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, ValueError):
        if folder == FOLDER:
            raise
        return {}  # the user's folder is but a cache: what cannot be read there is solved again


def _plain(value: Any) -> Any:
    """Nine digits: three more than any fit is right to."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
