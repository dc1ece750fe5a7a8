"""Layouts that a Python script draws, written as `lingnan chip` writes them, with the script's own lines beside them.

gdsfactory's own writer puts records into the file that older KLayouts do not open, and numbers cells in the order in
which they came to be.
"""

import inspect
import os
from collections.abc import Iterator
from pathlib import Path

import gdsfactory as gf

from lingnan.components.calls import call_of, caller
from lingnan.pdk.drc.sources import Source, dump_sources, sources_path
from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.output import whole_file
from lingnan.tapeout.streamout import base_name, canonical, write

_ENDINGS = (".gds", ".oas")


def write_layout(component: gf.Component, path: str | Path) -> Path:
    """Write a component as GDS or OASIS, and `NAME.sources.json` beside it, where `lingnan drc` finds it.

    A fault then points to the call that drew the library cell it lies in, to the function of the script that made the
    cell, or else to the line that calls this function. Two runs of one script give the same bytes.

    Args:
        component: of the active process.
        path: ends in .gds or .oas; it is replaced as a whole.

    Returns:
        The path as written.

    Raises:
        LingnanError: another ending, or a place that cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in _ENDINGS:
        raise LingnanError(f"{path}: ends in {path.suffix or 'nothing'!r}. A layout is {' or '.join(_ENDINGS)}.")
    here = caller()
    layout, top = canonical(component.kcl.layout, component.kdb_cell)
    top.name = base_name(top.name)
    sources = dict(_sources(component))
    if here is not None:
        sources.setdefault(top.name, here)
    beside = {
        name: Source(os.path.relpath(source.file, path.absolute().parent), source.line)
        for name, source in sources.items()
    }
    with whole_file(path, "path") as part, whole_file(sources_path(path), "path") as text:
        write(layout, part)
        text.write_text(dump_sources(beside), encoding="utf-8")
    return path


def _sources(component: gf.Component) -> Iterator[tuple[str, Source]]:
    """Name and line of each cell below a component whose line is known; of equal names the first that was made."""
    seen: set[str] = set()
    layout = component.kcl
    for index in sorted({component.cell_index(), *component.kdb_cell.called_cells()}):
        cell = layout[index]
        name = base_name(str(cell.name))
        source = call_of(cell) or _function(cell)
        if source is not None and name not in seen:
            seen.add(name)
            yield name, source


def _function(cell: gf.Component) -> Source | None:
    """The function of a script that made a cell, where it is no library's."""
    factory = cell.kcl.factories.get(cell.factory_name) if cell.has_factory_name() else None
    if factory is None or not factory.file.is_file():
        return None
    function = inspect.unwrap(factory)
    if function.__module__.partition(".")[0] in ("lingnan", "gdsfactory", "kfactory"):
        return None
    return Source(str(factory.file), inspect.getsourcelines(function)[1])
