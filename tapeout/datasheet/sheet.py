"""Everything that a data sheet says about a cell, gathered before anything is drawn."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gdsfactory as gf

from lingnan.components.registry import Cell, find_cell
from lingnan.components.trace import Limit, traced
from lingnan.pdk.drc import Report, check
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.gf.build import LinePdk
from lingnan.pdk.process import Process, Quantity
from lingnan.tapeout.datasheet.leads import led_on
from lingnan.tapeout.datasheet.spectra import Spectra, spectra_of


@dataclass(frozen=True)
class Sheet:
    """One cell of one process at one setting."""

    process: Process
    cell: Cell
    settings: Mapping[str, Any]  #: that were given; the others are the cell's defaults
    component: gf.Component
    limits: tuple[Limit, ...]  #: that the cell checked
    numbers: Mapping[str, Quantity]  #: that it took from the process, by path
    report: Report  #: of the design rules, each port led on
    spectra: Spectra | None
    silence: str  #: why there are no spectra; empty where there are

    @property
    def errors(self) -> int:
        """Violations that forbid to make the cell."""
        return sum(one.severity == "error" for one in self.report.violations)

    @property
    def warnings(self) -> int:
        """Violations that somebody should look at."""
        return len(self.report.violations) - self.errors


def gather(
    pdk: LinePdk, name: str, settings: Mapping[str, Any] | None = None, corners: Sequence[str] | None = None
) -> Sheet:
    """Draw a cell, check it, and run its model.

    Args:
        pdk: of the process; it becomes the active one.
        name: of the cell.
        settings: where they differ from its defaults.
        corners: of the process in which its model runs; all if not given.

    Raises:
        LingnanError: there is no such cell, or the line cannot make it.
    """
    pdk.activate()
    process, cell, given = pdk.process, find_cell(pdk, name), dict(settings or {})
    component = cell.function(**given)
    with traced() as trace:  # by the plain function: what gdsfactory remembers asks the process for nothing
        inspect.unwrap(cell.function)(**given).delete()
    spectra, silence = None, ""
    try:
        spectra = spectra_of(pdk, process, cell, given, corners)
    except LingnanError as error:
        silence = str(error)
    return Sheet(
        process=process,
        cell=cell,
        settings=given,
        component=component,
        limits=tuple(trace.of(name)),
        numbers=trace.numbers,
        report=check(*led_on(component, process), process),
        spectra=spectra,
        silence=silence,
    )
