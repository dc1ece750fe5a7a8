"""Travelling-wave electrodes: ground-signal-ground lines on the slab, with launches that guides can pass through.

The line runs along layout x. Where it drives guides these run in the middle of its two gaps, so that the RF field lies
along crystal z and light along crystal y. Electrode metal lies on the slab and may not cross a rib (rule TL.X.RIB): the
guides leave the line between its pads, and the gap opens around them as they turn away.

A loaded line carries T-rails in its gaps: bars near the guides hold the field, and current runs in the strips behind
them, which lowers the RF loss and slows the wave (arXiv 2011.13422).
"""

import math

import gdsfactory as gf
import klayout.db as kdb
import numpy as np

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.electrodes import add_pad, add_vias, enclosure
from lingnan.components.process import number
from lingnan.components.tfln.gsg import Electrode, Rail, electrode_of
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

_ROUND_POINTS = 32  #: of a full circle, where corners are rounded
_TILT = 1 - math.cos(math.radians(45))  #: share of its radius by which a rounded corner narrows what two edges bound
_INTO_STRIP = 1.0  #: µm that the stem of a T-rail reaches into its strip, so that its foot is not rounded


@cell("tfln", "electrodes")
def t_rail(
    length: float | None = None,
    bar: float | None = None,
    stem_height: float | None = None,
    stem_width: float | None = None,
) -> gf.Component:
    """One T of a loaded electrode; its strip's edge is y = 0, the guide above.

    Args:
        length: of the bar [µm].
        bar: width of the bar [µm].
        stem_height: from the strip to the bar [µm].
        stem_width: of the stem [µm].

    Whatever is not given is the process's own (`[cells]`)::

          length
        ___________
       |___     ___|  bar
           |___|      stem_height
           stem_width
    """
    name = "t_rail"
    long, thick, high, wide = (
        draw.even(limits.finite(name, parameter, number(value, f"rail_{parameter}")))
        for parameter, value in (
            ("length", length), ("bar", bar), ("stem_height", stem_height), ("stem_width", stem_width),
        )
    )  # fmt: skip
    limits.by_rule(name, "bar", thick, "TL.W")
    limits.by_rule(name, "stem_width", wide, "TL.W")
    limits.by_rule(name, "stem_height", high, "TL.NOTCH")
    limits.at_least(name, "length", long, wide, "the stem's own width")
    for parameter, value in (("length", long), ("bar", thick), ("stem_height", high)):
        limits.at_most(name, parameter, value, 1000.0, "1 mm")
    # opposite edges of a rounded end count as a width until they stand at right angles: they must not fall below it
    most, process = number(None, "rail_corner_radius"), active_process()
    radius = min(most, (thick - process.limit("TL.W")) / (2 * _TILT))
    fillet = min(most, (high - process.limit("TL.NOTCH")) / _TILT)  # where the stem meets the bar, over its slit
    c = gf.Component()
    top = high + thick
    outline = [(-wide / 2, -_INTO_STRIP), (-wide / 2, high), (-long / 2, high), (-long / 2, top)]
    points = [*outline, *((-x, y) for x, y in reversed(outline))]
    shape = kdb.DPolygon([kdb.DPoint(x, y) for x, y in points])
    fillet, radius = (size if size > process.grid.value else 0.0 for size in (fillet, radius))
    shape = shape.round_corners(fillet, radius, _ROUND_POINTS)
    draw.polygon(c, [(point.x, point.y) for point in shape.each_point_hull()], "TL")
    c.info["length_um"] = long
    return c


def _strips(c: gf.Component, shape: Electrode, east: bool) -> None:
    """Signal and grounds, with launches at the west and, if asked, at the east."""
    curve = shape.way_in()
    low, high = shape.walls(curve)
    first = draw.snapped(shape.approach - shape.pad)
    x = np.concatenate([[first], curve.x])
    inner, outer = np.concatenate([[shape.pad / 2], low]), np.concatenate([[shape.pitch - shape.pad / 2], high])
    if east:
        x = np.concatenate([x, shape.total - x[::-1]])
        inner, outer = np.concatenate([inner, inner[::-1]]), np.concatenate([outer, outer[::-1]])
    else:
        end = shape.start + shape.length
        x, inner, outer = np.append(x, end), np.append(inner, inner[-1]), np.append(outer, outer[-1])
    edge = np.column_stack([x, inner])
    draw.polygon(c, np.concatenate([edge, edge[::-1] * [1, -1]]), "TL")
    edge = np.column_stack([x, outer])
    far = np.array([[x[-1], shape.outer], [x[0], shape.outer]])
    for sign in (1, -1):
        draw.polygon(c, np.concatenate([edge, far]) * [1, sign], "TL")


def _rails(c: gf.Component, shape: Electrode, rail: Rail) -> int:
    """T-rails along both sides of both gaps; returns how many along one side."""
    count = math.floor((shape.length + 1e-6) / rail.period)
    unit = t_rail(length=rail.length, bar=rail.bar, stem_height=rail.stem_height, stem_width=rail.stem_width)
    first = draw.snapped(shape.start + (shape.length - (count - 1) * rail.period) / 2)
    near, far = shape.signal / 2, shape.signal / 2 + shape.opening
    step = kdb.DVector(rail.period, 0)
    for y, up in ((near, True), (-near, False), (far, False), (-far, True)):
        place = kdb.DTrans(kdb.DTrans.R0 if up else kdb.DTrans.M0, first, y)
        c.create_inst(unit, place, a=step, b=kdb.DVector(), na=count, nb=1)
    return count


def draw_electrode(c: gf.Component, name: str, shape: Electrode, *, east: bool = True) -> None:
    """Strips, T-rails, pads and electrical ports of an electrode into a component.

    e1, e2, e3 are ground, signal and ground at the west from south to north; e4, e5, e6 those at the east from north to
    south, where there are any.
    """
    _strips(c, shape, east)
    if shape.rail is not None:
        c.info["rails"] = _rails(c, shape, shape.rail)
    inset = max(enclosure("VIA_TL_M2", "TL"), enclosure("VIA_TL_M2", "M2"))
    wire = active_process().cross_sections["metal2"].width.value
    ends = [(shape.approach - shape.pad / 2, 180)] + (
        [(shape.total - shape.approach + shape.pad / 2, 0)] if east else []
    )
    ports: list[tuple[float, float, float]] = []
    for x, facing in ends:
        heights = (-shape.pitch, 0.0, shape.pitch) if facing == 180 else (shape.pitch, 0.0, -shape.pitch)
        for y in heights:
            add_pad(c, name, x, y, (shape.pad, shape.pad), "M2")
            add_vias(c, x, y, shape.pad, shape.pad, "VIA_TL_M2", inset)
            ports.append((x + (shape.pad / 2 if facing == 0 else -shape.pad / 2), y, facing))
    for index, (x, y, facing) in enumerate(ports, 1):
        draw.port(c, f"e{index}", draw.snapped(x), y, facing, min(wire, shape.pad), "M2", "electrical")
    c.info["electrode_length_um"] = shape.length
    c.info["gap_um"] = shape.gap
    c.info["signal_width_um"] = shape.signal


@cell("tfln", "electrodes")
def electrode_gsg(
    length: float = 1000.0,
    electrode: str = "straight",
    end: str = "through",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
) -> gf.Component:
    """Ground-signal-ground line without guides, between probe pads: through, open and short for RF measurements.

    Args:
        length: of the line [µm].
        electrode: straight, or rail for a line loaded with the process's own T-rails.
        end: through (pads at both ends), open, or short (signal and grounds joined at the east end).
        signal_width: of the signal strip [µm].
        gap: between signal and ground, or between their T-rails [µm].
        ground_width: of the ground strips [µm].
        launch: length over which the line opens towards its pads [µm].

    Whatever is not given is the process's own (`[cells]`, cross-section `gsg`)::

        e3 [pad]--.________________.--[pad] e4
        e2 [pad]------- length -------[pad] e5
        e1 [pad]--'----------------'--[pad] e6
    """
    name = "electrode_gsg"
    return _line(name, end, electrode_of(name, electrode, length, signal_width, gap, ground_width, launch, 0.0))


@cell("tfln", "electrodes")
def electrode_t_rail(
    length: float = 1000.0,
    end: str = "through",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
) -> gf.Component:
    """Ground-signal-ground line loaded with T-rails, without guides, between probe pads.

    Args:
        length: of the line [µm].
        end: through (pads at both ends), open, or short (signal and grounds joined at the east end).
        signal_width: of the signal strip [µm].
        gap: between the bars of both conductors [µm].
        ground_width: of the ground strips [µm].
        launch: length over which the line opens towards its pads [µm].
        rail_length: of a bar, along the line [µm].
        rail_slot: between neighbouring bars [µm]; with `rail_length` it is the period.
        rail_bar: width of a bar [µm].
        rail_stem_height: from strip to bar [µm].
        rail_stem_width: of the stem, along the line [µm].

    Whatever is not given is the process's own (`[cells]`, cross-section `gsg`)::

        e3 [pad]--._T_T_T_T_T_T_T__.--[pad] e4
        e2 [pad]------- length -------[pad] e5
        e1 [pad]--'-T-T-T-T-T-T-T--'--[pad] e6
    """
    name = "electrode_t_rail"
    rails = (rail_length, rail_slot, rail_bar, rail_stem_height, rail_stem_width)
    return _line(name, end, electrode_of(name, "rail", length, signal_width, gap, ground_width, launch, 0.0, rails))


def _line(name: str, end: str, shape: Electrode) -> gf.Component:
    """A line by itself."""
    if end not in ("through", "open", "short"):
        raise LingnanError(f"{name}: end = {end!r} is none of through, open, short. Give one of them.")
    c = gf.Component()
    draw_electrode(c, name, shape, east=end == "through")
    if end == "short":
        last = draw.snapped(shape.start + shape.length)
        draw.box(c, last, -shape.outer, last + shape.signal, shape.outer, "TL")
    draw.outline_of(c, flush=("west", "east"))
    c.info["length_um"] = shape.length
    return c
