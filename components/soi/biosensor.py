"""Ring biosensors of the line with the least limit of detection: width, gap and straights, as settings of a cell.

    best = biosensor.optimise(polarization="te")
    print(best.table())
    soi.ring_sensor(**best.settings)

The mode of the strip in the liquid and the supermodes of two of them are solved at nodes of width and gap (`Section`);
from there on one derivative runs through the ring and the chain that reads it to the limit (`solvers.sensors.chain`),
and a quasi-Newton search follows it (L-BFGS-B). A scan covers one free spectral range. What is found is put on the mask
grid, solved anew there without the fit, and compared: `Design.error`. Cells and models are those of TE light; the TM
mode of the same ring is not in their models. Left out: the loss of bends and of the step into the window, roughness
that depends on width, and whether the ring's other polarisation is dark.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.optimize import minimize

from lingnan import __version__
from lingnan.components.common import draw
from lingnan.components.common.curves import euler
from lingnan.components.compact import leans, pairs, store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import digest
from lingnan.components.compact.searches import key_of
from lingnan.pdk import active_process, optics
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
_WIDTHS, _GAPS, _ALIKE = 6, 5, 4  #: nodes of a guide's width, and of gap and width of pairs
_FLAT = (0.0, 1.0)
_GUIDE = tuple(field.name for field in fields(sensors.Guide) if field.name not in ("wavelength", "surface"))


@dataclass(frozen=True)
class Section:
    """A strip in a liquid over its width, and two of them over their gap."""

    wavelength: float  #: [µm]
    guide: Mapping[str, Surface]  #: of 1/width: what `sensors.Guide` holds
    pair: Surface  #: ln(n₊ - n₋) of gap and 1/width
    lean: float  #: slope of the tail in a bend [µm]

    def at(self, width: Any) -> sensors.Guide:
        """The guide of a width [µm]."""
        return sensors.Guide(self.wavelength, **{name: one(1 / width, 0.5) for name, one in self.guide.items()})

    def splitting(self, gap: Any, width: Any) -> Array:
        """n₊ - n₋; beyond the solved gaps it falls on along its last slope."""
        low, high = self.pair.x
        inside = jnp.clip(gap, low, high)
        step = 1e-3
        slope = (self.pair(high, 1 / width) - self.pair(high - step, 1 / width)) / step
        return jnp.exp(self.pair(inside, 1 / width) + slope * (gap - inside))


@dataclass(frozen=True)
class Ask:
    """What is searched, but for the numbers that are free."""

    polarization: str
    liquid: str
    radius: float
    wavelength: float
    loss_db_cm: float
    corner: str

    def section(self, process: Process, free: Mapping[str, tuple[float, float]]) -> Section:
        """Solve at all nodes."""
        inverse = 1 / free["width"][1], 1 / free["width"][0]
        widths = 1 / nodes(*inverse, _WIDTHS)
        found = [self.solved(process, float(w)) for w in widths]
        table = {name: np.array([[float(getattr(one, name))] for one in found]) for name in _GUIDE}
        guide = {name: Surface.through(inverse, _FLAT, values) for name, values in table.items()}
        gaps, alike = nodes(*free["gap"], _GAPS), 1 / nodes(*inverse, _ALIKE)
        values = np.log([[self.exchange(process, float(g), float(w)) for w in alike] for g in gaps])
        if not np.all(np.isfinite(values)):
            raise LingnanError(
                f"optimise: the odd {self.polarization} supermode is not guided for widths from {free['width'][0]:g} "
                f"and gaps from {free['gap'][0]:g} µm. Use a wider guide."
            )
        lean = leans.slopes(
            process, "strip", self.corner, float(np.mean(free["width"])), 0.0, self.liquid, te=self.te
        )(self.wavelength)  # fmt: skip
        return Section(self.wavelength, guide, Surface.through(free["gap"], inverse, values), lean)

    @property
    def te(self) -> bool:
        """Whether the light is TE."""
        return self.polarization == "te"

    def solved(self, process: Process, width: float) -> sensors.Guide:
        """One guide by the mode solver."""
        made = optics.geometry(process, "strip", corner=self.corner, width=jnp.asarray(width), cladding=self.liquid)
        kelvin = process.corners[self.corner].temperature
        return sensors.response(
            made, "cladding", self.wavelength, mode=0 if self.te else 1, temperature=kelvin,
            other_loss_db_cm=self.loss_db_cm,
        )  # fmt: skip

    def exchange(self, process: Process, gap: float, width: float) -> float:
        """n₊ - n₋ of one pair by the mode solver."""
        made = pairs.beside(process, "strip", self.corner, 0.5, width, 0.0, self.liquid)(jnp.asarray(gap))
        return float(pairs.splitting_of(made, jnp.asarray(self.wavelength), self.te))


def ring(section: Section, ask: Ask, width: Any, gap: Any, length_x: Any) -> sensors.Ring:
    """The racetrack as `ring_sensor` draws it."""
    half = euler(ask.radius, 180.0, 0.5, 1.0)
    quarter = slice(0, int(np.argmax(half.x)) + 1)
    steps, middle = np.diff(half.s[quarter]), (half.y[quarter][1:] + half.y[quarter][:-1]) / 2
    bent = np.exp(section.lean * np.diff(half.angle[quarter]) / steps)
    turned = jnp.sum(section.splitting(gap + middle, width) * (bent * steps))
    phase = jnp.pi / ask.wavelength * (section.splitting(gap, width) * length_x + 2 * turned)
    return sensors.Ring(section.at(width), 2 * (half.length + length_x), jnp.sin(phase) ** 2)


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
        rows: list[tuple[str, ...]] = [("", "before", "after")]
        for name in ("width", "gap", "length_x"):
            rows.append((f"{name} [um]", *(f"{one.drawn[name]:.3f}" for one in (self.before, self.after))))
        for name, shown in (
            ("lod_riu", ".3g"), ("nm_per_riu", ".1f"), ("q_loaded", ".0f"), ("kappa2", ".4f"), ("loss_db_cm", ".2f"),
            ("extinction", ".3g"), ("samples_pm", ".4f"), ("total_pm", ".4f"),
        ):  # fmt: skip
            rows.append((name, *(format(getattr(one, name), shown) for one in (self.before, self.after))))
        return "\n".join(f"{a:<14}{b:>12}{c:>12}" for a, b, c in rows)

    def figure(self) -> Any:
        """The way of the search, as a matplotlib figure."""
        from matplotlib.figure import Figure

        made = Figure(figsize=(5.0, 3.2), layout="constrained")
        axes = made.subplots()
        axes.semilogy(range(len(self.steps)), self.steps, marker="o")
        axes.axhline(self.after.lod_riu, color="0.5", linestyle="--", label="drawn, solved anew")
        axes.set(xlabel="step", ylabel="limit of detection (RIU)", title=f"ring, {self.polarization.upper()}")
        axes.legend()
        return made


def optimise(
    free: Mapping[str, tuple[float, float]] | None = None,
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
    for name in (*limits, *first):
        if name not in FREE:
            raise LingnanError(f"optimise: {name!r} is no size of the search: {', '.join(FREE)} are.")
    if polarization not in ("te", "tm"):
        raise LingnanError(f"optimise: polarization = {polarization!r} is neither te nor tm. Give one of the two.")
    process = active_process()
    for name, rule in (("width", "OX.WG.W"), ("gap", "WG.S")):
        if limits[name][0] < process.limit(rule):
            raise LingnanError(
                f"optimise: {name} = {limits[name][0]:g} µm is below the limit of {process.limit(rule):g} (rule "
                f"{rule}, process {process.stamp}). Search from there."
            )
    for name, (low, high) in limits.items():
        if not 0 < low < high or not low <= first[name] <= high:
            raise LingnanError(
                f"optimise: {name} from {low:g} to {high:g} µm, starting at {first[name]:g}: give 0 < low < high, and "
                "start between them."
            )
    key, entry = _asked(process, limits, first, polarization, liquid, radius, wavelength, chain, around, corner, say)
    return _design(store.recalled(process.name, key, entry))


def wanted(process: Process) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """Searches that are kept: the ones that `optimise` does with nothing said, of both polarisations."""
    return [
        _asked(process, FREE, START, polarization, "water", 20.0, 1.55, CHAIN, AROUND, "nominal", None)
        for polarization in ("te", "tm")
    ]


def _asked(
    process: Process, limits: Mapping[str, tuple[float, float]], first: Mapping[str, float], polarization: str,
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
    process: Process, ask: Ask, limits: Mapping[str, tuple[float, float]], first: Mapping[str, float],
    chain: sensors.Chain, around: sensors.Environment, say: Callable[[float], None] | None,
) -> Design:  # fmt: skip
    names = ("width", "gap", "length_x")
    section = ask.section(process, limits)
    low, high = (np.array([limits[name][k] for name in names]) for k in (0, 1))

    @jax.jit
    def value(x: Array) -> tuple[Array, Array]:
        def logarithm(x: Array) -> Array:
            return jnp.log(budget(chain, around, ring(section, ask, *(low + (high - low) * x))).lod_riu)

        return jax.value_and_grad(logarithm)(x)

    steps: list[float] = []

    def told(x: np.ndarray) -> None:
        steps.append(float(np.exp(value(jnp.asarray(x))[0])))
        if say:
            say(steps[-1])

    def numbers(x: np.ndarray) -> tuple[float, np.ndarray]:
        found, slope = value(jnp.asarray(x))
        return float(found), np.asarray(slope)

    begin = (np.array([first[name] for name in names]) - low) / (high - low)
    told(begin)
    best = minimize(numbers, begin, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * 3, callback=told)
    at = low + (high - low) * best.x
    drawn = draw.even(at[0]), draw.even(at[1]), draw.even(at[2])
    fitted = float(budget(chain, around, ring(section, ask, *drawn)).lod_riu)
    before, after = (_figures(ask, process, section, chain, around, one) for one in ([first[n] for n in names], drawn))
    return Design(ask.polarization, before, after, tuple(steps), abs(fitted / after.lod_riu - 1), ask.radius)


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
