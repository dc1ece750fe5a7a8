"""What a chirped lidar reads with: a 90-degree hybrid, and the engine of tap, hybrid, reference delay and diodes."""

from typing import Any

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.process import number
from lingnan.components.soi.delays import spiral
from lingnan.components.soi.guides import bend_euler, straight
from lingnan.components.soi.junctions import crossing, terminator
from lingnan.components.soi.legs import EULER, bend_of, leg_to, run
from lingnan.components.soi.modulators import chain
from lingnan.components.soi.receivers import detector_balanced
from lingnan.components.soi.splitters import coupler, mmi1x2, mmi2x2
from lingnan.components.soi.tuning import phase_shifter_heater
from lingnan.pdk import active_process

_BESIDE = 50.0  #: µm of guide between the heater and the detour, so that pads stand beside it


def rows(name: str, cross_section: CrossSectionSpec) -> tuple[float, float, float, float]:
    """Quarter of the height of a hybrid, its detour's depth, half a crossing, radius of its bends [µm].

    The signal's second arm goes down through the crossing and the oscillator's first one up: what that is longer than
    straight guides is made up for in the oscillator's second arm.
    """
    radius, turn = bend_of(name, cross_section)
    half = float(crossing(cross_section=cross_section).ports["o3"].center[0])
    fork = float(mmi1x2(cross_section=cross_section).ports["o2"].center[1])
    quarter = draw.even(max(2 * radius + fork, radius + half) + 1.0)
    down = 2 * turn + 2 * quarter - 2 * radius - 2 * radius
    up = 2 * (2 * turn + quarter - 2 * radius) - 4 * radius
    depth = draw.snapped(2 * radius + (down + up - 4 * turn + 4 * radius) / 2)
    return quarter, depth, half, radius


def check_strip(name: str, cross_section: CrossSectionSpec, length_heater: float) -> float:
    """Refuse guides for which the splitters were not designed, and a heater beyond sense; gives its length [µm]."""
    used = draw.snapped(limits.finite(name, "length_heater", length_heater))
    limits.at_least(name, "length_heater", used, 100.0, "two pads below its contacts")
    limits.at_most(name, "length_heater", used, 2000.0, "2 mm")
    mmi1x2(cross_section=cross_section)
    crossing(cross_section=cross_section)
    return used


@cell("soi", "lidar")
def hybrid_90(length_heater: float = 150.0, cross_section: CrossSectionSpec = "strip") -> gf.Component:
    """90-degree hybrid: both inputs are split, one arm of each crosses over, and two couplers mix them.

    Arms are as long as each other in sum; the horns of the crossing, whose group index is smaller, are left, and with
    them 5 degrees/nm by the model. The heater sets the quarter wave. o3 less o4 is I, o5 less o6 is Q.

    Args:
        length_heater: of the guide under the heater in the local oscillator's second arm [µm].
        cross_section: of all guides, a strip.

    ::

                       .------------------.  .-- o3
        o2 (signal) --<                    ><
                       '-------.   .------'  '-- o4
                                \\ /
                                / \\
                       .-------'   '------.  .-- o5
        o1 (local)  --<                    ><
                       '--heater--.    .--'  '-- o6
                          e1  e2   '--'
    """
    name = "hybrid_90"
    heated = check_strip(name, cross_section, length_heater)
    quarter, depth, half, radius = rows(name, cross_section)
    c = gf.Component()
    ends: dict[str, gf.Port] = {}
    into: dict[str, gf.Port] = {}
    forked = mixed = 0.0
    for middle, one in ((2 * quarter, "s"), (-2 * quarter, "l")):
        fork = c << mmi1x2(cross_section=cross_section)
        fork.dmove((0.0, middle))
        into[one] = fork.ports["o1"]
        forked = float(fork.ports["o2"].center[1]) - middle
        for port, side, digit in (("o2", 1, 1), ("o3", -1, 2)):
            ends[f"{one}{digit}"] = leg_to(c, fork.ports[port], middle + side * quarter, cross_section)
    c.add_port("o1", port=into["l"])
    c.add_port("o2", port=into["s"])
    along = draw.snapped(heated + _BESIDE + 4 * radius + max(_BESIDE, 2 * half + 4 * radius))
    ends["s1"] = run(c, ends["s1"], along, cross_section)
    before = draw.snapped(along - 2 * half - 4 * radius)
    # the oscillator's first arm climbs, crosses, and climbs again; the signal's second comes down through it
    rising = leg_to(c, run(c, ends["l1"], before, cross_section), 0.0, cross_section)
    across = c << crossing(cross_section=cross_section)
    across.connect("o1", rising)
    ends["l1"] = leg_to(c, across.ports["o3"], quarter, cross_section)
    turns = {sign: bend_euler(angle=sign * 90.0, p=EULER, cross_section=cross_section) for sign in (-1, 1)}
    turning = draw.snapped(before + 2 * radius + half - radius)
    reach = draw.snapped(quarter - radius - half)
    legs = [straight(length=reach, cross_section=cross_section)] if reach else []
    chain(c, run(c, ends["s2"], turning, cross_section), [turns[-1], *legs])
    out = chain(c, across.ports["o4"], [*legs, turns[1]])
    ends["s2"] = run(c, out, along - turning - 2 * radius, cross_section)
    warm = c << phase_shifter_heater(length=heated, cross_section=cross_section)
    warm.dmirror_y()
    warm.connect("o1", ends["l2"])
    dip = leg_to(c, run(c, warm.ports["o2"], _BESIDE, cross_section), -3 * quarter - depth, cross_section)
    back = leg_to(c, dip, -3 * quarter, cross_section)
    ends["l2"] = run(c, back, along - heated - _BESIDE - 4 * radius, cross_section)
    for index, (upper, lower, middle) in enumerate((("s1", "l1", 2 * quarter), ("s2", "l2", -2 * quarter))):
        mixer = c << mmi2x2(cross_section=cross_section)
        apart = mixed = float(mixer.ports["o2"].center[1])
        mixer.connect("o2", leg_to(c, ends[upper], middle + apart, cross_section))
        leg_to(c, ends[lower], middle - apart, cross_section)
        c.add_port(f"o{3 + 2 * index}", port=mixer.ports["o3"])
        c.add_port(f"o{4 + 2 * index}", port=mixer.ports["o4"])
    ports = sorted(("e1", "e2"), key=lambda port: float(warm.ports[port].center[0]))
    for index, port in enumerate(ports, 1):
        c.add_port(f"e{index}", port=warm.ports[port])
    c.info["arm_um"] = along
    c.info["heater_um"] = heated
    c.info["ports_um"] = draw.snapped(forked + mixed)
    c.info["resistance_ohm"] = float(warm.cell.info["resistance_ohm"])
    return c


def _fanned(c: gf.Component, ports: tuple[Any, Any], heights: tuple[float, float], x: float, cross_section: Any) -> Any:
    """Two guides, the upper first, led to heights and on to a place: the one that goes farther turns first."""
    rises = [height - float(port.center[1]) for port, height in zip(ports, heights, strict=True)]
    together = rises[0] * rises[1] > 0
    later = (1 if rises[0] > 0 else 0) if together else None
    found = []
    for index, (port, height) in enumerate(zip(ports, heights, strict=True)):
        begin = run(c, port, 10.0 if index == later else 0.0, cross_section)
        end = leg_to(c, begin, height, cross_section)
        found.append(run(c, end, x - float(end.center[0]), cross_section))
    return found


def _between(start: Any, end: Any, name: str, cross_section: CrossSectionSpec) -> float:
    """Length of guide of `leg_to` between two ports, for a leg that ends where the other begins [µm]."""
    radius, turn = bend_of(name, cross_section)
    rise = abs(float(end.center[1]) - float(start.center[1]))
    return rise - 2 * radius + 2 * turn if rise else 0.0


def _pads(c: gf.Component, name: str, heater: list[Any]) -> None:
    """A pad below either contact of the hybrid's heater."""
    layer, across = electrodes.metal_of(name, "metal2")
    size = draw.even(active_process().number("packaging.rf_pad_size"))
    for index, port in enumerate(heater, 1):
        x, y = (draw.snapped(float(value)) for value in port.center)
        wide = draw.even(float(port.width))
        top = draw.snapped(y - across)
        draw.box(c, x - wide / 2, top - size / 2, x + wide / 2, y, layer)
        electrodes.add_pad(c, name, x, draw.snapped(top - size / 2), (size, size), layer)
        draw.outline(c, x - size / 2, top - size, x + size / 2, y)
        draw.port(c, f"e{index}", x, draw.snapped(top - size), 270, min(across, size), layer, "electrical")


@cell("soi", "lidar")
def fmcw_engine(
    gap_tap: float | None = None,
    length_tap: float = 12.0,
    turns: int = 4,
    length_x: float = 200.0,
    length_heater: float = 150.0,
    length_diode: float | None = None,
    detector: str = "vertical",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Engine of a chirped lidar: most of the laser's light goes out, a share of it is what the return is mixed with.

    Half of that share is the local oscillator of a 90-degree hybrid, the other half goes through an interferometer of
    known delay, whose beat makes the sweep straight afterwards.

    Args:
        gap_tap: of the coupler that takes the share [µm]; that of the process's taps if not given.
        length_tap: of its straight part [µm].
        turns: of the spiral in the longer arm of the interferometer.
        length_x: of the spiral's straights [µm].
        length_heater: of the guide under the hybrid's heater [µm].
        length_diode: of the germanium of each photodiode [µm]; the process's own if not given.
        detector: vertical or lateral.
        cross_section: of all guides, a strip.

    o1 is the laser, o2 the return, o3 what goes out. e1 and e2 are the hybrid's heater, e3 to e5 the pair behind the
    interferometer, e6 to e8 Q, e9 to e11 I, each with the lower supply, the signal and the higher supply::

        o2 ---------------.  hybrid ----- I [e9 e10 e11]
                   .------'  (e1 e2) ---- Q [e6 e7 e8]
                  <
            .----' '-- delay ------------ reference [e3 e4 e5]
        o1 -'-------------------------------------------------- o3
    """
    name = "fmcw_engine"
    check_strip(name, cross_section, length_heater)
    c = gf.Component()
    mixer = hybrid_90(length_heater=length_heater, cross_section=cross_section)
    pair = detector_balanced(length=length_diode, detector=detector, cross_section=cross_section)
    wound = spiral(turns=turns, length_x=length_x, cross_section=cross_section)
    quarter, _, _, radius = rows(name, cross_section)
    arm = draw.even(2 * radius + 4.0)
    tall = draw.snapped(pair.dbbox().height() + 10.0)
    low = draw.snapped(2 * float(wound.ports["o1"].center[1]) + arm)
    below = draw.snapped(max(tall / 2, low + 20.0) + 4 * radius)
    high = draw.snapped(1.5 * tall)  # of the hybrid over the interferometer
    tap = c << coupler(
        gap=number(gap_tap, "tap_gap"), length=length_tap, dy=draw.even(number(None, "tap_distance")),
        cross_section=cross_section,
    )  # fmt: skip
    tap.dmove((0.0, -below - float(tap.ports["o1"].center[1])))
    dark = c << terminator(cross_section=cross_section)
    dark.connect("o1", tap.ports["o2"])
    west = draw.snapped(dark.dbbox().left)
    laser = c << straight(length=draw.snapped(float(tap.ports["o1"].center[0]) - west), cross_section=cross_section)
    laser.connect("o2", tap.ports["o1"])
    c.add_port("o1", port=laser.ports["o1"])
    fork = c << mmi1x2(cross_section=cross_section)
    fork.connect("o1", leg_to(c, tap.ports["o3"], draw.snapped((high - 2 * quarter) / 2), cross_section))
    to_mixer = leg_to(c, fork.ports["o2"], draw.snapped(high - 2 * quarter), cross_section)
    hybrid = c << mixer
    hybrid.connect("o1", to_mixer)
    back = hybrid.ports["o2"]
    signal = c << straight(length=draw.snapped(float(back.center[0]) - west), cross_section=cross_section)
    signal.connect("o2", back)
    c.add_port("o2", port=signal.ports["o1"])
    known = c << mmi1x2(cross_section=cross_section)
    known.connect("o1", leg_to(c, fork.ports["o3"], 0.0, cross_section))
    upper, lower = (leg_to(c, known.ports[port], side * arm, cross_section) for port, side in (("o2", 1), ("o3", -1)))
    delay = c << wound
    delay.connect("o1", lower)
    lower = leg_to(c, delay.ports["o2"], -arm, cross_section)
    upper = run(c, upper, float(lower.center[0]) - float(upper.center[0]), cross_section)
    meet = c << mmi2x2(cross_section=cross_section)
    apart = float(meet.ports["o2"].center[1])
    meet.connect("o2", leg_to(c, upper, apart, cross_section))
    leg_to(c, lower, -apart, cross_section)
    east = draw.snapped(max(float(hybrid.ports["o3"].center[0]), float(meet.ports["o3"].center[0])) + 2 * radius + 20.0)
    half = float(pair.ports["o2"].center[1])
    for index, (height, ports) in enumerate(
        (
            (0.0, (meet.ports["o3"], meet.ports["o4"])),
            (draw.snapped(high - tall / 2), (hybrid.ports["o5"], hybrid.ports["o6"])),
            (draw.snapped(high + tall / 2), (hybrid.ports["o3"], hybrid.ports["o4"])),
        )
    ):
        top, _ = _fanned(c, ports, (height + half, height - half), east, cross_section)
        diodes = c << pair
        diodes.connect("o2", top)
        for port in (1, 2, 3):
            c.add_port(f"e{2 + 3 * index + port}", port=diodes.ports[f"e{port}"])
    _pads(c, name, [hybrid.ports["e1"], hybrid.ports["e2"]])
    far = draw.snapped(east + float(pair.dbbox().right - pair.ports["o1"].center[0]))
    c.add_port("o3", port=run(c, tap.ports["o4"], far - float(tap.ports["o4"].center[0]), cross_section))
    c.info["out_um"] = draw.snapped(far - float(tap.ports["o4"].center[0]) + laser.cell.info["length_um"])
    c.info["local_um"] = round(_between(tap.ports["o3"], fork.ports["o1"], name, cross_section), 6)
    c.info["split_um"] = round(_between(fork.ports["o2"], hybrid.ports["o1"], name, cross_section), 6)
    c.info["return_um"] = float(signal.cell.info["length_um"])
    c.info["delay_um"] = draw.snapped(float(wound.info["length_um"]) - 2 * abs(float(wound.ports["o1"].center[0])))
    c.info["gap_um"] = float(tap.cell.info["gap_um"])
    c.info["resistance_ohm"] = float(mixer.info["resistance_ohm"])
    return c
