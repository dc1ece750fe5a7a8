"""Pictures of spectrometers: channels of a grating, what rows of a matrix see, and spectra that were reconstructed."""

from typing import TYPE_CHECKING

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.plots import axes_or_new
from lingnan.solvers.spectrometers.awg import Awg, powers
from lingnan.solvers.spectrometers.fans import Fan, Star
from lingnan.solvers.spectrometers.reconstruct import Error

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_channels(awg: Awg, wavelength: ArrayLike, axes: "Axes | None" = None, floor: float = -60.0) -> "Axes":
    """All outputs of a grating over the wavelength.

    Args:
        awg: with its errors.
        wavelength: where [µm].
        axes: to draw on; None: a new one.
        floor: of the axis [dB].
    """
    axes = axes_or_new(axes)
    level = 10 * np.log10(np.maximum(np.asarray(powers(awg, wavelength)), 10 ** (floor / 10)))
    axes.plot(np.asarray(wavelength), level.T, lw=0.8)
    axes.set_xlabel("wavelength (µm)")
    axes.set_ylabel("transmission (dB)")
    axes.set_ylim(floor, 1.0)
    axes.grid(alpha=0.3)
    return axes


def plot_matrix(matrix: ArrayLike, wavelength: ArrayLike, axes: "Axes | None" = None) -> "Axes":
    """What each output reads of each wavelength.

    Args:
        matrix: outputs by wavelengths.
        wavelength: of the columns [µm].
        axes: to draw on; None: a new one.
    """
    axes = axes_or_new(axes)
    a, wave = np.asarray(matrix), np.asarray(wavelength)
    picture = axes.imshow(
        a, origin="lower", aspect="auto", cmap="viridis", extent=(wave[0], wave[-1], -0.5, a.shape[0] - 0.5)
    )
    axes.figure.colorbar(picture, ax=axes, label="share of the light")
    axes.set_xlabel("wavelength (µm)")
    axes.set_ylabel("output")
    return axes


def plot_spectrum(
    wavelength: ArrayLike, spectrum: ArrayLike, found: ArrayLike, error: Error | None = None, axes: "Axes | None" = None
) -> "Axes":
    """A spectrum, and what was made of it with one σ of its noise.

    Args:
        wavelength: [µm].
        spectrum: as it is.
        found: as reconstructed.
        error: of it; None: not drawn.
        axes: to draw on; None: a new one.
    """
    axes = axes_or_new(axes)
    wave, seen = np.asarray(wavelength), np.asarray(found)
    axes.plot(wave, np.asarray(spectrum), "k--", lw=0.8, label="as it is")
    (line,) = axes.plot(wave, seen, lw=1.0, label="reconstructed")
    if error is not None:
        noise = np.asarray(error.noise)
        axes.fill_between(wave, seen - noise, seen + noise, color=line.get_color(), alpha=0.2, lw=0)
    axes.set_xlabel("wavelength (µm)")
    axes.set_ylabel("power (of the input's)")
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    return axes


def plot_star(found: Star, fan: Fan, start: int = 0, axes: "Axes | None" = None) -> "Axes":
    """Light in the arms by eigenmodes and by Fourier optics, and the phase between both.

    Args:
        found: of `fans.star`.
        fan: the arms.
        start: number of the input.
        axes: to draw on; None: a new one.
    """
    axes = axes_or_new(axes)
    place = np.asarray(fan.places)
    for name, seen, style in (("eigenmodes", found.amplitudes, "o"), ("Fourier optics", found.expected, "k--")):
        axes.plot(place, 10 * np.log10(np.abs(np.asarray(seen)[:, start]) ** 2), style, label=name)
    axes.set_xlabel("place of the arm (µm)")
    axes.set_ylabel("power (dB)")
    other = axes.twinx()
    other.plot(place, 1e3 * np.angle(np.asarray(found.ratio)[:, start]), "C1.", ms=4)
    other.set_ylabel("phase between both (mrad)", color="C1")
    axes.legend(frameon=False)
    return axes
