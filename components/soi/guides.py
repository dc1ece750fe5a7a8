"""Straight guides, bends, tapers and the way from strip to rib."""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError


@gf.cell(tags=["soi", "waveguides"])
def straight(
    length: float = 10.0, cross_section: CrossSectionSpec = "strip", width: float | None = None, npoints: int = 2
) -> gf.Component:
    """Straight guide.

    Args:
        length: of the guide [µm].
        cross_section: of the guide.
        width: of the core [µm]; the cross-section's if not given.
        npoints: along the path; routers ask for it.

    ::

        o1 ================ o2
               length
    """
    limits.at_least("straight", "length", length, 0.0, "a length is not negative")
    if width is not None:
        limits.guide_width("straight", "width", width, cross_section)
        section = gf.get_cross_section(cross_section, width=width)
    else:
        section = gf.get_cross_section(cross_section)
    c = gf.path.straight(length=length, npoints=npoints).extrude(section)
    c.info["length_um"] = length
    c.info["length"] = length
    c.info["width"] = section.width
    section.add_bbox(c)
    c.add_route_info(cross_section=section, length=length)
    return c


def _bend(
    kind: str, path: gf.Path, radius: float, lowest: float, section: gf.CrossSection, angle: float
) -> gf.Component:
    limit = section.radius_min or 0.0
    if lowest < limit - 1e-6:
        raise LingnanError(
            f"{kind}: radius = {radius:g} µm bends down to {lowest:.3f} µm, below the limit of {limit:g} µm "
            f"(minimum of {section.name}, process {active_process().stamp}). "
            f"Use radius >= {radius * limit / lowest:.3f}."
        )
    c = path.extrude(section)
    length = round(float(path.length()), 6)
    c.info["length_um"] = c.info["length"] = length
    c.info["radius_um"] = c.info["radius"] = radius
    c.info["radius_min_um"] = round(lowest, 4)
    c.info["angle_deg"] = angle
    c.info["dy"] = round(float(abs(path.points[-1][1] - path.points[0][1])), 3)  # how far a router is carried
    c.add_route_info(cross_section=section, length=length, n_bend_90=abs(angle / 90), min_bend_radius=lowest)
    return c


def _radius(kind: str, radius: float | None, angle: float, section: gf.CrossSection) -> float:
    used = section.radius if radius is None else radius
    if used is None:
        raise LingnanError(f"{kind}: cross-section {section.name} has no bend radius. Give radius.")
    limits.at_least(kind, "radius", used, section.width, "a bend as tight as its own guide")
    if abs(angle) not in (90, 180):
        raise LingnanError(
            f"{kind}: angle = {angle:g} degrees is not ±90 or ±180, so its ports would leave the grid. "
            "Use bend_s for a small offset."
        )
    return used


@gf.cell(tags=["soi", "bends"])
def bend_euler(
    radius: float | None = None, angle: float = 90.0, p: float = 0.5, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """Bend whose curvature rises and falls linearly over the share `p` of its angle.

    Args:
        radius: of the arc with the same end points [µm]; the cross-section's if not given. The smallest radius inside
            is smaller and has to respect the line's minimum.
        angle: ±90 or ±180 [deg].
        p: share of the angle in which the curvature changes, 0 to 1.
        cross_section: of the guide.

    ::

                 o2
                 |
                 /
        o1 _____/
    """
    section = gf.get_cross_section(cross_section)
    if not 0 <= p <= 1:
        raise LingnanError(f"bend_euler: p = {p:g} is not a share. Give 0 (an arc) to 1 (all Euler).")
    used = _radius("bend_euler", radius, angle, section)
    path = gf.path.euler(radius=used, angle=angle, p=p, use_eff=True)
    return _bend("bend_euler", path, used, float(path.info["Rmin"]), section, angle)


@gf.cell(tags=["soi", "bends"])
def bend_circular(
    radius: float | None = None, angle: float = 90.0, cross_section: CrossSectionSpec = "strip"
) -> gf.Component:
    """Bend of constant radius.

    Args:
        radius: of the centre line [µm]; the cross-section's if not given.
        angle: ±90 or ±180 [deg].
        cross_section: of the guide.

    ::

                 o2
                 |
                /
        o1 ___.'
    """
    section = gf.get_cross_section(cross_section)
    used = _radius("bend_circular", radius, angle, section)
    return _bend("bend_circular", gf.path.arc(radius=used, angle=angle), used, used, section, angle)


@gf.cell(tags=["soi", "bends"])
def bend_s(size: tuple[float, float] = (12.0, 3.0), cross_section: CrossSectionSpec = "strip") -> gf.Component:
    """S-bend: a sideways step between two parallel guides.

    Args:
        size: length and sideways step [µm]; the bend has to respect the line's minimum radius.
        cross_section: of the guide.

    ::

                 ____ o2
                /        size[1]
        o1 ____/
             size[0]
    """
    length, step = size
    section = gf.get_cross_section(cross_section)
    limits.at_least("bend_s", "size[0]", length, section.width, "an S-bend shorter than its guide is wide")
    limit = section.radius_min or 0.0
    # quintic y = step (10 t³ - 15 t⁴ + 6 t⁵): no jump in curvature at its ends; |y''| <= 5.7735 step / length²
    sharpest = length**2 / (5.7735 * abs(step)) if step else float("inf")
    if sharpest < limit:
        needed = (5.7735 * abs(step) * limit) ** 0.5
        raise LingnanError(
            f"bend_s: size = ({length:g}, {step:g}) µm bends down to {sharpest:.2f} µm, below the limit of {limit:g} µm "
            f"(minimum of {section.name}, process {active_process().stamp}). Use size[0] >= {needed:.2f}."
        )
    t = np.linspace(0, 1, max(51, round(length / 0.1)))
    points = np.column_stack([length * t, step * (10 * t**3 - 15 * t**4 + 6 * t**5)])
    path = gf.Path(points)
    path.start_angle = path.end_angle = 0
    c = path.extrude(section)
    c.info["length_um"] = c.info["length"] = round(float(path.length()), 6)
    c.info["radius_min_um"] = round(sharpest, 3) if step else 0.0
    c.add_route_info(cross_section=section, length=c.info["length_um"], min_bend_radius=min(sharpest, 1e9))
    return c


@gf.cell(tags=["soi", "tapers"])
def taper(
    length: float = 10.0,
    width1: float | None = None,
    width2: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Linear taper between two core widths.

    Args:
        length: of the taper [µm].
        width1: core width at o1 [µm]; the cross-section's if not given.
        width2: core width at o2 [µm]; the cross-section's if not given.
        cross_section: of the guide; what goes beside the core follows it.

    ::

               _________
        o1 ____           o2
               ---------
        width1   length   width2
    """
    section = gf.get_cross_section(cross_section)
    w1 = section.width if width1 is None else width1
    w2 = section.width if width2 is None else width2
    for name, value in (("width1", w1), ("width2", w2)):
        limits.guide_width("taper", name, value, cross_section)
    limits.at_least("taper", "length", length, 0.001, "one grid step")
    limits.at_least("taper", "length", length, abs(w2 - w1) / 2, "walls at no more than 45 degrees")
    return _tapered(length, w1, w2, cross_section)


def _tapered(length: float, w1: float, w2: float, cross_section: CrossSectionSpec) -> gf.Component:
    c = gf.Component()
    ends = [gf.get_cross_section(cross_section, width=width) for width in (w1, w2)]
    for first, second in zip(ends[0].sections, ends[1].sections, strict=True):
        a, b = first.width / 2, second.width / 2
        c.add_polygon([(0, -a), (length, -b), (length, b), (0, a)], layer=first.layer)
    for name, x, width, orientation, section in (("o1", 0, w1, 180, ends[0]), ("o2", length, w2, 0, ends[1])):
        c.add_port(name, center=(x, 0), width=width, orientation=orientation, layer=section.layer, port_type="optical")
    c.info["length_um"] = c.info["length"] = length
    return c


@gf.cell(tags=["soi", "tapers"])
def transition_strip_rib(
    length: float = 20.0,
    tip_width: float | None = None,
    strip: CrossSectionSpec = "strip",
    rib: CrossSectionSpec = "rib",
) -> gf.Component:
    """Transition from a strip to a rib: the slab grows out of the strip's walls.

    Args:
        length: over which the slab grows [µm].
        tip_width: of the slab where it begins [µm]; the strip's width, but at least the slab's rule, if not given.
        strip: cross-section at o1.
        rib: cross-section at o2.

    ::

                   _________ slab
             .----'
        o1 ==================== o2
             '----.
                   '---------
        strip     length      rib
    """
    process = active_process()
    one, two = gf.get_cross_section(strip), gf.get_cross_section(rib)
    if len(two.sections) < 2:
        raise LingnanError(f"transition_strip_rib: {two.name} has no slab. Give a rib cross-section.")
    slab = two.sections[1]
    layer = gf.get_layer_name(slab.layer)
    begin = max(one.width, limits.on_grid(process.limit("SLAB.W"))) if tip_width is None else tip_width
    limits.by_rule("transition_strip_rib", "tip_width", begin, "SLAB.W")
    limits.at_least(
        "transition_strip_rib", "length", length, (slab.width - begin) / 2, "walls at no more than 45 degrees"
    )
    c = gf.Component()
    a, b = one.width / 2, two.width / 2
    c.add_polygon([(0, -a), (length, -b), (length, b), (0, a)], layer=one.layer)
    low, high = begin / 2, slab.width / 2
    c.add_polygon([(0, -low), (length, -high), (length, high), (0, low)], layer=layer)
    if "TRANSITION" in process.layers:
        c.add_polygon([(0, -high), (length, -high), (length, high), (0, high)], layer="TRANSITION")
    c.add_port("o1", center=(0, 0), width=one.width, orientation=180, layer=one.layer, port_type="optical")
    c.add_port("o2", center=(length, 0), width=two.width, orientation=0, layer=two.layer, port_type="optical")
    c.info["length_um"] = length
    return c
