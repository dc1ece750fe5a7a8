"""Cells of the silicon line. `cells` is what the process's gdsfactory PDK registers, by name; `models` likewise."""

from collections.abc import Callable
from typing import Any

from lingnan.components.compact.later import later
from lingnan.components.soi.antennas import grating_antenna
from lingnan.components.soi.awgs import awg
from lingnan.components.soi.braggarrays import bragg_array
from lingnan.components.soi.couplers import edge_coupler, grating_coupler
from lingnan.components.soi.delays import bend_chain, spiral
from lingnan.components.soi.detectors import detector_lateral, detector_vertical
from lingnan.components.soi.diodes import attenuator_pin, phase_shifter_pn, phase_shifter_pn_interleaved
from lingnan.components.soi.electrical import pad, via_stack, wire_corner
from lingnan.components.soi.engines import fmcw_engine, hybrid_90
from lingnan.components.soi.fluidics import fluid_channel
from lingnan.components.soi.gratings import bragg, bragg_sensor, bragg_sensor_shifted, bragg_shifted
from lingnan.components.soi.guides import bend_circular, bend_euler, bend_s, straight, taper, transition_strip_rib
from lingnan.components.soi.heaters import phase_shifter_doped, phase_shifter_meander, phase_shifter_undercut
from lingnan.components.soi.interferograms import delay_interferometer, fourier_spectrometer
from lingnan.components.soi.junctions import crossing, terminator, ybranch
from lingnan.components.soi.membranes import ring_membrane
from lingnan.components.soi.modulators import mzm, switch_pin
from lingnan.components.soi.monitors import (
    contact_chain,
    contact_kelvin,
    greek_cross,
    line_resistor,
    rf_standard,
    via_chain,
)
from lingnan.components.soi.nitride import transition_strip_nitride
from lingnan.components.soi.phasedarrays import phased_array
from lingnan.components.soi.receivers import detector_balanced, monitor_tap
from lingnan.components.soi.ringmodulators import disk_modulator_pn, ring_modulator_pn
from lingnan.components.soi.ringrows import ring_filters
from lingnan.components.soi.rings import racetrack_double, racetrack_single, ring_double, ring_single
from lingnan.components.soi.sensing import ring_sensor, ring_sensor_drop, ring_sensor_pair, vernier_sensor
from lingnan.components.soi.seriespair import phase_shifter_series
from lingnan.components.soi.slots import slot, swg
from lingnan.components.soi.splitters import coupler, mmi1x2, mmi2x2, mmi3x3
from lingnan.components.soi.tuning import mzi, phase_shifter_heater
from lingnan.components.soi.wetarms import mzi_coherent, mzi_sensor
from lingnan.components.soi.wetguides import spiral_sensor

_CELLS = (
    straight, bend_euler, bend_circular, bend_s, taper, transition_strip_rib, transition_strip_nitride,
    mmi1x2, mmi2x2, mmi3x3, coupler, ybranch, crossing, terminator,
    ring_single, ring_double, racetrack_single, racetrack_double, slot, swg, bragg, bragg_shifted,
    ring_sensor, ring_sensor_drop, ring_sensor_pair, vernier_sensor, spiral_sensor, mzi_sensor, fluid_channel,
    mzi_coherent, bragg_sensor, bragg_sensor_shifted, bragg_array,
    spiral, bend_chain, mzi, phase_shifter_heater, phase_shifter_meander, phase_shifter_undercut, phase_shifter_doped,
    phase_shifter_pn, phase_shifter_pn_interleaved, phase_shifter_series, mzm, attenuator_pin, switch_pin,
    ring_modulator_pn, disk_modulator_pn, detector_vertical, detector_lateral, detector_balanced, monitor_tap,
    grating_coupler, edge_coupler, grating_antenna, phased_array, hybrid_90, fmcw_engine,
    awg, delay_interferometer, fourier_spectrometer, ring_filters,
    pad, via_stack, wire_corner, ring_membrane,
    greek_cross, contact_kelvin, contact_chain, via_chain, line_resistor, rf_standard,
)  # fmt: skip

cells: dict[str, Callable[..., Any]] = {function.__name__: function for function in _CELLS}
models: dict[str, Callable[..., Any]] = {
    **later(
        "lingnan.components.soi.light",
        "straight", "bend_euler", "bend_circular", "bend_s", "taper", "coupler", "ring_single", "ring_double",
        "racetrack_single", "racetrack_double",
    ),
    **later(
        "lingnan.components.soi.gratinglight",
        "bragg", "bragg_shifted", "bragg_sensor", "bragg_sensor_shifted",
    ),
    **later("lingnan.components.soi.braggarraylight", "bragg_array"),
    **later(
        "lingnan.components.soi.wetlight",
        "ring_sensor", "ring_sensor_drop", "ring_sensor_pair", "vernier_sensor", "spiral_sensor",
        "mzi_sensor", "mzi_coherent",
    ),
    **later(
        "lingnan.components.soi.parts",
        "mmi1x2", "mmi2x2", "mmi3x3", "ybranch", "terminator", "crossing", "grating_coupler", "edge_coupler",
        "transition_strip_rib",
    ),
    **later("lingnan.components.soi.passages", "slot", "swg", "transition_strip_nitride"),
    **later("lingnan.components.soi.circuits", "spiral", "bend_chain", "phase_shifter_heater", "mzi"),
    **later("lingnan.components.soi.awglight", "awg"),
    **later("lingnan.components.soi.filterlight", "delay_interferometer", "fourier_spectrometer", "ring_filters"),
    **later(
        "lingnan.components.soi.lidarlight", "grating_antenna", "phased_array", "hybrid_90", "fmcw_engine"
    ),
    **later("lingnan.components.soi.membranelight", "ring_membrane"),
    **later("lingnan.components.soi.ringlight", "ring_modulator_pn", "disk_modulator_pn"),
    **later(
        "lingnan.components.soi.active",
        "phase_shifter_meander", "phase_shifter_undercut", "phase_shifter_doped", "phase_shifter_pn",
        "phase_shifter_pn_interleaved", "phase_shifter_series", "mzm", "attenuator_pin", "switch_pin",
        "detector_vertical", "detector_lateral", "detector_balanced", "monitor_tap",
    ),
}  # fmt: skip

__all__ = ["cells", "models", *sorted(cells)]
