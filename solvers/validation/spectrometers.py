"""Spectrometers against a published design and their own second routes.

Only what was read is held against: the abstract of one paper, and a thesis with the sizes of a grating. Measured
gratings whose order, arms and indices are all in what could be read were not found.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy import constants

from lingnan.solvers.spectrometers import channels, diffraction, fans, plots
from lingnan.solvers.spectrometers.awg import Awg, centres, powers
from lingnan.solvers.spectrometers.fans import Fan
from lingnan.solvers.spectrometers.fourier import Interferometers
from lingnan.solvers.spectrometers.guide import Guide
from lingnan.solvers.spectrometers.mouths import mouth
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


def _sizes() -> Found:
    """Eight channels 400 GHz apart of order 40; the design takes n_eff for the group index, and so does this.

    With the group index of such a wire, 4.3, its outputs would stand for 1.7 nm each, not for 3.2.
    """
    spacing = 1e6 * constants.c * (1 / (constants.c / 1.55e-6) - 1 / (constants.c / 1.55e-6 + 400e9))
    flat = Guide(2.304, 2.304)
    grid = Awg(flat, Guide(2.844, 2.844), spacing, 40, 8, 25, 2.0, 2.0)
    found = [float(grid.length), float(grid.step), 1e3 * float(grid.fsr)]
    printed = np.array([88.803, 26.8998, 38.4])
    units = ["length of the slab (µm)", "step of the arms (µm)", "free range (nm)"]

    def draw(axes: "Axes") -> None:
        plots.plot_channels(grid, np.linspace(1.535, 1.565, 601), axes)

    return Found(rows(units, found, printed, 0.012 * printed), draw)


def _star() -> Found:
    """Three arms of 1.2 µm every 3 µm that hold light weakly, 40 µm away, by three routes.

    Fourier optics and Hankel's functions take fields as they would be without arms; eigenmodes see these.
    """
    weak = Fan(8.0, 7.0, 40.0, 3.0, 1.2, 1.2, 4.0, 1.5, count=3, cells=(1, 1, 2))
    arms = fans.seen(weak, 1.55, 24, 50)
    seen = fans.star(arms, arms)
    own, n = mouth(1.2, 8.0, 7.0, 1.55).field(193, 3.0), 8.0**0.5
    grid = Awg(Guide(2.4, 2.4), Guide(n, n), n * 9.0 / (30 * 40.0), 30, 1, 3, 3.0, 3.0, mode_arm=own)  # 40 µm
    exact = np.abs(np.asarray(diffraction.star(grid, own, 0.0, 1.55)))
    found = np.abs(np.asarray(seen.amplitudes[:, 1]))
    names = ["outer arm, Hankel", "middle arm, Hankel", "outer arm, Fourier optics", "middle arm, Fourier optics"]
    expected = [*exact[:2], *np.abs(np.asarray(seen.expected[:2, 1]))]

    def draw(axes: "Axes") -> None:
        plots.plot_star(seen, weak, 1, axes)

    return Found(rows(names, [*found[:2], *found[:2]], expected, 0.01 * np.asarray(expected)), draw)


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
    Case(
        "sizes of a silicon grating",
        GROUP,
        "S. Santacatterina, High performance Si AWG with geometrically improved interface, thesis, UCLouvain and Keio "
        "(2021), table 4.5 (read, with its code)",
        "1.2 %: 38.4 nm is one and a half times eight channels, 38.75 what its order gives; the rest agrees to 0.1 %",
        _sizes,
    ),
    Case(
        "a star by three routes",
        GROUP,
        "eigenmodes, Fourier optics and Hankel functions of this code",
        "1 %: obliquity of 4 degrees, slices, and light that facets throw back",
        _star,
    ),
)
