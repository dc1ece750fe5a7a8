"""Compact models of the silicon line's composite cells: circuits of the models of what they are made of.

Spirals, chains, heated guides and interferometers, with the parameters of their cells, `wl` [µm], `temperature` [K] and
`corner`. Lengths are those that the cells draw. A heater's model takes `heating`, by how much its core is warmer than
the chip [K]; what power that takes is the heater's own matter.
"""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.sizes import Given, spiral_of
from lingnan.components.compact.ways import Line, both_ways, joined, plain, through
from lingnan.components.soi import delays, light, parts, tuning
from lingnan.pdk.errors import LingnanError, did_you_mean

if TYPE_CHECKING:
    import sax


def spiral(
    *,
    wl: ArrayLike = 1.55,
    turns: int = 4,
    length_x: ArrayLike = 100.0,
    radius: Given = None,
    spacing: Given = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
    cladding: str = "",
) -> "sax.SDict":
    """Model of `spiral`: its length of guide, in a medium `cladding` if it lies in a window."""
    rounds = int(plain("spiral", "turns", turns))
    made = spiral_of(delays.spiral, rounds, length_x, radius, spacing, cross_section)
    return through(Line(cross_section, corner, cladding).amplitude(wl, made.length, temperature))


def bend_chain(
    *,
    wl: ArrayLike = 1.55,
    bends: int = 40,
    radius: Given = None,
    p: float = 0.5,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_chain`: its bends, one after the other."""
    one = light.bend_euler(
        wl=wl, radius=radius, p=p, cross_section=cross_section, temperature=temperature, corner=corner
    )  # fmt: skip
    return through(one["o1", "o2"] ** int(plain("bend_chain", "bends", bends)))


def phase_shifter_heater(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 200.0,
    heater_width: float | None = None,
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
    heating: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `phase_shifter_heater`: a guide that is `heating` [K] warmer between the heater's legs.

    The heater's width sets how much power that takes, which is no part of this.
    """
    return through(_heated(wl, length, cross_section, temperature, corner, heating))


def mzi(
    *,
    wl: ArrayLike = 1.55,
    delta_length: ArrayLike = 40.0,
    length_x: ArrayLike = 50.0,
    length_y: ArrayLike = 2.0,
    heater: bool = False,
    splitter: str = "mmi1x2",
    combiner: str = "mmi1x2",
    cross_section: str = "strip",
    temperature: Given = None,
    corner: str = "nominal",
    heating: ArrayLike = 0.0,
) -> "sax.SDict":
    """Model of `mzi`: splitter, two arms of bends and straights, combiner; `heating` [K] is that of the upper arm."""
    line = Line(cross_section, corner)
    plain_arm = line.amplitude(wl, length_x, temperature)
    upper = _heated(wl, length_x, cross_section, temperature, corner, heating) if heater else plain_arm
    settings: dict[str, Any] = dict(wl=wl, cross_section=cross_section, temperature=temperature, corner=corner)
    return interferometer((splitter, combiner), (upper, plain_arm), (length_y, length_y + delta_length / 2), settings)


def interferometer(
    ends: tuple[str, str], along: tuple[Any, Any], across: tuple[ArrayLike, ArrayLike], settings: dict[str, Any]
) -> "sax.SDict":
    """Splitter, two arms of four bends and straights, combiner.

    Args:
        ends: names of splitter and combiner.
        along: amplitudes of what lies along the upper and the lower arm.
        across: length of the straights across on either side of it [µm].
        settings: wl, cross_section, temperature and corner of all guides.
    """
    names, cross_section = zip(("splitter", "combiner"), ends, strict=True), settings["cross_section"]
    first, last = (_ends(name, value, cross_section) for name, value in names)
    line = Line(cross_section, settings["corner"])
    bend = light.bend_euler(**settings)["o1", "o2"]
    apart = abs(last[1] - first[1])  # one splitter's ports lie further out than the other's
    arms = [
        through(bend**4 * one * line.amplitude(settings["wl"], 2 * rise + apart, settings["temperature"]))
        for one, rise in zip(along, across, strict=True)
    ]
    models = {**light.models, **parts.models}
    made = [models[name](**settings) for name in ends]
    (out_up, *idle, out_down), (in_up, *dark, in_down) = first[2], last[2]
    unused = [f"first,{port}" for port in idle] + [f"last,{port}" for port in dark]
    dumps = {f"dump{index}": models["terminator"](**settings) for index in range(len(unused))}
    outer = [f"first,{port}" for port in first[3]] + [f"last,{port}" for port in last[3][::-1]]
    return joined(
        {"first": made[0], "up": arms[0], "down": arms[1], "last": made[1], **dumps},
        {
            f"first,{out_up}": "up,o1", f"first,{out_down}": "down,o1",
            "up,o2": f"last,{in_up}", "down,o2": f"last,{in_down}",
            **{port: f"{dump},o1" for port, dump in zip(unused, dumps, strict=True)},
        },
        {f"o{index}": port for index, port in enumerate(outer, 1)},
    )  # fmt: skip


def outward(found: dict[str, Array]) -> "sax.SDict":
    """What sends light from o1 to others, by their names, and from these back to o1 alone."""
    ports = {("o1", name): amplitude for name, amplitude in found.items()}
    zero = jnp.zeros_like(next(iter(found.values())))
    names = ["o1", *found]
    return both_ways({**{(a, b): zero for a in names for b in names if a <= b}, **ports})


def _heated(
    wl: ArrayLike, length: ArrayLike, cross_section: str, temperature: Given, corner: str, heating: ArrayLike
) -> Any:
    """A guide of a length [µm], warmer over the length of its heater: all of it but one contact."""
    line = Line(cross_section, corner)
    base = line.guide().temperature if temperature is None else temperature
    cold = tuning.number(None, "heater_contact")
    return line.amplitude(wl, cold, base) * line.amplitude(wl, length - cold, base + heating)


def _ends(parameter: str, name: str, cross_section: str) -> tuple[str, float, list[str], list[str]]:
    """Of a splitter: name, height of its upper inner port, its inner ports (upper first), its outer ports clockwise."""
    if name not in tuning.SPLITTERS:
        raise LingnanError(f"mzi: {parameter} = {name!r} is no splitter. {did_you_mean(name, tuning.SPLITTERS)}")
    made = tuning.SPLITTERS[name](cross_section=cross_section)
    east = sorted((p for p in made.ports if p.orientation == 0), key=lambda p: -p.center[1])
    west = sorted((p for p in made.ports if p.orientation == 180), key=lambda p: p.center[1])
    return name, float(east[0].center[1]), [str(p.name) for p in east], [str(p.name) for p in west]


models: dict[str, Any] = {f.__name__: f for f in (spiral, bend_chain, phase_shifter_heater, mzi)}
