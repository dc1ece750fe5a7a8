"""Compact models of the silicon line's devices: splitters, branches, ways on and off the chip, transitions.

Named like their cells, with their parameters, and `wl` [µm], `temperature` [K] and `corner`. Slow solves are surrogates
(`components.compact.devices`), solved for the settings asked for if they are not in the store; where a length is
traced, the solver itself runs, and is differentiated.

mmi1x2, mmi2x2, ybranch and terminator are eigenmode expansions in the plane of the film: right for wide bodies (the
light in an MMI), and less so for a body as narrow as the Y-branch's, whose published simulation is in space. What has
no model yet, and why, stands in `unmodelled`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from scipy.interpolate import CubicSpline

from lingnan.components.common import draw
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.common.curves import s_bend
from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.compact import couplers, films, multimode
from lingnan.components.compact.devices import Solver, modelled
from lingnan.components.compact.ways import Line, plain
from lingnan.components.process import for_guide, number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

if TYPE_CHECKING:
    import sax

Given = ArrayLike | None

#: Cells through which light runs and which have no model.
unmodelled = {
    "crossing": "its crosstalk needs a simulation in space; lingnan.pdk.meepcell makes one of the cell",
    "transition_strip_nitride": "light goes over between two films, which is not adiabatic by itself; "
    "lingnan.solvers.devices.vectorial solves it",
    "slot": "its transitions radiate; the slot's own mode is in lingnan.solvers.waveguides.slot",
    "swg": "its transitions are periodic; the mean index of the segments is in lingnan.solvers.waveguides.swg",
}


def _value(model: str, name: str, given: Given, key: str) -> Any:
    """As given, also traced, or the process's own."""
    if given is None:
        return number(None, key)
    return given if isinstance(given, jax.core.Tracer) else plain(model, name, given)


def _splitter(
    model: str, inputs: int, given: Mapping[str, Given], cross_section: str, wl: ArrayLike, temperature: Given,
    corner: str,
) -> "sax.SDict":  # fmt: skip
    length = given["length_mmi"]
    if length is None:
        length = for_guide(model, "length_mmi", None, f"{model}_length", cross_section)
    settings = {
        "width": _value(model, "width_mmi", given["width_mmi"], f"{model}_width"),
        "length": _value(model, "length_mmi", length, ""),
        "port": _value(model, "width_taper", given["width_taper"], "mmi1x2_port_width"),
        "gap": _value(model, "gap_mmi", given["gap_mmi"], f"{model}_port_gap"),
        "taper": _value(model, "length_taper", given["length_taper"], "mmi1x2_taper_length"),
        "access": draw.core_width(cross_section),
    }
    process = active_process()

    def solver_of(at: Mapping[str, Any]) -> Solver:
        film = films.film(process, cross_section, corner)
        pitch = at["gap"] + at["port"]
        sizes = multimode.Sizes(at["width"], at["length"], at["port"], pitch, at["taper"], at["access"])
        return lambda w, t: multimode.onwards(
            multimode.splitter(inputs, multimode.Plane(*film.at(w, t), film.bias), sizes, w), inputs
        )

    return modelled(process, model, cross_section, corner, settings, solver_of, wl, temperature, (9, 3))


def mmi1x2(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi1x2`."""
    given = dict(
        width_mmi=width_mmi, length_mmi=length_mmi, gap_mmi=gap_mmi, width_taper=width_taper, length_taper=length_taper
    )
    return _splitter("mmi1x2", 1, given, cross_section, wl, temperature, corner)


def mmi2x2(
    *,
    wl: ArrayLike = 1.55,
    width_mmi: Given = None,
    length_mmi: Given = None,
    gap_mmi: Given = None,
    width_taper: Given = None,
    length_taper: Given = None,
    pitch: float | None = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `mmi2x2`: the body, and the S-bends that lead its guides apart."""
    given = dict(
        width_mmi=width_mmi, length_mmi=length_mmi, gap_mmi=gap_mmi, width_taper=width_taper, length_taper=length_taper
    )
    lead = _lead(plain("mmi2x2", "pitch", pitch) if pitch is not None else None, gap_mmi, width_taper, cross_section)
    along = Line(cross_section, corner).amplitude(wl, 2 * lead, temperature)
    body = _splitter("mmi2x2", 2, given, cross_section, wl, temperature, corner)
    return {pair: s * along for pair, s in body.items()}


def _lead(pitch: float | None, gap: Given, width: Given, cross_section: str) -> Any:
    """Length of one S-bend beside the body [µm], as it is drawn; to second order in its step where that is traced."""
    near = _value("mmi2x2", "gap_mmi", gap, "mmi2x2_port_gap") + _value(
        "mmi2x2", "width_taper", width, "mmi1x2_port_width"
    )
    traced = isinstance(near, jax.core.Tracer)
    own = number(None, "mmi2x2_port_gap") + number(None, "mmi1x2_port_width") if traced else near
    far = draw.even(number(pitch, "mmi2x2_pitch"))
    apart = max(0.0, (far - draw.even(own)) / 2)
    if not apart:
        return 0.0
    reach = s_bend_default(apart, cross_section)
    length = s_bend(draw.snapped(reach), draw.snapped(apart)).length
    return length + 5 / 7 * (jnp.square((far - near) / 2) - apart**2) / reach if traced else length


def ybranch(
    *,
    wl: ArrayLike = 1.55,
    dy: float = 5.0,
    dx: float | None = None,
    length_taper: Given = 2.0,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ybranch`: the body's widths and both arms, slice by slice."""
    process, core = active_process(), draw.core_width(cross_section)
    widths = np.array([process.number(f"cells.ybranch_width_{index:02d}") for index in range(1, 14)])
    long, gap = process.number("cells.ybranch_length"), process.number("cells.ybranch_gap")
    arm = draw.even((widths[-1] - gap) / 2)
    inner = draw.snapped((widths[-1] - arm) / 2)
    apart = draw.snapped(draw.even(plain("ybranch", "dy", dy)) / 2 - inner)
    reach = s_bend_default(apart, cross_section) if dx is None else plain("ybranch", "dx", dx)
    settings = {
        "taper": _value("ybranch", "length_taper", length_taper, ""),
        "reach": reach, "apart": apart, "widths": tuple(widths.tolist()), "long": long, "arm": arm, "inner": inner,
        "access": core,
    }  # fmt: skip

    def solver_of(at: Mapping[str, Any]) -> Solver:
        film, count = films.film(process, cross_section, corner), multimode.SLICES["arms"]
        curve = s_bend(draw.snapped(at["reach"]), at["apart"])
        middle = (np.arange(count) + 0.5) / count * curve.x[-1]
        shape = multimode.Branch(
            multimode.body_profile(lambda t: CubicSpline(np.linspace(0, 1, 13), widths)(t)), at["long"], at["access"],
            at["taper"], widths[0], at["arm"], at["inner"] + np.interp(middle, curve.x, curve.y),
            np.tan(np.interp(middle, curve.x, curve.angle)), np.full(count, curve.x[-1] / count),
            2 * (at["inner"] + at["apart"]),
        )  # fmt: skip
        return lambda w, t: multimode.by_pair(multimode.branch(multimode.Plane(*film.at(w, t), film.bias), shape, w))

    return modelled(process, "ybranch", cross_section, corner, settings, solver_of, wl, temperature)


def terminator(
    *,
    wl: ArrayLike = 1.55,
    length: Given = None,
    tip_width: Given = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `terminator`: what comes back from the tip."""
    process = active_process()
    settings = {
        "length": _value("terminator", "length", length, "terminator_length"),
        "tip": _value("terminator", "tip_width", tip_width, "edge_tip_width"),
        "access": draw.core_width(cross_section),
    }

    def solver_of(at: Mapping[str, Any]) -> Solver:
        film = films.film(process, cross_section, corner)
        numbers = [jnp.asarray(at[name], float) for name in ("access", "tip", "length")]
        return lambda w, t: multimode.by_pair(multimode.ending(multimode.Plane(*film.at(w, t), film.bias), *numbers, w))

    return modelled(process, "terminator", cross_section, corner, settings, solver_of, wl, temperature)


def grating_coupler(
    *,
    wl: ArrayLike = 1.55,
    period: float | None = None,
    fill: float | None = None,
    periods: int | None = None,
    focus: float | None = None,
    opening_deg: float | None = None,
    angle_deg: float | None = None,
    wavelength: float = 1.55,
    polarization: str = "te",
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `grating_coupler`: o1 the guide, o2 the fibre's Gaussian mode."""
    name, process = "grating_coupler", active_process()
    if polarization not in ("te", "tm"):
        raise LingnanError(f"{name}: polarization = {polarization!r} is neither te nor tm. Give one.")
    made = FocusingGrating(
        period=_plain(name, "period", period, "grating_period" if polarization == "te" else "grating_period_tm"),
        fill=_plain(name, "fill", fill, "grating_fill"),
        periods=int(_plain(name, "periods", periods, "grating_focus_periods")),
        focus=_plain(name, "focus", focus, "grating_focus"),
        opening_deg=_plain(name, "opening_deg", opening_deg, "grating_opening"),
        angle_deg=_plain(name, "angle_deg", angle_deg, "grating_angle"),
        wavelength=plain(name, "wavelength", wavelength),
    )
    settings = {**vars(made), "polarization": polarization, "mode": number(None, "fibre_mode_diameter")}
    settings["opening"] = settings.pop("opening_deg")

    def solver_of(at: Mapping[str, Any]) -> Solver:
        one = np.ones(made.periods) * made.period
        spot = (made.first + made.periods / 2) * made.period
        return couplers.grating_solver(
            process, corner, {"WG"}, {"WG", "SHALLOW"}, one * (1 - made.fill), one * made.fill,
            2 * spot * float(np.tan(np.deg2rad(made.opening_deg) / 2)), wavelength=made.wavelength,
            tilt_deg=made.angle_deg, mode=at["mode"], polarization=polarization,
        )  # fmt: skip

    return modelled(process, name, cross_section, corner, settings, _once(solver_of), wl, temperature, (10, 2))


def edge_coupler(
    *,
    wl: ArrayLike = 1.55,
    length: Given = None,
    tip_width: float | None = None,
    facet: float | None = None,
    trench: float | None = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `edge_coupler`: o1 the guide, o2 the fibre at the facet; `facet` and `trench` move no light here."""
    process = active_process()
    settings = {
        "tip": _plain("edge_coupler", "tip_width", tip_width, "edge_tip_width"),
        "mode": number(None, "edge_mode_diameter"),
    }

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return couplers.tip_solver(process, corner, cross_section, at["tip"], at["mode"])

    found = modelled(
        process, "edge_coupler", cross_section, corner, settings, _once(solver_of), wl, temperature, (5, 2)
    )
    used = _value("edge_coupler", "length", length, "edge_taper_length")
    way = Line(cross_section, corner).amplitude(wl, used, temperature)
    return {pair: value * way if pair[0] != pair[1] else value for pair, value in found.items()}


def transition_strip_rib(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 20.0,
    tip_width: float | None = None,
    strip: str = "strip",
    rib: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `transition_strip_rib`, taken as adiabatic: the slab widens along its length."""
    process, name = active_process(), "transition_strip_rib"
    one, two = draw.core_width(strip), draw.core_width(rib)
    (core, *_), (slab, low, high) = draw.layers_of(rib, two)[:2]
    rule = next(r for r in process.rules.values() if r.kind == "width" and r.layer == slab)
    least = max(one, rule.limit.value if rule.limit is not None else one)
    begin = draw.even(least if tip_width is None else plain(name, "tip_width", tip_width))
    settings = {
        "length": _value(name, "length", length, ""),
        "one": one, "two": two, "begin": begin, "end": high - low,
    }  # fmt: skip

    def solver_of(at: Mapping[str, Any]) -> Solver:
        points, weights = np.polynomial.legendre.leggauss(6)
        sections = [
            {core: one + (two - one) * t, slab: begin + (high - low - begin) * t} for t in ((1 + points) / 2).tolist()
        ]
        return couplers.adiabatic_solver(process, corner, sections, (weights / 2).tolist(), at["length"])

    found = modelled(process, name, rib, corner, settings, solver_of, wl, temperature, (5, 2))
    loss = jnp.abs(Line(rib, corner).amplitude(wl, length, temperature))
    return {pair: value * loss for pair, value in found.items()}


def _plain(model: str, name: str, given: Given, key: str) -> float:
    return number(None if given is None else plain(model, name, given), key)


def _once(solver_of: Callable[[Mapping[str, Any]], Solver]) -> Callable[[Mapping[str, Any]], Solver]:
    """A solver that prepares itself at its first call only."""
    made: list[Solver] = []

    def solver(settings: Mapping[str, Any]) -> Solver:
        if not made:
            made.append(solver_of(settings))
        return made[0]

    return solver


models: dict[str, Any] = {
    f.__name__: f for f in (mmi1x2, mmi2x2, ybranch, terminator, grating_coupler, edge_coupler, transition_strip_rib)
}
