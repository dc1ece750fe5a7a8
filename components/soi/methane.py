"""Spirals of the line that see the least methane: width and length of the guide, as settings of a cell.

    best = methane.optimise()
    print(best.table())
    soi.spiral_sensor(**best.settings)

The share of the gas, dn_eff/dn, comes from the fit of the guide in a window. Loss by roughness follows the width as in
`devices.roughness`: there α goes as (n₁² - n₂²)² φ², φ² the field at a wall, and a wall that is shifted moves n_eff by
it, n dn_eff/dw = ½ (n₁² - n₂²) φ²; so α goes as (n₁² - n₂²) n dn_eff/dw; the process's loss of its strip under oxide is
the scale. Walls are correlated as they are there. One derivative runs from width and length through the guide, the
line shapes and the chain to the limit, three σ of `sensors.gas.ppm_sigma`; L-BFGS-B follows it. Left out: etalons of
facets and couplers, which no averaging takes away (`gas.fringe_ppm`), and the loss of bends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common import draw, sizing
from lingnan.components.compact import wetted
from lingnan.components.soi.wetguides import spiral_sensor
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import materials, sensors

#: µm and cm; what the search may use where nothing is said: the narrowest that a window may have, and what fits a die
FREE: dict[str, tuple[float, float]] = {"width": (0.36, 0.8), "length": (0.1, 10.0)}
START: dict[str, float] = {"width": 0.45, "length": 0.5}
#: Own choice, to be replaced by one's own instrument: a laser of 1 mW in the guide, a photodiode with its amplifier.
CHAIN = sensors.Chain(sensors.Laser(1e-3, 1e6, -145.0), sensors.Detector(0.9, 1e2, 2e-12))
#: A scan over R(4) of 2ν₃ [1/cm]
SCAN = (6056.4, 6058.0)
SAMPLES = 401
_SILICON, _OXIDE = "Si", "SiO2"


@dataclass(frozen=True)
class Guide:
    """A strip in a window full of air, at one wavelength."""

    wavelength: float  #: [µm]
    corner: str = "nominal"

    def share(self, width: Any) -> Array:
        """Of the gas's absorption that light sees: dn_eff/dn."""
        return wetted.wet(active_process(), "strip", self.corner).bulk(self.wavelength, self._air, width)

    def loss_db_cm(self, width: Any) -> Array:
        """By roughness, from the process's number for its own strip under oxide."""
        process = active_process()
        data = process.cross_sections["strip"]
        own = 0.0 if data.loss is None else data.loss.value
        return own * self._roughness(width, self._air) / self._roughness(data.width.value, self._index(_OXIDE))

    @property
    def _air(self) -> float:
        return self._index("air")

    def _index(self, name: str) -> float:
        with jax.ensure_compile_time_eval():  # inside the search's own `jit` too
            return float(np.real(materials.index(name, self.wavelength)))

    def _roughness(self, width: Any, n: float) -> Array:
        fit = wetted.wet(active_process(), "strip", self.corner)
        wide = jnp.asarray(width, float)
        index, slope = jax.jvp(lambda w: fit.n_eff(self.wavelength, n, w), (wide,), (jnp.ones_like(wide),))
        return (self._index(_SILICON) ** 2 - n**2) * index * slope


@dataclass(frozen=True)
class Figures:
    """A spiral and its limit."""

    width: float  #: [µm]
    length: float  #: [cm]
    limit_ppm: float  #: three σ of one scan
    share: float  #: of the gas's absorption
    loss_db_cm: float
    transmission: float  #: without gas


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    before: Figures
    after: Figures  #: as drawn
    steps: tuple[float, ...]  #: limit after each step of the search [ppm]
    settings: dict[str, Any]  #: of `spiral_sensor`

    def table(self) -> str:
        """Before and after, a line for each figure."""
        shown = {
            "width": ".3f", "length": ".4f", "limit_ppm": ".4g", "share": ".4f", "loss_db_cm": ".3f",
            "transmission": ".4f",
        }  # fmt: skip
        return sizing.table(
            (name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()
        )

    def figure(self) -> Any:
        """The way of the search, as a matplotlib figure."""
        drawn = self.after.limit_ppm, "as drawn"
        return sizing.way(self.steps, drawn, "methane (ppm, three σ)", "spiral in a window")


def optimise(
    free: Mapping[str, tuple[float, float]] | None = None,
    *,
    start: Mapping[str, float] | None = None,
    chain: sensors.Chain = CHAIN,
    gas: str = "CH4",
    scan: tuple[float, float] = SCAN,
    corner: str = "nominal",
    say: Callable[[float], None] | None = None,
) -> Design:
    """Search for the spiral that sees the least of a gas in air on the active process.

    Args:
        free: width [µm] and length [cm] -> least and largest; what is missing: `FREE`.
        start: of what is free; what is missing: `START`.
        chain: what reads.
        gas: of `sensors.lines`.
        scan: first and last wavenumber [1/cm].
        corner: of the process.
        say: is told the limit at each step.

    Raises:
        LingnanError: another name or range, or sizes that the line does not make.
        ValueError: a scan outside the gas's lines.
    """
    limits, first = {**FREE, **(free or {})}, {**START, **(start or {})}
    sizing.check(limits, first, FREE, {"width": "OX.WG.W"})
    waves = np.sort(1e4 / np.linspace(*scan, SAMPLES))
    guide, lines = Guide(float(waves[SAMPLES // 2]), corner), sensors.lines.get(gas)
    low, high = (np.log([limits[name][k] for name in FREE]) for k in (0, 1))

    @jax.jit
    def limit(x: Array) -> Array:
        width, length = jnp.exp(low + (high - low) * x)
        cell = sensors.gas.Cell(guide.share(width), length, guide.loss_db_cm(width))
        return 3 * sensors.gas.ppm_sigma(chain, cell, lines, jnp.asarray(waves))

    def place(sizes: Any) -> np.ndarray:
        """In the unit square that the search sees: width and length act by their ratios."""
        return (np.log(sizes) - low) / (high - low)

    best, steps = sizing.lowered(limit, place([first[name] for name in FREE]), say)
    width, length = (float(one) for one in np.exp(low + (high - low) * best))
    settings = spiral_of(length, draw.even(width))
    drawn = spiral_sensor(**settings).info

    def figures(width: float, length: float) -> Figures:
        share, loss = float(guide.share(width)), float(guide.loss_db_cm(width))
        ppm = float(limit(jnp.asarray(place([width, length]))))
        return Figures(width, length, ppm, share, loss, 10 ** (-loss * length / 10))

    after = figures(drawn["width_um"], drawn["length_um"] * 1e-4)
    return Design(figures(first["width"], first["length"]), after, steps, settings)


def spiral_of(length: float, width: float) -> dict[str, Any]:
    """Settings of a `spiral_sensor` of a length [cm], about as wide as it is high.

    Raises:
        LingnanError: it would take more turns than a spiral has.
    """

    def straight(turns: int) -> tuple[float, bool]:
        """Length of the straights [µm], and whether they are no longer than the spiral is high without them."""
        plain, longer = (spiral_sensor(turns=turns, length_x=one, width=width) for one in (0.0, 100.0))
        slope = (longer.info["length_um"] - plain.info["length_um"]) / 100.0  # lengths are linear in the straights
        left = (length * 1e4 - plain.info["length_um"]) / slope
        return left, left <= plain.dbbox().height()

    turns = next((1 << k for k in range(8) if straight(1 << k)[1]), None)
    if turns is None:
        raise LingnanError(f"spiral_of: length = {length:g} cm takes more than 128 turns. Use several spirals.")
    turns = next(one for one in range(turns // 2 + 1, turns + 1) if straight(one)[1])
    return {"turns": turns, "length_x": draw.even(max(straight(turns)[0], 0.0)), "width": width}
