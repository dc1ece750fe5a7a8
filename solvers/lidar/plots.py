"""Pictures of a lidar: far fields in one and two dimensions, beats, and detection over distance."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.lidar.antenna import Antenna, pattern
from lingnan.solvers.lidar.farfield import Line, cosine, power
from lingnan.solvers.lidar.imperfections import Spread
from lingnan.solvers.lidar.tones import Spectrum
from lingnan.solvers.plots import axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _db(value: ArrayLike, floor: float) -> np.ndarray:
    return 10 * np.log10(np.maximum(np.asarray(value, float), 10 ** (floor / 10)))


def plot_far_field(
    array: Line, angle_deg: ArrayLike, axes: "Axes | None" = None, *,
    label: str | None = None, expected: Spread | None = None, floor: float = -50.0,
) -> "Axes":  # fmt: skip
    """Power across the antennas over the angle.

    Args:
        array: with its phases.
        angle_deg: where [degrees].
        axes: to draw on; None: a new one.
        label: of the line.
        expected: mean of arrays with errors at the same angles, drawn dashed.
        floor: of the axis [dB].
    """
    axes = axes_or_new(axes)
    angle = np.asarray(angle_deg, float)
    axes.plot(angle, _db(power(array, cosine(angle)), floor), lw=0.8, label=label)
    if expected is not None:
        axes.plot(angle, _db(expected.mean, floor), "k--", lw=0.8, label="mean with errors")
    axes.set_xlabel("angle (degrees)")
    axes.set_ylabel("power (dB)")
    axes.set_ylim(floor, 1.0)
    axes.grid(alpha=0.3)
    return axes


def plot_spot(
    array: Line, antenna: Antenna, length: float, width: float, across_deg: ArrayLike, along_deg: ArrayLike,
    axes: "Axes | None" = None,
    floor: float = -40.0,
) -> "Axes":  # fmt: skip
    """Power in two dimensions: the line of antennas across, one antenna's grating along.

    Args:
        array: with its phases.
        antenna: its grating.
        length: of it [µm].
        width: of its guide [µm].
        across_deg: angles in the plane of the array's line [degrees].
        along_deg: angles in the plane of the gratings [degrees].
        axes: to draw on; None: a new one.
        floor: of the scale [dB].
    """
    axes = axes_or_new(axes)
    x, y = np.asarray(across_deg, float), np.asarray(along_deg, float)
    whole = pattern(array, antenna, length, width, cosine(x), cosine(y))
    picture = axes.imshow(
        _db(whole / jnp.max(whole), floor), origin="lower", extent=(x[0], x[-1], y[0], y[-1]), aspect="auto",
        cmap="inferno", vmin=floor, vmax=0.0,
    )  # fmt: skip
    axes.figure.colorbar(picture, ax=axes, label="power (dB)")
    axes.set_xlabel("across the antennas (degrees)")
    axes.set_ylabel("along the antennas (degrees)")
    return axes


def plot_beats(
    found: Spectrum, axes: "Axes | None" = None, *, threshold: float | None = None, label: str | None = None
) -> "Axes":
    """A spectrum of beats over the noise of a bin.

    Args:
        found: of `tones.spectrum`.
        axes: to draw on; None: a new one.
        threshold: in the same powers, drawn as a line.
        label: of the spectrum.
    """
    axes = axes_or_new(axes)
    axes.plot(np.asarray(found.frequency) / 1e6, _db(found.power, -20.0), lw=0.8, label=label)
    if threshold is not None:
        axes.axhline(10 * np.log10(threshold), color="k", ls="--", lw=0.8)
    axes.set_xlabel("beat (MHz)")
    axes.set_ylabel("power over noise (dB)")
    axes.grid(alpha=0.3)
    return axes


def plot_detection(
    distance_m: ArrayLike, probability: ArrayLike, axes: "Axes | None" = None, label: str | None = None
) -> "Axes":
    """Probability of detection over distance."""
    axes = axes_or_new(axes)
    axes.plot(np.asarray(distance_m, float), np.asarray(probability, float), label=label)
    axes.set_xlabel("distance (m)")
    axes.set_ylabel("probability of detection")
    axes.set_ylim(0.0, 1.02)
    axes.grid(alpha=0.3)
    return axes
