"""Grating antennas: a wide guide with grooves of the shallow etch at its sides, so weak that they are 0.1 mm long."""

from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_STEP = 0.001  #: µm, by which a drawn groove or tooth may be shorter than its share of a period: two roundings
_BEYOND = 0.05  #: µm that grooves reach past the guide more than their rule asks for: masks of drawn steps


@dataclass(frozen=True)
class Teeth:
    """What makes an antenna, as it is drawn [µm]."""

    width: float  #: of the guide between its tapers
    taper: float  #: length of each taper
    fill: float  #: share of a period that is not etched
    edges: tuple[float, ...]  #: where periods begin, each with its groove, and where the last one ends
    bites: tuple[float, ...]  #: how far the grooves of each period reach in from either side

    @property
    def length(self) -> float:
        """Of the grating [µm]."""
        return self.edges[-1]

    @property
    def reach(self) -> float:
        """From the antenna's middle to the far end of its grooves [µm]."""
        return draw.snapped(self.width / 2 + active_process().limit("SH.O.WG") + _BEYOND)


def sizes(count: int, periods: tuple[Any, Any], bites: tuple[Any, Any], xp: Any = np) -> tuple[Any, Any]:
    """Periods and bites from the near to the far end, (count,) each [µm].

    Bites grow evenly. Periods go with the third power of the bite, as the light under the grooves nearly does: so one
    choice of the last period keeps the angle nearly the same along the grating.

    Args:
        count: of periods.
        periods: the first and the last [µm].
        bites: the same [µm].
        xp: NumPy, or JAX's where sizes are traced.
    """
    along = np.linspace(0.0, 1.0, count)
    bite = bites[0] + (bites[1] - bites[0]) * xp.asarray(along)
    # (b³ - b0³)/(b1³ - b0³) with b - b0 taken out of both, so that it is finite where bites are equal
    below, above = bites[0] ** 2 + bites[0] * bite + bite**2, bites[0] ** 2 + bites[0] * bites[1] + bites[1] ** 2
    return periods[0] + (periods[1] - periods[0]) * xp.asarray(along) * below / above, bite


def count_of(length: float, periods: tuple[float, float], bites: tuple[float, float]) -> int:
    """How many periods fit into a length [µm]."""
    mean = float(np.mean(sizes(1001, periods, bites)[0]))
    return int(length / mean + 1e-6)


def teeth_of(
    name: str, length: float, period: float, period_end: float | None, fill: float, width: float, bite: float | None,
    bite_end: float | None, taper: float, cross_section: CrossSectionSpec,
) -> Teeth:  # fmt: skip
    """Checked sizes of an antenna; parameters as of `grating_antenna`."""
    process = active_process()
    core = draw.core_width(cross_section)
    if draw.core_layer(cross_section) != "WG" or len(draw.layers_of(cross_section, core)) > 1:
        raise LingnanError(f"{name}: cross_section = {cross_section} is no strip of silicon. Give one without a slab.")
    used = guides.width_of(name, "width", width, cross_section)
    limits.at_least(name, "width", used, core, "an antenna is no narrower than its guide")
    limits.at_most(name, "width", used, 10.0, "10 µm, over which the model adds up light")
    tapered = guides.taper_length(name, "taper", taper, core, used)
    limits.at_least(name, "fill", fill, 0.05, "a share of a period")
    limits.at_most(name, "fill", fill, 0.95, "a share of a period")
    periods = (period, period if period_end is None else period_end)
    for parameter, value in zip(("period", "period_end"), periods, strict=True):
        limits.at_least(name, parameter, value, 0.1, "far below the wavelength in silicon")
        limits.at_most(name, parameter, value, 10.0, "far above the wavelength")
        limits.by_rule(name, f"(1 - fill) x {parameter}", (1 - fill) * value - _STEP, "SH.W")
        limits.by_rule(name, f"fill x {parameter}", fill * value - _STEP, "SH.S")
    limits.at_least(name, "length", length, 2 * max(periods), "two periods")
    limits.at_most(name, "length", length, 5000.0, "5 mm of grating")
    most = draw.snapped((used - process.limit("SH.S")) / 2)
    first = process.limit("OVL.SH") if bite is None else bite
    bites = (first, first if bite_end is None else bite_end)
    for parameter, value in zip(("bite", "bite_end"), bites, strict=True):
        limits.by_rule(name, parameter, value, "OVL.SH")
        limits.at_most(name, parameter, value, most, "SH.S, between the grooves of both sides")
    steps, reaches = sizes(count_of(length, periods, bites), periods, bites)
    edges = tuple(draw.snapped(float(one)) for one in [0.0, *np.cumsum(steps)])
    return Teeth(used, tapered, fill, edges, tuple(draw.snapped(float(one)) for one in reaches))


def draw_antenna(c: gf.Component, teeth: Teeth, x: float, y: float, cross_section: CrossSectionSpec) -> float:
    """Taper, guide and grooves from a place on towards the east; gives where the guide ends, still wide [µm]."""
    core = draw.core_width(cross_section)
    start = draw.snapped(x + teeth.taper)
    end = draw.snapped(start + teeth.length)
    if teeth.taper:
        draw.extrude(c, line(teeth.taper).placed(x, y), cross_section, np.array([core, teeth.width]))
    draw.extrude(c, line(teeth.length).placed(start, y), cross_section, teeth.width)
    half, reach = teeth.width / 2, teeth.reach
    for left, right, bite in zip(teeth.edges, teeth.edges[1:], teeth.bites, strict=False):
        groove = draw.snapped((1 - teeth.fill) * (right - left))
        for side in (-1, 1):
            low, high = sorted((side * (half - bite), side * reach))
            draw.box(c, start + left, y + low, start + left + groove, y + high, "SHALLOW")
    return end


def emission_port(c: gf.Component, name: str, teeth: Teeth, x: float, y: float, layer: str) -> None:
    """Light that leaves upwards, from the middle of a grating that begins at x."""
    draw.port(c, name, draw.snapped(x + teeth.length / 2), y, 0, teeth.width, layer, "vertical_te")


@cell("soi", "lidar")
def grating_antenna(
    length: float = 60.0,
    period: float = 0.6,
    period_end: float | None = None,
    fill: float = 0.5,
    width: float = 1.2,
    bite: float | None = None,
    bite_end: float | None = None,
    taper: float = 20.0,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Grating antenna: a wide guide with grooves of the shallow etch at its sides sends its light up bit by bit.

    Args:
        length: of the grating, rounded down to whole periods [µm].
        period: of the grooves where light comes in [µm].
        period_end: the same at the far end [µm]; it holds the angle where grooves deepen; as `period` if not given.
        fill: share of a period that is not etched.
        width: of the guide in the grating [µm]; the wider, the less light there is under the grooves.
        bite: how far grooves reach into the guide from either side where light comes in [µm]; the overlap rule of
            the shallow etch, for the weakest grating, if not given.
        bite_end: the same at the far end [µm]; between them it grows evenly; as `bite` if not given.
        taper: length of the tapers at both ends [µm].
        cross_section: of the guides that lead to it, a strip.

    o3 is what leaves upwards; `lingnan.components.soi.emission` has its strength, angle and far field::

                     | | | | | | | | |     bite
        o1 ___----===================----___ o2
             taper  ' ' ' '(o3)' ' ' '
                         length
    """
    name = "grating_antenna"
    teeth = teeth_of(name, length, period, period_end, fill, width, bite, bite_end, taper, cross_section)
    core, layer = draw.core_width(cross_section), draw.core_layer(cross_section)
    c = gf.Component()
    end = draw_antenna(c, teeth, 0.0, 0.0, cross_section)
    far = draw.snapped(end + teeth.taper)
    if teeth.taper:
        draw.extrude(c, line(teeth.taper).placed(end, 0.0), cross_section, np.array([teeth.width, core]))
    draw.box(c, teeth.taper, -teeth.reach, end, teeth.reach, "COUPLER")
    draw.outline_of(c)
    draw.port(c, "o1", 0, 0, 180, core, layer)
    draw.port(c, "o2", far, 0, 0, core, layer)
    emission_port(c, "o3", teeth, teeth.taper, 0.0, layer)
    c.info["length_um"] = teeth.length
    c.info["periods"] = len(teeth.bites)
    return c
