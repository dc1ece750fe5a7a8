"""The way on and off the chip: focusing grating couplers and edge couplers."""

import math

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_BEYOND = 0.5  #: µm that a groove reaches past the fan; the rule asks for less


def _check_grating(cell: str, grating: FocusingGrating) -> None:
    """Grooves and teeth against the rules of the shallow etch, and the fan against sense."""
    limits.at_least(cell, "fill", grating.fill, 0.05, "a share of a period")
    limits.at_most(cell, "fill", grating.fill, 0.95, "a share of a period")
    limits.at_least(cell, "period", grating.period, 0.1, "far below the wavelength in silicon")
    limits.at_most(cell, "period", grating.period, 10.0, "far above the wavelength")
    limits.count(cell, "periods", grating.periods, 1, 500)
    limits.at_least(cell, "opening_deg", grating.opening_deg, 5.0, "a fan")
    limits.at_most(cell, "opening_deg", grating.opening_deg, 80.0, "a fan whose rim is not acute")
    limits.at_least(cell, "angle_deg", grating.angle_deg, -45.0, "a fibre above the chip")
    limits.at_most(cell, "angle_deg", grating.angle_deg, 45.0, "a fibre above the chip")
    limits.at_least(cell, "wavelength", grating.wavelength, 1.1, "silicon absorbs below")
    limits.at_most(cell, "wavelength", grating.wavelength, 4.0, "oxide absorbs above")
    if grating.wavelength / grating.period <= 2 * abs(math.sin(math.radians(grating.angle_deg))):
        raise LingnanError(
            f"{cell}: period = {grating.period:g} µm at wavelength = {grating.wavelength:g} µm and angle_deg = "
            f"{grating.angle_deg:g} needs a grating of effective index {grating.n_eff:.3f}, which guides nothing. "
            "Use a shorter period."
        )


def in_band(
    cell: str, period: float | None, fill: float | None, wavelength: float, polarization: str
) -> tuple[float, float]:
    """Period [µm] and fill as given, else the process's own, which it has for TE in two bands.

    The bands are those of ITU-T G-series supplement 39: O, and S to L.

    Raises:
        LingnanError: no period is given for any other light.
    """
    for low, high, band in ((1.26, 1.36, "_o"), (1.46, 1.625, "")):
        if polarization == "te" and low <= wavelength <= high:
            return number(period, f"grating_period{band}"), number(fill, f"grating_fill{band}")
    if period is None:
        raise LingnanError(
            f"{cell}: process {active_process().stamp} has no period for polarization = {polarization} at wavelength = "
            f"{wavelength:g} µm, only for te in 1.26 to 1.36 and 1.46 to 1.625 µm. Give period."
        )
    return period, number(fill, "grating_fill")


@cell("soi", "couplers")
def grating_coupler(
    period: float | None = None,
    fill: float | None = None,
    periods: int | None = None,
    focus: float | None = None,
    opening_deg: float | None = None,
    angle_deg: float | None = None,
    wavelength: float = 1.55,
    polarization: str = "te",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Focusing grating coupler in the shallow etch, for a fibre above the chip.

    Args:
        period: on the axis [µm]; the process has one for TE in the O band and one in the C band, by wavelength.
        fill: share of a period that is not etched; the process's own by wavelength too.
        periods: how many.
        focus: from the fan's point to the first groove [µm].
        opening_deg: full angle of the fan [deg].
        angle_deg: of the fibre from the chip's normal, in air, tilted away from o1 [deg].
        wavelength: in vacuum, for the shape of the grooves [µm].
        polarization: te or tm; sets the type of the fibre's port. For tm, give period.
        cross_section: of the guide.

    Whatever is not given is the process's own (`[cells]`)::

                       .-)) ) ) )
        o1 ________.-'  )) ) ) ) )  o2 (vertical)
                    '-. )) ) ) ) )
                       '-)) ) ) )
                   focus
    """
    name = "grating_coupler"
    if polarization not in ("te", "tm"):
        raise LingnanError(f"{name}: polarization = {polarization!r} is neither te nor tm. Give one.")
    step, standing = in_band(name, period, fill, wavelength, polarization)
    grating = FocusingGrating(
        period=step,
        fill=standing,
        periods=int(number(periods, "grating_focus_periods")),
        focus=number(focus, "grating_focus"),
        opening_deg=number(opening_deg, "grating_opening"),
        angle_deg=number(angle_deg, "grating_angle"),
        wavelength=wavelength,
    )
    _check_grating(name, grating)
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    if layer != "WG":
        raise LingnanError(f"{name}: cross_section = {cross_section} is not of silicon. Give one on layer WG.")
    limits.at_least(name, "focus", grating.focus, 2 * grating.start(core), "room for the fan to open")
    limits.at_most(name, "focus", grating.focus, 1000.0, "1 mm")
    half = math.radians(grating.opening_deg) / 2
    beyond = half + _BEYOND / (grating.first * grating.period)
    edge = grating.radius(1.0, np.array([0.0, beyond]))
    groove, tooth = float(edge.min()) * (1 - grating.fill), float(edge.min()) * grating.fill
    limits.by_rule(name, "(1 - fill) x period", groove, "SH.W")
    limits.by_rule(name, "fill x period", tooth, "SH.S")
    along = float(grating.radius(grating.first + grating.periods, np.array([beyond]))[0]) * 2 * beyond
    rule = active_process().rule("SH.S.LONG")
    if along > rule.options["beyond"]:
        limits.by_rule(name, f"fill x period, along grooves of {along:.1f} µm,", tooth, "SH.S.LONG")
    c = gf.Component()
    shift = np.array([grating.start(core), 0.0])
    body = grating.first + grating.periods
    draw.polygon(c, grating.fan(body + 1, core) - shift, layer)
    for index in range(grating.periods):
        draw.polygon(c, grating.groove(index, beyond) - shift, "SHALLOW")
    extent = c.dbbox()
    draw.box(c, 0, extent.bottom, extent.right, extent.top, "COUPLER")
    draw.outline_of(c, flush=("west",))
    spot = draw.snapped((grating.first + grating.periods / 2) * grating.period - grating.start(core))
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", spot, 0, 0, number(None, "fibre_mode_diameter"), layer, f"vertical_{polarization}")
    c.info["period_um"] = grating.period
    c.info["n_eff_grating"] = round(grating.n_eff, 6)
    c.info["angle_deg"] = grating.angle_deg
    c.info["wavelength_um"] = wavelength
    c.info["polarization"] = polarization
    return c


@cell("soi", "couplers")
def edge_coupler(
    length: float | None = None,
    tip_width: float | None = None,
    facet: float | None = None,
    trench: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Inverse taper to a fibre at the chip's edge, with the deep trench that makes the facet.

    Args:
        length: of the taper [µm].
        tip_width: of the core at its tip [µm].
        facet: oxide between tip and trench [µm].
        trench: width of the trench [µm]; 0 leaves the facet to the saw.
        cross_section: of the guide.

    The cell's east side goes to the edge of the die. Whatever is not given is the process's own (`[cells]`)::

        o1 =======----------____  | trench | o2 (edge_te)
                length         facet
    """
    name = "edge_coupler"
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    tip = guides.width_of(name, "tip_width", number(tip_width, "edge_tip_width"), cross_section)
    limits.at_most(name, "tip_width", tip, core, "the guide's own width: a tip is narrower")
    used = guides.taper_length(name, "length", number(length, "edge_taper_length"), core, tip)
    oxide, width = number(facet, "edge_facet"), number(trench, "edge_trench_width")
    limits.at_least(name, "facet", oxide, 0.0, "the tip must not stand in the trench")
    limits.at_most(name, "facet", oxide, 100.0, "0.1 mm, where no light is left")
    limits.at_least(name, "trench", width, 0.0, "a width is not negative")
    limits.at_most(name, "trench", width, 1000.0, "1 mm")
    tall = number(None, "edge_trench_height")
    end = draw.snapped(used + oxide)
    c = gf.Component()
    draw.extrude(c, line(used), cross_section, np.array([core, tip]))
    if width:
        draw.box(c, end, -tall / 2, end + draw.snapped(width), tall / 2, "DEEPTRENCH")
    half = max(tall / 2 if width else 0.0, number(None, "fibre_mode_diameter") / 2)
    right = end + draw.snapped(width)
    draw.box(c, 0, -half, right, half, "COUPLER")
    draw.outline(c, 0, -half, right, half)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", right, 0, 0, number(None, "edge_mode_diameter"), layer, "edge_te")
    c.info["length_um"] = used
    c.info["tip_width_um"] = tip
    c.info["facet_um"] = oxide
    return c
