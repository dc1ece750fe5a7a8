"""From drawn strips of metal in oxide over a handle wafer to the cross-section that RF lines are solved on.

Beside `lingnan.pdk.optics` one of the places where layers become materials. x runs across the line, widths are as
drawn, y is the height above the buried oxide. Conductivities are those of the sheets that the process states; the
handle conducts as its resistivity says. Silicon of the film is left out: what of it is doped is the business of the
junction that loads the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.modulators import edges, level
from lingnan.pdk.optics import at_corner
from lingnan.pdk.process.types import Level, Process
from lingnan.solvers import materials
from lingnan.solvers.modulators import RfMedium, Section, section
from lingnan.solvers.waveguides import Trapezoid

REACH = 1000.0  #: µm to the walls of the window: they move L, and C of charges that add up to nothing, by 2e-5


@dataclass(frozen=True)
class Strip:
    """A strip of metal [µm]; edges may be traced."""

    conductor: str
    level: str  #: of the stack
    left: Any
    right: Any


def line_section(process: Process | str, strips: Sequence[Strip], corner: str = "nominal") -> Section:
    """The cross-section of a line at radio frequencies.

    Args:
        process: or its name.
        strips: of all conductors; those of one name are one.
        corner: of the process; moves films and metals, and says the temperature.

    Raises:
        LingnanError: no such corner or level, or a level that is no metal.
    """
    line = at_corner(process, corner)
    box, cladding = level(line, "box"), level(line, "cladding")
    silicon = materials.get(level(line, "substrate").material)
    handle = RfMedium(
        float(silicon.rf_permittivity[0]), None, 100 / line.number("wafer.handle_resistivity")
    )  # fmt: skip
    shapes = [
        Trapezoid(handle, top=-box.thickness, name="handle"),
        Trapezoid(box.material, -box.thickness, 0.0, name="box"),
        Trapezoid(cladding.material, 0.0, cladding.z_max, name="cladding"),
    ]
    conductors: dict[str, str] = {}
    for index, one in enumerate(strips):
        strip = level(line, one.level)
        if strip.kind != "metal":
            raise LingnanError(f"process {line.stamp}: level {one.level!r} is no metal but of kind {strip.kind}.")
        bottom, top = (each + strip.bias / 2 for each in edges(strip))
        name = f"{one.conductor} {index}"
        conductors[name] = one.conductor
        low, high = ((one.left - out, one.right + out) for out in (bottom, top))
        metal = _metal(line, strip)
        shapes.append(Trapezoid(metal, strip.z_min, strip.z_max, *low, *high, name=name))
    ends = (min(one.left for one in strips) - REACH, max(one.right for one in strips) + REACH)
    window = (*ends, -box.thickness - REACH, cladding.z_max + REACH)
    made = section(shapes, background="air", window=window, conductors=conductors)
    return made.at(line.corners[corner].temperature)


def _metal(line: Process, strip: Level) -> RfMedium:
    """Of the conductivity that the sheet of its mask has at the nominal corner's temperature."""
    data = next((one for one in line.metals.values() if one.layer == strip.mask), None)
    if data is None:
        raise LingnanError(f"process {line.stamp}: metal {strip.mask!r} has no sheet resistance ([metals]).")
    known = line.corners["nominal"].temperature
    sheet = 1e6 / (data.sheet_resistance.value * strip.thickness)
    return RfMedium(1.0, None, sheet, materials.get(strip.material).resistivity_slope, known)
