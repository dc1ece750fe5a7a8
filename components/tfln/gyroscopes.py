"""Front end of an interferometric gyroscope: two splitters on one guide, a push-pull phase modulator, the coil.

The arrangement is the one in which both ways pass all parts alike (H. C. Lefèvre, The Fiber-Optic Gyroscope, 2nd ed.
(2014), chapter 3): source and detector share a guide of one mode with the coil's splitter. The modulator lies at the
coil's ends: what it does to one way it does to the other a transit time later, and only the change in between is seen.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend_length
from lingnan.components.process import number
from lingnan.components.tfln.coils import gyroscope_coil
from lingnan.components.tfln.guides import bend_s, straight
from lingnan.components.tfln.shifters import phase_shifter_gsg
from lingnan.components.tfln.splitters import mmi1x2_y


@cell("tfln", "sensors")
def gyroscope(
    turns: int = 3,
    radius: float = 500.0,
    spacing: float | None = None,
    length_modulator: float = 1000.0,
    length_filter: float = 500.0,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Interferometric gyroscope without its light: o1 takes a source's, o2 brings a detector what comes back.

    Args:
        turns: of the coil.
        radius: of the coil's innermost half circle but one [µm].
        spacing: between neighbouring turns, centre to centre [µm]; as near as crossings and crosstalk allow if not
            given.
        length_modulator: of the push-pull modulator's line [µm]; its launches come on top.
        length_filter: of the guide that both splitters share [µm]: what is not in its mode shall have left it.
        cross_section: of the guides.

    e1 to e6 are the modulator's pads, as of `phase_shifter_gsg`::

                                e3 e2 e1 [pads]
        o2 \\                     _________
            >--- length_filter ---<  modulator  >--- gyroscope_coil
        o1 /                      '---------'
                                e4 e5 e6
    """
    name = "gyroscope"
    limits.at_least(name, "length_filter", length_filter, 0.001, "one grid step")
    c = gf.Component()
    joint, shared, split = (
        c << mmi1x2_y(cross_section=cross_section),
        c << straight(length=length_filter, cross_section=cross_section),
        c << mmi1x2_y(cross_section=cross_section),
    )
    joint.drotate(180)
    shared.connect("o1", joint.ports["o1"])
    split.connect("o1", shared.ports["o2"])
    modulator = c << phase_shifter_gsg(length=length_modulator, cross_section=cross_section)
    wound = c << gyroscope_coil(turns=turns, radius=radius, spacing=spacing, cross_section=cross_section)
    out = lead_bend(split.ports["o2"], modulator.ports["o2"], cross_section)
    back = lead_bend(modulator.ports["o3"], wound.ports["o2"], cross_section)
    for port, there, sign in (("o2", "o2", 1), ("o3", "o1", -1)):
        bend = c << bend_s(size=(out[0], sign * out[1]), cross_section=cross_section)
        bend.connect("o1", split.ports[port])
        if sign == 1:
            modulator.connect(there, bend.ports["o2"])
    for port, there, sign in (("o3", "o2", 1), ("o4", "o1", -1)):
        bend = c << bend_s(size=(back[0], sign * back[1]), cross_section=cross_section)
        bend.connect("o1", modulator.ports[port])
        if sign == 1:
            wound.connect(there, bend.ports["o2"])
    away = fan(joint.ports["o3"], cross_section)
    for port, there, sign in (("o1", "o2", 1), ("o2", "o3", -1)):  # turned by 180 degrees, the splitter's o2 comes down
        bend = c << bend_s(size=(away[0], sign * away[1]), cross_section=cross_section)
        bend.connect("o1", joint.ports[there])
        c.add_port(port, port=bend.ports["o2"])
    for pad in (f"e{index}" for index in range(1, 7)):
        c.add_port(pad, port=modulator.ports[pad])
    for key in ("length_um", "area_um2", "turns", "crossings", "spacing_um"):
        c.info[key] = wound.cell.info[key]
    return c


def step_bend(step: float, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """Length and step of an S-bend at the routing radius, as far sideways, up or down [µm]."""
    used = draw.snapped(step)
    return s_bend_length(used, draw.section_of(cross_section).radius or limits.radius_limit(cross_section)), used


def fan(port: gf.Port, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """S-bend from a splitter's port beside the axis to ports that fibres and routes reach."""
    return step_bend(number(None, "coupler_pitch") / 2 - abs(float(port.center[1])), cross_section)


def lead_bend(one: gf.Port, two: gf.Port, cross_section: CrossSectionSpec) -> tuple[float, float]:
    """S-bend from a port to another, each as far from its cell's axis as it is."""
    return step_bend(abs(float(two.center[1])) - abs(float(one.center[1])), cross_section)
