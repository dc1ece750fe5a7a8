"""What a layout is held against: library cells with their ports, where each one stands, and which ports are joined.

Geometry is in database units of the layout (klayout.db objects), everything else in µm and degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import klayout.db as kdb

PortKind = Literal["optical", "electrical"]


@dataclass(frozen=True)
class Port:
    """A port of a library cell, in the cell's own coordinates."""

    name: str
    kind: PortKind
    layer: str  #: of the process, that the port lies on
    x: float  #: middle of the port's edge [µm]
    y: float
    angle_deg: float  #: outwards
    width: float  #: [µm]


@dataclass(frozen=True)
class Master:
    """A library cell: what it looks like on each mask, its extent, its ports."""

    name: str
    shapes: Mapping[str, kdb.Region]  #: by layer name, polygons as drawn; empty: content unknown, a black box
    outline: kdb.Region  #: device-recognition marker, or the bounding box
    ports: tuple[Port, ...]

    def port(self, name: str) -> Port:
        """A port by name."""
        return next(port for port in self.ports if port.name == name)


@dataclass(frozen=True)
class Device:
    """A library cell where the design wants it."""

    name: str
    master: Master
    placement: kdb.ICplxTrans  #: from the cell's coordinates to the top cell's
    line: int = 0  #: in the design file


@dataclass(frozen=True, order=True)
class Pin:
    """A port of a placed device."""

    device: str
    port: str

    def __str__(self) -> str:
        return f"{self.device},{self.port}"


@dataclass(frozen=True)
class Guide:
    """The cross-section that a route was asked to have."""

    name: str
    layer: str
    width: float  #: of the core [µm]
    beside: tuple[str, ...] = ()  #: film layers that run under or beside the core, e.g. the slab of a rib


@dataclass(frozen=True)
class Link:
    """Two ports that the design joins, by a route or by abutment."""

    start: Pin
    end: Pin
    guide: Guide | None = None  #: None: abutment, or a wire
    line: int = 0


@dataclass(frozen=True)
class Circuit:
    """What the layout should be."""

    name: str
    dbu: float  #: of all geometry in here [µm]
    devices: Mapping[str, Device]
    links: tuple[Link, ...]
    file: str = ""
    notes: tuple[str, ...] = field(default=())

    def port(self, pin: Pin) -> Port:
        """The port that a pin names."""
        return self.devices[pin.device].master.port(pin.port)
