"""Heaters and poled guides against what others have computed and made."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lingnan.solvers import heat, nonlinear, waveguides
from lingnan.solvers.modulators import optical
from lingnan.solvers.validation.case import Case, Found, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "heat and mixing"
#: titanium nitride of 2 x 0.14 µm, 2 µm above 500 x 220 nm, oxides of 2.8 and 2 µm; the handle is guessed
HEATER = heat.Heater(
    width=2.0, thickness=0.14, height=2.0, core_width=0.5, cladding=2.8, buried_oxide=2.0, handle=500.0, reach=1000.0
)
POWER, LENGTH = 27.2e-3, 320.0
#: width at the top, film, slab [µm], and the period that another solver finds
POLED = ((1.0, 0.6, 0.3, 4.13), (1.4, 0.6, 0.3, 4.44), (1.0, 0.4, 0.2, 3.18), (1.2, 0.5, 0.2, 3.73))


def _heater() -> Found:
    mode = optical.guided(HEATER, temperature=293.15)
    found = heat.shift_of(HEATER, heat.temperature(HEATER.section()), mode)
    change = float(heat.resolved(HEATER, POWER / LENGTH))
    p_pi = 1.55 / (2 * change) * POWER / LENGTH

    def draw(axes: "Axes") -> None:
        heat.plot_temperature(HEATER, mode, POWER / LENGTH, axes)

    warm = rows(["core at 27.2 mW"], [found.rise(POWER, LENGTH)], [14.64], 0.03 * 14.64, "K")
    return Found((*warm, *rows(["P_pi, hot less cold"], [1e3 * p_pi], [22.4], 0.03 * 22.4, "mW")), draw)


@lru_cache
def _poled(width: float, film: float, slab: float) -> nonlinear.SecondHarmonic:
    guide = waveguides.rib(
        width, film, slab, "LiNbO3-x-cut", "SiO2", sidewall_angle_deg=60.0, width_at="top",
        window=(-3.0, 3.0, -1.5, 2.1),
    )  # fmt: skip
    return nonlinear.second_harmonic(guide, 1.55)


def _periods() -> Found:
    found = [_poled(*numbers[:3]).period for numbers in POLED]
    names = [f"{1e3 * film:.0f}/{1e3 * (film - slab):.0f} nm, {width:g} µm wide" for width, film, slab, _ in POLED]
    reference = np.array([numbers[3] for numbers in POLED])

    def draw(axes: "Axes") -> None:
        nonlinear.plot_tuning(_poled(*POLED[1][:3]), 5000.0, axes)

    return Found(rows(names, found, reference, 3e-3 * reference, "µm"), draw)


CASES = (
    Case(
        "titanium nitride heater on silicon",
        GROUP,
        "an independent FEM of M. Jacques et al., Opt. Express 27, 10456 (2019), doi:10.1364/OE.27.010456",
        "3 %: its own limit; its coefficient of silicon is 1.86e-4/K, and its window ends 8 µm aside",
        _heater,
    ),
    Case(
        "poling periods, 1550 to 775 nm",
        GROUP,
        "an independent full-vector solver with the same indices; 3.7 µm was made and matched at 500/300 nm",
        "3e-3: three digits in print and its mesh",
        _periods,
    ),
)
