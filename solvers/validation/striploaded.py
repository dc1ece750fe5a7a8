"""Electrodes over a film that is not etched: light runs along a strip of another medium on the film or below it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lingnan.solvers.modulators import Coplanar
from lingnan.solvers.modulators.coplanar import MARGIN
from lingnan.solvers.trees import tree
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section

#: from a strip to the walls of the optical window [µm]: light that a thin strip holds in a whole film reaches far
ASIDE = 6.0


@tree
@dataclass(frozen=True)
class StripLoaded(Coplanar):
    """Straight electrodes whose rib is a strip: `rib_width` at its top, `rib_wall_angle_deg` at its sides.

    `etch` is 0: the film is whole, and metal stands on it or `metal_height` above. Numbers are plain, not traced.
    """

    strip_medium: Any = field(default="Si3N4", metadata={"static": True})  #: medium at optical wavelengths
    strip_rf: Any = field(default="Si3N4", metadata={"static": True})  #: medium at radio frequencies
    strip_height: Any = 0.1  #: [µm]
    strip_bottom: Any = 0.3  #: above the film's bottom: the film's thickness, or below zero in the buried oxide [µm]

    def __post_init__(self) -> None:
        top = self.strip_bottom + self.strip_height
        if self.etch != 0.0 or not self.strip_height > 0 or not (self.strip_bottom >= self.film or top <= 0):
            raise ValueError(
                f"StripLoaded: etch = {self.etch} µm, strip from {self.strip_bottom} to {top} µm, film from 0 to "
                f"{self.film}: a strip lies on a whole film or below it. Give etch=0.0 and a strip outside of the film."
            )

    def waveguide(self, like: Geometry | None = None, index: Any = None) -> Geometry:
        """As of `Coplanar`; `like` is not needed, for numbers are plain."""
        del like
        core = self.film_crystal if index is None else index
        wide = self._foot + ASIDE
        shapes = [Trapezoid(self.oxide, top=0.0, name="buried oxide"), *self._cladding(self.oxide)]
        shapes += [Trapezoid(core, 0.0, self.film, name="slab"), self._strip(0.0, self.strip_medium)]
        over = self.film + (0.0 if self.cladding is None else self.cladding)
        window = (-wide, wide, -MARGIN, max(over, self.strip_bottom + self.strip_height) + MARGIN)
        return cross_section(shapes, background=self.top, window=window)

    @property
    def _foot(self) -> float:
        """Half of the strip's width at its bottom [µm]."""
        return float(self.rib_width) / 2 + float(self.strip_height / np.tan(np.deg2rad(self.rib_wall_angle_deg)))

    def _strip(self, x: Any, medium: Any) -> Trapezoid:
        foot, half = self._foot, self.rib_width / 2
        low, high = self.strip_bottom, self.strip_bottom + self.strip_height
        return Trapezoid(medium, low, high, x - foot, x + foot, x - half, x + half, name="strip")

    def _cladding(self, medium: Any) -> list[Trapezoid]:
        if self.cladding is None:
            return []
        return [Trapezoid(medium, self.film, self.film + self.cladding, name="cladding")]

    def _shapes(self) -> list[Trapezoid]:
        bare = {s.name: s for s in super()._shapes()}
        film = Trapezoid(self.medium("slab", self.film_crystal), 0.0, self.film, name="slab")
        strip = self._strip(self.rib_centre, self.medium("strip", self.strip_rf))
        cladding = self._cladding(self.medium("cladding", self.oxide))
        return [bare["substrate"], bare["buried oxide"], *cladding, film, strip, bare["signal"], bare["ground"]]
