"""Phased arrays of the line with low side lobes, by gradient: distances of antennas and bites of their grooves.

    best = arraysearch.optimise(antennas=16, length=150.0)
    print(best.table())
    soi.phased_array(**best.settings)

Across the array equal antennas stand farther apart towards the ends; along it grooves deepen, with periods that keep
the angle. What is lowered is the product of both side lobes, over the square of the light that antennas send up, as a
link counts it. Across, the pattern is the mean over antennas with errors of phase and amplitude, by
`solvers.lidar.imperfections`: what they scatter cannot be shaped away, and no distance is spent on it. What is found is
put on the mask grid and measured there as it is drawn, lobe by lobe, and by arrays with errors drawn at random.
Left out: antennas that talk to each other, and what depth and width of the etch do along an antenna.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan import __version__
from lingnan.components.common import draw, sizing
from lingnan.components.compact import searches
from lingnan.components.compact.guides import digest
from lingnan.components.soi import emission
from lingnan.components.soi.antennas import sizes
from lingnan.components.soi.phasedarrays import positions
from lingnan.pdk import active_process
from lingnan.solvers.lidar import farfield, imperfections, lobes, views
from lingnan.solvers.lidar.farfield import Line

#: µm, and a power: what the search may use where nothing is said
FREE: dict[str, tuple[float, float]] = {
    "pitch": (1.95, 2.6), "pitch_end": (1.95, 4.0), "pitch_power": (1.0, 4.0), "bite": (0.2, 0.3),
    "bite_end": (0.2, 0.475),
}  # fmt: skip
START: dict[str, float] = {"pitch": 2.0, "pitch_end": 2.0, "pitch_power": 3.0, "bite": 0.2, "bite_end": 0.2}
POINTS = 301  #: directions on either side of the beam
NORM = 12  #: of the side lobes: near to their largest, with a slope everywhere
SAMPLES = 200  #: arrays drawn with errors at the end


@dataclass(frozen=True)
class Ask:
    """What an array is wanted for."""

    antennas: int = 16
    length: float = 150.0  #: of each grating [µm]
    angle_deg: float = 10.0  #: along the antennas, at `wavelength`
    view_deg: float = 12.0  #: the beam is steered to ± this angle, and lobes count within it
    wavelength: float = 1.55  #: [µm]
    phase_error: float = 0.2  #: one σ of each antenna after calibration [rad]
    amplitude_error: float = 0.05  #: one σ over the amplitude
    width: float = 1.2  #: of the guides in the gratings [µm]
    fill: float = 0.5

    @property
    def sine(self) -> float:
        """Direction cosine along the antennas."""
        return float(np.sin(np.deg2rad(self.angle_deg)))

    def period(self, bite: Any) -> Any:
        """That sends light to the wanted angle [µm]."""
        one = emission.Sizes(self.width, self.fill, jnp.ones(1), jnp.reshape(jnp.asarray(bite, float), (1,)))
        return self.wavelength / (emission.index(one, self.wavelength)[0] - self.sine)


@dataclass(frozen=True)
class Figures:
    """An array as it is drawn."""

    drawn: dict[str, float]  #: parameters of `phased_array`
    across_db: float  #: highest lobe in the field of view beside the beam, without errors
    errors_db: float  #: the same in the mean over arrays with errors, over the mean beam
    width_deg: float  #: of the beam across, at half power
    along_db: float
    width_along_deg: float
    angle_deg: float
    efficiency: float  #: share of the light in an antenna's guide that leaves upwards


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    ask: Ask
    before: Figures
    after: Figures
    steps: tuple[float, ...]  #: what was lowered, after each step

    @property
    def settings(self) -> dict[str, Any]:
        """Of `phased_array`."""
        return {"antennas": self.ask.antennas, "length": self.ask.length, "width": self.ask.width, **self.after.drawn}

    def table(self) -> str:
        """Before and after, a line for each figure."""
        drawn = [(name, ".3f", self.before.drawn[name], after) for name, after in self.after.drawn.items()]
        figures = {
            "across_db": ".2f", "errors_db": ".2f", "width_deg": ".3f", "along_db": ".2f", "width_along_deg": ".3f",
            "angle_deg": ".3f", "efficiency": ".3f",
        }  # fmt: skip
        rest = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in figures.items()]
        return sizing.table([*drawn, *rest])

    def figure(self) -> Any:
        """Patterns before and after, across and along, as a matplotlib figure."""
        from matplotlib.figure import Figure

        made = Figure(figsize=(9.0, 3.2), layout="constrained")
        left, right = made.subplots(1, 2)
        for label, one in (("before", self.before), ("after", self.after)):
            array, grating = lines_of(self.ask, one.drawn)
            u = np.linspace(-2, 2, 1601) * np.sin(np.deg2rad(self.ask.view_deg))
            left.plot(u, 10 * np.log10(np.asarray(farfield.power(array, u)) + 1e-6), label=label)
            v = self.ask.sine + np.linspace(-0.08, 0.08, 1601)
            right.plot(v, 10 * np.log10(np.asarray(farfield.power(grating, v)) + 1e-6), label=label)
        for axes, name in ((left, "across"), (right, "along")):
            axes.set(xlabel=f"direction cosine {name}", ylabel="power (dB)", ylim=(-45, 1))
            axes.legend()
        return made


def optimise(
    free: sizing.Ranges | None = None,
    *,
    start: Mapping[str, float] | None = None,
    say: Callable[[float], None] | None = None,
    **asked: Any,
) -> Design:
    """Search for an array with low side lobes on the active process.

    Args:
        free: parameters of `phased_array` -> least and largest [µm]; what is missing: `FREE`.
        start: of what is free; what is missing: `START`.
        say: is told what is lowered at each step.
        asked: fields of `Ask`.

    Raises:
        LingnanError: another name or range, or sizes that the line does not make.

    Warns:
        GratingLobeWarning: the distances at the start let a second beam into the field of view.
    """
    ranges, first = {**FREE, **(free or {})}, {**START, **(start or {})}
    sizing.check(ranges, first, FREE, {"bite": "OVL.SH", "bite_end": "OVL.SH"})
    ask = Ask(**asked)
    where = positions(ask.antennas, first["pitch"], first["pitch_end"], first["pitch_power"])
    views.warn_of_second_beam("optimise", where, ask.wavelength, ask.view_deg, ask.view_deg)
    process = active_process()
    key = _key(ask, ranges, first)
    return searches.recalled(process.name, key, lambda: _entry(_search(ask, ranges, first, say)), _design, say)


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """The search that is kept: the one that `optimise` does with nothing said."""
    ask = Ask()
    yield _key(ask, FREE, START), lambda: _entry(_search(ask, FREE, START, None))


def _key(ask: Ask, ranges: sizing.Ranges, first: Mapping[str, float]) -> str:
    solved_for = digest(active_process(), "strip", "nominal")
    return searches.key_of(
        "array", asdict(ask), solved_for, sorted(ranges.items()), sorted(first.items()), POINTS, NORM
    )


def _entry(found: Design) -> dict[str, Any]:
    process = active_process()
    return {"process": process.name, "hash": process.hash, "version": __version__, "error": 0.0, **asdict(found)}


def _design(entry: Mapping[str, Any]) -> Design:
    before, after = (Figures(**entry[name]) for name in ("before", "after"))
    return Design(Ask(**entry["ask"]), before, after, tuple(entry["steps"]))


def _level(line: Line, top: Any, beyond: Any, most: float, scattered: Any = 0.0) -> Array:
    """Side lobes over the beam: their `NORM`-norm from `beyond` to `most` away from it, on both sides."""
    away = beyond + (most - beyond) * jnp.linspace(0.0, 1.0, POINTS)
    steady = farfield.power(line, top + jnp.concatenate([jnp.zeros(1), -away[::-1], away]))
    ratio = (steady[1:] + scattered) / (steady[0] + scattered)
    return jnp.mean(ratio**NORM) ** (1 / NORM)


def _figure(ask: Ask, count: int, values: Mapping[str, Any]) -> Array:
    """What is lowered."""
    where = positions(ask.antennas, values["pitch"], values["pitch_end"], values["pitch_power"], jnp)
    array = Line(where, jnp.ones(ask.antennas), ask.wavelength, jnp.zeros(ask.antennas))
    spread = imperfections.expected(array, 0.0, ask.phase_error, ask.amplitude_error)
    scattered = spread.floor / spread.steady  # over the beam that is left
    span = (where[-1] - where[0]) * ask.antennas / (ask.antennas - 1)
    most = 2 * float(np.sin(np.deg2rad(ask.view_deg)))
    across = _level(array, 0.0, 1.3 * ask.wavelength / span, most, scattered)
    bites = values["bite"], values["bite_end"]
    period, bite = sizes(count, (ask.period(bites[0]), ask.period(bites[1])), bites, jnp)
    grating = emission.along(emission.Sizes(ask.width, ask.fill, period, bite), ask.wavelength)
    along = _level(grating, ask.sine, 1.5 * ask.wavelength / ask.length, 0.1)
    return across * along / jnp.square(emission.efficiency(grating))


def _search(
    ask: Ask, ranges: sizing.Ranges, first: Mapping[str, float], say: Callable[[float], None] | None
) -> Design:  # fmt: skip
    names = list(FREE)
    low, high = (np.array([ranges[name][k] for name in names]) for k in (0, 1))
    count = int(ask.length / float(ask.period(first["bite"])))

    def figure(x: Array) -> Array:
        return _figure(ask, count, dict(zip(names, low + (high - low) * x, strict=True)))

    begin = np.array([first[name] for name in names])
    best, steps = sizing.lowered(figure, (begin - low) / (high - low), say)
    ends = (dict(zip(names, one.tolist(), strict=True)) for one in (begin, low + (high - low) * best))
    before, after = (_measured(ask, _drawn(ask, one)) for one in ends)
    return Design(ask, before, after, steps)


def _drawn(ask: Ask, values: Mapping[str, float]) -> dict[str, float]:
    """On the mask grid, with periods that hold the angle: to a tenth of a step, as their edges are rounded later."""
    made = {name: draw.snapped(one) if name != "pitch_power" else round(one, 3) for name, one in values.items()}
    periods = (float(ask.period(made[name])) for name in ("bite", "bite_end"))
    return {**made, **dict(zip(("period", "period_end"), (round(one, 4) for one in periods), strict=True))}


def lines_of(ask: Ask, drawn: Mapping[str, float]) -> tuple[Line, Line]:
    """Antennas across, and periods along, as the cell draws them."""
    where = positions(ask.antennas, drawn["pitch"], drawn["pitch_end"], drawn["pitch_power"])
    where = np.array([draw.snapped(float(one)) for one in where])
    array = Line(where, np.ones(ask.antennas), ask.wavelength, np.zeros(ask.antennas))
    given = {name: drawn[name] for name in ("period", "period_end", "bite", "bite_end")}
    made = emission.drawn(length=ask.length, width=ask.width, fill=ask.fill, **given)
    return array, emission.along(made, ask.wavelength)


def _measured(ask: Ask, drawn: dict[str, float]) -> Figures:
    """An array as it is drawn: second routes to all that the search has seen."""
    array, grating = lines_of(ask, drawn)
    view = 2 * float(np.sin(np.deg2rad(ask.view_deg)))
    keys = jax.random.split(jax.random.key(1), SAMPLES)
    u = jnp.concatenate([jnp.zeros(1), jnp.linspace(-view, view, 801)])

    def one(key: Array) -> Array:
        return farfield.power(farfield.drawn(array, key, ask.phase_error, ask.amplitude_error), u)

    mean = np.asarray(jnp.mean(jax.lax.map(one, keys), axis=0))
    clear = np.asarray(farfield.power(array, u[1:]))
    beside = ~np.asarray(lobes.main_lobe(clear))
    v = np.linspace(ask.sine - 0.1, ask.sine + 0.1, 8001)
    seen = np.asarray(farfield.power(grating, v))
    top, outside = int(seen.argmax()), ~np.asarray(lobes.main_lobe(seen))
    half = v[seen > seen.max() / 2]
    angles = np.rad2deg(np.arcsin([half.min(), half.max(), v[top]]))
    return Figures(
        drawn, float(lobes.side_lobe_db(array, (-view, view))), float(10 * np.log10(mean[1:][beside].max() / mean[0])),
        float(lobes.beam_width_deg(array)), float(10 * np.log10(seen[outside].max() / seen.max())),
        float(angles[1] - angles[0]), float(angles[2]), float(emission.efficiency(grating)),
    )  # fmt: skip
