"""What a comparison found: mismatches with their places, and how much was looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "missing device",
    "moved device",
    "rotated device",
    "mirrored device",
    "altered device",
    "missing connection",
    "extra connection",
    "swapped connections",
    "gap",
    "offset",
    "width",
    "angle",
    "cross-section",
    "optical short",
    "open net",
    "short",
]
Box = tuple[float, float, float, float]
Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Mismatch:
    """One way in which the layout is not the design."""

    kind: Kind
    message: str
    value: float | None  #: size of the fault in `unit`: gap, offset, excess width, angle, distance moved
    unit: str
    bbox: Box  #: left, bottom, right, top [µm], in the top cell
    polygons: tuple[Outline, ...] = ()  #: marker [µm], in the top cell
    instances: tuple[str, ...] = ()  #: devices, or device,port
    line: int = 0  #: of the design file; 0: not known


@dataclass(frozen=True)
class LvsReport:
    """The outcome of a comparison. It proves that something was seen: counts stand beside the faults."""

    process: str  #: name, version and hash
    file: str
    top: str
    design: str
    devices: int  #: of the design
    found: int  #: of them, in the layout, wherever they lie
    links: int  #: of the design, optical and electrical
    joined: int  #: of them, in the layout
    guides: int  #: waveguides between devices
    nets: int  #: metal nets with a port
    black_boxes: tuple[str, ...]  #: devices whose content was not compared
    mismatches: tuple[Mismatch, ...]  #: devices first, then light, then current; within that by place
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def clean(self) -> bool:
        """The layout is the design."""
        return not self.mismatches
