"""Waveguide coil for rotation: turns in one direction, and a crossing for each turn that the inner end passes.

A double spiral has no place here: its two arms run in opposite directions, and what one encloses the other takes away.
Crossings lie along crystal y and z, where alone light of TE is a mode of its own.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.crossings import crossing_size, draw_crossing
from lingnan.components.common.delay import crosstalk_pitch
from lingnan.components.common.winding import Winding
from lingnan.components.tfln.guides import bend_circular, bend_euler, straight
from lingnan.pdk.errors import LingnanError


@cell("tfln", "crossings")
def crossing(
    length: float | None = None, width: float | None = None, cross_section: CrossSectionSpec = "rib"
) -> gf.Component:
    """Crossing of two ribs along crystal y and z, each widened by parabolic horns.

    By eigenmode expansion in the plane of the film the default loses 0.15 dB along y and 0.16 dB along z at 1.55 µm,
    which hardly changes with the horns' length from 40 µm on. Published with multimode bodies in place of horns, for
    both axes: below 0.07 dB (Y. Chen et al., Optica Open preprint (2023), of which the abstract was read).

    Args:
        length: of each horn [µm].
        width: of the ribs where they cross [µm].
        cross_section: of both guides, a rib.

    Whatever is not given is the process's own (`[cells]`)::

                 o2
                 |
               .-'-.
        o1 ---(     )--- o3
               '-.-'
                 |
                 o4
    """
    _rib("crossing", cross_section)
    return draw_crossing("crossing", length, width, cross_section)


@cell("tfln", "sensors")
def gyroscope_coil(
    turns: int = 3,
    radius: float = 500.0,
    spacing: float | None = None,
    radius_bend: float | None = None,
    length_crossing: float | None = None,
    width_crossing: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Coil that winds one way, from o1 counterclockwise outwards to o2; its inner end crosses all turns but the last.

    `info` has its length and the area that it encloses, every turn counted, with the ends joined at the ports.

    Args:
        turns: how often light goes around.
        radius: of the innermost half circle but one [µm]; the others lie outside, and one inside, for the inner end.
        spacing: between neighbouring turns and between the ends, centre to centre [µm]; as near as a crossing's length
            and the line's rule against crosstalk allow if not given.
        radius_bend: of the Euler bends by which both ends leave [µm]; the cross-section's if not given.
        length_crossing: of a crossing's horns [µm].
        width_crossing: of the guides where they cross [µm].
        cross_section: of the guide.

    ::

                 .-------------.
               /   .---------.   \\
        o2 ___'   /           \\   |
        o1 ------+----.        |  |
              |  |     |       |  |
              |   \\    '------'   |
               \\   '---------.   /
                 '-------------'
    """
    name = "gyroscope_coil"
    wound = winding(
        name, turns, radius, spacing, radius_bend, (length_crossing, width_crossing), cross_section,
    )  # fmt: skip
    c = gf.Component()
    out = bend_euler(radius=radius_bend, angle=-90, cross_section=cross_section)
    gap = draw.snapped(wound.spacing - 2 * wound.crossing)

    def follow(start: gf.Port, *parts: gf.Component) -> gf.Port:
        for part in parts:
            reference = c << part
            reference.connect("o1", start)
            start = reference.ports["o2"]
        return start

    def lead(length: float) -> list[gf.Component]:
        return [straight(length=draw.snapped(length), cross_section=cross_section)] if draw.snapped(length) > 0 else []

    # from the port on along the inner end's line: a row's crossing lies where the row will pass
    before = wound.corner + wound.spacing - wound.crossing if wound.crossings else wound.along_x
    first = c << straight(length=draw.snapped(before), cross_section=cross_section)
    first.move((draw.snapped(wound.ends), draw.snapped(wound.across)))
    c.add_port("o1", port=first.ports["o1"])
    here, crosses = first.ports["o2"], []
    for row in range(wound.crossings):
        cross = c << crossing(length=length_crossing, width=width_crossing, cross_section=cross_section)
        cross.connect("o1", here)
        crosses.append(cross)
        here = cross.ports["o3"]
        if row < wound.crossings - 1:
            here = follow(here, *lead(gap))
    if wound.crossings:
        here = follow(here, *lead(wound.inset - wound.corner - wound.crossing))
    here = follow(here, out, *lead(wound.short))
    above = wound.rows / 2 - wound.across - wound.crossing
    below = wound.rows / 2 + wound.across - wound.crossing
    for turn in range(1, turns + 1):
        south, north = (
            bend_circular(radius=draw.snapped(wound.half_circle(k)), angle=90, cross_section=cross_section)
            for k in (2 * turn - 1, 2 * turn)
        )
        here = follow(here, south, south, *lead(wound.rows), north, north)
        if turn < turns:
            cross = crosses[-turn]  # the innermost row's was placed last
            follow(here, *lead(above))
            here = follow(cross.ports["o4"], *lead(below))
    c.add_port("o2", port=follow(here, out))
    c.info["length_um"] = round(float(wound.length), 6)
    c.info["area_um2"] = round(float(wound.area), 3)
    c.info["turns"], c.info["crossings"] = turns, wound.crossings
    c.info["spacing_um"] = wound.spacing
    c.info["radius_min_um"] = round(min(float(wound.bend.radius_min), float(wound.first)), 4)
    return c


def winding(
    cell: str,
    turns: int,
    radius: float,
    spacing: float | None,
    radius_bend: float | None,
    crossing: tuple[float | None, float | None],
    cross_section: CrossSectionSpec,
) -> Winding:
    """The checked sizes of a coil, on the grid: parameters of `gyroscope_coil`, those of its crossing together."""
    _rib(cell, cross_section)
    limits.count(cell, "turns", turns, 1, 100)
    end = crossing_size(cell, *crossing, cross_section).end
    bend = guides.bend_curve(cell, radius_bend, 90, 0.5, cross_section, draw.core_width(cross_section))
    talk = crosstalk_pitch(cross_section)
    least = max(draw.even(2 * end), talk)
    d = least if spacing is None else draw.even(limits.finite(cell, "spacing", spacing))
    limits.at_least(cell, "spacing", d, talk, "the line's rule against crosstalk, and what lies beside the guides")
    limits.at_least(cell, "spacing", d, draw.even(2 * end), "a crossing's length")
    inner = draw.even(limits.finite(cell, "radius", radius))
    limits.at_most(cell, "radius", inner + (turns - 1) * d, 5e4, "5 cm, half of a wafer, with all turns")
    wound = Winding(turns, inner, d, bend, end)
    least = wound.inset / 2 + max(limits.radius_limit(cross_section), draw.even(bend.radius_min), wound.inset / 2)
    limits.at_least(cell, "radius", inner, least, "room for the inner end, and no half circle sharper than its bend")
    return wound


def _rib(cell: str, cross_section: CrossSectionSpec) -> None:
    """Refuse what is not on the rib's layer."""
    if draw.core_layer(cross_section) != "LN_RIB":
        raise LingnanError(f"{cell}: cross_section = {cross_section} is not a rib. Give one on layer LN_RIB.")
