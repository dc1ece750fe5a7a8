"""Field sensors of the line with the least noise-equivalent field: gap and length, as settings of a cell.

    best = fieldsearch.optimise(fieldlight.Plates(height=0.02, capacitance=2e-12))
    print(best.table())
    tfln.field_sensor_mzi(**best.settings)

One derivative runs from the drawn sizes through charges and light (`floating`) and the interferometer behind its plates
(`solvers.fields.electric`) to the noise, and a quasi-Newton search follows it (L-BFGS-B). Longer strips need less
voltage and load the plates with more capacitance: beyond a length nothing is won but loss. A limit of the load and one
of the band are kept by a barrier: its factor is 1 below, and grows as the square of the logarithm above.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common import draw, sizing
from lingnan.components.tfln import fieldlight, floating
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.fields import electric
from lingnan.solvers.links.receiver import Receiver

#: µm; what the search may use where nothing is said. The gap begins where the metal keeps from the rib as recommended.
FREE: dict[str, tuple[float, float]] = {"gap": (5.0, 12.0), "length": (1000.0, 30000.0)}
START: dict[str, float] = {"gap": 8.0, "length": 5000.0}
#: Own choice, to be replaced by one's own instrument: a milliwatt, a photodiode with its amplifier.
READOUT = electric.Readout(1e-3, Receiver(responsivity=0.9, thermal=2e-12, rin_db_hz=-150.0))
_STEEP = 50.0  #: of the barrier: a fiftieth above a limit doubles the figure
_INSIDE = 1e-3  #: by which the barrier stands inside of a limit, so that what it lets pass is still within


@dataclass(frozen=True)
class Ask:
    """What is searched, but for the numbers that are free."""

    plates: fieldlight.Plates
    strip_width: float = 20.0  #: [µm]
    readout: electric.Readout = READOUT
    other_loss_db: float = 3.0
    frequency: float = 50.0  #: at which the noise counts [Hz]
    load: float = np.inf  #: most that the strips may load the plates with [F]
    band: float = 0.0  #: least that the transit of light leaves [Hz]
    corner: str = "nominal"
    strips: floating.Strips = field(default_factory=floating.strips)

    def told(self, gap: Any, length: Any) -> fieldlight.Told:
        """The sensor of a size [µm]."""
        return fieldlight.sensor(
            self.plates, length, gap, self.strip_width, other_loss_db=self.other_loss_db, frequency=self.frequency,
            strips=self.strips, corner=self.corner,
        )  # fmt: skip

    def noise(self, gap: Any, length: Any) -> Array:
        """Noise-equivalent field [V/m/√Hz]."""
        told = self.told(gap, length)
        return electric.field_noise(told.sensor, self.readout, self.frequency, told.antenna)

    def kept(self, gap: Any, length: Any) -> Array:
        """Factor of the barrier: 1 where both limits are kept."""
        told = self.told(gap, length)
        over = jnp.stack([jnp.asarray(told.head.load / self.load), self.band / told.sensor.fastest])
        return 1 + jnp.sum(jnp.square(_STEEP * jnp.log(jnp.maximum(over * (1 + _INSIDE), 1.0))), axis=0)


@dataclass(frozen=True)
class Figures:
    """A sensor and what it sees."""

    drawn: dict[str, float]  #: gap, length [µm]
    noise: float  #: noise-equivalent field [V/m/√Hz]
    half_wave: float  #: [V/m]
    v_pi: float  #: [V]
    load: float  #: [F]
    band: float  #: by the transit of light [Hz]
    loss_db: float


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    ask: Ask
    before: Figures
    after: Figures  #: on the mask grid
    steps: tuple[float, ...]  #: noise after each step, the barrier in it [V/m/√Hz]

    @property
    def settings(self) -> dict[str, float]:
        """Of `field_sensor_mzi`."""
        return {**self.after.drawn, "strip_width": self.ask.strip_width}

    def table(self) -> str:
        """Before and after, a line for each figure."""
        sizes = [(f"{name} [um]", ".3f", self.before.drawn[name], self.after.drawn[name]) for name in FREE]
        shown = {
            "noise": ".3g", "half_wave": ".4g", "v_pi": ".3f", "load": ".3g", "band": ".3g", "loss_db": ".2f",
        }  # fmt: skip
        rest = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        return sizing.table([*sizes, *rest])

    def figure(self) -> Any:
        """The way of the search, as a matplotlib figure."""
        return sizing.way(self.steps, (self.after.noise, "drawn"), "noise-equivalent field (V/m/√Hz)", "field sensor")


def optimise(
    plates: fieldlight.Plates,
    free: sizing.Ranges | None = None,
    *,
    start: Mapping[str, float] | None = None,
    strip_width: float = 20.0,
    readout: electric.Readout = READOUT,
    other_loss_db: float = 3.0,
    frequency: float = 50.0,
    load: float = np.inf,
    band: float = 0.0,
    corner: str = "nominal",
    say: Callable[[float], None] | None = None,
) -> Design:
    """Search for the sensor with the least noise-equivalent field on the active process.

    Args:
        plates: metal on the pads.
        free: gap and length -> least and largest [µm]; what is missing: `FREE`.
        start: of what is free [µm]; what is missing: `START`.
        strip_width: of the strips [µm], not searched: the narrowest is the best.
        readout: light and receiver.
        other_loss_db: of all that light passes but the strips [dB].
        frequency: at which the noise counts [Hz].
        load: most that the strips may load the plates with [F].
        band: least band by the transit of light [Hz].
        corner: of the process.
        say: is told the figure at each step.

    Raises:
        LingnanError: another name or range, sizes that the line does not make, limits that no size keeps.
    """
    limits = {**FREE, **(free or {})}
    first = {**START, **(start or {})}
    sizing.check(limits, first, FREE, {"gap": "TL.S"})
    ask = Ask(plates, strip_width, readout, other_loss_db, frequency, load, band, corner, floating.strips(corner))
    low, high = (np.log([limits[name][k] for name in FREE]) for k in (0, 1))

    def figure(x: Array) -> Array:
        sizes = jnp.exp(low + (high - low) * x)
        return ask.noise(*sizes) * ask.kept(*sizes)

    begin = np.log([first[name] for name in FREE])
    best, steps = sizing.lowered(figure, (begin - low) / (high - low), say)
    drawn = tuple(draw.even(size) for size in np.exp(low + (high - low) * best))
    if float(ask.kept(*drawn)) > 1.01:
        raise LingnanError(
            f"optimise: load = {load:g} F and band = {band:g} Hz are kept by no gap and length within "
            f"{limits} (process {active_process().stamp}). Allow more of one, or a wider range."
        )
    before, after = map(partial(_figures, ask), ([first[name] for name in FREE], drawn))
    return Design(ask, before, after, steps)


def _figures(ask: Ask, sizes: Any) -> Figures:
    told = ask.told(*sizes)
    numbers = (
        ask.noise(*sizes), told.sensor.half_wave, told.head.v_pi, told.head.load, told.sensor.fastest,
        told.sensor.loss_db,
    )  # fmt: skip
    return Figures(dict(zip(FREE, map(float, sizes), strict=True)), *(float(one) for one in numbers))
