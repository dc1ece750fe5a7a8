"""Cells of the lithium niobate line. The process's gdsfactory PDK registers `cells` and `models`, by name."""

from collections.abc import Callable
from typing import Any

from lingnan.components.compact.later import later
from lingnan.components.tfln.coils import crossing, gyroscope_coil
from lingnan.components.tfln.couplers import edge_coupler_y, edge_coupler_z, grating_coupler_y, grating_coupler_z
from lingnan.components.tfln.delays import bend_chain, spiral
from lingnan.components.tfln.electrical import pad, via_stack, wire_corner
from lingnan.components.tfln.electrodes import electrode_gsg, electrode_t_rail
from lingnan.components.tfln.fieldsensor import field_sensor_mzi
from lingnan.components.tfln.folded import mzm_folded
from lingnan.components.tfln.guides import bend_circular, bend_euler, bend_s, straight, taper
from lingnan.components.tfln.gyroscopes import gyroscope
from lingnan.components.tfln.heaters import phase_shifter_heater
from lingnan.components.tfln.modulators import iq_modulator, mzm
from lingnan.components.tfln.poling import poled_straight
from lingnan.components.tfln.ringmodulators import racetrack_modulator_y
from lingnan.components.tfln.rings import ring_double_y, ring_double_z, ring_single_y, ring_single_z
from lingnan.components.tfln.segmented import mzm_segmented
from lingnan.components.tfln.shifters import phase_modulator, phase_shifter_gsg
from lingnan.components.tfln.splitters import coupler_y, coupler_z, mmi1x2_y, mmi1x2_z, mmi2x2_y, mmi2x2_z
from lingnan.components.tfln.switches import thermal_switch_y
from lingnan.components.tfln.terminations import termination

_CELLS = (
    pad, via_stack, wire_corner,
    straight, bend_euler, bend_circular, bend_s, taper,
    mmi1x2_y, mmi1x2_z, mmi2x2_y, mmi2x2_z, coupler_y, coupler_z,
    ring_single_y, ring_single_z, ring_double_y, ring_double_z,
    spiral, bend_chain, phase_shifter_heater,
    electrode_gsg, electrode_t_rail, phase_modulator, phase_shifter_gsg, mzm, mzm_folded, mzm_segmented, iq_modulator,
    termination,
    racetrack_modulator_y, thermal_switch_y, poled_straight, field_sensor_mzi,
    crossing, gyroscope_coil, gyroscope,
    edge_coupler_y, edge_coupler_z, grating_coupler_y, grating_coupler_z,
)  # fmt: skip

cells: dict[str, Callable[..., Any]] = {function.__name__: function for function in _CELLS}
models: dict[str, Callable[..., Any]] = {
    **later(
        "lingnan.components.tfln.light",
        "straight", "bend_euler", "bend_circular", "bend_s", "taper", "coupler_y", "coupler_z", "ring_single_y",
        "ring_single_z", "ring_double_y", "ring_double_z", "spiral", "bend_chain",
    ),
    **later(
        "lingnan.components.tfln.parts",
        "mmi1x2_y", "mmi1x2_z", "mmi2x2_y", "mmi2x2_z", "phase_shifter_heater", "poled_straight", "edge_coupler_y",
        "edge_coupler_z", "grating_coupler_y", "grating_coupler_z",
    ),
    **later("lingnan.components.tfln.circuits", "phase_shifter_gsg", "phase_modulator", "mzm", "iq_modulator"),
    **later("lingnan.components.tfln.foldedlight", "mzm_folded"),
    **later("lingnan.components.tfln.segmentedlight", "mzm_segmented"),
    **later("lingnan.components.tfln.fieldlight", "field_sensor_mzi"),
    **later("lingnan.components.tfln.coillight", "crossing", "gyroscope_coil"),
    **later("lingnan.components.tfln.gyrolight", "gyroscope"),
    **later("lingnan.components.tfln.resonant", "thermal_switch_y", "racetrack_modulator_y"),
}  # fmt: skip

#: at radio frequencies, of cells that hold no light: functions of frequency [Hz]
rf_models: dict[str, Callable[..., Any]] = later(
    "lingnan.components.tfln.rflines", "electrode_gsg", "electrode_t_rail", "termination"
)

__all__ = ["cells", "models", "rf_models", *sorted(cells)]
