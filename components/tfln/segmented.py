"""Segmented Mach-Zehnder modulator: electrodes one behind another, joined in the top metal between their pads.

Between two segments light gathers nothing. The arms go straight on, or change places in a multimode coupler of twice
the length that halves the power, so that each segment undoes what the one before it did to slow signals: the response
moves to where light and signal part by half a wave over a segment and what lies behind it.
"""

from itertools import pairwise

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend_length
from lingnan.components.process import number
from lingnan.components.tfln.folded import swap_length
from lingnan.components.tfln.guides import bend_s, straight
from lingnan.components.tfln.modulators import bias, chain, s_bend_size
from lingnan.components.tfln.shifters import phase_shifter_gsg
from lingnan.components.tfln.splitters import mmi1x2_y, mmi2x2_y
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

ARMS = ("straight", "exchanged")
MOST = 16  #: segments


def exchanged(name: str, arms: str) -> bool:
    """Whether the arms change places, of a word that says it."""
    if arms not in ARMS:
        raise LingnanError(f"{name}: arms = {arms!r} is neither straight nor exchanged. Give one of the two.")
    return arms == "exchanged"


def count_of(name: str, segments: int) -> int:
    """How many segments, refused where it is none or no number of them."""
    limits.count(name, "segments", segments, 2, MOST)
    return segments


def space_of(name: str, space: float) -> float:
    """Of straight guides between two segments, on the grid [µm]."""
    away = draw.snapped(limits.finite(name, "space", space))
    limits.at_least(name, "space", away, 0.0, "segments follow each other")
    limits.at_most(name, "space", away, 1e4, "1 cm")
    return away


def bend_between(port: float, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """S-bend from a segment's guides at ±`port` down to the coupler in which they change places [µm]."""
    swap = mmi2x2_y(length_mmi=swap_length(cross_section), cross_section=cross_section)
    step = draw.snapped(port - float(swap.ports["o2"].center[1]))
    return s_bend_length(step, draw.section_of(cross_section).radius or limits.radius_limit(cross_section)), step


@cell("tfln", "modulators")
def mzm_segmented(
    length: float = 1000.0,
    segments: int = 2,
    space: float = 0.0,
    arms: str = "straight",
    length_heater: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Segmented push-pull Mach-Zehnder modulator: splitter, bias, electrodes one behind another, combiner.

    Args:
        length: of the electrode of each segment [µm].
        segments: how many.
        space: of straight guides between two segments, beside the coupler if there is one [µm].
        arms: straight, or exchanged for arms that change places behind each segment but the last.
        length_heater: of the bias heater in the upper arm [µm]; 0 leaves it out.
        electrode: straight, or rail for lines loaded with T-rails.
        signal_width: of the signal strips [µm].
        gap: in which an arm runs [µm].
        ground_width: of the ground strips [µm].
        rail_length: of a T-rail's bar, along the line [µm].
        rail_slot: between neighbouring bars [µm].
        rail_bar: width of a bar [µm].
        rail_stem_height: from strip to bar [µm].
        rail_stem_width: of the stem, along the line [µm].
        cross_section: of the guides outside the electrodes.

    e1 to e3 are the pads in front of the first segment from south to north, e4 to e6 those behind the last one from
    north to south; e7 and e8 those of the heater. Whatever is not given is the process's own (`[cells]`)::

              e7    e8   e3 [ length ]== space ==[ length ] e4
        o1 --<[======]-- e2 [        ]===========[        ] e5 >-- o2
              ---------- e1 [        ]===========[        ] e6
    """
    name = "mzm_segmented"
    swapped, count, away = exchanged(name, arms), count_of(name, segments), space_of(name, space)
    heated = limits.finite(name, "length_heater", number(length_heater, "heater_length"))
    shifter = phase_shifter_gsg(
        length=length,
        electrode=electrode,
        signal_width=signal_width,
        gap=gap,
        ground_width=ground_width,
        rail_length=rail_length,
        rail_slot=rail_slot,
        rail_bar=rail_bar,
        rail_stem_height=rail_stem_height,
        rail_stem_width=rail_stem_width,
        cross_section=cross_section,
    )
    height = float(shifter.ports["o2"].center[1] - shifter.ports["o1"].center[1]) / 2
    c = gf.Component()
    splitter, combiner = (c << mmi1x2_y(cross_section=cross_section) for _ in range(2))
    size = s_bend_size(splitter.ports["o2"], draw.snapped(height), cross_section)
    c.add_port("o1", port=splitter.ports["o1"])
    ends = {
        sign: chain(c, splitter.ports[port], [_bend(size, sign, cross_section)])
        for sign, port in ((1, "o2"), (-1, "o3"))
    }
    if heated:
        ends = bias(c, name, ends, heated, cross_section)
    made: list[gf.ComponentReference] = []
    for _ in range(count):
        if made:
            ends = _between(c, ends, height, away, swapped, cross_section)
        made.append(c << shifter)
        made[-1].connect("o2", ends[1])
        ends = {1: made[-1].ports["o3"], -1: made[-1].ports["o4"]}
    for one, two in pairwise(made):
        _joined(c, one, two)
    ends = {sign: chain(c, end, [_bend(size, -sign, cross_section)]) for sign, end in ends.items()}
    combiner.connect("o3", ends[1])  # turned by 180 degrees, its o3 comes up
    c.add_port("o2", port=combiner.ports["o1"])
    for index in (1, 2, 3):
        c.add_port(f"e{index}", port=made[0].ports[f"e{index}"])
        c.add_port(f"e{index + 3}", port=made[-1].ports[f"e{index + 3}"])
    c.info["length_um"] = count * float(shifter.info["electrode_length_um"])
    c.info["between_um"] = draw.snapped(float(made[1].ports["e2"].center[0]) - float(made[0].ports["e5"].center[0]))
    return c


def _bend(size: tuple[float, float], sign: int, cross_section: CrossSectionSpec) -> gf.Component:
    return bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)


def _between(
    c: gf.Component,
    ends: dict[int, gf.Port],
    height: float,
    away: float,
    swapped: bool,
    cross_section: CrossSectionSpec,
) -> dict[int, gf.Port]:
    """Guides from one segment to the next, the upper one first."""
    if swapped:
        size = bend_between(height, cross_section)
        swap = c << mmi2x2_y(length_mmi=swap_length(cross_section), cross_section=cross_section)
        swap.connect("o2", chain(c, ends[1], [_bend(size, -1, cross_section)]))
        chain(c, ends[-1], [_bend(size, 1, cross_section)])
        ends = {
            sign: chain(c, swap.ports[port], [_bend(size, sign, cross_section)])
            for sign, port in ((1, "o3"), (-1, "o4"))
        }
    if not away:
        return ends
    return {sign: chain(c, end, [straight(length=away, cross_section=cross_section)]) for sign, end in ends.items()}


def _joined(c: gf.Component, one: gf.ComponentReference, two: gf.ComponentReference) -> None:
    """Signal and grounds in the top metal from the pads behind one segment to those in front of the next."""
    wide = draw.even(active_process().number("packaging.rf_pad_size"))
    for first, last in (("e4", "e3"), ("e5", "e2"), ("e6", "e1")):
        (x, y), (end, _) = one.ports[first].center, two.ports[last].center
        draw.box(c, float(x), float(y) - wide / 2, float(end), float(y) + wide / 2, "M2")
    (x, high), (end, low) = one.ports["e4"].center, two.ports["e1"].center
    draw.box(c, float(x), float(low) - wide / 2 - 1.0, float(end), float(high) + wide / 2 + 1.0, "DEVREC")
