"""A layout through the layer names of its process: flat, merged, and on a finer grid where angles need it."""

import math
from collections.abc import Mapping

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process, evaluate, layers_of

FINE = 16
"""Fine units in a database unit. A gap of one database unit across a guide at an odd angle is between 0.7 and 1.4 of
them wide; on a grid this fine the boolean operations cannot close it by rounding a crossing point."""

_HAIR = 3 * FINE // 8
_KEEP_CORNERS = 3  #: KLayout's mode of sizing that cuts no corner of 90° plus rounding
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
            self._regions[name] = self.drawn(name).merged()
        return self._regions[name]

    def fine_core(self, layer: str, near: kdb.Region | None = None) -> tuple[kdb.Region, int]:
        """What the masks leave of the film of an optical core layer, on the fine grid, and how much was left out.

        Args:
            layer: of the core.
            near: on the fine grid; connected pieces that do not touch it are counted, not followed; all are, without.
        """
        whole = refine(self.drawn(layer)).merged()
        pieces = whole if near is None else whole.interacting(near)
        found = evaluate(self.masks[layer], lambda name: pieces if name == layer else refine(self.drawn(name)))
        found.min_coherence = True  # corners that kiss do not guide light
        return found.merged(), whole.count() - pieces.count()

    def fine_near(self, layer: str, box: kdb.Box) -> kdb.Region:
        """What is drawn on a layer within a box on the fine grid, merged there."""
        around = kdb.Box(*(math.floor(v / FINE) for v in (box.left, box.bottom, box.right, box.top))).enlarged(1, 1)
        return refine(self.drawn(layer, around)) & kdb.Region(box)

    def drawn(self, name: str, around: kdb.Box | kdb.Region | None = None) -> kdb.Region:
        """Polygons of a layer as they are drawn, not merged; all, or those that touch a box or boxes [dbu]."""
        number = self.numbers.get(name)
        index = self.layout.find_layer(*number) if number is not None else None
        if index is None:
            return kdb.Region()
        if around is None:
            return kdb.Region(self.top.begin_shapes_rec(index))
        return kdb.Region(kdb.RecursiveShapeIterator(self.layout, self.top, index, around, False))

    def to_um(self, box: kdb.Box) -> tuple[float, float, float, float]:
        """Left, bottom, right, top [µm]."""
        scaled = box.to_dtype(self.dbu)
        return tuple(round(value, 6) for value in (scaled.left, scaled.bottom, scaled.right, scaled.top))  # type: ignore[return-value]

    def fine_to_um(self, box: kdb.Box) -> tuple[float, float, float, float]:
        """Left, bottom, right, top [µm] of a box on the fine grid."""
        step = self.dbu / FINE
        return tuple(round(value * step, 6) for value in (box.left, box.bottom, box.right, box.top))  # type: ignore[return-value]


def cores_of(
    shapes: Mapping[str, kdb.Region], masks: Mapping[str, str], placement: kdb.ICplxTrans | None = None
) -> dict[str, kdb.Region]:
    """What the masks leave of each optical film in a library cell; where it is placed, on the fine grid.

    Polygons are put in place before they are merged: where edges cross between grid points, the order matters.
    """

    def region(name: str) -> kdb.Region:
        drawn = shapes.get(name, kdb.Region())
        return drawn if placement is None else refine(drawn.transformed(placement))

    return {layer: evaluate(mask, region).merged() for layer, mask in masks.items() if layer in shapes}


def refine(region: kdb.Region) -> kdb.Region:
    """The region on the fine grid; its vertices are on the coarse one, as they are drawn."""
    flat = region.dup()
    flat.flatten()
    return flat.transformed(kdb.ICplxTrans(FINE, 0, False, 0, 0))


def without_hairs(region: kdb.Region) -> kdb.Region:
    """A fine region without what is thinner than a grid step; slanting walls move by a fine unit.

    Merging bends a slanting wall where another outline crosses it; what is left over is that thin, and long.
    """
    return region.sized(-_HAIR, _KEEP_CORNERS).sized(_HAIR, _KEEP_CORNERS)


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
