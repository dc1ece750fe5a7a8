"""A heater above a waveguide: one list of numbers for the heat, for the mode under it and for the resistor.

                        ______ heater ______   width, thickness
      surface __   ______________________________   __________
                |a|            height              |a|        cladding above the film
                |i|         ____core____           |i|        film - slab above the slab
                |r|________/    slab    \\__________|r|
                |_|         buried oxide           |_|        trench_depth
          handle     |______ undercut ______|                 undercut_depth, undercut_half_width to each side
      ____________________________________________________    cold: ambient temperature

x runs across from the middle of the core, y up from the bottom of the film, z along. The heater is long: no heat flows
along z, and where it is shorter than the handle is thick, the handle's few per cent come out too large. The top is
insulated but for air. Conductivities do not follow temperature, and contacts take no heat away.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import numpy as np

from lingnan.solvers.checks import are_numbers, check_angle, check_between, known
from lingnan.solvers.heat.section import Fineness, Section, ThermalMedium, capacity_of, section, thermal_medium
from lingnan.solvers.materials.optics import find
from lingnan.solvers.modulators.section import moved
from lingnan.solvers.tracing import demand
from lingnan.solvers.trees import watched
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section

LENGTHS = (
    "width", "thickness", "height", "core_width", "film", "buried_oxide", "handle", "reach", "cladding", "slab",
    "trench_distance", "trench_width", "trench_depth", "undercut_half_width", "undercut_depth", "pitch",
)  # fmt: skip
#: from the core to the walls of the optical window [µm]
MARGIN = 2.0
#: air over the surface in the window [µm]: it carries a thousandth of what oxide does
AIR = 20.0


@watched
@dataclass(frozen=True)
class Heater:
    """Heater, core and stack. Numbers may be traced; media are static, names or what `materials` makes.

    What is None is not there. A neighbour at `pitch` is a second core with nothing over it: `Shift.crosstalk` is what
    it feels.
    """

    width: Any = 2.0  #: of the heater [µm]
    thickness: Any = 0.15  #: of the heater [µm]
    height: Any = 1.0  #: of the heater's bottom above the top of the film [µm]
    offset: Any = 0.0  #: of the heater's middle from the core's [µm]
    core_width: Any = 0.45  #: at its top [µm]
    film: Any = 0.22  #: [µm]
    slab: Any = None  #: what the etch leaves beside the core [µm]
    wall_angle_deg: Any = 90.0  #: of the core, from the wafer plane
    buried_oxide: Any = 2.0  #: [µm]
    cladding: Any = 2.0  #: oxide above the film [µm]
    handle: Any = 725.0  #: [µm]
    reach: Any = 1500.0  #: from the middle to the walls at the sides [µm]
    trench_distance: Any = None  #: from the middle of the core to the near edge of a trench on either side [µm]
    trench_width: Any = 5.0  #: [µm]
    trench_depth: Any = None  #: below the surface [µm]; None: to the handle
    bridges: Any = 0.0  #: share of the length where a trench is not etched and oxide stands
    undercut_half_width: Any = None  #: of the void under the buried oxide, to each side [µm]
    undercut_depth: Any = 10.0  #: [µm]
    pitch: Any = None  #: to a neighbour's core [µm]
    film_conductivity: Any = None  #: of core and slab [W/(m K)]; None: of the bulk
    sheet_resistance: Any = None  #: [Ω/sq]; None: of the metal's bulk over `thickness`
    core: Any = field(default="Si", metadata={"static": True})
    metal: Any = field(default="TiN", metadata={"static": True})
    oxide: Any = field(default="SiO2", metadata={"static": True})
    handle_medium: Any = field(default="Si", metadata={"static": True})
    top: Any = field(default="air", metadata={"static": True})

    def __post_init__(self) -> None:
        _check(self)

    @property
    def surface(self) -> Any:
        """Of the oxide [µm]."""
        return self.film + self.cladding

    @property
    def foot(self) -> Any:
        """Width of the core where its walls end [µm]."""
        tall = self.film if self.slab is None else self.film - self.slab
        angle = self.wall_angle_deg
        xp: Any = np if known(angle) else jax.numpy
        return self.core_width + 2 * xp.tan(xp.deg2rad(90.0 - angle)) * tall

    @property
    def resistance_per_square(self) -> Any:
        """[Ω/sq]."""
        if self.sheet_resistance is not None:
            return self.sheet_resistance
        metal = find(self.metal)
        sigma = getattr(metal, "conductivity", 0.0)
        if not sigma:
            raise ValueError(
                f"Heater: no conductivity of {metal.name} is known. Give sheet_resistance in Ω/sq; TiN of 0.15 µm has "
                "3 to 20."
            )
        return 1e6 / (sigma * self.thickness)

    def section(self, like: Section | None = None, fineness: Fineness | None = None) -> Section:
        """The stack for heat; `like`: that of a `Heater` of plain numbers of the same kind, where these are traced."""
        oxide, air = thermal_medium(self.oxide), thermal_medium(self.top)
        film = self._film()
        top, low = self.surface, -self.buried_oxide
        shapes = [
            Trapezoid(thermal_medium(self.handle_medium), top=low, name="handle"),
            Trapezoid(oxide, low, top, name="oxide"),
        ]
        if self.slab is not None:
            shapes.append(Trapezoid(film, 0.0, self.slab, name="slab"))
        shapes.append(self._core(film, 0.0, "core"))
        if self.pitch is not None:
            shapes.append(self._core(film, self.pitch, "neighbour"))
        if self.trench_distance is not None:
            near, far = self.trench_distance, self.trench_distance + self.trench_width
            bottom = low if self.trench_depth is None else top - self.trench_depth
            filling = air if _is_zero(self.bridges) else oxide.mixed(air, self.bridges)
            shapes += [
                Trapezoid(filling, bottom, top, -far, -near, name="left trench"),
                Trapezoid(filling, bottom, top, near, far, name="right trench"),
            ]
        if self.undercut_half_width is not None:
            half = self.undercut_half_width
            shapes.append(Trapezoid(air, low - self.undercut_depth, low, -half, half, name="undercut"))
        bottom = self.film + self.height
        left = self.offset - self.width / 2
        shapes.append(
            Trapezoid(
                thermal_medium(self.metal), bottom, bottom + self.thickness, left, left + self.width, name="heater"
            )
        )
        window = (-self.reach, self.reach, low - self.handle, top + AIR)
        return section(shapes, background=air, window=window, sources=("heater",), fineness=fineness, like=like)

    def waveguide(self, like: Geometry | None = None) -> Geometry:
        """The core at optical wavelengths, without metal, handle, trenches and neighbours; `like` as in `section`."""
        shapes = [Trapezoid(self.oxide, top=self.surface, name="oxide")]
        if self.slab is not None:
            shapes.append(Trapezoid(self.core, 0.0, self.slab, name="slab"))
        shapes.append(self._core(self.core, 0.0, "core"))
        wide = self.foot / 2 + MARGIN
        window = (-wide, wide, -MARGIN, self.surface + MARGIN)
        if like and like.topology:
            lines, levels = moved(like.topology, shapes, window)
            return replace(like, lines=lines, levels=levels)
        return cross_section(shapes, background=self.top, window=window)

    def _core(self, medium: Any, middle: Any, name: str) -> Trapezoid:
        half, foot = self.core_width / 2, self.foot / 2
        bottom = 0.0 if self.slab is None else self.slab
        sides = (middle - foot, middle + foot, middle - half, middle + half)
        return Trapezoid(medium, bottom, self.film, *sides, name=name)

    def _film(self) -> ThermalMedium:
        if self.film_conductivity is None:
            return thermal_medium(self.core)
        return ThermalMedium(self.film_conductivity, capacity_of(self.core))


def _is_zero(value: Any) -> bool:
    return known(value) and float(value) == 0.0


def _check(spec: Heater) -> None:
    """Refuse numbers that are no heater; those that are traced are NaN, with a warning."""
    for name in LENGTHS:
        value = getattr(spec, name)
        if value is not None:
            check_between("Heater", name, value, 0.0, math.inf, "µm", "Give it in µm.")
    if spec.sheet_resistance is not None:
        check_between("Heater", "sheet_resistance", spec.sheet_resistance, 0.0, math.inf, "Ω/sq", "")
    if spec.film_conductivity is not None:
        check_between("Heater", "film_conductivity", spec.film_conductivity, 0.0, math.inf, "W/(m K)", "")
    check_angle("Heater", "wall_angle_deg", spec.wall_angle_deg)
    if are_numbers(spec.bridges):
        said = "Heater: bridges = {value:g}: a share of the length, from 0 to 1."
        demand((spec.bridges >= 0) & (spec.bridges <= 1), said, value=spec.bridges)
    if are_numbers(spec.slab, spec.film):
        said = "Heater: slab = {slab:g} µm is not below the film of {film:g} µm. Give what the etch leaves."
        demand(spec.slab < spec.film, said, slab=spec.slab, film=spec.film)
    if are_numbers(spec.height, spec.cladding):
        demand(
            spec.height <= spec.cladding * (1 + 1e-9),
            "Heater: height = {height:g} µm is above the oxide of {cladding:g} µm over the film: the heater would hang "
            "in the air. Lower it, or give more cladding.",
            height=spec.height,
            cladding=spec.cladding,
        )
    sizes = (spec.pitch, spec.core_width, spec.film, spec.wall_angle_deg, *(() if spec.slab is None else (spec.slab,)))
    if are_numbers(*sizes):
        demand(
            spec.pitch > spec.foot,
            "Heater: pitch = {pitch:g} µm: cores of {foot:g} µm at their foot touch. Move the neighbour out.",
            pitch=spec.pitch,
            foot=spec.foot,
        )
    _check_trench(spec)


def _check_trench(spec: Heater) -> None:
    if not are_numbers(spec.trench_distance, spec.core_width, spec.width, spec.offset):
        return
    for what, limit in (("core", spec.core_width / 2), ("heater", spec.width / 2 + abs(spec.offset))):
        demand(
            spec.trench_distance > limit,
            f"Heater: trench_distance = {{value:g}} µm: the {what} reaches {{limit:g}} µm from the middle of the core. "
            "Move the trenches out, or leave them away (None).",
            value=spec.trench_distance,
            limit=limit,
        )
