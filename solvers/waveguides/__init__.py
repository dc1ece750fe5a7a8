"""Waveguides: cross-sections, and their full-vector modes with exact derivatives.

    strip = waveguides.strip(width=0.45, thickness=0.22, core="Si", cladding="SiO2")
    modes = waveguides.solve(strip, wavelength=1.55, num_modes=2)
    modes.n_eff, modes.n_g, modes.te_fraction, modes.E, modes.H, modes.grid

Lengths in µm; time convention exp(iβz - iωt).
"""

from lingnan.solvers.tracing import CheckError, checked
from lingnan.solvers.waveguides.borders import bordered
from lingnan.solvers.waveguides.builders import coupler, rib, slot, strip
from lingnan.solvers.waveguides.cache import keep_compilations
from lingnan.solvers.waveguides.effective import swg
from lingnan.solvers.waveguides.geometry import Geometry, Trapezoid, cross_section
from lingnan.solvers.waveguides.grid import LADDER, Absorber, Resolution
from lingnan.solvers.waveguides.judging import MeshWarning, NoGuidedModeError, WindowWarning, judge
from lingnan.solvers.waveguides.measures import confinement, effective_area, field_at, overlap
from lingnan.solvers.waveguides.modes import Modes, Report
from lingnan.solvers.waveguides.plots import plot
from lingnan.solvers.waveguides.polygon import polygon
from lingnan.solvers.waveguides.solve import solve
from lingnan.solvers.waveguides.topology import Topology, topology_of
from lingnan.solvers.waveguides.tracking import Label, Sweep, classify, follow, sweep

__all__ = [
    "LADDER",
    "Absorber",
    "CheckError",
    "Geometry",
    "Label",
    "MeshWarning",
    "Modes",
    "NoGuidedModeError",
    "Report",
    "Resolution",
    "Sweep",
    "Topology",
    "Trapezoid",
    "WindowWarning",
    "bordered",
    "checked",
    "classify",
    "confinement",
    "coupler",
    "cross_section",
    "effective_area",
    "field_at",
    "follow",
    "judge",
    "keep_compilations",
    "overlap",
    "plot",
    "polygon",
    "rib",
    "slot",
    "solve",
    "strip",
    "sweep",
    "swg",
    "topology_of",
]
