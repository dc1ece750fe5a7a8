"""Folded Mach-Zehnder modulator: two electrodes above each other, light and signal turned back between them.

A wave that is turned by 180 degrees keeps its left on its left, and so takes the field in each of its gaps against the
crystal's axis: what the second electrode does would undo the first. The arms change places before the turn, in a
multimode coupler of twice the length that halves the power, so that each runs in the upper gap both times, or in the
lower. The signal goes over them in the top metal, on the same way as the light, so that neither waits for the other.
"""

from dataclasses import dataclass

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import arc, join, line, ribbon, s_bend_length
from lingnan.components.process import for_guide, number
from lingnan.components.tfln.guides import bend_circular, bend_s, straight
from lingnan.components.tfln.modulators import bias, chain
from lingnan.components.tfln.shifters import phase_shifter_gsg
from lingnan.components.tfln.splitters import mmi1x2_y, mmi2x2_y
from lingnan.pdk import active_process

_ABOVE = 30.0  #: µm between the grounds of both electrodes
_APART = 7.0  #: µm between the arms in the turn: near enough for one slab, too far for light to cross


@dataclass(frozen=True)
class Fold:
    """The turn, all in µm."""

    height: float  #: from one electrode's middle to the other's
    swap: float  #: length of the coupler's body in which the arms change places
    first: tuple[float, float]  #: S-bend from the electrode's ports to the coupler
    second: tuple[float, float]  #: from the coupler to the turn
    third: tuple[float, float]  #: from the turn to the second electrode's ports

    @property
    def radii(self) -> tuple[float, float]:
        """Of the inner and the outer arm."""
        return draw.snapped((self.height - _APART) / 2), draw.snapped((self.height + _APART) / 2)


def fold_of(port: float, height: float, cross_section: CrossSectionSpec) -> Fold:
    """The turn between electrodes `height` high, with guides at ±`port` [µm]."""
    swap = swap_length(cross_section)
    inner = float(mmi2x2_y(length_mmi=swap, cross_section=cross_section).ports["o2"].center[1])
    steps = (port - inner, _APART / 2 - inner, port - _APART / 2)
    radius = draw.section_of(cross_section).radius or limits.radius_limit(cross_section)
    first, second, third = ((s_bend_length(step, radius), draw.snapped(step)) for step in steps)
    return Fold(draw.even(height + _ABOVE), swap, first, second, third)


def swap_length(cross_section: CrossSectionSpec) -> float:
    """Of a two-by-two coupler's body behind which both inputs have changed sides: twice that for half the power."""
    return 2 * for_guide("mzm_folded", "length", None, "mmi2x2_length_y", cross_section)


@cell("tfln", "modulators")
def mzm_folded(
    length: float | None = None,
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
    """Folded push-pull Mach-Zehnder modulator: twice the electrode in half the length of chip.

    Args:
        length: of each of both electrodes [µm].
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

    e4 to e6 are the pads of the upper electrode and e1 to e3 those of the lower one, both from south to north; e7 and
    e8 those of the heater. Whatever is not given is the process's own (`[cells]`)::

                e7    e8    e6 [        ]---------------.
        o2 -----[======]--- e5 [        ]------.  arms   |
                            e4 [        ]---.  | swapped |
                            e3 [        ]---'  |         |
        o1 ---------------- e2 [        ]------'         |
                            e1 [        ]---------------'
    """
    name = "mzm_folded"
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
    port, metal = float(shifter.ports["o3"].center[1]), shifter.dbbox(draw.layer_index(shifter, "TL"))
    fold = fold_of(port, metal.height(), cross_section)
    limits.curvature(name, "height of the fold, by ground_width,", fold.height, fold.radii[0], cross_section)
    half = draw.even(float(shifter.ports["o3"].center[1] - shifter.ports["o4"].center[1])) / 2
    c = gf.Component()
    splitter = c << mmi1x2_y(cross_section=cross_section)
    step = draw.snapped(half - float(splitter.ports["o2"].center[1]))
    radius = draw.section_of(cross_section).radius or limits.radius_limit(cross_section)
    spread = (s_bend_length(step, radius), step)
    ends = {
        sign: chain(c, splitter.ports[port], [_bend(spread, sign, cross_section)])
        for sign, port in ((1, "o2"), (-1, "o3"))
    }
    if heated:
        ends = bias(c, name, ends, heated, cross_section)
    there, back = c << shifter, c << shifter
    there.connect("o2", ends[1])
    swap = c << mmi2x2_y(length_mmi=fold.swap, cross_section=cross_section)
    swap.connect("o2", chain(c, there.ports["o3"], [_bend(fold.first, -1, cross_section)]))
    chain(c, there.ports["o4"], [_bend(fold.first, 1, cross_section)])
    inner, outer = (bend_circular(radius=r, angle=-180, cross_section=cross_section) for r in fold.radii)
    # for light that runs west a step to the north is one to the right
    upper = chain(
        c, swap.ports["o4"], [_bend(fold.second, -1, cross_section), inner, _bend(fold.third, -1, cross_section)]
    )
    chain(c, swap.ports["o3"], [_bend(fold.second, 1, cross_section), outer, _bend(fold.third, 1, cross_section)])
    back.connect("o1", upper)
    combiner = c << mmi1x2_y(cross_section=cross_section)
    combiner.connect("o2", chain(c, back.ports["o4"], [_bend(spread, 1, cross_section)]))
    chain(c, back.ports["o3"], [_bend(spread, -1, cross_section)])
    turn_rf = _over(c, there, back, fold, float(swap.ports["o4"].center[0]) + fold.second[0])
    out = c << straight(
        length=draw.snapped(float(combiner.ports["o1"].center[0] - splitter.ports["o1"].center[0])),
        cross_section=cross_section,
    )
    out.connect("o1", combiner.ports["o1"])
    c.add_port("o1", port=out.ports["o2"])
    c.add_port("o2", port=splitter.ports["o1"])
    for index, port in enumerate(("e6", "e5", "e4"), 1):  # of the electrode that is turned
        c.add_port(f"e{index}", port=back.ports[port])
        c.add_port(f"e{index + 3}", port=there.ports[f"e{index}"])
    c.info["length_um"] = 2 * float(shifter.info["electrode_length_um"])
    c.info["out_um"] = float(out.cell.info["length_um"])
    c.info["turn_rf_um"] = round(turn_rf, 3)
    return c


def _bend(size: tuple[float, float], sign: int, cross_section: CrossSectionSpec) -> gf.Component:
    return bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)


def _over(c: gf.Component, there: gf.ComponentReference, back: gf.ComponentReference, fold: Fold, east: float) -> float:
    """Signal and grounds in the top metal from pads to pads, as wide as these, turning at x = `east`.

    Returns:
        length of the signal's way [µm].
    """
    process = active_process()
    wide, pitch = (draw.even(process.number(f"packaging.rf_pad_{key}")) for key in ("size", "pitch"))
    lengths: list[float] = []
    for index, (first, last) in enumerate((("e4", "e3"), ("e5", "e2"), ("e6", "e1"))):  # the outer ground comes first
        (begin, high), (finish, _) = there.ports[first].center, back.ports[last].center
        radius = fold.height / 2 + (1 - index) * pitch
        legs = [line(draw.snapped(east - float(x))) for x in (begin, finish)]
        way = join(legs[0], arc(radius, -180, wide / 2), legs[1]).placed(float(begin), float(high))
        draw.polygon(c, ribbon(way, -wide / 2, wide / 2), "M2")
        lengths.append(way.length)
    right, top = east + fold.height / 2 + pitch + wide / 2 + 1.0, float(there.ports["e4"].center[1]) + wide / 2 + 1.0
    left, low = float(there.ports["e5"].center[0]), float(back.ports["e1"].center[1]) - 2 * pitch - wide / 2 - 1.0
    draw.box(c, left, low, right, top, "DEVREC")
    return lengths[1]
