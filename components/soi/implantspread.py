"""How figures of a drawn PN junction scatter over doses and overlay: many samples, their mean, deviation and yield.

    found = implantspread.sampled(pn_sides("phase_shifter_pn", 0.45), 0.45, volts=2.0, count=1000)
    print(found.table({"vpi_l": (None, 2.1), "bandwidth": (40e9, None)}))
    found.yielded({"vpi_l": (None, 2.1)}), found.plot({"vpi_l": (None, 2.1)})

Doses and places of masks are normal, each by itself, with the deviations of the process, and cut at three of them, of
places in any direction: what is farther off is made again. No sample is solved: see `implanting` for what that costs.
`phaseshifters.sampled` solves each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jax.typing import ArrayLike
from scipy.special import ndtr, ndtri

from lingnan.components.soi import carriers, implanted
from lingnan.components.soi.implanted import STRAIGHT, Errors, Places
from lingnan.components.soi.implanting import SIGMAS, limits_of, masks_of
from lingnan.components.soi.lateral import Side
from lingnan.components.soi.voltages import MIDDLE
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.solvers.checks import check_count, within
from lingnan.solvers.phaseshifters.light import decibels
from lingnan.solvers.tracing import namespace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Limits = Mapping[str, tuple[float | None, float | None]]  #: by figure, least and most; None: there is no such limit
#: what an axis says, and from the figure's unit to its own
SHOWN: dict[str, tuple[str, float]] = {
    "vpi_l": ("V_pi L (V cm)", 1.0), "loss_db_cm": ("loss (dB/cm)", 1.0), "product": ("V_pi L loss (V dB)", 1.0),
    "capacitance": ("capacitance (pF/m)", 1e12), "resistance": ("resistance (mΩ m)", 1e3),
    "bandwidth": ("1/(2π RC) (GHz)", 1e-9),
}  # fmt: skip
_SHARES = (0.05, 0.5, 0.95)


class Figures(NamedTuple):
    """Of one swing from 0 V; all of one shape."""

    vpi_l: Any  #: [V cm]
    loss_db_cm: Any  #: of carriers at 0 V [dB/cm]
    capacitance: Any  #: at the voltage [F/m]
    resistance: Any  #: of silicon and leads [Ω m]

    @property
    def product(self) -> Any:
        """V_pi L times loss [V dB]."""
        return self.vpi_l * self.loss_db_cm

    @property
    def bandwidth(self) -> Any:
        """1/(2π R C) [Hz]."""
        return 1 / (2 * np.pi * self.resistance * self.capacitance)


def figures(
    sides: tuple[Side, Side],
    core: float,
    volts: ArrayLike,
    wavelength: ArrayLike = MIDDLE,
    corner: str = "nominal",
    *,
    dose: Errors | None = None,
    overlay: Errors | None = None,
    places: Places = STRAIGHT,
    radius: float | None = None,
) -> Figures:
    """`carriers.figures` of a diode with errors, from what is kept: numbers and arrays are broadcast, traced or not.

    Args:
        sides: left and right of the guide, of a PN junction.
        core: width of the guide, drawn [µm].
        volts: of the swing from 0 V into reverse [V].
        wavelength: [µm].
        corner: of the process.
        dose: as of `implanted.shift`.
        overlay: the same.
        places: the same.
        radius: the same.

    Raises:
        LingnanError: what `implanted.shift` refuses, a voltage that is not kept or none, or a diode that injects.
    """
    found = implanted.shift(sides, core, corner, radius, dose=dose, overlay=overlay, places=places)
    charge, silicon = found.junction(volts)
    rest, driven = found.at(wavelength, 0.0), found.at(wavelength, volts)
    swing, wave = (namespace(one).asarray(one, float) for one in (volts, wavelength))
    swing = swing * within("figures", "volts", volts, 0.0, np.inf, "V", "A swing from 0 V has another end.")
    vpi_l = 1e-4 * swing * wave / (2 * (driven - rest).real)
    return Figures(
        vpi_l,
        decibels(rest, wave),
        charge,
        silicon + carriers.leads(sides, dose),
    )


@dataclass(frozen=True)
class Scatter:
    """Figures of samples, (S,) each, and the errors that they were drawn with."""

    figures: Figures
    nominal: Figures  #: numbers, without errors
    doses: Mapping[str, Any]  #: (S,) by mask, shares
    overlays: Mapping[str, Any]  #: by mask, (S,) to the right and ahead [µm]

    def yielded(self, limits: Limits) -> float:
        """Share of the samples inside of all limits."""
        fine = np.ones(np.shape(self.figures.vpi_l), dtype=bool)
        for name, (least, most) in _checked(limits).items():
            values = np.asarray(getattr(self.figures, name))
            fine &= (values >= (-np.inf if least is None else least)) & (values <= (np.inf if most is None else most))
        return float(fine.mean())

    def table(self, limits: Limits | None = None) -> str:
        """Nominal value, mean, deviation and percentiles of each figure, and the yield of limits, each and all."""
        shares = " ".join(f"{f'{share:.0%}':>9s}" for share in _SHARES)
        lines = [f"{'':20s} {'nominal':>9s} {'mean':>9s} {'sigma':>9s} {shares}" + ("     yield" if limits else "")]
        for name, (said, scale) in SHOWN.items():
            values = scale * np.asarray(getattr(self.figures, name))
            row = (scale * float(getattr(self.nominal, name)), values.mean(), values.std())
            cells = " ".join(f"{value:9.3f}" for value in (*row, *np.quantile(values, _SHARES)))
            own = f" {self.yielded({name: limits[name]}):9.3f}" if limits and name in limits else ""
            lines.append(f"{said:20s} {cells}{own}")
        return "\n".join([*lines, f"all limits: {self.yielded(limits):.3f}"] if limits else lines)

    def plot(self, limits: Limits | None = None) -> "Figure":
        """Histograms with the nominal value and limits, as a matplotlib figure."""
        from matplotlib.figure import Figure

        given = _checked(limits or {})
        figure = Figure(figsize=(10, 6), layout="constrained")
        for axes, (name, (said, scale)) in zip(figure.subplots(2, 3).ravel(), SHOWN.items(), strict=True):
            axes.hist(scale * np.asarray(getattr(self.figures, name)), 40, alpha=0.7)
            axes.axvline(scale * float(getattr(self.nominal, name)), color="black", label="without errors")
            for limit in given.get(name, ()):
                if limit is not None:
                    axes.axvline(scale * limit, color="tab:red", linestyle="--", label=f"limit {scale * limit:g}")
            axes.set_xlabel(said)
            axes.legend(fontsize="small")
        return figure


def _checked(limits: Limits) -> Limits:
    for name, pair in limits.items():
        if name not in SHOWN:
            raise LingnanError(f"Scatter: {name!r} is no figure. {did_you_mean(name, SHOWN)}")
        if np.shape(np.asarray(pair, dtype=object)) != (2,):
            raise LingnanError(f"Scatter: limits of {name} are {pair!r}. Give the least and the most, or None for one.")
        least, most = pair
        given: tuple[Any, ...] = tuple(pair)
        if any(one is not None and not (isinstance(one, int | float | np.number) and one == one) for one in given):
            raise LingnanError(f"Scatter: limits of {name} are {pair!r}, of which one is no number. Give it, or None.")
        if least is not None and most is not None and not least <= most:
            raise LingnanError(f"Scatter: limits of {name}: {least:g} is above {most:g}. Exchange them.")
    return limits


def drawn(sides: tuple[Side, Side], count: int, seed: int = 0) -> tuple[dict[str, Any], dict[str, Any]]:
    """Doses and overlays of many chips, as `figures` and models take them: (S,) by mask.

    Args:
        sides: whose masks they are.
        count: of chips.
        seed: of the draws.

    Raises:
        ValueError: no chip, or not a whole one.
    """
    check_count("drawn", "count", count, 1, "One shows what a chip takes.")
    masks = masks_of(sides)
    steps = np.array(limits_of(masks)) / SIGMAS
    dose, right, ahead = np.random.default_rng(seed).uniform(size=(3, len(masks), count))
    right = _normal(right, SIGMAS)
    ahead = _normal(ahead, np.sqrt(np.maximum(SIGMAS**2 - right**2, 0.0)))  # a ring is off in every direction
    doses = 1 + steps[: len(masks), None] * _normal(dose, SIGMAS)
    off = steps[len(masks) :, None] * np.stack([right, ahead])
    return dict(zip(masks, doses, strict=True)), {one: (off[0, k], off[1, k]) for k, one in enumerate(masks)}


def _normal(uniform: Any, most: Any) -> Any:
    """Of numbers from 0 to 1: normal ones, cut at so many deviations."""
    tail = ndtr(-most)
    return ndtri(tail + (1 - 2 * tail) * uniform)


def sampled(
    sides: tuple[Side, Side],
    core: float,
    volts: float,
    count: int = 1000,
    wavelength: float = MIDDLE,
    corner: str = "nominal",
    *,
    seed: int = 0,
    places: Places = STRAIGHT,
    radius: float | None = None,
) -> Scatter:
    """Figures of many chips whose doses and masks are off.

    Args:
        sides: left and right of the guide, of a PN junction.
        core: width of the guide, drawn [µm].
        volts: of the swing from 0 V into reverse [V].
        count: of chips.
        wavelength: [µm].
        corner: of the process.
        seed: of the draws.
        places: `implanted.PAIR` for arms in series push-pull, `implanted.around` for a ring.
        radius: of a ring [µm].

    Raises:
        LingnanError: what `figures` refuses.
        ValueError: no chip, or no swing.
    """
    doses, overlays = drawn(sides, count, seed)
    given: dict[str, Any] = {"places": places, "radius": radius}
    nominal = figures(sides, core, volts, wavelength, corner, **given)
    found = figures(sides, core, volts, wavelength, corner, dose=doses, overlay=overlays, **given)
    return Scatter(found, nominal, doses, overlays)
