"""The test manifest: every device, where it is, how light and current reach it, and what to measure.

One row an instance, of an array one an element. Access is traced through the links of the design: from a port to the
coupler or pad at the other end, through other devices where need be. Coordinates in µm from the lower-left corner of
the design area.
"""

import csv
import io
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.tapeout.chipsection import Measurement
from lingnan.tapeout.design import Design, PortRef, enumerate_names

Kind = Literal["device", "coupler", "pad"]
COLUMNS = (
    "device", "kind", "cell", "x_um", "y_um", "rotation_deg", "mirrored", "ports_optical", "ports_electrical",
    "couplers", "pads", "wavelength_from_um", "wavelength_to_um", "measurement", "measure", "parameters", "settings",
    "info", "line",
)  # fmt: skip


@dataclass(frozen=True)
class PortSpot:
    """A port of a placed instance."""

    name: str
    x: float
    y: float
    orientation: float
    width: float
    kind: Literal["optical", "electrical"]


@dataclass(frozen=True)
class Placed:
    """An instance, or an element of an array of instances, as it was built."""

    name: str  #: of an element with its index, `grid<0.1>`
    instance: str  #: in the design
    cell: str
    component: str
    kind: Kind
    x: float  #: of the cell's origin
    y: float
    rotation: float
    mirrored: bool
    bbox: tuple[float, float, float, float]
    spot: tuple[float, float]  #: where a fibre or a needle has to go; the middle of a device
    ports: tuple[PortSpot, ...]
    settings: Mapping[str, Any]
    info: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Access:
    """How one port of a device is reached."""

    port: str
    end: str  #: instance of the coupler or pad
    x: float
    y: float
    via: tuple[str, ...]  #: devices in between

    def __str__(self) -> str:
        through = f" via {' '.join(self.via)}" if self.via else ""
        return f"{self.port}={self.end}@{self.x:.3f},{self.y:.3f}{through}"


def measurement_of(design: Design, measurements: Sequence[Measurement]) -> dict[str, Measurement]:
    """Measurement by instance, ranges such as `ring1-4` written out.

    Raises:
        LingnanError: a measurement names an instance that does not exist, or one that has a measurement already.
    """
    found: dict[str, Measurement] = {}
    for one in measurements:
        where = f"{design.where(one.line)}: measurements.{one.name}"
        for word in one.devices:
            for name in enumerate_names(word, where):
                if name not in design.instances:
                    raise LingnanError(
                        f"{where}: there is no instance {name!r}. {did_you_mean(name, design.instances)}"
                    )
                if name in found:
                    raise LingnanError(
                        f"{where}: {name} is measured by {found[name].name} already. Give each device one measurement."
                    )
                found[name] = one
    return found


def _neighbours(design: Design) -> dict[tuple[str, str], list[PortRef]]:
    """The other ends of the links of each port."""
    table: dict[tuple[str, str], list[PortRef]] = {}
    for link in design.links:
        for here, there in ((link.start, link.end), (link.end, link.start)):
            table.setdefault((here.element, here.port), []).append(there)
    return table


def trace(
    name: str, port: PortSpot, placed: Mapping[str, Placed], neighbours: Mapping[tuple[str, str], list[PortRef]]
) -> list[Access]:
    """Couplers or pads that a port leads to, nearest first; light goes on through devices, current does not."""
    wanted: Kind = "coupler" if port.kind == "optical" else "pad"
    found: list[Access] = []
    queue: deque[tuple[str, str, tuple[str, ...]]] = deque([(name, port.name, ())])
    seen = {name}
    while queue:
        instance, at, via = queue.popleft()
        for other in neighbours.get((instance, at), []):
            if other.element in seen:
                continue
            seen.add(other.element)
            there = placed[other.element]
            if there.kind == wanted:
                found.append(Access(port.name, other.element, *there.spot, via))
            elif port.kind == "optical" and there.kind == "device":
                queue.extend(
                    (other.element, onward.name, (*via, other.element))
                    for onward in there.ports
                    if onward.kind == "optical" and onward.name != other.port
                )
    return found


def members(placed: Mapping[str, Placed], instance: str) -> list[Placed]:
    """What was built of an instance of the design: one, or the elements of an array."""
    return [one for one in placed.values() if one.instance == instance]


def _ports(ports: Sequence[PortSpot], kind: str) -> str:
    return "; ".join(f"{p.name}@{p.x:.3f},{p.y:.3f},{p.orientation:g}" for p in ports if p.kind == kind)


def rows(design: Design, placed: Mapping[str, Placed]) -> list[dict[str, str]]:
    """One row an instance or element, devices first, in the order of the file."""
    measured = measurement_of(design, design.chip.measurements)
    neighbours = _neighbours(design)
    order: dict[Kind, int] = {"device": 0, "coupler": 1, "pad": 2}
    result: list[dict[str, str]] = []
    for one in sorted(placed.values(), key=lambda p: order[p.kind]):
        reached = [access for port in one.ports for access in trace(one.name, port, placed, neighbours)]
        optical = {port.name for port in one.ports if port.kind == "optical"}
        plan = measured.get(one.instance)
        band = plan.wavelength if plan is not None else None
        result.append(
            {
                "device": one.name,
                "kind": one.kind,
                "cell": one.component,
                "x_um": f"{one.spot[0]:.3f}",
                "y_um": f"{one.spot[1]:.3f}",
                "rotation_deg": f"{one.rotation:g}",
                "mirrored": "yes" if one.mirrored else "no",
                "ports_optical": _ports(one.ports, "optical"),
                "ports_electrical": _ports(one.ports, "electrical"),
                "couplers": "; ".join(str(access) for access in reached if access.port in optical),
                "pads": "; ".join(str(access) for access in reached if access.port not in optical),
                "wavelength_from_um": f"{band[0]:g}" if band else "",
                "wavelength_to_um": f"{band[1]:g}" if band else "",
                "measurement": plan.name if plan is not None else "",
                "measure": plan.measure if plan is not None else "",
                "parameters": json.dumps(plan.parameters, sort_keys=True)
                if plan is not None and plan.parameters
                else "",
                "settings": json.dumps(one.settings, sort_keys=True, default=str) if one.settings else "",
                "info": json.dumps(one.info, sort_keys=True, default=str) if one.info else "",
                "line": str(one.line),
            }
        )
    return result


def unmeasured(design: Design, placed: Mapping[str, Placed]) -> list[str]:
    """Devices that no measurement names: the test bench would pass them by."""
    measured = measurement_of(design, design.chip.measurements)
    return [one.name for one in placed.values() if one.kind == "device" and one.instance not in measured]


def to_csv(table: Sequence[Mapping[str, str]]) -> str:
    """Comma-separated text with a header line, `\\n` at line ends on every machine."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue()
