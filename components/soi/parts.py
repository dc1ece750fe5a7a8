"""Compact models of the silicon line's devices: splitters, branches, ways on and off the chip, transitions.

Named like their cells, with their parameters, and `wl` [µm], `temperature` [K] and `corner`. Slow solves are surrogates
(`components.compact.devices`), solved for the settings asked for if they are not in the store; where a length is
traced, the solver itself runs, and is differentiated.

mmi1x2, mmi2x2, mmi3x3, ybranch and crossing are eigenmode expansions in the plane of the film: right for wide bodies
(the light in an MMI), and less so for a body as narrow as the Y-branch's, whose published simulation is in space.
Multimode couplers send back what the body's faces reflect; what branch and crossing send back is left out.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.coupling import s_bend_default
from lingnan.components.common.curves import s_bend
from lingnan.components.common.gratings import FocusingGrating
from lingnan.components.compact import bodies, couplers, planes
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.devices import ABROAD, VEHICLE, Fit, Solver, modelled
from lingnan.components.compact.guides import in_range
from lingnan.components.compact.sizes import Given, Splitter, once, settled, value
from lingnan.components.compact.spec import Spec
from lingnan.components.compact.ways import Line, SDict, plain
from lingnan.components.process import number
from lingnan.components.soi import splitters
from lingnan.components.soi.couplers import in_band
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import materials
from lingnan.solvers.tracing import namespace

if TYPE_CHECKING:
    import sax

#: Parts of chips for vehicles are solved from -40 to 125 °C: devices, and bodies by their nodes in wavelength.
_FAR = Fit(between=ABROAD, kelvins=VEHICLE)
_CROSSED = _FAR._replace(count=(17, 4))  #: three temperatures leave 3.6e-3, four 1e-3 to 1.7e-3
_WARM = {name: bodies.Fit((count, 4), ABROAD, kelvins=VEHICLE) for name, count in (("mmi1x2", 13), ("mmi2x2", 9))}
_MMI = {
    name: Splitter(
        inputs,
        f"{name}_width",
        f"{name}_length",
        "mmi1x2_port_width",
        f"{name}_port_gap",
        "mmi1x2_taper_length",
        fit=_WARM.get(name),
    )
    for inputs, name in ((1, "mmi1x2"), (2, "mmi2x2"), (3, "mmi3x3"))
}


@model_of(splitters.mmi1x2)
def mmi1x2(asked: Asked) -> SDict:
    """Model of `mmi1x2`."""
    return _MMI["mmi1x2"].modelled(asked)


@model_of(splitters.mmi2x2)
def mmi2x2(asked: Asked) -> SDict:
    """Model of `mmi2x2`: the body, and the S-bends that lead its guides apart."""
    pitch = asked.given["pitch"]
    far = None if pitch is None else plain("mmi2x2", "pitch", pitch)
    lead, _ = _lead("mmi2x2", far, asked.given["gap_mmi"], asked.given["width_taper"], asked.cross_section)
    along = Line(asked.cross_section, asked.corner).amplitude(asked.wl, 2 * lead, asked.temperature)
    return {pair: s * along for pair, s in _MMI["mmi2x2"].modelled(asked).items()}


@model_of(splitters.mmi3x3)
def mmi3x3(asked: Asked) -> SDict:
    """Model of `mmi3x3`: the body, the S-bends that lead its outer guides away, and the straights between them."""
    pitch, line = asked.given["pitch"], Line(asked.cross_section, asked.corner)
    far = None if pitch is None else plain("mmi3x3", "pitch", pitch)
    outer, middle = (
        line.amplitude(asked.wl, length, asked.temperature)
        for length in _lead("mmi3x3", far, asked.given["gap_mmi"], asked.given["width_taper"], asked.cross_section)
    )
    along = {f"o{k}": middle if k in (2, 5) else outer for k in range(1, 7)}
    return {(a, b): s * along[a] * along[b] for (a, b), s in _MMI["mmi3x3"].modelled(asked).items()}


def _lead(name: str, pitch: float | None, gap: Given, width: Given, cross_section: str) -> tuple[Any, float]:
    """Lengths of one S-bend beside the body, as it is drawn, to second order in its step where that is traced, and of a
    straight beside it [µm]."""
    near = value(name, "gap_mmi", gap, f"{name}_port_gap") + value(name, "width_taper", width, "mmi1x2_port_width")
    traced = isinstance(near, jax.core.Tracer)
    own = number(None, f"{name}_port_gap") + number(None, "mmi1x2_port_width") if traced else near
    far, share = draw.even(number(pitch, f"{name}_pitch")), (_MMI[name].inputs - 1) / 2
    apart = max(0.0, (far - draw.even(own)) * share)
    if not apart:
        return 0.0, 0.0
    reach = s_bend_default(apart, cross_section)
    length = s_bend(draw.snapped(reach), draw.snapped(apart)).length
    bent = length + 5 / 7 * (jnp.square((far - near) * share) - apart**2) / reach if traced else length
    return bent, draw.snapped(reach)


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
        "taper": value("ybranch", "length_taper", length_taper),
        "reach": reach, "apart": apart, "widths": tuple(widths.tolist()), "long": long, "arm": arm, "inner": inner,
        "access": core,
    }  # fmt: skip

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return planes.branch(process, cross_section, corner, at)

    return modelled(Spec(process, "ybranch", cross_section, corner, settings), solver_of, wl, temperature)


def terminator(
    *,
    wl: ArrayLike = 1.55,
    length: Given = None,
    tip_width: Given = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `terminator`: what comes back from the tip, along its taper as in `edge_coupler`."""
    process = active_process()
    settings = {"tip": settled("terminator", "tip_width", tip_width, "edge_tip_width")}

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return couplers.end_solver(process, corner, cross_section, at["tip"])

    spec = Spec(process, "terminator", cross_section, corner, settings)
    found = modelled(spec, once(solver_of), wl, temperature, Fit((5, 2)))
    used = value("terminator", "length", length, "terminator_length")
    return {("o1", "o1"): found["o1", "o1"] * Line(cross_section, corner).amplitude(wl, used, temperature) ** 2}


def crossing(
    *,
    wl: ArrayLike = 1.55,
    length: Given = None,
    width: Given = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `crossing`: what goes straight on, by expansion in the plane: a loss right to about 0.1 dB.

    Light that turns into the other guide or back (below -28 dB by the expansion, which has walls) is left out.
    """
    process = active_process()
    settings = {
        "access": draw.core_width(cross_section),
        "wide": value("crossing", "width", width, "crossing_width"),
        "length": value("crossing", "length", length, "crossing_length"),
    }

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return planes.crossing(process, cross_section, corner, at)

    spec = Spec(process, "crossing", cross_section, corner, settings)
    return modelled(spec, solver_of, wl, temperature, _CROSSED)


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
    light = plain(name, "wavelength", wavelength)
    period, fill = (
        None if one is None else plain(name, what, one) for what, one in (("period", period), ("fill", fill))
    )
    step, standing = in_band(name, period, fill, light, polarization)
    made = FocusingGrating(
        period=step,
        fill=standing,
        periods=int(settled(name, "periods", periods, "grating_focus_periods")),
        focus=settled(name, "focus", focus, "grating_focus"),
        opening_deg=settled(name, "opening_deg", opening_deg, "grating_opening"),
        angle_deg=settled(name, "angle_deg", angle_deg, "grating_angle"),
        wavelength=light,
    )
    settings = {**vars(made), "polarization": polarization, "mode": number(None, "fibre_mode_diameter")}
    settings["opening"] = settings.pop("opening_deg")

    def solver_of(at: Mapping[str, Any]) -> Solver:
        one = np.ones(made.periods) * made.period
        return couplers.grating_solver(
            process, corner, {"WG"}, {"WG", "SHALLOW"}, one * (1 - made.fill), one * made.fill,
            couplers.across(made, float(made.periods * made.period)), wavelength=made.wavelength,
            tilt_deg=made.angle_deg, mode=at["mode"], polarization=polarization,
        )  # fmt: skip

    spec = Spec(process, name, cross_section, corner, settings)
    return modelled(spec, once(solver_of), wl, temperature, _FAR)


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
    """Model of `edge_coupler`: o1 the guide, o2 the fibre at the facet, in the trench, which moves no light.

    Over `facet` light spreads as the fibre's Gaussian, the part of the tip's mode that couples.
    """
    process = active_process()
    settings = {
        "tip": settled("edge_coupler", "tip_width", tip_width, "edge_tip_width"),
        "mode": number(None, "edge_mode_diameter"),
    }

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return couplers.tip_solver(process, corner, cross_section, at["tip"], at["mode"])

    spec = Spec(process, "edge_coupler", cross_section, corner, settings)
    found = modelled(spec, once(solver_of), wl, temperature, Fit((5, 2)))
    used = value("edge_coupler", "length", length, "edge_taper_length")
    oxide = value("edge_coupler", "facet", facet, "edge_facet")
    oxide = in_range("edge_coupler", "facet", oxide, (0.0, 100.0), because="light reaches the fibre")
    kelvin = process.corners[corner].temperature if temperature is None else temperature
    n = materials.get(process.levels["cladding"].material).n(wl, kelvin).real
    way = Line(cross_section, corner).amplitude(wl, used, temperature) * spread(settings["mode"], oxide, n, wl)
    return {pair: value * way if pair[0] != pair[1] else value for pair, value in found.items()}


def spread(mode: float, way: ArrayLike, index: ArrayLike, wl: ArrayLike) -> Any:
    """Amplitude between a round Gaussian and the same one a way behind it, its phase left out.

    Over plane waves of transverse k the overlap is the mean of exp(-i k² way / (2 n k₀)) with the weight exp(-k² w² /
    2), w = mode / 2: 1 / (1 + i way / (n k₀ w²)). Paraxial.

    Args:
        mode: mode-field diameter, 1/e² of intensity [µm].
        way: between the two [µm].
        index: of the medium.
        wl: in vacuum [µm].
    """
    xp = namespace(way, index, wl)
    part = xp.asarray(way) * xp.asarray(wl) / (2 * np.pi * xp.asarray(index) * (mode / 2) ** 2)
    return 1 / xp.sqrt(1 + part**2)


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
        "length": value(name, "length", length),
        "one": one, "two": two, "begin": begin, "end": high - low,
    }  # fmt: skip

    def solver_of(at: Mapping[str, Any]) -> Solver:
        points, weights = np.polynomial.legendre.leggauss(6)
        sections = [
            {core: one + (two - one) * t, slab: begin + (high - low - begin) * t} for t in ((1 + points) / 2).tolist()
        ]
        return couplers.adiabatic_solver(process, corner, sections, (weights / 2).tolist(), at["length"])

    found = modelled(Spec(process, name, rib, corner, settings), solver_of, wl, temperature, Fit((5, 3)))
    loss = abs(Line(rib, corner).amplitude(wl, length, temperature))
    return {pair: value * loss for pair, value in found.items()}


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        mmi1x2,
        mmi2x2,
        mmi3x3,
        ybranch,
        terminator,
        crossing,
        grating_coupler,
        edge_coupler,
        transition_strip_rib,
    )
}
