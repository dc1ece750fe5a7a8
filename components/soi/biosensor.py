"""Ring biosensors of the line with the least limit of detection: width, gap and straights, as settings of a cell.

    best = biosensor.optimise(polarization="te")
    print(best.table())
    soi.ring_sensor(**best.settings)

The guide in the liquid and two of them beside each other are solved at nodes of width and gap (`wetrings`); from there
on one derivative runs through the ring and the chain that reads it to the limit (`solvers.sensors.chain`), and a
quasi-Newton search follows it (L-BFGS-B). A scan covers one free spectral range. What is found is put on the mask
grid, solved anew there without the fit, and compared: `Design.error`.

The longer a ring, the more often a scan sees its line, and the limit falls until the line is as wide as the free
spectral range; so the range of the reading, FSR/S, is a specification, and `length_x` goes up to where it ends. A size
that ends on a bound has the reason for that bound in the table.

Cells and models are those of TE light; the TM mode of the same ring is not in their models. What leaks into the
substrate counts: through 2 µm of oxide 0.003 dB/cm of TE light at 0.30 µm, of TM light 9 dB/cm there and 0.09 at 0.434.
Left out: the loss of the step into the window, and whether the ring's other polarisation is dark.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan import __version__
from lingnan.components.common import draw, sizing
from lingnan.components.compact import searches
from lingnan.components.compact.chebyshev import Surface
from lingnan.components.compact.guides import digest
from lingnan.components.soi.wetrings import Ask, Section, ring
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors
from lingnan.solvers.checks import check_between

#: µm; what the search may use where nothing is said: widths and gaps that the etch of a window opens, below the width
#: at which TE1 overtakes TM0; lengths as the range of the reading has it
FREE: dict[str, tuple[float, float]] = {"width": (0.3, 0.6), "gap": (0.4, 1.4), "length_x": (0.5, 1000.0)}
RANGE = 0.01  #: RIU that a reading has to tell apart, FSR/S: own choice, more than buffers differ by
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
    range_riu: float  #: that a reading tells apart, FSR/S
    samples_pm: float  #: scatter by the noise of the samples
    total_pm: float  #: by all causes


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    polarization: str
    before: Figures
    after: Figures  #: on the mask grid, solved anew
    steps: tuple[float, ...]  #: limit of detection after each step of the search [RIU]
    ends: tuple[str, ...]  #: sizes that end on a bound, and what the bound is
    error: float  #: of the limit by the fit, against the mode solver at the end
    radius: float  #: [µm]

    @property
    def settings(self) -> dict[str, float]:
        """Of `ring_sensor`."""
        return {"radius": self.radius, **self.after.drawn}

    def table(self) -> str:
        """Before and after, a line for each figure; then what ends on a bound."""
        sizes = [(f"{name} [um]", ".3f", self.before.drawn[name], self.after.drawn[name]) for name in FREE]
        shown = {
            "lod_riu": ".3g", "nm_per_riu": ".1f", "q_loaded": ".0f", "kappa2": ".4f", "loss_db_cm": ".2f",
            "extinction": ".3g", "range_riu": ".4f", "samples_pm": ".4f", "total_pm": ".4f",
        }  # fmt: skip
        rest = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        return "\n".join([sizing.table([*sizes, *rest]), *self.ends])

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
    range_riu: float = RANGE,
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
        range_riu: change of index that a reading tells apart at least, FSR/S; makes rings short [RIU].
        corner: of the process.
        say: is told the limit at each step.

    Raises:
        LingnanError: another name, polarisation or range, sizes that the line does not make, or a range of the reading
            that no ring of this radius has.
        NoGuidedModeError: a width that does not guide the mode in this liquid.
    """
    limits = {**FREE, **(free or {})}
    first = {**START, **(start or {})}
    sizing.check(limits, first, FREE, {"width": "OX.WG.W", "gap": "WG.S"})
    if polarization not in ("te", "tm"):
        raise LingnanError(f"optimise: polarization = {polarization!r} is neither te nor tm. Give one of the two.")
    check_between("optimise", "range_riu", range_riu, 0.0, 1.0, "RIU", "It is a change of the liquid's index.")
    process, ask = active_process(), Ask(polarization, liquid, radius, wavelength, corner)
    key, entry = _asked(process, ask, _Wanted(limits, first, chain, around, range_riu), say)
    return searches.recalled(process.name, key, entry, _design, say)


def wanted(process: Process) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Searches that are kept: the ones that `optimise` does with nothing said, of both polarisations."""
    found = (Ask(polarization, "water", 20.0, 1.55, "nominal") for polarization in ("te", "tm"))
    return [_asked(process, ask, _Wanted(FREE, START, CHAIN, AROUND, RANGE), None) for ask in found]


@dataclass(frozen=True)
class _Wanted:
    """What is searched over, and for what."""

    limits: sizing.Ranges
    first: Mapping[str, float]
    chain: sensors.Chain
    around: sensors.Environment
    range_riu: float

    def longest(self, ask: Ask, guide: sensors.Guide) -> Array:
        """Straights at which the range of the reading ends, FSR/S = λ/(L dn_eff/dn) [µm]."""
        least, most = self.limits["length_x"]
        there = ask.wavelength / (2 * guide.bulk * self.range_riu) - ask.end.length
        return jnp.clip(there, least, most)

    def sizes(self, section: Section, ask: Ask, at: Any) -> tuple[Any, Any, Any]:
        """Width, gap and straights of a point of the unit cube, the last up to where the range of the reading ends."""
        (low, high), (near, far) = (self.limits[name] for name in ("width", "gap"))
        least, width = self.limits["length_x"][0], low + (high - low) * at[0]
        length_x = least + (self.longest(ask, section.at(width)) - least) * at[2]
        return width, near + (far - near) * at[1], length_x

    def place(self, section: Section, ask: Ask) -> np.ndarray:
        """The point where the search begins."""
        width, gap, length_x = (self.first[name] for name in FREE)
        least, longest = self.limits["length_x"][0], float(self.longest(ask, section.at(width)))
        if not longest > least:
            reach = ask.wavelength / (2 * float(section.at(width).bulk) * (ask.end.length + least))
            raise LingnanError(
                f"optimise: range_riu = {self.range_riu:g} RIU: a ring of radius {ask.radius:g} µm and width "
                f"{width:g} µm tells no more than {reach:.4g} RIU apart. Use a smaller radius or range_riu."
            )
        ranges = ((width, *self.limits["width"]), (gap, *self.limits["gap"]), (length_x, least, longest))
        return np.clip([(one - low) / (high - low) for one, low, high in ranges], 0.0, 1.0)

    def ends(self, process: Process, ask: Ask, found: Figures) -> tuple[str, ...]:
        """Sizes that end on a bound, with the reason."""
        said, two = [], 0.002  # steps of the grid, µm
        for name in ("width", "gap"):
            for bound, rule in zip(self.limits[name], _RULES[name], strict=True):
                if abs(found.drawn[name] - bound) < two:
                    of_line = rule in process.rules and bound == process.limit(rule)
                    why = f"rule {rule}, {process.rules[rule].description}" if of_line else "the range that was given"
                    said.append(f"{name} ends on {bound:g} um: {why}")
        if found.range_riu < 1.01 * self.range_riu:
            said.append(f"length_x ends where a reading tells {self.range_riu:g} RIU apart, as specified")
        elif any(abs(found.drawn["length_x"] - bound) < two for bound in self.limits["length_x"]):
            said.append(f"length_x ends on {found.drawn['length_x']:g} um: the range that was given")
        return tuple(said)


#: rules at the lower and the upper end of a size
_RULES: dict[str, tuple[str, str]] = {"width": ("OX.WG.W", ""), "gap": ("OX.WG.S", "")}


def _asked(
    process: Process, ask: Ask, wanted: _Wanted, say: Callable[[float], None] | None
) -> tuple[str, Callable[[], dict[str, Any]]]:
    """Name of a search in the store, and how to do it."""
    loss = process.cross_sections["strip"].loss
    given = sorted(wanted.limits.items()), sorted(wanted.first.items()), wanted.range_riu, SAMPLES
    numbers = [float(x) for x in jax.tree.leaves((wanted.chain, wanted.around))]
    solved_for = digest(process, "strip", ask.corner), 0.0 if loss is None else loss.value
    key = searches.key_of("ring", astuple(ask), solved_for, numbers, *given)
    return key, lambda: _entry(process, _search(process, ask, wanted, say))


def _design(entry: Mapping[str, Any]) -> Design:
    return Design(
        entry["polarization"], Figures(**entry["before"]), Figures(**entry["after"]), tuple(entry["steps"]),
        tuple(entry["ends"]), entry["error"], entry["radius"],
    )  # fmt: skip


def _entry(process: Process, found: Design) -> dict[str, Any]:
    """As the store keeps it."""
    return {"process": process.name, "hash": process.hash, "version": __version__, **asdict(found)}


def _search(process: Process, ask: Ask, wanted: _Wanted, say: Callable[[float], None] | None) -> Design:
    section = ask.section(process, wanted.limits)

    def lod(sizes: Any) -> Array:
        return budget(wanted.chain, wanted.around, ring(process, section, ask, *sizes)).lod_riu

    place = wanted.place(section, ask)
    best, steps = sizing.lowered(lambda x: lod(wanted.sizes(section, ask, x)), place, say)
    width, gap, length_x = (float(one) for one in wanted.sizes(section, ask, best))
    drawn = draw.even(width), draw.even(gap), draw.even(length_x)
    begin = tuple(float(one) for one in wanted.sizes(section, ask, place))
    before, after = (_figures(process, section, ask, wanted, one) for one in (begin, drawn))
    error = abs(float(lod(drawn)) / after.lod_riu - 1)
    return Design(ask.polarization, before, after, steps, wanted.ends(process, ask, after), error, ask.radius)


def _figures(process: Process, section: Section, ask: Ask, wanted: _Wanted, sizes: Any) -> Figures:
    """Of a ring by the mode solver: the guide itself, and the exchange by the fit's shape through one solve."""
    width, gap, length_x = (float(one) for one in sizes)
    shift = np.log(ask.exchange(process, gap, width) / float(section.splitting(gap, width)))
    moved = np.array(section.pair.coefficients)
    moved[0, 0] += shift
    pair = Surface(section.pair.x, section.pair.y, tuple(map(tuple, moved.tolist())))
    alone, slope = ask.solved(process, width), float(section.slope(width))
    guide = {name: Surface(one.x, one.y, ((float(getattr(alone, name)),),)) for name, one in section.guide.items()}
    made = ring(process, replace(section, guide=guide, pair=pair, known_slope=slope), ask, width, gap, length_x)
    found = budget(wanted.chain, wanted.around, made)
    drawn = {"width": width, "gap": gap, "length_x": length_x}
    numbers = (
        found.lod_riu, found.nm_per_riu, made.q_loaded, made.kappa2, made.guide.loss_db_cm, made.extinction,
        sensors.dynamic_range(made.fsr, found.nm_per_riu), found.samples, found.total,
    )  # fmt: skip
    return Figures(drawn, *(float(one) for one in numbers))
