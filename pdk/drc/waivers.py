"""Waivers: faults that somebody has looked at and lets pass, with reason, owner and an end.

    waivers:
      - rule: WG.S                 # a rule id; `*` stands for anything
        cell: ring_*               # optional: name of a cell on the path to the fault
        region: [0, 0, 120, 80]    # optional: left, bottom, right, top in the top cell [µm]; the marker lies inside
        reason: coupling gap, measured on run 12
        owner: a.lee@example.org
        expires: 2027-06-30        # the last day on which it holds

An expired waiver lets nothing pass. Expired and unused ones are reported.
"""

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from lingnan.pdk.drc.violation import Report, Violation
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process

_KEYS = ("rule", "cell", "region", "reason", "owner", "expires")
_ROUNDING = 0.002  #: µm by which a marker may leave a waived region: markers are a database unit larger than faults


@dataclass(frozen=True)
class Waiver:
    """One entry of the file."""

    where: str  #: file and line, for messages
    rule: str
    cell: str
    region: tuple[float, float, float, float] | None
    reason: str
    owner: str
    expires: datetime.date

    def covers(self, violation: Violation) -> bool:
        """Whether it speaks of this fault, expired or not."""
        if not fnmatchcase(violation.rule, self.rule):
            return False
        if self.cell and not any(fnmatchcase(name, self.cell) for name in violation.cell.split("/")):
            return False
        if self.region is None:
            return True
        left, bottom, right, top = self.region
        return (
            violation.bbox[0] >= left - _ROUNDING
            and violation.bbox[1] >= bottom - _ROUNDING
            and violation.bbox[2] <= right + _ROUNDING
            and violation.bbox[3] <= top + _ROUNDING
        )

    def __str__(self) -> str:
        place = f" in {self.cell}" if self.cell else ""
        place += f" at {', '.join(f'{edge:g}' for edge in self.region)} µm" if self.region else ""
        return f"waiver of {self.rule}{place} ({self.where}, {self.owner})"


def read_waivers(table: Mapping[str, Any], process: Process, where: str = "waivers") -> tuple[Waiver, ...]:
    """Check a waivers file.

    Args:
        table: as YAML holds it, one key `waivers` with a list.
        process: whose rules can be waived.
        where: name of the file, for messages.

    Raises:
        LingnanError: unknown keys or rules, a waiver without reason, owner or end, a region that is none.
    """
    for key in table:
        if key != "waivers":
            raise LingnanError(f"{where}: unknown key {key!r}. The file has one, `waivers`, with a list.")
    entries = table.get("waivers")
    if not isinstance(entries, list):
        raise LingnanError(f"{where}: `waivers` is not a list. Start each waiver with `- rule: WG.S`.")
    return tuple(_read(entry, process, _place(where, entry, number)) for number, entry in enumerate(entries, 1))


def _place(where: str, entry: object, number: int) -> str:
    line = getattr(entry, "line", 0)
    return f"{where}:{line}" if line else f"{where}, waiver {number}"


def _read(entry: object, process: Process, where: str) -> Waiver:
    if not isinstance(entry, Mapping):
        raise LingnanError(f"{where}: is {entry!r}, not a mapping with rule, reason, owner and expires.")
    for key in entry:
        if key not in _KEYS:
            raise LingnanError(f"{where}: unknown key {key!r}. {did_you_mean(key, _KEYS)}")
    for key in ("rule", "reason", "owner", "expires"):
        if not str(entry.get(key) or "").strip():
            raise LingnanError(f"{where}: has no {key}. A waiver says rule, reason, owner and expires.")
    rule = str(entry["rule"])
    if not any(fnmatchcase(name, rule) for name in process.rules):
        raise LingnanError(
            f"{where}: rule {rule!r} is not in process {process.name}. {did_you_mean(rule, process.rules)}"
        )
    return Waiver(
        where,
        rule,
        str(entry.get("cell") or ""),
        _region(entry["region"], where) if entry.get("region") is not None else None,
        str(entry["reason"]).strip(),
        str(entry["owner"]).strip(),
        _date(entry["expires"], where),
    )


def _region(value: object, where: str) -> tuple[float, float, float, float]:
    edges = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    if len(edges) != 4 or any(
        isinstance(edge, bool) or not isinstance(edge, int | float) or not math.isfinite(edge) for edge in edges
    ):
        raise LingnanError(f"{where}: region = {value!r} is not four numbers. Write [left, bottom, right, top] in µm.")
    left, bottom, right, top = (float(edge) for edge in edges)
    if left >= right or bottom >= top:
        raise LingnanError(f"{where}: region = {edges} is empty. Write [left, bottom, right, top] in µm.")
    return left, bottom, right, top


def _date(value: object, where: str) -> datetime.date:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise LingnanError(f"{where}: expires = {value!r} is not a date. Write it as 2027-06-30.") from None


def apply_waivers(report: Report, waivers: Iterable[Waiver], today: datetime.date | None = None) -> Report:
    """The report with waived faults set aside, and notes on waivers that are expired or let nothing pass.

    Args:
        report: of a check.
        waivers: in the order of the file; the first that covers a fault counts.
        today: the day of the check; the real one if not given.
    """
    day = today or datetime.date.today()
    waivers = tuple(waivers)
    valid = [waiver for waiver in waivers if waiver.expires >= day]
    standing: list[Violation] = []
    waived: list[Violation] = list(report.waived)
    used: set[int] = set()
    for violation in report.violations:
        waiver = next((waiver for waiver in valid if waiver.covers(violation)), None)
        if waiver is None:
            standing.append(violation)
        else:
            used.add(id(waiver))
            waived.append(
                replace(violation, waived_by=f"{waiver.reason} ({waiver.owner}, until {waiver.expires.isoformat()})")
            )
    notes = list(report.notes)
    for waiver in waivers:
        if waiver.expires < day:
            hit = sum(waiver.covers(violation) for violation in report.violations)
            notes.append(f"{waiver} expired on {waiver.expires.isoformat()} and lets nothing pass ({hit} faults stand)")
        elif id(waiver) not in used:
            notes.append(f"{waiver} is unused: no fault is left that it covers. Remove it.")
    return replace(report, violations=tuple(standing), waived=tuple(waived), notes=tuple(notes))
