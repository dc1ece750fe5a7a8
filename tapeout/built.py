"""A chip with its sign-off: what is written down, shown and judged."""

from collections.abc import Mapping
from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.drc.violation import Report
from lingnan.pdk.lvs.report import LvsReport
from lingnan.tapeout.assembly import Assembly
from lingnan.tapeout.circuit.simulate import Silent, Spectra
from lingnan.tapeout.design import Design

Box = tuple[float, float, float, float]
FILL = ("fill_",)  #: beginnings of the names of cells that pictures leave out


@dataclass(frozen=True)
class Built:
    """A chip with its sign-off."""

    design: Design
    assembly: Assembly
    layout: kdb.Layout  #: as written
    top: kdb.Cell
    drc: Report
    lvs: LvsReport
    manifest: tuple[Mapping[str, str], ...]
    digests: Mapping[str, str]  #: sha256 by file name
    spectra: tuple[Spectra | Silent, ...]  #: of every network that a fibre sees

    @property
    def clean(self) -> bool:
        """Nothing is wrong with the chip; warnings are for people to read."""
        return self.drc.clean and self.lvs.clean

    @property
    def errors(self) -> int:
        """Violations of severity error."""
        return sum(one.severity == "error" for one in self.drc.violations)

    @property
    def faults(self) -> int:
        """Violations of severity error, and mismatches."""
        return self.errors + len(self.lvs.mismatches)

    def owner(self, bbox: Box) -> tuple[str, int]:
        """Who drew what is at a place, and in which line of the design; the smallest device or route around it."""
        x, y = (bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2
        found: list[tuple[float, str, int]] = []
        for one in self.assembly.placed.values():
            found += _around(one.bbox, x, y, one.name, one.line)
        for route in self.assembly.routed:
            found += _around(route.bbox, x, y, f"route {route.route}", route.line)
        return min(found)[1:] if found else ("frame or fill", 0)


def _around(box: Box, x: float, y: float, name: str, line: int) -> list[tuple[float, str, int]]:
    left, bottom, right, top = box
    return [((right - left) * (top - bottom), name, line)] if left <= x <= right and bottom <= y <= top else []
