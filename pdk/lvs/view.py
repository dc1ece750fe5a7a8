"""A layout through the layer names of its process: flat, merged, and on a finer grid where angles need it."""

import math
from collections.abc import Mapping

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process, evaluate, layers_of

FINE = 16
"""Fine units in a database unit. A gap of one database unit across a guide at an odd angle is between 0.7 and 1.4 of
them wide; on a grid this fine the boolean operations cannot close it by rounding a crossing point."""

_WIDEST = 2**30 // FINE  #: dbu; coordinates have 32 bits


def film_masks(process: Process) -> dict[str, str]:
    """By optical core layer: where its film is left, thin or thick, as an expression of drawn layers.

    A layer in the masks of several levels (full height, thinned by an etch) counts in all of them.
    """
    optical = [section for section in process.cross_sections.values() if section.kind == "optical"]
    slabs = {extra.layer for section in optical for extra in section.sections}  # joined everywhere: no net
    cores = {section.layer for section in optical} - slabs
    masks: dict[str, str] = {}
    for core in sorted(cores):
        parts = [level.mask for level in process.levels.values() if level.kind == "film" and level.mask]
        parts = [f"({mask})" for mask in parts if layers_of(mask)[0] == core]
        masks[core] = f"{core} & ({' | '.join(parts)})" if parts else core
    return masks


def film_layers(process: Process) -> tuple[str, ...]:
    """Drawn layers that shape light: those in the masks of films, and those that run along optical guides."""
    names: dict[str, None] = {}
    for level in process.levels.values():
        if level.kind == "film" and level.mask:
            names |= dict.fromkeys(layers_of(level.mask))
    for section in process.cross_sections.values():
        if section.kind == "optical":
            names |= dict.fromkeys([section.layer, *(extra.layer for extra in section.sections)])
    return tuple(names)


class View:
    """The mask and marker layers of one layout, read once each.

    Args:
        layout: that holds the cell; not changed.
        top: cell to look at.
        process: gives the names.
        layers: layer and datatype in this file by the process's layer name; the process's own numbers by default.
    """

    def __init__(
        self, layout: kdb.Layout, top: kdb.Cell, process: Process, layers: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        self.layout = layout
        self.top = top
        self.process = process
        self.numbers = layers if layers is not None else {name: layer.gds for name, layer in process.layers.items()}
        self.masks = film_masks(process)
        self.dbu = layout.dbu
        self._regions: dict[str, kdb.Region] = {}
        self._flat = kdb.Layout()  # merged shapes once more, in boxes that can be searched
        self._cell = self._flat.create_cell("flat")
        self._indexes: dict[str, int] = {}
        box = top.bbox()
        if not box.empty() and max(abs(value) for value in (box.left, box.bottom, box.right, box.top)) > _WIDEST:
            raise LingnanError(
                f"cell {top.name} reaches {max(box.width(), box.height()) * self.dbu / 1000:.0f} mm at a database unit "
                f"of {self.dbu:g} µm; the comparison holds up to {_WIDEST * self.dbu / 1000:.0f} mm from the origin. "
                "Move the chip to the origin, or name a smaller cell."
            )

    def region(self, name: str) -> kdb.Region:
        """What is drawn on a layer, flat and merged; empty where the file does not have the layer."""
        if name not in self._regions:
            self._regions[name] = self._drawn(name).merged()
        return self._regions[name]

    def near(self, name: str, box: kdb.Box) -> kdb.Region:
        """The polygons of a layer that touch a box [dbu], whole; much faster than a boolean with the chip."""
        if name not in self._indexes:
            self._indexes[name] = self._flat.insert_layer(kdb.LayerInfo(name))
            self._cell.shapes(self._indexes[name]).insert(self.region(name))
        return kdb.Region(self._cell.begin_shapes_rec_touching(self._indexes[name], box))

    def fine_core(self, layer: str) -> kdb.Region:
        """What the masks leave of the film of an optical core layer, merged on the fine grid."""
        return evaluate(self.masks[layer], lambda name: refine(self._drawn(name)))

    def fine_near(self, layer: str, box: kdb.Box) -> kdb.Region:
        """What is drawn on a layer within a box on the fine grid, merged there."""
        around = kdb.Box(*(math.floor(v / FINE) for v in (box.left, box.bottom, box.right, box.top))).enlarged(1, 1)
        return refine(self._drawn(layer, around)) & kdb.Region(box)

    def _drawn(self, name: str, around: kdb.Box | None = None) -> kdb.Region:
        number = self.numbers.get(name)
        index = self.layout.find_layer(*number) if number is not None else None
        if index is None:
            return kdb.Region()
        if around is None:
            return kdb.Region(self.top.begin_shapes_rec(index))
        return kdb.Region(self.top.begin_shapes_rec_touching(index, around))

    def to_um(self, box: kdb.Box) -> tuple[float, float, float, float]:
        """Left, bottom, right, top [µm]."""
        scaled = box.to_dtype(self.dbu)
        return tuple(round(value, 6) for value in (scaled.left, scaled.bottom, scaled.right, scaled.top))  # type: ignore[return-value]

    def fine_to_um(self, box: kdb.Box) -> tuple[float, float, float, float]:
        """Left, bottom, right, top [µm] of a box on the fine grid."""
        step = self.dbu / FINE
        return tuple(round(value * step, 6) for value in (box.left, box.bottom, box.right, box.top))  # type: ignore[return-value]


def cores_of(shapes: Mapping[str, kdb.Region], masks: Mapping[str, str]) -> dict[str, kdb.Region]:
    """What the masks leave of each optical film in a library cell."""
    found: dict[str, kdb.Region] = {}
    for layer, mask in masks.items():
        if layer in shapes:
            found[layer] = evaluate(mask, lambda name: shapes.get(name, kdb.Region())).merged()
    return found


def refine(region: kdb.Region) -> kdb.Region:
    """The region on the fine grid; its vertices are on the coarse one, as they are drawn."""
    flat = region.dup()
    flat.flatten()
    return flat.transformed(kdb.ICplxTrans(FINE, 0, False, 0, 0))


def outlines(region: kdb.Region, step: float, most: int = 20) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Outlines of the polygons [µm], at most so many, holes left out."""
    found: list[tuple[tuple[float, float], ...]] = []
    for polygon in region.each():
        if len(found) == most:
            break
        found.append(tuple((round(point.x * step, 6), round(point.y * step, 6)) for point in polygon.each_point_hull()))
    return tuple(found)


def unrounded(placement: kdb.ICplxTrans) -> kdb.DCplxTrans:
    """The placement for points between grid points, still in database units."""
    return kdb.DCplxTrans(placement)


def orthogonal(placement: kdb.ICplxTrans) -> bool:
    """Whether the placement keeps vertices on the grid."""
    return placement.is_ortho() and not placement.is_mag()
