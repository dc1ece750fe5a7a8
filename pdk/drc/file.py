"""`check_file`: read a layout file, check it, set waived faults aside."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lingnan.pdk.drc.engine import check
from lingnan.pdk.drc.violation import Report
from lingnan.pdk.drc.waivers import Waiver, apply_waivers
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.layout import Loaded, read_layout
from lingnan.pdk.process import Process, load_process


def check_loaded(
    loaded: Loaded,
    process: Process,
    *,
    waivers: tuple[Waiver, ...] = (),
    cache: Path | str | None = None,
    threads: int | None = None,
    say: Callable[[str], None] | None = None,
) -> Report:
    """Check a layout that `read_layout` has read.

    Raises:
        LingnanError: no layer of the file is one of the process, so that a clean report would mean nothing.
    """
    if not loaded.layers:
        seen = ", ".join(f"{count.gds[0]}/{count.gds[1]} ({count.shapes})" for count in loaded.counts[:12])
        raise LingnanError(
            f"{loaded.path}: none of its layers, {seen}, is a layer of process {process.name}. Say which is which with "
            '--layer-map, a YAML file with lines such as "3/0": WG.'
        )
    report = check(
        loaded.layout,
        loaded.top,
        process,
        layers=loaded.layers,
        file=loaded.path,
        cache=cache,
        threads=threads,
        say=say,
    )
    report = replace(report, layers=loaded.counts, notes=(*loaded.notes, *report.notes))
    return apply_waivers(report, waivers) if waivers else report


def check_file(
    path: str | Path,
    process: Process | str | Path,
    *,
    top: str | None = None,
    layer_map: Mapping[str, Any] | None = None,
    waivers: tuple[Waiver, ...] = (),
    cache: Path | str | None = None,
    threads: int | None = None,
    say: Callable[[str], None] | None = None,
) -> Report:
    """Check a GDS or OASIS file against the rules of a process.

    Args:
        path: of the layout.
        process: or its name, or the path of its file.
        top: the cell to check, where the file has several top cells.
        layer_map: `{"3/0": "WG"}`, the file's layers to the process's; what it does not name is ignored, and counted.
        waivers: faults to let pass, from `read_waivers`.
        cache: folder that keeps results from run to run.
        threads: processes at work; as many as there are cores if not given.
        say: gets a line for each rule that is done.

    Raises:
        LingnanError: the file cannot be checked, and why.
    """
    line = process if isinstance(process, Process) else load_process(process)
    loaded = read_layout(path, line, layer_map=layer_map, top=top)
    return check_loaded(loaded, line, waivers=waivers, cache=cache, threads=threads, say=say)
