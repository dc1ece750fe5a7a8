"""Coils with the least random walk that a square has room for: turns and radius, as settings of `gyroscope`.

    best = coilsearch.optimise(side=20000.0)
    print(best.table())
    tfln.gyroscope(**best.settings)

More turns bring more area and more loss, of the guide and of two crossings each. One derivative runs from turns and
radius through closed forms of length and area to the noise, with turns that need not be whole; a quasi-Newton search
follows it (L-BFGS-B), and once more in the radius alone for the whole numbers below and above. That the coil keeps
inside its square is seen to by a barrier, as in `fieldsearch`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common import draw, sizing
from lingnan.components.tfln import gyrolight
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.rotation import coil

#: What the search may use where nothing is said: turns, and µm.
FREE: dict[str, tuple[float, float]] = {"turns": (1.0, 60.0), "radius": (300.0, 40000.0)}
START: dict[str, float] = {"turns": 2.0, "radius": 1000.0}
#: Own choice, to be replaced by one's own instrument: a milliwatt of light, a photodiode with its amplifier.
READOUT = coil.Readout(1e-3, Receiver(responsivity=0.9, thermal=2e-12, rin_db_hz=-150.0))
_STEEP = 50.0  #: of the barrier: a fiftieth above a limit doubles the figure
_INSIDE = 1e-3  #: by which the barrier stands inside of the square


@dataclass(frozen=True)
class Ask:
    """What is searched, but for the numbers that are free."""

    front: gyrolight.Front
    side: float  #: of the square that the coil keeps inside of [µm]
    readout: coil.Readout = field(default_factory=lambda: READOUT)

    def walk(self, turns: Any, radius: Any) -> Array:
        """Random walk of the angle [°/√h]."""
        return coil.random_walk(self.front.told(turns, radius).coil, self.readout)

    def used(self, turns: Any, radius: Any) -> Array:
        """Share of the square's side that the coil takes, guides to the edge of what lies beside them."""
        wound = self.front.told(turns, radius).wound
        return jnp.maximum(*(jnp.asarray(one, float) for one in wound.size)) / (self.side - self.front.beside)

    def figure(self, turns: Any, radius: Any) -> Array:
        """What is lowered: the walk, and the barrier."""
        over = jnp.log(jnp.maximum(self.used(turns, radius) * (1 + _INSIDE), 1.0))
        return self.walk(turns, radius) * (1 + jnp.square(_STEEP * over))


@dataclass(frozen=True)
class Figures:
    """A coil and what it sees."""

    drawn: dict[str, float]  #: turns, radius [µm]
    walk: float  #: [°/√h]
    length: float  #: of guide [m]
    area: float  #: turns counted [m²]
    guide_db: float  #: loss of the coil's guide
    crossing_db: float  #: loss of its crossings
    proper: float  #: best frequency of a modulation [Hz]
    used: float  #: share of the square's side


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    ask: Ask
    before: Figures
    after: Figures  #: whole turns, on the mask grid
    steps: tuple[float, ...]  #: random walk after each step, the barrier in it, turns not whole [°/√h]

    @property
    def settings(self) -> dict[str, Any]:
        """Of `gyroscope` and `gyroscope_coil`."""
        return {"turns": int(self.after.drawn["turns"]), "radius": self.after.drawn["radius"],
                "spacing": float(self.ask.front.wound.spacing)}  # fmt: skip

    def table(self) -> str:
        """Before and after, a line for each figure."""
        sizes = [(name, ".3f", self.before.drawn[name], self.after.drawn[name]) for name in FREE]
        shown = {
            "walk": ".4g", "length": ".4g", "area": ".4g", "guide_db": ".2f", "crossing_db": ".2f", "proper": ".4g",
            "used": ".3f",
        }  # fmt: skip
        rest = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        return sizing.table([*sizes, *rest])

    def figure(self) -> Any:
        """The way of the search, as a matplotlib figure."""
        return sizing.way(self.steps, (self.after.walk, "drawn"), "random walk (°/√h)", "gyroscope's coil")


def optimise(
    side: float,
    free: sizing.Ranges | None = None,
    *,
    start: Mapping[str, float] | None = None,
    readout: coil.Readout = READOUT,
    front: gyrolight.Front | None = None,
    say: Callable[[float], None] | None = None,
) -> Design:
    """Search for the coil with the least random walk on the active process.

    Args:
        side: of the square that the coil keeps inside of [µm].
        free: turns and radius -> least and largest [1, µm]; what is missing: `FREE`.
        start: of what is free; what is missing: `START`.
        readout: light and receiver.
        front: what stands before the coil, and its spacing; None: `gyrolight.front()`.
        say: is told the figure at each step.

    Raises:
        LingnanError: another name or range, no whole number of turns, or a square that is too small for every
            coil allowed.
    """
    limits = {**FREE, **(free or {})}
    first = {**START, **(start or {})}
    sizing.check(limits, first, FREE, {})
    if math.ceil(limits["turns"][0]) > math.floor(limits["turns"][1]):
        raise LingnanError(
            f"optimise: turns from {limits['turns'][0]:g} to {limits['turns'][1]:g} hold no whole number. Allow one."
        )
    ask = Ask(gyrolight.front() if front is None else front, side, readout)
    if not float(ask.used(limits["turns"][0], limits["radius"][0])) <= 1:
        raise LingnanError(
            f"optimise: side = {side:g} µm is too small for {limits['turns'][0]:g} turns of a radius of "
            f"{limits['radius'][0]:g} µm (process {active_process().stamp}). Give a larger one, or allow less."
        )
    low, high = (np.log([limits[name][k] for name in FREE]) for k in (0, 1))
    begin = (np.log([first[name] for name in FREE]) - low) / (high - low)

    def sizes_of(x: Any) -> Any:
        return jnp.exp(low + (high - low) * x)

    best, steps = sizing.lowered(lambda x: ask.figure(*sizes_of(x)), begin, say)
    found = []
    least, most = math.ceil(limits["turns"][0]), math.floor(limits["turns"][1])
    for turns in {min(max(whole(sizes_of(best)[0]), least), most) for whole in (math.floor, math.ceil)}:
        of_radius, _ = sizing.lowered(
            lambda x, turns=float(turns): ask.figure(turns, jnp.exp(low[1] + (high[1] - low[1]) * x[0])), best[1:], None
        )
        radius = draw.even(float(np.exp(low[1] + (high[1] - low[1]) * of_radius[0])))
        found.append((float(ask.figure(float(turns), radius)), float(turns), radius))
    _, turns, radius = min(found)
    before, after = (_figures(ask, *one) for one in ((first["turns"], first["radius"]), (turns, radius)))
    return Design(ask, before, after, steps)


def _figures(ask: Ask, turns: float, radius: float) -> Figures:
    told = ask.front.told(turns, radius)
    numbers = (
        ask.walk(turns, radius), told.coil.length, told.wound.area * 1e-12, told.coil.loss_db_m * told.coil.length,
        told.crossing_db, told.proper, ask.used(turns, radius),
    )  # fmt: skip
    return Figures({"turns": turns, "radius": radius}, *(float(one) for one in numbers))
