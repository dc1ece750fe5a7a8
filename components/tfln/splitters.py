"""Power splitters, each for one direction of propagation: interference couplers and directional couplers."""

from functools import partial

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.coupling import draw_coupler
from lingnan.components.common.curves import line
from lingnan.components.common.multimode import Multimode, draw_mmi
from lingnan.components.process import for_guide, number
from lingnan.components.tfln.directions import Direction, turned


def _mmi(
    name: str,
    direction: Direction,
    width: float | None,
    length: float | None,
    gap: float | None,
    port_width: float | None,
    taper: float | None,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    kind, inputs = ("mmi1x2", 1) if name.startswith("mmi1x2") else ("mmi2x2", 2)
    shape = Multimode(
        inputs=inputs,
        outputs=2,
        width=number(width, f"{kind}_width"),
        length=for_guide(name, "length_mmi", length, f"{kind}_length_{direction}", cross_section),
        port_width=number(port_width, "mmi_port_width"),
        gap=number(gap, f"{kind}_port_gap"),
        taper_length=number(taper, "mmi_taper_length"),
        cross_section=cross_section,
    )
    return turned(draw_mmi(name, shape), direction)


@cell("tfln", "splitters")
def mmi1x2_y(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Splitter of one guide into two by multimode interference, for light along crystal y (layout x).

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for its routing guide.
        gap_mmi: between the two output tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        cross_section: of the guides.

    Whatever is not given is the process's own (`[cells]`)::

                   length_mmi
                  ____________
                 |            |____ o2
        o1 ______|            |
                 | width_mmi  |  gap_mmi
                 |            |____ o3
                 |____________|
    """
    return _mmi("mmi1x2_y", "y", width_mmi, length_mmi, gap_mmi, width_taper, length_taper, cross_section)


@cell("tfln", "splitters")
def mmi1x2_z(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Splitter of one guide into two by multimode interference, for light along crystal z (layout y).

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for its routing guide.
        gap_mmi: between the two output tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        cross_section: of the guides.

    Whatever is not given is the process's own (`[cells]`)::

               o1
           ____|____
          |         |
          |         | length_mmi
          |_________|
            |     |  width_mmi
            o3   o2
    """
    return _mmi("mmi1x2_z", "z", width_mmi, length_mmi, gap_mmi, width_taper, length_taper, cross_section)


@cell("tfln", "splitters")
def mmi2x2_y(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Coupler of two guides with two by multimode interference, for light along crystal y (layout x).

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for its routing guide.
        gap_mmi: between neighbouring tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        cross_section: of the guides.

    Whatever is not given is the process's own (`[cells]`)::

                   length_mmi
                  ____________
        o2 ______|            |____ o3
                 | width_mmi  |  gap_mmi
        o1 ______|            |____ o4
                 |____________|
    """
    return _mmi("mmi2x2_y", "y", width_mmi, length_mmi, gap_mmi, width_taper, length_taper, cross_section)


@cell("tfln", "splitters")
def mmi2x2_z(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Coupler of two guides with two by multimode interference, for light along crystal z (layout y).

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for its routing guide.
        gap_mmi: between neighbouring tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        cross_section: of the guides.

    Whatever is not given is the process's own (`[cells]`)::

            o1   o2
           _|_____|_
          |         |
          |         | length_mmi
          |_________|
            |     |  width_mmi
            o4   o3
    """
    return _mmi("mmi2x2_z", "z", width_mmi, length_mmi, gap_mmi, width_taper, length_taper, cross_section)


def _coupler(
    name: str,
    direction: Direction,
    gap: float | None,
    length: float | None,
    width: float | None,
    dy: float | None,
    dx: float | None,
    taper: float | None,
    cross_section: CrossSectionSpec,
) -> gf.Component:
    core = draw.core_width(cross_section)
    narrow = guides.width_of(name, "width", number(width, "coupler_width"), cross_section)
    used = for_guide(name, "length", length, f"coupler_length_{direction}", cross_section)
    run = guides.taper_length(name, "length_taper", number(taper, "port_taper_length"), core, narrow)
    inner = partial(gf.get_cross_section, cross_section, width=narrow)
    apart = number(dy, "coupler_pitch")
    limits.at_least(
        name, "dy", apart, limits.space_of(cross_section) + max(core, narrow), "two guides side by side at the ports"
    )
    c = draw_coupler(name, number(gap, "coupler_gap"), used, apart, number(dx, "coupler_bend_length"), inner)
    if narrow != core:
        ends = [(port.name, port.center, round(port.orientation)) for port in c.ports]
        c.ports.clear()
        extent = c.dbbox()
        for left, right in ((extent.left - run, extent.left), (extent.right, extent.right + run)):
            draw.outline(c, left, extent.bottom, right, extent.top)
        for port_name, (x, y), facing in ends:
            assert port_name is not None
            curve = line(run).placed(x, y, facing)
            draw.extrude(c, curve, cross_section, np.array([narrow, core]))
            out = run if facing == 0 else -run
            draw.port(c, port_name, draw.snapped(x + out), y, facing, core, draw.core_layer(cross_section))
    c.info["width_um"] = narrow
    return turned(c, direction)


@cell("tfln", "splitters")
def coupler_y(
    gap: float | None = None,
    length: float | None = None,
    width: float | None = None,
    dy: float | None = None,
    dx: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Directional coupler for light along crystal y (layout x): two narrow guides side by side, led apart by S-bends.

    Args:
        gap: between the guides, edge to edge [µm].
        length: of the straight part [µm]; the process has one for its routing guide, for half the power.
        width: of both guides in the coupler and its bends [µm].
        dy: between the ports, centre to centre [µm].
        dx: length of the S-bends [µm].
        length_taper: from `width` to the guides at the ports [µm].
        cross_section: of the guides at the ports.

    Whatever is not given is the process's own (`[cells]`)::

        o2 __                    __ o3
             \\______ length ____/
                       gap           dy
              __________________
        o1 __/                  \\__ o4
          dx                     dx
    """
    return _coupler("coupler_y", "y", gap, length, width, dy, dx, length_taper, cross_section)


@cell("tfln", "splitters")
def coupler_z(
    gap: float | None = None,
    length: float | None = None,
    width: float | None = None,
    dy: float | None = None,
    dx: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "rib",
) -> gf.Component:
    """Directional coupler for light along crystal z (layout y): the one for y, turned by 90 degrees, at its own length.

    Args:
        gap: between the guides, edge to edge [µm].
        length: of the straight part [µm]; the process has one for its routing guide, for half the power.
        width: of both guides in the coupler and its bends [µm].
        dy: between the ports, centre to centre across the guides [µm].
        dx: length of the S-bends, along the guides [µm].
        length_taper: from `width` to the guides at the ports [µm].
        cross_section: of the guides at the ports.

    Whatever is not given is the process's own (`[cells]`)::

        o1   dy   o2
          \\      /  dx
           |    |
           |    |  length
           |    |
          /      \\  dx
        o4        o3
    """
    return _coupler("coupler_z", "z", gap, length, width, dy, dx, length_taper, cross_section)
