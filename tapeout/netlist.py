"""What a design is made of: instances, placements, links and routes, each with its line in the file.

An error, a violation or a mismatch can so point to where something was written. Lengths in µm, angles in degrees.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.tapeout.chipsection import Chip
from lingnan.tapeout.fields import shown

_PORT = re.compile(r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)(<(?P<a>\d+)\.(?P<b>\d+)>)?\s*,\s*(?P<port>[A-Za-z0-9_]+)\s*\Z")
_RANGE = re.compile(r"(?P<head>.*?)(?P<first>\d+)-(?P<last>\d+)(?P<tail>[,>].*|)\Z")
_MOST_PORTS = 2000  #: of one enumeration such as `pad1-40,e1`


@dataclass(frozen=True)
class PortRef:
    """A port of an instance, or of one element of an array of instances."""

    instance: str
    port: str
    index: tuple[int, int] | None = None

    @property
    def element(self) -> str:
        """The instance; of an array with the index of the element."""
        return self.instance if self.index is None else f"{self.instance}<{self.index[0]}.{self.index[1]}>"

    def __str__(self) -> str:
        return f"{self.element},{self.port}"


@dataclass(frozen=True)
class Array:
    """A regular array: element (i, j) lies at i a + j b."""

    na: int
    nb: int
    a: tuple[float, float]
    b: tuple[float, float]


@dataclass(frozen=True)
class Instance:
    """A cell of the library with its parameters."""

    name: str
    component: str
    settings: Mapping[str, Any]
    array: Array | None
    line: int
    group: str = ""  #: fibre array or pad row that made it; empty: written in the file


@dataclass(frozen=True)
class Placement:
    """Where an instance stands. gdsfactory's words; `facing` is ours: turn until the port looks that way."""

    x: float | PortRef | None = None
    y: float | PortRef | None = None
    xmin: float | PortRef | None = None
    xmax: float | PortRef | None = None
    ymin: float | PortRef | None = None
    ymax: float | PortRef | None = None
    dx: float = 0.0
    dy: float = 0.0
    port: str | None = None
    rotation: float = 0.0
    mirror: bool | str | float = False
    facing: float | None = None
    line: int = 0

    @property
    def needs(self) -> tuple[str, ...]:
        """Instances that have to stand before this one can."""
        values = (self.x, self.y, self.xmin, self.xmax, self.ymin, self.ymax)
        return tuple(value.instance for value in values if isinstance(value, PortRef))


@dataclass(frozen=True)
class Link:
    """Two ports that a route joins."""

    start: PortRef
    end: PortRef
    line: int


@dataclass(frozen=True)
class Route:
    """A bundle of links that are routed together."""

    name: str
    links: tuple[Link, ...]
    settings: Mapping[str, Any]
    strategy: str
    line: int


@dataclass(frozen=True)
class Design:
    """A chip as its designer wrote it, with fibre arrays and pad rows written out as instances."""

    file: str
    text: str = field(repr=False)
    name: str
    process: Process = field(repr=False)
    chip: Chip
    instances: Mapping[str, Instance]
    placements: Mapping[str, Placement]
    connections: tuple[Link, ...]  #: the first instance is moved until its port meets the second's
    routes: Mapping[str, Route]
    ports: Mapping[str, PortRef]

    def where(self, line: int) -> str:
        """`file:line`, as messages start."""
        return f"{self.file}:{line}"

    @property
    def links(self) -> Iterator[Link]:
        """Every connection that the designer wants, by abutment or by route."""
        yield from self.connections
        for route in self.routes.values():
            yield from route.links


def parse_port(text: object, where: str) -> PortRef:
    """`instance,port` or `instance<i.j>,port`."""
    match = _PORT.match(text) if isinstance(text, str) else None
    if match is None:
        raise LingnanError(f"{where}: {shown(text)} is not a port. Write instance,port or instance<i.j>,port.")
    index = None if match["a"] is None else (int(match["a"]), int(match["b"]))
    return PortRef(match["name"], match["port"], index)


def enumerate_names(text: str, where: str) -> list[str]:
    """`pad1-4,e1` gives pad1,e1 to pad4,e1, as in gdsfactory; a word without a range gives itself."""
    match = _RANGE.match(text)
    if match is None:
        return [text]
    first, last = int(match["first"]), int(match["last"])
    if abs(last - first) >= _MOST_PORTS:
        raise LingnanError(f"{where}: {text!r} stands for {abs(last - first) + 1} names; the limit is {_MOST_PORTS}.")
    step = 1 if last >= first else -1
    return [f"{match['head']}{index}{match['tail']}" for index in range(first, last + step, step)]
