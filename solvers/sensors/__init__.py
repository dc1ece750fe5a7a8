"""Evanescent sensors: from the mode to the limit of detection.

    guide = sensors.response(waveguides.strip(0.45, 0.22, "Si", "water", substrate="SiO2"))
    guide.nm_per_riu, guide.pm_per_kelvin, guide.loss_db_cm
    ring = sensors.Ring(guide, length=190.0, kappa2=0.05)
    sensors.lod_white_fan(1.55, ring.q_loaded, ring.nm_per_riu)

Lengths in µm, temperatures in K, losses in dB/cm, sensitivities in nm/RIU, shifts by noise in pm, powers in W. Time
convention exp(-iωt).
"""

from lingnan.solvers.sensors import surface
from lingnan.solvers.sensors.figures import (
    decades,
    dynamic_range,
    fsr,
    lod,
    lod_intrinsic,
    lod_white_fan,
    nyquist,
    q_intrinsic,
    q_of,
    sigma_white_fan,
)
from lingnan.solvers.sensors.interferometers import Grating, Interferometer, phase_of_three
from lingnan.solvers.sensors.resonators import NOTHING, Cause, Ring, Vernier, check_radius, extremum
from lingnan.solvers.sensors.sensitivity import AMBIENT, Guide, bloch_response, response

__all__ = [
    "AMBIENT",
    "NOTHING",
    "Cause",
    "Grating",
    "Guide",
    "Interferometer",
    "Ring",
    "Vernier",
    "bloch_response",
    "check_radius",
    "decades",
    "dynamic_range",
    "extremum",
    "fsr",
    "lod",
    "lod_intrinsic",
    "lod_white_fan",
    "nyquist",
    "phase_of_three",
    "q_intrinsic",
    "q_of",
    "response",
    "sigma_white_fan",
    "surface",
]
