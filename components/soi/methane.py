"""Spirals of the line that see the least methane: width and length of the guide, as settings of a cell.

    best = methane.optimise()
    print(best.table())
    soi.spiral_sensor(**best.settings)

The share of the gas, dn_eff/dn, comes from the fit of the guide in a window, and loss by roughness is that of
`wetloss`. One derivative runs from width and length through the guide, the line shapes and the chain to the limit,
three σ of `sensors.gas.ppm_sigma`; L-BFGS-B follows it. A size that ends on a bound has the reason for that bound in
the table. Left out: etalons of facets and couplers, which no averaging takes away (`gas.fringe_ppm`); the loss of
bends, below 0.1 dB/cm at radii of 10 µm (`wetloss.bend`); and light that leaks into the substrate.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan import __version__
from lingnan.components.common import draw, sizing
from lingnan.components.compact import searches, wetted
from lingnan.components.compact.guides import digest
from lingnan.components.soi import wetloss
from lingnan.components.soi.wetguides import spiral_sensor
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors

#: µm and cm; what the search may use where nothing is said: widths from where leaked light begins to count
#: (`NARROWEST`), and lengths that fit a die
FREE: dict[str, tuple[float, float]] = {"width": (0.36, 0.8), "length": (0.1, 10.0)}
START: dict[str, float] = {"width": 0.45, "length": 0.5}
#: Own choice, to be replaced by one's own instrument: a laser of 1 mW in the guide, a photodiode with its amplifier.
CHAIN = sensors.Chain(sensors.Laser(1e-3, 1e6, -145.0), sensors.Detector(0.9, 1e2, 2e-12))
#: A scan over R(4) of 2ν₃ [1/cm]
SCAN = (6056.4, 6058.0)
SAMPLES = 401
#: Why no narrower: by `devices.leakage`, through 2 µm of oxide at 1.651 µm, strips of 0.36 µm leak 0.01 dB/cm and in
#: the corner thin_narrow 0.04, a hundredth of what walls scatter; those of 0.34 leak 0.2 and 1.0, of 0.33 1.1 and 6.2.
NARROWEST = "narrower guides leak into the substrate, 1 dB/cm at 0.34 um in a corner, which is left out"


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
        wide = jnp.asarray(width, float)
        fit = wetted.wet(active_process(), "strip", self.corner)
        index, slope = jax.jvp(lambda w: fit.n_eff(self.wavelength, self._air, w), (wide,), (jnp.ones_like(wide),))
        return wetloss.walls(active_process(), self.corner, self.wavelength, self._air, index, slope)

    @property
    def _air(self) -> float:
        return wetloss.index("air", self.wavelength)


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
    ends: tuple[str, ...]  #: sizes that end on a bound, and what the bound is
    settings: dict[str, Any]  #: of `spiral_sensor`

    def table(self) -> str:
        """Before and after, a line for each figure; then what ends on a bound."""
        shown = {
            "width": ".3f", "length": ".4f", "limit_ppm": ".4g", "share": ".4f", "loss_db_cm": ".3f",
            "transmission": ".4f",
        }  # fmt: skip
        rows = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        return "\n".join([sizing.table(rows), *self.ends])

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
    process, gases = active_process(), sensors.lines.get(gas)
    sensors.lines.absorption(gases, np.asarray(scan))  # says what lies outside of the gas's lines
    asked = _Wanted(limits, first, chain, gas, scan, corner)
    key, entry = _asked(process, asked, say)
    return searches.recalled(process.name, key, entry, lambda kept: _design(kept, asked), say)


def wanted(process: Process) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Searches that are kept: the one that `optimise` does with nothing said."""
    return [_asked(process, _Wanted(FREE, START, CHAIN, "CH4", SCAN, "nominal"), None)]


@dataclass(frozen=True)
class _Wanted:
    """What is searched over, and for what."""

    limits: Mapping[str, tuple[float, float]]
    first: Mapping[str, float]
    chain: sensors.Chain
    gas: str
    scan: tuple[float, float]
    corner: str

    def ends(self, found: Figures) -> tuple[str, ...]:
        """Sizes that end on a bound, with the reason."""
        said = []
        for name, value, unit in (("width", found.width, "um"), ("length", found.length, "cm")):
            for bound in self.limits[name]:
                if abs(value / bound - 1) < 1e-3:
                    leaks = (name, bound) == ("width", FREE["width"][0])
                    why = NARROWEST if leaks else "the range that was given"
                    said.append(f"{name} ends on {bound:g} {unit}: {why}")
        return tuple(said)


def _asked(
    process: Process, wanted: _Wanted, say: Callable[[float], None] | None
) -> tuple[str, Callable[[], dict[str, Any]]]:
    """Name of a search in the store, and how to do it."""
    loss = process.cross_sections["strip"].loss
    given = sorted(wanted.limits.items()), sorted(wanted.first.items()), wanted.gas, wanted.scan, SAMPLES
    numbers = [float(x) for x in jax.tree.leaves(wanted.chain)]
    solved_for = digest(process, "strip", wanted.corner), 0.0 if loss is None else loss.value
    return searches.key_of("spiral", solved_for, numbers, *given), lambda: _entry(process, _search(wanted, say))


def _design(entry: Mapping[str, Any], asked: _Wanted) -> Design:
    """From numbers that are kept; why a size ends is told anew, for words may be put better."""
    before, after = (Figures(**entry[name]) for name in ("before", "after"))
    return Design(before, after, tuple(entry["steps"]), asked.ends(after), dict(entry["settings"]))


def _entry(process: Process, found: Design) -> dict[str, Any]:
    """As the store keeps it; what is drawn is what is told, without a fit of its own."""
    return {"process": process.name, "hash": process.hash, "version": __version__, "error": 0.0, **asdict(found)}


def _search(wanted: _Wanted, say: Callable[[float], None] | None) -> Design:
    limits, first = wanted.limits, wanted.first
    waves = np.sort(1e4 / np.linspace(*wanted.scan, SAMPLES))
    guide, lines = Guide(float(waves[SAMPLES // 2]), wanted.corner), sensors.lines.get(wanted.gas)
    low, high = (np.log([limits[name][k] for name in FREE]) for k in (0, 1))

    @jax.jit
    def limit(x: Array) -> Array:
        width, length = jnp.exp(low + (high - low) * x)
        cell = sensors.gas.Cell(guide.share(width), length, guide.loss_db_cm(width))
        return 3 * sensors.gas.ppm_sigma(wanted.chain, cell, lines, jnp.asarray(waves))

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
    return Design(figures(first["width"], first["length"]), after, steps, wanted.ends(after), settings)


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
