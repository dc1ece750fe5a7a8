"""Pictures: a tuning curve and a comb."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.nonlinear.comb import power_db
from lingnan.solvers.nonlinear.conversion import bandwidth
from lingnan.solvers.nonlinear.mixing import SecondHarmonic
from lingnan.solvers.nonlinear.tuning import tuning_curve
from lingnan.solvers.plots import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_tuning(process: SecondHarmonic, length: float, axes: "Axes | None" = None) -> "Axes":
    """Efficiency of second-harmonic generation about its wavelength, the width of its walk-off marked.

    Args:
        process: from `second_harmonic`.
        length: [µm].
        axes: to draw on; None: new ones.
    """
    ax = axes_or_new(axes)
    middle, width = float(process.fundamental.wavelength), float(bandwidth(process, length))
    wave = np.linspace(middle - 4 * width, middle + 4 * width, 601)
    curve = np.asarray(tuning_curve(process, jnp.asarray(wave), length))
    ax.plot(1e3 * wave, 100 * curve)
    ax.hlines(50 * curve.max(), 1e3 * (middle - width / 2), 1e3 * (middle + width / 2), color="k")
    ax.set_xlabel("wavelength of the fundamental (nm)")
    ax.set_ylabel("efficiency (%/W)")
    ax.grid(alpha=0.3)
    return ax


def plot_comb(amplitudes: Array, slope_db: float | None = None, axes: "Axes | None" = None) -> "Axes":
    """Power by line.

    Args:
        amplitudes: from `ring_comb` or `cascaded`.
        slope_db: fall from line to line, drawn as a dashed line from the third line on.
        axes: to draw on; None: new ones.
    """
    ax = axes_or_new(axes)
    power = np.asarray(power_db(amplitudes))
    last = len(power) // 2
    m = np.arange(-last, last + 1)
    floor = power.max() - 80
    ax.vlines(m, floor, np.maximum(power, floor), linewidth=0.8)
    if slope_db is not None:
        far = np.arange(2, last + 1)
        ax.plot(far, power[last + 2] - slope_db * (far - 2), "k--", linewidth=0.8)
    ax.set_ylim(floor, power.max() + 5)
    ax.set_xlabel("line")
    ax.set_ylabel("power over the pump's (dB)")
    return ax
