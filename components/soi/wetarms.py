"""Interferometers with one arm in a sensing window and the other under oxide."""

from dataclasses import dataclass
from typing import Any

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides, windows
from lingnan.components.soi.guides import straight, taper
from lingnan.components.soi.tuning import join_arms, phase_shifter_heater
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

COMBINER = "mmi3x3"  #: of the coherent one


@cell("soi", "sensors")
def mzi_sensor(
    delta_length: float = 0.0,
    length_x: float = 200.0,
    length_y: float = 10.0,
    width: float | None = None,
    width_covered: float | None = None,
    margin: float | None = None,
    heater: bool = False,
    splitter: str = "mmi1x2",
    combiner: str = "mmi2x2",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Mach-Zehnder interferometer, its lower arm in a sensing window and the upper one under oxide.

    Balanced where `delta_length` is 0. Arms of two widths, or the right `delta_length`, take temperature out of the
    phase: `lingnan.components.soi.athermal` finds it.

    Args:
        delta_length: lower arm minus upper arm, all of it under oxide [µm].
        length_x: of the straights along both arms, between their tapers in the window [µm].
        length_y: of the straights across in the upper arm [µm].
        width: of the straight in the window [µm], which tapers lead to; the cross-section's if not given.
        width_covered: of the upper arm's straight [µm]; the cross-section's if not given.
        margin: of the window above and below its arm [µm]; the process's own if not given.
        heater: put a heater over the upper arm, which sets the working point.
        splitter: mmi1x2, mmi2x2, mmi3x3, ybranch or coupler.
        combiner: the same.
        cross_section: of all guides, a strip.

    With one input there are o2 and o3 in the east, with two o3 and o4::

                     .-- length_x --.
                    |   (e1, e2)    |  length_y
               ____/                \\____ o2
        o1 ___/                          \\_
              \\____                  ____/ o3 (o4)
                   \\                /
                    | . . . . . . . |  length_y + delta_length / 2
                     '-- length_x --'
                      . . . . . . . .  window
    """
    return _sensing(
        "mzi_sensor", _Arms(delta_length, length_x, length_y, width, width_covered, margin), heater,
        (splitter, combiner), cross_section,
    )  # fmt: skip


@cell("soi", "sensors")
def mzi_coherent(
    delta_length: float = 0.0,
    length_x: float = 200.0,
    length_y: float = 10.0,
    width: float | None = None,
    width_covered: float | None = None,
    margin: float | None = None,
    splitter: str = "mmi1x2",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Mach-Zehnder interferometer with a sensing arm and three outputs, 120 degrees apart, without blind points.

    `lingnan.solvers.sensors.phase_of_three` finds the phase from the three powers: it needs no working point, and no
    steady source. As `mzi_sensor` otherwise, with a three-by-three coupler at its end.

    Args:
        delta_length: lower arm minus upper arm, all of it under oxide [µm].
        length_x: of the straights along both arms, between their tapers in the window [µm].
        length_y: of the straights across in the upper arm [µm].
        width: of the straight in the window [µm], which tapers lead to; the cross-section's if not given.
        width_covered: of the upper arm's straight [µm]; the cross-section's if not given.
        margin: of the window above and below its arm [µm]; the process's own if not given.
        splitter: mmi1x2, mmi2x2, ybranch or coupler.
        cross_section: of all guides, a strip.

    ::

                     .-- length_x --.
                    |               |  length_y
               ____/                \\____ o2
        o1 ___/                          \\_ o3
              \\____                  ____/ o4
                   \\                /
                    | . . . . . . . |  length_y + delta_length / 2
                     '-- length_x --'
                      . . . . . . . .  window
    """
    arms = _Arms(delta_length, length_x, length_y, width, width_covered, margin)
    return _sensing("mzi_coherent", arms, False, (splitter, COMBINER), cross_section)


@dataclass(frozen=True)
class _Arms:
    """Sizes of both arms as they are given [µm]."""

    delta_length: float
    length_x: float
    length_y: float
    width: float | None
    width_covered: float | None
    margin: float | None


def _sensing(
    name: str, arms: _Arms, heater: bool, ends: tuple[str, str], cross_section: CrossSectionSpec
) -> gf.Component:
    """Splitter and combiner, an arm in a window, and one under oxide."""
    delta_length, length_x, length_y = arms.delta_length, arms.length_x, arms.length_y
    windows.strip_only(name, cross_section)
    around = windows.margin_of(name, arms.margin)
    limits.at_least(name, "delta_length", delta_length, 0.0, "the arm in the window is the longer one")
    limits.at_least(name, "length_x", length_x, 0.001, "one grid step")
    limits.at_least(name, "length_y", length_y, 0.0, "a length is not negative")
    for parameter, value in (("delta_length", delta_length), ("length_x", length_x), ("length_y", length_y)):
        limits.at_most(name, parameter, value, 1e5, "10 cm, larger than a wafer")
    used = guides.width_of(name, "width", arms.width, cross_section)
    limits.by_rule(name, "width", used, "OX.WG.W")
    dry = guides.width_of(name, "width_covered", arms.width_covered, cross_section)
    own = draw.core_width(cross_section)
    if heater and dry != own:
        raise LingnanError(
            f"{name}: width_covered = {dry:g} µm under a heater: the heated guide is as wide as its cross-section, "
            f"{own:g} µm. Leave width_covered out, or heater."
        )
    leads = arm_leads(used, dry, own)
    along = draw.snapped(length_x)
    lower = _widened(along, used, leads[0], cross_section)
    if heater:
        upper = [phase_shifter_heater(length=draw.snapped(along + 2 * leads[0].reach), cross_section=cross_section)]
    else:
        upper = _widened(along, dry, leads[1], cross_section)
    c = gf.Component()
    more = draw.even(delta_length) / 2
    hot, wet = join_arms(c, ends, length_y, more, (upper, lower), cross_section)
    sensing = wet[len(wet) // 2]
    (left, y), (right, _) = (sensing.ports[port].center for port in ("o1", "o2"))
    limits.at_most(name, "margin", around, *_room(c, hot, y, dry, heater))
    windows.open_over(c, name, "margin, length_x", left, y - around, right, y + around)
    c.info["delta_length_um"] = draw.snapped(2 * more)
    c.info["exposed_um"] = draw.snapped(right - left)
    return c


@dataclass(frozen=True)
class Lead:
    """How an arm gets to the width of its straight: a straight under oxide, then a taper."""

    tapered: float  #: [µm]
    plain: float  #: [µm]

    @property
    def reach(self) -> float:
        """Of both [µm]."""
        return self.tapered + self.plain


def arm_leads(wet: float, dry: float, own: float) -> tuple[Lead, Lead]:
    """Of the lower and of the upper arm, as long as each other."""
    tapers = windows.taper_length(wet, own), windows.taper_length(dry, own)
    longest = max(tapers)
    return Lead(tapers[0], draw.snapped(longest - tapers[0])), Lead(tapers[1], draw.snapped(longest - tapers[1]))


def _widened(length: float, width: float, lead: Lead, cross_section: CrossSectionSpec) -> list[gf.Component]:
    """A straight of a width, and what leads to it and away."""
    middle = straight(length=length, cross_section=cross_section, width=width)
    plain = [straight(length=lead.plain, cross_section=cross_section)] if lead.plain else []
    if not lead.tapered:
        return [*plain, middle, *plain]
    own = draw.core_width(cross_section)
    one, two = (
        taper(length=lead.tapered, width1=a, width2=b, cross_section=cross_section)
        for a, b in ((own, width), (width, own))
    )
    return [*plain, one, middle, two, *plain]


def _room(c: gf.Component, upper: list[Any], y: float, dry: float, heater: bool) -> tuple[float, str]:
    """How far a window may reach up from an arm, and why."""
    if not heater:
        above = min(one.ports["o1"].center[1] for one in upper) - dry / 2
        return draw.snapped(above - y - windows.END), "the other arm stays 1 µm outside of the window"
    process = active_process()
    layers = [draw.layer_index(c, layer) for layer in ("HEATER", "M1", "M2")]
    bottom = min(one.dbbox(layer).bottom for one in upper for layer in layers)
    return draw.snapped(bottom - y - process.limit("OX.S.M")), "OX.S.M"
