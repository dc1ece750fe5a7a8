"""Rings with a window in the cladding, where what is to be sensed touches the guide, and their references.

Names of cells say how they are read: at the bus, at a second bus, against a covered ring beside them, or through two
rings as a Vernier. Models take `cladding`, a liquid's or a gas's name, or its index.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.soi.guides import straight
from lingnan.components.soi.rings import racetrack_double, racetrack_single

_EULER = 0.5  #: share of the bends in which the curvature changes


def _in_window(
    name: str,
    radius: float,
    length_x: float,
    gaps: tuple[float, ...],
    width: float | None,
    margin: float | None,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    """Racetrack and buses of a width in a window, led to the cross-section's own width outside of it."""
    windows.strip_only(name, cross_section)
    around, used = windows.margin_of(name, margin), guides.width_of(name, "width", width, cross_section)
    limits.by_rule(name, "width", used, "OX.WG.W")
    section = draw.section_of(cross_section, used)
    c = draw_ring(name, Ring(radius, length_x, gaps, _EULER, section, beyond=around + windows.END))
    windows.open_led(c, name, "radius + margin", around, used, cross_section)
    c.info["window_share"] = 1.0
    c.info["width_um"] = used
    return c


@cell("soi", "sensors")
def ring_sensor(
    radius: float = 20.0,
    length_x: float = 10.0,
    gap: float | None = None,
    margin: float | None = None,
    width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack on one bus, all of it in a sensing window.

    Args:
        radius: half the distance of the two straights [µm].
        length_x: of both straights [µm].
        gap: between racetrack and bus, edge to edge [µm]; wide enough for the opening etch if not given.
        margin: of the window around the guides [µm]; the process's own if not given.
        width: of racetrack and bus [µm], which tapers lead to; the cross-section's if not given.
        cross_section: of the ports, a strip.

    ::

          . . . . . . . . . . . .
          .    .-----------.    .  window
          .   /             \\   .
          .   \\   length_x  /   .
          .    '-----------'    .
        o1 ______ gap ____________ o2
          . . . . . . . . . . . .
    """
    return _in_window(
        "ring_sensor", radius, length_x, (windows.gap_of("ring_sensor", gap),), width, margin, cross_section
    )


@cell("soi", "sensors")
def ring_sensor_drop(
    radius: float = 20.0,
    length_x: float = 10.0,
    gap: float | None = None,
    gap_drop: float | None = None,
    margin: float | None = None,
    width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack between two buses, all of it in a sensing window: a line in the dark at the second bus.

    Args:
        radius: half the distance of the two straights [µm].
        length_x: of both straights [µm].
        gap: between racetrack and lower bus, edge to edge [µm]; wide enough for the opening etch if not given.
        gap_drop: between racetrack and upper bus [µm]; `gap` if not given.
        margin: of the window around the guides [µm]; the process's own if not given.
        width: of racetrack and buses [µm], which tapers lead to; the cross-section's if not given.
        cross_section: of the ports, a strip.

    ::

          . . . . . . . . . . . .
        o2 ____ gap_drop _________ o3
          .    .-----------.    .  window
          .   /             \\   .
          .   \\   length_x  /   .
          .    '-----------'    .
        o1 ______ gap ____________ o4
          . . . . . . . . . . . .
    """
    below = windows.gap_of("ring_sensor_drop", gap)
    gaps = (below, below if gap_drop is None else gap_drop)
    return _in_window("ring_sensor_drop", radius, length_x, gaps, width, margin, cross_section)


@cell("soi", "sensors")
def ring_sensor_pair(
    radius: float = 20.0,
    length_x: float = 10.0,
    gap: float | None = None,
    gap_covered: float | None = None,
    more: float = 2.0,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack in a sensing window and the same under oxide on one bus, so that drift can be taken out.

    Args:
        radius: half the distance of the two straights of both [µm].
        length_x: of the straights of the sensing one [µm].
        gap: between sensing racetrack and bus [µm]; wide enough for the opening etch if not given.
        gap_covered: between covered racetrack and bus [µm]; `gap` if not given.
        more: by how much the straights of the covered one are longer [µm]; keeps the resonances of both apart.
        margin: of the window, and between window and covered racetrack [µm]; the process's own if not given.
        cross_section: of racetracks and bus, a strip.

    ::

          . . . . . . . .
          .  .-------.  .     .---------.
          . (         ) .    (   covered )
          .  '-------'  .     '---------'
        o1 _____ gap ______________________ o2
          . . . . . . . .
    """
    name = "ring_sensor_pair"
    limits.at_least(name, "more", more, 0.0, "the covered racetrack is no shorter")
    around, used = windows.margin_of(name, margin), windows.gap_of(name, gap)
    c = gf.Component()
    first = c << ring_sensor(radius, length_x, used, around, None, cross_section)
    between = c << straight(length=around, cross_section=cross_section)
    second = c << racetrack_single(
        radius, length_x + more, used if gap_covered is None else gap_covered, _EULER, cross_section
    )
    between.connect("o1", first.ports["o2"])
    second.connect("o1", between.ports["o2"])
    c.add_port("o1", port=first.ports["o1"])
    c.add_port("o2", port=second.ports["o2"])
    return c


@cell("soi", "sensors")
def vernier_sensor(
    radius: float = 20.0,
    length_x: float = 10.0,
    more: float = 4.0,
    gap: float | None = None,
    gap_covered: float | None = None,
    margin: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack in a sensing window and a longer one under oxide in a row: light passes where both resonate.

    Args:
        radius: half the distance of the two straights of both [µm].
        length_x: of the straights of the sensing one [µm].
        more: by how much the straights of the covered one are longer [µm]; the less, the farther the envelope moves.
        gap: between sensing racetrack and its buses [µm]; wide enough for the opening etch if not given.
        gap_covered: between covered racetrack and its buses [µm]; `gap` if not given.
        margin: of the window around the guides [µm]; the process's own if not given.
        cross_section: of racetracks and buses, a strip.

    From o1 the light that both drop leaves at o4; the bus between them ends in o2 and o5::

        o3 ______________________________ o4
            .---------.   . . . . . . . .
           (  covered  )  .             .
            '---------'   .             .
        o2 ______________________________ o5
                          .  .-------.  .
                          . (         ) .
                          .  '-------'  .
        o1 ______________________________ o6
                          . . . . . . . .
    """
    name = "vernier_sensor"
    limits.at_least(name, "more", more, 0.1, "without a difference there is no Vernier")
    around, used = windows.margin_of(name, margin), windows.gap_of(name, gap)
    covered = used if gap_covered is None else gap_covered
    c = gf.Component()
    wet = c << ring_sensor_drop(radius, length_x, used, used, around, None, cross_section)
    dry = c << racetrack_double(radius, length_x + more, covered, covered, _EULER, cross_section)
    room = dry.ports["o2"].center[1] - dry.ports["o1"].center[1] - draw.core_width(cross_section) / 2
    limits.at_most(name, "margin", around, draw.snapped(room - 2.0), "the upper bus stays 2 µm outside of the window")
    dry.connect("o4", wet.ports["o2"])
    lengths = draw.snapped(dry.dbbox().width()), draw.snapped(wet.dbbox().width())
    west, east = (c << straight(length=length, cross_section=cross_section) for length in lengths)
    west.connect("o2", wet.ports["o1"])
    east.connect("o1", dry.ports["o3"])
    outer = (west.ports["o1"], dry.ports["o1"], dry.ports["o2"], east.ports["o2"], wet.ports["o3"], wet.ports["o4"])
    for index, port in enumerate(outer, 1):
        c.add_port(f"o{index}", port=port)
    c.info["west_um"], c.info["east_um"] = lengths
    return c
