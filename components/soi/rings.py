"""Ring and racetrack resonators on one bus or between two."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.process import number


@cell("soi", "rings")
def ring_single(
    radius: float = 10.0, gap: float | None = None, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """Ring on one bus: a notch filter.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and bus, edge to edge [µm]; the process's own if not given.
        cross_section: of ring and bus.

    ::

               .-----.
              /       \\
              \\       / radius
               '-----'
        o1 ____ gap _______ o2
    """
    return draw_ring("ring_single", Ring(radius, 0.0, (number(gap, "coupler_gap"),), 0.0, cross_section))


@cell("soi", "rings")
def ring_double(
    radius: float = 10.0,
    gap: float | None = None,
    gap_drop: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Ring between two buses: an add-drop filter.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and lower bus, edge to edge [µm]; the process's own if not given.
        gap_drop: between ring and upper bus [µm]; `gap` if not given.
        cross_section: of ring and buses.

    ::

        o2 ____ gap_drop __ o3
               .-----.
              /       \\
              \\       / radius
               '-----'
        o1 ____ gap _______ o4
    """
    below = number(gap, "coupler_gap")
    gaps = (below, below if gap_drop is None else gap_drop)
    return draw_ring("ring_double", Ring(radius, 0.0, gaps, 0.0, cross_section))


@cell("soi", "rings")
def racetrack_single(
    radius: float = 10.0,
    length_x: float = 10.0,
    gap: float | None = None,
    p: float = 0.5,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack on one bus, its bends of Euler curvature.

    Args:
        radius: half the distance of the two straights [µm].
        length_x: of both straights [µm].
        gap: between racetrack and bus, edge to edge [µm]; the process's own if not given.
        p: share of the bends in which the curvature changes, 0 (circles) to 1.
        cross_section: of racetrack and bus.

    ::

               .-----------.
              /             \\
              \\   length_x  / radius
               '-----------'
        o1 ____ gap ______________ o2
    """
    ring = Ring(radius, length_x, (number(gap, "coupler_gap"),), p, cross_section)
    return draw_ring("racetrack_single", ring)


@cell("soi", "rings")
def racetrack_double(
    radius: float = 10.0,
    length_x: float = 10.0,
    gap: float | None = None,
    gap_drop: float | None = None,
    p: float = 0.5,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Racetrack between two buses: an add-drop filter with a long coupler.

    Args:
        radius: half the distance of the two straights [µm].
        length_x: of both straights [µm].
        gap: between racetrack and lower bus, edge to edge [µm]; the process's own if not given.
        gap_drop: between racetrack and upper bus [µm]; `gap` if not given.
        p: share of the bends in which the curvature changes, 0 (circles) to 1.
        cross_section: of racetrack and buses.

    ::

        o2 ____ gap_drop _________ o3
               .-----------.
              /             \\
              \\   length_x  / radius
               '-----------'
        o1 ____ gap ______________ o4
    """
    below = number(gap, "coupler_gap")
    gaps = (below, below if gap_drop is None else gap_drop)
    return draw_ring("racetrack_double", Ring(radius, length_x, gaps, p, cross_section))
