"""Ring resonators on one bus or between two, by the direction of the bus: it sets how strongly ring and bus couple."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.process import number
from lingnan.components.tfln.directions import Direction, turned


def _ring(
    name: str, direction: Direction, radius: float | None, gaps: tuple[float, ...], cross_section: CrossSectionSpec
) -> gf.Component:
    ring = Ring(number(radius, "ring_radius"), 0.0, gaps, 0.0, cross_section)
    return turned(draw_ring(name, ring), direction)


def _gaps(gap: float | None, gap_drop: float | None) -> tuple[float, float]:
    below = number(gap, "ring_gap")
    return below, below if gap_drop is None else gap_drop


@cell("tfln", "rings")
def ring_single_y(
    radius: float | None = None, gap: float | None = None, cross_section: CrossSectionSpec = "rib"
) -> gf.Component:
    """Ring on one bus along crystal y (layout x): a notch filter.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and bus, edge to edge [µm].
        cross_section: of ring and bus.

    Whatever is not given is the process's own (`[cells]`)::

               .-----.
              /       \\
              \\       / radius
               '-----'
        o1 ____ gap _______ o2
    """
    return _ring("ring_single_y", "y", radius, (number(gap, "ring_gap"),), cross_section)


@cell("tfln", "rings")
def ring_single_z(
    radius: float | None = None, gap: float | None = None, cross_section: CrossSectionSpec = "rib"
) -> gf.Component:
    """Ring on one bus along crystal z (layout y): the one for y, turned by 90 degrees.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and bus, edge to edge [µm].
        cross_section: of ring and bus.

    Whatever is not given is the process's own (`[cells]`)::

        o1
        |  .-----.
    gap | /       \\
        | \\       / radius
        |  '-----'
        o2
    """
    return _ring("ring_single_z", "z", radius, (number(gap, "ring_gap"),), cross_section)


@cell("tfln", "rings")
def ring_double_y(
    radius: float | None = None,
    gap: float | None = None,
    gap_drop: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Ring between two buses along crystal y (layout x): an add-drop filter.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and lower bus, edge to edge [µm].
        gap_drop: between ring and upper bus [µm]; `gap` if not given.
        cross_section: of ring and buses.

    Whatever is not given is the process's own (`[cells]`)::

        o2 ____ gap_drop __ o3
               .-----.
              /       \\
              \\       / radius
               '-----'
        o1 ____ gap _______ o4
    """
    return _ring("ring_double_y", "y", radius, _gaps(gap, gap_drop), cross_section)


@cell("tfln", "rings")
def ring_double_z(
    radius: float | None = None,
    gap: float | None = None,
    gap_drop: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Ring between two buses along crystal z (layout y): the one for y, turned by 90 degrees.

    Args:
        radius: of the ring's centre line [µm].
        gap: between ring and left bus, edge to edge [µm].
        gap_drop: between ring and right bus [µm]; `gap` if not given.
        cross_section: of ring and buses.

    Whatever is not given is the process's own (`[cells]`)::

        o1              o2
        |    .-----.    |
    gap |   /       \\   | gap_drop
        |   \\       /   |
        |    '-----'    |
        o4              o3
    """
    return _ring("ring_double_z", "z", radius, _gaps(gap, gap_drop), cross_section)
