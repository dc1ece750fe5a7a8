"""A number with a pedigree: value, unit, spread, source and status."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lingnan.pdk.errors import LingnanError, did_you_mean

Status = Literal["representative", "foundry"]
STATUSES: tuple[Status, ...] = ("representative", "foundry")

# unit as written -> (house unit, factor); house units are those of the design: µm, degrees in layout, S/m, K, V.
UNITS: dict[str, tuple[str, float]] = {
    "um": ("um", 1.0),
    "nm": ("um", 1e-3),
    "mm": ("um", 1e3),
    "cm": ("um", 1e4),
    "um^2": ("um^2", 1.0),
    "mm^2": ("um^2", 1e6),
    "deg": ("deg", 1.0),
    "1": ("1", 1.0),
    "%": ("1", 1e-2),
    "cm^-3": ("cm^-3", 1.0),
    "m^-3": ("cm^-3", 1e-6),
    "ohm/sq": ("ohm/sq", 1.0),
    "ohm": ("ohm", 1.0),
    "ohm cm": ("ohm cm", 1.0),
    "ohm cm^2": ("ohm cm^2", 1.0),
    "S/m": ("S/m", 1.0),
    "mA/um": ("mA/um", 1.0),
    "V": ("V", 1.0),
    "V cm": ("V cm", 1.0),
    "kV/mm": ("kV/mm", 1.0),
    "pm/V": ("pm/V", 1.0),
    "dB": ("dB", 1.0),
    "dB/cm": ("dB/cm", 1.0),
    "dB/cm/sqrt(GHz)": ("dB/cm/sqrt(GHz)", 1.0),
    "mW": ("mW", 1.0),
    "A/W": ("A/W", 1.0),
    "nA": ("nA", 1.0),
    "K": ("K", 1.0),
    "1/K": ("1/K", 1.0),
    "Hz": ("Hz", 1.0),
    "GHz": ("Hz", 1e9),
    "s": ("s", 1.0),
    "ms": ("s", 1e-3),
}
_KEYS = {"value", "unit", "sigma", "range", "source", "status", "note"}


@dataclass(frozen=True)
class Quantity:
    """One number of the line, in house units."""

    value: float
    unit: str
    source: str
    status: Status
    sigma: float | None = None  #: one standard deviation, same unit
    range: tuple[float, float] | None = None  #: published or specified limits, same unit
    note: str = ""

    def __float__(self) -> float:
        return self.value

    def at(self, sigmas: float) -> float:
        """The value `sigmas` standard deviations away; without a sigma a third of the range's half stands for one."""
        if self.sigma is not None:
            return self.value + sigmas * self.sigma
        if self.range is not None:
            low, high = self.range
            return self.value + sigmas / 3 * ((high - self.value) if sigmas > 0 else (self.value - low))
        return self.value


def is_quantity(table: object) -> bool:
    """Whether a table of the file is a number with its pedigree (and not a table of such)."""
    return isinstance(table, Mapping) and ("value" in table or "unit" in table)


def _number(table: Mapping[str, Any], key: str, where: str) -> float:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise LingnanError(
            f"{where}: {key} = {value!r} is not a finite number. Write it without quotes, e.g. {key} = 0.22."
        )
    return float(value)


def read_quantity(table: object, where: str, *, spread: bool = False) -> Quantity:
    """Check one number of a process file and turn it into house units.

    Args:
        table: as read from TOML.
        where: file and key, for messages.
        spread: whether a sigma or a range has to be there (it has for whatever the line makes, not for a rule's limit).
    """
    if not isinstance(table, Mapping):
        raise LingnanError(
            f"{where}: {table!r} is a bare value. Give {{ value, unit, source, status }}: "
            "a number without a pedigree is refused."
        )
    for key in table:
        if key not in _KEYS:
            raise LingnanError(f"{where}: unknown key {key!r}. {did_you_mean(key, _KEYS)}")
    for key in ("value", "unit", "source", "status"):
        if key not in table:
            raise LingnanError(f"{where}: {key} is missing. Every number needs value, unit, source and status.")
    unit, status, source = table["unit"], table["status"], table["source"]
    if unit not in UNITS:
        raise LingnanError(f"{where}: unknown unit {unit!r}. {did_you_mean(unit, UNITS)}")
    if status not in STATUSES:
        raise LingnanError(f"{where}: status {status!r} is not one of {', '.join(STATUSES)}.")
    if not isinstance(source, str) or not source.strip():
        raise LingnanError(f"{where}: source is empty. Name the document, the DOI or the person the number comes from.")
    house, factor = UNITS[unit]
    value = _number(table, "value", where) * factor
    sigma = _number(table, "sigma", where) * factor if "sigma" in table else None
    if sigma is not None and sigma < 0:
        raise LingnanError(f"{where}: sigma = {table['sigma']} is negative. A standard deviation is 0 or more.")
    limits: tuple[float, float] | None = None
    if "range" in table:
        pair = table["range"]
        if not isinstance(pair, list) or len(pair) != 2:
            raise LingnanError(f"{where}: range = {pair!r} is not a pair. Write range = [low, high].")
        low, high = (_number({"range": end}, "range", where) * factor for end in pair)
        if not low <= value <= high:
            raise LingnanError(
                f"{where}: value {value} {house} lies outside its own range {low} to {high}. Mend one of them."
            )
        limits = (low, high)
    if spread and sigma is None and limits is None:
        raise LingnanError(
            f"{where}: neither sigma nor range is given. What the line makes has a spread: give one of them."
        )
    return Quantity(value, house, source, status, sigma, limits, str(table.get("note", "")))
