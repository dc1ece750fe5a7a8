"""A cell as it is used: what ends at a port goes on beyond it."""

from typing import Any

import klayout.db as kdb

from lingnan.pdk.process import Process
from lingnan.tapeout.streamout import canonical

_BEYOND = 5000  #: grid steps that a lead goes on at least
_LOOK, _MEET = 20_000, 10_000  #: grid steps to both sides of a port: where shapes are taken from, and what has to begin


def led_on(c: Any, process: Process) -> tuple[kdb.Layout, kdb.Cell]:
    """A copy of a component with a lead on every port, for design rules.

    A piece of guide 20 nm long is no fault between two others, and an end that a neighbour will meet is not open.

    Args:
        c: a gdsfactory component.
        process: whose masks go on.
    """
    layout, top = canonical(c.kcl.layout, c.kdb_cell)
    layers = {index: kdb.Region(top.begin_shapes_rec(index)).merged() for index in layout.layer_indexes()}
    masks = [layer.gds for layer in process.layers.values() if layer.purpose == "mask"]
    for port in c.ports:
        if port.port_type not in ("optical", "electrical"):
            continue
        place = _at(port, layout.dbu)
        face = kdb.Region(place * kdb.Box(-1, -_LOOK, 0, _LOOK))
        near = kdb.Region(place * kdb.Box(-1, -_MEET, 0, _MEET))
        for index, shapes in layers.items():
            info = layout.get_info(index)
            if (info.layer, info.datatype) in masks:
                for shape in (shapes & face).interacting(near).each():
                    low, high = _face(shape.transformed(place.inverted()))
                    # what is wider goes further, so that a core ends inside its slab and not flush with it
                    beyond = _BEYOND + min(high - low, _LOOK)  # and a pad not as far as the next device
                    top.shapes(index).insert(place * kdb.Box(0, low, beyond, high))
    return layout, top


def _face(shape: kdb.Polygon) -> tuple[int, int]:
    """Both ends of a shape's face at x = 0; a steep taper is wider one grid step before."""
    heights = [point.y for point in shape.each_point_hull() if point.x == 0]
    if len(heights) < 2:  # no face on the grid: a port that is turned by an odd angle
        return shape.bbox().bottom, shape.bbox().top
    return min(heights), max(heights)


def _at(port: Any, dbu: float) -> kdb.ICplxTrans:
    """From a frame in which the port is at the origin and looks along x."""
    trans = port.dcplx_trans
    return kdb.ICplxTrans(1, trans.angle, False, round(trans.disp.x / dbu), round(trans.disp.y / dbu))
