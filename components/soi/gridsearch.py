"""Arrayed-waveguide gratings of the line with the least crosstalk, errors of phase counted, as settings of a cell.

    best = gridsearch.optimise(channels=8, spacing_nm=1.6, order=50, arms=(24, 28, 32), phase_error=0.1)
    print(best.table())
    soi.awg(**best.settings)

Widths of mouths and gaps between them are searched by gradient (L-BFGS-B) for each number of arms; the stars' length
follows from both pitches. Lowered is the mean over channels of all other channels' light in an output over its own, all
equally bright, in the mean over errors of phase,

    <|t|²> = e^{-σ²} |Σ b|² + (1 - e^{-σ²}) Σ |b|²

(`solvers.spectrometers.channels`), times 1 + (loss/most)⁸ for the worst channel's loss: crosstalk alone would thin the
light. What is found is put on the mask grid and held against gratings with drawn errors: `Design.drawn`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.components import limits
from lingnan.components.common import draw, sizing
from lingnan.components.compact.planar import Plane, plane
from lingnan.components.soi import awglight
from lingnan.pdk.errors import LingnanError
from lingnan.solvers.spectrometers import awg
from lingnan.solvers.spectrometers.awg import Awg
from lingnan.solvers.spectrometers.mouths import mouth
from lingnan.solvers.spectrometers.stars import coupled

#: µm; what the search may use where nothing is said: mouths of the arms and of the outputs, and gaps beside them
FREE: dict[str, tuple[float, float]] = {
    "width_arm": (0.8, 2.0), "gap_arm": (0.2, 1.0), "width_out": (1.0, 3.0), "gap_out": (0.5, 3.0),
}  # fmt: skip
START: dict[str, float] = {"width_arm": 1.4, "gap_arm": 0.2, "width_out": 2.0, "gap_out": 1.0}
_ASIDE = 0.5  #: of the stars' length that arms may reach to a side: 30 degrees, where the paraxial model still holds
_DRAWS = 200


@dataclass(frozen=True)
class Figures:
    """A grating and its light."""

    sizes: dict[str, float]  #: [µm]
    arms: int
    crosstalk_db: float  #: mean over channels of all others' light in an output over its own
    loss_db: float  #: of the worst channel


@dataclass(frozen=True)
class Design:
    """What was found."""

    before: Figures
    after: Figures  #: on the mask grid
    steps: tuple[float, ...]  #: of the figure that was lowered
    drawn: float  #: crosstalk of gratings with drawn errors, in the mean [dB]
    settings: dict[str, Any]  #: of `awg`

    def table(self) -> str:
        """Before and after."""
        one, two = self.before, self.after
        rows = [(f"{name} (µm)", ".3f", one.sizes[name], two.sizes[name]) for name in FREE]
        rows += [
            ("arms", ".0f", float(one.arms), float(two.arms)),
            ("crosstalk (dB)", ".2f", one.crosstalk_db, two.crosstalk_db),
            ("loss (dB)", ".2f", one.loss_db, two.loss_db),
        ]
        return sizing.table(rows)

    def figure(self) -> Any:
        """The way of the search."""
        drawn = 10 ** (self.drawn / 10), "drawn errors, on the grid"
        return sizing.way(self.steps, drawn, "crosstalk, loss counted", "AWG")


def expected(grid: Awg, phase_error: Any) -> Array:
    """Mean share of every output at the wavelength of every channel, (Q, Q)."""
    waves = awg.centres(grid)
    kept = jnp.exp(-jnp.square(jnp.asarray(phase_error, float)))
    scale = grid.scale(grid.wavelength)
    given = coupled(grid.mode_in, grid.mode_arm, 0.0, grid.places, scale)[0]
    taken = coupled(grid.mode_out, grid.mode_arm, grid.offsets, grid.places, scale)
    each = jnp.square(jnp.abs(taken * given * grid.guide.survival(grid.lengths)))
    return kept * awg.powers(grid, waves) + (1 - kept) * jnp.sum(each, axis=1)[:, None]


def crosstalk(share: Array) -> Array:
    """Of each output, all others' light over its own, (Q,)."""
    own = jnp.diagonal(share)
    return (jnp.sum(share, axis=1) - own) / own


@dataclass(frozen=True)
class _Asked:
    now: Plane
    channels: int
    spacing: float
    order: int
    wavelength: float

    def grid(self, arms: int, width_arm: Any, gap_arm: Any, width_out: Any, gap_out: Any) -> Awg:
        now, wave = self.now, self.wavelength
        inner, outer = (
            mouth(width + now.bias, now.core, now.beside, wave).gaussian for width in (width_arm, width_out)
        )
        return Awg(
            now.guide, now.slab, self.spacing, self.order, self.channels, arms, width_arm + gap_arm,
            width_out + gap_out, outer, inner, outer, 300.0,
        )  # fmt: skip


def optimise(
    *, channels: int, spacing_nm: float, order: int, arms: tuple[int, ...], phase_error: float,
    wavelength: float = 1.55, most_loss_db: float = 5.0, free: Mapping[str, tuple[float, float]] | None = None,
    start: Mapping[str, float] | None = None, cross_section: str = "strip",
    say: Callable[[float], None] | None = None,
) -> Design:  # fmt: skip
    """Search on the active process.

    Args:
        channels: of the grating.
        spacing_nm: of their wavelengths [nm].
        order: of the grating.
        arms: numbers that are tried.
        phase_error: one σ of each arm, independent [rad].
        wavelength: in the middle [µm].
        most_loss_db: of the worst channel, where the figure doubles [dB].
        free: least and largest, where not `FREE` [µm].
        start: where to begin, where not `START` [µm].
        cross_section: of the guides, a strip.
        say: is told the figure at each step.

    Raises:
        LingnanError: what the line cannot draw, and what the cell refuses of the outcome.
    """
    ranges, first = {**FREE, **(free or {})}, {**START, **(start or {})}
    width, space = limits.width_rule(cross_section), limits.space_rule(cross_section)
    rules = {"width_arm": width, "width_out": width, "gap_arm": space, "gap_out": space}
    sizing.check(ranges, first, tuple(FREE), rules)
    if not arms or not phase_error >= 0 or not most_loss_db > 0:
        raise LingnanError(
            f"optimise: arms = {arms}, phase_error = {phase_error:g} rad, most_loss_db = {most_loss_db:g} dB: give one "
            "number of arms or more, an error of 0 or more, and a loss above 0."
        )
    now = jax.tree.map(float, plane(cross_section, wavelength))  # what is known inside of `jit` too
    asked = _Asked(now, channels, 1e-3 * spacing_nm, order, wavelength)
    low, high = (np.array([ranges[name][k] for name in FREE]) for k in (0, 1))
    begin = np.array([first[name] for name in FREE])

    def figure_of(count: int) -> Callable[[Array], Array]:
        def figure(x: Array) -> Array:
            grid = asked.grid(count, *(low + (high - low) * x))
            share = expected(grid, phase_error)
            worst = -10 * jnp.log10(jnp.min(jnp.diagonal(share)))
            aside = grid.arms * grid.pitch / 2 / grid.length / _ASIDE
            return jnp.mean(crosstalk(share)) * (1 + (worst / most_loss_db) ** 8) * (1 + aside**16)

        return figure

    found = [(count, *sizing.lowered(figure_of(count), (begin - low) / (high - low), say)) for count in arms]
    count, best, steps = min(found, key=lambda one: one[2][-1])
    sizes = [draw.even(float(one)) for one in low + (high - low) * best]
    named = dict(zip(FREE, sizes, strict=True))
    settings: dict[str, Any] = {
        "channels": channels, "spacing_nm": spacing_nm, "wavelength": wavelength, "order": order, "arms": count,
        "pitch": round(named["width_arm"] + named["gap_arm"], 6),
        "pitch_out": round(named["width_out"] + named["gap_out"], 6),
        "width_arm": named["width_arm"], "width_out": named["width_out"], "cross_section": cross_section,
    }  # fmt: skip
    made = awglight.grating(**settings)
    before, after = (
        _figures(asked.grid(n, *at), dict(zip(FREE, map(float, at), strict=True)), phase_error)
        for n, at in ((arms[0], begin), (count, sizes))
    )
    return Design(before, after, steps, drawn_db(made, phase_error), settings)


def _figures(grid: Awg, sizes: dict[str, float], phase_error: float) -> Figures:
    share = expected(grid, phase_error)
    shown = 10 * float(jnp.log10(jnp.mean(crosstalk(share))))
    return Figures(sizes, grid.arms, shown, -10 * float(jnp.log10(jnp.min(jnp.diagonal(share)))))


def drawn_db(grid: Awg, phase_error: float, count: int = _DRAWS, seed: int = 1) -> float:
    """Crosstalk [dB], its mean over channels, of the mean light of gratings with drawn errors of phase."""
    grid, waves = jax.tree.map(float, grid), awg.centres(grid)
    phases = jnp.asarray(phase_error * np.random.default_rng(seed).standard_normal((count, grid.arms)))
    shares = jax.lax.map(lambda one: awg.powers(replace(grid, phases=one), waves), phases, batch_size=20)
    return 10 * float(jnp.log10(jnp.mean(crosstalk(jnp.mean(shares, axis=0)))))
