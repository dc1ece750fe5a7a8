"""Compact models of the lithium niobate line's guides, couplers and rings: SAX models with the cells' parameters.

As those of the silicon line (`lingnan.components.soi.light`): `wl` in µm, `temperature` in K (None: the corner's own),
`corner`; fundamental TE mode, no reflections, no loss of bends beyond that of a straight guide, no mixing of TE and
TM. The film is a crystal: cells that may lie in any direction take `angle_deg`, that of their o1-o2 axis as they are
placed, from the layout's x axis; cells named `_y` and `_z` know theirs. In bends the index is the mean over all
directions that the guide takes.
"""

from typing import TYPE_CHECKING, Any

from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.common.curves import Curve, euler, s_bend
from lingnan.components.compact import traced
from lingnan.components.compact.sizes import Given, s_bend_of, settled, spiral_of, value
from lingnan.components.compact.ways import (
    Line,
    Loop,
    SDict,
    Turn,
    coupled,
    parted,
    plain,
    ring_on_one_bus,
    ring_on_two_buses,
    through,
)
from lingnan.components.process import for_guide
from lingnan.components.tfln import delays
from lingnan.solvers.tracing import is_traced

if TYPE_CHECKING:
    import sax


def straight(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    cross_section: str = "rib",
    width: Given = None,
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `straight`."""
    turn = Turn.straight(value("straight", "angle_deg", angle_deg))
    return through(Line(cross_section, corner).amplitude(wl, length, temperature, width, turn))


def bend_euler(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    angle: float = 90.0,
    p: float = 0.5,
    cross_section: str = "rib",
    width: Given = None,
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `bend_euler`: the length of its centre line, and the mean index along it."""
    used = draw.section_of(cross_section).radius if radius is None else radius
    curve = euler(1000.0, *(plain("bend_euler", name, v) for name, v in (("angle", angle), ("p", p))), 1.0)
    turn = Turn.along(curve, value("bend_euler", "angle_deg", angle_deg))
    length = used * (curve.length / 1000.0)
    return through(Line(cross_section, corner).amplitude(wl, length, temperature, width, turn))


def bend_circular(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    angle: float = 90.0,
    cross_section: str = "rib",
    width: Given = None,
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `bend_circular`: the length of its centre line, and the mean index along it."""
    return bend_euler(
        wl=wl, radius=radius, angle=angle, p=0.0, cross_section=cross_section, width=width, temperature=temperature,
        corner=corner, angle_deg=angle_deg,
    )  # fmt: skip


def bend_s(
    *,
    wl: ArrayLike = 1.55,
    size: tuple[ArrayLike, ArrayLike] = (80.0, 14.0),
    cross_section: str = "rib",
    width: Given = None,
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `bend_s`: the length of its centre line, and the mean index along it."""
    curve = s_bend_of("bend_s", size, cross_section)
    turn = Turn.along(curve, value("bend_s", "angle_deg", angle_deg))
    return through(Line(cross_section, corner).amplitude(wl, curve.s[-1], temperature, width, turn))


def taper(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    width1: Given = None,
    width2: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `taper`, taken as adiabatic."""
    turn = Turn.straight(value("taper", "angle_deg", angle_deg))
    return through(Line(cross_section, corner).tapered(wl, length, temperature, (width1, width2), turn))


def _coupler(
    model: str, along: float, wl: ArrayLike, gap: Given, length: Given, width: Given, dy: Given, dx: Given,
    length_taper: Given, cross_section: str, temperature: Given, corner: str,
) -> SDict:  # fmt: skip
    line, turn = Line(cross_section, corner), Turn.straight(along)
    narrow = draw.even(settled(model, "width", width, "coupler_width"))
    used = length
    if used is None:
        used = for_guide(model, "length", None, f"coupler_length_{model[-1]}", cross_section)
    apart, reach = value(model, "dy", dy, "coupler_pitch"), value(model, "dx", dx, "coupler_bend_length")
    distance = value(model, "gap", gap, "coupler_gap")
    two = line.pair(distance, along, narrow)
    if is_traced(apart, reach, distance):
        bend = traced.s_bend(reach, (apart - distance - narrow) / 2)
    else:
        bend = s_bend(draw.snapped(reach), (draw.even(apart) - draw.even(distance + narrow)) / 2)
    phase = two.phase(wl, distance, used) + 2 * parted(line, wl, distance, bend, angle_deg=along, width=narrow)
    run = value(model, "length_taper", length_taper, "port_taper_length")
    ends = line.tapered(wl, run, temperature, (None, narrow), turn) if narrow != line.guide().width else 1.0
    common = (
        line.amplitude(wl, used, temperature, narrow, turn)
        * line.amplitude(wl, bend.s[-1], temperature, narrow, Turn.along(bend, along)) ** 2
        * ends**2
    )
    return coupled(common, phase)


def coupler_y(
    *,
    wl: ArrayLike = 1.55,
    gap: Given = None,
    length: Given = None,
    width: float | None = None,
    dy: Given = None,
    dx: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `coupler_y`: supermodes in the straight part and along the S-bends, as they are drawn."""
    return _coupler("coupler_y", 0.0, wl, gap, length, width, dy, dx, length_taper, cross_section, temperature, corner)


def coupler_z(
    *,
    wl: ArrayLike = 1.55,
    gap: Given = None,
    length: Given = None,
    width: float | None = None,
    dy: Given = None,
    dx: Given = None,
    length_taper: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `coupler_z`: supermodes in the straight part and along the S-bends, as they are drawn."""
    return _coupler("coupler_z", 90.0, wl, gap, length, width, dy, dx, length_taper, cross_section, temperature, corner)


def _single(
    model: str, along: float, wl: ArrayLike, radius: Given, gap: Given, section: str, temperature: Given, corner: str
) -> SDict:
    loop = Loop(value(model, "radius", radius, "ring_radius"), 0.0, 0.0, Line(section, corner), along)
    return ring_on_one_bus(loop, wl, value(model, "gap", gap, "ring_gap"), temperature)


def _double(
    model: str, along: float, wl: ArrayLike, radius: Given, gaps: tuple[Given, Given], section: str,
    temperature: Given, corner: str,
) -> SDict:  # fmt: skip
    loop = Loop(value(model, "radius", radius, "ring_radius"), 0.0, 0.0, Line(section, corner), along)
    below = value(model, "gap", gaps[0], "ring_gap")
    above = below if gaps[1] is None else value(model, "gap_drop", gaps[1])
    return ring_on_two_buses(loop, wl, (below, above), temperature)


def ring_single_y(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    gap: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_single_y`."""
    return _single("ring_single_y", 0.0, wl, radius, gap, cross_section, temperature, corner)


def ring_single_z(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    gap: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_single_z`."""
    return _single("ring_single_z", 90.0, wl, radius, gap, cross_section, temperature, corner)


def ring_double_y(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    gap: Given = None,
    gap_drop: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_double_y`."""
    return _double("ring_double_y", 0.0, wl, radius, (gap, gap_drop), cross_section, temperature, corner)


def ring_double_z(
    *,
    wl: ArrayLike = 1.55,
    radius: Given = None,
    gap: Given = None,
    gap_drop: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_double_z`."""
    return _double("ring_double_z", 90.0, wl, radius, (gap, gap_drop), cross_section, temperature, corner)


def spiral_turn(length: Any, arcs: Curve, angle_deg: ArrayLike) -> Turn:
    """Means over a way of which `arcs` are half turns, and the rest is straight."""
    straight_part, bent_part = Turn.straight(angle_deg), Turn.along(arcs, angle_deg)
    share = arcs.s[-1] / length
    return Turn(
        *(
            (1 - share) * a + share * b
            for a, b in zip(vars(straight_part).values(), vars(bent_part).values(), strict=True)
        )
    )


def spiral(
    *,
    wl: ArrayLike = 1.55,
    turns: int = 4,
    length_x: ArrayLike = 500.0,
    radius: Given = None,
    spacing: Given = None,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `spiral`: its length of guide, straights in one direction and half circles through all."""
    rounds = int(plain("spiral", "turns", turns))
    length, bend, pitch = spiral_of(delays.spiral, rounds, length_x, radius, spacing, cross_section)
    middle = 2 * bend  # height of a half turn of the S
    radii = middle / 2 + sum(middle + (index + 0.5) * pitch for index in range(2 * rounds))
    arcs = (traced.euler if is_traced(radii) else euler)(2 * radii, 180.0, 0.0)
    turn = spiral_turn(length, arcs, value("spiral", "angle_deg", angle_deg))
    return through(Line(cross_section, corner).amplitude(wl, length, temperature, None, turn))


def bend_chain(
    *,
    wl: ArrayLike = 1.55,
    bends: int = 40,
    radius: Given = None,
    p: float = 0.5,
    cross_section: str = "rib",
    temperature: Given = None,
    corner: str = "nominal",
    angle_deg: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `bend_chain`: its length of guide; every bend passes through the same directions."""
    one = bend_euler(
        wl=wl, radius=radius, p=p, cross_section=cross_section, temperature=temperature, corner=corner,
        angle_deg=angle_deg,
    )  # fmt: skip
    return through(one["o1", "o2"] ** int(plain("bend_chain", "bends", bends)))


models: dict[str, Any] = {
    f.__name__: f
    for f in (
        straight, bend_euler, bend_circular, bend_s, taper, coupler_y, coupler_z, ring_single_y, ring_single_z,
        ring_double_y, ring_double_z, spiral, bend_chain,
    )
}  # fmt: skip
