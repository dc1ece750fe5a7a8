"""Arrayed-waveguide gratings of the line with the least crosstalk, errors of phase counted, as settings of a cell.

    wander = gridsearch.Wander(width=0.15, film=0.03)
    best = gridsearch.optimise(channels=8, spacing_nm=1.6, wander=wander, orders=(40, 50), arms=(40, 56))
    print(best.table())
    soi.awg(**best.settings)

Beyond what an infinite array would have, light gets into other channels at the ends of the array, and by errors of
phase (`solvers.spectrometers.phase_errors`). Enough arms end the first. The second falls with the number of arms that
light is spread over, the arms' length, and what a wall that is off does to their index, 18 times less at 1.2 µm than at
0.45 µm: mouths and gaps are searched by gradient (L-BFGS-B) for each guide, order and number of arms; the stars' length
follows from both pitches. Lowered is the mean over channels of all other channels' light in an output over its own, all
equally bright, times 1 + (loss/most)⁸ for the worst channel's loss: crosstalk alone would thin the light. What is found
is put on the mask grid and drawn; of what fits the area the best is taken, and held against gratings with drawn errors.
Left out: neighbours that couple at the mouths (`awglight.mouths` has them), and errors that arms have in common.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components import limits
from lingnan.components.common import draw, sizing
from lingnan.components.common.delay import crosstalk_pitch
from lingnan.components.compact.planar import Plane, plane
from lingnan.components.compact.ways import Line
from lingnan.components.soi import awglight, awgs
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.checks import check_no_less
from lingnan.solvers.spectrometers import channels as shares
from lingnan.solvers.spectrometers import phase_errors
from lingnan.solvers.spectrometers.awg import Awg
from lingnan.solvers.spectrometers.mouths import mouth
from lingnan.solvers.spectrometers.stars import Gaussian, far_radius

#: µm; what the search may use where nothing is said: mouths of the arms and of the outputs, and gaps beside them
FREE: dict[str, tuple[float, float]] = {
    "width_arm": (0.8, 2.0), "gap_arm": (0.2, 1.0), "width_out": (1.0, 3.0), "gap_out": (0.5, 5.0),
}  # fmt: skip
START: dict[str, float] = {"width_arm": 1.4, "gap_arm": 0.2, "width_out": 2.0, "gap_out": 1.0}
NARROW = "strip"  #: the guide that `Wander` is told for
_ASIDE = 0.5  #: of the stars' length that arms may reach to a side: 30 degrees, where the paraxial model still holds


@dataclass(frozen=True)
class Wander:
    """Errors of phase that the line makes, one σ [rad] after 1 mm of guide; they grow with the root of the length.

    Each arm has its own: walls forget what they were after far less than an arm, and arms are taken as farther apart.
    """

    width: float  #: by width, in the line's `strip`; in other guides by their slope of n_eff with width
    film: float = 0.0  #: by all else, the same in every guide

    def __post_init__(self) -> None:
        for name in ("width", "film"):
            check_no_less("Wander", name, getattr(self, name), 0.0, "rad", "It is one σ after 1 mm.")

    def after(self, length: Any, cross_section: str, wavelength: float) -> Array:
        """One σ of a guide [rad].

        Args:
            length: of it [µm].
            cross_section: of it.
            wavelength: of the light [µm].
        """
        ratio = _slope(cross_section, wavelength) / _slope(NARROW, wavelength)
        return jnp.sqrt(((self.width * ratio) ** 2 + self.film**2) * 1e-3 * jnp.asarray(length))


def _slope(cross_section: str, wavelength: float) -> float:
    """dn_eff/dw [1/µm]."""
    fit = Line(cross_section).guide()
    above, below = (float(fit.n_eff(wavelength, fit.width + step)) for step in (0.005, -0.005))
    return (above - below) / 0.01


@dataclass(frozen=True)
class Figures:
    """A grating as it is drawn, and its light."""

    settings: dict[str, Any]  #: of `awg`
    phase_error: float  #: one σ of the mean arm [rad]
    crosstalk_db: float  #: mean over channels of all others' light in an output over its own
    loss_db: float  #: of the worst channel
    area_mm2: float  #: of the box around it

    @property
    def rows(self) -> list[tuple[str, str, float]]:
        """Name, format and number."""
        names = ("order", "arms", "pitch", "width_arm", "pitch_out", "width_out")
        sizes = [(name, ".3f" if "_" in name or name == "pitch" else ".0f", self.settings[name]) for name in names]
        width = draw.core_width(self.settings["cross_section"])
        found = [
            ("phase error", ".3f", self.phase_error), ("crosstalk (dB)", ".2f", self.crosstalk_db),
            ("loss (dB)", ".2f", self.loss_db), ("area (mm²)", ".3f", self.area_mm2),
        ]  # fmt: skip
        return [("width of arms", ".3f", width), *sizes, *found]


@dataclass(frozen=True)
class Design:
    """What was found."""

    before: Figures  #: a plain grating of the first guide and order, with the arms that a textbook gives it
    after: Figures
    tried: tuple[Figures, ...]  #: the best of every guide, order and number of arms
    refused: tuple[str, ...]  #: why others cannot be drawn
    steps: tuple[float, ...]  #: of the figure that was lowered, on the way to `after`
    drawn: float  #: crosstalk of gratings with drawn errors, in the mean [dB]

    @property
    def settings(self) -> dict[str, Any]:
        """Of `awg`."""
        return self.after.settings

    def table(self) -> str:
        """Before and after."""
        both = zip(self.before.rows, self.after.rows, strict=True)
        return sizing.table((name, how, one, two) for (name, how, one), (_, _, two) in both)

    def figure(self) -> Any:
        """Crosstalk over area of all that was tried, and loss as colour, as a matplotlib figure."""
        from matplotlib.figure import Figure

        made = Figure(figsize=(5.0, 3.2), layout="constrained")
        axes = made.subplots()
        shown = axes.scatter(
            [one.area_mm2 for one in self.tried], [one.crosstalk_db for one in self.tried],
            c=[one.loss_db for one in self.tried],
        )  # fmt: skip
        for one, how, label in ((self.before, "kx", "before"), (self.after, "ks", "after")):
            axes.plot(one.area_mm2, one.crosstalk_db, how, fillstyle="none", markersize=9, label=label)
        axes.set(xlabel="area (mm²)", ylabel="crosstalk (dB)", title="AWG")
        made.colorbar(shown, label="loss (dB)")
        axes.legend()
        return made


def textbook_arms(grid: Awg) -> int:
    """Arms as far out as the light of the input, a Gaussian, falls to 1/e²."""
    if not isinstance(grid.mode_in, Gaussian):
        raise ValueError("textbook_arms: mode_in is a field as numbers: give a Gaussian, whose far field is one.")
    return 2 * math.ceil(float(far_radius(grid.mode_in, grid.scale(grid.wavelength)) / grid.pitch))


@dataclass(frozen=True)
class _Asked:
    channels: int
    spacing_nm: float
    wavelength: float
    wander: Wander
    most_loss_db: float
    port: str

    def settings(self, guide: str, order: int, arms: int, values: Iterable[float]) -> dict[str, Any]:
        """Of `awg`, on the mask grid; outputs draw apart to twice their pitch at the star, which leaves tapers room."""
        named = dict(zip(FREE, (draw.even(float(one)) for one in values), strict=True))
        return {
            "channels": self.channels, "spacing_nm": self.spacing_nm, "wavelength": self.wavelength, "order": order,
            "arms": arms, "pitch": round(named["width_arm"] + named["gap_arm"], 6),
            "pitch_out": round(named["width_out"] + named["gap_out"], 6), "width_arm": named["width_arm"],
            "width_out": named["width_out"], "cross_section": guide, "cross_section_port": self.port,
            "pitch_port": max(crosstalk_pitch(self.port), draw.even(2 * named["width_out"] + 2 * named["gap_out"])),
        }  # fmt: skip

    def grid(self, now: Plane, shortest: Any, order: int, arms: int, values: Any) -> Awg:
        """Before it is drawn."""
        width_arm, gap_arm, width_out, gap_out = values
        inner, outer = (
            mouth(width + now.bias, now.core, now.beside, self.wavelength).gaussian for width in (width_arm, width_out)
        )
        return Awg(
            now.guide, now.slab, 1e-3 * self.spacing_nm, order, self.channels, arms, width_arm + gap_arm,
            width_out + gap_out, outer, inner, outer, shortest,
        )  # fmt: skip

    def figures(self, settings: dict[str, Any]) -> Figures:
        """As drawn."""
        made, grid = awgs.awg(**settings), awglight.grating(**settings)
        errors = errors_of(settings, self.wander)
        share = phase_errors.expected(grid, errors)
        return Figures(
            settings, float(errors[grid.arms // 2]), phase_errors.mean_db(share),
            -10 * float(jnp.log10(jnp.min(jnp.diagonal(share)))), 1e-6 * made.xsize * made.ysize,
        )  # fmt: skip

    def search(
        self, guide: str, order: int, arms: int, ranges: sizing.Ranges, first: np.ndarray,
        say: Callable[[float], None] | None,
    ) -> tuple[Figures, tuple[float, ...]]:  # fmt: skip
        """The best of one guide, order and number of arms, as drawn, and the way there."""
        now = jax.tree.map(float, plane(guide, self.wavelength, beside=self.port))  # what is known inside of `jit` too
        # larger stars are farther around, in proportion to the pitch of their outputs
        far = np.where(np.array(list(FREE)) == "gap_out", 1.3 * first + 0.3 * first[2], first)
        ways = [awglight.shortest(**self.settings(guide, order, arms, one)) for one in (first, far)]
        more = (ways[1] - ways[0]) / (0.3 * (first[2] + first[3]))
        low, high = (np.array([ranges[name][k] for name in FREE]) for k in (0, 1))
        ratio = self.wander.after(1.0, guide, self.wavelength)

        def figure(x: Array) -> Array:
            values = low + (high - low) * x
            way = ways[0] + more * (values[2] + values[3] - first[2] - first[3])
            grid = self.grid(now, way, order, arms, values)
            share = phase_errors.expected(grid, ratio * jnp.sqrt(grid.lengths))
            worst = -10 * jnp.log10(jnp.min(jnp.diagonal(share)))
            aside = grid.arms * grid.pitch / 2 / grid.length / _ASIDE
            return jnp.mean(shares.crosstalk(share)) * (1 + (worst / self.most_loss_db) ** 8) * (1 + aside**16)

        best, steps = sizing.lowered(figure, (first - low) / (high - low), say)
        return self.figures(self.settings(guide, order, arms, low + (high - low) * best)), steps


def errors_of(settings: Mapping[str, Any], wander: Wander) -> Array:
    """One σ of each arm of an `awg` [rad], (M,)."""
    grid = awglight.grating(**settings)
    return wander.after(grid.lengths, settings["cross_section"], settings["wavelength"])


def optimise(
    *, channels: int, spacing_nm: float, wander: Wander, orders: tuple[int, ...], arms: tuple[int, ...],
    cross_sections: tuple[str, ...] = (NARROW,), cross_section_port: str = NARROW, wavelength: float = 1.55,
    most_loss_db: float = 5.0, most_area_mm2: float = 1.0, free: Mapping[str, tuple[float, float]] | None = None,
    start: Mapping[str, float] | None = None, say: Callable[[float], None] | None = None,
) -> Design:  # fmt: skip
    """Search on the active process.

    Args:
        channels: of the grating.
        spacing_nm: of their wavelengths [nm].
        wander: errors of phase.
        orders: that are tried.
        arms: numbers that are tried.
        cross_sections: of the arms, strips, that are tried.
        cross_section_port: of input and outputs, a strip.
        wavelength: in the middle [µm].
        most_loss_db: of the worst channel, where the figure doubles [dB].
        most_area_mm2: of the box around the cell [mm²].
        free: least and largest, where not `FREE` [µm].
        start: where to begin, where not `START` [µm].
        say: is told the figure at each step.

    Raises:
        LingnanError: what the line cannot draw, and nothing that was tried can be, or fits the area.
    """
    ranges, first = {**FREE, **(free or {})}, {**START, **(start or {})}
    if not (orders and arms and cross_sections and most_loss_db > 0 and most_area_mm2 > 0):
        raise LingnanError(
            f"optimise: orders = {orders}, arms = {arms}, cross_sections = {cross_sections}, most_loss_db = "
            f"{most_loss_db:g} dB, most_area_mm2 = {most_area_mm2:g} mm²: give one order, number and guide or more, a "
            "loss and an area above 0."
        )
    for guide in cross_sections:
        width, space = limits.width_rule(guide), limits.space_rule(guide)
        rules = {"width_arm": width, "width_out": width, "gap_arm": space, "gap_out": space}
        sizing.check(ranges, first, tuple(FREE), rules)
    asked = _Asked(channels, spacing_nm, wavelength, wander, most_loss_db, cross_section_port)
    begin = np.array([first[name] for name in FREE])
    found: list[tuple[Figures, tuple[float, ...]]] = []
    refused: list[str] = []
    for guide, order, count in product(cross_sections, orders, arms):
        wide = {n: (max(l, draw.core_width(guide)) if "width" in n else l, h) for n, (l, h) in ranges.items()}
        try:
            found.append(asked.search(guide, order, count, wide, begin, say))
        except LingnanError as error:
            refused.append(f"{guide}, order {order}, {count} arms: {error}")
    fitting = [one for one in found if one[0].area_mm2 <= most_area_mm2]
    if not fitting:
        least = min((one.area_mm2 for one, _ in found), default=math.nan)
        raise LingnanError(
            f"optimise: nothing fits most_area_mm2 = {most_area_mm2:g} mm²; the least that was found has {least:.3g}. "
            + " ".join(refused)
        )
    best, steps = min(fitting, key=lambda one: one[0].crosstalk_db)
    plain = asked.settings(cross_sections[0], orders[0], 16, begin)
    before = asked.figures({**plain, "arms": textbook_arms(awglight.grating(**plain))})
    made = awglight.grating(**best.settings)
    drawn = phase_errors.drawn_db(made, errors_of(best.settings, wander))
    return Design(before, best, tuple(one for one, _ in found), tuple(refused), steps, drawn)
