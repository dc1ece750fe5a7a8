"""Power splitters: multimode interference couplers and the directional coupler."""

import gdsfactory as gf
from gdsfactory.typings import CrossSectionSpec

from lingnan.components.cell import cell
from lingnan.components.common.coupling import draw_coupler
from lingnan.components.common.multimode import Multimode, draw_mmi
from lingnan.components.process import for_guide, number


@cell("soi", "splitters")
def mmi1x2(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Splitter of one guide into two by multimode interference.

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for each guide that it was designed for.
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
    shape = Multimode(
        inputs=1,
        outputs=2,
        width=number(width_mmi, "mmi1x2_width"),
        length=for_guide("mmi1x2", "length_mmi", length_mmi, "mmi1x2_length", cross_section),
        port_width=number(width_taper, "mmi1x2_port_width"),
        gap=number(gap_mmi, "mmi1x2_port_gap"),
        taper_length=number(length_taper, "mmi1x2_taper_length"),
        cross_section=cross_section,
    )
    return draw_mmi("mmi1x2", shape)


@cell("soi", "splitters")
def mmi2x2(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    pitch: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Coupler of two guides with two by multimode interference: half the power, a quarter wave apart.

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for each guide that it was designed for.
        gap_mmi: between neighbouring tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        pitch: between the ports, centre to centre [µm]; S-bends lead the guides apart to it where tapers are nearer.
        cross_section: of the guides.

    With the process's own sizes 47 % and 50 % arrive (strip, 1.55 µm, eigenmode expansion in the plane).

    Whatever is not given is the process's own (`[cells]`)::

                   length_mmi
                  ____________
        o2 ______|            |____ o3
                 | width_mmi  |  gap_mmi
        o1 ______|            |____ o4
                 |____________|
    """
    shape = Multimode(
        inputs=2,
        outputs=2,
        width=number(width_mmi, "mmi2x2_width"),
        length=for_guide("mmi2x2", "length_mmi", length_mmi, "mmi2x2_length", cross_section),
        port_width=number(width_taper, "mmi1x2_port_width"),
        gap=number(gap_mmi, "mmi2x2_port_gap"),
        taper_length=number(length_taper, "mmi1x2_taper_length"),
        cross_section=cross_section,
        lead=number(pitch, "mmi2x2_pitch"),
    )
    return draw_mmi("mmi2x2", shape)


@cell("soi", "splitters")
def mmi3x3(
    width_mmi: float | None = None,
    length_mmi: float | None = None,
    gap_mmi: float | None = None,
    width_taper: float | None = None,
    length_taper: float | None = None,
    pitch: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Coupler of three guides with three by multimode interference: a third of the power each, 120 degrees apart.

    Args:
        width_mmi: of the body [µm].
        length_mmi: of the body [µm]; the process has one for each guide that it was designed for.
        gap_mmi: between neighbouring tapers [µm].
        width_taper: of the tapers at the body [µm].
        length_taper: of the tapers [µm].
        pitch: between the ports, centre to centre [µm]; S-bends lead the outer guides away to it where tapers are
            nearer.
        cross_section: of the guides.

    With the process's own sizes 94 % of an outer input arrive (strip, 1.55 µm, eigenmode expansion in the plane).

    Whatever is not given is the process's own (`[cells]`)::

                   length_mmi
                  ____________
        o3 ______|            |____ o4
        o2 ______| width_mmi  |____ o5
        o1 ______|            |____ o6  gap_mmi
                 |____________|
    """
    shape = Multimode(
        inputs=3,
        outputs=3,
        width=number(width_mmi, "mmi3x3_width"),
        length=for_guide("mmi3x3", "length_mmi", length_mmi, "mmi3x3_length", cross_section),
        port_width=number(width_taper, "mmi1x2_port_width"),
        gap=number(gap_mmi, "mmi3x3_port_gap"),
        taper_length=number(length_taper, "mmi1x2_taper_length"),
        cross_section=cross_section,
        lead=number(pitch, "mmi3x3_pitch"),
    )
    return draw_mmi("mmi3x3", shape)


@cell("soi", "splitters")
def coupler(
    gap: float | None = None,
    length: float = 10.0,
    dy: float = 4.0,
    dx: float | None = None,
    cross_section: CrossSectionSpec = "strip",
) -> gf.Component:
    """Directional coupler: two guides side by side, led apart by S-bends.

    Args:
        gap: between the guides, edge to edge [µm]; the process's own if not given.
        length: of the straight part [µm].
        dy: between the ports, centre to centre [µm].
        dx: length of the S-bends [µm]; as long as the routing radius asks for if not given.
        cross_section: of both guides.

    ::

        o2 __                    __ o3
             \\______ length ____/
                       gap           dy
              __________________
        o1 __/                  \\__ o4
          dx                     dx
    """
    return draw_coupler("coupler", number(gap, "coupler_gap"), length, dy, dx, cross_section)
