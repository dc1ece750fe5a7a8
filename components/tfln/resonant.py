"""Compact models of the thermal switch and the racetrack modulator, named like their cells.

As those of `circuits`: `voltage` [V] on the signal, `heating` by how much a heater's guide is warmer than the chip [K].
"""

from typing import Any

import numpy as np

from lingnan.components.common import draw
from lingnan.components.common.curves import s_bend
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.sizes import settled
from lingnan.components.compact.ways import Line, Loop, SDict, Turn, all_pass, both_ways, plain
from lingnan.components.process import number
from lingnan.components.tfln import electro, heaters, parts, ringmodulators, switches
from lingnan.components.tfln.splitters import mmi2x2_y
from lingnan.pdk import active_process
from lingnan.pdk import modulators as bridge
from lingnan.solvers.tracing import namespace


@model_of(switches.thermal_switch_y, heating=0.0)
def thermal_switch_y(asked: Asked) -> SDict:
    """Model of `thermal_switch_y`: coupler, arms of which the upper one is warmer, coupler. No heat crosses over."""
    name, given, settings, wl, temperature = asked.name, asked.given, asked.settings, asked.wl, asked.temperature
    cross_section = asked.cross_section
    heated = settled(name, "length_heater", given["length_heater"], "heater_length")
    wire = asked.plain()["width_heater"]
    coupler, line = parts.mmi2x2_y(**settings), Line(cross_section, asked.corner)
    port = float(mmi2x2_y(cross_section=cross_section).ports["o3"].center[1])
    size = switches.arm_bend(draw.even(settled(name, "pitch", given["pitch"], "switch_pitch")), port, cross_section)
    bend = s_bend(*size)
    bends = line.amplitude(wl, bend.length, temperature, None, Turn.along(bend)) ** 2
    warm = parts.phase_shifter_heater(**settings, length=heated, width_heater=wire, heating=asked.driven["heating"])[
        "o1", "o2"
    ]
    made = heaters.phase_shifter_heater(length=heated, width_heater=wire, cross_section=cross_section)
    cold = line.amplitude(wl, float(made.info["length_um"]), temperature)
    upper, lower = bends * warm, bends * cold
    found = {
        (one, two): coupler[one, "o3"] * upper * coupler["o2", two] + coupler[one, "o4"] * lower * coupler["o1", two]
        for one in ("o1", "o2")
        for two in ("o3", "o4")
    }
    zero = 0 * upper
    return both_ways({**found, **{(one, one): zero for one in ("o1", "o2", "o3", "o4")}})


@model_of(ringmodulators.racetrack_modulator_y, voltage=0.0)
def racetrack_modulator_y(asked: Asked) -> SDict:
    """Model of `racetrack_modulator_y`: (t - A) / (1 - t A), A after one round trip, turned by a voltage.

    Left out: the pads' part of the electrodes, which are as far from the guide as the strips, and what the metal takes.
    """
    name, given, wl, temperature = asked.name, asked.given, asked.wl, asked.temperature
    voltage, line = asked.driven["voltage"], Line(asked.cross_section, asked.corner)
    long = draw.even(settled(name, "length", given["length"], "racetrack_length"))
    radius = settled(name, "radius", given["radius"], "racetrack_radius")
    loop = Loop(radius, long + 2 * ringmodulators.INSET, 0.0, line)
    t, _ = loop.coupling(wl, settled(name, "gap_bus", given["gap_bus"], "racetrack_gap"))
    xp = namespace(wl, voltage)
    around = loop.half_trip(wl, temperature) ** 2
    if xp is not np or np.any(np.asarray(voltage)):
        spec = racetrack_section(
            given["gap"], given["signal_width"], given["ground_width"], asked.cross_section, asked.corner
        )
        # the guide lies north of its signal, as the upper arm of a modulator does
        slope = electro.per_volt(spec, wl, asked.corner)
        around = around * xp.exp(2j * np.pi / xp.asarray(wl) * slope * long * xp.asarray(voltage))
    return all_pass(loop.bus(wl, temperature), t, around)


def racetrack_section(
    gap: float | None = None,
    signal_width: float | None = None,
    ground_width: float | None = None,
    cross_section: str = "rib",
    corner: str = "nominal",
) -> bridge.LineSpec:
    """The cross-section of the driven straight: one gap, between a signal and a ground, with the racetrack in it."""
    process, name = active_process(), "racetrack_modulator_y"
    strip = process.cross_sections["gsg"].width.value
    signal, ground = (
        draw.snapped(strip if value is None else plain(name, what, value))
        for what, value in (("signal_width", signal_width), ("ground_width", ground_width))
    )
    apart = draw.even(number(None if gap is None else plain(name, "gap", gap), "modulator_gap"))
    return bridge.coplanar(
        process, gap=apart, signal_width=signal, ground_width=ground, rib_width=draw.core_width(cross_section),
        corner=corner, push_pull=False,
    )  # fmt: skip


models: dict[str, Any] = {f.__name__: f for f in (thermal_switch_y, racetrack_modulator_y)}
