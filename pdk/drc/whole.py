"""Rules on the layout as a whole: allowed_layers, extent, orientation, device_overlap."""

import re

import klayout.db as kdb

from lingnan.pdk.drc.axis import guides_off_axis
from lingnan.pdk.drc.facing import sliver
from lingnan.pdk.drc.found import Found, outline
from lingnan.pdk.drc.place import elements, places
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.process import Rule


def allowed_layers(scene: Scene, rule: Rule) -> list[Found]:
    """Layers of the file that no layer of the process maps to and that carry shapes: one fault a layer."""
    known = set(scene.layers.values())
    found: list[Found] = []
    for index in scene.layout.layer_indexes():
        info = scene.layout.get_info(index)
        box = scene.top.bbox(index)
        if (info.layer, info.datatype) not in known and not box.empty():
            found.append(Found(None, (outline(box),), f"layer {info.layer}/{info.datatype}"))
    return found


def extent(scene: Scene, rule: Rule) -> list[Found]:
    """Mask shapes outside `other`, the floorplan. Only the outside is looked at: a chip-sized box meets every cell."""
    floor = scene.region(rule.other)
    if floor.is_empty():
        return []
    rest = kdb.Region(scene.top.bbox().enlarged(10, 10)) - floor
    box = floor.bbox()
    found: list[Found] = []
    for name, layer in scene.process.layers.items():
        index = scene.index(name)
        if layer.purpose != "mask" or index is None or scene.top.bbox(index).empty():
            continue
        beyond = kdb.Region(kdb.RecursiveShapeIterator(scene.layout, scene.top, index, rest, True)) - floor
        for piece in beyond.merged().each():
            if not sliver(piece, scene.step):
                b = piece.bbox()
                out = max(box.left - b.left, b.right - box.right, box.bottom - b.bottom, b.top - box.top, 0)
                found.append(Found(round(out * scene.dbu, 4), (outline(piece),), f"{name} outside"))
    return found


def orientation(scene: Scene, rule: Rule) -> list[Found]:
    """Cells turned against the crystal, or guides between electrodes that leave the axis; see the table of kinds."""
    return turned_cells(scene, rule) if "turn_deg" in rule.options else guides_off_axis(scene, rule)


def turned_cells(scene: Scene, rule: Rule) -> list[Found]:
    """Cells whose name says a propagation direction (`_y`, `_z`), placed turned by `turn_deg`."""
    marks = [re.escape(str(rule.options[key])) for key in ("cells_y", "cells_z") if key in rule.options]
    name = re.compile(rf"({'|'.join(marks)})(?=$|_|\$)")
    forbidden = float(rule.options["turn_deg"])
    found: list[Found] = []
    for index in scene.top.called_cells():
        cell = scene.layout.cell(index)
        if not name.search(cell.name) or cell.bbox().empty():
            continue
        for trans in places(scene.layout, scene.top, cell):
            turn = trans.angle % 180.0
            if abs(turn - forbidden) < 45.0:
                box = outline(cell.bbox().transformed(trans))
                found.append(Found(round(turn, 3), (box,), f"cell {cell.name} is turned by {trans.angle:g} degrees"))
    return found


def device_overlap(scene: Scene, rule: Rule) -> list[Found]:
    """Devices (outermost `layer` shapes) of one cell that lie on each other; nested devices belong to their parent."""
    index = scene.index(rule.layer)
    if index is None:
        return []
    outer: dict[int, kdb.Region] = {}
    found: list[Found] = []

    def visit(cell: kdb.Cell) -> kdb.Region:
        if cell.cell_index() in outer:
            return outer[cell.cell_index()]
        own = kdb.Region(cell.shapes(index))
        devices = kdb.Region()
        devices.merged_semantics = False
        for instance in cell.each_inst():
            if instance.cell.bbox(index).empty():
                continue
            child = visit(instance.cell)
            for trans in elements(instance):
                devices += child.transformed(trans)
        faults = overlaps(devices, scene.step) + overlaps(own, scene.step, nested=True)
        if faults:
            for trans in places(scene.layout, scene.top, cell):
                for piece in faults:
                    shape = piece.transformed(trans)
                    found.append(Found(round(piece.area() * scene.dbu**2, 4), (outline(shape),)))
        outer[cell.cell_index()] = (devices if own.is_empty() else own).merged()
        return outer[cell.cell_index()]

    visit(scene.top)
    return found


def overlaps(devices: kdb.Region, step: float, *, nested: bool = False) -> list[kdb.Polygon]:
    """Where two of the shapes overlap by more than a sliver; `nested`: one wholly inside another is its part."""
    if devices.count() < 2:
        return []
    found: list[kdb.Polygon] = []
    store = kdb.Shapes()
    store.insert(devices)
    for piece in devices.merged(False, 2).each():
        if sliver(piece, step):
            continue
        if nested:
            near = [shape.polygon for shape in store.each_overlapping(piece.bbox())]
            regions = [kdb.Region(polygon) for polygon in near]
            if not any(
                not (a & b).is_empty() and not (a - b).is_empty() and not (b - a).is_empty()
                for i, a in enumerate(regions)
                for b in regions[i + 1 :]
            ):
                continue
        found.append(piece)
    return found
