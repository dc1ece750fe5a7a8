"""Electro-optic combs: modulators one after another, or one in a ring that light passes again and again.

A phase modulator of depth β makes the lines i^m J_m(β): about 2β of them. In a ring the modulator meets the light on
every round trip, and in the steady state the field after the modulator is, by lines m of the drive's frequency Ω,

    A = J D (√κ e_0 + r A),      r² = (1 - κ)(1 - loss),

J the matrix of J_{m-n}(β) i^{m-n} and D the phases of a round trip: detuning φ and dispersion ½ β2 L (mΩ)². Without
dispersion the field over a period of the drive is √κ/(exp(-i(φ + β cos τ)) - r), and its lines fall as the pole
nearest to the real axis says (derived here): exp(-s|m|), cos(τ + is) = -(φ - i ln r)/β, on resonance sinh s = -ln r/β.
Dispersion ends the comb where its phase has grown to β: beyond, no time in the drive's period brings the light back.
The first such comb in lithium niobate: M. Zhang et al., Nature 568, 373 (2019), doi:10.1038/s41586-019-1008-7.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, no_less, within
from lingnan.solvers.tracing import held
from lingnan.solvers.trees import watched

#: of light [µm/s]
LIGHT = 299.792458e12
#: how far the outermost line has to lie below the strongest [dB]: what is cut off is 3 % of its field
ENDED_DB = 30.0


def phase_modulated(depth: ArrayLike, lines: int = 64) -> Array:
    """Amplitudes exp(iβ cos τ) has at -lines to lines, (2 lines + 1,) complex: i^m J_m(β), by Fourier's sum.

    The sum over 4 lines + 4 times is exact up to J beyond 3 lines: to round-off for β < lines.
    """
    check_no_less("phase_modulated", "lines", lines, 1.0, "", "")
    depth = depth * _fits("phase_modulated", depth, lines)
    tau = 2 * np.pi * np.arange(4 * lines + 4) / (4 * lines + 4)
    return _lines_of(jnp.exp(1j * jnp.asarray(depth, float) * np.cos(tau)), lines)


def cascaded(depths: ArrayLike, phases: ArrayLike, intensity: ArrayLike | None = None, lines: int = 64) -> Array:
    """Lines of phase modulators in a row, (2 lines + 1,) complex.

    Args:
        depths: β of each.
        phases: of their drives [rad]; in phase, depths add up.
        intensity: depth β' of a push-pull modulator before them, biased at quadrature and driven in phase, which cuts
            out the part of the period where the chirp is even and flattens the comb; None: none.
        lines: to either side.
    """
    beta, phase = jnp.atleast_1d(jnp.asarray(depths, float)), jnp.atleast_1d(jnp.asarray(phases, float))
    if beta.shape != phase.shape:
        raise ValueError(f"cascaded: {beta.shape[0]} depths and {phase.shape[0]} phases: give one for each.")
    beta = beta * _fits("cascaded", jnp.sum(jnp.abs(beta)), lines)
    tau = 2 * np.pi * np.arange(4 * lines + 4) / (4 * lines + 4)
    field = jnp.exp(1j * jnp.sum(beta[:, None] * jnp.cos(tau + phase[:, None]), axis=0))
    if intensity is not None:
        field = field * jnp.cos(jnp.pi / 4 - jnp.asarray(intensity, float) / 2 * np.cos(tau))
    return _lines_of(field, lines)


@watched
@dataclass(frozen=True)
class Ring:
    """A ring with a phase modulator that is driven at a multiple of its free spectral range."""

    depth: Any  #: β of one round trip [rad]: π times voltage over V_pi of the round trip
    coupling: Any  #: κ, share of power that the coupler exchanges
    loss: Any  #: share of power lost in a round trip, the coupler's left out
    detuning: Any = 0.0  #: φ of the pump from resonance [rad]
    drive_detuning: Any = 0.0  #: of the drive from the free spectral range, times 2π times the round trip's time [rad]
    gvd: Any = 0.0  #: β2 L Ω² of a round trip [rad]

    def __post_init__(self) -> None:
        check_no_less("Ring", "depth", self.depth, 0.0, "rad", "")
        check_between("Ring", "coupling", self.coupling, 0.0, 1.0, "of the power", "")
        check_no_less("Ring", "loss", self.loss, 0.0, "of the power", "")
        check_between("Ring", "loss", self.loss, -1.0, 1.0, "of the power", "Nothing would come around.")

    @property
    def amplitude(self) -> Array:
        """r: of the field that comes around."""
        return jnp.sqrt((1 - jnp.asarray(self.coupling)) * (1 - jnp.asarray(self.loss)))

    @property
    def slope_db(self) -> Array:
        """Fall of power from line to line without dispersion, closed form [dB]; inf where nothing is driven."""
        ratio = -(jnp.asarray(self.detuning) - 1j * jnp.log(self.amplitude)) / jnp.asarray(self.depth)
        return 20 / np.log(10) * jnp.abs(jnp.arccos(ratio + 0j).imag)

    @property
    def cutoff(self) -> Array:
        """Line at which dispersion ends the comb, on resonance: √(2β/|β2 L Ω²|); inf without dispersion."""
        bend = jnp.abs(jnp.asarray(self.gvd, float))
        safe = jnp.where(bend > 0, bend, 1.0)
        return jnp.where(bend > 0, jnp.sqrt(2 * jnp.asarray(self.depth) / safe), jnp.inf)


def ring_comb(ring: Ring, lines: int = 200) -> Array:
    """Amplitudes inside the ring, behind the modulator, over the pump's, (2 lines + 1,) complex; dispersion included.

    Lines beyond the last are left out: take so many that the comb has ended.

    Raises:
        ValueError: it has not ended there. Inside `jit` all lines are NaN then, with a warning.
    """
    check_no_less("ring_comb", "lines", lines, 1.0, "", "")
    m = np.arange(-lines, lines + 1)
    bessel = phase_modulated(ring.depth, max(2 * lines, 16))
    middle = len(bessel) // 2
    apart = np.clip(m[:, None] - m[None, :] + middle, 0, len(bessel) - 1)
    walk = ring.detuning + ring.drive_detuning * m + jnp.asarray(ring.gvd) * m**2 / 2
    round_trip = bessel[apart] * jnp.exp(1j * walk)[None, :]
    pump = jnp.sqrt(jnp.asarray(ring.coupling, float)) * round_trip[:, lines]
    found = jnp.linalg.solve(jnp.eye(len(m)) - ring.amplitude * round_trip, pump)
    power = power_db(found)
    below = jnp.max(power) - jnp.maximum(power[0], power[-1])
    said = (
        f"ring_comb: line {lines} lies {{value:.1f}} dB below the strongest (limit {ENDED_DB:g} dB): the comb goes on, "
        "and what is cut off would be missed by the lines that are left. Ask for more lines."
    )
    return found * held(below >= ENDED_DB, said, value=below)


def ring_comb_in_time(ring: Ring, lines: int = 200) -> Array:
    """`ring_comb` without dispersion by its second way: the closed field over a period, Fourier transformed."""
    tau = 2 * np.pi * np.arange(8 * lines) / (8 * lines)
    around = jnp.exp(1j * (jnp.asarray(ring.detuning) + jnp.asarray(ring.depth) * np.cos(tau)))
    field = jnp.sqrt(jnp.asarray(ring.coupling, float)) * around / (1 - ring.amplitude * around)
    return _lines_of(field, lines)


def round_trip_gvd(d_ps_nm_km: ArrayLike, wavelength: ArrayLike, length: ArrayLike, frequency: ArrayLike) -> Array:
    """β2 L Ω² [rad] of a mode's dispersion [ps/(nm km)] at a wavelength [µm], a length [µm] and a drive [Hz]."""
    wavelength = jnp.asarray(wavelength) * within("round_trip_gvd", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    length = jnp.asarray(length) * no_less("round_trip_gvd", "length", length, 0.0, "µm", "")
    # 1 ps/(nm km) is 1e-18 s/µm²
    beta2 = -1e-18 * jnp.asarray(d_ps_nm_km) * jnp.asarray(wavelength) ** 2 / (2 * jnp.pi * LIGHT)
    return beta2 * jnp.asarray(length) * (2 * jnp.pi * jnp.asarray(frequency)) ** 2


def power_db(amplitudes: Array) -> Array:
    """Of each line [dB over the pump]."""
    return 10 * jnp.log10(jnp.maximum(jnp.abs(amplitudes) ** 2, 1e-40))


def _lines_of(field: Array, lines: int) -> Array:
    spectrum = jnp.fft.fft(field) / field.shape[0]
    return spectrum[np.arange(-lines, lines + 1) % field.shape[0]]


def _fits(where: str, depth: ArrayLike, lines: int) -> Array | float:
    """1 for a depth whose lines are all asked for."""
    advice = "Ask for more lines: a comb has about twice its depth."
    return within(where, "depth", depth, -1e-12, float(lines), "rad", advice)
