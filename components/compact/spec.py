"""What a surrogate stands for: the device of a cell, on a line, at a corner, with everything that it depends on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jax.typing import ArrayLike

from lingnan.components.compact.guides import digest
from lingnan.pdk.process import Process

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Spec:
    """A device that is to be solved, or was."""

    process: Process  #: of the line, nominal
    name: str  #: of the cell
    cross_section: str  #: of its guides
    corner: str  #: of the process
    settings: Settings  #: everything else that its S-parameters depend on; one that is traced has no surrogate

    @property
    def what(self) -> str:
        """For messages."""
        return f"{self.name} on {self.cross_section} (process {self.process.name}, corner {self.corner})"

    @property
    def settled(self) -> str:
        """The settings as text."""
        return ", ".join(f"{key}={value}" for key, value in sorted(self.settings.items()))

    def key(self, kind: str) -> str:
        """Name in the store."""
        given = hashlib.sha256(repr(sorted(self.settings.items())).encode()).hexdigest()[:8]
        numbers = digest(self.process, self.cross_section, self.corner)
        return f"{kind} {self.name} {self.cross_section} {self.corner} {given} {numbers}"

    def kelvin(self, temperature: ArrayLike | None) -> ArrayLike:
        """The temperature as given, or the corner's own [K]."""
        return self.process.corners[self.corner].temperature if temperature is None else temperature
