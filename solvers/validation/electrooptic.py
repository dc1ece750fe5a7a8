"""Modulators against published ones: of the table in `benchmarks/rf.py`, which has all, the numbers that are met.

What is not met stays in the table, with its reason where one is known. Which cases stand here was decided with the
table at hand: they tell when something that was right no longer is.
"""

from functools import partial
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import Figures, Shift, TRail, figures, optical, phase_shift
from lingnan.solvers.modulators.loaded import shift_of_bars
from lingnan.solvers.validation.case import Case, Found, Row
from lingnan.solvers.validation.devices import DEVICES, Device, Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "modulators"
#: what is asked of a comparison with a device: shares of the published number
SHARES = {"V_pi L": 0.10, "n_rf": 0.03, "loss": 0.20, "bandwidth": 0.15, "Z0": 0.10, "n_g": 0.01, "roll-off": 0.20}
UNITS = {"V_pi L": "V cm", "loss": "dB/cm", "bandwidth": "Hz", "Z0": "Ω", "roll-off": "dB"}
#: frequencies at which a line is solved [Hz]: between them it is smooth
BAND = np.geomspace(1e9, 3.2e11, 25)
#: quantities that take no line
STATIC = ("V_pi L", "n_g")


def computed(device: Device, quantities: tuple[str, ...] | None = None) -> Figures | Shift:
    """What the published numbers of a device are compared with: all figures, or the shift where that is enough."""
    spec, wave = device.spec, device.wavelength
    if all(v.quantity in STATIC for v in device.values if quantities is None or v.quantity in quantities):
        if isinstance(spec, TRail):
            return shift_of_bars(spec, spec.sections(), optical.guided(spec.rails, wave))
        return phase_shift(spec, wave)
    return figures(
        spec, jnp.asarray(BAND), device.length, wavelength=wave, termination=device.termination,
        reference=device.reference,
    )  # fmt: skip


def number(device: Device, found: Figures | Shift, value: Value) -> float:
    """Of ours, that which was published."""
    shift = found if isinstance(found, Shift) else found.shift
    if value.quantity in STATIC or isinstance(found, Shift):
        return float({"V_pi L": shift.vpi_l_push_pull, "n_g": shift.n_g}[value.quantity])
    if value.quantity == "bandwidth":
        return float(found.bandwidth)
    level = found.response.s21_db if device.reference is None else found.response.relative_to(device.reference)
    curves = {
        "n_rf": found.line.n_rf,
        "loss": found.line.loss_db_cm,
        "Z0": found.line.z0.real,
        "roll-off": -level,
    }
    return float(np.interp(value.at, BAND, np.asarray(curves[value.quantity])))


def nearest(value: Value, ours: float) -> float:
    """The published number, or the one of its range that is nearest to ours."""
    return float(np.clip(ours, value.low, value.high))


def _compared(device: Device, quantities: tuple[str, ...]) -> Found:
    found = computed(device, quantities)
    rows = tuple(
        Row(v.quantity, ours, nearest(v, ours), SHARES[v.quantity] * nearest(v, ours), UNITS.get(v.quantity, ""))
        for v in device.values
        if v.quantity in quantities
        for ours in (number(device, found, v),)
    )
    return Found(rows, None if isinstance(found, Shift) else partial(_draw, device, found))


def _draw(device: Device, found: Figures, ax: "Axes") -> None:
    """The response, and the published roll-off or bandwidth on it."""
    level = found.response.s21_db if device.reference is None else found.response.relative_to(device.reference)
    ax.semilogx(BAND / 1e9, np.asarray(level), label="computed")
    for v in device.values:
        if v.quantity in ("roll-off", "bandwidth"):
            f, drop = (v.at, v.low) if v.quantity == "roll-off" else (v.low, 3.0)
            ax.plot([f / 1e9], [-drop], "o", label=f"published {v.quantity}")
    ax.set(xlabel="frequency (GHz)", ylabel="electro-optic S21 (dB)", title=device.name)
    ax.legend()


def _case(name: str, *quantities: str) -> Case:
    device = next(d for d in DEVICES if d.name == name)
    guessed = "; ".join(f"{field}: {why}" for field, why in device.guessed) or "nothing"
    because = (
        "what is asked of V_pi L (10 %), microwave index (3 %), loss (20 %) and bandwidth (15 %) of published devices; "
        f"not published: {guessed}"
    )
    return Case(name, GROUP, device.source, because, partial(_compared, device, quantities))


CASES = (
    _case("another FEM, in oxide", "V_pi L", "n_g"),
    _case("He, gap 6.5", "V_pi L", "n_rf", "loss"),
    _case("Arab Juneghani #1, gap 5", "V_pi L"),
    _case("Arab Juneghani #2, gap 10", "n_rf", "loss"),
    _case("Zhang 2022, 5.8 mm", "V_pi L", "n_g"),
    _case("Li 2026, gap 6, 1550 nm", "V_pi L", "n_rf"),
    _case("Renaud, gap 2.5, 738 nm", "V_pi L"),
    _case("Xue 2023, gap 2.6, 630 nm", "V_pi L"),
    _case("Kharel, T-rails on quartz", "V_pi L"),
    _case("Chen, gap 1.8", "V_pi L"),
    _case("Liu 2021, T-rails on quartz", "V_pi L"),
    _case("Zhang 2024, T-rails on quartz", "V_pi L"),
)
