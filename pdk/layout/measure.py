"""How large a layout is when every instance is unfolded: counted in whole numbers, without unfolding anything."""

from dataclasses import dataclass

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.layout.scan import MAX_DEPTH


@dataclass(frozen=True)
class Measure:
    """A layout below one cell."""

    shapes: dict[int, int]  #: layer index -> shapes, flat
    placements: int  #: cells, flat
    reach: float  #: largest distance of anything from the origin of its cell, an upper bound [dbu]
    farthest: str  #: the cell where that is

    @property
    def total(self) -> int:
        """Shapes of all layers, flat."""
        return sum(self.shapes.values())


def measure(layout: kdb.Layout, top: kdb.Cell, name: str) -> Measure:
    """Count bottom-up.

    The reach adds displacement, array and magnified reach of the child along the axes, so it is never too small, and
    at most twice the true one for a cell that lies aside of its parent's origin.

    Raises:
        LingnanError: the hierarchy is deeper than can be checked.
    """
    layers = layout.layer_indexes()
    wanted = {top.cell_index(), *top.called_cells()}
    shapes: dict[int, dict[int, int]] = {}
    placements: dict[int, int] = {}
    depth: dict[int, int] = {}
    reach: dict[int, float] = {}
    far, farthest = 0.0, top.name
    for index in layout.each_cell_bottom_up():
        if index not in wanted:
            continue
        cell = layout.cell(index)
        own = {layer: cell.shapes(layer).size() for layer in layers}
        count = {layer: number for layer, number in own.items() if number}
        place, levels = 1, 1
        away = _corner(cell.bbox())  # wraps only where an instance reaches too far, which the next lines find
        for instance in cell.each_inst():
            child = instance.cell_index
            copies = max(1, instance.na) * max(1, instance.nb)
            for layer, number in shapes[child].items():
                count[layer] = count.get(layer, 0) + copies * number
            place += copies * placements[child]
            levels = max(levels, 1 + depth[child])
            away = max(away, _away(instance, reach[child]))
        shapes[index], placements[index], depth[index], reach[index] = count, place, levels, away
        if levels > MAX_DEPTH:
            raise LingnanError(
                f"{name}: cell {cell.name} holds more than {MAX_DEPTH} levels of cells, the limit of a layout that can "
                "be checked. Flatten the chain of cells in it."
            )
        if away > far:
            far, farthest = away, cell.name
    return Measure(shapes[top.cell_index()], placements[top.cell_index()], far, farthest)


def _corner(box: kdb.Box) -> float:
    if box.empty():
        return 0.0
    return float(max(abs(box.left), abs(box.right), abs(box.bottom), abs(box.top)))


def _away(instance: kdb.Instance, child: float) -> float:
    """Reach of a placement along the axes; a turn by an odd angle may lengthen the child's by √2."""
    if instance.is_complex():
        turn = instance.cplx_trans
        child *= turn.mag * (1.0 if turn.is_ortho() else 2**0.5)
        move = turn.disp
    else:
        move = instance.trans.disp
    x, y = abs(move.x), abs(move.y)
    if instance.na > 1 or instance.nb > 1:
        a, b = instance.a, instance.b
        na, nb = max(0, instance.na - 1), max(0, instance.nb - 1)
        x += na * abs(a.x) + nb * abs(b.x)
        y += na * abs(a.y) + nb * abs(b.y)
    return max(x, y) + child
