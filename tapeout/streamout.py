"""GDS and OASIS whose bytes depend on the shapes alone: no dates, no metadata, cell names of their own making.

gdsfactory numbers cells of one name in the order in which a process happened to make them, and layouts keep shapes in
the order in which they came. Here cells that are equal become one, cells of one name are numbered by a digest of what
they hold, and layers, cells, shapes and instances are written in sorted order.
"""

import hashlib
import re
from pathlib import Path

import klayout.db as kdb

_NUMBERED = re.compile(r"\$\d+\Z")  #: what KLayout adds to a name that is taken
_UNNAMED = re.compile(r"Unnamed_\d+\Z")  #: kfactory's name for a cell that nobody named


def base_name(name: str) -> str:
    """A cell's name without what it owes to the order in which cells were made."""
    return _UNNAMED.sub("unnamed", _NUMBERED.sub("", name))


def _shapes(cell: kdb.Cell, layers: list[int]) -> dict[int, list[str]]:
    return {layer: sorted(str(shape) for shape in cell.shapes(layer).each()) for layer in layers}


def _place(instance: kdb.Instance) -> str:
    return f"{instance.cplx_trans} {instance.na} {instance.nb} {instance.a} {instance.b}"


def canonical(layout: kdb.Layout, top: kdb.Cell) -> tuple[kdb.Layout, kdb.Cell]:
    """A copy of what hangs below `top`, in an order and with names that depend on geometry alone.

    The top cell keeps its name.
    """
    layers = sorted(
        (index for index in layout.layer_indexes() if not top.bbox_per_layer(index).empty() or _has(top, index)),
        key=lambda index: (layout.get_info(index).layer, layout.get_info(index).datatype),
    )
    called = {top.cell_index(), *top.called_cells()}
    order = [index for index in layout.each_cell_bottom_up() if index in called]
    digests: dict[int, str] = {}
    for index in order:
        cell = layout.cell(index)
        content = hashlib.sha256()
        for layer, shapes in _shapes(cell, layers).items():
            content.update(f"{layout.get_info(layer)}\n{shapes}\n".encode())
        content.update(str(sorted((digests[i.cell_index], _place(i)) for i in cell.each_inst())).encode())
        digests[index] = content.hexdigest()
    names = _names(layout, top, order, digests)

    result = kdb.Layout()
    result.dbu = layout.dbu
    targets = {index: result.layer(layout.get_info(index)) for index in layers}
    cells = {name: result.create_cell(name) for name in sorted(set(names.values()))}
    done: set[str] = set()
    for index in sorted(order, key=lambda index: names[index]):
        if names[index] in done:
            continue
        done.add(names[index])
        source, target = layout.cell(index), cells[names[index]]
        for layer in layers:
            for shape in sorted(source.shapes(layer).each(), key=str):
                target.shapes(targets[layer]).insert(shape)
        for instance in sorted(source.each_inst(), key=lambda i: (names[i.cell_index], _place(i))):
            target.insert(_instance(instance, cells[names[instance.cell_index]].cell_index()))
    return result, cells[names[top.cell_index()]]


def _instance(instance: kdb.Instance, cell_index: int) -> kdb.CellInstArray:
    """The same instance of another layout's cell, made anew: a copy of an array points into its own layout for as long
    as it lives, and not a moment longer."""
    place = instance.cplx_trans if instance.is_complex() else instance.trans
    if not instance.is_regular_array():
        return kdb.CellInstArray(cell_index, place)
    return kdb.CellInstArray(cell_index, place, instance.a, instance.b, instance.na, instance.nb)


def _has(top: kdb.Cell, layer: int) -> bool:
    """Texts have no extent, but count."""
    return not top.begin_shapes_rec(layer).at_end()


def _names(layout: kdb.Layout, top: kdb.Cell, order: list[int], digests: dict[int, str]) -> dict[int, str]:
    """Name by cell: the base name where it is the only one, else numbered in the order of the digests."""
    members: dict[str, set[str]] = {}
    for index in order:
        members.setdefault(base_name(layout.cell(index).name), set()).add(digests[index])
    names: dict[int, str] = {}
    taken = {top.name, *members}
    numbered: dict[tuple[str, str], str] = {}
    for base in sorted(members):
        several = sorted(members[base])
        number = 0
        for digest in several:
            name = base
            if len(several) > 1 or (base == top.name and digest != digests[top.cell_index()]):
                number += 1
                while f"{base}_{number}" in taken:
                    number += 1
                name = f"{base}_{number}"
                taken.add(name)
            numbered[base, digest] = name
    for index in order:
        names[index] = numbered[base_name(layout.cell(index).name), digests[index]]
    names[top.cell_index()] = top.name
    return names


def write(layout: kdb.Layout, path: Path) -> None:
    """Write GDS or OASIS, by the ending of the name, without anything but shapes, texts and cells."""
    options = kdb.SaveLayoutOptions()
    options.set_format_from_filename(path.name)
    options.gds2_write_timestamps = False
    options.gds2_write_cell_properties = False
    options.gds2_write_file_properties = False
    options.gds2_libname = "LINGNAN"
    options.write_context_info = False
    options.oasis_compression_level = 9
    options.oasis_write_cblocks = True
    layout.write(str(path), options)
