"""Electro-optic phase shifters: ribs in the gaps of a ground-signal-ground line, for light along crystal y (layout x).

There the field of TE light and the RF field across the gaps both lie along crystal z, where the Pockels effect is
strongest (r33). In the two gaps of the line the RF field points in opposite directions, so that two arms are driven
push-pull. Turned by 90 degrees the same layout would modulate next to nothing: rules MOD.DIR and CROSS.DIR find that.
"""

import gdsfactory as gf
import numpy as np
from gdsfactory.typings import CrossSectionSpec

from lingnan.components import limits
from lingnan.components.cell import cell
from lingnan.components.common import draw, guides
from lingnan.components.common.curves import Curve, line
from lingnan.components.process import number
from lingnan.components.tfln.electrodes import draw_electrode
from lingnan.components.tfln.gsg import Electrode, Rails, check_drive, electrode_of
from lingnan.pdk.errors import LingnanError

_BESIDE = 5.0  #: µm that a launch's marker reaches beyond its guides


@cell("tfln", "modulators")
def phase_shifter_gsg(
    length: float | None = None,
    electrode: str = "straight",
    drive: str = "push_pull",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
    cross_section_arm: CrossSectionSpec = "rib_modulator",
) -> gf.Component:
    """Travelling-wave phase shifter of two ribs at a ground-signal-ground line, with probe pads.

    Args:
        length: of the line [µm]; the launches come on top.
        electrode: straight, or rail for a line loaded with T-rails.
        drive: push_pull, with a rib in each gap, or single, with one in the upper gap and one beyond the lower ground.
        signal_width: of the signal strip [µm].
        gap: in which a rib runs: between the strips, or between their T-rails [µm].
        ground_width: of the ground strips [µm].
        launch: length over which the gaps open towards the pads, and the ribs move apart [µm].
        rail_length: of a T-rail's bar, along the line [µm].
        rail_slot: between neighbouring bars [µm].
        rail_bar: width of a bar [µm].
        rail_stem_height: from strip to bar [µm].
        rail_stem_width: of the stem, along the line [µm].
        cross_section: of the ribs at the ports.
        cross_section_arm: of the ribs in the gaps and launches.

    Whatever is not given is the process's own (`[cells]`, cross-section `gsg`)::

                    launch    length
        e3 [ground]---.________________.---[ground] e4
        o2 -----------.________________.------------ o3
        e2 [signal]----________________----[signal] e5
        o1 -----------'----------------'------------ o4
        e1 [ground]---'----------------'---[ground] e6
    """
    name = "phase_shifter_gsg"
    check_drive(name, drive)
    rails = (rail_length, rail_slot, rail_bar, rail_stem_height, rail_stem_width)
    sizes = (length, signal_width, gap, ground_width, launch)
    shape = _electrode(name, electrode, sizes, rails, cross_section, cross_section_arm)
    lower = -shape.pitch / 2 if drive == "push_pull" else idle_port(shape)
    return _drawn(name, shape, (shape.pitch / 2, lower), cross_section, cross_section_arm)


@cell("tfln", "modulators")
def phase_modulator(
    length: float | None = None,
    electrode: str = "straight",
    signal_width: float | None = None,
    gap: float | None = None,
    ground_width: float | None = None,
    launch: float | None = None,
    rail_length: float | None = None,
    rail_slot: float | None = None,
    rail_bar: float | None = None,
    rail_stem_height: float | None = None,
    rail_stem_width: float | None = None,
    cross_section: CrossSectionSpec = "rib",
    cross_section_arm: CrossSectionSpec = "rib_modulator",
) -> gf.Component:
    """Travelling-wave phase modulator: one rib in the upper gap of a ground-signal-ground line, with probe pads.

    Args:
        length: of the line [µm]; the launches come on top.
        electrode: straight, or rail for a line loaded with T-rails.
        signal_width: of the signal strip [µm].
        gap: in which the rib runs: between the strips, or between their T-rails [µm].
        ground_width: of the ground strips [µm].
        launch: length over which the gaps open towards the pads [µm].
        rail_length: of a T-rail's bar, along the line [µm].
        rail_slot: between neighbouring bars [µm].
        rail_bar: width of a bar [µm].
        rail_stem_height: from strip to bar [µm].
        rail_stem_width: of the stem, along the line [µm].
        cross_section: of the rib at the ports.
        cross_section_arm: of the rib in the gap and launches.

    Whatever is not given is the process's own (`[cells]`, cross-section `gsg`)::

                    launch    length
        e3 [ground]---.________________.---[ground] e4
        o1 -----------.________________.------------ o2
        e2 [signal]----________________----[signal] e5
        e1 [ground]---'----------------'---[ground] e6
    """
    name = "phase_modulator"
    rails = (rail_length, rail_slot, rail_bar, rail_stem_height, rail_stem_width)
    sizes = (length, signal_width, gap, ground_width, launch)
    shape = _electrode(name, electrode, sizes, rails, cross_section, cross_section_arm)
    return _drawn(name, shape, (shape.pitch / 2,), cross_section, cross_section_arm)


def idle_port(shape: Electrode) -> float:
    """Height of the ports of a guide beyond the lower ground, which bends towards it as the other one does [µm]."""
    away = draw.snapped(number(None, "idle_arm_distance"))
    return draw.snapped(-shape.outer - away - abs(shape.pitch / 2 - shape.middle))


def _electrode(
    name: str,
    kind: str,
    sizes: tuple[float | None, float | None, float | None, float | None, float | None],
    rails: Rails,
    cross_section: CrossSectionSpec,
    cross_section_arm: CrossSectionSpec,
) -> Electrode:
    for parameter, section in (("cross_section", cross_section), ("cross_section_arm", cross_section_arm)):
        if draw.core_layer(section) != "LN_RIB":
            raise LingnanError(f"{name}: {parameter} = {section} is not a rib. Give one on layer LN_RIB.")
    shape = electrode_of(name, kind, *sizes, draw.core_width(cross_section_arm), rails)
    limits.curvature(name, "launch", shape.launch, shape.way_in().radius_min, cross_section_arm)
    return shape


def _drawn(
    name: str,
    shape: Electrode,
    heights: tuple[float, ...],
    cross_section: CrossSectionSpec,
    cross_section_arm: CrossSectionSpec,
) -> gf.Component:
    """The line with guides whose ports lie at these heights, the upper one first."""
    core, arm, layer = (
        draw.core_width(cross_section),
        draw.core_width(cross_section_arm),
        draw.core_layer(cross_section),
    )
    run = guides.taper_length(name, "taper_length of the process", shape.approach, core, arm)
    c = gf.Component()
    for y, up in zip(heights, (True, False), strict=False):
        draw.extrude(c, line(run).placed(0, y), cross_section, np.array([core, arm]))
        turn = _turn(shape, y, up)
        draw.extrude(c, turn, cross_section_arm)
        draw.extrude(c, line(shape.length).placed(shape.start, turn.end[1]), cross_section_arm)
        back = _turn(shape, 0.0, not up).placed(0, 0, 180)
        draw.extrude(c, back.placed(shape.total, y), cross_section_arm)
        draw.extrude(c, line(run).placed(shape.total - run, y), cross_section, np.array([arm, core]))
    draw_electrode(c, name, shape)
    half = shape.pitch / 2
    for left, right in ((0.0, shape.start), (shape.total - shape.start, shape.total)):
        draw.box(c, left, -half - _BESIDE, right, half + _BESIDE, "TRANSITION")
    draw.outline_of(c, flush=("west", "east"))
    rising = sorted(heights)
    for index, y in enumerate(rising, 1):
        draw.port(c, f"o{index}", 0, y, 180, core, layer)
    for index, y in enumerate(reversed(rising), len(rising) + 1):
        draw.port(c, f"o{index}", shape.total, y, 0, core, layer)
    c.info["length_um"] = round(2 * run + 2 * shape.way_in().length + shape.length, 6)
    c.info["metal_distance_um"] = draw.snapped((shape.gap - arm) / 2)
    return c


def _turn(shape: Electrode, y: float, up: bool) -> Curve:
    """Way of a guide through the west launch from its port at y; the lower one is the upper one's mirror image."""
    curve = shape.way_in()
    return curve.placed(0, -shape.pitch / 2).placed(0, y, mirror=not up)
