"""Evanescent sensors: from the mode to the limit of detection.

    guide = sensors.response(waveguides.strip(0.45, 0.22, "Si", "water", substrate="SiO2"))
    guide.nm_per_riu, guide.pm_per_kelvin, guide.loss_db_cm
    ring = sensors.Ring(guide, length=190.0, kappa2=0.05)
    sensors.lod_white_fan(1.55, ring.q_loaded, ring.nm_per_riu)

Lengths in µm, temperatures in K, losses in dB/cm, sensitivities in nm/RIU, shifts by noise in pm, powers in W. Time
convention exp(-iωt).
"""

from lingnan.solvers.sensors import (
    allan,
    blood,
    bounds,
    coatings,
    estimators,
    gas,
    glucose,
    irradiated,
    kinetics,
    lines,
    nanobeam,
    seawater,
    sensorgram,
    surface,
    turbidity,
    voigt,
)
from lingnan.solvers.sensors.chain import Budget, Chain, Environment, limit, passing, scanned, shift_sigma
from lingnan.solvers.sensors.detector import Converter, Detector, Trace, check_scale, sampled
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
from lingnan.solvers.sensors.held import Held, held
from lingnan.solvers.sensors.interferometers import Grating, Interferometer, phase_of_three
from lingnan.solvers.sensors.limits import Least, least
from lingnan.solvers.sensors.resonators import NOTHING, Cause, Ring, Vernier, extremum
from lingnan.solvers.sensors.samples import GuideMap, mapped, misfit
from lingnan.solvers.sensors.sensitivity import AMBIENT, Guide, bloch_response, response
from lingnan.solvers.sensors.source import Laser, seen

__all__ = [
    "AMBIENT",
    "NOTHING",
    "Budget",
    "Cause",
    "Chain",
    "Converter",
    "Detector",
    "Environment",
    "Grating",
    "Guide",
    "GuideMap",
    "Held",
    "Interferometer",
    "Laser",
    "Least",
    "Ring",
    "Trace",
    "Vernier",
    "allan",
    "bloch_response",
    "blood",
    "bounds",
    "check_scale",
    "coatings",
    "decades",
    "dynamic_range",
    "estimators",
    "extremum",
    "fsr",
    "gas",
    "glucose",
    "held",
    "irradiated",
    "kinetics",
    "least",
    "limit",
    "lines",
    "lod",
    "lod_intrinsic",
    "lod_white_fan",
    "mapped",
    "misfit",
    "nanobeam",
    "nyquist",
    "passing",
    "phase_of_three",
    "q_intrinsic",
    "q_of",
    "response",
    "sampled",
    "scanned",
    "seawater",
    "seen",
    "sensorgram",
    "shift_sigma",
    "sigma_white_fan",
    "surface",
    "turbidity",
    "voigt",
]
