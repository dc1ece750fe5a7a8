"""Second-order optics in poled guides, and electro-optic combs.

    guide = waveguides.rib(width=1.4, thickness=0.6, slab=0.25, core="LiNbO3-x-cut", cladding="SiO2", ...)
    shg = nonlinear.second_harmonic(guide, wavelength=1.55)
    shg.period, shg.efficiency()                             # µm, %/(W cm²), from the modes' own fields
    nonlinear.bandwidth(shg, 5000.0), nonlinear.thermal_tuning(guide, shg)           # µm, nm/K
    nonlinear.harmonic(shg.kappa(), 0.0, power=0.1, length=5000.0)                   # with the pump used up
    made = nonlinear.difference_frequency(guide, pump=0.775, signal=1.5)
    made.period, made.efficiency(), made.bandwidth(5000.0)   # µm, %/(W cm²) to the idler, µm of the signal
    made.mixing().undepleted(made.mismatch(1.51), 0.1, 1e-3, 5000.0)     # power of the idler [W]
    nonlinear.relative_efficiency(nonlinear.shaken(nonlinear.walls(4.1, 1000), 0.1, key), 2 * jnp.pi / 4.1)
    nonlinear.ring_comb(nonlinear.Ring(depth=1.0, coupling=0.02, loss=0.02))

Lengths in µm, power in W, amplitudes in √W.
"""

from lingnan.solvers.nonlinear.comb import (
    Ring,
    cascaded,
    phase_modulated,
    power_db,
    ring_comb,
    ring_comb_in_time,
    round_trip_gvd,
)
from lingnan.solvers.nonlinear.conversion import Difference, bandwidth, harmonic, low_conversion, matched
from lingnan.solvers.nonlinear.difference import DifferenceFrequency, difference_frequency
from lingnan.solvers.nonlinear.domains import (
    expected_efficiency,
    relative_efficiency,
    shaken,
    spectrum,
    uneven,
    walls,
)
from lingnan.solvers.nonlinear.mixing import (
    Coefficients,
    SecondHarmonic,
    Wave,
    coefficients,
    couplings,
    second_harmonic,
)
from lingnan.solvers.nonlinear.plots import plot_comb, plot_tuning
from lingnan.solvers.nonlinear.tuning import sensitivity, thermal_tuning, tuning_curve, wavenumber

__all__ = [
    "Coefficients",
    "Difference",
    "DifferenceFrequency",
    "Ring",
    "SecondHarmonic",
    "Wave",
    "bandwidth",
    "cascaded",
    "coefficients",
    "couplings",
    "difference_frequency",
    "expected_efficiency",
    "harmonic",
    "low_conversion",
    "matched",
    "phase_modulated",
    "plot_comb",
    "plot_tuning",
    "power_db",
    "relative_efficiency",
    "ring_comb",
    "ring_comb_in_time",
    "round_trip_gvd",
    "second_harmonic",
    "sensitivity",
    "shaken",
    "spectrum",
    "thermal_tuning",
    "tuning_curve",
    "uneven",
    "walls",
    "wavenumber",
]
