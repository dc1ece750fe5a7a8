"""Where cells stand, and in which cell a fault lies: the path from the top to the deepest one that holds it whole."""

from collections.abc import Iterator
from itertools import islice

import klayout.db as kdb
import numpy as np


def places(layout: kdb.Layout, top: kdb.Cell, cell: kdb.Cell) -> list[kdb.ICplxTrans]:
    """Every placement of a cell under the top, arrays unfolded."""
    known: dict[int, list[kdb.ICplxTrans]] = {top.cell_index(): [kdb.ICplxTrans()]}
    under = set(top.called_cells()) | {top.cell_index()}

    def visit(index: int) -> list[kdb.ICplxTrans]:
        if index not in known:
            found: list[kdb.ICplxTrans] = []
            for parent in layout.cell(index).each_parent_inst():
                if parent.parent_cell_index() not in under:
                    continue
                upper = visit(parent.parent_cell_index())
                for local in elements(parent.child_inst()):
                    found += [trans * local for trans in upper]
            known[index] = found
        return known[index]

    return visit(cell.cell_index())


def elements(instance: kdb.Instance) -> list[kdb.ICplxTrans]:
    """Transformations of an instance, one for each element of its array."""
    local = instance.cplx_trans
    rows, columns = max(1, instance.na), max(1, instance.nb)
    if rows * columns == 1:
        return [local]
    a, b = instance.a, instance.b
    return [kdb.ICplxTrans(a * row + b * column) * local for row in range(rows) for column in range(columns)]


def path_of(layout: kdb.Layout, top: kdb.Cell, layers: list[int], box: kdb.Box) -> str:
    """Cell names joined by `/`.

    Args:
        layout: where the cells live.
        top: first name of the path.
        layers: layer indexes that the rule looks at.
        box: of the fault, in the top cell.
    """
    names, cell, trans = [top.name], top, kdb.ICplxTrans()
    while True:
        local = box.transformed(trans.inverted())
        if any(not _empty(cell.shapes(index), local) for index in layers):
            break
        touched = list(islice(_touched(cell, layers, local), 2))
        if len(touched) != 1 or not touched[0][2]:
            break
        cell, step, _ = touched[0]
        trans = trans * step
        names.append(cell.name)
    return "/".join(names)


def _touched(
    cell: kdb.Cell, layers: list[int], box: kdb.Box
) -> Iterator[tuple[kdb.Cell, kdb.ICplxTrans, bool]]:  # fmt: skip
    """Child cells that show something on a layer near a box, where they stand, and whether they hold all of it."""
    for instance in cell.each_touching_inst(box):
        for step in _elements(instance, box):
            boxes = [b for index in layers if not (b := instance.cell.bbox(index).transformed(step)).empty()]
            holds = any(box.inside(b.enlarged(2, 2)) for b in boxes)
            if holds or any(b.touches(box) for b in boxes):
                yield instance.cell, step, holds


def _empty(shapes: kdb.Shapes, box: kdb.Box) -> bool:
    return next(iter(shapes.each_overlapping(box)), None) is None


def _elements(instance: kdb.Instance, box: kdb.Box) -> list[kdb.ICplxTrans]:
    """Transformations of the elements of an instance that touch a box."""
    local = instance.cplx_trans
    rows, columns = max(1, instance.na), max(1, instance.nb)
    if rows * columns == 1:
        return [local]
    own, a, b = instance.cell.bbox().transformed(local), instance.a, instance.b
    row, column = np.divmod(np.arange(rows * columns), columns)
    x, y = row * a.x + column * b.x, row * a.y + column * b.y
    touched = (own.left + x <= box.right) & (own.right + x >= box.left)
    touched &= (own.bottom + y <= box.top) & (own.top + y >= box.bottom)
    numbers = np.flatnonzero(touched)
    shifts = zip(x[numbers].tolist(), y[numbers].tolist(), strict=True)
    return [kdb.ICplxTrans(kdb.Vector(dx, dy)) * local for dx, dy in shifts]
