"""The laser that a sensor is read with: line width, intensity noise, and how well it knows its own wavelength.

A line of Lorentzian shape reads a spectrum as its convolution with that line, as long as the detector is slower than
the phase diffuses. What is left of the diffusion inside the detector's band is white noise of frequency, one-sided
density Δν/π for a line of width Δν, which a slope of the spectrum turns into power. Wavelengths in µm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.trees import tree

Spectrum = Callable[[Array], Array]
#: Points of the average over a line, and their spacing in t of an offset sinh(t)/2 widths: the tails of a Lorentzian
#: reach over decades, and so do these. Right to 1e-3 of a resonance's depth for lines up to a twentieth of its width.
HALF, SPACING = 25, 0.4


@tree
@dataclass(frozen=True)
class Laser:
    """A tunable laser."""

    power: Any = 1e-3  #: in the guide, before the chip's transmission [W]
    linewidth: Any = 0.0  #: full width at half maximum [Hz]
    rin_db_hz: Any = -200.0  #: relative intensity noise [dB/Hz]
    repeatability_pm: Any = 0.0  #: of a whole scan, one σ [pm]
    jitter_pm: Any = 0.0  #: of each sample by itself, one σ [pm]

    def __post_init__(self) -> None:
        check_between("Laser", "power", self.power, 0.0, np.inf, "W", "")
        check_between("Laser", "rin_db_hz", self.rin_db_hz, -1e3, 0.0, "dB/Hz", "-200 is next to nothing.")
        for name, unit in (("linewidth", "Hz"), ("repeatability_pm", "pm"), ("jitter_pm", "pm")):
            check_no_less("Laser", name, getattr(self, name), 0.0, unit, "")

    def width(self, wavelength: Array) -> Array:
        """Of its line [µm]."""
        return wavelength**2 * self.linewidth / (constants.c * 1e6)


class Seen(NamedTuple):
    """A spectrum as this laser sees it."""

    power: Array  #: behind the chip [W], (…, N)
    slope: Array  #: of it over wavelength [W/µm], (…, N)


def seen(laser: Laser, spectrum: Spectrum, wavelength: Array) -> Seen:
    """Power behind a chip, averaged over the laser's line, and its slope.

    Args:
        laser: the source.
        spectrum: share of power that passes, of wavelengths [µm]; (…, N) of several outputs.
        wavelength: of the samples [µm], (N,).
    """
    check_between("seen", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    place = SPACING * np.arange(-HALF, HALF + 1)
    offsets = jnp.asarray(np.sinh(place) / 2)
    weights = jnp.asarray(1 / np.cosh(place) / np.sum(1 / np.cosh(place)))

    def mean(wave: Array) -> Array:
        lines = wave + offsets[:, None] * laser.width(wave)
        return laser.power * jnp.tensordot(weights, jax.vmap(spectrum)(lines), 1)

    power, slope = jax.jvp(mean, (wavelength,), (jnp.ones_like(wavelength),))
    return Seen(power, slope)
