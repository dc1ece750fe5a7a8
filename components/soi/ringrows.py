"""Rings side by side on one bus, each dropping a wavelength of its own into a guide of its own."""

from typing import Any

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.process import number
from lingnan.components.soi.guides import bend_euler, straight
from lingnan.components.soi.junctions import terminator
from lingnan.components.soi.rings import racetrack_double
from lingnan.pdk.errors import LingnanError

EULER = 0.5  #: share of the rings' bends in which the curvature changes
_CLEAR = 5.0  #: µm between what belongs to neighbouring rings


def straights_of(
    name: str, count: int, spacing: float, wavelength: float, order: int, radius: float, cross_section: CrossSectionSpec
) -> list[float]:
    """Straights of the racetracks, the ring of the shortest wavelength first, on the grid [µm].

    Raises:
        LingnanError: orders that collide, with the limit, or a ring that is shorter than its bends.
    """
    from lingnan.components.compact.ways import Line  # its fits take seconds to import
    from lingnan.solvers.spectrometers.filters import Rings
    from lingnan.solvers.spectrometers.guide import Guide

    windows.strip_only(name, cross_section)
    limits.count(name, "count", count, 2, 128)
    limits.count(name, "order", order, 1, 5000)
    limits.at_least(name, "wavelength", wavelength, 0.1, "light")
    fit = Line(str(cross_section)).guide()
    turns = 2 * guides.bend_curve(name, radius, 180, EULER, cross_section, draw.core_width(cross_section)).length
    try:
        guide = Guide(float(fit.n_eff(wavelength)), float(fit.n_g(wavelength)), wavelength)
        lengths = Rings(guide, order, spacing, count=count).lengths
    except ValueError as error:
        raise LingnanError(f"{name}: {error}") from None
    found = [draw.even((float(one) - turns) / 2) for one in lengths]
    if min(found) < 0:
        least = float(turns * fit.n_eff(wavelength)) / wavelength
        raise LingnanError(
            f"{name}: order = {order} at radius = {radius:g} µm: bends alone are {turns:.4g} µm around. Use an order "
            f"of {least + count * spacing / wavelength * order + 1:.0f} or more, or a smaller radius."
        )
    return found


@cell("soi", "spectrometers")
def ring_filters(
    count: int = 4,
    spacing_nm: float = 1.6,
    wavelength: float = 1.55,
    order: int = 110,
    radius: float = 8.0,
    gap: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetracks on one bus that drop one wavelength after another, the shortest in the west.

    All have the same bends; straights set the line of each, for the indices that the process has at its nominal
    corner, on a mask grid that moves a line by tens of picometres.

    Args:
        count: of rings.
        spacing_nm: of their lines [nm].
        wavelength: in the middle of the lines [µm].
        order: waves around each ring; count times spacing have to fit into wavelength n_eff/(order n_g).
        radius: half the distance of a racetrack's straights [µm].
        gap: between rings and buses, edge to edge [µm]; the process's own if not given.
        cross_section: of all guides, a strip.

    With 4 of them::

             o2     o3     o4     o5
              |      |      |      |
              '-( )- '-( )- '-( )- '-( )-
        o1 _____( )____( )____( )____( )___ o6
    """
    name = "ring_filters"
    limits.guide_gap(name, "gap", number(gap, "coupler_gap"), cross_section)
    lengths = straights_of(name, count, 1e-3 * spacing_nm, wavelength, order, radius, cross_section)
    end = terminator(cross_section=cross_section)
    away = bend_euler(angle=-90.0, p=EULER, cross_section=cross_section)
    room = draw.snapped(float(end.dbbox().right) + float(away.info["dy"]) + _CLEAR)
    c = gf.Component()
    here: Any = None
    for index, length_x in enumerate(lengths, 1):
        ring = c << racetrack_double(radius=radius, length_x=length_x, gap=gap, p=EULER, cross_section=cross_section)
        if here is None:
            c.add_port("o1", port=ring.ports["o1"])
        else:
            link = c << straight(length=room, cross_section=cross_section)
            link.connect("o1", here)
            ring.connect("o1", link.ports["o2"])
        here = ring.ports["o4"]
        drop, stop = c << away, c << end
        drop.connect("o1", ring.ports["o2"])
        stop.connect("o1", ring.ports["o3"])
        c.add_port(f"o{index + 1}", port=drop.ports["o2"])
        c.info[f"length_x_{index}_um"] = length_x
    c.add_port(f"o{count + 2}", port=here)
    c.info["link_um"] = room
    return c
