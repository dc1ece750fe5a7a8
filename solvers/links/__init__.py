"""Transmission over a modulator, whatever it is made of: drive, light, fibre, receiver, and what comes out.

    symbols = links.pam(numpy.tile(links.prbs(13), 2), 4)                       # PRBS13Q
    s21 = links.Tabulated(answer.frequency, answer.s21)                         # of modulators.response, or measured
    modulator = links.MachZehnder(v_pi=3.0, response=s21, imbalance=0.03)
    drive = links.scaled(links.edges(symbols, 100e9, 16), 0.5 * 3.0)            # V
    light = modulator.field(drive)                                              # √W
    far = links.propagated(light, links.Fibre(2.0, 17.0))
    links.tdecq(links.power(far), symbols, 16).tdecq                            # dB
    seen = links.detected(links.power(far), receiver)                           # current and noise
    eye = links.folded(seen.current, symbols, 16, seen.noise)                   # links.plot_eye(eye)
    links.error_rates(eye).bits                                                 # over the sampling phase
    given = links.qam(links.prbs(13), 16)
    drive = links.scaled(links.raised_cosine(given, 64e9, 8), 1.0)              # V, both parts
    taken = links.points(links.IQModulator.of(modulator).field(drive), 8)
    links.evm_rms(links.corrected(taken, given), given)                         # links.plot_constellation
    light = links.arrived(laser, links.Modulation.of(sent, 10e-3), losses, 358.15)
    links.account(light, receiver, noise_bandwidth).margin_db                   # a budget, at 85 °C

A link knows a modulator by V_pi and its response over frequency, so that silicon and lithium niobate share it; one
whose field is not a cosine of the voltage is a `Curve`. All of it differentiates, and maps over samples of a process.
Voltages in V, fields in √W, powers in W, currents in A, frequencies in Hz, times in s, fibre in km. Time convention
exp(-iωt).
"""

from lingnan.solvers.links.budget import (
    Arrived,
    Laser,
    Loss,
    Margin,
    Modulation,
    account,
    arrived,
    closure_db,
    error_rate,
    extinction_penalty_db,
    log_error_rate,
    modulation_amplitude,
    needed_q,
    sensitivity,
)
from lingnan.solvers.links.coherent import (
    IQModulator,
    corrected,
    decided,
    emphasised,
    evm_max,
    evm_rms,
    noise_of,
    points,
    qam_error_rate,
    straightened,
)
from lingnan.solvers.links.eye import (
    Eye,
    Outer,
    crossing,
    folded,
    height,
    histogram,
    level_mismatch,
    levels,
    opening,
    outer,
    outer_of_runs,
    width,
)
from lingnan.solvers.links.fibre import Fibre, first_null, propagated, small_signal
from lingnan.solvers.links.jitter import bathtub, drawn, width_at
from lingnan.solvers.links.patterns import pam, prbs, qam
from lingnan.solvers.links.plots import plot_bathtub, plot_constellation, plot_eye, plot_spectrum
from lingnan.solvers.links.pulses import edges, matched, raised_cosine
from lingnan.solvers.links.rates import Rates, counted, error_rates, moments, q_factor, thresholds
from lingnan.solvers.links.receiver import Received, Receiver, detected, noisy
from lingnan.solvers.links.tdecq import Closure, tdecq
from lingnan.solvers.links.transfers import (
    BesselThomson,
    Cascade,
    OnePole,
    Tabulated,
    Transfer,
    filtered,
    noise_bandwidth,
)
from lingnan.solvers.links.transmitter import (
    DARK,
    QUADRATURE,
    Curve,
    MachZehnder,
    PhaseModulator,
    Transmitter,
    chirp,
    chirp_parameter,
    power,
)
from lingnan.solvers.links.waveform import Waveform, scaled

__all__ = [
    "DARK",
    "QUADRATURE",
    "Arrived",
    "BesselThomson",
    "Cascade",
    "Closure",
    "Curve",
    "Eye",
    "Fibre",
    "IQModulator",
    "Laser",
    "Loss",
    "MachZehnder",
    "Margin",
    "Modulation",
    "OnePole",
    "Outer",
    "PhaseModulator",
    "Rates",
    "Received",
    "Receiver",
    "Tabulated",
    "Transfer",
    "Transmitter",
    "Waveform",
    "account",
    "arrived",
    "bathtub",
    "chirp",
    "chirp_parameter",
    "closure_db",
    "corrected",
    "counted",
    "crossing",
    "decided",
    "detected",
    "drawn",
    "edges",
    "emphasised",
    "error_rate",
    "error_rates",
    "evm_max",
    "evm_rms",
    "extinction_penalty_db",
    "filtered",
    "first_null",
    "folded",
    "height",
    "histogram",
    "level_mismatch",
    "levels",
    "log_error_rate",
    "matched",
    "modulation_amplitude",
    "moments",
    "needed_q",
    "noise_bandwidth",
    "noise_of",
    "noisy",
    "opening",
    "outer",
    "outer_of_runs",
    "pam",
    "plot_bathtub",
    "plot_constellation",
    "plot_eye",
    "plot_spectrum",
    "points",
    "power",
    "prbs",
    "propagated",
    "q_factor",
    "qam",
    "qam_error_rate",
    "raised_cosine",
    "scaled",
    "sensitivity",
    "small_signal",
    "straightened",
    "tdecq",
    "thresholds",
    "width",
    "width_at",
]
