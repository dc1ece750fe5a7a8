"""Pictures of detectors: light along the germanium, responsivity over wavelength, and the response in frequency."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.detectors.absorption import Excited, beer, limit
from lingnan.solvers.detectors.response import Circuit, bandwidth
from lingnan.solvers.detectors.transit import Transit
from lingnan.solvers.links import Cascade
from lingnan.solvers.plots import axes_or_new, name_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIGHEST = 1e12  #: up to which bandwidths are looked for [Hz]


def plot_absorption(light: Excited, length: float, axes: "Axes | None" = None, points: int = 201) -> "Axes":
    """Where the light of one watt goes along the germanium: absorbed, guided on, and taken by all else.

    Args:
        light: from `excited`.
        length: to which it is drawn [µm].
        axes: to draw on; None: new ones.
        points: of the curves.
    """
    z = np.linspace(0.0, length, points)
    ax = axes_or_new(axes)
    ax.plot(z, np.asarray(light.absorbed(z)), label="absorbed in germanium")
    ax.plot(z, np.asarray(beer(light, z)), "k--", linewidth=0.8, label="without beating, all that absorbs")
    ax.plot(z, np.asarray(light.power(z)), label="still guided")
    wasted = np.asarray(light.wasted(z))
    if wasted.max() > 1e-4:
        ax.plot(z, wasted, label="in contacts and doped silicon")
    name_axes(ax, "distance along the germanium (µm)", "power (of the input's)")
    ax.set_ylim(0.0, 1.05)
    ax.legend(fontsize="small")
    return ax


def plot_responsivity(
    lights: Sequence[Excited],
    length: float,
    internal: float = 1.0,
    axes: "Axes | None" = None,
    label: str | None = None,
) -> "Axes":
    """Responsivity over wavelength, and its limit of one pair for each photon.

    Args:
        lights: from `excited`, each of its wavelength.
        length: of the germanium [µm].
        internal: pairs that reach the contacts, of those that are made.
        axes: to draw on, several on the same; None: new ones.
        label: for a legend.
    """
    if not lights:
        raise ValueError("plot_responsivity: there are no lights: give what `excited` finds at each wavelength.")
    each = sorted(lights, key=lambda one: float(one.wavelength))
    wave = np.asarray([float(one.wavelength) for one in each])
    ax = axes_or_new(axes)
    ax.plot(wave, [float(one.responsivity(length, internal)) for one in each], "o-", label=label)
    ax.plot(wave, np.asarray(limit(wave)), "k--", linewidth=0.8)
    name_axes(ax, "wavelength (µm)", "responsivity (A/W)")
    ax.set_ylim(bottom=0.0)
    if label is not None:
        ax.legend(fontsize="small")
    return ax


def plot_response(transfer: Cascade, frequency: ArrayLike, axes: "Axes | None" = None, fall_db: float = 3.0) -> "Axes":
    """Response in frequency, and of what it is the product: transit times and circuit, each with its bandwidth.

    Args:
        transfer: from `respond`.
        frequency: [Hz], (F,), rising; 0 is left out of a logarithmic axis.
        axes: to draw on; None: new ones.
        fall_db: at which bandwidths are marked [dB].
    """
    f = np.asarray(frequency, float)
    ax = axes_or_new(axes)
    names = {Transit: "transit", Circuit: "circuit"}
    parts = [(names.get(type(part), type(part).__name__), part, "--") for part in transfer.parts]
    for k, (name, one, style) in enumerate((("both" if len(parts) == 2 else "all", transfer, "-"), *parts)):
        level = 20 * np.log10(np.maximum(np.abs(np.asarray(one(jnp.asarray(f)))), 1e-10))
        at = float(bandwidth(one, HIGHEST, fall_db))
        falls = at < HIGHEST
        ax.semilogx(f / 1e9, level, style, color=f"C{k}", label=f"{name}: {at / 1e9:.1f} GHz" if falls else name)
        if falls:
            ax.plot([at / 1e9], [-fall_db], "o", color=f"C{k}", markersize=4)
    ax.axhline(-fall_db, color="0.7", linewidth=0.8)
    ax.set_xlim(f[f > 0].min() / 1e9, f.max() / 1e9)
    ax.set_ylim(-6 * fall_db, 1.0)
    name_axes(ax, "frequency (GHz)", "response (dB)")
    ax.legend(fontsize="small")
    return ax
