"""Sizes of a device as its model takes them: given, traced or the process's own; and splitters, which both have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact import bodies, planes
from lingnan.components.compact.asked import Asked
from lingnan.components.compact.bodies import Cutter
from lingnan.components.compact.devices import Solver
from lingnan.components.compact.ways import SDict, plain
from lingnan.components.process import for_guide, number
from lingnan.pdk import active_process

Given = ArrayLike | None


def value(model: str, name: str, given: Given, key: str) -> Any:
    """As given, also traced, or the process's own."""
    if given is None:
        return number(None, key)
    return given if isinstance(given, jax.core.Tracer) else plain(model, name, given)


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
        long = value(model, "length_mmi", length, "")

        def cutter_of(at: Mapping[str, Any]) -> Cutter:
            return planes.splitter(process, cross_section, corner, at, self.inputs, self.direction)

        west = [f"o{k}" for k in range(self.inputs, 0, -1)]
        east = [f"o{self.inputs + k}" for k in range(1, max(self.inputs, 2) + 1)]
        ports = (tuple(west), tuple(east))
        return bodies.modelled(asked.spec(settings), long, usual, cutter_of, ports, asked.wl, asked.temperature)
