"""What a process is: layers, levels of the stack, implants, cross-sections, rules, statistics. Frozen, in house units.

Heights are in µm above the top of the buried oxide, angles in degrees from the wafer plane (90 is vertical).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process.quantity import Quantity, Status


@dataclass(frozen=True)
class Layer:
    """A GDS layer of the line."""

    name: str
    layer: int
    datatype: int
    purpose: Literal["mask", "marker"]  #: `mask` is printed and checked, `marker` is for programs and people
    description: str
    color: str  #: #rrggbb
    source: str
    status: Status

    @property
    def gds(self) -> tuple[int, int]:
        """Layer and datatype."""
        return self.layer, self.datatype


@dataclass(frozen=True)
class Level:
    """One slab of the stack, z bottom to top, as the mask leaves it."""

    name: str
    mask: str  #: expression of drawn layers; empty: the whole wafer
    material: str
    z_min: float
    thickness: float
    sidewall_angle_deg: float  #: from the wafer plane
    width_reference: float  #: height, 0 bottom to 1 top, at which the drawn width holds
    bias: float  #: drawn to fabricated, on the whole width
    order: int  #: lower wins where levels overlap
    kind: Literal["film", "dielectric", "implant", "metal", "via", "opening"]
    quantities: Mapping[str, Quantity]  #: what the heights were computed from, by path in the file

    @property
    def z_max(self) -> float:
        """Top of the level."""
        return round(self.z_min + self.thickness, 9)


@dataclass(frozen=True)
class Implant:
    """A doping mask."""

    name: str
    layer: str
    polarity: Literal["n", "p"]
    concentration: Quantity  #: cm^-3
    sheet_resistance: Mapping[str, Quantity]  #: ohm/sq by level name


@dataclass(frozen=True)
class Metal:
    """An electrode or heater layer's electrical data."""

    name: str
    layer: str
    sheet_resistance: Quantity
    current_limit: Quantity | None  #: mA per µm of width


@dataclass(frozen=True)
class Section:
    """A layer drawn along a path, as wide as the core plus `reach` on both sides, or `width` at `offset`."""

    layer: str
    reach: Quantity | None = None
    width: Quantity | None = None
    offset: Quantity | None = None


@dataclass(frozen=True)
class CrossSectionData:
    """A waveguide or wire of the line."""

    name: str
    layer: str
    kind: Literal["optical", "electrical", "placement"]
    width: Quantity
    radius: Quantity | None  #: routing bend radius
    radius_min: Quantity | None
    sections: tuple[Section, ...]
    description: str
    n_eff: Quantity | None = None  #: representative, for routing and placement; solvers compute their own
    loss: Quantity | None = None


@dataclass(frozen=True)
class Rule:
    """One design rule. What a kind means stands in `lingnan.pdk.drc`."""

    id: str
    kind: str
    layer: str  #: expression of drawn layers; empty where the kind looks at everything
    other: str  #: second expression, for enclosure, separation, overlap ...
    limit: Quantity | None
    severity: Literal["error", "warning"]
    description: str
    unless: str  #: expression; a marker wholly inside it is let pass
    options: Mapping[str, Any]
    source: str
    status: Status


@dataclass(frozen=True)
class Corner:
    """A named point of the process: shifts in standard deviations, by path of the number in the file."""

    name: str
    shifts: Mapping[str, float]
    temperature: float  #: K


@dataclass(frozen=True)
class Statistic:
    """How a number varies over the wafer and from wafer to wafer."""

    name: str
    within_wafer: Quantity  #: one sigma
    wafer_to_wafer: Quantity | None
    correlation_length: Quantity | None  #: µm
    target: tuple[str, ...]  #: paths of the numbers it moves


@dataclass(frozen=True)
class Specification:
    """A pass/fail limit of a finished device."""

    name: str
    minimum: Quantity | None
    maximum: Quantity | None
    description: str


@dataclass(frozen=True)
class Process:
    """A fabrication line, whole."""

    name: str
    title: str
    version: str
    platform: Literal["soi", "tfln"]
    hash: str  #: sha256 of the merged data, 12 hex digits
    files: tuple[str, ...]  #: base first
    sources: Mapping[str, str]
    grid: Quantity
    layers: Mapping[str, Layer]
    levels: Mapping[str, Level]
    implants: Mapping[str, Implant]
    metals: Mapping[str, Metal]
    cross_sections: Mapping[str, CrossSectionData]
    rules: Mapping[str, Rule]
    corners: Mapping[str, Corner]
    statistics: Mapping[str, Statistic]
    specifications: Mapping[str, Specification]
    connectivity: tuple[tuple[str, str, str], ...]  #: (lower metal, via, upper metal)
    crystal: Mapping[str, Any]
    quantities: Mapping[str, Quantity] = field(repr=False)  #: every number, by dotted path
    data: Mapping[str, Any] = field(repr=False)  #: the merged file

    def number(self, path: str) -> float:
        """Value of one number in house units, by its dotted path, e.g. `films.si.thickness`.

        Raises:
            LingnanError: there is no such number in the process.
        """
        return self.quantity(path).value

    def quantity(self, path: str) -> Quantity:
        """One number with its pedigree."""
        if path not in self.quantities:
            raise LingnanError(f"process {self.name}: no number {path!r}. {did_you_mean(path, self.quantities)}")
        return self.quantities[path]

    def layer(self, name: str) -> Layer:
        """A layer by name."""
        if name not in self.layers:
            raise LingnanError(f"process {self.name}: no layer {name!r}. {did_you_mean(name, self.layers)}")
        return self.layers[name]

    def rule(self, rule_id: str) -> Rule:
        """A rule by id."""
        if rule_id not in self.rules:
            raise LingnanError(f"process {self.name}: no rule {rule_id!r}. {did_you_mean(rule_id, self.rules)}")
        return self.rules[rule_id]

    def limit(self, rule_id: str) -> float:
        """Limit of a rule in house units."""
        rule = self.rule(rule_id)
        if rule.limit is None:
            raise LingnanError(f"process {self.name}: rule {rule_id} ({rule.kind}) has no limit.")
        return rule.limit.value

    @property
    def stamp(self) -> str:
        """Name, version and hash: what a result says it came from."""
        return f"{self.name} {self.version} ({self.hash})"

    @property
    def representative(self) -> tuple[str, ...]:
        """Paths of the numbers that the line itself has not given."""
        return tuple(path for path, quantity in self.quantities.items() if quantity.status == "representative")
