"""Germanium photodiodes on silicon: absorption from hybrid modes, bandwidth, dark current, saturation, noise, gain.

    diode = detectors.Photodiode(width=1.0, length=14.0, depleted=0.35)
    light = detectors.excited(diode, 1.55)                              # hybrid modes; light.captured
    light.responsivity(diode.length, internal=0.95)                     # A/W
    made = light.profile(diode.length, 0.27, 0.62)                      # where pairs are made between two heights
    answer = detectors.respond(diode, 1.0, detectors.Circuit(diode.capacitance, series=20.0), made)
    detectors.bandwidth(answer)                                         # Hz
    detectors.dark_current(diode, detectors.Leakage(bulk=5.0))          # A
    detectors.breakdown_voltage(diode)                                  # V; beyond it every bias is refused
    detectors.multiplied(diode, 7.0, made).gain                         # near it, with excess noise
    quiet = detectors.Amplifier(2e3, 0.05, diode.capacitance + 40e-15)  # noise that rises with frequency
    quiet.averaged(links.BesselThomson(40e9))                           # A/√Hz, for `Noise(amplifier=…, load=None)`
    seen = detectors.receiver(detectors.Noise(dark=5e-9), 0.9, answer)  # a receiver of `links`

Lengths in µm, wavelength in vacuum [µm], currents in A, powers in W, frequencies in Hz. Time convention exp(-iωt).
"""

from lingnan.solvers.detectors.absorption import Excited, beer, excited, launched, limit
from lingnan.solvers.detectors.amplifier import Amplifier
from lingnan.solvers.detectors.avalanche import (
    Avalanche,
    best_gain,
    breakdown,
    build_up,
    excess_noise,
    gain,
    profile,
    sensitive_gain,
    silicon_rates,
)
from lingnan.solvers.detectors.balanced import BalancedPair, HybridReceiver, Tapped, monitor
from lingnan.solvers.detectors.dark import Leakage, dark_current, lowering, split
from lingnan.solvers.detectors.germanium import Germanium
from lingnan.solvers.detectors.multiplication import (
    breakdown_field,
    breakdown_voltage,
    check_bias,
    germanium_rates,
    ionisation,
    multiplied,
)
from lingnan.solvers.detectors.noise import Noise, nep, receiver, signal_to_noise
from lingnan.solvers.detectors.plots import plot_absorption, plot_response, plot_responsivity
from lingnan.solvers.detectors.response import Circuit, added, bandwidth, field_in, one_pole, respond
from lingnan.solvers.detectors.saturation import crowding, densest, saturation_current, screened
from lingnan.solvers.detectors.section import Photodiode
from lingnan.solvers.detectors.transit import (
    Profile,
    Transit,
    exponential,
    exponential_response,
    sheet,
    uniform,
    uniform_response,
)

__all__ = [
    "Amplifier",
    "Avalanche",
    "BalancedPair",
    "Circuit",
    "Excited",
    "Germanium",
    "HybridReceiver",
    "Leakage",
    "Noise",
    "Photodiode",
    "Profile",
    "Tapped",
    "Transit",
    "added",
    "bandwidth",
    "beer",
    "best_gain",
    "breakdown",
    "breakdown_field",
    "breakdown_voltage",
    "build_up",
    "check_bias",
    "crowding",
    "dark_current",
    "densest",
    "excess_noise",
    "excited",
    "exponential",
    "exponential_response",
    "field_in",
    "gain",
    "germanium_rates",
    "ionisation",
    "launched",
    "limit",
    "lowering",
    "monitor",
    "multiplied",
    "nep",
    "one_pole",
    "plot_absorption",
    "plot_response",
    "plot_responsivity",
    "profile",
    "receiver",
    "respond",
    "saturation_current",
    "screened",
    "sensitive_gain",
    "sheet",
    "signal_to_noise",
    "silicon_rates",
    "split",
    "uniform",
    "uniform_response",
]
