"""Modulators against published ones: of the table in `benchmarks/rf.py`, which has all, the numbers that are met.

What is not met stays in the table, with its reason where one is known. Which cases stand here was decided with the
table at hand: they tell when something that was right no longer is. Four inputs were put in after bandwidths had been
missed: that the film loses power and that 0 dB lies at 10 MHz where no paper says otherwise, for all devices alike;
that oxide laid down last follows the metal, for the two straight lines whose papers have it so and thin; and the width
of Renaud's signal, from the impedance that he designs for. Li's band at 1550 nm is inside by the film's loss alone.
What stems do to T-rails came into the model after two indices of lines with wide stems had been missed by 7 and 11 %:
index and band of Nelan's T-rails and of Valdez 2022 are inside by it.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import Coplanar, Shift, TRail, optical, phase_shift, rlgc
from lingnan.solvers.modulators.line import Line
from lingnan.solvers.modulators.loaded import loaded_line, shift_of_bars
from lingnan.solvers.validation import answers
from lingnan.solvers.validation.answers import BAND, FINE, INDEX, LOSS
from lingnan.solvers.validation.case import Case, Found, Row
from lingnan.solvers.validation.devices import DEVICES, Device, Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "modulators"
#: what is asked of a comparison with a device: shares of the published number
SHARES = {"V_pi L": 0.10, "n_rf": INDEX, "loss": LOSS, "bandwidth": 0.15, "Z0": 0.10, "n_g": 0.01, "roll-off": 0.20}
UNITS = {"V_pi L": "V cm", "loss": "dB/cm", "bandwidth": "Hz", "Z0": "Ω", "roll-off": "dB"}
#: quantities that take no line
STATIC = ("V_pi L", "n_g")
#: quantities of a whole modulator
ANSWERS = ("bandwidth", "roll-off")


@dataclass(frozen=True)
class Computed:
    """What the published numbers of a device are compared with."""

    shift: Shift
    line: Line | None = None  #: at `BAND`; None where only the shift was asked for

    def level(self, device: Device) -> np.ndarray:
        """Response at `FINE` [dB]."""
        assert self.line is not None
        return answers.level(device, self.line, float(self.shift.n_g))


def computed(device: Device, quantities: tuple[str, ...] | None = None) -> Computed:
    """Shift, and line where a quantity asks for one."""
    spec, line, wave, f = device.spec, device.line, device.wavelength, jnp.asarray(BAND)
    static = all(v.quantity in STATIC for v in device.values if quantities is None or v.quantity in quantities)
    if isinstance(spec, Coplanar) and isinstance(line, Coplanar):
        return Computed(phase_shift(spec, wave), None if static else rlgc(line.section(), f))
    assert isinstance(spec, TRail)
    assert isinstance(line, TRail)
    shift = shift_of_bars(spec, spec.sections(), optical.guided(spec.rails, wave))
    return Computed(shift, None if static else loaded_line(line, f).line)


def number(device: Device, found: Computed, value: Value) -> float:
    """Of ours, that which was published."""
    if value.quantity in STATIC:
        return float({"V_pi L": found.shift.vpi_l_push_pull, "n_g": found.shift.n_g}[value.quantity])
    assert found.line is not None
    if value.quantity in ANSWERS:
        return answered(value, found.level(device))
    curves = {"n_rf": found.line.n_rf, "loss": found.line.loss_db_cm, "Z0": found.line.z0.real}
    return float(np.interp(value.at, BAND, np.asarray(curves[value.quantity])))


def answered(value: Value, level: np.ndarray) -> float:
    """Bandwidth [Hz] or roll-off [dB] of a response at `FINE`."""
    return answers.bandwidth(level) if value.quantity == "bandwidth" else answers.roll_off(level, value.at)


def error(value: Value, ours: float) -> float:
    """Of ours over the published number, or over the nearest of its range; nothing where a bound is met."""
    return ours / nearest(value, ours) - 1 if np.isfinite(ours) else (0.0 if value.bound else float("inf"))


def nearest(value: Value, ours: float) -> float:
    """The published number, or the one of its range that is nearest to ours."""
    return float(np.clip(ours, value.low, value.high))


def _row(value: Value, ours: float) -> Row:
    unit, share = UNITS.get(value.quantity, ""), SHARES[value.quantity]
    if value.bound:  # more than the bound is no error
        return Row(f"{value.quantity}, at least", min(ours, value.low), value.low, share * value.low, unit)
    return Row(value.quantity, ours, nearest(value, ours), share * nearest(value, ours), unit)


def _compared(device: Device, quantities: tuple[str, ...]) -> Found:
    found = computed(device, quantities)
    rows = tuple(_row(v, number(device, found, v)) for v in device.values if v.quantity in quantities)
    return Found(rows, None if found.line is None else partial(draw, device, found))


def draw(device: Device, found: Computed, ax: "Axes") -> None:
    """The response, that from the authors' own numbers, and the published roll-off or bandwidth on it."""
    ax.semilogx(FINE / 1e9, found.level(device), label="from the cross-section")
    if device.stated is not None:
        own = answers.level(device, answers.said(device.stated), device.stated.n_g)
        ax.semilogx(FINE / 1e9, own, "--", label="from the authors' line")
    for v in device.values:
        if v.quantity in ANSWERS:
            f, drop = (v.at, v.low) if v.quantity == "roll-off" else (v.low, 3.0)
            ax.plot([f / 1e9], [-drop], ">" if v.bound else "o", label=f"published {v.quantity}")
    ax.set(xlabel="frequency (GHz)", ylabel="electro-optic S21 (dB)", title=device.name, xlim=(1, None), ylim=(-9, 1))
    ax.legend()


def _case(name: str, *quantities: str) -> Case:
    device = next(d for d in DEVICES if d.name == name)
    guessed = "; ".join(f"{field}: {why}" for field, why in device.guessed) or "nothing"
    because = (
        "what is asked of V_pi L (10 %), microwave index (3 %), loss (20 %) and bandwidth (15 %) of published devices; "
        f"not published: {guessed}"
    )
    return Case(name, GROUP, device.source, because, partial(_compared, device, quantities))


#: devices whose published response follows from their own published index, loss, impedance and group index
OWN = (
    ("Renaud, gap 3, 738 nm", "bandwidth"),
    ("Zhang 2024, T-rails on quartz", "bandwidth"),
    ("Kharel, T-rails on quartz", "roll-off"),
)


def _by_their_lines() -> Found:
    """The travelling wave by itself: no cross-section, and no line of ours."""
    found: list[Row] = []
    for name, quantity in OWN:
        device = next(d for d in DEVICES if d.name == name)
        assert device.stated is not None
        own = answers.level(device, answers.said(device.stated), device.stated.n_g)
        for v in (v for v in device.values if v.quantity == quantity):
            found.append(Row(f"{name}: {quantity}", answered(v, own), v.low, SHARES[quantity] * v.low, UNITS[quantity]))
    return Found(tuple(found))


CASES = (
    _case("another FEM, in oxide", "V_pi L", "n_g"),
    _case("another FEM, in air", "V_pi L"),
    _case("Kharel table I, Si, gap 5", "V_pi L", "loss"),
    _case("He, gap 6.5", "V_pi L", "n_rf", "loss", "bandwidth"),
    _case("Yang, gap 7", "V_pi L", "bandwidth", "roll-off"),
    _case("Li 2026, gap 6, 1550 nm", "V_pi L", "n_rf", "bandwidth"),
    _case("Li 2026, gap 6, 1310 nm", "V_pi L", "bandwidth"),
    _case("Li 2026, gap 6, 1450 nm", "V_pi L", "bandwidth"),
    _case("Li 2026, gap 6, 1485 nm", "V_pi L", "bandwidth"),
    _case("Murai, gap 5, 9.9 mm", "V_pi L", "n_rf"),
    _case("Arab Juneghani #1, gap 5", "V_pi L"),
    _case("Arab Juneghani #2, gap 10", "n_rf", "loss"),
    _case("Zhang 2022, 5.8 mm", "V_pi L", "n_g"),
    _case("Xu 2020, gap 7, 13 mm", "bandwidth", "roll-off"),
    _case("Xu 2020, gap 7, 7.5 mm", "bandwidth", "roll-off"),
    _case("Li 2022, 532 nm", "n_g", "loss", "bandwidth"),
    _case("Renaud, gap 3, 738 nm", "n_rf", "loss"),
    _case("Renaud, gap 2.5, 738 nm", "V_pi L"),
    _case("Xue 2023, gap 2.6, 630 nm", "V_pi L"),
    _case("Kharel, T-rails on quartz", "V_pi L", "n_rf"),
    _case("Chen, gap 1.8", "V_pi L"),
    _case("Liu 2021, T-rails on quartz", "n_rf"),
    _case("Zhang 2024, T-rails on quartz", "V_pi L"),
    _case("Mao 2022, silicon on the film", "bandwidth", "n_g", "Z0"),
    _case("Nelan 2022, nitride on the film", "n_rf"),
    _case("Nelan 2022, nitride, T-rails", "n_rf", "bandwidth"),
    _case("Valdez 2022, silicon below", "V_pi L", "n_rf", "bandwidth"),
    _case("Vanackere 2023, nitride below", "V_pi L"),
    _case("Valdez 2023, C band, slots, 10 mm", "V_pi L", "n_rf", "Z0", "n_g", "bandwidth"),
    _case("Valdez 2023, O band, slots, 10 mm", "V_pi L", "n_rf", "Z0", "n_g", "bandwidth"),
    _case("Wang 2024, tantalate, silver", "V_pi L", "n_rf", "loss", "n_g"),
    _case("Lin 2025, tantalate, 16 mm", "loss", "n_g", "roll-off"),
    _case("Lin 2025, tantalate, 6 mm", "bandwidth", "roll-off"),
    _case("Sayem 2026, tantalate, 1071 nm", "V_pi L", "n_g", "bandwidth"),
    _case("Sayem 2026, tantalate, 1551 nm", "V_pi L"),
    _case("Chen 2026, tantalate", "n_rf", "loss", "bandwidth"),
    _case("Cai 2025, nitride below tantalate", "n_rf", "n_g", "loss", "bandwidth"),
    _case("Li 2026, tantalate, T-rails", "V_pi L", "n_rf", "Z0", "n_g"),
    Case(
        "bands from published lines",
        GROUP,
        "; ".join(next(d for d in DEVICES if d.name == name).source for name, _ in OWN),
        "what is asked of bandwidth (15 %), and 20 % of a roll-off: index, loss and impedance have two digits in print",
        _by_their_lines,
    ),
)
