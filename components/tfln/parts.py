"""Compact models of the lithium niobate line's devices: splitters, heated and poled guides.

Named like their cells, as those of the silicon line (`lingnan.components.soi.parts`), where it stands how splitters are
solved. What has no model yet, and why, stands in `unmodelled`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact import films, multimode
from lingnan.components.compact.devices import Solver, modelled
from lingnan.components.compact.ways import Line, SDict, Turn, plain, through
from lingnan.components.process import for_guide, number
from lingnan.components.tfln import heaters, poling
from lingnan.pdk import active_process

if TYPE_CHECKING:
    import sax

Given = ArrayLike | None

#: Cells through which light runs and which have no model.
unmodelled = {
    "phase_shifter_gsg": "what a voltage does to its light needs the solver of modulators",
    "mzm": "made of phase_shifter_gsg",
    "edge_coupler_y": "its tip is narrower than the walls beside it are wide: `optics.geometry` cannot draw it yet",
    "edge_coupler_z": "as edge_coupler_y",
    "grating_coupler_y": "its 60 chirped periods have not been solved; `compact.couplers.grating_solver` can",
    "grating_coupler_z": "as grating_coupler_y",
}


def _value(model: str, name: str, given: Given, key: str) -> Any:
    """As given, also traced, or the process's own."""
    if given is None:
        return number(None, key)
    return given if isinstance(given, jax.core.Tracer) else plain(model, name, given)


def _plain(model: str, name: str, given: Given, key: str) -> float:
    return number(None if given is None else plain(model, name, given), key)


def _along(model: str) -> float:
    """Direction of a cell named for it [deg]."""
    return 90.0 if model.endswith("_z") else 0.0


def _splitter(
    model: str, given: tuple[Given, ...], cross_section: str, wl: ArrayLike, temperature: Given, corner: str
) -> SDict:
    width, length, gap, port, taper = given
    kind, inputs = ("mmi1x2", 1) if model.startswith("mmi1x2") else ("mmi2x2", 2)
    if length is None:
        length = for_guide(model, "length_mmi", None, f"{kind}_length_{model[-1]}", cross_section)
    settings = {
        "width": _value(model, "width_mmi", width, f"{kind}_width"),
        "length": _value(model, "length_mmi", length, ""),
        "port": _value(model, "width_taper", port, "mmi_port_width"),
        "gap": _value(model, "gap_mmi", gap, f"{kind}_port_gap"),
        "taper": _value(model, "length_taper", taper, "mmi_taper_length"),
        "access": draw.core_width(cross_section),
    }
    process = active_process()

    def solver_of(at: Mapping[str, Any]) -> Solver:
        film = films.film(process, cross_section, corner, _along(model))
        pitch = at["gap"] + at["port"]
        sizes = multimode.Sizes(at["width"], at["length"], at["port"], pitch, at["taper"], at["access"])
        return lambda w, t: multimode.onwards(
            multimode.splitter(inputs, multimode.Plane(*film.at(w, t), film.bias), sizes, w), inputs
        )

    return modelled(process, model, cross_section, corner, settings, solver_of, wl, temperature, (9, 3))


def mmi1x2_y(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi1x2_y`."""
    given = (width_mmi, length_mmi, gap_mmi, width_taper, length_taper)
    return _splitter("mmi1x2_y", given, cross_section, wl, temperature, corner)


def mmi1x2_z(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi1x2_z`."""
    given = (width_mmi, length_mmi, gap_mmi, width_taper, length_taper)
    return _splitter("mmi1x2_z", given, cross_section, wl, temperature, corner)


def mmi2x2_y(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi2x2_y`."""
    given = (width_mmi, length_mmi, gap_mmi, width_taper, length_taper)
    return _splitter("mmi2x2_y", given, cross_section, wl, temperature, corner)


def mmi2x2_z(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi2x2_z`."""
    given = (width_mmi, length_mmi, gap_mmi, width_taper, length_taper)
    return _splitter("mmi2x2_z", given, cross_section, wl, temperature, corner)


def phase_shifter_heater(
    *,
    wl: ArrayLike = 1.55,
    length: Given = None,
    width_heater: float | None = None,
    width_arm: float | None = None,
    contact: float | None = None,
    offset: float | None = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    heating: ArrayLike = 0.0,
    angle_deg: float = 0.0,
) -> "sax.SDict":
    """Model of `phase_shifter_heater`: a guide that is `heating` [K] warmer between the heater's arms.

    Its width and offset set how much power that takes, which is no part of this.
    """
    names = {"width_arm": width_arm, "contact": contact, "offset": offset}
    numbers = {name: None if v is None else plain("phase_shifter_heater", name, v) for name, v in names.items()}
    used = _plain("phase_shifter_heater", "length", length, "heater_length")
    wire = None if width_heater is None else plain("phase_shifter_heater", "width_heater", width_heater)
    made = heaters.phase_shifter_heater(length=used, width_heater=wire, cross_section=cross_section, **numbers)
    hot = float(made.info["heated_length_um"])
    line, turn = Line(cross_section, corner), Turn.straight(plain("phase_shifter_heater", "angle_deg", angle_deg))
    base = line.guide().temperature if temperature is None else temperature
    cold = line.amplitude(wl, float(made.info["length_um"]) - hot, base, None, turn)
    warm = jnp.asarray(base, float) + jnp.asarray(heating)
    return through(cold * line.amplitude(wl, hot, warm, None, turn))


def poled_straight(
    *,
    wl: ArrayLike = 1.55,
    periods: int = 100,
    period: float | None = None,
    finger_width: float | None = None,
    gap: float | None = None,
    finger_length: float | None = None,
    cross_section: str = "rib",
    width: Given = None,
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `poled_straight`: its guide along crystal y, whose index the domains leave as it is."""
    given = {"period": period, "finger_width": finger_width, "gap": gap, "finger_length": finger_length}
    numbers = {name: None if v is None else plain("poled_straight", name, v) for name, v in given.items()}
    made = poling.poled_straight(periods=int(plain("poled_straight", "periods", periods)), **numbers)
    return through(Line(cross_section, corner).amplitude(wl, made.info["length_um"], temperature, width))


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        mmi1x2_y, mmi1x2_z, mmi2x2_y, mmi2x2_z, phase_shifter_heater, poled_straight,
    )
}  # fmt: skip
