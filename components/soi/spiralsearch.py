"""The search behind `methane`: spirals of both polarisations, for each level that a window's etch may stop at.

Width and length, and the level where it is free, go down the limit by one compiled derivative (`sizing.lowered`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components.common import draw, sizing
from lingnan.components.soi import wetloss
from lingnan.components.soi.openings import Opened
from lingnan.components.soi.wetguides import spiral_sensor
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import sensors

#: µm and cm; what the search may use where nothing is said: widths of guides that hold light in every corner
#: (`wetted.NARROWEST`) and have TM0 above TE1, lengths that fit a die, heights of oxide above the buried one
FREE: dict[str, tuple[float, float]] = {"width": (0.33, 0.8), "length": (0.1, 10.0), "oxide": (0.0, 0.8)}
TM_WIDTHS = (0.45, 0.62)  #: µm
START: dict[str, float] = {"width": 0.45, "length": 0.5}
TM_START = 0.55  #: µm of width
#: µm over the film, and shares of it, to which lines are tried that stop there
OVER, BESIDE = (0.08, 0.18, 0.3), (0.0, 1.0)
SAMPLES = 401  #: of a scan
#: of a guide's loss that its tightest bend may add per length: own choice. The S in the middle alone is as tight: of
#: what is kept 0.13 mm of 28, 1e-4 of its loss in all
BENT = 0.02
RADII = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)  #: tried, by the cross-section's own
#: numbers of the search itself, which what is kept was found with
FIXED = SAMPLES, OVER, BESIDE, BENT, RADII


@dataclass(frozen=True)
class Figures:
    """A spiral and its limit."""

    polarization: str
    oxide: float  #: left of the cladding, from the top of the buried oxide [µm]
    width: float  #: [µm]
    length: float  #: [cm]
    limit_ppm: float  #: three σ of one scan
    share: float  #: of the gas's absorption
    walls_db_cm: float  #: by rough walls
    leak_db_cm: float  #: into the substrate

    @property
    def loss_db_cm(self) -> float:
        """By walls and into the substrate."""
        return self.walls_db_cm + self.leak_db_cm

    @property
    def transmission(self) -> float:
        """Without gas."""
        return 10 ** (-self.loss_db_cm * self.length / 10)


@dataclass(frozen=True)
class Design:
    """An optimum, and the cell that it is."""

    before: Figures
    after: Figures  #: as drawn
    steps: tuple[float, ...]  #: limit after each step of the search [ppm]
    tried: tuple[Figures, ...]  #: the best of each polarisation and each level that an etch may stop at
    stopped: tuple[Figures, ...]  #: of each polarisation, the best with the level free
    why: tuple[str, ...]  #: what holds the optimum where it is
    settings: dict[str, Any]  #: of `spiral_sensor`

    def table(self) -> str:
        """Before and after, a line for each figure; all that was tried; then what holds the optimum."""
        shown = {
            "oxide": ".3f", "width": ".3f", "length": ".4f", "limit_ppm": ".4g", "share": ".4f", "walls_db_cm": ".3f",
            "leak_db_cm": ".3f", "transmission": ".4f",
        }  # fmt: skip
        rows = [(name, how, getattr(self.before, name), getattr(self.after, name)) for name, how in shown.items()]
        head = "".join(f"{one:>12}" for one in ("light", *(name for name in shown if name != "transmission"), ""))
        return "\n".join([sizing.table(rows), head, *self._choices(shown), *self.why])

    def _choices(self, shown: Mapping[str, str]) -> list[str]:
        """A line for each."""
        said = [(one, "made" if one.oxide == self.after.oxide else "") for one in self.tried]
        said += [(one, "least, not made" if one.oxide != self.after.oxide else "least") for one in self.stopped]
        return [
            f"{one.polarization:>12}"
            + "".join(f"{format(getattr(one, name), how):>12}" for name, how in shown.items() if name != "transmission")
            + f"  {note}".rstrip()
            for one, note in said
        ]

    def figure(self) -> Any:
        """Limit over the level that the window's etch stops at, as a matplotlib figure."""
        from matplotlib.figure import Figure

        made = Figure(figsize=(5.0, 3.2), layout="constrained")
        axes = made.subplots()
        for light in ("te", "tm"):
            found = sorted((one for one in (*self.tried, *self.stopped) if one.polarization == light), key=_level)
            axes.semilogy([one.oxide for one in found], [one.limit_ppm for one in found], "o-", label=light.upper())
        axes.plot(self.before.oxide, self.before.limit_ppm, "x", color="0.4", label="before")
        axes.plot(self.after.oxide, self.after.limit_ppm, "*", color="k", markersize=12, label="drawn")
        axes.set(xlabel="oxide left above the buried one (µm)", ylabel="methane (ppm, three σ)")
        axes.legend()
        return made


def _level(one: Figures) -> float:
    return one.oxide


@dataclass(frozen=True)
class Wanted:
    """What is searched over, and for what."""

    lights: tuple[str, ...]
    free: Mapping[str, tuple[float, float]]
    start: Mapping[str, float]
    chain: sensors.Chain
    gas: str
    scan: tuple[float, float]
    corner: str

    def limits(self, light: str) -> dict[str, tuple[float, float]]:
        """Of the sizes in one polarisation."""
        return {**FREE, **({"width": TM_WIDTHS} if light == "tm" else {}), **self.free}

    def first(self, light: str) -> dict[str, float]:
        """Where to start in one polarisation."""
        own = {**START, **({"width": TM_START} if light == "tm" else {})}
        return {**{name: float(np.clip(one, *self.limits(light)[name])) for name, one in own.items()}, **self.start}

    def levels(self, process: Process) -> tuple[float, ...]:
        """Heights of oxide that are tried [µm]: first the one that the window leaves."""
        core, (low, high) = process.levels["core"], self.limits(self.lights[0])["oxide"]
        tried = [part * core.z_max for part in BESIDE] + [core.z_max + over for over in OVER]
        made = left_by(process)
        return made, *(one for one in tried if low <= one <= high and one != made)


def left_by(process: Process) -> float:
    """Oxide that the process's window leaves, from the top of the buried oxide [µm]."""
    return max(process.levels["window"].z_min, 0.0)


def waves_of(scan: tuple[float, float]) -> np.ndarray:
    """Wavelengths of a scan's samples [µm], by its first and last wavenumber [1/cm]."""
    return np.sort(1e4 / np.linspace(*scan, SAMPLES))


def ppm(chain: sensors.Chain, gas: str, waves: np.ndarray, light: Any, length: Any) -> Array:
    """Three σ of a scan [ppm]: of a guide's `Light` and a length [cm]."""
    cell = sensors.gas.Cell(light.share, length, light.loss_db_cm)
    return 3 * sensors.gas.ppm_sigma(chain, cell, sensors.lines.get(gas), jnp.asarray(waves))


def search(process: Process, wanted: Wanted, say: Callable[[float], None] | None) -> Design:
    """All levels and polarisations; `say` is told the way of what is drawn."""
    waves = waves_of(wanted.scan)
    opened = Opened(float(waves[SAMPLES // 2]), corner=wanted.corner)
    light_of = jax.jit(opened.of)
    ppm_of = jax.jit(lambda light, length: ppm(wanted.chain, wanted.gas, waves, light, length))

    def figure(x: Array, low: Array, high: Array, te: Array) -> Array:
        """Of a point of the cube that the search sees: width and length act by their ratios."""
        width, length, oxide = low + (high - low) * x
        light = opened.of(jnp.exp(width), oxide, te)
        return ppm(wanted.chain, wanted.gas, waves, light, jnp.exp(length))

    def figures(light: str, sizes: tuple[float, float, float]) -> Figures:
        width, length, oxide = sizes
        found = light_of(width, oxide, light == "te")
        numbers = float(ppm_of(found, length)), *map(float, (found.share, found.walls_db_cm, found.leak_db_cm))
        return Figures(light, oxide, width, length, *numbers)

    def least(light: str, oxide: tuple[float, float], begin: Figures) -> tuple[Figures, tuple[float, ...]]:
        """The best spiral of a light with the oxide in a range, which may be one level."""
        ranges = wanted.limits(light)
        low, high = (np.array([*np.log([ranges["width"][k], ranges["length"][k]]), oxide[k]]) for k in (0, 1))
        at = np.array([np.log(begin.width), np.log(begin.length), begin.oxide])
        at = np.clip((at - low) / np.where(high > low, high - low, 1.0), 0.0, 1.0)
        best, steps = sizing.lowered(figure, at, None, low, high, jnp.asarray(light == "te"))
        width, length, left = (float(one) for one in low + (high - low) * best)
        return figures(light, (float(np.exp(width)), float(np.exp(length)), left)), steps

    tried: list[Figures] = []
    stopped: list[Figures] = []
    made: list[tuple[Figures, Figures, tuple[float, ...]]] = []  # of each light: start, optimum, steps
    for light in wanted.lights:
        first, levels = wanted.first(light), wanted.levels(process)
        begin = last = figures(light, (first["width"], first["length"], levels[0]))
        for oxide in levels:
            last, steps = least(light, (oxide, oxide), last)
            tried.append(last)
            if oxide == levels[0]:
                made.append((begin, last, steps))
        found = min((one for one in tried if one.polarization == light), key=lambda one: one.limit_ppm)
        stopped.append(least(light, wanted.limits(light)["oxide"], found)[0])
    begin, best, steps = min(made, key=lambda one: one[1].limit_ppm)
    if say:
        for step in steps:
            say(step)
    te, film = best.polarization == "te", process.levels["core"].z_max
    here, covered = (float(light_of(best.width, oxide, te).n_eff) for oxide in (best.oxide, film))
    radius = _radius(process, opened, best, here)
    settings = spiral_of(best.length, draw.even(best.width), radius)
    drawn = spiral_sensor(**settings).info
    after = figures(best.polarization, (drawn["width_um"], drawn["length_um"] * 1e-4, best.oxide))
    rest = {size: figures(after.polarization, at) for size, at in _beside(after).items()}
    why = _why(process, wanted, opened.wavelength, covered, after, rest, stopped)
    return Design(begin, after, steps, tuple(tried), tuple(stopped), why, settings)


def _radius(process: Process, opened: Opened, best: Figures, near: float) -> float:
    """The least radius of those tried whose bends add less than `BENT` [µm]; `near` is n_eff.

    Raises:
        LingnanError: none does.
    """
    own, radius = draw.section_of("strip", best.width).radius, 0.0
    for times in RADII:
        radius = draw.even(times * float(own or 0.0))
        if opened.bend(best.width, best.oxide, radius, near) < BENT * best.loss_db_cm:
            return radius
    raise LingnanError(
        f"optimise: bends of {radius:g} um still lose more than {BENT:g} of the guide's {best.loss_db_cm:.3g} dB/cm. "
        "Give free a wider guide."
    )


#: steps of what is said about an optimum [µm]
_LESS, _MORE = 0.005, 0.01


def _beside(drawn: Figures) -> dict[str, tuple[float, float, float]]:
    """Sizes beside what is drawn: a little narrower, and with a little more oxide left."""
    return {
        "width": (drawn.width - _LESS, drawn.length, drawn.oxide),
        "oxide": (drawn.width, drawn.length, drawn.oxide + _MORE),
    }


def _why(
    process: Process, wanted: Wanted, wavelength: float, covered: float, drawn: Figures,
    beside: Mapping[str, Figures], stopped: list[Figures],
) -> tuple[str, ...]:  # fmt: skip
    """What holds the optimum where it is; `covered` is n_eff with the film's top alone open."""
    said = []
    for name, step in (("width", f"{1e3 * _LESS:g} nm less"), ("oxide", f"{1e3 * _MORE:g} nm more left")):
        one = beside[name]
        gas, loss, limit = (
            100 * (getattr(one, figure) / getattr(drawn, figure) - 1) for figure in ("share", "loss_db_cm", "limit_ppm")
        )
        said.append(
            f"{name}: {step} changes the gas seen by {gas:+.1f} %, loss by {loss:+.1f} % (leakage "
            f"{drawn.leak_db_cm:.3f} to {one.leak_db_cm:.3f} dB/cm), the limit by {limit:+.2f} %"
        )
    for name, unit in (("width", "um"), ("length", "cm")):
        for bound in wanted.limits(drawn.polarization)[name]:
            if abs(getattr(drawn, name) / bound - 1) < 1e-3:
                said.append(f"{name} ends on {bound:g} {unit}: the range that was given")
    core, cladding = process.levels["core"], process.levels["cladding"]
    index, over = wetloss.index(cladding.material, wavelength), cladding.z_max - core.z_max
    tail = np.exp(-4 * np.pi / wavelength * np.sqrt(covered**2 - index**2) * over)
    said.append(f"covered by {over:.2f} um of {cladding.material}, light sees {tail:.0e} of that: no sensor")
    for one in stopped:
        if one.limit_ppm < 0.99 * drawn.limit_ppm:
            said.append(
                f"an etch that stops {1e3 * (one.oxide - core.z_max):.0f} nm over the film would give "
                f"{one.limit_ppm:.3g} ppm with {one.polarization} light; this line's stops {1e3 * drawn.oxide:.0f} nm "
                "over the buried oxide"
            )
    return tuple(said)


def spiral_of(length: float, width: float, radius: float | None = None) -> dict[str, Any]:
    """Settings of a `spiral_sensor` of a length [cm], about as wide as it is high, its tightest bends of a radius [µm].

    Raises:
        LingnanError: it would take more turns than a spiral has.
    """

    def straight(turns: int) -> tuple[float, bool]:
        """Length of the straights [µm], and whether they are no longer than the spiral is high without them."""
        plain, longer = (spiral_sensor(turns=turns, length_x=one, width=width, radius=radius) for one in (0.0, 100.0))
        slope = (longer.info["length_um"] - plain.info["length_um"]) / 100.0  # lengths are linear in the straights
        left = (length * 1e4 - plain.info["length_um"]) / slope
        return left, left <= plain.dbbox().height()

    turns = next((1 << k for k in range(8) if straight(1 << k)[1]), None)
    if turns is None:
        raise LingnanError(f"spiral_of: length = {length:g} cm takes more than 128 turns. Use several spirals.")
    turns = next(one for one in range(turns // 2 + 1, turns + 1) if straight(one)[1])
    return {"turns": turns, "length_x": draw.even(max(straight(turns)[0], 0.0)), "width": width, "radius": radius}
