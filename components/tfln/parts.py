"""Compact models of the lithium niobate line's devices: splitters, heated and poled guides, ways on and off the chip.

Named like their cells, as those of the silicon line (`lingnan.components.soi.parts`), where it stands how splitters are
solved.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.compact import couplers
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.devices import Fit, Solver, modelled
from lingnan.components.compact.sizes import Given, Splitter, once, settled
from lingnan.components.compact.spec import Settings
from lingnan.components.compact.ways import Line, SDict, Turn, plain, through
from lingnan.components.process import number
from lingnan.components.tfln import couplers as drawn
from lingnan.components.tfln import heaters, poling, splitters
from lingnan.pdk import active_process

if TYPE_CHECKING:
    import sax

_MMI = {
    f"{kind}_{axis}": Splitter(
        inputs, f"{kind}_width", f"{kind}_length_{axis}", "mmi_port_width", f"{kind}_port_gap", "mmi_taper_length",
        direction,
    )
    for inputs, kind in ((1, "mmi1x2"), (2, "mmi2x2"))
    for axis, direction in (("y", 0.0), ("z", 90.0))
}  # fmt: skip


@model_of(splitters.mmi1x2_y)
def mmi1x2_y(asked: Asked) -> SDict:
    """Model of `mmi1x2_y`."""
    return _MMI["mmi1x2_y"].modelled(asked)


@model_of(splitters.mmi1x2_z)
def mmi1x2_z(asked: Asked) -> SDict:
    """Model of `mmi1x2_z`."""
    return _MMI["mmi1x2_z"].modelled(asked)


@model_of(splitters.mmi2x2_y)
def mmi2x2_y(asked: Asked) -> SDict:
    """Model of `mmi2x2_y`."""
    return _MMI["mmi2x2_y"].modelled(asked)


@model_of(splitters.mmi2x2_z)
def mmi2x2_z(asked: Asked) -> SDict:
    """Model of `mmi2x2_z`."""
    return _MMI["mmi2x2_z"].modelled(asked)


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
    used = settled("phase_shifter_heater", "length", length, "heater_length")
    wire = None if width_heater is None else plain("phase_shifter_heater", "width_heater", width_heater)
    made = heaters.phase_shifter_heater(length=used, width_heater=wire, cross_section=cross_section, **numbers)
    hot = float(made.info["heated_length_um"])
    line, turn = Line(cross_section, corner), Turn.straight(plain("phase_shifter_heater", "angle_deg", angle_deg))
    base = line.guide().temperature if temperature is None else temperature
    cold = line.amplitude(wl, float(made.info["length_um"]) - hot, base, None, turn)
    warm = base + heating
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


def _edge(asked: Asked, axis: float) -> SDict:
    """Both tapers are taken as adiabatic, and as slow as the guide itself: `width_slab` moves no light here."""
    process, given = active_process(), asked.given
    settings = {
        "tip": settled(asked.name, "tip_width", given["tip_width"], "edge_tip_width"),
        "mode": number(None, "edge_mode_diameter"),
    }

    def solver_of(at: Settings) -> Solver:
        return couplers.tip_solver(process, asked.corner, "slab_wire", at["tip"], at["mode"], axis)

    found = modelled(asked.spec(settings), once(solver_of), asked.wl, asked.temperature, Fit((5, 2)))
    keys = {
        "length_slab": "edge_slab_taper_length", "length_rib": "edge_rib_taper_length", "extension": "edge_extension"
    }  # fmt: skip
    slab, rib, extension = (settled(asked.name, name, given[name], key) for name, key in keys.items())
    way = Line(asked.cross_section, asked.corner).amplitude(
        asked.wl, slab + rib + extension / 2, asked.temperature, None, Turn.straight(axis)
    )
    return {pair: value * way if pair[0] != pair[1] else value for pair, value in found.items()}


def _grating(asked: Asked, axis: str) -> SDict:
    keys = {
        "period": f"grating_period_first_{axis}", "fill": "grating_fill_first", "fill_last": "grating_fill_last",
        "periods": "grating_periods", "focus": "grating_taper_length", "opening_deg": "grating_opening",
        "angle_deg": "grating_angle",
    }  # fmt: skip
    model, given = asked.name, asked.given
    at = {name: settled(model, name, given[name], key) for name, key in keys.items()}
    last = given["period_last"]
    if last is None and given["period"] is not None:
        last = at["period"]
    at["period_last"] = settled(model, "period_last", last, f"grating_period_last_{axis}")
    at |= {"wavelength": plain(model, "wavelength", given["wavelength"]), "mode": number(None, "fibre_mode_diameter")}
    count, process = int(at["periods"]), active_process()
    pitch = np.linspace(at["period"], at["period_last"], count)
    fill = np.linspace(at["fill"], at["fill_last"], count)
    made = FocusingGrating(
        (at["period"] + at["period_last"]) / 2, (at["fill"] + at["fill_last"]) / 2, count, at["focus"],
        at["opening_deg"], at["angle_deg"], at["wavelength"],
    )  # fmt: skip

    def solver_of(_: Settings) -> Solver:
        return couplers.grating_solver(
            process, asked.corner, {"LN_SLAB", "LN_RIB_PERIODIC"}, {"LN_SLAB"}, pitch * (1 - fill), pitch * fill,
            couplers.across(made, float(pitch.sum())), wavelength=at["wavelength"], tilt_deg=at["angle_deg"],
            mode=at["mode"], polarization="te", angle_deg=90.0 if axis == "z" else 0.0,
        )  # fmt: skip

    return modelled(asked.spec(at), once(solver_of), asked.wl, asked.temperature, Fit((33, 2)))


@model_of(drawn.edge_coupler_y)
def edge_coupler_y(asked: Asked) -> SDict:
    """Model of `edge_coupler_y`: o1 the guide, o2 the fibre where the cut runs, in the middle of `extension`."""
    return _edge(asked, 0.0)


@model_of(drawn.edge_coupler_z)
def edge_coupler_z(asked: Asked) -> SDict:
    """Model of `edge_coupler_z`: o1 the guide, o2 the fibre where the cut runs, in the middle of `extension`."""
    return _edge(asked, 90.0)


@model_of(drawn.grating_coupler_y)
def grating_coupler_y(asked: Asked) -> SDict:
    """Model of `grating_coupler_y`: o1 the guide, o2 the fibre's Gaussian mode."""
    return _grating(asked, "y")


@model_of(drawn.grating_coupler_z)
def grating_coupler_z(asked: Asked) -> SDict:
    """Model of `grating_coupler_z`: o1 the guide, o2 the fibre's Gaussian mode."""
    return _grating(asked, "z")


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        mmi1x2_y, mmi1x2_z, mmi2x2_y, mmi2x2_z, phase_shifter_heater, poled_straight, edge_coupler_y, edge_coupler_z,
        grating_coupler_y, grating_coupler_z,
    )
}  # fmt: skip
