"""Electrodes under an oxide that was laid down after them and follows what lies below, as published ones are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lingnan.solvers.modulators import Coplanar
from lingnan.solvers.modulators.coplanar import MARGIN
from lingnan.solvers.modulators.section import Fineness, Return, Section
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.trees import tree
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section


@tree
@dataclass(frozen=True)
class Covered(Coplanar):
    """Straight electrodes whose cladding lies `cover` thick on slab, rib and metal alike, with upright walls.

    `cladding` is None. Numbers are plain, not traced, and there are no further conductors.
    """

    cover: Any = 1.0  #: oxide on all that lies below [µm]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cladding is not None or not (is_traced(self.cover) or self.cover > 0):
            raise ValueError(
                f"Covered: cladding = {self.cladding}, cover = {self.cover} µm: the cover is the cladding. Give "
                "cladding=None and a cover above 0."
            )

    def section(
        self,
        like: Section | None = None,
        fineness: Fineness | None = None,
        returns: Return | None = None,
        more: Mapping[str, Trapezoid] | None = None,
    ) -> Section:
        """As of `Coplanar`; `more` is refused, for nothing would cover it."""
        if more:
            raise ValueError(f"Covered: {len(more)} more conductors: it covers 0. Lay the oxide flat.")
        return super().section(like, fineness, returns)

    def waveguide(self, like: Geometry | None = None, index: Any = None) -> Geometry:
        """As of `Coplanar`; `like` is not needed, for numbers are plain."""
        del like
        core = self.film_crystal if index is None else index
        wide = self._foot + self.cover + MARGIN
        buried = Trapezoid(self.oxide, top=0.0, name="buried oxide")
        slab = Trapezoid(core, 0.0, self.slab, name="slab")
        shapes = [buried, *self._over_rib(0.0, self.oxide), slab, self._rib(0.0, core)]
        window = (-wide, wide, -MARGIN, self.film + self.cover + MARGIN)
        return cross_section(shapes, background=self.top, window=window)

    @property
    def _foot(self) -> float:
        """Half of the rib's width at its bottom [µm]."""
        return float(self.rib_width) / 2 + float(self.etch / np.tan(np.deg2rad(self.rib_wall_angle_deg)))

    def _rib(self, x: Any, medium: Any) -> Trapezoid:
        foot, top = self._foot, self.rib_width / 2
        return Trapezoid(medium, self.slab, self.film, x - foot, x + foot, x - top, x + top, name="core")

    def _over_rib(self, x: Any, medium: Any) -> list[Trapezoid]:
        """On the slab, and on the rib about x."""
        side, top = self._foot + self.cover, self.film + self.cover
        return [
            Trapezoid(medium, self.slab, self.slab + self.cover, name="cladding"),
            Trapezoid(medium, self.slab, top, x - side, x + side, name="cladding on the rib"),
        ]

    def _shapes(self) -> list[Trapezoid]:
        given = self.medium("cladding", self.oxide)
        bare = super()._shapes()
        buried = [s for s in bare if s.name in ("substrate", "buried oxide")]
        metal = {s.name: s for s in bare if s.name in ("signal", "ground")}
        on_metal = [
            replace(
                s,
                medium=given,
                bottom=self.slab,
                top=s.top + self.cover,
                left=s.left if name == "signal" and self.push_pull else s.left - self.cover,
                right=s.right if name == "ground" and self.ground_width is None else s.right + self.cover,
                left_top=None,
                right_top=None,
                name=f"cladding on the {name}",
            )
            for name, s in metal.items()
        ]
        rest = [s for s in bare if s.name not in ("substrate", "buried oxide")]
        return [*buried, *self._over_rib(self.rib_centre, given), *on_metal, *rest]
