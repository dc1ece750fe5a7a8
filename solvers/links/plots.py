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


def plot_eye(eye: Eye, axes: "Axes | None" = None, scale: float = 1e3, unit: str = "mW", bins: int = 200) -> "Axes":
    """Two symbols of an eye, as brightness on a logarithmic scale.

    Args:
        eye: its noise is drawn as a Gaussian.
        axes: to draw on; None: a new one.
        scale: from the signal's unit to that of the axis.
        unit: of the axis.
        bins: of height.
    """
    from matplotlib.colors import LogNorm

    axes = axes_or_new(axes)
    density, value = (np.asarray(part) for part in histogram(eye, bins))
    twice = np.concatenate([density, density], axis=1)
    turned = np.roll(twice, density.shape[1] // 2, axis=1)  # half a symbol, a whole one, half a symbol
    picoseconds = 2 * density.shape[1] * float(eye.step) * 1e12
    half = (value[1] - value[0]) / 2
    extent = (-picoseconds / 2, picoseconds / 2, (value[0] - half) * scale, (value[-1] + half) * scale)
    top = turned.max()
    axes.imshow(
        np.maximum(turned, top * 1e-4), origin="lower", extent=extent, aspect="auto", cmap="inferno",
        norm=LogNorm(top * 1e-4, top), interpolation="bilinear",
    )  # fmt: skip
    axes.set_xlabel("time (ps)")
    axes.set_ylabel(f"signal ({unit})")
    return axes


def plot_bathtub(rates: Rates, axes: "Axes | None" = None, label: str | None = None) -> "Axes":
    """Lost symbols over the sampling phase, from `error_rates`."""
    axes = axes_or_new(axes)
    lost = np.asarray(rates.symbols)
    axes.semilogy(np.arange(lost.size) / lost.size, np.maximum(lost, FLOOR), label=label)
    axes.set_xlabel("sampling phase (UI)")
    axes.set_ylabel("symbol error ratio")
    axes.set_ylim(FLOOR, 1.0)
    axes.grid(alpha=0.3)
    return axes


def plot_constellation(received: ArrayLike, sent: ArrayLike, axes: "Axes | None" = None) -> "Axes":
    """Points received, and crosses where they were sent."""
    axes = axes_or_new(axes)
    r, s = np.asarray(received, complex), np.unique(np.round(np.asarray(sent), 9))
    axes.plot(np.real(r), np.imag(r), ".", markersize=2, alpha=0.5)
    axes.plot(np.real(s), np.imag(s), "k+", markersize=8)
    axes.set_aspect("equal")
    axes.set_xlabel("in phase")
    axes.set_ylabel("in quadrature")
    axes.grid(alpha=0.3)
    return axes


def plot_spectrum(field: Waveform, axes: "Axes | None" = None, resolution: float = 1e9) -> "Axes":
    """Optical spectrum about the carrier, as an analyser of a resolution [Hz] shows it.

    Args:
        field: envelope [√W].
        axes: to draw on; None: a new one.
        resolution: over which power is summed [Hz]; no finer than one over the period.
    """
    axes = axes_or_new(axes)
    n = field.value.shape[-1]
    # an analyser has the light's own sign: exp(-iωt) of positive offset is a negative harmonic here
    power = np.abs(np.fft.fftshift(np.fft.fft(np.asarray(field.value).conj())) / n) ** 2
    f = np.fft.fftshift(np.fft.fftfreq(n, float(field.step)))
    wide = max(1, round(resolution * n * float(field.step)))
    summed = np.convolve(power, np.ones(wide), mode="same")
    axes.plot(f / 1e9, 10 * np.log10(np.maximum(summed, 1e-20) / 1e-3))
    axes.set_xlabel("offset from the carrier (GHz)")
    axes.set_ylabel(f"power in {resolution / 1e9:g} GHz (dBm)")
    axes.grid(alpha=0.3)
    return axes
