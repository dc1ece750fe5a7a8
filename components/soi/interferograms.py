"""Fourier-transform spectrometers: a tree of splitters, and interferometers whose delays grow by one step."""

from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, windows
from lingnan.components.soi.delays import spiral
from lingnan.components.soi.guides import bend_euler, straight
from lingnan.components.soi.legs import EULER, bend_of, leg_to, run
from lingnan.components.soi.splitters import mmi1x2
from lingnan.components.soi.tuning import join_arms

RISE = 2.0  #: µm of straight across in the shorter arm
_LONGEST = 200.0  #: µm of a spiral's straights before it takes another turn
_BETWEEN = 10.0  #: µm between rows


@dataclass(frozen=True)
class Delay:
    """How the lower arm of an interferometer comes to be longer."""

    turns: int  #: of a spiral; 0: none
    length_x: float  #: of its straights [µm]
    along: float  #: from one end of the arms to the other [µm]
    guide: float  #: of the lower arm along that [µm]
    more: float  #: of the straights across in the lower arm, each [µm]


def delay_of(delay: float, cross_section: CrossSectionSpec) -> Delay:
    """A spiral where the delay is long enough for one, and the rest by the arms' height."""
    bend = bend_euler(angle=90.0, p=EULER, cross_section=cross_section)
    arc, step = float(bend.info["length_um"]), float(bend.info["dy"])

    def spun(turns: int, length_x: float) -> tuple[float, float]:
        made = spiral(turns=turns, length_x=length_x, cross_section=cross_section)
        (left, top), (right, bottom) = (made.ports[name].center for name in ("o1", "o2"))
        rise = draw.snapped(top - bottom - 2 * step)
        return draw.snapped(right - left + 2 * step), float(made.info["length_um"]) + 2 * arc + rise

    turns = 0
    while turns < 60:
        along, guide = spun(turns + 1, 0.0)
        if guide - along > delay:
            break
        turns += 1
        if (delay - guide + along) / (4 * turns + 2) <= _LONGEST:
            break
    if not turns:
        return Delay(0, 0.0, 0.0, 0.0, draw.even(delay) / 2)
    along, guide = spun(turns, 0.0)
    # one more µm of straights is one more along the arm, and 4 turns + 3 of guide
    length_x = draw.even((delay - guide + along) / (4 * turns + 2) - 0.002)
    if length_x > 0:
        along, guide = spun(turns, length_x)
    return Delay(turns, max(length_x, 0.0), along, guide, draw.even(delay - guide + along) / 2)


@cell("soi", "spectrometers")
def delay_interferometer(delay: float = 500.0, cross_section: CrossSectionSpec = "strip") -> gf.Component:
    """Mach-Zehnder interferometer whose lower arm goes through a spiral, for delays of millimetres in little room.

    Args:
        delay: lower arm minus upper arm [µm]; a short one has no spiral, and a higher arm instead.
        cross_section: of all guides, a strip.

    ::

              ______________
             /              \\
        o1 _/                \\_ o2
            \\                /
             \\_ (spiral) __/
    """
    name = "delay_interferometer"
    windows.strip_only(name, cross_section)
    limits.at_least(name, "delay", delay, 0.0, "the longer arm is the lower one; mirror the cell")
    limits.at_most(name, "delay", delay, 1e5, "10 cm, where 2 dB/cm leave little to interfere")
    plan = delay_of(draw.even(delay), cross_section)
    upper = [straight(length=plan.along, cross_section=cross_section)] if plan.along else []
    lower = [_coil(plan.turns, plan.length_x, cross_section)] if plan.turns else []
    c = gf.Component()
    join_arms(c, ("mmi1x2", "mmi1x2"), RISE, plan.more, (upper, lower), cross_section)
    c.info["arm_um"] = round(plan.along, 6)
    c.info["delay_um"] = round(plan.guide - plan.along + 2 * plan.more, 6)
    return c


@cell("soi", "delays")
def _coil(turns: int, length_x: float, cross_section: CrossSectionSpec) -> gf.Component:
    """A spiral below the line of its two ports."""
    c = gf.Component()
    coil = c << spiral(turns=turns, length_x=length_x, cross_section=cross_section)
    left, top = coil.ports["o1"].center
    coil.dmove((-left, -top))
    c.add_port("o1", port=coil.ports["o1"])
    c.add_port("o2", port=leg_to(c, coil.ports["o2"], 0.0, cross_section))
    return c


@dataclass(frozen=True)
class Rows:
    """Where interferometers and the splitters before them stand [µm]."""

    delays: tuple[float, ...]  #: the least, in the north, first
    levels: tuple[float, ...]  #: y of the interferometers' inputs
    nodes: tuple[tuple[float, ...], ...]  #: y of the splitters, stage by stage


def rows_of(count: int, step: float, cross_section: CrossSectionSpec) -> Rows:
    """Checked places of a spectrometer; parameters as of `fourier_spectrometer`."""
    name = "fourier_spectrometer"
    windows.strip_only(name, cross_section)
    limits.count(name, "count", count, 2, 128)
    power = 1 << (count.bit_length() - 1)
    limits.multiple(name, "count", count, power)
    limits.at_least(name, "step", step, 0.01, "delays that differ")
    limits.at_most(name, "step", step * (count - 1), 1e5, "10 cm of the longest delay")
    radius, _ = bend_of(name, cross_section)
    least = 2 * (2 * radius + _fork(cross_section)) + 1.0
    delays = tuple(draw.even(step * index) for index in range(count))
    levels: list[float] = []
    y = 0.0
    for delay in delays:
        box = delay_interferometer(delay=delay, cross_section=cross_section).dbbox()
        if levels:
            y = min(y - box.top, levels[-1] - least)
        levels.append(draw.snapped(y))
        y = levels[-1] + box.bottom - _BETWEEN
    nodes: list[tuple[float, ...]] = [tuple(levels)]
    while len(nodes[0]) > 1:
        nodes.insert(0, tuple(draw.snapped((a + b) / 2) for a, b in zip(nodes[0][::2], nodes[0][1::2], strict=True)))
    return Rows(delays, tuple(levels), tuple(nodes[:-1]))


@cell("soi", "spectrometers")
def fourier_spectrometer(count: int = 4, step: float = 40.0, cross_section: CrossSectionSpec = "strip") -> gf.Component:
    """Interferometers of growing delay on one input: their readings are the Fourier transform of its spectrum.

    Delays are 0, step, 2 steps and so on. Resolution λ²/(n_g (count - 1) step), band λ²/(2 n_g step):
    `lingnan.solvers.spectrometers.fourier`.

    Args:
        count: of interferometers, a power of two.
        step: of their delays [µm].
        cross_section: of all guides, a strip.

    With 4 of them, the one without delay in the north::

                  .-- o2
               .-<
              |   '-- o3
        o1 --<
              |   .-- o4
               '-<
                  '-- o5
    """
    rows = rows_of(count, step, cross_section)
    c = gf.Component()
    ends: list[Any] = []
    following = [*rows.nodes[1:], rows.levels]
    for stage, (levels, targets) in enumerate(zip(rows.nodes, following, strict=True)):
        arrived: list[Any] = []
        for index, level in enumerate(levels):
            splitter = c << mmi1x2(cross_section=cross_section)
            if stage:
                splitter.connect("o1", ends[index])
            else:
                splitter.dmove((0.0, level))
                c.add_port("o1", port=splitter.ports["o1"])
            for port, target in zip(("o2", "o3"), targets[2 * index : 2 * index + 2], strict=True):
                arrived.append(leg_to(c, splitter.ports[port], target, cross_section))
        ends = arrived
    cells = [delay_interferometer(delay=delay, cross_section=cross_section) for delay in rows.delays]
    made = [c << one for one in cells]
    for row, end in zip(made, ends, strict=True):
        row.connect("o1", end)
    east = max(float(row.ports["o2"].center[0]) for row in made)
    for number, (row, one) in enumerate(zip(made, cells, strict=True), 2):
        port = row.ports["o2"]
        short = draw.snapped(east - float(port.center[0]))
        c.add_port(f"o{number}", port=run(c, port, short, cross_section))
        c.info[f"lead_o{number}_um"] = short
        c.info[f"delay_o{number}_um"] = float(one.info["delay_um"])
    return c


def _fork(cross_section: CrossSectionSpec) -> float:
    """y of a splitter's upper output [µm]."""
    return float(mmi1x2(cross_section=cross_section).ports["o2"].center[1])


def leg_lengths(rows: Rows, cross_section: CrossSectionSpec) -> list[float]:
    """Guide between splitters from the input to each interferometer [µm]."""
    fork = _fork(cross_section)
    radius, arc = bend_of("fourier_spectrometer", cross_section)
    before = [0.0] * len(rows.nodes[0])
    for levels, targets in zip(rows.nodes, [*rows.nodes[1:], rows.levels], strict=True):
        before = [
            before[index // 2] + abs(target - levels[index // 2] - (fork if index % 2 == 0 else -fork)) - 2 * radius
            + 2 * arc
            for index, target in enumerate(targets)
        ]  # fmt: skip
    return before
