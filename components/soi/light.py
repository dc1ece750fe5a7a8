"""Compact models of the silicon line's guides, couplers and rings: SAX models with the parameters of their cells.

Each is a function named like its cell; `wl` is the vacuum wavelength [µm], `temperature` in K (None: the corner's
own), `corner` a corner of the process. Indices come from `components.compact`, lengths from the curves that the cells
draw. Fundamental TE mode only. Left out: reflections, the loss of bends beyond that of a straight guide, and
back-scattering in rings. S as SAX has it, with waves exp(i k z) of exp(-iωt). Rings: A. Yariv, Electron. Lett. 36, 321
(2000), doi:10.1049/el:20000340.

Sizes may be traced: radii, gaps, lengths and S-bends, not the angles and shares of Euler bends, for whose numbers
curves are drawn. What is traced is not rounded to the mask's grid.
"""

import math
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
from jax.typing import ArrayLike

from lingnan.components import limits
from lingnan.components.common import coupling, draw
from lingnan.components.common import guides as drawn
from lingnan.components.common.curves import euler
from lingnan.components.compact import traced
from lingnan.components.compact.sizes import s_bend_of, value
from lingnan.components.compact.ways import (
    Line,
    Loop,
    coupled,
    parted,
    plain,
    ring_on_one_bus,
    ring_on_two_buses,
    through,
)
from lingnan.solvers.tracing import is_traced

if TYPE_CHECKING:
    import sax


def straight(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `straight`."""
    return through(Line(cross_section, corner).amplitude(wl, length, temperature, width))


def bend_euler(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike | None = None,
    angle: float = 90.0,
    p: float = 0.5,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_euler`: the length of its centre line."""
    used = draw.section_of(cross_section).radius if radius is None else radius
    turn, share = plain("bend_euler", "angle", angle), plain("bend_euler", "p", p)
    length = used * (euler(1000.0, turn, share, 1.0).length / 1000.0)
    return through(Line(cross_section, corner).amplitude(wl, length, temperature, width))


def bend_circular(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike | None = None,
    angle: float = 90.0,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_circular`: the length of its centre line."""
    return bend_euler(
        wl=wl, radius=radius, angle=angle, p=0.0, cross_section=cross_section, width=width, temperature=temperature,
        corner=corner,
    )  # fmt: skip


def bend_s(
    *,
    wl: ArrayLike = 1.55,
    size: tuple[ArrayLike, ArrayLike] = (12.0, 3.0),
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_s`: the length of its centre line."""
    bend = s_bend_of("bend_s", size, cross_section)
    return through(Line(cross_section, corner).amplitude(wl, bend.s[-1], temperature, width))


def taper(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    width1: ArrayLike | None = None,
    width2: ArrayLike | None = 1.0,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `taper`, taken as adiabatic."""
    return through(Line(cross_section, corner).tapered(wl, length, temperature, (width1, width2)))


def coupler(
    *,
    wl: ArrayLike = 1.55,
    gap: ArrayLike | None = None,
    length: ArrayLike = 10.0,
    dy: ArrayLike = 4.0,
    dx: ArrayLike | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `coupler`: supermodes in the straight part and along the S-bends, as they are drawn."""
    used = value("coupler", "gap", gap, "coupler_gap")
    line = Line(cross_section, corner)
    if is_traced(used, dy, dx):
        apart = (dy - used - draw.core_width(cross_section)) / 2
        bend = traced.s_bend(_reach(apart, cross_section) if dx is None else dx, apart)
    else:
        apart = (draw.even(plain("coupler", "dy", dy)) - coupling.pitch_of("coupler", used, cross_section)) / 2
        reach = coupling.s_bend_default(apart, cross_section) if dx is None else plain("coupler", "dx", dx)
        bend = drawn.s_bend_curve("coupler", "dx", reach, apart, cross_section)
    phase = line.pair(used).phase(wl, used, length) + 2 * parted(line, wl, used, bend)
    common = line.amplitude(wl, length + 2 * bend.s[-1], temperature)
    return coupled(common, phase)


def ring_single(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike = 10.0,
    gap: ArrayLike | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
    cladding: str = "",
) -> "sax.SDict":
    """Model of `ring_single`, in a medium `cladding` if it lies in a window."""
    loop = Loop(value("ring_single", "radius", radius), 0.0, 0.0, Line(cross_section, corner, cladding))
    return ring_on_one_bus(loop, wl, value("ring_single", "gap", gap, "coupler_gap"), temperature)


def ring_double(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike = 10.0,
    gap: ArrayLike | None = None,
    gap_drop: ArrayLike | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_double`: through o1-o4 and o2-o3, drop o1-o2 and o4-o3."""
    loop = Loop(value("ring_double", "radius", radius), 0.0, 0.0, Line(cross_section, corner))
    return ring_on_two_buses(loop, wl, _gaps("ring_double", gap, gap_drop), temperature)


def racetrack_single(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike = 10.0,
    length_x: ArrayLike = 10.0,
    gap: ArrayLike | None = None,
    p: float = 0.5,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
    cladding: str = "",
) -> "sax.SDict":
    """Model of `racetrack_single`: light changes sides along the straight and along the bends at its ends."""
    loop = _racetrack("racetrack_single", radius, length_x, p, cross_section, corner, cladding)
    return ring_on_one_bus(loop, wl, value("racetrack_single", "gap", gap, "coupler_gap"), temperature)


def racetrack_double(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike = 10.0,
    length_x: ArrayLike = 10.0,
    gap: ArrayLike | None = None,
    gap_drop: ArrayLike | None = None,
    p: float = 0.5,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `racetrack_double`: as `ring_double`, with the straights."""
    loop = _racetrack("racetrack_double", radius, length_x, p, cross_section, corner)
    return ring_on_two_buses(loop, wl, _gaps("racetrack_double", gap, gap_drop), temperature)


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        straight, bend_euler, bend_circular, bend_s, taper, coupler, ring_single, ring_double, racetrack_single,
        racetrack_double,
    )
}  # fmt: skip


def _reach(apart: ArrayLike, cross_section: str) -> ArrayLike:
    """As `coupling.s_bend_default` for a step that is traced, and not rounded [µm]."""
    radius = draw.section_of(cross_section).radius or limits.radius_limit(cross_section)
    least = draw.core_width(cross_section)  # within the root, so that there is a slope where guides are not led apart
    return jnp.sqrt(jnp.maximum(10 / math.sqrt(3) * jnp.abs(apart) * radius, least**2))


def _gaps(model: str, gap: ArrayLike | None, gap_drop: ArrayLike | None) -> tuple[Any, Any]:
    below = value(model, "gap", gap, "coupler_gap")
    return below, below if gap_drop is None else value(model, "gap_drop", gap_drop)


def _racetrack(
    model: str, radius: ArrayLike, length_x: ArrayLike, p: ArrayLike, cross_section: str, corner: str, over: str = ""
) -> Loop:
    long = value(model, "length_x", length_x)
    return Loop(value(model, "radius", radius), long, plain(model, "p", p), Line(cross_section, corner, over))
