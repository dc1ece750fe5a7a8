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


def plot_channels(awg: Awg, wavelength: ArrayLike, ax: "Axes | None" = None, floor: float = -60.0) -> "Axes":
    """All outputs of a grating over the wavelength.

    Args:
        awg: with its errors.
        wavelength: where [µm].
        ax: to draw on; None: a new one.
        floor: of the axis [dB].
    """
    ax = axes_or_new(ax)
    level = 10 * np.log10(np.maximum(np.asarray(powers(awg, wavelength)), 10 ** (floor / 10)))
    ax.plot(np.asarray(wavelength), level.T, lw=0.8)
    ax.set_xlabel("wavelength (µm)")
    ax.set_ylabel("transmission (dB)")
    ax.set_ylim(floor, 1.0)
    ax.grid(alpha=0.3)
    return ax


def plot_matrix(matrix: ArrayLike, wavelength: ArrayLike, ax: "Axes | None" = None) -> "Axes":
    """What each output reads of each wavelength.

    Args:
        matrix: outputs by wavelengths.
        wavelength: of the columns [µm].
        ax: to draw on; None: a new one.
    """
    ax = axes_or_new(ax)
    a, wave = np.asarray(matrix), np.asarray(wavelength)
    picture = ax.imshow(
        a, origin="lower", aspect="auto", cmap="viridis", extent=(wave[0], wave[-1], -0.5, a.shape[0] - 0.5)
    )
    ax.figure.colorbar(picture, ax=ax, label="share of the light")
    ax.set_xlabel("wavelength (µm)")
    ax.set_ylabel("output")
    return ax


def plot_spectrum(
    wavelength: ArrayLike, spectrum: ArrayLike, found: ArrayLike, error: Error | None = None, ax: "Axes | None" = None
) -> "Axes":
    """A spectrum, and what was made of it with one σ of its noise.

    Args:
        wavelength: [µm].
        spectrum: as it is.
        found: as reconstructed.
        error: of it; None: not drawn.
        ax: to draw on; None: a new one.
    """
    ax = axes_or_new(ax)
    wave, seen = np.asarray(wavelength), np.asarray(found)
    ax.plot(wave, np.asarray(spectrum), "k--", lw=0.8, label="as it is")
    (line,) = ax.plot(wave, seen, lw=1.0, label="reconstructed")
    if error is not None:
        noise = np.asarray(error.noise)
        ax.fill_between(wave, seen - noise, seen + noise, color=line.get_color(), alpha=0.2, lw=0)
    ax.set_xlabel("wavelength (µm)")
    ax.set_ylabel("power (of the input's)")
    ax.legend(frameon=False)
    ax.grid(alpha=0.3)
    return ax


def plot_star(found: Star, fan: Fan, start: int = 0, ax: "Axes | None" = None) -> "Axes":
    """Light in the arms by eigenmodes and by Fourier optics, and the phase between both.

    Args:
        found: of `fans.star`.
        fan: the arms.
        start: number of the input.
        ax: to draw on; None: a new one.
    """
    ax = axes_or_new(ax)
    place = np.asarray(fan.places)
    for name, seen, style in (("eigenmodes", found.amplitudes, "o"), ("Fourier optics", found.expected, "k--")):
        ax.plot(place, 10 * np.log10(np.abs(np.asarray(seen)[:, start]) ** 2), style, label=name)
    ax.set_xlabel("place of the arm (µm)")
    ax.set_ylabel("power (dB)")
    other = ax.twinx()
    other.plot(place, 1e3 * np.angle(np.asarray(found.ratio)[:, start]), "C1.", ms=4)
    other.set_ylabel("phase between both (mrad)", color="C1")
    ax.legend(frameon=False)
    return ax
