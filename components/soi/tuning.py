"""Phase shifters driven by heat, and the interferometer that they tune."""

from collections.abc import Callable, Sequence
from typing import Any

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes, guides
from lingnan.components.common.curves import line, ribbon
from lingnan.components.process import number
from lingnan.components.soi.guides import bend_euler, straight
from lingnan.components.soi.junctions import terminator, ybranch
from lingnan.components.soi.splitters import coupler, mmi1x2, mmi2x2, mmi3x3
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean


@cell("soi", "phase shifters")
def phase_shifter_heater(
    length: float = 200.0,
    heater_width: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Guide under a heater, whose ends are led aside to contacts on the top metal.

    Args:
        length: of the guide [µm]; the heater is shorter by its contacts.
        heater_width: of the heater wire [µm]; the process's own if not given.
        cross_section: of the guide.

    ::

            e1                  e2
           [M2]                [M2]
            |                   |
            '===== heater ======'   heater_width
        o1 ------------------------- o2
                   length
    """
    name = "phase_shifter_heater"
    process = active_process()
    limits.guide_only(name, cross_section)
    wire = number(heater_width, "heater_width")
    limits.by_rule(name, "heater_width", wire, "HT.W")
    limits.at_most(name, "heater_width", wire, 20.0, "20 µm, far wider than the light")
    contact, leg = number(None, "heater_contact"), draw.even(number(None, "heater_leg_width"))
    metals = ("M1", "M2")
    least = 2 * contact + max(process.limit("M2.S"), process.limit("HT.S"))
    limits.at_least(name, "length", length, least, "two contacts and the metal's space between them")
    limits.at_most(name, "length", length, 1e5, "10 cm, larger than a wafer")
    used, wire = draw.snapped(length), draw.even(wire)
    core = draw.core_width(cross_section)
    c = gf.Component()
    draw.extrude(c, line(used), cross_section)
    left, right = contact / 2, draw.snapped(used - contact / 2)
    aside = max(number(None, "heater_contact_distance"), draw.snapped(wire / 2 + process.limit("HT.S")))
    top = aside + contact
    draw.box(c, left - leg / 2, -wire / 2, right + leg / 2, wire / 2, "HEATER")
    overlap = min(contact, max(process.limit("HT.O.M"), contact / 2))
    for x in (left, right):
        draw.box(c, x - leg / 2, wire / 2, x + leg / 2, aside + overlap, "HEATER")
        electrodes.add_stack(c, name, x, aside + contact / 2, (contact, contact), metals, "contact")
    half = core / 2 + draw.reach(cross_section)
    draw.outline(c, 0, -max(half, wire / 2) - 1.0, used, max(top, half + 1.0))
    draw.port(c, "o1", 0, 0, 180, core, draw.core_layer(cross_section))
    draw.port(c, "o2", used, 0, 0, core, draw.core_layer(cross_section))
    layer, width = electrodes.metal_of(name, "metal2")
    draw.port(c, "e1", left, top, 90, min(width, contact), layer, "electrical")
    draw.port(c, "e2", right, top, 90, min(width, contact), layer, "electrical")
    heated = draw.snapped(right - left)
    metal = process.metals["heater"]
    c.info["length_um"] = used
    c.info["heated_length_um"] = heated
    c.info["heater_width_um"] = wire
    c.info["resistance_ohm"] = round(metal.sheet_resistance.value * (heated / wire + (2 * aside - wire) / leg), 3)
    if metal.current_limit is not None:
        c.info["current_max_mA"] = round(metal.current_limit.value * wire, 6)
    return c


_EULER = 0.5  #: share of an arm's bends in which the curvature changes
SPLITTERS: dict[str, Callable[..., Any]] = {
    "mmi1x2": mmi1x2, "mmi2x2": mmi2x2, "mmi3x3": mmi3x3, "ybranch": ybranch, "coupler": coupler,
}  # fmt: skip


def _splitter(parameter: str, name: str, cross_section: CrossSectionSpec) -> gf.Component:
    if name not in SPLITTERS:
        raise LingnanError(f"mzi: {parameter} = {name!r} is no splitter. {did_you_mean(name, SPLITTERS)}")
    return SPLITTERS[name](cross_section=cross_section)


@cell("soi", "interferometers")
def mzi(
    delta_length: float = 40.0,
    length_x: float = 50.0,
    length_y: float = 2.0,
    heater: bool = False,
    splitter: str = "mmi1x2",
    combiner: str = "mmi1x2",
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Mach-Zehnder interferometer, its lower arm longer.

    Args:
        delta_length: lower arm minus upper arm [µm].
        length_x: of the straight along both arms [µm].
        length_y: of the straights across in the upper arm [µm].
        heater: put a heater over the upper arm.
        splitter: mmi1x2, mmi2x2, mmi3x3, ybranch or coupler.
        combiner: the same.
        cross_section: of all guides.

    With two-by-two splitters there are o1 and o2 in the west, o3 and o4 in the east; of a three-by-three the outer
    guides lead to the arms, and the one between them ends in a terminator::

                     .-- length_x --.
                    |   (e1, e2)    |  length_y
               ____/                \\____
        o1 ___/    \\                /    \\___ o2
                    |               |  length_y + delta_length / 2
                     '-- length_x --'
    """
    name = "mzi"
    limits.at_least(name, "delta_length", delta_length, 0.0, "the longer arm is the lower one; mirror the cell")
    limits.at_least(name, "length_y", length_y, 0.0, "a length is not negative")
    limits.at_least(name, "length_x", length_x, 0.0, "a length is not negative")
    for parameter, value in (("delta_length", delta_length), ("length_x", length_x), ("length_y", length_y)):
        limits.at_most(name, parameter, value, 1e5, "10 cm, larger than a wafer")
    c = gf.Component()
    more, along = draw.even(delta_length) / 2, draw.snapped(length_x)
    middle = phase_shifter_heater if heater else straight
    upper = [middle(length=along, cross_section=cross_section)] if along or heater else []
    lower = _straight(along, cross_section)
    join_arms(c, (splitter, combiner), length_y, more, (upper, lower), cross_section)
    c.info["delta_length_um"] = draw.snapped(2 * more)
    return c


def join_arms(
    c: gf.Component,
    ends: tuple[str, str],
    length_y: float,
    more: float,
    middles: tuple[Sequence[gf.Component], Sequence[gf.Component]],
    cross_section: CrossSectionSpec,
) -> tuple[list[Any], list[Any]]:
    """Splitter, two arms, combiner, and the ports of all.

    Args:
        c: component to draw into.
        ends: names of splitter and combiner.
        length_y: of the straights across in the upper arm [µm].
        more: by how much those of the lower arm are longer [µm].
        middles: what lies along the upper and the lower arm, of one length.
        cross_section: of all guides.

    Returns:
        Instances of what lies along the upper and the lower arm.
    """
    first, last = (
        c << _splitter(parameter, name, cross_section)
        for parameter, name in zip(("splitter", "combiner"), ends, strict=True)
    )
    last.dmirror_x()
    (out_up, out_down), (in_up, in_down) = _inner(first, 0), _inner(last, 180)
    half_out, half_in = first.ports[out_up].center[1], last.ports[in_up].center[1]
    arrived: dict[str, Any] = {}
    contacts: list[Any] = []
    placed: list[list[Any]] = []
    for out, into, extra, up in ((out_up, in_up, 0.0, True), (out_down, in_down, more, False)):
        rise = draw.snapped(length_y + extra + max(0.0, half_in - half_out))
        fall = draw.snapped(length_y + extra + max(0.0, half_out - half_in))
        here = first.ports[out]
        (before, after), middle = _legs(cross_section, rise, fall, up), middles[0 if up else 1]
        arm = [c << part for part in (*before, *middle, *after)]
        for one in arm:
            one.connect("o1", here)
            here = one.ports["o2"]
            contacts += [port for port in one.ports if port.port_type == "electrical"]
        # by place: a straight of the legs may be the same cell as one of the middle
        placed.append(arm[len(before) : len(before) + len(middle)])
        arrived[into] = here
    last.dmove(last.ports[in_up].center, arrived[in_up].center)
    for reference, facing in ((first, 0.0), (last, 180.0)):
        for port in _facing(reference, facing)[1:-1]:
            dump = c << terminator(cross_section=cross_section)
            dump.connect("o1", port)
            box = dump.dbbox(draw.layer_index(c, "COUPLER"))
            draw.box(c, box.left, box.bottom, box.right, box.top, "FREEFORM")  # no fibre has to get to this end
    for reference, names, facing in ((first, (out_up, out_down), 0.0), (last, (in_up, in_down), 180.0)):
        _close_wedge(c, [reference.ports[name].center for name in names], facing, cross_section)
    outer = [first.ports[name] for name in _outer(first, 180)] + [last.ports[name] for name in _outer(last, 0)]
    for index, port in enumerate(outer, 1):
        c.add_port(f"o{index}", port=port)
    for port in contacts:
        c.add_port(str(port.name), port=port)
    upper, lower = placed
    return upper, lower


def _facing(reference: Any, orientation: float) -> list[Any]:
    """Optical ports that face a way, the upper first."""
    ports = [port for port in reference.ports if port.port_type == "optical" and port.orientation == orientation]
    return sorted(ports, key=lambda port: -port.center[1])


def _inner(reference: Any, orientation: float) -> tuple[str, str]:
    """Names of the outer two ports that look at the arms, the upper first."""
    upper, *_, lower = _facing(reference, orientation)
    return str(upper.name), str(lower.name)


def _outer(reference: Any, orientation: float) -> list[str]:
    """Names of the ports that look away from the arms, clockwise from the south-west."""
    names = [str(port.name) for port in _facing(reference, orientation)]
    return names[::-1] if orientation == 180 else names


def _legs(
    cross_section: CrossSectionSpec, rise: float, fall: float, up: bool
) -> tuple[list[gf.Component], list[gf.Component]]:
    """Parts of one arm in the order of the light, before and behind what lies along it."""
    away, back = (
        bend_euler(angle=angle if up else -angle, p=_EULER, cross_section=cross_section) for angle in (90.0, -90.0)
    )
    return [away, *_straight(rise, cross_section), back], [back, *_straight(fall, cross_section), away]


def _close_wedge(
    c: gf.Component, ports: list[tuple[float, float]], facing: float, cross_section: CrossSectionSpec
) -> None:
    """Fill what lies beside the cores where two arms part, up to where it is as far apart as the line asks for.

    Args:
        c: component to draw into.
        ports: of the splitter, the upper and the lower one [µm].
        facing: the way they look, 0 or 180 [deg].
        cross_section: of the arms.
    """
    (x, y), (_, low) = ports
    core, section = draw.core_width(cross_section), draw.section_of(cross_section)
    for layer, below, above in draw.layers_of(cross_section, core)[1:]:
        away = guides.bend_curve("mzi", section.radius, 90.0, _EULER, cross_section, core).placed(0, (y - low) / 2)
        inner = ribbon(away, below, above)[: away.x.size]  # the edge on the right, which looks at the other arm
        far = inner[
            inner[:, 1] >= limits.active_limit(limits.layer_rule(layer, "space")) / 2 + active_process().grid.value
        ]
        if inner[0, 1] < far[0, 1]:
            reach, half = (draw.snapped(float(value)) for value in far[0])
            ends = (x, x + reach) if facing == 0 else (x - reach, x)
            draw.box(c, ends[0], (y + low) / 2 - half, ends[1], (y + low) / 2 + half, layer)


def _straight(length: float, cross_section: CrossSectionSpec) -> list[gf.Component]:
    return [straight(length=length, cross_section=cross_section)] if length else []
