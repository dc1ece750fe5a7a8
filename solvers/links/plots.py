"""Pictures of a link: eye diagram, bathtub, constellation and spectrum."""

from typing import TYPE_CHECKING

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.links.eye import Eye, histogram
from lingnan.solvers.links.rates import Rates
from lingnan.solvers.links.waveform import Waveform
from lingnan.solvers.plots import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: least share of lost symbols that is drawn
FLOOR = 1e-16


def plot_eye(eye: Eye, ax: "Axes | None" = None, scale: float = 1e3, unit: str = "mW", bins: int = 200) -> "Axes":
    """Two symbols of an eye, as brightness on a logarithmic scale.

    Args:
        eye: its noise is drawn as a Gaussian.
        ax: to draw on; None: a new one.
        scale: from the signal's unit to that of the axis.
        unit: of the axis.
        bins: of height.
    """
    from matplotlib.colors import LogNorm

    ax = axes_or_new(ax)
    density, value = (np.asarray(part) for part in histogram(eye, bins))
    twice = np.concatenate([density, density], axis=1)
    turned = np.roll(twice, density.shape[1] // 2, axis=1)  # half a symbol, a whole one, half a symbol
    picoseconds = 2 * density.shape[1] * float(eye.step) * 1e12
    half = (value[1] - value[0]) / 2
    extent = (-picoseconds / 2, picoseconds / 2, (value[0] - half) * scale, (value[-1] + half) * scale)
    top = turned.max()
    ax.imshow(
        np.maximum(turned, top * 1e-4), origin="lower", extent=extent, aspect="auto", cmap="inferno",
        norm=LogNorm(top * 1e-4, top), interpolation="bilinear",
    )  # fmt: skip
    ax.set_xlabel("time (ps)")
    ax.set_ylabel(f"signal ({unit})")
    return ax


def plot_bathtub(rates: Rates, ax: "Axes | None" = None, label: str | None = None) -> "Axes":
    """Lost symbols over the sampling phase, from `error_rates`."""
    ax = axes_or_new(ax)
    lost = np.asarray(rates.symbols)
    ax.semilogy(np.arange(lost.size) / lost.size, np.maximum(lost, FLOOR), label=label)
    ax.set_xlabel("sampling phase (UI)")
    ax.set_ylabel("symbol error ratio")
    ax.set_ylim(FLOOR, 1.0)
    ax.grid(alpha=0.3)
    return ax


def plot_constellation(received: ArrayLike, sent: ArrayLike, ax: "Axes | None" = None) -> "Axes":
    """Points received, and crosses where they were sent."""
    ax = axes_or_new(ax)
    r, s = np.asarray(received, complex), np.unique(np.round(np.asarray(sent), 9))
    ax.plot(np.real(r), np.imag(r), ".", markersize=2, alpha=0.5)
    ax.plot(np.real(s), np.imag(s), "k+", markersize=8)
    ax.set_aspect("equal")
    ax.set_xlabel("in phase")
    ax.set_ylabel("in quadrature")
    ax.grid(alpha=0.3)
    return ax


def plot_spectrum(field: Waveform, ax: "Axes | None" = None, resolution: float = 1e9) -> "Axes":
    """Optical spectrum about the carrier, as an analyser of a resolution [Hz] shows it.

    Args:
        field: envelope [√W].
        ax: to draw on; None: a new one.
        resolution: over which power is summed [Hz]; no finer than one over the period.
    """
    ax = axes_or_new(ax)
    n = field.value.shape[-1]
    # an analyser has the light's own sign: exp(-iωt) of positive offset is a negative harmonic here
    power = np.abs(np.fft.fftshift(np.fft.fft(np.asarray(field.value).conj())) / n) ** 2
    f = np.fft.fftshift(np.fft.fftfreq(n, float(field.step)))
    wide = max(1, round(resolution * n * float(field.step)))
    summed = np.convolve(power, np.ones(wide), mode="same")
    ax.plot(f / 1e9, 10 * np.log10(np.maximum(summed, 1e-20) / 1e-3))
    ax.set_xlabel("offset from the carrier (GHz)")
    ax.set_ylabel(f"power in {resolution / 1e9:g} GHz (dBm)")
    ax.grid(alpha=0.3)
    return ax
