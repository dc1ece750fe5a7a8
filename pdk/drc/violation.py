"""What a check found: violations, and the report that holds them beside what was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Violation:
    """One fault: one marker, however many edges it has."""

    rule: str  #: rule id, e.g. WG.S
    kind: str  #: rule kind, e.g. space
    severity: Literal["error", "warning"]
    value: float | None  #: what was found, in `unit`
    limit: float | None
    unit: str
    layer: str  #: layer expression of the rule
    cell: str  #: path of cells from the top to the one that holds the fault, joined by `/`
    bbox: tuple[float, float, float, float]  #: left, bottom, right, top [µm], in the top cell
    message: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()  #: marker outline [µm], in the top cell
    status: str = "representative"  #: of the rule's number
    waived_by: str = ""  #: reason and owner, where a waiver lets it pass


@dataclass(frozen=True)
class LayerCount:
    """What was seen of a layer of the file."""

    gds: tuple[int, int]
    name: str  #: of the process; empty: not mapped, so not checked
    shapes: int  #: flat: every placement counted


@dataclass(frozen=True)
class Report:
    """The outcome of a check. It proves that shapes were seen: a clean report of nothing is no report."""

    process: str  #: name, version and hash
    file: str
    top: str
    layers: tuple[LayerCount, ...]
    rules: tuple[str, ...]  #: ids that were run
    violations: tuple[Violation, ...]  #: sorted by rule, then place
    waived: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()  #: expired or unused waivers, unmapped layers, rules that could not run and why
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def clean(self) -> bool:
        """No violation of severity error stands."""
        return not any(violation.severity == "error" for violation in self.violations)
