"""What runs beside a core: the slab that makes a rib of a strip, at a port and on the other side of it."""

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Master
from lingnan.pdk.lvs.devices import Found
from lingnan.pdk.lvs.joints import Joint
from lingnan.pdk.lvs.view import FINE, View, unrounded
from lingnan.pdk.process import Process

_FLANK = 0.1  #: µm beside the core's wall: inside the reach of any slab, outside the rounding of any taper
_DEPTH = 0.02  #: µm on either side of the port's edge


def beside_layers(process: Process, core: str) -> list[str]:
    """Mask layers that tell the cross-sections of one core apart."""
    sections = [section for section in process.cross_sections.values() if section.layer == core]
    names = {extra.layer for section in sections if section.kind == "optical" for extra in section.sections}
    return sorted(name for name in names - {core} if process.layers[name].purpose == "mask")


def _covers(region: kdb.Region, spot: kdb.DPoint) -> bool:
    point = spot.to_itype(1)
    return any(polygon.bbox().contains(point) and polygon.inside(point) for polygon in region.each())


def _drawn(view: View, layer: str, spot: kdb.DPoint) -> bool:
    point = spot.to_itype(1)
    return _covers(view.drawn(layer, kdb.Box(point, point)), spot)


def _in_library(master: Master, layer: str, spot: kdb.DPoint, one: Found) -> bool:
    region = master.shapes.get(layer)
    return region is not None and _covers(region, unrounded(one.placement).inverted() * spot)


def runs_beside(one: Found, joint: Joint, layer: str, dbu: float) -> bool:
    """Whether the library has a layer on both sides of the core at a port."""
    frame, um = joint.frame, FINE / dbu
    spots = [frame.point(side * (frame.half + _FLANK * um), -_DEPTH * um) for side in (-1, 1)]
    return all(_in_library(one.device.master, layer, kdb.DPoint(*spot) * (1 / FINE), one) for spot in spots)


def change_beside(view: View, one: Found, joint: Joint) -> str:
    """What lies beside the core on one side of a port only, in words; empty: both sides are alike."""
    frame, um = joint.frame, FINE / view.dbu
    words: list[str] = []
    for layer in beside_layers(view.process, joint.layer):
        inside: set[bool] = set()
        outside: set[bool] = set()
        for side in (-1, 1):
            along = side * (frame.half + _FLANK * um)
            here, there = (kdb.DPoint(*frame.point(along, out * um)) * (1 / FINE) for out in (-_DEPTH, _DEPTH))
            inside.add(_in_library(one.device.master, layer, here, one))
            outside.add(_drawn(view, layer, there))
        if inside == {True} and outside == {False}:
            words.append(f"is without {layer}, which the port has beside its core")
        if inside == {False} and outside == {True}:
            words.append(f"has {layer} beside its core, which the port has not")
    return " and ".join(words)
