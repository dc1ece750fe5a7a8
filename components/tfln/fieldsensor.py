"""Mach-Zehnder interferometer that reads a voltage without a wire to it: three short strips about two ribs, two pads.

Light runs along crystal y (layout x), so that the field between the strips lies along crystal z, in opposite directions
in the two gaps. The strips are one capacitor: no wave travels on them, and nothing terminates them. They float on the
two pads, where plates or rods of metal outside of the chip are bonded, which pick the field up. On the chip itself
neither an antenna nor a bare crystal sees a slow field that lies along the surface: the handle conducts, up to some
15 MHz at the process's resistivity. The bias is the wavelength's, by unequal arms: a heater would bring wires.
"""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import line
from lingnan.components.common.electrodes import add_pad, add_stack, enclosure
from lingnan.components.process import number
from lingnan.components.tfln.guides import bend_s
from lingnan.components.tfln.modulators import chain, detour, s_bend_size
from lingnan.components.tfln.splitters import mmi1x2_y
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

ARM = "rib_modulator"  #: cross-section of the ribs between the strips
_STUB = 20.0  #: µm from the strips to the pads


@cell("tfln", "sensors")
def field_electrode(
    length: float = 5000.0,
    gap: float | None = None,
    strip_width: float = 20.0,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Two ribs in the gaps of three strips, of which the outer two are joined; a pad for each pole.

    Args:
        length: of the strips [µm].
        gap: in which a rib runs [µm]; the process's own if not given.
        strip_width: of all three strips [µm].
        cross_section: of the ribs at the ports.

    ::

                     e1     e2
                    [pad] [pad]
              _________|_____|__________
        o2 --|---------|-----|----------|-- o3
             |_________|_____+__________|     + signal, joined to e2
        o1 --|---------|----------------|-- o4
             |_________|________________|
    """
    name = "field_electrode"
    process, via = active_process(), _via()
    for parameter, section in (("cross_section", cross_section), ("arm", ARM)):
        if draw.core_layer(section) != "LN_RIB":
            raise LingnanError(f"{name}: {parameter} = {section} is not a rib. Give one on layer LN_RIB.")
    used = draw.snapped(limits.finite(name, "length", length))
    between = draw.even(limits.finite(name, "gap", number(gap, "modulator_gap")))
    wide = draw.even(limits.finite(name, "strip_width", strip_width))
    core, arm, layer = draw.core_width(cross_section), draw.core_width(ARM), draw.core_layer(cross_section)
    limits.by_rule(name, "gap", between, "TL.S")
    least = draw.even(arm + 2 * process.limit("TL.S.RIB"))
    limits.at_least(name, "gap", between, least, "TL.S.RIB on both sides of the rib")
    limits.at_most(name, "gap", between, 50.0, "50 µm: far wider than the light")
    limits.at_least(name, "strip_width", wide, via, "one VIA_TL_M2 with its enclosures")
    limits.at_most(name, "strip_width", wide, 500.0, "0.5 mm: more of it adds capacitance alone")
    pad = draw.even(process.number("packaging.dc_pad_size"))
    apart = draw.even(pad + process.limit("PAD.S"))
    limits.at_least(name, "length", used, apart + pad, "two pads side by side")
    limits.at_most(name, "length", used, 1e5, "10 cm, a wafer's width")
    run = guides.taper_length(name, "taper_length of the process", number(None, "taper_length"), core, arm)
    height, pitch = draw.snapped((wide + between) / 2), draw.snapped(wide + between)
    total = draw.snapped(2 * run + used)
    c = gf.Component()
    for y in (height, -height):
        draw.extrude(c, line(run).placed(0, y), cross_section, np.array([core, arm]))
        draw.extrude(c, line(used).placed(run, y), ARM)
        draw.extrude(c, line(run).placed(run + used, y), cross_section, np.array([arm, core]))
    for y in (pitch, 0.0, -pitch):
        draw.centred(c, total / 2, y, used, wide, "TL")
    top = draw.snapped(pitch + wide / 2 + _STUB)
    places = draw.snapped((total - apart) / 2), draw.snapped((total + apart) / 2)
    for x, strips in zip(places, ((pitch, -pitch), (0.0,)), strict=True):
        for y in strips:
            add_stack(c, name, x, y, (via, via), ("TL", "M2"), "strip_width")
        draw.box(c, x - via / 2, strips[-1] - via / 2, x + via / 2, top + 1.0, "M2")
        add_pad(c, name, x, top + pad / 2, (pad, pad), "M2")
    draw.outline_of(c)
    ports = ((0.0, -height, 180), (0.0, height, 180), (total, height, 0), (total, -height, 0))
    for index, (x, y, facing) in enumerate(ports, 1):
        draw.port(c, f"o{index}", x, y, facing, core, layer)
    meets = process.cross_sections["metal2"].width.value
    for index, x in enumerate(places, 1):
        draw.port(c, f"e{index}", x, draw.snapped(top + pad), 90, meets, "M2", "electrical")
    c.info["electrode_length_um"] = used
    c.info["gap_um"], c.info["strip_width_um"] = between, wide
    c.info["crossed_um2"] = round(via * 2 * wide, 6)  # top metal of one pole over strips of the other
    # beside the strips: pads, and the wires to them
    c.info["pad_um2"] = round(pad**2 + via * _STUB, 6)
    return c


def _via() -> float:
    """Side of the metals around one via between strip and top metal [µm]."""
    inset = max(enclosure("VIA_TL_M2", "TL"), enclosure("VIA_TL_M2", "M2"))
    return draw.even(active_process().limit("VIA.W") + 2 * inset)


@cell("tfln", "sensors")
def field_sensor_mzi(
    length: float = 5000.0,
    gap: float | None = None,
    strip_width: float = 20.0,
    delta_length: float | None = None,
    radius: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Interferometer for electric fields and voltages: splitter, unequal detours, short floating strips, combiner.

    Args:
        length: of the strips [µm].
        gap: in which an arm runs [µm].
        strip_width: of all three strips [µm]; no narrower than a via with its enclosures.
        delta_length: by which the upper arm is longer [µm], so that the wavelength sets the bias; 0 leaves it out.
        radius: of the detours' bends [µm]; the cross-section's if not given.
        cross_section: of the guides outside the strips.

    e1 is the outer strips, e2 the inner one. Whatever is not given is the process's own (`[cells]`)::

                    .--.       e1 [pad] [pad] e2
                   |    |    _______|_____|_____
                __/      \\__|_____________________
        o1 --<               |___________________|    >-- o2
                --.      .------------------------
                   |    |    |___________________|
                    '--'
    """
    name = "field_sensor_mzi"
    extra = draw.even(limits.finite(name, "delta_length", number(delta_length, "mzm_delta_length")))
    limits.at_least(name, "delta_length", extra, 0.0, "the upper arm is the longer one")
    limits.at_most(name, "delta_length", extra, 1e4, "1 cm")
    inner = field_electrode(length=length, gap=gap, strip_width=strip_width, cross_section=cross_section)
    height = float(inner.ports["o2"].center[1])
    c = gf.Component()
    splitter, combiner = (c << mmi1x2_y(cross_section=cross_section) for _ in range(2))
    size = s_bend_size(splitter.ports["o2"], height, cross_section)
    c.add_port("o1", port=splitter.ports["o1"])
    ends = {}
    for sign, port in ((1, "o2"), (-1, "o3")):
        parts = [bend_s(size=(size[0], sign * size[1]), cross_section=cross_section)]
        if extra:
            parts += detour(sign, extra / 2 if sign == 1 else 0.0, radius, cross_section)
        ends[sign] = chain(c, splitter.ports[port], parts)
    middle = c << inner
    middle.connect("o2", ends[1])
    for sign, port in ((1, "o3"), (-1, "o4")):
        bend = bend_s(size=(size[0], -sign * size[1]), cross_section=cross_section)
        ends[sign] = chain(c, middle.ports[port], [bend])
    combiner.connect("o3", ends[1])  # turned by 180 degrees, its o3 comes up
    c.add_port("o2", port=combiner.ports["o1"])
    for port in ("e1", "e2"):
        c.add_port(port, port=middle.ports[port])
    for key in ("electrode_length_um", "gap_um", "strip_width_um", "crossed_um2", "pad_um2"):
        c.info[key] = inner.info[key]
    c.info["delta_length_um"] = extra
    return c
