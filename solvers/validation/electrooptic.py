"""Modulators against published ones: three of the table in `benchmarks/rf.py`, which has all and those outside too."""

from functools import partial

import jax.numpy as jnp
import numpy as np

from lingnan.solvers.modulators import Figures, figures
from lingnan.solvers.validation.case import Case, Found, Row
from lingnan.solvers.validation.devices import DEVICES, Device, Value

GROUP = "modulators"
#: what is asked of a comparison with a device: shares of the published number
SHARES = {"V_pi L": 0.10, "n_rf": 0.03, "loss": 0.20, "bandwidth": 0.15, "Z0": 0.10, "n_g": 0.01, "roll-off": 0.20}
UNITS = {"V_pi L": "V cm", "loss": "dB/cm", "bandwidth": "Hz", "Z0": "Ω", "roll-off": "dB"}
#: frequencies at which a line is solved [Hz]: between them it is smooth
BAND = np.geomspace(1e9, 2.5e11, 25)


def computed(device: Device) -> Figures:
    """What the published numbers of a device are compared with; 0 dB at 1 GHz."""
    return figures(
        device.spec, jnp.asarray(BAND), device.length, wavelength=device.wavelength, reference=float(BAND[0])
    )


def number(found: Figures, value: Value) -> float:
    """Of ours, that which was published."""
    curves = {
        "n_rf": found.line.n_rf,
        "loss": found.line.loss_db_cm,
        "Z0": found.line.z0.real,
        "roll-off": -found.response.relative_to(float(BAND[0])),
    }
    if value.quantity in curves:
        return float(np.interp(value.at, BAND, np.asarray(curves[value.quantity])))
    single = {"V_pi L": found.vpi_l, "n_g": found.shift.n_g, "bandwidth": found.bandwidth}
    return float(single[value.quantity])


def nearest(value: Value, ours: float) -> float:
    """The published number, or the one of its range that is nearest to ours."""
    return float(np.clip(ours, value.low, value.high))


def _compared(device: Device, quantities: tuple[str, ...]) -> Found:
    found = computed(device)
    rows = [
        Row(v.quantity, ours, nearest(v, ours), SHARES[v.quantity] * nearest(v, ours), UNITS.get(v.quantity, ""))
        for v in device.values
        if v.quantity in quantities
        for ours in (number(found, v),)
    ]
    return Found(tuple(rows))


def _case(name: str, *quantities: str) -> Case:
    device = next(d for d in DEVICES if d.name == name)
    because = (
        "what is asked of V_pi L (10 %), microwave index (3 %), loss (20 %) and bandwidth (15 %) of published devices; "
        f"not published: {device.guessed}"
    )
    return Case(name, GROUP, device.source, because, partial(_compared, device, quantities))


CASES = (
    _case("600/350 film, gap 5, in oxide", "V_pi L", "n_g"),
    _case("He, gap 6.5", "V_pi L", "n_rf", "loss"),
    _case("Arab Juneghani #1, gap 5", "V_pi L", "n_rf"),
)
