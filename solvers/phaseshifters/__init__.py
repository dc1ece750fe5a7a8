"""Phase shifters of silicon: what carriers do to the light of one cross-section.

    junction = phaseshifters.rib([Implant("p", 5e17, right=0.0), Implant("n", 3e17, left=0.0)])
    found = phaseshifters.figures(junction, [1.0, 4.0], 1.55)             # V of reverse bias
    found.vpi_l, found.loss_dB_cm, found.capacitance, found.resistance, found.bandwidth
    like = phaseshifters.ready(junction)                                  # for traced numbers
    phaseshifters.sampled(blurred, 2.0, Spread(dose=0.05), 1000)          # of a process
    phaseshifters.modulation(junction, 1.0, [1e9, 1e10])                  # small signals, injection too

Lengths in µm, densities in cm^-3, V_pi L in V cm, loss in dB/cm; capacitances, resistances and currents are per metre
of length.
"""

from lingnan.solvers.phaseshifters.closed import Lateral
from lingnan.solvers.phaseshifters.contact import lead
from lingnan.solvers.phaseshifters.interleaved import Interleaved, fingers, interleaved
from lingnan.solvers.phaseshifters.light import Light, light, planned, waveguide
from lingnan.solvers.phaseshifters.line import Junction, electro_optic, loaded
from lingnan.solvers.phaseshifters.operation import Figures, Ready, figures, modulation, ready
from lingnan.solvers.phaseshifters.optimum import Optimum, OptimumStep, Outcome, optimum
from lingnan.solvers.phaseshifters.plan import Fineness, Plan
from lingnan.solvers.phaseshifters.plots import plot_figure, plot_figures, plot_junction
from lingnan.solvers.phaseshifters.samples import MOVING, ROUGH, Samples, Spread, sampled
from lingnan.solvers.phaseshifters.section import Body, Contact, Implant, Section, capacitor, rib

__all__ = [
    "MOVING",
    "ROUGH",
    "Body",
    "Contact",
    "Figures",
    "Fineness",
    "Implant",
    "Interleaved",
    "Junction",
    "Lateral",
    "Light",
    "Optimum",
    "OptimumStep",
    "Outcome",
    "Plan",
    "Ready",
    "Samples",
    "Section",
    "Spread",
    "capacitor",
    "electro_optic",
    "figures",
    "fingers",
    "interleaved",
    "lead",
    "light",
    "loaded",
    "modulation",
    "optimum",
    "planned",
    "plot_figure",
    "plot_figures",
    "plot_junction",
    "ready",
    "rib",
    "sampled",
    "waveguide",
]
