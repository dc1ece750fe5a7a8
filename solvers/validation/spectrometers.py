"""Spectrometers against a published design and their own second routes.

Only what was read is held against: the abstract of one paper. Published gratings whose order, arms and indices are all
in what could be read were not found.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.spectrometers import channels, plots
from lingnan.solvers.spectrometers.awg import Awg, centres, powers
from lingnan.solvers.spectrometers.fourier import Interferometers
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.validation.case import Case, Found, rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "spectrometers"


def _interferometers() -> Found:
    half = 1.25e-3
    # number and band do not depend on the guide but for the rounding of a step to half waves
    array = Interferometers.across(Guide(2.4, 4.2), 1.55 - half, 1.55 + half, 2.5e-5)
    found = [float(np.size(array.delays)), 1e3 * float(array.band), 1e3 * float(array.resolution)]
    names = ["interferometers", "band (nm)", "resolution (nm)"]
    return Found(rows(names, found, [200.0, 2.5, 0.025], [2.0, 0.025, 2.5e-4]))


def _floor() -> Found:
    grid = Awg(Guide(2.4, 4.2), Guide(2.83, 3.7), spacing=0.0016, order=40, channels=8, arms=61)
    middle = float(centres(grid)[3])
    away = np.linspace(1.5425, 1.5575, 61)
    away = away[np.abs(away - middle) > 4 * float(channels.width(grid))]

    def read(phases: Array) -> Array:
        return powers(replace(grid, phases=phases), np.append(away, middle))[3]

    names, found, expected = [], [], []
    rng = np.random.default_rng(6)
    for sigma in (0.05, 0.1, 0.2):
        drawn = jnp.asarray(sigma * rng.standard_normal((1000, grid.arms)))
        mean = np.mean(np.asarray(jax.lax.map(read, drawn, batch_size=20)), axis=0)
        names.append(f"floor at {sigma:g} rad (dB)")
        found.append(10 * np.log10(np.mean(mean[:-1]) / mean[-1]))
        expected.append(float(channels.floor_by_formula_db(grid, sigma)))

    def draw(axes: "Axes") -> None:
        plots.plot_channels(grid, np.linspace(1.5425, 1.5575, 601), axes)

    return Found(rows(names, found, expected, 0.2), draw)


CASES: tuple[Case, ...] = (
    Case(
        "interferometers in an array",
        GROUP,
        "M. Florjańczyk et al., Opt. Express 15, 18176 (2007), doi:10.1364/OE.15.018176: 0.025 nm over 2.5 nm, 200 "
        "times the throughput of one input (abstract read)",
        "1 %: 200 steps have 201 ends, and the step is rounded to half waves",
        _interferometers,
    ),
    Case(
        "floor of a grating with errors of phase",
        GROUP,
        "mean over drawn gratings and wavelengths against the closed form, derived in the code",
        "0.2 dB: less than half is σ² for e^{σ²} - 1 at the largest, the rest three times what 1,000 draws of 13 arms "
        "leave",
        _floor,
    ),
)
