"""Ring biosensors of the line with the least limit of detection: width, gap and straights, as settings of a cell.

    best = biosensor.optimise(polarization="te")
    print(best.table())
    soi.ring_sensor(**best.settings)

The guide in the liquid and two of them beside each other are solved at nodes of width and gap (`wetrings`); from there
on one derivative runs through the ring and the chain that reads it to the limit (`solvers.sensors.chain`), and a
quasi-Newton search follows it (L-BFGS-B). A scan covers one free spectral range. What is found is put on the mask
grid, solved anew there without the fit, and compared: `Design.error`. Cells and models are those of TE light; the TM
mode of the same ring is not in their models. Left out: the loss of bends and of the step into the window, roughness
that depends on width, and whether the ring's other polarisation is dark.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan import __version__
from lingnan.components.common import draw, sizing
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface
from lingnan.components.compact.guides import digest
from lingnan.components.compact.searches import key_of
from lingnan.components.soi.wetrings import Ask, Section, ring
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors

#: µm; what the search may use where nothing is said: gaps that the etch of a window opens, widths that guide
FREE: dict[str, tuple[float, float]] = {"width": (0.36, 0.6), "gap": (0.4, 0.8), "length_x": (0.5, 60.0)}
START: dict[str, float] = {"width": 0.45, "gap": 0.4, "length_x": 10.0}
#: Own choice, to be replaced by one's own instrument: a tunable laser swept fast, a photodiode with its amplifier, and
#: 12 bits, whose noise is that of the laser's power.
CHAIN = sensors.Chain(
    sensors.Laser(1e-4, 1e5, -130.0), sensors.Detector(0.9, 1e6, 2e-12), sensors.Converter(1.2e-4, 12)
)
#: What of temperature is left beside a covered ring on the chip (`ring_sensor_pair`): own choice.
AROUND = sensors.Environment(temperature=1e-5)
SAMPLES = 1001  #: of a scan over one free spectral range


@jax.jit
def budget(chain: sensors.Chain, around: sensors.Environment, made: sensors.Ring) -> sensors.Budget:
    """Limit of detection from one scan of a free spectral range about the resonance."""
    waves = made.resonance() + made.fsr * jnp.linspace(-0.5, 0.5, SAMPLES)
    return sensors.limit(chain, made, waves, around)


@dataclass(frozen=True)
class Figures:
    """A ring and its limit."""

    drawn: dict[str, float]  #: width, gap, length_x [µm]
    lod_riu: float
    nm_per_riu: float
    q_loaded: float
    kappa2: float
    loss_db_cm: float
    extinction: float
    samples_pm: float  #: scatter by the noise of the samples
    total_pm: float  #: by all causes


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    polarization: str
    before: Figures
    after: Figures  #: on the mask grid, solved anew
    steps: tuple[float, ...]  #: limit of detection after each step of the search [RIU]
    error: float  #: of the limit by the fit, against the mode solver at the end
    radius: float  #: [µm]

    @property
    def settings(self) -> dict[str, float]:
        """Of `ring_sensor`."""
        return {"radius": self.radius, **self.after.drawn}

    def table(self) -> str:
        """Before and after, a line for each figure."""
        sizes = [(f"{name} [um]", ".3f", self.before.drawn[name], self.after.drawn[name]) for name in FREE]
        shown = {
            "lod_riu": ".3g", "nm_per_riu": ".1f", "q_loaded": ".0f", "kappa2": ".4f", "loss_db_cm": ".2f",
            "extinction": ".3g", "samples_pm": ".4f", "total_pm": ".4f",
        }  # fmt: skip
        rest = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        return sizing.table([*sizes, *rest])

    def figure(self) -> Any:
        """The way of the search, as a matplotlib figure."""
        drawn = self.after.lod_riu, "drawn, solved anew"
        return sizing.way(self.steps, drawn, "limit of detection (RIU)", f"ring, {self.polarization.upper()}")


def optimise(
    free: sizing.Ranges | None = None,
    *,
    polarization: str = "te",
    start: Mapping[str, float] | None = None,
    liquid: str = "water",
    radius: float = 20.0,
    wavelength: float = 1.55,
    chain: sensors.Chain = CHAIN,
    around: sensors.Environment = AROUND,
    corner: str = "nominal",
    say: Callable[[float], None] | None = None,
) -> Design:
    """Search for the ring with the least limit of detection on the active process.

    Args:
        free: width, gap and length_x -> least and largest [µm]; what is missing: `FREE`.
        polarization: te or tm.
        start: of what is free [µm]; what is missing: `START`.
        liquid: name of a material.
        radius: of the racetrack [µm], not searched: with it the range of the reading shrinks.
        wavelength: [µm]
        chain: what reads.
        around: what else moves the line.
        corner: of the process.
        say: is told the limit at each step.

    Raises:
        LingnanError: another name, polarisation or range, or sizes that the line does not make.
        NoGuidedModeError: a width that does not guide the mode in this liquid.
    """
    limits = {**FREE, **(free or {})}
    first = {**START, **(start or {})}
    sizing.check(limits, first, FREE, {"width": "OX.WG.W", "gap": "WG.S"})
    if polarization not in ("te", "tm"):
        raise LingnanError(f"optimise: polarization = {polarization!r} is neither te nor tm. Give one of the two.")
    process = active_process()
    key, entry = _asked(process, limits, first, polarization, liquid, radius, wavelength, chain, around, corner, say)
    known = store.find(process.name, key) is not None
    found = _design(store.recalled(process.name, key, entry))
    if known and say:
        for step in found.steps:
            say(step)
    return found


def wanted(process: Process) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Searches that are kept: the ones that `optimise` does with nothing said, of both polarisations."""
    return [
        _asked(process, FREE, START, polarization, "water", 20.0, 1.55, CHAIN, AROUND, "nominal", None)
        for polarization in ("te", "tm")
    ]


def _asked(
    process: Process, limits: sizing.Ranges, first: Mapping[str, float], polarization: str,
    liquid: str, radius: float, wavelength: float, chain: sensors.Chain, around: sensors.Environment, corner: str,
    say: Callable[[float], None] | None,
) -> tuple[str, Callable[[], dict[str, Any]]]:  # fmt: skip
    """Name of a search in the store, and how to do it."""
    loss = process.cross_sections["strip"].loss
    ask = Ask(polarization, liquid, radius, wavelength, 0.0 if loss is None else loss.value, corner)
    numbers = [float(x) for x in jax.tree.leaves((chain, around))]
    solved_for = digest(process, "strip", corner)
    key = key_of("ring", astuple(ask), solved_for, sorted(limits.items()), sorted(first.items()), numbers, SAMPLES)
    return key, lambda: _entry(process, _search(process, ask, limits, first, chain, around, say))


def _design(entry: Mapping[str, Any]) -> Design:
    return Design(
        entry["polarization"], Figures(**entry["before"]), Figures(**entry["after"]), tuple(entry["steps"]),
        entry["error"], entry["radius"],
    )  # fmt: skip


def _entry(process: Process, found: Design) -> dict[str, Any]:
    """As the store keeps it."""
    return {"process": process.name, "hash": process.hash, "version": __version__, **asdict(found)}


def _search(
    process: Process, ask: Ask, limits: sizing.Ranges, first: Mapping[str, float],
    chain: sensors.Chain, around: sensors.Environment, say: Callable[[float], None] | None,
) -> Design:  # fmt: skip
    section = ask.section(process, limits)
    low, high = (np.array([limits[name][k] for name in FREE]) for k in (0, 1))

    def lod(x: Array) -> Array:
        return budget(chain, around, ring(section, ask, *(low + (high - low) * x))).lod_riu

    begin = np.array([first[name] for name in FREE])
    best, steps = sizing.lowered(lod, (begin - low) / (high - low), say)
    at = low + (high - low) * best
    drawn = draw.even(at[0]), draw.even(at[1]), draw.even(at[2])
    fitted = float(budget(chain, around, ring(section, ask, *drawn)).lod_riu)
    before, after = (_figures(ask, process, section, chain, around, one) for one in (begin, drawn))
    return Design(ask.polarization, before, after, steps, abs(fitted / after.lod_riu - 1), ask.radius)


def _figures(
    ask: Ask, process: Process, section: Section, chain: sensors.Chain, around: sensors.Environment, sizes: Any
) -> Figures:
    """Of a ring by the mode solver: the guide itself, and the exchange by the fit's shape through one solve."""
    width, gap, length_x = (float(one) for one in sizes)
    shift = np.log(ask.exchange(process, gap, width) / float(section.splitting(gap, width)))
    moved = np.array(section.pair.coefficients)
    moved[0, 0] += shift
    pair = Surface(section.pair.x, section.pair.y, tuple(map(tuple, moved.tolist())))
    alone = ask.solved(process, width)
    guide = {name: Surface(one.x, one.y, ((float(getattr(alone, name)),),)) for name, one in section.guide.items()}
    made = ring(Section(section.wavelength, guide, pair, section.lean), ask, width, gap, length_x)
    found = budget(chain, around, made)
    drawn = {"width": width, "gap": gap, "length_x": length_x}
    numbers = (found.lod_riu, found.nm_per_riu, made.q_loaded, made.kappa2, alone.loss_db_cm, made.extinction)
    return Figures(drawn, *(float(one) for one in (*numbers, found.samples, found.total)))
