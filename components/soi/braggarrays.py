"""Bragg gratings of graded pitch on one guide: gauges in wavelength division.

Light comes back where it went in, so that a coupler before the array sends half of it to whatever reads it. That
coupler is no part of the cell: the two outputs of one `mmi2x2` feed two arrays, along a strain and across it, whose
lines all differ, and both come back to one spectrometer at its fourth port. A splitter in each array would waste
half of the light, and its own ports.

Side lobes of one grating reach into another's line, 0.1 of the amplitude 5 nm away, and interfere with a period of
λ²/(2 n_g D) over the guide D between them: in light of one wavelength a line's edge wanders by up to 0.1 nm. Two
channels of a spectrometer sum over that period if the links are long enough, and place a line to 5 pm where short links
leave 35; their slope stays 2 to 5 % from that of a grating alone, by what gratings in front take.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.process import number
from lingnan.components.soi.gratings import bragg
from lingnan.components.soi.guides import straight
from lingnan.components.soi.modulators import chain
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError


def periods_of(count: int, period: float | None, step: float) -> list[float]:
    """Of the gratings of an array, on the grid [µm]."""
    first, more = draw.snapped(number(period, "bragg_period")), draw.snapped(step)
    return [draw.snapped(first + more * index) for index in range(count)]


def check_lines(name: str, gratings: list[tuple[float, int, float, float]], strain: float, warmth: float) -> float:
    """Refuse lines that may meet, or whose next order may; gives the least room between two bands [µm].

    Args:
        name: of the cell.
        gratings: period, periods, depth and width of each, by rising period.
        strain: the largest along any grating, of either sign, as `gaps_pm` has it.
        warmth: the largest change of a grating's temperature that others do not share, of either sign [K].

    Raises:
        LingnanError: which lines, by how much, and what they need.
    """
    from lingnan.components.soi.gratinglines import Grating, free_range  # its fits take seconds to import
    from lingnan.solvers.mechanics.strain import gaps_pm

    made = [Grating(*one) for one in gratings]
    try:
        gauges = [one.gauge() for one in made]
    except LingnanError as error:
        raise LingnanError(f"{name}: a period from {made[0].period:g} to {made[-1].period:g} µm: {error}") from None
    ends = [
        float(gauge.wavelength) * (1 + side * (float(gauge.along) * strain + float(gauge.thermal) * warmth))
        + side * one.band / 2
        for gauge, one, side in ((gauges[0], made[0], -1), (gauges[-1], made[-1], 1))
    ]  # fmt: skip
    span, free = ends[1] - ends[0], free_range(made[-1])
    if span > free:
        raise LingnanError(
            f"{name}: {len(made)} lines with their ranges span {span:.4g} µm, and the next order of the last is "
            f"{free:.4g} µm away: orders collide. Use fewer gratings or a smaller step."
        )
    if len(made) == 1:
        return free - span
    try:
        gaps = gaps_pm(gauges, strain, warmth, 1e6 * max(one.band for one in made))
    except ValueError as error:
        raise LingnanError(f"{name}: {error}") from None
    return 1e-6 * float(gaps.min())


@cell("soi", "sensors")
def bragg_array(
    count: int = 4,
    periods: int = 300,
    period: float | None = None,
    step: float = 0.006,
    link: float = 600.0,
    depth: float | None = None,
    strain: float = 5e-4,
    warmth: float = 5.0,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Bragg gratings one behind the other on a guide, each of a longer period: each reflects a line of its own.

    A nanometre of period is 0.9 nm of wavelength. Light comes back at o1; what no grating wants leaves by o2.

    Args:
        count: of gratings.
        periods: of each.
        period: of the first [µm]; the process's own if not given.
        step: by how much each period is longer than the one before [µm].
        link: guide between two gratings [µm]; long, so that side lobes do not interfere within a channel.
        depth: by how much teeth stand out on each side [µm]; the process's own if not given.
        strain: along any grating, of either sign, up to which their bands keep apart, none across it or one of the
            other sign, as in a bar that is pulled; equal strain along and across moves lines 1.9 times as far.
        warmth: by how much a grating's temperature may differ from what all share, likewise [K].
        cross_section: the strip that the process knows gratings of.

    With 3 of them, the shortest wavelength first::

        o1 ===| | | | |======|  |  |  |  |======|   |   |   |   |=== o2
               period   link  period + step      period + 2 step
    """
    name = "bragg_array"
    limits.count(name, "count", count, 1, 64)
    limits.count(name, "periods", periods, 2, 20000)
    limits.at_least(name, "step", draw.snapped(limits.finite(name, "step", step)), 0.001, "one grid step")
    limits.at_most(name, "step", step, 0.2, "lines beyond the fits of the guide")
    limits.at_least(name, "link", limits.finite(name, "link", link), 1.0, "guide between teeth of two periods")
    limits.at_most(name, "link", link, 2e4, "2 cm")
    limits.at_least(name, "strain", strain, 0.0, "its size counts")
    limits.at_most(name, "strain", strain, 0.01, "1 %, where silicon breaks")
    limits.at_least(name, "warmth", warmth, 0.0, "its size counts")
    limits.at_most(name, "warmth", warmth, 1000.0, "what silicon stands")
    known = next(one for one, data in active_process().cross_sections.items() if data.kind == "optical")
    if cross_section != known:
        raise LingnanError(
            f"{name}: cross_section = {cross_section}: lines and answers to strain are known of {known}. Give that one."
        )
    all_periods = periods_of(count, period, step)
    rows = [bragg(periods=periods, period=one, depth=depth, cross_section=cross_section) for one in all_periods]
    info = [(row.info["period_um"], periods, row.info["depth_um"], row.info["width_um"]) for row in rows]
    room = check_lines(name, info, strain, warmth)
    between = straight(length=draw.snapped(link), cross_section=cross_section)
    c = gf.Component()
    first = c << rows[0]
    c.add_port("o1", port=first.ports["o1"])
    parts = [part for row in rows[1:] for part in (between, row)]
    c.add_port("o2", port=chain(c, first.ports["o2"], parts))
    c.info["room_nm"] = round(1e3 * room, 3)
    c.info["link_um"] = draw.snapped(link)
    return c
