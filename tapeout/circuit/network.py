"""Optical networks of a chip as it was built: devices and routes that light joins, and the fibres that see them.

Devices are the placed ones with their settings and the angle at which they lie, routes the cells that the router put
there, with their lengths.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lingnan.tapeout.collisions import Piece
from lingnan.tapeout.design import Design, enumerate_names
from lingnan.tapeout.manifest import Placed, measurement_of

if TYPE_CHECKING:
    from lingnan.tapeout.assembly import Assembly

BAND = (1.5, 1.6)  #: µm, where no measurement says otherwise


@dataclass(frozen=True)
class Part:
    """A device, or a route as the two-ports o1 to o2 that it is made of."""

    name: str
    pieces: tuple[Piece, ...]
    line: int  #: of the design
    in_window: bool = False  #: the chip's own: the cladding over it is gone
    guides: tuple[str, ...] = ()  #: a device's ports for guides: light at its others leaves the chip


@dataclass(frozen=True)
class Network:
    """Parts that light joins."""

    name: str
    parts: tuple[Part, ...]
    joints: tuple[tuple[str, str], ...]  #: "part,port" that meet
    couplers: tuple[str, ...]  #: parts that a fibre sees
    band: tuple[float, float]  #: wavelengths of its measurements [µm]


def networks(design: Design, assembly: "Assembly") -> list[Network]:
    """All networks that a fibre sees, in the order of the file.

    Args:
        design: that was built.
        assembly: what was built of it.
    """
    light = {name: one for name, one in assembly.placed.items() if any(p.kind == "optical" for p in one.ports)}
    wet = {
        name
        for window in design.chip.windows
        for word in window.over
        for name in enumerate_names(word, design.where(window.line))
    }
    parts = {
        name: Part(name, (_piece(one),), one.line, one.instance in wet, _guides(one)) for name, one in light.items()
    }
    joints = [
        (str(link.start), str(link.end))
        for link in design.connections
        if link.start.element in light and link.end.element in light and _optical(light[link.start.element], link.start)
    ]
    for number, one in enumerate(one for one in assembly.routed if one.kind == "optical"):
        name = f"{one.route}[{number}]"
        parts[name] = Part(name, one.pieces, one.line)
        joints += [(one.start, f"{name},o1"), (f"{name},o2", one.end)]
    bands = {name: plan.wavelength for name, plan in measurement_of(design, design.chip.measurements).items()}
    return list(_joined(parts, joints, light, bands))


def _optical(one: Placed, end: Any) -> bool:
    return any(port.name == end.port and port.kind == "optical" for port in one.ports)


def _guides(one: Placed) -> tuple[str, ...]:
    return tuple(port.name for port in one.ports if port.kind == "optical")


def _piece(one: Placed) -> Piece:
    return Piece(one.component, one.settings, one.rotation)


def _joined(
    parts: Mapping[str, Part],
    joints: Sequence[tuple[str, str]],
    light: Mapping[str, Placed],
    bands: Mapping[str, tuple[float, float] | None],
) -> Iterator[Network]:
    """Two parts or more that joints hold together, where there is a fibre among them."""
    root = {name: name for name in parts}

    def find(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for one, two in joints:
        root[find(_part(two))] = find(_part(one))
    groups: dict[str, list[str]] = {}
    for name in parts:
        groups.setdefault(find(name), []).append(name)
    for names in groups.values():
        couplers = [name for name in names if name in light and light[name].kind == "coupler"]
        if not couplers or len(names) == 1:  # one alone is a spare: nothing is joined to it
            continue
        asked = [band for name in names if name in light and (band := bands.get(light[name].instance))]
        yield Network(
            name=" ".join(name for name in names if name in light and light[name].kind == "device") or couplers[0],
            parts=tuple(parts[name] for name in names),
            joints=tuple(pair for pair in joints if _part(pair[0]) in names),
            couplers=tuple(couplers),
            band=(min(low for low, _ in asked), max(high for _, high in asked)) if asked else BAND,
        )


def _part(port: str) -> str:
    return port.partition(",")[0]
