"""Ring and disk modulators: spectra, coupled modes in time, small signals, self-heating, locking, whispering galleries.

    junction = resonators.Bias(voltage, index, loss)                     # of a phase shifter, reverse volts
    ring = resonators.Ring(62.8, kappa2=0.04, n_eff=2.57, n_g=3.9, loss_db_cm=10.0, bias=junction)
    resonators.spectrum(ring, wavelength, voltage=-1.0).through
    answer = resonators.small_signal(ring, detuning, 1.0, links.OnePole(60e9))   # a transfer; answer.peaking_db
    modulator = resonators.RingModulator(ring, detuning, offset=1.0)     # a transmitter of `links`
    links.power(modulator.field(drive))                                  # through links.folded to an eye
    resonators.steady(modulator).stable                                  # self-heating
    resonators.locked(ring, lock, detuning, heater, disturbance)         # a heater that follows
    resonators.exchanged(bend, bus, radius, apart, core, contrast)       # φ of a coupler, sin² φ = kappa2

Lengths and wavelengths in µm, rates in 1/s, detunings in rad/s (resonance less laser), powers in W, voltages in V.
Time convention exp(-iωt).
"""

from lingnan.solvers.resonators.bistable import Steady, shift_per_joule, steady, threshold
from lingnan.solvers.resonators.bus import exchanged
from lingnan.solvers.resonators.coupled import RingModulator, State, Warm, run
from lingnan.solvers.resonators.disk import asymptotic, exact
from lingnan.solvers.resonators.locking import Lock, Trace, locked, loop, reading, set_point
from lingnan.solvers.resonators.plots import plot_answer, plot_branches, plot_lock, plot_run, plot_spectra
from lingnan.solvers.resonators.ring import (
    Bias,
    Rates,
    Response,
    Ring,
    quality,
    rates,
    resonance,
    shift_per_volt,
    spectrum,
)
from lingnan.solvers.resonators.small_signal import SmallSignal, small_signal

__all__ = [
    "Bias",
    "Lock",
    "Rates",
    "Response",
    "Ring",
    "RingModulator",
    "SmallSignal",
    "State",
    "Steady",
    "Trace",
    "Warm",
    "asymptotic",
    "exact",
    "exchanged",
    "locked",
    "loop",
    "plot_answer",
    "plot_branches",
    "plot_lock",
    "plot_run",
    "plot_spectra",
    "quality",
    "rates",
    "reading",
    "resonance",
    "run",
    "set_point",
    "shift_per_joule",
    "shift_per_volt",
    "small_signal",
    "spectrum",
    "steady",
    "threshold",
]
