"""From a drawn germanium photodiode of the line and a process corner to what the detector solvers take.

Beside `lingnan.pdk.optics` one of the places where layers become materials. Walls of germanium lean; the solvers have
upright ones, where its walls are at half of its height.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from jax.typing import ArrayLike

from lingnan.pdk.doping import implant_of
from lingnan.pdk.modulators import edges, level
from lingnan.pdk.optics import at_corner
from lingnan.pdk.process.types import Process
from lingnan.solvers import materials
from lingnan.solvers.detectors import Germanium, Photodiode
from lingnan.solvers.detectors.section import Direction
from lingnan.solvers.materials.carriers import RANGE, carrier_shift


def photodiode(
    process: Process | str,
    *,
    direction: Direction,
    width: Any,
    length: Any,
    base: Any,
    front: Any,
    gap: Any = None,
    doped: str = "",
    wavelength: ArrayLike = 1.55,
    temperature: float | None = None,
    corner: str = "nominal",
) -> Photodiode:
    """A photodiode as the line makes it.

    Args:
        process: or its name.
        direction: of the field.
        width: of the germanium, drawn [µm].
        length: of the germanium, drawn [µm].
        base: of the silicon below, drawn [µm].
        front: of the guide where it meets that silicon, drawn [µm].
        gap: between the implants of a lateral diode, drawn [µm]; a vertical one is depleted from the silicon up to
            its implant.
        doped: implant of the silicon below, by its layer; it has a slab beside it. Empty: none, and no slab.
        wavelength: at which doped silicon is taken [µm].
        temperature: of the germanium [K]; None: the corner's.
        corner: of the process.
    """
    line = at_corner(process, corner)
    core, germanium = level(line, "core"), level(line, "germanium")
    lean = sum(edges(germanium))  # of both walls, in the middle of their height
    kelvin = line.corners[corner].temperature if temperature is None else temperature
    silicon: Any = core.material
    if doped:
        holes = implant_of(line, doped).concentration.value
        silicon = complex(materials.index(core.material, wavelength) + carriers(holes, wavelength))
    made = Photodiode(
        width=width + lean + germanium.bias,
        length=length + lean + germanium.bias,
        depleted=germanium.thickness if gap is None else gap,
        thickness=germanium.thickness,
        guide_width=base + core.bias,
        input_width=front + core.bias,
        film=core.z_max,
        slab=level(line, "slab").thickness if doped else 0.0,
        direction=direction,
        germanium=Germanium(temperature=kelvin),
        silicon=silicon,
        front=core.material,
        cladding=level(line, "cladding").material,
    )
    if gap is not None:
        return made
    return replace(made, depleted=germanium.thickness - line.number("electrical.ge_implant_depth"))


def carriers(holes: float, wavelength: ArrayLike) -> complex:
    """Change of silicon's index by holes [cm^-3]; as λ² beyond the data, as free carriers go."""
    inside = np.clip(np.asarray(wavelength, float), *RANGE)
    return complex(carrier_shift(0.0, holes, inside) * (wavelength / inside) ** 2)
