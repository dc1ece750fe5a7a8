"""Racetrack modulator: one straight of a racetrack between a signal and a ground, along crystal y.

A voltage moves the index of a guide by the sign of its field along crystal z, whichever way light runs. Around a signal
inside of the racetrack the fields of both straights point against each other and what one does the other undoes: one
straight alone is driven, and the bus runs along the other.
"""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, electrodes
from lingnan.components.common.coupling import Ring, draw_ring
from lingnan.components.process import number
from lingnan.pdk import active_process

INSET = 8.0  #: µm of straight guide beyond the electrodes: more than the 6 in which rule MOD.DIR looks for bends


@cell("tfln", "modulators")
def racetrack_modulator_y(
    length: float | None = None,
    radius: float | None = None,
    gap_bus: float | None = None,
    gap: float | None = None,
    signal_width: float | None = None,
    ground_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Racetrack on one bus along crystal y (layout x), its upper straight between a signal and a ground.

    Args:
        length: of the electrodes [µm]; the straights are a little longer.
        radius: of the bends [µm].
        gap_bus: between racetrack and bus, edge to edge [µm].
        gap: between signal and ground, the rib in its middle [µm].
        signal_width: of the signal strip [µm]; it broadens to a pad in its middle.
        ground_width: of the ground strip [µm]; the same.
        cross_section: of racetrack and bus.

    Whatever is not given is the process's own (`[cells]`)::

                      e1
                  [ground pad]
            ______[__________]______
           .--------- length --------.
          /  ~~~~~~[signal]~~~~~~~~~  \\
          \\          e2              / radius
           '-------------------------'
        o1 __________ gap_bus ___________ o2
    """
    name = "racetrack_modulator_y"
    process = active_process()
    strip = process.cross_sections["gsg"]
    long = draw.even(limits.finite(name, "length", number(length, "racetrack_length")))
    apart = draw.even(limits.finite(name, "gap", number(gap, "modulator_gap")))
    given = strip.width.value if signal_width is None else signal_width
    signal = draw.snapped(limits.finite(name, "signal_width", given))
    given = strip.width.value if ground_width is None else ground_width
    ground = draw.snapped(limits.finite(name, "ground_width", given))
    pad, pitch = (draw.even(process.number(f"packaging.rf_pad_{key}")) for key in ("size", "pitch"))
    core, away = draw.core_width(cross_section), process.limit("TL.S.RIB")
    limits.at_least(name, "length", long, pad, "its pads' own width")
    limits.at_most(name, "length", long, 1e4, "1 cm")
    limits.by_rule(name, "gap", apart, "TL.S")
    limits.at_least(name, "gap", apart, draw.even(core + 2 * away), "TL.S.RIB on both sides of the guide")
    limits.at_most(name, "gap", apart, 50.0, "a field that reaches the guide")
    for parameter, width in (("signal_width", signal), ("ground_width", ground)):
        limits.by_rule(name, parameter, width, "TL.W")
        limits.at_most(name, parameter, width, pad, "the pad's own width")
    turn = draw.snapped(limits.finite(name, "radius", number(radius, "racetrack_radius")))
    # below the pad: the lower straight, as far as where nothing of the field is left
    least = draw.snapped(
        (max(pitch, apart + pad) / 2 + pad / 2 + process.limit("TL.S.RIB") + number(None, "idle_arm_distance")) / 2
    )
    limits.at_least(name, "radius", turn, least, "the signal's pad inside of the racetrack")
    ring = Ring(turn, long + 2 * INSET, (number(gap_bus, "racetrack_gap"),), 0.0, cross_section)
    c = draw_ring(name, ring)
    top = draw.snapped(c.dbbox(draw.layer_index(c, draw.core_layer(cross_section))).top - core / 2)
    inset = max(electrodes.enclosure("VIA_TL_M2", "TL"), electrodes.enclosure("VIA_TL_M2", "M2"))
    wire = process.cross_sections["metal2"].width.value
    for index, (side, width) in enumerate(((1, ground), (-1, signal)), 1):
        near = top + side * apart / 2
        y = draw.snapped(top + side * max(pitch, apart + pad) / 2)
        for half, far in ((long / 2, near + side * width), (pad / 2, y + side * pad / 2)):
            draw.box(c, -half, min(near, far), half, max(near, far), "TL")
        electrodes.add_pad(c, name, 0, y, (pad, pad), "M2")
        electrodes.add_vias(c, 0, y, pad, pad, "VIA_TL_M2", inset)
        draw.port(
            c, f"e{index}", 0, draw.snapped(y + side * pad / 2), 90 * side % 360, min(wire, pad), "M2", "electrical"
        )
    draw.outline_of(c, flush=("west", "east", "north"))
    c.info["electrode_length_um"] = long
    c.info["gap_um"] = apart
    return c
