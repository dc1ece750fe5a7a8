"""What a heater's power does on the lithium niobate line: from the sizes that a cell draws to its physics.

    thermal.figures().p_pi                                 # power for half a turn of phase [W], by `solvers.heat`
    warm = thermal.heating(power=0.1)                      # what the SAX models take as `heating` [K]
    tfln.models["thermal_switch_y"](wl=1.55, heating=warm)

The wire between its arms is what heats the guide; what the arms take of the power is lost. Heat across the guide alone,
the switch's other arm cold.
"""

import hashlib
from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.compact import store
from lingnan.components.compact.ways import Line, plain
from lingnan.components.process import number
from lingnan.components.tfln.heaters import phase_shifter_heater
from lingnan.pdk import active_process
from lingnan.pdk.heaters import heater
from lingnan.solvers import heat

_MIDDLE = 1.55  #: µm, at which the phase is compared
_POWER = 5e-6  #: W/µm of the second way, two degrees of warmth: beyond, the crystal's dn/dT grows with the temperature
_SIZES = (  #: what the bridge says of a heater's cross-section
    "width", "thickness", "height", "offset", "core_width", "film", "slab", "wall_angle_deg", "buried_oxide",
    "cladding", "handle", "pitch", "core", "metal", "oxide", "handle_medium",
)  # fmt: skip
_solved: dict[str, float] = {}  #: dn_eff by power per length [µm/W], by key


def section(
    width_heater: float | None = None,
    cross_section: str = "rib",
    corner: str = "nominal",
    pitch: float | None = None,
) -> heat.Heater:
    """The cross-section that `phase_shifter_heater` draws with these parameters, and that its heat is solved for."""
    given = None if width_heater is None else plain("phase_shifter_heater", "width_heater", width_heater)
    wire = draw.even(number(given, "heater_width"))
    return heater(
        active_process(), width=wire, core_width=draw.core_width(cross_section), corner=corner, pitch=pitch
    )  # fmt: skip


def figures(
    width_heater: float | None = None,
    cross_section: str = "rib",
    corner: str = "nominal",
    pitch: float | None = None,
    wavelength: float = 1.55,
) -> heat.Shift:
    """P_pi, V_pi and crosstalk of the drawn heater, by `heat.shift`, at the corner's temperature."""
    ambient = active_process().corners[corner].temperature
    return heat.shift(section(width_heater, cross_section, corner, pitch), wavelength, ambient=ambient)


def heating(
    power: ArrayLike,
    length: float | None = None,
    width_heater: float | None = None,
    width_arm: float | None = None,
    contact: float | None = None,
    offset: float | None = None,
    cross_section: str = "rib",
    corner: str = "nominal",
) -> Array:
    """How much warmer the whole guide would have to be for the same phase [K]: what the models take as `heating`.

    Args:
        power: of the whole heater, its arms included [W].
        length: of the heater [µm]; this and what follows are parameters of `phase_shifter_heater`.
        width_heater: [µm].
        width_arm: [µm].
        contact: [µm].
        offset: [µm].
        cross_section: of the guide.
        corner: of the process.
    """
    made = phase_shifter_heater(
        length=length, width_heater=width_heater, width_arm=width_arm, contact=contact, offset=offset,
        cross_section=cross_section,
    )  # fmt: skip
    hot, total = float(made.info["heated_length_um"]), float(made.info["resistance_ohm"])
    spec = section(width_heater, cross_section, corner)
    share = float(spec.resistance_per_square) * hot / float(spec.width) / total
    guide = Line(cross_section, corner).guide()
    slope = float(guide.slope(_MIDDLE, 1 / guide.width))
    return np.asarray(power) * share / hot * per_power(spec, corner) / slope


def per_power(spec: heat.Heater, corner: str = "nominal") -> float:
    """dn_eff by the wire's power per length [µm/W], kept."""
    process = active_process()
    key = key_of(spec, process.corners[corner].temperature, corner)
    if key not in _solved:
        _solved[key] = float(store.recalled(process.name, key, lambda: solve(spec, corner))["per_power"])
    return _solved[key]


def key_of(spec: heat.Heater, kelvin: float, corner: str) -> str:
    """Name in the store."""
    read = ([getattr(spec, name) for name in _SIZES], kelvin)
    return f"heater {corner} {hashlib.sha256(repr(read).encode()).hexdigest()[:12]}"


def solve(spec: heat.Heater, corner: str) -> dict[str, Any]:
    """By perturbation, and by the modes of the hot and of the cold guide for the error."""
    process = active_process()
    ambient = process.corners[corner].temperature
    found = float(heat.shift(spec, _MIDDLE, ambient=ambient).per_power)
    second = float(heat.resolved(spec, _POWER, _MIDDLE, ambient=ambient)) / _POWER
    return {
        "process": process.name, "hash": process.hash, "version": __version__, "what": repr(spec),
        "per_power": found, "error": abs(second / found - 1),
    }  # fmt: skip
