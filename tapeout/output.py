"""Results appear whole or not at all: they are written beside their place and moved there at the end."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.ownership import refuse_foreign, remove_own, sign


@contextmanager
def whole_folder(target: Path, command: str, option: str = "--out") -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well.

    When the block fails or is interrupted, the temporary folder goes and an older `target` stays as it was. A list of
    what was written lies in it, and only what an older list names is replaced.

    Args:
        target: the folder to be; where it is a link, the folder at its end.
        command: of lingnan, that writes it.
        option: that named it.

    Raises:
        LingnanError: the place cannot be written, or something lies there that this command did not write.
    """
    target = Path(os.path.realpath(target))
    if target.exists() and not target.is_dir():
        raise LingnanError(f"{option}: {target} is a file, not a folder. Name a folder, or remove the file.")
    refuse_foreign(target, command, option)
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
        sign(part, command)
        refuse_foreign(target, command, option)  # the block may have taken minutes
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
            remove_own(old / target.name)
            _remove_empty([old])


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
