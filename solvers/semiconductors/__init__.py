"""Silicon with carriers: Poisson's equation and drift and diffusion, in one and two dimensions.

    diode = semiconductors.device(x, y, donors=n, acceptors=p, contacts={"anode": left, "cathode": right})
    state = semiconductors.solve(diode, [0.0, 3.0])                # potential, electrons, holes at the nodes
    semiconductors.terminal_currents(diode, state)                 # A/m into each contact
    semiconductors.admittance(diode, state, 1e9)                   # S/m, exp(-iωt); a capacitance is -Im Y / ω
    semiconductors.junction.width(3e17, 5e17, 3.0)                 # the abrupt junction in closed form

Lengths in µm, densities in cm^-3, voltages in V, currents and capacitances per metre of the third dimension. One
dimension is one row of cells. Boltzmann's statistics and one gap, or those of Fermi and Dirac and a gap that dopants
narrow: `Silicon(statistics="fermi", narrowing="slotboom")`. A voltage at which a junction breaks down is refused; walls
are vertical.
"""

from lingnan.solvers.semiconductors import junction
from lingnan.solvers.semiconductors.breakdown import BreakdownError, ionisation
from lingnan.solvers.semiconductors.device import Device, device, implant
from lingnan.solvers.semiconductors.newton import ConvergenceError, State, solve
from lingnan.solvers.semiconductors.plots import plot_device, plot_profile, plot_sweep
from lingnan.solvers.semiconductors.silicon import (
    Silicon,
    arora,
    intrinsic_density,
    masetti,
    narrowed,
    saturation,
    states,
)
from lingnan.solvers.semiconductors.terminal import Movements, admittance, edge_currents, movements, terminal_currents

__all__ = [
    "BreakdownError",
    "ConvergenceError",
    "Device",
    "Movements",
    "Silicon",
    "State",
    "admittance",
    "arora",
    "device",
    "edge_currents",
    "implant",
    "intrinsic_density",
    "ionisation",
    "junction",
    "masetti",
    "movements",
    "narrowed",
    "plot_device",
    "plot_profile",
    "plot_sweep",
    "saturation",
    "solve",
    "states",
    "terminal_currents",
]
