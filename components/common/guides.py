"""Straight guides, bends, S-bends and tapers of any cross-section, checked and drawn for the cells of all platforms."""

import math

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.common.curves import Curve, euler, line, s_bend, s_bend_length
from lingnan.pdk.errors import LingnanError


def width_of(cell: str, parameter: str, value: float | None, cross_section: CrossSectionSpec) -> float:
    """A core width [µm], the cross-section's if not given, rounded to two grid steps and checked against its rule."""
    if value is None:
        return draw.core_width(cross_section)
    limits.guide_width(cell, parameter, value, cross_section)
    return draw.even(value)


def _info(c: gf.Component, curve: Curve, cross_section: CrossSectionSpec, width: float, **more: float) -> None:
    length = round(curve.length, 6)
    c.info["length"] = length  # the name that gdsfactory's routers read
    c.info["length_um"] = length
    c.info["width_um"] = width
    for key, value in more.items():
        c.info[key] = value
    if draw.optical(cross_section):
        section = draw.section_of(cross_section, width)
        bends = abs(float(curve.angle[-1] - curve.angle[0])) / (math.pi / 2)
        c.add_route_info(cross_section=section, length=length, n_bend_90=round(bends, 6))


def draw_straight(cell: str, length: float, cross_section: CrossSectionSpec, width: float | None) -> gf.Component:
    """A straight guide from the origin along x."""
    limits.at_least(cell, "length", length, 0.001, "one grid step")
    limits.at_most(cell, "length", length, 1e6, "1 m, longer than any wafer")
    core = width_of(cell, "width", width, cross_section)
    c = gf.Component()
    curve = line(draw.snapped(length))
    draw.extrude(c, curve, cross_section, core, record=True)
    draw.end_ports(c, curve, cross_section, core, core)
    _info(c, curve, cross_section, core)
    return c


def bend_curve(
    cell: str, radius: float | None, angle: float, p: float, cross_section: CrossSectionSpec, width: float
) -> Curve:
    """Centre line of a checked bend; `p` is the share of the angle in which the curvature changes.

    Raises:
        LingnanError: an angle whose ports would leave the grid, or a bend below the line's minimum radius.
    """
    section = draw.section_of(cross_section)
    if not 0 <= p <= 1:
        raise LingnanError(f"{cell}: p = {p:g} is not a share. Give 0 (an arc) to 1 (all Euler).")
    if angle not in (90, -90, 180, -180):
        raise LingnanError(
            f"{cell}: angle = {angle:g} degrees is not ±90 or ±180, so its ports would leave the grid. "
            "Use bend_s for a small offset."
        )
    used = section.radius if radius is None else radius
    if used is None:
        raise LingnanError(f"{cell}: cross-section {section.name} has no bend radius. Give radius.")
    widest = max(max(-low, high) for _, low, high in draw.layers_of(cross_section, width))
    limits.at_least(cell, "radius", used, widest, "half the width of the guide with what lies beside it")
    limits.at_most(cell, "radius", used, 1e5, "10 cm, larger than a wafer")
    curve = euler(draw.snapped(used), angle, p, widest)
    limits.curvature(cell, "radius", used, curve.radius_min, cross_section)
    return curve


def draw_bend(
    cell: str, radius: float | None, angle: float, p: float, cross_section: CrossSectionSpec, width: float | None
) -> gf.Component:
    """A bend from the origin, first along x."""
    core = width_of(cell, "width", width, cross_section)
    curve = bend_curve(cell, radius, angle, p, cross_section, core)
    c = gf.Component()
    draw.extrude(c, curve, cross_section, core, record=True)
    draw.end_ports(c, curve, cross_section, core, core)
    used = draw.snapped(draw.section_of(cross_section).radius if radius is None else radius)
    _info(
        c,
        curve,
        cross_section,
        core,
        radius=used,
        radius_um=used,
        radius_min_um=round(curve.radius_min, 4),
        angle_deg=angle,
        dy=draw.snapped(abs(curve.end[1])),  # how far a router is carried sideways
    )
    return c


def s_bend_curve(
    cell: str, parameter: str, length: float, step: float, cross_section: CrossSectionSpec, width: float | None = None
) -> Curve:
    """Centre line of a checked S-bend over `length`, sideways by `step` [µm], for a core of `width` [µm]."""
    limits.at_least(cell, parameter, length, draw.core_width(cross_section), "an S-bend shorter than its guide is wide")
    limits.at_most(cell, parameter, max(length, abs(step)), 1e5, "10 cm, larger than a wafer")
    curve = s_bend(draw.snapped(length), draw.snapped(step))
    core = draw.core_width(cross_section) if width is None else width
    outer = max(max(-low, high) for _, low, high in draw.layers_of(cross_section, core))
    limits.at_least(cell, parameter, length, s_bend_length(step, outer), "the layers beside the core fold over inside")
    limits.at_least(
        cell,
        parameter,
        length,
        s_bend_length(step, limits.radius_limit(cross_section)),
        limits.bend_reason(cross_section),
    )
    return curve


def draw_bend_s(
    cell: str, size: tuple[float, float], cross_section: CrossSectionSpec, width: float | None
) -> gf.Component:
    """An S-bend from the origin along x."""
    core = width_of(cell, "width", width, cross_section)
    curve = s_bend_curve(cell, "size[0]", size[0], size[1], cross_section, core)
    c = gf.Component()
    draw.extrude(c, curve, cross_section, core, record=True)
    draw.end_ports(c, curve, cross_section, core, core)
    radius = min(round(curve.radius_min, 3), 1e6)
    _info(c, curve, cross_section, core, radius_min_um=radius)
    return c


def taper_length(cell: str, parameter: str, length: float, first: float, last: float) -> float:
    """A taper's length on the grid [µm]: walls at 45 degrees at most, so that no corner is acute."""
    limits.at_least(cell, parameter, length, max(abs(first - last) / 2, 0.01), "walls at no more than 45 degrees")
    limits.at_most(cell, parameter, length, 1e5, "10 cm, larger than a wafer")
    return draw.snapped(length)


def draw_taper(
    cell: str, length: float, width1: float | None, width2: float | None, cross_section: CrossSectionSpec
) -> gf.Component:
    """A linear taper from the origin along x."""
    limits.plain_wire(cell, cross_section)
    first = width_of(cell, "width1", width1, cross_section)
    last = width_of(cell, "width2", width2, cross_section)
    curve = line(taper_length(cell, "length", length, first, last))
    c = gf.Component()
    draw.extrude(c, curve, cross_section, np.array([first, last]), record=True)
    draw.end_ports(c, curve, cross_section, first, last)
    _info(c, curve, cross_section, first)
    c.info["width2_um"] = last
    return c
