"""Where a script asked for a cell: the line of the call that drew it, for reports that point to it.

gdsfactory remembers cells, so that the first call for a cell of some parameters is the one that draws it; later ones
are handed the same cell and are not noted.
"""

import sys
from pathlib import Path
from types import FrameType

import gdsfactory as gf

from lingnan.pdk.drc.sources import Source

_OURS = frozenset({"lingnan", "gdsfactory", "kfactory", "cachetools", "functools", "contextlib"})
_calls: dict[str, Source] = {}  # by name of the cell, which tells its parameters


def _place(frame: FrameType | None) -> Source | None:
    """The innermost line of a file that belongs to no library on the way from a script to a cell."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] not in _OURS:
            file = Path(frame.f_code.co_filename)
            return Source(str(file.resolve()), frame.f_lineno) if file.is_file() else None  # a prompt has no file
        frame = frame.f_back
    return None


def caller() -> Source | None:
    """The line of the script that is being run; nothing at a prompt."""
    return _place(sys._getframe(1))


def note(component: gf.Component) -> None:
    """Remember who asks for a cell that was just drawn."""
    place = _place(sys._getframe(1))
    if place is not None and component.name is not None:
        _calls[component.name] = place


def call_of(component: gf.Component) -> Source | None:
    """The call that drew a library cell, if it came from a file."""
    return _calls.get(component.name or "")
