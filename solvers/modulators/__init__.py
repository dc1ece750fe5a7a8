"""Electro-optic modulators: electrostatics, RF lines and the Pockels effect of one drawn cross-section.

    spec = modulators.Coplanar(gap=5.0, signal_width=16.0, ground_width=150.0, metal_thickness=0.9)
    section = spec.section()
    line = modulators.rlgc(section, jnp.linspace(1e9, 100e9, 50))     # line.gamma, .z0, .n_rf, .loss_db_cm
    boxed = modulators.Coplanar(gap=5.0, signal_width=16.0, reach=60.0).section()      # grounds joined, a small box
    check = modulators.full_wave(boxed, 40e9)                          # lines from vector modes
    modulators.phase_shift(spec, wavelength=1.55).vpi_l_push_pull      # V cm
    twm = modulators.Modulator((modulators.Stretch(line, 7000.0, 1.0),), n_g=2.26)
    modulators.response(twm, line.frequency).s21_db                    # electro-optic S21; .bandwidth, write_touchstone
    modulators.figures(spec, line.frequency, 7000.0).bandwidth         # all of this in one call; T-rails too
    modulators.optimum({"typ": spec}, {"gap": (4.5, 9.0)}, v_pi=2.0, frequency=line.frequency).drawn    # widest band
    like = spec.section()                                              # for traced numbers: spec.section(like)

`Line` is what travelling-wave models take: `frequency` [Hz], `gamma` [1/m] of exp(-gamma z), `z0` [ohm], in the time
convention exp(-iωt) of this package: gamma = α - iβ, Im z0 > 0 where engineers have Im z0 < 0. `Line.engineering` is
the same line with exp(+jωt), as Touchstone files have it. V_pi L is apart from it, in V cm.

Lengths in µm, conductivity in S/m, frequencies in Hz, angles in degrees where the name says so.
"""

from lingnan.solvers.modulators.bandwidth import Crossing, bandwidth
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.drift import Relaxation, settled
from lingnan.solvers.modulators.electrodes import folded, periodic, segmented, taper
from lingnan.solvers.modulators.electrostatics import Potentials, capacitance, field_at, potentials
from lingnan.solvers.modulators.figures import ROUGH, SAMPLED, SAMPLED_LIGHT, Figures, Ready, figures, ready
from lingnan.solvers.modulators.fullwave import Search, full_wave
from lingnan.solvers.modulators.line import Distributed, Line
from lingnan.solvers.modulators.loaded import Loaded, TRail, loaded_line
from lingnan.solvers.modulators.magnetics import admittance
from lingnan.solvers.modulators.near import Near
from lingnan.solvers.modulators.network import (
    MATCHED,
    OPEN,
    SHORT,
    Load,
    Open,
    Series,
    Shunt,
    Stretch,
)
from lingnan.solvers.modulators.optical import Guided, guided
from lingnan.solvers.modulators.optimum import Optimum, optimum
from lingnan.solvers.modulators.plots import plot_fields, plot_line, plot_optimum
from lingnan.solvers.modulators.pockels import (
    UNCLAMPED,
    Coefficients,
    Shift,
    clamped,
    overlap,
    permittivity_change,
    phase_shift,
    prepared,
    resolved,
    shift_of,
)
from lingnan.solvers.modulators.rlgc import distributed, rlgc
from lingnan.solvers.modulators.routes import integrated, marched, voltage_along
from lingnan.solvers.modulators.rows import abcd, resampled, scattering
from lingnan.solvers.modulators.section import Fineness, RfMedium, Section, rf_medium, section
from lingnan.solvers.modulators.spectrum import plot_response
from lingnan.solvers.modulators.touchstone import write_touchstone
from lingnan.solvers.modulators.travelling import (
    Driver,
    Modulator,
    Response,
    closed_form,
    response,
)

__all__ = [
    "MATCHED",
    "OPEN",
    "ROUGH",
    "SAMPLED",
    "SAMPLED_LIGHT",
    "SHORT",
    "UNCLAMPED",
    "Coefficients",
    "Coplanar",
    "Crossing",
    "Distributed",
    "Driver",
    "Figures",
    "Fineness",
    "Guided",
    "Line",
    "Load",
    "Loaded",
    "Modulator",
    "Near",
    "Open",
    "Optimum",
    "Potentials",
    "Ready",
    "Relaxation",
    "Response",
    "RfMedium",
    "Search",
    "Section",
    "Series",
    "Shift",
    "Shunt",
    "Stretch",
    "TRail",
    "abcd",
    "admittance",
    "bandwidth",
    "capacitance",
    "clamped",
    "closed_form",
    "distributed",
    "field_at",
    "figures",
    "folded",
    "full_wave",
    "guided",
    "integrated",
    "loaded_line",
    "marched",
    "optimum",
    "overlap",
    "periodic",
    "permittivity_change",
    "phase_shift",
    "plot_fields",
    "plot_line",
    "plot_optimum",
    "plot_response",
    "potentials",
    "prepared",
    "ready",
    "resampled",
    "resolved",
    "response",
    "rf_medium",
    "rlgc",
    "scattering",
    "section",
    "segmented",
    "settled",
    "shift_of",
    "taper",
    "voltage_along",
    "write_touchstone",
]
