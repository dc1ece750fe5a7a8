"""Heaters: temperature of one drawn cross-section, what it does to the phase of a mode, and how fast.

    spec = heat.Heater(width=2.0, thickness=0.15, height=1.0, core_width=0.45, film=0.22, core="Si", metal="TiN")
    found = heat.shift(spec, wavelength=1.55)           # found.p_pi [W], .v_pi(length), .crosstalk
    heat.resolved(spec, 20e-3 / 320)                    # the same from the hot mode less the cold one
    like = heat.prepared(spec)                          # for traced numbers: heat.shift(spec, like=like)
    heat.response(spec).rise_time                       # 10 to 90 % of the phase [s]
    heat.temperature(spec.section()).at(x, y)           # K per W/m

Heat flows across the guide alone: heaters are long. Lengths in µm, power in W, temperature in K above ambient.
"""

from lingnan.solvers.heat.conduction import Temperature, flux, temperature
from lingnan.solvers.heat.heater import Heater
from lingnan.solvers.heat.plots import plot_step, plot_temperature
from lingnan.solvers.heat.section import Fineness, Section, ThermalMedium, section, thermal_medium
from lingnan.solvers.heat.shift import Shift, observer, prepared, resolved, shift, shift_of
from lingnan.solvers.heat.transient import Step, observed, response, response_of, stepped

__all__ = [
    "Fineness",
    "Heater",
    "Section",
    "Shift",
    "Step",
    "Temperature",
    "ThermalMedium",
    "flux",
    "observed",
    "observer",
    "plot_step",
    "plot_temperature",
    "prepared",
    "resolved",
    "response",
    "response_of",
    "section",
    "shift",
    "shift_of",
    "stepped",
    "temperature",
    "thermal_medium",
]
