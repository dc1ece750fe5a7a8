"""Compact models of the crossing and the coil of the lithium niobate line.

Left out as everywhere on the line: loss of bends beyond that of a straight guide, mixing of TE and TM, and what the
joints of straights and half circles lose.
"""

from collections.abc import Mapping
from typing import Any

from lingnan.components.common import draw
from lingnan.components.common.crossings import crossing_size
from lingnan.components.compact import planes
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.devices import Fit, Solver, modelled
from lingnan.components.compact.sizes import value
from lingnan.components.compact.spec import Spec
from lingnan.components.compact.ways import Line, SDict, Turn, both_ways, plain
from lingnan.components.tfln import coils
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.rotation import sagnac
from lingnan.solvers.tracing import namespace

ROUND = Turn(0.5, 0.5)  #: of half circles and quarter turns, which go through all directions alike


@model_of(coils.crossing, angle_deg=0.0)
def crossing(asked: Asked) -> SDict:
    """Model of `crossing`: what goes straight on, by expansion in the plane: a loss right to about 0.1 dB.

    `angle_deg` is that of o1-o3 as it is placed, from the layout's x axis, 0 or 90. Light that turns into the other
    guide or back (below -45 dB by the expansion, which has walls) is left out.
    """
    name, process, given, section = asked.name, active_process(), asked.given, asked.cross_section
    angle = plain(name, "angle_deg", asked.driven["angle_deg"])
    if angle % 90 != 0:
        raise LingnanError(f"model of {name}: angle_deg = {angle:g}: it lies along x and y. Give 0 or 90.")
    settings = {
        "access": draw.core_width(section),
        "wide": value(name, "width", given["width"], "crossing_width"),
        "length": value(name, "length", given["length"], "crossing_length"),
    }

    def solver_of(at: Mapping[str, Any]) -> Solver:
        return planes.crossing(process, section, asked.corner, at, (0.0, 90.0))

    found = modelled(
        Spec(process, name, section, asked.corner, settings), solver_of, asked.wl, asked.temperature, Fit((7, 3))
    )
    long, wide = (None if given[key] is None else plain(name, key, given[key]) for key in ("length", "width"))
    size, line = crossing_size(name, long, wide, section), Line(section, asked.corner)
    loss = abs(line.amplitude(asked.wl, 2 * (size.end - size.lead), asked.temperature))
    along_y, along_z = (
        found[pair] * loss * line.amplitude(asked.wl, 2 * size.lead, asked.temperature, None, Turn.straight(axis))
        for pair, axis in ((("o1", "o3"), 0.0), (("o2", "o4"), 90.0))
    )
    first, second = (along_y, along_z) if angle % 180 == 0 else (along_z, along_y)
    names = ("o1", "o2", "o3", "o4")
    none = {(a, b): 0 * first for a in names for b in names}
    return {**none, **both_ways({("o1", "o3"): first, ("o2", "o4"): second})}


@model_of(coils.gyroscope_coil, rate=0.0)
def gyroscope_coil(asked: Asked) -> SDict:
    """Model of `gyroscope_coil`: half of Sagnac's phase for each way at a `rate` [rad/s], positive counterclockwise.

    From o1 to o2 light goes counterclockwise, with a positive rate, and is late.
    """
    drawn, line = asked.plain(), Line(asked.cross_section, asked.corner)
    sizes = (drawn["length_crossing"], drawn["width_crossing"])
    wound = coils.winding(
        asked.name, int(drawn["turns"]), drawn["radius"], drawn["spacing"], drawn["radius_bend"], sizes,
        asked.cross_section,
    )  # fmt: skip
    guides = (
        (wound.arcs + 2 * wound.bend.length, ROUND),
        (wound.along_x - 2 * wound.crossing * wound.crossings, Turn.straight(0.0)),
        (wound.along_y - 2 * wound.crossing * wound.crossings, Turn.straight(90.0)),
    )
    passed = 1.0
    for length, turn in guides:
        passed = passed * line.amplitude(asked.wl, length, asked.temperature, None, turn)
    if wound.crossings:
        met = crossing(**asked.settings, length=sizes[0], width=sizes[1])
        passed = passed * (met["o1", "o3"] * met["o2", "o4"]) ** wound.crossings
    diameter = 4e-6 * wound.area / wound.length  # of the round coil that is as long and encloses as much [m]
    half = sagnac.phase_per_rate(1e-6 * wound.length, diameter, asked.wl) * asked.driven["rate"] / 2
    xp = namespace(half)  # also where a constant of a traced program has made it
    passed = passed * xp.ones_like(half)
    return {
        ("o1", "o2"): passed * xp.exp(1j * half), ("o2", "o1"): passed * xp.exp(-1j * half),
        ("o1", "o1"): 0 * passed, ("o2", "o2"): 0 * passed,
    }  # fmt: skip


models: dict[str, Any] = {f.__name__: f for f in (crossing, gyroscope_coil)}
