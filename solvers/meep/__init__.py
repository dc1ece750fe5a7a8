"""Meep in its own process: FDTD S-parameters, MPB modes, and a JAX function with Meep's adjoint gradient.

Meep's own numpy and JAX cannot live in one process, so a scene is written down, a worker runs it under an interpreter
that has Meep, and numbers come back. Results are kept by content: the same scene is computed once. Without Meep the
rest of lingnan works, and what needs it says how to get it.
"""

from lingnan.solvers.meep.adjoint import DesignRegion, rasterise, transmission
from lingnan.solvers.meep.job import MeepError
from lingnan.solvers.meep.machine import Machine, MeepNotFoundError, find
from lingnan.solvers.meep.scene import Level, Port, Prism, Scene, Slab
from lingnan.solvers.meep.simulate import Crossing, Modes, Radiation, SMatrix, convergence, modes, radiate, simulate

__all__ = [
    "Crossing",
    "DesignRegion",
    "Level",
    "Machine",
    "MeepError",
    "MeepNotFoundError",
    "Modes",
    "Port",
    "Prism",
    "Radiation",
    "SMatrix",
    "Scene",
    "Slab",
    "convergence",
    "find",
    "modes",
    "radiate",
    "rasterise",
    "simulate",
    "transmission",
]
