"""Results appear whole or not at all: they are written beside their place and moved there at the end."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError


def refuse_foreign(target: Path, mine: Sequence[str], option: str = "--out") -> None:
    """A folder is replaced as a whole, so nothing may lie in it but what an earlier run wrote.

    Args:
        target: the folder, which need not be there.
        mine: patterns of what the command writes.
        option: that named the folder.

    Raises:
        LingnanError: something else lies in it.
    """
    names = sorted(path.name for path in target.iterdir()) if target.is_dir() else []
    foreign = [name for name in names if not any(fnmatch(name, pattern) for pattern in mine)]
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise LingnanError(
            f"{option}: {target} also holds {foreign[0]}{more}, which this command does not write, and a folder of "
            f"results is replaced as a whole. Name another folder with {option}, e.g. {target / 'results'}."
        )


@contextmanager
def whole_folder(target: Path, option: str = "--out", mine: Sequence[str] = ("*",)) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well.

    When the block fails or is interrupted, the temporary folder goes and an older `target` stays as it was.

    Args:
        target: the folder to be.
        option: that named it.
        mine: patterns of what may lie in an older one; all by default, where the caller has looked.

    Raises:
        LingnanError: the place cannot be written, or `target` is something other than a folder of such results.
    """
    target = Path(os.path.abspath(target))
    if target.exists() and not target.is_dir():
        raise LingnanError(f"{option}: {target} is a file, not a folder. Name a folder, or remove the file.")
    refuse_foreign(target, mine, option)
    missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        _remove_empty(missing)
        raise LingnanError(
            f"{option}: {target.parent} cannot be written ({error.strerror}). Name a folder you own with {option}."
        ) from None
    try:
        part.chmod(0o755)
        yield part
        _take_place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _remove_empty(missing)


@contextmanager
def whole_file(target: Path, option: str = "--out") -> Iterator[Path]:
    """A file in a temporary folder beside `target` that takes its place when the block ends well.

    Raises:
        LingnanError: the place cannot be written.
    """
    target = Path(os.path.abspath(target))
    missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        _remove_empty(missing)
        raise LingnanError(
            f"{option}: {target.parent} cannot be written ({error.strerror}). Name a folder you own with {option}."
        ) from None
    try:
        yield part / target.name
        (part / target.name).replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _remove_empty(missing)


def _remove_empty(folders: list[Path]) -> None:
    """Take away the folders that were made on the way, innermost first, where nothing came to lie in them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _take_place(part: Path, target: Path) -> None:
    """Two renames: a folder cannot be renamed over a full one. The older one comes back if the second fails."""
    if not target.exists():
        part.rename(target)
        return
    with _signals_wait():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".old", dir=target.parent))
        try:
            target.rename(old / target.name)
            try:
                part.rename(target)
            except BaseException:
                (old / target.name).rename(target)
                raise
        finally:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Ctrl-C and a polite kill wait for the exchange to end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda received, _: waiting.append(received)) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in waiting:
            os.kill(os.getpid(), number)


@contextmanager
def terminate_as_interrupt() -> Iterator[None]:
    """Turn SIGTERM into the same clean way out as Ctrl-C."""

    owner = os.getpid()

    def stop(number: int, frame: Any) -> None:
        if os.getpid() != owner:  # a worker that was forked from here is told to go, and has nothing to tidy up
            os._exit(1)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
