"""Difference frequency: pump, signal and idler as modes, each solved at its own wavelength.

As in `mixing`, but with two waves at P = 2 ε0 d : E_s E_i (derived here): dA_j/dz = i κ_j times the product of the
other two, with

    κ_j = G k_j/(2 Z0) |∫ e_p*·(d : e_s e_i) dA|,      Δ = β_p - β_s - β_i - 2π/Λ.

At λ_s = λ_i = 2 λ_p signal and idler have the second harmonic's κ, and the pump twice it. `Difference` has what the
waves do along the guide.
"""

import math
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers import waveguides
from lingnan.solvers.checks import below, within
from lingnan.solvers.nonlinear.conversion import HALF, LONGER, Difference, idler_of
from lingnan.solvers.nonlinear.mixing import (
    FINE,
    HARMONIC_MODES,
    PERCENT,
    Coefficients,
    Wave,
    check_asked,
    check_coupled,
    couplings,
    period_of,
    poled,
    wave_of,
)
from lingnan.solvers.waveguides import Resolution
from lingnan.solvers.waveguides.fields import Z0
from lingnan.solvers.waveguides.geometry import Geometry


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class DifferenceFrequency:
    """Modes of signal and idler, and the pump's mode that feeds them best."""

    pump: Wave
    signal: Wave
    idler: Wave
    uniform: Array  #: κ at half of the pump's frequency, of a crystal without domains, G = 1 [1/(µm √W)]
    mode: Array  #: which of the pump's modes it is

    @property
    def wavenumber(self) -> Array:
        """K = β_p - β_s - β_i [rad/µm]; its slopes by sizes and temperature say what fabrication and heat do."""
        p, s, i = self.pump, self.signal, self.idler
        return 2 * jnp.pi * (p.n_eff / p.wavelength - s.n_eff / s.wavelength - i.n_eff / i.wavelength)

    @property
    def period(self) -> Array:
        """Of domains that make up for the mismatch, first order [µm]; negative where the pump is the faster."""
        return 2 * jnp.pi / self.wavenumber

    def kappa(self, duty: ArrayLike = 0.5) -> Array:
        """Coupling at half of the pump's frequency, of domains that take this share of a period [1/(µm √W)]."""
        return self.uniform * poled("DifferenceFrequency", duty)

    def mixing(self, duty: ArrayLike = 0.5) -> Difference:
        """The waves along the guide: power of the idler, pump used up or not."""
        return Difference(self.kappa(duty), self.pump.wavelength, self.signal.wavelength)

    def efficiency(self, duty: ArrayLike = 0.5) -> Array:
        """Power of the idler over those of pump and signal and the square of the length [%/(W cm²)]."""
        return PERCENT * (self.kappa(duty) * 2 * self.pump.wavelength / self.idler.wavelength) ** 2

    def mismatch(self, signal: ArrayLike, pump: ArrayLike | None = None, period: ArrayLike | None = None) -> Array:
        """Δ at another signal and pump [µm] for domains of a period [µm], None: those of now [rad/µm].

        To the second order in each wave's frequency. A period has the sign of the matched one.
        """
        p = self.pump.wavelength if pump is None else jnp.asarray(pump, float)
        where, s = "DifferenceFrequency", jnp.asarray(signal, float)
        p = p * within(where, "pump", p, 0.0, math.inf, "µm", "")
        s = s * within(where, "signal over pump", s / p, 1.0, math.inf, "", LONGER)
        step = period_of(where, self.period, period)
        return self.pump.beta(p) - self.signal.beta(s) - self.idler.beta(idler_of(p, s)) - 2 * jnp.pi / step

    def bandwidth(self, length: ArrayLike) -> Array:
        """Full width at half maximum in the signal's wavelength [µm], pump and period as they are.

        From where |Δ| L/2 = 1.3916 on either side, Δ being of second order in the signal's frequency: walk-off between
        signal and idler, or, where both run alike, their curvature.

        Raises:
            ValueError: so short a guide that signal or idler would have no frequency left where the band ends.
        """
        l = jnp.asarray(length) * within("bandwidth", "length", length, 0.0, math.inf, "µm", "")
        slope = self.idler.n_g - self.signal.n_g
        bend = -(self.signal.curvature + self.idler.curvature)
        edge = 2 * HALF / l
        here = 2 * jnp.pi / self.signal.wavelength
        up, down = (_first(sign * slope, bend, edge) for sign in (1.0, -1.0))
        share = jnp.maximum(down / here, up / (2 * jnp.pi / self.idler.wavelength))
        advice = "Second order in frequency does not reach so far: take a longer guide."
        fine = below("bandwidth", "from signal to edge of the band, over the frequency it has", share, 1.0, advice)
        return fine * (2 * jnp.pi / (here - down) - 2 * jnp.pi / (here + up))


def _first(slope: Array, bend: Array, edge: Array) -> Array:
    """The least x > 0 at which slope x + bend x²/2 is `edge` or `-edge`."""
    found = []
    for goal in (edge, -edge):
        square = slope**2 + 2 * bend * goal
        root = jnp.sqrt(jnp.where(square > 0, square, 1.0))
        for turned in (root, -root):
            low = slope + turned
            # x = 2 goal/(slope ± root): what is zero below the bar lies at infinity
            x = 2 * goal / jnp.where(jnp.abs(low) > 0, low, 1.0)
            found.append(jnp.where((square > 0) & (jnp.abs(low) > 0) & (x > 0), x, jnp.inf))
    return jnp.min(jnp.stack(found), axis=0)


def difference_frequency(
    geometry: Geometry,
    pump: ArrayLike = 0.775,
    signal: ArrayLike = 1.5,
    *,
    d: Coefficients | None = None,
    resolution: Resolution | None = None,
    temperature: ArrayLike | None = None,
    mode: int | None = None,
) -> DifferenceFrequency:
    """Idler of 1/λ_i = 1/λ_p - 1/λ_s: TE modes of signal and idler, and the mode of the pump that feeds them best.

    Args:
        geometry: with a cut crystal somewhere in it.
        pump: its wavelength [µm].
        signal: its wavelength [µm], longer than the pump's.
        d: coefficients; None: of `coefficients`.
        resolution: of the mesh.
        temperature: [K].
        mode: of the pump, by falling n_eff; None: the one of largest coupling.

    Differentiable by every number of `geometry`, by wavelengths, temperature and d.

    Raises:
        ValueError: there is no crystal in the cross-section, nothing couples, or the signal is not the longer wave.
    """
    where = "difference_frequency"
    check_asked(where, geometry, pump, mode)
    p, s = jnp.asarray(pump, float), jnp.asarray(signal, float)
    fine = within(where, "signal over pump", s / p, 1.0, math.inf, "", LONGER)
    i = idler_of(p, s * fine)
    mesh = resolution or FINE
    one, two = (waveguides.solve(geometry, w, 2, resolution=mesh, temperature=temperature) for w in (s, i))
    high = waveguides.solve(geometry, p, HARMONIC_MODES, resolution=mesh, temperature=temperature)
    a, b = (jnp.argmax(modes.te_fraction) for modes in (one, two))
    strength = jnp.abs(couplings(one, high, d, two))[a, b]
    best = jnp.argmax(strength) if mode is None else jnp.asarray(mode)
    uniform = jnp.pi / (2 * p * Z0) * strength[best]  # k/(2 Z0) at half of the pump's frequency
    check_coupled(where, uniform)
    return DifferenceFrequency(wave_of(high, best), wave_of(one, a), wave_of(two, b), uniform, best)
