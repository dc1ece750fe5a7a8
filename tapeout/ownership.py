"""Folders of results know what was written into them, so that nobody else's file goes when results are replaced."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lingnan.pdk.errors import LingnanError

LIST = ".lingnan.json"  #: in each folder of results: the command, and the SHA-256 of each file that it wrote


def sign(folder: Path, command: str) -> None:
    """Write the list of what lies in a folder, for the next run of the same command."""
    files = {name: _digest(folder / name) for name in sorted(_names(folder))}
    (folder / LIST).write_text(json.dumps({"command": command, "files": files}, indent=1) + "\n", encoding="utf-8")


def refuse_foreign(target: Path, command: str, option: str = "--out") -> None:
    """A folder is replaced as a whole, so nothing may lie in it but what an earlier run of the same command wrote.

    Args:
        target: the folder, which need not be there.
        command: of lingnan, that wants to replace it.
        option: that named the folder.

    Raises:
        LingnanError: something else lies in it, or somebody has changed a file since.
    """
    names = sorted(_names(target)) if target.is_dir() else []
    if not names:
        return
    elsewhere = f"Name another folder with {option}, e.g. {target / 'results'}"
    listed = _listed(target)
    if listed is None:
        raise LingnanError(
            f"{option}: {target} holds {_first(names)} but no {LIST}, so lingnan did not make it and does not replace "
            f"it. {elsewhere}, or remove this one."
        )
    maker, files = listed
    if maker != command:
        raise LingnanError(
            f"{option}: {target} is what `lingnan {maker}` wrote, and a folder of results is replaced as a whole. "
            f"{elsewhere}."
        )
    foreign = [name for name in names if name not in files]
    if foreign:
        raise LingnanError(
            f"{option}: {target} also holds {_first(foreign)}, which lingnan did not write, and a folder of results is "
            f"replaced as a whole. {elsewhere}, or move what is yours."
        )
    changed = [name for name in names if _digest(target / name) != files[name]]
    if changed:
        raise LingnanError(
            f"{option}: {_first(changed)} in {target} was changed since lingnan wrote it, and a folder of results is "
            f"replaced as a whole. {elsewhere}, or move what is yours."
        )


def remove_own(folder: Path) -> None:
    """Remove what is listed, and folders that are empty then; whatever came between the look and now stays."""
    listed = (_listed(folder) or ("", {}))[1]
    for name in [*(name for name in _names(folder) if name in listed), LIST]:  # a list may name what is elsewhere
        with suppress(OSError):
            (folder / name).unlink()
    for below in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        with suppress(OSError):
            below.rmdir()
    with suppress(OSError):
        folder.rmdir()


def _listed(folder: Path) -> tuple[str, dict[str, str]] | None:
    """Command and digests by name; None where there is no list, or not one of ours."""
    try:
        read = json.loads((folder / LIST).read_text(encoding="utf-8"))
        return str(read["command"]), dict(read["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _names(folder: Path) -> Iterator[str]:
    """All files below a folder, links among them, but for the list."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name != LIST and (path.is_symlink() or not path.is_dir()):
            yield name


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""  # lingnan writes no such thing
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _first(names: list[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
