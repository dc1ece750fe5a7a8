"""Sizes of a device as its model takes them: given, traced or the process's own; and splitters, which both have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.components import limits
from lingnan.components.common import draw
from lingnan.components.common.curves import Curve
from lingnan.components.common.delay import crosstalk_pitch, spiral_length
from lingnan.components.common.guides import s_bend_curve
from lingnan.components.compact import bodies, planes, traced
from lingnan.components.compact.asked import Asked
from lingnan.components.compact.bodies import Cutter
from lingnan.components.compact.devices import Solver
from lingnan.components.compact.ways import SDict, plain
from lingnan.components.process import for_guide, number
from lingnan.pdk import active_process
from lingnan.solvers.checks import no_less
from lingnan.solvers.tracing import is_traced

Given = ArrayLike | None


def value(model: str, name: str, given: Given, key: str = "") -> Any:
    """As given, also traced, or the process's own by its `key`, which a parameter with a default has no need of."""
    if given is None:
        return number(None, key)
    return given if isinstance(given, Tracer) else plain(model, name, given)


def s_bend_of(model: str, size: tuple[ArrayLike, ArrayLike], cross_section: str) -> Curve:
    """The centre line of `bend_s`; its length and step may be traced."""
    along, across = size
    if is_traced(along, across):
        return traced.s_bend(along, across)
    return s_bend_curve(model, "size", plain(model, "size", along), plain(model, "size", across), cross_section)


class Spiral(NamedTuple):
    """What a spiral's model needs of it [µm]."""

    length: Any  #: of guide
    radius: Any  #: of its S
    pitch: Any


def spiral_of(
    cell: Callable[..., Any], turns: int, length_x: ArrayLike, radius: Given, spacing: Given, cross_section: str
) -> Spiral:
    """Of a spiral as its cell draws it; of sizes that are traced, the same off the mask's grid."""
    if is_traced(length_x, radius, spacing):
        section = draw.section_of(cross_section)
        bend: Any = section.radius if radius is None else radius
        pitch: Any = crosstalk_pitch(cross_section) if spacing is None else spacing
        core, reach = draw.core_width(cross_section), draw.reach(cross_section)
        fine = no_less("spiral", "length_x", length_x, 0.0, "µm", "")
        tightest = max(core / 2 + reach, limits.radius_limit(cross_section))
        fine = fine * no_less("spiral", "radius", bend, tightest, "µm", "The guide bends no tighter.")
        least = limits.space_of(cross_section) + core
        fine = fine * no_less("spiral", "spacing", pitch, least, "µm", "It is from guide to guide.")
        fine = fine * no_less("spiral", "2 radius - spacing", 2 * bend - pitch, 0.0, "µm", "The S has to fit.")
        return Spiral(fine * spiral_length(turns, length_x, bend, pitch, reach), bend, pitch)
    sizes = {"length_x": length_x, "radius": radius, "spacing": spacing}
    known = {name: None if one is None else plain("spiral", name, one) for name, one in sizes.items()}
    info = cell(turns=turns, cross_section=cross_section, **known).info
    return Spiral(float(info["length_um"]), float(info["radius_min_um"]), float(info["spacing_um"]))


def settled(model: str, name: str, given: Given, key: str) -> float:
    """As given, or the process's own; a number."""
    return number(None if given is None else plain(model, name, given), key)


def once(solver_of: Callable[[Mapping[str, Any]], Solver]) -> Callable[[Mapping[str, Any]], Solver]:
    """A solver that prepares itself at its first call only."""
    made: list[Solver] = []

    def solver(settings: Mapping[str, Any]) -> Solver:
        if not made:
            made.append(solver_of(settings))
        return made[0]

    return solver


@dataclass(frozen=True)
class Splitter:
    """Where the process keeps the sizes of a multimode coupler that are not given: keys of `[cells]`."""

    inputs: int
    width: str
    length: str
    port: str
    gap: str
    taper: str
    direction: float = 0.0  #: of its light from the layout's x axis, for crystals [deg]
    fit: bodies.Fit | None = None  #: None: as all do

    def modelled(self, asked: Asked) -> SDict:
        """S of width, length, gap, port width and taper length as given."""
        model, given, cross_section, corner = asked.name, asked.given, asked.cross_section, asked.corner
        length = given["length_mmi"]
        if length is None:
            length = for_guide(model, "length_mmi", None, self.length, cross_section)
        settings = {
            "width": value(model, "width_mmi", given["width_mmi"], self.width),
            "port": value(model, "width_taper", given["width_taper"], self.port),
            "gap": value(model, "gap_mmi", given["gap_mmi"], self.gap),
            "taper": value(model, "length_taper", given["length_taper"], self.taper),
            "access": draw.core_width(cross_section),
        }
        process, usual = active_process(), number(None, self.length)
        long = value(model, "length_mmi", length)

        def cutter_of(at: Mapping[str, Any]) -> Cutter:
            return planes.splitter(process, cross_section, corner, at, self.inputs, self.direction)

        west = [f"o{k}" for k in range(self.inputs, 0, -1)]
        east = [f"o{self.inputs + k}" for k in range(1, max(self.inputs, 2) + 1)]
        ports = (tuple(west), tuple(east))
        spec = asked.spec(settings)
        return bodies.modelled(spec, long, usual, cutter_of, ports, asked.wl, asked.temperature, self.fit)
