"""What a heater's power does on the silicon line: from the sizes that a cell draws to its physics, by `solvers.heat`.

    warmth.figures().p_pi                                  # W for half a turn, of `phase_shifter_heater`
    warmth.figures(released=warmth.Release.own()).p_pi     # the same of `phase_shifter_undercut`
    warmth.p_pi_meander(3)                                 # W, of `phase_shifter_meander`

Heat flows across the guide alone; what legs and contacts take of the power is left out, and passes of a meander heat as
if the others were oxide.
"""

from dataclasses import dataclass

import numpy as np

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.process import number
from lingnan.components.soi.heaters import meander_offsets
from lingnan.pdk import active_process
from lingnan.pdk.heaters import heater
from lingnan.solvers import heat


@dataclass(frozen=True)
class Release:
    """Windows beside a guide through which the wafer below is etched [µm]."""

    distance: float  #: guide's edge to window
    width: float  #: of a window
    bridges: float  #: share of the heater's length without a window

    @staticmethod
    def own(bridges: float = 0.0) -> "Release":
        """The process's own sizes; `bridges` is what a cell says in its info."""
        return Release(number(None, "undercut_distance"), number(None, "undercut_width"), bridges)


def section(
    heater_width: float | None = None,
    cross_section: str = "strip",
    corner: str = "nominal",
    offset: float = 0.0,
    released: Release | None = None,
) -> heat.Heater:
    """The cross-section of a heater of the silicon line, as its cells draw it.

    Args:
        heater_width: of the wire [µm]; the process's own if not given.
        cross_section: of the guide.
        corner: of the process.
        offset: of the wire from the guide's middle [µm].
        released: windows beside it; the void below reaches as far beyond them as the etch does, and as deep.
    """
    core = draw.core_width(cross_section)
    around: dict[str, float] = {}
    if released is not None:
        near, reach = core / 2 + released.distance, number(None, "undercut_reach")
        around = {
            "trench_distance": near, "trench_width": released.width, "bridges": released.bridges,
            "undercut_half_width": near + released.width + reach, "undercut_depth": reach,
        }  # fmt: skip
    return heater(
        active_process(), width=draw.even(number(heater_width, "heater_width")), core_width=core, corner=corner,
        offset=offset, slab=len(draw.layers_of(cross_section, core)) > 1, **around,
    )  # fmt: skip


def figures(
    heater_width: float | None = None,
    cross_section: str = "strip",
    corner: str = "nominal",
    released: Release | None = None,
    wavelength: float = 1.55,
) -> heat.Shift:
    """P_pi, V_pi and warmth of a heater over a guide, by `heat.shift`, at the corner's temperature.

    Of a released guide: between windows. Bridges are conduits of their share of the length, as `heat.Heater` has them.
    """
    ambient = active_process().corners[corner].temperature
    return heat.shift(section(heater_width, cross_section, corner, released=released), wavelength, ambient=ambient)


def p_pi_meander(
    passes: int = 3,
    heater_width: float | None = None,
    heater_space: float | None = None,
    cross_section: str = "strip",
    corner: str = "nominal",
    wavelength: float = 1.55,
) -> float:
    """Power of a meandering heater for half a turn of phase [W]: its passes share it alike."""
    limits.count("p_pi_meander", "passes", passes, 1, 9)
    wire, space = (
        draw.even(number(value, key))
        for value, key in ((heater_width, "heater_width"), (heater_space, "meander_space"))
    )
    ambient = active_process().corners[corner].temperature
    offsets = [abs(offset) for offset in meander_offsets(passes, wire, space)]
    found = {
        y: float(heat.shift(section(wire, cross_section, corner, y), wavelength, ambient=ambient).per_power)
        for y in set(offsets)
    }
    mean = float(np.mean([found[y] for y in offsets]))
    return wavelength / (2 * abs(mean))
