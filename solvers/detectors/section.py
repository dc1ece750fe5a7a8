"""The cross-section of a germanium photodiode on a silicon guide, and which way its field points.

                  ┌ contact ┐
        ┌─────────┴─────────┴─────────┐
        │  beside │ germanium │ beside │      depleted upwards (vertical) or across (lateral)
    ────┴─────────┴───────────┴────────┴────
        │          silicon guide       │
    ══════════ slab ═══════════════════════

Half of it is solved, x > 0, for light that is even about the middle: the mode that a centred input guide brings. Bottom
of the silicon at y = 0. Lengths in µm, areas in µm².
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers import materials, waveguides
from lingnan.solvers.checks import are_numbers, check_between, check_no_less, known
from lingnan.solvers.detectors.germanium import Germanium
from lingnan.solvers.tracing import demand, namespace
from lingnan.solvers.trees import watched
from lingnan.solvers.waveguides import Geometry, Topology, Trapezoid

Direction = Literal["vertical", "lateral"]


@watched
@dataclass(frozen=True)
class Photodiode:
    """A germanium PIN diode on the end of a silicon guide."""

    width: Any  #: of the germanium [µm]
    length: Any  #: along the light [µm]
    depleted: Any  #: intrinsic germanium along the field [µm]
    thickness: Any = 0.5  #: of the germanium [µm]
    guide_width: Any = None  #: of the silicon below [µm]; None: half a micrometre more than the germanium each side
    input_width: Any = None  #: of the guide in front [µm]; None: as wide as the silicon below, and with its slab
    film: Any = 0.22  #: thickness of the silicon [µm]
    recess: Any = 0.0  #: how deep germanium is sunk into the silicon [µm]
    slab: Any = 0.0  #: of silicon beside the guide [µm]; 0: none
    direction: Direction = field(default="vertical", metadata={"static": True})
    beside: Any = None  #: medium that holds a lateral diode on both sides, as high as it; None: cladding
    beside_width: Any = 0.0  #: of it, each side [µm]
    contact_width: Any = 0.0  #: of metal in the middle of the germanium's top [µm]; 0: none
    contact: Any = "Al"  #: metal of it
    germanium: Germanium = field(default_factory=Germanium)
    silicon: Any = "Si"  #: below; an index where it is doped
    front: Any = "Si"  #: silicon of a guide in front that is narrower
    cladding: Any = "SiO2"
    margin: Any = 1.0  #: of cladding around, to the walls of the window [µm]

    def __post_init__(self) -> None:
        where = "Photodiode"
        for name in ("width", "length", "depleted", "thickness", "film", "margin"):
            check_between(where, name, getattr(self, name), 0.0, np.inf, "µm", "")
        for name in ("recess", "slab", "beside_width", "contact_width"):
            check_no_less(where, name, getattr(self, name), 0.0, "µm", "0 leaves it out.")
        if self.direction not in ("vertical", "lateral"):
            raise ValueError(f"{where}: direction = {self.direction!r}: it must be 'vertical' or 'lateral'.")
        self._below("depleted", "thickness" if self.direction == "vertical" else "width", 1.0)
        self._below("recess", "film", 1 - 1e-9)
        self._below("slab", "film", 1 - 1e-9)
        self._below("contact_width", "width", 1 - 1e-9)
        for name in ("guide_width", "input_width"):
            if getattr(self, name) is not None:
                check_between(where, name, getattr(self, name), 0.0, np.inf, "µm", "")
        if self.input_width is not None:
            self._below("input_width", "base", 1 - 1e-9)

    def _below(self, small: str, large: str, share: float) -> None:
        a, b = getattr(self, small), getattr(self, large)
        if are_numbers(a, b):
            said = f"Photodiode: {small} = {{a:g}} µm exceeds {large} = {{b:g}} µm, in which it lies. Make it smaller."
            demand(a <= share * b * (1 + 1e-9), said, a=a, b=b)

    @property
    def base(self) -> Any:
        """Width of the silicon below [µm]."""
        return self.width + 1.0 if self.guide_width is None else self.guide_width

    @property
    def area(self) -> Any:
        """Through which the current flows [µm²]."""
        return self.length * (self.width if self.direction == "vertical" else self.thickness)

    @property
    def perimeter(self) -> Any:
        """Of this area [µm]."""
        return 2 * (self.length + (self.width if self.direction == "vertical" else self.thickness))

    @property
    def capacitance(self) -> Any:
        """Of the depleted region without fringes [F]: ε A/d."""
        return constants.epsilon_0 * self.germanium.permittivity * self.area / self.depleted * 1e-6

    def section(self, wavelength: ArrayLike, *, filled: bool = True, topology: Topology | None = None) -> Geometry:
        """The right half of the cross-section, ready for `waveguides.solve(…, mirrors=("left",))`.

        Args:
            wavelength: at which germanium is taken [µm].
            filled: with germanium and its contact; else with what the guide in front of it has there, on the same
                lines.
            topology: of the same kind of diode with known numbers, where those here are traced.
        """
        half, foot = self.width / 2, self.film - self.recess
        top, reach = foot + self.thickness, half + self.beside_width
        # complex numbers in both, so that one program serves any diode: compiling takes longer than solving
        around = self.cladding if not isinstance(self.cladding, str) else materials.index(self.cladding, wavelength)
        beside, kept, metal = self.cladding, around + 0j, self.cladding
        if filled:
            kept, metal = self.germanium.index(wavelength), self.contact
            beside = self.cladding if self.beside is None else self.beside
        right = namespace(reach, self.base).maximum(reach, self.base / 2) + self.margin
        # a narrower guide in front has nothing beside it: there the slab, and what is wider, is cladding
        widens = self.input_width is not None
        silicon, body = (self.silicon, self.silicon) if filled or not widens else (self.front, around)
        shapes: list[Trapezoid] = []
        if _there(self.slab):
            shapes.append(Trapezoid(body, 0.0, self.slab, name="slab"))
        if widens:
            shapes.append(Trapezoid(body, 0.0, self.film, 0.0, self.base / 2, name="body"))
        inner = self.input_width if widens else self.base
        shapes.append(Trapezoid(silicon, 0.0, self.film, 0.0, inner / 2, name="silicon"))
        if _there(self.beside_width):
            shapes.append(Trapezoid(beside, foot, top, half, reach, name="beside"))
        if _there(self.recess):
            shapes.append(Trapezoid(kept if filled else self.silicon, foot, self.film, 0.0, half, name="germanium"))
            foot = self.film
        shapes.append(Trapezoid(kept, foot, top, 0.0, half, name="germanium"))
        if _there(self.contact_width):
            # ten times the depth to which light goes into aluminium: the rest of the contact sees none
            shapes.append(Trapezoid(metal, top, top + 0.1, 0.0, self.contact_width / 2, name="contact"))
        window = (0.0, right, -self.margin, top + self.margin)
        return waveguides.cross_section(shapes, background=self.cladding, window=window, topology=topology)


def _there(size: Any) -> bool:
    return not known(size) or float(size) > 0
