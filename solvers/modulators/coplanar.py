"""Coplanar electrodes about ribs in a thin film: one list of numbers for the RF line and for the waveguide in its gap.

                                  metal_wall_angle_deg
       ___ ground ___  gap   ___ signal ___   gap  ___ ground ___
      |______________| .-.  |______________|  .-. |______________|     metal_height above the slab
    __________________/rib\\________________/rib\\___________________   film - etch: slab
                      oxide, buried_oxide
                      substrate

x runs across from the middle of the signal, y up from the bottom of the film, z along. With `push_pull` the section is
its own mirror image, and only its right half is solved. Otherwise there is one gap with one rib between the signal on
its left and the ground on its right.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.checks import are_numbers, check_angle, check_between
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.materials.optics import find
from lingnan.solvers.modulators.section import Fineness, Return, RfMedium, Section, moved, section
from lingnan.solvers.tracing import demand, is_traced
from lingnan.solvers.trees import watched
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section

LENGTHS = (
    "gap", "signal_width", "rib_width", "film", "etch", "metal_thickness", "buried_oxide",
)  # fmt: skip


@watched
@dataclass(frozen=True)
class Coplanar:
    """Electrodes, film and stack. Numbers may be traced; media are static, names or what `materials` makes."""

    gap: Any = 5.0  #: edge of the signal to the edge of the ground, at the bottom of the metal [µm]
    signal_width: Any = 16.0  #: at the bottom of the metal [µm]
    ground_width: Any = None  #: [µm]; None: to the wall of the window
    metal_thickness: Any = 0.9  #: [µm]
    metal_height: Any = 0.0  #: of its bottom above the slab [µm]; below zero sunk into the slab
    metal_wall_angle_deg: Any = 90.0  #: from the wafer plane
    rib_width: Any = 1.5  #: at its top [µm]
    film: Any = 0.6  #: [µm]
    etch: Any = 0.3  #: [µm]
    rib_wall_angle_deg: Any = 60.0  #: from the wafer plane
    rib_offset: Any = 0.0  #: of the rib from the middle of the gap, towards the ground [µm]
    cladding: Any = 1.0  #: oxide above the film [µm]; None: none, the top medium lies on the slab
    buried_oxide: Any = 4.7  #: [µm]
    reach: Any = 1000.0  #: from what stands in the window to its walls, and down and up [µm]: see `section`
    crystal: Any = field(default="LiNbO3-x-cut", metadata={"static": True})
    metal: Any = field(default="Au", metadata={"static": True})  #: name of a metal, or a conductivity [S/m]
    oxide: Any = field(default="SiO2", metadata={"static": True})
    substrate: Any = field(default="Si", metadata={"static": True})
    top: Any = field(default="air", metadata={"static": True})
    overrides: tuple[tuple[str, Any], ...] = field(default=(), metadata={"static": True})  #: RF media of shapes by name
    push_pull: bool = field(default=True, metadata={"static": True})

    def __post_init__(self) -> None:
        _check(self)

    @property
    def slab(self) -> Any:
        """What the etch leaves [µm]."""
        return self.film - self.etch

    @property
    def film_crystal(self) -> Oriented:
        """The film and how it lies."""
        found = find(self.crystal)
        if not isinstance(found, Oriented):
            raise ValueError(
                f"Coplanar: crystal = {found.name!r} is isotropic and has no Pockels effect here. "
                "Give a cut crystal, such as 'LiNbO3-x-cut' or materials.cut('LiNbO3', 'x', angle_deg=10)."
            )
        return found

    @property
    def rib_centre(self) -> Any:
        """x of the middle of the rib on the right of the signal [µm]."""
        return (self.signal_width + self.gap) / 2 + self.rib_offset

    def section(
        self,
        like: Section | None = None,
        fineness: Fineness | None = None,
        returns: Return | None = None,
        more: Mapping[str, Trapezoid] | None = None,
    ) -> Section:
        """The electrodes at radio frequencies.

        Args:
            like: the section of a `Coplanar` of plain numbers of the same kind, where the numbers here are traced.
            fineness: of the mesh.
            returns: where the current runs back; None: in the grounds, or in the walls that they reach.
            more: further conductors by name.

        Grounds of finite width hold back all current and charge, and the walls of the window only bend their fields: at
        100 µm they lower the index of a signal of 20 µm by 0.01 % and of one of 100 µm by 0.3 %, at 300 µm by 0.01 % at
        most, on two conductors by 0.04 % (`benchmarks/rf.py walls`). Vector modes want a small box, or it has modes of
        its own.
        """
        shapes = [*self._shapes(), *(replace(s, name=name) for name, s in (more or {}).items())]
        low, high = -self.buried_oxide - self.reach, self.film + self.metal_thickness + self.reach
        wide = self.signal_width / 2 + self.gap
        wide = wide + self.reach if self.ground_width is None else wide + self.ground_width + self.reach
        left = 0.0 if self.push_pull else -self.signal_width / 2 - self.reach
        return section(
            shapes,
            background=self.medium("top", self.top),
            window=(left, wide, low, high),
            conductors={name: name for name in ("signal", "ground", *(more or {}))},
            mirror=self.push_pull,
            returns=returns or ("box" if self.ground_width is None else "grounds"),
            fineness=fineness,
            like=like,
        )

    def strip(self, left: Any, right: Any) -> Trapezoid:
        """More of the same metal, from `left` to `right` [µm] with upright walls."""
        bottom = self.slab + self.metal_height
        return Trapezoid(self._metal(), bottom, bottom + self.metal_thickness, left, right)

    def waveguide(self, like: Geometry | None = None, index: Any = None) -> Geometry:
        """The rib at optical wavelengths, about x = 0, without metal.

        Args:
            like: the waveguide of a `Coplanar` of plain numbers of the same kind, where the numbers here are traced.
            index: medium of the film instead of its own, see `waveguides.cross_section`.
        """
        core = self.film_crystal if index is None else index
        lean = _lean(self.rib_wall_angle_deg) * self.etch
        half = self.rib_width / 2
        shapes = [Trapezoid(self.oxide, top=0.0, name="buried oxide")]
        if self.cladding is not None:
            shapes.append(Trapezoid(self.oxide, self.slab, self.film + self.cladding, name="cladding"))
        shapes += [
            Trapezoid(core, 0.0, self.slab, name="slab"),
            Trapezoid(core, self.slab, self.film, -half - lean, half + lean, -half, half, name="core"),
        ]
        wide = half + lean + MARGIN
        above = self.film + MARGIN + (0.0 if self.cladding is None else self.cladding)
        window = (-wide, wide, -MARGIN, above)
        if like and like.topology:
            lines, levels = moved(like.topology, shapes, window)
            return replace(like, lines=lines, levels=levels)
        return cross_section(shapes, background=self.top, window=window)

    def medium(self, name: str, given: Any) -> Any:
        """At radio frequencies, of a shape."""
        return dict(self.overrides).get(name, given)

    def _shapes(self) -> list[Trapezoid]:
        m, film = self.medium, self.film_crystal
        shapes = [
            Trapezoid(m("substrate", self.substrate), top=-self.buried_oxide, name="substrate"),
            Trapezoid(m("buried oxide", self.oxide), -self.buried_oxide, 0.0, name="buried oxide"),
        ]
        if self.cladding is not None:
            low, high = self.slab, self.film + self.cladding
            shapes.append(Trapezoid(m("cladding", self.oxide), low, high, name="cladding"))
        lean = _lean(self.rib_wall_angle_deg) * self.etch
        x, half = self.rib_centre, self.rib_width / 2
        sides = (x - half - lean, x + half + lean, x - half, x + half)
        shapes += [
            Trapezoid(m("slab", film), 0.0, self.slab, name="slab"),
            Trapezoid(m("core", film), self.slab, self.film, *sides, name="core"),
        ]
        bottom = self.slab + self.metal_height
        top = bottom + self.metal_thickness
        drawn = _lean(self.metal_wall_angle_deg) * self.metal_thickness
        edge, ground = self.signal_width / 2, self.signal_width / 2 + self.gap
        far = None if self.ground_width is None else ground + self.ground_width
        wall = ground + self.reach if far is None else far
        metal = self._metal()
        left = 0.0 if self.push_pull else -edge
        left_top = left if self.push_pull else left + drawn
        shapes += [
            Trapezoid(metal, bottom, top, left, edge, left_top, edge - drawn, name="signal"),
            Trapezoid(metal, bottom, top, ground, wall, ground + drawn, wall if far is None else far - drawn,
                      name="ground"),
        ]  # fmt: skip
        return shapes

    def _metal(self) -> Any:
        given = self.medium("metal", self.metal)
        return given if isinstance(given, (str, RfMedium)) else RfMedium(1.0, None, given)


#: from a rib to the walls of the optical window [µm]: a mode at n 1.9 in oxide has fallen to exp(-10) there
MARGIN = 2.0


def _lean(angle_deg: Any) -> Any:
    """cot of the wall angle, exactly 0 at 90°."""
    if not is_traced(angle_deg):
        return float(np.tan(np.deg2rad(90.0 - float(angle_deg))))
    return jnp.tan(jnp.deg2rad(90.0 - angle_deg))


def _check(spec: Coplanar) -> None:
    """Refuse numbers that are no electrode; those that are traced are NaN, with a warning."""
    for name in (*LENGTHS, "ground_width", "cladding", "reach"):
        if (value := getattr(spec, name)) is not None:
            check_between("Coplanar", name, value, 0.0, math.inf, "µm", "Give it in µm.")
    for name in ("rib_wall_angle_deg", "metal_wall_angle_deg"):
        check_angle("Coplanar", name, getattr(spec, name))
    if are_numbers(spec.film, spec.etch):
        demand(
            spec.etch < spec.film,
            "Coplanar: etch = {etch:g} µm is not below the film of {film:g} µm: a slab must be left under the "
            "electrodes. Give the depth of the etch, not what it leaves.",
            etch=spec.etch,
            film=spec.film,
        )
    _check_gap(spec)


def _check_gap(spec: Coplanar) -> None:
    numbers = (
        spec.gap, spec.rib_width, spec.etch, spec.film, spec.rib_wall_angle_deg, spec.rib_offset, spec.metal_height,
    )  # fmt: skip
    if not are_numbers(*numbers):
        return
    foot = spec.rib_width / 2 + _lean(spec.rib_wall_angle_deg) * spec.etch
    half = spec.gap / 2 - abs(spec.rib_offset)
    demand(
        (half - foot > 1e-6) | (spec.metal_height >= spec.etch),
        "Coplanar: the foot of the rib reaches {foot:.3f} µm to either side and the gap of {gap:g} µm leaves "
        "{half:.3f} µm: the electrode touches the waveguide. Widen the gap, narrow the rib, or lift the metal above it "
        "(metal_height).",
        gap=spec.gap,
        foot=foot,
        half=half,
    )
