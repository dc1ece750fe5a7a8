"""The way on and off the chip, by direction: focusing grating couplers and two-level edge couplers."""

import math

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.process import number
from lingnan.components.tfln.directions import Direction, turned
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError


def _rib_only(name: str, cross_section: CrossSectionSpec) -> tuple[float, str]:
    """Core width and layer of a guide that has to be a rib."""
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    if layer != "LN_RIB":
        raise LingnanError(f"{name}: cross_section = {cross_section} is not a rib. Give one on layer LN_RIB.")
    return core, layer


def _edge(
    name: str,
    direction: Direction,
    tip_width: float | None,
    length_slab: float | None,
    width_slab: float | None,
    length_rib: float | None,
    extension: float | None,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    core, layer = _rib_only(name, cross_section)
    tip = draw.even(limits.finite(name, "tip_width", number(tip_width, "edge_tip_width")))
    for rule in ("SLAB.W", "RIB.W"):
        limits.by_rule(name, "tip_width", tip, rule)
    limits.at_most(name, "tip_width", tip, core, "the guide's own width: a tip is narrower")
    middle = draw.even(limits.finite(name, "width_slab", number(width_slab, "edge_slab_taper_width")))
    limits.at_least(name, "width_slab", middle, tip, "the tip's own width")
    first = guides.taper_length(name, "length_slab", number(length_slab, "edge_slab_taper_length"), middle, tip)
    second = guides.taper_length(name, "length_rib", number(length_rib, "edge_rib_taper_length"), core, tip)
    straight = draw.snapped(limits.finite(name, "extension", number(extension, "edge_extension")))
    limits.at_least(name, "extension", straight, number(None, "edge_extension"), "play of the cut on either side")
    limits.at_most(name, "extension", straight, 1000.0, "1 mm")
    clear = number(None, "edge_clear_width")
    last = draw.even(core + 2 * draw.reach(cross_section))  # the slab of the guide goes on without a step
    limits.at_most(name, "width_slab", middle, last, "the slab of the guide itself: it only opens")
    free = draw.snapped(clear - 2 * active_process().limit("SLAB.S"))
    limits.at_most(name, "slab width at o1", last, free, "what the clear box leaves free")
    c = gf.Component()
    x = (0.0, straight, straight + first, straight + first + second)
    half = [(x[0], tip / 2), (x[1], tip / 2), (x[2], middle / 2), (x[3], last / 2)]
    draw.polygon(c, [(x, -y) for x, y in half] + [(x, y) for x, y in reversed(half)], "LN_SLAB")
    draw.polygon(c, [(x[2], -tip / 2), (x[3], -core / 2), (x[3], core / 2), (x[2], tip / 2)], layer)
    for marker in ("SLAB_CLEAR", "COUPLER"):
        draw.box(c, 0, -clear / 2, x[3], clear / 2, marker)
    draw.outline(c, 0, -clear / 2, x[3], clear / 2)
    draw.port(c, "o1", x[3], 0, 0, core, layer)
    draw.port(c, "o2", 0, 0, 180, number(None, "edge_mode_diameter"), "LN_SLAB", "edge_te")
    c.info["length_um"] = x[3]
    c.info["tip_width_um"] = tip
    c.info["facet_um"] = draw.snapped(straight / 2)
    c.info["polarization"] = "te"
    return turned(c, direction)


@cell("tfln", "couplers")
def edge_coupler_y(
    tip_width: float | None = None,
    length_slab: float | None = None,
    width_slab: float | None = None,
    length_rib: float | None = None,
    extension: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Two-level inverse taper to a fibre at the west or east edge: light along crystal y (layout x).

    The second etch leaves a wire of slab that widens from the facet; on it the rib begins. The cell's west side goes to
    the edge of the die; the cut is meant to run through the middle of `extension`.

    Args:
        tip_width: of the slab at the facet and of the rib where it begins [µm].
        length_slab: of the slab's taper, in front of the rib [µm].
        width_slab: of the slab where the rib begins; it goes on opening to that of the guide [µm].
        length_rib: of the rib's taper [µm].
        extension: straight tip for the cut, half of it on either side [µm].
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

        o2 (edge_te)                   ____-------- slab
        |              ____-----------
        | ____-------- width_slab ---=============== rib    o1
        |     -------_________      ---------======
                              ----------____
        extension  length_slab      length_rib
    """
    return _edge("edge_coupler_y", "y", tip_width, length_slab, width_slab, length_rib, extension, cross_section)


@cell("tfln", "couplers")
def edge_coupler_z(
    tip_width: float | None = None,
    length_slab: float | None = None,
    width_slab: float | None = None,
    length_rib: float | None = None,
    extension: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Two-level inverse taper to a fibre at the south or north edge: light along crystal z (layout y).

    The one for y, turned by 90 degrees: its north side, with the fibre's port o2, goes to the edge of the die.

    Args:
        tip_width: of the slab at the facet and of the rib where it begins [µm].
        length_slab: of the slab's taper, in front of the rib [µm].
        width_slab: of the slab where the rib begins; it goes on opening to that of the guide [µm].
        length_rib: of the rib's taper [µm].
        extension: straight tip for the cut, half of it on either side [µm].
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

            o2 (edge_te)
            |      extension
           | |     length_slab
          | | |    length_rib
            o1
    """
    return _edge("edge_coupler_z", "z", tip_width, length_slab, width_slab, length_rib, extension, cross_section)


def _grating(
    name: str,
    direction: Direction,
    period: float | None,
    period_last: float | None,
    fill: float | None,
    fill_last: float | None,
    periods: int | None,
    focus: float | None,
    opening_deg: float | None,
    angle_deg: float | None,
    wavelength: float,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    core, layer = _rib_only(name, cross_section)
    first = number(period, f"grating_period_first_{direction}")
    last = number(period_last, f"grating_period_last_{direction}") if period is None else (period_last or first)
    fills = (number(fill, "grating_fill_first"), number(fill_last, "grating_fill_last"))
    count = int(number(periods, "grating_periods")) if periods is None else periods
    limits.count(name, "periods", count, 2, 500)
    for parameter, value in (("period", first), ("period_last", last)):
        limits.at_least(name, parameter, value, 0.2, "far below the wavelength in the film")
        limits.at_most(name, parameter, value, 5.0, "far above the wavelength")
    grating = FocusingGrating(
        period=(first + last) / 2,
        fill=sum(fills) / 2,
        periods=count,
        focus=number(focus, "grating_taper_length"),
        opening_deg=number(opening_deg, "grating_opening"),
        angle_deg=number(angle_deg, "grating_angle"),
        wavelength=wavelength,
    )
    limits.at_least(name, "opening_deg", grating.opening_deg, 5.0, "a fan")
    limits.at_most(name, "opening_deg", grating.opening_deg, 80.0, "a fan whose rim is not acute")
    limits.at_least(name, "angle_deg", grating.angle_deg, -45.0, "a fibre above the chip")
    limits.at_most(name, "angle_deg", grating.angle_deg, 45.0, "a fibre above the chip")
    limits.at_least(name, "wavelength", wavelength, 0.4, "lithium niobate absorbs below")
    limits.at_most(name, "wavelength", wavelength, 4.0, "oxide absorbs above")
    limits.at_least(name, "focus", grating.focus, 2 * grating.start(core) + 1.0, "room for the fan to open")
    limits.at_most(name, "focus", grating.focus, 1000.0, "1 mm")
    if grating.n_eff <= 1.0 or wavelength / grating.period <= 2 * abs(math.sin(math.radians(grating.angle_deg))):
        raise LingnanError(
            f"{name}: period = {grating.period:g} µm at wavelength = {wavelength:g} µm and angle_deg = "
            f"{grating.angle_deg:g} needs a grating of effective index {grating.n_eff:.3f}, which guides nothing. "
            "Use a shorter period."
        )
    half = math.radians(grating.opening_deg) / 2
    # the ellipses are narrowest where they leave the axis furthest: the rules have to hold at the fan's rim too
    rim = float(grating.radius(1.0, np.array([half]))[0]) / grating.period
    narrow = min(1.0, rim)
    for label, share, pitch in (("fill", fills[0], first), ("fill_last", fills[1], last)):
        limits.at_least(name, label, share, 0.05, "a share of a period")
        limits.at_most(name, label, share, 0.95, "a share of a period")
        limits.by_rule(name, f"period x {label}", share * pitch * narrow - 0.001, "RIBP.W")
        limits.by_rule(name, f"period x (1 - {label})", (1 - share) * pitch * narrow - 0.001, "RIBP.S")
    c = gf.Component()
    lead = draw.snapped(number(None, "grating_lead"))  # so that the slab reaches around the fan from its point on
    shift = np.array([grating.start(core) - lead, 0.0])
    draw.box(c, 0, -core / 2, lead, core / 2, layer)
    pitches = np.linspace(first, last, count)
    starts = grating.first * grating.period + np.concatenate([[0.0], np.cumsum(pitches)])
    draw.polygon(c, grating.fan(grating.first, core) - shift, layer)
    for pitch, share, begin in zip(pitches, np.linspace(*fills, count), starts[:-1], strict=True):
        edges = [begin + (1 - share) * pitch, begin + pitch]
        inner, outer = (grating.arc(float(edge) / grating.period, half) for edge in edges)
        draw.polygon(c, np.concatenate([inner, outer[::-1]]) - shift, "LN_RIB_PERIODIC")
    extent = c.dbbox()
    beside = draw.reach(cross_section)
    box = (
        0.0,
        draw.snapped(extent.bottom - beside),
        draw.snapped(extent.right + beside),
        draw.snapped(extent.top + beside),
    )
    draw.box(c, *box, "LN_SLAB")
    draw.box(c, *box, "COUPLER")
    draw.outline(c, *box)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    spot = draw.snapped(float(starts[0] + starts[-1]) / 2 - shift[0])
    draw.port(c, "o2", spot, 0, 0, number(None, "fibre_mode_diameter"), layer, "vertical_te")
    c.info["period_um"] = round(grating.period, 6)
    c.info["n_eff_grating"] = round(grating.n_eff, 6)
    c.info["angle_deg"] = grating.angle_deg
    c.info["wavelength_um"] = wavelength
    c.info["polarization"] = "te"
    return turned(c, direction)


@cell("tfln", "couplers")
def grating_coupler_y(
    period: float | None = None,
    period_last: float | None = None,
    fill: float | None = None,
    fill_last: float | None = None,
    periods: int | None = None,
    focus: float | None = None,
    opening_deg: float | None = None,
    angle_deg: float | None = None,
    wavelength: float = 1.55,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Focusing grating coupler in the rib etch for light along crystal y (layout x), TE.

    Its teeth widen the gaps between them from the fan outwards, so that light leaves more evenly along the grating.

    Args:
        period: on the axis, at the fan [µm].
        period_last: at the far end [µm]; `period` if only that is given.
        fill: share of the first period that stays.
        fill_last: share of the last period that stays.
        periods: how many.
        focus: from the fan's point to the first gap [µm].
        opening_deg: full angle of the fan [deg].
        angle_deg: of the fibre from the chip's normal, in air, tilted away from o1 [deg].
        wavelength: in vacuum, for the shape of the teeth [µm].
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

                       .-)) ) ) )
        o1 ________.-'  )) ) ) ) )  o2 (vertical)
                    '-. )) ) ) ) )
                       '-)) ) ) )
                   focus
    """
    return _grating(
        "grating_coupler_y", "y", period, period_last, fill, fill_last, periods, focus, opening_deg, angle_deg,
        wavelength, cross_section,
    )  # fmt: skip


@cell("tfln", "couplers")
def grating_coupler_z(
    period: float | None = None,
    period_last: float | None = None,
    fill: float | None = None,
    fill_last: float | None = None,
    periods: int | None = None,
    focus: float | None = None,
    opening_deg: float | None = None,
    angle_deg: float | None = None,
    wavelength: float = 1.55,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Focusing grating coupler in the rib etch for light along crystal z (layout y), TE.

    The one for y, turned by 90 degrees: o1 is north. TE light along z sees n_o, so that its period is shorter.

    Args:
        period: on the axis, at the fan [µm].
        period_last: at the far end [µm]; `period` if only that is given.
        fill: share of the first period that stays.
        fill_last: share of the last period that stays.
        periods: how many.
        focus: from the fan's point to the first gap [µm].
        opening_deg: full angle of the fan [deg].
        angle_deg: of the fibre from the chip's normal, in air, tilted away from o1 [deg].
        wavelength: in vacuum, for the shape of the teeth [µm].
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

             o1
             |
            / \\   focus
           -----
          -------
         ---------
             o2 (vertical)
    """
    return _grating(
        "grating_coupler_z", "z", period, period_last, fill, fill_last, periods, focus, opening_deg, angle_deg,
        wavelength, cross_section,
    )  # fmt: skip
